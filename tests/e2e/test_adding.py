"""`rushes add` as scripts use it: prompts that come along, lines that come one by one."""

import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import pytest

from rushes.store import read_list
from tests.e2e.command import Served, Shell, simulating
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.patience import LIMIT_S

FOX = "A red fox runs through snow"
SEA = "海边的灯塔，黄昏"
UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture
def shell(base_dir: Path, tmp_path: Path) -> Shell:
    """One account, nothing that answers."""
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    shell = Shell.on(base_dir, Served(()))
    shell = Shell(base_dir, {**shell.env, "XDG_RUNTIME_DIR": str(run)})
    words = ("--name", "Ark", "--service", "ark", "--base-url", "http://127.0.0.1:9")
    assert shell.run("accounts", "add", *words, "--key-env", "NO_KEY_HERE").returncode == 0
    return shell


@contextmanager
def following(shell: Shell) -> "Iterator[subprocess.Popen[str]]":
    """A running `rushes add --jsonl -`."""
    process = subprocess.Popen(
        shell.words("add", "--account", "Ark", "--jsonl", "-"),
        env=shell.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(LIMIT_S)
        for pipe in (process.stdin, process.stdout, process.stderr):
            cast(IO[str], pipe).close()


def write(process: "subprocess.Popen[str]", **said: Any) -> None:
    stdin = cast(IO[str], process.stdin)
    stdin.write(json.dumps(said, ensure_ascii=False) + "\n")
    stdin.flush()


def test_that_what_is_said_by_options_is_kept_and_shown(shell: Shell) -> None:
    words = ("--prompt", FOX, "--name", "hero", "--tag", "a", "--tag", "b", "--note", "soft")
    assert shell.good("add", *words, "cgt-1") == "1 task added.\n"
    line = shell.listed()["cgt-1"]
    assert (line["prompt"], line["name"], line["name_shown"]) == (FOX, "hero", "hero")
    again = shell.good("add", "--prompt", SEA, "cgt-1", "cgt-2")
    assert again == "1 task added.\n"
    assert shell.listed()["cgt-1"]["prompt"] == FOX
    assert shell.listed()["cgt-2"]["name_shown"] == SEA


def test_that_prompts_come_along_in_piped_text_and_a_trial_adds_nothing(shell: Shell) -> None:
    text = (
        json.dumps({"prompt": SEA, "id": "cgt-20260915092331-ab1cd"}, ensure_ascii=False)
        + f"\n{UUID}\n"
    )
    said = json.loads(shell.good("add", "--dry-run", "--json", "-", given=text))
    assert [(e["id"], e["prompt"], e["account"]) for e in said["ids"]] == [
        ("cgt-20260915092331-ab1cd", SEA, "Ark")
    ]
    assert [question["ids"] for question in said["questions"]] == [[UUID]]
    assert shell.run("list").returncode == 3
    done = shell.run("add", "-", given=text)
    assert (done.returncode, done.stdout) == (0, "1 task added.\n")
    assert "1 ID could be keys as well and were not added (line 2)." in done.stderr
    assert shell.listed()["cgt-20260915092331-ab1cd"]["prompt"] == SEA
    assert shell.run("add", "-", given=f"{UUID}\n").returncode == 3
    assert shell.good("add", "--yes-ids", "-", given=f"{UUID}\n") == "1 task added.\n"


def test_that_a_bad_line_is_told_with_its_number_and_the_rest_goes_on(shell: Shell) -> None:
    lines = (
        '{"id": "cgt-1", "prompt": "one", "tags": ["t"], "notes": "n", "references": ["a.png"]}',
        "",
        "{not json",
        '{"prompt": "no id"}',
        '{"id": "cgt-2", "account": "nobody"}',
        '{"id": "cgt-3", "name": "", "prompt": null, "tags": "hero"}',
        '{"id": "cgt-4", "references": ["data:image/png;base64,iVBORw0KGgo"]}',
        '{"id": 883461234567890123, "account": "Ark", "seed": 7}',
    )
    done = shell.run("add", "--jsonl", "-", given="\n".join(lines))
    assert (done.returncode, done.stdout) == (1, "3 tasks added.\n")
    told = done.stderr.splitlines()
    assert [line.split(".")[0] for line in told] == [
        f"rushes: Line {number} was not added" for number in (3, 4, 7, 5)
    ]
    assert "No account is called nobody." in done.stderr
    assert "Traceback" not in done.stderr
    found = shell.listed()
    assert set(found) == {"cgt-1", "cgt-3", "883461234567890123"}
    assert found["cgt-1"]["references"] == ["a.png"]


@pytest.mark.parametrize(
    ("words", "given", "code"),
    [
        (["--name", "", "cgt-1"], "", 2),
        (["--prompt", " ", "cgt-1"], "", 2),
        (["--jsonl", "cgt-1"], "", 2),
        (["--jsonl", "--dry-run", "-"], "", 2),
        (["--jsonl", "-"], "\n\n", 3),
        (["--dry-run", "--json", "-"], "nothing here", 3),
    ],
)
def test_that_what_cannot_be_meant_is_one_sentence_and_an_exit_code(
    shell: Shell, words: list[str], given: str, code: int
) -> None:
    done = shell.run("add", *words, given=given)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert shell.run("list").returncode == 3


def test_that_lines_are_added_while_they_come_without_a_window_and_beside_watch(
    shell: Shell,
) -> None:
    with following(shell) as script:
        write(script, id="cgt-1", prompt=FOX)
        until(lambda: "cgt-1" in _listed(shell))
        shell.good("add", "cgt-of-another-start")  # the list is held for a moment only
        watch = subprocess.Popen(
            shell.words("watch", "--json"),
            env=shell.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, told = cast(IO[str], watch.stdout), cast(IO[str], watch.stderr)
        try:
            assert "Ark" in told.readline()  # its key is missing: the list is open
            write(script, id="cgt-2", prompt=SEA)
            until(lambda: "cgt-2" in _listed(shell))
            assert watch.poll() is None
            heard = json.loads(out.readline())
            assert heard["id"] == "cgt-2"
            assert heard["prompt"] == SEA
        finally:
            watch.send_signal(signal.SIGINT)
            watch.wait(LIMIT_S)
            out.close()
            told.close()
        cast(IO[str], script.stdin).close()
        assert script.wait(LIMIT_S) == 0
        assert cast(IO[str], script.stdout).read() == "2 tasks added.\n"


def is_shown(screen: Screen, name: str) -> bool:
    try:
        found = screen.tell("find", name=name, role="table cell", seconds=0)
    except AssertionError:  # the rows changed while they were read out
        return False
    return not found.get("missing")


def _listed(shell: Shell) -> dict[str, Any]:
    done = shell.run("list", "--json")
    return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_that_ctrl_c_ends_the_wait_for_lines(shell: Shell) -> None:
    with following(shell) as script:
        write(script, id="cgt-1")
        until(lambda: "cgt-1" in _listed(shell))
        script.send_signal(signal.SIGINT)
        assert script.wait(LIMIT_S) != 0
        assert "Traceback" not in cast(IO[str], script.stderr).read()


@pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' own")
def test_that_each_line_of_a_script_is_in_the_running_window_with_its_prompt_within_a_second(
    tmp_path: Path,
) -> None:
    with simulating("running") as served, desktop(tmp_path, vault=False) as env:
        env |= {f"KEY_{line['service']}": line["key"] for line in served.lines}
        shell = Shell(tmp_path / "base", env)
        shell.base.mkdir()
        shell.add_all(served, ["ark"])
        with (
            rushes(env, "--base-dir", str(shell.base), "--speed", "20") as program,
            Screen(program, env) as screen,
        ):
            screen.find("Running.*", role="table cell")
            written = []
            with following(Shell(shell.base, env)) as script:
                for number in range(5):
                    prompt = f"{FOX}, take {number}"
                    written.append(time.time())
                    write(script, id=f"cgt-line-{number}", prompt=prompt, account="ark")
                    until(partial(is_shown, screen, re.escape(prompt) + ", .*"))
                cast(IO[str], script.stdin).close()
                assert script.wait(LIMIT_S) == 0, cast(IO[str], script.stderr).read()
            # By the moment that the window wrote down: how long it takes until this test has read
            # the screen says more about the machine. The first one waits for the script's start.
            _, tasks = asyncio.run(read_list(shell.base / "data" / "rushes.sqlite3"))
            added = {task.id: task.added_at for task in tasks}
            waits = [added[f"cgt-line-{n}"] - written[n] for n in range(5)]
            assert statistics.median(waits) < 1.0, waits
        assert FOX[:12] not in json.dumps(served.heard())
        assert shell.listed()["cgt-line-4"]["prompt"] == f"{FOX}, take 4"


def test_that_prompts_are_sent_nowhere_and_forgotten_on_request(
    base_dir: Path, tmp_path: Path
) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        line = served.line("ark")
        shell.good(
            *("accounts", "add", "--name", "ark", "--service", "ark"),
            *("--base-url", line["base_url"], "--key-env", "KEY_ark"),
        )
        shell.good("add", "--prompt", f"{FOX} zeppelin", *line["ids"])
        shell.good("watch", "--until-done", "--save", "--json")
        heard = served.heard()
        assert heard
        assert "zeppelin" not in json.dumps(heard)
    (task,) = line["ids"]
    film = Path(shell.listed()[task]["artifacts"][0]["path"])
    sidecar = film.with_name(f"{film.name}.json")
    assert json.loads(sidecar.read_text("utf-8"))["prompt"] == f"{FOX} zeppelin"
    report = tmp_path / "report.txt"
    told = shell.run("doctor", "--bundle", str(report), given="").stdout
    assert "zeppelin" not in told
    assert "zeppelin" not in report.read_text("utf-8")
    assert shell.run("forget-prompts").returncode == 2
    assert shell.listed()[task]["prompt"]
    assert shell.good("forget-prompts", "--yes") == "The prompts were forgotten.\n"
    assert shell.listed()[task]["prompt"] == ""
    for path in (base_dir / "data").rglob("*"):
        assert not path.is_file() or b"zeppelin" not in path.read_bytes(), path
    assert json.loads(sidecar.read_text("utf-8"))["prompt"]  # a file of the user's


def test_that_ids_are_read_from_files_by_name(shell: Shell, tmp_path: Path) -> None:
    named, wide = tmp_path / "takes.csv", tmp_path / "wide.txt"
    named.write_text(f"任务ID,提示词\ncgt-20260915092331-ab1cd,{SEA}\n", "utf-8")
    wide.write_text("cgt-20260915092332-x9y8z\n", "utf-16")
    done = shell.good("add", "cgt-1", str(named), str(wide))
    assert done == "3 tasks added.\n"
    assert shell.listed()["cgt-20260915092331-ab1cd"]["prompt"] == SEA
    missing = shell.run("add", str(tmp_path / "missing.txt"))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.count("\n") == 1
    assert "missing.txt cannot be read: No such file or directory." in missing.stderr


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--dry-run", "--json")])
def test_that_a_text_without_ids_is_one_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.run("add", *words, "-", given="hello world\n")
    assert done.returncode == 3
    assert done.stderr == "rushes: No task ID was found in the input.\n"
    assert ("left_out" in done.stdout) is ("--json" in words)


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
def test_that_a_pipe_or_a_huge_file_by_name_is_refused_at_once(
    shell: Shell, tmp_path: Path
) -> None:
    pipe, huge = tmp_path / "pipe.txt", tmp_path / "huge.log"
    os.mkfifo(pipe)
    with huge.open("wb") as file:
        file.truncate(10 * 2**30)
    for path in (pipe, huge, tmp_path):
        done = shell.run("add", f"{path}/" if path.is_dir() else str(path))
        assert (done.returncode, done.stdout) == (2, ""), path
        assert done.stderr.count("\n") == 1, done.stderr
        assert "cannot be read" in done.stderr


def test_that_a_long_file_is_read(shell: Shell, tmp_path: Path) -> None:
    long = tmp_path / "long.log"
    with long.open("wb") as file:
        for _ in range(1000):
            file.write(b"2026-09-15 09:23:31 INFO nothing of note here, and nothing there\n" * 32)
        file.write(b"submitted cgt-20260915092331-ab1cd\n")
    assert shell.good("add", str(long)) == "1 task added.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' own")
def test_that_prompts_are_forgotten_beside_a_running_window_and_beside_watch(
    tmp_path: Path,
) -> None:
    with simulating("running") as served, desktop(tmp_path, vault=False) as env:
        env |= {f"KEY_{line['service']}": line["key"] for line in served.lines}
        shell = Shell(tmp_path / "base", env)
        shell.base.mkdir()
        shell.add_all(served, ["ark"])
        shell.good("add", "--account", "ark", "--prompt", f"{FOX} zeppelin", "cgt-1")
        with (
            rushes(env, "--base-dir", str(shell.base)) as program,
            Screen(program, env) as screen,
        ):
            screen.find(f"{FOX} zeppelin, .*", role="table cell")
            assert shell.good("forget-prompts", "--yes") == "The prompts were forgotten.\n"
            assert shell.listed()["cgt-1"]["prompt"] == ""
            until(lambda: not is_shown(screen, f"{FOX} zeppelin, .*"))
            shell.good("add", "--account", "ark", "--prompt", f"{SEA} zeppelin", "cgt-2")
        watch = subprocess.Popen(
            shell.words("watch", "--json"),
            env=shell.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert cast(IO[str], watch.stdout).readline()  # the list is open
            assert shell.good("forget-prompts", "--yes") == "The prompts were forgotten.\n"
            assert watch.poll() is None
        finally:
            watch.send_signal(signal.SIGINT)
            watch.wait(LIMIT_S)
            cast(IO[str], watch.stdout).close()
        assert shell.listed()["cgt-2"]["prompt"] == ""
        for path in (shell.base / "data").rglob("*"):
            assert not path.is_file() or b"zeppelin" not in path.read_bytes(), path
