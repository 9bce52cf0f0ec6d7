"""What an artist sees of part.glb, part.obj and part.ply: pictures.py FOLDER PREFIX

Opens each file of FOLDER by Blender's own importer and draws it as Solid view does (the engine is Workbench, which wants a display), as it comes; the PLY,
which has colors but no materials, with Color > Attribute. Writes PREFIX-glb.npy and so on, rows of RGB from above. Runs in the module bpy and in
`blender -b --python pictures.py -- FOLDER PREFIX`.
"""

import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

folder, prefix = Path(sys.argv[-2]), sys.argv[-1]
SIZE, INK = 320, (0.01, 0.01, 0.01, 1.0)
if "bool" not in vars(np):
    np.bool = bool  # Debian's Blender 3.4 asks Debian's NumPy 1.24 for it when it reads glTF


def opened(kind):
    """The objects of a file in an empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    path = str(folder / f"part.{kind}")
    if kind == "glb":
        bpy.ops.import_scene.gltf(filepath=path)
    elif kind == "obj":
        bpy.ops.wm.obj_import(filepath=path)
    elif bpy.app.version < (4, 0):
        bpy.ops.import_mesh.ply(filepath=path)
    else:
        bpy.ops.wm.ply_import(filepath=path)
    return [obj for obj in bpy.data.objects if obj.type == "MESH"]


def look(objects, caption):
    """A camera that sees all of the objects, a little from above, and the caption below them."""
    bpy.context.view_layer.update()
    corners = [obj.matrix_world @ Vector(corner) for obj in objects for corner in obj.bound_box]
    low, high = (Vector(pick(corner[axis] for corner in corners) for axis in range(3)) for pick in (min, max))
    radius = (high - low).length / 2
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 2.2 * radius
    camera.data.clip_end = 10 * radius
    direction = Vector((0.6, -1, 0.5)).normalized()
    camera.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()
    camera.location = (low + high) / 2 + 4 * radius * direction
    bpy.context.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    curve = bpy.data.curves.new("caption", "FONT")
    curve.body, curve.size, curve.align_x = caption, 0.13 * radius, "CENTER"
    # As a mesh, which can be dark both by its material and by its color attribute.
    mesh = bpy.data.meshes.new_from_object(bpy.data.objects.new("caption", curve))
    ink = bpy.data.materials.new("ink")
    ink.diffuse_color = INK
    mesh.materials.clear()
    mesh.materials.append(ink)
    mesh.color_attributes.new("ink", "FLOAT_COLOR", "POINT").data.foreach_set("color", INK * len(mesh.vertices))
    text = bpy.data.objects.new("caption", mesh)
    text.parent, text.location = camera, (0, -1.05 * radius, -2 * radius)
    bpy.context.collection.objects.link(text)


def drawn(has_attribute_colors):
    """The scene in Solid view, (SIZE, SIZE, 3) bytes."""
    scene = bpy.context.scene
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.resolution_percentage, scene.render.dither_intensity = 100, 0
    scene.view_settings.view_transform = "Standard"
    scene.display.shading.color_type = "VERTEX" if has_attribute_colors else "MATERIAL"
    scene.world = scene.world or bpy.data.worlds.new("world")
    scene.world.color = (0.8, 0.8, 0.8)
    path = f"{prefix}.png"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(path)
    pixels = np.empty(4 * SIZE * SIZE, np.float32)
    image.pixels.foreach_get(pixels)
    Path(path).unlink()
    return np.round(255 * pixels.reshape(SIZE, SIZE, 4)[::-1, :, :3]).astype(np.uint8)


for kind in ("glb", "obj", "ply"):
    objects = opened(kind)
    look(objects, f"part.{kind} in Blender {bpy.app.version_string}")
    picture = drawn(kind == "ply")
    red, _, blue = np.moveaxis(picture.astype(int), 2, 0)
    share = float((blue > red + 40).mean())
    assert 0.001 < share < 0.5, f"part.{kind}: {share:.1%} of the picture is blue, so the part is not to be seen"
    np.save(f"{prefix}-{kind}.npy", picture)
    print(f"Blender {bpy.app.version_string}: part.{kind}, {share:.1%} of the picture is of the part's color")
