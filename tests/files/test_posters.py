"""Posters are made of real films and pictures, by the real process, and kept within bounds."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from rushes.assets import asset
from rushes.core.poster import Source, clip_source, poster_source
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Report, Task
from rushes.files.pictures import PictureCache
from rushes.system.helper import LineHelper
from tests.conftest import Drive

VIDEO, FRAME, MODEL = ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME, ArtifactKind.MODEL


def source(path: Path, kind: ArtifactKind = VIDEO, name: str = "ab" * 32) -> Source:
    return Source(name, str(path), kind)


async def closing(shelf: PictureCache, *sources: Source, what: str = "poster") -> list[Path | None]:
    try:
        return [await shelf.make(each, what) for each in sources]
    finally:
        await shelf.aclose()


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


def test_that_a_film_gives_a_small_poster_and_a_strip_of_twelve(
    tmp_path: Path, drive: Drive[None]
) -> None:
    async def work() -> None:
        shelf = PictureCache(tmp_path / "posters")
        film = source(asset("media", "dusk.mp4"))
        try:
            poster, strip = await shelf.make(film), await shelf.make(film, "strip")
        finally:
            await shelf.aclose()
        assert poster is not None
        assert strip is not None
        assert jpeg_size(poster) == (384, 216)
        assert jpeg_size(strip) == (12 * 240, 135)
        assert shelf.find(film) == poster
        assert sorted(tmp_path.glob("posters/.*")) == []

    drive(work())


def test_that_a_picture_keeps_its_shape(tmp_path: Path, run: Drive[list[Path | None]]) -> None:
    shelf = PictureCache(tmp_path)
    made = run(closing(shelf, source(asset("media", "lanterns.png"), FRAME)))[0]
    assert made is not None
    assert jpeg_size(made) == (216, 384)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 90])
def test_that_what_is_no_picture_has_no_poster(
    content: bytes, tmp_path: Path, run: Drive[list[Path | None]]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    folder = tmp_path / "posters"
    assert run(closing(PictureCache(folder), source(broken))) == [None]
    assert list(folder.iterdir()) == []


def test_that_a_cut_film_is_passed_over_and_the_next_one_has_its_poster(
    tmp_path: Path, run: Drive[list[Path | None]]
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(asset("media", "dusk.mp4").read_bytes()[:3000])
    good = source(asset("media", "dusk.mp4"), name="cd" * 32)
    first, second = run(closing(PictureCache(tmp_path / "posters"), source(cut), good))
    assert first is None
    assert second is not None


def test_that_a_decoder_that_dies_is_started_again(
    tmp_path: Path, drive: Drive[list[Path | None]]
) -> None:
    dying = "import sys, os; sys.stdin.readline(); os._exit(11)"
    shelf = PictureCache(tmp_path, LineHelper(tmp_path, (sys.executable, "-c", dying)))
    film = source(asset("media", "dusk.mp4"))
    assert drive(closing(shelf, film, film)) == [None, None]


def test_that_an_idle_helper_is_told_to_end(run: Drive[None], tmp_path: Path) -> None:
    async def work() -> None:
        ended = tmp_path / "ended"
        echo = (
            f"import sys\nfor line in sys.stdin: print(line, flush=True)\nopen({str(ended)!r}, 'x')"
        )
        helper = LineHelper(tmp_path, (sys.executable, "-c", echo), idle_s=0.05)
        assert await helper.ask({"a": "b"}) == {"a": "b"}
        first = helper.pid
        while helper.pid is not None:  # noqa: ASYNC110 - it is another process that ends
            await asyncio.sleep(0.01)
        assert ended.exists()
        assert await helper.ask({"c": "d"}) == {"c": "d"}
        assert helper.pid not in (None, first)
        await helper.aclose()
        assert helper.pid is None

    run(work())


def test_that_the_least_used_posters_go_when_the_folder_is_full(tmp_path: Path) -> None:
    shelf = PictureCache(tmp_path, max_bytes=1000)
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
    tmp_path: Path, run: Drive[list[Path | None]]
) -> None:
    async def draw(path: Path, out: Path) -> bool:
        out.write_bytes(path.name.encode())
        return True

    shelf = PictureCache(tmp_path)
    model = source(asset("media", "vase.zip"), MODEL)
    assert run(closing(shelf, model)) == [None]
    shelf.makers[MODEL] = draw
    made = run(closing(shelf, model))[0]
    assert made is not None
    assert made.read_bytes() == b"vase.zip"
