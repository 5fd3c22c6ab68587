"""Everything about one take, in sections that fold."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.events import SaveProgress
from rushes.core.task import Event, Flag, Key, Status, Task
from rushes.core.upstream import places
from rushes.presentation import format as fmt
from rushes.presentation.columns import Context
from rushes.presentation.readings import display_name, model_short
from rushes.presentation.sentences import Action, action_label
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    flag_sentences,
    search_sentence,
    state_word,
    task_sentence,
)
from rushes.ui.inspector.fields import (
    ROW_IDS,
    TIME_IDS,
    Field,
    TimeStop,
    chips,
    event_line,
    fields,
    moments,
    time_fields,
    usage_line,
)
from rushes.ui.inspector.files import FilesSection
from rushes.ui.inspector.parts import FieldGrid, InspectorSignals, flowing, selectable
from rushes.ui.inspector.review_editor import ReviewEditor, TextEditor
from rushes.ui.preview.content import with_artifact
from rushes.ui.widgets import plain, review, theme
from rushes.ui.widgets.basics import Elided, Fold, IconLabel, icon_button, line, push_button, styled
from rushes.ui.widgets.review import MarkChange


class ReadOnly(QPlainTextEdit):
    def __init__(self, spoken: str, *, wraps: bool, height: int) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFixedHeight(height)
        if not wraps:
            self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wraps else mode.NoWrap)
        plain.name(self, spoken)

    def show_text(self, text: str) -> None:
        """Replace the text if it is another one; the scroll position stays."""
        if text == self.toPlainText():
            return
        down, across = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        self.setPlainText(text)
        self.verticalScrollBar().setValue(down)
        self.horizontalScrollBar().setValue(across)


#: Longer answers are shown as they came: laying them out would make the window wait.
_PRETTY_UP_TO = 256 * 1024

# A signed URL is a bearer capability: whoever reads its query can fetch the file.
# Slashes and ampersands may be escaped, once or, in JSON inside a string, several times.
_SLASH = r"(?:\\*/)"
# One without a query matches as well, so that a long text is looked through once.
_URL = re.compile(
    rf"(https?:{_SLASH}{{2}}(?:{_SLASH}|[^\s\"'?#\\])*)"
    rf"([?#](?:\\+u[0-9a-f]{{4}}|{_SLASH}|[^\s\"'\\])*)?",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Cut the query off every URL: ``https://host/a.mp4?X-Sig=…`` becomes ``…/a.mp4?[hidden]``."""
    return _URL.sub(lambda url: f"{url[1]}?[hidden]" if url[2] else url[0], text)


def pretty(raw: str) -> str:
    """Indented JSON with URL queries hidden; what is no JSON is shown as it came."""
    if not raw:
        return tr("No answer yet.")
    text = raw
    if len(raw) <= _PRETTY_UP_TO:
        try:
            text = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            text = raw
    return redacted(text)


_STOPS = 4
_DOT = 4.0
_TRACK = 14


class TimeLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._moments: tuple[TimeStop, ...] = ()
        self._titles: list[QLabel] = []
        self._times: list[QLabel] = []
        box = QGridLayout(self)
        box.setContentsMargins(0, _TRACK + theme.TINY, 0, 0)
        box.setHorizontalSpacing(theme.TINY)
        box.setVerticalSpacing(0)
        for column in range(_STOPS):
            box.setColumnStretch(column, 1)
            title, time = line(wraps=False), line("", "caption")
            title.setMinimumWidth(1)
            time.setMinimumWidth(1)
            time.setAlignment(Qt.AlignmentFlag.AlignTop)
            box.addWidget(title, 0, column)
            box.addWidget(time, 1, column)
            self._titles.append(title)
            self._times.append(time)

    def show_moments(self, moments: tuple[TimeStop, ...]) -> None:
        """Show four stops; the day is written where it differs from the stop before."""
        if moments == self._moments:
            return
        self._moments = moments
        day = ""
        for moment, title, time in zip(moments, self._titles, self._times, strict=True):
            plain.set_text(title, moment.title)
            text = fmt.NOT_REPORTED
            if moment.at is not None:
                today, clock = fmt.absolute(moment.at)[:10], fmt.absolute(moment.at)[11:]
                clock = f"≈ {clock}" if moment.about else clock
                text = clock if today == day else f"{clock}\n{today}"
                day = today
            plain.set_text(time, text)
            tip = fmt.absolute(moment.at) if moment.at is not None else _absent(moment)
            plain.set_tooltip(time, tip)
            plain.name(time, f"{moment.title}: {tip}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = [QPointF(t.x() + _DOT + 1, _TRACK / 2) for t in self._titles]
        done, open_ = theme.ink("accent"), theme.ink("edge")
        for before, after, moment in zip(ends, ends[1:], self._moments[1:], strict=False):
            painter.setPen(QPen(done if moment.reached else theme.ink("line"), 2))
            painter.drawLine(before, after)
        if self._moments:
            painter.setPen(QPen(theme.ink("line"), 2))
        for end, moment in zip(ends, self._moments, strict=False):
            self._dot(painter, end, done if moment.reached else open_, moment.reached)
        painter.end()

    def _dot(self, painter: QPainter, at: QPointF, colour: QColor, filled: bool) -> None:
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if filled else theme.ink("window"))
        painter.drawEllipse(at, _DOT, _DOT)


