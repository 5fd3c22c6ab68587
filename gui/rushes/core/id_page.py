"""A text that is read for task ids by one reader after the other; each blanks out what it read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rushes.core.plain_text import Plain
from rushes.core.prompts import Asked, Named

#: Keys and titles that name the id of a task; words before them may say that it is another's.
TASK_ID = re.compile(
    r"(?:.*_)?(?:task|job|generation|submit|video)_?ids?|.*任务_?(?:id|编号|号)|taskids?|jobid"
)
_FOREIGN_WORD = re.compile(
    r"(?:^|_)(?:draft|parents?|source|src|origin(?:al)?|upstream|remixed|prev(?:ious)?|ref"
    r"|reference|request|req|history|client|log|trace|span|session|user|web|account|prompt|model"
    r"|endpoint|group|channel|project|org|conversation|workflow|device|aweme|a|x)(?:_|$)"
)
ANY_ID = re.compile(r"(?:.*_)?ids?|.*id")


@dataclass(frozen=True, slots=True)
class Hit(Named):
    """An id, and the stretch of text that belongs to it.

    Attributes:
        maybe_key: Nothing calls it a task id.
    """

    span: tuple[int, int] = (0, 0)
    maybe_key: bool = False


class Page:
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

    def hit(self, at: int, id_: str, span: tuple[int, int], **more: Any) -> Hit:
        start, end = span
        return Hit(
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


def is_task_id(name: str) -> bool:
    """Whether a field of that name holds ids of tasks, and not of those they came from."""
    return name in ("id", "ids") or (
        TASK_ID.fullmatch(name) is not None and _FOREIGN_WORD.search(name) is None
    )
