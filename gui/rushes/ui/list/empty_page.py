"""What stands where the table would be when it has no row: one sentence and the next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rushes.presentation.sentences import Action, Sentence, action_label
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import push_button
from rushes.ui.widgets.sign import Sign


class EmptyPage(QWidget):
    """Signals:
    action_requested: the `Action` on the button.
    """

    action_requested = Signal(Action)

    def __init__(self) -> None:
        super().__init__()
        self._action: Action | None = None
        self._text = plain.label(wraps=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "muted")
        self._text.setFixedWidth(400)
        self._button = push_button("", self._act, look="primary")
        box = QVBoxLayout(self)
        box.setSpacing(theme.MEDIUM)
        box.addStretch(2)
        for widget in (Sign("inbox", "edge", 40), self._text, self._button):
            box.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.setFocusProxy(self._button)

    @property
    def text(self) -> str:
        return self._text.text()

    def show_sentence(self, sentence: Sentence) -> None:
        plain.set_text(self._text, sentence.text)
        # An aligned label is given its size hint, which does not know its lines at this width.
        self._text.setMinimumHeight(self._text.heightForWidth(self._text.width()))
        self._action = sentence.action
        self._button.setVisible(sentence.action is not None)
        if sentence.action:
            plain.set_text(self._button, action_label(sentence.action))
            plain.name(self._button, action_label(sentence.action))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return anywhere on the page is the next step."""
        if self._action and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act()
            return
        super().keyPressEvent(event)

    def _act(self) -> None:
        if self._action:
            self.action_requested.emit(self._action)
