"""Whether the list says of files what is on disk: a real store, real files, one real dead drive."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from rushes.core.events import FoldersAway, TasksChanged
from rushes.core.presence import Away, AwayFolder, Why, kept_files
from rushes.core.task import ArtifactState
from rushes.saving.presence import as_found
from rushes.store import tables
from tests.conftest import Drive
from tests.saving.test_saving import FILM, Desk, saving

N = 5


async def library(desk: Desk) -> list[Path]:
    """Five saved takes, the last in a folder of its own."""
    desk.by_rule = lambda task, _: desk.folder / "best" if task.id == "t4" else None
    (desk.folder / "best").mkdir(parents=True)
    for n in range(N):
        await desk.succeed(f"t{n}", f"{n}.mp4")
    await desk.settled()
    desk.shelf.asked.clear()
    desk.rig.news.clear()
    return [Path((await desk.artifact(f"t{n}")).path or "") for n in range(N)]


async def states(desk: Desk) -> str:
    """A letter for each take: S(aved), M(issing) …"""
    found = [await desk.state(f"t{n}") for n in range(N)]
    return "".join(state.value[0].upper() for state in found)


def test_that_a_folder_away_is_told_once_and_is_back_by_itself(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await library(desk)
            desk.folder.rename(tmp_path / "old")
            await desk.presence.check_all()
            await desk.presence.check_all()
            assert await states(desk) == "MMMMM"
            gone = AwayFolder(str(desk.folder), Why.GONE)
            assert desk.rig.of(FoldersAway) == [FoldersAway((Away(gone, N),))]
            (tmp_path / "old").rename(desk.folder)
            await desk.presence.check_all()
            assert await states(desk) == "SSSSS"
            assert desk.rig.of(FoldersAway)[-1] == FoldersAway(())
            assert desk.shelf.asked == []

    run(work())


def test_that_one_file_on_the_screen_is_enough_to_find_what_else_is_gone(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await library(desk)
            await desk.presence.check_all()
            desk.presence.next_at = float("inf")  # a long list: its turn comes much later
            desk.folder.rename(tmp_path / "old")
            desk.presence.look(list(kept_files(await desk.rig.task("t0"))))
            await desk.rig.until(lambda: desk.rig.of(FoldersAway))
            await desk.presence.idle()
            assert await states(desk) == "MMMMM"

    run(work())


def test_that_a_folder_is_looked_at_though_none_of_its_rows_is_on_the_screen(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            *_, best = await library(desk)
            await desk.presence.check_all()
            desk.presence.next_at = float("inf")
            best.parent.rename(tmp_path / "best of all")
            desk.presence.look(list(kept_files(await desk.rig.task("t0"))))
            await desk.presence.idle()
            assert await states(desk) == "SSSSM"

    run(work())


def test_that_a_long_list_is_not_looked_through_at_every_turn(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            _, second, *_ = await library(desk)
            await desk.presence.check_all()
            desk.presence.next_at = float("inf")
            second.unlink()
            desk.presence.look(())
            await desk.presence.idle()
            assert await states(desk) == "SSSSS"
            desk.presence.next_at = 0.0
            desk.presence.look(())
            await desk.presence.idle()
            assert await states(desk) == "SMSSS"

    run(work())


def test_that_a_touched_file_is_saved_and_one_with_other_content_is_not(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            touched, other, longer, *_ = await library(desk)
            os.utime(touched, (5, 5))
            other.write_bytes(bytes(len(FILM)))
            longer.write_bytes(FILM + b"\0")
            await desk.presence.check_all()
            assert await states(desk) == "SMMSS"
            assert (await desk.artifact("t0")).mtime_ns == 5 * 10**9
            desk.rig.news.clear()
            await desk.presence.check_all()
            assert desk.rig.news == []

    run(work())


def test_that_content_is_read_once(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            touched, other, *_ = await library(desk)
            os.utime(touched, (5, 5))
            other.write_bytes(bytes(len(FILM)))
            reads: list[str | None] = []
            real = desk.files.disk.is_same

            async def counted(file: Any) -> bool:
                reads.append(file.path)
                return await real(file)

            monkeypatch.setattr(desk.files.disk, "is_same", counted)
            for _ in range(3):
                await desk.presence.check_all()
            assert sorted(map(str, reads)) == sorted([str(touched), str(other)])

    run(work())


def test_that_a_row_that_has_changed_meanwhile_is_left_alone(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            first, *_ = await library(desk)
            old = list(kept_files(await desk.rig.task("t0")))
            first.unlink()
            await desk.presence.check([desk.rig.key("t0")])
            desk.by_rule = lambda *_: desk.folder / "best"
            assert await desk.saver.save([desk.rig.key("t0")]) == 1
            await desk.settled()
            await desk.presence._settle(old)
            assert await desk.state("t0") is ArtifactState.SAVED

    run(work())


def test_that_what_is_missing_is_not_fetched_until_somebody_asks_for_it(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            first, *_ = await library(desk)
            first.unlink()
            await desk.presence.check_all()
            await desk.saver.recover()
            await desk.settled()
            assert desk.shelf.asked == []
            assert await desk.saver.save([desk.rig.key("t0")]) == 1
            await desk.settled()
            assert desk.shelf.asked == ["0.mp4"]
            assert await states(desk) == "SSSSS"

    run(work())


def test_that_a_list_somebody_else_writes_is_told_as_it_is_and_left_as_it_is(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await library(desk)
            shutil.rmtree(desk.folder / "best")
            tasks, away = await as_found(desk.files.disk, await desk.rig.store.read(tables.tasks))
            assert {t.id: t.kept for t in tasks}["t4"] is ArtifactState.MISSING
            assert [each.takes for each in away] == [1]
            assert await states(desk) == "SSSSS"
            assert desk.rig.of(TasksChanged) == []

    run(work())


def test_that_files_are_read_from_the_store_in_portions_with_none_left_out(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rushes.store.tables.AT_ONCE", 2)

    async def work() -> None:
        async with saving(tmp_path) as desk:
            await library(desk)
            await desk.rig.add("not saved")
            await desk.succeed("two files", "x.mp4", "x.png")
            await desk.settled()
            await desk.rig.store.write(tables.remove, [desk.rig.key("t1")], 1.0)
            found, below, more = [], None, True
            while more:
                files, below = await desk.rig.store.read(tables.kept_files, below)
                found += [file.key.id for file in files]
                more = below is not None
            assert found == ["two files", "two files", "t4", "t3", "t2", "t0"]

    run(work())
