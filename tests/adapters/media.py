"""The smallest files that are what they say, built by hand."""

import io
import struct
import zipfile


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def large_box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body


def mp4(size: int = 2000, brand: bytes = b"isom", fill: bytes = b"\x5a") -> bytes:
    """A video container of `size` bytes in all (at least 64)."""
    start = box(b"ftyp", brand + bytes(4) + b"isomiso2") + box(b"moov", bytes(16))
    length = size - len(start) - 8
    return start + box(b"mdat", (fill * (length // len(fill) + 1))[:length])


def varied_mp4(size: int) -> bytes:
    """A video container in which every place has its own bytes: a shifted resume shows."""
    numbers = b"".join(struct.pack(">I", n) for n in range(size // 4))
    return mp4(size, fill=numbers)


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(25) + b"\0\0\0\0IEND\xae\x42\x60\x82"


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"


def webp() -> bytes:
    body = b"WEBPVP8 " + bytes(20)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def glb(rest: bytes = b"") -> bytes:
    chunk = b'{"asset":{}}    '
    body = struct.pack("<I4s", len(chunk), b"JSON") + chunk + rest
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def archive(*names: str, body: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()
