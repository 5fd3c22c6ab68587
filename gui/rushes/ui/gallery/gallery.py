"""The gallery: the grid of tiles, and how large they are."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from rushes.presentation.text import tr
from rushes.ui.gallery.view import GridView
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import icon_button
from rushes.ui.widgets.posters import Posters

#: Widths of a tile: small, medium, large.
SIZES = (152, 208, 300)


class Gallery(QWidget):
    """Shows the rows of the list's model as tiles, with the list's own selection."""

    def __init__(
        self, model: QAbstractItemModel, selection: QItemSelectionModel, posters: Posters
    ) -> None:
        super().__init__()
        self.view = GridView(posters)
        self.view.setModel(model)
        self.view.setSelectionModel(selection)
        self._size = self._slider()
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.SMALL, 2, theme.SMALL, 2)
        foot.setSpacing(theme.TINY)
        foot.addStretch(1)
        foot.addWidget(self._end_of_slider(tr("Smaller pictures"), 11, -1))
        foot.addWidget(self._size)
        foot.addWidget(self._end_of_slider(tr("Larger pictures"), 18, 1))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.view, 1)
        box.addLayout(foot)
        self.setFocusProxy(self.view)
        self.set_size(1)

    @property
    def size_step(self) -> int:
        """0 small, 1 medium, 2 large."""
        return self._size.value()

    def set_size(self, step: int) -> None:
        self._size.setValue(step)
        self.view.set_tile_width(SIZES[self.size_step])

    def _slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, len(SIZES) - 1)
        slider.setPageStep(1)
        slider.setFixedWidth(90)
        slider.setMinimumHeight(24)
        plain.name(slider, tr("Size of the pictures"))
        plain.set_tooltip(slider, tr("Size of the pictures"))
        slider.valueChanged.connect(lambda step: self.view.set_tile_width(SIZES[step]))
        return slider

    def _end_of_slider(self, words: str, side: int, by: int) -> QToolButton:
        button = icon_button("image", words, lambda: self._step(by))
        button.setIconSize(QSize(side, side))
        return button

    def _step(self, by: int) -> None:
        self.set_size(self.size_step + by)
