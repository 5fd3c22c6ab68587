"""The settings on one page. Its rows are made from the entries of `core/settings.py`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from rushes.core import naming
from rushes.core.account import Account
from rushes.core.settings import (
    ENTRIES,
    BadProgram,
    Entry,
    FolderRule,
    Section,
    Settings,
    arguments,
    is_proxy,
    is_whole,
)
from rushes.presentation import search
from rushes.presentation.text import tr, translated
from rushes.presentation.untrusted import one_line
from rushes.ui.settings.name_example import Sample, example_name, sample
from rushes.ui.settings.tables import FolderRules, OwnPrices
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

#: Of a folder that cannot be used, in a sentence (characters).
_SHOWN = 60
#: A form keeps a text the room that it needs where it is narrowest (pixels).
_TOLD = 240
#: A folder is tried when nobody types any more.
_TRIED_AFTER_MS = 300
#: Of the dialog (pixels).
_NARROWEST = 560
_SCROLL_BAR = QStyle.PixelMetric.PM_ScrollBarExtent


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """Where one setting is edited.

    Attributes:
        widget: It has the focus, and the name of the setting.
        value: What the setting is to be, as the field stands now.
        changed: Emitted when that may be another value.
        row: What stands in the row if that is more than the widget.
        below: Lines of the form below it.
        problem: Why the value cannot be used, in one sentence; "" when it can.
        says_problem: Whether the widget shows that itself.
        tried: Where it is said what a folder is like.
    """

    widget: QWidget
    value: Callable[[], object]
    changed: SignalInstance
    row: QLayout | None = None
    below: Sequence[QWidget] = ()
    problem: Callable[[], str] | None = None
    says_problem: bool = False
    tried: QLabel | None = None


class SettingsDialog(QDialog):
    """Signals:
    settings_changed: the new settings, once, when the user agrees.
    prices_changed: Prices, of the accounts where they changed; likewise.
    folder_named: a setting, and the path that stands there now ("": none is chosen); answer with
        `show_folder`.
    """

    folder_named = Signal(str, str)
    settings_changed = Signal(Settings)
    prices_changed = Signal(dict)

    def __init__(
        self,
        settings: Settings,
        samples: Sequence[Sample] = (),
        parent: QWidget | None = None,
        *,
        has_tray: bool = False,
        has_notices: bool = False,
        usual_folder: str = "",
        accounts: Sequence[Account] = (),
        models: Sequence[str] = (),
    ) -> None:
        """Args:
        has_tray: Whether the window can be closed into a tray.
        has_notices: Whether there are notifications to be chosen.
        usual_folder: Where results are kept while no folder is chosen.
        accounts: Whose own prices are edited.
        models: Short names of those that are known.
        """
        super().__init__(parent)
        self._settings = settings
        self._samples = tuple(samples[:3]) or (sample(),)
        self._fields: dict[str, SettingField] = {}
        self._checked: list[SettingField] = []
        self._refused: set[str] = set()  # settings whose new folder cannot be used
        self._prices = OwnPrices(accounts, models) if accounts else None
        self.setWindowTitle(tr("Settings"))
        self._buttons = QDialogButtonBox()
        standard = QDialogButtonBox.StandardButton
        self._buttons.setStandardButtons(standard.Ok | standard.Cancel)
        self._ok = self._buttons.button(standard.Ok)
        plain.set_text(self._ok, tr("Apply"))
        self._ok.setProperty("primary", True)
        plain.set_text(self._buttons.button(standard.Cancel), tr("Cancel"))
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        page = QWidget()
        self._form = QFormLayout(page)
        self._form.setContentsMargins(0, 0, theme.MEDIUM, 0)
        self._form.setHorizontalSpacing(theme.LARGE)
        self._form.setVerticalSpacing(theme.SMALL)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        shown = {
            name: entry
            for name, entry in ENTRIES.items()
            if (has_tray or not entry.needs_tray) and (has_notices or not entry.needs_notices)
        }
        for section in Section:
            if names := [name for name, entry in shown.items() if entry.section is section]:
                self._add_section(section, names)
            if section is Section.RESULTS and self._prices is not None:
                self._add_prices(self._prices)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.HUGE, theme.HUGE, theme.MEDIUM, theme.LARGE)
        box.setSpacing(theme.MEDIUM)
        box.addWidget(Scrolling(page), 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, theme.MEDIUM, 0)
        foot.addWidget(self._buttons)
        box.addLayout(foot)
        if usual_folder and isinstance(results := self._fields["folder"].widget, QLineEdit):
            results.setPlaceholderText(usual_folder)
        self._naming = QTimer(self, singleShot=True, interval=_TRIED_AFTER_MS)
        self._naming.timeout.connect(self._name_folders)
        self._named: dict[str, str] = {}
        for name, field in self._fields.items():
            if field.tried is not None:
                field.changed.connect(partial(self._folder_edited, name))
        self._naming.start()
        self._fit(page)

    def show_folder(self, name: str, folder: str, told: str, role: str) -> None:
        """What the folder is like; one that was changed meanwhile is passed over."""
        field = self._fields[name]
        if field.tried is not None and field.value() == folder:
            plain.set_text(styled(field.tried, role), told)
            field.tried.setVisible(bool(told))
            # One that stands there from before may be on a disk that is away.
            if role == "error" and folder != getattr(self._settings, name):
                self._refused.add(name)
            self._offer_ok()

    def chosen(self) -> Settings:
        """The settings as the fields stand now.

        Raises:
            ValueError: one of them cannot be used.
        """
        values = {name: field.value() for name, field in self._fields.items()}
        return replace(self._settings, **values)  # type: ignore[arg-type]

    # --- inside ---------------------------------------------------------------------------

    def _folder_edited(self, name: str, *_: object) -> None:
        """What was said of the folder before is not true any more."""
        if (tried := self._fields[name].tried) is not None:
            tried.hide()
        self._refused.discard(name)
        self._offer_ok()
        self._named.pop(name, None)
        self._naming.start()

    def _name_folders(self) -> None:
        """Those that have become other ones; "" is the usual one."""
        for name, field in self._fields.items():
            folder = str(field.value())
            if field.tried is None or self._named.get(name) == folder:
                continue
            self._named[name] = folder
            if not field.problem or not field.problem():
                self.folder_named.emit(name, folder)

    def _add_title(self, words: str) -> None:
        title = line(words, "title")
        title.setContentsMargins(0, theme.SMALL if self._form.rowCount() else 0, 0, 0)
        self._form.addRow(title)

    def _add_prices(self, prices: OwnPrices) -> None:
        self._add_title(tr("Prices"))
        plain.name(prices, tr("Own prices"))
        self._form.addRow(prices)
        self._watch(
            SettingField(
                widget=prices,
                value=prices.changes,
                changed=prices.changed,
                problem=prices.problem,
                says_problem=True,
            )
        )

    def _add_section(self, section: Section, names: Iterable[str]) -> None:
        self._add_title(translated(section.value))
        for name in names:
            make = _OWN_FIELDS.get(name) or _field
            field = make(ENTRIES[name], getattr(self._settings, name), self._samples)
            self._fields[name] = field
            self._add_row(ENTRIES[name], field)

    def _add_row(self, entry: Entry, field: SettingField) -> None:
        words = translated(entry.label)
        plain.name(field.widget, words)
        if isinstance(field.widget, QComboBox):
            plain.name(field.widget.view(), words)
        if isinstance(field.widget, QCheckBox):  # it says its name itself
            self._form.addRow("", field.widget)
        else:
            title = plain.label(words)
            title.setBuddy(field.widget)
            self._form.addRow(title, field.row or field.widget)
        below = list(field.below)
        if entry.note:
            below.append(line(translated(entry.note), "caption", wraps=False))
        for each in below:
            self._form.addRow("", each)
        self._watch(field)

    def _watch(self, field: SettingField) -> None:
        """Say what is wrong with it, and let nothing wrong be applied."""
        if field.problem is not None:
            self._checked.append(field)
            shown = None if field.says_problem else line("", "error")
            if shown is not None:
                self._form.addRow("", shown)
            check = partial(self._check, field.problem, shown)
            field.changed.connect(lambda *_: check())
            check()

    def _check(self, problem_of: Callable[[], str], shown: QLabel | None) -> None:
        problem = problem_of()
        if shown is not None:
            plain.set_text(shown, problem)
            shown.setVisible(bool(problem))
        self._offer_ok()

    def _offer_ok(self) -> None:
        wrong = self._refused or any(f.problem() for f in self._checked if f.problem)
        self._ok.setEnabled(not wrong)

    def _fit(self, page: QWidget) -> None:
        """As large as all fields, where the screen has room for that."""
        room = screen_room(self)
        around = theme.HUGE + theme.MEDIUM + theme.LARGE + self._buttons.sizeHint().height()
        beside = theme.HUGE + theme.MEDIUM + self.style().pixelMetric(_SCROLL_BAR)
        least = max(_NARROWEST, page.minimumSizeHint().width() + beside)
        self.setMinimumWidth(min(least, room.width()))
        wide = min(max(least, page.sizeHint().width() + beside), room.width())
        self.resize(wide, min(page.sizeHint().height() + around, room.height()))

    def _accept(self) -> None:
        self.accept()
        if (chosen := self.chosen()) != self._settings:
            self.settings_changed.emit(chosen)
        if self._prices is not None and (prices := self._prices.changes()):
            self.prices_changed.emit(prices)


# --- fields: by the type of the setting ------------------------------------------------------


def _field(entry: Entry, now: object, _samples: Sequence[Sample]) -> SettingField:
    match now:
        case _ if entry.choices:
            return _choice(entry, now)
        case bool():
            box = check_box(translated(entry.label), is_on=now)
            return SettingField(widget=box, value=box.isChecked, changed=box.toggled)
        case int() | float():
            return _number(entry, now)
        case _ if entry.folder_title:
            return _folder(entry, str(now))
    text = _line_edit(entry, str(now))
    return SettingField(widget=text, value=lambda: text.text().strip(), changed=text.textChanged)


def _choice(entry: Entry, now: object) -> SettingField:
    box = QComboBox()
    for value, words in entry.choices:
        box.addItem(translated(words), value)
    if box.findData(now) < 0:
        box.addItem(str(now), now)
    box.setCurrentIndex(box.findData(now))
    return SettingField(widget=box, value=box.currentData, changed=box.currentIndexChanged)


def _number(entry: Entry, now: float) -> SettingField:
    """Without a limit in the entry it ends where Qt's own do."""
    box = QDoubleSpinBox()
    box.setDecimals(0 if isinstance(now, int) else 2)
    box.setMinimum(box.minimum() if entry.least is None else entry.least)
    box.setMaximum(box.maximum() if entry.most is None else entry.most)
    box.setMaximumWidth(90)
    box.lineEdit().setTextMargins(theme.TINY, 0, 0, 0)
    box.setValue(now)
    return SettingField(widget=box, value=lambda: type(now)(box.value()), changed=box.valueChanged)


