"""All accounts: look, test, rename, replace the key, remove."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account, KeyCredit, KeySource, Service
from rushes.presentation import format as fmt
from rushes.presentation.credit import credit_rows, models_tip
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import service_title
from rushes.ui.accounts.form import (
    AccountDraft,
    AddressField,
    AskingDialog,
    AuthorityField,
    KeyForm,
)
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import (
    Scrolling,
    Value,
    check_box,
    line,
    push_button,
    screen_room,
    styled,
)

_ID = Qt.ItemDataRole.UserRole


class AccountDialog(AskingDialog):
    """Asks for a service, an address, a key and a name.

    Args:
        account: Whose key is replaced; its address stays, since a key belongs to one origin.
            None: a new account.
    """

    def __init__(self, parent: QWidget | None = None, account: Account | None = None) -> None:
        super().__init__(parent, KeyForm(with_name=account is None, with_import=account is None))
        self.account = account
        self.setMinimumWidth(460)
        title = tr("Add account") if account is None else tr("Replace key")
        self.setWindowTitle(title)
        plain.name(self, title)
        self._service = QComboBox()
        for service in Service:
            self._service.addItem(service_title(service), service)
        plain.name(self._service, tr("Service"))
        self._address = AddressField()
        self.authority = AuthorityField()
        self.form.hide_where_the_key_goes()
        self._cancel = push_button(tr("Cancel"), self.reject)
        self._submit = push_button(title, self._submit_pressed, look="primary")
        self._submit.setDefault(True)
        self._arrange(title)
        self._connect()
        if account is None:
            self._service_chosen()
        else:
            self._show_account(account)

    def _arrange(self, title: str) -> None:
        if self.account is not None:
            head = tr("Replace the key of {name}", name=one_line(self.account.name, 120))
        else:
            head = title
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SMALL)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._submit)
        page = QWidget()
        fields = QVBoxLayout(page)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(theme.TINY)
        if self.account is None:
            fields.addWidget(line(tr("Service")))
            fields.addWidget(self._service)
            fields.addSpacing(theme.SMALL)
        fields.addWidget(line(tr("Address")))
        fields.addWidget(self._address)
        fields.addWidget(self.authority)
        fields.addSpacing(theme.SMALL)
        fields.addWidget(self.form)
        fields.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.HUGE,) * 4)
        box.setSpacing(theme.TINY)
        box.addWidget(line(head, "title"))
        box.addSpacing(theme.SMALL)
        box.addWidget(Scrolling(page), 1)
        box.addWidget(self._problem)
        box.addWidget(self._in_memory, 0, Qt.AlignmentFlag.AlignLeft)
        box.addSpacing(theme.MEDIUM)
        box.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._grow()
        self.resize(self.size().boundedTo(screen_room(self)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._grow()
        return done

    def _grow(self) -> None:
        """Tall enough for all lines: sentences come and go, and wrap as the language has it."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            room = screen_room(self).height()
            self.setMinimumHeight(min(layout.totalHeightForWidth(self.width()), room))

    def _connect(self) -> None:
        self._service.currentIndexChanged.connect(lambda _index: self._service_chosen())
        self._address.changed.connect(self._address_typed)
        self._address.origin_changed.connect(self._origin_changed)

    def _show_account(self, account: Account) -> None:
        self._address.show_url(account.base_url)
        self._address.set_editable(False)
        self.authority.show_file(account.ca_file)
        self.form.show_service(account.service, account.base_url)
        self.form.key.take_focus()

    # --- the user --------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        if self.account is not None:
            return self.account.service
        return Service(self._service.currentData())

    def choose(self, service: Service) -> None:
        """Start with another service than the first."""
        self._service.setCurrentIndex(self._service.findData(service))

    def _service_chosen(self) -> None:
        self._address.show_url(self.service.base_url)
        self._address_typed()

    def _address_typed(self) -> None:
        self.hide_problem()
        self.form.show_service(self.service, self._address.checked().value)

    def _origin_changed(self) -> None:
        if not self.form.key.is_empty:
            self.form.key.clear(tr("The address changed. Paste the key that belongs to it."))

    def _draft(self) -> AccountDraft | None:
        return self.form.draft(self.authority.path) if self._address.complain() else None

    def _held(self) -> Sequence[QWidget]:
        return (self._service, self._address, self.authority, self._submit)


