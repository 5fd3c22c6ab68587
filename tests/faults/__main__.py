"""Run the suites of faults: ``python -m tests.faults [--quick] [--only T5,T6]``.

Each ``suite_tNN_*.py`` (a fault) and ``suite_dN_*.py`` (a whole day) beside this file has
``run(full: bool) -> Report``. One JSON line a suite on standard output, what fell on standard
error; the exit code is 1 when anything did.
"""

import argparse
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.report import Report

_SUITE = re.compile(r"suite_([td])(\d+)_\w+")


def suites() -> dict[str, str]:
    """Suite ("T5", "D1") → module name, in the order of their numbers, the days last."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("suite_*.py"))
    found = [name for each in names if (name := _SUITE.fullmatch(each)) is not None]
    found.sort(key=lambda name: name[1] == "d")
    return {f"{name[1].upper()}{int(name[2])}": f"{__package__}.{name[0]}" for name in found}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller counts: minutes, not hours")
    parser.add_argument("--only", default="", metavar="T5,T6", help="these suites")
    options = parser.parse_args(argv)
    known = suites()
    wanted = [word.strip().upper() for word in options.only.split(",") if word.strip()] or [*known]
    if unknown := [word for word in wanted if word not in known]:
        parser.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(known)}")
    good = True
    for name in wanted:
        report = _run(name, known[name], full=not options.quick)
        print(report.line(), flush=True)
        print(*report.fallen, sep="\n", end="\n" if report.fallen else "", file=sys.stderr)
        good = good and report.is_good
    return 0 if good else 1


def _run(name: str, module: str, *, full: bool) -> Report:
    """The suite's report; a suite that broke off is one more case that fell."""
    broken = Report(name)
    with broken.case("the suite itself"):
        found: Report = importlib.import_module(module).run(full)
        return found
    return broken


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
