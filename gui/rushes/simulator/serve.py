"""`rushes simulate`: a scene in a process of its own, until it is told to stop."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict

from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.simulator.scenes import UnknownScene, find
from rushes.simulator.server import Simulator, origins_of

_LOOK_FOR_PARENT_S = 0.5


def serve(
    scene: str,
    port: int = 0,
    speed: float = 1.0,
    *,
    began: float | None = None,
    again: bool = False,
    stop_with_parent: bool = False,
) -> int:
    """Print one JSON line a service, then serve until SIGINT or SIGTERM.

    Args:
        port: The first of as many ports in a row as the scene needs; 0: any free ones.
        began, again: See `Simulator`.
        stop_with_parent: End too when the process that started this one has gone.

    Returns:
        The exit code: 0 after a stop, 1 when a port is taken, 2 for an unknown scene.
    """
    try:
        chosen = find(scene)
    except UnknownScene as e:
        print(for_terminal(str(e)), file=sys.stderr)
        return 2
    parent = os.getppid() if stop_with_parent else None
    simulator = Simulator(chosen, speed=speed, began=began, again=again)
    return asyncio.run(_serve(simulator, port, parent))


async def _serve(simulator: Simulator, port: int, parent: int | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        await simulator.start(port)
    except OSError as e:
        reason = e.strerror or str(e)
        said = tr(
            "Port {port} or one of the next {count} is taken ({reason}).",
            port=port,
            count=origins_of(simulator.scene) - 1,
            reason=reason,
        )
        print(said, file=sys.stderr)
        return 1
    try:
        for endpoint in simulator.endpoints:
            print(json.dumps(asdict(endpoint)), flush=True)
        await _until(stop, parent)
    finally:
        await simulator.aclose()
    return 0


async def _until(stop: asyncio.Event, parent: int | None) -> None:
    """Wait for `stop`, or for another parent: an orphan is adopted by somebody else."""
    while parent is None or os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), None if parent is None else _LOOK_FOR_PARENT_S)
        except TimeoutError:
            continue
        return
