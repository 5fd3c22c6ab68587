"""Joins the list to the backend: adding, removing, marking, copying, looking again."""

import asyncio
from collections.abc import Sequence, Set
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from rushes.backend.second_starts import forgotten
from rushes.controllers import copying
from rushes.controllers.id_watch import IdWatch
from rushes.controllers.other_accounts import OtherAccounts
from rushes.controllers.undo import Undo
from rushes.controllers.window import Desk
from rushes.core.account import Account
from rushes.core.failure import Failure
from rushes.core.id_hints import guess_one
from rushes.core.incoming import Incoming
from rushes.core.long_text import LIMIT
from rushes.core.task import Key, Task
from rushes.core.task_ids import Found, LeftOut, Reading
from rushes.files.texts import TextReader, UnreadableText, unreadable_words
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.export import csv_text
from rushes.presentation.text import tr
from rushes.store import listing, tables
from rushes.system.disk import failure_of, write_whole

#: Reading a text of so many characters takes long enough to say so.
_LONG = 1024 * 1024

UNDO_S = 10.0


class ListDesk(QObject):
    """What the user does with rows."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window = desk.window
        self._backend = desk.backend
        self._undo = Undo(desk.backend)
        self._reader = TextReader(desk.backend.places.cache / "helpers")
        desk.closing.connect(self._reader.close)
        do, window, watcher = desk.do, desk.window, desk.backend.watcher
        window.text_given.connect(lambda text: do(self._take_text(text)))
        window.files_dropped.connect(lambda paths: do(self._take_files(paths)))
        window.add_confirmed.connect(lambda account, found: do(self._add(account, found)))
        window.refresh_requested.connect(lambda account: watcher.refresh(account or None))
        window.look_requested.connect(lambda keys: do(watcher.look(keys)))
        window.cancel_requested.connect(lambda key: do(self._cancel(key)))
        window.mark_requested.connect(lambda keys, how: do(self._undo.mark(keys, how)))
        window.watch_requested.connect(lambda keys, on: do(self._backend.set_watched(keys, on)))
        window.remove_requested.connect(lambda keys: do(self._remove(keys)))
        window.undoable.connect(self._undo.note)
        window.undo_requested.connect(lambda: do(self._take_back()))
        window.forget_prompts_requested.connect(lambda: do(self.forget_prompts()))
        window.seen.connect(lambda keys: do(self._backend.see(keys)))
        window.unseen_wanted.connect(lambda: do(self._show_unseen()))
        OtherAccounts(desk, self._undo)
        IdWatch(desk, window.add_strip, self._reader, partial(self._offer, unasked=True))
        window.export_requested.connect(self._ask_export)
        window.copy_requested.connect(lambda what, keys: do(self._copy(what, keys)))
        desk.inspector.mark_requested.connect(lambda keys, how: do(self._undo.mark(keys, how)))
        desk.inspector.copy_requested.connect(self._copy_text)

    async def _show_unseen(self) -> None:
        if keys := await self._backend.store.read(listing.unseen):
            self._window.select(keys)

    async def _take_text(self, text: str | memoryview) -> None:
        """Look for task ids in anything pasted, typed or dropped; ask what to do with them."""
        if len(text) > _LONG:
            self._say_reading()
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(None, self._reader.text, text)
        except UnreadableText as e:
            self._say_unreadable(tr("The text"), e)
            return
        await self._offer(reading.found, reading.left_out)
        if len(text) > LIMIT:
            told = tr("Only the first 64 MiB of the text are read for task IDs.")
            self._window.show_message(told, kind="warning", replace="add cut")

    async def _take_files(self, paths: Sequence[Path]) -> None:
        """What one file cannot say is told; the ids of the others are offered all the same."""
        loop = asyncio.get_running_loop()
        self._say_reading()
        readings: list[Reading] = []
        trouble: list[tuple[str, UnreadableText]] = []
        for path in paths:
            try:
                readings.append(await loop.run_in_executor(None, self._reader.file, path))
            except UnreadableText as e:
                trouble.append((path.name, e))
        found = {each.id: each for reading in reversed(readings) for each in reading.found}
        if found or not trouble:
            left_out = [each for reading in readings for each in reading.left_out]
            await self._offer(tuple(found.values()), left_out)
        for name, why in trouble[:1]:
            self._say_unreadable(name, why)

    def _say_reading(self) -> None:
        self._window.show_message(tr("Looking for task IDs…"), replace="add", timeout_s=0)

    def _say_unreadable(self, name: str, e: UnreadableText) -> None:
        self._window.show_message(unreadable_words(name, e), kind="error", replace="add")

    async def _offer(
        self, found: Sequence[Found], left_out: Sequence[LeftOut] = (), *, unasked: bool = False
    ) -> None:
        # A long text holds more ids than can be gone through here without a stop.
        aside = partial(asyncio.get_running_loop().run_in_executor, None)
        accounts = tuple(self._desk.accounts.values())
        guess, keys = await aside(_possible, found, accounts)
        here = {task.id for task in await self._backend.store.read(tables.get, keys)}
        fresh, whose = await aside(_fresh, found, here, guess, accounts)
        self._window.show_add_strip(fresh, len(here), whose, left_out, unasked=unasked)

    async def _add(self, account: str, found: Sequence[Found]) -> None:
        """Put them into the list, with what stood beside each."""
        loop = asyncio.get_running_loop()
        await self._desk.add(account, await loop.run_in_executor(None, _incoming, found))

    async def _remove(self, keys: Sequence[Key]) -> None:
        removed = await self._undo.remove(keys)
        told = tr("%n task(s) removed from the list.", None, len(removed))
        undo = (tr("Undo"), "undo")
        self._window.show_message(told, action=undo, replace="removed", timeout_s=UNDO_S)

    async def forget_prompts(self) -> None:
        self._undo.forget_marks()
        await self._backend.forget_prompts()
        self._window.show_message(forgotten(), kind="success", replace="prompts", timeout_s=6)

    async def _take_back(self) -> None:
        if not self._undo:
            told = tr("There is nothing to undo.")
            self._window.show_message(told, replace="undo", timeout_s=3)
            return
        concerned = await self._undo.undo()
        self._window.clear_message("removed")
        if concerned:
            self._window.select(concerned)

    def _ask_export(self, keys: Sequence[Key]) -> None:
        dialog = QFileDialog(self._window, tr("Export"), "rushes.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: self._desk.do(self._export(keys, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _export(self, keys: Sequence[Key], path: Path) -> Failure | None:
        """Write a table of these tasks with every column, for spreadsheets."""
        tasks, ctx = await self._backend.store.read(tables.get, keys), self._window.context
        loop = asyncio.get_running_loop()
        failure = await loop.run_in_executor(None, write_csv, path, tasks, ctx)
        if failure is None:
            told = tr("%n task(s) exported.", None, len(tasks))
            self._window.show_message(told, kind="success", replace="export", timeout_s=6)
        return failure

    async def _cancel(self, key: Key) -> Failure | None:
        failure = await self._backend.watcher.cancel(key)
        if failure is None:
            told = tr("The task was cancelled at the service.")
            self._window.show_message(told, kind="success", replace="cancel", timeout_s=6)
        return failure

    async def _copy(self, what: str, keys: Sequence[Key]) -> None:
        tasks = await self._backend.store.read(tables.get, keys)
        text = copying.text_for(what, tasks, self._desk.accounts)
        if text:
            self._copy_text(text)
        else:
            told = tr("There is nothing to copy: not reported by this service.")
            self._window.show_message(told, replace="copy", timeout_s=5)

    def _copy_text(self, text: str, label: str = "") -> None:
        QGuiApplication.clipboard().setText(text)
        told = tr("{what} copied.", what=label) if label else tr("Copied.")
        self._window.show_message(told, replace="copy", timeout_s=3)


def _possible(found: Sequence[Found], accounts: Sequence[Account]) -> tuple[str | None, list[Key]]:
    """The account that all seem to belong to, and the tasks that they can be in the list."""
    guesses = {guess_one(each.id, each.hints, accounts) for each in found}
    guess = guesses.pop() if len(guesses) == 1 else None
    asked = [guess] if guess else [account.id for account in accounts]
    return guess, [Key(account, each.id) for each in found for account in asked]


def _fresh(
    found: Sequence[Found], here: Set[str], guess: str | None, accounts: Sequence[Account]
) -> tuple[tuple[Found, ...], dict[str, str | None]]:
    """Those that are not in the list, by account, and whose each is as far as that can be told;
    those that nobody can tell stand first."""
    fresh = [each for each in found if each.id not in here]
    whose = {each.id: guess or guess_one(each.id, each.hints, accounts) for each in fresh}
    names = {account.id: (account.name, account.id) for account in accounts}
    fresh.sort(key=lambda each: names.get(whose[each.id] or "", ("", "")))
    return tuple(fresh), whose


def _incoming(found: Sequence[Found]) -> list[Incoming]:
    return [
        Incoming(each.id, each.said.prompt, each.said.references, each.said.name) for each in found
    ]


def write_csv(path: Path, tasks: Sequence[Task], ctx: Context) -> Failure | None:
    text = csv_text(tasks, ctx, [column.id for column in COLUMNS])
    try:
        write_whole(path, text.encode("utf-8-sig"))  # the mark lets spreadsheets see UTF-8
    except OSError as e:
        return failure_of(e)
    return None
