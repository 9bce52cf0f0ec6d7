"""Parts that are kept: names, merging, taking them away and bringing them back."""

import json
import zipfile

import pytest

from driver import BLUE


@pytest.fixture
def two_parts(guitar):
    guitar.click_photo().answered()
    guitar.keep("head")
    guitar.page.mouse.click(*guitar.mesh_place(0.5, 0.66))
    guitar.answered()
    guitar.keep("body")
    return guitar


def test_parts_are_named_merged_and_deleted_with_undo(two_parts):
    page = two_parts.page
    assert two_parts.parts == ["head", "body"]
    for check in page.locator("#parts input[type=checkbox]").all():
        check.check()
    page.click("#merge")
    assert two_parts.parts == ["head"]
    page.click("#undo")
    assert two_parts.parts == ["head", "body"]
    page.click("[aria-label='Delete head']")
    assert two_parts.parts == ["body"]
    two_parts.press("Control+z")
    assert two_parts.parts == ["head", "body"]


def test_the_export_holds_what_was_kept(two_parts, tmp_path):
    page = two_parts.page
    page.click("#export")
    page.check("input[name=ply]")
    with page.expect_download(timeout=60000) as waiting:
        page.click("#export-go")
    waiting.value.save_as(tmp_path / "parts.zip")
    with zipfile.ZipFile(tmp_path / "parts.zip") as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {"parts.glb", "parts.obj", "parts.mtl", "parts.ply", "face_labels.npy", "vertex_labels.npy", "parts.json", "picture.png"} <= names
        assert any(name.startswith("masks/") for name in names)
        listed = json.loads(archive.read("parts.json"))
        labels = archive.read("face_labels.npy")
        glb = archive.read("parts.glb")
    assert [part["name"] for part in listed["parts"]] == ["head", "body"]
    assert labels.startswith(b"\x93NUMPY")
    nodes = json.loads(glb[20:20 + int.from_bytes(glb[12:16], "little")])["nodes"]
    assert {"head", "body"} <= {node.get("name") for node in nodes}


def test_a_reload_keeps_answer_and_parts(two_parts):
    two_parts.click_photo().answered()
    two_parts.page.wait_for_timeout(400)
    two_parts.page.reload()
    two_parts.page.wait_for_selector("html[data-ready]")
    two_parts.answered()
    assert two_parts.parts == ["head", "body"]
    assert two_parts.faces > 0


def test_a_project_comes_back_in_another_tab(two_parts, open_studio, tmp_path):
    with two_parts.page.expect_download() as waiting:
        two_parts.press("Control+s")
    waiting.value.save_as(tmp_path / "guitar.zip")
    other = open_studio()
    other.page.set_input_files("#project-file", tmp_path / "guitar.zip")
    other.page.locator("#parts li").nth(1).wait_for()
    assert other.parts == ["head", "body"]
    other.wait_for_mesh()
    assert other.coloured(BLUE) > 100


def test_the_whole_object_at_once(guitar):
    guitar.press("m")
    guitar.answered()
    assert "mapped" in guitar.page.locator("#verdict h2").text_content()
    guitar.press("k")
    assert len(guitar.parts) >= 1
