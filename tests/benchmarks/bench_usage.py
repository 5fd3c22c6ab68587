"""The usage page over a store of years (P22): from the question until its widgets have the answer,
by part, range and measure, and how it grows with the tasks that it counts."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication

from rushes.core.usage import Measure, Quantity, StackBy, UsageQuery
from rushes.store import Store, usage
from rushes.store.used import local_day
from rushes.ui.usage.usage_page import RANGES, UsagePage
from tests.benchmarks.figure import Figure, limit, rounds
from tests.benchmarks.fill_store import ACCOUNTS, NOW, fill

FIGURES = ("P22",)

_GOAL_S = 0.3
_MEASURES = (Measure(), Measure(Quantity.COST, "CNY"), Measure(Quantity.TOKENS))


def figures(quick: bool) -> Iterator[Figure]:
    app = QApplication.instance() or QApplication([])
    large = 20_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="rushes-bench-usage-") as folder:
        for count in (10_000, large) if quick else (10_000, 100_000, large):
            path = Path(folder) / str(count) / "rushes.sqlite3"
            path.parent.mkdir()
            fill(path, count)
            times = asyncio.run(_times(app, path, rounds(quick)))
            slowest = max(times, key=lambda name: statistics.median(times[name]))
            yield limit(
                f"P22 usage page of {count:,}, slowest of {len(times)}: {slowest}",
                times[slowest],
                unit="s",
                at_most=_GOAL_S if count == 1_000_000 else None,
            )


async def _times(app: object, path: Path, n: int) -> dict[str, list[float]]:
    """Seconds until painted, by what is asked. One more round warms up."""
    times: dict[str, list[float]] = {}
    page, accounts = UsagePage(), {account.id: account for account in ACCOUNTS}
    page.resize(1280, 800)
    page.show()
    store = await Store.open(path, lambda: NOW)
    today = local_day(NOW)
    try:
        for turn in range(n + 1):
            for days in RANGES:
                for stack_by in StackBy:
                    for measure in _MEASURES:
                        began = time.perf_counter()
                        asked = UsageQuery(
                            since=None if days is None else today - days + 1,
                            until=today,
                            stack_by=stack_by,
                            measure=measure,
                        )
                        page.show_usage(await store.read(usage.usage, asked, NOW), accounts)
                        page.grab()
                        took = time.perf_counter() - began
                        name = f"{days or 'all'} {stack_by.value} {measure.quantity.value}"
                        times.setdefault(name, []).extend([took] if turn else [])
    finally:
        await store.aclose()
        page.close()
    return times
