"""The sidebar: views, accounts and tags with their counts; one of them is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from rushes.core.account import PRESETS, Account
from rushes.core.listing import Counts, Scope
from rushes.core.news import AccountChanged, Activity
from rushes.core.views import View
from rushes.presentation.overview import account_words
from rushes.presentation.text import tr
from rushes.ui import plain, theme

Index = QModelIndex | QPersistentModelIndex
_SCOPE = Qt.ItemDataRole.UserRole + 1
_COUNT = Qt.ItemDataRole.UserRole + 2
_ICON = Qt.ItemDataRole.UserRole + 3  # (icon, colour)
_HEAD = Qt.ItemDataRole.UserRole + 4

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
    scope_chosen: Scope.
    account_asked: (what, account id); what is refresh, import, resume, replace_key or remove.
    add_account_asked: the last line was chosen.
    """

    scope_chosen = Signal(object)
    account_asked = Signal(str, str)
    add_account_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts: tuple[Account, ...] = ()
        self._news: dict[str, AccountChanged] = {}
        self._items: dict[Scope, QTreeWidgetItem] = {}
        self._now = 0.0
        self.setObjectName("sidebar")
        plain.name(self, tr("Views and accounts"))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_LineDelegate(self))
        self._views = self._head(tr("Views"))
        self._account_head = self._head(tr("Accounts"))
        self._tag_head = self._head(tr("Tags"))
        for view in View:
            item = self._line(self._views, Scope(view=view), view_title(view))
            item.setData(0, _ICON, (_VIEW_ICONS[view], "muted"))
        self._add_line = QTreeWidgetItem(self._account_head)
        self._add_line.setData(0, Qt.ItemDataRole.DisplayRole, tr("Add service…"))
        self._add_line.setData(0, _ICON, ("add", "muted"))
        self._add_line.setData(0, _SCOPE, _ADD)
        self._tag_head.setHidden(True)
        self.expandAll()
        self.setCurrentItem(self._items[Scope()])
        self.currentItemChanged.connect(self._current_changed)
        self.itemClicked.connect(self._clicked)
        self.itemActivated.connect(self._clicked)

    # --- in -------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        item = self.currentItem()
        scope = item.data(0, _SCOPE) if item else None
        return scope if isinstance(scope, Scope) else Scope()

    def choose(self, scope: Scope) -> None:
        """Choose as if clicked; what is not there (any more) falls back to everything."""
        self.setCurrentItem(self._items.get(scope) or self._items[Scope()])

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self._sync(
            self._account_head,
            {Scope(account=a.id): plain.one_line(a.name, 60) for a in accounts},
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
        self._sync(self._tag_head, {Scope(tag=tag): plain.one_line(tag, 40) for tag in tags})
        self._tag_head.setHidden(not tags)
        for scope, item in self._items.items():
            count = counts.views.get(scope.view, 0)
            if scope.account:
                count = counts.accounts.get(scope.account, 0)
            elif scope.tag:
                count = counts.tags.get(scope.tag, 0)
                item.setData(0, _ICON, ("tag", "muted"))
            if item.data(0, _COUNT) != count:
                item.setData(0, _COUNT, count)
                words = str(item.data(0, Qt.ItemDataRole.DisplayRole))
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{words}, {count}")

    # --- events ---------------------------------------------------------------------------

    def contextMenuEvent(self, event: Any) -> None:
        item = self.itemAt(event.pos())
        scope = item.data(0, _SCOPE) if item else None
        if isinstance(scope, Scope) and scope.account:
            self._account_menu(scope.account, event.globalPos())

    def account_menu(self, account_id: str) -> QMenu:
        """What can be done with an account; every entry says it through `account_asked`."""
        account = next(a for a in self._accounts if a.id == account_id)
        news = self._news.get(account_id)
        paused = news is not None and news.activity is Activity.PAUSED
        menu = QMenu(self)
        entries = [("refresh", tr("Refresh now"), "refresh")]
        if paused:
            entries.append(("resume", tr("Resume watching"), "play"))
        if account.can_list:
            entries.append(("import", tr("Import the last 7 days"), "inbox"))
        entries.append(("replace_key", tr("Replace key…"), "key"))
        entries.append(("remove", tr("Remove account…"), "remove"))
        for what, words, icon in entries:
            if what in ("replace_key", "remove"):
                menu.addSeparator()
            action = QAction(theme.icon(icon), "", menu)
            plain.set_text(action, words)
            action.triggered.connect(
                lambda _on=False, w=what: self.account_asked.emit(w, account_id)
            )
            menu.addAction(action)
        return menu

    def _account_menu(self, account_id: str, at: QPoint) -> None:
        menu = self.account_menu(account_id)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    # --- inside ---------------------------------------------------------------------------

    def _head(self, words: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self)
        item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        item.setData(0, _HEAD, True)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _line(
        self, head: QTreeWidgetItem, scope: Scope, words: str, at: int | None = None
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        item.setData(0, _SCOPE, scope)
        head.insertChild(head.childCount() if at is None else at, item)
        self._items[scope] = item
        return item

    def _sync(self, head: QTreeWidgetItem, wanted: Mapping[Scope, str], before: int = 0) -> None:
        """Make the lines under `head` these, keeping those that are there; the last `before`
        lines are not of this kind and stay last."""
        kept = [head.child(at) for at in range(head.childCount() - before)]
        for item in (child for child in kept if child is not None):
            scope = item.data(0, _SCOPE)
            if scope not in wanted:
                if item is self.currentItem():
                    self.setCurrentItem(self._items[Scope()])
                head.removeChild(item)
                del self._items[scope]
        for at, (scope, words) in enumerate(wanted.items()):
            item = self._items.get(scope) or self._line(head, scope, words, at)
            if item.data(0, Qt.ItemDataRole.DisplayRole) != words:
                item.setData(0, Qt.ItemDataRole.DisplayRole, words)
        head.setExpanded(True)

    def _draw_account(self, account: Account) -> None:
        item = self._items[Scope(account=account.id)]
        news = self._news[account.id]
        item.setData(0, _ICON, _DOTS[news.activity])
        words = account_words(news, self._now)
        tip = f"{account.name}\n{PRESETS[account.service].title}\n{account.host}\n{words}"
        item.setData(0, Qt.ItemDataRole.ToolTipRole, plain.rich_free(tip))
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, words)

    def _current_changed(self, current: QTreeWidgetItem | None) -> None:
        scope = current.data(0, _SCOPE) if current else None
        if isinstance(scope, Scope):
            self.scope_chosen.emit(scope)

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _SCOPE) == _ADD:
            self.add_account_asked.emit()


