"""The services to choose from, one card each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Service
from rushes.presentation.text import tr
from rushes.ui.accounts.draft import host_of
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line

_COLUMNS = 2


class Card(QPushButton):
    """Title and host of a service; a radio button in all but looks."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("card", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        where = host_of(service.base_url) or tr("your own address")
        plain.name(self, service.title, where)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        box.setSpacing(0)
        for label in (line(service.title), line(where, "caption")):
            _let_clicks_through(label)
            box.addWidget(label)


class ServiceCards(QWidget):
    """Signals:
    chosen: the `Service` of the card.
    """

    chosen = Signal(object)

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
