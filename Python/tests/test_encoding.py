"""Arrays become files that are read back as what they were."""

from __future__ import annotations

import io

import numpy as np
import pytest

from segmentation_buddies import BadInput, Polygons, encoding


def test_pictures_come_back() -> None:
    images = pytest.importorskip("PIL.Image")
    random = np.random.default_rng(1)
    for shape in [(1, 1), (5, 7), (5, 7, 3), (4, 9, 4)]:
        pixels = random.integers(0, 256, shape, np.uint8)
        assert np.array_equal(np.asarray(images.open(io.BytesIO(encoding.png(pixels)))), pixels)


def test_floats_and_booleans_are_shares_of_brightness() -> None:
    bytes_ = encoding.png(np.array([[0, 255]], np.uint8))
    assert encoding.png(np.array([[0.0, 1.0]])) == bytes_
    assert encoding.png(np.array([[False, True]])) == bytes_


@pytest.mark.parametrize(
    "pixels", [np.zeros((2, 2), np.int64), np.full((2, 2), 1.5), np.full((2, 2), np.nan), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_what_is_no_picture_is_refused(pixels: encoding.Array) -> None:
    with pytest.raises(BadInput):
        encoding.png(pixels)


def _decoded(data: bytes) -> tuple[encoding.Array, list[list[int]]]:
    header, body = data.split(b"end_header\n", 1)
    lines = header.decode().splitlines()
    count = int(next(line for line in lines if line.startswith("element vertex")).split()[2])
    kind = np.dtype("<f8" if "property double x" in lines else "<f4")
    vertices = np.frombuffer(body[: 3 * count * kind.itemsize], kind).reshape(-1, 3)
    words = np.frombuffer(body[3 * count * kind.itemsize :], "<i4").tolist()
    faces = []
    while words:
        size = words[0]
        faces.append(words[1 : size + 1])
        words = words[size + 1 :]
    return vertices, faces


def test_meshes_come_back() -> None:
    random = np.random.default_rng(2)
    for _ in range(50):
        vertices = random.normal(size=(random.integers(3, 30), 3))
        faces = [random.integers(0, len(vertices), random.integers(3, 7)).tolist() for _ in range(random.integers(1, 20))]
        seen, polygons = _decoded(encoding.ply(vertices, faces))
        assert np.array_equal(seen, vertices)
        assert polygons == faces
        flat = Polygons(np.concatenate([np.array(f) for f in faces]), np.array([len(f) for f in faces]))
        assert encoding.ply(vertices, flat) == encoding.ply(vertices, faces)


def test_single_precision_stays() -> None:
    vertices, faces = _decoded(encoding.ply(np.eye(3, dtype=np.float32), [[0, 1, 2]]))
    assert vertices.dtype == np.float32
    assert faces == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("vertices", "faces"),
    [
        (np.zeros((3, 2)), [[0, 1, 2]]),
        (np.zeros((3, 3)), [[0, 1, 3]]),
        (np.zeros((3, 3)), [[0, 1, -1]]),
        (np.zeros((3, 3)), [[0, 1]]),
        (np.zeros((3, 3)), np.zeros((1, 3))),
        (np.zeros((3, 3)), []),
        (np.zeros((3, 3)), Polygons([0, 1, 2], [4])),
        (np.array([["a"] * 3]), [[0, 0, 0]]),
    ],
)
def test_what_is_no_mesh_is_refused(vertices: encoding.Array, faces: encoding.Faces) -> None:
    with pytest.raises(BadInput):
        encoding.ply(vertices, faces)
