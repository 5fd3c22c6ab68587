"""T8: hostile strings on every surface. Nothing is loaded, nothing is rendered, nothing is run."""

import csv
import html
import io
import itertools
import json
import logging
import random
import re
import socket
import sys
import tempfile
import unittest
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QFont, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItemIterator,
    QWidget,
)

from rushes.controllers.tasks_controller import text_for
from rushes.core.failure import Failure, Kind
from rushes.core.listing import Counts, Group
from rushes.core.notifications import Notice
from rushes.core.prompts import PromptInfo
from rushes.core.task import Artifact, ArtifactKind, Event, Key, Mark, Task, TaskError
from rushes.core.task_ids import Found, LeftOut
from rushes.files import filenames, sidecar
from rushes.presentation import export
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.overview import notice_words
from rushes.presentation.sentences import sentence
from rushes.presentation.untrusted import one_line, shown
from rushes.system.logs import Redacted
from rushes.ui.commands.actions import Actions
from rushes.ui.compare.compare import Compare
from rushes.ui.compare.parameters import ParameterTable
from rushes.ui.gallery.gallery import TilePainter
from rushes.ui.inspector.inspector import Inspector
from rushes.ui.list import cells, group_bands
from rushes.ui.list.task_pane import EmptyPage
from rushes.ui.widgets import plain
from rushes.ui.widgets.posters import Posters
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.commands import COMMANDS
from rushes.ui.window.messages import MessageBar
from rushes.ui.window.sidebar import Sidebar
from tests.faults.opened import Opened
from tests.faults.report import Report
from tests.ui.takes import ARK, NOW, RONG, take

_HIDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
_OUR_TAGS = re.compile(r"^<qt>|</qt>$|<br>")


def payloads(url: str, file: str) -> list[str]:
    """24 strings that somewhere mean more than they say. `url`, `file`: heard when loaded."""
    return [
        f'<img src="{file}">',
        f"<img src='{url}/a.png' width=9 height=9>",
        f'<a href="{url}/a">click</a>',
        f'<body background="{file}">x</body>',
        f'<table background="{url}/t.png"><tr><td>x</table>',
        f"<style>@import '{url}/a.css'; * {{ color: red }}</style>x",
        f'<p style="background-image: url({file})">x</p>',
        f'<link rel="stylesheet" href="{url}/b.css">',
        f'<script src="{url}/a.js"></script>',
        f'<object data="{file}"></object><iframe src="{url}/i"></iframe>',
        f"![x]({file}) [y]({url}/y)",
        '<b>bold</b><i>&amp;</i><h1 align="center">x</h1>',
        "&File && &&& Save && e&xit",
        "%s %n %1 %d {0} {0.__class__} {name} $HOME `id` $(id)",
        "\x1b[31mred\x1b]0;title\x07 \x1b[2J",
        "a\r\nb\nc\x0b\x0cd\u2028e\x85f",
        "moc.elpmaxe\u202egnp.exe\u2066\u2069\u200b\ufeff",
        '=cmd|"/c calc"!A1\t+1+1',
        "../../etc/passwd\\..\\CON.txt:s\0.png",
        "\ud800\udfff\uffff\U0010ffff",
        "x" * 100_000,
        "http://<a" * 5000,
        "http://a" * 12_000,
        f"{url}/plain {file} javascript:alert(1) data:text/html,<b>x</b>",
    ]


def hostile(url: str, file: str) -> list[str]:
    """120: each payload bare and behind what makes Qt guess rich text, or makes it a formula."""
    before = ("", "plain ", "<qt>", "<html><body>\n", "@")
    return [b + p for b in before for p in payloads(url, file)]


def task_of(text: str) -> Task:
    """Every place of a task that a service or a user fills with text."""
    base = take()
    error = TaskError(code=text, message=text, request_id=text)
    names = ("status_raw", "model", "resolution", "ratio", "tier", "priority", "subdivision")
    more = ("file_format", "progress_raw", "action", "revised_prompt", "safety_identifier")
    said: dict[str, Any] = dict.fromkeys(
        (*names, *more, "upstream_id", "request_id", "draft_task_id"), text
    )
    report = replace(base.report, error=error, tools=(text,), raw=text, **said)
    film = Artifact(kind=ArtifactKind.VIDEO, path=f"/films/{text}", problem=text, sha256=text)
    mark = Mark(name=text, tags=(text,), note=text[:10_000])
    return replace(base, report=report, mark=mark, artifacts=(film,))


