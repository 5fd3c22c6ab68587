"""Joins the levels of an answer into one report (contract 3, 10).

Each level has its own status, times and errors, and they disagree. `life_of` tells which one speaks
for the life of the task: read from the inside to the outside, what a gateway says counts, except
where it only does not know better. The table of contract 10 stands in `_not_ended` and `_failed`.
The deepest level knows most about the take and about an error.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from rushes.core.short_ids import inner_id, made_at
from rushes.core.task import Charge, Flag, Report, Status, TaskError, Usage
from rushes.providers.complaints import Complaint, complaint_of, task_error
from rushes.providers.levels import (
    ENDED_WITHOUT_RESULT,
    ids,
    meaning,
    said_status,
    with_life,
)
from rushes.providers.links import Ends, has_result, links, names_film
from rushes.providers.values import (
    Levels,
    Node,
    amount,
    at,
    count,
    dollars,
    moment,
    node,
    text,
    truth,
    whole,
    word,
)

# --- which level speaks --------------------------------------------------------------------------

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
        has_reason: It failed, and this level or one below says why.
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
    has_reason = status is Status.FAILED and task_error(levels) is not None
    own = Life(status, raw, has_film=has_film, has_reason=has_reason)
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


# --- what all levels say together ----------------------------------------------------------------

_Value = TypeVar("_Value")

#: An inner moment so much earlier than the submission is another clock's, or a constant.
_TOO_EARLY_S = 60.0


def read(levels: Levels, task_id: str, raw: str, now: float | None) -> Report:
    """Join all levels into what they say about the task that was asked for as `task_id`.

    Args:
        now: The service's clock as Unix seconds, if it was told.
    """
    life = life_of(levels)
    status = life.status
    known = _facts(levels) | _times(levels, status, task_id)
    ends = Ends(_first(levels, moment, "expires_at"), _counts_from(levels, known), now)
    # Before the end a gateway names the address at which the result will be, and after a failure
    # it may name one that explains the failure. With a word not known yet they count.
    may_offer = status in (Status.SUCCEEDED, Status.UNKNOWN)
    offered = links(levels, status, ends, task_id) if may_offer else ()
    missing = status is Status.SUCCEEDED and not has_result(offered)
    return Report(
        id=task_id,
        status=status,
        status_raw=life.raw,
        provisional=life.provisional,
        progress_raw=_first(levels, word, "progress"),
        action=_first(levels, word, "action"),
        request_id=_first(levels, word, "request_id"),
        upstream_id=_upstream_id(levels, task_id),
        upstream_said=text(life.said),
        error=_error(levels, life),
        charged=_charged(levels),
        # Of a gateway of the new-api kind, in units that only it knows the price of. The outermost
        # is what this user pays. A failed task is given back.
        quota=_first(levels, amount, "quota") if status is Status.SUCCEEDED else None,
        links=offered,
        flags=life.flags | ({Flag.RESULT_MISSING} if missing else frozenset()),
        raw=raw,
        **known,
    )


def _first(levels: Levels, reader: Callable[[object], _Value | None], *path: str) -> _Value | None:
    """What the first of the levels says that says it."""
    found = (reader(at(level, *path)) for level in levels)
    return next((value for value in found if value is not None), None)


def _charged(levels: Levels) -> Charge | None:
    """OpenRouter's `usage.cost`, in US dollars."""
    cost = _first(levels, dollars, "usage", "cost")
    return None if cost is None or cost < 0.0 else Charge(amount=cost, currency="USD")


def _error(levels: Levels, life: Life) -> TaskError | None:
    """Why the task failed. After a gateway gave up, only its own words are a reason: what stands
    below is about its asking."""
    if life.status not in ENDED_WITHOUT_RESULT:
        return None
    if Flag.GAVE_UP in life.flags:
        speaks = [said_status(level) for level in levels].index(life.raw)
        levels = levels[: speaks + 1]
    return task_error(levels)


def _counts_from(levels: Levels, known: dict[str, Any]) -> float | None:
    """From when a link lives a day that does not say its end. Jimeng's live an hour and do not
    say so: their end is not known."""
    for level in levels:
        if level.get("platform") == "jimeng" or said_status(level) == "done":
            return None
    found: float | None = known["finished_at"] or known["updated_at"]
    return found


# --- facts, times, ids -------------------------------------------------------------------------


def _usage(value: object) -> Usage | None:
    """Token counts. With super-resolution its own count is what is charged (contract 3.2)."""
    said = node(value)
    completion = count(said.get("completion_tokens"))
    total = count(said.get("total_tokens"))
    enhanced = count(said.get("super_resolution_tokens"))
    found = Usage(
        completion_tokens=completion,
        total_tokens=total,
        billed_tokens=next((n for n in (enhanced, completion, total) if n is not None), None),
        web_searches=count(at(said, "tool_usage", "web_search")),
    )
    return found if found != Usage() else None


