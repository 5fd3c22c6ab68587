"""The list at scale: sort (P4), search (P5), opening (P6) and memory (P11), and how each grows with
tasks that are not on the screen.

Sorting and searching are timed in the program's window on a real store, from the wish until the
rows stand on the screen, against Qt's own proxy model over the same tasks. The proxy takes 20 s to
sort 100,000 rows, so it is measured in fewer rounds.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from rushes.core.poster import Source, poster_source
from rushes.files.frames import FrameServer
from rushes.files.pictures import PictureCache
from rushes.presentation.columns import COLUMNS
from rushes.runtime.loop import new_loop
from tests.benchmarks.bench_gallery import _posters
from tests.benchmarks.figure import Figure, compare, limit, rounds
from tests.benchmarks.fill_store import fill, made_up
from tests.benchmarks.listed_window import Proxied, fed

FIGURES = ("P4", "P5", "P6", "P11")

_FRAMES_S = 3 / 60
_SEARCHES = ("s", "77", "777", "rain", "日落", "model:seedance", "rating:>=3 night")
_GOAL, _QUICK = 100_000, 20_000  # tasks; Qt's proxy model takes 17 s for the one, 2 s for the other
_OPENING = {10_000: 3.0, 1_000_000: 8.0}
_POSTERS = 500
_PLACES = 5  # to which is scrolled in a round

Times = dict[str, list[float]]


def figures(quick: bool) -> Iterator[Figure]:
    app = QApplication.instance() or QApplication([])
    counts = (10_000, _QUICK) if quick else (1_000, 10_000, _GOAL, 1_000_000)
    large = _QUICK if quick else _GOAL
    with tempfile.TemporaryDirectory(prefix="rushes-bench-list-") as folder:
        stores = {count: Path(folder) / str(count) for count in counts}
        for count, base in stores.items():
            fill(base / "data" / "rushes.sqlite3", count)
        _add_posters(stores[large], large, Path(folder))
        yield from _opening(stores, large, quick)
        yield from _in_the_window(app, stores, large, quick)


# --- sort, search, scroll -----------------------------------------------------------------------


def _in_the_window(app: Any, stores: dict[int, Path], large: int, quick: bool) -> Iterator[Figure]:
    columns = [column.id for column in COLUMNS if column.id != "poster"]
    timed = {
        count: _run(app, _times(base, columns[:: 6 if quick else 1], rounds(quick)))
        for count, base in stores.items()
    }
    with Proxied(made_up(large)) as proxied:
        filtering = [proxied.filter(text) for text in ("rain", "777", "night") for _ in range(3)]
        sorting = [proxied.sort() for _ in range(1 if quick else 3)]
    sorts, searches, _ = timed[large]
    is_judged = large == _GOAL
    slowest = max(sorts, key=lambda name: statistics.median(sorts[name]))
    yield compare(
        f"P4 sort {large:,}, slowest of {len(sorts)} columns: {slowest}",
        *(sorts[slowest], sorting),
        unit="s",
        at_most=1 / 200 if is_judged else None,
    )
    slowest = max(searches, key=lambda text: statistics.median(searches[text]))
    what = f"P5 search {large:,}, slowest of {len(searches)}: {slowest}"
    at_most = 1 / 10 if is_judged else None
    yield compare(what, searches[slowest], filtering, unit="s", at_most=at_most)
    yield limit(f"{what}, in frames", searches[slowest], unit="s", at_most=_FRAMES_S)
    yield from _growth(timed)


def _growth(timed: dict[int, tuple[Times, Times, list[float]]]) -> Iterator[Figure]:
    for count, (sorts, searches, scrolls) in timed.items():
        yield limit(f"P4 growth: sort {count:,}", _slowest(sorts), unit="s")
        yield limit(f"P5 growth: search {count:,}", _slowest(searches), unit="s")
        yield limit(f"P5 growth: scroll to anywhere in {count:,}", scrolls, unit="s")


def _slowest(times: Times) -> list[float]:
    return max(times.values(), key=statistics.median)


async def _times(base: Path, columns: Sequence[str], n: int) -> tuple[Times, Times, list[float]]:
    """Seconds until painted: by column, by search text, of scrolling. One more round warms up."""
    sorts: Times = {name: [] for name in columns}
    searches: Times = {text: [] for text in _SEARCHES}
    scrolls: list[float] = []
    dice = random.Random(1)
    async with fed(base / "data" / "rushes.sqlite3") as window:
        for turn in range(n + 1):
            is_warm = turn > 0
            for name, values in sorts.items():
                values += [await window.sort(name, bool(turn % 2))][: int(is_warm)]
            await window.sort("", descending=False)
            for text, values in searches.items():
                values += [await window.search(text)][: int(is_warm)]
                await window.search("")
            for _ in range(_PLACES):
                scrolls += [await window.scroll(dice.random())][: int(is_warm)]
            await window.scroll(0.0)
    return sorts, searches, scrolls


def _run(app: QApplication, work: Coroutine[Any, Any, Any]) -> Any:
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: new_loop(app)) as runner:
        return runner.run(work)


# --- opening, each time in a process of its own -------------------------------------------------


def _opening(stores: dict[int, Path], large: int, quick: bool) -> Iterator[Figure]:
    for count, base in stores.items():
        posters = _POSTERS if count == large else 0
        n = 1 if quick and posters else rounds(quick)  # they take their time
        pairs = [(_opened(base, posters), _bare()) for _ in range(n + 1)][1:]
        ours, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        yield compare(
            f"P6 process start to rows painted, {count:,} tasks",
            *([took for took, _ in ours], [took for took, _ in bare]),
            unit="s",
            at_most=_OPENING.get(count),
        )
        if posters:
            more = [a[1] - b[1] for a, b in pairs]
            what = f"P11 memory beyond a bare window, {count:,} tasks, {posters} posters seen"
            yield limit(what, more, unit="MB", at_most=120.0)


def _opened(base: Path, posters: int) -> tuple[float, float]:
    """(seconds from the start of the process until rows are painted, resident MB)."""
    began, told = _started("opened_window", str(base), str(posters))
    painted_at, memory, seen = told
    if seen < posters:
        raise RuntimeError(f"{seen} of {posters} posters were seen")
    return painted_at - began, memory


def _bare() -> tuple[float, float]:
    began, (painted_at, memory) = _started("bare_window")
    return painted_at - began, memory


def _started(module: str, *words: str) -> tuple[float, list[float]]:
    command = [sys.executable, "-m", f"{__package__}.{module}", *words]
    began = time.time()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return began, json.loads(done.stdout.splitlines()[-1])


def _add_posters(base: Path, count: int, scratch: Path) -> None:
    """Pictures of the newest takes, where the program keeps them."""
    newest = sorted(made_up(count), key=lambda task: task.report.created_at or 0.0, reverse=True)
    sources = islice(filter(None, map(poster_source, newest)), 2 * _POSTERS)
    shelf = PictureCache(base / "cache" / "posters", FrameServer(base))
    pictures = [Path(path).read_bytes() for path in _posters(scratch)]
    for number, source in enumerate(sources):
        _put(shelf, source, pictures[number % len(pictures)])


def _put(shelf: PictureCache, source: Source, picture: bytes) -> None:
    path = shelf.path_of(source, "poster")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)
