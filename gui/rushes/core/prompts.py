"""The prompt, the reference images and the name that stand beside a task id in pasted text.

Services seldom return the prompt. The text that holds the id often does: a request beside its
answer, a JSON line or a table row with both, a log that prints one before the other. Only these
three are ever taken out of a request, never its headers or other keys. Where two prompts could
belong to an id, none is taken.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from rushes.core.plain_text import unescaped

_MOST_REFERENCES = 20
_LONGEST_PROMPT = 20_000
_LONGEST_REFERENCE = 2_000
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class PromptInfo:
    """The prompt that stands beside an id, and what stands with it.

    Attributes:
        references: Addresses or file names, never image data.
    """

    prompt: str = ""
    references: tuple[str, ...] = ()
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.prompt or self.references or self.name)


NO_INFO = PromptInfo()


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """A request in a text, and where it stands.

    Attributes:
        in_order: It is a whole request: its answer comes after it. A labelled line of a log can
            stand before or behind the id.
    """

    at: int
    said: PromptInfo
    in_order: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundId:
    """An id in a text, where it stands, and what its own object, row or line says about it.

    Attributes:
        block: The answer it comes from; one request may have several ids as its answer.
        span: The stretch of text that belongs to it.
        maybe_key: A UUID that nothing calls a task id: it could be an API key.
    """

    at: int
    id: str
    block: int
    said: PromptInfo | None = None
    span: tuple[int, int] = (0, 0)
    maybe_key: bool = False


# --- objects ---------------------------------------------------------------------------------

_PROMPT = re.compile(
    r"(?:text|input|user|positive|final|video)?_?prompt(?:_?text)?|正向提示词|提示词|提示语|提示詞"
)
_NAME = frozenset({"name", "title", "名称", "名字", "标题", "镜头", "shot"})
_REFERENCE = re.compile(
    r"(?:image|img|pic)s?(?:_?(?:url|urls|list|path|file))?|(?:first|last|tail|end)_?frame(?:_?image)?(?:_?url)?"
    r"|(?:input_?)?references?(?:_?(?:image|video)s?)?(?:_?urls?)?|参考图|首帧|尾帧"
)


@lru_cache(maxsize=512)  # the keys of one answer are those of the next
def field_name(name: object) -> str:
    """A key or a column title in one spelling: `videoTaskId` → `video_task_id`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name).strip())
    return re.sub(r"[\s.-]+", "_", words).strip("_").casefold()


@lru_cache(maxsize=512)
def is_prompt(name: str) -> bool:
    """Whether a field of that name holds a prompt."""
    return _PROMPT.fullmatch(name) is not None


@lru_cache(maxsize=512)
def _is_reference(name: str) -> bool:
    return _REFERENCE.fullmatch(name) is not None


def own(fields: Mapping[str, Any]) -> PromptInfo:
    """What an object says of itself. `fields` by `field_name`."""
    prompt, references = "", list[str]()
    for name, value in fields.items():
        if is_prompt(name):
            prompt = prompt or _text(value) or _of_graph(value)
        elif name == "content" and "model" in fields and isinstance(value, list):
            found = _of_parts(value)
            prompt, references = prompt or found.prompt, [*references, *found.references]
        elif _is_reference(name):
            references += _references(value)
    name = next((_text(fields[key]) for key in _NAME & fields.keys()), "")
    return PromptInfo(
        prompt[:_LONGEST_PROMPT],
        tuple(dict.fromkeys(references))[:_MOST_REFERENCES],
        name if len(name) <= _LONGEST_NAME else "",
    )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _of_parts(parts: Sequence[Any]) -> PromptInfo:
    """Ark's own way: a list of parts of the kinds text, image_url, video_url …"""
    texts, references = [], list[str]()
    for part in parts:
        if isinstance(part, dict):
            if text := _text(part.get("text")):
                texts.append(text)
            for key in ("image_url", "video_url", "audio_url", "draft_task"):
                references += _references(part.get(key))
    return PromptInfo(texts[0] if len(texts) == 1 else "", tuple(references))


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _references(value.get("url"))
    if isinstance(value, list):
        return [each for item in value for each in _references(item)]
    is_name = isinstance(value, str) and not value.startswith("data:")
    return [value] if is_name and 4 <= len(value) <= _LONGEST_REFERENCE and "." in value else []


def _of_graph(graph: Any) -> str:
    """The one positive prompt of a ComfyUI graph: {"6": {"class_type": …, "inputs": {…}}}."""
    if not isinstance(graph, dict):
        return ""
    inputs = {
        str(number): node["inputs"]
        for number, node in graph.items()
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
    }
    negative = {
        str(link[0])
        for each in inputs.values()
        for name, link in each.items()
        if field_name(name) == "negative" and isinstance(link, list) and link
    }
    texts = {
        text
        for number, each in inputs.items()
        if number not in negative
        for name, value in each.items()
        if (is_prompt(field_name(name)) or name == "text") and (text := _text(value))
    }
    return texts.pop() if len(texts) == 1 else ""


# --- lines -----------------------------------------------------------------------------------

