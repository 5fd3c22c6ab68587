"""How many tasks each view, account and tag has: kept by differences, never counted anew."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rushes.core.task import ArtifactState, Diff, Key, Task
from rushes.core.views import URGENT_S, View, is_expiring, is_in_view
from rushes.presentation.overview import Totals


@dataclass(frozen=True, slots=True)
class _Share:
    """What one task adds to the figures."""

    views: frozenset[View]
    account: str
    tags: tuple[str, ...]
    is_urgent: bool
    is_saved: bool
    is_savable: bool
    is_timed: bool  # time alone can change the above


@dataclass(slots=True)
class Tally:
    """All counts of the sidebar and the status bar."""

    views: Counter[View] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    urgent: int = 0
    saved: int = 0
    savable: int = 0
    _shares: dict[Key, _Share] = field(default_factory=dict)
    _timed: set[Key] = field(default_factory=set)

    def apply(self, diff: Diff, now: float) -> None:
        for key in diff.removed:
            self._forget(key)
        for task in (*diff.added, *diff.changed):
            self._count(task, now)

    def let_time_pass(self, tasks: Mapping[Key, Task], now: float) -> bool:
        """Look again at tasks whose links come to an end. Returns whether a figure changed."""
        before = (self.views.copy(), self.urgent)
        for key in list(self._timed):
            if task := tasks.get(key):
                self._count(task, now)
        return before != (self.views, self.urgent)

    @property
    def is_ticking(self) -> bool:
        """Whether anything runs, or ends soon: then seconds matter."""
        return bool(self.views[View.RUNNING] or self.views[View.EXPIRING])

    def totals(self, free: int | None) -> Totals:
        return Totals(
            running=self.views[View.RUNNING],
            expiring=self.urgent,
            saved=self.saved,
            savable=self.savable,
            free=free,
        )

    def _count(self, task: Task, now: float) -> None:
        self._forget(task.key)
        share = _share(task, now)
        self._shares[task.key] = share
        self._add(share, 1)
        if share.is_timed:
            self._timed.add(task.key)

    def _forget(self, key: Key) -> None:
        if share := self._shares.pop(key, None):
            self._add(share, -1)
            self._timed.discard(key)

    def _add(self, share: _Share, sign: int) -> None:
        for view in share.views:
            self.views[view] += sign
        self.accounts[share.account] += sign
        for tag in share.tags:
            self.tags[tag] += sign
        self.urgent += sign * share.is_urgent
        self.saved += sign * share.is_saved
        self.savable += sign * share.is_savable


def _share(task: Task, now: float) -> _Share:
    return _Share(
        views=frozenset(view for view in View if is_in_view(task, view, now)),
        account=task.key.account,
        tags=task.mark.tags,
        is_urgent=is_expiring(task, now, URGENT_S),
        is_saved=task.kept is ArtifactState.SAVED,
        is_savable=task.kept is not None,
        is_timed=task.deadline is not None and task.deadline > now,
    )
