"""Task ids in whatever a person pastes: lines, answers, curl commands, logs, tables, links.

An id is never validated by pattern: a token alone on its line can be one of any shape. Patterns
only find ids inside other text, and tell what is certainly none: keys, request ids, model names.

The text is read in this order, each reader leaving out what was read before it: JSON blocks, and
in what is left (escapes undone, `core.plain_text`) JSON again, a table, the routes of services,
fields with a label, known shapes, lines that are nothing but ids.
"""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from rushes.core import loose_json, prompts
from rushes.core.account import Account
from rushes.core.id_hints import guess_one, hints_in, hosts_in
from rushes.core.id_shapes import (
    KEY,
    NO_ID,
    ROUNDED,
    is_labelled,
    is_shape,
    is_token,
    is_uuid,
    looks_like,
    may_be,
    shapes_in,
    unwrapped,
)
from rushes.core.plain_text import Plain, without_escapes, without_terminal
from rushes.core.prompts import NOTHING_SAID, Asked, Named, Said, field_name

#: Text beyond this is not looked at (bytes of a file, characters of a paste).
LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """An id and what stands around it.

    Attributes:
        line: Where it stands first, from 1.
        hints: Words for `guess_account`: dialects, services, `host:…`, word styles.
        said: The prompt, the reference images and the name that stand beside it.
        maybe_key: A UUID that nothing calls a task id: it could be a key as well.
    """

    id: str
    line: int
    hints: frozenset[str]
    said: Said = NOTHING_SAID
    maybe_key: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What stands where an id should and is none. `why`: "rounded" (a spreadsheet cut the digits
    of a long number) or "half" (an id that was broken in two, without its other half)."""

    text: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a text says about tasks."""

    found: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class TooLarge(ValueError):
    """A file beyond `LIMIT`."""


def find_ids(text: str) -> tuple[Found, ...]:
    """Every task id in `text`, in order, each once. Never raises; finds none in the worst case."""
    return read_text(text).found


def guess_account(found: Iterable[Found], accounts: Sequence[Account]) -> str | None:
    """The id of the one account that all of `found` fit; None when it has to be asked for."""
    guesses = {guess_one(each, accounts) for each in found}
    return guesses.pop() if len(guesses) == 1 else None


def guess_each(found: Iterable[Found], accounts: Sequence[Account]) -> dict[str, str]:
    """The account of every id, where each speaks for itself; {} as soon as one does not."""
    guesses = {each.id: guess_one(each, accounts) for each in found}
    sure = {id_: account for id_, account in guesses.items() if account is not None}
    return sure if len(sure) == len(guesses) else {}


# --- the reading -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hit(Named):
    """An id, and the stretch of text that belongs to it.

    Attributes:
        maybe_key: Nothing calls it a task id.
    """

    span: tuple[int, int] = (0, 0)
    maybe_key: bool = False


class _Page:
    """A text, in which each reader blanks out what it has read for the next ones.

    Attributes:
        origin: From a place here to its place in the text that was pasted.
        asked: The requests found so far.
        foreign: Ids of other things (requests, histories, users) by what they are called.
    """

    def __init__(self, plain: Plain, blocks: Iterator[int], source: str) -> None:
        self.source = source
        self.text = self.whole = plain.text
        self.origin = plain.origin
        self.blocks = blocks
        self.asked: list[Asked] = []
        self.foreign: set[str] = set()
        self.left_out: list[tuple[int, str, str]] = []

    def hit(self, at: int, id_: str, span: tuple[int, int], **more: Any) -> _Hit:
        start, end = span
        return _Hit(
            at=self.origin(at),
            id=id_,
            block=more.pop("block", None) or next(self.blocks),
            span=(self.origin(start), self.origin(end)),
            **more,
        )

    def blank(self, spans: list[tuple[int, int]]) -> None:
        """Replace each stretch by spaces; line breaks stay, places do not move."""
        parts, at = [], 0
        for start, end in sorted(spans):
            if start >= at:
                parts += [self.text[at:start], re.sub(r"[^\n]", " ", self.text[start:end])]
                at = end
        self.text = "".join([*parts, self.text[at:]])

    def line(self, at: int) -> tuple[int, int]:
        """The stretch of the line that holds the place `at`."""
        start = self.whole.rfind("\n", 0, at) + 1
        end = self.whole.find("\n", at)
        return start, len(self.whole) if end < 0 else end


