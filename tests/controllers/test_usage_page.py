"""The usage page in the whole window: its figures are the store's, and lead back to the takes."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.controllers.usage_controller import UsageController
from rushes.core.account import OwnPrice, PriceUnit
from rushes.core.task import Charge, Key, Report, Status, Task, TaskError, Usage, blank
from rushes.presentation.format import THIN_SPACE
from rushes.store import tables
from rushes.ui.inspector.fields import SUM_IDS
from rushes.ui.inspector.parts import FieldGrid
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK, RONG


def take(account: str, n: int, at: float, **more: Any) -> Task:
    status = more.pop("status", Status.SUCCEEDED)
    key = Key(account, f"cgt-{n}")
    report = Report(
        id=key.id, status=status, created_at=at, model="doubao-seedance-2-0-260128", **more
    )
    return replace(blank(key, at), report=report)


async def shown(desk: MainController) -> None:
    await desk.list.scope.idle()


async def filled(desk: MainController) -> list[Task]:
    store = desk.backend.store
    for account in (ARK, RONG):
        await store.write(tables.put_account, account)
    now = store.clock()
    tasks = [
        take(ARK.id, 1, now, usage=Usage(total_tokens=1_000_000), resolution="720p"),
        take(ARK.id, 2, now - 86400, usage=Usage(total_tokens=500_000), resolution="720p"),
        take(RONG.id, 3, now, charged=Charge(amount=0.25, currency="USD")),
        take(RONG.id, 4, now - 60 * 86400, status=Status.FAILED, error=TaskError(code="=Bad")),
    ]
    await store.write(tables.add, [task.key for task in tasks], now)
    became = {task.key: (lambda _, to=task: to) for task in tasks}
    await store.write(tables.change, became, now)
    await desk.reload_accounts()
    desk.list.refresh()
    await shown(desk)
    return tasks


def test_the_sums_of_the_selection(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> None:
    windows = Windows(drive, qtbot)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            window, tasks = desk.window, await filled(desk)
            line, grid = window.status_line, desk.inspector.findChildren(FieldGrid)

            def shown_sums() -> dict[str, str]:
                found = {id_: text for g in grid for id_ in SUM_IDS if (text := g.text_of(id_))}
                return found if desk.inspector.shown else {}

            window.select([task.key for task in tasks[:3]])
            await until(lambda: "3 selected" in line.text)
            assert "3 selected: 1 500 000 tokens ≈ ¥69.00, charged $0.25" in line.text.replace(
                THIN_SPACE, " "
            )
            await until(shown_sums)
            assert shown_sums()["sum_cost"] == "≈ ¥69.00"
            assert shown_sums()["sum_charged"] == "$0.25"  # beside the list prices, not in them
            titles = [label.text() for label in desk.inspector.findChildren(QLabel)]
            assert "Cost by list prices" in titles

            # A price of the user's own counts at once, and is called that.
            own = OwnPrice(amount=2.0, currency="CNY", unit=PriceUnit.TAKE)
            desk.list.settings.prices_changed.emit({RONG.id: (own,)})
            await until(lambda: "≈ ¥71.00" in line.text)
            await until(lambda: shown_sums().get("sum_cost") == "≈ ¥71.00")
            titles = [label.text() for label in desk.inspector.findChildren(QLabel)]
            assert "Cost by list and own prices" in titles

            window.select([tasks[0].key])
            await until(lambda: "selected" not in line.text)

    windows.drive(work())


def test_the_page_from_the_key_to_the_takes(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            window, content = desk.window, desk.window.content
            window.commands["as_usage"].trigger()
            await shown(desk)
            page = content.usage
            assert content.is_counting
            assert window.commands["as_usage"].isChecked()
            assert page.empty.isVisible()
            assert "Choose a longer one" in page.empty.text()

            tasks = await filled(desk)
            await shown(desk)
            assert not page.empty.isVisible()
            assert page.usage is not None
            assert page.usage.total.takes == 3  # the fourth is older than 30 days
            assert page.usage.total.cost == {"CNY": 69.0}
            assert page.usage.total.charged == {"USD": 0.25}
            assert "¥69.00" in page.summary.text()
            assert "$0.25" in page.summary.text()
            assert page.lines.model().rowCount() == 3  # together, and one an account
            spoken = QAccessible.queryAccessibleInterface(page.chart)
            assert spoken is not None
            assert spoken.text(QAccessible.Text.Name) == "Takes by day"

            page.range.setCurrentIndex(3)
            page.range.activated.emit(3)
            await shown(desk)
            assert page.usage.total.failed == 1

            (usage_controller,) = desk.findChildren(UsageController)
            file = tmp_path / "usage.csv"
            await usage_controller.export(file)
            rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
            assert sum(int(row["takes"] or 0) for row in rows) == 4
            assert {row["cost_currency"] for row in rows} == {"CNY", ""}
            assert {(row["by_list_price"], row["by_own_price"]) for row in rows} == {
                ("2", "0"),
                ("0", "0"),
            }
            assert not any(value.startswith("=") for row in rows for value in row.values())

            # A line of the table, by the keyboard, selects its takes in the list.
            row = next(r for r in range(3) if page.lines.model().index(r, 0).data() == RONG.name)
            page.lines.setCurrentIndex(page.lines.model().index(row, 0))
            page.lines.setFocus()
            QTest.keyClick(page.lines, Qt.Key.Key_Return)
            await shown(desk)
            await shown(desk)
            assert content.view == "list"
            assert not content.is_counting
            assert set(window.selected_keys()) == {tasks[2].key, tasks[3].key}

            # A part of a bar, too.
            window.commands["as_usage"].trigger()
            page.range.setCurrentIndex(0)
            page.range.activated.emit(0)
            await shown(desk)
            page.chart.grab()
            bar = next(each for each in page.usage.bars if each.key == RONG.id)
            at = page.chart.box_of(bar).center().toPoint()
            QTest.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=QPoint(at))
            await shown(desk)
            await shown(desk)
            assert window.selected_keys() == [tasks[2].key]

            window.clear_message()
            window.commands["as_usage"].trigger()
            window.commands["leave"].trigger()
            assert not content.is_counting

    windows.drive(work())
