"""The usage page without a store: its keys, its names, and what its tables say."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rushes.core.usage import (
    Measure,
    Quantity,
    StackBy,
    UsageBar,
    UsageChoice,
    UsageLine,
    UsageQuery,
    UsageReport,
)
from rushes.ui.usage.usage_page import UsagePage
from rushes.ui.widgets import theme
from tests.ui.takes import ARK, RONG

ACCOUNTS = {ARK.id: ARK, RONG.id: RONG}
BARS = (
    UsageBar(20_000, ARK.id, 3),
    UsageBar(20_000, RONG.id, 1),
    UsageBar(20_004, RONG.id, 1),
    UsageBar(20_005, ARK.id, 9),
)
LINES = (
    UsageLine(account=ARK.id, model="seedance-2-0", takes=12, succeeded=10, failed=2,
        reasons=(("Bad", 2),), cost={"CNY": 12.5}, by_list=8, by_own=1, tokens=54_240_712,
        billed=54_240_712),
    UsageLine(account=RONG.id, model="<b>x</b>", takes=2, succeeded=2, charged={"USD": 0.25}),
)  # fmt: skip
TOTAL = UsageLine(
    takes=14, succeeded=12, failed=2, reasons=(("Bad", 2),), cost={"CNY": 12.5}, by_list=8,
    by_own=1, charged={"USD": 0.25}, tokens=54_240_712, billed=54_240_712,
)  # fmt: skip


def report(bars: tuple[UsageBar, ...] = BARS, stack_by: StackBy = StackBy.ACCOUNT) -> UsageReport:
    return UsageReport(
        query=UsageQuery(since=19_980, until=20_009, stack_by=stack_by),
        first=19_980,
        step=1,
        bars=bars,
        lines=LINES,
        total=TOTAL,
        measures=(Measure(), Measure(Quantity.COST, "CNY"), Measure(Quantity.CHARGED, "USD")),
    )


@pytest.fixture
def page(qtbot: QtBot) -> UsagePage:
    made = UsagePage()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_usage(report(), ACCOUNTS)
    return made


def press(page: UsagePage, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(page.chart, key)


def at(page: UsagePage) -> list[UsageBar]:
    """Where the keyboard is."""
    return list(page.chart.current)


def test_that_the_keys_reach_every_part_of_the_bars(page: UsagePage, qtbot: QtBot) -> None:
    chart, key = page.chart, Qt.Key
    chart.setFocus()
    assert at(page) == [BARS[3]]  # the newest day first
    press(page, key.Key_Left)
    assert at(page) == [BARS[2]]
    press(page, key.Key_Home)
    assert at(page) == list(BARS[:2])
    press(page, key.Key_Left, key.Key_Up)
    assert at(page) == [BARS[0]]
    press(page, key.Key_Up, key.Key_Up)
    assert at(page) == [BARS[1]]
    with qtbot.waitSignal(chart.chosen) as told:
        press(page, key.Key_Return)
    assert told.args == [UsageChoice(since=20_000, until=20_000, account=RONG.id)]
    press(page, key.Key_Down, key.Key_Down, key.Key_Down)
    with qtbot.waitSignal(chart.chosen) as told:
        press(page, key.Key_Enter)
    assert told.args == [UsageChoice(since=20_000, until=20_000)]
    press(page, key.Key_End)
    assert at(page) == [BARS[3]]


def test_that_the_place_stays_while_figures_are_asked_anew(page: UsagePage) -> None:
    press(page, Qt.Key.Key_Home)
    page.lines.setCurrentIndex(page.lines.model().index(2, 0))
    page.show_usage(report(), ACCOUNTS)
    assert at(page) == list(BARS[:2])
    assert page.lines.currentIndex().row() == 2
    page.show_usage(report(BARS[:1]), ACCOUNTS)
    assert at(page) == [BARS[0]]
    page.show_usage(report(()), ACCOUNTS)
    assert at(page) == []
    press(page, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_End)
    page.chart.grab()


def test_that_the_focus_is_seen(page: UsagePage) -> None:
    page.range.setFocus()
    before = page.chart.grab().toImage()
    page.chart.setFocus()
    assert page.chart.grab().toImage() != before


def test_that_every_part_of_the_page_has_a_name_and_the_keys_reach_it(page: UsagePage) -> None:
    parts = (page.range, page.measure, page.stack, page.export, page.chart, page.lines)
    page.setFocus()
    before = page.range.currentIndex()
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_A)
    assert page.range.currentIndex() == before  # a letter is no answer to what nobody chose
    reached = set()
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    for part in parts:
        spoken = QAccessible.queryAccessibleInterface(part)
        assert spoken is not None
        assert spoken.text(QAccessible.Text.Name)
        assert part in reached


def test_that_the_table_says_what_is_known_and_leaves_out_what_nobody_says(
    page: UsagePage,
) -> None:
    model, side = page.lines.model(), Qt.Orientation.Horizontal
    titles = [str(model.headerData(n, side)) for n in range(model.columnCount())]
    assert titles == [
        *("Account", "Model", "Takes", "Succeeded", "Failed", "Cost", "Charged", "Tokens"),
    ]
    rows = [
        dict(zip(titles, (str(model.index(r, c).data()) for c in range(len(titles))), strict=True))
        for r in range(model.rowCount())
    ]
    assert [row["Account"] for row in rows] == ["Total", ARK.name, RONG.name]
    assert [row["Cost"] for row in rows] == ["¥12.50", "¥12.50", "—"]
    assert [row["Charged"] for row in rows] == ["$0.25", "—", "$0.25"]
    assert rows[2]["Model"] == "<b>x</b>"
    cost = model.index(1, titles.index("Cost"))
    said = str(cost.data(Qt.ItemDataRole.AccessibleDescriptionRole))
    assert said == "8 takes by list prices\n1 take by your own prices\n1 take without a price"
    failed = model.index(1, titles.index("Failed"))
    assert "Bad: 2" in str(failed.data(Qt.ItemDataRole.ToolTipRole))
    assert "Cost by list and own prices: ¥12.50" in page.summary.text()
    measures = [page.measure.itemText(n) for n in range(page.measure.count())]
    assert measures == [
        *("Takes", "Cost by list and own prices (CNY)", "Charged by the service (USD)")
    ]


def test_that_a_row_is_chosen_by_enter(page: UsagePage, qtbot: QtBot) -> None:
    page.lines.setCurrentIndex(page.lines.model().index(1, 3))
    with qtbot.waitSignal(page.chosen) as told:
        QTest.keyClick(page.lines, Qt.Key.Key_Return)
    choice = UsageChoice(since=19_980, until=20_009, account=ARK.id, model="seedance-2-0")
    assert told.args == [choice]
    page.tabs.setCurrentIndex(1)
    page.days.setCurrentIndex(page.days.model().index(1, 0))
    with qtbot.waitSignal(page.chosen) as told:
        QTest.keyClick(page.days, Qt.Key.Key_Return)
    assert told.args == [UsageChoice(since=20_004, until=20_004)]


def test_that_the_wheel_changes_nothing_that_has_no_focus(page: UsagePage) -> None:
    page.chart.setFocus()
    for choice in (page.range, page.measure, page.stack):
        before = choice.currentIndex()
        place = QPoint(5, 5).toPointF()
        turned = QWheelEvent(
            place,
            choice.mapToGlobal(place),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(choice, turned)
        assert choice.currentIndex() == before


@pytest.mark.parametrize("wide", [568, 678, 1058, 1700])
def test_that_the_table_of_accounts_never_scrolls_sideways(page: UsagePage, wide: int) -> None:
    """As wide as the page is in windows of 600, 900, 1280 and 1920 pixels."""
    full = UsageLine(
        account=ARK.id, model="doubao-seedance-2-0-260128", takes=12, succeeded=10, failed=2,
        lost=1, cost={"CNY": 12.5}, charged={"USD": 0.25}, tokens=54_240_712, billed=64_240_712,
        seconds=70.0, median_s=85.0, p95_s=300.0, bytes=10**9,
    )  # fmt: skip
    page.show_usage(
        replace(report(), lines=(full, full), total=replace(full, account="")), ACCOUNTS
    )
    page.resize(wide, 600)
    model, side = page.lines.model(), Qt.Orientation.Horizontal
    QApplication.processEvents()
    assert page.lines.horizontalScrollBar().maximum() == 0
    shown = [n for n in range(model.columnCount()) if not page.lines.isColumnHidden(n)]
    titles = [str(model.headerData(n, side)) for n in shown]
    assert titles[:3] == ["Account", "Model", "Takes"]
    assert {"Cost", "Charged"} <= set(titles)
    if wide > 1500:
        assert len(shown) == model.columnCount() == 14
    # The account says what has no room.
    tip = str(model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert ("Run time, 95 %: " in tip) is (wide < 1500)
    model_name = QFontMetrics(page.lines.font()).horizontalAdvance(full.model)
    if wide > 1000:
        assert page.lines.columnWidth(1) > model_name
    assert full.model in str(model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole))


def test_that_no_figure_is_cut(page: UsagePage) -> None:
    font = page.font()
    font.setPointSizeF(theme.CAPTION_PT)
    metrics = QFontMetrics(font)
    for wide in (500, 900, 1400):
        page.resize(wide, 600)
        for table, words in ((page.lines, 2), (page.days, 0)):
            page.tabs.setCurrentWidget(table)
            for column in range(words, table.model().columnCount()):
                if table.isColumnHidden(column):
                    continue
                title = str(table.model().headerData(column, Qt.Orientation.Horizontal))
                assert table.columnWidth(column) >= table.sizeHintForColumn(column)
                assert table.columnWidth(column) > metrics.horizontalAdvance(title) + 12
