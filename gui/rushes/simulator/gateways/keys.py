"""The keys of one gateway, of up to six kinds, and what each may see."""

import enum
import hmac

from rushes.simulator.gateway_cases import Kind
from rushes.simulator.gateways.task import letters


class KeyKind(enum.Enum):
    GOOD = "good"
    WRONG = "wrong"
    OFF = "off"  # switched off by its owner
    ENDED = "ended"  # past its date
    USED_UP = "used_up"  # without credit, until it is filled
    LIMITED = "limited"  # good for one model only


#: Which kinds there are at which gateway; a LiteLLM proxy without a database has one key.
_KINDS = {
    Kind.NEW_API: tuple(KeyKind),
    Kind.OUTER: tuple(KeyKind),
    Kind.AISIX: (KeyKind.GOOD, KeyKind.WRONG, KeyKind.OFF, KeyKind.LIMITED),
}
_PLAIN = (KeyKind.GOOD, KeyKind.WRONG)
LIMITED_TO = {Kind.NEW_API: "kling-v1-6", Kind.OUTER: "kling-v1-6", Kind.AISIX: "wan"}


class Keys:
    """`all` by kind: what the scene hands to people. The wrong one is among them, to be tried."""

    def __init__(self, kind: Kind, secret: bytes) -> None:
        self._gateway = kind
        self.all = {
            one: f"sk-{letters(f'{secret.hex()}/{kind.value}/{one.value}', 32)}"
            for one in _KINDS.get(kind, _PLAIN)
        }
        self._filled = False

    @property
    def good(self) -> str:
        return self.all[KeyKind.GOOD]

    @property
    def limited_to(self) -> str:
        return LIMITED_TO[self._gateway]

    def fill(self) -> None:
        """Give the used-up key credit again."""
        self._filled = True

    def add(self, key: str) -> None:
        """Another good key, as after "Replace key"; the one before is not accepted any more."""
        self.all[KeyKind.GOOD] = key

    def kind_of(self, authorization: str) -> KeyKind | None:
        """What the key in an `Authorization` header is; None: nobody's, or there is none.

        A new-api takes it without `Bearer` and without `sk-`, too.
        """
        word, _, rest = authorization.strip().partition(" ")
        is_bearer = word.lower() == "bearer"
        if not is_bearer and not self._gateway.is_new_api:
            return None
        given = rest.strip() if is_bearer else authorization.strip()
        for kind, key in self.all.items():
            same = hmac.compare_digest(given.encode(), key.encode())
            bare = self._gateway.is_new_api and given == key.removeprefix("sk-")
            if (same or bare) and kind is not KeyKind.WRONG:
                is_full = kind is KeyKind.USED_UP and self._filled
                return KeyKind.GOOD if is_full else kind
        return None
