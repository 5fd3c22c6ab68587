"""T23: a refused or broken download is never final before its time, and then always.

Each fault × how long it lasts × how the end of the link is known, on a clock that passes hours in
seconds. The real servers of `stores.py` say the same in their own words.
"""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from aiohttp import web

from rushes.core.events import BackendEvent, SaveFailed
from rushes.core.expiry import link_end
from rushes.core.retry import INFERRED_GRACE_S, RECORD_LIFE_S
from rushes.core.task import ArtifactState
from tests.faults.fault_scripts import EXPIRED_XML, HTML
from tests.faults.report import Report
from tests.faults.stores import STORES, FileStore, program
from tests.faults.warp import WarpLoop, let_pass
from tests.patience import LIMIT_S
from tests.saving.test_saving import FILM, Desk, saving
from tests.watching.cloud import CREATED_AT

SHA256 = hashlib.sha256(FILM).hexdigest()
#: Status and body.
FAULTS = {
    "401": (401, b'{"error": {"message": "Invalid token"}}'),
    "403": (403, HTML),
    "404": (404, b""),
    "410": (410, b"gone"),
    "400 XML": (400, EXPIRED_XML),
    "200 HTML": (200, HTML),
    "200 JSON": (200, b'{"status": "not ready"}'),
    "200 empty": (200, b""),
    "500": (500, b"oops"),
}
ENDS = ("exact", "inferred", "own /content")
LIFE_S = 3 * 3600.0
#: Seconds before the end of the link until which the fault lasts. None: it is met once.
LASTS = {"once": None, "20 s": LIFE_S - 20.0, "until a minute before": 60.0, "for ever": -1e9}
_START = CREATED_AT + 60.0
_ENDS_AT = _START + LIFE_S
_DAY_S = 86_400.0
#: An inferred end may be so much too early; without any, a newer link may come while the service
#: keeps the record.
_LATEST_S = {
    "exact": 0.0,
    "inferred": INFERRED_GRACE_S,
    "own /content": CREATED_AT + RECORD_LIFE_S - _ENDS_AT,
}


@dataclass
class Refusing:
    """One file that is refused for a while.

    Attributes:
        good: Requests that were answered with the file.
        keys: What came in Authorization.
        lost_at: When it was called lost.
    """

    number: int
    fault: str
    lasts: str
    ends: str
    asked: int = 0
    good: int = 0
    keys: set[str] = field(default_factory=set)
    lost_at: float | None = None

    @property
    def task_id(self) -> str:
        return f"cgt-20260101000000-{self.number:05}"

    def is_good(self, now: float) -> bool:
        left = LASTS[self.lasts]
        return self.asked > 1 if left is None else now >= _ENDS_AT - left

    def link(self, shelf: str, own: str) -> str:
        if self.ends == "own /content":
            return f"{own}/v1/videos/{self.task_id}/content"
        end = f"?Expires={int(_ENDS_AT)}" if self.ends == "exact" else ""
        return f"{shelf}/{self.number}.mp4{end}"


def cases(full: bool) -> list[Refusing]:
    every = list(product(FAULTS, LASTS, ENDS))
    chosen = every if full else every[::5]
    return [Refusing(n, *names) for n, names in enumerate(chosen)]


def run(full: bool) -> Report:
    """Full: also the real servers that are installed (`dev.py faults` installs them)."""
    report = Report("T23")
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=WarpLoop) as runner:
        runner.run(_play(report, Path(folder), cases(full)))
    for name in STORES if full else ():
        report.figures[name] = can_run(name)
        if can_run(name):
            run_store(name, report)
    return report


def can_run(store: str) -> bool:
    return program(STORES[store][0]) is not None


def run_store(name: str, report: Report | None = None) -> Report:
    """The cases on one real server, in real time."""
    report = report or Report("T23")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play_for_real(report, Path(folder), name))
    return report


async def _play(report: Report, folder: Path, files: list[Refusing]) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()

    def clock() -> float:
        return _START + loop.time() - begun

    async with saving(folder, clock=clock, speed=1.0) as desk:
        _shelve(desk, files, clock)
        for file in files:
            times = {"updated_at": _ENDS_AT - _DAY_S}
            link = file.link(desk.shelf.url, desk.rig.cloud.url)
            desk.rig.cloud.succeeds(file.task_id, link, **times)
        await desk.rig.add(*(file.task_id for file in files))
        await desk.rig.watcher.look([desk.rig.key(file.task_id) for file in files])
        await let_pass(desk.saver)
        for file in files:
            with report.case(f"{file.fault} × {file.lasts} × {file.ends}"):
                await _is_right(report, desk, file)
        report.figures["requests"] = sum(file.asked for file in files)
        report.figures["most_requests_for_one"] = max(file.asked for file in files)


