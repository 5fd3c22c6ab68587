"""Task ids in whatever a person pastes: lines, answers, curl commands, logs, tables, links.

An id is never validated by pattern: a token alone on its line can be one of any shape. Patterns
only find ids inside other text, and tell what is certainly none: keys, request ids, model names.

The text is read in this order, each reader leaving out what was read before it: JSON blocks, a
table, and in what is left (escapes undone, `core.plain_text`) JSON again, prompts with a label, the
routes of services, fields with a label, known shapes, lines that are nothing but ids. Each reader
notes in the page what it found and yields the stretches that it has read. These are blanked out, so
that the next readers do not read them again.
"""

import json
import re
import string
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rushes.core import id_shapes as shapes
from rushes.core import prompts
from rushes.core.id_hints import hints_in, hosts_in
from rushes.core.id_shapes import WHOLE, is_shape
from rushes.core.plain_text import Plain, unescaped, unwrapped, without_escapes, without_terminal
from rushes.core.prompts import NO_INFO, FoundId, FoundRequest, PromptInfo, field_name


@dataclass(frozen=True, slots=True)
class Found:
    """An id and what stands around it.

    Attributes:
        line: Where it stands first, from 1.
        hints: Words for `guess_one`: dialects, services, `host:…`, word styles.
        said: The prompt, the reference images and the name that stand beside it.
        maybe_key: A UUID that nothing calls a task id: it could be an API key.
    """

    id: str
    line: int
    hints: frozenset[str]
    said: PromptInfo = NO_INFO
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


def read_text(text: str) -> Reading:
    """The ids of a text with what stands beside them, in order, each once, and what looks like an
    id and is none. Never raises; finds nothing in the worst case."""
    if (reading := read_lines(text)) is not None:
        return reading
    page = read_page(text)
    hits = [hit for hit in page.hits if hit.id not in page.foreign or is_shape(hit.id)]
    said = prompts.pair(hits, page.asked)
    breaks = [match.start() for match in re.finditer("\n", text)]

    def line(at: int) -> int:
        return bisect_right(breaks, at - 1) + 1

    hinted = hosted = hints_in(text)
    if len(hosts_in(hosted)) != 1:  # a text about several hosts says nothing of one id
        hosted = frozenset()
    sure = {hit.id for hit in hits if not hit.maybe_key}
    spans = {hit.span for hit in hits} if hinted else ()  # lists of ids say nothing besides
    near = {span: hints_in(text[slice(*span)]) for span in spans}
    found: dict[str, Found] = {}
    for hit in hits:
        if hit.id not in found:
            here, beside = near.get(hit.span, hinted), said.get(hit.id, NO_INFO)
            hints = here if hosts_in(here) else here | hosted
            found[hit.id] = Found(hit.id, line(hit.at), hints, beside, hit.id not in sure)
    left_out = [LeftOut(text, line(at), why) for at, text, why in sorted(page.left_out)]
    return Reading(tuple(found.values()), tuple(left_out))


def read_lines(text: str) -> Reading | None:
    """As `read_text`, in a tenth of the time, of a text of which each line is an id of known length
    and nothing else, as in most long ones. None: it is another text."""
    if not text.isascii():  # full-width digits are made plain first
        return None
    found: dict[str, Found] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if id_ := line.strip(" \t\r"):
            if WHOLE.fullmatch(id_) is None:
                return None
            if id_ not in found:
                found[id_] = Found(id_, number, frozenset())
    return None if hints_in(text) else Reading(tuple(found.values()))


# --- the readers ---------------------------------------------------------------------------------

#: Keys and titles that name the id of a task; words before them may say that it is another's.
_TASK_ID = re.compile(
    r"(?:.*[_\u4e00-\u9fff])?(?:task|job|generation|submit|video)_?ids?|.*任务_?(?:id|编号|号)"
)
_OTHERS = re.compile(
    r"(?:^|_)(?:draft|parent|source|src|origin(?:al)?|upstream|remixed|prev(?:ious)?|ref(?:erence)?"
    r"|old|client|external)_|[原父旧]任务|上游|来源|草稿"
)
_ANY_ID = re.compile(r".*(?:ids?|编号|任务号)")


