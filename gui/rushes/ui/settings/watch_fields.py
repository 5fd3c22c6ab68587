"""Settings: where new task ids may turn up by themselves."""

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import check_box, push_button


class WatchFields:
    """Attributes:
    folder: The field with the folder; empty: none is watched.
    row: The same with its button.
    clipboard: The box for the clipboard.
    """

    def __init__(self, folder: str, *, clipboard: bool) -> None:
        self.folder = QLineEdit()
        self.folder.setPlaceholderText(tr("None"))
        plain.set_text(self.folder, folder)
        self._choose = push_button(tr("Choose…"), self._ask)
        plain.name(self._choose, tr("Choose the folder to watch"))
        self.row = QHBoxLayout()
        self.row.setSpacing(theme.SMALL)
        self.row.addWidget(self.folder, 1)
        self.row.addWidget(self._choose)
        words = tr("Offer task IDs that are copied in other programs")
        self.clipboard = check_box(words, is_on=clipboard)

    def _ask(self) -> None:
        parent: QWidget = self.folder.window()
        dialog = QFileDialog(parent, tr("Folder to watch for task IDs"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: plain.set_text(self.folder, path))
        dialog.open()
