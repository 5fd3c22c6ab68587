"""Texts of others are shown as they are, whatever is in them, and make nothing grow."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from rushes.core.task import Diff, Mark, Status, Task, TaskError
from rushes.presentation.columns import COLUMNS
from rushes.ui.list.column_table import AT
from rushes.ui.window.messages import MessageBar
from tests.ui.takes import take
from tests.ui.test_review import Room, film
from tests.ui.windows import Fill, table_of

pytestmark = pytest.mark.qt_log_ignore("No RHI backend")

HOSTILE = {
    "long": "a lake at dusk, " * 1250,
    "one word": "x" * 20_000,
    "right to left": "\u202eשלום \u2067مرحبا " * 400,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 1000,
    "lines": "one\n\n\ntwo\r\n\u2028three\u2029\x0bfour\t" * 500,
    "markup": '<img src="http://host.invalid/x.png" width=4000><b>bold</b><table><tr><td>' * 200,
    "no width": "a\u200b\u200d\ufeff\u00ad" * 5000,
    "marks": "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a" * 500,
}


def hostile(text: str) -> tuple[Task, ...]:
    mark = Mark(prompt=text, tags=(text[:300], "b"), note=text)
    error = TaskError(code=text[:200], message=text[:5000])
    failed = take(3, Status.FAILED, error=error, mark=mark)
    raw = take(2, mark=mark)
    raw = replace(raw, report=replace(raw.report, status=Status.UNKNOWN, status_raw=text[:500]))
    return failed, raw, replace(film(1), mark=mark)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_that_no_row_card_tip_or_line_of_the_sidebar_grows(
    fill: Fill, text: str, qtbot: QtBot
) -> None:
    window = fill(take(9), *hostile(text))
    table = table_of(window)
    heights = {table.rowHeight(row) for row in range(table.row_count)}
    assert len(heights) == 1
    assert not window.grab().isNull()
    for row in range(table.row_count):
        for column in COLUMNS:
            index = table.rows.index(row, AT[column.id])
            tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            assert "<img" not in tip
            assert "<b>" not in tip
            assert len(tip) < 5000, column.id
            assert "\u202e" not in tip
            shown = str(index.data() or "")
            assert "\n" not in shown.strip(), column.id
    window.content.show_view("gallery")
    view = window.content.gallery.view
    assert (
        len({view.visualRect(table.rows.index(row, 0)).size().toTuple() for row in range(4)}) == 1
    )
    assert not window.grab().isNull()
    assert window.sidebar.sizeHint().width() < 400


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_that_a_message_leaves_most_of_the_rows_in_sight(
    fill: Fill, text: str, qtbot: QtBot
) -> None:
    window = fill(*(take(n) for n in range(30)))
    window.resize(900, 600)
    window.show_message(text[:5000], kind="error", replace="gateway")
    window.show_notice(text[:5000], subject="lost")
    bars = [bar for bar in window.findChildren(MessageBar) if bar.text]
    qtbot.waitUntil(lambda: all(bar.isVisible() and bar.height() > 20 for bar in bars))
    window.grab()
    for bar in bars:
        assert bar.height() < window.content.height() // 3
        for label in bar.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText
    assert window.width() == 900


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_that_the_boxes_of_the_review_stay_on_the_screen(
    fill: Fill, text: str, qtbot: QtBot
) -> None:
    shown = replace(film(20), mark=Mark(name=text, prompt=text, tags=(text[:300],)))
    room = Room(fill(shown, film(10)), qtbot)
    screen = room.begin(shown)
    room.window.show_message(text[:5000], kind="error")
    room.window.apply(Diff(changed=(replace(shown, mark=replace(shown.mark, rating=3)),)))
    panels = [each for each in screen.children() if isinstance(each, QWidget) and each.isVisible()]
    assert all(screen.rect().contains(panel.geometry()) for panel in panels)
    note = max(panels, key=lambda panel: panel.y() == 16 and panel.x() == 16)
    assert note.height() < 140
    for label in note.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.fontMetrics().horizontalAdvance(label.text()) < 1e6