def _line_edit(entry: Entry, now: str) -> QLineEdit:
    text = QLineEdit()
    if entry.hint:
        text.setPlaceholderText(translated(entry.hint))
    plain.set_text(text, now)
    return text


def _folder(entry: Entry, now: str) -> SettingField:
    text = _line_edit(entry, now)

    def ask() -> None:
        dialog = QFileDialog(text.window(), translated(entry.folder_title), text.text())
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.ExistingFile if entry.is_file else mode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, not entry.is_file)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: plain.set_text(text, path))
        dialog.open()

    choose = push_button(tr("Choose…"), ask)
    if entry.choose:
        plain.name(choose, translated(entry.choose))

    def problem() -> str:
        folder = text.text().strip()
        if not folder or is_whole(folder):
            return ""
        shown = one_line(folder, _SHOWN)
        if entry.is_file:
            return tr("A program needs a whole path, not “{program}”.", program=shown)
        return tr("A folder needs a whole path, not “{folder}”.", folder=shown)

    tried = line("", "caption")
    tried.setMinimumWidth(_TOLD)
    tried.hide()
    return SettingField(
        widget=text,
        value=lambda: text.text().strip(),
        changed=text.textChanged,
        row=_side_by_side(text, choose),
        below=(tried,),
        problem=problem,
        tried=tried,
    )


