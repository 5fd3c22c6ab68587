"""Marks, sizes, guides, frames and sound of the preview, on a real clip of 97 frames at 24 fps."""

from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSlider, QToolButton, QToolTip
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.core.task import ArtifactKind
from rushes.ui.preview.content_stack import ACTION_SAFE, TITLE_SAFE, lines, safe_area
from rushes.ui.preview.player import SPEEDS, Player
from rushes.ui.preview.preview import Preview
from rushes.ui.preview.transport import ScrubBar
from tests.ui.listed import ListedWindow
from tests.ui.takes import take
from tests.ui.test_preview import (
    CTX,
    button,
    clip,
    pause_at,
    playing,
    poster_words,
    preview,
    window,
)

__all__ = ["playing", "preview", "window"]


Stretch = tuple[int | None, int | None]


def scrub_bar(owner: Preview) -> ScrubBar:
    return next(iter(owner.findChildren(ScrubBar)))


def stretch(owner: Preview) -> Stretch:
    return owner.player.stretch


def turns(seen: list[int], last: int) -> list[bool]:
    """Whether the frames went on to `last`, back before it, and so on."""
    return [there for there, _ in groupby(frame >= last for frame in seen)][:4]


def test_that_i_and_o_loop_only_what_lies_between_them(playing: Preview, qtbot: QtBot) -> None:
    pause_at(playing, qtbot, 30)
    QTest.keyClick(playing, Qt.Key.Key_I)
    pause_at(playing, qtbot, 40)
    QTest.keyClick(playing, Qt.Key.Key_O)
    assert stretch(playing) == (30, 40)
    assert scrub_bar(playing).stretch == (30, 40)
    # At a quarter of the speed a frame lasts so long that a busy machine passes few of them by.
    playing.set_speed(0.25)
    seen: list[int] = []
    playing.player.frame_shown.connect(seen.append)
    playing.player.seek(38)
    playing.player.play()
    turned = [False, True, False, True]
    qtbot.waitUntil(lambda: turns(seen, 40) == turned)
    assert min(seen) == 30
    assert max(seen) < 60, "frames behind the last may be on their way already, but not so many"


def test_that_without_the_loop_the_marked_stretch_ends_on_its_last_frame(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 20)
    playing.player.set_stretch(20, 24)
    playing.player.set_looping(False)
    playing.player.play()
    qtbot.waitUntil(lambda: not playing.player.is_playing)
    qtbot.waitUntil(lambda: playing.player.frame == 24)


def test_that_a_mark_set_behind_the_other_takes_that_one_away(
    playing: Preview, qtbot: QtBot
) -> None:
    playing.player.set_stretch(10, 20)
    playing.player.set_stretch(30, 20)
    assert stretch(playing) == (30, None)
    playing.player.set_stretch(30, 12)
    assert stretch(playing) == (None, 12)


def test_that_another_take_begins_without_marks(playing: Preview) -> None:
    playing.player.set_stretch(10, 20)
    playing.show_task(None, CTX)
    assert stretch(playing) == (None, None)
    assert scrub_bar(playing).stretch == (None, None)


