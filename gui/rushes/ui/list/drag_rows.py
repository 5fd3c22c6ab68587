"""Dragging takes out of list and gallery: what hangs on the pointer is a poster with a count."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor, QDrag, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView

from rushes.core.task import Task
from rushes.ui.list.task_model import TaskModel
from rushes.ui.widgets import theme
from rushes.ui.widgets.basics import draw_fitted
from rushes.ui.widgets.posters import Posters

_BOX = QSize(128, 72)
_BADGE = 24


def carry(view: QAbstractItemView, posters: Posters | None, actions: Qt.DropAction) -> None:
    """Let the selected rows be dragged, and tell their model when they were dragged out."""
    drag, model = drag_of(view, posters), view.model()
    if drag is None or not isinstance(model, TaskModel):
        return
    tasks = model.tasks_at(view.selectedIndexes())
    done = drag.exec(actions)
    is_taken = done is not Qt.DropAction.IgnoreAction
    is_outside = not view.window().frameGeometry().contains(QCursor.pos())
    if drag.target() is None and (is_taken or is_outside):
        model.carried(tasks, is_taken=is_taken)


def drag_of(view: QAbstractItemView, posters: Posters | None) -> QDrag | None:
    """The drag of the selected rows; None: none of them can be dragged."""
    rows = {
        index.row(): index
        for index in view.selectedIndexes()
        if index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    }
    data = view.model().mimeData(list(rows.values())) if rows else None
    if data is None:
        return None
    task = rows.get(view.currentIndex().row(), next(iter(rows.values()))).data(TaskModel.TASK)
    image = posters.at_hand(task) if posters and isinstance(task, Task) else None
    drag = QDrag(view)
    drag.setMimeData(data)
    drag.setPixmap(_pixmap(image, len(rows), view.devicePixelRatioF()))
    drag.setHotSpot(QPoint(-theme.SMALL, -theme.SMALL))  # the pointer hides nothing of it
    return drag


def _pixmap(image: QImage | None, count: int, ratio: float) -> QPixmap:
    made = QPixmap(_BOX * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    box, painter = QRect(QPoint(), _BOX), QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(box, theme.ink("raised"))
    if image is not None:
        draw_fitted(painter, image, box)
    else:
        glyph = QRect(0, 0, 28, 28)
        glyph.moveCenter(box.center())
        theme.draw_icon(painter, "film", "muted", glyph.toRectF())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.ink("edge"))
    painter.drawRect(box.adjusted(0, 0, -1, -1))
    if count > 1:
        words = str(count)
        wide = max(_BADGE, painter.fontMetrics().horizontalAdvance(words) + 12)
        badge = QRect(box.right() - wide - 3, box.top() + 4, wide, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("accent"))
        painter.drawRoundedRect(badge, _BADGE / 2, _BADGE / 2)
        painter.setPen(theme.ink("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return made
