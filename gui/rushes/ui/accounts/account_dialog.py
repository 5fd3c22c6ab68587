"""Add an account, or give one a new key. Not modal: watching goes on behind it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from rushes.core.account import Account, Service
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.ui.accounts.form import AccountDraft, AddressField, AuthorityField, KeyForm
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, push_button, styled

_TALLEST = 900


class AccountDialog(QDialog):
    """Asks for a service, an address, a key and a name.

    Args:
        account: Whose key is replaced; its address stays, since a key belongs to one origin.
            None: a new account.

    Signals:
        test_requested: an `AccountDraft`; answer with `show_test_result`.
        submitted: an `AccountDraft`; answer with `finish` or `show_problem`.
    """

    test_requested = Signal(AccountDraft)
    submitted = Signal(AccountDraft)

    def __init__(self, parent: QWidget | None = None, account: Account | None = None) -> None:
        super().__init__(parent)
        self.account = account
        self.setMinimumWidth(460)
        title = tr("Add account") if account is None else tr("Replace key")
        self.setWindowTitle(title)
        plain.name(self, title)
        self._service = QComboBox()
        for service in Service:
            self._service.addItem(service.title, service)
        plain.name(self._service, tr("Service"))
        self._address = AddressField()
        self.authority = AuthorityField()
        self._form = KeyForm(with_name=account is None, with_import=account is None)
        self._form.show_where_the_key_goes(False)
        self._problem = line("", "error")
        self._problem.hide()
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
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.HUGE,) * 4)
        box.setSpacing(theme.TINY)
        box.addWidget(line(head, "title"))
        box.addSpacing(theme.SMALL)
        if self.account is None:
            box.addWidget(line(tr("Service")))
            box.addWidget(self._service)
            box.addSpacing(theme.SMALL)
        box.addWidget(line(tr("Address")))
        box.addWidget(self._address)
        box.addWidget(self.authority)
        box.addSpacing(theme.SMALL)
        box.addWidget(self._form)
        box.addWidget(self._problem)
        box.addSpacing(theme.MEDIUM)
        box.addStretch(1)
        box.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._grow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        """Tall enough for all lines: sentences come and go, and wrap as the language has it."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.setMinimumHeight(min(layout.totalHeightForWidth(self.width()), _TALLEST))

    def _connect(self) -> None:
        self._service.currentIndexChanged.connect(lambda _index: self._service_chosen())
        self._address.changed.connect(self._address_typed)
        self._address.origin_changed.connect(self._origin_changed)
        self._form.test_pressed.connect(self._test_pressed)

    def _show_account(self, account: Account) -> None:
        self._address.show_url(account.base_url)
        self._address.set_editable(False)
        self.authority.show_file(account.ca_file)
        self._form.show_service(account.service, account.base_url)
        self._form.key.take_focus()

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
        self._problem.hide()
        self._form.show_service(self.service, self._address.checked().value)

    def _origin_changed(self) -> None:
        if not self._form.key.is_empty:
            self._form.key.clear(tr("The address changed. Paste the key that belongs to it."))

    def _draft(self) -> AccountDraft | None:
        return self._form.draft(self.authority.path) if self._address.complain() else None

    def _test_pressed(self) -> None:
        if (draft := self._draft()) is not None:
            self.test_requested.emit(draft)

    def _submit_pressed(self) -> None:
        if (draft := self._draft()) is not None:
            self._problem.hide()
            self.submitted.emit(draft)

    # --- answers ---------------------------------------------------------------------------

    def show_test_result(self, failure: str | None) -> None:
        """None: the key was accepted; else one sentence."""
        self.set_busy(False)
        self._form.show_test_result(failure)
        self._grow()

    def show_problem(self, sentence: str) -> None:
        """The account could not be kept."""
        self.set_busy(False)
        plain.set_text(styled(self._problem, "error"), sentence)
        self._problem.show()
        self._grow()

    def set_busy(self, busy: bool) -> None:
        self._form.set_busy(busy)
        for widget in (self._service, self._address, self.authority, self._submit):
            widget.setEnabled(not busy)

    def set_vault_note(self, note: str) -> None:
        """Where the key will be kept, if not in the system's password store."""
        self._form.set_vault_note(note)
        self._grow()

    def set_environment_key(self, value: str) -> None:
        """Offer a key found in ARK_API_KEY; used after a click only."""
        self._form.set_environment_key(value)
        self._grow()

    def finish(self) -> None:
        """All is done: forget the key and close."""
        self.accept()

    def done(self, result: int) -> None:
        self._form.key.clear()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._form.key.clear()
        super().closeEvent(event)
