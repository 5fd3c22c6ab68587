"""A damaged list keeps what can be read, and what happened to it is told."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.backend.workspace import Workspace
from rushes.core.account import Service
from rushes.core.listing import ListQuery, Term
from rushes.core.task import Flag, Key, Mark, Status, Task
from rushes.options import Options
from rushes.store import Store, StoreError, StoreInUse, backups, listing, safety, tables
from tests.conftest import Drive
from tests.faults.damaging import REMOVED, key
from tests.faults.suite_t26_damage import LISTED, library
from tests.store.stores import ARK, KEY, NOW, RONG, VIDEO, answer, place, sql, use

DAY = 86400.0
ROOT = Path(__file__).parents[2]
PAGE = 4096


@pytest.fixture
def path(base_dir: Path) -> Path:
    return base_dir / "data" / "rushes.sqlite3"


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """By whether it was closed: 110 tasks, and a backup of the day before with 30 of them."""
    folder = tmp_path_factory.mktemp("libraries")
    return {clean: library(folder, clean=clean) for clean in (True, False)}


@pytest.fixture
def full(libraries: dict[bool, Path], path: Path) -> Path:
    shutil.copytree(libraries[True].parent, path.parent)
    return path


def flip(path: Path, page: int, at: int, bits: int = 0xFF) -> None:
    """Change a byte of a page (from 1)."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE + at)
        byte = file.read(1)[0]
        file.seek((page - 1) * PAGE + at)
        file.write(bytes([byte ^ bits]))


def leaves(path: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1&mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno",
            (table,),
        )
        return [row[0] for row in found]


def hurt(path: Path) -> list[int]:
    """The first pages of what a task is found by and of what lies behind the list, and the oldest
    tasks, which the backup has."""
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1&mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT pageno FROM dbstat WHERE path = '/' "
            "AND name IN ('task', 'sqlite_autoindex_task_1', 'artifact', 'listed') "
            "UNION SELECT pageno FROM dbstat WHERE path = '/000/' AND name = 'task'"
        )
        return [row[0] for row in found]


def make_unclean(path: Path) -> None:
    path.with_name(f"{path.name}.lock").write_bytes(b"\0open ")


async def everything(store: Store) -> dict[str, Task]:
    return {task.id: task for task in await store.read(tables.tasks)}


def test_that_a_changed_bit_costs_no_more_than_its_page(run: Drive[Any], full: Path) -> None:
    broken = leaves(full, "task")[-2]
    flip(full, broken, 0)
    make_unclean(full)

    async def look(store: Store) -> dict[str, Task]:
        report = store.opened
        assert report.set_aside is not None
        assert report.read > len(LISTED) - 20  # far more than the 30 of the backup
        assert report.ids_only > 0
        assert report.read + report.from_backup + report.ids_only == len(LISTED)
        assert report.lost == 0
        assert (
            len(await store.read(listing.order, ListQuery(terms=(Term("take 1"),)), store.clock()))
            > 10
        )
        assert len(await store.read(listing.order, ListQuery(), store.clock())) == len(LISTED)
        return await everything(store)

    found = run(use(full, look, NOW + DAY))
    assert set(found) == LISTED
    only_ids = [task for task in found.values() if task.status is Status.UNKNOWN]
    assert only_ids
    assert sql(full, f"SELECT is_due FROM task WHERE id = '{only_ids[0].id}'") == [(1,)]
    assert sql(full, "PRAGMA integrity_check") == [("ok",)]
    assert sql(full, "PRAGMA foreign_key_check") == []
    assert os.name == "nt" or full.stat().st_mode & 0o777 == 0o600


def test_that_rows_of_the_backup_fill_the_gaps_and_removed_ones_stay_removed(
    run: Drive[Any], full: Path
) -> None:
    for page in leaves(full, "task")[:4]:  # among them the early ones, and the removed one
        flip(full, page, 0)

    async def look(store: Store) -> dict[str, Task]:
        assert store.opened.from_backup > 0
        assert store.opened.restored_from is not None
        return await everything(store)

    make_unclean(full)
    found = run(use(full, look, NOW + DAY))
    assert set(found) == LISTED
    assert found["task-5"].mark.name == "take 5"  # only the backup knew
    assert key(REMOVED).id not in found


