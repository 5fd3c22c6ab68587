"""What the command line writes reaches any terminal, orders it nothing, and is told when not."""

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.e2e.command import Shell, simulating
from tests.patience import LIMIT_S

if sys.platform != "win32":
    import fcntl
    import termios

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="bytes that are no text are POSIX's own"
)

#: Not UTF-8, outside of Windows' code pages, orders to a terminal, a turned reading direction.
IDS = ("cgt-\udcff-byte", "cgt-≈-雨", "cgt-\x1b[2J-esc", "cgt-\x9b31m-csi", "cgt-\u202e-rlo")
NAME = "ark \x1b]0;x\x07"
ORDERS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """One list for all: no test takes anything out of it."""
    shell = Shell(tmp_path_factory.mktemp("base"), {**os.environ, "K": "a-key-0123456789"})
    shell.good("accounts", "add", "--name", NAME, "--service", "ark", "--key-env", "K")
    shell.good("add", *IDS)
    return shell


def raw(shell: Shell, *words: str, given: bytes = b"", **env: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        shell.words(*words), input=given, env=shell.env | env, capture_output=True, timeout=LIMIT_S
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "gbk"])
def test_that_any_id_is_listed_in_any_encoding_and_no_terminal_is_ordered_about(
    shell: Shell, encoding: str
) -> None:
    code, text, _ = raw(shell, "list", PYTHONIOENCODING=encoding)
    assert (code, text.count(b"\n") >= len(IDS)) == (0, True)
    assert not ORDERS.search(text)
    code, lines, _ = raw(shell, "list", "--json", PYTHONIOENCODING=encoding)
    assert code == 0
    assert {json.loads(line)["id"] for line in lines.splitlines()} >= set(IDS)
    assert not ORDERS.search(lines)
    assert ("雨" in lines.decode(encoding)) is (encoding == "utf-8")


def test_that_a_terminal_without_the_sign_does_not_end_the_watching(base_dir: Path) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        code, told, complaints = raw(shell, "watch", "--until-done", PYTHONIOENCODING="cp1252")
        assert (code, complaints) == (0, b"")
        assert b"Succeeded" in told


@pytest.mark.parametrize(
    "words",
    [
        ["accounts", "list"],
        ["accounts", "test", "\x1b[2J\udcff"],
        ["accounts", "test"],
        ["accounts", "remove", "\x9b\udcff"],
        ["add", "--account", "\x1b[2J", "x"],
        ["add", ""],
        ["add", "--account", "x" * 100_000, "x"],
        ["save", "\x1b[2J\udcff"],
        ["watch", "--once"],
        ["list", "\x1b[2J\udcff"],
        ["\x1b[2J\udcff"],
        ["doctor"],
        ["doctor", "--bundle", "/nowhere/\x1b\udcff"],
        ["simulate", "--scene", "\x1b[2J\udcff"],
        ["simulate", "--port", "99999"],
        ["--base-dir", "", "list"],
        ["--base-dir", "~nobody\x1b/x", "list"],
        ["--base-dir", "/dev/null/\x1b\udcff", "list"],
        ["accounts", "add", "--name", "", "--service", "ark", "--key-env", "K"],
        ["accounts", "add", "--name", "b", "--service", "ark", "--key-env", "\x1b\udcff"],
        ["accounts", "add", "--name", "b", "--service", "ark", "--key-stdin"],
        [
            *("accounts", "add", "--name", "b", "--service", "gateway", "--key-env", "K"),
            *("--base-url", "https://\x1b\udcff.example"),
        ],
        [
            *("accounts", "add", "--name", "b", "--service", "ark", "--key-env", "K"),
            *("--ca-file", "/\x1b\udcff"),
        ],
    ],
)
def test_that_nasty_words_are_answered_in_plain_lines(shell: Shell, words: list[str]) -> None:
    # Nobody listens there: no test asks a real service.
    proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    _, told, complaints = raw(Shell(shell.base, shell.env | proxy), *words)
    assert not ORDERS.search(told + complaints), told + complaints


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["list", "--json"],
        ["accounts", "list"],
        ["accounts", "list", "--json"],
        ["doctor"],
        ["add", "--account", NAME, "cgt-1"],
        ["--help"],
        ["--version"],
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_that_output_that_cannot_be_written_is_told_and_no_success(
    shell: Shell, words: list[str], unbuffered: str
) -> None:
    env = shell.env | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            shell.words(*words), env=env, stdout=full, stderr=subprocess.PIPE, timeout=LIMIT_S
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "2>&- >/dev/full"])
def test_that_a_closed_output_is_no_success(shell: Shell, closed: str) -> None:
    for words in (["list"], ["list", "--json"], ["doctor"]):
        line = subprocess.list2cmdline(shell.words(*words))
        done = subprocess.run(f"{line} {closed}", shell=True, env=shell.env, capture_output=True)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr


