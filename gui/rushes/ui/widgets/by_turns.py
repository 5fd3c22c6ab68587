"""Long work of the window's thread, cut up so that a click between two parts of it is answered."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer


class ByTurns(QObject):
    """Goes one step on in each turn of the event loop in which nothing else is waiting."""

    def __init__(self, steps: Iterator[None], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = steps
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._go_on)
        self._next.start()

    def finish(self) -> None:
        """Do at once what is left."""
        self._next.stop()
        for _ in self._steps:
            pass

    def _go_on(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._next.stop()
