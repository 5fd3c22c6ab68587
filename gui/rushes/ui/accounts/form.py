"""The form for an account that the first run and the account dialog share: its address, the
certificates trusted for it, its key and its name, and what is wrong with what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import (
    Account,
    BadBaseUrl,
    Dialect,
    KeySource,
    Service,
    normalise_base_url,
    origin,
)
from rushes.core.secret import BadKey, Secret, clean_key
from rushes.presentation.account_problems import address_problem, key_problem
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import service_title
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import check_box, icon_button, line, push_button, styled


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What was typed, checked for shape only.

    Attributes:
        account: Without an id.
        import_recent: Whether to fetch what the service lists of the last 7 days.
        folder, auto_save: From the first run only; None: not asked.
    """

    account: Account
    secret: Secret
    import_recent: bool = False
    folder: str | None = None
    auto_save: bool | None = None


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A value, or the sentence that says why there is none."""

    value: str = ""
    problem: str = ""


def needs_url(service: Service) -> bool:
    return service.base_url == ""


def host_of(base_url: str) -> str:
    return urlsplit(base_url).netloc


def checked_url(text: str) -> CheckedText:
    if not text.strip():
        return CheckedText(problem=tr("Type the address of the service."))
    try:
        return CheckedText(normalise_base_url(text))
    except BadBaseUrl as e:
        return CheckedText(problem=address_problem(e))


def checked_key(text: str) -> CheckedText:
    """Trim what comes along when a key is copied. No pattern: keys of any shape exist."""
    try:
        return CheckedText(clean_key(text).reveal())
    except BadKey as e:
        return CheckedText(problem=key_problem(e))


def usual_name(service: Service, base_url: str) -> str:
    """What an account is called until the user says otherwise."""
    return host_of(base_url) if needs_url(service) and base_url else service_title(service)


#: The longest key any vault takes is 1,280 characters; a longer paste is a mistake to be told.
_LONGEST_KEY = 4096


class KeyField(QWidget):
    """Signals:
    changed: the text is another one.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered: Secret | None = None
        self._field = QLineEdit()
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._field.setMaxLength(_LONGEST_KEY)
        self._field.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._field.setPlaceholderText(tr("Paste the API key"))
        plain.name(self._field, tr("API key"))
        self._reveal = push_button(tr("Show"), self._toggle)
        self._reveal.setCheckable(True)
        plain.name(self._reveal, tr("Show the key"))
        self._offer = push_button("", self._take_offer, look="link")
        self._offer.hide()
        self._note = line("", "error")
        self._note.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.TINY)
        row.addWidget(self._field, 1)
        row.addWidget(self._reveal)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addLayout(row)
        box.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._note)
        self._field.textChanged.connect(self._typed)

    @property
    def is_empty(self) -> bool:
        return self._field.text() == ""

    def secret(self) -> Secret | None:
        """The key, or None after saying what is wrong with it."""
        found = checked_key(self._field.text())
        if found.problem:
            self._show_note(found.problem)
            self._field.setFocus()
            return None
        return Secret(found.value)

    def clear(self, why: str = "") -> None:
        self._field.clear()
        self._show_plainly(False)
        if why:
            self._show_note(why, "warning")

    def offer(self, words: str, secret: Secret | None) -> None:
        """Offer a key found elsewhere; it is taken by a click only. None: offer nothing."""
        self._offered = secret
        plain.set_text(self._offer, words)
        plain.name(self._offer, words)
        self._offer.setVisible(secret is not None)

    def take_focus(self) -> None:
        self._field.setFocus()

    def _take_offer(self) -> None:
        if self._offered is not None:
            plain.set_text(self._field, self._offered.reveal())
            self._offer.hide()

    def _typed(self) -> None:
        self._note.hide()
        self.changed.emit()

    def _toggle(self) -> None:
        self._show_plainly(self._reveal.isChecked())

    def _show_plainly(self, on: bool) -> None:
        mode = QLineEdit.EchoMode
        self._field.setEchoMode(mode.Normal if on else mode.Password)
        self._reveal.setChecked(on)
        plain.set_text(self._reveal, tr("Hide") if on else tr("Show"))
        plain.name(self._reveal, tr("Hide the key") if on else tr("Show the key"))

    def _show_note(self, text: str, role: str = "error") -> None:
        plain.set_text(styled(self._note, role), text)
        self._note.show()


