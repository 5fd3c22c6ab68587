"""How everything looks: spacing, type sizes, colours in light and dark, icons in the right ink.

The system's colour scheme is followed unless the user chose one. Widgets ask `colours()` when
they paint and keep nothing, so that a change of theme is only a repaint; icons are drawn from
SVG in the ink of the moment. Contrast is computed in ``tests/ui/test_theme.py``: 4.5:1 for text,
3:1 for icons and the focus ring; 7:1 and 4.5:1 where the system asks for high contrast.
"""

import sys
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from math import ceil, floor
from string import Template

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QImage,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from rushes.assets import asset

# Spacing in pixels, one scale for all margins and gaps.
TINY, SMALL, MEDIUM, LARGE, HUGE = 4, 8, 12, 16, 24
#: Smallest width and height of anything that can be clicked.
TARGET = 28
ICON = 16
#: Heights of a table row.
COMFORTABLE, COMPACT = 56, 26
# Type sizes in points, where the system's own is as usual; see `points`.
CAPTION_PT, BODY_PT, TITLE_PT = 8.5, 9.5, 13.0
_USUAL_PT = {"win32": 9.0, "darwin": 13.0}.get(sys.platform, 11.0)


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Inks are read on `window`, `base`, `stripe`, `raised` and `selection`."""

    window: str
    base: str  # lists and fields
    stripe: str  # hovered row
    raised: str  # buttons, strips
    line: str  # decorative borders
    edge: str  # borders that show where a field is
    text: str
    muted: str
    accent: str  # focus ring, links, progress
    on_accent: str
    selection: str
    # the eight words a task can be in
    queued: str
    running: str
    succeeded: str
    failed: str
    cancelled: str
    expired: str
    unknown: str
    not_found: str
    # urgency and messages
    amber: str
    red: str
    star: str


DARK = Colours(
    window="#17181b",
    base="#1b1d21",
    stripe="#22252a",
    raised="#25282e",
    line="#2d3138",
    edge="#7b8593",
    text="#e7e9ec",
    muted="#a3abb6",
    accent="#78aefc",
    on_accent="#0d1522",
    selection="#293a56",
    queued="#b4bcc8",
    running="#7cb4ff",
    succeeded="#68cc92",
    failed="#ff9490",
    cancelled="#b4bcc8",
    expired="#eeab6c",
    unknown="#cba8f5",
    not_found="#eeab6c",
    amber="#f0b455",
    red="#ff9490",
    star="#f0c04f",
)

LIGHT = Colours(
    window="#f3f4f6",
    base="#ffffff",
    stripe="#f4f6f9",
    raised="#ffffff",
    line="#dfe2e7",
    edge="#7f8996",
    text="#1b1f25",
    muted="#566070",
    accent="#1f5fc4",
    on_accent="#ffffff",
    selection="#d8e6fc",
    queued="#4c5665",
    running="#1a56b8",
    succeeded="#136a3a",
    failed="#b3231d",
    cancelled="#4c5665",
    expired="#8a4a06",
    unknown="#6b35a8",
    not_found="#8a4a06",
    amber="#855000",
    red="#b3231d",
    star="#a87400",
)


#: Where the system asks for high contrast: 7:1 for text, edges and lines that show.
DARK_CONTRAST = Colours(
    window="#000000",
    base="#000000",
    stripe="#16181c",
    raised="#0c0d0f",
    line="#868d97",
    edge="#b8bec8",
    text="#ffffff",
    muted="#d9dde3",
    accent="#a8ccff",
    on_accent="#000000",
    selection="#16305a",
    queued="#e2e6ec",
    running="#b5d4ff",
    succeeded="#8df0b3",
    failed="#ffc4c1",
    cancelled="#e2e6ec",
    expired="#ffd0a0",
    unknown="#e5d1ff",
    not_found="#ffd0a0",
    amber="#ffd47e",
    red="#ffc4c1",
    star="#ffdb74",
)

LIGHT_CONTRAST = Colours(
    window="#ffffff",
    base="#ffffff",
    stripe="#f2f4f7",
    raised="#ffffff",
    line="#70767f",
    edge="#464c55",
    text="#000000",
    muted="#2f353e",
    accent="#003f9e",
    on_accent="#ffffff",
    selection="#d3e4ff",
    queued="#2c333d",
    running="#00398f",
    succeeded="#00431f",
    failed="#85100b",
    cancelled="#2c333d",
    expired="#5c2d00",
    unknown="#4d1b85",
    not_found="#5c2d00",
    amber="#543200",
    red="#85100b",
    star="#5c3f00",
)

#: By whether the theme is dark, and whether the system asks for high contrast.
LOOKS = {
    (False, False): LIGHT,
    (True, False): DARK,
    (False, True): LIGHT_CONTRAST,
    (True, True): DARK_CONTRAST,
}


def points(size: float) -> float:
    """One of the type sizes (or what must be as wide as words), larger where the user has set the
    system's type larger."""
    return size * _scale[0]


