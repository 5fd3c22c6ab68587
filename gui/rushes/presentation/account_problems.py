"""What is wrong with an address, a key or an account as it was given, in one sentence each."""

from collections.abc import Iterable

from rushes.core.account import Account, BadBaseUrl, twin
from rushes.core.secret import BadKey
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line


def address_problem(error: BadBaseUrl) -> str:
    """The sentence for each reason `normalise_base_url` gives; its fragments are not translated."""
    known = {
        "it is not a web address": tr("This is not a web address."),
        "it is not an https address": tr("The address must start with https://."),
        "it names no host": tr("The address names no host. Type what follows https://, too."),
        "it is more than one address": tr("These are two addresses. Paste the one that is meant."),
        "it contains spaces": tr("The address contains spaces."),
        "it contains a user name or password": tr(
            "The address contains a user name or password. Leave them out."
        ),
        "http without TLS is only allowed to this computer": tr(
            "The key would travel unprotected: use https:// for another computer."
        ),
    }
    return known.get(str(error.args[0]), tr("This address cannot be used."))


def key_problem(error: BadKey) -> str:
    """The sentence for each reason `clean_key` gives; never a part of the key."""
    known = {
        "it is empty": tr("Paste the key."),
        "it contains spaces or line breaks": tr(
            "The key contains spaces or line breaks. Copy it again."
        ),
        "it contains characters that no key has": tr(
            "The key contains characters no key has. Copy it again."
        ),
        "it is an address": tr("This is an address, not a key. Paste the key."),
        "it is the name of a variable": tr(
            "This is the name of a variable. Paste the key that it holds."
        ),
        "it is hidden": tr("The key was copied while hidden. Show it at the service first."),
    }
    return known.get(str(error.args[0]), tr("This key cannot be used. Copy it again."))


def twin_problem(new: Account, accounts: Iterable[Account], before: Account | None = None) -> str:
    """The sentence that refuses an account that is there already; "" when it is not. See `twin`."""
    there = twin(new, accounts, before)
    if there is None:
        return ""
    name = one_line(there.name, 120)
    if there.name.strip().casefold() == new.name.strip().casefold():
        return tr("There is an account called {name} already. Choose another name.", name=name)
    return tr("This key at this address is there already: {name}.", name=name)
