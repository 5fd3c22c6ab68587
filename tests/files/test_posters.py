"""Posters are made of real films and pictures, by the real process, and kept within bounds."""

import os
import time
from pathlib import Path

import pytest

from rushes.assets import asset
from rushes.core.poster import Source, clip_source, poster_source
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Report, Task
from rushes.files.frames import FrameServer
from rushes.files.pictures import PictureCache
from tests.conftest import Drive

VIDEO, FRAME, MODEL = ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME, ArtifactKind.MODEL


def source(path: Path, kind: ArtifactKind = VIDEO, name: str = "ab" * 32) -> Source:
    return Source(name, str(path), kind)


async def made_in(folder: Path, *sources: Source, what: str = "poster") -> list[Path | None]:
    server = FrameServer(folder.with_name("helpers"))
    try:
        cache = PictureCache(folder, server)
        return [await cache.make(each, what) for each in sources]
    finally:
        await server.aclose()


def jpeg_size(path: Path) -> tuple[int, int]:
    from PySide6.QtGui import QImageReader

    size = QImageReader(str(path)).size()
    return size.width(), size.height()


def taken(*artifacts: Artifact) -> Task:
    return Task(key=Key("a", "b"), report=Report(id="b"), added_at=0.0, artifacts=artifacts)


def saved(kind: ArtifactKind, sha: str, state: ArtifactState = ArtifactState.SAVED) -> Artifact:
    return Artifact(kind=kind, state=state, path=f"/takes/{sha}", sha256=sha)


def test_that_the_last_frame_is_the_poster_and_the_film_only_without_one() -> None:
    film, frame = saved(VIDEO, "f1"), saved(FRAME, "e2")
    both = poster_source(taken(film, frame))
    alone = poster_source(taken(film))
    assert both == Source("e2", "/takes/e2", FRAME)
    assert alone == Source("f1", "/takes/f1", VIDEO)
    assert clip_source(taken(film, frame)) == Source("f1", "/takes/f1", VIDEO)


def test_that_nothing_is_a_source_before_it_is_on_disk() -> None:
    for state in set(ArtifactState) - {ArtifactState.SAVED}:
        task = taken(saved(VIDEO, "f1", state), saved(FRAME, "e2", state))
        assert poster_source(task) is None
        assert clip_source(task) is None


def test_that_equal_content_shares_a_poster_and_a_changed_file_without_hash_does_not() -> None:
    here = Artifact(kind=VIDEO, state=ArtifactState.SAVED, path="/a.mp4", size=1, mtime_ns=1)
    later = Artifact(kind=VIDEO, state=ArtifactState.SAVED, path="/a.mp4", size=1, mtime_ns=2)
    first, second = poster_source(taken(here)), poster_source(taken(later))
    assert first is not None
    assert second is not None
    assert first.name != second.name


def test_that_a_film_gives_a_small_poster_and_a_strip(tmp_path: Path, drive: Drive[None]) -> None:
    async def work() -> None:
        film, folder = source(asset("media", "dusk.mp4")), tmp_path / "posters"
        poster = (await made_in(folder, film))[0]
        strip = (await made_in(folder, film, what="strip"))[0]
        assert poster is not None
        assert strip is not None
        assert jpeg_size(poster) == (384, 216)
        assert jpeg_size(strip) == (8 * 240, 6 * 135)
        assert PictureCache(folder, FrameServer(tmp_path)).find(film) == poster
        assert sorted(tmp_path.glob("posters/.*")) == []

    drive(work())


def test_that_a_picture_keeps_its_shape(tmp_path: Path, run: Drive[list[Path | None]]) -> None:
    made = run(made_in(tmp_path / "posters", source(asset("media", "lanterns.png"), FRAME)))[0]
    assert made is not None
    assert jpeg_size(made) == (216, 384)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 90])
def test_that_what_is_no_picture_has_no_poster(
    content: bytes, tmp_path: Path, run: Drive[list[Path | None]]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    folder = tmp_path / "posters"
    assert run(made_in(folder, source(broken))) == [None]
    assert list(folder.iterdir()) == []


def test_that_a_cut_film_is_passed_over_and_the_next_one_has_its_poster(
    tmp_path: Path, run: Drive[list[Path | None]]
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(asset("media", "dusk.mp4").read_bytes()[:3000])
    good = source(asset("media", "dusk.mp4"), name="cd" * 32)
    first, second = run(made_in(tmp_path / "posters", source(cut), good))
    assert first is None
    assert second is not None


def test_that_the_least_used_posters_go_when_the_folder_is_full(tmp_path: Path) -> None:
    shelf = PictureCache(tmp_path, FrameServer(tmp_path), max_bytes=1000)
    now = time.time()
    for age, name in enumerate(("new", "used", "old", "older")):
        path = tmp_path / f"{name}.poster.jpg"
        path.write_bytes(b"x" * 300)
        os.utime(path, (now - age * 60, now - age * 60))
    shelf.trim()
    assert {path.name for path in tmp_path.iterdir()} == {
        "new.poster.jpg",
        "used.poster.jpg",
        "old.poster.jpg",
    }


def test_that_whoever_draws_models_is_asked_for_their_posters(
    tmp_path: Path, run: Drive[Path | None]
) -> None:
    async def draw(path: Path, out: Path) -> bool:
        out.write_bytes(path.name.encode())
        return True

    cache = PictureCache(tmp_path, FrameServer(tmp_path))
    model = source(asset("media", "vase.zip"), MODEL)
    assert run(cache.make(model)) is None
    cache.makers[MODEL] = draw
    made = run(cache.make(model))
    assert made is not None
    assert made.read_bytes() == b"vase.zip"
