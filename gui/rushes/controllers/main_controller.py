"""Joins the list to the backend: what happened is shown, and what cannot be done is said.

The window has no coroutine and the backend has no widget. What a user asks for becomes a piece of
work in one owned scope (`ListController.do`), and every failure one sentence in the message bar.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from rushes.backend.backend import Backend
from rushes.backend.second_starts import added_sentence, prompts_forgotten_sentence
from rushes.controllers.film_frames import FilmFrames
from rushes.controllers.list_controller import ListController
from rushes.controllers.settings_controller import folder_words_for
from rushes.core.account import Account
from rushes.core.events import (
    AccountChanged,
    Activity,
    BackendEvent,
    FileSaved,
    FoldersAway,
    ProgramFailure,
    SaveFailed,
    SaveHookFailed,
    SaveProgress,
    SavingAgain,
    TasksChanged,
)
from rushes.core.failure import Failure, Kind
from rushes.core.incoming import Incoming
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Diff, Key, Mark, Task
from rushes.files.frames import FrameServer
from rushes.presentation.columns import BY_ID
from rushes.presentation.overview import trouble
from rushes.presentation.sentences import (
    Sentence,
    about_account,
    about_take,
    away_sentence,
    disk_full_sentence,
    held_sentence,
    save_hook_sentence,
    sentence,
    too_large_sentence,
)
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import Note, lost_sentence, note_of_task, note_sentence
from rushes.store import tables
from rushes.ui.inspector.inspector import Inspector
from rushes.ui.preview.preview import Preview
from rushes.ui.widgets.review import MarkChange

if TYPE_CHECKING:
    from rushes.ui.settings.settings_dialog import SettingsDialog

_STEPS = 100
#: Of messages that say what is not so any more when something was taken back.
_UNDONE = ("removed", "take in", "dropped", "named", "given up")


_FREE_SPACE_EVERY_S = 30.0

#: Subjects of what stands in the message bar until it is over.
_DISK = "disk"
_STORE = "store"
_AWAY = "away"

#: Told once for all files, as trouble of the disk.
_OF_THE_DISK = frozenset({Kind.DISK_FULL, Kind.FOLDER})

#: Trouble on the way to a service that needs nobody: said in the status line and the sidebar.
UNTOLD = frozenset({Kind.OFFLINE, Kind.SLOW, Kind.LIMITED, Kind.REJECTED})

#: An account that is asked again sooner is not worth a message (seconds).
_WORTH_TELLING_S = 10.0


@dataclass(frozen=True, slots=True)
class _Marked:
    """How marks were before and after one change."""

    rows: tuple[tuple[Key, Mark, Mark], ...]


@dataclass(frozen=True, slots=True)
class _Removed:
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class _Noted:
    """What a part of the window knows itself how to take back, and how to do again."""

    back: Callable[[], object]
    again: Callable[[], object] | None


_Step = _Marked | _Removed | _Noted


class Undo:
    """The last steps, newest first; forgotten when the program ends. What was taken back can be
    done again until something else is done."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._steps: deque[_Step] = deque(maxlen=_STEPS)
        self._undone: deque[_Step] = deque(maxlen=_STEPS)

    def __len__(self) -> int:
        return len(self._steps)

    async def mark(self, keys: Sequence[Key], change: MarkChange) -> bool:
        """Mark rows so that it can be taken back. What changes nothing is no step. Returns whether
        it is one."""
        # In the queue of the changes: one that is still being written is what this one builds on.
        found = await self._backend.store.write(tables.get, keys)
        before = {task.key: task.mark for task in found}
        diff = await self._backend.mark(keys, change)
        rows = ((task.key, before.get(task.key, task.mark), task.mark) for task in diff.changed)
        changed = tuple(row for row in rows if row[1] != row[2])
        if changed:
            self._done(_Marked(changed))
        return bool(changed)

    async def remove(self, keys: Sequence[Key]) -> tuple[Key, ...]:
        """Take rows out of the list. Returns those that were in it."""
        diff = await self._backend.remove(keys)
        if diff.removed:
            self._done(_Removed(diff.removed))
        return diff.removed

    def note(self, back: Callable[[], object], again: Callable[[], object] | None = None) -> None:
        """Something was done that `back` undoes, and `again` does anew, if that can be done."""
        self._done(_Noted(back, again))

    def forget_reviews(self) -> None:
        """Know no mark any more that could bring a forgotten prompt back."""
        for steps in (self._steps, self._undone):
            kept = [step for step in steps if not isinstance(step, _Marked)]
            steps.clear()
            steps.extend(kept)

    def take_over(self, other: "Undo") -> None:
        """What was done in the window before this one, as far as none of its parts is needed."""
        for steps, before in ((self._steps, other._steps), (self._undone, other._undone)):
            steps.extendleft(s for s in reversed(before) if not isinstance(s, _Noted))

    @property
    def last(self) -> _Step | None:
        """The step that was done last."""
        return self._steps[-1] if self._steps else None

    async def undo(self, step: _Step | None = None) -> tuple[Key, ...]:
        """Take a step back, whatever was done since; None: the last one. Returns the rows
        concerned; (): none, or there is no such step."""
        step = step or self.last
        if step is None or step not in self._steps:
            return ()
        self._steps.remove(step)
        if isinstance(step, _Noted) and step.again is None:
            self._undone.clear()  # what was done before it cannot be done again behind it
        else:
            self._undone.append(step)
        return await self._do(step, again=False)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    async def redo(self) -> tuple[Key, ...]:
        """Do again what was taken back last. Returns as `undo`."""
        if not self._undone:
            return ()
        step = self._undone.pop()
        self._steps.append(step)
        return await self._do(step, again=True)

    def _done(self, step: _Step) -> None:
        self._steps.append(step)
        self._undone.clear()

    async def _do(self, step: _Step, *, again: bool) -> tuple[Key, ...]:
        match step:
            case _Noted(back=back, again=anew):
                if act := anew if again else back:
                    act()
                return ()
            case _Removed(keys=keys):
                await (self._backend.remove(keys) if again else self._backend.restore(keys))
                return () if again else keys
            case _Marked(rows=rows):
                sides = ((key, new, old) if again else (key, old, new) for key, old, new in rows)
                await self._backend.mark_each({k: partial(_back, to, now) for k, to, now in sides})
                return tuple(key for key, _, _ in rows)


