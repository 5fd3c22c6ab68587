"""The program with its window.

Start order: QApplication, loop, look and language, workspace (see `backend/workspace.py`), window
with its rows on the screen; only then is everything else loaded: controllers, backend.
End order: window hidden, server, controllers, backend, quit. Whatever hangs on the way (a drive, a
driver, a password store) is left behind after `_END_S`.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    Qt,
    QThreadPool,
    QTimer,
    QTranslator,
)
from PySide6.QtGui import QFontDatabase, QIcon, QPixmapCache
from PySide6.QtWidgets import QApplication, QMessageBox

# Before all that it spares a second reading.
from rushes.runtime.loop import GapMonitor, Garbage, new_loop, qt_to_log, qt_to_terminal

# isort: split
from rushes import assets
from rushes.backend.workspace import Kept, Workspace, read_settings
from rushes.controllers.list_controller import ListController
from rushes.core.settings import Settings
from rushes.options import Options
from rushes.presentation import text
from rushes.presentation.sentences import list_in_use, sentence, unusable_place
from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.store import StoreError, StoreInUse
from rushes.system import handover, memory, places, threads
from rushes.ui.widgets import plain, theme

if TYPE_CHECKING:
    from rushes.controllers.handover import HandoverServer
    from rushes.controllers.main_controller import MainController

log = logging.getLogger(__name__)

#: The demo's takes end in real seconds; looking at them keeps up.
DEMO_SPEED = 2.0

#: A start that takes longer says why.
_SILENT_S = 2.0

#: One that was started a moment ago shows its rows before it listens.
_HANDOVER_WAITS_S = (0.0, 0.5, 1.0)

#: So long a window that has the list may take to answer.
PATIENCE_S = 10.0

#: So long after it was asked for, the end has come, whatever still hangs. Two seconds are promised.
_END_S = 1.4

T = TypeVar("T")

#: Something that drives the window from inside (the demo's tour); its result is the exit code.
Script = Callable[["MainController"], Awaitable[int]]


def main(options: Options, script: Script | None = None) -> int:
    """Open the window and stay until it is closed. Returns the exit code."""
    if options.demo and options.speed == 1.0:
        options = replace(options, speed=DEMO_SPEED)
    if options.demo and options.base_dir is None:
        import tempfile

        with tempfile.TemporaryDirectory(
            prefix="rushes-demo-", ignore_cleanup_errors=True
        ) as folder:
            return main(replace(options, base_dir=Path(folder)), script)
    memory.keep_little()
    app = _application()
    deadline = threads.Deadline(_END_S)
    with Garbage(), asyncio.Runner(loop_factory=lambda: new_loop(app)) as runner:
        code = runner.run(_run(app, options, script, deadline))
    deadline.cancel()
    if threads.are_busy() or any(pool.activeThreadCount() for pool in _pools(app)):
        threads.exit_now(code)
    return code


def _pools(app: QApplication) -> Iterator[QThreadPool]:
    """Qt waits for these when it is taken apart."""
    for widget in app.topLevelWidgets():
        yield from widget.findChildren(QThreadPool)


def _application() -> QApplication:
    # Of films: outside our folders, and no faster.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DisableShaderDiskCache)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Rushes")
    app.setApplicationDisplayName("Rushes")
    app.setDesktopFileName("rushes")
    app.setWindowIcon(QIcon(str(assets.asset("icons", "rushes.svg"))))
    # Its clean-up wakes a window that has nothing to do; our icons and colours are not in it, and
    # painting a whole window takes as long without it.
    QPixmapCache.setCacheLimit(0)
    app.setQuitOnLastWindowClosed(False)  # closing is asynchronous: we quit when all has ended
    return app


class _NotShown(Exception):
    """What was asked for is not done by the window that has the list: it is of another version, or
    hangs. `args[0]` is the sentence."""


class _Closed(asyncio.Event):
    """Set when the end was asked for. From then on the time that the end may take counts."""

    def __init__(self, deadline: threads.Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def set(self) -> None:
        self._deadline.begin()
        super().set()


async def _run(
    app: QApplication, options: Options, script: Script | None, deadline: threads.Deadline
) -> int:
    closed = _Closed(deadline)
    _close_on_signals(closed)
    try:
        kept = read_settings(options)
        dress(app, kept[0])
        workspace = await _open_or_show_other(options, kept)
    except StoreInUse:
        return await _give_up(list_in_use(), closed)
    except StoreError as e:
        return await _give_up(sentence(e.failure).text, closed)
    except _NotShown as e:
        return await _give_up(e.args[0], closed)
    except OSError as e:
        return await _give_up(unusable_place(e), closed)
    if workspace is None:
        return 0
    qt_to_log()
    shown = _Shown(ListController(workspace), closed)
    try:
        with _gap_monitor() if "gaps" in options.debug else nullcontext():
            if closed.is_set():  # asked to end before there was anything to show
                return 0
            await shown.front.show()
            await shown.front.painted()
            return await _stay(shown, options, script)
    finally:
        await shown.front.aclose()
        qt_to_terminal()
        await workspace.aclose()
        shown.front.closing.finish()


class _Shown:
    """The window that is open now. Every word of it was written when it was made: another language
    makes another one, over the same backend.

    Attributes:
        front: Its list.
        main: All of it, once that is there.
        closed: Set when the end was asked for.
    """

    def __init__(self, front: ListController, closed: asyncio.Event) -> None:
        self.closed = closed
        self.main: MainController | None = None
        self._other_language = asyncio.Event()
        self._take(front)

    def _take(self, front: ListController) -> None:
        self.front = front
        front.closing.quitting.connect(self.closed.set)
        front.settings.changed.connect(self._look_at_language)
        self._language = front.settings.settings.language

    def _look_at_language(self, settings: Settings) -> None:
        if settings.language != self._language:
            self._language = settings.language
            self._other_language.set()

    async def follow_language(self, app: QApplication, took: Callable[[], object]) -> None:
        """Put another window in the place of this one whenever the language changes.

        Args:
            took: Called after that.
        """
        while True:
            await self._other_language.wait()
            self._other_language.clear()
            if self.main is not None:
                await self._renew(app, self.main)
                took()

    async def _renew(self, app: QApplication, old: "MainController") -> None:
        from rushes.controllers import build

        backend, activity = old.backend, self.front.status.activity
        settings = replace(self.front.settings.settings, window=self.front.state.save())
        await backend.set_settings(settings)
        dress(app, settings)
        front = ListController(replace(self.front.workspace, settings=settings))
        await front.show(notes=False)
        self.main = await build.main_controller(front, backend)
        self.main.undo.take_over(old.undo)
        gone = self.front
        self._take(front)
        front.refresh()  # what has changed while it was made
        for news in activity:
            self.main.show_event(news)
        await old.aclose()
        await backend.set_settings(settings)  # the old window has kept its own layout last
        gone.closing.finish()
        gone.window.deleteLater()


async def _open(options: Options, kept: Kept) -> Workspace:
    """As `Workspace.open`; says why where a list is brought up to this version first."""
    opening = asyncio.ensure_future(Workspace.open(options, kept))
    await asyncio.wait({opening}, timeout=_SILENT_S)
    if not opening.done() and not os.environ.get("RUSHES_NO_DIALOG"):
        told = tr(
            "The list is being prepared for this version of Rushes. With very many tasks this "
            "takes some minutes; the window opens by itself."
        )
        box = _box(QMessageBox.Icon.Information, told)
        box.setStandardButtons(QMessageBox.StandardButton.NoButton)
        box.show()
        await asyncio.wait({opening})
        box.done(0)
    return await opening


def _close_on_signals(closed: asyncio.Event) -> None:
    """From now on; those that came before count as well (`__main__` had them wait)."""
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError, AttributeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), closed.set)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))


async def _stay(shown: _Shown, options: Options, script: Script | None) -> int:
    """Put the rest to work and wait until the user closes the window (or the script ends)."""
    from rushes.controllers.handover import HandoverServer

    server = HandoverServer(handover.address(shown.front.workspace.places.data))
    try:
        await asyncio.get_running_loop().run_in_executor(None, _load_rest)
        if shown.closed.is_set():  # nothing has begun yet that would have to be ended
            return 0
        return await _work(shown, server, options, script)
    finally:
        server.close()


async def _work(
    shown: _Shown, server: "HandoverServer", options: Options, script: Script | None
) -> int:
    from rushes.controllers import build, demo

    closed = shown.closed
    shown.main = controller = await build.main_controller(shown.front)
    backend = controller.backend

    def answer() -> None:
        assert shown.main is not None
        server.serve(build.answers(shown.main))

    answer()
    following = asyncio.ensure_future(shown.follow_language(_application(), answer))
    simulator = None
    try:
        if options.demo:
            simulator = await _unless(closed, demo.start(options, backend.places.data))
        if simulator is not None:
            await demo.begin(controller, simulator)
        else:
            await backend.start()
        if options.given:
            build.open_given(controller, options.given)
        if options.exit_when_shown:
            QTimer.singleShot(0, closed.set)
        if script is not None:
            code = await _unless(closed, script(controller))
            closed.set()
            return code or 0
        await closed.wait()
        return 0
    except demo.NoSimulator as e:
        return await _give_up(e.args[0], closed)
    finally:
        following.cancel()
        await asyncio.wait({following})
        server.close()
        if simulator is not None:
            simulator.stop()
        await shown.main.aclose()
        qt_to_terminal()
        await backend.aclose()


async def _unless(closed: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Await `work`; None: the end was asked for before."""
    doing, asked = asyncio.ensure_future(work), asyncio.ensure_future(closed.wait())
    try:
        await asyncio.wait({doing, asked}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
    if doing.done():
        return await doing
    doing.cancel()
    await asyncio.wait({doing})
    return None


def _gap_monitor() -> "GapMonitor":

    return GapMonitor()


def _load_rest() -> None:
    """What a first look at the list does not need: a third of a second in a thread, beside it."""
    from rushes.controllers import build, demo  # noqa: F401


def dress(app: QApplication, settings: Settings) -> None:
    """Put on the language and the theme of the settings; its style sheet comes with the window."""
    language = _language(settings)
    theme.choose(app, settings.theme, is_chinese=language.startswith("zh"))
    # By the words, not by the system: nothing of an English window is mirrored.
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    for before in app.findChildren(QTranslator):
        app.removeTranslator(before)
        before.deleteLater()
    for name, folder in (
        ("rushes", assets.root() / "i18n"),
        ("qtbase", Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))),
    ):
        translator = QTranslator(app)
        if translator.load(f"{name}_{language}", str(folder)):
            app.installTranslator(translator)
    text.install(QCoreApplication.translate)


