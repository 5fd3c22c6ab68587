"""Has long texts and files read for task ids by a process of its own."""

import contextlib
import enum
import subprocess
import threading
from pathlib import Path
from subprocess import PIPE

import msgspec

from rushes.core.task_ids import Found, LeftOut, Reading, read_lines, read_text
from rushes.presentation.text import tr
from rushes.system import helper
from rushes.system.helper import Helpers, HelpersClosed

#: Characters of a text that is read right here: starting a process takes longer.
SHORT = 16 * 1024
#: The same of a text that is nothing but ids (40,000 of them).
_LINES = 1024 * 1024
#: So many ids at a time are taken over from the process, so that other threads get their turn.
IDS_A_LINE = 200
#: Processes at once: each takes a core and some memory, and one may wait for a drive for ever.
_AT_ONCE = 4


class WhyUnreadable(enum.Enum):
    """Why a file is not read."""

    LARGE = "large"
    NO_WORKBOOK = "no workbook"
    OLD_OFFICE = "old office"
    SYSTEM = "system"
    STOPPED = "stopped"


class UnreadableText(Exception):
    """`detail`: what the system says, or what is wrong with the workbook; may be empty."""

    def __init__(self, why: WhyUnreadable, detail: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail


def unreadable_words(name: str, e: UnreadableText) -> str:
    """Why a file or a text is not read for ids."""
    match e.why:
        case WhyUnreadable.LARGE:
            why = tr("it is larger than 64 MiB")
        case WhyUnreadable.NO_WORKBOOK:
            why = tr("its workbook is damaged or unusual. Save it again, or export it as CSV")
        case WhyUnreadable.OLD_OFFICE:
            why = tr(
                "it is an old workbook or has a password. Save it as .xlsx without one, or export "
                "it as CSV"
            )
        case WhyUnreadable.SYSTEM:
            why = e.detail
        case _:
            why = tr("reading it took too much. Take a part of it")
    return tr("{name} cannot be read: {why}.", name=name, why=why)


class AnswerLine(msgspec.Struct, omit_defaults=True):
    """One line of the helper's answer. The last one has either `left_out` or `trouble`."""

    found: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] | None = None
    trouble: WhyUnreadable | None = None
    detail: str = ""


_DECODER = msgspec.json.Decoder(AnswerLine)


class TextReader:
    """All methods block; they may be called from several threads at once.

    Args:
        home: The current folder of the processes; made when needed, and stays empty.
    """

    def __init__(self, home: Path) -> None:
        self._helpers = Helpers(home)
        self._turns = threading.Semaphore(_AT_ONCE)

    def text(self, text: str | memoryview) -> Reading:
        """All that a text says about tasks. Bytes are UTF-8, and are not copied.

        Raises:
            UnreadableText: the process was ended, or ended by itself.
        """
        if (reading := _read_lines(text)) is not None:
            return reading
        if isinstance(text, memoryview):
            return self._ask(text)
        if len(text) <= SHORT:
            return read_text(text)
        return self._ask(text.encode("utf-8", "replace"))

    def file(self, path: Path) -> Reading:
        """All that a file says about tasks: text, or the cells of an .xlsx workbook.

        Raises:
            UnreadableText: it says why.
        """
        return self._ask(b"", str(path))

    def close(self) -> None:
        """End every process; later ones do not start."""
        self._helpers.close(wait_s=0.0)  # whoever reads waits for his own

    def _ask(self, given: bytes | memoryview, *words: str) -> Reading:
        with self._turns:
            return self._asked(given, *words)

    def _asked(self, given: bytes | memoryview, *words: str) -> Reading:
        try:
            process = self._helpers.start("texts", *words, stdin=PIPE, stdout=PIPE)
        except HelpersClosed:
            raise UnreadableText(WhyUnreadable.STOPPED) from None
        except OSError as e:
            raise UnreadableText(WhyUnreadable.SYSTEM, e.strerror or "") from e
        feeding = threading.Thread(target=_feed, args=(process, given), daemon=True)
        feeding.start()
        found: list[Found] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                told = _DECODER.decode(line)
                if told.trouble is not None:
                    raise UnreadableText(told.trouble, told.detail)
                found += told.found
                if told.left_out is not None:
                    return Reading(tuple(found), told.left_out)
        except (msgspec.DecodeError, OSError):
            pass  # it was ended in the middle of a line
        finally:
            helper.end(process)
            assert process.stdout is not None
            process.stdout.close()
            feeding.join()
        raise UnreadableText(WhyUnreadable.STOPPED)


def _read_lines(text: str | memoryview) -> Reading | None:
    """As `read_lines`, of a text of which that takes no longer than to start a process."""
    if len(text) > _LINES:
        return None
    return read_lines(text if isinstance(text, str) else str(text, "utf-8", "replace"))


def _feed(process: "subprocess.Popen[bytes]", given: bytes | memoryview) -> None:
    """Beside the reading: a long text does not fit into the pipe at once."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it ended
        process.stdin.write(given)
    with contextlib.suppress(OSError):
        process.stdin.close()
