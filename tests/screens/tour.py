"""One walk through the program, in one language and at one number of pixels: takes pictures.

`python -m tests.screens.tour HOW`, where HOW is a `Walk` as a JSON object. Started by
`tests.screens`, because language and scale are chosen when Qt starts.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QScrollArea, QWidget

from rushes import app as program
from rushes.controllers.main_controller import MainController
from rushes.core.settings import Settings
from rushes.core.task import ArtifactKind, ArtifactState, Status, Task
from rushes.options import Options
from rushes.presentation import text
from rushes.store import tables
from tests.screens.measure import Measure

LONG = "long"  # English with 40 % more signs: a translation that does not fit shows there first
_ACCENTED = str.maketrans("aeiouyAEIOU", "áéíöüýÁÉÍÖÜ")
_PATIENCE_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Attributes:
    base: The program's folder. An empty one: the first account is added there.
    folder: For the pictures; what was measured is added to `measured.jsonl` there.
    sizes: Of the window, in its own pixels.
    language: "en", "zh_CN" or LONG.
    twice: Whether the screen has two pixels for one.
    only: Names of screens; none: all.
    large: Whether the system's type is half as large again.
    contrast: Whether the system asks for high contrast.
    """

    base: str
    folder: str
    sizes: tuple[tuple[int, int], ...]
    themes: tuple[str, ...]
    language: str
    twice: bool = False
    only: tuple[str, ...] = ()
    large: bool = False
    contrast: bool = False


@dataclass
class Tour:
    walk: Walk
    desk: MainController
    measure: Measure = field(default_factory=Measure)
    found: set[str] = field(default_factory=set)
    _prefix: str = ""
    _saved: list[Awaitable[bool]] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)

    async def run(self) -> int:
        if self.walk.contrast:
            self.measure.least = 7.0  # WCAG 2.2: 1.4.6
        screens = _SCREENS if self.desk.accounts else _FIRST_SCREENS
        only = self.walk.only and (*self.walk.only, "trouble")
        chosen = {name: screen for name, screen in screens.items() if not only or name in only}
        if self.desk.accounts:
            await self._until(lambda: self.desk.window.table.has_visible_rows)
        for theme in self.walk.themes:
            self.desk.change_settings(replace(self.desk.backend.settings, theme=theme))
            for wide, tall in self.walk.sizes:
                self.desk.window.resize(wide, tall)
                walk = self.walk
                kinds = {"@2x": walk.twice, "-large": walk.large, "-contrast": walk.contrast}
                kind = "".join(word for word, on in kinds.items() if on)
                self._prefix = f"{walk.language}-{theme}-{wide}x{tall}{kind}"
                await self.settle()
                for name, screen in chosen.items():
                    if name in _ONCE and (wide, tall) != self.walk.sizes[0]:
                        continue
                    if await screen(self, name):
                        self.found.add(name)
        await asyncio.gather(*self._saved)
        self._note(sorted(chosen.keys() - self.found))
        return 0

    def _note(self, skipped: list[str]) -> None:
        made = {"texts": self.measure.texts, "skipped": skipped}
        with Path(self.walk.folder, "measured.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in (*self._lines, json.dumps(made)))

    # --- what screens are made with -----------------------------------------------------------

    def shoot(self, window: QWidget, name: str) -> None:
        """Take a picture, and measure what is in it."""
        picture = window.grab().toImage()
        path = Path(self.walk.folder, f"{self._prefix}-{name}.png")
        self._saved.append(asyncio.ensure_future(asyncio.to_thread(picture.save, str(path))))
        faults = [asdict(fault) for fault in self.measure.faults(window, picture)]
        self._lines.append(json.dumps({"picture": path.name, "faults": faults}))

    def press(self, command: str) -> bool:
        """Trigger it. False: there is no such command, or it cannot be done now."""
        try:
            action = self.desk.window.commands[command]
        except KeyError:
            return False
        if not action.isEnabled():
            return False
        action.trigger()
        return True

    async def settle(self, seconds: float = 0.35) -> None:
        """Let the window come to rest: what it fetches and paints has no one end."""
        await asyncio.sleep(seconds)

    async def select(self, wanted: Callable[[Task], object], count: int = 1) -> bool:
        tasks = [t for t in await self.desk.backend.store.read(tables.tasks) if wanted(t)]
        self.desk.window.select([t.key for t in tasks[:count]])
        await self.settle()
        return len(tasks) >= count

    @asynccontextmanager
    async def opened(self, command: str) -> AsyncIterator[list[QWidget]]:
        """The windows that a command opens; closed at the end."""
        before = set(QApplication.topLevelWidgets())
        shown: list[QWidget] = []
        if self.press(command):
            await self.settle()
            shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in before]
        for dialog in shown:  # as on a screen that the window fills
            dialog.resize(dialog.size().boundedTo(self.desk.window.size()))
        await self.settle(0.05)
        yield shown
        for window in shown:
            window.close()
        await self.settle(0.1)

    async def _until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while not true():  # noqa: ASYNC110 - widgets tell no event for it
                await asyncio.sleep(0.05)


