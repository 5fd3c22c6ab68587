"""All themes are readable, computed: 4.5:1 for text, 3:1 for icons and the focus ring; where the
system asks for high contrast 7:1 and 4.5:1."""

import sys
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QIcon, QImage, QPainter, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from rushes import assets
from rushes.core.task import ArtifactState, Flag, Status
from rushes.ui.widgets import theme
from rushes.ui.widgets.theme import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Colours
from tests.ui.takes import take
from tests.ui.windows import Fill, press, select

GROUNDS = ("window", "base", "stripe", "raised", "selection")
STATES = (*(status.value for status in Status), "not_found")
TEXTS = ("text", "muted", "amber", "red", *STATES)
THEMES = {"light": LIGHT, "dark": DARK}
HIGH = {"light, high contrast": LIGHT_CONTRAST, "dark, high contrast": DARK_CONTRAST}
ALL = THEMES | HIGH


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    ink = QColor(colour)
    red, green, blue = (linear(p) for p in (ink.redF(), ink.greenF(), ink.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2: 1.0 to 21.0."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_that_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", ALL.values(), ids=ALL)
@pytest.mark.parametrize("ground", GROUNDS)
def test_that_text_can_be_read_on_every_ground(look: Colours, ground: str) -> None:
    under = getattr(look, ground)
    weak = {t: contrast(getattr(look, t), under) for t in TEXTS}
    assert {t: round(c, 2) for t, c in weak.items() if c < _least(look)} == {}


@pytest.mark.parametrize("look", ALL.values(), ids=ALL)
def test_that_text_on_a_primary_button_can_be_read(look: Colours) -> None:
    assert contrast(look.on_accent, look.accent) >= _least(look)


def _least(look: Colours) -> float:
    return 7 if look in HIGH.values() else 4.5


@pytest.mark.parametrize("look", ALL.values(), ids=ALL)
@pytest.mark.parametrize("ground", GROUNDS)
def test_that_icons_focus_rings_and_edges_can_be_seen(look: Colours, ground: str) -> None:
    under = getattr(look, ground)
    marks = {m: contrast(getattr(look, m), under) for m in ("accent", "star", "edge")}
    if ground == "selection":
        del marks["edge"]  # edges of fields and dimmed stars: their form says the same
    least = 4.5 if look in HIGH.values() else 3
    assert {m: round(c, 2) for m, c in marks.items() if c < least} == {}


@pytest.mark.parametrize("look", HIGH.values(), ids=HIGH)
def test_that_lines_between_panes_can_be_seen_in_high_contrast(look: Colours) -> None:
    assert contrast(look.line, look.window) >= 3


def test_that_every_state_has_an_icon_of_its_own() -> None:
    from rushes.assets import asset

    drawn = {asset("icons", f"state-{state}.svg").read_bytes() for state in STATES}
    assert len(drawn) == len(STATES) == 8


def test_that_every_state_of_a_file_has_a_look() -> None:
    from rushes.presentation.take import KEPT_LOOKS

    assert set(KEPT_LOOKS) == set(ArtifactState)


def test_that_a_task_nobody_knows_looks_like_it_whatever_its_status() -> None:
    from dataclasses import replace

    from rushes.presentation.words import state_look

    assert state_look(take(1)) == "running"
    assert state_look(replace(take(1), flags=frozenset({Flag.NOT_FOUND}))) == "not_found"


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    theme.apply(qapp, "light")


def test_that_a_chosen_theme_wins_over_the_system(app: QApplication) -> None:
    theme.apply(app, "dark")
    assert theme.colours() is DARK
    theme.apply(app, "light")
    assert theme.colours() is LIGHT
    theme.apply(app, "system")
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert theme.colours() is (DARK if dark else LIGHT)


@pytest.mark.parametrize(("choice", "look"), [("light", LIGHT_CONTRAST), ("dark", DARK_CONTRAST)])
def test_that_a_system_that_asks_for_high_contrast_gets_it_at_once(
    app: QApplication, choice: str, look: Colours
) -> None:
    theme.apply(app, choice)
    told = app.styleHints().accessibility().contrastPreferenceChanged
    told.emit(Qt.ContrastPreference.HighContrast)
    assert theme.colours() is look
    assert app.palette().color(QPalette.ColorRole.WindowText).name() == look.text
    assert look.edge in app.styleSheet()
    told.emit(Qt.ContrastPreference.NoPreference)
    assert theme.colours() is THEMES[choice]
    assert look.edge not in app.styleSheet()


def _darkest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    image = icon.pixmap(QSize(32, 32), mode).toImage()
    inks = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(inks, key=lambda ink: ink.alpha())


def test_that_an_icon_takes_the_ink_of_the_theme_that_is_on(app: QApplication) -> None:
    icon = theme.icon("add")
    theme.apply(app, "light")
    assert _darkest(icon).name() == LIGHT.text
    theme.apply(app, "dark")
    assert _darkest(icon).name() == DARK.text
    assert _darkest(icon, QIcon.Mode.Disabled).name() == DARK.edge


@pytest.mark.parametrize("box", [QRectF(4, 3, 15, 15), QRectF(4.5, 3.25, 12, 12)])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_that_a_painted_icon_looks_as_its_file(
    app: QApplication, box: QRectF, ratio: float
) -> None:
    for choice, look in THEMES.items():
        theme.apply(app, choice)
        painted, expected = _sheet(ratio), _sheet(ratio)
        painter = QPainter(painted)
        theme.draw_icon(painter, "pick", "succeeded", box)
        painter.end()
        source = assets.asset("icons", "pick.svg").read_bytes()
        painter = QPainter(expected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawn = QSvgRenderer(QByteArray(source.replace(b"currentColor", look.succeeded.encode())))
        drawn.render(painter, box)
        painter.end()
        assert _farthest(painted, expected) <= 3  # of 255: rounding, since it was drawn apart
        assert _farthest(painted, _sheet(ratio)) > 50


def _sheet(ratio: float) -> QImage:
    made = QImage(round(24 * ratio), round(24 * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor("#808080"))
    return made


def _farthest(one: QImage, other: QImage) -> int:
    """The largest difference of a colour part between the two."""
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return max(abs(a - b) for a, b in pairs)


def test_that_the_style_sheet_leaves_no_value_open(qtbot: QtBot) -> None:
    for look in ALL.values():
        sheet = theme.style_sheet(look)
        assert "$" not in sheet
        assert look.accent in sheet


def test_that_every_colour_is_one() -> None:
    for look in ALL.values():
        assert all(QColor(getattr(look, field.name)).isValid() for field in fields(look))


@pytest.mark.skipif(sys.platform != "linux", reason="where the family is known to be there")
def test_that_digits_beside_chinese_words_are_on_one_line_with_others(
    app: QApplication, qtbot: QtBot
) -> None:
    own = QFontInfo(app.font()).family()
    theme.choose(app, "light", is_chinese=True)

    def lowest(words: str) -> int:
        """Line of pixels of the lower edge of a digit that stands first in a cell."""
        table = QTableWidget(1, 1)
        qtbot.addWidget(table)
        table.setItem(0, 0, QTableWidgetItem(words))
        wide = table.fontMetrics().horizontalAdvance("4")
        image = table.viewport().grab(QRect(0, 0, wide, table.rowHeight(0) - 2)).toImage()
        inks = [
            min(image.pixelColor(x, y).lightness() for x in range(image.width()))
            for y in range(image.height())
        ]
        return max(y for y, ink in enumerate(inks) if ink < 128)

    assert lowest("49") == lowest("49 秒") == lowest("49 分钟后重试")
    theme.choose(app, "light")  # the settings change something else
    assert lowest("49") == lowest("49 秒")
    theme.choose(app, "light", is_chinese=False)
    assert QFontInfo(app.font()).family() == own


def _ring(widget: QWidget) -> int:
    """Pixels in the colour of the focus ring."""
    image, accent = widget.grab().toImage(), QColor(theme.colours().accent).rgb()
    size = image.size()
    return sum(
        image.pixel(x, y) == accent for y in range(size.height()) for x in range(size.width())
    )


@pytest.mark.parametrize("choice", THEMES)
def test_that_each_tab_stop_of_the_window_shows_one_ring_of_the_same_look(
    fill: Fill, app: QApplication, choice: str
) -> None:
    window = fill(take(1), take(2))
    theme.apply(app, choice)
    select(window, take(1))
    window.resize(900, 600)
    window.toolbar.search.setFocus()
    stops: dict[str, tuple[int, int]] = {}
    while (stop := window.focusWidget()).accessibleName() not in stops:
        focused = _ring(stop)
        stop.clearFocus()
        # Two pixels wide, all around, less the round corners.
        stops[stop.accessibleName()] = focused - _ring(stop), 2 * (stop.width() + stop.height())
        stop.setFocus()
        press(stop, Qt.Key.Key_Tab)
    assert {"Search", "List", "Sidebar", "Settings", "Tasks", "Picks"} <= stops.keys()
    rings = {name: round(pixels / around, 1) for name, (pixels, around) in stops.items()}
    assert {name: ring for name, ring in rings.items() if not 0.8 < ring < 2.2} == {}
