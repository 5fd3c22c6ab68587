"""The command line on a disk that is full or cannot be written, and beside a damaged list."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rushes.store import Store
from tests.e2e.command import Shell, simulating
from tests.patience import LIMIT_S
from tests.store.stores import place
from tests.store.test_store_safety import can_mount

STORE = Path("data", "rushes.sqlite3")
IDS = {f"task-{n}" for n in range(42)} - {"task-3", "task-20"}


def listed(output: str) -> set[str]:
    return {json.loads(line)["id"] for line in output.splitlines()}


def inside(mount: str, base: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of Rushes where `mount` was done for it alone."""
    if not can_mount():
        pytest.skip("such a disk needs the right to mount one")
    command = [sys.executable, "-m", "rushes", "--base-dir", str(base), *words]
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', str(base), *command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"'
FULL = (
    'cp -a "$0" "$0.kept" && mount -t tmpfs -o size=1m none "$0" && cp -a "$0.kept"/. "$0" '
    '&& { cat /dev/zero > "$0/film" 2>&1 || true; } >&2'
)


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("mount", [READ_ONLY, FULL], ids=["read-only", "full"])
def test_that_the_list_is_told_where_nothing_can_be_written(
    base_dir: Path, mount: str, killed: bool
) -> None:
    place("release-1", base_dir / STORE, killed=killed)
    for folder in ("config", "cache"):
        (base_dir / folder).mkdir()
    done = inside(mount, base_dir, "list", "--json")
    assert done.returncode == 0, done.stderr
    assert listed(done.stdout) == IDS | ({"task-late"} if killed else set())
    if mount == FULL:
        assert "The disk is full. The list is shown as it was last written" in done.stderr


def test_that_the_accounts_are_told_where_nothing_can_be_written(base_dir: Path) -> None:
    place("release-1", base_dir / STORE)
    for folder in ("config", "cache"):
        (base_dir / folder).mkdir()
    told = Shell(base_dir, dict(os.environ)).run("accounts", "list", "--json").stdout
    done = inside(READ_ONLY, base_dir, "accounts", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == told != ""


@pytest.mark.parametrize("folder", ["~nobody-of-this-name/a", "/a\0b", "/a\ud800b", "rel/x"])
def test_that_a_folder_that_cannot_be_used_is_said_and_ends_nothing(
    base_dir: Path, folder: str
) -> None:
    place("release-1", base_dir / STORE)
    (base_dir / "config").mkdir()
    settings = base_dir / "config" / "settings.json"
    settings.write_text(json.dumps({"folder": folder}))
    before = settings.read_bytes()
    shell = Shell(base_dir, dict(os.environ))
    for words, code in (("list", "--json"), 0), (("doctor",), 1):
        done = shell.run(*words)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        told = done.stderr if words[0] == "list" else done.stdout
        assert "folder: “" in told
        assert "is not a whole path" in told
    assert settings.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
@pytest.mark.parametrize(
    "name",
    [
        "config/settings.json",
        *("data/rushes.log", "data/crash.log", "data/rushes.sqlite3.lock"),
        *("data/rushes.sqlite3.reserve", "data/rushes.sqlite3.restored.json"),
        *("data/rushes.sqlite3-wal", "data/rushes.sqlite3-shm", "data/rushes.sqlite3"),
    ],
)
def test_that_no_command_waits_for_a_pipe_in_the_place_of_a_file(base_dir: Path, name: str) -> None:
    place("release-1", base_dir / STORE)
    (base_dir / "config").mkdir()
    (base_dir / name).unlink(missing_ok=True)
    os.mkfifo(base_dir / name)
    shell = Shell(base_dir, dict(os.environ))
    for words in (("list", "--json"), ("doctor", "--bundle", str(base_dir / "report"))):
        done = shell.run(*words, timeout=LIMIT_S)
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mount", [READ_ONLY, FULL], ids=["read-only", "full"])
def test_that_the_doctor_reports_where_nothing_can_be_written(base_dir: Path, mount: str) -> None:
    place("release-1", base_dir / STORE, killed=True)
    done = inside(mount, base_dir, "doctor")
    assert done.returncode == 0, done.stderr
    assert "List: 41 tasks, whole\n" in done.stdout
    assert f"Settings: {base_dir / 'config'} (not there)" in done.stdout
    if mount == READ_ONLY:
        assert f"Data: {base_dir / 'data'} (cannot be written)" in done.stdout


def test_that_the_doctor_writes_nothing(base_dir: Path) -> None:
    place("release-1", base_dir / STORE, killed=True)
    (base_dir / "config").mkdir()
    (base_dir / "config" / "settings.json").write_text("no JSON")

    def contents() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in base_dir.rglob("*") if p.is_file()}

    before = contents()
    done = Shell(base_dir, dict(os.environ)).run("doctor")
    assert done.returncode == 1
    path = base_dir / "config" / "settings.json"
    assert f"{path} cannot be read, so every setting has its default." in done.stdout
    assert contents() == before


