"""The frame server: the process that decodes films and pictures, with FFmpeg through PyAV.

It is asked through its standard input, a socket. One JSON object a line comes in, beside it the
descriptors of what is to be read and written; one or more come back:

    {"what": "facts"}   + film                 →  {"facts": {…}}
    {"what": "shows"}   + film     →  {"frames": 2}   the first and the last key frame were decoded
    {"what": "first", "side"}                    + film, memory  →  {"frames": 1, "width", "height"}
    {"what": "frame", "n", "width", "height"}    + film, memory  →  {"frames": 1}
    {"what": "near", "n", "width", "height"}     + film, memory  →  {"frames": 1, "n": 240}
    {"what": "fill", "first", "last", "width", "height"}  + film, memory
                                           →  {"n": 5}, {"n": 6} …, {"frames": 9}
    {"what": "poster" | "strip" | "image"}       + file, out     →  {"frames": 1}      a JPEG
    {"what": "stop"}    ends the request that is answered; else nothing

Where there is no picture the answer is {"trouble": …}, one of `FilmTrouble`. Memory is as large as
what is asked for: rows of blue, green, red, 255, one picture after the other. A new request ends
the one before it between two frames, which answers "dropped".

No name of a file reaches FFmpeg, and only what is listed here opens: no playlist, no address.
Frames are numbered by their time of presentation, so variable rates count as they are shown.
"""

import itertools
import json
import mmap
import os
import select
import socket
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from io import FileIO
from typing import Any

import av
import av.filter
import av.logging
from av.container.input import InputContainer
from av.filter.context import FilterContext
from av.stream import Disposition
from av.video.frame import VideoFrame

from rushes.core.film import FilmFacts, FilmTrouble, fitted
from rushes.system import memory

#: Longest side of a poster, and of one frame of a strip, in pixels.
POSTER_SIDE, STRIP_SIDE = 384, 240
#: Frames of a strip, in rows of so many.
STRIP_COLUMNS, STRIP_ROWS = 8, 6
STRIP_FRAMES = STRIP_COLUMNS * STRIP_ROWS
_LARGEST_SIDE = 8192
_MOST_FRAMES = 1_000_000  # four hours at 60 a second
_MOST_ERRORS = 200  # of the decoder, in one film
_LONG = 3000  # frames above which a strip is made of key frames
_BLACK = 20  # mean grey of 255 below which a frame shows nothing
_POSTER_AT_S = 0.5
_HELD_OPEN = 2
#: A decoder keeps about so many frames. Of two films that need more bytes together, one is closed;
#: one that needs more by itself is closed as soon as nothing was asked for so long.
_DECODER_FRAMES, _MOST_DECODERS, _REST_S = 9, 224 * 2**20, 2.0
_MOST_SCALERS = 12
_LARGE_PICTURE = 4 * 2**20  # pixels; what makes larger ones keeps too much memory to be kept
_THREADS = min(2, os.cpu_count() or 1)
_MOST_LINE = 4096
_IDLE_S = 20.0

#: What FFmpeg is allowed to take a file for, and to decode.
_FORMATS = "mov,mp4,matroska,webm,avi,mpegts,gif,flv,png_pipe,jpeg_pipe,webp_pipe"
_CODECS = (
    "h264,hevc,libdav1d,av1,vp9,libvpx-vp9,vp8,mpeg4,mpeg2video,mpeg1video,prores,mjpeg,dnxhd,"
    "ffv1,h263,flv,gif,png,webp,rawvideo"
)
_STILL = ("png_pipe", "jpeg_pipe", "webp_pipe")
_HDR = {16: "PQ", 18: "HLG"}
_BT2020 = 9
_FULL_RANGE = 2
#: A table of colours has 64 steps of red, green and blue, 16 bits each.
_TABLE_LEVEL, _DEEP = 8, "rgb48le"
#: What FFmpeg calls the matrices that a file may name, by their number in ISO/IEC 23091-2.
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_MATRICES[10] = "bt2020"
_TURNS = {90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}


