"""Two to four takes on one transport: look, shift, rate and pick in place."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rushes.core.task import Diff, Pick, Task
from rushes.presentation.columns import Context
from rushes.presentation.text import tr
from rushes.ui.compare.bar import Bar
from rushes.ui.compare.ensemble import Ensemble
from rushes.ui.compare.parameters import LETTERS, ParameterTable
from rushes.ui.compare.screens import Screens
from rushes.ui.compare.verdict import Verdict
from rushes.ui.preview.face import Face, Shows, face, unplayable
from rushes.ui.preview.hush import hush_ffmpeg
from rushes.ui.preview.player import Player
from rushes.ui.preview.stage import Stage
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.image_loader import ImageLoader

_TABLE_TALL = (76, 220)


class _Part:
    """One take: where it is shown, and what plays it."""

    def __init__(self, task: Task, stage: Stage, letter: str, parent: QWidget) -> None:
        self.task = task
        self.stage = stage
        self.face = Face()
        self.verdict = Verdict(letter)
        self.player = Player(stage.surface.video, parent)
        self.loader = ImageLoader(parent)


class Compare(QWidget):
    """Files are held only while this is visible.

    Signals:
        mark_requested: list[Key], a function Mark -> Mark.
        left: the user is done.
    """

    mark_requested = Signal(list, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Compare"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ctx = Context(now=0.0)
        self._parts: list[_Part] = []
        self._current = 0
        self._letters = True
        self.ensemble: Ensemble | None = None
        self.screens, self.bar, self.table = Screens(), Bar(), ParameterTable()
        self.table.setMinimumHeight(_TABLE_TALL[0])
        self.table.setMaximumHeight(_TABLE_TALL[1])
        self._verdicts = QHBoxLayout()
        self._verdicts.setSpacing(theme.SMALL)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.screens, 3)
        box.addLayout(self._verdicts)
        box.addWidget(self.bar)
        box.addWidget(self.table, 1)
        self.screens.pointed_at.connect(self._set_current)
        self.screens.wiped.connect(lambda share: self.bar.show_wipe(True, share))
        self.bar.left.connect(self.left)
        self.bar.wipe_pressed.connect(self._wipe)
        self.bar.wiped.connect(self.screens.set_wipe)
        self.bar.play_pressed.connect(lambda: self.command("play"))
        self.bar.loop_pressed.connect(lambda: self.command("loop"))

    # --- what is compared -----------------------------------------------------------------

    @property
    def tasks(self) -> list[Task]:
        return [part.task for part in self._parts]

    def show_takes(self, tasks: Sequence[Task], ctx: Context) -> None:
        """Two to four takes; the ones before are let go of."""
        self.clear()
        self._ctx = ctx
        stages = self.screens.set_count(len(tasks))
        for n, (task, stage) in enumerate(zip(tasks, stages, strict=True)):
            self._add(_Part(task, stage, LETTERS[n], self))
        hush_ffmpeg()
        self._join(Ensemble([part.player for part in self._parts], self))
        self.bar.offer_wipe(len(tasks) == 2)
        self._set_current(0)
        self._refresh()
        if self.isVisible():
            self._load()

    def apply(self, diff: Diff) -> None:
        """Bring the shown takes up to date; what plays goes on playing."""
        news = {task.key: task for task in (*diff.added, *diff.changed)}
        touched = [part for part in self._parts if part.task.key in news]
        for part in touched:
            part.task = news[part.task.key]
        if touched:
            self._refresh()
        if any(part.task.key in diff.removed for part in self._parts):
            self.left.emit()

    def clear(self) -> None:
        """Let go of every take."""
        if self.ensemble is not None:
            self.ensemble.close()
            self.ensemble.deleteLater()
            self.ensemble = None
        for part in self._parts:
            part.loader.forget()
            part.player.deleteLater()
            self._verdicts.removeWidget(part.verdict)
            part.verdict.deleteLater()
        self._parts = []
        self.screens.set_count(0)

    def set_letters(self, on: bool) -> None:
        """Whether single characters are keys."""
        self._letters = on

    def _add(self, part: _Part) -> None:
        which = len(self._parts)
        self._parts.append(part)
        self._verdicts.addWidget(part.verdict, 1)
        part.verdict.changed.connect(partial(self._mark, which))
        part.verdict.nudged.connect(partial(self._nudge, which))
        part.player.unplayable.connect(partial(self._cannot_play, which))
        part.loader.loaded.connect(lambda _path, image: part.stage.picture.show_image(image))

    def _join(self, ensemble: Ensemble) -> None:
        self.ensemble, bar = ensemble, self.bar
        ensemble.opened.connect(self._opened)
        ensemble.frame_shown.connect(bar.show_frame)
        ensemble.playing_changed.connect(bar.show_playing)
        bar.stepped.connect(ensemble.step)
        bar.sought.connect(ensemble.seek)
        bar.speed_chosen.connect(self.set_speed)
        bar.show_playing(False)
        bar.show_speed(1.0)
        bar.show_looping(True)

    def _refresh(self) -> None:
        """Names, marks, parameters; and a file that came or went."""
        for part in self._parts:
            part.verdict.show_task(part.task)
            found = face(part.task, self._ctx)
            if found.path != part.face.path or found.shows is not part.face.shows:
                part.face = found
                if self.isVisible():
                    self._load_part(part)
            elif found.shows is Shows.POSTER:
                part.face = found
                part.stage.poster.show_face(found)
        self.table.show_takes(self.tasks, self._ctx)

    # --- files ----------------------------------------------------------------------------

    def _load(self) -> None:
        self.bar.show_clip(0, 24)
        for part in self._parts:
            self._load_part(part)

    def _load_part(self, part: _Part) -> None:
        part.player.close()
        stage, shown = part.stage, part.face
        if shown.shows is Shows.VIDEO:
            stage.turn_to(stage.surface)
            part.player.open(shown.path, shown.fps, play=False)
        elif shown.shows is Shows.IMAGE:
            stage.turn_to(stage.picture)
            part.loader.load(shown.path)
        else:
            stage.poster.show_face(shown)
            stage.turn_to(stage.poster)

    def _opened(self) -> None:
        if self.ensemble is None:
            return
        self.bar.show_clip(self.ensemble.frame_count, self.ensemble.fps)
        videos = sum(part.face.shows is Shows.VIDEO for part in self._parts)
        ready = sum(part.player.frame_count > 0 for part in self._parts)
        if ready == videos and not self.ensemble.is_playing and self.ensemble.frame == 0:
            self.ensemble.play()

    def _cannot_play(self, which: int, why: str) -> None:
        part = self._parts[which]
        kind = part.face.kind
        if kind is not None:
            part.stage.poster.show_face(replace(unplayable(part.face.path, kind, why), offer=None))
            part.stage.turn_to(part.stage.poster)

    # --- what the user does ---------------------------------------------------------------

    def command(self, id_: str) -> None:
        """One of the commands that play, as in the list."""
        group = self.ensemble
        if group is None:
            return
        match id_:
            case "play":
                group.pause() if group.is_playing else group.play()
            case "play_on":
                group.play()
            case "play_stop":
                group.pause()
            case "frame_back" | "frame_on":
                group.step(-1 if id_ == "frame_back" else 1)
            case "loop":
                group.set_looping(not group.is_looping)
                self.bar.show_looping(group.is_looping)

    def set_speed(self, speed: float) -> None:
        if self.ensemble is not None:
            self.ensemble.set_speed(speed)
        self.bar.show_speed(speed)

    def _wipe(self, on: bool) -> None:
        self.screens.set_wiping(on)
        self.bar.show_wipe(on, self.screens.wipe)

    def _mark(self, which: int, change: object) -> None:
        self._set_current(which)
        self.mark_requested.emit([self._parts[which].task.key], change)

    def _nudge(self, which: int, offset: int) -> None:
        self._set_current(which)
        if self.ensemble is not None:
            self.ensemble.set_offset(which, offset)

    def _set_current(self, which: int) -> None:
        self._current = which
        for n, part in enumerate(self._parts):
            part.verdict.set_current(n == which)

    # --- events ---------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Rating and choosing by key is about one take here, not about all that are selected."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().event(event)
        if self._deed(event) is not None:
            event.accept()
        return event.isAccepted()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        deed = self._deed(event)
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and self.ensemble is not None:
            self.ensemble.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._load()

    def _deed(self, event: QKeyEvent) -> "partial[None] | None":
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not is_plain or not self._letters or not self._parts:
            return None
        key, verdict = event.key(), self._parts[self._current].verdict
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_5:
            return partial(verdict.rate, key - Qt.Key.Key_0)
        for letter, pick in ((Qt.Key.Key_P, Pick.PICK), (Qt.Key.Key_X, Pick.REJECT)):
            if key == letter:
                return partial(verdict.choose, pick)
        which = key - Qt.Key.Key_A
        if 0 <= which < len(self._parts):
            return partial(self._set_current, which)
        return None
