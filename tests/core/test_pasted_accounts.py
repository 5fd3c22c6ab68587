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
    "http://[::1]:3000/v1": "http://[::1]:3000",
    "HTTPS://api.example.com/V1": "https://api.example.com",
    "https:/api.example.com/v1": "https://api.example.com",
    "https//api.example.com": "https://api.example.com",
    "https:// api.example.com": "https://api.example.com",
    "https：//api.example.com：8443/v1": "https://api.example.com:8443",
    "ｈｔｔｐｓ：／／ａｐｉ．ｅｘａｍｐｌｅ．ｃｏｍ／ｖ１": "https://api.example.com",
    "h\u200bttps://api.ex\u2060ample.com": "https://api.example.com",
    "api.example.com": "https://api.example.com",
    "//api.example.com/v1": "https://api.example.com",
    "localhost:3000": "http://localhost:3000",
    "127.0.0.1:4000/v1": "http://127.0.0.1:4000",
    "[::1]:3000": "http://[::1]:3000",
    "https://例子.公司/v1": "https://例子.公司",
    "https://gw_1.example-gw.com//v1": "https://gw_1.example-gw.com",
    "https:\\\\api.example.com\\v1": "https://api.example.com",
    "https:\\/\\/api.example.com\\/v1": "https://api.example.com",
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
    "/videos",
    "/videos/video_4676822/content",
    "/contents/generations/tasks",
    "/#/login?next=/token",
    "/register?aff=x",
    "/user/login",
    "/api/usage/token/",
    "/pricing",
    "/.",
    "/embeddings",
    "/messages",
    "/files/file-1/content",
    "/audio/speech",
    "/moderations",
    "/realtime?model=m",
    "/images/edits",
    "/api/pricing",
    "/api/notice",
    "/setting?tab=operation",
    "/topup",
    "/log",
    "/personal",
    "/channel/edit/3",
    "/index.html",
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
    "{}。",
    "{}.",
    "{}！",
    "{}…",
    "{};",
    "（{}）",
    "《{}》",
    "【{}】",
    "‘{}’",
    "«{}»",
    "[the docs]({})",
    "[{0}]({0})",
    "**{}**",
    "Base URL：{}",
    "接口地址：{}（国内）",
    "OPENAI_BASE_URL={}",
    'set "OPENAI_BASE_URL={}"',
    '$env:OPENAI_BASE_URL = "{}"',
    '{{"base_url": "{}", "api_key": "sk-x"}}',
    "base_url: {}  # mine",
    'OpenAI(api_key="sk-x", base_url="{}")',
    "{} \\\n  -H 'Authorization: Bearer sk-x'",
)


@pytest.mark.parametrize("around", AROUND)
def test_that_the_address_is_found_in_what_was_pasted(around: str) -> None:
    for (base, right), ending in product(BASES.items(), ENDINGS):
        is_bare = not base.lower().startswith(("http", "ｈ", "h\u200b"))
        if not is_bare or len(around) <= len("`{}`"):  # else nothing says where it begins
            text = around.format(base.rstrip("/") + ending)
            assert normalise_base_url(text) == right, text


@pytest.mark.parametrize(
    "around",
    [
        'base_url="{}"',
        "base_url: {}  # mine",
        "OPENAI_BASE_URL={}",
        "export OPENAI_BASE_URL={}",
        'OpenAI(api_key="sk-x.y.z", base_url="{}")',
        "curl {} -H 'Accept: */*'",
        "GET {}",
        "[{0}]({0})",
        "接口地址：{}",
        "{}：",
    ],
)
def test_that_an_address_without_its_beginning_is_found_behind_its_name(around: str) -> None:
    for base, right in {
        "localhost:3000/v1": "http://localhost:3000",
        "127.0.0.1:3000/v1/models": "http://127.0.0.1:3000",
        "[::1]:3000": "http://[::1]:3000",
        "gw.example.com/v1/videos": "https://gw.example.com",
        "gw.example.com:8443": "https://gw.example.com:8443",
    }.items():
        text = around.format(base)
        assert normalise_base_url(text) == right, text


@pytest.mark.parametrize(
    "text",
    [
        "https://gw.example.com\\v1",
        "https://gw.example.com\\\\v1",
        "https://gw.example.com\\user\\login",
        "https://gw.example.com/v1是我的地址",
    ],
)
def test_that_what_stands_behind_the_host_never_becomes_a_part_of_it(text: str) -> None:
    assert normalise_base_url(text) == "https://gw.example.com"


