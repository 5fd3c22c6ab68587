"""Hands takes over to other programs and people: tables, timelines, contact sheets, a case for the
service; and the whole list to another installation."""

import asyncio
import codecs
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from rushes.backend import list_file
from rushes.controllers import contact_sheet
from rushes.controllers.contact_sheet import PageCell
from rushes.controllers.export_file import (
    FileKind,
    ask_where,
    ask_which,
    tell,
    tell_unwritten,
)
from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.core.film import FilmTrouble
from rushes.core.poster import clip_source, poster_source
from rushes.core.task import Key, Pick, Task
from rushes.files import timeline
from rushes.files.pictures import PictureCache
from rushes.files.timeline import Shot
from rushes.presentation import format as fmt
from rushes.presentation.case import ServiceCase, case_text, is_case
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.export import csv_chunks, json_chunks, shot_facts
from rushes.presentation.take import printed_line, take_name
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import state_word, verdict_words
from rushes.store import StoreError, listing, tables
from rushes.system.disk import failure_of, write_whole
from rushes.system.logs import redact

#: Takes that are named one by one when they are left out.
_NAMED = 3
_LIST_KIND = "rushes"

Written = Failure | str | None


class ExportController(QObject):
    """Asks where a file goes, writes it beside the window and says so.

    Args:
        pictures: Where posters are kept and made.
    """

    def __init__(self, main: MainController, pictures: PictureCache) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        self._backend = main.backend
        self._store = main.backend.store
        self._pictures = pictures
        self._stopped = threading.Event()
        main.ending.connect(self._stopped.set)
        main.window.export_requested.connect(self._ask)
        do = main.window.command_context.do
        do.export_list = self._ask_list
        do.import_list = self._ask_import

    # --- where to --------------------------------------------------------------------------

    def _ask(self, what: str, keys: Sequence[Key]) -> None:
        """`what` is csv, json, timeline, contact_sheet or case."""
        if what == "timeline":
            self._main.do(self._ask_timeline(keys))
            return
        title, kinds, write = {
            "csv": (tr("Export as CSV"), [("CSV", "csv")], self._csv),
            "json": (
                tr("Export as JSON"),
                [("JSON", "json"), (tr("JSON, an object a line"), "jsonl")],
                self._json,
            ),
            "contact_sheet": (
                tr("Export a contact sheet"),
                [("PDF", "pdf"), ("PNG", "png")],
                self._contact_sheet,
            ),
            "case": (
                tr("Export a case for the service"),
                [("Markdown", "md"), (tr("Text"), "txt")],
                self._case,
            ),
        }[what]
        self._ask_where(title, kinds, partial(write, keys))

    def _ask_where(
        self,
        title: str,
        kinds: Sequence[FileKind],
        write: Callable[[Path], Awaitable[Written]],
        name: str = "rushes",
    ) -> None:
        def then(path: Path) -> None:
            self._main.do(self._write(write, path))

        ask_where(self._main, title, name, kinds, then)

    async def _write(
        self, write: Callable[[Path], Awaitable[Written]], path: Path
    ) -> Failure | None:
        try:
            told = await write(path)
        except OSError as e:
            told = failure_of(e)
        except StoreError as e:  # it is written in the thread that reads
            told = e.failure
        if isinstance(told, Failure):
            return tell_unwritten(self._main, told, path)
        if told is not None:
            tell(self._main, told, path)
        return None

    async def _keys(self, keys: Sequence[Key]) -> Sequence[Key]:
        """The selected takes in the order of the rows; where none is selected, all of the view."""
        return keys or await self._store.read(listing.keys, await self._all_numbers())

    async def _all_numbers(self) -> Sequence[int]:
        """Of all takes of the view: the table may have its first rows alone for a moment."""
        shown, now = self._window.table.listing, self._store.clock()
        return await self._store.read(listing.order, shown, now)

    # --- tables ----------------------------------------------------------------------------

    async def _csv(self, keys: Sequence[Key], path: Path) -> Written:
        """A table of these tasks with every column, for spreadsheets."""
        ctx, wanted = self._window.context, await self._keys(keys)
        # In the thread that reads: only some hundred tasks are in memory at a time.
        written = await self._store.read(lambda db: write_csv(path, tables.each(db, wanted), ctx))
        return written if isinstance(written, Failure) else _exported(written, path)

    async def _json(self, keys: Sequence[Key], path: Path) -> Written:
        accounts, wanted = self._main.accounts, await self._keys(keys)
        now = self._window.context.now
        as_lines = path.suffix.lower() == ".jsonl"
        await self._store.read(
            lambda db: write_whole(
                path,
                (
                    chunk.encode(errors="replace")
                    for chunk in json_chunks(
                        tables.each(db, wanted), accounts, now, as_lines=as_lines
                    )
                ),
            )
        )
        return _exported(len(wanted), path)

    # --- timeline --------------------------------------------------------------------------

    async def _ask_timeline(self, keys: Sequence[Key]) -> None:
        """Of several selected takes those; else the picks that are shown, or else the one."""
        named = {
            "otio": "OpenTimelineIO",
            "fcpxml": "Final Cut Pro X",
            "xml": tr("Final Cut Pro 7, Premiere"),
            "edl": tr("Edit decision list (EDL)"),
        }

        def usable() -> list[FileKind]:
            return [(named[each], each) for each in timeline.ADAPTERS if not timeline.lacks(each)]

        kinds = await asyncio.to_thread(usable)
        if not kinds:
            told = tr(
                "Timelines need OpenTimelineIO, which is not installed here. Install it with: "
                'pip install "rushes[otio]"'
            )
            self._window.show_message(told, kind="warning", replace="export", timeout_s=20)
            return
        if len(keys) < 2:
            keys = await self._store.read(listing.picks, await self._all_numbers()) or keys
        if not keys:
            told = tr("No take is picked here. Pick takes, or select some.")
            self._window.show_message(told, replace="export")
            return
        self._ask_where(tr("Export a timeline"), kinds, partial(self._timeline, keys))

    async def _timeline(self, keys: Sequence[Key], path: Path) -> Written:
        await self._backend.presence.check(keys)
        shots: list[Shot] = []
        used: list[Key] = []
        without: list[str] = []
        tasks = await self._store.read(tables.get, keys)
        for number, task in enumerate(tasks, 1):
            if len(tasks) > 1:
                told = tr("Reading film {n} of {count}…", n=number, count=len(tasks))
                self._window.show_message(told, replace="export")
            name = take_name(task, self._window.context)
            shot = await self._shot(task, name)
            if shot is None:
                without.append(name)
            else:
                shots.append(shot)
                used.append(task.key)
        if not shots:
            self._window.show_message(
                tr("None of these takes has a saved film. Save them first."),
                kind="warning",
                replace="export",
            )
            return None
        failed = await asyncio.to_thread(timeline.write, path, path.stem, shots)
        if failed is not None:
            return failed
        await self._backend.hand_out(used)
        return " ".join(filter(None, (_exported(len(shots), path), _left_out(without))))

    async def _shot(self, task: Task, name: str) -> Shot | None:
        source = clip_source(task)
        if source is None:
            return None
        film = await self._main.frames.facts(Path(source.path))
        if isinstance(film, FilmTrouble):
            return None
        return Shot(
            name=name,
            path=Path(source.path),
            frames=film.frames,
            fps=film.fps,
            has_sound=bool(film.audio),
            note=task.mark.note,
            facts=shot_facts(task, self._main.accounts[task.key.account]),
        )

    # --- contact sheet ---------------------------------------------------------------------

    async def _contact_sheet(self, keys: Sequence[Key], path: Path) -> Written:
        wanted = await self._keys(keys)
        await self._backend.presence.check(wanted)
        cells = []
        for task in await self._store.read(tables.get, wanted):
            cells.append(await self._cell(task))
            if len(cells) % 20 == 0:
                told = tr("Take {n} of {count}…", n=len(cells), count=len(wanted))
                self._window.show_message(told, replace="export")
        day = fmt.absolute(self._window.context.now)[:10]
        title = f"{path.stem} · {day}"
        try:
            files = await asyncio.to_thread(contact_sheet.write, path, title, cells, self._stopped)
        except contact_sheet.Stopped:
            return None
        told = _exported(len(cells), path)
        if len(files) > 1:
            told += " " + tr("%n page(s), a file each.", None, len(files))
        return told

    async def _cell(self, task: Task) -> PageCell:
        source, poster = poster_source(task), None
        if source is not None:
            loop = asyncio.get_running_loop()
            poster = await loop.run_in_executor(None, self._pictures.find, source)
            poster = poster or await self._pictures.make(source)
        ctx = self._window.context
        return PageCell(
            title=take_name(task, ctx),
            line=printed_line(task, ctx) if task.status.is_terminal else state_word(task),
            verdict=verdict_words(task.mark),
            prompt=shown(task.mark.prompt),
            poster=poster,
            is_pick=task.mark.pick is Pick.PICK,
            is_reject=task.mark.pick is Pick.REJECT,
        )

    # --- case ------------------------------------------------------------------------------

    async def _case(self, keys: Sequence[Key], path: Path) -> Written:
        """Also on the clipboard: most services take it in a form on a page."""
        cases = []
        for task in await self._store.read(tables.get, keys):
            if is_case(task):
                events = await self._store.read(tables.events, task.key)
                raw = await self._store.read(tables.raw, task.key)
                account = self._main.accounts[task.key.account]
                name = take_name(task, self._window.context)
                cases.append(
                    ServiceCase(name=name, task=task, account=account, events=events, raw=raw)
                )
        if not cases:
            told = tr("Nothing failed and no file is lost in the selection: there is no case.")
            self._window.show_message(told, replace="export")
            return None
        text = redact(case_text(cases))
        await asyncio.to_thread(write_whole, path, text.encode(errors="replace"))
        QGuiApplication.clipboard().setText(text)
        more = tr("Its text is copied, too.")
        return f"{_exported(len(cases), path)} {more}"

    # --- the whole list --------------------------------------------------------------------

    def _ask_list(self) -> None:
        kinds = [(tr("List of Rushes"), _LIST_KIND)]
        self._ask_where(tr("Export the list"), kinds, self._list, "list")

    async def _list(self, path: Path) -> Written:
        written = await list_file.export_list(self._store.read, path, self._backend.settings)
        more = tr("It holds prompts, and no key: keep it to yourself.")
        return f"{_exported(written, path)} {more}"

    def _ask_import(self) -> None:
        kinds = [(tr("List of Rushes"), _LIST_KIND), (tr("Copy of a list"), "sqlite3")]

        def then(path: Path) -> None:
            self._main.do(self._import(path))

        ask_which(self._main, tr("Import a list"), kinds, then)

    async def _import(self, path: Path) -> None:
        """Say what came of it; a file that cannot be used is told in one sentence."""
        self._window.show_message(tr("Importing {name}…", name=path.name), replace="export")
        done = await list_file.import_list(self._backend, path)
        await self._main.reload_accounts()
        self._main.inspector.set_accounts(self._main.accounts)
        kind = "success" if done.is_done else "error"
        self._window.show_message(done.told, kind=kind, replace="export", timeout_s=20)


def _exported(count: int, path: Path) -> str:
    return tr("%n take(s) exported to {name}.", None, count, name=one_line(path.name, 80))


def _left_out(names: Sequence[str]) -> str:
    """ "Left out, without a saved film: a, b, c and 2 more."; "" where none is."""
    if not names:
        return ""
    named = ", ".join(f"“{one_line(name, 40)}”" for name in names[:_NAMED])
    if len(names) <= _NAMED:
        return tr("Left out, without a saved film: {names}.", names=named)
    more = len(names) - _NAMED
    return tr("Left out, without a saved film: {names} and {n} more.", names=named, n=more)


def write_csv(path: Path, tasks: Iterable[Task], ctx: Context) -> int | Failure:
    """Write a table of these tasks. Returns how many they were."""
    written = 0

    def counted() -> Iterator[Task]:
        nonlocal written
        for written, task in enumerate(tasks, 1):  # noqa: B007
            yield task

    chunks = csv_chunks(counted(), ctx, [column.id for column in COLUMNS])
    try:
        # The mark lets spreadsheets see UTF-8.
        write_whole(
            path, chain([codecs.BOM_UTF8], (chunk.encode(errors="replace") for chunk in chunks))
        )
    except OSError as e:
        return failure_of(e)
    return written
