"""Keeps what was made out of 3D results: the unpacked model and its turntable, in the cache.

Everything here can be made again, so the oldest goes when there is too much.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from rushes.adapters.archive import unpack
from rushes.adapters.model_facts import NotAModel, read_facts
from rushes.adapters.verdict import Damaged, Uncheckable
from rushes.core.model import ModelFacts, ModelTrouble

#: Pictures of a whole turn.
FRAMES = 24
_KEPT = 24  # models
_PATIENCE_S = 90.0
_LEFT_NO_MODEL, _LEFT_NO_DRAWING = 3, 4  # as `rushes.turntable` ends
#: What the drawing process is told of our surroundings: where the screen is, and no key.
_PASSED_ON = (
    *("PATH", "PYTHONPATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "TMPDIR", "XDG_RUNTIME_DIR"),
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LIBGL_ALWAYS_SOFTWARE"),
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A model that can be looked at."""

    path: Path
    facts: ModelFacts


class ModelShelf:
    """All methods block; they may be called from several threads at once.

    Args:
        folder: In the cache; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._drawing: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def unpacked(self, result: Path, name: str) -> Unpacked | ModelTrouble:
        """The model of a saved result and what it says about itself.

        Args:
            result: A zip, or a GLB.
            name: One for each content, such as its hash.
        """
        try:
            path = result if result.suffix.lower() == ".glb" else self._unpack(result, name)
            return Unpacked(path, read_facts(path)) if path else ModelTrouble.NO_MODEL
        except Uncheckable:
            return ModelTrouble.REFUSED
        except Damaged:  # or no archive at all
            return ModelTrouble.BROKEN
        except NotAModel as e:
            return e.trouble
        except OSError:
            return ModelTrouble.DISK

    def turntable(self, model: Path, name: str) -> tuple[Path, ...] | ModelTrouble:
        """Pictures of the model turning once, drawn by a process of its own if need be."""
        done = self._folder / name / "turn"
        if not done.is_dir():
            try:
                trouble = self._draw(model, done)
            except OSError:
                return ModelTrouble.DISK
            if trouble is not None:
                return trouble
        return tuple(sorted(done.glob("*.png")))

    def picture(self, model: Path, name: str) -> Path | ModelTrouble:
        """One picture of the model: of its turntable, or drawn alone, which is much faster."""
        for done in (self._folder / name / "turn", self._folder / name / "still"):
            if done.is_dir():
                return done / "00.png"
        try:
            trouble = self._draw(model, done, frames=1)
        except OSError:
            return ModelTrouble.DISK
        return done / "00.png" if trouble is None else trouble

    def orbit(self, model: Path, title: str) -> None:
        """Open a window of the drawing process to turn the model in."""
        self._start("orbit", str(model), "--title", title)

    def close(self) -> None:
        """End every process that draws; later ones do not start."""
        with self._lock:
            self._closed = True
            for process in self._drawing:
                process.kill()
        for process in tuple(self._drawing):
            process.wait()

    # --- inside ----------------------------------------------------------------------------

    def _unpack(self, result: Path, name: str) -> Path | None:
        home = self._folder / name
        inner = home / "content"
        with self._lock:
            if not inner.is_dir():
                home.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._make_room(home)
                unpack(result, inner)
        found = [path for path in inner.rglob("*") if path.suffix.lower() == ".glb"]
        return max(found, key=lambda path: path.stat().st_size, default=None)

    def _draw(self, model: Path, done: Path, *, frames: int = FRAMES) -> ModelTrouble | None:
        done.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="draw.", dir=done.parent) as half:
            process = self._start("render", str(model), half, "--frames", str(frames))
            if process is None:
                return ModelTrouble.NO_DRAWING
            try:
                left = process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return ModelTrouble.TOO_HEAVY
            finally:
                with self._lock:
                    self._drawing.discard(process)
            if left == 0:
                with contextlib.suppress(FileExistsError):  # another thread was faster
                    Path(half).rename(done)
                    Path(half).mkdir()  # what is taken away below
                return None
        if left == _LEFT_NO_MODEL:
            return ModelTrouble.BROKEN
        # A signal: it ran into a limit, or the driver fell over the file.
        return ModelTrouble.NO_DRAWING if left == _LEFT_NO_DRAWING else ModelTrouble.TOO_HEAVY

    def _start(self, *words: str) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            self._drawing = {process for process in self._drawing if process.poll() is None}
            if self._closed:
                return None
            process = subprocess.Popen(
                [sys.executable, "-m", "rushes.turntable", *words],
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._drawing.add(process)
            return process

    def _make_room(self, coming: Path) -> None:
        shelf = [path for path in self._folder.iterdir() if path != coming]
        shelf.sort(key=lambda path: path.stat().st_mtime)
        for old in shelf[: max(0, len(shelf) + 1 - _KEPT)]:
            shutil.rmtree(old, ignore_errors=True)