def _absent(moment: TimeStop) -> str:
    return tr("not reported by this service") if moment.reached else tr("not yet")


@dataclass(frozen=True, slots=True)
class _Said:
    sentence: str
    is_error: bool
    remarks: tuple[str, ...]
    code: str
    request_id: str
    message: str


def _said(task: Task) -> _Said:
    report, error = task.report, task.report.error
    sentence = task_sentence(task)
    return _Said(
        sentence=sentence,
        is_error=report.status in (Status.FAILED, Status.EXPIRED),
        remarks=tuple(filter(None, (*flag_sentences(task).values(), search_sentence(task)))),
        code=error.code if error else "",
        request_id=(error.request_id if error else "") or (report.request_id or "")
        if sentence
        else "",
        message=error.message if error else "",
    )


def has_trouble(task: Task, accounts: Iterable[Account] = ()) -> bool:
    """Whether there is anything to be said or offered here."""
    said = _said(task)
    told = said.sentence or said.remarks or said.code or said.message
    return bool(told or places(task, accounts))


class TroubleSection(QWidget):
    """Why a task has no result: plain words first, then code, request id and the service's own
    text, and where else it may be looked for."""

    def __init__(self, signals: InspectorSignals) -> None:
        super().__init__()
        self._signals = signals
        self._key: Key | None = None
        self._shown: _Said | None = None
        self._sentence = selectable(line("", "error"))
        self._remarks = selectable(line("", "warning"))
        words = tr("The service's own words")
        label = action_label(Action.TRY_OTHER_ACCOUNTS)
        self._elsewhere = push_button(label, lambda: signals.elsewhere_requested.emit([self._key]))
        self._upstream = push_button(
            tr("Look it up at Ark"), lambda: signals.upstream_requested.emit([self._key])
        )
        self._grid = FieldGrid(signals, ("code", "request_id"))
        self._message = ReadOnly(words, wraps=True, height=112)
        self._fold = Fold(words, self._words(), is_open=False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        for widget in (self._sentence, self._remarks):
            box.addWidget(widget)
        for button in (self._elsewhere, self._upstream):
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._grid)
        box.addWidget(self._fold)

    def _words(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._message, 1)
        spoken = tr("Copy the service's own words")
        copy = icon_button("copy", spoken, self._copy_message)
        copy.setIcon(theme.icon("copy", "muted"))
        row.addWidget(copy)
        row.setAlignment(copy, Qt.AlignmentFlag.AlignTop)
        return made

    def show_trouble(self, task: Task, accounts: Collection[Account]) -> None:
        """`accounts`: all there are; others than its own may know the task, or its job."""
        self._key = task.key
        self._elsewhere.setVisible(len(accounts) > 1 and Flag.NOT_FOUND in task.flags)
        self._upstream.setVisible(bool(places(task, accounts)))
        said = _said(task)
        if said == self._shown:
            return
        self._shown = said
        styled(self._sentence, "error" if said.is_error else "warning")
        for label, text in (
            (self._sentence, said.sentence),
            (self._remarks, "\n".join(said.remarks)),
        ):
            plain.set_text(label, text)
            label.setVisible(text != "")
        fields = []
        if said.code:
            fields.append(Field("code", tr("Code"), one_line(said.code, 200), said.code))
        if said.request_id:
            text = one_line(said.request_id, 200)
            fields.append(Field("request_id", tr("Request ID"), text, said.request_id))
        self._grid.show_fields(fields)
        self._grid.setVisible(bool(fields))
        self._message.show_text(shown(said.message))
        self._fold.setVisible(said.message != "")

    def _copy_message(self) -> None:
        if self._shown:
            self._signals.copy_requested.emit(self._shown.message, tr("The service's own words"))


