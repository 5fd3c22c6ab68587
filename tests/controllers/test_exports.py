"""What leaves by the menu Export: files that other programs and people can use."""

import importlib.util
import json
import shutil
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from rushes import assets
from rushes.controllers import desktop
from rushes.controllers.contact_sheet import PageCell
from rushes.controllers.contact_sheet import write as write_sheet
from rushes.controllers.export_file import tell_unwritten
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Key,
    Mark,
    Pick,
    Report,
    Status,
    Task,
    TaskError,
    blank,
)
from rushes.store import tables
from rushes.system import logs
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, button, until
from tests.ui.takes import ARK, RONG

FILMS = ("dusk", "pond", "dunes")
Work = Callable[[MainController, list[Task]], Awaitable[None]]


def saved(n: int, film: Path, mark: Mark) -> Task:
    key = Key(ARK.id, f"cgt-{n}")
    size = film.stat()
    artifact = Artifact(
        kind=ArtifactKind.VIDEO,
        state=ArtifactState.SAVED,
        path=str(film),
        size=size.st_size,
        mtime_ns=size.st_mtime_ns,
    )
    report = Report(
        id=key.id,
        status=Status.SUCCEEDED,
        model="doubao-seedance-2-0-260128",
        seed=100 + n,
        created_at=1_790_000_000.0 + n,
    )
    return replace(blank(key, 1.0), report=report, artifacts=(artifact,), mark=mark)


async def put(desk: MainController, tasks: Sequence[Task], *accounts: Account) -> None:
    store = desk.backend.store
    for account in accounts:
        await store.write(tables.put_account, account)
    await store.write(tables.add, [task.key for task in tasks], 1.0)
    became = {task.key: (lambda _, to=task: to) for task in tasks}
    await store.write(tables.change, became, 1.0)
    await desk.reload_accounts()
    desk.list.refresh()
    await until(lambda: desk.window.table.row_count == len(tasks))


@pytest.fixture
def with_films(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path
) -> Callable[[Work], None]:
    """Do something with a window on three takes with real films, two of them picked, and one that
    failed."""
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            tasks = []
            for n, name in enumerate(FILMS):
                film = tmp_path / f"{name} 夜 {n}.mp4"
                shutil.copyfile(assets.asset("media", f"{name}.mp4"), film)
                mark = Mark(
                    name=f"{name} 湖",
                    rating=n + 2,
                    pick=Pick.PICK if n else Pick.NONE,
                    note="keep" if n == 1 else "",
                    prompt="黄昏的湖面上，一只白鹭缓缓起飞。" * 20,
                )
                tasks.append(saved(n, film, mark))
            failed = replace(
                blank(Key(ARK.id, "cgt-failed"), 1.0),
                report=Report(
                    id="cgt-failed",
                    status=Status.FAILED,
                    error=TaskError(code="InternalServiceError", request_id="req-77"),
                ),
                mark=Mark(name="lost one"),
            )
            await put(desk, [*tasks, failed], ARK)
            await work(desk, [*tasks, failed])

    return lambda work: windows.drive(use(work))


async def export(
    desk: MainController, what: str, keys: Sequence[Key], path: Path, *, show: bool = False
) -> str:
    """As the menu does it. Returns what the window says then, after its button was used."""
    desk.window.export_requested.emit(what, list(keys))
    await chosen(desk, path)
    return await told(desk, show=show)


async def chosen(desk: MainController, path: Path) -> None:
    await until(lambda: desk.window.findChildren(QFileDialog))
    (dialog,) = desk.window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    await until(lambda: not desk.window.findChildren(QFileDialog))


async def told(desk: MainController, *, show: bool = False) -> str:
    (bar,) = desk.window.findChildren(MessageBar)
    await until(lambda: bar.text and not bar.text.endswith("…"))
    said = bar.text
    if show:
        button(desk.window, "Show").click()
    bar.clear()
    return said


