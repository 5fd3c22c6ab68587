"""T4: a disk that is full at 64 different points. Nothing known is lost; it goes on by itself."""

import json
import subprocess
import sys
import tempfile
import unittest

from rushes.files.download import SPARE_BYTES
from tests.faults.filling import DISK_BYTES
from tests.faults.report import Report
from tests.saving.test_saving import FILM
from tests.store.test_store_safety import can_mount


def sizes() -> list[int]:
    """Bytes left free: before anything is added, around what a download asks for, in its middle."""
    early = [n * 64 * 1024 for n in range(24)]
    edges = [SPARE_BYTES + n * len(FILM) // 8 for n in range(16)]
    during = [-(1 + n * len(FILM) // 20) for n in range(24)]
    return [*early, *edges, *during]


def run(full: bool) -> Report:
    report = Report("T4")
    if not can_mount():
        raise unittest.SkipTest("a small disk needs the right to mount one")
    wanted = sizes() if full else sizes()[::16]
    with tempfile.TemporaryDirectory() as folder:
        script = f'mount -t tmpfs -o size={DISK_BYTES} none "$0" && exec "$@"'
        child = [sys.executable, "-m", "tests.faults.filling", folder, *map(str, wanted)]
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, folder, *child],
            capture_output=True,
            text=True,
            check=True,
        )
    for line in map(json.loads, done.stdout.splitlines()):
        with report.case(f"{line['free']} bytes free"):
            report.lost += line.get("lost", 0)
            report.leaks += line.get("strays", 0)
            assert "broke" not in line, line["broke"]
            assert line["lost"] == 0, line
            assert line["good"], line
            assert line["strays"] == 0, line
            assert line["sound"], line
            assert line["answered"], f"neither told nor saved: {line}"
            if 0 <= line["free"] < SPARE_BYTES:
                assert "disk_full" in line["told"], f"no banner: {line}"
    assert report.cases == len(wanted), done.stderr
    return report
