"""Which proxy the program uses: the system's, none, or one for everything."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from rushes.core.settings import is_proxy
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

_BY_HAND = "by hand"


class ProxyField(QWidget):
    """Signals:
    changed: something was chosen or typed.
    """

    changed = Signal()

    def __init__(self, now: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = QComboBox()
        for value, words in (
            ("system", tr("Like the system")),
            ("none", tr("None")),
            (_BY_HAND, tr("This one")),
        ):
            self._choice.addItem(words, value)
        self._address = QLineEdit()
        self._address.setPlaceholderText("http://proxy.example:8080")
        plain.name(self._choice, tr("Proxy"))
        plain.name(self._choice.view(), tr("Proxy"))
        plain.name(self._address, tr("Address of the proxy"))
        by_hand = self._choice.findData(now) < 0
        self._choice.setCurrentIndex(self._choice.findData(_BY_HAND if by_hand else now))
        plain.set_text(self._address, now if by_hand else "")
        self._address.setEnabled(by_hand)
        self._choice.currentIndexChanged.connect(self._chose)
        self._address.textChanged.connect(self.changed)
        self.setFocusProxy(self._choice)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SMALL)
        box.addWidget(self._choice)
        box.addWidget(self._address, 1)

    def chosen(self) -> str:
        """What `Settings.proxy` should be; see `problem`."""
        if self._choice.currentData() != _BY_HAND:
            return str(self._choice.currentData())
        return self._address.text().strip()

    def problem(self) -> str:
        """Why that cannot be used; "" when it can."""
        if is_proxy(self.chosen()):
            return ""
        return tr("A proxy is written as http://host:port, without a user name or password.")

    def _chose(self) -> None:
        self._address.setEnabled(self._choice.currentData() == _BY_HAND)
        self.changed.emit()
