"""Lines of standard input as they come."""

import os
import queue
import sys
import threading
from collections.abc import Iterator

#: Longer than any line with a prompt; what follows in it is passed over.
LONGEST = 1024 * 1024
#: Lines that are worked on at once.
_MOST = 500

Numbered = tuple[int, bytes]


class Lines:
    """Iterates over batches of (number from 1, line): what has come since the last one.

    Read in a thread of its own, and from the descriptor: whoever waits for the next line can still
    be ended, and the interpreter ends while a read waits for ever.
    """

    def __init__(self) -> None:
        self._come: queue.Queue[Numbered | None] = queue.Queue(10 * _MOST)
        threading.Thread(target=self._read, name="standard input", daemon=True).start()

    def __iter__(self) -> Iterator[list[Numbered]]:
        while (first := self._next()) is not None:
            batch = [first]
            while len(batch) < _MOST:
                try:
                    line = self._come.get_nowait()
                except queue.Empty:
                    break
                if line is None:
                    yield batch
                    return
                batch.append(line)
            yield batch

    def _next(self) -> Numbered | None:
        while True:
            try:
                return self._come.get(timeout=1)  # Windows hears Ctrl+C only between two waits
            except queue.Empty:
                continue

    def _read(self) -> None:
        number, rest = 0, b""
        try:
            while sys.stdin is not None and (some := os.read(sys.stdin.fileno(), 65_536)):
                *lines, rest = (rest + some).split(b"\n")
                for line in lines:
                    number += 1
                    self._come.put((number, line))
                rest = rest[: LONGEST + 1]  # too long already, whatever follows
        except (OSError, ValueError):  # it was closed
            pass
        if rest:
            self._come.put((number + 1, rest))
        self._come.put(None)
