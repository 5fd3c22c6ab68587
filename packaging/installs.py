"""Installs the wheel and the source archive as users do; run by `dev.py installs`.

installs.py PYTHON…   of dist/, on each of these Pythons: by pip (both), pipx and uv. Each time:
                      start, demo, uninstall, and what is left of it. A table; fails on any fault.
installs.py --beside WHEEL  two versions beside each other: the one of dist/ by pip, and as a bundle
                      where build/ has one, with the one in WHEEL; each runs while the other starts.

Every way has a home folder of its own, so that what is left can be seen.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = Path(os.environ.get("DIST", ROOT / "dist"))
#: The environment of Python 3.12 and newer, where Qt comes without its web browser.
MOST_MIB = 560
DEMO_SPEED = "6"
DEMO_WITHIN_S = 240.0
#: What is not ours: of fonts and drivers, of installers, and the desktop's own list of links.
OF_OTHERS = re.compile(
    r"\.cache/(fontconfig|mesa|pip|uv|dconf|pipx)|\.local/(share|state)/pipx/(?!venvs/rushes)"
    r"|\.local/share/applications/mimeinfo\.cache$|\.local/share/uv/tools/\.(lock|gitignore)$"
)


class Fault(Exception):
    """What is wrong, in one sentence."""


@dataclass
class Place:
    """A home folder, and how to start programs in it."""

    home: Path
    screen: str
    tools: Path

    def run(self, *words: str | Path, code: int = 0) -> str:
        """Raises Fault: it ended in another way, or with a traceback."""
        done = subprocess.run(
            list(map(str, words)), env=self.env(), capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        if done.returncode != code or "Traceback" in said:
            raise Fault(f"{' '.join(map(str, words))} ended with {done.returncode}: {said[-2000:]}")
        return done.stdout

    def env(self) -> dict[str, str]:
        others = ("XDG_", "VIRTUAL_ENV", "WAYLAND_DISPLAY")
        kept = {n: v for n, v in os.environ.items() if not n.startswith(others)}
        path = f"{self.home / '.local' / 'bin'}:{self.tools}:{os.environ['PATH']}"
        shared = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return {
            **kept,
            "HOME": str(self.home),
            "PATH": path,
            "DISPLAY": self.screen,
            "RUSHES_NO_DIALOG": "1",
            "UV_CACHE_DIR": f"{shared}/uv",
            "PIP_CACHE_DIR": f"{shared}/pip",
            "UV_PYTHON_DOWNLOADS": "never",
        }

    def files(self) -> set[str]:
        paths = (path for path in self.home.rglob("*") if path.is_symlink() or path.is_file())
        found = (str(path.relative_to(self.home)) for path in paths)
        return {name for name in found if not OF_OTHERS.match(name)}


#: A way to install: gives the program, its environment, and what uninstalls it.
Way = Callable[[Place, str, Path], tuple[Path, Path, Callable[[], object]]]


def by_pip(place: Place, python: str, file: Path) -> tuple[Path, Path, Callable[[], object]]:
    del python  # the environment was made by it
    bin_ = place.home / "env" / "bin"
    pip = (bin_ / "python", "-m", "pip", "--disable-pip-version-check")

    def packages() -> set[str]:
        return {each["name"] for each in json.loads(place.run(*pip, "list", "--format=json"))}

    before = packages()
    place.run(*pip, "install", "-q", file)

    def uninstall() -> None:
        place.run(*pip, "uninstall", "-q", "-y", *sorted(packages() - before))

    return bin_ / "rushes", place.home / "env", uninstall


def by_pipx(place: Place, python: str, file: Path) -> tuple[Path, Path, Callable[[], object]]:
    place.run(place.tools / "pipx", "install", "--python", python, file)
    env = place.home / ".local" / "share" / "pipx" / "venvs" / "rushes"
    return (
        place.home / ".local" / "bin" / "rushes",
        env,
        lambda: place.run(place.tools / "pipx", "uninstall", "rushes"),
    )


def by_uv(place: Place, python: str, file: Path) -> tuple[Path, Path, Callable[[], object]]:
    place.run(place.tools / "uv", "tool", "install", "-q", "--python", python, file)
    env = place.home / ".local" / "share" / "uv" / "tools" / "rushes"
    return (
        place.home / ".local" / "bin" / "rushes",
        env,
        lambda: place.run(place.tools / "uv", "tool", "uninstall", "rushes"),
    )


WAYS: tuple[tuple[str, Way, str], ...] = (
    ("pip, wheel", by_pip, "rushes-*.whl"),
    ("pip, source", by_pip, "rushes-*.tar.gz"),
    ("pipx, wheel", by_pipx, "rushes-*.whl"),
    ("uv, wheel", by_uv, "rushes-*.whl"),
)


def main(words: Sequence[str]) -> int:
    work = Path(tempfile.mkdtemp(prefix="rushes-installs-"))
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert screen.stdout is not None
    try:
        display = f":{int(screen.stdout.readline())}"
        if words[0] == "--beside":
            return beside(Place(work / "home", display, work), Path(words[1]))
        tools = made_tools(work / "tools")
        bad = refused(tools)
        print(f"{'Python':8} {'installed by':12} {'MiB':>4} {'s':>4}  said", flush=True)
        for python in words:
            for name, way, pattern in WAYS:
                bad += tried(
                    python, name, way, newest(pattern), Place(work / "home", display, tools)
                )
    finally:
        screen.kill()
        shutil.rmtree(work, ignore_errors=True)
    return 1 if bad else 0


def newest(pattern: str) -> Path:
    return max(DIST.glob(pattern), key=lambda path: path.stat().st_mtime)


def made_tools(folder: Path) -> Path:
    """pipx and uv, in an environment of their own."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    subprocess.run([*pip, "pipx", "uv"], check=True)
    return folder / "bin"


