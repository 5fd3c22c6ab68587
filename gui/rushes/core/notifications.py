"""What is worth telling somebody who does not look at the window: takes that ended, unsaved files
whose links end soon, accounts that need the user. Gathered until it is taken, and told as one.

No clock: every time comes in, in Unix seconds.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rushes.core.events import AccountChanged
from rushes.core.failure import Failure
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key, Status, Task

#: How long before an unsaved file's link ends that is told, in seconds; the earlier one first.
WARN_S = (2 * 3600.0, 20 * 60.0)

_FAILED = frozenset({Status.FAILED, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Notice:
    """What has come together since the last one.

    Attributes:
        done, failed, ending: The tasks, with the name the user gave them or "".
        ends_at: When the first link of `ending` ends (Unix seconds); None without any.
        troubled: By account, why it needs the user.
    """

    done: Mapping[Key, str] = field(default_factory=dict)
    failed: Mapping[Key, str] = field(default_factory=dict)
    ending: Mapping[Key, str] = field(default_factory=dict)
    ends_at: float | None = None
    troubled: Mapping[str, Failure] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.done or self.failed or self.ending or self.troubled)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The tasks it is about, each once."""
        return tuple({**self.done, **self.failed, **self.ending})


class Notifications:
    """Gathers news. Only what the settings want is gathered; what ends is followed all the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: set[Key] = set()  # tasks that have not ended
        self._heard: set[Key] | None = set()  # of these the news is newer; None: has begun
        self._names: dict[Key, str] = {}  # of the tasks in `_ends`
        self._ends: dict[Key, float] = {}  # links of unsaved files
        self._moments: list[tuple[float, float, Key]] = []  # heap: when to warn, end, whose
        self._in_need: set[str] = set()
        self._done: dict[Key, str] = {}
        self._failed: dict[Key, str] = {}
        self._ending: dict[Key, str] = {}
        self._troubled: dict[str, Failure] = {}

    def use_settings(self, settings: Settings) -> None:
        self._settings = settings

    def begin(self, open_: Iterable[Key], unsaved: Iterable[Task], now: float) -> None:
        """What there is already, which is no news: tasks that have not ended, unsaved files."""
        heard, self._heard = self._heard or set(), None
        self._open.update(key for key in open_ if key not in heard)
        for task in unsaved:
            if task.key not in heard:
                self._follow_end(task, now)

    def note_tasks(self, diff: Diff, now: float) -> None:
        """A commit: what was open before and has ended is news; what comes ended is none."""
        for task in (*diff.added, *diff.changed):
            if self._heard is not None:
                self._heard.add(task.key)
            self._follow_status(task)
            self._follow_end(task, now)
        for key in diff.removed:
            if self._heard is not None:
                self._heard.add(key)
            self._open.discard(key)
            self._forget_end(key)
            for told in (self._done, self._failed):
                told.pop(key, None)

    def note_account(self, news: AccountChanged) -> None:
        """That an account needs the user is told once; one that goes on is no news any more."""
        if news.failure is None or not news.needs_user:
            self._in_need.discard(news.account)
            self._troubled.pop(news.account, None)
        elif news.account not in self._in_need:
            self._in_need.add(news.account)
            if self._settings.tell_trouble:
                self._troubled[news.account] = news.failure

    def pass_time(self, now: float) -> None:
        """Gather the unsaved files whose time to be warned of has come."""
        while self._moments and self._moments[0][0] <= now:
            _, end, key = heapq.heappop(self._moments)
            if self._ends.get(key) == end and now < end and self._settings.tell_expiring:
                self._ending[key] = self._names[key]

    @property
    def next_moment(self) -> float | None:
        """When time alone makes news (Unix seconds); None: never."""
        while self._moments and self._ends.get(self._moments[0][2]) != self._moments[0][1]:
            heapq.heappop(self._moments)  # saved, or gone, in the meantime
        return self._moments[0][0] if self._moments else None

    @property
    def is_pending(self) -> bool:
        return bool(self._done or self._failed or self._ending or self._troubled)

    def take(self) -> Notice:
        """Everything that has come together, once."""
        ends = [self._ends[key] for key in self._ending if key in self._ends]
        notice = Notice(
            self._done, self._failed, self._ending, min(ends, default=None), self._troubled
        )
        self._done, self._failed, self._ending, self._troubled = {}, {}, {}, {}
        return notice

    def _follow_status(self, task: Task) -> None:
        if not task.status.is_terminal:
            self._open.add(task.key)
        elif task.key in self._open:
            self._open.remove(task.key)
            if task.status is Status.SUCCEEDED and self._settings.tell_done:
                self._done[task.key] = task.mark.name
            elif task.status in _FAILED and self._settings.tell_failed:
                self._failed[task.key] = task.mark.name

    def _follow_end(self, task: Task, now: float) -> None:
        end = task.deadline
        if end is None or end <= now:
            self._forget_end(task.key)
            return
        self._names[task.key] = task.mark.name
        if self._ends.get(task.key) == end:
            return
        self._ends[task.key] = end
        for before in WARN_S:
            if end - before > now:
                heapq.heappush(self._moments, (end - before, end, task.key))

    def _forget_end(self, key: Key) -> None:
        self._ends.pop(key, None)
        self._names.pop(key, None)
        self._ending.pop(key, None)
