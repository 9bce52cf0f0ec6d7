"""Packs a wheel anew, with the smallest streams that libdeflate finds: pack.py WHEEL

Files, their order and their bytes stay; zlib's best level leaves some 2 % more.
"""

import os
import sys
import zipfile
from pathlib import Path

import deflate


class Smallest:
    """What zipfile wants of a compressor: all bytes are compressed at the end."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def compress(self, data: bytes) -> bytes:
        self._parts.append(bytes(data))
        return b""

    def flush(self) -> bytes:
        return bytes(deflate.deflate_compress(b"".join(self._parts), 12))


def main(path: Path) -> None:
    partial = path.with_suffix(".part")
    zipfile._get_compressor = lambda *_: Smallest()  # there is no other way in
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in wheel.infolist():
            data = wheel.read(entry)
            # An entry that zlib made no smaller is stored.
            packed.writestr(entry, data, entry.compress_type)
            if packed.getinfo(entry.filename).CRC != entry.CRC:
                sys.exit(f"{entry.filename} was packed wrongly")
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(partial) as packed:
        if packed.testzip() or packed.namelist() != wheel.namelist():
            sys.exit("the packed wheel is not the one that was given")
    before, after = path.stat().st_size, partial.stat().st_size
    os.replace(partial, path)
    print(f"packed: {after} of {before} bytes", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
