"""A small field that pops up over the list: for tags and a note, without a dialog."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from rushes.ui.widgets import plain, theme


class QuickEdit(QFrame):
    """Return takes the text, Escape leaves everything as it was.

    Args:
        keeps: A click elsewhere takes what was typed, too: it may be a long note.

    Signals:
        accepted: the text.
    """

    accepted = Signal(str)

    def __init__(
        self, parent: QWidget, title: str, hint: str, text: str, *, keeps: bool = False
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("quickEdit")
        self.setFixedWidth(340)
        self._before, self._keeps = text, keeps
        plain.name(self, title)
        self._field = QLineEdit()
        plain.set_text(self._field, text)
        self._field.setPlaceholderText(hint)
        plain.name(self._field, title)
        self._field.returnPressed.connect(self._accept)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.MEDIUM,) * 4)
        box.setSpacing(theme.TINY)
        box.addWidget(plain.label(title))
        box.addWidget(self._field)

    def show_at(self, where: QPoint) -> None:
        self.move(where)
        self.show()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)
        self._field.selectAll()

    def event(self, event: QEvent) -> bool:
        """Keys that mean something in the window around it are typed here."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._keeps = False
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self._keeps and self._field.text() != self._before:
            self._accept()

    def _accept(self) -> None:
        text, self._keeps = self._field.text().strip(), False
        self.close()
        self.accepted.emit(text)
