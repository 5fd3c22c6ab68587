"""Keeps what was made out of 3D results: the unpacked model and its turntable, in the cache.

Everything here can be made again, so the oldest goes when there is too much.
"""

import contextlib
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rushes.core.model import ModelFacts, ModelTrouble
from rushes.system.disk import open_regular
from rushes.system.helper import Helpers, HelpersClosed

#: Pictures of a whole turn.
FRAMES = 24
#: What the helper writes of a result: the model that is drawn, and `ModelFacts` as JSON.
MODEL, FACTS = "model.glb", "facts.json"
#: How the helper ends when there is no model, or none that is drawn. Any other code, such as that
#: of a signal: it ran into a limit, or the driver fell over the file.
CODES = {
    ModelTrouble.BROKEN: 3,
    ModelTrouble.NO_DRAWING: 4,
    ModelTrouble.OTHER_FILES: 5,
    ModelTrouble.TOO_HEAVY: 6,
    ModelTrouble.NO_MODEL: 7,
    ModelTrouble.REFUSED: 8,
    ModelTrouble.DISK: 9,
}
_KEPT = 24  # models
_LIMIT_S = 90.0
_TROUBLE = {code: trouble for trouble, code in CODES.items()}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A model that can be looked at.

    Attributes:
        path: Our own copy, with nothing in it that was not checked.
    """

    path: Path
    facts: ModelFacts


class ModelCache:
    """All methods block; they may be called from several threads at once.

    Args:
        folder: In the cache; made when needed.
        limit_s: Seconds a process may take for a model.

    Attributes:
        helpers: The processes that read and draw.
    """

    def __init__(self, folder: Path, *, limit_s: float = _LIMIT_S) -> None:
        self._folder = folder
        self._limit_s = limit_s
        self._reading = threading.Lock()  # one result is not read twice at once
        self.helpers = Helpers(folder.with_name("helpers"))

    def unpacked(self, result: Path, name: str) -> Unpacked | ModelTrouble:
        """The model of a saved result and what it says about itself.

        Args:
            result: A zip, or a GLB.
            name: One for each content, such as its hash.
        """
        home = self._folder / name
        try:
            with self._reading:
                home.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._make_room(home)
                done = home / "read"
                trouble = None if done.is_dir() else self._made(done, "read", str(result))
            if trouble is not None:
                return trouble
            with open_regular(done / FACTS) as file:
                facts = msgspec.json.decode(file.read(), type=ModelFacts)
        except OSError:
            return ModelTrouble.DISK
        except msgspec.DecodeError:
            return ModelTrouble.BROKEN
        return Unpacked(done / MODEL, facts)

    def turntable(self, model: Path, name: str) -> tuple[Path, ...] | ModelTrouble:
        """Pictures of the model turning once, drawn by a process of its own if need be."""
        done = self._folder / name / "turn"
        trouble = None if done.is_dir() else self._draw(model, done)
        return tuple(sorted(done.glob("*.png"))) if trouble is None else trouble

    def picture(self, model: Path, name: str) -> Path | ModelTrouble:
        """One picture of the model: of its turntable, or drawn alone, which is much faster."""
        for done in (self._folder / name / "turn", self._folder / name / "still"):
            if done.is_dir():
                return done / "00.png"
        trouble = self._draw(model, done, frames=1)
        return done / "00.png" if trouble is None else trouble

    def orbit(self, model: Path, title: str) -> None:
        """Open a window of the drawing process to turn the model in. Blocks for a moment only.

        Call it in the program's first thread: the window ends with the thread that opened it.
        """
        with contextlib.suppress(OSError, HelpersClosed):  # no room for a folder: no window
            self.helpers.start("models", "orbit", str(model), "--title", title, screen=True)

    def close(self) -> None:
        """End every process that draws; later ones do not start."""
        self.helpers.close()

    # --- inside ----------------------------------------------------------------------------

    def _draw(self, model: Path, done: Path, *, frames: int = FRAMES) -> ModelTrouble | None:
        try:
            done.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._made(done, "render", str(model), "--frames", str(frames))
        except OSError:
            return ModelTrouble.DISK

    def _made(self, done: Path, verb: str, *words: str) -> ModelTrouble | None:
        """Have a helper fill a new folder, which is called `done` only when it is full.

        Raises:
            OSError: there is no room for it.
        """
        with tempfile.TemporaryDirectory(prefix=f"{verb}.", dir=done.parent) as half:
            words = ("models", verb, *words[:1], half, *words[1:])
            try:
                process = self.helpers.start(*words, screen=verb != "read")
            except HelpersClosed:
                return ModelTrouble.NO_DRAWING
            try:
                left = process.wait(self._limit_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return ModelTrouble.TOO_HEAVY
            if left == 0:
                with contextlib.suppress(FileExistsError):  # another thread was faster
                    Path(half).rename(done)
                    Path(half).mkdir()  # what is taken away below
                return None
        return _TROUBLE.get(left, ModelTrouble.TOO_HEAVY)

    def _make_room(self, coming: Path) -> None:
        shelf = [path for path in self._folder.iterdir() if path != coming]
        shelf.sort(key=lambda path: path.stat().st_mtime)
        for old in shelf[: max(0, len(shelf) + 1 - _KEPT)]:
            shutil.rmtree(old, ignore_errors=True)
