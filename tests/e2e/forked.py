"""Commands of the program as processes of their own that share one loading of its modules.

A process that has imported what all commands need forks once for each; from there on the command is
alone: its arguments, its environment and folder, its pipes, its exit code.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

_SERVER = """
import importlib, json, os, socket, sys
import rushes.__main__, rushes.cli.run

asked = socket.socket(fileno=int(sys.argv[1]))
while True:
    line, pipes, _, _ = socket.recv_fds(asked, 2**20, 3)
    if not line:
        sys.exit()
    child = os.fork()
    if child == 0:
        break
    for pipe in pipes:
        os.close(pipe)
    asked.sendall(b"%d\\n" % child)
    asked.sendall(b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
asked.close()
for number, pipe in enumerate(pipes):
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


class _Server:
    def __init__(self) -> None:
        self._socket, other = socket.socketpair()
        self._lock = threading.Lock()  # one command at a time
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVER, str(other.fileno())], pass_fds=[other.fileno()]
            )
        self._answers = self._socket.makefile("r")
        atexit.register(self._end)

    def _end(self) -> None:
        self._answers.close()
        self._socket.close()
        self._process.wait(10)

    def run(
        self, words: Sequence[str], given: str, env: Mapping[str, str], timeout: float
    ) -> "subprocess.CompletedProcess[str]":
        what = {"words": [*words], "env": {**env}, "folder": os.getcwd()}  # noqa: PTH109
        with self._lock:
            ends = [os.pipe() for _ in range(3)]
            theirs = (ends[0][0], ends[1][1], ends[2][1])
            socket.send_fds(self._socket, [json.dumps(what).encode()], theirs)
            for end in theirs:
                os.close(end)
            child = int(self._answers.readline())
            overdue = threading.Timer(timeout, os.kill, (child, 9))
            overdue.start()
            told: dict[int, str] = {}
            readers = [threading.Thread(target=_read, args=(ends[n][0], told, n)) for n in (1, 2)]
            for reader in readers:
                reader.start()
            with suppress(BrokenPipeError), os.fdopen(ends[0][1], "w", encoding="utf-8") as pipe:
                pipe.write(given)
            for reader in readers:
                reader.join()
            code = int(self._answers.readline())
            overdue.cancel()
        if code == -9:
            raise subprocess.TimeoutExpired([*words], timeout, told[1], told[2])
        return subprocess.CompletedProcess([*words], code, told[1], told[2])


def _read(pipe: int, told: dict[int, str], number: int) -> None:
    with os.fdopen(pipe, encoding="utf-8") as file:
        told[number] = file.read()


@cache
def _server() -> _Server:
    return _Server()


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
    return _server().run(words, given, env, timeout)
