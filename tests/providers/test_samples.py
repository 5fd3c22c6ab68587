"""Every sample of the contract, with what it means written out in full."""

import pytest

from rushes.core.failure import Failure, Kind
from rushes.core.task import ArtifactKind, Flag, Link, Report, Status, TaskError, Usage
from rushes.core.wire import ListPage
from rushes.providers.registry import read_one, read_page
from tests.providers.replies import SAMPLES, STATUS, sample

DAY = 86400.0
_ARK_HOST = "https://ark-content-generation-cn-beijing.tos-cn-beijing.volces.com"
_ACG_HOST = "https://ark-acg-cn-beijing.tos-cn-beijing.volces.com"
_AP_HOST = "https://ark-acg-ap-southeast-1.tos-ap-southeast-1.volces.com"
_REFUSED = "The request failed because the output video may contain sensitive information."


def tokens(n: int) -> Usage:
    return Usage(completion_tokens=n, total_tokens=n, billed_tokens=n)


def video(
    url: str,
    expires_at: float,
    *,
    inferred: bool = True,
    uses: int | None = None,
    others: tuple[str, ...] = (),
) -> Link:
    return Link(
        kind=ArtifactKind.VIDEO,
        others=others,
        url=url,
        expires_at=expires_at,
        expires_inferred=inferred,
        max_requests=uses,
    )


def model_3d(expires_at: float) -> Link:
    return Link(
        kind=ArtifactKind.MODEL, url="https://xxx", expires_at=expires_at, expires_inferred=True
    )


def seed3d(task_id: str, at: float) -> Report:
    return Report(
        id=task_id,
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seed3d-1-0-250928",
        created_at=at,
        updated_at=at,
        subdivision="medium",
        file_format="glb",
        usage=tokens(30000),
        links=(model_3d(at + DAY),),
    )


