"""Values ↔ rows. No SQL here, and nothing a service says can fail to be written.

Text that is not valid Unicode (a lone surrogate in a pasted id, a POSIX path in another
encoding) is kept as a BLOB and comes back as it was; SQLite compares both kinds as they are.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import fields, replace
from enum import Enum
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import msgspec

from rushes.core.account import Account
from rushes.core.eta import Run
from rushes.core.pace import wants_look
from rushes.core.presence import KeptFile
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Checked,
    Event,
    Flag,
    Key,
    Mark,
    Pick,
    Report,
    Status,
    Task,
)
from rushes.store.errors import Unreadable

log = logging.getLogger(__name__)

Row = tuple[Any, ...]
P = ParamSpec("P")
T = TypeVar("T")

#: Those of an account are its fields, in their order, with the type of each.
ACCOUNT_COLUMNS: Final[dict[str, Any]] = {each.name: each.type for each in fields(Account)}
TASK_COLUMNS: Final = (
    "account, id, added_at, status, model, created_at, updated_at, deadline, kept, is_due, "
    "report, flags, name, rating, pick, tags, note, last_seen_at, asked_at, misses, rechecks, "
    "watched, seen, grp, prompt, refs"
)
ARTIFACT_COLUMNS: Final = (
    "kind, state, url, expires_at, expires_inferred, max_requests, path, size, mtime_ns, sha256, "
    "problem, refusals, next_try_at, checked, damaged, playable"
)

_REPORT_DEFAULTS = {f.name: f.default for f in fields(Report) if f.name not in {"id", "raw"}}
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Report).decode


def text(value: str) -> str | bytes:
    """What SQLite can hold of a string: itself, or its bytes when it is not valid Unicode."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
    return value


