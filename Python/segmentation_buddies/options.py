"""What may be set for one question."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from .errors import BadInput

Level = Literal["part", "middle", "object"]
Threshold = Literal["half", "otsu"]

_NAMES = {
    "clean_borders": "cleanBorders",
    "all_pieces": "allPieces",
    "lift_views": "liftViews",
    "min_existence": "minExistence",
}


@dataclass(frozen=True)
class Options:
    """What may be set for one question; None leaves what is usual. The command line has options of the same names.

    Raises `BadInput` for words that stand for nothing.
    """

    #: Which of the segmenter's masks is the part.
    level: Level | None = None
    #: Where the probability of a vertex is cut: at one half, or where it separates best.
    threshold: Threshold | None = None
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

    def __post_init__(self) -> None:
        for name, words in (("level", get_args(Level)), ("threshold", get_args(Threshold))):
            word = getattr(self, name)
            if word is not None and word not in words:
                raise BadInput(f"choosing options: the {name} is {', '.join(words[:-1])} or {words[-1]}, not {word!r}")

    def parameters(self) -> dict[str, Any]:
        """The options as the protocol names them."""
        return {_NAMES.get(name, name): value for name, value in asdict(self).items() if value is not None}
