"""Answers of the real program on a real example are those of the command line."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import segmentation_buddies as bsb
from segmentation_buddies import program


@pytest.fixture(scope="module")
def expected(folder: Path, click: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `bsb match` writes."""
    out = tmp_path_factory.mktemp("expected")
    command: list[str | Path] = ["match", "--image", folder / "mug/photo.png", "--click", f"{click[0]},{click[1]}", "--mesh", folder / "mug/mesh.obj"]
    subprocess.run([program.find(), *command, "--no-cache", "--output", out], check=True, capture_output=True, env=program.environment())
    return out


def test_arrays_are_those_of_the_command_line(answer: bsb.Answer, expected: Path) -> None:
    assert answer
    document = json.loads((expected / "result.json").read_text())
    assert answer.vertex == document["vertex"]
    assert answer.similarity == pytest.approx(document["similarity"], abs=1e-6)
    for name, array in [("labels", answer.vertices), ("face_labels", answer.faces), ("probability", answer.probability)]:
        assert np.array_equal(array, np.load(expected / f"{name}.npy")), name


def test_saved_files_are_those_of_the_command_line(answer: bsb.Answer, expected: Path, tmp_path: Path) -> None:
    names = answer.save(tmp_path / "saved")
    assert set(names) == {path.name for path in expected.iterdir()}
    for name in set(names) - {"result.json"}:
        assert (tmp_path / "saved" / name).read_bytes() == (expected / name).read_bytes(), name


def test_masks_hold_the_click(answer: bsb.Answer, photo: bsb.Photo, click: tuple[int, int]) -> None:
    assert answer.part_mask.shape == answer.object_mask.shape == (photo.height, photo.width)
    assert answer.object_mask[click[1], click[0]]
    masks = photo.click(*click).masks()
    assert np.array_equal(masks["part"], answer.part_mask)
    assert set(masks) == {"part", "middle", "object"}


def test_arrays_open_as_files_do(session: bsb.Session, folder: Path, answer: bsb.Answer, click: tuple[int, int]) -> None:
    images = pytest.importorskip("PIL.Image")
    picture = images.open(folder / "mug/photo.png")
    vertices, faces = [], []
    for line in (folder / "mug/mesh.obj").read_text().splitlines():
        word, *rest = line.split() or [""]
        if word == "v":
            vertices.append([float(value) for value in rest[:3]])
        elif word == "f":
            faces.append([int(value.split("/")[0]) - 1 for value in rest])
    mesh = session.open_mesh(np.array(vertices, np.float32), faces)
    assert (mesh.vertex_count, mesh.face_count) == (len(vertices), len(faces))
    for photo in (session.open_photo(picture), session.open_photo(np.asarray(picture.convert("RGB")))):
        again = photo.click(*click).on(mesh)
        assert again.vertex == answer.vertex
        assert np.array_equal(again.faces, answer.faces)


def test_deep_images_keep_their_levels(session: bsb.Session, photo: bsb.Photo) -> None:
    images = pytest.importorskip("PIL.Image")
    ramp = np.linspace(0, 65535, 64 * 48).astype(np.uint16).reshape(48, 64)
    deep = session.open_photo(images.fromarray(ramp))
    flat = session.open_photo(np.round(ramp / 257).astype(np.uint8))
    assert np.array_equal(deep.features().values, flat.features().values)
    for mode in ("I", "F"):
        with pytest.raises(bsb.BadInput, match="any size"):
            session.open_photo(images.fromarray(ramp.astype(np.int32 if mode == "I" else np.float32)))


def test_results_say_in_a_line_what_they_are(answer: bsb.Answer, photo: bsb.Photo, mesh: bsb.Mesh) -> None:
    count = mesh.face_count
    assert repr(answer) == f"<Answer: sure, vertex {answer.vertex}, {int(answer.faces.sum())} of {count} faces>"
    assert answer.vertex is not None
    part, where = mesh.part(answer.vertex), mesh.locate(answer.vertex, photo)
    assert repr(part) == f"<Part: {int(part.faces.sum())} of {count} faces>" and repr(where) == f"<Located: pixel {where.pixel}>"
    assert repr(mesh.transfer(answer.faces, mesh)) == "<Transferred: 2 labels>"
    regions = photo.map(mesh, clicks=20)
    assert repr(regions) == f"<Mapped: {len(set(regions.faces.tolist()) - {0})} regions>"
    nothing = answer.click.on(mesh, options=bsb.Options(min_existence=1))
    assert repr(nothing) == f"<Answer: not found. {nothing.explanation}>"
    assert repr(photo.features()).startswith("<Features: ")


