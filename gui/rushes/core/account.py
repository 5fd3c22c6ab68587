"""The services Rushes knows, and a user's account with one of them."""

import enum
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

from rushes.core.plain_text import unescaped, visible
from rushes.core.translatable import QT_TR_NOOP
from rushes.core.wire import Request


class Dialect(enum.Enum):
    """How a service speaks; several services share one. What it asks and how it reads stands in
    `providers.registry`."""

    ARK = "ark"
    RONG = "rong"
    ANYFAST = "anyfast"
    JIMENG = "jimeng"
    GATEWAY = "gateway"  # told by the body's shape


class Service(enum.Enum):
    """Who answers and where: all that a new service needs where its dialect is known.

    Attributes:
        value: The word of the command line, also kept in the store.
        title: In English; shown by `presentation.words.service_title`.
        base_url: "" where the user must give one.
    """

    title: str
    dialect: Dialect
    base_url: str

    # The defaults are for the look-up by the word alone: Service("ark").
    def __new__(
        cls, word: str, title: str = "", dialect: Dialect = Dialect.GATEWAY, base_url: str = ""
    ) -> Self:
        self = object.__new__(cls)
        self._value_ = word
        self.title, self.dialect, self.base_url = title, dialect, base_url
        return self

    ARK = (
        "ark",
        QT_TR_NOOP("Volcengine Ark (Beijing)"),
        Dialect.ARK,
        "https://ark.cn-beijing.volces.com",
    )
    BYTEPLUS_AP = (
        "byteplus-ap",
        QT_TR_NOOP("BytePlus ModelArk (Asia Pacific)"),
        Dialect.ARK,
        "https://ark.ap-southeast.bytepluses.com",
    )
    BYTEPLUS_EU = (
        "byteplus-eu",
        QT_TR_NOOP("BytePlus ModelArk (Europe, no video models)"),
        Dialect.ARK,
        "https://ark.eu-west.bytepluses.com",
    )
    RONG_BJ = "rong-bj", QT_TR_NOOP("Rong API (Beijing)"), Dialect.RONG, "https://ai.rong-api.com"
    RONG_NA = (
        "rong-na",
        QT_TR_NOOP("Rong API (North America)"),
        Dialect.RONG,
        "https://ai.us-light-api.com",
    )
    ANYFAST = (
        "anyfast",
        QT_TR_NOOP("AnyFast (China)"),
        Dialect.ANYFAST,
        "https://www.anyfast.com.cn",
    )
    ANYFAST_INTL = (
        "anyfast-intl",
        QT_TR_NOOP("AnyFast (International)"),
        Dialect.ANYFAST,
        "https://www.anyfast.ai",
    )
    JIMENG = "jimeng", QT_TR_NOOP("Jimeng gateway"), Dialect.JIMENG
    GATEWAY = "gateway", QT_TR_NOOP("Other gateway"), Dialect.GATEWAY

    @property
    def can_list(self) -> bool:
        """Whether the service can list its tasks (import the last 7 days)."""
        return self.dialect is Dialect.ARK


#: Words that are taken for a service, too: what the five dialects are called.
SYNONYMS = {"ark_list": Service.ARK, "rong": Service.RONG_BJ}


def service_named(word: str) -> Service:
    """The service a word of the command line means.

    Raises:
        ValueError: none.
    """
    return SYNONYMS.get(word) or Service(word)


class KeySource(enum.Enum):
    """Where an account's key comes from at each start."""

    VAULT = "vault"  # the system keyring
    SESSION = "session"  # memory only: asked for again after a restart
    ENVIRONMENT = "environment"  # the variable Account.key_env, never stored