class AccountsDialog(QDialog):
    """Lists the accounts and says what the user wants with one.

    Signals:
        add_requested
        test_requested, replace_key_requested, remove_requested: an account's id.
        test_stopped: an account's id: no answer is wanted any more.
        rename_requested: an account's id and its new name.
        importing_chosen: an account's id, and whether tasks made elsewhere come in by themselves.
        page_opened: an account's id; answer with `show_credit`.
    """

    add_requested = Signal()
    test_requested = Signal(str)
    test_stopped = Signal(str)
    replace_key_requested = Signal(str)
    remove_requested = Signal(str)
    rename_requested = Signal(str, str)
    importing_chosen = Signal(str, bool)
    page_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Accounts"))
        plain.name(self, tr("Accounts"))
        self.setMinimumSize(QSize(660, 460).boundedTo(screen_room(self)))
        self.resize(QSize(660, 540).boundedTo(screen_room(self)))
        self._accounts: dict[str, Account] = {}
        self._counts: Mapping[str, int] | None = {}
        self._busy: set[str] = set()
        self._results: dict[str, str | None] = {}
        self._credits: dict[str, KeyCredit] = {}
        self._list = QListWidget()
        self._list.setFixedWidth(220)
        self._list.setObjectName("accountList")
        plain.name(self._list, tr("Accounts"))
        self._name = QLineEdit()
        self._name.setMaxLength(120)
        plain.name(self._name, tr("Name"))
        self._facts = line("", "muted")
        self._importing = check_box(tr("Keep importing tasks made elsewhere"), is_on=False)
        plain.set_tooltip(
            self._importing,
            tr("The whole list of the service is read about every minute; off, only the tasks in "
               "your list are asked about."),
        )  # fmt: skip
        self._result = line()
        self._test = push_button(tr("Test"), self._press_test)
        self._replace = push_button(tr("Replace key…"), self._press_replace)
        self._remove = push_button(tr("Remove…"), self._ask_to_remove)
        self._question = _Question()
        self._credit = _CreditView()
        self._side = QWidget()
        self._none = line(tr("No account yet. Add the service you generate with."), "muted")
        self._arrange()
        self._list.currentRowChanged.connect(lambda _row: self._show_other())
        self._name.editingFinished.connect(self._renamed)
        self._importing.clicked.connect(
            lambda on: self.importing_chosen.emit(self.current, bool(on))
        )
        self._question.agreed.connect(self._removal_agreed)
        self._show_current()

    def _arrange(self) -> None:
        add = push_button(tr("Add account…"), self.add_requested.emit, icon="add")
        close = push_button(tr("Close"), self.accept)
        actions = QHBoxLayout()
        actions.setSpacing(theme.SMALL)
        for button in (self._test, self._replace, self._remove):
            actions.addWidget(button)
        actions.addStretch(1)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(theme.SMALL)
        side.addWidget(line(tr("Name")))
        for widget in (self._name, self._facts, self._importing):
            side.addWidget(widget)
        side.addLayout(actions)
        side.addWidget(self._result)
        side.addWidget(self._question)
        side.addWidget(self._credit)  # last: it comes later, and moves no button then
        side.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self._none)
        right.addWidget(Scrolling(self._side), 1)
        upper = QHBoxLayout()
        upper.setSpacing(theme.LARGE)
        upper.addWidget(self._list)
        upper.addLayout(right, 1)
        lower = QHBoxLayout()
        lower.addWidget(add)
        lower.addStretch(1)
        lower.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.HUGE,) * 4)
        box.setSpacing(theme.LARGE)
        box.addLayout(upper, 1)
        box.addLayout(lower)

    # --- what is so ------------------------------------------------------------------------

    def show_accounts(
        self, accounts: Sequence[Account], counts: Mapping[str, int] | None = None
    ) -> None:
        """Show these, with the number of list rows of each (None: not known yet); the chosen one
        stays chosen."""
        chosen = self.current
        self._name.setModified(self._name.isModified() and chosen in {a.id for a in accounts})
        self._counts = counts
        self._accounts = {account.id: account for account in accounts}
        self._list.blockSignals(True)
        self._list.clear()
        for account in accounts:
            item = QListWidgetItem(one_line(account.name, 120))
            item.setData(_ID, account.id)
            self._list.addItem(item)
        ids = list(self._accounts)
        self._list.setCurrentRow(ids.index(chosen) if chosen in ids else 0 if ids else -1)
        self._list.blockSignals(False)
        self._show_current()
        if self.current and self.current != chosen:
            self.page_opened.emit(self.current)

    @property
    def current(self) -> str:
        """The id of the chosen account; "" for none."""
        row = self._list.currentRow()
        return str(self._list.item(row).data(_ID)) if row >= 0 else ""

    def show_test_result(self, account: str, failure: str | None) -> None:
        """None: the key was accepted; else one sentence."""
        self._busy.discard(account)
        self._results[account] = failure
        self._show_current()

    def show_credit(self, account: str, credit: KeyCredit | None) -> None:
        """What the account's gateway says about its key; None: nothing is shown."""
        if credit is None:
            self._credits.pop(account, None)
        else:
            self._credits[account] = credit
        if account == self.current:
            self._credit.show_credit(credit)

    def show_problem(self, sentence: str) -> None:
        plain.set_text(styled(self._result, "error"), sentence)
        self._result.show()

    def set_busy(self, account: str, busy: bool) -> None:
        if busy:
            self._busy.add(account)
            self._results.pop(account, None)
        else:
            self._busy.discard(account)
        self._show_current()

    def _show_other(self) -> None:
        self._name.setModified(False)
        self._show_current()
        if self.current:
            self.page_opened.emit(self.current)

    def _show_current(self) -> None:
        account = self._accounts.get(self.current)
        self._side.setVisible(account is not None)
        self._none.setVisible(account is None)
        self._question.hide()
        if account is None:
            return
        if not self._name.isModified():
            plain.set_text(self._name, account.name)
        plain.set_text(self._facts, _facts(account, self._rows(account)))
        self._importing.setVisible(account.can_list)
        self._importing.setChecked(account.keep_importing)
        self._say_result(account.id)
        self._credit.show_credit(self._credits.get(account.id))
        is_tested = account.id in self._busy
        words = tr("Stop") if is_tested else tr("Test")  # the same button: it keeps the focus
        plain.set_text(self._test, words)
        plain.name(self._test, words)
        for button in (self._replace, self._remove):
            button.setEnabled(not is_tested)

    def _rows(self, account: Account) -> int | None:
        return None if self._counts is None else self._counts.get(account.id, 0)

    def _say_result(self, account: str) -> None:
        if account in self._busy:
            plain.set_text(styled(self._result, "muted"), tr("Checking with the service…"))
        elif account in self._results:
            failure = self._results[account]
            styled(self._result, "error" if failure else "success")
            plain.set_text(self._result, failure or tr("The service accepts this key."))
        self._result.setVisible(account in self._busy or account in self._results)

    # --- the user --------------------------------------------------------------------------

    def _press_test(self) -> None:
        is_tested = self.current in self._busy
        (self.test_stopped if is_tested else self.test_requested).emit(self.current)

    def _press_replace(self) -> None:
        self.replace_key_requested.emit(self.current)

    def _renamed(self) -> None:
        account = self._accounts.get(self.current)
        name = " ".join(self._name.text().split())
        self._name.setModified(False)
        if account is not None and name and name != account.name:
            self.rename_requested.emit(account.id, name)

    def _ask_to_remove(self) -> None:
        account = self._accounts.get(self.current)
        if account is not None:
            self._question.ask(_consequence(account, self._rows(account) or 0))

    def _removal_agreed(self) -> None:
        if self.current:
            self.remove_requested.emit(self.current)