@lru_cache(maxsize=512)  # the keys of one answer are those of the next
def is_task_id(name: str) -> bool | None:
    """Whether a field of that name holds ids of tasks (not of those they came from). False: ids of
    other things; None: no ids."""
    if _ANY_ID.fullmatch(name) is None:
        return None
    is_named = _TASK_ID.fullmatch(name) is not None and _OTHERS.search(name) is None
    return is_named or name in ("id", "ids", "编号")


class Page:
    """A text, and what the readers found in it.

    Attributes:
        text: What no reader has read; the rest is blank. Places do not move.
        origin: From a place here to its place in the text that was pasted.
        asked: The requests found so far.
        foreign: Ids of other things (requests, histories, users) by what they are called.
        left_out: (place, text, why).
        depth, top: Where in JSON it stands, as in `_Tree.read`.
    """

    def __init__(self, source: str, depth: int = 0, *, top: bool = True) -> None:
        self.source, self.depth, self.top = source, depth, top
        self.hits: list[FoundId] = []
        self.asked: list[FoundRequest] = []
        self.foreign: set[str] = set()
        self.left_out: list[tuple[int, str, str]] = []

    def turn_to(self, plain: Plain) -> None:
        """Go on with this form of the text."""
        self.text = self.whole = plain.text
        self.origin = plain.origin

    def hit(self, at: int, id_: str, span: tuple[int, int] | None = None, **more: Any) -> None:
        """Note an id. `span`: the answer or the row it stands in; else its line belongs to it."""
        block = span[0] if span else at
        start, end = span or self.line(at)
        place, span = self.origin(at), (self.origin(start), self.origin(end))
        self.hits.append(FoundId(at=place, id=id_, block=self.origin(block), span=span, **more))

    def leave_out(self, at: int, text: str, why: str) -> None:
        self.left_out.append((self.origin(at), text, why))

    def read_by(self, *readers: Callable[["Page"], Iterator[tuple[int, int]]]) -> None:
        """Let these read what is left, one after the other."""
        for reader in readers:
            parts, at = [], 0
            for start, end in sorted(reader(self)):
                if start >= at:
                    parts += [self.text[at:start], _blank(self.text[start:end])]
                    at = end
            self.text = "".join([*parts, self.text[at:]])

    def line(self, at: int) -> tuple[int, int]:
        """The stretch of the line that holds the place `at`."""
        start = self.whole.rfind("\n", 0, at) + 1
        end = self.whole.find("\n", at)
        return start, len(self.whole) if end < 0 else end


def _blank(text: str) -> str:
    """As many blanks on as many lines."""
    return "\n".join(" " * len(line) for line in text.split("\n"))


def in_prompts(page: Page) -> Iterator[tuple[int, int]]:
    """Prompts behind a label: their words are no ids."""
    for (start, end), prompt in prompts.in_text(page.text):
        raw = page.source[page.origin(start) : page.origin(end)]
        if not re.search(r"[\\%&^]", raw):
            prompt = raw  # with its own commas and brackets, before they were made plain
        page.asked.append(
            FoundRequest(page.origin(start), PromptInfo(prompt.strip()), in_order=False)
        )
        yield start, end


_ROUTE_WORD = r"(?i:[a-z]+(?:2[a-z]+)?)"  # text2video
_ADDRESS = re.compile(
    rf"(?:/(?:tasks?|fetch|v\d+/videos?)/(?:{_ROUTE_WORD}/)*"
    rf"(?!{_ROUTE_WORD}(?:[\s/?#\"']|$))"
    r"|/query\?id=)([^\s/?#&\"'<>\\{}$`;)\]|]+)"
)


def in_addresses(page: Page) -> Iterator[tuple[int, int]]:
    for match in _ADDRESS.finditer(page.text):
        for word in match[1].split(","):
            token = word.strip(".:*")
            if shapes.may_be(token):
                page.hit(match.start(1), token)
                yield match.span(1)


def no_ids(page: Page) -> Iterator[tuple[int, int]]:
    """Keys, and halves of ids."""
    for half in shapes.HALF.finditer(page.text):
        page.leave_out(half.start(), half[0], "half")
    for never in (shapes.HALF, shapes.KEY):
        yield from (match.span() for match in never.finditer(page.text))


