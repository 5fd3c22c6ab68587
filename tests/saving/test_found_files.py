"""Files that lie somewhere come back to their takes: real files, sidecars and a real store."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Service
from rushes.core.events import TasksChanged
from rushes.core.task import ArtifactKind, ArtifactState, Status
from rushes.saving.found_files import FoundFiles, is_result
from rushes.store import Store, tables
from tests.conftest import Drive
from tests.saving.test_saving import FILM, Desk, saving
from tests.store.stores import RONG, use

ID = "cgt-20260101000000-abcde"


@asynccontextmanager
async def studio(tmp_path: Path) -> AsyncIterator[tuple[Desk, FoundFiles]]:
    """Two saved takes, the first with its last frame."""
    async with saving(tmp_path) as desk:
        await desk.succeed(ID, "0.mp4", "0.png")
        await desk.succeed("t1", "1.mp4")
        await desk.settled()
        yield desk, FoundFiles(desk.rig.store, desk.rig.publish)


def test_that_a_file_leads_to_its_take_by_path_sidecar_content_and_name(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, finder):
            key = desk.rig.key(ID)
            frame = Path((await desk.artifact(ID, ArtifactKind.LAST_FRAME)).path or "")
            assert await finder.take_of(frame) == key
            elsewhere = tmp_path / "elsewhere"
            elsewhere.mkdir()
            moved = shutil.copy2(frame, elsewhere / "renamed.png")
            assert await finder.take_of(Path(moved)) == key  # by its content
            other = elsewhere / "t1.mp4"
            other.write_bytes(b"edited beyond recognition")
            sidecar = Path((await desk.artifact("t1")).path or "").with_suffix(".mp4.json")
            told = json.loads(sidecar.read_text())
            told["file"] |= {"size_bytes": other.stat().st_size, "sha256": "0" * 64}
            other.with_name("t1.mp4.json").write_text(json.dumps(told))
            assert await finder.take_of(other) == desk.rig.key("t1")  # by what lies beside it
            named = elsewhere / f"best of {ID}.mp4"
            named.write_bytes(b"edited, too")
            assert await finder.take_of(named) == key
            (elsewhere / "holiday.mp4").write_bytes(b"mine")
            assert await finder.take_of(elsewhere / "holiday.mp4") is None
            assert await finder.take_of(elsewhere / "gone.mp4") is None

    run(work())


def test_that_a_folder_of_another_computer_becomes_takes_with_their_files(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def save() -> None:
        async with studio(tmp_path / "there"):
            pass

    async def take_in(store: Store) -> None:
        folder = tmp_path / "there" / "films"
        (folder / "holiday.mp4").write_bytes(b"mine")
        (folder / "notes.txt").write_text("no result")
        odd = folder / "odd.mp4"
        odd.write_bytes(FILM)
        odd.with_name("odd.mp4.json").write_text('{"program": "Rushes", "file": 5}')
        before = {path: path.read_bytes() for path in folder.rglob("*")}
        told: list[object] = []
        finder = FoundFiles(store, told.append)
        taken = await finder.take_in(folder)
        assert sorted(key.id for key in taken.added) == [ID, "t1"]
        assert (taken.linked, taken.here) == ((), 0)
        assert taken.unknown == ("holiday.mp4", "odd.mp4")
        tasks = {task.id: task for task in await store.read(tables.tasks)}
        film = tasks[ID].artifact(ArtifactKind.VIDEO)
        assert film is not None
        assert film.state is ArtifactState.SAVED
        assert Path(film.path or "").read_bytes() == FILM
        assert tasks[ID].artifact(ArtifactKind.LAST_FRAME) is not None
        assert tasks[ID].status is Status.SUCCEEDED
        assert tasks[ID].report.model == "m"
        (account,) = await store.read(tables.accounts)
        assert account.service is Service.ARK
        assert [type(news) for news in told] == [TasksChanged]

        again = await finder.take_in(folder)
        assert (again.added, again.linked, again.here) == ((), (), 3)
        assert {path: path.read_bytes() for path in folder.rglob("*")} == before

    run(save())
    run(use(tmp_path / "here" / "store.sqlite3", take_in))


def test_that_what_was_found_before_it_was_stopped_is_in_the_list(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def save() -> None:
        async with studio(tmp_path / "there"):
            pass

    async def take_in(store: Store) -> None:
        folder = tmp_path / "there" / "films"
        seen: list[tuple[int, int]] = []
        finder = FoundFiles(store, lambda _: None)
        taken = await finder.take_in(folder, lambda *told: seen.append(told), lambda: len(seen) < 2)
        assert seen == [(0, 3), (1, 3)]
        assert taken.is_stopped
        assert len(taken.added) == 1
        rest = await finder.take_in(folder)
        assert not rest.is_stopped
        assert (len(rest.added) + len(rest.linked), rest.here) == (2, 1)

    run(save())
    run(use(tmp_path / "here" / "store.sqlite3", take_in))


def test_that_only_a_missing_file_of_the_list_is_linked(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, finder):
            old = tmp_path / "old drive"
            shutil.copytree(desk.folder, old)
            assert (await finder.take_in(old)).linked == ()
            film = Path((await desk.artifact("t1")).path or "")
            film.unlink()
            await desk.presence.check_all()
            assert await desk.state("t1") is ArtifactState.MISSING
            taken = await finder.take_in(old)
            assert taken.linked == (desk.rig.key("t1"),)
            assert (await desk.artifact("t1")).path == str(old / film.name)
            assert (await desk.artifact(ID)).path == str(desk.folder / f"{ID}_video.mp4")
            await desk.presence.check_all()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_what_scripts_saved_is_matched_by_the_id_in_its_name(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed(ID, "0.mp4")
            scripts = tmp_path / "scripts"
            scripts.mkdir()
            (scripts / f"out_{ID}.mp4").write_bytes(FILM)
            (scripts / f"cut_{ID}.mp4").write_bytes(FILM[: len(FILM) // 2])
            finder = FoundFiles(desk.rig.store, desk.rig.publish)
            taken = await finder.take_in(scripts)
            assert taken.linked == (desk.rig.key(ID),)
            assert (await desk.artifact(ID)).path == str(scripts / f"out_{ID}.mp4")
            assert taken.unknown == (f"cut_{ID}.mp4",)
            assert desk.shelf.asked == []

    run(work())


def test_that_a_gateways_takes_wait_for_their_account(run: Drive[Any], tmp_path: Path) -> None:
    async def save() -> None:
        async with studio(tmp_path / "there"):
            pass

    async def take_in(store: Store) -> None:
        folder = tmp_path / "there" / "films"
        for path in folder.glob("*.json"):
            told = json.loads(path.read_text())
            told["account"] = {"name": "Ours", "service": "gateway"}
            path.write_text(json.dumps(told))
        await store.write(tables.put_account, RONG)
        taken = await FoundFiles(store, lambda _: None).take_in(folder)
        assert taken.added == ()
        assert dict(taken.homeless) == {"Other gateway": 3}
        assert await store.read(tables.accounts) == (RONG,)

    run(save())
    run(use(tmp_path / "here" / "store.sqlite3", take_in))


def test_that_a_file_is_linked_only_to_the_take_it_is_of(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with studio(tmp_path) as (desk, finder):
            film = Path((await desk.artifact("t1")).path or "")
            kept = film.rename(tmp_path / "kept.mp4")
            other = tmp_path / "other.mp4"
            other.write_bytes(b"other")
            await desk.presence.check_all()
            key = desk.rig.key("t1")
            assert not await finder.link(key, other)
            assert await finder.link(key, kept)
            assert (await desk.artifact("t1")).path == str(kept)

    run(work())


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("file", "size_bytes", float("inf")),
        ("task", "seed", 10**400),
        ("task", "created_at_unix_s", float("nan")),
        ("task", "id", "x" * 5000),
    ],
)
def test_that_a_sidecar_that_cannot_be_true_is_passed_over_alone(
    run: Drive[Any], tmp_path: Path, part: str, field: str, value: object
) -> None:
    async def save() -> None:
        async with studio(tmp_path / "there"):
            pass

    async def take_in(store: Store) -> None:
        folder = tmp_path / "there" / "films"
        film = folder / "t1_video.mp4"
        beside = film.with_name("t1_video.mp4.json")
        told = json.loads(beside.read_text())
        told[part][field] = value
        beside.write_text(json.dumps(told))
        finder = FoundFiles(store, lambda _: None)
        taken = await finder.take_in(folder)
        assert [key.id for key in taken.added] == [ID]
        assert taken.unknown == (film.name,)
        assert await finder.take_of(film) == taken.added[0]  # by its content

    run(save())
    run(use(tmp_path / "here" / "store.sqlite3", take_in))


def test_that_a_sidecar_gives_no_links(run: Drive[Any], tmp_path: Path) -> None:
    async def save() -> None:
        async with studio(tmp_path / "there"):
            pass

    async def take_in(store: Store) -> None:
        folder = tmp_path / "there" / "films"
        beside = folder / "t1_video.mp4.json"
        told = json.loads(beside.read_text())
        told["task"] |= {"links": [{"kind": "video", "url": "https://a.example/b"}], "raw": "{}"}
        told["account"]["name"] = "a\nb" * 200
        beside.write_text(json.dumps(told))
        await FoundFiles(store, lambda _: None).take_in(folder)
        (task,) = [each for each in await store.read(tables.tasks) if each.id == "t1"]
        assert task.report.links == ()
        assert await store.read(tables.raw, task.key) == ""
        assert all(len(each.name) < 200 for each in await store.read(tables.accounts))

    run(save())
    run(use(tmp_path / "here" / "store.sqlite3", take_in))


def test_that_a_result_that_is_not_saved_yet_is_not_replaced_by_a_changed_file(
    run: Drive[Any], tmp_path: Path
) -> None:
    """It would never be fetched, and its link ends."""

    async def work() -> None:
        async with studio(tmp_path / "there") as (there, _):
            old = there.folder
        film = old / "t1_video.mp4"
        film.write_bytes(bytes(film.stat().st_size))
        async with saving(tmp_path / "here", auto=False) as desk:
            await desk.succeed("t1", "1.mp4")
            finder = FoundFiles(desk.rig.store, desk.rig.publish)
            taken = await finder.take_in(old)
            assert taken.linked == ()
            assert film.name in taken.unknown
            assert await desk.state("t1") is ArtifactState.REMOTE
            film.write_bytes(FILM)
            assert (await finder.take_in(old)).linked == (desk.rig.key("t1"),)

    run(work())


def test_which_files_are_results() -> None:
    assert [is_result(Path(name)) for name in ("a.mp4", "B.PNG", "c.glb")] == [True] * 3
    others = ("a.txt", "a.json", ".a.mp4", "a", "a.mp4.part", "a.csv")
    assert not any(is_result(Path(name)) for name in others)