def test_that_actual_size_shows_each_pixel_of_the_clip_as_one(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    surface = playing.stack.surface
    frame = surface.frame_image()
    QTest.keyClick(playing, Qt.Key.Key_Z)
    assert surface.video.size() * surface.devicePixelRatioF() == frame.size()
    assert surface.picture_rect.center() == surface.rect().center()
    QTest.keyClick(playing, Qt.Key.Key_Z)
    assert surface.video.geometry() == surface.rect()


def test_that_a_picture_larger_than_its_room_is_dragged_but_not_away_from_its_edge(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    playing.toggle_actual_size()
    surface = playing.stack.surface
    start, room = surface.rect().center(), QPoint(surface.width(), 0)
    before = surface.picture_rect.left()
    QTest.mousePress(surface.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(surface.viewport(), start + room / 9)
    assert surface.picture_rect.left() > before
    QTest.mouseMove(surface.viewport(), start + room * 9)
    assert surface.picture_rect.left() == pytest.approx(0, abs=1)
    QTest.mouseRelease(surface.viewport(), Qt.MouseButton.LeftButton)


def test_that_guides_lie_over_the_picture_and_not_over_the_bars_beside_it(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    QTest.keyClick(playing, Qt.Key.Key_G)
    surface = playing.stack.surface
    assert surface.guides.isVisible()
    assert surface.guides.geometry() == surface.picture_rect
    playing.resize(600, 400)
    qtbot.waitUntil(lambda: surface.guides.geometry() == surface.picture_rect)
    QTest.keyClick(playing, Qt.Key.Key_G)
    assert not surface.guides.isVisible()


@pytest.mark.parametrize(("share", "size"), [(ACTION_SAFE, (1152, 648)), (TITLE_SAFE, (1024, 576))])
def test_that_safe_areas_are_shares_of_width_and_height(
    share: float, size: tuple[int, int]
) -> None:
    box = safe_area(1280, 720, share)
    assert (box.width(), box.height()) == size
    assert all(line.width() == 1 or line.height() == 1 for line in lines(1280, 720))


def test_that_the_frame_on_the_stage_is_handed_out_whole_with_its_number(
    window: ListedWindow, playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 36)
    handed: list[tuple[str, int, QImage, bool]] = []
    window.frame_wanted.connect(lambda *args: handed.append(args))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(playing, Qt.Key.Key_F, both)
    QTest.keyClick(playing, Qt.Key.Key_C, both)
    (path, number, image, copied), (_, _, _, copied_too) = handed
    assert (path, number, copied, copied_too) == (clip().artifacts[0].path, 37, False, True)
    assert image.size() == playing.stack.surface.video.videoSink().videoSize()


@pytest.mark.qt_log_ignore("PulseAudioService")  # where no sound server runs
def test_that_the_volume_moved_by_the_user_is_told_once_it_rests(
    playing: Preview, qtbot: QtBot
) -> None:
    playing.set_volume(30)
    slider = next(s for s in playing.findChildren(QSlider) if s.accessibleName() == "Volume")
    assert slider.value() == 30
    told: list[int] = []
    playing.volume_changed.connect(told.append)
    for value in (40, 50, 60):
        slider.setValue(value)
    qtbot.waitUntil(lambda: told == [60])
    assert 0 < playing.player.volume < 0.6


def test_that_the_menu_of_the_bar_does_what_it_says(playing: Preview, qtbot: QtBot) -> None:
    pause_at(playing, qtbot, 12)
    menus = playing.transport.findChildren(QMenu)
    entries = {entry.text(): entry for menu in menus for entry in menu.actions()}
    entries["Loop from here"].trigger()
    assert stretch(playing) == (12, None)
    entries["Loop the whole clip"].trigger()
    assert stretch(playing) == (None, None)
    entries["Safe-area guides"].trigger()
    assert entries["Safe-area guides"].isChecked()
    assert playing.stack.surface.guides.isVisible()


def test_that_keys_of_the_users_choice_act_in_the_preview(
    window: ListedWindow, playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 12)
    window.settings.change(Settings(theme="light", shortcuts={"mark_in": ("B",), "guides": ()}))
    QTest.keyClick(playing, Qt.Key.Key_I)
    QTest.keyClick(playing, Qt.Key.Key_G)
    assert stretch(playing) == (None, None)
    assert playing.stack.surface.guides.isHidden()
    QTest.keyClick(playing, Qt.Key.Key_B)
    assert stretch(playing) == (12, None)


def test_that_a_click_on_the_bar_goes_there_and_a_drag_on_from_there(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    bar, middle = scrub_bar(playing), scrub_bar(playing).rect().center()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=middle)
    assert playing.player.frame == pytest.approx(48, abs=1)
    QTest.mouseMove(bar, QPoint(bar.width() + 50, middle.y()))
    assert playing.player.frame == 96
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=middle)
    assert not playing.player.is_playing


def test_that_every_speed_and_the_time_can_be_read_in_the_narrowest_inspector(
    playing: Preview, qtbot: QtBot
) -> None:
    playing.resize(280, 320)
    bar = playing.transport
    qtbot.waitUntil(lambda: bar.width() < 280)
    speed = button(playing, "Speed")
    buttons = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
    for chosen in SPEEDS:
        playing.set_speed(chosen)
        qtbot.waitUntil(lambda: speed.width() >= speed.sizeHint().width())
    ends = sorted((b.x(), b.x() + b.width()) for b in buttons)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(ends))
    assert ends[-1][1] <= bar.width()
    assert all(b.width() >= 24 for b in buttons)
    time = next(each for each in bar.findChildren(QLabel) if each.text().startswith("00:00:"))
    assert time.width() >= time.fontMetrics().horizontalAdvance(time.text())
    assert time.geometry().right() <= bar.width()
    assert scrub_bar(playing).width() > 120


def test_that_another_take_plays_at_the_normal_speed(playing: Preview, qtbot: QtBot) -> None:
    playing.set_speed(2.0)
    playing.show_task(clip(), CTX)
    assert playing.player.speed == 2.0, "the same take: an update"
    playing.show_task(replace(clip("pond.mp4"), key=take(9).key), CTX)
    assert playing.player.speed == 1.0
    assert button(playing, "Speed").text() == "1×"


def test_that_the_frame_under_the_pointer_is_told_before_a_click_goes_there(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    bar = scrub_bar(playing)
    QTest.mouseMove(bar, bar.rect().center())
    qtbot.waitUntil(lambda: "00:00:02:00 · 49 / 97" in QToolTip.text())
    assert playing.player.frame == 5
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    assert playing.player.frame == 48
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_that_a_right_click_on_the_picture_opens_the_commands_with_their_keys(
    window: ListedWindow, playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 12)
    window.settings.change(Settings(theme="light", shortcuts={"mark_in": ("B",)}))
    at = playing.stack.rect().center()
    click = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, playing.stack.mapToGlobal(at))
    QApplication.sendEvent(playing.stack.surface.viewport(), click)
    menu = next(m for m in playing.findChildren(QMenu) if m.isVisible())
    entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
    assert {"Play", "Loop from here", "Save frame as PNG", "Full screen", "Rating"} <= set(entries)
    assert entries["Loop from here"].shortcut().toString() == "B"
    assert all(e.isShortcutVisibleInContextMenu() for e in entries.values() if e.shortcuts())
    entries["Loop from here"].trigger()
    assert stretch(playing) == (12, None)
    menu.close()


def test_that_guides_are_seen_on_dark_and_on_bright_pictures(
    playing: Preview, qtbot: QtBot
) -> None:
    pause_at(playing, qtbot, 5)
    playing.toggle_guides()
    guides = playing.stack.surface.guides
    picture = guides.grab().toImage()
    box = safe_area(guides.width(), guides.height(), ACTION_SAFE)
    x, tops = guides.width() // 3, (box.top() - 1, box.top(), box.top() + 1)
    assert [picture.pixelColor(x, y).lightness() for y in tops] == [0, 255, 0]


class SlowFrames:
    """A source of frames that does not answer yet, as on a disk that sleeps."""

    def look(self, player: Player, path: str) -> None: ...
    def leave(self, player: Player) -> None: ...
    def nearest(self, path: str, n: int) -> tuple[int, QImage] | None: ...
    def has_all(self, path: str, side: int) -> bool:
        return False

    def place(self, player: Player, n: int, side: int, *, is_wanted: bool) -> None: ...


def test_that_a_take_without_a_picture_for_two_seconds_says_so_and_offers_another_player(
    preview: Preview, qtbot: QtBot
) -> None:
    preview.player.frames = SlowFrames()
    preview.show_task(clip(), CTX)
    assert not preview.stack.poster.isVisible()
    qtbot.waitUntil(preview.stack.poster.isVisible)
    assert "Two seconds" in poster_words(preview)
    offer = button(preview, "Open in player")
    with qtbot.waitSignal(preview.open_requested) as opened:
        offer.click()
    assert opened.args == [clip().key, ArtifactKind.VIDEO]
    preview.player.admitted()  # now the disk has woken up
    qtbot.waitUntil(lambda: preview.player.frame > 2)
    assert preview.stack.surface.isVisible()
    assert not offer.isVisible()
