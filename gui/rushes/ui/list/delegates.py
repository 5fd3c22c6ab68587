"""How cells are painted. The words come from the model; here are icons, colours, bars and stars."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from rushes.core.pace import awaits_link
from rushes.core.task import ArtifactKind, ArtifactState, Pick, Task
from rushes.presentation.columns import COLUMNS, Context, ShownColumn
from rushes.presentation.format import urgency
from rushes.presentation.readings import saved_share
from rushes.presentation.take import (
    KEPT_LOOKS,
    SecondLine,
    is_unseen,
    second_line,
    status_cell,
)
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import state_look
from rushes.ui.list.task_model import TaskModel
from rushes.ui.widgets import plain, posters, theme
from rushes.ui.widgets.posters import Posters

Index = QModelIndex | QPersistentModelIndex
_PAD = theme.SMALL
_GLYPH = 21  # an icon before a word, and the gap between them
#: Property of the table: the row under the pointer, -1 for none. The whole row is lit, not a cell.
HOVERED = "hoveredRow"


class _Cell(NamedTuple):
    """What is painted into one cell."""

    task: Task
    column: ShownColumn
    ctx: Context

    @property
    def words(self) -> str:
        return self.column.shown(self.task, self.ctx)


class CellDelegate(QStyledItemDelegate):
    """Paints every column of the task table.

    Attributes:
        posters: Where pictures of takes come from; without it there are icons.
    """

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._table = parent
        self.posters: Posters | None = None
        self._painters: dict[str, Callable[[QPainter, QRect, _Cell], None]] = {
            "poster": self._poster,
            "name": self._name,
            "status": self._status,
            "state": self._state,
            "saved": self._saved,
            "left": self._left,
            "rating": self._rating,
        }

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = option.fontMetrics.horizontalAdvance(str(index.data() or "")) + 2 * _PAD
        extra = {"status": 22, "state": 22, "saved": 22, "poster": 60}.get(
            COLUMNS[index.column()].id, 0
        )
        return QSize(min(wide + extra, 420), theme.COMPACT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(
            model, TaskModel
        )  # asked directly: a way through Qt for each fact is slow
        task = model.task_at(index.row())
        if task is None:
            return
        cell = _Cell(task, COLUMNS[index.column()], model.ctx)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, hovered=self._table.property(HOVERED) == index.row())
        painter.setFont(option.font)
        paint = self._painters.get(cell.column.id, self._text)
        paint(painter, option.rect, cell)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        del option, index
        editor = _NameEditor(parent)
        plain.name(editor, tr("Name"))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        del index
        tall = min(option.rect.height(), 30)
        box = QRect(option.rect.left(), 0, option.rect.width(), tall)
        box.moveCenter(option.rect.center())
        editor.setGeometry(box)

    # --- parts ----------------------------------------------------------------------------

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, *, hovered: bool) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.ink("selection"))
        elif hovered:
            painter.fillRect(option.rect, theme.ink("stripe"))
        under = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(under, theme.ink("line"))
        if option.state & QStyle.StateFlag.State_HasFocus and not self._is_alone(option):
            painter.setPen(QPen(theme.ink("accent"), 1.5))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -2, -2.5), 3, 3)

    def _is_alone(self, option: QStyleOptionViewItem) -> bool:
        """Whether no other row is selected: then the ring round the table says enough."""
        chosen = self._table.selectionModel().selection()
        is_one = chosen.count() == 1 and chosen.at(0).top() == chosen.at(0).bottom()
        return is_one and bool(option.state & QStyle.StateFlag.State_Selected)

    def _text(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        words = cell.words
        faint = words in ("—", "–")
        self._write(painter, rect, words, "muted" if faint else "text", right=cell.column.right)

    def _poster(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        task = cell.task
        tall = rect.height() - (12 if rect.height() > theme.COMPACT else 6)
        box = QRectF(0, 0, min(rect.width() - _PAD, tall * 16 / 9), tall)
        box.moveCenter(QRectF(rect).center())
        painter.setPen(QPen(theme.ink("line"), 1))
        painter.setBrush(theme.ink("window"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._picture(painter, box, task):
            return
        is_model = task.artifact(ArtifactKind.MODEL) or task.report.subdivision
        side = min(18.0, tall - 4)
        glyph = QRectF(0, 0, side, side)
        glyph.moveCenter(box.center())
        theme.draw_icon(painter, "cube" if is_model else "film", "edge", glyph)

    def _picture(self, painter: QPainter, box: QRectF, task: Task) -> bool:
        if self.posters is None:
            return False
        inside = box.adjusted(1, 1, -1, -1)
        ratio = painter.device().devicePixelRatio()
        image = self.posters.for_task(task, inside.size().toSize(), ratio)
        if image is not None:
            posters.draw(painter, image, inside)
        return image is not None

    def _name(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        """The name, and in a tall row what tells it from others."""
        task, ctx = cell.task, cell.ctx
        upper, lower = _halves(rect)
        left = verdict(painter, upper.adjusted(_PAD, 0, 0, 0), task)
        # Ids begin alike and differ at their end.
        mode = Qt.TextElideMode
        cut = mode.ElideMiddle if ctx.ids_as_names and not task.mark.name else mode.ElideRight
        self._write(painter, upper.adjusted(left, 0, 0, 0), cell.words, "text", cut=cut)
        if lower is not None:
            painter.setFont(theme.caption(painter.font()))
            write_second(painter, lower.adjusted(_PAD, 0, -_PAD, 0), second_line(task, ctx))

    def _status(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        """On one line where it fits, else on two."""
        said = status_cell(cell.task, cell.ctx)
        upper, lower = _halves(rect)
        whole = rect if said.share is None else rect.adjusted(0, 0, 0, -4)
        room = rect.width() - 2 * _PAD - _GLYPH
        is_one = painter.fontMetrics().horizontalAdvance(str(said)) <= room
        if is_one or lower is None or not said.more:
            self._marked(painter, whole, said.icon, said.look, str(said))
        else:
            self._marked(painter, upper, said.icon, said.look, said.words)
            painter.setFont(theme.caption(painter.font()))
            self._write(painter, lower.adjusted(_GLYPH, 0, 0, 0), said.more, said.look)
        if said.share is not None:
            self._bar(painter, rect, said.share)

    def _state(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        look = state_look(cell.task)
        self._marked(painter, rect, f"state-{look}", look, cell.words)

    def _saved(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        task, words = cell.task, cell.words
        state = ArtifactState.REMOTE if awaits_link(task) else task.kept
        if state is None:
            self._write(painter, rect, words, "muted")
            return
        name, colour = KEPT_LOOKS[state]
        share = saved_share(task)
        if share is None:
            self._marked(painter, rect, name, colour, words)
            return
        self._marked(painter, rect.adjusted(0, 0, 0, -4), name, colour, words)
        self._bar(painter, rect, share)

    def _bar(self, painter: QPainter, rect: QRect, share: float) -> None:
        low = rect.center().y() + min(14, rect.height() // 2 - 4)
        track = QRectF(rect.left() + _PAD, low, rect.width() - 2 * _PAD, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("line"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        track.setWidth(track.width() * min(1.0, share))
        painter.setBrush(theme.ink("accent"))
        painter.drawRoundedRect(track, 1.5, 1.5)

    def _left(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        words = cell.words
        urgent = urgency(cell.task.deadline, cell.ctx.now)
        faint = "muted" if words == "–" else "text"
        self._write(painter, rect, words, urgent or faint, right=True, bold=urgent is not None)

    def _rating(self, painter: QPainter, rect: QRect, cell: _Cell) -> None:
        """Stars, or a star and a figure where there is no room; tags below, or beside them."""
        mark = cell.task.mark
        upper, lower = _halves(rect) if mark.tags and mark.rating else (rect, None)
        wide = 0
        if mark.rating:
            line = upper.adjusted(_PAD, 0, -_PAD, 0)
            wide = stars(painter, line, mark.rating)
        if not mark.tags:
            return
        painter.setFont(theme.caption(painter.font()))
        below = upper.adjusted(wide and wide + _PAD, 0, 0, 0) if lower is None else lower
        tags = ", ".join(one_line(tag, 60) for tag in mark.tags)
        self._write(painter, below, tags, "muted")

    def _marked(self, painter: QPainter, rect: QRect, icon: str, colour: str, words: str) -> None:
        """Icon + word, both in the colour: never colour alone."""
        side = 15.0
        box = QRectF(rect.left() + _PAD, rect.center().y() - side / 2 + 0.5, side, side)
        theme.draw_icon(painter, icon, colour, box)
        self._write(painter, rect.adjusted(_GLYPH, 0, 0, 0), words, colour)

    def _write(
        self,
        painter: QPainter,
        rect: QRect,
        words: str,
        colour: str,
        *,
        right: bool = False,
        bold: bool = False,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        if bold:
            font = QFont(painter.font())
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
        box = rect.adjusted(_PAD, 0, -_PAD, 0)
        shown = painter.fontMetrics().elidedText(words, cut, box.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setPen(theme.ink(colour))
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)


def _halves(rect: QRect) -> tuple[QRect, QRect | None]:
    """The two lines of a cell; of a compact row there is one."""
    if rect.height() <= 40:
        return rect, None
    half = rect.height() // 2
    upper = QRect(rect.left(), rect.top() + 6, rect.width(), half - 4)
    return upper, QRect(rect.left(), rect.top() + half, rect.width(), half - 7)


def verdict(painter: QPainter, line: QRect, task: Task) -> int:
    """Whether it was picked or rejected, and whether it is new: before its name. Returns how wide
    that is."""
    left = 0
    if is_unseen(task):
        dot = QRectF(0, 0, 6, 6)
        dot.moveCenter(QPointF(line.left() + 3, line.center().y() + 1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("accent"))
        painter.drawEllipse(dot)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        left = 11
    if task.mark.pick is not Pick.NONE:
        is_pick = task.mark.pick is Pick.PICK
        icon, colour = ("pick", "succeeded") if is_pick else ("reject", "failed")
        at = QPointF(line.left() + left, line.center().y() - 7).toPoint()
        theme.draw_icon(painter, icon, colour, QRectF(at, QSize(15, 15)))
        left += 20
    return left


def write_second(painter: QPainter, box: QRect, line: SecondLine) -> None:
    """The second line, cut before its tail."""
    metrics, side = painter.fontMetrics(), Qt.AlignmentFlag
    tail = f" · {line.tail}" if line.words and line.tail else line.tail
    room = max(0, box.width() - metrics.horizontalAdvance(tail))
    words = metrics.elidedText(line.words, Qt.TextElideMode.ElideRight, room)
    whole = metrics.elidedText(words + tail, Qt.TextElideMode.ElideRight, box.width())
    painter.setPen(theme.ink("muted"))
    painter.drawText(box, int(side.AlignLeft | side.AlignVCenter), whole)


def stars(painter: QPainter, line: QRect, rating: int) -> int:
    """Five of them from the left edge, or one with a figure where they do not fit. Returns how
    wide that is."""
    side, step = 12.0, 14
    is_short = line.width() < 5 * step
    for n in range(1 if is_short else 5):
        at = QPointF(line.left() + n * step, line.center().y() - side / 2 + 0.5).toPoint()
        full = n < rating
        look = ("star-full", "star") if full else ("star", "edge")
        theme.draw_icon(painter, *look, QRectF(at, QSize(int(side), int(side))))
    if not is_short:
        return 5 * step
    painter.setPen(theme.ink("text"))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(line.adjusted(step + 2, 0, 0, 0), flags, str(rating))
    return 2 * step


class _NameEditor(QLineEdit):
    """Keeps its keys: Return and Escape mean this field, not the window's commands."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
