"""Everything about one take, in sections that fold."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rushes.core.events import SaveProgress
from rushes.core.task import Event, Flag, Key, Task
from rushes.presentation.columns import Context
from rushes.presentation.readings import display_name, model_short
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import state_word
from rushes.ui.inspector.fields import (
    ROW_IDS,
    TIME_IDS,
    chips,
    event_line,
    fields,
    moments,
    time_fields,
    usage_line,
)
from rushes.ui.inspector.files import FilesSection
from rushes.ui.inspector.flow import flowing
from rushes.ui.inspector.grid import FieldGrid, selectable
from rushes.ui.inspector.marks import MarkEditor, TextEditor
from rushes.ui.inspector.raw import pretty
from rushes.ui.inspector.read_only import ReadOnly
from rushes.ui.inspector.time_line import TimeLine
from rushes.ui.inspector.trouble import Trouble, has_trouble
from rushes.ui.preview.face import with_artifact
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import Elided, Fold, icon_button, line, push_button
from rushes.ui.widgets.sign import Sign

_RAW_LONGEST = 100_000  # characters; more would hold up the window
_CHIPS = 7
_ROWS_AT_ONCE = 8


class Sheet(QWidget):
    """Empty until `build` has been run through; only then may anything be shown.

    Signals:
    copied: a value and what it is.
    changed: a change for the mark of the take shown.
    raw_wanted, events_wanted: the take whose raw answer or history is to be shown.
    save, save_as, reveal, open: take and kind.
    elsewhere: the other accounts are to be asked for the take.
    upstream: its job is to be looked up at Ark.
    """

    copied = Signal(str, str)
    changed = Signal(object)
    raw_wanted = Signal(object)
    events_wanted = Signal(object)
    save = Signal(object, object)
    save_as = Signal(object, object)
    reveal = Signal(object, object)
    open = Signal(object, object)
    elsewhere = Signal()
    upstream = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self._ctx = Context(now=0.0)
        self._waiting = {"raw": False, "events": False}
        self.folds: dict[str, Fold] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.LARGE)
        self._box.setSpacing(theme.SMALL)

    # --- building --------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make the parts, a few milliseconds of work at a time."""
        self._build_head()
        yield
        self._build_facts()
        yield
        self._prompt = TextEditor("prompt", tr("Prompt"))
        self._copy = push_button(tr("Copy prompt"), self._copy_prompt)
        self._fold("prompt", tr("Prompt"), _below(self._prompt, flowing((self._copy,), theme.TINY)))
        yield
        self._trouble = Trouble()
        self._fold("trouble", tr("What went wrong"), self._trouble)
        yield
        self._times, self._time_grid = TimeLine(), FieldGrid(TIME_IDS)
        self._fold("times", tr("Times"), _below(self._times, self._time_grid))
        yield
        self._files = FilesSection()
        self._fold("files", tr("Files"), self._files)
        for _ in self._files.build():
            yield
        self._note = TextEditor("note", tr("Notes"))
        self._fold("notes", tr("Notes"), self._note)
        yield
        self._grid = FieldGrid()
        self._fold("details", tr("Details"), self._grid)
        for first in range(0, len(ROW_IDS), _ROWS_AT_ONCE):
            self._grid.add(ROW_IDS[first : first + _ROWS_AT_ONCE])
            yield
        self._build_read()
        yield
        self._box.addStretch(1)
        self._connect()

    def _build_head(self) -> None:
        self._name = selectable(line("", "title"))
        self._sign = Sign("state-unknown")
        self._state = line(wraps=False)
        self._about = Elided()
        state = QHBoxLayout()
        state.setSpacing(theme.SMALL)
        self._box.addWidget(self._name)
        self._box.addLayout(state)
        for widget in (self._sign, self._state):
            state.addWidget(widget)
        state.addWidget(self._about, 1)
        self._marks = MarkEditor()
        self._box.addWidget(self._marks)

    def _build_facts(self) -> None:
        self._seed_row, self._seed = self._make_seed()
        self._chips = [line("", "chip", wraps=False) for _ in range(_CHIPS)]
        self._usage = selectable(line())
        self._box.addWidget(self._seed_row)
        self._box.addWidget(flowing(self._chips, theme.TINY))
        self._box.addWidget(self._usage)

    def _build_read(self) -> None:
        self._raw = ReadOnly(tr("Raw answer"), wraps=False, height=260)
        self._events = ReadOnly(tr("History"), wraps=True, height=160)
        raw = self._fold("raw", tr("Raw answer"), self._raw, is_open=False)
        events = self._fold("events", tr("History"), self._events, is_open=False)
        raw.toggled.connect(partial(self._opened, "raw"))
        events.toggled.connect(partial(self._opened, "events"))

    def _fold(self, name: str, title: str, content: QWidget, *, is_open: bool = True) -> Fold:
        self.folds[name] = made = Fold(title, content, is_open=is_open)
        self._box.addWidget(made)
        return made

    def _make_seed(self) -> tuple[QWidget, QLabel]:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SMALL)
        value = line()
        copy = icon_button("copy", tr("Copy seed"), self._copy_seed)
        box.addWidget(line(tr("Seed"), "muted", wraps=False))
        box.addWidget(selectable(value))
        box.addWidget(copy)
        box.addStretch(1)
        return row, value

    def _connect(self) -> None:
        self._marks.changed.connect(self.changed)
        self._note.changed.connect(self.changed)
        self._prompt.changed.connect(self.changed)
        for part in (self._files, self._trouble, self._grid, self._time_grid):
            part.copied.connect(self.copied)
        self._trouble.elsewhere.connect(self.elsewhere)
        self._trouble.upstream.connect(self.upstream)
        for name in ("save", "save_as", "reveal", "open"):
            getattr(self._files, name).connect(getattr(self, name))

    # --- showing ---------------------------------------------------------------------------

    def show_task(self, task: Task, ctx: Context) -> None:
        """Show `task`. Another take than before starts with its raw answer and history unread."""
        before, self._task, self._ctx = self._task, task, ctx
        self._show_head(task, ctx)
        self._times.show_moments(moments(task))
        self._time_grid.show_fields(time_fields(task, ctx))
        self._files.show_files(task, ctx)
        accounts = ctx.accounts.values()
        self.folds["trouble"].setVisible(has_trouble(task, accounts))
        self._trouble.show_trouble(task, accounts)
        self._grid.show_fields(fields(task, ctx))
        self._note.show_mark(task.mark)
        self._prompt.show_mark(task.mark)
        self._copy.setVisible(bool(task.mark.prompt))
        other = before is None or before.key != task.key
        if other:
            self._raw.show_text("")
            self._events.show_text("")
        if other or before != task or before.last_seen_at != task.last_seen_at:
            self._ask("raw")
        if other or before != task:
            self._ask("events")

    def _show_head(self, task: Task, ctx: Context) -> None:
        plain.set_text(self._name, display_name(task))
        not_found = Flag.NOT_FOUND in task.flags and not task.status.is_terminal
        look = "not_found" if not_found else task.status.value
        self._sign.show_icon(f"state-{look}", look)
        plain.set_text(self._state, state_word(task))
        account = ctx.accounts.get(task.key.account)
        about = (
            model_short(task.report.model) if task.report.model else "",
            one_line(account.name, 60) if account else "",
        )
        self._about.show_text(" · ".join(part for part in about if part))
        self._marks.show_marks((task.mark,))
        seed = task.report.seed
        self._seed_row.setVisible(seed is not None)
        plain.set_text(self._seed, "" if seed is None else str(seed))
        words = chips(task)
        for index, chip in enumerate(self._chips):
            plain.set_text(chip, words[index] if index < len(words) else "")
            chip.setVisible(index < len(words))
        usage = usage_line(task, ctx)
        plain.set_text(self._usage, usage)
        self._usage.setVisible(usage != "")

    def show_progress(self, progress: SaveProgress) -> None:
        if self._task is not None and self._task.key == progress.key:
            self._task = with_artifact(self._task, progress.artifact)
            self._files.show_progress(progress.artifact, self._ctx)

    def commit(self) -> None:
        """Take over what was typed so far."""
        self._marks.commit()
        self._note.commit()
        self._prompt.commit()

    def focus_tags(self) -> None:
        self._marks.focus_tags()

    def focus_note(self) -> None:
        self.folds["notes"].set_open(True)
        self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def forget(self) -> None:
        self._task = None

    # --- raw answer and history, read when looked at ---------------------------------------

    def _opened(self, which: str, is_open: bool) -> None:
        if is_open:
            self._ask(which)

    def _ask(self, which: str) -> None:
        if self._task is None or not self.folds[which].is_open:
            return
        wanted = self.raw_wanted if which == "raw" else self.events_wanted
        wanted.emit(self._task.key)

    def show_raw(self, key: Key, text: str) -> None:
        if self._is_shown(key):
            self._raw.show_text(shown(pretty(text), _RAW_LONGEST))

    def show_events(self, key: Key, events: tuple[Event, ...]) -> None:
        """Newest first."""
        if self._is_shown(key):
            self._events.show_text("\n".join(event_line(e) for e in reversed(events)))

    def _is_shown(self, key: Key) -> bool:
        return self._task is not None and self._task.key == key

    def _copy_seed(self) -> None:
        if self._task is not None and self._task.report.seed is not None:
            self.copied.emit(str(self._task.report.seed), tr("Seed"))

    def _copy_prompt(self) -> None:
        if self._task is not None and self._task.mark.prompt:
            self.copied.emit(self._task.mark.prompt, tr("Prompt"))


def _below(*parts: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.SMALL)
    for part in parts:
        box.addWidget(part)
    return made