_LABEL = re.compile(
    r"""(?<![\w\u4e00-\u9fff])["'*`]{0,2}(?:(?:text|input|user|positive|final)[_ ]?)?"""
    r"""(?:prompt|正向提示词|提示词|提示语)["'*`]{0,2}"""
    r"""(?:[ \t]{0,4}(?:=>|[:=])[ \t]{0,8}|[ \t]{1,4}(?=["']))"""
    r"""(?:</?(?:b|code|em|font|i|p|span|strong|td)(?:\s[^<>\n]{0,200})?>[ \t]{0,8}){0,8}"""  # HTML
    # a quote that a letter follows opens another string: this one was never closed
    r"""(?:@?"((?:[^"\\]|\\.|"")*+)"(?![A-Za-z0-9])|'((?:[^'\\]|\\.|'')*+)'(?![A-Za-z0-9])"""
    r"""|“([^”]*)”|([^\s"'{\[$@<][^\n]*))""",
    re.IGNORECASE | re.DOTALL,
)
#: Where the value of an unquoted field ends: before the next field, or a bar.
_NEXT_FIELD = re.compile(r"[\s,;，；]+[\w.-]{1,40}[=：:](?!//)|\s+\|\s|\s--\w|</|\s*[)}\]]*;?\s*$")


def in_text(text: str) -> list[tuple[tuple[int, int], str]]:
    """Prompts behind a label, as in logs and scripts, and the stretch of each."""
    found = []
    for match in _LABEL.finditer(text):
        group = match.lastindex or 0
        start, end = match.span(group)
        prompt = _unquoted(match[4]) if group == 4 else unescaped(match[group])
        if group == 4:
            end = start + len(prompt)
        if prompt.strip() and len(prompt) <= _LONGEST_PROMPT:
            found.append(((start, end), prompt.strip()))
    return found


def _unquoted(rest: str) -> str:
    """A prompt without quotes, up to the next field; a single ASCII word is a name in code."""
    end = _NEXT_FIELD.search(rest)
    prompt = (rest[: end.start()] if end else rest).strip()
    is_code = re.fullmatch(r"[!-~]+", prompt) is not None
    return "" if is_code else prompt


# --- whose prompt it is ----------------------------------------------------------------------


def pair(ids: Iterable[FoundId], asked: Iterable[FoundRequest]) -> dict[str, PromptInfo]:
    """By id, what belongs to it beyond any doubt."""
    first: dict[str, FoundId] = {}
    paired: dict[str, PromptInfo] = {}
    for each in sorted(ids, key=lambda named: named.at):
        first.setdefault(each.id, each)
        if each.said:
            paired.setdefault(each.id, each.said)
    events: list[FoundId | FoundRequest] = [*first.values(), *asked]
    events.sort(key=lambda event: event.at)
    if _is_id_first(events):
        for named, request in zip(events[::2], events[1::2], strict=True):
            assert isinstance(named, FoundId)
            assert isinstance(request, FoundRequest)
            if named.id not in paired:
                paired[named.id] = request.said
        return paired
    if events and isinstance(events[0], FoundId) and not all(_in_order(e) for e in events):
        return paired  # the labels of a log could mean the id before as well as the one behind
    open_: list[PromptInfo] = []  # requests without their answer so far
    unsure = 0  # answers that could belong to several of them
    last: tuple[int, PromptInfo] | None = None
    for event in events:
        if isinstance(event, FoundRequest):
            open_.append(event.said)
            last = None
        elif event.id in paired:
            open_, unsure, last = [], 0, None
        elif last is not None and event.block == last[0]:
            paired[event.id] = last[1]
        elif open_ and unsure == 0 and len(set(open_)) == 1:
            last = event.block, open_.pop()
            paired[event.id] = last[1]
        elif open_:
            unsure += 1
            if unsure == len(open_):
                open_, unsure = [], 0
    return paired


def settled(
    own: PromptInfo, asked: Sequence[PromptInfo], open_: int
) -> tuple[PromptInfo | None, list[PromptInfo]]:
    """What an object says of the ids in it, and the requests that are nobody's yet.

    Args:
        own: What it says of itself.
        asked: Requests within it.
        open_: How many ids in it nothing was said of so far.
    """
    wanted = {each.prompt: each for each in (own, *asked) if each.prompt}
    left = list(wanted.values()) or ([own] if own else [])
    if not left or not open_:
        return None, left
    # Several prompts: nobody knows whose, and what comes later must not claim the ids.
    said = left[0] if len(left) == 1 else PromptInfo()
    if said and open_ == 1:
        said = replace(said, name=said.name or own.name)
    return said, []


def _in_order(event: FoundId | FoundRequest) -> bool:
    return isinstance(event, FoundId) or event.in_order


def _is_id_first(events: Sequence[FoundId | FoundRequest]) -> bool:
    """Whether each id is followed by its labelled prompt, all through the text."""
    pairs = list(zip(events[::2], events[1::2], strict=False))
    return (
        bool(events)
        and len(events) % 2 == 0
        and all(
            isinstance(a, FoundId) and isinstance(b, FoundRequest) and not b.in_order
            for a, b in pairs
        )
    )
