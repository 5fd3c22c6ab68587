"""The services Rushes knows, and a user's account with one of them."""

import enum
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


class Service(enum.Enum):
    """A preset: who answers and where. The values are the words of the command line."""

    ARK = "ark"
    BYTEPLUS_AP = "byteplus-ap"
    BYTEPLUS_EU = "byteplus-eu"
    RONG_BJ = "rong-bj"
    RONG_NA = "rong-na"
    ANYFAST = "anyfast"
    ANYFAST_INTL = "anyfast-intl"
    JIMENG = "jimeng"
    GATEWAY = "gateway"


class Dialect(enum.Enum):
    """How a service speaks; several presets share one."""

    ARK = "ark"
    RONG = "rong"
    ANYFAST = "anyfast"
    JIMENG = "jimeng"
    GATEWAY = "gateway"  # told by the body's shape


@dataclass(frozen=True, slots=True)
class Preset:
    service: Service
    title: str  # a proper name: not translated
    dialect: Dialect
    base_url: str  # "" where the user must give one


PRESETS: dict[Service, Preset] = {
    p.service: p
    for p in (
        Preset(
            Service.ARK,
            "Volcengine Ark (Beijing)",
            Dialect.ARK,
            "https://ark.cn-beijing.volces.com",
        ),
        Preset(
            Service.BYTEPLUS_AP,
            "BytePlus ModelArk (Asia Pacific)",
            Dialect.ARK,
            "https://ark.ap-southeast.bytepluses.com",
        ),
        Preset(
            Service.BYTEPLUS_EU,
            "BytePlus ModelArk (Europe)",
            Dialect.ARK,
            "https://ark.eu-west.bytepluses.com",
        ),
        Preset(Service.RONG_BJ, "Rong API (Beijing)", Dialect.RONG, "https://ai.rong-api.com"),
        Preset(
            Service.RONG_NA,
            "Rong API (North America)",
            Dialect.RONG,
            "https://ai.us-light-api.com",
        ),
        Preset(Service.ANYFAST, "AnyFast (China)", Dialect.ANYFAST, "https://www.anyfast.com.cn"),
        Preset(
            Service.ANYFAST_INTL,
            "AnyFast (International)",
            Dialect.ANYFAST,
            "https://www.anyfast.ai",
        ),
        Preset(Service.JIMENG, "Jimeng gateway", Dialect.JIMENG, ""),
        Preset(Service.GATEWAY, "Other gateway", Dialect.GATEWAY, ""),
    )
}


#: Words that are taken for a preset too: what the five dialects are called.
SYNONYMS = {"ark_list": Service.ARK, "rong": Service.RONG_BJ}


def service_named(word: str) -> Service:
    """The preset a word of the command line means.

    Raises:
        ValueError: none.
    """
    return SYNONYMS.get(word) or Service(word)


def can_list(service: Service) -> bool:
    """Whether the service can list its tasks (import the last 7 days)."""
    return PRESETS[service].dialect is Dialect.ARK


class KeySource(enum.Enum):
    """Where an account's key comes from at each start."""

    VAULT = "vault"  # the system keyring
    SESSION = "session"  # memory only: asked for again after a restart
    ENVIRONMENT = "environment"  # the variable Account.key_env, never stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One key at one service.

    Attributes:
        id: A random UUID; also the name of the vault entry.
        base_url: Scheme, host, optional port and path prefix, without a trailing slash.
        key_hint: The key's last four characters, to tell accounts apart; never more.
        ca_file: PEM file of further certificate authorities trusted for this account; "" none.
        created_at: Unix seconds.
        keep_importing: Whether tasks that were made elsewhere come into the list by themselves,
            where the service can list.
    """

    id: str
    name: str
    service: Service
    base_url: str
    key_source: KeySource = KeySource.VAULT
    key_env: str = ""
    key_hint: str = ""
    created_at: float = 0.0
    ca_file: str = ""
    keep_importing: bool = False

    @property
    def dialect(self) -> Dialect:
        return PRESETS[self.service].dialect

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def can_list(self) -> bool:
        return can_list(self.service)


class BadBaseUrl(ValueError):
    """Not usable as a base URL. `args[0]` is one sentence fragment that says why."""


def normalise_base_url(text: str) -> str:
    """Trim what people paste: white space, trailing slashes, an `/api/v3` the dialect adds itself.

    Raises:
        BadBaseUrl: no scheme or host, userinfo, query or fragment, or plain http to another
            machine (a key would travel in the open).
    """
    text = text.strip().rstrip("/")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as e:
        raise BadBaseUrl("it is not a web address") from e
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadBaseUrl("it is not an https address")
    if any(c.isspace() or not c.isprintable() for c in text):
        raise BadBaseUrl("it contains spaces")
    if parts.username or parts.password:
        raise BadBaseUrl("it contains a user name or password")
    if parts.query or parts.fragment:
        raise BadBaseUrl("it contains a query")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise BadBaseUrl("http without TLS is only allowed to this computer")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    at = f":{port}" if port is not None else ""
    return f"{parts.scheme}://{host}{at}{parts.path}".rstrip("/").removesuffix("/api/v3")


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
