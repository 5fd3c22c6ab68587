"""The demo's services as a helper: they end with a window that was killed, without a word."""

import json
import subprocess
from pathlib import Path

from rushes.system import helper
from tests.patience import LIMIT_S

HOW = json.dumps({"scene": "demo", "speed": 1.0})


def started(folder: Path) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return helper.start(folder / "own", "simulator", HOW, stdout=pipe, stderr=pipe)


def test_that_nobody_hearing_where_the_services_are_is_no_bug(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(LIMIT_S) == 1


def test_that_it_says_where_its_services_are_and_ends_when_told(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [json.loads(process.stdout.readline()) for _ in range(5)]
        process.terminate()
        assert process.wait(LIMIT_S) == 0
        assert process.stderr.read() == b""
    assert len({line["service"] for line in lines}) == 5
