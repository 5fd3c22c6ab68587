"""What a second start may ask of the program that has the list: a window, or `rushes watch`."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rushes.backend import list_file
from rushes.backend.backend import AccountsCame, Backend, nobody
from rushes.core.account import Account
from rushes.core.incoming import Incoming
from rushes.core.task import Diff, Key
from rushes.presentation.add_lines import BadLine, read_object
from rushes.presentation.text import tr
from rushes.system.parts import own_version

#: Puts tasks into the list under an account's id.
Add = Callable[[str, Sequence[Incoming]], Awaitable[Diff]]


def not_understood() -> dict[str, Any]:
    """What another version asked for, which this one knows nothing of."""
    running = f"Rushes {own_version()}".strip()
    told = tr("{running} is running and does not understand this. Quit it, then try again.")
    return {"problem": told.format(running=running)}


def prompts_forgotten_sentence() -> str:
    """What is said when the prompts of the whole list are gone."""
    return tr("The prompts were forgotten.")


def added_sentence(added: int, filled: int) -> str:
    """What became of tasks that were to be added.

    Args:
        filled: How many were there and know more now.
    """
    said = tr("%n task(s) added.", None, added)
    if filled:
        more = tr("%n task(s) of the list got what was not known of them.", None, filled)
        said = f"{said} {more}"
    return said


async def add(message: dict[str, Any], accounts: Iterable[Account], put: Add) -> dict[str, Any]:
    """Add tasks that were handed over; the account by its name or id, or the only one."""
    name, said = message.get("account"), message.get("items")
    try:
        items = [read_object(each)[0] for each in said] if isinstance(said, list) else []
    except BadLine as e:
        return {"problem": str(e)}
    if not items:
        return not_understood()
    known = tuple(accounts)
    found = [a for a in known if name is None or name in (a.name, a.id)]
    if len(found) != 1:
        names = ", ".join(account.name for account in known) or "-"
        return {"problem": tr("Which account? Say --account, one of: {names}", names=names)}
    diff = await put(found[0].id, items)
    added, filled = len(diff.added), len(diff.changed)
    return {"told": added_sentence(added, filled), "added": added, "filled": filled}


async def import_list(
    message: dict[str, Any], backend: Backend, came: AccountsCame = nobody
) -> dict[str, Any]:
    """Put the list in a file into this one."""
    path = message.get("path")
    if not isinstance(path, str) or not Path(path).is_absolute():
        return not_understood()
    done = await list_file.import_list(backend, Path(path), came)
    return {"told": done.told} if done.is_done else {"problem": done.told}


async def save(message: dict[str, Any], backend: Backend) -> None:
    """Save the results of these tasks, for a `rushes watch --save` that follows; who saves every
    result anyway does it in its own time."""
    tasks = message.get("tasks")
    named = tasks if isinstance(tasks, list) else []
    keys = [
        Key(*each)
        for each in named
        if isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)
    ]
    if keys and not backend.settings.auto_save:
        await backend.saver.save(keys)
