"""An example to ask about, and the folder that the README's examples run in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import segmentation_buddies as bsb
from segmentation_buddies import program


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example `mug`."""
    path = tmp_path_factory.mktemp("examples")
    subprocess.run(
        [program.find(), "example", "mug", "--output", path / "mug"], check=True, capture_output=True, env=program.environment()
    )
    return path


@pytest.fixture(scope="session")
def click(folder: Path) -> tuple[int, int]:
    x, y = (folder / "mug" / "click.txt").read_text().split(",")
    return int(x), int(y)


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bsb.Session]:
    with bsb.Session(cache=tmp_path_factory.mktemp("cache")) as session:
        yield session


@pytest.fixture(scope="session")
def photo(session: bsb.Session, folder: Path) -> bsb.Photo:
    return session.open_photo(folder / "mug" / "photo.png")


@pytest.fixture(scope="session")
def mesh(session: bsb.Session, folder: Path) -> bsb.Mesh:
    return session.open_mesh(folder / "mug" / "mesh.obj")


@pytest.fixture(scope="session")
def answer(photo: bsb.Photo, mesh: bsb.Mesh, click: tuple[int, int]) -> bsb.Answer:
    return photo.click(*click).on(mesh)


@pytest.fixture(autouse=True)
def in_folder(request: pytest.FixtureRequest) -> Iterator[None]:
    """The README's examples name files of the folder."""
    if not request.node.name.endswith("README.md"):
        yield
        return
    before = os.getcwd()
    os.chdir(request.getfixturevalue("folder"))
    yield
    os.chdir(before)
