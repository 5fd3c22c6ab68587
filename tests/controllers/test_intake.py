"""From a real paste or drop in the whole window to rows: what is shown, what is asked, what is
added."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from rushes.controllers import build
from rushes.controllers.id_intake import IdIntake
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.task import Key
from rushes.store import tables
from rushes.ui.accounts.welcome import Welcome
from rushes.ui.window.add_strip import ACCOUNT, ID, SAID, FoundModel
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, button, drop, drop_data, until
from tests.ui.takes import ARK, RONG
from tests.ui.windows import found, search_field

PASTED = Path(__file__).parents[1] / "data" / "pasted"
A, B = "cgt-20260915092331-ab1cd", "cgt-20260915092332-x9y8z"
UUID = "660f1fd7-fa36-450c-bf8d-cd1424a3d869"

Work = Callable[[MainController], Awaitable[None]]
Use = Callable[..., None]


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Use:
    """Do something with the whole window and these accounts."""
    windows = Windows(drive, qtbot)

    async def use(work: Work, accounts: tuple[Account, ...]) -> None:
        async with windows.desk(base_dir) as desk:
            for account in accounts:
                await desk.backend.store.write(tables.put_account, account)
            await desk.reload_accounts()
            await work(desk)

    return lambda work, *accounts: windows.drive(use(work, accounts or (ARK, RONG)))


async def paste(desk: MainController, text: str) -> None:
    """With the keyboard, wherever the focus is."""
    QGuiApplication.clipboard().setText(text)
    desk.window.activateWindow()
    desk.window.content.focus()
    await until(QApplication.focusWidget)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def model(desk: MainController) -> FoundModel:
    return desk.window.add_strip.found_list.found


def rows(desk: MainController) -> list[tuple[str, str, str, bool]]:
    """(id, what stands beside it, account, whether it is added) as shown."""
    shown = model(desk)
    return [
        (
            str(shown.index(row, ID).data()),
            str(shown.index(row, SAID).data()),
            str(shown.index(row, ACCOUNT).data()),
            shown.is_on(row),
        )
        for row in range(shown.rowCount())
    ]


def accounts_over(view: QWidget) -> QComboBox:
    """The list of accounts that opened over a cell last."""
    return view.findChildren(QComboBox)[-1]


async def keys(desk: MainController) -> set[Key]:
    return {task.key for task in await desk.backend.store.read(tables.tasks)}


def test_that_a_paste_becomes_rows_with_what_stood_beside_the_ids(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        await desk.backend.store.write(tables.add, [Key(ARK.id, B)], 1.0)
        host = "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks"
        await paste(desk, f"task_id,prompt,url\n{A},一只猫，在湖边,{host}/{A}\n{B},x,{host}/{B}\n")
        await until(strip.isVisible)
        assert strip.told.text() == "2 task IDs found (1 already here)."
        assert rows(desk) == [(A, "一只猫，在湖边", "Ark (·7f3a) ▾", True)]
        assert QApplication.focusWidget() is strip.add_button
        QTest.keyClick(strip.add_button, Qt.Key.Key_Return)
        assert not strip.isVisible()
        await desk.list.scope.idle()
        assert await keys(desk) == {Key(ARK.id, A), Key(ARK.id, B)}

    at_desk(work)


@pytest.mark.parametrize("case", sorted((PASTED / "ids").iterdir()), ids=lambda p: p.stem)
def test_that_every_case_of_the_field_ends_in_a_question_or_a_sentence(
    at_desk: Use, case: Path
) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        (bar,) = desk.window.findChildren(MessageBar)
        await paste(desk, case.read_text(encoding="utf-8"))
        await until(lambda: strip.isVisible() or "No task ID" in bar.text or "Left" in bar.text)
        if strip.isVisible():
            assert strip.told.text().startswith(f"{model(desk).rowCount()} task ID")
            assert bar.text == ""

    at_desk(work)


def test_that_ids_can_be_left_out_and_given_to_another_account_by_keyboard(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        await paste(desk, f"{A}\n{B}\ncgt-20260915092333-zzzzz")
        await until(strip.isVisible)
        assert not strip.add_button.isEnabled()
        assert strip.hint.text() == "Several accounts fit: choose one."
        assert [row[2] for row in rows(desk)] == ["Choose… ▾"] * 3
        view = strip.found_list
        view.setFocus()
        view.selectRow(0)
        QTest.keyClick(view, Qt.Key.Key_Space)
        assert [row[3] for row in rows(desk)] == [False, True, True]
        for row, account in ((1, RONG.id), (2, ARK.id)):
            view.selectRow(row)
            QTest.keyClick(view, Qt.Key.Key_F2)
            box = accounts_over(view)
            QTest.keyClick(box, Qt.Key.Key_Escape)  # closes it, and not the strip
            assert strip.isVisible()
            QTest.keyClick(view, Qt.Key.Key_F2)
            box = accounts_over(view)
            box.setCurrentIndex(box.findData(account))
            box.activated.emit(box.currentIndex())
        assert strip.add_button.text() == "Add 2"
        assert strip.add_button.isEnabled()
        QTest.keyClick(view, Qt.Key.Key_Return)
        await desk.list.scope.idle()
        assert await keys(desk) == {
            Key(RONG.id, B),
            Key(ARK.id, "cgt-20260915092333-zzzzz"),
        }

    at_desk(work)


def test_that_what_could_be_a_key_is_asked_about_once_and_not_added_unasked(
    at_desk: Use,
) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        await paste(desk, f"{A}\n{UUID}\n75651588-2c49-4f80-a27c-a47161c75eb7\n")
        await until(strip.isVisible)
        assert [row[3] for row in rows(desk)] == [True, False, False]
        assert strip.doubt.isVisible()
        assert strip.doubt.text() == "2 of these could be keys. Task IDs, or keys?"
        assert strip.add_button.text() == "Add 1"
        strip.no_doubt.click()
        assert strip.add_button.text() == "Add 3"
        assert not strip.doubt.isVisible()

    at_desk(work, ARK)


def test_that_what_is_left_out_is_said(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        (bar,) = desk.window.findChildren(MessageBar)
        told = (
            "Left out: 2 numbers that lost the last digits in the table (8.31922E+17). Format the "
            "column as text and export again."
        )
        await paste(desk, f"{A}\n8.31922E+17\n8.31923E+17\n")
        await until(strip.isVisible)
        assert strip.left_out.text() == told
        strip.leave()
        await paste(desk, "8.31922E+17\n8.31923E+17\n")
        await until(lambda: bar.text == told)
        assert not strip.isVisible()

    at_desk(work)


def test_that_workbooks_are_dropped_and_a_damaged_one_hides_no_good_one(
    at_desk: Use, tmp_path: Path
) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        (bar,) = desk.window.findChildren(MessageBar)
        book = PASTED / "books" / "openpyxl.xlsx"
        broken = tmp_path / "broken.xlsx"
        broken.write_bytes(book.read_bytes()[:3000])
        drop(desk.window, broken, book)
        await until(strip.isVisible)
        assert [row[:2] for row in rows(desk)] == [
            (A, '镜头一 · 一只猫，在 "湖"边 走'),
            (B, "A fox & <two> hares"),
            ("task-unified-1761313744-vux2jw0k", "a lantern"),
        ]
        assert "lost the last digits" in strip.left_out.text()
        assert bar.text.startswith("broken.xlsx cannot be read: its workbook is damaged")

    at_desk(work)


def test_that_a_file_beside_a_link_hides_no_id_of_the_link(at_desk: Use, tmp_path: Path) -> None:
    async def work(desk: MainController) -> None:
        (bar,) = desk.window.findChildren(MessageBar)
        text = tmp_path / "ids.txt"
        text.write_text(B)
        missing = str(tmp_path / "missing.txt")
        build.open_given(desk, [f"rushes:add?id={A}", missing, str(text)])
        await until(desk.window.add_strip.isVisible)
        assert [row[0] for row in rows(desk)] == [A, B]
        assert bar.text.startswith("missing.txt cannot be read")

    at_desk(work)


def test_that_a_link_or_files_without_ids_are_called_what_they_are(
    at_desk: Use, tmp_path: Path
) -> None:
    async def work(desk: MainController) -> None:
        (bar,) = desk.window.findChildren(MessageBar)
        one, two = tmp_path / "one.txt", tmp_path / "two.bin"
        one.write_text("nothing to see here")
        two.write_bytes(bytes(range(256)))

        async def is_told(told: str, *given: str) -> None:
            build.open_given(desk, given)
            await until(lambda: bar.text == told)

        link = "rushes:add?id=nothing,%20is%20it"
        await is_told("This link holds nothing that Rushes could add.", link)
        await is_told("No task ID found in one.txt.", str(one))
        await is_told("No task ID found in these 2 files.", str(one), str(two), "rushes:add?file=x")

    at_desk(work)


def test_that_quitting_does_not_wait_for_a_long_text(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)
    text = "".join(
        f"2026-01-01 the task {n} is running at step 7, seed={n}\n" for n in range(10**6)
    )

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            desk.window.add_strip.text_given.emit(memoryview(text.encode()))
            reader = desk.window.findChildren(MessageBar)[0]
            await until(lambda: reader.text == "Looking for task IDs…")
            await asyncio.sleep(0)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 5

    windows.drive(work())


def test_that_pasting_into_the_search_field_searches(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        QGuiApplication.clipboard().setText("needle")
        field = search_field(desk.window)
        desk.window.activateWindow()
        field.setFocus()
        await until(field.hasFocus)
        QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert field.text() == "needle"
        await desk.list.scope.idle()
        assert desk.window.messages.text == ""

    at_desk(work)


def test_that_a_dropped_web_address_is_text_to_search(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        data = QMimeData()
        data.setUrls([QUrl(f"https://host.invalid/v1/tasks/{A}")])
        drop_data(desk.window, data)
        await until(desk.window.add_strip.isVisible)
        assert desk.window.add_strip.ids == [A]

    at_desk(work)


@pytest.mark.parametrize("text", ["nothing to see here, is there?", " "])
def test_that_garbage_is_answered_with_what_to_do(at_desk: Use, text: str) -> None:
    async def work(desk: MainController) -> None:
        await paste(desk, text)
        told = "No task ID found in what was pasted. Paste"
        await until(lambda: desk.window.messages.text.startswith(told))

    at_desk(work)


def test_that_ids_that_are_all_there_already_are_no_question(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        await desk.backend.store.write(tables.add, [Key(ARK.id, A), Key(ARK.id, B)], 1.0)
        await paste(desk, f"{A} {B}")
        await until(lambda: desk.window.messages.text == "2 tasks already in the list.")
        assert not desk.window.add_strip.isVisible()

    at_desk(work)


def test_that_ids_that_were_cancelled_or_displaced_can_be_had_back(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        strip = desk.window.add_strip
        await paste(desk, f"{A} {B}")
        await until(strip.isVisible)
        model(desk).give([1], RONG.id)
        model(desk).turn([0], on=False)
        before = rows(desk)
        QTest.keyClick(strip, Qt.Key.Key_Escape)
        assert not strip.isVisible()
        assert desk.window.messages.text.startswith("Not added: 2 task ID")
        button(desk.window, "Undo").click()
        await until(strip.isVisible)
        assert rows(desk) == before
        assert not desk.window.messages.text

        await paste(desk, "cgt-20260915092333-ccccc")  # another question takes its place
        await until(lambda: len(rows(desk)) == 1)
        assert desk.window.messages.text.startswith("Not added: 2 task ID")
        model(desk).give([0], ARK.id)
        strip.add_button.click()
        await desk.list.scope.idle()
        await desk.take_back()  # by the key, later
        assert rows(desk) == before

        await paste(desk, "cgt-20260915092333-ccccc")  # it is in the list: the question stays
        await until(lambda: "already in the list" in desk.window.messages.text)
        assert strip.isVisible()
        assert rows(desk) == before

    at_desk(work)


def test_that_ids_had_back_stand_beside_those_that_are_asked_about_by_now(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        strip, later = desk.window.add_strip, "cgt-20260915092333-ccccc"
        await paste(desk, f"{A} {B}")
        await until(strip.isVisible)
        model(desk).give([1], RONG.id)
        before = rows(desk)
        QTest.keyClick(strip, Qt.Key.Key_Escape)
        await paste(desk, later)
        await until(strip.isVisible)
        model(desk).turn([0], on=False)
        (asked,) = rows(desk)
        button(desk.window, "Undo").click()
        await until(lambda: rows(desk) == [*before, asked])
        assert not desk.window.messages.text
        await desk.take_back()  # there is no more to be had back
        assert rows(desk) == [*before, asked]

    at_desk(work)


def test_that_ids_nobody_asked_for_leave_the_focus_and_say_nothing_in_vain(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        (intake,) = desk.findChildren(IdIntake)
        intake.show_found((), 3, {}, unasked=True)
        intake.show_found((), 0, {}, unasked=True)
        assert desk.window.messages.text == ""
        field = search_field(desk.window)
        desk.window.activateWindow()
        field.setFocus()
        await until(field.hasFocus)
        intake.show_found(found(A), 0, {A: ARK.id}, unasked=True)
        assert desk.window.add_strip.isVisible()
        assert QApplication.focusWidget() is field

    at_desk(work)


def test_that_ids_without_any_account_lead_to_adding_a_service(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            await paste(desk, A)
            await until(lambda: "Add their account first" in desk.window.messages.text)
            button(desk.window, "Add account").click()
            (dialog,) = desk.window.findChildren(Welcome)
            dialog.reject()

    windows.drive(work())
