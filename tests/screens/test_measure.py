"""What the measuring of the pictures finds: each fault is made, and must be seen."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.ui.widgets import theme
from rushes.ui.window.toolbar import SearchField
from tests.screens.measure import CUT, LOW_CONTRAST, OUTSIDE, OVERLAP, OVERLAY, SMALL, Measure

Make = Callable[[], QWidget]

_GREY = "background: #808080; color: #909090;"


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[QWidget]:
    """Without the program's style, which an earlier test may have left: it makes buttons larger."""
    style = qapp.styleSheet()
    qapp.setStyleSheet("")
    made = QWidget()
    made.resize(400, 300)
    made.setStyleSheet("QPushButton { min-height: 28px; min-width: 40px; }")
    qtbot.addWidget(made)
    yield made
    qapp.setStyleSheet(style)


def _found(window: QWidget, qtbot: QtBot) -> list[tuple[str, str]]:
    window.show()
    qtbot.waitExposed(window)
    found = Measure().faults(window, window.grab().toImage())
    return [(fault.kind, fault.what) for fault in found]


def _kinds(window: QWidget, qtbot: QtBot) -> list[str]:
    return [kind for kind, _ in _found(window, qtbot)]


def _label(text: str, parent: QWidget, box: QRect, style: str = "") -> QLabel:
    made = QLabel(text, parent)
    made.setStyleSheet(style)
    made.setGeometry(box)
    return made


def _button(text: str, parent: QWidget, box: QRect) -> QPushButton:
    made = QPushButton(text, parent)
    made.setGeometry(box)
    return made


