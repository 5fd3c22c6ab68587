"""Films, pictures, models and archives made by other people's programs, and ways to break them.

None of them is written by us: ffmpeg, Info-ZIP, 7-Zip and assimp make them. What is changed in them
afterwards is what networks and disks do (cut, zeroed, exchanged bytes), and a few rare spellings of
the same content that those programs do not offer.
"""

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rushes.core.task import ArtifactKind

TOOLS = ("ffmpeg", "zip", "7z", "assimp")

VIDEO, FRAME, MODEL = ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME, ArtifactKind.MODEL

_FFMPEG = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y")
_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=24:d=1")
_SOUND = ("-f", "lavfi", "-i", "sine=d=1")
_AVC = ("-c:v", "libx264", "-preset", "veryfast", "-g", "8", "-c:a", "aac")
_HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "aac")
_AV1 = ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-c:a", "aac")
_VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
_FRAGMENTS = "+frag_keyframe+empty_moov"

#: File name → what ffmpeg is told after its two sources. FULL where all of it can be checked.
FULL_FILMS = {
    "h264.mp4": (*_AVC,),
    "h264-start.mp4": (*_AVC, "-movflags", "+faststart"),
    "fragments.mp4": (*_AVC, "-movflags", _FRAGMENTS),
    "mjpeg.mov": ("-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    "sound.mp4": ("-vn", "-c:a", "aac"),
    "hevc.mp4": (*_HEVC, "-tag:v", "hvc1"),
    "hevc-start.mp4": (*_HEVC, "-movflags", "+faststart"),
    "av1.mp4": (*_AV1,),
    "vp9.mp4": (*_VP9, "-c:a", "aac"),
    "mpeg4.mp4": ("-c:v", "mpeg4", "-c:a", "aac"),
    "b-frames.mp4": (*_AVC, "-bf", "3", "-movflags", "+faststart+negative_cts_offsets"),
    "moof-base.mp4": (*_AVC, "-movflags", f"{_FRAGMENTS}+default_base_moof"),
    "one-list.mp4": (*_AVC, "-movflags", f"{_FRAGMENTS}+default_base_moof+global_sidx"),
    "hybrid.mp4": (*_AVC, "-movflags", "+frag_keyframe"),
    "dash.mp4": (*_AVC, "-movflags", "+dash", "-f", "mp4"),
    "smooth.mp4": (*_AVC, "-f", "ismv"),
    "h264.mov": (*_AVC, "-movflags", "+faststart"),
    "prores.mov": ("-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "h264.m4v": (*_AVC, "-f", "ipod"),
    "phone.3gp": ("-c:v", "mpeg4", "-c:a", "aac"),
    "sound.m4a": ("-vn", "-c:a", "aac"),
}
#: Kept as they came.
OTHER_FILMS = {
    "vp9.webm": (*_VP9, "-c:a", "libopus"),
    "clip.gif": ("-an",),
    "mpeg4.avi": ("-c:v", "mpeg4", "-c:a", "pcm_s16le"),
    "h264.ts": (*_AVC,),
    "h264.mkv": (*_AVC,),
    "live.webm": (*_VP9, "-c:a", "libopus", "-live", "1"),
    "old.flv": ("-c:v", "flv1", "-an"),
    "no-end.mp4": (*_AVC, "-movflags", f"{_FRAGMENTS}+skip_trailer"),
}
PICTURES = {
    "last.png": (),
    "last.jpg": (),
    "last.webp": ("-c:v", "libwebp"),
    "lossless.webp": ("-c:v", "libwebp", "-lossless", "1"),
}
QUICK_FILMS = frozenset(
    {
        *("h264.mp4", "h264-start.mp4", "fragments.mp4", "mjpeg.mov", "sound.mp4", "h264.m4v"),
        *("av1.mp4", "hybrid.mp4"),
        *("vp9.webm", "clip.gif", "mpeg4.avi", "h264.ts", "no-end.mp4"),
    }
)

_TETRAHEDRON = (
    "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 2 4\nf 1 3 4\nf 2 3 4\n"  # four corners
)
MODELS = {"glb": "glb2", "gltf": "gltf2", "dae": "collada", "stl": "stlb", "fbx": "fbx"}
#: Archive → its command in the folder of the model; `{}` stands for it.
ARCHIVES = {
    "deflated.zip": "zip -q -r {} .",
    "stored.zip": "zip -q -0 -r {} .",
    "zip64.zip": "zip -q -fz -r {} .",
    "seven.zip": "7z a -tzip -bd {} .",
    "deflate64.zip": "7z a -tzip -mm=Deflate64 -bd {} .",
    "lzma.zip": "7z a -tzip -mm=LZMA -bd {} .",
    "secret.zip": "7z a -tzip -psecret -bd {} .",
    "bzip2.zip": "zip -q -Z bzip2 -r {} .",
    "model.usdz": "zip -q -0 {} tetrahedron.usda",
}
_UNCHECKED_ARCHIVES = frozenset({"deflate64.zip", "secret.zip"})


@dataclass(frozen=True, slots=True)
class Odd:
    """One file as a server gives it.

    Attributes:
        ends: "full": saved and checked; "kept": saved as it came; "damaged": fetched twice and then
            kept as delivered; "unsure": as "damaged" or as "kept"; "page": not kept.
        ext: What it is to be called; "" where that is open.
    """

    name: str
    content: bytes
    kind: ArtifactKind
    ends: str
    ext: str = ""


def can_run() -> bool:
    return all(shutil.which(tool) for tool in TOOLS)


def make(folder: Path, full: bool) -> Iterator[Odd]:
    """Every file of the suite, made in `folder`."""
    films = _films(folder, full)
    yield from _whole_films(films)
    yield from _respelled(films)
    for name in films:
        if name in FULL_FILMS:
            yield from _broken(name, films[name], 12 if full else 4)
        elif name != "no-end.mp4":
            yield from _cut_others(name, films[name])
    yield from _pictures(folder)
    yield from _models(folder)
    yield from _archives(folder, full)
    yield from _pages()


def _run(words: list[str] | tuple[str, ...], folder: Path) -> None:
    subprocess.run(words, cwd=folder, check=True, capture_output=True)


def _films(folder: Path, full: bool) -> dict[str, bytes]:
    films = {}
    for name, words in (FULL_FILMS | OTHER_FILMS).items():
        if full or name in QUICK_FILMS:
            path = folder / name
            _run([*_FFMPEG, *_PICTURE, *_SOUND, *words, str(path)], folder)
            films[name] = path.read_bytes()
    if full:
        cut = ("-ss", "0.3", "-i", "h264.mp4", "-c", "copy", "edit.mp4")  # with an edit list
        _run([*_FFMPEG, *cut], folder)
        films["edit.mp4"] = (folder / "edit.mp4").read_bytes()
    return films


def _whole_films(films: dict[str, bytes]) -> Iterator[Odd]:
    for name, content in films.items():
        ends = "kept" if name in OTHER_FILMS else "full"
        yield Odd(name, content, VIDEO, ends, name.rpartition(".")[2])
    yield Odd("webm called mp4", films["vp9.webm"], VIDEO, "kept", "webm")
    yield Odd("film for a picture", films["h264.mp4"], FRAME, "kept", "mp4")


def _respelled(films: dict[str, bytes]) -> Iterator[Odd]:
    """The same film in another spelling, and with something before or behind it."""
    start = films["h264-start.mp4"]
    boxes = {box.name: box for box in walk(start)}
    head, index, media = boxes[b"ftyp"].end, boxes[b"moov"], boxes[b"mdat"]
    yield Odd("two bytes behind", start + b"ab", VIDEO, "kept", "mp4")
    yield Odd("1,024 bytes behind", start + random.Random(1).randbytes(1024), VIDEO, "kept", "mp4")
    yield Odd("zeros behind", start + bytes(300), VIDEO, "kept", "mp4")
    free = struct.pack(">I4s", 24, b"free") + bytes(16)
    yield Odd("free box first", free + moved(start, len(free)), VIDEO, "full", "mp4")
    yield Odd("mov without ftyp", moved(start, -head)[head:], VIDEO, "full", "mov")
    to_the_end = start[: media.start] + bytes(4) + start[media.start + 4 :]
    yield Odd("mdat of size 0", to_the_end, VIDEO, "full", "mp4")
    for share in (0.1, 0.5, 0.99):
        cut = to_the_end[: media.body + int((media.end - media.body) * share)]
        yield Odd(f"mdat of size 0, cut at {share:.0%}", cut, VIDEO, "damaged", "mp4")
    plain = films["h264.mp4"]
    wide = plain.index(b"\0\0\0\x08free")
    size = next(box.end - box.start for box in walk(plain) if box.name == b"mdat")
    large = struct.pack(">I4sQ", 1, b"mdat", size + 8)
    yield Odd("mdat of 64 bits", plain[:wide] + large + plain[wide + 16 :], VIDEO, "full", "mp4")
    yield Odd("co64", with_wide_places(plain), VIDEO, "full", "mp4")
    junk = random.Random(2).randbytes(index.end - index.body)
    for name, filled in (("junk", junk), ("zeros", bytes(len(junk)))):
        broken = start[: index.body] + filled + start[index.end :]
        yield Odd(f"moov of {name}", broken, VIDEO, "damaged", "mp4")


def _broken(name: str, content: bytes, places: int) -> Iterator[Odd]:
    """Cut at every box border and elsewhere; zeroed."""
    boxes = list(walk(content))
    for box in boxes[:-1]:
        ends = "unsure" if b"moof" in {b.name for b in boxes} else "damaged"
        if not {b.name for b in boxes if b.start >= box.end} & {b"moov", b"mdat", b"moof", b"mfra"}:
            ends = "full"  # what was cut off is of no use to a player
        yield Odd(f"{name} cut behind {box}", content[: box.end], VIDEO, ends)
    dice = random.Random(name)
    for _ in range(places):
        at = dice.randrange(1, len(content))
        if at not in {box.end for box in boxes}:
            yield Odd(f"{name} cut at {at}", content[:at], VIDEO, "unsure")
    media = [box for box in boxes if box.name == b"mdat"]
    zeroed = bytearray(content)
    for box in media:
        zeroed[box.body : box.end] = bytes(box.end - box.body)
    if "mjpeg" not in name and "prores" not in name and name not in ("mpeg4.mp4", "phone.3gp"):
        yield Odd(f"{name} with media of zeros", bytes(zeroed), VIDEO, "damaged")
    if name.startswith(("h264", "hevc", "av1", "vp9")):
        for box in media:
            zeroed[box.body : box.end] = dice.randbytes(box.end - box.body)
        yield Odd(f"{name} with media of junk", bytes(zeroed), VIDEO, "damaged")
    if name.startswith(("h264", "hevc")):
        begin = media[0].body  # a NAL unit of the first picture: its length, then its type
        for what, bit in (("length", 2), ("type", 4)):
            changed = bytearray(content)
            changed[begin + bit] ^= 0x80
            yield Odd(f"{name} with a wrong {what}", bytes(changed), VIDEO, "damaged")
        for share in (0.3, 0.6, 0.9):  # a block that a disk lost, among pictures
            holed = bytearray(content)
            at = media[0].body + int((media[0].end - media[0].body - 512) * share)
            holed[at : at + 512] = bytes(512)
            yield Odd(f"{name} with a hole at {share:.0%}", bytes(holed), VIDEO, "damaged")


def _cut_others(name: str, content: bytes) -> Iterator[Odd]:
    for share in (0.4, 0.9):
        cut = content[: int(len(content) * share)]
        yield Odd(f"{name} cut at {share:.0%}", cut, VIDEO, "unsure")


def _pictures(folder: Path) -> Iterator[Odd]:
    for name, words in PICTURES.items():
        _run([*_FFMPEG, *_PICTURE, *words, "-frames:v", "1", name], folder)
        content, ext = (folder / name).read_bytes(), name.rpartition(".")[2]
        yield Odd(name, content, FRAME, "full", ext)
        yield Odd(f"{name} and more", content + b"abc", FRAME, "kept", ext)
        for share in (0.1, 0.5, 0.99):
            cut = content[: int(len(content) * share)]
            yield Odd(f"{name} cut at {share:.0%}", cut, FRAME, "damaged", ext)
    changed = bytearray((folder / "last.png").read_bytes())
    changed[len(changed) // 2] ^= 1
    yield Odd("last.png with another bit", bytes(changed), FRAME, "damaged", "png")
    still = ("-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8", "last.avif")
    _run([*_FFMPEG, *_PICTURE, "-frames:v", "1", *still], folder)
    yield Odd("last.avif", (folder / "last.avif").read_bytes(), FRAME, "kept", "avif")


def _models(folder: Path) -> Iterator[Odd]:
    (folder / "tetrahedron.obj").write_text(_TETRAHEDRON)
    yield Odd("raw OBJ", _TETRAHEDRON.encode(), MODEL, "kept", "obj")
    for ext, form in MODELS.items():
        _run(("assimp", "export", "tetrahedron.obj", f"model.{ext}", f"-f{form}"), folder)
        content = (folder / f"model.{ext}").read_bytes()
        yield Odd(f"model.{ext}", content, MODEL, "full" if ext == "glb" else "kept", ext)
        for share in (0.3, 0.8):
            cut, ends = content[: int(len(content) * share)], "unsure"
            yield Odd(f"model.{ext} cut at {share:.0%}", cut, MODEL, ends)
    glb = (folder / "model.glb").read_bytes()
    yield Odd("model.glb and more", glb + b"\0\0", MODEL, "kept", "glb")
    yield Odd("model.glb of zeros", glb[:20] + bytes(len(glb) - 20), MODEL, "damaged", "glb")


def _archives(folder: Path, full: bool) -> Iterator[Odd]:
    inside = folder / "inside"
    inside.mkdir()
    for name in ("tetrahedron.obj", "model.glb", "last.png"):
        shutil.copy(folder / name, inside)
    (inside / "tetrahedron.usda").write_text("#usda 1.0\n(\n)\n")
    contents = {}
    for name, words in ARCHIVES.items():
        path = folder / name
        _run([word.replace("{}", str(path)) for word in words.split()], inside)
        contents[name] = path.read_bytes()
        ends = "kept" if name in _UNCHECKED_ARCHIVES else "full"
        yield Odd(name, contents[name], MODEL, ends, name.rpartition(".")[2])
    piped = subprocess.run(
        ("zip", "-q", "-r", "-", "."), cwd=inside, check=True, capture_output=True
    )
    contents["piped.zip"] = piped.stdout
    yield Odd("piped.zip", piped.stdout, MODEL, "full", "zip")
    for name in contents if full else ("deflated.zip", "stored.zip"):
        yield from _broken_archive(name, contents[name])
    stub = b'#!/bin/sh\nexec unzip "$0"\n'
    yield Odd("zip with a prefix", stub + contents["deflated.zip"], MODEL, "full", "zip")
    hidden = random.Random(3).randbytes(999) + contents["deflated.zip"]
    yield Odd("zip behind junk", hidden, MODEL, "full", "zip")
    yield Odd("zip with bytes behind", contents["deflated.zip"] + b"abc", MODEL, "kept", "zip")


def _broken_archive(name: str, content: bytes) -> Iterator[Odd]:
    for share in (0.02, 0.3, 0.7, 0.97):
        cut = content[: max(8, int(len(content) * share))]
        yield Odd(f"{name} cut at {share:.0%}", cut, MODEL, "damaged")
    yield Odd(f"{name} less a byte", content[:-1], MODEL, "damaged")
    if name in _UNCHECKED_ARCHIVES:
        return
    end = content.rindex(b"PK\x05\x06")
    directory = content.index(b"PK\x01\x02")
    assert directory < end
    changed = bytearray(content)
    changed[directory // 2] ^= 0x55  # inside the entries
    yield Odd(f"{name} with another byte", bytes(changed), MODEL, "damaged")
    changed = bytearray(content)
    changed[directory + 16] ^= 1  # APPNOTE 4.3.12: the CRC of the first entry
    first_is_empty = changed[directory + 24 : directory + 28] == bytes(4)
    if not first_is_empty:
        yield Odd(f"{name} with a wrong CRC", bytes(changed), MODEL, "damaged")


def _pages() -> Iterator[Odd]:
    pages: dict[str, bytes] = {
        "portal": b"<!DOCTYPE html>\n<html><body>Log in to go on</body></html>",
        "refusal": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "answer": b'{"error": {"message": "not yet"}}',
        "words": b"no healthy upstream",
        "nothing": b"",
    }
    for name, content in pages.items():
        for kind in (VIDEO, FRAME, MODEL):
            yield Odd(f"{name} for a {kind.value}", content, kind, "page")


# --- boxes -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    name: bytes
    start: int
    body: int
    end: int

    def __str__(self) -> str:
        return f"{self.name.decode('latin-1')} at {self.start}"


def walk(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Box]:
    end = len(content) if end is None else end
    while at < end:
        length, name = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if length == 1:
            length, body = struct.unpack_from(">Q", content, at + 8)[0], at + 16
        yield Box(name, at, body, at + length)
        at += length


def moved(content: bytes, by: int) -> bytes:
    """With every place in its tables moved, for what comes in front of it."""
    changed = bytearray(content)
    for at in _found(content, b"stco"):
        count = struct.unpack_from(">I", content, at + 8)[0]
        for place in range(at + 12, at + 12 + 4 * count, 4):
            struct.pack_into(">I", changed, place, struct.unpack_from(">I", content, place)[0] + by)
    return bytes(changed)


def with_wide_places(content: bytes) -> bytes:
    """Every table of places in its form of 64 bits. Its index has to be its last box."""

    def rewritten(start: int, end: int) -> bytes:
        out = b""
        for box in walk(content, start, end):
            body = content[box.body : box.end]
            name = box.name
            if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                body = rewritten(box.body, box.end)
            elif name == b"stco":
                count = struct.unpack_from(">I", body, 4)[0]
                places = struct.unpack_from(f">{count}I", body, 8)
                name, body = b"co64", body[:8] + struct.pack(f">{count}Q", *places)
            out += struct.pack(">I4s", 8 + len(body), name) + body
        return out

    index = list(walk(content))[-1]
    assert index.name == b"moov"
    return content[: index.start] + rewritten(index.start, index.end)


def _found(content: bytes, name: bytes) -> Iterator[int]:
    at = content.find(name)
    while at >= 0:
        yield at
        at = content.find(name, at + 1)
