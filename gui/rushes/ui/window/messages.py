"""The one strip of messages: the newest is shown, nothing ever stacks up or blocks.

What only informs is gone when its time is over or something newer comes. What stays wrong (a
paused account, a full disk) stands until its subject is cleared or somebody closes it: a brief
word covers it, and when that goes, the newest that still stands is shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

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
#: How long a message stands that does not ask for anything; errors stay until they are cleared.
BRIEF_S = 6.0


_SIGNS = (
    (Activity.PAUSED, "error", "red"),
    (Activity.OFFLINE, "warning", "amber"),
    (Activity.BACKING_OFF, "warning", "amber"),
    (Activity.WATCHING, "dot", "succeeded"),
)


@dataclass(frozen=True, slots=True)
class _Message:
    """`subject` "" is about nothing that could be cleared; `seconds` 0 has no end of its own."""

    text: str
    kind: str
    action: MessageButton | None
    subject: str
    seconds: float

    @property
    def stands(self) -> bool:
        """Whether it is still true when something else has been said in the meantime."""
        return bool(self.subject) and self.seconds == 0 and self.kind in ("warning", "error")


class MessageBar(QFrame):
    """One message, with a button at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._shown: _Message | None = None
        self._standing: dict[str, _Message] = {}  # by subject, the newest last
        self._icon = IconLabel("info", "accent")
        self._text = plain.label(wraps=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = push_button("", self._act)
        self._close = icon_button("close", tr("Close message"), self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.TINY, theme.SMALL, theme.TINY)
        row.setSpacing(theme.SMALL)
        for widget in (self._icon, self._text, self._button, self._close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
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
            replace: The subject, so that `clear(subject)` takes away this message only. A
                warning or an error with a subject and without an end comes back when what
                covers it goes.
            timeout_s: None: brief messages go by themselves, warnings and errors and whatever
                offers an action stay. 0: stays.
        """
        stays = action is not None or kind in ("warning", "error")
        seconds = timeout_s if timeout_s is not None else (0.0 if stays else BRIEF_S)
        message = _Message(text, kind, action, replace, seconds)
        self._standing.pop(replace, None)
        if message.stands:
            self._standing[replace] = message
        self._show(message)
        self._announce(text, kind)

    def clear(self, replace: str = "") -> None:
        """Take away the message that is shown; with a subject, the one about that subject."""
        subject = replace or (self._shown.subject if self._shown else "")
        self._standing.pop(subject, None)
        if replace and (self._shown is None or self._shown.subject != replace):
            return
        if self._standing:
            self._show(next(reversed(self._standing.values())))
        else:
            self._timer.stop()
            self._shown = None
            self.hide()

    def _show(self, message: _Message) -> None:
        self._shown = message
        plain.set_text(self._text, message.text)
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
        if message.seconds > 0:
            self._timer.start(int(message.seconds * 1000))

    def _act(self) -> None:
        action = self._shown.action if self._shown else None
        self.clear()
        if action:
            action[1]()

    def _announce(self, text: str, kind: str) -> None:
        """Say it to a screen reader, without taking the focus; politely unless it is an error."""
        plain.announce(self, plain.shown(text), at_once=kind == "error")


class StatusLine(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
