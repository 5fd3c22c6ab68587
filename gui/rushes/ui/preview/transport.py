"""The bar under the picture: where it is, and how it moves."""

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFontDatabase,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.preview import frames
from rushes.ui.preview.player import SPEEDS
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import icon_button, line, set_spoken

_MARK = 6.0  # width and height of a mark in pixels
_TIP_ABOVE = 44  # pixels; a tool tip lies a little below where it is shown


class ScrubBar(QSlider):
    """Its value is the frame on screen, from 0."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._stretch: tuple[int | None, int | None] = (None, None)
        self._pointed: int | None = None  # the frame under the pointer
        self.words: Callable[[int], str] = str  # what is said of the frame under the pointer
        # A click leaves the keys to the takes, as that on a button beside it does.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(24)
        plain.name(self, tr("Position"))

    @property
    def stretch(self) -> tuple[int | None, int | None]:
        """First and last frame of the marked stretch; None where no mark is set."""
        return self._stretch

    def show_stretch(self, first: int | None, last: int | None) -> None:
        self._stretch = first, last
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere goes there, and holds the handle."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            frame = self.frame_at(event.position().x())
            if frame == self.value():  # while it plays it is there for a moment only
                self.valueChanged.emit(frame)
            self.setValue(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self.frame_at(event.position().x())
        if self.isSliderDown():
            self.setValue(frame)
        if self.maximum() > 0:
            self._point_at(frame)

    def _point_at(self, frame: int | None) -> None:
        """Say which frame a click would bring, above its place."""
        if frame != self._pointed:
            self._pointed = frame
            self.update()
        if frame is None:
            QToolTip.hideText()
        else:
            at = self.mapToGlobal(QPoint(round(self.x_of(frame)), -_TIP_ABOVE))
            plain.show_tip(self, self.words(frame), at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        first, last = self._stretch
        if first is None and last is None and self._pointed is None:
            return
        painter = QPainter(self)
        if self._pointed is not None:
            x = round(self.x_of(self._pointed))
            painter.fillRect(QRect(x, self.height() // 2 - 6, 1, 13), theme.ink("text"))
        if first is None and last is None:
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("amber"))
        left = self.x_of(self.minimum() if first is None else first)
        right = self.x_of(self.maximum() if last is None else last)
        foot = self.height() - 3.0
        painter.drawRect(QRectF(left, foot, max(1.0, right - left), 2.0))
        if first is not None:
            painter.drawPolygon(_flag(left, foot + 2, 1))
        if last is not None:
            painter.drawPolygon(_flag(right, foot + 2, -1))
        painter.end()

    def x_of(self, frame: int) -> float:
        """Where the middle of the handle is when `frame` is on screen."""
        left, room = self._handle_range()
        span = max(1, self.maximum() - self.minimum())
        return left + room * (frame - self.minimum()) / span

    def frame_at(self, x: float) -> int:
        left, room = self._handle_range()
        share = min(1.0, max(0.0, (x - left) / max(1.0, room)))
        return self.minimum() + round(share * (self.maximum() - self.minimum()))

    def _handle_range(self) -> tuple[float, float]:
        """Where the middle of the handle is at first, and how far it goes."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, slider = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderHandle, self)
        return groove.left() + handle.width() / 2, float(groove.width() - handle.width())


def _flag(x: float, foot: float, way: int) -> QPolygonF:
    """A small triangle standing on `foot` that points into the stretch."""
    shape = QPolygonF()
    for dx, dy in ((0.0, 0.0), (0.0, -_MARK), (way * _MARK, 0.0)):
        shape.append(QPointF(x + dx, foot + dy))
    return shape


_AROUND_SPEED = 10  # the padding and border of the style sheet, in pixels
#: The commands that its menu offers; a line before each group.
MORE = (
    ("mark_in", "mark_out", "clear_marks"),
    ("actual_size", "guides"),
    ("save_frame", "copy_frame"),
)


