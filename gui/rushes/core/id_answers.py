"""Task ids in answers (JSON, also damaged, also within strings) and in tables."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from rushes.core import loose_json, prompts
from rushes.core.id_page import ANY_ID, TASK_ID, Hit, Page, is_task_id
from rushes.core.id_readers import by_shape, in_addresses, in_fields
from rushes.core.id_shapes import (
    ROUNDED,
    is_labelled,
    is_shape,
    is_token,
    is_uuid,
    looks_like,
    may_be,
    unwrapped,
)
from rushes.core.plain_text import without_escapes
from rushes.core.prompts import Asked, Said, field_name

#: Blocks that turn out to be no JSON are looked at in vain; no more characters than this in all.
_WASTE = 256 * 1024 * 1024
_BLOCK = re.compile(
    r"""^[ \t]*(?=[\[{])|(?<=[\s'"=:>@(,])(?=\{["'\s]|\[\s*[{"'])|(?<=[\s(=])(?=\{\s*\w+\s*:)""",
    re.MULTILINE,
)
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
#: What a string has in it where any reader finds something: a word of a field or a route, a shape,
#: or an escape or letters of other kinds that could hide one. Most strings have none of these.
_MAY_HOLD = re.compile(
    r"id|c[gv]t-|task|job|fetch|query|generations|[A-Za-z0-9+_-]{40}|[\\%&^]|[^\x00-\x7f]",
    re.IGNORECASE,
)
#: How far behind the last id of a block the next one is looked for, to tell its line.
_NEAR = 64 * 1024
_DEEPEST = 12


def in_json(page: Page) -> Iterator[Hit]:
    text, spans, at, wasted = page.text, [], 0, 0
    for match in _BLOCK.finditer(text):
        start = match.end()
        if start < at or wasted > _WASTE:
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
            if ANY_ID.fullmatch(name) and not is_task_id(name):
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
        if is_task_id(name) and name.endswith("s") and own is None:
            return _Part([(word, None, False) for word in _words(value) if is_token(word)], [])
        if ANY_ID.fullmatch(name):
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
            if name != "id" and is_task_id(name) and not name.endswith("s"):
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
        page = Page(unwrapped(without_escapes(value)), count(1), value)
        hits = [hit for read in (in_addresses, in_fields, by_shape) for hit in read(page)]
        hits.sort(key=lambda hit: hit.at)
        self._foreign |= page.foreign
        return _Part([(hit.id, None, hit.maybe_key) for hit in hits], [])


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


def in_table(page: Page) -> Iterator[Hit]:
    """Columns whose titles say that they hold ids, prompts, names or reference images."""
    start, end = page.line(len(page.text) - len(page.text.lstrip()))
    head = page.text[start:end]
    comma = max(",\t;|", key=head.count)
    titles = [field_name(_cell(title)) for title in head.split(comma)]
    columns = [n for n, t in enumerate(titles) if TASK_ID.fullmatch(t)]
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
