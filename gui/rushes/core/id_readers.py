"""What finds task ids in a text: readers of JSON, tables, addresses, fields, shapes and lines.

Each blanks out what it has read, so that the next ones do not read it again.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from rushes.core import id_shapes as shapes
from rushes.core import prompts
from rushes.core.plain_text import Plain, unescaped, without_escapes
from rushes.core.prompts import Asked, Named, Said, field_name

#: Keys and titles that name the id of a task; words before them may say that it is another's.
_TASK_ID = re.compile(
    r"(?:.*[_\u4e00-\u9fff])?(?:task|job|generation|submit|video)_?ids?|.*任务_?(?:id|编号|号)"
)
_OTHERS = re.compile(
    r"(?:^|_)(?:draft|parent|source|src|origin(?:al)?|upstream|remixed|prev(?:ious)?|ref(?:erence)?"
    r"|old|client|external)(?:_|$)|[原父旧]任务|上游|来源|草稿"
)
_ANY_ID = re.compile(r".*(?:ids?|编号|任务号)")


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
    """

    def __init__(self, plain: Plain, source: str) -> None:
        self.source = source
        self.text = self.whole = plain.text
        self.origin = plain.origin
        self.hits: list[Named] = []
        self.asked: list[Asked] = []
        self.foreign: set[str] = set()
        self.left_out: list[tuple[int, str, str]] = []

    def hit(self, at: int, id_: str, span: tuple[int, int] | None = None, **more: Any) -> None:
        """Note an id. `span`: the answer or the row it stands in; else its line belongs to it."""
        block = span[0] if span else at
        start, end = span or self.line(at)
        place, span = self.origin(at), (self.origin(start), self.origin(end))
        self.hits.append(Named(at=place, id=id_, block=self.origin(block), span=span, **more))

    def leave_out(self, at: int, text: str, why: str) -> None:
        self.left_out.append((self.origin(at), text, why))

    def blank(self, spans: Iterable[tuple[int, int]]) -> None:
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


def in_prompts(page: Page) -> None:
    """Prompts behind a label. They are blanked: words of a prompt are no ids."""
    spans = []
    for (start, end), prompt in prompts.in_text(page.text):
        raw = page.source[page.origin(start) : page.origin(end)]
        if not re.search(r"[\\%&^]", raw):
            prompt = raw  # with its own commas and brackets, before they were made plain
        spans.append((start, end))
        page.asked.append(Asked(page.origin(start), Said(prompt.strip()), in_order=False))
    page.blank(spans)


_ROUTE_WORD = r"(?i:[a-z]+(?:2[a-z]+)?)"  # text2video
_ADDRESS = re.compile(
    rf"(?:/(?:tasks?|fetch|v\d+/videos?)/(?:{_ROUTE_WORD}/)*"
    rf"(?!{_ROUTE_WORD}(?:[\s/?#\"']|$))"
    r"|[?&\s\"'](?:filter\.)?(?i:task_?ids?|video_?ids?|job_?ids?)=|/query\?(?:\w+=\w+&)*id=)"
    r"([^\s/?#&\"'<>\\{}$`;)\]|]+)"
)


def in_addresses(page: Page) -> None:
    spans = []
    for match in _ADDRESS.finditer(page.text):
        for word in match[1].split(","):
            token = word.strip(".:*")
            if len(token) >= 4 and shapes.may_be(token):
                spans.append(match.span(1))
                page.hit(match.start(1), token)
    page.blank(spans)


_FIELD = re.compile(
    r"""(?:(?<![\w-])((?:[A-Za-z]{2,14}[ ])?[\w-]++)["'”*`\]]{0,2}[ \t]{0,8}"""
    r"(?:=>|[:=【「])[ \t]{0,8}"
    r"|((?<![\w-])(?:--?)?(?i:task|job|video|generation|submit)"
    r"[ _-]?(?i:ids?)|任务 ?(?:(?i:id)|编号|号))[ \t]{1,8}"  # as in "Task ID X"
    r"|<([\w-]{0,40}(?i:ids?|编号|任务号))>\s{0,8})"  # XML
    r"""["'“`*<(\[]{0,3}([A-Za-z0-9_*][\w.*+~@-]*+(?:={1,2}(?!\w))?)"""
)
#: The next one of several behind one name; those are of one length.
_MORE = re.compile(r"[ \t]{0,8}[,、;][ \t]{0,8}([\w-]+)")
_LINK = re.compile(r"https?://[^\s\"'<>]+")


