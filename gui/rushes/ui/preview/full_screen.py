"""The picture on the whole screen, with controls that go away while the mouse stands still."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.widgets import plain, theme

_LOOK_MS = 150
_PATIENCE = 16  # looks without a movement until the controls go
_BAR_WIDTH = 720


class FullScreen(QObject):
    """Lends `picture` and `bar` a window of their own and gives them back to `home`. The keys of
    `pane` act there, too.

    The mouse is asked where it is, a few times a second and in full screen only: over the video
    it moves on a native window that tells nobody.
    """

    def __init__(
        self,
        home: QBoxLayout,
        picture: QWidget,
        bar: QWidget,
        owner: QWidget,
        actions: Actions,
        pane: Pane,
    ) -> None:
        super().__init__(owner)
        self._home, self._picture, self._bar, self._owner = home, picture, bar, owner
        self._actions, self._pane = actions, pane
        self._places: list[tuple[QWidget, int, int]] = []  # in `home`, with the stretch there
        self._screen: QWidget | None = None
        self._mouse, self._still = QPoint(), 0
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._mind_mouse)

    @property
    def window(self) -> QWidget | None:
        """The window on the whole screen while there is one."""
        return self._screen

    @property
    def has_keys(self) -> bool:
        """Whether a key pressed now comes to the owner, or to its full screen."""
        focus = QApplication.focusWidget()
        if focus is None:
            return False
        owners = (self._owner, self._screen)
        return any(w is not None and (w is focus or w.isAncestorOf(focus)) for w in owners)

    def enter(self) -> None:
        if self._screen is not None:
            return
        screen = QWidget(self._owner, Qt.WindowType.Window)
        screen.setObjectName("fullScreen")
        screen.setWindowTitle("Rushes")
        screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plain.name(screen, tr("Full screen"))
        screen.installEventFilter(self)
        self._actions.live_in(screen, self._pane)
        self._screen = screen
        at = self._home.indexOf
        self._places = [(w, at(w), self._home.stretch(at(w))) for w in (self._picture, self._bar)]
        self._picture.setParent(screen)
        self._bar.setParent(screen)
        self._bar.setAutoFillBackground(True)
        screen.setGeometry(self._owner.screen().geometry())
        screen.showFullScreen()
        self._picture.show()
        self._lay_out()
        self._show_controls()
        self._look.start()
        screen.activateWindow()
        screen.setFocus()

    def leave(self) -> None:
        if self._screen is None:
            return
        screen, self._screen = self._screen, None
        self._look.stop()
        screen.removeEventFilter(self)
        self._bar.setAutoFillBackground(False)
        for widget, at, stretch in self._places:
            self._home.insertWidget(at, widget, stretch)
        self._picture.show()
        self._bar.show()
        screen.hide()
        screen.deleteLater()
        self._owner.window().activateWindow()  # nobody does where no window manager runs
        self._owner.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:  # a key; its press may be a command's
            self._show_controls()
        elif event.type() == QEvent.Type.Resize:
            self._lay_out()
        elif event.type() == QEvent.Type.Close or (
            isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonDblClick
        ):
            self.leave()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        if self._screen is None:
            return
        room = self._screen.rect()
        self._picture.setGeometry(room)
        width = min(_BAR_WIDTH, room.width() - 2 * theme.LARGE)
        height = self._bar.sizeHint().height()
        left = (room.width() - width) // 2
        self._bar.setGeometry(left, room.bottom() - height - theme.HUGE, width, height)
        self._bar.raise_()

    def _mind_mouse(self) -> None:
        at = QCursor.pos()
        if at != self._mouse:
            self._mouse = at
            self._show_controls()
        elif not self._is_in_use():
            self._still += 1
            if self._still == _PATIENCE:
                self._bar.hide()
                if self._screen is not None:
                    self._screen.setCursor(Qt.CursorShape.BlankCursor)

    def _is_in_use(self) -> bool:
        return self._bar.underMouse() or self._bar.isAncestorOf(self._focus())

    def _focus(self) -> QWidget:
        screen = self._screen
        return (screen.focusWidget() if screen else None) or self._owner

    def _show_controls(self) -> None:
        self._still = 0
        if self._screen is not None:
            self._screen.unsetCursor()
            self._bar.show()
            self._bar.raise_()
