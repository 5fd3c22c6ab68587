"""Task ids in whatever a person pastes: lines, answers, curl commands, logs, tables, links.

An id is never validated by pattern: a token alone on its line can be one of any shape. Patterns
only find ids inside other text, and tell what is certainly none: keys, request ids, model names.

The text is read in this order, each reader leaving out what was read before it: JSON blocks, a
table, and in what is left (escapes undone, `core.plain_text`) JSON again, prompts with a label, the
routes of services, fields with a label, known shapes, lines that are nothing but ids.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from rushes.core import prompts
from rushes.core.id_hints import hints_in, hosts_in
from rushes.core.id_readers import read_page
from rushes.core.id_shapes import WHOLE, is_shape
from rushes.core.prompts import NOTHING_SAID, Said


@dataclass(frozen=True, slots=True)
class Found:
    """An id and what stands around it.

    Attributes:
        line: Where it stands first, from 1.
        hints: Words for `guess_one`: dialects, services, `host:…`, word styles.
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
            here, beside = near.get(hit.span, hinted), said.get(hit.id, NOTHING_SAID)
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
