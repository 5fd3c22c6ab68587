"""Family A: the fields of the Ark task object, which the other services carry inside theirs.

Source: contract 1.1, 2 and 4. Every field is optional and read leniently: a field of a wrong type
is "not reported". Status, times, ids, links and errors are joined over several levels by
`envelope`; a bare object is the case of one level.
"""

from collections.abc import Callable
from typing import Any

from rushes.core.task import Usage
from rushes.providers.values import Node, amount, at, count, node, text, truth, whole, word


def usage(value: object) -> Usage | None:
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
    ("usage", "usage", usage),
)


def facts(task: Node) -> dict[str, Any]:
    """What the object says about the take itself, by names of `Report`; nothing unsaid."""
    known: dict[str, Any] = {}
    for said, name, read in _FIELDS:
        if said in task and name not in known:
            value = read(task[said])
            if value is not None and value != ():
                known[name] = value
    return known
