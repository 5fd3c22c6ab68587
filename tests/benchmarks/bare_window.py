"""The smallest Qt program with a window: prints when it is painted and what memory it has.

``python -m tests.benchmarks.bare_window``: Unix seconds and resident MB as a JSON list.
"""

import json
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class Bare(QMainWindow):
    painted_at = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted_at = self.painted_at or time.time()
        QTimer.singleShot(0, QApplication.quit)


def resident_mb() -> float:
    """Memory of this process that is in use, from `/proc`."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main() -> None:
    app = QApplication([])
    window = Bare()
    window.resize(1280, 800)
    window.show()
    app.exec()
    print(json.dumps([window.painted_at, resident_mb()]))


if __name__ == "__main__":
    main()
