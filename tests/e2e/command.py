"""The installed program as a user's shell runs it, and a simulator in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.request import urlopen

from tests.e2e import forked
from tests.patience import LIMIT_S

PROGRAM = (sys.executable, "-m", "rushes")
LOCAL_ONLY = ("account", "service", "name", "prompt", "last_seen_at")


@dataclass(frozen=True)
class Served:
    """A running `rushes simulate`: one line a service."""

    lines: tuple[dict[str, Any], ...]

    def line(self, service: str) -> dict[str, Any]:
        return next(line for line in self.lines if line["service"] == service)

    def truth(self) -> dict[str, dict[str, Any]]:
        """Service → id → what a client that saw everything must know."""
        return cast(dict[str, dict[str, Any]], self._ask("expected"))

    def heard(self) -> list[dict[str, Any]]:
        """Every request, with its headers."""
        return cast(list[dict[str, Any]], self._ask("heard"))

    def _ask(self, what: str) -> Any:
        with urlopen(self.lines[0]["truth"].replace("expected", what), timeout=LIMIT_S) as answer:
            return json.load(answer)


@contextmanager
def simulating(scene: str, speed: float = 20, *, ago_s: float = 0.0) -> Iterator[Served]:
    """Args:
    ago_s: The scene began so long ago; nobody has asked since.
    """
    words: tuple[str, ...] = ("simulate", "--port", "0", "--scene", scene, "--speed", str(speed))
    if ago_s:  # no word of the command line: only our own processes ask for it
        how = {"scene": scene, "speed": speed, "began": time.time() - ago_s, "again": True}
        words = ("--helper", "simulator", json.dumps(how))
    started = _forked_simulator if ago_s == 0.0 and forked.can_run(os.environ) else _simulator
    with started(words) as stdout:
        yield Served(tuple(json.loads(stdout.readline()) for _ in range(5)))


@contextmanager
def _forked_simulator(words: Sequence[str]) -> Iterator[IO[str]]:
    process = forked.Process(words, os.environ, is_asked=False)
    try:
        yield process.stdout
    finally:
        process.kill(signal.SIGTERM)
        try:
            assert process.wait(LIMIT_S) == 0
        finally:
            process.close()


@contextmanager
def _simulator(words: Sequence[str]) -> Iterator[IO[str]]:
    process = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, text=True)
    stdout = cast(IO[str], process.stdout)
    try:
        yield stdout
    finally:
        process.terminate()
        assert process.wait(LIMIT_S) == 0
        stdout.close()


@dataclass(frozen=True)
class Shell:
    """Runs commands on one base folder."""

    base: Path
    env: dict[str, str]
    speed: float = 20

    @classmethod
    def on(cls, base: Path, served: Served) -> "Shell":
        keys = {f"KEY_{line['service']}": line["key"] for line in served.lines}
        return cls(base, {**os.environ, **keys})

    def words(self, *words: str, speed: float | None = None) -> list[str]:
        speed = self.speed if speed is None else speed
        return [*PROGRAM, "--base-dir", str(self.base), "--speed", str(speed), *words]

    def run(
        self, *words: str, given: str = "", timeout: float = 60
    ) -> "subprocess.CompletedProcess[str]":
        command = self.words(*words)
        if forked.can_run(self.env):
            return forked.run(command[len(PROGRAM) :], given, self.env, timeout)
        return subprocess.run(
            command,
            input=given,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def good(self, *words: str, given: str = "") -> str:
        """Run a command that must succeed without a word of complaint."""
        done = self.run(*words, given=given)
        assert (done.returncode, done.stderr) == (0, ""), (words, done)
        return done.stdout

    def add_all(self, served: Served, services: Sequence[str] = ()) -> None:
        """Every service as an account of its own name, with all its tasks."""
        for line in served.lines:
            name = line["service"]
            if line["ids"] and (not services or name in services):
                about = ("--service", name, "--base-url", line["base_url"])
                key = ("--key-env", f"KEY_{name}")
                self.good("accounts", "add", "--name", name, *about, *key)
                self.good("add", "--account", name, *line["ids"])

    def listed(self) -> dict[str, dict[str, Any]]:
        lines = self.good("list", "--json").splitlines()
        return {line["id"]: line for line in map(json.loads, lines)}


def differences(found: dict[str, dict[str, Any]], truth: dict[str, dict[str, Any]]) -> list[str]:
    """Where what was found is not what the simulator holds; files are read from the disk."""
    wrong = []
    for jobs in truth.values():
        for task_id, job in jobs.items():
            line = found.get(task_id, {})
            for name, value in job.items():
                if name == "usage" and value is not None:
                    value = {**value, "charged": None}  # no service of these names a price
                if name not in (*LOCAL_ONLY, "artifacts") and line.get(name) != value:
                    wrong.append(f"{task_id} {name}: {line.get(name)!r}, not {value!r}")
            wrong += _files_that_differ(line, job)
    return wrong


def _files_that_differ(line: dict[str, Any], job: dict[str, Any]) -> Iterator[str]:
    files = {artifact["kind"]: artifact for artifact in line.get("artifacts", ())}
    for expected in job["artifacts"]:
        got = files.pop(expected["kind"], {})
        for name in ("state", "sha256", "bytes", "expires_at", "expires_inferred"):
            counts = name == "state" or expected["state"] == "saved"
            if counts and got.get(name) != expected[name]:
                yield f"{job['id']} {expected['kind']} {name}: {got.get(name)!r}"
        if got.get("state") == "saved" and Path(got["path"]).stat().st_size != got["bytes"]:
            yield f"{job['id']} {expected['kind']}: another size on disk"
    for kind in files:
        yield f"{job['id']} {kind}: not expected"
