"""Takes side by side: one clock over real clips, marks in place, what differs."""

import os
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from rushes.assets import asset
from rushes.core.film import FileFacts
from rushes.core.task import ArtifactKind, ArtifactState, Diff, Mark, Pick, Task
from rushes.presentation.columns import Context
from rushes.ui.commands.actions import Actions
from rushes.ui.compare.compare import Compare, TakeReview
from rushes.ui.compare.parameters import SPANS, differing, lines
from rushes.ui.compare.synced_players import SyncedPlayers
from rushes.ui.inspector.fields import fields
from rushes.ui.preview.frames import frame_at
from rushes.ui.preview.player import Player
from rushes.ui.widgets import theme
from rushes.ui.widgets.basics import Elided
from rushes.ui.window.commands import COMMANDS
from tests.ui.listed import ListedWindow
from tests.ui.takes import NOW, ended, take, with_file
from tests.ui.windows import Fill, press, select, table_of

# Qt says so where no graphics library is installed, and then converts in software.
pytestmark = pytest.mark.qt_log_ignore("No RHI backend")

CTX = Context(now=NOW)
WATCHED_S = 60.0


def clip(number: int, name: str, *, seed: int | None = None, resolution: str = "720p") -> Task:
    """dusk: 121 frames at 24; lanterns: as many; aurora: 97; pond: 77; orbit: 120 at 30."""
    task = with_file(ended(take(number, seed=seed)), ArtifactState.SAVED, path=_path(name), size=1)
    return replace(task, report=replace(task.report, resolution=resolution, created_at=NOW))


def _path(name: str) -> str:
    return str(asset("media", f"{name}.mp4"))


def settle(qtbot: QtBot, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so)


@pytest.fixture
def compare(qtbot: QtBot) -> Iterator[Compare]:
    host = QWidget()
    made = Compare(Actions(host, COMMANDS))
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.clear()


def playing(compare: Compare, qtbot: QtBot, *names: str) -> SyncedPlayers:
    compare.show_takes([clip(n, name) for n, name in enumerate(names)], CTX)
    ensemble = compare.players
    assert ensemble is not None
    settle(qtbot, lambda: ensemble.is_playing)
    return ensemble


def players(compare: Compare) -> list[int]:
    """The frames on the screen: a player at rest itself says where it was sent to."""
    shown = [
        (stack.surface.video.videoSink().videoFrame(), player.fps)
        for stack, player in zip(compare.screens.stacks, compare.findChildren(Player), strict=True)
    ]
    return [frame_at(frame.startTime(), fps) for frame, fps in shown]


def button(compare: Compare, name: str) -> QAbstractButton:
    return next(b for b in compare.findChildren(QAbstractButton) if b.accessibleName() == name)


# --- one clock ------------------------------------------------------------------------------


SETS = pytest.mark.parametrize(
    "names", [("dusk", "lanterns"), ("dusk", "aurora"), ("dusk", "orbit"), ("dusk",) * 4]
)


@SETS
def test_that_a_take_that_is_off_is_led_back_to_within_a_frame_of_the_others(
    names: tuple[str, ...], compare: Compare, qtbot: QtBot
) -> None:
    """At a quarter of the speed a frame lasts so long that a busy decoder still keeps up."""
    group = playing(compare, qtbot, *names)
    compare.set_speed(0.25)
    off = compare.findChildren(Player)[1]
    off.seek((off.frame + 12) % off.frame_count)
    apart: deque[int] = deque(maxlen=12)
    off.frame_shown.connect(lambda _: apart.append(group.drift()))
    settle(qtbot, lambda: max(apart, default=0) > 1)
    qtbot.waitUntil(lambda: len(apart) == 12 and statistics.median(apart) <= 1)


@pytest.mark.skipif(not os.environ.get("RUSHES_FULL"), reason="a minute each, on a quiet machine")
@SETS
def test_that_takes_stay_within_a_frame_of_each_other_for_a_minute(
    names: tuple[str, ...], compare: Compare, qtbot: QtBot
) -> None:
    group = playing(compare, qtbot, *names)
    qtbot.wait(500)
    apart: list[int] = []
    until = time.monotonic() + WATCHED_S
    while time.monotonic() < until:
        qtbot.wait(5)
        apart.append(group.drift())
    apart.sort()
    within = apart[int(len(apart) * 0.99)]
    told = f"{names}: {len(apart)} looks, 99 % within {within} frames, all within {apart[-1]}"
    print(told)
    assert within <= 1, told


