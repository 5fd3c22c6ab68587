"""What came by paste or drop: files to be read elsewhere, or text to be searched for ids."""

from pathlib import Path

from PySide6.QtCore import QMimeData

#: Making a Python string of more bytes than this takes too long here: they are left where they are.
LONG = 256 * 1024


def taken(data: QMimeData) -> tuple[list[Path], str | memoryview]:
    """(local files, text). Web addresses are text: an id may stand in one; nothing is opened."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files, ""
    if data.hasText():
        return [], text_of(data)
    return [], "\n".join(url.toString() for url in data.urls())


def text_of(data: QMimeData) -> str | memoryview:
    """The text; a long one as the UTF-8 that Qt has, without a copy."""
    raw = data.data("text/plain")
    if raw.size() <= LONG:
        return data.text()
    # WORKAROUND: it is a buffer, only the stubs of PySide6 do not say so.
    return memoryview(raw)  # type: ignore[arg-type]


def is_blank(text: str | memoryview) -> bool:
    """Whether there is nothing to read in it. A long text is not looked through here."""
    return not text.strip() if isinstance(text, str) else False


def is_welcome(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasText()
