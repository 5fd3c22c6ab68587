"""T25: what runs beside the window runs our code alone, without keys, limits or a network of ours.

Every helper is the real one, started the way the program starts it, out of a folder full of planted
modules; what it got and what it gave up is read in /proc.
"""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rushes.assets import asset
from rushes.controllers import demo
from rushes.core.film import FilmTrouble
from rushes.core.model import ModelTrouble
from rushes.files.frames import FrameServer
from rushes.files.models import ModelCache, Unpacked
from rushes.options import Options
from rushes.system import helper, threads
from rushes.system.helper import Helpers
from tests.faults.report import Report

#: Variables that no helper may see: keys of every shape, and ways to have it load something.
SECRETS = {
    "ARK_API_KEY": "3f1c2a9e-aaaa-bbbb-cccc-0123456789ab",
    "OPENAI_API_KEY": "sk-canary-canary-canary",
    "KEY_OF_MINE": "canary",
    "LD_PRELOAD": "",
    "QT_PLUGIN_PATH": "/nowhere",
    "QML2_IMPORT_PATH": "/nowhere",
    "PYTHONSTARTUP": "/nowhere",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    "https_proxy": "http://user:canary@127.0.0.1:9",
}
#: What the helpers import, and what the interpreter looks for by itself.
PLANTED = (
    *("json", "argparse", "re", "asyncio", "subprocess", "tempfile", "zipfile", "ctypes", "signal"),
    *("pathlib", "dataclasses", "contextlib", "functools", "types", "warnings", "enum", "typing"),
    *("struct", "shutil", "errno", "stat", "resource", "msgspec", "aiohttp", "PySide6", "rushes"),
    *("sitecustomize", "usercustomize", "runpy", "collections"),
)
#: `python -m` itself reads some before the first line of ours: of these the program is free.
OF_THE_PROGRAM = (
    *("json", "argparse", "asyncio", "subprocess", "signal", "dataclasses", "sqlite3", "msgspec"),
    *("pathlib", "typing", "tempfile", "keyring", "httpx"),
)
_LONGEST_S = 30.0
MIB, GIB = 2**20, 2**30


@dataclass(frozen=True)
class Seen:
    """What /proc tells of a helper."""

    cwd: Path
    environ: dict[str, str]
    words: list[str]
    limits: dict[str, str]
    status: dict[str, str]
    network: str

    @classmethod
    def of(cls, pid: int) -> "Seen":
        home = Path("/proc", str(pid))
        environ = home.joinpath("environ").read_bytes().decode(errors="replace").split("\0")
        lines = home.joinpath("limits").read_text("ascii").splitlines()[1:]
        status = home.joinpath("status").read_text("utf-8", "replace").splitlines()
        return cls(
            cwd=home.joinpath("cwd").readlink(),
            environ=dict(each.split("=", 1) for each in environ if "=" in each),
            words=home.joinpath("cmdline").read_bytes().decode(errors="replace").split("\0"),
            limits={line[:25].strip(): line[26:].split()[0] for line in lines},
            status=dict(line.split(":", 1) for line in status if ":" in line),
            network=str(home.joinpath("ns", "net").readlink()),
        )


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + _LONGEST_S
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.002)


