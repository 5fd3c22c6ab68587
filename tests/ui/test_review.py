"""Review: one take after the other on the whole screen, by the keys of the list."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Diff, Key, Mark, Pick, Status, Task
from rushes.ui.preview.preview import Preview
from rushes.ui.preview.transport import ScrubBar
from rushes.ui.review.review import Review
from rushes.ui.window.filter_chips import FilterChips
from rushes.ui.window.quick_edit import QuickEdit
from tests.ui.listed import ListedWindow
from tests.ui.takes import take
from tests.ui.test_compare import clip
from tests.ui.test_preview import button, poster_words
from tests.ui.windows import Fill, action, press, select, shown_keys, table_of

# Qt says so where no graphics library is installed, and then converts in software.
pytestmark = pytest.mark.qt_log_ignore("No RHI backend")

SHORT = ("dusk", "aurora", "pond", "lanterns")
FAILED = take(25, Status.FAILED, created=1_795_000_000.0 + 25)


def film(number: int, **mark: object) -> Task:
    """A higher number is a newer one, which stands higher in the list."""
    made = clip(number, SHORT[number % len(SHORT)])
    report = replace(made.report, created_at=made.report.created_at + number)  # type: ignore[operator]
    return replace(made, report=report, mark=Mark(name=f"take {number}", **mark))  # type: ignore[arg-type]


TAKES = (film(30), FAILED, film(20), film(10))


class Room:
    """A window with a preview that follows the selection, as the program joins them."""

    def __init__(self, window: ListedWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.preview = Preview(window.commands)
        self.preview.use_posters(window.content.posters)
        window.panes.set_inspector(self.preview)
        window.set_preview(self.preview)
        table = window.table
        table.selection_changed.connect(
            lambda keys: self.preview.show_task(
                table.task(keys[0]) if len(keys) == 1 else None, table.context
            )
        )
        window.mark_requested.connect(self._mark)
        Review(window, self.preview)

    def _mark(self, keys: list[Key], change: object) -> None:
        tasks = [task for key in keys if (task := self.window.task(key))]
        changed = tuple(replace(t, mark=change(t.mark)) for t in tasks)  # type: ignore[operator]
        self.window.apply(Diff(changed=changed))

    def begin(self, *selected: Task) -> QWidget:
        """By the key. Returns the window of the review."""
        select(self.window, *selected)
        press(table_of(self.window), Qt.Key.Key_F)
        return self.screen

    @property
    def screen(self) -> QWidget:
        screen = self.preview.full_screen
        assert screen is not None
        self.qtbot.waitExposed(screen)
        self.qtbot.waitUntil(screen.hasFocus)
        return screen

    @property
    def shown(self) -> str:
        """The name of the take on the screen, which is the one in the list."""
        (key,) = self.window.selected_keys()
        task = self.window.task(key)
        assert task is not None
        assert self.preview.player.path == task.artifacts[0].path
        return task.mark.name

    @property
    def note(self) -> QWidget:
        names = [each for each in self.screen.children() if isinstance(each, QWidget)]
        return next(w for w in names if w.accessibleName().startswith(("take ", "No take")))

    def rating(self, task: Task) -> int:
        found = self.window.task(task.key)
        assert found is not None
        return found.mark.rating


@pytest.fixture
def room(fill: Fill, qtbot: QtBot) -> Room:
    return Room(fill(*TAKES), qtbot)


def keys(widget: QWidget, *struck: Qt.Key) -> None:
    for key in struck:
        QTest.keyClick(widget, key)


def chip(parent: QWidget, name: str) -> QAbstractButton:
    """Of the review's window, or above the list."""
    chips = parent.chips if isinstance(parent, ListedWindow) else parent.findChild(FilterChips)
    assert chips is not None
    return button(chips, name)


@pytest.mark.parametrize(
    ("on", "back"),
    [
        (Qt.Key.Key_Down, Qt.Key.Key_Up),
        (Qt.Key.Key_Right, Qt.Key.Key_Left),
        (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp),
    ],
)
def test_that_the_arrows_go_to_the_next_take_that_has_a_film(
    room: Room, on: Qt.Key, back: Qt.Key
) -> None:
    screen = room.begin(TAKES[0])
    shown = [room.shown]
    for key in (on, on, on, back, back, back):
        keys(screen, key)
        shown.append(room.shown)
    assert shown == [f"take {n}" for n in (30, 20, 10, 10, 20, 30, 30)]


