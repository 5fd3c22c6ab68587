"""Review: one take after the other on the whole screen, to be rated, picked or rejected.

What is selected in the list is what is shown. So every command acts here as it does everywhere,
and when the review ends the list stands at the take that was looked at last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from rushes.core.listing import Numbers, numbers
from rushes.core.task import Key, Mark, Pick, Task
from rushes.presentation.take import row_spoken, second_line, take_name
from rushes.presentation.text import tr
from rushes.presentation.words import verdict_words
from rushes.ui.commands.actions import Actions
from rushes.ui.preview.content import Shows, content_of
from rushes.ui.preview.preview import Preview
from rushes.ui.widgets import plain, review, theme
from rushes.ui.widgets.basics import Elided, icon_button, line, styled
from rushes.ui.widgets.posters import Posters, draw
from rushes.ui.window.filter_chips import FilterChips
from rushes.ui.window.main_window import MainWindow

_NOTE_MS = 2500
_NOTE_WIDE = 560
_EACH_WAY = 4  # neighbours in the strip
_AFTER = 1000  # takes behind the one that is shown, to go on with where it is hidden
_AHEAD = 30  # rows whose takes are kept at hand
_CELL = QSize(120, 68)
_GAP = 6
_SURROUND = "#0c0d0f"  # as behind the picture


class Review(QObject):
    """Goes from take to take while the preview fills the screen.

    When the user goes back, the window says `review_ended` with what was rated, picked or rejected.
    """

    def __init__(self, window: MainWindow, preview: Preview) -> None:
        super().__init__(window)
        self._window, self._preview, self._table = window, preview, window.table
        self._row = 0  # of the take that is shown, or was before it left the list
        self._after = numbers()  # the takes behind it
        self._key: Key | None = None
        self._mark: Mark | None = None
        self._way = 0  # of a step to a row whose take is not in memory yet; 0: none
        self._judged: dict[Key, None] = {}
        self._told = ""  # to be said in the note's last line with the next take
        self._note = _Note()
        self._bar = _Bar(window.commands, window.toolbar.search)
        self._strip = _Strip(window.content.posters)
        self._strip.chosen.connect(self._table.go_to)
        whole = preview.whole
        whole.add_panel(self._bar, _top_right, with_controls=True)
        whole.add_panel(self._strip, _bottom, with_controls=True)
        whole.add_panel(self._note, self._corner, with_controls=False)
        whole.changed.connect(self._changed)
        whole.controls_shown.connect(self._show_note)
        self._table.selection_changed.connect(self._selected)
        self._table.rows_changed.connect(self._rows_changed)
        self._table.rows.dataChanged.connect(self._follow_mark)
        window.verdict_given.connect(self._verdict_given)
        window.messages.said.connect(self._repeat)
        preview.row_wanted.connect(self._go_beside)
        do = window.command_context.do
        do.review = self.toggle
        do.next_take, do.previous_take = lambda: self.step(1), lambda: self.step(-1)
        do.first_take = lambda: self._go(0, 1)
        do.last_take = lambda: self._go(self._table.row_count - 1, -1)

    # --- what the user does ---------------------------------------------------------------

    def toggle(self) -> None:
        """Begin with the current take, or the nearest one that has something to show; or end."""
        if self._preview.full_screen is not None:
            self._preview.leave_full_screen()
            return
        row = max(0, self._table.currentIndex().row())
        if self._go(row, 1) or self._go(row - 1, -1):
            self._window.content.leave_compare()  # its current take would be rated instead
            self._preview.whole.enter()
        else:
            told = tr("No take in this list has a film to look at.")
            self._window.show_message(told, replace="review", timeout_s=6)

    def step(self, way: int) -> None:
        """To the next take that has something to show (1), or to the one before (-1)."""
        if self._is_on and not self._go(self._row + way, way):
            self._show_and_announce(
                tr("This is the last take.") if way > 0 else tr("This is the first take.")
            )

    def _go_beside(self, way: int) -> None:
        """The same in the list, where takes without a film are shown as well."""
        row = self._table.currentIndex().row() + way
        while 0 <= row < self._table.row_count:
            if self._table.rows.group_at(row) is None:
                self._table.go_to(row)
                return
            row += way

    @property
    def _is_on(self) -> bool:
        return self._preview.full_screen is not None

    # --- from take to take ----------------------------------------------------------------

    def _go(self, row: int, way: int) -> bool:
        """Select the first take from `row` on that has something to show.

        One that is not in memory is selected until it is known: nothing can be said about it
        before, so no rating gets to a take that nobody has seen.
        """
        rows = self._table.rows
        while 0 <= row < self._table.row_count:
            if rows.group_at(row) is None:
                task = rows.known.get(rows.order[row])
                if task is None or self._has_film(task):
                    self._way = way if task is None else 0
                    self._table.go_to(row)
                    return True
            row += way
        return False

    @property
    def _is_gone(self) -> bool:
        """Whether the take that is shown is in no row any more."""
        return self._key is not None and self._table.rows.row(self._key) is None

    def _has_film(self, task: Task) -> bool:
        return content_of(task, self._table.context).shows is not Shows.POSTER

    def _selected(self, keys: Sequence[Key]) -> None:
        """The selection is another one, or its take has come into memory."""
        if not self._is_on:
            return
        task = self._table.task(keys[0]) if len(keys) == 1 else None
        if task is None or self._is_gone:  # then `_rows_changed` finds the next one
            return
        way, self._way = self._way, 0
        if way and not self._has_film(task):
            row = self._table.selected_rows()[0].start
            if not self._go(row + way, way):
                self._go_back()
            return
        self._show(task)

    def _go_back(self) -> None:
        """The take that a step began at is the last one of its way."""
        row = None if self._key is None else self._table.rows.row(self._key)
        self._table.go_to(self._row if row is None else row)

    def _rows_changed(self) -> None:
        """Rows came or went: stay at the take, or, where it is gone, take the one at its place."""
        if not self._is_on or self._table.is_waiting:
            return
        row = None if self._key is None else self._table.rows.row(self._key)
        if row is None:
            self._tell_removed()
            self._key, last = None, self._table.row_count - 1
            near = self._first_of(self._after, min(self._row, last))
            if not (self._go(near, 1) or self._go(near - 1, -1)):
                self._table.clearSelection()
                self._say_empty()
        else:
            self._stand_at(row)
            if not self._table.selected_rows():
                self._table.go_to(row)
        self._show_place()

    def _stand_at(self, row: int) -> None:
        self._row = row
        self._after = self._table.rows.order[row + 1 : row + 1 + _AFTER]

    def _first_of(self, numbers: Numbers, otherwise: int) -> int:
        """The row of the first of these takes that has one: a filter may have hidden many rows
        above as well, so the row of before says nothing."""
        wanted = set(numbers)
        rows = {num: row for row, num in enumerate(self._table.rows.order) if num in wanted}
        return next((rows[num] for num in numbers if num in rows), otherwise)

    def _tell_removed(self) -> None:
        """Not of what a filter hides, as the user wished."""
        if self._key is not None and self._table.task(self._key) is None and self._note.take:
            self._told = tr("“{name}” is not in the list any more.", name=self._note.take)

    # --- what is shown --------------------------------------------------------------------

    def _show(self, task: Task) -> None:
        is_other = task.key != self._key
        self._key, self._mark = task.key, task.mark
        self._stand_at(self._table.selected_rows()[0].start)
        first, last = max(0, self._row - _AHEAD), self._row + _AHEAD
        self._table.rows.need(first, min(last, self._table.row_count - 1))
        ctx = self._table.context
        told, self._told = self._told, ""
        self._note.say(
            take_name(task, ctx), str(second_line(task, ctx)), verdict_words(task.mark), told
        )
        self._show_place()
        self._show_note()
        if is_other:
            plain.announce(self._note, ". ".join(filter(None, (row_spoken(task, ctx), told))))

    def _show_place(self) -> None:
        """Where the take stands among the others."""
        count = self._table.row_count
        self._bar.show_place(min(self._row + 1, count), count)
        before = self._near(-1)[::-1]
        self._strip.show_takes((*before, *self._at(self._row), *self._near(1)), self._row)

    def _near(self, way: int) -> list["_Neighbour"]:
        """The nearest takes on that side that have something to show, as far as they are known."""
        found: list[_Neighbour] = []
        row = self._row + way
        while len(found) < _EACH_WAY and 0 <= row < self._table.row_count:
            if self._table.rows.group_at(row) is None:
                here = self._at(row)
                if not here:
                    break
                found += [each for each in here if self._has_film(each.task)]
            row += way
        return found

    def _at(self, row: int) -> list["_Neighbour"]:
        task = next(iter(self._table.tasks_of((row,))), None)
        return [] if task is None else [_Neighbour(row, task)]

    def _show_note(self) -> None:
        if self._is_on:
            self._note.show_for_a_moment()
            self._preview.whole.lay_out()

    def _show_and_announce(self, words: str) -> None:
        self._note.add(words)
        self._show_note()
        plain.announce(self._note, words)

    def _repeat(self, message: str) -> None:
        """What the window says lies behind the picture."""
        if self._is_on:
            self._note.add(message)
            self._show_note()

    def _say_empty(self) -> None:
        self._mark = None
        self._note.say(tr("No take matches"), "", "", "")
        self._preview.whole.show_controls()

    def _corner(self, room: QRect, wanted: QSize) -> QRect:
        """Upper left, below the bar where both have no room side by side."""
        width = min(max(wanted.width(), 240), _NOTE_WIDE, room.width() - 2 * theme.LARGE)
        beside = room.width() - self._bar.sizeHint().width() - 3 * theme.LARGE
        top = theme.LARGE if width <= beside else self._bar.sizeHint().height() + 2 * theme.LARGE
        return QRect(theme.LARGE, top, width, wanted.height())

    # --- verdicts -------------------------------------------------------------------------

    def _verdict_given(self, keys: Sequence[Key], change: review.MarkChange) -> None:
        if not self._is_on:
            return
        self._judged |= dict.fromkeys(keys)
        self._show_note()  # also where the same was said before
        task = self._table.task(keys[0]) if keys else None
        if task is not None and self._window.commands["go_on"].isChecked():
            words = verdict_words(change(task.mark)) or tr("No rating")
            name = take_name(task, self._table.context)
            self._told = tr("“{name}”: {verdict}", name=name, verdict=words)
            self.step(1)

    def _follow_mark(self, _top: QModelIndex, _bottom: QModelIndex) -> None:
        """The take that is shown may have another rating, name or tag now."""
        task = self._table.task(self._key) if self._is_on and self._key else None
        if task is not None and task.mark != self._mark:
            self._show(task)

    # --- beginning and end ----------------------------------------------------------------

    def _changed(self, is_on: bool) -> None:
        self._table.pointed.holds = is_on
        self._told = ""
        if is_on:
            self._judged.clear()
            self._key, self._row = None, max(0, self._table.currentIndex().row())
            if not self._table.selected_rows():
                self._go(self._row, 1)
            self._selected(self._table.selected_keys())
        else:
            self._table.pointed.release()
            self._table.scrollTo(self._table.currentIndex())
            self._window.review_ended.emit(list(self._judged))


def _top_right(room: QRect, wanted: QSize) -> QRect:
    width = min(wanted.width(), room.width() - 2 * theme.LARGE)
    return QRect(room.right() - width - theme.LARGE, theme.LARGE, width, wanted.height())


def _bottom(room: QRect, wanted: QSize) -> QRect:
    width = min(wanted.width(), room.width() - 2 * theme.LARGE)
    left = (room.width() - width) // 2
    return QRect(left, room.bottom() - wanted.height() - theme.MEDIUM, width, wanted.height())


class _Note(QWidget):
    """Name, second line and verdict of the take, and one more line, for a moment.

    Attributes:
        take: The name of the take.
    """

    def __init__(self) -> None:
        super().__init__()
        self.take = ""
        self._hiding = QTimer(self, singleShot=True, interval=_NOTE_MS)
        self._hiding.timeout.connect(self.hide)
        self._name = Elided(mode=Qt.TextElideMode.ElideRight)
        self._second = Elided(mode=Qt.TextElideMode.ElideRight)
        self._verdict, self._last = line(wraps=False), Elided(mode=Qt.TextElideMode.ElideRight)
        for label, role in ((self._name, "title"), (self._second, "muted"), (self._last, "muted")):
            styled(label, role)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        box.setSpacing(theme.TINY)
        self._lines = (self._name, self._second, self._verdict, self._last)
        for each in self._lines:
            box.addWidget(each)

    def say(self, name: str, second: str, verdict: str, last: str) -> None:
        """Lines without a word are left out."""
        self.take = name
        self._name.show_text(name)
        self._second.show_text(second)
        plain.set_text(self._verdict, verdict)
        self._last.show_text(last)
        for each in self._lines:
            each.setVisible(bool(each.text()))
        plain.name(self, ", ".join(each.text() for each in self._lines if each.text()))

    def add(self, last: str) -> None:
        """Say it in the last line."""
        self.say(self._name.text(), self._second.text(), self._verdict.text(), last)

    def sizeHint(self) -> QSize:
        """As wide as its longest line, though lines give way."""
        wide = max(each.sizeHint().width() for each in self._lines if not each.isHidden())
        return QSize(wide + 2 * theme.MEDIUM, super().sizeHint().height())

    def show_for_a_moment(self) -> None:
        self.show()
        self._hiding.start()


class _Bar(QWidget):
    """Filters, the place in the list, and the way out."""

    def __init__(self, actions: Actions, search: QLineEdit) -> None:
        super().__init__()
        plain.name(self, tr("Review"))
        self._place: QLabel = line("", "muted", wraps=False)
        goes_on = QToolButton()
        plain.set_action(goes_on, actions["go_on"])
        goes_on.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        plain.name(goes_on, tr("Go on after rating"))
        leave = icon_button("close", tr("Leave the review"), actions["leave"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        row.setSpacing(theme.SMALL)
        for widget in (FilterChips(search), self._place, goes_on, leave):
            row.addWidget(widget)

    def show_place(self, number: int, count: int) -> None:
        words = tr("{number} of {count}", number=number, count=count)
        plain.set_text(self._place, words)


@dataclass(frozen=True, slots=True)
class _Neighbour:
    row: int
    task: Task


class _Strip(QWidget):
    """The takes around the one that is shown. The keys do the same: it has no focus.

    Signals:
        chosen: the row of the take that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, posters: Posters) -> None:
        super().__init__()
        plain.name(self, tr("Takes before and after"))
        self._posters = posters
        self._takes: Sequence[_Neighbour] = ()
        self._row = 0
        posters.arrived.connect(self.update)

    def show_takes(self, takes: Sequence[_Neighbour], row: int) -> None:
        """Those that have something to show, in order; `row` is the one on the screen."""
        is_wider = len(takes) != len(self._takes)
        self._takes, self._row = takes, row
        if is_wider:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        count = max(1, len(self._takes))
        return QSize(count * (_CELL.width() + _GAP) + _GAP, _CELL.height() + 2 * _GAP)

    def cell(self, at: int) -> QRect:
        """Where the take so far from the left is."""
        return QRect(QPoint(_GAP + at * (_CELL.width() + _GAP), _GAP), _CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_SURROUND))
        ratio = self.devicePixelRatioF()
        for at, neighbour in enumerate(self._takes):
            box = self.cell(at)
            image = self._posters.for_task(neighbour.task, _CELL, ratio)
            if image is not None:
                draw(painter, image, box.toRectF())
            else:
                painter.fillRect(box, QColor("#24262b"))
            self._draw_verdict(painter, box, neighbour.task.mark)
            if neighbour.row == self._row:
                painter.setPen(QPen(theme.ink("accent"), 2))
                painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.end()

    def _draw_verdict(self, painter: QPainter, box: QRect, mark: Mark) -> None:
        words = "★" * mark.rating
        words = {Pick.PICK: f"✓ {words}", Pick.REJECT: f"✕ {words}"}.get(mark.pick, words).strip()
        if words:
            metrics = painter.fontMetrics()
            ground = QRect(0, 0, metrics.horizontalAdvance(words) + 8, metrics.height() + 2)
            ground.moveBottomLeft(box.bottomLeft())
            painter.fillRect(ground, QColor(0, 0, 0, 190))
            painter.setPen(QColor("#ffffff"))
            painter.drawText(ground, int(Qt.AlignmentFlag.AlignCenter), words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        for place, neighbour in enumerate(self._takes):
            if self.cell(place).contains(at):
                self.chosen.emit(neighbour.row)
