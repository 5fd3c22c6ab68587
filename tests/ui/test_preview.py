"""The preview on real clips: states, frames, and what reaches Qt's player."""

import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from rushes.assets import asset
from rushes.core.events import SaveProgress
from rushes.core.settings import Settings
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Diff,
    Flag,
    Status,
    Task,
    TaskError,
)
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.take import second_line, status_cell
from rushes.presentation.words import flag_sentence
from rushes.ui.preview.content import Content, Offer, Shows, choices, content_of
from rushes.ui.preview.content_stack import Poster
from rushes.ui.preview.frames import count, frame_at, timecode
from rushes.ui.preview.player import NotLocal, local_url
from rushes.ui.preview.preview import Preview
from rushes.ui.widgets.basics import IconLabel
from rushes.ui.widgets.image_loader import read_image
from tests.ui.listed import ListedWindow
from tests.ui.takes import NOW, ended, take, with_file
from tests.ui.windows import Fill, select

# Qt says so where no graphics library is installed, and then converts in software.
pytestmark = pytest.mark.qt_log_ignore("No RHI backend")

CTX = Context(now=NOW)
SAVED, REMOTE = ArtifactState.SAVED, ArtifactState.REMOTE


def clip(name: str = "aurora.mp4") -> Task:
    """A take whose file is one of the clips that ship with the program: 97 frames at 24 fps."""
    return with_file(ended(take()), SAVED, path=str(asset("media", name)), size=1)


def with_frame(task: Task, path: str) -> Task:
    frame = Artifact(kind=ArtifactKind.LAST_FRAME, state=SAVED, path=path)
    return replace(task, artifacts=(*task.artifacts, frame))


def button(parent: QWidget, name: str) -> QAbstractButton:
    return next(b for b in parent.findChildren(QAbstractButton) if b.accessibleName() == name)


def poster_words(preview: Preview) -> str:
    labels = preview.stack.poster.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(preview))


@pytest.fixture
def window(fill: Fill) -> ListedWindow:
    """Whose commands the keys are; a take is selected in it."""
    made = fill(clip())
    select(made, clip())
    return made


@pytest.fixture
def preview(window: ListedWindow, qtbot: QtBot) -> Preview:
    made = Preview(window.commands)
    window.set_preview(made)
    qtbot.addWidget(made)
    made.resize(400, 320)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


@pytest.fixture
def playing(preview: Preview, qtbot: QtBot) -> Preview:
    with qtbot.waitSignal(preview.player.opened):
        preview.show_task(clip(), CTX)
    return preview


def pause_at(preview: Preview, qtbot: QtBot, frame: int) -> None:
    """Told, and so on the labels too: the sink has a frame before this thread hears of it."""
    player = preview.player
    player.pause()
    with qtbot.waitSignal(player.frame_shown, check_params_cb=lambda shown: shown == frame):
        player.seek(frame)


# --- only local files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["https://host.invalid/a.mp4", "a.mp4", "file:///tmp/a.mp4", "qrc:/a.mp4", "", "rtsp://h/a"],
)
def test_that_nothing_but_an_absolute_path_becomes_a_source(path: str) -> None:
    with pytest.raises(NotLocal):
        local_url(path)


def test_that_an_absolute_path_becomes_a_file_url_whatever_it_contains() -> None:
    url = local_url("/tmp/a?b#c%20 http:/x.mp4")
    assert url.isLocalFile()
    assert url.toLocalFile() == "/tmp/a?b#c%20 http:/x.mp4"


def test_that_the_player_is_given_files_through_the_one_checked_door() -> None:
    sources = Path(__file__).parents[2] / "gui" / "rushes"
    calls = [
        (file.name, text.strip())
        for file in sources.rglob("*.py")
        for text in file.read_text(encoding="utf-8").splitlines()
        if "_player.setSource(" in text
    ]
    assert sorted(calls) == [
        ("player.py", "self._player.setSource(QUrl())"),
        ("player.py", "self._player.setSource(url)"),
    ]


def test_that_the_url_of_an_unsaved_take_never_reaches_the_player(preview: Preview) -> None:
    preview.show_task(with_file(ended(take()), REMOTE), CTX)
    assert preview.player.path == ""


