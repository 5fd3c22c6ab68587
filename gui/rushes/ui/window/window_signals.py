"""What a window of Rushes can say: every wish of the user as one signal."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow


class WindowSignals(QMainWindow):
    """Signals, with their arguments where the name does not say them:

    add_requested: the field for ids was opened.
    text_given: text that was pasted, dropped or typed, to be searched for ids: a string, or a
        memoryview of the UTF-8 of a long one.
    files_dropped: list[Path] to be read.
    add_confirmed: account id, list of `Found`.
    refresh_requested: account id, or "" for all.
    save_requested, look_requested, remove_requested, export_requested, elsewhere_requested,
        upstream_requested,        copy_files_requested, selection_changed: list[Key].
    save_as_requested, reveal_requested, open_requested, open_with_requested,
        cancel_requested: Key.
    copy_requested: one of seed, parameters, id, path, curl, url, prompt; list[Key].
    frame_wanted: the path of the clip, the frame from 1, its `QImage`, and whether it goes to
        the clipboard instead of a file.
    mark_requested: list[Key], a function Mark -> Mark.
    compare_requested: list[Key], two to four.
    watch_requested: list[Key], whether to watch on.
    import_recent_requested, account_…_requested: account id.
    accounts_requested: a service is to be added.
    unseen_wanted: the takes nobody has looked at are to be selected.
    seen: list[Key] that the user has looked at.
    current_changed: the Key whose details are to be shown, or None.
    settings_changed: Settings.
    action_requested: the id of the action a message or an empty page offered.
    layout_changed: sizes, columns or sort changed; what `restore_layout` takes.
    order_wanted, rows_wanted, keys_wanted, places_wanted: what the table asks the store, see
        `TaskTable`; the answers come in through `MainWindow.table`.
    counts_wanted: the figures of sidebar and status bar, for `set_counts`.
    counted: Counts, when there are new ones.
    view_counts_wanted: dict[str, Listing]: how many tasks each saved view has, for
        `set_view_counts`.
    words_wanted: the values the search can complete, for `set_words`.
    undoable: a function that takes back what was done just now, for `undo_requested`.
    ticked: Unix seconds; every second while something moves on the screen, else when a
        figure changes or somebody comes to look.
    """

    close_requested = Signal()
    add_requested = Signal()
    text_given = Signal(object)  # a string; Qt would make another of it, twice
    files_dropped = Signal(list)
    add_confirmed = Signal(str, list)
    refresh_requested = Signal(str)
    save_requested = Signal(list)
    save_as_requested = Signal(object)
    save_expiring_requested = Signal()
    reveal_requested = Signal(object)
    open_requested = Signal(object)
    open_with_requested = Signal(object)
    copy_files_requested = Signal(list)
    copy_requested = Signal(str, list)
    remove_requested = Signal(list)
    export_requested = Signal(list)
    undo_requested = Signal()
    frame_wanted = Signal(str, int, QImage, bool)
    mark_requested = Signal(list, object)
    compare_requested = Signal(list)
    watch_requested = Signal(list, bool)
    look_requested = Signal(list)
    cancel_requested = Signal(object)
    elsewhere_requested = Signal(list)
    forget_prompts_requested = Signal()
    upstream_requested = Signal(list)
    unseen_wanted = Signal()
    seen = Signal(list)
    import_recent_requested = Signal(str)
    accounts_requested = Signal()
    manage_accounts_requested = Signal()
    account_remove_requested = Signal(str)
    account_replace_key_requested = Signal(str)
    account_resume_requested = Signal(str)
    selection_changed = Signal(list)
    current_changed = Signal(object)
    settings_changed = Signal(object)
    action_requested = Signal(str)
    layout_changed = Signal(str)
    order_wanted = Signal(object, int, bool)
    rows_wanted = Signal(list)
    keys_wanted = Signal(list, object)
    places_wanted = Signal(list)
    counts_wanted = Signal()
    counted = Signal(object)
    view_counts_wanted = Signal(dict)
    words_wanted = Signal()
    undoable = Signal(object)
    ticked = Signal(float)
