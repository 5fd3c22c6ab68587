"""Rows that are dropped on a line of the sidebar belong to it from then on."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from rushes.controllers.main_controller import MainController
from rushes.core.saved_views import SavedView
from rushes.core.task import Mark, Pick
from rushes.presentation import search
from rushes.store import tables
from rushes.ui.list.task_model import TAKES
from rushes.ui.widgets import review
from rushes.ui.widgets.calm import place_of_drag
from tests.controllers.desks import button, until
from tests.controllers.test_id_watch import Use, at_desk  # noqa: F401 - a fixture
from tests.controllers.test_moves import library

_COPY, _LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


def drop_on(desk: MainController, words: str, data: QMimeData | None = None) -> bool:
    """Drag rows over a line and let go there. Returns whether the line takes them."""
    if data is None:
        data = QMimeData()
        data.setData(TAKES, b"takes")
    sidebar = desk.window.sidebar
    (item,) = sidebar.findItems(words, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    at = sidebar.visualItemRect(item).center()
    port = sidebar.viewport()
    QApplication.sendEvent(
        port, QDragEnterEvent(place_of_drag(QPointF(at)), _COPY, data, _LEFT, _PLAIN)
    )
    over = QDragMoveEvent(place_of_drag(QPointF(at)), _COPY, data, _LEFT, _PLAIN)
    QApplication.sendEvent(port, over)
    QApplication.sendEvent(port, QDropEvent(QPointF(at), _COPY, data, _LEFT, _PLAIN))
    return over.isAccepted()


def test_that_rows_get_the_tag_or_the_verdict_of_the_line_they_are_dropped_on(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, _, _ = await library(desk, tmp_path)
        await desk.undo.mark(keys[:1], review.tagged((), ("Hero",)))
        views = (
            SavedView(name="Rejects", search="pick:reject"),
            SavedView(name="Of a model", search="model:seedance"),
        )
        desk.change_settings(replace(desk.backend.settings, views=views))
        sidebar = desk.window.sidebar
        flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        await until(lambda: len(sidebar.findItems("Hero", flags)) == 1)
        await until(lambda: len(sidebar.findItems("Rejects", flags)) == 1)
        desk.window.select(keys[1:])
        await until(lambda: desk.window.selected_keys() == keys[1:])

        async def mark() -> Mark:
            (task,) = await desk.backend.store.read(tables.get, keys[1:])
            return task.mark

        assert drop_on(desk, "Hero")
        while (await mark()).tags != ("Hero",):
            await until(lambda: True)
        assert drop_on(desk, "Rejects")
        while (await mark()).pick is not Pick.REJECT:
            await until(lambda: True)
        before = await mark()
        assert not drop_on(desk, "Of a model")
        assert not drop_on(desk, "All")
        foreign = QMimeData()
        foreign.setText("cgt-20260101000000-abcde")
        drop_on(desk, "Hero", foreign)  # that is the window's, which looks for ids in it
        assert await mark() == before
        await until(lambda: "Rejects" in desk.window.messages.text)
        await desk.undo.mark(keys[1:], review.rated(3))  # meanwhile
        button(desk.window, "Undo").click()  # of what it stands beside
        while (await mark()).pick is not Pick.NONE:
            await until(lambda: True)
        assert (await mark()).rating == 3
        assert drop_on(desk, "Rejects")
        while (await mark()).pick is not Pick.REJECT:
            await until(lambda: True)
        await until(lambda: "added to" in desk.window.messages.text)
        await desk.take_back()  # by the key
        assert "added to" not in desk.window.messages.text

    at_desk(work)


def test_that_undo_beside_a_removed_view_brings_back_that_view_whatever_was_done_since(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, _, _ = await library(desk, tmp_path)
        views = (SavedView(name="Best", search="rating:>=4"),)
        desk.change_settings(replace(desk.backend.settings, views=views))
        desk.window.sidebar.choose_saved("Best")
        desk.window.commands["remove_view"].trigger()
        await until(lambda: not desk.backend.settings.views)
        await desk.undo.mark(keys[:1], review.rated(3))
        button(desk.window, "Undo").click()
        await until(lambda: desk.backend.settings.views == views)
        (task,) = await desk.backend.store.read(tables.get, keys[:1])
        assert task.mark.rating == 3

    at_desk(work)


def test_that_a_drop_that_changes_nothing_offers_no_undo(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, _, _ = await library(desk, tmp_path)
        await desk.undo.mark(keys, review.tagged((), ("Hero",)))
        sidebar = desk.window.sidebar
        flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        await until(lambda: len(sidebar.findItems("Hero", flags)) == 1)
        desk.window.select(keys[:1])
        await until(lambda: desk.window.selected_keys() == keys[:1])
        assert drop_on(desk, "Hero")
        await until(lambda: "added to" in desk.window.messages.text)
        buttons = desk.window.messages.findChildren(QAbstractButton)
        assert "Undo" not in {each.text() for each in buttons if each.isVisibleTo(desk.window)}

    at_desk(work)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("pick:pick", Mark(pick=Pick.PICK)),
        ("pick:yes rating:4", Mark(pick=Pick.PICK, rating=4)),
        ("rating:>=3", Mark(rating=3)),
        ("rating:0", Mark()),
        ("rating:<3", None),
        ("rating:7", None),
        ("-pick:pick", None),
        ("pick:pick,reject", None),
        ("lake", None),
        ("", None),
    ],
)
def test_which_searches_can_be_made_true_of_a_take(text: str, after: Mark | None) -> None:
    change = review.fulfilling(search.parse(text).terms)
    assert (change and change(Mark(rating=0))) == after
