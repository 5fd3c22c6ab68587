"""Titled values, one a line, each with a copy button; lines come and go without a rebuild."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from rushes.presentation.text import tr
from rushes.ui.inspector.fields import Field
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Value, icon_button, line

_TITLE_WIDTH = 100


def selectable(label: QLabel) -> QLabel:
    """Let the text be selected by mouse and keyboard."""
    flags = Qt.TextInteractionFlag
    label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    return label


@dataclass(frozen=True, slots=True)
class _Line:
    title: QLabel
    value: QLabel
    copy: QToolButton


class FieldGrid(QWidget):
    """Signals:
    copied: the bare value and its title.
    """

    copied = Signal(str, str)

    def __init__(self, ids: Sequence[str] = ()) -> None:
        super().__init__()
        self._shown: dict[str, Field] = {}
        self._box = QGridLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setHorizontalSpacing(theme.SMALL)
        self._box.setVerticalSpacing(0)
        self._box.setColumnMinimumWidth(0, _TITLE_WIDTH)
        self._box.setColumnStretch(1, 1)
        self._lines: dict[str, _Line] = {}
        self.add(ids)

    def add(self, ids: Sequence[str]) -> None:
        """Make a line for each of `ids`, below those there are."""
        for name in ids:
            self._lines[name] = self._add(len(self._lines), name)

    def _add(self, row: int, name: str) -> _Line:
        title = line("", "muted")
        title.setFixedWidth(_TITLE_WIDTH)
        value = Value()
        copy = icon_button("copy", tr("Copy"), partial(self._copy, name))
        copy.setIcon(theme.icon("copy", "muted"))
        made = _Line(title, value, copy)
        top = Qt.AlignmentFlag.AlignTop
        for column, widget in enumerate((title, value, copy)):
            self._box.addWidget(widget, row, column)
            widget.hide()
        self._box.setAlignment(copy, top)
        for label in (title, value):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setContentsMargins(0, 6, 0, 4)
        return made

    def show_fields(self, fields: Iterable[Field]) -> None:
        """Show exactly these; what did not change is not touched."""
        wanted = {field.id: field for field in fields}
        for name, made in self._lines.items():
            field = wanted.get(name)
            if field != self._shown.get(name):
                _fill(made, field)
        self._shown = wanted

    def text_of(self, name: str) -> str | None:
        """What is shown for `name`; None while its line is hidden."""
        field = self._shown.get(name)
        return field.text if field else None

    def _copy(self, name: str) -> None:
        field = self._shown.get(name)
        if field and field.copied:
            self.copied.emit(field.copied, field.title)


def _fill(made: _Line, field: Field | None) -> None:
    for widget in (made.title, made.value):
        widget.setVisible(field is not None)
    made.copy.setVisible(field is not None and field.copied != "")
    if field is None:
        return
    plain.set_text(made.title, field.title)
    plain.set_text(made.value, field.text)
    plain.name(made.value, f"{field.title}: {field.text}")
    plain.set_tooltip(made.value, field.tip)
    spoken = tr("Copy {title}", title=field.title)
    plain.name(made.copy, spoken)
    plain.set_tooltip(made.copy, spoken)
