"""The whole list to a file and from one, for another installation: what is said of it."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rushes.backend.backend import AccountsCame, Backend, nobody
from rushes.core.account import Account, KeySource
from rushes.core.settings import Settings
from rushes.presentation.sentences import unusable_place
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.store import Ask, transfer
from rushes.store.transfer import BadListFile, TakenIn, Unusable
from rushes.system import settings_file

#: How the window lies on this screen, and where things of this computer are, is not moved.
OF_HERE: Final = ("window", "opened_with", "exported_to")


@dataclass(frozen=True, slots=True)
class Imported:
    """One or more sentences on what became of a file. `settings`: those in it."""

    told: str
    is_done: bool
    settings: Settings | None = None


async def export_list(ask: Ask, path: Path, settings: Settings) -> int:
    """Write the list that `ask` reads to `path`. Returns how many takes it has.

    Raises:
        StoreError: the list cannot be read, or the file not be written.
    """
    carried = replace(settings, **dict.fromkeys(OF_HERE, ""))  # type: ignore[arg-type]
    written: int = await ask(
        lambda db: transfer.write(db, path, json.dumps(settings_file.encode(carried)))
    )
    return written


async def import_list(backend: Backend, path: Path, came: AccountsCame = nobody) -> Imported:
    """Put what a file of another list holds into this one. A file that cannot be used changes
    nothing.

    Raises:
        StoreError: the own list cannot be written.
    """
    name = one_line(path.name, 80)
    with ExitStack() as opened:
        try:
            source = await asyncio.to_thread(
                opened.enter_context, transfer.opened(path, backend.places.data)
            )
            settings = _settings(transfer.settings_in(source))
            done = await backend.take_in(source, came)
        except BadListFile as e:
            return Imported(_unusable(e.args[0], name), False)
        except OSError as e:
            return Imported(unusable_place(e), False)
    return Imported(_result_words(done), True, settings)


def _settings(text: str) -> Settings | None:
    try:
        raw: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return settings_file.decode(raw)[0] if isinstance(raw, Mapping) else None


def _unusable(why: Unusable, name: str) -> str:
    match why:
        case Unusable.FOREIGN:
            return tr("{name} is no list of Rushes. Nothing was imported.", name=name)
        case Unusable.DAMAGED:
            return tr(
                "{name} is damaged or was cut off. Nothing was imported: export it once more.",
                name=name,
            )
        case Unusable.TOO_NEW:
            return tr(
                "{name} was written by a newer version of Rushes. Nothing was imported: update "
                "Rushes first.",
                name=name,
            )


def _result_words(done: TakenIn) -> str:
    told = [tr("%n take(s) imported.", None, len(done.added))]
    if done.changed:
        told.append(
            tr("%n take(s) of this list got what was missing here.", None, len(done.changed))
        )
    if done.same:
        told.append(tr("Already here: {count}.", count=done.same))
    if done.accounts:
        told.append(tr("%n account(s) came along.", None, len(done.accounts)))
    if any(map(_has_no_key, done.accounts)):
        told.append(tr("Keys are never in the file: enter them under Accounts."))
    if done.without_ca:
        told.append(
            tr(
                "Certificate files are not taken over: choose that of %n account(s) again under "
                "Accounts.",
                None,
                done.without_ca,
            )
        )
    return " ".join(told)


def _has_no_key(account: Account) -> bool:
    return account.key_source is not KeySource.ENVIRONMENT