def read_text(text: str) -> Reading:
    """The ids of a text with what stands beside them, and what looks like one and is none."""
    clean = without_terminal(text[:LIMIT])
    blocks = count(1)
    pages = [_Page(clean, blocks, text)]
    hits = [*_in_json(pages[0]), *_in_table(pages[0])]
    if not pages[0].text.isspace():  # answers and tables alone leave nothing to look through
        rest = unwrapped(without_escapes(pages[0].text)).after(clean)
        pages.append(_Page(rest, blocks, text))
        for read in (_in_json, _in_lines_asked, _in_addresses, _in_fields, _by_shape, _alone):
            hits += read(pages[1])
    foreign = {word for page in pages for word in page.foreign}
    hits = [hit for hit in hits if hit.id not in foreign or is_shape(hit.id)]
    hits.sort(key=lambda hit: hit.at)
    said = prompts.pair(hits, [asked for page in pages for asked in page.asked])
    breaks = [match.start() for match in re.finditer("\n", text)]
    return Reading(
        _found(text, hits, said, breaks),
        tuple(
            LeftOut(token, _line(breaks, at), why)
            for at, token, why in sorted(each for page in pages for each in page.left_out)
        ),
    )


def _found(
    text: str, hits: list[_Hit], said: dict[str, Said], breaks: list[int]
) -> tuple[Found, ...]:
    everywhere = hints_in(text)
    if len(hosts_in(everywhere)) != 1:  # a text about several hosts says nothing of one id
        everywhere = frozenset()
    found: dict[str, Found] = {}
    near: dict[tuple[int, int], frozenset[str]] = {}
    sure = {hit.id for hit in hits if not hit.maybe_key}
    for hit in hits:
        if hit.id in found:
            continue
        if hit.span not in near:
            near[hit.span] = hints_in(text[slice(*hit.span)])
        here = near[hit.span]
        hints = here if hosts_in(here) else here | everywhere
        beside = said.get(hit.id, NOTHING_SAID)
        found[hit.id] = Found(hit.id, _line(breaks, hit.at), hints, beside, hit.id not in sure)
    return tuple(found.values())


def _line(breaks: list[int], at: int) -> int:
    return bisect_right(breaks, at - 1) + 1


# --- JSON ------------------------------------------------------------------------------------

