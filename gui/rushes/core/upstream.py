"""A gateway's task and the same job at Ark behind it: what is found there is joined to the take.

Gateways give up, lose tasks and call them failed while they go on upstream (contract, trap 11).
Only looked up when the user says so.
"""

from collections.abc import Iterable
from dataclasses import replace

from rushes.core.account import Account, Dialect
from rushes.core.merge import absorb
from rushes.core.short_ids import inner_id
from rushes.core.task import Flag, Report, Status, Task

#: The gateway's word is not the last one: it may not know what became of the job.
_IN_DOUBT = frozenset({Status.FAILED, Status.UNKNOWN, Status.EXPIRED})
_LOST_SIGHT = frozenset({Flag.GAVE_UP, Flag.UPSTREAM_TROUBLE, Flag.NOT_FOUND})


def upstream_id(task: Task) -> str | None:
    """The job's id at Ark, as the answer or the id itself tells it; None: not a gateway's task."""
    named = task.report.upstream_id or inner_id(task.id)
    return named if named and named.startswith("cgt-") and named != task.id else None


def places(task: Task, accounts: Iterable[Account]) -> tuple[Account, ...]:
    """Where a look at the job itself may tell more than the gateway does; () for most tasks."""
    doubtful = task.status in _IN_DOUBT or bool(task.flags & _LOST_SIGHT)
    if not doubtful or upstream_id(task) is None:
        return ()
    return tuple(
        account
        for account in accounts
        if account.dialect is Dialect.ARK and account.id != task.key.account
    )


def joined(task: Task, report: Report, where: str, at: float) -> Task:
    """The take with what Ark says about its job.

    A film or an end that is known there counts for the take, and its status says where it comes
    from. While the job still runs there, the gateway's word stays and Ark's is noted beside it.

    Args:
        where: The account that was asked, in words.
        at: When it was asked (Unix seconds).
    """
    said = report.status_raw or report.status.value
    noted = replace(task, report=replace(task.report, upstream_said=said))
    healed = report.status is Status.SUCCEEDED
    ended = report.status.is_terminal and not task.status.is_terminal
    if not healed and not ended:
        return noted
    theirs = replace(
        report,
        id=task.id,
        status_raw=f"{said}, {where}",
        upstream_id=report.id,
        upstream_said=said,
    )
    return absorb(replace(noted, flags=frozenset()), theirs, asked_at=at, seen_at=at)
