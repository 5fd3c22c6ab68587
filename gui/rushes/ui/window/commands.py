"""Every command of the window in one table: its words, keys, icon, menus, panes, and what it does.

To add one is to add one entry here: menus, tool tips, the list of shortcuts, the preview, the full
screen, the gallery and the comparison are made from the table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rushes.core.account import Account
from rushes.core.grouping import GroupBy
from rushes.core.listing import Counts, ListFilter
from rushes.core.pace import may_still_change
from rushes.core.task import Pick
from rushes.core.views import View
from rushes.presentation.no_file import can_be_had, why_no_file, why_none_has_a_file
from rushes.presentation.text import tr
from rushes.ui.commands.command import EVERYWHERE, LOOKING, Command, Menu, MenuPlace, Pane
from rushes.ui.commands.playback import PLAYER, Playback
from rushes.ui.list.task_model import can_save, local_files
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import review
from rushes.ui.window.grouping import Grouping
from rushes.ui.window.selected_rows import SelectedRows
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.toolbar import Toolbar
from rushes.ui.window.view_stack import COMPARE, GALLERY, LIST, USAGE, ViewStack
from rushes.ui.window.view_switch import ViewSwitch
from rushes.ui.window.window_signals import WindowSignals


def _nothing() -> None:
    """As long as no controller has said what is done."""


def _no_button() -> tuple[str, Callable[[], object]] | None:
    """As long as nothing can be undone."""
    return None


@dataclass(slots=True)
class Handlers:
    """What commands ask for that the window cannot do by itself. Controllers put theirs in."""

    add: Callable[[], object] = _nothing
    paste: Callable[[], object] = _nothing
    refresh: Callable[[], object] = _nothing
    undo: Callable[[], object] = _nothing
    redo: Callable[[], object] = _nothing
    undo_button: Callable[[], tuple[str, Callable[[], object]] | None] = _no_button
    show_unseen: Callable[[], object] = _nothing
    forget_prompts: Callable[[], object] = _nothing
    export_list: Callable[[], object] = _nothing
    import_list: Callable[[], object] = _nothing
    save_expiring: Callable[[], object] = _nothing
    trash_rejected: Callable[[], object] = _nothing
    take_in: Callable[[], object] = _nothing
    add_account: Callable[[], object] = _nothing
    show_accounts: Callable[[], object] = _nothing
    show_settings: Callable[[], object] = _nothing
    show_shortcuts: Callable[[], object] = _nothing
    show_about: Callable[[], object] = _nothing
    show_newer: Callable[[], object] = _nothing
    toggle_density: Callable[[], object] = _nothing
    save_view: Callable[[], object] = _nothing
    rename_view: Callable[[], object] = _nothing
    remove_view: Callable[[], object] = _nothing
    review: Callable[[], object] = _nothing
    next_take: Callable[[], object] = _nothing
    previous_take: Callable[[], object] = _nothing
    first_take: Callable[[], object] = _nothing
    last_take: Callable[[], object] = _nothing
    toggle_going_on: Callable[[], object] = _nothing
    quit: Callable[[], object] = _nothing


@dataclass(slots=True)
class CommandContext:
    """What commands act on, and what is asked before they are offered.

    Attributes:
        show_pane: Shows "sidebar" or "inspector" as its command is checked.
        accounts, counts: As they were last read.
        away: Folders of saved files that are not there now.
        is_saved_view: Whether what is shown is a saved view.
    """

    window: WindowSignals
    toolbar: Toolbar
    sidebar: Sidebar
    content: ViewStack
    table: TaskTable
    rows: SelectedRows
    groups: Grouping
    views: ViewSwitch
    show_pane: Callable[[str], object]
    enter_next_pane: Callable[[], object]
    clear_or_leave: Callable[[], object]
    do: Handlers = field(default_factory=Handlers)
    accounts: Sequence[Account] = ()
    away: Sequence[str] = ()
    counts: Counts = field(default_factory=Counts)
    is_saved_view: bool = False


FILE = Menu(lambda: tr("File"))
EDIT = Menu(lambda: tr("Edit"))
TASK = Menu(lambda: tr("Task"))
VIEW = Menu(lambda: tr("View"))
HELP = Menu(lambda: tr("Help"))
ROWS = Menu(lambda: "")  # what a right click on rows opens
MENU_BAR = (FILE, EDIT, TASK, VIEW, HELP)

COPY = Menu(lambda: tr("Copy"), (MenuPlace(EDIT, 20), MenuPlace(ROWS, 20)))
PLAY = Menu(lambda: tr("Play"), (MenuPlace(TASK, 10),))
RATING = Menu(
    lambda: tr("Rating"), (MenuPlace(TASK, 30), MenuPlace(ROWS, 30), MenuPlace(PLAYER, 60))
)
CHOICE = Menu(lambda: tr("Choice"), (MenuPlace(TASK, 31),))
REVIEW = Menu(lambda: tr("Review"), (MenuPlace(VIEW, 25),))
TAKES = Menu(lambda: tr("Compared take"), (MenuPlace(VIEW, 24),))
SAVED = Menu(lambda: tr("Saved views"), (MenuPlace(VIEW, 38),))
GROUPS = Menu(lambda: tr("Group by"), (MenuPlace(VIEW, 39),))
EXPORT = Menu(lambda: tr("Export"), (MenuPlace(FILE, 23), MenuPlace(ROWS, 43)))
AT_PROVIDER = Menu(lambda: tr("At provider"), (MenuPlace(ROWS, 51),))

_Entry = Command[CommandContext]


def _has_rows(c: CommandContext) -> bool:
    return c.rows.count > 0


def _are_any_shown(c: CommandContext) -> bool:
    return c.table.row_count > 0 and c.views.view != USAGE


def _has_file(c: CommandContext) -> bool:
    """Of the row that a command on a single one is about."""
    return c.rows.current is not None and not _why_no_file(c)


def _why_no_file(c: CommandContext) -> str:
    current = c.rows.current
    return why_no_file(current, c.table.context.now, c.away) if current else ""


def _has_files(c: CommandContext) -> bool:
    return c.rows.may_any(lambda task: bool(local_files(task)))


def _can_copy(c: CommandContext) -> bool:
    return c.rows.may_any(lambda task: bool(local_files(task)) or can_save(task))


def _can_save(c: CommandContext) -> bool:
    now = c.table.context.now
    return c.rows.may_any(lambda task: can_be_had(task, now))


def _why_no_files(c: CommandContext) -> str:
    tasks = c.rows.tasks
    return why_none_has_a_file(tasks, c.table.context.now, c.away) if tasks else ""


def _can_play(c: CommandContext) -> bool:
    if c.views.player is None:
        return False
    return c.views.compared > 0 or (c.rows.count == 1 and _has_file(c))


def _why_no_play(c: CommandContext) -> str:
    if c.rows.count > 1:
        return tr("Select one take to play it.")
    return _why_no_file(c)


def _play(
    id_: str,
    text: Callable[[], str],
    run: Callable[[Playback], object],
    key: str,
    place: int,
    icon: str = "",
    *,
    checked: Callable[[Playback], bool] | None = None,
    offered: Callable[[Playback], bool] = lambda _: True,
    rows: int = 0,
) -> _Entry:
    """A command to the preview, or, while takes are compared, to all of them at once."""

    def done(c: CommandContext) -> None:
        if c.views.player is not None:
            run(c.views.player)
            c.views.player.show_controls()

    def is_offered(c: CommandContext) -> bool:
        player = c.views.player
        if player is None:
            return False
        leaves = id_ == "full_screen" and player.full_screen is not None
        return leaves or (_can_play(c) and offered(player))

    def is_on(c: CommandContext) -> bool:
        assert checked is not None
        return c.views.player is not None and checked(c.views.player)

    return Command(
        id_,
        text,
        done,
        (key,),
        icon,
        (
            MenuPlace(PLAY, place),
            MenuPlace(PLAYER, place),
            *((MenuPlace(ROWS, rows),) if rows else ()),
        ),
        LOOKING,
        is_offered,
        _why_no_play,
        None if checked is None else is_on,
    )


def _rate(stars: int) -> _Entry:
    return Command(
        f"rate_{stars}",
        lambda: tr("No rating") if not stars else "★" * stars,
        lambda c: c.rows.review(review.rated(stars)),
        (str(stars),),
        menus=(MenuPlace(RATING, 9 - stars),),
        panes=LOOKING,
        offered=_has_rows,
    )


def _copy(what: str, text: Callable[[], str], place: int, key: str) -> _Entry:
    return Command(
        f"copy_{what}",
        text,
        lambda c: c.rows.copy(what),
        (key,),
        menus=(MenuPlace(COPY, place),),
        offered=_has_rows,
    )


def _export(
    what: str,
    text: Callable[[], str],
    place: int,
    key: str,
    *,
    offered: Callable[[CommandContext], bool] = _are_any_shown,
    id_: str = "",
) -> _Entry:
    """Of the selected takes; where none is selected, of all that are shown."""
    return Command(
        id_ or f"export_{what}",
        text,
        lambda c: c.rows.export(what),
        (key,),
        "save",
        (MenuPlace(EXPORT, place),),
        offered=offered,
    )


def _view(view: View, text: Callable[[], str], place: int, key: str, icon: str) -> _Entry:
    return Command(
        f"view_{view.value}",
        text,
        lambda c: c.sidebar.choose(ListFilter(view=view)),
        (key,),
        icon,
        (MenuPlace(VIEW, place),),
    )


def _as(
    view: str, text: Callable[[], str], place: int, run: Callable[[CommandContext], object]
) -> _Entry:
    return Command(
        f"as_{view}",
        text,
        run,
        (f"Ctrl+{place - 19}",),
        view,
        menus=(MenuPlace(VIEW, place),),
        checked=lambda c: c.views.view == view,
    )


def _group_by(id_: str, text: Callable[[], str], by: GroupBy, place: int, key: str) -> _Entry:
    return Command(
        id_,
        text,
        lambda c: c.groups.by(by),
        (key,),
        menus=(MenuPlace(GROUPS, place),),
        checked=lambda c: c.groups.are_by is by,
    )


def _take(which: int) -> _Entry:
    letter = "ABCD"[which]
    return Command(
        f"take_{letter.lower()}",
        lambda: tr("Take {letter}", letter=letter),
        lambda c: c.content.compare.set_current(which),
        (letter,),
        menus=(MenuPlace(TAKES, which),),
        panes=Pane.COMPARE,
        offered=lambda c: which < c.views.compared,
    )


def _leave(c: CommandContext) -> None:
    if not c.views.leave_full_screen():
        c.clear_or_leave()


def _are_grouped(c: CommandContext) -> bool:
    return c.groups.are_by is not GroupBy.NOTHING


# A table: a command on one to four lines.
# fmt: off
COMMANDS: tuple[_Entry, ...] = (
    Command("add", lambda: tr("Add…"), lambda c: c.do.add(), ("Ctrl+N",), "add",
        (MenuPlace(FILE, 10),)),
    Command("paste", lambda: tr("Paste task IDs"), lambda c: c.do.paste(), ("Ctrl+V",), "inbox",
        (MenuPlace(EDIT, 12),)),
    Command("refresh", lambda: tr("Refresh"), lambda c: c.do.refresh(), ("F5",), "refresh",
        (MenuPlace(VIEW, 10),)),
    Command("save", lambda: tr("Save now"), lambda c: c.rows.with_all(c.window.save_requested.emit),
        ("Ctrl+S",), "save", (MenuPlace(FILE, 20), MenuPlace(ROWS, 13)), EVERYWHERE, _can_save,
        _why_no_files),
    Command("save_as", lambda: tr("Save as…"),
        lambda c: c.rows.with_all(c.window.save_as_requested.emit), ("Ctrl+Shift+S",),
        menus=(MenuPlace(FILE, 21), MenuPlace(ROWS, 14)), offered=_can_save,
        why_not=_why_no_files),
    Command("save_expiring", lambda: tr("Save all expiring"), lambda c: c.do.save_expiring(),
        ("Ctrl+Alt+S",), "save", (MenuPlace(FILE, 22),),
        offered=lambda c: c.counts.views.get(View.EXPIRING, 0) > 0),
    Command("take_in", lambda: tr("Take in a folder…"), lambda c: c.do.take_in(), ("Ctrl+Alt+I",),
        "folder", (MenuPlace(FILE, 33),)),
    Command("settings", lambda: tr("Settings…"), lambda c: c.do.show_settings(), ("Ctrl+,",),
        "settings", (MenuPlace(EDIT, 50),)),
    Command("quit", lambda: tr("Quit"), lambda c: c.do.quit(), ("Ctrl+Q",),
        menus=(MenuPlace(FILE, 40),)),
    Command("undo", lambda: tr("Undo"), lambda c: c.do.undo(), ("Ctrl+Z",), "undo",
        (MenuPlace(EDIT, 10),), EVERYWHERE),
    Command("redo", lambda: tr("Redo"), lambda c: c.do.redo(), ("Ctrl+Shift+Z",), "redo",
        (MenuPlace(EDIT, 11),), EVERYWHERE),
    Command("find", lambda: tr("Search"), lambda c: c.toolbar.focus_search(), ("Ctrl+F",), "search",
        (MenuPlace(EDIT, 40),)),
    Command("find_slash", lambda: tr("Search from the list"), lambda c: c.toolbar.focus_search(),
        ("/",), "search", (MenuPlace(EDIT, 41),), LOOKING),
    _play("play", lambda: tr("Play"), lambda p: p.toggle_play(), "Space", 1, "play", rows=10),
    _play("play_back", lambda: tr("Play backwards"), lambda p: p.shuttle(-1), "J", 2),
    _play("play_stop", lambda: tr("Stop"), lambda p: p.shuttle(0), "K", 3, "pause"),
    _play("play_on", lambda: tr("Play forwards"), lambda p: p.shuttle(1), "L", 4),
    _play("frame_back", lambda: tr("Frame back"), lambda p: p.step(-1), ",", 5, "step-back"),
    _play("frame_on", lambda: tr("Frame forward"), lambda p: p.step(1), ".", 6, "step-forward"),
    _play("loop", lambda: tr("Loop"), lambda p: p.toggle_loop(), "Ctrl+L", 11, "loop",
        checked=lambda p: p.is_looping),
    _play("mark_in", lambda: tr("Loop from here"), lambda p: p.mark_in(), "I", 12),
    _play("mark_out", lambda: tr("Loop up to here"), lambda p: p.mark_out(), "O", 13),
    _play("clear_marks", lambda: tr("Loop the whole clip"), lambda p: p.clear_stretch(), "Shift+I",
        14, offered=lambda p: p.stretch != (None, None)),
    _play("sound", lambda: tr("Sound"), lambda p: p.toggle_mute(), "M", 21, "sound"),
    _play("actual_size", lambda: tr("Actual size (100 %)"), lambda p: p.toggle_actual_size(), "Z",
        22, checked=lambda p: p.is_actual_size),
    _play("guides", lambda: tr("Safe-area guides"), lambda p: p.toggle_guides(), "G", 23,
        checked=lambda p: p.has_guides),
    Command("save_frame", lambda: tr("Save frame as PNG"), lambda c: c.views.take_frame(copy=False),
        ("Ctrl+Shift+F",), "image", (MenuPlace(PLAY, 31), MenuPlace(PLAYER, 31)), LOOKING,
        _can_play, _why_no_play),
    Command("copy_frame", lambda: tr("Copy frame"), lambda c: c.views.take_frame(copy=True),
        ("Ctrl+Shift+C",), "copy", (MenuPlace(PLAY, 32), MenuPlace(PLAYER, 32)), LOOKING,
        _can_play, _why_no_play),
    _play("full_screen", lambda: tr("Full screen"), lambda p: p.toggle_full_screen(), "F11", 41,
        "full-screen"),
    Command("review", lambda: tr("Review"), lambda c: c.do.review(), ("F",), "full-screen",
        (MenuPlace(REVIEW, 1), MenuPlace(TASK, 17), MenuPlace(ROWS, 36)),
        Pane.LIST | Pane.PREVIEW | Pane.REVIEW, _are_any_shown),
    Command("next_take", lambda: tr("Next take"), lambda c: c.do.next_take(),
        ("Down", "Right", "PgDown"), menus=(MenuPlace(REVIEW, 11),), panes=Pane.REVIEW,
        offered=lambda c: c.views.is_reviewing),
    Command("previous_take", lambda: tr("Previous take"), lambda c: c.do.previous_take(),
        ("Up", "Left", "PgUp"), menus=(MenuPlace(REVIEW, 12),), panes=Pane.REVIEW,
        offered=lambda c: c.views.is_reviewing),
    Command("first_take", lambda: tr("First take"), lambda c: c.do.first_take(), ("Home",),
        menus=(MenuPlace(REVIEW, 13),), panes=Pane.REVIEW, offered=lambda c: c.views.is_reviewing),
    Command("last_take", lambda: tr("Last take"), lambda c: c.do.last_take(), ("End",),
        menus=(MenuPlace(REVIEW, 14),), panes=Pane.REVIEW, offered=lambda c: c.views.is_reviewing),
    Command("go_on", lambda: tr("Go on after rating"), lambda c: c.do.toggle_going_on(),
        ("Ctrl+Alt+A",), menus=(MenuPlace(REVIEW, 21),), panes=EVERYWHERE, checkable=True),
    Command("open", lambda: tr("Open with default app"),
        lambda c: c.rows.with_current(c.window.open_requested.emit), ("Return", "Enter"), "open",
        (MenuPlace(TASK, 11), MenuPlace(ROWS, 11), MenuPlace(PLAYER, 51)), LOOKING, _has_file,
        _why_no_file),
    Command("open_with", lambda: tr("Open with…"),
        lambda c: c.rows.with_current(c.window.open_with_requested.emit),
        ("Ctrl+Return", "Ctrl+Enter"), "open", (MenuPlace(TASK, 12), MenuPlace(PLAYER, 52)),
        LOOKING, _has_file, _why_no_file),
    Command("copy_file", lambda: tr("Copy file"),
        lambda c: c.rows.with_all(c.window.copy_files_requested.emit), ("Ctrl+C",), "copy",
        (MenuPlace(TASK, 14),), LOOKING, _can_copy, _why_no_files),
    Command("reveal", lambda: tr("Show in folder"),
        lambda c: c.rows.with_current(c.window.reveal_requested.emit), ("Ctrl+Shift+E",), "folder",
        (MenuPlace(TASK, 13), MenuPlace(ROWS, 12), MenuPlace(PLAYER, 53)), offered=_has_file,
        why_not=_why_no_file),
    _copy("seed", lambda: tr("Seed"), 1, "Ctrl+Alt+1"),
    _copy("parameters", lambda: tr("Parameters as JSON"), 2, "Ctrl+Alt+2"),
    _copy("id", lambda: tr("Task ID"), 4, "Ctrl+Alt+3"),
    _copy("path", lambda: tr("File path"), 5, "Ctrl+Alt+4"),
    _copy("curl", lambda: tr("curl command without the key"), 7, "Ctrl+Alt+5"),
    _copy("prompt", lambda: tr("Prompt"), 3, "Ctrl+Alt+6"),
    _copy("url", lambda: tr("Result URL with its end time"), 6, "Ctrl+Alt+7"),
    Command("copy_last_frame", lambda: tr("Last frame, to begin the next take with"),
        lambda c: c.rows.with_current(c.window.last_frame_requested.emit), ("Ctrl+Alt+8",), "image",
        (MenuPlace(COPY, 8),), offered=_has_file, why_not=_why_no_file),
    *(_rate(stars) for stars in range(6)),
    Command("pick", lambda: tr("Pick"), lambda c: c.rows.review(review.picked(Pick.PICK)), ("P",),
        "pick", (MenuPlace(CHOICE, 1), MenuPlace(ROWS, 31), MenuPlace(PLAYER, 61)), LOOKING,
        _has_rows),
    Command("reject", lambda: tr("Reject"), lambda c: c.rows.review(review.picked(Pick.REJECT)),
        ("X",), "reject", (MenuPlace(CHOICE, 2), MenuPlace(ROWS, 32), MenuPlace(PLAYER, 62)),
        LOOKING, _has_rows),
    Command("unpick", lambda: tr("Neither"), lambda c: c.rows.review(review.picked(Pick.NONE)),
        ("U",), menus=(MenuPlace(CHOICE, 3),), panes=LOOKING, offered=_has_rows),
    Command("tag", lambda: tr("Tags…"), lambda c: c.rows.edit_tags(), ("T",), "tag",
        (MenuPlace(EDIT, 22), MenuPlace(ROWS, 33)), LOOKING, _has_rows),
    Command("note", lambda: tr("Note…"), lambda c: c.rows.edit_note(), ("N",), "note",
        (MenuPlace(EDIT, 23), MenuPlace(ROWS, 34)), LOOKING, _has_rows),
    Command("rename", lambda: tr("Rename…"), lambda c: c.rows.rename(), ("F2",),
        "rename", (MenuPlace(EDIT, 21), MenuPlace(ROWS, 42)), LOOKING, _has_rows),
    Command("move_files", lambda: tr("Move files…"),
        lambda c: c.rows.with_all(c.window.move_requested.emit), ("Ctrl+Shift+M",), "folder",
        (MenuPlace(FILE, 23), MenuPlace(ROWS, 43)), offered=_has_files, why_not=_why_no_files),
    Command("trash_rejected", lambda: tr("Rejected to the trash…"),
        lambda c: c.do.trash_rejected(), ("Ctrl+Shift+X",), "remove", (MenuPlace(FILE, 24),)),
    Command("look", lambda: tr("Refresh this task"),
        lambda c: c.rows.with_all(c.window.look_requested.emit), ("Shift+F5",), "refresh",
        (MenuPlace(TASK, 32), MenuPlace(ROWS, 40)), offered=_has_rows),
    Command("watch", lambda: tr("Pause watching"), lambda c: c.rows.toggle_watch(),
        ("Ctrl+Shift+P",), "watch", (MenuPlace(TASK, 33), MenuPlace(ROWS, 41)),
        offered=lambda c: c.rows.may_any(may_still_change),
        text_now=lambda c: tr("Resume watching") if c.rows.are_paused else tr("Pause watching")),
    Command("elsewhere", lambda: tr("Try other accounts"),
        lambda c: c.rows.with_all(c.window.elsewhere_requested.emit), ("Ctrl+Shift+O",), "search",
        (MenuPlace(TASK, 34),), offered=lambda c: c.rows.may_be_elsewhere(c.accounts)),
    Command("upstream", lambda: tr("Look it up at Ark"),
        lambda c: c.rows.with_all(c.window.upstream_requested.emit), ("Ctrl+Shift+U",), "search",
        (MenuPlace(TASK, 35),), offered=lambda c: c.rows.may_be_upstream(c.accounts)),
    _export("timeline", lambda: tr("Timeline…"), 10, "Ctrl+Shift+T"),
    _export("contact_sheet", lambda: tr("Contact sheet…"), 11, "Ctrl+Shift+K"),
    _export("csv", lambda: tr("CSV…"), 20, "Ctrl+E", id_="export"),
    _export("json", lambda: tr("JSON…"), 21, "Ctrl+Shift+J"),
    _export("case", lambda: tr("Case for the service…"), 30, "Ctrl+Shift+R",
        offered=lambda c: c.rows.are_any_cases),
    Command("remove", lambda: tr("Remove from list"),
        lambda c: c.rows.with_reviewed(c.window.remove_requested.emit), ("Del",), "remove",
        (MenuPlace(EDIT, 30), MenuPlace(ROWS, 50)), LOOKING, _has_rows),
    Command("cancel", lambda: tr("Cancel the queued task…"), lambda c: c.rows.cancel(c.accounts),
        ("Ctrl+Shift+Del",), menus=(MenuPlace(TASK, 36), MenuPlace(AT_PROVIDER, 10)),
        offered=lambda c: c.rows.cancellable(c.accounts) is not None),
    _view(View.ALL, lambda: tr("All"), 30, "Alt+1", "all"),
    _view(View.RUNNING, lambda: tr("Running"), 31, "Alt+2", "state-running"),
    _view(View.EXPIRING, lambda: tr("Expiring"), 32, "Alt+3", "expiring"),
    _view(View.UNSAVED, lambda: tr("Unsaved"), 33, "Alt+4", "remote"),
    _view(View.FAILED, lambda: tr("Failed"), 34, "Alt+5", "state-failed"),
    _as(LIST, lambda: tr("List"), 20, lambda c: c.content.show_view(LIST)),
    _as(GALLERY, lambda: tr("Gallery"), 21, lambda c: c.content.show_view(GALLERY)),
    _as(COMPARE, lambda: tr("Compare"), 22, lambda c: c.views.compare(c.rows)),
    _as(USAGE, lambda: tr("Usage"), 23, lambda c: c.content.show_usage()),
    Command("compare", lambda: tr("Compare takes"), lambda c: c.views.compare(c.rows), ("C",),
        "compare", (MenuPlace(TASK, 16), MenuPlace(ROWS, 35)), Pane.LIST | Pane.PREVIEW, _has_rows),
    *map(_take, range(4)),
    Command("group", lambda: tr("Group…"), lambda c: c.groups.ask(), ("Ctrl+G",), "all",
        (MenuPlace(TASK, 20),), offered=_has_rows),
    Command("ungroup", lambda: tr("Out of the group"), lambda c: c.rows.mark(review.grouped("")),
        ("Ctrl+Shift+G",), menus=(MenuPlace(TASK, 21),), offered=_has_rows),
    _group_by("group_none", lambda: tr("No groups"), GroupBy.NOTHING, 10, "Ctrl+Alt+0"),
    _group_by("group_name", lambda: tr("By name"), GroupBy.NAME, 11, "Ctrl+Alt+N"),
    _group_by("group_hand", lambda: tr("By hand"), GroupBy.HAND, 12, "Ctrl+Alt+G"),
    Command("fold", lambda: tr("Collapse or expand"), lambda c: c.groups.fold_current(),
        ("Ctrl+Alt+F",), menus=(MenuPlace(GROUPS, 20),), offered=_are_grouped),
    Command("fold_all", lambda: tr("Collapse all"), lambda c: c.groups.fold_all(), ("Ctrl+Alt+C",),
        menus=(MenuPlace(GROUPS, 21),), offered=_are_grouped),
    Command("unfold_all", lambda: tr("Expand all"), lambda c: c.table.fold(()), ("Ctrl+Alt+E",),
        menus=(MenuPlace(GROUPS, 22),), offered=_are_grouped),
    Command("unseen", lambda: tr("Show new takes"), lambda c: c.do.show_unseen(), ("Alt+0",),
        "state-succeeded", (MenuPlace(VIEW, 35),), offered=lambda c: c.counts.unseen > 0),
    Command("save_view", lambda: tr("Save this view…"), lambda c: c.do.save_view(), ("Ctrl+Alt+V",),
        "add", (MenuPlace(SAVED, 1),)),
    Command("rename_view", lambda: tr("Rename view…"), lambda c: c.do.rename_view(),
        ("Ctrl+Alt+R",), "rename", (MenuPlace(SAVED, 2),), offered=lambda c: c.is_saved_view),
    Command("remove_view", lambda: tr("Remove view"), lambda c: c.do.remove_view(), ("Ctrl+Alt+X",),
        "remove", (MenuPlace(SAVED, 3),), offered=lambda c: c.is_saved_view),
    Command("sidebar", lambda: tr("Sidebar"), lambda c: c.show_pane("sidebar"), ("F3",), "sidebar",
        (MenuPlace(VIEW, 40),), checkable=True),
    Command("inspector", lambda: tr("Details"), lambda c: c.show_pane("inspector"), ("F4",),
        "inspector", (MenuPlace(VIEW, 41),), checkable=True),
    Command("compact", lambda: tr("Compact rows"), lambda c: c.do.toggle_density(),
        ("Ctrl+Shift+D",), menus=(MenuPlace(VIEW, 42),), checkable=True),
    Command("next_pane", lambda: tr("Next pane"), lambda c: c.enter_next_pane(), ("F6",),
        menus=(MenuPlace(VIEW, 43),)),
    Command("leave", lambda: tr("Clear or leave"), _leave, ("Esc",), menus=(MenuPlace(VIEW, 44),),
        panes=EVERYWHERE),
    Command("add_account", lambda: tr("Add account…"), lambda c: c.do.add_account(),
        ("Ctrl+Shift+N",), "key", (MenuPlace(FILE, 11),)),
    Command("accounts", lambda: tr("Accounts…"), lambda c: c.do.show_accounts(), ("Ctrl+Shift+A",),
        "key", (MenuPlace(FILE, 12),)),
    Command("forget_prompts", lambda: tr("Forget prompts…"), lambda c: c.do.forget_prompts(),
        ("Ctrl+Alt+Shift+P",), menus=(MenuPlace(FILE, 30),)),
    Command("export_list", lambda: tr("Export the list…"), lambda c: c.do.export_list(),
        ("Ctrl+Shift+L",), menus=(MenuPlace(FILE, 31),)),
    Command("import_list", lambda: tr("Import a list…"), lambda c: c.do.import_list(),
        ("Ctrl+Shift+I",), menus=(MenuPlace(FILE, 32),)),
    Command("shortcuts", lambda: tr("Keyboard shortcuts"), lambda c: c.do.show_shortcuts(),
        ("Ctrl+/",), "keyboard", (MenuPlace(HELP, 10),)),
    Command("newer", lambda: tr("Check for a newer version…"), lambda c: c.do.show_newer(),
        ("Ctrl+F1",), menus=(MenuPlace(HELP, 15),)),
    Command("about", lambda: tr("About Rushes"), lambda c: c.do.show_about(), ("Shift+F1",), "info",
        (MenuPlace(HELP, 20),)),
)
# fmt: on

#: Those that need nothing but the rows on the screen: they are offered from the first moment on.
AT_ONCE = frozenset(
    {"quit", "find", "find_slash", "next_pane", "leave", "as_list", "as_gallery", "sidebar"}
    | {"inspector", "group_none", "group_name", "group_hand", "fold", "fold_all", "unfold_all"}
    | {f"view_{view.value}" for view in View}
)


def sections() -> list[tuple[str, Sequence[_Entry]]]:
    """All commands under headings that say where their keys act; the whole window comes last."""
    found: dict[str, list[_Entry]] = {}
    for command in sorted(
        COMMANDS, key=lambda c: MENU_BAR.index(_top_menu(c)) if _is_global(c) else -1
    ):
        found.setdefault(_heading(command), []).append(command)
    return list(found.items())


def _is_global(command: _Entry) -> bool:
    return Pane.WINDOW in command.panes


def _top_menu(command: _Entry) -> Menu:
    """The menu of the menu bar that it stands in, or its submenu."""
    menu = command.menus[0].menu
    while menu.places:
        menu = menu.places[0].menu
    return menu


def _heading(command: _Entry) -> str:
    if _is_global(command):
        return tr("Everywhere: {menu}", menu=_top_menu(command).title())
    if command.panes == LOOKING:
        is_play = command.menus[0].menu is PLAY
        return (
            tr("Playing: list, player, review, compare")
            if is_play
            else tr("Takes: list, player, review, compare")
        )
    return {Pane.REVIEW: tr("Review"), Pane.COMPARE: tr("Compare")}.get(
        command.panes, tr("List and player")
    )
