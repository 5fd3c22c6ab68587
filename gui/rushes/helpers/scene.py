"""The scene of `scene.qml`: drawn into pictures without any window, or shown in one."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QImageWriter,
    QOffscreenSurface,
    QOpenGLContext,
    QSurfaceFormat,
)
from PySide6.QtOpenGL import QOpenGLFramebufferObject
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import (
    QQuickGraphicsDevice,
    QQuickItem,
    QQuickRenderControl,
    QQuickRenderTarget,
    QQuickView,
    QQuickWindow,
    QSGRendererInterface,
)
from PySide6.QtQuick3D import QQuick3D

#: How the process ends.
FOUND, NO_MODEL, NO_DRAWING = 0, 3, 4

_SCENE = Path(__file__).with_name("scene.qml")


def render(model: Path, folder: Path, frames: int, side: int) -> NoReturn:
    """Write the pictures ``00.png``, ``01.png``, … of the model turning once; end the process."""
    app = QGuiApplication(sys.argv[:1])
    QSurfaceFormat.setDefaultFormat(QQuick3D.idealSurfaceFormat(4))
    studio = Studio(side)
    # Nothing is taken apart: drivers crash when it happens in the wrong order, or too late.
    os._exit(_write_turntable(app, studio, model, folder, frames))


def _write_turntable(
    app: QGuiApplication, studio: "Studio", model: Path, folder: Path, frames: int
) -> int:
    if not studio.is_ready:
        return NO_DRAWING
    if not studio.place(model):
        return NO_MODEL
    for _ in range(2):  # the extent of a model is told once it has been drawn
        studio.picture()
        app.processEvents()
    for number in range(frames):
        picture = studio.picture(360.0 * number / frames)
        if picture.isNull() or not QImageWriter(str(folder / f"{number:02}.png")).write(picture):
            return NO_DRAWING
    return FOUND


def orbit(model: Path, title: str) -> int:
    """Show the model in a window until it is closed."""
    app = QGuiApplication(sys.argv[:1])
    QSurfaceFormat.setDefaultFormat(QQuick3D.idealSurfaceFormat(4))
    view = QQuickView()
    view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
    view.setSource(QUrl.fromLocalFile(str(_SCENE)))
    scene = view.rootObject()
    if scene is None:
        return NO_DRAWING
    scene.setProperty("source", QUrl.fromLocalFile(str(model)))
    if not scene.property("isLoaded"):
        return NO_MODEL
    scene.setProperty("canOrbit", True)
    view.setTitle(title)
    view.resize(QSize(900, 700))
    view.show()
    return app.exec()


class Studio:
    """Draws into a texture of its own with OpenGL, which exists without a window everywhere."""

    def __init__(self, side: int) -> None:
        self._side = side
        self._context = QOpenGLContext()
        self._surface = QOffscreenSurface()
        self._control = QQuickRenderControl()
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)
        self._window = QQuickWindow(self._control)
        self._engine = QQmlEngine()
        self._component = QQmlComponent(self._engine, QUrl.fromLocalFile(str(_SCENE)))
        self._texture: QOpenGLFramebufferObject | None = None
        self._scene: QQuickItem | None = None
        self.is_ready = self._set_up()

    def _set_up(self) -> bool:
        if not self._context.create():
            return False
        self._surface.setFormat(self._context.format())
        self._surface.create()
        if not self._context.makeCurrent(self._surface):
            return False
        self._window.setGraphicsDevice(QQuickGraphicsDevice.fromOpenGLContext(self._context))
        size = QSize(self._side, self._side)
        self._window.resize(size)
        if not self._control.initialize():
            return False
        depth = QOpenGLFramebufferObject.Attachment.CombinedDepthStencil
        self._texture = QOpenGLFramebufferObject(size, depth)
        target = QQuickRenderTarget.fromOpenGLTexture(self._texture.texture(), size)
        self._window.setRenderTarget(target)
        return True

    def place(self, model: Path) -> bool:
        """Load the model. False: it is none, or damaged."""
        made = self._component.create()
        if not isinstance(made, QQuickItem):
            return False
        made.setParentItem(self._window.contentItem())
        made.setSize(self._window.size())
        made.setProperty("source", QUrl.fromLocalFile(str(model)))
        self._scene = made
        return bool(made.property("isLoaded"))

    def picture(self, turn: float = 0.0) -> QImage:
        """The model turned by so many degrees."""
        if self._scene is None or self._texture is None:
            return QImage()
        self._scene.setProperty("turn", turn)
        self._control.polishItems()
        self._control.beginFrame()
        self._control.sync()
        self._control.render()
        self._control.endFrame()
        self._context.makeCurrent(self._surface)
        return self._texture.toImage()
