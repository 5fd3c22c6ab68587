#!/usr/bin/env python3
"""Everything a developer (and CI) runs. Standard library only: it works on a fresh machine.

python3 packaging/dev.py demo    the window on the built-in simulator; with --screens DIR pictures
                                 of every screen, measured (--quick, --only list, --language)
python3 packaging/dev.py test    the suite on virtual screens (--times 3, --load 4; else as pytest)
python3 packaging/dev.py gateways  a real gateway program in an environment of its own, asked
python3 packaging/dev.py faults  every suite of faults at full count (--quick, --only T5,T6)
python3 packaging/dev.py bench   figures beside references (--quick, --only, --compare FILE, --soak)
python3 packaging/dev.py lint    ruff, mypy strict, import contracts, names
python3 packaging/dev.py i18n    refresh and compile the translations
python3 packaging/dev.py lock    write the hashed lock anew from pyproject.toml
python3 packaging/dev.py package the wheel and the source archive, into dist/
python3 packaging/dev.py bundle  the program with its Python and Qt, as .tar.gz and .deb, into dist/
                                 (--appimage [RUNTIME]: also as one file that runs)
python3 packaging/dev.py licences  every part of a bundle and its licence; fails on an unknown one
python3 packaging/dev.py installs  the wheel and the source by pip, pipx, uv on every Python here;
                                 --beside: two versions at the same time
python3 packaging/dev.py bare    try dist/*.deb in bare Debian (as root; slow); --readme: README's
                                 commands; --without-libraries: one missing after the other;
                                 --installs: with its Python; --service: under its systemd
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = VENV / "rushes-lock.sha256"
LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")  # pytest keeps it below its root

# Folders of tests that take about a third of the suite's time each: `test` runs each group in a
# process of its own, beside all the others. Tests wait for other programs, for timers and for each
# other's answers: three keep two processors busy.
GROUPS = (
    ("tests/cli", "tests/e2e"),
    tuple(
        f"tests/{room}"
        for room in "faults files gateways helpers net saving system watching".split()
    ),
)

# PyInstaller and what else makes a bundle, apart from what tests need.
BUNDLE_VENV = ROOT / ".venv-bundle"
BUNDLE_LOCK = ROOT / "packaging" / "bundle.lock"

# Gateways that tests run as they are, apart from Rushes: they bring hundreds of megabytes.
GATEWAYS = ("litellm[proxy]==1.108.7", "openai==3.57.0")
GATEWAYS_VENV = ROOT / ".venv-gateways"
GATEWAYS_LOCK = ROOT / "packaging" / "gateways.lock"

# What Qt's libraries need that its wheels do not carry; "a|b": the first that the system knows.
QT_LIBRARIES = (
    "libgssapi-krb5-2 libegl1 libgl1 libglib2.0-0t64|libglib2.0-0 libfontconfig1 "
    "libdbus-1-3 libpulse0 libdrm2 "
    "libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 "
    "libxcb-xfixes0 libxcb-xkb1 libxrandr2 libxext6 "
    "fonts-dejavu-core fonts-noto-cjk"
).split()
VIRTUAL_SCREEN = ["xvfb", "xauth"]
TEST_TOOLS = ["dbus", "at-spi2-core", "python3-pyatspi", "gnome-keyring"]
# They make the files that downloads are tried with.
TEST_TOOLS += ["ffmpeg", "zip", "p7zip-full|7zip", "assimp-utils"]
# It sets the clock of one process.
TEST_TOOLS += ["libfaketime"]
# Real servers for the suites of faults: a web server of the system, and an S3 store from PyPI.
FAULT_SERVERS = ["nginx-light|nginx"]
FAULT_LOCK = ROOT / "packaging" / "faults.lock"


# What desktops and GitHub read, and who looks at it.
OF_THE_DESKTOP = (
    ("desktop-file-validate", "resources/desktop/rushes.desktop"),
    ("appstreamcli", "validate", "--no-net", "resources/desktop/app.rushes.Rushes.metainfo.xml"),
    ("actionlint", ".github/workflows/release.yml"),
    ("flatpak-builder", "--show-manifest", "packaging/app.rushes.Rushes.yml"),
)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=tuple(VERBS))
    options, rest = parser.parse_known_args(argv)
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is run by whatever python3 is there
        return fail("Rushes needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
    try:
        return VERBS[options.verb](rest)
    except subprocess.CalledProcessError as e:
        return fail(f"this command failed ({e.returncode}): {' '.join(map(str, e.cmd))}")
    except OSError as e:
        return fail(f"cannot continue: {e}")


def fail(sentence: str) -> int:
    print(f"dev.py: {sentence}", file=sys.stderr)
    return 1


def demo(rest: list[str]) -> int:
    """The window on the simulator; without a display, or for pictures, `tests/screens`."""
    pictures = any(word.split("=")[0] == "--screens" for word in rest)
    hidden = pictures or not has_display()
    if not system_packages(QT_LIBRARIES + (VIRTUAL_SCREEN if hidden else [])):
        return 1
    prepare()
    if not hidden:
        return run(python(), "-P", "-m", "rushes", "--demo", *rest)
    if not pictures:
        print("No display: running on a virtual screen, writing screenshots.", flush=True)
        rest = ["--quick", *rest]
    screen = ("xvfb-run", "--auto-servernum", "--server-args=-screen 0 5200x3000x24")
    return run(*screen, python(), "-m", "tests.screens", *rest)


def test(rest: list[str]) -> int:
    """The suite; `--times N` runs it again and again, `--load N` beside N busy loops."""
    parser = argparse.ArgumentParser(prog="dev.py test", add_help=False)
    parser.add_argument("--times", type=int, default=1, metavar="N")
    parser.add_argument("--load", type=int, default=0, metavar="N")
    options, words = parser.parse_known_args(rest)
    if not system_packages(QT_LIBRARIES + VIRTUAL_SCREEN + TEST_TOOLS):
        return 1
    prepare()
    busy = [subprocess.Popen([python(), "-c", "while True: pass"]) for _ in range(options.load)]
    try:
        return _test(words, options.times)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def _test(words: list[str], times: int) -> int:
    """A test that was unsteady in two of the runs is a failure."""
    worst, unsteady = 0, Counter[str]()
    for _ in range(times):
        code = run(python(), "-m", "pytest", *words) if words else whole_suite()
        if code == 1 and not (words and times == 1):
            code, names = again()
            unsteady.update(names)
        worst = worst or code
    often = sorted(name for name, count in unsteady.items() if count > 1)
    if often:
        print(f"\nFAILED, unsteady in more than one run: {', '.join(often)}", flush=True)
    return worst or (1 if often else 0)


def whole_suite() -> int:
    """Every test, in several processes at the same time where each can have a virtual screen of
    its own (pytest-xvfb starts it): on one screen they would take the focus from each other.

    Returns:
        pytest's exit code; of those that differ the one that says more.
    """
    if os.cpu_count() == 1 or not (sys.platform == "linux" and shutil.which("Xvfb")):
        return run(python(), "-m", "pytest", "-q")
    others = [f"--ignore={folder}" for group in GROUPS for folder in group]
    with tempfile.TemporaryDirectory(prefix="rushes-suite-") as folder:
        parts = [
            *(Part(", ".join(g), Path(folder, f"group{n}"), g) for n, g in enumerate(GROUPS)),
            Part("all other tests", Path(folder, "others"), others),
        ]
        try:
            for part in parts:
                part.show()
        finally:
            for part in parts:
                part.end()
        failed = {name: True for part in parts for name in part.failed()}
        codes = [part.code() for part in parts]
        print("\nThe whole suite:", *(f"FAILED {name}" for name in failed), sep="\n")
        for part in parts:
            print(f"{part.name}: exit code {part.code()}; {part.last_line()}", flush=True)
    merged = ROOT / LAST_FAILED
    merged.parent.mkdir(parents=True, exist_ok=True)
    merged.write_text(json.dumps(failed), encoding="utf-8")
    return max(codes, key=lambda code: (code not in (0, 1), code))


class Part:
    """One of the processes that run the suite; it prints into a file until it is shown."""

    def __init__(self, name: str, folder: Path, words: Sequence[str]) -> None:
        self.name = name
        self._printed, self._folder = folder / "printed", folder
        folder.mkdir()
        cache = ("-o", f"cache_dir={folder / '.pytest_cache'}")
        with self._printed.open("wb") as out:
            self._process = subprocess.Popen(
                [python(), "-m", "pytest", "-q", *cache, *words], cwd=ROOT, stdout=out, stderr=out
            )

    def show(self) -> None:
        """Print what it prints, from its start to its end."""
        print(f"\n{self.name}:", flush=True)
        with self._printed.open("rb") as printed:
            ended = False
            while not ended:
                ended = self._process.poll() is not None
                sys.stdout.buffer.write(printed.read())
                sys.stdout.buffer.flush()
                time.sleep(0 if ended else 0.2)

    def end(self) -> None:
        """Ctrl+C reaches it as well: it has a moment to end its screen."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()

    def code(self) -> int:
        """Code 1 without a failed test is none of pytest's: what lost its screen ends so."""
        code = self._process.wait()
        return 3 if code == 1 and not self.failed() else code

    def failed(self) -> list[str]:
        found = self._folder / LAST_FAILED
        return list(json.loads(found.read_text(encoding="utf-8"))) if found.is_file() else []

    def last_line(self) -> str:
        lines = self._printed.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it printed nothing")


