"""Commands of the program as processes of their own that share one loading of its modules.

A process that has imported what all of them need forks once for each; from there on the command is
alone: its arguments, its environment and folder, its standard streams, its signals, its exit code.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import IO

from tests.patience import LIMIT_S

#: Beside each command stands a process that waits for its end: the pid first, then the exit code.
_SERVER = """
import importlib, json, os, signal, socket, sys
import rushes.__main__
for name in sys.argv[2:]:
    importlib.import_module(name)

asked = socket.socket(fileno=int(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    line, pipes, _, _ = socket.recv_fds(asked, 2**20, 4)
    if not line:
        sys.exit()
    if os.fork() == 0:
        break
    for pipe in pipes:
        os.close(pipe)
asked.close()
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
*streams, status = pipes
command = os.fork()
if command:
    for pipe in streams:
        os.close(pipe)
    os.write(status, b"%d\\n" % command)
    os.write(status, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]))
    os._exit(0)
os.close(status)
for number, pipe in enumerate(streams):
    os.dup2(pipe, number)
    os.close(pipe)
# Those of the server were made for what its own standard streams are.
sys.stdin = sys.__stdin__ = open(0, closefd=False)
sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)
sys.stderr = sys.__stderr__ = open(2, "w", 1, errors="backslashreplace", closefd=False)
what = json.loads(line)
os.environ.clear()
os.environ.update(what["env"])
os.chdir(what["folder"])
sys.argv = [rushes.__main__.__file__, *what["words"]]
sys.exit(rushes.__main__.main())
"""

_COMMANDS, _SIMULATOR = "rushes.cli.run", "rushes.simulator.server"


class Process:
    """A command that runs. Its pipes are the caller's to close.

    Attributes:
        stderr: None: it goes where this process's goes.
    """

    def __init__(self, words: Sequence[str], env: Mapping[str, str], *, is_asked: bool) -> None:
        """Args: is_asked: whether it gets a standard input, and what it complains of is wanted."""
        folder = os.getcwd()  # noqa: PTH109
        what = json.dumps({"words": [*words], "env": {**env}, "folder": folder}).encode()
        given, out, err = _pipe(into=True), _pipe(), _pipe()
        status = _pipe()
        theirs = [given[1], out[1], err[1] if is_asked else 2, status[1]]
        socket.send_fds(
            _server(_SIMULATOR if words[0] == "simulate" else _COMMANDS), [what], theirs
        )
        for pair in (given, out, err, status):
            os.close(pair[1])
        self.stdin: IO[str] = os.fdopen(given[0], "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(out[0], encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(err[0], encoding="utf-8")
        self._status = os.fdopen(status[0])
        self.pid = int(self._status.readline())

    def kill(self, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """The exit code. Raises TimeoutExpired."""
        if not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return int(self._status.readline())

    def close(self) -> None:
        for pipe in (self.stdout, self.stderr, self._status):
            pipe.close()
        with suppress(BrokenPipeError):
            self.stdin.close()


def _pipe(*, into: bool = False) -> tuple[int, int]:
    """Our end and theirs."""
    reads, writes = os.pipe()
    return (writes, reads) if into else (reads, writes)


@cache
def _server(module: str) -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        number = theirs.fileno()
        words = [sys.executable, "-c", _SERVER, str(number), module]
        process = subprocess.Popen(words, pass_fds=[number])

    def end() -> None:
        ours.close()
        process.wait(LIMIT_S)

    atexit.register(end)
    return ours


def can_run(env: Mapping[str, str]) -> bool:
    """Whether a fork is the same as a start: what Python reads of its environment when it starts is
    what it was for the one process."""
    return hasattr(os, "fork") and _of_python(env) == _of_python(os.environ)


def _of_python(env: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in env.items() if k.startswith(("PYTHON", "LC_", "LANG"))}


def run(
    words: Sequence[str], given: str, env: Mapping[str, str], timeout: float
) -> "subprocess.CompletedProcess[str]":
    """As `subprocess.run` with the program; `words` follow its name.

    Raises:
        subprocess.TimeoutExpired: it took longer, and was killed.
    """
    process = Process(words, env, is_asked=True)
    told: dict[str, str] = {}
    readers = [
        threading.Thread(target=lambda n=n, p=p: told.update({n: p.read()}))
        for n, p in (("out", process.stdout), ("err", process.stderr))
    ]
    is_late = threading.Event()

    def end_it() -> None:
        is_late.set()
        process.kill()

    overdue = threading.Timer(timeout, end_it)
    for thread in (*readers, overdue):
        thread.start()
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(given)
            process.stdin.close()
        code = process.wait(timeout + 10)
        for reader in readers:
            reader.join()
    finally:
        overdue.cancel()
        overdue.join()
        process.close()
    if is_late.is_set():
        raise subprocess.TimeoutExpired([*words], timeout, told["out"], told["err"])
    return subprocess.CompletedProcess([*words], code, told["out"], told["err"])
