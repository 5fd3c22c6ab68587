"""One media player for one local file. Nothing but a local file ever reaches Qt's player.

QMediaPlayer neither verifies TLS nor honours the proxy, so a URL with another scheme or without
an absolute path is refused here, in the one place that calls `setSource`.

It plays; while it stands, the frame on the screen comes from a `FrameSource`, where there is one.
"""

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QWindow
from PySide6.QtMultimedia import (
    QAudioOutput,
    QMediaDevices,
    QMediaMetaData,
    QMediaPlayer,
    QtAudio,
    QVideoFrame,
    QVideoSink,
)
from PySide6.QtMultimediaWidgets import QVideoWidget

from rushes.core.film import FilmFacts, FilmTrouble
from rushes.presentation.film import trouble_sentence
from rushes.presentation.text import tr
from rushes.ui.preview import frames

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0)
_REVERSE_TICK_MS, _SMOOTH_TICK_MS = 100, 40
_ROUNDING_US = 0.5
#: So long nobody wonders why there is no picture of a film.
_LATE_MS = 2000
_POSTER = -1  # in place of a number: it is of no frame
#: Takes that follow each other sooner (a held key) are passed by; the one where it stops is loaded.
_SERIES_MS = 200
_LOAD_AFTER_MS = 120
_PAINTED_AFTER_MS = 20  # after the picture that stands there at once
#: Qt's player waits for its decoders when it lets go of a film, up to half a second in 4K: they
#: are given so long to come to rest first. Smaller films are let go of in a few milliseconds.
_COMES_TO_REST_MS = 400
_LARGE_PIXELS = 1920 * 1088


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


def _can_be_seen(window: QWindow | None) -> bool:
    is_minimised = window is not None and window.windowStates() & Qt.WindowState.WindowMinimized
    return window is None or (window.isExposed() and not is_minimised)


def heard(percent: int) -> float:
    """A step of a slider sounds equally large everywhere: loudness is felt as a logarithm."""
    scale = QtAudio.VolumeScale
    felt, linear = scale.LogarithmicVolumeScale, scale.LinearVolumeScale
    return float(QtAudio.convertVolume(percent / 100, felt, linear))


class FrameSource(Protocol):
    """Where the frames of films come from that do not play."""

    def look(self, player: "Player", path: str) -> None:
        """`player` wants to show that file. It is told `admitted` or `refused`, then `informed`."""

    def leave(self, player: "Player") -> None:
        """`player` shows nothing any more."""

    def nearest(self, path: str, n: int) -> tuple[int, QImage] | None:
        """The frame nearest to `n` that is there, the sharpest of it. None: there is none."""

    def has_all(self, path: str, side: int) -> bool:
        """Whether all frames of the film are there, as large as `side` needs them."""

    def place(self, player: "Player", n: int, side: int, *, is_wanted: bool) -> None:
        """Where the player stands.

        Args:
            side: The longer one of its picture, in pixels of the screen.
            is_wanted: Whether frame `n` is to be shown: it comes, or nearer ones first, by `came`.
        """


