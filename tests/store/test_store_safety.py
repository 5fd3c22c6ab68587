"""Whatever happens to the program or the file, no acknowledged task is lost."""

import ast
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from rushes.core.account import Service
from rushes.core.failure import Kind
from rushes.core.listing import ListQuery, Term
from rushes.core.secret import Secret
from rushes.core.task import Key, Pick, Status, Task
from rushes.core.views import View
from rushes.store import Store, StoreError, StoreInUse, StoreTooNew, listing, schema, tables, wal
from rushes.store.backups import KEEP_DAILY, Backups
from rushes.store.reader import signs
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.store.stores import ARK, KEY, NOW, RELEASED, answer, place, sql, use

DAY = 86400.0
ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(base_dir: Path) -> Path:
    return base_dir / "data" / "rushes.sqlite3"


async def fill(store: Store) -> None:
    await store.write(tables.put_account, ARK)
    await store.write(tables.add, [KEY], NOW)
    await store.write(tables.change, {KEY: answer(Status.RUNNING)}, NOW)


def fill_and_back_up(run: Drive[Any], path: Path) -> None:
    """The day's backup follows the day's first change, so the second day's has the task."""
    run(use(path, fill))
    run(use(path, lambda store: store.write(tables.put_account, ARK), NOW + DAY))


async def ids(store: Store) -> list[str]:
    return [task.id for task in await store.read(tables.tasks)]


async def nothing(store: Store) -> Store:
    return store


