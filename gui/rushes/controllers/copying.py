"""What "copy …" puts on the clipboard. A key never gets there."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rushes.core.account import Account
from rushes.core.task import Task
from rushes.core.wire import Request
from rushes.presentation.export import curl_without_key, parameters_json
from rushes.presentation.format import absolute
from rushes.providers.registry import provider_for


def text_for(what: str, tasks: Sequence[Task], accounts: dict[str, Account]) -> str:
    """One line (or block) a task.

    Args:
        what: "seed", "parameters", "id", "path", "url", "curl" or "prompt".
    """
    parts = [_one(what, task, accounts.get(task.key.account)) for task in tasks]
    return "\n".join(part for part in parts if part)


def _one(what: str, task: Task, account: Account | None) -> str:
    match what:
        case "seed":
            return "" if task.report.seed is None else str(task.report.seed)
        case "parameters":
            return parameters_json(task)
        case "id":
            return task.id
        case "prompt":
            return task.mark.prompt
        case "path":
            return "\n".join(a.path for a in task.artifacts if a.path)
        case "url":
            return "\n".join(_url(a.url, a.expires_at) for a in task.artifacts if a.url)
        case "curl":
            return _curl(task, account) if account else ""
        case _:
            raise ValueError(what)


def _url(url: str, ends: float | None) -> str:
    return url if ends is None else f"{url}  (ends {absolute(ends)})"


def _curl(task: Task, account: Account) -> str:
    typed = account.route_for(task.id)
    first: Request = provider_for(account.dialect).one(urlsplit(account.root).path, task.id)[0]
    request = typed or first
    return curl_without_key(account, request.path)
