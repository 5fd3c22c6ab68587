"""Files follow what was chosen later: names, ratings and tags decide anew where they belong."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.task import Key
from rushes.presentation.no_file import why_none_has_a_file
from rushes.presentation.sentences import not_moved_sentence
from rushes.presentation.text import tr
from rushes.saving.mover import Move, Moved, MovePlan
from rushes.store import tables
from rushes.ui.window.moves_dialog import MoveLine, MovesDialog

#: What asks for nothing but can be acted on stands so long (seconds).
_OFFER_S = 12.0
#: Fewer files are moved before a word about it could be read.
_MANY = 20


class MoveController(QObject):
    """Moves files when it is asked for, and when a review ends if the settings say so."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = window = main.window
        self._mover = main.backend.mover
        do = main.do
        window.move_requested.connect(lambda keys: do(self._ask(keys)))
        window.review_ended.connect(self._after_review)
        window.table.rows.renamed.connect(lambda key, name: do(self._offer(key, name)))

    def _after_review(self, keys: Sequence[Key]) -> None:
        """These takes were reviewed; their files follow where a setting says so."""
        if self._main.backend.settings.move_after_review and keys:
            self._main.do(self._follow(keys))

    async def _ask(self, keys: Sequence[Key]) -> None:
        """Show what would be moved, and move it when the user agrees."""
        await self._main.backend.presence.check(keys)
        plan = await self._mover.plan(keys)
        if not plan.moves:
            await self._say_nothing_to_move(plan, keys)
            return
        lines = [MoveLine(str(each.old), str(each.new), each.handed) for each in plan.moves]
        dialog = MovesDialog(lines, _notes(plan), self._window)
        dialog.accepted.connect(lambda: self._main.do(self._move(plan.moves)))
        dialog.open()

    async def _follow(self, keys: Sequence[Key]) -> None:
        plan = await self._mover.plan(keys, by_itself=True)
        if plan.moves:
            await self._move(plan.moves)
        elif plan.failure is not None:
            await self._say_nothing_to_move(plan, keys)

    async def _offer(self, key: Key, name: str) -> None:
        """A take got another name: its files can have it, too."""
        plan = await self._mover.plan([key], names={key: name})
        if plan.moves:
            self._window.show_message(
                tr("The take has its new name. Its %n file(s) have the old one.", None,
                   len(plan.moves)),
                action=(tr("Rename files"), lambda: self._main.do(self._move(plan.moves))),
                replace="named",
                timeout_s=_OFFER_S,
            )  # fmt: skip

    async def _move(self, moves: Sequence[Move]) -> None:
        count = len(moves)

        def report(done: int) -> None:
            if count >= _MANY and done < count:
                told = tr("Moving files: {done} of {count}", done=done, count=count)
                self._window.show_message(told, replace="move", timeout_s=0)

        moved = await self._mover.move(moves, report)
        if moved.done:
            back = [each.back for each in reversed(moved.done)]
            do = self._main.do
            self._main.undo.note(
                lambda: do(self._move_anew(back, is_back=True)),
                lambda: do(self._move_anew(moved.done)),
            )
        self._show_result(moved, count)

    async def _move_anew(self, moves: Sequence[Move], *, is_back: bool = False) -> None:
        """Undone, or done again."""
        moved = await self._mover.move(moves)
        self._show_result(moved, len(moves), offers_undo=False, is_back=is_back)
        if moved.done:
            self._window.select(list(dict.fromkeys(each.key for each in moved.done)))

    # --- what is said ---------------------------------------------------------------------

    def _show_result(
        self, moved: Moved, count: int, *, offers_undo: bool = True, is_back: bool = False
    ) -> None:
        done = len(moved.done)
        folder = _folder_of(moved.done)
        if not done:
            told = tr("Nothing was moved.")
        elif done < count:
            told = tr("{done} of {count} files were moved.", done=done, count=count)
        elif is_back and folder is not None:
            told = tr("%n file(s) moved back to {folder}.", None, done, folder=str(folder))
        elif is_back:
            told = tr("%n file(s) moved back.", None, done)
        elif folder is not None:
            told = tr("%n file(s) moved to {folder}.", None, done, folder=str(folder))
        else:
            told = tr("%n file(s) moved.", None, done)
        if moved.failure is not None:
            told += " " + not_moved_sentence(moved.failure)
        elif done < count:
            told += " " + tr("The others are not there any more, or were changed.")
        undo = self._main.undo_button()
        show = (tr("Show"), lambda: desktop.reveal(moved.done[0].new))
        self._window.clear_message("named")  # the offer to move them
        self._window.show_message(
            told,
            kind="success" if done == count else "warning",
            action=None if not done else undo if offers_undo else show,
            replace="move",
            timeout_s=_OFFER_S,
        )

    async def _say_nothing_to_move(self, plan: MovePlan, keys: Sequence[Key]) -> None:
        if plan.failure is not None:
            told, kind = not_moved_sentence(plan.failure), "warning"
        elif plan.in_place:
            told, kind = tr("The files are where they belong already."), "info"
        else:
            tasks = await self._main.backend.store.read(tables.get, keys)
            now, away = self._window.context.now, self._window.command_context.away
            told, kind = why_none_has_a_file(tasks, now, away), "info"
        self._window.show_message(told, kind=kind, replace="move", timeout_s=_OFFER_S)


def _notes(plan: MovePlan) -> list[str]:
    notes = []
    if plan.in_place:
        notes.append(tr("In their place already: %n file(s).", None, plan.in_place))
    if plan.without:
        notes.append(tr("%n selected task(s) have no file.", None, plan.without))
    if plan.failure is not None:
        notes.append(not_moved_sentence(plan.failure))
    return notes


def _folder_of(moves: Sequence[Move]) -> Path | None:
    """The one folder they are all in now."""
    folders = {each.new.parent for each in moves}
    return folders.pop() if len(folders) == 1 else None
