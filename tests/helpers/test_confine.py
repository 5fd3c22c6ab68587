"""What a helper gives up, seen from inside; from outside: suite T25."""

import subprocess
import sys

import pytest

from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux knows how")

TRIED = """
import socket
def tried(*kind):
    try:
        with socket.socket(*kind) as one:
            if kind[0] != socket.AF_UNIX:
                one.connect(("127.0.0.1", 9))
    except OSError as e:
        return type(e).__name__
print(tried(socket.AF_INET), tried(socket.AF_INET6, socket.SOCK_DGRAM), tried(socket.AF_UNIX))
"""
CONFINED = """
import importlib, subprocess, sys
confine = importlib.import_module("rushes.helpers")
if sys.argv[1] == "refused":
    confine.leave_network = lambda libc: False
confine.confine(confine.ProcessLimits())
exec(sys.argv[2])
sys.stdout.flush()
sys.exit(subprocess.run([sys.executable, "-c", sys.argv[2]]).returncode)
"""


@pytest.mark.parametrize("how", ["left", "refused"])
def test_that_neither_it_nor_what_it_starts_reaches_the_network(how: str) -> None:
    words = [sys.executable, "-c", CONFINED, how, TRIED]
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    inside, started = (line.split() for line in done.stdout.splitlines())
    for tcp, udp, local in (inside, started):
        assert tcp != "None"
        assert udp == "PermissionError" or how == "left"
        assert local == "None"


def test_that_a_helper_that_is_not_known_says_so() -> None:
    words = [sys.executable, "-P", "-m", "rushes", "--helper", "unheard-of"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stderr) == (2, "rushes: there is no such helper\n")
