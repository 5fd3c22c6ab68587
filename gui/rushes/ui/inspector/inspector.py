"""The pane at the right: the preview, and below it everything known about the selection."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account
from rushes.core.events import SaveProgress
from rushes.core.failure import Failure
from rushes.core.task import Diff, Event, Key, Task
from rushes.core.usage import UsageLine
from rushes.presentation.columns import BY_ID, NOTHING, Context
from rushes.presentation.sentences import Action, Sentence, sentence
from rushes.presentation.text import tr
from rushes.ui.inspector.details import Details
from rushes.ui.inspector.fields import SUM_IDS, Field, sum_fields
from rushes.ui.inspector.parts import FieldGrid, InspectorSignals
from rushes.ui.inspector.review_editor import ReviewEditor
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, push_button
from rushes.ui.widgets.review import MarkChange

_COMPARED = (
    "state", "saved", "model", "parameters", "seed", "tier", "audio", "tokens", "cost",
    "created", "account",
)  # fmt: skip


def summary(tasks: Sequence[Task], ctx: Context) -> tuple[Field, ...]:
    """One field a column: the value all takes share, else "different"."""
    found = []
    for name in _COMPARED:
        column = BY_ID[name]
        texts: set[str] = set()
        for task in tasks:
            texts.add(column.shown(task, ctx))
            if len(texts) > 1:
                break
        if texts == {NOTHING} or texts == {""}:
            continue
        if len(texts) == 1:
            text = next(iter(texts))
            found.append(Field(name, column.title(), text, "" if text == NOTHING else text))
        else:
            found.append(Field(name, column.title(), tr("different"), ""))
    return tuple(found)


class ManyDetails(QWidget):
    """Several takes at once: what they share, and marks for all of them."""

    def __init__(self, signals: InspectorSignals, mark: Callable[[MarkChange], object]) -> None:
        """`mark` is called with a change for the marks of all takes shown."""
        super().__init__()
        self._title = line("", "title")
        self._in_memory = self._summed = 0
        self._marks = ReviewEditor(mark)
        self._sums = FieldGrid(signals, SUM_IDS)
        self._grid = FieldGrid(signals, _COMPARED)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        box.setSpacing(theme.SMALL)
        for widget in (self._title, self._marks, self._sums, self._grid):
            box.addWidget(widget)
        box.addStretch(1)

    def show_tasks(self, tasks: Sequence[Task], ctx: Context) -> None:
        self._in_memory = len(tasks)
        self._show_title()
        self._marks.show_reviews(tuple(task.mark for task in tasks))
        self._grid.show_fields(summary(tasks, ctx))

    def show_sums(self, sums: UsageLine | None) -> None:
        """What the takes make together, those that are not in memory included; None: not known
        yet."""
        self._summed = sums.takes if sums else 0
        self._show_title()
        self._sums.show_fields(sum_fields(sums) if sums else ())

    def _show_title(self) -> None:
        count = self._summed or self._in_memory
        plain.set_text(self._title, tr("%n take(s) selected", None, count))

    def commit(self) -> None:
        self._marks.commit()

    def focus_tags(self) -> None:
        self._marks.focus_tags()


#: Scrub bar, buttons and the choice of files below the picture (pixels).
_TRANSPORT = 96


class Inspector(InspectorSignals):
    """Shows one take, several, or the way to one. The preview is fed by its owner, not here.

    Args:
        at_once: False: whoever made it goes through `build` before it is to show a take.
    """

    def __init__(self, preview: QWidget, *, at_once: bool = True) -> None:
        super().__init__()
        self.setMinimumWidth(320)
        plain.name(self, tr("Details"))
        self._tasks: tuple[Task, ...] = ()
        self._ctx = Context(now=0.0)
        self._troubles: dict[str, Sentence] = {}
        # From the outside in: whatever is put into another widget is dressed anew, with all in it.
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        self._split.addWidget(preview)
        lower = QWidget(self._split)
        self._split.setStretchFactor(1, 1)
        self._is_split_by_hand = False
        self._split.splitterMoved.connect(self._split_by_hand)
        box = QVBoxLayout(lower)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._strip = _Strip(lower)
        self._strip.pressed.connect(self._replace_key)
        self._pages = QStackedWidget(lower)
        box.addWidget(self._strip)
        box.addWidget(self._pages, 1)
        self._pages.addWidget(_empty())
        if at_once:
            deque(self.build(), maxlen=0)

    def build(self) -> Iterator[None]:
        """Make what nobody sees before something is selected, a few milliseconds at a time."""
        self._details = Details(self, self._mark)
        self._pages.addWidget(_scrolling(self._details))
        yield from self._details.build()
        yield
        self._many = ManyDetails(self, self._mark)
        self._pages.addWidget(_scrolling(self._many))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the preview a 16:9 picture with its bar, but never more than half the height."""
        super().resizeEvent(event)
        if not self._is_split_by_hand:
            height = self.height()
            picture = min(self.width() * 9 // 16 + _TRANSPORT, height // 2)
            self._split.setSizes([picture, height - picture])

    def _split_by_hand(self) -> None:
        self._is_split_by_hand = True

    # --- what to show ----------------------------------------------------------------------

    def show_task(self, task: Task | None, account: Account | None, ctx: Context) -> None:
        """Show one take, or with None the empty state."""
        if account is not None and account.id not in ctx.accounts:
            ctx = replace(ctx, accounts={**ctx.accounts, account.id: account})
        self._show((task,) if task else (), ctx)

    def show_many(self, tasks: Sequence[Task], ctx: Context | None = None) -> None:
        """Show what several takes share; one or none is shown as such."""
        self._show(tuple(tasks), ctx or self._ctx)

    def update_if_shown(self, diff: Diff) -> None:
        """Bring what is shown up to date. Nothing moves, no field being edited is touched."""
        shown = {task.key for task in self._tasks}
        news = {t.key: t for t in (*diff.added, *diff.changed) if t.key in shown}
        gone = shown.intersection(diff.removed)
        if news or gone:
            kept = tuple(news.get(t.key, t) for t in self._tasks if t.key not in gone)
            self._show(kept, self._ctx)

    def tick(self, now: float) -> None:
        """Let times that are told relative to now move on."""
        self._ctx = replace(self._ctx, now=now)
        if self._tasks:
            self._show(self._tasks, self._ctx)

    def set_accounts(self, accounts: Mapping[str, Account]) -> None:
        """What is shown of them may be other now: their names, what takes cost there."""
        self._ctx = replace(self._ctx, accounts=accounts)
        if self._tasks:
            self._show(self._tasks, self._ctx)

    def show_film(self, path: str, told: str) -> None:
        """What was found in a saved film, if it belongs to the take that is shown."""
        self._details.show_film(path, told)

    def set_progress(self, progress: SaveProgress) -> None:
        if len(self._tasks) == 1:
            self._details.show_progress(progress)

    def show_raw(self, key: Key, text: str) -> None:
        """The answer to `raw_wanted`; for a take that is not shown any more it is dropped."""
        if self._tasks:
            self._details.show_raw(key, text)

    def show_events(self, key: Key, events: Sequence[Event]) -> None:
        """The answer to `events_wanted`, oldest first."""
        if self._tasks:
            self._details.show_events(key, tuple(events))

    def show_sums(self, sums: UsageLine | None) -> None:
        """What the takes of `show_many` make together."""
        self._many.show_sums(sums)

    def show_account_trouble(
        self, account: str, failure: Failure | None, told: Sentence | None = None
    ) -> None:
        """Why the account of the shown take is not watched just now; None: it is again.

        Args:
            told: How it is said, where more is known than the failure.
        """
        if failure is None:
            self._troubles.pop(account, None)
        else:
            self._troubles[account] = told or sentence(failure)
        self._show_strip()

    def commit(self) -> None:
        """Hand out what was typed into tags and note so far."""
        if self._tasks:
            self._details.commit()
            self._many.commit()

    def focus_tags(self) -> None:
        """Put the cursor into the tags of what is shown."""
        if len(self._tasks) == 1:
            self._details.focus_tags()
        elif self._tasks:
            self._many.focus_tags()

    def focus_note(self) -> None:
        if len(self._tasks) == 1:
            self._details.focus_note()

    @property
    def shown(self) -> tuple[Key, ...]:
        return tuple(task.key for task in self._tasks)

    def _show(self, tasks: tuple[Task, ...], ctx: Context) -> None:
        if tuple(task.key for task in tasks) != self.shown:
            self.commit()  # what was typed belongs to the takes shown until now
        if self._tasks and len(tasks) != 1:
            self._details.forget()
        self._tasks, self._ctx = tasks, ctx
        if not tasks:
            self._pages.setCurrentIndex(_EMPTY)
        elif len(tasks) == 1:
            self._details.show_task(tasks[0], ctx)
            self._pages.setCurrentIndex(_ONE)
        else:
            self._many.show_tasks(tasks, ctx)
            self._pages.setCurrentIndex(_MANY)
        self._show_strip()

    def _show_strip(self) -> None:
        account = self._tasks[0].key.account if len(self._tasks) == 1 else ""
        told = self._troubles.get(account)
        self._strip.setVisible(told is not None)
        if told is not None:
            self._strip.show_sentence(told)

    def _mark(self, change: MarkChange) -> None:
        if self._tasks:
            self.mark_requested.emit(list(self.shown), change)

    def _replace_key(self) -> None:
        if len(self._tasks) == 1:
            self.replace_key_requested.emit(self._tasks[0].key.account)

    def hideEvent(self, event: QHideEvent) -> None:
        self.commit()
        super().hideEvent(event)


_EMPTY, _ONE, _MANY = 0, 1, 2


class _Strip(QFrame):
    """Signals:
    pressed: the key of the account should be replaced.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("accountStrip")
        self._text = line()
        self._button = push_button(tr("Replace key"), self.pressed.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self.hide()

    def show_sentence(self, said: Sentence) -> None:
        plain.set_text(self._text, said.text)
        self._button.setVisible(said.action is Action.REPLACE_KEY)


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _empty() -> QWidget:
    page = QWidget()
    text = line(tr("Select a take to see its parameters, files and times."), "muted")
    text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    box = QVBoxLayout(page)
    box.setContentsMargins(theme.HUGE, theme.MEDIUM, theme.HUGE, theme.MEDIUM)
    box.addStretch(1)
    box.addWidget(text)
    box.addStretch(2)
    return page