def _back(old: Mark, new: Mark, now: Mark) -> Mark:
    """`now` without the step from `old` to `new`; what was changed again since then stays."""
    names = (field.name for field in fields(Mark))
    taken = {
        name: getattr(old, name)
        for name in names
        if getattr(now, name) == getattr(new, name) != getattr(old, name)
    }
    return replace(now, **taken)


class MainController(QObject):
    """The main window at work. Other controllers join one pane or subject each (`build`).

    Attributes:
        list: The window on the list, which was there before.
        frames: Decodes films and pictures, in a process of its own.
        film_frames: What it decoded of the films that are looked at.
        undo: What the user did, to be taken back.

    Signals:
        ending: the window is going; what runs beside it ends now.
        tasks_changed: Diff that was committed, after the panes were brought up to date.
        account_changed: AccountChanged, of an account's loop.
        file_saved: FileSaved, of what the user asked for.
    """

    ending = Signal()
    tasks_changed = Signal(Diff)
    account_changed = Signal(AccountChanged)
    file_saved = Signal(FileSaved)

    def __init__(
        self,
        list_controller: ListController,
        inspector: Inspector,
        preview: Preview,
        backend: Backend,
    ) -> None:
        self.list = list_controller
        self.window = window = list_controller.window
        super().__init__(window)
        self.do, self.complain = list_controller.do, list_controller.complain
        self.inspector = inspector
        self.preview = preview
        self.backend = backend
        self.frames = FrameServer(backend.places.cache / "helpers")
        self.film_frames = FilmFrames(self, self.frames, self.do)
        preview.player.frames = self.film_frames
        preview.use_posters(window.content.posters)
        self.undo = Undo(backend)
        self._space_seen_at = float("-inf")
        self._noticed: dict[str, tuple[Key, ...]] = {}  # takes, by the notice that counts them
        self._told: dict[str, Sentence] = {}  # of accounts, what stands in the message bar
        self._ahead_s = 0.0  # of the services' clocks, as the window knows it
        self._follow_time()
        self._follow_settings()
        window.table.set_eta(backend.watcher.eta)

    @property
    def accounts(self) -> dict[str, Account]:
        return self.list.accounts

    async def aclose(self) -> None:
        """Keep the layout, let go of the file that plays, and wait for all work."""
        self.ending.emit()
        self.preview.stop()
        self.film_frames.give_back()
        await self.frames.aclose()
        layout = replace(self.backend.settings, window=self.list.state.save())
        await self.backend.set_settings(layout)
        await self.list.aclose()

    # --- undo -----------------------------------------------------------------------------

    def undo_button(self) -> tuple[str, Callable[[], object]]:
        """Of a message about the step that was done last: takes back that one, also when others
        were done since."""
        step = self.undo.last
        return tr("Undo"), lambda: self.do(self.take_back(step))

    async def take_back(self, step: _Step | None = None) -> None:
        """None: the last step."""
        if not self.undo:
            told = tr("There is nothing to undo.")
            self.window.show_message(told, replace="undo", timeout_s=3)
            return
        for subject in _UNDONE:  # before: what is undone can say something of its own
            self.window.clear_message(subject)
        concerned = await self.undo.undo(step)
        if not set(concerned) <= set(self.window.selected_keys()):
            self.window.select(concerned)

    # --- settings, time -------------------------------------------------------------------

    def change_settings(self, settings: Settings) -> None:
        """Use other settings from now on; how the window looks is kept as it is."""
        self.list.settings.change(replace(settings, window=self.list.state.save()))

    def _follow_settings(self) -> None:
        settings, state = self.list.settings, self.list.state
        settings.changed.connect(self._use)
        settings.changed.connect(lambda chosen: self.do(self.backend.set_settings(chosen)))
        state.changed.connect(
            lambda layout: settings.change(replace(settings.settings, window=layout))
        )
        self.preview.volume_changed.connect(
            lambda percent: settings.change(replace(settings.settings, volume_percent=percent))
        )
        settings.folder_asked.connect(
            lambda dialog, name, folder: self.do(self._try_folder(dialog, name, folder))
        )
        self._use(settings.settings)
        if state.told != settings.settings.window:  # it changed before this was here
            settings.change(replace(settings.settings, window=state.told))

    async def _try_folder(self, dialog: "SettingsDialog", name: str, folder: str) -> None:
        """Say in the dialog what a folder is like; where no folder is meant, nothing."""
        if not folder and name != "folder":
            return
        usual = str(self.backend.places.files)
        tried = await self.backend.look_at_folder(folder or usual)
        if isValid(dialog):
            dialog.show_folder(name, folder, *folder_words_for(tried))

    def _use(self, settings: Settings) -> None:
        """What the settings say to the preview."""
        self.preview.set_volume(settings.volume_percent)

    def _follow_time(self) -> None:
        ticked = self.list.status.ticked
        ticked.connect(self._look_at_space)
        ticked.connect(self.inspector.tick)
        ticked.connect(self.preview.tick)
        self._look_at_space(self.window.context.now)  # the first tick was before this was here

    def _look_at_space(self, now: float) -> None:
        """With the tick: a timer of its own would wake a computer that has nothing to do."""
        if now - self._space_seen_at >= _FREE_SPACE_EVERY_S:
            self._space_seen_at = now
            self.do(self._show_space())

    async def _show_space(self) -> None:
        self.list.status.set_free_space(await self.backend.files.free_bytes())

    # --- what happened --------------------------------------------------------------------

    def show_event(self, news: BackendEvent) -> None:
        """Show what the backend says; it is committed already."""
        match news:
            case TasksChanged(diff):
                self.window.clear_message(_STORE)  # this is on disk, so the list can be written
                if any(note_of_task(task) is Note.DAMAGED for task in diff.changed):
                    self.do(self.show_notices())
                self.list.apply(diff)
                self.inspector.update_if_shown(diff)
                self.preview.update_if_shown(diff)
                self.tasks_changed.emit(diff)
            case AccountChanged():
                self._show_account(news)
                self.account_changed.emit(news)
            case SaveProgress():
                self.window.table.set_progress(news)
                self.inspector.set_progress(news)
                self.preview.set_progress(news)
            case SaveFailed():
                self._show_save_failed(news)
            case FileSaved():
                self.file_saved.emit(news)
            case SaveHookFailed(key=key):
                show = (tr("Show"), lambda: self.window.select([key]))
                why = save_hook_sentence(news)
                self.window.show_message(why, kind="warning", action=show, replace="hook")
            case ProgramFailure(folder=folder) if folder:
                self.list.show_sentence(held_sentence(folder), subject=f"{_DISK} {folder}")
            case ProgramFailure(failure) if failure.kind is Kind.DISK_FULL:
                self.do(self._show_disk_full(failure))
            case ProgramFailure(failure):
                self.complain(failure, replace=_STORE if failure.kind is Kind.STORE else _DISK)
            case SavingAgain(folder=folder):
                self.window.clear_message(f"{_DISK} {folder}" if folder else _DISK)
            case FoldersAway(folders):
                self.window.command_context.away = [each.folder.path for each in folders]
                if folders:
                    told = away_sentence(folders)
                    self.window.show_message(told, kind="warning", replace=_AWAY)
                else:
                    self.window.clear_message(_AWAY)

    def _show_save_failed(self, news: SaveFailed) -> None:
        key, artifact, failure = news.key, news.artifact, news.failure
        if failure.kind is Kind.LOST:
            self.do(self.show_notices())
        elif failure.kind is Kind.TOO_LARGE and artifact.next_try_at is None:
            # With a button that fetches it even so; several such files are told one by one.
            told = too_large_sentence(self.backend.settings.max_file_bytes)
            self.list.show_sentence(
                replace(told, text=about_take(self._name(key), told.text)),
                subject=f"size {artifact.kind.value} {key.account} {key.id}",
                remedy=lambda: self.do(
                    self.backend.saver.save([key], [artifact.kind], any_size=True)
                ),
            )
        else:
            # What is tried again by itself needs nobody: the row says so meanwhile.
            is_final = artifact.next_try_at is None and failure.kind not in _OF_THE_DISK
            if is_final or failure.kind is Kind.INTERNAL:
                text = about_take(self._name(key), sentence(failure).text)
                show = (tr("Show"), partial(self.window.select, [key]))
                self.window.show_message(text, kind="error", action=show, replace="save")

    async def show_notices(self) -> None:
        """What is gone for good stands until the user has closed it, in this start of the program
        or in any later one. Several takes are counted."""
        for subject, tasks in (await self.backend.store.read(tables.notices)).items():
            keys = tuple(task.key for task in tasks)
            if not keys or keys == self._noticed.get(subject):
                continue
            self._noticed[subject] = keys
            show = (tr("Show"), partial(self.window.select, keys))
            closed = partial(self._close_notice, subject)
            told = self._notice_text(subject, tasks)
            self.window.show_notice(told, action=show, subject=subject, closed=closed)

    def _notice_text(self, subject: str, tasks: Sequence[Task]) -> str:
        count = len(tasks)
        if subject == tables.LOST and count > 1:
            return tr("The links of %n take(s) have ended: the files cannot be fetched any more.",
                      None, count)  # fmt: skip
        if count > 1:
            return tr("The files of %n take(s) came damaged. They were kept as they came.",
                      None, count)  # fmt: skip
        (task,) = tasks
        told = note_sentence(Note.DAMAGED)
        if subject == tables.LOST:
            lost = (a.expires_at for a in task.artifacts if a.state is ArtifactState.LOST)
            told = lost_sentence(next(lost, None))
        return about_take(BY_ID["name"].shown(task, self.window.context), told)

    def _close_notice(self, subject: str) -> None:
        keys = self._noticed.pop(subject)
        self.do(self.backend.store.write(tables.close_notice, subject, keys))

    def _name(self, key: Key) -> str:
        task = self.window.task(key)
        return BY_ID["name"].shown(task, self.window.context) if task else one_line(key.id)

    async def _show_disk_full(self, failure: Failure) -> None:
        files = self.backend.files
        free = await files.free_bytes()
        told = sentence(failure) if free is None else disk_full_sentence(free, str(files.folder))
        self.list.show_sentence(told, subject=_DISK)

    def _show_account(self, news: AccountChanged) -> None:
        """An account that rests for a while, or needs the user: a message until it is mended."""
        clock = self.backend.workspace.clock
        if clock.ahead_s != self._ahead_s:
            self._ahead_s = clock.ahead_s
            self.list.status.set_now(clock())
            self.list.refresh()
        self.list.status.set_activity(_by_true_time(news, self._ahead_s))
        banner, failure = _about(news.account), news.failure
        told = None if failure is None else trouble(failure, news, time.time())
        if failure is not None and told is not None and (known := self.accounts.get(news.account)):
            told = about_account(known, failure, told)
        self.inspector.show_account_trouble(news.account, failure, told)
        if failure is None or told is None or failure.kind in UNTOLD:
            self._told.pop(news.account, None)
            self.window.clear_message(banner)
        elif news.activity is Activity.PAUSED or not _is_soon(news, time.time()):
            if self._told.get(news.account) != told:
                self._told[news.account] = told
                kind = "error" if news.needs_user else "warning"
                self.list.show_sentence(told, subject=banner, about=news.account, kind=kind)
        else:
            self._told.pop(news.account, None)

    async def reload_accounts(self) -> None:
        before = self.accounts
        await self.list.reload_accounts()
        for gone in before.keys() - self.accounts.keys():
            self.window.clear_message(_about(gone))
            self._told.pop(gone, None)

    async def forget_prompts(self) -> None:
        """Empty the prompts of all tasks and say so; undo brings none back."""
        self.undo.forget_reviews()
        await self.backend.forget_prompts()
        self.window.show_message(
            prompts_forgotten_sentence(), kind="success", replace="prompts", timeout_s=6
        )

    async def add(self, account: str, items: Sequence[str | Incoming]) -> Diff:
        """Put tasks into the list and say so."""
        diff = await self.backend.add(account, items)
        said = added_sentence(len(diff.added), len(diff.changed))
        # A search or a view may hide them.
        keys = [task.key for task in diff.added]
        show = (tr("Show"), partial(self.window.select, keys)) if keys else None
        self.window.show_message(said, kind="success", action=show, replace="add", timeout_s=6)
        return diff


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
