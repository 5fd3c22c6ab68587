"""A command stands in one table: its key is the same wherever takes are looked at."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.core.task import Key, Mark, Pick
from rushes.ui.gallery.gallery import GridView
from rushes.ui.preview.preview import Preview
from rushes.ui.preview.transport import ScrubBar
from tests.ui.listed import ListedWindow
from tests.ui.test_compare import CTX, clip
from tests.ui.test_preview import button
from tests.ui.windows import Fill, action, part, press, select, table_of

# Qt says so where no graphics library is installed, and then converts in software.
pytestmark = pytest.mark.qt_log_ignore("No RHI backend")

PANES = ("list", "gallery", "preview", "full screen", "compare", "compare, full screen")
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
ONE, TWO = clip(1, "dusk"), clip(2, "dusk")


@pytest.fixture
def window(fill: Fill) -> ListedWindow:
    made = fill(ONE, TWO)
    made.compare_requested.connect(
        lambda keys: made.content.show_takes([t for k in keys if (t := made.task(k))], CTX)
    )
    return made


@pytest.fixture
def preview(window: ListedWindow, qtbot: QtBot) -> Preview:
    """In the window, with a clip that plays."""
    made = Preview(window.commands)
    window.panes.set_inspector(made)
    window.set_preview(made)
    with qtbot.waitSignal(made.player.opened):
        made.show_task(ONE, CTX)
    return made


def enter(pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot) -> QWidget:
    """Go there as the user does. Returns the widget that has the focus."""
    select(window, *((ONE, TWO) if "compare" in pane else (ONE,)))
    here: QWidget = table_of(window)
    if pane == "gallery":
        window.content.show_view("gallery")
        here = part(window, GridView)
    elif "compare" in pane:
        press(table_of(window), Qt.Key.Key_C)
        here = window.content.compare
    elif pane != "list":
        here = preview
    here.setFocus()
    if "full screen" in pane:
        press(here, Qt.Key.Key_F11)
        screen = window.content.compare.full_screen if "compare" in pane else preview.full_screen
        assert screen is not None
        here = screen
    qtbot.waitExposed(here)
    qtbot.waitUntil(here.hasFocus)
    return here


@pytest.mark.parametrize("pane", PANES)
def test_that_a_rebound_key_acts_and_the_old_one_does_not_wherever_takes_are_looked_at(
    pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    shortcuts = {"rate_5": ("Shift+R",), "reject": ("Y",), "guides": ("B",), "leave": ("F12",)}
    window.settings.change(Settings(theme="light", shortcuts={**shortcuts, "tag": ()}))
    here = enter(pane, window, preview, qtbot)
    marked: list[tuple[list[Key], Mark]] = []
    window.mark_requested.connect(lambda keys, change: marked.append((keys, change(Mark()))))
    for old in (Qt.Key.Key_5, Qt.Key.Key_X, Qt.Key.Key_G):
        QTest.keyClick(here, old)
    assert marked == []
    assert not action(window, "Safe-area guides").isChecked()
    QTest.keyClick(here, Qt.Key.Key_R, SHIFT)
    QTest.keyClick(here, Qt.Key.Key_Y)
    QTest.keyClick(here, Qt.Key.Key_B)
    compared = window.content.current_take
    one = ONE.key if compared is None else compared.key
    assert marked == [([one], Mark(rating=5)), ([one], Mark(pick=Pick.REJECT))]
    assert action(window, "Safe-area guides").isChecked()
    if "full screen" in pane:
        QTest.keyClick(here, Qt.Key.Key_Escape)
        assert here.isVisible()
        QTest.keyClick(here, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: not window.content.compare.full_screen and not preview.full_screen)


@pytest.mark.parametrize("pane", PANES)
def test_that_the_keys_that_play_act_wherever_takes_are_looked_at(
    pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    here = enter(pane, window, preview, qtbot)
    player = window.content.compare.players if "compare" in pane else preview.player
    assert player is not None
    qtbot.waitUntil(lambda: player.is_playing)
    QTest.keyClick(here, Qt.Key.Key_K)
    player.seek(60)
    assert not player.is_playing
    QTest.keyClick(here, Qt.Key.Key_I)
    QTest.keyClick(here, Qt.Key.Key_Period)
    QTest.keyClick(here, Qt.Key.Key_O)
    assert player.stretch == (60, 61)
    QTest.keyClick(here, Qt.Key.Key_I, SHIFT)
    assert set(player.stretch) == {None}
    QTest.keyClick(here, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: player.frame < 57)
    QTest.keyClick(here, Qt.Key.Key_Space)
    assert not player.is_playing


def test_that_the_space_bar_presses_the_button_that_has_the_focus(
    window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    enter("preview", window, preview, qtbot)
    qtbot.waitUntil(lambda: preview.player.is_playing)
    loop = button(preview, "Loop")
    loop.setFocus()
    QTest.keyClick(loop, Qt.Key.Key_Space)
    assert preview.player.is_playing
    assert not preview.player.is_looping


def test_that_letters_choose_the_take_that_is_rated_and_heard_in_compare(
    window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    here = enter("compare", window, preview, qtbot)
    assert action(window, "Take B").isEnabled()
    assert not action(window, "Take C").isEnabled()
    first, second = window.content.compare.tasks
    marked: list[list[Key]] = []
    window.mark_requested.connect(lambda keys, _change: marked.append(keys))
    for key in (Qt.Key.Key_B, Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_U):
        QTest.keyClick(here, key)
    assert marked == [[second.key], [first.key]]
    QTest.keyClick(here, Qt.Key.Key_Escape)
    assert not action(window, "Take B").isEnabled()


@pytest.mark.parametrize("pane", ["compare", "compare, full screen"])
def test_that_commands_about_one_take_mean_the_current_one_of_those_that_are_compared(
    pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    here = enter(pane, window, preview, qtbot)
    first, second = window.content.compare.tasks
    asked: list[tuple[str, object]] = []
    window.open_requested.connect(lambda key: asked.append(("open", key)))
    window.reveal_requested.connect(lambda key: asked.append(("reveal", key)))
    window.remove_requested.connect(lambda keys: asked.append(("remove", keys)))
    for letter, task in ((Qt.Key.Key_B, second), (Qt.Key.Key_A, first)):
        QTest.keyClick(here, letter)
        QTest.keyClick(here, Qt.Key.Key_Return)
        QTest.keyClick(here, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
        action(window, "Show in folder").trigger()
        QTest.keyClick(here, Qt.Key.Key_Delete)
        opened = ("open", task.key)
        assert asked == [opened, opened, ("reveal", task.key), ("remove", [task.key])]
        asked.clear()


@pytest.mark.parametrize("pane", ["compare", "compare, full screen"])
def test_that_the_current_one_of_compared_takes_gets_its_name_in_a_field_that_is_seen(
    pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    here = enter(pane, window, preview, qtbot)
    _, second = window.content.compare.tasks
    marked: list[tuple[list[Key], Mark]] = []
    window.mark_requested.connect(lambda keys, change: marked.append((keys, change(Mark()))))
    QTest.keyClick(here, Qt.Key.Key_B)
    QTest.keyClick(here, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.isVisible()
    QTest.keyClicks(field, "dusk")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert marked == [([second.key], Mark(name="dusk"))]
    qtbot.waitUntil(here.hasFocus)


def test_that_compared_takes_loop_only_what_lies_between_the_marks(
    window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    enter("compare", window, preview, qtbot)
    ensemble = window.content.compare.players
    assert ensemble is not None
    qtbot.waitUntil(lambda: ensemble.is_playing)
    ensemble.pause()
    ensemble.set_stretch(30, 40)
    told: list[int] = []
    ensemble.frame_shown.connect(told.append)
    ensemble.play()
    qtbot.waitUntil(lambda: any(b < a for a, b in pairwise(told)))
    assert set(told) <= set(range(30, 41))


@pytest.mark.parametrize("pane", PANES[2:])
def test_that_marks_steps_and_scrubbing_mean_the_same_in_every_player(
    pane: str, window: ListedWindow, preview: Preview, qtbot: QtBot
) -> None:
    here = enter(pane, window, preview, qtbot)
    player = window.content.compare.players if "compare" in pane else preview.player
    assert player is not None
    qtbot.waitUntil(lambda: player.is_playing)
    (bar,) = here.findChildren(ScrubBar)

    def grab(frame: int) -> int:
        """With the pointer, and keep hold of it. Returns the frame of that pixel."""
        at = QPoint(round(bar.x_of(frame)), bar.height() // 2)
        QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=at)
        return bar.frame_at(at.x())

    there = grab(20)
    assert (player.frame, player.is_playing) == (there, False)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=bar.rect().topLeft())
    assert player.is_playing, "as before the drag"
    QTest.keyClick(here, Qt.Key.Key_K)
    there = grab(30)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=bar.rect().topLeft())
    assert (player.frame, player.is_playing) == (there, False)
    player.seek(30)
    QTest.keyClick(here, Qt.Key.Key_I)
    for _ in range(10):
        QTest.keyClick(here, Qt.Key.Key_Period)
    QTest.keyClick(here, Qt.Key.Key_O)
    assert player.stretch == bar.stretch == (30, 40)
    for _ in range(3):
        QTest.keyClick(here, Qt.Key.Key_Period)
    assert player.frame == 43, "steps look beyond the marks"
    QTest.keyClick(here, Qt.Key.Key_Space)
    shown: list[int] = []
    player.frame_shown.connect(shown.append)
    qtbot.waitUntil(lambda: any(30 <= n <= 40 for n in shown))
    shown.clear()
    qtbot.waitUntil(lambda: any(b < a for a, b in pairwise(shown)))
    assert min(shown) >= 30
    QTest.keyClick(here, Qt.Key.Key_K)
    QTest.keyClick(here, Qt.Key.Key_I, SHIFT)
    assert set(bar.stretch) == {None}