class NoPicture(Exception):
    """`trouble` says why."""

    def __init__(self, trouble: FilmTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Film:
    """One open file. Closes `fd` in the end."""

    def __init__(self, fd: int) -> None:
        self._file = FileIO(fd, "rb")
        self._file.seek(0)
        allowed = {"format_whitelist": _FORMATS, "codec_whitelist": _CODECS}
        allowed |= {"protocol_whitelist": "none", "max_pixels": str(_LARGEST_SIDE**2)}
        try:
            self._container: InputContainer = av.open(
                self._file, "r", options=allowed, buffer_size=2**18
            )
        except av.FFmpegError as e:
            self._file.close()
            refused = isinstance(e, (av.error.ArgumentError, av.error.DecoderNotFoundError))
            raise NoPicture(FilmTrouble.REFUSED if refused else FilmTrouble.BROKEN) from e
        self.is_still = self._container.format.name in _STILL
        streams = [
            s for s in self._container.streams.video if not s.disposition & Disposition.attached_pic
        ]
        if not streams or streams[0].codec_context is None:
            self.close()
            raise NoPicture(FilmTrouble.NO_PICTURE)
        self._stream = streams[0]
        if not 0 < max(self._stream.width, self._stream.height) <= _LARGEST_SIDE:
            trouble = FilmTrouble.TOO_HEAVY if self._stream.width else FilmTrouble.BROKEN
            self.close()
            raise NoPicture(trouble)
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = _THREADS
        self._times: list[int] = []  # of each frame, in playing order
        self._keys: list[tuple[int, int]] = []  # time of presentation and of decoding
        self._is_counted = False  # frames bear no times: they are told by their order
        self._decoding: Iterator[VideoFrame] = iter(())
        self._last = -1  # the frame that was decoded last
        self._held: tuple[int, VideoFrame] | None = None
        self._errors = 0
        self._rotation: int | None = None

    def close(self) -> None:
        self._decoding, self._held = iter(()), None
        self._container.close()
        self._file.close()

    @property
    def bytes(self) -> int:
        """About so many are held by its decoder."""
        told = self._stream.codec_context.format
        parts = told.components if told is not None else ()
        planes = [c.width * c.height * (2 if c.bits > 8 else 1) for c in parts]
        return sum(planes) * _DECODER_FRAMES

    # --- what it is ------------------------------------------------------------------------

    def facts(self, check: "Check") -> FilmFacts:
        stream, context = self._stream, self._stream.codec_context
        times = self._index(check)
        length = self._length_s()
        fps = stream.average_rate or stream.guessed_rate or Fraction(0)
        steps = {b - a for a, b in itertools.pairwise(times)}
        # A rate such as 23.976 in a clock of milliseconds has steps that differ by one.
        varies = len(steps) > 1 and max(steps) - min(steps) > 1
        audio = next(iter(self._container.streams.audio), None)
        wide, tall = self.shown_size()
        return FilmFacts(
            container=self._container.format.name,
            codec=context.codec.canonical_name,
            pixel_format=context.pix_fmt or "",
            width=stream.width,
            height=stream.height,
            rotation=self.rotation(),
            shown_width=wide,
            shown_height=tall,
            frames=len(times),
            fps=fps,
            length_s=length,
            audio=audio.codec_context.codec.canonical_name if audio else "",
            hdr=_HDR.get(int(context.color_trc), ""),
            is_variable=varies,
            times_us=self._times_us() if varies else (),
        )

    def _times_us(self) -> tuple[int, ...]:
        base = (self._stream.time_base or Fraction(1, av.time_base)) * 1_000_000
        return tuple(round((time - self._times[0]) * base) for time in self._times)

    def _length_s(self) -> float:
        stream = self._stream
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        return (self._container.duration or 0) / av.time_base

    def rotation(self) -> int:
        """Degrees clockwise. Only frames tell: the first one is decoded."""
        if self._rotation is None:
            self._rotation = -round(self.first().rotation / 90) * 90 % 360
        return self._rotation

    def first(self) -> VideoFrame:
        """The first frame, without reading the whole file. It is held."""
        if self._held is None or self._held[0] != 0:
            self._rewind()
            first = next(self._decoding, None)
            self._rewind()
            if first is None:
                raise NoPicture(FilmTrouble.BROKEN)
            self._held = (0, first)
        return self._held[1]

    def shown_size(self) -> tuple[int, int]:
        wide, tall = self._stream.width, self._stream.height
        aspect = self._stream.sample_aspect_ratio
        if aspect and aspect != 1:
            wide = min(_LARGEST_SIDE, max(1, round(wide * aspect)))
        return (tall, wide) if self.rotation() in (90, 270) else (wide, tall)

    @property
    def count(self) -> int:
        return len(self._times)

    def _index(self, check: "Check") -> list[int]:
        """The times of all frames. Reads the file once, without decoding, where packets tell."""
        if self._times:
            return self._times
        self._rewind()
        times: list[int] = []
        keys: list[tuple[int, int]] = []
        for packet in self._container.demux(self._stream):
            check()
            if packet.size == 0 or packet.is_discard:
                continue
            if packet.pts is None:
                times = []
                break
            times.append(packet.pts)
            if packet.is_keyframe:
                keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
            if len(times) > _MOST_FRAMES:
                raise NoPicture(FilmTrouble.TOO_HEAVY)
        if times and len(set(times)) == len(times):
            self._times, self._keys = sorted(times), sorted(keys)
        else:
            self._count(check)
        self._rewind()
        if not self._times:
            raise NoPicture(FilmTrouble.BROKEN)
        return self._times

    def _count(self, check: "Check") -> None:
        """Where packets do not tell the times, all frames are decoded once."""
        self._rewind()
        times: list[int | None] = []
        for frame in self._decoding:
            check()
            times.append(frame.pts)
            if len(times) > _MOST_FRAMES:
                raise NoPicture(FilmTrouble.TOO_HEAVY)
        known = [time for time in times if time is not None]
        self._is_counted = len(set(known)) != len(times) or known != sorted(known)
        self._times = list(range(len(times))) if self._is_counted else known

    # --- frames ------------------------------------------------------------------------------

    def frame(self, n: int, check: "Check") -> VideoFrame:
        """Frame `n`, exactly: decoded from the key frame before it, or on from where it stands."""
        self._index(check)
        self._held = None
        n = min(max(0, n), len(self._times) - 1)
        for earlier in range(4):  # a key frame may be of no use: then one before it
            if earlier or not self._key_of(n) <= self._last + 1 <= n:
                self._seek(n, earlier)
            for frame in self._decoding:
                at = self._last = self._number(frame)
                check()
                if at == n:
                    return frame
                if at > n:
                    break
            if self._is_counted or not self._keys:
                break
        self._last = -2  # nothing goes on from here
        raise NoPicture(FilmTrouble.BROKEN)

    def near(self, n: int, check: "Check") -> tuple[int, VideoFrame]:
        """The key frame at or before `n`, and its number: what can be shown at once."""
        self._index(check)
        key = self._key_of(min(max(0, n), len(self._times) - 1))
        return key, self.frame(key, check)

    def near_end(self, check: "Check") -> VideoFrame:
        """The last key frame, found without reading the whole file; where nothing comes of that,
        the last frame."""
        found = self.at(self._length_s(), check, exact=False)
        return found or self.frame(len(self._index(check)) - 1, check)

    def at(self, seconds: float, check: "Check", *, exact: bool = True) -> VideoFrame | None:
        """The frame shown at a time, found without reading the whole file. None: none comes."""
        base = self._stream.time_base or Fraction(1, av.time_base)
        wanted = self._start() + int(seconds / base)
        with suppress(av.FFmpegError):
            self._container.seek(wanted, stream=self._stream)
        self._last = -2  # somewhere: the next one is sought
        self._decoding = self._frames()
        found = None
        for found in self._decoding:
            check()
            if not exact or found.pts is None or found.pts + (found.duration or 0) > wanted:
                break
        return found

    def along(self, check: "Check") -> Iterator[VideoFrame]:
        """Frames of a strip, along the whole film. Of a long one the nearest key frames."""
        count = len(self._index(check))
        for k in range(STRIP_FRAMES):
            n = int(count * (k + 0.5) / STRIP_FRAMES)
            yield self.near(n, check)[1] if count > _LONG else self._again(n, check)

    def _again(self, n: int, check: "Check") -> VideoFrame:
        """Frame `n`; that which was decoded last is not decoded once more."""
        if self._held is None or self._held[0] != n:
            self._held = (n, self.frame(n, check))
        return self._held[1]

    def _start(self) -> int:
        return self._stream.start_time or 0

    def _rewind(self) -> None:
        with suppress(av.FFmpegError):  # a picture cannot be sought in, and need not
            self._container.seek(min(0, self._start()), stream=self._stream)
        self._last = -1
        self._decoding = self._frames()

    def _seek(self, n: int, earlier: int) -> None:
        keys = bisect_right(self._keys, (self._times[n], 2**63)) - 1 - earlier
        if self._is_counted or keys < 0 or earlier == 3:
            self._rewind()
            return
        self._container.seek(min(self._keys[keys]), stream=self._stream)
        self._last = bisect_left(self._times, self._keys[keys][0]) - 1
        self._decoding = self._frames()

    def _key_of(self, n: int) -> int:
        """The number of the key frame at or before `n`."""
        at = bisect_right(self._keys, (self._times[n], 2**63)) - 1
        return 0 if at < 0 else bisect_left(self._times, self._keys[at][0])

    def _number(self, frame: VideoFrame) -> int:
        if self._is_counted or frame.pts is None:
            return self._last + 1
        return bisect_left(self._times, frame.pts)

    def _frames(self) -> Iterator[VideoFrame]:
        """Frames in playing order from where the file stands; damaged ones are passed over."""
        for packet in self._container.demux(self._stream):
            try:
                yield from packet.decode()
            except av.error.EOFError:
                return
            except av.FFmpegError as e:
                self._errors += 1
                if self._errors > _MOST_ERRORS:
                    raise NoPicture(FilmTrouble.BROKEN) from e


class Check:
    """Called between frames. Raises `NoPicture` (dropped) once something else is asked for."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked

    def __call__(self) -> None:
        if select.select([self._asked], [], [], 0)[0]:
            raise NoPicture(FilmTrouble.DROPPED)


# --- pixels -------------------------------------------------------------------------------------

_scalers: OrderedDict[tuple[object, ...], "Scaler"] = OrderedDict()
#: By transfer and primaries of what is mapped to BT.709: the picture of a colour table.
_tables: dict[tuple[int, int], VideoFrame] = {}


def scaled(
    film: Film, frame: VideoFrame, width: int, height: int, pixels: str = "bgra"
) -> VideoFrame:
    """The frame turned, in a size and format; its colours as a usual screen shows them.

    HDR (PQ, HLG) and the wide colours of BT.2020 are mapped to BT.709 by FFmpeg.
    """
    colour = (frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries)
    turned = film.rotation()
    key = (frame.width, frame.height, frame.format.name, *colour, turned, width, height, pixels)
    scaler = _scalers.pop(key, None) or _scaler(frame, turned, width, height, pixels)
    if width * height <= _LARGE_PICTURE:
        _scalers[key] = scaler
    if len(_scalers) > _MOST_SCALERS:
        _scalers.popitem(last=False)
    return scaler(frame)


class Scaler:
    """A graph of filters, and where frames go into it."""

    def __init__(self, graph: av.filter.Graph, source: FilterContext) -> None:
        self._graph, self._source = graph, source

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        self._source.push(frame)
        made = self._graph.pull()
        assert isinstance(made, VideoFrame)
        return made


def _table(transfer: int, primaries: int) -> VideoFrame:
    """What colours of RGB become in BT.709, as a picture for FFmpeg's `haldclut`.

    FFmpeg computes for seconds what a colour becomes, anew for each size of picture: so it is asked
    once, for a picture of all colours.
    """
    if (known := _tables.get((transfer, primaries))) is not None:
        return known
    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add("haldclutsrc", f"level={_TABLE_LEVEL}"),
        graph.add("format", _DEEP),
        graph.add("buffersink"),
    )
    graph.configure()
    colours = graph.pull()
    assert isinstance(colours, VideoFrame)
    colours.color_trc, colours.color_primaries = transfer, primaries
    colours.color_range = _FULL_RANGE
    graph = av.filter.Graph()
    source = _source(graph, colours)
    how = "in_range=pc:out_range=pc:out_transfer=bt709:out_primaries=bt709"
    graph.link_nodes(
        source, graph.add("scale", how), graph.add("format", _DEEP), graph.add("buffersink")
    )
    graph.configure()
    made = _tables[transfer, primaries] = Scaler(graph, source)(colours)
    return made


def _source(graph: av.filter.Graph, frame: VideoFrame) -> FilterContext:
    """Where frames of this size and format go in."""
    return graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or Fraction(1, 25),
    )


def _scaler(frame: VideoFrame, turned: int, width: int, height: int, pixels: str) -> Scaler:
    if turned in (90, 270):
        width, height = height, width
    how = f"w={width}:h={height}:out_range=pc"
    if width * 2 <= frame.width:
        how += ":flags=area"
    if not frame.format.is_rgb:
        # Untold: as players guess, by size. Source: mpv, mp_csp_guess_colorspace.
        usual = "bt709" if frame.width >= 1280 or frame.height > 576 else "bt601"
        how += f":in_color_matrix={_MATRICES.get(int(frame.colorspace), usual)}"
        full = int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj")
        how += f":in_range={'pc' if full else 'tv'}"
    is_wide = int(frame.color_trc) in _HDR or int(frame.color_primaries) == _BT2020
    is_mapped = is_wide and pixels != "gray"
    in_jpeg = ":out_color_matrix=bt601" if pixels == "yuv444p" else ""
    graph = av.filter.Graph()
    source = _source(graph, frame)
    chain = [source, graph.add("scale", how + ("" if is_mapped else in_jpeg))]
    table = colours = None
    if is_mapped:
        chain += [graph.add("format", _DEEP), graph.add("haldclut")]
        table = _table(int(frame.color_trc), int(frame.color_primaries))
        colours = _source(graph, table)
        colours.link_to(chain[-1], 0, 1)
        chain.append(graph.add("scale", f"out_range=pc{in_jpeg}"))
    chain.append(graph.add("format", pixels))
    chain += [graph.add(*step.split("=")) for step in _TURNS.get(turned, ())]
    graph.link_nodes(*chain, graph.add("buffersink"))
    graph.configure()
    if colours is not None:
        colours.push(table)
        colours.push(None)
    return Scaler(graph, source)


# --- posters and strips -----------------------------------------------------------------------


def brightness(film: Film, frame: VideoFrame) -> float:
    """Mean grey, 0 to 255."""
    grey = scaled(film, frame, 32, 32, "gray")
    return sum(_packed(grey, 1)) / (32 * 32)


def poster(film: Film, check: Check) -> VideoFrame:
    """The first frame after half a second that is not black; else the brightest one tried, or the
    first of all where none can be sought."""
    length = film._length_s()
    tried: list[VideoFrame] = []
    for at in (min(_POSTER_AT_S, length / 2), length / 4, length / 2, length * 3 / 4):
        frame = film.at(at, check)
        if frame is not None:
            if brightness(film, frame) > _BLACK:
                return frame
            tried.append(frame)
    return max(tried or [film.first()], key=lambda frame: brightness(film, frame))


def _packed(frame: VideoFrame, depth: int) -> bytes | memoryview:
    """The pixels of a frame of one plane, without what pads its rows."""
    plane, row = frame.planes[0], frame.width * depth
    raw = memoryview(plane)
    if plane.line_size == row:
        return raw[: row * frame.height]
    step = plane.line_size
    return b"".join(raw[y * step : y * step + row] for y in range(frame.height))


def jpeg(frame: VideoFrame) -> bytes:
    """A frame of full-range yuv444p as a JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj444p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"flags": "+qscale", "global_quality": str(3 * 118), "strict": "unofficial"}
    frame.pts = 0
    return b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))


