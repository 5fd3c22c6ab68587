"""Why a take has no file to play, open or hand on, and whether one can still be had."""

from collections.abc import Sequence
from pathlib import PurePath

from rushes.core.pace import awaits_link
from rushes.core.parameters import main_artifact
from rushes.core.retry import RECORD_LIFE_S, ends_of
from rushes.core.task import Artifact, ArtifactState, Flag, Status, Task
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import Note, lost_sentence, note_of, note_sentence


def can_be_had(task: Task, now: float) -> bool:
    """Whether *Save now* does anything for it: fetches a file, or tells where it is.

    Args:
        now: Unix seconds.
    """
    return any(_can_be_had(task, artifact, now) for artifact in task.artifacts)


def _can_be_had(task: Task, artifact: Artifact, now: float) -> bool:
    if artifact.state is ArtifactState.MISSING:
        # A link that has ended is no end yet: the record is asked for a new one. Who names no end
        # may keep both for ever.
        record_ends = (task.report.created_at or task.added_at) + RECORD_LIFE_S
        ends = max(record_ends, ends_of(task, artifact)[1])
        return artifact.expires_at is None or now < ends
    return artifact.state is not ArtifactState.LOST


def why_no_file(
    task: Task, now: float, away: Sequence[str] = (), artifact: Artifact | None = None
) -> str:
    """Why there is no such file; "" where it is on disk.

    Args:
        now: Unix seconds.
        away: Folders that are not there now.
        artifact: The file in question; None: the main one.
    """
    artifact = artifact or main_artifact(task)
    if artifact is None:
        return _nothing_came(task)
    match artifact.state:
        case ArtifactState.SAVED:
            return ""
        case ArtifactState.SAVING:
            return tr("This take is being saved. Try again in a moment.")
        case ArtifactState.LOST:
            return lost_sentence(artifact.expires_at)
        case ArtifactState.MISSING:
            return _missing(task, artifact, now, away)
        case ArtifactState.REMOTE:
            return tr("There is no saved file yet. Press Save first.")


def why_none_has_a_file(tasks: Sequence[Task], now: float, away: Sequence[str] = ()) -> str:
    """The same for several takes, none of which has one."""
    reasons = {why_no_file(task, now, away) for task in tasks}
    return reasons.pop() if len(reasons) == 1 else tr("None of the selected takes has a file.")


def _missing(task: Task, artifact: Artifact, now: float, away: Sequence[str]) -> str:
    if note_of(artifact) is Note.TRASHED:
        return note_sentence(Note.TRASHED)
    path = PurePath(artifact.path or "")
    if folder := next((each for each in away if path.is_relative_to(each)), ""):
        return tr(
            "The file is in {folder}, which is not available now. It can be used again when the "
            "folder is back.",
            folder=one_line(folder, 120),
        )
    if _can_be_had(task, artifact, now):
        return tr("The file was moved or deleted. Press Save to fetch it again.")
    return tr("The file was moved or deleted, and its link has ended.")


def _nothing_came(task: Task) -> str:
    if Flag.NOT_FOUND in task.flags and not task.status.is_terminal:
        return tr("The service does not know this take: there is no file.")
    match task.status:
        case Status.FAILED:
            return tr("This take failed: there is no file.")
        case Status.CANCELLED:
            return tr("This take was cancelled: there is no file.")
        case Status.EXPIRED:
            return tr("The service did not finish within its time limit: there is no file.")
        case Status.SUCCEEDED if not awaits_link(task):
            return tr("The service gave no link to a file of this take.")
        case Status.SUCCEEDED:
            return tr("The service has given no link to the file yet.")
        case _:
            return tr("This take is not ready yet: there is no file so far.")