Screen = Callable[[Tour, str], Awaitable[bool]]


def _has_film(task: Task) -> bool:
    film = task.artifact(ArtifactKind.VIDEO)
    return film is not None and film.state is ArtifactState.SAVED


async def _trouble(tour: Tour, name: str) -> bool:
    """The list as it opens: with what stands wrong, which later pictures are without."""
    tour.press("as_list")
    await tour.settle(0.6)
    bar = tour.desk.window.messages
    if not bar.text:  # they were closed before the last size
        return False
    tour.shoot(tour.desk.window, name)
    while bar.text:
        bar.clear()
    return True


async def _rows(tour: Tour, name: str) -> bool:
    """The list, the take that plays being selected."""
    tour.press("as_list")
    found = await tour.select(lambda task: task.mark.name.startswith("Dusk"))
    await tour.settle(1.0)
    tour.shoot(tour.desk.window, name)
    return found


async def _failed(tour: Tour, name: str) -> bool:
    found = await tour.select(lambda task: task.status is Status.FAILED)
    tour.shoot(tour.desk.window, name)
    return found


async def _many(tour: Tour, name: str) -> bool:
    found = await tour.select(_has_film, 3)
    tour.shoot(tour.desk.window, name)
    return found


async def _no_match(tour: Tour, name: str) -> bool:
    tour.desk.window.toolbar.set_search("nothing reads like this")
    await tour.settle()
    tour.shoot(tour.desk.window, name)
    tour.desk.window.toolbar.set_search("")
    await tour.settle()
    return True


async def _gallery(tour: Tour, name: str) -> bool:
    found = await tour.select(_has_film)
    tour.press("as_gallery")
    await tour.settle(0.8)
    tour.shoot(tour.desk.window, name)
    tour.press("as_list")
    return found


async def _review(tour: Tour, name: str) -> bool:
    await tour.select(lambda task: task.mark.name.startswith("Dusk"))
    async with tour.opened("review") as shown:
        found = bool(shown) or tour.desk.window.isFullScreen()
        if found:
            await tour.settle(0.8)
            tour.shoot(shown[0] if shown else tour.desk.window, name)
    return found


async def _compare(tour: Tour, name: str, count: int = 2) -> bool:
    await tour.select(_has_film, count)
    found = tour.press("compare")
    await tour.settle(0.8)
    tour.shoot(tour.desk.window, name)
    tour.press("as_list")
    return found


async def _usage(tour: Tour, name: str) -> bool:
    found = tour.press("as_usage")
    await tour.settle(0.6)
    tour.shoot(tour.desk.window, name)
    tour.press("as_list")
    return found


async def _message(tour: Tour, name: str) -> bool:
    """Something with a button: what was removed can be had back."""
    await tour.select(_has_film)
    found = tour.press("remove")
    await tour.settle()
    tour.shoot(tour.desk.window, name)
    tour.press("undo")
    await tour.settle()
    return found


async def _strip(tour: Tour, name: str) -> bool:
    tour.desk.window.add_strip.setFocus()
    QApplication.clipboard().setText(
        '{"id": "cgt-20261120101112-abcde", "prompt": "A lighthouse at dusk, slow push in"}\n'
        "cgt-20261120101113-fghij"
    )
    found = tour.press("paste")
    await tour.settle()
    tour.shoot(tour.desk.window, name)
    strip = tour.desk.window.add_strip
    while strip.isVisible():  # it comes once more when the answer is there
        strip.leave()
        await tour.settle(0.1)
    return found