class Painted(QWidget):
    """Paints what it is told, as delegates and charts do."""

    def __init__(self, parent: QWidget, paint: Callable[[QPainter], object]) -> None:
        super().__init__(parent)
        self._paint = paint
        self.setGeometry(0, 0, 300, 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        self._paint(painter)
        painter.end()


def test_that_a_good_window_has_no_faults(window: QWidget, qtbot: QtBot) -> None:
    box = QVBoxLayout(window)
    words = QLabel("A line that is long enough to be broken into two or three lines, or four")
    words.setWordWrap(True)
    field = QLineEdit(
        "what is typed may be much longer than its field, for it can be scrolled " * 3
    )
    field.setMinimumHeight(28)
    row = QHBoxLayout()
    row.addWidget(QPushButton("One"))
    row.addWidget(QPushButton("&Two 两个"))
    box.addWidget(words)
    box.addWidget(field)
    box.addLayout(row)
    assert _found(window, qtbot) == []


def test_that_a_label_too_narrow_for_its_text_is_found(window: QWidget, qtbot: QtBot) -> None:
    _label("Everything that was saved", window, QRect(10, 10, 60, 20))
    (kind, what) = _found(window, qtbot)[0]
    assert kind == CUT
    assert what.startswith("“Everything that was saved”")
    assert what.endswith("px of its width")


def test_that_lines_below_the_edge_of_their_label_are_found(window: QWidget, qtbot: QtBot) -> None:
    label = _label("One word after the other, and no end", window, QRect(10, 10, 80, 20))
    label.setWordWrap(True)
    assert CUT in _kinds(window, qtbot)


def test_that_a_text_with_an_ellipsis_is_not_cut(window: QWidget, qtbot: QtBot) -> None:
    metrics = window.fontMetrics()
    short = metrics.elidedText("Everything that was saved", Qt.TextElideMode.ElideRight, 80)
    _label(short, window, QRect(10, 10, 90, 20))
    assert _found(window, qtbot) == []


@pytest.mark.parametrize("left", ["…", "1…"])
def test_that_a_text_of_which_only_the_ellipsis_is_left_is_found(
    window: QWidget, qtbot: QtBot, left: str
) -> None:
    _label(left, window, QRect(10, 10, 90, 20))
    assert _kinds(window, qtbot) == [CUT]


def test_that_a_painted_text_is_found_when_it_is_cut(window: QWidget, qtbot: QtBot) -> None:
    Painted(window, lambda p: p.drawText(250, 40, "leaves its widget"))
    assert _kinds(window, qtbot) == [CUT]


def test_that_what_can_be_scrolled_into_view_is_not_cut(window: QWidget, qtbot: QtBot) -> None:
    area = QScrollArea(window)
    area.setGeometry(0, 0, 200, 100)
    page = QWidget()
    page.resize(180, 600)
    for y in range(0, 600, 37):
        _label("one line", page, QRect(5, y, 150, 20))
    area.setWidget(page)
    assert _found(window, qtbot) == []


def test_that_what_is_scrolled_out_of_sight_is_not_cut(window: QWidget, qtbot: QtBot) -> None:
    def paint(painter: QPainter) -> None:
        painter.setClipRect(150, 400, 60, 20)
        painter.drawText(155, 415, "below")

    area = QScrollArea(window)
    area.setGeometry(0, 0, 200, 100)
    area.setViewport(Painted(area, paint))
    area.verticalScrollBar().setRange(0, 400)
    assert _found(window, qtbot) == []


def test_that_a_scroll_area_does_not_excuse_what_is_cut_across(
    window: QWidget, qtbot: QtBot
) -> None:
    area = QScrollArea(window)
    area.setGeometry(0, 0, 200, 100)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page = QWidget()
    page.resize(400, 600)
    _label("a line that goes on beyond the edge of the page", page, QRect(5, 5, 390, 20))
    area.setWidget(page)
    assert _kinds(window, qtbot) == [CUT]


def test_that_two_buttons_on_each_other_are_found(window: QWidget, qtbot: QtBot) -> None:
    _button("Save", window, QRect(10, 10, 80, 30))
    _button("Close", window, QRect(70, 10, 80, 30))
    (kind, what) = _found(window, qtbot)[0]
    assert kind == OVERLAP
    assert what.startswith("“Save” and “Close”: 20 × 30 px")


def test_that_two_painted_texts_on_each_other_are_found(window: QWidget, qtbot: QtBot) -> None:
    def paint(painter: QPainter) -> None:
        painter.drawText(10, 40, "a first line")
        painter.drawText(30, 44, "another one")

    Painted(window, paint)
    assert _kinds(window, qtbot) == [OVERLAP]


def test_that_an_overlay_may_lie_over_others(window: QWidget, qtbot: QtBot) -> None:
    _button("Save", window, QRect(10, 10, 80, 30))
    over = QWidget(window)
    over.setProperty(OVERLAY, True)
    over.setAutoFillBackground(True)
    over.setGeometry(0, 0, 300, 100)
    _button("Undo", over, QRect(20, 10, 80, 30))
    assert _found(window, qtbot) == []


def test_that_what_stands_outside_of_its_parent_is_found(window: QWidget, qtbot: QtBot) -> None:
    inner = QWidget(window)
    inner.setGeometry(10, 10, 100, 40)
    _button("OK", inner, QRect(40, 5, 80, 30))
    assert OUTSIDE in _kinds(window, qtbot)


def test_that_grey_on_grey_is_found(window: QWidget, qtbot: QtBot) -> None:
    _label("Hard to read", window, QRect(10, 10, 150, 30), _GREY)
    (kind, what) = _found(window, qtbot)[0]
    assert kind == LOW_CONTRAST
    assert what == "“Hard to read”: 1.24:1"


def test_that_painted_grey_on_white_is_found(window: QWidget, qtbot: QtBot) -> None:
    def paint(painter: QPainter) -> None:
        painter.setPen(QColor("#777777"))  # 4.48:1
        painter.drawText(10, 40, "nearly enough")
        painter.setPen(QColor("#767676"))  # 4.54:1
        painter.drawText(10, 80, "just enough")

    Painted(window, paint)
    assert _found(window, qtbot) == [(LOW_CONTRAST, "“nearly enough”: 4.48:1")]


def test_that_a_text_that_is_painted_half_transparent_is_found(
    window: QWidget, qtbot: QtBot
) -> None:
    def paint(painter: QPainter) -> None:
        painter.setPen(QColor("black"))
        painter.setOpacity(0.4)
        painter.drawText(10, 40, "a shade")

    Painted(window, paint)
    assert _kinds(window, qtbot) == [LOW_CONTRAST]


def test_that_a_disabled_text_may_be_pale(window: QWidget, qtbot: QtBot) -> None:
    _label("Not now", window, QRect(10, 10, 150, 30), _GREY).setEnabled(False)
    assert _found(window, qtbot) == []


def test_that_a_menu_entry_may_be_pale_only_while_it_is_off(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.setStyleSheet("QMenu { color: #999; background: white } QMenu::item { padding: 6px }")
    entry, _ = menu.addAction("Not now"), menu.addSeparator()
    menu.popup(QPoint(10, 10))
    assert LOW_CONTRAST in _kinds(menu, qtbot)
    entry.setEnabled(False)
    assert LOW_CONTRAST not in _kinds(menu, qtbot)


@pytest.mark.parametrize("size", [(12, 30), (30, 12), (23, 24)])
def test_that_a_small_button_is_found(window: QWidget, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.setStyleSheet("")
    _button("", window, QRect(10, 10, *size)).setAccessibleName("Close")
    assert _found(window, qtbot) == [(SMALL, f"“Close”: {size[0]} × {size[1]} px")]


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_that_fields_have_no_small_button_and_no_pale_hint(
    qapp: QApplication, qtbot: QtBot, chosen: str
) -> None:
    """Qt's own button for clearing is 22 × 18 pixels, its own hint half transparent."""
    theme.choose(qapp, chosen)
    theme.restyle(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    box = QVBoxLayout(window)
    searching, empty = SearchField(), SearchField()
    for field in (searching, empty):
        box.addWidget(field)
    searching.setText("rating:5")
    try:
        assert _found(window, qtbot) == []
        window.resize(500, 90)
        assert _found(window, qtbot) == []
    finally:
        theme.choose(qapp, "light")
        qapp.setStyleSheet("")
