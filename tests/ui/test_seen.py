"""What ended counts as new until it was looked at."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from rushes.controllers.tasks_controller import ReadTracker
from rushes.core.listing import ListFilter
from rushes.core.task import Diff, Key, Status
from rushes.core.views import View
from rushes.presentation.sentences import Action
from rushes.ui.list.task_pane import EmptyPage
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.sidebar import Sidebar
from tests.ui.takes import ended, take
from tests.ui.windows import Fill, action, part, press, select


def tracked(window: MainWindow) -> list[list[Key]]:
    """What is told as read, from now on."""
    read: list[list[Key]] = []
    ReadTracker(window, read.append)
    return read


def test_that_a_take_that_stays_selected_was_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.FAILED), take(3))
    read = tracked(window)
    select(window, take(1), take(2), take(3))
    qtbot.waitUntil(lambda: bool(read))
    assert set(read[0]) == {take(1).key, take(2).key}


def test_that_a_take_that_is_passed_over_was_not_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.SUCCEEDED))
    read = tracked(window)
    select(window, take(1))
    select(window, take(2))
    qtbot.waitUntil(lambda: bool(read))
    assert read == [[take(2).key]]


def test_that_a_take_that_ends_under_the_users_eyes_was_looked_at(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    select(window, take(1))
    read = list[list[Key]]()
    tracker = ReadTracker(window, read.append)
    window.apply(Diff(changed=(ended(take(1)),)))
    tracker.notice()
    qtbot.waitUntil(lambda: bool(read))
    assert read == [[take(1).key]]


@pytest.mark.parametrize("by", ["button", "Return", "command"])
def test_that_nothing_running_leads_to_the_new_takes(fill: Fill, qtbot: QtBot, by: str) -> None:
    window = fill(take(1, Status.SUCCEEDED), take(2, Status.SUCCEEDED))
    part(window, Sidebar).choose(ListFilter(view=View.RUNNING))
    page: EmptyPage = part(window, EmptyPage)
    assert page.text == "All done. 2 new takes to review."
    asked: list[Action] = []
    window.command_context.do.show_unseen = lambda: asked.append(Action.SHOW_UNSEEN)
    page.action_requested.connect(asked.append)
    if by == "button":
        page.button.click()
    elif by == "Return":
        page.setFocus()
        press(page.button, Qt.Key.Key_Return)
    else:
        action(window, "Show new takes").trigger()
    assert asked == [Action.SHOW_UNSEEN]


def test_that_without_new_takes_there_is_nothing_to_show(fill: Fill) -> None:
    window = fill(take(1))
    assert not action(window, "Show new takes").isEnabled()