async def _menu(tour: Tour, name: str) -> bool:
    await tour.select(_has_film)
    table = tour.desk.window.table
    table.menu_wanted.emit(table.viewport().mapToGlobal(QPoint(200, 40)))
    await tour.settle(0.2)
    menu = QApplication.activePopupWidget()
    if menu is None:
        return False
    tour.shoot(menu, name)
    menu.close()
    return True


async def _dialog(tour: Tour, name: str) -> bool:
    """A command that opens a window; its pages are scrolled to their end."""
    await tour.select(_has_film)
    async with tour.opened(name) as shown:
        for window in shown:
            for part, _ in enumerate(_scrolled(window), start=1):
                await tour.settle(0.05)
                tour.shoot(window, name if part == 1 else f"{name}-{part}")
    return bool(shown)


def _scrolled(window: QWidget) -> Iterator[None]:
    """Each screenful of what is scrolled in a window."""
    yield
    areas = [area for area in window.findChildren(QScrollArea) if area.isVisible()]
    for bar in (area.verticalScrollBar() for area in areas):
        while bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep() - 20)
            yield


async def _empty(tour: Tour, name: str) -> bool:
    tour.shoot(tour.desk.window, name)
    return True


async def _first_account(tour: Tour, name: str) -> bool:
    """Service, key, folder; nothing is added at the end."""
    async with tour.opened("add_account") as shown:
        for window in shown:
            for step in (1, 2, 3):
                tour.shoot(window, f"{name}-{step}")
                for field in window.findChildren(QLineEdit):
                    if field.isVisible() and not field.text():
                        field.setText("a-key-that-is-none")
                buttons = window.findChildren(QPushButton)
                if step < 3:
                    next(button for button in buttons if button.isDefault()).click()
                await tour.settle(0.2)
    return bool(shown)


_SCREENS: dict[str, Screen] = {
    "trouble": _trouble,
    "list": _rows,
    "failed": _failed,
    "many": _many,
    "no-match": _no_match,
    "message": _message,
    "strip": _strip,
    "gallery": _gallery,
    "review": _review,
    "compare": _compare,
    "compare-four": partial(_compare, count=4),
    "usage": _usage,
    "menu": _menu,
    "settings": _dialog,
    "accounts": _dialog,
    "add_account": _dialog,
    "shortcuts": _dialog,
    "tag": _dialog,
    "note": _dialog,
}
#: These are as large in a larger window.
_ONCE = frozenset({"menu", "accounts", "add_account", "shortcuts", "tag", "note"})
_FIRST_SCREENS: dict[str, Screen] = {"empty": _empty, "first-account": _first_account}


@contextmanager
def _dressed(walk: Walk) -> Iterator[None]:
    """Let the program start in a language, or in English with longer words, on a system with the
    type and the contrast of the walk."""
    dress, language = program.dress, walk.language

    def dressed(app: QApplication, settings: Settings) -> None:
        font = app.font()
        font.setPointSizeF(11 * (1.5 if walk.large else 1.0))
        app.setFont(font)
        dress(app, replace(settings, language="en" if language == LONG else language))
        if walk.contrast:
            told = app.styleHints().accessibility().contrastPreferenceChanged
            told.emit(Qt.ContrastPreference.HighContrast)
        if language == LONG:
            text.install(_stretched)

    program.dress = dressed
    try:
        yield
    finally:
        program.dress = dress


def _stretched(context: str, words: str, comment: str | None, n: int) -> str:
    """Accented and 40 % longer; the fields in braces stay."""
    done: str = QCoreApplication.translate(context, words, comment, n)
    parts = done.split("{")
    accented = [parts[0].translate(_ACCENTED)]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        accented.append(f"{{{name}}}{rest.translate(_ACCENTED)}")
    return "".join(accented) + "~" * round(len(done) * 0.4)


def main() -> int:
    told = json.loads(sys.argv[1])
    walk = Walk(**{**told, "sizes": tuple((wide, tall) for wide, tall in told["sizes"])})
    with _dressed(walk):
        return program.main(Options(base_dir=Path(walk.base)), lambda desk: Tour(walk, desk).run())


if __name__ == "__main__":
    sys.exit(main())
