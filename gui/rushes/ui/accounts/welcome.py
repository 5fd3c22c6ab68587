"""The first run: a service, a key, a folder; a minute later the first rows are there."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Service
from rushes.presentation.text import tr
from rushes.presentation.words import service_title
from rushes.ui.accounts.form import (
    AccountDraft,
    AddressField,
    AskingDialog,
    AuthorityField,
    KeyForm,
    host_of,
)
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import (
    Elided,
    Scrolling,
    check_box,
    line,
    push_button,
    screen_room,
    styled,
)

_SERVICE, _KEY, _FOLDER = range(3)


class ServicePage(QWidget):
    """Which service, and where it is asked: `cards` and `address` say what changes."""

    def __init__(self) -> None:
        super().__init__()
        self.service = Service.ARK
        self.cards = ServiceCards()
        self.address = AddressField()
        self.authority = AuthorityField()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self.cards)
        box.addSpacing(theme.MEDIUM)
        box.addWidget(line(tr("Address")))
        box.addWidget(self.address)
        box.addWidget(self.authority)
        box.addStretch(1)
        self.cards.chosen.connect(self.choose)
        self.choose(Service.ARK)

    def choose(self, service: Service) -> None:
        self.service = service
        self.cards.choose(service)
        url = service.base_url
        self.address.show_url(url)
        if not url:
            self.address.take_focus()


class FolderPage(QWidget):
    """Signals:
    folder_chosen: an absolute path; answer with `show_folder`.
    """

    folder_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.folder = ""
        self._path = Elided()
        self._free = line("", "muted")
        self._name = Elided()
        choose = push_button(tr("Choose folder…"), self._choose, icon="folder")
        self.auto_save = check_box(tr("Save every result as soon as it is finished"), is_on=True)
        self.import_recent = check_box(tr("Import the last 7 days"), is_on=True)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._path, 1)
        row.addWidget(choose)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(line(tr("Results are kept in")))
        box.addLayout(row)
        box.addWidget(self._free)
        box.addSpacing(theme.MEDIUM)
        box.addWidget(line(tr("A file will be called, for example")))
        box.addWidget(self._name)
        box.addSpacing(theme.MEDIUM)
        box.addWidget(self.auto_save)
        box.addWidget(
            line(tr("Links of the services end after 24 hours; what is saved stays."), "muted")
        )
        box.addSpacing(theme.MEDIUM)
        box.addWidget(self.import_recent)
        box.addStretch(1)

    def show_folder(self, folder: str, told: str, role: str, example: str) -> None:
        self.folder = folder
        self._path.show_text(folder)
        plain.set_text(styled(self._free, role), told)
        self._name.show_text(example)

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Folder for results"), self.folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder_chosen.emit)
        dialog.open()


class Welcome(AskingDialog):
    """Three steps to the first row; `submitted` comes with folder and auto-save."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, KeyForm(with_import=False))
        self.setWindowTitle(tr("Welcome to Rushes"))
        plain.name(self, tr("Welcome to Rushes"))
        self.resize(QSize(560, 600).boundedTo(screen_room(self)))
        self._step = line("", "muted")
        self._title = line("", "title")
        self.service_page = ServicePage()
        self._key_page = QWidget()
        self.folder_page = FolderPage()
        self._pages = QStackedWidget()
        self._back = push_button(tr("Back"), self._go_back)
        self._later = push_button(tr("Not now"), self.reject, look="flat")
        self._next = push_button(tr("Next"), self._go_on, look="primary")
        self._next.setDefault(True)
        self._arrange()
        self._connect()
        self._service_changed()
        self._turn_to(_SERVICE)

    def _arrange(self) -> None:
        inner = QVBoxLayout(self._key_page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.form)
        inner.addStretch(1)
        for page in (self.service_page, self._key_page, self.folder_page):
            self._pages.addWidget(Scrolling(page))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SMALL)
        buttons.addWidget(self._later)
        buttons.addStretch(1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._next)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.HUGE,) * 4)
        box.setSpacing(theme.TINY)
        box.addWidget(self._step)
        box.addWidget(self._title)
        box.addSpacing(theme.MEDIUM)
        box.addWidget(self._pages, 1)
        box.addWidget(self._problem)
        box.addWidget(self._in_memory, 0, Qt.AlignmentFlag.AlignLeft)
        box.addSpacing(theme.SMALL)
        box.addLayout(buttons)

    def _connect(self) -> None:
        page = self.service_page
        page.cards.chosen.connect(self._service_changed)
        page.address.changed.connect(self._service_changed)
        page.address.origin_changed.connect(self._origin_changed)

    # --- the steps -------------------------------------------------------------------------

    @property
    def authority(self) -> AuthorityField:
        return self.service_page.authority

    @property
    def step(self) -> int:
        """From 0 to 2."""
        return self._pages.currentIndex()

    def _turn_to(self, step: int) -> None:
        titles = (tr("Choose a service"), tr("Paste the key"), tr("Keep every result"))
        plain.set_text(self._step, tr("Step {number} of {steps}", number=step + 1, steps=3))
        plain.set_text(self._title, titles[step])
        self._pages.setCurrentIndex(step)
        self._back.setVisible(step > _SERVICE)
        words = tr("Start watching") if step == _FOLDER else tr("Next")
        plain.set_text(self._next, words)
        plain.name(self._next, words)
        self.hide_problem()
        if step == _KEY:
            self.form.key.take_focus()

    def _go_back(self) -> None:
        self._turn_to(self.step - 1)

    def _go_on(self) -> None:
        match self.step:
            case 0:
                if self.service_page.address.complain():
                    self._turn_to(_KEY)
            case 1:
                if self.form.draft() is not None:
                    self._turn_to(_FOLDER)
            case _:
                self._submit_pressed()

    def _draft(self) -> AccountDraft | None:
        draft = self.form.draft(self.authority.path)
        if draft is None:
            self._turn_to(_KEY)
            return None
        page = self.folder_page
        return replace(
            draft,
            import_recent=draft.account.service.can_list and page.import_recent.isChecked(),
            folder=page.folder,
            auto_save=page.auto_save.isChecked(),
        )

    def _held(self) -> Sequence[QWidget]:
        return (self._next, self._back, self.service_page, self.folder_page)

    def _service_changed(self) -> None:
        page = self.service_page
        self.form.show_service(page.service, page.address.checked().value)
        self.folder_page.import_recent.setVisible(page.service.can_list)

    def _origin_changed(self) -> None:
        if not self.form.key.is_empty:
            self.form.key.clear(tr("The address changed. Paste the key that belongs to it."))

    # --- answers ---------------------------------------------------------------------------

    def set_folder(self, folder: str, told: str, role: str, example: str) -> None:
        """Where results will go, how much room is there, and a file name as it would be."""
        self.folder_page.show_folder(folder, told, role, example)


