"""D5: a day behind gateways: every service behind them × what can happen there, through each
gateway and through two in a row, while gateways are killed and started, their time-outs pass, a cut
is lifted, and a key without credit is filled. Beside it, a key that is good for one model only; and
some other program of the user's that listens at the address that gateways name for their own.

The scene (`rushes simulate --scene gateways`), the program and each command are real processes;
what the scene holds and heard is compared with what the program wrote down.
"""

import asyncio
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import IO, Any, cast
from urllib.request import Request, urlopen

from rushes.core.account import Account, KeySource, Service
from rushes.core.task import Flag, Key
from rushes.presentation.export import task_line
from rushes.simulator.gateways.task import SLOW_BYTES_PER_S
from rushes.simulator.media import medium
from rushes.simulator.server import FILES
from rushes.store import Store, StoreError, read_list, tables
from tests.e2e.command import PROGRAM, Shell
from tests.faults.days import WAYS
from tests.faults.report import Report
from tests.patience import LIMIT_S

PATIENCE_S = 60.0
_LOOK_S = 0.1

#: The scene goes slower than the program: what stands for a moment only is seen, and the hour after
#: which a gateway that gave up is asked again passes within the day.
QUICK, FULL = 2.5, 1.5
PROGRAM_SPEED = 400.0
#: Real seconds until a scene begins: so long the adding of its ids and the start of the program
#: take. No gateway is up before.
BEFORE_S = 8.0
#: A command starts within this on a machine that does nothing else. Where it takes longer the scene
#: begins so much later and goes so much slower: what stands for a moment is seen there, too.
USUAL_START_S, SLOWEST = 1.0, 5.0

#: Accounts with other keys than the good one, at the first gateway.
USED_UP, LIMITED = "used_up", "limited"
OF_USED_UP = ("kling", "wan", "kling-runs", "hailuo-refused")
LIMITED_BEHIND = "kling"
NOT_LIMITED = "seedance-beside"

#: Simulated seconds that the film takes whose cut is lifted after the last deed.
SLOW_S = medium("dusk.mp4").bytes / SLOW_BYTES_PER_S

#: A gateway whose administrator typed no address names this port of "localhost" for its own.
NOBODY_S_PORT = 3000

GATEWAYS = ("newapi", "newapi-outer", "aisix", "litellm", "openrouter", "xai")
#: (simulated second, gateway, what is done to it)
Deed = tuple[float, str, str]
QUICK_DEEDS: Sequence[Deed] = (
    *((0.0, name, "start") for name in GATEWAYS),
    (0.0, "newapi", "cut?s=10"),
    *((2.5, "newapi", "kill"), (5.0, "newapi", "start")),
    *((3.0, "newapi-outer", "kill"), (4.5, "newapi-outer", "start")),
    *((3.0, "openrouter", "kill"), (8.0, "openrouter", "start")),
    *((4.0, "xai", "kill"), (6.0, "xai", "start")),
    *((6.0, "aisix", "kill"), (9.0, "aisix", "start")),
    *((7.0, "litellm", "kill"), (12.0, "litellm", "start")),
    *((19.0, "newapi", "kill"), (23.0, "newapi", "start")),  # its time-outs pass meanwhile
)


def full_deeds() -> Sequence[Deed]:
    """The same, and each gateway three times more at other moments."""
    dice = random.Random(15)
    found = [*QUICK_DEEDS]
    for name in GATEWAYS:
        for begins in (26.0, 34.0, 42.0):
            begins += 2.0 * dice.random()
            found += [(begins, name, "kill"), (begins + 1.0 + 4.0 * dice.random(), name, "start")]
    return sorted(found)


Line = dict[str, Any]


@dataclass(frozen=True)
class Cloud:
    """The scene in its own process."""

    lines: Mapping[str, Line]

    def ask(self, what: str, method: str = "GET") -> Any:
        first = next(iter(self.lines.values()))
        url = first["truth"].replace("expected", what)
        with urlopen(Request(url, method=method), timeout=LIMIT_S) as answer:
            return json.load(answer)

    def truth(self) -> dict[str, dict[str, Line]]:
        return cast(dict[str, dict[str, Line]], self.ask("expected"))

    def heard(self) -> list[Line]:
        return cast(list[Line], self.ask("heard"))

    def do(self, gateway: str, what: str) -> None:
        self.ask(f"gateways/{gateway}/{what}", "POST")

    def key(self, account: str) -> str:
        if account in (USED_UP, LIMITED):
            return str(self.lines["newapi"]["keys"][account])
        return str(self.lines[account]["key"])