class _LineDelegate(QStyledItemDelegate):
    """A line with its icon, its words and its count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_head = bool(index.data(_HEAD))
        return QSize(option.rect.width(), 32 if is_head else theme.TARGET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = str(index.data() or "")
        if index.data(_HEAD):
            self._paint_head(painter, option.rect, words)
        else:
            self._paint_line(painter, option, index, words)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRect, words: str) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(theme.CAPTION_PT)
        font.setWeight(QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
        painter.setFont(font)
        painter.setPen(theme.ink("muted"))
        box = rect.adjusted(theme.MEDIUM, 6, -theme.SMALL, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _paint_line(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, words: str
    ) -> None:
        box = QRectF(option.rect).adjusted(6, 1, -6, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.ink("selection" if chosen else "stripe"))
            painter.drawRoundedRect(box, 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.ink("accent"), 1.5))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        name, colour = index.data(_ICON) or ("dot", "edge")
        colour = "text" if chosen and colour == "muted" else colour
        theme.draw_icon(
            painter, name, colour, QRectF(box.left() + 7, box.center().y() - 7.5, 15, 15)
        )
        inner = box.adjusted(30, 0, -8, 0)
        count = index.data(_COUNT)
        if count:
            painter.setPen(theme.ink("text" if chosen else "muted"))
            painter.drawText(
                inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(count)
            )
            wide = painter.fontMetrics().horizontalAdvance(str(count))
            inner.setRight(inner.right() - wide - 8)
        cut = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.setPen(theme.ink("text"))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut
        )
