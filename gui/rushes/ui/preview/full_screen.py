"""The picture on the whole screen, with controls that go away while the mouse stands still."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget
from shiboken6 import isValid

from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import make_native

_LOOK_MS = 150
_PATIENCE = 16  # looks without a movement until the controls go
_BAR_WIDTH = 720
_TO_CONTROLS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab})

#: Where a panel lies in the room that there is, given the size that it would like.
Place = Callable[[QRect, QSize], QRect]


class FullScreen(QObject):
    """Lends `picture` and `bar` a window of their own and gives them back to `home`. The keys of
    `pane` act there, too.

    The mouse is asked where it is, a few times a second and in full screen only: over the video
    it moves on a native window that tells nobody.

    Signals:
        changed: the window is there now (True), or gone.
        controls_shown: bar and panels have come up.
        menu_wanted: somebody asked for a menu; a point of the screen.
    """

    changed = Signal(bool)
    controls_shown = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        title: str,
        home: QBoxLayout,
        picture: QWidget,
        bar: QWidget,
        owner: QWidget,
        actions: Actions,
        pane: Pane,
    ) -> None:
        super().__init__(owner)
        self._title = title
        self._home, self._picture, self._bar, self._owner = home, picture, bar, owner
        self._actions, self._pane = actions, pane
        self._has_bar = True
        self._panels: list[tuple[QWidget, Place, bool]] = []
        self._places: list[tuple[QWidget, int, int]] = []  # in `home`, with the stretch there
        self._screen: QWidget | None = None
        self._before: QWidget | None = None  # what had the focus
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

    def add_panel(self, panel: QWidget, place: Place, *, with_controls: bool) -> None:
        """Lay `panel` over the picture, too.

        Args:
            with_controls: It comes and goes as the bar does; else its owner shows and hides it.
        """
        make_native(panel)  # above the video, which is too
        panel.setAutoFillBackground(True)
        panel.setParent(self._owner)
        panel.hide()
        self._panels.append((panel, place, with_controls))

    def offer_bar(self, on: bool) -> None:
        """Whether there is anything that the bar could move."""
        self._has_bar = on
        self._bar.setVisible(on and (self._screen is None or self._still < _PATIENCE))

    def enter(self) -> None:
        if self._screen is not None:
            return
        self._before = self._owner.window().focusWidget()
        screen = QWidget(self._owner, Qt.WindowType.Window)
        screen.setObjectName("fullScreen")
        screen.setWindowTitle("Rushes")
        screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plain.name(screen, self._title)
        screen.installEventFilter(self)
        self._actions.live_in(screen, self._pane)
        self._screen = screen
        theme.darken(screen)
        at = self._home.indexOf
        self._places = [(w, at(w), self._home.stretch(at(w))) for w in (self._picture, self._bar)]
        self._picture.setParent(screen)
        self._bar.setParent(screen)
        self._bar.setAutoFillBackground(True)
        for panel, _, _ in self._panels:
            panel.setParent(screen)
        screen.setGeometry(self._owner.screen().geometry())
        screen.showFullScreen()
        self._picture.show()
        self.lay_out()
        self.show_controls()
        self._look.start()
        screen.activateWindow()
        screen.setFocus()
        self.changed.emit(True)

    def leave(self) -> None:
        if self._screen is None:
            return
        screen, self._screen = self._screen, None
        self._look.stop()
        theme.darken(None)
        screen.removeEventFilter(self)
        self._bar.setAutoFillBackground(False)
        for panel, _, _ in self._panels:
            panel.hide()
            panel.setParent(self._owner)
        for widget, at, stretch in self._places:
            self._home.insertWidget(at, widget, stretch)
        self._picture.show()
        self._bar.setVisible(self._has_bar)
        screen.hide()
        screen.deleteLater()
        self._owner.window().activateWindow()  # nobody does where no window manager runs
        before, self._before = self._before, None
        is_there = before is not None and isValid(before) and before.isVisible()
        (before if before is not None and is_there else self._owner).setFocus()
        self.changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() in _TO_CONTROLS:
            self.show_controls()
        elif isinstance(event, QContextMenuEvent):
            self.menu_wanted.emit(event.globalPos())
        elif event.type() == QEvent.Type.Resize:
            self.lay_out()
        elif event.type() == QEvent.Type.Close or (
            isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonDblClick
        ):
            self.leave()
            return True
        return super().eventFilter(watched, event)

    def show_controls(self) -> None:
        """For a moment, or as long as they are used."""
        self._still = 0
        if self._screen is not None:
            self._screen.unsetCursor()
            self._bar.setVisible(self._has_bar)
            for panel, _, with_controls in self._panels:
                panel.setVisible(with_controls or not panel.isHidden())
            self.lay_out()
            self.controls_shown.emit()

    @property
    def room(self) -> QRect:
        """What panels may lie on: the screen above the bar's place."""
        screen = self._screen.rect() if self._screen else QRect()
        return screen.adjusted(0, 0, 0, -self._bar.sizeHint().height() - theme.HUGE)

    def lay_out(self) -> None:
        """Something in a panel has another size now."""
        if self._screen is None:
            return
        whole = self._screen.rect()
        self._picture.setGeometry(whole)
        width = min(_BAR_WIDTH, whole.width() - 2 * theme.LARGE)
        height = self._bar.sizeHint().height()
        left = (whole.width() - width) // 2
        self._bar.setGeometry(left, whole.bottom() - height - theme.HUGE, width, height)
        self._bar.raise_()
        for panel, place, _ in self._panels:
            panel.setGeometry(place(self.room, panel.sizeHint()))
            panel.raise_()

    def _mind_mouse(self) -> None:
        at = QCursor.pos()
        if at != self._mouse:
            self._mouse = at
            self.show_controls()
        elif not self._is_in_use():
            self._still += 1
            if self._still == _PATIENCE and self._screen is not None:
                for widget in self._controls:
                    widget.hide()
                self._screen.setCursor(Qt.CursorShape.BlankCursor)

    @property
    def _controls(self) -> list[QWidget]:
        return [self._bar, *(panel for panel, _, with_controls in self._panels if with_controls)]

    def _is_in_use(self) -> bool:
        focus = self._screen.focusWidget() if self._screen else None
        return any(
            widget.underMouse() or (focus is not None and widget.isAncestorOf(focus))
            for widget in self._controls
        )
