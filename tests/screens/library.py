"""The library that pictures are made of: yesterday's (`tests/yesterday.py`), looked through in the
evening, and beside it what runs today."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rushes.core.task import Mark, Pick, Status
from tests.e2e.command import simulating
from tests.patience import LIMIT_S
from tests.yesterday import Yesterday, made

if TYPE_CHECKING:
    from rushes.controllers.main_controller import MainController

_HOUR = 3600.0
_LONG = (
    "A woman in a red raincoat walks through a night market in the rain, neon signs are mirrored "
    "in the puddles, steam rises from the food stalls, the camera follows her at shoulder height, "
    "then rises slowly over the roofs until the harbour with its cranes comes into view, 35 mm, "
    "soft grain, muted colours"
)
_LONG_CHINESE = (
    "雨后的城市天台，霓虹倒映在积水里，人物背影缓缓走向栏杆，镜头从背后推近，越过肩膀望向远处的江面与游船，"
    "随后缓慢上摇至云层间的月光，电影质感，浅景深，色调偏冷，画面细腻，运动平稳"
)
#: What the user says of the succeeded takes, oldest first.
_MARKS = (
    Mark(rating=5, pick=Pick.PICK, tags=("hero", "lighthouse")),
    Mark(rating=4, tags=("hero",), note="The reflection in the second half is what we want."),
    Mark(rating=2, pick=Pick.REJECT, tags=("b roll",), prompt=_LONG),
    Mark(rating=3, pick=Pick.PICK, tags=("荷塘", "b roll", "wide", "slow", "for Monday")),
    Mark(
        name="Dusk over the lake, with the long push in, the last version of three",
        prompt="Dusk over a still lake, hills in haze, the sun mirrored in the water, slow push in",
        rating=5,
        pick=Pick.PICK,
        tags=("hero", "lake"),
    ),
    Mark(rating=1, pick=Pick.REJECT),
    Mark(rating=4, prompt=_LONG_CHINESE, tags=("天台",)),
    Mark(name="夜市长镜头，从摊位一直到港口，第三版，调色之后"),
)


@contextmanager
def library(home: Path) -> Iterator[Yesterday]:
    """Made below the folder `home`; the services answer until the end."""
    with (
        made(home, ago_s=20 * _HOUR, speed=0.5) as yesterday,
        simulating("many:4", speed=0.1, ago_s=100) as today,
    ):
        line = today.line("ark")
        told = {
            "prompts": {
                k: v for each in yesterday.served.lines for k, v in each["prompts"].items()
            },
            "titles": {each["service"]: each["title"] for each in yesterday.served.lines},
            "today": {"base_url": line["base_url"], "ids": line["ids"]},
        }
        yesterday.env["KEY_today"] = line["key"]
        _forget_layout(yesterday.base)
        subprocess.run(
            [sys.executable, "-m", "tests.screens.library", str(yesterday.base), json.dumps(told)],
            env={**yesterday.env, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
        )
        yield yesterday


def _forget_layout(base: Path) -> None:
    """Columns and widths as they are at the first start."""
    path = base / "config" / "settings.json"
    settings = json.loads(path.read_text("utf-8"))
    settings.pop("window", None)
    path.write_text(json.dumps(settings), "utf-8")


async def _use(desk: "MainController") -> int:
    """Look through yesterday's takes, then add today's tasks and see that they run."""
    from rushes.core.account import Account, KeySource, Service
    from rushes.store import tables

    told = json.loads(sys.argv[2])
    backend = desk.backend
    for account in desk.accounts.values():
        await backend.store.write(
            tables.put_account, replace(account, name=told["titles"][account.name])
        )
    tasks = sorted(await backend.store.read(tables.tasks), key=lambda t: t.report.created_at or 0)
    done = iter(_MARKS)
    changes = {}
    for task in tasks:
        mark = next(done, Mark()) if task.status is Status.SUCCEEDED else Mark()
        prompt = mark.prompt or told["prompts"].get(task.key.id, "")
        changes[task.key] = partial(_marked, replace(mark, prompt=prompt))
    await backend.mark_each(changes)
    added = await backend.add_account(
        Account(
            name="BytePlus",
            service=Service.BYTEPLUS_AP,
            base_url=told["today"]["base_url"],
            key_source=KeySource.ENVIRONMENT,
            key_env="KEY_today",
        )
    )
    assert isinstance(added, Account)
    await backend.add(added.id, told["today"]["ids"])
    async with asyncio.timeout(LIMIT_S):
        while not await _is_running(desk):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return 0


def _marked(new: Mark, before: Mark) -> Mark:
    del before
    return new


async def _is_running(desk: "MainController") -> bool:
    from rushes.store import tables

    tasks = await desk.backend.store.read(tables.tasks)
    return any(task.status is Status.RUNNING for task in tasks)


def main() -> int:
    from rushes import app
    from rushes.options import Options

    return app.main(Options(base_dir=Path(sys.argv[1])), _use)


if __name__ == "__main__":
    sys.exit(main())
