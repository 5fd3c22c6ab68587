"""The loop of an account against a real server and a real store."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Dialect, Service
from rushes.core.events import AccountChanged, Activity, BackendEvent, ProgramFailure, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.pace import RECHECKS
from rushes.core.task import Flag, Status
from rushes.providers.registry import provider_for
from rushes.store import Store, StoreError, tables
from tests.conftest import Drive
from tests.watching.cloud import CREATED_AT, Rig, rigged

Answer = tuple[int, dict[str, str], Any]

ONE_BY_ONE = Service.RONG_BJ


def states(rig: Rig) -> list[Activity]:
    """The states of the account, each once in a row."""
    seen = [news.activity for news in rig.of(AccountChanged)]
    return [b for a, b in zip([None, *seen], seen, strict=False) if a is not b]


def last(rig: Rig) -> AccountChanged:
    return rig.of(AccountChanged)[-1]


def why(rig: Rig) -> Kind | None:
    failure = last(rig).failure
    return None if failure is None else failure.kind


def test_that_a_task_is_watched_until_it_ends_and_not_after(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="queued")
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: len(rig.cloud.heard) == 2)
            rig.cloud.has("t1", status="failed", error={"code": "X", "message": "no"})
            await rig.ended("t1")
            await rig.until(lambda: last(rig).activity is Activity.IDLE)
            heard = len(rig.cloud.heard)
            await asyncio.sleep(0.1)
            assert len(rig.cloud.heard) == heard
            assert last(rig).next_look_at is None
            assert (await rig.task("t1")).report.status is Status.FAILED

    run(work())


def test_that_what_is_published_is_on_disk_already(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="failed")
            await rig.add("t1")
            rig.start(loop=False)
            await rig.watcher.look([rig.key("t1")])
            (news,) = rig.of(TasksChanged)
            assert news.diff.changed == (await rig.task("t1"),)

    run(work())


def test_that_many_ark_tasks_are_seen_in_a_few_list_requests_in_both_tiers(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=5000) as rig:
            ids = [f"cgt-{n:04}" for n in range(150)]
            rig.cloud.has(*ids[:100], status="failed")
            rig.cloud.has(*ids[100:], status="failed", service_tier="flex")
            await rig.add(*ids)
            rig.start()
            await rig.ended(*ids)
            assert rig.cloud.asked("GET") == []
            assert len(rig.cloud.asked("LIST")) <= 4

    run(work())


def test_that_a_task_absent_from_the_list_is_given_up_only_by_its_own_answers(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("here", "hidden")
            rig.cloud.hidden = {"hidden"}
            await rig.add("here", "hidden", "gone")
            rig.start()
            await rig.until(lambda: rig.cloud.asked("GET").count("gone") >= 3)
            await rig.until(lambda: rig.cloud.asked("GET").count("hidden") > 3)
            gone, hidden = await rig.task("gone"), await rig.task("hidden")
            assert Flag.NOT_FOUND in gone.flags
            assert gone.status is Status.UNKNOWN
            assert hidden.flags == frozenset()
            assert hidden.status is Status.RUNNING
            rig.cloud.has("gone")  # its record came late
            await rig.until(
                lambda: any(
                    task.id == "gone" and task.status is Status.RUNNING and not task.flags
                    for news in rig.of(TasksChanged)
                    for task in news.diff.changed
                )
            )

    run(work())


def test_that_one_answer_in_between_starts_the_count_of_misses_anew(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            await rig.add("t1")
            rig.start(loop=False)
            keys = [rig.key("t1")]
            for seen in (False, False, True, False, False):
                reply = {"id": "t1", "status": "running"} if seen else {"error": {"code": "x"}}
                rig.cloud.troubles.append((200 if seen else 404, {}, reply))
                await rig.watcher.look(keys)
            assert (await rig.task("t1")).misses == 2
            assert (await rig.task("t1")).flags == frozenset()

    run(work())


@pytest.mark.parametrize("status", [401, 403])
def test_that_a_refused_key_is_blamed_late_and_tried_again_without_anybody(
    run: Drive[Any], tmp_path: Path, status: int
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=2000) as rig:
            rig.cloud.always = (status, {}, {"error": {"code": "c", "message": "m"}})
            await rig.add("t1", "t2", "t3", "t4", "t5")
            rig.start()
            await rig.until(lambda: rig.news and why(rig) is Kind.DOUBTED)
            await rig.until(lambda: why(rig) is Kind.DENIED)
            assert len(rig.cloud.heard) >= 3
            assert last(rig).next_look_at is not None
            assert Activity.PAUSED not in states(rig)
            assert (await rig.task("t1")).status is Status.UNKNOWN
            rig.cloud.always = None
            rig.cloud.has("t1", "t2", "t3", "t4", "t5", status="failed")
            await rig.ended("t1", "t2", "t3", "t4", "t5")

    run(work())


def test_that_a_believed_refusal_is_one_request_after_ten_minutes(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=3000) as rig:
            rig.cloud.always = (401, {}, {"error": {"code": "c", "message": "m"}})
            await rig.add("t1", "t2", "t3")
            rig.start()
            await rig.until(lambda: rig.news and why(rig) is Kind.DENIED)
            heard = len(rig.cloud.heard)
            failure = await rig.watcher.look([rig.key("t1")])
            assert failure is not None
            assert failure.kind is Kind.DENIED
            assert len(rig.cloud.heard) == heard
            rig.watcher.refresh()
            await rig.until(lambda: len(rig.cloud.heard) == heard + 1)

    run(work())


def test_that_a_page_where_an_api_should_be_is_waited_out_and_asked_without_the_key(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=100) as rig:
            page: Answer = (200, {}, "<!doctype html><html>Log in to the network</html>")
            denied: Answer = (401, {}, {"error": {"code": "AuthenticationError"}})
            rig.cloud.has("t1", status="failed")
            rig.cloud.troubles.extend([page, page, denied])
            await rig.add("t1")
            rig.start()
            await rig.ended("t1")
            assert rig.cloud.with_key == [True, False, False, True]
            assert Activity.PAUSED not in states(rig)
            told = [n for n in rig.of(AccountChanged) if n.failure is not None]
            assert {n.failure.kind for n in told if n.failure} == {Kind.NOT_API}
            assert all(n.next_look_at is not None for n in told)

    run(work())


def test_that_the_user_s_wish_asks_at_once_and_with_the_key(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=1) as rig:
            rig.cloud.has("t1", status="failed")
            rig.cloud.troubles.append((200, {}, "<html>Log in to the network</html>"))
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: rig.news and why(rig) is Kind.NOT_API)
            rig.watcher.refresh()
            await rig.ended("t1")
            assert rig.cloud.with_key == [True, True]

    run(work())


@pytest.mark.parametrize(
    "answer",
    [
        (403, {}, {"error": {"message": "This token has no access to model m", "code": ""}}),
        (401, {}, {"error": {"message": "insufficient quota", "code": ""}}),
        (402, {}, {"error": {"message": "no", "code": ""}}),
    ],
)
def test_that_words_about_one_model_leave_the_other_tasks_alone(
    run: Drive[Any], tmp_path: Path, answer: Any
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=2000) as rig:
            rig.cloud.has("t1", "t2", "t3", status="failed")
            rig.cloud.troubles.append(answer)
            await rig.add("t1", "t2", "t3")
            began = asyncio.get_running_loop().time()
            rig.start()
            await rig.until(lambda: len(rig.cloud.heard) == 3)
            await rig.until(lambda: last(rig).failure is not None)
            assert last(rig).activity is Activity.WATCHING
            await rig.ended("t1", "t2", "t3")  # an hour later
            assert asyncio.get_running_loop().time() - began >= 3600.0 / 2000
            await rig.until(lambda: last(rig).failure is None)

    run(work())


def test_that_one_task_that_is_always_refused_does_not_starve_the_others(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=2000) as rig:
            rig.cloud.has("good", "odd")
            rig.cloud.odd["odd"] = (404, {}, "404 page not found")
            await rig.add("odd", "good")
            rig.start()
            await rig.until(lambda: rig.cloud.asked().count("good") >= 20)
            assert rig.cloud.asked().count("odd") < 20

    run(work())


def test_that_retry_after_is_obeyed(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.has("t1", status="failed")
            rig.cloud.troubles.append((429, {"Retry-After": "100"}, {"error": {"code": "Rate"}}))
            await rig.add("t1")
            loop = asyncio.get_running_loop()
            began = loop.time()
            rig.start()
            await rig.until(lambda: Activity.BACKING_OFF in states(rig))
            resting = next(n for n in rig.of(AccountChanged) if n.failure is not None)
            assert resting.failure is not None
            assert resting.failure.retry_after == 100.0
            await rig.ended("t1")
            assert loop.time() - began >= 100.0 / 500.0

    run(work())


def test_that_a_foreign_page_stops_no_account_for_the_day_it_asks_for(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=2000) as rig:
            rig.cloud.has("t1", status="failed")
            page: Answer = (503, {"Retry-After": "86400"}, "<html>maintenance</html>")
            rig.cloud.troubles.append(page)
            await rig.add("t1")
            rig.start()
            began = asyncio.get_running_loop().time()
            await rig.ended("t1")
            assert asyncio.get_running_loop().time() - began < 3600.0 / 2000

    run(work())


@pytest.mark.parametrize("body", ["<html>maintenance</html>", {"error": {"code": "RateLimit"}}])
def test_that_the_user_is_not_put_off_by_a_retry_after(
    run: Drive[Any], tmp_path: Path, body: Any
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=1) as rig:
            rig.cloud.has("t1", status="failed")
            rig.cloud.troubles.append((503, {"Retry-After": "86400"}, body))
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: rig.news and last(rig).failure)
            assert len(rig.cloud.heard) == 1
            rig.watcher.refresh()
            await rig.ended("t1")

    run(work())


def test_that_a_server_error_is_waited_out_and_changes_no_task(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", "t2")
            await rig.add("t1", "t2")
            rig.start()
            await rig.until(lambda: len(rig.of(TasksChanged)) >= 1)
            before = await rig.task("t1")
            rig.cloud.troubles.extend([(500, {}, {}), (502, {}, "<html>bad gateway</html>")])
            await rig.until(lambda: not rig.cloud.troubles)
            await rig.until(lambda: last(rig).activity is Activity.WATCHING)
            assert await rig.task("t1") == before
            assert Activity.BACKING_OFF in states(rig)

    run(work())


def test_that_watching_goes_on_when_the_network_is_back(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.has("t1", status="failed")
            port = rig.cloud.url.rpartition(":")[2]
            nobody = asyncio.Event()

            async def hang_up(r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
                w.transport.abort()

            away = await asyncio.start_server(hang_up, "127.0.0.1", 0)
            gone = away.sockets[0].getsockname()[1]
            rig.account = replace(rig.account, base_url=f"http://127.0.0.1:{gone}")
            await rig.store.write(tables.put_account, rig.account)
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: rig.news and last(rig).activity is Activity.OFFLINE)
            assert last(rig).next_look_at is not None
            assert (await rig.task("t1")).status is Status.UNKNOWN
            away.close()
            await away.wait_closed()

            async def forward(r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
                there, back = await asyncio.open_connection("127.0.0.1", int(port))
                back.write(await r.readuntil(b"\r\n\r\n"))
                w.write(await there.readuntil(b"}"))
                for writer in (w, back):
                    writer.close()
                    with suppress(ConnectionError):
                        await writer.wait_closed()
                nobody.set()

            again = await asyncio.start_server(forward, "127.0.0.1", gone)
            await rig.ended("t1")
            again.close()
            await nobody.wait()

    run(work())


def test_that_no_two_looks_at_one_task_overlap(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=5000) as rig:
            ids = ["t1", "t2", "t3"]
            rig.cloud.has(*ids)
            await rig.add(*ids)
            rig.start()
            keys = [rig.key(each) for each in ids]
            for _ in range(5):
                rig.watcher.refresh()
                await asyncio.gather(*(rig.watcher.look(keys) for _ in range(3)))
            assert rig.cloud.most_for_one == 1
            assert rig.cloud.most <= 2

    run(work())


def test_that_a_new_task_is_looked_at_at_once(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=1) as rig:
            rig.start()
            await rig.until(lambda: rig.news and last(rig).activity is Activity.IDLE)
            rig.cloud.has("t1", status="failed")
            await rig.add("t1")
            await rig.ended("t1")

    run(work())


def test_that_a_slow_answer_keeps_nobody_else_from_being_seen(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            ids = [f"t{n}" for n in range(12)]
            rig.cloud.has(*ids, status="failed")
            rig.cloud.held["t1"] = asyncio.Event()
            await rig.add(*ids)
            rig.start()
            await rig.ended(*(each for each in ids if each != "t1"))
            assert rig.cloud.asked().count("t1") == 1
            rig.cloud.held["t1"].set()
            await rig.ended("t1")
            assert sorted(rig.cloud.asked()) == sorted(ids)

    run(work())


def test_that_a_removed_or_paused_task_is_not_asked_about(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.has("t1", "t2")
            await rig.add("t1", "t2")
            rig.start()
            await rig.until(lambda: set(rig.cloud.asked()) == {"t1", "t2"})
            rig.publish(TasksChanged(await rig.store.write(tables.remove, [rig.key("t1")], 0.0)))

            unwatch = {rig.key("t2"): lambda task: replace(task, watched=False)}
            rig.publish(TasksChanged(await rig.store.write(tables.change, unwatch, 0.0)))
            await rig.until(lambda: last(rig).activity is Activity.IDLE)
            heard = len(rig.cloud.heard)
            await asyncio.sleep(0.08)
            assert len(rig.cloud.heard) == heard

    run(work())


def test_that_one_odd_id_does_not_keep_the_others_from_being_seen(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            ids = ["t1", "t2", "t3"]
            rig.cloud.has(*ids, status="failed")
            bad = {"error": {"code": "InvalidParameter", "message": "filter.task_ids"}}
            rig.cloud.troubles.append((400, {}, bad))
            await rig.add(*ids)
            rig.start()
            await rig.ended(*ids)
            assert sorted(rig.cloud.asked("GET")) == ids

    run(work())


def test_that_a_list_that_cannot_be_asked_is_left_alone_for_a_while(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", "t2")
            rig.cloud.troubles.append((200, {}, "<!doctype html><html>Console</html>"))
            await rig.add("t1", "t2")
            rig.start()
            await rig.until(lambda: sorted(rig.cloud.asked("GET")) == ["t1", "t2"])
            assert len(rig.cloud.asked("LIST")) == 1
            await rig.until(lambda: len(rig.cloud.asked("LIST")) >= 3)
            assert all(state is Activity.WATCHING for state in states(rig))

    run(work())


def test_that_a_route_that_stumbles_does_not_let_another_one_say_there_is_no_such_task(
    run: Drive[Any], tmp_path: Path
) -> None:
    """A gateway that restarts: the route that told of the task is away, another is there."""

    async def work() -> None:
        async with rigged(tmp_path, service=Service.GATEWAY) as rig:
            first, *others = (r.path.strip("/") for r in provider_for(Dialect.GATEWAY).one("", "t"))
            good = {"id": "t", "status": "running", "model": "m"}
            rig.cloud.odd = {first: (200, {}, good)}
            await rig.add("t")
            rig.start(loop=False)
            assert await rig.watcher.look([rig.key("t")]) is None
            unknown: Answer = (404, {}, {"error": {"code": "NotFound", "message": "no such task"}})
            rig.cloud.odd = {first: (404, {}, "404 page not found")} | dict.fromkeys(
                others, unknown
            )
            for _ in range(4):
                failure = await rig.watcher.look([rig.key("t")])
                assert failure is not None
                assert failure.kind is Kind.NOT_API
            assert (await rig.task("t")).misses == 0

    run(work())


def test_that_a_portal_s_page_instead_of_the_list_does_not_make_every_task_be_asked_singly(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            ids = [f"t{n}" for n in range(40)]
            rig.cloud.has(*ids, status="failed")
            page: Answer = (200, {}, "<html>Log in to the network</html>")
            rig.cloud.troubles.extend([page] * 4)
            await rig.add(*ids)
            rig.start()
            await rig.ended(*ids)
            assert len(rig.cloud.asked("GET")) < 12

    run(work())


def test_that_a_missing_result_is_asked_for_ever_more_rarely_for_a_day(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=60_000) as rig:
            rig.cloud.has("t1", status="succeeded", content={})
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: rig.news and last(rig).activity is Activity.IDLE)
            task = await rig.task("t1")
            assert Flag.RESULT_MISSING in task.flags
            assert task.rechecks == RECHECKS[Flag.RESULT_MISSING]

    run(work())


def test_that_pages_of_the_list_do_not_use_up_the_looks_for_a_missing_link(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=50) as rig:
            rig.cloud.has("t1", status="succeeded", content={})
            rig.cloud.has("t2")
            await rig.add("t1", "t2")
            rig.start(loop=False)
            keys = [rig.key("t1"), rig.key("t2")]
            for _ in range(8):
                assert await rig.watcher.look(keys) is None
            assert len(rig.cloud.asked("LIST")) >= 8
            assert (await rig.task("t1")).rechecks <= 4

    run(work())


def test_that_a_link_that_comes_hours_after_the_success_is_taken(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, speed=10_000) as rig:
            rig.cloud.has("t1", status="succeeded", content={})
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: len(rig.cloud.asked("GET")) >= 12)
            rig.cloud.succeeds("t1", "https://files.example/film.mp4")
            await rig.until(lambda: last(rig).activity is Activity.IDLE)
            assert (await rig.task("t1")).artifacts

    run(work())


def test_that_a_clock_that_is_set_stops_no_answer(run: Drive[Any], tmp_path: Path) -> None:
    """Once three days ahead, then right again, inside one run and from run to run."""
    ahead = [0.0]

    async def work() -> None:
        clock = lambda: CREATED_AT + 60.0 + ahead[0]  # noqa: E731
        async with rigged(tmp_path, service=ONE_BY_ONE, clock=clock) as rig:
            rig.start(loop=False)
            for seen, days in (("queued", 0.0), ("running", 3.0), ("queued", 0.0), ("running", -3)):
                ahead[0] = days * 86_400.0
                rig.cloud.has("t1", status=seen)
                await rig.add("t1")
                assert await rig.watcher.look([rig.key("t1")]) is None
                assert (await rig.task("t1")).status.value == seen
            far = {rig.key("t1"): lambda task: replace(task, asked_at=4e9, misses=1)}
            await rig.store.write(tables.change, far, 0.0)
            rig.cloud.has("t1", status="failed")
            assert await rig.watcher.look([rig.key("t1")]) is None
            assert (await rig.task("t1")).status is Status.FAILED

    run(work())


def test_that_a_user_who_asks_is_told_to_wait_while_the_service_wants_it(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.always = (429, {"Retry-After": "600"}, {"error": {"code": "RateLimit"}})
            await rig.add("t1")
            rig.start(loop=False)
            for _ in range(3):
                failure = await rig.watcher.look([rig.key("t1")])
                assert failure is not None
                assert failure.kind is Kind.LIMITED
            assert len(rig.cloud.heard) == 1

    run(work())


def test_that_looking_for_an_account_that_is_not_watched_says_so(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            failure = await rig.watcher.look([rig.key("t1")])
            assert failure is not None
            assert failure.kind is Kind.NO_KEY
            assert isinstance(await rig.watcher.import_recent("acc"), Failure)

    run(work())


def test_that_stopping_in_the_middle_of_a_look_leaves_nothing_running(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", "t2")
            await rig.add("t1", "t2")
            rig.cloud.gate.clear()
            rig.start()
            await rig.until(lambda: rig.cloud.heard)
            async with asyncio.timeout(2):
                await rig.watcher.stop("acc")
            left = {t.get_name() for t in asyncio.all_tasks() if "watcher" in t.get_name()}
            assert left == set()

    run(work())


def test_that_everything_is_looked_at_after_the_computer_slept(
    run: Drive[Any], tmp_path: Path
) -> None:
    slept = [0.0]

    async def work() -> None:
        clock = lambda: CREATED_AT + 60.0 + slept[0]  # noqa: E731
        async with rigged(tmp_path, service=ONE_BY_ONE, speed=2, clock=clock) as rig:
            rig.cloud.has("t1", "t2")
            await rig.add("t1")
            rig.start()
            await rig.until(lambda: rig.cloud.asked() == ["t1"])
            await rig.until(lambda: len(rig.of(TasksChanged)) == 1)
            slept[0] = 3600.0
            await rig.add("t2")  # any reason to wake up will do
            await rig.until(lambda: sorted(rig.cloud.asked()) == ["t1", "t1", "t2"])

    run(work())


def test_that_a_store_that_fails_is_told_and_watching_goes_on(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Failure(Kind.DISK_FULL, detail="No space left on device")
    real = Store.write
    failing = [True]

    async def write(self: Store, change: Any, *args: Any, **more: Any) -> Any:
        if failing and change is tables.change:
            failing.pop()
            raise StoreError(full)
        return await real(self, change, *args, **more)

    monkeypatch.setattr(Store, "write", write)

    async def work() -> None:
        async with rigged(tmp_path, service=ONE_BY_ONE) as rig:
            rig.cloud.has("t1", status="failed")
            await rig.add("t1")
            rig.start()
            await rig.ended("t1")
            assert [told.failure for told in rig.of(ProgramFailure)] == [full]

    run(work())


def test_that_a_loop_that_ended_by_a_bug_is_logged_and_started_again(
    run: Drive[Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = [True]

    def listen(news: BackendEvent) -> None:
        if failing:
            failing.pop()
            raise ZeroDivisionError("a bug")

    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", status="failed")
            await rig.add("t1")
            rig.listeners.append(listen)
            rig.start()
            await rig.ended("t1")

    run(work())
    assert [r.levelname for r in caplog.records if r.levelname == "ERROR"] == ["ERROR"]


def test_that_it_runs_on_the_programs_own_loop(drive: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with rigged(tmp_path) as rig:
            rig.cloud.has("t1", "t2", status="failed")
            await rig.add("t1", "t2")
            rig.start()
            await rig.ended("t1", "t2")

    drive(work())