def _shelve(desk: Desk, files: list[Refusing], clock: Callable[[], float]) -> None:
    """Serve all files, as each is, from the shelf and from the account's own origin."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        number = request.path.removeprefix("/v1/videos").strip("/").removesuffix("/content")
        file = files[int(number.removesuffix(".mp4").rpartition("-")[2])]
        assert request.method == "GET"
        file.asked += 1
        file.keys.add(request.headers.get("Authorization", ""))
        if file.is_good(clock()):
            file.good += 1
            return web.Response(body=FILM, headers={"ETag": '"1"'})
        status, body = FAULTS[file.fault]
        return web.Response(status=status, body=body)

    def listen(news: BackendEvent) -> None:
        if isinstance(news, SaveFailed) and news.artifact.state is ArtifactState.LOST:
            (file,) = [file for file in files if file.task_id == news.key.id]
            file.lost_at = clock()

    desk.shelf.odd = {f"/{file.number}.mp4": [answer] * 999 for file in files}
    desk.rig.cloud.content = answer
    desk.rig.listeners.append(listen)


async def _is_right(report: Report, desk: Desk, file: Refusing) -> None:
    artifact = await desk.artifact(file.task_id)
    if file.lasts == "for ever":
        assert artifact.state is ArtifactState.LOST, artifact
        # A server that has trouble of its own says nothing about the link: a day longer.
        least = _LATEST_S[file.ends] + (_DAY_S if file.fault == "500" else 0.0)
        assert file.lost_at is not None
        assert least <= file.lost_at - _ENDS_AT <= least + 2400.0, file.lost_at - _ENDS_AT
    else:
        report.lost += artifact.state is not ArtifactState.SAVED
        assert artifact.state is ArtifactState.SAVED, artifact
        assert artifact.sha256 == SHA256
        assert Path(artifact.path or "").read_bytes() == FILM
        assert file.good == 1, f"{file.good} whole downloads"
    wanted = {"Bearer key-of-the-rig"} if file.ends == "own /content" else {""}
    report.leaks += not file.keys <= {*wanted, ""}
    assert wanted <= file.keys <= {*wanted, ""}, file.keys


# real servers

_SHORT_S = 4.0


@dataclass
class Late:
    """One file on a real server.

    Attributes:
        comes: When it is put there: "first", "after two refusals", "with a newer link", "never".
        life_s: Of its first link.
        told: The failures that were told of it, and when.
    """

    comes: str
    life_s: float
    told: list[tuple[float, ArtifactState]] = field(default_factory=list)
    ends_at: float = 0.0

    @property
    def task_id(self) -> str:
        return "cgt-20260101000000-" + self.comes.replace(" ", "-")


async def _play_for_real(report: Report, folder: Path, name: str) -> None:
    files = [
        Late("first", 600.0),
        Late("after two refusals", 600.0),
        Late("with a newer link", _SHORT_S),
        Late("never", _SHORT_S),
    ]
    async with (
        STORES[name][1](folder / "store") as store,
        saving(folder / "rushes", clock=time.time, speed=20.0) as desk,
    ):
        _offer(desk, store, files)
        await store.put("first.mp4", FILM)
        await desk.rig.add(*(file.task_id for file in files))
        await desk.rig.watcher.look([desk.rig.key(file.task_id) for file in files])
        async with asyncio.timeout(LIMIT_S):
            await desk.rig.until(lambda: len(files[1].told) >= 2)
            await store.put(_name(files[1]), FILM)
            await desk.rig.until(lambda: time.time() > files[2].ends_at)
            await store.put(_name(files[2]), FILM)
            await desk.saver.settled()
        for file in files:
            with report.case(f"{name} × {file.comes}"):
                await _is_right_for_real(report, desk, file)


def _name(file: Late) -> str:
    return f"{file.comes.replace(' ', '-')}.mp4"


def _offer(desk: Desk, store: FileStore, files: list[Late]) -> None:
    for file in files:
        link = store.link(_name(file), file.life_s)
        file.ends_at = link_end(link) or 0.0
        desk.rig.cloud.succeeds(file.task_id, link, updated_at=time.time())

    def listen(news: BackendEvent) -> None:
        if isinstance(news, SaveFailed):
            (file,) = [file for file in files if file.task_id == news.key.id]
            file.told.append((time.time(), news.artifact.state))

    def renew(asked: str) -> None:
        file = files[2]
        if asked == file.task_id and time.time() >= file.ends_at:
            link = store.link(_name(file), 600.0)
            desk.rig.cloud.succeeds(asked, link, updated_at=time.time())

    desk.rig.listeners.append(listen)
    desk.rig.cloud.on_get = renew


async def _is_right_for_real(report: Report, desk: Desk, file: Late) -> None:
    artifact = await desk.artifact(file.task_id)
    lost_at = [at for at, state in file.told if state is ArtifactState.LOST]
    if file.comes == "never":
        assert artifact.state is ArtifactState.LOST, artifact
        assert len(lost_at) == 1
        assert lost_at[0] >= file.ends_at
        return
    report.lost += artifact.state is not ArtifactState.SAVED
    assert artifact.state is ArtifactState.SAVED, artifact
    assert Path(artifact.path or "").read_bytes() == FILM
    assert (file.comes == "first") == (not file.told)
