"""What came by paste or drop: files to be read elsewhere, or text to be searched for ids."""

from pathlib import Path

from PySide6.QtCore import QMimeData

#: Making a Python string of more bytes than this takes too long here: they are left as they are.
LONG = 256 * 1024


def taken(data: QMimeData) -> tuple[list[Path], str | bytes]:
    """(local files, text). Web addresses are text: an id may stand in one; nothing is opened."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files, ""
    if data.hasText():
        return [], text_of(data)
    return [], "\n".join(url.toString() for url in data.urls())


def text_of(data: QMimeData) -> str | bytes:
    """The text; a long one as UTF-8."""
    raw = data.data("text/plain")
    return data.text() if raw.size() <= LONG else bytes(raw.data())


def is_welcome(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasText()
