"""What a suite of faults found, as one line for machines and one for each case that fell.

def run(full: bool) -> Report:
    report = Report("T11")
    for case in CASES if full else CASES[::10]:
        with report.case(case.name):
            assert …
    return report
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Cases of one suite, counted as they end.

    Attributes:
        suite: "T1" … "T20".
        lost: Acknowledged rows or files that were gone afterwards; counted by the suite itself.
        leaks: Keys, descriptors or parts found where none may be; counted by the suite itself.
        fallen: A line for each case that did not pass.
        figures: What was measured beside it; printed, never asserted.
    """

    suite: str
    cases: int = 0
    passed: int = 0
    lost: int = 0
    leaks: int = 0
    fallen: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic, init=False)

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """One case: it passes when the block ends without an exception."""
        self.cases += 1
        try:
            yield
        except Exception as e:  # noqa: BLE001 - whatever it is, the case fell and the next one runs
            words = " ".join(str(e).split())
            self.fallen.append(f"{name}: {type(e).__name__}: {words[:300]}")
        else:
            self.passed += 1

    @property
    def is_good(self) -> bool:
        return self.passed == self.cases > 0 and self.lost == 0 and self.leaks == 0

    def line(self) -> str:
        """The suite as one line of JSON."""
        known = {
            "suite": self.suite,
            "cases": self.cases,
            "passed": self.passed,
            "lost": self.lost,
            "leaks": self.leaks,
            "seconds": round(time.monotonic() - self._started, 1),
        }
        return json.dumps(known | self.figures)

    def check(self) -> None:
        """For the normal test run: raises AssertionError naming what fell."""
        assert self.is_good, "\n".join((self.line(), *self.fallen))
