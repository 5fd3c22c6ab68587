"""Where the picture is: a video surface, an image, or a poster with a word and a button."""

from PySide6.QtCore import QPoint, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtMultimedia import QVideoFrame
from PySide6.QtMultimediaWidgets import QVideoWidget
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QProgressBar,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from rushes.core.task import ArtifactKind
from rushes.presentation.text import tr
from rushes.ui.preview.content import Content, Offer
from rushes.ui.preview.model_pane import ModelPane
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import IconLabel, draw_fitted, line, push_button

#: Shares of width and height. Source: SMPTE RP 218 (CRT-era 90 % / 80 %), what editors call
#: action safe and title safe.
ACTION_SAFE, TITLE_SAFE = 0.9, 0.8
_CROSS = 12  # half the length of the cross in the middle, in pixels


#: Seen on every picture: bright lines between dark ones.
_GUIDE, _GUIDE_EDGE = "#ffffff", "#000000"


class Guides(QWidget):
    """Lies over the video, which is a native window that nothing can be painted onto: so this is
    one too, cut to the shape of its lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def lay_over(self, picture: QRect) -> None:
        """Put the lines over `picture`, in the parent's coordinates."""
        self.setGeometry(picture)
        if picture.isEmpty():
            return
        region = QRegion()
        for part in lines(picture.size().width(), picture.size().height()):
            region += part.adjusted(-1, -1, 1, 1)
        self.setMask(region)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_GUIDE_EDGE))
        for part in lines(self.width(), self.height()):
            painter.fillRect(part, QColor(_GUIDE))
        painter.end()


def safe_area(width: int, height: int, share: float) -> QRect:
    """The middle of a picture of that size."""
    inner_width, inner_height = round(width * share), round(height * share)
    return QRect(
        (width - inner_width) // 2, (height - inner_height) // 2, inner_width, inner_height
    )


