"""A running program, and what is open in it."""

from __future__ import annotations

import collections
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import encoding
from .errors import BadInput
from .pipe import Array, Document, Message, Pipe

if TYPE_CHECKING:
    from .mesh import Mesh
    from .photo import Photo


@dataclass(frozen=True)
class Progress:
    """How far a stage of the work is."""

    stage: str
    done: int
    total: int


#: Called with each step of the work, from the thread that waits for the answer.
Listener = Callable[[Progress], None]


class Session:
    """One warm `bsb`, in which photos and meshes are open.

    It keeps what models saw of them in memory, and in the user's cache directory unless `cache` says otherwise: a folder, or False for none.
    `program` names the program, `threads` how many it uses, `progress` is told of the work on every question. It may be used from any
    thread. The program ends with `close`, when nothing refers to the session any more, and with this process, however that ends.

    Raises `MissingInput` if there is no program, and `BadInput` for less than one thread.
    """

    def __init__(
        self,
        *,
        program: str | os.PathLike[str] | None = None,
        cache: str | os.PathLike[str] | bool = True,
        threads: int | None = None,
        progress: Listener | None = None,
    ) -> None:
        if threads is not None and threads < 1:
            raise BadInput(f"starting bsb: it cannot work with {threads} threads; one is the least")
        arguments = [] if threads is None else ["--threads", str(threads)]
        if cache is False:
            arguments.append("--no-cache")
        elif cache is not True:
            arguments += ["--cache", os.fspath(cache)]
        self.progress = progress
        self.pipe = Pipe(program, arguments)
        # What was collected as garbage is closed with the next question: a finalizer must not wait for a lock that its own thread may hold.
        self._left: collections.deque[str] = collections.deque()

    def open_photo(self, source: str | os.PathLike[str] | bytes | npt.ArrayLike, *, name: str = "photo") -> Photo:
        """Opens a photo: a file, the bytes of one, a PIL image, or an array (h, w), (h, w, 3) or (h, w, 4) of uint8 or of floats 0...1.

        Raises `MissingInput` or `BadInput`.
        """
        from .photo import Photo

        if isinstance(source, (str, os.PathLike)):
            said = self.ask("photos", {"path": _absolute(source)})
        elif isinstance(source, bytes):
            said = self._open("photos", source, name)
        else:
            if not isinstance(source, np.ndarray) and hasattr(source, "mode") and hasattr(source, "convert"):  # a PIL image
                source = _pixels(source)
            said = self._open("photos", encoding.png(source), name)
        return Photo(self, said.document["result"])

    def open_mesh(
        self, source: str | os.PathLike[str] | bytes | npt.ArrayLike | Any, faces: encoding.Faces | None = None, *, name: str | None = None
    ) -> Mesh:
        """Opens a mesh: a file, the bytes of one, a trimesh object, or (#V, 3) vertices and their `faces`.

        Row i of every result is vertex or face i of the file or arrays. Faces are (#F, k) indices or a list of faces with any number of
        corners. The bytes of a file need a `name` with its ending. Raises `MissingInput` or `BadInput`.
        """
        from .mesh import Mesh

        if faces is None and isinstance(source, (str, os.PathLike)):
            said = self.ask("meshes", {"path": _absolute(source)})
        elif faces is None and isinstance(source, bytes):
            said = self._open("meshes", source, name or "mesh")
        else:
            vertices: Any = source
            if faces is None:
                if not (hasattr(source, "vertices") and hasattr(source, "faces")):
                    raise TypeError("give a file, the bytes of one, a trimesh object, or vertices and faces")
                vertices, faces = source.vertices, source.faces
            said = self._open("meshes", encoding.ply(vertices, faces), (name or "mesh") + ".ply")
        return Mesh(self, said.document["result"])

    def ask(
        self,
        method: str,
        parameters: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Array] | None = None,
        progress: Listener | None = None,
    ) -> Message:
        """Puts a question of the protocol (docs/stdio.md) and waits for its answer.

        Raises a `Failure` with the program's sentence.
        """
        while self._left:
            self.pipe.ask("close", {"id": self._left.popleft()})
        listener = progress or self.progress

        def tell(message: Message) -> None:
            if listener is not None and message.document.get("event") == "progress":
                listener(Progress(**message.document["data"]))

        return self.pipe.ask(method, parameters, arrays).wait(tell)

    def forget(self, identifier: str) -> None:
        """Closes what has this id with the next question."""
        self._left.append(identifier)

    def _open(self, method: str, data: bytes, name: str) -> Message:
        return self.ask(method, {"name": name}, {"file": np.frombuffer(data, np.uint8)})

    def withdraw(self) -> None:
        """Ends the work on all questions that wait for their answers; whoever waits gets `Withdrawn`. For another thread than theirs."""
        self.pipe.withdraw_all()

    def close(self) -> None:
        """Ends the program."""
        self.pipe.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Resource:
    """Something that is open in the program as long as anything refers to it."""

    def __init__(self, session: Session, document: Document) -> None:
        self.session = session
        self.id: str = document["id"]
        #: What the program says about it.
        self.document = document
        weakref.finalize(self, Session.forget, session, self.id).atexit = False


def together(*resources: Resource) -> Session:
    """The session in which things are open.

    Raises `BadInput` if they are open in different ones.
    """
    session = resources[0].session
    if any(resource.session is not session for resource in resources):
        raise BadInput("asking bsb: the photos and meshes of one question must be open in one session; open them all with the same one")
    return session


def _pixels(image: Any) -> Array:
    """A PIL image as an array; levels of 16 bits, which PIL would cut off at 255, are scaled.

    Raises `BadInput` for images whose levels have no highest one.
    """
    pixels: Array
    if image.mode.startswith("I;16"):
        pixels = np.asarray(image).astype(np.float64) / 65535
    elif image.mode in ("I", "F"):
        raise BadInput(f"opening the photo: an image of PIL's mode {image.mode} has levels of any size; scale it to 0...1 and give the array")
    else:
        pixels = np.asarray(image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGB"))
    return pixels


def _absolute(path: str | os.PathLike[str]) -> str:
    return os.path.abspath(os.path.expanduser(os.fspath(path)))


_shared: Session | None = None
_starting = threading.Lock()


def shared() -> Session:
    """The session that `open_photo` and `open_mesh` use, started when it is first needed, or again after it ended or a fork."""
    global _shared
    with _starting:
        if _shared is None or _shared.pipe.has_ended:
            _shared = Session()
        return _shared

