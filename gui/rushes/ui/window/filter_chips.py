"""Conditions of the search that are one click away: above the rows, and in the review."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from rushes.presentation import search
from rushes.presentation.text import tr, translated
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import push_button


class FilterChips(QWidget):
    """A chip puts its condition into the search field, or takes it out; it is on while the field
    says the same, whoever wrote it there."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        plain.name(self, tr("Filter"))
        self._field = field
        self._chips = [(chip, self._button(chip)) for chip in search.CHIPS]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TINY)
        for _, button in self._chips:
            row.addWidget(button)
        field.textChanged.connect(self._follow)
        self._follow(field.text())

    def _button(self, chip: search.Chip) -> QPushButton:
        made = push_button(translated(chip.label), partial(self._press, chip))
        made.setCheckable(True)
        made.setProperty("chip", True)
        plain.set_tooltip(made, tr("Show only these: {condition}", condition=chip.condition))
        return made

    def _press(self, chip: search.Chip) -> None:
        plain.set_text(self._field, search.with_chip_pressed(self._field.text(), chip))

    def _follow(self, text: str) -> None:
        for chip, button in self._chips:
            button.setChecked(search.has_chip(text, chip))
