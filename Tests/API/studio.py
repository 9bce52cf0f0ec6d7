"""A `bsb studio` of one's own, and what both programs here ask of it."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BSB = pathlib.Path(os.environ.get("BSB", ROOT / ".build/release/bsb"))


class Studio:
    """The running program, with a folder of its own for what it keeps."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory(prefix="check-api-")
        environment = dict(os.environ, TMPDIR=self.folder.name, XDG_CACHE_HOME=self.folder.name)
        self.process = subprocess.Popen(
            [BSB, "studio", "--port", "0", "--no-open", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.address = re.search(r"http://[\d.:]+", self.process.stdout.readline()).group()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.folder.cleanup()

    def ask(self, method, path, body=None):
        """The body of the answer, read as JSON where it is; a refusal is an error."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as reply:
            content = reply.read()
            return json.loads(content) if "json" in reply.headers.get("Content-Type", "") else content

    def events(self, answer):
        """Names and data of all events of an answer, as they come."""
        with urllib.request.urlopen(f"{self.address}/api/answers/{answer}/events", timeout=600) as stream:
            name = None
            for line in stream:
                line = line.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])

    @property
    def memory(self):
        """Its resident memory in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        """Ends it as Ctrl-C does; its exit code and what it left behind."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        left = [name for name in os.listdir(self.folder.name) if name.startswith("bsb-serving")]
        return code, left
