"""The strip of messages over the list's lower edge, and the line below the window.

What only informs is gone when its time is over or something newer comes. What offers a way back
stands for its time, what stays wrong (a paused account, a full disk) until its subject is cleared
or somebody closes it: a brief word covers it, and when that goes, the most severe is shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rushes.core.events import AccountChanged, Activity
from rushes.presentation.overview import Totals, activity_line
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Elided, IconLabel, icon_button, push_button

#: The words on a button, and what it does.
MessageButton = tuple[str, Callable[[], object]]

_ICONS = {
    "info": ("info", "accent"),
    "success": ("check", "succeeded"),
    "warning": ("warning", "amber"),
    "error": ("error", "red"),
}
_SEVERITY = {"info": 0, "success": 0, "warning": 1, "error": 2}
#: How long a message stands that does not ask for anything; errors stay until they are cleared.
BRIEF_S = 6.0

#: Of a message: at most so many lines, so wide together; the whole is in its tool tip, cut as well.
_MOST_LINES, _MOST_PIXELS, _IN_TIP = 6, 2000, 1000

_SIGNS = (
    (Activity.PAUSED, "error", "red"),
    (Activity.OFFLINE, "warning", "amber"),
    (Activity.BACKING_OFF, "warning", "amber"),
    (Activity.WATCHING, "dot", "succeeded"),
)


@dataclass(slots=True)
class _Message:
    """`subject` "" is about nothing that could be cleared; `left_s` 0 has no end of its own."""

    text: str
    kind: str
    action: MessageButton | None
    subject: str
    left_s: float

    @property
    def stands(self) -> bool:
        """Whether only its own subject, or the user, takes it away."""
        return bool(self.subject) and self.left_s == 0 and self.kind in ("warning", "error")

    @property
    def comes_back(self) -> bool:
        """Whether it is shown again when what covered it goes."""
        return self.left_s == 0 or self.action is not None


class MessageBar(QFrame):
    """One message, with a button at most.

    Signals:
        said: the text of a new one.
        emptied: nothing is shown any more.
    """

    said = Signal(str)
    emptied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self._shown: _Message | None = None
        self._live: dict[str, _Message] = {}  # by subject, the newest last
        self._icon = IconLabel("info", "accent")
        self._text = plain.label(wraps=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = push_button("", self._act)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the rows
        self._close = icon_button("close", tr("Close message"), self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.TINY, theme.SMALL, theme.TINY)
        row.setSpacing(theme.SMALL)
        for widget in (self._icon, self._text, self._button, self._close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_over)
        self.hide()

    @property
    def text(self) -> str:
        """What stands there now; "" for nothing."""
        return "" if self.isHidden() else self._text.text()

    @property
    def stands(self) -> bool:
        """Whether what is shown stays until it is no longer true or somebody closes it."""
        return self._shown is not None and self._shown.stands

    def show_message(
        self,
        text: str,
        *,
        kind: str = "info",
        action: MessageButton | None = None,
        replace: str = "",
        timeout_s: float | None = None,
    ) -> None:
        """Show `text` over whatever stands there, and instead of what had the same subject.

        Args:
            action: A button; the message is gone when what it does is called.
            replace: The subject, so that `clear(subject)` takes away this message only.
            timeout_s: None: brief messages go by themselves, warnings and errors and whatever
                offers an action stay. 0: stays. What is covered by another message meanwhile
                comes back with the time that was left, unless it is a brief word.
        """
        stays = action is not None or kind in ("warning", "error")
        seconds = timeout_s if timeout_s is not None else (0.0 if stays else BRIEF_S)
        self._cover()
        self._live.pop(replace, None)
        self._live[replace] = message = _Message(text, kind, action, replace, seconds)
        self._show(message)
        self._announce(text, kind)
        self.said.emit(text)

    def clear(self, replace: str = "") -> None:
        """Take away the message that is shown; with a subject, the one about that subject."""
        subject = replace or (self._shown.subject if self._shown else "")
        gone = self._live.pop(subject, None)
        if gone is self._shown:
            self._show_next()

    def _cover(self) -> None:
        """Something else is shown in place of what is shown now."""
        shown = self._shown
        if shown is None or not shown.comes_back:
            self._live.pop(shown.subject if shown else "", None)
        elif shown.left_s:
            shown.left_s = max(0.01, self._timer.remainingTime() / 1000)

    def _next(self) -> _Message | None:
        """What has an end, the newest first; then the most severe."""
        if ending := [message for message in self._live.values() if message.left_s]:
            return ending[-1]
        newest_first = reversed(self._live.values())
        return max(newest_first, key=lambda each: _SEVERITY[each.kind], default=None)

    def _time_is_over(self) -> None:
        """Of a message, or of its turn before one that is more severe."""
        if self._shown is not None and self._shown.left_s:
            self._live.pop(self._shown.subject, None)
        self._show_next()

    def _show_next(self) -> None:
        if (message := self._next()) is not None:
            self._show(message)
        else:
            self._timer.stop()
            was_shown, self._shown = self._shown, None
            self.hide()
            if was_shown is not None:
                self.emptied.emit()

    def _show(self, message: _Message) -> None:
        self._shown = message
        fitting = self._fitting(message.text)
        is_cut = fitting != plain.shown(message.text)
        plain.set_text(self._text, fitting)
        plain.set_tooltip(self._text, plain.one_line(message.text, _IN_TIP) if is_cut else "")
        plain.name(self._text, message.text)
        self._button.setVisible(message.action is not None)
        if message.action:
            plain.set_text(self._button, message.action[0])
            plain.name(self._button, message.action[0])
        if self.property("kind") != message.kind:
            self.setProperty("kind", message.kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._icon.show_icon(*_ICONS[message.kind])
        self.show()
        self._timer.stop()
        turn_s = 0.0 if self._next() is message else BRIEF_S
        if seconds := message.left_s or turn_s:
            self._timer.start(int(seconds * 1000))

    def _fitting(self, text: str) -> str:
        """What of a text, which may quote a service at any length, leaves the rows in sight."""
        lines = [line for line in plain.shown(text).splitlines() if line.strip()]
        metrics, cut = self._text.fontMetrics(), Qt.TextElideMode.ElideRight
        room, most = _MOST_PIXELS // max(1, min(len(lines), _MOST_LINES)), lines[:_MOST_LINES]
        return "\n".join(metrics.elidedText(line, cut, room) for line in most)

    def _act(self) -> None:
        action = self._shown.action if self._shown else None
        self.clear()
        if action:
            action[1]()

    def _announce(self, text: str, kind: str) -> None:
        """Say it to a screen reader, without taking the focus; politely unless it is an error."""
        plain.announce(self, plain.shown(text), at_once=kind == "error")


class Messages(QWidget):
    """Lies over the lower edge of a widget: what is shown or goes there moves nothing below it.

    Args:
        foot: Pixels at that edge that stay free.

    Below the bar of messages stand notices, each in a bar of its own: what happened to the user's
    data is replaced by no other message, and goes when the user closes it. Below, as a message
    that goes by itself would otherwise move them under the pointer.

    Attributes:
        bar: The one strip for everything else.

    Signals:
        covering: so many pixels above the foot are covered now.
    """

    covering = Signal(int)

    def __init__(self, over: QWidget, foot: Callable[[], int] = lambda: 0) -> None:
        super().__init__(over)
        self._over, self._foot = over, foot
        self.setProperty("overlay", True)  # over others on purpose, say the pictures
        self._notices: dict[str, MessageBar] = {}  # by subject; most starts have none
        self._closed: dict[str, Callable[[], object]] = {}  # of those that stand
        self.bar = MessageBar()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self.bar)
        over.installEventFilter(self)

    def show_notice(
        self,
        text: str,
        *,
        action: MessageButton | None = None,
        subject: str = "",
        closed: Callable[[], object] = lambda: None,
    ) -> None:
        """Say it until somebody closes it: instead of what had the same subject; without one, below
        what was said before.

        Args:
            closed: Called when it is closed, or its button pressed.
        """
        bar = self._notices.get(subject)
        if bar is None:
            self._notices[subject] = bar = MessageBar()
            self._box.addWidget(bar)
            bar.emptied.connect(lambda: self._closed.pop(subject)())
        self._closed[subject] = closed
        told = f"{bar.text}\n{text}" if bar.text and not subject else text
        bar.show_message(told, kind="warning", action=action, timeout_s=0)

    @property
    def notice(self) -> str:
        """What stands there; "" for nothing."""
        return "\n".join(bar.text for bar in self._notices.values() if bar.text)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Where it is to be now."""
        width = max(0, self._over.width() - 2 * theme.SMALL)
        shows = any(bar.text for bar in (self.bar, *self._notices.values()))
        height = self._box.totalHeightForWidth(width) if shows else 0
        top = self._over.height() - self._foot() - height - theme.SMALL
        self.setGeometry(theme.SMALL, top, width, height)
        self.raise_()
        self.covering.emit(height + 2 * theme.SMALL if shows else 0)


