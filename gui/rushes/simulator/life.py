"""How a simulated task lives: a pure function of the time that went by since the scene began."""

import enum
from dataclasses import dataclass


class Phase(enum.Enum):
    """What the task really is; each dialect has its own word for it."""

    QUEUED = "queued"
    RUNNING = "running"
    ODD = "odd"  # shown with a status word nobody knows yet
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of a life.

    Attributes:
        lasts_s: Simulated seconds.
        word: The service's own status word where it is not the usual one.
    """

    phase: Phase
    lasts_s: float
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLife:
    """A task from submission to its end.

    Attributes:
        submitted_s: Simulated seconds after the scene's start; negative: before it.
        steps: What it goes through before its end, in order.
        end: What it stays.
    """

    submitted_s: float = 0.0
    steps: tuple[Step, ...] = (Step(Phase.QUEUED, 2.0), Step(Phase.RUNNING, 4.0))
    end: Phase = Phase.SUCCEEDED

    @property
    def ends_s(self) -> float:
        """Simulated seconds after the scene's start at which the end is reached."""
        return self.submitted_s + sum(step.lasts_s for step in self.steps)

    @property
    def starts_s(self) -> float | None:
        """When it first leaves the queue for work; None: it never does."""
        at = self.submitted_s
        for step in self.steps:
            if step.phase is Phase.RUNNING:
                return at
            at += step.lasts_s
        return None


@dataclass(frozen=True, slots=True)
class TaskState:
    """What a task is at one time. `since_s`: when it became so, on the same scale as `TaskLife`."""

    phase: Phase
    since_s: float
    word: str = ""


def moment_at(life: TaskLife, elapsed_s: float) -> TaskState | None:
    """What the task is `elapsed_s` simulated seconds into the scene; None: not submitted yet."""
    at = life.submitted_s
    if elapsed_s < at:
        return None
    for step in life.steps:
        if elapsed_s < at + step.lasts_s:
            return TaskState(step.phase, at, step.word)
        at += step.lasts_s
    return TaskState(life.end, at)


def lived(
    queued_s: float, running_s: float, end: Phase = Phase.SUCCEEDED, *, submitted_s: float = 0.0
) -> TaskLife:
    """The usual life: a while in the queue, a while at work, an end."""
    steps = [Step(Phase.QUEUED, queued_s)] if queued_s else []
    if running_s:
        steps.append(Step(Phase.RUNNING, running_s))
    return TaskLife(submitted_s=submitted_s, steps=tuple(steps), end=end)
