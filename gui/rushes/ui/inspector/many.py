"""Several takes at once: what they share, and marks for all of them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rushes.core.task import Task
from rushes.presentation.columns import BY_ID, NOTHING, Context
from rushes.presentation.text import tr
from rushes.ui.inspector.fields import Field
from rushes.ui.inspector.grid import FieldGrid
from rushes.ui.inspector.marks import MarkEditor
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import line

_COMPARED = (
    "state", "saved", "model", "parameters", "seed", "tier", "audio", "tokens", "cost",
    "created", "account",
)  # fmt: skip


def summary(tasks: Sequence[Task], ctx: Context) -> tuple[Field, ...]:
    """One field a column: the value all takes share, else "different"."""
    found = []
    for name in _COMPARED:
        column = BY_ID[name]
        texts = {column.shown(task, ctx) for task in tasks}
        if texts == {NOTHING} or texts == {""}:
            continue
        if len(texts) == 1:
            text = next(iter(texts))
            found.append(Field(name, column.title(), text, "" if text == NOTHING else text))
        else:
            found.append(Field(name, column.title(), tr("different"), ""))
    return tuple(found)


class Many(QWidget):
    """Signals:
    changed: a change for the marks of all takes shown.
    copied: a value and its title.
    """

    changed = Signal(object)
    copied = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._title = line("", "title")
        self._marks = MarkEditor()
        self._grid = FieldGrid(_COMPARED)
        self._marks.changed.connect(self.changed)
        self._grid.copied.connect(self.copied)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        box.setSpacing(theme.SMALL)
        for widget in (self._title, self._marks, self._grid):
            box.addWidget(widget)
        box.addStretch(1)

    def show_tasks(self, tasks: Sequence[Task], ctx: Context) -> None:
        plain.set_text(self._title, tr("%n take(s) selected", None, len(tasks)))
        self._marks.show_marks(tuple(task.mark for task in tasks))
        self._grid.show_fields(summary(tasks, ctx))

    def commit(self) -> None:
        self._marks.commit()

    def focus_tags(self) -> None:
        self._marks.focus_tags()
