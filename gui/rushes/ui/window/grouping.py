"""Groups of takes: what puts them together, folding, and the groups the user makes by hand."""

from functools import partial

from PySide6.QtCore import QObject

from rushes.core.grouping import GroupBy, team_of
from rushes.core.task import Key
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import marks
from rushes.ui.window.list_commands import Deed, ListCommands
from rushes.ui.window.window_signals import WindowSignals

_BY = {
    "group_none": GroupBy.NOTHING,
    "group_name": GroupBy.NAME,
    "group_hand": GroupBy.HAND,
}


class Grouping(QObject):
    """Does what the commands say; the groups themselves are the store's."""

    def __init__(
        self, window: WindowSignals, table: TaskTable, actions: Actions, commands: ListCommands
    ) -> None:
        super().__init__(window)
        self._window = window
        self._table = table
        self._actions = actions
        self._commands = commands
        table.rows_changed.connect(self._offer)
        self._offer()

    def deeds(self) -> dict[str, Deed]:
        """What is done by which command's id."""
        by: dict[str, Deed] = {id_: partial(self._by, what) for id_, what in _BY.items()}
        return by | {
            "group": self._ask,
            "ungroup": partial(self._mark, ""),
            "fold": self._fold,
            "fold_all": lambda: self._table.fold(group.name for group in self._table.groups),
            "unfold_all": lambda: self._table.fold(()),
        }

    # --- inside ---------------------------------------------------------------------------

    def _by(self, what: GroupBy) -> None:
        self._table.group_by(what)
        self._offer()

    def _ask(self) -> None:
        """Which group the selected takes go into; the name they share is proposed."""
        keys = self._table.selected_keys()
        tasks = [task for key in keys if (task := self._table.task(key))]
        named = {task.mark.group or team_of(task.mark.name) for task in tasks}
        proposed = named.pop() if len(named) == 1 else ""
        self._commands.edit(tr("Group"), tr("Name of the group"), proposed, self._into)

    def _into(self, name: str) -> None:
        self._mark(" ".join(name.split()))
        if name.strip() and self._table.listing.group_by is not GroupBy.HAND:
            self._by(GroupBy.HAND)

    def _mark(self, group: str) -> None:
        def tell(keys: list[Key]) -> None:
            self._window.mark_requested.emit(keys, marks.grouped(group))

        self._table.with_selected(tell)

    def _fold(self) -> None:
        """The group of the current row: its takes go behind its head, or come back."""
        row = self._table.currentIndex().row()
        while row >= 0 and not self._table.toggle_group(row):
            row -= 1

    def _offer(self) -> None:
        by = self._table.listing.group_by
        for id_, what in _BY.items():
            self._actions[id_].setChecked(what is by)
        for id_ in ("fold", "fold_all", "unfold_all"):
            self._actions[id_].setEnabled(by is not GroupBy.NOTHING)