# --- answering ----------------------------------------------------------------------------------


class Server:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._check = Check(control)
        self._films: OrderedDict[tuple[int, ...], Film] = OrderedDict()

    def run(self) -> None:
        """Answer until the other side closes."""
        while (asked := self._receive()) is not None:
            wish, descriptors = asked
            try:
                if wish["what"] != "stop":
                    self._send(self._answer(wish, descriptors))
            except NoPicture as e:
                self._send({"trouble": e.trouble.value})
            except MemoryError:
                self._send({"trouble": FilmTrouble.TOO_HEAVY.value})
            except (av.FFmpegError, OSError, ValueError):
                self._send({"trouble": FilmTrouble.BROKEN.value})
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)

    def _answer(self, wish: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        film, check, what = self._film(descriptors[0]), self._check, wish["what"]
        if what == "facts":
            facts = asdict(film.facts(check))
            return {"facts": facts | {"fps": str(facts["fps"])}}
        if what == "shows":
            film.first()
            film.near_end(check)
            return {"frames": 2}
        if what in ("poster", "strip", "image"):
            return {"frames": self._draw(film, what, descriptors[1])}
        if what == "first":
            size = fitted(*film.shown_size(), int(wish["side"]))
            made = scaled(film, film.first(), *size)
            with mmap.mmap(descriptors[1], size[0] * size[1] * 4) as pixels:
                pixels[:] = _packed(made, 4)
            return {"frames": 1, "width": size[0], "height": size[1]}
        width, height = int(wish["width"]), int(wish["height"])
        if what == "fill":
            return self._fill(film, wish, width, height, descriptors[1])
        n = int(wish["n"])
        if what == "near":
            n, frame = film.near(n, check)
        else:
            frame = film.frame(n, check)
        with mmap.mmap(descriptors[1], width * height * 4) as pixels:
            pixels[:] = _packed(scaled(film, frame, width, height), 4)
        return {"frames": 1, "n": n}

    def _fill(
        self, film: Film, wish: dict[str, Any], width: int, height: int, out: int
    ) -> dict[str, Any]:
        """All frames from `first` to `last`, each told as soon as it is there."""
        size, first, last = width * height * 4, int(wish["first"]), int(wish["last"])
        with mmap.mmap(out, size * (last - first + 1)) as pixels:
            for n in range(first, last + 1):
                made = _packed(scaled(film, film.frame(n, self._check), width, height), 4)
                pixels[(n - first) * size : (n - first + 1) * size] = made
                self._send({"n": n})
        return {"frames": last - first + 1}

    def _draw(self, film: Film, what: str, out: int) -> int:
        if (what == "image") is not film.is_still:
            raise NoPicture(FilmTrouble.REFUSED)
        side = STRIP_SIDE if what == "strip" else POSTER_SIDE
        size = fitted(*film.shown_size(), side)
        if what == "strip":
            made = _joined([scaled(film, f, *size, "yuv444p") for f in film.along(self._check)])
        elif what == "image":
            made = scaled(film, film.first(), *size, "yuv444p")
        else:
            made = scaled(film, poster(film, self._check), *size, "yuv444p")
        with open(out, "wb", closefd=False) as file:
            file.write(jpeg(made))
        return STRIP_FRAMES if what == "strip" else 1

    def _film(self, fd: int) -> Film:
        """The film behind a descriptor; those looked into last stay open."""
        told = os.fstat(fd)
        key = (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)
        film = self._films.pop(key, None) or Film(os.dup(fd))
        self._films[key] = film
        while len(self._films) > _HELD_OPEN or (len(self._films) > 1 and self._is_heavy()):
            self._close_oldest()
        return film

    def _is_heavy(self) -> bool:
        return sum(film.bytes for film in self._films.values()) > _MOST_DECODERS

    def _close_oldest(self) -> None:
        self._films.popitem(last=False)[1].close()  # its decoder ends with the last reference
        memory.give_back()

    def _send(self, answer: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(answer).encode() + b"\n")

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next request. None: nobody asks any more, or has not for a while.

        The descriptors come with its first byte. A "stop" that came too late may stand before it.
        """
        if self._is_heavy() and not select.select([self._control], [], [], _REST_S)[0]:
            _scalers.clear()
            while self._films:
                self._close_oldest()
        if not select.select([self._control], [], [], _IDLE_S)[0]:
            return None
        told, descriptors, _flags, _address = socket.recv_fds(self._control, _MOST_LINE, 2)
        while told and not told.endswith(b"\n"):
            more = self._control.recv(_MOST_LINE)
            told = told + more if more else b""
        return (json.loads(told.splitlines()[-1]), list(descriptors)) if told else None


def _joined(frames: list[VideoFrame]) -> VideoFrame:
    """Frames of one size, in rows and columns."""
    wide, tall = frames[0].width, frames[0].height
    sheet = VideoFrame(wide * STRIP_COLUMNS, tall * STRIP_ROWS, "yuv444p")
    for plane in range(3):
        step = sheet.planes[plane].line_size
        whole = bytearray(step * sheet.height)
        for k, frame in enumerate(frames):
            raw, own = memoryview(frame.planes[plane]), frame.planes[plane].line_size
            left, top = k % STRIP_COLUMNS * wide, k // STRIP_COLUMNS * tall
            for y in range(tall):
                to = (top + y) * step + left
                whole[to : to + wide] = raw[y * own : y * own + wide]
        sheet.planes[plane].update(bytes(whole))
    return sheet


def main() -> int:
    av.logging.set_level(None)
    memory.keep_little()
    with socket.socket(fileno=os.dup(0)) as control:
        Server(control).run()
    return 0
