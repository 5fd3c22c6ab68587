"""Key, name and test: the part the first run and the account dialog share."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Dialect, Service
from rushes.core.secret import Secret
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.ui.accounts.draft import AccountDraft, host_of, usual_name
from rushes.ui.accounts.key_field import KeyField
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import check_box, line, push_button, styled


class KeyForm(QWidget):
    """Parts that are left out get no widget on the screen.

    Signals:
        test_pressed: the user wants to know whether the key is accepted.
    """

    test_pressed = Signal()

    def __init__(self, *, with_name: bool = True, with_import: bool = True) -> None:
        super().__init__()
        self._service = Service.ARK
        self._base_url = ""
        self._environment: Secret | None = None
        self._goes_to = line("", "muted")
        self.key = KeyField()
        self._name_title = line(tr("Name"))
        self._name = QLineEdit()
        self._name.setMaxLength(120)
        plain.name(self._name, tr("Name"))
        self._import = check_box(tr("Import the last 7 days"), is_on=True)
        self._test = push_button(tr("Test"), self.test_pressed.emit)
        self._result = line()
        self._vault = line("", "warning")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        plain.name(self._busy, tr("Please wait"))
        self._with_name = with_name
        self._with_import = with_import
        self._arrange()
        self.key.changed.connect(lambda: self.say(""))
        for widget in (self._vault, self._busy, self._result):
            widget.hide()

    def _arrange(self) -> None:
        test = QHBoxLayout()
        test.setSpacing(theme.SMALL)
        test.addWidget(self._test)
        test.addWidget(self._result, 1)
        test.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(line(tr("API key")))
        box.addWidget(self.key)
        box.addWidget(self._goes_to)
        box.addSpacing(theme.TINY)
        box.addLayout(test)
        box.addWidget(self._busy)
        box.addWidget(self._vault)
        if self._with_name:
            box.addSpacing(theme.SMALL)
            box.addWidget(self._name_title)
            box.addWidget(self._name)
        if self._with_import:
            box.addSpacing(theme.TINY)
            box.addWidget(self._import)

    def show_service(self, service: Service, base_url: str) -> None:
        """The key is for this service at this address ("": not known yet)."""
        untouched = self._name.text() in ("", usual_name(self._service, self._base_url))
        self._service, self._base_url = service, base_url
        if untouched:
            plain.set_text(self._name, usual_name(service, base_url))
        self._import.setVisible(self._with_import and service.can_list)
        host = host_of(base_url)
        text = tr("The key will be sent to {host} and nowhere else.", host=host) if host else ""
        plain.set_text(self._goes_to, text)
        self._offer_environment()

    def show_where_the_key_goes(self, on: bool) -> None:
        """Off where an address field says it already."""
        self._goes_to.setVisible(on)

    def set_environment_key(self, value: str) -> None:
        """A key found in ARK_API_KEY; "" for none."""
        self._environment = Secret(value) if value else None
        self._offer_environment()

    def _offer_environment(self) -> None:
        fits = self._service.dialect is Dialect.ARK
        words = tr("Use the key in {variable}", variable="ARK_API_KEY")
        self.key.offer(words, self._environment if fits else None)

    def draft(self) -> AccountDraft | None:
        """What was typed, or None after saying what is missing."""
        secret = self.key.secret()
        if secret is None:
            return None
        name = one_line(self._name.text(), 120)
        return AccountDraft(
            name=name or usual_name(self._service, self._base_url),
            service=self._service,
            base_url=self._base_url,
            secret=secret,
            import_recent=self._imports(),
        )

    def _imports(self) -> bool:
        return self._with_import and self._service.can_list and self._import.isChecked()

    def say(self, text: str, role: str = "error") -> None:
        plain.set_text(styled(self._result, role), text)
        self._result.setVisible(text != "")

    def show_test_result(self, failure: str | None) -> None:
        """None: the key was accepted."""
        if failure is None:
            self.say(tr("The service accepts this key."), "success")
        else:
            self.say(failure)

    def set_busy(self, busy: bool) -> None:
        for widget in (self.key, self._name, self._import, self._test):
            widget.setEnabled(not busy)
        self._busy.setVisible(busy)
        if busy:
            self.say("")

    def set_vault_note(self, note: str) -> None:
        plain.set_text(self._vault, note)
        self._vault.setVisible(note != "")
