"""What a take was made with: as its service says, else as its saved film is."""

from dataclasses import dataclass

from rushes.core.film import FileFacts
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task

#: (name, width / height)
_RATIOS = tuple(
    (f"{wide}:{tall}", wide / tall)
    for wide, tall in ((16, 9), (9, 16), (4, 3), (3, 4), (1, 1), (21, 9), (3, 2), (2, 3))
)
#: The services round sides to multiples of 16 pixels: 1248 × 704 is their 16:9.
_NEAR = 0.03
_FILMS = (ArtifactKind.VIDEO, ArtifactKind.ORIGINAL_VIDEO)


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: neither the service nor the file says so.

    Attributes:
        size: A class ("720p"), or width and height in pixels ("1248×704").
        ratio: "16:9"; None where `size` has both sides already.
        from_file: Whether the file says any of it.
    """

    size: str | None
    ratio: str | None
    duration_s: float | None
    frames: int | None
    fps: float | None
    from_file: bool


def main_artifact(task: Task) -> Artifact | None:
    """The file a row stands for: the video or the model, else whatever there is."""
    if len(task.artifacts) < 2:  # mostly, and it is asked for 500,000 times in an export
        return task.artifacts[0] if task.artifacts else None
    for kind in (ArtifactKind.VIDEO, ArtifactKind.MODEL, ArtifactKind.ORIGINAL_VIDEO):
        if artifact := task.artifact(kind):
            return artifact
    return task.artifacts[0]


def film_of(task: Task) -> FileFacts | None:
    """What the main file of `task` is by itself, where it was saved and read."""
    main = main_artifact(task)
    return main.film if main else None


def parameters_of(task: Task) -> Parameters:
    report, film = task.report, film_of(task)
    said = (report.resolution, report.ratio, report.duration_s, report.frames, report.fps)
    if film is None:
        return Parameters(*said, from_file=False)
    size, ratio, duration_s, frames, fps = said
    if size is None:
        size = f"{film.width}×{film.height}"
    elif ratio is None:
        ratio = _ratio(film)
    known = (
        size,
        ratio,
        film.length_s if duration_s is None else duration_s,
        film.frames if frames is None else frames,
        (film.fps or None) if fps is None else fps,
    )
    return Parameters(*known, from_file=known != said)


def is_silent(task: Task) -> bool:
    """Whether its service leaves something out that its saved film, not read yet, can say."""
    main, report = main_artifact(task), task.report
    if main is None or main.state is not ArtifactState.SAVED or main.film is not None:
        return False
    said = (report.resolution, report.ratio, report.duration_s, report.fps)
    return main.kind in _FILMS and any(value is None for value in said)


def _ratio(film: FileFacts) -> str | None:
    own = film.width / max(1, film.height)
    name, nearest = min(_RATIOS, key=lambda ratio: abs(own / ratio[1] - 1))
    return name if abs(own / nearest - 1) <= _NEAR else None
