"""Why a task has no result: plain words first, then code, request id and the service's own text."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.task import Flag, Status, Task
from rushes.core.upstream import places
from rushes.presentation.sentences import Action, action_label
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import flag_sentences, search_sentence, task_error_sentence
from rushes.ui.inspector.fields import Field
from rushes.ui.inspector.grid import FieldGrid, selectable
from rushes.ui.inspector.read_only import ReadOnly
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import Fold, icon_button, line, push_button, styled


@dataclass(frozen=True, slots=True)
class _Said:
    sentence: str
    is_error: bool
    remarks: tuple[str, ...]
    code: str
    request_id: str
    message: str


def _said(task: Task) -> _Said:
    report, error = task.report, task.report.error
    sentence = task_error_sentence(error, report.status, report.status_raw)
    return _Said(
        sentence=sentence,
        is_error=report.status in (Status.FAILED, Status.EXPIRED),
        remarks=tuple(filter(None, (*flag_sentences(task).values(), search_sentence(task)))),
        code=error.code if error else "",
        request_id=(error.request_id if error else "") or (report.request_id or "")
        if sentence
        else "",
        message=error.message if error else "",
    )


def has_trouble(task: Task, accounts: Iterable[Account] = ()) -> bool:
    """Whether there is anything to be said or offered here."""
    said = _said(task)
    told = said.sentence or said.remarks or said.code or said.message
    return bool(told or places(task, accounts))


class Trouble(QWidget):
    """Signals:
    copied: a value and what it is.
    elsewhere: the other accounts are to be asked for the task.
    upstream: its job is to be looked up at Ark.
    """

    copied = Signal(str, str)
    elsewhere = Signal()
    upstream = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: _Said | None = None
        self._sentence = selectable(line("", "error"))
        self._remarks = selectable(line("", "warning"))
        words = tr("The service's own words")
        label = action_label(Action.TRY_OTHER_ACCOUNTS)
        self._elsewhere = push_button(label, self.elsewhere.emit)
        self._upstream = push_button(tr("Look it up at Ark"), self.upstream.emit)
        self._grid = FieldGrid(("code", "request_id"))
        self._grid.copied.connect(self.copied)
        self._message = ReadOnly(words, wraps=True, height=112)
        self._fold = Fold(words, self._words(), is_open=False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        for widget in (self._sentence, self._remarks):
            box.addWidget(widget)
        for button in (self._elsewhere, self._upstream):
            box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._grid)
        box.addWidget(self._fold)

    def _words(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._message, 1)
        spoken = tr("Copy the service's own words")
        copy = icon_button("copy", spoken, self._copy_message)
        copy.setIcon(theme.icon("copy", "muted"))
        row.addWidget(copy)
        row.setAlignment(copy, Qt.AlignmentFlag.AlignTop)
        return made

    def show_trouble(self, task: Task, accounts: Collection[Account]) -> None:
        """`accounts`: all there are; others than its own may know the task, or its job."""
        self._elsewhere.setVisible(len(accounts) > 1 and Flag.NOT_FOUND in task.flags)
        self._upstream.setVisible(bool(places(task, accounts)))
        said = _said(task)
        if said == self._shown:
            return
        self._shown = said
        styled(self._sentence, "error" if said.is_error else "warning")
        for label, text in (
            (self._sentence, said.sentence),
            (self._remarks, "\n".join(said.remarks)),
        ):
            plain.set_text(label, text)
            label.setVisible(text != "")
        fields = []
        if said.code:
            fields.append(Field("code", tr("Code"), one_line(said.code, 200), said.code))
        if said.request_id:
            text = one_line(said.request_id, 200)
            fields.append(Field("request_id", tr("Request ID"), text, said.request_id))
        self._grid.show_fields(fields)
        self._grid.setVisible(bool(fields))
        self._message.show_text(shown(said.message))
        self._fold.setVisible(said.message != "")

    def _copy_message(self) -> None:
        if self._shown:
            self.copied.emit(self._shown.message, tr("The service's own words"))
