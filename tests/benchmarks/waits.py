"""How long a click would have waited for the event loop, had there been one each millisecond.

A beat on the Qt event loop notes when it comes. While the loop is busy beats are late, and so
would clicks be: each millisecond of a gap counts as one click that waited until its end. So a
long gap weighs as much as it would for a person, not as one sample among thousands.
"""

import time

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS = 1


class Waits(QObject):
    """Listens to the Qt event loop of this thread between `start` and `stop`."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self._gaps: list[float] = []

    def start(self) -> None:
        self._gaps = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """The waits in seconds, one for each millisecond since `start`."""
        self._timer.stop()
        self._beat()
        return [gap - n / 1000 for gap in self._gaps for n in range(max(1, int(gap * 1000)))]

    @property
    def longest(self) -> float:
        """The longest gap so far, in seconds."""
        return max(self._gaps, default=0.0)

    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append(max(0.0, now - self._last - _BEAT_MS / 1000))
        self._last = now