class _Question(QFrame):
    """Signals:
    agreed: the account may go.
    """

    agreed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accountStrip")
        self._text = line()
        self._keep = push_button(tr("Keep"), self.hide)
        remove = push_button(tr("Remove account"), self._agree)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SMALL)
        buttons.addWidget(remove)
        buttons.addWidget(self._keep)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        box.setSpacing(theme.SMALL)
        box.addWidget(self._text)
        box.addLayout(buttons)
        self.hide()

    def ask(self, text: str) -> None:
        plain.set_text(self._text, text)
        self.show()
        self._keep.setFocus()

    def _agree(self) -> None:
        self.hide()
        self.agreed.emit()


class _CreditView(QWidget):
    """What a gateway says about a key, a line for each thing it says."""

    def __init__(self) -> None:
        super().__init__()
        self._title = line("", "caption")
        self._lines = Value()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.SMALL, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self._title)
        box.addWidget(self._lines)
        self.hide()

    def show_credit(self, credit: KeyCredit | None) -> None:
        self.setVisible(credit is not None)
        if credit is None:
            return
        said_at = tr("The gateway about this key, {time}", time=fmt.clock(credit.asked_at))
        plain.set_text(self._title, said_at)
        rows = (
            tr("{title}: {value}", title=title, value=value) for title, value in credit_rows(credit)
        )
        plain.set_text(self._lines, "\n".join(rows))
        plain.name(self._lines, said_at, self._lines.text())
        plain.set_tooltip(self._lines, models_tip(credit))


def _facts(account: Account, rows: int | None) -> str:
    key = {
        KeySource.VAULT: tr("in the password store"),
        KeySource.SESSION: tr("kept until you quit"),
        KeySource.ENVIRONMENT: tr("from {variable}", variable=one_line(account.key_env, 60)),
    }[account.key_source]
    hint = f"·{account.key_hint} " if account.key_hint else ""
    lines = [
        service_title(account.service),
        one_line(account.base_url, 200),
        tr("Key {hint}{where}", hint=hint, where=key),
        "" if rows is None else tr("%n row(s) in the list", None, rows),
    ]
    return "\n".join(lines)


def _consequence(account: Account, rows: int) -> str:
    gone = tr("%n row(s) leave the list", None, rows)
    return tr(
        "Remove “{name}”? {rows} and its key is forgotten. Saved files stay where they are.",
        name=one_line(account.name, 120),
        rows=gone,
    )
