"""Writes three inputs, lets bsb segment them and opens what it wrote in Blender; see scripts/check-blender."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import bpy
import numpy

if "bool" not in vars(numpy):
    numpy.bool = bool  # Debian's Blender 3.4 asks Debian's NumPy 1.24 for it when it reads glTF

BSB = sys.argv[sys.argv.index("--") + 1]
FOLDER = pathlib.Path(tempfile.mkdtemp())
PART = (60 / 255, 160 / 255, 250 / 255)


def linear(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def empty():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def segment(path, name):
    output = FOLDER / name
    command = [BSB, "segment", str(path), "--click", "0", "--segmenter", "lift", "--segment-views", "12", "--no-cache", "--output", str(output)]
    subprocess.run(command, check=True, capture_output=True)
    return output, json.loads((output / "result.json").read_text())


def check(condition, text):
    if not condition:
        raise SystemExit(f"check-blender: {text}")
    print(f"check-blender: {text}")


def meshes():
    return [o for o in bpy.data.objects if o.type == "MESH"]


def color(material):
    return [n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED"][0].inputs["Base Color"]


def part_color(material):
    socket = color(material)
    value = socket.default_value
    if socket.is_linked:
        # The part's color times its picture: a mix node whose free input is the color.
        node = socket.links[0].from_node
        values = [i.default_value for i in getattr(node, "inputs", []) if i.type == "RGBA" and not i.is_linked]
        value = values[0] if values else (1, 1, 1, 1)
    return all(abs(value[c] - linear(PART[c])) < 0.02 for c in range(3))


def furniture():
    """A node with two children of a mesh each, in a picture of their own."""
    empty()
    root = bpy.data.objects.new("furniture", None)
    bpy.context.collection.objects.link(root)
    for number, (name, tint) in enumerate([("seat", (1, 0, 0, 1)), ("leg", (0, 1, 0, 1))]):
        bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12, location=(2.2 * number, 0, 0))
        item = bpy.context.active_object
        item.name, item.parent = name, root
        image = bpy.data.images.new(f"picture {number}", 4, 4)
        image.pixels = list(tint) * 16
        image.pack()
        material = bpy.data.materials.new(f"paint {number}")
        material.use_nodes = True
        texture = material.node_tree.nodes.new("ShaderNodeTexImage")
        texture.image = image
        material.node_tree.links.new(texture.outputs["Color"], color(material))
        item.data.materials.append(material)
    path = FOLDER / "furniture.glb"
    bpy.ops.export_scene.gltf(filepath=str(path), export_format="GLB")
    output, result = segment(path, "furniture")
    empty()
    bpy.ops.import_scene.gltf(filepath=str(output / "part.glb"))
    names = {o.name.split(".")[0] for o in bpy.data.objects}
    check({"furniture", "seat", "leg", "part"} <= names, f"GLB: nodes {sorted(names)}")
    check(bpy.data.objects["seat"].parent == bpy.data.objects["furniture"], "GLB: the seat is still a child of the furniture")
    parts = [o for o in meshes() if o.name.split(".")[0] == "part"]
    check(all([m.name for m in o.data.materials] == ["part"] for o in parts), "GLB: the part has one material, 'part'")
    check({"paint 0", "paint 1", "part"} <= {m.name for m in bpy.data.materials}, f"GLB: materials {sorted(m.name for m in bpy.data.materials)}")
    check(part_color(bpy.data.materials["part"]), "GLB: the part's material has the part's color")
    pictures = [i for i in bpy.data.images if i.size[0] == 4]
    tints = {tuple(round(v) for v in i.pixels[:3]) for i in pictures}
    check({(1, 0, 0), (0, 1, 0)} <= tints, f"GLB: both pictures are there, {sorted(tints)}")
    faces = sum(len(o.data.polygons) for o in meshes())
    check(faces == result["mesh"]["faces"], f"GLB: {faces} triangles")


def quads():
    """A grid of quads in two materials."""
    side = 12
    lines = ["mtllib q.mtl"] + [f"v {x / side} {y / side} {0.2 * ((x * y) % 3)}" for y in range(side + 1) for x in range(side + 1)]
    for y in range(side):
        lines.append("usemtl " + ("wood" if y < side // 2 else "metal"))
        for x in range(side):
            a = y * (side + 1) + x + 1
            lines.append(f"f {a} {a + 1} {a + side + 2} {a + side + 1}")
    (FOLDER / "q.mtl").write_text("newmtl wood\nKd 0.5 0.3 0.1\nnewmtl metal\nKd 0.6 0.6 0.7\n")
    (FOLDER / "q.obj").write_text("\n".join(lines) + "\n")
    output, _ = segment(FOLDER / "q.obj", "quads")
    empty()
    if hasattr(bpy.ops.wm, "obj_import"):
        bpy.ops.wm.obj_import(filepath=str(output / "part.obj"))
    else:
        bpy.ops.import_scene.obj(filepath=str(output / "part.obj"))
    corners = [len(p.vertices) for o in meshes() for p in o.data.polygons]
    check(corners == [4] * (side * side), f"OBJ: {len(corners)} quads")
    used = {o.data.materials[p.material_index].name for o in meshes() for p in o.data.polygons}
    check("part" in used and used <= {"part", "wood", "metal"}, f"OBJ: materials {sorted(used)}")
    check(part_color(bpy.data.materials["part"]) or abs(bpy.data.materials["part"].diffuse_color[2] - PART[2]) < 0.1, "OBJ: the part is blue")
    check(len(meshes()) <= 4, f"OBJ: {len(meshes())} object(s)")


def survey():
    """A surface in map coordinates."""
    side = 20
    rows = [f"{500000.25 + x} {5400000.5 + y} {100 + (x * y) % 4}" for y in range(side) for x in range(side)]
    faces = [f"3 {y * side + x} {y * side + x + 1} {(y + 1) * side + x}" for y in range(side - 1) for x in range(side - 1)]
    header = ["ply", "format ascii 1.0", f"element vertex {len(rows)}", "property double x", "property double y", "property double z"]
    header += [f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"]
    (FOLDER / "survey.ply").write_text("\n".join(header + rows + faces) + "\n")
    output, _ = segment(FOLDER / "survey.ply", "survey")
    empty()
    if bpy.app.version >= (3, 6):
        bpy.ops.wm.ply_import(filepath=str(output / "part.ply"))
    else:
        bpy.ops.import_mesh.ply(filepath=str(output / "part.ply"))
    mesh = meshes()[0].data
    check(len(mesh.vertices) == side * side and len(mesh.polygons) == len(faces), f"PLY: {len(mesh.vertices)} vertices, {len(mesh.polygons)} triangles")
    # Blender's own positions are of single precision.
    check(all(abs(v.co.x - (500000.25 + i % side)) < 0.1 for i, v in enumerate(mesh.vertices)), "PLY: where it was on the map")
    check(len(getattr(mesh, "color_attributes", mesh.vertex_colors)) > 0, "PLY: the part in color")


for step in (furniture, quads, survey):
    step()
print("check-blender: all as promised", flush=True)
os._exit(0)  # bpy 4.2.23 crashes at its ordinary end once its glTF exporter ran, which makes an input here