class DropVeil(QWidget):
    """Lies over a window while something is dragged over it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("overlay", True)
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str) -> None:
        """What letting go will do; "": there is nothing to let go."""
        self._words = words
        plain.name(self, words)
        self.setGeometry(self._over.rect())
        self.setVisible(words != "")
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = theme.ink("window")
        veil.setAlphaF(0.85)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(theme.ink("accent"), 2, Qt.PenStyle.DashLine))
        inside = self.rect().adjusted(theme.HUGE, theme.HUGE, -theme.HUGE, -theme.HUGE)
        painter.drawRoundedRect(inside, 10, 10)
        font = QFont(self.font())
        font.setPointSizeF(theme.points(theme.TITLE_PT))
        painter.setFont(font)
        words = painter.fontMetrics().boundingRect(self._words)
        words.moveCenter(inside.center())
        painter.setPen(theme.ink("edge"))
        painter.setBrush(theme.ink("raised"))
        painter.drawRoundedRect(words.adjusted(-theme.HUGE, -12, theme.HUGE, 12), 8, 8)
        painter.setPen(theme.ink("text"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()


class StatusLine(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setAccessibleName(tr("Status"))
        self._icon = IconLabel("dot", "edge", theme.ICON - 2)
        self._words = Elided()
        self._words.setProperty("role", "caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, 3, theme.MEDIUM, 3)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        self.show_state((), Totals(), 0.0)

    @property
    def text(self) -> str:
        return self._words.text()

    def show_state(self, accounts: tuple[AccountChanged, ...], totals: Totals, now: float) -> None:
        words = activity_line(accounts, totals, now)
        if words != self._words.text():
            self._words.show_text(words)
        on = {news.activity for news in accounts}
        name, colour = next(((n, c) for a, n, c in _SIGNS if a in on), ("dot", "edge"))
        self._icon.show_icon(name, colour)
