"""One list, two programs: a window takes the work of `rushes watch` over, and gives it back."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Served, Shell, simulating
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.patience import LIMIT_S

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals"),
    pytest.mark.usefixtures("qapp"),  # a screen for the window
]


class Watch:
    """A running `rushes watch --json`."""

    def __init__(self, shell: Shell, out: Path, *words: str, speed: float) -> None:
        self._out = out
        self._told = out.with_suffix(".told")
        with out.open("wb") as lines, self._told.open("wb") as told:
            self.process = subprocess.Popen(
                shell.words("watch", "--json", *words, speed=speed),
                env=shell.env,
                stdout=lines,
                stderr=told,
            )

    def says(self, words: str) -> bool:
        """Whether this was said on standard error."""
        return words in self._told.read_text("utf-8")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._out.read_text("utf-8").splitlines()]

    def states(self, task: str) -> list[str]:
        """The states of the task's first file, as they were printed."""
        told = [line["artifacts"] for line in self.lines() if line["id"] == task]
        return [artifacts[0]["state"] for artifacts in told if artifacts]


@contextmanager
def watching(shell: Shell, out: Path, *words: str, speed: float = 20) -> Iterator[Watch]:
    watch = Watch(shell, out, *words, speed=speed)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.process.send_signal(signal.SIGINT)
        watch.process.wait(LIMIT_S)


def with_own_runtime(shell: Shell, home: Path) -> Shell:
    """Sockets of this test alone."""
    run = home / "run"
    run.mkdir(mode=0o700)
    return Shell(shell.base, {**shell.env, "XDG_RUNTIME_DIR": str(run)})


def downloads(served: Served) -> list[tuple[str, bool]]:
    """(path, whether it went on where another had stopped) of every request for a file."""
    return [
        (one["path"], "range" in one["headers"])
        for one in served.heard()
        if one["service"] == "files" and one["method"] == "GET"
    ]


def test_that_a_window_takes_over_a_download_of_watch_and_nothing_is_fetched_twice(
    base_dir: Path, tmp_path: Path
) -> None:
    with simulating("throttled", speed=0.2) as served:  # for half a minute: the window starts in it
        shell = with_own_runtime(Shell.on(base_dir, served), tmp_path)
        shell.add_all(served, ["ark"])
        (task,) = served.line("ark")["ids"]
        out = tmp_path / "lines"
        with watching(shell, out, "--until-done", "--save", speed=1) as watch:
            until(lambda: downloads(served))  # and while the window starts, a part of it comes
            with rushes(shell.env, "--base-dir", str(base_dir)) as window:
                try:
                    until(lambda: watch.states(task)[-1:] == ["saved"])
                except AssertionError:  # where it stood still
                    print(watch.lines(), shell.listed(), downloads(served))
                    raise
                assert window.poll() is None
                assert watch.process.wait(LIMIT_S) == 0
        (film,) = (a for a in shell.listed()[task]["artifacts"])
        assert film["state"] == "saved"
        expected = served.truth()["ark"][task]["artifacts"]
        assert film["sha256"] == expected[0]["sha256"]
        paths = [path for path, _ in downloads(served)]
        assert len(set(paths)) == 1
        assert [goes_on for _, goes_on in downloads(served)] == [False, True]


def test_that_watch_follows_a_window_and_takes_the_work_back_when_it_ends(
    base_dir: Path, tmp_path: Path
) -> None:
    names = ("ark", "rong", "anyfast")
    with simulating("one") as served:
        shell = with_own_runtime(Shell.on(base_dir, served), tmp_path)
        for name in names:
            at = ("--base-url", served.line(name)["base_url"], "--key-env", f"KEY_{name}")
            shell.good("accounts", "add", "--name", name, "--service", name, *at)
        first, second, third = (served.line(name)["ids"][0] for name in names)
        shell.good("add", "--account", "ark", first)
        out = tmp_path / "lines"
        with ExitStack() as stack:
            with rushes(shell.env, "--base-dir", str(base_dir), "--speed", "20"):
                until(lambda: shell.listed()[first]["artifacts"][0:1])
                watch = stack.enter_context(watching(shell, out, "--save"))
                until(lambda: watch.says("A window has this list"))
                assert shell.good("add", "--account", "rong", second) == "1 task added.\n"
                until(lambda: watch.states(second)[-1:] == ["saved"])
            until(lambda: watch.says("goes on here"))
            assert shell.good("add", "--account", "anyfast", third) == "1 task added.\n"
            until(lambda: watch.states(third)[-1:] == ["saved"])
        paths = [path for path, _ in downloads(served)]
        assert len(paths) == len(set(paths)) == 3


