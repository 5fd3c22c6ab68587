"""Saved views: the search, the view and the order of the moment under a name in the sidebar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from rushes.controllers.settings_controller import SettingsController
from rushes.core import saved_views
from rushes.core.listing import SORT_DEFAULT, ListFilter, ListQuery
from rushes.core.saved_views import SavedView
from rushes.core.settings import MOST_VIEWS, Settings
from rushes.presentation import search
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, review, theme
from rushes.ui.window.commands import SAVED
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.quick_edit import QuickEdit
from rushes.ui.window.sidebar import view_title

#: They are counted this long after something changed, and no more often than so many times as
#: long as counting takes: each may cost a look at every task.
_COUNT_AFTER_MS = 1000
_REST = 20
UNDO_S = 10.0


class SavedViewsController(QObject):
    """Chooses, saves, renames and removes them. They live in the settings.

    Signals:
        counts_wanted: dict[str, ListQuery]: how many tasks each saved view has, for `set_counts`.
        undoable: a function that takes back what was done just now, and one that does it again.
    """

    counts_wanted = Signal(dict)
    undoable = Signal(object, object)

    def __init__(self, window: MainWindow, settings: SettingsController) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._views: dict[str, SavedView] = {}
        self._shown: SavedView | None = None
        self._before: tuple[str, str, bool] = ("", "", False)  # search, sort when it was chosen
        self._to_choose = ""  # once the settings have it
        self._entries: list[QAction] = []
        self._counting = QTimer(self, singleShot=True, interval=_COUNT_AFTER_MS)
        self._asked_at = QElapsedTimer()
        self._counting.timeout.connect(self.ask_counts)
        self._menu = window.commands.menu_of(SAVED)
        self._menu.addSeparator()
        do = window.command_context.do
        do.save_view, do.rename_view, do.remove_view = self.save, self.rename, self.remove
        window.installEventFilter(self)
        sidebar = window.sidebar
        sidebar.scope_chosen.connect(self._scope_chosen)
        sidebar.saved_chosen.connect(self._chosen)
        sidebar.saved_change = self._change_for
        sidebar.saved_asked.connect(lambda command: window.commands[command].trigger())
        window.toolbar.search.textChanged.connect(self._search_edited)
        settings.changed.connect(self._follow)
        self._follow(settings.settings)
        self._offer()

    def _follow(self, settings: Settings) -> None:
        views = {view.name: view for view in settings.views}
        if views == self._views:
            return
        self._views = views
        self._window.sidebar.set_saved(tuple(views))
        self._fill_menu(self._menu)
        self.count_soon()
        if self._to_choose in views:
            self._window.sidebar.choose_saved(self._to_choose)
        self._to_choose = ""
        self._offer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show:
            self.count_soon()
        return super().eventFilter(watched, event)

    def count_soon(self, *_: object) -> None:
        """Something changed that may have changed their counts."""
        if self._views and not self._counting.isActive():
            self._counting.start()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        self._window.sidebar.set_saved_counts(counts)
        if self._asked_at.isValid():
            self._counting.setInterval(max(_COUNT_AFTER_MS, _REST * self._asked_at.elapsed()))

    # --- commands -------------------------------------------------------------------------

    def save(self) -> None:
        """Ask for a name; one that is there already is replaced."""
        sidebar, listing = self._window.sidebar, self._window.table.listing
        now = SavedView(
            name=sidebar.saved,
            search=self._window.toolbar.search_text.strip(),
            view=listing.scope.view,
            account=listing.scope.account,
            tag=listing.scope.tag,
            sort_by=listing.sort_by,
            descending=listing.descending,
        )
        proposed = now.name or now.search or now.tag or view_title(now.view)
        self._ask_name(tr("Save this view"), proposed, partial(self._save, now))

    def rename(self) -> None:
        if view := self._views.get(self._window.sidebar.saved):
            self._ask_name(tr("Rename view"), view.name, partial(self._save, view, view.name))

    def remove(self) -> None:
        name = self._window.sidebar.saved
        if name in self._views:
            self._keep([view for view in self._views.values() if view.name != name])
            self._window.messages.show_message(
                tr("The view “{name}” was removed.", name=plain.one_line(name, 60)),
                action=self._window.command_context.do.undo_button(),
                replace="removed",
                timeout_s=UNDO_S,
            )

    # --- inside ---------------------------------------------------------------------------

    def _ask_name(self, title: str, proposed: str, then: Callable[[str], None]) -> None:
        edit = QuickEdit(self._window, title, tr("Name of the view"), proposed)
        edit.accepted.connect(then)
        sidebar = self._window.sidebar
        beside = sidebar if sidebar.isVisible() else self._window.content
        edit.show_at(beside.mapToGlobal(QPoint(theme.MEDIUM, theme.HUGE)))

    def _save(self, view: SavedView, *given: str) -> None:
        """`given`: the name before, if it had one, and the new one."""
        *before, name = given
        name = " ".join(name.split())[: saved_views.LONGEST_NAME].strip()
        if name:
            self._to_choose = name
            named = replace(view, name=name)
            self._keep(saved_views.put(self._views.values(), named, *before))

    def _keep(self, views: Sequence[SavedView]) -> None:
        before = self._settings.settings.views
        after = tuple(views)
        if len(after) > MOST_VIEWS:
            told = tr("There are {count} saved views already. Remove one first.", count=MOST_VIEWS)
            self._window.messages.show_message(told)
            return
        if after == before:
            self._window.sidebar.choose_saved(self._to_choose)
            return
        self.undoable.emit(partial(self._write, before), partial(self._write, after))
        self._write(after)

    def _write(self, views: tuple[SavedView, ...]) -> None:
        self._settings.change(replace(self._settings.settings, views=views))

    def _chosen(self, name: str) -> None:
        view = self._views[name]
        if self._shown is None:
            self._before = self._to_come_back(view)
        self._shown = view
        self._show(view.scope, view.search, view.sort_by, view.descending)
        self._offer()

    def _to_come_back(self, view: SavedView) -> tuple[str, str, bool]:
        """What is there now, as far as it is not what `view` was saved from a moment ago."""
        now, text = self._window.table.listing, self._window.toolbar.search_text
        sort = (now.sort_by, now.descending)
        if sort == (view.sort_by, view.descending):
            sort = (SORT_DEFAULT, False)
        return ("" if text.strip() == view.search else text, *sort)

    def _change_for(self, name: str) -> review.MarkChange | None:
        """What makes a take one of a saved view."""
        view = self._views[name]
        if view.scope != ListFilter(tag=view.tag):
            return None
        return review.fulfilling(search.parse(view.search).terms, view.tag)

    def _scope_chosen(self, scope: ListFilter) -> None:
        """One of the standing views. What the saved one had set goes with it, unless the user
        changed it meanwhile."""
        left, self._shown = self._shown, None
        now, text = self._window.table.listing, self._window.toolbar.search_text
        sort = (now.sort_by, now.descending)
        if left is not None:
            text = self._before[0] if text.strip() == left.search else text
            sort = self._before[1:] if sort == (left.sort_by, left.descending) else sort
        self._show(scope, text, *sort)
        self._offer()

    def _search_edited(self, text: str) -> None:
        """What is shown is not the saved view any more: the view that it narrowed stays."""
        left = self._shown
        if left is not None and text.strip() != left.search:
            self._shown = None
            self._window.sidebar.choose(left.scope)

    def _show(self, scope: ListFilter, text: str, sort_by: str, descending: bool) -> None:
        table = self._window.table
        terms = search.parse(text).terms
        facts = {"scope": scope, "terms": terms, "sort_by": sort_by, "descending": descending}
        table.show_listing(replace(table.listing, **facts))  # type: ignore[arg-type]
        self._window.toolbar.set_search(text)

    def _offer(self) -> None:
        self._window.command_context.is_saved_view = self._shown is not None
        self._window.commands.refresh()
        for entry in self._entries:
            shown = self._shown is not None and entry.data() == self._shown.name
            entry.setChecked(shown)

    def _fill_menu(self, menu: QMenu) -> None:
        for entry in self._entries:
            menu.removeAction(entry)
            entry.deleteLater()
        self._entries = []
        for name in self._views:
            entry = QAction(menu)
            plain.set_text(entry, plain.one_line(name, 60))
            entry.setCheckable(True)
            entry.setData(name)
            entry.triggered.connect(
                lambda _on=False, name=name: self._window.sidebar.choose_saved(name)
            )
            menu.addAction(entry)
            self._entries.append(entry)

    def ask_counts(self) -> None:
        if not self._window.isVisible():
            return  # nobody looks; they are counted when the window comes back
        wanted = {
            view.name: ListQuery(scope=view.scope, terms=search.parse(view.search).terms)
            for view in self._views.values()
        }
        self._asked_at.start()
        self.counts_wanted.emit(wanted)
