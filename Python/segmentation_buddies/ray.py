"""Many questions on many machines: rows of `bsb batch`, answered by a pool of warm programs that Ray Data keeps on all nodes of a cluster.

    python -m segmentation_buddies.ray rows.jsonl out --address auto -- --threads 4

The unit of work is a mesh with its rows. What is known of a unit is a file that appears whole, so that a unit that is done twice, because a node
died, is there once; run again, what is there is not done again. docs/batch.md has the rest. Needs `pip install segmentation-buddies[ray]`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import program as programs
from .errors import BadInput, Failure, InternalFailure, MissingInput, ended

#: The most rows of one unit: a mesh with more of them is several units.
ROWS_OF_A_UNIT = 256

_FILES = ("photo", "mesh", "mask")


class Row(NamedTuple):
    """A row of a manifest."""

    id: str
    #: Its line in the manifest, from 1.
    number: int
    mesh: str
    #: The row as JSON, its paths absolute.
    line: str


def rows(manifest: str | os.PathLike[str]) -> list[Row]:
    """The rows of a manifest of `bsb batch`, its paths made absolute.

    Raises `MissingInput` if there is no such file, and `BadInput` for lines that are no JSON object with an id of its own and a mesh. What else is wrong
    with a row, `bsb` says in its answer.
    """
    path = Path(manifest)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise MissingInput(f"reading the manifest '{path}': there is no such file") from None
    found: dict[str, Row] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadInput(f"reading line {number} of the manifest '{path}': it is no JSON ({error})") from None
        if not isinstance(row, dict) or not isinstance(row.get("id"), (str, int)) or not isinstance(row.get("mesh"), str):
            raise BadInput(f"reading line {number} of the manifest '{path}': it is no object with an id and a mesh")
        identifier = str(row["id"])
        if identifier in found:
            raise BadInput(f"reading line {number} of the manifest '{path}': its id '{identifier}' was there before")
        for name in _FILES:
            if isinstance(row.get(name), str):
                row[name] = os.path.abspath(path.parent / row[name])
        found[identifier] = Row(identifier, number, row["mesh"], json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    return list(found.values())


class Unit(NamedTuple):
    """A mesh and rows about it; the name says what rows and options they are."""

    name: str
    mesh: str
    ids: list[str]
    numbers: list[int]
    lines: list[str]


def units(questions: Sequence[Row], options: Sequence[str] = (), size: int = ROWS_OF_A_UNIT) -> list[Unit]:
    """The rows of each mesh together, meshes in the order of their first rows."""
    meshes: dict[str, list[Row]] = {}
    for row in questions:
        meshes.setdefault(row.mesh, []).append(row)
    made = []
    for mesh, its in meshes.items():
        for start in range(0, len(its), size):
            some = its[start : start + size]
            name = hashlib.sha256(json.dumps([list(options), [[row.number, row.line] for row in some]]).encode()).hexdigest()[:32]
            made.append(Unit(name, mesh, [row.id for row in some], [row.number for row in some], [row.line for row in some]))
    return made


class Warm:
    """One `bsb batch -`, which is started anew where it dies; Ray makes one of these an actor. It writes each unit's answers into `folder`."""

    def __init__(self, folder: str, options: Sequence[str] = (), program: str | None = None) -> None:
        self._folder = Path(folder)
        self._options = list(options)
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, identifier: str, number: int, line: str) -> str:
        """The line of `bsb` about a row. A row that ends the program twice is answered with an error."""
        for _ in range(2):
            process = self._process or self._start()
            assert process.stdin and process.stdout
            try:
                process.stdin.write(line.encode() + b"\n")
                process.stdin.flush()
                said = process.stdout.readline()
            except BrokenPipeError:
                said = b""
            if said.endswith(b"\n"):
                # The program counts the lines that it was given; the manifest's are meant.
                return re.sub(r'(?<="error":"reading line )\d+(?= of the manifest)', str(number), said[:-1].decode(), count=1)
            self.close()
        return json.dumps({"code": 70, "error": "answering the row: bsb ended, and ended again when it was asked once more", "id": identifier})

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Answers a batch of units and returns their names and how many rows each has."""
        import pyarrow
        from pyarrow import parquet

        for name, ids, numbers, lines in zip(batch["name"], batch["ids"], batch["numbers"], batch["lines"], strict=True):
            if (self._folder / f"{name}.parquet").exists():
                continue  # Ray asks again for what it lost
            try:
                answers = [self.ask(*row) for row in zip(ids, numbers, lines, strict=True)]
            except BaseException:
                self.close()  # it would refuse the ids when it is asked again
                raise
            table = pyarrow.table({"id": list(ids), "code": [json.loads(answer)["code"] for answer in answers], "line": answers})
            # Whole or not at all, whoever else does the same unit.
            aside = self._folder / f".{name}.{uuid.uuid4().hex}"
            parquet.write_table(table, aside)
            os.replace(aside, self._folder / f"{name}.parquet")
        return {"name": batch["name"], "rows": [len(ids) for ids in batch["ids"]]}

    def close(self) -> None:
        """Ends the program."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin and process.stdout
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
            process.kill()
            process.wait()
            process.stdout.close()

    def _start(self) -> subprocess.Popen[bytes]:
        # It ends with its input, and so with this process, however that ends.
        self._process = subprocess.Popen(
            [programs.find(self._program), "batch", "-", "--files", "none", *self._options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=programs.environment(),
        )  # fmt: skip
        return self._process


def run(
    manifest: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    options: Sequence[str] = (),
    program: str | None = None,
    workers: int | None = None,
    cpus: float = 1,
    resources: dict[str, float] | None = None,
) -> Iterator[tuple[int, int]]:
    """Answers a manifest on the cluster that `ray.init` connected to, and yields how many rows of how many are answered.

    `output` is a folder that all nodes see, as photos and meshes are. It gets `manifest.parquet` (the units), `parts/*.parquet` (id, code, line), and last
    `results.jsonl`, one line an id in the manifest's order. `options` are those of `bsb batch`, for each of `workers` programs that Ray counts as `cpus`
    each, or as the `resources` that nodes have; by default there are as many as fit while one CPU is left for Ray's own tasks.

    Raises `BadInput` for a manifest or options that cannot be used, `MissingModel` where `bsb` lacks one, and `InternalFailure` if a row has no answer in
    the end.
    """
    import pyarrow
    import ray
    import ray.data
    from pyarrow import parquet

    tried = subprocess.run(
        [programs.find(program), "batch", "-", "--files", "none", *options],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=programs.environment(),
    )  # fmt: skip
    if tried.returncode != 0:
        raise ended(tried.returncode, f"starting bsb with {' '.join(options)}: {tried.stderr.strip()}")
    asked = rows(manifest)
    folder = Path(output).absolute()
    parts = folder / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    work = units(asked, options)
    open_units = [unit for unit in work if not (parts / f"{unit.name}.parquet").exists()]
    done = len(asked) - sum(len(unit.ids) for unit in open_units)
    yield done, len(asked)
    if open_units:
        table = pyarrow.table({name: [getattr(unit, name) for unit in open_units] for name in Unit._fields})
        parquet.write_table(table, folder / "manifest.parquet")
        size = workers or _workers(ray.cluster_resources(), cpus, resources)
        # Blocks of the driver's own: reading the file would be tasks, for which a cluster full of programs has no room.
        length = -(-len(open_units) // (16 * size))
        data = ray.data.from_arrow([table.slice(start, length) for start in range(0, len(open_units), length)])
        answered = data.map_batches(
            Warm,
            batch_size=1,
            fn_constructor_args=(str(parts), list(options), program),
            compute=ray.data.ActorPoolStrategy(size=min(size, len(open_units))),
            num_cpus=0 if resources else cpus,
            resources=resources,
        )
        for row in answered.iter_rows():
            done += int(row["rows"])
            yield min(done, len(asked)), len(asked)
    _join(asked, work, parts, folder / "results.jsonl")


def _workers(cluster: dict[str, float], cpus: float, resources: dict[str, float] | None) -> int:
    """As many programs as fit. All CPUs taken by them would leave none for Ray's own tasks."""
    if resources:
        return max(1, min(int(cluster.get(name, 0) // count) for name, count in resources.items()))
    return max(1, int((cluster.get("CPU", 0) - 1) // cpus))


def _join(asked: Sequence[Row], work: Sequence[Unit], parts: Path, path: Path) -> None:
    """Writes the lines of all units in the manifest's order; raises `InternalFailure` unless each id has exactly one."""
    from pyarrow import parquet

    lines: dict[str, str] = {}
    for unit in work:
        table = parquet.read_table(parts / f"{unit.name}.parquet").to_pydict()
        if table["id"] != unit.ids:
            raise InternalFailure(f"joining the answers: '{parts / unit.name}.parquet' has other rows than were asked; remove it and run again")
        lines.update(zip(table["id"], table["line"], strict=True))
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    aside.write_text("".join(lines[row.id] + "\n" for row in asked), encoding="utf-8")
    os.replace(aside, path)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command `python -m segmentation_buddies.ray`."""
    parser = argparse.ArgumentParser(prog="python -m segmentation_buddies.ray", description="Answers the rows of `bsb batch` on a Ray cluster.")
    parser.add_argument("manifest", help="rows, one JSON object a line")
    parser.add_argument("output", help="a folder that all nodes see")
    parser.add_argument("--address", help="the cluster; by default a Ray on this machine alone")
    parser.add_argument("--workers", type=int, help="how many programs; by default as many as fit, less one CPU")
    parser.add_argument("--cpus", type=float, default=1, help="CPUs of each program, as Ray counts them (default: 1)")
    parser.add_argument("options", nargs="*", help="after --, options of `bsb batch` for each program")
    given = parser.parse_args(arguments)
    try:
        import ray
    except ImportError:
        sys.exit("bsb: Ray is not installed: pip install 'segmentation-buddies[ray]'")
    ray.init(address=given.address, include_dashboard=False if given.address is None else None, log_to_driver=False)
    try:
        for done, total in run(given.manifest, given.output, options=given.options, workers=given.workers, cpus=given.cpus):
            print(f"\r{done} of {total} rows", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    except Failure as error:
        sys.exit(f"bsb: {error}")
    finally:
        ray.shutdown()
    print(Path(given.output) / "results.jsonl")


if __name__ == "__main__":
    main()
