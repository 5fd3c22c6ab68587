"""Made-up tasks and accounts for the tests of the window."""

from dataclasses import replace

from rushes.core.account import Account, Service
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Key,
    Mark,
    Report,
    Status,
    Task,
    TaskError,
)

NOW = 1_795_000_000.0
ARK = Account(
    id="a",
    name="Ark",
    service=Service.ARK,
    base_url="https://ark.cn-beijing.volces.com",
    key_hint="7f3a",
)
RONG = Account(id="b", name="Rong", service=Service.RONG_BJ, base_url="https://ai.rong-api.com")


def take(
    number: int = 0,
    status: Status = Status.RUNNING,
    *,
    account: str = "a",
    created: float | None = None,
    mark: Mark | None = None,
    seed: int | None = None,
    error: TaskError | None = None,
) -> Task:
    """A task; a higher number is a newer one."""
    at = NOW - 1000 + number if created is None else created
    report = Report(
        id=f"task-{number:04}",
        status=status,
        status_raw=status.value,
        created_at=at,
        seed=seed,
        error=error,
    )
    return Task(key=Key(account, report.id), report=report, added_at=at, mark=mark or Mark())


def ended(task: Task, status: Status = Status.SUCCEEDED) -> Task:
    return replace(task, report=replace(task.report, status=status, status_raw=status.value))


def with_file(task: Task, state: ArtifactState, **facts: object) -> Task:
    artifact = replace(
        Artifact(kind=ArtifactKind.VIDEO, state=state, url="https://host.invalid/x"),
        **facts,  # type: ignore[arg-type]
    )
    return replace(task, artifacts=(artifact,))