def check_shown(text: str) -> None:
    assert not _HIDING.search(text), "an invisible character got through"


def check_tooltip(text: str) -> None:
    assert "<" not in _OUR_TAGS.sub("", text), "a tag in a tool tip"
    check_shown(html.unescape(text))


def check_widget(top: QWidget) -> None:
    """Nothing on it is rich text, whatever Qt would guess."""
    for widget in (top, *top.findChildren(QWidget)):
        check_tooltip(widget.toolTip())
        check_shown(widget.accessibleName())
        check_shown(widget.windowTitle())
        if isinstance(widget, QLabel) and widget.text():
            assert widget.textFormat() is Qt.TextFormat.PlainText, "a label that guesses"
            check_shown(widget.text())
        if isinstance(widget, QAbstractButton):
            check_shown(widget.text())
        if isinstance(widget, QTextEdit):
            assert not widget.acceptRichText(), "a field that takes rich text"
            assert "<img" not in widget.toHtml().lower()
    for action in top.findChildren(QAction):
        check_tooltip(action.toolTip())
    top.grab()  # painted, so that what would be loaded is


def check_cell(index: QModelIndex | QPersistentModelIndex) -> None:
    """What a view shows, says and tips of one cell."""
    check_shown(str(index.data() or ""))
    check_shown(str(index.data(Qt.ItemDataRole.AccessibleTextRole) or ""))
    check_tooltip(str(index.data(Qt.ItemDataRole.ToolTipRole) or ""))


def check_items(tree: QTreeWidget) -> None:
    """The lines of a tree, and the tree itself."""
    found = QTreeWidgetItemIterator(tree)
    while (item := found.value()) is not None:
        check_cell(tree.indexFromItem(item))
        found += 1
    check_widget(tree)


