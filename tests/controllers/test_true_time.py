"""A computer whose clock is wrong: links end by the services' clock, and so the window shows it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from rushes.controllers.main_controller import MainController
from rushes.core.events import AccountChanged, Activity
from rushes.core.listing import ListFilter, ListQuery
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Status, Task
from rushes.core.views import View
from rushes.presentation.columns import BY_ID
from rushes.store import listing, tables
from tests.controllers.test_main_controller import Work
from tests.controllers.test_main_controller import at_desk as at_desk
from tests.patience import LIMIT_S
from tests.ui.takes import ARK

HOUR = 3600.0


def test_that_what_expires_and_the_time_left_are_told_by_the_services_clock(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        store, key = desk.backend.store, Key("nobody", "t1")
        await store.write(tables.put_account, replace(ARK, id="nobody"))
        await store.write(tables.add, [key], 1.0)
        link = Artifact(
            kind=ArtifactKind.VIDEO,
            state=ArtifactState.REMOTE,
            url="https://files.example/a.mp4",
            expires_at=time.time() + 7.5 * HOUR,
        )

        def done(task: Task) -> Task:
            report = replace(task.report, status=Status.SUCCEEDED)
            return replace(task, report=report, artifacts=(link,))

        await store.write(tables.change, {key: done}, 1.0)
        expiring = ListQuery(scope=ListFilter(view=View.EXPIRING))
        assert list(await store.read(listing.order, expiring, store.clock())) == []
        assert left(desk, await store.read(tables.get, [key])) == "7 h"
        news = AccountChanged("nobody", Activity.WATCHING, time.time() + 600, skew_s=6 * HOUR)
        desk.backend._publish(news)
        assert len(await store.read(listing.order, expiring, store.clock())) == 1
        assert (await store.read(listing.counts, store.clock())).urgent == 1
        assert left(desk, await store.read(tables.get, [key])) == "1 h"
        assert "next check in 9 min" in desk.window.status_line.text
        async with asyncio.timeout(LIMIT_S):
            while desk.window.table.row_count != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    at_desk(work)


def left(desk: MainController, tasks: tuple[Task, ...]) -> str:
    return BY_ID["left"].shown(tasks[0], desk.window.context)
