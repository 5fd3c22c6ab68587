"""The whole window: nothing in it is nameless, and it goes in two steps."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent, QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Diff, Mark, Status
from rushes.core.views import EXPIRING_S
from rushes.ui.commands.shortcuts import ShortcutsDialog
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.widgets import theme
from rushes.ui.window.commands import sections
from rushes.ui.window.main_window import PANES, MainWindow
from rushes.ui.window.messages import MessageBar
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.view_stack import GALLERY, LIST, USAGE
from tests.screens.measure import Measure
from tests.ui.takes import ARK, NOW, RONG, ended, take, with_file
from tests.ui.windows import Fill, action, found, offer, part, press, search_field, table_of


def _stops(window: QWidget) -> list[QWidget]:
    return [w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _nameless(window: QWidget) -> list[str]:
    inner = ("qt_scrollarea_viewport", "qt_spinbox_lineedit")
    return [
        f"{type(w).__name__} in {type(w.parent()).__name__}"
        for w in _stops(window)
        if not w.accessibleName()
        and not (isinstance(w, QAbstractButton) and w.text())
        and w.objectName() not in inner
    ]


def test_that_every_widget_that_takes_the_focus_has_a_name(fill: Fill) -> None:
    window = fill(take(1))
    offer(window, found("x", "y"), 0, None)
    window.show_message("Something", action=("Do it", lambda: None))
    assert len(_stops(window)) > 8
    assert _nameless(window) == []


def test_that_every_field_of_the_dialogs_has_a_name(fill: Fill) -> None:
    window = fill()
    for dialog in (SettingsDialog(Settings(), (), window), ShortcutsDialog(sections(), {}, window)):
        assert _stops(dialog)
        assert _nameless(dialog) == []
        dialog.deleteLater()


def test_that_no_widget_speaks_markup_to_a_screen_reader(fill: Fill) -> None:
    window = fill(take(1))
    spoken = {
        widget: QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)
        for widget in window.findChildren(QWidget)
    }
    assert any(spoken.values())
    assert not [words for words in spoken.values() if "<" in words or "&gt;" in words]


def test_that_what_can_be_clicked_is_at_least_24_pixels_wide_and_high(fill: Fill) -> None:
    window = fill(take(1))
    offer(window, found("x"), 0, None)
    window.show_message("Something", action=("Do it", lambda: None))
    small = [
        (w.accessibleName(), w.width(), w.height())
        for w in window.findChildren(QAbstractButton)
        if w.isVisible() and (w.width() < 24 or w.height() < 24) and not _is_inside_a_field(w)
    ]
    assert small == []


def _is_inside_a_field(widget: QWidget) -> bool:
    return isinstance(widget.parent(), QLineEdit)


def test_that_the_table_is_called_tasks_and_the_field_search(fill: Fill) -> None:
    window = fill()
    assert table_of(window).accessibleName() == "Tasks"
    fields = [e for e in window.findChildren(QLineEdit) if e.accessibleName() == "Search"]
    assert len(fields) == 1


def test_that_the_window_can_be_as_small_as_900_by_560(fill: Fill) -> None:
    window = fill(take(1))
    window.resize(900, 560)
    assert (window.width(), window.height()) == (900, 560)


@pytest.mark.parametrize(
    ("width", "shown"),
    [(600, []), (740, []), (800, ["inspector"]), (853, ["inspector"]), (900, list(PANES))],
)
def test_that_a_pane_goes_by_itself_while_the_window_is_too_narrow(
    fill: Fill, width: int, shown: list[str]
) -> None:
    window = fill(take(1))
    window.panes.set_inspector(QWidget())
    for wide in (1280, width):
        window.resize(wide, 560)
    assert window.width() == width
    assert window.content.width() >= 460
    assert _overlapping(window) == []
    assert _shown_panes(window) == shown
    assert [pane for pane in PANES if window.commands[pane].isChecked()] == shown
    window.resize(1280, 560)
    assert _shown_panes(window) == list(PANES)
    assert all(window.commands[pane].isChecked() for pane in PANES)


def test_that_a_pane_without_room_is_shown_in_place_of_the_other_when_asked_for(
    fill: Fill,
) -> None:
    window = fill(take(1))
    window.panes.set_inspector(QWidget())
    window.resize(853, 560)
    press(table_of(window), Qt.Key.Key_F3)
    assert _shown_panes(window) == ["sidebar"]
    press(table_of(window), Qt.Key.Key_F4)
    assert _shown_panes(window) == ["inspector"]
    press(table_of(window), Qt.Key.Key_F4)
    assert _shown_panes(window) == ["sidebar"]


def _shown_panes(window: MainWindow) -> list[str]:
    places = (window.panes.widget(0), window.panes.widget(2))
    named = zip(PANES, places, strict=True)
    return [name for name, pane in named if pane is not None and pane.isVisible()]


def _overlapping(window: MainWindow) -> list[str]:
    """Panes that lie on each other or stand outside of the window."""
    panes = map(window.panes.widget, range(3))
    shown = [pane for pane in panes if pane is not None and pane.isVisible()]
    ends = [pane.geometry().right() for pane in shown]
    starts = [pane.x() for pane in shown[1:]] + [window.width()]
    return [str(end) for end, start in zip(ends, starts, strict=True) if end >= start]


@pytest.mark.parametrize("view", [LIST, GALLERY, USAGE])
def test_that_everything_has_its_room_at_the_least_width(fill: Fill, view: str) -> None:
    soon = with_file(ended(take(2)), ArtifactState.REMOTE, expires_at=NOW + 3600)
    window = fill(take(1), soon, ended(take(3), Status.FAILED))
    window.resize(600, 533)
    window.set_now(NOW + 60)
    if view == USAGE:
        window.content.show_usage()
    else:
        window.content.show_view(view)
    QApplication.processEvents()
    assert Measure().faults(window, window.grab().toImage()) == []


def test_that_nothing_is_cut_where_the_systems_type_is_half_as_large_again(
    fill: Fill, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(theme.__dict__, "_scale", [theme.scale_of(QFont("Sans", 100))])
    assert theme.points(10) == 20
    monkeypatch.setitem(theme.__dict__, "_scale", [1.5])
    theme.restyle(qapp)
    rated = Mark(name="Dusk over the lake", rating=4, tags=("荷塘", "b roll", "wide"))
    window = fill(take(1), replace(ended(take(2), Status.FAILED), mark=rated))
    for width in (900, 1280):
        window.resize(width, 560)
        QApplication.processEvents()
        assert Measure().faults(window, window.grab().toImage()) == []
    monkeypatch.undo()
    theme.restyle(qapp)


def test_that_the_button_of_a_message_acts_once_the_message_has_gone(fill: Fill) -> None:
    window = fill()
    bar = part(window, MessageBar)
    texts: list[str] = []
    undo = ("Undo", lambda: texts.append(bar.text))
    window.show_message("3 tasks removed.", action=undo, replace="r", timeout_s=10)
    next(b for b in bar.findChildren(QAbstractButton) if b.text() == "Undo").click()
    assert texts == [""]


def test_that_compact_rows_are_a_setting(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    assert table_of(window).rowHeight(0) == 56
    with qtbot.waitSignal(window.settings.changed) as told:
        action(window, "Compact rows").trigger()
    assert told.args[0].density == "compact"
    assert table_of(window).rowHeight(0) == 26


def test_that_closing_asks_hides_and_really_closes_when_the_work_has_ended(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill(take(1))
    with qtbot.waitSignal(window.closing.quitting):
        window.close()
    assert not window.isVisible()
    window.closing.finish()
    assert not window.status.tick.isActive()


def test_that_quitting_while_saving_is_asked_first(fill: Fill) -> None:
    window = fill(with_file(ended(take(1)), ArtifactState.SAVING))
    heard: list[int] = []
    window.closing.quitting.connect(lambda: heard.append(1))
    window.close()
    assert heard == []
    assert window.isVisible()
    box = window.findChild(QMessageBox)
    assert box is not None
    next(b for b in box.buttons() if b.text() == "Quit").click()
    assert heard == [1]
    assert not window.isVisible()


def test_that_the_clock_ticks_by_the_second_only_while_something_runs(fill: Fill) -> None:
    window = fill(take(1))
    assert window.status.tick.interval() == 1000
    window.apply(Diff(changed=(ended(take(1), Status.FAILED),)))
    assert not window.status.tick.isActive()


def test_that_a_list_where_nothing_runs_looks_at_the_clock_once_for_the_next_link_that_ends(
    fill: Fill,
) -> None:
    saved_in_time = with_file(ended(take(1)), ArtifactState.REMOTE, expires_at=NOW + 86_400)
    window = fill(saved_in_time)
    timer = window.status.tick
    assert timer.isSingleShot()
    assert timer.interval() == pytest.approx((86_400 - EXPIRING_S) * 1000, abs=2000)
    window.hide()
    assert not timer.isActive()


def test_that_old_times_are_told_anew_when_somebody_comes_to_look(fill: Fill, qtbot: QtBot) -> None:
    window = fill(ended(take(1), Status.FAILED))
    with qtbot.waitSignal(window.status.ticked):
        QApplication.sendEvent(window, QEnterEvent(QPointF(), QPointF(), QPointF()))


def test_that_a_hidden_sidebar_and_inspector_come_back_by_their_keys(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill(take(1))
    sidebar = part(window, Sidebar)
    for shown in (False, True):
        press(table_of(window), Qt.Key.Key_F3)
        assert sidebar.isVisible() is shown


def test_that_escape_clears_the_nearest_thing(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    window.toolbar.set_search("task")
    window.show_message("x", kind="warning")
    table = table_of(window)
    press(table, Qt.Key.Key_Escape)
    assert part(window, MessageBar).text == ""
    assert window.toolbar.search_text == "task"
    press(table, Qt.Key.Key_Escape)
    assert window.toolbar.search_text == ""


@pytest.mark.parametrize("kind", ["warning", "error"])
def test_that_escape_and_undo_leave_a_message_that_stands(fill: Fill, kind: str) -> None:
    window = fill(take(1))
    window.show_message("2 takes lost", kind=kind, replace="save")
    table = table_of(window)
    press(table, Qt.Key.Key_Escape)
    press(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    press(table, Qt.Key.Key_Escape)
    assert part(window, MessageBar).text == "2 takes lost"
    window.clear_message("save")
    assert part(window, MessageBar).text == ""


@pytest.mark.parametrize("view", ["list", "gallery"])
def test_that_the_view_of_the_last_time_has_the_keys_at_the_start(fill: Fill, view: str) -> None:
    first = fill(take(1), take(2))
    first.content.show_view(view)
    second = fill(take(1), take(2), restored=first.state.save())
    assert second.content.view == view
    assert second.focusWidget() is second.content.rows_view


def test_that_a_hostile_name_is_drawn_as_it_is(fill: Fill) -> None:
    nasty = "<img src=x> & \u202e日落\x07" + "x" * 5000
    window = fill(take(1, mark=Mark(name=nasty, tags=("<b>t</b>",))), accounts=(
        replace(ARK, name="<i>A&B</i>"), RONG))  # fmt: skip
    assert not window.grab().isNull()
    shown = table_of(window).model().index(0, 1).data()
    assert "\u202e" not in shown
    assert len(shown) < 300


def test_that_the_search_asks_what_there_is_and_offers_it(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    field = search_field(window)
    with qtbot.waitSignal(window.toolbar.search.entered):
        field.setFocus()
    window.toolbar.set_words({"model": ("doubao-seedance-2-0",)})
    QTest.keyClicks(field, "model:seed")
    assert field.completer().model().index(0, 0).data() == "model:doubao-seedance-2-0"