def _frames(value: object) -> int | None:
    return count(value) or None  # 0 is how some languages write "not set"


def _tools(value: object) -> tuple[str, ...] | None:
    rows = value if isinstance(value, list) else []
    named = (text(node(row).get("type")) for row in rows)
    return tuple(name for name in named if name is not None) or None


#: What the object of Ark says about the take itself, which the other services carry inside theirs
#: (contract 1.1, 2 and 4). Every field is optional; one of a wrong type is "not reported".
#: (name in the object, name in `Report`, reader). The first that is said counts.
_FIELDS: tuple[tuple[str, str, Callable[[object], object]], ...] = (
    ("model", "model", text),
    ("origin_model_name", "model", text),  # these two in `properties`: what a gateway was asked for
    ("upstream_model_name", "model", text),
    ("resolution", "resolution", text),
    ("size", "resolution", text),
    ("ratio", "ratio", text),
    ("duration", "duration_s", amount),
    ("seconds", "duration_s", amount),
    ("frames", "frames", _frames),
    ("framespersecond", "fps", amount),
    ("framepersecond", "fps", amount),
    ("seed", "seed", whole),
    ("generate_audio", "audio", truth),
    ("draft", "draft", truth),
    ("draft_task_id", "draft_task_id", text),
    ("service_tier", "tier", text),
    ("priority", "priority", word),
    ("subdivisionlevel", "subdivision", word),
    ("fileformat", "file_format", text),
    ("output_format", "file_format", text),
    ("format", "file_format", text),
    ("revised_prompt", "revised_prompt", text),
    ("safety_identifier", "safety_identifier", text),
    ("tools", "tools", _tools),
    ("execution_expires_after", "expires_after_s", amount),
    ("usage", "usage", _usage),
)


def _facts(levels: Levels) -> dict[str, Any]:
    """Facts about the take, by names of `Report`; nothing unsaid. The deepest level counts: it was
    there when the take was made."""
    known: dict[str, Any] = {}
    for level in reversed(levels):
        told = {**_of_film(level), **node(level.get("properties")), **level}
        for said, name, reader in _FIELDS:
            if said in told and name not in known and (found := reader(told[said])) is not None:
                known[name] = found
    enhanced = _first(levels[::-1], text, "super_resolution")
    if enhanced is not None:  # then `resolution` is the lowered one it was made in
        known["source_resolution"] = known.get("resolution")
        known["resolution"] = enhanced
    return known


def _of_film(level: Node) -> dict[str, Any]:
    """What xAI says beside the link of the film: only its length."""
    duration = at(level, "video", "duration")
    return {} if duration is None else {"duration": duration}


def _times(levels: Levels, status: Status, task_id: str) -> dict[str, float | None]:
    """Start is the earliest and finish the latest of all levels; 0 means "not yet"."""
    created = _created_at(levels)
    names = ["finish_time", "end_time"]
    if status.is_terminal:  # gateways fill these with the last update before that
        names += ["completed_at", "complete_time", "finished_at"]
    return {
        "created_at": created or made_at(task_id),
        "updated_at": _first(levels[::-1], moment, "updated_at"),
        "started_at": min(_moments(levels, created, "start_time", "scheduled_time"), default=None),
        "finished_at": max(_moments(levels, created, *names), default=None),
    }


def _created_at(levels: Levels) -> float | None:
    """When the task was submitted. Below the outermost level, a `created_at` with a written-out
    time is when the result was written (contract 3.3)."""
    return (
        _first(levels, moment, "submit_time")
        or _first(levels, moment, "create_time")
        or _first(levels[:1], moment, "created_at")
        or _first(levels[1:], _stamp, "created_at")
    )


def _stamp(value: object) -> float | None:
    return None if isinstance(value, str) and ":" in value else moment(value)


def _moments(levels: Levels, created: float | None, *names: str) -> list[float]:
    said = (moment(level.get(name)) for level in levels for name in names)
    return [at for at in said if at is not None and at >= (created or 0.0) - _TOO_EARLY_S]


def _upstream_id(levels: Levels, task_id: str) -> str | None:
    """The deepest id that is another one than was asked for: the same task further up. Either may
    hold the service's id in itself (contract 11)."""
    named = next((name for name in ids(levels[::-1]) if name != task_id), task_id)
    found = inner_id(named) or named
    return None if found == task_id else found
