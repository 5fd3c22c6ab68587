"""The one transport of all takes, with the switch for the wipe."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider

from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.preview.transport import Transport
from rushes.ui.widgets import plain
from rushes.ui.widgets.pieces import push_button

_WIPE_STEPS = 1000


class Bar(Transport):
    """Signals:
    left: the user is done.
    wipe_pressed: whether the two pictures shall lie on top of each other.
    wiped: where the line between them is, 0 to 1.
    """

    left = Signal()
    wipe_pressed = Signal(bool)
    wiped = Signal(float)

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._wipe = push_button(tr("A/B wipe"), look="flat")
        self._wipe.setCheckable(True)
        self._wipe.toggled.connect(self.wipe_pressed)
        self._line = QSlider(Qt.Orientation.Horizontal)
        self._line.setMinimumHeight(24)
        self._line.setRange(0, _WIPE_STEPS)
        self._line.setFixedWidth(120)
        plain.name(self._line, tr("Wipe position"))
        plain.set_tooltip(self._line, tr("Wipe position"))
        self._line.valueChanged.connect(lambda at: self.wiped.emit(at / _WIPE_STEPS))
        self.add_switches(
            self._line, self._wipe, push_button(tr("Done"), self.left.emit, look="flat")
        )
        self.offer_wipe(False)

    def offer_wipe(self, possible: bool) -> None:
        """Only two takes can lie on top of each other."""
        self._wipe.setVisible(possible)
        self._wipe.setChecked(False)
        self._line.setVisible(False)

    def show_wipe(self, on: bool, share: float) -> None:
        self._line.setVisible(on)
        with QSignalBlocker(self._line):
            self._line.setValue(round(share * _WIPE_STEPS))
