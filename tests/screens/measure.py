"""Finds in a window what a user cannot read or hit; the pictures of `dev.py demo` are made with it.

Every widget is painted once more onto a device that notes its texts: what a delegate or a chart
paints is found like the words of a label, and no widget has to tell of itself.

What floats over others on purpose has the property `overlay`. Not measured: scroll bars and
splitters (wheel and keys do the same), texts of disabled widgets (their contrast may be low), and
what can be scrolled into view.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QRegion,
    QTextItem,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)

#: Of a text on its background, and of what is clicked (pixels); WCAG 2.2: 1.4.3 and 2.5.8.
CONTRAST, TARGET = 4.5, 24
#: The property of a widget that lies over others on purpose.
OVERLAY = "overlay"

CUT, OVERLAP, OUTSIDE, LOW_CONTRAST, SMALL = "cut", "overlap", "outside", "contrast", "target"
KINDS = (CUT, OVERLAP, OUTSIDE, LOW_CONTRAST, SMALL)

_SLACK = 1.5  # pixels: soft edges of signs, rounded places
_SCALE = 4  # texts are painted so much larger to see their colour: a thin sign has no pixel of it
_CLICKED = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractSlider)


@dataclass(frozen=True, slots=True)
class Fault:
    """Attributes:
    kind: One of KINDS.
    where: The widget, by its class and those around it.
    what: The text or the target, and the figure.
    """

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintedText:
    """One line as it was painted, in pixels of its widget.

    Attributes:
        ink: Where its signs are.
        clip: What the painter lets through.
        pen: The colour, with its opacity.
    """

    text: str
    ink: QRectF
    clip: QRectF
    baseline: QPointF
    end: float
    pen: QColor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A text in the window.

    Attributes:
        seen: The part of it that is not cut, in the window.
    """

    widget: QWidget
    painted: PaintedText
    seen: QRectF


@dataclass
class Measure:
    """Measures one window after the other; a pair of colours that was seen is not looked at again.

    Attributes:
        texts: How many were measured so far.
        least: The contrast that texts must have.
    """

    texts: int = 0
    least: float = CONTRAST
    _contrasts: dict[tuple[Any, ...], float] = field(default_factory=dict)

    def faults(self, window: QWidget, picture: QImage) -> list[Fault]:
        """What is wrong in a window that is shown, each once.

        Args:
            picture: Of the window, as it was grabbed.
        """
        shown = [widget for widget in _with_children(window) if _is_seen(widget)]
        found: dict[Fault, None] = {}
        placed: list[_Placed] = []
        for widget in shown:
            for painted in painted_texts(widget):
                cut, place = _place(widget, painted)
                if cut:
                    found[Fault(CUT, _path(widget), f"“{painted.text}”: {cut}")] = None
                if place is not None:
                    placed.append(place)
        self.texts += len(placed)
        texts = [place for place in placed if not _is_covered(place, window)]
        others = (
            _outside(shown),
            _small_targets(shown),
            _overlapping_widgets(shown, texts),
            _overlapping_texts(texts),
            self._low_contrasts(window, picture, texts),
        )
        for fault in (fault for each in others for fault in each):
            found[fault] = None
        return list(found)

    def _low_contrasts(
        self, window: QWidget, picture: QImage, texts: Iterable[_Placed]
    ) -> Iterator[Fault]:
        for place in texts:
            seen, ink = place.seen, place.painted.ink
            is_sliver = seen.width() * seen.height() < 0.5 * ink.width() * ink.height()
            if is_sliver or not _is_enabled(place):
                continue
            box = place.seen.toAlignedRect().intersected(window.rect())
            contrast = self._contrast(window, picture, place, box)
            if contrast < self.least:
                what = f"“{place.painted.text}”: {contrast:.2f}:1"
                yield Fault(LOW_CONTRAST, _path(place.widget), what)

    def _contrast(self, window: QWidget, picture: QImage, place: _Placed, box: QRect) -> float:
        ratio = picture.devicePixelRatio()
        part = QRect((box.topLeft() * ratio), box.size() * ratio)
        ground = _most_common(_pixels(picture.copy(part)))
        key = (type(place.widget), place.painted.pen.rgba(), place.widget.font().key(), ground)
        if key not in self._contrasts:
            self._contrasts[key] = _contrast_within(_enlarged(window, box))
        return self._contrasts[key]


