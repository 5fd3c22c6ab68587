"""What can be said about a film by looking into its file, and why it cannot be looked at."""

import enum
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """Read from the file itself, not from what a service says about it.

    Attributes:
        container: As FFmpeg names it: "mov,mp4,m4a,3gp,3g2,mj2".
        codec: As FFmpeg names it: "h264".
        pixel_format: "yuv420p10le".
        width, height: Of the stored picture, in pixels, before it is turned.
        rotation: Degrees clockwise by which it is turned to be shown: 0, 90, 180 or 270.
        shown_width, shown_height: Of the picture as it is shown, turned and with square pixels.
        frames: How many are shown.
        fps: Frames a second, on average; of one frame, what the file says, or 0.
        length_s: Seconds.
        audio: The codec of its sound; "" without sound.
        hdr: "PQ" or "HLG" where its colours are brighter than a usual screen shows; else "".
        is_variable: Whether its frames do not all stand equally long.
        times_us: Of such a film, when each frame is shown, in microseconds from the first one.
    """

    container: str
    codec: str
    pixel_format: str
    width: int
    height: int
    rotation: int
    shown_width: int
    shown_height: int
    frames: int
    fps: Fraction
    length_s: float
    audio: str
    hdr: str
    is_variable: bool
    times_us: tuple[int, ...] = ()

    def begin_us(self, n: int) -> float:
        """When frame `n` is shown, in microseconds from the first one. One behind the last: when
        that one ends."""
        if n < len(self.times_us):
            return self.times_us[n]
        usual = 1_000_000 / float(self.fps) if self.fps else 0.0
        if not self.times_us:
            return n * usual
        return self.times_us[-1] + (n - len(self.times_us) + 1) * usual

    def frame_at(self, at_us: float) -> int:
        """The frame whose time of presentation is nearest."""
        if not self.times_us:
            return min(max(0, round(at_us * float(self.fps) / 1_000_000)), self.frames - 1)
        after = min(bisect_left(self.times_us, at_us), len(self.times_us) - 1)
        before = max(0, after - 1)
        is_before = at_us - self.times_us[before] < self.times_us[after] - at_us
        return before if is_before else after


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is kept of `FilmFacts`: what a service may leave unsaid.

    Attributes:
        width, height: Of the picture as it is shown, in pixels.
        fps: Frames a second; 0: the file does not say.
        length_s: Seconds.
    """

    width: int
    height: int
    frames: int
    fps: float
    length_s: float


def facts_kept(facts: FilmFacts) -> FileFacts:
    return FileFacts(
        width=facts.shown_width,
        height=facts.shown_height,
        frames=facts.frames,
        fps=float(facts.fps),
        length_s=facts.length_s,
    )


class FilmTrouble(enum.Enum):
    """Why there is no picture of a file."""

    NO_PICTURE = "no_picture"  # it holds sound, or nothing
    REFUSED = "refused"  # a kind of file, or of coding, that is not looked into
    BROKEN = "broken"  # what it holds cannot be decoded
    TOO_HEAVY = "too_heavy"  # too large, too long, or it took too much time or memory
    UNREADABLE = "unreadable"  # the file cannot be opened
    NO_SERVER = "no_server"  # the process that decodes cannot be started
    DROPPED = "dropped"  # something more urgent was asked for


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One frame as pixels.

    Attributes:
        pixels: Four bytes each (blue, green, red, 255), rows without padding.
        frame: Its number, from 0.
    """

    width: int
    height: int
    pixels: bytes
    frame: int


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The size that fits into a square of `side` pixels, never larger than it was."""
    longest = max(width, height, 1)
    if longest <= side:
        return max(1, width), max(1, height)
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))