def _is_there(pid: int) -> bool:
    try:
        return (
            Path("/proc", str(pid), "stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
        )
    except OSError:
        return False


def seen(pid: int) -> Seen:
    """A helper once it has confined itself, held still for that moment."""

    def is_confined() -> bool:
        assert _is_there(pid), "it ended before it could be looked at"
        return Seen.of(pid).status["NoNewPrivs"].strip() == "1"

    _until(is_confined)
    os.kill(pid, signal.SIGSTOP)
    try:
        return Seen.of(pid)
    finally:
        os.kill(pid, signal.SIGCONT)


# --- the real helpers -----------------------------------------------------------------------


@contextmanager
def frames(place: Path) -> Iterator[int]:
    server = FrameServer(place / "own")
    with asyncio.Runner() as runner:
        trouble = runner.run(poster_into(server, place / "out.jpg"))
        assert trouble is None, "there is no picture"
        assert server.pid is not None
        try:
            yield server.pid
        finally:
            runner.run(server.aclose())


async def poster_into(server: FrameServer, out: Path) -> FilmTrouble | None:
    return await server.draw("poster", asset("media", "dusk.mp4"), out)


@contextmanager
def model(place: Path, verb: str, *words: str) -> Iterator[int]:
    helpers = Helpers(place / "own")
    try:
        process = helpers.start("models", verb, *words, screen=verb != "read")
        yield process.pid
        if verb != "orbit":
            assert process.wait(_LONGEST_S) == 0, "it did not do its work"
    finally:
        helpers.close()


@contextmanager
def model_read(place: Path) -> Iterator[int]:
    out = place / "read"
    out.mkdir()
    with model(place, "read", str(asset("media", "vase.zip")), str(out)) as pid:
        yield pid


def _model(place: Path) -> Path:
    shelf = ModelCache(place / "before")
    found = shelf.unpacked(asset("media", "vase.zip"), "vase")
    shelf.close()
    assert isinstance(found, Unpacked), found
    return found.path


@contextmanager
def model_drawn(place: Path) -> Iterator[int]:
    out = place / "turn"
    out.mkdir()
    with model(place, "render", str(_model(place)), str(out), "--frames", "2") as pid:
        yield pid


@contextmanager
def model_window(place: Path) -> Iterator[int]:
    with model(place, "orbit", str(_model(place))) as pid:
        yield pid


@contextmanager
def simulator(place: Path) -> Iterator[int]:
    (place / "data").mkdir()
    with asyncio.Runner() as runner:
        running = runner.run(demo.start(Options(speed=1.0), place / "data"))
        try:
            yield running.process.pid
        finally:
            running.stop()


@dataclass(frozen=True)
class Expected:
    """How a helper is started, and what it may have at most: bytes, seconds."""

    start: Callable[[Path], AbstractContextManager[int]]
    limits: dict[str, int]
    network: bool = False
    screen: bool = False


HELPERS = {
    "frames": Expected(frames, {"Max address space": 4 * GIB, "Max file size": 64 * MIB}),
    "a model is read": Expected(
        model_read, {"Max address space": 4 * GIB, "Max file size": GIB, "Max cpu time": 60}
    ),
    "a model is drawn": Expected(
        model_drawn,
        {"Max data size": 4 * GIB, "Max file size": 64 * MIB, "Max cpu time": 60},
        screen=True,
    ),
    "a model in a window": Expected(
        model_window, {"Max data size": 4 * GIB, "Max file size": GIB}, screen=True
    ),
    "the simulator": Expected(
        simulator, {"Max data size": 4 * GIB, "Max file size": 64 * MIB}, network=True
    ),
}


# --- where they are started ------------------------------------------------------------------


@contextmanager
def hostile(place: Path, *, on_path: bool) -> Iterator[Path]:
    """This process in a folder of planted modules, with secrets and without limits of its own.

    Yields where a planted module that ran leaves its name.
    """
    marker, planted = place / "ran", place / "planted"
    planted.mkdir()
    for name in PLANTED:
        text = f"open({str(marker)!r}, 'a').write({name + ' '!r})\n"
        planted.joinpath(f"{name}.py").write_text(text, "utf-8")
    more = {"PYTHONPATH": str(planted)} if on_path else {}
    before, core = {n: os.environ.get(n) for n in (*SECRETS, *more)}, None
    here = Path.cwd()
    os.chdir(here if on_path else planted)
    os.environ.update(SECRETS | more)
    try:
        core = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (core[1], core[1]))
        yield marker
    finally:
        if core is not None:
            resource.setrlimit(resource.RLIMIT_CORE, core)
        os.chdir(here)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _network_can_be_left() -> bool:
    code = (
        "import ctypes; u = ctypes.CDLL(None).unshare; "
        "raise SystemExit(u(0x40000000) and u(0x50000000))"
    )
    return subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0


