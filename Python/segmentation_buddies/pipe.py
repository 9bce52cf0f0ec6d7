"""One running `bsb serve --stdio`, and the questions that are put to it over its pipes."""

from __future__ import annotations

import collections
import json
import os
import queue
import subprocess
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from . import program as programs
from .errors import BadInput, InternalFailure, failure

Array = npt.NDArray[Any]
Document = dict[str, Any]

_TYPES = {"bool": "?", "uint8": "u1", "int32": "<i4", "float32": "<f4"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}


@dataclass
class Message:
    """A line of JSON, and the arrays that follow it."""

    document: Document
    arrays: dict[str, Array] = field(default_factory=dict)


def encoded(document: Mapping[str, Any], arrays: Mapping[str, Array] | None = None) -> list[bytes]:
    """A message as bytes: its line, and its arrays. Numbers may be NumPy's.

    Raises `ValueError` for a number that is not finite, and `TypeError` for what JSON has no word for.
    """
    values = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    heads = [
        {"name": name, "type": _NAMES[array.dtype], "shape": list(array.shape), "bytes": array.nbytes} for name, array in values.items()
    ]
    line = dict(document, arrays=heads) if heads else dict(document)
    text = json.dumps(line, separators=(",", ":"), allow_nan=False, default=_plain)
    return [text.encode() + b"\n", *(array.tobytes() for array in values.values())]


def _plain(value: Any) -> Any:
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"asking bsb: a {type(value).__name__} is neither a number nor a text")


