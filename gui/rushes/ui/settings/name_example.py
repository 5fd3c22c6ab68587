"""How a name template turns out, for the preview of names."""

from datetime import UTC, datetime

from rushes.core import naming
from rushes.core.account import Account, Service
from rushes.core.task import ArtifactKind, Key, Report, Status, Task
from rushes.presentation.readings import main_artifact

Sample = tuple[Task, Account]


def example_name(template: str, task: Task, account: Account) -> str:
    """The path the template gives to the main file of a take.

    Raises:
        BadTemplate: the template cannot be used.
    """
    main = main_artifact(task)
    kind = main.kind if main else ArtifactKind.VIDEO
    ext = "zip" if kind is ArtifactKind.MODEL else "mp4"
    return naming.render(template, naming.values_of(task, kind, account, ext))


def sample() -> Sample:
    """A take to show names with while the list is still empty."""
    at = datetime(2026, 11, 21, 14, 2, tzinfo=UTC).timestamp()
    account = Account(id="", name="Ark", service=Service.ARK, base_url="https://localhost")
    report = Report(
        id="cgt-20261121140233-abcde",
        status=Status.SUCCEEDED,
        model="doubao-seedance-2-0-260128",
        created_at=at,
        finished_at=at,
        resolution="1080p",
        ratio="16:9",
        duration_s=5,
        fps=24,
        seed=10136,
    )
    return Task(key=Key("", report.id), report=report, added_at=at), account
