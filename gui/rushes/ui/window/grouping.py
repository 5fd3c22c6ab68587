"""Groups of takes: what puts them together, folding, and the groups the user makes by hand."""

from rushes.core.grouping import GroupBy, team_of
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import review
from rushes.ui.window.selected_rows import SelectedRows


class Grouping:
    """Does what the commands say; the groups themselves are the store's."""

    def __init__(self, table: TaskTable, actions: Actions, rows: SelectedRows) -> None:
        self._table = table
        self._actions = actions
        self._rows = rows
        table.rows_changed.connect(self._refresh_actions)
        self._shown = self.are_by

    @property
    def are_by(self) -> GroupBy:
        return self._table.listing.group_by

    def by(self, what: GroupBy) -> None:
        self._table.group_by(what)
        self._refresh_actions()

    def ask(self) -> None:
        """Which group the selected takes go into; the name they share is proposed."""
        named = {task.mark.group or team_of(task.mark.name) for task in self._rows.tasks}
        proposed = named.pop() if len(named) == 1 else ""
        self._rows.edit(tr("Group"), tr("Name of the group"), proposed, self._into)

    def fold_current(self) -> None:
        """The group of the current row: its takes go behind its head, or come back."""
        row = self._table.currentIndex().row()
        while row >= 0 and not self._table.toggle_group(row):
            row -= 1

    def fold_all(self) -> None:
        self._table.fold(group.name for group in self._table.groups)

    # --- inside ---------------------------------------------------------------------------

    def _into(self, name: str) -> None:
        self._rows.mark(review.grouped(" ".join(name.split())))
        if name.strip() and self.are_by is not GroupBy.HAND:
            self.by(GroupBy.HAND)

    def _refresh_actions(self) -> None:
        if self.are_by is not self._shown:
            self._shown = self.are_by
            self._actions.refresh()
