"""The program's event loop: qasync's, with one Qt timer for all that is due instead of one each.

qasync starts a Qt timer for every callback, and one that was cancelled stays until its time: each
request leaves its time limits behind for a minute, and thousands of timers make every other one
dear. Measured with 1,000 look-ups: 0.32 ms of processor time each before, 0.25 ms with this.

It also looks at each callback whether it is a coroutine; asyncio's own loops do so when debugging.

Proven on qasync 0.28 with Python 3.11 to 3.13, by asyncio's own tests (`tests/runtime`).

Also what belongs to the loop: when garbage is collected (`Garbage`), who kept it from turning
(`GapMonitor`), and Qt's messages in the log.
"""

import asyncio
import gc
import heapq
import logging
import math
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, Self

import qasync
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QMessageLogContext,
    QObject,
    Qt,
    QTimerEvent,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from rushes.system.threads import DaemonThreads

log = logging.getLogger(__name__)

#: Then Qt has its turn: events of the user do not wait for a long row of callbacks.
_TURN_S = 0.004

#: A timer of Qt counts milliseconds up to 25 days; what is due later is looked for again by then.
_LONGEST_TIMER_S = 24 * 3600.0

_FEW = 200

#: New objects before a collection is worth it: about half a millisecond of work.
_YOUNG = 5000
#: Collections of one generation before the next older one joins in.
_OLDER_AFTER = 10
_OLDEST_AFTER = 25


