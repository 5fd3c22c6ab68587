"""Answers wrapped in answers: the one place that takes them apart (contract 3.1, 3.4, 10).

A gateway wraps the task object of the service behind it, and gateways are stacked. A bare task
object is the case of one level.
"""

from collections.abc import Iterable, Iterator, Mapping

from rushes.core.task import Status
from rushes.providers import body
from rushes.providers.values import Levels, Node, node, text, word

MAX_WRAPPERS = 6
#: The status words of all dialects (contract, canonical status map).
_MEANING: Mapping[str, Status] = {
    said: status
    for status, words in {
        Status.QUEUED: (
            *("queued", "pending", "submitted", "not_start", "creating", "created"),
            *("in_queue", "queueing"),
        ),
        Status.RUNNING: ("running", "in_progress", "processing", "generating", "preparing"),
        Status.SUCCEEDED: ("succeeded", "success", "completed", "succeed", "done"),
        Status.FAILED: ("failed", "failure", "error", "fail"),
        Status.CANCELLED: ("cancelled", "canceled", "cancel"),
        Status.EXPIRED: ("expired", "timeout"),
    }.items()
    for said in words
}
ENDED_WITHOUT_RESULT = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)
_STATUS = ("status", "task_status", "state", "gen_status")


def unwrap(answer: Node) -> Levels:
    """The answer and what is wrapped in it, outermost first; at most `MAX_WRAPPERS` deep."""
    levels = [answer]
    while len(levels) <= MAX_WRAPPERS:
        inner = body.opened(levels[-1].get("data"))
        if not isinstance(inner, dict):
            break
        levels.append(inner)
    for name in ("output", "task"):  # Alibaba's models; MiniMax
        inner = node(levels[-1].get(name))
        if said_status(inner) is not None:
            levels.append(inner)
    return tuple(levels)


def own_id(levels: Levels) -> str | None:
    """The id an answer gives its task: the outermost one, never a gateway's row number."""
    found = next(ids(levels), None)
    return found or (word(levels[0].get("id")) if len(levels) == 1 else None)


def ids(levels: Iterable[Node]) -> Iterator[str]:
    for level in levels:
        for name in ("task_id", "id"):
            if (found := text(level.get(name))) is not None:
                yield found


def said_status(level: Node) -> str | None:
    """The level's own word for the status. A number that is the call's code is none."""
    for name in _STATUS:
        if (said := word(level.get(name))) is None or isinstance(level[name], bool):
            continue
        is_number = said.lstrip("-").isdecimal()
        if not (is_number and (len(said) > 2 or said == word(level.get("code")))):
            return said
    return None


def meaning(said: object) -> Status:
    """The canonical status of a raw word; any word not in the map is UNKNOWN, never terminal."""
    return _MEANING.get((word(said) or "").casefold(), Status.UNKNOWN)


def has_status(levels: Levels) -> bool:
    """Whether a level has a place for a status, be it empty."""
    return any(name in level for level in levels for name in _STATUS)


def with_life(levels: Levels) -> Levels:
    """Without an outermost `{status: "success", data: …}` that only says that the call went well:
    it names no task, and the level below has a status of its own."""
    first, rest = levels[0], levels[1:]
    names_task = any(name in first for name in ("id", "task_id", "code"))
    if not names_task and meaning(said_status(first)) is Status.SUCCEEDED and has_status(rest):
        return rest
    return levels
