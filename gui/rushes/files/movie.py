"""Whether an MP4 or MOV holds every sample that its tables promise.

A walk over the boxes alone proves little: a film that was cut at the border of a box, or whose
media data is all zeros, has sound boxes. So each chunk of the tables has to lie inside an `mdat`,
and of the commonest codecs samples are looked into. Nothing is decoded. Memory and time are
bounded: an index of 16 MiB at most, and 64 MiB of the media data.

Sources: ISO/IEC 14496-12 (boxes, tables, fragments), 14496-15 (NAL units in samples),
14496-10 7.4.1 (no three zero bytes inside a NAL unit), AV1 5.3 (OBUs).
"""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from rushes.files import Damaged, Uncheckable

#: Boxes that stand at the top level; one of these that is longer than the file was cut off.
TOP_LEVEL = frozenset(
    b"ftyp styp moov mdat moof mfra free skip wide pnot uuid meta sidx ssix emsg prft pdin".split()
)

# A fragmented film has two boxes a fragment: far fewer than this. A hostile one has millions.
_MAX_BOXES = 100_000
# Two hours of 60 frames a second have half as much.
_MAX_INDEX_BYTES = 16 * 2**20
_MAX_FRAGMENT_BYTES = 2**20
_MAX_CHUNKS = 1_000_000
_MAX_LOOKED_AT = 4096  # samples of a track
_MAX_MEDIA_BYTES = 64 * 2**20  # of all tracks
#: So many zero bytes at the end of a NAL unit are no padding any more.
_PADDING_BYTES = 64

_AVC = frozenset({b"avc1", b"avc2", b"avc3", b"avc4"})
_HEVC = frozenset({b"hvc1", b"hev1", b"dvh1", b"dvhe"})
_LOOKED_INTO = _AVC | _HEVC | {b"av01", b"vp09", b"mp4a"}


@dataclass(frozen=True, slots=True)
class Box:
    """Offsets in the file: of its header, of what it holds, and of what follows it."""

    name: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _Track:
    """One track, and which of its samples are to be looked into.

    Attributes:
        width: Bytes of the length before each NAL unit; 0: not known.
        default: Bytes of a sample of a fragment that does not say its own.
        samples: How many its tables have.
        picks: (offset, bytes) of some samples, evenly over the film.
        last: The same of the last sample so far.
    """

    codec: bytes
    width: int
    default: int = 0
    samples: int = 0
    picks: list[tuple[int, int]] = field(default_factory=list)
    last: tuple[int, int] | None = None
    _step: int = 1

    def add(self, at: int, sizes: Sequence[int]) -> None:
        """Samples that lie one behind the other from `at` on."""
        if self.codec not in _LOOKED_INTO:
            self.samples += len(sizes)
            return
        for size in sizes:
            self.last = at, size
            if self.samples % self._step == 0:
                self.picks.append(self.last)
                if len(self.picks) > _MAX_LOOKED_AT:
                    self.picks, self._step = self.picks[::2], self._step * 2
            self.samples += 1
            at += size


def check(file: BinaryIO, size: int) -> None:
    """Returns when the film is whole.

    Raises:
        Damaged, Uncheckable: it is not, or that cannot be told.
        OSError: it cannot be read.
    """
    boxes, rest = walk(file, size)
    try:
        ends = _follow(file, boxes)
    except (struct.error, LookupError, ValueError) as e:
        raise Damaged("the video's index is damaged") from e
    if rest:
        raise Uncheckable(f"{rest} bytes stand behind the video")
    if not ends:
        raise Uncheckable("the video came in fragments that do not say which is the last")


def _follow(file: BinaryIO, boxes: Sequence[Box]) -> bool:
    """Go through index, fragments and samples. Returns whether nothing can be missing behind."""
    index = next((box for box in boxes if box.name == b"moov"), None)
    if index is None:
        raise Damaged("the video has no index (moov)")
    media = _Media([box for box in boxes if box.name == b"mdat"])
    tracks: dict[int, _Track] = {}
    goes_on = _read_index(_content(file, index, _MAX_INDEX_BYTES), tracks, media)
    for box in boxes:
        if box.name == b"moof":
            goes_on = True
            _read_fragment(_content(file, box, _MAX_FRAGMENT_BYTES), box.start, tracks, media)
    if not any(track.samples for track in tracks.values()):
        raise Damaged("the video's index names no pictures and no sound")
    _look_into(file, list(tracks.values()))
    return not goes_on or _has_its_end(file, boxes)