# --- what is painted ------------------------------------------------------------------------------


def painted_texts(widget: QWidget) -> list[PaintedText]:
    """The lines that the widget itself paints, without those of its children."""
    notes = _Notes(widget)
    widget.render(notes, QPoint(), QRegion(widget.rect()), QWidget.RenderFlag(0))
    return notes.engine.texts


class _Notes(QPaintDevice):
    """A device of the size and the resolution of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.engine = _NoteTexts(QRectF(widget.rect()))
        metric = QPaintDevice.PaintDeviceMetric
        self._metrics = {
            metric.PdmWidth: widget.width(),
            metric.PdmHeight: widget.height(),
            metric.PdmWidthMM: widget.widthMM(),
            metric.PdmHeightMM: widget.heightMM(),
            metric.PdmNumColors: 0,
            metric.PdmDepth: 32,
            metric.PdmDpiX: widget.logicalDpiX(),
            metric.PdmDpiY: widget.logicalDpiY(),
            metric.PdmPhysicalDpiX: widget.physicalDpiX(),
            metric.PdmPhysicalDpiY: widget.physicalDpiY(),
            metric.PdmDevicePixelRatio: 1,
            metric.PdmDevicePixelRatioScaled: 0x10000,
        }

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(metric, 0)


class _NoteTexts(QPaintEngine):
    """Takes down texts, and paints nothing."""

    def __init__(self, whole: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[PaintedText] = []
        self._whole = whole

    def begin(self, device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        pass

    def drawTextItem(self, at: QPointF | Any, item: QTextItem) -> None:
        text = item.text()
        if not text.strip():
            return
        painter = self.painter()
        to_device = painter.deviceTransform()
        signs = QFontMetricsF(item.font()).tightBoundingRect(text).translated(at)
        ink = to_device.mapRect(signs)
        clip = self._whole
        if painter.hasClipping():
            clip = to_device.mapRect(painter.clipBoundingRect())
        pen = QColor(painter.pen().color())
        pen.setAlphaF(pen.alphaF() * painter.opacity())
        start, end = to_device.map(at), to_device.map(at + QPointF(item.width(), 0)).x()
        before = self.texts[-1] if self.texts else None
        if before is not None and _goes_on(before, start, clip):
            text, ink, start = before.text + text, before.ink.united(ink), before.baseline
            self.texts.pop()
        self.texts.append(
            PaintedText(text=text, ink=ink, clip=clip, baseline=start, end=end, pen=pen)
        )

    def _nothing(self, *_: Any, **__: Any) -> None:
        pass

    drawPixmap = drawTiledPixmap = drawImage = drawPath = drawPolygon = _nothing  # noqa: N815
    drawRects = drawLines = drawPoints = drawEllipse = _nothing  # noqa: N815


def _goes_on(before: PaintedText, start: QPointF, clip: QRectF) -> bool:
    """Whether a text is the rest of a line: other fonts and marks for keys break it up."""
    gap = start.x() - before.end
    same = abs(start.y() - before.baseline.y()) < 1 and clip == before.clip
    return same and -1 < gap < 8


# --- where it is seen -----------------------------------------------------------------------------


def _with_children(window: QWidget) -> Iterator[QWidget]:
    """The widget and what is in it, without windows of their own."""
    yield window
    for child in window.findChildren(QWidget):
        if child.window() is window.window():
            yield child


def _is_seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def _place(widget: QWidget, painted: PaintedText) -> tuple[str, _Placed | None]:
    """How much of a text is cut ("" for nothing), and where in the window it is seen."""
    window = widget.window()
    ink, room = _in_window(widget, painted.ink), _in_window(widget, painted.clip)
    left, top, right, bottom = room.left(), room.top(), room.right(), room.bottom()
    # What can be scrolled into view is not cut.
    across, along = isinstance(widget, QLineEdit) and bool(widget.text()), False
    around: QWidget | None = widget
    while around is not None:
        scrolls = _scrolls(around)
        across, along = across or scrolls[0], along or scrolls[1]
        box = _in_window(around, QRectF(around.rect()))
        left, top = max(left, box.left()), max(top, box.top())
        right, bottom = min(right, box.right()), min(bottom, box.bottom())
        around = None if around is window else around.parentWidget()
    wide = 0.0 if across else max(left - ink.left(), ink.right() - right)
    tall = 0.0 if along else max(top - ink.top(), ink.bottom() - bottom)
    seen = ink.intersected(QRectF(QPointF(left, top), QPointF(right, bottom)))
    place = None
    if right > left and bottom > top and not seen.isEmpty():
        place = _Placed(widget=widget, painted=painted, seen=seen)
    if _only_dots(painted.text):
        return ("nothing but dots is left" if place else ""), place
    if max(wide, tall) <= _SLACK:
        return "", place
    return f"{max(wide, tall):.0f} px of its {'width' if wide > tall else 'height'}", place


def _only_dots(text: str) -> bool:
    """“…” or “a…”: what was to be read is gone."""
    return (text.endswith("…") and len(text) <= 2) or text.strip() == "…"


def _scrolls(viewport: QWidget) -> tuple[bool, bool]:
    """Whether what is in it can be scrolled across and along."""
    area = viewport.parentWidget()
    if not isinstance(area, QAbstractScrollArea) or area.viewport() is not viewport:
        return False, False
    if isinstance(area, QHeaderView):  # it goes with its table, in its own direction
        is_across = area.orientation() is Qt.Orientation.Horizontal
        table = area.parentWidget()
        assert isinstance(table, QAbstractScrollArea)
        bar = table.horizontalScrollBar() if is_across else table.verticalScrollBar()
        return (is_across and _moves(bar)), (not is_across and _moves(bar))
    never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    return (
        _moves(area.horizontalScrollBar()) and area.horizontalScrollBarPolicy() is not never,
        _moves(area.verticalScrollBar()) and area.verticalScrollBarPolicy() is not never,
    )


def _moves(bar: QScrollBar) -> bool:
    return bar.maximum() > bar.minimum()


def _in_window(widget: QWidget, box: QRectF) -> QRectF:
    return box.translated(QPointF(widget.mapTo(widget.window(), QPoint())))


def _is_covered(place: _Placed, window: QWidget) -> bool:
    """Whether an overlay lies over the middle of a text."""
    over = window.childAt(place.seen.center().toPoint())
    if over is None or over is place.widget:
        return False
    return _overlay_of(over) is not _overlay_of(place.widget)


def _overlay_of(widget: QWidget) -> QWidget | None:
    """The widget around it that lies over others on purpose."""
    around: QWidget | None = widget
    while around is not None and not around.isWindow():
        if around.property(OVERLAY):
            return around
        around = around.parentWidget()
    return None


def _path(widget: QWidget) -> str:
    """The widget with the three around it that have names of ours, and what it is called."""
    names: list[str] = []
    around: QWidget | None = widget
    while around is not None and len(names) < 3:
        name = type(around).__name__
        if not name.startswith("Q") or around is widget:
            names.append(around.objectName() or name)
        around = around.parentWidget()
    return " in ".join(names)


# --- colours --------------------------------------------------------------------------------------


def _enlarged(window: QWidget, box: QRect) -> QImage:
    image = QImage(box.size() * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(window.palette().window().color())
    window.render(image, QPoint(), QRegion(box))
    return image


def _pixels(image: QImage) -> Counter[int]:
    if image.isNull():
        return Counter()
    opaque = image.convertToFormat(QImage.Format.Format_RGB32)
    return Counter(memoryview(opaque.constBits()).cast("I"))  # four bytes a pixel, no gaps


def _most_common(pixels: Counter[int]) -> int:
    return pixels.most_common(1)[0][0] if pixels else 0


def _is_enabled(place: _Placed) -> bool:
    """Whether what is written there can be used now; what cannot may be pale (WCAG 2.2, 1.4.3)."""
    menu = place.widget
    if isinstance(menu, QMenu):
        at = place.seen.center().toPoint()
        return all(e.isEnabled() for e in menu.actions() if menu.actionGeometry(e).contains(at))
    return menu.isEnabled()


def _contrast_within(image: QImage) -> float:
    """Of the commonest colour that is no shade of the background to the background."""
    pixels = _pixels(image)
    if not pixels:
        return 21.0
    ground = _most_common(pixels)
    contrasts = {colour: contrast_of(colour, ground) for colour in pixels}
    highest = max(contrasts.values())
    # What lies between the two is the soft edge of signs.
    solid = [colour for colour in pixels if contrasts[colour] - 1 > 0.75 * (highest - 1)]
    return contrasts[max(solid, key=pixels.__getitem__)] if solid else 1.0


def contrast_of(one: int, other: int) -> float:
    """Of two colours as 0xRRGGBB, by WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: int) -> float:
    parts = ((colour >> shift & 0xFF) / 255 for shift in (16, 8, 0))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- places ---------------------------------------------------------------------------------------


