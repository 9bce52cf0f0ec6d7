"""What becomes of a part on an object: a selection, a vertex group, a face attribute or a material slot."""

import bmesh
import bpy
import numpy as np

from . import geometry

#: Blue, as in the program's own pictures.
COLOUR = (0.05, 0.25, 1.0, 1.0)


def combined(before, part, how):
    """Booleans of a set that the part replaces ('REPLACE'), is added to ('ADD') or taken from ('SUBTRACT')."""
    if how == "ADD":
        return before | part
    if how == "SUBTRACT":
        return before & ~part
    return part.copy()


def mark(obj, target, name, faces, probability, how="REPLACE"):
    """Marks #F `faces` of an object; `probability` (#V) weighs a vertex group. Returns the number of faces that are marked now."""
    editing = obj.mode == "EDIT"
    if target == "SELECT":
        return select(obj, faces, how)
    if editing:  # data of a mesh that is being edited is not to be written to
        bpy.ops.object.mode_set(mode="OBJECT")
    try:
        if target == "GROUP":
            return group(obj, name, faces, probability, how)
        if target == "ATTRIBUTE":
            return attribute(obj, name, faces, how)
        return material(obj, name, faces, how)
    finally:
        obj.data.update()
        if editing:
            bpy.ops.object.mode_set(mode="EDIT")


def select(obj, faces, how="REPLACE"):
    """Selects faces in edit mode, which is entered."""
    if obj.mode != "EDIT":
        bpy.ops.object.mode_set(mode="EDIT")
    # Selected vertices would also select the faces between them.
    bpy.context.tool_settings.mesh_select_mode = (False, False, True)
    mesh = bmesh.from_edit_mesh(obj.data)
    mesh.select_mode = {"FACE"}
    before = np.fromiter((face.select for face in mesh.faces), bool, len(mesh.faces))
    after = combined(before, faces, how)
    for element in (*mesh.verts, *mesh.edges):
        element.select = False
    for face, chosen in zip(mesh.faces, after):
        face.select = bool(chosen)
    mesh.select_flush_mode()
    bmesh.update_edit_mesh(obj.data, loop_triangles=False, destructive=False)
    return int(after.sum())


def corners_of(mesh, faces):
    """#V booleans: which vertices some faces have."""
    corners, counts = geometry.corners(mesh)
    inside = np.zeros(len(mesh.vertices), bool)
    inside[corners[np.repeat(faces, counts)]] = True
    return inside


def group(obj, name, faces, probability, how="REPLACE"):
    """Puts the part's vertices into a vertex group, with their probability as weight."""
    vertices = obj.vertex_groups.get(name) or obj.vertex_groups.new(name=name)
    inside = corners_of(obj.data, faces)
    if how == "REPLACE":
        vertices.remove(range(len(inside)))
    if how == "SUBTRACT":
        vertices.remove(np.flatnonzero(inside).tolist())
    else:
        for index in np.flatnonzero(inside).tolist():
            vertices.add([index], max(float(probability[index]), 0.01), "REPLACE")
    obj.vertex_groups.active_index = vertices.index
    return int(faces.sum())


def attribute(obj, name, faces, how="REPLACE"):
    """Marks faces in a Boolean attribute."""
    # In Blender 3.4 an attribute cannot have the name of a vertex group.
    name = "part_" + name if name in obj.vertex_groups else name
    values = obj.data.attributes.get(name)
    if values is not None and (values.domain, values.data_type) != ("FACE", "BOOLEAN"):
        raise ValueError(f"'{name}' is an attribute of another kind; choose another name")
    values = values or obj.data.attributes.new(name, "BOOLEAN", "FACE")
    before = np.zeros(len(faces), bool)
    values.data.foreach_get("value", before)
    after = combined(before, faces, how)
    values.data.foreach_set("value", after)
    return int(after.sum())


def slot(obj, name):
    """The index of the slot of the material with a name, which is made if there is none."""
    found = obj.data.materials.find(name)
    if found >= 0:
        return found
    if not obj.data.materials:
        obj.data.materials.append(shaded("rest", (0.6, 0.6, 0.6, 1.0)))
    obj.data.materials.append(shaded(name, COLOUR))
    return len(obj.data.materials) - 1


def shaded(name, colour):
    """The material with a name; a new one has a colour, in Solid view too."""
    known = bpy.data.materials.get(name)
    if known is not None:
        return known
    new = bpy.data.materials.new(name)
    new.use_nodes = True
    surface = next(node for node in new.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    surface.inputs["Base Color"].default_value = colour
    new.diffuse_color = colour
    return new


def material(obj, name, faces, how="REPLACE"):
    """Gives faces the slot of a material; faces that leave it get the first other slot."""
    index = slot(obj, name)
    other = 0 if index else min(1, len(obj.data.materials) - 1)
    before = np.empty(len(faces), np.int32)
    obj.data.polygons.foreach_get("material_index", before)
    after = combined(before == index, faces, how)
    obj.data.polygons.foreach_set("material_index", np.where(after, index, np.where(before == index, other, before)).astype(np.int32))
    obj.active_material_index = index
    return int(after.sum())


def paint(obj, name, picture, coordinates, triangles):
    """Fills the part's material with a picture: the image of its colour, and a UV map of its own for the part's faces.

    `picture` is (h, w, 3) bytes, `coordinates` (n, 3, 2) with (0, 0) the upper left, `triangles` (n, 4): a face and three of its vertices.
    """
    mesh = obj.data
    height, width = picture.shape[:2]
    image = bpy.data.images.new(name, width, height)
    values = np.ones((height, width, 4), np.float32)
    values[..., :3] = picture[::-1] / np.float32(255)
    image.pixels.foreach_set(values.ravel())
    image.pack()

    layer = mesh.uv_layers.get(name) or mesh.uv_layers.new(name=name, do_init=False)
    if layer is None:
        raise ValueError("the mesh has as many UV maps as it may; remove one")
    places = {}
    for (face, *vertices), spots in zip(triangles.tolist(), coordinates.tolist()):
        for vertex, spot in zip(vertices, spots):
            places[face, vertex] = spot
    for face in {face for face, _ in places}:
        for loop in mesh.polygons[face].loop_indices:
            spot = places.get((face, mesh.loops[loop].vertex_index))
            if spot is not None:
                layer.data[loop].uv = (spot[0], 1 - spot[1])

    nodes = shaded(name, COLOUR).node_tree.nodes
    links = shaded(name, COLOUR).node_tree.links
    surface = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    texture = nodes.get("Photo") or nodes.new("ShaderNodeTexImage")
    texture.name, texture.image, texture.location = "Photo", image, (-320, 300)
    uv = nodes.get("Part UV") or nodes.new("ShaderNodeUVMap")
    uv.name, uv.uv_map, uv.location = "Part UV", layer.name, (-540, 200)
    links.new(uv.outputs["UV"], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], surface.inputs["Base Color"])
    return image
