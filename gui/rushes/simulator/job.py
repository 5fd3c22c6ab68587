"""A slot of a scene that was given an id and its place in real time."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from rushes.core.task import ArtifactKind
from rushes.simulator.life import Phase, TaskState, moment_at
from rushes.simulator.media import Medium, medium
from rushes.simulator.scene import Scene, Site, Slot

UTC8 = timezone(timedelta(hours=8))  # the services' home: naive times and ids are in it

_LOWER = "0123456789abcdefghijklmnopqrstuvwxyz"
_MIXED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class ServiceJob:
    """One task, with what turns simulated seconds into Unix seconds.

    Attributes:
        id: What the site calls it; `upstream_id` is Ark's own id, the same but at AnyFast.
        epoch: Unix seconds of the scene's start. From then on time goes `speed` times as fast;
            what lies before went by at its real pace.
    """

    slot: Slot
    site: Site
    id: str
    upstream_id: str
    epoch: float
    speed: float

    def unix(self, offset_s: float) -> float:
        return self.epoch + (offset_s / self.speed if offset_s > 0 else offset_s)

    def elapsed(self, now: float) -> float:
        real = now - self.epoch
        return real * self.speed if real > 0 else real

    def moment(self, now: float) -> TaskState | None:
        """What it is at the Unix time `now`; None: not submitted yet."""
        return moment_at(self.slot.life, self.elapsed(now))

    @property
    def created_at(self) -> int:
        return int(self.unix(self.slot.life.submitted_s))

    @property
    def started_at(self) -> int | None:
        starts = self.slot.life.starts_s
        return None if starts is None else int(self.unix(starts))

    @property
    def ended_at(self) -> int:
        return int(self.unix(self.slot.life.ends_s))

    @property
    def request_id(self) -> str:
        """As in error messages: "02", the time in milliseconds, a tail."""
        return f"02{self.created_at}000{_digest(self.id)[:38]}"

    @property
    def media(self) -> dict[ArtifactKind, Medium]:
        """The files a success leaves."""
        slot = self.slot
        found = {ArtifactKind.MODEL if slot.is_3d else ArtifactKind.VIDEO: medium(slot.result)}
        if slot.original:
            found[ArtifactKind.ORIGINAL_VIDEO] = medium(slot.original)
        if slot.last_frame:
            found[ArtifactKind.LAST_FRAME] = medium(slot.result.replace(".mp4", ".png"))
        return found

    def has_link(self, now: float) -> bool:
        """Whether the service gives out a link at the Unix time `now`."""
        appears = self.slot.link.appears_s
        moment = self.moment(now)
        if appears is None or moment is None or moment.phase is not Phase.SUCCEEDED:
            return False
        return self.elapsed(now) >= moment.since_s + appears


def new_jobs(scene: Scene, epoch: float, speed: float) -> dict[Site, dict[str, ServiceJob]]:
    """Give every slot of the scene its id; by site, then by id."""
    found: dict[Site, dict[str, ServiceJob]] = {site: {} for site in Site}
    number = 0
    for site, slots in scene.slots.items():
        for slot in slots:
            number += 1
            draft = ServiceJob(slot, site, "", "", epoch, speed)
            upstream = _ark_id(draft.created_at, number)
            name = f"asyntask_{_tail(upstream, 32)}" if site is Site.ANYFAST else upstream
            found[site][name] = ServiceJob(slot, site, name, upstream, epoch, speed)
    return found


def _ark_id(created_at: int, number: int) -> str:
    """`cgt-` and the time of creation in UTC+8; the tail differs for each number."""
    stamp = datetime.fromtimestamp(created_at, UTC8).strftime("%Y%m%d%H%M%S")
    rest, tail = number * 40_000_003 % 36**5, ""  # coprime to 36: no two numbers meet
    for _ in range(5):
        rest, digit = divmod(rest, 36)
        tail += _LOWER[digit]
    return f"cgt-{stamp}-{tail}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tail(text: str, length: int) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "".join(_MIXED[byte % 62] for byte in raw[:length])


def stamp(unix: float, form: str) -> str:
    """A Unix time in UTC by a `strftime` form."""
    return datetime.fromtimestamp(unix, UTC).strftime(form)
