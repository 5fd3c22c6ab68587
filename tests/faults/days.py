"""A whole day of the program, alone: from the window or by `rushes watch`, both as real processes.

Between it and the simulator stands a front for each service and one for the files. Most of the time
it hands everything on; at some times of the day somebody else answers (a portal, a gateway under
maintenance), or nobody does. What everybody asked is written down.
"""

import asyncio
import enum
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rushes.core.account import Account, KeySource, service_named
from rushes.core.task import ArtifactState, Key, Task
from rushes.simulator.scene import Scene
from rushes.simulator.server import FILES, Simulator
from rushes.store import Store, StoreError, read_list, tables
from tests.faults.report import Report
from tests.faults.ways import Contexts
from tests.net.certificates import new_authority
from tests.patience import LIMIT_S
from tests.simulated import playing

#: Real seconds until everything must be saved, beside the day itself.
PATIENCE_S = 60.0
_LOOK_S = 0.05
_LIBRARIES = (
    *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
    *Path("/usr/lib/faketime").glob("libfaketime.so.1"),
)


def answer(status: str, body: bytes, kind: str = "text/html", *more: str) -> bytes:
    """An HTTP answer that ends its connection."""
    head = (
        *(f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"),
        *("Connection: close", *more),
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class How(enum.Enum):
    """How somebody does not answer."""

    REFUSED = "nobody listens"
    WRONG_CERTIFICATE = "a certificate of somebody else"


@dataclass(frozen=True, slots=True)
class Spell:
    """A part of the day in which somebody else answers.

    Attributes:
        begins_s, ends_s: Simulated seconds of the day.
        where: The fronts it concerns.
        answer: What comes in place of the service's word, or how it does not.
        each: Only every so manieth request meets it.
    """

    begins_s: float
    ends_s: float
    where: frozenset[str]
    answer: bytes | How
    each: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A request at a front.

    Attributes:
        spell: Who answered in place of the service; None: it did itself.
        whole: All of a file was handed on, from its first byte.
        cut: A file broke off on the way.
    """

    front: str
    path: str
    has_key: bool
    spell: Spell | None
    whole: bool = False
    cut: bool = False


class Clock:
    """The true time. It stands until the day begins, and may be put forward (a sleep)."""

    def __init__(self, starts_at: float | None = None) -> None:
        self.starts_at = time.time() if starts_at is None else starts_at
        self.slept_s = 0.0
        self._began: float | None = None

    def begin(self) -> None:
        if self._began is None:
            self._began = time.monotonic()

    @property
    def day_s(self) -> float:
        """Real seconds since the day began, without sleep; below 0: it did not yet."""
        return -1.0 if self._began is None else time.monotonic() - self._began

    def __call__(self) -> float:
        return self.starts_at + max(0.0, self.day_s) + self.slept_s


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happens, and to what.

    Attributes:
        tls: The fronts that are asked by https.
        play: What happens to the program itself; None: nothing.
        fakes_clock: Its clock can be set (`Stage.set_clock`).
        starts_at: Unix seconds; None: now.
    """

    scene: Scene
    speed: float
    spells: Sequence[Spell] = ()
    tls: frozenset[str] = frozenset()
    play: "Callable[[Stage], Coroutine[Any, Any, None]] | None" = None
    fakes_clock: bool = False
    starts_at: float | None = None
    env: tuple[tuple[str, str], ...] = ()


class Front:
    """One origin, as the program sees it."""

    def __init__(self, name: str, upstream: int, fronts: "Fronts", contexts: Contexts | None):
        self.name = name
        self.upstream = upstream
        self.port = 0
        self._fronts = fronts
        self._contexts = contexts
        self._number = 0
        self._server: asyncio.Server | None = None

    @property
    def origin(self) -> str:
        return f"{'https' if self._contexts else 'http'}://127.0.0.1:{self.port}"

    async def listen(self, wanted: bool) -> None:
        if wanted and self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]
        elif not wanted and self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._fronts.open_ends.append(writer)
        try:
            spell = self._fronts.spell(self.name)
            if self._contexts is not None:
                is_wrong = spell is not None and spell.answer is How.WRONG_CERTIFICATE
                await writer.start_tls(self._contexts.wrong if is_wrong else self._contexts.good)
            await self._answer(await reader.readuntil(b"\r\n\r\n"), spell, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has gone
        except asyncio.CancelledError:  # the day is over
            writer.transport.abort()
        finally:
            writer.close()

    async def _answer(self, head: bytes, spell: Spell | None, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        has_key = b"\r\nauthorization:" in head.lower()
        self._number += 1
        if spell is not None and self._number % spell.each:
            spell = None
        whole = cut = False
        if spell is not None:
            if isinstance(spell.answer, bytes):
                writer.write(spell.answer)
        elif self.name == FILES or path.endswith("/content"):
            whole, cut = await self._hand_on_file(head, writer)
        else:
            writer.write(self._fronts.as_seen(await self._ask(head)))
        self._fronts.asked.append(Asked(self.name, path, has_key, spell, whole, cut))

    async def _ask(self, head: bytes) -> bytes:
        reader, writer = await self._open(head)
        try:
            return await reader.read()
        finally:
            writer.close()

    async def _hand_on_file(self, head: bytes, writer: asyncio.StreamWriter) -> tuple[bool, bool]:
        """Returns whether all of the file went through from its first byte on, and whether it was
        cut off."""
        reader, upstream = await self._open(head)
        self._fronts.under_way += 1
        try:
            answer = await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            length = re.search(rb"(?i)content-length: (\d+)", answer)
            left = int(length[1]) if length else 0
            while data := await reader.read(16384):
                if self._fronts.cuts(self.name):
                    writer.transport.abort()
                    return False, True
                writer.write(data)
                await writer.drain()
                left -= len(data)
                self._fronts.handed_on += len(data)
            return left == 0 and answer.startswith(b"HTTP/1.1 200"), False
        finally:
            self._fronts.under_way -= 1
            upstream.close()

    async def _open(self, head: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        self._fronts.open_ends.append(writer)
        own, theirs = f":{self.port}\r\n".encode(), f":{self.upstream}\r\n".encode()
        first, _, rest = head.replace(own, theirs).partition(b"\r\n")
        writer.write(first + b"\r\nConnection: close\r\n" + rest)
        return reader, writer


class Fronts:
    """All of them, on a loop in a thread of its own.

    Attributes:
        asked: Every request, when it was answered.
        handed_on: Bytes of files so far.
        under_way: Files that are being handed on.
        is_away: The computer sleeps: what is under way breaks off.
    """

    def __init__(self, day: Day, clock: Clock, sim: Simulator, contexts: Contexts) -> None:
        self.asked: list[Asked] = []
        self.open_ends: list[asyncio.StreamWriter] = []
        self.handed_on = self.under_way = 0
        self.is_away = False
        self._day = day
        self._clock = clock
        ports = {end.service: _port(end.base_url) for end in sim.endpoints}
        ports[FILES] = _port(sim.endpoints[0].truth)
        self.by_name = {
            name: Front(name, port, self, contexts if name in day.tls else None)
            for name, port in ports.items()
        }

    def spell(self, front: str) -> Spell | None:
        now = self._clock.day_s * self._day.speed
        spells = (s for s in self._day.spells if front in s.where and s.begins_s <= now < s.ends_s)
        return next(spells, None)

    def cuts(self, front: str) -> bool:
        spell = self.spell(front)
        return self.is_away or (spell is not None and spell.each == 1)

    def as_seen(self, answer: bytes) -> bytes:
        """An answer with the addresses of the fronts in place of the simulator's own."""
        head, _, body = answer.partition(b"\r\n\r\n")
        for front in self.by_name.values():
            body = body.replace(
                f"http://127.0.0.1:{front.upstream}/".encode(), f"{front.origin}/".encode()
            )
        head = re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d" % len(body), head)
        return head + b"\r\n\r\n" + body

    @contextmanager
    def open(self) -> Iterator[None]:
        loop = asyncio.new_event_loop()
        ready, stop = threading.Event(), asyncio.Event()

        def work() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(self._run(ready, stop))

        thread = threading.Thread(target=work, name="fronts", daemon=True)
        thread.start()
        ready.wait(LIMIT_S)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(LIMIT_S)

    async def _run(self, ready: threading.Event, stop: asyncio.Event) -> None:
        for front in self.by_name.values():
            await front.listen(True)
        ready.set()
        while not stop.is_set():
            for front in self.by_name.values():
                spell = self.spell(front.name)
                await front.listen(spell is None or spell.answer is not How.REFUSED)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await stop.wait()
        for front in self.by_name.values():
            await front.listen(False)
        # A connection that was just accepted begins a task after the others were counted.
        while mine := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in mine:
                task.cancel()
            await asyncio.gather(*mine, return_exceptions=True)
        for writer in self.open_ends:  # close() waits for a peer that reads no more
            writer.transport.abort()
        await asyncio.sleep(0)  # what was aborted is closed with the next turn of the loop


def _port(url: str) -> int:
    found = re.match(r"http://127\.0\.0\.1:(\d+)", url)
    assert found is not None
    return int(found[1])


@dataclass
class Stage:
    """The program at work, and what it has been seen in so far."""

    day: Day
    clock: Clock
    fronts: Fronts
    process: "subprocess.Popen[bytes]"
    store: Path
    clock_file: Path
    tasks: dict[Key, Task] = field(default_factory=dict)
    states: set[ArtifactState] = field(default_factory=set)

    def set_clock(self, ahead_s: float) -> None:
        """The computer's clock says from now on what it is, and so much more."""
        set_clock(self.clock_file, self.clock() - time.time() + ahead_s)

    async def until(self, happened: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        async with asyncio.timeout(seconds):
            while not happened():  # noqa: ASYNC110  (in another process)
                await asyncio.sleep(_LOOK_S)

    async def until_day(self, seconds: float) -> None:
        """Until the day is so many real seconds old."""
        await self.until(lambda: self.clock.day_s >= seconds)

    async def look(self) -> None:
        """Read the list as it stands on the disk now."""
        with suppress(StoreError):  # not there yet
            _, tasks = await read_list(self.store)
            self.tasks = {task.key: task for task in tasks}
            self.states |= {a.state for task in tasks for a in task.artifacts}

    @property
    def is_saved(self) -> bool:
        return bool(self.tasks) and all(
            task.artifacts and all(a.state is ArtifactState.SAVED for a in task.artifacts)
            for task in self.tasks.values()
        )


@dataclass(frozen=True)
class Ended:
    """A day that is over."""

    code: int
    tasks: tuple[Task, ...]
    states: frozenset[ArtifactState]
    asked: tuple[Asked, ...]
    files: dict[str, set[str]]  # task id → SHA-256 of what the service made
    told: str

    def check(self) -> None:
        """Saved, alone and once; never called lost meanwhile.

        Raises:
            AssertionError: what was otherwise.
        """
        assert self.code == 0, f"exit code {self.code}: {self.told[-300:]}"
        for task in self.tasks:
            kept = {_sha256(a.path) for a in task.artifacts if a.path is not None}
            assert kept == self.files[task.key.id], f"{task.key}: {task.artifacts}"
        assert ArtifactState.LOST not in self.states, "called lost meanwhile"
        assert "Traceback" not in self.told, self.told[-300:]
        whole = Counter((one.front, one.path) for one in self.asked if one.whole)
        assert not [path for path, times in whole.items() if times > 1], f"fetched twice: {whole}"

    def with_key(self) -> list[Asked]:
        """Requests that brought a key to somebody else than its service."""
        return [one for one in self.asked if one.spell is not None and one.has_key]


def _sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def can_set_clock() -> bool:
    return bool(_LIBRARIES)


def set_clock(path: Path, ahead_s: float) -> None:
    """By a file that the library reads whenever the time is asked for; never half written."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{ahead_s:+.3f}\n", "utf-8")
    fresh.replace(path)


# Python sleeps until a moment of the steady clock. libfaketime 0.9.10 gets this wrong where that
# clock is the true one (its issue 426): every `time.sleep` raises EINVAL.
_SLEEP = """import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""


def _clock_env(path: Path) -> dict[str, str]:
    """What a Python process needs to have a clock of its own. Its steady clock stays the true one,
    as it does when somebody sets a clock, and so do the times of files."""
    start = path.with_suffix(".python")
    start.mkdir()
    (start / "sitecustomize.py").write_text(_SLEEP, "utf-8")
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(start), os.environ.get("PYTHONPATH")))),
        "LD_PRELOAD": str(_LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(path),
        "FAKETIME_CACHE_DURATION": "1",  # seconds until it reads the file anew
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


WAYS = ("window", "watch")


def live(day: Day, way: str) -> Ended:
    """Live through a day, by one of `WAYS`."""
    clock = Clock(day.starts_at)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        sim = stack.enter_context(playing(Simulator(day.scene, speed=day.speed, clock=clock)))
        (folder / "ca").mkdir()
        (folder / "run").mkdir(mode=0o700)
        authority = new_authority(folder / "ca")
        contexts = Contexts(authority.server("127.0.0.1"), authority.server("127.0.0.2"))
        fronts = Fronts(day, clock, sim, contexts)
        stack.enter_context(fronts.open())
        store = folder / "base" / "data" / "rushes.sqlite3"
        asyncio.run(_fill(store, sim, fronts, str(authority.bundle), clock()))
        env = {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run"), **dict(day.env)}
        env |= {f"KEY_{end.service}": end.key for end in sim.endpoints}
        clock_file = folder / "clock"
        if day.fakes_clock:
            set_clock(clock_file, clock() - time.time())
            env |= _clock_env(clock_file)
        words = [sys.executable, "-m", "rushes", "--base-dir", str(folder / "base")]
        words += ["--speed", str(day.speed)]
        words += ["watch", "--until-done", "--save"] if way == "watch" else []
        told = folder / "told"
        with told.open("wb") as out:
            process = subprocess.Popen(words, env=env, stdout=out, stderr=out)
        stage = Stage(day, clock, fronts, process, store, clock_file)
        try:
            asyncio.run(_live(stage))
            if way == "window":
                process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE_S)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(LIMIT_S)
        files = {
            task_id: {artifact["sha256"] for artifact in job["artifacts"]}
            for jobs in sim.expected().values()
            for task_id, job in jobs.items()
        }
        ended = Ended(
            *(code, tuple(stage.tasks.values()), frozenset(stage.states), tuple(fronts.asked)),
            *(files, told.read_text("utf-8")),
        )
        ended.check()
        return ended


async def _nothing(_: Stage) -> None: ...


async def _live(stage: Stage) -> None:
    """Until everything is saved; the day begins when every service was asked."""
    await stage.look()
    services = {key.account for key in stage.tasks}
    await stage.until(lambda: {one.front for one in stage.fronts.asked} >= services)
    stage.clock.begin()
    lasts = max((s.ends_s for s in stage.day.spells), default=0.0)
    lasts = max(lasts, stage.day.scene.lasts_s) / stage.day.speed
    play = asyncio.create_task((stage.day.play or _nothing)(stage))
    try:
        async with asyncio.timeout(lasts + PATIENCE_S):
            while not stage.is_saved:
                await stage.look()
                await asyncio.sleep(_LOOK_S)
            await play
    except TimeoutError:
        raise AssertionError(f"not saved after the day: {_unsaved(stage)}") from None
    finally:
        play.cancel()


def _unsaved(stage: Stage) -> list[str]:
    """What stands in the rows that are not saved."""
    found = []
    for task in stage.tasks.values():
        for a in task.artifacts:
            if a.state is not ArtifactState.SAVED:
                wait = None if a.next_try_at is None else round(a.next_try_at - time.time(), 1)
                words = (task.key.account, a.state.value, a.problem, a.refusals, wait)
                found.append(" ".join(map(str, words)))
        if not task.artifacts:
            found.append(f"{task.key.account} {task.status.value}")
    return found


async def _fill(store: Path, sim: Simulator, fronts: Fronts, ca_file: str, now: float) -> None:
    """The list as the user left it: an account a service, with all its tasks."""
    store.parent.mkdir(parents=True, mode=0o700)
    opened = await Store.open(store)
    for end in sim.endpoints:
        if not end.ids:
            continue
        front = fronts.by_name[end.service]
        account = Account(
            id=end.service,
            name=end.title,
            service=service_named(end.service),
            base_url=front.origin,
            key_source=KeySource.ENVIRONMENT,
            key_env=f"KEY_{end.service}",
            ca_file=ca_file if front.origin.startswith("https") else "",
        )
        await opened.write(tables.put_account, account)
        await opened.write(tables.add, [Key(account.id, each) for each in end.ids], now)
    await opened.aclose()


def both(report: Report, day: Day, check: Callable[[Ended], object] = lambda _: None) -> None:
    """The same day by both ways, at the same time."""
    with ThreadPoolExecutor(len(WAYS)) as threads:
        lives = {way: threads.submit(live, day, way) for way in WAYS}
    for way, lived in lives.items():
        with report.case(way):
            check(lived.result())
