"""What a refused question means for the account and the task, as a Failure.

Sources: contract 1.3 and 3.1, traps 12 to 14 and 24. Codes are compared by the part before the
first dot, since services refine the rest.
"""

import re
from collections.abc import Mapping

from rushes.core.failure import Failure, Kind, Malformed
from rushes.core.retry import OWN_WORDS
from rushes.core.wire import Reply
from rushes.providers import body
from rushes.providers.complaints import NOTHING, Complaint, complaint, complaint_of, is_ok_code
from rushes.providers.values import Levels, node, text, whole

_ROUTE = re.compile(
    r"invalid url \((get|delete) |no route matched|(404 )?(route|page) not found"
    r"|cannot (get|delete) /",
    re.IGNORECASE,
)
#: The same of a 404 or 405, where less words are enough: it is the path that is not there.
_NO_PATH = re.compile(
    r"(404:? )?(invalid url\b|un(known|recogni[sz]ed) (request )?(url|route|path|endpoint)\b"
    r"|(the )?(requested )?((url|route|path|page)\b.{0,200}?|endpoint )"
    r"(not (be )?found|(not|n't) exist)|no such (url|route|path|page|endpoint)|not found: /)",
    re.IGNORECASE | re.DOTALL,
)
_NO_PATH_CODES = frozenset({"unknown_url", "unknown_route", "route_not_found", "path_not_found"})
#: Amazon's API gateway says this with 403 of a path that it does not know, whatever the key is.
_AMAZON = "missing_authentication_token"
#: What says itself that it is about the key: in its code, or at its beginning. Further on in a
#: message it may be the service behind that is quoted.
_KEY_CODE = re.compile(r"auth|token|key|no_db_connection", re.IGNORECASE)
_KEY_WORDS = re.compile(
    r"((your|the|this|an?|provided|given|error)[ :,]+)*"
    r"((api|access)?[ _-]?key\b|token|credentials?\b|auth|unauthori[sz]ed"
    r"|(invalid|incorrect|wrong|unknown|expired|missing|bad|malformed|no|unrecogni[sz]ed|disabled"
    r"|revoked).{0,40}(\bkey\b|token|credential|auth))"
    r"|.{0,8}(令牌|密钥|认证|鉴权|身份)|.{0,8}(用户|账户|账号).{0,8}封禁",
    re.IGNORECASE,
)
_LONGEST_WORD = 200  # longer: not a code
_LONGEST_MESSAGE = 2000

#: Too long an address or too large headers: of this one request, whoever says so.
_OF_THE_REQUEST = frozenset({413, 414, 431})

#: What a gateway answers where it has no such route.
_OF_NO_ROUTE = frozenset({200, 404, 405})

#: Refusals that would blame the key, the account or the request: their words are read first.
_BLAMES = frozenset({400, 401, 402, 403})

#: What a refusal is about when its words name it. The first that is found counts.
_TOPICS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (Kind.QUOTA, r"quota|额度|配额|用尽|用完|credits?\b.{0,30}(exhausted|used up|exceeded)"),
        (
            Kind.OVERDUE,
            r"overdue|arrears|unpaid|payment required|insufficient.{0,20}(balance|funds|credit)"
            r"|balance.{0,30}(insufficient|not enough|too low|negative)|欠费|余额",
        ),
        (
            Kind.MODEL_NOT_OPEN,
            r"\bmodels?\b.{0,80}(not (been )?(open|enabled|activated|authori[sz]ed|available"
            r"|allowed|supported|found|exist)|no access|unavailable|denied|forbidden)"
            r"|(no access|not have access|not allowed|permission|authori[sz]ed|denied|forbidden)"
            r".{0,80}\bmodels?\b|model_not_|无权.{0,20}模型|模型.{0,20}(未开通|未激活|无权|不存在)",
        ),
        (Kind.FORBIDDEN, r"permission|access ?denied|operationdenied|无权|权限"),
    )
)

#: Codes whose meaning is sharper than the HTTP status they come with.
_BY_CODE: Mapping[str, Kind] = {
    "accountoverdueerror": Kind.OVERDUE,
    "access_denied": Kind.NOT_API,  # a gateway's word for the network one asks from
    "unsupportedmodel": Kind.MODEL_NOT_OPEN,
    "modelnotopen": Kind.MODEL_NOT_OPEN,
    "invalidendpointormodel": Kind.MODEL_NOT_OPEN,
    "no_db_connection": Kind.DENIED,  # LiteLLM without a database, of any wrong key
    "invalid_api_key": Kind.DENIED,
    "quotaexceeded": Kind.QUOTA,
    "setlimitexceeded": Kind.QUOTA,
    "insufficient_quota": Kind.QUOTA,
}

