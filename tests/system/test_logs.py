"""The log tells what happened and never a key, and nobody can forge a line of it."""

import base64
import faulthandler
import io
import json
import logging
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

from rushes.core.secret import Secret
from rushes.system import logs
from tests.patience import LIMIT_S

ARK = "0f3c2b1a-9d8e-4f7a-b6c5-d4e3f2a17f3a"  # looks like any UUID
ODD = "a/b+c=d e&f%g?h~i"
log = logging.getLogger("rushes.tests")


@pytest.fixture(autouse=True)
def crash_output_goes_back(pytestconfig: pytest.Config) -> Iterator[None]:
    yield
    faulthandler.enable(pytestconfig.stash[fault_handler_stderr_fd_key])


@pytest.fixture
def running(base_dir: Path) -> Iterator[logs.Logs]:
    started = logs.start(base_dir)
    yield started
    started.close()


def written(running: logs.Logs) -> str:
    return running.path.read_text(encoding="utf-8")


def test_that_records_are_written_at_info_and_read_back(running: logs.Logs) -> None:
    log.debug("hidden")
    log.info("one %s", "雨")
    log.info("two")
    assert written(running).count("\n") == 2
    assert [line.rpartition(": ")[2] for line in running.tail(5)] == ["one 雨", "two"]
    assert len(running.tail(1)) == 1
    assert running.tail(0) == ()


def test_that_debug_is_written_when_asked_for_but_not_what_http_libraries_say(
    base_dir: Path,
) -> None:
    running = logs.start(base_dir, debug=True)
    log.debug("mine")
    logging.getLogger("httpx").info("HTTP Request: GET https://a.example/?X-Tos-Signature=1")
    logging.getLogger("aiohttp.client").debug("theirs")
    running.close()
    assert "mine" in written(running)
    assert written(running).count("\n") == 1


def test_that_only_the_owner_can_read_it_also_after_it_rotated(base_dir: Path) -> None:
    running = logs.start(base_dir)
    for _ in range(25):
        log.info("x" * 100_000)
    running.close()
    files = list(base_dir.glob("*.log*"))
    assert len(files) == 3  # the log, the one before, crashes
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def escaped(key: str) -> list[str]:
    """The key in JSON's escapes, as services of other languages write them, also twice."""
    codes = [f"\\u{ord(c):04x}" for c in key]
    every = "".join(codes)
    some = "".join(code if i % 3 else c for i, (c, code) in enumerate(zip(key, codes, strict=True)))
    html = "".join(code if c in "<>&'+/-=" else c for c, code in zip(key, codes, strict=True))
    once = [every, every.replace("\\u", "\\U").upper().replace("\\U", "\\u"), some, html]
    once += [key.replace("/", "\\/"), some.swapcase().replace("\\U", "\\u")]
    percents = "".join(f"%{ord(c):02x}" for c in key)
    return [*once, *(json.dumps(each)[1:-1] for each in once), percents, quote(percents)]


def ways(key: str) -> list[str]:
    """How a key may come into a text."""
    raw = key.encode()
    return [
        key,
        key.upper(),
        quote(key, safe=""),
        quote_plus(key),
        quote(key, safe="").lower(),
        f"Bearer {key}",
        *(escaped(key) if key.isascii() else ()),  # no other key is taken
        *(base64.b64encode(b"user:"[:n] + raw + b":tail").decode() for n in range(6)),
        *(base64.urlsafe_b64encode(b"user:"[:n] + raw).decode() for n in range(6)),
    ]


@pytest.mark.parametrize("key", [ARK, ODD, "sk-short", "ÿþ~~~ÿ???>>>"])
def test_that_a_live_key_is_hidden_in_every_form(running: logs.Logs, key: str) -> None:
    logs.remember(Secret(key))
    for way in ways(key):
        for text in (way, f"x{way}y", f'{{"k": "{way}"}}', f"https://h.example/?a={way}&b=1"):
            assert logs.HIDDEN in logs.redact(text), text
        log.info("said %s", way)
    assert key not in written(running)
    assert quote(key, safe="") not in written(running)
    assert base64.b64encode(key.encode()).decode().rstrip("=")[:-1] not in written(running)


@pytest.mark.parametrize("pieces", [1, 3, 40])
def test_that_only_the_key_is_hidden_in_a_long_text_wherever_it_stands(pieces: int) -> None:
    hider, link = logs.KeyHider(Secret(ODD)), "https://h.example/%2Fv?a=\\u0026\\/%41"
    filling = (link * 2000)[: 30_000 + 1]
    for key in (ODD, "".join(f"\\u{ord(c):04X}" for c in ODD)):
        for shift in range(0, 200, 60):
            between = [filling[shift * n :] for n in range(pieces)]
            assert (
                hider.hide(key.join([*between, ""]).encode())
                == logs.HIDDEN.join([*between, ""]).encode()
            )
    assert hider.hide(filling.encode()) == filling.encode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcdefghijkl", "abcdefghijkl"),
        ("authorization=basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("key is sk-AbCd1234_xyz-9", "AbCd1234"),
        ("https://f.example/v.mp4?X-Tos-Algorithm=T&X-Tos-Signature=c0ffee&z=1", "c0ffee"),
        ("https://f.example/v.mp4?X-Tos-Credential=AKLT%2F2027", "AKLT"),
        ("https://f.example/v?x-amz-security-token=c0ffee", "c0ffee"),
        ("https://f.example/v?Expires=1&OSSAccessKeyId=LTAI5t&Signature=c0ffee", "LTAI5t"),
        ("https://f.example/v?Expires=1&Signature=c0ffee", "c0ffee"),
        ("https://f.example/v?auth_key=17-0-0-c0ffee", "c0ffee"),
        ("next=https%3A%2F%2Ff.example%2Fv%3FX-Tos-Signature%3Dc0ffee%26a%3D1", "c0ffee"),
        ("X-Tos-Signature=c0ffee", "c0ffee"),
        ("proxy http://me:c0ffee@proxy.example:8080", "c0ffee"),
    ],
)
def test_that_what_looks_like_a_secret_is_hidden(text: str, secret: str) -> None:
    assert secret not in logs.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks?page_num=1",
        "task cgt-20260101-abcde went from running to succeeded",
        "account 11111111-1111-4111-8111-111111111111 is paused",
        "the bearer of news",
    ],
)
def test_that_plain_lines_stay_readable(text: str) -> None:
    assert logs.redact(text) == text


