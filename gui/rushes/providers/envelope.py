"""Family B: answers wrapped in answers, joined into one report (contract 3).

A gateway wraps the task object of the service behind it, and gateways are stacked: each level has
its own status, times and errors, and they disagree. The outermost status decides about the life
of the task; the deepest level knows most about the take and about an error. A bare task object is
the case of one level and goes the same way.
"""

from typing import Any

from rushes.core.failure import Malformed
from rushes.core.task import Flag, Report, Status
from rushes.providers import body
from rushes.providers.complaints import task_error
from rushes.providers.links import Ends, has_result, links
from rushes.providers.task_object import facts
from rushes.providers.values import Levels, Node, moment, node, text, word
from rushes.providers.words import meaning

MAX_WRAPPERS = 6
_WRAPPER_MARKS = ("code", "status", "task_status", "task_id")
_ENDED_WITHOUT_RESULT = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)
_LIVE = (Status.QUEUED, Status.RUNNING)


def unwrap(answer: Node) -> Levels:
    """The answer and what is wrapped in it, outermost first; at most `MAX_WRAPPERS` deep."""
    levels = [answer]
    while len(levels) <= MAX_WRAPPERS and (inner := _content(levels[-1])) is not None:
        levels.append(inner)
    output = node(levels[-1].get("output"))
    if "task_status" in output:  # the shape of Alibaba's models behind a gateway
        levels.append(output)
    return tuple(levels)


def _content(wrapper: Node) -> Node | None:
    data = wrapper.get("data")
    if not any(mark in wrapper for mark in _WRAPPER_MARKS):
        return None
    if isinstance(data, str) and data.lstrip().startswith("{"):
        try:
            data = body.decode_text(data)
        except Malformed:
            return None
    return data if isinstance(data, dict) else None


def own_id(levels: Levels) -> str | None:
    """The id an answer gives its task: the outermost one, never a gateway's row number."""
    named = (text(level.get(name)) for level in levels for name in ("task_id", "id"))
    found = next((name for name in named if name is not None), None)
    return found or (word(levels[0].get("id")) if len(levels) == 1 else None)


def has_status(levels: Levels) -> bool:
    return any("status" in level or "task_status" in level for level in levels)


def read(levels: Levels, task_id: str, raw: str) -> Report:
    """Join all levels into what they say about the task that was asked for as `task_id`."""
    status, said = _lifecycle(levels)
    known = _facts(levels) | _times(levels, status)
    ends = Ends(_expires_at(levels), known["finished_at"] or known["updated_at"])
    offered = links(levels, status, ends) if _may_offer(levels, status) else ()
    ended_badly = status in _ENDED_WITHOUT_RESULT
    return Report(
        id=task_id,
        status=status,
        status_raw=said,
        progress_raw=_outermost(levels, "progress"),
        action=_outermost(levels, "action"),
        request_id=_outermost(levels, "request_id"),
        upstream_id=_upstream_id(levels, task_id),
        error=task_error(levels) if ended_badly else None,
        links=offered,
        flags=_flags(levels, status, has_result(offered)),
        raw=raw,
        **known,
    )


# --- status ------------------------------------------------------------------------------------


def _status_word(level: Node) -> object:
    said = level.get("status")
    return said if isinstance(said, str) and said.strip() else level.get("task_status", said)


def _lifecycle(levels: Levels) -> tuple[Status, str]:
    """(canonical status, its raw word) of the outermost level that names one."""
    spoken = [_status_word(level) for level in _with_life(levels)]
    words = [said for said in map(text, spoken) if said is not None]
    if words:
        return meaning(words[0]), words[0]
    return Status.UNKNOWN, next((said for said in map(word, spoken) if said is not None), "")


def _with_life(levels: Levels) -> Levels:
    """Without an outermost `{status: "success", data: …}` that only says that the call went well:
    it names no task, and the level below has a status of its own."""
    first, rest = levels[0], levels[1:]
    names_task = any(name in first for name in ("id", "task_id", "code"))
    if not names_task and meaning(_status_word(first)) is Status.SUCCEEDED and has_status(rest):
        return rest
    return levels


def _inner_statuses(levels: Levels) -> tuple[Status, ...]:
    return tuple(meaning(_status_word(level)) for level in _with_life(levels)[1:])


def _conflicts(levels: Levels, status: Status) -> bool:
    """Whether a level below contradicts: a gateway that merely lags (queued, running) does not."""
    if status is Status.UNKNOWN:
        return False
    return any(
        inner not in (status, Status.UNKNOWN) and (inner.is_terminal or status.is_terminal)
        for inner in _inner_statuses(levels)
    )


def _may_offer(levels: Levels, status: Status) -> bool:
    """Links count once some level says that the task succeeded, and with a word not known yet.

    Before that a gateway names the address at which the result will be, and after a failure it
    may name one that explains the failure.
    """
    if status in (*_LIVE, *_ENDED_WITHOUT_RESULT):
        return Status.SUCCEEDED in _inner_statuses(levels)
    return True


def _flags(levels: Levels, status: Status, has_file: bool) -> frozenset[Flag]:
    missing = status is Status.SUCCEEDED and not has_file
    found = {Flag.RESULT_MISSING: missing, Flag.STATUS_CONFLICT: _conflicts(levels, status)}
    return frozenset(flag for flag, is_set in found.items() if is_set)


# --- facts, times, ids -------------------------------------------------------------------------


def _facts(levels: Levels) -> dict[str, Any]:
    """Facts of all levels, the deepest last: it was there when the take was made."""
    known: dict[str, Any] = {}
    for level in levels:
        asked_for = node(level.get("properties"))
        model = text(asked_for.get("origin_model_name")) or text(
            asked_for.get("upstream_model_name")
        )
        known |= ({"model": model} if model else {}) | facts(level)
    enhanced = next(
        (found for level in reversed(levels) if (found := text(level.get("super_resolution")))),
        None,
    )
    if enhanced is not None:  # then `resolution` is the lowered one it was made in
        known["source_resolution"] = known.get("resolution")
        known["resolution"] = enhanced
    return known


def _times(levels: Levels, status: Status) -> dict[str, float | None]:
    """Start is the earliest and finish the latest of all levels; 0 means "not yet"."""
    finished = [*_moments(levels, "finish_time"), *_moments(levels, "end_time")]
    if status.is_terminal:  # gateways fill it with the last update before that
        finished += _moments(levels, "completed_at")
    started = [*_moments(levels, "start_time"), *_moments(levels, "scheduled_time")]
    return {
        "created_at": _created_at(levels),
        "updated_at": next(iter(_moments(levels[::-1], "updated_at")), None),
        "started_at": min(started, default=None),
        "finished_at": max(finished, default=None),
    }


def _created_at(levels: Levels) -> float | None:
    """When the task was submitted. Below the outermost level, a `created_at` with a written-out
    time is when the result was written (contract 3.3)."""
    submitted = _moments(levels, "submit_time")
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
    """The deepest id that is another one than was asked for: the same task further up."""
    named = (text(level.get(name)) for level in reversed(levels) for name in ("task_id", "id"))
    return next((name for name in named if name not in (None, task_id)), None)
