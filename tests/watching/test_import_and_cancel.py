"""Importing, cancelling, and testing a key, against a real server and a real store."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Service
from rushes.core.events import TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.task import ArtifactKind, Diff, Status
from rushes.store import tables
from rushes.watching.api import check_key
from tests.conftest import Drive
from tests.watching.cloud import rigged

ONE_BY_ONE = Service.RONG_BJ


def test_that_importing_brings_both_tiers_page_by_page_without_duplicates(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rushes.providers.ark.PAGE_SIZE", 3)

    async def work() -> None:
        async with rigged(tmp_path, speed=5000) as rig:
            default = [f"d{n}" for n in range(7)]
            flex = [f"f{n}" for n in range(2)]
            rig.cloud.has(*default)
            rig.cloud.has(*flex, service_tier="flex", status="failed")
            await rig.add("d0")
            rig.start(loop=False)
            found = await rig.watcher.import_recent("acc")
            assert isinstance(found, Diff)
            assert {task.id for task in found.added} == {*default[1:], *flex}
            assert {task.id for task in found.changed} == {"d0"}
            assert all(task.status is not Status.UNKNOWN for task in found.added)
            assert rig.of(TasksChanged) == [TasksChanged(found)]
            assert len(rig.cloud.asked("LIST")) == 6

    run(work())


def test_that_importing_does_not_bring_back_what_the_user_removed(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=5000) as rig:
            rig.cloud.has("t1", "t2")
            await rig.add("t1")
            await rig.store.write(tables.remove, [rig.key("t1")], 1.0)
            rig.start(loop=False)
            found = await rig.watcher.import_recent("acc")
            assert isinstance(found, Diff)
            assert [task.id for task in found.added] == ["t2"]
            assert {task.id for task in await rig.store.read(tables.tasks)} == {"t2"}

    run(work())


def test_that_an_import_that_breaks_off_keeps_what_it_found(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rushes.providers.ark.PAGE_SIZE", 2)

    async def work() -> None:
        async with rigged(tmp_path, speed=5000) as rig:
            rig.cloud.has("t1", "t2", "t3")
            body = {"items": [rig.cloud.tasks["t1"], rig.cloud.tasks["t2"]], "total": 3}
            rig.cloud.troubles.append((200, {}, body))
            rig.cloud.troubles.append((429, {}, {"error": {"code": "RateLimitExceeded"}}))
            rig.start(loop=False)
            failure = await rig.watcher.import_recent("acc")
            assert isinstance(failure, Failure)
            assert failure.kind is Kind.LIMITED
            assert {task.id for task in await rig.store.read(tables.tasks)} == {"t1", "t2"}

    run(work())


def test_that_an_import_gives_the_key_to_a_portal_once(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=5000) as rig:
            rig.cloud.has("t1")
            rig.cloud.always = (200, {}, "<html>Welcome to the hotel</html>")
            rig.start(loop=False)
            for _ in range(5):
                assert isinstance(await rig.watcher.import_recent("acc"), Failure)
            assert rig.cloud.with_key.count(True) == 1
            rig.cloud.always = None
            while isinstance(found := await rig.watcher.import_recent("acc"), Failure):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert [task.id for task in found.added] == ["t1"]

    run(work())


def test_that_a_queued_task_is_cancelled_and_looked_at_again(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="queued")
            await rig.add("t1")
            rig.start(loop=False)
            assert await rig.watcher.cancel(rig.key("t1")) is None
            assert rig.cloud.heard == ["GET t1", "DELETE t1", "GET t1"]
            assert (await rig.task("t1")).status is Status.CANCELLED

    run(work())


@pytest.mark.parametrize("status", ["running", "succeeded", "failed", "cancelled", "who knows"])
def test_that_a_task_that_is_not_queued_any_more_is_never_deleted(
    run: Drive[Any], tmp_path: Path, status: str
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="queued")
            await rig.add("t1")
            rig.start(loop=False)
            await rig.watcher.look([rig.key("t1")])
            rig.cloud.has("t1", status=status)
            failure = await rig.watcher.cancel(rig.key("t1"))
            assert failure is not None
            assert failure.kind is Kind.REJECTED
            assert rig.cloud.asked("DELETE") == []
            assert (await rig.task("t1")).report.status_raw == status

    run(work())


def test_that_a_cancel_the_service_refuses_says_why(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="queued")
            await rig.add("t1")
            rig.start(loop=False)
            refused = {"error": {"code": "InvalidParameter", "message": "it runs by now"}}

            def refuse_next(wanted: str) -> None:
                rig.cloud.on_get = None
                rig.cloud.troubles.append((400, {}, refused))

            rig.cloud.on_get = refuse_next
            failure = await rig.watcher.cancel(rig.key("t1"))
            assert failure is not None
            assert (failure.kind, failure.message) == (Kind.REJECTED, "it runs by now")

    run(work())


def test_that_a_service_without_cancelling_says_so(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.has("t1", status="queued")
            await rig.add("t1")
            rig.start(loop=False)
            failure = await rig.watcher.cancel(rig.key("t1"))
            assert failure is not None
            assert failure.kind is Kind.REJECTED
            assert rig.cloud.asked("DELETE") == []

    run(work())


@pytest.mark.parametrize(
    ("service", "answer", "kind"),
    [
        (Service.ARK, None, None),
        (Service.ARK, (401, {}, {"error": {"code": "AuthenticationError"}}), Kind.DENIED),
        (Service.ARK, (200, {}, "<html>Console</html>"), Kind.NOT_API),
        (Service.RONG_BJ, None, None),
        (Service.RONG_BJ, (401, {}, {}), Kind.DENIED),
        (Service.ANYFAST, (400, {}, {"code": "task_not_exist", "message": "x"}), Kind.UNCHECKED),
        (Service.ANYFAST, (500, {}, ""), Kind.SERVER),
        (Service.GATEWAY, (200, {}, "<html>Console</html>"), Kind.NOT_API),
        (Service.GATEWAY, (400, {}, {"code": "task_not_exist", "message": "x"}), Kind.UNCHECKED),
    ],
)
def test_that_testing_a_key_tells_a_good_one_from_a_bad_one(
    run: Drive[Any], tmp_path: Path, service: Service, answer: Any, kind: Kind | None
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=service) as rig:
            rig.cloud.has("t1")
            rig.cloud.always = answer
            client = rig.network.client_for(rig.account, Secret("k"))
            failure = await check_key(client, rig.account, gap_s=0.0)
            assert (None if failure is None else failure.kind) is kind

    run(work())


def test_that_all_links_of_a_new_answer_become_files_to_save(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            frame = {"last_frame_url": f"{rig.cloud.url}/f.png"}
            rig.cloud.succeeds("t1", f"{rig.cloud.url}/v.mp4", content=frame)
            await rig.add("t1")
            rig.start(loop=False)
            assert await rig.watcher.look([rig.key("t1")]) is None
            kinds = {artifact.kind for artifact in (await rig.task("t1")).artifacts}
            assert kinds == {ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME}

    run(work())
