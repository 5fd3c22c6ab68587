"""When a take is saved, a program of the user's runs with the take on its standard input."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.events import BackendEvent, HookTrouble, SaveHookFailed
from rushes.core.settings import BadProgram, Settings, arguments
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Mark, Status, Task
from rushes.presentation.sentences import save_hook_sentence
from rushes.saving.save_hook import AT_ONCE, SaveHook
from rushes.store import Store, tables
from tests.conftest import Drive
from tests.store.stores import ARK, NOW

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs here are scripts")


class Hooked:
    """A hook on a store with takes, and what it has published."""

    def __init__(self, folder: Path, store: Store, longest_s: float) -> None:
        self.folder, self.store = folder, store
        self.told: list[BackendEvent] = []
        self.settings = Settings()
        self.hook = SaveHook(
            store=store,
            publish=self.told.append,
            settings=lambda: self.settings,
            longest_s=longest_s,
        )

    def run_script(self, text: str, words: str = "", run_for: str = "") -> None:
        script = self.folder / "my program.py"
        script.write_text(f"#!{sys.executable} -E\n{text}", encoding="utf-8")
        script.chmod(0o755)
        self.settings = Settings(run_program=str(script), run_arguments=words, run_for=run_for)

    async def save(self, *names: str, mark: Mark | None = None) -> list[Key]:
        keys = [Key(ARK.id, name) for name in names]
        await self.store.write(tables.add, keys, NOW)

        def with_file(task: Task) -> Task:
            film = Artifact(
                kind=ArtifactKind.VIDEO, state=ArtifactState.SAVED, path=f"/films/{task.id}.mp4"
            )
            report = replace(task.report, status=Status.SUCCEEDED)
            return replace(task, report=report, artifacts=(film,), mark=mark or task.mark)

        await self.store.write(tables.change, dict.fromkeys(keys, with_file), NOW)
        for key in keys:
            self.hook.saved(key)
        await self.hook.settled()
        return keys

    @property
    def failures(self) -> list[SaveHookFailed]:
        return [event for event in self.told if isinstance(event, SaveHookFailed)]


@asynccontextmanager
async def hooked(folder: Path, longest_s: float = 20.0) -> AsyncIterator[Hooked]:
    store = await Store.open(folder / "rushes.sqlite3", lambda: NOW)
    try:
        await store.write(tables.put_account, ARK)
        made = Hooked(folder, store, longest_s)
        yield made
        await made.hook.aclose()
    finally:
        await store.aclose()


def test_that_the_program_gets_the_take_and_its_arguments_and_no_key(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARK_API_KEY", "canary")
    monkeypatch.setenv("OWN_KEY", "canary")
    out = tmp_path / "out.json"
    script = (
        "import json, os, sys\n"
        f"open({str(out)!r}, 'w').write(json.dumps("
        "[sys.argv[1:], json.load(sys.stdin), dict(os.environ), os.getcwd()]))\n"
    )

    async def work() -> None:
        async with hooked(tmp_path) as made:
            owner = replace(ARK, key_env="OWN_KEY")
            await made.store.write(tables.put_account, owner)
            made.run_script(script, words="--to 'two words' $HOME;")
            await made.save("cgt-1", mark=Mark(name="夜", rating=4))
            assert made.failures == []
            words, take, environment, folder = json.loads(out.read_text())
            assert words == ["--to", "two words", "$HOME;"]
            assert (take["id"], take["name"], take["rating"]) == ("cgt-1", "夜", 4)
            assert take["artifacts"][0]["path"] == "/films/cgt-1.mp4"
            assert "canary" not in environment.values()
            assert Path(folder) == Path.home()

    run(work())


def test_that_it_runs_for_takes_that_the_search_matches(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with hooked(tmp_path) as made:
            made.run_script("import sys; sys.exit(3)", run_for="rating:>=4")
            await made.save("low", mark=Mark(rating=1))
            assert made.failures == []
            await made.save("high", mark=Mark(rating=5))
            assert [each.key.id for each in made.failures] == ["high"]
            made.settings = replace(made.settings, run_for="nofield:x")  # says nothing that counts
            await made.save("other", mark=Mark(rating=5))
            assert len(made.failures) == 1

    run(work())


def test_that_it_runs_once_for_a_take_of_two_files(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with hooked(tmp_path) as made:
            made.run_script("import sys; sys.exit(3)")
            (key,) = await made.save("cgt-1")
            made.hook.saved(key)
            await made.hook.settled()
            assert len(made.failures) == 1

    run(work())


@pytest.mark.parametrize(
    ("script", "why", "told"),
    [
        (
            "import sys; print('no room\\n', file=sys.stderr); sys.exit(7)",
            HookTrouble.CODE,
            "my program.py ended with code 7: no room. The take is saved.",
        ),
        (
            "import time; time.sleep(60)",
            HookTrouble.TOO_LONG,
            "my program.py took too long and was ended. The take is saved.",
        ),
    ],
)
def test_that_a_failure_is_one_sentence(
    run: Drive[Any], tmp_path: Path, script: str, why: HookTrouble, told: str
) -> None:
    async def work() -> None:
        longest_s = 1.5 if why is HookTrouble.TOO_LONG else 20.0
        async with hooked(tmp_path, longest_s) as made:
            made.run_script(script)
            await made.save("cgt-1")
            (failure,) = made.failures
            assert failure.why is why
            assert save_hook_sentence(failure) == told

    run(work())


def test_that_who_waits_no_longer_ends_no_program(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        out = tmp_path / "out"
        async with hooked(tmp_path) as made:
            made.run_script(f"import time; time.sleep(0.5); open({str(out)!r}, 'w').close()")
            saving = asyncio.create_task(made.save("cgt-1"))
            while not made.hook.is_busy:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)
            await made.hook.settled()
            assert out.exists()

    run(work())


def test_that_what_is_no_program_is_told(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with hooked(tmp_path) as made:
            (tmp_path / "notes.txt").write_text("no program")
            for name in ("gone", "notes.txt"):
                made.settings = Settings(run_program=str(tmp_path / name))
                await made.save(name)
            assert [each.why for each in made.failures] == [HookTrouble.NOT_STARTED] * 2
            told = save_hook_sentence(made.failures[0])
            assert told == "gone is no program that can be started."

    run(work())


def test_that_no_more_run_at_once_than_allowed(run: Drive[Any], tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        f"folder = {str(tmp_path)!r}\n"
        "mine = os.path.join(folder, f'run-{os.getpid()}')\n"
        "open(mine, 'w').close()\n"
        "count = len([n for n in os.listdir(folder) if n.startswith('run-')])\n"
        "open(os.path.join(folder, f'count-{os.getpid()}'), 'w').write(str(count))\n"
        "time.sleep(0.2)\n"
        "os.remove(mine)\n"
    )

    async def work() -> None:
        async with hooked(tmp_path) as made:
            made.run_script(script)
            await made.save(*(f"cgt-{n}" for n in range(6)))
            counts = [int(path.read_text()) for path in tmp_path.glob("count-*")]
            assert len(counts) == 6
            assert max(counts) <= AT_ONCE

    run(work())


def test_that_the_end_of_the_program_does_not_wait_for_long(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        begun = tmp_path / "begun"
        async with hooked(tmp_path) as made:
            made.run_script(f"import time; open({str(begun)!r}, 'w').close(); time.sleep(5)")
            saving = asyncio.create_task(made.save("cgt-1"))
            while not begun.exists():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            at = asyncio.get_running_loop().time()
            await made.hook.aclose()
            assert asyncio.get_running_loop().time() - at < 4
            await asyncio.gather(saving, return_exceptions=True)

    run(work())


def test_how_arguments_are_read() -> None:
    assert arguments(r"""-a C:\new\x "b c" 'd "e' #f""") == ("-a", r"C:\new\x", "b c", 'd "e', "#f")
    assert arguments("") == ()
    with pytest.raises(BadProgram):
        arguments('"open')
    with pytest.raises(BadProgram):
        Settings(run_program="relative/program")
