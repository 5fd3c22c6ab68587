"""Every face of the window in pictures, to be looked at after a change of the look.

Run by `dev.py demo --screens DIR --every-look`: once in English, once in Chinese, once in words
that are 40 % longer (a translation that does not fit shows there first), and once at twice the
pixels; each in light and dark, at 1280 x 800 and at the smallest size.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from rushes import app
from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.settings import Settings
from rushes.core.task import ArtifactKind, Status, Task
from rushes.options import Options
from rushes.presentation import text
from rushes.store import tables
from tour import Tour, pending

LANGUAGES = ("en", "zh_CN", "long")
SIZES = {"": (1280, 800), "small-": (900, 560)}
TWICE = {"twice-": (1280, 720)}  # 2560 x 1440 pixels

_ACCENTED = str.maketrans("aeiouyAEIOU", "áéíöüýÁÉÍÖÜ")


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py demo --every-look")
    parser.add_argument("--screens", type=Path, default=Path("demo-screens"), metavar="DIR")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--every-look", action="store_true")
    options = parser.parse_args()
    folder: Path = options.screens
    if options.language is None:
        return max(_each(folder))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rushes-looks-") as base, _speaking(options.language):
        return app.main(Options(base_dir=Path(base), speed=2.0), Looks(folder).run)


def _each(folder: Path) -> Iterator[int]:
    """A process each: language and scale are chosen when Qt starts."""
    for scale, language in (("1", "en"), ("1", "zh_CN"), ("1", "long"), ("2", "en")):
        name = language if scale == "1" else f"{language}-twice"
        words = (sys.executable, __file__, "--screens", str(folder / name), "--language", language)
        env = {**os.environ, "QT_SCALE_FACTOR": scale}
        yield subprocess.run(words, env=env, check=False).returncode


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Let the program start in a language, or in English stretched by 40 %."""
    dress = app.dress

    def dressed(qt: QApplication, settings: Settings) -> None:
        dress(qt, replace(settings, language="en" if language == "long" else language))
        if language == "long":
            text.install(_stretched)

    app.dress = dressed
    try:
        yield
    finally:
        app.dress = dress


def _stretched(context: str, words: str, comment: str | None, n: int) -> str:
    """Accented and 40 % longer; the fields in braces stay."""
    done: str = QCoreApplication.translate(context, words, comment, n)
    parts = done.split("{")
    accented = [parts[0].translate(_ACCENTED)]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        accented.append(f"{{{name}}}{rest.translate(_ACCENTED)}")
    return "".join(accented) + "~" * round(len(done) * 0.4)


@dataclass
class Looks(Tour):
    """Takes a picture of every pane, dialog and state."""

    async def run(self, desk: MainController) -> int:
        simulator = await demo.start(desk.backend.options, desk.backend.places.data)
        twice = desk.window.devicePixelRatioF() > 1
        try:
            for look in self._looks(desk, TWICE if twice else SIZES):
                await self._empty(desk, look)
            await demo.fill(desk, simulator)
            await self._until(desk, lambda tasks: tasks and not pending(tasks))
        finally:
            simulator.stop()
        for look in self._looks(desk, TWICE if twice else SIZES):
            for picture in (self._takes, self._views, self._dialogs, self._strip):
                await picture(desk, look)
        return 0

    def _looks(self, desk: MainController, sizes: dict[str, tuple[int, int]]) -> Iterator[str]:
        for theme in ("light", "dark"):
            desk.change_settings(replace(desk.backend.settings, theme=theme))
            for name, (wide, tall) in sizes.items():
                desk.window.resize(wide, tall)
                yield f"{theme}-{name}"

    async def _empty(self, desk: MainController, look: str) -> None:
        await self._settle()
        self._shoot(desk.window, f"{look}empty")

    async def _takes(self, desk: MainController, look: str) -> None:
        tasks = list(await desk.backend.store.read(tables.tasks))
        for name, wanted in _TAKES.items():
            desk.window.select([t.key for t in tasks if wanted(t)][: 3 if name == "many" else 1])
            await self._settle(1.2)
            self._shoot(desk.window, f"{look}{name}")

    async def _views(self, desk: MainController, look: str) -> None:
        tasks = [
            t for t in await desk.backend.store.read(tables.tasks) if t.artifact(ArtifactKind.VIDEO)
        ]
        for command in ("as_gallery", "compare", "as_list"):
            desk.window.select([t.key for t in tasks if t.status is Status.SUCCEEDED][:2])
            await self._settle(0.3)
            self._press(desk, command)
            await self._settle(1.2)
            if command != "as_list":
                self._shoot(desk.window, f"{look}{command}")

    async def _dialogs(self, desk: MainController, look: str) -> None:
        for command in ("settings", "shortcuts", "accounts", "add_account", "tag", "note"):
            before = set(QApplication.topLevelWidgets())
            self._press(desk, command)
            await self._settle(0.5)
            for shown in self._shown(before):
                self._shoot(shown, f"{look}{command}")
                shown.close()
            await self._settle(0.2)

    async def _strip(self, desk: MainController, look: str) -> None:
        desk.window.add_strip.setFocus()
        QApplication.clipboard().setText("cgt-20261120101112-abcde and cgt-20261120101113-fghij")
        self._press(desk, "paste")
        await self._settle(0.5)
        self._shoot(desk.window, f"{look}strip")
        self._press(desk, "leave")
        await self._settle(0.2)

    @staticmethod
    def _press(desk: MainController, command: str) -> None:
        desk.window.findChild(QAction, command).trigger()

    @staticmethod
    def _shown(before: set[QWidget]) -> list[QWidget]:
        return [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in before]


_TAKES: dict[str, Callable[[Task], object]] = {
    "playing": lambda t: t.report.seed == 10136,
    "failed": lambda t: t.status is Status.FAILED,
    "model": lambda t: t.artifact(ArtifactKind.MODEL) and t.status is Status.SUCCEEDED,
    "many": lambda t: t.status is Status.SUCCEEDED,
}


if __name__ == "__main__":
    raise SystemExit(main())
