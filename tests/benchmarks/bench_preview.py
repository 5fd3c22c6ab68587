"""P9, P11, P14 to P17, P20: films under the hand, read off the screen by the barcode in each frame,
and mpv beside them in the same run. The program is the real one, on takes that are saved."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rushes.controllers.main_controller import MainController
from rushes.core.film import FilmTrouble
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Report, Status, Task
from rushes.files.frames import FrameServer
from rushes.options import Options
from rushes.ui.gallery.gallery import PAD, picture_size
from rushes.ui.list.column_table import AT
from rushes.ui.preview.transport import ScrubBar
from rushes.ui.window.view_stack import GALLERY, LIST
from tests import barcode
from tests.benchmarks import fill_store
from tests.benchmarks.bare_window import resident_mb
from tests.benchmarks.figure import Figure, compare, limit, percentile, rounds
from tests.benchmarks.screen import Mpv, Seen, Watch, cpu_s, picture_of
from tests.benchmarks.waits import Waits
from tests.benchmarks.window import driven
from tests.ui.windows import table_of

FIGURES = ("P9", "P11", "P14", "P15", "P16", "P17", "P20")

_AVC = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_QUIET = ("-x265-params", "log-level=none", "-tag:v", "hvc1")
_ONE_KEY = ("-g", "999")
#: Size, frames, how. Numbers in the barcode are places in this list.
_MIXED = (
    ("1280x720", 48, (*_AVC, *_ONE_KEY)),
    ("1920x1080", 48, (*_HEVC, *_QUIET)),
    ("3840x2160", 24, (*_AVC, *_ONE_KEY)),
    ("1280x720", 48, (*_HEVC, *_QUIET)),
    ("1920x1080", 48, (*_AVC, *_ONE_KEY)),
    ("3840x2160", 24, (*_HEVC, *_QUIET)),
)
#: What is stepped and dragged through: 10 s of 1080p24 with one key frame.
_LONG = ("1920x1080", 240, (*_AVC, *_ONE_KEY))
_LONG_NUMBER = len(_MIXED)
_LOOK_S, _OPEN_S = 0.8, 4.0
_HAND_S = 2.0  # of a drag
_HAND_HZ = 60
_MPV_TOP = 960
_SETTLE_S = 2.0


def figures(quick: bool) -> Iterator[Figure]:
    if not Mpv.is_there():
        print("bench_preview: mpv is not installed, nothing is compared", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="rushes-films-") as name:
        folder = Path(name)
        made = [_film(folder, n, *how) for n, how in enumerate((*_MIXED, _LONG))]
        hand = Hand(folder, made, rounds(quick))
        base = folder / "base"
        (base / "data").mkdir(parents=True)
        fill_store.fill_with(base / "data" / "rushes.sqlite3", map(_task, range(len(made)), made))
        QApplication(sys.argv[:1])
        driven(Options(base_dir=base), hand.run)
        yield from hand.found
        yield from _posters(folder, made, quick)


def _film(folder: Path, number: int, size: str, frames: int, how: tuple[str, ...]) -> Path:
    path = folder / f"{number}.mp4"
    return barcode.make(path, number, size=size, frames=frames, how=how)


def _task(number: int, path: Path) -> Task:
    """Newer ones have higher numbers; the list shows them first."""
    state, at = path.stat(), fill_store.NOW + number
    account = fill_store.ACCOUNTS[0].id
    report = Report(
        id=f"cgt-{number}", status=Status.SUCCEEDED, status_raw="succeeded", created_at=at
    )
    saved = Artifact(
        kind=ArtifactKind.VIDEO,
        state=ArtifactState.SAVED,
        path=str(path),
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        sha256=f"{number:064x}",
    )
    return Task(
        key=Key(account, report.id),
        report=report,
        added_at=at,
        artifacts=(saved,),
        last_seen_at=at,
        asked_at=at,
        watched=False,
    )


class Hand:
    """Does in both programs what a person does, in turn."""

    def __init__(self, folder: Path, films: Sequence[Path], count: int) -> None:
        self._folder, self._films, self._count = folder, films, count
        self.found: list[Figure] = []

    async def run(self, main: MainController) -> int:
        self._main, self._preview = main, main.preview
        main.window.setGeometry(0, 0, 1500, 900)
        self._table = table_of(main.window)
        await _until(lambda: self._table.model().rowCount() == len(self._films))
        self._table.setFocus()
        await self._choose(_LONG_NUMBER)
        await asyncio.sleep(_SETTLE_S)
        self._resident_mb = resident_mb()
        ours = picture_of(self._preview.stack.surface)
        box = QRect(QPoint(0, _MPV_TOP), ours.size())
        self._watch, self._other = Watch(ours), Watch(box)
        try:
            with Mpv(self._folder, box) as self._mpv:
                await self._all()
        finally:
            self._watch.close()
            self._other.close()
        return 0

    async def _all(self) -> None:
        await self._downs("posters ready")
        making = asyncio.ensure_future(self._make_posters())
        await self._downs("posters being made")
        making.cancel()
        await self._just_opened()
        await self._open_for_long()
        await self._drag()
        await self._hover()
        await self._gaps()
        await self._loops()
        await self._hide()

    def _ours(self) -> Watch:
        """What is said above the picture moves it."""
        self._watch.box = picture_of(self._preview.stack.surface)
        return self._watch

    # --- the take that is chosen -------------------------------------------------------------

    async def _choose(self, number: int) -> None:
        rows = self._table.model()
        order = len(self._films) - 1 - number
        self._table.setCurrentIndex(rows.index(order, 0))
        await asyncio.sleep(0)

    async def _downs(self, when: str) -> None:
        ours, theirs = [], []
        await self._choose(_LONG_NUMBER)
        for number in [*reversed(range(_LONG_NUMBER))] * max(1, self._count // 3):
            if number == _LONG_NUMBER - 1:
                await self._choose(_LONG_NUMBER)
                await asyncio.sleep(_LOOK_S)
            self._mpv.do("set_property", "pause", True)
            is_it = _is_film(number)
            ours.append(
                await self._ours().after(
                    lambda: QTest.keyClick(self._table, Qt.Key.Key_Down), is_it
                )
            )
            await asyncio.sleep(_LOOK_S)
            self._preview.player.pause()
            path = str(self._films[number])
            theirs.append(
                await self._other.after(lambda p=path: self._load(p), is_it)  # type: ignore[misc]
            )
            await asyncio.sleep(_LOOK_S)
        name = f"P9 down to picture, {when}"
        self.found.append(compare(name, ours, theirs, unit="ms", at_most=0.5))

    def _press_down(self) -> None:
        QTest.keyClick(self._table, Qt.Key.Key_Down)

    async def _make_posters(self) -> None:
        """One after the other, as the list does for rows that were never seen."""
        while True:
            for n, path in enumerate(self._films):
                out = self._folder / f"poster-{n}.jpg"
                out.unlink(missing_ok=True)
                await self._main.frames.draw("poster", path, out)

    def _load(self, path: str, *, pause: bool = False) -> None:
        self._mpv.do("set_property", "pause", pause)
        self._mpv.do("loadfile", path, "replace")

    # --- steps -------------------------------------------------------------------------------

    async def _just_opened(self) -> None:
        ours, theirs = [], []
        path = str(self._films[_LONG_NUMBER])
        for number in range(self._count):
            await self._choose(0)
            await asyncio.sleep(1.5)  # what was held of the other one is let go of
            self._main.film_frames.give_back()
            await self._ours().after(lambda: self._go_long(), _is_film(_LONG_NUMBER))
            await asyncio.sleep(0.2)
            self._preview.player.pause()
            by = -1 if number % 3 == 2 else 1
            ours.append(await self._step(self._preview.player.frame, by))
            await self._other.after(lambda: self._load(path), _is_film(_LONG_NUMBER))
            theirs.append(await self._mpv_step(by))
        name = "P14 step in a take that was just opened"
        self.found.append(compare(name, ours, theirs, unit="ms", at_most=1.0))

    def _go_long(self) -> None:
        self._table.setCurrentIndex(self._table.model().index(0, 0))

    async def _step(self, frame: int, by: int) -> float:
        wanted = (_LONG_NUMBER, min(max(0, frame + by), _LONG[1] - 1))
        return await self._ours().after(lambda: self._preview.step(by), _is(wanted))

    async def _mpv_step(self, by: int) -> float:
        self._mpv.do("set_property", "pause", True)
        await asyncio.sleep(0.2)
        seen = self._other.look() or (0, 0)
        wanted = (_LONG_NUMBER, max(0, seen[1] + by))
        step = "frame-step" if by > 0 else "frame-back-step"
        return await self._other.after(lambda: self._mpv.do(step), _is(wanted))

    async def _open_for_long(self) -> None:
        await self._choose(_LONG_NUMBER)
        await asyncio.sleep(_OPEN_S)
        self._preview.player.pause()
        self._preview.player.seek(100)
        self._mpv.do("seek", 40, "absolute-percent+exact")
        for by, how in ((1, "forward"), (-1, "back")):
            ours = [await self._step(self._preview.player.frame, by) for _ in range(30)]
            theirs = [await self._mpv_step(by) for _ in range(4)]
            name = f"P14 step {how}, open for 4 s"
            self.found.append(
                limit(f"{name}: p95", [percentile(ours, 0.95)], unit="ms", at_most=33)
            )
            self.found.append(compare(name, ours, theirs, unit="ms"))

    # --- the scrub bar -----------------------------------------------------------------------

    async def _drag(self) -> None:
        bar = self._preview.findChild(ScrubBar)
        assert isinstance(bar, ScrubBar)
        rates, lasts, their_rates, their_lasts = [], [], [], []
        for number in range(max(2, self._count // 3)):
            backward = number % 2 == 1
            seen = await self._while_dragging(bar, backward)
            rates.append(len({s for _, s in seen if s is not None}) / _HAND_S)
            at = _LONG_NUMBER, self._preview.player.frame
            lasts.append(
                await self._ours().after(
                    lambda: QTest.mouseRelease(bar, Qt.MouseButton.LeftButton), _is(at)
                )
            )
            rate, last = await self._mpv_seeks(backward)
            their_rates.append(rate)
            their_lasts.append(last)
        self.found += [
            limit("P15 different pictures while dragging", rates, unit="1/s", at_least=24),
            limit("P15 last picture after release", lasts, unit="ms", at_most=50),
            limit("P15 the same seeks by mpv", their_rates, unit="1/s"),
            limit("P15 last picture of mpv's seeks", their_lasts, unit="ms"),
        ]

    def _places(self, backward: bool) -> list[float]:
        """Shares of the length, one for each movement of the hand."""
        count = int(_HAND_S * _HAND_HZ)
        shares = [0.05 + 0.9 * n / count for n in range(count)]
        return shares[::-1] if backward else shares

    async def _while_dragging(self, bar: ScrubBar, backward: bool) -> list[tuple[float, Seen]]:
        places = [QPoint(round(s * bar.width()), bar.height() // 2) for s in self._places(backward)]
        over: list[bool] = []
        QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=places[0])
        watching = asyncio.ensure_future(self._ours().during(lambda: None, lambda _: bool(over)))
        began = time.perf_counter()
        for n, place in enumerate(places):
            await asyncio.sleep(max(0.0, began + n / _HAND_HZ - time.perf_counter()))
            QTest.mouseMove(bar, place)
        over.append(True)
        return await watching

    async def _mpv_seeks(self, backward: bool) -> tuple[float, float]:
        over: list[bool] = []
        watching = asyncio.ensure_future(self._other.during(lambda: None, lambda _: bool(over)))
        began = time.perf_counter()
        share = 0.0
        for n, share in enumerate(self._places(backward)):
            await asyncio.sleep(max(0.0, began + n / _HAND_HZ - time.perf_counter()))
            self._mpv.do("seek", share * 100, "absolute-percent+exact")
        over.append(True)
        seen = await watching
        last = share * _LONG[1]
        took = await self._other.after(
            lambda: None, lambda s: s is not None and abs(s[1] - last) <= 1.5
        )
        return len({s for _, s in seen if s is not None}) / _HAND_S, took

    async def _hover(self) -> None:
        """The pointer goes to and fro over a tile of the gallery."""
        content = self._main.window.content
        content.show_view(GALLERY)
        await asyncio.sleep(_LOOK_S)  # the headings of the days push the tiles down
        view = content.gallery.view
        tile = view.visualRect(view.model().index(0, AT["name"]))
        picture = QRect(tile.topLeft() + QPoint(PAD, PAD), picture_size(tile.width()))
        QTest.mouseMove(view.viewport(), picture.center())
        await asyncio.sleep(_OPEN_S)
        self._watch.box = QRect(view.viewport().mapToGlobal(picture.topLeft()), picture.size())
        rates = []
        for backward in (False, True):
            over: list[bool] = []
            watching = asyncio.ensure_future(
                self._watch.during(lambda: None, lambda _, over=over: bool(over))  # type: ignore[misc]
            )
            began = time.perf_counter()
            for n, share in enumerate(self._places(backward)[::2]):  # across in a second
                await asyncio.sleep(max(0.0, began + n / _HAND_HZ - time.perf_counter()))
                at = QPoint(picture.left() + round(share * picture.width()), picture.center().y())
                QTest.mouseMove(view.viewport(), at)
            over.append(True)
            rates.append(len({s for _, s in await watching if s is not None}) / (_HAND_S / 2))
        content.show_view(LIST)
        name = "P15 different pictures while hovering a tile (48 are held)"
        self.found.append(limit(name, rates, unit="1/s", at_least=24))

    async def _gaps(self) -> None:
        """P20: how long the window does not listen while takes are chosen and dragged through."""
        bar = self._preview.findChild(ScrubBar)
        assert isinstance(bar, ScrubBar)
        waits = Waits()
        waits.start()
        await self._choose(_LONG_NUMBER)
        for _ in range(_LONG_NUMBER):
            await asyncio.sleep(_LOOK_S)
            self._press_down()
        await asyncio.sleep(_LOOK_S)
        await self._while_dragging(bar, backward=False)
        QTest.mouseRelease(bar, Qt.MouseButton.LeftButton)
        longest, all_ms = waits.longest * 1000, [wait * 1000 for wait in waits.stop()]
        name = "P20 gaps of the window, takes chosen and dragged through"
        self.found.append(limit(f"{name}: longest", [longest], unit="ms", at_most=50))
        self.found.append(limit(f"{name}: p99", [percentile(all_ms, 0.99)], unit="ms", at_most=16))

    # --- loops -------------------------------------------------------------------------------

    async def _loops(self) -> None:
        ours, theirs, hidden = [], [], []
        seconds = 2.0 if self._count < 5 else 6.0
        for _ in range(2):
            self._mpv.do("set_property", "pause", True)
            self._preview.player.play()
            await asyncio.sleep(_OPEN_S)
            ours.append(await self._spent(seconds))
            self._main.window.showMinimized()
            _unmap(int(self._main.window.winId()), on=False)
            await asyncio.sleep(1)
            hidden.append(await self._spent(seconds))
            _unmap(int(self._main.window.winId()), on=True)
            self._main.window.showNormal()
            await asyncio.sleep(0.5)
            self._preview.player.pause()
            self._mpv.do("set_property", "pause", False)
            await asyncio.sleep(1)
            began = cpu_s([self._mpv.process.pid])
            await asyncio.sleep(seconds)
            theirs.append((cpu_s([self._mpv.process.pid]) - began) / seconds * 100)
        self.found += [
            compare("P17 looping 1080p, seen", ours, theirs, unit="% of a core", at_most=1.1),
            limit("P17 looping 1080p, minimised", hidden, unit="% of a core", at_most=2.0),
        ]

    async def _hide(self) -> None:
        """P11: what is left in the window of all films that were shown."""
        self._preview.hide()
        await asyncio.sleep(_SETTLE_S + 1)
        grown = resident_mb() - self._resident_mb
        name = "P11 memory since the first take, after all and with the preview hidden"
        self.found.append(limit(name, [grown], unit="MB"))

    async def _spent(self, seconds: float) -> float:
        """Of a core, in percent, by the window and the process that decodes."""
        pids = [os.getpid(), *([pid] if (pid := self._main.frames.pid) else [])]
        began = cpu_s(pids)
        await asyncio.sleep(seconds)
        return (cpu_s(pids) - began) / seconds * 100


def _is(wanted: tuple[int, int]) -> Callable[[Seen], bool]:
    return lambda seen: seen == wanted


def _is_film(number: int) -> Callable[[Seen], bool]:
    return lambda seen: seen is not None and seen[0] == number


def _unmap(window: int, *, on: bool) -> None:
    """What a window manager does when it minimises: none runs here."""
    import ctypes

    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    (x.XMapWindow if on else x.XUnmapWindow)(display, window)
    x.XSync(display, 0)
    x.XCloseDisplay(display)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - a measurement, not a program
            await asyncio.sleep(0.01)


# --- posters -----------------------------------------------------------------------------------


def _posters(folder: Path, films: Sequence[Path], quick: bool) -> Iterator[Figure]:
    """P16: posters and facts of the server, beside ffmpeg started for each."""
    many = [films[n % len(films)] for n in range(14 if quick else 98)]
    with_facts: list[float] = []
    checked: list[float] = []
    theirs: list[float] = []
    with asyncio.Runner() as runner:
        server = FrameServer(folder / "server")
        for n, original in enumerate(many):
            film = original.with_name(f"copy-{n}.mp4")
            os.link(original, film)
            took = runner.run(_made(server, film, folder / f"{n}.jpg"))
            with_facts.append(took[0])
            checked.append(took[1])
            theirs.append(_made_by_ffmpeg(film, folder / f"theirs-{n}.jpg"))
        runner.run(server.aclose())
    name = f"P16 posters of {len(many)} films, with their facts"
    yield compare(name, with_facts, theirs, unit="ms", at_most=0.5)
    yield compare(f"{name}, and whether they play", checked, theirs, unit="ms", at_most=0.5)


async def _made(server: FrameServer, film: Path, out: Path) -> tuple[float, float]:
    began = time.perf_counter()
    assert await server.draw("poster", film, out) is None
    assert not isinstance(await server.facts(film), FilmTrouble)
    with_facts = (time.perf_counter() - began) * 1000
    assert await server.plays(film) is None
    return with_facts, (time.perf_counter() - began) * 1000


def _made_by_ffmpeg(film: Path, out: Path) -> float:
    began = time.perf_counter()
    words = ["-ss", "0.5", "-i", str(film), "-frames:v", "1", "-vf", "scale=384:-2", str(out)]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-nostdin", *words], check=True)
    return (time.perf_counter() - began) * 1000
