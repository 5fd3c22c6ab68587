"""A long text to read, select and copy; filled late, kept where the reader is."""

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit

from rushes.ui.widgets import plain


class ReadOnly(QPlainTextEdit):
    def __init__(self, spoken: str, *, wraps: bool, height: int) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFixedHeight(height)
        if not wraps:
            self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wraps else mode.NoWrap)
        plain.name(self, spoken)

    def show_text(self, text: str) -> None:
        """Replace the text if it is another one; the scroll position stays."""
        if text == self.toPlainText():
            return
        down, across = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        self.setPlainText(text)
        self.verticalScrollBar().setValue(down)
        self.horizontalScrollBar().setValue(across)