def test_that_takes_stand_on_the_same_frame_when_paused(compare: Compare, qtbot: QtBot) -> None:
    ensemble = playing(compare, qtbot, "dusk", "lanterns", "aurora")
    ensemble.pause()
    ensemble.seek(40)
    settle(qtbot, lambda: players(compare) == [40, 40, 40])
    ensemble.step(1)
    settle(qtbot, lambda: players(compare) == [41, 41, 41])
    ensemble.step(-2)
    settle(qtbot, lambda: players(compare) == [39, 39, 39])


def test_that_the_shorter_take_waits_on_its_last_frame(compare: Compare, qtbot: QtBot) -> None:
    ensemble = playing(compare, qtbot, "dusk", "pond")
    ensemble.pause()
    assert ensemble.frame_count == 121
    ensemble.seek(110)
    settle(qtbot, lambda: players(compare) == [110, 76])


def test_that_a_nudge_shifts_one_take_by_frames(compare: Compare, qtbot: QtBot) -> None:
    ensemble = playing(compare, qtbot, "dusk", "lanterns")
    ensemble.pause()
    ensemble.seek(30)
    for _ in range(3):
        button(compare, "Show take B one frame later").click()
    settle(qtbot, lambda: players(compare) == [30, 33])
    button(compare, "Show take A one frame earlier").click()
    settle(qtbot, lambda: players(compare) == [29, 33])


def test_that_nothing_plays_on_after_the_end_without_loop(compare: Compare, qtbot: QtBot) -> None:
    ensemble = playing(compare, qtbot, "dusk", "aurora")
    ensemble.pause()
    ensemble.set_looping(False)
    ensemble.seek(112)
    ensemble.play()
    settle(qtbot, lambda: not ensemble.is_playing)
    assert ensemble.frame == 120
    settle(qtbot, lambda: players(compare) == [120, 96])


def test_that_files_are_let_go_of_when_hidden_and_opened_again_when_shown(
    compare: Compare, qtbot: QtBot
) -> None:
    ensemble = playing(compare, qtbot, "dusk", "lanterns")
    compare.hide()
    assert not ensemble.is_playing
    assert [player.path for player in compare.findChildren(Player)] == ["", ""]
    compare.show()
    settle(qtbot, lambda: ensemble.is_playing)


def test_that_a_take_without_a_file_says_why_beside_the_others(
    compare: Compare, qtbot: QtBot
) -> None:
    compare.show_takes([clip(1, "dusk"), take(2)], CTX)
    ensemble = compare.players
    assert ensemble is not None
    settle(qtbot, lambda: ensemble.is_playing)
    words = [label.text() for label in compare.screens.stacks[1].poster.findChildren(QLabel)]
    assert "Running" in words
    compare.apply(Diff(changed=(clip(2, "aurora"),)))
    settle(qtbot, lambda: compare.findChildren(Player)[1].frame_count == 97)


# --- wipe -----------------------------------------------------------------------------------


def test_that_two_takes_lie_on_each_other_up_to_the_line(compare: Compare, qtbot: QtBot) -> None:
    playing(compare, qtbot, "dusk", "lanterns")
    first, second = compare.screens.stacks
    button(compare, "A/B wipe").click()
    compare.screens.set_wipe(0.25)
    whole = compare.screens.rect()
    assert first.size() == second.size() == whole.size()
    beside, clipped = first.parentWidget(), second.parentWidget()
    assert beside is not None
    assert clipped is not None
    assert clipped.x() == round(whole.width() / 4)
    assert second.mapTo(compare.screens, second.rect().topLeft()) == whole.topLeft()
    button(compare, "A/B wipe").click()
    assert not beside.geometry().intersects(clipped.geometry())


def test_that_there_is_no_wipe_for_three(compare: Compare, qtbot: QtBot) -> None:
    playing(compare, qtbot, "dusk", "lanterns", "aurora")
    assert not button(compare, "A/B wipe").isVisible()


# --- what differs ---------------------------------------------------------------------------


def test_that_differing_parameters_come_first_and_are_marked_without_colour(
    compare: Compare,
) -> None:
    one, two = clip(1, "dusk", seed=7), clip(2, "dusk", seed=8)
    compare.show_takes([one, two], CTX)
    model = compare.table.model()
    role = Qt.ItemDataRole
    rows = {model.index(row, 1).data(): row for row in range(model.rowCount())}
    assert next(iter(rows)) == "Seed"
    signs = [model.index(row, 0).data() for row in rows.values()]
    assert [sign == "≠" for sign in signs] == [title == "Seed" for title in rows]
    assert model.index(0, 2).data(role.FontRole).bold()
    assert model.index(rows["Resolution"], 2).data(role.FontRole) is None
    assert model.index(0, 1).data(role.AccessibleTextRole) == "Seed, differs"


