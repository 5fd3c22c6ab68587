"""Task ids in whatever a person pastes: lines, answers, curl commands, logs, tables, links.

An id is never validated by pattern: a token alone on its line can be one of any shape. Patterns
only find ids inside other text, and tell what is certainly none: keys, request ids, model names.

The text is read in this order, each reader leaving out what was read before it: JSON blocks, and
in what is left (escapes undone, `core.plain_text`) JSON again, a table, the routes of services,
fields with a label, known shapes, lines that are nothing but ids.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from rushes.core import prompts
from rushes.core.account import Account
from rushes.core.id_answers import in_json, in_table
from rushes.core.id_hints import guess_one, hints_in, hosts_in
from rushes.core.id_page import Hit, Page
from rushes.core.id_readers import alone, by_shape, in_addresses, in_fields, in_lines_asked
from rushes.core.id_shapes import is_shape, unwrapped
from rushes.core.plain_text import without_escapes, without_terminal
from rushes.core.prompts import NOTHING_SAID, Said

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


def read_text(text: str) -> Reading:
    """The ids of a text with what stands beside them, and what looks like one and is none."""
    clean = without_terminal(text[:LIMIT])
    blocks = count(1)
    pages = [Page(clean, blocks, text)]
    hits = [*in_json(pages[0]), *in_table(pages[0])]
    if re.search(r"\w", pages[0].text):  # answers and tables alone leave commas at most
        rest = unwrapped(without_escapes(pages[0].text)).after(clean)
        pages.append(Page(rest, blocks, text))
        for read in (in_json, in_lines_asked, in_addresses, in_fields, by_shape, alone):
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
    text: str, hits: list[Hit], said: dict[str, Said], breaks: list[int]
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
