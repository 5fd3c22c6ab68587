"""`rushes save` as its own process: named results, and everything that would be lost."""

from pathlib import Path

from rushes.core.settings import FolderRule, Settings
from rushes.system import settings_file
from tests.e2e.command import Shell, simulating


def states(shell: Shell) -> set[str]:
    return {a["state"] for line in shell.listed().values() for a in line["artifacts"]}


def test_that_what_expires_is_saved_and_then_nothing_is_left_to_save(base_dir: Path) -> None:
    with simulating("last-frame") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark", "rong"])
        assert shell.run("save", "--expiring").returncode == 3
        shell.good("watch", "--until-done")
        assert states(shell) == {"remote"}
        first, *others = shell.listed()
        assert others
        shell.good("save", "--expiring", first)
        assert {a["state"] for a in shell.listed()[first]["artifacts"]} == {"saved"}
        assert states(shell) == {"remote", "saved"}
        shell.good("save", "--expiring")
        assert states(shell) == {"saved"}
        assert shell.run("save", "--expiring").returncode == 3


def test_that_a_task_that_was_just_added_is_asked_about_and_saved(base_dir: Path) -> None:
    with simulating("one", speed=1000) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark"])
        (id_,) = served.line("ark")["ids"]
        for _ in range(20):
            done = shell.run("save", id_)
            if done.returncode == 0:
                break
            assert "no file yet" in done.stderr, done.stderr
        assert states(shell) == {"saved"}


def test_that_save_says_of_each_task_why_it_has_no_file(base_dir: Path) -> None:
    with simulating("running") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark"])
        id_ = served.line("ark")["ids"][0]
        done = shell.run("save", id_)
        assert done.returncode == 1
        assert f"rushes: {id_}: Running: no file yet. Run this again later" in done.stderr
        shell.env["KEY_ark"] = "wrong-key-0000"
        done = shell.run("save", id_)
        assert done.returncode == 1
        assert "the key just now" in done.stderr or "not accepted" in done.stderr, done.stderr


def test_that_a_take_without_a_link_is_named_by_whoever_leaves_it(base_dir: Path) -> None:
    with simulating("no-url") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark"])
        shell.run("watch", "--until-done", "--timeout", "30")
        (id_, *_) = shell.listed()
        told = f"rushes: {id_}: The task succeeded, but the service gave no link to a file."
        for words in (
            ["watch", "--once", "--save"],
            ["watch", "--until-done", "--save", "--timeout", "1"],
            ["save", id_],
        ):
            done = shell.run(*words)
            assert done.returncode in (1, 4)
            assert told in done.stderr, (words, done.stderr)


def test_that_save_wants_to_know_which_tasks(base_dir: Path) -> None:
    with simulating("one") as served:
        done = Shell.on(base_dir, served).run("save")
    assert done.returncode == 2
    assert done.stderr == "rushes: Which tasks? Name their IDs, or say --expiring.\n"


def test_that_rules_choose_folders_and_one_that_is_away_holds_only_its_own(
    base_dir: Path, tmp_path: Path
) -> None:
    best, away = tmp_path / "best", tmp_path / "away"
    best.mkdir()
    rules = (
        FolderRule(condition="account:ark", folder=str(best)),
        FolderRule(condition="account:rong", folder=str(away)),
    )
    settings_file.write(base_dir / "config" / "settings.json", Settings(folder_rules=rules))
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ["ark", "rong", "anyfast"])
        done = shell.run("watch", "--until-done", "--save")
        assert done.returncode == 1
        assert f"The folder {away} is not there" in done.stderr
        found = {line["account"]: line["artifacts"][0] for line in shell.listed().values()}
        assert Path(found["ark"]["path"]).is_relative_to(best)
        assert Path(found["anyfast"]["path"]).is_relative_to(base_dir)
        assert found["rong"]["state"] == "remote"
        assert not away.exists()
        away.mkdir()
        (late,) = [id_ for id_, line in shell.listed().items() if line["account"] == "rong"]
        shell.good("save", late)
        assert Path(shell.listed()[late]["artifacts"][0]["path"]).is_relative_to(away)