def test_that_what_one_take_does_not_report_differs_from_what_another_does() -> None:
    found = {line.title: line for line in lines([clip(1, "dusk", seed=7), clip(2, "dusk")], CTX)}
    assert found["Seed"].differs
    assert found["Seed"].values == ("7", "—")
    assert "Frames" not in found


def test_that_what_no_service_says_comes_from_the_file_as_in_the_details() -> None:
    said, silent = clip(1, "dusk"), clip(2, "dusk")
    report = replace(said.report, ratio="16:9", duration_s=5.0, fps=24.0)
    film = FileFacts(width=1280, height=720, frames=121, fps=24.0, length_s=5.0416)
    silent = replace(silent, artifacts=(replace(silent.artifacts[0], film=film),))
    silent = replace(silent, report=replace(silent.report, resolution=None))

    shown = {line.title: line for line in lines([replace(said, report=report), silent], CTX)}

    details = {field.id: field.text for field in fields(silent, CTX)}
    assert shown["Resolution"].values == ("720p", details["resolution"])
    assert shown["Length"].values == ("5 s", details["duration"])
    assert shown["Frames a second"].values == (details["fps"].partition(" (")[0], details["fps"])
    assert shown["Frames"].values == ("—", details["frames"])
    assert details["fps"] == "24 fps (from the file)"
    assert not shown["Frames a second"].differs  # whoever says so
    assert shown["Length"].differs


EN = "a white egret takes off over the lake at dusk"
ZH = "黄昏的湖面上，一只白鹭缓缓起飞。"


@pytest.mark.parametrize(
    ("texts", "marked"),
    [
        ((EN, EN), ([], [])),
        ((EN, EN.replace("white", "grey")), (["white"], ["grey"])),
        ((EN, EN.upper()), ([], [])),
        ((EN, f"{EN}, slowly"), ([], [", slowly"])),
        ((EN, ""), ([], [])),
        ((EN, ZH), ([], [])),  # two different ones
        ((EN, EN.replace("white", "grey"), ZH), (["white"], ["grey"], [])),
        ((ZH, ZH.replace("一只白鹭", "两只灰鹭")), (["一", "白"], ["两", "灰"])),
        ((ZH, ZH.replace("缓缓", "")), (["缓缓"], [])),
        (("a b c", "a x c", "a b c"), (["b"], ["x"], ["b"])),
    ],
)
def test_that_prompts_differ_by_words_and_chinese_ones_by_characters(
    texts: tuple[str, ...], marked: tuple[list[str], ...]
) -> None:
    spans = differing(texts)
    pairs = zip(texts, spans, strict=True)
    assert tuple([text[a:b] for a, b in found] for text, found in pairs) == marked


def with_prompt(task: Task, prompt: str) -> Task:
    return replace(task, mark=replace(task.mark, prompt=prompt))


def test_that_what_differs_in_long_prompts_is_in_sight_and_marked(compare: Compare) -> None:
    long = f"{EN}, " * 30
    pair = [
        with_prompt(clip(n, "dusk", seed=7), f"{long}{word} clouds")
        for n, word in ((1, "golden"), (2, "violet"))
    ]
    compare.resize(900, 700)
    compare.show_takes(pair, CTX)
    model = compare.table.model()
    rows = {model.index(row, 1).data(): row for row in range(model.rowCount())}
    row = rows["Prompt"]
    assert model.index(row, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Prompt, differs"
    for column, word in ((2, "golden"), (3, "violet")):
        cell = model.index(row, column)
        text = cell.data()
        assert text.startswith("…")
        assert [text[a:b] for a, b in cell.data(SPANS)] == [word]
    assert compare.table.rowHeight(row) > compare.table.rowHeight(rows["Seed"])
    picture = compare.table.grab().toImage()
    ground = theme.ink("selection").name()
    box = compare.table.visualRect(model.index(row, 2))
    box.translate(compare.table.viewport().pos())
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(box.left(), box.right())
        for y in range(box.top(), box.bottom())
    }
    assert ground in seen


