"""Every fact the inspector lists about a task, with its unit, for reading and for copying. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from rushes.core.task import Event, Status, Task
from rushes.core.usage import UsageLine
from rushes.presentation import format as fmt
from rushes.presentation import usage
from rushes.presentation.columns import Context, cost_of, cost_tip
from rushes.presentation.progress import left_words, so_far
from rushes.presentation.readings import parameter, queue_time, record_expires, run_time
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown


@dataclass(frozen=True, slots=True)
class Field:
    """One line.

    Attributes:
        id: Stable; the grid keeps its widgets by it.
        text: For reading, with its unit.
        copied: What the copy button takes: the bare value, as received.
        tip: Where the figure comes from, if that needs saying.
    """

    id: str
    title: str
    text: str
    copied: str
    tip: str = ""


def _word(value: str | None) -> tuple[str, str] | None:
    return (shown(value, 600), value) if value else None


def _number(value: float | None, text: str) -> tuple[str, str] | None:
    return None if value is None else (text, fmt.number(value))


def _time(value: float | None) -> tuple[str, str] | None:
    return None if value is None else (fmt.absolute(value), fmt.absolute(value))


def _end(value: float | None, now: float) -> tuple[str, str] | None:
    if value is None:
        return None
    when = fmt.absolute(value)
    return f"{when} ({fmt.relative(value, now)})", when


def _span(value: float | None) -> tuple[str, str] | None:
    return None if value is None else (fmt.duration(value), fmt.number(value))


def _tokens(value: int | None) -> tuple[str, str] | None:
    if value is None:
        return None
    return tr("{count} tokens", count=fmt.tokens(value)), str(value)


def _yes_no(value: bool | None) -> tuple[str, str] | None:
    return None if value is None else (fmt.yes_no(value), fmt.yes_no(value))


_Read = Callable[[Task, Context], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class _Row:
    """`always`: shown as not reported where there is no value; else left out."""

    id: str
    title: Callable[[], str]
    read: _Read
    always: bool = False


def _usage(name: str) -> _Read:
    def read(task: Task, _ctx: Context) -> tuple[str, str] | None:
        usage = task.report.usage
        return _tokens(getattr(usage, name)) if usage else None

    return read


def _charged(task: Task, _ctx: Context) -> tuple[str, str] | None:
    charge = task.report.charged
    if charge is None:
        return None
    return fmt.money(charge.amount, charge.currency), f"{charge.amount} {charge.currency}"


def _of(name: str) -> _Read:
    return lambda task, _ctx: _word(getattr(task.report, name))


def _cost(task: Task, ctx: Context) -> tuple[str, str] | None:
    found = cost_of(task, ctx)
    if found is None:
        return None
    text = fmt.money(found.amount, found.currency, estimated=True)
    return text, f"{found.amount:.4f} {found.currency}"


def _account(task: Task, ctx: Context) -> tuple[str, str] | None:
    account = ctx.accounts.get(task.key.account)
    if account is None:
        return None
    hint = f" (·{account.key_hint})" if account.key_hint else ""
    return one_line(account.name, 120) + hint, account.name


def _made(name: str) -> _Read:
    """One of `Parameters`."""

    def read(task: Task, _ctx: Context) -> tuple[str, str] | None:
        found = parameter(task, name)
        if found is None:
            return None
        text, _, value = found
        return text, value if isinstance(value, str) else fmt.number(value)

    return read


def _limit(task: Task, _ctx: Context) -> tuple[str, str] | None:
    return _span(task.report.expires_after_s)


def _searches(task: Task, _ctx: Context) -> tuple[str, str] | None:
    count = task.report.usage.web_searches if task.report.usage else None
    return None if count is None else (str(count), str(count))


def _references(task: Task, _ctx: Context) -> tuple[str, str] | None:
    found = task.mark.references
    return (shown("\n".join(found)), "\n".join(found)) if found else None


_ROWS: tuple[_Row, ...] = (
    _Row("id", lambda: tr("Task ID"), lambda t, _c: _word(t.id), always=True),
    _Row("upstream_id", lambda: tr("Upstream ID"), _of("upstream_id")),
    _Row("account", lambda: tr("Account"), _account, always=True),
    _Row("group", lambda: tr("Group"), lambda t, _c: _word(t.mark.group)),
    _Row("model", lambda: tr("Model"), _of("model"), always=True),
    _Row("status_raw", lambda: tr("Raw status"), _of("status_raw"), always=True),
    _Row("progress", lambda: tr("Reported progress"), _of("progress_raw")),
    _Row("resolution", lambda: tr("Resolution"), _made("size"), always=True),
    _Row("source_resolution", lambda: tr("Before upscaling"), _of("source_resolution")),
    _Row("ratio", lambda: tr("Ratio"), _made("ratio"), always=True),
    _Row("duration", lambda: tr("Duration"), _made("duration_s"), always=True),
    _Row("frames", lambda: tr("Frames"), _made("frames")),
    _Row("fps", lambda: tr("Frame rate"), _made("fps"), always=True),
    _Row("subdivision", lambda: tr("Subdivision"), _of("subdivision")),
    _Row("file_format", lambda: tr("File format"), _of("file_format")),
    _Row("audio", lambda: tr("Audio"), lambda t, _c: _yes_no(t.report.audio), always=True),
    _Row("draft", lambda: tr("Draft"), lambda t, _c: _yes_no(t.report.draft)),
    _Row("draft_task_id", lambda: tr("From draft"), _of("draft_task_id")),
    _Row("tier", lambda: tr("Service tier"), _of("tier"), always=True),
    _Row("priority", lambda: tr("Priority"), _of("priority")),
    _Row("action", lambda: tr("Kind of job"), _of("action")),
    _Row("billed", lambda: tr("Billed"), _usage("billed_tokens")),
    _Row("completion", lambda: tr("Completion"), _usage("completion_tokens")),
    _Row("total", lambda: tr("Total usage"), _usage("total_tokens")),
    _Row("searches", lambda: tr("Web searches"), _searches),
    _Row("cost", lambda: tr("Cost"), _cost),
    _Row("charged", lambda: tr("Charged by the service"), _charged),
    _Row("request_id", lambda: tr("Request ID"), _of("request_id")),
    _Row("safety", lambda: tr("Safety identifier"), _of("safety_identifier")),
    _Row("tools", lambda: tr("Tools"), lambda t, _c: _word(", ".join(t.report.tools))),
    _Row("limit", lambda: tr("Time limit"), _limit),
    _Row("references", lambda: tr("Reference images"), _references),
    _Row("revised_prompt", lambda: tr("Revised prompt"), _of("revised_prompt")),
)


#: Ids of `sum_fields`.
SUM_IDS = ("sum_length", "sum_tokens", "sum_cost", "sum_charged", "sum_size")


def sum_fields(sums: UsageLine) -> tuple[Field, ...]:
    """What several takes make together; what none of them reports is left out."""
    found = (
        ("sum_length", tr("Length"), sums.seconds, fmt.duration(sums.seconds)),
        ("sum_tokens", usage.billed_word(sums), sums.billed, fmt.tokens(sums.billed)),
        ("sum_cost", usage.cost_word(sums), sums.cost, f"≈ {usage.money_words(sums.cost)}"),
        ("sum_charged", tr("Charged"), sums.charged, usage.money_words(sums.charged)),
        ("sum_size", tr("Size on disk"), sums.bytes, fmt.file_size(sums.bytes)),
    )
    return tuple(
        Field(id_, title, text, text, usage.priced_words(sums) if id_ == "sum_cost" else "")
        for id_, title, value, text in found
        if value
    )


def _so_far(task: Task, ctx: Context) -> tuple[str, str] | None:
    return _span(so_far(task, ctx.now))


def _to_come(task: Task, ctx: Context) -> tuple[str, str] | None:
    eta = ctx.eta(task) if task.is_live else None
    return (left_words(eta), fmt.number(round(eta.likely_s))) if eta else None


_TIMES: tuple[_Row, ...] = (
    _Row("so_far", lambda: tr("Running for"), _so_far),
    _Row("to_come", lambda: tr("Estimate from your past tasks"), _to_come),
    _Row("queue_time", lambda: tr("In queue"), lambda t, _c: _span(queue_time(t))),
    _Row("run_time", lambda: tr("Ran for"), lambda t, _c: _span(run_time(t))),
    _Row("updated", lambda: tr("Updated"), lambda t, _c: _time(t.report.updated_at)),
    _Row("added", lambda: tr("Added here"), lambda t, _c: _time(t.added_at)),
    _Row("seen", lambda: tr("Last answer"), lambda t, _c: _time(t.last_seen_at)),
    _Row(
        "record",
        lambda: tr("Record kept until"),
        lambda t, c: _end(record_expires(t, c.accounts.get(t.key.account)), c.now),
    ),
)

ROW_IDS = tuple(row.id for row in _ROWS)
TIME_IDS = tuple(row.id for row in _TIMES)


def fields(task: Task, ctx: Context) -> tuple[Field, ...]:
    """What is known, in the order of `ROW_IDS`: what the service said, and the user's group."""
    return _read(_ROWS, task, ctx)


