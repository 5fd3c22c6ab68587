"""The strip that asks: ids never go to an account that nobody chose."""

from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from rushes.ui.window.add_strip import AddStrip
from tests.ui.takes import ARK
from tests.ui.windows import Fill, found, offer, part


def test_that_the_strip_says_how_many_and_adds_to_the_guessed_account(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill()
    offer(window, found("x", "y"), 1, "b")
    strip = part(window, AddStrip)
    assert strip.isVisible()
    labels = " ".join(w.text() for w in strip.findChildren(QWidget) if hasattr(w, "text"))
    assert "3 task IDs found (1 already here)." in labels
    add = next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 2")
    with qtbot.waitSignal(window.add_strip.add_confirmed) as told:
        add.click()
    assert told.args == ["b", list(found("x", "y"))]
    assert not strip.isVisible()


def test_that_an_ambiguous_account_must_be_chosen_by_the_user(fill: Fill) -> None:
    window = fill()
    offer(window, found("x"), 0, None)
    strip = part(window, AddStrip)
    add = next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 1")
    assert not add.isEnabled()
    assert strip.hint.text() == "Several accounts fit: choose one."
    strip.account_choice.setCurrentIndex(1)
    strip.account_choice.activated.emit(1)
    assert add.isEnabled()
    assert strip.hint.text() == ""


def test_that_one_account_alone_is_no_question(fill: Fill) -> None:
    window = fill(accounts=(ARK,))
    offer(window, found("x"), 0, None)
    assert part(window, AddStrip).add_button.isEnabled()


def test_that_more_known_ids_than_new_ones_hide_none_of_the_new(fill: Fill) -> None:
    window = fill()
    offer(window, found("x"), 5, "a")
    assert part(window, AddStrip).ids == ["x"]
    assert part(window, AddStrip).told.text() == "6 task IDs found (5 already here)."


def test_that_ids_that_speak_for_different_accounts_go_to_each_its_own(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill()
    by_line = {"x1": "a", "x2": "b", "x3": "a"}
    window.add_strip.ask(found("x1", "x2", "x3"), 0, by_line)
    strip = part(window, AddStrip)
    box = next(iter(strip.findChildren(QComboBox)))
    assert box.currentText() == "Each its own: 2 Ark, 1 Rong"
    told: list[tuple[object, ...]] = []
    window.add_strip.add_confirmed.connect(lambda *args: told.append(args))
    next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 3").click()
    x1, x2, x3 = found("x1", "x2", "x3")
    assert told == [("a", [x1, x3]), ("b", [x2])]


def test_that_the_user_can_still_give_all_ids_to_one_account(fill: Fill, qtbot: QtBot) -> None:
    window = fill()
    window.add_strip.ask(found("x1", "x2"), 0, {"x1": "a", "x2": "b"})
    strip = part(window, AddStrip)
    box = next(iter(strip.findChildren(QComboBox)))
    box.setCurrentIndex(box.findData("b"))
    box.activated.emit(box.currentIndex())
    with qtbot.waitSignal(window.add_strip.add_confirmed) as told:
        next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 2").click()
    assert told.args == ["b", list(found("x1", "x2"))]
