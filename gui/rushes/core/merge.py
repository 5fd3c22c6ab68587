"""What an answer does to a task. Pure; runs inside the store's transaction.

Rules (reliability): an older answer never overwrites a newer one; a terminal state never
regresses; an unknown answer changes nothing for the worse; what one answer leaves out, an
earlier one has said.
"""

from collections.abc import Callable
from dataclasses import fields, replace

from rushes.core.pace import is_unsettled
from rushes.core.retry import MISSES_UNTIL_NOT_FOUND
from rushes.core.task import (
    Artifact,
    ArtifactState,
    Event,
    Flag,
    Link,
    Mark,
    Pick,
    Report,
    Status,
    Task,
)

#: A change to one task; None leaves it as it is. Runs in the store's writer thread: pure only.
Change = Callable[[Task], Task | None]

#: A live task that did not change for so long is called stale, unless it has its own limit.
STALE_AFTER_S = 48 * 3600.0

#: What each answer says anew, or does not mean any more.
_OF_THE_ANSWER = frozenset(
    {
        *("id", "status", "status_raw", "error", "links", "flags", "tools", "raw"),
        *("upstream_said", "provisional"),
    }
)
_CARRIED = tuple(f.name for f in fields(Report) if f.name not in _OF_THE_ANSWER)
_LONGEST_SAID = 1000


def absorb(
    task: Task,
    report: Report,
    *,
    asked_at: float,
    seen_at: float,
    now: float | None = None,
    counts: bool = True,
) -> Task:
    """Bring `task` up to date with an answer to a request that started at `asked_at`.

    Args:
        seen_at: When it came (Unix seconds).
        now: See `_is_older`; None: `seen_at`.
        counts: Whether this was one of the looks that a task without its link is given. One that
            came too early, with a page of the list or because the user wanted it, is none.
    """
    if _is_older(task, asked_at, seen_at if now is None else now):
        return task
    seen = replace(task, asked_at=asked_at, last_seen_at=seen_at, misses=0)
    if task.status.is_terminal and counts:
        seen = replace(seen, rechecks=task.rechecks + 1)
    if _regresses(task, report.status):
        return replace(seen, flags=task.flags | {Flag.STATUS_CONFLICT})
    if report.status is not task.status:
        seen = replace(seen, rechecks=0)
    merged = _carry_over(task.report, report)
    stale = {Flag.STALE} if _is_stale(task, merged, seen_at) else set[Flag]()
    return replace(
        seen,
        report=merged,
        artifacts=_relink(task.artifacts, report.links),
        flags=merged.flags | stale,
    )


def missed(task: Task, *, asked_at: float, now: float | None = None) -> Task:
    """The service says that it does not know the task: believed only the third time in a row."""
    if _is_older(task, asked_at, asked_at if now is None else now):
        return task
    misses = task.misses + 1
    given_up = misses >= MISSES_UNTIL_NOT_FOUND
    flags = task.flags | {Flag.NOT_FOUND} if given_up else task.flags
    return replace(task, asked_at=asked_at, misses=misses, flags=flags)


def troubled(task: Task, *, said: str, asked_at: float) -> Task | None:
    """The gateway cannot ask the service behind it now: shown until the next good look.

    Args:
        said: In the words of that service; untrusted.
    """
    if task.asked_at is not None and asked_at < task.asked_at:
        return None
    report = replace(task.report, upstream_said=said[:_LONGEST_SAID])
    return replace(task, report=report, flags=task.flags | {Flag.UPSTREAM_TROUBLE})


def _is_older(task: Task, asked_at: float, now: float) -> bool:
    """Whether the task was asked about later than at `asked_at`.

    The moments of a run stand on a scale that goes on evenly whatever the computer's clock does
    (`watching.clocks.SteadyClock`): inside a run they are an order, from run to run the service's
    clock.
    A moment that is still to come `now`, when the answer is written down, was noted by a clock
    that was wrong: nobody knows when that was, and it stops no answer.
    """
    return task.asked_at is not None and asked_at < task.asked_at <= now


def _regresses(task: Task, new: Status) -> bool:
    """A gateway's FAILURE may be false and heal to success; no other end is ever left, but for one
    that the gateway itself has not said yet."""
    if not task.status.is_terminal or task.status is new or is_unsettled(task):
        return False
    return new is not Status.SUCCEEDED


def _is_stale(task: Task, report: Report, seen_at: float) -> bool:
    """A gateway may report a task as running for ever that ended upstream (contract, trap 11)."""
    if report.status.is_terminal:
        return False
    since = max(t for t in (report.created_at, report.updated_at, task.added_at) if t is not None)
    return seen_at > since + (report.expires_after_s or STALE_AFTER_S)


def _carry_over(old: Report, new: Report) -> Report:
    kept = {
        name: getattr(old, name)
        for name in _CARRIED
        if getattr(new, name) is None and getattr(old, name) is not None
    }
    return replace(new, **kept) if kept else new


def _relink(artifacts: tuple[Artifact, ...], links: tuple[Link, ...]) -> tuple[Artifact, ...]:
    by_kind = {artifact.kind: artifact for artifact in artifacts}
    for link in links:
        old = by_kind.get(link.kind) or Artifact(kind=link.kind)
        by_kind[link.kind] = _renewed(old, link)
    return tuple(by_kind.values())


