"""Which tasks the pretended gateways hold: every service behind × what can happen to its tasks."""

import enum
from dataclasses import dataclass, field, replace

from rushes.simulator.life import Phase, TaskLife, lived

# All in simulated seconds.
POLL_S = 2.0  # between two looks of a new-api at the service behind
TIMEOUT_S = 20.0  # until it gives up a task that should time out
BACK_S = 28.0  # after the job's end, a failure is taken back
TROUBLE_S = (2.0, 8.0)  # when the service behind is in trouble
FILM_TROUBLE_S = 10.0  # how long after the job's end a film may be in trouble


_FILMS = ("dunes.mp4", "pond.mp4", "aurora.mp4")


class GatewayKind(enum.Enum):
    """What program a gateway is. The values name the endpoints."""

    NEW_API = "newapi"
    OUTER = "newapi-outer"  # a new-api whose channels lead to the one before
    AISIX = "aisix"
    LITELLM = "litellm"
    OPENROUTER = "openrouter"
    XAI = "xai"

    @property
    def title(self) -> str:
        return _TITLES[self]

    @property
    def is_new_api(self) -> bool:
        return self in (GatewayKind.NEW_API, GatewayKind.OUTER)


_TITLES = {
    GatewayKind.NEW_API: "new-api",
    GatewayKind.OUTER: "new-api behind new-api",
    GatewayKind.AISIX: "AISIX",
    GatewayKind.LITELLM: "LiteLLM",
    GatewayKind.OPENROUTER: "OpenRouter",
    GatewayKind.XAI: "xAI",
}


class Behind(enum.Enum):
    """The service behind a gateway."""

    SEEDANCE = "seedance"
    KLING = "kling"
    JIMENG = "jimeng"
    VIDU = "vidu"
    HAILUO = "hailuo"
    WAN = "wan"
    SORA = "sora"
    VEO = "veo"
    RUNWAY = "runway"
    GROK = "grok"


class Fate(enum.Enum):
    """What happens to a task beyond the usual life of its service."""

    USUAL = "usual"
    UNREAD = "unread"  # the gateway cannot read a word and stops asking; the job goes on
    CAME_BACK = "came_back"  # the same, and later the gateway takes its failure back
    KEY_REFUSED = "key_refused"  # the gateway's own key is refused behind, for ever
    CHANNEL_GONE = "channel_gone"  # the administrator removed the channel while the job ran
    FILTERED = "filtered"  # succeeded, but there is no film


class BadReply(enum.Enum):
    """What the service behind answers for a while when the gateway asks on our behalf."""

    KEY = "401"
    RATE = "429"
    QUOTA = "quota"
    SERVER = "500"
    PAGE = "503html"
    PAGE_OK = "html200"
    GARBAGE = "garbage"


class Way(enum.Enum):
    """How the film leaves the gateway."""

    DIRECT = "direct"  # the service's own signed link
    LOCALHOST = "localhost"  # the own route, at the address nobody set: localhost:3000
    OTHER_NAME = "other_name"  # the own route, at another name of the same gateway
    SECOND = "second"  # the own route, and the own route of the gateway behind
    REDIRECT = "redirect"  # the own route answers with the service's link
    GUARDED = "guarded"  # the own route is refused by the gateway's guard
    NO_CHANNEL = "no_channel"  # the own route lost its channel
    SLOW = "slow"  # the own route takes longer than the gateway's cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One task of one gateway.

    Attributes:
        name: Unique at its gateway.
        beside: The service's direct link stands in the inner level although `way` is a route.
        times_out: The gateway's own time limit passes while the task has not ended.
        trouble: From 2 to 8 simulated seconds the service behind answers so.
        film: Its file in `media`; "" takes another one than its neighbours.
        only_film: The trouble is with the film alone; it lasts until after the job's end.
        alias: The model's name at the gateway; "" for the usual one.
        prompt: What it was made from.
    """

    name: str
    behind: Behind
    life: TaskLife = field(default_factory=lambda: lived(1, 5))
    fate: Fate = Fate.USUAL
    way: Way = Way.DIRECT
    beside: bool = False
    times_out: bool = False
    trouble: BadReply | None = None
    only_film: bool = False
    film: str = ""
    alias: str = ""
    prompt: str = ""

    @property
    def end(self) -> Phase:
        return self.life.end

    def with_film(self, number: int) -> "Case":
        """With a film of its own, so that films taken for one another are found out."""
        return self if self.film else replace(self, film=_FILMS[number % len(_FILMS)])

    def for_inner(self) -> "Case":
        """The same job as the gateway in the middle sees it: it can read what it sees."""
        way = Way.LOCALHOST if self.behind is Behind.SORA else Way.DIRECT
        return replace(self, name=f"for-outer-{self.name}", fate=Fate.USUAL, way=way, beside=False)

    @property
    def settles_s(self) -> float:
        """Simulated seconds after the scene's start from which on the gateway says the last."""
        more = BACK_S + POLL_S if self.fate is Fate.CAME_BACK else FILM_TROUBLE_S
        late = self.life.ends_s + more
        return max(late, self.life.submitted_s + TIMEOUT_S) if self.times_out else late


