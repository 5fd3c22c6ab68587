"""The program with its window.

Start order: QApplication, look and language, loop, backend (see `wiring/backend.py`), window,
desk, hand-over server, window shown. End order: window hidden, desk, backend, server, quit.
"""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from rushes import assets
from rushes.adapters import handover, places
from rushes.adapters.store import StoreError, StoreInUse
from rushes.core.news import News
from rushes.core.settings import Settings
from rushes.options import Options
from rushes.presentation import text
from rushes.presentation.sentences import sentence
from rushes.presentation.text import tr
from rushes.ui import plain, theme
from rushes.wiring import build, demo, qt_messages
from rushes.wiring.backend import Backend
from rushes.wiring.gaps import GapMonitor
from rushes.wiring.garbage import Garbage
from rushes.wiring.loop import new_loop
from rushes.wiring.window import Desk

log = logging.getLogger(__name__)

#: The demo's takes end in real seconds; looking at them keeps up.
DEMO_SPEED = 2.0

#: Something that drives the window from inside (the demo's tour); its result is the exit code.
Script = Callable[[Desk], Awaitable[int]]


def main(options: Options, script: Script | None = None) -> int:
    """Open the window and stay until it is closed. Returns the exit code."""
    if options.demo and options.speed == 1.0:
        options = replace(options, speed=DEMO_SPEED)
    if options.demo and options.base_dir is None:
        with tempfile.TemporaryDirectory(prefix="rushes-demo-") as folder:
            return main(replace(options, base_dir=Path(folder)), script)
    app = _application()
    with Garbage(), asyncio.Runner(loop_factory=lambda: new_loop(app)) as runner:
        return runner.run(_run(app, options, script))


def _application() -> QApplication:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Rushes")
    app.setApplicationDisplayName("Rushes")
    app.setDesktopFileName("rushes")
    app.setWindowIcon(QIcon(str(assets.asset("icons", "rushes.svg"))))
    app.setQuitOnLastWindowClosed(False)  # closing is asynchronous: we quit when all has ended
    return app


async def _run(app: QApplication, options: Options, script: Script | None) -> int:
    closed = asyncio.Event()
    _close_on_signals(closed)
    desk_of: list[Desk] = []

    def tell(news: News) -> None:
        for desk in desk_of:
            desk.hear(news)

    try:
        backend = await Backend.open(options, tell)
    except StoreInUse:
        return _show_other(options)
    except StoreError as e:
        return await _give_up(sentence(e.failure).text, closed)
    except OSError as e:
        told = tr("Cannot use {place}: {why}.", place=e.filename, why=e.strerror)
        return await _give_up(told, closed)
    qt_messages.to_log()
    dress(app, backend.settings)
    desk = build.desk(backend)
    desk_of.append(desk)
    try:
        with GapMonitor() if "gaps" in options.debug else nullcontext():
            return await _stay(desk, options, script, closed)
    finally:
        await desk.aclose()
        qt_messages.to_terminal()
        await backend.aclose()
        desk.window.finish_close()


def _close_on_signals(closed: asyncio.Event) -> None:
    """From now on; those that came before count as well (`__main__` had them wait)."""
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError, AttributeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), closed.set)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))


async def _stay(desk: Desk, options: Options, script: Script | None, closed: asyncio.Event) -> int:
    """Show the window and wait until the user closes it (or the script ends)."""
    desk.window.close_requested.connect(closed.set)
    if closed.is_set():  # asked to end before there was anything to show
        return 0
    await desk.show()
    server = build.handover_server(desk)
    simulator = await demo.start(options) if options.demo else None
    if simulator is not None:
        await demo.fill(desk, simulator)
    if options.exit_when_shown:
        QTimer.singleShot(0, closed.set)
    try:
        if script is not None:
            return await script(desk)
        await closed.wait()
        return 0
    finally:
        server.close()
        if simulator is not None:
            simulator.stop()


def dress(app: QApplication, settings: Settings) -> None:
    """Put on the theme and the language of the settings."""
    theme.apply(app, settings.theme)
    locale = QLocale(settings.language) if settings.language else QLocale.system()
    for name, folder in (
        ("rushes", assets.root() / "i18n"),
        ("qtbase", Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))),
    ):
        translator = QTranslator(app)
        # English holds the plurals of the source: for every language that is not there.
        known = translator.load(locale, name, "_", str(folder))
        if known or translator.load(f"{name}_en", str(folder)):
            app.installTranslator(translator)
    text.install(QCoreApplication.translate)


def _show_other(options: Options) -> int:
    """Another window has the store: bring it to the front instead of opening a second one."""
    where = handover.address(places.find(options.base_dir).data)
    if handover.ask(where, {"verb": "show"}) is not None:
        return 0
    told = tr("Another Rushes is running with this folder. Use its window, or close it.")
    print(f"rushes: {told}", file=sys.stderr)
    return 1


async def _give_up(told: str, closed: asyncio.Event) -> int:
    """Say why there can be no window, in a window where possible, and end."""
    print(f"rushes: {told}", file=sys.stderr)
    if os.environ.get("RUSHES_NO_DIALOG"):
        return 1
    box = plain.message_box(QMessageBox.Icon.Critical, "Rushes", told)
    box.finished.connect(closed.set)
    box.open()
    await closed.wait()
    return 1
