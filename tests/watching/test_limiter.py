"""The gate of an account, on a clock that only moves when something sleeps."""

import asyncio
from typing import Any

from rushes.core.pace import RateLimits
from rushes.watching.api import Limiter
from tests.conftest import Drive


class Hand:
    """A clock moved by whoever sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def test_that_requests_are_spaced_and_lists_have_their_own_gap(run: Drive[Any]) -> None:
    async def work() -> None:
        hand = Hand()
        gate = asyncio.Semaphore(2)
        limiter = Limiter(RateLimits(0.5, 5.0), gate, clock=hand, sleep=hand.sleep)
        at = []
        for is_list in (False, False, False, True, False, True):
            async with limiter.turn(is_list=is_list):
                at.append(hand.now - 100.0)
        assert at == [0.0, 0.5, 1.0, 1.0, 1.5, 6.0]

    run(work())


def test_that_a_pause_earns_no_burst(run: Drive[Any]) -> None:
    async def work() -> None:
        hand = Hand()
        gate = asyncio.Semaphore(2)
        limiter = Limiter(RateLimits(0.5), gate, clock=hand, sleep=hand.sleep)
        async with limiter.turn():
            pass
        hand.now += 3600.0
        at = []
        for _ in range(3):
            async with limiter.turn():
                at.append(hand.now - 3700.0)
        assert at == [0.0, 0.5, 1.0]

    run(work())


def test_that_speed_divides_the_gaps(run: Drive[Any]) -> None:
    async def work() -> None:
        hand = Hand()
        gate = asyncio.Semaphore(2)
        limiter = Limiter(RateLimits(0.5), gate, clock=hand, sleep=hand.sleep, speed=10.0)
        for _ in range(3):
            async with limiter.turn():
                pass
        assert round(hand.now - 100.0, 6) == 0.1

    run(work())


def test_that_two_accounts_at_one_origin_share_its_places(run: Drive[Any]) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        gate = asyncio.Semaphore(2)
        limiters = [Limiter(RateLimits(0.0), gate, clock=loop.time) for _ in range(2)]
        inside = most = 0

        async def ask(limiter: Limiter) -> None:
            nonlocal inside, most
            async with limiter.turn():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(ask(limiter) for limiter in limiters * 5))
        assert most == 2

    run(work())


def test_that_a_cancelled_wait_gives_its_place_back(run: Drive[Any]) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        gate = asyncio.Semaphore(1)
        limiter = Limiter(RateLimits(60.0), gate, clock=loop.time)
        async with limiter.turn():
            pass

        async def wait() -> None:
            async with limiter.turn():
                raise AssertionError("it was not its turn")

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert not gate.locked()

    run(work())
