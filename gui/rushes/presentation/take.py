"""How one take is told from the others: its name, a second line of facts, and its status in a word.

The list, the gallery, the inspector and the command line say the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from rushes.core.account import Account
from rushes.core.columns import given_name, moment_of, time_left
from rushes.core.eta import Eta
from rushes.core.failure import Kind
from rushes.core.naming import model_title
from rushes.core.pace import awaits_link
from rushes.core.parameters import film_of, parameters_of
from rushes.core.short_ids import distinctive
from rushes.core.task import Artifact, ArtifactState, Flag, Pick, Status, Task
from rushes.core.views import WORTH_SEEING
from rushes.presentation import format as fmt
from rushes.presentation.progress import left_spoken, left_words_short, so_far
from rushes.presentation.readings import parameters, saved_share
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    Note,
    flag_sentences,
    is_without_link,
    no_link_yet,
    note_of_task,
    problem_kind,
    saved_word,
    service_title,
    state_look,
    state_word,
    task_sentence,
    waits_for,
)

#: Of an id, beside a name that may belong to several takes.
_ID_TAIL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the text of a take depends on beside its task.

    Attributes:
        now: Unix seconds.
        accounts: By `Account.id`.
        eta: How long a task may still take, by the user's own history; None: nobody can tell.
        ids_as_names: A take that the user gave no name is called by its id.
    held: The accounts, by `Account.id`, that ask for nothing before the user acts, and why.
    """

    now: float
    accounts: Mapping[str, Account] = field(default_factory=dict)
    eta: Callable[[Task], Eta | None] = field(default=lambda _: None, compare=False)
    ids_as_names: bool = False
    held: Mapping[str, Kind] = field(default_factory=dict)


def take_name(task: Task, ctx: Context) -> str:
    """The user's name for it, else the first words of its prompt, else model and seed, else model
    or service and time; fit to be shown."""
    if ctx.ids_as_names:
        return shown(task.mark.name, 200) or one_line(distinctive(task.id), 200)
    return name_of(task, ctx.accounts.get(task.key.account), ctx.now)


def name_of(task: Task, account: Account | None, now: float) -> str:
    """As `take_name`, never its id."""
    if given := given_name(task):
        return shown(given, 200)
    model = _model(task)
    if model and task.report.seed is not None:
        return f"{model} #{task.report.seed}"
    what = model or (_service(account) if account else "")
    return " · ".join(filter(None, (what, fmt.moment(moment_of(task), now))))


def _service(account: Account) -> str:
    """Without its region, in whichever brackets."""
    return service_title(account.service).partition(" (")[0].partition("（")[0]


def _model(task: Task) -> str:
    return one_line(model_title(task.report.model), 60) if task.report.model else ""


class SecondLine(NamedTuple):
    """Attributes:
    words: What it was made with, or why there is nothing; may be cut.
    tail: What tells it from takes that are made alike, its seed and its age; never cut.
    """

    words: str
    tail: str

    def __str__(self) -> str:
        return " · ".join(filter(None, self))


def second_line(
    task: Task, ctx: Context, *, is_brief: bool = False, says_why: bool = True
) -> SecondLine:
    """Model, size, ratio, length, seed and age, without what its name says already.

    Args:
        is_brief: For a card: without its model and its prompt.
        says_why: Why it failed, or what is odd about it, comes before them.
    """
    mark, seed = task.mark, task.report.seed
    is_named = bool(mark.name) or ctx.ids_as_names
    is_told = is_named or bool(given_name(task))  # its name says nothing of model, seed and time
    model = _model(task)
    number = f"#{seed}" if seed is not None and (is_told or not model) else ""
    why = what_to_know(task) if says_why else ""
    end = "" if is_told else f"…{one_line(distinctive(task.id)[-_ID_TAIL:])}"
    words = (
        why,
        model if is_told and not is_brief else "",
        parameters(task, with_rate=False),
        number if why else "",  # the room is for the reason
        end if why else "",
        one_line(mark.prompt, 200) if is_named and not is_brief else "",
    )
    at = moment_of(task)
    says_time = not is_told and not (model and seed is not None)
    age = fmt.age(at, ctx.now)
    tail = (
        "" if why else number,
        "" if says_time and age == fmt.moment(at, ctx.now) else age,
        "" if why else end,
    )
    return SecondLine(" · ".join(filter(None, words)), " · ".join(filter(None, tail)))


def printed_line(task: Task, ctx: Context) -> str:
    """What it was made with, on paper, where its age would soon be wrong: model, parameters, seed
    and date."""
    account = ctx.accounts.get(task.key.account)
    parts = (
        _model(task) or (service_title(account.service) if account else ""),
        parameters(task),
        "" if task.report.seed is None else f"#{task.report.seed}",
        fmt.absolute(moment_of(task))[:10],
    )
    return " · ".join(filter(None, parts))


def what_to_know(task: Task) -> str:
    """What a person should know next: why it failed, or what is odd about it; "" for nothing."""
    if Flag.GAVE_UP in task.flags:  # what it means comes before the reason
        return flag_sentences(task)[Flag.GAVE_UP]
    if why := task_sentence(task):
        return one_line(why)
    return next(iter(flag_sentences(task).values())) if task.flags else ""


def from_file(task: Task) -> str:
    """What only its saved film says of it; "" where the service says everything."""
    film = film_of(task)
    if film is None or not parameters_of(task).from_file:
        return ""
    facts = (
        f"{film.width} × {film.height}",
        fmt.clip_length(film.length_s),
        tr("{count} fps", count=fmt.number(film.fps)) if film.fps else "",
        tr("%n frame(s)", None, film.frames),
    )
    return tr("From the file: {facts}.", facts=" · ".join(filter(None, facts)))


