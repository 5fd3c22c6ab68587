"""Between sidebar and inspector: the list as rows or as pictures, or takes side by side."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QWidget

from rushes.core.task import Diff, Key, Task
from rushes.presentation.columns import Context
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Pane
from rushes.ui.list.delegates import CellDelegate
from rushes.ui.list.task_model import TaskModel
from rushes.ui.list.task_pane import TaskPane
from rushes.ui.widgets.calm import calm
from rushes.ui.widgets.posters import Posters

if TYPE_CHECKING:
    from rushes.ui.compare.compare import Compare
    from rushes.ui.gallery.gallery import Gallery
    from rushes.ui.usage.usage_page import UsagePage

LIST, GALLERY, COMPARE, USAGE = "list", "gallery", "compare", "usage"


class ViewStack(QStackedWidget):
    """The gallery stands in for the table; where there is no row, the list's page says what to do.

    Args:
        show_menu: Opens the menu of the selected rows at a point of the screen.

    Attributes:
        posters: Where the pictures come from: it says what it wants.
        on_scroll: Called when list or gallery scroll, or its pictures have another size.

    Signals:
        view_changed: LIST, GALLERY, COMPARE or USAGE: what is shown now.
        opened: Key, of a picture in the gallery that was double-clicked.
    """

    view_changed = Signal(str)
    opened = Signal(Key)

    def __init__(
        self, tasks: TaskPane, actions: Actions, show_menu: Callable[[QPoint], object]
    ) -> None:
        super().__init__()
        self._tasks = tasks
        self._actions = actions
        actions.live_in(tasks, Pane.LIST)
        self._show_menu = show_menu
        self.on_scroll: Callable[[], object] = lambda: None
        self._view = LIST
        self.posters = Posters(self)
        table = tasks.table
        delegate = table.itemDelegate()
        assert isinstance(delegate, CellDelegate)
        delegate.posters = self.posters
        self.posters.arrived.connect(table.viewport().update)
        self.addWidget(tasks)
        self._gallery: Gallery | None = None
        self._tile_size = 1
        self._compare: Compare | None = None
        self._usage: UsagePage | None = None
        self._when_compare_made: list[Callable[[Compare], object]] = []
        table.rows_changed.connect(self._show_table_or_gallery)
        table.verticalScrollBar().valueChanged.connect(lambda: self.on_scroll())

    @property
    def gallery(self) -> "Gallery":
        """Made when it is first asked for: the first look at the list need not wait for it."""
        if self._gallery is None:
            from rushes.ui.gallery.gallery import Gallery

            table = self._tasks.table
            self._gallery = Gallery(table.model(), table.selectionModel(), self.posters)
            self._gallery.set_size(self._tile_size)
            view = self._gallery.view
            view.past_end.cover(table.past_end.covered)
            view.menu_wanted.connect(self._show_menu)
            view.doubleClicked.connect(self._open)
            view.toggled.connect(table.toggle_group)
            view.clicked.connect(lambda index: table.toggle_group(index.row()))
            view.verticalScrollBar().valueChanged.connect(lambda: self.on_scroll())
            view.verticalScrollBar().rangeChanged.connect(lambda: self.on_scroll())
            table.pointed.add(view)
            self._actions.live_in(self._gallery, Pane.LIST)
            calm(self._gallery)
            self.addWidget(self._gallery)
        return self._gallery

    @property
    def foot_height(self) -> int:
        """Pixels at the lower edge that messages leave free."""
        gallery = self._gallery
        return gallery.foot_height if gallery and self.currentWidget() is gallery else 0

    def cover(self, pixels: int) -> None:
        """Messages lie over so much of the rows: they can be scrolled past their end by that."""
        self._tasks.table.past_end.cover(pixels)
        if self._gallery is not None:
            self._gallery.view.past_end.cover(pixels)

    @property
    def tile_size(self) -> int:
        """Of the gallery's pictures: 0 small, 1 medium, 2 large."""
        return self._tile_size if self._gallery is None else self._gallery.size_step

    def set_tile_size(self, step: int) -> None:
        self._tile_size = step
        if self._gallery is not None:
            self._gallery.set_size(step)

    @property
    def view(self) -> str:
        """LIST or GALLERY: what is shown, or comes back after comparing."""
        return self._view

    @property
    def compare(self) -> "Compare":
        """Made when it is first asked for: it brings players with it."""
        if self._compare is None:
            from rushes.ui.compare.compare import Compare

            self._compare = Compare(self._actions)
            self._compare.left.connect(self.leave_compare)
            for then in self._when_compare_made:
                then(self._compare)
            calm(self._compare)
            self.addWidget(self._compare)
        return self._compare

    def when_compare_made(self, then: Callable[["Compare"], object]) -> None:
        """Have `then` called with the comparison when there is one, to hear its signals."""
        self._when_compare_made.append(then)

    @property
    def is_comparing(self) -> bool:
        return self._compare is not None and self.currentWidget() is self._compare

    @property
    def usage(self) -> "UsagePage":
        """Made when it is first asked for."""
        if self._usage is None:
            from rushes.ui.usage.usage_page import UsagePage

            self._usage = UsagePage()
            calm(self._usage)
            self.addWidget(self._usage)
        return self._usage

    @property
    def is_counting(self) -> bool:
        """Whether the usage page is shown."""
        return self._usage is not None and self.currentWidget() is self._usage

    def show_usage(self) -> None:
        """Show what was made and spent in place of the rows."""
        if self._compare is not None:
            self._compare.clear()
        self.setCurrentWidget(self.usage)
        self.usage.setFocus()
        self.view_changed.emit(USAGE)

    @property
    def shows_rows(self) -> bool:
        """Whether list or gallery are shown, not the comparison or the usage page."""
        return not self.is_comparing and not self.is_counting

    @property
    def current_take(self) -> Task | None:
        """Of the takes that are compared, the one that is rated and picked; None: none is."""
        return self._compare.current_task if self._compare and self.is_comparing else None

    def live_on_screen(self) -> frozenset[Key]:
        """The tasks that still run and can be seen in the list or the gallery."""
        return self._tasks.table.live_keys(self.visible_rows)

    def tasks_on_screen(self) -> tuple[Task, ...]:
        """The tasks that can be seen in the list or the gallery, as far as they are in memory."""
        return self._tasks.table.tasks_of(self.visible_rows)

    @property
    def visible_rows(self) -> Sequence[int]:
        """The rows on the screen, of the list or the gallery; none while takes are compared."""
        shown = self.currentWidget()
        if shown is self._tasks:
            return self._tasks.table.visible_rows()
        return self.gallery.view.visible_rows() if shown is self._gallery else ()

    def apply(self, diff: Diff) -> None:
        """Bring the takes that are compared up to date."""
        if self._compare is not None:
            self._compare.apply(diff)

    def show_takes(self, tasks: Sequence[Task], ctx: Context) -> None:
        """Put two to four takes side by side."""
        self.compare.show_takes(tasks, ctx)
        self.setCurrentWidget(self.compare)
        self.compare.setFocus()
        self.view_changed.emit(COMPARE)

    def leave_compare(self) -> None:
        """Back to the rows, also from the usage page."""
        if not self.shows_rows:
            self.show_view(self._view)

    def show_view(self, view: str) -> None:
        """`view` is LIST or GALLERY; anything else is LIST."""
        self._view = view if view == GALLERY else LIST
        had_focus = self._has_focus()
        if self._compare is not None:
            self._compare.clear()
        self.setCurrentWidget(self._tasks)
        self._show_table_or_gallery()
        if self.currentWidget() is self._gallery:
            self.gallery.view.scrollTo(self.gallery.view.currentIndex())
        if had_focus:
            self.focus()
        self.view_changed.emit(self._view)

    def focus(self) -> None:
        """Give the keys to what is shown."""
        if self.is_comparing:
            self.compare.setFocus()
        elif self.is_counting:
            self.usage.setFocus()
        elif self.currentWidget() is self._gallery:
            self.gallery.view.setFocus()
        else:
            self._tasks.table.setFocus()

    @property
    def rows_view(self) -> QAbstractItemView:
        """Where the rows are shown: the table, or the gallery in its place."""
        if self.currentWidget() is self._gallery:
            return self.gallery.view
        return self._tasks.table

    def rename_current(self) -> None:
        """Edit the name of the current task where it is shown."""
        if self.currentWidget() is self._gallery:
            self.gallery.view.rename_current()
        else:
            self._tasks.table.rename_current()

    def _show_table_or_gallery(self) -> None:
        if not self.shows_rows:
            return
        shows_tiles = self._view == GALLERY and not self._tasks.is_empty
        had_focus = self._has_focus()
        self.setCurrentWidget(self.gallery if shows_tiles else self._tasks)
        if had_focus:
            self.focus()

    def _has_focus(self) -> bool:
        """Also where nothing has it yet, as at the start: else it would fall to the search."""
        focus: QWidget | None = self.window().focusWidget()
        return focus is None or self.isAncestorOf(focus)

    def _open(self, index: QModelIndex) -> None:
        task = index.data(TaskModel.TASK)
        if isinstance(task, Task):
            self.opened.emit(task.key)