_RAW_LONGEST = 100_000  # characters; more would hold up the window
_CHIPS = 7
_ROWS_AT_ONCE = 8


class Details(QWidget):
    """Empty until `build` has been run through; only then may anything be shown."""

    def __init__(self, signals: InspectorSignals, mark: Callable[[MarkChange], object]) -> None:
        """`mark` is called with a change for the mark of the take shown."""
        super().__init__()
        self._signals = signals
        self._mark = mark
        self._task: Task | None = None
        self._ctx = Context(now=0.0)
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
        self._prompt = TextEditor(
            tr("Prompt"), lambda mark: mark.prompt, review.prompted, self._mark
        )
        self._copy = push_button(tr("Copy prompt"), self._copy_prompt)
        self._fold("prompt", tr("Prompt"), _below(self._prompt, flowing((self._copy,), theme.TINY)))
        yield
        self._trouble = TroubleSection(self._signals)
        self._fold("trouble", tr("What went wrong"), self._trouble)
        yield
        self._times, self._time_grid = TimeLine(), FieldGrid(self._signals, TIME_IDS)
        self._fold("times", tr("Times"), _below(self._times, self._time_grid))
        yield
        self._files = FilesSection(self._signals)
        self._fold("files", tr("Files"), self._files)
        for _ in self._files.build():
            yield
        self._note = TextEditor(tr("Notes"), lambda mark: mark.note, review.noted, self._mark)
        self._fold("notes", tr("Notes"), self._note)
        yield
        self._grid = FieldGrid(self._signals)
        self._fold("details", tr("Details"), self._grid)
        for first in range(0, len(ROW_IDS), _ROWS_AT_ONCE):
            self._grid.add(ROW_IDS[first : first + _ROWS_AT_ONCE])
            yield
        self._build_read()
        yield
        self._box.addStretch(1)

    def _build_head(self) -> None:
        self._name = selectable(line("", "title"))
        self._icon = IconLabel("state-unknown")
        self._state = line(wraps=False)
        self._about = Elided()
        state = QHBoxLayout()
        state.setSpacing(theme.SMALL)
        self._box.addWidget(self._name)
        self._box.addLayout(state)
        for widget in (self._icon, self._state):
            state.addWidget(widget)
        state.addWidget(self._about, 1)
        self._marks = ReviewEditor(self._mark)
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
        raw.toggled.connect(self._ask_raw)
        events.toggled.connect(self._ask_events)

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
            self._ask_raw()
        if other or before != task:
            self._ask_events()

    def _show_head(self, task: Task, ctx: Context) -> None:
        plain.set_text(self._name, display_name(task))
        not_found = Flag.NOT_FOUND in task.flags and not task.status.is_terminal
        look = "not_found" if not_found else task.status.value
        self._icon.show_icon(f"state-{look}", look)
        plain.set_text(self._state, state_word(task))
        account = ctx.accounts.get(task.key.account)
        about = (
            model_short(task.report.model) if task.report.model else "",
            one_line(account.name, 60) if account else "",
        )
        self._about.show_text(" · ".join(part for part in about if part))
        self._marks.show_reviews((task.mark,))
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

    def show_film(self, path: str, told: str) -> None:
        """What was found in a saved file, if it is one of this take's."""
        self._files.show_film(path, told)

    def show_progress(self, progress: SaveProgress) -> None:
        if self._task is not None and self._task.key == progress.key:
            self._task = with_artifact(self._task, progress.artifact)
            self._files.show_progress(progress.key, progress.artifact, self._ctx)

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

    def _ask_raw(self) -> None:
        if self._task is not None and self.folds["raw"].is_open:
            self._signals.raw_wanted.emit(self._task.key)

    def _ask_events(self) -> None:
        if self._task is not None and self.folds["events"].is_open:
            self._signals.events_wanted.emit(self._task.key)

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
            self._signals.copy_requested.emit(str(self._task.report.seed), tr("Seed"))

    def _copy_prompt(self) -> None:
        if self._task is not None and self._task.mark.prompt:
            self._signals.copy_requested.emit(self._task.mark.prompt, tr("Prompt"))


def _below(*parts: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.SMALL)
    for part in parts:
        box.addWidget(part)
    return made