_BLOCK = re.compile(
    r"""^[ \t]*(?=[\[{])|(?<=[\s'"=:>@(,])(?=\{["'\s]|\[\s*[{"'])|(?<=[\s(=])(?=\{\s*\w+\s*:)""",
    re.MULTILINE,
)
#: Keys and titles that name the id of a task; words before them may say that it is another's.
_TASK_ID = re.compile(
    r"(?:.*_)?(?:task|job|generation|submit|video)_?ids?|.*任务_?(?:id|编号|号)|taskids?|jobid"
)
_FOREIGN_WORD = re.compile(
    r"(?:^|_)(?:draft|parents?|source|src|origin(?:al)?|upstream|remixed|prev(?:ious)?|ref"
    r"|reference|request|req|history|client|log|trace|span|session|user|web|account|prompt|model"
    r"|endpoint|group|channel|project|org|conversation|workflow|device|aweme|a|x)(?:_|$)"
)
_ANY_ID = re.compile(r"(?:.*_)?ids?|.*id")
_ROWS = frozenset(
    [
        "items",
        "tasks",
        "data",
        "results",
        "result",
        "list",
        "jobs",
        "records",
        "output",
        "body",
        "json",
        "response",
        "resp",
        "answer",
        "payload",
        "videos",
        "filter",
        "fields",
    ]
)
#: Parts of an answer that hold other things with ids of their own: only known shapes count there.
_OTHER = frozenset(
    [
        "error",
        "request",
        "input",
        "inputs",
        "content",
        "metadata",
        "properties",
        "tools",
        "usage",
        "user",
        "choices",
        "messages",
        "model",
        "models",
        "account",
        "artifacts",
    ]
)
#: What a string has in it where any reader finds something: a word of a field or a route, a shape,
#: or an escape or letters of other kinds that could hide one. Most strings have none of these.
_MAY_HOLD = re.compile(
    r"id|c[gv]t-|task|job|fetch|query|generations|[A-Za-z0-9+_-]{40}|[\\%&^]|[^\x00-\x7f]",
    re.IGNORECASE,
)
#: How far behind the last id of a block the next one is looked for, to tell its line.
_NEAR = 64 * 1024
_DEEPEST = 12


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
        part = _Tree(page.foreign).read(value, 0, top=True)
        place, block = start, next(page.blocks)
        for id_, said, maybe_key in part.ids:
            place = max(text.find(id_, place, min(end, place + _NEAR)), place)
            yield page.hit(place, id_, (start, end), said=said, maybe_key=maybe_key, block=block)
        if not part.ids:
            page.asked += [Asked(page.origin(start), said) for said in part.asked if said.prompt]
    page.blank(spans)


@dataclass(slots=True)
class _Part:
    """What a part of an answer holds: (id, what is said of it, could be a key), and requests."""

    ids: list[tuple[str, Said | None, bool]]
    asked: list[Said]


