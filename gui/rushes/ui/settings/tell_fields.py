"""Settings: what is told while the window is not in front, and whether it goes into the tray."""

from dataclasses import replace

from PySide6.QtWidgets import QFormLayout

from rushes.core.settings import Settings
from rushes.presentation.text import tr
from rushes.ui.widgets.basics import check_box


class TellFields:
    """Attributes:
    boxes: One for each kind of news.
    closing: Whether closing the window leaves the program in the tray.
    """

    def __init__(self, now: Settings) -> None:
        self._done = check_box(tr("Takes that are done"), is_on=now.tell_done)
        self._failed = check_box(tr("Tasks that failed"), is_on=now.tell_failed)
        words = tr("Unsaved files, 2 h and 20 min before their links end")
        self._expiring = check_box(words, is_on=now.tell_expiring)
        words = tr("Trouble with a key or a balance")
        self._trouble = check_box(words, is_on=now.tell_trouble)
        words = tr("Go on in the tray when the window is closed")
        self.closing = check_box(words, is_on=now.close_to_tray == "yes")
        self.boxes = (self._done, self._failed, self._expiring, self._trouble)

    def fill(self, form: QFormLayout) -> None:
        for box in self.boxes:
            form.addRow("", box)

    def chosen(self, settings: Settings) -> Settings:
        """`settings` with these fields as they stand now."""
        now = settings.close_to_tray
        is_changed = self.closing.isChecked() is not (now == "yes")
        return replace(
            settings,
            close_to_tray=("no" if now == "yes" else "yes") if is_changed else now,
            tell_done=self._done.isChecked(),
            tell_failed=self._failed.isChecked(),
            tell_expiring=self._expiring.isChecked(),
            tell_trouble=self._trouble.isChecked(),
        )