def _side_by_side(*widgets: QWidget) -> QHBoxLayout:
    """The line edit among them gets the room."""
    row = QHBoxLayout()
    row.setSpacing(theme.SMALL)
    for widget in widgets:
        row.addWidget(widget, isinstance(widget, QLineEdit))
    return row


# --- fields of their own ---------------------------------------------------------------------


def _template(entry: Entry, now: str, samples: Sequence[Sample]) -> SettingField:
    """With the names that it gives to real takes."""
    text = _line_edit(entry, now)
    shown = [Elided() for _ in samples]
    for each in shown:
        each.setProperty("role", "caption")

    def problem() -> str:
        names, told = [""] * len(samples), ""
        try:
            names = [example_name(text.text(), task, account) for task, account in samples]
        except naming.BadTemplate as e:
            told = tr("These file names cannot be used: {why}.", why=e.args[0])
        for label, name in zip(shown, names, strict=True):
            label.show_text(name)
            label.setVisible(not told)
        return told

    return SettingField(
        widget=text, value=text.text, changed=text.textChanged, below=shown, problem=problem
    )


def _proxy(_entry: Entry, now: str, _samples: Sequence[Sample]) -> SettingField:
    """The system's, none, or an address that is typed."""
    choice, address = QComboBox(), QLineEdit()
    for value, words in (
        ("system", tr("Like the system")),
        ("none", tr("None")),
        (None, tr("This one")),
    ):
        choice.addItem(words, value)
    address.setPlaceholderText("http://proxy.example:8080")
    plain.name(address, tr("Address of the proxy"))
    is_typed = choice.findData(now) < 0
    choice.setCurrentIndex(choice.count() - 1 if is_typed else choice.findData(now))
    plain.set_text(address, now if is_typed else "")
    address.setEnabled(is_typed)

    def chosen() -> str:
        return str(choice.currentData() or address.text().strip())

    def problem() -> str:
        if is_proxy(chosen()):
            return ""
        return tr("A proxy is written as http://host:port, without a user name or password.")

    def choose() -> None:
        address.setEnabled(choice.currentData() is None)
        address.textChanged.emit(address.text())  # what counts may be another address now

    choice.currentIndexChanged.connect(choose)
    row = _side_by_side(choice, address)
    return SettingField(
        widget=choice, value=chosen, changed=address.textChanged, row=row, problem=problem
    )


