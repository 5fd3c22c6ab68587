"""The smallest files that are what they say, built by hand."""

import io
import struct
import zipfile
import zlib

#: Of one grey pixel.
IHDR = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
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
    return png_of((b"IHDR", IHDR), (b"IDAT", _PIXEL), (b"IEND", b""))


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def jpeg() -> bytes:
    frame = b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0"
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\0\x5a" * 4
    return b"\xff\xd8\xff\xe0\0\x04ab" + frame + scan + b"\xff\xd9"


def webp() -> bytes:
    body = b"WEBPVP8 " + struct.pack("<I", 16) + b"\x10\0\0\x9d\x01\x2a\x01\0\x01\0" + b"\x5a" * 6
    return b"RIFF" + struct.pack("<I", len(body)) + body


def glb(rest: bytes = b"", chunk: bytes = b'{"asset":{}}    ') -> bytes:
    body = struct.pack("<I4s", len(chunk), b"JSON") + chunk + rest
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def archive(*names: str, body: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()
