"""What some JSON complains of, and why a task failed by its own answer.

Sources: contract 1.1, 1.3 and 3.1, traps 1 to 4 and 29. Every service words an error in its own
shape, and an error may be absent in five ways.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rushes.core.task import TaskError
from rushes.providers import body
from rushes.providers.values import Levels, Node, node, text, web_url, whole, word

#: 10000: Volcengine's visual services.
_OK_CODES = frozenset({"success", "succeed", "ok", "0", "200", "10000"})
#: What says that the call went well, or nothing: no reason of anything. AISIX writes the last one
#: where it knows no reason.
_EMPTY_CODES = _OK_CODES | {"null", "video_generation_failed"}
_EMPTY_WORDS = frozenset(
    {"success", "succeed", "succeeded", "ok", "successful", "操作成功", "成功", "null", "none"}
) | {"video generation failed"}
_REQUEST_ID = re.compile(r"request[ _-]?id\s*[:：]\s*(\S+)", re.IGNORECASE)
_LONGEST_CODE = 200  # longer: not a code

_CODES = ("code", "fail_code", "err_code", "error_code", "status_code")
_MESSAGES = (
    *("task_status_msg", "fail_msg", "err_msg", "message", "msg", "error_message"),
    *("error_msg", "status_msg", "detail"),
)
#: Where a level holds an error; MiniMax's stands in the second one, list items of one SDK have
#: the third.
_ERRORS = ("error", "base_resp", "failure_reason")
#: Where a level may hold the reason of a failure. Gateways put links into either of the last two.
_REASONS = (
    *_ERRORS,
    *("task_status_msg", "fail_msg", "err_msg", "error_message", "fail_reason", "result_url"),
)


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


NOTHING = Complaint()


def is_ok_code(code: object) -> bool:
    """Whether an envelope's `code` says that the question was answered (not that a task ended)."""
    return (word(code) or "").casefold() in _OK_CODES


def complaint(value: object) -> Complaint:
    """Read an `error` value: absent, null, "null", "", {} and empty fields are no complaint."""
    if value is None:  # in nearly every answer, for nearly every name
        return NOTHING
    value = body.opened(value)
    said = {"message": value} if isinstance(value, str) else node(value)
    inner = said.get("error")
    return complaint(inner) if isinstance(inner, dict) else _beside(said)


def complaint_of(level: Node, *, by_words: bool = False) -> Complaint:
    """What a level complains of: an error, or a call code that is none of the good ones.

    Args:
        by_words: The call was refused, so that words without a code are a complaint as well.
    """
    found = next((said for name in _ERRORS if (said := complaint(level.get(name)))), NOTHING)
    beside = found or _beside(level)
    return beside if beside.code or found or by_words else NOTHING


def _beside(said: Node) -> Complaint:
    """What the fields of an object complain of; in the service's spelling."""
    messages = (text(said[name]) or "" for name in _MESSAGES if name in said)
    message = next((each for each in messages if each and each.casefold() not in _EMPTY_WORDS), "")
    codes = (word(said[name]) or "" for name in _CODES if name in said)
    code = next((each for each in codes if each and each.casefold() not in _EMPTY_CODES), "")
    return Complaint(
        code=code[:_LONGEST_CODE],
        message=message,
        type=text(said.get("type")) or "",
        request_id=_request_id_in(message) or text(said.get("request_id")) or "",
        status=whole(said.get("status_code")),
    )


def _request_id_in(message: str) -> str:
    """The id a support desk asks for, out of "… Request id: 0217…" or "(request id: …)"."""
    found = _REQUEST_ID.search(message)
    return found[1].rstrip(")）,;，；\"'") if found else ""


def task_error(levels: Levels) -> TaskError | None:
    """Why a task failed: the deepest code and the deepest text win. A plain message beside the
    status counts where nothing else says why."""
    said = [found for level in reversed(levels) for found in _reasons(level) if found]
    said = said or [found for level in reversed(levels) if (found := _beside(level))]
    if not said:
        return None
    return TaskError(
        code=next((c.code for c in said if c.code), ""),
        message=next((c.message for c in said if c.message), ""),
        request_id=next((c.request_id for c in said if c.request_id), ""),
    )


def _reasons(level: Node) -> Iterator[Complaint]:
    for name in _REASONS:
        if web_url(level.get(name)) is None:
            yield complaint(level.get(name))
    beside = _beside(level)
    if beside.code:
        yield beside