_FIELD = re.compile(
    r"""(?:(?<![\w-])(?<![?&](?=id=))((?:[A-Za-z]{2,14}[ ])?[\w-]++)["'”*`\]]{0,2}[ \t]{0,8}"""
    r"(?:=>|[:=【「])[ \t]{0,8}"
    r"|((?<![\w-])(?:--?)?(?i:task|job|video|generation|submit)"
    r"[ _-]?(?i:id)|任务 ?(?:(?i:id)|编号|号))[ \t]{1,8}"  # as in "Task ID X"
    r"|<([\w-]{0,40}(?i:id))>)"  # XML
    r"""["'“`*<(\[]{0,3}([A-Za-z0-9_*][\w.*+~@-]*+={0,2})"""
)
#: The next one of several behind one name; those are of one length.
_MORE = re.compile(r"[,、;][ \t]{0,8}([\w-]+)")


def in_fields(page: Page) -> Iterator[tuple[int, int]]:
    """Names and values in logs and prose."""
    for match in _FIELD.finditer(page.text):
        name, token = field_name(match[1] or match[2] or match[3]), match[4]
        if len(token) < 40:
            token = token.rstrip("=.")
        if is_task_id(name) is False:
            page.foreign.add(token)
            yield match.span()
        is_sure = len(name) > 3  # more than "id"
        is_whole = shapes.found_in(token) in ([], [(0, token)])  # no file name made of one
        good = shapes.looks_like(token) or (is_sure and shapes.may_be(token, digits=1))
        if is_task_id(name) and is_whole and good:
            page.hit(match.start(4), token, maybe_key=not is_sure and shapes.is_uuid(token))
            more = _MORE.match(page.text, match.end())
            while more and len(more[1]) == len(token) and shapes.looks_like(more[1]):
                page.hit(more.start(1), more[1])
                more = _MORE.match(page.text, more.end())


def by_shape(page: Page) -> Iterator[tuple[int, int]]:
    for at, token in shapes.found_in(page.text):
        page.hit(at, token)
        yield at, at + len(token)


#: A line, and what stands in it behind a bullet or a number.
_LINE = re.compile(
    r"^[^\S\n]*(?:(?:[^\w\s]{1,3}|\(?\d{1,4}[.):、]|#\d+)[^\S\n]+)?(.+)", re.MULTILINE
)
#: Between white space and commas, without quotes around it.
_WORD = re.compile(r"[^\s,;，；、\"'`“”]+(?<!:)")


def in_lines(page: Page) -> None:
    """Lines that are nothing but ids; what other readers have read there is blank by now."""
    lines, is_list = [], not set("{[") & set(page.source)
    for line in _LINE.finditer(page.whole):
        words = [(m.start(), m[0]) for m in _WORD.finditer(page.whole, *line.span(1))]
        is_list = is_list and len(words) <= 1 and line[1].isascii()
        lines += [words] if words and page.text.startswith(line[0], line.start()) else []
    for words in lines:
        good = shapes.may_be if is_list else shapes.looks_like
        if shapes.ROUNDED.fullmatch(words[0][1]):
            page.leave_out(*words[0], "rounded")
        elif all(good(word) and len(word) >= 8 * (len(words) > 1) for _, word in words):
            for start, word in words:
                page.hit(start, word, maybe_key=shapes.is_uuid(word))


def in_table(page: Page) -> Iterator[tuple[int, int]]:
    """Rows below a line of titles, one of which names ids. A row is read as an object is."""
    start, end = page.line(len(page.text) - len(page.text.lstrip()))
    head = page.text[start:end]
    comma = max(",\t;|", key=head.count)
    titles = [field_name(_cell(title)) for title in head.split(comma, 500)]
    if len(titles) == 1 or not any(map(is_task_id, titles)):
        return
    for row, span in _rows(page.text, end + 1, comma, titles):
        fields = {t: _cell(c) if is_task_id(t) else c for t, c in zip(titles, row, strict=False)}
        rounded = [c for t, c in fields.items() if is_task_id(t) and shapes.ROUNDED.fullmatch(c)]
        for cell in rounded:
            page.leave_out(page.text.find(cell, *span), cell, "rounded")
        if _read_value(page, fields, span).ids or rounded:
            yield span


