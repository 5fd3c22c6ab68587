"""What is counted and what the accounts do, as sidebar, toolbar and status bar say it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity
from rushes.core.listing import Counts
from rushes.core.views import View
from rushes.presentation.overview import totals_of
from rushes.ui.commands.actions import Actions
from rushes.ui.window.window_body import WindowBody

_TICK_MS = 1000
#: No timer of Qt runs for longer than 24 days; looking once a day costs nothing.
_LONGEST_MS = 86_400_000


class Figures(QObject):
    """The figures, and when the window has to look at the clock for them: every second while one
    of them counts down; else at the moment the next one changes, and when somebody comes to look;
    never while nobody sees it. A list where nothing runs wakes nobody.

    Signals:
        ticked: look at the clock.
    """

    ticked = Signal()

    def __init__(self, body: WindowBody, actions: Actions, clock: Callable[[], float]) -> None:
        super().__init__(body)
        self._body = body
        self._actions = actions
        self._clock = clock
        self.accounts: tuple[Account, ...] = ()
        self._activity: dict[str, AccountChanged] = {}
        self._counts = Counts()
        self._free: int | None = None
        self._badge = 0
        self._is_busy = False
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.ticked)

    @property
    def saving(self) -> int:
        """How many takes are being saved."""
        return self._counts.saving

    @property
    def unseen(self) -> int:
        """How many takes nobody has looked at."""
        return self._counts.unseen

    @property
    def expiring(self) -> int:
        """How many takes end soon and are not saved."""
        return self._counts.views.get(View.EXPIRING, 0)

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self.accounts = tuple(accounts)
        known = {account.id for account in accounts}
        idle = {id_: AccountChanged(id_, Activity.IDLE) for id_ in sorted(known)}
        self._activity = {id_: self._activity.get(id_, news) for id_, news in idle.items()}
        self._body.sidebar.set_accounts(self.accounts)
        self._body.strip.set_accounts(self.accounts)
        self._body.tasks.set_accounts(self.accounts)
        self.show_status()

    def set_counts(self, counts: Counts) -> None:
        self._counts = counts
        self._body.tasks.set_total(counts.views.get(View.ALL, 0), counts.unseen)
        self._show_badge(counts.badge)
        self._body.sidebar.set_counts(counts)
        self._body.toolbar.set_expiring(self.expiring)
        self._body.toolbar.set_known(counts.tags, self.accounts)
        self._actions.refresh()
        self.show_status()

    def set_activity(self, news: AccountChanged) -> None:
        self._activity[news.account] = news
        self._body.sidebar.set_activity(news)
        self.show_status()

    def set_free_space(self, free: int | None) -> None:
        """`free` in bytes; None where the folder cannot be asked."""
        self._free = free
        self.show_status()

    def have_aged(self, now: float) -> bool:
        """Whether time alone has changed the counts; said once for each set of counts."""
        change = self._counts.next_change
        if change is None or now < change:
            return False
        self._counts = replace(self._counts, next_change=None)  # until the new ones are here
        return True

    def visit(self) -> None:
        """Somebody comes to look: what is told relative to now may be old."""
        if not self._is_busy:
            self.ticked.emit()

    def rest(self) -> None:
        """Nobody looks: the clock is left alone."""
        self._tick.stop()

    def _show_badge(self, number: int) -> None:
        """On the program's icon, where the system shows one; it is known by its desktop file."""
        app = QGuiApplication.instance()
        if number == self._badge or not isinstance(app, QGuiApplication):
            return
        self._badge = number
        if app.desktopFileName():
            app.setBadgeNumber(number)

    def show_status(self) -> None:
        counts = self._counts
        totals = totals_of(counts, self._free)
        self._body.status.show_state(tuple(self._activity.values()), totals, self._clock())
        counting = any(news.next_look_at for news in self._activity.values())
        self._is_busy = counting or counts.is_ticking
        if not self._body.window().isVisible():
            self.rest()
        elif self._is_busy:
            self._wake_in(_TICK_MS, again=True)
        elif counts.next_change is not None:
            left_ms = int((counts.next_change - self._clock()) * 1000) + 1
            self._wake_in(min(max(0, left_ms), _LONGEST_MS), again=False)
        else:
            self.rest()

    def _wake_in(self, pause_ms: int, *, again: bool) -> None:
        if again and self._tick.isActive() and not self._tick.isSingleShot():
            return
        self._tick.setSingleShot(not again)
        self._tick.start(pause_ms)
