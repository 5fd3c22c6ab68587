"""How one tile looks: poster, name, state or saved, rating, pick."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from rushes.core.pace import awaits_link
from rushes.core.poster import poster_source
from rushes.core.task import ArtifactKind, ArtifactState, Flag, Pick, Status, Task
from rushes.presentation.readings import display_name, saved_share
from rushes.presentation.words import no_link_yet, note_of_task, saved_word, state_word
from rushes.ui.widgets import posters, theme
from rushes.ui.widgets.posters import Posters

PAD = 6
_SCREEN = "#0c0d0f"  # behind pictures, as in the preview
_KEPT = {
    ArtifactState.SAVED: ("saved", "succeeded"),
    ArtifactState.SAVING: ("saving", "running"),
    ArtifactState.REMOTE: ("remote", "amber"),
    ArtifactState.MISSING: ("missing", "amber"),
    ArtifactState.LOST: ("lost", "red"),
}
_STAR, _STAR_STEP = 11.0, 12.0
_ICON = 14.0

#: Where the pointer is in a tile's film: an image, the part of it, the share of the length.
Scrubbed = tuple[QImage, QRect, float]


def picture_size(wide: int) -> QSize:
    """The poster's place in a tile of that width: 16:9."""
    inside = wide - 2 * PAD
    return QSize(inside, inside * 9 // 16)


def tile_height(wide: int, metrics: QFontMetrics) -> int:
    return picture_size(wide).height() + 2 * metrics.height() + 3 * PAD + 2


class TilePainter:
    """Paints tiles of one size, with what the theme is at that moment."""

    def __init__(self, poster_source: Posters, font: QFont) -> None:
        self._posters = poster_source
        self.font = font
        self._metrics = QFontMetrics(font)

    def paint(
        self,
        painter: QPainter,
        box: QRect,
        task: Task,
        *,
        selected: bool,
        hovered: bool,
        current: bool,
        scrubbed: Scrubbed | None,
    ) -> bool:
        """Returns whether the tile is as it will be: False while its picture is on the way."""
        self._ground(painter, box, selected=selected, hovered=hovered, current=current)
        size = picture_size(box.width())
        screen = QRect(box.left() + PAD, box.top() + PAD, size.width(), size.height())
        has_picture = self._picture(painter, screen, task, scrubbed)
        line = QRect(
            screen.left() + 1, screen.bottom() + PAD, screen.width() - 2, self._metrics.height()
        )
        self._first_line(painter, line, task)
        self._second_line(painter, line.translated(0, line.height() + 2), task)
        return has_picture or poster_source(task) is None

    def blank(self, painter: QPainter, box: QRect) -> None:
        """A tile whose task is not known yet: only where its picture will be."""
        size = picture_size(box.width())
        screen = QRect(box.left() + PAD, box.top() + PAD, size.width(), size.height())
        painter.fillRect(screen, theme.ink("stripe"))

    def _ground(
        self, painter: QPainter, box: QRect, *, selected: bool, hovered: bool, current: bool
    ) -> None:
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink("selection" if selected else "stripe"))
            painter.drawRoundedRect(box, 5, 5)
        if current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 2))
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 5, 5)

    def _picture(
        self, painter: QPainter, screen: QRect, task: Task, scrubbed: Scrubbed | None
    ) -> bool:
        ratio = painter.device().devicePixelRatio()
        image = self._posters.for_task(task, screen.size(), ratio)
        if scrubbed is not None:
            painter.fillRect(screen, QColor(_SCREEN))
            self._frame(painter, screen, scrubbed)
        elif image is not None:
            painter.fillRect(screen, QColor(_SCREEN))
            posters.draw(painter, image, QRectF(screen))
        else:
            self._stand_in(painter, screen, task)
        return image is not None

    def _frame(self, painter: QPainter, screen: QRect, scrubbed: Scrubbed) -> None:
        strip, part, share = scrubbed
        size = part.size().scaled(screen.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(0, 0, size.width(), size.height())
        box.moveCenter(screen.center())
        painter.drawImage(box, strip, part)
        x = screen.left() + round(share * screen.width())
        painter.fillRect(QRect(screen.left(), screen.bottom() - 2, screen.width(), 3), _veil())
        painter.fillRect(
            QRect(screen.left(), screen.bottom() - 2, x - screen.left(), 3), theme.ink("accent")
        )

    def _stand_in(self, painter: QPainter, screen: QRect, task: Task) -> None:
        """What there is instead of a picture: why there is none yet."""
        painter.setPen(QPen(theme.ink("line"), 1))
        painter.setBrush(theme.ink("window"))
        painter.drawRect(screen.adjusted(0, 0, -1, -1))
        is_model = task.artifact(ArtifactKind.MODEL) or task.report.subdivision
        icon, colour = ("cube" if is_model else "film"), "edge"
        if task.status is not Status.SUCCEEDED:
            look = look_of(task)
            icon, colour = f"state-{look}", look
        side = min(26.0, screen.height() * 0.4)
        glyph = QRectF(0, 0, side, side)
        glyph.moveCenter(QRectF(screen).center())
        _stamp(painter, icon, colour, glyph)

    def _first_line(self, painter: QPainter, line: QRect, task: Task) -> None:
        left = 0
        if task.mark.pick is not Pick.NONE:
            picked = task.mark.pick is Pick.PICK
            icon, colour = ("pick", "succeeded") if picked else ("reject", "failed")
            _stamp(painter, icon, colour, _left_icon(line))
            left = int(_ICON) + 4
        words = display_name(task)
        cut = Qt.TextElideMode.ElideRight if task.mark.name else Qt.TextElideMode.ElideMiddle
        self._write(painter, line.adjusted(left, 0, 0, 0), words, "text", cut)

    def _second_line(self, painter: QPainter, line: QRect, task: Task) -> None:
        """The state as an icon, then the files in a word; in a word the state without files."""
        look, right = look_of(task), 0
        _stamp(painter, f"state-{look}", look, _left_icon(line))
        line = line.adjusted(int(_ICON) + 4, 0, 0, 0)
        if task.mark.rating:
            right = round(5 * _STAR_STEP) + 4
            self._stars(painter, line, task.mark.rating)
        colour, words = look, state_word(task)
        if task.kept is not None:
            icon, colour = _KEPT[task.kept]
            words = saved_word(task.kept, saved_share(task), note_of_task(task))
            _stamp(painter, icon, colour, _left_icon(line))
            line = line.adjusted(int(_ICON) + 4, 0, 0, 0)
        elif awaits_link(task):
            words = no_link_yet()
        self._write(painter, line.adjusted(0, 0, -right, 0), words, colour)

    def _stars(self, painter: QPainter, line: QRect, rating: int) -> None:
        middle = QPointF(line.right() - 5 * _STAR_STEP + _STAR_STEP / 2, line.center().y() + 0.5)
        for n in range(5):
            box = QRectF(0, 0, _STAR, _STAR)
            box.moveCenter(middle + QPointF(n * _STAR_STEP, 0))
            full = n < rating
            _stamp(painter, "star-full" if full else "star", "star" if full else "edge", box)

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        words: str,
        colour: str,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        shown = self._metrics.elidedText(words, cut, box.width())
        painter.setPen(theme.ink(colour))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, int(side), shown)


def look_of(task: Task) -> str:
    """The word under which `theme` knows the task's colour and icon."""
    return "not_found" if Flag.NOT_FOUND in task.flags else task.status.value


def _stamp(painter: QPainter, icon: str, colour: str, box: QRectF) -> None:
    """Paint an icon on whole pixels, so that one drawing of it serves every tile."""
    theme.draw_icon(painter, icon, colour, QRectF(box.topLeft().toPoint(), box.size()))


def _left_icon(line: QRect) -> QRectF:
    return QRectF(line.left(), line.center().y() - _ICON / 2 + 0.5, _ICON, _ICON)


def _veil() -> QColor:
    return QColor(0, 0, 0, 150)
