"""Joins the tray to the window and the backend: counts, notifications, the way back."""

from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from rushes.controllers.window import Desk
from rushes.core.events import AccountChanged
from rushes.core.listing import Counts, Listing, Scope
from rushes.core.notifications import Notifications
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key
from rushes.core.views import View
from rushes.presentation.overview import notice_words, tray_words
from rushes.store import listing, tables
from rushes.ui.window.main_window import MainWindow

#: News of so long is told as one.
GATHER_MS = 10_000
#: No timer of Qt runs for longer than 24 days.
_LONGEST_MS = 86_400_000


class Teller(Protocol):
    """Shows notifications; see `ui/window/tray.py`."""

    opened: SignalInstance
    refreshed: SignalInstance
    quit: SignalInstance
    clicked: SignalInstance

    def is_there(self) -> bool: ...

    def show(self) -> None: ...

    def hide(self) -> None: ...

    def set_tip(self, text: str) -> None: ...

    def tell(self, title: str, text: str) -> None: ...


class TellDesk(QObject):
    """Tells what happens while the window is not in front. While there is nothing to tell no timer
    runs but one for the moment an unsaved file has to be warned of: the window's tick rests while
    nobody sees the window, which is when this is wanted.
    """

    def __init__(self, desk: Desk, teller: Teller) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window = desk.window
        self._clock = desk.backend.workspace.clock
        self._teller = teller
        self._pending = Notifications(desk.backend.settings)
        self._told: tuple[Key, ...] = ()  # what the notification that can be clicked is about
        self.gathering = QTimer(self, singleShot=True, interval=GATHER_MS)
        self.gathering.timeout.connect(self.tell)
        self._warning = QTimer(self, singleShot=True)
        self._warning.timeout.connect(self._gather)
        desk.changed.connect(self._hear)
        desk.account_changed.connect(self._hear_account)
        desk.window.counted.connect(self._count)
        desk.window.settings_changed.connect(self._follow)
        desk.closing.connect(self._end)
        teller.opened.connect(lambda: bring_up(self._window))
        teller.refreshed.connect(lambda: desk.backend.watcher.refresh(None))
        teller.quit.connect(self._window.quit)
        teller.clicked.connect(self._show_told)
        teller.show()
        self._window.set_way_back(teller.is_there)
        desk.do(self._begin())

    async def _begin(self) -> None:
        store = self._desk.backend.store
        nums = await store.read(
            listing.order, Listing(scope=Scope(view=View.RUNNING)), store.clock()
        )
        running, unsaved = await store.read(listing.keys, nums), await store.read(tables.unsaved)
        self._pending.begin(running, unsaved, self._clock())
        self._gather()

    def _hear(self, diff: Diff) -> None:
        self._pending.note_tasks(diff, self._clock())
        self._gather()

    def _hear_account(self, news: AccountChanged) -> None:
        self._pending.note_account(news)
        self._gather()

    def _follow(self, settings: Settings) -> None:
        self._pending.use_settings(settings)

    def _count(self, counts: Counts) -> None:
        self._teller.set_tip(tray_words(counts))

    def _gather(self) -> None:
        """What is seen as it happens needs no telling."""
        now = self._clock()
        self._pending.pass_time(now)
        if self._pending.is_pending and is_in_front():
            self._pending.take()
        if self._pending.is_pending and not self.gathering.isActive():
            self.gathering.start()
        moment = self._pending.next_moment
        if moment is None:
            self._warning.stop()
        else:
            self._warning.start(min(max(0, int((moment - now) * 1000) + 1), _LONGEST_MS))

    def tell(self) -> None:
        """Show what has come together, unless the user has come to look meanwhile."""
        notice = self._pending.take()
        if not notice or is_in_front():
            return
        self._told = notice.keys
        names = {account.id: account.name for account in self._desk.accounts.values()}
        self._teller.tell(*notice_words(notice, names, self._clock()))

    def _show_told(self) -> None:
        bring_up(self._window)
        if self._told:
            self._window.select(self._told)

    def _end(self) -> None:
        self.gathering.stop()
        self._warning.stop()
        self._teller.hide()


def is_in_front() -> bool:
    """Whether the user is at one of our windows, a dialog as well."""
    return QApplication.activeWindow() is not None


def bring_up(window: MainWindow) -> None:
    """Show the window as it was and bring it to the front."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
