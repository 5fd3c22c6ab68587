"""Whom an account trusts beside the computer's own certificate authorities."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import icon_button, line, push_button, styled


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
