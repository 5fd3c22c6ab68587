"""The account dialogs: what they ask, what they say, and where a key may go."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.core.account import Account, KeyCredit, Service
from rushes.core.secret import Secret
from rushes.ui.accounts.accounts_dialog import AccountDialog, AccountsDialog
from rushes.ui.accounts.form import AccountDraft, checked_key, checked_url
from rushes.ui.accounts.welcome import Welcome

KEY = "0f1e2d3c-0000-4000-8000-aabbccdd7f3a"
ARK = Account(
    id="a1",
    name="Ark <b>工作室</b>",
    service=Service.ARK,
    base_url="https://ark.cn-beijing.volces.com",
    key_hint="7f3a",
)


def field(parent: QWidget, name: str) -> QLineEdit:
    return next(f for f in parent.findChildren(QLineEdit) if f.accessibleName() == name)


def button(parent: QWidget, name: str) -> QAbstractButton:
    return next(b for b in parent.findChildren(QAbstractButton) if b.accessibleName() == name)


def visible_texts(parent: QWidget) -> str:
    return "\n".join(
        label.text() for label in parent.findChildren(QLabel) if label.isVisibleTo(parent)
    )


def place_of(dialog: QWidget, name: str) -> QPoint:
    QApplication.processEvents()  # what is to be laid out anew is
    return button(dialog, name).mapToGlobal(QPoint(0, 0))


def drafts(dialog: AccountDialog | Welcome) -> list[AccountDraft]:
    found: list[AccountDraft] = []
    dialog.submitted.connect(found.append)
    return found


@pytest.fixture
def dialog(qtbot: QtBot) -> AccountDialog:
    made = AccountDialog()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def welcome(qtbot: QtBot) -> Welcome:
    made = Welcome()
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_a_pasted_key_is_handed_out_as_a_secret_for_the_chosen_origin(
    dialog: AccountDialog,
) -> None:
    found = drafts(dialog)
    field(dialog, "API key").setText(f"  {KEY}\n")
    button(dialog, "Add account").click()
    assert [d.secret for d in found] == [Secret(KEY)]
    assert found[0].account.base_url == "https://ark.cn-beijing.volces.com"
    assert found[0].account.name == "Volcengine Ark (Beijing)"
    assert found[0].import_recent
    assert KEY not in repr(found[0])


def test_that_nothing_is_submitted_without_a_key(dialog: AccountDialog) -> None:
    found = drafts(dialog)
    button(dialog, "Add account").click()
    assert not found
    assert "Paste the key." in visible_texts(dialog)


def test_that_changing_the_origin_clears_the_key(dialog: AccountDialog) -> None:
    field(dialog, "API key").setText(KEY)
    field(dialog, "Address").setText("https://elsewhere.example.com")
    assert field(dialog, "API key").text() == ""
    assert "The address changed" in visible_texts(dialog)


def test_that_changing_only_the_path_keeps_the_key(dialog: AccountDialog) -> None:
    field(dialog, "API key").setText(KEY)
    field(dialog, "Address").setText("https://ark.cn-beijing.volces.com/api/plan/v3")
    assert field(dialog, "API key").text() == KEY


def test_that_another_service_means_another_origin_and_no_key(dialog: AccountDialog) -> None:
    field(dialog, "API key").setText(KEY)
    dialog.choose(Service.RONG_BJ)
    assert field(dialog, "API key").text() == ""
    assert field(dialog, "Address").text() == "https://ai.rong-api.com"
    assert "ai.rong-api.com and nowhere else" in visible_texts(dialog)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://gateway.example.com", "travel unprotected"),
        ("https://me:pw@gateway.example.com", "user name or password"),
        ("https://", "names no host"),
        ("ftp://gateway.example.com", "https://"),
        ("https://gateway.example.com:99999", "not a web address"),
        ("https://gate way.example.com", "spaces"),
        ("", "Type the address"),
    ],
)
def test_that_an_unusable_address_is_told_in_one_sentence(
    dialog: AccountDialog, address: str, words: str
) -> None:
    found = drafts(dialog)
    dialog.choose(Service.GATEWAY)
    field(dialog, "Address").setText(address)
    field(dialog, "API key").setText(KEY)
    button(dialog, "Add account").click()
    assert not found
    assert words in visible_texts(dialog)
    assert words in checked_url(address).problem


def test_that_an_address_on_this_computer_may_be_plain_http(dialog: AccountDialog) -> None:
    found = drafts(dialog)
    field(dialog, "Address").setText("http://127.0.0.1:8123/api/v3/")
    field(dialog, "API key").setText(KEY)
    button(dialog, "Add account").click()
    assert found[0].account.base_url == "http://127.0.0.1:8123"


def test_that_the_key_is_hidden_until_it_is_asked_for(dialog: AccountDialog) -> None:
    key = field(dialog, "API key")
    assert key.echoMode() is QLineEdit.EchoMode.Password
    button(dialog, "Show the key").click()
    assert key.echoMode() is QLineEdit.EchoMode.Normal
    button(dialog, "Hide the key").click()
    assert key.echoMode() is QLineEdit.EchoMode.Password


def test_that_a_closed_dialog_holds_no_key(dialog: AccountDialog) -> None:
    field(dialog, "API key").setText(KEY)
    dialog.reject()
    assert field(dialog, "API key").text() == ""


def test_that_a_key_from_the_environment_is_used_after_a_click_only(dialog: AccountDialog) -> None:
    dialog.set_environment_key(KEY)
    key = field(dialog, "API key")
    assert key.text() == ""
    assert KEY not in visible_texts(dialog)
    button(dialog, "Use the key in ARK_API_KEY").click()
    assert key.text() == KEY


def test_that_the_environment_key_is_offered_to_ark_alone(dialog: AccountDialog) -> None:
    dialog.set_environment_key(KEY)
    dialog.choose(Service.ANYFAST)
    offer = button(dialog, "Use the key in ARK_API_KEY")
    assert not offer.isVisibleTo(dialog)


def test_that_a_test_waits_for_its_answer_and_shows_it(dialog: AccountDialog) -> None:
    asked: list[AccountDraft] = []
    dialog.test_requested.connect(asked.append)
    field(dialog, "API key").setText(KEY)
    button(dialog, "Test").click()
    dialog.set_busy(True)
    assert not button(dialog, "Test").isEnabled()
    dialog.show_test_result("<b>No</b> & no.")
    assert button(dialog, "Test").isEnabled()
    assert "<b>No</b> & no." in visible_texts(dialog)
    dialog.show_test_result(None)
    assert "The service accepts this key." in visible_texts(dialog)
    assert len(asked) == 1


def test_that_a_new_key_goes_to_the_account_s_own_address(qtbot: QtBot) -> None:
    dialog = AccountDialog(account=ARK)
    qtbot.addWidget(dialog)
    found = drafts(dialog)
    assert field(dialog, "Address").isReadOnly()
    field(dialog, "API key").setText(KEY)
    button(dialog, "Replace key").click()
    assert found[0].account.base_url == ARK.base_url
    assert dialog.account is ARK


def test_that_chosen_certificates_go_with_the_draft_and_can_be_taken_away(
    qtbot: QtBot,
) -> None:
    dialog = AccountDialog(account=replace(ARK, ca_file="/etc/company.pem"))
    qtbot.addWidget(dialog)
    dialog.show()
    found = drafts(dialog)
    field(dialog, "API key").setText(KEY)
    assert "company.pem" in visible_texts(dialog)
    button(dialog, "Replace key").click()
    dialog.authority.chosen.connect(dialog.authority.show_file)
    dialog.authority.chosen.emit("/home/me/other.pem")
    button(dialog, "Replace key").click()
    button(dialog, "Trust this computer's authorities alone").click()
    button(dialog, "Replace key").click()
    assert [d.account.ca_file for d in found] == ["/etc/company.pem", "/home/me/other.pem", ""]
    assert "other.pem" not in visible_texts(dialog)


def test_that_a_file_that_holds_no_certificate_is_told_and_changes_nothing(
    welcome: Welcome,
) -> None:
    found = drafts(welcome)
    welcome.authority.show_file("/etc/company.pem")
    welcome.authority.show_problem("/home/me/notes.txt")
    assert "/home/me/notes.txt cannot be used" in visible_texts(welcome)
    button(welcome, "Next").click()
    field(welcome, "API key").setText(KEY)
    button(welcome, "Next").click()
    button(welcome, "Start watching").click()
    assert [d.account.ca_file for d in found] == ["/etc/company.pem"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [(f"Bearer {KEY}", KEY), (f'"{KEY}"', KEY), ("sk-1", "sk-1"), ("a b", ""), ("密钥", "")],
)
def test_that_a_key_is_freed_of_what_was_copied_with_it(typed: str, key: str) -> None:
    found = checked_key(typed)
    assert found.value == key
    assert bool(found.problem) == (key == "")


def test_that_the_first_run_ends_with_all_its_answers(welcome: Welcome) -> None:
    found = drafts(welcome)
    welcome.set_folder("/data/rushes", "81 GB free", "caption", "20260521/a_b.mp4")
    button(welcome, "Next").click()
    field(welcome, "API key").setText(KEY)
    button(welcome, "Next").click()
    assert "81 GB free" in visible_texts(welcome)
    button(welcome, "Start watching").click()
    draft = found[0]
    assert draft.account.service is Service.ARK
    assert (draft.folder, draft.auto_save) == ("/data/rushes", True)
    assert draft.import_recent


def test_that_a_gateway_is_asked_for_its_address_first(welcome: Welcome) -> None:
    button(welcome, "Jimeng gateway").click()
    button(welcome, "Next").click()
    assert welcome.step == 0
    field(welcome, "Address").setText("https://gateway.example.com")
    assert "gateway.example.com and nowhere else" in visible_texts(welcome)
    button(welcome, "Next").click()
    assert welcome.step == 1


def test_that_import_is_offered_only_where_the_service_can_list(welcome: Welcome) -> None:
    box = next(
        b
        for b in welcome.folder_page.findChildren(QCheckBox)
        if b.accessibleName() == "Import the last 7 days"
    )
    assert box.isVisibleTo(welcome.folder_page)
    button(welcome, "AnyFast (China)").click()
    assert not box.isVisibleTo(welcome.folder_page)


def test_that_going_back_to_another_service_voids_the_key(welcome: Welcome) -> None:
    button(welcome, "Next").click()
    field(welcome, "API key").setText(KEY)
    button(welcome, "Back").click()
    button(welcome, "Rong API (Beijing)").click()
    button(welcome, "Next").click()
    assert field(welcome, "API key").text() == ""


@pytest.fixture
def manager(qtbot: QtBot) -> AccountsDialog:
    made = AccountsDialog()
    qtbot.addWidget(made)
    made.show()
    made.show_accounts([ARK], {"a1": 412})
    return made


def test_that_accounts_are_there_before_their_rows_are_counted(manager: AccountsDialog) -> None:
    manager.show_accounts([ARK])
    assert "rows in the list" not in visible_texts(manager)
    assert "No account yet" not in visible_texts(manager)
    assert "in the password store" in visible_texts(manager)


def test_that_removing_an_account_says_what_it_means_and_asks_first(
    manager: AccountsDialog,
) -> None:
    removed: list[str] = []
    manager.remove_requested.connect(removed.append)
    button(manager, "Remove…").click()
    assert not removed
    words = visible_texts(manager)
    assert "412 rows leave the list" in words
    assert "Saved files stay" in words
    button(manager, "Remove account").click()
    assert removed == ["a1"]


def test_that_importing_can_be_switched_on_where_the_service_lists_its_tasks(
    manager: AccountsDialog,
) -> None:
    chosen: list[tuple[str, bool]] = []
    manager.importing_chosen.connect(lambda key, on: chosen.append((key, on)))
    box = button(manager, "Keep importing tasks made elsewhere")
    assert box.isVisible()
    assert not box.isChecked()
    box.click()
    assert chosen == [("a1", True)]
    manager.show_accounts([replace(ARK, keep_importing=True)])
    assert box.isChecked()
    assert chosen == [("a1", True)], "shown is not chosen"
    manager.show_accounts([replace(ARK, service=Service.JIMENG)])
    assert not box.isVisible()


def test_that_what_the_gateway_says_of_a_key_is_asked_for_and_shown(
    manager: AccountsDialog,
) -> None:
    gateway = Account(
        id="g", name="G", service=Service.GATEWAY, base_url="https://g.example", key_hint="1111"
    )
    opened: list[str] = []
    manager.page_opened.connect(opened.append)
    manager.show_accounts([ARK, gateway], {})
    assert opened == []  # the same page as before
    chooser = manager.findChild(QListWidget)
    assert chooser is not None
    chooser.setCurrentRow(1)
    assert opened == ["g"]
    assert "Left" not in visible_texts(manager)
    place = place_of(manager, "Test")
    credit = KeyCredit(asked_at=0.0, name="<b>key</b>", left_usd=1.25, ends_at=1.0, has_ended=True)
    manager.show_credit("g", credit)
    words = visible_texts(manager)
    assert "<b>key</b>" in words
    assert "$1.25" in words
    assert "ended on" in words
    assert "Models" not in words
    assert place_of(manager, "Test") == place, "what comes later moves no button"
    chooser.setCurrentRow(0)
    assert "$1.25" not in visible_texts(manager)
    manager.show_credit("g", replace(credit, left_usd=1.0))
    assert "$1.00" not in visible_texts(manager), "of another page"
    chooser.setCurrentRow(1)
    assert "$1.00" in visible_texts(manager)
    manager.show_credit("g", None)
    assert "Left" not in visible_texts(manager)


def test_that_the_first_page_is_opened_with_the_list(qtbot: QtBot) -> None:
    made = AccountsDialog()
    qtbot.addWidget(made)
    opened: list[str] = []
    made.page_opened.connect(opened.append)
    made.show_accounts([ARK], {})
    made.show_accounts([ARK], {})
    assert opened == ["a1"]


def test_that_a_new_name_is_told_once(manager: AccountsDialog) -> None:
    renamed: list[tuple[str, str]] = []
    manager.rename_requested.connect(lambda key, name: renamed.append((key, name)))
    field(manager, "Name").setText("  Studio   B ")
    field(manager, "Name").editingFinished.emit()
    assert renamed == [("a1", "Studio B")]


def test_that_the_chosen_account_stays_chosen_when_the_list_changes(
    manager: AccountsDialog,
) -> None:
    other = Account(id="b", name="B", service=Service.GATEWAY, base_url="https://b.example.com")
    manager.show_accounts([other, ARK], {})
    assert manager.current == "a1"
    manager.show_accounts([other], {})
    assert manager.current == "b"


def test_that_without_accounts_the_next_step_is_named(manager: AccountsDialog) -> None:
    manager.show_accounts([], {})
    assert "No account yet" in visible_texts(manager)


@pytest.mark.parametrize("kind", [AccountDialog, Welcome, AccountsDialog])
def test_that_every_focusable_part_has_a_name_and_room_for_a_finger(
    qtbot: QtBot, kind: type[QWidget]
) -> None:
    window = kind()
    qtbot.addWidget(window)
    window.show()
    from PySide6.QtCore import Qt

    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget
            assert widget.width() >= 24, widget
            assert widget.height() >= 24, widget
            assert widget.mapTo(window, QPoint(0, 0)).x() >= 0