def test_that_two_other_prompts_are_shown_on_several_lines(compare: Compare) -> None:
    pair = [
        with_prompt(clip(n, "dusk", seed=7), " ".join(words * 8))
        for n, words in ((1, ["rain", "neon"]), (2, ["dunes", "noon"]))
    ]
    compare.resize(700, 700)
    compare.show_takes(pair, CTX)
    table, model = compare.table, compare.table.model()
    rows = {model.index(row, 1).data(): row for row in range(model.rowCount())}
    cell = table.visualRect(model.index(rows["Prompt"], 2))
    assert cell.height() > 2 * table.rowHeight(rows["Seed"]) - 10
    cell.translate(table.viewport().pos())
    picture = table.grab().toImage()
    inked = {
        y - cell.top()
        for y in range(cell.top(), cell.bottom())
        for x in range(cell.left(), cell.right())
        if picture.pixelColor(x, y).lightness() < 100
    }
    assert min(inked) < 12
    assert max(inked) > cell.height() * 0.6


def test_that_prompts_that_are_the_same_are_not_marked(compare: Compare) -> None:
    pair = [with_prompt(clip(n, "dusk", seed=n), EN) for n in (1, 2)]
    found = {line.title: line for line in lines(pair, CTX)}
    assert not found["Prompt"].differs
    assert found["Prompt"].spans == ((), ())


# --- in the window --------------------------------------------------------------------------


@pytest.fixture
def window(fill: Fill) -> ListedWindow:
    made = fill(*(clip(n, "dusk") for n in range(6)))
    made.compare_requested.connect(
        lambda keys: made.content.show_takes([t for k in keys if (t := made.task(k))], CTX)
    )
    return made


def test_that_c_compares_what_is_selected_and_escape_leads_back(
    window: ListedWindow, qtbot: QtBot
) -> None:
    select(window, clip(1, "dusk"), clip(2, "dusk"))
    press(table_of(window), Qt.Key.Key_C)
    assert window.content.is_comparing
    assert len(window.content.compare.tasks) == 2
    settle(qtbot, lambda: bool(window.content.compare.players))
    window.show_message("2 takes lost", kind="error", replace="save")
    window.show_message("brief", timeout_s=60)
    press(window, Qt.Key.Key_Escape)
    assert table_of(window).isVisible()
    assert window.messages.text == "brief"
    assert window.content.compare.players is None


