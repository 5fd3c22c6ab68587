"""The gallery: the list's rows as pictures, with the list's selection, keys and menu."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from rushes.assets import asset
from rushes.core.task import ArtifactState, Diff, Mark, Status, Task, TaskError
from rushes.presentation.take import day_title
from rushes.ui.gallery.gallery import Gallery, Grid
from rushes.ui.gallery.strips import COLUMNS, FRAMES, ROWS
from rushes.ui.widgets.posters import Posters
from tests.ui.listed import ListedWindow
from tests.ui.takes import NOW, ended, take, with_file
from tests.ui.windows import Fill, table_of

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def saved(number: int, name: str = "") -> Task:
    facts = {"path": str(asset("media", "dusk.mp4")), "sha256": f"{number:064x}"}
    task = with_file(ended(take(number)), ArtifactState.SAVED, **facts)
    return replace(task, mark=Mark(name=name))


def tiled(window: ListedWindow) -> Gallery:
    QTest.keyClick(window, Key.Key_2, Modifier.ControlModifier)
    gallery = window.content.gallery
    assert gallery.isVisible()
    return gallery


def centre_ms(gallery: Gallery, row: int) -> QPoint:
    return gallery.view.visualRect(gallery.view.model().index(row, 0)).center()


def click(gallery: Gallery, row: int, how: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    point = centre_ms(gallery, row)
    QTest.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, how, point)


def numbers(window: ListedWindow) -> list[str]:
    return [key.id[-2:] for key in window.selected_keys()]


@pytest.fixture
def nine(fill: Fill) -> ListedWindow:
    """Nine takes, the newest (09) first."""
    return fill(*(saved(n) for n in range(1, 10)))


# --- the grid, without a screen -------------------------------------------------------------


def test_that_tiles_neither_overlap_nor_leave_the_width() -> None:
    for width in (170, 460, 700, 1900):
        grid = Grid(width, 150, 130, 50)
        tiles = [grid.tile(row) for row in range(50)]
        assert all(tile.left() >= 0 and tile.right() < width for tile in tiles)
        assert not any(a.intersects(b) for n, a in enumerate(tiles) for b in tiles[n + 1 : n + 20])
        assert all(grid.row_at(tile.center()) == row for row, tile in enumerate(tiles))
        assert tiles[-1].bottom() < grid.height


def test_that_a_million_tiles_are_found_without_counting_them() -> None:
    grid = Grid(1000, 200, 180, 1_000_000)
    tile = grid.tile(777_777)
    assert grid.row_at(tile.center()) == 777_777
    assert 777_777 in grid.rows_in(QRect(0, tile.top(), 1000, 700))
    assert len(grid.rows_in(QRect(0, tile.top(), 1000, 700))) < 40


def test_that_between_two_tiles_there_is_none() -> None:
    grid = Grid(700, 200, 180, 9)
    assert grid.row_at(QPoint(grid.tile(0).right() + 3, 50)) == -1
    assert grid.row_at(QPoint(grid.tile(0).left() + 5, 2)) == -1
    assert grid.row_at(grid.tile(9).center()) == -1


@pytest.mark.parametrize("width", [170, 460, 700, 1900])
def test_that_each_day_begins_a_line_below_its_title(width: int) -> None:
    days = (1, 7, 12, 30)
    grid = Grid(width, 150, 130, 50, days)
    tiles = [grid.tile(row) for row in range(50)]
    titles = dict(grid.titles(QRect(0, 0, width, grid.height)))
    assert list(titles) == [0, 1, 2, 3]
    for band, first in enumerate((0, 1, 8, 20)):
        assert tiles[first].left() == tiles[0].left()
        assert titles[band].bottom() < tiles[first].top()
        assert first == 0 or titles[band].top() > tiles[first - 1].bottom()
    assert all(grid.row_at(tile.center()) == row for row, tile in enumerate(tiles))
    assert tiles[-1].bottom() < grid.height
    for row, tile in enumerate(tiles):
        near = grid.rows_between(tile.adjusted(0, -40, 0, 40))
        assert row in near
        assert len(near) <= 4 * grid.columns
        assert grid.step(grid.step(row, 1), -1) in (row, *range(row - grid.columns, row + 1))
    assert grid.page(0, 1000) == 49
    assert grid.page(49, -1000) == min((49 - 20) % grid.columns, 0)


def test_that_rows_beyond_the_days_that_are_known_are_shown_all_the_same() -> None:
    for days in ((3, 3), (30, 30), (5, 0, 5)):
        grid = Grid(700, 150, 130, 12, days)
        assert [grid.row_at(grid.tile(row).center()) for row in range(12)] == list(range(12))


# --- selection and keys ---------------------------------------------------------------------


def test_that_gallery_and_list_share_their_selection(nine: ListedWindow) -> None:
    gallery = tiled(nine)
    click(gallery, 2)
    assert numbers(nine) == ["07"]
    QTest.keyClick(nine, Key.Key_1, Modifier.ControlModifier)
    assert table_of(nine).isVisible()
    assert numbers(nine) == ["07"]


def test_that_control_adds_a_tile_and_shift_marks_in_reading_order(nine: ListedWindow) -> None:
    gallery = tiled(nine)
    click(gallery, 0)
    click(gallery, 2, Modifier.ControlModifier)
    assert numbers(nine) == ["09", "07"]
    columns = gallery.view.grid.columns
    assert 1 < columns < 5
    click(gallery, columns - 1)
    click(gallery, columns, Modifier.ShiftModifier)
    assert numbers(nine) == [f"{9 - row:02}" for row in (columns - 1, columns)]


def test_that_arrows_go_through_the_tiles(nine: ListedWindow) -> None:
    gallery = tiled(nine)
    click(gallery, 0)
    columns = gallery.view.grid.columns
    for key, row in (
        (Key.Key_Right, 1),
        (Key.Key_Down, 1 + columns),
        (Key.Key_Left, columns),
        (Key.Key_Up, 0),
        (Key.Key_Up, 0),
        (Key.Key_End, 8),
        (Key.Key_Home, 0),
    ):
        QTest.keyClick(gallery.view, key)
        assert numbers(nine) == [f"{9 - row:02}"]
    QTest.keyClick(gallery.view, Key.Key_Right, Modifier.ShiftModifier)
    assert numbers(nine) == ["09", "08"]


def test_that_the_first_take_is_reached_with_the_day_above_it(fill: Fill) -> None:
    window = fill(*(take(n) for n in range(40)))
    gallery = tiled(window)
    assert gallery.view.grid.columns > 1
    bar = gallery.view.verticalScrollBar()
    QTest.keyClick(gallery.view, Key.Key_End)
    assert bar.value() > 0
    QTest.keyClick(gallery.view, Key.Key_Home)
    assert bar.value() == 0
    QTest.keyClick(gallery.view, Key.Key_End)
    for _ in range(40):
        QTest.keyClick(gallery.view, Key.Key_Up)
    assert bar.value() == 0


def test_that_the_keys_of_the_list_act_in_the_gallery(nine: ListedWindow, qtbot: QtBot) -> None:
    gallery = tiled(nine)
    click(gallery, 1)
    gallery.view.setFocus()
    with qtbot.waitSignal(nine.mark_requested) as rated:
        QTest.keyClick(gallery.view, Key.Key_4)
    keys, change = rated.args
    assert [key.id for key in keys] == ["task-0008"]
    assert change(Mark()).rating == 4


def test_that_a_context_menu_opens_over_a_tile(nine: ListedWindow, qtbot: QtBot) -> None:
    gallery = tiled(nine)
    click(gallery, 1)
    viewport = gallery.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=centre_ms(gallery, 1))
    QApplication.sendEvent(viewport, _menu_event(centre_ms(gallery, 1)))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


def _menu_event(at: QPoint) -> QContextMenuEvent:
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at)


def test_that_a_name_is_edited_below_its_picture(nine: ListedWindow, qtbot: QtBot) -> None:
    gallery = tiled(nine)
    click(gallery, 0)
    gallery.view.setFocus()
    QTest.keyClick(gallery.view, Key.Key_F2)
    editor = gallery.view.findChild(QLineEdit)
    assert editor is not None
    box = gallery.view.visualRect(gallery.view.currentIndex())
    assert box.contains(editor.geometry())
    QTest.keyClicks(editor, "dawn")
    with qtbot.waitSignal(nine.table.rows.renamed) as named:
        QTest.keyClick(editor, Key.Key_Return)
    assert named.args[1] == "dawn"


def test_that_a_tile_is_spoken_like_its_row(nine: ListedWindow) -> None:
    gallery = tiled(nine)
    index = gallery.view.indexAt(centre_ms(gallery, 0))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Volcengine Ark · ")


def test_that_each_card_is_an_item_of_a_list_to_a_screen_reader(nine: ListedWindow) -> None:
    view = tiled(nine).view
    shown = QAccessible.queryAccessibleInterface(view)
    assert shown.role() is QAccessible.Role.List
    assert shown.childCount() == 9
    card = shown.child(2)
    assert card.role() is QAccessible.Role.ListItem
    box = view.visualRect(view.model().index(2, 1))
    assert card.rect() == QRect(view.viewport().mapToGlobal(box.topLeft()), box.size())
    assert ", Saved, " in card.text(QAccessible.Text.Name)


# --- days ---------------------------------------------------------------------------------------


def _days(window: ListedWindow) -> list[tuple[str, int]]:
    now = window.table.context.now
    return [(day_title(band.day, now), band.size) for band in window.table.rows.bands]


def test_that_cards_stand_below_the_day_they_are_of(fill: Fill) -> None:
    day_s = 86400.0
    older = [
        replace(saved(n), report=replace(saved(n).report, created_at=NOW - ago * day_s))
        for n, ago in ((11, 1), (12, 1), (13, 40))
    ]
    window = fill(take(1), saved(2), saved(3), *older)
    tiled(window)
    long_ago = datetime.fromtimestamp(NOW - 40 * day_s, UTC).date().isoformat()
    told = [("Running", 1), ("Today", 2), ("Yesterday", 2), (long_ago, 1)]
    assert _days(window) == told
    window.apply(Diff(removed=(saved(3).key,)))
    assert _days(window) == [("Running", 1), ("Today", 1), ("Yesterday", 2), (long_ago, 1)]
    window.apply(Diff(added=(saved(4),)))
    assert _days(window) == told
    window.table.sort_by("rating", descending=True)
    assert _days(window) == []


# --- what stays in place --------------------------------------------------------------------


def test_that_the_tiles_in_sight_stay_when_others_come_before_them(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill(*(saved(n) for n in range(60)))
    gallery = tiled(window)
    gallery.set_size(2)
    gallery.view.verticalScrollBar().setValue(1500)
    before = gallery.view.visible_rows()[0]
    key = gallery.view.model().index(before, 0).data(Qt.ItemDataRole.UserRole + 1).key
    window.apply(Diff(added=tuple(saved(n) for n in range(100, 130))))
    qtbot.waitUntil(lambda: gallery.view.grid.count == 90)
    seen = [
        gallery.view.model().index(row, 0).data(Qt.ItemDataRole.UserRole + 1).key
        for row in gallery.view.visible_rows()
    ]
    assert key in seen[: gallery.view.grid.columns]


def test_that_view_and_size_survive_a_restart(fill: Fill) -> None:
    first = fill(saved(1))
    tiled(first).set_size(2)
    again = fill(saved(1))
    again.state.restore(first.state.save())
    assert again.content.gallery.isVisible()
    assert again.content.gallery.size_step == 2


def test_that_an_empty_gallery_says_what_to_do(fill: Fill) -> None:
    window = fill()
    QTest.keyClick(window, Key.Key_2, Modifier.ControlModifier)
    assert not window.content.gallery.isVisible()
    assert window.tasks.empty_text


# --- posters and scrubbing ------------------------------------------------------------------


@pytest.fixture
def red(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("posters") / "red.jpg")
    image = QImage(384, 216, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    image.save(path)
    return path


@pytest.fixture
def answering(red: str) -> Callable[[Posters], list[str]]:
    """Answers every wish with the red picture; returns the names that were asked for."""

    def answer(posters: Posters) -> list[str]:
        names: list[str] = []

        def deliver() -> None:
            for source in posters.take_wanted():
                names.append(source.name)
                posters.deliver(source.name, red)

        posters.wanted.connect(deliver)
        deliver()  # what was painted before anybody listened
        return names

    return answer


def colour_at(gallery: Gallery, row: int) -> str:
    point = centre_ms(gallery, row) - QPoint(0, 30)
    return gallery.view.viewport().grab().toImage().pixelColor(point).name()


def test_that_only_posters_in_sight_are_asked_for_and_then_painted(
    fill: Fill, qtbot: QtBot, answering: Callable[[Posters], list[str]]
) -> None:
    window = fill(*(saved(n) for n in range(200)))
    names = answering(window.content.posters)
    gallery = tiled(window)
    qtbot.waitUntil(lambda: colour_at(gallery, 0) in ("#fe0000", "#ff0000"))
    assert 0 < len(set(names)) <= 2 * len(gallery.view.visible_rows()) + 40
    assert len(names) == len(set(names))


def test_that_a_take_without_a_picture_is_asked_about_once(fill: Fill, qtbot: QtBot) -> None:
    window = fill(saved(1))
    asked: list[str] = []

    def none() -> None:
        for source in window.content.posters.take_wanted():
            asked.append(source.name)
            window.content.posters.deliver(source.name, None)

    gallery = tiled(window)
    window.content.posters.wanted.connect(none)
    none()  # what was painted before anybody listened
    gallery.view.viewport().repaint()
    qtbot.waitUntil(lambda: bool(asked))
    for _ in range(3):
        gallery.view.viewport().repaint()
        qtbot.wait(20)
    assert len(asked) == 1


def test_that_the_pictures_in_memory_are_bounded(
    qtbot: QtBot, answering: Callable[[Posters], list[str]]
) -> None:
    posters = Posters(max_bytes=200_000)
    answering(posters)
    box = QSize(160, 90)
    for number in range(40):
        painted = partial(posters.for_task, saved(number), box)
        qtbot.waitUntil(lambda painted=painted: painted() is not None)  # type: ignore[misc]
        assert posters.bytes_held <= 200_000
    assert posters.for_task(saved(39), box) is not None
    assert posters.for_task(saved(0), box) is None
    posters.wait()


def test_that_the_pointer_leafs_through_the_film(
    fill: Fill, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    strip = QImage(COLUMNS * 16, ROWS * 9, QImage.Format.Format_RGB32)
    for n in range(FRAMES):
        row, column = divmod(n, COLUMNS)
        for x in range(16):
            for y in range(9):
                strip.setPixelColor(column * 16 + x, row * 9 + y, QColor(n * 5, 255, 0))
    path = str(tmp_path_factory.mktemp("strips") / "strip.png")
    strip.save(path)
    window = fill(saved(1), saved(2))
    gallery = tiled(window)
    strips = gallery.view.strips
    strips.wanted.connect(lambda source: strips.deliver(source.name, path))
    box = gallery.view.visualRect(gallery.view.model().index(0, 0))
    # The pointer may rest just there already; where it does not move, nothing is told.
    QTest.mouseMove(gallery.view.viewport(), QPoint(1, 1))
    QTest.mouseMove(gallery.view.viewport(), box.center())

    def leaf_to(share: float) -> None:
        x = box.left() + 6 + round((box.width() - 12) * share)
        QTest.mouseMove(gallery.view.viewport(), QPoint(x, box.center().y()))

    qtbot.waitUntil(lambda: QColor(colour_at(gallery, 0)).green() > 240)
    leaf_to(0.02)
    qtbot.waitUntil(lambda: QColor(colour_at(gallery, 0)).red() < 20)
    leaf_to(0.97)
    qtbot.waitUntil(lambda: QColor(colour_at(gallery, 0)).red() > 200)


def test_that_no_tip_covers_the_picture_that_the_pointer_leafs_through(
    fill: Fill, qtbot: QtBot
) -> None:
    gallery = tiled(fill(saved(1)))
    view = gallery.view.viewport()
    card = gallery.view.visualRect(gallery.view.model().index(0, 0))
    words, picture = QPoint(card.center().x(), card.bottom() - 10), card.center()
    picture.setY(card.top() + 20)

    def rest_on(point: QPoint) -> None:
        QTest.mouseMove(view, point)
        tip = QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point))
        QApplication.sendEvent(view, tip)

    rest_on(words)
    qtbot.waitUntil(QToolTip.isVisible)
    rest_on(picture)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def _inked(gallery: Gallery, row: int) -> int:
    """How many rows of pixels hold something in the picture of that card."""
    card = gallery.view.visualRect(gallery.view.model().index(row, 0))
    picture = gallery.view.viewport().grab(card).toImage()
    paper = picture.pixelColor(picture.width() // 2, 10).name()
    across = range(picture.width() // 4, picture.width() * 3 // 4)
    return sum(
        any(picture.pixelColor(x, y).name() != paper for x in across)
        for y in range(10, picture.height() * 6 // 10)
    )


def test_that_a_chinese_reason_takes_as_many_lines_as_it_needs(fill: Fill) -> None:
    def failed(number: int, message: str) -> Task:
        error = TaskError(code="Odd", message=message)
        return take(number, Status.FAILED, error=error)

    sentence = "参考图未通过审核，请更换图片。"
    gallery = tiled(fill(failed(2, sentence * 3), failed(1, sentence)))
    assert _inked(gallery, 0) > _inked(gallery, 1) + 5