def _rows(
    text: str, at: int, comma: str, titles: list[str]
) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """The cells of each row from `at` on that fits the titles, and its stretch."""
    cell = re.compile(rf'(?:"((?:[^"]|"")*+)"|("(?:[^"\n]|"")*+)|([^{comma}\n]*))([{comma}\n]|\Z)')

    def row(end: int) -> tuple[list[str], int]:
        """The one that begins at `at`. A quote that is never closed ends with its line: nothing
        is known of its cell and those behind it."""
        cells, after = list[str](), at
        for match in cell.finditer(text, at, end):
            quoted, cut, bare, behind = match.groups()
            cells.append(bare or (quoted or "").replace('""', '"'))
            cells += [""] * (len(titles) - len(cells)) if cut else []
            after = match.end()
            if behind != comma:
                break
        return cells, after

    def is_row(line: str, like: list[str]) -> bool:
        """Whether a line inside a cell is a row of its own: its ids are as long."""
        cells = map(_cell, line.split(comma))
        ids = [(a, _cell(b)) for t, a, b in zip(titles, cells, like, strict=False) if is_task_id(t)]
        return any(len(a) == len(b) and shapes.may_be(a, digits=1) for a, b in ids)

    while at < len(text):
        cells, after = row(len(text))
        first, *inside = text[at:after].removesuffix("\n").split("\n")
        if any(is_row(line, cells) for line in inside):
            cells, after = row(at + len(first) + 1)
        if len(cells) == len(titles):
            yield cells, (at, after)
        at = after


def _cell(text: str) -> str:
    return without_escapes(text).text.strip(" \t\r\n\"'`*")


#: Blocks that turn out to be no JSON are looked at in vain; no more characters than this in all.
_WASTE = 32 * 1024 * 1024
#: Where JSON may begin; an array of numbers is of no interest.
_BLOCK = re.compile(r"""(?:\A|(?<=[\s'"=:>@(,]))(?=\{\s*["'“A-Za-z_]|\[[\["'“{])""")
#: Keys under which tasks stand, also those of n8n, Dify and logs around an answer.
_ROWS = re.compile(r"data|items|tasks|jobs|list|records|results?|videos|output|body|json|response")
#: What a string has in it where any reader finds something. Most strings have none of these.
_MAY_HOLD = re.compile(r"\A[{\[]|(?i:id|c[gv]t-|task|prompt|fetch)|[A-Za-z0-9+_-]{40}|[^\x00-\x7f]")
#: How far behind the last id of a block the next one is looked for, to tell its line.
_NEAR = 64 * 1024


def in_json(page: Page) -> Iterator[tuple[int, int]]:
    """Answers and requests, also damaged ones and those within strings."""
    at = wasted = 0
    for match in _BLOCK.finditer(page.text):
        start = match.end()
        if start < at or wasted > _WASTE:
            continue
        value, end = _read_json(page.text, start)
        if value is None:
            wasted += end - start
            continue
        at = end
        yield start, at
        tree = _read_value(page, value, (start, at))
        if not tree.ids:
            page.asked += [
                FoundRequest(page.origin(start), said) for said in tree.asked if said.prompt
            ]


def _read_value(page: Page, value: Any, span: tuple[int, int]) -> "_Tree":
    """Note the ids of a JSON value that stands in this stretch."""
    tree = _Tree(page.foreign)
    tree.read(value, page.depth, top=page.top)
    place, end = span
    for id_, said, maybe_key in tree.ids:
        place = max(page.text.find(id_, place, min(end, place + _NEAR)), place)
        page.hit(place, id_, span, said=said, maybe_key=maybe_key)
    return tree