_scale = [1.0]


def scale_of(system: QFont) -> float:
    """How much larger than usual the system's type is: 1 to 2."""
    return min(max(1.0, system.pointSizeF() / _USUAL_PT), 2.0)


def caption(font: QFont) -> QFont:
    """The small size of the same."""
    small = QFont(font)
    small.setPointSizeF(points(CAPTION_PT))
    return small


def colours() -> Colours:
    """The colours of the theme that is on now."""
    return _worn[0] if _worn else _of_system()


#: What `_dress` put on last: each cell asks several times, and Qt's palette is slow to answer.
_worn: list[Colours] = []


def _of_system() -> Colours:
    code = QGuiApplication.palette().color(QPalette.ColorRole.Window).rgb()
    return _by_window(code)


@lru_cache(maxsize=4)
def _by_window(code: int) -> Colours:
    return DARK if QColor(code).lightness() < 128 else LIGHT


def ink(name: str) -> QColor:
    """The colour called `name` (a field of `Colours`) of the theme that is on now."""
    return QColor(_read(getattr(colours(), name)))


@cache
def _read(code: str) -> QColor:
    return QColor(code)


def apply(app: QApplication, choice: str) -> None:
    """Put the look on the whole program. `choice` is "system", "light" or "dark"."""
    choose(app, choice)
    restyle(app)


def choose(app: QApplication, choice: str, *, is_chinese: bool | None = None) -> None:
    """Put on everything but the style sheet. `is_chinese`: the words are; None: as before.

    Under a sheet, the parts of a window that is being built are polished one by one; that takes
    three times as long as all at once.
    """
    hints = app.styleHints()
    if not app.property(_APPLIED):
        app.setStyle(QStyleFactory.create("Fusion"))
        _scale[:] = [scale_of(app.font())]
        app.setProperty(_APPLIED, True)
        hints.colorSchemeChanged.connect(lambda _scheme: _change(app))
        if hasattr(hints, "accessibility"):  # since Qt 6.10
            wishes = hints.accessibility()
            app.setProperty(_CONTRAST, wishes.contrastPreference() is _HIGH)
            wishes.contrastPreferenceChanged.connect(lambda wish: _change_contrast(app, wish))
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    app.setProperty(_CHOICE, choice)
    if is_chinese is not None:
        app.setProperty(_IS_CHINESE, is_chinese)
    hints.setColorScheme(wanted.get(choice, Qt.ColorScheme.Unknown))
    _wear(app)


def darken(screen: QWidget | None) -> None:
    """Dark for everything as long as this window is there, as light beside a picture dazzles and
    changes how bright it looks; None: as the user, or the system, chose."""
    _screen[:] = [] if screen is None else [screen]
    app = QApplication.instance()
    if isinstance(app, QApplication):
        _change(app)


#: The window with a picture that fills the screen, while there is one.
_screen: list[QWidget] = []
_APPLIED, _CHOICE, _WORN = "rushesThemeApplied", "rushesThemeChoice", "rushesThemeWorn"
_IS_CHINESE, _FAMILY = "rushesThemeIsChinese", "rushesThemeFamily"
_CONTRAST, _HIGH = "rushesThemeContrast", Qt.ContrastPreference.HighContrast


def _change_contrast(app: QApplication, wish: Qt.ContrastPreference) -> None:
    app.setProperty(_CONTRAST, wish is _HIGH)
    _change(app)


def _change(app: QApplication) -> None:
    """As the system went light or dark."""
    _wear(app)
    if app.styleSheet():
        restyle(app)


