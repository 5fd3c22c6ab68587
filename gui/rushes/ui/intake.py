"""What came by paste or drop: files to be read elsewhere, or text to be searched for ids."""

from pathlib import Path

from PySide6.QtCore import QMimeData

#: Text beyond this is not taken (bytes): more is not read for ids either.
LIMIT = 8 * 1024 * 1024


def taken(data: QMimeData) -> tuple[list[Path], str, bool]:
    """(local files, text, whether the text was cut off at `LIMIT`). Web addresses are text: an id
    may stand in one; nothing is opened."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files, "", False
    if data.hasText():
        return [], *text_of(data)
    return [], "\n".join(url.toString() for url in data.urls()), False


def text_of(data: QMimeData) -> tuple[str, bool]:
    """The text and whether it was cut off. Making a Python string of 50 MB takes too long here."""
    raw = data.data("text/plain")
    if raw.size() <= LIMIT:
        return data.text(), False
    text = bytes(raw.left(LIMIT).data()).decode("utf-8", "replace")
    return text.rpartition("\n")[0] or text, True  # half an id would be another id


def is_welcome(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasText()