def again() -> tuple[int, list[str]]:
    """Run one or two tests that failed once more, alone: they wait for real windows, decoders and
    processes, and a busy machine can make one late. They are named, to be looked into.

    Returns:
        The exit code, and the tests that passed now.
    """
    failed = json.loads((ROOT / LAST_FAILED).read_text(encoding="utf-8"))
    if len(failed) > 2:
        return 1, []
    print(f"\nFailed, now alone: {', '.join(failed)}", flush=True)
    code = run(python(), "-m", "pytest", "-q", "--last-failed", "--last-failed-no-failures=none")
    if code:
        return code, []
    print(f"\nUNSTEADY, passed the second time: {', '.join(failed)}", flush=True)
    return 0, list(failed)


def gateways(rest: list[str]) -> int:
    """Install LiteLLM's proxy into `.venv-gateways` and ask it: `tests/gateways/`. From then on
    `test` asks it, too. Where it cannot be installed the tests are skipped and say so."""
    if not system_packages(QT_LIBRARIES + VIRTUAL_SCREEN):
        return 1
    prepare()
    try:
        prepare_gateways()
    except subprocess.CalledProcessError as e:
        fail(f"LiteLLM cannot be installed here (pip ended with {e.returncode})")
    os.environ["RUSHES_FULL"] = "1"
    return run(python(), "-m", "pytest", "-q", "-rs", "tests/gateways", *rest)


