"""Keys live in the system's keyring, or in memory until the program ends; never in a file.

The keyring's entry is ``service "rushes", user <account UUID>``. Its value is JSON with the key
*and the origin it was typed for*. An account's row lies in a plain database: whoever changes the
base URL there (or by an import, or by mistake) must not get the key sent to his host, so a key
whose origin is not the account's any more is not given out (`Kind.NO_KEY`): it must be typed
again.

Every call into the keyring runs in a thread of its own, one at a time: the desktop may show an
unlock dialog for minutes. The threads are daemons, so a dialog nobody answers does not keep the
program from ending.
"""

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import replace
from typing import TypeVar

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.core
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError

from rushes.core.account import Account, KeySource, origin
from rushes.core.failure import Failure, Kind
from rushes.core.secret import BadKey, Secret, clean_key
from rushes.system.threads import in_thread

T = TypeVar("T")

SERVICE = "rushes"

#: Windows' vault takes 2,560 bytes of UTF-16. The same everywhere, so that what is accepted on
#: one system is on every; no service's key comes near it.
LONGEST_ENTRY = 1280

#: Backends by the module and class they are defined in. All keep keys encrypted by the system;
#: `fail`, `null` and everything in a plain file are not among them.
ACCEPTED = frozenset(
    {
        ("keyring.backends.macOS", "Keyring"),
        ("keyring.backends.Windows", "WinVaultKeyring"),
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
        ("keyring.backends.libsecret", "Keyring"),
    }
)


def is_accepted(backend: KeyringBackend) -> bool:
    """Whether keys may be kept there. A subclass from elsewhere is not what it derives from."""
    return (type(backend).__module__, type(backend).__qualname__) in ACCEPTED


#: Keys that were taken out of this process's environment, by variable: a vault that is opened later
#: in the same process (the list came back from a window) needs them, too.
_TAKEN: dict[str, str] = {}


