"""Task ids in whatever a person pastes: lines, answers, curl commands, logs, tables, links.

An id is never validated by pattern: a token alone on its line can be one of any shape. Patterns
only find ids inside other text, and tell what is certainly none: keys, request ids, model names.
"""

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from rushes.core import loose_json
from rushes.core.account import Account
from rushes.core.id_hints import guess_one, hints_in, hosts_in
from rushes.core.id_shapes import KEY, NO_ID, SHAPE, is_labelled, is_token, looks_like, may_be

#: Text beyond this is not looked at (bytes of a file, characters of a paste).
LIMIT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """An id and what stands around it.

    Attributes:
        line: Where it stands first, from 1.
        hints: Words for `guess_account`: dialects, services, `host:…`, word styles.
    """

    id: str
    line: int
    hints: frozenset[str]


class TooLarge(ValueError):
    """A file beyond `LIMIT`."""


# --- the reading -----------------------------------------------------------------------------

_Hit = tuple[int, str, tuple[int, int]]  # where, id, the stretch of text that belongs to it


def find_ids(text: str) -> tuple[Found, ...]:
    """Every task id in `text`, in order, each once. Never raises; finds none in the worst case."""
    text = text[:LIMIT].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    page = _Page(text)
    hits: list[_Hit] = []
    for read in (_in_json, _in_table, _in_addresses, _in_fields, _by_shape, _alone):
        hits.extend(read(page))
    breaks = [m.start() for m in re.finditer("\n", text)]
    everywhere = _everywhere(text)
    found: dict[str, Found] = {}
    near: dict[tuple[int, int], frozenset[str]] = {}
    for at, name, (start, end) in sorted(hits, key=lambda hit: hit[0]):
        if (start, end) not in near:
            near[start, end] = hints_in(text[start:end])
        if name not in found:
            here = near[start, end]
            hints = here if hosts_in(here) else here | everywhere
            found[name] = Found(name, bisect_right(breaks, at - 1) + 1, hints)
    return tuple(found.values())


def guess_account(found: Iterable[Found], accounts: Sequence[Account]) -> str | None:
    """The id of the one account that all of `found` fit; None when it has to be asked for."""
    guesses = {guess_one(each, accounts) for each in found}
    return guesses.pop() if len(guesses) == 1 else None


def guess_each(found: Iterable[Found], accounts: Sequence[Account]) -> dict[str, str]:
    """The account of every id, where each speaks for itself; {} as soon as one does not."""
    guesses = {each.id: guess_one(each, accounts) for each in found}
    sure = {id_: account for id_, account in guesses.items() if account is not None}
    return sure if len(sure) == len(guesses) else {}


def _everywhere(text: str) -> frozenset[str]:
    """What the text as a whole tells, as long as it speaks of one host only."""
    hints = hints_in(text)
    return hints if len(hosts_in(hints)) == 1 else frozenset()


