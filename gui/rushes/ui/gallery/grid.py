"""Where the tiles are: arithmetic on equal tiles, so that a million cost what ten do."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

GAP = 10


@dataclass(frozen=True, slots=True)
class Grid:
    """Tiles of `wide` by `tall` pixels, in lines across `width`; the room left is shared out.

    Coordinates are those of the whole grid; the caller takes off how far it is scrolled.
    """

    width: int
    wide: int
    tall: int
    count: int

    @property
    def columns(self) -> int:
        return max(1, (self.width - GAP) // (self.wide + GAP))

    @property
    def lines(self) -> int:
        return -(-self.count // self.columns)

    @property
    def line_height(self) -> int:
        return self.tall + GAP

    @property
    def height(self) -> int:
        return self.lines * self.line_height + GAP if self.count else 0

    def tile(self, row: int) -> QRect:
        line, column = divmod(row, self.columns)
        spare = max(0, self.width - self.columns * self.wide)
        left = round(spare * (column + 1) / (self.columns + 1)) + column * self.wide
        return QRect(left, GAP + line * self.line_height, self.wide, self.tall)

    def row_at(self, point: QPoint) -> int:
        """The tile under `point`, or -1."""
        line = (point.y() - GAP) // self.line_height
        if line < 0:
            return -1
        for row in range(line * self.columns, min((line + 1) * self.columns, self.count)):
            if self.tile(row).contains(point):
                return row
        return -1

    def rows_in(self, area: QRect) -> list[int]:
        """The tiles that touch `area`, in order."""
        return [row for row in self.rows_between(area) if self.tile(row).intersects(area)]

    def rows_between(self, area: QRect) -> range:
        """All tiles of the lines that `area` touches."""
        first = max(0, (area.top() - GAP) // self.line_height)
        last = max(-1, (area.bottom() - GAP) // self.line_height)
        return range(first * self.columns, min((last + 1) * self.columns, self.count))

    def row_near(self, point: QPoint) -> int:
        """The tile whose place is nearest; -1 in an empty grid."""
        line = min(max(0, (point.y() - GAP) // self.line_height), self.lines - 1)
        rows = range(line * self.columns, min((line + 1) * self.columns, self.count))
        return min(rows, key=lambda r: abs(self.tile(r).center().x() - point.x()), default=-1)

    def step(self, row: int, lines: int) -> int:
        """The tile so many lines down (or up); the same one where there is none."""
        there = row + lines * self.columns
        if there < 0:
            return row
        last = self.count - 1
        if there > last:  # the last line may be short
            return last if last // self.columns > row // self.columns else row
        return there

    def range_between(self, anchor: int, area: QRect) -> range:
        """The rows from `anchor` to the tile in the opposite corner of `area`, as text is marked.

        Without the anchor in a corner of it: all from the first corner to the last.
        """
        first, last = self.row_near(area.topLeft()), self.row_near(area.bottomRight())
        for one, other in (
            (self.row_near(area.topRight()), self.row_near(area.bottomLeft())),
            (first, last),
        ):
            if anchor in (one, other):
                return range(min(one, other), max(one, other) + 1)
        return range(min(first, last), max(first, last) + 1)