def test_that_a_task_that_changed_its_account_since_the_backup_does_not_come_twice(
    run: Drive[Any], full: Path
) -> None:
    async def move(store: Store) -> None:
        await store.write(tables.move, key(0), RONG.id, NOW + 10)

    run(use(full, move, NOW + 10))
    flip(full, leaves(full, "task")[-1], 0)
    make_unclean(full)

    async def look(store: Store) -> list[Key]:
        assert store.opened.restored_from is not None
        return [task.key for task in await store.read(tables.tasks) if task.id == key(0).id]

    assert run(use(full, look, NOW + DAY)) == [Key(RONG.id, key(0).id)]


def test_that_an_account_that_cannot_be_read_takes_no_task_with_it(
    run: Drive[Any], path: Path
) -> None:
    async def one(store: Store) -> None:
        await store.write(tables.put_account, replace(RONG, name="Ours"))
        await store.write(tables.add, [Key(RONG.id, "t1")], NOW)

    run(use(path, one))
    shutil.rmtree(path.parent / "backups")
    flip(path, leaves(path, "account")[0] if leaves(path, "account") else _root(path, "account"), 0)
    make_unclean(path)

    async def look(store: Store) -> None:
        (account,) = await store.read(tables.accounts)
        assert (account.id, account.key_source.value) == (RONG.id, "session")
        assert set(await everything(store)) == {"t1"}

    run(use(path, look, NOW + DAY))


