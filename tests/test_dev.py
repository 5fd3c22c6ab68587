"""`packaging/dev.py test`, with a small suite in place of ours: real pytest, real processes."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the suite is one process"),
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb"),
]

DEV = Path(__file__).parent.parent / "packaging" / "dev.py"
GOOD = "def test_good(): pass\n"
BAD = "def test_bad(): assert False\n"
# Good from the second time on.
LATE = """
from pathlib import Path
def test_late():
    there = Path(__file__).with_suffix(".tried")
    tried = there.exists()
    there.touch()
    assert tried
"""
KILLED = "import os, signal\ndef test_killed(): os.kill(os.getpid(), signal.SIGKILL)\n"
# As Xlib ends a program whose screen is gone.
NO_SCREEN = "import os\ndef test_gone(): os._exit(1)\n"


class SmallSuite:
    """A suite of one folder in the first group, `tests/e2e`, and one in none, `tests/core`."""

    def __init__(self, dev: ModuleType, root: Path) -> None:
        self.dev, self.root = dev, root
        self.has("e2e", GOOD)
        self.has("core", GOOD)

    def has(self, room: str, *codes: str) -> None:
        folder = self.root / "tests" / room
        folder.mkdir(parents=True, exist_ok=True)
        for number, code in enumerate(codes):
            (folder / f"test_{room}_{number}.py").write_text(code)

    def run(self, *words: str) -> int:
        code: int = self.dev.test(list(words))
        return code


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSuite:
    spec = importlib.util.spec_from_file_location("dev", DEV)
    assert spec is not None
    assert spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "GROUPS", (("tests/e2e",),))
    monkeypatch.setattr(dev, "python", lambda: sys.executable)
    monkeypatch.setattr(dev, "system_packages", lambda names: True)
    monkeypatch.setattr(dev, "prepare", lambda: None)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a quicker start
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return SmallSuite(dev, tmp_path)


def test_that_every_test_runs_once_and_the_end_says_it_of_both_processes(
    suite: SmallSuite, capfd: pytest.CaptureFixture[str]
) -> None:
    suite.has("e2e", GOOD, GOOD)
    suite.has("core", GOOD, GOOD, GOOD)
    assert suite.run() == 0
    *_, half, others = capfd.readouterr().out.splitlines()
    assert half.startswith("tests/e2e: exit code 0; 2 passed")
    assert others.startswith("all other tests: exit code 0; 3 passed")


def test_that_the_processes_run_at_the_same_time_on_screens_of_their_own(
    suite: SmallSuite, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    meet = """
import os, time
from pathlib import Path
def test_meet():
    there, other = (Path(__file__).parents[1] / room for room in {rooms})
    (there / "screen").write_text(os.environ["DISPLAY"])
    while not (other / "screen").exists():
        time.sleep(0.05)
"""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p pytest_xvfb")
    suite.has("e2e", meet.format(rooms=("e2e", "core")))
    suite.has("core", meet.format(rooms=("core", "e2e")))
    assert suite.run() == 0, capfd.readouterr().out
    tests = suite.root / "tests"
    assert (tests / "e2e" / "screen").read_text() != (tests / "core" / "screen").read_text()


def test_that_one_late_test_of_each_process_is_tried_again_and_named(
    suite: SmallSuite, capfd: pytest.CaptureFixture[str]
) -> None:
    suite.has("e2e", LATE, GOOD)
    suite.has("core", GOOD, LATE)
    assert suite.run() == 0
    out = capfd.readouterr().out
    assert "FAILED tests/e2e/test_e2e_0.py::test_late" in out
    assert "FAILED tests/core/test_core_1.py::test_late" in out
    assert "2 passed" in out.rpartition("now alone")[2]
    assert out.splitlines()[-1].startswith("UNSTEADY, passed the second time: tests/")


def test_that_a_test_that_is_late_in_every_run_fails(
    suite: SmallSuite, capfd: pytest.CaptureFixture[str]
) -> None:
    suite.has("core", LATE.replace("there.touch()", "(there.unlink if tried else there.touch)()"))
    assert suite.run("--times", "2") == 1
    assert "unsteady in more than one run: tests/core" in capfd.readouterr().out


@pytest.mark.parametrize("room", ["e2e", "core"])
def test_that_a_test_that_fails_twice_fails_the_suite(room: str, suite: SmallSuite) -> None:
    suite.has(room, BAD)
    assert suite.run() == 1


def test_that_three_failed_tests_of_both_processes_are_not_tried_again(
    suite: SmallSuite, capfd: pytest.CaptureFixture[str]
) -> None:
    suite.has("e2e", LATE, LATE)
    suite.has("core", LATE)
    assert suite.run() == 1
    assert "alone" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("end", "code"), [(KILLED, -9), (NO_SCREEN, 3)], ids=["killed", "no-screen"]
)
@pytest.mark.parametrize(("room", "other"), [("e2e", "core"), ("core", "e2e")])
def test_that_a_process_that_does_not_come_to_its_end_fails_the_suite(
    room: str, other: str, end: str, code: int, suite: SmallSuite
) -> None:
    suite.has(room, end)
    suite.has(other, LATE)
    assert suite.run() == code


def test_that_a_folder_without_tests_is_no_success(suite: SmallSuite) -> None:
    suite.has("e2e", "")
    assert suite.run() == 5


def test_that_words_go_to_one_pytest_as_they_are(
    suite: SmallSuite, capfd: pytest.CaptureFixture[str]
) -> None:
    suite.has("e2e", BAD)
    suite.has("core", LATE)
    assert suite.run("tests/core", "-q") == 1
    out = capfd.readouterr().out
    assert "1 failed" in out
    assert "alone" not in out
    assert suite.run("tests/core", "-q") == 0
