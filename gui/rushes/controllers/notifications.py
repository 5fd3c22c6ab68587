"""Joins the tray to the window and the backend: counts, notifications, the way back.

Where the desktop has no tray, notifications come over D-Bus.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from rushes import assets
from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.events import AccountChanged
from rushes.core.listing import Counts, ListFilter, ListQuery
from rushes.core.notifications import Notifications
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key
from rushes.core.views import View
from rushes.presentation.overview import notice_words, tray_words
from rushes.presentation.text import tr
from rushes.store import listing, tables
from rushes.ui.list.task_model import local_files
from rushes.ui.widgets import plain
from rushes.ui.window import tray as trays

if TYPE_CHECKING:
    from rushes.system.notices import Notices

#: Events of so long is told as one.
GATHER_MS = 10_000
#: No timer of Qt runs for longer than 24 days.
_LONGEST_MS = 86_400_000


class TrayIcon(Protocol):
    """Shows notifications; see `ui/window/tray.py`."""

    def is_there(self) -> bool: ...

    def serve(
        self,
        open_window: Callable[[], object],
        show_told: Callable[[], object],
        refresh: Callable[[], object],
        quit_program: Callable[[], object],
        show_folder: Callable[[], object],
    ) -> None: ...

    def hide(self) -> None: ...

    def set_tip(self, text: str) -> None: ...

    def tell(self, title: str, text: str, *, has_files: bool) -> None: ...


class NotificationsController(QObject):
    """Tells what happens while the window is not in front. While there is nothing to tell no timer
    runs but one for the moment an unsaved file has to be warned of: the window's tick rests while
    nobody sees the window, which is when this is wanted.
    """

    def __init__(self, main: MainController, tray: TrayIcon) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        self._clock = main.backend.workspace.clock
        self._tray = tray
        self._pending = Notifications(main.backend.settings)
        self._told: tuple[Key, ...] = ()  # what the notification that can be clicked is about
        self.gathering = QTimer(self, singleShot=True, interval=GATHER_MS)
        self.gathering.timeout.connect(self.tell)
        self._warning = QTimer(self, singleShot=True)
        self._warning.timeout.connect(self._gather)
        main.tasks_changed.connect(self._note)
        main.account_changed.connect(self._note_account)
        main.list.status.counted.connect(self._count)
        main.list.settings.changed.connect(self._follow)
        main.ending.connect(self._end)
        tray.serve(
            self._window.bring_up,
            self._show_told,
            lambda: main.backend.watcher.refresh(None),
            main.list.closing.quit,
            lambda: main.do(self._show_folder()),
        )
        main.list.closing.has_tray = tray.is_there
        main.list.settings.has_notices = True
        self._count(main.list.status.counts)
        main.do(self._begin())

    async def _begin(self) -> None:
        store = self._main.backend.store
        wanted = ListQuery(scope=ListFilter(view=View.RUNNING))
        nums = await store.read(listing.order, wanted, store.clock())
        running, unsaved = await store.read(listing.keys, nums), await store.read(tables.unsaved)
        self._pending.begin(running, unsaved, self._clock())
        self._gather()

    def _note(self, diff: Diff) -> None:
        self._pending.note_tasks(diff, self._clock())
        self._gather()

    def _note_account(self, news: AccountChanged) -> None:
        self._pending.note_account(news)
        self._gather()

    def _follow(self, settings: Settings) -> None:
        self._pending.use_settings(settings)

    def _count(self, counts: Counts) -> None:
        self._tray.set_tip(tray_words(counts))

    def _gather(self) -> None:
        """What is seen as it happens needs no telling."""
        now = self._clock()
        self._pending.pass_time(now)
        if self._pending.is_pending and is_active():
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
        if not notice or is_active():
            return
        self._told = notice.keys
        names = {account.id: account.name for account in self._main.accounts.values()}
        told = notice_words(notice, names, self._clock())
        self._tray.tell(*told, has_files=bool(notice.done))

    def _show_told(self) -> None:
        self._window.bring_up()
        if self._told:
            self._window.select(self._told)

    async def _show_folder(self) -> None:
        """Of the first file that there is; as long as none is saved, the takes."""
        await self._main.backend.presence.check(self._told)
        tasks = await self._main.backend.store.read(tables.get, self._told)
        if files := [path for task in tasks for path in local_files(task)]:
            desktop.reveal(Path(files[0]))
        else:
            self._show_told()

    def _end(self) -> None:
        self.gathering.stop()
        self._warning.stop()
        self._tray.hide()


def is_active() -> bool:
    """Whether the user is at one of our windows, a dialog as well."""
    return QApplication.activeWindow() is not None


def begin(main: MainController) -> None:
    """By the tray where there is one, else over D-Bus, which is asked for in the background."""
    icon = assets.asset("icons", "rushes.svg")
    if trays.is_available():
        NotificationsController(main, trays.Tray(QIcon(str(icon)), main))
    elif sys.platform not in ("win32", "darwin"):
        main.do(_over_bus(main, icon))


async def _over_bus(main: MainController, icon: Path) -> None:
    from rushes.system.notices import Notices

    async with Notices.opened() as notices:
        if notices is None:
            return
        told = _NoTray(notices)
        NotificationsController(main, told)
        folder = (tr("Show in folder"), told.show_folder)
        await notices.show(icon.as_uri(), (tr("Show"), told.clicked), folder)


class _NoTray:
    """Notifications alone, in place of a tray."""

    def __init__(self, notices: "Notices") -> None:
        self._notices = notices
        self.clicked: Callable[[], object] = lambda: None
        self.show_folder: Callable[[], object] = lambda: None

    def is_there(self) -> bool:
        return False  # nothing to close the window into

    def serve(
        self,
        open_window: Callable[[], object],
        show_told: Callable[[], object],
        refresh: Callable[[], object],
        quit_program: Callable[[], object],
        show_folder: Callable[[], object],
    ) -> None:
        del open_window, refresh, quit_program
        self.clicked, self.show_folder = show_told, show_folder

    def hide(self) -> None:
        pass

    def set_tip(self, text: str) -> None:
        pass

    def tell(self, title: str, text: str, *, has_files: bool) -> None:
        self._notices.tell(plain.markless(title), plain.markless(text), has_files=has_files)
