"""A task for other programs: the JSON line, the parameters, a curl command, a CSV table.

No URL of a result and no key ever gets in here: both are bearer capabilities.
"""

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from rushes.core.account import Account
from rushes.core.task import Artifact, Charge, Task, TaskError, Usage, is_found_by_search
from rushes.presentation import format as fmt
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.take import name_of
from rushes.presentation.text import tr
from rushes.presentation.words import flag_sentences, pick_word

_PARAMETERS = (
    "resolution",
    "ratio",
    "duration_s",
    "frames",
    "fps",
    "seed",
    "audio",
    "draft",
    "tier",
    "subdivision",
    "file_format",
)
_read_parameters = attrgetter(*_PARAMETERS)

#: Of the JSON lines: goes up when a field changes its meaning, not when one is added.
SCHEMA = 2

_RUN = re.compile(r"[^\s\"'<>]+")


def task_line(task: Task, account: Account, now: float) -> dict[str, Any]:
    """The object of `list --json` and `watch --json`; null means "not reported".

    Args:
        now: Unix seconds: a take that is called by its time says the day where it is another one.
    """
    r = task.report
    return {
        "schema": SCHEMA,
        "account": account.name,
        "service": account.service.value,
        "id": task.id,
        "name": task.mark.name,
        "name_shown": name_of(task, account, now),
        "prompt": task.mark.prompt,
        "rating": task.mark.rating,
        "pick": task.mark.pick.value,
        "tags": list(task.mark.tags),
        "notes": task.mark.note,
        "group": task.mark.group,
        "references": [_RUN.sub(_without_query, each) for each in task.mark.references],
        "status": r.status.value,
        "status_raw": r.status_raw,
        "model": r.model,
        "created_at": r.created_at,
        "updated_at": r.updated_at,
        "started_at": r.started_at,
        "finished_at": r.finished_at,
        **dict(zip(_PARAMETERS, _read_parameters(r), strict=True)),
        "progress_raw": r.progress_raw,
        "usage": _usage(r.usage, r.charged),
        "error": _error(r.error) if r.error else None,
        "artifacts": [_artifact(artifact, task) for artifact in task.artifacts],
        "upstream_id": r.upstream_id,
        "upstream_said": _RUN.sub(_without_query, r.upstream_said) if r.upstream_said else None,
        "flags": sorted(flag.value for flag in task.flags),
        "flag_notes": {
            flag.value: _RUN.sub(_without_query, told)
            for flag, told in flag_sentences(task).items()
        },
        "last_seen_at": task.last_seen_at,
    }


def _usage(usage: Usage | None, charge: Charge | None) -> dict[str, Any]:
    return {
        "completion_tokens": usage and usage.completion_tokens,
        "total_tokens": usage and usage.total_tokens,
        "billed_tokens": usage and usage.billed_tokens,
        "charged": charge and {"amount": charge.amount, "currency": charge.currency},
    }


def _error(error: TaskError) -> dict[str, str]:
    return {
        "code": error.code,
        "message": _RUN.sub(_without_query, error.message),
        "request_id": error.request_id,
    }


def _without_query(run: re.Match[str]) -> str:
    """A signed link quoted in a message, without what signs it."""
    link, mark, query = run[0].partition("?")
    return f"{link}?…" if mark and query and "://" in link else run[0]


def _artifact(artifact: Artifact, task: Task) -> dict[str, Any]:
    problem, _, said = artifact.problem.partition(" ")
    return {
        "kind": artifact.kind.value,
        "state": artifact.state.value,
        "refused": artifact.refusals > 0,
        "problem": problem or None,
        "problem_said": said or None,
        "damaged": artifact.damaged,
        "trashed": artifact.trashed,
        "playable": artifact.playable,
        "checked": artifact.checked.value if artifact.checked else None,
        "next_try_at": artifact.next_try_at,
        "expires_at": artifact.expires_at,
        "expires_inferred": artifact.expires_inferred,
        "path": artifact.path,
        "bytes": artifact.size,
        "sha256": artifact.sha256,
        "found_by_search": is_found_by_search(task, artifact),
    }