def _nothing_ran(marker: Path) -> None:
    ran = marker.read_text("utf-8") if marker.exists() else ""
    assert ran == "", f"planted modules ran: {ran}"


def _looked_at(report: Report, name: str, expected: Expected, *, on_path: bool) -> None:
    where = "PYTHONPATH" if on_path else "the current folder"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found: Seen | None = None
        with report.case(f"{name}: nothing planted in {where} runs"):
            with (
                hostile(place, on_path=on_path) as marker,
                expected.start(place) as pid,
            ):
                found = seen(pid)
            _nothing_ran(marker)
        if found is None:
            return
        with report.case(f"{name}: started with {where} hostile, lives in a folder of its own"):
            assert found.cwd not in (place / "planted", Path.cwd()), found.cwd
            assert found.cwd.is_relative_to(place), found.cwd
            assert list(found.cwd.iterdir()) == []
            assert found.cwd.stat().st_mode & 0o077 == 0
        with report.case(f"{name}: knows no key and nothing that would be loaded ({where})"):
            known = SECRETS.keys() & found.environ.keys() | {"PYTHONPATH"} & found.environ.keys()
            report.leaks += len(known)
            assert not known, known
            told = " ".join((*found.environ.values(), *found.words))
            assert not any(value in told for value in SECRETS.values() if "canary" in value)
        if on_path:
            return
        with report.case(f"{name}: is limited"):
            for limit, most in expected.limits.items():
                assert found.limits[limit] != "unlimited", limit
                assert int(found.limits[limit]) <= most, (limit, found.limits[limit])
            assert int(found.limits["Max open files"]) <= 4096
            assert found.limits["Max core file size"] == "0"
            assert found.status["NoNewPrivs"].strip() == "1"
        if expected.network or not _network_can_be_left():
            return
        with report.case(f"{name}: has no network"):
            assert found.network != str(Path("/proc/self/ns/net").readlink())


# --- beside /proc ----------------------------------------------------------------------------


def _frames_in_time() -> None:
    """One that hangs is killed after its time, and the next wish has a new one."""
    with tempfile.TemporaryDirectory() as folder:
        server = FrameServer(Path(folder, "own"), answer_s=8.0)

        async def work() -> None:
            assert await poster_into(server, Path(folder, "a.jpg")) is None
            first = server.pid
            assert first is not None
            os.kill(first, signal.SIGSTOP)
            began = time.monotonic()
            hung = await poster_into(server, Path(folder, "b.jpg"))
            assert hung is FilmTrouble.TOO_HEAVY
            assert 7.9 < time.monotonic() - began < 14
            assert not _is_there(first), "it was not killed"
            assert await poster_into(server, Path(folder, "c.jpg")) is None
            await server.aclose()

        with asyncio.Runner() as runner:
            runner.run(work())


def _model_in_time() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shelf = ModelCache(Path(folder, "models"), limit_s=0.01)
        assert shelf.unpacked(asset("media", "vase.zip"), "a") is ModelTrouble.TOO_HEAVY
        assert not shelf.helpers.running, "it was not killed"
        shelf.close()


_PARENT = """
import asyncio, os, signal, sys
from pathlib import Path
from rushes.files.frames import FrameServer

async def work():
    server = FrameServer(Path(sys.argv[1], "own"))
    await server.draw("image", Path(sys.argv[2]), Path(sys.argv[1], "a.jpg"))
    print(server.pid, flush=True)
    os.kill(server.pid, signal.SIGSTOP)
    await asyncio.Event().wait()

asyncio.run(work())
"""