def _outside(shown: Iterable[QWidget]) -> Iterator[Fault]:
    for widget in shown:
        parent = widget.parentWidget()
        if widget.isWindow():
            screen = widget.screen().availableGeometry()
            if not screen.adjusted(-1, -1, 1, 1).contains(widget.geometry()):
                size = f"{widget.width()} × {widget.height()} px"
                yield Fault(OUTSIDE, _path(widget), f"{size}, outside of the screen")
        elif parent is not None and not _is_viewport(parent):
            room, box = parent.rect(), widget.geometry()
            over = max(
                *(room.left() - box.left(), box.right() - room.right()),
                *(room.top() - box.top(), box.bottom() - room.bottom()),
            )
            if over > 1:
                yield Fault(OUTSIDE, _path(widget), f"{over} px outside of its parent")


def _is_viewport(widget: QWidget) -> bool:
    area = widget.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is widget


def _small_targets(shown: Iterable[QWidget]) -> Iterator[Fault]:
    for widget in shown:
        if not widget.isEnabled() or isinstance(widget, QScrollBar):
            continue
        for name, size in _targets(widget):
            if min(size.width(), size.height()) < TARGET:
                what = f"{name}: {size.width()} × {size.height()} px"
                yield Fault(SMALL, _path(widget), what)


