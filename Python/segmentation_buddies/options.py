"""What may be set for one question."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["part", "middle", "object"]

_NAMES = {
    "clean_borders": "cleanBorders",
    "all_pieces": "allPieces",
    "lift_views": "liftViews",
    "min_existence": "minExistence",
}


@dataclass(frozen=True)
class Options:
    """What may be set for one question; None leaves what is usual. The command line has options of the same names."""

    #: Which of the segmenter's masks is the part.
    level: Level | None = None
    #: Where the probability of a vertex is cut: at one half, or where it separates best.
    threshold: Literal["half", "otsu"] | None = None
    #: Whether the part's border moves into nearby creases.
    clean_borders: bool | None = None
    #: Whether pieces that do not hang together with the answer are kept.
    all_pieces: bool | None = None
    #: The most views that the segmenter is asked about for one part.
    lift_views: int | None = None
    #: The least probability of the mesh having the part for there to be an answer.
    min_existence: float | None = None
    #: Whether to match as published.
    published: bool | None = None

    def parameters(self) -> dict[str, Any]:
        """The options as the protocol names them."""
        return {_NAMES.get(name, name): value for name, value in asdict(self).items() if value is not None}
