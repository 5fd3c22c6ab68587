"""Another program that asks for what was copied: prints the clipboard's files as JSON."""

import json
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget


def main() -> int:
    app = QApplication([])
    window = QWidget()
    window.show()

    def read() -> None:
        data = QApplication.clipboard().mimeData()
        told = {
            "files": [url.toLocalFile() for url in data.urls()],
            "gnome": bytes(data.data("x-special/gnome-copied-files").data()).decode(),
        }
        if told["files"]:
            sys.stdout.write(json.dumps(told))
            app.quit()

    timer = QTimer()
    timer.timeout.connect(read)
    timer.start(20)
    QTimer.singleShot(30_000, lambda: app.exit(1))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
