"""A real store behind a window or a model under test, answering at once."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rushes.controllers.close_handler import CloseHandler
from rushes.controllers.saved_views import SavedViewsController
from rushes.controllers.settings_controller import SettingsController
from rushes.controllers.status_presenter import StatusPresenter
from rushes.core.account import Account
from rushes.core.listing import Band, Counts, Group, ListQuery, Numbers
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key, Task
from rushes.presentation.columns import Context
from rushes.presentation.sentences import Action
from rushes.store import listing, tables
from rushes.store.opening import LastEnd, open_file
from rushes.ui.list.task_model import TaskModel
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.window_state import WindowState
from tests.ui.takes import ARK, NOW, RONG


class ListedTasks:
    """The list in a file, as `controllers.list_feed` would read it."""

    def __init__(self, path: Path) -> None:
        self.now = NOW
        self.db, _ = open_file(path, NOW, LastEnd(was_clean=True))
        for account in (ARK, RONG):
            self.write(tables.put_account, account)

    def write(self, work: Any, *args: Any) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        work(self.db, *args)
        self.db.execute("COMMIT")

    def put_accounts(self, accounts: tuple[Account, ...]) -> None:
        for account in accounts:
            self.write(tables.put_account, account)

    def commit(self, diff: Diff) -> None:
        """Have the tasks of `diff` as they stand there."""

        def work(db: sqlite3.Connection) -> None:
            tables.remove(db, diff.removed, self.now)
            tables.restore(db, [task.key for task in diff.added], self.now)
            tables.add(db, [task.key for task in diff.added], self.now, discovered=False)
            told = {task.key: task for task in (*diff.added, *diff.changed)}
            tables.change(db, {key: _becomes(task) for key, task in told.items()}, self.now)

        self.write(work)

    def order(self, wanted: ListQuery) -> Numbers:
        return listing.order(self.db, wanted, self.now, None)

    def top(self, wanted: ListQuery, limit: int) -> tuple[Numbers, bool]:
        return listing.top(self.db, wanted, self.now, limit)

    def rows(self, nums: list[int]) -> tuple[tuple[int, Task], ...]:
        return listing.tasks(self.db, nums)

    def counts(self) -> Counts:
        return listing.counts(self.db, self.now)

    def groups(self, wanted: ListQuery) -> dict[int, Group]:
        return listing.groups(self.db, wanted, self.now)

    def bands(self, wanted: ListQuery) -> tuple[Band, ...]:
        return listing.bands(self.db, wanted, self.now, 0.0)

    def count(self, wanted: ListQuery) -> int:
        return listing.count(self.db, wanted, self.now)

    def keys(self, nums: list[int]) -> list[Key]:
        return list(listing.keys(self.db, nums))

    def places(self, keys: list[Key]) -> dict[Key, int]:
        return listing.locate(self.db, keys)


class ListedModel(TaskModel):
    """The rows on such a store, with the pointer resting on them: nothing moves before `settle`."""

    def __init__(self, store: ListedTasks, ctx: Context, rule: ListQuery) -> None:
        super().__init__(ctx)
        self.store = store
        self.rows_wanted.connect(lambda nums: self.take(store.rows(nums)))
        self.ask(rule)

    def ask(self, rule: ListQuery) -> None:
        """Show other rows, as the user asked."""
        self.listing = rule
        self.groups = self.store.groups(rule)
        self.show(self.store.order(rule))
        self.need(0, self.rowCount())

    @property
    def keys(self) -> list[Key]:
        return self.store.keys(self.order.tolist())

    def apply(self, diff: Diff) -> bool:
        self.store.commit(diff)
        is_due = super().apply(diff)
        if is_due:
            self.groups = self.store.groups(self.listing)
            self.show(self.store.order(self.listing), may_move=False)
        self.need(0, self.rowCount())
        return is_due


class ListedWindow(MainWindow):
    """The window on such a store, with what is there from the first moment on; what it is told of
    has been committed before."""

    def __init__(self, store: ListedTasks, settings: Settings, clock: Callable[[], float]) -> None:
        super().__init__(clock=clock)
        self.store = store
        self.settings = SettingsController(self, settings)
        self.status = StatusPresenter(self, clock, self.refresh_list)
        self.saved_views = SavedViewsController(self, self.settings)
        self.state = WindowState(self)
        self.closing = CloseHandler(self, self.status, self.settings)
        self._answer()
        self.tasks.empty.action_requested.connect(
            lambda action: self.toolbar.set_search("") if action is Action.CLEAR_FILTER else None
        )
        self.set_ready()

    def _answer(self) -> None:
        table, store, saved = self.table, self.store, self.saved_views
        table.order_wanted.connect(
            lambda wanted, question, _: table.show_order(
                question,
                store.order(wanted),
                whole=True,
                groups=store.groups(wanted),
                bands=store.bands(wanted),
            )
        )
        table.rows.rows_wanted.connect(lambda nums: table.take(store.rows(nums)))
        table.keys_wanted.connect(lambda nums, then: then(store.keys(nums)))
        table.places_wanted.connect(self._find)
        self.status.counted.connect(saved.count_soon)
        saved.counts_wanted.connect(
            lambda wanted: saved.set_counts({n: store.count(w) for n, w in wanted.items()})
        )

    def _find(self, keys: list[Key]) -> None:
        places = self.store.places(keys)
        self.table.take_places(places, self.store.rows(list(places.values())))

    def refresh_list(self) -> None:
        self.table.refresh()
        self.status.set_counts(self.store.counts())

    def set_accounts(self, accounts: Any) -> None:
        self.store.put_accounts(tuple(accounts))
        super().set_accounts(accounts)
        self.status.set_accounts(accounts)

    def apply(self, diff: Diff) -> None:
        self.store.commit(diff)
        super().apply(diff)
        self.status.set_counts(self.store.counts())

    def set_now(self, now: float) -> None:
        self.store.now = now
        self.status.set_now(now)


def _becomes(task: Task) -> Any:
    return lambda _: task
