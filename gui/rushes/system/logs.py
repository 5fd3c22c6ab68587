"""The log file: rotating, readable by its owner only, and free of keys and link signatures.

What is hidden is found by value first (every key handed to `remember`, also URL-encoded and in
base64) and by pattern second (reliability 3: an Ark key looks like any UUID). Line breaks and
control characters in what a server said are escaped, so that it cannot forge a line.
"""

import base64
import faulthandler
import logging
import logging.handlers
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, quote_plus

from rushes.core.secret import Secret
from rushes.presentation.text import tr

HIDDEN = "[hidden]"

#: Shorter ones would blank out ordinary words; no service gives keys that short.
SHORTEST_KEY = 6

_MAX_BYTES = 2 * 2**20
_KEPT_FILES = 3
_CHATTY = ("httpx", "httpcore", "aiohttp", "asyncio", "keyring", "qasync", "hpack")

_SIGNED = (
    r"((?i:x-(?:tos|amz|goog|oss)-(?:signature|credential|security-token)|signature|sig|"
    r"security-token|ossaccesskeyid|awsaccesskeyid|access_?token|api[_-]?key|auth_key|token|key))"
)
_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)(\s+|%20)[^\s\"',;]{6,}"), rf"\1\2{HIDDEN}"),
    (re.compile(r"\bsk-[A-Za-z0-9_-]{8,}"), HIDDEN),
    (re.compile(rf"([?&]|%3F|%26|\b(?=[xX]-)){_SIGNED}(=|%3D)[^&\s\"'<>]+"), rf"\1\2\3{HIDDEN}"),
    (re.compile(r"(://)[^/\s:@]+:[^/\s@]+@"), rf"\1{HIDDEN}@"),
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: A long text is searched in pieces that overlap by more than a key is long, however written.
_PIECE, _OVERLAP = 64 * 1024, 16 * 1024

#: By the key: it may be remembered many times.
_live: dict[Secret, "KeyHider"] = {}


class KeyHider:
    """Finds one key in a text, however it is written there: in any case, percent-encoded, in
    base64, with JSON's escapes (also of JSON inside a JSON string)."""

    def __init__(self, secret: Secret) -> None:
        """Too short a key is not looked for (`SHORTEST_KEY`)."""
        key = secret.reveal()
        found = (key.upper(), key.lower(), *forms(key)) if len(key) >= SHORTEST_KEY else ()
        self._forms = tuple(dict.fromkeys(form.encode().lower() for form in found))
        written = [*map(re.escape, self._forms), *([b"".join(map(_written, key))] if found else [])]
        self._pattern = re.compile(b"|".join(written), re.IGNORECASE)
        self._key = key.encode().lower()
        codes = {f"{ord(each):02x}" for c in key for each in (c.lower(), c.upper())}
        codes = {code for code in codes if len(code) == 2}
        self._escape = re.compile(rf"(?:u00|%)({'|'.join(codes)})".encode())

    def hide(self, text: bytes) -> bytes:
        """The text (UTF-8) with `HIDDEN` in place of the key; all else byte for byte as it was."""
        if not self._forms:
            return text
        parts, done = [], 0
        # In pieces: a search lets no other thread work, and this may be one beside the window's.
        for at in range(0, len(text), _PIECE):
            end = at + _PIECE + _OVERLAP
            if self._is_in(text[at:end].lower()):
                for found in self._pattern.finditer(text, max(at, done), end):
                    parts += [text[done : found.start()], HIDDEN.encode()]
                    done = found.end()
        return b"".join([*parts, text[done:]]) if parts else text

    def _is_in(self, text: bytes) -> bool:
        """Cheap: nearly no text holds a key, and an answer may have megabytes."""
        for form in self._forms:
            if form in text:
                return True
        if b"\\" in text:
            text = text.replace(b"\\", b"")
        if b"%25" in text:
            text = text.replace(b"%25", b"%")
        if b"u00" in text or b"%" in text:
            text = self._escape.sub(_unescaped, text)
        return self._key in text


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]).lower()


def _written(c: str) -> bytes:
    """A pattern for one character of a key, in either case, as it is or in any of its escapes."""
    codes = "|".join(f"{ord(each):02x}" for each in {c.lower(), c.upper()} if each.isascii())
    plain = re.escape(c) if c.isalnum() else rf"\\*{re.escape(c)}"
    return rf"(?:{plain}|(?:\\+u00|%(?:25)*)(?:{codes}))".encode()


def remember(secret: Secret) -> None:
    """Hide this key in everything that is logged or redacted from now on."""
    _live.setdefault(secret, KeyHider(secret))


def redact(text: str) -> str:
    """The text without live keys, bearer tokens and signatures of links."""
    raw = text.encode("utf-8", "surrogatepass")
    for hider in tuple(_live.values()):
        raw = hider.hide(raw)
    text = raw.decode("utf-8", "surrogatepass")
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def forms(key: str) -> Iterator[str]:
    """The ways a key can stand in a text."""
    yield from (key, quote(key, safe=""), quote_plus(key), key.replace("/", "\\/"))
    raw = key.encode()
    for before in range(3):  # base64 of a longer text: the key starts at one of three places
        whole = base64.b64encode(b"\0" * before + raw).decode()
        core = whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield from (core, core.replace("+", "-").replace("/", "_"))


