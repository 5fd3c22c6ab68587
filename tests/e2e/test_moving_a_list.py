"""`rushes export-list` and `import-list` as processes of their own, and the program that runs when
a take is saved."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.core.settings import Settings
from rushes.store import schema
from rushes.system import settings_file
from tests.e2e.command import Served, Shell, simulating
from tests.patience import LIMIT_S


def saved(folder: Path, served: Served) -> Shell:
    """A base folder with one account's takes, saved and said something about."""
    shell = Shell.on(folder, served)
    shell.add_all(served, ["ark"])
    id_ = served.line("ark")["ids"][0]
    said = ("--prompt", "dusk 湖", "--name", "夜", "--tag", "hero")
    shell.good("add", "--account", "ark", *said, id_)
    shell.good("watch", "--until-done", "--save")
    return shell


def bare(folder: Path) -> Shell:
    return Shell(folder, {**os.environ, "SOME_KEY": "key-0123456789abcdef"})


def same(line: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in line.items() if name != "last_seen_at"}


def test_that_a_list_moves_to_another_installation_and_back(tmp_path: Path) -> None:
    file = tmp_path / "mine.rushes"
    with simulating("last-frame") as served:
        one = saved(tmp_path / "one", served)
        told = one.good("export-list", str(file))
        before = one.listed()
        assert told.startswith(f"{len(before)} take")
        gone = one.run("export-list", str(tmp_path / "gone" / "a.rushes"))
        assert gone.returncode == 1
        assert f"Cannot use {tmp_path / 'gone' / 'a.rushes'}: No such file" in gone.stderr
        long = one.run("export-list", str(tmp_path / ("长" * 84 + ".rushes")))
        assert "the name is too long. Choose a shorter one." in long.stderr
        again = one.run("export-list", str(file))
        assert (again.returncode, again.stdout) == (2, "")
        assert "is there already" in again.stderr

        two = replace(one, base=tmp_path / "two")
        assert "account came along" in two.good("import-list", str(file))
        assert {id_: same(line) for id_, line in two.listed().items()} == {
            id_: same(line) for id_, line in before.items()
        }
        assert two.good("import-list", str(file)).startswith("0 takes imported. Already here")
        key = served.line("ark")["key"]
        assert key.encode() not in file.read_bytes()


@pytest.mark.parametrize("what", ["cut", "foreign", "newer", "gone"])
def test_that_a_file_that_cannot_be_used_is_one_sentence_and_changes_nothing(
    tmp_path: Path, what: str
) -> None:
    file = tmp_path / "mine.rushes"
    shell = bare(tmp_path / "one")
    other = bare(tmp_path / "two")
    for each in (shell, other):
        words = ("accounts", "add", "--name", "Ark", "--service", "ark", "--key-env", "SOME_KEY")
        each.good(*words)
        each.good("add", "cgt-20260427191505-9j2q7")
    shell.good("export-list", str(file))
    match what:
        case "cut":
            file.write_bytes(file.read_bytes()[:-4096])
        case "foreign":
            file.write_text("id,prompt\n")
        case "newer":
            with closing(sqlite3.connect(file)) as db:
                db.execute(f"PRAGMA user_version = {schema.KNOWN + 1}")
        case "gone":
            file.unlink()
    before = other.listed()
    done = other.run("import-list", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("rushes: ")
    assert "Traceback" not in done.stderr
    assert other.listed() == before


def test_that_settings_go_along_when_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.rushes"
    one, two, three = (bare(tmp_path / name) for name in ("one", "two", "three"))
    path = Path("config", "settings.json")
    words = ("accounts", "add", "--name", "Ark", "--service", "ark", "--key-env", "SOME_KEY")
    one.good(*words)
    settings_file.write(one.base / path, Settings(theme="dark", window="abc"))
    one.good("export-list", str(file))
    two.good("import-list", str(file))
    three.good("import-list", "--settings", str(file))
    assert settings_file.read(two.base / path)[0].theme == "system"
    settings, _ = settings_file.read(three.base / path)
    assert (settings.theme, settings.window) == ("dark", "")


@pytest.mark.skipif(sys.platform == "win32", reason="the program here is a script")
def test_that_a_program_runs_for_each_take_that_watch_saves(tmp_path: Path) -> None:
    script, out = tmp_path / "note.py", tmp_path / "out.jsonl"
    script.write_text(
        f"#!{sys.executable} -E\nimport sys\nopen({str(out)!r}, 'a').write(sys.stdin.read())\n"
        "sys.exit(0 if 'ok' in sys.argv else 9)\n"
    )
    script.chmod(0o755)
    with simulating("one", speed=1000) as served:
        shell = Shell.on(tmp_path / "base", served)
        shell.add_all(served, ["ark"])
        path = shell.base / "config" / "settings.json"
        settings_file.write(path, Settings(run_program=str(script), run_arguments="ok"))
        shell.good("watch", "--until-done", "--save")
        (line,) = map(json.loads, out.read_text().splitlines())
        (id_,) = served.line("ark")["ids"]
        assert (line["id"], line["artifacts"][0]["state"]) == (id_, "saved")
        assert Path(line["artifacts"][0]["path"]).is_file()

        other = replace(shell, base=tmp_path / "other")
        other.add_all(served, ["ark"])
        settings_file.write(
            other.base / "config" / "settings.json", Settings(run_program=str(script))
        )
        done = other.run("watch", "--until-done", "--save")
        assert done.returncode == 1
        assert "note.py ended with code 9. The take is saved." in done.stderr


def test_that_whoever_has_the_list_takes_the_file_in(tmp_path: Path) -> None:
    file = tmp_path / "mine.rushes"
    with simulating("running") as served:
        one = Shell.on(tmp_path / "one", served)
        one.add_all(served, ["ark", "rong"])
        one.good("export-list", str(file))
        two = replace(one, base=tmp_path / "two")
        two.add_all(served, ["ark"])
        watching = subprocess.Popen(
            two.words("watch", "--json"), env=two.env, stdout=subprocess.PIPE, text=True
        )
        try:
            assert watching.stdout is not None
            watching.stdout.readline()  # it has the list
            told = two.good("import-list", str(file))
            assert "account came along" in told
            wanted = set(served.line("rong")["ids"])
            while wanted:
                wanted.discard(json.loads(watching.stdout.readline())["id"])
        finally:
            watching.terminate()
            watching.wait(LIMIT_S)
            if watching.stdout is not None:
                watching.stdout.close()
