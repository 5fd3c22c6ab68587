"""What the tests of the store share: values to put in, and a way to use one store in one call."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from rushes.core.account import Account, Service
from rushes.core.merge import Change, absorb
from rushes.core.task import ArtifactKind, Key, Link, Report, Status
from rushes.store import Store

T = TypeVar("T")

#: Lists as released programs left them (see the table there).
STORES = Path(__file__).parents[1] / "data" / "stores"
#: Version of the schema → the list that has it.
RELEASED = {version: f"schema-{version}" for version in range(1, 12)}

NOW = 1_800_000_000.0
ARK = Account(
    id="11111111-1111-4111-8111-111111111111",
    name="Ark",
    service=Service.ARK,
    base_url="https://ark.cn-beijing.volces.com",
    key_hint="7f3a",
    created_at=NOW,
)
RONG = replace(
    ARK, id="22222222-2222-4222-8222-222222222222", service=Service.RONG_BJ, created_at=NOW + 1
)
KEY = Key(ARK.id, "cgt-1")
VIDEO = Link(
    kind=ArtifactKind.VIDEO,
    url="https://files.example/v.mp4?X-Tos-Signature=abc",
    expires_at=NOW + 86400,
    max_requests=100,
)


def place(name: str, path: Path, *, killed: bool = False) -> None:
    """Put a released program's list at `path`, as it was closed or as a kill left it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(STORES / f"{name}.sqlite3", path)
    if killed:
        shutil.copyfile(STORES / f"{name}-killed.wal", path.with_name(f"{path.name}-wal"))
    path.with_name(f"{path.name}.lock").write_bytes(b"\0open " if killed else b"\0clean")


async def use(path: Path, work: Callable[[Store], Awaitable[T]], now: float = NOW) -> T:
    """Open the store, do `work`, close it."""
    store = await Store.open(path, lambda: now)
    try:
        return await work(store)
    finally:
        await store.aclose()


def answer(status: Status, asked_at: float = NOW, **more: Any) -> Change:
    """The change that an answer of the service makes."""
    report = Report(id=KEY.id, status=status, status_raw=status.value, **more)
    return lambda task: absorb(
        task, replace(report, id=task.id), asked_at=asked_at, seen_at=asked_at + 1
    )


def sql(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the file behind the store's back."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()
