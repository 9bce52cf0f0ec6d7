"""The running program, and questions that are answered on threads of their own, so that the window never waits."""

import queue
import threading
from pathlib import Path

from . import properties
from .segmentation_buddies import Options, Polygons, Session
from .segmentation_buddies.errors import Failure, MissingInput
from .segmentation_buddies.program import find

_session = None
_program = None
_lock = threading.Lock()
#: What is open in the session, by what it is: Photo and Mesh objects.
_open = {}


def program():
    """The program to run: that of the preferences, or the one that is installed."""
    named = properties.program()
    if named:
        return find(named)
    try:
        return find()
    except MissingInput:
        # Where 'pip install --user' and pipx put it; a Blender that was started from the desktop has another PATH.
        usual = Path.home() / ".local" / "bin" / "bsb"
        if usual.exists():
            return str(usual)
        raise MissingInput(
            "starting bsb: the program is not on the PATH; install it (pip install segmentation-buddies) or name it in the add-on's preferences"
        ) from None


def session(path):
    """The session of a program; started when it is first needed, or again after it ended."""
    global _session, _program
    with _lock:
        if _session is None or _session.pipe.has_ended or _program != path:
            if _session is not None:
                _session.close()
            _open.clear()
            _session, _program = Session(program=path), path
        return _session


def close():
    """Ends the program."""
    global _session
    with _lock:
        if _session is not None:
            _session.close()
        _session = None
        _open.clear()


class Question:
    """A click that is being answered: `poll` says what is new, without waiting."""

    def __init__(self, image, surface, click, level, wants_texture=False):
        self._inputs = (image, surface, click, level, wants_texture)
        self._program = program()
        self._said = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self.progress = "Starting"
        self.is_done = False
        self.answer = None
        self.texture = None
        self.error = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cancel(self):
        """Withdraws the question; nothing is heard of it any more."""
        self._cancelled.set()
        self.is_done = True
        if _session is not None:
            _session.withdraw()

    def poll(self):
        """Takes what was said since; returns whether anything was."""
        news = False
        while True:
            try:
                what, value = self._said.get_nowait()
            except queue.Empty:
                return news
            news = True
            if what == "progress":
                self.progress = value
            else:
                self.is_done = True
                setattr(self, what, value) if what == "error" else self._take(value)

    def wait(self):
        """Waits for the end, for scripts; raises what went wrong."""
        self._thread.join()
        self.poll()
        if self.error is not None:
            raise RuntimeError(self.error)

    def _take(self, value):
        self.answer, self.texture = value

    def _run(self):
        try:
            self._said.put(("answer", self._answer()))
        except (Failure, OSError) as error:
            self._said.put(("error", str(error)))
        except Exception as error:
            self._said.put(("error", f"{type(error).__name__}: {error}"))

    def _tell(self, progress):
        if self._cancelled.is_set():
            raise Cancelled
        self._said.put(("progress", f"{progress.stage}: {progress.done} of {progress.total}"))

    def _answer(self):
        image, (vertices, corners, counts), click, level, wants_texture = self._inputs
        bench = session(self._program)
        photo = _opened(("photo", image.shape, image.tobytes()), lambda: bench.open_photo(image, name="photo.png"))
        key = ("mesh", vertices.tobytes(), corners.tobytes(), counts.tobytes())
        mesh = _opened(key, lambda: bench.open_mesh(vertices, Polygons(corners, counts), name="mesh"))
        asked = photo.click(*click).on(mesh, options=Options(level=level), progress=self._tell)
        if wants_texture and asked.found:
            return asked, asked.texture(progress=self._tell)
        return asked, None


class Cancelled(Exception):
    """The question was withdrawn."""


def _opened(key, opening):
    """What is open by a key, or is opened now; a few of each kind are kept."""
    key = (key[0], hash(key))
    with _lock:
        known = _open.pop(key, None)
    made = known or opening()
    with _lock:
        _open[key] = made
        kind = [other for other in _open if other[0] == key[0]]
        for old in kind[:-8]:
            del _open[old]
    return made
