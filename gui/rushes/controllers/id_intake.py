"""How task ids come into the list: pasted, dropped, typed or found; read; asked about; added."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication

from rushes.controllers.id_watch import IdWatch, text_of
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.id_hints import guess_one
from rushes.core.incoming import Incoming
from rushes.core.links_to_us import ids_in_link, is_link
from rushes.core.long_text import LIMIT
from rushes.core.task import Key
from rushes.core.task_ids import Found, LeftOut, Reading
from rushes.files.texts import TextReader, UnreadableText, unreadable_words
from rushes.presentation.incoming import left_out_words
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.store import tables

#: Reading a text of so many characters takes long enough to say so.
_LONG = 1024 * 1024


class IdIntake(QObject):
    """Owns the strip that asks which ids are added, and whose they are."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = window = main.window
        self._strip = strip = window.add_strip
        self._store = main.backend.store
        self._reader = TextReader(main.backend.places.cache / "helpers")
        main.ending.connect(self._reader.close)
        strip.text_given.connect(lambda text: main.do(self._take_text(text)))
        strip.add_confirmed.connect(lambda account, found: main.do(self._add(account, found)))
        asked_for = window.command_context.do
        asked_for.add = strip.ask_for_text
        asked_for.paste = lambda: self.take(QGuiApplication.clipboard().mimeData())
        window.installEventFilter(self)
        IdWatch(main, strip, self._reader, partial(self._offer, unasked=True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QDragEnterEvent):
            if event.source() is None and _is_welcome(event.mimeData()):
                event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            event.acceptProposedAction()
            self.take(event.mimeData())
            return True
        return super().eventFilter(watched, event)

    def take(self, data: QMimeData) -> None:
        """Read what was pasted or dropped: files, or a text. Web addresses are text: an id may
        stand in one; nothing is opened."""
        if files := [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]:
            self._main.do(self._take_files(files))
            return
        text = text_of(data) if data.hasText() else "\n".join(url.toString() for url in data.urls())
        # A long text is not looked through here.
        if isinstance(text, str) and not text.strip():
            self.show_found((), 0, {})
        else:
            self._main.do(self._take_text(text))

    def open(self, given: Iterable[str]) -> None:
        """Offer the ids of files (absolute paths) and of links; see `core/links_to_us.py`."""
        words = list(given)
        if files := [Path(word) for word in words if not is_link(word)]:
            self._main.do(self._take_files(files))
        elif ids := [each for word in words for each in ids_in_link(word)]:
            self._main.do(self._take_text("\n".join(ids)))
        else:
            told = tr("This link holds nothing that Rushes could add.")
            self._window.show_message(told, kind="warning", replace="add")

    # --- reading --------------------------------------------------------------------------

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

    # --- asking and adding ----------------------------------------------------------------

    async def _offer(
        self, found: Sequence[Found], left_out: Sequence[LeftOut] = (), *, unasked: bool = False
    ) -> None:
        # A long text holds more ids than can be gone through here without a stop.
        aside = partial(asyncio.get_running_loop().run_in_executor, None)
        accounts = tuple(self._main.accounts.values())
        guess, keys = await aside(_possible, found, accounts)
        here = {task.id for task in await self._store.read(tables.get, keys)}
        fresh, whose = await aside(_fresh, found, here, guess, accounts)
        self.show_found(fresh, len(here), whose, left_out, unasked=unasked)

    def show_found(
        self,
        found: Sequence[Found],
        already: int,
        whose: dict[str, str | None],
        left_out: Sequence[LeftOut] = (),
        *,
        unasked: bool = False,
    ) -> None:
        """Ask whose these ids are; say so when there is none. See `AddStrip.ask`.

        Args:
            unasked: They turned up by themselves: what is not worth a question is passed over.
        """
        say, accounts = self._window.show_message, self._main.accounts
        why = left_out_words(left_out)
        if unasked and not (found and accounts):
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
        elif not accounts:
            add_account = self._main.list.remedies[Action.ADD_SERVICE]
            say(
                tr("%n task ID(s) found. Add their account first.", None, len(found)),
                kind="warning",
                action=(tr("Add account"), partial(add_account, "")),
                replace="add",
            )
        else:
            self._window.clear_message("add")
            self._strip.ask(found, already, whose, left_out, takes_focus=not unasked)

    async def _add(self, account: str, found: Sequence[Found]) -> None:
        """Put them into the list, with what stood beside each."""
        loop = asyncio.get_running_loop()
        await self._main.add(account, await loop.run_in_executor(None, _incoming, found))


def _is_welcome(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasText()


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