def _rules(_entry: Entry, now: Sequence[FolderRule], _samples: Sequence[Sample]) -> SettingField:
    rules = FolderRules(now)
    return SettingField(
        widget=rules,
        value=rules.chosen,
        changed=rules.changed,
        problem=rules.problem,
        says_problem=True,
    )


def _closing(entry: Entry, now: str, _samples: Sequence[Sample]) -> SettingField:
    """Not asked yet is no, and stays not asked while nobody touches it."""
    box = check_box(translated(entry.label), is_on=now == "yes")
    return SettingField(
        widget=box,
        value=lambda: "yes" if box.isChecked() else now and "no",
        changed=box.toggled,
    )


def _arguments(entry: Entry, now: str, _samples: Sequence[Sample]) -> SettingField:
    text = _line_edit(entry, now)

    def problem() -> str:
        try:
            arguments(text.text())
        except BadProgram:
            return tr("A quote in the arguments is not closed.")
        return ""

    return SettingField(widget=text, value=text.text, changed=text.textChanged, problem=problem)


def _run_for(entry: Entry, now: str, _samples: Sequence[Sample]) -> SettingField:
    text = _line_edit(entry, now)

    def problem() -> str:
        if wrong := search.misread(text.text()):
            shown = one_line(wrong, _SHOWN)
            return tr("“{piece}” names no field of the search, or no value for it.", piece=shown)
        return ""

    return SettingField(
        widget=text,
        value=lambda: text.text().strip(),
        changed=text.textChanged,
        problem=problem,
    )


#: What a line of text, a number, a choice or a box is not enough for.
_OWN_FIELDS: dict[str, Callable[[Entry, Any, Sequence[Sample]], SettingField]] = {
    "template": _template,
    "proxy": _proxy,
    "folder_rules": _rules,
    "run_arguments": _arguments,
    "run_for": _run_for,
    "close_to_tray": _closing,
}