def test_that_several_selected_takes_become_a_timeline_in_their_order(
    with_films: Callable[[Work], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    otio = pytest.importorskip("opentimelineio", reason="the extra rushes[otio] is not installed")
    shown: list[Path] = []
    monkeypatch.setattr(desktop, "reveal", shown.append)

    async def work(desk: MainController, tasks: list[Task]) -> None:
        path, keys = tmp_path / "cut.otio", [task.key for task in (*tasks[:1], *tasks[2:])]
        said = await export(desk, "timeline", keys, path, show=True)
        assert said == "2 takes exported to cut.otio. Left out, without a saved film: “lost one”."
        assert shown == [path]
        kept = await desk.backend.store.read(tables.get, [task.key for task in tasks[:3]])
        assert [task.artifacts[0].handed for task in kept] == [True, False, True]
        films = list(otio.adapters.read_from_file(str(path)).tracks[0])
        assert [clip.name for clip in films] == ["dusk 湖", "dunes 湖"]
        assert [clip.metadata["rushes"]["rating"] for clip in films] == [2, 4]
        facts = [await desk.frames.facts(Path(t.artifacts[0].path or "")) for t in tasks[:3:2]]
        lengths = [clip.duration().to_seconds() for clip in films]
        assert lengths == pytest.approx([fact.length_s for fact in facts], abs=0.05)  # type: ignore[union-attr]
        assert desk.list.settings.settings.exported_to == str(tmp_path)

    with_films(work)


def test_that_without_a_selection_the_picks_become_the_timeline(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    otio = pytest.importorskip("opentimelineio", reason="the extra rushes[otio] is not installed")

    async def work(desk: MainController, tasks: list[Task]) -> None:
        path = tmp_path / "cut.otio"
        said = await export(desk, "timeline", [tasks[0].key], path)
        assert said == "2 takes exported to cut.otio."
        track = otio.adapters.read_from_file(str(path)).tracks[0]
        order = [task.mark.name for task in desk.window.table.known_tasks]
        assert {clip.name for clip in track} == {"pond 湖", "dunes 湖"} < set(order)
        assert [m.comment for clip in track for m in clip.markers] == ["keep"]

    with_films(work)


def test_that_a_timeline_of_nothing_says_what_to_do_and_asks_for_no_file(
    with_films: Callable[[Work], None],
) -> None:
    pytest.importorskip("opentimelineio", reason="the extra rushes[otio] is not installed")

    async def work(desk: MainController, tasks: list[Task]) -> None:
        without = {task.key: lambda old: replace(old, mark=Mark()) for task in tasks}
        await desk.backend.store.write(tables.change, without, 1.0)
        desk.window.export_requested.emit("timeline", [])
        assert await told(desk) == "No take is picked here. Pick takes, or select some."
        assert not desk.window.findChildren(QFileDialog)

    with_films(work)


def test_that_a_timeline_names_what_is_to_be_installed(
    with_films: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)

    async def work(desk: MainController, tasks: list[Task]) -> None:
        desk.window.export_requested.emit("timeline", [tasks[0].key])
        assert 'pip install "rushes[otio]"' in await told(desk)
        assert not desk.window.findChildren(QFileDialog)

    with_films(work)


def test_that_a_contact_sheet_shows_every_take(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    qt_pdf = pytest.importorskip("PySide6.QtPdf", reason="PySide6 6.12 keeps it apart")

    async def work(desk: MainController, tasks: list[Task]) -> None:
        pdf = tmp_path / "sheet.pdf"
        assert await export(desk, "contact_sheet", [], pdf) == "4 takes exported to sheet.pdf."
        pages = qt_pdf.QPdfDocument()
        assert pages.load(str(pdf)) is qt_pdf.QPdfDocument.Error.None_
        assert pages.pageCount() == 1
        size = pages.pagePointSize(0)
        assert (round(size.width()), round(size.height())) == (595, 842)
        words = pages.getAllText(0).text()
        for wanted in ("dusk 湖", "lost one", "#101", "Seedance 2.0", "★★★☆☆", "Pick", "昏的湖"):
            assert wanted in words

    with_films(work)


def test_that_a_contact_sheet_can_be_a_picture(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    async def work(desk: MainController, tasks: list[Task]) -> None:
        png = tmp_path / "sheet.png"
        await export(desk, "contact_sheet", [tasks[0].key], png)
        image = QImage(str(png))
        assert image.size() == QSize(1240, 1754)
        poster = image.copy(80, 80, 330, 180)
        colours = {poster.pixelColor(x, 90).name() for x in range(0, 330, 10)}
        assert len(colours) > 5  # the film, not an empty box

    with_films(work)


def test_that_hundreds_of_takes_go_on_paper_while_the_window_stays_alive(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def use() -> None:
        async with windows.desk(base_dir) as desk:
            film = tmp_path / "a.mp4"
            shutil.copyfile(assets.asset("media", "dusk.mp4"), film)
            tasks = [
                saved(n, film, Mark(name=f"take {n}", prompt="湖 lake " * 60)) for n in range(300)
            ]
            await put(desk, tasks, ARK)
            beats = [0]
            timer = QTimer(interval=10)
            timer.timeout.connect(lambda: beats.__setitem__(0, beats[0] + 1))
            timer.start()
            # As while the rest of a new view is read.
            desk.window.table.rows.show(desk.window.table.rows.order[:200], (), may_move=True)
            path, other = tmp_path / "sheet.png", tmp_path / "sheet-2.png"
            other.write_text("somebody's")
            said = await export(desk, "contact_sheet", [], path)
            timer.stop()
            assert said == "300 takes exported to sheet.png. 25 pages, a file each."
            assert len(list(tmp_path.glob("sheet*.png"))) == 26
            assert other.read_text() == "somebody's"
            assert beats[0] > 50  # it was painted beside the window's own events

    windows.drive(use())


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_that_json_says_what_the_command_line_says(
    with_films: Callable[[Work], None], tmp_path: Path, ending: str
) -> None:
    async def work(desk: MainController, tasks: list[Task]) -> None:
        path = tmp_path / f"takes.{ending}"
        await export(desk, "json", [task.key for task in tasks[:2]], path)
        text = path.read_text(encoding="utf-8")
        lines = json.loads(text) if ending == "json" else [*map(json.loads, text.splitlines())]
        assert [line["id"] for line in lines] == ["cgt-0", "cgt-1"]
        assert lines[1]["notes"] == "keep"
        assert (lines[1]["rating"], lines[1]["pick"]) == (3, "pick")
        await export(desk, "json", [], path)  # all that are shown
        assert path.read_text(encoding="utf-8").count('"schema"') == 4

    with_films(work)


def test_that_a_case_goes_into_a_file_and_on_the_clipboard_without_a_key(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    canary = "ark-canary-4f8c2d1e9b7a"
    logs.remember(Secret(canary))

    async def work(desk: MainController, tasks: list[Task]) -> None:
        key = tasks[3].key

        def answered(task: Task) -> Task:
            raw = json.dumps({"msg": f"bad {canary}", "url": f"https://x.example/a?sig={canary}"})
            return replace(task, report=replace(task.report, raw=raw, request_id="last-1"))

        await desk.backend.store.write(tables.change, {key: answered}, 2.0)
        path = tmp_path / "case.md"
        said = await export(desk, "case", [task.key for task in tasks], path)
        assert said.startswith("1 take exported to case.md.")
        text = path.read_text(encoding="utf-8")
        assert QGuiApplication.clipboard().text() == text
        assert canary not in text
        for wanted in ("lost one", "cgt-failed", "req-77", "last-1", "InternalServiceError"):
            assert wanted in text
        await export_nothing(desk, tasks[0].key, tmp_path)

    with_films(work)


async def export_nothing(desk: MainController, key: Key, folder: Path) -> None:
    said = await export(desk, "case", [key], folder / "none.md")
    assert "there is no case" in said
    assert not (folder / "none.md").exists()


def test_that_a_list_goes_to_another_window_and_merges(
    drive: Drive[Any], qtbot: QtBot, tmp_path: Path
) -> None:
    windows = Windows(drive, qtbot)
    path = tmp_path / "mine.rushes"

    async def work() -> None:
        film = tmp_path / "a.mp4"
        shutil.copyfile(assets.asset("media", "dusk.mp4"), film)
        tasks = [saved(n, film, Mark(name=f"take {n}")) for n in range(3)]
        async with windows.desk(tmp_path / "one") as desk:
            await put(desk, tasks, ARK, RONG)
            desk.window.command_context.do.export_list()
            await chosen(desk, path)
            assert (await told(desk)).startswith("3 takes exported to mine.rushes.")
        async with windows.desk(tmp_path / "two") as desk:
            await put(desk, [replace(tasks[0], mark=Mark(rating=1))], ARK)
            desk.window.command_context.do.import_list()
            await chosen(desk, path)
            said = await told(desk)
            assert said == (
                "2 takes imported. 1 take of this list got what was missing here. "
                "1 account came along. Keys are never in the file: enter them under Accounts."
            )
            await until(lambda: desk.window.table.row_count == 3)
            assert {a.name for a in desk.accounts.values()} == {"Ark", "Rong"}
            (first,) = await desk.backend.store.read(tables.get, [tasks[0].key])
            assert (first.mark.name, first.mark.rating) == ("take 0", 1)
            path.write_bytes(path.read_bytes()[:5000])
            desk.window.command_context.do.import_list()
            await chosen(desk, path)
            assert "damaged or was cut off. Nothing was imported" in await told(desk)

    windows.drive(work())


def test_that_no_file_is_written_over_that_the_dialog_did_not_ask_about(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    """It asks about the name that was typed, which gets an ending afterwards."""

    async def work(desk: MainController, tasks: list[Task]) -> None:
        other = tmp_path / "cut.v2.csv"
        other.write_text("somebody's")
        said = await export(desk, "csv", [tasks[0].key], tmp_path / "cut.v2")
        assert other.read_text() == "somebody's"
        assert (tmp_path / "cut.v2 (2).csv").exists()
        assert "cut.v2 (2).csv" in said
        await export(desk, "csv", [tasks[0].key], other)
        assert other.read_text() != "somebody's"  # it was asked about

    with_films(work)


def test_that_a_full_folder_or_one_that_is_gone_is_told(
    with_films: Callable[[Work], None], tmp_path: Path
) -> None:
    async def work(desk: MainController, tasks: list[Task]) -> None:
        for what, name in (
            *(("csv", "a.csv"), ("json", "a.json"), ("contact_sheet", "a.pdf")),
            *(("timeline", "a.otio"), ("case", "a.md")),
        ):
            if what == "timeline" and importlib.util.find_spec("opentimelineio") is None:
                continue  # the extra rushes[otio] has no wheel for the newest Python
            keys = [task.key for task in tasks]
            said = await export(desk, what, keys, tmp_path / "gone" / name)
            assert said == f"{name} was not written: its folder is not there or cannot be written."
        said = await export(desk, "csv", [tasks[0].key], tmp_path / f"{'长' * 90}.csv")
        assert said.endswith("was not written: the name is too long. Choose a shorter one.")
        longest = tmp_path / f"{'长' * 83}ab.csv"  # 255 bytes
        await export(desk, "csv", [tasks[0].key], longest)
        assert longest.exists()
        desk.window.commands["export_list"].trigger()
        await chosen(desk, tmp_path / "gone" / "a.rushes")
        assert (await told(desk)).startswith("a.rushes was not written: its folder")
        full = Failure(Kind.DISK_FULL)
        tell_unwritten(desk, full, tmp_path / "a.pdf")
        assert await told(desk) == "a.pdf was not written: the disk is full."

    with_films(work)


def test_that_no_line_on_paper_is_cut_by_the_signs_of_another_font(
    tmp_path: Path, qapp: QApplication
) -> None:
    """Chinese stands higher than Latin: what is written with it keeps its descenders."""

    def ink(title: str) -> int:
        """Of the first letter, from its upper to its lower edge (pixels)."""
        cell = PageCell(title=title, line="", verdict="", prompt="")
        (path,) = write_sheet(tmp_path / f"{title}.png", "", [cell], threading.Event())
        page = QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)
        left, below = round(36 * 150 / 72), round((36 + 168 * 9 / 16 + 4) * 150 / 72)
        rows = [
            y
            for y in range(below, below + 60)
            if any(page.pixelColor(x, y).lightness() < 128 for x in range(left, left + 12))
        ]
        return rows[-1] - rows[0]

    assert ink("p") > 10
    assert abs(ink("p 湖") - ink("p")) <= 1