class _Tree:
    """Reads one JSON value: ids outermost first, and none below a task, where the ids are those
    of a service further up.

    Attributes:
        ids: (id, what is said of it if that is known, could be a key), those found so far.
        asked: The requests found so far that are nobody's yet.
        foreign: Ids of other things.
    """

    def __init__(self, foreign: set[str]) -> None:
        self._barren: set[str] = set()
        self.ids: list[tuple[str, PromptInfo | None, bool]] = []
        self.asked: list[PromptInfo] = []
        self.foreign = foreign

    def read(self, value: Any, depth: int, *, top: bool) -> None:
        """`top`: the place is one where a task stands, so an `id` of any shape is its id."""
        if depth > 40:  # no answer of any service
            return
        if isinstance(value, dict):
            self._object({field_name(k): v for k, v in value.items()}, depth, top=top)
        elif isinstance(value, list):
            for item in value:
                self.read(item, depth + 1, top=top)
        elif isinstance(value, str):
            self._string(value, depth, top=top)

    def _object(self, fields: dict[str, Any], depth: int, *, top: bool) -> None:
        first, begun = len(self.ids), len(self.asked)
        for name, value in fields.items():
            if is_task_id(name) is False:
                self.foreign.update(_tokens(value))
        own = self._own_id(fields, top=top)
        if own is not None:
            self.ids.append((own, None, shapes.is_uuid(own) and list(fields) == ["id"]))
        for name, value in fields.items():
            start, is_text = len(self.ids), isinstance(value, str)
            if is_task_id(name) and name.endswith("s"):
                self.ids += [(token, None, False) for token in _tokens(value)]
            elif is_task_id(name) is None and not (is_text and prompts.is_prompt(name)):
                is_row = _ROWS.fullmatch(name) is not None
                self.read(value, depth + 1, top=top and is_row)
            if own is not None:  # only a note may name other tasks
                is_note = is_text and not value.startswith(("http", "{", "["))
                others = self.ids[start:] if is_note else []
                self.ids[start:] = [(id_, said or PromptInfo(), key) for id_, said, key in others]
        ids = self.ids[first:]
        said, left = prompts.settled(
            prompts.own(fields), self.asked[begun:], sum(known is None for _, known, _ in ids)
        )
        self.ids[first:] = [(i, said if known is None else known, k) for i, known, k in ids]
        self.asked[begun:] = left

    def _own_id(self, fields: dict[str, Any], *, top: bool) -> str | None:
        """The id of the task this object is, or None if it is none."""
        if fields.keys() & {"workflow_run_id", "conversation_id"}:
            return None  # Dify calls each of its own answers a task
        for name, value in fields.items():
            if name != "id" and is_task_id(name) and not name.endswith("s"):
                for token in _tokens(value):
                    if token not in self.foreign:
                        return token
        token = next(iter(_tokens(fields.get("id"))), "")
        if not token or (token.isdecimal() and int(token) < 10**11):  # the number of a row
            return None
        if shapes.is_shape(token):
            return token
        kind = fields.get("object")
        if isinstance(kind, str) and not re.search("video|task|generation|image|3d", kind):
            return None
        if fields.keys() & {"status", "task_status", "state", "gen_status"}:
            return token
        is_flat = not any(isinstance(value, (dict, list)) for value in fields.values())
        return token if top and is_flat and shapes.may_be(token) else None  # no workflow, no user

    def _string(self, text: str, depth: int, *, top: bool) -> None:
        """A text inside: JSON once more, an id, or a line of a log."""
        bare = text.strip()
        if top and shapes.looks_like(bare):
            self.ids.append((bare, None, shapes.is_uuid(bare)))
        elif len(bare) >= 8 and bare not in self._barren:
            if _MAY_HOLD.search(bare) is None:
                self._barren.add(bare)  # a model, a status: it stands in each row of an answer
                return
            page = read_page(text, depth + 1, top=top)
            self.foreign |= page.foreign
            said = prompts.pair(page.hits, page.asked)
            nothing = PromptInfo() if page.asked else None  # its prompts are no matter for others
            self.ids += [(hit.id, said.get(hit.id, nothing), hit.maybe_key) for hit in page.hits]
            self.asked += [] if page.hits else [asked.said for asked in page.asked]


def _tokens(value: Any) -> list[str]:
    """The ids in a field: one, several with commas, or a list."""
    if isinstance(value, list):
        return [token for item in value for token in _tokens(item)]
    return [word.strip() for word in str(value).split(",") if shapes.is_token(word.strip())]


# --- JSON as people paste it: whole, cut off, with Python's quotes or full-width punctuation -----

