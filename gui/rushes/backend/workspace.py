"""What a run stands on: folders, log, settings and the list. Nothing here needs a network, so a
window can show its rows before anything that does is even loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rushes.core.settings import Settings
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.store import OpenReport, Store
from rushes.system import logs, places, settings_file
from rushes.watching.clocks import TrueClock

#: The settings of a run, and the names of those that could not be read.
Kept = tuple[Settings, tuple[str, ...]]

SETTINGS_FILE = settings_file.NAME
STORE_FILE = "rushes.sqlite3"
#: Of a setting that cannot be used, in a sentence (characters).
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything of a run that is on disk, open. One program at a time has it.

    Attributes:
        clock: The services' time, as far as they have told it.
        settings: As they were at the start.
        ignored: The names of settings that could not be used, some with the reason.
    """

    options: Options
    places: places.Places
    log: logs.Logs
    store: Store
    clock: TrueClock
    settings: Settings
    ignored: tuple[str, ...]

    @classmethod
    async def open(cls, options: Options, kept: Kept | None = None) -> Self:
        """Begin the log, read the settings, open the store.

        Args:
            kept: What `read_settings` gave, where it was asked before.

        Raises:
            StoreError: see `Store.open`; `StoreInUse` when another program has the store.
            OSError: a folder cannot be made.
        """
        folders = places.find(options.base_dir)
        clock = TrueClock()
        log = logs.start(folders.data, debug="log" in options.debug)
        try:
            store = await Store.open(folders.data / STORE_FILE, ends_by=clock)
        except BaseException:
            log.close()
            raise
        settings, ignored = kept or read_settings(options)
        return cls(
            options=options,
            places=folders,
            log=log,
            store=store,
            clock=clock,
            settings=settings,
            ignored=ignored,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the start that a user should be told."""
        return (*map(_logless, self.log.problems), *_notes(self.store.opened, self.ignored))

    async def aclose(self) -> None:
        await self.store.aclose()
        self.log.close()


def read_settings(options: Options) -> Kept:
    """To be asked once: a file that cannot be read is put aside.

    Raises:
        OSError: a folder cannot be made.
    """
    settings, ignored = settings_file.read(places.find(options.base_dir).config / SETTINGS_FILE)
    return settings, tuple(ignored)


def _logless(error: OSError) -> str:
    return tr(
        "The log {place} cannot be written ({why}); Rushes goes on without it.",
        place=error.filename or "",
        why=error.strerror or str(error),
    )


def _notes(opened: OpenReport, ignored: Sequence[str]) -> Iterator[str]:
    if opened.is_read_only:
        yield tr(
            "The disk is full. The list is shown as it was last written; nothing new is kept until "
            "there is room."
        )
    if opened.was_gone:
        yield _gone(opened)
    if opened.set_aside is not None:
        yield " ".join(_damaged(opened, opened.set_aside))
    if ignored:
        names = "; ".join(one_line(each, _SHOWN) for each in ignored)
        yield tr("Some settings cannot be used and have their defaults: {names}", names=names)


def _gone(opened: OpenReport) -> str:
    if opened.restored_from is None:
        return tr("The file of the list is gone and there is no backup, so the list starts empty.")
    return tr(
        "The file of the list was gone or empty. The backup {backup} took its place; what was "
        "added or changed after it is missing.",
        backup=opened.restored_from.name,
    )


def _damaged(opened: OpenReport, aside: Path) -> Iterator[str]:
    """What came from where, in as many sentences as there is to tell."""
    if opened.lacks_end:
        yield tr("The last changes before Rushes was ended cannot be read.")
    else:
        yield tr("The list was damaged.")
    yield tr("%n task(s) could be read from it.", None, opened.read)
    if opened.from_backup and opened.restored_from is not None:
        yield tr(
            "%n task(s) came from the backup {backup}.",
            None,
            opened.from_backup,
            backup=opened.restored_from.name,
        )
    elif opened.restored_from is None:
        yield tr("There is no backup.")
    if opened.ids_only:
        yield tr(
            "Of %n task(s) only the ID was left; they are asked for again.", None, opened.ids_only
        )
    if opened.lost:
        yield tr("%n task(s) could not be read and are missing.", None, opened.lost)
    yield tr("The damaged file is kept as {aside}.", aside=aside.name)
