"""Watching and saving against the simulator, scene by scene, until all five services are done.

The simulator's own record says what should have been found, and who was shown which key.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Account, service_named
from rushes.core.events import BackendEvent, TasksChanged
from rushes.core.pace import wants_look
from rushes.core.secret import Secret
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Key, Task
from rushes.files.download import FileDownloader
from rushes.files.file_store import FileStore
from rushes.net.http import Network
from rushes.saving.saver import Saver
from rushes.simulator.server import Simulator
from rushes.store import Store, tables
from rushes.watching.supervisor import TaskSupervisor
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401  (a fixture)

SPEED = 300.0

SCENES = [
    "statuses",
    "unknown-status",
    "super-resolution",
    "last-frame",
    "model",
    "no-url",
    "link-renewed",
    "link-lost",
    "many-requests",
    "rate-limit",
    "server-error",
    "truncated",
    "proxy-url",
    "broken-file",
]


async def watched(sim: Simulator, folder: Path) -> dict[str, dict[str, Task]]:
    """Watch and save everything the simulator plays, to the end. Service → id → task."""
    store = await Store.open(folder / "store.sqlite3")
    network = Network()
    settings = Settings()

    told: dict[Key, Task] = {}

    def publish(news: BackendEvent) -> None:
        if isinstance(news, TasksChanged):
            told.update({task.key: task for task in news.diff.changed})
            watcher.noticed(news.diff)
            saver.on_tasks(news.diff)

    watcher = TaskSupervisor(store=store, publish=publish, speed=SPEED)
    saver = Saver(
        store=store,
        downloader=FileDownloader(network.results),
        files=FileStore(lambda: settings, folder / "files"),
        publish=publish,
        settings=lambda: settings,
        renew=lambda key: watcher.look([key]),
        key_problem=watcher.key_problem,
        speed=SPEED,
        patience_s=60.0,
    )
    count = sum(len(one.ids) for one in sim.endpoints)
    try:
        for one in sim.endpoints:
            account = Account(
                id=one.service,
                name=one.title,
                service=service_named(one.service),
                base_url=one.base_url,
            )
            await store.write(tables.put_account, account)
            await store.write(tables.add, [Key(account.id, each) for each in one.ids], 0.0)
            watcher.start(account, network.client_for(account, Secret(one.key)))
        async with asyncio.timeout(LIMIT_S):
            # By what was told: the store knows an end a moment before the saver hears of it.
            while len(told) < count or any(map(_is_open, told.values())):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await saver.settled()
        found: dict[str, dict[str, Task]] = {one.service: {} for one in sim.endpoints}
        for task in await store.read(tables.tasks):
            found[task.key.account][task.id] = task
        return found
    finally:
        await watcher.aclose()
        await saver.aclose()
        await network.aclose()
        await store.aclose()


def _is_open(task: Task) -> bool:
    """A link that does not come in a few minutes comes in none of these scenes."""
    return wants_look(task) and (not task.status.is_terminal or task.rechecks < 6)


def _said(task: Task) -> dict[str, Any]:
    files = [
        {
            "kind": artifact.kind.value,
            "state": artifact.state.value,
            "sha256": artifact.sha256 if artifact.state is ArtifactState.SAVED else None,
        }
        for artifact in task.artifacts
    ]
    return {"status": task.status.value, "files": sorted(files, key=lambda f: str(f["kind"]))}


def _true(truth: dict[str, Any]) -> dict[str, Any]:
    files = [{name: a[name] for name in ("kind", "state", "sha256")} for a in truth["artifacts"]]
    return {"status": truth["status"], "files": sorted(files, key=lambda f: str(f["kind"]))}


@pytest.mark.parametrize("scene", SCENES)
def test_that_every_task_ends_as_the_service_holds_it(
    run: Drive[Any],
    tmp_path: Path,
    simulator: Play,  # noqa: F811
    scene: str,
) -> None:
    sim = simulator(scene, speed=SPEED)
    found = run(watched(sim, tmp_path))
    told = {service: {i: _said(t) for i, t in tasks.items()} for service, tasks in found.items()}
    true = {
        service: {i: _true(t) for i, t in truths.items()}
        for service, truths in sim.expected().items()
    }
    assert told == true
    assert all(
        Path(artifact.path or "").is_file()
        for tasks in found.values()
        for task in tasks.values()
        for artifact in task.artifacts
        if artifact.state is ArtifactState.SAVED
    )
    origins = {one.key: one.service for one in sim.endpoints}
    for heard in sim.heard:
        for key, service in origins.items():
            if key in str(heard):
                assert heard.service == service