# --- playing ---------------------------------------------------------------------------------


def test_that_a_saved_clip_plays_at_once_muted_and_in_a_loop(
    playing: Preview, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: playing.player.frame > 2)
    assert playing.player.is_playing
    assert playing.player.is_muted
    assert playing.player.is_looping
    assert (playing.player.frame_count, playing.player.fps) == (97, 24)


def test_that_a_step_shows_exactly_the_next_frame(playing: Preview, qtbot: QtBot) -> None:
    pause_at(playing, qtbot, 40)
    QTest.keyClick(playing, Qt.Key.Key_Period)
    sink = playing.stack.surface.video.videoSink()
    qtbot.waitUntil(lambda: frame_at(sink.videoFrame().startTime(), 24) == 41)
    QTest.keyClick(playing, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: frame_at(sink.videoFrame().startTime(), 24) == 40)
    assert not playing.player.is_playing


def test_that_quick_steps_all_count_though_frames_from_before_still_arrive(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 20)
    sink = playing.stack.surface.video.videoSink()
    late = sink.videoFrame()  # decoded before the step, told after it
    for _ in range(5):
        QTest.keyClick(playing, Qt.Key.Key_Period)
        sink.videoFrameChanged.emit(late)
    qtbot.waitUntil(lambda: frame_at(sink.videoFrame().startTime(), 24) == 25)
    assert playing.player.frame == 25


def test_that_frame_and_timecode_are_told_for_the_frame_on_screen(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 37)
    texts = [label.text() for label in playing.transport.findChildren(QLabel)]
    assert texts == ["00:00:01:13", "38 / 97"]


def test_that_space_stops_and_starts(playing: Preview, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: playing.player.is_playing)
    QTest.keyClick(playing, Qt.Key.Key_Space)
    assert not playing.player.is_playing
    QTest.keyClick(playing, Qt.Key.Key_Space)
    assert playing.player.is_playing


def test_that_l_speeds_up_k_stops_and_j_goes_back(playing: Preview, qtbot: QtBot) -> None:
    pause_at(playing, qtbot, 60)
    QTest.keyClick(playing, Qt.Key.Key_L)
    QTest.keyClick(playing, Qt.Key.Key_L)
    assert playing.player.speed == 2.0
    QTest.keyClick(playing, Qt.Key.Key_K)
    assert not playing.player.is_playing
    before = playing.player.frame
    QTest.keyClick(playing, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: playing.player.frame < before - 3)


def test_that_single_letters_can_be_turned_off(
    window: ListedWindow, playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 10)
    window.settings.change(Settings(theme="light", single_letter_keys=False))
    QTest.keyClick(playing, Qt.Key.Key_Period)
    QTest.keyClick(playing, Qt.Key.Key_L)
    assert playing.player.frame == 10
    assert not playing.player.is_playing


