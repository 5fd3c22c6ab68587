"""One media player for one local file. Nothing but a local file ever reaches Qt's player.

QMediaPlayer neither verifies TLS nor honours the proxy, so a URL with another scheme or without
an absolute path is refused here, in the one place that calls `setSource`.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtMultimedia import (
    QAudioOutput,
    QMediaDevices,
    QMediaMetaData,
    QMediaPlayer,
    QtAudio,
    QVideoFrame,
)
from PySide6.QtMultimediaWidgets import QVideoWidget

from rushes.presentation.text import tr
from rushes.ui.preview import frames

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0)
_REVERSE_TICK_MS = 100


class NotLocal(ValueError):
    """Something that is no absolute path was to be played: a bug, never shown to a person."""


def local_url(path: str) -> QUrl:
    """The file URL of an absolute path.

    Raises:
        NotLocal: a relative path, or anything with a scheme.
    """
    url = QUrl.fromLocalFile(path) if Path(path).is_absolute() else QUrl()
    if not url.isLocalFile():
        raise NotLocal("only an absolute path of a local file is played")
    return url


def heard(percent: int) -> float:
    """A step of a slider sounds equally large everywhere: loudness is felt as a logarithm."""
    scale = QtAudio.VolumeScale
    felt, linear = scale.LogarithmicVolumeScale, scale.LinearVolumeScale
    return float(QtAudio.convertVolume(percent / 100, felt, linear))


class Player(QObject):
    """Plays one file, muted and looping at first.

    Signals:
        opened: the file can be played; `frame_count` and `fps` hold.
        began: its first frame is on screen.
        unplayable: one sentence that says why it cannot.
        frame_shown: the frame on screen, from 0.
        playing_changed: whether it moves now, in either direction.
        stretch_changed: the marked stretch changed.
    """

    opened = Signal()
    began = Signal()
    unplayable = Signal(str)
    frame_shown = Signal(int)
    playing_changed = Signal(bool)
    stretch_changed = Signal()

    def __init__(self, screen: QVideoWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._player = QMediaPlayer(self)
        self._player.setVideoOutput(screen)
        self._player.setLoops(QMediaPlayer.Loops.Infinite)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.errorOccurred.connect(self._on_error)
        self._player.playbackStateChanged.connect(lambda _state: self._tell_playing())
        self._player.videoSink().videoFrameChanged.connect(self._on_frame)
        self._audio: QAudioOutput | None = None
        self._volume = 1.0
        self._first: int | None = None  # of the marked stretch
        self._last: int | None = None
        self._end = QTimer(self)  # the last frame of the stretch has its time on screen too
        self._end.setSingleShot(True)
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(self._stretch_ended)
        self._path = ""
        self._is_open = False
        self._is_beginning = False
        self._fps = frames.USUAL_FPS
        self._frame = 0
        self._is_resting = False  # on a frame it was sent to
        self._speed = 1.0
        self._autoplay = True
        self._backwards = QTimer(self)
        self._backwards.setInterval(_REVERSE_TICK_MS)
        self._backwards.timeout.connect(self._step_back_in_time)
        self._reverse_speed = 1.0

    # --- the file --------------------------------------------------------------------------

    @property
    def path(self) -> str:
        return self._path

    def open(self, path: str, fps: float | None, *, play: bool = True) -> None:
        """Load `path`; `opened` or `unplayable` follows.

        Args:
            fps: What the service said, used where the file does not tell.
        """
        url = local_url(path)
        self.close()
        self._path = path
        self._is_beginning = True
        self._fps = fps if fps and fps > 0 else frames.USUAL_FPS
        self._autoplay = play
        self._player.setSource(url)
        if play:  # it begins as soon as it is loaded, without asking this thread once more
            self._player.setPlaybackRate(self._speed)
            self._player.play()

    def close(self) -> None:
        """Stop and let go of the file, so that it can be moved or deleted."""
        self._backwards.stop()
        self._end.stop()
        self._is_open = False
        self._is_beginning = False
        self._path = ""
        self._frame = 0
        self._is_resting = False
        self.set_stretch(None, None)
        if not self._player.source().isEmpty():
            self._player.stop()
            self._player.setSource(QUrl())

    @property
    def is_beginning(self) -> bool:
        """Between `open` and its first frame."""
        return self._is_beginning

    @property
    def fps(self) -> float:
        return self._fps

    @property
    def frame_count(self) -> int:
        return frames.count(self._player.duration(), self._fps) if self._is_open else 0

    @property
    def frame(self) -> int:
        """The one on screen, or, where it stands, the one it was sent to."""
        return self._frame

    # --- moving ----------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        playing = self._player.playbackState() is QMediaPlayer.PlaybackState.PlayingState
        return playing or self._backwards.isActive()

    def play(self) -> None:
        self._backwards.stop()
        if self._is_open:
            if not self._is_inside(self._frame):
                self.seek(self._first or 0)
            self._player.setPlaybackRate(self._speed)
            self._player.play()
            self._tell_playing()

    def pause(self) -> None:
        self._backwards.stop()
        self._end.stop()
        if self._is_open:
            self._player.pause()
            self._tell_playing()

    def play_backwards(self) -> None:
        """Qt's player cannot; stepping by time comes close. Asked again: twice as fast."""
        if not self._is_open:
            return
        going = self._backwards.isActive()
        self._reverse_speed = min(2.0, self._reverse_speed * 2) if going else 1.0
        self._player.pause()
        self._backwards.start()
        self._tell_playing()

    def seek(self, frame: int) -> None:
        if not self._is_open:
            return
        self._end.stop()
        if self._player.playbackState() is QMediaPlayer.PlaybackState.StoppedState:
            self._player.pause()  # a stopped player shows nothing
        last = max(0, self.frame_count - 1)
        self._frame = min(max(0, frame), last)
        self._is_resting = not self.is_playing
        self._player.setPosition(frames.centre_ms(self._frame, self._fps))

    def step(self, by: int) -> None:
        """Pause, then move by so many frames."""
        self.pause()
        self.seek(self._frame + by)

    @property
    def speed(self) -> float:
        return self._speed

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        self._player.setPlaybackRate(speed)

    @property
    def is_looping(self) -> bool:
        return self._player.loops() == QMediaPlayer.Loops.Infinite.value

    def set_looping(self, on: bool) -> None:
        once, forever = QMediaPlayer.Loops.Once, QMediaPlayer.Loops.Infinite
        self._player.setLoops((forever if on else once).value)

    # --- the marked stretch --------------------------------------------------------------------

    @property
    def stretch(self) -> tuple[int | None, int | None]:
        """First and last frame that are played, from 0; None: from the start, to the end."""
        return self._first, self._last

    def set_stretch(self, first: int | None, last: int | None) -> None:
        """Play only from `first` to `last`; a mark behind the other takes that one away."""
        before = self.stretch
        if first is not None and last is not None and first > last:
            first, last = (first, None) if last == before[1] else (None, last)
        self._first, self._last = first, last
        self._end.stop()
        if self.stretch != before:
            self.stretch_changed.emit()

    def _is_inside(self, frame: int) -> bool:
        return (self._first or 0) <= frame and (self._last is None or frame < self._last)

    def _mind_stretch(self) -> None:
        """Turn round where the stretch ends, and begin where it begins."""
        if not self.is_playing or self._end.isActive():
            return
        if self._frame < (self._first or 0):
            self.seek(self._first or 0)
        if self._last is None:
            return
        if self._frame > self._last:
            self._stretch_ended()
        elif self._frame == self._last:
            self._end.start(round(1000 / (self._fps * max(self._speed, 0.01))))

    def _stretch_ended(self) -> None:
        if self.is_looping:
            self.seek(self._first or 0)
        else:
            self.pause()
            self.seek(self._frame if self._last is None else self._last)

    # --- sound -----------------------------------------------------------------------------

    @property
    def is_muted(self) -> bool:
        return self._audio is None or self._audio.isMuted()

    @property
    def has_sound(self) -> bool:
        return self._is_open and self._player.hasAudio()

    def set_muted(self, muted: bool) -> None:
        """Sound is opened only when wanted: looking for audio devices is slow and may warn. It
        stays off where there is no device."""
        if self._audio is None and not muted and QMediaDevices.audioOutputs():
            self._audio = QAudioOutput(self)
            self._audio.setVolume(self._volume)
            self._player.setAudioOutput(self._audio)
        if self._audio is not None:
            self._audio.setMuted(muted)

    @property
    def volume(self) -> float:
        """0 to 1, as the ear hears it."""
        return self._volume

    def set_volume(self, volume: float) -> None:
        self._volume = min(1.0, max(0.0, volume))
        if self._audio is not None:
            self._audio.setVolume(self._volume)

    # --- what Qt says ----------------------------------------------------------------------

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status is QMediaPlayer.MediaStatus.LoadedMedia and self._path and not self._is_open:
            self._loaded()

    def _loaded(self) -> None:
        if not self._player.hasVideo():
            self._give_up(tr("There is no picture in this file."))
            return
        told = self._player.metaData().value(QMediaMetaData.Key.VideoFrameRate)
        if isinstance(told, (int, float)) and told > 0:
            self._fps = float(told)
        self._is_open = True
        self.opened.emit()
        if self._autoplay:
            self._tell_playing()
        else:
            self.seek(0)

    def _on_error(self, error: QMediaPlayer.Error, _words: str) -> None:
        if error is QMediaPlayer.Error.ResourceError:
            self._give_up(tr("The file cannot be opened."))
        elif error is not QMediaPlayer.Error.NoError:
            self._give_up(tr("This computer cannot decode the file, or the file is damaged."))

    def _give_up(self, why: str) -> None:
        if self._path:
            self._is_open = self._is_beginning = False
            # Not from inside the player's own signal: it is still busy with the file.
            QTimer.singleShot(0, self, self.close)
            self.unplayable.emit(why)

    def _on_frame(self, shown: QVideoFrame) -> None:
        if self._is_open and shown.isValid() and not self._backwards.isActive():
            frame = frames.frame_at(shown.startTime(), self._fps)
            if self.is_playing or not self._is_resting:  # else maybe decoded before the jump
                self._frame, self._is_resting = frame, False
            self.frame_shown.emit(frame)
            if self._is_beginning:
                self._is_beginning = False
                self.began.emit()
            self._mind_stretch()

    def _step_back_in_time(self) -> None:
        by = self._fps * self._reverse_speed * _REVERSE_TICK_MS / 1000
        if self._frame <= (self._first or 0):
            self.pause()
            return
        self.seek(self._frame - max(1, round(by)))
        self.frame_shown.emit(self._frame)

    def _tell_playing(self) -> None:
        self.playing_changed.emit(self.is_playing)
