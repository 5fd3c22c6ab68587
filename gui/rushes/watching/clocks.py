"""How far this computer's clock is from a service's, read off the answers' Date headers."""

import time
from collections import deque

from rushes.core.ports import Clock

#: A Date header is cut to a second, and an answer takes its time: less is no difference.
_NOISE_S = 2.0

_LAST = 9


class ClockSkew:
    """The difference to one service. The median of a few answers: proxies may send old dates.

    Attributes:
        seconds: The service's clock minus ours; 0 for less than two seconds.
    """

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=_LAST)
        self.seconds = 0.0

    def forget(self) -> None:
        """This computer's clock was set, or it slept: what was seen before says nothing more."""
        self._seen.clear()

    @property
    def is_known(self) -> bool:
        """Whether an answer has told it yet."""
        return bool(self._seen)

    def note(self, date: float, asked_at: float, answered_at: float) -> None:
        """Take over one answer. `date` is the service's time, the others are ours."""
        if 0.0 <= answered_at - asked_at <= _NOISE_S:
            self._seen.append(date + 0.5 - (asked_at + answered_at) / 2)
            from statistics import median_high, median_low  # a window opens without it

            # Of two that contradict each other the one counts that is nearer to our own clock.
            skew = min(median_low(self._seen), median_high(self._seen), key=abs)
            # Kept while it holds: a value that trembles would be news with every answer.
            if abs(skew - self.seconds) > _NOISE_S / 2:
                self.seconds = float(round(skew)) if abs(skew) >= _NOISE_S else 0.0


class SteadyClock:
    """One scale for the moments of a run: the loop's clock, put to the service's once.

    It goes on evenly whatever the computer's clock does, so the later of two is the larger one.
    It is set anew only with the first `Date` that is heard, and only when this computer's clock
    is off: a `Date` is cut to a second.
    """

    def __init__(self, wall: float, now: float) -> None:
        """`wall`: Unix seconds by this computer; `now`: the loop's clock, at the same moment."""
        self._ahead = wall - now
        self._is_the_services = False

    def at(self, now: float) -> float:
        """Unix seconds, about, of a moment of the loop's clock."""
        return now + self._ahead

    def note(self, date: float, now: float) -> None:
        """An answer came `now` and named its service's time."""
        if not self._is_the_services and abs(date - self.at(now)) > _NOISE_S:
            self._ahead = date - now
        self._is_the_services = True


class TrueClock:
    """This computer's clock, put right by the services': what their links end by.

    A computer's clock is off for all services alike. So the middle one of what they say counts,
    and one service whose own clock is off does not matter beside two others.

    Attributes:
        ahead_s: How far the services are ahead; 0 as long as none was asked.
    """

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._skews: dict[str, float] = {}
        self.ahead_s = 0.0

    def __call__(self) -> float:
        """Unix seconds."""
        return self._clock() + self.ahead_s

    def note(self, account: str, skew_s: float) -> bool:
        """What an account's service says. Returns whether the clock stands differently now."""
        from statistics import median_low

        self._skews[account] = skew_s
        before, self.ahead_s = self.ahead_s, median_low(self._skews.values())
        return self.ahead_s != before