class _Page:
    """The text, in which each reader blanks out what it has read for the next ones."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole = text

    def blank(self, spans: list[tuple[int, int]]) -> None:
        """Replace each stretch by spaces; line breaks stay, places do not move."""
        parts, at = [], 0
        for start, end in sorted(spans):
            if start < at:
                continue
            parts += [self.text[at:start], re.sub(r"[^\n]", " ", self.text[start:end])]
            at = end
        self.text = "".join([*parts, self.text[at:]])

    def line(self, at: int) -> tuple[int, int]:
        """The stretch of the line that holds the place `at`."""
        start = self.whole.rfind("\n", 0, at) + 1
        end = self.whole.find("\n", at)
        return start, len(self.whole) if end < 0 else end


# --- JSON ------------------------------------------------------------------------------------

_BLOCK = re.compile(r"""^[ \t]*(?=[\[{])|(?<=[\s'=:>])(?=\{["'\s]|\[\s*[{"])""", re.MULTILINE)
_TASK_ID = frozenset({"task_id", "taskid", "job_id", "generation_id"})
_ID_LISTS = frozenset({"ids", "task_ids", "taskids", "filter.task_ids"})
_ROWS = ("items", "tasks", "data", "results", "result", "list", "jobs", "records", "output", "body")
#: Parts of an answer that hold other things with ids of their own.
_OTHER = frozenset(
    {
        *(
            "error",
            "request",
            "input",
            "content",
            "metadata",
            "properties",
            "tools",
            "usage",
            "user",
        ),
        *("choices", "messages", "model", "models", "account", "artifacts"),
    }
)


#: How far behind the last id of a block the next one is looked for, to tell its line.
_NEAR = 64 * 1024


def _in_json(page: _Page) -> Iterator[_Hit]:
    text, spans, at, wasted = page.text, [], 0, 0
    for match in _BLOCK.finditer(text):
        start = match.end()
        if start < at or wasted > 4 * LIMIT:
            continue
        try:
            value, end = loose_json.read(text, start)
        except loose_json.NotJson as e:
            wasted += e.cost
            continue
        if not isinstance(value, (dict, list)):
            continue
        at = end
        spans.append((start, end))
        place = start
        for name in _of_value(value, 0, top=True):
            place = max(text.find(name, place, min(end, place + _NEAR)), place)
            yield place, name, (start, end)
    page.blank(spans)


def _of_value(value: Any, depth: int, *, top: bool) -> Iterator[str]:
    """Ids of an answer: outermost first, and none below a task (upstream ids are not asked for).

    Args:
        top: The place is one where a task stands, so an `id` of any shape is its id.
    """
    if depth > 12:
        return
    if isinstance(value, dict):
        yield from _of_object(value, depth, top=top)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, str):
                if top and looks_like(item):
                    yield item
            else:
                yield from _of_value(item, depth + 1, top=top)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner, _ = loose_json.read(value, len(value) - len(value.lstrip()))
        except loose_json.NotJson:
            return
        yield from _of_value(inner, depth + 1, top=top)


def _of_object(raw: dict[str, Any], depth: int, *, top: bool) -> Iterator[str]:
    fields = {str(name).strip().casefold().replace("-", "_"): v for name, v in raw.items()}
    for name in _ID_LISTS & fields.keys():
        yield from _of_id_list(fields[name])
    if (own := _own_id(fields, top=top)) is not None:
        yield own
        return
    for name, value in fields.items():
        if name in _OTHER or name in _ID_LISTS:
            continue
        if name == "data" and isinstance(value, str) and looks_like(value.strip()):
            yield value.strip()
        else:
            yield from _of_value(value, depth + 1, top=top and name in _ROWS)


def _of_id_list(value: Any) -> Iterator[str]:
    words = value.split(",") if isinstance(value, str) else value
    if isinstance(words, list):
        yield from (w.strip() for w in words if isinstance(w, str) and is_token(w.strip()))


def _own_id(fields: dict[str, Any], *, top: bool) -> str | None:
    """The id of the task this object is, or None if it is none."""
    for name in _TASK_ID & fields.keys():
        value = fields[name]
        if isinstance(value, int) and value > 9999:
            value = str(value)
        if isinstance(value, str) and is_token(value.strip()):
            return value.strip()
    value = fields.get("id")
    if isinstance(value, int) and value >= 10**11:
        value = str(value)
    if not isinstance(value, str) or not is_token(value.strip()):
        return None
    value = value.strip()
    if SHAPE.fullmatch(value):
        return value
    kind = fields.get("object")
    if isinstance(kind, str) and not re.search("video|task|generation|image|3d", kind):
        return None
    rows = (fields[name] for name in _ROWS if name in fields)
    if any(isinstance(v, list) and any(isinstance(i, dict) for i in v) for v in rows):
        return None  # a page of tasks with an id of its own
    is_task = "status" in fields or "task_status" in fields
    return value if is_task or (top and may_be(value)) else None


# --- tables ----------------------------------------------------------------------------------

_ID_TITLES = ("task_id", "taskid", "任务id", "任务编号", "id", "编号")


def _in_table(page: _Page) -> Iterator[_Hit]:
    """A column whose title says that it holds ids. Cells of known shapes are found without."""
    start, end = page.line(len(page.text) - len(page.text.lstrip()))
    head = page.text[start:end]
    comma = max(",\t;|", key=head.count)
    column = _id_column(head, comma)
    if column is None or comma not in head:
        return
    width = len(head.split(comma))
    at, spans = end + 1, [(start, end)]
    rows = csv.reader(io.StringIO(page.text[at:]), delimiter=comma)
    try:
        for row in rows:
            if len(row) != width:
                continue
            cell = row[column].strip().lstrip("'`").strip('"`')
            if not is_token(cell):
                continue
            place = page.text.find(cell, at)
            if place < 0:
                continue
            at = place + len(cell)
            span = page.line(place)
            spans.append(span)
            yield place, cell, span
    except csv.Error:
        pass  # no table after all: the other readers look at the rest
    page.blank(spans)


def _id_column(head: str, comma: str) -> int | None:
    titles = [re.sub(r"[\s-]+", "_", t.strip(" \t\"'`")).casefold() for t in head.split(comma)]
    titles = [t.replace("任务_id", "任务id") for t in titles]
    return next((titles.index(title) for title in _ID_TITLES if title in titles), None)


# --- addresses -------------------------------------------------------------------------------

_URL_ID = re.compile(
    r"(?:/contents/generations/tasks|/video/generations|/videos?/generations|/v\d+/videos?|/fetch|"
    r"/tasks?|/query)/(?!tasks\b|generations\b|videos?\b|fetch\b|submit\b|list\b|content\b|query\b)"
    r"([^\s/?#&\"'<>\\{}$`,;)\]|]+)"
)
_QUERY_ID = re.compile(
    r"[?&\s\"'](?:filter\.)?(?:task_ids?|taskids?)=([^\s&\"'<>#]+)", re.IGNORECASE
)


def _in_addresses(page: _Page) -> Iterator[_Hit]:
    spans = []
    for pattern in (_URL_ID, _QUERY_ID):
        for match in pattern.finditer(page.text):
            for word in unquote(match[1]).split(","):
                token = word.strip().rstrip(".:*") if pattern is _URL_ID else word.strip()
                if is_token(token) and (len(token) >= 4) and NO_ID.fullmatch(token) is None:
                    spans.append(match.span(1))
                    yield match.start(1), token, page.line(match.start(1))
    page.blank(spans)


# --- fields in logs and prose ----------------------------------------------------------------

_END = r"""["'”]?[ \t]{0,8}[:：=＝]?[ \t]{0,8}["'“]?"""
_FOREIGN = re.compile(
    r"(?:(?:x[-_])?(?:client[-_])?(?:request|req|log|trace|span|session)[ _-]?id|请求 ?id)"
    + _END
    + r"[\w-]+|(?:draft|parent|source|origin|upstream)_(?:task_)?id"
    + _END
    + r"[\w*-]+"
    r"|Bearer[ \t]{1,8}[^\s\"']+|"
    r"(?:(?<![\w-])[\w-]{0,40}api[_-]?key|authorization|access[_-]?key[_-]?(?:id|secret)?|secret|password|token)"
    + r"""["']?[ \t]{0,8}[:=：][ \t]{0,8}["']?(?:Bearer[ ]+)?[^\s"',]+""",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"""(?<![\w.-])(?:--?)?["']?(task[ _-]?id|taskid|任务 ?id|任务编号|id)["']?"""
    r"""(?:[ \t]{0,8}[:：=＝][ \t]{0,8}|[ \t]{1,8})"""
    r"""["'“`]?([A-Za-z0-9_][\w.*-]*[\w*])""",
    re.IGNORECASE,
)


def _in_fields(page: _Page) -> Iterator[_Hit]:
    page.blank([m.span() for m in _FOREIGN.finditer(page.text)])
    page.blank([m.span() for m in _LINK.finditer(page.text) if not SHAPE.search(m[0])])
    spans = []
    for match in _FIELD.finditer(page.text):
        label, token = match[1], match[2]
        if looks_like(token) or (len(label) > 2 and is_labelled(token)):
            spans.append(match.span())
            yield match.start(2), token, page.line(match.start(2))
    page.blank(spans)
    page.blank([m.span() for m in KEY.finditer(page.text)])


_LINK = re.compile(r"https?://[^\s\"'<>]+")


def _by_shape(page: _Page) -> Iterator[_Hit]:
    spans = []
    for match in SHAPE.finditer(page.text):
        spans.append(match.span())
        yield match.start(), match[0], page.line(match.start())
    page.blank(spans)


# --- lines -----------------------------------------------------------------------------------

_BULLET = re.compile(r"^(?:[-*•·+>]\s+|\(?\d{1,4}[.):、]\s+|#\d+\s+)")


def _alone(page: _Page) -> Iterator[_Hit]:
    """Tokens alone on their line; what other readers have read there is blank by now."""
    lines = []
    at = 0
    for line, original in zip(page.text.split("\n"), page.whole.split("\n"), strict=True):
        if line.strip() and line == original:
            lines.append((at, line))
        at += len(line) + 1
    bare = [
        (at, line, _BULLET.sub("", line.strip()).strip(" \t\"'`“”,;，；")) for at, line in lines
    ]
    only_tokens = all(_is_word(token) for _, _, token in bare) and "{" not in page.whole
    single = len(bare) == 1 and page.text.strip() == page.whole.strip()
    for at, line, token in bare:
        good = may_be(token) if single or only_tokens else looks_like(token)
        if only_tokens and not single and token.isdecimal() and len(token) < 4:
            good = False
        if good:
            place = at + line.find(token)
            yield place, token, (at, at + len(line))
        else:
            yield from _listed(at, line)


def _stripped(line: str) -> str:
    return _BULLET.sub("", line.strip()).strip(" \t\"'`“”,;，；")


def _is_word(token: str) -> bool:
    return len(token.split()) == 1 and token.isascii()


def _listed(at: int, line: str) -> Iterator[_Hit]:
    """Several ids of unknown shape in one line, and nothing else in it."""
    words = [(m.start(), m[0].strip("\"'`")) for m in re.finditer(r"[^\s,;，；、]+", line)]
    if len(words) > 1 and all(looks_like(w) and len(w) >= 8 for _, w in words):
        for start, word in words:
            yield at + start, word, (at, at + len(line))


# --- files -----------------------------------------------------------------------------------


def decode_file(data: bytes) -> str:
    """The text of a dropped file: UTF-8, UTF-16 or GB 18030; "" for what is no text.

    Raises:
        TooLarge: more than `LIMIT` bytes.
    """
    if len(data) > LIMIT:
        raise TooLarge(f"more than {LIMIT // 1024 // 1024} MiB")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        return _wide(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _wide(data: bytes) -> str:
    """UTF-16 without its mark, told by the zero in every other byte of ASCII; else no text."""
    head = data[:4096]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros and zeros.count(0) > len(zeros) * 0.6:
            return data.decode(encoding, "replace")
    return ""
