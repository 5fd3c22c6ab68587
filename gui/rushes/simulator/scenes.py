"""The scenes to choose from. Each shows one thing; `demo` shows everything at once.

Names of single scenes say what happens. The statement `about` is for people.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rushes.presentation.text import tr
from rushes.simulator.gateway_cases import GatewayKind
from rushes.simulator.life import Phase, Step, TaskLife, lived
from rushes.simulator.scene import (
    SEED3D,
    SEEDANCE_10,
    SEEDANCE_15,
    SEEDANCE_20,
    SEEDANCE_25,
    Ailment,
    Delivery,
    LinkRule,
    Place,
    Quirk,
    Scene,
    ServiceTrouble,
    Site,
    Slot,
)

_HOUR = 3600.0
_MANY = 200


class UnknownScene(ValueError):
    """No scene of that name. `str()` is one sentence that names the choices."""


def _scene(
    name: str, about: str, slots: dict[Site, tuple[Slot, ...]], **troubles: ServiceTrouble
) -> Scene:
    """`troubles` by site name; "every" stands for all sites."""
    every = troubles.pop("every", None)
    found = dict.fromkeys(Site, (every,)) if every else {}
    found |= {Site(site): (trouble,) for site, trouble in troubles.items()}
    return Scene(
        name=name, about=about, slots=MappingProxyType(slots), troubles=MappingProxyType(found)
    )


def _everywhere(slot: Slot) -> dict[Site, tuple[Slot, ...]]:
    return {site: (slot,) for site in Site if site is not Site.ARK_LIST}


_QUICK = Slot(name="quick", result="dunes.mp4", seed=7)
_REFUSED = {
    "input-text": (
        "InputTextSensitiveContentDetected",
        "The request failed because the input text may contain sensitive information.",
    ),
    "input-image": (
        "InputImageSensitiveContentDetected.PrivacyInformation",
        "The request failed because the input image may contain real person.",
    ),
    "output-video": (
        "OutputVideoSensitiveContentDetected",
        "The request failed because the output video may contain sensitive information.",
    ),
    "output-audio": (
        "OutputAudioSensitiveContentDetected.PolicyViolation",
        "The request failed because the output audio may violate the platform rules.",
    ),
}


def _refused() -> tuple[Slot, ...]:
    return tuple(
        Slot(name=name, life=lived(1, 3, Phase.FAILED), code=code, message=text)
        for name, (code, text) in _REFUSED.items()
    )


def _statuses() -> dict[Site, tuple[Slot, ...]]:
    usual = tuple(
        Slot(name=f"ends-{end.value}", life=lived(2, 0 if end is Phase.CANCELLED else 4, end))
        for end in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED, Phase.EXPIRED)
    )
    return {Site.ARK: usual, Site.RONG: usual, Site.ANYFAST: usual[:2], Site.JIMENG: usual[:2]}


_ODD = TaskLife(
    steps=(
        Step(Phase.QUEUED, 1.0),
        Step(Phase.ODD, 4.0, "Rendering_Preview"),
        Step(Phase.RUNNING, 2.0),
    )
)
_SINGLE: tuple[Scene, ...] = (
    _scene("statuses", "Every way a task can go, at every service that shows it.", _statuses()),
    _scene("queued", "Tasks that stay in the queue: to be cancelled.", {
        Site.ARK: (Slot(name="waits", life=lived(24 * _HOUR, 60)),),
    }),
    _scene("running", "Tasks that run for a day.", _everywhere(
        Slot(name="runs", life=lived(0, 24 * _HOUR)))),
    _scene("moderation", "Refused prompts, reference images, films and sounds.", {
        site: _refused() for site in (Site.ARK, Site.RONG, Site.ANYFAST, Site.JIMENG)}),
    _scene("unknown-status", "A status word nobody knows, and then a good end.", _everywhere(
        Slot(name="odd", life=_ODD, result="dunes.mp4"))),
    _scene("cancelled", "A queued task that somebody else cancels.", {
        site: (Slot(name="called-off", life=lived(3, 0, Phase.CANCELLED)),)
        for site in (Site.ARK, Site.RONG)}),
    _scene("expired", "A task the service gives up; a gateway calls that a failure.", {
        site: (Slot(name="gave-up", life=lived(2, 5, Phase.EXPIRED), expires_after_s=3600),)
        for site in (Site.ARK, Site.RONG, Site.ANYFAST)}),
    _scene("late-failure", "Hours of work, and then a failure.", _everywhere(Slot(
        name="late",
        life=TaskLife(submitted_s=-5 * _HOUR, steps=(
            Step(Phase.QUEUED, _HOUR), Step(Phase.RUNNING, 4 * _HOUR + 6)), end=Phase.FAILED),
        code="InternalServiceError",
        message="The service encountered an unexpected internal error."))),
    _scene("false-failure", "A gateway says FAILURE and takes it back.", {
        Site.ANYFAST: (Slot(name="healed", result="dunes.mp4", life=TaskLife(steps=(
            Step(Phase.RUNNING, 2.0), Step(Phase.FAILED, 4.0)))),)}),
    _scene("stuck", "A gateway that calls a cancelled task running for ever.", {
        Site.ANYFAST: (Slot(name="stuck", life=lived(2, 0, Phase.CANCELLED)),)}),
    _scene("super-resolution", "Two films and three figures of tokens.", {
        Site.ANYFAST: (Slot(name="ultra", result="ribbons.mp4", original="ribbons_720p.mp4"),)}),
    _scene("frames", "A film asked for by its frames: no duration.", {
        site: (Slot(name="frames", model=SEEDANCE_10, result="pond.mp4", by_frames=True),)
        for site in (Site.ARK, Site.ANYFAST)}),
    _scene("last-frame", "A film and its last frame.", {
        site: (Slot(name="frame", result=film, last_frame=True),)
        for site, film in (
            (Site.ARK, "dusk.mp4"), (Site.RONG, "dunes.mp4"), (Site.ANYFAST, "pond.mp4"))}),
    _scene("model", "3D models in zip files.", {Site.ARK_LIST: (
        Slot(name="vase", model=SEED3D, result="vase.zip", subdivision="medium"),
        Slot(name="bowl", model=SEED3D, result="bowl.zip", subdivision="high"))}),
    _scene("flex", "Tasks of both tiers: the list hides one unless asked.", {Site.ARK: (
        Slot(name="flex", model=SEEDANCE_15, tier="flex", result="aurora.mp4"),
        Slot(name="default", model=SEEDANCE_15, result="aurora.mp4"))}),
    _scene("many-requests", "Links that say how often they may be used.", {Site.ARK: (
        Slot(name="hundred", model=SEEDANCE_25, result="orbit.mp4"),
        Slot(name="two", model=SEEDANCE_25, result="dunes.mp4", link=LinkRule(max_requests=2)))}),
    _scene("no-url", "A success without a link, for ever.", _everywhere(
        Slot(name="nothing", link=LinkRule(appears_s=None)))),
    _scene("late-url", "A success whose link comes later.", _everywhere(
        Slot(name="later", result="dunes.mp4", link=LinkRule(appears_s=40.0)))),
    _scene("link-renewed", "A link that has ended; asking again gives a new one.", _everywhere(
        Slot(name="renewed", result="dunes.mp4", life=lived(9, 60, submitted_s=-25 * _HOUR),
             link=LinkRule(renews=True)))),
    _scene("link-cut", "The download breaks off, the link ends, asking again helps.", _everywhere(
        Slot(name="cut", result="lanterns.mp4", link=LinkRule(lifetime_s=2, renews=True),
             delivery=Delivery(cuts=(100_000,), bytes_per_s=60_000)))),
    _scene("link-lost", "A link that has ended for good.", _everywhere(
        # Longer ago than a gateway is given to find a film whose link has ended.
        Slot(name="lost", result="dunes.mp4", life=lived(9, 60, submitted_s=-50 * _HOUR)))),
    _scene("link-ending", "Links that end in 90 minutes and in five hours.", {Site.ARK: tuple(
        Slot(name=name, result="dunes.mp4", life=lived(9, 60, submitted_s=-ago * _HOUR))
        for name, ago in (("soon", 22.5), ("later", 19.0)))}),
    _scene("rate-limit", "429 with Retry-After, three times.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.RATE, after=1, count=3, retry_after_s=1)),
    _scene("rate-limit-silent", "429 without Retry-After and without a body.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.RATE_EMPTY, after=1, count=2)),
    _scene("quota", "429 because the quota is used up.", {Site.ARK: (_QUICK,)},
           ark=ServiceTrouble(kind=Ailment.QUOTA, after=1, count=2)),
    _scene("server-error", "500 for a while.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.SERVER, after=1, count=3)),
    _scene("bad-gateway", "502 with somebody's HTML.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.BAD_GATEWAY, after=1, count=2)),
    _scene("truncated", "JSON that breaks off.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.TRUNCATED, after=1, count=2)),
    _scene("revoked", "The key is revoked after two answers.", _everywhere(
        Slot(name="runs", life=lived(1, 10), result="dunes.mp4")),
           every=ServiceTrouble(kind=Ailment.REVOKED, after=2, count=1)),
    _scene("overdue", "An unpaid balance.", {Site.ARK: (_QUICK,)},
           ark=ServiceTrouble(kind=Ailment.OVERDUE, after=1, count=None)),
    _scene("slow", "Answers that take ten seconds.", _everywhere(_QUICK),
           every=ServiceTrouble(kind=Ailment.SLOW, count=None, delay_s=10.0)),
    _scene("throttled", "Files that trickle in.", {Site.ARK: (
        Slot(name="trickle", result="dusk.mp4", delivery=Delivery(bytes_per_s=60_000)),)}),
    _scene("broken-file", "A web page where the film should be.", {Site.ARK: (
        Slot(name="page", delivery=Delivery(web_page=True)),)}),
    _scene("proxy-url", "A film behind the gateway's own key.", {Site.ANYFAST: (
        Slot(name="proxy", result="dunes.mp4", place=Place.PROXY),)}),
    _scene("content-only", "A success whose film only the gateway's own route has.", {
        Site.ANYFAST: (Slot(name="content", result="dunes.mp4", place=Place.CONTENT),)}),
    _scene("found-by-search", "A link under a name that nobody knows.", {
        Site.ANYFAST: (Slot(name="sought", result="dunes.mp4", place=Place.SOUGHT),)}),
    _scene("state-word", "A gateway that says `state`, not `status`.", {
        Site.ANYFAST: tuple(
            Slot(name=name, result="dunes.mp4", life=lived(1, 4, end),
                 quirks=frozenset({Quirk.STATE}))
            for name, end in (("done", Phase.SUCCEEDED), ("failed", Phase.FAILED)))}),
    _scene("prompts", "Tasks whose prompts are known to whoever submitted them.", _everywhere(
        Slot(name="told", result="dunes.mp4", prompt="A lighthouse at dusk, slow dolly in."))),
    _scene("text-times", "3D models whose times are strings.", {Site.ARK_LIST: (
        Slot(name="vase", model=SEED3D, result="vase.zip", subdivision="medium",
             quirks=frozenset({Quirk.TEXT_TIMES})),)}),
    _scene("nested-error", "FAILURE with HTTP 200; the reason stands three levels down.", {
        site: (Slot(name="nested", life=lived(1, 3, Phase.FAILED),
                    code=_REFUSED["output-video"][0], message=_REFUSED["output-video"][1]),)
        for site in (Site.ANYFAST, Site.JIMENG)}),
    _scene("url-in-fail-reason", "SUCCESS with its link in fail_reason, and the reverse.", {
        Site.ANYFAST: (
            Slot(name="good", result="dunes.mp4", place=Place.FAIL_REASON),
            Slot(name="bad", life=lived(1, 3, Phase.FAILED), place=Place.FAIL_REASON,
                 code="InvalidParameter", message="The reference image is too small."))}),
    _scene("one", "One quick task at each service.", {
        **_everywhere(_QUICK),
        Site.ARK_LIST: (Slot(name="quick", model=SEED3D, result="vase.zip",
                             subdivision="medium"),)}),
    _scene("empty", "Accounts without tasks.", {}),
    Scene(
        name="gateways",
        about="Every service behind real gateways' programs, with all that can happen there.",
        slots=MappingProxyType({}),
        gateways=tuple(GatewayKind),
    ),
)  # fmt: skip


def many(count: int) -> Scene:
    """`count` live Ark tasks that end one by one, from one to eleven simulated minutes on."""
    slots = tuple(
        Slot(
            name=f"n{n}",
            result="dunes.mp4",
            seed=n,
            life=lived(5.0 + n % 20, 55.0 + (n * 7919) % 600),
            tier="flex" if n % 10 == 9 else "default",
        )
        for n in range(count)
    )
    about = "Many live tasks in one account."
    return Scene(name="many", about=about, slots=MappingProxyType({Site.ARK: slots}))


# --- the demo: about twenty takes at five services, all ended within 25 simulated seconds --------

_THROTTLE = Delivery(bytes_per_s=250_000)  # slow enough to see the progress

_ARK = (
    Slot(
        name="dusk",
        prompt="A lighthouse at dusk, waves against the rocks, slow push in, 35 mm",
        life=lived(2, 5),
        result="dusk.mp4",
        last_frame=True,
        seed=10136,
        delivery=_THROTTLE,
    ),
    Slot(
        name="pond",
        prompt="清晨的荷塘，一只蜻蜓停在花苞上，微距，浅景深",
        life=lived(3, 8),
        model=SEEDANCE_10,
        result="pond.mp4",
        by_frames=True,
        seed=4304,
    ),
    Slot(
        name="refused",
        life=lived(1, 2, Phase.FAILED),
        code="InputTextSensitiveContentDetected",
        message="The request failed because the input text may contain sensitive information.",
    ),
    Slot(
        name="aurora",
        prompt="Aurora over a frozen lake, time lapse, stars turn slowly, wide angle",
        life=lived(6, 10),
        model=SEEDANCE_15,
        result="aurora.mp4",
        last_frame=True,
        tier="flex",
        seed=78674,
    ),
    Slot(name="called-off", life=lived(9, 0, Phase.CANCELLED), model=SEEDANCE_15),
    Slot(
        name="gave-up",
        life=lived(4, 14, Phase.EXPIRED, submitted_s=-1.0),
        model=SEEDANCE_15,
        expires_after_s=3600,
    ),
)
_ARK_LIST = (
    Slot(
        name="vase",
        prompt="A porcelain vase with blue cranes, studio light",
        life=lived(2, 7),
        model=SEED3D,
        result="vase.zip",
        subdivision="medium",
    ),
    Slot(name="bowl", life=lived(4, 12), model=SEED3D, result="bowl.zip", subdivision="high"),
    Slot(
        name="late",
        life=lived(2, 21, Phase.FAILED),
        model=SEED3D,
        result="vase.zip",
        code="InputImageSensitiveContentDetected.PrivacyInformation",
        message="The request failed because the input image may contain real person.",
    ),
)
_RONG = (
    Slot(
        name="lanterns",
        prompt="夜晚的老街，红灯笼随风轻摆，镜头缓缓向前推进",
        life=lived(2, 9),
        result="lanterns.mp4",
        last_frame=True,
        seed=53843,
        delivery=_THROTTLE,
    ),
    Slot(
        name="orbit",
        prompt="The camera circles a spinning top on a wooden table, morning light",
        life=lived(1, 12),
        model=SEEDANCE_25,
        result="orbit.mp4",
        seed=88034,
    ),
    Slot(
        name="blocked",
        life=lived(2, 13, Phase.FAILED),
        code="OutputVideoSensitiveContentDetected",
        message="The request failed because the output video may contain sensitive information.",
    ),
    Slot(  # made yesterday: its link has ended, and a new one is signed when asked again
        name="renewed",
        life=lived(20, 60, submitted_s=-25 * _HOUR),
        result="dunes.mp4",
        seed=23,
        link=LinkRule(renews=True),
    ),
)
_ANYFAST = (
    Slot(
        name="ultra",
        prompt="Silk ribbons in slow motion, black ground, rim light",
        life=TaskLife(
            steps=(
                Step(Phase.QUEUED, 2.0, "NOT_START"),
                Step(Phase.QUEUED, 2.0),
                Step(Phase.RUNNING, 11.0),
            )
        ),
        result="ribbons.mp4",
        original="ribbons_720p.mp4",
        seed=58944,
        delivery=_THROTTLE,
    ),
    Slot(
        name="proxy",
        life=lived(1, 6),
        result="dunes.mp4",
        seed=901,
        place=Place.PROXY,
    ),
    Slot(
        name="no-sound",
        life=lived(2, 8, Phase.FAILED),
        code="OutputAudioSensitiveContentDetected.PolicyViolation",
        message="The request failed because the output audio may violate the platform rules.",
    ),
    Slot(
        name="old-row",
        life=lived(3, 7),
        model=SEEDANCE_10,
        result="aurora.mp4",
        seed=2187,
        place=Place.FAIL_REASON,
    ),
    Slot(
        name="odd",
        prompt="雨后的城市天台，霓虹倒映在积水里，人物背影",
        life=TaskLife(
            steps=(
                Step(Phase.QUEUED, 2.0),
                Step(Phase.ODD, 9.0, "RENDERING_PREVIEW"),
                Step(Phase.RUNNING, 3.0),
            )
        ),
        result="orbit.mp4",
        seed=31337,
    ),
)
_JIMENG = (
    Slot(name="nested", life=lived(2, 8), model=SEEDANCE_10, result="dusk.mp4"),
    Slot(name="no-url", life=lived(1, 4), model=SEEDANCE_10, link=LinkRule(appears_s=None)),
    Slot(
        name="late-url",
        life=lived(1, 6),
        model=SEEDANCE_10,
        result="pond.mp4",
        link=LinkRule(appears_s=10.0),
    ),
    Slot(
        name="failure",
        life=lived(3, 9, Phase.FAILED),
        model=SEEDANCE_20,
        message="即梦任务失败：上游返回错误",
    ),
    Slot(  # made yesterday, not saved in time
        name="lost",
        life=lived(20, 60, submitted_s=-26 * _HOUR),
        model=SEEDANCE_10,
        result="dunes.mp4",
    ),
)

DEMO = Scene(
    name="demo",
    about="A mix of everything over all five services; all ended within 25 seconds.",
    slots=MappingProxyType(
        {
            Site.ARK: _ARK,
            Site.ARK_LIST: _ARK_LIST,
            Site.RONG: _RONG,
            Site.ANYFAST: _ANYFAST,
            Site.JIMENG: _JIMENG,
        }
    ),
    troubles=MappingProxyType(
        {
            Site.RONG: (ServiceTrouble(kind=Ailment.RATE, after=6, count=1, retry_after_s=2),),
            Site.ANYFAST: (ServiceTrouble(kind=Ailment.SERVER, after=8, count=1),),
            Site.JIMENG: (
                ServiceTrouble(kind=Ailment.RATE_EMPTY, after=7, count=1),
                ServiceTrouble(kind=Ailment.SLOW, after=9, count=1, delay_s=2.0),
            ),
        }
    ),
)


# --- which there are ----------------------------------------------------------------------------

SCENES: Mapping[str, Scene] = MappingProxyType(
    {scene.name: scene for scene in (DEMO, *_SINGLE, many(_MANY))}
)
_SIZED: Mapping[str, Callable[[int], Scene]] = MappingProxyType({"many": many})


def find(name: str) -> Scene:
    """A scene by its name; `many:1000` sets the number of tasks.

    Raises:
        UnknownScene: nothing is called so.
    """
    word, _, size = name.partition(":")
    if size.isdecimal() and word in _SIZED and 0 < int(size) <= 100_000:
        return _SIZED[word](int(size))
    if name not in SCENES:
        known = ", ".join(sorted(SCENES))
        raise UnknownScene(
            tr("There is no scene “{name}”. Choose one of: {known}.", name=name, known=known)
        )
    return SCENES[name]
