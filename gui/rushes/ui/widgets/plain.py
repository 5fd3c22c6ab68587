"""The one door for text on widgets: whatever comes in is shown as it is, never interpreted.

Qt guesses whether a string is rich text, loads images out of it and eats ampersands. Strings of
services and files are untrusted, so labels, buttons, actions, tool tips and message boxes get
their text here and nowhere else (a test walks the code for raw ``setText`` and ``setToolTip``).
"""

import html
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSystemTrayIcon,
    QToolButton,
    QToolTip,
    QWidget,
)

from rushes.presentation.untrusted import one_line as one_line
from rushes.presentation.untrusted import shown as shown


def unmarked(text: str) -> str:
    """Double the ampersands, which buttons and menus would take for keyboard marks."""
    return one_line(text).replace("&", "&&")


def rich_free(text: str) -> str:
    """A tool tip that can only be read as the characters of `text`."""
    if not text:
        return ""
    return f"<qt>{html.escape(shown(text)).replace(chr(10), '<br>')}</qt>"


def markless(text: str) -> str:
    """`text` for notifications and the tray, where nobody says whether they read markup.

    Notification servers of Linux read a little HTML, Windows and macOS show it as it is: so the
    signs that mean something in HTML are replaced by others that look alike.
    """
    return shown(text, 400).replace("&", "＆").replace("<", "‹").replace(">", "›")


def label(text: str = "", *, wraps: bool = False) -> QLabel:
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    made.setText(shown(text))
    return made


def set_text(target: QLabel | QAbstractButton | QAction | QLineEdit | QMenu, text: str) -> None:
    """Show `text` on a label, button, action or menu (ampersands are shown), or fill a field."""
    if isinstance(target, QLabel):
        target.setTextFormat(Qt.TextFormat.PlainText)
        target.setText(shown(text))
    elif isinstance(target, QMenu):
        set_text(target.menuAction(), text)
    elif isinstance(target, QLineEdit):
        target.setText(text)
    elif isinstance(target, QAction):
        _set_action_text(target, text)
    else:
        target.setText(unmarked(text))


def _set_action_text(action: QAction, text: str) -> None:
    """Its tool tip goes with it, unless it has its own: Qt would take the text and guess."""
    before = action.text().replace("&&", "&")
    goes_with_it = action.toolTip() in ("", before, rich_free(before))
    action.setText(unmarked(text))
    if goes_with_it:
        action.setToolTip(rich_free(one_line(text)))


def set_short_text(action: QAction, text: str) -> None:
    """What a button of the action shows, where the menu says more."""
    action.setIconText(unmarked(text))


def set_tooltip(target: QWidget | QAction | QSystemTrayIcon, text: str) -> None:
    """A widget without a description of its own gets the text as one: a screen reader would else
    read the tool tip's markup."""
    is_ours = not isinstance(target, QSystemTrayIcon)  # else the desktop's panel shows it
    before = target.toolTip()
    target.setToolTip(rich_free(text) if is_ours else markless(text))
    if isinstance(target, QWidget):
        _describe_by_tooltip(target, before)


def show_tip(widget: QWidget, text: str, at: QPoint) -> None:
    """Show a tool tip of `widget` now, at a point of the screen; it stays until it is hidden."""
    QToolTip.showText(at, rich_free(text), widget)


def set_action(button: QToolButton, action: QAction) -> None:
    """The button shows and triggers the action; a screen reader gets its tool tip as text."""
    before = [button.toolTip()]

    def follow() -> None:
        _describe_by_tooltip(button, before[0])
        before[0] = button.toolTip()

    button.setDefaultAction(action)
    follow()
    action.changed.connect(follow)


def _describe_by_tooltip(widget: QWidget, before: str) -> None:
    """Args:
    before: Its tool tip until now, from which it may have its description.
    """
    if widget.accessibleDescription() in ("", _unrich(before)):
        widget.setAccessibleDescription(_unrich(widget.toolTip()))


def _unrich(tip: str) -> str:
    """What `rich_free` was given."""
    inside = tip.removeprefix("<qt>").removesuffix("</qt>")
    return tip if inside == tip else html.unescape(inside.replace("<br>", "\n"))


def name(widget: QWidget, accessible: str, description: str = "") -> None:
    """What a screen reader and the accessibility tree call the widget."""
    widget.setAccessibleName(one_line(accessible))
    if description:
        widget.setAccessibleDescription(shown(description))


def announce(widget: QWidget, text: str, *, at_once: bool = False) -> None:
    """Have a screen reader say it; with `at_once` it breaks off what it says just now."""
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if at_once else politeness.Polite)
    QAccessible.updateAccessibility(event)


def message_box(
    icon: QMessageBox.Icon, title: str, text: str, parent: QWidget | None = None
) -> QMessageBox:
    """A box that shows plain text, not open yet; it deletes itself when it is closed."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle(one_line(title))
    box.setText(shown(text))
    return box


def ask(
    parent: QWidget, title: str, text: str, yes: str, no: str, then: Callable[[], object]
) -> QMessageBox:
    """Ask before something is destroyed; the safe answer is the default.

    Returns at once: no event loop of its own runs. `then` is called when the user agrees.
    """
    box = message_box(QMessageBox.Icon.Question, title, text, parent)
    accept = box.addButton(unmarked(yes), QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(unmarked(no), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(refuse)
    box.setEscapeButton(refuse)
    box.buttonClicked.connect(lambda clicked: then() if clicked is accept else None)
    box.open()
    return box