def test_that_a_review_begins_with_the_next_film_where_the_current_take_has_none(
    room: Room,
) -> None:
    room.begin(FAILED)
    assert room.shown == "take 20"


def test_that_without_a_film_there_is_no_review_and_the_user_is_told(
    fill: Fill, qtbot: QtBot
) -> None:
    room = Room(fill(FAILED), qtbot)
    select(room.window, FAILED)
    press(table_of(room.window), Qt.Key.Key_F)
    assert room.preview.full_screen is None
    assert room.window.messages.text == "No take in this list has a film to look at."
    assert room.window.selected_keys() == [FAILED.key]


def test_that_a_review_of_compared_takes_rates_the_take_that_is_shown(room: Room) -> None:
    window = room.window
    window.content.show_takes((film(30), film(20)), window.context)
    select(window, film(30), film(20))
    keys(window.content.compare, Qt.Key.Key_B)
    action(window, "Review").trigger()
    keys(room.screen, Qt.Key.Key_5)
    assert room.shown == "take 30"
    assert (room.rating(film(30)), room.rating(film(20))) == (5, 0)
    keys(room.screen, Qt.Key.Key_Escape)
    assert window.content.shows_rows


def test_that_ten_verdicts_by_keyboard_alone_reach_the_takes_that_were_shown(
    fill: Fill, qtbot: QtBot
) -> None:
    films = [film(n) for n in range(10)]
    room = Room(fill(*films), qtbot)
    screen = room.begin(films[9])
    for stars in (5, 4, 3, 2, 1, 5, 4, 3, 2, 1):
        keys(screen, Qt.Key(Qt.Key.Key_0 + stars), Qt.Key.Key_Down)
    assert [room.rating(task) for task in reversed(films)] == [5, 4, 3, 2, 1, 5, 4, 3, 2, 1]


def test_that_escape_leaves_to_the_list_where_the_take_looked_at_last_is_selected(
    room: Room, qtbot: QtBot
) -> None:
    screen = room.begin(TAKES[0])
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_Escape)
    assert room.preview.full_screen is None
    assert room.window.selected_keys() == [TAKES[2].key]
    assert room.window.current_key() == TAKES[2].key
    qtbot.waitUntil(table_of(room.window).hasFocus)


def test_that_the_keys_of_verdicts_act_and_the_note_says_them(room: Room) -> None:
    screen = room.begin(TAKES[0])
    assert room.note.isVisible()
    keys(screen, Qt.Key.Key_4, Qt.Key.Key_P)
    task = room.window.task(TAKES[0].key)
    assert task is not None
    assert (task.mark.rating, task.mark.pick) == (4, Pick.PICK)
    assert "★★★★☆ · Pick" in room.note.accessibleName()
    keys(screen, Qt.Key.Key_X)
    assert "★★★★☆ · Reject" in room.note.accessibleName()
    keys(screen, Qt.Key.Key_U, Qt.Key.Key_0)
    assert "★" not in room.note.accessibleName()


def test_that_the_note_goes_by_itself(room: Room, qtbot: QtBot) -> None:
    room.begin(TAKES[0])
    note = room.note
    qtbot.waitUntil(lambda: not note.isVisible())


def test_that_a_rating_goes_on_to_the_next_take_where_the_setting_says_so(room: Room) -> None:
    room.window.settings.change(Settings(theme="light", go_on_after_rating=True))
    screen = room.begin(TAKES[0])
    keys(screen, Qt.Key.Key_5)
    assert room.shown == "take 20"
    assert "“take 30”: ★★★★★" in room.note.accessibleName()
    keys(screen, Qt.Key.Key_X, Qt.Key.Key_2, Qt.Key.Key_3)
    assert [room.rating(task) for task in TAKES if task is not FAILED] == [5, 0, 3]
    assert "last take" in room.note.accessibleName()


