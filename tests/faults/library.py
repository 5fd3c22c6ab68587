"""A list of saved takes and their files, as a day before this one left them; for T27."""

import asyncio
import hashlib
import os
import random
from dataclasses import replace
from pathlib import Path

from rushes.backend.workspace import SETTINGS_FILE, STORE_FILE
from rushes.core.account import Account, KeySource, Service
from rushes.core.merge import Change
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Report, Status, Task
from rushes.store import Store, tables
from rushes.system import settings_file

KEY_ENV = "RUSHES_T27_KEY"
ACCOUNT = Account(
    id="11111111-1111-4111-8111-111111111111",
    name="Ark",
    service=Service.ARK,
    base_url="http://127.0.0.1:9",
    key_source=KeySource.ENVIRONMENT,
    key_env=KEY_ENV,
)
DAYS = ("20260101", "20260102")
TAKES = 14  # the last is saved elsewhere, under a name of the user's


class Library:
    """Takes "t00" … with a file each, most in folders by day below the results folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.base = place / "base"
        self.disk = place / "disk"  # in it the results folder
        self.films = self.disk / "films"
        self.files = {f"t{n:02}": self._path(n) for n in range(TAKES)}

    def _path(self, number: int) -> Path:
        if number == TAKES - 1:
            return self.place / "desktop" / "my take.mp4"
        return self.films / DAYS[number % 2] / f"take_{number:02}.mp4"

    def of_day(self, day: str) -> set[str]:
        return {id_ for id_, path in self.files.items() if path.parent.name == day}

    def below(self, folder: Path) -> set[str]:
        return {id_ for id_, path in self.files.items() if path.is_relative_to(folder)}

    def make(self) -> None:
        for number, path in enumerate(self.files.values()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(random.Random(number).randbytes(50_000 + number))
            path.with_suffix(".json").write_text("{}")
            os.utime(path, ns=(10**18, 10**18 + number))
        settings = Settings(folder=str(self.films), auto_save=True)
        (self.base / "config").mkdir(parents=True)
        settings_file.write(self.base / "config" / SETTINGS_FILE, settings)
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        store = await Store.open(self.base / "data" / STORE_FILE)
        try:
            await store.write(tables.put_account, ACCOUNT)
            keys = {Key(ACCOUNT.id, id_): path for id_, path in self.files.items()}
            await store.write(tables.add, list(keys), 1.0)
            changes = {key: _saved(path) for key, path in keys.items()}
            await store.write(tables.change, changes, 2.0)
        finally:
            await store.aclose()


def _saved(path: Path) -> Change:
    state = path.stat()
    artifact = Artifact(
        kind=ArtifactKind.VIDEO,
        state=ArtifactState.SAVED,
        url="https://files.invalid/film.mp4",
        expires_at=4e9,
        path=str(path),
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )

    def change(task: Task) -> Task:
        done = Report(id=task.id, status=Status.SUCCEEDED, status_raw="succeeded", created_at=1.0)
        return replace(task, report=done, artifacts=(artifact,), seen=True)

    return change
