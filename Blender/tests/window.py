"""The add-on in a real window, clicked in: blender --enable-event-simulate --python window.py -- ZIP BSB FOLDER PICTURE

Opens the example `mug`, presses the panel's button, clicks in the photo, adds, takes away, cancels, and writes a screenshot to PICTURE. While a
question is answered, the window must go on: the longest pause between two ticks of a timer is measured.
"""

import os
import sys
import time
import traceback
from pathlib import Path

archive, program, folder, picture = sys.argv[-4:]

import bpy  # noqa: E402
import numpy as np  # noqa: E402

MODULE = "segmentation_buddies_parts"
_pauses = [time.monotonic()]
_longest = 0.0
_progress = set()


def tick():
    global _longest
    now = time.monotonic()
    if MODULE in sys.modules and hasattr(sys.modules[MODULE], "news"):
        _progress.add(news().progress)
    _longest = max(_longest, now - _pauses[0])
    _pauses[0] = now
    return 0.01


def area(kind):
    return next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == kind)


def settings():
    return bpy.context.scene.parts_from_photos


def news():
    return sys.modules[MODULE].news


def image_point(x, y):
    """Where a pixel of the photo is in the window."""
    editor = area("IMAGE_EDITOR")
    region = next(region for region in editor.regions if region.type == "WINDOW")
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


def selected(obj):
    obj.update_from_editmode()
    return sum(polygon.select for polygon in obj.data.polygons)


def steps():
    """One step after the other; each yields how long to wait, or what to wait for."""
    global _longest
    bpy.ops.preferences.addon_install(filepath=archive)
    bpy.ops.preferences.addon_enable(module=MODULE)
    bpy.context.preferences.addons[MODULE].preferences.program = program
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    window = bpy.context.window_manager.windows[0]
    with bpy.context.temp_override(window=window, area=area("VIEW_3D")):
        bpy.ops.wm.obj_import(filepath=f"{folder}/mug/mesh.obj")
    obj = bpy.data.objects[-1]
    bpy.context.view_layer.objects.active = obj
    settings().image = bpy.data.images.load(f"{folder}/mug/photo.png")
    yield 1
    view = area("VIEW_3D")
    view.spaces.active.show_region_ui = True
    region = next(region for region in view.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=view, region=region):
        bpy.ops.parts_from_photos.click("INVOKE_DEFAULT")
    yield 1
    view = area("VIEW_3D")
    region = next(region for region in view.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=view, region=region):
        bpy.ops.view3d.view_selected()
    ui = next(region for region in view.regions if region.type == "UI")
    click((ui.x + ui.width - 12, ui.y + ui.height - 165))  # the panel's tab, the last of four
    x, y = map(float, Path(folder, "mug/click.txt").read_text().split(","))
    editor = area("IMAGE_EDITOR")
    canvas = next(region for region in editor.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=editor, region=canvas):
        bpy.ops.image.view_all(fit_view=True)
    yield 1
    tick()
    _longest = 0.0
    click(image_point(x, y))
    yield lambda: news().verdict
    print("VERDICT", news().verdict, "| longest pause", round(_longest, 2), "s", flush=True)
    assert news().grade == "sure", news().verdict
    count = selected(obj)
    assert count and obj.mode == "EDIT"
    yield 1
    with bpy.context.temp_override(window=window, area=view):
        bpy.ops.screen.screenshot(filepath=picture)
    news().verdict = ""
    click(image_point(x, y), ctrl=True)
    yield lambda: news().verdict
    assert selected(obj) == 0
    # The mug's body, and with Shift its handle besides.
    news().verdict = ""
    click(image_point(x - 160, y + 60))
    yield lambda: news().verdict
    body = selected(obj)
    assert body and news().grade != "none", news().verdict
    news().verdict = ""
    click(image_point(x, y), shift=True)
    yield lambda: news().verdict
    assert selected(obj) > body, (selected(obj), body)
    news().verdict = ""
    click(image_point(x, y), ctrl=True)
    yield lambda: news().verdict
    left = selected(obj)
    # A click on the mug's body, withdrawn at once.
    news().verdict = ""
    click(image_point(x - 160, y + 60))
    simulate("ESC", "PRESS")
    yield lambda: news().verdict
    assert news().verdict == "Cancelled", news().verdict
    assert selected(obj) == left
    simulate("ESC", "PRESS")
    yield 0.5
    click(image_point(x, y))
    yield 1
    assert selected(obj) == left, "clicks count after the end"
    assert any(": " in text for text in _progress), f"no progress was told: {_progress}"
    print("WINDOW", bpy.app.version_string, "is fine:", count, "faces", flush=True)


_steps = steps()
_waiting = None
_deadline = 0.0


def run():
    global _waiting, _deadline
    try:
        if _waiting is not None:
            if not _waiting():
                assert time.monotonic() < _deadline, "nothing came"
                return 0.1
            _waiting = None
        wanted = next(_steps)
        if callable(wanted):
            _waiting, _deadline = wanted, time.monotonic() + 180
            return 0.1
        return wanted
    except StopIteration:
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(3)


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(tick)
bpy.app.timers.register(run, first_interval=3)
