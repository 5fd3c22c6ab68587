"""D2: a gateway's maintenance hour: pages of its proxy, a router without routes, a closed port, and
then single refusals of the key while it comes up again. Files are refused for a part of it, too."""

from rushes.simulator.life import lived
from rushes.simulator.scene import Scene, Site, Slot
from rushes.simulator.server import FILES
from tests.faults.days import Day, Ended, How, Spell, answer, both
from tests.faults.report import Report

MINUTE = 60.0
#: Real seconds of a quick day, and of a full one: an hour and a half.
QUICK_S, FULL_S = 9.0, 36.0
DAY_S = 90 * MINUTE

GATEWAYS = frozenset({Site.RONG.value, Site.ANYFAST.value, Site.JIMENG.value})
_PAGE = b"<html><head><title>%b</title></head><body><center>nginx</center></body></html>"

BAD_GATEWAY = answer("502 Bad Gateway", _PAGE % b"502 Bad Gateway")
MAINTENANCE = answer(
    "503 Service Unavailable", _PAGE % b"Back at noon", "text/html", "Retry-After: 120"
)
NO_ROUTES = answer("404 Not Found", b"404 page not found", "text/plain")
BAD_KEY = answer(
    "401 Unauthorized",
    b'{"error": {"message": "Invalid token", "type": "new_api_error", "code": ""}}',
    "application/json",
)

#: From the fifteenth minute to the seventy-fifth; what answers, and where.
HOUR: tuple[tuple[float, float, frozenset[str], bytes | How], ...] = (
    (15, 25, GATEWAYS, BAD_GATEWAY),
    (25, 35, GATEWAYS, MAINTENANCE),
    (35, 45, GATEWAYS, NO_ROUTES),
    (45, 60, GATEWAYS, How.REFUSED),
    (20, 30, frozenset({FILES}), MAINTENANCE),
    (30, 40, frozenset({FILES}), NO_ROUTES),
    (40, 50, frozenset({FILES}), How.REFUSED),
)
#: Every third answer of the last quarter of it.
SINGLE = Spell(60 * MINUTE, 75 * MINUTE, GATEWAYS, BAD_KEY, each=3)


def _slots() -> tuple[Slot, ...]:
    """Films of before, of the hour, of the coming up, and of after it."""
    ends = (("before", 13), ("amid", 30), ("up", 65), ("after", 80))
    return tuple(
        Slot(name=name, life=lived(MINUTE, (end - 1) * MINUTE), result="dunes.mp4")
        for name, end in ends
    )


def day(full: bool) -> Day:
    sites = (Site.ARK, Site.RONG, Site.ANYFAST, Site.JIMENG)
    hour = (
        Spell(begins * MINUTE, ends * MINUTE, where, said) for begins, ends, where, said in HOUR
    )
    return Day(
        scene=Scene(name="maintenance", about="", slots={site: _slots() for site in sites}),
        speed=DAY_S / (FULL_S if full else QUICK_S),
        spells=(*hour, SINGLE),
    )


def _blames_no_key(ended: Ended) -> None:
    assert any(one.spell is SINGLE for one in ended.asked), "no single refusal was met"
    assert "key" not in ended.told.lower(), ended.told


def run(full: bool) -> Report:
    report = Report("D2")
    both(report, day(full), _blames_no_key)
    return report