class StatusCell(NamedTuple):
    """Attributes:
    icon, look: As `ui.widgets.theme` names icon and colour.
    words: The state of the task, or of its files once it has some.
    more: What belongs to it; stands below it where there is no room beside it.
    share: How much of what is being saved is here, 0 to 1.
    """

    icon: str
    look: str
    words: str
    more: str = ""
    share: float | None = None

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.words, self.more)))


#: ArtifactState -> (icon, colour)
KEPT_LOOKS = {
    ArtifactState.SAVED: ("saved", "succeeded"),
    ArtifactState.SAVING: ("saving", "running"),
    ArtifactState.REMOTE: ("remote", "amber"),
    ArtifactState.MISSING: ("missing", "amber"),
    ArtifactState.LOST: ("lost", "red"),
}


def status_cell(task: Task, ctx: Context) -> StatusCell:
    """Is it done, is it saved, how long do I have: in one cell."""
    if task.status is Status.SUCCEEDED:
        if task.kept is not None:
            return _files(task, task.kept, ctx)
        if awaits_link(task):
            held = waiting_words(task, ctx)
            return StatusCell(*KEPT_LOOKS[ArtifactState.REMOTE], no_link_yet(), held)
    look = state_look(task)
    words, more = state_word(task), ""
    if held := waiting_words(task, ctx):
        more = held
    elif look == "running":
        spent, eta = so_far(task, ctx.now), ctx.eta(task)
        words += "" if spent is None else f" {fmt.stopwatch(spent)}"
        more = "" if eta is None else left_words_short(eta)
    return StatusCell(f"state-{look}", look, words, more)


def _files(task: Task, kept: ArtifactState, ctx: Context) -> StatusCell:
    icon, look = KEPT_LOOKS[kept]
    if kept is ArtifactState.SAVED:
        note = note_of_task(task)
        if note is Note.DAMAGED:
            return StatusCell(icon, "amber", saved_word(kept), tr("damaged as delivered"))
        more = tr("not checked") if note is Note.UNCHECKED else ""
        return StatusCell(icon, look, saved_word(kept), more)
    if kept is ArtifactState.SAVING:
        share = saved_share(task)
        return StatusCell(icon, look, saved_word(kept, share), share=share)
    refused = refused_file(task)
    if held := waiting_words(task, ctx):
        return StatusCell(icon, look, saved_word(kept), held)
    again = refused.next_try_at if refused is not None and refused.state is kept else None
    if refused is not None and again is not None and again > ctx.now:
        more = next_try(again - ctx.now)
        words = no_link_yet() if is_without_link(refused, task.flags) else tr("Refused")
        return StatusCell(icon, look, words, more)
    end, inferred = time_left(task) or (None, False)
    if kept is not ArtifactState.REMOTE or end is None:
        return StatusCell(icon, look, saved_word(kept, note=note_of_task(task)))
    left = fmt.time_left(end, ctx.now, inferred)
    more = tr("{time} left", time=left) if end > ctx.now else tr("link ended")
    return StatusCell(icon, fmt.urgency(end, ctx.now) or look, saved_word(kept), more)


def next_try(wait_s: float) -> str:
    return tr("next try {time}", time=fmt.coarse(max(1.0, wait_s)))


def waiting_words(task: Task, ctx: Context) -> str:
    """What the task, or its file that is to be saved, waits for until the user acts; "" nothing."""
    refused = refused_file(task)
    kind = None if refused is None else problem_kind(refused)
    if refused is None and not task.is_live and not awaits_link(task):
        return ""
    return waits_for(kind) or waits_for(ctx.held.get(task.key.account))


def refused_file(task: Task) -> Artifact | None:
    """The first file that was refused, or cannot be asked for, and waits for its next try."""
    waiting = (ArtifactState.REMOTE, ArtifactState.MISSING)
    found = (a for a in task.artifacts if a.state in waiting and (a.refusals or _is_held(a)))
    return min(found, key=lambda a: a.next_try_at or 0.0, default=None)


def _is_held(artifact: Artifact) -> bool:
    return waits_for(problem_kind(artifact)) != ""


def day_title(day: int | None, now: float) -> str:
    """Args:
    day: Since 1970, where the user is; None: of what is live.
    """
    if day is None:
        return tr("Running")
    then = date(1970, 1, 1) + timedelta(days=day)
    days_ago = (datetime.fromtimestamp(now).astimezone().date() - then).days
    if days_ago == 0:
        return tr("Today")
    return tr("Yesterday") if days_ago == 1 else then.isoformat()


def is_unseen(task: Task) -> bool:
    """Whether it has ended since anybody looked at it."""
    return task.status in WORTH_SEEING and not task.seen


_PICKS: Mapping[Pick, Callable[[], str]] = {
    Pick.NONE: lambda: "",
    Pick.PICK: lambda: tr("picked"),
    Pick.REJECT: lambda: tr("rejected"),
}


def row_spoken(task: Task, ctx: Context) -> str:
    """A row for a screen reader: name, second line, status, rating and tags, and all that is
    painted beside them."""
    rating, cell = task.mark.rating, status_cell(task, ctx)
    eta = ctx.eta(task) if task.is_live and cell.more else None
    words = (
        take_name(task, ctx),
        str(second_line(task, ctx)),
        str(cell if eta is None else cell._replace(more=left_spoken(eta))),
        tr("rated {rating} of 5", rating=rating) if rating else tr("not rated"),
        _PICKS[task.mark.pick](),
        ", ".join(one_line(tag, 60) for tag in task.mark.tags),
        tr("not looked at yet") if is_unseen(task) else "",
    )
    return ", ".join(filter(None, words))
