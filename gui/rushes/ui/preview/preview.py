"""The preview of the selected take, at the top of the inspector."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rushes.core.events import SaveProgress
from rushes.core.model import ModelFacts, ModelTrouble
from rushes.core.task import ArtifactKind, Diff, Key, Task
from rushes.presentation.columns import Context
from rushes.presentation.text import tr
from rushes.presentation.words import kind_word
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.commands.playback import PLAYER, TakenFrame
from rushes.ui.preview.content import (
    Content,
    Offer,
    Shows,
    choices,
    content_of,
    content_of_many,
    late,
    unplayable,
    with_artifact,
)
from rushes.ui.preview.content_stack import ContentStack
from rushes.ui.preview.full_screen import FullScreen
from rushes.ui.preview.player import Player, heard
from rushes.ui.preview.silence_ffmpeg import silence_ffmpeg
from rushes.ui.preview.transport import Transport
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import push_button
from rushes.ui.widgets.image_loader import ImageLoader
from rushes.ui.widgets.posters import Posters

_VOLUME_MS = 400  # the volume is told once it rests, not at each pixel
#: Rows that the arrows go on.
_WAYS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_RING = 2  # pixels around everything, coloured while the keys of the preview act


class Preview(QWidget):
    """Shows one take: its video, its image, or why there is nothing to see yet.

    The player holds the file only while the picture can be seen, here or on the whole screen;
    `stop` lets go at once.

    Attributes:
        whole: The picture on the whole screen, for the review.

    Signals:
        save_requested: the take whose file should be fetched now.
        open_requested: the take and `ArtifactKind` to open in the system's own player.
        volume_changed: 0 to 100, when the user has moved it.
        model_wanted: the path of a 3D result; answer with `show_model_facts`, then `show_model`,
            or with `show_model_trouble`.
        orbit_wanted: the path of a 3D result to be shown in a window of its own.
        row_wanted: 1 the next take of the list, -1 the one before; by an arrow pressed here.
    """

    save_requested = Signal(Key)
    open_requested = Signal(Key, ArtifactKind)
    volume_changed = Signal(int)
    model_wanted = Signal(str)
    orbit_wanted = Signal(str)
    row_wanted = Signal(int)

    def __init__(self, actions: Actions, stack: ContentStack | None = None) -> None:
        super().__init__()
        self._actions = actions
        actions.live_in(self, Pane.PREVIEW)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plain.name(self, tr("Preview"))
        self._task: Task | None = None
        self._ctx = Context(now=0.0)
        self._many = 0  # takes are selected, none of which is shown
        self._wanted: ArtifactKind | None = None
        self._content = Content()
        self._resume_after_drag = False
        self.stack = stack or ContentStack()
        silence_ffmpeg()
        self.transport = Transport(actions)
        self.player = Player(self.stack.surface.video, self)
        self.player.plays_from_memory = True
        self._posters: Posters | None = None
        self._place = ("", 0, True)  # of the clip that was hidden: its frame, whether it played
        self._loader = ImageLoader(self)
        self._chooser = QWidget()
        self._chooser_row = QHBoxLayout(self._chooser)
        self._chooser_row.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        self._chooser_row.setSpacing(theme.TINY)
        self._group = QButtonGroup(self)
        self._kinds: tuple[ArtifactKind, ...] = ()
        box = QVBoxLayout(self)
        box.setContentsMargins(*(_RING,) * 4)
        box.setSpacing(0)
        box.addWidget(self.stack, 1)
        box.addWidget(self.transport)
        box.addWidget(self._chooser)
        self.whole = FullScreen(
            tr("Review"), box, self.stack, self.transport, self, actions, Pane.REVIEW
        )
        self.whole.changed.connect(self._screen_changed)
        self.whole.menu_wanted.connect(self._show_menu)
        self._told_volume = QTimer(self, interval=_VOLUME_MS, singleShot=True)
        self._told_volume.timeout.connect(self._tell_volume)
        self._connect()
        self._put_on(content_of(None, self._ctx))
        self._offer_kinds(())

    def _connect(self) -> None:
        bar, player = self.transport, self.player
        self.stack.poster.pressed.connect(self._press)
        self.stack.model.open_wanted.connect(lambda: self._press(Offer.OPEN))
        self.stack.model.orbit_wanted.connect(lambda: self.orbit_wanted.emit(self._content.path))
        bar.play_pressed.connect(self.toggle_play)
        bar.stepped.connect(player.step)
        bar.slider.valueChanged.connect(player.seek)
        bar.grabbed.connect(self._grab)
        bar.loop_pressed.connect(self.toggle_loop)
        bar.mute_pressed.connect(self.toggle_mute)
        bar.full_screen_pressed.connect(self.toggle_full_screen)
        bar.speed_chosen.connect(self.set_speed)
        bar.volume_slider.valueChanged.connect(self._change_volume)
        player.opened.connect(self._opened)
        player.unplayable.connect(self._cannot_play)
        player.late.connect(self._late)
        player.frame_shown.connect(bar.show_frame)
        player.playing_changed.connect(bar.show_playing)
        player.stretch_changed.connect(self._stretch_changed)
        self._loader.loaded.connect(self._image_arrived)

    def _stretch_changed(self) -> None:
        self.transport.show_stretch(*self.player.stretch)
        self._actions.refresh()

    # --- what to show ----------------------------------------------------------------------

    def show_task(self, task: Task | None, ctx: Context) -> None:
        """Show `task`, or the empty stack. The same take again only updates what changed."""
        self._show(task, 0, ctx)

    def show_many(self, count: int, ctx: Context) -> None:
        """Several takes are selected: let go of the file and say what can be done with them."""
        self._show(None, count, ctx)

    def _show(self, task: Task | None, many: int, ctx: Context) -> None:
        other = task is None or self._task is None or task.key != self._task.key
        self._task, self._many, self._ctx = task, many, ctx
        if other:
            self._wanted = None
            self.set_speed(1.0)
        self._refresh()

    def update_if_shown(self, diff: Diff) -> None:
        """Bring the shown take up to date; what plays goes on playing."""
        if self._task is None:
            return
        key = self._task.key
        news = next((t for t in (*diff.added, *diff.changed) if t.key == key), None)
        if news is not None:
            self.show_task(news, self._ctx)
        elif key in diff.removed:
            self.stop()

    def tick(self, now: float) -> None:
        """Let elapsed time and time left move on."""
        self._ctx = replace(self._ctx, now=now)
        self._refresh()

    def set_progress(self, progress: SaveProgress) -> None:
        """How far the download of the shown take is; other takes are passed over."""
        if self._task is not None and progress.key == self._task.key:
            self._task = with_artifact(self._task, progress.artifact)
            self._refresh()

    def stop(self) -> None:
        """Let go of the file and show nothing."""
        self.show_task(None, self._ctx)

    def set_volume(self, percent: int) -> None:
        self.player.set_volume(heard(percent))
        self.transport.show_volume(percent)

    def _refresh(self) -> None:
        kinds = choices(self._task)
        if self._wanted not in kinds:
            self._wanted = None
        self._offer_kinds(kinds)
        many = self._many
        found = content_of_many(many) if many else content_of(self._task, self._ctx, self._wanted)
        if self._is_given_up(found):
            return
        if found != self._content:
            self._put_on(found)

    def _is_given_up(self, found: Content) -> bool:
        """Whether `found` is the file that just turned out to be unplayable."""
        return self._content.failed_path != "" and found.path == self._content.failed_path

    def _put_on(self, found: Content) -> None:
        same_file = found.path != "" and found.path == self._content.path
        self._content = found
        if same_file:
            return
        if self._task is None or not self._can_be_seen:
            self.player.close()
        elif found.shows is not Shows.VIDEO:
            self.player.leave()  # opening another one does it, after that one is painted
        if found.shows is not Shows.VIDEO:
            self.stack.surface.forget()
        self._loader.forget()
        self.stack.model.clear()
        self.whole.offer_bar(found.shows is Shows.VIDEO)
        if found.shows is Shows.POSTER:
            self.stack.poster.show_content(found)
            self.stack.turn_to(self.stack.poster)
        elif self._can_be_seen:
            self._load()

    @property
    def _can_be_seen(self) -> bool:
        return self.isVisible() or self.whole.window is not None

    def _load(self) -> None:
        """Open the file that is to be shown. Only while it can be seen."""
        if self._content.shows is Shows.VIDEO:
            self.stack.turn_to(self.stack.surface)
            self.transport.show_clip(0, self._content.fps or self.player.fps)
            self.stack.surface.show_size(QSize())
            (path, frame, plays), self._place = self._place, ("", 0, True)
            at, plays = (frame, plays) if path == self._content.path else (0, True)
            self.player.open(
                self._content.path, self._content.fps, play=plays, at=at, still=self._poster()
            )
        elif self._content.shows is Shows.IMAGE:
            self.stack.picture.show_image(QImage())
            self.stack.turn_to(self.stack.picture)
            self._loader.load(self._content.path)
        elif self._content.shows is Shows.MODEL:
            self.stack.model.clear(self._content.detail)
            if (still := self._poster()) is not None:
                self.stack.model.show_still(still)
            self.stack.turn_to(self.stack.model)
            self.model_wanted.emit(self._content.path)

    def use_posters(self, posters: Posters) -> None:
        """Show the poster of a clip until its first frame is there."""
        self._posters = posters
        posters.arrived.connect(self._poster_arrived)

    def _poster(self) -> QImage | None:
        """As large as the picture, or, until that is read, as it is at hand."""
        if self._posters is None or self._task is None:
            return None
        ratio, box = self.devicePixelRatioF(), self.stack.size()
        found = self._posters.for_task(self._task, box, ratio)
        return found or self._posters.at_hand(self._task)

    def _poster_arrived(self) -> None:
        is_model = self._content.shows is Shows.MODEL and self.isVisible()
        if not (is_model or self.player.is_beginning) or (image := self._poster()) is None:
            return
        if is_model:
            self.stack.model.show_still(image)
        else:
            self.player.poster_came(image)

    # --- the answers to `model_wanted`; for a take that is not shown any more they are dropped --

    def show_model_facts(self, path: str, facts: ModelFacts) -> None:
        if self._is_shown(path):
            self.stack.model.show_facts(facts)

    def show_model(self, path: str, pictures: Sequence[QImage]) -> None:
        """The model seen from all sides."""
        if self._is_shown(path):
            self.stack.model.show_pictures(pictures)

    def show_model_trouble(self, path: str, trouble: ModelTrouble) -> None:
        if self._is_shown(path):
            self.stack.model.show_trouble(trouble)

    def _is_shown(self, path: str) -> bool:
        return (
            self._content.shows is Shows.MODEL and self._content.path == path and self._can_be_seen
        )

    def _opened(self) -> None:
        self.stack.surface.show_size(self.player.size)
        self.transport.show_clip(self.player.frame_count, self.player.fps)
        self.transport.show_frame(self.player.frame)
        self.transport.show_looping(self.player.is_looping)
        self.transport.show_muted(self.player.is_muted, self.player.has_sound)

    def _image_arrived(self, _path: str, image: QImage) -> None:
        if image.isNull():
            self._cannot_play(tr("It is not a picture this program shows, or it is damaged."))
        else:
            self.stack.picture.show_image(image)

    def _late(self, is_late: bool) -> None:
        """No picture for a while: say so and offer another player, while ours goes on trying."""
        if self._content.shows is Shows.VIDEO:
            if is_late:
                self.stack.poster.show_content(late(self._content))
            self.stack.turn_to(self.stack.poster if is_late else self.stack.surface)

    def _cannot_play(self, why: str) -> None:
        kind = self._content.kind or ArtifactKind.VIDEO
        self._put_on(unplayable(self._content.path, kind, why))

    # --- the files of one take -------------------------------------------------------------

    def _offer_kinds(self, kinds: tuple[ArtifactKind, ...]) -> None:
        if kinds != self._kinds:
            for button in self._group.buttons():
                self._group.removeButton(button)
                self._chooser_row.removeWidget(button)
                button.deleteLater()
            while self._chooser_row.count():
                self._chooser_row.takeAt(0)
            for kind in kinds:
                self._add_choice(kind)
            self._chooser_row.addStretch(1)
            self._kinds = kinds
        self._chooser.setVisible(bool(kinds))

    def _add_choice(self, kind: ArtifactKind) -> None:
        button: QPushButton = push_button(kind_word(kind), look="flat")
        button.setCheckable(True)
        button.setChecked(self._group.checkedButton() is None)
        button.clicked.connect(lambda _checked=False: self._choose(kind))
        self._group.addButton(button)
        self._chooser_row.addWidget(button)

    def _choose(self, kind: ArtifactKind) -> None:
        self._wanted = kind
        self._refresh()

    def _press(self, offer: Offer) -> None:
        if self._task is None:
            return
        if offer is Offer.SAVE:
            self.save_requested.emit(self._task.key)
        elif self._content.kind is not None:
            self.open_requested.emit(self._task.key, self._content.kind)

    # --- commands, for the bar, the keys and the window's menu -----------------------------

    def toggle_play(self) -> None:
        if self._content.shows is Shows.MODEL:
            self.stack.model.turntable.toggle_spin()
        elif self.player.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def shuttle(self, way: int) -> None:
        """J K L: -1 backwards, 0 stand, 1 on; the same way again goes up to twice as fast."""
        if way < 0:
            self.player.play_backwards()
        elif way == 0:
            self.player.pause()
        else:
            again = self.player.is_playing and self.player.speed >= 1.0
            self.set_speed(2.0 if again else 1.0)
            self.player.play()

    def step(self, by: int) -> None:
        if self._content.shows is Shows.MODEL:
            self.stack.model.turntable.turn(by)
        else:
            self.player.step(by)

    def set_speed(self, speed: float) -> None:
        self.player.set_speed(speed)
        self.transport.show_speed(speed)

    def toggle_loop(self) -> None:
        self.player.set_looping(not self.player.is_looping)
        self.transport.show_looping(self.player.is_looping)
        self._actions.refresh()

    def toggle_mute(self) -> None:
        wanted = not self.player.is_muted
        self.player.set_muted(wanted)
        self.transport.show_muted(self.player.is_muted, self.player.has_sound)
        if self.player.is_muted and not wanted:
            self.transport.show_no_device()

    def _change_volume(self, percent: int) -> None:
        self.set_volume(percent)
        if self.player.is_muted:
            self.toggle_mute()
        self._told_volume.start()

    def _tell_volume(self) -> None:
        self.volume_changed.emit(self.transport.volume)

    @property
    def full_screen(self) -> QWidget | None:
        """The window that fills the screen while there is one."""
        return self.whole.window

    def toggle_full_screen(self) -> None:
        if self.whole.window is not None:
            self.leave_full_screen()
        elif self._content.shows is not Shows.POSTER:
            self.whole.enter()

    def leave_full_screen(self) -> None:
        self.whole.leave()

    def show_controls(self) -> None:
        """In full screen, for a moment."""
        self.whole.show_controls()

    def _screen_changed(self, is_whole: bool) -> None:
        if not self.isVisible():  # the inspector is hidden
            if is_whole:
                self._load()
            else:
                self._let_go()
        self._actions.refresh()

    def _show_menu(self, at: QPoint) -> None:
        self._actions.open_menu(self.whole.window or self, PLAYER, at)

    def mark_in(self) -> None:
        """Let the stretch that is looped begin at the frame on the screen."""
        self.player.set_stretch(self.player.frame, self.player.stretch[1])

    def mark_out(self) -> None:
        """Let it end there."""
        self.player.set_stretch(self.player.stretch[0], self.player.frame)

    def clear_stretch(self) -> None:
        self.player.set_stretch(None, None)

    def toggle_actual_size(self) -> None:
        self.stack.surface.set_actual_size(not self.is_actual_size)
        self._actions.refresh()

    def toggle_guides(self) -> None:
        self.stack.surface.show_guides(not self.has_guides)
        self._actions.refresh()

    def take_frame(self) -> TakenFrame | None:
        """The frame on the screen; None while no clip is shown."""
        image = self.stack.surface.frame_image()
        if self._content.shows is not Shows.VIDEO or image.isNull():
            return None
        return TakenFrame(self._content.path, self.player.frame + 1, image)

    # --- what commands ask -----------------------------------------------------------------

    @property
    def has_keys(self) -> bool:
        """Whether a key pressed now comes here."""
        return self.whole.has_keys

    @property
    def volume(self) -> int:
        """0 to 100."""
        return self.transport.volume

    @property
    def is_looping(self) -> bool:
        return self.player.is_looping

    @property
    def stretch(self) -> tuple[int | None, int | None]:
        """First and last frame that are looped, from 0; None: from the start, to the end."""
        return self.player.stretch

    @property
    def is_actual_size(self) -> bool:
        return self.stack.surface.is_actual_size

    @property
    def has_guides(self) -> bool:
        return not self.stack.surface.guides.isHidden()

    def _grab(self, held: bool) -> None:
        if held:
            self._resume_after_drag = self.player.is_playing
            self.player.pause()
        elif self._resume_after_drag:
            self.player.play()

    # --- Qt's events -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A click took the focus from the list: its arrows go on."""
        if way := _WAYS.get(event.key()):
            self.row_wanted.emit(way)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        del event
        self.toggle_full_screen()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme.ink("accent"), _RING))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            painter.end()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.window().isVisible():
            self.leave_full_screen()
        if not event.spontaneous() and self.whole.window is None:
            self._let_go()

    def _let_go(self) -> None:
        """Nobody can see it: the file is closed, and opened at the same place again."""
        player = self.player
        self._place = (player.path, player.frame, player.is_playing or player.is_beginning)
        self.player.close()
        self.stack.surface.forget()
        self._loader.forget()
        self.stack.model.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self.whole.window is None:
            self._load()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._show_menu(event.globalPos())
