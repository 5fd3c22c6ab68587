"""Tasks and accounts to word, sort, search and export."""

from typing import Any

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
    Usage,
)
from rushes.presentation.columns import Context

NOW = 1_800_000_000.0

ARK = Account(
    id="a1", name="Ark", service=Service.ARK, base_url="https://ark.cn-beijing.volces.com"
)
ANYFAST = Account(
    id="a2", name="Any Fast", service=Service.ANYFAST, base_url="https://www.anyfast.com.cn"
)
CTX = Context(now=NOW, accounts={"a1": ARK, "a2": ANYFAST})


def task(name: str = "cgt-1", account: str = "a1", **more: Any) -> Task:
    """A task; `mark`, `artifacts`, `flags` and the like go to it, the rest to its report."""
    own = {k: more.pop(k) for k in ("artifacts", "flags", "mark", "last_seen_at") if k in more}
    return Task(key=Key(account, name), report=Report(id=name, **more), added_at=NOW, **own)


def file(state: ArtifactState, **more: Any) -> Artifact:
    return Artifact(kind=more.pop("kind", ArtifactKind.VIDEO), state=state, **more)


FULL = task(
    "cgt-20260427191505-9j2q7",
    status=Status.SUCCEEDED,
    status_raw="succeeded",
    model="doubao-seedance-1-0-pro-250528",
    created_at=NOW - 7200,
    started_at=NOW - 7100,
    finished_at=NOW - 7000,
    resolution="1080p",
    ratio="16:9",
    duration_s=5.0,
    fps=24.0,
    seed=10136,
    audio=False,
    usage=Usage(completion_tokens=108900, total_tokens=108900),
    error=TaskError(),
    last_seen_at=NOW - 60,
    mark=Mark(name="Fox, take 3", rating=3, tags=("fox", "night"), note="good light"),
    artifacts=(
        file(
            ArtifactState.SAVED,
            url="https://secret.example.com/v.mp4?X-Tos-Signature=abc",
            path="/videos/fox.mp4",
            size=12_345_678,
            sha256="ab" * 32,
            expires_at=NOW + 79200,
        ),
    ),
)
