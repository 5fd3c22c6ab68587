"""T26: a list with changed bits or without its end. What can be read stays, and a loss is told."""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rushes.core.listing import ListQuery, Term
from rushes.store import Store, StoreError, listing, tables
from tests.faults.damaging import DAY, REMOVED, TASKS, key
from tests.faults.report import Report
from tests.store.stores import ARK, NOW

CASES = 200  # for each of the two ends
CUTS = 50
PAGE = 4096
LATER = NOW + DAY

LISTED = {key(number).id for number in range(TASKS)} - {key(REMOVED).id}


def library(folder: Path, *, clean: bool) -> Path:
    """A list of 110 tasks and a backup of the day before with 30 of them."""
    path = folder / ("clean" if clean else "killed") / "data" / "rushes.sqlite3"
    command = [sys.executable, "-m", "tests.faults.damaging", str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "full\n"
        if clean:
            child.communicate("close\n")
        else:
            child.kill()
    return path


def harm(path: Path, chance: random.Random, *, cut: bool) -> str:
    """Change one bit of the list or of its log, most often where a page says what is on it, or cut
    one of them off. Says what was done."""
    files = [p for p in (path, path.with_name(f"{path.name}-wal")) if p.exists()]
    file = chance.choices(files, [p.stat().st_size for p in files])[0]
    size = file.stat().st_size
    if cut:
        to = chance.randrange(size)
        with file.open("r+b") as out:
            out.truncate(to)
        return f"{file.suffix} cut at {to} of {size}"
    at = chance.randrange(size)
    if chance.random() < 0.6 and file == path:
        at = at // PAGE * PAGE + chance.randrange(24)
    bit = chance.randrange(8)
    with file.open("r+b") as out:
        out.seek(at)
        byte = out.read(1)[0]
        out.seek(at)
        out.write(bytes([byte ^ 1 << bit]))
    return f"{file.suffix} bit {bit} of byte {at % PAGE} of page {at // PAGE + 1}"


def readable(path: Path, scratch: Path) -> tuple[set[str], bool]:
    """Ids of the listed tasks that SQLite still reads from the damaged file, in any order, and
    whether it can be read that the removed one was removed."""
    shutil.copytree(path.parent, scratch)
    found: set[str] = set()
    removed: set[str] = set()
    with closing(sqlite3.connect(scratch / path.name)) as db:
        db.text_factory = lambda text: text.decode("utf-8", "replace")
        with suppress(sqlite3.Error):
            db.execute("PRAGMA writable_schema = ON")
        asked = "SELECT id FROM task NOT INDEXED WHERE removed_at IS NULL"
        for order in ("", " ORDER BY num DESC"):
            found.update(_scan(db, asked + order))
        removed.update(
            _scan(db, f"SELECT id FROM task WHERE num = {REMOVED + 1} AND removed_at > 0")
        )
        for number in range(1, TASKS + 5):
            found.update(_scan(db, f"{asked} AND num = {number}"))
    shutil.rmtree(scratch)
    return found & LISTED, key(REMOVED).id in removed


def _scan(db: sqlite3.Connection, statement: str) -> Iterator[str]:
    with suppress(sqlite3.Error):
        for (id_,) in db.execute(statement):
            if isinstance(id_, str):
                yield id_


@dataclass
class Seen:
    """What a user saw of two starts."""

    told: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    broke: list[str] = field(default_factory=list)


async def day(path: Path, now: float, seen: Seen) -> None:
    """Open, look at everything, change something, wait for the housekeeping, close."""
    store = await Store.open(path, lambda: now)
    try:
        if store.opened:
            seen.told.append(str(store.opened))
        store.on_damage(lambda: seen.told.append("while running"))
        with suppress(StoreError):
            await store.read(listing.order, ListQuery(terms=(Term("take"),)), store.clock())
        with suppress(StoreError):
            await store.write(tables.put_account, ARK)
        await store.housekept()
        seen.ids = set()
        try:
            seen.ids = {task.id for task in await store.read(tables.tasks)}
        except StoreError as e:
            seen.broke.append(str(e.failure.detail))
        else:
            seen.broke.clear()
    finally:
        await store.aclose()


async def two_days(path: Path) -> Seen:
    seen = Seen()
    await day(path, LATER, seen)
    await day(path, LATER + DAY, seen)
    return seen


def run(full: bool) -> Report:
    report = Report("T26")
    told = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for clean in (True, False):
            original = library(folder, clean=clean)
            for number in range(CASES) if full else range(0, CASES, CASES // 5):
                chance = random.Random(f"{clean} {number}")
                path = folder / f"{number}" / "data" / original.name
                shutil.copytree(original.parent, path.parent)
                how = harm(path, chance, cut=number % (CASES // CUTS) == 0)
                with report.case(f"{'clean' if clean else 'killed'} {number}: {how}"):
                    expected, is_known_removed = readable(path, folder / "scratch")
                    seen = asyncio.run(two_days(path))
                    told += bool(seen.told)
                    assert not seen.broke, seen.broke
                    lost = expected - seen.ids
                    report.lost += len(lost)
                    assert not lost, f"could be read: {sorted(lost)}, told: {seen.told}"
                    gone = LISTED - seen.ids
                    assert not gone or seen.told, f"not told: {sorted(gone)}"
                    is_back = key(REMOVED).id in seen.ids
                    assert not (is_known_removed and is_back), "what was removed came back"
                shutil.rmtree(path.parents[1])
    report.figures["told"] = told
    return report
