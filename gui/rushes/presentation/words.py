"""The words for a task's state, its files, its troubles, and for 3D models."""

import enum
from collections.abc import Collection
from typing import assert_never

from rushes.core.account import Service
from rushes.core.failure import PAUSING, Kind
from rushes.core.model import ModelFacts, ModelTrouble
from rushes.core.presence import ON_DISK
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Checked,
    Flag,
    Mark,
    Pick,
    Status,
    Task,
    TaskError,
    is_found_by_search,
)
from rushes.presentation import format as fmt
from rushes.presentation.text import tr, translated
from rushes.presentation.untrusted import one_line


def status_word(status: Status, raw: str = "") -> str:
    """The state for the table. An unknown word of the service is shown as it is."""
    match status:
        case Status.QUEUED:
            return tr("Queued")
        case Status.RUNNING:
            return tr("Running")
        case Status.SUCCEEDED:
            return tr("Succeeded")
        case Status.FAILED:
            return tr("Failed")
        case Status.CANCELLED:
            return tr("Cancelled")
        case Status.EXPIRED:
            return tr("Expired")
        case Status.UNKNOWN:
            return one_line(raw, 40) or tr("Unknown")
        case _:
            assert_never(status)


def state_word(task: Task) -> str:
    """As `status_word`, and in one word what the service has not said: new, or not found."""
    if task.status.is_terminal:
        return status_word(task.status, task.report.status_raw)
    if Flag.NOT_FOUND in task.flags:
        return tr("Not found")
    if is_new(task):
        return tr("New")
    return status_word(task.status, task.report.status_raw)


def state_look(task: Task) -> str:
    """The word under which the theme knows the sign and the colour of `state_word`."""
    if Flag.NOT_FOUND in task.flags and not task.status.is_terminal:
        return "not_found"
    return "queued" if is_new(task) else task.status.value  # new: waits for its first answer


def is_new(task: Task) -> bool:
    """Added and never answered for."""
    return task.status is Status.UNKNOWN and not task.report.status_raw and not task.last_seen_at


class Note(enum.IntEnum):
    """What is to be said of a saved file besides; the worse of several is the higher."""

    NONE = 0
    UNCHECKED = 1
    DAMAGED = 2
    TRASHED = 3  # of one that is missing


def note_of(artifact: Artifact) -> Note:
    if artifact.state is ArtifactState.MISSING:
        return Note.TRASHED if artifact.trashed else Note.NONE
    if artifact.damaged:
        return Note.DAMAGED
    return Note.UNCHECKED if artifact.checked is Checked.NONE else Note.NONE


def note_of_task(task: Task) -> Note:
    """That of all its saved files; where some are missing, of those."""
    if len(task.artifacts) == 1:  # nearly all
        one = task.artifacts[0]
        return note_of(one) if one.state in ON_DISK else Note.NONE
    if task.kept is ArtifactState.MISSING:
        missing = (a for a in task.artifacts if a.state is ArtifactState.MISSING)
        return min(map(note_of, missing))
    saved = (a for a in task.artifacts if a.state is ArtifactState.SAVED)
    return max(map(note_of, saved), default=Note.NONE)


def saved_word(state: ArtifactState, share: float | None = None, note: Note = Note.NONE) -> str:
    """The Saved column.

    Args:
        share: How much of it is here, 0 to 1, while saving.
        note: Of a saved file.
    """
    match state:
        case ArtifactState.SAVED:
            return _saved(note)
        case ArtifactState.SAVING if share is None:
            return tr("Saving")
        case ArtifactState.SAVING:
            return tr("Saving {percent}", percent=fmt.percent_down(share))
        case ArtifactState.REMOTE:
            return tr("Not saved")
        case ArtifactState.MISSING:
            return tr("In the trash") if note is Note.TRASHED else tr("Missing")
        case ArtifactState.LOST:
            return tr("Lost")
        case _:
            assert_never(state)


def problem_kind(artifact: Artifact) -> Kind | None:
    """What kept the file from being saved; None: nothing, or a newer version wrote it."""
    name = artifact.problem.partition(" ")[0].lower()
    return next((kind for kind in Kind if kind.value == name), None)


def waits_for(kind: Kind | None) -> str:
    """What nothing can be asked without, where the user must act first; else ""."""
    if kind not in PAUSING:
        return ""
    return tr("needs a key") if kind is Kind.NO_KEY else tr("waits for the password store")


def is_without_link(artifact: Artifact, flags: Collection[Flag]) -> bool:
    """Whether a refused file was only looked for where a gateway may have it: its service gave no
    link, so it is not the file that is refused.

    Args:
        flags: Of its task.
    """
    is_refused = problem_kind(artifact) in (Kind.LINK_ENDED, Kind.REJECTED)
    return is_refused and Flag.RESULT_MISSING in flags


def no_link_yet() -> str:
    """The same column of a task that succeeded and whose link has not come yet."""
    return tr("No link yet")


