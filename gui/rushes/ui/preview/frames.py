"""Between milliseconds, frames and timecode. Pure."""

from rushes.presentation.text import tr

#: Where neither the file nor the service tells.
USUAL_FPS = 24.0


def frame_at(position_us: float, fps: float) -> int:
    """The frame on screen, counted from 0, at a presentation time in microseconds."""
    return max(0, round(position_us * fps / 1_000_000))


def count(duration_ms: int, fps: float) -> int:
    return max(0, round(duration_ms * fps / 1000))


def timecode(frame: int, fps: float) -> str:
    """Hours, minutes, seconds and frames, non-drop: frame 37 at 24 fps is "00:00:01:13"."""
    whole = max(1, round(fps))
    seconds, rest = divmod(frame, whole)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{rest:02d}"


def numbered(frame: int, frames: int) -> str:
    """ "38 / 120": people count from one."""
    return tr("{frame} / {frames}", frame=min(frame + 1, max(frames, 1)), frames=frames)
