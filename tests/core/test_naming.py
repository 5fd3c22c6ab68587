"""The name template: what it promises to a person who looks into the folder."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.account import Account, Service
from rushes.core.naming import (
    SHA8_LATER,
    TOKENS,
    BadTemplate,
    check,
    id8,
    model_short,
    render,
    values_of,
)
from rushes.core.settings import DEFAULT_TEMPLATE
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    Key,
    Mark,
    Report,
    Status,
    Task,
    Usage,
    blank,
)
from tests.core.pasted import SHAPES

AT = datetime(2026, 3, 7, 14, 5, 9, tzinfo=UTC)
ACCOUNT = Account(id="a", name="Studio", service=Service.ARK, base_url="https://x.example")
TASK = Task(
    key=Key("a", "cgt-20260307140509-k7f3a"),
    report=Report(
        id="cgt-20260307140509-k7f3a",
        status=Status.SUCCEEDED,
        model="doubao-seedance-2-0-260128",
        created_at=AT.timestamp(),
        seed=4294967295,
        ratio="16:9",
        resolution="1080p",
        duration_s=5.0,
        fps=23.976,
        audio=True,
        draft=False,
        usage=Usage(total_tokens=108900),
    ),
    added_at=0.0,
    mark=Mark(name="", rating=4, tags=("hero", "night")),
)


def named(template: str, kind: ArtifactKind = ArtifactKind.VIDEO, name: str = "") -> str:
    task = replace(TASK, mark=replace(TASK.mark, name=name))
    return render(template, values_of(task, kind, ACCOUNT, "mp4", UTC))


def test_that_the_default_name_says_day_model_seed_and_id() -> None:
    assert named(DEFAULT_TEMPLATE) == "20260307/seedance-2-0_4294967295_509k7f3a.mp4"


def test_that_the_users_own_name_wins_over_the_seed() -> None:
    assert named(DEFAULT_TEMPLATE, name="雨夜") == "20260307/seedance-2-0_雨夜_509k7f3a.mp4"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{id}", "cgt-20260307140509-k7f3a.mp4"),
        ("{id}.{ext}", "cgt-20260307140509-k7f3a.mp4"),
        ("{seed}{ext}", "4294967295.mp4"),
        ("{seed}.mp4", "4294967295.mp4"),
        ("{seed}.MOV", "4294967295.mp4"),
        ("{ext}/{seed}", "mp4/4294967295.mp4"),
        ("{account}\\{service}\\{seed}", "Studio/ark/4294967295.mp4"),
        ("{date:%Y/%m}/{seed}", "2026/03/4294967295.mp4"),
        ("{date}_{time}_{created}", "2026-03-07_140509_20260307-140509.mp4"),
        ("{{{seed}}}", "{4294967295}.mp4"),
        ("{name|seed}", "4294967295.mp4"),
        ("{name|noname}", "noname.mp4"),
        ("{name|take|none}", "none.mp4"),
        ("{seed}_{name|}", "4294967295.mp4"),
        ("{ratio} {resolution} {duration}s {fps}", "16x9 1080p 5s 23.976.mp4"),
        ("{audio|silent}_{draft|final}", "audio_final.mp4"),
        ("{tokens}_{rating}_{tags}", "108900_4_hero night.mp4"),
        ("{model}_{sha8}", f"doubao-seedance-2-0-260128_{SHA8_LATER}.mp4"),
        ("{status}-{kind}", "succeeded-video.mp4"),
    ],
)
def test_that_a_template_is_filled_in(template: str, name: str) -> None:
    assert named(template) == name


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{seed}_{name}_{kind}", "4294967295_video.mp4"),
        ("{name}_{seed}", "4294967295.mp4"),
        ("{seed}-{name}", "4294967295.mp4"),
        ("{seed}_{name}-{take}_{kind}", "4294967295_video.mp4"),
        ("{seed} ({name})", "4294967295.mp4"),
        ("{seed} [{take}] {kind}", "4294967295 video.mp4"),
        ("{name}/{seed}", "4294967295.mp4"),
        ("a__b_{name}", "a__b.mp4"),
        ("{name}", "509k7f3a.mp4"),
        ("{name}/{take}", "509k7f3a.mp4"),
    ],
)
def test_that_a_missing_value_leaves_no_stray_separator(template: str, name: str) -> None:
    assert named(template) == name


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "empty"),
        (".{ext}", "empty"),
        ("{sed}", "{sed} is not a token"),
        ("{Seed}", "not a token"),
        ("{}", "not a token"),
        ("{seed", "stands alone"),
        ("seed}", "stands alone"),
        ("{{seed}", "stands alone"),
        ("{na{me}}", "stands alone"),
        ("{name|sed|seed}", "never used"),
        ("{seed:04d}", "takes no format"),
        ("{date:%Q}", "not a date format"),
        ("{date:%}", "not a date format"),
        ("{date:}", "not a date format"),
        ("/etc/{id}", "inside the folder"),
        ("\\\\server\\{id}", "inside the folder"),
        ("D:\\videos\\{id}", "inside the folder"),
        ("../{id}", "leads out"),
        ("a/../{id}", "leads out"),
        ("{id}/..", "leads out"),
        ("{account}/", "names no file"),
        ("{sha8}/{id}", "cannot name a folder"),
        ("{id}\n", "invisible"),
        ("\u202e{id}", "invisible"),
    ],
)
def test_that_a_bad_template_is_refused_with_its_reason(template: str, why: str) -> None:
    with pytest.raises(BadTemplate, match=why.replace("{", r"\{")):
        check(template)
    with pytest.raises(BadTemplate):
        named(template)


def test_that_files_of_one_task_never_mean_the_same_name() -> None:
    names = {named("{id}", kind) for kind in ArtifactKind if kind is not ArtifactKind.MODEL}
    assert names == {f"{TASK.id}{suffix}.mp4" for suffix in ("", "_original", "_last")}


def test_that_kind_in_the_template_replaces_the_suffix() -> None:
    assert named("{kind}/{seed}", ArtifactKind.LAST_FRAME) == "last_frame/4294967295.mp4"


def test_that_a_value_never_adds_a_folder() -> None:
    assert named("{name}/{seed}", name="../../etc\\x\0y") == ".._.._etc_x_y/4294967295.mp4"


def test_that_a_long_name_leaves_room_for_the_id() -> None:
    assert named("{name}_{id8}", name="夜" * 500) == f"{'夜' * 33}_509k7f3a.mp4"


def test_that_a_task_without_an_answer_still_has_a_name() -> None:
    task = blank(Key("a", "x1"), AT.timestamp())
    name = render(DEFAULT_TEMPLATE, values_of(task, ArtifactKind.VIDEO, ACCOUNT, "mp4", UTC))
    assert name == "20260307/x1.mp4"


@pytest.mark.parametrize("at", [1e18, -1e18, float("inf"), float("nan")])
def test_that_a_nonsense_time_falls_back_to_when_the_task_was_added(at: float) -> None:
    task = replace(TASK, report=replace(TASK.report, created_at=at), added_at=AT.timestamp())
    assert values_of(task, ArtifactKind.VIDEO, ACCOUNT, "mp4", UTC)["date"] == AT


def test_that_a_known_hash_is_used_at_once() -> None:
    task = replace(TASK, artifacts=(Artifact(kind=ArtifactKind.VIDEO, sha256="0123456789" * 6),))
    assert values_of(task, ArtifactKind.VIDEO, ACCOUNT, "mp4", UTC)["sha8"] == "01234567"


@pytest.mark.parametrize(
    ("model", "short"),
    [
        ("doubao-seedance-2-0-260128", "seedance-2-0"),
        ("doubao-seedance-2-0-fast-260128", "seedance-2-0-fast"),
        ("dreamina-seedance-2-5-260628", "seedance-2-5"),
        ("doubao-seed3d-1-0-250928", "seed3d-1-0"),
        ("doubao-seedance-1-5-pro-20251215", "seedance-1-5-pro"),
        ("seedance", "seedance"),
        ("ep-20260128120000-abcde", "ep-20260128120000-abcde"),
        ("doubao-", "doubao-"),
        ("", ""),
    ],
)
def test_that_a_model_is_shortened_to_what_tells_it_apart(model: str, short: str) -> None:
    assert model_short(model) == short


@given(st.text(alphabet=st.sampled_from("{}|:/\\._-%YmdA x名\0"), max_size=30))
def test_that_any_text_is_either_a_template_or_refused(text: str) -> None:
    try:
        check(text)
    except BadTemplate:
        return
    assert named(text).endswith(".mp4")


@given(
    st.lists(st.sampled_from(sorted(TOKENS - {"sha8", "ext"})), min_size=1, max_size=5),
    st.text(max_size=200),
)
def test_that_every_token_gives_one_file_part_whatever_the_name(
    tokens: list[str], name: str
) -> None:
    path = named("/".join(f"{{{t}}}" for t in tokens), name=name)
    assert path.endswith(".mp4")
    assert path.count("/") < len(tokens)
    assert "\0" not in path


def test_that_ids_of_one_gateway_that_begin_and_end_alike_get_different_names() -> None:
    ids = SHAPES["litellm"]
    assert len({each[-8:] for each in ids}) == 1
    short = [id8(each) for each in ids]
    assert len(set(short)) == 2
    assert all(re.fullmatch("[0-9a-f]{8}", each) for each in short)
    aisix = [id8(each) for each in SHAPES["aisix"]]
    assert len(set(aisix)) == 2
    assert id8("cgt-20260307140509-k7f3a") == "509k7f3a"
    assert id8("video_660f1fd7-fa36-450c-bf8d-cd1424a3d869") == "24a3d869"
