"""T13: canary keys, scanned for in every channel out of the program, after trouble and a crash.

The program runs with its window against a service that repeats the keys (`canary_run.py`), meets
bugs whose words hold them, and is aborted. Then everything it left is searched.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.canary import ODD_KEY, UUID_KEY, found_in
from tests.faults.canary_run import HEARD, VARIABLE
from tests.faults.report import Report
from tests.patience import LIMIT_S

ROOT = Path(__file__).resolve().parents[2]
KEYS = (UUID_KEY, ODD_KEY)


@dataclass
class Left:
    """What a run left behind, by channel."""

    channels: dict[str, bytes] = field(default_factory=dict)

    def add(self, channel: str, data: bytes) -> None:
        self.channels[channel] = self.channels.get(channel, b"") + data


def run(full: bool) -> Report:
    """Quick is full: one run, every channel."""
    del full
    report = Report("T13")
    with tempfile.TemporaryDirectory() as folder:
        left = _left_by_a_run(Path(folder))
    for channel, data in sorted(left.channels.items()):
        for key in KEYS:
            with report.case(f"{channel}: {key[:4]}…"):
                hits = found_in(data, (key,))
                report.leaks += len(hits)
                assert not hits, f"{hits}, such as {_around(data, key)!r}"
    _exercised(report, left)
    return report


def _left_by_a_run(folder: Path) -> Left:
    base, out = folder / "base", folder / "out"
    base.mkdir()
    out.mkdir()
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    dropped = ("DBUS_SESSION_BUS_ADDRESS",)
    env = {k: v for k, v in os.environ.items() if k not in dropped} | home
    source = os.pathsep.join(map(str, (ROOT, ROOT / "gui")))
    env |= {VARIABLE: ODD_KEY, "PYTHONASYNCIODEBUG": "1", "PYTHONPATH": source}
    command = [sys.executable, "-X", "dev", "-m", "tests.faults.canary_run", str(base), str(out)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=LIMIT_S)
    left = Left()
    left.add("stdout", done.stdout)
    left.add("stderr", done.stderr)
    left.add("exit code", str(done.returncode).encode())
    doctor = [sys.executable, "-m", "rushes", "--base-dir", str(base), "doctor"]
    told = subprocess.run(
        [*doctor, "--bundle", str(folder / "bundle")],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    left.add("diagnostics", told.stdout + told.stderr + (folder / "bundle").read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            left.add(_channel(path, base, out), path.read_bytes())
    return left


def _channel(path: Path, base: Path, out: Path) -> str:
    if path.is_relative_to(out):
        return path.name
    if path.name.startswith("crash.log"):
        return "faulthandler"
    if path.name.startswith("rushes.log"):
        return "log"
    if ".sqlite3" in path.name:
        return "database"
    if path.is_relative_to(base / "config"):
        return "settings"
    if path.name.endswith(".mp4.json"):
        return "sidecars"
    return "other files"


def _around(data: bytes, key: str) -> bytes:
    at = data.lower().find(key.lower().encode())
    return data[max(at - 80, 0) : at + 20] if at >= 0 else b""


def _exercised(report: Report, left: Left) -> None:
    """A scan that finds nothing says little unless each channel carried something."""
    channels = left.channels
    with report.case("every channel carried something"):
        wanted = {
            *("log", "faulthandler", "database", "settings", "sidecars", "diagnostics"),
            *("clipboard", "window titles", "accessibility", "drag data", "CSV", "exceptions"),
            *("children", "stderr"),
        }
        assert not (empty := sorted(c for c in wanted if not channels.get(c))), empty
    with report.case("the keys were used, and what was said of them was hidden"):
        assert HEARD.encode() in channels["window titles"]
        for channel in ("log", "database", "diagnostics", "accessibility"):
            assert b"[hidden]" in channels[channel], f"nothing hidden in {channel}"
        for trouble in (b"RuntimeError", b"could not load", b"odd [hidden]"):
            assert trouble in channels["log"], trouble
        assert b"Aborted" in channels["faulthandler"]
        assert channels["exit code"] == b"-6"