def in_fields(page: Page) -> None:
    """Names and values in logs and prose."""
    for half in shapes.HALF.finditer(page.text):
        page.leave_out(half.start(), half[0], "half")
    for never in (shapes.HALF, shapes.KEY):
        page.blank(m.span() for m in never.finditer(page.text))
    page.blank(
        m.span() for m in _LINK.finditer(page.text) if next(shapes.found_in(m[0]), None) is None
    )
    spans = []
    for match in _FIELD.finditer(page.text):
        name, token = field_name(match[1] or match[2] or match[3]), match[4]
        if len(token) < 40:
            token = token.rstrip("=.")
        if is_task_id(name) is False:
            page.foreign.add(token)
            spans.append(match.span())
            continue
        is_sure = len(name) > 3  # more than "id"
        is_whole = next(shapes.found_in(token), (0, token))[1] == token  # no file name made of one
        good = shapes.looks_like(token) or (is_sure and shapes.may_be(token, digits=1))
        if is_task_id(name) and is_whole and good:
            spans.append(match.span())
            page.hit(match.start(4), token, maybe_key=not is_sure and shapes.is_uuid(token))
            more = _MORE.match(page.text, match.end())
            while more and len(more[1]) == len(token) and shapes.looks_like(more[1]):
                page.hit(more.start(1), more[1])
                spans.append(more.span())
                more = _MORE.match(page.text, more.end())
    page.blank(spans)


def by_shape(page: Page) -> None:
    found = list(shapes.found_in(page.text))
    for at, token in found:
        page.hit(at, token)
    page.blank((at, at + len(token)) for at, token in found)


_BULLET = re.compile(r"^\s*(?:[^\w\s]{1,3}\s+|\(?\d{1,4}[.):、]\s+|#\d+\s+)")
#: Between white space and commas, without quotes around it.
_WORD = re.compile(r"[^\s,;，；、\"'`“”]+(?<!:)")


def in_lines(page: Page) -> None:
    """Lines that are nothing but ids; what other readers have read there is blank by now."""
    lines, is_list, at = [], not set("{[") & set(page.source), 0
    for line, original in zip(page.text.split("\n"), page.whole.split("\n"), strict=True):
        bare = _BULLET.sub(lambda bullet: " " * len(bullet[0]), original)
        words = [(at + match.start(), match[0]) for match in _WORD.finditer(bare)]
        is_list = is_list and len(words) <= 1 and bare.isascii()
        lines += [words] if words and line == original else []
        at += len(line) + 1
    for words in lines:
        good = shapes.may_be if is_list else shapes.looks_like
        if len(words) == 1 and shapes.ROUNDED.fullmatch(words[0][1]):
            page.leave_out(*words[0], "rounded")
        elif all(good(word) and len(word) >= 8 * (len(words) > 1) for _, word in words):
            for start, word in words:
                page.hit(start, word, maybe_key=shapes.is_uuid(word))


#: What is read in any text, in this order.
IN_TEXT = (in_prompts, in_addresses, in_fields, by_shape)


def in_table(page: Page) -> None:
    """Rows below a line of titles, one of which names ids. A row is read as an object is."""
    start, end = page.line(len(page.text) - len(page.text.lstrip()))
    head = page.text[start:end]
    comma = max(",\t;|", key=head.count)
    titles = [field_name(_cell(title)) for title in head.split(comma, 500)]
    if len(titles) == 1 or not any(map(is_task_id, titles)):
        return
    at, spans = end + 1, [(start, end)]
    for row, length in _rows(page.text[at:], comma, titles):
        span, at = (at, at + length), at + length
        fields = {t: _cell(c) if is_task_id(t) else c for t, c in zip(titles, row, strict=False)}
        rounded = [c for t, c in fields.items() if is_task_id(t) and shapes.ROUNDED.fullmatch(c)]
        for cell in rounded:
            page.leave_out(page.text.find(cell, *span), cell, "rounded")
        spans += [span] if _read_value(page, fields, span).ids or rounded else []
    page.blank(spans)


def _rows(text: str, comma: str, titles: list[str]) -> Iterator[tuple[list[str], int]]:
    """The cells of each row (none if they do not fit the titles) and its length. Of a row with a
    quote that is never closed: its first line, up to the cell of the quote."""
    lines, at = text.splitlines(keepends=True), 0
    columns = [column for column, title in enumerate(titles) if is_task_id(title)]

    def is_row(line: str, like: list[str]) -> bool:
        """Whether a line inside a cell is a row of its own: its ids are as long."""
        cells = [_cell(cell) for cell in line.split(comma)]
        pairs = [(cells[n], _cell(like[n])) for n in columns if len(cells) == len(like) > n]
        return any(len(a) == len(b) and shapes.may_be(a, digits=1) for a, b in pairs)

    while at < len(lines):
        used, length = 1, len(titles)
        try:
            rest = map(lines.__getitem__, range(at, len(lines)))
            rows = csv.reader(rest, delimiter=comma, strict=True)
            row, used = next(rows), rows.line_num
            if any(is_row(line, row) for line in lines[at + 1 : at + used]):
                raise csv.Error
        except csv.Error:
            row, used = _line_of_table(lines[at], comma), 1
            if row and row[-1].endswith("\n"):  # the cell of the quote
                length = len(row := row[:-1])
        yield row if len(row) == length else [], sum(map(len, lines[at : at + used]))
        at += used


