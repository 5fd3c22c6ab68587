"""How task ids come into the list: pasted, dropped, typed or found; read; asked about; added."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QMimeData, QObject, QTimer
from PySide6.QtGui import (
    QClipboard,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)

from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.id_hints import guess_one
from rushes.core.id_shapes import looks_like
from rushes.core.incoming import Incoming
from rushes.core.links_to_us import ids_in_link, is_link
from rushes.core.long_text import LIMIT
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Key
from rushes.core.task_ids import Found, LeftOut, Reading
from rushes.files.texts import TextReader, UnreadableText, WhyUnreadable, unreadable_words
from rushes.presentation.incoming import left_out_words
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.saving.found_files import is_result
from rushes.store import tables
from rushes.system.disk import open_regular, write_whole
from rushes.ui.widgets.calm import copied
from rushes.ui.window.add_strip import AddStrip

log = logging.getLogger(__name__)

SUFFIXES = frozenset({".txt", ".json", ".jsonl", ".csv", ".log", ".xlsx"})
#: In the data folder: the watched folder and the files known there.
KNOWN_FILE = "watched.json"
#: A file is read when nothing was written to it for so long.
_SETTLED_MS = 400
#: Files of one folder that are looked at; more are no folder for ids.
_MOST_FILES = 5000
#: Ids that are remembered as offered.
_MOST_OFFERED = 20_000

#: Making a Python string of more bytes than this takes too long here: they are left where they are.
LONG = 256 * 1024

Offer = Callable[[Sequence[Found]], Awaitable[None]]
#: What tells whether a file is another one than before: size and time of the last change.
_Facts = dict[str, tuple[int, int]]


#: What was found and not added can be had back so long by a button, and by Ctrl+Z later.
_UNDO_S = 10.0
#: Reading a text of so many characters takes long enough to say so.
_LONG = 1024 * 1024


class IdWatch(QObject):
    """Looks where the settings say.

    Args:
        reader: Reads texts and files; blocks.
        offer: Asks the user about ids, unless all are in the list.
    """

    def __init__(
        self, main: MainController, strip: AddStrip, reader: TextReader, offer: Offer
    ) -> None:
        super().__init__(main)
        self._main = main
        self._strip = strip
        self._reader = reader
        self._memory = main.backend.places.data / KNOWN_FILE
        self._offer = offer
        self._offered: dict[str, None] = {}  # oldest first
        self._waiting: dict[str, Found] = {}  # until the strip is free
        self._folder = ""
        self._known: _Facts | None = None  # None: not looked at yet
        self._files = QFileSystemWatcher(self)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settling.timeout.connect(lambda: main.do(self._look(self._folder)))
        self._files.directoryChanged.connect(lambda _: self._settling.start())
        self._clipboard: QClipboard | None = None
        strip.left.connect(lambda: main.do(self._offer_waiting()))
        main.list.settings.changed.connect(lambda settings: self.follow(settings))
        main.ending.connect(self._settling.stop)
        self._remembered: tuple[str, _Facts] | None = None  # written last
        self._remembering = asyncio.Lock()  # two at once, and the older might be the last
        self.follow(main.list.settings.settings, at_start=True)

    def follow(self, settings: Settings, *, at_start: bool = False) -> None:
        self._watch_clipboard(on=settings.watch_clipboard)
        if settings.watch_folder == self._folder:
            return
        if self._folder:
            self._files.removePath(self._folder)
        self._folder, self._known = settings.watch_folder, None
        self._settling.stop()
        if self._folder:
            self._main.do(self._begin(self._folder, at_start=at_start))

    # --- the folder -----------------------------------------------------------------------

    async def _begin(self, folder: str, *, at_start: bool) -> None:
        """What lies in a folder that was just chosen is no news; what came since the last run
        is."""
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(None, _files_in, Path(folder))
        before = await loop.run_in_executor(None, _recalled, self._memory) if at_start else None
        if folder != self._folder:
            return
        self._known = known
        if known is None or not self._files.addPath(folder):
            self._say_blind()
        elif before is not None and before[0] == folder:
            self._known = before[1]
            await self._look(folder)
        else:
            await self._remember()

    async def _remember(self) -> None:
        """Keep which files are known, once nothing of them waits for an answer."""
        if self._known is None or self._waiting or self._strip.isVisible():
            return
        now = (self._folder, dict(self._known))
        if now != self._remembered:
            self._remembered = now
            loop = asyncio.get_running_loop()
            async with self._remembering:
                await loop.run_in_executor(None, _keep, self._memory, *now)

    def _say_blind(self) -> None:
        told = tr("The folder {folder} cannot be watched for task IDs.", folder=self._folder)
        self._main.window.show_message(told, kind="warning", replace="watch folder")

    async def _look(self, folder: str) -> None:
        loop = asyncio.get_running_loop()
        now = await loop.run_in_executor(None, _files_in, Path(folder))
        if folder != self._folder or self._known is None:
            return
        if now is None:  # it was taken away
            self._known = None
            self._say_blind()
            return
        news = [name for name, facts in now.items() if self._known.get(name) != facts]
        again = await loop.run_in_executor(None, _files_in, Path(folder)) if news else now
        self._known = {**now}
        for name in news:
            if again is None or again.get(name) != now[name]:
                self._known.pop(name, None)
                self._settling.start()  # still being written
                continue
            await self._read(Path(folder) / name)
        await self._remember()

    async def _read(self, path: Path) -> None:
        """A file that is gone or is no file of words is passed over."""
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(None, self._reader.file, path)
        except UnreadableText as e:
            if e.why is WhyUnreadable.LARGE:
                told = tr(
                    "{name} is too large to be read for task IDs (over 64 MiB).", name=path.name
                )
                self._main.window.show_message(told, kind="warning", replace="watch folder")
            elif e.why is not WhyUnreadable.SYSTEM:
                log.info("a file in the watched folder is not read: %s %s", e.why.value, e.detail)
        else:
            await self._noticed(reading.found)

    # --- the clipboard --------------------------------------------------------------------

    def _watch_clipboard(self, *, on: bool) -> None:
        if on and self._clipboard is None:
            self._clipboard = QGuiApplication.clipboard()
            self._clipboard.dataChanged.connect(self._copied)
        elif not on and self._clipboard is not None:
            self._clipboard.dataChanged.disconnect(self._copied)
            self._clipboard = None

    def _copied(self) -> None:
        """What was copied in Rushes itself is no news."""
        if self._clipboard is None or self._clipboard.ownsClipboard():
            return
        text = text_of(self._clipboard.mimeData())
        if isinstance(text, str) and text.strip():
            self._main.do(self._read_copied(text))

    async def _read_copied(self, text: str) -> None:
        """Only what has the looks of an id: any word alone could be one."""
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(None, self._reader.text, text)
        except UnreadableText:
            return  # nobody asked for it
        await self._noticed([each for each in reading.found if looks_like(each.id)])

    # --- both -----------------------------------------------------------------------------

    async def _noticed(self, found: Sequence[Found]) -> None:
        for each in found:
            if each.id not in self._offered:
                self._waiting.setdefault(each.id, each)
        await self._offer_waiting()

    async def _offer_waiting(self) -> None:
        """One question at a time: what the user is answering just now stays."""
        if self._strip.isVisible():
            return
        if not self._waiting:
            await self._remember()
            return
        found, self._waiting = tuple(self._waiting.values()), {}
        self._offered.update(dict.fromkeys(each.id for each in found))
        for old in list(self._offered)[: max(0, len(self._offered) - _MOST_OFFERED)]:
            del self._offered[old]
        await self._offer(found)


def _files_in(folder: Path) -> _Facts | None:
    """Facts of the files that may hold ids; None: the folder cannot be read."""
    facts: _Facts = {}
    try:
        for path in folder.iterdir():
            if path.suffix.lower() in SUFFIXES and path.is_file():
                state = path.stat()
                facts[path.name] = (state.st_size, state.st_mtime_ns)
                if len(facts) >= _MOST_FILES:
                    break
    except OSError:
        return None
    return facts


def _recalled(path: Path) -> tuple[str, _Facts] | None:
    """What `_keep` kept; None: nothing, or it is damaged."""
    try:
        with open_regular(path) as file:
            kept = json.loads(file.read())
        files = {str(name): (int(size), int(at)) for name, (size, at) in kept["files"].items()}
        return str(kept["folder"]), files
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _keep(path: Path, folder: str, facts: _Facts) -> None:
    try:
        write_whole(path, json.dumps({"folder": folder, "files": facts}).encode())
    except OSError as e:
        log.warning("which files of the watched folder are known cannot be kept: %s", e)


def text_of(data: QMimeData) -> str | memoryview:
    """The text; a long one as the UTF-8 that Qt has, without a copy."""
    raw = data.data("text/plain")
    if raw.size() <= LONG:
        return data.text()
    # WORKAROUND: it is a buffer, only the stubs of PySide6 do not say so.
    return memoryview(raw)  # type: ignore[arg-type]


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
        strip.given_up = self._say_given_up
        asked_for = window.command_context.do
        asked_for.add = strip.ask_for_text
        asked_for.paste = lambda: self.take(QGuiApplication.clipboard().mimeData())
        window.installEventFilter(self)
        IdWatch(main, strip, self._reader, partial(self._offer, unasked=True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        match event:
            case QDragEnterEvent():
                if event.source() is None and _is_welcome(event.mimeData()):
                    copied(event)
                    self._window.show_drop_words(_drop_words(event.mimeData()))
                return True
            case QDragMoveEvent():
                copied(event)
                return True
            case QDropEvent():
                self._window.show_drop_words("")
                copied(event)
                self.take(event.mimeData())
                return True
            case QDragLeaveEvent():
                self._window.show_drop_words("")
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
        ids = "\n".join(each for word in words for each in ids_in_link(word))
        if files := [Path(word) for word in words if not is_link(word)]:
            self._main.do(self._take_files(files, ids))
        else:
            none = tr("This link holds nothing that Rushes could add.")
            self._main.do(self._take_text(ids, none))

    # --- reading --------------------------------------------------------------------------

    async def _take_text(self, text: str | memoryview, none: str = "") -> None:
        """Look for task ids in anything pasted, typed or dropped; ask what to do with them.

        Args:
            none: See `show_found`.
        """
        if len(text) > _LONG:
            self._say_reading()
        loop = asyncio.get_running_loop()
        try:
            reading = await loop.run_in_executor(None, self._reader.text, text)
        except UnreadableText as e:
            self._say_unreadable(tr("The text"), e)
            return
        await self._offer(reading.found, reading.left_out, none=none)
        if len(text) > LIMIT:
            told = tr("Only the first 64 MiB of the text are read for task IDs.")
            self._window.show_message(told, kind="warning", replace="add cut")

    async def _take_files(self, paths: Sequence[Path], text: str = "") -> None:
        """What one file cannot say is told; the ids of the others, and of a text that came with
        them, are offered all the same. Of a saved film, picture or model the take is shown."""
        if results := [path for path in paths if is_result(path)]:
            await self._show_takes(results)
            paths = [path for path in paths if path not in results]
            if not (paths or text):
                return
        loop = asyncio.get_running_loop()
        self._say_reading()
        readings: list[Reading] = []
        if text:
            readings.append(await loop.run_in_executor(None, self._reader.text, text))
        trouble: list[tuple[str, UnreadableText]] = []
        for path in paths:
            try:
                readings.append(await loop.run_in_executor(None, self._reader.file, path))
            except UnreadableText as e:
                trouble.append((path.name, e))
        found: dict[str, Found] = {}
        for each in (each for reading in readings for each in reading.found):
            found.setdefault(each.id, each)
        if found or not trouble:
            left_out = [each for reading in readings for each in reading.left_out]
            none = tr("No task ID found in these %n file(s).", None, len(paths))
            if len(paths) == 1:
                none = tr("No task ID found in {name}.", name=one_line(paths[0].name))
            await self._offer(tuple(found.values()), left_out, none=none)
        for name, why in trouble[:1]:
            self._say_unreadable(name, why)

    async def _show_takes(self, paths: Sequence[Path]) -> None:
        """Select the takes of these files; one whose own file is missing is offered this one."""
        finder, presence = self._main.backend.found_files, self._main.backend.presence
        owners = {path: await finder.take_of(path) for path in paths}
        keys = list(dict.fromkeys(key for key in owners.values() if key is not None))
        unknown = [path for path, key in owners.items() if key is None]
        say = self._window.show_message
        if keys:
            self._window.select(keys)
            self._window.clear_message("add")
        if len(paths) == len(keys) == 1:
            await presence.check(keys)
            (task,) = await self._store.read(tables.get, keys) or (None,)
            if task is not None and task.kept is ArtifactState.MISSING:
                use = (tr("Use this file"), partial(self._link, keys[0], paths[0]))
                told = tr("The take's own file is missing; this one is of it.")
                say(told, action=use, replace="add")
        elif unknown:
            do = self._window.command_context.do
            told = tr("No take in the list has the file {name}.", name=one_line(unknown[0].name))
            if len(unknown) > 1:
                told = tr("No take in the list has these %n file(s).", None, len(unknown))
            action = (tr("Take in a folder…"), do.take_in)
            say(told, kind="warning", action=action, replace="add", timeout_s=12)

    def _link(self, key: Key, path: Path) -> None:
        self._main.do(self._use_file(key, path))

    async def _use_file(self, key: Key, path: Path) -> None:
        if not await self._main.backend.found_files.link(key, path):
            told = tr("The file was changed: it is not the one that was saved.")
            self._window.show_message(told, kind="warning", replace="add")

    def _say_reading(self) -> None:
        self._window.show_message(tr("Looking for task IDs…"), replace="add", timeout_s=0)

    def _say_unreadable(self, name: str, e: UnreadableText) -> None:
        self._window.show_message(unreadable_words(name, e), kind="error", replace="add")

    # --- asking and adding ----------------------------------------------------------------

    async def _offer(
        self,
        found: Sequence[Found],
        left_out: Sequence[LeftOut] = (),
        *,
        none: str = "",
        unasked: bool = False,
    ) -> None:
        # A long text holds more ids than can be gone through here without a stop.
        aside = partial(asyncio.get_running_loop().run_in_executor, None)
        accounts = tuple(self._main.accounts.values())
        guess, keys = await aside(_possible, found, accounts)
        here = {key.id for key in await self._store.read(tables.numbers_of, keys)}
        fresh, whose = await aside(_fresh, found, here, guess, accounts)
        self.show_found(fresh, len(here), whose, left_out, none=none, unasked=unasked)

    def show_found(
        self,
        found: Sequence[Found],
        already: int,
        whose: dict[str, str | None],
        left_out: Sequence[LeftOut] = (),
        *,
        none: str = "",
        unasked: bool = False,
    ) -> None:
        """Ask whose these ids are; say so when there is none. See `AddStrip.ask`.

        Args:
            none: The sentence that says so, where nothing was pasted or typed.
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
            say(why or none or what, kind="warning", replace="add")
        elif not found:
            if not self._strip.ids:  # else another question stands there
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

    def _say_given_up(self, count: int, ask_again: Callable[[], None]) -> None:
        self._main.undo.note(ask_again)
        told = tr("Not added: %n task ID(s).", None, count)
        undo = self._main.undo_button()
        self._window.show_message(told, action=undo, replace="given up", timeout_s=_UNDO_S)

    async def _add(self, account: str, found: Sequence[Found]) -> None:
        """Put them into the list, with what stood beside each."""
        loop = asyncio.get_running_loop()
        await self._main.add(account, await loop.run_in_executor(None, _incoming, found))


def _drop_words(data: QMimeData) -> str:
    """What letting go will do."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files and all(map(is_result, files)):
        return tr("Drop to show the take of this file")
    return tr("Drop to find task IDs")


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
