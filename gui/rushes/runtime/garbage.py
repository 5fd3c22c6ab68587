"""Garbage is collected in the window's thread, when it has nothing else to do.

By itself Python collects in whichever thread happens to allocate, at that moment. Two things are
wrong with that here: a cycle that holds a Qt object must not be taken apart in a thread of a
download or of the store (Qt aborts on timers and widgets that end elsewhere), and a full
collection in the middle of a scroll is a visible stop.
"""

import gc
from typing import Self

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt

#: New objects before a collection is worth it: about half a millisecond of work.
_YOUNG = 5000
#: Collections of one generation before the next older one joins in.
_OLDER_AFTER = 10
_OLDEST_AFTER = 25


class Garbage(QObject):
    """Collects between `with` and its end, whenever the event loop is about to sleep.

    Needs a QApplication. What exists at the beginning (modules, classes) stays for the whole run
    and is left out of every collection.
    """

    def __enter__(self) -> Self:
        gc.freeze()
        gc.disable()
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.aboutToBlock.connect(self._collect, Qt.ConnectionType.DirectConnection)
        return self

    def __exit__(self, *_: object) -> None:
        self._dispatcher.aboutToBlock.disconnect(self._collect)
        gc.unfreeze()
        gc.collect()  # what is left of the loop and the window must end in this thread, too
        gc.enable()

    def _collect(self) -> None:
        young, middle, old = gc.get_count()
        if young < _YOUNG:
            return
        if middle < _OLDER_AFTER:
            gc.collect(0)
        elif old < _OLDEST_AFTER:
            gc.collect(1)
        else:
            gc.collect()
