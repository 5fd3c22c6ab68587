"""The address of a service, and who will get the key."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from rushes.core.account import origin
from rushes.presentation.text import tr
from rushes.ui.accounts.draft import Checked, checked_url, host_of
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, styled


class AddressField(QWidget):
    """Signals:
    changed: by hand or by `show_url`.
    origin_changed: scheme, host or port is another one: a key typed for the old one is void.
    """

    changed = Signal()
    origin_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._origin: tuple[str, str, int] | None = None
        self._field = QLineEdit()
        self._field.setPlaceholderText("https://")
        self._field.setMaxLength(500)
        plain.name(self._field, tr("Address"))
        self._note = line("", "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self._field)
        box.addWidget(self._note)
        self._field.textChanged.connect(self._typed)
        self._field.editingFinished.connect(lambda: self._say(strict=True))
        self._typed()

    def show_url(self, url: str) -> None:
        plain.set_text(self._field, url)
        self._say(strict=False)

    def set_editable(self, on: bool) -> None:
        self._field.setReadOnly(not on)

    def checked(self) -> Checked:
        return checked_url(self._field.text())

    def complain(self) -> bool:
        """Say what is wrong, if anything is. Returns whether the address is good."""
        self._say(strict=True)
        good = not self.checked().problem
        if not good:
            self._field.setFocus()
        return good

    def take_focus(self) -> None:
        self._field.setFocus()

    def _typed(self) -> None:
        found = self.checked()
        new = origin(found.value) if found.value else None
        self._say(strict=False)
        if new != self._origin:
            self._origin = new
            self.origin_changed.emit()
        self.changed.emit()

    def _say(self, *, strict: bool) -> None:
        """While typing, half an address is no mistake yet: then nothing is said."""
        found = self.checked()
        wrong = found.problem != "" and strict and self._field.text() != ""
        if found.value:
            host = host_of(found.value)
            text = tr("The key will be sent to {host} and nowhere else.", host=host)
        else:
            text = found.problem if wrong else tr("Type the address of the service.")
        plain.set_text(self._note, text)
        styled(self._note, "error" if wrong else "muted")
        if self._field.property("wrong") != wrong:
            self._field.setProperty("wrong", wrong)
            self._field.style().unpolish(self._field)
            self._field.style().polish(self._field)