class _Tree:
    """Reads one JSON value: ids outermost first, and none below a task, where the ids are those
    of a service further up. `foreign` collects the ids of other things."""

    def __init__(self, foreign: set[str]) -> None:
        self._foreign = foreign

    def read(self, value: Any, depth: int, *, top: bool) -> _Part:
        """`top`: the place is one where a task stands, so an `id` of any shape is its id."""
        if depth > _DEEPEST:
            return _Part([], [])
        if isinstance(value, dict):
            return self._object({field_name(k): v for k, v in value.items()}, depth, top=top)
        if isinstance(value, list):
            parts = [
                _Part([(item, None, is_uuid(item))], [])
                if top and isinstance(item, str) and looks_like(item)
                else self.read(item, depth + 1, top=top)
                for item in value
            ]
            return _joined(parts)
        return self._string(value, depth, top=top) if isinstance(value, str) else _Part([], [])

    def _object(self, fields: dict[str, Any], depth: int, *, top: bool) -> _Part:
        said = prompts.own(fields)
        for name, value in fields.items():
            if _ANY_ID.fullmatch(name) and not _is_task_id(name):
                self._foreign.update(_words(value))
        own = self._own_id(fields, top=top)
        parts = [self._field(name, value, depth, own, top=top) for name, value in fields.items()]
        part = _joined(parts)
        if own is not None:
            part.ids.insert(0, (own, None, _is_unsure(own, fields)))
        wanted = {each.prompt: each for each in (said, *part.asked) if each.prompt}
        part.asked = list(wanted.values()) or ([said] if said else [])
        open_ = [each for each in part.ids if each[1] is None]
        if part.asked and open_:
            # Several prompts: nobody knows whose, and what comes later must not claim the ids.
            best = part.asked[0] if len(part.asked) == 1 else Said()
            if best and said.name and not best.name and len(part.ids) == 1:
                best = Said(best.prompt, best.references, said.name)
            part.ids = [(i, best if s is None else s, k) for i, s, k in part.ids]
            part.asked = []
        return part

    def _field(self, name: str, value: Any, depth: int, own: str | None, *, top: bool) -> _Part:
        if _is_task_id(name) and name.endswith("s") and own is None:
            return _Part([(word, None, False) for word in _words(value) if is_token(word)], [])
        if _ANY_ID.fullmatch(name):
            return _Part([], [])
        if own is not None:
            part = self.read(value, depth + 1, top=False)
            inside = isinstance(value, str) and not value.startswith(("http", "{", "["))
            return _Part(part.ids if inside else [], part.asked)
        if name == "data" and isinstance(value, str) and looks_like(value.strip()):
            return _Part([(value.strip(), None, is_uuid(value.strip()))], [])
        return self.read(value, depth + 1, top=top and name in _ROWS)

    def _own_id(self, fields: dict[str, Any], *, top: bool) -> str | None:
        """The id of the task this object is, or None if it is none."""
        for name, value in fields.items():
            if name != "id" and _is_task_id(name) and not name.endswith("s"):
                value = str(value).strip() if isinstance(value, (str, int)) else ""
                good = is_token(value) and len(value) > (4 if value.isdecimal() else 0)
                if good and value not in self._foreign:
                    return value
        value = fields.get("id")
        value = str(value) if isinstance(value, int) and value >= 10**11 else value
        if not isinstance(value, str) or not is_token(value.strip()):
            return None
        value = value.strip()
        if is_shape(value):
            return value
        kind = fields.get("object")
        if isinstance(kind, str) and not re.search("video|task|generation|image|3d", kind):
            return None
        if any(_is_rows(fields[name]) for name in _ROWS & fields.keys()):
            return None  # a page of tasks with an id of its own
        if fields.keys() & {"status", "task_status", "state", "gen_status"}:
            return value
        is_graph = is_uuid(value) and any(isinstance(v, (dict, list)) for v in fields.values())
        return value if top and may_be(value) and not is_graph else None

    def _string(self, value: str, depth: int, *, top: bool) -> _Part:
        """A text inside: JSON once more, or a line of a log."""
        bare = value.lstrip()
        if bare[:1] in ("{", "["):
            try:
                inner, _ = loose_json.read(bare, 0)
            except loose_json.NotJson:
                pass
            else:
                return self.read(inner, depth + 1, top=top)
        if len(value) < 8 or not re.search(r"\d", value) or not _MAY_HOLD.search(value):
            return _Part([], [])
        page = _Page(unwrapped(without_escapes(value)), count(1), value)
        hits = [hit for read in (_in_addresses, _in_fields, _by_shape) for hit in read(page)]
        hits.sort(key=lambda hit: hit.at)
        self._foreign |= page.foreign
        return _Part([(hit.id, None, hit.maybe_key) for hit in hits], [])


def _is_task_id(name: str) -> bool:
    """Whether a field of that name holds ids of tasks, and not of those they came from."""
    return name in ("id", "ids") or (
        _TASK_ID.fullmatch(name) is not None and _FOREIGN_WORD.search(name) is None
    )


def _joined(parts: Iterable[_Part]) -> _Part:
    whole = _Part([], [])
    for part in parts:
        whole.ids += part.ids
        whole.asked += part.asked
    return whole


def _words(value: Any) -> list[str]:
    """The ids in a field: one, several with commas, or a list."""
    if isinstance(value, list):
        return [word for item in value for word in _words(item)]
    return [w.strip() for w in str(value).split(",")] if isinstance(value, (str, int)) else []


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _is_unsure(id_: str, fields: dict[str, Any]) -> bool:
    """Whether it is a UUID under `id` alone, without a word about a task."""
    return is_uuid(id_) and fields.get("id") == id_ and len(fields) == 1


# --- tables ----------------------------------------------------------------------------------


