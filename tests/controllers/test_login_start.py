"""The setting "start at login" and the system's own entry say the same."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import SETTINGS_FILE
from rushes.controllers.main_controller import MainController
from rushes.core.settings import Settings
from rushes.system import places, settings_file
from rushes.system.menu_entry import found_at_login, switch_login_start
from tests.conftest import Drive
from tests.controllers.desks import Windows, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the autostart folder of Linux")


@pytest.fixture
def windows(drive: Drive[None], qtbot: QtBot) -> Windows:
    return Windows(drive, qtbot)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "rushes"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(path)])
    return path


def entry() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"], "autostart", "rushes.desktop")


def was_on(base_dir: Path) -> None:
    """As the last run left the settings."""
    path = places.find(base_dir).config / SETTINGS_FILE
    assert settings_file.write(path, Settings(start_at_login=True)) is None


def wish(desk: MainController, on: bool) -> None:
    settings = desk.list.settings
    settings.change(replace(settings.settings, start_at_login=on))


def test_that_the_setting_writes_the_entry_and_removes_it(
    windows: Windows, base_dir: Path, program: Path
) -> None:
    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            assert not entry().exists()
            wish(desk, True)
            await until(entry().exists)
            assert found_at_login(base_dir) == program
            wish(desk, False)
            await until(lambda: not entry().exists())

    windows.drive(work())


def test_that_an_entry_that_the_user_has_removed_turns_the_setting_off(
    windows: Windows, base_dir: Path, program: Path
) -> None:
    was_on(base_dir)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            assert desk.list.workspace.settings.start_at_login
            await until(lambda: not desk.list.settings.settings.start_at_login)
            assert not entry().exists()

    windows.drive(work())


def test_that_an_entry_of_a_program_that_is_gone_starts_this_one(
    windows: Windows, base_dir: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = program.with_name("old") / "rushes"
    old.parent.mkdir()
    program.rename(old)
    monkeypatch.setattr(sys, "argv", [str(old)])
    switch_login_start(base_dir, on=True)
    old.rename(program)
    monkeypatch.setattr(sys, "argv", [str(program)])
    was_on(base_dir)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            await until(lambda: found_at_login(base_dir) == program)
            assert desk.list.settings.settings.start_at_login

    windows.drive(work())


def test_that_what_cannot_be_written_is_one_sentence_and_stays_off(
    windows: Windows, base_dir: Path, program: Path
) -> None:
    entry().parent.parent.mkdir(exist_ok=True)
    entry().parent.write_text("in the way")

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            wish(desk, True)
            await until(lambda: "started at login" in desk.window.messages.text)
            assert not desk.list.settings.settings.start_at_login

    windows.drive(work())
