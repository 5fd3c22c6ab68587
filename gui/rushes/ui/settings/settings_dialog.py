"""The settings, on one page: where results go and under which names, where new ids turn up, the
way to the network, and how the window looks.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from rushes.core import folder_rules, naming
from rushes.core.settings import Settings
from rushes.presentation.text import tr
from rushes.ui.settings.folder_rules import FolderRules
from rushes.ui.settings.name_example import Sample, example_name, sample
from rushes.ui.settings.proxy_field import ProxyField
from rushes.ui.settings.tell_fields import TellFields
from rushes.ui.settings.watch_fields import WatchFields
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Elided, line, push_button

#: Of a window on the screen, besides its inside (pixels).
_FRAME = 60
_SCROLL_BAR = QStyle.PixelMetric.PM_ScrollBarExtent


class SettingsDialog(QDialog):
    """Signals:
    settings_changed: the new Settings, once, when the user agrees.
    """

    settings_changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        samples: Sequence[Sample] = (),
        parent: QWidget | None = None,
        *,
        has_tray: bool = False,
    ) -> None:
        """`has_tray`: without one there are no notifications to be chosen."""
        super().__init__(parent)
        self._settings = settings
        self._has_tray = has_tray
        self._samples = tuple(samples[:3]) or (sample(),)
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(560)
        self._make_fields()
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, theme.MEDIUM, 0)
        form.setHorizontalSpacing(theme.LARGE)
        form.setVerticalSpacing(theme.SMALL)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._fill_files(form)
        _section(form, tr("New task IDs"))
        _row(form, tr("Folder to watch"), self._watch.folder, self._watch.row)
        form.addRow("", self._watch.clipboard)
        _section(form, tr("Network"))
        _row(form, tr("Proxy"), self._proxy)
        if self._has_tray:
            _section(form, tr("Notifications"))
            self._tell.fill(form)
        self._fill_looks(form)
        self._buttons = QDialogButtonBox()
        standard = QDialogButtonBox.StandardButton
        self._buttons.setStandardButtons(standard.Ok | standard.Cancel)
        self._ok = self._buttons.button(standard.Ok)
        plain.set_text(self._ok, tr("Apply"))
        self._ok.setProperty("primary", True)
        plain.set_text(self._buttons.button(standard.Cancel), tr("Cancel"))
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.HUGE, theme.HUGE, theme.MEDIUM, theme.LARGE)
        box.setSpacing(theme.MEDIUM)
        area = _scrolling(page)
        box.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, theme.MEDIUM, 0)
        foot.addWidget(self._buttons)
        box.addLayout(foot)
        self._fit(page)
        self._template.textChanged.connect(self._preview)
        self._proxy.changed.connect(self._preview)
        self._rules.changed.connect(self._preview)
        self._preview()

    def _fit(self, page: QWidget) -> None:
        """As large as all fields, where the screen has room for that."""
        room = QGuiApplication.primaryScreen().availableGeometry().adjusted(0, 0, -_FRAME, -_FRAME)
        around = theme.HUGE + theme.MEDIUM + theme.LARGE + self._buttons.sizeHint().height()
        beside = theme.HUGE + theme.MEDIUM + self.style().pixelMetric(_SCROLL_BAR)
        wide = min(max(self.minimumWidth(), page.sizeHint().width() + beside), room.width())
        self.resize(wide, min(page.sizeHint().height() + around, room.height()))

    def chosen(self) -> Settings:
        """The settings as the fields stand now."""
        return replace(
            self._tell.chosen(self._settings),
            folder=self._folder.text().strip(),
            template=self._template.text(),
            folder_rules=folder_rules.write(self._rules.chosen()),
            auto_save=self._auto_save.isChecked(),
            downloads_at_once=self._at_once.value(),
            theme=self._theme.currentData(),
            language=self._language.currentData(),
            density=self._density.currentData(),
            single_letter_keys=self._letters.isChecked(),
            proxy=self._proxy.chosen(),
            watch_folder=self._watch.folder.text().strip(),
            watch_clipboard=self._watch.clipboard.isChecked(),
        )

    # --- inside ---------------------------------------------------------------------------

    def _make_fields(self) -> None:
        now = self._settings
        self._folder = QLineEdit()
        self._folder.setPlaceholderText(tr("Your videos folder / Rushes"))
        plain.set_text(self._folder, now.folder)
        self._template = QLineEdit()
        plain.set_text(self._template, now.template)
        self._shown = [Elided() for _ in self._samples]
        self._problem = line("", "error")
        self._rules = FolderRules(folder_rules.read(now.folder_rules))
        self._auto_save = _check(tr("Save results as soon as they are ready"), now.auto_save)
        self._at_once = QSpinBox()
        self._at_once.setRange(1, 16)
        self._at_once.setMaximumWidth(90)
        self._at_once.lineEdit().setTextMargins(theme.TINY, 0, 0, 0)
        self._at_once.setValue(now.downloads_at_once)
        self._proxy = ProxyField(now.proxy)
        self._watch = WatchFields(now.watch_folder, clipboard=now.watch_clipboard)
        self._tell = TellFields(now)
        self._theme = _choice(
            now.theme,
            (("system", tr("Like the system")), ("light", tr("Light")), ("dark", tr("Dark"))),
        )
        self._language = _choice(
            now.language, (("", tr("Like the system")), ("en", "English"), ("zh_CN", "简体中文"))
        )
        self._density = _choice(
            now.density, (("comfortable", tr("Comfortable")), ("compact", tr("Compact")))
        )
        self._letters = _check(
            tr("Single letters and digits as keys in the list"), now.single_letter_keys
        )

    def _fill_files(self, form: QFormLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._folder, 1)
        row.addWidget(push_button(tr("Choose…"), self._choose_folder))
        form.addRow(line(tr("Results"), "title"))
        _row(form, tr("Folder"), self._folder, row)
        _row(form, tr("File names"), self._template)
        for shown in self._shown:
            shown.setProperty("role", "caption")
            form.addRow("", shown)
        form.addRow("", self._problem)
        form.addRow("", self._auto_save)
        _row(form, tr("Rules for folders"), self._rules)
        _row(form, tr("Downloads at once"), self._at_once)

    def _fill_looks(self, form: QFormLayout) -> None:
        _section(form, tr("Window"))
        _row(form, tr("Theme"), self._theme)
        _row(form, tr("Language"), self._language)
        form.addRow(
            "",
            line(tr("A new language is used from the next start."), "caption", wraps=False),
        )
        _row(form, tr("Rows"), self._density)
        form.addRow("", self._letters)
        if self._has_tray:
            form.addRow("", self._tell.closing)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, tr("Folder for results"), self._folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: plain.set_text(self._folder, path))
        dialog.open()

    def _preview(self) -> None:
        """Show the names the template gives to real takes, or what cannot be used as it is."""
        template = self._template.text()
        problem = ""
        for shown, (task, account) in zip(self._shown, self._samples, strict=True):
            try:
                shown.show_text(example_name(template, task, account))
            except naming.BadTemplate as e:
                problem = tr("These file names cannot be used: {why}.", why=e.args[0])
            shown.setVisible(not problem)
        problem = problem or self._proxy.problem()
        plain.set_text(self._problem, problem)
        self._problem.setVisible(bool(problem))
        self._ok.setEnabled(not problem and not self._rules.problem())

    def _accept(self) -> None:
        self.accept()
        if (chosen := self.chosen()) != self._settings:
            self.settings_changed.emit(chosen)


def _section(form: QFormLayout, words: str) -> None:
    title = line(words, "title")
    title.setContentsMargins(0, theme.SMALL, 0, 0)
    form.addRow(title)


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
    area.setWidget(page)
    return area


def _row(form: QFormLayout, words: str, field: QWidget, inside: QHBoxLayout | None = None) -> None:
    title = plain.label(words)
    title.setBuddy(field)
    plain.name(field, words)
    if isinstance(field, QComboBox):
        plain.name(field.view(), words)
    form.addRow(title, inside or field)


def _check(words: str, on: bool) -> QCheckBox:
    made = QCheckBox()
    plain.set_text(made, words)
    plain.name(made, words)
    made.setChecked(on)
    return made


def _choice(now: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    for value, words in choices:
        made.addItem(words, value)
    if made.findData(now) < 0:
        made.addItem(now, now)
    made.setCurrentIndex(made.findData(now))
    return made
