"""Several players on one clock.

Each player keeps its own time well: started together they stay within milliseconds of each other
for as long as they run. What parts them is another length, an offset, a late seek or a busy
machine; so every shown frame is compared with the one clock, and whoever is off is nudged by a
little speed, or sought anew when it is far off.
"""

import math
import statistics
import time
from collections import deque
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rushes.ui.preview import frames
from rushes.ui.preview.player import Player

_TICK_MS = 10
_TELL_EVERY_S = 0.04
_SAMPLES = 5
#: In frames of the clip: below that nothing is done; above that it is sought anew.
_NEAR, _FAR = 0.3, 4.0
_CATCH_UP_S = 0.4
_MOST_NUDGE = 0.2  # of the speed
#: A seek while playing costs the decoder about this long; it is sought so far ahead.
_SEEK_S = 0.03
#: What sums of frame times are off by.
_INSTANT_S = 1e-6


_REVERSE_TICK_MS = 100

#: First and last frame that are looped, from 0; None: from the start, to the end.
Stretch = tuple[int | None, int | None]


class _Voice:
    """One player's part: where it should be, and what it was seen to show."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.offset = 0  # frames of its own, added to the common time
        self.is_holding = False  # stands on its first or last frame while the others go on
        self.errors: deque[float] = deque(maxlen=_SAMPLES)
        self.quiet_until = 0.0  # a nudge or a seek needs time to show

    @property
    def is_open(self) -> bool:
        return self.player.frame_count > 0

    @property
    def length(self) -> float:
        """Seconds."""
        return self.player.begin_s(self.player.frame_count)

    @property
    def shift(self) -> float:
        """Seconds this clip is ahead of the common time."""
        return self.offset / self.player.fps

    @property
    def end(self) -> float:
        """The common time at which its picture ends."""
        return self.length - self.shift

    def frame_at(self, common: float) -> int:
        at = self.player.frame_during(common + self.shift)
        return min(max(0, at), self.player.frame_count - 1)

    def has_picture(self, common: float) -> bool:
        """Whether it moves at that time, and does not stand on its first or last frame."""
        own = common + self.shift
        return 0 <= own < self.player.begin_s(self.player.frame_count - 1)


class SyncedPlayers(QObject):
    """The common time runs from 0 to the latest end; a clip that ends before stands on its last
    frame until all begin again.

    Signals:
        opened: another clip can be played: length and frames may have changed.
        frame_shown: the frame of the common time, counted at `fps` from 0.
        playing_changed: whether it moves.
    """

    opened = Signal()
    frame_shown = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, players: Sequence[Player], parent: QObject) -> None:
        super().__init__(parent)
        self._all = [_Voice(player) for player in players]
        self._at = 0.0
        self._since = self._seen_at = 0.0
        self._told_at = 0.0
        self._speed = 1.0
        self._is_playing = False
        self._is_looping = True
        self._stretch: Stretch = (None, None)
        self._backwards = QTimer(self, interval=_REVERSE_TICK_MS)
        self._backwards.timeout.connect(self._step_back_in_time)
        self._reverse_speed = 1.0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        for voice in self._all:
            voice.player.opened.connect(self._opened)
            voice.player.frame_shown.connect(partial(self._seen, voice))

    # --- what is so -----------------------------------------------------------------------

    @property
    def _open(self) -> list[_Voice]:
        return [voice for voice in self._all if voice.is_open]

    @property
    def fps(self) -> float:
        """Of the first clip, on average: the common time is counted in its frames."""
        return self._open[0].player.fps if self._open else frames.USUAL_FPS

    @property
    def length(self) -> float:
        """Seconds."""
        return max((voice.end for voice in self._open), default=0.0)

    @property
    def frame_count(self) -> int:
        if not self._open:
            return 0
        first = self._open[0]
        return first.player.frame_count + round((self.length - first.length) * self.fps)

    def _begin_s(self, frame: int) -> float:
        """When a frame of the common time begins: as in the first clip, whatever its rate does."""
        return self._open[0].player.begin_s(frame) if self._open else frame / self.fps

    def _inside_s(self, frame: int) -> float:
        """A moment at which it is shown: of one that stands long not so late that the others are
        ahead of it."""
        begin = self._begin_s(frame)
        return begin + min(self._begin_s(frame + 1) - begin, 1 / self.fps) / 2

    @property
    def frame(self) -> int:
        return self._frame_at(self.now)

    def _frame_at(self, common: float) -> int:
        if not self._open:
            return 0
        first = self._open[0]
        behind = common - first.length
        if behind < 0:
            at = first.player.frame_during(common)
        else:
            at = first.player.frame_count + int(behind * self.fps)
        return min(at, max(0, self.frame_count - 1))

    @property
    def now(self) -> float:
        """The common time in seconds."""
        if not self._is_playing:
            return self._at
        return self._at + (time.perf_counter() - self._since) * self._speed

    @property
    def is_playing(self) -> bool:
        """In either direction."""
        return self._is_playing or self._backwards.isActive()

    @property
    def speed(self) -> float:
        return self._speed

    def offset(self, which: int) -> int:
        """In frames of that clip."""
        return self._all[which].offset

    def drift(self) -> int:
        """How many frames the slowest of the clips that move would have to go to be right.

        0 while there is a moment at which all shown frames belong on the screen; clips of one
        rate that show neighbouring frames are 1 apart.
        """
        moving = [v for v in self._open if not v.is_holding]
        if not moving:
            return 0
        begins = [v.player.begin_s(v.player.frame) - v.shift for v in moving]
        ends = [v.player.begin_s(v.player.frame + 1) - v.shift for v in moving]
        long = [end - begin for begin, end in zip(begins, ends, strict=True)]
        half = self.length / 2
        if max(begins) - min(begins) > half:  # some have begun anew already
            begins = [at + self.length if at < half else at for at in begins]
        ends = [at + d for at, d in zip(begins, long, strict=True)]
        between = max(begins) - min(ends)
        return max(0, math.floor((between + _INSTANT_S) / max(long)) + 1)

    # --- moving ---------------------------------------------------------------------------

    def play(self) -> None:
        self._backwards.stop()
        if not self._open or self._is_playing:
            return
        if not self._begin <= self._at < self._end - 1 / self.fps:
            self._at = self._inside_s(self._stretch[0] or 0)
        self._is_playing = True
        self._since = time.perf_counter()
        self._align_all()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop, all on the same frame."""
        was, self._at = self.is_playing, min(self.now, self.length)
        self._backwards.stop()
        self._is_playing = False
        self._timer.stop()
        self._align_all()
        if was:
            self.playing_changed.emit(False)
        self.frame_shown.emit(self.frame)

    def seek(self, frame: int) -> None:
        last = max(0, self.frame_count - 1)
        self._at = self._inside_s(min(max(0, frame), last))
        self._since = time.perf_counter()
        self._align_all()
        self.frame_shown.emit(self.frame)

    def step(self, by: int) -> None:
        frame = self.frame + by
        if self.is_playing:
            self.pause()
        self.seek(frame)

    def play_backwards(self) -> None:
        """By stepping, as a player alone does it. Asked again: twice as fast."""
        if not self._open:
            return
        going = self._backwards.isActive()
        self._reverse_speed = min(2.0, self._reverse_speed * 2) if going else 1.0
        if not going:
            self.pause()
            self._backwards.start()
            self.playing_changed.emit(True)

    def set_speed(self, speed: float) -> None:
        self._at, self._since = self.now, time.perf_counter()
        self._speed = speed
        for voice in self._all:
            voice.player.set_speed(speed)
            voice.errors.clear()

    @property
    def is_looping(self) -> bool:
        return self._is_looping

    def set_looping(self, on: bool) -> None:
        self._is_looping = on
        for voice in self._open:
            voice.player.set_looping(self._turns_by_itself(voice))

    @property
    def stretch(self) -> Stretch:
        """In frames of the common time."""
        return self._stretch

    def set_stretch(self, first: int | None, last: int | None) -> None:
        """Play only from `first` to `last`; a mark behind the other takes that one away."""
        if first is not None and last is not None and first > last:
            first, last = (first, None) if last == self._stretch[1] else (None, last)
        self._stretch = first, last
        for voice in self._open:
            voice.player.set_looping(self._turns_by_itself(voice))

    def set_offset(self, which: int, frames_ahead: int) -> None:
        """Show that clip so many of its frames later (or earlier) than the common time."""
        voice = self._all[which]
        voice.offset = frames_ahead
        if voice.is_open:
            self._align(voice)
            self.opened.emit()

    def close(self) -> None:
        """Let go of all files."""
        self._timer.stop()
        self._backwards.stop()
        self._is_playing = False
        self._at = 0.0
        self._stretch = (None, None)
        for voice in self._all:
            voice.is_holding = False
            voice.player.close()

    # --- inside ---------------------------------------------------------------------------

    def _opened(self) -> None:
        for voice in self._open:
            voice.player.set_looping(self._turns_by_itself(voice))
        self.opened.emit()
        if self._is_playing:
            self._align_all()
        else:
            self.seek(self.frame)

    def _turns_by_itself(self, voice: _Voice) -> bool:
        """A clip as long as the whole begins again without a seek, which costs a frame or two."""
        same = abs(voice.length - self.length) < 0.5 / voice.player.fps
        is_whole = self._stretch == (None, None)
        return same and voice.offset == 0 and self._is_looping and is_whole

    @property
    def _begin(self) -> float:
        """The common time at which the stretch begins."""
        return self._begin_s(self._stretch[0] or 0)

    @property
    def _end(self) -> float:
        """The common time at which it ends."""
        last = self._stretch[1]
        return self.length if last is None else min(self.length, self._begin_s(last + 1))

    def _align_all(self) -> None:
        for voice in self._open:
            self._align(voice)

    def _align(self, voice: _Voice) -> None:
        """Put a clip where it belongs now, and let it run or stand."""
        player, now = voice.player, self.now
        runs = self._is_playing and voice.has_picture(now)
        player.set_looping(self._turns_by_itself(voice))
        voice.is_holding = self._is_playing and not runs
        voice.errors.clear()
        ahead = _SEEK_S * self._speed if runs and player.is_playing else 0.0
        frame = voice.frame_at(now + ahead)
        if not runs and player.is_playing:
            player.pause()
        if frame != player.frame or not runs:
            player.seek(frame)
        if runs:
            player.set_speed(self._speed)
            player.play()
        voice.quiet_until = time.perf_counter() + _CATCH_UP_S / 2

    def _tick(self) -> None:
        if any(voice.player.is_unseen for voice in self._open):
            self._at, self._since = self._seen_at, time.perf_counter()  # time stands, too
            return
        now = self._seen_at = self.now
        if now >= self._end:
            self._turn_round(now)
            return
        if now < self._begin:
            self.seek(self._stretch[0] or 0)
            return
        for voice in self._open:
            if voice.has_picture(now) == voice.is_holding and not self._turns_by_itself(voice):
                self._align(voice)
        if time.perf_counter() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.perf_counter()
            self.frame_shown.emit(self._frame_at(now))

    def _turn_round(self, now: float) -> None:
        if not self._is_looping:
            self._at = self._end - 0.5 / self.fps
            self._is_playing = False
            self.pause()
            self.playing_changed.emit(False)
            return
        past, whole = now - self._end, max(self._end - self._begin, 0.001)
        self._at, self._since = self._begin + past % whole, time.perf_counter()
        for voice in self._open:
            if not self._turns_by_itself(voice):
                self._align(voice)

    def _step_back_in_time(self) -> None:
        by = self.fps * self._reverse_speed * _REVERSE_TICK_MS / 1000
        if self.frame <= (self._stretch[0] or 0):
            self.pause()
        else:
            self.seek(self.frame - max(1, round(by)))

    def _seen(self, voice: _Voice, frame: int) -> None:
        """Compare what is on the screen with the clock, and lead back who is off."""
        if not self._is_playing or voice.is_holding or time.perf_counter() < voice.quiet_until:
            return
        fps, whole = voice.player.fps, max(self.length, 0.001)
        # A frame comes up when its time begins; the clock started in the middle of one.
        centre = (voice.player.begin_s(frame) + voice.player.begin_s(frame + 1)) / 2
        error = centre - voice.shift - self.now
        voice.errors.append((error + whole / 2) % whole - whole / 2)
        if len(voice.errors) < _SAMPLES:
            return
        off = statistics.median(voice.errors)
        if abs(off) * fps > _FAR:
            self._align(voice)
            return
        nudge = 0.0
        if abs(off) * fps > _NEAR:
            nudge = max(-_MOST_NUDGE, min(_MOST_NUDGE, off / _CATCH_UP_S))
        wanted = self._speed * (1 - nudge)
        if wanted != voice.player.speed:
            voice.player.set_speed(wanted)
            voice.errors.clear()
            voice.quiet_until = time.perf_counter() + (_CATCH_UP_S if nudge else 0.0)