_COLUMNS = 2
#: Least height of a card (pixels).
_CARD = 52


class Card(QRadioButton):
    """Title and host of a service; all of it can be clicked."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.setProperty("card", True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)  # a long title, or large type, takes two lines
        self.setSizePolicy(policy)
        where = host_of(service.base_url) or tr("your own address")
        plain.name(self, service_title(service), where)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        box.setSpacing(0)
        for label in (line(service_title(service)), line(where, "caption")):
            _let_clicks_through(label)
            box.addWidget(label)

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return max(_CARD, layout.totalHeightForWidth(width) if layout else 0)


class ServiceCards(QWidget):
    """Signals:
    chosen: the `Service` of the card.
    """

    chosen = Signal(Service)

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Services"))
        self._group = QButtonGroup(self)
        self._cards = {service: Card(service) for service in Service}
        box = QGridLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SMALL)
        for index, card in enumerate(self._cards.values()):
            self._group.addButton(card)
            box.addWidget(card, index // _COLUMNS, index % _COLUMNS)
            card.clicked.connect(lambda _on=False, s=card.service: self.chosen.emit(s))

    def choose(self, service: Service) -> None:
        self._cards[service].setChecked(True)

    def card(self, service: Service) -> Card:
        return self._cards[service]


def _let_clicks_through(label: QLabel) -> None:
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