@pytest.mark.parametrize(
    ("count", "told"), [(1, "Select 2 to 4 takes"), (5, "At most 4 takes can be compared")]
)
def test_that_another_number_of_takes_is_told_what_to_do(
    count: int, told: str, window: ListedWindow
) -> None:
    select(window, *(clip(n, "dusk") for n in range(count)))
    press(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert not window.content.is_comparing
    assert told in window.messages.text


def test_that_keys_rate_and_pick_the_current_take_only(window: ListedWindow, qtbot: QtBot) -> None:
    select(window, clip(1, "dusk"), clip(2, "dusk"))
    press(table_of(window), Qt.Key.Key_C)
    compare = window.content.compare
    keys = [task.key for task in compare.tasks]
    for key, which, wanted in (
        (Qt.Key.Key_5, 0, Mark(rating=5)),
        (Qt.Key.Key_P, 0, Mark(pick=Pick.PICK)),
    ):
        with qtbot.waitSignal(window.mark_requested) as asked:
            QTest.keyClick(compare, key)
        assert asked.args[0] == [keys[which]]
        assert asked.args[1](Mark()) == wanted
    QTest.keyClick(compare, Qt.Key.Key_B)
    with qtbot.waitSignal(window.mark_requested) as asked:
        QTest.keyClick(compare, Qt.Key.Key_3)
    assert asked.args[0] == [keys[1]]
    with qtbot.waitSignal(compare.mark_requested) as asked:
        button(compare, "Reject take A").click()
    assert asked.args[0] == [keys[0]]


def test_that_the_keys_that_play_are_those_of_all_takes(window: ListedWindow, qtbot: QtBot) -> None:
    select(window, clip(1, "dusk"), clip(2, "dusk"))
    press(table_of(window), Qt.Key.Key_C)
    ensemble = window.content.compare.players
    assert ensemble is not None
    settle(qtbot, lambda: ensemble.is_playing)
    press(window.content.compare, Qt.Key.Key_Space)
    assert not ensemble.is_playing
    before = ensemble.frame
    press(window.content.compare, Qt.Key.Key_Period)
    assert ensemble.frame == before + 1


def test_that_a_take_that_cannot_be_played_offers_another_player(
    compare: Compare, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    takes = [clip(0, "dusk"), with_file(take(1), ArtifactState.SAVED, path=str(broken), size=7)]
    compare.show_takes(takes, CTX)
    settle(qtbot, compare.screens.stacks[1].poster.isVisible)
    with qtbot.waitSignal(compare.open_requested) as opened:
        button(compare, "Open in player").click()
    assert opened.args == [takes[1].key, ArtifactKind.VIDEO]


def test_that_an_unsaved_take_can_be_saved_from_the_comparison(
    compare: Compare, qtbot: QtBot
) -> None:
    takes = [clip(0, "dusk"), with_file(ended(take(1)), ArtifactState.REMOTE)]
    compare.show_takes(takes, CTX)
    poster = compare.screens.stacks[1].poster
    settle(qtbot, poster.isVisible)
    with qtbot.waitSignal(compare.save_requested) as saved:
        next(b for b in poster.findChildren(QAbstractButton) if b.isVisible()).click()
    assert saved.args == [takes[1].key]


def test_that_a_right_click_on_a_picture_is_about_that_take(compare: Compare, qtbot: QtBot) -> None:
    playing(compare, qtbot, "dusk", "aurora")
    at = compare.screens.cell(1).center()
    click = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, compare.screens.mapToGlobal(at))
    QApplication.sendEvent(compare.screens.stacks[1].surface.viewport(), click)
    menu = next(m for m in compare.findChildren(QMenu) if m.isVisible())
    assert "Frame forward" in [entry.text() for entry in menu.actions()]
    assert compare.current_task == compare.tasks[1]
    menu.close()


def letters(compare: Compare) -> list[str]:
    found = (w for w in compare.screens.findChildren(QLabel) if w.property("role") == "letter")
    return [w.text() for w in found if w.isVisible()]


def test_that_each_picture_has_its_letter_and_on_the_whole_screen_its_verdict(
    compare: Compare, qtbot: QtBot
) -> None:
    playing(compare, qtbot, "dusk", "lanterns")
    assert letters(compare) == ["A", "B"]
    compare.toggle_full_screen()
    rated = replace(compare.tasks[1], mark=Mark(rating=3, pick=Pick.PICK))
    compare.apply(Diff(changed=(rated,)))
    (first, second) = letters(compare)
    assert first == "A"
    assert second.startswith("B · ★★★")
    for stack in compare.screens.stacks:  # above the video, which is a native window
        frame = stack.parentWidget()
        assert frame is not None
        (*_, last) = (w for w in frame.children() if isinstance(w, QWidget))
        assert last.property("role") == "letter"
        assert last.x() > 0
    compare.leave_full_screen()
    assert letters(compare) == ["A", "B"]


def test_that_the_others_are_compared_on_when_one_is_removed(
    compare: Compare, qtbot: QtBot
) -> None:
    ended_: list[bool] = []
    compare.left.connect(lambda: ended_.append(True))
    playing(compare, qtbot, "dusk", "lanterns", "dusk")
    first, second, third = compare.tasks
    compare.toggle_full_screen()
    compare.apply(Diff(removed=(second.key,)))
    assert compare.tasks == [first, third]
    assert compare.full_screen is not None
    assert letters(compare) == ["A", "B"]
    assert ended_ == []
    compare.apply(Diff(removed=(first.key,)))
    assert ended_ == [True]


def test_that_nothing_lies_on_another_where_four_takes_have_little_room(
    compare: Compare, qtbot: QtBot
) -> None:
    compare.resize(700, 560)
    playing(compare, qtbot, "dusk", "lanterns", "dusk", "lanterns")
    rated = compare.findChildren(TakeReview)
    settle(qtbot, lambda: max(each.width() for each in rated) < 180)
    settle(qtbot, lambda: not any(map(_overlapping, rated)))
    assert min(name.width() for each in rated for name in each.findChildren(Elided)) > 130
    compare.resize(1400, 560)
    settle(qtbot, lambda: min(each.width() for each in rated) > 300)
    settle(qtbot, lambda: max(each.height() for each in rated) < 70)


def _overlapping(inside: QWidget) -> list[str]:
    buttons = inside.findChildren(QAbstractButton)
    places = [QRect(each.mapTo(inside, QPoint()), each.size()) for each in buttons]
    pairs = combinations(zip(buttons, places, strict=True), 2)
    return [a.accessibleName() for (a, at), (_, other) in pairs if at.intersects(other)]


def test_that_a_click_on_a_name_chooses_that_take(compare: Compare, qtbot: QtBot) -> None:
    playing(compare, qtbot, "dusk", "lanterns", "dusk")
    tasks, reviews = compare.tasks, compare.findChildren(TakeReview)
    for rated, task in zip(reversed(reviews), reversed(tasks), strict=True):
        (name,) = rated.findChildren(Elided)
        QTest.mouseClick(name, Qt.MouseButton.LeftButton)
        assert compare.current_task == task
