"""What the commands on selected rows ask for; the window hands nothing on, it only declares."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow

from rushes.core.task import Key


class WindowSignals(QMainWindow):
    """Signals, with their arguments where the name does not say them:

    save_requested, save_as_requested, move_requested, look_requested, remove_requested,
        elsewhere_requested, upstream_requested, copy_files_requested: list[Key].
    review_ended: list[Key], the takes that were reviewed.
    copy_requested: one of seed, parameters, id, path, curl, url, prompt; list[Key].
    export_requested: one of csv, json, timeline, contact_sheet, case; list[Key], empty: all shown.
    frame_wanted: the path of the clip, the frame from 1, its `QImage`, and whether it goes to
        the clipboard instead of a file.
    mark_requested: list[Key], a function Mark -> Mark.
    verdict_given: as `mark_requested`, after it, where that rates, picks or rejects.
    compare_requested: list[Key], two to four.
    watch_requested: list[Key], whether to watch on.
    """

    save_requested = Signal(list)
    save_as_requested = Signal(list)
    move_requested = Signal(list)
    review_ended = Signal(list)
    reveal_requested = Signal(Key)
    open_requested = Signal(Key)
    open_with_requested = Signal(Key)
    copy_files_requested = Signal(list)
    copy_requested = Signal(str, list)
    remove_requested = Signal(list)
    export_requested = Signal(str, list)
    frame_wanted = Signal(str, int, QImage, bool)
    last_frame_requested = Signal(Key)
    mark_requested = Signal(list, object)
    verdict_given = Signal(list, object)
    compare_requested = Signal(list)
    watch_requested = Signal(list, bool)
    look_requested = Signal(list)
    cancel_requested = Signal(Key)
    elsewhere_requested = Signal(list)
    upstream_requested = Signal(list)
