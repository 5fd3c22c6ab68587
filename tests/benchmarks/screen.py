"""What a person sees: pixels read off the X screen by a thread of its own, and mpv beside us."""

import asyncio
import ctypes
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from tests import barcode

_ALL_PLANES, _Z_PIXMAP = 2**64 - 1, 2
_POLL_S = 0.0005
_PATIENCE_S = 10.0

#: Film and frame; None: no barcode is seen.
Seen = tuple[int, int] | None


class _XImage(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", ctypes.POINTER(ctypes.c_char)),
        *((name, ctypes.c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth")),
        ("bytes_per_line", ctypes.c_int),
    )


class Watch:
    """Looks at one place of the screen. Its methods wait in another thread, not in this one."""

    def __init__(self, box: QRect) -> None:
        """`box`: the whole picture, in pixels of the screen."""
        self.box = box
        self._x = x = ctypes.CDLL("libX11.so.6")
        x.XOpenDisplay.restype = x.XDefaultRootWindow.restype = ctypes.c_void_p
        x.XGetImage.restype = ctypes.POINTER(_XImage)
        self._display = ctypes.c_void_p(x.XOpenDisplay(None))
        self._root = ctypes.c_void_p(x.XDefaultRootWindow(self._display))

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)

    def look(self) -> Seen:
        """One line of the picture is enough."""
        box, y = self.box, self.box.top() + self.box.height() // 2
        image = self._x.XGetImage(
            self._display,
            self._root,
            box.left(),
            y,
            box.width(),
            1,
            ctypes.c_ulong(_ALL_PLANES),
            _Z_PIXMAP,
        )
        row = ctypes.string_at(image.contents.data, image.contents.bytes_per_line)
        self._x.XDestroyImage(image)
        return barcode.read(QImage(row, box.width(), 1, len(row), QImage.Format.Format_RGB32))

    async def after(self, act: Callable[[], object], is_it: Callable[[Seen], bool]) -> float:
        """Milliseconds from `act()` until what is seen is what is waited for; the patience, if it
        does not come."""
        return (await self.during(act, lambda seen: is_it(seen[-1][1])))[-1][0]

    async def during(
        self,
        act: Callable[[], object],
        is_over: Callable[[list[tuple[float, Seen]]], bool],
    ) -> list[tuple[float, Seen]]:
        """What was seen, and when: milliseconds after `act()`; each change once."""
        began = time.perf_counter()

        def watch() -> list[tuple[float, Seen]]:
            seen: list[tuple[float, Seen]] = []
            while True:
                found = self.look()
                now = (time.perf_counter() - began) * 1000
                if not seen or seen[-1][1] != found:
                    seen.append((now, found))
                if is_over(seen) or now > _PATIENCE_S * 1000:
                    return seen
                time.sleep(_POLL_S)

        watching = asyncio.get_running_loop().run_in_executor(None, watch)
        act()
        return await watching


class Mpv:
    """The peer, in a window of its own without any controls."""

    @staticmethod
    def is_there() -> bool:
        return shutil.which("mpv") is not None

    def __init__(self, folder: Path, box: QRect) -> None:
        self._path = folder / "mpv.sock"
        place = f"{box.width()}x{box.height()}+{box.left()}+{box.top()}"
        words = ["--no-config", "--idle", "--force-window", "--no-audio", "--hr-seek=yes"]
        words += ["--no-osc", "--osd-level=0", "--no-border", "--keep-open=yes", "--vo=x11"]
        words += ["--loop-file=inf", "--no-input-default-bindings", f"--geometry={place}"]
        words += ["--no-terminal", f"--input-ipc-server={self._path}"]
        self.process = subprocess.Popen(["mpv", *words])
        self._socket = socket.socket(socket.AF_UNIX)
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                self._socket.connect(str(self._path))
                break
            except OSError:
                time.sleep(0.02)
        self._socket.setblocking(False)

    def do(self, *command: str | float | bool) -> None:
        """As mpv's manual names it."""
        try:  # what it answers is not read, but must not fill its buffer
            while self._socket.recv(65536):
                pass
        except BlockingIOError:
            pass
        self._socket.sendall(json.dumps({"command": command}).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.process.kill()
        self.process.wait()


def cpu_s(pids: Sequence[int]) -> float:
    """Processor seconds that these processes have used."""
    ticks = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / 100


def picture_of(surface: Any) -> QRect:
    """Where a film of 16:9 is on the screen."""
    size = surface.size()
    wide = min(size.width(), size.height() * 16 // 9)
    box = QRect(0, 0, wide, wide * 9 // 16)
    box.moveCenter(surface.rect().center())
    return QRect(surface.mapToGlobal(box.topLeft()), box.size())