def prepare_gateways() -> None:
    """As `prepare` does for Rushes; what is half installed is no environment."""
    made = GATEWAYS_VENV / "gateways-lock.sha256"
    wanted = hashlib.sha256(GATEWAYS_LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if made.is_file() and made.read_text(encoding="ascii") == wanted:
        return
    print("Preparing .venv-gateways (once, some minutes)…", flush=True)
    shutil.rmtree(GATEWAYS_VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", GATEWAYS_VENV], check=True)
    pip = (tool("python", GATEWAYS_VENV), "-m", "pip", "install", "--quiet")
    words = ("--disable-pip-version-check", "--require-hashes", "-r", GATEWAYS_LOCK)
    try:
        subprocess.run([*pip, *words], check=True, cwd=ROOT)
    except subprocess.CalledProcessError:
        shutil.rmtree(GATEWAYS_VENV, ignore_errors=True)
        raise
    made.write_text(wanted, encoding="ascii")


def faults(rest: list[str]) -> int:
    """Kill, starve and deceive the program: `tests/faults/`; one JSON line a suite. The full form
    asks a real gateway, too."""
    if not system_packages(QT_LIBRARIES + VIRTUAL_SCREEN + TEST_TOOLS + FAULT_SERVERS):
        return 1
    prepare()
    if not Path(tool("weed")).exists():
        pip = (python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        if run(*pip, "--require-hashes", "-r", FAULT_LOCK) != 0:
            fail("the S3 store cannot be installed here; T23 goes on without it")
    screen = [] if has_display() else ["xvfb-run", "--auto-servernum"]
    code = run(*screen, python(), "-m", "tests.faults", *rest)
    return code if rest else gateways([]) or code


def bench(rest: list[str]) -> int:
    """Measure speed and size against references: `tests/benchmarks/`; one JSON line a figure."""
    if not system_packages([*QT_LIBRARIES, *VIRTUAL_SCREEN, "curl", "ffmpeg", "mpv"]):
        return 1
    prepare()
    return run(python(), "-m", "tests.benchmarks", *rest)


def lint(rest: list[str]) -> int:
    del rest
    prepare()
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports", "--no-logo"),
    )
    failed = [name for name, *words in checks if run(tool(name), *words) != 0]
    if run(python(), "-m", "tests.structure", "--check") != 0:
        failed.append("names")
    failed += [name for name, *words in OF_THE_DESKTOP if not is_clean(name, *words)]
    return fail(f"not clean: {', '.join(failed)}") if failed else 0


def is_clean(program: str, *words: str) -> bool:
    """What a program says of its file; one that is not here says nothing, and CI has it."""
    if shutil.which(program) is None:
        print(f"dev.py: not installed, so not asked: {program}", flush=True)
        return True
    return run(program, *words) == 0


def i18n(rest: list[str]) -> int:
    """Collect visible text into the .ts files and compile them. Plurals only for English."""
    del rest
    prepare()
    sources = sorted((ROOT / "gui" / "rushes").rglob("*.py"))
    folder = ROOT / "resources" / "i18n"
    for name, extra in (("rushes_zh_CN", ()), ("rushes_en", ("-pluralonly",))):
        words = (*sources, *extra, "-no-obsolete", "-locations", "none")
        subprocess.run([tool("pyside6-lupdate"), *words, "-ts", folder / f"{name}.ts"], check=True)
        made = ("-qm", folder / f"{name}.qm")
        subprocess.run([tool("pyside6-lrelease"), folder / f"{name}.ts", *made], check=True)
    return 0


def lock(rest: list[str]) -> int:
    """Resolve for every platform and Python from 3.11 up; hashes, but no address of any index.
    `--upgrade-package NAME`, and what else uv knows, takes newer versions than the lock has."""
    prepare()
    run(python(), "-m", "pip", "install", "--quiet", "uv")
    words = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
    quiet = ("--no-emit-find-links", "--no-header", "--no-annotate", "--quiet", "--output-file")
    resolve = [python(), "-m", "uv", "pip", "compile", *words, *rest, *quiet]
    wanted = ("--group", "dev", "--extra", "otio", "pyproject.toml")
    subprocess.run([*resolve, LOCK, *wanted], check=True, cwd=ROOT)
    same = ("--constraint", LOCK, "--group", "bundle", "--extra", "otio", "pyproject.toml")
    subprocess.run([*resolve, BUNDLE_LOCK, *same], check=True, cwd=ROOT)
    given = "\n".join(GATEWAYS)
    subprocess.run([*resolve, GATEWAYS_LOCK, "-"], input=given, text=True, check=True, cwd=ROOT)
    return 0


def package(rest: list[str]) -> int:
    prepare()
    return run(python(), "-m", "hatchling", "build", "-d", ROOT / "dist", *rest)


def bundle(rest: list[str]) -> int:
    """See `packaging/bundle.py`. Windows' installer and macOS' image: `.github/workflows`."""
    tools = ["squashfs-tools"] if "--appimage" in rest else []
    if not system_packages(QT_LIBRARIES + tools):
        return 1
    prepare_bundle()
    return run(tool("python", BUNDLE_VENV), ROOT / "packaging" / "bundle.py", "build", *rest)


def licences(rest: list[str]) -> int:
    prepare_bundle()
    return run(tool("python", BUNDLE_VENV), ROOT / "packaging" / "bundle.py", "licences", *rest)


def prepare_bundle() -> None:
    """As `prepare`, for `.venv-bundle`: only what a user needs, and what makes a bundle of it."""
    prepare()
    made = BUNDLE_VENV / "bundle-lock.sha256"
    wanted = hashlib.sha256(BUNDLE_LOCK.read_bytes() + sys.version.encode()).hexdigest()
    pip = [tool("python", BUNDLE_VENV), "-m", "pip", "install", "--quiet"]
    pip.append("--disable-pip-version-check")
    if not (made.is_file() and made.read_text(encoding="ascii") == wanted):
        print("Preparing .venv-bundle (once)…", flush=True)
        shutil.rmtree(BUNDLE_VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", BUNDLE_VENV], check=True)
        subprocess.run([*pip, "--require-hashes", "-r", BUNDLE_LOCK], check=True, cwd=ROOT)
        made.write_text(wanted, encoding="ascii")
    wheels = ROOT / "build" / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    build = [python(), "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, check=True, cwd=ROOT)
    again = ("--no-deps", "--force-reinstall", *map(str, wheels.glob("*.whl")))
    subprocess.run([*pip, *again], check=True, cwd=ROOT)


def installs(rest: list[str]) -> int:
    """See `packaging/installs.py`. Without Pythons named: all that are on the path or in pyenv."""
    if not system_packages(QT_LIBRARIES + VIRTUAL_SCREEN) or package([]) != 0:
        return 1
    script = ROOT / "packaging" / "installs.py"
    if rest != ["--beside"]:
        return run(sys.executable, script, *(rest or pythons()))
    with tempfile.TemporaryDirectory(prefix="rushes-other-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT / "gui", copy / "gui", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "resources", copy / "resources")
        for name in ("README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        about = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        newer = re.sub(r'(?m)^version = "(\d+)\.', r'version = "9\1.', about, count=1)
        (copy / "pyproject.toml").write_text(newer, encoding="utf-8")
        build = (python(), "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
        subprocess.run(build, cwd=copy, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return run(sys.executable, script, *rest, wheel)


def pythons() -> list[str]:
    """One of each version that our bounds allow."""
    found: dict[int, str] = {}
    for minor in range(11, 15):
        name = f"python3.{minor}"
        in_pyenv = Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/{name}")
        for path in (*map(str, in_pyenv), shutil.which(name)):
            if path:
                found.setdefault(minor, path)
    return list(found.values())


def bare(rest: list[str]) -> int:
    """See `packaging/bare.sh`."""
    if not system_packages(["mmdebstrap"]):
        return 1
    wheel = ["-t", "wheel"] if "--without-libraries" in rest else []
    if (wheel or "--installs" in rest) and package(wheel) != 0:
        return 1
    return run(ROOT / "packaging" / "bare.sh", *rest)


VERBS = {
    "demo": demo,
    "test": test,
    "gateways": gateways,
    "faults": faults,
    "bench": bench,
    "lint": lint,
    "i18n": i18n,
    "lock": lock,
    "package": package,
    "bundle": bundle,
    "licences": licences,
    "installs": installs,
    "bare": bare,
}


def prepare() -> None:
    """Create `.venv` and install the locked dependencies, unless it was done for this lock."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted:
        return
    print("Preparing .venv (once)…", flush=True)
    if not Path(python()).exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = (python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "--require-hashes", "-r", LOCK], check=True, cwd=ROOT)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], check=True, cwd=ROOT)
    STAMP.write_text(wanted, encoding="ascii")


def tool(name: str, venv: Path = VENV) -> str:
    return str(venv / ("Scripts" if os.name == "nt" else "bin") / name)


def python() -> str:
    return tool("python")


def run(*words: str | Path) -> int:
    return subprocess.run([str(w) for w in words], cwd=ROOT, check=False).returncode


def has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def system_packages(names: Sequence[str]) -> bool:
    """Install what is missing through the system's package manager, or name it in one line. Debian
    has what makes an environment apart from Python."""
    if not sys.platform.startswith("linux"):
        return True
    if not shutil.which("dpkg-query"):
        if shutil.which("Xvfb") or has_display():
            return True
        fail("please install the equivalents of these Debian packages: " + " ".join(names))
        return False
    wanted = [*names, *([] if find_spec("ensurepip") else ["python3-venv"])]
    missing = [name for name in wanted if not any(map(is_installed, name.split("|")))]
    if not missing:
        return True
    apt = ["apt-get"] if is_root() else ["sudo", "-n", "apt-get"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if is_root() or can_sudo():
        print(f"Installing system packages: {' '.join(missing)}", flush=True)
        subprocess.run([*apt, "update", "-qq"], env=quiet, check=False)
        words = [*apt, "install", "-y", "-qq", "--no-install-recommends", *known(missing)]
        if subprocess.run(words, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return True
    plain = " ".join(known(missing))
    fail(f"please run: sudo apt-get install {plain}")
    return False


def is_installed(name: str) -> bool:
    query = ["dpkg-query", "-W", "-f=${db:Status-Status}", name]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.strip() == "installed"


def known(names: Sequence[str]) -> list[str]:
    return [next(filter(is_known, n.split("|")), n.split("|")[-1]) for n in names]


def is_known(name: str) -> bool:
    query = ["apt-cache", "show", "--no-all-versions", name]
    return subprocess.run(query, capture_output=True, check=False).returncode == 0


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def can_sudo() -> bool:
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
