"""The recipes of the map: what a newcomer adds, done to a copy of the package as he would do it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Shell, simulating

PACKAGE = Path(__file__).parent.parent / "gui" / "rushes"


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    """A copy of the package, to be edited; `sources` below it is to be imported from."""
    copy = tmp_path / "sources" / "rushes"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    resources = PACKAGE.parent.parent / "resources"
    (copy / "resources").symlink_to(resources, target_is_directory=True)
    return copy


def insert_after(path: Path, line: str, new: str) -> None:
    """Add one entry to a table, after the line that begins the entry before it."""
    text = path.read_text("utf-8")
    assert text.count(line) == 1, (line, "is the place of the recipe no more")
    path.write_text(text.replace(line, f"{line}{new}"), "utf-8")


def test_that_a_service_is_added_in_one_place(copied_package: Path, base_dir: Path) -> None:
    insert_after(
        copied_package / "core" / "account.py",
        '    JIMENG = "jimeng", "Jimeng gateway", Dialect.JIMENG\n',
        '    ACME = "acme", "Acme Video", Dialect.ANYFAST, "https://video.acme.example"\n',
    )
    with simulating("one") as served:
        line = served.line("anyfast")
        sources = os.pathsep.join([str(copied_package.parent), *sys.path])
        shell = Shell(base_dir, {**os.environ, "PYTHONPATH": sources, "ACME_KEY": line["key"]})
        address = ("--base-url", line["base_url"], "--key-env", "ACME_KEY")
        shell.good("accounts", "add", "--name", "Acme", "--service", "acme", *address)
        shell.good("add", "--account", "Acme", *line["ids"])
        shell.good("watch", "--until-done", "--save")
        found = shell.listed()
        assert {row["service"] for row in found.values()} == {"acme"}
        truth = served.truth()["anyfast"]
        assert {id_: row["status"] for id_, row in found.items()} == {
            id_: job["status"] for id_, job in truth.items()
        }
        assert {a["state"] for row in found.values() for a in row["artifacts"]} == {"saved"}