def _line_of_table(line: str, comma: str) -> list[str]:
    """Its cells; a line break ends the last one where its quote is not closed. A line with a cell
    that is too long for an id or a prompt has none."""
    try:
        return next(csv.reader([line.rstrip("\r\n") + "\n"], delimiter=comma))
    except csv.Error:
        return []


def _cell(text: str) -> str:
    return without_escapes(text).text.strip(" \t\r\n\"'`*")


#: Blocks that turn out to be no JSON are looked at in vain; no more characters than this in all.
_WASTE = 32 * 1024 * 1024
_BLOCK = re.compile(
    r"""^[ \t]*(?=[\[{])|(?<=[\s'"=:>@(,])(?=\{["'\s]|\[\s*[{"'])""",
    re.MULTILINE,
)
#: Keys under which tasks stand, also those of n8n, Dify and logs around an answer.
_ROWS = re.compile(r"data|items|tasks|jobs|list|records|results?|videos|output|body|json|response")
#: What a string has in it where any reader finds something. Most strings have none of these.
_MAY_HOLD = re.compile(r"(?i:id|c[gv]t-|task|prompt|fetch)|[A-Za-z0-9+_-]{40}|[^\x00-\x7f]")
#: How far behind the last id of a block the next one is looked for, to tell its line.
_NEAR = 64 * 1024


def in_json(page: Page) -> None:
    """Answers and requests, also damaged ones and those within strings."""
    text, spans, at, wasted = page.text, [], 0, 0
    for match in _BLOCK.finditer(text):
        start = match.end()
        if start < at or wasted > _WASTE:
            continue
        try:
            value, at = _read_json(text, start)
        except _NotJson as e:
            wasted += e.args[0]
            continue
        spans.append((start, at))
        tree = _read_value(page, value, (start, at))
        if not tree.ids:
            page.asked += [Asked(page.origin(start), said) for said in tree.asked if said.prompt]
    page.blank(spans)


def _read_value(page: Page, value: Any, span: tuple[int, int]) -> "_Tree":
    """Note the ids of a JSON value that stands in this stretch."""
    tree = _Tree(page.foreign)
    tree.read(value, 0, top=True)
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
        self.ids: list[tuple[str, Said | None, bool]] = []
        self.asked: list[Said] = []
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
            self._field(name, value, depth, own, top=top)
        ids = self.ids[first:]
        said, left = prompts.settled(
            prompts.own(fields), self.asked[begun:], sum(known is None for _, known, _ in ids)
        )
        self.ids[first:] = [(i, said if known is None else known, k) for i, known, k in ids]
        self.asked[begun:] = left

    def _field(self, name: str, value: Any, depth: int, own: str | None, *, top: bool) -> None:
        first = len(self.ids)
        is_text = isinstance(value, str) and not value.startswith(("http", "{", "["))
        if is_task_id(name) and name.endswith("s") and own is None:
            self.ids += [(token, None, False) for token in _tokens(value)]
        elif is_task_id(name) is not None or (
            isinstance(value, str) and prompts.PROMPT.fullmatch(name)
        ):
            return
        elif own is None:
            self.read(value, depth + 1, top=top and _ROWS.fullmatch(name) is not None)
        else:
            self.read(value, depth + 1, top=False)
            ids = self.ids[first:] if is_text else []  # a note may name other tasks
            self.ids[first:] = [(id_, said or Said(), key) for id_, said, key in ids]

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
        if bare[:1] in ("{", "["):
            try:
                self.read(_read_json(bare, 0)[0], depth + 1, top=top)
                return
            except _NotJson:
                pass
        if top and shapes.looks_like(bare):
            self.ids.append((bare, None, shapes.is_uuid(bare)))
        elif len(bare) >= 8 and _MAY_HOLD.search(bare):
            page = Page(shapes.made_whole(without_escapes(text)), text)
            for read in IN_TEXT:
                read(page)
            self.foreign |= page.foreign
            page.hits.sort(key=lambda hit: hit.at)
            said = prompts.pair(page.hits, page.asked)
            nothing = Said() if page.asked else None  # its prompts are no matter for others
            self.ids += [(hit.id, said.get(hit.id, nothing), hit.maybe_key) for hit in page.hits]
            self.asked += [] if page.hits else [asked.said for asked in page.asked]


