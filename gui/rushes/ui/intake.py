"""What came by paste or drop: files to be read elsewhere, or text to be searched for ids."""

from pathlib import Path

from PySide6.QtCore import QMimeData


def taken(data: QMimeData) -> tuple[list[Path], str]:
    """(local files, text). Web addresses are text: an id may stand in one; nothing is opened."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files, ""
    if data.hasText():
        return [], data.text()
    return [], "\n".join(url.toString() for url in data.urls())


def is_welcome(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasText()
