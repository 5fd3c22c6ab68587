"""The bar on top: add, refresh, save what expires, search, settings."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
)

from rushes.core.account import Account
from rushes.presentation.search import Known, completions
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import IconLabel, enlarge_buttons

_WORDS = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
_TEXT = Qt.ToolButtonStyle.ToolButtonTextOnly


class Toolbar(QFrame):
    """Attributes:
    search: The field; its text is what is searched for.
    """

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self._expiring = _button(actions["save_expiring"], tr("Save all expiring"), words=True)
        self.search = SearchField()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, 6, theme.MEDIUM, 6)
        row.setSpacing(theme.SMALL)
        self._add = _button(actions["add"], tr("Add"), words=True)
        row.addWidget(self._add)
        row.addWidget(_button(actions["refresh"], tr("Refresh")))
        row.addWidget(self._expiring)
        row.addStretch(1)
        row.addWidget(self.search, 3)
        row.addStretch(1)
        self._views = _segments(actions)
        switch = QHBoxLayout()
        switch.setSpacing(0)
        for view in self._views:
            switch.addWidget(view)
        row.addLayout(switch)
        row.addSpacing(theme.SMALL)
        self._panes = (
            _button(actions["sidebar"], tr("Sidebar")),
            _button(actions["inspector"], tr("Details")),
        )
        for pane in self._panes:
            row.addWidget(pane)
        row.addWidget(_button(actions["settings"], tr("Settings")))
        self._count = 0
        self.set_expiring(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def search_text(self) -> str:
        return self.search.text()

    def set_search(self, text: str) -> None:
        plain.set_text(self.search, text)

    def set_known(self, tags: Iterable[str], accounts: Iterable[Account]) -> None:
        """What the search can complete besides its own words."""
        names = tuple(account.name for account in accounts)
        self.search.learn({"tag": sorted(tags), "account": names})

    def set_words(self, words: Known) -> None:
        """Values of other fields that there are."""
        self.search.learn(words)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def set_expiring(self, count: int) -> None:
        words = tr("Save all expiring")
        self._count = count
        plain.name(self._expiring, f"{words}, {count}" if count else words)
        self._fit()

    def _fit(self) -> None:
        """With large fonts or on a small screen the words go first where an icon says the same,
        then the switches of the panes, which are in the menu and have keys; in the narrowest
        window the views are icons. The count stays."""
        row = self.layout()
        assert row is not None
        for step in range(5):
            self._set_expiring_text("" if step else tr("Save all expiring"))
            self._add.setToolButtonStyle(_ICON if step > 1 else _WORDS)
            for button in self._panes:
                button.setVisible(step < 3)
            for view in self._views:
                view.setToolButtonStyle(_ICON if step > 3 else _TEXT)
            if row.sizeHint().width() <= self.width():
                return

    def _set_expiring_text(self, words: str) -> None:
        text = " ".join(filter(None, (words, f"•{self._count}" if self._count else "")))
        self._expiring.setToolButtonStyle(_WORDS if text else _ICON)
        plain.set_short_text(self._expiring.defaultAction(), text)


class SearchField(QLineEdit):
    """Signals:
    entered: it has the focus now: what can be typed may be asked for.
    left: Escape: the focus goes to the list.
    down_pressed: Down or Return: the same, and a row shall be selected there.
    """

    entered = Signal()
    left = Signal()
    down_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Search"))
        plain.set_tooltip(self, _search_help())
        self.setPlaceholderText(tr("Search"))
        self.setAcceptDrops(False)  # what is dropped on the window are task ids
        self.setMinimumWidth(140)
        self.setMaximumWidth(420)
        self.setMinimumHeight(theme.TARGET)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # No action of the field: that would be a button that does nothing.
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.SMALL, 0, 0, 0)
        box.addWidget(IconLabel("search"), 0, Qt.AlignmentFlag.AlignLeft)
        self.setTextMargins(theme.ICON + theme.TINY, 0, 0, 0)
        self.textChanged.connect(self._offer_clearing)
        self._known: dict[str, Sequence[str]] = {}
        self._lines = QStringListModel(self)
        completer = QCompleter(self._lines, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        if (popup := completer.popup()) is not None:
            plain.name(popup, tr("Suggestions"))
        self.setCompleter(completer)
        self.textEdited.connect(self._complete)

    def learn(self, known: Known) -> None:
        self._known.update(known)

    def _offer_clearing(self, text: str) -> None:
        """The style looks for its picture in many places: only once there is something to clear."""
        if text and not self.isClearButtonEnabled():
            self.setClearButtonEnabled(True)
            enlarge_buttons(self, tr("Clear search"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def _complete(self, text: str) -> None:
        self._lines.setStringList(list(completions(text, self._known)))

    def event(self, event: QEvent) -> bool:
        """Escape is the field's own: the window's would clear the selection, too."""
        is_shortcut = event.type() == QEvent.Type.ShortcutOverride
        if is_shortcut and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            if (popup := self.completer().popup()) is not None:
                popup.hide()  # it leaves Escape to the field
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_pressed.emit()
            return
        super().keyPressEvent(event)


def _search_help() -> str:
    return tr("Words, or seed:77 model:seedance rating:>=4")


def _segments(actions: Actions) -> tuple[QToolButton, ...]:
    """How the tasks are shown: one of these is on."""
    made = []
    for id_, words in (
        ("as_list", tr("List")),
        ("as_gallery", tr("Gallery")),
        ("as_compare", tr("Compare")),
        ("as_usage", tr("Usage")),
    ):
        button = _button(actions[id_], words, words=True)
        button.setToolButtonStyle(_TEXT)
        button.setProperty("segment", True)
        made.append(button)
    return tuple(made)


def _button(action: QAction, spoken: str, *, words: bool = False) -> QToolButton:
    made = QToolButton()
    plain.set_action(made, action)
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    made.setMinimumSize(theme.TARGET + 2, theme.TARGET)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if words:
        made.setToolButtonStyle(_WORDS)
        plain.set_short_text(action, spoken)
    else:
        made.setProperty("flat", True)
    plain.name(made, spoken)
    return made