def _renewed(artifact: Artifact, link: Link) -> Artifact:
    """A lost file is remote again only when the link really is another one that ends later. The
    end that a redirect of the same link told stays, where the service says none."""
    state = artifact.state
    end, inferred = link.expires_at, link.expires_inferred
    if end is None and link.url == artifact.url:
        end, inferred = artifact.expires_at, artifact.expires_inferred
    later = (link.expires_at or 0.0) > (artifact.expires_at or 0.0)
    if state is ArtifactState.LOST and link.url != artifact.url and later:
        state = ArtifactState.REMOTE
    return replace(
        artifact,
        state=state,
        url=link.url,
        expires_at=end,
        expires_inferred=inferred,
        max_requests=link.max_requests,
    )


def history(old: Task | None, new: Task, at: float) -> tuple[Event, ...]:
    """The lines of history a change of one task leaves. Never a URL, never a path."""
    if old is None:
        return (Event(at=at, what="added", old="", new=new.id),)
    events = []
    if (old.status, old.report.status_raw) != (new.status, new.report.status_raw):
        events.append(Event(at=at, what="status", old=_status(old), new=_status(new)))
    before = {artifact.kind: artifact for artifact in old.artifacts}
    for artifact in new.artifacts:
        known = before.get(artifact.kind)
        if known is None or known.state is not artifact.state:
            was = known.state.value if known else ""
            what = f"artifact:{artifact.kind.value}"
            events.append(Event(at=at, what=what, old=was, new=artifact.state.value))
        elif known.url and known.url != artifact.url:
            events.append(Event(at=at, what=f"link:{artifact.kind.value}", old="", new="renewed"))
    if old.flags != new.flags:
        events.append(Event(at=at, what="flag", old=_flags(old), new=_flags(new)))
    for name in ("name", "rating", "pick", "tags", "note", "group"):
        was, now = getattr(old.mark, name), getattr(new.mark, name)
        if was != now:
            events.append(Event(at=at, what=name, old=_word(was), new=_word(now)))
    if (old.mark.prompt, old.mark.references) != (new.mark.prompt, new.mark.references):
        # Not its text: a prompt stands in one place, where it can be forgotten.
        events.append(Event(at=at, what="prompt", old="", new="edited"))
    return tuple(events)


def _status(task: Task) -> str:
    raw = task.report.status_raw
    same = raw.strip().casefold() == task.status.value
    return task.status.value if same or not raw else f"{task.status.value} ({raw})"


def _flags(task: Task) -> str:
    return " ".join(sorted(flag.value for flag in task.flags))


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(v) for v in value)
    return str(getattr(value, "value", value))


def combined(ours: Task, theirs: Task, at: float) -> Task:
    """The same task of two lists, for the first of them: nothing either knows is lost.

    What was said last by the service counts, a file that is on disk or can be fetched before one
    that is lost, what the user says here before what is said there; tags and notes of both stay.

    Args:
        at: Now (Unix seconds).
    """
    is_newer = (theirs.last_seen_at or 0.0) > (ours.last_seen_at or 0.0)
    is_over = ours.status.is_terminal and not theirs.status.is_terminal
    said = theirs if is_newer and not is_over else ours
    mine = {artifact.kind: artifact for artifact in ours.artifacts}
    others = {artifact.kind: artifact for artifact in theirs.artifacts}
    return replace(
        ours,
        report=said.report,
        flags=said.flags,
        misses=said.misses,
        rechecks=said.rechecks,
        last_seen_at=said.last_seen_at,
        asked_at=said.asked_at,
        added_at=min(ours.added_at, theirs.added_at),
        seen=ours.seen or theirs.seen,
        artifacts=tuple(
            _better(mine.get(kind), others.get(kind), said is theirs, at) for kind in mine | others
        ),
        mark=_both(ours.mark, theirs.mark),
    )


def _better(ours: Artifact | None, theirs: Artifact | None, is_newer: bool, at: float) -> Artifact:
    """The one that is on this disk; else the one that can still be fetched; else where it was."""
    if ours is None or theirs is None:
        found = ours or theirs
        assert found is not None
        return found
    here, there = _worth(ours, at), _worth(theirs, at)
    if ours.state is not ArtifactState.SAVED and here == there and is_newer:
        return theirs
    if here == _FETCHED and theirs.state is ArtifactState.SAVED:
        return ours  # that file may lie on another computer
    return theirs if there > here else ours


_FETCHED = 2


def _worth(artifact: Artifact, at: float) -> int:
    match artifact.state:
        case ArtifactState.SAVED:
            return 3
        case ArtifactState.REMOTE | ArtifactState.SAVING:
            is_over = artifact.expires_at is not None and artifact.expires_at <= at
            return 0 if is_over else _FETCHED
        case ArtifactState.MISSING:
            return 1
        case ArtifactState.LOST:
            return 0


def _both(ours: Mark, theirs: Mark) -> Mark:
    notes = [ours.note] if theirs.note in ours.note else [ours.note, theirs.note]
    return Mark(
        name=ours.name or theirs.name,
        rating=ours.rating or theirs.rating,
        pick=theirs.pick if ours.pick is Pick.NONE else ours.pick,
        tags=tuple(dict.fromkeys((*ours.tags, *theirs.tags))),
        note="\n".join(filter(None, notes)),
        group=ours.group or theirs.group,
        prompt=ours.prompt or theirs.prompt,
        references=ours.references or theirs.references,
    )
