"""Frames of the films that are looked at, decoded before they are asked for.

Takes are short: once one rests on a take, all its frames are decoded in playing order, small
enough to be held; whoever steps or drags gets them at once. What is not there yet is asked for
before the rest. Films that are too long keep the frames around the place that is looked at.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from rushes.controllers.desktop import is_on_battery
from rushes.core.film import DecodedFrame, FilmFacts, FilmTrouble, fitted
from rushes.files.frames import FrameMemory, FrameServer, Haste
from rushes.system import memory
from rushes.ui.preview.player import Player

#: Longest side in which all frames of a film are held, in pixels; where they do not fit into
#: memory, they are made smaller down to the least, or only those around the place are held.
_SIDE, _LEAST_SIDE = 480, 320
_MOST_BYTES = 160 * 2**20
#: Besides, frames around the place, as large as they are shown: so many bytes and each way.
_SHARP_BYTES, _SHARP_EACH_WAY = 48 * 2**20, 12
#: Frames that are decoded in one go: so many, or more of very small ones. Each go takes a file
#: descriptor, of which a process often has no more than 1024.
_SPAN, _MOST_SPAN, _SPAN_BYTES = 16, 256, 2**20
_REST_MS = 400
_GIVEN_BACK_MS = 1000
_FAR = 48  # frames to the nearest one: a key frame is sooner there
_MOST_FIRST = 12

T = TypeVar("T")


@dataclass(eq=False)
class _Span:
    """Frames `memory.first` to `memory.last`, of which those in `there` are decoded."""

    memory: FrameMemory
    side: int
    there: set[int] = field(default_factory=set)

    @property
    def bytes(self) -> int:
        """What it counts as: one small frame takes a descriptor, too."""
        memory = self.memory
        pixels = memory.width * memory.height * (memory.last - memory.first + 1)
        return max(pixels * 4, _SPAN_BYTES // 2)

    def distance(self, place: int) -> int:
        return max(self.memory.first - place, place - self.memory.last, 0)


@dataclass(eq=False)
class _Film:
    """What is known of one file, and its frames that are there, by the side they fit into."""

    path: str
    facts: FilmFacts | None = None
    is_checked: bool = False  # whether it plays to its end is known
    trouble: FilmTrouble | None = None  # while frames were decoded
    spans: list[_Span] = field(default_factory=list)
    frames: dict[int, dict[int, _Span]] = field(default_factory=dict)

    def add(self, span: _Span, n: int) -> None:
        span.there.add(n)
        self.frames.setdefault(span.side, {})[n] = span

    def drop(self, span: _Span) -> None:
        self.spans.remove(span)
        known = self.frames.get(span.side, {})
        for n in span.there:
            if known.get(n) is span:
                del known[n]
        span.memory.close()

    def clear(self) -> None:
        for span in list(self.spans):
            self.drop(span)

    def missing(
        self, facts: FilmFacts, side: int, first: int, last: int, place: int
    ) -> tuple[int, int] | None:
        """The frames to be decoded next: from `place` on, then from `first` on."""
        known = self.frames.get(side, {})
        most = max(_SPAN, min(_SPAN_BYTES // _bytes(facts, side), _MOST_SPAN))
        for n in (*range(place, last + 1), *range(first, min(place, last + 1))):
            if n not in known:
                end = n
                while end < min(last, n + most - 1) and end + 1 not in known:
                    end += 1
                return n, end
        return None


@dataclass(eq=False)
class _Look:
    """A player that looks at a film.

    Attributes:
        place: The frame it stands at.
        side: The longer one of its picture on the screen, in pixels.
        wish: A frame that it waits for.
        goes_back: Whether that lies before the one before it.
        may_begin: Whether the first frames may be decoded.
        is_resting: Long enough for the whole film to be decoded.
    """

    player: Player
    film: _Film
    place: int = 0
    side: int = 0
    wish: int | None = None
    goes_back: bool = False
    may_begin: bool = False
    is_resting: bool = False


class FilmFrames(QObject):
    """Serves the players of preview and comparison; see `FrameSource`.

    One frame is asked for at a time; a newer wish replaces what has not begun.

    Args:
        do: Runs a coroutine until the window closes.

    Attributes:
        told: Called with path, facts or why there are none, and whether the film can be decoded
            to its end (None: it is not known yet).
    """

    def __init__(
        self,
        parent: QObject,
        server: FrameServer,
        do: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        super().__init__(parent)
        self._server, self._do = server, do
        self._looks: dict[Player, _Look] = {}
        self._films: OrderedDict[str, _Film] = OrderedDict()  # looked at last, last
        self._firsts: OrderedDict[str, QImage] = OrderedDict()
        self._under_way: list[_Span] = []
        self._is_working = self._is_fetching = False
        self._given_back = QTimer(self, singleShot=True, interval=_GIVEN_BACK_MS)
        self._given_back.timeout.connect(self.give_back)
        self.told: Callable[[str, FilmFacts | FilmTrouble, bool | None], object] = (
            lambda _path, _facts, _plays: None
        )

    # --- what players ask ------------------------------------------------------------------

    def look(self, player: Player, path: str) -> None:
        self._given_back.stop()
        film = self._films.pop(path, None) or _Film(path)
        self._films[path] = film
        self._looks.pop(player, None)
        self._looks[player] = look = _Look(player, film)
        self._do(self._open(look))

    def leave(self, player: Player) -> None:
        if self._looks.pop(player, None) is not None and not self._looks:
            self._given_back.start()

    def nearest(self, path: str, n: int) -> tuple[int, QImage] | None:
        film, found = self._films.get(path), None
        for side in sorted(film.frames, reverse=True) if film else ():
            known = film.frames[side] if film else {}
            if n in known:
                return n, image_of(known[n].memory.picture(n))
            for k, span in known.items():
                if found is None or abs(k - n) < abs(found[0] - n):
                    found = k, span
        first = self._firsts.get(path)
        if first is not None and (found is None or n < abs(found[0] - n)):
            return 0, first
        return None if found is None else (found[0], image_of(found[1].memory.picture(found[0])))

    def has_all(self, path: str, side: int) -> bool:
        film = self._films.get(path)
        if film is None or film.facts is None:
            return False
        most = max(film.facts.shown_width, film.facts.shown_height)
        return any(
            len(known) == film.facts.frames and held >= min(side, most)
            for held, known in film.frames.items()
        )

    def was_replaced(self, path: str, facts: FilmFacts | FilmTrouble) -> bool:
        """Whether the film that was looked at under that name was another one than this."""
        film = self._films.get(path)
        return film is not None and film.facts is not None and film.facts is not facts

    def place(self, player: Player, n: int, side: int, *, is_wanted: bool) -> None:
        look = self._looks.get(player)
        if look is None:
            return
        look.goes_back = n < look.place
        look.place, look.side = n, side
        if is_wanted:
            look.wish, look.is_resting = n, True
            self._fetch_next()
        elif look.may_begin:  # it was stopped to be looked at
            look.is_resting = True
        self._go_on()

    # --- neighbours ------------------------------------------------------------------------

    def prepare(self, paths: Iterable[str]) -> None:
        """Decode the first frames of films that may be looked at next."""
        if missing := [path for path in paths if path not in self._firsts]:
            self._do(self._prepare(missing))

    async def _prepare(self, paths: Sequence[str]) -> None:
        for path in paths:
            found = await self._server.first(Path(path), _SIDE, haste=Haste.LATER)
            if isinstance(found, DecodedFrame):
                self._keep_first(path, image_of(found))

    def _keep_first(self, path: str, image: QImage) -> None:
        self._firsts[path] = image
        self._firsts.move_to_end(path)
        if len(self._firsts) > _MOST_FIRST:
            self._firsts.popitem(last=False)

    # --- a film is opened ------------------------------------------------------------------

    async def _open(self, look: _Look) -> None:
        film, player, path = look.film, look.player, Path(look.film.path)
        first = await self._ask_server(
            look, lambda haste: self._server.first(path, _SIDE, haste=haste)
        )
        if not self._is_looked_at(look):
            return
        trouble: FilmTrouble | None
        if isinstance(first, DecodedFrame):
            self._keep_first(film.path, image_of(first))
            player.came(0, self._firsts[film.path])
            trouble = await self._ask_server(
                look, lambda haste: self._server.plays(path, haste=haste)
            )
        else:
            trouble = first
        if not self._is_looked_at(look):
            return
        if trouble not in (None, FilmTrouble.NO_SERVER):
            player.refused(trouble)
            self.told(film.path, trouble, False)
            return
        player.admitted()
        facts = await self._ask_server(look, lambda haste: self._server.facts(path, haste=haste))
        if not self._is_looked_at(look):
            return
        if isinstance(facts, FilmTrouble):
            if facts is not FilmTrouble.NO_SERVER:
                self.told(film.path, facts, False)
            return
        if film.facts is not facts:  # another file has that name now
            film.clear()
            film.facts, film.is_checked = facts, False
        if film.trouble is FilmTrouble.BROKEN:  # or the server was killed; what hangs hangs again
            film.trouble, film.is_checked = None, False
        player.informed(facts)
        self.told(film.path, facts, (film.trouble is None) if film.is_checked else None)
        look.may_begin = not is_on_battery()
        QTimer.singleShot(_REST_MS, self, lambda: self._rest(look))
        self._fetch_next()
        self._go_on()

    async def _ask_server(self, look: _Look, ask: Callable[[Haste], Awaitable[T]]) -> T:
        """What the server says of a film that is opened. It ends what somebody else waits for only
        the first time: two films that are opened together would end each other for ever."""
        found = await ask(Haste.NOW)
        while found is FilmTrouble.DROPPED and self._is_looked_at(look):
            found = await ask(Haste.NEXT)
        return found

    def _rest(self, look: _Look) -> None:
        if self._is_looked_at(look) and look.may_begin:
            look.is_resting = True
        self._go_on()

    def _is_looked_at(self, look: _Look) -> bool:
        return self._looks.get(look.player) is look

    # --- what is waited for ------------------------------------------------------------------

    def _fetch_next(self) -> None:
        if not self._is_fetching:
            self._is_fetching = True
            self._do(self._fetch())

    async def _fetch(self) -> None:
        """Decode what players wait for, the newest wish first."""
        try:
            while (found := self._next_wish()) is not None:
                await self._fetch_one(*found)
        finally:
            self._is_fetching = False
        self._go_on()

    def _next_wish(self) -> tuple[_Look, FilmFacts, int] | None:
        for look in reversed(self._looks.values()):
            if look.wish is None or look.film.facts is None:
                continue
            n = look.wish = min(look.wish, look.film.facts.frames - 1)
            if any(n in known for known in look.film.frames.values()):
                look.wish = None
            elif not any(s.memory.first <= n <= s.memory.last for s in self._under_way):
                return look, look.film.facts, n
        return None

    async def _fetch_one(self, look: _Look, facts: FilmFacts, n: int) -> None:
        film, side = look.film, self._side(facts)[0]
        known = film.frames.get(side, {})
        if min(abs(k - n) for k in (0, *known)) > _FAR:
            near = await self._server.near(Path(film.path), n, side)
            if not self._is_looked_at(look):
                return
            if isinstance(near, DecodedFrame):
                look.player.came(near.frame, image_of(near))
            if look.wish != n:
                return
        # Whoever goes back goes on going back: what lies before is decoded on the way.
        first = n
        while look.goes_back and first > max(0, n - _SPAN // 2) and first - 1 not in known:
            first -= 1
        trouble = await self._fill(film, facts, first, n, side, haste=Haste.NOW)
        if look.wish == n and trouble is not FilmTrouble.DROPPED:
            look.wish = None

    # --- all the rest ------------------------------------------------------------------------

    def _go_on(self) -> None:
        if not self._is_working:
            self._is_working = True
            self._do(self._work())

    async def _work(self) -> None:
        """Decode what may be looked at next, until all that is wanted is there."""
        try:
            while True:
                if (job := self._next_job()) is not None:
                    film, facts, first, last, side = job
                    trouble = await self._fill(film, facts, first, last, side)
                    if trouble not in (None, FilmTrouble.DROPPED):
                        film.trouble, film.is_checked = trouble, True
                        self.told(film.path, facts, False)
                elif (unchecked := self._next_unchecked()) is not None:
                    film, facts = unchecked
                    film.is_checked = True
                    self.told(film.path, facts, True)
                else:
                    return
        finally:
            self._is_working = False

    def _wanted_looks(self) -> Iterator[tuple[_Look, FilmFacts]]:
        for look in reversed(self._looks.values()):
            is_wanted = look.is_resting or look.may_begin
            if is_wanted and look.film.facts is not None and look.film.trouble is None:
                yield look, look.film.facts

    def _next_job(self) -> tuple[_Film, FilmFacts, int, int, int] | None:
        """The frames that are decoded next. None: all are there."""
        for look, facts in self._wanted_looks():
            film, place, last = look.film, look.place, facts.frames - 1
            side, each_way = self._side(facts)
            middle = place - place % _SPAN
            wanted = [(side, max(0, middle - each_way), min(last, middle + each_way))]
            if not look.is_resting:
                wanted = [(side, 0, min(last, _SPAN - 1))]
            elif (sharp := self._sharp(look, facts)) is not None:
                size, near = sharp
                around = size, max(0, place - near), min(last, place + near)
                wanted = [(size, place, place), *wanted, around]
            for size, first, end in wanted:
                found = film.missing(facts, size, first, end, min(max(place, first), end))
                if found is not None and self._make_room(facts, size, *found):
                    return film, facts, *found, size
        return None

    def _next_unchecked(self) -> tuple[_Film, FilmFacts] | None:
        for look, facts in self._wanted_looks():
            film = look.film
            if look.is_resting and not film.is_checked:
                return film, facts
        return None

    def _side(self, facts: FilmFacts) -> tuple[int, int]:
        """In which size frames of a film are held, and how many each way from the place."""
        most = _MOST_BYTES // max(1, len(self._looks))
        one = _bytes(facts, _SIDE)
        side = int(_SIDE * min(1.0, math.sqrt(most / (one * facts.frames))))
        return (_SIDE, most // one // 4) if side < _LEAST_SIDE else (side, facts.frames)

    def _sharp(self, look: _Look, facts: FilmFacts) -> tuple[int, int] | None:
        """The same for frames as large as they are shown. None: they are no larger."""
        side = min(look.side, max(facts.shown_width, facts.shown_height))
        if side <= self._side(facts)[0]:
            return None
        most = _SHARP_BYTES // len(self._looks) // _bytes(facts, side)
        return side, min(most // 2, _SHARP_EACH_WAY)

    def _make_room(self, facts: FilmFacts, side: int, first: int, last: int) -> bool:
        """Let go of frames that nobody looks at any more. False: there are too few such."""
        most = _MOST_BYTES + _SHARP_BYTES - _bytes(facts, side) * (last - first + 1)
        held = self.bytes_held
        for film in self._films.values():  # those looked at longest ago first
            for span in list(film.spans) if held > most else ():
                if span not in self._under_way and not self._is_wanted(film, span):
                    held -= span.bytes
                    film.drop(span)
        return held <= most

    def _is_wanted(self, film: _Film, span: _Span) -> bool:
        for look in self._looks.values():
            if look.film is film and film.facts is not None:
                side, each_way = self._side(film.facts)
                sharp = self._sharp(look, film.facts)
                if span.side != side:
                    side, each_way = sharp or (0, 0)
                if span.side == side and span.distance(look.place) <= each_way + _SPAN:
                    return True
        return False

    async def _fill(
        self,
        film: _Film,
        facts: FilmFacts,
        first: int,
        last: int,
        side: int,
        *,
        haste: Haste = Haste.NEXT,
    ) -> FilmTrouble | None:
        size = fitted(facts.shown_width, facts.shown_height, side)
        try:
            span = _Span(FrameMemory(*size, first, last), side)
        except OSError:
            return FilmTrouble.TOO_HEAVY
        film.spans.append(span)
        self._under_way.append(span)
        loop = asyncio.get_running_loop()

        def came(n: int) -> None:
            loop.call_soon_threadsafe(self._came, film, span, n)

        try:
            return await self._server.fill(Path(film.path), span.memory, came, haste=haste)
        finally:
            self._under_way.remove(span)
            if not span.there and span in film.spans:
                film.drop(span)

    def _came(self, film: _Film, span: _Span, n: int) -> None:
        if span not in film.spans:
            return
        film.add(span, n)
        for look in self._looks.values():
            if look.film is film and (look.wish is not None or n == look.place):
                look.player.came(n, image_of(span.memory.picture(n)))
                if n == look.wish:
                    look.wish = None

    @property
    def bytes_held(self) -> int:
        """Of pixels, in memory shared with the server."""
        return sum(span.bytes for film in self._films.values() for span in film.spans)

    def give_back(self) -> None:
        """Let go of all frames."""
        looked_at = {look.film.path for look in self._looks.values()}
        for path, film in list(self._films.items()):
            film.clear()
            if path not in looked_at:
                del self._films[path]
        self._firsts.clear()
        self._do(asyncio.to_thread(memory.give_back))


def _bytes(facts: FilmFacts, side: int) -> int:
    """Of one frame."""
    wide, tall = fitted(facts.shown_width, facts.shown_height, side)
    return wide * tall * 4


def image_of(picture: DecodedFrame) -> QImage:
    """A frame of the server as an image of its own."""
    wide, tall = picture.width, picture.height
    return QImage(picture.pixels, wide, tall, wide * 4, QImage.Format.Format_RGB32).copy()