def time_fields(task: Task, ctx: Context) -> tuple[Field, ...]:
    """The spans and moments that are not on the time line."""
    return _read(_TIMES, task, ctx)


def _read(rows: tuple[_Row, ...], task: Task, ctx: Context) -> tuple[Field, ...]:
    found = []
    for row in rows:
        value = row.read(task, ctx)
        if value is not None:
            found.append(Field(row.id, row.title(), *value, _tip(row.id, task, ctx)))
        elif row.always:
            tip = tr("not reported by this service")
            found.append(Field(row.id, row.title(), fmt.NOT_REPORTED, "", tip))
    return tuple(found)


def _tip(field: str, task: Task, ctx: Context) -> str:
    if field == "to_come":
        return tr("8 of 10 of your tasks of this kind that ran this long ended within this time")
    found = cost_of(task, ctx) if field == "cost" else None
    return cost_tip(found) if found else ""


def chips(task: Task) -> tuple[str, ...]:
    """Resolution, ratio, length and frame rate as short words; what is not reported is left out."""
    r = task.report
    found = (
        one_line(r.resolution or "", 20),
        one_line(r.ratio or "", 20),
        fmt.clip_length(r.duration_s) if r.duration_s is not None else "",
        tr("{count} frames", count=r.frames) if r.frames is not None else "",
        tr("{count} fps", count=fmt.number(r.fps)) if r.fps is not None else "",
        tr("Subdivision: {level}", level=one_line(r.subdivision, 20)) if r.subdivision else "",
        one_line(r.file_format or "", 20),
    )
    return tuple(chip for chip in found if chip)


