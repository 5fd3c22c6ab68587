"""What the preview shows for a task: a file, or a poster that says why there is none. Pure."""

import enum
from dataclasses import dataclass, replace
from typing import assert_never

from rushes.core.failure import Failure
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Flag, Status, Task
from rushes.presentation import format as fmt
from rushes.presentation.columns import Context
from rushes.presentation.progress import progress_words
from rushes.presentation.readings import main_artifact, saved_share
from rushes.presentation.sentences import sentence, unsaved_sentence
from rushes.presentation.text import tr
from rushes.presentation.words import (
    Note,
    flag_sentence,
    flag_sentences,
    is_without_link,
    lost_sentence,
    note_of,
    note_sentence,
    saved_word,
    state_look,
    state_word,
    task_sentence,
    unknown_status_sentence,
)

_MOST_COMPARED = 4


class Shows(enum.Enum):
    POSTER = "poster"
    VIDEO = "video"
    IMAGE = "image"
    MODEL = "model"


class Offer(enum.Enum):
    """The one button under a poster."""

    SAVE = "save"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What to show.

    Attributes:
        path: Absolute, with VIDEO, IMAGE and MODEL.
        fps: As the service said, for VIDEO.
        icon, title, detail: The poster's.
        colour: A field of `theme.Colours`, for the icon.
        share: 0 to 1 while saving; -1 while saving with an unknown length; None otherwise.
        kind: Whose file `offer` is about.
        failed_path: The file this poster stands in for because it could not be shown.
    """

    shows: Shows = Shows.POSTER
    path: str = ""
    fps: float | None = None
    icon: str = "film"
    colour: str = "muted"
    title: str = ""
    detail: str = ""
    share: float | None = None
    offer: Offer | None = None
    kind: ArtifactKind | None = None
    failed_path: str = ""


def choices(task: Task | None) -> tuple[ArtifactKind, ...]:
    """The files of the task that can be looked at here, if there is more than one."""
    if task is None:
        return ()
    saved = [a.kind for a in task.artifacts if _can_be_shown(a)]
    return tuple(saved) if len(saved) > 1 else ()


def content_of_many(count: int) -> Content:
    """For so many selected takes: one place cannot show them."""
    told = tr("Compare shows them side by side.") if count <= _MOST_COMPARED else ""
    return Content(icon="compare", title=tr("%n take(s) selected", None, count), detail=told)


def content_of(task: Task | None, ctx: Context, wanted: ArtifactKind | None = None) -> Content:
    """The content of `task`; `wanted` chooses among `choices`."""
    if task is None:
        return Content(
            icon="film",
            title=tr("No take selected"),
            detail=tr("Select a row to look at it here."),
        )
    artifact = (task.artifact(wanted) if wanted else None) or main_artifact(task)
    return _without_file(task, ctx) if artifact is None else _of_file(task, artifact, ctx)


def unplayable(path: str, kind: ArtifactKind, why: str) -> Content:
    """For a file on disk that cannot be shown here."""
    return Content(
        icon="warning",
        colour="amber",
        title=tr("This file cannot be played here"),
        detail=why,
        offer=Offer.OPEN,
        kind=kind,
        failed_path=path,
    )


def late(content: Content) -> Content:
    """For a file whose first picture is long in coming, and may come yet."""
    return replace(
        unplayable(content.path, content.kind or ArtifactKind.VIDEO, ""),
        title=tr("No picture yet"),
        detail=tr(
            "Two seconds have passed. The disk may be slow, or this computer cannot decode the "
            "file."
        ),
    )


def _can_be_shown(artifact: Artifact) -> bool:
    return (
        artifact.state is ArtifactState.SAVED
        and artifact.path is not None
        and artifact.kind is not ArtifactKind.MODEL
    )


def _without_file(task: Task, ctx: Context) -> Content:
    status, raw = task.status, task.report.status_raw
    if Flag.NOT_FOUND in task.flags:
        return _poster("state-not_found", "not_found", tr("Not found"), Flag.NOT_FOUND)
    word = state_word(task)
    icon, colour = f"state-{state_look(task)}", state_look(task)
    if task.is_live:
        held = ctx.held.get(task.key.account)
        detail = sentence(Failure(held)).text if held else ""
        detail = detail or progress_words(task, ctx.now, ctx.eta(task))
        if status is Status.UNKNOWN and raw:
            detail = unknown_status_sentence(raw)
        if Flag.STALE in task.flags:
            detail = flag_sentence(Flag.STALE)
        detail = flag_sentences(task).get(Flag.UPSTREAM_TROUBLE, detail)
        return Content(icon=icon, colour=colour, title=word, detail=detail)
    if status is Status.SUCCEEDED:
        return _poster(icon, colour, tr("No file yet"), Flag.RESULT_MISSING)
    why = task_sentence(task) or flag_sentences(task).get(Flag.GAVE_UP, "")
    return Content(icon=icon, colour=colour, title=word, detail="" if why == word else why)


def _poster(icon: str, colour: str, title: str, flag: Flag) -> Content:
    return Content(icon=icon, colour=colour, title=title, detail=flag_sentence(flag))


def _of_file(task: Task, artifact: Artifact, ctx: Context) -> Content:
    match artifact.state:
        case ArtifactState.SAVED:
            return _saved(task, artifact)
        case ArtifactState.SAVING:
            return _saving(task, artifact)
        case ArtifactState.REMOTE:
            return _remote(task, artifact, ctx)
        case ArtifactState.MISSING:
            return _missing(artifact, ctx)
        case ArtifactState.LOST:
            return Content(
                icon="lost",
                colour="red",
                title=saved_word(ArtifactState.LOST),
                detail=lost_sentence(artifact.expires_at),
                kind=artifact.kind,
            )
        case _:
            assert_never(artifact.state)


def _saved(task: Task, artifact: Artifact) -> Content:
    path = artifact.path or ""
    match artifact.kind:
        case ArtifactKind.VIDEO | ArtifactKind.ORIGINAL_VIDEO:
            return Content(
                shows=Shows.VIDEO, path=path, fps=task.report.fps, kind=artifact.kind, title=path
            )
        case ArtifactKind.LAST_FRAME:
            return Content(shows=Shows.IMAGE, path=path, kind=artifact.kind, title=path)
        case ArtifactKind.MODEL:
            facts = [
                task.report.file_format or "",
                task.report.subdivision or "",
                fmt.file_size(artifact.size) if artifact.size is not None else "",
            ]
            told = " · ".join(fact for fact in facts if fact)
            return Content(
                shows=Shows.MODEL, path=path, kind=artifact.kind, title=path, detail=told
            )
        case _:
            assert_never(artifact.kind)


def _saving(task: Task, artifact: Artifact) -> Content:
    share = saved_share(task)
    detail = fmt.file_size(artifact.received)
    if artifact.size:
        detail = tr("{received} of {size}", received=detail, size=fmt.file_size(artifact.size))
    return Content(
        icon="saving",
        colour="accent",
        title=saved_word(ArtifactState.SAVING, share),
        detail=detail,
        share=-1.0 if share is None else share,
        kind=artifact.kind,
    )


def _remote(task: Task, artifact: Artifact, ctx: Context) -> Content:
    if artifact.problem:
        return Content(
            icon="warning",
            colour="amber",
            title=(
                tr("No file yet")
                if is_without_link(artifact, task.flags)
                else saved_word(ArtifactState.REMOTE)
            ),
            detail=unsaved_sentence(artifact, ctx.now, task.flags),
            offer=Offer.SAVE,
            kind=artifact.kind,
        )
    return Content(
        icon="remote",
        title=saved_word(ArtifactState.REMOTE),
        detail=_link(artifact, ctx),
        offer=Offer.SAVE,
        kind=artifact.kind,
    )


def _missing(artifact: Artifact, ctx: Context) -> Content:
    if (note := note_of(artifact)) is Note.TRASHED:
        return Content(
            icon="remove",
            title=saved_word(artifact.state, note=note),
            detail=note_sentence(note),
            kind=artifact.kind,
        )
    alive = artifact.expires_at is None or artifact.expires_at > ctx.now
    detail = (
        tr("The link still lives: it can be fetched again.")
        if alive
        else tr("The link has ended: it cannot be fetched again.")
    )
    return Content(
        icon="missing",
        colour="amber",
        title=tr("File moved or deleted"),
        detail=detail,
        offer=Offer.SAVE if alive else None,
        kind=artifact.kind,
    )


def _link(artifact: Artifact, ctx: Context) -> str:
    if artifact.expires_at is None:
        return ""
    left = fmt.time_left(artifact.expires_at, ctx.now, artifact.expires_inferred)
    if artifact.expires_at <= ctx.now:
        return tr("The link has ended.")
    return tr("The link ends in {time}.", time=left)


def with_artifact(task: Task, news: Artifact) -> Task:
    """`task` with its file of that kind replaced, as a running download reports it."""
    parts = tuple(news if a.kind is news.kind else a for a in task.artifacts)
    return replace(task, artifacts=parts)
