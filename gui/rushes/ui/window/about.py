"""What this program is and is made of, and the report for who is asked to mend it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Value, line, push_button, screen_room


class AboutDialog(QDialog):
    """Args:
    facts: What stands above, as pairs of a label and its value.
    parts: The parts of the program and their licences, a line each.
    buttons: Their words, and what they do.
    """

    def __init__(
        self,
        facts: Sequence[tuple[str, str]],
        parts: str,
        buttons: Sequence[tuple[str, Callable[[], object]]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Rushes"))
        self.resize(QSize(560, 520).boundedTo(screen_room(self)))
        about = tr(
            "Rushes watches AI video and 3D jobs and keeps every result. It is free software "
            "under the GNU General Public License, version 3 or later, and comes without any "
            "warranty."
        )
        form = QFormLayout()
        form.setHorizontalSpacing(theme.LARGE)
        for label, text in facts:
            value = Value()
            plain.set_text(value, text)
            plain.name(value, label)
            form.addRow(line(label, "muted", wraps=False), value)
        box = _filled(self)
        box.addWidget(line(about))
        box.addLayout(form)
        box.addWidget(line(tr("Parts and their licences"), "muted"))
        box.addWidget(_read_only(tr("Parts and their licences"), parts), 1)
        box.addWidget(_close(self, *(push_button(words, act) for words, act in buttons)))


class ReportDialog(QDialog):
    """Shows a report before anybody has it. Nothing is sent: `save` is called when the user wants
    it as a file."""

    def __init__(self, report: str, save: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Report a problem"))
        self.resize(QSize(720, 560).boundedTo(screen_room(self)))
        told = tr(
            "This is all that the report says. Keys and the signatures of links are not in it; "
            "names of accounts and files can be. Nothing is sent: save it, and give it to whom you "
            "choose."
        )
        box = _filled(self)
        box.addWidget(line(told))
        box.addWidget(_read_only(tr("Report"), report), 1)
        box.addWidget(_close(self, push_button(tr("Save…"), save)))


def _filled(dialog: QDialog) -> QVBoxLayout:
    box = QVBoxLayout(dialog)
    box.setContentsMargins(*(theme.LARGE,) * 4)
    box.setSpacing(theme.MEDIUM)
    return box


def _read_only(spoken: str, text: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setPlainText(text)
    plain.name(made, spoken)
    return made


def _close(dialog: QDialog, *others: QPushButton) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    plain.set_text(buttons.button(QDialogButtonBox.StandardButton.Close), tr("Close"))
    for other in others:
        buttons.addButton(other, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    return buttons
