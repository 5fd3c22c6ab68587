"""The one transport of all takes, and the switch for the wipe."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.ui.preview import frames
from rushes.ui.preview.player import SPEEDS
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import icon_button, line, push_button, say

_WIPE_STEPS = 1000


class Bar(QWidget):
    """Signals:
    play_pressed, loop_pressed, left: a button was clicked.
    stepped: so many frames on (or back).
    sought: this frame, from 0, is wanted on the screen.
    speed_chosen: times the normal speed.
    wipe_pressed: whether the two pictures shall lie on top of each other.
    wiped: where the line between them is, 0 to 1.
    """

    play_pressed = Signal()
    loop_pressed = Signal()
    left = Signal()
    stepped = Signal(int)
    sought = Signal(int)
    speed_chosen = Signal(float)
    wipe_pressed = Signal(bool)
    wiped = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._fps, self._frames = frames.USUAL_FPS, 0
        self._slider = _slider(tr("Position"), 0)
        self._slider.valueChanged.connect(self.sought)
        self._time = line("", "muted", wraps=False)
        self._count = line("", "caption", wraps=False)
        for label in (self._time, self._count):
            label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._back = icon_button("step-back", tr("Previous frame"), lambda: self.stepped.emit(-1))
        self._play = icon_button("play", tr("Play"), self.play_pressed.emit)
        self._on = icon_button("step-forward", tr("Next frame"), lambda: self.stepped.emit(1))
        self._loop = icon_button("loop", tr("Loop"), self.loop_pressed.emit, checkable=True)
        self._speed, self._speeds = _speed_button(self)
        self._speeds.triggered.connect(lambda chosen: self.speed_chosen.emit(chosen.data()))
        self._wipe = push_button(tr("A/B wipe"), look="flat")
        self._wipe.setCheckable(True)
        self._wipe.toggled.connect(self.wipe_pressed)
        self._line = _slider(tr("Wipe position"), _WIPE_STEPS)
        self._line.setFixedWidth(120)
        self._line.valueChanged.connect(lambda at: self.wiped.emit(at / _WIPE_STEPS))
        self._leave = push_button(tr("Done"), self.left.emit, look="flat")
        self._arrange()
        self.offer_wipe(False)

    def _arrange(self) -> None:
        top, row = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(theme.SMALL)
        top.addWidget(self._slider, 1)
        top.addWidget(self._time)
        row.setSpacing(2)
        for button in (self._back, self._play, self._on):
            row.addWidget(button)
        row.addSpacing(theme.TINY)
        row.addWidget(self._count, 1)
        row.addWidget(self._line)
        row.addWidget(self._wipe)
        row.addWidget(self._loop)
        row.addWidget(self._speed)
        row.addWidget(self._leave)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        box.setSpacing(2)
        box.addLayout(top)
        box.addLayout(row)

    def show_clip(self, count: int, fps: float) -> None:
        self._frames, self._fps = count, fps
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, count - 1))
            self._slider.setPageStep(max(1, round(fps)))
        self.setEnabled(True)
        self._slider.setEnabled(count > 0)

    def show_frame(self, frame: int) -> None:
        plain.set_text(self._time, frames.timecode(frame, self._fps))
        plain.set_text(self._count, frames.numbered(frame, self._frames))
        if not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(frame)

    def show_playing(self, playing: bool) -> None:
        self._play.setIcon(theme.icon("pause" if playing else "play"))
        say(self._play, tr("Pause") if playing else tr("Play"))

    def show_looping(self, looping: bool) -> None:
        self._loop.setChecked(looping)

    def show_speed(self, speed: float) -> None:
        plain.set_text(self._speed, f"{fmt.number(speed)}×")
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def offer_wipe(self, possible: bool) -> None:
        """Only two takes can lie on top of each other."""
        self._wipe.setVisible(possible)
        self._wipe.setChecked(False)
        self._line.setVisible(False)

    def show_wipe(self, on: bool, share: float) -> None:
        self._line.setVisible(on)
        with QSignalBlocker(self._line):
            self._line.setValue(round(share * _WIPE_STEPS))


def _slider(spoken: str, most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setMinimumHeight(24)
    slider.setRange(0, most)
    plain.name(slider, spoken)
    plain.set_tooltip(slider, spoken)
    return slider


def _speed_button(parent: QWidget) -> tuple[QToolButton, QActionGroup]:
    button = icon_button("play", tr("Speed"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setMinimumWidth(44)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(parent)
    speeds = QActionGroup(menu)
    for speed in SPEEDS:
        action = QAction(speeds)
        plain.set_text(action, f"{fmt.number(speed)}×")
        action.setCheckable(True)
        action.setData(speed)
        menu.addAction(action)
    button.setMenu(menu)
    return button, speeds
