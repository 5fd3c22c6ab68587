"""The tables, as steps that are only ever appended.

`PRAGMA user_version` counts the steps a file went through. Each step is one transaction, so a
file interrupted in an upgrade stands between two steps and goes on from there.

What a task *is* stands in `task.report` (JSON of `core.task.Report`, without the raw answer);
the columns beside it repeat what is sorted, filtered or looked up by an index. A later step can
add more of them, filled by ``json_extract(report, '$.…')``.
"""

import sqlite3

# Append only, and literal: somebody's file already went through a released step, so none is
# edited, or put together from anything that a later version can change.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE account (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, service TEXT NOT NULL,
            base_url TEXT NOT NULL, key_source TEXT NOT NULL, key_env TEXT NOT NULL,
            key_hint TEXT NOT NULL, created_at REAL NOT NULL
        ) WITHOUT ROWID
        """,
        # status, model, created_at, updated_at, deadline and kept repeat the report and artifacts.
        # is_due: the row belongs to the next look (`wants_look`). removed_at: NULL while listed.
        """
        CREATE TABLE task (
            num INTEGER PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            added_at REAL NOT NULL, removed_at REAL,
            status TEXT NOT NULL, model TEXT, created_at REAL, updated_at REAL,
            deadline REAL, kept TEXT, is_due INTEGER NOT NULL,
            report TEXT NOT NULL, flags TEXT NOT NULL,
            name TEXT NOT NULL, rating INTEGER NOT NULL, pick TEXT NOT NULL,
            tags TEXT NOT NULL, note TEXT NOT NULL,
            last_seen_at REAL, asked_at REAL,
            misses INTEGER NOT NULL, rechecks INTEGER NOT NULL, watched INTEGER NOT NULL,
            UNIQUE (account, id)
        )
        """,
        """
        CREATE TABLE artifact (
            task INTEGER NOT NULL REFERENCES task (num) ON DELETE CASCADE,
            place INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
            url TEXT NOT NULL, expires_at REAL, expires_inferred INTEGER NOT NULL,
            max_requests INTEGER, path TEXT, size INTEGER, mtime_ns INTEGER, sha256 TEXT,
            problem TEXT NOT NULL,
            PRIMARY KEY (task, place)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE raw (
            task INTEGER PRIMARY KEY REFERENCES task (num) ON DELETE CASCADE,
            body TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE event (
            num INTEGER PRIMARY KEY,
            task INTEGER NOT NULL REFERENCES task (num) ON DELETE CASCADE,
            at REAL NOT NULL, what TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL
        )
        """,
        # What is left of a removed task after its rows are purged: discovery must not bring it back
        """
        CREATE TABLE tombstone (
            account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            id TEXT NOT NULL, removed_at REAL NOT NULL,
            PRIMARY KEY (account, id)
        ) WITHOUT ROWID
        """,
        """
        CREATE INDEX task_newest ON task (coalesce(created_at, added_at) DESC, num DESC)
            WHERE removed_at IS NULL
        """,
        "CREATE INDEX task_due ON task (account) WHERE is_due = 1 AND removed_at IS NULL",
        "CREATE INDEX task_status ON task (status) WHERE removed_at IS NULL",
        """
        CREATE INDEX task_deadline ON task (deadline)
            WHERE deadline IS NOT NULL AND removed_at IS NULL
        """,
        "CREATE INDEX task_removed ON task (removed_at) WHERE removed_at IS NOT NULL",
        "CREATE INDEX artifact_saving ON artifact (task) WHERE state = 'saving'",
        "CREATE INDEX event_of_task ON event (task)",
    ),
    (
        # How long tasks that succeeded took (`core.eta.Run`). Outlives the tasks themselves.
        """
        CREATE TABLE run (
            num INTEGER PRIMARY KEY, service TEXT NOT NULL,
            model TEXT, resolution TEXT, duration_s REAL,
            total_s REAL NOT NULL, ran_s REAL, ended_at REAL NOT NULL
        )
        """,
        "CREATE INDEX run_of_service ON run (service, ended_at)",
        # What the list holds already; enough of it to be worth a guess, not all of it.
        """
        INSERT INTO run (service, model, resolution, duration_s, total_s, ran_s, ended_at)
        SELECT * FROM (
            SELECT account.service, task.model, json_extract(report, '$.resolution'),
                json_extract(report, '$.duration_s'),
                coalesce(json_extract(report, '$.finished_at'), task.updated_at) - task.created_at
                    AS total_s,
                nullif(max(json_extract(report, '$.finished_at')
                    - json_extract(report, '$.started_at'), 0), 0),
                coalesce(json_extract(report, '$.finished_at'), task.updated_at) AS ended_at
            FROM task JOIN account ON account.id = task.account
            WHERE status = 'succeeded' AND json_valid(report)
            ORDER BY num DESC LIMIT 20000
        ) WHERE total_s > 0
        """,
    ),
    ("ALTER TABLE account ADD COLUMN ca_file TEXT NOT NULL DEFAULT ''",),
    # Which program made the tables behind the list, and how (`list_tables`). Those themselves are
    # in no step: they follow the columns of the program that is running.
    ("CREATE TABLE derived (name TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID",),
    (
        # What had ended before anybody could say so counts as looked at.
        "ALTER TABLE task ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
        "UPDATE task SET seen = 1 WHERE status IN ('succeeded', 'failed', 'cancelled', 'expired')",
        "ALTER TABLE task ADD COLUMN grp TEXT NOT NULL DEFAULT ''",
        """
        CREATE INDEX task_unseen ON task (status) WHERE seen = 0 AND removed_at IS NULL
            AND status IN ('succeeded', 'failed', 'expired')
        """,
    ),
    ("ALTER TABLE account ADD COLUMN keep_importing INTEGER NOT NULL DEFAULT 0",),
    (
        "ALTER TABLE artifact ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE artifact ADD COLUMN next_try_at REAL",
        "ALTER TABLE artifact ADD COLUMN checked TEXT",
        "ALTER TABLE artifact ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE artifact ADD COLUMN playable INTEGER",
    ),
    (
        "ALTER TABLE task ADD COLUMN prompt TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE task ADD COLUMN refs TEXT NOT NULL DEFAULT '[]'",
    ),
    # At which route of a gateway tasks are answered for: a path with {id}, as the program asks.
    ("ALTER TABLE account ADD COLUMN route TEXT NOT NULL DEFAULT ''",),
    (
        # What each task cost (`usage`), also of those that are gone: they have negative numbers.
        """
        CREATE TABLE used (
            num INTEGER PRIMARY KEY, account TEXT NOT NULL, id TEXT NOT NULL,
            day INTEGER NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
            tokens INTEGER NOT NULL, billed INTEGER NOT NULL,
            cost INTEGER NOT NULL, cost_in TEXT NOT NULL,
            by_list INTEGER NOT NULL, by_own INTEGER NOT NULL,
            charged INTEGER NOT NULL, charged_in TEXT NOT NULL,
            film_ms INTEGER NOT NULL, run_ms INTEGER, bytes INTEGER NOT NULL
        )
        """,
        "CREATE INDEX used_of ON used (account, model, day, run_ms)",
        "CREATE INDEX used_day ON used (day)",
        "CREATE INDEX used_gone ON used (account, id) WHERE num < 0",
        """
        CREATE TRIGGER task_gone AFTER DELETE ON task BEGIN
            UPDATE used SET num = (SELECT min(min(num), 0) - 1 FROM used) WHERE num = old.num;
        END
        """,
        # The user's own prices there: JSON, a list of `core.account.OwnPrice`.
        "ALTER TABLE account ADD COLUMN prices TEXT NOT NULL DEFAULT '[]'",
    ),
    (
        # What a saved film is by its own file: JSON of `core.film.FileFacts`; NULL: not read yet.
        "ALTER TABLE artifact ADD COLUMN film TEXT",
        "ALTER TABLE artifact ADD COLUMN handed INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE artifact ADD COLUMN trashed INTEGER NOT NULL DEFAULT 0",
        # A file gets its take, and a file that is moved its neighbours of the same name.
        "CREATE INDEX artifact_path ON artifact (path) WHERE path IS NOT NULL",
        "CREATE INDEX artifact_sha256 ON artifact (sha256) WHERE sha256 IS NOT NULL",
        # Files that are on their way to another place; empty but after a kill.
        """
        CREATE TABLE moving (
            task INTEGER NOT NULL REFERENCES task (num) ON DELETE CASCADE,
            kind TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
            PRIMARY KEY (task, kind)
        ) WITHOUT ROWID
        """,
    ),
    (
        # Takes with a file that was lost or came damaged, until the user has closed what says so.
        """
        CREATE TABLE notice (
            num INTEGER PRIMARY KEY, subject TEXT NOT NULL,
            task INTEGER NOT NULL REFERENCES task (num) ON DELETE CASCADE,
            UNIQUE (task, subject)
        )
        """,
    ),
)

KNOWN = len(STEPS)


def version(db: sqlite3.Connection) -> int:
    """How many steps the open file went through; 0: it is empty."""
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    return found


def upgrade(db: sqlite3.Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Take the file through every step it has not seen, each in one transaction."""
    for number, step in enumerate(steps[version(db) :], start=version(db) + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in step:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except sqlite3.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
