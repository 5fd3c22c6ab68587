"""The frame server on films made by ffmpeg: what it says and shows is what ffprobe and ffmpeg say
and show."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rushes.assets import asset
from rushes.core.film import DecodedFrame, FilmFacts, FilmTrouble, fitted
from rushes.files.frames import FrameMemory, FrameServer, Haste
from rushes.helpers.frames import Check, Film, NoPicture
from tests.conftest import Drive
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")

_FFMPEG = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y")
_AVC = "-c:v libx264 -preset ultrafast"
_HEVC = "-c:v libx265 -preset ultrafast -x265-params log-level=none"
_AV1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime"
_VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"
_BT709 = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"
_VARIES = "-vf select='not(eq(mod(n\\,7)\\,3))+lt(n\\,9)' -fps_mode vfr"

#: File name → size, rate, seconds, and what ffmpeg is told. With sound where "aac", "opus", "pcm".
FILMS = {
    "h264.mp4": ("320x180", "24", 2, f"{_AVC} -g 12 -c:a aac"),
    "one-key-b.mp4": ("320x180", "24000/1001", 4, f"{_AVC} -g 999 -bf 3 -c:a aac"),
    "ten-bit.mp4": ("320x180", "25", 2, f"{_AVC} -pix_fmt yuv420p10le"),
    "444.mp4": ("320x180", "30", 2, f"{_AVC} -pix_fmt yuv444p"),
    "422-ten.mov": ("320x180", "30000/1001", 2, f"{_AVC} -pix_fmt yuv422p10le -c:a pcm_s16le"),
    "50.mp4": ("320x180", "50", 2, f"{_AVC} -bf 2 -g 25"),
    "60.mp4": ("320x180", "60", 2, f"{_AVC} -bf 2 -g 30"),
    "5994.mkv": ("320x180", "60000/1001", 2, f"{_AVC} -bf 2 -g 30"),
    "hevc.mp4": ("320x180", "24", 2, f"{_HEVC} -tag:v hvc1"),
    "hevc-open.mp4": ("320x180", "24", 3, f"{_HEVC}:open-gop=1:keyint=24:bframes=3"),
    "hevc-ten.mp4": ("320x180", "24", 2, f"{_HEVC} -pix_fmt yuv420p10le"),
    "av1.mp4": ("320x180", "24", 2, f"{_AV1} -c:a aac"),
    "av1-ten.mkv": ("320x180", "24", 2, f"{_AV1} -pix_fmt yuv420p10le"),
    "vp8.webm": ("320x180", "24", 2, "-c:v libvpx -deadline realtime"),
    "vp9.webm": ("320x180", "24", 2, f"{_VP9} -c:a libopus"),
    "vp9-alt.webm": ("320x180", "24", 2, "-c:v libvpx-vp9 -auto-alt-ref 1 -lag-in-frames 16"),
    "vp9-ten.webm": ("320x180", "24", 2, f"{_VP9} -pix_fmt yuv420p10le"),
    "vp9-odd.webm": ("101x57", "24", 2, _VP9),
    "prores.mov": ("320x180", "24", 2, "-c:v prores_ks -c:a pcm_s24le"),
    "prores-4444.mov": ("320x180", "24", 1, "-c:v prores_ks -pix_fmt yuva444p10le"),
    "mjpeg.mov": ("320x180", "24", 2, "-c:v mjpeg -q:v 3"),
    "dnxhr.mov": ("320x180", "24", 1, "-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p"),
    "mpeg4.avi": ("320x180", "25", 2, "-c:v mpeg4 -bf 2 -q:v 3"),
    "h264.avi": ("320x180", "25", 2, f"{_AVC} -bf 0"),
    "ffv1.mkv": ("320x180", "24", 1, "-c:v ffv1"),
    "h264.ts": ("320x180", "25", 2, f"{_AVC} -bf 2 -c:a aac"),
    "clip.gif": ("160x90", "10", 2, "-c:v gif"),
    "fragments.mp4": ("320x180", "24", 2, f"{_AVC} -g 12 -movflags +frag_keyframe+empty_moov"),
    "varies.mp4": ("320x180", "30", 3, f"{_AVC} -bf 2 {_VARIES}"),
    "varies.mkv": ("320x180", "30", 3, f"{_AVC} {_VARIES}"),
    "odd.mp4": ("321x183", "24", 1, f"{_AVC} -pix_fmt yuv444p"),
    "full-range.mp4": ("320x180", "24", 1, f"{_AVC} -pix_fmt yuvj420p {_BT709}"),
    "bt709.mp4": ("1280x720", "24", 1, f"{_AVC} {_BT709}"),
    "one-frame.mp4": ("320x180", "24", 1, f"{_AVC} -frames:v 1"),
    "hour.mp4": ("64x36", "8", 3600, f"{_AVC} -g 250"),
}
_TURNED = {"turned-90.mp4": "90", "turned-180.mp4": "180", "turned-270.mp4": "270"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("films")
    yield made
    shutil.rmtree(made)


def film(folder: Path, name: str) -> Path:
    path = folder / name
    if path.exists():
        return path
    if name in _TURNED:  # only a copy gets the matrix that turns it
        words = ["-i", str(film(folder, "h264.mp4")), "-c", "copy", "-metadata:s:v:0"]
        subprocess.run([*_FFMPEG, *words, f"rotate={_TURNED[name]}", str(path)], check=True)
        return path
    size, rate, seconds, how = FILMS[name]
    words = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]
    if "-c:a" in how:
        words += ["-f", "lavfi", "-i", f"sine=d={seconds}"]
    if "-pix_fmt" not in how and "gif" not in how:
        how += " -pix_fmt " + ("yuv422p10le" if "prores" in how else "yuv420p")
    subprocess.run([*_FFMPEG, *words, *how.replace("'", "").split(), str(path)], check=True)
    return path


def probed(path: Path) -> dict[str, Any]:
    wanted = "stream=codec_name,width,height,pix_fmt,avg_frame_rate,nb_read_frames,duration"
    words = ["-select_streams", "v:0", "-count_frames", "-show_entries", wanted]
    words += ["-show_entries", "format=duration", "-of", "json"]
    out = subprocess.run(["ffprobe", "-v", "error", *words, path], check=True, capture_output=True)
    told = json.loads(out.stdout)
    return {"length": told["format"]["duration"], **told["streams"][0]}


def likeness(path: Path, shown: list[DecodedFrame], folder: Path) -> list[float]:
    """How like ffmpeg's frames of the same numbers these are (SSIM over red, green and blue)."""
    order = sorted(shown, key=lambda frame: frame.frame)
    raw = folder / f"{path.name}.raw"
    raw.write_bytes(b"".join(frame.pixels for frame in order))
    wanted = "+".join(f"eq(n\\,{frame.frame})" for frame in order)
    size = f"{order[0].width}x{order[0].height}"
    graph = (
        f"[1:v]select={wanted},setpts=N/25/TB,format=bgra,format=gbrp[b];"
        "[0:v]setpts=N/25/TB,format=gbrp[a];[a][b]ssim=stats_file=-"
    )
    words = ["-f", "rawvideo", "-pix_fmt", "bgra", "-s", size, "-r", "25", "-i", str(raw)]
    words += ["-i", str(path), "-filter_complex", graph]
    words += ["-fps_mode", "passthrough", "-f", "null", "-"]
    done = subprocess.run([*_FFMPEG, *words], check=True, capture_output=True, text=True)
    raw.unlink()
    return [float(line.split("All:")[1].split()[0]) for line in done.stdout.splitlines()]


