"""`rushes FILE` and `rushes LINK` show the add strip, in the window that runs already."""

import subprocess
import sys
from pathlib import Path

import pytest

from rushes.core.links_to_us import ids_in_link
from tests.e2e.command import PROGRAM
from tests.e2e.screen import Screen, desktop, rushes
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' own")


def test_that_a_file_and_a_link_show_the_strip_of_the_running_window(tmp_path: Path) -> None:
    base, ids = str(tmp_path / "base"), tmp_path / "ids.txt"
    ids.write_text("cgt-20260427191505-9j2q7\ncgt-20260427191505-9j2q8\n")
    odd = tmp_path / "-list"
    odd.write_text("cgt-20260427191505-9j2q0\n")
    with desktop(tmp_path, vault=False) as env:
        account = ("accounts", "add", "--name", "Ark", "--service", "ark")
        key = ("--base-url", "http://127.0.0.1:9", "--key-env", "NO_KEY_HERE")
        subprocess.run([*PROGRAM, "--base-dir", base, *account, *key], env=env, check=True)
        with rushes(env, "--base-dir", base, str(ids)) as program, Screen(program, env) as screen:
            screen.find("2 task IDs found.*")
            link = "rushes:add?id=cgt-20260427191505-9j2q9"
            for words, told in (
                ((link,), "1 task ID found.*"),
                ((ids.name,), "2 task IDs found.*"),
                (("--", odd.name), "1 task ID found.*"),
            ):
                command = [*PROGRAM, "--base-dir", base, *words]
                done = subprocess.run(
                    command, env=env, cwd=tmp_path, check=True, capture_output=True, timeout=LIMIT_S
                )
                assert done.stderr == b""
                screen.find(told)


@pytest.mark.parametrize(
    ("link", "ids"),
    [
        ("rushes:add?id=a-1&id=b%202&id=a-1", ("a-1", "b 2")),
        ("rushes://add?id=a-1", ("a-1",)),
        ("rushes:remove?id=a-1", ()),
        ("rushes:add?file=/etc/passwd", ()),
        ("rushes://[", ()),
        ("rushes:add?" + "id=x&" * 2000 + "id=y", ("x", "y")),
        ("https://example.com/add?id=a-1", ()),
    ],
)
def test_that_a_link_can_name_ids_and_nothing_else(link: str, ids: tuple[str, ...]) -> None:
    assert ids_in_link(link) == ids
