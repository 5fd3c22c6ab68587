"""What a saved file is called: the user's template, filled in with what is known of a take.

Only words are made here; which characters a file system allows is the business of
`files/filenames.py`. A value never adds a folder: only the template's own slashes do.

Grammar: ``{name}`` · ``{name|seed|untitled}`` the first that has a value, a last word that is no
token stands for itself · ``{date:%Y%m%d}`` · ``{{`` and ``}}`` for the braces themselves.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from rushes.core.account import Account
from rushes.core.short_ids import is_wrapped
from rushes.core.task import ArtifactKind, Task

#: Stands in a file name for {sha8} until the file is there and its hash is known.
SHA8_LATER = "{sha8}"

#: Longest part a single value may take, in UTF-8 bytes: the id after a long name must survive.
MAX_VALUE_BYTES = 100

#: Token → how a time is written when the template does not say.
_TIMES = {"date": "%Y-%m-%d", "time": "%H%M%S", "created": "%Y%m%d-%H%M%S"}

# fmt: off
TOKENS = frozenset({
    "name", "prompt", "seed", "id", "id8", "model", "model_short", "account", "service", "status",
    "resolution", "width", "height", "ratio", "duration", "fps", "frames", "audio", "tier",
    "draft", "tokens", "cost", "rating", "tags", "date", "time", "created", "take", "kind",
    "ext", "sha8",
})
# fmt: on

#: Two files of one task never mean the same name, unless {kind} tells them apart already.
_SUFFIX = {ArtifactKind.LAST_FRAME.value: "_last", ArtifactKind.ORIGINAL_VIDEO.value: "_original"}

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+")
_STRFTIME = re.compile(r"(?:[^%]|%[aAbBdfGHIjmMpSuUVwWyY%])+")
_WRITTEN_EXT = re.compile(r"\.(?:mp4|mov|png|jpe?g|webp|zip|glb)$", re.IGNORECASE)
_VENDOR = re.compile(r"^(?:doubao|dreamina|bytedance|byteplus|volcengine|volc)[-_/]", re.IGNORECASE)
_RELEASE = re.compile(r"[-_](?:20)?\d{6}$")
#: "-2-0" in a model's name: two numbers of one digit, not a date.
_VERSION = re.compile(r"-(\d)-(\d)(?!\d)")
_GAP = "\0"  # where a value was missing


class BadTemplate(ValueError):
    """Not usable as a template. `args[0]` is one sentence fragment that says why."""


@dataclass(frozen=True, slots=True)
class _Choice:
    token: str = ""  # "": `text` stands for itself
    text: str = ""  # of a time: its strftime format


_Field = tuple[_Choice, ...]
Values = Mapping[str, str | datetime | None]


def check(template: str) -> None:
    """Raises BadTemplate unless `render` can fill `template` in for every take."""
    pieces = _parse(template)
    if not pieces:
        raise BadTemplate("it is empty")
    outline = "".join(p if isinstance(p, str) else "x" for p in pieces)
    if outline.startswith("/") or re.match(r"[A-Za-z]:", outline):
        raise BadTemplate("it must name a place inside the folder, not start at the root")
    if {".", ".."} & set(outline.split("/")):
        raise BadTemplate("it leads out of the folder")
    if outline.endswith("/"):
        raise BadTemplate("it ends with a folder and names no file")
    hashed = "".join(p if isinstance(p, str) else _GAP * _names(p, "sha8") for p in pieces)
    if _GAP in hashed.rpartition("/")[0]:
        raise BadTemplate("{sha8} is known only after the download and cannot name a folder")


def render(template: str, values: Values) -> str:
    """Fill in; "/" separates folders, the last part ends with ".ext".

    Raises:
        BadTemplate: as `check`.
    """
    check(template)
    pieces = _parse(template)
    text = "".join(p if isinstance(p, str) else _fill(p, values) for p in pieces)
    *folders, stem = (_tidy(part) for part in text.split("/"))
    stem = stem or _text(values.get("id8")) or "take"
    if not any(_names(p, "kind") for p in pieces if not isinstance(p, str)):
        stem += _SUFFIX.get(_text(values.get("kind")), "")
    return "/".join([*filter(None, folders), f"{stem}.{_text(values.get('ext')) or 'bin'}"])


@lru_cache
def model_short(model: str) -> str:
    """``doubao-seedance-2-0-260128`` → ``seedance-2-0``: no vendor, no release date."""
    short = _RELEASE.sub("", _VENDOR.sub("", model.strip()))
    return short or model


@lru_cache
def model_title(model: str) -> str:
    """``doubao-seedance-1-5-pro-251215`` → "Seedance 1.5 pro"; names of other kinds as they are."""
    short = model_short(model)
    if not short.startswith("seed"):
        return short
    title = _VERSION.sub(r" \1.\2", short).replace("-", " ").capitalize()
    return title.replace("Seed3d", "Seed3D")


def id8(task_id: str) -> str:
    """Eight characters that tell ids apart: the last ones, or, where ids of one gateway end alike,
    the first of its hash."""
    if is_wrapped(task_id):
        return hashlib.sha256(task_id.encode()).hexdigest()[:8]
    return re.sub("[-_. ]", "", task_id)[-8:]


def values_of(
    task: Task, kind: ArtifactKind, account: Account, ext: str, zone: tzinfo | None = None
) -> dict[str, str | datetime | None]:
    """Everything the tokens can say about one file of `task`. None: not known.

    Args:
        zone: For the dates; None is this computer's own.
    """
    report, mark = task.report, task.mark
    created = _moment(report.created_at, zone) or _moment(task.added_at, zone)
    artifact = task.artifact(kind)
    sha256 = artifact.sha256 if artifact else None
    usage = report.usage
    tokens = usage and (usage.billed_tokens or usage.total_tokens or usage.completion_tokens)
    return {
        "name": mark.name,
        "prompt": mark.prompt,
        "seed": _number(report.seed),
        "id": task.id,
        "id8": id8(task.id),
        "model": report.model,
        "model_short": model_short(report.model) if report.model else None,
        "account": account.name,
        "service": account.service.value,
        "status": report.status.value,
        "resolution": report.resolution,
        "ratio": report.ratio and report.ratio.replace(":", "x"),
        "duration": _number(report.duration_s),
        "fps": _number(report.fps),
        "frames": _number(report.frames),
        "audio": "audio" if report.audio else None,
        "tier": report.tier,
        "draft": "draft" if report.draft else None,
        "tokens": _number(tokens or None),
        "rating": _number(mark.rating or None),
        "tags": " ".join(mark.tags),
        "date": created,
        "time": created,
        "created": created,
        "kind": kind.value,
        "ext": ext,
        "sha8": sha256[:8] if sha256 else SHA8_LATER,
    }


def _parse(template: str) -> list[str | _Field]:
    if any(not c.isprintable() for c in template):
        raise BadTemplate("it contains an invisible character")
    pieces = list(_pieces(template))
    # The extension is always put last, so one written there is taken off first.
    if pieces and not isinstance(pieces[-1], str) and _names(pieces[-1], "ext"):
        pieces.pop()
        if pieces and isinstance(pieces[-1], str):
            pieces[-1] = pieces[-1].removesuffix(".")
    elif pieces and isinstance(pieces[-1], str):
        pieces[-1] = _WRITTEN_EXT.sub("", pieces[-1])
    return [p for p in pieces if p]


def _pieces(template: str) -> Iterator[str | _Field]:
    at = 0
    while at < len(template):
        found = _PIECE.match(template, at)
        if found is None:
            raise BadTemplate("a { or } stands alone; write {{ or }} for the brace itself")
        if found[1] is not None:
            yield _field(found[1])
        elif found[0] in ("{{", "}}"):
            yield found[0][0]
        else:
            yield found[0].replace("\\", "/")  # what a Windows user means by it
        at = found.end()


def _field(inside: str) -> _Field:
    choices: list[_Choice] = []
    words = inside.split("|")
    for number, word in enumerate(words):
        token, colon, style = word.partition(":")
        if token not in TOKENS:
            if number == 0:
                raise BadTemplate(f"{{{token}}} is not a token")
            if number < len(words) - 1:
                raise BadTemplate(f"“{word}” is not a token, so what follows it is never used")
            choices.append(_Choice(text=re.sub(r"[/\\]", "_", word)))
            continue
        if colon and token not in _TIMES:
            raise BadTemplate(f"{{{token}}} takes no format; only date, time and created do")
        if colon and not _STRFTIME.fullmatch(style):
            raise BadTemplate(f"“{style}” is not a date format")
        choices.append(_Choice(token, style.replace("\\", "/") or _TIMES.get(token, "")))
    return tuple(choices)


def _names(field: str | _Field, token: str) -> bool:
    return not isinstance(field, str) and any(c.token == token for c in field)


def _fill(field: _Field, values: Values) -> str:
    for choice in field:
        value = values.get(choice.token) if choice.token else choice.text
        text = value.strftime(choice.text) if isinstance(value, datetime) else _text(value)
        if text:
            return text
    return _GAP


def _text(value: str | datetime | None) -> str:
    """A value as it may stand in a name: one line, no slash, not overly long."""
    if value is None or isinstance(value, datetime):
        return ""
    line = re.sub(r"[\x00-\x1f/\\]+", "_", value.strip())
    return line.encode(errors="ignore")[:MAX_VALUE_BYTES].decode(errors="ignore")


def _tidy(part: str) -> str:
    """Close the gaps: of the separators around a missing value only one side stays."""
    part = re.sub(rf"[(\[]{_GAP}+[)\]]", _GAP, part)

    def closed(gap: re.Match[str]) -> str:
        inside = gap.start() > 0 and gap.end() < len(part)
        return (gap[1] or gap[2]) if inside else ""

    return re.sub(rf"([ _.,-]*){_GAP}(?:[ _.,-]*{_GAP})*([ _.,-]*)", closed, part).strip()


def _number(value: float | None) -> str | None:
    """24.0 → "24", 29.97 → "29.97"; a seed keeps all its digits."""
    if value is None:
        return None
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def _moment(at: float | None, zone: tzinfo | None) -> datetime | None:
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):  # a service's nonsense, not a date
        return None