@asynccontextmanager
async def serving(folder: Path, answer_s: float = 60.0) -> AsyncIterator[FrameServer]:
    server = FrameServer(folder / "own", answer_s=answer_s)
    try:
        yield server
    finally:
        await server.aclose()


@pytest.mark.parametrize("name", [*FILMS, *_TURNED])
def test_that_facts_and_frames_are_those_of_ffmpeg(
    name: str, folder: Path, drive: Drive[None]
) -> None:
    path = film(folder, name)
    told = probed(path)
    dice = random.Random(name)

    async def work() -> None:
        async with serving(folder) as server:
            facts = await server.facts(path)
            assert isinstance(facts, FilmFacts), facts
            assert facts.frames == int(told["nb_read_frames"])
            assert (facts.width, facts.height) == (told["width"], told["height"])
            assert facts.fps == Fraction(told["avg_frame_rate"])
            length = float(told.get("duration", told["length"]))
            assert abs(facts.length_s - length) < 0.0011
            assert (facts.codec, facts.pixel_format) == (told["codec_name"], told["pix_fmt"])
            assert bool(facts.audio) == ("-c:a" in FILMS.get(name, FILMS["h264.mp4"])[3])
            assert facts.is_variable == name.startswith("varies")
            assert facts.rotation == int(_TURNED.get(name, 0)) * -1 % 360
            assert await server.plays(path) is None
            wanted = {0, facts.frames - 1, *(dice.randrange(facts.frames) for _ in range(8))}
            shown = []
            for n in dice.sample(sorted(wanted), len(wanted)):  # forward and backward
                frame = await server.frame(path, n)
                assert isinstance(frame, DecodedFrame), frame
                assert frame.frame == n
                shown.append(frame)
        found = likeness(path, shown, folder)
        assert len(found) == len(shown)
        assert min(found) >= 0.98, found

    drive(work())


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", ["bt601", "bt709", "bt2020"])
def test_that_colours_are_those_that_were_filmed(
    matrix: str, full: bool, tmp_path: Path, drive: Drive[None]
) -> None:
    """By what the file says; one of that size that says nothing is BT.601."""
    path, tag = tmp_path / "orange.mp4", {"bt601": "smpte170m", "bt2020": "bt2020nc"}
    spans = "pc" if full else "tv"
    graph = f"scale=out_color_matrix={matrix}:out_range={spans},format=yuv444p"
    words = ["-f", "lavfi", "-i", "color=0xc8502d:s=64x64:d=0.2", "-vf", graph]
    words += [*_AVC.split(), "-qp", "0", "-colorspace", tag.get(matrix, matrix)]
    subprocess.run([*_FFMPEG, *words, "-color_range", spans, str(path)], check=True)

    async def work() -> None:
        async with serving(tmp_path) as server:
            frame = await server.frame(path, 2)
            assert isinstance(frame, DecodedFrame)
            blue, green, red, alpha = frame.pixels[:4]
            assert max(abs(red - 0xC8), abs(green - 0x50), abs(blue - 0x2D)) <= 3
            assert alpha == 255

    drive(work())


