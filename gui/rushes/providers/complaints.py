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

_OK_CODES = frozenset({"success", "0", "200"})
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
    message = "" if said.casefold() == "null" else said
    return Complaint(message=message, request_id=request_id_in(message))


def _message(said: Node) -> str:
    for name in ("message", "msg", "errorMessage", "error_msg", "detail", "error"):
        found = text(said.get(name))
        if found is not None and found.casefold() != "null":
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
    if _code(level.get("code")):
        yield Complaint(
            code=_code(level.get("code")),
            message=_message(level),
            request_id=request_id_in(_message(level)),
        )
    for name in ("fail_reason", "result_url"):  # gateways put either of the two into either
        if web_url(level.get(name)) is None:
            yield complaint(level.get(name))


def _loose_reason(level: Node) -> Complaint:
    """A plain `message` beside the status, where nothing else says why."""
    message = text(level.get("message")) or ""
    if message.casefold() in ("success", "ok"):
        return Complaint()
    return Complaint(message=message, request_id=request_id_in(message))
