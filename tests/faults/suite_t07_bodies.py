"""T7: bad bodies through the real client, poller and store. No row is lost, nothing escapes."""

import asyncio
import contextlib
import itertools
import json
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web
from hypothesis import HealthCheck, given, settings

from rushes.core.account import Account, Service
from rushes.core.failure import Failure
from rushes.core.secret import Secret
from rushes.core.task import Flag, Key, Status, Task
from rushes.net.http import Network
from rushes.store import Store, tables
from rushes.watching.supervisor import TaskSupervisor
from tests.faults.report import Report
from tests.net.web import serve
from tests.providers.replies import SAMPLES, STATUS
from tests.providers.test_shaken import ENDING_WORDS, as_bytes, damaged, mutated, statuses, values

#: Service → the beginnings of the names of its samples.
SERVICES = {
    Service.ARK: ("ark_get", "ark_error", "ark_delete"),
    Service.RONG_BJ: ("rong", "ark_list"),
    Service.ANYFAST: ("anyfast", "newapi"),
    Service.JIMENG: ("jimeng", "newapi"),
    Service.GATEWAY: ("newapi", "ark_get"),
}
ODD: tuple[Any, ...] = (None, [], {}, "", "x", -1, 10**30, 1.5, True, [[]], "\ud800", "a\0b")


class Body(NamedTuple):
    status: int
    content: bytes
    kind: str = "application/json"


@dataclass
class Bench:
    """A watcher on a real store and client; the service answers `body`, whatever it is asked."""

    store: Store
    watcher: TaskSupervisor
    account: Account
    body: Body
    number: int = 0


@asynccontextmanager
async def benched(folder: Path, service: Service) -> AsyncIterator[Bench]:
    bench: list[Bench] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        status, content, kind = bench[0].body
        return web.Response(status=status, body=content, headers={"Content-Type": kind or "x/y"})

    async with serve(answer) as site:
        store = await Store.open(folder / "store.sqlite3")
        network = Network()
        account = Account(id="a", name="mine", service=service, base_url=site.url)
        await store.write(tables.put_account, account)
        watcher = TaskSupervisor(store=store, publish=lambda news: None, speed=1e6)
        watcher.start(account, network.client_for(account, Secret("k" * 20)), loop=False)
        bench.append(Bench(store, watcher, account, Body(200, b"{}")))
        try:
            yield bench[0]
        finally:
            await watcher.aclose()
            await network.aclose()
            await store.aclose()


def fixtures(service: Service) -> Iterator[Body]:
    """What the service really says, cut off, and with each place holding something odd."""
    for name in sorted(STATUS):
        if not name.startswith(SERVICES[service]):
            continue
        content = (SAMPLES / name).read_bytes()
        yield Body(STATUS[name], content)
        yield from (Body(200, content[: len(content) * n // 16]) for n in range(16))
        if name.endswith(".json"):
            yield from (Body(200, as_bytes(odd)) for odd in _oddities(json.loads(content)))


def _oddities(sample: Any) -> Iterator[Any]:
    """`sample` with one place after the other replaced, by one odd value after the other."""
    for place, odd in itertools.product(_places(sample, ()), ODD):
        copy = json.loads(json.dumps(sample))
        inner = copy
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = odd
        yield copy


def _places(value: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield (*at, key)
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key], (*at, key))


def generated(count: int) -> list[Body]:
    bodies: list[Body] = []

    @settings(
        max_examples=count // 2,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(values | mutated(), damaged(), statuses)
    def collect(value: Any, broken: bytes, status: int) -> None:
        bodies.append(Body(status, as_bytes(value)))
        bodies.append(Body(status, broken, "text/html" if len(broken) % 5 == 0 else "text/plain"))

    collect()
    return bodies


async def _try(report: Report, bench: Bench, body: Body) -> None:
    """A task of its own meets the body; what is known of it afterwards must make sense."""
    bench.number += 1
    key = Key(bench.account.id, f"cgt-{bench.number}")
    await bench.store.write(tables.add, [key], float(bench.number))
    bench.body = body
    bench.watcher.resume(bench.account.id)
    failure = await bench.watcher.look([key])
    assert failure is None or isinstance(failure, Failure)
    found = await bench.store.read(tables.get, [key])
    report.lost += not found
    assert found, "the row is gone"
    _check(found[0], raw=await bench.store.read(tables.raw, key))


def _check(task: Task, *, raw: str) -> None:
    if task.status.is_terminal:
        said = task.report.status_raw.strip().casefold()
        assert said in ENDING_WORDS[task.status], "an end nobody told of"
    if task.report.status_raw or task.artifacts:
        assert raw, "the answer was not kept"
    if task.status is Status.UNKNOWN:
        assert task.is_live or Flag.NOT_FOUND in task.flags, "an unknown one is not watched on"


@contextlib.contextmanager
def _errors() -> Iterator[list[str]]:
    """What the program logs as a bug of its own."""

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name}: {record.getMessage()}")

    lines: list[str] = []
    handler = Listening(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)


async def _play(report: Report, service: Service, bodies: list[Body]) -> None:
    with tempfile.TemporaryDirectory() as place, _errors() as errors:
        async with benched(Path(place), service) as bench:
            for body in bodies:
                with report.case(f"{service.value} {body.status} {body.content[:80]!r}"):
                    await _try(report, bench, body)
                    assert errors == [], errors.pop()
            with report.case(f"{service.value}: every row is in the list"):
                missing = bench.number - len(await bench.store.read(tables.tasks))
                report.lost += missing
                assert missing == 0


def run(full: bool) -> Report:
    """250 fixtures and 4,000 generated bodies a service; of each a few in the quick form."""
    report = Report("T7")
    shaken = generated(20_000 if full else 150)
    for number, service in enumerate(SERVICES):
        every = list(fixtures(service))
        random.Random(7).shuffle(every)
        bodies = every[: 250 if full else 15] + shaken[number :: len(SERVICES)]
        asyncio.run(_play(report, service, bodies))
    return report
