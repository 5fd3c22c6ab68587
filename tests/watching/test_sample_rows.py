"""Every answer of the gateways that were asked is in a test of what its row says."""

import json
import re

import pytest

from rushes.core.account import Dialect
from rushes.core.failure import PAUSING, Failure
from rushes.core.task_ids import read_text
from rushes.providers.gateway import is_list_of_models
from rushes.providers.registry import provider_for, read_page
from tests.providers.test_gateway_samples import CASES, CONTRACT, reply_of
from tests.watching.test_gateway_films import GIVEN, NO_FILM, REDIRECTS
from tests.watching.test_gateways import BEHIND, REFUSED, UNKNOWN

NO_LIST = [
    *(
        f"litellm/list_{kind}"
        for kind in ("ark_route", "dashscope", "fal_ai", "openai", "runwayml")
    ),
    *("litellm/list_no_provider", "litellm/list_page2", "aisix/no_list"),
]
MODELS = ["newapi/models_limited", "aisix/models", "litellm/models"]
#: Answers to submissions, as people paste them, by how many ids stand in them.
SUBMITTED = {
    "newapi/submit_answer": 1,
    "newapi/submit_refused": 0,
    "aisix/submit": 1,
    "litellm/create_dash": 1,
    "litellm/create_minimax": 1,
    "litellm/create_openai": 1,
    "litellm/create_runway": 1,
    "litellm/create_openai_cn": 0,
}
#: In tests of `test_gateways` that say more than a list of names: routes, keys, money.
ASKED_THERE = {
    *("newapi/route_unknown_api", "newapi/route_unknown_page", "aisix/no_such_route"),
    *("newapi/usage_token", "newapi/usage_token_used_up", "newapi/usage_token_refused"),
    "newapi/status",
}
#: Answers to HEAD, which is never sent.
NEVER_ASKED = {"aisix/content_head", "litellm/content_openai_head"}


@pytest.mark.parametrize("name", NO_LIST)
def test_that_no_list_is_looked_for_at_a_gateway_and_its_refusal_pauses_nothing(name: str) -> None:
    provider = provider_for(Dialect.GATEWAY)
    assert (provider.many, provider.recent) == (None, None)
    found = read_page(reply_of(CONTRACT / f"{name}.json"))
    assert isinstance(found, Failure)
    assert found.kind not in PAUSING


@pytest.mark.parametrize("name", MODELS)
def test_that_a_list_of_models_tells_a_good_key(name: str) -> None:
    assert is_list_of_models(reply_of(CONTRACT / f"{name}.json"))


@pytest.mark.parametrize(("name", "count"), SUBMITTED.items())
def test_how_many_ids_stand_in_the_answer_to_a_submission(name: str, count: int) -> None:
    text = reply_of(CONTRACT / f"{name}.json").body.decode()
    found = [found.id for found in read_text(text).found]
    assert len(found) == count
    assert not count or found == [json.loads(text)["id"]]


def test_that_what_an_sdk_prints_holds_each_id_once() -> None:
    for shown in json.loads((CONTRACT / "litellm/sdk_prints.json").read_text("utf-8"))["prints"]:
        right = shown.get("ids") or re.findall(r"\bid='(video_[^']+)'", shown["text"])
        assert [found.id for found in read_text(shown["text"]).found] == right, shown["text"]


def test_that_every_row_of_the_samples_is_in_a_test() -> None:
    rows = set()
    for folder in ("newapi", "aisix", "litellm"):
        index = (CONTRACT / folder / "INDEX.md").read_text("utf-8")
        names = re.findall(r"^\| (\S+)\.(?:json|html) \|", index, re.MULTILINE)
        rows |= {f"{folder}/{name}" for name in names}
    tasks = {f"{path.parent.name}/{path.stem}" for path, _ in CASES}
    named = tasks.union(BEHIND, UNKNOWN, REFUSED, NO_FILM, GIVEN, REDIRECTS, NO_LIST, MODELS)
    named |= {*SUBMITTED, *ASKED_THERE, *NEVER_ASKED, "litellm/sdk_prints"}
    assert len(rows) > 160
    assert rows - named == set()
