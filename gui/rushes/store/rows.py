"""Values ↔ rows. No SQL here, and nothing a service says can fail to be written.

Text that is not valid Unicode (a lone surrogate in a pasted id, a POSIX path in another
encoding) is kept as a BLOB and comes back as it was; SQLite compares both kinds as they are.
"""

import enum
import json
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import wraps
from types import FunctionType
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast, get_args, get_type_hints

import msgspec

from rushes.core.account import Account, OwnPrice
from rushes.core.eta import Run
from rushes.core.film import FileFacts
from rushes.core.pace import wants_look
from rushes.core.presence import KeptFile
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Event,
    Flag,
    Key,
    Mark,
    Pick,
    Report,
    Status,
    Task,
)
from rushes.store.errors import DamagedContent

log = logging.getLogger(__name__)

Row = tuple[Any, ...]
#: JSON that this program did not write.
_UNREADABLE = (msgspec.ValidationError, ValueError, TypeError, RecursionError)
P = ParamSpec("P")
T = TypeVar("T")

TASK_COLUMNS: Final = (
    "account, id, added_at, status, model, created_at, updated_at, deadline, kept, is_due, "
    "report, flags, name, rating, pick, tags, note, last_seen_at, asked_at, misses, rechecks, "
    "watched, seen, grp, prompt, refs"
)
_REPORT_DEFAULTS = {f.name: f.default for f in fields(Report) if f.name not in {"id", "raw"}}
_encode = msgspec.json.Encoder().encode


