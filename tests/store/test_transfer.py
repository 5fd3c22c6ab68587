"""A list that goes to a file and into another list."""

import asyncio
import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rushes.core.account import Account, KeySource
from rushes.core.incoming import Incoming
from rushes.core.merge import combined
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Key,
    Mark,
    Pick,
    Status,
    Task,
    blank,
)
from rushes.store import Store, schema, tables, transfer
from rushes.store.transfer import BadListFile, TakenIn, Unusable
from tests.store import stores
from tests.store.stores import ARK, NOW, RELEASED, STORES, VIDEO, answer, use

T = TypeVar("T")

RONG = replace(stores.RONG, name="Rong", key_hint="aaaa")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def fill(store: Store, count: int = 3) -> None:
    """Tasks with all a user can say, an answer, a file and a history."""
    for account in (ARK, RONG):
        await store.write(tables.put_account, account)
    keys = [Key(ARK.id, f"cgt-{n}") for n in range(1, count + 1)]
    said = {keys[0]: Incoming("cgt-1", prompt="dusk 湖", references=("a.png",))}
    await store.write(tables.add, keys, NOW, said=said)
    done = answer(Status.SUCCEEDED, links=(VIDEO,), model="seedance", seed=7, raw='{"a": 1}')
    await store.write(tables.change, {keys[0]: done}, NOW + 1)
    await store.write(tables.change, {keys[0]: saved_and_judged}, NOW + 2)


def saved_and_judged(task: Task) -> Task:
    (film,) = task.artifacts
    film = replace(film, state=ArtifactState.SAVED, path="/films/a.mp4", size=9, sha256="0" * 64)
    mark = replace(
        task.mark, name="夜", rating=4, pick=Pick.PICK, tags=("hero",), note="keep", group="g"
    )
    return replace(task, artifacts=(film,), mark=mark, seen=True)


async def exported(store: Store, path: Path, settings: str = "") -> int:
    return await store.read(transfer.write, path, settings)


async def taken_in(store: Store, path: Path, at: float = NOW + 100) -> TakenIn:
    with transfer.opened(path, path.parent) as source:
        return await store.write(transfer.take_in, source, at)


async def everything(store: Store) -> dict[str, object]:
    """All that is known of each task, and of the accounts."""
    found = await store.read(tables.tasks)
    return {
        "accounts": await store.read(tables.accounts),
        "tasks": {task.key: task for task in found},
        "raw": {t.key: await store.read(tables.raw, t.key) for t in found},
        "events": {t.key: await store.read(tables.events, t.key) for t in found},
    }


def in_two(
    folder: Path,
    first: Callable[[Store], Awaitable[T]],
    second: Callable[[Store], Awaitable[T]],
) -> tuple[T, T]:
    one = run(use(folder / "one" / "rushes.sqlite3", first))
    return one, run(use(folder / "two" / "rushes.sqlite3", second))


def test_that_a_whole_list_comes_out_as_it_went_in(tmp_path: Path) -> None:
    path = tmp_path / "mine.rushes"

    async def out(store: Store) -> dict[str, object]:
        await fill(store)
        await store.write(tables.remove, [Key(ARK.id, "cgt-3")], NOW + 3)
        assert await exported(store, path) == 2
        return await everything(store)

    async def back(store: Store) -> dict[str, object]:
        told = await taken_in(store, path)
        assert set(told.added) == {Key(ARK.id, "cgt-1"), Key(ARK.id, "cgt-2")}
        assert (told.changed, told.same, told.accounts) == ((), 0, (ARK, RONG))
        assert len(await store.read(tables.newest_first)) == 2
        again = await taken_in(store, path)
        assert (again.added, again.changed, again.same, again.accounts) == ((), (), 2, ())
        return await everything(store)

    before, after = in_two(tmp_path, out, back)
    assert after == before
    assert path.stat().st_mode & 0o077 == 0


def test_that_two_that_write_one_file_at_once_both_write_a_whole_list(tmp_path: Path) -> None:
    path = tmp_path / "mine.rushes"
    written: list[int] = []

    async def out(store: Store) -> None:
        await fill(store)

        def write(db: sqlite3.Connection) -> int:
            def beside(_sql: str) -> None:
                db.set_trace_callback(None)
                with closing(sqlite3.connect(tmp_path / "rushes.sqlite3")) as other:
                    written.append(transfer.write(other, path, "second"))

            db.set_trace_callback(beside)  # the other one begins and ends while this one writes
            return transfer.write(db, path, "first")

        written.append(await store.read(write))

    run(use(tmp_path / "rushes.sqlite3", out))
    assert written == [3, 3]
    with transfer.opened(path, tmp_path) as source:
        assert transfer.settings_in(source) == "first"
    assert not list(tmp_path.glob(".*"))


