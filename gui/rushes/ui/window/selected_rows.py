"""The selected rows: what commands ask about them, and what is wanted of them as a signal of the
window. While takes are compared, those are the selected ones, and one of them is the current."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from rushes.core.account import Account, Dialect
from rushes.core.task import Diff, Flag, Key, Status, Task
from rushes.core.upstream import places
from rushes.presentation.case import is_case
from rushes.presentation.columns import BY_ID
from rushes.presentation.text import tr
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import plain, review, theme
from rushes.ui.window.quick_edit import QuickEdit
from rushes.ui.window.view_stack import ViewStack
from rushes.ui.window.window_signals import WindowSignals


class SelectedRows:
    """Attributes:
    count: How many rows are selected.
    full_screen: Asks for the window that fills the screen, if there is one: fields open over it.
    """

    def __init__(self, window: WindowSignals, table: TaskTable, content: ViewStack) -> None:
        self._window = window
        self._table = table
        self._content = content
        self._tasks: list[Task] = []  # those of the selected rows that are in memory
        self._current: Task | None = None
        self.count = 0
        self._are_all = True  # the selected rows are all in memory
        self.full_screen: Callable[[], QWidget | None] = lambda: None

    def read(self) -> None:
        """Look at the selection anew: it, or the tasks in it, may have changed. On the usage page
        nothing is selected: nobody sees the rows that a command would act on."""
        keys = [] if self._content.is_counting else self._table.selected_keys()
        self._tasks = [task for key in keys if (task := self._table.task(key))]
        self._current = self._current_of(keys)
        self.count = len(self._tasks)
        self._are_all = self.count == sum(map(len, self._table.selected_rows()))

    def are_touched_by(self, diff: Diff) -> bool:
        """Whether commands may be offered otherwise after it: it changed one of the selected, or
        which rows there are."""
        if diff.added or diff.removed:
            return True
        chosen = {task.key for task in (*self._tasks, self.current) if task is not None}
        return any(task.key in chosen for task in diff.changed)

    # --- what is so -----------------------------------------------------------------------

    @property
    def keys(self) -> list[Key]:
        """Of those that are in memory."""
        return [task.key for task in self._tasks]

    @property
    def tasks(self) -> Sequence[Task]:
        return self._tasks

    @property
    def are_paused(self) -> bool:
        """Whether none of them is watched."""
        return bool(self._tasks) and not any(task.watched for task in self._tasks)

    @property
    def current(self) -> Task | None:
        """The one that a command on a single take is about. Many commands ask for it at each
        change, so it is looked for once a `read`."""
        return self._content.current_take or self._current

    def may_any(self, test: Callable[[Task], bool]) -> bool:
        """Whether something is so of one of them, or may be of one that is not in memory."""
        return bool(self._tasks) and (not self._are_all or any(map(test, self._tasks)))

    def may_be_elsewhere(self, accounts: Sequence[Account]) -> bool:
        """Whether another account may know one that its own does not."""
        return len(accounts) > 1 and any(Flag.NOT_FOUND in task.flags for task in self._tasks)

    def may_be_upstream(self, accounts: Sequence[Account]) -> bool:
        """Whether the service behind a gateway may know more about one."""
        return any(places(task, tuple(accounts)) for task in self._tasks)

    @property
    def are_any_cases(self) -> bool:
        """Whether there is one to ask its service about."""
        return any(map(is_case, self._tasks))

    def cancellable(self, accounts: Sequence[Account]) -> Task | None:
        """The one selected task if its service can cancel it: queued only, else the same call
        would destroy the record."""
        if len(self._tasks) != 1 or self._tasks[0].status is not Status.QUEUED:
            return None
        task = self._tasks[0]
        able = any(a.id == task.key.account and a.dialect is Dialect.ARK for a in accounts)
        return task if able else None

    # --- what is done ---------------------------------------------------------------------

    def with_all(self, then: Callable[[list[Key]], object]) -> None:
        """Every selected row, also those whose tasks are not in memory."""
        self._table.with_selected(then)

    def with_current(self, then: Callable[[Key], object]) -> None:
        if task := self._current_now():
            then(task.key)

    def with_reviewed(self, then: Callable[[list[Key]], object]) -> None:
        """Every selected row; while takes are compared, the current one alone."""
        compared = self._content.current_take
        if compared is None:
            self.with_all(then)
        else:
            then([compared.key])

    def mark(self, change: review.MarkChange) -> None:
        self.with_all(lambda keys: self._window.mark_requested.emit(keys, change))

    def review(self, change: review.MarkChange) -> None:
        """Rate or choose them, and tell the review, which may go on by itself."""

        def mark(keys: list[Key]) -> None:
            self._window.mark_requested.emit(keys, change)
            self._window.verdict_given.emit(keys, change)

        self.with_reviewed(mark)

    def copy(self, what: str) -> None:
        """`what` is seed, parameters, id, path, curl, url or prompt."""
        self.with_all(lambda keys: self._window.copy_requested.emit(what, keys))

    def export(self, what: str) -> None:
        """`what` is csv, json, timeline, contact_sheet or case."""
        self.with_all(lambda keys: self._window.export_requested.emit(what, keys))

    def toggle_watch(self) -> None:
        """Pause them; all of them are paused already: watch on."""
        on = self.are_paused
        self.with_all(lambda keys: self._window.watch_requested.emit(keys, on))

    def cancel(self, accounts: Sequence[Account]) -> None:
        task = self.cancellable(accounts)
        if task is None:
            return
        name = BY_ID["name"].shown(task, self._table.context)
        plain.ask(
            self._window,
            tr("Cancel the task at the service?"),
            tr("The service drops “{name}”. It cannot be brought back.", name=name),
            tr("Cancel the task"),
            tr("Keep it"),
            lambda: self._window.cancel_requested.emit(task.key),
        )

    def edit_tags(self) -> None:
        before = review.common_tags([task.mark for task in self._reviewed()])

        def ask(keys: list[Key]) -> None:
            def take(text: str) -> None:
                change = review.tagged(before, review.read_tags(text))
                self._window.mark_requested.emit(keys, change)

            self.edit(tr("Tags"), tr("hero, take two"), ", ".join(before), take)

        self.with_reviewed(ask)

    def edit_note(self) -> None:
        notes = {task.mark.note for task in self._reviewed()}
        before = notes.pop() if len(notes) == 1 else ""

        def ask(keys: list[Key]) -> None:
            def take(text: str) -> None:
                self._window.mark_requested.emit(keys, review.noted(text))

            self.edit(tr("Note"), tr("What to remember about it"), before, take)

        self.with_reviewed(ask)

    def rename(self) -> None:
        """Edit the current name where it stands, or, where the rows are not to be seen, in a
        field."""
        task = self._current_now()
        if task is None or (self.full_screen() is None and self._content.shows_rows):
            self._content.rename_current()
            return
        self.edit(
            tr("Name"),
            task.id,
            task.mark.name,
            lambda text: self._window.mark_requested.emit([task.key], review.named(text)),
        )

    def edit(self, title: str, hint: str, text: str, take: Callable[[str], None]) -> None:
        """Ask for a line of text, beside the current row or over what is shown instead of rows."""
        whole = self.full_screen()
        edit = QuickEdit(whole or self._window, title, hint, text, keeps=True)
        edit.accepted.connect(take)
        if whole is None and self._content.shows_rows:
            edit.show_at(self._beside_current())
        else:
            over = whole or self._content
            middle_of = QPoint((over.width() - edit.width()) // 2, over.height() * 2 // 3)
            edit.show_at(over.mapToGlobal(middle_of))

    # --- inside ---------------------------------------------------------------------------

    def _current_now(self) -> Task | None:
        """As `current`, also where the current row is another one since."""
        self.read()
        return self.current

    def _current_of(self, keys: Sequence[Key]) -> Task | None:
        current = self._table.current_key()
        key = current if current in keys else next(iter(keys), None)
        return self._table.task(key) if key else None

    def _reviewed(self) -> Sequence[Task]:
        compared = self._content.current_take
        return self._tasks if compared is None else (compared,)

    def _beside_current(self) -> QPoint:
        """Below the current row or tile, and inside what is shown."""
        shown = self._content.rows_view
        view: QWidget = shown.viewport()
        box = shown.visualRect(self._table.currentIndex())
        left = max(theme.SMALL, box.left() + theme.TINY)
        low = min(max(box.bottom(), theme.HUGE), view.height() - 80)
        return view.mapToGlobal(QPoint(min(left, view.width() - 360), low))
