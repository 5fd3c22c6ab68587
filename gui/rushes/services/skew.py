"""How far this computer's clock is from a service's, read off the answers' Date headers."""

import statistics
from collections import deque

#: A Date header is cut to a second, and an answer takes its time: less is no difference.
_NOISE_S = 2.0

_LAST = 9


class Skew:
    """The difference to one service. The median of a few answers: proxies may send old dates."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=_LAST)
        self.seconds = 0.0

    def note(self, date: float, asked_at: float, answered_at: float) -> None:
        """Take over one answer. `date` is the service's time, the others are ours."""
        if 0.0 <= answered_at - asked_at <= _NOISE_S:
            self._seen.append(date + 0.5 - (asked_at + answered_at) / 2)
            skew = statistics.median(self._seen)
            # Kept while it holds: a value that trembles would be news with every answer.
            if abs(skew - self.seconds) > _NOISE_S / 2:
                self.seconds = float(round(skew)) if abs(skew) >= _NOISE_S else 0.0
