"""Tasks that were made elsewhere come into the list, and no page is read for nothing."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.events import TasksChanged
from rushes.core.task import Report, Status
from rushes.core.wire import ListPage, Request
from rushes.store import tables
from rushes.watching.list_scan import PASS_EVERY_S, Discovery
from tests.conftest import Drive
from tests.watching.cloud import Rig, rigged


def discovery() -> Discovery:
    """Of a service with two tiers."""

    def recent(page: int) -> tuple[Request, ...]:
        return tuple(Request("/tasks", (("tier", t), ("page", str(page)))) for t in "ab")

    return Discovery(recent, lambda seconds: seconds)


def page(ids: Iterable[str], total: int | None) -> ListPage:
    reports = tuple(Report(id=each) for each in ids)
    return ListPage(reports, total, prints={each.id: hash(each.id) for each in reports})


def asked(each: Request) -> str:
    return "".join(value for _, value in each.query)


def test_that_a_pass_reads_each_page_of_each_tier_once_and_then_rests() -> None:
    found, order = discovery(), []
    for rows in (page(["1", "2"], 3), page(["3"], 3), page([], 0)):
        order.append(asked(found.request(0.0)))
        found.took(rows, 5.0)
    assert order == ["a1", "a2", "b1"]
    assert found.next_at == 5.0 + PASS_EVERY_S
    assert set(found.known.values()) == {"1", "2", "3"}
    assert asked(found.request(70.0)) == "a1"


def test_that_a_long_list_is_read_less_often() -> None:
    found = discovery()
    found.request(0.0)
    found.took(page(["1"], 1), 50.0)
    found.request(50.0)
    found.took(page([], 0), 100.0)
    assert found.next_at == 100.0 + 4 * 100.0


def test_that_a_page_that_failed_is_asked_for_again_and_those_before_it_are_not() -> None:
    found = discovery()
    found.request(0.0)
    found.took(page(["1"], 2), 0.0)
    found.request(0.0)
    found.failed(0.0)
    assert found.next_at == PASS_EVERY_S
    assert asked(found.request(60.0)) == "a2"


def test_that_rows_that_are_gone_are_forgotten_after_a_pass() -> None:
    found = discovery()
    for ids in (["1", "2"], [], ["2"], []):
        found.request(0.0)
        found.took(page(ids, len(ids)), 0.0)
    assert set(found.known.values()) == {"2"}


async def _listed(rig: Rig) -> dict[str, Status]:
    return {task.id: task.status for task in await rig.store.read(tables.tasks)}


@pytest.mark.parametrize("is_on", [True, False])
def test_that_tasks_made_elsewhere_come_in_if_that_is_wanted(
    run: Drive[Any], tmp_path: Path, is_on: bool
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.account = replace(rig.account, keep_importing=is_on)
            rig.cloud.has("old", status="failed")
            rig.cloud.has("flex", status="failed", service_tier="flex")
            rig.start()
            await rig.add("mine")
            rig.cloud.has("mine", status="failed")
            await rig.ended("mine")
            if not is_on:
                assert await _listed(rig) == {"mine": Status.FAILED}
                assert "LIST " not in rig.cloud.heard
                return
            await rig.ended("old", "flex")
            rig.cloud.has("new")
            await rig.until(
                lambda: any(
                    task.id == "new" for news in rig.of(TasksChanged) for task in news.diff.added
                )
            )
            assert (await _listed(rig))["new"] is Status.RUNNING

    run(work())


def test_that_what_the_user_removed_does_not_come_back(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.account = replace(rig.account, keep_importing=True)
            rig.cloud.has("gone", "kept", status="failed")
            await rig.add("gone")
            await rig.store.write(tables.remove, [rig.key("gone")], 2.0)
            rig.start()
            await rig.ended("kept")
            passes = rig.cloud.heard.count("LIST ")
            await rig.until(lambda: rig.cloud.heard.count("LIST ") >= passes + 4)
            assert set(await _listed(rig)) == {"kept"}

    run(work())


def test_that_rows_beside_the_wanted_ones_on_a_page_are_taken_along(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=2) as rig:
            rig.account = replace(rig.account, keep_importing=True)
            mine = [f"mine-{n}" for n in range(400)]  # more than are asked for by their ids
            await rig.add(*mine)
            rig.cloud.has(*mine)
            rig.cloud.has("other", status="failed")
            rig.watcher.wants = lambda key: True  # then nobody looks for tasks made elsewhere
            rig.start()
            await rig.ended("other")
            assert set(await _listed(rig)) == {*mine, "other"}

    run(work())
