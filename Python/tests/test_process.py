"""The program starts, answers several at once, can be interrupted, and never outlives whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import segmentation_buddies as bsb
from segmentation_buddies import program


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _ends(pid: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_it_ends_when_it_is_closed() -> None:
    session = bsb.Session(cache=False)
    pid = session.pipe.pid
    assert _is_alive(pid)
    session.close()
    assert not _is_alive(pid)
    with pytest.raises(bsb.InternalFailure, match="has ended"):
        session.open_mesh(b"", name="a.obj")


def test_it_ends_as_garbage() -> None:
    session = bsb.Session(cache=False)
    pid = session.pipe.pid
    del session
    assert _ends(pid)


@pytest.mark.parametrize("is_busy", [False, True])
def test_it_ends_with_a_killed_process(folder: Path, click: tuple[int, int], is_busy: bool) -> None:
    code = f"""
import segmentation_buddies as bsb, sys, threading
session = bsb.Session(cache=False)
photo, mesh = session.open_photo({str(folder / "mug/photo.png")!r}), session.open_mesh({str(folder / "mug/mesh.obj")!r})
if {is_busy}:
    threading.Thread(target=lambda: mesh.prepare(), daemon=True).start()
print(session.pipe.pid, flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _ends(pid)
    parent.stdout.close()
    if parent.stdin:
        parent.stdin.close()


def test_a_killed_program_is_told_of(folder: Path) -> None:
    session = bsb.Session(cache=False)
    mesh = session.open_mesh(folder / "mug/mesh.obj")
    os.kill(session.pipe.pid, signal.SIGKILL)
    with pytest.raises(bsb.InternalFailure, match="has ended"):
        mesh.prepare()


def test_a_fork_leaves_it_alone(session: bsb.Session, photo: bsb.Photo, click: tuple[int, int]) -> None:
    before = photo.click(*click).masks()["part"]
    child = os.fork()
    if child == 0:
        try:
            photo.click(*click).masks()
        except bsb.InternalFailure:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert np.array_equal(photo.click(*click).masks()["part"], before)


def test_threads_ask_at_once(photo: bsb.Photo, mesh: bsb.Mesh, answer: bsb.Answer, click: tuple[int, int]) -> None:
    found: list[bsb.Answer] = []
    threads = [threading.Thread(target=lambda: found.append(photo.click(*click).on(mesh))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(other.faces, answer.faces) for other in found)


def test_a_question_can_be_withdrawn(folder: Path) -> None:
    with bsb.Session(cache=False) as session:
        mesh = session.open_mesh(folder / "mug/mesh.obj")

        def stop(_: bsb.Progress) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            mesh.prepare(progress=stop)
        waiting: list[BaseException] = []

        def ask() -> None:
            try:
                mesh.prepare(progress=lambda _: session.withdraw())
            except bsb.Failure as error:
                waiting.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert [type(error) for error in waiting] == [bsb.Withdrawn]
        assert mesh.part(0) is not None  # it goes on answering


def test_what_is_garbage_is_closed(session: bsb.Session, folder: Path) -> None:
    identifiers = [session.open_photo(folder / "mug/photo.png").id for _ in range(3)]
    session.open_photo(folder / "mug/photo.png")  # sends what was left
    with pytest.raises(bsb.BadInput):
        session.ask("photo-features", {"photo": identifiers[0]})


def test_a_program_that_is_none_is_told_of() -> None:
    with pytest.raises(bsb.MissingInput, match="not a program"):
        bsb.Session(program="/nowhere/bsb")
    with pytest.raises(bsb.InternalFailure, match="has ended"):
        bsb.Session(program="true").open_mesh(b"", name="a.obj")


def test_the_module_is_the_program() -> None:
    said = subprocess.run([sys.executable, "-m", "segmentation_buddies", "--version"], check=True, capture_output=True, text=True)
    direct = subprocess.run([program.find(), "--version"], check=True, capture_output=True, text=True)
    assert said.stdout == direct.stdout


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("exit 64", bsb.BadInput), ("exit 65", bsb.BadInput), ("exit 66", bsb.MissingInput), ("exit 69", bsb.MissingModel),
        ("exit 70", bsb.InternalFailure), ("kill -9 $$", bsb.InternalFailure),
    ],
)  # fmt: skip
def test_an_exit_code_is_an_exception(tmp_path: Path, ending: str, kind: type[bsb.Failure]) -> None:
    script = tmp_path / "bsb"
    script.write_text(f"#!/bin/sh\necho looking >&2\necho 'bsb: reading it: it is none' >&2\n{ending}\n")
    script.chmod(0o755)
    with pytest.raises(bsb.Failure, match="^reading it: it is none$") as caught:
        bsb.evaluate.run("clicks", program=script)
    assert type(caught.value) is kind
