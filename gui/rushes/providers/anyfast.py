"""AnyFast, a gateway of the new-api kind (contract 3.1, 3.2).

An envelope `{code, message, data}` whose innermost `data` is the task object of the service
behind it. Super-resolution adds a second video, a second resolution and a third token count.
"""

from rushes.core.wire import Request
from rushes.providers.paths import below, segment


def one(base_path: str, task_id: str) -> tuple[Request, ...]:
    return (Request(below(base_path, "/v1", f"/video/generations/{segment(task_id)}")),)


def one_as_openai(base_path: str, task_id: str) -> tuple[Request, ...]:
    """The same gateways' second route, which answers with OpenAI's video object."""
    return (Request(below(base_path, "/v1", f"/videos/{segment(task_id)}")),)