#: Codes that only have to be looked at when the HTTP status says that all is well.
_BY_CODE_WITH_200: Mapping[str, Kind] = {
    "authenticationerror": Kind.DENIED,
    "invalidaccountstatus": Kind.DENIED,
    "accessdenied": Kind.FORBIDDEN,
    "operationdenied": Kind.FORBIDDEN,
    "notfound": Kind.NOT_FOUND,
    "missingparameter": Kind.REJECTED,
    "invalidparameter": Kind.REJECTED,
    "invalidendpoint": Kind.REJECTED,
    "invalid_request_error": Kind.REJECTED,
    "serveroverloaded": Kind.LIMITED,
    "requestbursttoofast": Kind.LIMITED,
    "inflightbatchsizeexceeded": Kind.LIMITED,
    "modelloadingerror": Kind.LIMITED,
}

_BY_STATUS: Mapping[int, Kind] = {
    401: Kind.DENIED,  # also an exhausted or ended token (new-api)
    402: Kind.OVERDUE,
    403: Kind.DENIED,
    404: Kind.NOT_FOUND,
    405: Kind.NOT_API,
    407: Kind.PROXY,
    408: Kind.SERVER,
    410: Kind.NOT_FOUND,
    425: Kind.LIMITED,
    429: Kind.LIMITED,
    451: Kind.FORBIDDEN,
}
#: By the first digit, for all others: a page, or sent on to a login page or another service.
_BY_CLASS: Mapping[int, Kind] = {2: Kind.NOT_API, 3: Kind.NOT_API, 4: Kind.REJECTED}

