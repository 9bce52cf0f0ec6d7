"""What scripts that measure `bsb` share: examples to measure on, and the memory that it takes."""

import json
import os
import re
import subprocess
import threading
from pathlib import Path

PROGRAM = os.environ.get("BSB") or str(Path(__file__).resolve().parent.parent / ".build/release/bsb")
KINDS = ["mug", "chair", "guitar", "table", "lamp", "airplane"]


def examples(folder, count, kinds=KINDS):
    """Makes `count` examples and returns the folder and click of each."""
    made = []
    for number in range(count * 2):
        if len(made) == count:
            break
        kind, seed = kinds[number % len(kinds)], number // len(kinds)
        place = f"{folder}/{kind}-{seed}"
        run = subprocess.run([PROGRAM, "example", kind, "--seed", str(seed), "--output", place, "--width", "256"], capture_output=True)
        if run.returncode == 0:
            made.append((place, [int(number) for number in Path(place, "click.txt").read_text().strip().split(",")]))
    return made


def memory(process):
    """The resident bytes of a process now; 0 once it has ended."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return 1024 * int(found.group(1)) if found else 0


def followed(command):
    """Runs `bsb` and returns what it prints, and at each line of its progress the share that is done and the resident bytes."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    samples = []

    def follow():
        for line in process.stderr:
            found = re.search(r": (\d+) of (\d+) (?:rows|frames)", line)
            if found:
                samples.append((int(found.group(1)) / int(found.group(2)), memory(process.pid)))

    reader = threading.Thread(target=follow)
    reader.start()
    output = process.stdout.read()
    process.wait()
    reader.join()
    return json.loads(output), [sample for sample in samples if sample[1]]


def megabytes(samples):
    """The resident megabytes when certain shares were done."""

    def at(share):
        return min(samples, key=lambda sample: abs(sample[0] - share))[1] if samples else 0

    return {f"{share:.0%}": round(at(share) / 1e6) for share in (0.1, 0.25, 0.5, 0.75, 1.0)}