def damage(path: Path, pages: Sequence[int] = ()) -> None:
    """Overwrite the head of these pages (from 1), or of every page but the first."""
    with path.open("r+b") as file:
        for page in pages or range(2, path.stat().st_size // 4096 + 1):
            file.seek((page - 1) * 4096)
            file.write(b"\xa5" * 2048)


def make_unclean(path: Path) -> None:
    """As if the last run had not ended properly."""
    path.with_name(f"{path.name}.lock").write_bytes(b"\0open ")


# one holder


def test_that_a_second_opening_is_refused_until_the_first_is_closed(
    run: Drive[Any], path: Path
) -> None:
    async def work() -> None:
        first = await Store.open(path)
        with pytest.raises(StoreInUse):
            await Store.open(path)
        await first.aclose()
        await (await Store.open(path)).aclose()

    run(work())


def test_that_another_process_is_refused(run: Drive[Any], path: Path) -> None:
    with writing(path, stop_after=1):

        async def work() -> None:
            with pytest.raises(StoreInUse) as told:
                await Store.open(path)
            assert told.value.failure.code == "in_use"

        run(work())


# kill


@contextmanager
def writing(path: Path, stop_after: int = 1 << 30) -> Iterator[IO[str]]:
    """A child process that adds and edits tasks and says what it was told is on disk."""
    command = [sys.executable, "-m", "tests.store.store_writer", str(path), str(stop_after)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        assert child.stdout.readline() == "open\n"
        yield child.stdout
    finally:
        child.kill()
        child.stdin.close()
        child.stdout.close()
        child.wait()


def acknowledged(said: Iterator[str]) -> dict[str, str]:
    """Task id → last name that was acknowledged, from complete lines of the child."""
    lines = (line.split() for line in said if line.endswith("\n"))
    return {line[0]: line[1] for line in lines if len(line) == 2}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_a_killed_writer_loses_no_acknowledged_task(run: Drive[Any], path: Path) -> None:
    promised: dict[str, str] = {}
    for kill in range(500 if os.environ.get("RUSHES_FULL") else 15):
        with writing(path) as said:
            lines = [said.readline() for _ in range(1 + kill * 7 % 40)]
        promised |= acknowledged(iter(lines))
        assert sql(path, "PRAGMA integrity_check") == [("ok",)]
        kept = dict(sql(path, "SELECT id, name FROM task"))
        # the child may have gone on after the last line that was read: its names only grow
        lost = {i: n for i, n in promised.items() if int(kept.get(i, "-1")) < int(n)}
        assert not lost
    tasks: tuple[Task, ...] = run(use(path, lambda store: store.read(tables.tasks)))
    assert {task.id for task in tasks} >= set(promised)


# from the future


@pytest.mark.parametrize("in_wal", [False, True])
def test_that_a_file_from_the_future_is_refused_untouched(
    run: Drive[Any], path: Path, in_wal: bool
) -> None:
    run(use(path, fill))
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.KNOWN + 1}")
    copies = {p: p.read_bytes() for p in (path, path.with_name(f"{path.name}-wal"))}
    db.close()
    if in_wal:  # a newer program was killed right after its upgrade
        assert all(copies.values())
        for copy, content in copies.items():
            copy.write_bytes(content)
    make_unclean(path)

    def contents() -> dict[str, bytes]:
        found = path.parent.glob("rushes.sqlite3*")
        return {p.name: p.read_bytes() for p in found if not p.name.endswith("-shm")}

    before = contents()
    with pytest.raises(StoreTooNew) as told:
        run(use(path, nothing))
    assert told.value.failure.code == "too_new"
    assert contents() == before


# damage


@pytest.mark.parametrize("how", ["pages", "header", "cut", "text"])
def test_that_a_damaged_file_is_set_aside_and_the_newest_good_backup_used(
    run: Drive[Any], path: Path, how: str
) -> None:
    fill_and_back_up(run, path)

    async def add_later(store: Store) -> None:
        await store.write(tables.add, [Key(ARK.id, "later")], NOW + 2 * DAY)

    run(use(path, add_later, NOW + 2 * DAY))
    newest = max((path.parent / "backups").iterdir())
    newest.write_bytes(newest.read_bytes()[:5000])  # not good: the one before is

    match how:
        case "pages":
            damage(path)
        case "header":
            path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
        case "cut":
            path.write_bytes(path.read_bytes()[:6000])
        case "text":
            path.write_text("this is no database")
    broken = path.read_bytes()
    make_unclean(path)

    async def look(store: Store) -> list[str]:
        assert store.opened
        assert store.opened.set_aside is not None
        assert store.opened.set_aside.read_bytes() == broken
        assert store.opened.restored_from is not None
        return await ids(store)

    expected = {KEY.id, "later"} if how == "header" else {KEY.id}  # all that follows is readable
    assert set(run(use(path, look, NOW + 2 * DAY))) == expected

    async def look_again(store: Store) -> list[str]:
        assert not store.opened
        return await ids(store)

    assert set(run(use(path, look_again, NOW + 2 * DAY))) == expected


def test_that_without_a_good_backup_the_list_starts_empty_and_the_file_is_kept(
    run: Drive[Any], path: Path
) -> None:
    path.parent.mkdir()
    path.write_text("this is no database")

    async def look(store: Store) -> None:
        assert store.opened.set_aside is not None
        assert store.opened.set_aside.read_text() == "this is no database"
        assert store.opened.restored_from is None
        assert await ids(store) == []

    run(use(path, look))


def test_that_a_restore_that_was_interrupted_is_done_at_the_next_start(
    run: Drive[Any], path: Path
) -> None:
    fill_and_back_up(run, path)
    path.unlink()  # set aside, and then the power went

    async def look(store: Store) -> list[str]:
        assert store.opened.restored_from is not None
        return await ids(store)

    assert run(use(path, look)) == [KEY.id]


def test_that_a_file_whose_creation_was_interrupted_is_no_damage(
    run: Drive[Any], path: Path
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")  # writes a first page, without a table
    assert path.stat().st_size

    async def look(store: Store) -> None:
        assert not store.opened

    run(use(path, look))


def test_that_damage_met_after_a_clean_end_is_repaired_at_once(run: Drive[Any], path: Path) -> None:
    fill_and_back_up(run, path)
    damage(path)

    async def look(store: Store) -> list[str]:
        assert store.opened.restored_from is not None
        return await ids(store)

    assert run(use(path, look)) == [KEY.id]


def test_that_damage_met_while_running_is_repaired_at_the_next_start(
    run: Drive[Any], path: Path
) -> None:
    fill_and_back_up(run, path)
    # opening does not touch the table of tasks after a clean end
    (page,) = sql(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'task'")[0]
    damage(path, pages=[page])

    async def meet(store: Store) -> None:
        assert not store.opened
        with pytest.raises(StoreError) as told:
            await store.read(tables.tasks)
        assert told.value.failure.kind is Kind.STORE
        assert told.value.failure.code == "damaged"

    async def look(store: Store) -> list[str]:
        assert store.opened.restored_from is not None
        return await ids(store)

    run(use(path, meet))
    assert run(use(path, look)) == [KEY.id]


# backups


def test_that_seven_dated_backups_are_kept(run: Drive[Any], path: Path) -> None:
    for day in range(KEEP_DAILY + 3):
        run(use(path, fill, NOW + day * DAY))
    kept = sorted(p.name for p in (path.parent / "backups").iterdir())
    assert len(kept) == KEEP_DAILY
    assert kept[0] == "rushes-20270118.sqlite3"
    assert sql(path.parent / "backups" / kept[-1], "SELECT id FROM task") == [(KEY.id,)]


def test_that_a_failing_backup_is_said_in_the_log_and_leaves_the_answer_alone(
    run: Drive[Any], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    (path.parent / "backups").write_text("in the way")
    run(use(path, fill))
    assert "housekeeping" in caplog.text
    assert run(use(path, ids)) == [KEY.id]


# upgrades


def test_that_every_released_version_has_a_file_to_upgrade() -> None:
    assert set(RELEASED) >= set(range(1, schema.KNOWN))


def test_that_no_step_is_put_together_from_what_can_change() -> None:
    tree = ast.parse(Path(schema.__file__).read_text(encoding="utf-8"))
    (steps,) = [node for node in tree.body if isinstance(node, ast.AnnAssign)]
    ast.literal_eval(steps.value)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", RELEASED)
def test_that_a_file_of_every_version_opens_with_everything_in_it(
    run: Drive[Any], path: Path, version: int
) -> None:
    place(RELEASED[version], path)

    async def look(store: Store) -> None:
        (task,) = await store.read(tables.tasks)
        assert task.report.seed == 7
        assert task.mark.name == "mine"
        assert task.mark.tags == ("t",)
        assert store.opened.upgraded_from == (version if version < schema.KNOWN else None)
        assert (
            len(await store.read(listing.order, ListQuery(terms=(Term("mine"),)), store.clock()))
            == 1
        )
        assert (await store.read(listing.counts, store.clock())).tags == {"t": 1}
        assert (await store.read(listing.counts, store.clock())).views[View.ALL] == 1

    run(use(path, look))


async def look_at_release_1(store: Store) -> None:
    """Everything that release 1 had, in the list and behind it."""
    assert store.opened.upgraded_from == 6
    tasks = {task.id: task for task in await store.read(tables.tasks)}
    assert {f"task-{n}" for n in range(42)} - {"task-3", "task-20"} <= set(tasks)
    assert {task.status for task in tasks.values()} == set(Status)
    assert [account.name for account in await store.read(tables.accounts)] == [
        "Ark",
        "Rong",
        "Gateway",
    ]
    mark = tasks["task-9"].mark
    assert (mark.name, mark.rating, mark.pick) == ("take 9", 3, Pick.NONE)
    assert tasks["task-8"].mark.group == "night"
    (film,) = tasks["task-9"].artifacts
    assert (film.path, film.size, film.refusals, film.checked) == ("/films/9.mp4", 1009, 0, None)
    assert await store.read(tables.raw, tasks["task-9"].key) == '{"id":"task-9","n":9}'
    assert "status" in [
        event.what for event in await store.read(tables.events, tasks["task-9"].key)
    ]
    assert len(await store.read(tables.run_times, Service.ARK)) == 2
    assert (
        len(await store.read(listing.order, ListQuery(terms=(Term("take 12"),)), store.clock()))
        == 1
    )
    assert (await store.read(listing.counts, store.clock())).views[View.ALL] == len(tasks)
    back = await store.write(tables.restore, [Key(ARK.id, "task-3")], NOW)
    assert [task.mark.name for task in back.added] == ["take 3"]


def test_that_a_list_of_release_1_opens_with_everything_in_it(run: Drive[Any], path: Path) -> None:
    place("release-1", path)
    run(use(path, look_at_release_1))


def test_that_a_list_of_release_1_that_was_killed_opens_with_everything_in_it(
    run: Drive[Any], path: Path
) -> None:
    place("release-1", path, killed=True)

    async def look(store: Store) -> None:
        assert store.opened.set_aside is None
        assert "task-late" in await ids(store)
        await look_at_release_1(store)

    run(use(path, look))


COLUMN_CHANGED = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from rushes.core import columns
if sys.argv[2] == "more":
    new = replace(columns.COLUMNS[1], id="brand_new")
    columns.COLUMNS = (*columns.COLUMNS, new)
elif sys.argv[2] == "less":
    columns.COLUMNS = tuple(c for c in columns.COLUMNS if c.id != sys.argv[3])
from rushes.store import Store, list_tables, listing
from rushes.core.listing import ListQuery

async def main():
    store = await Store.open(Path(sys.argv[1]), lambda: 1_790_000_500.0)
    assert store.opened.set_aside is None and not store.opened.was_gone
    names = sorted(list_tables.SORTED)
    for name in names:
        assert len(await store.read(listing.order, ListQuery(sort_by=name), 0.0)) == 40, name
    await store.aclose()
    print("brand_new" in names, len(names))

asyncio.run(main())
"""


def test_that_a_column_more_or_less_makes_the_list_anew(path: Path) -> None:
    def opened(*how: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", COLUMN_CHANGED, str(path), *how],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    place("release-1", path)
    _, number = opened("as it is")
    assert opened("more") == ["True", str(int(number) + 1)]
    assert opened("as it is") == ["False", number]
    assert opened("less", "seed") == ["False", str(int(number) - 1)]
    assert opened("more")[0] == "True"


NEXT = ("ALTER TABLE task ADD COLUMN seed INTEGER", "UPDATE task SET seed = report ->> '$.seed'")


def test_that_an_upgrade_makes_a_backup_first(
    run: Drive[Any], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = max(RELEASED)
    place(RELEASED[before], path)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, NEXT))
    monkeypatch.setattr(schema, "KNOWN", len(schema.STEPS))
    monkeypatch.setattr(schema.upgrade, "__defaults__", (schema.STEPS,))

    async def look(store: Store) -> list[str]:
        assert store.opened.upgraded_from == before
        return await ids(store)

    assert run(use(path, look)) == [KEY.id]
    assert sql(path, "SELECT seed FROM task") == [(7,)]
    (backup,) = (path.parent / "backups").glob(f"*-version-{before}.sqlite3")
    assert sql(backup, "PRAGMA user_version") == [(before,)]


def test_that_a_step_that_fails_leaves_the_version_before(path: Path) -> None:
    place(RELEASED[1], path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError):
            schema.upgrade(db, (*schema.STEPS[:1], (NEXT[0], "no sql")))
        assert schema.version(db) == 1
        assert "seed" not in [row[1] for row in db.execute("PRAGMA table_info(task)")]


# who can read it, and what stands in it


def test_that_only_the_owner_can_read_it(run: Drive[Any], path: Path) -> None:
    before = os.umask(0)
    try:
        run(use(path, look_at_modes_while_open(path)))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.rglob("*"):
        expected = 0o700 if file.is_dir() else 0o600
        assert stat.S_IMODE(file.stat().st_mode) == expected, file.name


def look_at_modes_while_open(path: Path) -> Any:
    async def work(store: Store) -> None:
        await fill(store)
        assert path.with_name(f"{path.name}-wal").exists()
        for file in path.parent.glob("rushes*"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name

    return work


def test_that_no_key_is_in_it_and_nothing_of_what_was_deleted(run: Drive[Any], path: Path) -> None:
    secret = Secret("0f3c2b1a-9d8e-4f7a-b6c5-d4e3f2a17f3a")
    account = replace(ARK, key_hint=secret.hint)

    async def write(store: Store) -> None:
        await store.write(tables.put_account, account)
        await store.write(tables.add, [KEY], NOW)
        await store.write(
            tables.change, {KEY: answer(Status.RUNNING, raw="a-forgotten-answer" * 50)}, NOW
        )

    async def forget(store: Store) -> None:
        await store.write(tables.remove_account, ARK.id)

    run(use(path, write))
    shutil.rmtree(path.parent / "backups")
    assert b"a-forgotten-answer" in path.read_bytes()
    run(use(path, forget))
    everything = b"".join(p.read_bytes() for p in path.parent.rglob("*") if p.is_file())
    assert b"a-forgotten-answer" not in everything
    assert secret.reveal().encode() not in everything
    columns = [row[1] for row in sql(path, "PRAGMA table_info(account)")]
    assert not [name for name in columns if name in ("key", "secret", "token", "password")]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_folder_that_cannot_be_written_is_said(run: Drive[Any], path: Path) -> None:
    above = path.parent.parent  # the program may make its own folder writable
    above.chmod(0o500)
    try:
        with pytest.raises(StoreError) as told:
            run(use(path, nothing))
    finally:
        above.chmod(0o700)
    assert told.value.failure.kind is Kind.FOLDER


def test_that_a_file_where_the_folder_should_be_is_said(run: Drive[Any], path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(StoreError) as told:
        run(use(path, nothing))
    assert told.value.failure.kind is Kind.FOLDER


def test_that_a_backup_of_a_newer_program_is_not_restored(run: Drive[Any], path: Path) -> None:
    run(use(path, fill))
    (backup,) = (path.parent / "backups").iterdir()
    with closing(sqlite3.connect(backup)) as db:
        db.execute(f"PRAGMA user_version = {schema.KNOWN + 1}")
    assert Backups(path).newest_good() is None


def test_that_closing_does_not_wait_for_a_long_backup(run: Drive[Any], path: Path) -> None:
    async def add_many(store: Store) -> None:
        store._writer.give_up_at = 0.0  # as if it had been closing for long
        await store.write(tables.add, [Key(ARK.id, f"t{n}") for n in range(8000)], NOW)
        await store.housekept()

    async def look(store: Store) -> int:
        assert not store.opened
        return len(await store.read(tables.tasks))

    run(use(path, fill))
    shutil.rmtree(path.parent / "backups", ignore_errors=True)
    run(use(path, add_many, NOW + DAY))
    assert not list((path.parent / "backups").glob("*"))
    assert run(use(path, look, NOW + DAY)) == 8000 + 1


FULL_DISK = """
import asyncio, os, shutil, sys
from pathlib import Path
from rushes.store import Store, StoreError, tables
from rushes.core.task import Key
from tests.store.stores import ARK, NOW, sql

path = Path(sys.argv[1]) / "data" / "rushes.sqlite3"

async def main():
    store = await Store.open(path)
    await store.write(tables.put_account, ARK)
    await store.housekept()  # which takes the reserve
    assert path.with_name(path.name + ".reserve").stat().st_size == 8 << 20
    film = os.open(path.parent.parent / "films", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(film, bytes(4096)):
            pass
    except OSError:
        os.close(film)
    kept, said = 0, None
    while said is None:
        keys = [Key(ARK.id, f"t{kept + n}") for n in range(100)]
        try:
            kept += len((await store.write(tables.add, keys, NOW)).added)
        except StoreError as e:
            said = e.failure.kind.value
    assert said == "disk_full", said
    assert not path.with_name(path.name + ".reserve").exists()
    assert len(await store.read(tables.tasks)) == kept
    os.unlink(path.parent.parent / "films")
    assert len((await store.write(tables.add, keys, NOW)).added) == 100
    await store.aclose()
    assert sql(path, "PRAGMA integrity_check") == [("ok",)]
    print("kept", kept)

asyncio.run(main())
"""


def can_mount() -> bool:
    """Whether a small disk can be had: a tmpfs in a mount namespace of its own."""
    if shutil.which("unshare") is None or os.name == "nt" or os.geteuid() != 0:
        return False
    mount = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


def test_that_on_a_full_disk_the_reserve_still_takes_what_is_known(base_dir: Path) -> None:
    assert int(on_a_small_disk(base_dir, FULL_DISK).split()[-1]) >= 1000


OPENED_ON_A_FULL_DISK = """
import asyncio, os, sys
from dataclasses import replace
from pathlib import Path
from rushes.store import Store, tables
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Status
from tests.store.stores import ARK, NOW, answer

path = Path(sys.argv[1]) / "data" / "rushes.sqlite3"
saving = Artifact(kind=ArtifactKind.VIDEO, url="https://a.example/1", state=ArtifactState.SAVING)

async def states(store):
    return [a.state.value for task in await store.read(tables.unsaved) for a in task.artifacts]

async def main():
    store = await Store.open(path)
    await store.write(tables.put_account, ARK)
    await store.write(tables.add, [Key(ARK.id, "t")], NOW)
    done = lambda task: replace(answer(Status.SUCCEEDED)(task), artifacts=(saving,))
    await store.write(tables.change, {Key(ARK.id, "t"): done}, NOW)
    assert await states(store) == ["saving"]
    await store.aclose()  # as after a kill: that task was being saved
    film = os.open(path.parent.parent / "films", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(film, bytes(4096)):
            pass
    except OSError:
        os.close(film)
    store = await Store.open(path)
    assert store.opened.is_read_only
    assert await states(store) == ["remote"]
    os.unlink(path.parent.parent / "films")
    await store.write(tables.add, [Key(ARK.id, "u")], NOW)
    assert await states(store) == ["remote"]
    await store.aclose()

asyncio.run(main())
"""


def test_that_what_was_being_saved_is_behind_its_link_though_the_disk_is_full(
    base_dir: Path,
) -> None:
    on_a_small_disk(base_dir, OPENED_ON_A_FULL_DISK)


def on_a_small_disk(base_dir: Path, work: str) -> str:
    """What a script prints that has `base_dir` as a disk of 40 MiB."""
    if not can_mount():
        pytest.skip("a small disk needs the right to mount one")
    script = 'mount -t tmpfs -o size=40m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", str(base_dir), sys.executable, work]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_that_a_commit_is_seen_though_its_log_was_written_before(base_dir: Path) -> None:
    path = base_dir / "list.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t (a)")
        db.execute("INSERT INTO t VALUES (1)")
        db.execute("PRAGMA wal_checkpoint")

        def now() -> tuple[object, ...]:
            for name in (path, wal.beside(path)):  # as while SQLite waits for the disk
                os.utime(name, (0, 0))
            return signs(path)

        before = now()
        db.execute("UPDATE t SET a = 2")  # into the log's beginning: it gets no longer
        after = now()
        assert after[1:] == before[1:]
        assert after != before
        assert now() == after
