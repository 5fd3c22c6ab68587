"""Two to four takes on one transport: look, shift, rate and pick in place."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rushes.core.task import ArtifactKind, Diff, Key, Pick, Task
from rushes.presentation.columns import Context
from rushes.presentation.take import take_name
from rushes.presentation.text import tr
from rushes.presentation.words import verdict_words
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.commands.playback import PLAYER, TakenFrame
from rushes.ui.compare.parameters import LETTERS, ParameterTable
from rushes.ui.compare.synced_players import Stretch, SyncedPlayers
from rushes.ui.preview.content import Content, Offer, Shows, content_of, late, unplayable
from rushes.ui.preview.content_stack import ContentStack
from rushes.ui.preview.full_screen import FullScreen
from rushes.ui.preview.player import FrameSource, Player, heard
from rushes.ui.preview.silence_ffmpeg import silence_ffmpeg
from rushes.ui.preview.transport import Transport
from rushes.ui.widgets import plain, review, theme
from rushes.ui.widgets.basics import (
    Elided,
    icon_button,
    line,
    make_native,
    push_button,
    set_spoken,
)
from rushes.ui.widgets.image_loader import ImageLoader

_GAP = 4
_LINE = 4
_SURROUND = "#0c0d0f"  # as in the preview


_WIPE_STEPS = 1000

_STAR, _NUDGE, _SHIFT = 26, 24, 28
_NAME = 200  # what a name has at least beside what shifts the take

_VERDICT = 60  # characters on a picture

_TABLE_TALL = (76, 220)


class Screens(QWidget):
    """Signals:
    wiped: the line's place, 0 to 1 of the width.
    pointed_at: which picture was clicked.
    """

    wiped = Signal(float)
    pointed_at = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Pictures of the takes"))
        self.stacks: list[ContentStack] = []
        self._frames: list[QWidget] = []  # each cuts its stack off at its own edge
        self._letters: list[QLabel] = []
        self._grip = _Grip(self)
        self._is_wiping = False
        self._share = 0.5
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(140)

    def set_count(self, count: int) -> list[ContentStack]:
        """Fresh stacks, the old ones gone."""
        for frame in self._frames:
            frame.hide()
            frame.deleteLater()
        self.stacks, self._frames, self._letters = [], [], []
        for _ in range(count):
            frame = QWidget(self)
            make_native(frame)  # else the video, which is one, would not be cut off by it
            stack = ContentStack()
            stack.setMinimumHeight(0)  # the cell says how tall it is
            stack.setParent(frame)
            self.stacks.append(stack)
            self._frames.append(frame)
            letter = line("", "letter", wraps=False)
            letter.setParent(frame)
            make_native(letter)  # above the video, which is, too
            letter.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            letter.setProperty("overlay", True)  # over the picture on purpose
            letter.move(theme.SMALL, theme.SMALL)
            self._letters.append(letter)
            frame.show()
            stack.show()
            letter.show()
        self._is_wiping = False
        self._arrange()
        return self.stacks

    def show_letter(self, which: int, words: str, *, is_current: bool) -> None:
        """What stands in the corner of a picture."""
        letter = self._letters[which]
        plain.set_text(letter, words)
        letter.setProperty("on", is_current)
        letter.style().unpolish(letter)
        letter.style().polish(letter)
        letter.adjustSize()
        letter.raise_()

    def set_wiping(self, on: bool) -> None:
        self._is_wiping = on and len(self.stacks) == 2
        self._arrange()

    @property
    def wipe(self) -> float:
        return self._share

    def set_wipe(self, share: float) -> None:
        share = min(1.0, max(0.0, share))
        if share != self._share:
            self._share = share
            self._arrange()
            self.wiped.emit(share)

    def cell(self, which: int) -> QRect:
        """Where a picture is, in this widget."""
        if self._is_wiping:
            return self.rect()
        count = len(self.stacks)
        across = 2 if count == 4 else max(1, count)
        down = -(-count // across)
        line, column = divmod(which, across)
        wide = (self.width() - (across - 1) * _GAP) // across
        tall = (self.height() - (down - 1) * _GAP) // down
        return QRect(column * (wide + _GAP), line * (tall + _GAP), wide, tall)

    def _arrange(self) -> None:
        for which, (frame, stack) in enumerate(zip(self._frames, self.stacks, strict=True)):
            cell = self.cell(which)
            frame.setGeometry(cell)
            stack.setGeometry(frame.rect())
        self._grip.setVisible(self._is_wiping)
        if self._is_wiping:
            x = round(self._share * self.width())
            self._frames[1].setGeometry(x, 0, self.width() - x, self.height())
            self.stacks[1].setGeometry(-x, 0, self.width(), self.height())
            self._frames[1].raise_()
            self._grip.setGeometry(x - _LINE // 2, 0, _LINE, self.height())
            self._grip.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_SURROUND))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._is_wiping:
            self.set_wipe(at.x() / max(1, self.width()))
            return
        which = self.which_at(at)
        if which is not None:
            self.pointed_at.emit(which)

    def which_at(self, at: QPoint) -> int | None:
        """The picture at that point; None beside them, and while two lie on top of each other."""
        cells = () if self._is_wiping else range(len(self.stacks))
        return next((which for which in cells if self.cell(which).contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_wiping and event.buttons() & Qt.MouseButton.LeftButton:
            self.set_wipe(event.position().x() / max(1, self.width()))


class _Grip(QWidget):
    """The line between the two pictures."""

    def __init__(self, screens: Screens) -> None:
        super().__init__(screens)
        self._screens = screens
        make_native(self)  # above the videos, which are too
        self.setCursor(Qt.CursorShape.SplitHCursor)
        plain.name(self, tr("Line between the two pictures"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#ffffff"))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.mapToParent(event.position().toPoint())
        self._screens.set_wipe(at.x() / max(1, self._screens.width()))


class Bar(Transport):
    """Signals:
    wiped: where the line between them is, 0 to 1.
    """

    wiped = Signal(float)

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self.wipe = push_button(tr("A/B wipe"), look="flat")
        self.wipe.setCheckable(True)
        self._line = QSlider(Qt.Orientation.Horizontal)
        self._line.setMinimumHeight(24)
        self._line.setRange(0, _WIPE_STEPS)
        self._line.setFixedWidth(120)
        plain.name(self._line, tr("Wipe position"))
        plain.set_tooltip(self._line, tr("Wipe position"))
        self._line.valueChanged.connect(lambda at: self.wiped.emit(at / _WIPE_STEPS))
        self.done = push_button(tr("Done"), look="flat")
        self.add_switches(self._line, self.wipe, self.done)
        self.offer_wipe(False)

    def offer_wipe(self, possible: bool) -> None:
        """Only two takes can lie on top of each other."""
        self.wipe.setVisible(possible)
        self.wipe.setChecked(False)
        self._line.setVisible(False)

    def show_wipe(self, on: bool, share: float) -> None:
        self._line.setVisible(on)
        with QSignalBlocker(self._line):
            self._line.setValue(round(share * _WIPE_STEPS))


class TakeReview(QWidget):
    """Below each picture: which take it is, what the user thinks of it, how far it is shifted."""

    def __init__(
        self,
        letter: str,
        mark: Callable[[review.MarkChange], object],
        shift: Callable[[int], object],
        choose: Callable[[], object],
    ) -> None:
        """`mark` is called with a change for its mark, `shift` with the clip's new offset in
        frames, `choose` when its letter or its name was clicked."""
        super().__init__()
        self._mark, self._shift_clip, self._choose = mark, shift, choose
        self._letter = letter
        self._rating, self._pick, self._offset = 0, Pick.NONE, 0
        self._badge = line(letter, "badge", wraps=False)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._name = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self._stars = [self._star(n) for n in range(1, 6)]
        self._yes = icon_button("pick", "", partial(self.choose, Pick.PICK), checkable=True)
        self._no = icon_button("reject", "", partial(self.choose, Pick.REJECT), checkable=True)
        self._earlier = icon_button("step-back", "", lambda: self.nudge(-1))
        self._later = icon_button("step-forward", "", lambda: self.nudge(1))
        self._shift = line("", "muted", wraps=False)
        self._shift.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shift.setFixedWidth(_SHIFT)
        for button in (self._earlier, self._later):
            button.setFixedSize(_NUDGE, theme.TARGET)
        self._parts = (
            _side_by_side(theme.TINY, self._badge, self._name),
            _side_by_side(2, self._earlier, self._shift, self._later),
            _side_by_side(0, *self._stars),
            _side_by_side(0, self._yes, self._no),
        )
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.TINY, theme.TINY, theme.TINY, 0)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._arrange(True)
        self._show_offset()
        for button, words in (
            (self._yes, tr("Pick take {letter}", letter=letter)),
            (self._no, tr("Reject take {letter}", letter=letter)),
            (self._earlier, tr("Show take {letter} one frame earlier", letter=letter)),
            (self._later, tr("Show take {letter} one frame later", letter=letter)),
        ):
            set_spoken(button, words)

    def show_task(self, task: Task, ctx: Context) -> None:
        self._rating, self._pick = task.mark.rating, task.mark.pick
        self._name.show_text(take_name(task, ctx))
        for number, star in enumerate(self._stars, start=1):
            full = number <= self._rating
            star.setIcon(theme.icon("star-full" if full else "star", "star" if full else "muted"))
            words = tr("Rate take {letter} {rating} of 5", letter=self._letter, rating=number)
            set_spoken(star, words)
        self._yes.setChecked(self._pick is Pick.PICK)
        self._no.setChecked(self._pick is Pick.REJECT)

    def rate(self, stars: int) -> None:
        self._mark(review.rated(stars))

    def choose(self, pick: Pick) -> None:
        """The choice that is made already is taken back."""
        wanted = Pick.NONE if pick is self._pick else pick
        self._mark(review.picked(wanted))

    def nudge(self, by: int) -> None:
        self._offset += by
        self._show_offset()
        self._shift_clip(self._offset)

    def set_current(self, current: bool) -> None:
        """Whether the keys for rating and choosing are about this take."""
        self._badge.setProperty("on", current)
        self._badge.style().unpolish(self._badge)
        self._badge.style().polish(self._badge)

    def _star(self, number: int) -> QToolButton:
        star = icon_button("star", "", lambda: self.rate(0 if number == self._rating else number))
        star.setFixedSize(_STAR, _STAR)
        return star

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose()
        super().mousePressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """That of three lines, however many there are now: else two would keep it wide."""
        _, shift, stars, choice = (part.sizeHint().width() for part in self._parts)
        width = 2 * theme.TINY + max(stars, shift + choice)
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        _, shift, stars, choice = (part.sizeHint().width() for part in self._parts)
        is_narrow = self.width() < 2 * theme.TINY + max(stars, _NAME) + max(shift, choice)
        if is_narrow != self._is_narrow:
            self._arrange(is_narrow)
        super().resizeEvent(event)

    def _arrange(self, is_narrow: bool) -> None:
        """In two lines, or in three."""
        self._is_narrow = is_narrow
        grid, side = self._grid, Qt.AlignmentFlag
        for part in self._parts:
            grid.removeWidget(part)
        name, shift, stars, choice = self._parts
        width = 2 if is_narrow else 1
        grid.addWidget(name, 0, 0, 1, width)
        grid.addWidget(shift, width - 1, 0 if is_narrow else 1, side.AlignLeft)
        grid.addWidget(stars, width, 0, 1, width, side.AlignLeft)
        grid.addWidget(choice, 1, 1, side.AlignRight)

    def _show_offset(self) -> None:
        shown = f"{self._offset:+d}" if self._offset else "0"
        plain.set_text(self._shift, shown)
        plain.name(self._shift, tr("Offset of take {letter} in frames", letter=self._letter))
        plain.set_tooltip(self._shift, tr("Frames this take is shown ahead of the others"))


def _side_by_side(spacing: int, *parts: QWidget) -> QWidget:
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for part in parts:
        row.addWidget(part)
    return group


class _Part:
    """One take: where it is shown, and what plays it."""

    def __init__(
        self, task: Task, stack: ContentStack, review: TakeReview, parent: QWidget
    ) -> None:
        self.task = task
        self.stack = stack
        self.content = Content()
        self.review = review
        self.player = Player(stack.surface.video, parent)
        self.loader = ImageLoader(parent)


class Compare(QWidget):
    """Files are held only while this is visible.

    Attributes:
        frames: Where frames at rest come from, for takes that are shown from now on.

    Signals:
        mark_requested: list[Key], a function Mark -> Mark.
        save_requested: the take whose file should be fetched now.
        open_requested: the take and `ArtifactKind` to open in the system's own player.
        left: the user is done.
    """

    mark_requested = Signal(list, object)
    save_requested = Signal(Key)
    open_requested = Signal(Key, ArtifactKind)
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
        self.frames: FrameSource | None = None
        self.players: SyncedPlayers | None = None
        self.screens, self.bar, self.table = Screens(), Bar(actions), ParameterTable()
        self.table.setMinimumHeight(_TABLE_TALL[0])
        self.table.setMaximumHeight(_TABLE_TALL[1])
        self._reviews = QHBoxLayout()
        self._reviews.setSpacing(theme.SMALL)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.screens, 3)
        box.addLayout(self._reviews)
        box.addWidget(self.bar)
        box.addWidget(self.table, 1)
        self.screens.pointed_at.connect(self.set_current)
        self.screens.wiped.connect(lambda share: self.bar.show_wipe(True, share))
        self.bar.done.clicked.connect(self.left)
        self.bar.wipe.toggled.connect(self._wipe)
        self.bar.wiped.connect(self.screens.set_wipe)
        self._whole = FullScreen(
            tr("Full screen"), box, self.screens, self.bar, self, actions, Pane.COMPARE
        )
        self._whole.menu_wanted.connect(self._show_menu)
        self._whole.changed.connect(lambda _: self._show_letters())
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
        bar.volume_slider.valueChanged.connect(self._change_volume)

    # --- what is compared -----------------------------------------------------------------

    @property
    def tasks(self) -> list[Task]:
        return [part.task for part in self._parts]

    def show_takes(self, tasks: Sequence[Task], ctx: Context) -> None:
        """Two to four takes; the ones before are let go of."""
        self.clear()
        self._ctx = ctx
        stacks = self.screens.set_count(len(tasks))
        for n, (task, stack) in enumerate(zip(tasks, stacks, strict=True)):
            mark, nudge = partial(self._mark, n), partial(self._nudge, n)
            made = TakeReview(LETTERS[n], mark, nudge, partial(self.set_current, n))
            self._add(_Part(task, stack, made, self))
        silence_ffmpeg()
        self._join(SyncedPlayers([part.player for part in self._parts], self))
        self.bar.offer_wipe(len(tasks) == 2)
        self.set_current(0)
        self._refresh()
        if self.isVisible():
            self._load()

    def apply(self, diff: Diff) -> None:
        """Bring the shown takes up to date; what plays goes on playing. Where one was removed, the
        others begin anew, as long as there are two."""
        news = {task.key: task for task in (*diff.added, *diff.changed)}
        touched = [part for part in self._parts if part.task.key in news]
        for part in touched:
            part.task = news[part.task.key]
        if touched:
            self._refresh()
        left = [task for task in self.tasks if task.key not in diff.removed]
        if len(left) == len(self._parts):
            return
        if len(left) < 2:
            self.left.emit()
        else:
            was_full = self.full_screen is not None
            self.show_takes(left, self._ctx)
            if was_full:
                self.toggle_full_screen()

    def clear(self) -> None:
        """Let go of every take."""
        self.leave_full_screen()
        if self.players is not None:
            self.players.close()
            self.players.deleteLater()
            self.players = None
        for part in self._parts:
            part.loader.forget()
            part.player.deleteLater()
            self._reviews.removeWidget(part.review)
            part.review.deleteLater()
        self._parts = []
        self.screens.set_count(0)

    def _add(self, part: _Part) -> None:
        which = len(self._parts)
        self._parts.append(part)
        self._reviews.addWidget(part.review, 1)
        part.player.frames = self.frames
        part.player.set_volume(self._volume)
        part.player.unplayable.connect(partial(self._cannot_play, which))
        part.player.late.connect(partial(self._late, which))
        part.stack.poster.pressed.connect(partial(self._press, which))
        part.loader.loaded.connect(lambda _path, image: part.stack.picture.show_image(image))

    def _join(self, players: SyncedPlayers) -> None:
        self.players, bar = players, self.bar
        players.opened.connect(self._opened)
        players.frame_shown.connect(bar.show_frame)
        players.playing_changed.connect(bar.show_playing)
        bar.slider.valueChanged.connect(players.seek)
        bar.show_playing(False)
        bar.show_speed(1.0)
        bar.show_stretch(None, None)
        self._show_switches()

    def _refresh(self) -> None:
        """Names, marks, parameters; and a file that came or went."""
        for part in self._parts:
            part.review.show_task(part.task, self._ctx)
            found = content_of(part.task, self._ctx)
            if found.path != part.content.path or found.shows is not part.content.shows:
                part.content = found
                if self.isVisible():
                    self._load_part(part)
            elif found.shows is Shows.POSTER:
                part.content = found
                part.stack.poster.show_content(found)
        self._show_letters()
        self.table.show_takes(self.tasks, self._ctx)

    def _show_letters(self) -> None:
        """On the pictures; on the whole screen with the verdicts, which stand below them else."""
        for n, part in enumerate(self._parts):
            verdict = verdict_words(part.task.mark) if self.full_screen else ""
            words = " · ".join(filter(None, (LETTERS[n], plain.one_line(verdict, _VERDICT))))
            self.screens.show_letter(n, words, is_current=n == self._current)

    # --- files ----------------------------------------------------------------------------

    def _load(self) -> None:
        self.bar.show_clip(0, 24)
        for part in self._parts:
            self._load_part(part)

    def _load_part(self, part: _Part) -> None:
        part.player.close()
        stack, shown = part.stack, part.content
        stack.surface.show_size(QSize())
        if shown.shows is Shows.VIDEO:
            stack.turn_to(stack.surface)
            part.player.open(shown.path, shown.fps, play=False)
        elif shown.shows is Shows.IMAGE:
            stack.turn_to(stack.picture)
            part.loader.load(shown.path)
        else:
            stack.poster.show_content(shown)
            stack.turn_to(stack.poster)

    def _opened(self) -> None:
        if self.players is None:
            return
        self.bar.show_clip(self.players.frame_count, self.players.fps)
        self.bar.show_frame(self.players.frame)
        self._use_sound()
        for part in self._parts:
            part.stack.surface.show_size(part.player.size)
        videos = sum(part.content.shows is Shows.VIDEO for part in self._parts)
        ready = sum(part.player.frame_count > 0 for part in self._parts)
        if ready == videos and not self.players.is_playing and self.players.frame == 0:
            self.players.play()

    def _cannot_play(self, which: int, why: str) -> None:
        part = self._parts[which]
        kind = part.content.kind
        if kind is not None:
            part.stack.poster.show_content(unplayable(part.content.path, kind, why))
            part.stack.turn_to(part.stack.poster)

    def _late(self, which: int, is_late: bool) -> None:
        """As in the preview."""
        stack = self._parts[which].stack
        if is_late:
            stack.poster.show_content(late(self._parts[which].content))
        stack.turn_to(stack.poster if is_late else stack.surface)

    def _press(self, which: int, offer: Offer) -> None:
        part = self._parts[which]
        if offer is Offer.SAVE:
            self.save_requested.emit(part.task.key)
        elif part.content.kind is not None:
            self.open_requested.emit(part.task.key, part.content.kind)

    # --- what the user does ---------------------------------------------------------------

    def toggle_play(self) -> None:
        if group := self.players:
            group.pause() if group.is_playing else group.play()

    def shuttle(self, way: int) -> None:
        """J K L: -1 backwards, 0 stand, 1 on; the same way again goes up to twice as fast."""
        if (group := self.players) is None:
            return
        if way < 0:
            group.play_backwards()
        elif way == 0:
            group.pause()
        else:
            self.set_speed(2.0 if group.is_playing and group.speed >= 1.0 else 1.0)
            group.play()

    def step(self, by: int) -> None:
        if self.players is not None:
            self.players.step(by)

    def set_speed(self, speed: float) -> None:
        if self.players is not None:
            self.players.set_speed(speed)
        self.bar.show_speed(speed)

    def toggle_loop(self) -> None:
        if self.players is not None:
            self.players.set_looping(not self.players.is_looping)
        self._show_switches()

    def mark_in(self) -> None:
        """Let the stretch that is looped begin at the frame on the screen."""
        if group := self.players:
            self._mark_stretch(group.frame, group.stretch[1])

    def mark_out(self) -> None:
        if group := self.players:
            self._mark_stretch(group.stretch[0], group.frame)

    def clear_stretch(self) -> None:
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
            part.stack.surface.set_actual_size(on)
        self._show_switches()

    def toggle_guides(self) -> None:
        on = not self.has_guides
        for part in self._parts:
            part.stack.surface.show_guides(on)
        self._show_switches()

    def take_frame(self) -> TakenFrame | None:
        """The frame of the current take; None while it shows no clip."""
        if not self._parts:
            return None
        part = self._parts[self._current]
        image = part.stack.surface.frame_image()
        if part.content.shows is not Shows.VIDEO or image.isNull():
            return None
        return TakenFrame(part.content.path, part.player.frame + 1, image)

    def toggle_full_screen(self) -> None:
        if self.full_screen is not None:
            self.leave_full_screen()
        elif self._parts:
            make_native(self.bar)  # else the pictures, which are too, would lie over it
            self._whole.enter()

    def leave_full_screen(self) -> None:
        self._whole.leave()

    def show_controls(self) -> None:
        """In full screen, for a moment."""
        self._whole.show_controls()

    def _show_menu(self, at: QPoint) -> None:
        """Of the picture that is there, which is the current one from now on."""
        which = self.screens.which_at(self.screens.mapFromGlobal(at))
        if which is not None:
            self.set_current(which)
        self._actions.open_menu(self.full_screen or self, PLAYER, at)

    # --- what commands ask ----------------------------------------------------------------

    @property
    def current_task(self) -> Task | None:
        """The take that is rated and picked."""
        return self._parts[self._current].task if self._parts else None

    @property
    def has_keys(self) -> bool:
        """Whether a key pressed now comes here."""
        return self._whole.has_keys

    @property
    def volume(self) -> int:
        """0 to 100."""
        return self.bar.volume

    @property
    def is_looping(self) -> bool:
        return self.players is not None and self.players.is_looping

    @property
    def stretch(self) -> Stretch:
        """First and last frame that are looped, from 0; None: from the start, to the end."""
        return self.players.stretch if self.players else (None, None)

    @property
    def is_actual_size(self) -> bool:
        return any(part.stack.surface.is_actual_size for part in self._parts)

    @property
    def has_guides(self) -> bool:
        return any(not part.stack.surface.guides.isHidden() for part in self._parts)

    @property
    def full_screen(self) -> QWidget | None:
        """The window that fills the screen while there is one."""
        return self._whole.window

    # --- inside ---------------------------------------------------------------------------

    def _mark_stretch(self, first: int | None, last: int | None) -> None:
        if group := self.players:
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
        if group := self.players:
            if held:
                self._resume_after_drag = group.is_playing
                group.pause()
            elif self._resume_after_drag:
                group.play()

    def _wipe(self, on: bool) -> None:
        self.screens.set_wiping(on)
        self.bar.show_wipe(on, self.screens.wipe)

    def _mark(self, which: int, change: review.MarkChange) -> None:
        self.set_current(which)
        self.mark_requested.emit([self._parts[which].task.key], change)

    def _nudge(self, which: int, offset: int) -> None:
        self.set_current(which)
        if self.players is not None:
            self.players.set_offset(which, offset)

    def set_current(self, which: int) -> None:
        """The take that is rated, picked and heard, and that commands about a single one mean."""
        self._current = which
        self._use_sound()
        self._actions.refresh()
        for n, part in enumerate(self._parts):
            part.review.set_current(n == which)
        self._show_letters()

    # --- events ---------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._show_menu(event.globalPos())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave_full_screen()
        if not event.spontaneous() and self.players is not None:
            self.players.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._load()
