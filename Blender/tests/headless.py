"""The add-on in a Blender without a window: headless.py ZIP BSB FOLDER

FOLDER holds the example `mug` (bsb example mug). Runs in the module bpy and in `blender -b --python headless.py -- ZIP BSB FOLDER`. The add-on
is installed from its zip into a folder of its own; an exception ends it with a code that is not 0.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

archive, program, folder = (Path(argument).resolve() for argument in sys.argv[-3:])
scratch = tempfile.mkdtemp()
os.environ["BLENDER_USER_RESOURCES"] = scratch
os.environ["XDG_CACHE_HOME"] = scratch

import bpy  # noqa: E402  (its folders are those of the environment)
import numpy as np  # noqa: E402

MODULE = "segmentation_buddies_parts"


def install():
    """Installs the zip as a person would; returns the name of the add-on's module."""
    if bpy.app.version >= (4, 2):
        bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=True)
        return f"bl_ext.user_default.{MODULE}"
    bpy.ops.preferences.addon_install(filepath=str(archive))
    bpy.ops.preferences.addon_enable(module=MODULE)
    return MODULE


def imported(path):
    """The object of an OBJ file, active and alone selected."""
    bpy.ops.wm.obj_import(filepath=str(path))
    obj = bpy.context.selected_objects[0]
    bpy.context.view_layer.objects.active = obj
    return obj


def face_lists(path):
    return [[int(word.split("/")[0]) - 1 for word in line.split()[1:]] for line in path.read_text().splitlines() if line.startswith("f ")]


def expected_faces(click):
    """What the command line says of the same click: #F booleans."""
    out = Path(scratch, "expected")
    command = [program, "match", "--image", folder / "mug/photo.png", "--click", click, "--mesh", folder / "mug/mesh.obj", "--output", out]
    subprocess.run(command, check=True, capture_output=True)
    return np.load(out / "face_labels.npy")


def selected(obj):
    obj.update_from_editmode()
    values = np.zeros(len(obj.data.polygons), bool)
    obj.data.polygons.foreach_get("select", values)
    return values


def slots(obj):
    values = np.zeros(len(obj.data.polygons), np.int32)
    obj.data.polygons.foreach_get("material_index", values)
    return values


def check_geometry(obj, addon):
    """Indices and corners are Blender's own, quads stay quads."""
    vertices, corners, counts = addon.geometry.surface(obj.data)
    assert len(vertices) == len(obj.data.vertices)
    cut = np.split(corners, np.cumsum(counts)[:-1])
    assert [face.tolist() for face in cut] == [list(polygon.vertices) for polygon in obj.data.polygons]
    # The file's order is kept by the importer, so that the command line's labels can be compared.
    assert [sorted(face.tolist()) for face in cut] == [sorted(face) for face in face_lists(folder / "mug/mesh.obj")]


def check_targets(obj, settings, expected, addon):
    """Each way to mark marks the faces that the command line finds."""
    x, y = map(float, (folder / "mug/click.txt").read_text().split(","))
    settings.target = "SELECT"
    assert bpy.ops.parts_from_photos.part_at(x=x, y=y) == {"FINISHED"}
    assert obj.mode == "EDIT"
    assert np.array_equal(selected(obj), expected), "selection"
    assert addon.news.grade == "sure", addon.news.verdict
    bpy.ops.parts_from_photos.part_at(x=x, y=y, how="SUBTRACT")
    assert not selected(obj).any()
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.parts_from_photos.part_at(x=x, y=y, how="ADD")
    assert selected(obj).all()

    settings.name = "handle"
    settings.target = "GROUP"  # from edit mode, which is left and entered again
    bpy.ops.parts_from_photos.part_at(x=x, y=y)
    assert obj.mode == "EDIT"
    bpy.ops.object.mode_set(mode="OBJECT")
    group = obj.vertex_groups["handle"].index
    inside = {v.index for v in obj.data.vertices if any(g.group == group for g in v.groups)}
    wanted = {v for polygon in obj.data.polygons if expected[polygon.index] for v in polygon.vertices}
    assert inside == wanted, "vertex group"

    settings.target = "ATTRIBUTE"
    bpy.ops.parts_from_photos.part_at(x=x, y=y)
    attribute = obj.data.attributes["part_handle"]
    values = np.zeros(len(expected), bool)
    attribute.data.foreach_get("value", values)
    assert np.array_equal(values, expected), "attribute"

    settings.target = "MATERIAL"
    bpy.ops.parts_from_photos.part_at(x=x, y=y)
    assert np.array_equal(slots(obj) == obj.data.materials.find("handle"), expected), "material"
    bpy.ops.parts_from_photos.part_at(x=x, y=y, how="SUBTRACT")
    assert not (slots(obj) == obj.data.materials.find("handle")).any()
    bpy.ops.parts_from_photos.part_at(x=x, y=y)