def _escape(text: str) -> str:
    return _CONTROLS.sub(lambda m: m.group().encode("unicode_escape").decode(), text)


class Redacted(logging.Formatter):
    """One line a record; the lines of a traceback are indented, so none looks like a record."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        # Not the inherited one: that takes over, and leaves behind, tracebacks in clear text.
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        parts = [_escape(redact(self.formatMessage(record)))]
        if record.exc_info:
            parts.append(_indented(self.formatException(record.exc_info)))
        if record.stack_info:
            parts.append(_indented(record.stack_info))
        return "\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {_escape(line)}" for line in redact(text).splitlines())


class _OwnersFile(logging.handlers.RotatingFileHandler):
    """A log that only its owner can read, from its first byte on."""

    _complained = False

    def _open(self) -> TextIOWrapper:
        raw = open(self.baseFilename, "ab", opener=_owners_only)  # noqa: SIM115 - the handler's
        return TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """One line without the record's words: the inherited one prints its arguments as they
        are, keys included."""
        error = sys.exc_info()[1]
        if self._complained or sys.stderr is None:
            return
        self._complained = True  # a full disk would say it with every line
        told = tr(
            "The log cannot be written: {why} ({file}, line {line}).",
            why=type(error).__name__,
            file=record.filename,
            line=record.lineno,
        )
        with suppress(OSError):
            print(f"rushes: {told}", file=sys.stderr)


def _owners_only(path: str, flags: int) -> int:
    # A pipe in its place is an error at once: opening it would wait for a reader.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)


class Logs:
    """The running log. `close` puts everything back as it was.

    Attributes:
        problems: The errors of files that cannot be opened: it goes on without them.
    """

    def __init__(self, folder: Path, debug: bool) -> None:
        """Use `start`."""
        self.path = folder / "rushes.log"
        self.problems: list[OSError] = []
        self._handler: logging.Handler
        try:
            self._handler = _OwnersFile(
                self.path, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
            )
        except OSError as e:
            self.problems.append(e)
            self._handler = logging.NullHandler()
        self._handler.setFormatter(Redacted())
        self._undo: list[Callable[[], object]] = []
        self._take_over_logging(logging.DEBUG if debug else logging.INFO)
        self._take_over_crashes(folder)

    def tail(self, lines: int) -> tuple[str, ...]:
        """The last lines of the log, oldest first, already redacted."""
        self._handler.flush()
        if isinstance(self._handler, logging.NullHandler):
            return ()
        text = self.path.read_text(encoding="utf-8", errors="replace")
        return tuple(text.splitlines()[-lines:]) if lines > 0 else ()

    def close(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _take_over_logging(self, level: int) -> None:
        root = logging.getLogger()
        self._set_level(root, level)
        for name in _CHATTY:  # httpx writes whole signed URLs at INFO
            self._set_level(logging.getLogger(name), logging.WARNING)
        root.addHandler(self._handler)
        errors, logging.raiseExceptions = logging.raiseExceptions, False  # of others' handlers
        self._undo.append(lambda: setattr(logging, "raiseExceptions", errors))
        self._undo += [self._handler.close, lambda: root.removeHandler(self._handler)]

    def _set_level(self, logger: logging.Logger, level: int) -> None:
        before = logger.level
        logger.setLevel(level)
        self._undo.append(lambda: logger.setLevel(before))

    def _take_over_crashes(self, folder: Path) -> None:
        main, threads, lost = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook, threading.excepthook = self._on_crash, _on_thread_crash
        sys.unraisablehook = _on_lost_error
        self._undo.append(lambda: setattr(sys, "excepthook", main))
        self._undo.append(lambda: setattr(threading, "excepthook", threads))
        self._undo.append(lambda: setattr(sys, "unraisablehook", lost))
        self._undo.append(_without_core_dumps())
        # Its own file: faulthandler writes to a descriptor, which must not be rotated away. What
        # it writes are file names, lines and function names: no values.
        try:
            crash = open(folder / "crash.log", "ab", opener=_owners_only)  # noqa: SIM115
        except OSError as e:
            self.problems.append(e)
            return
        faulthandler.enable(crash)
        self._undo += [crash.close, faulthandler.disable]

    def _on_crash(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logging.getLogger("rushes").critical("unexpected error", exc_info=(kind, error, trace))
        if sys.stderr is not None:  # there is none under pythonw
            told = tr("Rushes met an unexpected error. Details are in {path}.", path=self.path)
            with suppress(OSError):  # closed or full: it stands in the log
                print(_escape(told), file=sys.stderr)


def _on_thread_crash(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is None or issubclass(args.exc_type, SystemExit):
        return
    name = args.thread.name if args.thread else "?"
    info = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger("rushes").critical("unexpected error in thread %s", name, exc_info=info)


def _on_lost_error(args: "sys.UnraisableHookArgs") -> None:
    """An exception where nobody can catch it, such as while an object is being freed."""
    if args.exc_value is not None:
        info = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("rushes").error("error that nobody could catch", exc_info=info)


def _without_core_dumps() -> Callable[[], object]:
    """The memory of a process that crashed holds its keys. Returns what brings dumps back."""
    if sys.platform == "win32":
        return lambda: None
    import resource

    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_CORE, before)


def start(folder: Path, debug: bool = False) -> Logs:
    """Log into `folder`/rushes.log from now on: at INFO, or at DEBUG.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Logs(folder, debug)
