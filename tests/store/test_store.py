"""The store keeps what it was given, and says what changed."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Account, KeySource
from rushes.core.failure import Kind
from rushes.core.merge import Change
from rushes.core.pace import RECHECKS, wants_look
from rushes.core.retry import MISSES
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Diff,
    Flag,
    Key,
    Mark,
    Pick,
    Report,
    Status,
    Task,
    TaskError,
    Usage,
    blank,
)
from rushes.store import Store, StoreError, tables
from rushes.store.tables import KEEP_REMOVED_S, KEEP_TOMBSTONE_S
from tests.conftest import Drive
from tests.store.stores import ARK, KEY, NOW, RONG, VIDEO, answer, sql, use

FULL_REPORT = Report(
    id=KEY.id,
    status=Status.SUCCEEDED,
    status_raw="succeeded",
    model="doubao-seedance-1-0-pro",
    created_at=NOW - 100,
    updated_at=NOW - 10.5,
    started_at=NOW - 90,
    finished_at=NOW - 11,
    resolution="1080p",
    source_resolution="720p",
    ratio="16:9",
    duration_s=5.04,
    frames=121,
    fps=24.0,
    seed=2**40,
    audio=False,
    draft=True,
    draft_task_id="cgt-0",
    tier="flex",
    priority="0",
    subdivision="medium",
    file_format="glb",
    progress_raw="30%",
    action="generate",
    revised_prompt="猫在雨里 🌧",
    safety_identifier="s",
    tools=("web_search",),
    expires_after_s=172800.0,
    usage=Usage(completion_tokens=108900, total_tokens=108900, web_searches=0),
    error=TaskError(code="c", message="m\n\x1b[31m", request_id="r"),
    links=(VIDEO,),
    upstream_id="u",
    request_id="rq",
    flags=frozenset({Flag.STATUS_CONFLICT, Flag.RESULT_MISSING}),
)
FULL = Task(
    key=KEY,
    report=FULL_REPORT,
    added_at=NOW,
    artifacts=(
        Artifact(
            kind=ArtifactKind.VIDEO,
            state=ArtifactState.SAVED,
            url=VIDEO.url,
            expires_at=NOW + 5,
            expires_inferred=True,
            max_requests=100,
            path="/films/雨.mp4",
            size=2**33,
            mtime_ns=1_800_000_000_123_456_789,
            sha256="ab" * 32,
            problem="stalled",
        ),
        Artifact(kind=ArtifactKind.LAST_FRAME, url="https://files.example/f.png"),
    ),
    flags=frozenset({Flag.STALE}),
    mark=Mark(name="take 3", rating=4, pick=Pick.PICK, tags=("a b", "ü"), note="x\ny"),
    last_seen_at=NOW + 1,
    asked_at=NOW + 0.5,
    misses=2,
    rechecks=1,
    watched=False,
)


@pytest.fixture
def path(base_dir: Path) -> Path:
    return base_dir / "data" / "rushes.sqlite3"


async def filled(store: Store, *ids: str) -> None:
    await store.write(tables.put_account, ARK)
    await store.write(tables.add, [Key(ARK.id, each) for each in ids or (KEY.id,)], NOW)


def test_that_every_field_of_a_task_comes_back_after_a_restart(run: Drive[Any], path: Path) -> None:
    async def write(store: Store) -> Diff:
        await filled(store)
        return await store.write(tables.change, {KEY: lambda _: FULL}, NOW)

    async def read(store: Store) -> tuple[Task, ...]:
        return await store.read(tables.tasks)

    assert run(use(path, write)) == Diff(changed=(FULL,))
    (back,) = run(use(path, read))
    assert back == FULL
    # what `==` passes over
    assert (back.last_seen_at, back.asked_at) == (FULL.last_seen_at, FULL.asked_at)


def test_that_every_field_of_an_account_comes_back(run: Drive[Any], path: Path) -> None:
    bound = replace(
        RONG, key_source=KeySource.ENVIRONMENT, key_env="RONG_KEY", name="熔", ca_file="/a.pem"
    )

    async def work(store: Store) -> tuple[Account, ...]:
        await store.write(tables.put_account, bound)
        await store.write(tables.put_account, ARK)
        return await store.read(tables.accounts)

    assert run(use(path, work)) == (ARK, bound)


def test_that_editing_an_account_keeps_its_tasks(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await filled(store)
        await store.write(tables.put_account, replace(ARK, name="other"))
        assert [a.name for a in await store.read(tables.accounts)] == ["other"]
        assert len(await store.read(tables.tasks)) == 1

    run(use(path, work))


def test_that_removing_an_account_takes_its_rows_and_nothing_else(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await filled(store, "a", "b", "c")
        await store.write(tables.put_account, RONG)
        await store.write(tables.add, [Key(RONG.id, "a")], NOW)
        await store.write(tables.remove, [Key(ARK.id, "b")], NOW)
        diff = await store.write(tables.remove_account, ARK.id)
        assert diff == Diff(removed=(Key(ARK.id, "a"), Key(ARK.id, "c")))
        assert [t.key for t in await store.read(tables.tasks)] == [Key(RONG.id, "a")]
        assert await store.read(tables.accounts) == (RONG,)
        # a look that was under way when the account went
        assert not await store.write(tables.add, [Key(ARK.id, "late")], NOW, discovered=True)

    run(use(path, work))
    for table in ("task", "event"):
        assert len(sql(path, f"SELECT * FROM {table}")) == 1


def test_that_tasks_come_newest_first(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await filled(store, "old", "new", "unseen")
        await store.write(
            tables.change,
            {
                Key(ARK.id, "old"): answer(Status.RUNNING, created_at=NOW - 500),
                Key(ARK.id, "new"): answer(Status.RUNNING, created_at=NOW + 500),
            },
            NOW,
        )
        assert [t.id for t in await store.read(tables.tasks)] == ["new", "unseen", "old"]
        keys = [Key(ARK.id, each) for each in ("old", "no such", "new")]
        assert [t.id for t in await store.read(tables.get, keys)] == ["old", "new"]

    run(use(path, work))


def test_that_adding_twice_changes_nothing(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        assert await store.write(tables.add, [KEY, KEY], NOW) == Diff(added=(blank(KEY, NOW),))
        assert not await store.write(tables.add, [KEY], NOW + 1)
        assert [e.what for e in await store.read(tables.events, KEY)] == ["added"]

    run(use(path, work))


def test_that_a_look_that_finds_nothing_new_is_kept_but_not_told(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await filled(store)
        first = await store.write(tables.change, {KEY: answer(Status.RUNNING, raw="{1}")}, NOW)
        assert [t.report.raw for t in first.changed] == [""]
        again = answer(Status.RUNNING, asked_at=NOW + 60, raw="{2}")
        assert not await store.write(tables.change, {KEY: again}, NOW + 61)
        (task,) = await store.read(tables.tasks)
        assert task.asked_at == NOW + 60
        assert await store.read(tables.raw, KEY) == "{2}"
        await store.write(tables.change, {KEY: lambda t: replace(t, watched=False)}, NOW)
        assert await store.read(tables.raw, KEY) == "{2}"  # no answer, no new raw

    run(use(path, work))


def test_that_a_change_of_an_unlisted_task_or_to_none_does_nothing(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await filled(store)
        assert not await store.write(tables.change, {KEY: lambda _: None}, NOW)
        assert not await store.write(tables.change, {Key(ARK.id, "?"): answer(Status.RUNNING)}, NOW)
        assert await store.read(tables.raw, Key(ARK.id, "?")) == ""
        assert await store.read(tables.events, Key(ARK.id, "?")) == ()

    run(use(path, work))


def test_that_one_failing_change_undoes_the_whole_commit(run: Drive[Any], path: Path) -> None:
    def bug(_: Task) -> Task:
        raise ZeroDivisionError

    async def work(store: Store) -> None:
        await filled(store, "a", "b")
        changes = {Key(ARK.id, "a"): answer(Status.RUNNING), Key(ARK.id, "b"): bug}
        with pytest.raises(ZeroDivisionError):
            await store.write(tables.change, changes, NOW)
        assert {t.status for t in await store.read(tables.tasks)} == {Status.UNKNOWN}
        assert await store.write(tables.change, {Key(ARK.id, "a"): answer(Status.RUNNING)}, NOW)

    run(use(path, work))


def test_that_history_tells_what_changed_when(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> list[tuple[float, str, str, str]]:
        await filled(store)
        await store.write(tables.change, {KEY: answer(Status.RUNNING)}, NOW + 1)
        await store.write(
            tables.change,
            {KEY: answer(Status.SUCCEEDED, asked_at=NOW + 2, links=(VIDEO,))},
            NOW + 2,
        )
        await store.write(tables.change, {KEY: lambda t: replace(t, mark=Mark(rating=3))}, NOW + 3)
        await store.write(tables.remove, [KEY], NOW + 4)
        await store.write(tables.restore, [KEY], NOW + 5)
        return [(e.at - NOW, e.what, e.old, e.new) for e in await store.read(tables.events, KEY)]

    assert run(use(path, work)) == [
        (0, "added", "", KEY.id),
        (1, "status", "unknown", "running"),
        (2, "status", "running", "succeeded"),
        (2, "artifact:video", "", "remote"),
        (3, "rating", "0", "3"),
        (4, "removed", "", ""),
        (5, "restored", "", ""),
    ]


def saving(task: Task) -> Task:
    doing = replace(task.artifacts[0], state=ArtifactState.SAVING, size=10, received=4)
    return replace(task, artifacts=(doing,))


def test_that_saving_lasts_as_long_as_the_program(run: Drive[Any], path: Path) -> None:
    async def begin(store: Store) -> None:
        await filled(store)
        await store.write(tables.change, {KEY: answer(Status.SUCCEEDED, links=(VIDEO,))}, NOW)
        diff = await store.write(tables.change, {KEY: saving}, NOW)
        assert diff.changed[0].artifacts[0].state is ArtifactState.SAVING
        (task,) = await store.read(tables.tasks)
        assert task.kept is ArtifactState.SAVING
        assert task.artifacts[0].received == 0

    async def after(store: Store) -> None:
        (task,) = await store.read(tables.tasks)
        assert task.kept is ArtifactState.REMOTE

    run(use(path, begin))
    run(use(path, after))
    assert sql(path, "SELECT kept FROM task") == [("remote",)]


def test_that_removal_can_be_undone_with_the_users_marks(run: Drive[Any], path: Path) -> None:
    mark = Mark(name="mine", rating=5)

    async def work(store: Store) -> None:
        await filled(store)
        await store.write(tables.change, {KEY: lambda t: replace(t, mark=mark)}, NOW)
        assert await store.write(tables.remove, [KEY, KEY], NOW) == Diff(removed=(KEY,))
        assert await store.read(tables.tasks) == ()
        assert await store.read(tables.due, ARK.id) == ()
        assert not await store.write(tables.remove, [KEY], NOW)
        assert not await store.write(tables.change, {KEY: answer(Status.RUNNING)}, NOW)
        assert not await store.write(tables.add, [KEY], NOW, discovered=True)
        back = await store.write(tables.restore, [KEY], NOW)
        assert [t.mark for t in back.added] == [mark]
        assert not await store.write(tables.restore, [KEY], NOW)
        await store.write(tables.remove, [KEY], NOW)
        assert [t.mark for t in (await store.write(tables.add, [KEY], NOW)).added] == [mark]

    run(use(path, work))


def test_that_what_was_removed_is_kept_seven_days_and_not_found_again_for_fourteen(
    run: Drive[Any], path: Path
) -> None:
    async def remove(store: Store) -> None:
        await filled(store)
        await store.write(tables.remove, [KEY], NOW)

    async def touch(store: Store) -> None:  # housekeeping follows a change
        await store.write(tables.put_account, ARK)

    async def discover(store: Store) -> Diff:
        return await store.write(tables.add, [KEY], NOW, discovered=True)

    run(use(path, remove))

    def rows_after(seconds: float) -> int:
        run(use(path, touch, NOW + seconds))
        return len(sql(path, "SELECT * FROM task"))

    assert rows_after(KEEP_REMOVED_S - 1) == 1
    assert rows_after(KEEP_REMOVED_S + 1) == 0
    assert not run(use(path, discover, NOW + KEEP_TOMBSTONE_S - 10))
    run(use(path, touch, NOW + KEEP_TOMBSTONE_S + 1))
    assert run(use(path, discover, NOW + KEEP_TOMBSTONE_S + 1))


def test_that_a_purged_task_comes_back_when_the_user_asks(run: Drive[Any], path: Path) -> None:
    async def remove(store: Store) -> None:
        await filled(store)
        await store.write(tables.remove, [KEY], NOW)

    async def ask(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        assert not await store.write(tables.restore, [KEY], NOW)
        assert await store.write(tables.add, [KEY], NOW)
        await store.write(tables.remove_account, ARK.id)

    run(use(path, remove))
    run(use(path, ask, NOW + KEEP_REMOVED_S + 1))
    assert sql(path, "SELECT * FROM tombstone") == []


def state(status: Status, *flags: Flag, **more: Any) -> Task:
    report = Report(id=KEY.id, status=status)
    return replace(blank(KEY, NOW), report=report, flags=frozenset(flags), **more)


@pytest.mark.parametrize(
    ("task", "due"),
    [
        (blank(KEY, NOW), True),
        (state(Status.RUNNING), True),
        (state(Status.UNKNOWN), True),
        (state(Status.RUNNING, Flag.STALE), True),
        (state(Status.RUNNING, watched=False), False),
        (state(Status.RUNNING, Flag.NOT_FOUND, misses=3), True),
        (state(Status.RUNNING, Flag.NOT_FOUND, misses=MISSES), False),
        (state(Status.SUCCEEDED), False),
        (state(Status.FAILED), False),
        (state(Status.SUCCEEDED, Flag.RESULT_MISSING), True),
        (
            state(
                Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=RECHECKS[Flag.RESULT_MISSING] - 1
            ),
            True,
        ),
        (
            state(Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=RECHECKS[Flag.RESULT_MISSING]),
            False,
        ),
        (state(Status.SUCCEEDED, Flag.RESULT_MISSING, Flag.NOT_FOUND, misses=3), True),
        (state(Status.FAILED, Flag.STATUS_CONFLICT), True),
        (
            state(Status.FAILED, Flag.STATUS_CONFLICT, rechecks=RECHECKS[Flag.STATUS_CONFLICT]),
            False,
        ),
    ],
)
def test_that_only_what_can_still_change_is_looked_at(
    run: Drive[Any], path: Path, task: Task, due: bool
) -> None:
    assert wants_look(task) is due

    async def work(store: Store) -> None:
        await filled(store)
        await store.write(tables.change, {KEY: lambda _: task}, NOW)
        assert (await store.read(tables.due, ARK.id) == (task,)) is due
        assert await store.read(tables.due, RONG.id) == ()

    run(use(path, work))


@pytest.mark.parametrize("odd", ["\ud800 lone", "nul\x00", "'; DROP TABLE task; --", "😀" * 3000])
def test_that_any_text_comes_back_as_it_was(run: Drive[Any], path: Path, odd: str) -> None:
    key = Key(ARK.id, odd)
    task = replace(
        FULL,
        key=key,
        report=replace(FULL_REPORT, id=odd, status_raw=odd, model=odd, seed=2**90, raw=odd),
        artifacts=(
            Artifact(kind=ArtifactKind.VIDEO, url=odd, path=odd, max_requests=10**30, problem=odd),
        ),
        mark=Mark(name=odd, tags=(odd,), note=odd),
    )

    async def work(store: Store) -> None:
        await filled(store, odd)
        (changed,) = (await store.write(tables.change, {key: lambda _: task}, NOW)).changed
        assert changed == task

    async def read(store: Store) -> None:
        (back,) = await store.read(tables.get, [key])
        # more than 64 bits of requests are as good as any number
        capped = replace(task.artifacts[0], max_requests=2**63 - 1)
        assert back == replace(task, artifacts=(capped,))
        assert await store.read(tables.raw, key) == odd
        assert (await store.read(tables.events, key))[0].new == odd
        assert (await store.write(tables.remove_account, ARK.id)).removed == (key,)

    run(use(path, work))
    run(use(path, read))


def test_that_one_unreadable_record_does_not_close_the_list(
    run: Drive[Any], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def fill(store: Store) -> None:
        await filled(store, "a", "b")
        await store.write(tables.change, {Key(ARK.id, "a"): answer(Status.RUNNING)}, NOW)

    async def read(store: Store) -> dict[str, Status]:
        return {task.id: task.status for task in await store.read(tables.tasks)}

    run(use(path, fill))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE task SET report = '{\"id\": 7}' WHERE id = 'a'")
    db.close()
    assert run(use(path, read)) == {"a": Status.RUNNING, "b": Status.UNKNOWN}
    assert "cannot be read" in caplog.text


def test_that_a_full_disk_is_said_and_loses_nothing(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await filled(store)
        await store.write(lambda db: db.execute("PRAGMA max_page_count = 1"))
        many = [Key(ARK.id, f"more-{n}") for n in range(3000)]
        with pytest.raises(StoreError) as told:
            await store.write(tables.add, many, NOW)
        assert told.value.failure.kind is Kind.DISK_FULL
        assert [t.key for t in await store.read(tables.tasks)] == [KEY]
        await store.write(lambda db: db.execute("PRAGMA max_page_count = 1073741823"))
        assert len((await store.write(tables.add, many, NOW)).added) == 3000

    run(use(path, work))


def test_that_a_closed_store_refuses_and_closes_twice(run: Drive[Any], path: Path) -> None:
    async def work() -> None:
        store = await Store.open(path)
        await store.aclose()
        await store.aclose()
        with pytest.raises(StoreError):
            await store.read(tables.tasks)

    run(work())


def test_that_it_runs_on_the_programs_own_loop(drive: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await filled(store)
        assert [t.key for t in await store.read(tables.tasks)] == [KEY]

    drive(use(path, work))


def test_that_a_take_that_came_to_harm_is_noted_until_its_notice_is_closed(
    run: Drive[Any], tmp_path: Path
) -> None:
    keys = [Key(ARK.id, f"n{number}") for number in range(3)]

    def state(state: ArtifactState, *, damaged: bool = False) -> Change:
        made = Artifact(kind=ArtifactKind.VIDEO, state=state, damaged=damaged)
        return lambda task: replace(task, artifacts=(made,))

    async def work(store: Store) -> None:
        async def noted() -> tuple[list[Key], list[Key]]:
            found = await store.read(tables.notices)
            return [t.key for t in found[tables.LOST]], [t.key for t in found[tables.DAMAGED]]

        await store.write(tables.put_account, ARK)
        await store.write(tables.add, keys, NOW)
        lost = state(ArtifactState.LOST)
        await store.write(tables.change, {keys[1]: lost}, NOW)
        await store.write(tables.change, {keys[0]: lost}, NOW)
        bad = state(ArtifactState.SAVED, damaged=True)
        await store.write(tables.change, {keys[2]: bad}, NOW)
        assert await noted() == ([keys[1], keys[0]], [keys[2]])
        await store.write(tables.change, {keys[1]: state(ArtifactState.SAVED)}, NOW)  # had anew
        assert await noted() == ([keys[0]], [keys[2]])
        await store.write(tables.remove, keys[:1], NOW)
        assert await noted() == ([], [keys[2]])
        await store.write(tables.restore, keys[:1], NOW)
        await store.write(tables.close_notice, tables.LOST, keys)
        assert await noted() == ([], [keys[2]])
        await store.write(tables.change, {keys[0]: lambda t: replace(t, mark=Mark(note="x"))}, NOW)
        assert await noted() == ([], [keys[2]])  # closed once, closed for good

    run(use(tmp_path / "list.sqlite3", work))
