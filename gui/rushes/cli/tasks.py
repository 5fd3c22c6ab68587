"""`rushes add`, `rushes list`: what is in the list, without looking at a service."""

from rushes.adapters import handover, places, settings_file
from rushes.adapters.files import FileKeeper
from rushes.adapters.store import StoreError, read_list
from rushes.cli.session import (
    NOTHING,
    OK,
    Session,
    Stop,
    Words,
    complain,
    given_text,
    say,
    say_json,
)
from rushes.core.account import Account
from rushes.core.long_text import find_all
from rushes.core.ports import Clock
from rushes.core.task import ArtifactState, Task
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.export import task_line
from rushes.presentation.readings import record_expires
from rushes.presentation.sentences import away_sentence
from rushes.presentation.text import tr
from rushes.services.presence import as_found
from rushes.services.skew import TrueClock
from rushes.wiring.backend import places_of_rules
from rushes.wiring.workspace import SETTINGS_FILE, STORE_FILE


def given_ids(words: Words) -> list[str]:
    """The ids on the command line; "-" stands for any text on standard input.

    Raises:
        Stop: there is none.
    """
    ids: list[str] = []
    for word in words.ids:
        ids += [found.id for found in find_all(given_text())] if word == "-" else [word]
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
    say(str(answer.get("told", "")))
    return True


async def add(words: Words, options: Options) -> int:
    async with Session(options) as session:
        account = await session.account(words.account)
        diff = await session.backend.add(account.id, given_ids(words))
        say(tr("%n task(s) added.", None, len(diff.added)))
    return OK


async def show_list(words: Words, options: Options) -> int:
    """Also beside a running window, and where nothing can be written: then the list is read as it
    was last written. What it says of files is what is on disk at this moment."""
    clock: Clock = TrueClock()
    try:
        async with Session(options) as session:
            clock = session.backend.workspace.clock
            known = await session.backend.accounts()
            tasks = await session.backend.store.tasks()
    except (StoreError, OSError):
        path = places.look(options.base_dir).data / STORE_FILE
        if not path.exists():
            raise
        known, tasks = await read_list(path)
    where = places.look(options.base_dir)
    settings, _ = settings_file.read(where.config / SETTINGS_FILE, keep=True)
    keeper = FileKeeper(lambda: settings, where.files, ruled=lambda: places_of_rules(settings))
    tasks, away = await as_found(keeper.disk, tasks)
    if away:
        complain(away_sentence(away))
    accounts = {account.id: account for account in known}
    for task in tasks:
        print_task(task, accounts[task.key.account], clock(), as_json=words.json)
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


def print_task(task: Task, account: Account, now: float, *, as_json: bool) -> None:
    """One line: the JSON object of `list --json`, or tab-separated words for people.

    Those end with how long each file that is not here can still be fetched, and how long the
    service knows the task.

    Args:
        now: The services' time (Unix seconds).
    """
    if as_json:
        say_json(task_line(task, account))
    else:
        kept = task.kept.value if task.kept else "-"
        ends = _ends(task, account, now)
        say(account.name, task.id, task.status.value, kept, task.mark.name, ends)
