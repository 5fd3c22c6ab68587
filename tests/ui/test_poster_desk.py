"""The window's posters on real files: found or made beside the window, and ended with it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize

from rushes.assets import asset
from rushes.backend.workspace import Workspace
from rushes.controllers import build
from rushes.controllers.list_controller import ListController
from rushes.controllers.main_controller import MainController
from rushes.core.poster import clip_source
from rushes.core.task import ArtifactKind, ArtifactState, Task
from rushes.options import Options
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.ui.takes import ended, take, with_file

BOX = QSize(160, 90)


def saved(number: int, name: str) -> Task:
    facts = {"path": str(asset("media", name)), "sha256": f"{number:064x}", "size": 1}
    return with_file(ended(take(number)), ArtifactState.SAVED, **facts)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not is_so():  # noqa: ASYNC110 - what a widget paints has no event
            await asyncio.sleep(0.02)


async def with_desk(base: Path, work: Callable[[MainController], Awaitable[None]]) -> None:
    desk = await build.main_controller(ListController(await Workspace.open(Options(base_dir=base))))
    try:
        await work(desk)
    finally:
        await desk.aclose()
        await desk.backend.aclose()
        desk.list.closing.finish()
        desk.window.deleteLater()


def test_that_a_poster_is_made_once_and_found_again(base_dir: Path, drive: Drive[None]) -> None:
    task, other = saved(1, "dusk.mp4"), saved(2, "lanterns.mp4")
    made: list[float] = []

    async def look(desk: MainController) -> None:
        posters = desk.window.content.posters
        await until(lambda: posters.for_task(task, BOX) and posters.for_task(other, BOX))
        upright = posters.for_task(other, BOX)
        assert upright is not None
        assert (upright.width(), upright.height()) == (50, 90)
        folder = desk.backend.places.cache / "posters"
        files = sorted(folder.iterdir())
        assert len(files) == 2
        made.append(max(file.stat().st_mtime for file in files))

    drive(with_desk(base_dir, look))
    drive(with_desk(base_dir, look))
    assert made[0] == made[1]


def test_that_a_3d_model_has_a_poster(base_dir: Path, drive: Drive[None]) -> None:
    vase = saved(1, "vase.zip")
    model = replace(vase, artifacts=(replace(vase.artifacts[0], kind=ArtifactKind.MODEL),))

    async def look(desk: MainController) -> None:
        posters = desk.window.content.posters
        await until(lambda: posters.for_task(model, BOX))
        image = posters.for_task(model, BOX)
        assert image is not None
        shades = {image.pixel(x, image.height() // 2) for x in range(image.width())}
        assert len(shades) > 8  # something was drawn

    drive(with_desk(base_dir, look))


def test_that_the_film_under_the_pointer_gets_its_frames(
    base_dir: Path, drive: Drive[None]
) -> None:
    clip = clip_source(saved(1, "aurora.mp4"))
    assert clip is not None

    async def look(desk: MainController) -> None:
        strips = desk.window.content.gallery.view.strips
        await until(lambda: strips.frame(clip, 0.5))
        first, last = strips.frame(clip, 0.0), strips.frame(clip, 1.0)
        assert first is not None
        assert last is not None
        assert first[1] != last[1]
        assert first[0].rect().contains(last[1])

    drive(with_desk(base_dir, look))
