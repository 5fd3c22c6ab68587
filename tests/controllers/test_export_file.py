"""The table that Export ▸ CSV writes."""

import csv
from pathlib import Path

from rushes.controllers.export_controller import write_csv
from rushes.core.failure import Failure, Kind
from rushes.core.task import Mark
from rushes.presentation.columns import COLUMNS, Context
from tests.ui.takes import NOW, take


def test_that_a_spreadsheet_sees_every_column_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "rushes.csv"
    tasks = (take(1, mark=Mark(name="夜景", note="=1+1")), take(2, seed=77))
    assert write_csv(path, tasks, Context(now=NOW)) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    titles = {column.id: column.title() for column in COLUMNS if column.id != "poster"}
    titles["rating"] = "Rating"  # tags have a column of their own
    assert list(rows[0]) == [*titles.values(), "Choice", "Flags"]
    assert (rows[0][titles["name"]], rows[0]["Notes"], rows[1]["Seed"]) == ("夜景", "'=1+1", "77")


def test_that_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    failed = write_csv(tmp_path / "gone" / "a.csv", (), Context(now=NOW))
    assert isinstance(failed, Failure)
    assert failed.kind is Kind.FOLDER
