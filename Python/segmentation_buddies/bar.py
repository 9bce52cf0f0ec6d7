"""Progress as a bar."""

from __future__ import annotations

from typing import Any

from .session import Progress


class Bar:
    """Shows how far the work is as a bar of tqdm's, where that is installed, and else not at all: `progress=Bar()`.

    One for each thread that waits for answers.
    """

    def __init__(self) -> None:
        try:
            from tqdm import tqdm
        except ImportError:
            tqdm = None
        self._tqdm = tqdm
        self._shown: Any = None
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        """Shows a step: a bar for each stage, which goes away when that is done."""
        if self._tqdm is None:
            return
        if self._shown is None or progress.stage != self._stage:
            self.close()
            self._stage = progress.stage
            self._shown = self._tqdm(desc=progress.stage, total=progress.total, leave=False)
        self._shown.update(progress.done - self._shown.n)
        if progress.done >= progress.total:
            self.close()

    def close(self) -> None:
        """Takes the bar away, as when a question was interrupted."""
        shown, self._shown = self._shown, None
        if shown is not None:
            shown.close()