class PriceUnit(enum.Enum):
    """What an own price is for."""

    MILLION_TOKENS = "million_tokens"
    SECOND = "second"  # of the film
    TAKE = "take"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """What the user says a model costs at an account; it counts in place of the list price.

    Attributes:
        model: A part of the model's name; "" for every model.
        currency: Three capital letters, such as "CNY".
        as_of: The day it was entered, ISO.
    """

    model: str = ""
    amount: float
    currency: str
    unit: PriceUnit
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One key at one service.

    Attributes:
        id: A random UUID; also the name of the vault entry. "" until the account is kept.
        base_url: Scheme, host, optional port and path prefix, without a trailing slash; or the
            whole address of a task with `{id}` in it, for a gateway with a route of its own.
        key_hint: The key's last four characters, to tell accounts apart; never more.
        ca_file: PEM file of further certificate authorities trusted for this account; "" none.
        created_at: Unix seconds.
        keep_importing: Whether tasks that were made elsewhere come into the list by themselves,
            where the service can list.
        route: Where a gateway answered for a task last, below its address, with `{id}` for the
            task's; "" not known. Only `store.tables.keep_route` changes it.
        prices: The user's own; the first that fits a model counts. Only `store.tables.set_prices`
            changes them.
    """

    id: str = ""
    name: str
    service: Service
    base_url: str
    key_source: KeySource = KeySource.VAULT
    key_env: str = ""
    key_hint: str = ""
    created_at: float = 0.0
    ca_file: str = ""
    keep_importing: bool = False
    route: str = ""
    prices: tuple[OwnPrice, ...] = ()

    @property
    def dialect(self) -> Dialect:
        return self.service.dialect

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def root(self) -> str:
        """The address requests are made below: the base URL, or only its origin where that is the
        template of a task's route."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}" if "{id}" in self.base_url else self.base_url

    def route_for(self, task_id: str) -> Request | None:
        """The request for a task by the template the user typed; None: there is none."""
        if "{id}" not in self.base_url:
            return None
        parts = urlsplit(self.base_url)
        asked = parse_qsl(parts.query, keep_blank_values=True)
        return Request(
            parts.path.replace("{id}", quote(task_id, safe="", errors="replace")),
            tuple((name, value.replace("{id}", task_id)) for name, value in asked),
        )

    @property
    def can_list(self) -> bool:
        return self.service.can_list


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCredit:
    """What a gateway of the new-api kind says about an account's key (contract 10).

    Attributes:
        asked_at: Unix seconds by this computer's clock.
        name: What the key is called there; "" where it has no name.
        is_unlimited: The key has no limit of its own.
        is_used_up: It has one, and nothing is left below it.
        left_usd: US dollars that are left; None: unlimited, or counted otherwise.
        models: The key may use these; None: not told.
        ends_at: Unix seconds; None: never.
        has_ended: Whether that is past by the gateway's clock.
    """

    asked_at: float
    name: str = ""
    is_unlimited: bool = False
    is_used_up: bool = False
    left_usd: float | None = None
    models: tuple[str, ...] | None = None
    ends_at: float | None = None
    has_ended: bool = False


def twin(
    new: Account, accounts: Iterable[Account], before: Account | None = None
) -> Account | None:
    """The account that `new` would be once more: another one of its name, or with its key (as far
    as the hint tells) at the same service and address.

    Args:
        before: What it was, for one that is changed: only what is new about it counts.
    """

    def name(account: Account) -> str:
        return account.name.strip().casefold()

    def key(account: Account) -> tuple[object, ...] | None:
        told = account.key_env or account.key_hint
        return (account.service, account.base_url, account.key_env, told) if told else None

    others = [account for account in accounts if account.id != new.id]
    for of in (name, key):
        wanted = of(new)
        if wanted is not None and (before is None or of(before) != wanted):
            for other in others:
                if of(other) == wanted:
                    return other
    return None


class AddressFault(enum.StrEnum):
    """Why a text is no base URL, in a fragment of a sentence."""

    NO_ADDRESS = "it is not a web address"
    NOT_HTTPS = "it is not an https address"
    NO_HOST = "it names no host"
    TWO = "it is more than one address"
    SPACES = "it contains spaces"
    USER = "it contains a user name or password"
    PLAIN_HTTP = "http without TLS is only allowed to this computer"


class BadBaseUrl(ValueError):
    """Not usable as a base URL. `args[0]` is the `AddressFault`."""


#: What comes along when an address is copied: quotes, brackets, marks of Markdown and the end of a
#: sentence.
_AROUND = " \t\r\n\"'`<>()[]{}“”‘’«»「」《》【】,;，；。、…!.|*\\"
#: Where the route of one call, or a page of the console, begins; what stands before it is the
#: address. What is in the second half may be a prefix, too: it is one where a version follows.
_ROUTE = re.compile(
    r"/(?:contents(?:/generations)?|video/(?:generations|query)|videos|images|models|chat"
    r"|completions|responses|tasks?|jimeng|kling|suno|ent/v2|console|panel|dashboard|login|token"
    r"|keys|docs|swagger|redoc|openapi\.json|register|sign-?(?:in|up)|user|account|pricing"
    r"|api/(?:usage|status|user|token|pricing|notice|about|option|channel|log|group|redemption)"
    r"|[^/]+\.html?)(?:/|$).*"
    r"|/(?:embeddings|messages|files|audio|moderations|realtime|edits|batches|rerank|mj|pg"
    r"|settings?|top-?up|log|personal|channel|about|(?:text|image|img)2video)(?:/|$)"
    r"(?!(?:.*/)?v\d).*",
    re.IGNORECASE | re.DOTALL,
)
#: The address of a task with a place for its id, and that place.
_ID = re.compile(r"\{(?:task_?)?id\}", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"(?:https?://)?([^\s\"'`<>()/{}]+)(/(?!/)[^\s\"'`<>()#]*\{(?:task_?)?id\}[^\s\"'`<>()#]*)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\])?[^\s\"'`<>()\[\]“”‘’«»「」《》【】，；。、…]*", re.IGNORECASE
)
#: An address without its beginning: alone, or behind what says that it is one.
_BARE = re.compile(
    r"(?:^|(?:url|uri|base|host|endpoint|address|server|domain|地址|网址|接口)[\"'\])]*\s*[=:]\s*"
    r"|\b(?:curl|get|post|delete)\s+|\]\()[\"'`<*(\[“‘«「《【]*"
    r"((?:localhost|\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)+)(?::\d+)?"
    r"(?:/[^\s\"'`<>()\[\]“”‘’«»「」《》【】]*)?)"
    r"(?=[:,;.!*…。；，、]*(?:$|[\"'`>)\]”’»」》】]|\s+(?:--?[A-Za-z]|\\|[\"'#])))",
    re.IGNORECASE,
)
#: How the beginning of an address is mistyped.
_SCHEME = re.compile(r"\b(https?)(?:://?|//)\s*(?=[\w\[])", re.IGNORECASE)
#: A backslash that escapes nothing was meant as a slash; browsers read it as one, too.
_SLASH = re.compile(r"\\+(?=[A-Za-z0-9])(?![nrt]|033|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})")
#: The next address without a space between; one in the path or the query is a part of the first.
_NEXT = re.compile(r"[^/=&]https?://", re.IGNORECASE)
#: What may follow an address behind a space: the rest of a command, a comment.
_BEHIND = re.compile(r"\s+(?:--?[A-Za-z]|\\|[\"'#])")
#: Letters of East Asia: a sentence in them goes on behind an address without a space.
_EAST = re.compile(r"[\u2e80-\U0003ffff]")
_LABEL = re.compile(rb"[A-Za-z0-9_-]{1,63}")
#: What is pasted by mistake may be of any length, and this runs with each letter typed.
_LONGEST = 4000


