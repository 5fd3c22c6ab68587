"""A case for the service: what is known of takes that failed or were lost, for its support to look
into and for a refund. It holds no key and of each link the host alone."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rushes.core.account import Account
from rushes.core.task import Artifact, ArtifactState, Event, Flag, Status, Task
from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    flag_sentences,
    lost_sentence,
    saved_word,
    service_title,
    task_sentence,
)

#: A link, its slashes perhaps escaped, as in JSON: what leads to the file stands behind the host.
_LINK = re.compile(
    r"([a-z][a-z0-9+.-]{0,20}:)(?:\\*/){2}(?:[^\s\"'<>/\\?#@]*@)?([^\s\"'<>/\\?#]*)[^\s\"'<>]*",
    re.IGNORECASE,
)
#: The same in the words of another link, and what signs one that has no scheme.
_WITHIN = re.compile(r"[a-z][a-z0-9+.-]{0,20}%3a%2f%2f[^\s\"'<>]*", re.IGNORECASE)
_QUERY = re.compile(r"(?<=[^\s\"'<>])\?[^\s\"'<>=?]{1,80}=[^\s\"'<>]*")
#: What a service may call something that only the owner of the account should know.
_SECRET = re.compile(r"key|token$|secret|passw|signature|authori[sz]ation|cookie", re.IGNORECASE)
_HIDDEN = "[hidden]"
_LONGEST_ANSWER = 20_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCase:
    """One take. `raw`: the last answer about it, as received; `name`: what it is called."""

    name: str
    task: Task
    account: Account
    events: Sequence[Event]
    raw: str


def is_case(task: Task) -> bool:
    """Whether there is something to ask its service about: it failed, or its file is lost."""
    failed = task.status in (Status.FAILED, Status.EXPIRED)
    lost = any(artifact.state is ArtifactState.LOST for artifact in task.artifacts)
    return failed or lost or bool(task.flags & {Flag.NOT_FOUND, Flag.RESULT_MISSING, Flag.GAVE_UP})


def case_text(cases: Iterable[ServiceCase]) -> str:
    """Markdown. Times are UTC, for people on both sides to compare with their logs."""
    title = tr("Tasks without a usable result")  # inside an f-string it would not be collected
    parts = [f"# {title}", ""]
    for case in cases:
        parts += [*_lines(case), ""]
    return "\n".join(parts)


def _lines(case: ServiceCase) -> Iterator[str]:
    task, account, report = case.task, case.account, case.task.report
    error = report.error
    yield f"## {_plain(case.name)}"
    yield ""
    for title, value in (
        (tr("Service"), f"{service_title(account.service)} ({account.host})"),
        (tr("Account"), account.name),
        (tr("Task ID"), task.id),
        (tr("ID further up"), report.upstream_id),
        (tr("Model"), report.model),
        (tr("Created"), _utc(report.created_at)),
        (tr("Started"), _utc(report.started_at)),
        (tr("Finished"), _utc(report.finished_at or report.updated_at)),
        (tr("State"), " ".join(dict.fromkeys((task.status.value, report.status_raw)))),
        (tr("Error code"), error.code if error else None),
        (tr("Error message"), error.message if error else None),
        (tr("Request ID of the error"), error.request_id if error else None),
        (tr("Request ID of the last answer"), report.request_id),
        (tr("The service behind it said"), report.upstream_said),
        (tr("Tokens"), _tokens(task)),
        (tr("Charged"), _charged(task)),
        (tr("Seed"), report.seed),
    ):
        if value not in (None, ""):
            yield f"- {title}: {_plain(str(value))}"
    for told in filter(None, (task_sentence(task), *flag_sentences(task).values())):
        yield f"- {_plain(told)}"
    yield from map(_file_line, task.artifacts)
    if case.events:
        title = tr("What happened")
        yield from ("", f"### {title}", "")
        yield from map(_event_line, case.events)
    if case.raw:
        title = tr("Last answer")
        yield from ("", f"### {title}", "", *_fenced(answer_without_secrets(case.raw)))


def _file_line(artifact: Artifact) -> str:
    parts = [saved_word(artifact.state)]
    if artifact.state is ArtifactState.LOST:
        parts.append(lost_sentence(None))
    if artifact.expires_at is not None:
        parts.append(tr("the link ended or ends at {time}", time=_utc(artifact.expires_at)))
    if artifact.refusals:
        parts.append(tr("%n attempt(s) refused", None, artifact.refusals))
    if artifact.problem:
        parts.append(tr("last problem: {problem}", problem=artifact.problem))
    return f"- {artifact.kind.value}: {_plain(' · '.join(parts))}"


def _event_line(event: Event) -> str:
    change = f"{event.old} → {event.new}" if event.old else event.new
    return f"- {_utc(event.at)} {_plain(f'{event.what}: {change}')}"


def _tokens(task: Task) -> str:
    usage = task.report.usage
    if usage is None:
        return ""
    billed = usage.billed_tokens or usage.completion_tokens or usage.total_tokens
    return "" if billed is None else str(billed)


def _charged(task: Task) -> str:
    charge = task.report.charged
    return f"{fmt.number(charge.amount)} {charge.currency}" if charge else ""


def _utc(at: float | None) -> str:
    if at is None or not 0 <= at < 253_402_300_800:  # the year 10000
        return ""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _plain(text: str) -> str:
    """One line that Markdown does not read, without what a link would give away."""
    return re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", one_line(without_links(text), 2000))


def without_links(text: str) -> str:
    """Of each link its host: ``https://host/[link]``."""
    return _QUERY.sub("?[link]", _WITHIN.sub("[link]", _LINK.sub(r"\1//\2/[link]", text)))


def answer_without_secrets(raw: str) -> str:
    """A service's answer without links and without what is called a key, a token or the like."""
    text = raw
    with suppress(ValueError, RecursionError):
        text = json.dumps(_hidden(json.loads(raw)), indent=2, ensure_ascii=False)
    return shown(without_links(text), _LONGEST_ANSWER)


def _hidden(value: Any, *, is_secret: bool = False) -> Any:
    """`is_secret`: what holds it is called so."""
    match value:
        case Mapping():
            return {
                name: _hidden(inner, is_secret=is_secret or bool(_SECRET.search(name)))
                for name, inner in value.items()
            }
        case list():
            return [_hidden(inner, is_secret=is_secret) for inner in value]
        case str() if is_secret:
            return _HIDDEN
        case str() if value.lstrip()[:1] in ("{", "["):  # JSON in a string
            try:
                return json.dumps(_hidden(json.loads(value)), ensure_ascii=False)
            except (ValueError, RecursionError):
                return value
    return value


def _fenced(text: str) -> tuple[str, ...]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}json", text, fence)
