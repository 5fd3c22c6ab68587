"""Family A: the fields of the Ark task object, which the other services carry inside theirs.

Source: contract 1.1, 2 and 4. Every field is optional and read leniently: a field of a wrong type
is "not reported". Status, times, ids, links and errors are joined over several levels by
`envelope`; a bare object is the case of one level.
"""

from typing import Any

from rushes.core.task import Usage
from rushes.providers.values import Node, amount, at, count, node, text, truth, whole, word


def facts(task: Node) -> dict[str, Any]:
    """What the object says about the take itself, by names of `Report`; nothing unsaid."""
    found = {
        "model": text(task.get("model")),
        "resolution": text(task.get("resolution")) or text(task.get("size")),
        "ratio": text(task.get("ratio")),
        "duration_s": amount(task.get("duration")) or amount(task.get("seconds")),
        "frames": count(task.get("frames")) or None,
        "fps": amount(task.get("framespersecond")) or amount(task.get("framepersecond")),
        "seed": whole(task.get("seed")),
        "audio": truth(task.get("generate_audio")),
        "draft": truth(task.get("draft")),
        "draft_task_id": text(task.get("draft_task_id")),
        "tier": text(task.get("service_tier")),
        "priority": word(task.get("priority")),
        "subdivision": word(task.get("subdivisionlevel")),
        "file_format": _file_format(task),
        "revised_prompt": text(task.get("revised_prompt")),
        "safety_identifier": text(task.get("safety_identifier")),
        "tools": _tools(task.get("tools")),
        "expires_after_s": amount(task.get("execution_expires_after")),
        "usage": usage(task.get("usage")),
    }
    return {name: value for name, value in found.items() if value not in (None, ())}


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


def _file_format(task: Node) -> str | None:
    names = ("fileformat", "output_format", "format")
    return next((found for name in names if (found := text(task.get(name)))), None)


def _tools(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else []
    named = (text(node(row).get("type")) or text(row) for row in rows)
    return tuple(name for name in named if name is not None)