def walk(file: BinaryIO, size: int) -> tuple[list[Box], int]:
    """The boxes of the top level, and how many bytes behind them are none.

    Raises:
        Damaged: it was cut off inside one of them.
        Uncheckable: too many boxes.

    Source: 14496-12, 4.2 (size 0: to the end of the file; size 1: 64 bits follow).
    """
    boxes: list[Box] = []
    at = 0
    while at < size:
        file.seek(at)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        body = at + 8
        if length == 1:
            length, body = int.from_bytes(header[8:16], "big"), at + 16
        elif length == 0 and name in TOP_LEVEL:
            length = size - at
        if at + length > size and name in TOP_LEVEL:
            raise Damaged(f"the video is cut off: it needs {at + length} bytes and {size} came")
        if len(header) < 8 or at + length < body or at + length > size or not _is_name(name):
            return boxes, size - at
        boxes.append(Box(name, at, body, at + length))
        at += length
        if len(boxes) > _MAX_BOXES:
            raise Uncheckable("the video has too many boxes")
    return boxes, 0


def _is_name(name: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in name)


class _Media:
    """Where media data is. Adds up what the tables say lies there."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._starts = [box.body for box in boxes]
        self._ends = [box.end for box in boxes]
        self._chunks = 0

    def need(self, at: int, length: int) -> None:
        """Raises Damaged unless these bytes lie inside one box of media data."""
        self._chunks += 1
        if self._chunks > _MAX_CHUNKS:
            raise Uncheckable("the video's index is too long to be followed")
        found = bisect_right(self._starts, at) - 1
        if length and (found < 0 or at + length > self._ends[found]):
            raise Damaged("the video is cut off: its index names media data that did not come")


def _content(file: BinaryIO, box: Box, most: int) -> memoryview:
    if box.end - box.body > most:
        raise Uncheckable("the video's index is too large to be read")
    file.seek(box.body)
    return memoryview(file.read(box.end - box.body))


def _children(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The boxes inside one. Four zero bytes may end a list of them (QuickTime)."""
    at = 0
    while len(data) - at >= 8:
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 0:
            return
        if length < 8 or at + length > len(data):
            raise Damaged("the video's index is damaged")
        yield bytes(data[at + 4 : at + 8]), data[at + 8 : at + length]
        at += length


def _read_index(moov: memoryview, tracks: dict[int, _Track], media: _Media) -> bool:
    """Returns whether fragments are to follow."""
    defaults: dict[int, int] = {}
    goes_on = False
    for name, data in _children(moov):
        if name == b"cmov":
            raise Uncheckable("the video's index is compressed")
        if name == b"mvex":
            goes_on = True
            for inner, extends in _children(data):
                if inner == b"trex":
                    track, _, _, default = struct.unpack_from(">IIII", extends, 4)
                    defaults[track] = default
        if name == b"trak":
            _read_track(data, tracks, media)
    for number, default in defaults.items():
        if number in tracks:
            tracks[number].default = default
    return goes_on


def _read_track(trak: memoryview, tracks: dict[int, _Track], media: _Media) -> None:
    within = dict(_children(trak))
    header = within.get(b"tkhd")
    information = _inside(within, b"mdia", b"minf")
    if header is None or information is None or b"stbl" not in information:
        raise Damaged("the video's index is damaged: a track without its tables")
    table = dict(_children(information[b"stbl"]))
    number = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0]
    codec, width = _codec(table.get(b"stsd", memoryview(b"")))
    track = tracks[number] = _Track(codec, width)
    if _lies_elsewhere(information):
        raise Uncheckable("the video's media data lies in another file")
    _read_chunks(table, track, media)


def _inside(boxes: dict[bytes, memoryview], *path: bytes) -> dict[bytes, memoryview] | None:
    for name in path:
        if name not in boxes:
            return None
        boxes = dict(_children(boxes[name]))
    return boxes


def _lies_elsewhere(information: dict[bytes, memoryview]) -> bool:
    """Whether a data reference names another file (its flag 1 means this one)."""
    references = _inside(information, b"dinf") or {}
    found = _children(references[b"dref"][8:]) if b"dref" in references else iter(())
    return any(not data[3] & 1 for _, data in found)


def _codec(stsd: memoryview) -> tuple[bytes, int]:
    """The four letters of the only kind of samples, and the width of its NAL lengths."""
    if len(stsd) < 16:
        raise Damaged("the video's index is damaged: a track without a codec")
    count, _, name = struct.unpack_from(">II4s", stsd, 4)
    entry = bytes(stsd[8:])
    for box, at in ((b"avcC", 4), (b"hvcC", 21)):
        found = entry.find(box, 86)
        if found > 0 and found + 4 + at < len(entry):
            return (name, (entry[found + 4 + at] & 3) + 1) if count == 1 else (b"", 0)
    return (name, 0) if count == 1 else (b"", 0)