def _root(path: Path, table: str) -> int:
    page: int = sql(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")[0][0]
    return page


def test_that_results_whose_place_is_lost_are_asked_for_again(run: Drive[Any], path: Path) -> None:
    async def one(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        await store.write(tables.add, [KEY], NOW)
        await store.write(tables.change, {KEY: answer(Status.SUCCEEDED, links=(VIDEO,))}, NOW)

    run(use(path, one))
    shutil.rmtree(path.parent / "backups")
    flip(path, _root(path, "artifact"), 0)
    make_unclean(path)

    async def look(store: Store) -> None:
        (task,) = await store.read(tables.tasks)
        assert Flag.RESULT_MISSING in task.flags
        assert [each.id for each in await store.read(tables.due, ARK.id)] == [task.id]

    run(use(path, look, NOW + DAY))


@pytest.mark.parametrize("column", ["status", "flags", "name", "report"])
def test_that_a_value_nobody_wrote_is_damage_and_mended_at_the_next_start(
    run: Drive[Any], path: Path, column: str
) -> None:
    """Such a file ended cleanly and passes SQLite's own check."""

    async def one(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        await store.write(tables.add, [KEY, Key(ARK.id, "other")], NOW)
        await store.write(
            tables.change, {KEY: lambda task: replace(task, mark=Mark(name="mine"))}, NOW
        )

    run(use(path, one))
    with closing(sqlite3.connect(path)) as db:
        broken = "CAST(x'ff6d' AS TEXT)" if column == "name" else "'~~'"
        db.execute(f"UPDATE task SET {column} = {broken} WHERE id = '{KEY.id}'")
        db.commit()
    told: list[str] = []

    async def meet(store: Store) -> None:
        assert not store.opened
        store.on_damage(lambda: told.append("damaged"))
        if column == "report":  # one record must not close the list: found with the next backup
            await store.write(tables.add, [Key(ARK.id, "new")], NOW + DAY)
            await store.housekept()
        else:
            with pytest.raises(StoreError) as raised:
                await store.read(tables.tasks)
            assert raised.value.failure.code == "damaged"

    async def look(store: Store) -> None:
        assert store.opened.set_aside is not None
        assert {KEY.id, "other"} <= set(await everything(store))

    run(use(path, meet, NOW + DAY))
    assert told == ["damaged"]
    run(use(path, look, NOW + DAY))


def test_that_a_damaged_list_is_not_backed_up_but_told(run: Drive[Any], full: Path) -> None:
    before = sorted(p.name for p in (full.parent / "backups").iterdir())
    page = leaves(full, "raw")[0]
    cells = full.read_bytes()[(page - 1) * PAGE + 4]
    flip(full, page, 4, cells ^ (cells - 1))  # one row less: a copy would not notice
    told: list[str] = []

    async def work(store: Store) -> None:
        assert not store.opened
        store.on_damage(lambda: told.append("damaged"))
        await store.write(tables.put_account, ARK)
        await store.housekept()

    run(use(full, work, NOW + 2 * DAY))
    assert told == ["damaged"]
    assert sorted(p.name for p in (full.parent / "backups").iterdir()) == before
    assert full.with_name(f"{full.name}.lock").read_bytes() == b"\0harm "

    async def look(store: Store) -> None:
        assert store.opened.read == len(LISTED)

    run(use(full, look, NOW + 2 * DAY))


def test_that_the_words_of_the_search_are_made_anew_when_their_index_is_damaged(
    run: Drive[Any], full: Path
) -> None:
    with closing(sqlite3.connect(full)) as db:
        db.execute("UPDATE found_data SET block = x'ffffff' WHERE id > 10")
        db.commit()

    async def search(store: Store) -> int:
        return len(
            await store.read(listing.order, ListQuery(terms=(Term("take 10"),)), store.clock())
        )

    async def meet(store: Store) -> None:
        with pytest.raises(StoreError) as told:
            await search(store)
        assert told.value.failure.code == "damaged"

    run(use(full, meet, NOW + 1))
    assert run(use(full, search, NOW + 1)) == 11


def test_that_a_log_that_lost_its_end_is_told(
    run: Drive[Any], libraries: dict[bool, Path], path: Path
) -> None:
    shutil.copytree(libraries[False].parent, path.parent)
    log = path.with_name(f"{path.name}-wal")
    os.truncate(log, 40_000)

    async def look(store: Store) -> int:
        assert store.opened.lacks_end
        assert store.opened.set_aside is not None
        assert store.opened.set_aside.with_name(f"{store.opened.set_aside.name}-wal").exists()
        return len(await store.read(tables.tasks))

    assert run(use(path, look, NOW + DAY)) >= 29


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_that_a_list_that_is_gone_is_told(run: Drive[Any], full: Path, how: str) -> None:
    if how == "gone":
        full.unlink()
    else:
        os.truncate(full, 0)

    async def look(store: Store) -> int:
        assert store.opened.was_gone
        assert store.opened.restored_from is not None
        return len(await store.read(tables.tasks))

    assert run(use(full, look, NOW + DAY)) == 30


def test_that_a_list_that_is_gone_without_a_backup_is_told(run: Drive[Any], full: Path) -> None:
    full.unlink()
    shutil.rmtree(full.parent / "backups")

    async def look(store: Store) -> None:
        assert store.opened.was_gone
        assert store.opened.restored_from is None

    run(use(full, look, NOW + DAY))


DIES_AT_RENAME = """
import asyncio, os, signal, sys
from pathlib import Path
from rushes.store import Store
left = [int(sys.argv[2])]
path = Path(sys.argv[1])
def count(event, args):
    if event in ("os.rename", "os.remove") and path.name in os.fsdecode(args[0]):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
asyncio.run(Store.open(path, lambda: 1_800_090_000.0))
print("opened")
os._exit(0)
"""


def test_that_a_kill_while_the_list_is_brought_in_order_loses_nothing(
    run: Drive[Any], libraries: dict[bool, Path], base_dir: Path
) -> None:
    original = base_dir / "original" / "rushes.sqlite3"
    shutil.copytree(libraries[False].parent, original.parent)
    for page in hurt(original):
        flip(original, page, 0)
    deaths = 0
    for step in range(1, 40):
        path = base_dir / str(step) / original.name
        shutil.copytree(original.parent, path.parent)
        done = subprocess.run(
            [sys.executable, "-c", DIES_AT_RENAME, str(path), str(step)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        deaths += 1

        async def look(store: Store) -> None:
            assert store.opened.set_aside is not None
            assert store.opened.set_aside.exists()
            assert set(await everything(store)) == LISTED

        run(use(path, look, NOW + DAY + 3600))
        shutil.rmtree(path.parent)
    assert deaths >= 4


def test_that_the_user_is_told_what_came_from_where(run: Drive[Any], full: Path) -> None:
    for page in leaves(full, "task")[:4]:
        flip(full, page, 0)
    make_unclean(full)

    async def notes() -> tuple[str, ...]:
        workspace = await Workspace.open(Options(base_dir=full.parents[1]))
        try:
            return workspace.notes
        finally:
            await workspace.aclose()

    (note,) = run(notes())
    for part in ("damaged", "could be read", "backup rushes-", "is kept as rushes.sqlite3.damaged"):
        assert part in note


# backups


def test_that_tasks_that_came_since_are_backed_up_an_hour_later(
    run: Drive[Any], path: Path
) -> None:
    def ids() -> int:
        (copy,) = (path.parent / "backups").iterdir()
        return int(sql(copy, "SELECT count(*) FROM task")[0][0])

    async def more(store: Store, count: int, at: float) -> None:
        await store.write(tables.put_account, ARK)
        await store.housekept()  # the copy is made beside the writes: a late one has the tasks, too
        await store.write(tables.add, [Key(ARK.id, f"t{n}") for n in range(count)], at)
        await store.housekept()

    at = NOW - NOW % DAY + 3600
    run(use(path, lambda store: more(store, 0, at), at))
    assert ids() == 0
    run(use(path, lambda store: more(store, 5, at + 60), at + 60))
    assert ids() == 0
    run(use(path, lambda store: more(store, 5, at + 120), at + 4000))
    assert ids() == 5


def test_that_backups_take_no_more_room_than_they_may(
    run: Drive[Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def one(store: Store) -> None:
        await store.write(tables.put_account, ARK)
        await store.housekept()

    for day in range(5):
        run(use(path, one, NOW + day * DAY))
    size = max(p.stat().st_size for p in (path.parent / "backups").iterdir())
    monkeypatch.setattr(backups, "MOST_BYTES", 3 * size)
    run(use(path, one, NOW + 5 * DAY))
    assert len(list((path.parent / "backups").iterdir())) == 3
    monkeypatch.setattr(backups, "MOST_BYTES", 1)
    run(use(path, one, NOW + 6 * DAY))
    assert len(list((path.parent / "backups").iterdir())) == 1


# the lock


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no open file")
def test_that_a_deleted_lock_file_lets_nobody_else_in(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        path.with_name(f"{path.name}.lock").unlink()
        with pytest.raises(StoreInUse):
            await Store.open(path)

    run(use(path, work))
    run(use(path, everything))


@pytest.mark.skipif(os.name == "nt", reason="other calls lock there")
def test_that_a_disk_without_locks_is_not_called_another_rushes(
    run: Drive[Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import fcntl

    def none_left(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none_left)
    with pytest.raises(StoreError) as told:
        run(use(path, everything))
    assert not isinstance(told.value, StoreInUse)
    assert told.value.failure.code == "no_locks"
    assert not safety.is_held(path.with_name(f"{path.name}.lock"))


def test_that_release_1_is_read_beside_a_disk_that_cannot_be_written(
    run: Drive[Any], path: Path
) -> None:
    from rushes.store import read_list

    place("release-1", path, killed=True)
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    accounts, tasks = run(read_list(path))
    assert len(tasks) == 41
    assert {account.service for account in accounts} >= {Service.ARK}
    after = {p.name: p.read_bytes() for p in path.parent.iterdir() if not p.name.endswith("-shm")}
    assert after == before


def test_that_creating_the_list_may_be_cut_off_before_it_has_its_log(
    run: Drive[Any], path: Path, tmp_path: Path
) -> None:
    """Then a journal lies beside it that only a connection that may write can roll back."""
    begun = tmp_path / "begun.sqlite3"
    with closing(sqlite3.connect(begun, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 0")
        db.execute("CREATE TABLE passing (x)")
        db.execute("DROP TABLE passing")
        db.execute("PRAGMA cache_size = 1")  # pages go to the disk before the commit
        db.execute("BEGIN")
        for number in range(40):
            db.execute(f"CREATE TABLE cut_off_{number} (x)")
            db.execute(f"INSERT INTO cut_off_{number} VALUES (zeroblob(9000))")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(begun, path)
        shutil.copyfile(f"{begun}-journal", f"{path}-journal")
        db.execute("ROLLBACK")

    async def work(store: Store) -> None:
        assert list(await store.read(tables.tasks)) == []

    run(use(path, work))
