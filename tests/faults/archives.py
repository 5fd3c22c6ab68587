"""Forty archives, good and hostile, and a process that unpacks a folder of them.

Run as ``python -m tests.faults.archives FOLDER``: one JSON line for each ``*.zip`` in it.
"""

import io
import json
import os
import stat
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from rushes.files import Unfit
from rushes.files.archive import MAX_ENTRIES, unpack

Entry = tuple[str, bytes]


def plain(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, attr: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, body in entries:
            info = zipfile.ZipInfo("x")
            info.filename = name  # past what the constructor tidies up
            info.external_attr = attr << 16
            info.compress_type = method
            file.writestr(info, body)
    return out.getvalue()


def named(name: str) -> bytes:
    return plain((name, b"x"))


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    assert len(old) == len(new)
    return content.replace(old, new)


def with_field(content: bytes, offset: int, value: int, width: int) -> bytes:
    """Overwrite a field of the first entry in the directory."""
    at = content.index(b"PK\x01\x02") + offset
    return content[:at] + value.to_bytes(width, "little") + content[at + width :]


def overlapping(copies: int) -> bytes:
    """Many names for one body: what takes little room and unpacks to much."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(bytes(10**6)) + body.flush()
    crc = zlib.crc32(bytes(10**6))
    sizes = struct.pack("<III", crc, len(packed), 10**6)
    names = [b"%06d" % n for n in range(copies)]
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes
    content = local + struct.pack("<HH", 6, 0) + names[0] + packed
    return content + directory(names, sizes, len(content))


def directory(names: list[bytes], sizes: bytes, at: int) -> bytes:
    entries = b"".join(
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33)
        + sizes
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0)
        + name
        for name in names
    )
    count = len(names) & 0xFFFF
    return (
        entries + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(entries), at, 0)
    )


def zip64_directory(entries: int) -> bytes:
    """A directory whose true length stands only in the larger form."""
    content = directory([b"%06d" % n for n in range(entries)], bytes(12), 0)
    at = content.index(b"PK\x05\x06")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, at, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:at] + record + locator + end


def twice(name: str) -> bytes:
    return patched(plain((name, b"1"), ("#" * len(name), b"2")), b"#" * len(name), name.encode())


MODEL = (("model.obj", b"v 0 0 0\n" * 500), ("tex/skin.png", os.urandom(4000)), ("tex/", b""))
LINK = stat.S_IFLNK | 0o777

#: Name → (what makes it, whether it is unpacked).
ARCHIVES: dict[str, tuple[Callable[[], bytes], bool]] = {
    "model": (lambda: plain(*MODEL), True),
    "stored": (lambda: plain(*MODEL, method=zipfile.ZIP_STORED), True),
    "from a Mac": (lambda: plain(("__MACOSX/._m.obj", b"x"), ("m.obj", b"x")), True),
    "from Windows": (lambda: plain(("a\\m.obj", b"x"), ("a\\m.mtl", b"y")), True),
    "with dots": (lambda: plain(("./a/./m.obj", b"x")), True),
    "Chinese": (lambda: plain(("模型/贴图.png", b"x")), True),
    "small zeros": (lambda: plain(("zeros.bin", bytes(900_000))), True),
    "as many as allowed": (
        lambda: plain(*((f"{n}.txt", b"x") for n in range(MAX_ENTRIES))),
        True,
    ),
    "one too many": (lambda: plain(*((f"{n}.txt", b"x") for n in range(MAX_ENTRIES + 1))), False),
    "directory of a million": (
        lambda: directory([b"%06d" % n for n in range(1_000_000)], bytes(12), 0),
        False,
    ),
    "zip64 directory": (lambda: zip64_directory(600_000), False),
    "climbs": (lambda: named("../x"), False),
    "climbs inside": (lambda: named("a/../../x"), False),
    "climbs in Windows": (lambda: named("..\\x"), False),
    "absolute": (lambda: named("/etc/cron.d/x"), False),
    "drive": (lambda: named("C:\\win.txt"), False),
    "drive alone": (lambda: named("C:win.txt"), False),
    "share": (lambda: named("\\\\host\\share\\x"), False),
    "stream": (lambda: named("a.txt:evil"), False),
    "console": (lambda: named("CON.txt"), False),
    "console in a folder": (lambda: named("a/nul"), False),
    "trailing dot": (lambda: named("a./x"), False),
    "reading direction": (lambda: named("a\u202egnp.exe"), False),
    "control character": (lambda: named("a\x1bb"), False),
    "NUL": (lambda: patched(named("a%b.txt"), b"a%b.txt", b"a\0b.txt"), False),
    "no name": (lambda: named(""), False),
    "name of 300": (lambda: named("x" * 300), False),
    "case twins": (lambda: plain(("Readme.txt", b"1"), ("README.TXT", b"2")), False),
    "case twins of folders": (lambda: plain(("A/x", b"1"), ("a/y", b"2")), False),
    "file and folder": (lambda: plain(("a", b"1"), ("a/b", b"2")), False),
    "the same twice": (lambda: twice("model.obj"), False),
    "link": (lambda: plain(("a", b"/etc/passwd"), attr=LINK), False),
    "device": (lambda: plain(("a", b""), attr=stat.S_IFCHR | 0o666), False),
    "encrypted": (lambda: with_field(named("a"), 8, 1, 2), False),
    "unusual packing": (lambda: plain(("a", b"x" * 99), method=zipfile.ZIP_BZIP2), False),
    "bomb": (lambda: plain(("a", bytes(200_000_000))), False),
    "bomb of many": (lambda: plain(*((f"{n}", bytes(900_000)) for n in range(300))), False),
    "bomb of overlaps": (lambda: overlapping(1500), False),
    "says a gigabyte": (lambda: with_field(named("a"), 24, 2**30, 4), False),
    "says less than comes": (lambda: with_field(plain(("a", b"x" * 9000)), 24, 10, 4), False),
}


def outcome(path: Path, folder: Path) -> str:
    try:
        files = unpack(path, folder)
    except Unfit:
        return "refused, but left something" if folder.exists() else "refused"
    except Exception as e:  # noqa: BLE001 - which is what the suite looks for
        return f"{type(e).__name__}: {e}"
    inside = all(file.resolve().is_relative_to(folder.resolve()) for file in files)
    whole = sorted(files) == sorted(p for p in folder.rglob("*") if not p.is_dir())
    return "unpacked" if inside and whole else "outside"


def peak_bytes() -> int:
    """The most memory this process had since `forget_peak`."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main(folder: Path) -> None:
    measured = sys.platform == "linux"
    for path in sorted(folder.glob("*.zip")):
        if measured:
            forget_peak()
        before, started = peak_bytes() if measured else 0, time.perf_counter()
        found = outcome(path, folder / f"out of {path.stem}")
        grown = (peak_bytes() if measured else 0) - before
        line = {"name": path.stem, "found": found, "grown": grown}
        print(json.dumps(line | {"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