def test_that_going_on_can_be_turned_on_in_the_review(room: Room) -> None:
    screen = room.begin(TAKES[0])
    button(screen, "Go on after rating").click()
    assert room.window.settings.settings.go_on_after_rating
    keys(screen, Qt.Key.Key_5)
    assert room.shown == "take 20"


@pytest.mark.parametrize("words", ["Tags…", "Note…", "Rename…"])
def test_that_fields_open_over_the_review_and_change_the_take_that_is_shown(
    room: Room, qtbot: QtBot, words: str
) -> None:
    screen = room.begin(TAKES[0])
    action(room.window, words).trigger()
    field = next(e for e in screen.findChildren(QuickEdit) if e.isVisible())
    assert screen.geometry().contains(field.geometry())
    inner = field.findChild(QLineEdit)
    assert inner is not None
    inner.setText("take two")
    press(inner, Qt.Key.Key_Return)
    task = room.window.task(TAKES[0].key)
    assert task is not None
    assert "take two" in (task.mark.name, task.mark.note, *task.mark.tags)


def test_that_chips_are_a_condition_of_the_search_in_list_and_review_alike(
    fill: Fill, qtbot: QtBot
) -> None:
    takes = film(4, rating=3), film(3), film(2, pick=Pick.PICK), film(1, pick=Pick.REJECT)
    room = Room(fill(*takes), qtbot)
    window = room.window
    for name, wanted in (("Picks", takes[2]), ("Rejects", takes[3])):
        chip(window, name).click()
        assert shown_keys(window) == [wanted.key]
    chip(window, "★3+").click()
    assert shown_keys(window) == [], "none is rejected and has three stars"
    chip(window, "Rejects").click()
    assert shown_keys(window) == [takes[0].key]
    screen = room.begin(takes[0])
    assert window.toolbar.search_text == "rating:>=3"
    assert chip(screen, "★3+").isChecked()
    chip(screen, "Unrated").click()
    assert window.toolbar.search_text == "rating:0 -pick:reject"
    assert shown_keys(window) == [task.key for task in takes[1:3]]
    assert room.shown == "take 3"
    assert chip(window, "Unrated").isChecked()
    window.toolbar.set_search("rating:0 -pick:reject dusk")
    assert chip(screen, "Unrated").isChecked()


def test_that_a_take_stays_while_it_is_looked_at_though_the_filter_fits_no_more(
    room: Room,
) -> None:
    screen = room.begin(TAKES[0])
    chip(screen, "Unrated").click()
    keys(screen, Qt.Key.Key_4)
    assert room.shown == "take 30"
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert room.shown == "take 30"
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_Escape)
    assert room.window.selected_keys() == [TAKES[2].key]
    assert TAKES[0].key not in shown_keys(room.window)


def test_that_a_filter_that_fits_nothing_is_said_and_can_be_taken_back(
    room: Room, qtbot: QtBot
) -> None:
    screen = room.begin(TAKES[2])
    chip(screen, "Rejects").click()
    assert room.note.accessibleName() == "No take matches"
    assert room.note.isVisible()
    chip(screen, "Rejects").click()
    assert room.window.selected_keys()
    qtbot.waitUntil(lambda: room.shown.startswith("take"))


def test_that_a_filter_that_hides_the_take_goes_on_with_the_one_after_it(
    fill: Fill, qtbot: QtBot
) -> None:
    takes = [film(n) for n in (60, 50, 40, 30, 20, 10)]
    rated = [replace(task, mark=replace(task.mark, rating=3)) for task in takes[:3]]
    room = Room(fill(*rated, *takes[3:]), qtbot)
    screen = room.begin(rated[2])
    chip(screen, "Unrated").click()
    qtbot.waitUntil(lambda: room.shown == "take 30")


def test_that_a_take_that_is_removed_gives_way_to_the_next(room: Room) -> None:
    screen = room.begin(TAKES[0])
    room.window.apply(Diff(removed=(TAKES[0].key,)))
    assert room.shown == "take 20"
    keys(screen, Qt.Key.Key_Down)
    assert room.shown == "take 10"


