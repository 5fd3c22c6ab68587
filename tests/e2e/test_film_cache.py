"""What is played leaves nothing of ours outside the folders of this run."""

import os
import subprocess
import sys
from pathlib import Path

from rushes.assets import asset
from tests.patience import LIMIT_S

_PLAY = """
import sys
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtMultimedia import QMediaPlayer
from PySide6.QtMultimediaWidgets import QVideoWidget
from rushes import app
made = app._application()
screen, player, seen = QVideoWidget(), QMediaPlayer(), []
screen.show()
player.setVideoOutput(screen)
screen.videoSink().videoFrameChanged.connect(lambda f: (seen.append(f), seen[9:] and made.quit()))
player.setSource(QUrl.fromLocalFile(sys.argv[1]))
player.play()
QTimer.singleShot(60_000, lambda: made.exit(1))
sys.exit(made.exec())
"""


def test_that_a_film_that_is_played_leaves_nothing_of_qt_in_the_users_cache(tmp_path: Path) -> None:
    film = str(asset("media", "dusk.mp4"))
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    subprocess.run([sys.executable, "-P", "-c", _PLAY, film], env=env, check=True, timeout=LIMIT_S)

    assert list(tmp_path.glob("*qt*")) == []  # the driver's own cache is shared by all programs
