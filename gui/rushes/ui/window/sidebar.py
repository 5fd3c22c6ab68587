"""The sidebar: views, accounts and tags with their counts; one of them is chosen."""

import enum
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity
from rushes.core.listing import Counts, ListFilter
from rushes.core.views import View
from rushes.presentation.overview import account_words
from rushes.presentation.text import tr
from rushes.presentation.words import service_title
from rushes.ui.list.task_model import TAKES
from rushes.ui.widgets import plain, review, theme

_Index = QModelIndex | QPersistentModelIndex

#: What a line holds.
_SCOPE = Qt.ItemDataRole.UserRole + 1
COUNT = Qt.ItemDataRole.UserRole + 2
ICON = Qt.ItemDataRole.UserRole + 3  # (icon, colour)
HEAD = Qt.ItemDataRole.UserRole + 4  # a heading
_SAVED = Qt.ItemDataRole.UserRole + 5  # name of a saved view
_AIMED = Qt.ItemDataRole.UserRole + 6  # rows that are dragged would be dropped on it
FOUND = Qt.ItemDataRole.UserRole + 7  # how many of its tasks the search leaves

_VIEW_ICONS = {
    View.ALL: "all",
    View.RUNNING: "state-running",
    View.EXPIRING: "expiring",
    View.UNSAVED: "remote",
    View.FAILED: "state-failed",
}
#: How an account's dot looks: never by colour alone, a paused or failing one has its own sign.
_DOTS = {
    Activity.WATCHING: ("dot", "succeeded"),
    Activity.IDLE: ("dot", "edge"),
    Activity.BACKING_OFF: ("warning", "amber"),
    Activity.OFFLINE: ("warning", "amber"),
    Activity.PAUSED: ("error", "red"),
}
_ADD = "add"


class AccountCommand(enum.Enum):
    """What the menu of an account offers."""

    REFRESH = enum.auto()
    IMPORT = enum.auto()
    RESUME = enum.auto()
    REPLACE_KEY = enum.auto()
    REMOVE = enum.auto()


def view_title(view: View) -> str:
    return {
        View.ALL: tr("All"),
        View.RUNNING: tr("Running"),
        View.EXPIRING: tr("Expiring"),
        View.UNSAVED: tr("Unsaved"),
        View.FAILED: tr("Failed"),
    }[view]


