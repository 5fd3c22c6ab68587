"""What the lines for people say of files that are saved, but not as they should be."""

import asyncio
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.core.account import Account, KeySource, Service
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Checked, Key, Status, Task
from rushes.store import Store, tables
from tests.e2e.command import Shell


@pytest.mark.parametrize(
    ("checked", "damaged", "word"),
    [
        (Checked.FULL, False, "Saved"),
        (Checked.NONE, False, "Saved, not checked"),
        (Checked.NONE, True, "Saved, damaged as delivered"),
    ],
)
def test_that_a_line_says_how_a_saved_file_is(
    base_dir: Path, checked: Checked, damaged: bool, word: str
) -> None:
    film, key = base_dir / "film.mp4", Key("a", "t1")
    film.write_bytes(b"half a film")
    artifact = Artifact(
        kind=ArtifactKind.VIDEO,
        state=ArtifactState.SAVED,
        url="https://files.invalid/film.mp4",
        path=str(film),
        size=film.stat().st_size,
        mtime_ns=film.stat().st_mtime_ns,
        sha256=hashlib.sha256(film.read_bytes()).hexdigest(),
        checked=checked,
        damaged=damaged,
    )

    def saved(task: Task) -> Task:
        report = replace(task.report, status=Status.SUCCEEDED)
        return replace(task, report=report, artifacts=(artifact,))

    async def prepare() -> None:
        store = await Store.open(base_dir / "data" / "rushes.sqlite3")
        try:
            account = Account(
                id="a",
                name="Ark",
                service=Service.ARK,
                base_url="http://127.0.0.1:1",
                key_source=KeySource.ENVIRONMENT,
                key_env="NO_SUCH_KEY",
            )
            await store.write(tables.put_account, account)
            await store.write(tables.add, [key], 1.0)
            await store.write(tables.change, {key: saved}, 1.0)
        finally:
            await store.aclose()

    asyncio.run(prepare())
    shell = Shell(base_dir, {**os.environ, "NO_SUCH_KEY": "key-of-nobody"})
    for words in (("list",), ("watch", "--once"), ("save", "t1")):
        line, *_ = shell.run(*words).stdout.splitlines()  # `save` says where the file is as well
        assert line.split("\t")[3] == word, words
