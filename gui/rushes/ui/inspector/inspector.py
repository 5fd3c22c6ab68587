"""The pane at the right: the preview, and below it everything known about the selection."""

from collections.abc import Callable, Iterator, Sequence
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
from rushes.core.task import Diff, Event, Key, Mark, Task
from rushes.presentation.columns import Context
from rushes.presentation.sentences import Action, Sentence, sentence
from rushes.presentation.text import tr
from rushes.ui.inspector.many import Many
from rushes.ui.inspector.sheet import Sheet
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.by_turns import ByTurns
from rushes.ui.widgets.pieces import line, push_button

Change = Callable[[Mark], Mark]

#: Scrub bar, buttons and the choice of files below the picture (pixels).
_TRANSPORT = 96


class Inspector(QWidget):
    """Shows one take, several, or the way to one. The preview is fed by its owner, not here.

    Signals:
        copy_requested: a bare value and what it is.
        save_requested, save_as_requested, reveal_requested, open_requested: `Key`, `ArtifactKind`.
        mark_requested: list of `Key`, and what happens to the `Mark` of each.
        raw_wanted, events_wanted: a `Key`; answer with `show_raw`, `show_events`.
        replace_key_requested: an account's id.
        elsewhere_requested: list of `Key`: whether another account knows them.
        upstream_requested: list of `Key`: what Ark says about their jobs.
    """

    copy_requested = Signal(str, str)
    save_requested = Signal(object, object)
    save_as_requested = Signal(object, object)
    reveal_requested = Signal(object, object)
    open_requested = Signal(object, object)
    mark_requested = Signal(list, object)
    raw_wanted = Signal(object)
    events_wanted = Signal(object)
    replace_key_requested = Signal(str)
    elsewhere_requested = Signal(list)
    upstream_requested = Signal(list)

    def __init__(self, preview: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(320)
        plain.name(self, tr("Inspector"))
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
        self._building = ByTurns(self._build(), self)

    def _build(self) -> Iterator[None]:
        """What nobody sees before something is selected."""
        self._sheet = Sheet()
        self._pages.addWidget(_scrolling(self._sheet))
        yield from self._sheet.build()
        yield
        self._many = Many()
        self._pages.addWidget(_scrolling(self._many))
        self._connect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the preview a 16:9 picture with its bar, but never more than half the height."""
        super().resizeEvent(event)
        if not self._is_split_by_hand:
            height = self.height()
            picture = min(self.width() * 9 // 16 + _TRANSPORT, height // 2)
            self._split.setSizes([picture, height - picture])

    def _split_by_hand(self) -> None:
        self._is_split_by_hand = True

    def _connect(self) -> None:
        sheet, many = self._sheet, self._many
        sheet.copied.connect(self.copy_requested)
        many.copied.connect(self.copy_requested)
        sheet.changed.connect(self._mark)
        many.changed.connect(self._mark)
        sheet.save.connect(self.save_requested)
        sheet.save_as.connect(self.save_as_requested)
        sheet.reveal.connect(self.reveal_requested)
        sheet.open.connect(self.open_requested)
        sheet.raw_wanted.connect(self.raw_wanted)
        sheet.events_wanted.connect(self.events_wanted)
        sheet.elsewhere.connect(lambda: self.elsewhere_requested.emit(list(self.shown)))
        sheet.upstream.connect(lambda: self.upstream_requested.emit(list(self.shown)))

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

    def set_progress(self, progress: SaveProgress) -> None:
        if len(self._tasks) == 1:
            self._sheet.show_progress(progress)

    def show_raw(self, key: Key, text: str) -> None:
        """The answer to `raw_wanted`; for a take that is not shown any more it is dropped."""
        if self._tasks:
            self._sheet.show_raw(key, text)

    def show_events(self, key: Key, events: Sequence[Event]) -> None:
        """The answer to `events_wanted`, oldest first."""
        if self._tasks:
            self._sheet.show_events(key, tuple(events))

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
            self._sheet.commit()
            self._many.commit()

    def focus_tags(self) -> None:
        """Put the cursor into the tags of what is shown."""
        if len(self._tasks) == 1:
            self._sheet.focus_tags()
        elif self._tasks:
            self._many.focus_tags()

    def focus_note(self) -> None:
        if len(self._tasks) == 1:
            self._sheet.focus_note()

    @property
    def shown(self) -> tuple[Key, ...]:
        return tuple(task.key for task in self._tasks)

    def _show(self, tasks: tuple[Task, ...], ctx: Context) -> None:
        if tuple(task.key for task in tasks) != self.shown:
            self.commit()  # what was typed belongs to the takes shown until now
        if tasks:
            self._building.finish()
        if self._tasks and len(tasks) != 1:
            self._sheet.forget()
        self._tasks, self._ctx = tasks, ctx
        if not tasks:
            self._pages.setCurrentIndex(_EMPTY)
        elif len(tasks) == 1:
            self._sheet.show_task(tasks[0], ctx)
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

    def _mark(self, change: Change) -> None:
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
