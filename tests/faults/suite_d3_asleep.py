"""D3: a laptop asleep over a link's end: for 30 hours, with files half on the disk and tasks under
way. The service names a new link after waking, when it is asked once more.

Asleep, a computer's steady clock stands on Linux, the other goes on. Here the program is stopped
for a moment and its clock put forward; its connections break off, its steady clock goes on for that
moment only."""

import signal

from rushes.simulator.life import lived
from rushes.simulator.scene import Delivery, LinkRule, Scene, Site, Slot
from tests.faults import days
from tests.faults.days import Day, Ended, Stage, both
from tests.faults.report import Report

SPEED = 50.0
ASLEEP_S = 30 * 3600.0
#: Each file takes some real seconds.
SLOWLY = Delivery(bytes_per_s=1500.0)
#: So much is there of the files when the computer goes to sleep.
SOME_BYTES = 40_000

SITES = (Site.ARK, Site.JIMENG)


def _slots() -> tuple[Slot, ...]:
    """Films half fetched, films not yet made, and films that were made while it slept."""
    ends = (("half", 2.0), ("next", 20.0), ("asleep", 3600.0))
    link = LinkRule(renews=True)
    return tuple(
        Slot(name=name, life=lived(1, end - 1), result="dunes.mp4", link=link, delivery=SLOWLY)
        for name, end in ends
    )


async def _sleep(stage: Stage) -> None:
    stage.set_clock(0.0)
    await stage.until(lambda: stage.fronts.handed_on >= SOME_BYTES)
    stage.process.send_signal(signal.SIGSTOP)
    stage.fronts.is_away = True
    stage.clock.slept_s = ASLEEP_S
    stage.set_clock(0.0)
    await stage.until(lambda: not stage.fronts.under_way)
    stage.fronts.is_away = False
    stage.process.send_signal(signal.SIGCONT)


def day() -> Day:
    scene = Scene(name="asleep", about="", slots={site: _slots() for site in SITES})
    return Day(scene=scene, speed=SPEED, play=_sleep, fakes_clock=True)


def _went_on(ended: Ended) -> None:
    assert any(one.cut for one in ended.asked), "nothing was under way when it went to sleep"


can_run = days.can_set_clock


def run(full: bool) -> Report:
    report = Report("D3")
    for _ in range(5 if full else 1):
        both(report, day(), _went_on)
    return report