def lines(width: int, height: int) -> list[QRect]:
    """All lines as thin boxes: two frames and a cross in the middle."""
    found = []
    for share in (ACTION_SAFE, TITLE_SAFE):
        box = safe_area(width, height, share)
        found += [
            QRect(box.left(), box.top(), box.width(), 1),
            QRect(box.left(), box.bottom(), box.width(), 1),
            QRect(box.left(), box.top(), 1, box.height()),
            QRect(box.right(), box.top(), 1, box.height()),
        ]
    found.append(QRect(width // 2 - _CROSS, height // 2, 2 * _CROSS, 1))
    found.append(QRect(width // 2, height // 2 - _CROSS, 1, 2 * _CROSS))
    return found


_BIG_ICON = 36
#: A larger frame is not painted where only a picture sees it: it takes tens of milliseconds.
_CHEAP_PIXELS = 1920 * 1088
_SURROUND = "#0c0d0f"  # the same in both themes: a bright frame falsifies a picture's darks


class Picture(QWidget):
    """An image, whole and centred."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        plain.name(self, tr("Picture"))

    def show_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    @property
    def image(self) -> QImage:
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_SURROUND))
        draw_fitted(painter, self._image, self.rect())
        painter.end()


class Surface(QAbstractScrollArea):
    """Holds Qt's video widget, which draws without Python and without copying frames.

    That widget is a native window of its own: it does not appear when this window is drawn into
    a picture. So the frame of the moment is painted underneath, where only a picture sees it.

    Nothing scrolls by itself here. But only inside a scroll area does Qt keep that native window
    below its widget instead of on top of everything, so that guides can lie over it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.video = QVideoWidget(self.viewport())
        self.video.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        plain.name(self.video, tr("Video"))
        self.guides = Guides(self.viewport())
        self.film_size = QSize()  # in its own pixels; empty: as large as what is shown
        self._shown: tuple[tuple[int, int], QImage] = ((-1, 0), QImage())
        self._is_actual_size = False
        self._pan = QPoint()  # how far the middle of the picture is from the middle of this
        self._grip: QPoint | None = None
        self.video.videoSink().videoSizeChanged.connect(self._lay_out)

    # --- size and guides -----------------------------------------------------------------------

    @property
    def is_actual_size(self) -> bool:
        return self._is_actual_size

    def set_actual_size(self, on: bool) -> None:
        """Show each pixel of the clip as one of the screen, or fit the whole picture in."""
        self._is_actual_size, self._pan = on, QPoint()
        self._lay_out()

    def show_guides(self, on: bool) -> None:
        self.guides.setVisible(on)
        self._lay_out()

    @property
    def picture_rect(self) -> QRect:
        """Where the picture is, in this widget's coordinates."""
        size = self.film_size
        if size.isEmpty():
            size = self.video.videoSink().videoSize()
        if size.isEmpty():
            return QRect()
        if self._is_actual_size:
            size = (QSizeF(size) / self.devicePixelRatioF()).toSize()
        else:
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(QPoint(), size)
        box.moveCenter(self.rect().center() + self._pan)
        return box

    def show_size(self, size: QSize) -> None:
        """The film is so large, however large the frames are that are shown of it."""
        if size != self.film_size:
            self.film_size = size
            self._lay_out()

    def _lay_out(self) -> None:
        box = self.picture_rect
        self.video.setGeometry(box if self._is_actual_size and box.isValid() else self.rect())
        if not self.guides.isHidden():
            self.guides.lay_over(box)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._move_pan(QPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """At its actual size a picture larger than the room for it can be dragged."""
        if self._is_actual_size and event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.globalPosition().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            here = event.globalPosition().toPoint()
            self._move_pan(here - self._grip)
            self._grip = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        super().mouseReleaseEvent(event)

    def _move_pan(self, by: QPoint) -> None:
        """Move the picture, but never away from an edge it reaches."""
        room = (self.picture_rect.size() - self.size()).expandedTo(QSize(0, 0)) / 2
        wanted = self._pan + by
        self._pan = QPoint(
            min(room.width(), max(-room.width(), wanted.x())),
            min(room.height(), max(-room.height(), wanted.y())),
        )
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self.viewport())
        painter.fillRect(self.rect(), QColor(_SURROUND))
        frame, box = self.video.videoSink().videoFrame(), self.picture_rect
        if 0 < frame.width() * frame.height() <= _CHEAP_PIXELS:
            image = self.frame_image()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box if box.isValid() else self.rect(), image)
        painter.end()

    def forget(self) -> None:
        """Hold no frame any more."""
        self.video.videoSink().setVideoFrame(QVideoFrame())
        self._shown = (-1, 0), QImage()

    def frame_image(self) -> QImage:
        """The frame of the moment in the clip's own size; null while there is none."""
        frame = self.video.videoSink().videoFrame()
        if not frame.isValid():
            return QImage()
        key = frame.startTime(), frame.width()
        if key != self._shown[0]:
            self._shown = (key, frame.toImage())
        return self._shown[1]


def _offered(content: Content) -> str:
    if content.offer is Offer.SAVE:
        return tr("Save now")
    return tr("Open file") if content.kind is ArtifactKind.MODEL else tr("Open in player")


class Poster(QWidget):
    """Icon, title, detail, progress and at most one button, centred.

    Signals:
        pressed: the button's offer.
    """

    pressed = Signal(Offer)

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel("film", side=_BIG_ICON)
        self._title = line(role="poster")
        self._detail = line(role="muted")
        for label in (self._title, self._detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(240)
        plain.name(self._bar, tr("Saving"))
        self._words = ""  # the whole detail
        self._offer: Offer | None = None
        self._button = push_button(tr("Save now"), self._press, look="primary")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        box.setSpacing(theme.SMALL)
        box.addStretch(1)
        box.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._title)
        box.addWidget(self._detail)
        box.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def show_content(self, content: Content) -> None:
        self._icon.show_icon(content.icon, content.colour)
        plain.set_text(self._title, content.title)
        self._words = content.detail
        self._detail.setVisible(bool(content.detail))
        self._show_progress(content.share)
        self._offer = content.offer
        self._button.setVisible(content.offer is not None)
        if content.offer is not None:
            words = _offered(content)
            plain.set_text(self._button, words)
            plain.name(self._button, words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()  # its parts take room from now on

    def _fit(self) -> None:
        """Show what there is room for: the icon gives way first, then the end of the words."""
        box, metrics = self.layout(), self._detail.fontMetrics()
        assert box is not None
        margins = box.contentsMargins()
        wide = self.width() - margins.left() - margins.right()
        icon = self._icon.height() + box.spacing()
        rest = box.totalHeightForWidth(self.width())
        rest -= 0 if self._icon.isHidden() else icon
        rest -= 0 if self._detail.isHidden() else self._detail.heightForWidth(wide)
        words = plain.shown(self._words)
        whole = QRect(0, 0, wide, 0)
        tall = metrics.boundingRect(whole, Qt.TextFlag.TextWordWrap, words).height() if words else 0
        room = self.height() - rest - (icon if rest + tall + icon <= self.height() else 0)
        self._icon.setVisible(rest + tall + icon <= self.height())
        if tall > room:
            lines = max(1, room // metrics.lineSpacing())
            # A line that ends between two words is not full.
            share = round(wide * lines * (0.95 if lines == 1 else 0.85))
            words = metrics.elidedText(plain.one_line(words), Qt.TextElideMode.ElideRight, share)
        plain.set_text(self._detail, words)
        plain.set_tooltip(self._detail, self._words if tall > room else "")

    def _show_progress(self, share: float | None) -> None:
        self._bar.setVisible(share is not None)
        if share is None:
            return
        self._bar.setRange(0, 0 if share < 0 else 1000)
        self._bar.setMinimumWidth(min(240, max(80, self.width() // 2)))
        self._bar.setValue(max(0, int(share * 1000)))

    def _press(self) -> None:
        if self._offer is not None:
            self.pressed.emit(self._offer)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.ink("stripe"))
        painter.end()


class ContentStack(QWidget):
    """One of surface, picture, model and poster at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.surface, self.picture, self.poster = Surface(), Picture(), Poster()
        self.model = ModelPane()
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        for page in (self.poster, self.picture, self.surface, self.model):
            self._pages.addWidget(page)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)

    def sizeHint(self) -> QSize:
        return QSize(384, 216)

    def turn_to(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