class KeyringVault:
    """Where keys are kept between starts: the system keyring, asked in a thread."""

    def __init__(
        self,
        accepted: Callable[[KeyringBackend], bool] = is_accepted,
        environment: MutableMapping[str, str] = os.environ,
    ) -> None:
        """Touches nothing yet: even finding the keyring may take its time.

        Args:
            accepted: Which backends may keep keys; tests accept theirs in memory.
            environment: Where accounts bound to a variable find their key. It is taken out of
                there, so that no child process inherits it.
        """
        self._accepted = accepted
        self._environment = environment
        self._taken = _TAKEN if environment is os.environ else {}  # variable → key
        self._session: dict[str, str] = {}  # account id → entry
        self._one_at_a_time = threading.Lock()

    async def is_available(self) -> bool:
        """Whether keys outlive the program here."""
        return await self._in_thread(self.backend) is not None

    async def describe(self) -> str:
        """The name of the keyring in use; "" when there is none that is accepted."""
        backend = await self._in_thread(self.backend)
        return backend.name if backend else ""

    async def look_again(self) -> None:
        """Find a keyring that came up since none was found."""
        await self._in_thread(self._detect_again)

    async def read(self, account: Account) -> Secret | Failure:
        """The account's key.

        Returns:
            NO_KEY when there is none, or it was typed for another origin; VAULT_NONE,
            VAULT_LOCKED (an unlock dialog was dismissed) or VAULT_REFUSED otherwise.
        """
        if account.key_source is KeySource.ENVIRONMENT:
            return self._read_environment(account)
        entry: str | Failure | None = self._session.get(account.id)
        if entry is None and account.key_source is KeySource.VAULT:
            entry = await self._in_thread(lambda: self._read_entry(account))
        return entry if isinstance(entry, Failure) else _open_entry(entry, account)

    async def write(self, account: Account, secret: Secret) -> Account | Failure:
        """Keep the key: in the keyring, or in memory where there is none that is accepted.

        An account bound to a variable of the environment gets its hint only: such a key is never
        stored. One that asks for `KeySource.SESSION` is not offered to the keyring.

        Returns:
            The account with the key source really used and the key's hint; NO_KEY when this is
            no key (`detail` says why), KEY_TOO_LONG, VAULT_LOCKED or VAULT_REFUSED.
        """
        try:
            secret = clean_key(secret.reveal())
        except BadKey as e:
            return Failure(Kind.NO_KEY, host=account.host, detail=str(e))
        if account.key_source is KeySource.ENVIRONMENT:
            return replace(account, key_hint=secret.hint)
        entry = _make_entry(account, secret)
        if len(entry) > LONGEST_ENTRY:
            return Failure(Kind.KEY_TOO_LONG, host=account.host)
        if account.key_source is KeySource.SESSION:
            self._session[account.id] = entry
            return replace(account, key_env="", key_hint=secret.hint)
        told = await self._written(account, entry)
        if told is not None and told.kind is not Kind.VAULT_NONE:
            return told
        source = KeySource.VAULT if told is None else KeySource.SESSION
        self._session.pop(account.id, None)
        if source is KeySource.SESSION:
            self._session[account.id] = entry
        return replace(account, key_source=source, key_env="", key_hint=secret.hint)

    async def _written(self, account: Account, entry: str) -> Failure | None:
        """A keyring that answers when nobody waits any more must not keep the key."""
        is_void, is_written = threading.Event(), threading.Event()

        def forget() -> None:
            with self._one_at_a_time:
                self._forget_entry(account)

        def write() -> Failure | None:
            told = None if is_void.is_set() else self._write_entry(account, entry)
            is_written.set()
            if is_void.is_set():
                self._forget_entry(account)
            return told

        try:
            return await self._in_thread(write)
        except asyncio.CancelledError:
            is_void.set()
            if is_written.is_set():  # just now
                threading.Thread(target=forget, name="vault", daemon=True).start()
            raise

    async def forget(self, account: Account) -> Failure | None:
        """Remove the key wherever it is kept. None: it is gone, or never was there."""
        self._session.pop(account.id, None)
        if account.key_source is KeySource.ENVIRONMENT:
            return None
        return await self._in_thread(lambda: self._forget_entry(account))

    def _read_environment(self, account: Account) -> Secret | Failure:
        name = account.key_env
        if found := self._environment.pop(name, ""):
            self._taken[name] = found
        try:
            return clean_key(self._taken.get(name, ""))
        except BadKey as e:
            why = f"the environment variable {name}: {e}"
            return Failure(Kind.NO_KEY, host=account.host, detail=why)

    # in the thread

    def backend(self) -> KeyringBackend | None:
        """The first keyring that is accepted; a chain is looked into, not used. Blocks."""
        found = keyring.get_keyring()
        chain: Iterable[KeyringBackend] = (found,)
        if isinstance(found, keyring.backends.chainer.ChainerBackend):
            chain = found.backends
        return next(filter(self._accepted, chain), None)

    def _detect_again(self) -> None:
        """`keyring` looks once for what there is. What it was told to use stays."""
        detected = keyring.get_keyring() in keyring.backend.get_all_keyring()
        if detected and self.backend() is None:
            keyring.backend.get_all_keyring.reset()
            keyring.core.init_backend()

    def _read_entry(self, account: Account) -> str | Failure | None:
        def read(backend: KeyringBackend) -> str | None:
            return backend.get_password(SERVICE, account.id)

        return self._ask(account, read)

    def _write_entry(self, account: Account, entry: str) -> Failure | None:
        def write(backend: KeyringBackend) -> Failure | None:
            backend.set_password(SERVICE, account.id, entry)
            if backend.get_password(SERVICE, account.id) == entry:
                return None
            return _refused(account, "it gave back something else than it was given")

        return self._ask(account, write)

    def _forget_entry(self, account: Account) -> Failure | None:
        def forget(backend: KeyringBackend) -> Failure | None:
            with contextlib.suppress(PasswordDeleteError):  # already gone, or not given up
                backend.delete_password(SERVICE, account.id)
            if backend.get_password(SERVICE, account.id) is None:
                return None
            return _refused(account, "it did not remove the key")

        told = self._ask(account, forget)
        return None if told is not None and told.kind is Kind.VAULT_NONE else told

    def _ask(self, account: Account, work: Callable[[KeyringBackend], T]) -> T | Failure:
        try:
            backend = self.backend()
            if backend is None:
                return Failure(Kind.VAULT_NONE, host=account.host)
            return work(backend)
        except KeyringLocked:
            return Failure(Kind.VAULT_LOCKED, host=account.host)
        except NoKeyringError:
            return Failure(Kind.VAULT_NONE, host=account.host)
        # Backends let their libraries' own errors through (D-Bus, jeepney, pywin32, GLib), and
        # those share no base. Only the type is told: their texts may hold the entry.
        except Exception as e:  # noqa: BLE001
            if _LOCKED & {type(e).__name__, type(e.__cause__).__name__}:
                return Failure(Kind.VAULT_LOCKED, host=account.host)
            return _refused(account, type(e).__name__)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def one_at_a_time() -> T:
            with self._one_at_a_time:
                return work()

        return await in_thread(one_at_a_time, "vault")


#: What SecretStorage calls a locked item, and a dialog that was closed.
_LOCKED = frozenset({"LockedException", "PromptDismissedException"})


def _refused(account: Account, why: str) -> Failure:
    return Failure(Kind.VAULT_REFUSED, host=account.host, detail=why)


def _origin(account: Account) -> str:
    scheme, host, port = origin(account.base_url)
    return f"{scheme}://{host}:{port}"


def _make_entry(account: Account, secret: Secret) -> str:
    return json.dumps({"origin": _origin(account), "key": secret.reveal()})


def _open_entry(entry: str | None, account: Account) -> Secret | Failure:
    """The key in an entry, if it was typed for the origin the account has now."""
    if entry is None:
        return Failure(Kind.NO_KEY, host=account.host, detail="no key is kept for this account")
    try:
        found = json.loads(entry)
        key, typed_for = found["key"], found["origin"]
        secret = clean_key(key)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Failure(Kind.NO_KEY, host=account.host, detail="the entry is not of this program")
    if typed_for != _origin(account):
        return Failure(Kind.NO_KEY, host=account.host, detail="it was typed for another address")
    return secret
