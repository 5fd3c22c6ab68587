"""Joins the window to the backend: what the user wants goes down, what happened comes up.

The window has no coroutine and the backend has no widget. Every wish becomes a piece of work in
one owned scope (`front`), and every failure becomes one sentence in the message strip.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from rushes.backend.backend import Backend
from rushes.backend.second_starts import told
from rushes.controllers.front import Front
from rushes.core.account import Account
from rushes.core.events import (
    AccountChanged,
    Activity,
    BackendEvent,
    FoldersAway,
    ProgramFailure,
    SaveFailed,
    SaveProgress,
    SavingAgain,
    TasksChanged,
)
from rushes.core.failure import Failure, Kind
from rushes.core.incoming import Incoming
from rushes.core.settings import Settings
from rushes.core.task import Diff
from rushes.presentation.overview import trouble
from rushes.presentation.sentences import (
    Sentence,
    away_sentence,
    disk_full_sentence,
    held_sentence,
    sentence,
    too_large_sentence,
)
from rushes.presentation.words import lost_sentence
from rushes.ui.inspector.inspector import Inspector
from rushes.ui.preview.preview import Preview

_FREE_SPACE_EVERY_S = 30.0

#: Subjects of what stands in the strip until it is over.
_DISK = "disk"
_STORE = "store"
_AWAY = "away"

#: Told once for all files, as trouble of the disk.
_OF_THE_DISK = frozenset({Kind.DISK_FULL, Kind.FOLDER})


#: Trouble on the way to a service that needs nobody: said in the status line and the sidebar.
UNTOLD = frozenset({Kind.OFFLINE, Kind.SLOW, Kind.LIMITED, Kind.REJECTED})

#: An account that is asked again sooner is not worth a message (seconds).
_WORTH_TELLING_S = 10.0


class Desk(QObject):
    """The main window at work. Its parts join one pane each (`controllers/build.py`).

    Signals:
        closing: the window is going; what runs beside it ends now.
        changed: Diff that was committed, after the window heard of it.
        account_changed: AccountChanged, of an account's loop.
    """

    closing = Signal()
    changed = Signal(object)
    account_changed = Signal(object)

    def __init__(
        self, front: Front, inspector: Inspector, preview: Preview, backend: Backend
    ) -> None:
        window = front.window
        super().__init__(window)
        self.front = front
        self.window = window
        self.do, self.complain = front.do, front.complain
        self.inspector = inspector
        self.preview = preview
        self.backend = backend
        self._space_seen_at = float("-inf")
        self._told: dict[str, Sentence] = {}  # of accounts, what stands in the strip
        window.settings_changed.connect(self.change_settings)
        window.layout_changed.connect(lambda layout: self.do(self._keep_layout(layout)))
        window.ticked.connect(self._look_at_space)
        window.ticked.connect(inspector.tick)
        window.ticked.connect(preview.tick)
        preview.volume_changed.connect(self._keep_volume)
        self._ahead_s = 0.0  # of the services' clocks, as the window knows it
        window.table.set_eta(backend.watcher.eta)
        self._use(backend.settings)
        self._look_at_space(window.context.now)  # the first tick was before this was here

    @property
    def accounts(self) -> dict[str, Account]:
        return self.front.accounts

    async def aclose(self) -> None:
        """Keep the layout, let go of the file that plays, and wait for every wish."""
        self.closing.emit()
        self.preview.stop()
        layout = replace(self.backend.settings, window=self.window.save_layout())
        await self.backend.set_settings(layout)
        await self.front.aclose()

    def hear(self, news: BackendEvent) -> None:
        """Show what the backend says; it is committed already."""
        match news:
            case TasksChanged(diff):
                self.window.clear_message(_STORE)  # this is on disk, so the list can be written
                self.window.apply(diff)
                self.inspector.update_if_shown(diff)
                self.preview.update_if_shown(diff)
                self.changed.emit(diff)
            case AccountChanged():
                self._hear_account(news)
                self.account_changed.emit(news)
            case SaveProgress():
                self.window.set_progress(news)
                self.inspector.set_progress(news)
                self.preview.set_progress(news)
            case SaveFailed(artifact=artifact, failure=failure) if failure.kind is Kind.LOST:
                told = lost_sentence(artifact.expires_at)
                self.window.show_message(told, kind="error", replace="save")
            case SaveFailed() if news.failure.kind is Kind.TOO_LARGE:
                self._tell_too_large(news)
            case SaveFailed(artifact=artifact, failure=failure):
                # What is tried again by itself needs nobody: the row says so meanwhile.
                is_final = artifact.next_try_at is None and failure.kind not in _OF_THE_DISK
                if is_final or failure.kind is Kind.INTERNAL:
                    self.complain(failure, replace="save")
            case ProgramFailure(folder=folder) if folder:
                self.front.tell(held_sentence(folder), subject=f"{_DISK} {folder}")
            case ProgramFailure(failure) if failure.kind is Kind.DISK_FULL:
                self.do(self._tell_disk_full(failure))
            case ProgramFailure(failure):
                self.complain(failure, replace=_STORE if failure.kind is Kind.STORE else _DISK)
            case SavingAgain(folder=folder):
                self.window.clear_message(f"{_DISK} {folder}" if folder else _DISK)
            case FoldersAway(folders) if folders:
                told = away_sentence(folders)
                self.window.show_message(told, kind="warning", replace=_AWAY)
            case FoldersAway():
                self.window.clear_message(_AWAY)

    def _tell_too_large(self, news: SaveFailed) -> None:
        """With a button that fetches it even so; several such files are told one by one."""
        told = too_large_sentence(self.backend.settings.max_file_bytes)
        about = f"{news.artifact.kind.value} {news.key.account} {news.key.id}"
        self.front.tell(told, subject=f"size {about}", about=about)

    async def _tell_disk_full(self, failure: Failure) -> None:
        files = self.backend.files
        free = await files.free_bytes()
        told = sentence(failure) if free is None else disk_full_sentence(free, str(files.folder))
        self.front.tell(told, subject=_DISK)

    def _hear_account(self, news: AccountChanged) -> None:
        """An account that rests for a while, or needs the user: a message until it is mended."""
        clock = self.backend.workspace.clock
        if clock.ahead_s != self._ahead_s:
            self._ahead_s = clock.ahead_s
            self.window.set_now(clock())
            self.window.refresh_list()
        self.window.set_activity(_by_true_time(news, self._ahead_s))
        banner, failure = _about(news.account), news.failure
        told = None if failure is None else trouble(failure, news, time.time())
        self.inspector.show_account_trouble(news.account, failure, told)
        if failure is None or told is None or failure.kind in UNTOLD:
            self._told.pop(news.account, None)
            self.window.clear_message(banner)
        elif news.activity is Activity.PAUSED or not _is_soon(news, time.time()):
            if self._told.get(news.account) != told:
                self._told[news.account] = told
                kind = "error" if news.needs_user else "warning"
                self.front.tell(told, subject=banner, about=news.account, kind=kind)
        else:
            self._told.pop(news.account, None)

    async def reload_accounts(self) -> None:
        before = self.accounts
        await self.front.reload_accounts()
        for gone in before.keys() - self.accounts.keys():
            self.window.clear_message(_about(gone))
            self._told.pop(gone, None)

    async def add(self, account: str, items: Sequence[str | Incoming]) -> Diff:
        """Put tasks into the list and say so."""
        diff = await self.backend.add(account, items)
        said = told(len(diff.added), len(diff.changed))
        self.window.show_message(said, kind="success", replace="add", timeout_s=6)
        return diff

    def _look_at_space(self, now: float) -> None:
        """With the tick: a timer of its own would wake a computer that has nothing to do."""
        if now - self._space_seen_at >= _FREE_SPACE_EVERY_S:
            self._space_seen_at = now
            self.do(self._show_space())

    async def _show_space(self) -> None:
        self.window.set_free_space(await self.backend.files.free_bytes())

    def change_settings(self, settings: Settings) -> None:
        settings = replace(settings, window=self.window.save_layout())  # a dialog's is an old one
        self.window.set_settings(settings)
        self._use(settings)
        self.do(self.backend.set_settings(settings))

    async def _keep_layout(self, layout: str) -> Failure | None:
        """In its turn: settings that were changed just before are in there, too."""
        return await self.backend.set_settings(replace(self.backend.settings, window=layout))

    def _use(self, settings: Settings) -> None:
        """What the settings say to the panes that the window does not know."""
        self.preview.set_volume(settings.volume_percent)

    def _keep_volume(self, percent: int) -> None:
        self.change_settings(replace(self.backend.settings, volume_percent=percent))


def _about(account: str) -> str:
    """The subject of a message about an account that needs the user."""
    return f"account {account}"


def _is_soon(news: AccountChanged, now: float) -> bool:
    """Whether it is asked again before a message about it could be read."""
    at = news.next_look_at
    resting = news.activity is Activity.BACKING_OFF
    return resting and at is not None and at - now < _WORTH_TELLING_S


def _by_true_time(news: AccountChanged, ahead_s: float) -> AccountChanged:
    """Its moments are by this computer's clock; the window's clock is the services'."""

    def moved(at: float | None) -> float | None:
        return None if at is None else at + ahead_s

    return replace(
        news, next_look_at=moved(news.next_look_at), last_good_at=moved(news.last_good_at)
    )
