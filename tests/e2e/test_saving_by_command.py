"""`rushes save` as its own process: named results, and everything that would be lost."""

from pathlib import Path

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


def test_that_save_wants_to_know_which_tasks(base_dir: Path) -> None:
    with simulating("one") as served:
        done = Shell.on(base_dir, served).run("save")
    assert done.returncode == 2
    assert done.stderr == "rushes: Which tasks? Name their IDs, or say --expiring.\n"
