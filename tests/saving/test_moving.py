"""Saved files on their way to where template and rules put them now: real files, a real store."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.failure import Failure, Kind
from rushes.core.merge import Change
from rushes.core.task import ArtifactKind, ArtifactState, Mark, Pick, Task
from rushes.saving import mover as mover_module
from rushes.saving.mover import FileMover, Move, Moved, MovePlan
from rushes.store import tables
from tests.conftest import Drive
from tests.saving.test_saving import FILM, FRAME, Desk, saving

N = 3


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder on another disk than `tmp_path`."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        pytest.skip("there is no second disk here")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


@asynccontextmanager
async def studio(tmp_path: Path, **more: Any) -> AsyncIterator[tuple[Desk, FileMover]]:
    """Three saved takes, the first with its last frame."""
    async with saving(tmp_path) as desk:
        await desk.succeed("t0", "0.mp4", "0.png")
        for n in range(1, N):
            await desk.succeed(f"t{n}", f"{n}.mp4")
        await desk.settled()
        desk.shelf.asked.clear()
        yield desk, FileMover(store=desk.rig.store, files=desk.files, publish=desk.rig.publish)


async def mark(desk: Desk, task_id: str, **said: Any) -> None:
    def change(task: Task) -> Task:
        return replace(task, mark=replace(task.mark, **said))

    changes: dict[Any, Change] = {desk.rig.key(task_id): change}
    await desk.rig.store.write(tables.change, changes, 5.0)


async def move(desk: Desk, mover: FileMover, *ids: str) -> Moved:
    plan = await mover.plan([desk.rig.key(each) for each in ids])
    return await mover.move(plan.moves)


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


async def path_of(desk: Desk, task_id: str, kind: ArtifactKind = ArtifactKind.VIDEO) -> Path:
    artifact = await desk.artifact(task_id, kind)
    assert artifact.state is ArtifactState.SAVED
    return Path(artifact.path or "")


def test_that_film_frame_and_sidecars_go_where_a_rule_says_and_come_back(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            before = names(tmp_path)
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda task, _: best if task.mark.pick is Pick.PICK else None
            await mark(desk, "t0", pick=Pick.PICK)
            plan = await mover.plan([desk.rig.key(f"t{n}") for n in range(N)])
            assert [each.new.name for each in plan.moves] == ["t0_video.mp4", "t0_last_frame.png"]
            assert (plan.in_place, plan.without) == (2, 0)
            assert names(tmp_path) == before
            moved = await mover.move(plan.moves)
            assert moved.failure is None
            assert names(best) == [
                "t0_last_frame.png",
                "t0_last_frame.png.json",
                "t0_video.mp4",
                "t0_video.mp4.json",
            ]
            assert "t0" not in "".join(names(desk.folder))
            assert (await path_of(desk, "t0")).read_bytes() == FILM
            assert (await path_of(desk, "t0", ArtifactKind.LAST_FRAME)).read_bytes() == FRAME
            await desk.presence.check_all()
            assert await path_of(desk, "t0") == best / "t0_video.mp4"

            back = await mover.move([each.back for each in moved.done])
            assert len(back.done) == 2
            assert names(tmp_path) == before
            again = await mover.move([each.back for each in back.done])
            assert len(again.done) == 2
            assert len(names(best)) == 4
            assert await desk.rig.store.read(tables.begun_moves) == ()
            assert desk.shelf.asked == []

    run(work())


def test_that_a_new_name_reaches_the_file_and_its_sidecar(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            desk.settings = replace(desk.settings, template="{name|id}_{id8}.{ext}")
            await move(desk, mover, "t1")
            plan = await mover.plan([desk.rig.key("t1")], names={desk.rig.key("t1"): "hero"})
            await mark(desk, "t1", name="hero")
            moved = await mover.move(plan.moves)
            assert [each.new.name for each in moved.done] == ["hero_t1.mp4"]
            assert {n for n in names(desk.folder) if "t1" in n} == {
                "hero_t1.mp4",
                "hero_t1.mp4.json",
            }
            assert '"hero_t1.mp4"' in (desk.folder / "hero_t1.mp4.json").read_text()

    run(work())


def test_that_what_is_not_ours_is_neither_overwritten_nor_taken(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            (best / "t0_video.mp4").write_bytes(FILM)  # the same bytes, and even so somebody's
            (best / "T1_VIDEO.mp4").write_bytes(b"theirs")
            (best / "t2_video.mp4.json").write_text("theirs")
            moved = await move(desk, mover, "t0", "t1", "t2")
            assert [each.new.name for each in moved.done] == [
                "t0_video (2).mp4",
                "t0_last_frame.png",
                "t1_video (2).mp4",
                "t2_video.mp4",
            ]
            assert (best / "T1_VIDEO.mp4").read_bytes() == b"theirs"
            assert (best / "t2_video.mp4.json").read_text() == "theirs"
            assert (best / "t2_video.mp4 (2).json").exists()
            back = await mover.move([each.back for each in moved.done])
            assert len(back.done) == 4
            assert names(best) == ["T1_VIDEO.mp4", "t0_video.mp4", "t2_video.mp4.json"]

    run(work())


def test_that_a_name_taken_after_the_plan_gets_a_number(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            plan = await mover.plan([desk.rig.key("t1")])
            (best / "t1_video.mp4").symlink_to(tmp_path / "nowhere")
            moved = await mover.move(plan.moves)
            assert [each.new.name for each in moved.done] == ["t1_video (2).mp4"]
            assert (best / "t1_video.mp4").is_symlink()
            assert await path_of(desk, "t1") == best / "t1_video (2).mp4"

    run(work())


def test_that_a_missing_folder_is_one_failure_and_moves_nothing(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            before = names(tmp_path)
            away = tmp_path / "away"
            desk.by_rule = lambda _task, _account: away
            plan = await mover.plan([desk.rig.key("t1"), desk.rig.key("t2")])
            assert plan.moves == ()
            assert plan.failure is not None
            assert (plan.failure.kind, plan.failure.message) == (Kind.FOLDER, str(away))
            away.mkdir()
            plan = await mover.plan([desk.rig.key("t1"), desk.rig.key("t2")])
            away.rmdir()
            moved = await mover.move(plan.moves)
            assert moved.done == ()
            assert moved.failure is not None
            assert not away.exists()
            assert names(tmp_path) == before
            assert await path_of(desk, "t1") == desk.folder / "t1_video.mp4"

    run(work())


def test_that_a_file_of_two_takes_stays_for_the_other_one(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            desk.settings = replace(desk.settings, template="same.{ext}")
            await move(desk, mover, "t1")
            await desk.succeed("t9", "9.mp4")
            await desk.settled()
            shared = await path_of(desk, "t9")
            assert shared == await path_of(desk, "t1") == desk.folder / "same.mp4"
            desk.settings = replace(desk.settings, template="{id}.{ext}")
            await move(desk, mover, "t1")
            assert await path_of(desk, "t1") == desk.folder / "t1.mp4"
            assert shared.read_bytes() == FILM
            await move(desk, mover, "t9")
            assert not shared.exists()
            assert (await path_of(desk, "t9")).read_bytes() == FILM
            assert (await path_of(desk, "t1")).read_bytes() == FILM

    run(work())


def test_that_what_other_programs_know_is_not_moved_unasked(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            key = desk.rig.key("t1")
            await desk.rig.store.write(tables.hand_out, [key], 5.0)
            plan = await mover.plan([key, desk.rig.key("t2")], by_itself=True)
            assert [each.key.id for each in plan.moves] == ["t2"]
            asked = await mover.plan([key])
            assert [each.handed for each in asked.moves] == [True]
            await mover.move(asked.moves)
            assert not (await desk.artifact("t1")).handed

    run(work())


def test_that_a_take_removed_meanwhile_keeps_its_file_where_its_row_says(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            plan = await mover.plan([desk.rig.key("t1")])
            await desk.rig.store.write(tables.remove, [desk.rig.key("t1")], 5.0)
            assert (await mover.move(plan.moves)).done == ()
            await desk.rig.store.write(tables.restore, [desk.rig.key("t1")], 6.0)
            assert (await path_of(desk, "t1")).read_bytes() == FILM
            assert names(best) == []

    run(work())


def test_that_a_file_reaches_another_disk_with_its_time_and_leaves_nothing_behind(
    run: Drive[Any], tmp_path: Path, other_disk: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            before, was = names(desk.folder), (await path_of(desk, "t1")).stat().st_mtime_ns
            desk.by_rule = lambda _task, _account: other_disk
            moved = await move(desk, mover, "t0", "t1")
            assert moved.failure is None
            assert [p for p in names(desk.folder) if "t2" not in p] == []
            there = await path_of(desk, "t1")
            assert there.parent == other_disk
            assert there.read_bytes() == FILM
            assert there.stat().st_mtime_ns == was
            await mover.move([each.back for each in moved.done])
            assert names(desk.folder) == before
            assert names(other_disk) == []

    run(work())


def test_that_a_file_that_was_changed_is_not_lost_on_the_way_to_another_disk(
    run: Drive[Any], tmp_path: Path, other_disk: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            desk.by_rule = lambda _task, _account: other_disk
            plan = await mover.plan([desk.rig.key("t1")])
            edited = await path_of(desk, "t1")
            edited.write_bytes(bytes(len(FILM)))
            moved = await mover.move(plan.moves)
            assert moved == Moved()
            assert edited.read_bytes() == bytes(len(FILM))
            assert names(other_disk) == []

    run(work())


def test_that_a_disk_without_room_keeps_the_file_where_it_is(
    run: Drive[Any], tmp_path: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            before = names(desk.folder)
            desk.by_rule = lambda _task, _account: other_disk
            desk.settings = replace(desk.settings, template="{date}/{id}.{ext}")
            monkeypatch.setattr("rushes.saving.mover.SPARE_BYTES", 2**60)
            moved = await move(desk, mover, "t1", "t2")
            assert isinstance(moved.failure, Failure)
            assert moved.failure.kind is Kind.NO_ROOM
            assert names(desk.folder) == before
            assert list(other_disk.iterdir()) == []  # no folder either

    run(work())


def test_that_a_disk_without_second_names_still_moves(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            monkeypatch.setattr(os, "link", no_links)
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            (best / "t1_video.mp4").write_bytes(b"theirs")
            moved = await move(desk, mover, "t1")
            assert [each.new.name for each in moved.done] == ["t1_video (2).mp4"]
            assert (await path_of(desk, "t1")).read_bytes() == FILM
            assert [n for n in names(desk.folder) if "t1" in n] == []

    run(work())


def test_that_a_name_taken_at_the_last_moment_is_not_written_over_without_second_names(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's file comes between any look at its name and the renaming."""

    def no_links(*_: object, **__: object) -> None:
        (tmp_path / "best" / "t1_video.mp4").write_bytes(b"theirs")
        raise PermissionError(1, "Operation not permitted")

    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            desk.by_rule = lambda _task, _account: best
            monkeypatch.setattr(os, "link", no_links)
            monkeypatch.setattr(os.path, "lexists", lambda _: False)
            moved = await move(desk, mover, "t1")
            monkeypatch.undo()
            assert [each.new.name for each in moved.done] == ["t1_video (2).mp4"]
            assert (best / "t1_video.mp4").read_bytes() == b"theirs"
            assert (await path_of(desk, "t1")).read_bytes() == FILM

    run(work())


