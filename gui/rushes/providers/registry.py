"""Which provider speaks which dialect: the one thing callers need of this package."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from rushes.core.account import Dialect
from rushes.core.failure import Failure, Kind, Malformed
from rushes.core.task import Report
from rushes.core.wire import ListPage, Provider, Reply
from rushes.providers import ark, body, gateway
from rushes.providers.complaints import Complaint
from rushes.providers.envelope import read
from rushes.providers.levels import (
    ENDED_WITHOUT_RESULT,
    has_status,
    meaning,
    own_id,
    said_status,
    unwrap,
)
from rushes.providers.links import names_film
from rushes.providers.paths import ARK_ROUTE, task_at
from rushes.providers.refusals import failure, objection, refusal
from rushes.providers.values import Levels, Node, count, node

_NO_PRINTS: Mapping[int, str] = MappingProxyType({})


class _Rows(NamedTuple):
    items: Sequence[object]  # bytes: not read yet
    total: int | None
    place: str


def read_one(reply: Reply, asked_id: str) -> Report | Failure:
    """What an answer says about the task that was asked for.

    `Kind.NOT_FOUND` when the service does not know it: HTTP 404, a gateway's 400
    `task_not_exist`, or a list without it.
    """
    if _is_refused(reply):
        return refusal(reply)
    try:
        return _read_one(reply, body.answer(reply.body), asked_id)
    except Malformed as e:
        return failure(reply, Kind.MALFORMED, detail=str(e))


def read_page(reply: Reply, known: Mapping[int, str] = _NO_PRINTS) -> ListPage | Failure:
    """The rows of a list. A row that cannot be read is named in `ListPage.broken`, never dropped.

    Args:
        known: Ids by the prints of their rows when they were read last (`ListPage.prints`): rows
            that did not change by a byte are not read again.
    """
    try:
        if _is_refused(reply):
            found: ListPage | Failure = refusal(reply)
        else:
            found = _page(reply, body.unread_rows(reply.body) or body.answer(reply.body), known)
    except Malformed as e:
        return failure(reply, Kind.MALFORMED, detail=str(e))
    if isinstance(found, Failure) and found.kind is Kind.NOT_FOUND:
        return replace(found, kind=Kind.NOT_API)  # no task was asked for: there is no such list
    return found


def _is_refused(reply: Reply) -> bool:
    return not 200 <= reply.status < 300 or body.is_web_page(reply)


# --- one task ----------------------------------------------------------------------------------


def _read_one(reply: Reply, answer: object, asked_id: str) -> Report | Failure:
    rows = _rows(answer)
    if rows is not None:
        return _out_of_rows(reply, rows, asked_id)
    levels = unwrap(node(answer))
    if _is_task(levels):
        if (foreign := _of_another(levels, asked_id)) is not None:
            raise Malformed(foreign, answer)
        report = read(levels, asked_id, body.written(reply.body), reply.date)
        if report.status_raw.casefold() != "not_found":
            return report
        # Jimeng's own word for a task that it does not know, or not any more.
        return failure(reply, Kind.NOT_FOUND, Complaint("not_found"), "the status is not_found")
    if (refused := objection(reply, levels)) is not None:
        return refused
    if own_id(levels) is not None or _is_submitted(levels[-1]) or names_film(levels):
        return read(levels, asked_id, body.written(reply.body), reply.date)
    raise Malformed("status", levels[0].get("status"))


def _is_task(levels: Levels) -> bool:
    """Whether there is a status, and one that is about a task.

    `{status: "error" | "fail", message | data}` without any task is how some sites word a
    refused call.
    """
    if not has_status(levels):
        return False
    about_the_call = (said_status(levels[0]) or "").casefold() in ("error", "fail")
    return not about_the_call or own_id(levels) is not None or has_status(levels[1:])


#: Ids of Ark never change on their way, as a gateway's do.
_ARK_ID = re.compile(r"cgt-\d{14}-[A-Za-z0-9]{5}")
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
        if both:
            return "id (of another task)"
        is_end = meaning(said_status(levels[0])) in ENDED_WITHOUT_RESULT
        if is_end and not _OF_A_TASK & levels[0].keys():
            return "status (of no task)"
    return None


def _is_submitted(wrapper: Node) -> bool:
    """Whether it is a gateway's answer to a submission: the bare id, no status yet."""
    data = wrapper.get("data")
    return isinstance(data, str) and bool(data) and not any(c.isspace() for c in data)