def _ends_with_its_parent() -> None:
    """Even a helper that is stopped, when its window is killed."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", _PARENT, folder, str(asset("media", "lanterns.png"))]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            try:
                parent.kill()
                parent.wait()
                _until(lambda: not _is_there(pid))
            finally:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _program(how: tuple[str, ...], *words: str) -> None:
    """The program itself, started where modules are planted."""
    with tempfile.TemporaryDirectory() as folder:
        marker, planted = Path(folder, "ran"), Path(folder, "planted")
        planted.mkdir()
        for name in OF_THE_PROGRAM:
            planted.joinpath(f"{name}.py").write_text(
                f"open({str(marker)!r}, 'a').write('{name} ')"
            )
        done = subprocess.run(
            [*how, "--base-dir", str(Path(folder, "base")), *words],
            cwd=planted,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
        _nothing_ran(marker)
        assert done.returncode in (0, 3), done.stderr


def _checkout_on_the_path() -> None:
    """A Rushes that is found by PYTHONPATH alone has helpers of its own, not those of another."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder, "checkout")
        checkout.mkdir()
        (checkout / "rushes").symlink_to(Path(threads.__file__).parents[1])
        code = (
            "import subprocess, sys; from rushes.system import helper; from pathlib import Path; "
            "print(helper.command('none')[4]); "
            f"done = subprocess.run(helper.command('none'), **helper.surroundings(Path({folder!r}, "
            "'own')), capture_output=True, text=True); print(done.returncode, done.stderr)"
        )
        env = {**os.environ, "PYTHONPATH": str(checkout)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        where, said = done.stdout.splitlines()[:2]
        assert where == str(checkout), where
        assert said == "2 rushes: there is no such helper", done.stdout


def _frozen() -> None:
    """A program of one file is its own interpreter: it is told which helper it is, and no more."""
    before = getattr(sys, "frozen", None)
    sys.frozen = True  # type: ignore[attr-defined]
    try:
        assert helper.command("texts") == (sys.executable, "--helper", "texts")
        ours = str(Path(sys.executable).parent)
        given = {
            "LD_LIBRARY_PATH": f"{ours}/lib",
            "LD_LIBRARY_PATH_ORIG": "/opt/theirs",
            "QT_PLUGIN_PATH": f"{ours}/plugins",
            "_PYI_ARCHIVE_FILE": "x",
            "PATH": f"/usr/bin:{ours}",
            "ARK_API_KEY": "canary",
            "EDITOR": "vi",
        }
        wanted = {"LD_LIBRARY_PATH": "/opt/theirs", "PATH": f"/usr/bin:{ours}", "EDITOR": "vi"}
        assert helper.users_environment(current=given) == wanted
    finally:
        if before is None:
            del sys.frozen  # type: ignore[attr-defined]


def _others() -> dict[str, Callable[[], None]]:
    module = (sys.executable, "-m", "rushes")
    found: dict[str, Callable[[], None]] = {
        "frames: a wish has its time": _frames_in_time,
        "a model has its time": _model_in_time,
        "frames: ends with its window": _ends_with_its_parent,
        "a checkout on PYTHONPATH": _checkout_on_the_path,
        "a frozen program": _frozen,
        "python -m rushes list": partial(_program, module, "list"),
        "python -m rushes doctor": partial(_program, module, "doctor"),
    }
    script = Path(sys.executable).with_name("rushes")
    if script.exists():
        found["rushes list"] = partial(_program, (str(script),), "list")
    return found


def run(full: bool) -> Report:
    report = Report("T25")
    if not Path("/proc/self/limits").exists():
        raise unittest.SkipTest("helpers are looked at in /proc")
    has_screen = bool(os.environ.get("DISPLAY"))
    for name, expected in HELPERS.items():
        if has_screen or not expected.screen:
            _looked_at(report, name, expected, on_path=False)
            if full:
                _looked_at(report, name, expected, on_path=True)
    for name, work in _others().items():
        with report.case(name):
            work()
    return report
