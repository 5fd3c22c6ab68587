"""Pages of A4 with the posters of many takes, as a PDF or as pictures. Painted in a thread."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextLayout,
    QTextOption,
)

from rushes.files.filenames import numbered
from rushes.system.disk import write_whole
from rushes.ui.widgets.image_loader import read_image

#: Points (1/72 inch); everything on a page is in them.
_PAGE: Final = QSizeF(595.0, 842.0)
_MARGIN, _GAP, _FOOT = 36.0, 14.0, 16.0
_ACROSS, _DOWN = 3, 4
_PICTURE_SHARE = 9 / 16  # of a cell's width
_DPI = 150
_PAPER, _INK, _MUTED, _EMPTY = "#ffffff", "#1d1f23", "#5a6069", "#e6e8eb"
_PICK, _REJECT = "#1f7a3d", "#b3261e"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCell:
    """One take. `poster`: a picture's file, or None; `verdict`: stars, pick or reject in words."""

    title: str
    line: str
    verdict: str
    prompt: str
    poster: Path | None = None
    is_pick: bool = False
    is_reject: bool = False


class Stopped(Exception):
    """The window is closing: nothing was written."""


def write(
    path: Path, title: str, cells: Sequence[PageCell], stopped: threading.Event
) -> tuple[Path, ...]:
    """Paint all takes, twelve a page. A PDF is one file; of pictures there is one a page, those
    after the first with a number behind the name, over no file that is there. Blocks.

    Returns:
        The files, in the order of the pages.

    Raises:
        OSError: a file cannot be written.
        Stopped: see there; between two pages.
    """
    most = _ACROSS * _DOWN
    pages = [cells[at : at + most] for at in range(0, len(cells), most)] or [()]
    if path.suffix.lower() == ".pdf":
        write_whole(path, _pdf(title, pages, stopped))
        return (path,)
    written = []
    for number, page in enumerate(pages, 1):
        if stopped.is_set():
            raise Stopped
        to = path
        if number > 1:  # the user was asked about the name of the first alone
            behind = path.with_name(f"{path.stem}-{number}{path.suffix}")
            to = next(free for free in numbered(behind) if not os.path.lexists(free))
        write_whole(to, _png(title, page, number, len(pages)))
        written.append(to)
    return tuple(written)


def _pdf(title: str, pages: Sequence[Sequence[PageCell]], stopped: threading.Event) -> bytes:
    with _in_memory() as (held, content):
        writer = QPdfWriter(held)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF())
        writer.setResolution(_DPI)
        writer.setTitle(title)
        writer.setCreator("Rushes")
        painter = QPainter(writer)
        try:
            painter.scale(_DPI / 72, _DPI / 72)
            for number, page in enumerate(pages, 1):
                if stopped.is_set():
                    raise Stopped
                if number > 1:
                    writer.newPage()
                _paint(painter, title, page, number, len(pages))
        finally:
            painter.end()
    return bytes(content.data())


def _png(title: str, page: Sequence[PageCell], number: int, count: int) -> bytes:
    scale = _DPI / 72
    image = QImage((_PAGE * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(_PAPER))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        _paint(painter, title, page, number, count)
    finally:
        painter.end()
    image.setDotsPerMeterX(round(_DPI / 0.0254))
    image.setDotsPerMeterY(round(_DPI / 0.0254))
    with _in_memory() as (held, content):
        QImageWriter(held, b"png").write(image)
    return bytes(content.data())


@contextmanager
def _in_memory() -> Iterator[tuple[QBuffer, QByteArray]]:
    content = QByteArray()
    held = QBuffer(content)
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    try:
        yield held, content
    finally:
        held.close()


def _paint(
    painter: QPainter, title: str, cells: Sequence[PageCell], number: int, count: int
) -> None:
    wide = (_PAGE.width() - 2 * _MARGIN - (_ACROSS - 1) * _GAP) / _ACROSS
    tall = (_PAGE.height() - 2 * _MARGIN - _FOOT - (_DOWN - 1) * _GAP) / _DOWN
    for at, cell in enumerate(cells):
        down, across = divmod(at, _ACROSS)
        left, top = _MARGIN + across * (wide + _GAP), _MARGIN + down * (tall + _GAP)
        _paint_cell(painter, cell, QRectF(left, top, wide, tall))
    foot = QRectF(_MARGIN, _PAGE.height() - _MARGIN - 10, _PAGE.width() - 2 * _MARGIN, 12)
    painter.setPen(QColor(_MUTED))
    painter.setFont(_font(7))
    metrics = QFontMetricsF(painter.font(), painter.device())
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, foot.width() - 60)
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, shown)
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight, f"{number} / {count}")


def _paint_cell(painter: QPainter, cell: PageCell, box: QRectF) -> None:
    picture = QRectF(box.left(), box.top(), box.width(), box.width() * _PICTURE_SHARE)
    painter.fillRect(picture, QColor(_EMPTY))
    if cell.poster is not None:
        _paint_poster(painter, cell.poster, picture)
    left = QRectF(box)
    left.setTop(picture.bottom() + 3)
    bold = _font(9)
    bold.setWeight(QFont.Weight.DemiBold)
    left.setTop(_write(painter, cell.title, left, bold, _INK, 1) + 2)
    left.setTop(_write(painter, cell.line, left, _font(7), _MUTED, 1))
    ink = _PICK if cell.is_pick else _REJECT if cell.is_reject else _INK
    left.setTop(_write(painter, cell.verdict, left, _font(8), ink, 1))
    _write(painter, cell.prompt, left, _font(7), _INK, 20)


def _paint_poster(painter: QPainter, path: Path, box: QRectF) -> None:
    image = read_image(str(path))
    if image.isNull():
        return
    size = image.size().toSizeF().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    at = QRectF(box.center().x() - size.width() / 2, box.top(), size.width(), size.height())
    at.moveTop(box.center().y() - size.height() / 2)
    most = (size * (_DPI / 72)).toSize()
    if image.width() > most.width():
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(most, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    painter.drawImage(at, image)


def _write(painter: QPainter, text: str, box: QRectF, font: QFont, ink: str, most: int) -> float:
    """Lines of text from the top of the box, as many as fit; what does not fit ends in "…".

    Returns:
        Where the next text begins.
    """
    metrics = QFontMetricsF(font, painter.device())
    if not text or box.height() < metrics.lineSpacing():
        return box.top()
    painter.setFont(font)
    painter.setPen(QColor(ink))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font, painter.device())
    layout.setTextOption(option)
    layout.beginLayout()
    top, done = box.top(), 0
    for number in range(1, most + 1):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(box.width())
        shown = text[line.textStart() : line.textStart() + line.textLength()]
        done = line.textStart() + line.textLength()
        # Signs of another font can stand higher than those that `metrics` knows.
        tall = max(metrics.lineSpacing(), line.height())
        is_last = number == most or top + 2 * tall > box.bottom()
        if is_last and done < len(text):
            rest = text[line.textStart() :]
            shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, box.width())
        place = QRectF(box.left(), top, box.width(), tall)
        painter.drawText(place, int(Qt.TextFlag.TextSingleLine), shown)
        top += tall
        if is_last:
            break
    layout.endLayout()
    return top


def _font(points: int) -> QFont:
    """On a device of 72 dots an inch a point is a pixel: the painter is scaled for the others."""
    font = QFont()
    font.setPixelSize(points)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # it is scaled
    return font
