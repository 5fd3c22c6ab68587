"""What the user does with tasks in the list: reviewing, removing, copying, looking again."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.failure import Failure
from rushes.core.task import Key, Task
from rushes.core.wire import Request
from rushes.presentation.export import curl_without_key, parameters_json
from rushes.presentation.format import absolute
from rushes.presentation.sentences import Action, forget_prompts_sentence
from rushes.presentation.text import tr
from rushes.providers.registry import provider_for
from rushes.store import listing, tables
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import plain, review
from rushes.ui.window.main_window import MainWindow

UNDO_S = 10.0

#: Passed over faster than this by the arrow keys, a take was not looked at.
_LOOK_MS = 600


class TasksController(QObject):
    """Carries out what commands, table and inspector ask of tasks."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = window = main.window
        self._backend = main.backend
        self._undo = main.undo
        do, watcher = main.do, main.backend.watcher
        table, inspector = window.table, main.inspector
        window.look_requested.connect(lambda keys: do(self._backend.look(keys)))
        window.cancel_requested.connect(lambda key: do(self._cancel(key)))
        window.watch_requested.connect(lambda keys, on: do(self._backend.set_watched(keys, on)))
        window.remove_requested.connect(lambda keys: do(self._remove(keys)))
        window.copy_requested.connect(lambda what, keys: do(self._copy(what, keys)))
        table.seed_clicked.connect(lambda key: do(self._copy("seed", [key])))
        inspector.copy_requested.connect(self._copy_text)
        for asked in (window.mark_requested, inspector.mark_requested):
            asked.connect(lambda keys, change: do(self._undo.mark(keys, change)))
        table.rows.renamed.connect(lambda key, name: do(self._undo.mark([key], review.named(name))))
        window.content.when_compare_made(
            lambda compare: compare.mark_requested.connect(
                lambda keys, change: do(self._undo.mark(keys, change))
            )
        )
        main.list.saved_views.undoable.connect(self._undo.note)
        rows, asked_for = window.command_context.rows, window.command_context.do
        window.sidebar.takes_dropped.connect(
            lambda change, words: rows.with_all(lambda keys: do(self._drop(keys, change, words)))
        )
        asked_for.refresh = lambda: watcher.refresh(window.sidebar.scope.account or None)
        asked_for.undo = lambda: do(main.take_back())
        asked_for.redo = lambda: do(self._redo())
        asked_for.undo_button = main.undo_button
        asked_for.show_unseen = lambda: do(self._show_unseen())
        asked_for.forget_prompts = self._ask_to_forget_prompts
        main.list.remedies[Action.SHOW_UNSEEN] = lambda _: do(self._show_unseen())
        tracker = ReadTracker(window, lambda keys: do(self._backend.see(keys)))
        main.tasks_changed.connect(lambda _: tracker.notice())

    async def _show_unseen(self) -> None:
        if keys := await self._backend.store.read(listing.unseen):
            self._window.select(keys)

    async def _remove(self, keys: Sequence[Key]) -> None:
        removed = await self._undo.remove(keys)
        told = tr("%n task(s) removed from the list.", None, len(removed))
        undo = self._main.undo_button() if removed else None
        self._window.show_message(told, action=undo, replace="removed", timeout_s=UNDO_S)

    async def _drop(self, keys: Sequence[Key], change: review.MarkChange, words: str) -> None:
        """Rows were dragged to a line of the sidebar, and belong to it from now on."""
        is_new = await self._undo.mark(keys, change)
        told = tr("%n take(s) added to “{name}”.", None, len(keys), name=words)
        undo = self._main.undo_button() if is_new else None
        self._window.show_message(told, action=undo, replace="dropped", timeout_s=UNDO_S)

    def _ask_to_forget_prompts(self) -> None:
        plain.ask(
            self._window,
            tr("Forget the prompts of all tasks?"),
            forget_prompts_sentence(),
            tr("Forget prompts"),
            tr("Keep them"),
            lambda: self._main.do(self._main.forget_prompts()),
        )

    async def _redo(self) -> None:
        if not self._undo.can_redo:
            told = tr("There is nothing to do again.")
            self._window.show_message(told, replace="undo", timeout_s=3)
        else:
            concerned = await self._undo.redo()
            if not set(concerned) <= set(self._window.selected_keys()):
                self._window.select(concerned)

    async def _cancel(self, key: Key) -> Failure | None:
        failure = await self._backend.cancel(key)
        if failure is None:
            told = tr("The task was cancelled at the service.")
            self._window.show_message(told, kind="success", replace="cancel", timeout_s=6)
        return failure

    # --- copying ---------------------------------------------------------------

    async def _copy(self, what: str, keys: Sequence[Key]) -> None:
        tasks = await self._backend.store.read(tables.get, keys)
        text = text_for(what, tasks, self._main.accounts)
        if text:
            self._copy_text(text)
        else:
            told = tr("There is nothing to copy: not reported by this service.")
            self._window.show_message(told, replace="copy", timeout_s=5)

    def _copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._window.show_message(tr("Copied."), replace="copy", timeout_s=3)