class Sidebar(QTreeWidget):
    """Signals:
    scope_chosen: ListFilter.
    saved_chosen: the name of a saved view.
    saved_asked: rename_view or remove_view, of the chosen saved view.
    account_asked: what, and the account's id.
    add_account_asked: the last line was chosen.
    takes_dropped: (MarkChange, str): rows were dropped on a line, what makes them belong to it,
        and its words.

    Attributes:
        saved_change: What makes a take one of a saved view, by its name; None: nothing does.
    """

    scope_chosen = Signal(ListFilter)
    saved_chosen = Signal(str)
    saved_asked = Signal(str)
    account_asked = Signal(AccountCommand, str)
    add_account_asked = Signal()
    takes_dropped = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._accounts: tuple[Account, ...] = ()
        self._news: dict[str, AccountChanged] = {}
        self._items: dict[ListFilter, QTreeWidgetItem] = {}
        self._saved: dict[str, QTreeWidgetItem] = {}
        self._to_come: ListFilter | None = None  # its line comes with accounts or tags
        self._is_editable = True
        self._now = 0.0
        self._aimed: QTreeWidgetItem | None = None
        self.saved_change: Callable[[str], review.MarkChange | None] = lambda _: None
        self.setObjectName("sidebar")
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        plain.name(self, tr("Views and accounts"))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(LineDelegate(self))
        self._views = self._head(tr("Views"))
        self._account_head = self._head(tr("Accounts"))
        self._tag_head = self._head(tr("Tags"))
        for view in View:
            item = self._line(self._views, ListFilter(view=view), view_title(view))
            item.setData(0, ICON, (_VIEW_ICONS[view], "muted"))
        self._add_line = QTreeWidgetItem(self._account_head)
        self._add_line.setData(0, Qt.ItemDataRole.DisplayRole, tr("Add account…"))
        self._add_line.setData(0, ICON, ("add", "muted"))
        self._add_line.setData(0, _SCOPE, _ADD)
        self._tag_head.setHidden(True)
        self.expandAll()
        self.setCurrentItem(self._items[ListFilter()])
        self.currentItemChanged.connect(self._current_changed)
        self.itemClicked.connect(self._clicked)
        self.itemActivated.connect(self._clicked)

    # --- in -------------------------------------------------------------------------------

    @property
    def scope(self) -> ListFilter:
        item = self.currentItem()
        scope = item.data(0, _SCOPE) if item else None
        return scope if isinstance(scope, ListFilter) else ListFilter()

    def choose(self, scope: ListFilter) -> None:
        """Choose as if clicked; what is not there (any more) falls back to everything."""
        self.setCurrentItem(self._items.get(scope) or self._items[ListFilter()])

    @property
    def kept_scope(self) -> ListFilter:
        """What the next start shall show: what is chosen, or will be once its line is there."""
        return self._to_come or self.scope

    def come_back(self, scope: ListFilter) -> None:
        """Choose what was chosen before a restart, as soon as there is a line for it; what the
        user chooses meanwhile stays."""
        self.choose(scope)
        if scope not in self._items:
            self._to_come = scope

    @property
    def saved(self) -> str:
        """The name of the chosen saved view; "": another line is chosen."""
        item = self.currentItem()
        return str(item.data(0, _SAVED) or "") if item else ""

    def set_editable(self, on: bool) -> None:
        """Whether accounts and saved views can be added, changed and removed just now."""
        self._is_editable = on
        self._add_line.setDisabled(not on)

    def choose_saved(self, name: str) -> None:
        """Choose as if clicked; a name that is not there leaves everything as it is."""
        if name in self._saved:
            self.setCurrentItem(self._saved[name])

    def set_saved(self, names: Sequence[str]) -> None:
        """These saved views stand below the others, in this order."""
        chosen = self.saved
        with QSignalBlocker(self):  # lines that are made anew are not chosen anew
            counts = {name: item.data(0, COUNT) for name, item in self._saved.items()}
            for item in self._saved.values():
                self._views.removeChild(item)
            self._saved = {name: self._saved_line(name, counts.get(name)) for name in names}
            self.choose_saved(chosen)
        if chosen and chosen not in self._saved:
            self.setCurrentItem(self._items[ListFilter()])
            self.scope_chosen.emit(ListFilter())

    def set_saved_counts(self, counts: Mapping[str, int]) -> None:
        for name, item in self._saved.items():
            if name in counts:
                _count(item, counts[name])

    def set_found(self, found: int | None) -> None:
        """How many tasks of the chosen view the search leaves; None: it is not narrowed. A saved
        view has its search counted in."""
        chosen = None if self.saved else self.currentItem()
        for item in self._items.values():
            _count(item, item.data(0, COUNT), found if item is chosen else None)

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self._sync(
            self._account_head,
            {ListFilter(account=a.id): plain.one_line(a.name, 60) for a in accounts},
            before=1,
        )
        for account in accounts:
            self._news.setdefault(account.id, AccountChanged(account.id, Activity.IDLE))
            self._draw_account(account)

    def set_activity(self, news: AccountChanged) -> None:
        self._news[news.account] = news
        for account in self._accounts:
            if account.id == news.account:
                self._draw_account(account)

    def set_now(self, now: float) -> None:
        self._now = now

    def set_counts(self, counts: Counts) -> None:
        tags = sorted(counts.tags)
        self._sync(self._tag_head, {ListFilter(tag=tag): plain.one_line(tag, 40) for tag in tags})
        if self._tag_head.isHidden() is bool(tags):  # said anew, it would lay out everything anew
            self._tag_head.setHidden(not tags)
        for scope, item in self._items.items():
            count = counts.views.get(scope.view, 0)
            if scope.account:
                count = counts.accounts.get(scope.account, 0)
            elif scope.tag:
                count = counts.tags.get(scope.tag, 0)
                _mark(item, "tag", "muted")
            _count(item, count, item.data(0, FOUND))

    # --- events ---------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item, at = self.itemAt(event.pos()), event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard and (item := self.currentItem()):
            at = self.viewport().mapToGlobal(self.visualItemRect(item).center())
        scope = item.data(0, _SCOPE) if item else None
        if isinstance(scope, ListFilter) and scope.account:
            if self._is_editable:
                self._pop_up(self.account_menu(scope.account), at)
        elif item is not None and item.data(0, _SAVED) and self._is_editable:
            self.setCurrentItem(item)
            self._pop_up(self.saved_menu(), at)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Our own rows; what comes from other programs is the window's."""
        event.setAccepted(event.mimeData().hasFormat(TAKES))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        is_ours = event.mimeData().hasFormat(TAKES)
        item = self.itemAt(event.position().toPoint()) if is_ours else None
        self._aim(item if self._change_of(item) else None)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(self._aimed is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        self._aim(None)
        change = self._change_of(item) if event.mimeData().hasFormat(TAKES) else None
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(change is not None)
        if item is not None and change is not None:
            self.takes_dropped.emit(change, str(item.data(0, Qt.ItemDataRole.DisplayRole)))

    def _aim(self, item: QTreeWidgetItem | None) -> None:
        if item is not self._aimed:
            if self._aimed is not None:
                self._aimed.setData(0, _AIMED, False)
            if item is not None:
                item.setData(0, _AIMED, True)
            self._aimed = item

    def _change_of(self, item: QTreeWidgetItem | None) -> review.MarkChange | None:
        """What makes a take belong to a line; None: nothing that can be said of a take does."""
        if item is None:
            return None
        if saved := item.data(0, _SAVED):
            return self.saved_change(str(saved))
        scope = item.data(0, _SCOPE)
        return review.fulfilling((), scope.tag) if isinstance(scope, ListFilter) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        asked = {Qt.Key.Key_F2: "rename_view", Qt.Key.Key_Delete: "remove_view"}
        what = asked.get(Qt.Key(event.key()))
        if what and self.saved and self._is_editable:
            self.saved_asked.emit(what)
            return
        super().keyPressEvent(event)

    def saved_menu(self) -> QMenu:
        """What can be done with the chosen saved view."""
        menu = QMenu(self)
        for what, words, icon in (
            ("rename_view", tr("Rename view…"), "rename"),
            ("remove_view", tr("Remove view"), "remove"),
        ):
            self._entry(menu, words, icon, partial(self.saved_asked.emit, what))
        return menu

    def account_menu(self, account_id: str) -> QMenu:
        """What can be done with an account; every entry says it through `account_asked`."""
        account = next(a for a in self._accounts if a.id == account_id)
        news = self._news.get(account_id)
        paused = news is not None and news.activity is Activity.PAUSED
        menu = QMenu(self)
        rests = news is not None and news.failure is not None and not paused
        what = AccountCommand
        entries = [(what.REFRESH, tr("Try now") if rests else tr("Refresh now"), "refresh")]
        if paused:
            entries.append((what.RESUME, tr("Resume watching"), "play"))
        if account.can_list:
            entries.append((what.IMPORT, tr("Import the last 7 days"), "inbox"))
        entries.append((what.REPLACE_KEY, tr("Replace key…"), "key"))
        entries.append((what.REMOVE, tr("Remove account…"), "remove"))
        for command, words, icon in entries:
            if command in (what.REPLACE_KEY, what.REMOVE):
                menu.addSeparator()
            self._entry(menu, words, icon, partial(self.account_asked.emit, command, account_id))
        return menu

    def _entry(self, menu: QMenu, words: str, icon: str, then: Callable[[], object]) -> None:
        action = QAction(theme.icon(icon), "", menu)
        plain.set_text(action, words)
        action.triggered.connect(lambda _on=False: then())
        menu.addAction(action)

    def _pop_up(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # --- inside ---------------------------------------------------------------------------

    def _head(self, words: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self)
        item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        item.setData(0, HEAD, True)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _line(
        self, head: QTreeWidgetItem, scope: ListFilter, words: str, at: int | None = None
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        item.setData(0, _SCOPE, scope)
        head.insertChild(head.childCount() if at is None else at, item)
        self._items[scope] = item
        return item

    def _saved_line(self, name: str, count: int | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self._views)
        item.setData(0, Qt.ItemDataRole.DisplayRole, plain.one_line(name, 60))
        item.setData(0, Qt.ItemDataRole.ToolTipRole, plain.rich_free(name))
        item.setData(0, _SAVED, name)
        item.setData(0, ICON, ("search", "muted"))
        _count(item, count)
        return item

    def _sync(
        self, head: QTreeWidgetItem, wanted: Mapping[ListFilter, str], before: int = 0
    ) -> None:
        """Make the lines under `head` these, keeping those that are there; the last `before`
        lines are not of this kind and stay last."""
        kept = [head.child(at) for at in range(head.childCount() - before)]
        for item in (child for child in kept if child is not None):
            scope = item.data(0, _SCOPE)
            if scope not in wanted:
                if item is self.currentItem():
                    self.setCurrentItem(self._items[ListFilter()])
                head.removeChild(item)
                del self._items[scope]
        for at, (scope, words) in enumerate(wanted.items()):
            item = self._items.get(scope) or self._line(head, scope, words, at)
            if item.data(0, Qt.ItemDataRole.DisplayRole) != words:
                item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        head.setExpanded(True)
        if self._to_come in self._items:
            self.choose(self._to_come)

    def _draw_account(self, account: Account) -> None:
        item = self._items[ListFilter(account=account.id)]
        news = self._news[account.id]
        _mark(item, *_DOTS[news.activity])
        words = account_words(news, self._now)
        tip = f"{account.name}\n{service_title(account.service)}\n{account.host}\n{words}"
        item.setData(0, Qt.ItemDataRole.ToolTipRole, plain.rich_free(tip))
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, words)

    def _current_changed(self, current: QTreeWidgetItem | None) -> None:
        self._to_come = None
        self.set_found(None)  # until its rows are there
        scope = current.data(0, _SCOPE) if current else None
        if isinstance(scope, ListFilter):
            self.scope_chosen.emit(scope)
        elif self.saved:
            self.saved_chosen.emit(self.saved)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _SCOPE) == _ADD and self._is_editable:
            self.add_account_asked.emit()


def _mark(item: QTreeWidgetItem, icon: str, colour: str) -> None:
    if item.data(0, ICON) != (icon, colour):
        item.setData(0, ICON, (icon, colour))


def _count(item: QTreeWidgetItem, count: int | None, found: int | None = None) -> None:
    if (item.data(0, COUNT), item.data(0, FOUND)) != (count, found):
        item.setData(0, COUNT, count)
        item.setData(0, FOUND, found)
        words = str(item.data(0, Qt.ItemDataRole.DisplayRole))
        spoken = f"{words}, {_count_words(count, found)}"
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)


