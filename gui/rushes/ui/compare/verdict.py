"""Below each picture: which take it is, what the user thinks of it, how far it is shifted."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from rushes.core.task import Pick, Task
from rushes.presentation.readings import display_name
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import Elided, icon_button, line, say

_STAR, _NUDGE, _SHIFT = 26, 24, 28


class Verdict(QWidget):
    """Signals:
    changed: a function Mark -> Mark.
    nudged: the clip's new offset in frames.
    """

    changed = Signal(object)
    nudged = Signal(int)

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter
        self._rating, self._pick, self._offset = 0, Pick.NONE, 0
        self._badge = line(letter, "badge", wraps=False)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
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
        self._arrange()
        self._show_offset()
        for button, words in (
            (self._yes, tr("Pick take {letter}", letter=letter)),
            (self._no, tr("Reject take {letter}", letter=letter)),
            (self._earlier, tr("Show take {letter} one frame earlier", letter=letter)),
            (self._later, tr("Show take {letter} one frame later", letter=letter)),
        ):
            say(button, words)

    def show_task(self, task: Task) -> None:
        self._rating, self._pick = task.mark.rating, task.mark.pick
        self._name.show_text(display_name(task))
        for number, star in enumerate(self._stars, start=1):
            full = number <= self._rating
            star.setIcon(theme.icon("star-full" if full else "star", "star" if full else "muted"))
            words = tr("Rate take {letter} {rating} of 5", letter=self._letter, rating=number)
            say(star, words)
        self._yes.setChecked(self._pick is Pick.PICK)
        self._no.setChecked(self._pick is Pick.REJECT)

    def rate(self, stars: int) -> None:
        self.changed.emit(lambda mark: replace(mark, rating=stars))

    def choose(self, pick: Pick) -> None:
        """The choice that is made already is taken back."""
        wanted = Pick.NONE if pick is self._pick else pick
        self.changed.emit(lambda mark: replace(mark, pick=wanted))

    def nudge(self, by: int) -> None:
        self._offset += by
        self._show_offset()
        self.nudged.emit(self._offset)

    def set_current(self, current: bool) -> None:
        """Whether the keys for rating and choosing are about this take."""
        self._badge.setProperty("on", current)
        self._badge.style().unpolish(self._badge)
        self._badge.style().polish(self._badge)

    def _star(self, number: int) -> QToolButton:
        star = icon_button("star", "", lambda: self.rate(0 if number == self._rating else number))
        star.setFixedSize(_STAR, _STAR)
        return star

    def _arrange(self) -> None:
        top, middle = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self._badge)
        top.addSpacing(theme.TINY)
        top.addWidget(self._name, 1)
        for button in (self._earlier, self._shift, self._later):
            top.addWidget(button)
        middle.setSpacing(0)
        for star in self._stars:
            middle.addWidget(star)
        middle.addStretch(1)
        middle.addWidget(self._yes)
        middle.addWidget(self._no)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.TINY, theme.TINY, theme.TINY, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addLayout(middle)

    def _show_offset(self) -> None:
        shown = f"{self._offset:+d}" if self._offset else "0"
        plain.set_text(self._shift, shown)
        plain.name(self._shift, tr("Offset of take {letter} in frames", letter=self._letter))
        plain.set_tooltip(self._shift, tr("Frames this take is shown ahead of the others"))