def test_that_nothing_a_server_says_can_forge_a_line(running: logs.Logs) -> None:
    log.info("said %s", "ok\r\n2026-01-01 ERROR forged\x1b[2J\u202e\u2028x\x85y")
    (line,) = written(running).splitlines()
    assert "forged" in line
    assert "\\n" in line
    assert "\\x1b" in line
    assert "\x1b" not in line


def test_that_a_traceback_is_redacted_and_indented(running: logs.Logs) -> None:
    logs.remember(Secret(ARK))
    plain = logging.StreamHandler(io.StringIO())  # formats first, and leaves its text behind
    log.addHandler(plain)
    try:
        raise ValueError(f"refused {ARK}\n2026-01-01 ERROR forged\x1b[2J")
    except ValueError:
        log.info("went wrong", exc_info=True, stack_info=True)
    finally:
        log.removeHandler(plain)
    first, *rest = written(running).splitlines()
    assert first.endswith("went wrong")
    assert all(line.startswith("    ") for line in rest)
    assert any("ValueError: refused" in line for line in rest)
    assert ARK not in written(running)
    assert "\x1b" not in written(running)


def test_that_closing_puts_everything_back(base_dir: Path) -> None:
    def state() -> tuple[object, ...]:
        root, httpx = logging.getLogger(), logging.getLogger("httpx")
        hooks = (sys.excepthook, threading.excepthook)
        return (*hooks, root.level, tuple(root.handlers), httpx.level)

    before = state()
    running = logs.start(base_dir)
    assert state() != before
    running.close()
    running.close()
    assert state() == before


CRASH = """
import faulthandler, sys, threading
from pathlib import Path
from rushes.system import logs
from rushes.core.secret import Secret
running = logs.start(Path(sys.argv[1]))
logs.remember(Secret("a-very-secret-key"))
def bad():
    raise RuntimeError("a-very-secret-key")
thread = threading.Thread(target=bad, name="worker")
thread.start()
thread.join()
if sys.argv[2] == "abort":
    faulthandler._sigabrt()
bad()
"""


def crash(base_dir: Path, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CRASH, str(base_dir), how],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_that_a_bug_goes_to_the_log_and_the_user_gets_one_sentence(base_dir: Path) -> None:
    done = crash(base_dir, "raise")
    text = (base_dir / "rushes.log").read_text()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "rushes.log" in done.stderr
    assert "unexpected error in thread worker" in text
    assert text.count("RuntimeError: [hidden]") == 2
    assert "a-very-secret-key" not in text + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_that_a_crash_of_the_interpreter_leaves_its_stack(base_dir: Path) -> None:
    done = crash(base_dir, "abort")
    assert done.returncode < 0
    text = (base_dir / "crash.log").read_text()
    assert "Fatal Python error: Aborted" in text
    assert "a-very-secret-key" not in text + (base_dir / "rushes.log").read_text()


def test_that_an_error_nobody_can_catch_is_logged_without_the_key_and_not_printed(
    running: logs.Logs, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    class Ends:
        def __del__(self) -> None:
            raise ValueError(f"while freeing {ARK}")

    logs.remember(Secret(ARK))
    Ends()
    assert "while freeing [hidden]" in written(running)
    assert ARK not in written(running)
    assert capfd.readouterr().err == ""


UNLOGGABLE = """
import logging, sys
from pathlib import Path
from rushes.system import logs
running = logs.start(Path(sys.argv[1]))
log = logging.getLogger("rushes.x")
log.info("wrong number of words", "a-very-secret-key")
logging.getLogger().addHandler(logging.StreamHandler())
log.info("wrong again", "a-very-secret-key")
log.info("a byte that is no text: \\udcff")
"""


def test_that_a_line_that_cannot_be_logged_is_told_without_its_words(base_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNLOGGABLE, str(base_dir)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    first, *rest = done.stderr.splitlines()
    assert first == "rushes: The log cannot be written: TypeError (<string>, line 7)."
    assert rest == ["a byte that is no text: \\udcff"]  # the other handler's
    assert "\\udcff" in (base_dir / "rushes.log").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
def test_that_a_crash_leaves_no_memory_behind_while_the_log_runs(base_dir: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_CORE)
    started = logs.start(base_dir)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    started.close()
    assert resource.getrlimit(resource.RLIMIT_CORE) == before
