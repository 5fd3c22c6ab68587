"""Takes as a timeline for an editing program, written by OpenTimelineIO and its adapters.

They are an optional part (`rushes[otio]`), loaded when the first timeline is written.
"""

import importlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from rushes import patches
from rushes.core.failure import Failure, Kind
from rushes.system.disk import failure_of, write_whole

#: The endings of files that can be written, and the adapter for each; "": OpenTimelineIO itself.
ADAPTERS: Final[Mapping[str, str]] = {
    "otio": "",
    "fcpxml": "fcpx_xml",
    "xml": "fcp_xml",
    "edl": "cmx_3600",
}

#: What films are made for; the averages of real files lie beside them by less than `_NEAR`.
_RATES = (
    *map(Fraction, (24, 25, 30, 48, 50, 60)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60)),
)
_NEAR = Fraction(1, 5000)
_OF_ONE_FRAME = Fraction(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One saved film, whole.

    Attributes:
        path: Absolute.
        fps: Frames a second; 0 where a film of one frame does not say.
        note: Becomes a marker at its first frame; "": none.
        facts: What else is known of it, as JSON.
    """

    name: str
    path: Path
    frames: int
    fps: Fraction
    has_sound: bool = False
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> Fraction:
        """Frames a second, exactly: 29.97 is 30000/1001."""
        if not self.fps:
            return _OF_ONE_FRAME
        near = min(_RATES, key=lambda rate: abs(rate - self.fps))
        return near if abs(near - self.fps) <= near * _NEAR else self.fps


def lacks(ending: str) -> bool:
    """Whether a part is not installed that files of this kind need. Blocks: it is loaded."""
    try:
        otio = importlib.import_module("opentimelineio")
    except ImportError:
        return True
    adapter = ADAPTERS[ending]
    return bool(adapter) and adapter not in otio.adapters.available_adapter_names()


def write(path: Path, title: str, shots: Sequence[Shot]) -> Failure | None:
    """Write the shots one after the other; the file's ending says how. Blocks.

    The rate of the whole is the one that most of the shots have.

    Raises:
        ImportError: a part is not installed, see `lacks`.
    """
    otio = importlib.import_module("opentimelineio")
    ending = path.suffix.lower().removeprefix(".")
    rates = Counter(shot.rate for shot in shots)
    try:
        text = _text(otio, ending, _timeline(otio, title, shots, ending), rates)
        write_whole(path, text.encode())
    except OSError as e:
        return failure_of(e)
    except (otio.exceptions.OTIOError, ValueError) as e:
        return Failure(Kind.INTERNAL, detail=str(e))
    return None


def _text(otio: Any, ending: str, timeline: Any, rates: Counter[Fraction]) -> str:
    if not ADAPTERS[ending]:
        return str(otio.adapters.write_to_string(timeline, "otio_json"))
    adapter = otio.adapters.from_name(ADAPTERS[ending])
    more: dict[str, Any] = {}
    if ending == "edl":
        rate = float(rates.most_common(1)[0][0]) if rates else 24.0
        more["rate"] = otio.opentime.RationalTime.nearest_smpte_timecode_rate(rate)
    elif ending == "fcpxml":
        patches.exact_rates_for_fcpx(adapter.module(), rates)
    return str(otio.adapters.write_to_string(timeline, ADAPTERS[ending], **more))


def _timeline(otio: Any, title: str, shots: Sequence[Shot], ending: str) -> Any:
    timeline = otio.schema.Timeline(name=title)
    film = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    sound = otio.schema.Track(name="A1", kind=otio.schema.TrackKind.Audio)
    for shot in shots:
        film.append(_clip(otio, shot, ending))
        if shot.has_sound:
            sound.append(_clip(otio, shot, ending, is_sound=True))
        else:
            sound.append(otio.schema.Gap(source_range=_whole(otio, shot)))
    timeline.tracks.append(film)
    if ending != "edl" and any(shot.has_sound for shot in shots):
        timeline.tracks.append(sound)
    return timeline


def _clip(otio: Any, shot: Shot, ending: str, *, is_sound: bool = False) -> Any:
    whole, is_list = _whole(otio, shot), ending == "edl"
    media = otio.schema.ExternalReference(target_url=shot.path.as_uri(), available_range=whole)
    media.name = shot.path.name
    # Programs find the film of such a list by its file's name.
    clip = otio.schema.Clip(
        name=shot.path.name if is_list else shot.name,
        media_reference=media,
        source_range=whole,
        metadata={"rushes": {name: _kept(value) for name, value in shot.facts.items()}},
    )
    if is_list:
        told = [f"TAKE: {shot.name}"]
        told += [
            f"{name.upper()}: {shot.facts[name]}"
            for name in ("rating", "seed")
            if shot.facts.get(name) is not None
        ]
        clip.metadata["cmx_3600"] = {"reel": "AX", "comments": told}
    if shot.note and not is_sound:
        frame = otio.opentime.RationalTime(1, float(shot.rate))
        first = otio.opentime.TimeRange(otio.opentime.RationalTime(0, frame.rate), frame)
        line = " ".join(shot.note.split())
        marker = otio.schema.Marker(name=line, marked_range=first, color="YELLOW")
        marker.comment = shot.note
        clip.markers.append(marker)
    return clip


def _whole(otio: Any, shot: Shot) -> Any:
    rate = float(shot.rate)
    length = otio.opentime.RationalTime(shot.frames, rate)
    return otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), length)


def _kept(value: Any) -> Any:
    """What OpenTimelineIO can hold: numbers up to 64 bits, and no tuples."""
    match value:
        case bool() | None | str():
            return value
        case int():
            return value if -(2**63) <= value < 2**63 else str(value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(name): _kept(inner) for name, inner in value.items()}
        case _:
            return [_kept(inner) for inner in value]
