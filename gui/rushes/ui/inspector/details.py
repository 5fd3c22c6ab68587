"""Everything about one take, in sections that fold."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, SignalInstance
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account
from rushes.core.events import SaveProgress
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Event, Flag, Key, Status, Task
from rushes.core.upstream import places
from rushes.presentation import format as fmt
from rushes.presentation.columns import Context
from rushes.presentation.readings import model_short
from rushes.presentation.sentences import Action, action_label, unsaved_sentence
from rushes.presentation.take import take_name
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    flag_sentences,
    kind_word,
    note_of,
    note_sentence,
    saved_word,
    search_sentence,
    state_look,
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
from rushes.ui.inspector.parts import FieldGrid, InspectorSignals, flowing, selectable
from rushes.ui.inspector.review_editor import ReviewEditor, TextEditor
from rushes.ui.preview.content import with_artifact
from rushes.ui.widgets import plain, review, theme
from rushes.ui.widgets.basics import Elided, Fold, IconLabel, icon_button, line, push_button, styled
from rushes.ui.widgets.review import MarkChange

_ICONS = {
    ArtifactState.REMOTE: ("remote", "muted"),
    ArtifactState.SAVING: ("saving", "accent"),
    ArtifactState.SAVED: ("saved", "succeeded"),
    ArtifactState.LOST: ("lost", "red"),
    ArtifactState.MISSING: ("missing", "amber"),
}


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

_STOPS = 4
_DOT = 4.0
_TRACK = 14

_RAW_LONGEST = 100_000  # characters; more would hold up the window
_CHIPS = 7
_ROWS_AT_ONCE = 8


class FileRow(QFrame):
    """One file."""

    def __init__(self, kind: ArtifactKind, signals: InspectorSignals) -> None:
        super().__init__()
        self._kind = kind
        self._signals = signals
        self._key: Key | None = None  # of the take whose file it is
        self._shown: tuple[object, ...] = ()
        self._artifact = Artifact(kind=kind)
        self._icon = IconLabel("remote")
        self._title = line(wraps=False)
        self._state = line("", "muted", wraps=False)
        self._path = Elided()
        self._hash = Elided(mode=Qt.TextElideMode.ElideRight)
        self._facts = selectable(line("", "muted"))
        self._film = selectable(line("", "muted"))
        self._problem = selectable(line("", "warning"))
        self._copy_path = self._copier(tr("Copy path"), lambda: self._artifact.path)
        self._copy_hash = self._copier(tr("Copy SHA-256"), lambda: self._artifact.sha256)
        self._save = self._button(tr("Save"), "save", signals.save_requested)
        self._save_as = self._button(tr("Save as…"), "", signals.save_as_requested)
        self._reveal = self._button(tr("Reveal"), "folder", signals.reveal_requested)
        self._open = self._button(tr("Open"), "open", signals.open_requested)
        self._arrange()
        _show(self._film, "")

    def _button(self, text: str, icon: str, wanted: SignalInstance) -> QPushButton:
        made = push_button(text, lambda: wanted.emit(self._key, self._kind), icon=icon)
        plain.name(made, f"{text}: {kind_word(self._kind)}")
        return made

    def _copier(self, spoken: str, value: Callable[[], str | None]) -> QWidget:
        def copy() -> None:
            if text := value():
                self._signals.copy_requested.emit(text, spoken)

        made = icon_button("copy", spoken, copy)
        made.setIcon(theme.icon("copy", "muted"))
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SMALL)
        head.addWidget(self._icon)
        head.addWidget(self._title)
        head.addWidget(self._state)
        head.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.TINY, 0, theme.SMALL)
        box.setSpacing(2)
        box.addLayout(head)
        box.addWidget(self._facts)
        box.addWidget(self._film)
        self._path_row = _beside(self._path, self._copy_path)
        self._hash_row = _beside(self._hash, self._copy_hash)
        box.addWidget(self._path_row)
        box.addWidget(self._hash_row)
        box.addWidget(self._problem)
        box.addWidget(flowing((self._save, self._save_as, self._open, self._reveal), theme.TINY))

    def show_file(self, task: Task, artifact: Artifact, ctx: Context) -> None:
        self._key = task.key
        facts = _facts(artifact, ctx)
        problem = _problem(task, artifact, ctx)
        seen = (artifact, facts, problem)
        if seen == self._shown:
            return
        if artifact.path != self._artifact.path or artifact.sha256 != self._artifact.sha256:
            _show(self._film, "")
        self._shown, self._artifact = seen, artifact
        state = artifact.state
        share = artifact.received / artifact.size if artifact.size else None
        plain.set_text(self._title, kind_word(self._kind))
        plain.set_text(self._state, saved_word(state, share, note_of(artifact)))
        self._icon.show_icon(*_ICONS[state])
        _show(self._facts, facts)
        path = artifact.path or ""
        self._path.show_text(path)
        self._path_row.setVisible(path != "")
        self._hash.show_text(f"SHA-256 {artifact.sha256}" if artifact.sha256 else "")
        self._hash_row.setVisible(bool(artifact.sha256))
        _show(self._problem, problem)
        self._offer(artifact, ctx)

    def show_film(self, path: str, told: str) -> None:
        """What the file itself says, if it is this one."""
        if self._artifact.path == path:
            _show(self._film, told)

    def _offer(self, artifact: Artifact, ctx: Context) -> None:
        state = artifact.state
        ended = artifact.expires_at is not None and artifact.expires_at <= ctx.now
        can_fetch = state is ArtifactState.REMOTE or (state is ArtifactState.MISSING and not ended)
        on_disk = state is ArtifactState.SAVED
        self._save.setVisible(can_fetch)
        self._save_as.setVisible(can_fetch or on_disk)
        self._open.setVisible(on_disk)
        self._reveal.setVisible(on_disk)


class FilesSection(QWidget):
    """All files of a take; empty until `build` has been run through."""

    def __init__(self, signals: InspectorSignals) -> None:
        super().__init__()
        self._signals = signals
        self._none = line("", "muted")
        self._rows: dict[ArtifactKind, FileRow] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._none)

    def build(self) -> Iterator[None]:
        """Make a row for each kind of file, one at a time."""
        for kind in ArtifactKind:
            self._rows[kind] = row = FileRow(kind, self._signals)
            self._box.addWidget(row)
            yield

    def show_files(self, task: Task, ctx: Context) -> None:
        self._none.setVisible(not task.artifacts)
        plain.set_text(
            self._none, tr("No file yet.") if task.is_live else tr("This task has no file.")
        )
        for kind, row in self._rows.items():
            artifact = task.artifact(kind)
            if artifact is not None:
                row.show_file(task, artifact, ctx)
            row.setVisible(artifact is not None)

    def show_film(self, path: str, told: str) -> None:
        for row in self._rows.values():
            row.show_film(path, told)

    def show_progress(self, task: Task, artifact: Artifact, ctx: Context) -> None:
        self._rows[artifact.kind].show_file(task, artifact, ctx)


def _beside(label: QLabel, button: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.SMALL)
    row.addWidget(label, 1)
    row.addWidget(button)
    return made


def _problem(task: Task, artifact: Artifact, ctx: Context) -> str:
    if artifact.state is ArtifactState.MISSING and not artifact.refusals:
        return tr("File moved or deleted.")
    if artifact.state is ArtifactState.SAVED:
        return note_sentence(note_of(artifact))
    return unsaved_sentence(artifact, ctx.now, task.flags) if artifact.problem else ""


def _show(label: QLabel, text: str) -> None:
    plain.set_text(label, text)
    label.setVisible(text != "")


def _facts(artifact: Artifact, ctx: Context) -> str:
    """ "1.2 MB · link ends in 20 h (2026-11-22 10:15:00)"."""
    parts = []
    if artifact.state is ArtifactState.SAVING:
        received = fmt.file_size(artifact.received)
        if artifact.size:
            size = fmt.file_size(artifact.size)
            received = tr("{received} of {size}", received=received, size=size)
        parts.append(received)
    elif artifact.size is not None:
        parts.append(fmt.file_size(artifact.size))
    if artifact.expires_at is not None:
        parts.append(_link_end(artifact.expires_at, artifact.expires_inferred, ctx.now))
    return " · ".join(parts)


def _link_end(at: float, inferred: bool, now: float) -> str:
    when = fmt.absolute(at)
    if at <= now:
        return tr("link ended {time}", time=when)
    left = fmt.time_left(at, now)
    if inferred:
        return tr("link ends in about {left} (≈ {time})", left=left, time=when)
    return tr("link ends in {left} ({time})", left=left, time=when)


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


class TimeLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._moments: tuple[TimeStop, ...] = ()
        self._titles: list[Elided] = []
        self._times: list[QLabel] = []
        box = QGridLayout(self)
        box.setContentsMargins(0, _TRACK + theme.TINY, 0, 0)
        box.setHorizontalSpacing(theme.TINY)
        box.setVerticalSpacing(0)
        for column in range(_STOPS):
            box.setColumnStretch(column, 1)
            title, time = Elided(mode=Qt.TextElideMode.ElideRight), line("", "caption")
            time.setMinimumWidth(1)
            time.setAlignment(Qt.AlignmentFlag.AlignTop)
            box.addWidget(title, 0, column)
            box.addWidget(time, 1, column)
            self._titles.append(title)
            self._times.append(time)

    def show_moments(self, moments: tuple[TimeStop, ...]) -> None:
        """Show up to four stops; the day is written where it differs from the stop before."""
        if moments == self._moments:
            return
        self._moments = moments
        day = ""
        for column, (title, time) in enumerate(zip(self._titles, self._times, strict=True)):
            title.setVisible(column < len(moments))
            time.setVisible(column < len(moments))
        for moment, title, time in zip(moments, self._titles, self._times, strict=False):
            title.show_text(moment.title)
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
        plain.set_text(self._name, take_name(task, ctx))
        look = state_look(task)
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
            self._files.show_progress(self._task, progress.artifact, self._ctx)

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