class Bystander(BaseHTTPRequestHandler):
    """Some other program of the user's: it has a page for everybody, or wants a login first."""

    def do_GET(self) -> None:
        server = cast(BystanderServer, self.server)
        server.heard.append(f"{self.path} {self.headers}")
        page = b"<!doctype html><title>Somebody else</title>"
        self.send_response(200 if len(server.heard) % 2 else 401)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_: object) -> None:
        pass


class BystanderServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Bystander)
        self.heard: list[str] = []

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_port}"


@contextmanager
def bystanding() -> Iterator[BystanderServer]:
    """At the address that gateways name; at another one, which they name then, if it is taken."""
    try:
        server = BystanderServer(NOBODY_S_PORT)
    except OSError:
        server = BystanderServer(0)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def playing(speed: float, began: float, nobody_s: str) -> Iterator[Cloud]:
    """Args: nobody_s: the address that a gateway names for its own when nobody told it."""
    how = (
        "from rushes.simulator.gateways import new_api\n"
        f"new_api.NOBODY_SET_IT = {nobody_s!r}\n"
        "from rushes.simulator.server import serve\n"
        f"serve('gateways', 0, {speed}, began={began})"
    )
    process = subprocess.Popen([sys.executable, "-c", how], stdout=subprocess.PIPE, text=True)
    stdout = cast(IO[str], process.stdout)
    try:
        lines = [json.loads(stdout.readline()) for _ in GATEWAYS]
        yield Cloud({line["service"]: line for line in lines})
    finally:
        process.terminate()
        process.wait(LIMIT_S)
        stdout.close()


@dataclass
class Day:
    """The program, and what stood in its list so far."""

    cloud: Cloud
    shell: Shell
    wanted: dict[tuple[str, str], Line]  # (account, id) → the truth
    rows: dict[tuple[str, str], Line] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.shell.base / "data" / "rushes.sqlite3"

    async def look(self) -> None:
        with suppress(StoreError):
            known, tasks = await read_list(self.store)
            accounts = {account.id: account for account in known}
            for task in tasks:
                line = task_line(task, accounts[task.key.account], time.time())
                self.rows[task.key.account, task.id] = line

    def gave_up(self, account: str, id_: str) -> bool:
        """Whether the row said so at any time, by its history."""
        with closing(sqlite3.connect(f"{self.store.as_uri()}?mode=ro", uri=True)) as db:
            changes = tables.events(db, Key(account, id_))
        return any(e.what == "flag" and Flag.GAVE_UP.value in e.new.split() for e in changes)

    def wrong(self) -> list[str]:
        """Where rows are not what the scene holds."""
        found = [
            f"{account} {truth['case']} {told}"
            for (account, id_), truth in self.wanted.items()
            for told in _differences(self.rows.get((account, id_)), truth, account)
        ]
        return found if len(self.rows) == len(self.wanted) else [*found, "rows too many or few"]


def _differences(row: Line | None, truth: Line, account: str) -> Iterator[str]:
    if row is None:
        yield "is not in the list"
        return
    if account == LIMITED and truth["model_refused"]:
        if row["status"] != "unknown" or row["artifacts"]:
            yield f"was refused, but is {row['status']}"
        return
    for name in ("status", "status_raw", "flags", "upstream_said"):
        if row[name] != truth[name]:
            yield f"{name}: {row[name]!r}, not {truth[name]!r}"
    # Some answers name it only until the gateway has looked behind for the first time.
    seen_early = () if truth["upstream_id"] else (truth["service_id"],)
    if row["upstream_id"] not in (truth["upstream_id"], *seen_early):
        yield f"upstream_id: {row['upstream_id']!r}, not {truth['upstream_id']!r}"
    for name in ("total_tokens", "charged"):
        if row["usage"][name] != truth["usage"][name]:
            yield f"{name}: {row['usage'][name]!r}, not {truth['usage'][name]!r}"
    told, true = row["error"] or {}, truth["error"] or {}
    for name in ("code", "message"):
        said = str(told.get(name) or "").partition(" Request id")[0]
        if said != str(true.get(name) or "").partition(" Request id")[0]:
            yield f"error {name}: {told.get(name)!r}, not {true.get(name)!r}"
    yield from _file_differences(row["artifacts"], truth["artifacts"])