def test_that_settings_that_cannot_be_used_are_a_problem_with_the_kept_copy(base_dir: Path) -> None:
    path = base_dir / "config" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"theme": 5}')
    path.with_name("settings.json.broken").write_text("an older one")
    shell = Shell(base_dir, dict(os.environ))
    kept = f"keeps the damaged file as {path}.broken-2."
    for _ in range(2):
        done = shell.run("doctor", "--json")
        assert done.returncode == 1
        (told,) = [each for each in json.loads(done.stdout)["problems"] if str(path) in each]
        assert told.startswith(f"Some settings in {path} cannot be used and have their defaults:")
        assert told.endswith(kept)
        shell.run("list")
        kept = f"The damaged file is kept as {path}.broken-2."


@pytest.mark.parametrize("how", ["text", "cut", "gone", "empty", "folder"])
def test_that_the_doctor_reports_a_list_that_is_damaged(base_dir: Path, how: str) -> None:
    path = base_dir / STORE
    place("release-1", path)
    (path.parent / "backups").mkdir()
    shutil.copy(path, path.parent / "backups" / "rushes-20260101.sqlite3")
    match how:
        case "text":
            path.write_text("this is no database")
        case "cut":
            os.truncate(path, 50_000)
        case "gone":
            path.unlink()
        case "empty":
            os.truncate(path, 0)
        case "folder":
            path.unlink()
            path.mkdir()
    done = Shell(base_dir, dict(os.environ)).run("doctor")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("List: ")]
    assert "whole" not in line
    if how in ("gone", "empty"):
        assert line == "List: gone; there are backups"
    assert "Backups: rushes-20260101.sqlite3" in done.stdout


def test_that_the_doctor_reports_beside_a_running_program(base_dir: Path) -> None:
    path = base_dir / STORE
    place("release-1", path)

    async def work() -> str:
        store = await Store.open(path)
        try:
            return await asyncio.to_thread(
                lambda: Shell(base_dir, dict(os.environ)).run("doctor").stdout
            )
        finally:
            await store.aclose()

    assert "List: 40 tasks, whole, open in a running Rushes\n" in asyncio.run(work())


def test_that_a_cache_that_cannot_be_made_refuses_nothing(base_dir: Path) -> None:
    place("release-1", base_dir / STORE)
    (base_dir / "cache").write_text("in the way")
    done = Shell(base_dir, dict(os.environ)).run("list", "--json")
    assert done.returncode == 0, done.stderr
    assert listed(done.stdout) == IDS


def test_that_what_a_damaged_list_lost_is_told(base_dir: Path) -> None:
    place("release-1", base_dir / STORE)
    os.truncate(base_dir / STORE, 120_000)
    done = Shell(base_dir, dict(os.environ)).run("list", "--json")
    assert "The list was damaged." in done.stderr
    assert "is kept as rushes.sqlite3.damaged-" in done.stderr
    again = Shell(base_dir, dict(os.environ)).run("list", "--json")
    assert again.stdout == done.stdout
    assert "damaged" not in again.stderr


@pytest.mark.parametrize(("mount", "why"), [(READ_ONLY, ""), (FULL, "The disk is full")])
def test_that_ids_that_cannot_be_kept_are_said_not_to_be_added(
    base_dir: Path, mount: str, why: str
) -> None:
    place("release-1", base_dir / STORE)
    for folder in ("config", "cache"):
        (base_dir / folder).mkdir()
    done = inside(mount, base_dir, "add", "cgt-20260101120000-abcde", "--account", "Ark")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "were not added" in done.stderr, done.stderr
    assert why in done.stderr
    assert "nothing lost" not in done.stderr


@pytest.mark.parametrize("name", ["rushes.log", "crash.log"])
@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_that_it_goes_on_without_a_log_that_cannot_be_opened(
    base_dir: Path, name: str, what: str
) -> None:
    if what == "pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("there are no such pipes here")
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark"])
        log = base_dir / "data" / name
        log.unlink(missing_ok=True)
        log.mkdir() if what == "folder" else os.mkfifo(log)
        done = shell.run("watch", "--until-done", "--save")
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("\n") == 1
        assert f"The log {log} cannot be written" in done.stderr
        assert {
            a["state"] for a in json.loads(shell.run("list", "--json").stdout)["artifacts"]
        } == {"saved"}


@pytest.mark.parametrize("words", [("list",), ("accounts", "list")], ids=" ".join)
def test_that_a_full_disk_is_the_reason_that_no_list_can_begin(
    base_dir: Path, words: tuple[str, ...]
) -> None:
    base_dir.mkdir(exist_ok=True)
    done = inside(FULL, base_dir, *words)
    assert done.returncode == 1
    assert "The disk is full" in done.stderr
    assert "Cannot use" not in done.stderr


@pytest.mark.parametrize("name", ["data/rushes.sqlite3", "data/rushes.sqlite3.lock", "files"])
def test_that_a_place_that_cannot_be_used_is_named(base_dir: Path, name: str) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark"])
        place_ = base_dir / name
        place_.unlink(missing_ok=True)
        if name == "files":
            place_.write_text("in the way")
        else:
            place_.mkdir()
        done = shell.run("watch", "--until-done", "--save", "--timeout", "5")
        assert done.returncode == (4 if name == "files" else 1)
        named = place_ if name == "files" else base_dir / "data"
        assert f"Cannot use {named}" in done.stderr
        assert "The folder cannot be written" not in done.stderr
