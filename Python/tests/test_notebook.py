"""The notebook beside the package runs in Jupyter, and a browser shows what it was told to show."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

NOTEBOOK = Path(__file__).parent.parent / "example.ipynb"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")


def _jupyter(name: str) -> Any:
    return pytest.importorskip(name, reason="Jupyter is not installed: pip install nbclient nbconvert ipykernel")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook with what its cells gave, run in an empty folder by a kernel with folders of its own."""
    nbclient, nbformat, _ = (_jupyter(name) for name in ("nbclient", "nbformat", "ipykernel"))
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CACHE_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(variable, str(folder / variable))
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def _data(notebook: Any, identifier: str) -> dict[str, str]:
    """What a cell's result is, by its kinds; it has no other picture or page besides."""
    outputs = next(cell.outputs for cell in notebook.cells if cell.id == identifier)
    shown = [dict(output.data) for output in outputs if output.output_type in ("execute_result", "display_data")]
    assert len(shown) == 1, f"the cell '{identifier}' shows {len(shown)} things"
    return shown[0]


def _pixels(png: bytes) -> Any:
    images = pytest.importorskip("PIL.Image")
    return np.asarray(images.open(io.BytesIO(png)).convert("RGB")).astype(int)


def _lit(pixels: Any) -> int:
    """How many pixels are as blue as a lit part."""
    return int((pixels[..., 2] > pixels[..., 0] + 80).sum())


def test_a_notebook_shows_the_picture(notebook: Any) -> None:
    assert "sure" in _data(notebook, "click")["text/plain"]
    picture = _pixels(base64.b64decode(_data(notebook, "show")["image/png"]))
    assert picture.shape[1] > 600 and _lit(picture) > 5000


def test_a_browser_draws_the_notebooks_viewer(notebook: Any, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium; CHROMIUM=PATH names one")
    assert "<iframe" in _data(notebook, "view")["text/html"]
    # Of the exported page only the viewer, so that all that is blue is its.
    alone = dict(notebook, cells=[cell for cell in notebook.cells if cell.id == "view"])
    page, screenshot = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text(_jupyter("nbconvert").HTMLExporter().from_notebook_node(type(notebook)(alone))[0], encoding="utf-8")
    subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--enable-unsafe-swiftshader", f"--user-data-dir={tmp_path / 'profile'}",
            # The page asks for MathJax of the web, which it does without. A screenshot does not wait for frames of other processes.
            "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-features=IsolateSandboxedIframes",
            "--window-size=1000,700", "--virtual-time-budget=10000", f"--screenshot={screenshot}", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pixels = _pixels(screenshot.read_bytes())
    assert _lit(pixels) > 1000, "no part is lit"
    # The rest of the mug is grey, darker than the page and lighter than its letters.
    assert ((pixels.max(axis=2) - pixels.min(axis=2) < 16) & (pixels.max(axis=2) > 70) & (pixels.max(axis=2) < 190)).sum() > 10_000
