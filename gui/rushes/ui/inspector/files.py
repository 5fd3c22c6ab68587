"""The files of a take: where each can be had, where it is kept, and what to do with it."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.presentation import format as fmt
from rushes.presentation.columns import Context
from rushes.presentation.sentences import unsaved_sentence
from rushes.presentation.text import tr
from rushes.presentation.words import note_of, note_sentence, saved_word
from rushes.ui.inspector.parts import InspectorSignals, flowing, selectable
from rushes.ui.preview.content import kind_word
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Elided, IconLabel, icon_button, line, push_button

_ICONS = {
    ArtifactState.REMOTE: ("remote", "muted"),
    ArtifactState.SAVING: ("saving", "accent"),
    ArtifactState.SAVED: ("saved", "succeeded"),
    ArtifactState.LOST: ("lost", "red"),
    ArtifactState.MISSING: ("missing", "amber"),
}


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

    def show_file(self, key: Key, artifact: Artifact, ctx: Context) -> None:
        self._key = key
        facts = _facts(artifact, ctx)
        problem = _problem(artifact, ctx)
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
                row.show_file(task.key, artifact, ctx)
            row.setVisible(artifact is not None)

    def show_film(self, path: str, told: str) -> None:
        for row in self._rows.values():
            row.show_film(path, told)

    def show_progress(self, key: Key, artifact: Artifact, ctx: Context) -> None:
        self._rows[artifact.kind].show_file(key, artifact, ctx)


def _beside(label: QLabel, button: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.SMALL)
    row.addWidget(label, 1)
    row.addWidget(button)
    return made


def _problem(artifact: Artifact, ctx: Context) -> str:
    if artifact.state is ArtifactState.MISSING and not artifact.refusals:
        return tr("File moved or deleted.")
    if artifact.state is ArtifactState.SAVED:
        return note_sentence(note_of(artifact))
    return unsaved_sentence(artifact, ctx.now) if artifact.problem else ""


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
