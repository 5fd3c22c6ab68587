"""What the user typed about an account, and what is wrong with it. Pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from rushes.core.account import PRESETS, BadBaseUrl, Service, normalise_base_url
from rushes.core.secret import Secret
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
    return PRESETS[service].base_url == ""


def host_of(base_url: str) -> str:
    return urlsplit(base_url).netloc


def checked_url(text: str) -> Checked:
    if not text.strip():
        return Checked(problem=tr("Type the address of the service."))
    try:
        return Checked(normalise_base_url(text))
    except BadBaseUrl as e:
        return Checked(problem=_url_problem(str(e.args[0])))


def _url_problem(why: str) -> str:
    """The sentence for each reason `normalise_base_url` gives; its fragments are not translated."""
    known = {
        "it is not a web address": tr("This is not a web address."),
        "it is not an https address": tr("The address must start with https://."),
        "it contains spaces": tr("The address contains spaces."),
        "it contains a user name or password": tr(
            "The address contains a user name or password. Leave them out."
        ),
        "it contains a query": tr("The address contains a query. Leave out what follows the “?”."),
        "http without TLS is only allowed to this computer": tr(
            "The key would travel unprotected: use https:// for another computer."
        ),
    }
    return known.get(why, tr("This address cannot be used."))


def checked_key(text: str) -> Checked:
    """Trim what comes along when a key is copied. No pattern: keys of any shape exist."""
    key = text.strip().removeprefix("Bearer ").strip().strip("\"'")
    if not key:
        return Checked(problem=tr("Paste the key."))
    if any(c.isspace() for c in key):
        return Checked(problem=tr("The key contains spaces or line breaks. Copy it again."))
    if not (key.isascii() and key.isprintable()):
        return Checked(problem=tr("The key contains characters no key has. Copy it again."))
    return Checked(key)


def usual_name(service: Service, base_url: str) -> str:
    """What an account is called until the user says otherwise."""
    return host_of(base_url) if needs_url(service) and base_url else PRESETS[service].title
