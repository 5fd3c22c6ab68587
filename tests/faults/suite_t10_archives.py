"""T10: archives of every hostile kind. None gets out of its folder or eats the memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.archives import ARCHIVES
from tests.faults.report import Report

MOST_GROWTH = 64 * 2**20


def run(full: bool) -> Report:
    """All 40 in either form: they take a few seconds."""
    del full
    report = Report("T10")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "archives")
        folder.mkdir()
        for name, (make, _) in ARCHIVES.items():
            (folder / f"{name}.zip").write_bytes(make())
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.archives", str(folder)],
            capture_output=True,
            text=True,
            check=True,
        )
        lines = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
        for name, (_, good) in ARCHIVES.items():
            with report.case(name):
                assert lines[name]["found"] == ("unpacked" if good else "refused"), lines[name]
                assert lines[name]["grown"] <= MOST_GROWTH, lines[name]
        escaped = [p for p in Path(place).iterdir() if p != folder]
        report.leaks = len(escaped)
    report.figures["slowest_s"] = round(max(line["seconds"] for line in lines.values()), 2)
    report.figures["most_mib"] = round(max(line["grown"] for line in lines.values()) / 2**20, 1)
    return report
