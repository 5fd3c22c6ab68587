"""A person at the installed program, seen and touched through the accessibility tree only."""

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import simulating
from tests.e2e.screen import Screen, desktop, row_of, rushes, until
from tests.patience import LIMIT_S

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' accessibility tree"),
    pytest.mark.keyring,
]


def test_that_a_person_adds_an_account_pastes_ids_sees_rows_change_and_saves(
    tmp_path: Path,
) -> None:
    base = tmp_path / "base"
    with (
        simulating("last-frame", speed=5) as served,
        desktop(tmp_path) as env,
        rushes(env, "--base-dir", str(base), "--speed", "5") as program,
        Screen(program, env) as screen,
    ):
        ark = served.line("ark")
        _first_run(screen, ark["base_url"], ark["key"])
        screen.find("Volcengine Ark.*", role="table cell")

        screen.press("Add", role="push button")
        screen.write("Task IDs to add", f"these are the takes: {' '.join(ark['ids'])}")
        screen.press("Find IDs", role="push button")
        screen.press(r"Add \d+", role="push button")
        task = ark["ids"][0]
        screen.find(row_of(task, "Not saved"), role="table cell")

        screen.select(row_of(task))
        screen.press("Save: Video", role="push button")
        screen.find(row_of(task, "(Saving|Not saved|Saved)"), role="table cell")
        until(lambda: list((base / "files").rglob("*.mp4")))
        expected = {a["kind"]: a for a in served.truth()["ark"][task]["artifacts"]}
        (film,) = (base / "files").rglob("*.mp4")
        until(lambda: _sha256(film) == expected["video"]["sha256"])
        screen.find("Saved", role="label")

        assert _key_in_vault(env, ark["key"])
        _nothing_holds(ark["key"], base)
    assert _tasks_on_disk(base) == len(ark["ids"])


def test_that_a_second_start_hands_over_and_a_window_that_closed_comes_back_as_it_was(
    tmp_path: Path,
) -> None:
    base = tmp_path / "base"
    words = [sys.executable, "-m", "rushes", "--base-dir", str(base)]
    with simulating("one", speed=5) as served, desktop(tmp_path, vault=False) as env:
        ark = served.line("ark")
        env["MY_KEY"] = ark["key"]
        account = ("accounts", "add", "--name", "Studio", "--service", "ark")
        at = ("--base-url", ark["base_url"], "--key-env", "MY_KEY")
        subprocess.run([*words, *account, *at], env=env, check=True)
        window = ("--base-dir", str(base), "--speed", "5")
        with rushes(env, *window) as program, Screen(program, env) as screen:
            screen.find("Studio.*", role="table cell")
            added = subprocess.run(
                [*words, "add", *ark["ids"]], env=env, capture_output=True, text=True, check=True
            )
            assert added.stdout == "1 task added.\n"
            screen.find(row_of(ark["ids"][0], "Saved"), role="table cell")
            second = subprocess.run(words, env=env, timeout=LIMIT_S, check=False)
            assert second.returncode == 0
        with rushes(env, *window) as program, Screen(program, env) as screen:
            screen.find(row_of(ark["ids"][0], "Saved"), role="table cell")


def _first_run(screen: Screen, base_url: str, key: str) -> None:
    screen.press("Add account", role="push button")
    screen.find("Step 1 of 3")
    screen.write("Address", base_url)
    screen.press("Next")
    screen.find("Step 2 of 3")
    screen.write("API key", key, role="password text")
    screen.press("Test")
    screen.find("The service accepts this key.")
    screen.press("Next")
    screen.find("Step 3 of 3")
    screen.press("Save every result as soon as it is finished", role="check box")  # off
    screen.press("Import the last 7 days", role="check box")  # off
    screen.press("Start watching")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _key_in_vault(env: dict[str, str], key: str) -> bool:
    """Asked from another process, as the desktop's own key manager would."""
    code = (
        "import json, secretstorage\n"
        "bus = secretstorage.dbus_init()\n"
        "found = secretstorage.search_items(bus, {'service': 'rushes'})\n"
        "print(json.dumps([item.get_secret().decode() for item in found]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return any(json.loads(entry)["key"] == key for entry in json.loads(done.stdout))


def _nothing_holds(key: str, folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.is_file() or key.encode() not in path.read_bytes(), path


def _tasks_on_disk(base: Path) -> int:
    with sqlite3.connect(base / "data" / "rushes.sqlite3") as db:
        (count,) = db.execute("SELECT count(*) FROM task").fetchone()
    db.close()
    return int(count)


def test_that_the_names_on_the_screen_are_not_empty(tmp_path: Path) -> None:
    with (
        desktop(tmp_path, vault=False) as env,
        rushes(env, "--base-dir", str(tmp_path / "base")) as program,
        Screen(program, env) as screen,
    ):
        screen.find("Add account", role="push button")
        shown = [line.strip() for line in screen.dump(2000)]
        buttons = [line for line in shown if re.match("(push button|check box|text):", line)]
        assert buttons
        assert [line for line in buttons if line.endswith(": ''")] == []
