"""What the last answers are told by, so that one that says nothing new need not be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rushes.core.task import Key, Task

#: An answer that never changes is read and written down all the same so often: a task becomes
#: stale by time alone, and the disk should know about when it was seen last.
READ_AGAIN_S = 300.0


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a task's last answer is told by, and when such a one was read (the loop's time)."""

    mark: int
    read_at: float


class Marks:
    """Args:
    read_again_s: `READ_AGAIN_S` in the loop's seconds.
    """

    def __init__(self, read_again_s: float) -> None:
        self._read_again_s = read_again_s
        self._marks: dict[Key, _Mark] = {}

    def known(self, task: Task | None, now: float) -> int | None:
        """What tells an answer that changes nothing; None where every answer is to be read.

        Looks that find the same bytes leave the row as it is on disk, the time of the look
        included: never two looks overlap, so no older answer can slip in between.
        """
        if task is None or task.status.is_terminal or task.misses:
            return None
        mark = self._marks.get(task.key)
        is_fresh = mark is not None and now - mark.read_at < self._read_again_s
        return mark.mark if mark is not None and is_fresh else None

    def remember(self, marks: Mapping[Key, int], now: float) -> None:
        """Only after the commit: what is not on disk is read again."""
        self._marks.update({key: _Mark(mark, now) for key, mark in marks.items()})

    def forget(self, tasks: Iterable[Task]) -> None:
        """Those of them that ended are not asked about again."""
        for task in tasks:
            if task.status.is_terminal:
                self._marks.pop(task.key, None)
