"""D1: a captive portal's day. For most of it somebody else answers: pages and redirects where there
is no encryption, a certificate of somebody else where there is. Then the user has logged in."""

from rushes.simulator.life import lived
from rushes.simulator.scene import Place, Scene, Site, Slot
from rushes.simulator.server import FILES
from tests.faults.days import Day, Ended, How, Spell, answer, both
from tests.faults.report import Report

HOUR = 3600.0
#: Real seconds of a quick day, and of a full one: 10 hours.
QUICK_S, FULL_S = 9.0, 36.0

_PAGE = b"<!doctype html><html><body>Welcome! Log in to use this network.</body></html>"
PAGE = answer("200 OK", _PAGE)
TO_ITSELF = answer("302 Found", b"", "text/html", "Location: /login?from=here")
TO_A_HOST = answer("302 Found", b"", "text/html", "Location: http://portal.example/login")

#: Asked by https, as all of them are in real life; the others show what a portal may answer.
SECURE = frozenset({Site.ARK.value, Site.RONG.value})
OPEN = frozenset({Site.ANYFAST.value, Site.JIMENG.value, FILES})

#: Requests to one service that may bring its key to a portal: two under way when it answers first,
#: and those of another look that wait for their turn.
AT_ONCE = 4


def _slots(site: Site) -> tuple[Slot, ...]:
    """Films of before, of the portal's time, and of after it."""
    place = Place.RESULT_URL
    return tuple(
        Slot(name=name, life=lived(60, ends_s - 60), result="dunes.mp4", place=place)
        for name, ends_s in (("early", 300.0), ("amid", 4 * HOUR), ("late", 9.5 * HOUR))
    )


def _spells() -> tuple[Spell, ...]:
    """From ten minutes on until nine o'clock, with half an hour of network in between."""
    times = ((600.0, 3 * HOUR), (3 * HOUR, 6 * HOUR), (6.5 * HOUR, 9 * HOUR))
    found = []
    for (begins, ends), said in zip(times, (PAGE, TO_ITSELF, TO_A_HOST), strict=True):
        found.append(Spell(begins, ends, OPEN, said))
        found.append(Spell(begins, ends, SECURE, How.WRONG_CERTIFICATE))
    return tuple(found)


def day(full: bool) -> Day:
    sites = (Site.ARK, Site.RONG, Site.ANYFAST, Site.JIMENG)
    scene = Scene(name="portal", about="", slots={site: _slots(site) for site in sites})
    return Day(
        scene=scene,
        speed=10 * HOUR / (FULL_S if full else QUICK_S),
        spells=_spells(),
        tls=SECURE,
    )


def _keeps_its_keys(ended: Ended) -> None:
    """Nobody with a wrong certificate is sent anything. An open portal hears a key only before it
    is known: a few times, not at each try of a day."""
    heard = ended.with_key()
    assert not [one for one in heard if one.front in SECURE or one.front == FILES], heard
    for spell in {one.spell for one in heard}:
        for front in OPEN:
            times = sum(one.front == front and one.spell is spell for one in heard)
            assert times <= AT_ONCE, f"{front}: {times} times the key"


def run(full: bool) -> Report:
    report = Report("D1")
    both(report, day(full), _keeps_its_keys)
    return report