class Transport(QWidget):
    """Buttons and a slider; knows no player.

    Signals:
        play_pressed, loop_pressed, mute_pressed, full_screen_pressed: a toggle was clicked.
        stepped: so many frames on (or back).
        grabbed: whether the slider is being dragged.
        speed_chosen: times the normal speed.

    Attributes:
        slider: Its `valueChanged`: this frame, from 0, is wanted on the screen.
        volume_slider: 0 to 100.
    """

    play_pressed = Signal()
    loop_pressed = Signal()
    mute_pressed = Signal()
    full_screen_pressed = Signal()
    stepped = Signal(int)
    grabbed = Signal(bool)
    speed_chosen = Signal(float)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self._fps, self._frames = frames.USUAL_FPS, 0
        self._is_playing = False
        self.slider = self._make_slider()
        self._time = line(frames.timecode(0, frames.USUAL_FPS), "muted", wraps=False)
        self._count = line("", "caption", wraps=False)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        for label in (self._time, self._count):
            label.setFont(fixed)
        self._count.setMinimumWidth(1)  # it gives way to the buttons, see `resizeEvent`
        self._back = icon_button("step-back", tr("Previous frame"), lambda: self.stepped.emit(-1))
        self._play = icon_button("play", tr("Play"), self.play_pressed.emit)
        self._on = icon_button("step-forward", tr("Next frame"), lambda: self.stepped.emit(1))
        self._loop = icon_button("loop", tr("Loop"), self.loop_pressed.emit, checkable=True)
        self._mute = icon_button("mute", tr("Sound"), self.mute_pressed.emit)
        self.volume_slider = self._make_volume()
        self._more = self._make_more()
        self._full = icon_button("full-screen", tr("Full screen"), self.full_screen_pressed.emit)
        self._speed = self._make_speed()
        self._steps = (self._back, self._play, self._on)
        self._switches: tuple[QWidget, ...] = (
            self._loop,
            self._speed,
            self._mute,
            self._more,
            self._full,
        )
        self._arrange()
        self.show_playing(False)
        self.show_muted(True, True)
        self.show_speed(1.0)
        self._show_keys()
        actions.keys_changed.connect(self._show_keys)

    def _make_slider(self) -> ScrubBar:
        slider = ScrubBar()
        slider.words = self._words_of
        slider.setPageStep(24)
        slider.sliderPressed.connect(lambda: self.grabbed.emit(True))
        slider.sliderReleased.connect(lambda: self.grabbed.emit(False))
        return slider

    def _make_speed(self) -> QToolButton:
        button = icon_button("play", tr("Speed"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._speeds = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(self._speeds)
            plain.set_text(action, f"{fmt.number(speed)}×")
            action.setCheckable(True)
            action.setData(speed)
            menu.addAction(action)
        self._speeds.triggered.connect(lambda chosen: self.speed_chosen.emit(chosen.data()))
        button.setMenu(menu)
        return button

    def _make_volume(self) -> QSlider:
        """A slider that opens below the sound button: the bar is narrow."""
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setPageStep(10)
        slider.setMinimumSize(140, 24)
        plain.name(slider, tr("Volume"))
        menu = QMenu(self._mute)
        plain.name(menu, tr("Volume"))
        entry = QWidgetAction(menu)
        frame = QWidget()
        box = QHBoxLayout(frame)
        box.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        box.addWidget(slider)
        entry.setDefaultWidget(frame)
        menu.addAction(entry)
        menu.aboutToShow.connect(slider.setFocus)
        self._mute.setMenu(menu)
        self._mute.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        return slider

    def _make_more(self) -> QToolButton:
        button = icon_button("more", tr("More for this clip"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for group in MORE:
            menu.addSeparator()
            menu.addActions([self._actions[id_] for id_ in group])
        button.setMenu(menu)
        return button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SMALL)
        top.addWidget(self.slider, 1)
        top.addWidget(self._time)
        row = QHBoxLayout()
        row.setSpacing(1)
        for button in self._steps:
            row.addWidget(button)
        row.addSpacing(theme.TINY)
        row.addWidget(self._count, 1)
        row.addStretch()  # in its place where it gives way
        for switch in self._switches:
            row.addWidget(switch)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.TINY, theme.TINY, theme.TINY, theme.TINY)
        box.setSpacing(2)
        for each in (*self._steps, *self._switches):
            each.setProperty("tight", True)
        box.addLayout(top)
        box.addLayout(row)
        self._row = row
        self._play.setIconSize(QSize(18, 18))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The number of the frame gives way first; the time code stays."""
        super().resizeEvent(event)
        self._speed.setMinimumWidth(self._widest_speed())
        numbers = self._count.fontMetrics().horizontalAdvance(frames.numbered(9998, 9999))
        self._count.setVisible(self._free() >= numbers)

    def _widest_speed(self) -> int:
        """Pixels that the button of the speed needs, whichever is chosen."""
        metrics = self._speed.fontMetrics()
        words = (f"{fmt.number(speed)}×" for speed in SPEEDS)
        return max(map(metrics.horizontalAdvance, words)) + _AROUND_SPEED

    def add_switches(self, *widgets: QWidget) -> None:
        """Put more into the bar, beside the switches for sound and speed."""
        self._switches += widgets
        for widget in widgets:
            self._row.addWidget(widget)

    def _free(self) -> int:
        """Pixels beside the buttons."""
        buttons = (*self._steps, *self._switches)
        return (
            self.width()
            - sum(b.sizeHint().width() + 2 for b in buttons if not b.isHidden())
            - 2 * theme.TINY
        )

    def _words_of(self, frame: int) -> str:
        code, number = frames.timecode(frame, self._fps), frames.numbered(frame, self._frames)
        return f"{code} · {number}"

    # --- what is so now --------------------------------------------------------------------

    def show_clip(self, count: int, fps: float) -> None:
        """A clip of so many frames is on the screen, at its first one."""
        self._frames, self._fps = count, fps
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setPageStep(max(1, round(fps)))
        self.show_frame(0)

    def show_frame(self, frame: int) -> None:
        plain.set_text(self._time, frames.timecode(frame, self._fps))
        plain.set_text(self._count, frames.numbered(frame, self._frames))
        if not self._is_playing:
            self._name_place()
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(frame)

    def _name_place(self) -> None:
        """Where the film stands, for screen readers: a label with a name of its own tells nobody of
        a new text, which changes with every frame while the film plays."""
        plain.name(self._time, tr("At {time}", time=self._time.text()))
        plain.name(self._count, tr("Frame {number}", number=self._count.text()))

    def show_playing(self, playing: bool) -> None:
        self._is_playing = playing
        self._name_place()
        self._play.setIcon(theme.icon("pause" if playing else "play"))
        words = tr("Pause") if playing else tr("Play")
        set_spoken(self._play, words, self._actions.with_key("play", words))

    def _show_keys(self) -> None:
        """Say in the tool tips which keys do the same."""
        for button, id_ in (
            (self._back, "frame_back"),
            (self._on, "frame_on"),
            (self._loop, "loop"),
            (self._full, "full_screen"),
            (self._play, "play"),
        ):
            words = button.accessibleName()
            set_spoken(button, words, self._actions.with_key(id_, words))

    def show_looping(self, looping: bool) -> None:
        self._loop.setChecked(looping)

    def show_muted(self, muted: bool, has_sound: bool) -> None:
        self._mute.setIcon(theme.icon("mute" if muted else "sound"))
        self._mute.setEnabled(has_sound)
        if not has_sound:
            set_spoken(self._mute, tr("Sound"), tr("This clip has no sound"))
        else:
            set_spoken(self._mute, tr("Sound on") if muted else tr("Sound off"))

    @property
    def volume(self) -> int:
        return self.volume_slider.value()

    def show_volume(self, percent: int) -> None:
        with QSignalBlocker(self.volume_slider):
            self.volume_slider.setValue(percent)

    def show_stretch(self, first: int | None, last: int | None) -> None:
        self.slider.show_stretch(first, last)

    def show_no_device(self) -> None:
        set_spoken(self._mute, tr("Sound"), tr("There is no sound device"))

    def show_speed(self, speed: float) -> None:
        plain.set_text(self._speed, f"{fmt.number(speed)}×")
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)