#: The loose reader is slow: damaged blocks beyond this many characters are cut off.
_LOOSE_LIMIT = 256 * 1024
#: Most objects are shorter (characters).
_WINDOW = 16 * 1024

#: Raw line breaks in strings are as clear as escaped ones.
_STRICT = json.JSONDecoder(strict=False)
#: A bracket; a string or a bare word, and whether a colon makes a name of it; a comma; a string
#: that does not end on its line; damage.
_PART = re.compile(
    r'([{}\[\]])|(?:"((?:[^"\\\n]|\\.)*+)"|'
    r"""'((?:[^'\\\n]|\\.)*+)'|“([^”\n]*)”|([A-Za-z0-9_$.+-]+(?:\([^()\n]*\))?))"""
    r"""(\s*[:：])?|[,，]|(["'“][^\n]*)|(\S)""",
    re.DOTALL,
)
#: What ids are made of: the last word of a string that was cut is half an id, perhaps.
_OF_IDS = f"{string.ascii_letters}{string.digits}_.+=-"


def _read_json(text: str, start: int) -> tuple[Any, int]:
    """The object or array that begins at `text[start]`, and the place behind it; None for what is
    none, not even loosely, and the place up to which it was looked at in vain."""
    # An error costs as much time as there is text before it: the whole text only for what is long.
    for part, at in ((text[start : start + _WINDOW], 0), (text, start)):
        try:
            value, end = _STRICT.raw_decode(part, at)
        except json.JSONDecodeError as e:
            if not e.msg.startswith("Unterminated") and e.pos < len(part) - 8:
                break  # it was not cut by the window
        except RecursionError:
            break
        else:
            return value, start - at + end
    return _loosely(text, start)


def _loosely(text: str, start: int) -> tuple[Any, int]:
    """Reads until the outermost bracket closes, or the text or its line was cut: that closes all.
    A string or a word that was cut is no value of its name, what was whole before it stays."""
    end = limit = min(len(text), start + _LOOSE_LIMIT)
    open_: list[tuple[str, list[Any]]] = [("", [])]  # brackets and what is in them, outermost first

    def close() -> None:
        bracket, items = open_.pop()
        members = zip(items[::2], items[1::2], strict=False)  # a name without its value goes
        open_[-1][1].append(dict(members) if bracket == "{" else items)

    for part in _PART.finditer(text, start, limit):
        bracket, *strings, word, colon, unfinished, damage = part.groups()
        (kind, here), end = open_[-1], part.end()
        is_name = kind == "{" and len(here) % 2 == 0
        is_named = kind == "{" and not is_name
        text_of = next((each for each in strings if each is not None), word)
        if unfinished or (word is not None and end == limit):
            if is_named:
                here[-1] = ""  # under no name: ids in it are found, it is no prompt
            here.append(unescaped((unfinished or "")[1:].rstrip(_OF_IDS)))
            break
        if kind == bracket == "{" and text[part.start() - 1] == "\n":
            end = part.start()  # the next line of a log
            break
        if bracket in ("}", "]"):
            damage = is_named
            close()
        elif bracket:
            damage = is_name
            open_.append((bracket, []))
        elif text_of is not None:
            damage = is_name != bool(colon) and end < limit
            here.append(None if word in ("null", "None") else unescaped(text_of))
        if damage:
            return None, end
        if len(open_) == 1:
            break
    while len(open_) > 1:
        close()
    return open_[0][1][0], end


def read_page(text: str, depth: int = 0, *, top: bool = True) -> Page:
    """What is found in any text, also in one inside of JSON."""
    page, clean = Page(text, depth, top=top), without_terminal(text)
    page.turn_to(clean)
    page.read_by(in_json, in_table)
    if re.search(r"\w", page.text):  # answers and tables alone leave commas at most
        plain = unwrapped(without_escapes(page.text), shapes.WHOLE, shapes.is_shape)
        page.turn_to(plain.after(clean))
        page.read_by(in_json, in_prompts, in_addresses, no_ids, in_fields, by_shape)
        if depth == 0:  # within JSON a line of any shape may be anything
            in_lines(page)
    page.hits.sort(key=lambda hit: hit.at)
    return page
