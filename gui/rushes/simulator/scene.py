"""What a scene is made of. Frozen values: a scene is data, the server plays it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rushes.simulator.gateway_cases import CASES, GatewayKind
from rushes.simulator.life import TaskLife

SEEDANCE_10 = "doubao-seedance-1-0-pro-250528"
SEEDANCE_15 = "doubao-seedance-1-5-pro-251215"
SEEDANCE_20 = "doubao-seedance-2-0-260128"
SEEDANCE_25 = "doubao-seedance-2-5-260628"
SEED3D = "doubao-seed3d-1-0-250928"


class Site(enum.Enum):
    """One account at one origin."""

    ARK = "ark"
    ARK_LIST = "ark_list"  # the same dialect; an account of 3D tasks
    RONG = "rong"
    ANYFAST = "anyfast"
    JIMENG = "jimeng"

    @property
    def title(self) -> str:
        return _TITLES[self]

    @property
    def is_gateway(self) -> bool:
        """Whether it answers in the envelope of new-api."""
        return self in (Site.ANYFAST, Site.JIMENG)

    @property
    def speaks_ark(self) -> bool:
        return self in (Site.ARK, Site.ARK_LIST)


_TITLES = {
    Site.ARK: "Ark video",
    Site.ARK_LIST: "Ark 3D list",
    Site.RONG: "Rong API",
    Site.ANYFAST: "AnyFast",
    Site.JIMENG: "Jimeng gateway",
}


class Place(enum.Enum):
    """Where a gateway's answer holds the link."""

    RESULT_URL = "result_url"
    FAIL_REASON = "fail_reason"  # old rows: the link on success, and the error in result_url
    INNER = "inner"  # only in the upstream's own object
    PROXY = "proxy"  # an address on the gateway itself that asks for the key
    CONTENT = "content"  # nowhere: only the gateway's own route has the file
    SOUGHT = "sought"  # under a name that nobody knows


class Quirk(enum.Enum):
    """What some answers do otherwise than the rest of their service."""

    STATE = "state"  # the gateway's word stands under `state`, not under `status`
    TEXT_TIMES = "text_times"  # 3D: times as strings, as the documents show them


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """How long a result can be fetched. Seconds here are real ones: they stand in the URL.

    Attributes:
        renews: Asked again after its end, the service signs a new link (24 h).
        max_requests: Written into the URL and enforced; None: no limit.
        appears_s: Simulated seconds between the task's success and its link; None: never.
    """

    lifetime_s: int = 86400
    renews: bool = False
    max_requests: int | None = None
    appears_s: float | None = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the file server behaves for one task's files.

    Attributes:
        bytes_per_s: Throttle, per simulated second; None: as fast as it goes.
        cuts: The n-th download breaks off after so many bytes; later ones are whole.
        web_page: An HTML page comes instead of the file, with status 200.
    """

    bytes_per_s: float | None = None
    cuts: tuple[int, ...] = ()
    web_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One task of a scene.

    Attributes:
        name: Unique in its site; the id is made from it and from the time of submission.
        result: The file it ends in, by name in `media`.
        original: The film before super-resolution; "" without.
        by_frames: Asked for by a number of frames: the answer has `frames`, not `duration`.
        subdivision: 3D: the level word.
        prompt: What its user asked for. No service gives it back.
        code, message: Why it fails, where its life ends so. "" for a bare failure.
        prompt: What it was made from; the services do not say it, who submitted it knows.
    """

    name: str
    life: TaskLife = field(default_factory=TaskLife)
    model: str = SEEDANCE_20
    result: str = "dusk.mp4"
    original: str = ""
    last_frame: bool = False
    by_frames: bool = False
    seed: int = 1
    tier: str = "default"
    draft: bool = False
    subdivision: str = ""
    prompt: str = ""
    expires_after_s: int = 172800
    code: str = ""
    message: str = ""
    link: LinkRule = field(default_factory=LinkRule)
    place: Place = Place.RESULT_URL
    delivery: Delivery = field(default_factory=Delivery)
    quirks: frozenset[Quirk] = frozenset()

    @property
    def is_3d(self) -> bool:
        return self.result.endswith(".zip")


class Ailment(enum.Enum):
    """What can be wrong with a service, whatever task it is asked about."""

    RATE = "rate"  # 429 in the service's shape
    RATE_EMPTY = "rate_empty"  # 429 with an empty body
    QUOTA = "quota"  # 429 that seconds do not heal
    SERVER = "server"  # 500
    BAD_GATEWAY = "bad_gateway"  # 502 with somebody's HTML
    OVERDUE = "overdue"  # 403: unpaid balance
    REVOKED = "revoked"  # 401: the key given out first is no longer accepted
    SLOW = "slow"
    TRUNCATED = "truncated"  # 200, and the JSON breaks off


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTrouble:
    """Requests to a service, counted from its start, that get something else than the truth.

    Attributes:
        after: So many are answered well first.
        count: So many are then answered badly; None: all.
        retry_after_s: Sent as `Retry-After`; None: no such header.
        delay_s: Simulated seconds before the answer.
    """

    kind: Ailment
    after: int = 0
    count: int | None = 3
    retry_after_s: int | None = None
    delay_s: float = 0.0

    def covers(self, number: int) -> bool:
        """Whether it strikes the request with this number (from 0)."""
        return number >= self.after and (self.count is None or number < self.after + self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Tasks at the five services, or tasks behind gateways.

    Attributes:
        about: One line for people who choose.
        gateways: Which gateways there are instead of the services; a gateway whose tasks another
            one made stands before that one.
    """

    name: str
    about: str
    slots: Mapping[Site, tuple[Slot, ...]]
    troubles: Mapping[Site, tuple[ServiceTrouble, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    gateways: tuple[GatewayKind, ...] = ()

    @property
    def lasts_s(self) -> float:
        """Simulated seconds until the last task has ended."""
        ends = [slot.life.ends_s for slots in self.slots.values() for slot in slots]
        ends += [case.settles_s for kind in self.gateways for case in CASES[kind]]
        return max(ends, default=0.0)
