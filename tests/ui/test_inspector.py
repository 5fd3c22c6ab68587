"""The inspector: what it tells about a take, and that an update never gets in the user's way."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.core.events import SaveProgress
from rushes.core.failure import Failure, Kind
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Diff,
    Event,
    Flag,
    Key,
    Mark,
    Pick,
    Status,
    Task,
    TaskError,
    Usage,
)
from rushes.presentation.columns import Context
from rushes.ui.inspector.details import pretty, redacted
from rushes.ui.inspector.fields import chips, event_line, fields, moments, usage_line
from rushes.ui.inspector.inspector import Inspector, summary
from rushes.ui.widgets.basics import Elided
from rushes.ui.widgets.review import read_tags
from tests.ui.takes import ARK, NOW, RONG, ended, take, with_file

CTX = Context(now=NOW, accounts={"a": ARK, "b": RONG})
SAVED = ArtifactState.SAVED
HOSTILE = '<img src="file:///etc/passwd"><b>bold</b> & \u202etxt.exe'


def full() -> Task:
    task = with_file(
        ended(take(7, seed=10136)),
        SAVED,
        path="/home/user/Videos/Rushes/20260521/a.mp4",
        size=1_234_567,
        sha256="9f" * 32,
        expires_at=NOW + 7200,
        mtime_ns=int((NOW - 10) * 1e9),
    )
    report = replace(
        task.report,
        model="doubao-seedance-2-0-260128",
        resolution="1080p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        usage=Usage(completion_tokens=108_900, total_tokens=108_900),
        started_at=NOW - 900,
        finished_at=NOW - 800,
    )
    return replace(task, report=report)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    preview = QWidget()
    preview.setMinimumHeight(120)
    made = Inspector(preview)
    qtbot.addWidget(made)
    made.resize(360, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def button(parent: QWidget, name: str) -> QAbstractButton:
    return next(
        b
        for b in parent.findChildren(QAbstractButton)
        if b.accessibleName() == name and b.isVisibleTo(parent)
    )


def texts(parent: QWidget) -> list[str]:
    return [x.text() for x in parent.findChildren(QLabel) if x.isVisibleTo(parent)]


def tags_field(inspector: Inspector) -> QLineEdit:
    return next(f for f in inspector.findChildren(QLineEdit) if f.isVisibleTo(inspector))


def editor(inspector: Inspector, name: str) -> QPlainTextEdit:
    return next(e for e in inspector.findChildren(QPlainTextEdit) if e.accessibleName() == name)


def changed(inspector: Inspector) -> list[tuple[list[Key], Mark]]:
    """Every wished change, applied to an unmarked take."""
    found: list[tuple[list[Key], Mark]] = []
    inspector.mark_requested.connect(lambda keys, change: found.append((keys, change(Mark()))))
    return found


# --- showing ---------------------------------------------------------------------------------


def test_that_seed_parameters_usage_and_state_are_told(inspector: Inspector) -> None:
    inspector.show_task(full(), ARK, CTX)
    shown = texts(inspector)
    for word in ("10136", "1080p", "16:9", "5 s", "24 fps", "Succeeded", "task-0007"):
        assert word in shown
    assert any(text.startswith("108\u202f900 tokens ≈ ¥") for text in shown)


def test_that_what_a_service_does_not_report_is_said_not_guessed() -> None:
    found = {f.id: f for f in fields(take(), CTX)}
    assert found["resolution"].text == "—"
    assert found["resolution"].tip == "not reported by this service"
    assert found["resolution"].copied == ""
    assert "subdivision" not in found
    assert chips(take()) == ()
    assert usage_line(take(), CTX) == ""


def test_that_a_copy_button_takes_the_bare_value(inspector: Inspector) -> None:
    inspector.show_task(full(), ARK, CTX)
    copied: list[tuple[str, str]] = []
    inspector.copy_requested.connect(lambda text, label: copied.append((text, label)))
    button(inspector, "Copy seed").click()
    button(inspector, "Copy Task ID").click()
    button(inspector, "Copy Total usage").click()
    button(inspector, "Copy SHA-256").click()
    assert [text for text, _ in copied] == ["10136", "task-0007", "108900", "9f" * 32]


def test_that_words_of_a_service_are_shown_as_they_are(inspector: Inspector) -> None:
    task = take(status=Status.FAILED, error=TaskError(code=HOSTILE, message=HOSTILE))
    inspector.show_task(replace(task, mark=Mark(name=HOSTILE)), ARK, CTX)
    for label in inspector.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "\u202e" not in label.text()
    assert any('<img src="file:///etc/passwd">' in text for text in texts(inspector))


def test_that_an_error_is_told_in_plain_words_with_code_and_request_id(
    inspector: Inspector,
) -> None:
    error = TaskError(
        code="OutputVideoSensitiveContentDetected.Policy", message="m" * 300, request_id="0217"
    )
    inspector.show_task(take(status=Status.FAILED, error=error), ARK, CTX)
    shown = texts(inspector)
    assert "The result was blocked by moderation." in shown
    assert "OutputVideoSensitiveContentDetected.Policy" in shown
    assert "0217" in shown


def test_that_no_trouble_means_no_section(inspector: Inspector) -> None:
    inspector.show_task(full(), ARK, CTX)
    assert "What went wrong" not in [
        b.accessibleName() for b in inspector.findChildren(QToolButton) if b.isVisibleTo(inspector)
    ]


def test_that_the_line_of_times_tells_what_is_not_reached_yet() -> None:
    stops = moments(replace(take(), report=replace(take().report, started_at=NOW)))
    assert [(m.title, m.reached) for m in stops] == [
        ("Created", True),
        ("Running", True),
        ("Finished", False),
        ("Saved", False),
    ]
    assert moments(full())[3].at == pytest.approx(NOW - 10)
    never_ran = moments(take(status=Status.CANCELLED))
    assert [(m.title, m.reached) for m in never_ran] == [("Created", True), ("Cancelled", True)]
    began = replace(take(status=Status.FAILED).report, started_at=NOW)
    failed = moments(replace(take(status=Status.FAILED), report=began))
    assert [m.title for m in failed] == ["Created", "Running", "Failed"]


def test_that_a_stop_that_does_not_fit_its_line_is_cut_with_dots(inspector: Inspector) -> None:
    inspector.show_task(take(status=Status.CANCELLED), ARK, CTX)
    titles = [t for t in inspector.findChildren(Elided) if t.text() in ("Created", "Cancelled")]
    assert [t.isVisibleTo(inspector) for t in titles] == [True, True]


@pytest.mark.parametrize("width", [320, 340, 400, 480])
def test_that_nothing_is_wider_than_the_pane(
    inspector: Inspector, qtbot: QtBot, width: int
) -> None:
    word = "Unbreakable" * 30
    task = replace(full(), mark=Mark(name=word, tags=(word,)))
    error = TaskError(code=word, message=word, request_id=word)
    task = replace(task, report=replace(task.report, error=error, status=Status.FAILED))
    inspector.resize(width, 700)
    inspector.show_task(task, ARK, CTX)
    qtbot.waitUntil(lambda: inspector.width() == width)
    for area in inspector.findChildren(QScrollArea):
        page = area.widget()
        if area.isVisibleTo(inspector):
            assert page is not None
            assert page.width() <= area.viewport().width()
            assert area.horizontalScrollBar().maximum() == 0


def test_that_without_a_selection_the_next_step_is_named(inspector: Inspector) -> None:
    inspector.show_task(None, None, CTX)
    assert any(text.startswith("Select a take") for text in texts(inspector))


# --- files -----------------------------------------------------------------------------------


def test_that_each_file_offers_what_can_be_done_with_it(inspector: Inspector) -> None:
    wanted: list[tuple[str, Key, ArtifactKind]] = []
    for name in ("save", "save_as", "reveal", "open"):
        signal = getattr(inspector, f"{name}_requested")
        signal.connect(lambda key, kind, n=name: wanted.append((n, key, kind)))
    task = full()
    inspector.show_task(task, ARK, CTX)
    button(inspector, "Reveal: Video").click()
    button(inspector, "Open: Video").click()
    button(inspector, "Save as…: Video").click()
    remote = with_file(task, ArtifactState.REMOTE, expires_at=NOW + 60)
    inspector.update_if_shown(Diff(changed=(remote,)))
    button(inspector, "Save: Video").click()
    video = ArtifactKind.VIDEO
    assert wanted == [(name, task.key, video) for name in ("reveal", "open", "save_as", "save")]


def test_that_a_lost_file_offers_nothing(inspector: Inspector) -> None:
    inspector.show_task(with_file(ended(take()), ArtifactState.LOST), ARK, CTX)
    names = {
        b.accessibleName()
        for b in inspector.findChildren(QAbstractButton)
        if b.isVisibleTo(inspector)
    }
    assert not names & {"Save: Video", "Save as…: Video", "Reveal: Video", "Open: Video"}


def test_that_progress_of_another_take_is_passed_over(inspector: Inspector) -> None:
    saving = ArtifactState.SAVING
    task = with_file(ended(take(1)), saving, size=1000)
    inspector.show_task(task, ARK, CTX)
    half = Artifact(kind=ArtifactKind.VIDEO, state=saving, size=1000, received=500)
    inspector.set_progress(SaveProgress(take(2).key, half))
    assert "Saving 0 %" in texts(inspector)
    inspector.set_progress(SaveProgress(task.key, half))
    assert "Saving 50 %" in texts(inspector)


# --- marks -----------------------------------------------------------------------------------


def test_that_a_star_rates_and_the_same_star_clears(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_task(take(), ARK, CTX)
    button(inspector, "Rate 4 of 5").click()
    inspector.update_if_shown(Diff(changed=(replace(take(), mark=Mark(rating=4)),)))
    button(inspector, "Rated 4 of 5, clear").click()
    assert found == [([take().key], Mark(rating=4)), ([take().key], Mark(rating=0))]


def test_that_pick_and_reject_are_one_choice(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_task(replace(take(), mark=Mark(pick=Pick.PICK)), ARK, CTX)
    button(inspector, "Reject").click()
    inspector.update_if_shown(Diff(changed=(replace(take(), mark=Mark(pick=Pick.REJECT)),)))
    button(inspector, "Reject").click()
    assert [mark.pick for _, mark in found] == [Pick.REJECT, Pick.NONE]


def test_that_typed_tags_become_the_take_s_tags(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_task(take(), ARK, CTX)
    QTest.keyClicks(tags_field(inspector), "night,  hero take , night")
    QTest.keyClick(tags_field(inspector), Qt.Key.Key_Return)
    assert found == [([take().key], Mark(tags=("night", "hero take")))]


def test_that_an_update_leaves_a_field_being_edited_alone(inspector: Inspector) -> None:
    inspector.show_task(take(), ARK, CTX)
    note = editor(inspector, "Notes")
    note.setFocus()
    QTest.keyClicks(note, "half a th")
    news = replace(ended(take()), mark=Mark(note="from elsewhere", tags=("x",)))
    inspector.update_if_shown(Diff(changed=(news,)))
    assert note.toPlainText() == "half a th"
    assert inspector.focusWidget() is note
    assert "Succeeded" in texts(inspector)


def test_that_a_note_being_typed_goes_to_the_take_it_was_typed_for(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_task(take(1), ARK, CTX)
    QTest.keyClicks(editor(inspector, "Notes"), "soft at the end")
    inspector.show_task(take(2), ARK, CTX)
    assert found == [([take(1).key], Mark(note="soft at the end"))]
    assert editor(inspector, "Notes").toPlainText() == ""


def test_that_a_prompt_is_shown_edited_and_copied_and_references_are_listed(
    inspector: Inspector,
) -> None:
    found = changed(inspector)
    told: list[str] = []
    inspector.copy_requested.connect(lambda text, _: told.append(text))
    mark = Mark(prompt="a fox", references=("first.png", "https://a.example/b.png"))
    inspector.show_task(replace(take(1), mark=mark), ARK, CTX)
    assert editor(inspector, "Prompt").toPlainText() == "a fox"
    assert "first.png\nhttps://a.example/b.png" in texts(inspector)
    copy = button(inspector, "Copy prompt")
    copy.click()
    assert told == ["a fox"]
    editor(inspector, "Prompt").moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(editor(inspector, "Prompt"), " runs")
    inspector.show_task(take(2), ARK, CTX)
    assert found == [([take(1).key], Mark(prompt="a fox runs"))]
    assert editor(inspector, "Prompt").toPlainText() == ""
    assert not copy.isVisibleTo(inspector)


def test_that_tags_being_typed_go_to_the_takes_they_were_typed_for(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_task(take(1), ARK, CTX)
    QTest.keyClicks(tags_field(inspector), "night")
    inspector.show_many([take(2), take(3)], CTX)
    assert found == [([take(1).key], Mark(tags=("night",)))]


def test_that_chinese_commas_separate_tags_too() -> None:
    assert read_tags("夜景，主镜头、a ;; b") == ("夜景", "主镜头", "a", "b")


# --- updates ---------------------------------------------------------------------------------


def test_that_an_update_keeps_the_scroll_position(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_task(full(), ARK, CTX)
    area = next(a for a in inspector.findChildren(QScrollArea) if a.isVisibleTo(inspector))
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 200)
    area.verticalScrollBar().setValue(150)
    task = full()
    news = replace(task, report=replace(task.report, seed=99, upstream_id="u-1"))
    inspector.update_if_shown(Diff(changed=(news, take(3))))
    qtbot.wait(20)
    assert area.verticalScrollBar().value() == 150
    assert "99" in texts(inspector)


def test_that_a_change_of_another_take_changes_nothing(inspector: Inspector) -> None:
    inspector.show_task(take(1), ARK, CTX)
    before = texts(inspector)
    inspector.update_if_shown(Diff(added=(take(2),), changed=(ended(take(3)),)))
    assert texts(inspector) == before


def test_that_a_removed_take_leaves_the_pane_empty(inspector: Inspector) -> None:
    inspector.show_task(take(1), ARK, CTX)
    inspector.update_if_shown(Diff(removed=(take(1).key,)))
    assert inspector.shown == ()


def test_that_a_closed_section_stays_closed_for_the_next_take(inspector: Inspector) -> None:
    inspector.show_task(full(), ARK, CTX)
    button(inspector, "Times").click()
    inspector.show_task(take(2), ARK, CTX)
    assert "Created" not in texts(inspector)


# --- several ---------------------------------------------------------------------------------


def test_that_several_takes_show_what_they_share(inspector: Inspector) -> None:
    one, two = full(), replace(take(8, seed=5), report=replace(take(8, seed=5).report, model="m"))
    inspector.show_many([one, two], CTX)
    assert "2 takes selected" in texts(inspector)
    found = {f.id: f.text for f in summary([one, two], CTX)}
    assert found["seed"] == "different"
    assert found["account"] == "Ark"


def test_that_a_rating_of_several_goes_to_all_of_them(inspector: Inspector) -> None:
    found = changed(inspector)
    inspector.show_many([take(1), take(2)], CTX)
    button(inspector, "Rate 5 of 5").click()
    assert found == [([take(1).key, take(2).key], Mark(rating=5))]


def test_that_tags_which_differ_are_not_shown_as_shared(inspector: Inspector) -> None:
    inspector.show_many([replace(take(1), mark=Mark(tags=("x",))), take(2)], CTX)
    assert tags_field(inspector).text() == ""
    assert tags_field(inspector).placeholderText() == "different"


# --- raw answer and history ------------------------------------------------------------------


def test_that_raw_answer_and_history_are_read_only_when_opened(inspector: Inspector) -> None:
    wanted: list[Key] = []
    inspector.raw_wanted.connect(wanted.append)
    inspector.events_wanted.connect(wanted.append)
    inspector.show_task(take(1), ARK, CTX)
    assert wanted == []
    button(inspector, "Raw answer").click()
    assert wanted == [take(1).key]
    inspector.show_task(take(2), ARK, CTX)
    assert wanted == [take(1).key, take(2).key]


def test_that_a_late_raw_answer_of_another_take_is_dropped(inspector: Inspector) -> None:
    inspector.show_task(take(2), ARK, CTX)
    inspector.show_raw(take(1).key, '{"id": "wrong"}')
    assert editor(inspector, "Raw answer").toPlainText() == ""
    inspector.show_raw(take(2).key, '{"id":"right"}')
    assert editor(inspector, "Raw answer").toPlainText() == '{\n  "id": "right"\n}'


@pytest.mark.parametrize(
    "body",
    [
        '{"u":"https://h.example/a.mp4?X-Tos-Signature=SECRET&b=SECRET"}',
        '{"u":"https:\\/\\/h.example\\/a.mp4?X=1\\u0026S=SECRET"}',
        "not json https://h.example/a.mp4?X=1\\u0026S=SECRET end",
        json.dumps({"inner": json.dumps({"u": "https://h.example/a.mp4?s=SECRET"})}),
        json.dumps({"inner": '{"u":"https:\\/\\/h.example\\/a?x=1\\u0026s=SECRET"}'}),
        "HTTPS://H.example/a.mp4#SECRET",
    ],
)
def test_that_the_signature_of_a_link_is_never_shown(body: str) -> None:
    assert "SECRET" not in pretty(body)
    assert "SECRET" not in redacted(body)
    assert "example" in pretty(body)


def test_that_what_is_no_json_is_shown_as_it_came() -> None:
    assert pretty("<html>dashboard</html>") == "<html>dashboard</html>"
    assert pretty("[" * 100_000).startswith("[[[")


def test_that_history_tells_what_changed_newest_first(inspector: Inspector) -> None:
    inspector.show_task(take(), ARK, CTX)
    events = [
        Event(at=NOW - 9, what="added", old="", new="task-0000"),
        Event(at=NOW, what="artifact:video", old="remote", new="saving"),
    ]
    inspector.show_events(take().key, events)
    lines = editor(inspector, "History").toPlainText().splitlines()
    assert lines[0].endswith("File (video): remote → saving")
    assert lines[1].endswith("Added: task-0000")
    assert event_line(Event(at=NOW, what="new_kind", old="a\nb", new="")).endswith(
        "new_kind: a b → –"
    )


# --- the account -----------------------------------------------------------------------------


def test_that_a_refused_key_offers_to_replace_it(inspector: Inspector) -> None:
    wanted: list[str] = []
    inspector.replace_key_requested.connect(wanted.append)
    inspector.show_task(take(), ARK, CTX)
    inspector.show_account_trouble("a", Failure(Kind.DENIED, host=ARK.host))
    button(inspector, "Replace key").click()
    assert wanted == ["a"]
    inspector.show_account_trouble("a", None)
    assert not any("not accepted" in text for text in texts(inspector))


def test_that_every_focusable_part_of_the_inspector_has_a_name_and_room(
    inspector: Inspector,
) -> None:
    inspector.show_task(full(), ARK, CTX)
    for widget in inspector.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName() or isinstance(widget, QLabel), widget
            assert widget.mapTo(inspector, QPoint(widget.width(), 0)).x() <= inspector.width()
            if isinstance(widget, QAbstractButton):
                assert min(widget.width(), widget.height()) >= 24, widget


@pytest.mark.parametrize("accounts", [1, 2])
def test_that_an_unknown_task_offers_the_other_accounts_where_there_are_any(
    inspector: Inspector, qtbot: QtBot, accounts: int
) -> None:
    known = {account.id: account for account in (ARK, RONG)[:accounts]}
    lost = replace(take(1), flags=frozenset({Flag.NOT_FOUND}))
    inspector.show_task(lost, ARK, Context(now=NOW, accounts=known))
    offers = [b for b in inspector.findChildren(QAbstractButton) if "other accounts" in b.text()]
    (offer,) = offers
    assert offer.isVisibleTo(inspector) is (accounts == 2)
    if accounts == 2:
        with qtbot.waitSignal(inspector.elsewhere_requested) as told:
            offer.click()
        assert told.args == [[lost.key]]
        inspector.show_task(take(2), ARK, Context(now=NOW, accounts=known))
        assert not offer.isVisibleTo(inspector)


def test_that_the_group_of_a_take_is_told() -> None:
    ctx = Context(now=NOW, accounts={ARK.id: ARK})
    grouped = replace(take(1), mark=Mark(group="best of dusk"))
    assert [f.text for f in fields(grouped, ctx) if f.id == "group"] == ["best of dusk"]
    assert not [f for f in fields(take(1), ctx) if f.id == "group"]
