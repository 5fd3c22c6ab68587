"""What is in the list, without looking at a service: `rushes list`, `rushes forget-prompts`, and
`rushes export-list` and `rushes import-list`, which take all of it to another installation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rushes.backend import list_file
from rushes.backend.backend import places_of_rules
from rushes.backend.second_starts import prompts_forgotten_sentence
from rushes.backend.workspace import SETTINGS_FILE
from rushes.cli.session import (
    NOTHING,
    OK,
    USAGE,
    Session,
    Stop,
    Words,
    by_who_has_the_list,
    complain,
    json_line,
    no_account,
    no_task,
    print_lines,
    print_row,
    read_anyhow,
    row_line,
)
from rushes.core.account import Account
from rushes.core.pace import awaits_link
from rushes.core.presence import Away, AwayFolder
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Task
from rushes.files.file_store import FileStore
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.export import task_line
from rushes.presentation.readings import record_expires
from rushes.presentation.sentences import (
    away_sentence,
    forget_prompts_sentence,
    name_too_long,
)
from rushes.presentation.text import tr
from rushes.presentation.words import (
    kind_word,
    no_link_yet,
    note_of_task,
    saved_word,
    state_word,
)
from rushes.saving.presence import as_found
from rushes.store import Ask, tables
from rushes.system import handover, places, settings_file, threads


async def show_list(words: Words, options: Options) -> int:
    """Also beside a running window, and where nothing can be written: then the list is read as it
    was last written. What it says of files is what is on disk at this moment."""
    async with read_anyhow(options) as (ask, clock):
        nums: list[int] = await ask(tables.newest_first)  # first: an account may come with tasks
        accounts = {account.id: account for account in await ask(tables.accounts)}
        return await _show(ask, accounts, nums, clock(), words, options)


async def _show(
    ask: Ask,
    accounts: Mapping[str, Account],
    nums: Sequence[int],
    now: float,
    words: Words,
    options: Options,
) -> int:
    """Print some hundred tasks at a time: no more than those are in memory."""
    where = places.look(options.base_dir)
    settings, _ = settings_file.read(where.config / SETTINGS_FILE, keep=True)
    keeper = FileStore(lambda: settings, where.files, ruled=lambda: places_of_rules(settings))
    away: Counter[AwayFolder] = Counter()
    for part in tables.in_parts(nums):
        listed = await ask(partial(tables.to_write_out, nums=part))
        tasks, missing = await as_found(keeper.disk, listed)
        away.update({each.folder: each.takes for each in missing})
        print_lines(
            [_line(task, accounts[task.key.account], now, as_json=words.json) for task in tasks]
        )
    if not nums:
        complain(no_task() if accounts else no_account())
    if away:
        complain(away_sentence([Away(folder, takes) for folder, takes in away.most_common()]))
    return OK if nums else NOTHING


def forget_prompts(words: Words, options: Options) -> int:
    """Also beside a running window or `watch`: who has the list does it."""
    if not words.yes:
        how = tr("Say --yes to do it.")  # inside an f-string it would not be collected
        raise Stop(f"{forget_prompts_sentence()} {how}", USAGE)
    print_row(by_who_has_the_list(options, _have_forgotten, lambda: threads.run(_forget(options))))
    return OK


def _have_forgotten(where: str) -> str:
    answer = handover.ask(where, {"verb": "forget_prompts"})
    if answer is None:
        raise Stop(tr("The running window did not answer. Look there whether prompts are left."))
    if answer.get("problem"):
        raise Stop(str(answer["problem"]))
    return prompts_forgotten_sentence()


async def _forget(options: Options) -> str:
    async with Session(options) as session:
        await session.backend.forget_prompts()
    return prompts_forgotten_sentence()


def _ends(task: Task, account: Account, now: float) -> str:
    links = [
        f"{kind_word(a.kind)}: {fmt.time_left(a.expires_at, now, a.expires_inferred)}"
        for a in task.artifacts
        if a.state in (ArtifactState.REMOTE, ArtifactState.SAVING) and a.expires_at is not None
    ]
    record = record_expires(task, account)
    known = [] if record is None else [tr("record: {left}", left=fmt.time_left(record, now))]
    return ", ".join((*links, *known))


def _kept(task: Task) -> str:
    if awaits_link(task):
        return no_link_yet()
    return saved_word(task.kept, note=note_of_task(task)) if task.kept else "-"


def print_task(task: Task, account: Account, now: float, *, as_json: bool) -> None:
    """One line on standard output, as `_line` makes it."""
    print_lines([_line(task, account, now, as_json=as_json)])


def _line(task: Task, account: Account, now: float, *, as_json: bool) -> str:
    """The JSON object of `list --json`, or tab-separated words for people.

    Those end with how long each file that is not here can still be fetched, and how long the
    service knows the task.

    Args:
        now: The services' time (Unix seconds).
    """
    if as_json:
        return json_line(task_line(task, account, now))
    ends = _ends(task, account, now)
    return row_line(account.name, task.id, state_word(task), _kept(task), task.mark.name, ends)


#: A list of a million tasks takes minutes.
_LONGEST_S = 3600.0


async def export_list(words: Words, options: Options) -> int:
    """Also beside a running window. No file is replaced: it may be the only copy of another."""
    path = Path(words.file).absolute()
    if told := name_too_long(path):
        raise Stop(told, USAGE)
    if path.exists():
        raise Stop(tr("{file} is there already. Choose another name.", file=path.name), USAGE)
    where = places.look(options.base_dir)
    settings, _ = settings_file.read(where.config / SETTINGS_FILE, keep=True)
    async with read_anyhow(options) as (ask, _):
        written = await list_file.export_list(ask, path, settings)
    told = tr("%n take(s) exported to {name}.", None, written, name=path.name)
    more = tr("It holds prompts, and no key: keep it to yourself.")
    print_row(f"{told} {more}")
    return OK


def import_list(words: Words, options: Options) -> int:
    """Also beside a running window or `watch`: who has the list does it."""
    path = Path(words.file).absolute()

    def hand_over(where: str) -> str:
        if words.settings:
            raise Stop(tr("Quit Rushes first: a running window keeps its own settings."))
        answer = handover.ask(where, {"verb": "import_list", "path": str(path)}, _LONGEST_S)
        if answer is None:
            raise Stop(tr("The running window did not answer. Look there for what was imported."))
        if answer.get("problem"):
            raise Stop(str(answer["problem"]))
        return str(answer.get("told", ""))

    def here() -> str:
        return threads.run(_import(path, options, with_settings=words.settings))

    print_row(by_who_has_the_list(options, hand_over, here))
    return OK


async def _import(path: Path, options: Options, *, with_settings: bool) -> str:
    async with Session(options) as session:
        done = await list_file.import_list(session.backend, path)
        if not done.is_done:
            raise Stop(done.told)
        if not with_settings:
            return done.told
        await session.backend.set_settings(
            replace(
                done.settings or Settings(),
                **{name: getattr(session.backend.settings, name) for name in list_file.OF_HERE},
            )
        )
    more = tr("Its settings are used from now on.")
    return f"{done.told} {more}"