class Bench:
    """The surfaces: each shows one string and checks what came of it."""

    def __init__(self) -> None:
        self.ctx = Context(now=NOW, accounts={ARK.id: ARK})
        self.inspector = Inspector(QWidget())
        self.inspector.resize(QSize(400, 900))
        self.bar = MessageBar()
        self.sidebar = Sidebar()
        self.empty = EmptyPage()
        self.host = QWidget()
        self.compare = Compare(Actions(self.host, COMMANDS))
        self.compare.resize(QSize(900, 600))
        self.strip = AddStrip()
        self.posters = Posters()

    def close(self) -> None:
        shown = (self.inspector, self.bar, self.sidebar, self.empty, self.compare, self.strip)
        for widget in shown:
            widget.close()
            widget.deleteLater()

    def surfaces(self) -> dict[str, Callable[[str], None]]:
        return {
            "label": lambda t: check_widget(plain.label(t)),
            "wrapped label": lambda t: check_widget(plain.label(t, wraps=True)),
            "button": lambda t: self._button(QPushButton(), t),
            "check box": lambda t: self._button(QCheckBox(), t),
            "field": self._field,
            "menu": self._menu,
            "menu action": self._action,
            "tool tip": self._tooltip,
            "accessible name": self._name,
            "message box": self._box,
            "question": self._question,
            "message bar": self._message,
            "empty page": self._empty,
            "sidebar": self._account,
            "saved views": self._saved_views,
            "tags": self._tags,
            "gallery": self._gallery,
            "compare": self._compare,
            "heads of groups": self._group,
            "add strip": self._strip,
            "inspector": self._inspect,
            "inspector of many": self._inspect_many,
            "raw answer and history": self._raw,
            "table cells": self._cells,
            "table tool tips": self._tips,
            "notification": self._notification,
            "sentence": self._sentence,
            "CSV": self._csv,
            "clipboard": self._clipboard,
            "JSON line": self._json,
            "log": self._log,
            "file name and sidecar": self._files,
        }

    def _button(self, button: QAbstractButton, text: str) -> None:
        plain.set_text(button, text)
        assert button.shortcut().isEmpty(), "a keyboard mark out of a text"
        check_widget(button)

    def _field(self, text: str) -> None:
        field = QLineEdit()
        plain.set_text(field, text)
        check_widget(field)

    def _menu(self, text: str) -> None:
        menu = QMenu()
        plain.set_text(menu, text)
        assert "&" not in menu.title().replace("&&", ""), "a keyboard mark out of a text"
        check_widget(menu)

    def _action(self, text: str) -> None:
        menu = QMenu()
        action = menu.addAction("x")
        plain.set_text(action, text)
        plain.set_tooltip(action, text)
        assert "&" not in action.text().replace("&&", "")
        check_widget(menu)

    def _tooltip(self, text: str) -> None:
        widget = QWidget()
        plain.set_tooltip(widget, text)
        check_widget(widget)
        tip = QLabel(widget.toolTip())  # as Qt shows it: rich
        tip.grab()

    def _name(self, text: str) -> None:
        widget = QWidget()
        plain.name(widget, text, text)
        check_shown(widget.accessibleDescription())
        check_widget(widget)

    def _box(self, text: str) -> None:
        check_widget(plain.message_box(QMessageBox.Icon.Critical, text, text))

    def _question(self, text: str) -> None:
        parent = QWidget()
        box = plain.ask(parent, text, text, text, text, lambda: None)
        check_widget(box)
        box.close()

    def _message(self, text: str) -> None:
        self.bar.show_message(text, kind="error", action=(text, lambda: None))
        check_widget(self.bar)

    def _notification(self, text: str) -> None:
        """A server of notifications reads HTML of its own kind: there must be none."""
        key = task_of(text).key
        failure = Failure(Kind.OVERDUE, host=text, message=text, code=text)
        notice = Notice(done={key: text}, failed={Key("a", text): ""}, troubled={"a": failure})
        for words in notice_words(notice, {"a": text}, NOW):
            told = plain.markless(words)
            check_shown(told)
            assert not set("<>&") & set(told), "markup in a notification"
            assert len(told) <= 401 * 10, "a notification without an end"

    def _empty(self, text: str) -> None:
        self.empty.show_sentence(sentence(Failure(Kind.SERVER, host=text, message=text)))
        check_widget(self.empty)

    def _account(self, text: str) -> None:
        self.sidebar.set_accounts([replace(ARK, name=text)])
        check_items(self.sidebar)
        check_widget(self.sidebar.account_menu(ARK.id))

    def _saved_views(self, text: str) -> None:
        self.sidebar.set_saved([text, f"{text} 2"])
        check_items(self.sidebar)
        self.sidebar.set_saved([])

    def _tags(self, text: str) -> None:
        self.sidebar.set_counts(Counts(tags={text: 3}))
        check_items(self.sidebar)

    def _gallery(self, text: str) -> None:
        picture = QImage(300, 240, QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        how = {"selected": False, "hovered": True, "current": True}
        tile = TilePainter(self.posters, QFont(), self.ctx)
        tile.paint(painter, picture.rect(), task_of(text), **how, scrubbed=None)
        painter.end()

    def _compare(self, text: str) -> None:
        takes = [task_of(text), replace(task_of(f"{text} 2"), key=take(2).key)]
        self.compare.show_takes(takes, self.ctx)
        check_widget(self.compare)
        for table in self.compare.findChildren(ParameterTable):
            model = table.model()
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    check_cell(model.index(row, column))
        self.compare.clear()

    def _group(self, text: str) -> None:
        picture = QImage(300, 30, QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        group_bands.title(painter, picture.rect(), Group(text, 2), False)
        painter.end()
        check_shown(cells.head_title(Group(text, 2)))

    def _strip(self, text: str) -> None:
        self.strip.set_accounts([replace(ARK, name=text), replace(RONG, name=text)])
        said = PromptInfo(text, (text,), text)
        found = Found(text, 1, frozenset(), said, maybe_key=True)
        left_out = [LeftOut(text, 1, why) for why in ("rounded", "half")]
        self.strip.ask([found, replace(found, id="x")], 1, {"x": ARK.id}, left_out)
        rows = self.strip.found_list.found
        for row, column in itertools.product(range(2), range(3)):
            cell = rows.index(row, column)
            check_shown(str(cell.data()))
            check_shown(str(cell.data(Qt.ItemDataRole.AccessibleTextRole)))
            check_tooltip(str(cell.data(Qt.ItemDataRole.ToolTipRole) or ""))
        check_widget(self.strip)

    def _inspect(self, text: str) -> None:
        self.inspector.show_task(task_of(text), replace(ARK, name=text), self.ctx)
        self.inspector.show_account_trouble(ARK.id, Failure(Kind.DENIED, message=text, host=text))
        check_widget(self.inspector)

    def _inspect_many(self, text: str) -> None:
        other = replace(task_of(text), key=take(2).key)
        self.inspector.show_many([task_of(text), other], self.ctx)
        check_widget(self.inspector)

    def _raw(self, text: str) -> None:
        task = task_of(text)
        self.inspector.show_task(task, ARK, self.ctx)
        self.inspector.show_raw(task.key, text)
        event = Event(at=NOW, what=text[:100], old=text[:100], new=text[:100])
        self.inspector.show_events(task.key, [event])
        check_widget(self.inspector)

    def _cells(self, text: str) -> None:
        for column in BY_ID.values():
            check_shown(one_line(column.shown(task_of(text), self.ctx)))

    def _tips(self, text: str) -> None:
        for column in BY_ID.values():
            check_tooltip(plain.rich_free(column.tip(task_of(text), self.ctx)))

    def _sentence(self, text: str) -> None:
        for kind in Kind:
            words = Failure(kind, host=text, code=text, message=text, request_id=text)
            check_shown(shown(sentence(words).text))

    def _csv(self, text: str) -> None:
        found = "".join(export.csv_chunks([task_of(text)], self.ctx, [*BY_ID]))
        for row in csv.reader(io.StringIO(found, newline="")):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t")], "a formula"

    def _clipboard(self, text: str) -> None:
        tasks = [replace(task_of(text), key=take().key)]
        for what in ("seed", "parameters", "id", "path", "curl"):
            QApplication.clipboard().setText(text_for(what, tasks, {ARK.id: ARK}))
            assert not QApplication.clipboard().mimeData().hasHtml()

    def _json(self, text: str) -> None:
        line = json.dumps(export.task_line(task_of(text), ARK, 1_800_000_000.0))
        assert "\n" not in line
        assert json.loads(line)["status"] == "running"

    def _log(self, text: str) -> None:
        record = logging.LogRecord("rushes", logging.INFO, "", 0, "%s", (text,), None)
        line = Redacted().format(record)
        assert not re.search("[\r\n\x1b]", line), "a line that breaks or colours the log"

    def _files(self, text: str) -> None:
        name = filenames.safe_path(text.replace("/", "_"), "mp4")
        assert len(name.parts) == 1
        check_shown(name.name)
        task = task_of(text)
        content = sidecar.content(task, task.artifacts[0], replace(ARK, name=text))
        assert b"http://127" not in content


def loads(canary: Path, opened: Opened) -> bool:
    """The check of the check: whether a label that guesses would be noticed."""
    label = QLabel(f'<img src="{canary}">')
    label.grab()
    return opened.happened()


def run(full: bool) -> Report:
    report = Report("T8")
    if sys.platform != "linux":
        raise unittest.SkipTest("only Linux tells who opened a file")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as place, socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        canary = Path(place, "canary.png")
        canary.write_bytes((Path(__file__).parents[2] / "resources/media/dunes.png").read_bytes())
        strings = hostile(url, str(canary))
        strings = strings if full else random.Random(8).sample(strings, 8)
        bench = Bench()
        with Opened(canary) as opened:
            with report.case("an image that is loaded is noticed"):
                assert loads(canary, opened)
            for name, show in bench.surfaces().items():
                for text in strings:
                    with report.case(f"{name}: {ascii(text)[:60]}"):
                        show(text)
                        app.processEvents()
                        report.leaks += opened.happened()
        bench.close()
        with report.case("the network was not asked for anything"):
            try:
                server.accept()
            except BlockingIOError:
                pass
            else:
                raise AssertionError("something connected")
        with report.case("no image was loaded"):
            assert report.leaks == 0
    return report
