"""Measures what one module of this folder measures, in this process."""

import argparse
import importlib
import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Returns 0 if every goal of the chosen figures is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args(argv)
    wanted = {word.strip().upper() for word in options.only.split(",") if word.strip()}
    module = importlib.import_module(f"{__package__}.{options.module}")
    named: Sequence[str] = getattr(module, "FIGURES", ())
    if wanted and named and wanted.isdisjoint(named):
        return 0
    good = True
    for figure in module.figures(options.quick):
        if wanted and figure.figure.split()[0] not in wanted:
            continue
        print(figure.line(), flush=True)
        good = good and figure.met
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
