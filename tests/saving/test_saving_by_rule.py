"""A folder that a rule chose: files go there, and trouble with it holds nothing else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Account
from rushes.core.events import ProgramFailure, SaveFailed, SavingAgain
from rushes.core.failure import Kind
from rushes.core.task import ArtifactState, Task
from tests.conftest import Drive
from tests.saving.test_saving import Desk, saving


def ruled(desk: Desk, ids: set[str], folder: Path) -> None:
    def choose(task: Task, _account: Account) -> Path | None:
        return folder if task.id in ids else None

    desk.by_rule = choose


async def path_of(desk: Desk, task_id: str) -> Path:
    path = (await desk.artifact(task_id)).path
    assert path is not None
    return Path(path)


def test_that_a_file_and_its_sidecar_go_where_the_rule_says_and_stay_there(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        best = tmp_path / "best"
        best.mkdir()
        async with saving(tmp_path) as desk:
            ruled(desk, {"t1"}, best)
            await desk.succeed("t1", "a.mp4")
            await desk.succeed("t2", "b.mp4")
            await desk.settled()
            assert (await path_of(desk, "t1")).parent == best
            assert (await path_of(desk, "t2")).parent == desk.folder
            assert sorted(path.suffix for path in best.iterdir()) == [".json", ".mp4"]
            ruled(desk, set(), best)
            assert await desk.saver.save([desk.rig.key("t1")]) == 0
            assert (await path_of(desk, "t1")).parent == best

    run(work())


def test_that_a_missing_folder_of_a_rule_holds_only_what_goes_there(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        away = tmp_path / "away"
        async with saving(tmp_path) as desk:
            ruled(desk, {"t1", "t2"}, away)
            for n in (1, 2, 3):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await desk.settled()
            assert await desk.state("t3") is ArtifactState.SAVED
            assert await desk.state("t1") is ArtifactState.REMOTE
            told = desk.rig.of(ProgramFailure)
            assert [(each.failure.kind, each.folder) for each in told] == [(Kind.FOLDER, str(away))]
            assert desk.rig.of(SavingAgain) == []
            away.mkdir()
            await desk.rig.until(lambda: len(desk.shelf.asked) == 3)
            await desk.settled()
            assert (await path_of(desk, "t1")).parent == away
            assert (await path_of(desk, "t2")).parent == away
            assert desk.rig.of(SavingAgain) == [SavingAgain(str(away))]
            assert len(desk.rig.of(SaveFailed)) == 2

    run(work())


def test_that_a_full_disk_of_a_rule_is_looked_at_before_the_link_is_used_again(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        away = tmp_path / "away"
        async with saving(tmp_path) as desk:
            ruled(desk, {"t1"}, away)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            desk.files.free = 2**20
            away.mkdir()
            await asyncio.sleep(0.15)
            assert desk.shelf.asked == []
            assert await desk.state("t1") is ArtifactState.REMOTE
            desk.files.free = None
            await desk.rig.until(lambda: desk.shelf.asked)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_another_rule_frees_what_was_held_at_once(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        away = tmp_path / "away"
        async with saving(tmp_path, speed=0.01) as desk:
            ruled(desk, {"t1"}, away)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            ruled(desk, set(), away)
            desk.saver.resume()
            await desk.settled()
            assert (await path_of(desk, "t1")).parent == desk.folder
            assert desk.rig.of(SavingAgain) == [SavingAgain(str(away))]

    run(work())
