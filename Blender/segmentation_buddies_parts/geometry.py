"""Blender's meshes and images as arrays. Indices are Blender's own, and coordinates the mesh's: the object's matrix is left out."""

import numpy as np


def surface(mesh):
    """#V x 3 vertices, and the faces' corners in a row with the number of corners of each face."""
    vertices = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", vertices)
    return vertices.reshape(-1, 3), *corners(mesh)


def corners(mesh):
    """The faces' corners in a row, face by face, and the number of corners of each face."""
    counts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", counts)
    starts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    vertices = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", vertices)
    # Polygons may lie in any order in the list of corners.
    order = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    return vertices[order], counts


def pixels(image):
    """The image as it is shown: (h, w, 3) bytes, the upper row first.

    Taken from Blender and not from the file, which may be packed, painted on, or turned by its metadata in other programs. What is
    transparent becomes white.
    """
    width, height = image.size
    values = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(height, width, image.channels)[::-1]
    if image.channels == 4:
        alpha = values[..., 3:]
        values = values[..., :3] * alpha + (1 - alpha) if alpha.min() < 1 else values[..., :3]
    elif image.channels < 3:
        values = np.repeat(values[..., :1], 3, axis=2)
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
