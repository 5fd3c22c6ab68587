"""What some JSON complains of, and why a task failed by its own answer.

Sources: contract 1.1, 1.3 and 3.1, traps 1 to 4 and 29. Every service words an error in its own
shape, and an error may be absent in five ways.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rushes.core.failure import Malformed
from rushes.core.task import TaskError
from rushes.providers import body
from rushes.providers.values import Levels, Node, node, text, web_url, whole, word

#: 10000: Volcengine's visual services.
_OK_CODES = frozenset({"success", "succeed", "ok", "0", "200", "10000"})
#: What a `message` says when the call went well: no reason of anything.
_OK_WORDS = frozenset(
    {"success", "succeed", "succeeded", "ok", "successful", "操作成功", "成功", "null", "none"}
)
#: What a gateway says where it knows no reason (AISIX).
_EMPTY_PHRASE = "video generation failed"
_REQUEST_ID = re.compile(r"request[ _-]?id\s*[:：]\s*(\S+)", re.IGNORECASE)
_LONGEST_CODE = 200  # longer: not a code


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error as some body words it. Empty: not said."""

    code: str = ""
    message: str = ""
    type: str = ""
    request_id: str = ""
    status: int | None = None  # an HTTP status named inside the body

    def __bool__(self) -> bool:
        return bool(self.code or self.message)


def is_ok_code(code: object) -> bool:
    """Whether an envelope's `code` says that the question was answered (not that a task ended)."""
    return (word(code) or "").casefold() in _OK_CODES


def complaint(value: object) -> Complaint:
    """Read an `error` value: absent, null, "null", "", {} and empty fields are no complaint."""
    if isinstance(value, str):
        return _complaint_in_text(value)
    said = node(value)
    inner = said.get("error")
    if isinstance(inner, dict) and "error" not in inner:
        return complaint(inner)
    message = _message(said)
    if message.casefold() == _EMPTY_PHRASE:
        return Complaint()
    return Complaint(
        code=_code(said.get("code")),
        message=message,
        type=text(said.get("type")) or "",
        request_id=request_id_in(message) or text(said.get("request_id")) or "",
        status=whole(said.get("status_code")),
    )


def _complaint_in_text(value: str) -> Complaint:
    said = text(value) or ""
    if said.startswith("{"):
        try:
            return complaint(body.decode_text(said))
        except Malformed:
            pass  # a text that only begins like JSON: shown as it is
    message = "" if said.casefold() in _OK_WORDS else said
    return Complaint(message=message, request_id=request_id_in(message))


_MESSAGES = (
    *("task_status_msg", "fail_msg", "err_msg", "message", "msg", "error_message"),
    *("errorMessage", "error_msg", "status_msg", "detail", "error"),
)
#: Where a level names the code of its failure. MiniMax says it and the reason in an object.
_CODES = ("code", "fail_code", "err_code", "error_code")
_SAID_APART = "base_resp"


def _message(said: Node) -> str:
    for name in _MESSAGES:
        found = text(said.get(name))
        if found is not None and found.casefold() not in _OK_WORDS:
            return found
    return ""


def _code(value: object) -> str:
    """A code in the service's spelling; the ones that mean "no error" are none."""
    said = word(value) or ""
    return "" if said.casefold() in (*_OK_CODES, "null") else said[:_LONGEST_CODE]


def request_id_in(message: str) -> str:
    """The id a support desk asks for, out of "… Request id: 0217…" or "(request id: …)"."""
    found = _REQUEST_ID.search(message)
    return found[1].rstrip(")）,;，；\"'") if found else ""


def complaint_of(level: Node) -> Complaint:
    """What a level complains of: an error object, or a call code that is none of the good ones."""
    said = complaint(level.get("error")) or _said_apart(level)
    return said or (complaint(level) if _code(level.get("code")) else Complaint())


def _said_apart(level: Node) -> Complaint:
    said = node(level.get(_SAID_APART))
    code = _code(said.get("status_code"))
    return Complaint(code=code, message=_message(said)) if code else Complaint()


def reason_of(level: Node) -> str:
    """A level's own reason of a failure; "" where it gives none."""
    return next((said.message for said in _reasons(level) if said.message), "")


def task_error(levels: Levels) -> TaskError | None:
    """Why a task failed: the deepest code and the deepest text win."""
    said = [found for level in reversed(levels) for found in _reasons(level) if found]
    if not said:
        said = [found for level in reversed(levels) if (found := _loose_reason(level))]
    if not said:
        return None
    return TaskError(
        code=next((c.code for c in said if c.code), ""),
        message=next((c.message for c in said if c.message), ""),
        request_id=next((c.request_id for c in said if c.request_id), ""),
    )


def _reasons(level: Node) -> Iterator[Complaint]:
    yield complaint(level.get("error"))
    yield complaint(level.get("failure_reason"))  # the name in list items of one SDK
    yield _said_apart(level)
    code = next((code for name in _CODES if (code := _code(level.get(name)))), "")
    if code:
        message = _message(level)
        yield Complaint(code=code, message=message, request_id=request_id_in(message))
    for name in ("task_status_msg", "fail_msg", "err_msg", "error_message"):
        yield complaint(level.get(name))
    for name in ("fail_reason", "result_url"):  # gateways put either of the two into either
        if web_url(level.get(name)) is None:
            yield complaint(level.get(name))


def _loose_reason(level: Node) -> Complaint:
    """A plain `message` beside the status, where nothing else says why."""
    return _complaint_in_text(text(level.get("message")) or "")
