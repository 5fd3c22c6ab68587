"""What the commands do to the selected rows: each becomes a signal of the window."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractItemView, QWidget

from rushes.core.account import Account, Dialect
from rushes.core.task import Flag, Key, Pick, Status, Task
from rushes.core.upstream import places
from rushes.presentation.columns import BY_ID
from rushes.presentation.text import tr
from rushes.ui.commands.actions import COMMANDS, Actions
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import marks, plain, theme
from rushes.ui.window.quick_edit import QuickEdit
from rushes.ui.window.window_signals import WindowSignals

Deed = Callable[[], object]
COPIED = ("seed", "parameters", "id", "path", "curl", "url", "prompt")


class Playable(Protocol):
    """What the list asks of the preview."""

    def command(self, id_: str) -> None: ...


class ListCommands:
    """Args:
    shown: The view of the rows that is on the screen.
    """

    def __init__(
        self,
        window: WindowSignals,
        table: TaskTable,
        actions: Actions,
        shown: Callable[[], QAbstractItemView],
    ) -> None:
        self._window = window
        self._table = table
        self._actions = actions
        self._shown = shown
        self._player: Playable | None = None
        self.accounts: tuple[Account, ...] = ()

    def set_player(self, player: Playable) -> None:
        self._player = player

    def deeds(self) -> dict[str, Deed]:
        """What is done by which command's id."""
        say, mark = self._window, self._mark
        done: dict[str, Deed] = {
            "save": lambda: self._of_all(say.save_requested.emit),
            "save_as": lambda: self._of_current(say.save_as_requested.emit),
            "open": lambda: self._of_current(say.open_requested.emit),
            "open_with": lambda: self._of_current(say.open_with_requested.emit),
            "copy_file": lambda: self._of_all(say.copy_files_requested.emit),
            "reveal": lambda: self._of_current(say.reveal_requested.emit),
            "pick": partial(mark, marks.picked(Pick.PICK)),
            "reject": partial(mark, marks.picked(Pick.REJECT)),
            "unpick": partial(mark, marks.picked(Pick.NONE)),
            "tag": self._edit_tags,
            "note": self._edit_note,
            "rename": self._table.rename_current,
            "look": lambda: self._of_all(say.look_requested.emit),
            "watch": self._toggle_watch,
            "remove": lambda: self._of_all(say.remove_requested.emit),
            "export": lambda: self._of_all(say.export_requested.emit),
            "cancel": self._cancel,
            "elsewhere": lambda: self._of_all(say.elsewhere_requested.emit),
            "upstream": lambda: self._of_all(say.upstream_requested.emit),
        }
        for what in COPIED:
            done[f"copy_{what}"] = partial(self._copy, what)
        for stars in range(6):
            done[f"rate_{stars}"] = partial(mark, marks.rated(stars))
        return done | self._player_deeds()

    def offer(self) -> None:
        """Switch commands on and off by what is selected."""
        tasks = self._tasks()
        self._actions.set_selected(len(tasks))
        paused = bool(tasks) and not any(task.watched for task in tasks)
        words = tr("Resume watching") if paused else tr("Pause watching")
        plain.set_text(self._actions["watch"], words)
        self._actions["cancel"].setEnabled(self._can_cancel() is not None)
        unknown = any(Flag.NOT_FOUND in task.flags for task in tasks)
        self._actions["elsewhere"].setEnabled(unknown and len(self.accounts) > 1)
        in_doubt = any(places(task, self.accounts) for task in tasks)
        self._actions["upstream"].setEnabled(in_doubt)

    def show_menu(self, at: QPoint) -> None:
        menu = self._actions.context_menu(self._table, can_cancel=self._can_cancel() is not None)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # --- inside ---------------------------------------------------------------------------

    def _player_deeds(self) -> dict[str, Deed]:
        return {c.id: partial(self._play, c.id) for c in COMMANDS if c.plays}

    def _play(self, id_: str) -> None:
        if self._player:
            self._player.command(id_)

    def _keys(self) -> list[Key]:
        return self._table.selected_keys()

    def _tasks(self) -> list[Task]:
        return [task for key in self._keys() if (task := self._table.task(key))]

    def _of_all(self, deed: Callable[[list[Key]], object]) -> None:
        """Every selected row, also those whose tasks are not in memory."""
        self._table.with_selected(deed)

    def _of_current(self, deed: Callable[[Key], object]) -> None:
        keys = self._keys()
        current = self._table.current_key()
        if keys:
            deed(current if current in keys and current else keys[0])

    def _copy(self, what: str) -> None:
        self._of_all(partial(self._window.copy_requested.emit, what))

    def _mark(self, change: marks.MarkChange) -> None:
        self._of_all(lambda keys: self._window.mark_requested.emit(keys, change))

    def _toggle_watch(self) -> None:
        """Pause them; all of them are paused already: watch on."""
        on = not any(task.watched for task in self._tasks())
        self._of_all(lambda keys: self._window.watch_requested.emit(keys, on))

    def _can_cancel(self) -> Key | None:
        """The one selected task if its service can cancel it: queued only, else the same call
        would destroy the record."""
        tasks = self._tasks()
        if len(tasks) != 1 or tasks[0].status is not Status.QUEUED:
            return None
        key = tasks[0].key
        able = any(a.id == key.account and a.dialect is Dialect.ARK for a in self.accounts)
        return key if able else None

    def _cancel(self) -> None:
        key = self._can_cancel()
        task = self._table.task(key) if key else None
        if key is None or task is None:
            return
        name = BY_ID["name"].shown(task, self._table.context)
        text = tr("The service drops “{name}”. It cannot be brought back.", name=name)
        plain.ask(
            self._window,
            tr("Cancel the task at the service?"),
            text,
            tr("Cancel the task"),
            tr("Keep it"),
            partial(self._window.cancel_requested.emit, key),
        )

    def _edit_tags(self) -> None:
        before = marks.common_tags([task.mark for task in self._tasks()])

        def ask(keys: list[Key]) -> None:
            def take(text: str) -> None:
                change = marks.tagged(before, marks.read_tags(text))
                self._window.mark_requested.emit(keys, change)

            self.edit(tr("Tags"), tr("hero, take two"), ", ".join(before), take)

        self._of_all(ask)

    def _edit_note(self) -> None:
        notes = {task.mark.note for task in self._tasks()}
        before = notes.pop() if len(notes) == 1 else ""

        def ask(keys: list[Key]) -> None:
            def take(text: str) -> None:
                self._window.mark_requested.emit(keys, marks.noted(text))

            self.edit(tr("Note"), tr("What to remember about it"), before, take)

        self._of_all(ask)

    def edit(self, title: str, hint: str, text: str, take: Callable[[str], None]) -> None:
        """Ask for a line of text beside the current row."""
        edit = QuickEdit(self._window, title, hint, text)
        edit.accepted.connect(take)
        edit.show_at(self._beside_current())

    def _beside_current(self) -> QPoint:
        """Below the current row or tile, and inside what is shown."""
        shown = self._shown()
        view: QWidget = shown.viewport()
        box = shown.visualRect(self._table.currentIndex())
        left = max(theme.SMALL, box.left() + theme.TINY)
        low = min(max(box.bottom(), theme.HUGE), view.height() - 80)
        return view.mapToGlobal(QPoint(min(left, view.width() - 360), low))
