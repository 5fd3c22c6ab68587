"""Joins the levels of an answer into one report (contract 3, 10).

Each level has its own status, times and errors, and they disagree. `life` tells which one speaks;
the deepest level knows most about the take and about an error.
"""

from collections.abc import Callable
from typing import Any

from rushes.core.short_ids import inner_id, made_at
from rushes.core.task import Charge, Flag, Report, Status, TaskError, Usage
from rushes.providers.complaints import task_error
from rushes.providers.levels import ids, said_status
from rushes.providers.life import Life, life_of
from rushes.providers.links import Ends, has_result, links
from rushes.providers.values import (
    Levels,
    Node,
    amount,
    at,
    count,
    moment,
    node,
    number,
    text,
    truth,
    whole,
    word,
)

_ENDED_WITHOUT_RESULT = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)
_LIVE = (Status.QUEUED, Status.RUNNING)
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
    ends = Ends(_expires_at(levels), _counts_from(levels, known), now)
    offered = links(levels, status, ends, task_id) if _may_offer(status) else ()
    missing = status is Status.SUCCEEDED and not has_result(offered)
    return Report(
        id=task_id,
        status=status,
        status_raw=life.raw,
        provisional=life.provisional,
        progress_raw=_outermost(levels, "progress"),
        action=_outermost(levels, "action"),
        request_id=_outermost(levels, "request_id"),
        upstream_id=_upstream_id(levels, task_id),
        upstream_said=text(life.said),
        error=_error(levels, life),
        charged=_charged(levels),
        quota=_quota(levels, status),
        links=offered,
        flags=life.flags | ({Flag.RESULT_MISSING} if missing else frozenset()),
        raw=raw,
        **known,
    )


def _charged(levels: Levels) -> Charge | None:
    """OpenRouter's `usage.cost`, in US dollars."""
    costs = (number(at(level, "usage", "cost")) for level in levels)
    cost = next((found for found in costs if found is not None and found >= 0.0), None)
    return None if cost is None else Charge(amount=cost, currency="USD")


def _quota(levels: Levels, status: Status) -> float | None:
    """What a gateway of the new-api kind charged, in units that only it knows the price of. The
    outermost counts: it is what this user pays. A failed task is given back."""
    if status is not Status.SUCCEEDED:
        return None
    return next((found for level in levels if (found := number(level.get("quota")))), None)


def _error(levels: Levels, life: Life) -> TaskError | None:
    """Why the task failed. After a gateway gave up, only its own words are a reason: what stands
    below is about its asking."""
    if life.status not in _ENDED_WITHOUT_RESULT:
        return None
    if Flag.GAVE_UP not in life.flags or not life.said:
        return task_error(levels)
    speaks = next(depth for depth, level in enumerate(levels) if said_status(level) is not None)
    return task_error(levels[: speaks + 1])


def _may_offer(status: Status) -> bool:
    """Links count once the task succeeded, and with a word not known yet.

    Before that a gateway names the address at which the result will be, and after a failure it
    may name one that explains the failure.
    """
    return status not in (*_LIVE, *_ENDED_WITHOUT_RESULT)


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


def _tools(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else []
    named = (text(node(row).get("type")) or text(row) for row in rows)
    return tuple(name for name in named if name is not None)


#: What the object of Ark says about the take itself, which the other services carry inside theirs
#: (contract 1.1, 2 and 4). Every field is optional; one of a wrong type is "not reported".
#: (name in the object, name in `Report`, reader). The first that is said counts.
_FIELDS: tuple[tuple[str, str, Callable[[object], object]], ...] = (
    ("model", "model", text),
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


def _facts_of(task: Node) -> dict[str, Any]:
    """What the object says about the take itself, by names of `Report`; nothing unsaid."""
    known: dict[str, Any] = {}
    for said, name, read in _FIELDS:
        if said in task and name not in known:
            value = read(task[said])
            if value is not None and value != ():
                known[name] = value
    return known


def _facts(levels: Levels) -> dict[str, Any]:
    """Facts of all levels, the deepest last: it was there when the take was made."""
    known: dict[str, Any] = {}
    for level in levels:
        asked_for = node(level.get("properties"))
        model = text(asked_for.get("origin_model_name")) or text(
            asked_for.get("upstream_model_name")
        )
        known |= ({"model": model} if model else {}) | _facts_of(level)
    enhanced = next(
        (found for level in reversed(levels) if (found := text(level.get("super_resolution")))),
        None,
    )
    if enhanced is not None:  # then `resolution` is the lowered one it was made in
        known["source_resolution"] = known.get("resolution")
        known["resolution"] = enhanced
    return known


def _times(levels: Levels, status: Status, task_id: str) -> dict[str, float | None]:
    """Start is the earliest and finish the latest of all levels; 0 means "not yet"."""
    created = _created_at(levels)
    begins = (created or 0.0) - _TOO_EARLY_S
    names = ["finish_time", "end_time"]
    if status.is_terminal:  # gateways fill these with the last update before that
        names += ["completed_at", "complete_time", "finished_at"]
    finished = [at for name in names for at in _moments(levels, name) if at >= begins]
    started = [
        at for name in ("start_time", "scheduled_time") for at in _moments(levels, name)
        if at >= begins
    ]  # fmt: skip
    return {
        "created_at": created or made_at(task_id),
        "updated_at": next(iter(_moments(levels[::-1], "updated_at")), None),
        "started_at": min(started, default=None),
        "finished_at": max(finished, default=None),
    }


def _created_at(levels: Levels) -> float | None:
    """When the task was submitted. Below the outermost level, a `created_at` with a written-out
    time is when the result was written (contract 3.3)."""
    submitted = [*_moments(levels, "submit_time"), *_moments(levels, "create_time")]
    if submitted:
        return submitted[0]
    created = [
        found
        for depth, level in enumerate(levels)
        if (found := moment(level.get("created_at"))) is not None
        and (depth == 0 or not _is_written_out(level.get("created_at")))
    ]
    return next(iter(created), None)


def _is_written_out(value: object) -> bool:
    return isinstance(value, str) and ":" in value


def _moments(levels: Levels, name: str) -> list[float]:
    said = (level[name] for level in levels if name in level)
    return [found for value in said if (found := moment(value)) is not None]


def _expires_at(levels: Levels) -> float | None:
    return next(iter(_moments(levels, "expires_at")), None)


def _outermost(levels: Levels, name: str) -> str | None:
    return next((found for level in levels if (found := word(level.get(name)))), None)


def _upstream_id(levels: Levels, task_id: str) -> str | None:
    """The deepest id that is another one than was asked for: the same task further up. Either may
    hold the service's id in itself (contract 11)."""
    named = next((name for name in ids(levels[::-1]) if name != task_id), task_id)
    found = inner_id(named) or named
    return None if found == task_id else found
