"""Taking prompts out of every row, also of what a service said itself."""

import sqlite3
from dataclasses import replace

from rushes.core.task import Diff, Task
from rushes.store import list_tables, tables


def forget_prompts(db: sqlite3.Connection, at: float) -> Diff:
    """Empty what any task says of its prompt, also in the service's own words."""
    forgotten = tables.change(
        db, dict.fromkeys((task.key for task in tables.tasks(db)), _forget), at
    )
    for num, task in tables.removed(db):
        tables.put_row(db, num, _forget(task))
    db.execute("DELETE FROM raw WHERE body LIKE '%prompt%'")
    list_tables.rebuild_index(db)  # it only strikes out what is changed, the words stay in it
    return forgotten


def _forget(task: Task) -> Task:
    return replace(
        task,
        mark=replace(task.mark, prompt="", references=()),
        report=replace(task.report, revised_prompt=None),
    )
