"""Small widgets the panes share: icon buttons, labels that elide, sections that fold."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rushes.ui.widgets import plain, theme


def draw_fitted(painter: QPainter, image: QImage, into: QRect) -> None:
    """Draw the whole image, centred, with its own proportions."""
    if image.isNull():
        return
    size = image.size().scaled(into.size(), Qt.AspectRatioMode.KeepAspectRatio)
    box = QRect(0, 0, size.width(), size.height())
    box.moveCenter(into.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)


def make_native(widget: QWidget) -> None:
    """Give the widget a window of the system's, but not those around it: only so can it lie above
    a video, or cut one off, which is a native window itself."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
    widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)


#: Borders and title bar of a window, which are not known before it is shown.
_AROUND = QSize(16, 48)


def screen_room(window: QWidget) -> QSize:
    """The largest size of a window on its screen."""
    return window.screen().availableSize() - _AROUND


class Scrolling(QScrollArea):
    """What has too little room in a dialog is scrolled: its buttons stay in sight.

    It asks for the height of all its lines, and takes less.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setWidget(page)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # lines came or went
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self._page.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.totalHeightForWidth(width)
        return self._page.sizeHint().height()

    def sizeHint(self) -> QSize:
        return self._page.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the page must be: it is not scrolled sideways."""
        least = self._page.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(least.width() + bar, min(least.height(), 2 * theme.TARGET))


class IconLabel(QWidget):
    """One of our icons, for the eye only: the words beside it say the same."""

    def __init__(self, icon: str, colour: str = "muted", side: int = theme.ICON) -> None:
        super().__init__()
        self._icon = (icon, colour)
        self.setFixedSize(side, side)

    def show_icon(self, icon: str, colour: str) -> None:
        if self._icon != (icon, colour):
            self._icon = (icon, colour)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme.draw_icon(painter, *self._icon, QRectF(self.rect()))
        painter.end()


def icon_button(
    icon: str,
    spoken: str,
    clicked: Callable[[], object] | None = None,
    *,
    checkable: bool = False,
) -> QToolButton:
    """A flat button without a visible word; `spoken` is its accessible name and its tool tip."""
    made = QToolButton()
    made.setIcon(theme.icon(icon))
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    made.setMinimumSize(theme.TARGET, theme.TARGET)
    made.setCheckable(checkable)
    made.setProperty("flat", True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_spoken(made, spoken)
    if clicked:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def set_spoken(button: QAbstractButton, spoken: str, tip: str = "") -> None:
    """Give an icon button its accessible name, and the same (or `tip`) as its tool tip."""
    plain.name(button, spoken)
    plain.set_tooltip(button, tip or spoken)


def push_button(
    text: str, clicked: Callable[[], object] | None = None, *, look: str = "", icon: str = ""
) -> QPushButton:
    """A button with a word. `look` is "primary", "flat", "link" or "" (see style.qss)."""
    made = QPushButton()
    plain.set_text(made, text)
    plain.name(made, text)
    made.setMinimumHeight(theme.TARGET)
    made.setAutoDefault(False)
    if look:
        made.setProperty(look, True)
    if icon:
        made.setIcon(theme.icon(icon))
    if clicked:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def check_box(text: str, *, is_on: bool) -> QCheckBox:
    made = QCheckBox()
    plain.set_text(made, text)
    plain.name(made, text)
    made.setMinimumHeight(theme.TARGET)
    made.setChecked(is_on)
    return made


def styled(made: QLabel, role: str) -> QLabel:
    """Give a label one of the roles of style.qss: muted, caption, title, warning, error."""
    if made.property("role") != role:
        made.setProperty("role", role)
        made.style().unpolish(made)
        made.style().polish(made)
    return made


def line(text: str = "", role: str = "", *, wraps: bool = True) -> QLabel:
    """A plain-text label in one of style.qss's roles."""
    made = plain.label(text, wraps=wraps)
    if wraps:
        made.setMinimumWidth(1)  # a long word must not make the whole pane wider
    return styled(made, role) if role else made


def enlarge_buttons(field: QLineEdit, spoken: str) -> None:
    """Name the button that clears a field, and make it as large as others: Qt's is 22 x 18."""
    for button in field.findChildren(QToolButton):
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plain.name(button, spoken)
        _Enlarge(button, field)


class _Enlarge(QObject):
    """Keeps a button in a field at the size of a target; the field goes on placing it."""

    def __init__(self, button: QToolButton, field: QLineEdit) -> None:
        super().__init__(button)
        self._button, self._field = button, field
        button.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._fit()
        return False

    def _fit(self) -> None:
        tall = min(theme.TARGET, self._field.height())
        box = QRect(self._button.x(), (self._field.height() - tall) // 2, 24, tall)
        if self._button.geometry() != box:
            self._button.setGeometry(box)


class Value(QLabel):
    """A value that can be selected and wraps; one word too long for its line is cut inside."""

    def __init__(self) -> None:
        super().__init__()
        flags = Qt.TextInteractionFlag
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setWordWrap(True)
        self.setMinimumWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        text, box = self.text(), self.contentsRect()
        width = QFontMetrics(self.font()).horizontalAdvance(text)
        if " " in text or width <= box.width() or self.hasSelectedText():
            super().paintEvent(event)
            return
        _paint_elided(self, text, Qt.TextElideMode.ElideMiddle, self.alignment())


def _paint_elided(
    target: QLabel, text: str, mode: Qt.TextElideMode, alignment: Qt.AlignmentFlag
) -> None:
    painter = QPainter(target)
    box = target.contentsRect()
    cut = QFontMetrics(target.font()).elidedText(text, mode, box.width())
    painter.setPen(target.palette().color(target.foregroundRole()))
    painter.drawText(box, alignment, cut)
    painter.end()


class Elided(QLabel):
    """One line that gives way: what does not fit is cut in the middle and stands in the tip."""

    def __init__(
        self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__()
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        plain.set_text(self, plain.one_line(text))
        plain.name(self, text)
        self._tip()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        _paint_elided(self, self.text(), self._mode, Qt.AlignmentFlag.AlignVCenter)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.update()

    def _tip(self) -> None:
        plain.set_tooltip(self, self.text())


class Fold(QWidget):
    """A titled section that can be closed; its content is a widget of the caller's.

    Signals:
        toggled: whether it is open now, by the user's hand.
    """

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, *, is_open: bool = True) -> None:
        super().__init__()
        self._content = content
        self._head = QToolButton()
        self._head.setCheckable(True)
        self._head.setProperty("fold", True)
        self._head.setProperty("flat", True)
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setIconSize(QSize(12, 12))
        self._head.setMinimumHeight(theme.TARGET)
        self._head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        plain.set_text(self._head, title)
        plain.name(self._head, title)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self._head)
        box.addWidget(content)
        self.set_open(is_open)
        self._head.clicked.connect(self._by_hand)

    @property
    def is_open(self) -> bool:
        return self._head.isChecked()

    def set_open(self, is_open: bool) -> None:
        self._head.setChecked(is_open)
        self._head.setIcon(theme.icon("chevron-down" if is_open else "chevron-right", "muted"))
        self._content.setVisible(is_open)

    def _by_hand(self, is_open: bool) -> None:
        self.set_open(is_open)
        self.toggled.emit(is_open)