class ReadTracker(QObject):
    """Which takes were looked at since they ended: those that stay selected for a moment, while
    the window has the user's attention.

    Args:
        tell: Called with their keys.
    """

    def __init__(self, window: MainWindow, tell: Callable[[list[Key]], object]) -> None:
        super().__init__(window)
        self._window = window
        self._table: TaskTable = window.table
        self._tell = tell
        self._looking = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._looking.timeout.connect(self._end)
        self._table.selection_changed.connect(self._begin)
        window.installEventFilter(self)
        self.notice()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What was selected before the window came up, or behind another one, is looked at now."""
        if event.type() == QEvent.Type.WindowActivate:
            self.notice()
        return super().eventFilter(watched, event)

    def notice(self) -> None:
        """Tasks changed: a selected one may have ended under the user's eyes."""
        self._begin(self._table.selected_keys())

    def _begin(self, selected: Sequence[Key]) -> None:
        if self._unread(selected):
            self._looking.start()
        else:
            self._looking.stop()

    def _end(self) -> None:
        keys = self._unread(self._table.selected_keys())
        if keys and self._window.has_attention:
            self._tell(keys)

    def _unread(self, keys: Sequence[Key]) -> list[Key]:
        tasks = filter(None, map(self._table.task, keys))
        return [task.key for task in tasks if task.status.is_terminal and not task.seen]


def text_for(what: str, tasks: Sequence[Task], accounts: dict[str, Account]) -> str:
    """What "copy …" puts on the clipboard: one line (or block) a task. A key never gets there.

    Args:
        what: "seed", "parameters", "id", "path", "url", "curl" or "prompt".
    """
    parts = [_text_of(what, task, accounts.get(task.key.account)) for task in tasks]
    return "\n".join(part for part in parts if part)


def _text_of(what: str, task: Task, account: Account | None) -> str:
    match what:
        case "seed":
            return "" if task.report.seed is None else str(task.report.seed)
        case "parameters":
            return parameters_json(task)
        case "id":
            return task.id
        case "prompt":
            return task.mark.prompt
        case "path":
            return "\n".join(a.path for a in task.artifacts if a.path)
        case "url":
            return "\n".join(_url(a.url, a.expires_at) for a in task.artifacts if a.url)
        case "curl":
            return _curl(task, account) if account else ""
        case _:
            raise ValueError(what)


def _url(url: str, ends: float | None) -> str:
    return url if ends is None else f"{url}  (ends {absolute(ends)})"


def _curl(task: Task, account: Account) -> str:
    typed = account.route_for(task.id)
    first: Request = provider_for(account.dialect).one(urlsplit(account.root).path, task.id)[0]
    request = typed or first
    return curl_without_key(account, request.path)