def test_that_a_base_folder_that_is_no_text_works(tmp_path: Path) -> None:
    base = tmp_path / "caf\udce9"
    shell = Shell(base, {**os.environ, "K": "a-key-0123456789"})
    shell.good("accounts", "add", "--name", "a", "--service", "ark", "--key-env", "K")
    shell.good("add", "cgt-1")
    assert list(shell.listed()) == ["cgt-1"]
    report = tmp_path / "report\udce9"
    assert shell.run("doctor", "--bundle", str(report)).returncode == 0
    assert "caf⟨U+DCE9⟩" in report.read_text(encoding="utf-8")


def test_that_input_that_is_no_utf_8_is_read_and_too_much_is_refused(shell: Shell) -> None:
    before = len(shell.listed())
    given = "任务 cgt-20260101000000-abcde".encode("gb18030")
    assert raw(shell, "add", "--account", NAME, "-", given=given)[0] == 0
    code, told, complaints = raw(
        shell, "add", "--account", NAME, "-", given=b"cgt-1\n" * 12_000_000
    )
    assert (code, told) == (2, b"")
    assert complaints == b"rushes: Standard input is larger than 64 MiB. Nothing was added.\n"
    assert len(shell.listed()) == before + 1


@contextmanager
def watching(shell: Shell, *before: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A watch that has begun to fetch something slow; what is still alive afterwards is killed."""
    words = [*before, *shell.words("watch", "--save", "--json")]
    with subprocess.Popen(
        words, env=shell.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        try:
            assert program.stdout is not None
            for line in program.stdout:
                if b'"saving"' in line:
                    break
            while not list((shell.base / "files").rglob("*.part")):
                assert program.poll() is None
                time.sleep(0.01)
            yield program
        finally:
            program.kill()


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 1)])
def test_that_a_signal_ends_the_watching_in_order(base_dir: Path, name: str, code: int) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a suite under nohup hands its ignoring on
    with simulating("throttled", speed=5) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, services=("ark",))
        with watching(shell) as program:
            program.send_signal(getattr(signal, name))
            _, complaints = program.communicate(timeout=LIMIT_S)
        assert (program.returncode, complaints) == (code, b"rushes: Stopped.\n")
        # In order: what came of the film is kept with its record or, with little of it, not at
        # all; the list was closed, so its journal is gone.
        for part in (base_dir / "files").rglob("*.part"):
            assert part.with_name(f"{part.name}.json").exists()
        assert not list((base_dir / "data").glob("*.sqlite3-wal"))


def test_that_a_background_job_that_ignores_ctrl_c_ends_when_told_to(base_dir: Path) -> None:
    with simulating("throttled", speed=5) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, services=("ark",))
        ignoring = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")
        with watching(shell, *ignoring) as program:
            program.send_signal(signal.SIGTERM)
            _, complaints = program.communicate(timeout=LIMIT_S)
        assert (program.returncode, complaints) == (143, b"rushes: Stopped.\n")


def test_that_nohup_is_kept(base_dir: Path) -> None:
    with simulating("throttled", speed=5) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, services=("ark",))
        with watching(shell, "/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh") as program:
            program.send_signal(signal.SIGHUP)
            program.send_signal(signal.SIGINT)
            assert program.wait(LIMIT_S) == 1


def test_that_waiting_for_a_key_can_be_ended(shell: Shell) -> None:
    words = shell.words("accounts", "add", "--name", "b", "--service", "ark", "--key-stdin")
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 1)):
        with subprocess.Popen(
            words, env=shell.env, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as program:
            try:
                assert program.stdin is not None
                _until_it_reads(program.stdin)
                program.send_signal(number)
                assert program.stderr is not None
                assert program.stderr.read() == b"rushes: Stopped.\n"
                assert program.wait(LIMIT_S) == code
            finally:
                program.kill()


def _until_it_reads(pipe: IO[bytes]) -> None:
    """Until the process at the other end has taken what was written and waits for more."""
    pipe.write(b"half a key")
    pipe.flush()
    waiting = array("i", [1])
    until = time.monotonic() + LIMIT_S
    while waiting[0] and time.monotonic() < until:
        fcntl.ioctl(pipe.fileno(), termios.FIONREAD, waiting)
        time.sleep(0.01)
    assert not waiting[0]


def test_that_the_end_of_a_record_is_told_by_the_services_clock(base_dir: Path) -> None:
    ahead_s, day_s = 3 * 86_400, 86_400
    now = time.time() + ahead_s

    class Ark(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            task_id = self.path.rpartition("/")[2]
            times = {"created_at": int(now - day_s), "updated_at": int(now)}
            body = json.dumps({"id": task_id, "model": "m", "status": "running", **times}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(int(time.time()) + ahead_s)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ark) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            shell = Shell(base_dir, {**os.environ, "K": "a-key-0123456789"})
            url = f"http://127.0.0.1:{server.server_address[1]}"
            add = ("accounts", "add", "--name", "a", "--service", "ark", "--key-env", "K")
            shell.good(*add, "--base-url", url)
            shell.good("add", "cgt-20260101000000-abcde")
            told = shell.good("watch", "--once")
        finally:
            server.shutdown()
            thread.join()
    left = re.search(r"record: (\d) d", told)
    assert left is not None, told
    assert left[1] in "56"  # by this computer's clock it would be nine
