"""What a refused question means: by HTTP status, by the body's words, and with neither."""

from typing import Any

import pytest

from rushes.core.failure import PAUSING, Failure, Kind
from rushes.providers.registry import read_page
from tests.providers.replies import failure, reply


def ark(code: str, message: str = "m") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": "", "type": ""}}


def new_api(message: str, kind: str = "new_api_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": ""}}


def litellm(name: str, said: str) -> dict[str, Any]:
    text = (
        f"litellm.{name}: {said}\n\nLiteLLM: model group 'gen4' failed with the error above. "
        "No fallback was attempted."
    )
    return {"error": {"message": text, "type": "invalid_request_error", "code": "404"}}


def behind(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "upstream_error", "code": None}}


TABLE: list[tuple[int, Any, Kind]] = [
    # Ark's table
    (400, ark("MissingParameter"), Kind.REJECTED),
    (400, ark("InvalidParameter.TaskType"), Kind.REJECTED),
    (400, ark("InvalidEndpoint.ClosedEndpoint"), Kind.REJECTED),
    (401, ark("AuthenticationError"), Kind.DENIED),
    (401, ark("InvalidAccountStatus"), Kind.DENIED),
    (403, ark("AccessDenied"), Kind.FORBIDDEN),
    (403, ark("AccountOverdueError"), Kind.OVERDUE),
    (403, ark("OperationDenied.ServiceOverdue"), Kind.OVERDUE),
    (403, ark("OperationDenied.X"), Kind.FORBIDDEN),
    (404, ark("NotFound.Task", "The specified task t is not found."), Kind.NOT_FOUND),
    (404, ark("ResourceNotFound"), Kind.NOT_FOUND),
    (404, ark("UnsupportedModel"), Kind.MODEL_NOT_OPEN),
    (404, ark("ModelNotOpen"), Kind.MODEL_NOT_OPEN),
    (404, ark("InvalidEndpointOrModel.NotFound"), Kind.MODEL_NOT_OPEN),
    (429, ark("RateLimitExceeded.EndpointRPMExceeded"), Kind.LIMITED),
    (429, ark("ModelAccountRpmRateLimitExceeded"), Kind.LIMITED),
    (429, ark("AccountRateLimitExceeded"), Kind.LIMITED),
    (429, ark("ServerOverloaded"), Kind.LIMITED),
    (429, ark("RequestBurstTooFast"), Kind.LIMITED),
    (429, ark("InflightBatchsizeExceeded"), Kind.LIMITED),
    (429, ark("ModelLoadingError"), Kind.LIMITED),
    (429, ark("QuotaExceeded"), Kind.QUOTA),
    (429, ark("QuotaExceeded.Plan"), Kind.QUOTA),
    (429, ark("SetLimitExceeded"), Kind.QUOTA),
    (500, ark("InternalServiceError"), Kind.SERVER),
    # gateways
    (401, new_api("无效的令牌 (request id: 2026a)"), Kind.DENIED),
    (401, new_api("令牌已用尽 (request id: 2026a)"), Kind.QUOTA),
    (401, new_api("该令牌额度已用尽 TokenStatusExhausted"), Kind.QUOTA),
    (403, new_api("用户额度不足, 剩余额度: ¥0.00"), Kind.QUOTA),
    (403, {"error": {"code": "insufficient_user_quota", "message": "x"}}, Kind.QUOTA),
    (429, {"error": {"code": "insufficient_quota", "message": "x"}}, Kind.QUOTA),
    (400, {"error": {"code": "no_db_connection", "message": "No connected db."}}, Kind.DENIED),
    (401, {"error": {"code": "invalid_api_key", "message": "no access to models"}}, Kind.DENIED),
    (400, {"error": {"message": "Invalid API key"}}, Kind.DENIED),
    (401, new_api("You exceeded your current quota, please check your plan"), Kind.QUOTA),
    (401, new_api("all credits are used up"), Kind.QUOTA),
    (402, new_api("Payment Required"), Kind.OVERDUE),
    (403, new_api("insufficient balance"), Kind.OVERDUE),
    (402, new_api("no"), Kind.OVERDUE),
    (403, new_api("This token has no access to model seedance-2"), Kind.MODEL_NOT_OPEN),
    (403, new_api("该令牌无权访问模型 seedance-2"), Kind.MODEL_NOT_OPEN),
    (401, new_api("The model m is not open for your account"), Kind.MODEL_NOT_OPEN),
    (403, new_api("You have no permission to do this"), Kind.FORBIDDEN),
    (403, {"error": {"code": "access_denied", "message": "your network"}}, Kind.NOT_API),
    (403, new_api("banned"), Kind.DENIED),
    (403, new_api("Forbidden"), Kind.DENIED),
    (429, new_api("您已达到请求数限制"), Kind.LIMITED),
    (400, {"code": "task_not_exist", "message": "task_not_exist", "data": None}, Kind.NOT_FOUND),
    (400, {"code": "task_not_found", "message": "x", "data": None}, Kind.NOT_FOUND),
    (400, {"error": {"code": "task_not_found", "message": "x"}}, Kind.NOT_FOUND),
    (400, {"code": "", "message": "task not found"}, Kind.NOT_FOUND),
    (404, {"code": "x", "message": "no", "status_code": 404}, Kind.NOT_FOUND),
    (404, {"error": "no such task"}, Kind.NOT_FOUND),
    (500, {"code": "get_task_failed", "message": "db", "data": None}, Kind.SERVER),
    (400, {"code": "fail", "message": "x", "data": None}, Kind.REJECTED),
    (404, new_api("Invalid URL (GET /v1/x)", "invalid_request_error"), Kind.NOT_API),
    (404, {"detail": "Not Found"}, Kind.NOT_API),
    (404, {"timestamp": 1, "status": 404, "error": "Not Found", "path": "/x"}, Kind.NOT_API),
    (404, b"404 page not found", Kind.NOT_API),
    (404, b"Not Found", Kind.NOT_API),
    (404, b"task t is not known here", Kind.NOT_API),
    (404, b'{"error":{"code":"NotFou', Kind.NOT_API),
    (404, {"detail": "Task not found"}, Kind.NOT_FOUND),
    (400, {"detail": "Not Found"}, Kind.REJECTED),
    (404, {"timestamp": 1, "message": "no"}, Kind.NOT_FOUND),
    (404, {"path": "/x", "message": "no"}, Kind.NOT_FOUND),
    *(
        (404, {"message": said}, Kind.NOT_API)
        for said in (
            *("no Route matched with those values", "404 page not found", "Route not found"),
            *("Cannot GET /v1/x", "Cannot DELETE /v1/x", "Invalid URL (DELETE /v1/x)"),
            *("Invalid URL", "Unknown request URL: GET /v1/x. Please check the URL"),
            "Unrecognized request URL (GET: /v1/x)",
            "The requested URL was not found on the server. If you entered the URL manually",
            *("The route v1/video/generations/x could not be found.", "Route GET:/v1/x not found"),
            *("No such route", "unknown path", "Endpoint not found", "The page does not exist"),
            "Not Found: /v1/x",
        )
    ),
    (404, {"error": {"code": "unknown_url", "message": "see the documentation"}}, Kind.NOT_API),
    (404, {"error": {"message": "Invalid URL", "type": "invalid_request_error"}}, Kind.NOT_API),
    (403, {"message": "Missing Authentication Token"}, Kind.NOT_API),
    (400, {"message": "The requested URL was not found on the server"}, Kind.REJECTED),
    (404, {"message": "the video route-1 was not found"}, Kind.NOT_FOUND),
    (404, {"message": "Task of URL x not found"}, Kind.NOT_FOUND),
    (405, {"detail": "Method Not Allowed"}, Kind.NOT_API),
    (400, ark("InvalidParameter", "the invalid URL (https://x) was given"), Kind.REJECTED),
    # whose "not found" it is, behind a gateway
    (404, litellm("NotFoundError", 'RunwaymlException - {"error": "Not found"}'), Kind.NOT_FOUND),
    (404, litellm("NotFoundError", "NotFoundError: XException - gone"), Kind.NOT_FOUND),
    (404, litellm("NotFoundError", "XException - asset 8f2 has expired"), Kind.NOT_FOUND),
    (404, litellm("BadRequestError", "XException - no such generation: 8f2"), Kind.NOT_FOUND),
    (404, litellm("NotFoundError", "XException - model gen5 does not exist"), Kind.UPSTREAM),
    (404, litellm("NotFoundError", "XException - <html>404 Not Found</html>"), Kind.UPSTREAM),
    (404, litellm("NotFoundError", "AzureException - Deployment not found"), Kind.UPSTREAM),
    (401, litellm("NotFoundError", "XException - key not found"), Kind.UPSTREAM),
    (400, litellm("BadRequestError", "The record or task 1 does not exist."), Kind.NOT_FOUND),
    (400, litellm("BadRequestError", "The prompt is too long."), Kind.UPSTREAM),
    (500, litellm("InternalServerError", "The task 1 does not exist."), Kind.UPSTREAM),
    (400, {"code": 1, "message": "任务不存在"}, Kind.NOT_FOUND),
    (422, {"code": 1, "message": "no such video"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "no such task"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "This task doesn't exist any more"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "Video with id 'video_1' not found."}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "The record does not exist"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "Request not found"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "记录不存在"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "任务未找到"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "未找到该任务"}, Kind.NOT_FOUND),
    (400, {"code": 1, "message": "找不到任务"}, Kind.NOT_FOUND),
    (404, behind("ResourceNotFound: it is not there"), Kind.NOT_FOUND),
    (404, behind("it does not exist"), Kind.NOT_FOUND),
    (404, behind("it doesn't exist"), Kind.NOT_FOUND),
    (404, behind("upstream: 404 page not found"), Kind.UPSTREAM),
    (404, behind("upstream: route not found"), Kind.UPSTREAM),
    (404, behind("no such path"), Kind.UPSTREAM),
    (422, {"code": 1, "message": "the video has no sound"}, Kind.REJECTED),
    (400, {"code": 1, "message": "the task's model does not exist"}, Kind.MODEL_NOT_OPEN),
    (404, behind("ResourceNotFound: nothing of this name"), Kind.NOT_FOUND),
    (404, behind("the endpoint ep-1 does not exist"), Kind.UPSTREAM),
    (404, behind("the line is busy"), Kind.UPSTREAM),
    (400, behind("the voice does not exist"), Kind.UPSTREAM),
    (401, new_api("litellm.AuthenticationError: no"), Kind.UPSTREAM),
    (401, new_api("litellm.APIException: no"), Kind.UPSTREAM),
    (401, new_api("no; model group 'wan' failed with the error above"), Kind.UPSTREAM),
    # RongCloud
    (401, {"code": 1002, "errorMessage": "invalid token"}, Kind.DENIED),
    (400, {"code": 1002, "errorMessage": "missing parameter"}, Kind.REJECTED),
    (500, {"code": 1000, "errorMessage": "inner"}, Kind.SERVER),
    (401, ark("QuotaExceeded"), Kind.QUOTA),
    # odd statuses
    (405, {"error": "no"}, Kind.NOT_API),
    (410, {"error": "gone"}, Kind.NOT_FOUND),
    (413, b"", Kind.REJECTED),
    (425, {}, Kind.LIMITED),
    (431, b"", Kind.REJECTED),
    (451, {}, Kind.FORBIDDEN),
    (302, b"", Kind.NOT_API),
    (402, b"", Kind.NOT_API),
    (405, b"", Kind.NOT_API),
    (407, b"", Kind.PROXY),
    (408, b"", Kind.SERVER),
    (410, b"", Kind.NOT_API),
    (414, b"", Kind.REJECTED),
    (418, b"", Kind.NOT_API),
    (529, b"", Kind.SERVER),
]


