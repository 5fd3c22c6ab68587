"""Tells by its shape what an answer is, and reads it. The URL it came from does not matter:
gateways answer one route with several shapes (contract, body-shape detection).

Expected trouble comes back as a Failure; nothing else leaves these two functions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from rushes.core.failure import Failure, Kind, Malformed
from rushes.core.task import Report, Status
from rushes.core.wire import ListPage, Reply
from rushes.providers import body
from rushes.providers.envelope import read
from rushes.providers.levels import (
    has_status,
    in_one_spelling,
    meaning,
    own_id,
    said_status,
    unwrap,
)
from rushes.providers.links import names_film
from rushes.providers.refusals import not_an_api, objection, refusal
from rushes.providers.values import Levels, Node, count, node

_NOTHING: Mapping[int, str] = MappingProxyType({})


class _Rows(NamedTuple):
    items: list[object]
    total: int | None
    place: str


def read_one(reply: Reply, asked_id: str) -> Report | Failure:
    """What an answer says about the task that was asked for.

    `Kind.NOT_FOUND` when the service does not know it: HTTP 404, a gateway's 400
    `task_not_exist`, or a list without it.
    """
    try:
        answer = _answer(reply)
        return answer if isinstance(answer, Failure) else _one(reply, answer, asked_id)
    except Malformed as e:
        return _malformed(reply, e)


def read_page(reply: Reply, known: Mapping[int, str] = _NOTHING) -> ListPage | Failure:
    """The rows of a list. A row that cannot be read is named in `ListPage.broken`, never dropped.

    Args:
        known: Ids by the prints of their rows when they were read last (`ListPage.prints`): rows
            that did not change by a byte are not read again.
    """
    try:
        if (rows := _plain_rows(reply)) is not None:
            return _plain_page(*rows, known, reply.date)
        answer = _answer(reply)
        found = answer if isinstance(answer, Failure) else _page(reply, answer)
    except Malformed as e:
        return _malformed(reply, e)
    return _no_task(found) if isinstance(found, Failure) else found


class _Answer(NamedTuple):
    """A decoded body; in a tuple, so that it can never be mistaken for a Failure."""

    value: object


def _answer(reply: Reply) -> _Answer | Failure:
    if not 200 <= reply.status < 300:
        return refusal(reply)
    if len(reply.body) > body.MAX_BYTES:
        return Failure(Kind.TOO_LARGE, host=reply.host, detail=f"{len(reply.body)} bytes")
    if body.is_web_page(reply):
        return not_an_api(reply)
    value = body.decode(reply.body)
    if isinstance(value, str):
        value = body.decode_text(value)
    return _Answer(in_one_spelling(value))


def _malformed(reply: Reply, e: Malformed) -> Failure:
    return Failure(Kind.MALFORMED, host=reply.host, request_id=reply.request_id, detail=str(e))


# --- one task ----------------------------------------------------------------------------------


def _one(reply: Reply, answer: _Answer, asked_id: str) -> Report | Failure:
    rows = _rows(answer.value)
    if rows is not None:
        return _out_of_rows(reply, rows, asked_id)
    if not isinstance(answer.value, dict):
        raise Malformed("body", answer.value)
    levels = unwrap(answer.value)
    if _is_task(levels):
        if (foreign := _of_another(levels, asked_id)) is not None:
            raise Malformed(foreign, answer.value)
        report = read(levels, asked_id, body.written(reply.body), reply.date)
        return _unknown_task(reply) if report.status_raw.casefold() == "not_found" else report
    failure = objection(reply, levels)
    if failure is not None:
        return failure
    if own_id(levels) is not None or _is_submitted(levels[-1]) or names_film(levels):
        return read(levels, asked_id, body.written(reply.body), reply.date)
    raise Malformed("status", answer.value.get("status"))


def _is_task(levels: Levels) -> bool:
    """Whether there is a status, and one that is about a task.

    `{status: "error" | "fail", message | data}` without any task is how some sites word a
    refused call.
    """
    if not has_status(levels):
        return False
    said = said_status(levels[0])
    about_the_call = said is not None and said.casefold() in ("error", "fail")
    return not about_the_call or own_id(levels) is not None or has_status(levels[1:])


#: Ids of Ark never change on their way, as a gateway's do.
_ARK_ID = re.compile(r"cgt-\d{14}-[A-Za-z0-9]{5}")
_ENDED = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)
#: What an answer about a task says beside its status; one of them at least.
_OF_A_TASK = frozenset(
    {"id", "task_id", "request_id", "model", "created_at", "updated_at", "submit_time"}
)


def _of_another(levels: Levels, asked_id: str) -> str | None:
    """The place that tells that an answer is not about the task: a mixed-up answer of Ark, or a
    bare `{"status": "expired", "message": "session expired"}` of whoever stands before it."""
    named = own_id(levels)
    if len(levels) == 1 and named != asked_id:
        both = named is not None and _ARK_ID.fullmatch(named) and _ARK_ID.fullmatch(asked_id)
        if both and "object" not in levels[0]:
            return "id (of another task)"
        is_end = meaning(said_status(levels[0])) in _ENDED
        if is_end and not _OF_A_TASK & levels[0].keys():
            return "status (of no task)"
    return None


def _unknown_task(reply: Reply) -> Failure:
    """Jimeng's own word for a task that it does not know, or not any more."""
    return Failure(
        Kind.NOT_FOUND, host=reply.host, request_id=reply.request_id, code="not_found",
        detail="the status is not_found",
    )  # fmt: skip


