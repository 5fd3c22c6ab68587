"""Asks the frame server (`helpers/frames.py`) for pictures and facts of films on this disk.

The server is a process of its own, started when it is asked, killed when it does not answer in
time, started again when it died. It gets open descriptors, never a name, and writes pixels into
memory that is made here and cannot be cut short there.
"""

import asyncio
import contextlib
import itertools
import json
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from rushes.core.film import DecodedFrame, FilmFacts, FilmTrouble, fitted
from rushes.system import helper
from rushes.system.disk import open_regular

_ANSWER_S = 20.0
_MOST_LINE = 2**24  # the times of a million frames
_MOST_FACTS = 512
#: Its end of input is what the process ends with.
_LAST_WORDS_S = 0.3

Answer = dict[str, Any]
Wish = Mapping[str, str | int]


class Haste(IntEnum):
    """How soon something is answered. What is asked with more haste ends a request with less, which
    is asked again afterwards."""

    LATER = 0  # posters, strips, what nobody looks at
    NEXT = 1  # of the film one looks at
    NOW = 2  # what somebody waits for: ends another such one too, and is not asked again


class FrameMemory:
    """Room for frames `first` to `last` of a film in one size, shared with the server.

    Raises:
        OSError: there is not enough memory.
    """

    def __init__(self, width: int, height: int, first: int, last: int) -> None:
        self.width, self.height, self.first, self.last = width, height, first, last
        self._size = width * height * 4
        self.fd = _memory(self._size * (last - first + 1))

    def picture(self, n: int) -> DecodedFrame:
        """Frame `n`, a copy. What it shows before the server told of it is black or half done."""
        # Read, not mapped: a window that has gone through a film is no larger for it.
        pixels = os.pread(self.fd, self._size, (n - self.first) * self._size)
        return DecodedFrame(self.width, self.height, pixels, n)

    def close(self) -> None:
        os.close(self.fd)


def _memory(size: int) -> int:
    """A descriptor of so many bytes of memory that the other side cannot cut short: whoever looks
    behind the end of a file that shrank is killed by the system."""
    if hasattr(os, "memfd_create"):
        import fcntl

        fd = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.truncate(fd, size)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        return fd
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return os.dup(file.fileno())


