"""`dev.py demo --screens DIR`: pictures of every screen, and what is wrong in them.

The program makes a library on the simulator as a user would, is started again on it in each
language and at each scale, and measures itself (`measure.py`). `DIR/measured.json` says what it
found and in which pictures. The exit code is 0 only when all tasks of all services came through
and nothing was found.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.screens.library import library
from tests.screens.measure import KINDS
from tests.screens.tour import LONG, Walk
from tests.yesterday import Yesterday

ROOT = Path(__file__).parent.parent.parent
_Sizes = tuple[tuple[int, int], ...]
_SIZES: _Sizes = ((900, 560), (1280, 800), (1920, 1080))
_TWICE: _Sizes = ((2560, 1440),)
_README = ROOT / "resources" / "screenshots"
#: What README shows: the name there, and the picture it is.
_IN_README = {
    "list.png": "en-light-1280x800-list.png",
    "review.png": "en-dark-1280x800-review.png",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py demo", description=__doc__)
    parser.add_argument("--screens", type=Path, default=Path("demo-screens"), metavar="DIR")
    parser.add_argument("--quick", action="store_true", help="two sizes, each theme once")
    parser.add_argument("--language", choices=("en", "zh_CN", LONG), help="only this one")
    parser.add_argument("--only", nargs="+", default=(), metavar="SCREEN", help="only these")
    parser.add_argument(
        "--large", action="store_true", help="the system's type half as large again"
    )
    parser.add_argument("--contrast", action="store_true", help="high contrast")
    parser.add_argument("--readme", action="store_true", help="README's pictures alone")
    options = parser.parse_args()
    folder: Path = options.screens.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    measured = folder / "measured.jsonl"
    measured.unlink(missing_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rushes-") as home, library(Path(home)) as made:
        codes = [_walk(made, walk) for walk in _walks(options, folder, home, made)]
    lines = [json.loads(line) for line in measured.read_text("utf-8").splitlines()]
    measured.unlink()
    if options.readme:
        for name, picture in _IN_README.items():
            (_README / name).write_bytes((folder / picture).read_bytes())
    code = _tell(lines, folder / "measured.json")
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return max(*codes, code)


def _walks(options: argparse.Namespace, folder: Path, home: str, made: Yesterday) -> Iterator[Walk]:
    only = ("list", "review") if options.readme else tuple(options.only)
    empty = Path(home, "empty")
    empty.mkdir()
    themes: tuple[str, ...] = ("light", "dark")
    for twice, sizes in ((False, _SIZES), (True, _TWICE)):
        if (options.quick or options.readme) and twice:
            continue
        languages = (options.language,) if options.language else ("en", "zh_CN")
        for language in ("en",) if options.readme else languages:
            if options.readme:
                sizes = _SIZES[1:2]
            if options.quick:
                themes = ("dark",) if language == "zh_CN" else ("light",)
                sizes = _SIZES[:2]
            for base in (made.base, empty):
                yield Walk(
                    base=str(base),
                    folder=str(folder),
                    sizes=sizes,
                    themes=themes,
                    language=language,
                    twice=twice,
                    only=only,
                    large=options.large,
                    contrast=options.contrast,
                )


def _walk(made: Yesterday, walk: Walk) -> int:
    env = {
        **made.env,
        "QT_SCALE_FACTOR": "2" if walk.twice else "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    words = (sys.executable, "-m", "tests.screens.tour", json.dumps(asdict(walk)))
    print(f"{walk.language}, {'twice the pixels' if walk.twice else 'usual pixels'}", flush=True)
    return subprocess.run(words, env=env, check=False).returncode


def _tell(lines: list[dict[str, Any]], into: Path) -> int:
    """Write down what was found, each fault once, and say how much it is. Returns 1 for any."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        for fault in line.get("faults", ()):
            key = (fault["kind"], fault["where"], fault["what"])
            found.setdefault(key, []).append(line["picture"])
    pictures = sum("picture" in line for line in lines)
    texts = sum(line.get("texts", 0) for line in lines)
    skipped = sorted({name for line in lines for name in line.get("skipped", ())})
    faults = [
        {"kind": kind, "where": where, "what": what, "pictures": found[kind, where, what]}
        for kind, where, what in sorted(found)
    ]
    counts = Counter(fault["kind"] for fault in faults)
    told = {"pictures": pictures, "texts": texts, "skipped": skipped, "faults": faults}
    into.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    for fault in faults[:40]:
        print(f"{fault['kind']:9} {fault['where']}: {fault['what']}  ({fault['pictures'][0]})")
    if skipped:
        print(f"not there: {', '.join(skipped)}")
    print(f"{pictures} pictures, {texts} texts: ", end="")
    print(", ".join(f"{counts[kind]} {kind}" for kind in KINDS), f"({into})")
    return 1 if faults or not pictures else 0


if __name__ == "__main__":
    sys.exit(main())