def _read_chunks(table: Mapping[bytes, memoryview], track: _Track, media: _Media) -> None:
    """Each chunk of a track has its place; each sample its chunk.

    Source: 14496-12, 8.7.3 (sizes), 8.7.4 (samples of a chunk), 8.7.5 (places).
    """
    uniform, count, sizes = _sizes(table)
    if count == 0:
        return
    places = _places(table)
    rows = struct.unpack_from(">I", table[b"stsc"], 4)[0]
    runs = _numbers(table[b"stsc"][8 : 8 + 12 * rows], "I", 3 * rows)
    first = 0
    for row in range(0, len(runs), 3):
        begins, each = runs[row], runs[row + 1]
        ends = runs[row + 3] if row + 3 < len(runs) else len(places) + 1
        if not 1 <= begins <= ends <= len(places) + 1:
            raise Damaged("the video's index is damaged: its chunks are out of order")
        for chunk in range(begins - 1, ends - 1):
            held = min(each, count - first)
            here = sizes[first : first + held]
            media.need(places[chunk], uniform * held if uniform else sum(here))
            if uniform:
                track.samples += held
            else:
                track.add(places[chunk], here)
            first += held
    if first < count:
        raise Damaged("the video's index is damaged: it names samples without a place")


def _sizes(table: Mapping[bytes, memoryview]) -> tuple[int, int, Sequence[int]]:
    """(bytes of every sample, or 0; how many; bytes of each)."""
    if b"stz2" in table:
        width, count = struct.unpack_from(">II", table[b"stz2"], 4)
        if width & 0xFF == 4:
            raise Uncheckable("the video's index is written in a rare way")
        each = table[b"stz2"][12 : 12 + count * (width & 0xFF) // 8]
        return 0, count, _numbers(each, "B" if width & 0xFF == 8 else "H", count)
    if not {b"stsz", b"stsc"} <= table.keys():
        raise Damaged("the video's index is damaged: a track without its tables")
    uniform, count = struct.unpack_from(">II", table[b"stsz"], 4)
    sizes = () if uniform else _numbers(table[b"stsz"][12 : 12 + 4 * count], "I", count)
    return uniform, count, sizes


def _places(table: Mapping[bytes, memoryview]) -> Sequence[int]:
    for name, code, width in ((b"stco", "I", 4), (b"co64", "Q", 8)):
        if name in table:
            count = struct.unpack_from(">I", table[name], 4)[0]
            return _numbers(table[name][8 : 8 + width * count], code, count)
    raise Damaged("the video's index is damaged: a track without its tables")


def _numbers(data: memoryview, code: str, count: int) -> Sequence[int]:
    """Big-endian numbers, as compact as they come."""
    found = array(code)
    if len(data) != count * found.itemsize:
        raise Damaged("the video's index is damaged: a table is cut off")
    found.frombytes(data)
    if struct.pack("=H", 1) == b"\1\0":
        found.byteswap()
    return found


def _read_fragment(
    moof: memoryview, start: int, tracks: Mapping[int, _Track], media: _Media
) -> None:
    """Source: 14496-12, 8.8.7 (tfhd), 8.8.8 (trun)."""
    end = start  # of the data of the track before
    for name, traf in _children(moof):
        if name != b"traf":
            continue
        boxes = list(_children(traf))
        header = next((data for inner, data in boxes if inner == b"tfhd"), None)
        if header is None:
            raise Damaged("the video has a fragment without its header")
        flags, number = struct.unpack_from(">II", header)
        track = tracks.get(number)
        if track is None:
            raise Damaged("the video has a fragment of a track that is not in its index")
        at, default, base = 8, track.default, start if flags & 0x20000 else end
        if flags & 1:
            base, at = struct.unpack_from(">Q", header, at)[0], at + 8
        at += (4 if flags & 2 else 0) + (4 if flags & 8 else 0)
        if flags & 0x10:
            default = struct.unpack_from(">I", header, at)[0]
        end = base
        for inner, run in boxes:
            if inner == b"trun":
                end = _read_run(run, base, end, default, track, media)


def _read_run(
    trun: memoryview, base: int, at: int, default: int, track: _Track, media: _Media
) -> int:
    """Returns where the data of this run ends."""
    flags, count = struct.unpack_from(">II", trun)
    place = 8
    if flags & 1:
        at, place = base + struct.unpack_from(">i", trun, place)[0], place + 4
    place += 4 if flags & 4 else 0
    width = 4 * (flags >> 8 & 0xF).bit_count()
    if place + count * width > len(trun):
        raise Damaged("the video has a fragment whose table is cut off")
    if flags & 0x200:
        skipped = 4 if flags & 0x100 else 0
        fields = range(place + skipped, place + skipped + count * width, width)
        sizes: Sequence[int] = [struct.unpack_from(">I", trun, f)[0] for f in fields]
        total = sum(sizes)
        media.need(at, total)
        track.add(at, sizes)
    else:
        total = default * count
        media.need(at, total)
        track.samples += count
    return at + total


def _has_its_end(file: BinaryIO, boxes: Sequence[Box]) -> bool:
    """Whether fragments say themselves that none is missing behind: by the table of all of them at
    the end (mfra), or by a list at the start that counts them to the end (sidx).

    Source: 14496-12, 8.8.9 to 8.8.11 (mfra), 8.16.3 (sidx).
    """
    fragments = {box.start for box in boxes if box.name == b"moof"}
    last = boxes[-1]
    if last.name == b"mfra":
        tables = [
            data
            for name, data in _children(_content(file, last, _MAX_INDEX_BYTES))
            if name == b"tfra"
        ]
        return all(place in fragments for table in tables for place in _random_access(table))
    lists = [box for box in boxes if box.name == b"sidx"]
    if len(lists) != 1 or not fragments or lists[0].start > min(fragments):
        return False
    data = _content(file, lists[0], _MAX_INDEX_BYTES)
    wide = data[0] != 0
    offset, _, count = struct.unpack_from(">QHH" if wide else ">IHH", data, 20 if wide else 16)
    at = 32 if wide else 24
    lengths = [struct.unpack_from(">I", data, at + 12 * n)[0] & 0x7FFFFFFF for n in range(count)]
    end = lists[0].end + offset + sum(lengths)
    if end > last.end:
        raise Damaged("the video is cut off: fragments that it lists did not come")
    return bool(count > 1 and end >= max(box.end for box in boxes if box.name == b"mdat"))


def _random_access(tfra: memoryview) -> Iterator[int]:
    """The places of the fragments that a table of them names."""
    lengths, count = struct.unpack_from(">II", tfra, 8)
    width = 8 if tfra[0] == 1 else 4
    step = 2 * width + 3 + (lengths >> 4 & 3) + (lengths >> 2 & 3) + (lengths & 3)
    for number in range(min(count, _MAX_BOXES)):
        at = 16 + number * step + width
        yield int.from_bytes(tfra[at : at + width], "big")


def _look_into(file: BinaryIO, tracks: Sequence[_Track]) -> None:
    """Whether samples are made as those of their codec are, the first and last above all."""
    share = _MAX_MEDIA_BYTES // max(1, len(tracks))
    for track in tracks:
        if not track.picks or track.last is None:
            continue
        step = 1 + sum(size for _, size in track.picks) // share
        for at, size in (track.last, *track.picks[::step]):
            if size:
                file.seek(at)
                _look_at(file.read(min(size, share)), size, track)


def _look_at(sample: bytes, size: int, track: _Track) -> None:
    whole = len(sample) == size
    if track.codec in _AVC | _HEVC and track.width:
        good = not whole or _has_sound_units(sample, track)
    elif track.codec == b"av01":
        good = not whole or has_sound_obus(sample)
    elif track.codec == b"vp09":
        good = sample[0] >> 6 == 2  # VP9 6.2: every frame begins with this mark
    else:
        good = any(sample)  # AAC ends with three set bits
    if not good:
        raise Damaged("the video's media data is damaged")


def _has_sound_units(sample: bytes, track: _Track) -> bool:
    """Whether the lengths of the NAL units add up to the sample, and no hole of zeros is in one."""
    at, end = 0, len(sample)
    while at < end:
        length = int.from_bytes(sample[at : at + track.width], "big")
        at += track.width
        if length == 0 or at + length > end or sample[at] & 0x80:
            return False
        kind = sample[at] & 0x1F if track.codec in _AVC else sample[at] >> 1 & 0x3F
        is_picture = 1 <= kind <= 5 if track.codec in _AVC else kind < 32
        hole = sample.find(b"\0\0\0", at, at + length) if is_picture else -1
        if hole >= 0:
            behind = sample[hole : at + length]
            if len(behind) > _PADDING_BYTES or behind.strip(b"\0"):
                return False
        at += length
    return True


def has_sound_obus(sample: bytes) -> bool:
    """Whether the OBUs of an AV1 sample add up to it, with a frame among them."""
    at, has_frame = 0, False
    while at < len(sample):
        header = sample[at]
        kind = header >> 3 & 0xF
        at += 2 if header & 4 else 1
        length = len(sample) - at
        if header & 2:
            length = shift = 0
            while at < len(sample):
                byte = sample[at]
                length |= (byte & 0x7F) << shift
                at, shift = at + 1, shift + 7
                if not byte & 0x80:
                    break
        if header & 0x80 or length < 0 or at + length > len(sample):
            return False
        has_frame = has_frame or kind in (3, 4, 6, 7)
        at += length
    return has_frame
