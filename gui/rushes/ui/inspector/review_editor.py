"""What the user says about one take or several: rating, pick, tags, note."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rushes.core.task import Mark, Pick
from rushes.presentation.text import tr
from rushes.ui.inspector.parts import flowing
from rushes.ui.widgets import plain, review, theme
from rushes.ui.widgets.basics import icon_button, set_spoken

T = TypeVar("T")

_LONGEST = 20_000
_PAUSE_MS = 800  # a text is kept when typing pauses, not only when the field is left


class ReviewEditor(QWidget):
    """Stars, pick and reject, tags.

    Args:
        mark: Called with a change for the marks of every take shown.
    """

    def __init__(self, mark: Callable[[review.MarkChange], object]) -> None:
        super().__init__()
        self._mark = mark
        self._rating: int | None = 0
        self._pick: Pick | None = Pick.NONE
        self._tags: tuple[str, ...] | None = ()
        self._stars: list[QToolButton] = []
        for rating in range(1, 6):
            star = icon_button("star", "", partial(self._rate, rating))
            star.setFixedSize(theme.TARGET, theme.TARGET)
            self._stars.append(star)
        self._yes = icon_button("pick", tr("Pick"), partial(self._choose, Pick.PICK))
        self._no = icon_button("reject", tr("Reject"), partial(self._choose, Pick.REJECT))
        for button in (self._yes, self._no):
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        plain.set_text(self._yes, tr("Pick"))
        plain.set_text(self._no, tr("Reject"))
        self._field = QLineEdit()
        self._field.setMaxLength(1000)
        self._field.setPlaceholderText(tr("Tags, with commas between"))
        self._field.setClearButtonEnabled(False)
        plain.name(self._field, tr("Tags"))
        self._field.editingFinished.connect(self._tags_typed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(flowing((_row(self._stars), _row((self._yes, self._no))), theme.TINY))
        box.addWidget(self._field)

    def show_reviews(self, marks: tuple[Mark, ...]) -> None:
        """Show what `marks` have in common. A tag line being edited keeps what was typed."""
        self._rating = _shared(tuple(m.rating for m in marks))
        self._pick = _shared(tuple(m.pick for m in marks))
        self._tags = _shared(tuple(m.tags for m in marks))
        self._draw_stars()
        self._yes.setChecked(self._pick is Pick.PICK)
        self._no.setChecked(self._pick is Pick.REJECT)
        if not self._field.isModified():
            self._fill()

    def _fill(self) -> None:
        text = "" if self._tags is None else ", ".join(self._tags)
        hint = tr("Tags, with commas between") if self._tags is not None else tr("different")
        self._field.setPlaceholderText(hint)
        if self._field.text() != text:
            with QSignalBlocker(self._field):
                plain.set_text(self._field, text)
        self._field.setModified(False)

    def _draw_stars(self) -> None:
        for number, star in enumerate(self._stars, start=1):
            full = self._rating is not None and number <= self._rating
            star.setIcon(theme.icon("star-full" if full else "star", "star" if full else "muted"))
            if number == self._rating:
                set_spoken(star, tr("Rated {rating} of 5, clear", rating=number))
            else:
                set_spoken(star, tr("Rate {rating} of 5", rating=number))

    def _rate(self, rating: int) -> None:
        """The star that is set already clears the rating."""
        wanted = 0 if rating == self._rating else rating
        self._mark(review.rated(wanted))

    def _choose(self, pick: Pick) -> None:
        wanted = Pick.NONE if pick is self._pick else pick
        self._mark(review.picked(wanted))

    def commit(self) -> None:
        """Take over what was typed so far, before another take is shown."""
        if self._field.isModified():
            self._tags_typed()

    def focus_tags(self) -> None:
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def _tags_typed(self) -> None:
        tags = review.read_tags(self._field.text())
        modified = self._field.isModified()
        self._field.setModified(False)
        if modified and tags != self._tags:
            self._tags = tags
            self._mark(lambda mark: replace(mark, tags=tags))


class TextEditor(QPlainTextEdit):
    """A text of a few lines; kept when typing pauses or the field is left.

    Args:
        title: What it is, in words.
        read: The text in a mark.
        change: What puts another text there.
        mark: Called with a change for the mark of the take shown.
    """

    def __init__(
        self,
        title: str,
        read: Callable[[Mark], str],
        change: Callable[[str], review.MarkChange],
        mark: Callable[[review.MarkChange], object],
    ) -> None:
        super().__init__()
        self._mark = mark
        self._read, self._change = read, change
        self._text = ""
        self.setPlaceholderText(title)
        self.setTabChangesFocus(True)
        self.setFixedHeight(84)
        plain.name(self, title)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.commit)
        self.textChanged.connect(self._typed)

    def show_mark(self, mark: Mark) -> None:
        """Show the text of the take, unless the user is writing it just now."""
        self._text = self._read(mark)
        if self._pause.isActive() or self.toPlainText() == self._text:
            return
        with QSignalBlocker(self):
            self.setPlainText(self._text)

    def commit(self) -> None:
        """Hand out what was typed so far."""
        self._pause.stop()
        text = self.toPlainText()[:_LONGEST]
        if text != self._text:
            self._text = text
            self._mark(self._change(text))

    def _typed(self) -> None:
        self._pause.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit()
            return
        super().keyPressEvent(event)


def _row(buttons: Sequence[QToolButton]) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    for button in buttons:
        row.addWidget(button)
    return made


def _shared(values: tuple[T, ...]) -> T | None:
    return values[0] if values and all(v == values[0] for v in values) else None