def test_that_a_file_that_vanishes_on_its_way_holds_up_no_other(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            plan = await _to(desk, mover, best)
            reached: list[str] = []

            def lose(step: str) -> None:
                if step == "placed" and step not in reached:
                    for move in plan.moves[:1]:
                        move.old.unlink()
                        move.new.unlink()
                reached.append(step)

            mover.failpoint = lose
            moved = await mover.move(plan.moves)
            assert len(moved.done) == len(plan.moves) - 1
            assert await desk.rig.store.read(tables.begun_moves) == ()
            lost = await desk.artifact("t0")
            assert lost.path == str(plan.moves[0].old)

    run(work())


def test_that_no_move_of_the_last_run_holds_up_the_others(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            best = tmp_path / "best"
            best.mkdir()
            plan = await _to(desk, mover, best)
            for move in plan.moves:
                where = (move.key, move.kind, str(move.old), str(move.new))
                await desk.rig.store.write(tables.begin_move, *where)
                os.link(move.old, move.new)
            settled = mover_module._came_to

            def lost_behind(move: Move, **more: bool) -> bool | Failure:
                came = settled(move, **more)
                if move == replace(plan.moves[0], place=None):
                    move.new.unlink()
                return came

            monkeypatch.setattr(mover_module, "_came_to", lost_behind)
            await mover.recover()
            assert await desk.rig.store.read(tables.begun_moves) == ()
            assert await path_of(desk, "t0") == plan.moves[0].old
            assert await path_of(desk, "t1") == best / "t1_video.mp4"

    run(work())


async def _to(desk: Desk, mover: FileMover, folder: Path) -> MovePlan:
    """All takes into `folder`."""
    desk.by_rule = lambda _task, _account: folder
    plan = await mover.plan([desk.rig.key(f"t{n}") for n in range(N)])
    assert len(plan.moves) == N + 1
    return plan


def test_that_marks_decide_a_name_and_are_kept(run: Drive[Any], tmp_path: Path) -> None:
    """What was said of a take is none of a move's business."""

    async def work() -> None:
        async with studio(tmp_path) as (desk, mover):
            desk.settings = replace(desk.settings, template="{rating|none}/{id}.{ext}")
            await mark(desk, "t1", rating=5, tags=("a",))
            await move(desk, mover, "t1")
            task = await desk.rig.task("t1")
            assert task.mark == Mark(rating=5, tags=("a",))
            assert await path_of(desk, "t1") == desk.folder / "5" / "t1.mp4"

    run(work())
