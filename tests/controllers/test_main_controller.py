"""The desk's one strip says what is wrong now, as long as it is wrong."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from rushes.controllers.accounts_controller import AccountsController
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, Service
from rushes.core.events import AccountChanged, Activity, ProgramFailure, SavingAgain, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.incoming import Incoming
from rushes.core.task import Diff, Key
from rushes.store import tables
from rushes.ui.accounts.welcome import Welcome
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, button, until
from tests.net.certificates import new_authority
from tests.patience import LIMIT_S
from tests.ui.takes import ARK

Work = Callable[[MainController], Awaitable[None]]


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Work], None]:
    """Do something with the whole window on an empty store."""
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.start()
            await work(desk)

    return lambda work: windows.drive(use(work))


def test_that_chosen_certificates_are_read_before_they_are_taken(
    at_desk: Callable[[Work], None], tmp_path: Path
) -> None:
    (tmp_path / "ca").mkdir()
    good = new_authority(tmp_path / "ca").bundle
    bad = tmp_path / "notes.txt"
    bad.write_text("no certificate")

    async def work(desk: MainController) -> None:
        (accounts,) = desk.findChildren(AccountsController)
        accounts.add()
        (dialog,) = desk.window.findChildren(Welcome)
        for path in (good, bad):
            dialog.authority.chosen.emit(str(path))
            await desk.list.scope.idle()
        assert dialog.authority.path == str(good)
        assert "notes.txt cannot be used" in "".join(
            label.text() for label in dialog.authority.findChildren(QLabel)
        )
        dialog.reject()

    at_desk(work)


def said(desk: MainController) -> str:
    (bar,) = desk.window.findChildren(MessageBar)
    return bar.text


def test_that_a_full_disk_is_told_with_its_room_and_folder_until_a_file_is_saved(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        desk.show_event(ProgramFailure(Failure(Kind.DISK_FULL, detail="No space left on device")))
        await desk.list.scope.idle()
        told = said(desk)
        assert str(desk.backend.files.folder) in told
        assert "B left in" in told
        desk.window.show_message("Copied.", replace="copy")
        desk.window.clear_message("copy")
        assert said(desk) == told
        desk.show_event(SavingAgain())
        assert said(desk) == ""

    at_desk(work)


def test_that_a_folder_of_a_rule_is_told_of_until_it_takes_files_again(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        desk.show_event(ProgramFailure(Failure(Kind.FOLDER), "/media/best"))
        desk.show_event(SavingAgain())
        desk.show_event(SavingAgain("/media/other"))
        assert "/media/best" in said(desk)
        desk.show_event(SavingAgain("/media/best"))
        assert said(desk) == ""

    at_desk(work)


def test_that_trouble_with_the_list_is_told_until_something_is_written_again(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        desk.show_event(ProgramFailure(Failure(Kind.STORE, detail="disk I/O error")))
        desk.show_event(SavingAgain())
        assert "disk I/O error" in said(desk)
        desk.show_event(TasksChanged(Diff()))
        assert said(desk) == ""

    at_desk(work)


def test_that_an_account_that_rests_for_long_says_so_and_can_be_tried_now(
    at_desk: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(desk: MainController) -> None:
        await desk.backend.store.write(tables.put_account, ARK)
        await desk.reload_accounts()
        page = Failure(Kind.NOT_API, host="api.example")

        def resting(seconds: float) -> AccountChanged:
            at = time.time() + seconds
            return AccountChanged(
                ARK.id, Activity.BACKING_OFF, next_look_at=at, failure=page, last_good_at=1.0
            )

        desk.show_event(resting(5.0))
        assert said(desk) == ""
        desk.show_event(resting(600.0))
        # Near midnight it is "tomorrow at".
        assert "api.example does not answer as usual. Next try " in said(desk)
        asked: list[str | None] = []
        monkeypatch.setattr(desk.backend.watcher, "refresh", asked.append)
        button(desk.window, "Try now").click()
        assert asked == [ARK.id]
        desk.show_event(AccountChanged(ARK.id, Activity.WATCHING, last_good_at=2.0))
        assert said(desk) == ""

    at_desk(work)


def test_that_a_paused_account_is_told_until_it_goes_on_or_is_removed(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        store = desk.backend.store
        denied = Failure(Kind.DENIED, host="api.example")
        await store.write(tables.put_account, ARK)
        await desk.reload_accounts()
        for end in ("goes on", "is removed"):
            desk.show_event(AccountChanged(ARK.id, Activity.PAUSED, failure=denied))
            desk.window.show_message("3 tasks added.", kind="success", replace="add")
            desk.window.clear_message("add")
            assert "api.example" in said(desk)
            if end == "goes on":
                desk.show_event(AccountChanged(ARK.id, Activity.WATCHING))
            else:
                await store.write(tables.remove_account, ARK.id)
                await desk.reload_accounts()
            assert said(desk) == ""

    at_desk(work)


def test_that_prompts_are_forgotten_after_a_question_and_nothing_brings_them_back(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        account = Account(id="a", name="A", service=Service.ARK, base_url="https://h.invalid")
        await desk.backend.store.write(tables.put_account, account)
        await desk.backend.add("a", [Incoming("cgt-1", prompt="a fox")])
        window = desk.window
        key = Key("a", "cgt-1")
        window.mark_requested.emit([key], lambda mark: replace(mark, prompt="a cat"))

        async def prompt() -> str:
            (task,) = await desk.backend.store.read(tables.get, [key])
            return task.mark.prompt

        async with asyncio.timeout(LIMIT_S):
            while await prompt() != "a cat":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        (forget,) = window.findChildren(QAction, "forget_prompts")
        forget.trigger()
        (box,) = window.findChildren(QMessageBox)
        assert "This cannot be undone." in box.text() + box.informativeText()
        next(b for b in box.buttons() if b.text() == "Forget prompts").click()
        await until(lambda: "The prompts were forgotten." in said(desk))
        assert await prompt() == ""
        window.command_context.do.undo()
        await until(lambda: "There is nothing to undo." in said(desk))
        assert await prompt() == ""

    at_desk(work)
