"""Timelines for editing programs, read back by OpenTimelineIO itself and by its adapters."""

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname
from xml.etree import ElementTree as ET

import pytest

from rushes.core.failure import Failure, Kind
from rushes.files import timeline
from rushes.files.timeline import Shot

otio = pytest.importorskip("opentimelineio", reason="the extra rushes[otio] is not installed")

NTSC = Fraction(30000, 1001)


def shot(folder: Path, name: str, frames: int, fps: Fraction, **more: Any) -> Shot:
    film = folder / f"{name}.mp4"
    film.write_bytes(b"film")
    return Shot(name=name, path=film, frames=frames, fps=fps, **more)


def clips(path: Path, **more: Any) -> list[Any]:
    read = otio.adapters.read_from_file(str(path), **more)
    if isinstance(read, otio.schema.SerializableCollection):
        read = next(each for each in read if isinstance(each, otio.schema.Timeline))
    film = next(track for track in read.tracks if track.kind == "Video")
    return [each for each in film if isinstance(each, otio.schema.Clip)]


def files_of(found: list[Any]) -> list[Path]:
    """As an editing program goes from a clip to its film."""
    urls = [urlsplit(clip.media_reference.target_url) for clip in found]
    assert all((url.scheme, url.netloc) == ("file", "") for url in urls)
    return [Path(url2pathname(url.path)) for url in urls]


def seconds(found: list[Any]) -> float:
    return float(sum(clip.duration().to_seconds() for clip in found))


def test_that_names_ratings_seeds_notes_and_exact_rates_are_in_the_timeline(
    tmp_path: Path,
) -> None:
    facts = {"rating": 4, "seed": 2**63, "tags": ("hero", "夜")}
    shots = [
        shot(
            tmp_path, "dusk over the lake 湖 #1", 121, Fraction(24), note="keep\nthis", facts=facts
        ),
        shot(tmp_path, "two", 150, NTSC),
    ]
    path = tmp_path / "picks.otio"
    assert timeline.write(path, "Picks", shots) is None
    found = clips(path)
    assert [clip.name for clip in found] == ["dusk over the lake 湖 #1", "two"]
    assert all(file.is_file() for file in files_of(found))
    assert files_of(found) == [each.path for each in shots]
    told = found[0].metadata["rushes"]
    assert (told["rating"], told["seed"], list(told["tags"])) == (4, str(2**63), ["hero", "夜"])
    assert [(m.name, m.comment) for m in found[0].markers] == [("keep this", "keep\nthis")]
    assert found[1].source_range.duration == otio.opentime.RationalTime(150, 30000 / 1001)
    assert seconds(found) == pytest.approx(121 / 24 + 150 * 1001 / 30000, abs=1e-9)


@pytest.mark.parametrize("ending", ["otio", "fcpxml", "xml", "edl"])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30)])
def test_that_every_kind_of_file_comes_back_with_its_films_and_lengths(
    ending: str, rate: Fraction, tmp_path: Path
) -> None:
    names = ["a b&c", "夜景 <2>", "100% #7"]
    shots = [
        shot(tmp_path, name, 100 + n, rate, has_sound=n == 1, note="look")
        for n, name in enumerate(names)
    ]
    path = tmp_path / f"picks.{ending}"
    assert timeline.write(path, "Picks", shots) is None
    found = clips(path, **({"rate": float(rate)} if ending == "edl" else {}))
    assert files_of(found) == [each.path for each in shots]
    assert seconds(found) == pytest.approx(float(303 / rate), abs=1e-6)
    names_there = [f"{name}.mp4" for name in names] if ending == "edl" else names
    assert [clip.name for clip in found] == names_there
    assert [m.name.lower() for clip in found for m in clip.markers] == ["look"] * 3


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), NTSC, Fraction(60000, 1001)])
def test_that_final_cut_gets_exact_frames_of_rates_that_are_no_whole_number(
    rate: Fraction, tmp_path: Path
) -> None:
    path = tmp_path / "picks.fcpxml"
    average = rate + Fraction(1, 100_000)  # as files have it
    shots = [shot(tmp_path, f"take {n}", 121 + n, average) for n in range(2)]
    assert timeline.write(path, "Picks", shots) is None
    top = ET.parse(path).getroot()
    frames = {each.get("frameDuration") for each in top.iter("format")}
    assert frames == {f"{rate.denominator}/{rate.numerator}s"}
    lengths = [Fraction(c.get("duration", "").rstrip("s")) for c in top.iter("clip")]
    assert lengths == [121 / rate, 122 / rate]


def test_that_a_list_of_edits_tells_the_take_beside_its_file(tmp_path: Path) -> None:
    path = tmp_path / "picks.edl"
    facts = {"rating": 5, "seed": 77}
    assert (
        timeline.write(path, "Picks", [shot(tmp_path, "夜", 48, Fraction(24), facts=facts)]) is None
    )
    text = path.read_text(encoding="utf-8")
    assert "001  AX " in text
    assert "00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00" in text
    for line in ("* FROM CLIP NAME:  夜.mp4", "* TAKE: 夜", "* RATING: 5", "* SEED: 77"):
        assert line in text.splitlines()


def test_that_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    failed = timeline.write(tmp_path / "gone" / "a.otio", "Picks", [])
    assert isinstance(failed, Failure)
    assert failed.kind is Kind.FOLDER


def test_that_what_is_not_installed_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(map(timeline.lacks, timeline.ADAPTERS))
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    assert all(map(timeline.lacks, timeline.ADAPTERS))