class Callbacks(QObject):
    """Runs callbacks in the order of their time.

    Args:
        is_in_step: Whether a task is at work just now. An event loop of Qt inside it (a modal
            dialog) finds the callbacks waiting: asyncio lets no task begin inside another one, and
            would lose what it was woken for.
    """

    _added = Signal()  # also from other threads

    def __init__(self, is_in_step: Callable[[], bool]) -> None:
        super().__init__()
        self._is_in_step = is_in_step
        self._added.connect(self._wake)
        self._ready: deque[asyncio.Handle] = deque()
        self._later: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._count = count()
        self._tidy_at = _FEW
        # Each is killed before its callbacks run, so that an event loop inside one of them (a
        # drag, a native dialog) finds the others going on.
        self._ready_timer = 0
        self._later_timer = 0
        self._later_at = math.inf
        self._is_stopped = False

    def add(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        self._wake()

    def add_from_any_thread(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        self._added.emit()

    def add_later(self, handle: asyncio.TimerHandle) -> None:
        if handle.when() <= time.monotonic():
            self.add(handle)
            return
        heapq.heappush(self._later, (handle.when(), next(self._count), handle))
        if len(self._later) > self._tidy_at:
            self._tidy()
        self._alarm()

    def stop(self) -> None:
        self._is_stopped = True
        self._ready.clear()
        self._later.clear()
        for timer in filter(None, (self._ready_timer, self._later_timer)):
            self.killTimer(timer)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802
        self.killTimer(event.timerId())
        if event.timerId() == self._later_timer:
            self._later_timer, self._later_at = 0, math.inf
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                self._ready.append(heapq.heappop(self._later)[2])
            self._alarm()
        else:
            self._ready_timer = 0
        self._run(time.monotonic() + _TURN_S)

    def _run(self, until: float) -> None:
        """Those that are ready now; what they add waits for the next turn."""
        if self._is_in_step():  # whoever runs it goes on with the others
            return
        try:
            for _ in range(len(self._ready)):
                if not self._ready:  # an event loop inside a callback was here before us
                    break
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
                    if time.monotonic() > until:
                        break
        finally:  # a KeyboardInterrupt leaves a handle: the others still run
            if self._ready:
                self._wake()

    def _wake(self) -> None:
        if not self._ready_timer and not self._is_stopped:
            self._ready_timer = self.startTimer(0)

    def _alarm(self) -> None:
        """Be woken when the first of the later ones is due."""
        while self._later and self._later[0][2].cancelled():
            heapq.heappop(self._later)
        if not self._later or self._later[0][0] >= self._later_at or self._is_stopped:
            return
        if self._later_timer:
            self.killTimer(self._later_timer)
        self._later_at = self._later[0][0]
        left_s = min(self._later_at - time.monotonic(), _LONGEST_TIMER_S)
        left_ms = max(0, math.ceil(left_s * 1000))
        self._later_timer = self.startTimer(left_ms, Qt.TimerType.PreciseTimer)

    def _tidy(self) -> None:
        self._later = [one for one in self._later if not one[2].cancelled()]
        heapq.heapify(self._later)
        self._tidy_at = max(_FEW, 2 * len(self._later))


class QtLoop(qasync.QEventLoop):  # type: ignore[misc]
    """Keeps what is due in `Callbacks`: what asyncio asks of a loop publicly is answered here, and
    qasync's own timer has nothing to do.
    """

    def __init__(self, app: QApplication) -> None:
        # Before qasync's own __init__, which wants something called already.
        self._callbacks = Callbacks(lambda: asyncio.current_task(self) is not None)
        self._readers: dict[int, asyncio.Handle] = {}
        self._writers: dict[int, asyncio.Handle] = {}
        super().__init__(app)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._callbacks.add(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """In the caller's context, which qasync's own leaves behind.

        Raises:
            RuntimeError: the loop is closed.
        """
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._callbacks.add_from_any_thread(handle)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._callbacks.add_later(handle)
        return handle

    def close(self) -> None:
        super().close()
        self._callbacks.stop()

    # WORKAROUND: qasync 0.28 returns no handle here, so that the end of a cancelled `sock_recv`
    # takes the reader of the next one away; and it takes no context, which Python 3.15 gives.

    def _add_reader(
        self, fd: Any, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        super()._add_reader(fd, _run, handle)
        _keep(self._readers, fd, handle)
        return handle

    def _remove_reader(self, fd: Any) -> bool:
        _keep(self._readers, fd, None)
        return bool(super()._remove_reader(fd))

    def _add_writer(
        self, fd: Any, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        super()._add_writer(fd, _run, handle)
        _keep(self._writers, fd, handle)
        return handle

    def _remove_writer(self, fd: Any) -> bool:
        _keep(self._writers, fd, None)
        return bool(super()._remove_writer(fd))


def _run(handle: asyncio.Handle) -> None:
    if not handle.cancelled():
        handle._run()


def _keep(handles: dict[int, asyncio.Handle], fd: Any, handle: asyncio.Handle | None) -> None:
    """Have `handle` be the one of this file; the one before is cancelled, as asyncio does it."""
    number = fd if isinstance(fd, int) else fd.fileno()
    if before := handles.pop(number, None):
        before.cancel()
    if handle is not None:
        handles[number] = handle


def new_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    loop = QtLoop(app)
    loop.set_default_executor(DaemonThreads())  # qasync's own would be waited for at the end
    made: asyncio.AbstractEventLoop = loop
    return made


class Garbage(QObject):
    """Collects between `with` and its end, whenever the event loop is about to sleep.

    Needs a QApplication. What exists at the beginning (modules, classes) stays for the whole run
    and is left out of every collection.
    """

    def __enter__(self) -> Self:
        gc.freeze()
        gc.disable()
        self._dispatcher = QAbstractEventDispatcher.instance()
        self._dispatcher.aboutToBlock.connect(self._collect, Qt.ConnectionType.DirectConnection)
        return self

    def __exit__(self, *_: object) -> None:
        self._dispatcher.aboutToBlock.disconnect(self._collect)
        gc.unfreeze()
        gc.collect()  # what is left of the loop and the window must end in this thread, too
        gc.enable()

    def _collect(self) -> None:
        young, middle, old = gc.get_count()
        if young < _YOUNG:
            return
        if middle < _OLDER_AFTER:
            gc.collect(0)
        elif old < _OLDEST_AFTER:
            gc.collect(1)
        else:
            gc.collect()


# --- `--debug-flag gaps`: who kept the window from answering -------------------------------------
#
# A thread asks the event loop now and again for a sign of life. While none comes it looks at what
# the loop's thread is doing; what it saw most often is the culprit. Off, it costs nothing.

#: A frame of a screen with 60 of them a second: longer is a gap.
LONGEST_S = 0.016

_PAUSE_S = 0.005
_LOOK_EVERY_S = 0.002
_FRAMES_TOLD = 4
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
    while frame is not None and len(places) < _FRAMES_TOLD:
        if not places or frame.f_code.co_filename.startswith(_OURS):
            places.append(_name(frame))
        frame = frame.f_back
    return tuple(places)


def _name(frame: FrameType) -> str:
    path = Path(frame.f_code.co_filename)
    shown = path.relative_to(_OURS) if path.is_relative_to(_OURS) else path.name
    return f"{shown}:{frame.f_lineno} {frame.f_code.co_name}"


# --- what Qt has to say --------------------------------------------------------------------------

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def qt_to_log() -> None:
    """From now on, until `qt_to_terminal`, what Qt has to say goes into the log, where keys and
    signatures are hidden: Qt writes whole URLs into its warnings."""
    qInstallMessageHandler(_log_of_qt)


def qt_to_terminal() -> None:
    qInstallMessageHandler(None)


def _log_of_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = context.category or ""
    name = category if category.startswith("qt.") else "qt"
    logging.getLogger(name).log(_LEVELS[kind], "%s", message)