def test_that_ctrl_l_turns_the_loop_off(playing: Preview, qtbot: QtBot) -> None:
    QTest.keyClick(playing, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert not playing.player.is_looping
    assert not button(playing, "Loop").isChecked()


def test_that_f11_fills_the_screen_and_escape_brings_it_back(
    playing: Preview, qtbot: QtBot
) -> None:
    before = playing.stack.geometry()
    QTest.keyClick(playing, Qt.Key.Key_F11)
    screen = playing.full_screen
    assert screen is not None
    qtbot.waitExposed(screen)
    assert screen.size() == screen.screen().size()
    assert playing.stack.size() == screen.size()
    qtbot.waitUntil(lambda: playing.player.is_playing)
    QTest.keyClick(screen, Qt.Key.Key_K)
    assert not playing.player.is_playing
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    assert playing.full_screen is None
    qtbot.waitUntil(lambda: playing.stack.geometry() == before)


def test_that_controls_on_the_full_screen_go_while_the_mouse_stands_still(
    playing: Preview, qtbot: QtBot
) -> None:
    QTest.keyClick(playing, Qt.Key.Key_F11)
    screen = playing.full_screen
    assert screen is not None
    qtbot.waitExposed(screen)
    QCursor.setPos(screen.mapToGlobal(QPoint(20, 20)))
    qtbot.waitUntil(playing.transport.isVisible)
    qtbot.waitUntil(lambda: not playing.transport.isVisible())
    QCursor.setPos(screen.mapToGlobal(QPoint(60, 60)))
    qtbot.waitUntil(playing.transport.isVisible)
    playing.leave_full_screen()
    assert playing.transport.isVisible()


def test_that_another_take_is_shown_in_the_same_full_screen(playing: Preview, qtbot: QtBot) -> None:
    playing.toggle_full_screen()
    screen = playing.full_screen
    playing.show_task(replace(clip("pond.mp4"), key=take(9).key), CTX)
    qtbot.waitUntil(lambda: playing.player.frame_count == 77)
    assert playing.full_screen is screen


def test_that_a_take_without_a_film_does_not_fill_the_screen(preview: Preview) -> None:
    preview.show_task(take(9), CTX)
    preview.toggle_full_screen()
    assert preview.full_screen is None


def test_that_an_update_of_the_same_take_does_not_start_it_again(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 30)
    task = clip()
    playing.show_task(replace(task, mark=replace(task.mark, rating=4)), CTX)
    assert playing.player.frame == 30
    assert not playing.player.is_playing


def test_that_hiding_lets_go_of_the_file_and_showing_takes_it_again(
    playing: Preview, qtbot: QtBot
) -> None:
    playing.hide()
    assert playing.player.path == ""
    with qtbot.waitSignal(playing.player.opened):
        playing.show()


def test_that_stop_lets_go_of_the_file(playing: Preview) -> None:
    playing.stop()
    assert playing.player.path == ""
    assert "No take selected" in poster_words(playing)


def test_that_a_picture_of_the_window_shows_the_frame(playing: Preview, qtbot: QtBot) -> None:
    pause_at(playing, qtbot, 48)
    shot = playing.grab().toImage()
    middle = playing.stack.geometry().center()
    seen = {shot.pixel(x, middle.y()) for x in range(20, shot.width() - 20, 7)}
    assert len(seen) > 10


def test_that_a_take_starts_playing_when_its_file_has_been_saved(
    preview: Preview, qtbot: QtBot
) -> None:
    preview.show_task(take(), CTX)
    with qtbot.waitSignal(preview.player.opened):
        preview.update_if_shown(Diff(changed=(take(5), clip())))
    preview.update_if_shown(Diff(removed=(take().key,)))
    assert preview.player.path == ""


def test_that_elapsed_time_moves_on_while_a_clip_is_left_alone(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 12)
    playing.tick(NOW + 60)
    assert playing.player.frame == 12
    playing.show_task(take(created=NOW), CTX)
    playing.tick(NOW + 61)
    assert "for 1 min 1 s" in poster_words(playing)


# --- files that cannot be played -------------------------------------------------------------


@pytest.mark.parametrize("content", [b"\0" * 4000, b"<html>no</html>", b""])
def test_that_a_broken_file_is_told_and_offered_to_another_player(
    preview: Preview, qtbot: QtBot, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    task = with_file(ended(take()), SAVED, path=str(path))
    with qtbot.waitSignal(preview.player.unplayable):
        preview.show_task(task, CTX)
    assert "This file cannot be played here" in poster_words(preview)
    opened: list[tuple[object, object]] = []
    preview.open_requested.connect(lambda key, kind: opened.append((key, kind)))
    button(preview, "Open in player").click()
    assert opened == [(task.key, ArtifactKind.VIDEO)]
    qtbot.waitUntil(lambda: preview.player.path == "")


def test_that_a_file_without_a_picture_is_told(
    preview: Preview, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    with qtbot.waitSignal(preview.player.unplayable):
        preview.show_task(with_file(ended(take()), SAVED, path=str(path)), CTX)
    assert "There is no picture in this file." in poster_words(preview)


def test_that_a_file_that_turned_out_broken_is_not_tried_again_at_each_update(
    preview: Preview, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no")
    task = with_file(ended(take()), SAVED, path=str(path))
    with qtbot.waitSignal(preview.player.unplayable):
        preview.show_task(task, CTX)
    with qtbot.assertNotEmitted(preview.player.unplayable, wait=100):
        preview.show_task(replace(task, rechecks=1), CTX)
    assert "This file cannot be played here" in poster_words(preview)


# --- images and several files ----------------------------------------------------------------


def test_that_the_last_frame_can_be_chosen_beside_the_clip(preview: Preview, qtbot: QtBot) -> None:
    task = with_frame(clip(), str(asset("media", "aurora.png")))
    preview.show_task(task, CTX)
    assert choices(task) == (ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME)
    button(preview, "Last frame").click()
    qtbot.waitUntil(lambda: not preview.stack.picture.image.isNull())
    assert preview.player.path == ""


def test_that_an_image_is_told_by_content_and_bounded(tmp_path: Path) -> None:
    assert not read_image(str(asset("media", "aurora.png"))).isNull()
    svg = tmp_path / "a.png"
    svg.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert read_image(str(svg)).isNull()
    wide = QImage(8193, 1, QImage.Format.Format_Grayscale8)
    wide.save(str(tmp_path / "wide.png"))
    assert read_image(str(tmp_path / "wide.png")).isNull()


# --- posters ---------------------------------------------------------------------------------


def shown(task: Task | None) -> Content:
    return content_of(task, CTX)


def test_that_row_and_preview_say_the_same_of_a_take_whose_service_gave_no_link() -> None:
    """Where its gateway may have the file was asked too, and refused."""
    asked = Artifact(
        kind=ArtifactKind.VIDEO,
        problem="link_ended 404",
        refusals=2,
        next_try_at=NOW + 125.0,
    )
    task = ended(take())
    row = replace(task, artifacts=(asked,), flags=frozenset({Flag.RESULT_MISSING}))
    why = flag_sentence(Flag.RESULT_MISSING)
    told = shown(row)
    assert (told.title, told.offer) == ("No file yet", Offer.SAVE)
    assert told.detail == f"{why} Next try in 2 min."
    assert str(second_line(row, CTX)).startswith(why)
    assert str(status_cell(row, CTX)) == "No link yet, next try 2 min"
    assert BY_ID["saved"].shown(row, CTX) == "No link yet · 2 min"
    linked = replace(row, flags=frozenset())
    assert shown(linked).detail.startswith("The file is refused")
    assert str(status_cell(linked, CTX)) == "Refused, next try 2 min"


def test_that_a_running_take_tells_since_when() -> None:
    found = shown(take(created=NOW - 185))
    assert (found.title, found.detail, found.offer) == ("Running", "for 3 min 5 s", None)


def test_that_an_unsaved_take_offers_to_save_and_tells_the_time_left() -> None:
    found = shown(with_file(ended(take()), REMOTE, expires_at=NOW + 7200))
    assert found.offer is Offer.SAVE
    assert "2 h" in found.detail


def test_that_a_lost_file_offers_nothing() -> None:
    found = shown(with_file(ended(take()), ArtifactState.LOST, expires_at=NOW - 5))
    assert found.offer is None
    assert "cannot be fetched any more" in found.detail


@pytest.mark.parametrize(("left", "offer"), [(60.0, Offer.SAVE), (-60.0, None)])
def test_that_a_missing_file_is_fetched_again_while_its_link_lives(
    left: float, offer: Offer | None
) -> None:
    task = with_file(ended(take()), ArtifactState.MISSING, path="/x", expires_at=NOW + left)
    assert shown(task).offer is offer


def test_that_a_failed_take_says_why_in_plain_words() -> None:
    error = TaskError(code="OutputVideoSensitiveContentDetected", message="<b>x</b>")
    found = shown(take(status=Status.FAILED, error=error))
    assert (found.title, found.detail) == ("Failed", "The result was blocked by moderation.")


def test_that_a_take_nobody_knows_any_more_is_told_as_such() -> None:
    assert shown(replace(take(), flags=frozenset({Flag.NOT_FOUND}))).title == "Not found"


def test_that_a_problem_of_the_last_try_is_told_beside_the_offer() -> None:
    found = shown(with_file(ended(take()), REMOTE, problem="disk_full"))
    assert "disk is full" in found.detail
    assert found.offer is Offer.SAVE


def test_that_a_saved_model_is_looked_at_here() -> None:
    zipped = Artifact(kind=ArtifactKind.MODEL, state=SAVED, path="/x/vase.zip", size=400_000)
    found = shown(replace(ended(take()), artifacts=(zipped,)))
    assert (found.shows, found.path) == (Shows.MODEL, "/x/vase.zip")
    assert "400 kB" in found.detail


def test_that_progress_of_the_shown_take_alone_moves_the_bar(preview: Preview) -> None:
    task = with_file(ended(take(1)), ArtifactState.SAVING, size=1000, received=0)
    preview.show_task(task, CTX)
    half = Artifact(kind=ArtifactKind.VIDEO, state=ArtifactState.SAVING, size=1000, received=500)
    preview.set_progress(SaveProgress(take(2).key, half))
    assert "Saving 0 %" in poster_words(preview)
    preview.set_progress(SaveProgress(task.key, half))
    assert "Saving 50 %" in poster_words(preview)


def test_that_pressing_save_says_whose_file_is_wanted(preview: Preview) -> None:
    task = with_file(ended(take()), REMOTE)
    wanted: list[object] = []
    preview.save_requested.connect(wanted.append)
    preview.show_task(task, CTX)
    button(preview, "Save now").click()
    assert wanted == [task.key]


# --- frames ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [8.0, 23.976, 24.0, 29.97, 30.0, 60.0])
def test_that_a_position_in_the_middle_of_a_frame_belongs_to_that_frame(fps: float) -> None:
    for frame in range(0, 2000, 7):
        start = frame * 1_000_000 / fps
        assert frame_at(start, fps) == frame


@pytest.mark.parametrize(
    ("frame", "fps", "shown"),
    [
        (24 * 61 + 5, 24.0, "00:01:01:05"),
        (24 * 3 + 5, 24.0, "00:00:03:05"),
        (30 * 3600, 29.97, "01:00:00:00"),
        (119, 120.0, "00:00:00:119"),
    ],
)
def test_that_timecode_counts_hours_minutes_seconds_and_frames(
    frame: int, fps: float, shown: str
) -> None:
    assert timecode(frame, fps) == shown
    assert count(4042, 24.0) == 97


def test_that_every_focusable_part_of_the_preview_has_a_name_and_room(playing: Preview) -> None:
    for widget in playing.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget
            assert min(widget.width(), widget.height()) >= 24, widget
            assert widget.mapTo(playing, QPoint(widget.width(), 0)).x() <= playing.width(), widget


LONG = "The task succeeded, but the service gave no link to a file. Ask it again for the link. " * 2


def test_that_a_low_poster_leaves_out_its_icon_and_the_end_of_its_words(qtbot: QtBot) -> None:
    holder, poster = QWidget(), Poster()
    qtbot.addWidget(holder)
    poster.setParent(holder)
    content = Content(title="No file yet", detail=LONG, offer=Offer.SAVE)
    poster.resize(350, 120)
    poster.show_content(content)
    holder.show()
    poster.grab()
    icon = poster.findChild(IconLabel)
    assert icon is not None
    assert not icon.isVisible()
    labels = [w for w in poster.findChildren(QLabel) if w.isVisible()]
    (detail,) = (w for w in labels if w.text().startswith("The task succeeded"))
    assert detail.text().endswith("…")
    qtbot.waitUntil(lambda: detail.height() >= detail.heightForWidth(detail.width()))
    parts = sorted((w.y(), w.y() + w.height()) for w in (*labels, *_shown_buttons(poster)))
    assert all(end <= begin for (_, end), (begin, _) in pairwise(parts))
    assert parts[-1][1] <= poster.height()
    poster.resize(384, 400)
    poster.grab()
    assert icon.isVisible()
    assert detail.text().strip() == LONG.strip()


def _shown_buttons(poster: Poster) -> list[QAbstractButton]:
    return [b for b in poster.findChildren(QAbstractButton) if b.isVisible()]
