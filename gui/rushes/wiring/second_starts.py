"""What a second start may ask of the program that has the list: a window, or `rushes watch`."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from rushes.core.account import Account
from rushes.core.task import Key
from rushes.presentation.text import tr
from rushes.wiring.backend import Backend

#: Puts ids into the list under an account's id; returns the sentence that says so.
Add = Callable[[str, Sequence[str]], Awaitable[str]]


def not_understood() -> dict[str, Any]:
    return {"problem": tr("The running window does not understand this.")}


async def add(message: dict[str, Any], accounts: Iterable[Account], put: Add) -> dict[str, Any]:
    """Add ids that were handed over; the account by its name, or the only one."""
    name, ids = message.get("account"), message.get("ids")
    if not isinstance(ids, list) or not all(isinstance(each, str) and each for each in ids):
        return not_understood()
    known = tuple(accounts)
    found = [a for a in known if name is None or name in (a.name, a.id)]
    if len(found) != 1:
        names = ", ".join(account.name for account in known) or "-"
        return {"problem": tr("Which account? Say --account, one of: {names}", names=names)}
    return {"told": await put(found[0].id, ids)}


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