@pytest.mark.parametrize("curve", ["smpte2084", "arib-std-b67"])
def test_that_hdr_is_told_and_becomes_what_a_usual_screen_shows(
    curve: str, tmp_path: Path, drive: Drive[None]
) -> None:
    """A grey of 100 cd/m² stands at half of the PQ curve; shown unchanged it would be 128."""
    path = tmp_path / "hdr.mp4"
    colours = f"-color_primaries bt2020 -color_trc {curve} -colorspace bt2020nc"
    words = ["-f", "lavfi", "-i", "color=0x828282:s=64x64:d=0.2", *_HEVC.split()]
    words += ["-pix_fmt", "yuv420p10le", *colours.split(), str(path)]
    subprocess.run([*_FFMPEG, *words], check=True)

    async def work() -> None:
        async with serving(tmp_path) as server:
            facts, frame = await server.facts(path), await server.frame(path, 1)
            assert isinstance(facts, FilmFacts)
            assert facts.hdr == ("PQ" if curve == "smpte2084" else "HLG")
            assert isinstance(frame, DecodedFrame)
            blue, green, red = frame.pixels[:3]
            assert max(red, green, blue) - min(red, green, blue) <= 3
            assert red > 140
            before = processor_s(server)
            for side in (48, 32):  # other takes wait meanwhile
                assert isinstance(await server.frame(path, 0, side), DecodedFrame)
            assert processor_s(server) - before < 1

    drive(work())


