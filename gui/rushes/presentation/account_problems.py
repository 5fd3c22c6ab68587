"""What is wrong with an address, a key or an account as it was given, in one sentence each."""

from collections.abc import Iterable

from rushes.core.account import Account, AddressFault, BadBaseUrl, twin
from rushes.core.secret import BadKey, KeyFault
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line


def address_problem(error: BadBaseUrl) -> str:
    """The sentence for each reason `normalise_base_url` gives."""
    sentences = {
        AddressFault.NO_ADDRESS: tr("This is not a web address."),
        AddressFault.NOT_HTTPS: tr("The address must start with https://."),
        AddressFault.NO_HOST: tr("The address names no host. Type what follows https://, too."),
        AddressFault.TWO: tr("These are two addresses. Paste the one that is meant."),
        AddressFault.SPACES: tr("The address contains spaces."),
        AddressFault.USER: tr("The address contains a user name or password. Leave them out."),
        AddressFault.PLAIN_HTTP: tr(
            "The key would travel unprotected: use https:// for another computer."
        ),
    }
    return sentences[AddressFault(error.args[0])]


def key_problem(error: BadKey) -> str:
    """The sentence for each reason `clean_key` gives; never a part of the key."""
    sentences = {
        KeyFault.EMPTY: tr("Paste the key."),
        KeyFault.SPACES: tr("The key contains spaces or line breaks. Copy it again."),
        KeyFault.CHARACTERS: tr("The key contains characters no key has. Copy it again."),
        KeyFault.ADDRESS: tr("This is an address, not a key. Paste the key."),
        KeyFault.VARIABLE: tr("This is the name of a variable. Paste the key that it holds."),
        KeyFault.HIDDEN: tr("The key was copied while hidden. Show it at the service first."),
    }
    return sentences[KeyFault(error.args[0])]


def twin_problem(new: Account, accounts: Iterable[Account], before: Account | None = None) -> str:
    """The sentence that refuses an account that is there already; "" when it is not. See `twin`."""
    there = twin(new, accounts, before)
    if there is None:
        return ""
    name = one_line(there.name, 120)
    if there.name.strip().casefold() == new.name.strip().casefold():
        return tr("There is an account called {name} already. Choose another name.", name=name)
    return tr("This key at this address is there already: {name}.", name=name)