def _saved(note: Note) -> str:
    match note:
        case Note.NONE:
            return tr("Saved")
        case Note.UNCHECKED:
            return tr("Saved, not checked")
        case Note.DAMAGED:
            return tr("Saved, damaged as delivered")
        case Note.TRASHED:
            return tr("In the trash")
        case _:
            assert_never(note)


def note_sentence(note: Note) -> str:
    """The same in full; "" where there is nothing to say."""
    match note:
        case Note.NONE:
            return ""
        case Note.UNCHECKED:
            return tr("Saved as it came. Its kind cannot be checked here.")
        case Note.DAMAGED:
            return tr("The service delivered this file damaged. It was kept as it came.")
        case Note.TRASHED:
            return tr("The file is in the system's trash. Taken out there, it is found again.")
        case _:
            assert_never(note)


def flag_sentence(flag: Flag) -> str:
    """What a flag means, in full."""
    match flag:
        case Flag.RESULT_MISSING:
            return tr("The task succeeded, but the service gave no link to a file. Asking again.")
        case Flag.STALE:
            return tr(
                "Nothing has changed for longer than the service allows. It may have ended there "
                "unseen. Still watching."
            )
        case Flag.NOT_FOUND:
            return translated(Kind.NOT_FOUND.text)
        case Flag.GAVE_UP:
            return tr(
                "The gateway gave up asking. The job may still end at the service behind it, and "
                "be charged: ask the gateway. Checked again every hour for a day."
            )
        case Flag.UPSTREAM_TROUBLE:
            return tr(
                "The gateway cannot ask the service behind it just now. Your key is fine; still "
                "watching."
            )
        case Flag.STATUS_CONFLICT:
            return tr("The service contradicts itself about this task. The first end is kept.")
        case _:
            assert_never(flag)


def flag_sentences(task: Task) -> dict[Flag, str]:
    """What the flags of a task mean, with what the service behind a gateway said."""
    if not task.flags:  # nearly all
        return {}
    said = one_line(task.report.upstream_said or "", 160)
    return {
        flag: _flag_sentence(flag, task, said) for flag in sorted(task.flags, key=lambda f: f.value)
    }


def search_sentence(task: Task) -> str:
    """Said of a task one of whose links was found by search; "" of others, also where nothing was
    at that address: then the service gave no link, as its flag says."""
    if not any(
        is_found_by_search(task, artifact) and not is_without_link(artifact, task.flags)
        for artifact in task.artifacts
    ):
        return ""
    return tr(
        "The answer names its file at no usual place: this address was found by search. See "
        "whether it is the right film."
    )


def _flag_sentence(flag: Flag, task: Task, said: str) -> str:
    if flag is Flag.GAVE_UP and said:
        return tr(
            "The gateway gave up asking; the service behind it last said \u201c{said}\u201d. The "
            "job may still end there, and be charged: ask the gateway. Checked again every hour "
            "for a day.",
            said=said,
        )
    if flag is Flag.UPSTREAM_TROUBLE and said:
        return tr(
            "The gateway cannot ask the service behind it just now: \u201c{said}\u201d. Your key "
            "is fine, nothing is lost; still watching.",
            said=said,
        )
    if flag is Flag.STATUS_CONFLICT and task.report.provisional:
        return tr(
            "The service behind the gateway has ended the job, the gateway says something else. "
            "What the service says is shown; the gateway is asked on, for it also decides what is "
            "charged."
        )
    return flag_sentence(flag)


def service_title(service: Service) -> str:
    return translated(service.title)


def kind_word(kind: ArtifactKind) -> str:
    """What a file is to a person."""
    match kind:
        case ArtifactKind.VIDEO:
            return tr("Video")
        case ArtifactKind.ORIGINAL_VIDEO:
            return tr("Original video")
        case ArtifactKind.LAST_FRAME:
            return tr("Last frame")
        case ArtifactKind.MODEL:
            return tr("3D model")
        case _:
            assert_never(kind)


def cut_sentence(figures: str) -> str:
    """Args:
    figures: Seconds, bytes that came, bytes in all (0: not said).
    """
    words = figures.split()
    if len(words) != 3 or not all(word.isdecimal() for word in words):
        return translated(Kind.CUT.text)
    seconds, came, total = map(int, words)
    if not total:
        return tr(
            "The server ends every download of this file after {time}; {came} came.",
            time=fmt.coarse(max(1.0, seconds)),
            came=fmt.file_size(came),
        )
    return tr(
        "The server ends every download of this file after {time}; {came} of {size} came.",
        time=fmt.coarse(max(1.0, seconds)),
        came=fmt.file_size(came),
        size=fmt.file_size(total),
    )