@pytest.mark.parametrize(("status", "body", "kind"), TABLE)
def test_what_a_refusal_means(status: int, body: object, kind: Kind) -> None:
    assert failure(body, status).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.NOT_API),
        (401, Kind.NOT_API),
        (403, Kind.NOT_API),
        (404, Kind.NOT_API),
        (429, Kind.LIMITED),
        (500, Kind.SERVER),
        (502, Kind.SERVER),
        (503, Kind.SERVER),
        (504, Kind.SERVER),
    ],
)
@pytest.mark.parametrize("body", [b"", b"  \n", b"null", b"[]", b"{", b"\xff\xfe", b"nan"])
def test_that_an_empty_or_broken_body_says_nothing_about_key_or_task(
    status: int, kind: Kind, body: bytes
) -> None:
    assert failure(body, status, content_type="").kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.NOT_API),
        (401, Kind.NOT_API),
        (402, Kind.NOT_API),
        (403, Kind.NOT_API),
        (404, Kind.NOT_API),
        (429, Kind.LIMITED),
        (500, Kind.SERVER),
        (502, Kind.SERVER),
        (504, Kind.SERVER),
        (522, Kind.SERVER),
    ],
)
def test_that_a_proxy_s_page_is_told_from_a_wrong_address(status: int, kind: Kind) -> None:
    found = failure(b"<html>cloudflare</html>", status, content_type="text/html")
    assert (found.kind, found.message) == (kind, "")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Kind.REJECTED), (401, Kind.DENIED), (403, Kind.DENIED), (404, Kind.NOT_FOUND)],
)
def test_that_an_object_without_any_word_leaves_the_status_to_decide(
    status: int, kind: Kind
) -> None:
    assert failure({}, status).kind is kind


