"""What hangs on the pointer while takes are dragged out."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractItemView

from rushes.core.task import ArtifactState
from rushes.ui.list.drag_rows import drag_of
from rushes.ui.widgets.posters import Posters
from tests.ui.takes import ended, take, with_file
from tests.ui.windows import Fill, select, table_of

RED = QColor("#c01010")


class OnePoster(Posters):
    """Every take has the same."""

    def at_hand(self, task: object) -> QImage:
        del task
        image = QImage(320, 180, QImage.Format.Format_RGB32)
        image.fill(RED)
        return image


@pytest.mark.parametrize("shown", ["list", "gallery"])
def test_that_a_dragged_take_is_its_poster_with_a_count(fill: Fill, shown: str) -> None:
    saved, path = ArtifactState.SAVED, "/films/{}.mp4"
    takes = [with_file(ended(take(n)), saved, path=path.format(n)) for n in range(3)]
    window = fill(*takes)
    window.content.show_view(shown)
    view: QAbstractItemView = window.content.rows_view
    select(window, *takes[:1])
    one = drag_of(view, OnePoster(window))
    select(window, *takes)
    three = drag_of(view, OnePoster(window))
    assert one is not None
    assert three is not None
    assert len(three.mimeData().urls()) == 3
    pictures = [drag.pixmap().toImage() for drag in (one, three)]
    assert pictures[0].deviceIndependentSize().toSize() == QSize(128, 72)
    assert pictures[0].pixelColor(64, 36) == RED
    assert pictures[0].pixelColor(110, 10) == RED  # no count of one
    assert pictures[1].pixelColor(110, 10) != RED
    for drag in (one, three):
        drag.deleteLater()


def test_that_nothing_is_dragged_that_has_no_file(fill: Fill) -> None:
    window = fill(take(1))
    select(window, take(1))
    assert drag_of(table_of(window), None) is None
