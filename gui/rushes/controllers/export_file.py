"""Where a file goes that the user exports, and what is said when it is there."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure, Kind
from rushes.files.filenames import numbered
from rushes.presentation.sentences import name_too_long
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line

#: A kind of file in words, and its ending.
FileKind = tuple[str, str]


def ask_where(
    main: MainController,
    title: str,
    name: str,
    kinds: Sequence[FileKind],
    then: Callable[[Path], object],
) -> None:
    """Ask for a file to write, beginning in the folder of the last one.

    Args:
        name: What it is called without its ending, which the chosen kind gives it.
        then: Called with the path; its ending is one of the kinds'.
    """
    dialog = _dialog(main, title, kinds, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kinds[0][1])
    by_words = {_filter(kind): kind[1] for kind in kinds}
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(by_words[chosen]))
    dialog.selectFile(f"{name}.{kinds[0][1]}" if len(kinds) == 1 else name)
    dialog.open()


def ask_which(
    main: MainController, title: str, kinds: Sequence[FileKind], then: Callable[[Path], object]
) -> None:
    """Ask for a file to read, beginning in the same folder."""
    dialog = _dialog(main, title, kinds, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()


def _dialog(
    main: MainController, title: str, kinds: Sequence[FileKind], then: Callable[[Path], object]
) -> QFileDialog:
    settings = main.list.settings
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(main.window, title, settings.settings.exported_to or usual)
    dialog.setNameFilters([*map(_filter, kinds)])
    endings = [ending for _, ending in kinds]

    def take(chosen: str) -> None:
        path = Path(chosen)
        if path.suffix.lower().removeprefix(".") not in endings:
            path = path.with_name(f"{path.name}.{dialog.defaultSuffix() or endings[0]}")
            if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
                # The dialog asked about the name without the ending.
                path = next(free for free in numbered(path) if not os.path.lexists(free))
        settings.change(replace(settings.settings, exported_to=str(path.parent)))
        then(path)

    dialog.fileSelected.connect(take)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _filter(kind: FileKind) -> str:
    words, ending = kind
    return f"{words} (*.{ending})"


def tell(main: MainController, told: str, path: Path, *, kind: str = "success") -> None:
    """Say that it is there, with a button that shows it."""
    show = (tr("Show"), lambda: desktop.reveal(path))
    main.window.show_message(told, kind=kind, action=show, replace="export", timeout_s=12)


def tell_unwritten(main: MainController, why: Failure, path: Path) -> Failure | None:
    """Say that the file is not there, where disk, folder or name is why; else give it back."""
    name = one_line(path.name, 80)
    if too_long := name_too_long(path):
        told = too_long
    elif why.kind is Kind.DISK_FULL:
        told = tr("{name} was not written: the disk is full.", name=name)
    elif why.kind is Kind.FOLDER:
        told = tr(
            "{name} was not written: its folder is not there or cannot be written.", name=name
        )
    else:
        return why
    main.window.show_message(told, kind="error", replace="export", timeout_s=20)
    return None