class FrameServer:
    """One request is answered at a time. Each method answers with a `FilmTrouble` where there is
    no picture.

    Posters and strips wait while the user acts, and let go of the server between two frames, see
    `Haste`. What was ended and is not asked again answers "dropped".

    Args:
        folder: Where the process lives, see `helper.surroundings`.
        command: How it is started, if not as ours is.
        answer_s: Seconds one answer may take.
    """

    def __init__(
        self, folder: Path, *, command: tuple[str, ...] = (), answer_s: float = _ANSWER_S
    ) -> None:
        self._folder = folder
        self._command = command or helper.command("frames")
        self._answer_s = answer_s
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._rest = b""  # what was received behind the last whole line
        self._facts: dict[tuple[str, int, int], FilmFacts] = {}
        self._turn = threading.Condition()
        self._answered: Haste | None = None  # of the request that is answered
        self._is_sent = self._is_outdone = False  # the process has it; another one has more haste
        self._waiting: list[tuple[Haste, int]] = []  # those that wait for their turn
        self._tickets = itertools.count()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process that runs now; None: there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    async def facts(self, path: Path, *, haste: Haste = Haste.LATER) -> FilmFacts | FilmTrouble:
        """What the film is. The whole file is read for it once, but not decoded."""
        key = await asyncio.get_running_loop().run_in_executor(None, _state_of, path)
        if key is not None and key in self._facts:
            return self._facts[key]
        answer = await self._in_thread({"what": "facts"}, path, haste=haste)
        if isinstance(answer, FilmTrouble):
            return answer
        try:
            facts = msgspec.convert(answer["facts"], FilmFacts, dec_hook=_fraction)
        except (msgspec.ValidationError, KeyError):
            return FilmTrouble.BROKEN
        if key is not None:
            self._facts[key] = facts
            if len(self._facts) > _MOST_FACTS:
                del self._facts[next(iter(self._facts))]
        return facts

    async def plays(self, path: Path, *, haste: Haste = Haste.LATER) -> FilmTrouble | None:
        """Whether the first and the last key frame can be shown. None: yes."""
        answer = await self._in_thread({"what": "shows"}, path, haste=haste)
        return answer if isinstance(answer, FilmTrouble) else None

    async def first(
        self, path: Path, side: int, *, haste: Haste = Haste.NOW
    ) -> DecodedFrame | FilmTrouble:
        """The first frame, at most `side` pixels long. It is there before the file was read: what
        can be decoded at all, and what can be painted until more is known."""
        try:
            memory = FrameMemory(side, side, 0, 0)
        except OSError:
            return FilmTrouble.TOO_HEAVY
        try:
            wish: Wish = {"what": "first", "side": side}
            answer = await self._in_thread(wish, path, memory.fd, haste=haste)
            if isinstance(answer, FilmTrouble):
                return answer
            size = int(answer["width"]), int(answer["height"])
            return DecodedFrame(*size, memory.picture(0).pixels[: size[0] * size[1] * 4], 0)
        finally:
            memory.close()

    async def frame(
        self, path: Path, n: int, side: int | None = None, *, haste: Haste = Haste.LATER
    ) -> DecodedFrame | FilmTrouble:
        """Frame `n`, from 0, exactly; a number beyond the last is the last one.

        Args:
            side: The longest it may be, in pixels; None: as large as it is shown.
        """
        return await self._picture("frame", path, n, side, haste)

    async def near(self, path: Path, n: int, side: int | None = None) -> DecodedFrame | FilmTrouble:
        """The key frame at or before `n`: there at once, for the time until `frame` comes."""
        return await self._picture("near", path, n, side, Haste.NOW)

    async def fill(
        self,
        path: Path,
        memory: FrameMemory,
        came: Callable[[int], None],
        *,
        haste: Haste = Haste.LATER,
    ) -> FilmTrouble | None:
        """All frames of `memory`, in playing order. "Dropped" when something has more haste.

        Args:
            came: Called in another thread with the number of each frame that is there now.
        """
        size = {"width": memory.width, "height": memory.height}
        wish: Wish = {"what": "fill", "first": memory.first, "last": memory.last, **size}
        answer = await self._in_thread(
            wish, path, memory.fd, haste=haste, came=came, is_repeated=False
        )
        return answer if isinstance(answer, FilmTrouble) else None

    async def draw(self, what: str, path: Path, out: Path) -> FilmTrouble | None:
        """Write a small JPEG of a file: "poster" or "strip" of a film, "image" of a picture."""

        def into() -> Answer | FilmTrouble:
            with out.open("xb") as file:
                return self._ask({"what": what}, path, file.fileno())

        try:
            answer = await asyncio.get_running_loop().run_in_executor(None, into)
        except OSError:
            return FilmTrouble.UNREADABLE
        return answer if isinstance(answer, FilmTrouble) else None

    async def aclose(self) -> None:
        """End the process; what is asked gets no answer any more."""
        with self._turn:
            self._closed = True
            if self._process is not None:
                self._process.kill()
            self._turn.notify_all()
        await asyncio.get_running_loop().run_in_executor(None, self._end)

    # --- inside ----------------------------------------------------------------------------

    async def _picture(
        self, what: str, path: Path, n: int, side: int | None, haste: Haste
    ) -> DecodedFrame | FilmTrouble:
        facts = await self.facts(path, haste=haste)
        if isinstance(facts, FilmTrouble):
            return facts
        shown = facts.shown_width, facts.shown_height
        width, height = shown if side is None else fitted(*shown, side)
        wish: Wish = {"what": what, "n": n, "width": width, "height": height}
        try:
            memory = FrameMemory(width, height, 0, 0)
        except OSError:
            return FilmTrouble.TOO_HEAVY
        try:
            answer = await self._in_thread(wish, path, memory.fd, haste=haste)
            if isinstance(answer, FilmTrouble):
                return answer
            return DecodedFrame(width, height, memory.picture(0).pixels, int(answer.get("n", n)))
        finally:
            memory.close()

    async def _in_thread(
        self,
        wish: Wish,
        path: Path,
        out: int | None = None,
        *,
        haste: Haste = Haste.LATER,
        is_repeated: bool = True,
        came: Callable[[int], None] | None = None,
    ) -> Answer | FilmTrouble:
        def work() -> Answer | FilmTrouble:
            repeated = is_repeated and haste < Haste.NOW
            return self._ask(wish, path, given, haste, repeated, came)

        # The caller may be cancelled and close it before the thread is done with it.
        given = None if out is None else os.dup(out)
        job = asyncio.get_running_loop().run_in_executor(None, work)
        if given is not None:
            job.add_done_callback(lambda _: os.close(given))
        return await job

    def _ask(
        self,
        wish: Wish,
        path: Path,
        out: int | None = None,
        haste: Haste = Haste.LATER,
        is_repeated: bool = True,
        came: Callable[[int], None] | None = None,
    ) -> Answer | FilmTrouble:
        """Wait for the turn, then for the answer."""
        number = next(self._tickets)  # with most haste the newest goes first, else the oldest
        ticket = haste, number if haste is Haste.NOW else -number
        try:
            with open_regular(path) as film:
                given = [film.fileno()] if out is None else [film.fileno(), out]
                while True:
                    if not self._wait_for_turn(ticket):
                        return FilmTrouble.NO_SERVER
                    try:
                        answer = self._answer(wish, given, came)
                    finally:
                        with self._turn:
                            self._answered, self._is_sent = None, False
                            self._turn.notify_all()
                    if answer is not FilmTrouble.DROPPED or not is_repeated:
                        return answer
        except OSError:
            return FilmTrouble.UNREADABLE

    def _wait_for_turn(self, ticket: tuple[Haste, int]) -> bool:
        """The largest ticket is the next. False: it was closed."""
        with self._turn:
            haste = ticket[0]
            self._waiting.append(ticket)
            if self._answered is not None:
                self._is_outdone |= haste > self._answered or haste is Haste.NOW
                self._stop()
            try:
                self._turn.wait_for(
                    lambda: (
                        self._closed or (self._answered is None and ticket == max(self._waiting))
                    )
                )
            finally:
                self._waiting.remove(ticket)
            if not self._closed:
                self._answered, self._is_outdone = haste, False
            return not self._closed

    def _stop(self) -> None:
        """Have the process let go of what it answers, if that is to be: before it has it, there is
        nothing to let go of."""
        if self._is_outdone and self._is_sent and self._control is not None:
            with contextlib.suppress(OSError):
                self._control.sendall(b'{"what": "stop"}\n')

    def _answer(
        self,
        wish: Wish,
        given: list[int],
        came: Callable[[int], None] | None,
    ) -> Answer | FilmTrouble:
        line = json.dumps(dict(wish)).encode() + b"\n"
        for _ in range(2):  # it may have been killed for what is not this film's fault
            if self._closed:
                break
            try:
                if self.pid is None:
                    self._start()
            except OSError:
                return FilmTrouble.NO_SERVER
            process, control = self._process, self._control
            if process is None or control is None:  # closed in this moment
                return FilmTrouble.NO_SERVER
            try:
                with self._turn:
                    socket.send_fds(control, [line], given)
                    self._is_sent = True
                    self._stop()
                while (answer := self._receive(control)).keys() == {"n"}:
                    if came is not None:
                        came(int(answer["n"]))
                return _trouble(answer["trouble"]) if "trouble" in answer else answer
            except TimeoutError:
                self._end()
                return FilmTrouble.TOO_HEAVY
            except (OSError, ValueError):
                self._end()
        return FilmTrouble.NO_SERVER if self._closed else FilmTrouble.BROKEN

    def _receive(self, control: socket.socket) -> Answer:
        """The next line.

        Raises:
            TimeoutError: it does not come.
            OSError: the process died.
            ValueError: it is no answer.
        """
        while b"\n" not in self._rest:
            more = control.recv(65536)
            if not more or len(self._rest) > _MOST_LINE:
                raise ConnectionError
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError("no object")
        return answer

    def _start(self) -> None:
        self._end()
        if not hasattr(socket, "send_fds"):
            raise OSError("descriptors cannot be handed over on this system")
        ours, its = socket.socketpair()
        try:
            process = subprocess.Popen(
                self._command,
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **helper.surroundings(self._folder),
            )
        except OSError:
            ours.close()
            raise
        finally:
            its.close()
        ours.settimeout(self._answer_s)
        with self._turn:
            self._process, self._control, self._rest = process, ours, b""
            if self._closed:
                process.kill()

    def _end(self) -> None:
        """Kill it, unless it has ended or is about to."""
        with self._turn:
            process, self._process = self._process, None
            control, self._control = self._control, None
        if control is not None:
            control.close()
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LAST_WORDS_S)
            helper.end(process)


def _state_of(path: Path) -> tuple[str, int, int] | None:
    """What changes when the file does; None: it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_size, found.st_mtime_ns


def _fraction(_kind: type, told: str) -> Fraction:
    return Fraction(told)


def _trouble(word: object) -> FilmTrouble:
    try:
        return FilmTrouble(word)
    except ValueError:
        return FilmTrouble.BROKEN
