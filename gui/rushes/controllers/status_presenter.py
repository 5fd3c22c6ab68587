"""What is counted and what the accounts do, as sidebar, toolbar and status line say it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity
from rushes.core.listing import Counts
from rushes.core.usage import UsageLine
from rushes.core.views import View
from rushes.presentation.overview import totals_of
from rushes.ui.window.main_window import MainWindow

_TICK_MS = 1000
#: No timer of Qt runs for longer than 24 days; looking once a day costs nothing.
_LONGEST_MS = 86_400_000


class StatusPresenter(QObject):
    """Shows the counts, and looks at the clock for them: every second while one of them counts
    down; else at the moment the next one changes, and when somebody comes to look; never while
    nobody sees it. A list where nothing runs wakes nobody.

    Args:
        refresh: Asks for rows and counts anew, because time alone has changed them.

    Attributes:
        counts: As they are shown.

    Signals:
        counted: Counts, when there are new ones.
        ticked: Unix seconds; every second while something moves on the screen, else when a
            figure changes or somebody comes to look.
    """

    counted = Signal(Counts)
    ticked = Signal(float)

    def __init__(
        self, window: MainWindow, clock: Callable[[], float], refresh: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._clock = clock
        self._refresh = refresh
        self._accounts: tuple[Account, ...] = ()
        self._activity: dict[str, AccountChanged] = {}
        self.counts = Counts()
        self._free: int | None = None
        self._selected: UsageLine | None = None
        self._badge = 0
        self._is_busy = False
        self.tick = QTimer(self)
        self.tick.timeout.connect(lambda: self.set_now(self._clock()))
        window.installEventFilter(self)
        self._show()

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        idle = {id_: AccountChanged(id_, Activity.IDLE) for id_ in sorted(a.id for a in accounts)}
        self._activity = {id_: self._activity.get(id_, news) for id_, news in idle.items()}
        self._show()

    def set_counts(self, counts: Counts) -> None:
        window, self.counts = self._window, counts
        window.tasks.set_total(counts.views.get(View.ALL, 0), counts.unseen)
        window.sidebar.set_counts(counts)
        window.toolbar.set_expiring(counts.views.get(View.EXPIRING, 0))
        window.toolbar.set_known(counts.tags, self._accounts)
        window.command_context.counts = counts
        window.commands.refresh()
        self._show_badge(counts.badge)
        self._show()
        self.counted.emit(counts)

    @property
    def activity(self) -> tuple[AccountChanged, ...]:
        """The latest news of each account."""
        return tuple(self._activity.values())

    def set_activity(self, news: AccountChanged) -> None:
        self._activity[news.account] = news
        self._window.table.set_held(
            {
                each.account: each.failure.kind
                for each in self._activity.values()
                if each.activity is Activity.PAUSED and each.failure is not None
            }
        )
        self._window.sidebar.set_activity(news)
        self._show()

    def set_free_space(self, free: int | None) -> None:
        """`free` in bytes; None where the folder cannot be asked."""
        self._free = free
        self._show()

    def set_selected(self, sums: UsageLine | None) -> None:
        """The sums of several selected takes; None: not several are."""
        if sums != self._selected:
            self._selected = sums
            self._show()

    def set_now(self, now: float) -> None:
        """Let time go by: relative times, counts of what expires, the countdown below."""
        self._window.sidebar.set_now(now)
        self._window.table.set_now(now)
        change = self.counts.next_change
        if change is not None and now >= change:
            self.counts = replace(self.counts, next_change=None)  # until the new ones are here
            self._refresh()
        self._show()
        self.ticked.emit(now)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        match event.type():
            case QEvent.Type.Show:
                self.set_now(self._clock())
            case QEvent.Type.Hide:
                self.tick.stop()
            case QEvent.Type.ActivationChange if self._window.isActiveWindow():
                self._visit()
            case QEvent.Type.Enter:
                self._visit()
            case _:
                pass
        return super().eventFilter(watched, event)

    def _visit(self) -> None:
        """Somebody comes to look: what is told relative to now may be old."""
        if not self._is_busy:
            self.set_now(self._clock())

    def _show_badge(self, number: int) -> None:
        """On the program's icon, where the system shows one; it is known by its desktop file."""
        app = QGuiApplication.instance()
        if number == self._badge or not isinstance(app, QGuiApplication):
            return
        self._badge = number
        if app.desktopFileName():
            app.setBadgeNumber(number)

    def _show(self) -> None:
        """Say it in the status line, and plan the next look at the clock."""
        counts = self.counts
        totals = totals_of(counts, self._free, self._selected)
        activity = tuple(self._activity.values())
        self._window.status_line.show_state(activity, totals, self._clock())
        self._is_busy = counts.is_ticking or any(news.next_look_at for news in activity)
        if not self._window.isVisible():
            self.tick.stop()
        elif self._is_busy:
            self._wake_in(_TICK_MS, again=True)
        elif counts.next_change is not None:
            left_ms = int((counts.next_change - self._clock()) * 1000) + 1
            self._wake_in(min(max(0, left_ms), _LONGEST_MS), again=False)
        else:
            self.tick.stop()

    def _wake_in(self, pause_ms: int, *, again: bool) -> None:
        if again and self.tick.isActive() and not self.tick.isSingleShot():
            return
        self.tick.setSingleShot(not again)
        self.tick.start(pause_ms)
