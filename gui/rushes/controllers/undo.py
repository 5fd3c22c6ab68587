"""Takes back what the user did: marks of rows (rating, choice, tags, note, name, group), removals,
and what a part of the window knows itself how to take back."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

from rushes.backend.backend import Backend
from rushes.core.task import Key, Mark
from rushes.store import tables
from rushes.ui.widgets.review import MarkChange

_STEPS = 100


@dataclass(frozen=True, slots=True)
class _Marked:
    """How marks were before and after one change."""

    rows: tuple[tuple[Key, Mark, Mark], ...]


@dataclass(frozen=True, slots=True)
class _Removed:
    keys: tuple[Key, ...]


class Undo:
    """The last steps, newest first; forgotten when the program ends."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._steps: deque[_Marked | _Removed | Callable[[], object]] = deque(maxlen=_STEPS)

    def __len__(self) -> int:
        return len(self._steps)

    async def mark(self, keys: Sequence[Key], change: MarkChange) -> None:
        """Mark rows so that it can be taken back. What changes nothing is no step."""
        # In the queue of the changes: one that is still being written is what this one builds on.
        found = await self._backend.store.write(tables.get, keys)
        before = {task.key: task.mark for task in found}
        diff = await self._backend.mark(keys, change)
        rows = ((task.key, before.get(task.key, task.mark), task.mark) for task in diff.changed)
        changed = tuple(row for row in rows if row[1] != row[2])
        if changed:
            self._steps.append(_Marked(changed))

    async def remove(self, keys: Sequence[Key]) -> tuple[Key, ...]:
        """Take rows out of the list. Returns those that were in it."""
        diff = await self._backend.remove(keys)
        if diff.removed:
            self._steps.append(_Removed(diff.removed))
        return diff.removed

    def note(self, take_back: Callable[[], object]) -> None:
        """Something was done that `take_back` undoes."""
        self._steps.append(take_back)

    def forget_reviews(self) -> None:
        """Know no mark any more that could bring a forgotten prompt back."""
        kept = [step for step in self._steps if not isinstance(step, _Marked)]
        self._steps = deque(kept, maxlen=_STEPS)

    async def undo(self) -> tuple[Key, ...]:
        """Take the last step back. Returns the rows concerned; (): none, or no step is left."""
        if not self._steps:
            return ()
        step = self._steps.pop()
        if callable(step):
            step()
            return ()
        if isinstance(step, _Removed):
            await self._backend.restore(step.keys)
            return step.keys
        changes = {key: partial(_back, old, new) for key, old, new in step.rows}
        await self._backend.mark_each(changes)
        return tuple(key for key, _, _ in step.rows)


def _back(old: Mark, new: Mark, now: Mark) -> Mark:
    """`now` without the step from `old` to `new`; what was changed again since then stays."""
    names = (field.name for field in fields(Mark))
    taken = {
        name: getattr(old, name)
        for name in names
        if getattr(now, name) == getattr(new, name) != getattr(old, name)
    }
    return replace(now, **taken)
