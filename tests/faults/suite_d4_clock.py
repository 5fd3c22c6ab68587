"""D4: a clock that jumps: three days ahead, right again, three days back, an hour to and fro as
when somebody takes summer time for a wrong clock; it begins ten seconds before summer time ends.
Tasks end all day long, their links last for a day."""

import datetime as dt
from zoneinfo import ZoneInfo

from rushes.simulator.life import lived
from rushes.simulator.scene import Delivery, LinkRule, Scene, Site, Slot
from tests.faults import days
from tests.faults.days import Day, Stage, both
from tests.faults.report import Report

HOUR, DAY_S = 3600.0, 86400.0
ZONE = "Europe/Berlin"
#: How far the clock is ahead in each part of the day.
JUMPS_S = (3 * DAY_S, 0.0, -3 * DAY_S, HOUR, -HOUR, 0.0)
#: Real seconds of each part.
QUICK_S, FULL_S = 1.5, 6.0
SPEED = 200.0
#: Of dunes.mp4, about.
FILM_BYTES = 85_000
SITES = (Site.ARK, Site.RONG)


def _begins_at() -> float:
    """Ten seconds before the last end of summer time."""
    now = dt.datetime.now(dt.UTC)
    ends = (
        dt.datetime(year, 10, day, 1, tzinfo=dt.UTC)
        for year in (now.year, now.year - 1)
        for day in range(25, 32)
    )
    past = [e for e in ends if e < now and _is_summer(e, -1) and not _is_summer(e, 1)]
    return max(past).timestamp() - 10.0


def _is_summer(at: dt.datetime, minutes: int) -> bool:
    local = (at + dt.timedelta(minutes=minutes)).astimezone(ZoneInfo(ZONE))
    return bool(local.dst())


def _slots(part_s: float, *, slowly: bool = False) -> tuple[Slot, ...]:
    """One film a part of the day; some come so slowly that they are half there at a jump."""
    pace = 4 * FILM_BYTES / part_s
    return tuple(
        Slot(
            name=f"part-{number}",
            life=lived(1, (number + 0.6) * part_s),
            result="dunes.mp4",
            link=LinkRule(renews=True),
            delivery=Delivery(bytes_per_s=pace if slowly else None),
        )
        for number in range(len(JUMPS_S))
    )


def day(full: bool) -> Day:
    part_s = FULL_S if full else QUICK_S

    async def play(stage: Stage) -> None:
        stage.set_clock(0.0)
        for number, ahead_s in enumerate(JUMPS_S):
            await stage.until_day((number + 0.5) * part_s)
            stage.set_clock(ahead_s)

    slots = dict.fromkeys(SITES, _slots(part_s * SPEED))
    slots[Site.RONG] = _slots(part_s * SPEED, slowly=True)
    return Day(
        scene=Scene(name="clock", about="", slots=slots),
        speed=SPEED,
        play=play,
        fakes_clock=True,
        starts_at=_begins_at(),
        env=(("TZ", ZONE),),
    )


can_run = days.can_set_clock


def run(full: bool) -> Report:
    report = Report("D4")
    both(report, day(full))
    return report
