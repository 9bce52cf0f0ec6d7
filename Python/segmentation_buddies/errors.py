"""What can go wrong. Every message is the program's own sentence: what was being done, to which file, what is wrong, what to do."""

from __future__ import annotations


class Failure(Exception):
    """Anything that the program refuses or cannot do."""


class BadInput(Failure, ValueError):
    """A photo, a mesh, a click or an option that cannot be used."""


class MissingInput(Failure, FileNotFoundError):
    """A file that is not there."""

    # An OSError would print its number and file name, of which there are none.
    __str__ = Exception.__str__


class MissingModel(Failure):
    """A model, or ONNX Runtime, that is not there."""


class InternalFailure(Failure, RuntimeError):
    """The program failed, or ended."""


class Withdrawn(Failure):
    """The question was withdrawn before it was answered."""


_BY_CODE: dict[str, type[Failure]] = {
    "usage": BadInput,
    "badInput": BadInput,
    "missingInput": MissingInput,
    "missingModel": MissingModel,
    "withdrawn": Withdrawn,
    "unknown": BadInput,
    "tooLarge": BadInput,
}
#: The program's exit codes (sysexits.h) as the kinds of failure that they stand for; any other, or the end by a signal, is `internal`.
_BY_EXIT_CODE = {64: "usage", 65: "badInput", 66: "missingInput", 69: "missingModel"}


def failure(code: str, message: str) -> Failure:
    """The exception for a failure that the program tells of."""
    return _BY_CODE.get(code, InternalFailure)(message)


def ended(exit_code: int, message: str) -> Failure:
    """The exception for a program that ended with an exit code that is not 0."""
    return failure(_BY_EXIT_CODE.get(exit_code, "internal"), message)
