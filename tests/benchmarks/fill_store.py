"""Fills a store with made-up tasks, fast: years of a studio's history in a minute."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rushes.core.account import Account, Service
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Key,
    Mark,
    Report,
    Status,
    Task,
    TaskError,
    Usage,
)
from rushes.store import Store, rows, tables

NOW = 1_795_000_000.0
ACCOUNTS = (
    Account(
        id="11111111-1111-4111-8111-111111111111",
        name="Ark",
        service=Service.ARK,
        base_url="https://ark.cn-beijing.volces.com",
        key_hint="7f3a",
    ),
    Account(
        id="22222222-2222-4222-8222-222222222222",
        name="Rong",
        service=Service.RONG_BJ,
        base_url="https://ai.rong-api.com",
        key_hint="11aa",
    ),
)
_MODELS = ("doubao-seedance-1-0-pro-250528", "doubao-seedance-2-0-260128", "doubao-seed3d-1-0")
_WORDS = ("night", "rain", "hero", "close", "wide", "sunset", "city", "forest", "日落", "雨夜")


@dataclass(frozen=True)
class Film:
    """A file that takes are saved as."""

    path: str
    size: int
    mtime_ns: int


NOWHERE = Film("/home/someone/Rushes/film.mp4", 10**7, 10**18)


def films(folder: Path) -> list[Film]:
    """A few films that are there, without content: many takes are saved as the same one, so that
    a list of any length is one whose files are not missing."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(64):
        path = folder / f"{number}.mp4"
        with path.open("wb") as file:
            file.truncate(10**6 + number * 1_500_000)
        state = path.stat()
        made.append(Film(str(path), state.st_size, state.st_mtime_ns))
    return made


def made_up(count: int, *, seed: int = 1, saved_as: Sequence[Film] = (NOWHERE,)) -> Iterator[Task]:
    """Finished and saved takes of two years, some failed, a few of them live."""
    rng = random.Random(seed)
    for n in range(count):
        created = NOW - rng.random() * 6e7
        live = n < 20
        failed = not live and rng.random() < 0.06
        status = Status.RUNNING if live else Status.FAILED if failed else Status.SUCCEEDED
        id_ = f"cgt-2026{rng.randrange(10**12):012d}-{n:07x}"
        report = Report(
            id=id_,
            status=status,
            status_raw=status.value,
            model=rng.choice(_MODELS),
            created_at=created,
            updated_at=created + 200,
            started_at=created + 20,
            finished_at=None if live else created + 20 + rng.lognormvariate(4.5, 0.4),
            resolution=rng.choice(("480p", "720p", "1080p")),
            ratio=rng.choice(("16:9", "9:16", "1:1")),
            duration_s=float(rng.choice((5, 10))),
            fps=24.0,
            seed=rng.randrange(2**31),
            audio=rng.random() < 0.5,
            tier="default",
            usage=None if live else Usage(completion_tokens=rng.randrange(50_000, 400_000)),
            error=TaskError(code="OutputVideoSensitiveContentDetected") if failed else None,
        )
        name = f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {n}" if rng.random() < 0.3 else ""
        mark = Mark(
            name=name,
            rating=rng.choice((0, 0, 0, 1, 3, 5)),
            tags=(rng.choice(_WORDS),) if rng.random() < 0.1 else (),
        )
        account = ACCOUNTS[rng.random() < 0.3]
        yield Task(
            key=Key(account.id, id_),
            report=report,
            added_at=created + 1,
            artifacts=(_saved(rng, created, saved_as),) if status is Status.SUCCEEDED else (),
            mark=mark,
            last_seen_at=created + 200,
            asked_at=created + 199,
            watched=False,
        )


def _saved(rng: random.Random, created: float, saved_as: Sequence[Film]) -> Artifact:
    film = rng.choice(saved_as)
    return Artifact(
        kind=ArtifactKind.VIDEO,
        state=ArtifactState.SAVED,
        url="https://ark-content.example/" + "x" * 200,
        expires_at=created + 86400,
        path=film.path,
        size=film.size,
        mtime_ns=film.mtime_ns,
        sha256=f"{rng.getrandbits(256):064x}",
    )


def fill(path: Path, count: int) -> None:
    """Make a store of `count` tasks at `path`, as a clean end would have left it."""
    fill_with(path, made_up(count, saved_as=films(path.with_name("films"))))


def fill_with(path: Path, made: Iterable[Task]) -> None:
    """The same of these tasks, all of `ACCOUNTS`."""
    asyncio.run(_make(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("DELETE FROM derived")  # the tables behind the list are made once, at the end
        db.execute("BEGIN")
        for num, task in enumerate(made, start=1):
            db.execute(tables._INSERT, rows.task_row(task))
            for place, artifact in enumerate(task.artifacts):
                db.execute(tables._INSERT_ARTIFACT, (num, place, *rows.ARTIFACT.row(artifact)))
        db.execute("COMMIT")
        tables.make_list(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _make(path: Path) -> None:
    store = await Store.open(path)
    for account in ACCOUNTS:
        await store.write(tables.put_account, account)
    await store.aclose()


if __name__ == "__main__":
    fill(Path(sys.argv[1]).absolute(), int(sys.argv[2]))