def usage_line(task: Task, ctx: Context) -> str:
    """ "108 900 tokens ≈ ¥1.63", or "" where no usage is reported."""
    usage = task.report.usage
    if usage is None:
        return ""
    counts = (usage.billed_tokens, usage.total_tokens, usage.completion_tokens)
    count = next((n for n in counts if n is not None), None)
    words = tr("{count} tokens", count=fmt.tokens(count)) if count is not None else ""
    price = _cost(task, ctx)
    return " ".join(part for part in (words, price[0] if price else "") if part)


@dataclass(frozen=True, slots=True)
class TimeStop:
    """One stop on the time line; `at` None: not reached, or not reported.

    Attributes:
        about: Not said as such by the service, but close.
    """

    title: str
    at: float | None
    reached: bool
    about: bool = False


def moments(task: Task) -> tuple[TimeStop, ...]:
    """Created, running, ended and saved, in that order. What a task that ended without a result
    never came to, or cannot come to any more, is no stop."""
    r = task.report
    saved_ns = [a.mtime_ns for a in task.artifacts if a.mtime_ns is not None]
    saved = max(saved_ns) / 1e9 if saved_ns else None
    ended = {
        Status.FAILED: tr("Failed"),
        Status.CANCELLED: tr("Cancelled"),
        Status.EXPIRED: tr("Expired"),
    }.get(r.status, tr("Finished"))
    running = r.started_at is not None or r.status in (Status.RUNNING, Status.SUCCEEDED)
    # Ark tells the last change of status only: of a task that ended, that is its end.
    changed = r.updated_at if r.status.is_terminal else None
    finished, about = (r.finished_at, False) if r.finished_at else (changed, True)
    is_over = r.status.is_terminal and r.status is not Status.SUCCEEDED
    stops = [TimeStop(tr("Created"), r.created_at, reached=True)]
    if running or not is_over:
        stops.append(TimeStop(tr("Running"), r.started_at, reached=running))
    stops.append(TimeStop(ended, finished, reached=r.status.is_terminal, about=about))
    if saved is not None or task.artifacts or not is_over:
        stops.append(TimeStop(tr("Saved"), saved, reached=saved is not None))
    return tuple(stops)


def event_line(event: Event) -> str:
    """One line of history: "2026-11-21 14:02:33  State: queued → running"."""
    what, _, part = event.what.partition(":")
    titles = {
        "status": tr("State"),
        "artifact": tr("File"),
        "link": tr("Link"),
        "flag": tr("Remark"),
        "added": tr("Added"),
        "name": tr("Name"),
        "rating": tr("Rating"),
        "pick": tr("Pick"),
        "tags": tr("Tags"),
        "note": tr("Note"),
        "group": tr("Group"),
        "prompt": tr("Prompt"),
        "account": tr("Account"),
        "removed": tr("Removed"),
        "restored": tr("Restored"),
    }
    title = titles.get(what, one_line(what, 40))
    if part:
        title = f"{title} ({one_line(part, 40)})"
    old, new = one_line(event.old, 120), one_line(event.new, 120)
    change = f"{old or '–'} → {new or '–'}" if old or what not in ("added", "link") else new
    return f"{fmt.absolute(event.at)}  {title}: {change}"