def test_that_two_lists_become_one_and_neither_loses_anything(tmp_path: Path) -> None:
    path = tmp_path / "mine.rushes"
    other = replace(ARK, id="33333333-3333-4333-8333-333333333333", name="Mine")
    key = Key(other.id, "cgt-1")

    async def out(store: Store) -> None:
        await fill(store)
        await exported(store, path)

    async def back(store: Store) -> None:
        await store.write(tables.put_account, other)
        await store.write(tables.add, [key, Key(other.id, "own")], NOW)
        await store.write(
            tables.change,
            {key: lambda t: replace(t, mark=Mark(rating=2, tags=("mine",), note="own note"))},
            NOW,
        )
        told = await taken_in(store, path)
        assert (len(told.added), told.changed, told.same) == (2, (key,), 0)
        assert [each.name for each in told.accounts] == ["Rong"]
        assert len(await store.read(tables.accounts)) == 2  # the same key: the same account
        (task,) = await store.read(tables.get, [key])
        assert task.mark == Mark(
            name="夜",
            rating=2,
            pick=Pick.PICK,
            tags=("mine", "hero"),
            note="own note\nkeep",
            group="g",
            prompt="dusk 湖",
            references=("a.png",),
        )
        assert (task.status, task.report.seed) == (Status.SUCCEEDED, 7)
        assert task.artifacts[0].path == "/films/a.mp4"
        assert await store.read(tables.raw, key) == '{"a": 1}'
        assert await store.read(tables.get, [Key(other.id, "own")])

    in_two(tmp_path, out, back)


def test_that_a_file_is_found_again_by_search_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "mine.rushes"

    async def out(store: Store) -> list[Any]:
        await fill(store)
        await exported(store, path)
        return await store.read(lambda db: db.execute(_TELLING).fetchall())

    async def back(store: Store) -> list[Any]:
        await taken_in(store, path)
        return await store.read(lambda db: db.execute(_TELLING).fetchall())

    before, after = in_two(tmp_path, out, back)
    assert after == before


_TELLING = """
    SELECT 'words', count(*) FROM found WHERE found MATCH '"dusk"' UNION ALL
    SELECT 'tags', count(*) FROM tagged UNION ALL SELECT 'tally', sum(n) FROM tally UNION ALL
    SELECT 'spent', sum(n) FROM spent UNION ALL SELECT 'runs', count(*) FROM run
"""


@pytest.mark.parametrize(
    ("here", "there", "path"),
    [
        (ArtifactState.REMOTE, ArtifactState.SAVED, None),  # it can be fetched: it is
        (ArtifactState.LOST, ArtifactState.SAVED, "/there"),
        (ArtifactState.SAVED, ArtifactState.REMOTE, "/here"),
        (ArtifactState.SAVED, ArtifactState.SAVED, "/here"),
        (ArtifactState.MISSING, ArtifactState.SAVED, "/there"),
    ],
)
def test_which_file_of_two_lists_counts(
    here: ArtifactState, there: ArtifactState, path: str | None, tmp_path: Path
) -> None:
    def with_film(state: ArtifactState, where: str) -> Task:
        on_disk = state in (ArtifactState.SAVED, ArtifactState.MISSING)
        film = Artifact(
            kind=ArtifactKind.VIDEO,
            state=state,
            path=where if on_disk else None,
            expires_at=NOW + 60,
        )
        empty = blank(Key(ARK.id, "cgt-1"), NOW)
        return replace(empty, artifacts=(film,), last_seen_at=NOW)

    one, other = with_film(here, "/here"), with_film(there, "/there")
    assert combined(one, other, NOW).artifacts[0].path == path


def test_that_what_was_removed_here_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.rushes"

    async def work(store: Store) -> None:
        await fill(store)
        await exported(store, path)
        key = Key(ARK.id, "cgt-1")
        await store.write(tables.remove, [key], NOW + 3)
        assert (await taken_in(store, path)).added == (key,)
        (task,) = await store.read(tables.get, [key])
        assert task.mark.name == "夜"

    run(use(tmp_path / "rushes.sqlite3", work))