#: An error of the service behind a gateway, quoted in the gateway's own (LiteLLM).
_BEHIND = re.compile(r"litellm\.\w+(Error|Exception)|model group '.*' failed with the error above")
_QUOTED_TAIL = "\n\nLiteLLM:"
#: That a task is not there, in the words of services that say so with a status of other things.
_UNKNOWN_TASK = re.compile(
    r"\b(task|video|record|request)\b.{0,300}(not found|(not|n't) exist)|no such (task|video)"
    r"|task_not_(exist|found)|(任务|记录).{0,20}(不存在|未找到)|(未找到|找不到).{0,8}任务",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_UNKNOWN = frozenset({200, 400, 404, 422})
#: A 404 of the service behind is about the task that it was asked for, however it is worded, unless
#: it names something else that is not there.
_NOT_THERE = re.compile(r"not.?found|(not|n't) exist|no such", re.IGNORECASE)
_NOT_A_TASK = re.compile(
    r"\bmodels?\b|deployment|endpoint|\b(route|path|page)\b|<html", re.IGNORECASE
)


def refusal(reply: Reply) -> Failure:
    """The failure behind a page, or an HTTP status that is no success, whatever its body is."""
    said = NOTHING
    if not body.is_web_page(reply):
        answer = _readable(reply)
        if isinstance(answer, dict):
            said = complaint_of(answer, by_words=True)
            is_route = reply.status == 404 and _is_unknown_route(answer)
            return failure(reply, Kind.NOT_API if is_route else kind_of(reply.status, said), said)
        said = complaint(answer)  # plain text, nothing, cut off: who knows who says so
    detail = f"HTTP {reply.status}, {body.excerpt(reply)}"
    return failure(reply, _kind_of_foreign(reply.status), said, detail)


def objection(reply: Reply, levels: Levels) -> Failure | None:
    """The failure inside an answer with a good HTTP status; None when it complains of nothing."""
    for level in levels:
        if said := complaint_of(level, by_words=not is_ok_code(level.get("code"))):
            named = said.status or whole(level.get("code"))
            status = named if named is not None and 400 <= named <= 599 else reply.status
            return failure(reply, kind_of(status, said), said)
    return None


def kind_of(status: int, said: Complaint) -> Kind:
    """What a refusal means for the account and the task."""
    words = [_comparable(w) for w in (said.code, said.message, said.type)]
    if _ROUTE.match(said.message):
        return Kind.NOT_API
    if _is_behind(said):
        return Kind.NOT_FOUND if _is_unknown_task(status, said) else Kind.UPSTREAM
    sharp = next((_BY_CODE[w] for w in words if w in _BY_CODE), None)
    if sharp is not None:
        return sharp
    if _is_no_path(status, said):
        return Kind.NOT_API
    if _is_unknown_task(status, said):
        return Kind.NOT_FOUND
    if status in _BLAMES and (topic := _topic(said)) is not None:
        return topic
    return _kind_with_200(words) if 200 <= status < 300 else _kind_of_status(status)


def blames_key(failure: Failure) -> bool:
    """Whether a refusal says itself that it is the key which is not accepted."""
    code, message = failure.code[:_LONGEST_WORD], failure.message[:_LONGEST_MESSAGE]
    return bool(_KEY_CODE.search(code) or _KEY_WORDS.match(message))


def no_route(said: object) -> Failure | None:
    """The answer, if it means while a route is looked for that there is none: a 404 or 405 that is
    not in a gateway's own words, or a page."""
    if not isinstance(said, Failure) or said.kind is not Kind.NOT_API:
        return None
    return said if said.status in _OF_NO_ROUTE or _comparable(said.message) == _AMAZON else None


def is_vague(said: object) -> bool:
    """Whether an answer to a route that is looked for may be about the task or the route."""
    if isinstance(said, Failure) and said.kind is Kind.SERVER and not said.code:
        return said.status == 200  # a sentence and no task, such as {"message": "welcome"}
    if not isinstance(said, Failure) or said.kind not in (Kind.NOT_FOUND, Kind.MALFORMED):
        return False
    words = {_comparable(said.code), _comparable(said.message)}
    return words <= {"", "404", "not_found", "404_not_found"}


def _is_behind(said: Complaint) -> bool:
    """Whether the service behind a gateway refused the gateway: it is about that task alone,
    whatever the words of that other error are."""
    is_said = said.type.casefold() == "upstream_error"
    return is_said or _BEHIND.search(said.message[:_LONGEST_MESSAGE]) is not None


def _is_unknown_task(status: int, said: Complaint) -> bool:
    words = f"{said.code} {said.message.partition(_QUOTED_TAIL)[0]}"[:_LONGEST_MESSAGE]
    is_said = _UNKNOWN_TASK.search(words) or (status == 404 and _NOT_THERE.search(words))
    return status in _SAYS_UNKNOWN and bool(is_said) and not _NOT_A_TASK.search(words)


def _is_no_path(status: int, said: Complaint) -> bool:
    """Whether a gateway or a web framework says in JSON that it knows no such path."""
    if status == 403:
        return not said.code and _comparable(said.message) == _AMAZON
    is_said = _comparable(said.code) in _NO_PATH_CODES or _NO_PATH.match(said.message)
    return status in (404, 405) and bool(is_said)


def _topic(said: Complaint) -> Kind | None:
    """What a refusal is about by its words, whatever its status says: not about the key."""
    words = f"{said.code} {said.type} {said.message}"[:_LONGEST_MESSAGE]
    return next((kind for kind, topic in _TOPICS if topic.search(words)), None)


def _kind_with_200(words: list[str]) -> Kind:
    """Without any known word it may pass: asked again later, never believed about a task."""
    if "ratelimitexceeded" in words[0]:
        return Kind.LIMITED
    known = (_BY_CODE_WITH_200[w] for w in words if w in _BY_CODE_WITH_200)
    return next(known, Kind.SERVER)


def _kind_of_status(status: int) -> Kind:
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, Kind.SERVER)


def _kind_of_foreign(status: int) -> Kind:
    """An answer that is not in the service's own words (a proxy's or a site's page, plain text,
    nothing): only what its status says about the way there."""
    kind = _kind_of_status(status)
    is_said = kind in OWN_WORDS and kind is not Kind.LIMITED and status not in _OF_THE_REQUEST
    return Kind.NOT_API if is_said else kind


def _comparable(said: str) -> str:
    return said[:_LONGEST_WORD].split(".")[0].strip().casefold().replace(" ", "_")


def _readable(reply: Reply) -> object:
    """The decoded body, or the beginning of a plain text; None when there is neither."""
    try:
        return body.answer(reply.body)
    except Malformed:
        return body.plain_text(reply)


def _is_unknown_route(answer: object) -> bool:
    """Whether a 404 is a web framework's own, which knows no such path: nothing about a task."""
    said = node(answer)
    if {"timestamp", "path"} <= said.keys():
        return True
    return said.keys() == {"detail"} and _comparable(text(said["detail"]) or "") == "not_found"


def failure(reply: Reply, kind: Kind, said: Complaint = NOTHING, detail: str = "") -> Failure:
    """A failure of this kind out of an answer; `detail` is its HTTP status where none is given."""
    return Failure(
        kind,
        host=reply.host,
        retry_after=reply.retry_after,
        code=said.code,
        message=said.message,
        request_id=said.request_id or reply.request_id,
        detail=detail or f"HTTP {reply.status}",
        status=reply.status,
    )