def test_that_a_second_watch_follows_the_first_and_goes_on_when_it_is_killed(
    base_dir: Path, tmp_path: Path
) -> None:
    with simulating("running") as served:
        shell = with_own_runtime(Shell.on(base_dir, served), tmp_path)
        shell.add_all(served, ["ark"])
        with watching(shell, tmp_path / "first", speed=1) as first:
            until(first.lines)  # it has the list and answers others
            with watching(shell, tmp_path / "follower", speed=1) as follower:
                until(lambda: follower.says("Another `rushes watch` has this list"))
                first.process.kill()
                until(lambda: follower.says("goes on here"))
                assert follower.process.poll() is None


def test_that_a_window_that_saves_nothing_by_itself_saves_for_a_watch_that_follows(
    base_dir: Path, tmp_path: Path
) -> None:
    (base_dir / "config").mkdir()
    (base_dir / "config" / "settings.json").write_text(json.dumps({"auto_save": False}))
    with simulating("one") as served:
        shell = with_own_runtime(Shell.on(base_dir, served), tmp_path)
        shell.add_all(served, ["ark"])
        (task,) = served.line("ark")["ids"]
        with rushes(shell.env, "--base-dir", str(base_dir), "--speed", "20"):
            until(lambda: shell.listed()[task]["artifacts"][0:1])
            assert shell.listed()[task]["artifacts"][0]["state"] == "remote"
            with watching(shell, tmp_path / "lines", "--until-done", "--save") as watch:
                assert watch.process.wait(LIMIT_S) == 0
        assert shell.listed()[task]["artifacts"][0]["state"] == "saved"
        assert len(downloads(served)) == 1


#: Has the list of `sys.argv[1]` and answers nobody, as a window that hangs.
_HAS_THE_LIST = """
import asyncio, sys
from pathlib import Path
from rushes.store import Store
async def hold():
    store = await Store.open(Path(sys.argv[1]))
    print("held", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await store.aclose()
asyncio.run(hold())
"""


def test_that_a_start_from_the_desktop_shows_that_another_program_has_the_list(
    tmp_path: Path,
) -> None:
    place = tmp_path / "base" / "data" / "rushes.sqlite3"
    place.parent.mkdir(parents=True)
    command = [sys.executable, "-c", _HAS_THE_LIST, str(place)]
    pipe = subprocess.PIPE
    with (
        desktop(tmp_path, vault=False) as env,
        subprocess.Popen(command, stdin=pipe, stdout=pipe) as holder,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        window = [sys.executable, "-m", "rushes", "--base-dir", str(place.parent.parent)]
        with subprocess.Popen(window, env=env, stderr=pipe) as program:
            try:
                with Screen(program, env) as screen:
                    screen.find("Another Rushes is running with this folder.*")
                program.send_signal(signal.SIGTERM)
                assert program.wait(LIMIT_S) == 1
            finally:
                program.kill()
        holder.communicate()


#: Has the list of `sys.argv[1]`, listens and answers nobody; tells at the end what it was sent.
_HANGS = """
import socket, sys
from contextlib import suppress
from pathlib import Path
from rushes.store import Store
from rushes.system import handover, threads
async def hold():
    place = Path(sys.argv[1])
    store = await Store.open(place)
    link = socket.socket(socket.AF_UNIX)
    link.bind(handover.address(place.parent))
    link.listen()
    print("held", flush=True)
    sys.stdin.read()
    link.settimeout(0.2)
    with suppress(TimeoutError):
        while True:
            print(link.accept()[0].recv(10_000).decode(), end="")
    await store.aclose()
threads.run(hold())
"""
_SOON = """
import sys
from rushes import __main__, app
app.PATIENCE_S = 0.5
sys.exit(__main__.main(sys.argv[1:]))
"""


def test_that_a_window_that_hangs_is_sent_one_message_and_is_said_to_hang(
    base_dir: Path, tmp_path: Path
) -> None:
    place, ids = base_dir / "data" / "rushes.sqlite3", tmp_path / "ids.txt"
    place.parent.mkdir(parents=True)
    ids.write_text("cgt-20260427191505-9j2q7\n")
    shell = with_own_runtime(Shell(base_dir, {**os.environ, "RUSHES_NO_DIALOG": "1"}), tmp_path)
    pipe = subprocess.PIPE
    holding = [sys.executable, "-c", _HANGS, str(place)]
    with subprocess.Popen(holding, env=shell.env, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = subprocess.run(
            [sys.executable, "-c", _SOON, "--base-dir", str(base_dir), str(ids)],
            env=shell.env, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        sent, _ = holder.communicate()
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "does not answer" in line
    assert [json.loads(each) for each in sent.splitlines()] == [
        {"verb": "open", "given": [str(ids)]}
    ]