def _out_of_rows(reply: Reply, rows: _Rows, asked_id: str) -> Report | Failure:
    """The row of the task. A single row without an id answers the question just as well."""
    for row in rows.items:
        levels = unwrap(node(row))
        named = own_id(levels)
        is_alone = len(rows.items) == 1 and named is None and has_status(levels)
        if named == asked_id or is_alone:
            return read(levels, asked_id, body.compact(levels[0]), reply.date)
    detail = f"{rows.place}: {len(rows.items)} rows, none with this id"
    return failure(reply, Kind.NOT_FOUND, detail=detail)


# --- a page ------------------------------------------------------------------------------------


def _rows(answer: object) -> _Rows | None:
    """The rows in an answer, if it is a list: an array, `items`, or either inside an envelope."""
    if isinstance(answer, list):
        return _Rows(answer, None, "body")
    for level in unwrap(node(answer)):
        for place in ("items", "data"):
            if (rows := _rows_at(level, place)) is not None:
                return _Rows(rows, count(level.get("total")), place)
    return None


def _rows_at(level: Node, name: str) -> Sequence[object] | None:
    """The rows under `name`; what a single task has there are none."""
    if name not in level or own_id((level,)) is not None:
        return None
    rows = level[name]
    if name == "items":
        if rows is not None and not isinstance(rows, list):
            raise Malformed(name, rows)
        return rows or []  # Go writes an empty list as null
    if not isinstance(rows, list):
        return None
    are_tasks = not has_status((level,)) or any(own_id(unwrap(node(row))) for row in rows)
    return rows if are_tasks else None


def _page(reply: Reply, answer: object, known: Mapping[int, str]) -> ListPage | Failure:
    rows = _rows(answer)
    if rows is None:
        failed = objection(reply, unwrap(node(answer)))
        if failed is not None:
            return failed
        raise Malformed("items", None)
    reports: list[Report] = []
    broken: list[str] = []
    same: list[str] = []
    prints: dict[str, int] = {}
    for i, row in enumerate(rows.items):
        mark = hash(row) if isinstance(row, bytes) else None
        task_id = None if mark is None else known.get(mark)
        if task_id is not None:
            same.append(task_id)
        else:
            levels = unwrap(node(body.decode(row) if isinstance(row, bytes) else row))
            task_id = own_id(levels)
            if task_id is None:
                broken.append(f"{rows.place}[{i}]")
                continue
            reports.append(read(levels, task_id, body.compact(levels[0]), reply.date))
        if mark is not None:
            prints[task_id] = mark
    return ListPage(tuple(reports), rows.total, tuple(broken), tuple(same), prints)


_PROVIDERS: Mapping[Dialect, Provider] = {
    Dialect.ARK: Provider(
        one=task_at(*ARK_ROUTE),
        read_one=read_one,
        tiers=ark.TIERS,
        many=ark.many,
        recent=ark.recent,
        read_page=read_page,
        cancel=ark.cancel,
        batch_from=ark.BATCH_FROM,
    ),
    # RongCloud (contract 2): the fields are a subset of Ark's, its errors are undocumented.
    Dialect.RONG: Provider(
        one=task_at("/llm/v1", "/contents/generations/tasks"), read_one=read_one
    ),
    # A gateway of the new-api kind (contract 3.1, 3.2): an envelope `{code, message, data}` whose
    # innermost `data` is the task object of the service behind it.
    Dialect.ANYFAST: Provider(
        one=task_at("/v1", "/video/generations"), read_one=read_one, models=gateway.models
    ),
    # Two stacked gateways (contract 3.3), so an envelope in an envelope. Asking costs nothing.
    Dialect.JIMENG: Provider(
        one=task_at("", "/jimeng/fetch"), read_one=read_one, models=gateway.models
    ),
    Dialect.GATEWAY: Provider(one=gateway.one, read_one=read_one, models=gateway.models),
}


def provider_for(dialect: Dialect) -> Provider:
    return _PROVIDERS[dialect]
