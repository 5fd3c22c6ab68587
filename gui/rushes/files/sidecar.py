"""The JSON beside a saved file: how it was made, for whoever finds the file without the program.

Holds no URL and no key; of a reference image its file's name. Written once with the file; what a
user thinks of it later is not in it.
"""

import errno
import glob
import json
import os
import re
import stat
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec

from rushes.core.account import Account
from rushes.core.failure import Failure
from rushes.core.incoming import Incoming
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Checked, Report, Task
from rushes.files.filenames import numbered
from rushes.files.folder import Folder
from rushes.presentation.add_lines import LONGEST_ID
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import flag_sentences
from rushes.system.disk import failure_of, open_regular

#: Raised with every change that a reader of older files has to know about.
SCHEMA = 1

PROGRAM = "Rushes"
#: No sidecar is larger, apart from one that somebody put there.
_MOST_BYTES = 4 * 2**20

#: Never in a sidecar: the links are bearer capabilities, and the raw answer holds them too.
_LEFT_OUT = frozenset({"links", "raw"})
#: Names that do not say their unit by themselves.
_UNITS = {
    "created_at": "created_at_unix_s",
    "updated_at": "updated_at_unix_s",
    "started_at": "started_at_unix_s",
    "finished_at": "finished_at_unix_s",
    "fps": "frames_per_second",
}
#: Begins where a word begins: a long text without a link is looked through once, not n times.
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]*:/{2}[^\s\"'<>]*", re.IGNORECASE)