ONE: dict[str, Report | Failure] = {
    "ark_get_succeeded_doc_2025-10.json": Report(
        id="cgt-2025******-****",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seedance-1-0-pro-250528",
        created_at=1743414619.0,
        updated_at=1743414673.0,
        resolution="720p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=10,
        usage=tokens(108900),
        links=(video(f"{_ARK_HOST}/doubao-seedance-1-0-pro/****", 1743414673.0 + DAY),),
    ),
    "ark_get_succeeded_doc_2026_seedance20.json": Report(
        id="cgt-2026****-****",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seedance-2-0-260128",
        created_at=1779348818.0,
        updated_at=1779348874.0,
        resolution="720p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=78674,
        audio=True,
        draft=False,
        tier="default",
        priority="0",
        expires_after_s=172800.0,
        usage=tokens(108900),
        links=(video(f"{_ARK_HOST}/xxx", 1779348874.0 + DAY),),
    ),
    "ark_get_succeeded_doc_byteplus_2026-10.json": Report(
        id="cgt-2025******-****",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="dreamina-seedance-2-0-260128",
        created_at=1743414619.0,
        updated_at=1743414673.0,
        resolution="720p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=10,
        audio=True,
        draft=False,
        tier="default",
        priority="0",
        expires_after_s=172800.0,
        usage=tokens(108900),
        links=(
            video(
                "https://ark-content-generation-ap-southeast-1.tos-ap-southeast-1.volces.com/xxx",
                1743414673.0 + DAY,
            ),
        ),
    ),
    "ark_get_succeeded_doc_seedance25_1080p.json": Report(
        id="cgt-2025****",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seedance-2-5-260628",
        created_at=1765510475.0,
        updated_at=1765510559.0,
        resolution="1080p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=58944,
        tier="default",
        expires_after_s=172800.0,
        usage=tokens(246840),
        links=(video(f"{_ARK_HOST}/****", 1765510559.0 + DAY),),
    ),
    "ark_get_succeeded_real_byteplus25_480p4s.json": Report(
        id="cgt-20260808075608-thsls",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="dreamina-seedance-2-5-260628",
        created_at=1786146968.0,
        updated_at=1786147078.0,
        resolution="480p",
        ratio="16:9",
        duration_s=4.0,
        fps=24.0,
        seed=88034,
        audio=True,
        draft=False,
        tier="default",
        priority="0",
        file_format="mp4",
        expires_after_s=172800.0,
        usage=tokens(38830),
        links=(video(f"{_AP_HOST}/...", 1786147078.0 + DAY),),
    ),
    # the signing date was cut out of this URL by its source: the end can only be inferred
    "ark_get_succeeded_real_byteplus25_maxrequests.json": Report(
        id="cgt-20260808082624-xqcwx",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="dreamina-seedance-2-5-260628",
        created_at=1786148788.0,
        updated_at=1786148935.0,
        resolution="720p",
        ratio="9:16",
        duration_s=5.0,
        fps=24.0,
        seed=53843,
        audio=False,
        draft=False,
        tier="default",
        priority="0",
        file_format="mp4",
        expires_after_s=172800.0,
        usage=tokens(324000),
        links=(
            video(
                f"{_AP_HOST}/dreamina-seedance-2-5/3003863700/Video/xwcqx-42628080806202-tgc_.../"
                "cgt-20260808082624-xqcwx.mp4?X-Tos-Algorithm=TOS4-HMAC-SHA256&...&"
                "X-Tos-Expires=86400&X-Tos-Max-Requests=100&...",
                1786148935.0 + DAY,
                uses=100,
            ),
        ),
    ),
    "ark_get_running_real.json": Report(
        id="cgt-20260410162021-xxxxx",
        status=Status.RUNNING,
        status_raw="running",
        model="doubao-seedance-2-0-fast-260128",
        created_at=1775809241.0,
        updated_at=1775809241.0,
        audio=True,
        draft=False,
        tier="default",
        expires_after_s=172800.0,
    ),
    "ark_get_failed_real_sensitive_2025-12.json": Report(
        id="cgt-20251225095015-5xmc2",
        status=Status.FAILED,
        status_raw="failed",
        model="doubao-seedance-1-0-pro-250528",
        created_at=1766627415.0,
        updated_at=1766627466.0,
        tier="default",
        expires_after_s=172800.0,
        error=TaskError(
            code="OutputVideoSensitiveContentDetected",
            message=f"{_REFUSED} Request id: 02176662741563700000000000000000000ffffac19188dffe699",
            request_id="02176662741563700000000000000000000ffffac19188dffe699",
        ),
    ),
    "ark_get_error_null_string_derived.json": Report(
        id="cgt-20250331175019-68d9t",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seedance-1-0-pro-250528",
        created_at=1743414619.0,
        updated_at=1743414673.0,
        links=(video(f"{_ARK_HOST}/doubao-seedance-1-0-pro/x.mp4", 1743414673.0 + DAY),),
    ),
    "ark_get_expired_derived.json": Report(
        id="cgt-20260401000000-abcde",
        status=Status.EXPIRED,
        status_raw="expired",
        model="doubao-seedance-1-5-pro-251215",
        created_at=1774972800.0,
        updated_at=1774976400.0,
        audio=True,
        draft=False,
        tier="flex",
        expires_after_s=3600.0,
    ),
    "ark_error_404_UnsupportedModel_real.json": Failure(
        Kind.MODEL_NOT_OPEN,
        host="api.example",
        code="UnsupportedModel",
        message="The requested model does not support the agent plan feature. Please refer to "
        "the documentation at https://www.volcengine.com/docs/82379/2366394 to select a "
        "compatible model. Request id: ...",
        request_id="...",
        detail="HTTP 404",
    ),
    "ark_error_400_InvalidParameter_real.json": Failure(
        Kind.REJECTED,
        host="api.example",
        code="InvalidParameter",
        message="The parameter `content[1].image_url` specified in the request is not valid: "
        "timeout while fetching resource. Request id: "
        "021778461706934dc81d74c65c8ea02a2c5bb3d59fe0f512640b5",
        request_id="021778461706934dc81d74c65c8ea02a2c5bb3d59fe0f512640b5",
        detail="HTTP 400",
    ),
    "ark_error_429_derived.json": Failure(
        Kind.LIMITED,
        host="api.example",
        code="APIAccountRpmRateLimitExceeded",
        message="The RPM (Requests Per Minute) limit for the API on your account has been "
        "exceeded. Request ID: 0217...",
        request_id="0217...",
        detail="HTTP 429",
    ),
    "ark_delete_ok.json": Failure(
        Kind.MALFORMED, host="api.example", detail="status: unexpected NoneType"
    ),
    "ark_get_3d_doc_normalised.json": seed3d("cgt-2025******-****", 1718049470.0),
    "rong_succeeded_derived.json": Report(
        id="cgt-2025xxxxxx-xxxx",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        model="doubao-seedance-1-0-pro-250528",
        created_at=1743414619.0,
        updated_at=1743414673.0,
        resolution="720p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=10,
        audio=False,
        usage=tokens(108900),
        links=(video("https://example.invalid/v.mp4", 1743414673.0 + DAY),),
    ),
    "rong_failed_derived.json": Report(
        id="cgt-2025xxxxxx-xxxx",
        status=Status.FAILED,
        status_raw="failed",
        model="doubao-seedance-1-0-pro-250528",
        created_at=1743414619.0,
        updated_at=1743414673.0,
        error=TaskError(code="OutputVideoSensitiveContentDetected", message="..."),
    ),
    "anyfast_success_ultra_doc.json": Report(
        id="asyntask_h81efT0qwtLnzyt6VENmCZ6VXSfNxE2E",
        status=Status.SUCCEEDED,
        status_raw="SUCCESS",
        model="doubao-seedance-2-0-260128",
        created_at=1777288506.0,
        updated_at=1777288796.0,
        started_at=1777288508.0,
        finished_at=1777288800.0,
        resolution="720p",
        source_resolution="720p",
        ratio="16:9",
        duration_s=5.0,
        fps=24.0,
        seed=4304,
        audio=True,
        draft=False,
        tier="default",
        progress_raw="100%",
        action="generate",
        usage=Usage(completion_tokens=108900, total_tokens=108900, billed_tokens=245025),
        links=(
            video(
                f"{_ACG_HOST}/...mp4?...",
                1777288800.0 + DAY,
                others=("/v1/videos/asyntask_h81efT0qwtLnzyt6VENmCZ6VXSfNxE2E/content",),
            ),
            Link(
                kind=ArtifactKind.ORIGINAL_VIDEO,
                url=f"{_ACG_HOST}/...mp4?...",
                expires_at=1777288800.0 + DAY,
                expires_inferred=True,
            ),
        ),
        upstream_id="cgt-20260427191505-9j2q7",
        request_id="20260427111505260254000NBdvZFoP",
    ),
    # signed at 03:25:25Z, 44 s before the gateway noticed: the URL's own end counts
    "newapi_success_real_issue5266.json": Report(
        id="task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm",
        status=Status.SUCCEEDED,
        status_raw="SUCCESS",
        model="doubao-seedance-2-0",
        created_at=1784517678.0,
        updated_at=1784517969.0,
        started_at=1784517684.0,
        finished_at=1784517969.0,
        progress_raw="100%",
        action="generate",
        links=(
            video(
                f"{_ACG_HOST}/doubao-seedance-2-0/"
                "02178451768578500000000000000000000ffffac193b29de8be8.mp4?"
                "X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential=AKLT_REDACTED%2F20260720%2F"
                "cn-beijing%2Ftos%2Frequest&X-Tos-Date=20260720T032525Z&X-Tos-Expires=86400&"
                "X-Tos-Signature=REDACTED&X-Tos-SignedHeaders=host",
                1784517925.0 + DAY,
                inferred=False,
                others=(
                    f"{_ACG_HOST}/doubao-seedance-2-0/"
                    "02178451768578500000000000000000000ffffac193b29de8be8.mp4?X-Tos-...TRUNCATED",
                    "/v1/videos/task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm/content",
                ),
            ),
        ),
    ),
    "newapi_failure_nested_error_test.json": Report(
        id="moyu-task-1",
        status=Status.FAILED,
        status_raw="FAILURE",
        error=TaskError(
            code="OutputVideoSensitiveContentDetected",
            message="output video may contain sensitive information",
        ),
    ),
    "newapi_notstart_derived.json": Report(
        id="task_x",
        status=Status.QUEUED,
        status_raw="NOT_START",
        created_at=1784517678.0,
        updated_at=1784517678.0,
        progress_raw="0%",
        action="generate",
    ),
    "newapi_error_task_not_exist_derived.json": Failure(
        Kind.NOT_FOUND,
        host="api.example",
        code="task_not_exist",
        message="task_not_exist",
        detail="HTTP 400",
    ),
    "newapi_error_401_derived.json": Failure(
        Kind.DENIED,
        host="api.example",
        message="无效的令牌 (request id: 20260427111505260254000NBdvZFoP)",
        request_id="20260427111505260254000NBdvZFoP",
        detail="HTTP 401",
    ),
    "newapi_error_404_route_derived.json": Failure(
        Kind.NOT_API,
        host="api.example",
        message="Invalid URL (GET /v1/video/generation/x)",
        detail="HTTP 404",
    ),
    "newapi_openai_video_derived.json": Report(
        id="task_x",
        status=Status.SUCCEEDED,
        status_raw="completed",
        model="doubao-seedance-2-0",
        created_at=1784517678.0,
        finished_at=1784517969.0,
        progress_raw="100",
        links=(video("https://...", 1784517969.0 + DAY, others=("/v1/videos/task_x/content",)),),
    ),
    "jimeng_success_doc.json": Report(
        id="cgt-20250829165122-qkwch",
        status=Status.SUCCEEDED,
        status_raw="SUCCESS",
        created_at=1756457484.0,
        started_at=1756457496.0,
        finished_at=1756457546.0,
        progress_raw="100%",
        action="jimeng-videos",
        links=(
            video(
                f"{_ARK_HOST}/doubao-seedance-1-0-pro/"
                "02175645748366600000000000000000000ffffac144da8be727d.mp4?"
                "X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential=EXAMPLE-ACCESS-KEY-ID%2F"
                "20250829%2Fcn-beijing%2Ftos%2Frequest&X-Tos-Date=20250829T085221Z&"
                f"X-Tos-Expires=86400&X-Tos-Signature={'0' * 64}&X-Tos-SignedHeaders=host",
                1756457541.0 + DAY,
                inferred=False,
                others=("/v1/videos/cgt-20250829165122-qkwch/content",),
            ),
        ),
    ),
    "jimeng_schema_shape_derived.json": Report(
        id="cgt-20250829165122-qkwch",
        status=Status.SUCCEEDED,
        status_raw="SUCCESS",
        created_at=1756457484.0,
        updated_at=1756457496.0,
        request_id="x",
        links=(
            Link(  # nothing names it: the route that such gateways have
                kind=ArtifactKind.VIDEO,
                url="/v1/videos/cgt-20250829165122-qkwch/content",
                found_by_search=True,
            ),
        ),
        flags=frozenset({Flag.RESULT_MISSING}),
    ),
    "jimeng_submit_data_is_id_derived.json": Report(
        id="cgt-20250829165122-qkwch",
        status=Status.UNKNOWN,
        status_raw="",
        created_at=1756457482.0,  # the id carries it
    ),
}