def task_error_sentence(error: TaskError | None, status: Status, raw: str = "") -> str:
    """Why a task has no result, in plain words; "" where nothing is wrong.

    The code's part before the first dot decides; the longest known beginning wins.
    """
    code = error.code.partition(".")[0] if error else ""
    if (known := _by_code(code)) is not None:
        return known
    match status:
        case Status.EXPIRED:
            return tr("The service did not finish within its time limit.")
        case Status.CANCELLED:
            return tr("The task was cancelled.")
        case Status.FAILED if error and error.message:
            return tr(
                "The service could not finish this task. It says: {message}",
                message=one_line(error.message),
            )
        case Status.FAILED:
            return tr("The service could not finish this task and gives no reason.")
        case Status.UNKNOWN if raw:
            return unknown_status_sentence(raw)
        case _:
            return ""


def task_sentence(task: Task) -> str:
    """As `task_error_sentence`; "" where a gateway gave up asking: what it says then is not the
    service's word, and its flag has a sentence of its own."""
    if Flag.GAVE_UP in task.flags:
        return ""
    return task_error_sentence(task.report.error, task.status, task.report.status_raw)


def unknown_status_sentence(raw: str) -> str:
    return tr(
        'The service reports "{status}", which this version does not know. Still watching.',
        status=one_line(raw, 60),
    )


def _by_code(code: str) -> str | None:
    """A task's error code, or an HTTP one repeated in a task (contract §1.3)."""
    sentences = {
        "InputTextSensitiveContentDetected": tr(
            "The prompt was refused by moderation. Rephrase and submit again."
        ),
        "InputImageSensitiveContentDetected": tr(
            "A reference image was refused (often a real face). Use another image."
        ),
        "InputVideoSensitiveContentDetected": tr(
            "A reference video was refused by moderation. Use another video."
        ),
        "OutputVideoSensitiveContentDetected": tr("The result was blocked by moderation."),
        "OutputAudioSensitiveContentDetected": tr(
            "The generated sound was blocked. Try without audio."
        ),
        "AccountOverdueError": translated(Kind.OVERDUE.text),
        "AccessDenied": translated(Kind.MODEL_NOT_OPEN.text),
        "ModelNotOpen": translated(Kind.MODEL_NOT_OPEN.text),
        "QuotaExceeded": translated(Kind.QUOTA.text),
        "SetLimitExceeded": translated(Kind.QUOTA.text),
        "ServerOverloaded": tr("The service was overloaded. Submit again later."),
        "InternalServiceError": tr("The service failed on its own side. Submit again."),
        "InvalidParameter": tr("The service did not accept a parameter of this task."),
    }
    fits = [known for known in sentences if code.startswith(known)]
    return sentences[max(fits, key=len)] if fits else None


def lost_sentence(ended_at: float | None) -> str:
    """For a file that can no longer be fetched."""
    if ended_at is None:
        return translated(Kind.LOST.text)
    return tr(
        "The download link ended on {time}. The record stays; the file cannot be fetched any more.",
        time=fmt.absolute(ended_at),
    )


def verdict_words(mark: Mark) -> str:
    """What the user thinks of a take, on one line: stars, pick or reject, tags."""
    stars = fmt.stars(mark.rating) if mark.rating else ""
    parts = (stars, pick_word(mark.pick), ", ".join(mark.tags))
    return one_line(" · ".join(filter(None, parts)), 120)


def pick_word(pick: Pick) -> str:
    if pick is Pick.NONE:  # nearly all, and an export asks for each
        return ""
    return tr("Pick") if pick is Pick.PICK else tr("Reject")


# --- 3D models -------------------------------------------------------------------------------


def facts_line(facts: ModelFacts) -> str:
    """ "12,480 triangles · 2 materials · 3 textures · 1.06 × 0.52 × 1.06"."""
    parts = [
        tr("{count} triangles", count=fmt.tokens(facts.triangles)),
        tr("%n material(s)", None, facts.materials),
        tr("%n texture(s)", None, facts.textures),
    ]
    if facts.size is not None:
        parts.append(" × ".join(f"{side:.3g}" for side in facts.size))
    return " · ".join(parts)


def trouble_sentence(trouble: ModelTrouble) -> str:
    match trouble:
        case ModelTrouble.NO_MODEL:
            return tr("There is no GLB model in the archive. Open it with your own program.")
        case ModelTrouble.REFUSED:
            return tr(
                "The archive is not one we unpack: it could write outside its folder, or grow."
            )
        case ModelTrouble.BROKEN:
            return tr("The model is damaged, or made in a way this program does not read.")
        case ModelTrouble.OTHER_FILES:
            return tr("The model asks for other files, which is not followed.")
        case ModelTrouble.TOO_HEAVY:
            return tr("Drawing the model took too much time or memory and was ended.")
        case ModelTrouble.NO_DRAWING:
            return tr("This computer cannot draw in 3D here.")
        case ModelTrouble.DISK:
            return tr("The model could not be unpacked for a look: the disk refused it.")
        case _:
            assert_never(trouble)
