"""Arrays as files in memory: what the program opens are photos and meshes in formats, whoever made them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from .errors import BadInput

Array = npt.NDArray[Any]


class Polygons(NamedTuple):
    """Faces with any number of corners."""

    #: The vertex indices of all corners, face by face.
    corners: npt.ArrayLike
    #: (#F,) the number of corners of each face.
    counts: npt.ArrayLike


#: (#F, k) vertex indices of faces with k corners each, polygons, or a sequence of faces with corners as many as they like.
Faces = npt.ArrayLike | Polygons | Sequence[Sequence[int]]


def png(pixels: npt.ArrayLike) -> bytes:
    """A picture as a PNG file.

    `pixels` is (h, w) grey, (h, w, 3) RGB or (h, w, 4) RGBA, as bytes 0...255, as floats 0...1, or as booleans.
    Raises `BadInput` for anything else.
    """
    array = np.asarray(pixels)
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    elif np.issubdtype(array.dtype, np.floating):
        if array.size and not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
            raise BadInput("opening the picture: floats are shares of full brightness, from 0 to 1; convert others to uint8")
        array = np.round(array * 255).astype(np.uint8)
    if array.ndim == 2:
        array = array[..., np.newaxis]
    channels = array.shape[2] if array.ndim == 3 else 0
    colour = {1: 0, 3: 2, 4: 6}.get(channels)
    if array.dtype != np.uint8 or colour is None or 0 in array.shape:
        raise BadInput(
            f"opening the picture: an array of shape {np.shape(pixels)} and type {np.asarray(pixels).dtype} is no picture; "
            "give (h, w), (h, w, 3) or (h, w, 4) of uint8, or of floats from 0 to 1"
        )
    height, width = array.shape[:2]
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = array.reshape(height, -1)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    # Not compressed: it only crosses a pipe.
    body = zlib.compress(rows.tobytes(), 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def ply(vertices: npt.ArrayLike, faces: Faces) -> bytes:
    """A mesh as a binary PLY file whose vertices and faces are in the given order.

    `vertices` is (#V, 3); `faces` (#F, k) indices, `Polygons`, or #F sequences of three and more. Raises `BadInput` for anything else.
    """
    points = np.asarray(vertices)
    if points.ndim != 2 or points.shape[1] != 3 or not (points.dtype.kind in "fiu"):
        raise BadInput(f"opening the mesh: vertices are #V x 3 numbers, not an array of shape {points.shape} and type {points.dtype}")
    flat, counts = _corners(faces)
    if flat.size and (flat.min() < 0 or flat.max() >= len(points)):
        raise BadInput(
            f"opening the mesh: a face names vertex {int(flat.max() if flat.max() >= len(points) else flat.min())}, "
            f"but vertices go from 0 to {len(points) - 1}"
        )
    single = points.dtype == np.float32
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
        + "".join(f"property {'float' if single else 'double'} {axis}\n" for axis in "xyz")
        + f"element face {len(counts)}\nproperty list int int vertex_indices\nend_header\n"
    )
    starts = np.cumsum(counts) - counts
    body = np.insert(flat, starts, counts).astype("<i4")
    return header.encode() + points.astype("<f4" if single else "<f8").tobytes() + body.tobytes()


def _corners(faces: Faces) -> tuple[Array, Array]:
    """All corners in a row, and the number of corners of each face."""
    if isinstance(faces, Polygons):
        corners, counts = np.asarray(faces.corners), np.asarray(faces.counts)
        if corners.ndim != 1 or counts.ndim != 1 or not corners.dtype.kind == counts.dtype.kind == "i" or counts.sum() != len(corners):
            raise BadInput("opening the mesh: the counts of corners do not add up to the corners")
        return corners.astype(np.int64), counts
    table: Array | None
    try:
        table = np.asarray(faces)
    except ValueError:  # faces of different sizes
        table = None
    if table is not None and table.ndim == 2 and table.dtype.kind in "iu" and table.shape[1] >= 3:
        return table.astype(np.int64).ravel(), np.full(len(table), table.shape[1])
    if table is not None and (table.dtype.kind == "f" or table.ndim > 1 or table.size == 0):
        raise BadInput(f"opening the mesh: faces are #F x k vertex indices, not an array of shape {table.shape} and type {table.dtype}")
    rows = [np.asarray(face) for face in cast("Sequence[Sequence[int]]", faces)]
    if any(row.ndim != 1 or row.dtype.kind not in "iu" or len(row) < 3 for row in rows):
        raise BadInput("opening the mesh: each face is a sequence of three or more vertex indices")
    return np.concatenate(rows).astype(np.int64), np.array([len(row) for row in rows])
