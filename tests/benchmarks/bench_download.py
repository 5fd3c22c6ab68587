"""P8: how fast results come to disk, hashed, synced and verified, beside `curl` which does none
of that. One file, then eight at once; both from one server process on loopback."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from rushes.core.account import Account, KeySource, Service
from rushes.core.failure import Failure
from rushes.core.ports import Order
from rushes.core.secret import Secret
from rushes.core.task import ArtifactKind
from rushes.files.download import BackgroundDownloader, FileDownloader
from rushes.net.http import Network
from rushes.system.threads import BackgroundLoop
from tests.benchmarks.figure import Figure, compare, in_turn, limit, percentile, rounds
from tests.benchmarks.origin import serving
from tests.benchmarks.waits import Waits
from tests.files.media import varied_mp4

FIGURES = ("P8",)
MIB = 2**20


def figures(quick: bool) -> Iterator[Figure]:
    app = QApplication([])
    size = 200 * 10**6
    with (
        tempfile.TemporaryDirectory(prefix="rushes-p8-") as folder,
        asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner,
    ):
        bench = Downloads(Path(folder), size, runner)
        with serving(bench.origin) as base:
            yield from bench.measure(base, 1, n=rounds(quick))
            yield from bench.measure(base, 8, n=1 if quick else 5)


class Downloads:
    """One folder to serve from, one to save to."""

    def __init__(self, folder: Path, size: int, runner: "asyncio.Runner") -> None:
        self.origin, self.target, self._runner = folder / "origin", folder / "saved", runner
        self.origin.mkdir()
        content = varied_mp4(size)
        self._sha256 = hashlib.sha256(content).hexdigest()
        self._size = size
        (self.origin / "take.mp4").write_bytes(content)
        self._waits: list[float] = []

    def measure(self, base: str, count: int, n: int) -> Iterator[Figure]:
        self._waits.clear()
        ours, theirs = in_turn(
            lambda: self._speed(count, lambda: self._rushes(base, count)),
            lambda: self._speed(count, lambda: self._curl(base, count)),
            n=n,
        )
        what = "one file of 200 MB" if count == 1 else f"{count} files of 200 MB at once"
        yield compare(f"P8 download, {what}", ours, theirs, unit="MB/s", at_least=0.8)
        waited = [w * 1000 for w in self._waits]
        name = f"P8 event-loop gap, p99, {what}"
        yield limit(name, [percentile(waited, 0.99)], unit="ms", at_most=16)
        yield limit(f"P8 event-loop gap, longest, {what}", [max(waited)], unit="ms")

    def _speed(self, count: int, work: Callable[[], object]) -> float:
        """Megabytes a second; each round starts with an empty folder and nothing left to write."""
        shutil.rmtree(self.target, ignore_errors=True)
        self.target.mkdir()
        os.sync()
        started = time.perf_counter()
        work()
        return count * self._size / 1e6 / (time.perf_counter() - started)

    def _rushes(self, base: str, count: int) -> None:
        saved = self._runner.run(self._fetch_all(base, count))
        assert all(sha256 == self._sha256 for sha256 in saved)

    async def _fetch_all(self, base: str, count: int) -> list[str]:
        network = Network()
        network.client_for(_account(), Secret("sk-bench"))
        side = BackgroundLoop("downloads")
        downloader = BackgroundDownloader(FileDownloader(network.results), side)
        waits = Waits()
        waits.start()
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(self._fetch(downloader, base, n)) for n in range(count)]
        self._waits += waits.stop()
        await side.aclose(network.results.aclose)
        await network.aclose()
        return [task.result() for task in work]

    async def _fetch(self, downloader: BackgroundDownloader, base: str, number: int) -> str:
        order = Order(
            url=f"{base}/take.mp4?n={number}",
            kind=ArtifactKind.VIDEO,
            target=self.target / f"take-{number}.mp4",
            account="bench",
            max_bytes=2**32,
        )
        saved = await downloader.fetch(order, lambda received, total: None)
        assert not isinstance(saved, Failure), saved
        return saved.sha256

    def _curl(self, base: str, count: int) -> None:
        words = ["curl", "--no-progress-meter", "--fail", "--parallel", "--parallel-immediate"]
        for n in range(count):
            words += ["--output", str(self.target / f"{n}.mp4"), f"{base}/take.mp4?n={n}"]
        subprocess.run(words, check=True)


def _account() -> Account:
    """On loopback, so that its results may lie there; on another port, so that no key is sent."""
    return Account(
        id="bench",
        name="bench",
        service=Service.ARK,
        base_url="http://127.0.0.1:1",
        key_source=KeySource.SESSION,
    )