def text(value: str) -> str | bytes:
    """What SQLite can hold of a string: itself, or its bytes when it is not valid Unicode."""
    if not value.isascii():  # most are
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
        DamagedContent
    """

    @wraps(read)
    def reading(*args: P.args, **more: P.kwargs) -> T:
        try:
            return read(*args, **more)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as e:
            raise DamagedContent(f"a row cannot be read: {type(e).__name__}") from e

    return reading


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def _integer(value: int) -> int:
    """SQLite holds 64 bits; a server may say more (`X-Tos-Max-Requests` is its own string)."""
    return max(-(2**63), min(value, 2**63 - 1))


def _struct_of(kind: type[T]) -> type[T]:
    """A type with the fields and properties of a dataclass, whose values are made in C: in a tenth
    of the time, where 100,000 of them are read to be written out. They equal none of `kind`."""
    hints = get_type_hints(kind)
    spec: list[Any] = []
    for each in fields(kind):  # type: ignore[arg-type]
        told: list[Any] = [each.name, hints[each.name]]
        if each.default is not MISSING:
            told.append(each.default)
        elif each.default_factory is not MISSING:
            told.append(msgspec.field(default_factory=each.default_factory))
        spec.append(tuple(told))
    public: dict[str, Any] = {
        name: value
        for name, value in vars(kind).items()
        if not name.startswith("_") and isinstance(value, (property, FunctionType))
    }
    like = ("__post_init__", "__dataclass_fields__")  # the latter: for `replace`
    public |= {name: vars(kind)[name] for name in like if name in vars(kind)}
    public["__repr__"] = object.__repr__  # links are secret
    return cast(
        type[T], msgspec.defstruct(kind.__name__, spec, namespace=public, kw_only=True, eq=False)
    )


class Columns(Generic[T]):
    """How the values of a dataclass lie in a table: each field in a column of its name.

    Attributes:
        names: The columns, for a statement.
        marks: As many question marks.
    """

    def __init__(self, kind: type[T], *, without: frozenset[str] = frozenset()) -> None:
        """`without`: fields that are not kept."""
        hints = get_type_hints(kind)
        fields_ = [f.name for f in fields(kind) if f.name not in without]  # type: ignore[arg-type]
        self._kind = kind
        self._fields = {name: _codec(hints[name]) for name in fields_}
        self._names = tuple(fields_)
        self._readers = [read for _, read in self._fields.values()]
        self.names = ", ".join(fields_)
        self.marks = placeholders(fields_)

    def row(self, value: T) -> Row:
        return tuple(write(getattr(value, name)) for name, (write, _) in self._fields.items())

    @_reads
    def read(self, row: Row) -> T:
        told = zip(self._readers, row, strict=True)
        values = [value if read is None else read(value) for read, value in told]
        return self._kind(**dict(zip(self._names, values, strict=True)))


#: How a value is written, and how it is read; None: as it is.
Codec = tuple[Callable[[Any], Any], Callable[[Any], Any] | None]


def prices(value: Sequence[OwnPrice]) -> str:
    return json.dumps(msgspec.to_builtins(value))


def _read_prices(stored: str) -> tuple[OwnPrice, ...]:
    try:
        return msgspec.convert(json.loads(stored), tuple[OwnPrice, ...])
    except _UNREADABLE as e:
        # The account must not be lost for its prices: what it costs is counted by the list again.
        log.warning("the own prices of an account cannot be read: %s", e)
        return ()


def _film(value: FileFacts) -> str:
    return _encode(value).decode()


def _read_film(stored: str) -> FileFacts | None:
    try:
        return msgspec.json.decode(stored, type=FileFacts)
    except _UNREADABLE:  # read again from the film
        return None


def _codec(hint: Any) -> Codec:
    """How values of a type are written and read."""
    if hint == tuple[OwnPrice, ...]:
        return prices, _read_prices
    if hint is FileFacts:
        return _film, _read_film
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if kinds:  # or nothing
        write, read = _codec(kinds[0])
        return (
            lambda value: None if value is None else write(value),
            read and (lambda value: None if value is None else read(value)),
        )
    if issubclass(hint, enum.Enum):
        return (lambda value: value.value), {each.value: each for each in hint}.__getitem__
    plain: dict[type, Codec] = {
        str: (text, read_text),
        bool: (bool, bool),
        int: (_integer, None),
        float: (float, None),
    }
    return plain[hint]


def placeholders(values: Collection[object]) -> str:
    """A question mark for each of the values, or columns."""
    return ", ".join("?" * len(values))


ACCOUNT: Final = Columns(Account)
EVENT: Final = Columns(Event)
RUN: Final = Columns(Run)


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


@dataclass(frozen=True, slots=True)
class TaskReader:
    """Makes tasks of rows.

    Attributes:
        artifacts: How their files lie in a table.
    """

    task: type[Task]
    mark: type[Mark]
    decode: Callable[[str], Report]
    artifacts: Columns[Artifact]

    @classmethod
    def of(cls, make: Callable[[type[Any]], type[Any]]) -> "TaskReader":
        """`make` gives the type of the values that are read, of each dataclass."""
        return cls(
            make(Task),
            make(Mark),
            msgspec.json.Decoder(make(Report)).decode,
            Columns(make(Artifact), without=frozenset({"received"})),
        )

    @_reads
    def read(self, row: Row, artifacts: tuple[Artifact, ...]) -> Task:
        """A task from the values of `TASK_COLUMNS`; its report comes without the raw answer."""
        (account, id_, added_at, status, _, _, _, _, _, _, report, flags, name, rating) = row[:14]
        (pick, tags, note, last_seen_at, asked_at, misses, rechecks) = row[14:21]
        (watched, seen, group, prompt, references) = row[21:]
        key = Key(read_text(account), read_text(id_))
        return self.task(
            key=key,
            report=self._report(report, key, _STATUS[status]),
            added_at=added_at,
            artifacts=artifacts,
            flags=frozenset(map(Flag, flags.split())) if flags else frozenset(),
            mark=self.mark(
                name=read_text(name),
                rating=rating,
                pick=_PICK[pick],
                tags=_read_words(tags),
                note=read_text(note),
                group=read_text(group),
                prompt=read_text(prompt),
                references=_read_words(references),
            ),
            last_seen_at=last_seen_at,
            asked_at=asked_at,
            misses=misses,
            rechecks=rechecks,
            watched=bool(watched),
            seen=bool(seen),
        )

    def _report(self, stored: str, key: Key, status: Status) -> Report:
        try:
            return self.decode(stored)
        except _UNREADABLE:
            return _read_report(stored, key, status)


_STATUS: Final = {each.value: each for each in Status}
_PICK: Final = {each.value: each for each in Pick}


def _read_words(stored: str) -> tuple[str, ...]:
    return () if stored == "[]" else tuple(json.loads(stored))  # mostly there are none


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
    except _UNREADABLE:
        return False


def _report(stored: str) -> Report:
    try:
        return WHOLE.decode(stored)
    except (msgspec.DecodeError, UnicodeDecodeError):  # escaped surrogates, see `_report_json`
        return msgspec.convert(json.loads(stored), Report)


def _read_report(stored: str, key: Key, status: Status) -> Report:
    try:
        return _report(stored)
    except _UNREADABLE as e:
        # One unreadable record must not close the whole list; the next answer fills it again.
        log.warning("the record of one task cannot be read: %s", e)
        return Report(id=key.id, status=status)


#: Reads what the rest of the program holds, compares and changes.
WHOLE: Final = TaskReader.of(lambda kind: kind)
#: Reads what is written out and let go of.
TO_WRITE_OUT: Final = TaskReader.of(_struct_of)

ARTIFACT: Final = WHOLE.artifacts
