"""The queue of files: real HTTP, real files, a real store."""

import asyncio
import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes.assets import asset
from rushes.core.account import Account, Service
from rushes.core.events import (
    BackendEvent,
    ProgramFailure,
    SaveFailed,
    SaveProgress,
    SavingAgain,
    TasksChanged,
)
from rushes.core.failure import Failure, Kind
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Checked, Task
from rushes.files.download import SPARE_BYTES, FileDownloader
from rushes.files.file_store import FileStore
from rushes.presentation.format import file_size
from rushes.presentation.sentences import sentence, unsaved_sentence
from rushes.saving.presence import Presence
from rushes.saving.saver import Saver
from rushes.store import tables
from tests.conftest import Drive
from tests.net.web import serve
from tests.patience import LIMIT_S
from tests.watching.cloud import CREATED_AT, Rig, rigged

FILM = asset("media", "dunes.mp4").read_bytes()
FRAME = asset("media", "dunes.png").read_bytes()
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Shelf:
    """Where the files lie: a second origin. Answers are made to order by path.

    Attributes:
        odd: Path → the next answers of that path, instead of the file.
        gate: Files wait until it is open.
    """

    url: str = ""
    odd: dict[str, list[Answer]] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    most: int = 0
    now: int = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path.strip("/"))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.gate.wait()
            if self.odd.get(request.path):
                return await self.odd[request.path].pop(0)(request)
            body = FRAME if request.path.endswith(".png") else FILM
            return web.Response(body=body, headers={"ETag": '"1"'})
        finally:
            self.now -= 1

    def answers(self, name: str, *answers: Answer) -> None:
        self.odd.setdefault(f"/{name}", []).extend(answers)


def with_status(status: int, body: bytes = b"") -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, body=body)

    return answer


async def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def running(speed: float = 500.0) -> Callable[[], float]:
    """A clock that goes as fast as a saver of that speed waits."""
    begun = time.monotonic()
    return lambda: CREATED_AT + 60.0 + (time.monotonic() - begun) * speed


