"""Which level of an answer speaks for the life of the task (contract 10).

Read from the inside to the outside: what a gateway says counts, except where it only does not
know better. The table of contract 10 stands in `_not_ended` and `_failed`.
"""

import re
from dataclasses import dataclass, replace

from rushes.core.task import Flag, Status
from rushes.providers.complaints import Complaint, complaint_of, task_error
from rushes.providers.levels import (
    ENDED_WITHOUT_RESULT,
    ids,
    meaning,
    said_status,
    with_life,
)
from rushes.providers.links import names_film
from rushes.providers.values import Levels, Node

_LIVE = frozenset({Status.QUEUED, Status.RUNNING, Status.UNKNOWN})
#: The sentences with which a gateway of the new-api kind stops asking.
_GAVE_UP = re.compile(r"unrecognized message|任务超时[（(]\d+分钟[）)]")
_CONTENT = re.compile(r"sensitive|risk not pass|moderation|policy.?violation", re.IGNORECASE)
#: Refusals of a question (key, limit, trouble of the service), not of a task.
_ASKING = re.compile(
    r"authenticat|unauthori[sz]ed|api.?key|invalid.?token|access.?denied|令牌|密钥|rate.?limit"
    r"|(api|request|concurren\w*).{0,9}limit|too.?(many|fast|frequent)|throttl|balance|credit|quota"
    r"|over(load|due)|busy|internal|unavailable|bad.?gateway|upstream|timed?.?out|try.{0,9}(later|again)"
    r"|限流|繁忙|余额|额度|欠费|频繁|稍后|请求超时"
    # An HTTP status, also as the end of a code (Volcengine: 50429; 50411 and 50511 are refusals).
    r"|^(\d\d)?(40[1238]|42[59]|430|50[0-4])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Life:
    """What an answer says about the life of its task.

    Attributes:
        raw: The word it was taken from, as received.
        said: What the service behind said, where that is not the task's own reason.
        error: A level that only complains: it was asked for the task and could not tell.
        has_film: It succeeded, and this level or one below offers the link of a film.
        has_reason: This level or one below says why it failed.
    """

    status: Status = Status.UNKNOWN
    raw: str = ""
    flags: frozenset[Flag] = frozenset()
    provisional: bool = False
    said: str = ""
    error: Complaint | None = None
    has_film: bool = False
    has_reason: bool = False


def life_of(levels: Levels) -> Life:
    life: Life | None = None
    levels = with_life(levels)
    for depth in reversed(range(len(levels))):
        life = _with(levels[depth:], life)
    return life or Life()


def _with(levels: Levels, inner: Life | None) -> Life | None:
    """The life as the first level tells it, around what the levels below say."""
    level = levels[0]
    raw = said_status(level)
    if raw is None:
        if inner is not None:
            return inner
        said = complaint_of(level)
        if said:
            # Volcengine's visual services refuse content with the code of the call.
            by_code = said.code.isdecimal() and not level.get("error")
            refused = by_code and _CONTENT.search(said.message) is not None
            return Life(Status.FAILED if refused else Status.UNKNOWN, said.code, error=said)
        return Life() if next(ids((level,)), None) or level.get("name") else None
    status = meaning(raw)
    has_film = status is Status.SUCCEEDED and names_film(levels)
    own = Life(status, raw, has_film=has_film, has_reason=task_error(levels) is not None)
    if inner is None:
        gave_up = status is Status.FAILED and _GAVE_UP.search(_reason(level)) is not None
        return replace(own, flags=frozenset({Flag.GAVE_UP})) if gave_up else own
    if status in _LIVE:
        # A word that we do not know may mean anything, so nothing below it counts.
        is_known = status is not Status.UNKNOWN or raw.casefold() == "unknown"
        return _not_ended(own, inner) if is_known else own
    if status is Status.FAILED:
        return _failed(own, inner, _reason(level))
    differs = inner.status not in (status, Status.UNKNOWN)
    return replace(own, flags=frozenset({Flag.STATUS_CONFLICT})) if differs else own


def _reason(level: Node) -> str:
    said = task_error((level,))
    return said.message if said else ""


def _not_ended(own: Life, inner: Life) -> Life:
    """The gateway says that the task goes on."""
    conflict = frozenset({Flag.STATUS_CONFLICT})
    if inner.error is not None:
        trouble = frozenset({Flag.UPSTREAM_TROUBLE})
        return replace(own, flags=trouble, said=inner.error.message or inner.error.code)
    is_end = inner.status in ENDED_WITHOUT_RESULT
    if (is_end and (inner.has_reason or inner.status is not Status.FAILED)) or inner.has_film:
        return replace(inner, flags=inner.flags | conflict, provisional=True, error=None)
    return replace(own, flags=inner.flags & {Flag.UPSTREAM_TROUBLE}, said=inner.said)


def _failed(own: Life, inner: Life, reason: str) -> Life:
    """The gateway says that the task failed."""
    gave_up = replace(own, flags=frozenset({Flag.GAVE_UP}), provisional=True, said=inner.raw)
    if inner.error is not None:
        words = f"{inner.error.code} {inner.error.type} {inner.error.message}"
        is_asking = _ASKING.search(words) or _GAVE_UP.search(reason)
        if not is_asking or _CONTENT.search(words) or inner.error.message == reason:
            return own
        return replace(gave_up, said=inner.error.message or inner.error.code)
    if inner.has_film:
        return replace(inner, flags=frozenset({Flag.STATUS_CONFLICT}), provisional=True)
    if inner.status in (Status.EXPIRED, Status.CANCELLED):
        return inner
    return own if inner.status in (Status.FAILED, Status.SUCCEEDED) else gave_up