def read(stream: IO[bytes]) -> Message | None:
    """Reads a message; None where the stream has ended."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    document = json.loads(line)
    arrays = {}
    for head in document.pop("arrays", []):
        data = stream.read(head["bytes"])
        if len(data) < head["bytes"]:
            return None
        arrays[head["name"]] = _decoded(head["type"], head["shape"], data)
    return Message(document, arrays)


def _decoded(kind: str, shape: Sequence[int], data: bytes) -> Array:
    if kind == "runs":  # a mask: lengths of runs in rows, false ones first
        lengths = np.frombuffer(data, "<i4")
        return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(shape)
    return np.frombuffer(bytearray(data), _TYPES[kind]).reshape(shape)  # a bytearray, so that it may be written to


class Question:
    """A question that was asked: its messages, as they come."""

    def __init__(self, pipe: Pipe, number: int) -> None:
        self._pipe = pipe
        self.number = number
        self.messages: queue.SimpleQueue[Message | Exception] = queue.SimpleQueue()

    def wait(self, tell: Callable[[Message], None] | None = None) -> Message:
        """Waits for the answer. `tell` is called with each message before it.

        Raises the `Failure` that the program reports. Anything that is raised meanwhile, such as `KeyboardInterrupt`, withdraws the question.
        """
        try:
            while True:
                message = self.messages.get()
                if isinstance(message, Exception):
                    raise message
                if "result" in message.document:
                    return message
                if "error" in message.document:
                    error = message.document["error"]
                    raise failure(error["code"], error["message"])
                if tell is not None:
                    tell(message)
        except BaseException:
            self.withdraw()
            raise

    def withdraw(self) -> None:
        """Ends the work on it; no more comes of it but an error `Withdrawn`, if it was not answered."""
        self._pipe.withdraw(self)


class Pipe:
    """A running program. Questions may be asked from any thread, and several at once.

    The program ends when this is closed, when it is collected as garbage, and with this process, however that ends.
    """

    def __init__(self, program: str | os.PathLike[str] | None = None, arguments: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [programs.find(program), "serve", "--stdio", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=programs.environment(),
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._input = self._process.stdin
        self._writing = threading.Lock()
        self._asked: dict[int, Question] = {}
        self._standing = threading.Lock()
        self._count = 0
        self._said: collections.deque[str] = collections.deque(maxlen=30)
        self._ended = False
        _running.add(self)
        # The threads hold no reference to this, or it would never be garbage.
        listener = threading.Thread(target=_listen, args=(weakref.ref(self), self._process.stdout), daemon=True)
        errors = threading.Thread(target=_keep, args=(self._said, self._process.stderr), daemon=True)
        self._errors = errors
        self._finalizer = weakref.finalize(self, _end, self._process)
        errors.start()
        listener.start()

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the program has ended, or belongs to the process that this one was forked from."""
        return self._ended or not self._finalizer.alive

    def ask(self, method: str, parameters: Mapping[str, Any] | None = None, arrays: Mapping[str, Array] | None = None) -> Question:
        """Puts a question.

        Raises `BadInput` for numbers that are not finite, and `InternalFailure` if the program has ended.
        """
        with self._standing:
            self._count += 1
            question = Question(self, self._count)
        try:
            message = encoded({"id": question.number, "method": method, "params": dict(parameters or {})}, arrays)
        except ValueError:
            raise BadInput(f"asking for '{method}': a number is infinite or none (NaN)") from None
        with self._standing:
            self._asked[question.number] = question
            ended = self._ended
        try:
            if ended:
                raise BrokenPipeError
            self._write(message)
        except (BrokenPipeError, ValueError):  # ValueError: closed by us
            self._asked.pop(question.number, None)
            raise self._epitaph() from None
        return question

    def withdraw(self, question: Question) -> None:
        """Ends the work on a question that was not answered."""
        with self._standing:
            if question.number not in self._asked or self._ended:
                return
        try:
            self._write(encoded({"id": question.number, "method": "cancel"}))
        except (BrokenPipeError, ValueError):
            pass

    def withdraw_all(self) -> None:
        """Ends the work on all questions that were not answered."""
        with self._standing:
            asked = list(self._asked.values())
        for question in asked:
            self.withdraw(question)

    def close(self) -> None:
        """Ends the program; questions that were not answered raise `InternalFailure`."""
        self._finalizer()

    def _write(self, message: list[bytes]) -> None:
        with self._writing:
            self._input.writelines(message)
            self._input.flush()

    def _deliver(self, message: Message) -> None:
        number = message.document.pop("id", None)
        is_last = "result" in message.document or "error" in message.document
        with self._standing:
            question = self._asked.pop(number, None) if is_last else self._asked.get(number)
        if question is not None:
            question.messages.put(message)

    def _end_of_output(self) -> None:
        with self._standing:
            self._ended = True
            asked, self._asked = list(self._asked.values()), {}
        if asked:
            epitaph = self._epitaph()
            for question in asked:
                question.messages.put(epitaph)

    def _epitaph(self) -> InternalFailure:
        try:
            code: int | str = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = "none yet"
        self._errors.join(timeout=1)
        said = "\n".join(self._said)
        return InternalFailure(f"talking to bsb: the program has ended (exit code {code})" + (f"; it said:\n{said}" if said else ""))


_running: weakref.WeakSet[Pipe] = weakref.WeakSet()


def _listen(pipe: weakref.ref[Pipe], stream: IO[bytes]) -> None:
    while True:
        try:
            message = read(stream)
        except (ValueError, OSError):
            message = None
        alive = pipe()
        if alive is None:
            return
        if message is None:
            alive._end_of_output()
            return
        alive._deliver(message)
        del alive


def _keep(lines: collections.deque[str], stream: IO[bytes]) -> None:
    for line in stream:
        lines.append(line.decode(errors="replace").rstrip())
    stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    # The program ends by itself when it reads the end of its input, which is also what it reads when this process is killed.
    if process.stdin:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forked() -> None:
    """A forked process must neither keep the program alive nor write between its parent's questions."""
    for pipe in list(_running):
        descriptor = pipe._input.fileno() if not pipe._input.closed else -1
        if descriptor >= 0:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, descriptor)
            os.close(nothing)
        pipe._ended = True
        pipe._finalizer.detach()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
