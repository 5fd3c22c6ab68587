"""What preview, inspector and compare show of the selection, and frames taken out of clips."""

import asyncio
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from rushes.controllers.film_frames import image_of
from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.core.film import FilmFacts, FilmTrouble
from rushes.core.poster import clip_source
from rushes.core.task import ArtifactKind, ArtifactState, Key, Task
from rushes.files.file_store import write_new
from rushes.files.frames import Haste
from rushes.presentation.film import film_sentence
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.ui.review.review import Review
from rushes.ui.widgets.image_loader import read_image

if TYPE_CHECKING:
    from rushes.ui.compare.compare import Compare

#: The picture first: filling the inspector takes as long as opening a film. It waits for the first
#: frame, but not longer than both seem to come at once.
_DETAILS_AFTER_MS = 100
#: A number of a frame that no film has: the last one is meant.
_BEYOND_THE_LAST = 2**31 - 1


class ViewerController(QObject):
    """Follows the selection.

    Attributes:
        review: Takes one after the other on the whole screen.
    """

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = window = main.window
        self._store, self._presence = main.backend.store, main.backend.presence
        self._current: Key | None = None
        #: Of films; the take may be shown in the inspector after its film was opened.
        self._told: deque[tuple[str, str]] = deque(maxlen=4)
        self._details = QTimer(self)
        self._details.setSingleShot(True)
        self._details.timeout.connect(self._show_details)
        window.table.selection_changed.connect(self._show_selection)
        window.table.current_changed.connect(self._show_selection)
        window.compare_requested.connect(lambda keys: main.do(self._compare(keys)))
        main.inspector.raw_wanted.connect(lambda key: main.do(self._show_raw(key)))
        main.inspector.events_wanted.connect(lambda key: main.do(self._show_events(key)))
        main.preview.player.began.connect(
            lambda: self._details.isActive() and self._details.start(0)
        )
        window.content.when_compare_made(self._serve)
        main.film_frames.told = self._film_told
        window.frame_wanted.connect(lambda *told: main.do(self._take_frame(*told)))
        window.last_frame_requested.connect(lambda key: main.do(self._copy_last_frame(key)))
        self.review = Review(window, main.preview)
        self._show_selection()  # what was selected before this was here

    def _show_selection(self, _: object = None) -> None:
        """Play the take at once. Selection and current row change together, or one alone."""
        preview = self._main.preview
        tasks, ctx = self._selected(), self._window.context
        if len(tasks) > 1:
            preview.show_many(len(self._window.table.selected_numbers()), ctx)
        else:
            preview.show_task(_only(tasks), ctx)
        if not self._details.isActive():  # a held arrow key does not put it off for ever
            self._details.start(_DETAILS_AFTER_MS if preview.player.is_beginning else 0)

    def _show_details(self) -> None:
        """Fill the inspector, and look whether the shown files still are where they were."""
        ctx, tasks = self._window.context, self._selected()
        one = _only(tasks)
        if one is None and tasks:
            self._main.inspector.show_many(tasks, ctx)
        else:
            account = self._main.accounts.get(one.key.account) if one else None
            self._main.inspector.show_task(one, account, ctx)
        if one is not None and one.key != self._current:
            self._main.do(self._presence.check([one.key]))
        self._current = one.key if one else None
        for told in self._told:
            self._main.inspector.show_film(*told)
        self._prepare_neighbours()

    def _prepare_neighbours(self) -> None:
        """Whoever goes on to the next take, or back, has its first frame at once."""
        table = self._window.table
        row = table.currentIndex().row()
        near = table.tasks_of(n for n in (row + 1, row - 1, row + 2) if row >= 0 and n >= 0)
        clips = (clip_source(task) for task in near)
        self._main.film_frames.prepare(clip.path for clip in clips if clip is not None)

    def _film_told(self, path: str, film: FilmFacts | FilmTrouble, plays: bool | None) -> None:
        told = path, film_sentence(film, plays)
        self._told.append(told)
        self._main.inspector.show_film(*told)

    def _selected(self) -> list[Task]:
        keys = self._window.selected_keys()
        return [task for key in keys if (task := self._window.task(key)) is not None]

    def _serve(self, compare: "Compare") -> None:
        compare.frames = self._main.film_frames

    async def _show_raw(self, key: Key) -> None:
        self._main.inspector.show_raw(key, await self._store.read(tables.raw, key))

    async def _show_events(self, key: Key) -> None:
        self._main.inspector.show_events(key, await self._store.read(tables.events, key))

    async def _compare(self, keys: Sequence[Key]) -> None:
        """Show the takes as they are now, and look whether their files still are there."""
        tasks = await self._store.read(tables.get, keys)
        if len(tasks) < len(keys):
            return  # one was removed just now: the selection has changed as well
        self._window.content.show_takes(tasks, self._window.context)
        await self._presence.check(list(keys))

    # --- frames ---------------------------------------------------------------------------

    async def _take_frame(
        self, clip: str, number: int, on_screen: QImage, is_copy: bool
    ) -> Failure | None:
        """The frame as the file has it; what is on the screen only where it cannot be decoded, or
        the file is another one now."""
        frames, path = self._main.frames, Path(clip)
        found = await frames.frame(path, number - 1, haste=Haste.NEXT)
        facts = await frames.facts(path, haste=Haste.NEXT)
        is_gone = self._main.film_frames.was_replaced(clip, facts)
        image = on_screen if isinstance(found, FilmTrouble) or is_gone else image_of(found)
        is_mapped = isinstance(facts, FilmFacts) and facts.hdr and image is not on_screen
        if is_copy:
            QGuiApplication.clipboard().setImage(image)
            told, timeout_s = tr("Frame {number} copied.", number=number), 4
        else:  # compressing it takes too long for the thread that paints
            wanted = frame_path(path, number)
            loop = asyncio.get_running_loop()
            saved = await loop.run_in_executor(None, lambda: write_new(wanted, png(image)))
            if isinstance(saved, Failure):
                return saved
            told, timeout_s = tr("Frame saved as {name}.", name=saved.name), 6
        if is_mapped:
            told = tr("{told} Its HDR colours were converted to SDR.", told=told)
        self._window.show_message(told, kind="success", replace="frame", timeout_s=timeout_s)
        return None

    async def _copy_last_frame(self, key: Key) -> None:
        """The next take begins with it: the service's own picture where it was saved, else that of
        the film."""
        await self._presence.check([key])
        image, told = QImage(), tr("This take has no last frame.")
        for task in await self._store.read(tables.get, [key]):
            picture, clip = task.artifact(ArtifactKind.LAST_FRAME), clip_source(task)
            if picture is not None and picture.state is ArtifactState.SAVED:
                loop = asyncio.get_running_loop()
                image = await loop.run_in_executor(None, read_image, picture.path or "")
            if image.isNull() and clip is not None:
                frames, path = self._main.frames, Path(clip.path)
                found = await frames.frame(path, _BEYOND_THE_LAST, haste=Haste.NEXT)
                if isinstance(found, FilmTrouble):
                    told = film_sentence(found, None)
                else:
                    image = image_of(found)
        if not image.isNull():
            QGuiApplication.clipboard().setImage(image)
            told = tr("Last frame copied ({width}×{height}).",
                      width=image.width(), height=image.height())  # fmt: skip
        kind = "warning" if image.isNull() else "success"
        self._window.show_message(told, kind=kind, replace="frame", timeout_s=6)


def _only(tasks: Sequence[Task]) -> Task | None:
    return tasks[0] if len(tasks) == 1 else None


def frame_path(clip: Path, number: int) -> Path:
    """``/films/hero.mp4``, 123 → ``/films/hero_f0123.png``. Frames count from 1, as on screen."""
    return clip.with_name(f"{clip.stem}_f{number:04}.png")


def png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(content.data())
