"""What the user typed about an account, and what is wrong with it. Pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from rushes.core.account import BadBaseUrl, Service, normalise_base_url
from rushes.core.secret import BadKey, Secret, clean_key
from rushes.presentation.account_problems import address_problem, key_problem
from rushes.presentation.text import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """An account as it was typed, checked for shape only.

    Attributes:
        base_url: Normalised.
        ca_file: Absolute path of further certificate authorities to trust; "" none.
        import_recent: Whether to fetch what the service lists of the last 7 days.
        folder, auto_save: From the first run only; None: not asked.
    """

    name: str
    service: Service
    base_url: str
    secret: Secret
    ca_file: str = ""
    import_recent: bool = False
    folder: str | None = None
    auto_save: bool | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A value, or the sentence that says why there is none."""

    value: str = ""
    problem: str = ""


def needs_url(service: Service) -> bool:
    return service.base_url == ""


def host_of(base_url: str) -> str:
    return urlsplit(base_url).netloc


def checked_url(text: str) -> Checked:
    if not text.strip():
        return Checked(problem=tr("Type the address of the service."))
    try:
        return Checked(normalise_base_url(text))
    except BadBaseUrl as e:
        return Checked(problem=address_problem(e))


def checked_key(text: str) -> Checked:
    """Trim what comes along when a key is copied. No pattern: keys of any shape exist."""
    try:
        return Checked(clean_key(text).reveal())
    except BadKey as e:
        return Checked(problem=key_problem(e))


def usual_name(service: Service, base_url: str) -> str:
    """What an account is called until the user says otherwise."""
    return host_of(base_url) if needs_url(service) and base_url else service.title
