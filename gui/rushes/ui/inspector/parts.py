"""What the sections of the inspector share: its signals, a grid of values, a row that breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from rushes.core.task import ArtifactKind, Key
from rushes.presentation.text import tr
from rushes.ui.inspector.fields import Field
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Value, icon_button, line


class InspectorSignals(QWidget):
    """What the user wants of what the inspector shows; its sections emit the signals.

    Signals:
        copy_requested: a bare value and what it is.
        save_requested, save_as_requested, reveal_requested, open_requested: of this file.
        mark_requested: list of `Key`, and what happens to the `Mark` of each.
        raw_wanted, events_wanted: answer with `show_raw`, `show_events`.
        replace_key_requested: an account's id.
        elsewhere_requested: list of `Key`: whether another account knows them.
        upstream_requested: list of `Key`: what Ark says about their jobs.
    """

    copy_requested = Signal(str, str)
    save_requested = Signal(Key, ArtifactKind)
    save_as_requested = Signal(Key, ArtifactKind)
    reveal_requested = Signal(Key, ArtifactKind)
    open_requested = Signal(Key, ArtifactKind)
    mark_requested = Signal(list, object)
    raw_wanted = Signal(Key)
    events_wanted = Signal(Key)
    replace_key_requested = Signal(str)
    elsewhere_requested = Signal(list)
    upstream_requested = Signal(list)


class FlowLayout(QLayout):
    """A row that breaks into several where the width does not suffice.

    After Qt's flow layout example, without its style-dependent spacing."""

    def __init__(self, parent: QWidget, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Set the items in rows; returns the height they take."""
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, row = rect.x(), y + row + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            row = max(row, size.height())
        return y + row - rect.y()


def flowing(widgets: Sequence[QWidget], gap: int) -> QWidget:
    """A widget that holds `widgets` in rows."""
    made = QWidget()
    layout = FlowLayout(made, gap)
    for widget in widgets:
        layout.addWidget(widget)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


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
    """Titled values, one a line, each with a copy button; lines come and go without a rebuild."""

    def __init__(self, signals: InspectorSignals, ids: Sequence[str] = ()) -> None:
        super().__init__()
        self._signals = signals
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
            self._signals.copy_requested.emit(field.copied, field.title)


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
