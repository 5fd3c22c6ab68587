"""Two to four takes on one transport: look, shift, rate and pick in place."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from rushes.core.task import Diff, Task
from rushes.presentation.columns import Context
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.commands.playback import TakenFrame
from rushes.ui.compare.bar import Bar
from rushes.ui.compare.ensemble import Ensemble, Stretch
from rushes.ui.compare.parameters import LETTERS, ParameterTable
from rushes.ui.compare.screens import Screens
from rushes.ui.compare.verdict import Verdict
from rushes.ui.preview.face import Face, Shows, face, unplayable
from rushes.ui.preview.full_screen import FullScreen
from rushes.ui.preview.hush import hush_ffmpeg
from rushes.ui.preview.player import Player, heard
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

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        actions.live_in(self, Pane.COMPARE)
        plain.name(self, tr("Compare"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ctx = Context(now=0.0)
        self._parts: list[_Part] = []
        self._current = 0
        self._has_sound = False
        self._volume = 1.0
        self._resume_after_drag = False
        self.ensemble: Ensemble | None = None
        self.screens, self.bar, self.table = Screens(), Bar(actions), ParameterTable()
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
        self.screens.pointed_at.connect(self.set_current)
        self.screens.wiped.connect(lambda share: self.bar.show_wipe(True, share))
        self.bar.left.connect(self.left)
        self.bar.wipe_pressed.connect(self._wipe)
        self.bar.wiped.connect(self.screens.set_wipe)
        self._whole = FullScreen(box, self.screens, self.bar, self, actions, Pane.COMPARE)
        self._connect_bar()

    def _connect_bar(self) -> None:
        bar = self.bar
        bar.play_pressed.connect(self.toggle_play)
        bar.loop_pressed.connect(self.toggle_loop)
        bar.mute_pressed.connect(self.toggle_mute)
        bar.full_screen_pressed.connect(self.toggle_full_screen)
        bar.stepped.connect(self.step)
        bar.grabbed.connect(self._grab)
        bar.speed_chosen.connect(self.set_speed)
        bar.volume_chosen.connect(self._change_volume)

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
        self.set_current(0)
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
        self.leave_full_screen()
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

    def _add(self, part: _Part) -> None:
        which = len(self._parts)
        self._parts.append(part)
        self._verdicts.addWidget(part.verdict, 1)
        part.verdict.changed.connect(partial(self._mark, which))
        part.verdict.nudged.connect(partial(self._nudge, which))
        part.player.set_volume(self._volume)
        part.player.unplayable.connect(partial(self._cannot_play, which))
        part.loader.loaded.connect(lambda _path, image: part.stage.picture.show_image(image))

    def _join(self, ensemble: Ensemble) -> None:
        self.ensemble, bar = ensemble, self.bar
        ensemble.opened.connect(self._opened)
        ensemble.frame_shown.connect(bar.show_frame)
        ensemble.playing_changed.connect(bar.show_playing)
        bar.sought.connect(ensemble.seek)
        bar.show_playing(False)
        bar.show_speed(1.0)
        bar.show_stretch(None, None)
        self._show_switches()

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
        self.bar.show_frame(self.ensemble.frame)
        self._use_sound()
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

    def toggle_play(self) -> None:
        if group := self.ensemble:
            group.pause() if group.is_playing else group.play()

    def shuttle(self, way: int) -> None:
        """J K L: -1 backwards, 0 stand, 1 on; the same way again goes up to twice as fast."""
        if (group := self.ensemble) is None:
            return
        if way < 0:
            group.play_backwards()
        elif way == 0:
            group.pause()
        else:
            self.set_speed(2.0 if group.is_playing and group.speed >= 1.0 else 1.0)
            group.play()

    def step(self, by: int) -> None:
        if self.ensemble is not None:
            self.ensemble.step(by)

    def set_speed(self, speed: float) -> None:
        if self.ensemble is not None:
            self.ensemble.set_speed(speed)
        self.bar.show_speed(speed)

    def toggle_loop(self) -> None:
        if self.ensemble is not None:
            self.ensemble.set_looping(not self.ensemble.is_looping)
        self._show_switches()

    def mark_in(self) -> None:
        """Let the stretch that is looped begin at the frame on the screen."""
        if group := self.ensemble:
            self._mark_stretch(group.frame, group.stretch[1])

    def mark_out(self) -> None:
        if group := self.ensemble:
            self._mark_stretch(group.stretch[0], group.frame)

    def clear_marks(self) -> None:
        self._mark_stretch(None, None)

    def toggle_mute(self) -> None:
        """Of the takes, one is heard: the current one."""
        self._has_sound = not self._has_sound
        self._use_sound()

    def set_volume(self, percent: int) -> None:
        self._volume = heard(percent)
        self.bar.show_volume(percent)
        for part in self._parts:
            part.player.set_volume(self._volume)

    def toggle_actual_size(self) -> None:
        on = not self.is_actual_size
        for part in self._parts:
            part.stage.surface.set_actual_size(on)
        self._show_switches()

    def toggle_guides(self) -> None:
        on = not self.has_guides
        for part in self._parts:
            part.stage.surface.show_guides(on)
        self._show_switches()

    def take_frame(self) -> TakenFrame | None:
        """The frame of the current take; None while it shows no clip."""
        if not self._parts:
            return None
        part = self._parts[self._current]
        image = part.stage.surface.frame_image()
        if part.face.shows is not Shows.VIDEO or image.isNull():
            return None
        return TakenFrame(part.face.path, part.player.frame + 1, image)

    def toggle_full_screen(self) -> None:
        if self.full_screen is not None:
            self.leave_full_screen()
        elif self._parts:
            self._whole.enter()

    def leave_full_screen(self) -> None:
        self._whole.leave()

    # --- what commands ask ----------------------------------------------------------------

    @property
    def current_task(self) -> Task | None:
        """The take that is rated and picked."""
        return self._parts[self._current].task if self._parts else None

    @property
    def has_keys(self) -> bool:
        """Whether a key pressed now comes here."""
        focus = QApplication.focusWidget()
        return focus is not None and (self.isAncestorOf(focus) or focus in (self, self.full_screen))

    @property
    def volume(self) -> int:
        """0 to 100."""
        return self.bar.volume

    @property
    def is_looping(self) -> bool:
        return self.ensemble is not None and self.ensemble.is_looping

    @property
    def stretch(self) -> Stretch:
        """First and last frame that are looped, from 0; None: from the start, to the end."""
        return self.ensemble.stretch if self.ensemble else (None, None)

    @property
    def is_actual_size(self) -> bool:
        return any(part.stage.surface.is_actual_size for part in self._parts)

    @property
    def has_guides(self) -> bool:
        return any(not part.stage.surface.guides.isHidden() for part in self._parts)

    @property
    def full_screen(self) -> QWidget | None:
        """The window that fills the screen while there is one."""
        return self._whole.window

    # --- inside ---------------------------------------------------------------------------

    def _mark_stretch(self, first: int | None, last: int | None) -> None:
        if group := self.ensemble:
            group.set_stretch(first, last)
            self.bar.show_stretch(*group.stretch)
            self._actions.refresh()

    def _show_switches(self) -> None:
        self.bar.show_looping(self.is_looping)
        self._actions.refresh()

    def _use_sound(self) -> None:
        for n, part in enumerate(self._parts):
            part.player.set_muted(not (self._has_sound and n == self._current))
        if self._parts:
            player = self._parts[self._current].player
            self.bar.show_muted(player.is_muted, player.has_sound)
            if self._has_sound and player.is_muted and player.has_sound:
                self.bar.show_no_device()

    def _change_volume(self, percent: int) -> None:
        self.set_volume(percent)
        if not self._has_sound:
            self.toggle_mute()

    def _grab(self, held: bool) -> None:
        if group := self.ensemble:
            if held:
                self._resume_after_drag = group.is_playing
                group.pause()
            elif self._resume_after_drag:
                group.play()

    def _wipe(self, on: bool) -> None:
        self.screens.set_wiping(on)
        self.bar.show_wipe(on, self.screens.wipe)

    def _mark(self, which: int, change: object) -> None:
        self.set_current(which)
        self.mark_requested.emit([self._parts[which].task.key], change)

    def _nudge(self, which: int, offset: int) -> None:
        self.set_current(which)
        if self.ensemble is not None:
            self.ensemble.set_offset(which, offset)

    def set_current(self, which: int) -> None:
        """The take that is rated, picked and heard."""
        self._current = which
        self._use_sound()
        for n, part in enumerate(self._parts):
            part.verdict.set_current(n == which)

    # --- events ---------------------------------------------------------------------------

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave_full_screen()
        if not event.spontaneous() and self.ensemble is not None:
            self.ensemble.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._load()