class AddressField(QWidget):
    """Signals:
    changed: by hand or by `show_url`.
    origin_changed: scheme, host or port is another one: a key typed for the old one is void.
    """

    changed = Signal()
    origin_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._origin: tuple[str, str, int] | None = None
        self._field = QLineEdit()
        self._field.setPlaceholderText("https://")
        self._field.setMaxLength(500)
        plain.name(self._field, tr("Address"))
        self._note = line("", "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self._field)
        box.addWidget(self._note)
        self._field.textChanged.connect(self._typed)
        self._field.editingFinished.connect(lambda: self._show_host(strict=True))
        self._typed()

    def show_url(self, url: str) -> None:
        plain.set_text(self._field, url)
        self._show_host(strict=False)

    def set_editable(self, on: bool) -> None:
        self._field.setReadOnly(not on)

    def checked(self) -> CheckedText:
        return checked_url(self._field.text())

    def complain(self) -> bool:
        """Say what is wrong, if anything is. Returns whether the address is good."""
        self._show_host(strict=True)
        good = not self.checked().problem
        if not good:
            self._field.setFocus()
        return good

    def take_focus(self) -> None:
        self._field.setFocus()

    def _typed(self) -> None:
        found = self.checked()
        new = origin(found.value) if found.value else None
        self._show_host(strict=False)
        if new != self._origin:
            self._origin = new
            self.origin_changed.emit()
        self.changed.emit()

    def _show_host(self, *, strict: bool) -> None:
        """While typing, half an address is no mistake yet: then nothing is said."""
        found = self.checked()
        wrong = found.problem != "" and strict and self._field.text() != ""
        if found.value:
            host = host_of(found.value)
            text = tr("The key will be sent to {host} and nowhere else.", host=host)
        else:
            text = found.problem if wrong else tr("Type the address of the service.")
        plain.set_text(self._note, text)
        styled(self._note, "error" if wrong else "muted")
        if self._field.property("wrong") != wrong:
            self._field.setProperty("wrong", wrong)
            self._field.style().unpolish(self._field)
            self._field.style().polish(self._field)


class AuthorityField(QWidget):
    """A file of certificates, for company networks and gateways of one's own; usually none.

    Signals:
        chosen: the absolute path of a file; answer with `show_file` or `show_problem`.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.path = ""
        self._told = line("", "muted")
        self._choose = push_button(tr("Certificates…"), self._ask, look="flat")
        self._clear = icon_button("close", tr("Trust this computer's authorities alone"))
        self._clear.clicked.connect(lambda _checked=False: self.show_file(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self._told, 1)
        row.addWidget(self._clear)
        row.addWidget(self._choose)
        self.show_file("")

    def show_file(self, path: str) -> None:
        """What is trusted from now on; "": what the computer trusts, and nothing more."""
        self.path = path
        name = one_line(Path(path).name, 80)
        told = (
            tr("Trusted: the authorities of this computer and of {file}.", file=name)
            if path
            else tr("Trusted: the certificate authorities of this computer.")
        )
        plain.set_text(styled(self._told, "muted"), told)
        self._clear.setVisible(bool(path))

    def show_problem(self, path: str) -> None:
        """The file is no use; what was trusted before stays."""
        told = tr("{path} cannot be used: it must be a PEM file with certificates.", path=path)
        plain.set_text(styled(self._told, "error"), told)

    def _ask(self) -> None:
        dialog = QFileDialog(self, tr("Certificates to trust"), str(Path(self.path).parent))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.chosen.emit)
        dialog.open()


class KeyForm(QWidget):
    """Parts that are left out get no widget on the screen.

    Signals:
        test_pressed: the user wants to know whether the key is accepted.
        stop_pressed: not any more: the same button, while it is tested.
    """

    test_pressed = Signal()
    stop_pressed = Signal()

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
        self._is_testing = False
        self._test = push_button(tr("Test"), self._press)
        self._result = line()
        self._vault = line("", "warning")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        plain.name(self._busy, tr("Please wait"))
        self._with_name = with_name
        self._with_import = with_import
        self._arrange()
        self.key.changed.connect(lambda: self.show_result(""))
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

    def hide_where_the_key_goes(self) -> None:
        """For a dialog whose address field says it already."""
        self._goes_to.hide()

    def set_environment_key(self, value: str) -> None:
        """A key found in ARK_API_KEY; "" for none."""
        self._environment = Secret(value) if value else None
        self._offer_environment()

    def _offer_environment(self) -> None:
        fits = self._service.dialect is Dialect.ARK
        words = tr("Use the key in {variable}", variable="ARK_API_KEY")
        self.key.offer(words, self._environment if fits else None)

    def draft(self, ca_file: str = "") -> AccountDraft | None:
        """What was typed, or None after saying what is missing.

        Args:
            ca_file: Chosen elsewhere.
        """
        secret = self.key.secret()
        if secret is None:
            return None
        name = one_line(self._name.text(), 120)
        account = Account(
            name=name or usual_name(self._service, self._base_url),
            service=self._service,
            base_url=self._base_url,
            key_hint=secret.hint,
            ca_file=ca_file,
        )
        return AccountDraft(account=account, secret=secret, import_recent=self._imports())

    def _imports(self) -> bool:
        return self._with_import and self._service.can_list and self._import.isChecked()

    def show_result(self, text: str, role: str = "error") -> None:
        plain.set_text(styled(self._result, role), text)
        self._result.setVisible(text != "")

    def show_test_result(self, failure: str | None) -> None:
        """None: the key was accepted."""
        if failure is None:
            self.show_result(tr("The service accepts this key."), "success")
        else:
            self.show_result(failure)

    def set_busy(self, busy: bool, *, testing: bool = False) -> None:
        """While a key is tested, the button that began it ends it: it keeps the focus, so that
        pressing a key twice does nothing else."""
        self._is_testing = busy and testing
        for widget in (self.key, self._name, self._import):
            widget.setEnabled(not busy)
        self._test.setEnabled(not busy or testing)
        words = tr("Stop") if self._is_testing else tr("Test")
        plain.set_text(self._test, words)
        plain.name(self._test, words)
        self._busy.setVisible(busy)
        if busy:
            self.show_result("")

    def _press(self) -> None:
        (self.stop_pressed if self._is_testing else self.test_pressed).emit()

    def set_vault_note(self, note: str) -> None:
        plain.set_text(self._vault, note)
        self._vault.setVisible(note != "")


class AskingDialog(QDialog):
    """What the first run and the account dialog share: they ask for a key.

    Signals:
        test_requested: an `AccountDraft`; answer with `set_busy(True, testing=True)`, then
            `show_test_result`; `form.stop_pressed` says that none is wanted any more.
        submitted: an `AccountDraft`; answer with `finish` or `show_problem`, and with
            `show_silence` meanwhile. It may come again, for a key that is kept until the program
            ends: then the first is void.
    """

    test_requested = Signal(AccountDraft)
    submitted = Signal(AccountDraft)

    def __init__(self, parent: QWidget | None, form: KeyForm) -> None:
        super().__init__(parent)
        self.form = form
        self._problem = line("", "error")
        self._in_memory = push_button(tr("Keep the key until I quit"), self._submit_for_session)
        self._problem.hide()
        self._in_memory.hide()
        form.test_pressed.connect(self._test_pressed)

    def _draft(self) -> AccountDraft | None:
        """What was typed, or None after saying what is missing."""
        raise NotImplementedError

    def _held(self) -> Sequence[QWidget]:
        """What cannot be changed while an answer is awaited."""
        raise NotImplementedError

    def _grow(self) -> None:
        """Lines have come or gone."""

    def _test_pressed(self) -> None:
        if (draft := self._draft()) is not None:
            self.test_requested.emit(draft)

    def _submit_pressed(self) -> None:
        if (draft := self._draft()) is not None:
            self.hide_problem()
            self.submitted.emit(draft)

    def _submit_for_session(self) -> None:
        if (draft := self._draft()) is not None:
            self.hide_problem()
            account = replace(draft.account, key_source=KeySource.SESSION)
            self.submitted.emit(replace(draft, account=account))

    # --- answers ---------------------------------------------------------------------------

    def show_test_result(self, failure: str | None) -> None:
        """None: the key was accepted; else one sentence."""
        self.set_busy(False)
        self.form.show_test_result(failure)
        self._grow()

    def show_problem(self, sentence: str, *, of_the_vault: bool = False) -> None:
        """The account could not be kept; of the password store: it can be kept without it."""
        self.set_busy(False)
        self._show_sentence(sentence, "error", in_memory=of_the_vault)

    def show_silence(self, sentence: str) -> None:
        """The password store takes its time: the user may go on without it."""
        self._show_sentence(sentence, "warning", in_memory=True)

    def hide_problem(self) -> None:
        self._problem.hide()
        self._in_memory.hide()

    def _show_sentence(self, sentence: str, role: str, *, in_memory: bool) -> None:
        plain.set_text(styled(self._problem, role), sentence)
        self._problem.show()
        self._in_memory.setVisible(in_memory)
        self._grow()

    def set_busy(self, busy: bool, *, testing: bool = False) -> None:
        self.form.set_busy(busy, testing=testing)
        for widget in self._held():
            widget.setEnabled(not busy)
        self._grow()

    def set_vault_note(self, note: str) -> None:
        """Where the key will be kept, if not in the system's password store."""
        self.form.set_vault_note(note)
        self._grow()

    def set_environment_key(self, value: str) -> None:
        """Offer a key found in ARK_API_KEY; used after a click only."""
        self.form.set_environment_key(value)
        self._grow()

    def finish(self) -> None:
        """All is done: forget the key and close."""
        self.accept()

    def done(self, result: int) -> None:
        self.form.key.clear()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.form.key.clear()
        super().closeEvent(event)