def _wear(app: QApplication) -> None:
    choice = str(app.property(_CHOICE))
    system_dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    is_dark = choice == "dark" or (choice == "system" and system_dark)
    is_dark = is_dark or bool(_screen and isValid(_screen[0]))
    look = LOOKS[is_dark, bool(app.property(_CONTRAST))]
    font = _font(app)
    if _worn == [look] and app.property(_WORN) and font == app.font():
        return  # dressing anew polishes every widget again
    app.setProperty(_WORN, True)
    _worn[:] = [look]
    app.setFont(font)
    app.setPalette(palette(look))


def restyle(app: QApplication) -> None:
    """The rest of what `choose` put on."""
    sheet = style_sheet(colours())
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)


def _font(app: QApplication) -> QFont:
    """The system's own family; where it has no Chinese, a regular sans beside it. That one comes
    first where the words are Chinese: a line with two fonts is lower than its neighbours."""
    made = QFont(app.font())
    if not app.property(_FAMILY):  # a real one: "Sans Serif" would let the Chinese one win
        app.setProperty(_FAMILY, QFontInfo(made).family())
    own, chinese = str(app.property(_FAMILY)), [*filter(QFontDatabase.hasFamily, _CHINESE)]
    families = [*chinese, own] if app.property(_IS_CHINESE) else [own, *chinese]
    made.setFamilies(list(dict.fromkeys(families)))
    made.setPointSizeF(points(BODY_PT))
    return made


_CHINESE = ("PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC")


def palette(look: Colours) -> QPalette:
    role = QPalette.ColorRole
    made = QPalette()
    for which, value in {
        role.Window: look.window,
        role.WindowText: look.text,
        role.Base: look.base,
        role.AlternateBase: look.stripe,
        role.Text: look.text,
        role.PlaceholderText: look.muted,
        role.Button: look.raised,
        role.ButtonText: look.text,
        role.BrightText: look.red,
        role.ToolTipBase: look.raised,
        role.ToolTipText: look.text,
        role.Highlight: look.selection,
        role.HighlightedText: look.text,
        role.Link: look.accent,
        role.LinkVisited: look.accent,
        role.Accent: look.accent,
        role.Light: look.raised,
        role.Midlight: look.stripe,
        role.Mid: look.line,
        role.Dark: look.edge,
        role.Shadow: look.window,
    }.items():
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(look.edge))
    return made


def style_sheet(look: Colours) -> str:
    values = {field.name: getattr(look, field.name) for field in fields(look)}
    shade = "dark" if look in (DARK, DARK_CONTRAST) else "light"
    for name, value in (
        ("chevron", "chevron-down"),
        ("chevron_up", "chevron-up"),
        ("check", "check"),
    ):
        values[name] = asset("icons", shade, f"{value}.svg").as_posix()
    sheet = Template(asset("style.qss").read_text(encoding="utf-8"))
    sizes = {"caption": CAPTION_PT, "body": BODY_PT, "title": TITLE_PT}
    return sheet.substitute(values, **{name: points(size) for name, size in sizes.items()})


class _Drawn(QIconEngine):
    """An icon of ours, drawn in the ink of the theme that is on when it is painted."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour  # a field of Colours

    def clone(self) -> QIconEngine:
        return _Drawn(self._name, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        colour = "edge" if mode is QIcon.Mode.Disabled else self._colour
        _renderer(self._name, getattr(colours(), colour)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return made


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = asset("icons", f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(source.replace(b"currentColor", colour.encode())))


def icon(name: str, colour: str = "text") -> QIcon:
    """The icon `resources/icons/<name>.svg` in the ink called `colour` (a field of `Colours`)."""
    return QIcon(_Drawn(name, colour))


def draw_icon(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    """Paint an icon into `box`; `colour` is a field of `Colours`."""
    code, ratio = getattr(colours(), colour), painter.device().devicePixelRatioF()
    left, top = floor(box.left()), floor(box.top())
    within = (box.left() - left, box.top() - top, box.width(), box.height())
    painter.drawImage(left, top, _drawn(name, code, within, ratio))


@lru_cache(maxsize=256)
def _drawn(name: str, code: str, within: tuple[float, float, float, float], ratio: float) -> QImage:
    """An icon at `within` its pixels (left, top, width, height): reading SVG is slow."""
    left, top, wide, tall = within
    size = QSize(ceil((left + wide) * ratio), ceil((top + tall) * ratio))
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, code).render(painter, QRectF(left, top, wide, tall))
    painter.end()
    return made