def refused(tools: Path) -> int:
    """A Python that is newer than our bounds gets no file."""
    words = ("download", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version", "3.15")
    with tempfile.TemporaryDirectory() as folder:
        pip = (tools / "python", "-m", "pip", *words, "-d", folder, newest("rushes-*.whl"))
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        is_good = done.returncode != 0 and "Requires-Python" in done.stderr + done.stdout
        is_good = is_good or "requires a different Python" in done.stderr
    last = (done.stderr.strip() or "nothing was said").splitlines()[-1]
    print(
        f"pip download --python-version 3.15: {'refused' if is_good else 'BAD'}: {last}", flush=True
    )
    return 0 if is_good else 1


def tried(python: str, name: str, way: Way, file: Path, place: Place) -> int:
    shutil.rmtree(place.home, ignore_errors=True)
    place.home.mkdir()
    began = time.monotonic()
    version, size = "?", 0
    try:
        version = place.run(
            python, "-c", "import platform; print(platform.python_version())"
        ).strip()
        if way is by_pip:
            place.run(python, "-m", "venv", place.home / "env")
        before = place.files()
        program, env, uninstall = way(place, python, file)
        size = size_mib(env)
        said = used(place, program)
        uninstall()
        if left := sorted(place.files() - before):
            raise Fault(f"left after uninstalling: {' '.join(left[:9])}")
        if size > MOST_MIB and not version.startswith("3.11."):
            raise Fault(f"the environment has {size} MiB, not at most {MOST_MIB}")
    except Fault as e:
        said, bad = f"BAD: {e}", 1
    else:
        bad = 0
    print(f"{version:8} {name:12} {size:4} {time.monotonic() - began:4.0f}  {said}", flush=True)
    return bad


def used(place: Place, program: Path) -> str:
    """Start it, play the demo, put it into the menu and out of it.

    Raises:
        Fault: something did not work.
    """
    place.run(program, "--version")
    place.run(program, "--base-dir", place.home / "base", "--exit-when-shown")
    place.run(program, "--base-dir", place.home / "base", "doctor")
    base = ("--base-dir", place.home / "demo")
    with running(place, program, base[1]):
        told = wait_for_all(place, program, *base)
    place.run(program, "install-desktop")
    place.run(program, "install-desktop", "--remove")
    for name in ("base", "demo"):
        shutil.rmtree(place.home / name)
    return told


def beside(place: Place, wheel: Path) -> int:
    """Every two of the programs, each of them running while the other one is started."""
    bundle = ROOT / "build" / "bundle" / "rushes"
    homes = {"bundle": bundle} if bundle.is_dir() else {}
    place.home.mkdir()
    for name, file in (("pip", newest("rushes-*.whl")), ("pip, other version", wheel)):
        homes[name] = place.tools / name.replace(", ", "-").replace(" ", "-")
        place.run(sys.executable, "-m", "venv", homes[name])
        place.run(homes[name] / "bin" / "python", "-m", "pip", "install", "-q", file)
    programs = {
        name: home / ("rushes" if home == bundle else "bin/rushes") for name, home in homes.items()
    }
    bad = 0
    for first, second in itertools.permutations(homes, 2):
        if "pip, other version" not in (first, second):
            continue
        pair = [(programs[name], homes[name]) for name in (first, second)]
        try:
            said = two(place, *pair)
        except Fault as e:
            said, bad = f"BAD: {e}", bad + 1
        versions = [place.run(program, "--version").split()[1] for program, _ in pair]
        print(f"{first} {versions[0]} runs, {second} {versions[1]} is started: {said}", flush=True)
    return 1 if bad else 0


def two(place: Place, first: tuple[Path, Path], second: tuple[Path, Path]) -> str:
    """The first runs on a list while the second is started on it, and on one of its own.

    Args:
        first, second: The program, and the folder that all of it lies in.

    Raises:
        Fault: they got into each other's way.
    """
    here, there = (place.home / name for name in ("one-list", "another-list"))
    for folder in (here, there):
        shutil.rmtree(folder, ignore_errors=True)
    with running(place, first[0], here) as window:
        wait_for(lambda: len(tasks(place, second[0], here)) > 20, "the list of the first")
        place.run(second[0], "--base-dir", here)
        place.run(second[0], "--base-dir", here, "rushes:add?id=cgt-20260427191505-9j2q9")
        account = json.loads(
            place.run(second[0], "--base-dir", here, "accounts", "list", "--json").splitlines()[0]
        )
        added = ("add", "--account", account["name"], "cgt-20260427191505-9j2q8")
        place.run(second[0], "--base-dir", here, *added)
        if window.poll() is not None:
            raise Fault("the running one has ended")
        with running(place, second[0], there) as other:
            wait_for(lambda: len(tasks(place, first[0], there)) > 20, "the list of the second")
            seen = helpers(window.pid, first[1]), helpers(other.pid, second[1])
        if window.poll() is not None:
            raise Fault("the first one has ended with the second")
    place.run(first[0], "install-desktop")
    place.run(second[0], "install-desktop")
    place.run(first[0], "install-desktop", "--remove", code=1)
    entry = place.home / ".local" / "share" / "applications" / "rushes.desktop"
    if str(second[0]) not in entry.read_text("utf-8"):
        raise Fault("the entry of the second has gone with the first")
    place.run(second[0], "install-desktop", "--remove")
    if entry.exists():
        raise Fault("the entry has not gone")
    return f"good; helpers of their own: {seen[0]} and {seen[1]}"


@contextmanager
def running(place: Place, program: Path, base: Path) -> "Iterator[subprocess.Popen[str]]":
    """A demo in its window; it has to end well."""
    words = (program, "--base-dir", base, "--demo", "--speed", DEMO_SPEED)
    with subprocess.Popen(
        list(map(str, words)), env=place.env(), stderr=subprocess.PIPE, text=True
    ) as window:
        try:
            yield window
        finally:
            window.terminate()
        _, said = window.communicate()
    if window.returncode != 0 or said.strip():
        raise Fault(f"{program} ended with {window.returncode}: {said[-2000:]}")


def tasks(place: Place, program: Path, base: Path) -> list[str]:
    try:
        return place.run(program, "--base-dir", base, "list", "--json").splitlines()
    except Fault:  # there is no list yet
        return []


def wait_for(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEMO_WITHIN_S
    while not true():
        if time.monotonic() > end:
            raise Fault(f"waited in vain for {what}")
        time.sleep(1)


def helpers(pid: int, home: Path) -> int:
    """How many processes a program has started that run now, all of them out of its own folder."""
    listed = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    lines = [line for line in listed.stdout.splitlines() if "<defunct>" not in line]
    if strange := [line for line in lines if f"{home}/" not in line.split("-c")[0]]:
        raise Fault(f"helpers of another version: {strange}")
    if not lines:
        raise Fault("no helper runs, not even the simulator")
    return len(lines)


def wait_for_all(place: Place, program: Path, *base: str | Path) -> str:
    """Until every task of the demo has ended and every file that can be saved is."""
    told = "nothing was listed"
    end = time.monotonic() + DEMO_WITHIN_S
    while time.monotonic() < end:
        time.sleep(3)
        try:
            listed = place.run(program, *base, "list", "--json")
        except Fault as e:  # there is no list yet: exit code 3
            told = str(e)
            continue
        tasks = [json.loads(line) for line in listed.splitlines()]
        running = [t for t in tasks if t["status"] in ("queued", "running", "unknown")]
        saved, unsaved = 0, 0
        for task in tasks:
            states = [file["state"] for file in task["artifacts"]]
            saved += "saved" in states
            known = {"saved", "lost"} & set(states) or "result_missing" in json.dumps(task)
            unsaved += task["status"] == "succeeded" and not known
        told = f"{len(tasks)} tasks, {saved} saved"
        if len(tasks) > 20 and not running and not unsaved:
            return told
        told += f", {len(running)} running, {unsaved} unsaved"
    raise Fault(f"the demo did not come to its end: {told}")


def size_mib(folder: Path) -> int:
    """As `du -sm` counts, less pip itself, which an environment has anyway or shares."""
    size = 0
    for path in folder.rglob("*"):
        if "/site-packages/pip/" not in str(path):
            size += path.lstat().st_blocks * 512
    return size // 1024 // 1024


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