def processor_s(server: FrameServer) -> float:
    """Seconds of processor that the server has used."""
    stat = Path(f"/proc/{server.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


# --- what is asked while something else is answered -----------------------------------------------


def test_that_all_frames_come_in_order_and_are_the_same_as_one_by_one(
    folder: Path, drive: Drive[None]
) -> None:
    path = film(folder, "one-key-b.mp4")

    async def work() -> None:
        async with serving(folder) as server:
            memory, told = FrameMemory(160, 90, 3, 60), list[int]()
            try:
                assert await server.fill(path, memory, told.append) is None
                assert told == list(range(3, 61))
                for n in (3, 31, 60):
                    assert await server.frame(path, n, 160) == memory.picture(n)
            finally:
                memory.close()

    drive(work())


def test_that_the_nearest_frame_is_a_key_frame_and_says_which(
    folder: Path, drive: Drive[None]
) -> None:
    path = film(folder, "h264.mp4")

    async def work() -> None:
        async with serving(folder) as server:
            near = await server.near(path, 29, 160)
            assert isinstance(near, DecodedFrame)
            assert near.frame == 24
            assert near == await server.frame(path, 24, 160)

    drive(work())


def test_that_what_is_urgent_goes_first_and_the_rest_is_made_afterwards(
    folder: Path, drive: Drive[None]
) -> None:
    path, busy = film(folder, "h264.mp4"), film(folder, "hour.mp4")

    async def work() -> None:
        async with serving(folder) as server:
            assert isinstance(await server.facts(path), FilmFacts)
            ended: list[str] = []

            async def strip() -> None:
                assert await server.draw("strip", busy, folder / "urgent.jpg") is None
                ended.append("strip")

            memory, first = FrameMemory(64, 36, 0, 9_999), asyncio.Event()
            loop = asyncio.get_running_loop()

            def came(_n: int) -> None:
                loop.call_soon_threadsafe(first.set)

            filled = asyncio.create_task(server.fill(busy, memory, came))
            await first.wait()
            waiting = asyncio.create_task(strip())
            frame = await server.frame(path, 40, haste=Haste.NOW)
            ended.append("frame")
            assert isinstance(frame, DecodedFrame)
            assert await filled is FilmTrouble.DROPPED
            memory.close()
            await waiting
            assert ended == ["frame", "strip"]

    drive(work())


# --- hostile files -----------------------------------------------------------------------------


def hostile(folder: Path) -> dict[str, bytes]:
    whole = film(folder, "h264.mp4").read_bytes()
    web = film(folder, "vp9.webm").read_bytes()
    dice = random.Random(5)
    png = asset("media", "lanterns.png").read_bytes()
    return {
        "empty.mp4": b"",
        "cut.mp4": whole[:3000],
        "junk.mp4": whole[:200] + dice.randbytes(50_000),
        "zeros.webm": web[:600] + bytes(len(web)),
        "sound.mp4": _sound(folder),
        "list.m3u8": f"#EXTM3U\n#EXTINF:2,\nfile://{folder}/h264.mp4\n#EXT-X-ENDLIST\n".encode(),
        "list.mp4": f"ffconcat version 1.0\nfile '{folder}/h264.mp4'\n".encode(),
        "drawing.mp4": b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        "wide.png": png[:16] + b"\x00\x00\xea\x60\x00\x00\xea\x60" + png[24:],
        "wide.mov": _wide(folder),
    }


def _sound(folder: Path) -> bytes:
    path = folder / "sound.mp4"
    words = ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", str(path)]
    subprocess.run([*_FFMPEG, *words], check=True)
    return path.read_bytes()


def _wide(folder: Path) -> bytes:
    path = folder / "wide.mov"
    words = ["-f", "lavfi", "-i", "color=s=9000x16:d=0.1", "-c:v", "mjpeg", str(path)]
    subprocess.run([*_FFMPEG, *words], check=True)
    return path.read_bytes()


def test_that_a_hostile_file_has_no_picture_and_the_next_film_has(
    folder: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    good = film(folder, "h264.mp4")

    async def work() -> None:
        async with serving(tmp_path) as server:
            assert isinstance(await server.facts(good), FilmFacts)
            first = server.pid
            for name, content in hostile(folder).items():
                path = tmp_path / f"x{name}"
                path.write_bytes(content)
                assert isinstance(await server.frame(path, 0), FilmTrouble), name
                assert isinstance(await server.plays(path), FilmTrouble), name
                for what in ("poster", "strip", "image"):
                    out = tmp_path / f"{name}.{what}.jpg"
                    assert isinstance(await server.draw(what, path, out), FilmTrouble), name
            assert await server.facts(tmp_path / "gone") is FilmTrouble.UNREADABLE
            assert await server.draw("poster", good, tmp_path / "good.jpg") is None
            assert server.pid == first, "it died of one of them"

    drive(work())


def test_that_films_with_blocks_of_other_bytes_end_no_server_for_good(
    folder: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    dice = random.Random(11)
    names = ("h264.mp4", "hevc.mp4", "vp9.webm", "av1.mp4", "prores.mov", "mpeg4.avi")

    async def work() -> None:
        async with serving(tmp_path, answer_s=10.0) as server:
            for name in names:
                whole = bytearray(film(folder, name).read_bytes())
                for _ in range(40):
                    at = dice.randrange(len(whole) - 64)
                    whole[at : at + 64] = dice.randbytes(64)
                path = tmp_path / name
                path.write_bytes(whole)
                for n in (0, 30, 47):
                    await server.frame(path, n)
                await server.draw("strip", path, tmp_path / f"{name}.jpg")
            assert isinstance(await server.frame(film(folder, "h264.mp4"), 3), DecodedFrame)

    drive(work())


def test_that_a_server_that_hangs_is_ended_and_the_next_one_answers(
    folder: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    path = film(folder, "h264.mp4")

    async def work() -> None:
        async with serving(tmp_path, answer_s=1.0) as server:
            while not isinstance(await server.facts(path), FilmFacts):
                pass  # a busy machine may take longer to start it
            first = server.pid
            assert first is not None
            os.kill(first, signal.SIGSTOP)
            began = time.monotonic()
            assert await server.frame(path, 0) is FilmTrouble.TOO_HEAVY
            assert time.monotonic() - began < 10
            while not isinstance(await server.frame(path, 0), DecodedFrame):
                pass
            assert server.pid not in (None, first)

    drive(work())


def test_that_it_is_closed_while_frames_come(folder: Path, drive: Drive[None]) -> None:
    path = film(folder, "one-key-b.mp4")

    async def work() -> None:
        loop, closed = asyncio.get_running_loop(), threading.Event()
        server, memory = FrameServer(folder / "own"), FrameMemory(160, 90, 0, 60)

        async def close() -> None:
            await server.aclose()
            closed.set()

        def came(n: int) -> None:
            if n == 0:
                asyncio.run_coroutine_threadsafe(close(), loop)
                assert closed.wait(LIMIT_S)

        try:
            told = await server.fill(path, memory, came)
            assert told in (FilmTrouble.NO_SERVER, FilmTrouble.BROKEN)
            await asyncio.sleep(0)  # whoever closed it ends
        finally:
            memory.close()

    drive(work())


def test_that_a_server_that_dies_or_does_not_start_is_told(
    tmp_path: Path, drive: Drive[None]
) -> None:
    film_path = asset("media", "dusk.mp4")
    dying = ("python3", "-c", "import os; os.read(0, 1); os._exit(11)")

    async def work() -> None:
        server = FrameServer(tmp_path, command=dying)
        assert await server.facts(film_path) is FilmTrouble.BROKEN
        assert await server.facts(film_path) is FilmTrouble.BROKEN
        await server.aclose()
        assert await server.facts(film_path) is FilmTrouble.NO_SERVER
        absent = FrameServer(tmp_path, command=(str(tmp_path / "absent"),))
        assert await absent.facts(film_path) is FilmTrouble.NO_SERVER
        await absent.aclose()

    drive(work())


def test_that_a_server_that_is_killed_once_leaves_no_film_broken(
    folder: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    """By the system when memory is short, or by a person."""
    path = film(folder, "one-key-b.mp4")

    async def work() -> None:
        async with serving(tmp_path) as server:
            memory, told = FrameMemory(160, 90, 0, 60), list[int]()

            def came(n: int) -> None:
                told.append(n)
                if len(told) == 5 and server.pid is not None:
                    os.kill(server.pid, signal.SIGKILL)

            try:
                assert await server.fill(path, memory, came) is None
                assert set(told) == set(range(61))
                assert await server.frame(path, 44, 160) == memory.picture(44)
            finally:
                memory.close()

    drive(work())


def test_that_a_picture_fits_and_is_never_made_larger() -> None:
    assert fitted(1920, 1080, 480) == (480, 270)
    assert fitted(1080, 1920, 480) == (270, 480)
    assert fitted(100, 50, 480) == (100, 50)
    assert fitted(8000, 1, 480) == (480, 1)


@pytest.mark.parametrize("name", ["varies.mp4", "varies.mkv"])
def test_that_frames_of_a_varying_rate_have_the_times_of_the_file(
    name: str, folder: Path, drive: Drive[None]
) -> None:
    path = film(folder, name)
    words = ["-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"]
    out = subprocess.run(["ffprobe", "-v", "error", *words, path], check=True, capture_output=True)
    told = sorted(float(line.split(b",")[0]) for line in out.stdout.split())

    async def work() -> None:
        async with serving(folder) as server:
            facts = await server.facts(path)
            assert isinstance(facts, FilmFacts)
            assert len(facts.times_us) == facts.frames == len(told)
            for n, time_us in enumerate(facts.times_us):
                assert abs(time_us / 1e6 - (told[n] - told[0])) < 2e-6
                assert facts.frame_at(time_us) == facts.frame_at(time_us + 900) == n
                assert facts.begin_us(n) == time_us
            assert facts.begin_us(facts.frames) > facts.times_us[-1]

    drive(work())


def test_that_frames_are_right_after_a_poster_was_broken_off(tmp_path: Path) -> None:
    """Two frames of this film have the same time each: they are told by their order."""
    path = tmp_path / "twice.mkv"
    words = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2", "-c:v", "mjpeg"]
    words += ["-bsf:v", "setts=ts=floor(N/2)*2", str(path)]
    subprocess.run([*_FFMPEG, *words], check=True)

    asking, asked = socket.socketpair()
    opened, check = Film(os.open(path, os.O_RDONLY)), Check(asked)
    try:
        every = [bytes(opened.frame(n, check).planes[0]) for n in range(48)]
        assert len(set(every[:40])) == 40
        for n in (0, 5, 24, 39):
            asking.send(b"x")
            with pytest.raises(NoPicture):
                opened.at(0.9, check)
            asked.recv(1)
            assert bytes(opened.frame(n, check).planes[0]) == every[n]
    finally:
        opened.close()
        asking.close()
        asked.close()


def test_that_a_film_with_one_key_frame_and_no_index_has_a_poster(
    folder: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    """Where it is sought in, nothing can be decoded any more."""
    path, out = film(folder, "h264.ts"), tmp_path / "poster.jpg"

    async def work() -> None:
        async with serving(folder) as server:
            assert await server.draw("poster", path, out) is None
            assert out.read_bytes()[:2] == b"\xff\xd8"

    drive(work())


@pytest.mark.parametrize("name", ["h264.ts", "turned-90.mp4", "vp9-odd.webm", "one-frame.mp4"])
def test_that_the_first_frame_is_there_before_the_file_was_read(
    name: str, folder: Path, drive: Drive[None]
) -> None:
    path = film(folder, name)

    async def work() -> None:
        async with serving(folder) as server:
            first = await server.first(path, 160)
            assert isinstance(first, DecodedFrame)
            same = await server.frame(path, 0, 160)
            assert first == same

    drive(work())
