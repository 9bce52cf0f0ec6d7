"""The `bsb` program: where it is, what it needs, and the command of the same name."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import MissingInput

#: Names another program than the one that was installed with this package.
PROGRAM_VARIABLE = "BSB_PROGRAM"
RUNTIME_VARIABLE = "BSB_ONNXRUNTIME"


def bundled() -> Path:
    """Where the wheel has the program."""
    return Path(__file__).parent / "bin" / "bsb"


def find(program: str | os.PathLike[str] | None = None) -> str:
    """The program to run: the given one, that of `BSB_PROGRAM`, the wheel's, or the first on the PATH.

    Raises `MissingInput` if there is none.
    """
    named = program or os.environ.get(PROGRAM_VARIABLE)
    if named:
        found = shutil.which(os.fspath(named))
        if found:
            return found
        raise MissingInput(f"starting bsb: '{os.fspath(named)}' is not a program")
    if bundled().exists():
        return str(bundled())
    found = shutil.which("bsb")
    if found:
        return found
    raise MissingInput(
        "starting bsb: there is no program 'bsb', neither beside this package nor on the PATH; install the wheel, or name the program "
        f"in {PROGRAM_VARIABLE}"
    )


def runtime() -> str | None:
    """The ONNX Runtime library of the Python package `onnxruntime`, which is looked for but not imported."""
    spec = importlib.util.find_spec("onnxruntime")
    if spec is None or spec.origin is None:
        return None
    libraries = sorted((Path(spec.origin).parent / "capi").glob("libonnxruntime.so.*"))
    return str(libraries[0]) if libraries else None


def environment() -> Mapping[str, str]:
    """The program's environment: this one, and where ONNX Runtime is unless it says so already."""
    variables = dict(os.environ)
    if not variables.get(RUNTIME_VARIABLE):
        library = runtime()
        if library is not None:
            variables[RUNTIME_VARIABLE] = library
    return variables


def main() -> None:
    """Becomes the program, with the arguments of this process."""
    try:
        program = find()
    except MissingInput as error:
        print(f"bsb: {error}", file=sys.stderr)
        sys.exit(66)
    os.execve(program, [program, *sys.argv[1:]], environment())
