"""The preview over a real frame server, on films whose frames say which one they are."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rushes.controllers.desktop import is_on_battery
from rushes.controllers.main_controller import MainController
from rushes.core.film import FilmTrouble
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task
from rushes.presentation.columns import Context
from rushes.ui.preview.preview import Preview
from tests import barcode
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.controllers.test_exports import put
from tests.ui.takes import ARK, NOW, ended, take, with_file

pytestmark = [
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg"),
    pytest.mark.qt_log_ignore("No RHI backend"),
]

CTX = Context(now=NOW)
_AVC = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_VARIES = "not(eq(mod(n\\,7)\\,3))+lt(n\\,9)"
FILMS: dict[str, dict[str, Any]] = {
    "one-key.mp4": {"how": (*_AVC, "-g", "999", "-bf", "2")},
    "keys.mp4": {"how": (*_AVC, "-g", "12")},
    "ntsc.mkv": {"rate": "30000/1001", "frames": 60},
    "varies.mp4": {"frames": 60, "thinned": _VARIES, "how": (*_AVC, "-bf", "2")},
    "starts-late.ts": {"rate": "25", "frames": 60, "how": (*_AVC, "-bf", "2")},
    "large.mp4": {"size": "3840x2160", "frames": 14},
    "tiny.mp4": {"size": "32x32", "frames": 1000},
    "hour.mp4": {"size": "160x90", "rate": "1", "frames": 3600, "how": (*_AVC, "-g", "600")},
}
#: What the numbers in the pictures of the film with gaps are.
_LEFT = [n for n in range(200) if n % 7 != 3 or n < 9]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("films")
    yield made
    shutil.rmtree(made)


@pytest.fixture
def windows(drive: Drive[Any], qtbot: QtBot) -> Windows:
    return Windows(drive, qtbot)


def film(folder: Path, name: str, number: int = 1) -> Path:
    path = folder / f"{number}-{name}"
    return path if path.exists() else barcode.make(path, number, **FILMS[name])


def task_of(path: Path, number: int = 1) -> Task:
    return with_file(ended(take(number)), ArtifactState.SAVED, path=str(path), size=1)


def shown(preview: Preview) -> tuple[int, int] | None:
    """Film and frame that the screen was given last."""
    return _seen(preview.stack.surface.video.videoSink())


def _seen(sink: QVideoSink) -> tuple[int, int] | None:
    return barcode.read(sink.videoFrame().toImage())


def inner(preview: Preview) -> QMediaPlayer:
    found = preview.player.findChild(QMediaPlayer)
    assert isinstance(found, QMediaPlayer)
    return found


def words(preview: Preview) -> str:
    labels = preview.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(preview))


@asynccontextmanager
async def open_at(
    windows: Windows, base: Path, path: Path
) -> AsyncIterator[tuple[MainController, Preview]]:
    """A window whose preview plays that film."""
    async with windows.desk(base) as desk:
        desk.preview.show_task(task_of(path), CTX)
        await until(lambda: not desk.preview.player.is_beginning)
        yield desk, desk.preview


async def all_at_hand(preview: Preview) -> None:
    """Pause, and wait until any frame is there at once."""
    player, source = preview.player, preview.player.frames
    player.pause()
    assert source is not None
    await until(lambda: player.size.isValid())
    await until(lambda: source.has_all(player.path, 0))


@pytest.mark.parametrize("name", ["one-key.mp4", "ntsc.mkv", "varies.mp4", "starts-late.ts"])
def test_that_numbers_are_those_of_the_frames_that_are_seen(
    name: str, windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """While it plays, and wherever it stands."""
    told: list[tuple[int, tuple[int, int] | None]] = []
    real = _LEFT if "varies" in name else list(range(200))

    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, name)) as (_, preview):
            player = preview.player
            await until(lambda: player.size.isValid())
            player.frame_shown.connect(lambda n: told.append((n, shown(preview))))
            await until(lambda: len(told) > 15)
            await all_at_hand(preview)
            before = player.frame
            assert shown(preview) == (1, real[before])
            for n in (41, 3, 42, 59, 0, 30):
                player.seek(n)
                assert shown(preview) == (1, real[n]), "without one turn of the loop"
                assert preview.transport.findChildren(QLabel)[1].text().startswith(f"{n + 1} /")
            frame = preview.take_frame()
            assert frame is not None
            assert (frame.number, barcode.read(frame.image)) == (31, (1, real[30]))
            told.clear()
            preview.toggle_play()
            await until(lambda: len(told) > 3)
            assert told[0][0] in range(30, 34), "it goes on from where it stood"

    windows.drive(work())
    assert [n for n, seen in told if seen != (1, real[n])] == []


def test_that_steps_and_drags_before_all_is_there_end_at_the_exact_frame(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            preview, player = desk.preview, desk.preview.player
            preview.show_task(task_of(film(folder, "one-key.mp4")), CTX)
            for _ in range(3):
                preview.step(1)  # before anything is known of the film
            await until(lambda: shown(preview) == (1, 3))
            for n in (90, 20, 60, 70):
                preview.transport.slider.setValue(n)
            await until(lambda: shown(preview) == (1, 70))
            assert player.frame == 70
            for _ in range(5):
                preview.step(-1)
            await until(lambda: shown(preview) == (1, 65))
            preview.mark_in()
            assert player.stretch == (65, None)

    windows.drive(work())


def test_that_backwards_shows_one_frame_after_the_other(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int] | None] = []

    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "one-key.mp4")) as (_, preview):
            await all_at_hand(preview)
            preview.player.seek(50)
            preview.player.frame_shown.connect(lambda _: seen.append(shown(preview)))
            preview.shuttle(-1)
            await until(lambda: preview.player.frame < 35)

    windows.drive(work())
    assert {(1, n) for n in range(36, 50)} <= set(seen)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
def test_that_a_muted_film_loops_from_memory_once_it_is_there(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """Nothing is decoded any more; each frame has its time, and the marks hold."""
    told: list[tuple[int, tuple[int, int] | None]] = []
    states: list[bool] = []

    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "one-key.mp4")) as (_, preview):
            player, playing = preview.player, inner(preview)
            await until(lambda: playing.playbackState() is QMediaPlayer.PlaybackState.PausedState)
            assert player.is_playing
            player.playing_changed.connect(states.append)
            player.set_stretch(10, 40)
            player.frame_shown.connect(lambda n: told.append((n, shown(preview))))
            spent = decoding_s()
            await until(lambda: [n for n, _ in told].count(40) >= 2)
            assert decoding_s() == spent
            preview.transport.slider.setValue(20)
            await until(lambda: player.frame > 22)
            player.set_looping(False)
            await until(lambda: not player.is_playing)
            assert player.frame == 40
            player.set_looping(True)
            preview.toggle_play()
            await until(lambda: 12 < player.frame < 40)
            preview.toggle_play()
            assert not player.is_playing

    windows.drive(work())
    assert [n for n, seen in told if seen != (1, n)] == []
    assert [state for state, _ in groupby(states)] == [False, True, False]


@pytest.mark.parametrize("content", [b"\0" * 4000, b"<html>no</html>", b"", b"#EXTM3U\n/etc/x\n"])
def test_that_the_player_gets_nothing_that_the_server_cannot_decode(
    windows: Windows, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            preview = desk.preview
            sources: list[object] = []
            inner(preview).sourceChanged.connect(sources.append)
            preview.show_task(task_of(path), CTX)
            await until(lambda: "This file cannot be played here" in words(preview))
            assert sources == []

    windows.drive(work())


def test_that_a_film_whose_end_cannot_be_decoded_does_not_reach_the_player(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "broken-end.mp4"
    data = bytearray(film(folder, "keys.mp4").read_bytes())
    begin, end = data.index(b"mdat") + 4, data.rindex(b"moov") - 4
    damaged = (begin + end) // 2
    data[damaged:end] = bytes(end - damaged)
    path.write_bytes(bytes(data))

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            preview = desk.preview
            sources: list[object] = []
            inner(preview).sourceChanged.connect(sources.append)
            preview.show_task(task_of(path), CTX)
            await until(lambda: "This file cannot be played here" in words(preview))
            assert sources == []

    windows.drive(work())


def test_that_takes_passed_by_quickly_are_painted_and_only_the_last_is_loaded(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """As with a held arrow key; their first frames were prepared."""
    paths = [film(folder, "one-key.mp4", number) for number in range(1, 6)]

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            preview, frames = desk.preview, desk.film_frames
            frames.prepare(str(path) for path in paths)
            await until(lambda: all(frames.nearest(str(path), 0) for path in paths))
            sources: list[str] = []
            inner(preview).sourceChanged.connect(lambda url: sources.append(url.toLocalFile()))
            preview.show_task(task_of(paths[0], 1), CTX)
            for number, path in enumerate(paths, 1):
                preview.show_task(task_of(path, number), CTX)
                assert shown(preview) == (number, 0), "in the same turn of the loop"
                await asyncio.sleep(0.02)
            await until(lambda: not preview.player.is_beginning)
            loaded = [source for source in sources if source]
            assert loaded[-1] == str(paths[-1])
            assert len(loaded) <= 2, "the first and the last"

    windows.drive(work())


def test_that_a_step_waits_for_no_strip(windows: Windows, folder: Path, tmp_path: Path) -> None:
    """Neither for one that is made nor for those that wait: they are made afterwards."""
    path, other = film(folder, "keys.mp4"), film(folder, "large.mp4", 2)
    came: list[FilmTrouble | None] = []

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:

            async def strip(n: int) -> None:
                came.append(await desk.frames.draw("strip", other, tmp_path / f"{n}.jpg"))

            strips = [asyncio.create_task(strip(n)) for n in range(16)]
            await until(lambda: came)
            preview, before = desk.preview, len(came)
            preview.show_task(task_of(path), CTX)
            await until(lambda: not preview.player.is_beginning)
            preview.player.pause()
            preview.player.seek(80)
            await until(lambda: shown(preview) == (1, 80))
            assert len(came) - before <= 4
            await until(lambda: len(came) > before + 1)
            assert set(came) == {None}
        await asyncio.gather(*strips)

    windows.drive(work())


def test_that_frames_are_given_back_when_nobody_looks(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "one-key.mp4")) as (desk, preview):
            await all_at_hand(preview)
            path = preview.player.path
            preview.player.seek(20)
            preview.hide()
            await until(lambda: desk.film_frames.nearest(path, 20) is None)
            preview.show()
            await until(lambda: shown(preview) == (1, 20))
            assert not preview.player.is_playing, "it stood, and stands where it was"

    windows.drive(work())


def decoders() -> int:
    """Players that have a file open now, by the threads of this process."""
    tasks = Path("/proc/self/task")
    names = [(task / "comm").read_text() for task in tasks.iterdir()]
    return sum(name.startswith("QFFmpeg::Demuxe") for name in names)


def decoding_s() -> float:
    """Seconds that this process has decoded films, all its threads together."""
    ticks = 0
    for task in Path("/proc/self/task").iterdir():
        if (task / "comm").read_text().startswith(("av:", "QFFmpeg::")):
            after = (task / "stat").read_text().rpartition(")")[2].split()
            ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
def test_that_one_player_at_most_decodes(windows: Windows, folder: Path, tmp_path: Path) -> None:
    paths = [film(folder, "one-key.mp4", number) for number in range(1, 6)]

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            preview, most = desk.preview, 0
            for number, path in enumerate(paths, 1):
                preview.show_task(task_of(path, number), CTX)
                await until(lambda: not preview.player.is_beginning)
                most = max(most, decoders())
            assert most == 1
            desk.window.content.show_view("gallery")
            assert decoders() == 1
            preview.hide()
            await until(lambda: decoders() == 0)

    windows.drive(work())


def test_that_nothing_is_decoded_while_the_window_cannot_be_seen(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    at_ms: list[int] = []

    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "one-key.mp4")) as (desk, preview):
            player, playing = preview.player, inner(preview)
            handle = desk.window.windowHandle()
            _map(int(handle.winId()), on=False)
            await until(lambda: player.is_unseen)
            assert playing.playbackState() is QMediaPlayer.PlaybackState.PausedState
            assert player.is_playing, "for the user it does"
            stood_ms = playing.position()
            QCoreApplication.sendEvent(handle, QEvent(QEvent.Type.WindowStateChange))
            assert player.is_unseen
            spent = decoding_s()
            await asyncio.sleep(0.3)
            assert decoding_s() - spent < 0.05
            playing.playbackStateChanged.connect(lambda _: at_ms.append(playing.position()))
            _map(int(handle.winId()), on=True)
            await until(lambda: at_ms)
            assert not player.is_unseen
            assert playing.playbackState() is QMediaPlayer.PlaybackState.PlayingState
            assert at_ms[0] in range(stood_ms, stood_ms + 100)

    windows.drive(work())


def _map(window: int, *, on: bool) -> None:
    """What a window manager does to a window that is minimised, or brought back."""
    code = "import ctypes, sys; x = ctypes.CDLL('libX11.so.6'); x.XOpenDisplay.restype = "
    code += "ctypes.c_void_p; d = ctypes.c_void_p(x.XOpenDisplay(None)); "
    code += f"x.{'XMapWindow' if on else 'XUnmapWindow'}(d, {window}); x.XSync(d, 0)"
    subprocess.run(["python3", "-c", code], check=True)


def test_that_a_film_of_four_thousand_pixels_is_stepped_through(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "large.mp4")) as (desk, preview):
            player = preview.player
            await until(lambda: player.size.width() == 3840)
            player.pause()
            player.seek(13)
            await until(lambda: shown(preview) == (1, 13))
            server = desk.frames.pid
            assert server is not None
            kept = await desk.frames.frame(Path(player.path), 12)
            assert (getattr(kept, "width", 0), getattr(kept, "frame", 0)) == (3840, 12)
            assert desk.frames.pid == server
            assert _pss_mib(server) < 300

    windows.drive(work())


def _pss_mib(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:") / 1024


def test_that_a_film_of_an_hour_is_bounded_and_exact_at_any_place(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "hour.mp4")) as (desk, preview):
            player, source = preview.player, desk.film_frames
            await until(lambda: player.frame_count == 3600)
            player.pause()
            for n in (3599, 1700, 2400, 601):
                player.seek(n)
                await until(lambda n=n: shown(preview) == (1, n % 512))  # type: ignore[misc]
            assert source.bytes_held <= 208 * 2**20

    windows.drive(work())


def test_that_the_frame_that_is_kept_is_the_one_on_the_screen(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """Also when another film has that name meanwhile."""
    path, other = tmp_path / "x.mp4", tmp_path / "y.mp4"
    shutil.copy(film(folder, "one-key.mp4"), path)
    shutil.copy(film(folder, "keys.mp4", 2), other)

    async def work() -> None:
        async with open_at(windows, tmp_path, path) as (desk, preview):
            await all_at_hand(preview)
            for n in (40, 41):
                preview.player.seek(n)
                frame = preview.take_frame()
                assert frame is not None
                desk.window.frame_wanted.emit(frame.path, frame.number, frame.image, False)
                kept = tmp_path / f"x_f00{n + 1}.png"
                await until(kept.exists)
                assert barcode.read(QImage(str(kept))) == (1, n)
                if other.exists():
                    other.replace(path)

    windows.drive(work())


def test_that_the_last_frame_is_copied_to_begin_the_next_take_with(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """That of the service where there is one, else that of the film."""
    path, picture = film(folder, "one-key.mp4"), tmp_path / "last.png"
    model = tmp_path / "model.glb"
    model.write_bytes(b"glTF")
    clipboard, colour = QGuiApplication.clipboard(), QColor("#336699")
    blue = QImage(8, 4, QImage.Format.Format_RGB32)
    blue.fill(colour)
    blue.save(str(picture))

    def kept(number: int, **files: Path) -> Task:
        task = ended(take(number))
        for kind, file in files.items():
            known = file.stat()
            found = Artifact(
                kind=ArtifactKind(kind),
                state=ArtifactState.SAVED,
                path=str(file),
                size=known.st_size,
                mtime_ns=known.st_mtime_ns,
            )
            task = replace(task, artifacts=(*task.artifacts, found))
        return task

    async def work() -> None:
        async with windows.desk(tmp_path / "base") as desk:
            tasks = (
                kept(1, video=path),
                kept(2, video=path, last_frame=picture),
                kept(3, model=model),
            )
            await put(desk, tasks, ARK)

            async def copied(task: Task) -> str:
                clipboard.clear()
                desk.window.messages.clear()
                desk.window.select([task.key])
                await until(lambda: desk.window.selected_keys() == [task.key])
                desk.window.commands["copy_last_frame"].trigger()
                await until(lambda: desk.window.messages.text)
                return desk.window.messages.text

            assert (await copied(tasks[0])).startswith("Last frame copied (")
            assert barcode.read(clipboard.image()) == (1, 95)
            assert await copied(tasks[1]) == "Last frame copied (8×4)."
            assert clipboard.image().pixelColor(1, 1) == colour
            assert await copied(tasks[2]) == "This take has no last frame."
            assert clipboard.image().isNull()

    windows.drive(work())


def test_that_a_film_that_failed_is_tried_again_when_it_is_looked_at_again(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """Here nothing is wrong with it: the server is killed whenever there is one."""
    path = film(folder, "one-key.mp4")

    async def work() -> None:
        async with open_at(windows, tmp_path, path) as (desk, preview):
            told: list[bool | None] = []
            desk.film_frames.told = lambda _path, _facts, plays: told.append(plays)
            while told[-1:] != [False]:
                if desk.frames.pid is not None:
                    os.kill(desk.frames.pid, signal.SIGKILL)
                await asyncio.sleep(0.01)
            preview.show_task(task_of(film(folder, "keys.mp4", 2), 2), CTX)
            await until(lambda: not preview.player.is_beginning)
            preview.show_task(task_of(path), CTX)
            await until(lambda: not preview.player.is_beginning)
            await all_at_hand(preview)

    windows.drive(work())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="reads /proc")
def test_that_many_small_frames_take_few_descriptors(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """A process often has 1024 of them, and the list and the network need some."""

    async def work() -> None:
        async with open_at(windows, tmp_path, film(folder, "tiny.mp4")) as (_, preview):
            await all_at_hand(preview)
            held = [fd.readlink() for fd in Path("/proc/self/fd").iterdir() if fd.exists()]
            assert 0 < sum("memfd:frames" in str(each) for each in held) < 10

    windows.drive(work())


def test_that_a_false_length_is_not_believed(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """Its header says that it lasts for a year; its frames say two seconds."""
    path = tmp_path / "false.mp4"
    data = bytearray(film(folder, "one-key.mp4").read_bytes())
    for name, at in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20)):
        place = data.index(name) + 4 + at
        data[place : place + 4] = (2**31).to_bytes(4, "big")
    path.write_bytes(bytes(data))

    async def work() -> None:
        async with open_at(windows, tmp_path, path) as (_, preview):
            player = preview.player
            await until(lambda: player.size.isValid())
            assert player.frame_count == 96
            player.pause()
            player.seek(95)
            await until(lambda: shown(preview) == (1, 95))

    windows.drive(work())


@pytest.mark.parametrize("is_varied_first", [False, True])
def test_that_takes_that_are_compared_stand_on_the_servers_frames(
    is_varied_first: bool, windows: Windows, folder: Path, tmp_path: Path
) -> None:
    """Each by its own times, counted in the frames of the first: one leaves frames out."""
    names = ["one-key.mp4", "varies.mp4"]
    if is_varied_first:
        names.reverse()

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            tasks = [task_of(film(folder, name, n), n) for n, name in enumerate(names, 1)]
            desk.window.content.show_takes(tasks, CTX)
            compare = desk.window.content.compare
            sinks = [s.surface.video.videoSink() for s in compare.screens.stacks]
            await until(lambda: compare.players is not None and compare.players.is_playing)
            players = compare.players
            assert players is not None
            players.pause()
            for n in (50, 13, 30):
                players.seek(n)
                at = _LEFT[n] if is_varied_first else n
                wanted = [(1, at), (2, at if at in _LEFT or is_varied_first else at - 1)]
                await until(lambda w=wanted: [_seen(s) for s in sinks] == w)  # type: ignore[misc]
                assert compare.bar.findChildren(QLabel)[1].text().startswith(f"{n + 1} /")
            kept = compare.take_frame()
            assert kept is not None
            assert kept.number == 31
            assert barcode.read(kept.image) == (1, _LEFT[30] if is_varied_first else 30)

    windows.drive(work())


def test_that_the_inspector_says_what_the_file_says(
    windows: Windows, folder: Path, tmp_path: Path
) -> None:
    path = film(folder, "ntsc.mkv")

    async def work() -> None:
        async with windows.desk(tmp_path) as desk:
            desk.inspector.show_task(task_of(path), None, CTX)
            desk.preview.show_task(task_of(path), CTX)
            labels = desk.inspector.findChildren(QLabel)
            await until(lambda: any("It plays here." in label.text() for label in labels))
            told = next(label.text() for label in labels if "From the file" in label.text())
            assert "640 × 360 · 29.97 fps" in told
            assert "h264 yuv420p" in told

    windows.drive(work())


@pytest.mark.parametrize(
    ("states", "emptied"), [([], False), (["Full"], False), (["Discharging"], True)]
)
def test_that_a_battery_that_is_emptied_is_known(
    states: list[str], emptied: bool, tmp_path: Path
) -> None:
    for n, state in enumerate(states):
        (tmp_path / f"BAT{n}").mkdir()
        (tmp_path / f"BAT{n}" / "status").write_text(f"{state}\n")
    assert is_on_battery(tmp_path) is emptied
