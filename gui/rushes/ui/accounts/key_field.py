"""Where a key is pasted: hidden unless asked, never offered to anything but its owner."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from rushes.core.secret import Secret
from rushes.presentation.text import tr
from rushes.ui.accounts.draft import checked_key
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, push_button, styled

#: The longest key any vault takes is 1,280 characters; a longer paste is a mistake to be told.
_LONGEST = 4096


class KeyField(QWidget):
    """Signals:
    changed: the text is another one.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered: Secret | None = None
        self._field = QLineEdit()
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._field.setMaxLength(_LONGEST)
        self._field.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._field.setPlaceholderText(tr("Paste the API key"))
        plain.name(self._field, tr("API key"))
        self._reveal = push_button(tr("Show"), self._toggle)
        self._reveal.setCheckable(True)
        plain.name(self._reveal, tr("Show the key"))
        self._offer = push_button("", self._take_offer, look="link")
        self._offer.hide()
        self._note = line("", "error")
        self._note.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.TINY)
        row.addWidget(self._field, 1)
        row.addWidget(self._reveal)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addLayout(row)
        box.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._note)
        self._field.textChanged.connect(self._typed)

    @property
    def is_empty(self) -> bool:
        return self._field.text() == ""

    def secret(self) -> Secret | None:
        """The key, or None after saying what is wrong with it."""
        found = checked_key(self._field.text())
        if found.problem:
            self._say(found.problem)
            self._field.setFocus()
            return None
        return Secret(found.value)

    def clear(self, why: str = "") -> None:
        self._field.clear()
        self._show_plainly(False)
        if why:
            self._say(why, "warning")

    def offer(self, words: str, secret: Secret | None) -> None:
        """Offer a key found elsewhere; it is taken by a click only. None: offer nothing."""
        self._offered = secret
        plain.set_text(self._offer, words)
        plain.name(self._offer, words)
        self._offer.setVisible(secret is not None)

    def take_focus(self) -> None:
        self._field.setFocus()

    def _take_offer(self) -> None:
        if self._offered is not None:
            plain.set_text(self._field, self._offered.reveal())
            self._offer.hide()

    def _typed(self) -> None:
        self._note.hide()
        self.changed.emit()

    def _toggle(self) -> None:
        self._show_plainly(self._reveal.isChecked())

    def _show_plainly(self, on: bool) -> None:
        mode = QLineEdit.EchoMode
        self._field.setEchoMode(mode.Normal if on else mode.Password)
        self._reveal.setChecked(on)
        plain.set_text(self._reveal, tr("Hide") if on else tr("Show"))
        plain.name(self._reveal, tr("Hide the key") if on else tr("Show the key"))

    def _say(self, text: str, role: str = "error") -> None:
        plain.set_text(styled(self._note, role), text)
        self._note.show()
