"""`--debug-flag gaps`: who kept the window from answering.

A thread asks the event loop now and again for a sign of life. While none comes it looks at what
the loop's thread is doing; what it saw most often is the culprit. Off, it costs nothing.
"""

import asyncio
import gc
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

log = logging.getLogger(__name__)

#: A frame of a screen with 60 of them a second: longer is a gap.
LONGEST_S = 0.016

_PAUSE_S = 0.005
_LOOK_EVERY_S = 0.002
_FRAMES = 4
_OURS = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True, slots=True)
class Gap:
    """One time the loop did not answer.

    Attributes:
        seconds: How long.
        frames: Where it mostly was, innermost first: the line itself, whosever it is, and the
            program's own above it, "ui/list/task_model.py:88 apply". A library's event loop as the
            innermost means: within Qt, or waiting for a processor. Empty: it was over before
            anybody could look.
        collecting_s: The part of it that was garbage collection.
        working_s: Processor time of the loop's thread; where it is far less than `seconds`, the
            thread waited: for a lock, a disk, or a processor. None: the system does not tell.
    """

    seconds: float
    frames: tuple[str, ...]
    collecting_s: float = 0.0
    working_s: float | None = None

    def __str__(self) -> str:
        where = " < ".join(self.frames) or "somewhere too short to be seen"
        parts = [f"the event loop did not answer for {_ms(self.seconds)}"]
        if self.working_s is not None:
            parts.append(f"at work for {_ms(self.working_s)}")
        if self.collecting_s >= 0.001:
            parts.append(f"collecting garbage for {_ms(self.collecting_s)}")
        return f"{', '.join(parts)}: {where}"


class GapMonitor:
    """Watches the loop of the thread that calls `start`, until `stop`; also with `with`.

    Args:
        tell: Called in the watching thread with each gap; by default it is logged.
    """

    def __init__(
        self, *, longest_s: float = LONGEST_S, tell: Callable[[Gap], object] | None = None
    ) -> None:
        self._longest_s = longest_s
        self._tell = tell or (lambda gap: log.warning("%s", gap))
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._collecting_since = 0.0
        self._collected_s = 0.0  # in all; whichever thread collects, every other one waits

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        loop, ident = asyncio.get_running_loop(), threading.get_ident()
        gc.callbacks.append(self._on_collection)
        self._thread = threading.Thread(
            target=self._watch, args=(loop, ident), name="gap monitor", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            gc.callbacks.remove(self._on_collection)

    def _watch(self, loop: asyncio.AbstractEventLoop, ident: int) -> None:
        while not self._ended.wait(_PAUSE_S):
            answered = threading.Event()
            asked_at, collected_s = time.monotonic(), self._collected_s
            worked_s = _worked_s(ident)
            try:
                loop.call_soon_threadsafe(answered.set)
            except RuntimeError:  # the loop is closed: there is nothing left to watch
                return
            if answered.wait(self._longest_s):
                continue
            frames = self._look_on(answered, ident)
            seconds = time.monotonic() - asked_at
            if answered.is_set() and seconds > self._longest_s:
                worked_s = None if worked_s is None else (_worked_s(ident) or 0.0) - worked_s
                self._tell(Gap(seconds, frames, self._collected_s - collected_s, worked_s))

    def _look_on(self, answered: threading.Event, ident: int) -> tuple[str, ...]:
        """What the loop's thread mostly did until it answered."""
        seen: Counter[tuple[str, ...]] = Counter()
        while not answered.is_set() and not self._ended.is_set():
            seen[_place(sys._current_frames().get(ident))] += 1
            answered.wait(_LOOK_EVERY_S)
        return max(seen, key=lambda place: seen[place], default=())

    def _on_collection(self, phase: str, _info: dict[str, int]) -> None:
        now = time.monotonic()
        if phase == "start":
            self._collecting_since = now
        else:
            self._collected_s += now - self._collecting_since


def _worked_s(ident: int) -> float | None:
    """Processor seconds of a thread so far."""
    if sys.platform != "linux":
        return None
    return time.clock_gettime(time.pthread_getcpuclockid(ident))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _place(frame: FrameType | None) -> tuple[str, ...]:
    """The innermost frame, and the innermost of the program's own above it."""
    places: list[str] = []
    while frame is not None and len(places) < _FRAMES:
        if not places or frame.f_code.co_filename.startswith(_OURS):
            places.append(_name(frame))
        frame = frame.f_back
    return tuple(places)


def _name(frame: FrameType) -> str:
    path = Path(frame.f_code.co_filename)
    shown = path.relative_to(_OURS) if path.is_relative_to(_OURS) else path.name
    return f"{shown}:{frame.f_lineno} {frame.f_code.co_name}"
