"""What ended counts as new until it was looked at."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from rushes.core.listing import Scope
from rushes.core.task import Diff, Status
from rushes.core.views import View
from rushes.ui.list.task_pane import EmptyPage
from rushes.ui.window.sidebar import Sidebar
from tests.ui.takes import ended, take
from tests.ui.windows import Fill, action, part, press, select


def test_that_a_take_that_stays_selected_was_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.FAILED), take(3))
    with qtbot.waitSignal(window.seen, timeout=30_000) as told:
        select(window, take(1), take(2), take(3))
    assert set(told.args[0]) == {take(1).key, take(2).key}


def test_that_a_take_that_is_passed_over_was_not_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.SUCCEEDED))
    with qtbot.waitSignal(window.seen, timeout=30_000) as told:
        select(window, take(1))
        select(window, take(2))
    assert told.args[0] == [take(2).key]


def test_that_a_take_that_ends_under_the_users_eyes_was_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    select(window, take(1))
    with qtbot.waitSignal(window.seen, timeout=30_000) as told:
        window.apply(Diff(changed=(ended(take(1)),)))
    assert told.args[0] == [take(1).key]


@pytest.mark.parametrize("by", ["button", "Return", "command"])
def test_that_nothing_running_leads_to_the_new_takes(fill: Fill, qtbot: QtBot, by: str) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.SUCCEEDED))
    part(window, Sidebar).choose(Scope(view=View.RUNNING))
    page: EmptyPage = part(window, EmptyPage)
    assert page.text == "All done. 2 new takes to review."
    with qtbot.waitSignal(window.unseen_wanted):
        if by == "button":
            page._button.click()
        elif by == "Return":
            page.setFocus()
            press(page._button, Qt.Key.Key_Return)
        else:
            action(window, "Show new takes").trigger()


def test_that_without_new_takes_there_is_nothing_to_show(fill: Fill) -> None:
    window = fill(take(1))
    assert not action(window, "Show new takes").isEnabled()