def path_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def is_ours(text: bytes) -> bool:
    """Whether a file beside a film was written by this program: only such a one is replaced."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("program") == PROGRAM and "file" in found


def content(task: Task, artifact: Artifact, account: Account) -> bytes:
    """The sidecar of one saved file, as UTF-8 JSON. What the service did not report is null."""
    said = {_UNITS.get(f.name, f.name): getattr(task.report, f.name) for f in fields(Report)}
    document = {
        "schema": SCHEMA,
        "program": PROGRAM,
        "file": {
            "name": Path(artifact.path or "").name,
            "kind": artifact.kind.value,
            "size_bytes": artifact.size,
            "sha256": artifact.sha256,
            "checked": artifact.checked.value if artifact.checked else None,
            "damaged": artifact.damaged,
        },
        "account": {"name": account.name, "service": account.service.value},
        "name": task.mark.name,
        "prompt": task.mark.prompt,
        "references": [_file_name(reference) for reference in task.mark.references],
        "task": _plain({k: v for k, v in said.items() if k not in _LEFT_OUT}),
        "flag_notes": {flag.value: told for flag, told in flag_sentences(task).items()},
    }
    text = json.dumps(_without_urls(document), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode(errors="replace")


def write(task: Task, artifact: Artifact, account: Account) -> Failure | None:
    """Write a sidecar into the folder in which the file really lies, over an older one of ours. A
    file of the user's that has its name stays, and ours gets a number. Blocks.

    Raises:
        ValueError: the artifact is not saved.
    """
    if artifact.path is None:
        raise ValueError("a sidecar belongs to a saved file")
    file, text = Path(artifact.path), content(task, artifact, account)
    try:
        folder = Folder(file.parent)
        try:
            state = folder.state(file.name)
            if state is None or state.st_size != artifact.size:
                raise OSError(errno.ESTALE, "the folder was moved or replaced meanwhile")
            with _writing:
                _write_numbered(folder, path_beside(file), text)
        finally:
            folder.close()
    except OSError as e:
        return failure_of(e)
    return None


def remove(file: Path, task: Task, artifact: Artifact) -> None:
    """Remove what `write` left beside a file of this path; what is not about it stays. Blocks.

    Raises:
        OSError: it is in use, or the folder cannot be written.
    """
    told = SidecarFacts(task.id, artifact.kind.value, artifact.size, artifact.sha256)
    beside = path_beside(file)
    for path in (beside, *file.parent.glob(f"{glob.escape(beside.stem)} (*){beside.suffix}")):
        if read(path) == told:
            path.unlink()


#: Two takes with the same bytes and the same name share one file: their sidecars have one name,
#: too, and are written at the same moment when they are saved together.
_writing = threading.Lock()


def _write_numbered(folder: Folder, wanted: Path, content: bytes) -> None:
    for path in numbered(wanted):
        ours = _holds_ours(folder, path.name)
        if ours is not False:
            folder.write(path.name, content, over=ours is True)
            return


def _holds_ours(folder: Folder, name: str) -> bool | None:
    """Whether that name is one of our sidecars; None: nothing has it."""
    try:
        fd = folder.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError:  # a link, or not to be read: not ours
        return False
    with FileIO(fd) as file:
        plain = stat.S_ISREG(os.fstat(fd).st_mode)
        return plain and is_ours(file.read(_MOST_BYTES) or b"")


@dataclass(frozen=True, slots=True)
class SidecarFacts:
    """What a sidecar says about its file."""

    task_id: object
    kind: object
    size: object
    sha256: object


def read(path: Path) -> SidecarFacts | None:
    """What the sidecar at `path` says; None when there is none, or it is not one of ours."""
    try:
        with open_regular(path) as file:
            document = json.loads(file.read(_MOST_BYTES))
        told = document["file"]
        return SidecarFacts(
            document["task"]["id"], told["kind"], told["size_bytes"], told["sha256"]
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOnDisk:
    """A saved file, and the take that its sidecar says it is of.

    Attributes:
        account, service: The name of the account, and the service's word, where it was saved.
        artifact: The file, as a row has it.
        incoming: Its id, and what the user said of it there.
    """

    account: str
    service: str
    report: Report
    artifact: Artifact
    incoming: Incoming


def take_of(file: Path) -> FileOnDisk | None:
    """The take of a saved file by what lies beside it. None: nothing of ours does, or what does is
    about another file. Blocks.

    Raises:
        OSError: the file cannot be read.
    """
    state = file.stat()
    beside = path_beside(file)
    for path in (beside, *file.parent.glob(f"{glob.escape(beside.stem)} (*){beside.suffix}")):
        try:
            with open_regular(path) as opened:
                text = opened.read(_MOST_BYTES)
            # Not `json`: it takes numbers that no JSON has, and text that is none.
            found = _take(msgspec.json.decode(text)) if is_ours(text) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        if found is not None and found.artifact.size == state.st_size:
            artifact = replace(
                found.artifact, path=str(file.absolute()), mtime_ns=state.st_mtime_ns
            )
            return replace(found, artifact=artifact)
    return None


def _take(document: Mapping[str, Any]) -> FileOnDisk:
    told, said = document["file"], dict(document["task"])
    for name, with_unit in _UNITS.items():
        said[name] = said.pop(with_unit, None)
    given = {k: v for k, v in said.items() if v is not None and k not in _LEFT_OUT}
    inner = [value for v in given.values() if isinstance(v, dict) for value in v.values()]
    if any(isinstance(v, int) and not -(2**63) <= v < 2**63 for v in (*given.values(), *inner)):
        raise ValueError("a number that no service gives")
    report: Report = msgspec.convert(given, Report)
    if not report.id.strip() or len(report.id) > LONGEST_ID:
        raise ValueError("a task without an id")
    checked = told.get("checked")
    return FileOnDisk(
        account=one_line(str(document["account"]["name"]), 120),
        service=str(document["account"]["service"]),
        report=report,
        artifact=Artifact(
            kind=ArtifactKind(told["kind"]),
            state=ArtifactState.SAVED,
            size=int(told["size_bytes"]),
            sha256=str(told["sha256"]) if told["sha256"] else None,
            checked=Checked(checked) if checked else None,
            damaged=bool(told.get("damaged")),
        ),
        incoming=Incoming(
            report.id,
            prompt=str(document.get("prompt") or ""),
            references=tuple(map(str, document.get("references") or ())),
            name=str(document.get("name") or ""),
        ),
    )


def _file_name(reference: str) -> str:
    is_address = "://" in reference
    return reference.partition("?")[0].rpartition("/")[2] if is_address else reference


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(values)
    plain["status"] = values["status"].value
    plain["flags"] = sorted(flag.value for flag in values["flags"])
    for name in ("usage", "charged", "error"):
        plain[name] = asdict(values[name]) if values[name] is not None else None
    return plain


def _without_urls(value: Any) -> Any:
    """A service's words may quote a link; a link is not for keeping. No number JSON cannot hold."""
    match value:
        case str():
            return _URL.sub("[link]", value)
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case Mapping():
            return {key: _without_urls(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_without_urls(inner) for inner in value]
    return value