PAGES: dict[str, ListPage | Failure] = {
    "ark_list_empty_derived.json": ListPage(reports=(), total=0),
    "ark_list_3d_doc_normalised.json": ListPage(
        reports=(
            seed3d("cgt-20250730114109-xtv7k", 1718049470.0),
            seed3d("cgt-20250730114109-jfd6d", 1718049870.0),
        ),
        total=2,
    ),
    # full-width colons and commas: a slip of the document, which no server can send
    "ark_list_3d_doc_RAW_INVALID.txt": Failure(
        Kind.MALFORMED, host="api.example", detail="body (not JSON): unexpected bytes"
    ),
    # two rows under one id: both kept, since callers tell them apart by time
    "ark_list_video_doc_2025-12.json": ListPage(
        reports=(
            Report(
                id="cgt-2025******-****",
                status=Status.SUCCEEDED,
                status_raw="succeeded",
                model="doubao-seedance-1-0-pro-250528",
                created_at=1743414619.0,
                updated_at=1743414673.0,
                resolution="720p",
                ratio="16:9",
                duration_s=5.0,
                fps=24.0,
                seed=10,
                tier="default",
                expires_after_s=172800.0,
                usage=tokens(108900),
                links=(
                    video(
                        f"{_ARK_HOST}/doubao-seedance-1-0-pro/****.mp4?"
                        "X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential=EXAMPLE-ACCESS-KEY-ID"
                        "****%2Fcn-beijing%2Ftos%2Frequest&X-Tos-Date=20250331T095113Z&"
                        "X-Tos-Expires=86400&X-Tos-Signature=***&X-Tos-SignedHeaders=host",
                        1743414673.0 + DAY,
                        inferred=False,
                    ),
                ),
            ),
            Report(
                id="cgt-2025******-****",
                status=Status.SUCCEEDED,
                status_raw="succeeded",
                model="doubao-seedance-1-0-pro-250528",
                created_at=1743406900.0,
                updated_at=1743406940.0,
                resolution="720p",
                ratio="16:9",
                duration_s=5.0,
                fps=24.0,
                seed=23,
                tier="default",
                expires_after_s=172800.0,
                usage=tokens(82280),
                links=(video(f"{_ARK_HOST}/xxx", 1743406940.0 + DAY),),
            ),
        ),
        total=3,
    ),
}


def test_that_no_sample_is_forgotten() -> None:
    assert ONE.keys() | PAGES.keys() == STATUS.keys()
    files = {path.name for path in SAMPLES.iterdir() if path.is_file()}
    assert files - {"INDEX.md", "http_status.json"} == STATUS.keys()


@pytest.mark.parametrize("name", ONE)
def test_that_a_sample_of_one_task_means_this(name: str) -> None:
    expected = ONE[name]
    asked_id = expected.id if isinstance(expected, Report) else "cgt-asked"
    assert read_one(sample(name), asked_id) == expected


@pytest.mark.parametrize("name", PAGES)
def test_that_a_sample_of_a_list_means_this(name: str) -> None:
    assert read_page(sample(name)) == PAGES[name]


@pytest.mark.parametrize("name", [n for n, found in ONE.items() if isinstance(found, Report)])
def test_that_the_raw_answer_is_kept_as_received(name: str) -> None:
    found = read_one(sample(name), "t")
    assert isinstance(found, Report)
    assert found.raw == (SAMPLES / name).read_text().strip()
