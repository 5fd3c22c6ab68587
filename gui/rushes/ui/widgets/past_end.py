"""Scrolling past the end of a view, as far as something lies over its lower edge."""

from PySide6.QtWidgets import QAbstractItemView


class PastEnd:
    """How far a view can be scrolled past its end.

    When less lies over it, nothing jumps: what the user has scrolled to stays until it is scrolled
    back.

    Attributes:
        covered: Pixels of the view that something lies over.
    """

    def __init__(self, view: QAbstractItemView) -> None:
        self._view = view
        self.covered = 0
        self._room = 0  # at least `covered`
        self._end = 0  # the place of the scroll bar at which the last row touches the lower edge
        view.verticalScrollBar().valueChanged.connect(self._fit)

    def cover(self, pixels: int) -> None:
        self.covered = pixels
        self._fit()

    def maximum(self, end: int, place: int) -> int:
        """Of the scroll bar, which is at `place`; `end` is the height of the content less that of
        the view."""
        self._end = end
        self._room = self._wanted(place)
        return max(0, end + self._room)

    def _wanted(self, place: int) -> int:
        return max(self.covered, min(self._room, place - self._end))

    def _fit(self) -> None:
        if self._wanted(self._view.verticalScrollBar().value()) != self._room:
            self._view.updateGeometries()
