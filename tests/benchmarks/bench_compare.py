"""How far takes that are compared drift apart while they loop: at most a frame, over a minute."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from rushes.ui.commands.actions import Actions
from rushes.ui.compare.compare import Compare
from rushes.ui.widgets import theme
from rushes.ui.window.commands import COMMANDS
from tests.benchmarks.figure import Figure, limit, percentile
from tests.ui.test_compare import CTX, clip

FIGURES = ("DRIFT",)

#: Two of one rate, four of one rate, and two that no common frame time fits.
SETS = (("dusk", "lanterns"), ("dusk",) * 4, ("dusk", "orbit"))
_GOAL_FRAMES = 1.0
_SETTLE_S = 1.0


def figures(quick: bool) -> Iterator[Figure]:
    app = QApplication([])
    theme.apply(app, "dark")
    for names in SETS:
        apart = _watch(names, 2.0 if quick else 60.0)
        name = f"DRIFT of compared takes, {' beside '.join(names)}, {len(apart):,} looks: 99 %"
        yield limit(name, [percentile(apart, 0.99)], unit="frames", at_most=_GOAL_FRAMES)
        yield limit(f"{name[: -len('99 %')]}most", [max(apart)], unit="frames")


def _watch(names: tuple[str, ...], seconds: float) -> list[float]:
    host = QWidget()
    compare = Compare(Actions(host, COMMANDS))
    compare.resize(1100, 700)
    compare.show()
    compare.show_takes([clip(n, name) for n, name in enumerate(names)], CTX)
    ensemble = compare.players
    assert ensemble is not None
    _pass(_SETTLE_S)
    apart: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _pass(0.005)
        apart.append(ensemble.drift())
    compare.clear()
    compare.hide()
    compare.deleteLater()
    _pass(0.1)
    return apart


def _pass(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QCoreApplication.processEvents()
        time.sleep(0.001)