def _is_submitted(wrapper: Node) -> bool:
    """Whether it is a gateway's answer to a submission: the bare id, no status yet."""
    data = wrapper.get("data")
    return isinstance(data, str) and bool(data) and not any(c.isspace() for c in data)


def _out_of_rows(reply: Reply, rows: _Rows, asked_id: str) -> Report | Failure:
    """The row of the task. A single row without an id answers the question just as well."""
    for row in rows.items:
        levels = unwrap(node(row))
        if own_id(levels) == asked_id or (len(rows.items) == 1 and _is_nameless(levels)):
            return read(levels, asked_id, body.compact(levels[0]), reply.date)
    return Failure(
        Kind.NOT_FOUND,
        host=reply.host,
        request_id=reply.request_id,
        detail=f"{rows.place}: {len(rows.items)} rows, none with this id",
    )


def _is_nameless(levels: Levels) -> bool:
    return has_status(levels) and own_id(levels) is None


# --- a page ------------------------------------------------------------------------------------


def _rows(value: object) -> _Rows | None:
    """The rows in an answer, if it is a list: an array, `items`, or either inside an envelope."""
    if isinstance(value, list):
        return _Rows(value, None, "body")
    if not isinstance(value, dict):
        return None
    for level in unwrap(value):
        place = next((name for name in ("items", "data") if _holds_rows(level, name)), None)
        if place is not None:
            # Go writes an empty list as null
            return _Rows(level[place] or [], count(level.get("total")), place)
    return None


def _holds_rows(level: Node, name: str) -> bool:
    """Whether `name` holds rows; what a single task has under that name are none."""
    if name not in level:
        return False
    value, one = level[name], (level,)
    if name == "items":
        if value is not None and not isinstance(value, list):
            raise Malformed(name, value)
        return not (has_status(one) and own_id(one) is not None)
    if not isinstance(value, list) or own_id(one) is not None:
        return False
    return not has_status(one) or any(own_id(unwrap(node(row))) for row in value)


def _page(reply: Reply, answer: _Answer) -> ListPage | Failure:
    rows = _rows(answer.value)
    if rows is None:
        if not isinstance(answer.value, dict):
            raise Malformed("body", answer.value)
        failure = objection(reply, unwrap(answer.value))
        if failure is not None:
            return failure
        raise Malformed("items", None)
    reports: list[Report] = []
    broken: list[str] = []
    for i, row in enumerate(rows.items):
        levels = unwrap(node(row))
        task_id = own_id(levels)
        if task_id is None:
            broken.append(f"{rows.place}[{i}]")
        else:
            reports.append(read(levels, task_id, body.compact(levels[0]), reply.date))
    return ListPage(tuple(reports), rows.total, tuple(broken))


def _plain_rows(reply: Reply) -> tuple[list[bytes], int | None] | None:
    if not 200 <= reply.status < 300 or len(reply.body) > body.MAX_BYTES:
        return None
    found = body.rows(reply.body)
    return None if found is None else (found[0], count(found[1]))


def _plain_page(
    rows: Sequence[bytes], total: int | None, known: Mapping[int, str], now: float | None
) -> ListPage:
    reports: list[Report] = []
    broken: list[str] = []
    same: list[str] = []
    prints: dict[str, int] = {}
    for i, row in enumerate(rows):
        mark = hash(row)
        task_id = known.get(mark)
        if task_id is not None:
            same.append(task_id)
        else:
            levels = unwrap(node(body.decode(row)))
            task_id = own_id(levels)
            if task_id is None:
                broken.append(f"items[{i}]")
                continue
            reports.append(read(levels, task_id, body.compact(levels[0]), now))
        prints[task_id] = mark
    return ListPage(tuple(reports), total, tuple(broken), tuple(same), prints)


def _no_task(failure: Failure) -> Failure:
    """A list call asks for no task, so its 404 means that there is no such list."""
    if failure.kind is not Kind.NOT_FOUND:
        return failure
    return replace(failure, kind=Kind.NOT_API)
