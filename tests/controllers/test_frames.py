"""A frame that is kept: its name, its bytes, and that nothing is ever written over."""

from pathlib import Path

from PySide6.QtGui import QColor, QImage

from rushes.controllers.viewer_controller import frame_path, png
from rushes.core.failure import Failure, Kind
from rushes.files.file_store import write_new


def picture(colour: str) -> QImage:
    made = QImage(64, 36, QImage.Format.Format_RGB32)
    made.fill(QColor(colour))
    return made


def test_that_a_frame_is_named_after_its_clip_and_its_number() -> None:
    assert frame_path(Path("/films/a.b hero.mp4"), 123) == Path("/films/a.b hero_f0123.png")


def test_that_a_kept_frame_is_the_picture_itself_without_loss(tmp_path: Path) -> None:
    saved = write_new(tmp_path / "hero_f0001.png", png(picture("#123456")))
    assert saved == tmp_path / "hero_f0001.png"
    read = QImage(str(saved))
    assert (read.size(), read.pixelColor(5, 5).name()) == (picture("red").size(), "#123456")


def test_that_another_picture_of_the_same_name_stays_and_the_new_one_is_numbered(
    tmp_path: Path,
) -> None:
    wanted = tmp_path / "hero_f0001.png"
    write_new(wanted, png(picture("red")))
    assert write_new(wanted, png(picture("blue"))) == tmp_path / "hero_f0001 (2).png"
    assert write_new(wanted, png(picture("red"))) == wanted
    assert len(list(tmp_path.iterdir())) == 2


def test_that_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    failed = write_new(tmp_path / "gone" / "a_f0001.png", png(picture("red")))
    assert isinstance(failed, Failure)
    assert failed.kind is Kind.FOLDER