def _tokens(value: Any) -> list[str]:
    """The ids in a field: one, several with commas, or a list."""
    if isinstance(value, list):
        return [token for item in value for token in _tokens(item)]
    words = str(value).split(",") if isinstance(value, (str, int)) else []
    return [word.strip() for word in words if shapes.is_token(word.strip())]


# --- JSON as people paste it: whole, cut off, with Python's quotes or full-width punctuation -----

#: The loose reader is slow: damaged blocks beyond this many characters are cut off.
_LOOSE_LIMIT = 256 * 1024
#: Most objects are shorter (characters).
_WINDOW = 16 * 1024

#: Raw line breaks in strings are as clear as escaped ones.
_STRICT = json.JSONDecoder(strict=False)
_OPENING = re.compile(r"""\{\s*["'“A-Za-z_]|\[\s*[\["'“{]""")
#: A bracket; a string or a bare word, and whether a colon makes a name of it; a comma; a string
#: that does not end on its line; damage.
_PART = re.compile(
    r'([{}\[\]])|(?:"((?:[^"\\\n]|\\.)*+)"|'
    r"""'((?:[^'\\\n]|\\.)*+)'|“([^”\n]*)”|([A-Za-z0-9_$.+-]+(?:\([^()\n]*\))?))"""
    r"""(\s*[:：])?|[,，]|(["'“][^\n]*)|(\S)""",
    re.DOTALL,
)
#: The end of a string that was cut: half an id, perhaps.
_LAST_WORD = re.compile(r"(?<![\w.+=-])[\w.+=-]+\Z")
_WORDS = {"null": None, "None": None, "true": True, "True": True, "false": False, "False": False}


class _NotJson(ValueError):
    """Not JSON, not even loosely. Its argument tells how many characters were looked at in vain."""


def _read_json(text: str, start: int) -> tuple[Any, int]:
    """The object or array that begins at `text[start]`, and the place behind it.

    Raises:
        _NotJson: not even loosely, or an array of numbers, which is of no interest.
    """
    if not _OPENING.match(text, start):
        raise _NotJson(1)
    # Little by little: a copy of all that follows, for each of many objects, would take hours.
    length = _WINDOW
    while True:
        part = text[start : start + length]
        try:
            value, end = _STRICT.raw_decode(part)
        except json.JSONDecodeError as e:
            was_cut = e.msg.startswith("Unterminated") or e.pos > len(part) - 8
        except RecursionError:
            was_cut = False
        else:
            return value, start + end
        if not was_cut or len(part) < length:
            return _loosely(text, start)
        length *= 8


def _loosely(text: str, start: int) -> tuple[Any, int]:
    """Reads until the outermost bracket closes, or the text or its line was cut: that closes all.
    A string or a word that was cut is no value of its name, what was whole before it stays."""
    limit = min(len(text), start + _LOOSE_LIMIT)
    open_: list[Any] = [[]]  # containers, from the outside; the first holds the value itself
    name: str | None = None  # of the member whose value comes next
    for part in _PART.finditer(text, start, limit):
        bracket, *strings, word, colon, unfinished, damage = part.groups()
        here, end = open_[-1], part.end()
        is_object = isinstance(here, dict)
        string = next((each for each in strings if each is not None), word)
        if unfinished or (word is not None and end == limit):
            text_before = unescaped(_LAST_WORD.sub("", (unfinished or "")[1:]))
            if is_object and name is not None:
                here[""] = text_before  # under no name: ids in it are found, it is no prompt
            elif not is_object:
                here.append(text_before)
            return open_[0][0], end
        if is_object and bracket == "{" and text[part.start() - 1] == "\n":
            return open_[0][0], part.start()  # the next line of a log
        if bracket in ("}", "]"):
            damage = name is not None or is_object != (bracket == "}")
            open_.pop()
            if len(open_) == 1 and not damage:
                return open_[0][0], end
        elif is_object and name is None and (bracket or string is not None):
            damage = bracket or not (colon or end == limit)
            name = unescaped(string or "")
        elif bracket or string is not None:
            string = unescaped(string or "") if word is None else _WORDS.get(word, word)
            value: Any = {"{": {}, "[": [], None: string}[bracket]
            damage = colon
            if is_object:
                here[name], name = value, None
            else:
                here.append(value)
            if bracket:
                open_.append(value)
        else:
            damage = damage or name is not None  # a comma
        if damage:
            raise _NotJson(end - start)
    return open_[0][0], limit
