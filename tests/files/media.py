"""The smallest files that are what they say, built by hand."""

import io
import struct
import zipfile
import zlib

_PIXEL = zlib.compress(b"\0\x7f")


def box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def large_box(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body


def mp4(size: int = 2000, brand: bytes = b"isom", fill: bytes = b"\x5a") -> bytes:
    """A video container of `size` bytes in all (at least 700), all of it one chunk of sound."""
    start = box(b"ftyp", brand + bytes(4) + b"isomiso2")
    begin = len(start) + len(_moov(0, 0)) + 8
    length = size - begin
    media = (fill * (length // len(fill) + 1))[:length]
    return start + _moov(begin, length) + box(b"mdat", media)


def _moov(at: int, length: int) -> bytes:
    """An index with one track: `length` samples of a byte each from `at` on."""
    table = (
        box(b"stsd", struct.pack(">II", 0, 1) + box(b"sowt", bytes(28)))
        + box(b"stts", struct.pack(">IIII", 0, 1, length, 1))
        + box(b"stsc", struct.pack(">IIIII", 0, 1, 1, length, 1))
        + box(b"stsz", struct.pack(">III", 0, 1, length))
        + box(b"stco", struct.pack(">III", 0, 1, at))
    )
    media = box(b"mdhd", bytes(24)) + box(b"minf", box(b"stbl", table))
    track = box(b"tkhd", struct.pack(">IIII", 7, 0, 0, 1) + bytes(68))
    return box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", track + box(b"mdia", media)))


def varied_mp4(size: int) -> bytes:
    """A video container in which every place has its own bytes: a shifted resume shows."""
    numbers = b"".join(struct.pack(">I", n) for n in range(size // 4))
    return mp4(size, fill=numbers)


def png() -> bytes:
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", _PIXEL),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"


def webp() -> bytes:
    body = b"WEBPVP8 " + struct.pack("<I", 16) + bytes(16)
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