SAID_WITH_200: list[tuple[Any, Kind]] = [
    (ark("AuthenticationError"), Kind.DENIED),
    (ark("AccountOverdueError"), Kind.OVERDUE),
    (ark("AccessDenied.X"), Kind.FORBIDDEN),
    (ark("NotFound.Task"), Kind.NOT_FOUND),
    (ark("InvalidParameter"), Kind.REJECTED),
    (ark("ModelAccountTpmRateLimitExceeded"), Kind.LIMITED),
    (ark("ServerOverloaded"), Kind.LIMITED),
    (ark("QuotaExceeded"), Kind.QUOTA),
    (ark("InternalServiceError"), Kind.SERVER),
    (new_api("bad", "invalid_request_error"), Kind.REJECTED),
    ({"error": "busy"}, Kind.SERVER),
    ({"code": "task_not_exist", "message": "task_not_exist", "data": None}, Kind.NOT_FOUND),
    ({"code": "success", "data": {"code": "task_not_exist", "message": "x"}}, Kind.NOT_FOUND),
    ({"code": 401, "message": "no"}, Kind.DENIED),
    ({"code": "429", "message": "slow down", "data": None}, Kind.LIMITED),
    ({"code": "x", "message": "no", "status_code": 403}, Kind.DENIED),
    ({"code": 1008, "errorMessage": "limit"}, Kind.SERVER),
    ({"message": "upstream is away"}, Kind.SERVER),
    ({"code": 1, "message": "任务不存在"}, Kind.NOT_FOUND),
    (ark("InvalidAccountStatus"), Kind.DENIED),
    (ark("OperationDenied.X"), Kind.FORBIDDEN),
    (ark("MissingParameter"), Kind.REJECTED),
    (ark("InvalidEndpoint.ClosedEndpoint"), Kind.REJECTED),
    (ark("RequestBurstTooFast"), Kind.LIMITED),
    (ark("InflightBatchsizeExceeded"), Kind.LIMITED),
    (ark("ModelLoadingError"), Kind.LIMITED),
]


