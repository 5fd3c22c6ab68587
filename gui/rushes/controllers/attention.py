"""What the watching should know of the desk and the system: which tasks somebody sees just now,
and that the network is back."""

import logging

from PySide6.QtCore import QEvent, QObject
from PySide6.QtNetwork import QNetworkInformation

from rushes.controllers.window import Desk
from rushes.core.task import Key

log = logging.getLogger(__name__)

_Reachability = QNetworkInformation.Reachability


class Attention(QObject):
    """Tells the watcher which tasks are on the screen.

    It looks with the window's tick: rows that scroll by within a second are not meant, and a
    timer of its own would wake a computer that has nothing to do.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._window = desk.window
        self._watcher = desk.backend.watcher
        self._told: frozenset[Key] = frozenset()
        desk.window.ticked.connect(self._look)
        desk.window.installEventFilter(self)
        self._look()  # the window is on the screen already, and its next tick may be long in coming

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._look()
        return super().eventFilter(watched, event)

    def _look(self, _now: float = 0.0) -> None:
        is_seen = self._window.isVisible() and not self._window.isMinimized()
        keys = self._window.middle.live_on_screen() if is_seen else frozenset[Key]()
        if keys != self._told:
            self._told = keys
            self._watcher.shown(keys)


class NetworkWatch(QObject):
    """Hears from the system that the network is back. Where Qt has no plugin for that the
    watching finds out by its own tries, up to a minute later."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._was = _Reachability.Unknown
        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            log.info("nobody tells here whether there is a network")
            return
        system = QNetworkInformation.instance()
        self._was = system.reachability()
        system.reachabilityChanged.connect(self.changed)

    def changed(self, now: _Reachability) -> None:
        """The system says how far one can get now."""
        before, self._was = self._was, now
        log.info("network: %s, now %s", before.name, now.name)
        if now is _Reachability.Online and before is not _Reachability.Online:
            self._desk.backend.watcher.online()
