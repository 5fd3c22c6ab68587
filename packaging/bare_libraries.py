"""Runs in the system that `bare.sh --without-libraries` made: takes away one library after the
other and has Rushes, installed by pip, say so.

Good is: exit code 1 and one sentence that names the package, from the window and from the doctor.
A package that both do without is not needed by this version of Qt.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import dev  # this repository's, copied beside this file

PROGRAM = "/opt/rushes/bin/rushes"
SCREEN = ":77"
TRIED_S = 120
WORDS = {"window": ["--exit-when-shown"], "doctor": ["doctor"]}


def main() -> int:
    wanted = [*dev.QT_LIBRARIES, *dev.VIRTUAL_SCREEN, "libgl1-mesa-dri"]
    if not dev.system_packages(wanted):
        return 1
    (wheel,) = Path("/root").glob("rushes-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--clear", "/opt/rushes"], check=True)
    pip = ["/opt/rushes/bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel)], check=True)
    # It has loaded all that it needs itself before anything is taken away.
    screen = subprocess.Popen(["Xvfb", SCREEN, "-screen", "0", "1280x800x24"])
    try:
        while not Path(f"/tmp/.X11-unix/X{SCREEN[1:]}").exists():
            time.sleep(0.1)
        return table()
    finally:
        screen.kill()


def table() -> int:
    bad = 0
    print(f"{'without':24} {'window':9} {'doctor':9} said", flush=True)
    libraries = [name for name in dev.QT_LIBRARIES if not name.startswith("fonts-")]
    for package in ("", *dev.known(libraries)):
        hidden = hide(package) if package else []
        try:
            tried = {name: ask(words) for name, words in WORDS.items()}
        finally:
            for path, aside in hidden:
                aside.rename(path)
        verdicts = [verdict(package.removesuffix("t64"), *each) for each in tried.values()]
        needless = bool(package) and verdicts == ["goes on"] * 2
        is_bad = not needless and verdicts != (["sentence"] * 2 if package else ["goes on"] * 2)
        bad += is_bad
        said = "not needed" if needless else tried["window"][1] or tried["doctor"][1]
        shown = said if is_bad else said.replace("\n", " ")[:110]
        print(f"{package or '(nothing)':24} {verdicts[0]:9} {verdicts[1]:9} {shown}", flush=True)
    print(f"{len(libraries)} packages, {bad} of them bad")
    return 1 if bad else 0


def hide(package: str) -> list[tuple[Path, Path]]:
    """Put the libraries of a package aside."""
    listed = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=True)
    moved = []
    for path in map(Path, listed.stdout.split()):
        if ".so" in path.name and (path.is_symlink() or path.is_file()):
            aside = path.with_name(f"hidden-{path.name}")
            path.rename(aside)
            moved.append((path, aside))
    if not moved:
        raise SystemExit(f"{package} has no library")
    return moved


def ask(words: list[str]) -> tuple[int, str]:
    """The exit code, and what was said on standard error; the doctor's problems are on the other.

    Dialogs are left out: what shows them needs the same libraries.
    """
    base = Path("/tmp/base")
    shutil.rmtree(base, ignore_errors=True)
    env = {**os.environ, "DISPLAY": SCREEN, "RUSHES_NO_DIALOG": "1"}
    env.pop("WAYLAND_DISPLAY", None)
    done = subprocess.run(
        [PROGRAM, "--base-dir", str(base), *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=TRIED_S,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("Libraries: ")]
    said = lines[0] if lines else ""
    return done.returncode, "\n".join(filter(None, (done.stderr.strip(), said)))


def verdict(package: str, code: int, said: str) -> str:
    if code == 0 and (not said or said.endswith("all there")):
        return "goes on"
    is_told = code == 1 and said.count("\n") == 0 and package in said
    return "sentence" if is_told else "BAD"


if __name__ == "__main__":
    raise SystemExit(main())
