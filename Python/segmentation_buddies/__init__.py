"""Click a spot in a photo and get the part of a 3D mesh that means the same thing.

    import segmentation_buddies as bsb

    photo = bsb.open_photo("mug.jpg")
    mesh = bsb.open_mesh("cup.obj")
    answer = photo.click(310, 220).on(mesh)

The README of the package has more. All work is done by one `bsb` process, which is started with the first thing that is opened and ends
with this one.
"""

from __future__ import annotations

import os
from typing import Any

import numpy.typing as npt

from . import encoding, evaluate
from .answer import Answer, Located, Mapped, Part, Related, Texture, Transferred
from .bar import Bar
from .encoding import Polygons
from .errors import BadInput, Failure, InternalFailure, MissingInput, MissingModel, Withdrawn
from .mesh import Geometry, Mesh
from .options import Options
from .photo import Click, Features, Photo
from .session import Progress, Session, shared
from .viewer import Viewer

__all__ = [
    "Answer",
    "BadInput",
    "Bar",
    "Click",
    "Failure",
    "Features",
    "Geometry",
    "InternalFailure",
    "Located",
    "Mapped",
    "Mesh",
    "MissingInput",
    "MissingModel",
    "Options",
    "Part",
    "Photo",
    "Polygons",
    "Progress",
    "Related",
    "Session",
    "Texture",
    "Transferred",
    "Viewer",
    "Withdrawn",
    "evaluate",
    "open_mesh",
    "open_photo",
]


def open_photo(source: str | os.PathLike[str] | bytes | npt.ArrayLike, *, name: str = "photo") -> Photo:
    """Opens a photo in the shared session; see `Session.open_photo`."""
    return shared().open_photo(source, name=name)


def open_mesh(
    source: str | os.PathLike[str] | bytes | npt.ArrayLike | Any, faces: encoding.Faces | None = None, *, name: str | None = None
) -> Mesh:
    """Opens a mesh in the shared session; see `Session.open_mesh`."""
    return shared().open_mesh(source, faces, name=name)