def normalise_base_url(text: str) -> str:
    """The address of a service out of what people paste: an endpoint, a page of its console, a
    line of a script. What the dialect adds itself (`/v1`, `/api/v3`) is left out.

    Raises:
        BadBaseUrl: no host, two addresses, userinfo, or plain http to another machine (a key would
            travel in the open).
    """
    if len(text) > _LONGEST:
        raise BadBaseUrl(AddressFault.NO_ADDRESS)
    text = _SCHEME.sub(r"\1://", unescaped(_SLASH.sub("/", visible(text))))
    templates = tuple(_TEMPLATE.finditer(text))
    text = _found_in(text)
    if "://" not in text:
        text = text.lstrip("/")
        host = text.partition("]")[0] if text.startswith("[") else re.split("[:/]", text)[0]
        text = f"{'http' if is_loopback(host) else 'https'}://{text}"
    text = text.partition("#")[0].partition("?")[0].rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as e:
        raise BadBaseUrl(AddressFault.NO_ADDRESS) from e
    if parts.scheme not in ("http", "https"):
        raise BadBaseUrl(AddressFault.NOT_HTTPS)
    if not parts.hostname or text.rstrip(":/").lower() in ("https", "http"):
        raise BadBaseUrl(AddressFault.NO_HOST)
    if any(c.isspace() or not c.isprintable() for c in text):
        raise BadBaseUrl(AddressFault.SPACES)
    if parts.username or parts.password:
        raise BadBaseUrl(AddressFault.USER)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise BadBaseUrl(AddressFault.PLAIN_HTTP)
    if not _is_host(parts.hostname) or port == 0:
        raise BadBaseUrl(AddressFault.NO_ADDRESS)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    at = f":{port}" if port is not None else ""
    for template in templates:
        if template[1].lower() == parts.netloc.lower():
            route = _ID.sub("{id}", template[2]).removesuffix("/content")  # that is the film's
            return f"{parts.scheme}://{host}{at}{route}"
    path = re.sub(r"(?<!:)/{2,}", "/", _EAST.split(parts.path)[0])
    path = _ROUTE.sub("", path).rstrip("/")
    is_version = re.fullmatch(r"/v[12](?:beta|alpha)?", path.lower())
    path = "" if is_version else path.removesuffix("/api/v3")
    return f"{parts.scheme}://{host}{at}{path}"


def _found_in(text: str) -> str:
    """The part of the text that is the address.

    Raises:
        BadBaseUrl: a second one follows it at once: nothing says which is meant.
    """
    text, whole = text.strip(_AROUND), text.strip()
    found = _ADDRESS.search(text)
    if found is None:
        bare = _BARE.search(whole) if "://" not in whole else None
        return bare[1].rstrip(":,;.!*…。；，、") if bare else text
    if _NEXT.search(found[0]):
        raise BadBaseUrl(AddressFault.TWO)
    # An address with a space in it is not the address before the space.
    behind = text[found.end() :]
    if found.start() > 0 or not behind[:1].isspace() or _BEHIND.match(behind):
        return found[0].strip(_AROUND)
    return text


def _is_host(host: str) -> bool:
    """Whether every part of a host name has characters and a length that names can have."""
    if ":" in host:
        return True
    try:
        labels = host.encode("idna").split(b".")
    except UnicodeError:
        return False
    last = host.rpartition(".")[2]
    if _EAST.search(last) and re.search("[a-z]", last):  # "gw.example.com" and a sentence
        return False
    is_named = len(labels) > 1 or is_loopback(host)
    return is_named and all(_LABEL.fullmatch(label) for label in labels)


def origin(url: str) -> tuple[str, str, int]:
    """(scheme, host, port) in lower case, with the default port written out."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"https": 443}.get(scheme, 80)


def is_loopback(host: str) -> bool:
    """Whether a host name or literal can only mean this computer."""
    host = host.lower().strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
