"""A mesh, and what is clicked on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from .answer import Located, Part, Transferred
from .errors import BadInput
from .options import Options
from .photo import Photo, Point
from .pipe import Array
from .session import Listener, Resource, together


class Geometry(NamedTuple):
    """A mesh as arrays, in the order and the units of the file or arrays it came from."""

    #: (#V, 3) float32.
    vertices: Array
    #: (n, 3) int32: the triangles that its faces were cut into.
    triangles: Array
    #: (n,) int32: the face that each triangle is of.
    triangle_faces: Array


class Mesh(Resource):
    """An open mesh; see `open_mesh`."""

    @property
    def vertex_count(self) -> int:
        """#V of the file or array."""
        return int(self.document["vertices"])

    @property
    def face_count(self) -> int:
        """#F of the file or array; a polygon counts once."""
        return int(self.document["faces"])

    @property
    def warnings(self) -> list[str]:
        """What is odd about the mesh, in sentences."""
        return list(self.document["warnings"])

    def prepare(self, *, progress: Listener | None = None) -> None:
        """Lets models see all of the mesh, so that every click on it is quick; else the first click does some of it."""
        self.session.ask("prepare", {"mesh": self.id}, progress=progress)

    def part(
        self, vertex: SupportsIndex | Iterable[SupportsIndex], *, negative: Iterable[SupportsIndex] = (), options: Options | None = None,
        progress: Listener | None = None,
    ) -> Part:
        """The part around clicked vertices, without those around `negative` ones (`bsb segment`)."""
        positive = vertex if isinstance(vertex, Iterable) else [vertex]
        parameters = {
            "mesh": self.id, "positive": [{"vertex": index(v)} for v in positive], "negative": [{"vertex": index(v)} for v in negative],
            "options": (options or Options()).parameters(),
        }  # fmt: skip
        return Part(self, self.session.ask("segment", parameters, progress=progress))

    def locate(
        self, vertex: SupportsIndex, photo: Photo, *, object_at: Point | None = None, options: Options | None = None, progress: Listener | None = None
    ) -> Located:
        """The part of a photo that a vertex means: the way back (`bsb locate`)."""
        parameters: dict[str, Any] = {
            "photo": photo.id, "mesh": self.id, "place": {"vertex": index(vertex)}, "options": (options or Options()).parameters(),
        }  # fmt: skip
        if object_at is not None:
            parameters["object"] = list(object_at)
        return Located(self, together(self, photo).ask("locate", parameters, progress=progress))

    def transfer(
        self, labels: npt.ArrayLike, to: Mesh, *, names: Sequence[str] | None = None, progress: Listener | None = None
    ) -> Transferred:
        """Carries the labels of this mesh's faces over to another mesh of its kind (`bsb transfer`).

        `labels` is (#F,) whole numbers from 0, -1 for none, or booleans, such as the `faces` of an answer; `names` are what they stand for.
        Raises `BadInput` for labels of another mesh.
        """
        given = np.asarray(labels)
        if given.ndim != 1 or given.dtype.kind not in "biu":
            raise BadInput(f"transferring labels: they are whole numbers or booleans, one for each face, not {given.dtype} of shape {given.shape}")
        known = list(names) if names is not None else [str(label) for label in range(int(given.max(initial=0)) + 1)]
        parameters = {"from": self.id, "mesh": to.id, "names": known}
        return Transferred(together(self, to).ask("transfer", parameters, {"labels": given.astype(np.int32)}, progress))

    def geometry(self) -> Geometry:
        """The mesh as arrays."""
        arrays = self.session.ask("geometry", {"mesh": self.id}).arrays
        return Geometry(arrays["vertices"], arrays["triangles"], arrays["triangle_faces"])

    def features(self, *, progress: Listener | None = None) -> Array:
        """(#V, dimension) float32: the features that were lifted to the vertices; rows of vertices that no view shows are spread from others."""
        return self.session.ask("mesh-features", {"mesh": self.id}, progress=progress).arrays["features"]

    def __repr__(self) -> str:
        return f"<Mesh {self.document['name']!r}, {self.vertex_count} vertices, {self.face_count} faces>"
