"""Checks a finished wheel and writes what is bundled in it into a page, between two marks: contents.py WHEEL LIMIT PAGE

Every library must be one of the table below, whose licences were looked at; none of them is under the GPL without an exception.
"""

import re
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

MARKS = "<!-- contents -->", "<!-- end of contents -->"

LICENCES = {
    "libembree3": "Apache-2.0",
    "libtbb": "Apache-2.0",
    "libopenblas": "BSD-3-Clause",
    "libgfortran": "GPL-3.0 with GCC Runtime Library Exception",
    "libquadmath": "LGPL-2.1",
    "libdraco": "Apache-2.0",
    "libmeshoptimizer": "MIT",
    "libsqlite3": "public domain",
    "libspng": "BSD-2-Clause, libpng-2.0",
    "libturbojpeg": "BSD-3-Clause, IJG, Zlib",
    "libjpeg": "BSD-3-Clause, IJG, Zlib",
    "libwebp": "BSD-3-Clause",
    "libwebpdemux": "BSD-3-Clause",
    "libwebpmux": "BSD-3-Clause",
    "libgif": "MIT",
    "libz": "Zlib",
    "libstdc++": "GPL-3.0 with GCC Runtime Library Exception",
    "libgcc_s": "GPL-3.0 with GCC Runtime Library Exception",
}


def main(path: str, limit: int, page: Path) -> None:
    with zipfile.ZipFile(path) as wheel:
        entries = wheel.infolist()
        names = [entry.filename for entry in entries]
    libraries = [entry for entry in entries if "segmentation_buddies.libs/" in entry.filename and ".so" in entry.filename]
    rows = []
    for entry in libraries:
        file = entry.filename.rsplit("/", 1)[1]
        # Names end with a hash of auditwheel's, and OpenBLAS's with how it was built.
        name = re.match(r"[A-Za-z0-9_+]+", file).group().replace("libopenblasp", "libopenblas")
        known = LICENCES.get(name)
        if known is None:
            sys.exit(f"{entry.filename}: no licence is known for this library; look at it and add it to Python/native/contents.py")
        rows.append((f"`{name}`", entry, known))
    groups = defaultdict(list)
    for entry in entries:
        if entry in libraries:
            continue
        if entry.filename.endswith("/bin/bsb"):
            groups["the program, with Swift's libraries and packages and Eigen inside"].append(entry)
        elif ".resources/" in entry.filename:
            groups["models and their catalogue"].append(entry)
        elif "/licenses/" in entry.filename:
            groups["licences"].append(entry)
        else:
            groups["the Python package"].append(entry)
    own = {
        "the program, with Swift's libraries and packages and Eigen inside": "MIT; Apache-2.0 (with exception), MPL-2.0",
        "models and their catalogue": "MIT; Apache-2.0 (EfficientNet-Lite0)",
        "licences": "",
        "the Python package": "MIT",
    }
    table = ["| what | MB | MB in the wheel | licence |", "| --- | --- | --- | --- |"]
    for what, members in sorted(groups.items(), key=lambda item: -sum(e.file_size for e in item[1])):
        table.append(line(what, members, own[what]))
    for what, entry, licence in sorted(rows, key=lambda row: -row[1].file_size):
        table.append(line(what, [entry], licence))
    table.append(line("all", entries, ""))
    if not any(name.endswith("/licenses/libembree3-3.txt") for name in names):
        sys.exit("the licences of the libraries are not in the wheel")
    size = sum(entry.compress_size for entry in entries)
    if size > limit:
        sys.exit("\n".join(table) + f"\n{size} bytes are more than the {limit} that were allowed")
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        sys.exit(f"{page} lacks the marks '{MARKS[0]}' and '{MARKS[1]}'")
    page.write_text("\n".join([before + MARKS[0], *table, end + after]), encoding="utf-8")


def line(what: str, members: list, licence: str) -> str:
    return f"| {what} | {sum(e.file_size for e in members) / 1e6:.1f} | {sum(e.compress_size for e in members) / 1e6:.1f} | {licence} |"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
