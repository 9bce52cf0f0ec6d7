"""A photo and a mesh in a real window, from the click to a file: blender --enable-event-simulate --python saved.py -- ZIP BSB PHOTO X,Y MESH PICTURE

Clicks the pixel, so that the part is selected in edit mode, then becomes a vertex group, then gets a material; saves the file, opens it again, compares, and
writes a screenshot of what was opened to PICTURE.
"""

import sys
import tempfile
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))

from driving import click_photo, news, run, screenshot, selected, settings, show_panel, simulate, start, wait_for_clicks  # noqa: E402

archive, program, photo, pixel, mesh, picture = sys.argv[-6:]
NAME = "clicked"


def grouped(obj):
    """The vertices of the part's group."""
    group = obj.vertex_groups[NAME].index
    return {vertex.index for vertex in obj.data.vertices if any(member.group == group for member in vertex.groups)}


def painted(obj):
    """The faces with the part's material."""
    slot = obj.data.materials.find(NAME)
    return [polygon.index for polygon in obj.data.polygons if polygon.material_index == slot]


def steps():
    obj = start(archive, program, mesh, photo)
    x, y = map(float, pixel.split(","))
    yield 1
    yield from wait_for_clicks()
    yield click_photo(x, y)
    assert news().grade != "none", news().verdict
    part = selected(obj)
    assert obj.mode == "EDIT" and 0 < len(part) < len(obj.data.polygons), f"{len(part)} faces are selected"
    settings().name = NAME
    for target in ("GROUP", "MATERIAL"):
        settings().target = target
        yield click_photo(x, y)
        assert news().grade != "none", news().verdict
    verdict = news().verdict
    simulate("ESC", "PRESS")
    yield 0.5
    bpy.ops.object.mode_set(mode="OBJECT")
    assert painted(obj) == part, "the material is of other faces than were selected"
    vertices = {vertex for face in part for vertex in obj.data.polygons[face].vertices}
    assert grouped(obj) == vertices, "the vertex group has other vertices than the faces that were selected"

    name = obj.name
    path = str(Path(tempfile.mkdtemp(), "saved.blend"))
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    yield 1
    assert name not in bpy.data.objects
    bpy.ops.wm.open_mainfile(filepath=path)
    yield 1
    again = bpy.data.objects[name]
    assert painted(again) == part and grouped(again) == vertices, "the file that was opened again has lost the part"
    assert settings().image.name == Path(photo).name, settings().image
    again.select_set(False)
    show_panel()
    yield 1
    screenshot(picture)
    print(f"SAVED {bpy.app.version_string}: {verdict}; {len(part)} of {len(again.data.polygons)} faces, {len(vertices)} vertices", flush=True)


run(steps())