@pytest.mark.parametrize(("body", "kind"), SAID_WITH_200)
def test_that_an_error_with_a_good_status_is_an_error(body: object, kind: Kind) -> None:
    assert failure(body).kind is kind
    page = read_page(reply(body))
    assert isinstance(page, Failure)
    assert page.kind is (Kind.NOT_API if kind is Kind.NOT_FOUND else kind)


#: Words that keep a refusal from the key, whatever the status blames.
TOPICS = {
    Kind.QUOTA: (
        *("no quota", "额度不足", "配额不足", "已用尽", "已用完", "credits are used up"),
        *("the credit is exhausted", "credits exceeded"),
    ),
    Kind.OVERDUE: (
        *(
            "Account overdue",
            "in arrears",
            "bills are unpaid",
            "payment required",
            "已欠费",
            "余额不足",
        ),
        *("insufficient account balance", "insufficient funds", "insufficient credit"),
        *("the balance is insufficient", "balance not enough", "balance too low"),
        "your balance is negative",
    ),
    Kind.MODEL_NOT_OPEN: (
        *(
            "model m is not open",
            "model not enabled",
            "models are not activated",
            "model not found",
        ),
        *("model m has not been authorized", "model not authorised", "model is not available"),
        *("model m is not allowed", "model not supported", "model m does not exist"),
        *("model m: no access", "model unavailable", "model m denied", "model m: forbidden"),
        *(
            "no access to model m",
            "you do not have access to the model",
            "not allowed to use a model",
        ),
        *("no permission for model m", "unauthorized for model m", "unauthorised model"),
        *("denied for this model", "forbidden model", "model_not_found", "无权访问模型"),
        *("模型未开通", "模型未激活", "模型无权使用", "模型不存在"),
    ),
    Kind.FORBIDDEN: (
        "no permission",
        "user access denied",
        "OperationDenied",
        "无权操作",
        "没有权限",
    ),
}


