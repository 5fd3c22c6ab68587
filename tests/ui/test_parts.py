"""The small parts of the window: messages, counts, marks, settings, announcements."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Mark
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.widgets import review
from rushes.ui.window import window_state
from rushes.ui.window.messages import MessageBar
from rushes.ui.window.window_state import Announcer
from tests.ui.takes import ARK, ended, take, with_file

# --- messages --------------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


def test_that_a_message_replaces_the_one_before(bar: MessageBar) -> None:
    bar.show_message("One", kind="error", action=("Fix", lambda: None))
    bar.show_message("Two")
    assert bar.text == "Two"
    assert [b.text() for b in bar.findChildren(QAbstractButton) if not b.isHidden()] == [""]


def test_that_errors_and_offers_stay_and_brief_words_go(bar: MessageBar) -> None:
    for kind, action, stays in (
        ("error", None, True),
        ("warning", None, True),
        ("info", ("Undo", lambda: None), True),
        ("info", None, False),
        ("success", None, False),
    ):
        bar.show_message("x", kind=kind, action=action)
        assert bar._timer.isActive() is not stays


def test_that_a_message_goes_when_its_time_is_over(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("x", kind="error", timeout_s=0.01)
    qtbot.waitUntil(lambda: bar.text == "")


def test_that_clearing_a_subject_leaves_other_messages(bar: MessageBar) -> None:
    bar.show_message("Disk full", kind="error", replace="disk")
    bar.clear("account-a")
    assert bar.text == "Disk full"
    bar.clear("disk")
    assert bar.text == ""


def test_that_what_stands_comes_back_when_a_brief_word_goes(bar: MessageBar, qtbot: QtBot) -> None:
    acted: list[MessageBar] = []
    bar.show_message(
        "Account paused",
        kind="error",
        action=("Unlock", partial(acted.append, bar)),
        replace="account a",
    )
    bar.show_message("3 tasks added.", kind="success", replace="add", timeout_s=0.01)
    assert bar.text == "3 tasks added."
    qtbot.waitUntil(lambda: bar.text == "Account paused")
    _shown_button(bar, "Unlock").click()
    assert acted == [bar]
    assert bar.text == ""


def test_that_the_newest_that_stands_is_shown_and_each_goes_by_its_own_subject(
    bar: MessageBar,
) -> None:
    bar.show_message("Account paused", kind="error", replace="account a")
    bar.show_message("Disk full", kind="error", replace="disk")
    bar.show_message("Copied.", replace="copy")
    bar.clear("account a")  # covered twice, and over
    assert bar.text == "Copied."
    bar.clear("copy")
    assert bar.text == "Disk full"
    bar.clear("disk")
    assert bar.text == ""


def test_that_a_closed_message_does_not_come_back(bar: MessageBar) -> None:
    bar.show_message("Account paused", kind="error", replace="account a")
    bar.show_message("Disk full", kind="error", replace="disk")
    bar.clear()
    assert bar.text == "Account paused"
    bar.clear()
    bar.show_message("Copied.", replace="copy")
    bar.clear()
    assert bar.text == ""


def test_that_a_subject_is_told_once_as_it_is_now(bar: MessageBar) -> None:
    bar.show_message("Key not accepted", kind="error", replace="account a")
    bar.show_message("Password store locked", kind="error", replace="account a")
    bar.clear()
    assert bar.text == ""
    bar.show_message("No ID found", kind="warning", replace="add")
    bar.show_message("3 tasks added.", kind="success", replace="add")
    bar.clear()
    assert bar.text == ""


def _shown_button(bar: MessageBar, text: str) -> QAbstractButton:
    (found,) = (b for b in bar.findChildren(QAbstractButton) if b.text() == text)
    return found


def test_that_markup_in_a_message_is_shown_as_characters(bar: MessageBar) -> None:
    bar.show_message("<b>x</b> & y")
    assert bar.text == "<b>x</b> & y"
    labels = bar.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_that_a_flood_of_changes_is_announced_once_and_the_last_one_later(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    announcer = Announcer(widget)
    for text in ("one", "two", "three"):
        announcer.say(text)
    assert announcer._waiting == "three"
    announcer._next()
    announcer._timer.stop()


# --- marks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("hero", ("hero",)),
        (" hero ,  b  roll; hero", ("hero", "b roll")),
        ("夜景，选用、final", ("夜景", "选用", "final")),
        (",;，", ()),
    ],
)
def test_that_tags_are_read_as_people_type_them(text: str, tags: tuple[str, ...]) -> None:
    assert review.read_tags(text) == tags


def test_that_emptying_the_field_takes_away_only_the_tags_it_showed() -> None:
    assert review.tagged(("a",), ())(Mark(tags=("a", "b"))).tags == ("b",)


# --- settings --------------------------------------------------------------------------------


def _dialog(qtbot: QtBot, settings: Settings | None = None) -> SettingsDialog:
    sample = with_file(ended(take(7, seed=77, mark=Mark(name="Hero"))), ArtifactState.REMOTE)
    dialog = SettingsDialog(settings or Settings(), [(sample, ARK)])
    qtbot.addWidget(dialog)
    return dialog


def test_that_what_a_folder_is_like_takes_no_more_room_than_it_needs(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    told = "It is made with the first file. · 43.2 GB free"
    dialog.show()
    dialog.show_folder("folder", "", told, "caption")
    (shown,) = [each for each in dialog.findChildren(QLabel) if each.text() == told]
    qtbot.waitUntil(lambda: shown.height() > 0 and shown.isVisible())
    QApplication.processEvents()
    assert shown.height() <= 2 * shown.fontMetrics().lineSpacing()


def test_that_no_new_folder_is_applied_that_cannot_be_used(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot, Settings(folder="/away"))
    dialog.show_folder("folder", "/away", "Nothing can be written into this folder.", "error")
    assert _ok(dialog).isEnabled()  # a stick that is away holds up nothing else
    field = next(e for e in dialog.findChildren(QLineEdit) if e.accessibleName() == "Folder")
    field.setText("/a/file/x")
    dialog.show_folder("folder", "/a/file/x", "This is a file, not a folder.", "error")
    assert not _ok(dialog).isEnabled()
    field.setText("/films")
    assert _ok(dialog).isEnabled()
    dialog.show_folder("folder", "/films", "4 GB free", "caption")
    assert _ok(dialog).isEnabled()


def _ok(dialog: SettingsDialog) -> QPushButton:
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    return buttons.button(QDialogButtonBox.StandardButton.Ok)


def _field(dialog: SettingsDialog, name: str) -> QLineEdit:
    return next(e for e in dialog.findChildren(QLineEdit) if e.accessibleName() == name)


def _texts(dialog: SettingsDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if not label.isHidden()]


def test_that_the_template_shows_the_names_of_real_takes(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    _field(dialog, "File names").setText("{account}/{name}_{seed}.{ext}")
    assert "Ark/Hero_77.mp4" in _texts(dialog)
    assert _ok(dialog).isEnabled()


def test_that_an_unknown_token_is_said_and_cannot_be_kept(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    _field(dialog, "File names").setText("{nonsense}.{ext}")
    assert any(text.startswith("These file names cannot be used: ") for text in _texts(dialog))
    assert not _ok(dialog).isEnabled()


def test_that_settings_come_out_as_they_went_in(qtbot: QtBot) -> None:
    settings = Settings(
        folder="/films",
        theme="dark",
        language="zh_CN",
        density="compact",
        downloads_at_once=5,
        proxy="http://proxy.example:8080",
    )
    assert _dialog(qtbot, settings).chosen() == settings


def test_that_an_empty_folder_shows_where_results_go_here(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(), usual_folder="/elsewhere/files")
    qtbot.addWidget(dialog)
    assert _field(dialog, "Folder").placeholderText() == "/elsewhere/files"


def test_that_agreeing_without_a_change_says_nothing(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    told: list[object] = []
    dialog.settings_changed.connect(told.append)
    _ok(dialog).click()
    assert told == []
    again = _dialog(qtbot)
    again.settings_changed.connect(told.append)
    next(
        box for box in again.findChildren(QComboBox) if box.accessibleName() == "Theme"
    ).setCurrentIndex(2)
    _ok(again).click()
    assert told == [Settings(theme="dark")]


def test_that_a_proxy_is_the_systems_none_or_an_address_without_a_password(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    choice = next(b for b in dialog.findChildren(QComboBox) if b.accessibleName() == "Proxy")
    address = _field(dialog, "Address of the proxy")
    assert not address.isEnabled()
    choice.setCurrentIndex(1)
    assert dialog.chosen() == Settings(proxy="none")
    choice.setCurrentIndex(2)
    assert not _ok(dialog).isEnabled()
    address.setText("http://me:password@proxy.example:8080")
    assert not _ok(dialog).isEnabled()
    assert any(text.startswith("A proxy is written as") for text in _texts(dialog))
    address.setText("http://proxy.example:8080")
    assert _ok(dialog).isEnabled()
    assert dialog.chosen() == Settings(proxy="http://proxy.example:8080")


# --- layout ----------------------------------------------------------------------------------


def test_that_a_layout_of_another_version_is_the_default() -> None:
    packed = window_state.pack({"x": 1})
    assert window_state.unpack(packed)["x"] == 1
    assert window_state.unpack(packed[:-8]) == {}
    assert window_state.unpack(window_state.pack({"version": 99})) == {}


def test_that_watching_for_ids_is_off_until_it_is_chosen(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    assert (dialog.chosen().watch_folder, dialog.chosen().watch_clipboard) == ("", False)
    _field(dialog, "Folder to watch").setText(" /ids ")
    next(
        box for box in dialog.findChildren(QCheckBox) if "copied in other programs" in box.text()
    ).click()
    assert dialog.chosen() == Settings(watch_folder="/ids", watch_clipboard=True)


@pytest.mark.parametrize("folder", ["rel/x", "~nobody-of-this-name/a"])
def test_that_a_folder_that_is_no_whole_path_is_refused_where_it_is_typed(
    qtbot: QtBot, folder: str
) -> None:
    dialog = _dialog(qtbot)
    apply = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Apply")
    _field(dialog, "Folder").setText(folder)
    assert not apply.isEnabled()
    _field(dialog, "Folder").setText("/films")
    assert apply.isEnabled()


def test_that_the_settings_fit_a_low_screen_and_tab_reaches_every_field(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot)
    assert dialog.height() < QGuiApplication.primaryScreen().availableGeometry().height()
    dialog.resize(dialog.width(), 360)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    letters = next(b for b in dialog.findChildren(QCheckBox) if "Single letters" in b.text())
    for _ in range(30):
        focus = QApplication.focusWidget()
        if focus is None or focus is letters:
            break
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert letters.hasFocus()
    area = dialog.findChildren(QScrollArea)[0]
    seen = letters.mapTo(area.viewport(), letters.rect().center())
    assert area.viewport().rect().contains(seen)