def json_text(value: object) -> str:
    """As `json.dumps` with all letters as they are, in a quarter of the time: a list may be
    long."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value, ensure_ascii=False)


def parameters_json(task: Task) -> str:
    """What the take was made with, as far as reported, to be pasted into a script."""
    found = {"model": task.report.model} | {n: getattr(task.report, n) for n in _PARAMETERS}
    told = {name: value for name, value in found.items() if value is not None}
    return json.dumps(told, ensure_ascii=False, indent=2)


def curl_without_key(account: Account, path: str) -> str:
    """A command that asks for what `path` names; the key stays in an environment variable."""
    variable = account.key_env if account.key_env.isidentifier() else "ARK_API_KEY"
    url = shlex.quote(f"{account.root}{path}")
    return f'curl -sS {url} -H "Authorization: Bearer ${variable}"'


_LINES_A_CHUNK = 500

_PLAIN: dict[str, Callable[[Any], str]] = {
    "created": fmt.absolute,
    "updated": fmt.absolute,
    "record_expires": fmt.absolute,
    "left": lambda raw: fmt.absolute(raw[0]),
    "tokens": str,
    "size": str,
    "rating": lambda raw: str(raw[0] or ""),
    "prompt": lambda raw: raw[1],
    "queue_time": fmt.number,
    "run_time": fmt.number,
    "cost": lambda raw: f"{raw[0]:.4f} {raw[1]}",
    "charged": lambda raw: f"{raw[0]:.6f} {raw[1]}",  # a unit of new-api's quota is 0.000002 USD
}


def _alone(plain: Callable[[Any], str]) -> Callable[[Any, Task, Context], str]:
    return lambda raw, _task, _ctx: plain(raw)


_ONE_VALUE = {name: _alone(plain) for name, plain in _PLAIN.items()}

#: Columns whose text is not made of their key, and is there without one or empty.
_OF_TASK = frozenset({"name", "status", "state", "parameters"})


def csv_chunks(tasks: Iterable[Task], ctx: Context, columns: Sequence[str]) -> Iterator[str]:
    """A table with a title line, some hundred lines at a time; times are absolute, numbers plain,
    what is missing is empty.

    Args:
        columns: Ids of columns; the poster and unknown ones are left out. After them stand pick
            or reject, and the flags of each task in the words of `list --json`.
    """
    shown = [BY_ID[name] for name in columns if name in BY_ID and name != "poster"]
    writers = [
        (
            None if column.id in _OF_TASK else column.key,
            _ONE_VALUE.get(column.id) or column.writer(),
        )
        for column in shown
    ]
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    titles = (tr("Rating") if column.id == "rating" else column.title() for column in shown)
    write([*map(guarded, titles), tr("Choice"), tr("Flags")])
    for number, task in enumerate(tasks, 1):
        account = ctx.accounts.get(task.key.account)
        row = []
        for key, text in writers:
            raw = key(task, account) if key else ""
            row.append("" if raw is None else guarded(text(raw, task, ctx)))
        write([*row, pick_word(task.mark.pick), " ".join(_flags(task))])
        if number % _LINES_A_CHUNK == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def shot_facts(task: Task, account: Account) -> dict[str, Any]:
    """What an editing program keeps with a clip."""
    mark = task.mark
    return {
        "id": task.id,
        "account": account.name,
        "service": account.service.value,
        "model": task.report.model,
        "seed": task.report.seed,
        "name": mark.name,
        "rating": mark.rating,
        "pick": mark.pick.value,
        "tags": mark.tags,
        "prompt": mark.prompt,
    }


def json_chunks(
    tasks: Iterable[Task], accounts: Mapping[str, Account], now: float, *, as_lines: bool
) -> Iterator[str]:
    """The objects of `list --json`: one on a line, or one array of all."""
    before = "" if as_lines else "[\n"
    for task in tasks:
        line = task_line(task, accounts[task.key.account], now)
        yield before + json_text(line)
        before = "\n" if as_lines else ",\n"
    yield "\n" if as_lines else f"{'' if before.startswith(',') else before}\n]\n"


def _flags(task: Task) -> list[str]:
    """The words of `list --json`: the task's flags, and `found_by_search` of its files."""
    if not (task.flags or task.report.links):  # nearly all, and this is done 100,000 times
        return []
    by_search = any(is_found_by_search(task, artifact) for artifact in task.artifacts)
    found = {flag.value for flag in task.flags} | ({"found_by_search"} if by_search else set())
    return sorted(found)


#: What a formula begins with, behind whatever space; full-width where Chinese is written.
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    is_one = cell.startswith(("\t", "\r", "\n")) or cell.lstrip().startswith(_FORMULAS)
    return f"'{cell}" if is_one else cell
