"""T14: keys in a real gnome-keyring that is locked, denied, hangs or vanishes, and in none.

Each session has a D-Bus and a home of its own, which end with it. `gap_ms` is how long the
window's loop did not come round at most; it is measured here, not asserted.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.canary import found_in
from tests.faults.report import Report
from tests.faults.vault_run import CASES, PASSWORD
from tests.patience import LIMIT_S

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon", "dbus-send")
RUN = 'exec "$PYTHON" -m tests.faults.vault_run '
UNLOCK = (
    f"printf '{PASSWORD.decode()}' | gnome-keyring-daemon --unlock --components=secrets "
    "> /dev/null || exit 90\n"
)

#: A session bus that starts nothing by itself.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type><keep_umask/><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
    {more}
  </policy>
</busconfig>
"""
#: By session: nobody may speak to the keyring; it is not up yet.
BUSES = {
    "denied": BUS.format(more='<deny send_destination="org.freedesktop.secrets"/>'),
    "late": BUS.format(more=""),
}


def can_run() -> bool:
    """Whether this system has what a session with a keyring needs."""
    return sys.platform == "linux" and all(map(shutil.which, NEEDED))


def run(full: bool) -> Report:
    """Quick is full: four sessions, ten seconds."""
    del full
    report = Report("T14")
    for session in CASES:
        with tempfile.TemporaryDirectory(prefix="rushes-vault-") as folder:
            _play(report, session, Path(folder))
    return report


def _play(report: Report, session: str, folder: Path) -> None:
    told = _told(_command(session, folder), folder)
    for name in CASES[session]:
        with report.case(f"{session}: {name}"):
            line = told.get(name)
            assert line is not None, f"no answer; the session said: {told.get('', '')}"
            assert not line["why"], line["why"]
            gap = max(report.figures.get("gap_ms", 0.0), float(line["gap_ms"]))
            report.figures["gap_ms"] = gap
    for path in folder.rglob("*"):
        if path.is_file() and (hits := found_in(path.read_bytes())):
            report.leaks += len(hits)
            report.fallen.append(f"{session}: a key in {path.name}")


def _command(session: str, folder: Path) -> list[str]:
    if session == "none":
        return ["sh", "-c", RUN + session]
    bus = ["dbus-run-session"]
    if session in BUSES:
        config = folder / "bus.conf"
        config.write_text(BUSES[session], encoding="ascii")
        bus.append(f"--config-file={config}")
    unlock = "" if session == "late" else UNLOCK
    return [*bus, "--", "sh", "-c", unlock + RUN + session]


def _told(command: list[str], folder: Path) -> dict[str, dict[str, str]]:
    """What the session said of each case; under "" how it ended."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    # Without a display the unlock dialog cannot open, so that nobody needs to dismiss it.
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "gui"))),
    }
    (folder / "data").mkdir()
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["case"]: line for line in lines} | {"": {"why": done.stderr[-1500:]}}
