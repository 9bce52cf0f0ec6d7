"""Leaves out of Swift's copy of ICU's data what the program never asks for: trim_icu.py ARCHIVE OUTPUT.c

Foundation brings the data of all languages, 34 MB. The program speaks English, sorts by bytes, and formats numbers and times without ICU: the root and
English stay, and whatever belongs to no language (properties, normalisation, rules of time zones). ICU falls back to the root where a language is missing. ARCHIVE is lib_FoundationICU.a; OUTPUT.c
defines `bsb_icu_data`. The name that ICU looks for is printed: with --defsym=NAME=bsb_icu_data, the linker leaves the archive's data alone.
"""

import re
import struct
import subprocess
import sys
from pathlib import Path

MEMBER = "icu_packaged_data.cpp.o"
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]+)*\.res")
KEPT = re.compile(r"(en|en_001|en_US|en_US_POSIX)\.res")
#: Dictionaries, models and rules for breaking lines, other encodings than Unicode's, names of characters, names that look alike, and the
#: profiles of characters of old protocols (RFC 3454).
UNUSED = re.compile(r".*\.dict|.*_model.*\.res|.*_exclusive.*\.res|line.*\.brk|.*\.cnv|unames\.icu|confusables\.cfu|.*\.spp")
#: Sorting by a language's rules, names of currencies, languages, regions, units and time zones, numbers in words, transliteration.
FOLDERS = re.compile(r"/(coll|curr|lang|region|unit|zone|rbnf|translit)/")


def data_of(member: bytes) -> tuple[str, bytes]:
    """The name and the content of the one symbol that an ELF object defines."""
    sections, size, count, names = (*struct.unpack_from("<Q", member, 40), *struct.unpack_from("<HHH", member, 58))
    headers = [struct.unpack_from("<IIQQQQIIQQ", member, sections + index * size) for index in range(count)]
    for header in headers:
        if header[1] != 2:  # a symbol table
            continue
        texts = headers[header[6]]
        for place in range(header[4], header[4] + header[5], 24):
            name, info, _, section, value, length = struct.unpack_from("<IBBHQQ", member, place)
            if info == 0x11 and section < count:  # a global object
                start = texts[4] + name
                return member[start : member.index(b"\0", start)].decode(), member[headers[section][4] + value :][:length]
    sys.exit(f"{MEMBER} defines no symbol; Swift's copy of ICU is made otherwise than this script knows")


def is_kept(name: str) -> bool:
    last = name.rsplit("/", 1)[1]
    if FOLDERS.search(name) or UNUSED.fullmatch(last):
        return False
    return bool(KEPT.fullmatch(last)) or not LANGUAGE.fullmatch(last)


def trimmed(data: bytes) -> tuple[bytes, int, int]:
    """The package with fewer items, and how many there are of how many. The format is that of ICU's `.dat` files (ucmndata.h)."""
    start = struct.unpack_from("<H", data)[0]
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        sys.exit("the data of ICU are not in the format that this script knows")
    count = struct.unpack_from("<I", data, start)[0]
    entries = [struct.unpack_from("<II", data, start + 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in entries[1:]] + [len(data) - start]
    items = []
    for (text, place), end in zip(entries, ends):
        name = data[start + text : data.index(b"\0", start + text)]
        if is_kept(name.decode()):
            items.append((name, data[start + place : start + end]))
    texts, table, body = b"", b"", b""
    first = 4 + 8 * len(items)
    names = b"".join(name + b"\0" for name, _ in items)
    place = first + len(names)
    place += -(start + place) % 16
    for name, content in items:
        table += struct.pack("<II", first + len(texts), place + len(body))
        texts += name + b"\0"
        body += content + b"\0" * (-len(content) % 16)
    head = struct.pack("<I", len(items)) + table + texts
    return data[:start] + head + b"\0" * (place - len(head)) + body, len(items), count


def main(archive: str, output: str) -> None:
    member = subprocess.run(["ar", "p", archive, MEMBER], check=True, capture_output=True).stdout
    symbol, data = data_of(member)
    small, kept, count = trimmed(data)
    blob = Path(output).with_suffix(".dat").resolve()
    blob.write_bytes(small)
    Path(output).write_text(
        """__asm__(
    ".section .rodata\\n.balign 16\\n.global bsb_icu_data\\n.type bsb_icu_data, %object\\nbsb_icu_data:\\n"
    ".incbin \\"BLOB\\"\\n.size bsb_icu_data, .-bsb_icu_data\\n.previous\\n");
""".replace("BLOB", str(blob))
    )
    print(symbol)
    print(f"ICU: {kept} of {count} items, {len(small) / 1e6:.1f} of {len(data) / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