def test_that_a_prefix_that_is_called_like_a_page_stays() -> None:
    for prefix in ("/files", "/log", "/audio", "/v1/team/openai"):
        assert normalise_base_url(f"https://gw.example.com{prefix}/v1/videos").endswith(
            f"{prefix}/v1"
        )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://gw.example.com或者https://gw2.example.com", "it is more than one address"),
        ("https://gw.example.com/v1或https://gw2.example.com/v1", "it is more than one address"),
        ("https://gw.example.com,https://gw2.example.com", "it is more than one address"),
        ("https://gw.example.com是我的地址", "it is not a web address"),
        ("https://gw.example.com的/v1", "it is not a web address"),
        ("https://{id}.example.com", "it is not a web address"),
        ("https://*.example.com", "it is not a web address"),
        ("https://gw$1.example.com", "it is not a web address"),
        ("https://gw.example.com:0", "it is not a web address"),
        ("https://gw.example.com\\.evil.com\\@x", "it contains a user name or password"),
        ("api_key=sk.abc.def", "it is not a web address"),
        ("my@api.example.com", "it contains a user name or password"),
        ("https://gw.example.com\\token", "it contains spaces"),
        ("a." * 50_000, "it is not a web address"),
        ("https://", "it names no host"),
        ("http:", "it is not a web address"),
        ("https:///v1", "it names no host"),
        ("", "it names no host"),
        ("“”", "it names no host"),
        ("wss://api.example.com", "it is not an https address"),
        ("https://api.example .com", "it contains spaces"),
        ("https://a.example.com\nhttps://b.example.com", "it contains spaces"),
        ("http//api.example.com", "http without TLS is only allowed to this computer"),
        ("http://192.168.1.5:3000/v1", "http without TLS is only allowed to this computer"),
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
    "bWFueSBLZXlzIDEyMzQ1Njc4OTAtKeyAA0==",
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
    "‘{}’",
    "«{}»",
    "({})",
    "（{}）",
    "[{}]",
    "<{}>",
    "《{}》",
    "【{}】",
    "**{}**",
    "{}。",
    "{}.",
    "{}!",
    "{}；",
    "{},",
    "Bearer: {}",
    "Bearer <{}>",
    "Bearer {}  # mine",
    "Authorization:Bearer {}",
    "'Authorization': 'Bearer {}'",
    '{{"Authorization": "Bearer {}"}}',
    '-H "Authorization: Bearer {}" \\',
    "--header='Authorization: Bearer {}'",
    "curl https://api.example.com/v1/videos -H 'Authorization: Bearer {}' -d '{{}}'",
    "ARK_API_KEY = '{}'",
    "ARK_API_KEY={} # mine",
    "ARK_API_KEY='{}'\nARK_BASE_URL=https://api.example.com",
    "export ARK_API_KEY={};",
    "set ARK_API_KEY={}",
    'set "ARK_API_KEY={}"',
    "setx ARK_API_KEY {}",
    'setx ARK_API_KEY "{}"',
    "set -gx ARK_API_KEY {}",
    "setenv ARK_API_KEY {}",
    '[Environment]::SetEnvironmentVariable("ARK_API_KEY", "{}", "User")',
    'os.environ["ARK_API_KEY"] = "{}"',
    "process.env.ARK_API_KEY = '{}';",
    '{{"api_key": "{}"}}',
    '{{"apiKey":"{}"}}',
    '{{\n  "name": "mine",\n  "api_key": "{}"\n}}',
    "name: mine\napi_key: {}",
    'OpenAI(api_key="{}", base_url="https://api.example.com")',
    "api-key {}",
    "Your key is {}",
    "X={}",
    "NEWAPI={}",
    "newapi = '{}'",
    "export X={}",
    'export X="{}"  # of the team',
    "set GW={}",
    "setx GW {}",
    'setx GW "{}"',
    "set -gx GW {}",
    '$env:X="{}"',
    "$X = '{}'",
    'const k = "{}";',
    "let k='{}'",
    'cfg.gw = "{}"',
    '{{"gw": "{}"}}',
    "sk: {}",
    "我的key是 {}",
    "key 为：{}",
    "X={}\nBASE_URL=https://api.example.com",
    "API Key：{}",
    "API 密钥: {}",
    "令牌：{}",
    '\\"{}\\"',
)


@pytest.mark.parametrize("label", LABELS)
def test_that_the_key_is_found_in_what_was_pasted(label: str) -> None:
    for key in KEYS:
        assert clean_key(label.format(key)).reveal() == key, label.format(key)


def test_that_the_key_is_found_in_full_width() -> None:
    wide = KEYS[2].translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert clean_key(f"Ｂｅａｒｅｒ　{wide}").reveal() == KEYS[2]


def test_that_a_long_text_is_no_key_and_takes_no_time() -> None:
    with pytest.raises(BadKey):
        clean_key("key-" * 50_000 + " key")


@pytest.mark.parametrize("key", ["id1234567890:abcdefghijkl", "AbCdEfGhIjKl==", "AbCdEfGhIjKl="])
def test_that_a_mark_inside_a_key_ends_no_label(key: str) -> None:
    assert clean_key(key).reveal() == key


def test_that_an_invisible_character_inside_a_key_goes() -> None:
    assert clean_key("sk-AbCd\u200bEf01\u2060234").reveal() == "sk-AbCdEf01234"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("  ''", "it is empty"),
        ("Bearer ", "it is empty"),
        ("ARK_API_KEY=", "it is empty"),
        ("Bearer: ''", "it is empty"),
        ("one two", "it contains spaces or line breaks"),
        ("KEY=one two", "it contains spaces or line breaks"),
        ("X=one two three", "it contains spaces or line breaks"),
        ("export X=", "it is empty"),
        ("X=$ARK_API_KEY", "it is the name of a variable"),
        ("X=https://api.example.com", "it is an address"),
        ("Bearer one two", "it contains spaces or line breaks"),
        ("the key of my heart", "it contains spaces or line breaks"),
        ("$ARK_API_KEY", "it is the name of a variable"),
        ("Authorization: Bearer ${ARK_API_KEY}", "it is the name of a variable"),
        ("%ARK_API_KEY%", "it is the name of a variable"),
        ("$env:ARK_API_KEY", "it is the name of a variable"),
        ("https://api.example.com?key=abc", "it is an address"),
        ("密钥：schlüssel", "it contains characters that no key has"),
        ("key=••••", "it is hidden"),
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
        ("[x](https://gw.example/v1/videos/{id})", "https://gw.example/v1/videos/{id}"),
        ('"https://gw.example/v1/videos/{ID}"', "https://gw.example/v1/videos/{id}"),
        ("https://gw.example/v1/videos/{id}/content", "https://gw.example/v1/videos/{id}"),
        ("http://127.0.0.1:8080/x/{id}/y", "http://127.0.0.1:8080/x/{id}/y"),
        ('x="https://gw.example/v1" y="https://other.example/v1/{id}"', "https://gw.example"),
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