def _count_words(count: int | None, found: int | None) -> str:
    return str(count) if found is None else tr("{found} of {all}", found=found, all=count)


class LineDelegate(QStyledItemDelegate):
    """A line with its icon, its words and its count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        is_head = bool(index.data(HEAD))
        return QSize(option.rect.width(), 32 if is_head else theme.TARGET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = str(index.data() or "")
        if index.data(HEAD):
            self._paint_head(painter, option.rect, words)
        else:
            self._paint_line(painter, option, index, words)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRect, words: str) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(theme.points(theme.CAPTION_PT))
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
        painter.setFont(font)
        painter.setPen(theme.ink("muted"))
        box = rect.adjusted(theme.MEDIUM, 6, -theme.SMALL, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _paint_line(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, words: str
    ) -> None:
        box = QRectF(option.rect).adjusted(6, 1, -6, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink("selection" if chosen else "stripe"))
            painter.drawRoundedRect(box, 5, 5)
        if index.data(_AIMED):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 1.5))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        name, colour = index.data(ICON) or ("dot", "edge")
        colour = "text" if chosen and colour == "muted" else colour
        theme.draw_icon(
            painter, name, colour, QRectF(box.left() + 7, box.center().y() - 7.5, 15, 15)
        )
        inner = box.adjusted(30, 0, -8, 0)
        count = index.data(COUNT)
        if count:
            told = _count_words(count, index.data(FOUND))
            painter.setPen(theme.ink("text" if chosen else "muted"))
            painter.drawText(
                inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), told
            )
            wide = painter.fontMetrics().horizontalAdvance(told)
            inner.setRight(inner.right() - wide - 8)
        cut = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.setPen(theme.ink("text"))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut
        )
