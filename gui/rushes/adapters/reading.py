"""Has long texts and files read for task ids by a process of its own."""

import contextlib
import enum
import subprocess
import threading
from pathlib import Path

import msgspec

from rushes.adapters import helper
from rushes.core.task_ids import Found, LeftOut, Reading, read_text
from rushes.presentation.text import tr

#: Characters of a text that is read right here: starting a process takes longer.
SHORT = 16 * 1024
#: So many ids at a time are taken over from the process, so that other threads get their turn.
IDS_A_LINE = 200
_END_S = 1.0
#: Processes at once: each takes a core and some memory, and one may wait for a drive for ever.
_AT_ONCE = 4


class Why(enum.Enum):
    """Why a file is not read."""

    LARGE = "large"
    NO_WORKBOOK = "no workbook"
    OLD_OFFICE = "old office"
    SYSTEM = "system"
    STOPPED = "stopped"


class Unreadable(Exception):
    """`detail`: what the system says, or what is wrong with the workbook; may be empty."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail


def unreadable_words(name: str, e: Unreadable) -> str:
    """Why a file or a text is not read for ids."""
    match e.why:
        case Why.LARGE:
            why = tr("it is larger than 64 MiB")
        case Why.NO_WORKBOOK:
            why = tr("its workbook is damaged or unusual. Save it again, or export it as CSV")
        case Why.OLD_OFFICE:
            why = tr(
                "it is an old workbook or has a password. Save it as .xlsx without one, or export "
                "it as CSV"
            )
        case Why.SYSTEM:
            why = e.detail
        case _:
            why = tr("reading it took too much. Take a part of it")
    return tr("{name} cannot be read: {why}.", name=name, why=why)


class Line(msgspec.Struct, omit_defaults=True):
    """One line of the helper's answer. The last one has either `left_out` or `trouble`."""

    found: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] | None = None
    trouble: Why | None = None
    detail: str = ""


_DECODER = msgspec.json.Decoder(Line)


class TextReader:
    """All methods block; they may be called from several threads at once.

    Args:
        home: The current folder of the processes; made when needed, and stays empty.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False
        self._turns = threading.Semaphore(_AT_ONCE)

    def text(self, text: str | memoryview) -> Reading:
        """All that a text says about tasks. Bytes are UTF-8, and are not copied.

        Raises:
            Unreadable: the process was ended, or ended by itself.
        """
        if isinstance(text, memoryview):
            return self._ask(text)
        if len(text) <= SHORT:
            return read_text(text)
        return self._ask(text.encode("utf-8", "replace"))

    def file(self, path: Path) -> Reading:
        """All that a file says about tasks: text, or the cells of an .xlsx workbook.

        Raises:
            Unreadable: it says why.
        """
        return self._ask(b"", str(path))

    def close(self) -> None:
        """End every process; later ones do not start."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for process in running:
            process.kill()

    def _ask(self, given: bytes | memoryview, *words: str) -> Reading:
        with self._turns:
            return self._asked(given, *words)

    def _asked(self, given: bytes | memoryview, *words: str) -> Reading:
        process = self._start(*words)
        feeding = threading.Thread(target=_feed, args=(process, given), daemon=True)
        feeding.start()
        found: list[Found] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                told = _DECODER.decode(line)
                if told.trouble is not None:
                    raise Unreadable(told.trouble, told.detail)
                found += told.found
                if told.left_out is not None:
                    return Reading(tuple(found), told.left_out)
        except (msgspec.DecodeError, OSError):
            pass  # it was ended in the middle of a line
        finally:
            self._end(process)
            feeding.join()
        raise Unreadable(Why.STOPPED)

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._closed:
                raise Unreadable(Why.STOPPED)
            try:
                process = subprocess.Popen(
                    helper.command("texts", *words),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    **helper.surroundings(self._home),
                )
            except OSError as e:
                raise Unreadable(Why.SYSTEM, e.strerror or "") from e
            self._running.add(process)
            return process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            self._running.discard(process)
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
        assert process.stdout is not None
        process.stdout.close()


def _feed(process: "subprocess.Popen[bytes]", given: bytes | memoryview) -> None:
    """Beside the reading: a long text does not fit into the pipe at once."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it ended
        process.stdin.write(given)
    with contextlib.suppress(OSError):
        process.stdin.close()
