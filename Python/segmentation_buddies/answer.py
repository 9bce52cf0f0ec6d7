"""Answers. Each has the document that the command of the same name prints with `--json`, and the arrays that it writes."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .pipe import Array, Document, Message
from .session import Listener, Session
from .viewer import Viewer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .mesh import Mesh
    from .photo import Click


class Result:
    """What all answers have; an answer that found something is true."""

    def __init__(self, said: Message) -> None:
        #: The document; docs/result-schema.md describes it.
        self.document: Document = said.document["result"]
        self._arrays = said.arrays

    @property
    def found(self) -> bool:
        """Whether there is a counterpart."""
        return bool(self.document.get("found", True))

    @property
    def explanation(self) -> str | None:
        """Why not, as a sentence."""
        return self.document.get("explanation")

    def __bool__(self) -> bool:
        return self.found

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._summary() if self.found else f'not found. {self.explanation}'}>"

    def _summary(self) -> str:
        raise NotImplementedError


class Part(Result):
    """A part of a mesh. Where there is none, nothing is of it."""

    def __init__(self, mesh: Mesh, said: Message) -> None:
        super().__init__(said)
        self.mesh = mesh
        arrays = said.arrays
        #: (#V,) float32: how likely each vertex is of the part.
        self.probability: Array = arrays.get("probability", np.zeros(mesh.vertex_count, np.float32))
        #: (#V,) booleans: which vertices are of the part.
        self.vertices: Array = arrays.get("labels", np.zeros(mesh.vertex_count, np.bool_))
        #: (#F,) booleans: which faces are of the part.
        self.faces: Array = arrays.get("face_labels", np.zeros(mesh.face_count, np.bool_))

    def view(self, *, heat: bool = False, height: int = 480) -> Viewer:
        """The mesh with the part lit, to turn in a notebook or a browser.

        `heat` shows first how likely each vertex is of the part, or, of the answer to a click in a photo, how alike each is.
        """
        mesh = self.mesh.geometry()
        return Viewer(
            mesh.vertices, mesh.triangles, self.faces[mesh.triangle_faces], similarity=self._heat(), is_heat_shown=heat,
            caption=f"{int(self.faces.sum())} of {self.mesh.face_count} faces" if self.found else self.explanation or "not found", height=height,
        )  # fmt: skip

    def _heat(self) -> Array:
        return self.probability

    def _summary(self) -> str:
        return f"{int(self.faces.sum())} of {self.mesh.face_count} faces"


class Answer(Part):
    """The answer to a click in a photo on a mesh; see `Click.on`."""

    def __init__(self, click: Click, mesh: Mesh, said: Message) -> None:
        super().__init__(mesh, said)
        self.click = click
        self._id: str = said.document["answer"]
        self._session = mesh.session
        weakref.finalize(self, Session.forget, self._session, self._id).atexit = False

    @property
    def grade(self) -> Literal["sure", "unsure", "none"]:
        """How sure the answer is."""
        grade: Literal["sure", "unsure", "none"] = self.document["grade"]
        return grade

    @property
    def vertex(self) -> int | None:
        """The best segmentation buddy of the clicked pixel."""
        return self.document.get("vertex")

    @property
    def position(self) -> tuple[float, float, float] | None:
        """Where that vertex is, in the units of the file or array."""
        position = self.document.get("position")
        return None if position is None else (position[0], position[1], position[2])

    @property
    def similarity(self) -> float | None:
        """The cosine of the features of the click and the vertex."""
        return self.document.get("similarity")

    @property
    def existence(self) -> float | None:
        """The probability that the mesh has the part, where it is known for the models and settings."""
        return self.document.get("existence")

    @property
    def part_mask(self) -> Array:
        """(h, w) booleans: the clicked part in the photo."""
        return self._arrays["part_mask"]

    @property
    def object_mask(self) -> Array:
        """(h, w) booleans: the clicked object in the photo."""
        return self._arrays["object_mask"]

    def similarities(self) -> Array:
        """(#V,) float32: how alike each vertex is to the clicked part, a cosine; minus infinity where no view shows it."""
        return self._session.ask("similarity", {"answer": self._id}).arrays["similarity"]

    def _heat(self) -> Array:
        return self.similarities()

    def texture(
        self, *, mode: Literal["image", "style", "colour"] = "image", size: int | None = None, progress: Listener | None = None
    ) -> Texture:
        """The photo's look for the part (`bsb texture`): a picture of `size` x `size` texels, or the part's typical colour."""
        parameters: dict[str, Any] = {"answer": self._id, "mode": mode}
        if size is not None:
            parameters["size"] = size
        said = self._session.ask("texture", parameters, progress=progress)
        return Texture(said.document["result"], said.arrays.get("picture"), said.arrays.get("coordinates"), said.arrays.get("triangles"))

    def save(self, folder: str | os.PathLike[str]) -> list[str]:
        """Writes the files of `bsb match --output FOLDER`; returns their names."""
        path = os.path.abspath(os.path.expanduser(os.fspath(folder)))
        names: list[str] = self._session.ask("save", {"answer": self._id, "folder": path}).document["result"]["outputs"]
        return names

    def overview(self) -> bytes:
        """The picture of the answer, `overview.png`: the photo with its masks, and the mesh from six sides."""
        return self._session.ask("picture", {"answer": self._id}).arrays["file"].tobytes()

    def show(self) -> Figure:
        """The picture of the answer as a matplotlib figure: a notebook shows it where it is a cell's result, elsewhere `pyplot.show()` does."""
        import io

        from matplotlib import get_backend, pyplot

        picture = pyplot.imread(io.BytesIO(self.overview()), format="png")
        height, width = picture.shape[:2]
        figure = pyplot.figure(figsize=(width / 100, height / 100), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.imshow(picture)
        axes.set_axis_off()
        if "inline" in get_backend():
            # A notebook shows a cell's result, and whatever is open when the cell ends: the picture would be there twice.
            pyplot.close(figure)
        return figure

    def _summary(self) -> str:
        return f"{self.grade}, vertex {self.vertex}, {super()._summary()}"


@dataclass(frozen=True)
class Texture:
    """The photo's look for a part."""

    #: What `bsb texture --json` prints.
    document: Mapping[str, Any]
    #: (h, w, 3) uint8; one texel in the mode `colour`; None if nothing was found.
    picture: Array | None
    #: (n, 3, 2) float32: for each corner of n triangles its place in the picture, (0, 0) the upper left.
    coordinates: Array | None
    #: (n, 4) int32: for each of these triangles its face, and its three vertices.
    triangles: Array | None

    def __bool__(self) -> bool:
        return self.picture is not None


class InPhoto(Result):
    """A part of a photo that was asked about."""

    @property
    def pixel(self) -> tuple[int, int] | None:
        """The pixel (x, y)."""
        pixel = self.document.get("pixel")
        return None if pixel is None else (pixel[0], pixel[1])

    @property
    def mask(self) -> Array | None:
        """(h, w) booleans: the part of the photo."""
        return self._arrays.get("mask")

    def _summary(self) -> str:
        return f"pixel {self.pixel}"


class Located(InPhoto, Part):
    """Where a photo shows a place of a mesh; see `Mesh.locate`. The part is that around the place."""


class Mapped(Result):
    """A whole object, region by region; see `Photo.map`."""

    @property
    def vertices(self) -> Array:
        """(#V,) int32: the region of each vertex, from 1; 0 for none."""
        return self._arrays["vertex_labels"]

    @property
    def faces(self) -> Array:
        """(#F,) int32: the region of each face, from 1; 0 for none."""
        return self._arrays["face_labels"]

    @property
    def pixels(self) -> Array:
        """(h, w) uint8: the region of each pixel, from 1; 0 outside the object, 255 where it has no region."""
        return self._arrays["photo_labels"]

    def _summary(self) -> str:
        return f"{int(self.faces.max(initial=0))} regions"


class Transferred(Result):
    """The labels of another mesh; see `Mesh.transfer`."""

    @property
    def faces(self) -> Array:
        """(#F,) int32: the label of each face; -1 for faces without area."""
        return self._arrays["face_labels"]

    @property
    def vertices(self) -> Array:
        """(#V,) int32: the label of each vertex; -1 for vertices of no face."""
        return self._arrays["vertex_labels"]

    @property
    def confidence(self) -> Array:
        """(#V,) float32: the share of the votes that the label of each vertex has."""
        return self._arrays["confidence"]

    def _summary(self) -> str:
        return f"{len(self.document['parts'])} labels"


class Related(InPhoto):
    """The part in a second photo; see `Click.through`."""