def check_failures(obj, settings, preferences):
    """What goes wrong is told, and nothing is marked."""
    before, known = slots(obj), preferences.program
    for path, x, sentence in ((known, 1e6, "outside the photo"), ("/nowhere/bsb", 0, "'/nowhere/bsb' is not a program")):
        preferences.program = path
        try:
            bpy.ops.parts_from_photos.part_at(x=x, y=0)
        except RuntimeError as error:
            assert sentence in str(error), error
        else:
            raise AssertionError(f"nothing was said of {sentence}")
    preferences.program = known
    assert np.array_equal(slots(obj), before)


def check_texture(obj, settings, addon):
    """The part's material gets a picture, and its faces places in it."""
    x, y = map(float, (folder / "mug/click.txt").read_text().split(","))
    question = addon.operators.ask(obj, addon.geometry.pixels(settings.image), x, y, wants_texture=True)
    question.wait()
    assert addon.operators.paint(bpy.context, obj, question), addon.news.verdict
    nodes = bpy.data.materials["handle"].node_tree.nodes
    picture = nodes["Photo"].image
    assert tuple(picture.size) == (1024, 1024) and picture.packed_file
    layer = obj.data.uv_layers["handle"]
    places = np.empty(2 * len(obj.data.loops), np.float32)
    layer.data.foreach_get("uv", places)
    places = places.reshape(-1, 2)
    for face in np.flatnonzero(question.answer.faces):
        loops = list(obj.data.polygons[face].loop_indices)
        assert len({tuple(places[loop]) for loop in loops}) == len(loops), "a face of the part has no area in the picture"
    assert places.min() >= 0 and places.max() <= 1


def check_saved(obj, expected):
    """A saved file holds all of it when it is opened again."""
    path = str(Path(scratch, "part.blend"))
    name = obj.name
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    again = bpy.data.objects[name]
    assert np.array_equal(slots(again) == again.data.materials.find("handle"), expected)
    assert again.vertex_groups["handle"] and again.data.attributes["part_handle"]
    assert bpy.context.scene.parts_from_photos.image.name == "photo.png"


def check_files(expected):
    """The meshes that the command line writes open as what they are: the part with a material of its own."""
    out = Path(scratch, "expected")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    obj = imported(out / "part.obj")
    assert len(bpy.data.objects) == 1
    names = [slot.name for slot in obj.material_slots]
    # Groups of the file are kept, so that faces come group by group; vertices are in the file's order.
    marked = {tuple(sorted(polygon.vertices)) for polygon in obj.data.polygons if names[polygon.material_index] == "part"}
    faces = face_lists(folder / "mug/mesh.obj")
    assert marked == {tuple(sorted(faces[face])) for face in np.flatnonzero(expected)}, "part.obj"
    if bpy.app.version < (4, 0):
        np.bool = bool  # Debian's importer uses this name, which its NumPy has no more
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(out / "part.glb"))
    parts = [obj for obj in bpy.data.objects if obj.type == "MESH" and "part" in {slot.name for slot in obj.material_slots}]
    assert len(parts) == 1 and len(parts[0].material_slots) == 1, "part.glb"
    red, green, blue, _ = parts[0].material_slots[0].material.diffuse_color
    assert blue > red and blue > green, "the part is not blue in Solid view"
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if bpy.app.version < (4, 0):
        bpy.ops.import_mesh.ply(filepath=str(out / "part.ply"))
    else:
        bpy.ops.wm.ply_import(filepath=str(out / "part.ply"))
    assert len(bpy.data.objects[0].data.polygons) == len(expected), "part.ply"


def main():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    module = install()
    addon = sys.modules[module]
    preferences = bpy.context.preferences.addons[module].preferences
    preferences.program = str(program)
    obj = imported(folder / "mug/mesh.obj")
    settings = bpy.context.scene.parts_from_photos
    settings.image = bpy.data.images.load(str(folder / "mug/photo.png"))
    expected = expected_faces((folder / "mug/click.txt").read_text().strip())
    check_geometry(obj, addon)
    check_targets(obj, settings, expected, addon)
    check_failures(obj, settings, preferences)
    check_texture(obj, settings, addon)
    check_saved(obj, expected)
    pid = addon.work._session.pipe.pid
    bpy.ops.preferences.addon_disable(module=module)
    assert not Path(f"/proc/{pid}").exists(), "the program outlives the add-on"
    check_files(expected)
    print(f"Blender {bpy.app.version_string}: {int(expected.sum())} faces found, marked in four ways, painted, saved and opened again")


main()