@dataclass
class Desk:
    """A saver on a rig. `settings` may be changed while it runs."""

    rig: Rig
    shelf: Shelf
    saver: Saver
    presence: Presence
    folder: Path
    files: "Counting"
    settings: Settings
    by_rule: Callable[[Task, Account], Path | None] = lambda _task, _account: None

    async def succeed(self, task_id: str, *names: str, ends_in: float | None = 3600.0) -> None:
        """Let a task be found succeeded, with a link to each of `names` on the shelf."""
        self.offer(task_id, *names, ends_in=ends_in)
        await self.rig.add(task_id)
        assert await self.rig.watcher.look([self.rig.key(task_id)]) is None

    def offer(self, task_id: str, *names: str, ends_in: float | None = 3600.0) -> None:
        end = "" if ends_in is None else f"?Expires={int(CREATED_AT + 60 + ends_in)}"
        video, *frame = [f"{self.shelf.url}/{name}{end}" for name in names]
        content = {"last_frame_url": frame[0]} if frame else {}
        self.rig.cloud.succeeds(task_id, video, content=content)

    async def artifact(self, task_id: str, kind: ArtifactKind = ArtifactKind.VIDEO) -> Artifact:
        artifact = (await self.rig.task(task_id)).artifact(kind)
        assert artifact is not None
        return artifact

    async def settled(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            await self.saver.settled()

    async def state(self, task_id: str) -> ArtifactState:
        return (await self.artifact(task_id)).state


class Counting(FileStore):
    """The real thing, on a disk whose free space a test decides."""

    free: int | None = None

    async def free_bytes(self, folder: Path | None = None) -> int | None:
        return self.free if self.free is not None else await super().free_bytes(folder)


@asynccontextmanager
async def saving(
    tmp_path: Path,
    *,
    auto: bool = True,
    service: Service = Service.ARK,
    clock: Callable[[], float] = lambda: CREATED_AT + 60.0,
    speed: float = 500.0,
    failpoint: Callable[[str], None] = lambda _phase: None,
    **more: Any,
) -> AsyncIterator[Desk]:
    folder = tmp_path / "films"
    shelf = Shelf()
    shelf.gate.set()
    settings = Settings(auto_save=auto, template="{id}_{kind}.{ext}", folder="")
    async with serve(shelf.answer) as site, rigged(tmp_path, service=service, clock=clock) as rig:
        shelf.url = site.url
        told: list[Desk] = []
        files = Counting(lambda: told[0].settings, folder, by_rule=lambda *of: told[0].by_rule(*of))

        def listen(news: BackendEvent) -> None:
            if isinstance(news, TasksChanged):
                told[0].saver.on_tasks(news.diff)

        saver = Saver(
            store=rig.store,
            downloader=FileDownloader(rig.network.results, failpoint=failpoint),
            files=files,
            publish=rig.publish,
            settings=lambda: told[0].settings,
            renew=lambda key: rig.watcher.look([key]),
            key_problem=rig.watcher.key_problem,
            clock=clock,
            speed=speed,
            chance=lambda: 0.0,
            **more,
        )
        presence = Presence(store=rig.store, disk=files.disk, publish=rig.publish, clock=clock)
        told.append(Desk(rig, shelf, saver, presence, folder, files, settings))
        rig.listeners.append(listen)
        rig.start(loop=False)
        try:
            yield told[0]
        finally:
            shelf.gate.set()
            await presence.aclose()
            await saver.aclose()


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part" in path.name]


def test_that_a_succeeded_task_is_saved_by_itself_with_frame_and_sidecar(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4", "a.png")
            await desk.settled()
            film = await desk.artifact("t1")
            frame = await desk.artifact("t1", ArtifactKind.LAST_FRAME)
            assert film.path is not None
            assert frame.path is not None
            assert Path(film.path).read_bytes() == FILM
            assert Path(frame.path).read_bytes() == FRAME
            assert film.state is frame.state is ArtifactState.SAVED
            assert film.sha256 == hashlib.sha256(FILM).hexdigest()
            assert film.size == len(FILM)
            assert len(list(desk.folder.rglob("*.json"))) >= 1
            assert sorted(desk.shelf.asked) == ["a.mp4", "a.png"]
            assert parts(desk.folder) == []

    run(work())


def test_that_files_come_while_others_are_still_asked_about(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, service=Service.RONG_BJ) as desk:
            rig, ids = desk.rig, ["t1", "t2"]
            for each in ids:
                desk.offer(each, f"{each}.mp4")
            await rig.add(*ids)
            held = rig.cloud.held["t2"] = asyncio.Event()
            async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
                look = group.create_task(rig.watcher.look([rig.key(each) for each in ids]))
                while not (desk.folder / "t1_video.mp4").exists():  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
                assert not look.done()
                held.set()
            await desk.settled()
            assert await desk.state("t2") is ArtifactState.SAVED

    run(work())


def test_that_nothing_is_saved_by_itself_when_the_user_does_not_want_it(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.saver.recover()
            await desk.settled()
            assert desk.shelf.asked == []
            assert await desk.saver.save([desk.rig.key("t1")]) == 1
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_the_earliest_deadline_is_saved_first(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            desk.settings = replace(desk.settings, downloads_at_once=1)
            ends = {"late": 300_000.0, "c": 9000.0, "none": None, "a": 60.0, "b": 600.0}
            for name, ends_in in ends.items():
                await desk.succeed(name, f"{name}.mp4", ends_in=ends_in)
            # Nobody knows when this link ends: it is no later than most, not the last of all.
            url = f"{desk.shelf.url}/unknown.mp4?auth_key=1-0-0-a"
            desk.rig.cloud.succeeds("unknown", url)
            await desk.rig.add("unknown")
            assert await desk.rig.watcher.look([desk.rig.key("unknown")]) is None
            assert (await desk.artifact("unknown")).expires_at is None
            # A link without an end of its own ends 24 hours after the task's last change.
            await desk.saver.save([desk.rig.key(name) for name in (*ends, "unknown")])
            await desk.settled()
            right = ("a", "b", "c", "unknown", "none", "late")
            assert desk.shelf.asked == [f"{name}.mp4" for name in right]

    run(work())


def test_that_no_more_than_the_wanted_number_is_saved_at_once(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.settings = replace(desk.settings, downloads_at_once=2)
            desk.shelf.gate.clear()
            for n in range(6):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await desk.rig.until(lambda: len(desk.shelf.asked) == 2)
            desk.shelf.gate.set()
            await desk.settled()
            assert len(desk.shelf.asked) == 6
            assert desk.shelf.most == 2

    run(work())


def test_that_a_saved_file_is_never_fetched_again(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert await desk.saver.save([desk.rig.key("t1")]) == 0
            await desk.saver.recover()
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            assert desk.shelf.asked == ["a.mp4"]

    run(work())


def test_that_save_as_copies_what_is_on_disk(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            first = (await desk.artifact("t1")).path
            copy = tmp_path / "copy.mp4"
            await desk.saver.save_as(desk.rig.key("t1"), ArtifactKind.VIDEO, copy)
            await desk.settled()
            assert copy.read_bytes() == FILM
            assert (await desk.artifact("t1")).path == first
            assert desk.shelf.asked == ["a.mp4"]

    run(work())


def test_that_save_as_fetches_what_is_not_on_disk_yet(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "a.mp4")
            wanted = tmp_path / "mine.mp4"
            await desk.saver.save_as(desk.rig.key("t1"), ArtifactKind.VIDEO, wanted)
            await desk.settled()
            assert wanted.read_bytes() == FILM
            assert (await desk.artifact("t1")).path == str(wanted)

    run(work())


def test_that_an_unwritable_place_for_one_file_does_not_halt_the_others(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.succeed("t2", "b.mp4")
            nowhere = tmp_path / "no" / "such" / "folder" / "x.mp4"
            await desk.saver.save_as(desk.rig.key("t1"), ArtifactKind.VIDEO, nowhere)
            await desk.saver.save([desk.rig.key("t2")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.REMOTE
            assert await desk.state("t2") is ArtifactState.SAVED
            assert desk.rig.of(ProgramFailure) == []
            (told,) = desk.rig.of(SaveFailed)
            assert told.failure.kind is Kind.FOLDER

    run(work())


@pytest.mark.parametrize("status", [403, 404, 410])
def test_that_an_ended_link_is_renewed_once_and_the_file_saved(
    run: Drive[Any], tmp_path: Path, status: int
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "old.mp4", ends_in=60.0)
            desk.shelf.answers("old.mp4", with_status(status))
            desk.offer("t1", "new.mp4", ends_in=9000.0)
            await desk.saver.save([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert desk.shelf.asked == ["old.mp4", "new.mp4"]
            assert desk.rig.cloud.asked("GET") == ["t1", "t1"]

    run(work())


def test_that_a_link_known_to_have_ended_is_renewed_before_it_is_tried(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "old.mp4", ends_in=-60.0)
            desk.offer("t1", "new.mp4", ends_in=9000.0)
            await desk.saver.save([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert desk.shelf.asked == ["new.mp4"]

    run(work())


@pytest.mark.parametrize("ends_in", [60.0, -60.0])
def test_that_a_file_whose_link_ended_for_good_is_lost(
    run: Drive[Any], tmp_path: Path, ends_in: float
) -> None:
    async def work() -> None:
        async with saving(tmp_path, clock=running()) as desk:
            desk.shelf.answers("old.mp4", *[with_status(403)] * 99)
            await desk.succeed("t1", "old.mp4", ends_in=ends_in)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST
            kinds = [told.failure.kind for told in desk.rig.of(SaveFailed)]
            assert kinds == [*[Kind.LINK_ENDED] * (len(kinds) - 1), Kind.LOST]
            assert len(desk.shelf.asked) == len(kinds)
            assert len(desk.rig.cloud.asked("GET")) == 1 + len(kinds)

    run(work())


def test_that_a_wrong_clock_loses_no_file(run: Drive[Any], tmp_path: Path) -> None:
    """The link ended by our clock, the service has no other, and yet it still is good."""

    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4", ends_in=-86_400.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


@pytest.mark.parametrize("service_days", [3.0, -3.0])
def test_that_a_date_that_contradicts_our_clock_loses_no_file(
    run: Drive[Any], tmp_path: Path, service_days: float
) -> None:
    async def work() -> None:
        clock = running()
        services = lambda: clock() + service_days * 86_400.0  # noqa: E731
        async with saving(tmp_path, clock=clock, ends_by=services) as desk:
            desk.shelf.answers("a.mp4", *[with_status(404)] * 3)
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert len(desk.shelf.asked) == 4

    run(work())


def test_that_a_link_signed_in_our_future_proves_our_clock_to_be_behind(
    run: Drive[Any], tmp_path: Path
) -> None:
    """Ours is a year behind: the service's alone says that the link has ended."""

    async def work() -> None:
        ours = lambda: CREATED_AT - 365 * 86_400.0  # noqa: E731
        services = lambda: CREATED_AT + 7200.0  # noqa: E731
        async with saving(tmp_path, clock=ours, ends_by=services) as desk:
            desk.shelf.answers("a.mp4", *[with_status(403)] * 9)
            signed = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(CREATED_AT))
            link = f"{desk.shelf.url}/a.mp4?X-Tos-Date={signed}&X-Tos-Expires=3600"
            desk.rig.cloud.succeeds("t1", link)
            await desk.rig.add("t1")
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST

    run(work())


def test_that_what_a_wrong_clock_lost_is_fetched_once_the_clock_is_right(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        days = [3.0]
        clock = lambda: CREATED_AT + 60.0 + days[0] * 86_400.0  # noqa: E731
        async with saving(tmp_path, clock=clock) as desk:
            desk.shelf.answers("a.mp4", with_status(404))
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST
            desk.saver.clock_moved()  # moved, and the link's end is past all the same
            days[0] = 2.0
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST
            days[0] = 0.0
            desk.saver.clock_moved()
            await desk.rig.until(lambda: len(desk.shelf.asked) == 2)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_what_a_wrong_clock_lost_is_fetched_after_a_restart(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        ahead = lambda: CREATED_AT + 3 * 86_400.0  # noqa: E731
        async with saving(tmp_path, clock=ahead) as desk:
            desk.shelf.answers("a.mp4", with_status(404))
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST
            shelf = desk.shelf.url
        async with saving(tmp_path) as desk:
            desk.offer("t1", "a.mp4", ends_in=86_400.0)
            assert desk.shelf.url != shelf  # the old port is gone: the link is asked for anew
            await desk.saver.recover()
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_a_lost_file_is_fetched_when_a_later_link_turns_up(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("old.mp4", with_status(403))
            await desk.succeed("t1", "old.mp4", ends_in=-60.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST
            desk.offer("t1", "new.mp4", ends_in=9000.0)
            await desk.saver.save([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_a_link_is_not_called_lost_while_the_service_cannot_be_asked(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, patience_s=15.0) as desk:
            desk.shelf.answers("old.mp4", *[with_status(403)] * 9)
            desk.offer("t1", "old.mp4", ends_in=-60.0)
            await desk.rig.add("t1")

            def break_after(wanted: str) -> None:
                desk.rig.cloud.always = (503, {}, {})

            desk.rig.cloud.on_get = break_after
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.REMOTE
            assert {told.failure.kind for told in desk.rig.of(SaveFailed)} == {Kind.LINK_ENDED}

    run(work())


def test_that_what_fails_in_passing_is_tried_again_until_it_is_there(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            # Twice: what is cut off before any answer is asked again at once, below us.
            answers = (hang_up, hang_up, with_status(500), with_status(429), with_status(503))
            desk.shelf.answers("a.mp4", *answers)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert len(desk.shelf.asked) == 6
            kinds = [told.failure.kind for told in desk.rig.of(SaveFailed)]
            assert kinds == [Kind.OFFLINE, Kind.SERVER, Kind.LIMITED, Kind.SERVER]
            assert (await desk.artifact("t1")).problem == ""

    run(work())


def test_that_no_file_waits_for_as_long_as_a_server_may_say(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def slow_down(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "9" * 20})

    async def work() -> None:
        async with saving(tmp_path, speed=5000.0) as desk:
            desk.shelf.answers("a.mp4", slow_down)
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            (told,) = desk.rig.of(SaveFailed)
            wait = (told.artifact.next_try_at or 0) - CREATED_AT - 60
            assert round(wait * 5000) == 1800
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_patience_ends(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path, patience_s=8.0) as desk:
            desk.shelf.answers("a.mp4", *[with_status(500)] * 9)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert len(desk.shelf.asked) == 2
            film = await desk.artifact("t1")
            assert (film.state, film.problem) == (ArtifactState.REMOTE, "server")
            assert film.next_try_at == CREATED_AT + 60.0 + 10.0 / 500.0

    run(work())


def test_that_no_attempt_starts_while_the_one_before_is_being_put_back(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, patience_s=30.0, speed=1e9) as desk:  # it may go on at once
            desk.shelf.answers("a.mp4", *[with_status(500)] * 9)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert len(desk.shelf.asked) == 4
            assert len(desk.rig.of(SaveFailed)) == 4

    run(work())


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"", Kind.LINK_ENDED),
        (403, b"", Kind.LINK_ENDED),
        (404, b"<html>", Kind.LINK_ENDED),
        (410, b"", Kind.LINK_ENDED),
        (400, b"<?xml version='1.0'?><Error/>", Kind.LINK_ENDED),
        (400, b'{"error": "not completed yet"}', Kind.REJECTED),
        (200, b"<!doctype html><html>Sign in</html>", Kind.WRONG_FILE),
        (200, b'{"message": "not ready"}', Kind.WRONG_FILE),
        (200, b"", Kind.WRONG_FILE),
    ],
)
def test_that_a_refused_file_is_asked_for_anew_and_tried_again_with_growing_gaps(
    run: Drive[Any], tmp_path: Path, status: int, body: bytes, kind: Kind
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("a.mp4", *[with_status(status, body)] * 3)
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            told = desk.rig.of(SaveFailed)
            assert [one.failure.kind for one in told] == [kind] * 3
            assert [one.artifact.refusals for one in told] == [1, 2, 3]
            waits = [(one.artifact.next_try_at or 0) - CREATED_AT - 60 for one in told]
            assert [round(wait * 500) for wait in waits] == [10, 30, 120]
            film = await desk.artifact("t1")
            assert film.state is ArtifactState.SAVED
            assert (film.refusals, film.next_try_at, film.problem) == (0, None, "")
            assert desk.shelf.asked == ["a.mp4"] * 4
            assert desk.rig.cloud.asked("GET") == ["t1"] * 4
            assert {p.suffix for p in desk.folder.rglob("*") if p.is_file()} == {".mp4", ".json"}

    run(work())


@pytest.mark.parametrize("escape", ["\\u0026", "&amp;", "\\\\u0026"])
def test_that_a_link_with_an_escape_left_in_it_is_repaired_when_it_is_refused(
    run: Drive[Any], tmp_path: Path, escape: str
) -> None:
    async def only_repaired(request: web.BaseRequest) -> web.StreamResponse:
        good = request.query.get("Signature") == "s"
        return web.Response(body=FILM) if good else web.Response(status=403)

    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("a.mp4", *[only_repaired] * 9)
            link = f"{desk.shelf.url}/a.mp4?Expires=1{escape}Signature=s"
            desk.rig.cloud.succeeds("t1", link)
            await desk.rig.add("t1")
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert len(desk.shelf.asked) == 2

    run(work())


def test_that_a_refused_file_is_tried_after_a_restart_when_that_was_planned(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, speed=0.1) as desk:
            desk.shelf.answers("a.mp4", with_status(403))
            await desk.succeed("t1", "a.mp4")
            await desk.rig.until(lambda: desk.rig.of(SaveFailed))
        async with saving(tmp_path, speed=0.1) as desk:
            film = await desk.artifact("t1")
            assert (film.refusals, film.next_try_at) == (1, CREATED_AT + 160.0)
            await desk.saver.recover()
            assert desk.saver.is_busy
            assert desk.shelf.asked == []
            await desk.saver.save([desk.rig.key("t1")])  # a person asks for it now
            await desk.rig.until(lambda: desk.rig.of(SaveFailed))
            film = await desk.artifact("t1")
            assert (film.refusals, film.next_try_at) == (1, CREATED_AT + 110.0)

    run(work())


def test_that_an_inferred_end_gets_an_hour_and_a_record_without_one_a_week(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        now = [CREATED_AT + 60.0 + 86_400.0 + 3000.0]
        async with saving(tmp_path, clock=lambda: now[0], patience_s=0.0) as desk:
            desk.shelf.answers("a.mp4", *[with_status(403)] * 9)
            await desk.succeed("t1", "a.mp4", ends_in=None)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.REMOTE
            now[0] += 1000.0
            await desk.saver.save([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.LOST

    run(work())


def test_that_a_file_is_lost_a_day_after_its_end_when_nobody_can_be_asked(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        now = [CREATED_AT + 120.0]
        async with saving(tmp_path, clock=lambda: now[0], patience_s=0.0) as desk:
            desk.shelf.answers("a.mp4", *[with_status(403)] * 9)
            await desk.succeed("t1", "a.mp4", ends_in=0.0)
            desk.rig.cloud.always = (503, {}, {})
            for wanted in (ArtifactState.REMOTE, ArtifactState.LOST):
                await desk.saver.save([desk.rig.key("t1")])
                await desk.settled()
                assert await desk.state("t1") is wanted
                now[0] += 86_400.0

    run(work())


def test_that_a_whole_file_on_disk_wins_over_a_link_that_ended(
    run: Drive[Any], tmp_path: Path
) -> None:
    """The program was ended between the file's last name and the commit of its row."""

    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            path = Path((await desk.artifact("t1")).path or "")
            back: dict[str, Any] = {
                "state": ArtifactState.SAVING,
                "path": None,
                "sha256": None,
                "size": None,
            }

            def forget(task: Task) -> Task:
                return replace(task, artifacts=(replace(task.artifacts[0], **back),))

            await desk.rig.store.write(tables.change, {desk.rig.key("t1"): forget}, 1.0)
        async with saving(tmp_path, clock=running(5000.0), speed=5000.0) as desk:
            desk.shelf.answers("a.mp4", *[with_status(403)] * 9)
            desk.offer("t1", "a.mp4", ends_in=-60.0)
            await desk.saver.recover()
            await desk.settled()
            film = await desk.artifact("t1")
            assert (film.state, film.path) == (ArtifactState.SAVED, str(path))
            assert film.sha256 == hashlib.sha256(FILM).hexdigest()
            assert len(list(desk.folder.rglob("*.mp4"))) == 1

    run(work())


CUT = FILM[: len(FILM) // 2]


def test_that_the_same_damaged_file_twice_is_kept_and_not_fetched_again(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("a.mp4", *[with_status(200, CUT)] * 9)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert len(desk.shelf.asked) == 2
            film = await desk.artifact("t1")
            assert (film.state, film.damaged) == (ArtifactState.SAVED, True)
            assert (film.checked, film.problem) == (Checked.NONE, "")
            path = Path(film.path or "")
            assert path.read_bytes() == CUT
            assert json.loads((desk.folder / f"{path.name}.json").read_bytes())["file"]["damaged"]
            assert sorted(path.parent.iterdir()) == [path, path.with_name(f"{path.name}.json")]
            assert [failed.failure.kind for failed in desk.rig.of(SaveFailed)] == [Kind.DAMAGED]

    run(work())


def test_that_a_file_that_came_damaged_once_is_saved_whole(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("a.mp4", with_status(200, CUT), with_status(200, CUT[:-1]))
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert len(desk.shelf.asked) == 3
            film = await desk.artifact("t1")
            assert (film.damaged, film.checked) == (False, Checked.FULL)
            path = Path(film.path or "")
            assert path.read_bytes() == FILM
            assert sorted(path.parent.iterdir()) == [path, path.with_name(f"{path.name}.json")]

    run(work())


@pytest.mark.parametrize("others", [(), (CUT[:-1],)], ids=["once", "twice, not the same"])
def test_that_what_came_damaged_is_kept_when_the_link_ends(
    run: Drive[Any], tmp_path: Path, others: tuple[bytes, ...]
) -> None:
    async def work() -> None:
        async with saving(tmp_path, clock=running(5000.0), speed=5000.0) as desk:
            came = [with_status(200, body) for body in (CUT, *others)]
            desk.shelf.answers("a.mp4", *came, *[with_status(403)] * 99)
            await desk.succeed("t1", "a.mp4", ends_in=900.0)
            await desk.settled()
            film = await desk.artifact("t1")
            assert (film.state, film.damaged) == (ArtifactState.SAVED, True)
            path = Path(film.path or "")
            assert path.read_bytes() == CUT
            assert film.sha256 == hashlib.sha256(CUT).hexdigest()
            assert json.loads((desk.folder / f"{path.name}.json").read_bytes())["file"]["damaged"]
            assert sorted(path.parent.iterdir()) == [path, path.with_name(f"{path.name}.json")]

    run(work())


def test_that_a_mistake_of_ours_puts_the_row_back_and_is_tried_again(
    run: Drive[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            broken = [RuntimeError("a mistake")]

            def rule(*_: object) -> None:
                if broken:
                    raise broken.pop()

            desk.by_rule = rule
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            (told,) = desk.rig.of(SaveFailed)
            assert told.failure.kind is Kind.INTERNAL
            assert told.artifact.state is ArtifactState.REMOTE
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())
    assert [record.message for record in caplog.records] == ["save 1 ended by a bug; trying again"]


@pytest.mark.parametrize(
    "link",
    [
        "https://169.254.169.254/v.mp4",
        "https://exa..mple/x.mp4",
        f"https://{'a' * 64}.example/x.mp4",
        "https://.example/x.mp4",
    ],
)
def test_that_an_address_we_do_not_open_is_never_dialled(
    run: Drive[Any], tmp_path: Path, link: str
) -> None:
    async def work() -> None:
        async with saving(tmp_path, patience_s=5.0) as desk:
            desk.rig.cloud.succeeds("t1", link)
            await desk.rig.add("t1")
            await desk.rig.watcher.look([desk.rig.key("t1")])
            await desk.settled()
            (told,) = desk.rig.of(SaveFailed)
            assert told.failure.kind is Kind.BLOCKED_URL
            assert await desk.state("t1") is ArtifactState.REMOTE

    run(work())


def test_that_a_missing_folder_halts_the_queue_until_it_is_back(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            away = tmp_path / "disk"
            desk.settings = replace(desk.settings, folder=str(away))
            for n in range(3):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await desk.saver.save([desk.rig.key(f"t{n}") for n in range(3)])
            await desk.settled()
            await desk.rig.until(lambda: len(desk.rig.of(SaveFailed)) >= 5)
            assert [told.failure.kind for told in desk.rig.of(ProgramFailure)] == [Kind.FOLDER]
            assert desk.shelf.asked == []
            await desk.saver.save([desk.rig.key("t0")])  # who asks is answered each time
            await desk.rig.until(lambda: len(desk.rig.of(ProgramFailure)) > 1)
            away.mkdir()
            await desk.rig.until(lambda: len(desk.shelf.asked) == 3)
            await desk.settled()
            assert {await desk.state(f"t{n}") for n in range(3)} == {ArtifactState.SAVED}
            assert len(desk.rig.of(SavingAgain)) == 1

    run(work())


def test_that_a_full_disk_halts_the_queue_without_asking_the_server_again(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Failure(Kind.DISK_FULL, detail="No space left on device")
    real = FileDownloader.fetch
    tries: list[str] = []

    async def fetch(self: FileDownloader, order: Any, report: Any) -> Any:
        tries.append(order.target.name)
        return full if desk_of[0].files.free == 0 else await real(self, order, report)

    desk_of: list[Desk] = []
    monkeypatch.setattr(FileDownloader, "fetch", fetch)

    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk_of.append(desk)
            desk.files.free = 0
            await desk.succeed("t1", "a.mp4")
            await desk.rig.until(lambda: desk.rig.of(SaveFailed))  # the row says so by now
            await asyncio.sleep(0.1)
            assert tries == ["t1_video.mp4"]
            assert [told.failure for told in desk.rig.of(ProgramFailure)] == [full]
            assert (await desk.artifact("t1")).problem == Kind.DISK_FULL.value
            assert desk.rig.of(SavingAgain) == []
            desk.files.free = None
            await desk.rig.until(lambda: len(tries) == 2)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert [told.failure for told in desk.rig.of(ProgramFailure)] == [full]
            assert desk.rig.of(SavingAgain) == [SavingAgain()]

    run(work())


def announcing(size: int) -> Answer:
    """A film that is said to have `size` bytes."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(size)})
        with suppress(ConnectionError):
            await response.prepare(request)
            await response.write(FILM)
        return response

    return answer


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    """A film whose length nobody says."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    with suppress(ConnectionError):
        for block in (FILM, *[bytes(2**20)] * 96):
            await response.write(block)
    return response


async def saved_but(desk: Desk, first: str, *others: str) -> None:
    """`first` ends first and cannot be saved now; all others are."""
    await desk.saver.save([desk.rig.key(each) for each in (first, *others)], any_size=True)
    await desk.rig.until(lambda: any(t.key.id == first for t in desk.rig.of(SaveFailed)))
    async with asyncio.timeout(LIMIT_S):
        while {await desk.state(t) for t in others} != {ArtifactState.SAVED}:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await desk.state(first) is ArtifactState.REMOTE


def test_that_a_file_that_does_not_fit_waits_by_itself(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            desk.settings = replace(desk.settings, downloads_at_once=1)
            size = shutil.disk_usage(tmp_path).free + 2**40
            desk.shelf.answers("big.mp4", announcing(size))
            await desk.succeed("big", "big.mp4", ends_in=60.0)
            for n in range(3):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await saved_but(desk, "big", "t0", "t1", "t2")
            (told,) = desk.rig.of(SaveFailed)
            assert told.failure.kind is Kind.NO_ROOM
            needed, free = map(int, told.failure.detail.split())
            assert needed == size + SPARE_BYTES
            assert 0 < free < size
            words = sentence(told.failure).text
            assert file_size(needed) in words
            assert file_size(free) in words
            assert unsaved_sentence(await desk.artifact("big"), 0.0) == words
            assert desk.rig.of(ProgramFailure) == []
            await desk.settled()  # a command does not wait for room
            assert desk.shelf.asked.count("big.mp4") == 1
            desk.files.free = size + 2**30
            await desk.rig.until(lambda: desk.shelf.asked.count("big.mp4") == 2)
            await desk.settled()
            assert await desk.state("big") is ArtifactState.SAVED
            assert len(desk.rig.of(SaveFailed)) == 1

    run(work())


def test_that_a_file_goes_on_when_room_was_made_as_the_disk_got_full(
    run: Drive[Any], tmp_path: Path
) -> None:
    """What is free afterwards says nothing then about what the file needs."""
    full: list[str] = []

    def reached(phase: str) -> None:
        if phase == "block" and not full:
            full.append(phase)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def work() -> None:
        async with saving(tmp_path, failpoint=reached) as desk:
            await desk.succeed("t", "t.mp4")
            await desk.rig.until(lambda: bool(desk.rig.of(SaveFailed)))
            assert [told.failure.kind for told in desk.rig.of(SaveFailed)] == [Kind.NO_ROOM]
            item = (desk.rig.key("t"), ArtifactKind.VIDEO)
            await desk.rig.until(lambda: item not in {**desk.saver.waiting, **desk.saver.running})
            assert await desk.state("t") is ArtifactState.SAVED

    run(work())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_that_a_file_of_unknown_length_that_does_not_fit_waits_by_itself(
    run: Drive[Any], tmp_path: Path
) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            desk.settings = replace(desk.settings, downloads_at_once=1)
            desk.shelf.answers("big.mp4", *[endless] * 99)
            await desk.succeed("big", "big.mp4", ends_in=60.0)
            for n in range(3):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await saved_but(desk, "big", "t0", "t1", "t2")
            assert [told.failure.kind for told in desk.rig.of(SaveFailed)] == [Kind.NO_ROOM]
            # Once more, as room may have been made just then; after that it waits for more.
            await desk.rig.until(lambda: desk.shelf.asked.count("big.mp4") == 2)
            item = (desk.rig.key("big"), ArtifactKind.VIDEO)
            await desk.rig.until(lambda: desk.saver.waiting.get(item) is not None)
            job = desk.saver.waiting[item]
            looked = job.attempts
            await desk.rig.until(lambda: job.attempts > looked + 3)
            assert desk.shelf.asked.count("big.mp4") == 2
            assert parts(desk.folder) == []

    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 2**20, before[1]))
    try:
        run(work())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_that_a_folder_of_one_file_that_cannot_be_made_holds_up_no_other(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            desk.settings = replace(
                desk.settings, template="{id}/{kind}.{ext}", downloads_at_once=1
            )
            desk.folder.mkdir()
            (desk.folder / "odd").write_text("in the way")
            await desk.succeed("odd", "odd.mp4", ends_in=60.0)
            for n in range(5):
                await desk.succeed(f"t{n}", f"{n}.mp4")
            await saved_but(desk, "odd", *(f"t{n}" for n in range(5)))
            (desk.folder / "odd").unlink()
            await desk.rig.until(lambda: "odd.mp4" in desk.shelf.asked)
            await desk.settled()
            assert await desk.state("odd") is ArtifactState.SAVED

    run(work())


def test_that_cancelling_leaves_nothing_running_and_is_not_undone_by_itself(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.gate.clear()
            desk.settings = replace(desk.settings, downloads_at_once=1)
            await desk.succeed("t1", "a.mp4")
            await desk.succeed("t2", "b.mp4")
            await desk.rig.until(lambda: desk.shelf.asked)
            await desk.saver.cancel([desk.rig.key("t1"), desk.rig.key("t2")])
            await desk.rig.watcher.look([desk.rig.key("t1")])
            assert not desk.saver.is_busy
            assert await desk.state("t1") is ArtifactState.REMOTE
            desk.shelf.gate.set()
            await desk.saver.save([desk.rig.key("t1")])
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert await desk.state("t2") is ArtifactState.REMOTE

    run(work())


def test_that_pausing_keeps_the_queue_and_resuming_goes_on(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.gate.clear()
            await desk.succeed("t1", "a.mp4")
            await desk.rig.until(lambda: desk.shelf.asked)
            await desk.saver.pause()
            assert await desk.state("t1") is ArtifactState.REMOTE
            desk.shelf.gate.set()
            await desk.settled()
            assert len(desk.shelf.asked) == 1
            desk.saver.resume()
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_a_removed_task_is_not_saved_any_more(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.gate.clear()
            desk.settings = replace(desk.settings, downloads_at_once=1)
            await desk.succeed("t1", "a.mp4")
            await desk.succeed("t2", "b.mp4")
            await desk.rig.until(lambda: desk.shelf.asked)
            diff = await desk.rig.store.write(
                tables.remove, [desk.rig.key("t1"), desk.rig.key("t2")], 1.0
            )
            desk.saver.on_tasks(diff)
            await desk.settled()
            assert desk.shelf.asked == ["a.mp4"]

    run(work())


def test_that_closing_ends_downloads_at_once_and_a_restart_goes_on(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.gate.clear()
            await desk.succeed("t1", "a.mp4")
            await desk.rig.until(lambda: desk.shelf.asked)
            async with asyncio.timeout(2):
                await desk.saver.aclose()
            assert await desk.state("t1") is ArtifactState.SAVING
        async with saving(tmp_path) as desk:
            film = await desk.artifact("t1")
            assert film.state is ArtifactState.REMOTE

    run(work())


def test_that_a_restart_takes_up_what_was_never_saved(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path, patience_s=1.0) as desk:
            desk.shelf.answers("a.mp4", with_status(500))
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.REMOTE
            await desk.saver.recover()
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_a_moved_file_is_missing_and_one_click_fetches_it_again(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4", "a.png")
            await desk.settled()
            keys = [desk.rig.key("t1")]
            path = Path((await desk.artifact("t1")).path or "")
            await desk.presence.check(keys)
            assert await desk.state("t1") is ArtifactState.SAVED
            path.rename(tmp_path / "elsewhere.mp4")
            await desk.presence.check(keys)
            assert await desk.state("t1") is ArtifactState.MISSING
            await desk.settled()
            assert desk.shelf.asked.count("a.mp4") == 1
            assert await desk.saver.save(keys) == 1
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert desk.shelf.asked.count("a.mp4") == 2
            assert desk.shelf.asked.count("a.png") == 1

    run(work())


def test_that_a_file_put_back_counts_as_saved_again(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            path = Path((await desk.artifact("t1")).path or "")
            path.rename(tmp_path / "elsewhere.mp4")
            await desk.presence.check([desk.rig.key("t1")])
            (tmp_path / "elsewhere.mp4").rename(path)
            await desk.presence.check([desk.rig.key("t1")])
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_progress_is_told_with_bytes_and_size(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            first = desk.rig.of(SaveProgress)[0]
            assert first.artifact.state is ArtifactState.SAVING
            assert first.artifact.size == len(FILM)

    run(work())


def test_that_an_account_whose_key_comes_late_does_not_spoil_its_files(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path, auto=False) as desk:
            await desk.succeed("t1", "a.mp4")
            await desk.rig.network.forget("acc")
            await desk.rig.watcher.stop("acc")
            await desk.saver.save([desk.rig.key("t1")])
            await desk.rig.until(lambda: desk.rig.of(SaveFailed))
            assert desk.rig.of(SaveFailed)[0].failure.kind is Kind.NO_KEY
            desk.rig.start(loop=False)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_it_runs_on_the_programs_own_loop(drive: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            await desk.succeed("t1", "a.mp4", "a.png")
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    drive(work())


def test_that_a_file_over_the_limit_is_fetched_when_the_user_wants_it_all_the_same(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.settings = replace(desk.settings, max_file_gib=0.001)
            large = FILM + bytes(desk.settings.max_file_bytes)
            desk.shelf.answers("a.mp4", *[with_status(200, large)] * 4)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            told = [one.artifact for one in desk.rig.of(SaveFailed)]
            assert {one.problem for one in told} == {Kind.TOO_LARGE.value}
            waits = [one.next_try_at and one.next_try_at - CREATED_AT - 60 for one in told]
            assert [wait and round(wait * 500) for wait in waits] == [30, 120, None]
            await desk.saver.save([desk.rig.key("t1")], any_size=True)
            await desk.settled()
            assert Path((await desk.artifact("t1")).path or "").read_bytes() == large

    run(work())


def cut_at(size: int) -> Answer:
    """The film, under a Content-Length that is not its own; the connection ends behind it."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(size)})
        await response.prepare(request)
        await response.write(FILM)
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


def test_that_a_false_length_is_believed_only_when_it_is_said_again_and_again(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            sizes = [5 * 2**30, 5 * 2**30, 6 * 2**30, 6 * 2**30]
            desk.shelf.answers("a.mp4", *map(cut_at, sizes))
            await desk.succeed("t1", "a.mp4", ends_in=86_400.0)
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert len(desk.shelf.asked) == 5

    run(work())


def test_that_a_file_of_which_more_came_than_is_allowed_is_not_fetched_again_by_itself(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def unannounced(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(FILM + bytes(2**20))
        return response

    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.settings = replace(desk.settings, max_file_gib=0.001)
            desk.shelf.answers("a.mp4", unannounced)
            await desk.succeed("t1", "a.mp4")
            await desk.settled()
            film = await desk.artifact("t1")
            assert (film.problem, film.next_try_at) == (Kind.TOO_LARGE.value, None)
            assert len(desk.shelf.asked) == 1

    run(work())
