"""Task ids in what is no JSON and no table: routes of services, fields with a label, known shapes,
prompts behind a label, lines that are nothing but ids.
"""

import re
from collections.abc import Iterator

from rushes.core import prompts
from rushes.core.id_page import ANY_ID, Hit, Page, is_task_id
from rushes.core.id_shapes import (
    KEY,
    NO_ID,
    ROUNDED,
    is_labelled,
    is_token,
    is_uuid,
    looks_like,
    may_be,
    shapes_in,
)
from rushes.core.prompts import Asked, Said, field_name

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


def in_addresses(page: Page) -> Iterator[Hit]:
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


def in_fields(page: Page) -> Iterator[Hit]:
    page.blank([m.span() for m in KEY.finditer(page.text)])
    page.blank([m.span() for m in _LINK.finditer(page.text) if next(shapes_in(m[0]), None) is None])
    for pattern in _FIELDS:
        spans = []
        for match in pattern.finditer(page.text):
            name, token = field_name(match[1]), match[2]
            if len(token) < 40:
                token = token.rstrip("=.")
            is_key = _SECRET.fullmatch(name) is not None
            if is_key or (ANY_ID.fullmatch(name) and not is_task_id(name)):
                page.foreign.update(() if is_key else (token,))
                spans.append(match.span())
            elif is_task_id(name) and _is_value(token, is_sure=len(name) > 3):
                spans.append(match.span())
                unsure = len(name) <= 3 and is_uuid(token)
                at = match.start(2)
                yield page.hit(at, token, page.line(at), maybe_key=unsure)
        page.blank(spans)


def _is_value(token: str, *, is_sure: bool) -> bool:
    """Whether it is an id and not more, as a file name made from one is."""
    whole = next(shapes_in(token), (0, token))[1] == token
    return whole and (looks_like(token) or (is_sure and is_labelled(token)))


def by_shape(page: Page) -> Iterator[Hit]:
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


def in_lines_asked(page: Page) -> Iterator[Hit]:
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


def alone(page: Page) -> Iterator[Hit]:
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


def _listed(page: Page, at: int, line: str) -> Iterator[Hit]:
    """Several ids of unknown shape in one line, and nothing else in it."""
    words = [(m.start(), m[0].strip("\"'`")) for m in re.finditer(r"[^\s,;，；、]+", line)]
    if len(words) > 1 and all(len(w) >= 8 and looks_like(w) for _, w in words):
        for start, word in words:
            yield page.hit(at + start, word, (at, at + len(line)), maybe_key=is_uuid(word))