def test_a_mask_is_a_click(answer: bsb.Answer, photo: bsb.Photo, mesh: bsb.Mesh, click: tuple[int, int]) -> None:
    again = photo.click(*click, mask=answer.part_mask).on(mesh)
    assert again.document["click"]["isMask"]
    assert np.array_equal(again.part_mask, answer.part_mask)


def test_progress_is_told(session: bsb.Session, folder: Path, photo: bsb.Photo, click: tuple[int, int]) -> None:
    told: list[bsb.Progress] = []
    # A mesh that was never seen: a scaled one would be the same to the models.
    cube = np.array([[x, y, z] for x in (0, 1) for y in (0, 1.5) for z in (0, 2)], np.float32)
    quads = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    photo.click(*click).on(session.open_mesh(cube, quads), progress=told.append)
    assert told
    assert all(0 <= step.done <= step.total for step in told)


def test_a_picture_is_shown(answer: bsb.Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure = answer.show()
    assert figure.axes[0].images and pyplot.get_fignums() == [figure.number]
    pyplot.close(figure)
    # In a notebook an open figure would be shown a second time.
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    assert answer.show().axes[0].images and not pyplot.get_fignums()


def test_texture_lies_on_the_part(answer: bsb.Answer, mesh: bsb.Mesh) -> None:
    texture = answer.texture(size=128)
    assert texture.picture is not None and texture.coordinates is not None and texture.triangles is not None
    assert texture.picture.shape == (128, 128, 3)
    assert len(texture.coordinates) == len(texture.triangles)
    assert texture.coordinates.min() >= 0 and texture.coordinates.max() <= 1
    # The paint fades out beyond the part's border, so that all of the part's faces are painted and a few more.
    assert set(np.flatnonzero(answer.faces)) <= set(texture.triangles[:, 0].tolist())
    assert texture.triangles[:, 1:].max() < mesh.vertex_count


def test_labels_go_over_to_another_mesh(session: bsb.Session, mesh: bsb.Mesh, answer: bsb.Answer) -> None:
    geometry = mesh.geometry()
    smaller = session.open_mesh(geometry.vertices / 2, geometry.triangles)
    carried = mesh.transfer(answer.faces, smaller, names=["body", "handle"])
    assert carried.faces.shape == (smaller.face_count,) and carried.vertices.shape == carried.confidence.shape == (smaller.vertex_count,)
    assert bsb.evaluate.iou(carried.faces == 1, answer.faces[geometry.triangle_faces]) > 0.9
    assert [part["name"] for part in carried.document["parts"]] == ["body", "handle"]
    with pytest.raises(bsb.BadInput, match="labels for"):
        mesh.transfer([0, 1], smaller)
    with pytest.raises(bsb.BadInput, match="larger"):
        mesh.transfer(np.full(mesh.face_count, 3), smaller, names=["one"])
    with pytest.raises(bsb.BadInput, match="none of its faces"):
        mesh.transfer(np.full(mesh.face_count, -1), smaller)
    with pytest.raises(bsb.BadInput, match="whole numbers"):
        mesh.transfer(np.zeros(mesh.face_count), smaller)


def test_a_bar_shows_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    bar = bsb.Bar()
    for stage, done in [("Looking", 1), ("Looking", 2), ("Thinking", 1)]:
        bar(bsb.Progress(stage, done, 2))
    bar.close()
    said = capsys.readouterr().err
    assert "Looking" in said and "Thinking" in said


def test_without_tqdm_there_is_no_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    bsb.Bar()(bsb.Progress("Looking", 1, 2))
    assert not capsys.readouterr().err


def test_numbers_may_be_numpys(photo: bsb.Photo, mesh: bsb.Mesh, answer: bsb.Answer, click: tuple[int, int]) -> None:
    x, y = np.array(click)
    again = photo.click(x, y, positive=np.array([[x, y]]), box=np.array([0, 0, photo.width, photo.height])).on(mesh)
    assert again.document["click"]["x"] == click[0] and again.found
    vertex = np.argmax(answer.probability)
    assert np.array_equal(mesh.part(vertex).faces, mesh.part([int(vertex)]).faces)
    with pytest.raises(TypeError):
        mesh.part(0.5)  # type: ignore[arg-type]
    for wrong in (float("nan"), np.float32("inf")):
        with pytest.raises(bsb.BadInput, match="infinite"):
            photo.click(wrong, 0).masks()


def test_what_cannot_be_asked_together_is_refused(photo: bsb.Photo, mesh: bsb.Mesh, folder: Path, click: tuple[int, int]) -> None:
    with pytest.raises(bsb.BadInput, match="shape"):
        photo.click(*click, mask=np.ones((3, 3)))
    with bsb.Session(cache=False) as other, pytest.raises(bsb.BadInput, match="one session"):
        other.open_photo(folder / "mug/photo.png").click(*click).on(mesh)
    with pytest.raises(bsb.BadInput, match="threads"):
        bsb.Session(threads=0)
    with pytest.raises(bsb.BadInput, match="part, middle or object, not 'whole'"):
        bsb.Options(level="whole")  # type: ignore[arg-type]


def test_an_object_with_vertices_and_faces_is_a_mesh(session: bsb.Session, mesh: bsb.Mesh) -> None:
    geometry = mesh.geometry()
    like_trimesh = types.SimpleNamespace(vertices=geometry.vertices, faces=geometry.triangles)
    assert np.array_equal(session.open_mesh(like_trimesh).geometry().vertices, geometry.vertices)
    with pytest.raises(TypeError, match="trimesh"):
        session.open_mesh(geometry.vertices)


def test_failures_have_the_programs_sentence(photo: bsb.Photo, mesh: bsb.Mesh, session: bsb.Session, tmp_path: Path) -> None:
    with pytest.raises(bsb.BadInput, match="outside the photo"):
        photo.click(1e6, 0).on(mesh)
    with pytest.raises(FileNotFoundError, match="nowhere.png"):
        session.open_photo(tmp_path / "nowhere.png")
    with pytest.raises(ValueError, match="no faces"):
        session.open_mesh(b"v 0 0 0\n", name="points.obj")
    with pytest.raises(bsb.BadInput, match="vertex"):
        mesh.part(10**9)


def test_the_mesh_may_lack_the_part(photo: bsb.Photo, mesh: bsb.Mesh, click: tuple[int, int]) -> None:
    answer = photo.click(*click).on(mesh, options=bsb.Options(min_existence=1))
    assert not answer
    assert answer.grade == "none" and answer.vertex is None and not answer.faces.any() and answer.explanation


def test_similarity_and_geometry(answer: bsb.Answer, mesh: bsb.Mesh) -> None:
    alike = answer.similarities()
    assert alike.shape == answer.vertices.shape
    assert np.isfinite(alike).any() and alike[np.isfinite(alike)].max() <= 1 + 1e-5
    # The part is more alike than the rest.
    seen = np.isfinite(alike)
    assert alike[seen & answer.vertices].mean() > alike[seen & ~answer.vertices].mean()
    geometry = mesh.geometry()
    assert geometry.vertices.shape == (mesh.vertex_count, 3) and geometry.triangles.max() < mesh.vertex_count
    assert set(geometry.triangle_faces.tolist()) == set(range(mesh.face_count))
    assert answer.vertex is not None and answer.position is not None
    assert np.allclose(geometry.vertices[answer.vertex], answer.position, atol=1e-5)


def test_a_page_holds_what_is_seen(answer: bsb.Answer, mesh: bsb.Mesh, tmp_path: Path) -> None:
    viewer = answer.view(heat=True)
    assert "<iframe" in viewer._repr_html_()
    viewer.save(tmp_path / "part.html")
    page = (tmp_path / "part.html").read_text()
    data = json.loads(page.split("const data = ", 1)[1].split(";\n", 1)[0].replace("<\\/", "</"))
    triangles = mesh.geometry().triangles
    assert np.array_equal(np.frombuffer(base64.b64decode(data["triangles"]), "<i4").reshape(-1, 3), triangles)
    assert np.array_equal(np.frombuffer(base64.b64decode(data["part"]), bool), answer.faces[mesh.geometry().triangle_faces])
    assert len(base64.b64decode(data["heat"])) == mesh.vertex_count and data["isHeatShown"]
    assert "http" not in page


def test_evaluation(mesh: bsb.Mesh, answer: bsb.Answer, tmp_path: Path) -> None:
    areas = bsb.evaluate.face_areas(mesh)
    assert areas.shape == (mesh.face_count,) and (areas >= 0).all()
    # The program's share of the surface is of the same faces and areas.
    assert areas[answer.faces].sum() / areas.sum() == pytest.approx(answer.document["segment"]["fraction"], abs=1e-3)
    assert bsb.evaluate.iou(answer.faces, answer.faces, areas) == 1 and bsb.evaluate.iou([True, False], [True, True], [1, 3]) == 0.25
    with pytest.raises(ValueError):
        bsb.evaluate.iou([True], [True, False])
    whole = bsb.evaluate.interval([0, 1, 1, 1], ["a", "a", "b", "b"])
    assert whole.mean == 0.75 and whole.low == 0.5 and whole.high == 1
    with pytest.raises(bsb.MissingInput, match="nowhere"):
        bsb.evaluate.run("segments", "--data", "/nowhere", "--output", tmp_path)