class Player(QObject):
    """Plays one file, muted and looping at first.

    Attributes:
        frames: Asked first whether a file can be decoded. None: the player shows what it can.
        plays_from_memory: Whether a muted film of which `frames` has all plays from there: its
            loops decode nothing.

    Signals:
        opened: the file can be played; `frame_count` and `fps` hold.
        began: its first frame is on screen.
        unplayable: one sentence that says why it cannot.
        late: True: for some time it has been opened and there is no picture of it; False: one
            has come after all.
        frame_shown: the frame on screen, from 0.
        playing_changed: whether it moves now, in either direction.
        stretch_changed: the marked stretch changed.
    """

    opened = Signal()
    began = Signal()
    unplayable = Signal(str)
    late = Signal(bool)
    frame_shown = Signal(int)
    playing_changed = Signal(bool)
    stretch_changed = Signal()

    def __init__(self, screen: QVideoWidget, parent: QObject) -> None:
        super().__init__(parent)
        self.frames: FrameSource | None = None
        self.plays_from_memory = False
        self._screen = screen
        self._player = QMediaPlayer(self)
        # One of its own: what it decoded before it was stopped may still come, and is not shown.
        self._sink = QVideoSink(self)
        self._player.setVideoSink(self._sink)
        self._player.setLoops(QMediaPlayer.Loops.Infinite)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.errorOccurred.connect(self._on_error)
        self._player.playbackStateChanged.connect(self._on_state)
        self._sink.videoFrameChanged.connect(self._on_frame)
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
        self._facts: FilmFacts | None = None
        self._on_screen: tuple[int, int] | None = None  # which frame, how wide
        self._is_away = False  # Qt's player is not at `_frame`
        self._is_outdated = False  # Qt's player still holds the file before this one
        self._is_admitted = False
        self._since_running = QElapsedTimer()  # Qt's player
        self._letting_go = QTimer(self, singleShot=True)
        self._letting_go.timeout.connect(self._let_go)
        self._loading = QTimer(self, singleShot=True)
        self._loading.timeout.connect(self._ask)
        self._since_open = QElapsedTimer()
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._tell_late)
        self._is_late = False
        self._memory = QTimer(self)  # runs while it plays from memory
        self._memory.setTimerType(Qt.TimerType.PreciseTimer)
        self._memory.timeout.connect(self._play_from_memory)
        self._memory_from, self._since_memory = 0, QElapsedTimer()  # frame, and since when
        self._unseen: QWindow | None = None  # it stands because nobody sees this window
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

    def open(
        self,
        path: str,
        fps: float | None,
        *,
        play: bool = True,
        at: int = 0,
        still: QImage | None = None,
    ) -> None:
        """Load `path`; `opened` or `unplayable` follows.

        Args:
            fps: What the service said, used where the file does not tell.
            at: The frame to begin with.
            still: Shown until the first frame is there.
        """
        url = local_url(path)
        self._player.pause()
        self._reset()
        self._path = path
        self._is_beginning = True
        self._fps = fps if fps and fps > 0 else frames.USUAL_FPS
        self._frame = at
        self._autoplay = play
        self._late.start()
        if self.frames is None:
            self._unload()
            self._load(url)
            return
        self._is_outdated = True
        if (found := self.frames.nearest(path, at)) is not None:
            self._put(*found)
        elif still is not None:
            self.poster_came(still)
        is_series = self._since_open.isValid() and self._since_open.elapsed() < _SERIES_MS
        self._since_open.start()
        self._loading.start(_LOAD_AFTER_MS if is_series else _PAINTED_AFTER_MS)

    def _ask(self) -> None:
        if self.frames is not None and self._path:
            self.frames.look(self, self._path)

    def _load(self, url: QUrl) -> None:
        self._player.setSource(url)
        if self._frame:
            self._is_away = True
        if self._autoplay and not self._is_away:
            # It begins as soon as it is loaded, without asking this thread once more.
            self._player.setPlaybackRate(self._speed)
            self._player.play()

    def close(self) -> None:
        """Stop and let go of the file, so that it can be moved or deleted."""
        self._reset()
        self._unload()

    def leave(self) -> None:
        """Stop, and let go of the file once that keeps nobody waiting."""
        self._player.pause()
        self._reset()
        self._is_outdated = True
        self._let_go_soon()

    def _let_go_soon(self) -> None:
        size, running = self._player.metaData().value(QMediaMetaData.Key.Resolution), 0
        is_large = isinstance(size, QSize) and size.width() * size.height() > _LARGE_PIXELS
        if is_large and self._since_running.isValid():
            running = max(0, _COMES_TO_REST_MS - self._since_running.elapsed())
        self._letting_go.start(running)

    def _let_go(self) -> None:
        """Of the file before, for the one that was admitted."""
        self._unload()
        if self._is_admitted:
            self._load(local_url(self._path))

    def _unload(self) -> None:
        if not self._player.source().isEmpty():
            self._player.stop()
            self._player.setSource(QUrl())
        self._is_outdated = False

    def _reset(self) -> None:
        """Know nothing of the file any more, which Qt's player may hold a moment longer."""
        self._backwards.stop()
        self._memory.stop()
        self._end.stop()
        self._loading.stop()
        self._late.stop()
        self._is_late = False
        self._letting_go.stop()
        self._set_unseen(None)
        self._is_open = self._is_admitted = False
        self._is_beginning = False
        self._path = ""
        self._frame = 0
        self._is_resting = self._is_away = False
        self._facts = self._on_screen = None
        self.set_stretch(None, None)
        if self.frames is not None:
            self.frames.leave(self)

    # --- what the source of frames says ------------------------------------------------------

    def admitted(self) -> None:
        """The file can be decoded: let Qt's player have it."""
        if self._path and not self._is_admitted:
            self._is_admitted = True
            self._let_go_soon()

    def refused(self, trouble: FilmTrouble) -> None:
        self._give_up(trouble_sentence(trouble))

    def informed(self, facts: FilmFacts) -> None:
        """Now frames are numbered by the time at which they are shown."""
        self._facts = facts
        self._fps = float(facts.fps) or self._fps
        self._frame = min(self._frame, facts.frames - 1)
        if self._is_open:
            self.opened.emit()
        if self._is_away:
            self.seek(self._frame)
        elif self._is_open:
            self._tell_place(is_wanted=False)

    def came(self, n: int, image: QImage) -> None:
        """A frame is there: shown if it is nearer to the one that is wanted, or sharper."""
        if self._is_standing and self._is_better(n, image):
            self._put(n, image)

    def poster_came(self, image: QImage) -> None:
        """The poster of the file, for the time until its first frame is there."""
        if self._is_beginning and self._is_better(_POSTER, image):
            self._put(_POSTER, image)

    @property
    def _is_standing(self) -> bool:
        """Whether what is on the screen comes from `frames`."""
        if self.frames is None or not self._path:
            return False
        return self._is_beginning or self._is_away or self._backwards.isActive()

    def _is_better(self, n: int, image: QImage) -> bool:
        if self._on_screen is None:
            return True
        shown, width = self._on_screen
        far, was_far = abs(n - self._frame), abs(shown - self._frame)
        return far < was_far or (far == was_far and image.width() > width)

    def _tell_late(self) -> None:
        if self._is_beginning and (self._on_screen is None or self._on_screen[0] == _POSTER):
            self._is_late = True
            self.late.emit(True)

    def _put(self, n: int, image: QImage) -> None:
        self._on_screen = n, image.width()
        if n != _POSTER:
            self._picture_came()
        frame = QVideoFrame(image)
        frame.setStartTime(round(self._begin_us(max(0, n))))
        self._screen.videoSink().setVideoFrame(frame)

    def _picture_came(self) -> None:
        if self._is_late:
            self._is_late = False
            self.late.emit(False)

    def _tell_place(self, *, is_wanted: bool) -> None:
        if self.frames is not None:
            self.frames.place(self, self._frame, self._side(), is_wanted=is_wanted)

    def _side(self) -> int:
        """The longer side of the picture, in pixels of the screen."""
        room = self._screen.size() * self._screen.devicePixelRatioF()
        if self.size.isValid():
            room = self.size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return max(room.width(), room.height())

    # --- playing from memory -----------------------------------------------------------------

    def _can_play_from_memory(self) -> bool:
        if not self.plays_from_memory or self._facts is None or not self.is_muted:
            return False
        # After a jump Qt's player stands still in these until the key frame behind it has its time.
        side = 0 if self._facts.container == "mpegts" else self._side()
        return self.frames is not None and self.frames.has_all(self._path, side)

    def _begin_from_memory(self) -> None:
        self._end.stop()
        self._is_away = True
        self._memory_from = self._frame
        self._since_memory.start()
        self._memory.start(max(1, round(500 / (self._fps * self._speed))))
        self._player.pause()  # after that, or it would be told that nothing moves

    def _play_from_memory(self) -> None:
        """Show the frame of this moment, if another one is shown yet."""
        assert self.frames is not None
        begin = self.begin_s(self._memory_from)
        at = begin + self._since_memory.nsecsElapsed() / 1e9 * self._speed
        last = self.frame_count - 1 if self._last is None else self._last
        if at >= self.begin_s(last + 1):
            if not self.is_looping:
                self.pause()
                self.seek(last)
                return
            self._frame = self._memory_from = self._first or 0
            self._since_memory.start()
        elif (n := self.frame_during(at)) == self._frame:
            return
        else:
            self._frame = n
        found = self.frames.nearest(self._path, self._frame)
        if found is None or not self._can_play_from_memory():
            self._memory.stop()
            self.play()
            return
        self._put(*found)
        self.frame_shown.emit(self._frame)
        self._mind_being_seen()

    # --- times and numbers -------------------------------------------------------------------

    def _begin_us(self, n: int) -> float:
        """When a frame is shown, in microseconds from the first one."""
        return self._facts.begin_us(n) if self._facts else n * 1_000_000 / self._fps

    def _number(self, at_us: float) -> int:
        return self._facts.frame_at(at_us) if self._facts else frames.frame_at(at_us, self._fps)

    def begin_s(self, n: int) -> float:
        """When a frame is shown, in seconds from the first one."""
        return self._begin_us(n) / 1_000_000

    def frame_during(self, at_s: float) -> int:
        """The frame that stands at that time."""
        n, at_us = self._number(at_s * 1_000_000), at_s * 1_000_000
        return n - 1 if self._begin_us(n) > at_us + _ROUNDING_US else n

    def _centre_ms(self, n: int) -> int:
        """Inside the frame: its own start, rounded, may fall into its neighbour."""
        return round((self._begin_us(n) + self._begin_us(n + 1)) / 2000)

    @property
    def is_beginning(self) -> bool:
        """Between `open` and its first frame."""
        return self._is_beginning

    @property
    def fps(self) -> float:
        return self._fps

    @property
    def frame_count(self) -> int:
        if self._facts is not None:
            return self._facts.frames
        return frames.count(self._player.duration(), self._fps) if self._is_open else 0

    @property
    def size(self) -> QSize:
        """Of the film as it is shown, in its own pixels; empty while it is not known."""
        facts = self._facts
        return QSize(facts.shown_width, facts.shown_height) if facts else QSize()

    @property
    def frame(self) -> int:
        """The one on screen, or, where it stands, the one it was sent to."""
        return self._frame

    # --- moving ----------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        clocks = self._memory.isActive() or self._backwards.isActive()
        return self._is_running or clocks or self._unseen is not None

    @property
    def _is_running(self) -> bool:
        return self._player.playbackState() is QMediaPlayer.PlaybackState.PlayingState

    def play(self) -> None:
        self._backwards.stop()
        self._autoplay = True
        if self._is_open and self._unseen is None:
            if not self._is_inside(self._frame):
                self.seek(self._first or 0)
            if self._can_play_from_memory():
                self._begin_from_memory()
                self._tell_playing()
                return
            self._memory.stop()
            if self._is_away:
                self._is_away = False
                self._player.setPosition(self._centre_ms(self._frame))
            self._player.setPlaybackRate(self._speed)
            self._player.play()
            self._tell_playing()

    def pause(self) -> None:
        self._backwards.stop()
        self._memory.stop()
        self._end.stop()
        self._set_unseen(None)
        self._autoplay = False
        if self._is_beginning and self.frames is not None:
            self._is_away = True  # what is on the screen is not Qt's player's
        if not self._player.source().isEmpty():
            self._player.pause()
        if self._is_open:
            self._tell_playing()
            self._tell_place(is_wanted=self._is_away)

    def play_backwards(self) -> None:
        """Qt's player cannot; stepping by time comes close. Asked again: twice as fast."""
        if not self._is_open:
            return
        going = self._backwards.isActive()
        self._reverse_speed = min(2.0, self._reverse_speed * 2) if going else 1.0
        self._player.pause()
        self._memory.stop()
        self._backwards.start(_REVERSE_TICK_MS if self.frames is None else _SMOOTH_TICK_MS)
        self._tell_playing()

    def seek(self, frame: int) -> None:
        is_known = self.frame_count > 0
        if not is_known and (self.frames is None or not self._path):
            return
        self._end.stop()
        # How many there are may be known in a moment: who steps meanwhile is not ignored.
        self._frame = min(max(0, frame), self.frame_count - 1) if is_known else max(0, frame)
        self._is_resting = not self.is_playing
        if self.frames is not None and not self._is_running:
            self._is_away = True
            found = self.frames.nearest(self._path, self._frame)
            if found is not None and self._is_better(*found):
                self._put(*found)
            if self._memory.isActive():
                self._begin_from_memory()
            self._tell_place(is_wanted=True)
            self.frame_shown.emit(self._frame)
            return
        if self._player.playbackState() is QMediaPlayer.PlaybackState.StoppedState:
            self._player.pause()  # a stopped player shows nothing
        self._player.setPosition(self._centre_ms(self._frame))

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
        if self._memory.isActive():
            self._begin_from_memory()

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
        count = self.frame_count
        last = self._last if self._last is not None or count < 2 else count - 1
        return (self._first or 0) <= frame and (last is None or frame < last)

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
        if self._memory.isActive() and not self.is_muted:
            self.play()  # by Qt's player: it has the sound

    @property
    def volume(self) -> float:
        """0 to 1, as the ear hears it."""
        return self._volume

    def set_volume(self, volume: float) -> None:
        self._volume = min(1.0, max(0.0, volume))
        if self._audio is not None:
            self._audio.setVolume(self._volume)

    # --- what Qt says ----------------------------------------------------------------------

    def _on_state(self, state: QMediaPlayer.PlaybackState) -> None:
        if state is not QMediaPlayer.PlaybackState.PlayingState:
            self._since_running.start()
        self._tell_playing()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        is_new = self._path != "" and not self._is_open and not self._is_outdated
        if status is QMediaPlayer.MediaStatus.LoadedMedia and is_new:
            self._loaded()

    def _loaded(self) -> None:
        if not self._player.hasVideo():
            self._give_up(tr("There is no picture in this file."))
            return
        told = self._player.metaData().value(QMediaMetaData.Key.VideoFrameRate)
        if self._facts is None and isinstance(told, (int, float)) and told > 0:
            self._fps = float(told)
        self._is_open = True
        is_paused = self._player.playbackState() is QMediaPlayer.PlaybackState.PausedState
        self.opened.emit()
        if not self._autoplay:
            self.seek(self._frame)
            if self.frames is not None:
                self._begun()
        elif self._is_away or is_paused:
            self.play()
        else:
            self._tell_playing()

    def _on_error(self, error: QMediaPlayer.Error, _words: str) -> None:
        if self._is_outdated:
            return
        if error is QMediaPlayer.Error.ResourceError:
            self._give_up(tr("The file cannot be opened."))
        elif error is not QMediaPlayer.Error.NoError:
            self._give_up(tr("This computer cannot decode the file, or the file is damaged."))

    def _give_up(self, why: str) -> None:
        if self._path:
            self._is_open = self._is_beginning = False
            # Not from inside the player's own signal: it is still busy with the file.
            QTimer.singleShot(0, self, partial(self._close_failed, self._path))
            self.unplayable.emit(why)

    def _close_failed(self, path: str) -> None:
        if self._path == path and not self._is_beginning:  # else another one is open by now
            self.close()

    def _on_frame(self, shown: QVideoFrame) -> None:
        is_wanted = self._is_running or (self.frames is None and not self._backwards.isActive())
        if self._is_open and shown.isValid() and is_wanted:
            frame = self._number(shown.startTime())
            self._on_screen = frame, shown.width()
            self._screen.videoSink().setVideoFrame(shown)
            self._picture_came()
            if self._is_running or not self._is_resting:  # else maybe decoded before the jump
                self._frame, self._is_resting = frame, False
            self.frame_shown.emit(frame)
            self._begun()
            self._mind_stretch()
            self._mind_being_seen()
            if self._is_running and self._can_play_from_memory():
                self._begin_from_memory()

    def _begun(self) -> None:
        if self._is_beginning:
            self._is_beginning = False
            self.began.emit()

    # --- being seen --------------------------------------------------------------------------

    @property
    def is_unseen(self) -> bool:
        """Whether it stands only because nobody sees it."""
        return self._unseen is not None

    def _mind_being_seen(self) -> None:
        """Stand while the window is minimised, or covered where the system tells."""
        window = self._screen.window().windowHandle()
        if not _can_be_seen(window):
            self._set_unseen(window)
            self._backwards.stop()
            self._memory.stop()
            self._player.pause()

    def _set_unseen(self, window: QWindow | None) -> None:
        if self._unseen is not None:
            self._unseen.removeEventFilter(self)
        self._unseen = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Expose, QEvent.Type.WindowStateChange):
            QTimer.singleShot(0, self, self._go_on_if_seen)
        return super().eventFilter(watched, event)

    def _go_on_if_seen(self) -> None:
        if self._unseen is not None and _can_be_seen(self._unseen):
            self._set_unseen(None)
            self.play()

    def _step_back_in_time(self) -> None:
        by = self._fps * self._reverse_speed * self._backwards.interval() / 1000
        if self._frame <= (self._first or 0):
            self.pause()
            return
        self.seek(self._frame - max(1, round(by)))
        self.frame_shown.emit(self._frame)
        self._mind_being_seen()

    def _tell_playing(self) -> None:
        self.playing_changed.emit(self.is_playing)
