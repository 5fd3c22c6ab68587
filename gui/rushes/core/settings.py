"""Everything the user can set. No secret lives here.

A setting is one entry of `Settings`: its type, its default, what it may be, and its row in the
settings dialog, which is made from it. `system/settings_file.py` reads and writes them.
"""

import enum
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, get_origin
from urllib.parse import urlsplit

from rushes.core import naming
from rushes.core.saved_views import SavedView, is_name
from rushes.core.translatable import QT_TR_NOOP

DEFAULT_TEMPLATE = "{date:%Y%m%d}/{model_short}_{name|seed}_{id8}.{ext}"

#: Of the rules for folders: each file to be saved is held against all of them.
MOST_RULES: Final = 100
LONGEST_CONDITION: Final = 1000  # characters
#: A settings file somebody else wrote must not fill the sidebar.
MOST_VIEWS: Final = 100


def is_proxy(text: str) -> bool:
    """Whether `Settings.proxy` can be this."""
    if text in ("system", "none"):
        return True
    if not text.isascii() or not text.isprintable() or any(c in text for c in " @?#"):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    named = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return named and parts.path in ("", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """Takes that are saved in a folder of their own; see `presentation/folder_rules.py`.

    Attributes:
        condition: As in the search field.
        folder: Absolute, or beginning at the user's home ("~").
    """

    condition: str
    folder: str


def is_whole(folder: str) -> bool:
    """Whether it says by itself where it is, and a system can be asked for it."""
    try:
        path = Path(folder).expanduser()
        return path.is_absolute() and b"\0" not in os.fsencode(path)
    except (RuntimeError, ValueError):  # the home of nobody; half of a character
        return False


class BadFolder(ValueError):
    """Not usable as a folder. `args[0]` is one sentence fragment that says why."""


def _check_folder(folder: str) -> bool:
    """Raises BadFolder. "" is the usual one."""
    if folder and not is_whole(folder):
        raise BadFolder(f"“{folder}” is not a whole path")
    return True


class BadProgram(ValueError):
    """Not usable as a program with its arguments. `args[0]` is one sentence fragment."""


def _check_program(program: str) -> bool:
    """Raises BadProgram. "" is none."""
    if program and not is_whole(program):
        raise BadProgram(f"“{program}” is not a whole path")
    return True


def arguments(text: str) -> tuple[str, ...]:
    """The words of a line; quotes keep words together. A backslash is a character like others, as
    in paths of Windows.

    Raises:
        BadProgram: a quote is not closed.
    """
    words = shlex.shlex(text, posix=True, punctuation_chars=False)
    words.whitespace_split, words.commenters, words.escape = True, "", ""
    try:
        return tuple(words)
    except ValueError:
        raise BadProgram("a quote is not closed") from None


def _check_arguments(text: str) -> bool:
    """Raises BadProgram."""
    arguments(text)
    return "\0" not in text


def _check_template(template: str) -> bool:
    """Raises naming.BadTemplate."""
    naming.check(template)
    return True


def _is_rule(rule: FolderRule) -> bool:
    is_short = len(rule.condition) <= LONGEST_CONDITION
    return bool(rule.condition.strip()) and is_short and is_whole(rule.folder)


class Section(enum.Enum):
    """The parts of the settings dialog in their order. The values are their titles, in English."""

    RESULTS = QT_TR_NOOP("Results")
    INTAKE = QT_TR_NOOP("New task IDs")
    NETWORK = QT_TR_NOOP("Network")
    NOTIFICATIONS = QT_TR_NOOP("Notifications")
    WINDOW = QT_TR_NOOP("Window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a setting may be, and its row in the dialog. Texts are in English.

    Attributes:
        section: Where its row stands; None: it has none.
        label: What the row is called.
        hint: What an empty field shows.
        note: A line below the field.
        choices: (value, word) of each; nothing else is allowed.
        takes_others: Other values than the `choices` are allowed as well.
        least, most: Of a number, or of how many there are.
        is_good: Whether it may be this value, or this item; may raise ValueError itself, to say
            why not.
        folder_title: It is a folder: title of the dialog that chooses one.
        is_file: It is a file, not a folder.
        choose: What a screen reader calls the button for that; "": "Choose…".
        needs_tray: There is nothing to choose where the desktop has no tray.
        needs_notices: Nor where it shows no notifications.
        all_or_none: Of a list that is partly wrong nothing is of use.
    """

    section: Section | None = None
    label: str = ""
    hint: str = ""
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    takes_others: bool = False
    least: float | None = None
    most: float | None = None
    is_good: Callable[[Any], bool] | None = None
    folder_title: str = ""
    is_file: bool = False
    choose: str = ""
    needs_tray: bool = False
    needs_notices: bool = False
    all_or_none: bool = False

    def check(self, name: str, value: object) -> None:
        """Raises ValueError where the value is not allowed."""
        items = value if isinstance(value, tuple) else (value,)
        size = len(value) if isinstance(value, tuple) else value
        if isinstance(size, (int, float)):
            if self.least is not None and size < self.least:
                raise ValueError(f"{name} must be at least {self.least}")
            if self.most is not None and not size <= self.most:
                raise ValueError(f"{name} must be at most {self.most}")
        words = [word for word, _ in self.choices]
        if words and not self.takes_others and value not in words:
            raise ValueError(f"{name} must be one of {', '.join(words)}")
        if self.is_good is not None and not all(map(self.is_good, items)):
            raise ValueError(f"{name} cannot be this")


def setting(default: object, section: Section | None = None, label: str = "", **more: Any) -> Any:
    """A field of `Settings` with its `Entry`."""
    metadata = {"entry": Entry(section=section, label=label, **more)}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=metadata)
    return field(default=default, metadata=metadata)


_SYSTEM = QT_TR_NOOP("Like the system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Units stand in the names; the order is that of the dialog's rows."""

    #: Where results are kept; "" for the system's videos folder / Rushes.
    folder: str = setting(
        "",
        Section.RESULTS,
        QT_TR_NOOP("Folder"),
        hint=QT_TR_NOOP("Your videos folder / Rushes"),
        folder_title=QT_TR_NOOP("Folder for results"),
        is_good=_check_folder,
    )
    #: File name below `folder`, see `core/naming.py`.
    template: str = setting(
        DEFAULT_TEMPLATE, Section.RESULTS, QT_TR_NOOP("File names"), is_good=_check_template
    )
    auto_save: bool = setting(
        True, Section.RESULTS, QT_TR_NOOP("Save results as soon as they are ready")
    )
    #: Half of the rules would put files where nobody looks.
    folder_rules: tuple[FolderRule, ...] = setting(
        (),
        Section.RESULTS,
        QT_TR_NOOP("Rules for folders"),
        most=MOST_RULES,
        is_good=_is_rule,
        all_or_none=True,
    )
    #: Never those that other programs know: dragged out, opened, or put into a timeline.
    move_after_review: bool = setting(
        False, Section.RESULTS, QT_TR_NOOP("Move files to where they belong when a review ends")
    )
    #: Run for each take once all its files are saved; "": none. See `saving/save_hook.py`.
    run_program: str = setting(
        "",
        Section.RESULTS,
        QT_TR_NOOP("When a take is saved, run"),
        hint=QT_TR_NOOP("Nothing"),
        folder_title=QT_TR_NOOP("Program to run when a take is saved"),
        is_file=True,
        is_good=_check_program,
        choose=QT_TR_NOOP("Choose the program to run"),
        note=QT_TR_NOOP("It gets the take as JSON on its standard input, without a shell."),
    )
    run_arguments: str = setting(
        "", Section.RESULTS, QT_TR_NOOP("Its arguments"), is_good=_check_arguments
    )
    #: A condition as in the search field; "": every take.
    run_for: str = setting(
        "",
        Section.RESULTS,
        QT_TR_NOOP("Only for takes"),
        hint=QT_TR_NOOP("All, or a search such as rating:>=4"),
        is_good=lambda condition: len(condition) <= LONGEST_CONDITION,
    )
    downloads_at_once: int = setting(
        3, Section.RESULTS, QT_TR_NOOP("Downloads at once"), least=1, most=16
    )
    max_file_gib: float = setting(4.0, least=0.001, most=1024)
    #: New files here are read for task ids; "": none.
    watch_folder: str = setting(
        "",
        Section.INTAKE,
        QT_TR_NOOP("Folder to watch"),
        hint=QT_TR_NOOP("None"),
        folder_title=QT_TR_NOOP("Folder to watch for task IDs"),
        is_good=_check_folder,
        choose=QT_TR_NOOP("Choose the folder to watch"),
    )
    watch_clipboard: bool = setting(
        False, Section.INTAKE, QT_TR_NOOP("Offer task IDs that are copied in other programs")
    )
    #: "system", "none", or one for everything: `http://host:port`. Never with a password: this is
    #: a plain file.
    proxy: str = setting("system", Section.NETWORK, QT_TR_NOOP("Proxy"), is_good=is_proxy)
    #: These four: notifications while the window is not in front.
    tell_done: bool = setting(
        True, Section.NOTIFICATIONS, QT_TR_NOOP("Takes that are done"), needs_notices=True
    )
    tell_failed: bool = setting(
        True, Section.NOTIFICATIONS, QT_TR_NOOP("Tasks that failed"), needs_notices=True
    )
    tell_expiring: bool = setting(
        True,
        Section.NOTIFICATIONS,
        QT_TR_NOOP("Unsaved files, 2 h and 20 min before their links end"),
        needs_notices=True,
    )
    tell_trouble: bool = setting(
        True,
        Section.NOTIFICATIONS,
        QT_TR_NOOP("Trouble with a key or a balance"),
        needs_notices=True,
    )
    theme: str = setting(
        "system",
        Section.WINDOW,
        QT_TR_NOOP("Theme"),
        choices=(
            ("system", _SYSTEM),
            ("light", QT_TR_NOOP("Light")),
            ("dark", QT_TR_NOOP("Dark")),
        ),
    )
    #: A locale name; "" follows the system.
    language: str = setting(
        "",
        Section.WINDOW,
        QT_TR_NOOP("Language"),
        choices=(("", _SYSTEM), ("en", "English"), ("zh_CN", "简体中文")),
        takes_others=True,
    )
    density: str = setting(
        "comfortable",
        Section.WINDOW,
        QT_TR_NOOP("Rows"),
        choices=(
            ("comfortable", QT_TR_NOOP("Comfortable")),
            ("compact", QT_TR_NOOP("Compact")),
        ),
    )
    ids_as_names: bool = setting(
        False, Section.WINDOW, QT_TR_NOOP("Call takes without a name by their task IDs")
    )
    single_letter_keys: bool = setting(
        True, Section.WINDOW, QT_TR_NOOP("Single letters and digits as keys in the list")
    )
    go_on_after_rating: bool = setting(
        False, Section.WINDOW, QT_TR_NOOP("In a review, go on to the next take after rating one")
    )
    #: "yes" or "no"; "": not asked yet.
    close_to_tray: str = setting(
        "",
        Section.WINDOW,
        QT_TR_NOOP("Go on in the tray when the window is closed"),
        is_good=("", "yes", "no").__contains__,
        needs_tray=True,
    )
    #: As the system has it; see `LoginStart`.
    start_at_login: bool = setting(
        False, Section.WINDOW, QT_TR_NOOP("Start Rushes when you log in")
    )
    #: The keys the user has changed, by the command's id; see `Keymap` in `ui/commands/command.py`.
    shortcuts: dict[str, tuple[str, ...]] = setting({})  # noqa: RUF009 - a field
    volume_percent: int = setting(80, least=0, most=100)
    views: tuple[SavedView, ...] = setting(
        (), most=MOST_VIEWS, is_good=lambda view: is_name(view.name)
    )
    exported_to: str = setting("")  # the folder of the file that was exported last
    opened_with: str = setting("")  # path of the program that files were last opened with
    window: str = setting("")  # base64 of the window's geometry and layout, opaque

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            kind = get_origin(each.type) or each.type
            if type(value) is not kind and not (kind is float and type(value) is int):
                raise TypeError(f"{each.name} must be {kind}")
            ENTRIES[each.name].check(each.name, value)

    @property
    def max_file_bytes(self) -> int:
        return int(self.max_file_gib * 2**30)


#: By the setting's name, in the order of the fields.
ENTRIES: Final[dict[str, Entry]] = {each.name: each.metadata["entry"] for each in fields(Settings)}