@pytest.mark.parametrize(
    ("words", "kind"), [(words, kind) for kind, said in TOPICS.items() for words in said]
)
def test_that_words_about_something_else_do_not_blame_the_key(words: str, kind: Kind) -> None:
    for status in (401, 402, 403):
        assert failure(new_api(words), status).kind is kind
    assert failure(new_api(words), 500).kind is Kind.SERVER


@pytest.mark.parametrize(
    "name",
    [
        *("task_status_msg", "failMsg", "err_msg", "message", "msg", "errorMessage", "error_msg"),
        *("status_msg", "detail"),
    ],
)
def test_under_which_names_a_refusal_says_why(name: str) -> None:
    for body in ({"code": "x", name: "why"}, {"error": {"code": "x", name: "why"}}):
        found = failure(body, 400)
        assert (found.code, found.message) == ("x", "why")


def test_that_everything_the_service_said_is_passed_on() -> None:
    body = ark("ServerOverloaded", "Too much. Request id: 0217abc")
    found = failure(body, 429, retry_after=7.0, request_id="header-id")
    assert found == Failure(
        Kind.LIMITED,
        host="api.example",
        retry_after=7.0,
        code="ServerOverloaded",
        message="Too much. Request id: 0217abc",
        request_id="0217abc",
        detail="HTTP 429",
    )


def test_that_the_header_s_request_id_stands_in_for_one_in_the_message() -> None:
    assert failure(ark("A"), 500, request_id="header-id").request_id == "header-id"


def test_that_an_unreadable_sentence_is_passed_on_without_a_query() -> None:
    found = failure(b"upstream https://f.example/v?sig=secret is away", 503)
    assert found.message == "upstream https://f.example/v?… is away"


def test_that_a_list_call_s_404_means_there_is_no_list() -> None:
    found = read_page(reply(b"", 404))
    assert isinstance(found, Failure)
    assert found.kind is Kind.NOT_API


def test_that_trouble_which_passes_never_pauses_an_account() -> None:
    for status in (400, 404, 408, 409, 429, 500, 502, 503, 504):
        assert failure(b"", status).kind not in PAUSING