def _targets(widget: QWidget) -> Iterator[tuple[str, QSize]]:
    """What is clicked in a widget: a name and a size in pixels."""
    if isinstance(widget, QLineEdit) and isinstance(widget.parentWidget(), _CLICKED):
        return  # a part of a box with arrows
    if isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            yield f"“{widget.tabText(tab)}”", widget.tabRect(tab).size()
    elif isinstance(widget, (QMenuBar, QMenu)):
        for action in widget.actions():
            box = widget.actionGeometry(action)
            if action.isVisible() and not action.isSeparator() and not box.isEmpty():
                yield f"“{action.text()}”", box.size()
    elif isinstance(widget, QHeaderView):
        if widget.sectionsClickable():
            for section in range(widget.count()):
                if not widget.isSectionHidden(section):
                    wide, tall = widget.sectionSize(section), widget.height()
                    is_across = widget.orientation() is Qt.Orientation.Horizontal
                    yield (
                        f"section {section}",
                        QSize(wide, tall) if is_across else QSize(widget.width(), wide),
                    )
    elif isinstance(widget, QAbstractItemView):
        index = widget.indexAt(widget.viewport().rect().center() / 4)
        if index.isValid():
            yield "a row", QSize(TARGET, widget.visualRect(index).height())
    elif isinstance(widget, _CLICKED):
        yield f"“{_name(widget)}”", widget.size()


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or widget.objectName()


def _overlapping_widgets(shown: Iterable[QWidget], texts: Iterable[_Placed]) -> Iterator[Fault]:
    """Two of what is clicked or read that lie on each other."""
    read = {place.widget for place in texts}
    places = [
        (widget, _seen_box(widget))
        for widget in shown
        if isinstance(widget, _CLICKED) or widget in read
    ]
    for (one, first), (other, second) in combinations(places, 2):
        both = first.intersected(second)
        if min(both.width(), both.height()) <= 1:
            continue
        if one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        if _overlay_of(one) is _overlay_of(other):
            what = f"“{_name(one)}” and “{_name(other)}”: {both.width()} × {both.height()} px"
            yield Fault(OVERLAP, _path(one), f"{what} ({_path(other)})")


def _seen_box(widget: QWidget) -> QRect:
    return widget.visibleRegion().boundingRect().translated(widget.mapTo(widget.window(), QPoint()))


def _overlapping_texts(texts: Iterable[_Placed]) -> Iterator[Fault]:
    for one, other in combinations(texts, 2):
        both = one.seen.intersected(other.seen)
        if min(both.width(), both.height()) <= _SLACK:
            continue
        if one.painted.text == other.painted.text:
            continue  # a line with an edge is painted twice, a selected one as well
        if _overlay_of(one.widget) is _overlay_of(other.widget):
            what = f"“{one.painted.text}” and “{other.painted.text}”"
            yield Fault(OVERLAP, _path(one.widget), what)