def test_that_a_film_beyond_what_is_in_memory_is_reached_and_nothing_else_is_rated(
    fill: Fill, qtbot: QtBot
) -> None:
    failed = [take(n, Status.FAILED, created=1_795_000_000.0 + n) for n in range(100, 900)]
    last = film(50)
    room = Room(fill(film(1000), *failed, last), qtbot)
    screen = room.begin(film(1000))
    assert room.window.table.task(last.key) is None
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_5)
    qtbot.waitUntil(lambda: room.window.selected_keys() == [last.key])
    keys(screen, Qt.Key.Key_4)
    assert room.rating(last) == 4
    assert not any(
        task.mark.rating for task in room.window.table.known_tasks if task.key != last.key
    )


def test_that_without_a_film_further_on_the_take_stays(fill: Fill, qtbot: QtBot) -> None:
    failed = [take(n, Status.FAILED, created=1_795_000_000.0 + n) for n in range(100, 600)]
    room = Room(fill(film(1000), *failed), qtbot)
    screen = room.begin(film(1000))
    keys(screen, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: room.window.selected_keys() == [film(1000).key])
    assert room.shown == "take 1000"


def test_that_the_strip_of_neighbours_comes_with_the_pointer_and_a_click_goes_there(
    room: Room, qtbot: QtBot
) -> None:
    screen = room.begin(TAKES[0])
    strip = next(
        w for w in screen.findChildren(QWidget) if w.accessibleName() == "Takes before and after"
    )
    QCursor.setPos(screen.mapToGlobal(QPoint(400, 300)))
    qtbot.waitUntil(lambda: not strip.isVisible())
    keys(screen, Qt.Key.Key_Down)
    assert not strip.isVisible(), "the keys that choose cover nothing"
    QCursor.setPos(screen.mapToGlobal(QPoint(420, 320)))
    qtbot.waitUntil(strip.isVisible)
    three = strip.width() // 3
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(2 * three + three // 2, 20))
    assert room.shown == "take 10"


def test_that_another_take_is_shown_in_the_same_window(room: Room) -> None:
    screen = room.begin(TAKES[0])
    select(room.window, TAKES[3])
    assert room.preview.full_screen is screen
    assert room.shown == "take 10"


def test_that_a_review_needs_no_inspector(room: Room, qtbot: QtBot) -> None:
    room.window.commands["inspector"].trigger()
    assert not room.preview.isVisible()
    screen = room.begin(TAKES[0])
    qtbot.waitUntil(lambda: room.preview.player.is_playing)
    keys(screen, Qt.Key.Key_Escape)
    assert room.preview.player.path == ""


def test_that_keys_of_the_users_choice_act_in_the_review(room: Room) -> None:
    shortcuts = {"next_take": ("N",), "note": (), "leave": ("F12",), "rate_5": ("Shift+R",)}
    room.window.settings.change(Settings(theme="light", shortcuts=shortcuts))
    screen = room.begin(TAKES[0])
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_5, Qt.Key.Key_Escape)
    assert room.shown == "take 30"
    QTest.keyClick(screen, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert room.rating(TAKES[0]) == 5
    keys(screen, Qt.Key.Key_N)
    assert room.shown == "take 20"
    keys(screen, Qt.Key.Key_F12)
    assert room.preview.full_screen is None


def test_that_the_arrows_move_the_scrub_bar_that_has_the_focus(room: Room, qtbot: QtBot) -> None:
    screen = room.begin(TAKES[0])
    qtbot.waitUntil(lambda: room.preview.player.frame_count > 0)
    keys(screen, Qt.Key.Key_K)
    (bar,) = screen.findChildren(ScrubBar)
    bar.setFocus()
    before = room.preview.player.frame
    keys(bar, Qt.Key.Key_Right)
    assert room.shown == "take 30"
    assert room.preview.player.frame == before + 1


def test_that_a_click_on_the_scrub_bar_leaves_the_arrows_to_the_takes(
    room: Room, qtbot: QtBot
) -> None:
    screen = room.begin(TAKES[0])
    qtbot.waitUntil(lambda: room.preview.player.frame_count > 0)
    (bar,) = screen.findChildren(ScrubBar)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    keys(QApplication.focusWidget() or screen, Qt.Key.Key_Down)
    assert room.shown == "take 20"


def test_that_the_arrows_go_on_in_the_list_after_a_click_into_the_preview(
    room: Room, qtbot: QtBot
) -> None:
    select(room.window, TAKES[0])
    qtbot.waitUntil(lambda: room.preview.player.frame_count > 0)
    bar = room.preview.transport.slider
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    went = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        focus = QApplication.focusWidget()
        assert focus is not None
        keys(focus, key)
        went += room.window.selected_keys()
    assert went == [TAKES[n].key for n in (1, 2, 1, 0, 0)]


def test_that_home_and_end_go_to_the_first_and_the_last_take_that_has_a_film(
    fill: Fill, qtbot: QtBot
) -> None:
    failed = [take(n, Status.FAILED, created=FAILED.report.created_at + n) for n in (-90, 90)]  # type: ignore[operator]
    room = Room(fill(*TAKES, *failed), qtbot)
    screen = room.begin(TAKES[2])
    keys(screen, Qt.Key.Key_End)
    assert room.shown == "take 10"
    keys(screen, Qt.Key.Key_Home)
    assert room.shown == "take 30"


def test_that_home_and_end_are_the_scrub_bars_where_it_has_the_focus(
    room: Room, qtbot: QtBot
) -> None:
    screen = room.begin(TAKES[2])
    qtbot.waitUntil(lambda: room.preview.player.frame_count > 0)
    keys(screen, Qt.Key.Key_K)
    (bar,) = screen.findChildren(ScrubBar)
    bar.setFocus()
    keys(bar, Qt.Key.Key_End)
    assert room.preview.player.frame == room.preview.player.frame_count - 1
    keys(bar, Qt.Key.Key_Home)
    assert room.preview.player.frame == 0
    assert room.shown == "take 20"


def test_that_the_review_is_dark_around_the_picture_in_the_light_theme(room: Room) -> None:
    def ground(widget: QWidget) -> int:
        return widget.grab().toImage().pixelColor(2, 2).lightness()

    toolbar = room.window.toolbar
    assert ground(toolbar) > 200
    screen = room.begin(TAKES[0])
    panels = [each for each in screen.children() if isinstance(each, QWidget) and each.isVisible()]
    assert len(panels) >= 5  # picture, transport, filters, strip, note
    assert {ground(panel) // 50 for panel in panels} == {0}
    keys(screen, Qt.Key.Key_Escape)
    assert ground(toolbar) > 200


def test_that_the_review_tells_at_its_end_which_takes_got_a_verdict(room: Room) -> None:
    ended: list[list[Key]] = []
    room.window.review_ended.connect(ended.append)
    screen = room.begin(TAKES[0])
    keys(screen, Qt.Key.Key_5, Qt.Key.Key_P, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_X)
    keys(screen, Qt.Key.Key_F)
    assert ended == [[TAKES[0].key, TAKES[3].key]]


def test_that_every_part_of_the_review_has_a_name_and_room(room: Room) -> None:
    screen = room.begin(TAKES[0])
    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget
            assert widget.height() >= 24, widget.accessibleName()
    panels = [w for w in screen.children() if isinstance(w, QWidget) and w.isVisible()]
    assert all(screen.rect().contains(panel.geometry()) for panel in panels)


def test_that_messages_of_the_window_are_said_over_the_picture(room: Room) -> None:
    room.begin(TAKES[0])
    room.window.show_message("Frame 12 copied.")
    assert room.note.isVisible()
    assert "Frame 12 copied." in room.note.accessibleName()


def test_that_a_take_has_been_looked_at_in_the_review(room: Room, qtbot: QtBot) -> None:
    room.begin(TAKES[0])
    assert room.window.has_attention
    qtbot.waitUntil(lambda: not room.window.isActiveWindow())
    assert room.window.has_attention


def on_disk(task: Task, folder: Path) -> Task:
    """The same with a file of its own, which a test can take away."""
    (artifact,) = task.artifacts
    path = folder / f"{task.id}.mp4"
    shutil.copyfile(artifact.path or "", path)
    return replace(task, artifacts=(replace(artifact, path=str(path)),))


def files(*tasks: Task) -> list[Path]:
    return [Path(task.artifacts[0].path or "") for task in tasks]


def missing(task: Task) -> Task:
    """As the program tells once it has seen that the file is not there."""
    state = ArtifactState.MISSING
    return replace(task, artifacts=(replace(task.artifacts[0], state=state, path=None),))


def test_that_a_take_that_somebody_else_removed_is_named(room: Room) -> None:
    screen = room.begin(TAKES[0])
    room.window.apply(Diff(removed=(TAKES[0].key,)))
    assert room.shown == "take 20"
    assert "“take 30” is not in the list any more." in room.note.accessibleName()
    keys(screen, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert "take 30" not in room.note.accessibleName()


def test_that_a_file_deleted_while_it_is_shown_is_told_and_the_review_goes_on(
    fill: Fill, qtbot: QtBot, tmp_path: Path
) -> None:
    films = [on_disk(film(n), tmp_path) for n in (30, 20, 10)]
    room = Room(fill(*films), qtbot)
    screen = room.begin(films[0])
    qtbot.waitUntil(lambda: room.preview.player.is_playing)
    files(films[0])[0].unlink()
    room.window.apply(Diff(changed=(missing(films[0]),)))
    room.preview.update_if_shown(Diff(changed=(missing(films[0]),)))
    assert "File moved or deleted" in poster_words(room.preview)
    keys(screen, Qt.Key.Key_4)  # what was seen can be rated
    assert room.rating(films[0]) == 4
    keys(screen, Qt.Key.Key_Down)
    assert room.shown == "take 20"
    keys(screen, Qt.Key.Key_Up)
    assert room.shown == "take 20"
    assert "This is the first take." in room.note.accessibleName()


def test_that_a_file_that_is_gone_before_it_is_reached_is_told_and_the_review_goes_on(
    fill: Fill, qtbot: QtBot, tmp_path: Path
) -> None:
    films = [on_disk(film(n), tmp_path) for n in (30, 20, 10)]
    room = Room(fill(*films), qtbot)
    screen = room.begin(films[0])
    files(films[1])[0].unlink()
    keys(screen, Qt.Key.Key_Right)
    qtbot.waitUntil(room.preview.stack.poster.isVisible)
    assert "The file cannot be opened." in poster_words(room.preview)  # then it is looked for
    keys(screen, Qt.Key.Key_Right)
    assert room.shown == "take 10"
    qtbot.waitUntil(lambda: room.preview.player.is_playing)


def test_that_the_next_take_plays_though_the_key_came_at_once_after_the_failure(
    fill: Fill, qtbot: QtBot, tmp_path: Path
) -> None:
    films = [on_disk(film(n), tmp_path) for n in (30, 20, 10)]
    room = Room(fill(*films), qtbot)
    screen = room.begin(films[0])
    files(films[1])[0].unlink()

    class Next(QObject):
        def customEvent(self, _event: QEvent) -> None:
            room.window.commands["next_take"].trigger()

    first, told = Next(), QEvent(QEvent.Type.User)
    room.preview.player.unplayable.connect(
        lambda: QCoreApplication.postEvent(first, told, Qt.EventPriority.HighEventPriority.value)
    )
    keys(screen, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: room.shown == "take 10")
    qtbot.waitUntil(lambda: room.preview.player.is_playing)


def test_that_an_arrow_held_down_ends_at_the_last_take(
    fill: Fill, qtbot: QtBot, tmp_path: Path
) -> None:
    films = [on_disk(film(n), tmp_path) for n in range(40, 0, -1)]
    room = Room(fill(*films), qtbot)
    screen = room.begin(films[0])
    for path in files(*films[5:15]):
        path.unlink()
    for number in range(60):  # as fast as a keyboard repeats
        QTest.keyEvent(QTest.KeyAction.Press, screen, Qt.Key.Key_Right)
        if number == 20:
            room.window.apply(Diff(removed=tuple(task.key for task in films[22:30])))
        if number % 5 == 0:
            QTest.qWait(10)
    assert room.shown == "take 1"
    assert "This is the last take." in room.note.accessibleName()
    qtbot.waitUntil(lambda: room.preview.player.is_playing)
