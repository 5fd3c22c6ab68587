"""Addresses and keys as people paste them: the right one, or what is wrong with exactly that."""

from itertools import product

import pytest

from rushes.core.account import Account, BadBaseUrl, Service, normalise_base_url
from rushes.core.secret import BadKey, clean_key

BASES = {
    "https://api.example.com": "https://api.example.com",
    "https://api.example.com/v1": "https://api.example.com",
    "https://api.example.com:8443/v1/": "https://api.example.com:8443",
    "https://gw.example.com/volc/v3": "https://gw.example.com/volc/v3",
    "https://gw.example.com/seedance/api/v3": "https://gw.example.com/seedance",
    "https://openrouter.ai/api/v1": "https://openrouter.ai/api/v1",
    "https://ark.cn-beijing.volces.com/api/v3": "https://ark.cn-beijing.volces.com",
    "http://localhost:4000": "http://localhost:4000",
    "http://127.0.0.1:3000/v1": "http://127.0.0.1:3000",
    "api.example.com": "https://api.example.com",
}
ENDINGS = (
    "",
    "/",
    "/chat/completions",
    "/videos/task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm",
    "/video/generations",
    "/contents/generations/tasks/cgt-20260915092331-ab1cd?x=1",
    "/#/console",
    "/console/token",
    "/models?limit=20",
)
AROUND = (
    "{}",
    " {} ",
    '"{}"',
    "'{}',",
    "`{}`",
    "“{}”",
    "<{}>",
    "\u200b{}\ufeff",
    "base_url = '{}'",
    "export OPENAI_BASE_URL={}",
    "curl {} -H 'Accept: */*'",
)


def _addresses() -> list[tuple[str, str]]:
    found = []
    for (base, right), ending, around in product(BASES.items(), ENDINGS, AROUND):
        is_bare = "://" not in base
        if is_bare and ("=" in around or "curl" in around):
            continue  # nothing says where it begins
        found.append((around.format(base.rstrip("/") + ending), right))
    return found


@pytest.mark.parametrize(("text", "right"), _addresses())
def test_that_the_address_is_found_in_what_was_pasted(text: str, right: str) -> None:
    assert normalise_base_url(text) == right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://", "it names no host"),
        ("http:", "it is not a web address"),
        ("https:///v1", "it names no host"),
        ("ftp://files.example.com", "it is not an https address"),
        ("http://api.example.com", "http without TLS is only allowed to this computer"),
        ("https://user:pw@api.example.com", "it contains a user name or password"),
        ("https://exa..mple.com", "it is not a web address"),
        (f"https://{'a' * 64}.example.com", "it is not a web address"),
        ("my gateway", "it contains spaces"),
        ("gateway", "it is not a web address"),
        ("https://api.example.com:port", "it is not a web address"),
    ],
)
def test_that_a_bad_address_is_told_why(text: str, why: str) -> None:
    with pytest.raises(BadBaseUrl) as caught:
        normalise_base_url(text)
    assert caught.value.args == (why,)


KEYS = (
    "0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10",
    "ark-0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10-1a2b3",
    "sk-AbCdEf0123456789AbCdEf0123456789",
    "sk-proj-A_b-C0.9/8+7=",
    "a%41&amp;key\\n",
)
LABELS = (
    "{}",
    " {}\n",
    '"{}"',
    "'{}'",
    "“{}”",
    "`{}`",
    "Bearer {}",
    "bearer  {}",
    "Authorization: Bearer {}",
    "authorization: {}",
    "-H 'Authorization: Bearer {}'",
    "ARK_API_KEY={}",
    'export ARK_API_KEY="{}"',
    "set OPENAI_API_KEY={}",
    '$env:ARK_API_KEY = "{}"',
    'api_key: "{}",',
    '"api_key": "{}",',
    "x-api-key: {}",
    "\u200b{}\u200b",
    "ＡＰＩ＿ＫＥＹ：{}",
)


@pytest.mark.parametrize(("key", "label"), list(product(KEYS, LABELS)))
def test_that_the_key_is_found_in_what_was_pasted(key: str, label: str) -> None:
    assert clean_key(label.format(key)).reveal() == key


def test_that_an_invisible_character_inside_a_key_goes() -> None:
    assert clean_key("sk-AbCd\u200bEf01\u2060234").reveal() == "sk-AbCdEf01234"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("  ''", "it is empty"),
        ("Bearer ", "it is empty"),
        ("ARK_API_KEY=", "it is empty"),
        ("one two", "it contains spaces or line breaks"),
        ("one\ntwo", "it contains spaces or line breaks"),
        ("schlüssel-1234", "it contains characters that no key has"),
        ("密钥1234", "it contains characters that no key has"),
        ("https://api.example.com/keys", "it is an address"),
        ("••••••••", "it is hidden"),
        ("sk-****", None),
    ],
)
def test_that_a_bad_key_is_told_why(text: str, why: str | None) -> None:
    if why is None:
        assert clean_key(text).reveal() == text
        return
    with pytest.raises(BadKey) as caught:
        clean_key(text)
    assert caught.value.args == (why,)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://gw.example/my/tasks/{id}", "https://gw.example/my/tasks/{id}"),
        ("gw.example/v1/query?id={task_id}&full=1", "https://gw.example/v1/query?id={id}&full=1"),
        ('"https://gw.example/v1/videos/{ID}"', "https://gw.example/v1/videos/{id}"),
        ("http://127.0.0.1:8080/x/{id}/y", "http://127.0.0.1:8080/x/{id}/y"),
    ],
)
def test_that_a_route_with_a_place_for_the_id_is_kept_whole(typed: str, kept: str) -> None:
    assert normalise_base_url(typed) == kept


def test_where_a_typed_route_leads() -> None:
    account = Account(
        id="a", name="n", service=Service.GATEWAY, base_url="https://gw.example/p/{id}?v={id}&w="
    )
    request = account.route_for("a/b?")
    assert request is not None
    assert (account.root, account.host) == ("https://gw.example", "gw.example")
    assert (request.path, request.query) == ("/p/a%2Fb%3F", (("v", "a/b?"), ("w", "")))