def _file_differences(row: list[Line], truth: list[Line]) -> Iterator[str]:
    files = {each["kind"]: each for each in row}
    for true in truth:
        got = files.pop(true["kind"], {})
        if true["state"] == "saved":
            names = ("state", "sha256", "bytes", "expires_at")
            wrong = [name for name in names if got.get(name) != true[name]]
        else:  # it is tried for as long as it might come
            wrong = [] if got.get("state") in ("remote", "saving") else ["state"]
        for name in wrong:
            why = (got.get("problem"), got.get("refused"))
            yield f"{true['kind']} {name}: {got.get(name)!r}, not {true[name]!r} {why}"
    for kind in files:
        yield f"{kind}: not expected"


# --- a day ----------------------------------------------------------------------------------------


def live(way: str, full: bool, bystander: BystanderServer) -> dict[str, float]:
    """Returns figures of the day: requests, files, real seconds until all was as it should."""
    speed, deeds = (FULL, full_deeds()) if full else (QUICK, QUICK_DEEDS)
    slow = min(max(1.0, _start_s() / USUAL_START_S), SLOWEST)
    speed /= slow
    began = time.time() + BEFORE_S * slow
    nobody_s = bystander.address
    with tempfile.TemporaryDirectory() as name, playing(speed, began, nobody_s) as cloud:
        folder = Path(name)
        (folder / "run").mkdir(mode=0o700)
        env = {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run")}
        accounts = [*cloud.lines, USED_UP, LIMITED]
        env |= {f"KEY_{each}": cloud.key(each) for each in accounts}
        day = Day(cloud, Shell(folder / "base", env, PROGRAM_SPEED), _wanted(cloud))
        day.store.parent.mkdir(parents=True, mode=0o700)
        asyncio.run(_add_accounts(day, accounts))
        _add(day)
        for gateway in cloud.lines:
            cloud.do(gateway, "kill")
        words = () if way == "window" else ("watch", "--until-done", "--save", "--json")
        told = folder / "told"
        with told.open("wb") as out:
            process = subprocess.Popen(day.shell.words(*words), env=env, stdout=out, stderr=out)
        try:
            figures = asyncio.run(_live(day, process, began, speed, deeds))
            process.send_signal(signal.SIGTERM)
            code = process.wait(LIMIT_S)
        except Exception as e:
            raise AssertionError(f"{e}; it said: {_last_words(told)}") from e
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(LIMIT_S)
        assert "Traceback" not in told.read_text("utf-8"), _last_words(told)
        if way == "window":
            assert code == 0, code
        _check_end(day)
        _check_that_links_name(bystander, day)
        return figures


def _start_s() -> float:
    """How long a start takes on this machine, as busy as it is."""
    with tempfile.TemporaryDirectory() as base:
        begun = time.monotonic()
        words = (*PROGRAM, "--base-dir", base, "list")
        subprocess.run(words, stderr=subprocess.DEVNULL, check=False)
        return time.monotonic() - begun


def _last_words(told: Path) -> str:
    lines = told.read_text("utf-8").splitlines()
    return " | ".join([line for line in lines if not line.startswith("{")][-8:])


def _wanted(cloud: Cloud) -> dict[tuple[str, str], Line]:
    """Every row of the day. Nobody's cut is in the truth any more: it is lifted."""
    truth = cloud.truth()
    found = {(name, id_): true for name, jobs in truth.items() for id_, true in jobs.items()}
    for id_, true in truth["newapi"].items():
        case = true["case"]
        if case in OF_USED_UP:
            found[USED_UP, id_] = true
        if case.startswith(LIMITED_BEHIND) or case == NOT_LIMITED:
            found[LIMITED, id_] = true | {"model_refused": case == NOT_LIMITED}
    return found


async def _add_accounts(day: Day, names: Sequence[str]) -> None:
    """The program has run before: its list is there, with an account a key."""
    store = await Store.open(day.store)
    for name in names:
        account = Account(
            id=name,
            name=name,
            service=Service.GATEWAY,
            base_url=day.cloud.lines[_gateway_of(name)]["base_url"],
            key_source=KeySource.ENVIRONMENT,
            key_env=f"KEY_{name}",
        )
        await store.write(tables.put_account, account)
    await store.aclose()


def _gateway_of(account: str) -> str:
    return "newapi" if account in (USED_UP, LIMITED) else account.removesuffix("-wrong")


def _add(day: Day) -> None:
    lines = [json.dumps({"id": id_, "account": account}) for account, id_ in day.wanted]
    told = day.shell.good("add", "--jsonl", "-", given="\n".join(lines))
    assert told.startswith(f"{len(lines)} tasks"), told


async def _live(
    day: Day, process: "subprocess.Popen[bytes]", began: float, speed: float, deeds: Sequence[Deed]
) -> dict[str, float]:
    """Until every row is what the scene holds."""
    wanted = asyncio.create_task(_do(day, began, speed, deeds))
    ends = began + (max(at for at, _, _ in deeds) + SLOW_S) / speed + PATIENCE_S
    try:
        while True:
            await day.look()
            assert process.poll() is None, f"it ended by itself with {process.returncode}"
            if wanted.done():
                wanted.result()
                if not (wrong := day.wrong()):
                    break
                assert time.time() < ends, f"{len(wrong)} rows are otherwise: {wrong[:6]}"
            await asyncio.sleep(_LOOK_S)
    finally:
        wanted.cancel()
    took = time.time() - began
    await asyncio.to_thread(_wait_for_all, day)
    return {"s": round(took, 1), "rows": len(day.rows), "requests": len(day.cloud.heard())}


async def _do(day: Day, began: float, speed: float, deeds: Sequence[Deed]) -> None:
    """Kill and start as the day goes; then fill the key that was refused, and lift the cut that a
    film met."""
    for at, gateway, what in deeds:
        await asyncio.sleep(max(0.0, began + at / speed - time.time()))
        await asyncio.to_thread(day.cloud.do, gateway, what)
    slow = next(id_ for (_, id_), true in day.wanted.items() if true["case"] == "sora-slow")
    await _until(lambda: _asked(day, "newapi", f"{slow}/content"))
    await asyncio.to_thread(day.cloud.do, "newapi", "cut")
    await asyncio.to_thread(_lift, day, slow)
    await _until(lambda: _asked(day, USED_UP, "/api/usage/token/"))
    refused = [row for (account, _), row in day.rows.items() if account == USED_UP]
    assert {row["status"] for row in refused} == {"unknown"}, "seen with a key that is used up"
    await asyncio.to_thread(day.cloud.do, "newapi", "fill")


def _lift(day: Day, slow: str) -> None:
    """The film that was cut is given out whole from now on."""
    day.wanted["newapi", slow] = day.cloud.truth()["newapi"][slow]


def _asked(day: Day, account: str, path: str) -> bool:
    key = day.cloud.key(account)
    return any(path in one["path"] and key in str(one["headers"]) for one in day.cloud.heard())


async def _until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(happened):  # noqa: ASYNC110 - in another process
            await asyncio.sleep(0.3)


def _wait_for_all(day: Day) -> None:
    """Nothing is paused: every account goes on to ask about what has not ended."""
    live_ones = {
        account
        for (account, _), row in day.rows.items()
        if row["status"] in ("queued", "running", "unknown")
    }
    assert live_ones == {account for account, _ in day.wanted}, live_ones
    before, silent = len(day.cloud.heard()), live_ones
    ends = time.monotonic() + PATIENCE_S
    while silent:
        assert time.monotonic() < ends, f"paused: {silent}"
        time.sleep(0.3)
        later = str([one["headers"] for one in day.cloud.heard()[before:]])
        silent = {one for one in live_ones if day.cloud.key(one) not in later}


# --- when it is over ------------------------------------------------------------------------------


def _check_end(day: Day) -> None:
    """The list as a user reads it, the keys that were heard, and what came back."""
    rows = [json.loads(line) for line in day.shell.good("list", "--json").splitlines()]
    day.rows = {(row["account"], row["id"]): row for row in rows}
    assert not (wrong := day.wrong()), wrong
    for row in rows:
        _check_files(row)
    for case in ("jimeng-came-back", "seedance-came-back"):
        (row_of,) = [row for row, true in day.wanted.items() if true["case"] == case]
        assert day.gave_up(*row_of), f"{case} was never seen when it had given up"
    _check_keys(day)
    _check_that_what_is_saved_ends(day)
    _check_key_tests(day)


def _check_files(row: Line) -> None:
    for artifact in row["artifacts"]:
        if artifact["state"] == "saved":
            digest = hashlib.sha256(Path(artifact["path"]).read_bytes()).hexdigest()
            assert digest == artifact["sha256"], artifact["path"]


def _check_keys(day: Day) -> None:
    """Each gateway hears its own keys only, and who gives out files hears none."""
    owners = defaultdict(set)
    for account in {account for account, _ in day.wanted}:
        owners[_gateway_of(account)].add(day.cloud.key(account))
    every = set().union(*owners.values())
    for one in day.cloud.heard():
        told = str((one["headers"], one["path"], one["query"]))
        own = owners.get(one["service"], set())
        assert not any(key in told for key in every - own), f"{one['service']} heard another key"
        assert one["service"] != FILES or "authorization" not in one["headers"]


def _check_that_what_is_saved_ends(day: Day) -> None:
    """A command that is asked for what has ended ends at once, and says so."""
    ids = [
        id_
        for (account, id_), true in day.wanted.items()
        if account == "newapi-outer" and true["status"] == "succeeded"
    ]
    words = ("watch", "--until-done", "--save", "--json", "--account", "newapi-outer")
    done = day.shell.run(*words, "--timeout", "20", *ids)
    assert done.returncode == 0, done.stderr
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == set(ids)


def _check_key_tests(day: Day) -> None:
    """At each kind of gateway a wrong key is refused and a good one accepted."""
    wrong = {f"{name}-wrong": line["keys"]["wrong"] for name, line in day.cloud.lines.items()}
    day.shell.env.update({f"KEY_{name}": key for name, key in wrong.items()})
    asyncio.run(_add_accounts(day, list(wrong)))
    done = day.shell.run("accounts", "test", "--json", *wrong, *day.cloud.lines, USED_UP, LIMITED)
    told = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
    accepted = {name: line["accepted"] for name, line in told.items()}
    true = dict.fromkeys(wrong, False)
    assert accepted == true | dict.fromkeys((*day.cloud.lines, USED_UP, LIMITED), True), accepted


def _check_that_links_name(bystander: BystanderServer, day: Day) -> None:
    """The film whose link leads there was saved all the same, by the gateway's own route."""
    row = ("newapi", "sora")
    (id_,) = {id_ for (account, id_), true in day.wanted.items() if (account, true["case"]) == row}
    url = f"{day.cloud.lines['newapi']['base_url']}/v1/video/generations/{id_}"
    asked = Request(url, headers={"Authorization": f"Bearer {day.cloud.key('newapi')}"})
    with urlopen(asked, timeout=LIMIT_S) as answer:
        link = json.load(answer)["data"]["result_url"]
    assert link == f"{bystander.address}/v1/videos/{id_}/content", link


def _check_that_nobody_asked(bystander: BystanderServer) -> None:
    assert not bystander.heard, f"asked {len(bystander.heard)} times"
    urlopen(bystander.address, timeout=LIMIT_S).close()
    assert len(bystander.heard) == 1, "it would not have heard anybody"


def run(full: bool) -> Report:
    report = Report("D5")
    with bystanding() as bystander:
        with ThreadPoolExecutor(len(WAYS)) as threads:
            lives = {way: threads.submit(live, way, full, bystander) for way in WAYS}
        with report.case("another program at the address that gateways name"):
            _check_that_nobody_asked(bystander)
    for way, lived in lives.items():
        with report.case(way):
            found = lived.result()
            report.figures |= {f"{way}_{name}": value for name, value in found.items()}
    return report