def test_that_no_variable_is_read_because_a_file_says_so(tmp_path: Path) -> None:
    """Whoever wrote the file would get a key of ours sent to an address of theirs."""
    path = tmp_path / "theirs.rushes"
    evil = replace(
        ARK,
        base_url="https://evil.example",
        key_source=KeySource.ENVIRONMENT,
        key_env="ARK_API_KEY",
        key_hint="",
    )

    async def out(store: Store) -> tuple[Account, ...]:
        await store.write(tables.put_account, evil)
        await exported(store, path)
        return ()

    async def back(store: Store) -> tuple[Account, ...]:
        await store.write(
            tables.put_account, replace(evil, id=RONG.id, base_url=ARK.base_url, name="Own")
        )
        return (await taken_in(store, path)).accounts

    (came,) = in_two(tmp_path, out, back)[1]
    assert (came.key_source, came.key_env) == (KeySource.SESSION, "")


@pytest.mark.parametrize("version", sorted(RELEASED))
def test_that_lists_of_older_versions_are_taken(version: int, tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        told = await taken_in(store, tmp_path / "old.sqlite3")
        assert told.added
        assert len(await store.read(tables.tasks)) == len(told.added)

    (tmp_path / "old.sqlite3").write_bytes((STORES / f"{RELEASED[version]}.sqlite3").read_bytes())
    run(use(tmp_path / "rushes.sqlite3", work))


def test_that_nothing_changes_by_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.rushes", tmp_path / "bad.rushes"

    async def out(store: Store) -> None:
        await fill(store, 400)
        await exported(store, good)

    async def back(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        await store.write(tables.add, [Key(ARK.id, "own")], NOW)
        before = await everything(store)
        whole = good.read_bytes()
        middle = len(whole) // 2
        cases = {
            b"": Unusable.FOREIGN,
            b"id,prompt\n1,x\n": Unusable.FOREIGN,
            whole[:1000]: Unusable.DAMAGED,
            whole[: len(whole) // 3]: Unusable.DAMAGED,
            whole[:-4096]: Unusable.DAMAGED,
            whole[:middle] + bytes(8192) + whole[middle + 8192 :]: Unusable.DAMAGED,
        }
        for content, why in cases.items():
            bad.write_bytes(content)
            with pytest.raises(BadListFile) as told:
                await taken_in(store, bad)
            assert told.value.args[0] is why
            assert await everything(store) == before
        assert list(tmp_path.glob(".import-*")) == []

    in_two(tmp_path, out, back)
    store = tmp_path / "two" / "rushes.sqlite3.lock"
    assert b"clean" in store.read_bytes()  # the own list is not taken for the damaged one


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("account", "created_at", "x'fffe'"),
        ("artifact", "size", "x'fffe'"),
        ("artifact", "expires_at", "x'fffe'"),
        ("artifact", "expires_at", "9e999"),
        ("event", "at", "x'fffe'"),
        ("raw", "body", "x'fffe'"),
        ("run", "ended_at", "x'fffe'"),
        ("run", "service", "x'fffe'"),
        ("task", "last_seen_at", "'NaN'"),
        ("task", "asked_at", "'soon'"),
        ("used", "tokens", "x'fffe'"),
        ("used", "model", "x'fffe'"),
        ("used", "outcome", "'grand'"),
    ],
)
def test_that_values_that_no_list_has_change_nothing(
    table: str, column: str, value: str, tmp_path: Path
) -> None:
    path = tmp_path / "odd.rushes"

    async def out(store: Store) -> None:
        await fill(store)
        await exported(store, path)
        with closing(sqlite3.connect(path)) as db:
            db.execute("INSERT INTO run (service, total_s, ended_at) VALUES ('ark', 1.0, 2.0)")
            db.execute(
                "INSERT INTO used SELECT -9, ?, 'gone', 1, 'm', 'failed', '', "
                "1, 1, 1, '', 1, 1, 1, '', 1, 1, 1",
                (ARK.id,),
            )
            db.execute(f"UPDATE {table} SET {column} = {value}")
            db.commit()

    async def back(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        await store.write(tables.add, [Key(ARK.id, "own")], NOW)
        before = await everything(store)
        with pytest.raises(BadListFile) as told:
            await taken_in(store, path)
        assert told.value.args[0] is Unusable.DAMAGED
        assert await everything(store) == before

    in_two(tmp_path, out, back)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
@pytest.mark.parametrize("room", [20_000, None])  # too little for the copy; for what it grows by
def test_that_a_file_without_room_for_its_copy_is_not_called_damaged(
    room: int | None, tmp_path: Path
) -> None:
    import resource

    path = tmp_path / "old.sqlite3"
    stores.place(RELEASED[1], path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room or path.stat().st_size, before[1]))
    try:
        with (
            pytest.raises(OSError, match=re.escape(str(tmp_path))),
            transfer.opened(path, tmp_path),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["old.sqlite3", "old.sqlite3.lock"]


def test_that_what_a_kill_left_of_an_import_goes_with_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "rushes.sqlite3"
    left = tmp_path / ".import-abc"
    left.mkdir()
    (left / "list.sqlite3").write_bytes(b"prompts")

    async def nothing(_: Store) -> None:
        assert not left.exists()

    run(use(path, nothing))


def test_that_columns_declared_otherwise_are_looked_at_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "odd.rushes"

    async def out(store: Store) -> None:
        await fill(store)
        await exported(store, path)
        with closing(sqlite3.connect(path)) as db:
            names = [row[1] for row in db.execute("PRAGMA table_info(used)")]
            db.execute("DROP TABLE used")
            db.execute(f"CREATE TABLE used ({', '.join(f'{name} DATE' for name in names)})")
            db.execute("INSERT INTO used VALUES (-9" + ", 'odd'" * (len(names) - 1) + ")")
            db.commit()

    async def back(store: Store) -> None:
        with pytest.raises(BadListFile) as told:
            await taken_in(store, path)
        assert told.value.args[0] is Unusable.DAMAGED

    in_two(tmp_path, out, back)


@pytest.mark.parametrize(
    ("version", "tables_there", "why"),
    [
        (schema.KNOWN + 1, "task account artifact", Unusable.TOO_NEW),
        (0, "task account artifact", Unusable.FOREIGN),
        (3, "photos", Unusable.FOREIGN),
    ],
)
def test_other_databases(version: int, tables_there: str, why: Unusable, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        for name in tables_there.split():
            db.execute(f"CREATE TABLE {name} (id TEXT)")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()
    before = path.read_bytes()
    with pytest.raises(BadListFile) as told, transfer.opened(path, tmp_path):
        pass
    assert told.value.args[0] is why
    assert path.read_bytes() == before


_HOSTILE = {
    "view": ("ALTER TABLE raw RENAME TO old_raw", "CREATE VIEW raw AS SELECT 1 task, 'made' body"),
    "generated": ("ALTER TABLE task ADD COLUMN x TEXT AS (upper(id))",),
    "virtual": ("DROP TABLE run", "CREATE VIRTUAL TABLE run USING fts5 (service, total_s)"),
}


@pytest.mark.parametrize("what", _HOSTILE)
def test_that_a_list_that_computes_what_it_holds_is_none(what: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.rushes"

    async def out(store: Store) -> None:
        await fill(store)
        await exported(store, path)

    run(use(tmp_path / "rushes.sqlite3", out))
    with closing(sqlite3.connect(path)) as db:
        for statement in _HOSTILE[what]:
            db.execute(statement)
    with pytest.raises(BadListFile) as told, transfer.opened(path, tmp_path):
        pass
    assert told.value.args[0] is Unusable.FOREIGN


def test_that_nothing_that_a_file_brings_runs_while_it_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    """Triggers and expressions of indexes would: on whatever each step of the schema changes."""
    path = tmp_path / "old.sqlite3"
    path.write_bytes((STORES / f"{RELEASED[min(RELEASED)]}.sqlite3").read_bytes())
    with closing(sqlite3.connect(path)) as db:
        before = db.execute("SELECT count(*) FROM task WHERE removed_at IS NULL").fetchone()[0]
        db.execute("CREATE TRIGGER [a b] AFTER UPDATE ON task BEGIN DELETE FROM task; END")
        db.execute("CREATE VIEW junk AS SELECT * FROM nowhere")
        db.execute("CREATE INDEX odd ON task (abs(CASE id WHEN '' THEN 0 ELSE 1 END))")
        db.commit()
    with transfer.opened(path, tmp_path) as source:
        names = {name for (name,) in source.execute("SELECT name FROM sqlite_schema")}
        assert names.isdisjoint({"a b", "junk", "odd"})
        assert len(list(tables.everything(source))) == before > 0


def test_that_no_certificates_are_trusted_because_a_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "theirs.rushes"

    async def out(store: Store) -> TakenIn:
        await store.write(tables.put_account, replace(ARK, ca_file="/tmp/theirs.pem"))
        await exported(store, path)
        return TakenIn()

    async def back(store: Store) -> TakenIn:
        return await taken_in(store, path)

    done = in_two(tmp_path, out, back)[1]
    assert [each.ca_file for each in done.accounts] == [""]
    assert done.without_ca == 1


def test_that_settings_go_along(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        await exported(store, tmp_path / "a.rushes", '{"theme": "dark"}')
        with transfer.opened(tmp_path / "a.rushes", tmp_path) as source:
            assert transfer.settings_in(source) == '{"theme": "dark"}'

    run(use(tmp_path / "rushes.sqlite3", work))
