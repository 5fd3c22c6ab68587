"""The gallery: the grid of tiles, and how large they are."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QSlider,
    QStyleOptionViewItem,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from rushes.core.poster import clip_source, poster_source
from rushes.core.task import ArtifactKind, Pick, Status, Task
from rushes.core.views import FAILURES
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.take import day_title, second_line, status_cell, take_name, what_to_know
from rushes.presentation.text import tr
from rushes.presentation.words import state_look
from rushes.ui.gallery.strips import Strips
from rushes.ui.list import group_bands
from rushes.ui.list.delegates import CellDelegate, stars, verdict, write_second
from rushes.ui.list.drag_rows import carry
from rushes.ui.list.task_model import TaskModel
from rushes.ui.widgets import plain, posters, theme
from rushes.ui.widgets.basics import icon_button
from rushes.ui.widgets.past_end import PastEnd
from rushes.ui.widgets.posters import Posters

PAD = 6
_SCREEN = "#0c0d0f"  # behind pictures, as in the preview
_ICON = 14.0
_STARS = 70  # five of them
_REJECTED = 0.35  # opacity of its picture

#: Where the pointer is in a tile's film: an image, the part of it, the share of the length.
Scrubbed = tuple[QImage, QRect, float]


GAP = 10
TITLE = 30  # height of a day's

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

#: So long the pointer rests on a tile before its film is opened.
_REST_MS = 120
_NAME = next(at for at, column in enumerate(COLUMNS) if column.id == "name")
_WHEEL_LINES = 0.5  # of a line of tiles, for one notch

#: Widths of a tile: small, medium, large.
SIZES = (152, 208, 300)


def picture_size(wide: int) -> QSize:
    """The poster's place in a tile of that width: 16:9."""
    inside = wide - 2 * PAD
    return QSize(inside, inside * 9 // 16)


def tile_height(wide: int, metrics: QFontMetrics) -> int:
    """Picture, name, second line, status."""
    return picture_size(wide).height() + 3 * (metrics.height() + 2) + 3 * PAD


class TilePainter:
    """Paints tiles of one size, with what the theme is at that moment."""

    def __init__(self, poster_source: Posters, font: QFont, ctx: Context) -> None:
        self._posters = poster_source
        self._ctx = ctx
        self._font, self._small = font, theme.caption(font)
        self._metrics = QFontMetrics(font)

    def paint(
        self,
        painter: QPainter,
        box: QRect,
        task: Task,
        *,
        selected: bool,
        hovered: bool,
        current: bool,
        scrubbed: Scrubbed | None,
    ) -> bool:
        """Returns whether the tile is as it will be: False while its picture is on the way."""
        self._ground(painter, box, selected=selected, hovered=hovered, current=current)
        size = picture_size(box.width())
        screen = QRect(box.left() + PAD, box.top() + PAD, size.width(), size.height())
        why = what_to_know(task) if task.status in FAILURES else ""
        has_picture = self._picture(painter, screen, task, scrubbed, why)
        tall = self._metrics.height()
        line = QRect(screen.left() + 1, screen.bottom() + PAD, screen.width() - 2, tall)
        painter.setFont(self._font)
        left = verdict(painter, line, task)
        self._write(painter, line.adjusted(left, 0, 0, 0), take_name(task, self._ctx), "text")
        painter.setFont(self._small)
        line.translate(0, tall + 2)
        says_why = has_picture or not why  # else it stands in place of the picture
        told = second_line(task, self._ctx, is_brief=True, says_why=says_why)
        write_second(painter, line, told)
        line.translate(0, tall + 2)
        self._status(painter, line, task)
        return has_picture or poster_source(task) is None

    def blank(self, painter: QPainter, box: QRect) -> None:
        """A tile whose task is not known yet: only where its picture will be."""
        size = picture_size(box.width())
        screen = QRect(box.left() + PAD, box.top() + PAD, size.width(), size.height())
        painter.fillRect(screen, theme.ink("stripe"))

    def _ground(
        self, painter: QPainter, box: QRect, *, selected: bool, hovered: bool, current: bool
    ) -> None:
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink("selection" if selected else "stripe"))
            painter.drawRoundedRect(box, 5, 5)
        if current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 2))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 5, 5)

    def _picture(
        self, painter: QPainter, screen: QRect, task: Task, scrubbed: Scrubbed | None, why: str
    ) -> bool:
        ratio = painter.device().devicePixelRatio()
        image = self._posters.for_task(task, screen.size(), ratio)
        is_rejected = task.mark.pick is Pick.REJECT
        painter.setOpacity(_REJECTED if is_rejected and scrubbed is None else 1.0)
        if scrubbed is not None:
            painter.fillRect(screen, QColor(_SCREEN))
            self._frame(painter, screen, scrubbed)
        elif image is not None:
            painter.fillRect(screen, QColor(_SCREEN))
            posters.draw(painter, image, QRectF(screen))
        else:
            self._stand_in(painter, screen, task, why)
        painter.setOpacity(1.0)
        return image is not None

    def _frame(self, painter: QPainter, screen: QRect, scrubbed: Scrubbed) -> None:
        strip, part, share = scrubbed
        size = part.size().scaled(screen.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(0, 0, size.width(), size.height())
        box.moveCenter(screen.center())
        painter.drawImage(box, strip, part)
        # Below the picture: nothing covers it.
        track = QRect(screen.left(), screen.bottom() + 2, screen.width(), 3)
        painter.fillRect(track, theme.ink("line"))
        track.setWidth(round(share * screen.width()))
        painter.fillRect(track, theme.ink("accent"))

    def _stand_in(self, painter: QPainter, screen: QRect, task: Task, why: str) -> None:
        """What there is instead of a picture: why there is none yet."""
        painter.setPen(QPen(theme.ink("line"), 1))
        painter.setBrush(theme.ink("window"))
        painter.drawRect(screen.adjusted(0, 0, -1, -1))
        is_model = task.artifact(ArtifactKind.MODEL) or task.report.subdivision
        icon, colour = ("cube" if is_model else "film"), "edge"
        if task.status is not Status.SUCCEEDED:
            colour = state_look(task)
            icon = f"state-{colour}"
        side = min(26.0, screen.height() * (0.2 if why else 0.4))
        glyph = QRectF(0, 0, side, side)
        glyph.moveCenter(QRectF(screen).center())
        if why:
            glyph.moveTop(screen.top() + PAD)
            self._wrap(painter, screen.adjusted(PAD, round(side) + 2 * PAD, -PAD, -2), why)
        _stamp(painter, icon, colour, glyph)

    def _wrap(self, painter: QPainter, room: QRect, words: str) -> None:
        """Text on as many lines as there is room for, the last one cut."""
        painter.setFont(self._small)
        painter.setPen(theme.ink("text"))
        metrics = painter.fontMetrics()
        while words and room.height() >= metrics.height():
            is_last = room.height() < metrics.height() + metrics.lineSpacing()
            count = len(words) if is_last else _fitting(words, self._small, room.width())
            line, words = words[:count].strip(), words[count:]
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter), shown)
            room.setTop(room.top() + metrics.lineSpacing())

    def _status(self, painter: QPainter, line: QRect, task: Task) -> None:
        """The status in a word, and the stars at the right."""
        cell = status_cell(task, self._ctx)
        words = line.adjusted(int(_ICON) + 4, 0, 0, 0)
        if task.mark.rating:
            wide = painter.fontMetrics().horizontalAdvance(str(cell))
            is_short = wide > words.width() - _STARS - 4
            right = QRect(line)
            right.setLeft(line.right() - (_STARS // 2 - 7 if is_short else _STARS))
            stars(painter, right, task.mark.rating)
            words.setRight(right.left() - 4)
        _stamp(painter, cell.icon, cell.look, _left_icon(line))
        self._write(painter, words, str(cell), cell.look)

    def _write(self, painter: QPainter, box: QRect, words: str, colour: str) -> None:
        cut = Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(words, cut, box.width())
        painter.setPen(theme.ink(colour))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, int(side), shown)


def _fitting(words: str, font: QFont, width: int) -> int:
    """How many characters stand on one line of that width; at least one. Qt knows where a text
    may be broken: Chinese has no spaces."""
    layout = QTextLayout(words, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    units = words.encode("utf-16-le", "surrogatepass")[: 2 * line.textLength()]
    return max(1, len(units.decode("utf-16-le", "replace")))


def _stamp(painter: QPainter, icon: str, colour: str, box: QRectF) -> None:
    """Paint an icon on whole pixels, so that one drawing of it serves every tile."""
    theme.draw_icon(painter, icon, colour, QRectF(box.topLeft().toPoint(), box.size()))


def _left_icon(line: QRect) -> QRectF:
    return QRectF(line.left(), line.center().y() - _ICON / 2 + 0.5, _ICON, _ICON)


class Grid:
    """Tiles of `wide` by `tall` pixels, in lines across `width`; the room left is shared out.

    Coordinates are those of the whole grid; the caller takes off how far it is scrolled.

    Args:
        bands: How many tiles stand below each title, from the top; () without titles. What they
            leave over belongs to the last one.
    """

    def __init__(
        self, width: int, wide: int, tall: int, count: int, bands: Sequence[int] = ()
    ) -> None:
        self.width, self.wide, self.tall, self.count = width, wide, tall, count
        self.columns = max(1, (width - GAP) // (wide + GAP))
        self.line_height = tall + GAP
        self._title = TITLE if bands else 0
        # Of each band: its first tile, its first line, and where that begins.
        self._rows, self._lines, self._tops = [0], [0], [GAP + self._title]
        for size in bands[:-1]:
            if self._rows[-1] + size >= count:
                break
            lines = -(-size // self.columns)
            self._rows.append(self._rows[-1] + size)
            self._lines.append(self._lines[-1] + lines)
            self._tops.append(self._tops[-1] + lines * self.line_height + self._title)
        last = -(-(count - self._rows[-1]) // self.columns)
        self.lines = self._lines[-1] + last
        self.height = self._tops[-1] + last * self.line_height if count else 0

    def titles(self, area: QRect) -> Iterator[tuple[int, QRect]]:
        """Those that touch `area`: the number of the band and the room above its tiles."""
        first = max(0, bisect_right(self._tops, area.top()) - 1)
        tops = self._tops[first:] if self._title and self.count else []
        for band, top in enumerate(tops, first):
            room = QRect(GAP, top - self._title, self.width - 2 * GAP, self._title)
            if room.top() > area.bottom():
                return
            if room.intersects(area):
                yield band, room

    def tile(self, row: int) -> QRect:
        band = bisect_right(self._rows, row) - 1
        line, column = divmod(row - self._rows[band], self.columns)
        spare = max(0, self.width - self.columns * self.wide)
        left = round(spare * (column + 1) / (self.columns + 1)) + column * self.wide
        top = self._tops[band] + line * self.line_height
        return QRect(left, top, self.wide, self.tall)

    def row_at(self, point: QPoint) -> int:
        """The tile under `point`, or -1."""
        rows = self._line(self._line_at(point.y()))
        return next((row for row in rows if self.tile(row).contains(point)), -1)

    def rows_in(self, area: QRect) -> list[int]:
        """The tiles that touch `area`, in order."""
        return [row for row in self.rows_between(area) if self.tile(row).intersects(area)]

    def rows_between(self, area: QRect) -> range:
        """All tiles of the lines that `area` touches, and of a line before them at most."""
        first, last = self._line_at(area.top()), self._line_at(area.bottom())
        return range(self._line(first).start, self._line(last).stop)

    def row_near(self, point: QPoint) -> int:
        """The tile whose place is nearest; -1 in an empty grid."""
        rows = self._line(self._line_at(point.y()))
        return min(rows, key=lambda r: abs(self.tile(r).center().x() - point.x()), default=-1)

    def step(self, row: int, lines: int) -> int:
        """The tile so many lines down (or up); the same one where there is none."""
        there = self._line_of(row) + lines
        return self._beside(there, row) if 0 <= there < self.lines else row

    def page(self, row: int, lines: int) -> int:
        """As `step`, as far as there are lines."""
        there = self._line_of(row) + lines
        return self._beside(max(0, there), row) if there < self.lines else self.count - 1

    def _beside(self, line: int, row: int) -> int:
        """The tile of a line in the column of `row`; the last one of a line that is short."""
        band = bisect_right(self._rows, row) - 1
        tiles = self._line(line)
        return min(tiles.start + (row - self._rows[band]) % self.columns, tiles.stop - 1)

    def _line_of(self, row: int) -> int:
        band = bisect_right(self._rows, row) - 1
        return self._lines[band] + (row - self._rows[band]) // self.columns

    def _line_at(self, y: int) -> int:
        """The line at a height, or the one before; the first one above all."""
        band = max(0, bisect_right(self._tops, y) - 1)
        line = self._lines[band] + max(0, y - self._tops[band]) // self.line_height
        after = self._lines[band + 1] if band + 1 < len(self._lines) else self.lines
        return max(0, min(line, after - 1))

    def _line(self, line: int) -> range:
        """The tiles of a line."""
        band = bisect_right(self._lines, line) - 1
        first = self._rows[band] + (line - self._lines[band]) * self.columns
        end = self._rows[band + 1] if band + 1 < len(self._rows) else self.count
        return range(first, min(first + self.columns, end))

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


class NameDelegate(CellDelegate):
    """Edits names below the poster, as the list does in its column."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        del index
        box: QRect = option.rect
        top = box.top() + PAD + picture_size(box.width()).height()
        editor.setGeometry(QRect(box.left() + 2, top + 1, box.width() - 4, 28))


#: It is asked for with each movement of the pointer.
_grid = lru_cache(maxsize=2)(Grid)


class GridView(QListView):
    """To a screen reader a list whose items are the takes; Qt knows that of a `QListView` alone.
    Where the cards are, and how they look, is decided here.

    Signals:
    menu_wanted: QPoint on the screen; there is a selection.
    toggled: the row of a group's head that was asked to fold, or to unfold.
    """

    menu_wanted = Signal(QPoint)
    toggled = Signal(int)

    def __init__(self, posters: Posters) -> None:
        super().__init__()
        self._posters = posters
        self.strips = Strips(self)
        self.past_end = PastEnd(self)
        self._wide = 200
        self._hovered = -1
        self._share = 0.0
        self._lacking: set[int] = set()  # rows painted without the picture they will have
        self._anchor = QPersistentModelIndex()
        # What stays in place while rows come and go, and where on the screen it is.
        self._top = QPersistentModelIndex()
        self._top_at = 0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._paint_hovered)
        plain.name(self, tr("Tasks as pictures"))
        self.setItemDelegate(NameDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        posters.arrived.connect(self._paint_lacking)
        self.strips.arrived.connect(self._paint_hovered)

    def startDrag(self, actions: Qt.DropAction) -> None:
        carry(self, self._posters, actions)

    # --- shape ----------------------------------------------------------------------------

    def set_tile_width(self, wide: int) -> None:
        with _Kept(self):
            self._wide = wide
            self.updateGeometries()
        self.viewport().update()

    @property
    def grid(self) -> Grid:
        model: QAbstractItemModel | None = self.model()  # none before `setModel`
        count = model.rowCount() if model is not None else 0
        tall = tile_height(self._wide, self.fontMetrics())
        bands = tuple(band.size for band in model.bands) if isinstance(model, TaskModel) else ()
        return _grid(self.viewport().width(), self._wide, tall, count, bands)

    def visible_rows(self) -> list[int]:
        return self.grid.rows_in(self._seen())

    def _seen(self) -> QRect:
        """What of the whole grid is on the screen."""
        return self.viewport().rect().translated(0, self.verticalOffset())

    def rename_current(self) -> None:
        """Edit the name of the current task below its picture."""
        if self.currentIndex().isValid():
            name = self.currentIndex().siblingAtColumn(_NAME)
            self.scrollTo(name)
            self.edit(name)

    # --- what Qt asks of a view -----------------------------------------------------------

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        return self.grid.tile(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.grid.row_at(point + QPoint(0, self.verticalOffset()))
        return self.model().index(row, _NAME) if row >= 0 else ROOT

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        if not index.isValid():
            return
        box, bar = self.visualRect(index).adjusted(0, -GAP, 0, GAP), self.verticalScrollBar()
        tall = self.viewport().height() - self.past_end.covered
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + box.center().y() - tall // 2)
        elif box.top() < 0 or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            first = self.visualRect(self.model().index(0, _NAME)).top() - GAP
            # With what is written above the first line, too.
            bar.setValue(0 if box.top() == first else bar.value() + box.top())
        elif box.bottom() > tall:
            bar.setValue(bar.value() + min(box.top(), box.bottom() - tall))

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return index.column() != _NAME

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        del modifiers
        grid, now = self.grid, self.currentIndex()
        if not grid.count:
            return ROOT
        move = QAbstractItemView.CursorAction
        row = now.row() if now.isValid() else -1
        page = max(1, self.viewport().height() // grid.line_height)
        there = {
            move.MoveLeft: row - 1,
            move.MovePrevious: row - 1,
            move.MoveRight: row + 1,
            move.MoveNext: row + 1,
            move.MoveUp: grid.step(max(0, row), -1),
            move.MoveDown: grid.step(max(0, row), 1),
            move.MovePageUp: grid.page(max(0, row), -page),
            move.MovePageDown: grid.page(max(0, row), page),
            move.MoveHome: 0,
            move.MoveEnd: grid.count - 1,
        }[action]
        if row < 0:
            there = 0
        return self.model().index(min(max(0, there), grid.count - 1), _NAME)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A rubber band marks what it touches; clicks and keys mark from the anchor on."""
        area, grid = rect.translated(0, self.verticalOffset()).normalized(), self.grid
        if self.state() is QAbstractItemView.State.DragSelectingState:
            rows: list[int] | range = grid.rows_in(area)
        elif grid.count and (rect.width() > 1 or rect.height() > 1):
            rows = grid.range_between(self._anchor.row(), area)
        else:
            row = grid.row_at(area.center())
            rows = [row] if row >= 0 else []
        chosen = QItemSelection()
        for first, last in _runs(rows):
            chosen.select(self.model().index(first, 0), self.model().index(last, len(COLUMNS) - 1))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Only what is on the screen: a selection may be of a million rows."""
        region = QRegion()
        spans = [
            range(selection.at(n).top(), selection.at(n).bottom() + 1)
            for n in range(selection.size())
        ]
        for row in self.grid.rows_between(self._seen()):
            if any(row in span for span in spans):
                region += self.visualRect(self.model().index(row, _NAME))
        return region

    def updateGeometries(self) -> None:
        bar, grid, tall = self.verticalScrollBar(), self.grid, self.viewport().height()
        shows = Qt.ScrollBarPolicy
        has_room = grid.height <= tall  # then a bar would only take it away
        self.setVerticalScrollBarPolicy(
            shows.ScrollBarAlwaysOff if has_room else shows.ScrollBarAsNeeded
        )
        bar.setRange(0, self.past_end.maximum(grid.height - tall, bar.value()))
        bar.setPageStep(max(1, tall - tall % grid.line_height or tall))
        bar.setSingleStep(max(1, round(grid.line_height * _WHEEL_LINES / 3)))
        QAbstractItemView.updateGeometries(self)  # a list's own would set the bar by its rows

    def doItemsLayout(self) -> None:
        """A list's own would look at each of a million rows."""
        QAbstractItemView.doItemsLayout(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._leave_tile()
        self.viewport().scroll(dx, dy)
        self._remember_top()

    # --- rows that come and go ------------------------------------------------------------

    def setModel(self, model: Any) -> None:
        super().setModel(model)
        self.setModelColumn(_NAME)  # what is said of a card, and edited
        model.layoutChanged.connect(self._rearranged)
        model.rowsRemoved.connect(self._rearranged)
        model.rowsMoved.connect(self._rearranged)
        model.modelReset.connect(self._rearranged)
        model.bands_changed.connect(self._rearranged)

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self._rearranged()

    def dataChanged(self, top: Index, bottom: Index, roles: Any = ()) -> None:
        super().dataChanged(top, bottom, roles)
        seen = self.grid.rows_between(self._seen())
        if seen and top.row() <= seen[-1] and bottom.row() >= seen[0]:
            self.viewport().update()

    def _rearranged(self, *_: object) -> None:
        self._leave_tile()
        with _Kept(self):
            self.updateGeometries()
        self.viewport().update()

    def _remember_top(self) -> None:
        rows = self.visible_rows()
        top = self.model().index(rows[0], _NAME) if rows else ROOT
        self._top = QPersistentModelIndex(top)
        self._top_at = self.visualRect(top).top()

    # --- painting -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        model, picked = self.model(), self.selectionModel()
        current = self.currentIndex().row() if self.hasFocus() else -1
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self.font())
        assert isinstance(model, TaskModel)
        tiles = TilePainter(self._posters, self.font(), model.ctx)
        grid, down = self.grid, self.verticalOffset()
        for band, room in grid.titles(event.rect().translated(0, down)):
            words = day_title(model.bands[band].day, model.ctx.now)
            group_bands.band(painter, room.translated(0, -down), words, model.bands[band].size)
        for row in grid.rows_in(event.rect().translated(0, down)):
            head = model.index(row, _NAME).data(TaskModel.GROUP)
            if head is not None:
                box = grid.tile(row).translated(0, -down)
                group_bands.tile(painter, box, head, current=row == current)
                continue
            task = model.index(row, _NAME).data(TaskModel.TASK)
            if task is None:  # being read
                tiles.blank(painter, grid.tile(row).translated(0, -down))
                continue
            has_all = tiles.paint(
                painter,
                grid.tile(row).translated(0, -down),
                task,
                selected=picked.isRowSelected(row),
                hovered=row == self._hovered,
                current=row == current,
                scrubbed=self._scrubbed(task) if row == self._hovered else None,
            )
            (self._lacking.discard if has_all else self._lacking.add)(row)
        painter.end()

    def _scrubbed(self, task: Task) -> Scrubbed | None:
        clip = clip_source(task)
        if clip is None or self._rest.isActive():
            return None
        found = self.strips.frame(clip, self._share)
        return None if found is None else (*found, self._share)

    def _paint_lacking(self) -> None:
        """Pictures came: only tiles that had none are painted again."""
        grid, down = self.grid, self.verticalOffset()
        for row in self._lacking.intersection(grid.rows_between(self._seen())):
            self.viewport().update(grid.tile(row).translated(0, -down))
        self._lacking.clear()

    def _paint_hovered(self) -> None:
        if self._hovered >= 0:
            self.viewport().update(self.visualRect(self.model().index(self._hovered, _NAME)))

    # --- pointer and keys -----------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Tips come at the words of a card: nothing covers a picture."""
        if isinstance(event, QHelpEvent) and self._has_picture_at(event.pos()):
            return True
        return super().viewportEvent(event)

    def _has_picture_at(self, point: QPoint) -> bool:
        index = self.indexAt(point)
        task = index.data(TaskModel.TASK)
        box = self.visualRect(index)
        below = box.top() + PAD + picture_size(box.width()).height()
        return task is not None and poster_source(task) is not None and point.y() < below

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        self._point_at(point)
        if QToolTip.isVisible() and self._has_picture_at(point):
            QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = QPersistentModelIndex(index)
        super().mousePressEvent(event)
        if not index.isValid():
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens and Escape is the window's: neither starts editing or clears here."""
        if group_bands.is_toggle(event, self.currentIndex()):
            self.toggled.emit(self.currentIndex().row())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = QPersistentModelIndex(self.currentIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectionModel().hasSelection():
            at = event.globalPos()
            if event.reason() is QContextMenuEvent.Reason.Keyboard:
                at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
            self.menu_wanted.emit(at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._leave_tile()

    def resizeEvent(self, event: QResizeEvent) -> None:
        with _Kept(self):
            super().resizeEvent(event)
            self.updateGeometries()
        self.viewport().update()

    def _point_at(self, point: QPoint) -> None:
        row = self.grid.row_at(point + QPoint(0, self.verticalOffset()))
        if row != self._hovered:
            self._leave_tile()
            self._hovered = row
            if row >= 0:
                self._rest.start()
        if row >= 0:
            box = self.visualRect(self.model().index(row, _NAME)).adjusted(PAD, 0, -PAD, 0)
            self._share = min(1.0, max(0.0, (point.x() - box.left()) / max(1, box.width())))
            self._paint_hovered()

    def _leave_tile(self) -> None:
        if self._hovered >= 0:
            box = self.visualRect(self.model().index(self._hovered, _NAME))
            self._hovered = -1
            self._rest.stop()
            self.strips.forget_wish()
            self.viewport().update(box)


class _Kept:
    """Keeps the topmost tile where it is while the grid changes its shape; at the very top new
    tiles may show themselves."""

    def __init__(self, view: GridView) -> None:
        self._view = view
        self._top = QPersistentModelIndex(view._top)
        self._at = view._top_at

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        view, bar = self._view, self._view.verticalScrollBar()
        if bar.value() > 0 and self._top.isValid():
            bar.setValue(bar.value() + view.visualRect(self._top).top() - self._at)
        view._remember_top()


def _runs(rows: list[int] | range) -> list[tuple[int, int]]:
    """Sorted row numbers as (first, last) spans."""
    if isinstance(rows, range):
        return [(rows[0], rows[-1])] if rows else []
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1] = (spans[-1][0], row)
        else:
            spans.append((row, row))
    return spans


class Gallery(QWidget):
    """Shows the rows of the list's model as tiles, with the list's own selection."""

    def __init__(
        self, model: QAbstractItemModel, selection: QItemSelectionModel, posters: Posters
    ) -> None:
        super().__init__()
        self.view = GridView(posters)
        self.view.setModel(model)
        self.view.setSelectionModel(selection)
        self._size = self._slider()
        self._foot = foot = QHBoxLayout()
        foot.setContentsMargins(theme.SMALL, 2, theme.SMALL, 2)
        foot.setSpacing(theme.TINY)
        foot.addStretch(1)
        foot.addWidget(self._end_of_slider(tr("Smaller pictures"), 11, -1))
        foot.addWidget(self._size)
        foot.addWidget(self._end_of_slider(tr("Larger pictures"), 18, 1))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.view, 1)
        box.addLayout(foot)
        self.setFocusProxy(self.view)
        self.set_size(1)

    @property
    def foot_height(self) -> int:
        """Of the line below the pictures, which nothing may cover."""
        return self._foot.sizeHint().height()

    @property
    def size_step(self) -> int:
        """0 small, 1 medium, 2 large."""
        return self._size.value()

    def set_size(self, step: int) -> None:
        self._size.setValue(step)
        self.view.set_tile_width(SIZES[self.size_step])

    def _slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, len(SIZES) - 1)
        slider.setPageStep(1)
        slider.setFixedWidth(90)
        slider.setMinimumHeight(24)
        plain.name(slider, tr("Size of the pictures"))
        plain.set_tooltip(slider, tr("Size of the pictures"))
        slider.valueChanged.connect(lambda step: self.view.set_tile_width(SIZES[step]))
        return slider

    def _end_of_slider(self, words: str, side: int, by: int) -> QToolButton:
        button = icon_button("image", words, lambda: self._step(by))
        button.setIconSize(QSize(side, side))
        return button

    def _step(self, by: int) -> None:
        self.set_size(self.size_step + by)
