"""What the backend should know of the window and the system: which tasks and files somebody sees
just now, and that the network is back."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtNetwork import QNetworkInformation

from rushes.controllers.main_controller import MainController
from rushes.core.film import FilmFacts, facts_kept
from rushes.core.parameters import is_silent, main_artifact
from rushes.core.presence import kept_files
from rushes.core.task import Diff, Key, Task
from rushes.ui.window.main_window import MainWindow

log = logging.getLogger(__name__)

_Reachability = QNetworkInformation.Reachability

#: Between two looks at files while the window is in front, and before one at rows that scroll by.
_PACE_MS, _SOON_MS = 2500, 150

_COMING = frozenset({QEvent.Type.WindowActivate, QEvent.Type.Show, QEvent.Type.Enter})


def _is_seen(window: MainWindow) -> bool:
    return window.isVisible() and not window.isMinimized()


class VisibleTasks(QObject):
    """Tells the watcher which tasks are on the screen.

    It looks with the window's tick: rows that scroll by within a second are not meant, and a
    timer of its own would wake a computer that has nothing to do.
    """

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._window = main.window
        self._watcher = main.backend.watcher
        self._told: frozenset[Key] = frozenset()
        main.list.status.ticked.connect(self._look)
        main.window.installEventFilter(self)
        self._look()  # the window is on the screen already, and its next tick may be long in coming

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._look()
        return super().eventFilter(watched, event)

    def _look(self, _now: float = 0.0) -> None:
        content = self._window.content
        keys = content.live_on_screen() if _is_seen(self._window) else frozenset[Key]()
        if keys != self._told:
            self._told = keys
            self._watcher.shown(keys)


class VisibleFiles(QObject):
    """Has it looked whether the saved files on the screen are there: when somebody comes back to
    the window, when other rows come into sight, and at a gentle pace while it is in front.

    Nothing of it happens while nobody looks, or while no file was saved yet: a window that has
    nothing to do wakes nobody.
    """

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._window = main.window
        self._presence = main.backend.presence
        self._films = FilmReader(main)
        self._pace = _timer(self, _PACE_MS, self._look)
        self._soon = _timer(self, _SOON_MS, self._look)
        main.window.installEventFilter(self)
        content, table = main.window.content, main.window.table
        for moved in (
            table.verticalScrollBar().valueChanged,
            content.gallery.view.verticalScrollBar().valueChanged,
            table.rows_changed,
            content.view_changed,
        ):
            moved.connect(self._look_soon)
        main.tasks_changed.connect(self._note)
        main.ending.connect(self._stop)
        self._is_over = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _COMING:
            self._look_soon()
        return super().eventFilter(watched, event)

    def _look_soon(self) -> None:
        if not self._soon.isActive() and not self._is_over:
            self._soon.start()

    def _note(self, diff: Diff) -> None:
        """Files were saved: from now on there is something to look at."""
        if not self._pace.isActive() and any(any(kept_files(task)) for task in diff.changed):
            self._look_soon()

    def _look(self) -> None:
        is_seen = _is_seen(self._window)
        shown = self._window.content.tasks_on_screen() if is_seen else ()
        self._presence.look([file for task in shown for file in kept_files(task)])
        self._films.want(shown)
        if is_seen and self._window.isActiveWindow() and self._presence.is_needed:
            self._pace.start()

    def _stop(self) -> None:
        self._is_over = True
        self._pace.stop()
        self._soon.stop()


class FilmReader:
    """Reads from saved films what their services leave out (length, size, frame rate), and keeps it
    with the take. One after the other, behind all that somebody waits for."""

    def __init__(self, main: MainController) -> None:
        self._main = main
        self._wanted: dict[str, Key] = {}  # by the film's path
        self._tried: set[str] = set()
        self._is_working = False

    def want(self, tasks: Iterable[Task]) -> None:
        """These can be seen now."""
        films = ((task.key, main_artifact(task)) for task in tasks if is_silent(task))
        self._wanted = {
            film.path: key
            for key, film in films
            if film is not None and film.path is not None and film.path not in self._tried
        }
        if self._wanted and not self._is_working:
            self._is_working = True
            self._main.do(self._read())

    async def _read(self) -> None:
        try:
            while self._wanted:
                path = next(iter(self._wanted))
                key = self._wanted.pop(path)
                self._tried.add(path)
                facts = await self._main.frames.facts(Path(path))
                if isinstance(facts, FilmFacts):
                    await self._main.backend.note_film(key, path, facts_kept(facts))
        finally:
            self._is_working = False


def _timer(parent: QObject, wait_ms: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(wait_ms)
    timer.timeout.connect(then)
    return timer


class NetworkMonitor(QObject):
    """Hears from the system that the network is back. Where Qt has no plugin for that the
    watching finds out by its own tries, up to a minute later."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._watcher = main.backend.watcher
        self._was = _Reachability.Unknown
        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            log.info("nobody tells here whether there is a network")
            return
        system = QNetworkInformation.instance()
        self._was = system.reachability()
        system.reachabilityChanged.connect(self.note_reachability)

    def note_reachability(self, now: _Reachability) -> None:
        """The system says how far one can get now."""
        before, self._was = self._was, now
        log.info("network: %s, now %s", before.name, now.name)
        if now is _Reachability.Online and before is not _Reachability.Online:
            self._watcher.online()