def _in_table(page: _Page) -> Iterator[_Hit]:
    """Columns whose titles say that they hold ids, prompts, names or reference images."""
    start, end = page.line(len(page.text) - len(page.text.lstrip()))
    head = page.text[start:end]
    comma = max(",\t;|", key=head.count)
    titles = [field_name(_cell(title)) for title in head.split(comma)]
    columns = [n for n, t in enumerate(titles) if _TASK_ID.fullmatch(t)]
    columns = columns or [n for n, t in enumerate(titles) if t in ("id", "ids", "编号")][:1]
    if comma not in head or not columns:
        return
    at, read, spans = end + 1, 0, [(start, end)]
    lines = page.text[at:].splitlines(keepends=True)
    rows = csv.reader(lines, delimiter=comma)
    try:
        for row in rows:
            span = at, at + sum(map(len, lines[read : rows.line_num]))
            at, read = span[1], rows.line_num
            if len(row) != len(titles):
                continue
            said = prompts.own(dict(zip(titles, row, strict=True))) or None
            for column in columns:
                cell = _cell(row[column])
                place = max(page.text.find(cell, *span), span[0])
                if ROUNDED.fullmatch(cell):
                    page.left_out.append((page.origin(place), cell, "rounded"))
                    spans.append(span)
                elif is_token(cell) and (len(columns) == 1 or is_labelled(cell)):
                    spans.append(span)
                    yield page.hit(place, cell, span, said=said)
    except csv.Error:
        pass  # no table after all: the other readers look at the rest
    page.blank(spans)


def _cell(text: str) -> str:
    return without_escapes(text).text.strip().lstrip("'`").strip("\"'`")


# --- addresses -------------------------------------------------------------------------------

_ROUTE_WORD = (
    r"(?:tasks?|generations|videos?|fetch|get|submit|list|content|query|creations|artifacts"
    r"|(?:text|image|img|multi)2?(?:to)?(?:video|image)\w*|v\d+)"
)
_URL_ID = re.compile(
    r"/(?:contents/generations/tasks|videos?/generations|v\d+/videos?|fetch|tasks?|query"
    rf"|(?:kling|vidu|runway)/v\d+/videos)/(?:{_ROUTE_WORD}/)*(?!{_ROUTE_WORD}(?:[\s/?#\"']|$))"
    r"([^\s/?#&\"'<>\\{}$`,;)\]|]+)"
)
_QUERY_ID = re.compile(
    r"[?&\s\"'](?:filter\.)?(?:task_?ids?|video_?ids?|job_?ids?)=([^\s&\"'<>#]+)"
    r"|/query\?(?:\w+=\w+&)*id=([^\s&\"'<>#]+)",
    re.IGNORECASE,
)


def _in_addresses(page: _Page) -> Iterator[_Hit]:
    spans = []
    for pattern in (_URL_ID, _QUERY_ID):
        for match in pattern.finditer(page.text):
            group = match.lastindex or 1
            for word in match[group].split(","):
                token = word.strip().rstrip(".:*") if pattern is _URL_ID else word.strip(" .:;")
                if is_token(token) and len(token) >= 4 and NO_ID.fullmatch(token) is None:
                    spans.append(match.span(group))
                    yield page.hit(match.start(group), token, page.line(match.start(group)))
    page.blank(spans)


# --- fields in logs and prose ----------------------------------------------------------------

_VALUE = r"""["'“`*<(\[]{0,3}([A-Za-z0-9_*][\w.*+~@-]*+(?:={1,2}(?!\w))?)"""
_FIELDS = (
    re.compile(
        r"""(?<![\w-])((?:[A-Za-z]{2,14}[ ])?[\w-]++)["'”*`]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}"""
        + _VALUE
    ),
    re.compile(  # as in "--task-id X", "Task ID X"
        r"((?<![\w-])(?:--?)?(?:task|job|video|generation|submit|request|trace|history|session)"
        r"[ _-]?ids?|任务 ?(?:id|编号|号)|请求 ?id)[ \t]{1,8}" + _VALUE,
        re.IGNORECASE,
    ),
)
_SECRET = re.compile(r".*(?:api_?key|authorization|access_key\w*|secret|password|token)")
_LINK = re.compile(r"https?://[^\s\"'<>]+")


