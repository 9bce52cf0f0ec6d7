"""A studio on a port of its own, Debian's Chromium, and pages that must log no error."""

import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest
from playwright.sync_api import sync_playwright

from driver import Studio

ROOT = pathlib.Path(__file__).resolve().parents[2]
BSB = pathlib.Path(os.environ.get("BSB", ROOT / ".build/release/bsb"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")


class Server:
    """A running `bsb studio`."""

    def __init__(self, folder, *arguments):
        environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"), TMPDIR=str(folder))
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [BSB, "studio", "--port", "0", "--no-open", *arguments], stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the studio printed no address but {line!r}; its log: {(folder / 'log').read_text()}"
        self.address = found.group().rstrip("/")

    @property
    def memory(self):
        """Its resident memory in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=10)


@pytest.fixture(scope="session")
def given(tmp_path_factory):
    """A folder from which the page may open files."""
    return tmp_path_factory.mktemp("given")


@pytest.fixture(scope="session")
def server(tmp_path_factory, given):
    server = Server(tmp_path_factory.mktemp("studio"), "--root", str(given))
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """Makes the files of a built-in example, once."""
    made = {}

    def make(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            subprocess.run([BSB, "example", kind, "--output", folder], check=True, capture_output=True)
            made[kind] = folder
        return made[kind]

    return make


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # root needs --no-sandbox; without a graphics processor WebGL is SwiftShader's
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
        yield browser
        browser.close()


@pytest.fixture
def open_studio(browser, server):
    """Opens tabs, each with storage of its own; at the end none of them may have logged an error."""
    contexts, errors = [], []

    def open_tab(width=1280, height=720, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(server.address + "/")
        page.wait_for_selector("html[data-ready]")
        return Studio(page)

    open_tab.errors = errors
    yield open_tab
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def studio(open_studio):
    return open_studio()


@pytest.fixture
def guitar(studio, example):
    """The studio with the files of the example guitar dropped on it, prepared."""
    return studio.open_example(example("guitar"))
