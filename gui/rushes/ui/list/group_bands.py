"""The heads of groups: a band across the table, a tile in the gallery, and the keys that fold."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QTableView

from rushes.core.listing import Group
from rushes.ui.list import cells
from rushes.ui.widgets import theme

Index = QModelIndex | QPersistentModelIndex
_TALL = 30  # of a band, where the row has room for more
_CHEVRON = 14.0


def is_toggle(event: QKeyEvent, index: Index) -> bool:
    """Whether the key folds or unfolds the group whose head has the focus: Return and Space always,
    Left and Right where that changes something."""
    found = index.data(cells.GROUP) if index.isValid() else None
    if found is None:
        return False
    is_folded: bool = found[1]
    key = event.key()
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return is_folded is (key == Qt.Key.Key_Right)
    return key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


def paint(table: QTableView, first: int, last: int) -> None:
    """The bands among the rows `first` to `last`, over what the cells have painted."""
    model, view = table.model(), table.viewport()
    current = table.currentIndex().row() if table.hasFocus() else -1
    painter = QPainter(view)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row in range(first, min(last + 1, model.rowCount())):
        found = model.index(row, 0).data(cells.GROUP)
        if found is None:
            continue
        tall = table.rowHeight(row)
        box = QRect(0, table.rowViewportPosition(row), view.width(), tall)
        painter.fillRect(box, theme.ink("base"))
        band = box.adjusted(0, max(0, tall - _TALL), 0, 0)
        painter.fillRect(band, theme.ink("stripe"))
        painter.fillRect(QRect(0, box.bottom(), box.width(), 1), theme.ink("line"))
        painter.setFont(table.font())
        title(painter, band.adjusted(theme.SMALL, 0, -theme.SMALL, 0), *found)
        if row == current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 1.5))
            painter.drawRoundedRect(QRectF(band).adjusted(1.5, 1.5, -2, -2.5), 3, 3)
    painter.end()


def title(painter: QPainter, box: QRect, group: Group, is_folded: bool) -> None:
    """Chevron, name and count on one line."""
    middle = box.center().y() + 1
    icon = QRectF(box.left(), middle - _CHEVRON / 2, _CHEVRON, _CHEVRON)
    theme.draw_icon(painter, "chevron-right" if is_folded else "chevron-down", "muted", icon)
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.DemiBold)
    count = str(group.size)
    inner = box.adjusted(round(_CHEVRON) + theme.SMALL, 0, 0, 0)
    left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    room = inner.width() - painter.fontMetrics().horizontalAdvance(count) - theme.MEDIUM
    painter.setFont(font)
    metrics = painter.fontMetrics()
    words = metrics.elidedText(cells.head_title(group), Qt.TextElideMode.ElideRight, room)
    painter.setPen(theme.ink("text" if group.name else "muted"))
    painter.drawText(inner, left, words)
    font.setWeight(QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(theme.ink("muted"))
    after = inner.adjusted(metrics.horizontalAdvance(words) + theme.MEDIUM, 0, 0, 0)
    painter.drawText(after, left, count)


def band(painter: QPainter, box: QRect, words: str, count: int) -> None:
    """The title above the cards of a day, and how many they are."""
    side = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.DemiBold)
    painter.save()
    painter.setFont(font)
    wide = painter.fontMetrics().horizontalAdvance(words)
    painter.setPen(theme.ink("text"))
    painter.drawText(box, side, words)
    painter.restore()
    painter.setPen(theme.ink("muted"))
    painter.drawText(box.adjusted(wide + theme.MEDIUM, 0, 0, 0), side, str(count))


def tile(painter: QPainter, box: QRect, found: tuple[Group, bool], *, current: bool) -> None:
    """The head as a tile of the gallery."""
    inside = QRectF(box).adjusted(1, 1, -1, -1)
    painter.setPen(QPen(theme.ink("accent" if current else "line"), 2 if current else 1))
    painter.setBrush(theme.ink("stripe"))
    painter.drawRoundedRect(inside, 5, 5)
    title(painter, box.adjusted(theme.MEDIUM, 0, -theme.SMALL, 0), *found)
