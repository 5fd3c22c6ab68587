"""Figures of another tree, to be told beside ours."""

import json
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass
class Before:
    """The lines of one or more runs of another tree, and what was found worse than they are.

    Attributes:
        runs: By the figure's name, its lines in the order of the runs.
    """

    runs: dict[str, list[dict[str, Any]]]
    worse: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises: OSError, ValueError: not the lines of a bench."""
        runs = defaultdict(list)
        for text in path.read_text("utf-8").splitlines():
            if text.startswith("{"):
                line = json.loads(text)
                runs[line["figure"]].append(line)
        return cls(dict(runs))

    def beside(self, text: str) -> str:
        """The line with `before` and `change` (0.1: a tenth more) where the figure is known."""
        line = json.loads(text)
        runs = self.runs.get(line["figure"])
        if runs is None:
            return text
        judged = "ratio" if line["ratio"] is not None else "value"
        old = [run[judged] for run in runs if run[judged] is not None]
        if not old:
            return text
        middle = statistics.median(old)
        line["before"] = middle
        line["change"] = round(line[judged] / middle - 1, 3) if middle else None
        if self._is_worse(line, judged, runs):
            line["worse"] = True
            self.worse.append(f"{line['figure']}: {middle} -> {line[judged]}")
        return json.dumps(line, ensure_ascii=False) + "\n"

    def summary(self) -> str:
        """What is worse, a line each, or that nothing is."""
        return "\n".join(
            ["worse than before:", *self.worse] if self.worse else ["nothing is worse"]
        )

    @staticmethod
    def _is_worse(line: dict[str, Any], judged: str, runs: list[dict[str, Any]]) -> bool:
        """Beyond the spread of both sides, in the direction that the goal forbids."""
        more_is_better = line["goal"].startswith(">=")
        ours = _bounds(line, judged)
        theirs = [_bounds(run, judged) for run in runs]
        if more_is_better:
            return ours[1] < min(low for low, _ in theirs)
        return ours[0] > max(high for _, high in theirs)


def _bounds(line: dict[str, Any], judged: str) -> tuple[float, float]:
    """The lowest and the highest round, as ratios where the figure is judged by one."""
    low, high = (line["value"] if bound is None else bound for bound in line["spread"])
    by = line["reference"] if judged == "ratio" else 1.0
    return low / by, high / by
