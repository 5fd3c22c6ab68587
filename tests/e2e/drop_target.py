"""A window of another program that takes files: what is dropped is copied into a folder."""

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Folder(QLabel):
    """As a file manager or an editor's bin would: asks for files, copies, closes nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__("Drop here")
        self._folder = folder
        self.setAccessibleName("Another program")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        for url in urls:
            shutil.copy(url.toLocalFile(), self._folder)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setAccessibleName(f"Another program: {len(urls)} files taken")


def main() -> int:
    folder, left, top = sys.argv[1:]
    app = QApplication([])
    target = Folder(Path(folder))
    target.setGeometry(int(left), int(top), 300, 300)
    target.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
