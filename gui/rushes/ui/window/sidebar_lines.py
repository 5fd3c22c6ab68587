"""How the sidebar's lines are painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rushes.ui.widgets import theme

Index = QModelIndex | QPersistentModelIndex

#: What a line holds for its painting.
COUNT = Qt.ItemDataRole.UserRole + 2
ICON = Qt.ItemDataRole.UserRole + 3  # (icon, colour)
HEAD = Qt.ItemDataRole.UserRole + 4  # a heading


class LineDelegate(QStyledItemDelegate):
    """A line with its icon, its words and its count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_head = bool(index.data(HEAD))
        return QSize(option.rect.width(), 32 if is_head else theme.TARGET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = str(index.data() or "")
        if index.data(HEAD):
            self._paint_head(painter, option.rect, words)
        else:
            self._paint_line(painter, option, index, words)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRect, words: str) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(theme.CAPTION_PT)
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
        painter.setFont(font)
        painter.setPen(theme.ink("muted"))
        box = rect.adjusted(theme.MEDIUM, 6, -theme.SMALL, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _paint_line(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, words: str
    ) -> None:
        box = QRectF(option.rect).adjusted(6, 1, -6, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink("selection" if chosen else "stripe"))
            painter.drawRoundedRect(box, 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 1.5))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        name, colour = index.data(ICON) or ("dot", "edge")
        colour = "text" if chosen and colour == "muted" else colour
        theme.draw_icon(
            painter, name, colour, QRectF(box.left() + 7, box.center().y() - 7.5, 15, 15)
        )
        inner = box.adjusted(30, 0, -8, 0)
        count = index.data(COUNT)
        if count:
            painter.setPen(theme.ink("text" if chosen else "muted"))
            painter.drawText(
                inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(count)
            )
            wide = painter.fontMetrics().horizontalAdvance(str(count))
            inner.setRight(inner.right() - wide - 8)
        cut = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.setPen(theme.ink("text"))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut
        )
