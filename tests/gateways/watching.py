"""Rushes as a user runs it against the gateway: commands, and a watch that goes on beside them."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from tests.e2e.command import Shell
from tests.gateways.proxy import KEY, Gateway, inner_id
from tests.gateways.upstream import Job, Upstream
from tests.patience import LIMIT_S

Line = dict[str, Any]
ACCOUNT = "studio"


def shell_at(base: Path, proxy: Gateway, key: str = KEY, path: str = "") -> Shell:
    """A shell whose list has the gateway as its account."""
    shell = Shell(base, {**os.environ, "GATEWAY_KEY": key})
    shell.good(
        *("accounts", "add", "--name", ACCOUNT, "--service", "gateway"),
        *("--base-url", proxy.address + path, "--key-env", "GATEWAY_KEY"),
    )
    return shell


def pasted(shell: Shell, *texts: str) -> list[str]:
    """Add the ids that stand in the texts; the ids of the list afterwards."""
    shell.good("add", "--account", ACCOUNT, "-", given="\n".join(texts))
    return list(shell.listed())


def watched(shell: Shell, *before: str) -> "subprocess.CompletedProcess[str]":
    """`rushes watch --until-done --save` until it ends by itself."""
    return shell.run(*before, "watch", "--until-done", "--save", "--json", timeout=240)


def jobs_of(ids: Sequence[str], upstream: Upstream) -> dict[str, Job]:
    """The job behind each id of the gateway's."""
    return {id_: upstream.jobs[inner_id(id_)] for id_ in ids}


def files_that_differ(found: Mapping[str, Line], upstream: Upstream) -> list[str]:
    """Takes that are done and whose file on disk is not byte for byte the film that was made."""
    return [
        f"{job.kind} {line['status']} {line['artifacts']}"
        for line, job in ((found[id_], job) for id_, job in jobs_of([*found], upstream).items())
        if job.stage == "done" and [p.read_bytes() for p in _paths(line)] != [job.film]
    ]


def _paths(line: Line) -> list[Path]:
    return [Path(a["path"]) for a in line["artifacts"] if a["state"] == "saved"]


class Watch:
    """A `rushes watch --save --json` that runs: its lines as they come, and what it complained."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: Queue[Line] = Queue()
        self.last: dict[str, Line] = {}
        self.complaints: list[str] = []
        self._readers = [Thread(target=self._read_lines), Thread(target=self._read_complaints)]
        for reader in self._readers:
            reader.start()

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._lines.put(json.loads(text))

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        self.complaints.extend(self._process.stderr)

    def until(self, seen: Callable[[dict[str, Line]], bool], seconds: float = 120) -> None:
        """Read on until the last lines of all tasks are as wanted."""
        while not seen(self.last):
            try:
                line = self._lines.get(timeout=seconds)
            except Empty:
                raise AssertionError(f"not seen; {self.told()}") from None
            self.last[line["id"]] = line

    def told(self) -> str:
        """What it said so far, for a message."""
        last = [(i[-12:], li["status"], li["flags"]) for i, li in self.last.items()]
        return f"{last} {self.complaints}"

    def ended(self, seconds: float = 240) -> int:
        """Wait for its end; the exit code."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it goes on; {self.told()}") from None

    def killed(self) -> None:
        """As a machine does that loses its power."""
        self._process.kill()
        self._process.wait(LIMIT_S)
        for reader in self._readers:
            reader.join(LIMIT_S)


@contextmanager
def watching(shell: Shell, *words: str) -> Iterator[Watch]:
    given = shell.words("watch", "--save", "--json", *words)
    with subprocess.Popen(
        given,
        env=shell.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        watch = Watch(process)
        try:
            yield watch
        finally:
            watch.killed()