_REFUSED, _EXPIRED = lived(1, 4, Phase.FAILED), lived(1, 4, Phase.EXPIRED)
_CANCELLED = lived(4, 0, Phase.CANCELLED)
_WAITS, _RUNS = lived(1, 0, Phase.QUEUED), lived(2, 1, Phase.RUNNING)
_SLOW_JIMENG = lived(1, 9)
_QUICK_JIMENG = lived(5, 0)  # never seen at work: the gateway does not know that word
_CAT = "a cat walks, cinematic"

_NEW_API = (
    Case(name="seedance", behind=Behind.SEEDANCE, film="dusk.mp4", prompt=_CAT),
    Case(name="seedance-running", behind=Behind.SEEDANCE, life=_RUNS),
    Case(name="seedance-refused", behind=Behind.SEEDANCE, life=_REFUSED),
    Case(name="seedance-expired", behind=Behind.SEEDANCE, life=_EXPIRED),
    Case(name="seedance-cancelled", behind=Behind.SEEDANCE, life=_CANCELLED),
    Case(name="seedance-key", behind=Behind.SEEDANCE, life=_RUNS, fate=Fate.KEY_REFUSED),
    Case(name="seedance-expired-late", behind=Behind.SEEDANCE, life=_EXPIRED, times_out=True),
    Case(name="seedance-running-late", behind=Behind.SEEDANCE, life=_RUNS, times_out=True),
    Case(name="seedance-key-late", behind=Behind.SEEDANCE, life=_RUNS, fate=Fate.KEY_REFUSED,
         times_out=True),
    Case(name="seedance-beside", behind=Behind.SEEDANCE, way=Way.LOCALHOST, beside=True),
    Case(name="kling", behind=Behind.KLING, film="pond.mp4"),
    Case(name="kling-refused", behind=Behind.KLING, life=_REFUSED),
    Case(name="jimeng", behind=Behind.JIMENG, life=_QUICK_JIMENG, film="aurora.mp4"),
    Case(name="jimeng-generating", behind=Behind.JIMENG, life=_SLOW_JIMENG, fate=Fate.UNREAD),
    Case(name="jimeng-came-back", behind=Behind.JIMENG, life=_SLOW_JIMENG, fate=Fate.CAME_BACK),
    Case(name="jimeng-refused", behind=Behind.JIMENG, life=lived(3, 0, Phase.FAILED)),
    Case(name="vidu", behind=Behind.VIDU, film="pond.mp4", prompt=_CAT),
    Case(name="vidu-refused", behind=Behind.VIDU, life=_REFUSED),
    Case(name="vidu-channel-gone", behind=Behind.VIDU, life=_RUNS, fate=Fate.CHANNEL_GONE,
         prompt="ok chan"),
    Case(name="hailuo", behind=Behind.HAILUO),
    Case(name="hailuo-refused", behind=Behind.HAILUO, life=_REFUSED),
    Case(name="wan", behind=Behind.WAN, film="lanterns.mp4", prompt=_CAT),
    Case(name="wan-cancelled", behind=Behind.WAN, life=_CANCELLED),
    Case(name="wan-refused", behind=Behind.WAN, life=_REFUSED),
    Case(name="wan-guarded", behind=Behind.WAN, way=Way.GUARDED, beside=True),
    Case(name="wan-no-channel", behind=Behind.WAN, way=Way.NO_CHANNEL, beside=True),
    Case(name="sora", behind=Behind.SORA, way=Way.LOCALHOST),
    Case(name="sora-other-name", behind=Behind.SORA, way=Way.OTHER_NAME, film="pond.mp4"),
    Case(name="sora-redirect", behind=Behind.SORA, way=Way.REDIRECT, film="aurora.mp4"),
    Case(name="sora-guarded", behind=Behind.SORA, way=Way.GUARDED),
    Case(name="sora-no-channel", behind=Behind.SORA, way=Way.NO_CHANNEL),
    Case(name="sora-slow", behind=Behind.SORA, way=Way.SLOW, film="dusk.mp4"),
    Case(name="sora-refused", behind=Behind.SORA, way=Way.LOCALHOST, life=_REFUSED),
    Case(name="veo", behind=Behind.VEO, way=Way.OTHER_NAME),
    Case(name="veo-running", behind=Behind.VEO, way=Way.OTHER_NAME, life=_RUNS),
    Case(name="veo-refused", behind=Behind.VEO, way=Way.OTHER_NAME, life=_REFUSED),
    Case(name="veo-filtered", behind=Behind.VEO, way=Way.OTHER_NAME, fate=Fate.FILTERED),
    *(
        Case(name=f"{behind.value}-{word}", behind=behind, life=life, times_out=word == "late")
        for behind in (Behind.KLING, Behind.VIDU, Behind.HAILUO, Behind.WAN, Behind.SORA)
        for word, life in (("waits", _WAITS), ("runs", _RUNS), ("late", _RUNS))
    ),
)  # fmt: skip
_OUTER = (
    Case(name="seedance-unknown", behind=Behind.SEEDANCE, fate=Fate.UNREAD),
    Case(name="seedance", behind=Behind.SEEDANCE, way=Way.LOCALHOST, beside=True),
    Case(name="seedance-came-back", behind=Behind.SEEDANCE, fate=Fate.CAME_BACK,
         way=Way.LOCALHOST, beside=True),
    Case(name="kling-stuck", behind=Behind.KLING, life=_RUNS, fate=Fate.CHANNEL_GONE),
    Case(name="wan", behind=Behind.WAN, way=Way.LOCALHOST, beside=True),
    Case(name="wan-refused", behind=Behind.WAN, life=_REFUSED),
    Case(name="hailuo-second", behind=Behind.HAILUO, way=Way.SECOND),
    Case(name="sora", behind=Behind.SORA, way=Way.LOCALHOST),
)  # fmt: skip
_AISIX = (
    Case(name="seedance", behind=Behind.SEEDANCE, film="dusk.mp4"),
    Case(name="seedance-running", behind=Behind.SEEDANCE, life=_RUNS),
    Case(name="seedance-queued", behind=Behind.SEEDANCE, life=_WAITS),
    Case(name="seedance-refused", behind=Behind.SEEDANCE, life=_REFUSED),
    Case(name="seedance-expired", behind=Behind.SEEDANCE, life=_EXPIRED),
    Case(name="seedance-cancelled", behind=Behind.SEEDANCE, life=_CANCELLED),
    Case(name="seedance-401", behind=Behind.SEEDANCE, life=lived(1, 9), trouble=BadReply.KEY),
    Case(name="seedance-429", behind=Behind.SEEDANCE, life=lived(1, 9), trouble=BadReply.RATE),
    Case(
        name="seedance-500",
        behind=Behind.SEEDANCE,
        life=lived(1, 9),
        trouble=BadReply.SERVER,
    ),
    Case(name="wan", behind=Behind.WAN, film="pond.mp4"),
    Case(name="sora", behind=Behind.SORA, film="aurora.mp4"),
    Case(name="sora-running", behind=Behind.SORA, life=_RUNS),
)
_LITELLM = (
    *(
        Case(name=f"{behind.value}-{word}", behind=behind, life=life)
        for behind in (Behind.SORA, Behind.WAN, Behind.HAILUO, Behind.SEEDANCE, Behind.RUNWAY)
        for word, life in (
            ("done", lived(1, 5)), ("queued", _WAITS), ("running", _RUNS),
            ("refused", _REFUSED), ("cancelled", _CANCELLED),
        )
    ),
    *(
        Case(name=f"slash-{word}", behind=Behind.SORA, life=life, alias="studio/sora-hd",
             film="aurora.mp4")
        for word, life in (("done", lived(1, 5)), ("refused", _REFUSED), ("cancelled", _CANCELLED))
    ),
    *(
        Case(name=f"{behind.value}-{trouble.value}", behind=behind, life=lived(1, 9),
             trouble=trouble)
        for behind in (Behind.SORA, Behind.WAN, Behind.HAILUO)
        for trouble in BadReply
    ),
    Case(name="sora-page-for-film", behind=Behind.SORA, trouble=BadReply.PAGE_OK, only_film=True),
    Case(name="wan-json-for-film", behind=Behind.WAN, trouble=BadReply.GARBAGE, only_film=True),
)  # fmt: skip
_OPENROUTER = (
    Case(name="signed", behind=Behind.VEO),
    Case(name="unsigned", behind=Behind.VEO, way=Way.LOCALHOST, film="pond.mp4"),
    Case(name="running", behind=Behind.VEO, life=_RUNS),
    Case(name="refused", behind=Behind.VEO, life=_REFUSED),
    Case(name="cancelled", behind=Behind.VEO, life=_CANCELLED),
    Case(name="expired", behind=Behind.VEO, life=_EXPIRED),
)
_XAI = (
    Case(name="done", behind=Behind.GROK),
    Case(name="running", behind=Behind.GROK, life=_RUNS),
    Case(name="refused", behind=Behind.GROK, life=_REFUSED),
    Case(name="expired", behind=Behind.GROK, life=_EXPIRED),
)
CASES: dict[GatewayKind, tuple[Case, ...]] = {
    GatewayKind.NEW_API: _NEW_API,
    GatewayKind.OUTER: _OUTER,
    GatewayKind.AISIX: _AISIX,
    GatewayKind.LITELLM: _LITELLM,
    GatewayKind.OPENROUTER: _OPENROUTER,
    GatewayKind.XAI: _XAI,
}
