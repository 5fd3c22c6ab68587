"""The one strip of messages: a new one replaces the old one, nothing ever stacks or blocks."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from rushes.presentation.text import tr
from rushes.ui import plain, theme
from rushes.ui.pieces import icon_button, push_button
from rushes.ui.sign import Sign

KINDS = ("info", "success", "warning", "error")
_ICONS = {
    "info": ("info", "accent"),
    "success": ("check", "succeeded"),
    "warning": ("warning", "amber"),
    "error": ("error", "red"),
}
#: How long a message stands that does not ask for anything; errors stay until they are replaced.
BRIEF_S = 6.0


class MessageBar(QFrame):
    """Signals:
    action_requested: the id of the message's action; the message is gone by then.
    """

    action_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._replace = ""
        self._action = ""
        self._icon = Sign("info", "accent")
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

    def show_message(
        self,
        text: str,
        *,
        kind: str = "info",
        action: tuple[str, str] | None = None,
        replace: str = "",
        timeout_s: float | None = None,
    ) -> None:
        """Show `text` instead of whatever stands there.

        Args:
            action: (label, id): a button; the id comes back by `action_requested`.
            replace: The subject, so that `clear(subject)` takes away this message only.
            timeout_s: None: brief messages go by themselves, warnings and errors and whatever
                offers an action stay. 0: stays.
        """
        self._replace = replace
        self._action = action[1] if action else ""
        plain.set_text(self._text, text)
        plain.name(self._text, text)
        self._button.setVisible(action is not None)
        if action:
            plain.set_text(self._button, action[0])
            plain.name(self._button, action[0])
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._icon.show_icon(*_ICONS[kind])
        self.show()
        self._announce(text, kind)
        stays = action is not None or kind in ("warning", "error")
        seconds = timeout_s if timeout_s is not None else (0.0 if stays else BRIEF_S)
        self._timer.stop()
        if seconds > 0:
            self._timer.start(int(seconds * 1000))

    def clear(self, replace: str = "") -> None:
        """Take the message away; with a subject, only a message about that subject."""
        if replace and replace != self._replace:
            return
        self._timer.stop()
        self._action = ""
        self.hide()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action:
            self.action_requested.emit(action)

    def _announce(self, text: str, kind: str) -> None:
        """Say it to a screen reader, without taking the focus; politely unless it is an error."""
        event = QAccessibleAnnouncementEvent(self, plain.shown(text))
        loud = kind == "error"
        priority = QAccessible.AnnouncementPoliteness
        event.setPoliteness(priority.Assertive if loud else priority.Polite)
        QAccessible.updateAccessibility(event)