def read_text(value: str | bytes) -> str:
    """Raises TypeError for what was never text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogatepass")
    if not isinstance(value, str):
        raise TypeError(f"unexpected {type(value).__name__}")
    return value


def _reads(read: Callable[P, T]) -> Callable[P, T]:
    """Values that this program never writes are damage of the file, not a bug.

    Raises:
        Unreadable
    """

    @wraps(read)
    def reading(*args: P.args, **more: P.kwargs) -> T:
        try:
            return read(*args, **more)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as e:
            raise Unreadable(f"a row cannot be read: {type(e).__name__}") from e

    return reading


def account_row(account: Account) -> Row:
    """The values of `ACCOUNT_COLUMNS`."""
    return tuple(_stored(getattr(account, name)) for name in ACCOUNT_COLUMNS)


def _stored(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return text(value) if isinstance(value, str) else value


@_reads
def read_account(row: Row) -> Account:
    values: dict[str, Any] = {
        name: read_text(value) if kind is str else kind(value)
        for (name, kind), value in zip(ACCOUNT_COLUMNS.items(), row, strict=True)
    }
    return Account(**values)


def task_row(task: Task) -> Row:
    """The values of `TASK_COLUMNS`."""
    report, mark = task.report, task.mark
    return (
        text(task.key.account),
        text(task.key.id),
        float(task.added_at),
        report.status.value,
        None if report.model is None else text(report.model),
        _real(report.created_at),
        _real(report.updated_at),
        _real(task.deadline),
        _kept(task),
        wants_look(task),
        _report_json(report),
        " ".join(sorted(flag.value for flag in task.flags)),
        text(mark.name),
        mark.rating,
        mark.pick.value,
        json.dumps(mark.tags),
        text(mark.note),
        _real(task.last_seen_at),
        _real(task.asked_at),
        task.misses,
        task.rechecks,
        task.watched,
        task.seen,
        text(mark.group),
        text(mark.prompt),
        json.dumps(mark.references),
    )


@_reads
def read_task(row: Row, artifacts: tuple[Artifact, ...]) -> Task:
    """A task from the values of `TASK_COLUMNS`; its report comes without the raw answer."""
    (account, id_, added_at, status, _, _, _, _, _, _) = row[:10]
    (report, flags, name, rating, pick, tags, note) = row[10:17]
    (last_seen_at, asked_at, misses, rechecks, watched, seen, group, prompt, references) = row[17:]
    key = Key(read_text(account), read_text(id_))
    return Task(
        key=key,
        report=_read_report(report, key, Status(status)),
        added_at=added_at,
        artifacts=artifacts,
        flags=frozenset(map(Flag, flags.split())),
        mark=Mark(
            name=read_text(name),
            rating=rating,
            pick=Pick(pick),
            tags=tuple(json.loads(tags)),
            note=read_text(note),
            group=read_text(group),
            prompt=read_text(prompt),
            references=tuple(json.loads(references)),
        ),
        last_seen_at=last_seen_at,
        asked_at=asked_at,
        misses=misses,
        rechecks=rechecks,
        watched=bool(watched),
        seen=bool(seen),
    )


def artifact_row(artifact: Artifact) -> Row:
    """The values of `ARTIFACT_COLUMNS`. Bytes received so far are not kept."""
    return (
        artifact.kind.value,
        artifact.state.value,
        text(artifact.url),
        _real(artifact.expires_at),
        artifact.expires_inferred,
        _integer(artifact.max_requests),
        None if artifact.path is None else text(artifact.path),
        _integer(artifact.size),
        _integer(artifact.mtime_ns),
        artifact.sha256,
        text(artifact.problem),
        artifact.refusals,
        _real(artifact.next_try_at),
        artifact.checked.value if artifact.checked else None,
        artifact.damaged,
        artifact.playable,
    )


@_reads
def read_artifact(row: Row) -> Artifact:
    kind, state, url, expires_at, inferred, max_requests, path, size, mtime_ns, sha256 = row[:10]
    why, refusals, next_try_at, checked, damaged, playable = row[10:]
    return Artifact(
        kind=ArtifactKind(kind),
        state=ArtifactState(state),
        url=read_text(url),
        expires_at=expires_at,
        expires_inferred=bool(inferred),
        max_requests=max_requests,
        path=None if path is None else read_text(path),
        size=size,
        mtime_ns=mtime_ns,
        sha256=sha256,
        problem=read_text(why),
        refusals=refusals,
        next_try_at=next_try_at,
        checked=Checked(checked) if checked else None,
        damaged=bool(damaged),
        playable=None if playable is None else bool(playable),
    )


def read_kept_file(row: Row) -> KeptFile:
    account, id_, kind, state, path, size, mtime_ns, sha256 = row
    return KeptFile(
        Key(read_text(account), read_text(id_)),
        ArtifactKind(kind),
        ArtifactState(state),
        None if path is None else read_text(path),
        size,
        mtime_ns,
        sha256,
    )


def event_row(event: Event) -> Row:
    return float(event.at), event.what, text(event.old), text(event.new)


@_reads
def read_event(row: Row) -> Event:
    at, what, old, new = row
    return Event(at=at, what=what, old=read_text(old), new=read_text(new))


def run_row(run: Run) -> Row:
    return (
        None if run.model is None else text(run.model),
        None if run.resolution is None else text(run.resolution),
        _real(run.duration_s),
        float(run.total_s),
        _real(run.ran_s),
        float(run.ended_at),
    )


@_reads
def read_run(row: Row) -> Run:
    model, resolution, duration_s, total_s, ran_s, ended_at = row
    return Run(
        model=None if model is None else read_text(model),
        resolution=None if resolution is None else read_text(resolution),
        duration_s=duration_s,
        total_s=total_s,
        ran_s=ran_s,
        ended_at=ended_at,
    )


def without_raw(task: Task) -> Task:
    """The task as it is read from the store: the raw answer is kept apart."""
    return replace(task, report=replace(task.report, raw="")) if task.report.raw else task


def _kept(task: Task) -> str | None:
    """What `Task.kept` will say after a restart, when nothing is being saved."""
    kept = task.kept
    if kept is ArtifactState.SAVING:
        return ArtifactState.REMOTE.value
    return kept.value if kept else None


def _report_json(report: Report) -> str:
    said = {
        name: value
        for name, default in _REPORT_DEFAULTS.items()
        if (value := getattr(report, name)) != default
    }
    said["id"] = report.id
    try:
        return _encode(said).decode()
    except UnicodeEncodeError:  # a lone surrogate: the slower encoder escapes it
        return json.dumps(msgspec.to_builtins(said))


def is_report(stored: object) -> bool:
    """Whether this is what `TASK_COLUMNS` keep of an answer, in a form this program writes."""
    try:
        return isinstance(stored, str) and bool(_report(stored))
    except _NO_REPORT:
        return False


_NO_REPORT = (msgspec.ValidationError, ValueError, RecursionError)


def _report(stored: str) -> Report:
    try:
        return _decode(stored)
    except (msgspec.DecodeError, UnicodeDecodeError):  # escaped surrogates, see `_report_json`
        return msgspec.convert(json.loads(stored), Report)


def _read_report(stored: str, key: Key, status: Status) -> Report:
    try:
        return _report(stored)
    except _NO_REPORT as e:
        # One unreadable record must not close the whole list; the next answer fills it again.
        log.warning("the record of one task cannot be read: %s", e)
        return Report(id=key.id, status=status)


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def _integer(value: int | None) -> int | None:
    """SQLite holds 64 bits; a server may say more (`X-Tos-Max-Requests` is its own string)."""
    return None if value is None else max(-(2**63), min(value, 2**63 - 1))
