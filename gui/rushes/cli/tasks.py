"""`rushes add`, `rushes list`: what is in the list, without looking at a service."""

import json
import sys
import time

from rushes.adapters import handover, places
from rushes.adapters.store import StoreError, read_list
from rushes.cli.session import NOTHING, OK, Session, Stop, Words
from rushes.core.account import Account
from rushes.core.task import ArtifactState, Task
from rushes.core.task_ids import find_ids
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.export import task_line
from rushes.presentation.readings import record_expires
from rushes.presentation.text import tr
from rushes.wiring.workspace import STORE_FILE


def given_ids(words: Words) -> list[str]:
    """The ids on the command line; "-" stands for any text on standard input.

    Raises:
        Stop: there is none.
    """
    ids: list[str] = []
    for word in words.ids:
        ids += [found.id for found in find_ids(sys.stdin.read())] if word == "-" else [word]
    if not ids:
        raise Stop(tr("No task ID was found in the input."), NOTHING)
    return list(dict.fromkeys(ids))


def hand_over(words: Words, options: Options) -> bool:
    """Give the ids to a running window. False: there is none, add them here."""
    where = handover.address(places.find(options.base_dir).data)
    if handover.ask(where, {"verb": "ping"}) is None:
        return False
    try:
        answer = handover.ask(
            where, {"verb": "add", "account": words.account, "ids": given_ids(words)}
        )
    except ValueError as e:
        raise Stop(f"{e}") from None
    if answer is None:
        raise Stop(tr("The running window did not answer. Nothing was added."))
    if answer.get("problem"):
        raise Stop(str(answer["problem"]))
    print(str(answer.get("told", "")))
    return True


async def add(words: Words, options: Options) -> int:
    async with Session(options) as session:
        account = await session.account(words.account)
        diff = await session.backend.add(account.id, given_ids(words))
        print(tr("%n task(s) added.", None, len(diff.added)))
    return OK


async def show_list(words: Words, options: Options) -> int:
    """Also beside a running window, and where nothing can be written: then the list is read as it
    was last written."""
    try:
        async with Session(options) as session:
            known = await session.backend.accounts()
            tasks = await session.backend.store.tasks()
    except (StoreError, OSError):
        path = places.look(options.base_dir).data / STORE_FILE
        if not path.exists():
            raise
        known, tasks = await read_list(path)
    accounts = {account.id: account for account in known}
    for task in tasks:
        print_task(task, accounts[task.key.account], as_json=words.json)
    return OK if tasks else NOTHING


def _ends(task: Task, account: Account, now: float) -> str:
    links = [
        f"{a.kind.value}: {fmt.time_left(a.expires_at, now, a.expires_inferred)}"
        for a in task.artifacts
        if a.state in (ArtifactState.REMOTE, ArtifactState.SAVING) and a.expires_at is not None
    ]
    record = record_expires(task, account)
    known = [] if record is None else [tr("record: {left}", left=fmt.time_left(record, now))]
    return ", ".join((*links, *known))


def print_task(task: Task, account: Account, *, as_json: bool) -> None:
    """One line: the JSON object of `list --json`, or tab-separated words for people.

    Those end with how long each file that is not here can still be fetched, and how long the
    service knows the task.
    """
    if as_json:
        line = json.dumps(task_line(task, account), ensure_ascii=False)
    else:
        kept = task.kept.value if task.kept else "-"
        words = (account.name, task.id, task.status.value, kept, task.mark.name)
        line = "\t".join((*words, _ends(task, account, time.time())))
    print(line, flush=True)