def _language(settings: Settings) -> str:
    """That of the settings or of the system, as far as there is one; English holds the plurals of
    the source, and stands in where no font has the signs."""
    wished = [settings.language] if settings.language else QLocale.system().uiLanguages()
    language = text.shipped_language(wished)
    has_signs = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    return language if language == "en" or has_signs else "en"


async def _open_or_show_other(options: Options, kept: Kept) -> Workspace | None:
    """The list, which `rushes watch` lets go of when it is asked to. None: another window has it,
    and is in list_controller now.

    Raises:
        StoreInUse: another program has it and does not answer.
        _NotShown: it answers that it does not do this, or hangs.
    """
    where = handover.address(places.find(options.base_dir).data)
    for wait_s in _HANDOVER_WAITS_S:
        with suppress(StoreInUse):
            return await _open(options, kept)
        await asyncio.sleep(wait_s)
        message = {"verb": "open", "given": list(options.given)} if options.given else {}
        try:
            answer = handover.request(where, message or {"verb": "show"}, PATIENCE_S)
        except TimeoutError as e:  # it has the message: another one would be done as well
            raise _NotShown(
                tr(
                    "The window of Rushes that is open with this folder does not answer. Wait for "
                    "it, or end it and start Rushes again."
                )
            ) from e
        if answer is not None and answer.get("problem"):
            raise _NotShown(str(answer["problem"]))
        if answer is not None and not answer.get("released"):
            return None
    return await _open(options, kept)


async def _give_up(told: str, closed: asyncio.Event) -> int:
    """Say why there can be no window, in a window where possible, and end."""
    print(f"rushes: {for_terminal(told)}", file=sys.stderr)
    if os.environ.get("RUSHES_NO_DIALOG"):
        return 1
    box = _box(QMessageBox.Icon.Critical, told)
    box.finished.connect(closed.set)
    box.open()
    await closed.wait()
    return 1


def _box(icon: QMessageBox.Icon, told: str) -> QMessageBox:
    """For a start without a window, or before it."""
    theme.restyle(_application())
    return plain.message_box(icon, "Rushes", told)
