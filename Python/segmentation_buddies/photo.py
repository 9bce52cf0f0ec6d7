"""A photo, and what is clicked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from .answer import Answer, Mapped, Related
from .errors import BadInput
from .options import Options
from .pipe import Array
from .session import Listener, Resource, together

if TYPE_CHECKING:
    from .mesh import Mesh

#: A number of Python's or NumPy's.
Number = Union[float, "np.integer[Any]", "np.floating[Any]"]
#: x to the right and y down from the photo's upper left, in pixels; decimals are allowed.
Point = Iterable[Number]


@dataclass(frozen=True, repr=False)
class Features:
    """What the feature extractor sees in a photo."""

    #: (rows, columns, dimension) float32.
    values: Array
    #: (columns,) where the centres of the cells are in the photo, in pixels from its left.
    x: Array
    #: (rows,) the same from its top.
    y: Array

    def __repr__(self) -> str:
        return f"<Features: {' x '.join(map(str, self.values.shape))}>"


class Photo(Resource):
    """An open photo; see `open_photo`."""

    @property
    def width(self) -> int:
        """The width in pixels, upright."""
        return int(self.document["width"])

    @property
    def height(self) -> int:
        """The height in pixels, upright."""
        return int(self.document["height"])

    def click(
        self,
        x: Number,
        y: Number,
        *,
        positive: Iterable[Point] = (),
        negative: Iterable[Point] = (),
        box: Iterable[Number] | None = None,
        object_at: Point | None = None,
        mask: npt.ArrayLike | None = None,
    ) -> Click:
        """A click at pixel (x, y), counted from the upper left.

        `positive` are more pixels of the part and `negative` pixels that are not of it; `box` (x0, y0, x1, y1) is around it; `object_at` is
        on the object, if the click is not; `mask`, (h, w) booleans, is the part itself, where it is known. Asks nothing yet.
        Raises `BadInput` for a mask of another size than the photo's.
        """
        click: dict[str, Any] = {"x": x, "y": y}
        for name, points in (("positive", list(positive)), ("negative", list(negative))):
            if points:
                click[name] = [list(point) for point in points]
        if box is not None:
            click["box"] = list(box)
        if object_at is not None:
            click["object"] = list(object_at)
        arrays = {} if mask is None else {"mask": np.asarray(mask, dtype=np.bool_)}
        if any(array.shape != (self.height, self.width) for array in arrays.values()):
            raise BadInput(f"clicking in the photo: the mask has the shape {arrays['mask'].shape}, the photo {(self.height, self.width)}")
        return Click(self, click, arrays)

    def map(
        self, mesh: Mesh, *, object_at: Point | None = None, clicks: int | None = None, options: Options | None = None,
        progress: Listener | None = None,
    ) -> Mapped:
        """Maps the whole object: every region that the segmenter sees in the photo finds its part of the mesh (`bsb map`)."""
        parameters: dict[str, Any] = {"photo": self.id, "mesh": mesh.id, "options": (options or Options()).parameters()}
        if object_at is not None:
            parameters["object"] = list(object_at)
        if clicks is not None:
            parameters["clicks"] = clicks
        return Mapped(together(self, mesh).ask("map", parameters, progress=progress))

    def features(self, *, progress: Listener | None = None) -> Features:
        """The features of the whole photo, on their grid."""
        said = self.session.ask("photo-features", {"photo": self.id}, progress=progress)
        return Features(said.arrays["features"], said.arrays["x"], said.arrays["y"])

    def __repr__(self) -> str:
        return f"<Photo {self.document['name']!r}, {self.width} x {self.height}>"


@dataclass(frozen=True)
class Click:
    """A click in a photo, which can be asked for on any mesh; see `Photo.click`."""

    photo: Photo
    document: Mapping[str, Any]
    arrays: Mapping[str, Array]

    def masks(self) -> dict[str, Array]:
        """What the click may mean in the photo: the (h, w) masks `part`, `middle` and `object`."""
        said = self.photo.session.ask("masks", {"photo": self.photo.id, "click": self.document}, self.arrays)
        return dict(said.arrays)

    def on(self, mesh: Mesh, *, options: Options | None = None, progress: Listener | None = None) -> Answer:
        """The part of `mesh` that means the same; that the mesh has none is an answer too.

        Raises `BadInput` for a click outside the photo.
        """
        parameters = {"photo": self.photo.id, "mesh": mesh.id, "click": self.document, "options": (options or Options()).parameters()}
        return Answer(self, mesh, together(self.photo, mesh).ask("match", parameters, self.arrays, progress))

    def through(
        self, *meshes: Mesh, to: Photo, object_at: Point | None = None, options: Options | None = None, progress: Listener | None = None
    ) -> Related:
        """The same part in another photo, found through meshes (`bsb relate`)."""
        parameters: dict[str, Any] = {
            "photo": self.photo.id, "click": self.document, "second": to.id, "meshes": [mesh.id for mesh in meshes],
            "options": (options or Options()).parameters(),
        }  # fmt: skip
        if object_at is not None:
            parameters["object"] = list(object_at)
        return Related(together(self.photo, to, *meshes).ask("relate", parameters, self.arrays, progress))
