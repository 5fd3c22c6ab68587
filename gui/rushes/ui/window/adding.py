"""How ids come into the window: pasted, dropped or typed, and the strip that asks whose."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from rushes.presentation.incoming import left_out_words
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.ui.window import intake
from rushes.ui.window.figures import Figures
from rushes.ui.window.window_body import WindowBody
from rushes.ui.window.window_signals import WindowSignals

if TYPE_CHECKING:
    from rushes.core.task_ids import Found, LeftOut


class Adding(QObject):
    """Hands on what comes in as the window's signals; where it is read, it comes back as ids."""

    def __init__(self, window: WindowSignals, body: WindowBody, figures: Figures) -> None:
        super().__init__(window)
        self._window = window
        self._strip = body.strip
        self._messages = body.messages
        self._figures = figures
        self._strip.text_given.connect(window.text_given)
        self._strip.add_confirmed.connect(window.add_confirmed)
        self._strip.left.connect(body.middle.focus)

    def open_field(self) -> None:
        self._strip.ask_for_text()
        self._window.add_requested.emit()

    def paste(self) -> None:
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        files, text = intake.taken(data)
        if files:
            self._window.files_dropped.emit(files)
        elif not intake.is_blank(text):
            self._window.text_given.emit(text)
        else:
            self.show_found((), 0, {})

    def show_found(
        self,
        found: "Sequence[Found]",
        already: int,
        whose: Mapping[str, str | None],
        left_out: "Sequence[LeftOut]" = (),
        *,
        unasked: bool = False,
    ) -> None:
        """Ask whose ids these are; say so when there is none. See `AddStrip.ask`.

        Args:
            unasked: They turned up by themselves: what is not worth a question is passed over.
        """
        say = self._messages.show_message
        why = left_out_words(left_out)
        if unasked and not (found and self._figures.accounts):
            return
        if not found and not already:
            what = tr(
                "No task ID found in what was pasted. Paste the IDs, one on each line, or the "
                "service's answer."
            )
            say(why or what, kind="warning", replace="add")
        elif not found:
            self._strip.hide()
            told = tr("%n task(s) already in the list.", None, already)
            kind = "warning" if why else "info"
            say(f"{told} {why}" if why else told, kind=kind, replace="add")
        elif not self._figures.accounts:
            say(
                tr("%n task ID(s) found. Add their account first.", None, len(found)),
                kind="warning",
                action=(tr("Add account"), Action.ADD_SERVICE.value),
                replace="add",
            )
        else:
            self._messages.clear("add")
            self._strip.ask(found, already, whose, left_out, takes_focus=not unasked)
