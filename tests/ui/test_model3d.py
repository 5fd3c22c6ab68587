"""A 3D result in the preview: its facts first, then pictures that turn."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QSlider
from pytestqt.qtbot import QtBot

from rushes.core.model import ModelFacts, ModelTrouble
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task
from rushes.ui.preview.preview import Preview
from tests.ui.takes import ended, take
from tests.ui.test_preview import CTX, preview, window

__all__ = ["preview", "window"]
PATH = "/films/vase.zip"
FACTS = ModelFacts(triangles=4128, meshes=1, materials=2, textures=1, size=(0.7178, 1.0, 0.7178))


def model() -> Task:
    saved = ArtifactState.SAVED
    zipped = Artifact(kind=ArtifactKind.MODEL, state=saved, path=PATH, size=400_000)
    return replace(ended(take()), artifacts=(zipped,))


def pictures(count: int = 8) -> list[QImage]:
    made = []
    for number in range(count):
        image = QImage(32, 32, QImage.Format.Format_RGB32)
        image.fill(QColor.fromHsv(number * 40, 200, 200))
        made.append(image)
    return made


def words(shown: Preview) -> str:
    labels = shown.stack.model.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(shown))


def button(shown: Preview, text: str) -> QAbstractButton:
    return next(b for b in shown.stack.model.findChildren(QAbstractButton) if b.text() == text)


@pytest.fixture
def looking(preview: Preview, qtbot: QtBot) -> Preview:
    with qtbot.waitSignal(preview.model_wanted) as told:
        preview.show_task(model(), CTX)
    assert told.args == [PATH]
    return preview


def test_that_facts_stand_there_before_there_are_pictures(looking: Preview) -> None:
    assert "400 kB" in words(looking)
    assert not button(looking, "Orbit").isEnabled()
    looking.show_model_facts(PATH, FACTS)
    assert "2 materials · 1 texture · 0.718 × 1 × 0.718" in words(looking)
    assert button(looking, "Orbit").isEnabled()


def test_that_the_poster_stands_there_until_the_model_is_drawn(looking: Preview) -> None:
    pane = looking.stack.model
    still = QImage(8, 8, QImage.Format.Format_RGB32)
    pane.show_still(still)
    assert pane.turntable.pictures == (still,)
    assert not any("Looking" in w.text() for w in pane.findChildren(QLabel) if w.isVisible())
    pane.show_trouble(ModelTrouble.BROKEN)
    pane.show_still(still)
    assert not pane.turntable.pictures


def test_that_dragging_and_keys_turn_the_model_all_the_way_round(looking: Preview) -> None:
    looking.show_model(PATH, pictures())
    table = looking.stack.model.turntable
    QTest.keyClick(looking, Qt.Key.Key_Period)
    assert table.at == 1
    QTest.keyClick(looking, Qt.Key.Key_Comma)
    QTest.keyClick(looking, Qt.Key.Key_Comma)
    assert table.at == 7
    slider = next(iter(looking.stack.model.findChildren(QSlider)))
    assert slider.value() == 7
    slider.setValue(3)
    assert table.at == 3
    QTest.mousePress(table, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseMove(table, QPoint(70, 50))
    QTest.mouseRelease(table, Qt.MouseButton.LeftButton)
    assert table.at == 5


def test_that_space_lets_it_turn_by_itself_and_stop(looking: Preview, qtbot: QtBot) -> None:
    looking.show_model(PATH, pictures())
    table = looking.stack.model.turntable
    QTest.keyClick(looking, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: table.at > 1)
    QTest.keyClick(looking, Qt.Key.Key_Space)
    assert not table.is_spinning


def test_that_the_reason_stands_where_the_pictures_would(looking: Preview) -> None:
    looking.show_model_facts(PATH, FACTS)
    looking.show_model_trouble(PATH, ModelTrouble.NO_DRAWING)
    assert "This computer cannot draw in 3D here." in words(looking)
    assert "2 materials" in words(looking)


def test_that_an_answer_about_another_take_is_dropped(looking: Preview) -> None:
    looking.show_model("/films/other.zip", pictures())
    assert looking.stack.model.turntable.pictures == ()


def test_that_hiding_lets_go_of_the_pictures_and_showing_asks_again(
    looking: Preview, qtbot: QtBot
) -> None:
    looking.show_model(PATH, pictures())
    looking.hide()
    assert looking.stack.model.turntable.pictures == ()
    with qtbot.waitSignal(looking.model_wanted):
        looking.show()


def test_that_orbit_and_open_say_which_file(looking: Preview) -> None:
    looking.show_model_facts(PATH, FACTS)
    heard: list[object] = []
    looking.orbit_wanted.connect(heard.append)
    looking.open_requested.connect(lambda key, kind: heard.append((key, kind)))
    button(looking, "Orbit").click()
    button(looking, "Open file").click()
    assert heard == [PATH, (model().key, ArtifactKind.MODEL)]
