"""A part on its mesh, to turn and look at: one HTML page with everything in it, which a notebook shows."""

from __future__ import annotations

import base64
import html
import json
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .pipe import Array


class Viewer:
    """A page with a mesh whose part is lit; a notebook shows it, and `save` writes it as a file for any browser with WebGL2."""

    def __init__(
        self, vertices: npt.ArrayLike, triangles: npt.ArrayLike, part: npt.ArrayLike, *, similarity: npt.ArrayLike | None = None,
        is_heat_shown: bool = False, caption: str = "", height: int = 480,
    ) -> None:
        """`vertices` (#V, 3), `triangles` (n, 3), `part` (n,) whether a triangle is lit, `similarity` (#V,) how hot a vertex is."""
        data = {
            "vertices": _packed(np.asarray(vertices, np.float32)),
            "triangles": _packed(np.asarray(triangles, np.int32)),
            "part": _packed(np.asarray(part, np.bool_).astype(np.uint8)),
            "heat": None if similarity is None else _packed(levels(similarity)),
            "isHeatShown": is_heat_shown,
            "caption": caption,
        }
        # Within a script "</" would end it.
        text = json.dumps(data).replace("</", "<\\/")
        #: The page.
        self.page: str = (Path(__file__).parent / "viewer.html").read_text(encoding="utf-8").replace("/*DATA*/null", text)
        #: How high a notebook shows it, in pixels.
        self.height = height

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page as a file."""
        Path(path).expanduser().write_text(self.page, encoding="utf-8")

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.page, quote=True)}" sandbox="allow-scripts" style="width: 100%; height: {self.height}px; border: 0">'
            "</iframe>"
        )


def levels(similarity: npt.ArrayLike) -> Array:
    """Similarities as bytes: from the 5th of a hundred to the highest; 0 where there is none."""
    values = np.asarray(similarity, np.float64)
    known = values[np.isfinite(values)]
    if not known.size:
        return np.zeros(values.shape, np.uint8)
    low, high = np.percentile(known, 5), known.max()
    shares = (np.where(np.isfinite(values), values, low) - low) / ((high - low) or 1)
    rounded: Array = (255 * np.clip(shares, 0, 1)).astype(np.uint8)
    return rounded


def _packed(array: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()).decode()
