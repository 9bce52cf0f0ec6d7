"""What tests in a real window share: the add-on at work, clicks into the window, and steps that wait for one another."""

import os
import sys
import time
import traceback

import bpy
from mathutils import Vector

MODULE = "segmentation_buddies_parts"


def settings():
    return bpy.context.scene.parts_from_photos


def news():
    return sys.modules[MODULE].news


def area(kind):
    return next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == kind)


def override(kind):
    """A context in the main region of an area."""
    place = area(kind)
    region = next(region for region in place.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=bpy.context.window_manager.windows[0], area=place, region=region)


def start(archive, program, mesh, photo):
    """Installs the add-on and opens a mesh and a photo; returns the object, the only one and active."""
    bpy.ops.preferences.addon_install(filepath=archive)
    bpy.ops.preferences.addon_enable(module=MODULE)
    bpy.context.preferences.addons[MODULE].preferences.program = program
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    with override("VIEW_3D"):
        bpy.ops.wm.obj_import(filepath=mesh)
    obj = bpy.data.objects[-1]
    bpy.context.view_layer.objects.active = obj
    settings().image = bpy.data.images.load(photo)
    bpy.ops.ed.undo_push(message="Opened")
    return obj


def wait_for_clicks():
    """Presses the panel's button, with the panel shown, the object in view and the photo filling its editor; yields how long to wait."""
    area("VIEW_3D").spaces.active.show_region_ui = True
    with override("VIEW_3D"):
        bpy.ops.parts_from_photos.click("INVOKE_DEFAULT")
    yield 1
    bpy.context.preferences.view.smooth_view = 0
    with override("VIEW_3D"):
        bpy.ops.view3d.view_selected()
    # Beside the panel, which lies over the view.
    view = area("VIEW_3D").spaces.active.region_3d
    view.view_distance *= 1.35
    view.view_location += view.view_rotation @ Vector((0.14 * view.view_distance, 0, 0))
    show_panel()
    with override("IMAGE_EDITOR"):
        bpy.ops.image.view_all(fit_view=True)
    yield 1


def show_panel():
    """Clicks the panel's tab, the last of four."""
    ui = next(region for region in area("VIEW_3D").regions if region.type == "UI")
    click((ui.x + ui.width - 12, ui.y + ui.height - 165))


def image_point(x, y):
    """Where a pixel of the photo is in the window."""
    region = next(region for region in area("IMAGE_EDITOR").regions if region.type == "WINDOW")
    width, height = settings().image.size
    place = region.view2d.view_to_region(x / width, 1 - y / height, clip=False)
    return region.x + place[0], region.y + place[1]


def simulate(kind, value, point=None, **keys):
    window = bpy.context.window_manager.windows[0]
    x, y = map(int, point or image_point(2, 2))
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    window.event_simulate(type=kind, value=value, x=x, y=y, **keys)


def click(point, **keys):
    simulate("LEFTMOUSE", "PRESS", point, **keys)
    simulate("LEFTMOUSE", "RELEASE", point, **keys)


def click_photo(x, y, **keys):
    """Clicks a pixel of the photo; returns what is true once there is an answer."""
    news().verdict = ""
    click(image_point(x, y), **keys)
    return lambda: news().verdict


def selected(obj):
    """The indices of the selected faces."""
    obj.update_from_editmode()
    return [polygon.index for polygon in obj.data.polygons if polygon.select]


def screenshot(path):
    with override("VIEW_3D"):
        bpy.ops.screen.screenshot(filepath=path)


def run(steps):
    """Takes one step after the other; each yields how long to wait, or what to wait for. Ends Blender, with code 3 where a step fails."""
    waiting, deadline = None, 0.0

    def go():
        nonlocal waiting, deadline
        try:
            if waiting is not None:
                if not waiting():
                    assert time.monotonic() < deadline, "nothing came"
                    return 0.1
                waiting = None
            wanted = next(steps)
            if callable(wanted):
                waiting, deadline = wanted, time.monotonic() + 180
                return 0.1
            return wanted
        except StopIteration:
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(3)

    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(go, first_interval=3, persistent=True)