def _in_fields(page: _Page) -> Iterator[_Hit]:
    page.blank([m.span() for m in KEY.finditer(page.text)])
    page.blank([m.span() for m in _LINK.finditer(page.text) if next(shapes_in(m[0]), None) is None])
    for pattern in _FIELDS:
        spans = []
        for match in pattern.finditer(page.text):
            name, token = field_name(match[1]), match[2]
            if len(token) < 40:
                token = token.rstrip("=.")
            is_key = _SECRET.fullmatch(name) is not None
            if is_key or (_ANY_ID.fullmatch(name) and not _is_task_id(name)):
                page.foreign.update(() if is_key else (token,))
                spans.append(match.span())
            elif _is_task_id(name) and _is_value(token, is_sure=len(name) > 3):
                spans.append(match.span())
                unsure = len(name) <= 3 and is_uuid(token)
                at = match.start(2)
                yield page.hit(at, token, page.line(at), maybe_key=unsure)
        page.blank(spans)


def _is_value(token: str, *, is_sure: bool) -> bool:
    """Whether it is an id and not more, as a file name made from one is."""
    whole = next(shapes_in(token), (0, token))[1] == token
    return whole and (looks_like(token) or (is_sure and is_labelled(token)))


def _by_shape(page: _Page) -> Iterator[_Hit]:
    spans = []
    for at, token in shapes_in(page.text):
        spans.append((at, at + len(token)))
        if _is_half(page.text, at, token):
            page.left_out.append((page.origin(at), token, "half"))
        else:
            yield page.hit(at, token, page.line(at))
    for match in re.finditer(r"(?<![\w-])cgt-\d{1,14}-?(?=\n[A-Za-z0-9])", page.text):
        spans.append(match.span())
        page.left_out.append((page.origin(match.start()), match[0], "half"))
    page.blank(spans)


def _is_half(text: str, at: int, token: str) -> bool:
    """Whether a terminal broke the line within an id of Ark, and its rest was not found."""
    end = at + len(token)
    is_short = re.fullmatch(r"cgt-\d{14}-\w{1,4}", token) is not None
    begins = text.rfind("\n", 0, at) + 1
    return is_short and end - begins >= 40 and re.match(r"\n\w", text[end:]) is not None


def _in_lines_asked(page: _Page) -> Iterator[_Hit]:
    """Prompts behind a label. They are blanked: words of a prompt are no ids."""
    spans = []
    for (start, end), prompt in prompts.in_text(page.text):
        raw = page.source[page.origin(start) : page.origin(end)]
        if not re.search(r"[\\%&^]", raw):
            prompt = raw  # with its own commas and brackets, before they were made plain
        spans.append((start, end))
        page.asked.append(Asked(page.origin(start), Said(prompt.strip()), in_order=False))
    page.blank(spans)
    yield from ()


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
    bare = [(at, line, _BULLET.sub("", line.strip()).strip(" \t\"'`“”,;:")) for at, line in lines]
    only_tokens = all(_is_word(token) for _, _, token in bare) and "{" not in page.whole
    single = len(bare) == 1 and page.text.strip() == page.whole.strip()
    for at, line, token in bare:
        if ROUNDED.fullmatch(token):
            page.left_out.append((page.origin(at), token, "rounded"))
            continue
        good = may_be(token) if single or only_tokens else looks_like(token)
        if only_tokens and not single and token.isdecimal() and len(token) < 4:
            good = False
        if good:
            place, span = at + line.find(token), (at, at + len(line))
            yield page.hit(place, token, span, maybe_key=is_uuid(token))
        else:
            yield from _listed(page, at, line)


def _is_word(token: str) -> bool:
    return len(token.split()) == 1 and token.isascii()


def _listed(page: _Page, at: int, line: str) -> Iterator[_Hit]:
    """Several ids of unknown shape in one line, and nothing else in it."""
    words = [(m.start(), m[0].strip("\"'`")) for m in re.finditer(r"[^\s,;，；、]+", line)]
    if len(words) > 1 and all(len(w) >= 8 and looks_like(w) for _, w in words):
        for start, word in words:
            yield page.hit(at + start, word, (at, at + len(line)), maybe_key=is_uuid(word))


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
