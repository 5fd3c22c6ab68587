"""The arguments and the exit code. Importing this is cheap, so that `--help` is instant."""

import os
import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m rushes` has put the current folder first on the path: a `json.py` that lies there
    # would be taken for Python's own by everything that is imported from here on.
    try:
        if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - pathlib is not loaded yet
            del sys.path[0]
    except FileNotFoundError:  # it is gone, and so is what could lie in it
        pass

import argparse
import os
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from rushes.core.account import SYNONYMS, Service
from rushes.core.links_to_us import is_link
from rushes.core.translatable import QT_TR_NOOP
from rushes.options import Options
from rushes.presentation.text import tr, translated

#: A file of such a name is meant as one with a folder before it: ./list
_COMMANDS = frozenset(
    "accounts add forget-prompts list export-list import-list watch save simulate doctor "  # noqa: SIM905
    "install-desktop".split()
)


#: Options before a command that are followed by their value.
_WITH_VALUE = ("--base-dir", "--debug-flag", "--speed")
#: Of a word that is told, so much is told.
_LONG = re.compile(r"(\S{60})\S{20,}")
#: Words of argparse's own, as they stand in its source: they are translated as ours are.
_ARGPARSE = (
    QT_TR_NOOP("usage: "),
    QT_TR_NOOP("positional arguments"),
    QT_TR_NOOP("options"),
    QT_TR_NOOP("show this help message and exit"),
    QT_TR_NOOP("%(prog)s: error: %(message)s\n"),
    QT_TR_NOOP("argument %(argument_name)s: %(message)s"),
    QT_TR_NOOP("the following arguments are required: %s"),
    QT_TR_NOOP("one of the arguments %s is required"),
    QT_TR_NOOP("not allowed with argument %s"),
    QT_TR_NOOP("unrecognized arguments: %s"),
    QT_TR_NOOP("ambiguous option: %(option)s could match %(matches)s"),
    QT_TR_NOOP("invalid choice: %(value)r (choose from %(choices)s)"),
    QT_TR_NOOP("invalid %(type)s value: %(value)r"),
    QT_TR_NOOP("ignored explicit argument %r"),
    QT_TR_NOOP("expected one argument"),
    QT_TR_NOOP("expected at most one argument"),
    QT_TR_NOOP("expected at least one argument"),
    QT_TR_NOOP("expected %s argument"),
    QT_TR_NOOP("expected %s arguments"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run Rushes. Exit codes: 0 ok, 1 something failed, 2 wrong usage, 3 nothing found,
    4 time is over."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["--helper"]:  # one of our own processes: see `system/helper.py`
        from rushes import helpers

        return helpers.run(given[1:])
    opened = _to_open(given)
    if not opened and (word := _no_command(given)) is not None:
        _speak(given)
        _Parser(prog="rushes").tell(_what_it_is(word))
        return 2
    before = given[: len(given) - len(opened)]
    words = _read(before[:-1] if opened and before[-1:] == ["--"] else before)
    options = Options(
        base_dir=words.base_dir,
        debug=frozenset(words.debug_flag),
        exit_when_shown=words.exit_when_shown,
        demo=words.demo,
        given=tuple(each if is_link(each) else _path(each) for each in opened),
        speed=words.speed,
    )
    if words.verb is None:
        from rushes.system import libraries

        if problem := libraries.window_problem():
            libraries.tell(problem, options.base_dir)
            return 1
        if sys.platform != "win32":  # kept until the loop minds them: Qt takes a second to load
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        try:
            from rushes import app  # Qt is loaded for the window only

            if sys.platform != "win32" and signal.sigpending():
                return 0
            from rushes.system import threads

            # Everything has ended. Taking Qt and the interpreter apart as well is of no use to
            # anybody, and takes a second where other programs keep the machine busy.
            threads.exit_now(app.main(options))
        except ImportError as e:  # of Qt, which is loaded in parts: here, and when rows are shown
            libraries.tell(libraries.explain(e), options.base_dir)
            return 1
    from rushes.cli import run

    return run.main(words, options)


def _to_open(given: Sequence[str]) -> Sequence[str]:
    """The files and links at the end of the command line, as a desktop gives them; none where it
    holds a command."""
    at = _first_word(given)
    if at >= len(given):
        return ()
    first = given[at]
    is_file = first.lower().startswith("file:") or os.path.isfile(first)  # noqa: PTH113 - no raise
    is_command = first in _COMMANDS and "--" not in given[:at]
    return given[at:] if is_link(first) or (is_file and not is_command) else ()


def _first_word(given: Sequence[str]) -> int:
    """Where the first word stands that belongs to no option; `--` ends the options."""
    at = 0
    while at < len(given) and given[at].startswith("-"):
        if given[at] == "--":
            return at + 1
        at += 2 if given[at] in _WITH_VALUE else 1
    return at


def _no_command(given: Sequence[str]) -> str | None:
    """The word in the place of a command that is none; None: there is no such word, or the options
    before it are not ours."""
    at = _first_word(given)
    ours = (*_WITH_VALUE, "--demo", "--exit-when-shown", "--")
    before = (each.partition("=")[0] for each in given[:at] if each.startswith("-"))
    if at >= len(given) or given[at] in _COMMANDS or not all(each in ours for each in before):
        return None
    return given[at]


def _what_it_is(word: str) -> str:
    from rushes.presentation.untrusted import one_line

    if os.path.isdir(word):  # noqa: PTH112 - no raise
        return tr(
            "{folder} is a folder. Its films come into the list by Take in a folder… in the "
            "window.",
            folder=one_line(word, 160),
        )
    return tr(
        "“{word}” is neither a command nor a file. A task is added by: rushes add ID. All "
        "commands: rushes --help",
        word=one_line(word, 60),
    )


def _speak(given: Sequence[str]) -> None:
    """What is said from here on is in the user's language; what programs read is English."""
    from rushes import patches
    from rushes.cli import language

    _Parser.speaks = True
    if "--json" in given:
        return
    folder = None
    for at, word in enumerate(given):
        name, _, value = word.partition("=")
        if name == "--base-dir":
            with suppress(argparse.ArgumentTypeError):
                folder = _folder(value or "".join(given[at + 1 : at + 2]))
    language.speak(folder)
    patches.translate_argparse(translated)


def _read(given: Sequence[str]) -> argparse.Namespace:
    try:
        return parser().parse_args(given)
    except _ToBeSaid:
        _speak(given)
        return parser().parse_args(given)


def _path(word: str) -> str:
    if word.lower().startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        with suppress(ValueError):  # no address after all
            word = url2pathname(urlsplit(word).path)
    return str(Path(word).absolute())


class _ToBeSaid(Exception):
    """Help, or a complaint: for this the user's language must be known first."""


class _Parser(argparse.ArgumentParser):
    """What the user typed comes back in complaints: fit for a terminal, and never half said.

    Attributes:
        speaks: The user's language.
    """

    speaks = False

    def error(self, message: str) -> NoReturn:
        from rushes.presentation.untrusted import for_terminal

        if not self.speaks:
            raise _ToBeSaid
        super().error(for_terminal(_LONG.sub(r"\1…", message)))

    def print_help(self, file: Any = None) -> None:
        if not self.speaks:
            raise _ToBeSaid
        super().print_help(file)

    def tell(self, sentence: str) -> None:
        """One sentence on standard error."""
        from rushes.presentation.untrusted import for_terminal

        self._print_message(f"{self.prog}: {for_terminal(sentence)}\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        # Not the inherited one: it passes over what cannot be written, and ends with 0.
        try:
            print(message, end="", file=file or sys.stderr, flush=True)
        except OSError as e:
            with suppress(OSError):
                print(f"{self.prog}: {e.strerror}", file=sys.stderr)
            os._exit(1)  # at a usual end Python would write it once more


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="rushes",
        description="Watches AI video and 3D jobs and keeps every result. "
        "Without a command it opens the window; files, or links like "
        "rushes:add?id=ID, instead of a command are looked through for task IDs.",
        epilog="Exit codes: 0 ok, 1 something failed, 2 wrong usage, 3 nothing found, "
        "4 time is over.",
    )
    _anywhere(top, None, [])
    top.add_argument("--demo", action="store_true", help="open the window on the simulator")
    top.add_argument("--exit-when-shown", action="store_true", help=argparse.SUPPRESS)
    top.add_argument("--speed", type=_speed, default=1.0, help=argparse.SUPPRESS)
    top.add_argument("--version", action="version", version=_version())
    verbs = top.add_subparsers(dest="verb", metavar="COMMAND")
    _accounts(verbs.add_parser("accounts", help="list, add, test or remove accounts"))
    _tasks(verbs)
    simulate = verbs.add_parser("simulate", help="serve pretended services on this computer")
    simulate.add_argument("--port", type=_port, default=0, help="0: any free ports (default)")
    simulate.add_argument("--scene", default="demo", help="which tasks live there")
    simulate.add_argument("--speed", type=_speed, default=argparse.SUPPRESS, help="time factor")
    doctor = verbs.add_parser("doctor", help="say what works here and what does not")
    doctor.add_argument("--bundle", metavar="FILE", help="show, then write, a report without keys")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    desktop = verbs.add_parser("install-desktop", help="put Rushes into the menu (Linux)")
    desktop.add_argument("--remove", action="store_true", help="take it out again")
    for verb in _verbs(verbs):
        _anywhere(verb, argparse.SUPPRESS, argparse.SUPPRESS)
    return top


def _anywhere(to: argparse.ArgumentParser, no_folder: Any, no_flags: Any) -> None:
    """Options that may stand before the command and after it.

    Args:
        no_folder, no_flags: Their values where they are not given.
    """
    to.add_argument(
        "--base-dir",
        type=_folder,
        default=no_folder,
        metavar="DIR",
        help="keep everything in this folder",
    )
    to.add_argument(
        "--debug-flag",
        action="append",
        default=no_flags,
        choices=["log", "gaps"],
        help="more detail",
    )


def _verbs(of: "argparse._SubParsersAction[_Parser]") -> Iterator[argparse.ArgumentParser]:
    """The commands, and those below them, without those that only hold others."""
    for verb in of.choices.values():
        below = [a for a in verb._actions if isinstance(a, argparse._SubParsersAction)]
        for each in below:
            yield from _verbs(each)
        if not below:
            yield verb


def _accounts(accounts: argparse.ArgumentParser) -> None:
    what = accounts.add_subparsers(dest="what", required=True, metavar="list|add|test|remove")
    listing = what.add_parser("list", help="one line an account")
    listing.add_argument("--json", action="store_true")
    add = what.add_parser("add", help="add an account; the key is never an argument")
    add.add_argument("--name", required=True, type=_some)
    services = [*(s.value for s in Service), *SYNONYMS]
    add.add_argument(
        "--service", required=True, choices=services, metavar="SERVICE", help="%(choices)s"
    )
    add.add_argument("--base-url", help="where the service answers, for gateways")
    add.add_argument("--ca-file", metavar="FILE", help="PEM: authorities to trust as well")
    add.add_argument(
        "--keep-importing", action="store_true", help="list tasks made elsewhere, too (Ark only)"
    )
    key = add.add_mutually_exclusive_group(required=True)
    key.add_argument("--key-stdin", action="store_true", help="read the key, keep it in the vault")
    key.add_argument(
        "--key-env", type=_some, metavar="VAR", help="take the key from VAR at each start"
    )
    test = what.add_parser("test", help="ask each service once whether it takes the key")
    test.add_argument("name", nargs="*", help="account names; none: all")
    test.add_argument("--json", action="store_true", help="one JSON object an account")
    remove = what.add_parser("remove", help="forget an account and its key; files stay")
    remove.add_argument("name")


def _tasks(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    add = verbs.add_parser(
        "add", help="watch tasks; - reads any text from standard input, and so does a file"
    )
    add.add_argument("--account", metavar="NAME")
    add.add_argument("--prompt", type=_some, metavar="TEXT", help="what was asked for")
    add.add_argument("--name", type=_some, metavar="NAME", help="what the takes are called")
    add.add_argument("--tag", type=_some, action="append", metavar="T", help="may be repeated")
    add.add_argument("--note", type=_some, metavar="TEXT")
    add.add_argument(
        "--jsonl", action="store_true", help="with -: one JSON object a line, as long as they come"
    )
    add.add_argument(
        "--yes-ids", action="store_true", help="UUIDs in the text that could be keys are task IDs"
    )
    add.add_argument("--dry-run", action="store_true", help="say what would be added, add nothing")
    add.add_argument("--json", action="store_true", help="with --dry-run: one JSON object")
    add.add_argument("ids", nargs="+", type=_some, metavar="ID|FILE")
    forget = verbs.add_parser("forget-prompts", help="empty all prompts, backups included")
    forget.add_argument("--yes", action="store_true")
    listing = verbs.add_parser("list", help="the tasks as they were last seen")
    listing.add_argument("--json", action="store_true")
    out = verbs.add_parser("export-list", help="the whole list into a file, without keys")
    out.add_argument("file", type=_some, metavar="FILE")
    into = verbs.add_parser("import-list", help="put such a file into this list")
    into.add_argument("--settings", action="store_true", help="use the settings in it, too")
    into.add_argument("file", type=_some, metavar="FILE")
    watch = verbs.add_parser("watch", help="look at the tasks and print what changes")
    until = watch.add_mutually_exclusive_group()
    until.add_argument("--once", action="store_true", help="look once and end")
    until.add_argument(
        "--until-done",
        action="store_true",
        help="end when all tasks have ended; with --save, when every file is saved or lost",
    )
    watch.add_argument("--save", action="store_true", help="save every result")
    watch.add_argument("--account", metavar="NAME", help="only the tasks of this account")
    watch.add_argument(
        "--timeout", type=_seconds, metavar="S", help="end after S seconds, with exit code 4"
    )
    watch.add_argument("--json", action="store_true")
    watch.add_argument("ids", nargs="*", metavar="ID", help="only these tasks; none: all")
    save = verbs.add_parser("save", help="save the results of these tasks")
    save.add_argument("ids", nargs="*", metavar="ID")
    save.add_argument(
        "--expiring", action="store_true", help="only what is not saved and whose link ends"
    )
    save.add_argument("--json", action="store_true")


def _some(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(tr("it is empty"))
    return text


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65_530:  # the services take six in a row
        raise argparse.ArgumentTypeError(tr("must be 0 to 65530"))
    return port


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError(tr("the folder has no name"))
    try:
        return Path(text).expanduser().absolute()
    except (OSError, RuntimeError) as e:  # "~nobody", or the current folder is gone
        raise argparse.ArgumentTypeError(str(e)) from None


def _number(text: str) -> float:
    """Not a number where it is none: that is in no range."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _speed(text: str) -> float:
    speed = _number(text)
    if not 0.01 <= speed <= 100_000:
        raise argparse.ArgumentTypeError(tr("must be 0.01 to 100000"))
    return speed


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0.0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(tr("must be more than 0"))
    return seconds


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"Rushes {version('rushes')}"
    except PackageNotFoundError:
        return "Rushes (not installed)"


if __name__ == "__main__":
    sys.exit(main())
