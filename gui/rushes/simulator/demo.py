"""The demo: about twenty takes at five services, all ended within 25 simulated seconds."""

from types import MappingProxyType

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
    Scene,
    ServiceTrouble,
    Site,
    Slot,
)

_HOUR = 3600.0
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
