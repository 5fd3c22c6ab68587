"""The store against a plain dictionary: any order of calls and restarts, the same answers."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rushes.core.account import Account
from rushes.core.merge import Change, history
from rushes.core.pace import wants_look
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Diff,
    Flag,
    Key,
    Link,
    Mark,
    Pick,
    Report,
    Status,
    Task,
    blank,
)
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.export import csv_chunks, json_text, task_line
from rushes.store import Store, tables
from rushes.store.tables import KEEP_REMOVED_S, KEEP_TOMBSTONE_S
from tests.store.stores import ARK, NOW, RONG

WORDS = st.text(st.characters(codec=None), max_size=12)  # lone surrogates too
TIMES = st.none() | st.floats(0, 4e9)
KEYS = st.builds(
    Key, st.sampled_from([ARK.id, RONG.id]), st.sampled_from(["a", "b", "雨", "\ud800"])
)
SOME_KEYS = st.lists(KEYS, max_size=3)
REPORTS = st.builds(
    Report,
    id=st.just("x"),
    status=st.sampled_from(Status),
    status_raw=WORDS,
    model=st.none() | WORDS,
    created_at=TIMES,
    seed=st.none() | st.integers(-(2**80), 2**80),
    duration_s=TIMES,
    audio=st.none() | st.booleans(),
    tools=st.lists(WORDS, max_size=2).map(tuple),
    links=st.lists(
        st.builds(Link, kind=st.sampled_from(ArtifactKind), url=WORDS, expires_at=TIMES), max_size=2
    ).map(tuple),
    flags=st.frozensets(st.sampled_from(Flag)),
    raw=WORDS,
)
ARTIFACTS = st.builds(
    Artifact,
    kind=st.sampled_from(ArtifactKind),
    state=st.sampled_from(ArtifactState),
    url=WORDS,
    expires_at=TIMES,
    max_requests=st.none() | st.integers(0, 1000),
    path=st.none() | WORDS,
    size=st.none() | st.integers(0, 2**62),
    sha256=st.none() | st.just("0" * 64),
)
MARKS = st.builds(
    Mark,
    name=WORDS,
    rating=st.integers(0, 5),
    pick=st.sampled_from(Pick),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    note=WORDS,
    group=WORDS,
)
EDITS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "report": REPORTS,
        "artifacts": st.lists(ARTIFACTS, max_size=3, unique_by=lambda a: a.kind).map(tuple),
        "flags": st.frozensets(st.sampled_from(Flag)),
        "mark": MARKS,
        "asked_at": TIMES,
        "misses": st.integers(0, 3),
        "rechecks": st.integers(0, 3),
        "watched": st.booleans(),
        "seen": st.booleans(),
    },
)


def edited(edit: dict[str, Any]) -> Change:
    return lambda task: replace(task, **edit) if edit else None


@dataclass
class Entry:
    task: Task
    order: int
    raw: str = ""
    removed_at: float | None = None
    events: list[Any] = field(default_factory=list)


class Against(RuleBasedStateMachine):
    """Every rule does the same to both; the invariant compares what can be seen."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.now = NOW
        self.order = 0
        self.accounts: dict[str, Account] = {}
        self.entries: dict[Key, Entry] = {}
        self.tombstones: dict[Key, float] = {}
        self.open()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def open(self) -> None:
        path = self.folder / "data" / "rushes.sqlite3"
        self.store = self.do(Store.open(path, lambda: self.now))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.do(self.store.aclose())
            self.loop.close()
            shutil.rmtree(self.folder)

    def listed(self, key: Key) -> Entry | None:
        entry = self.entries.get(key)
        return entry if entry and entry.removed_at is None else None

    @rule(account=st.sampled_from([ARK, RONG]), name=WORDS)
    def put_account(self, account: Account, name: str) -> None:
        self.accounts[account.id] = replace(account, name=name)
        self.do(self.store.write(tables.put_account, self.accounts[account.id]))

    @rule(account=st.sampled_from([ARK.id, RONG.id]))
    def remove_account(self, account: str) -> None:
        gone = {k for k in self.entries if k.account == account}
        seen = {k for k in gone if self.listed(k)}
        assert set(self.do(self.store.write(tables.remove_account, account)).removed) == seen
        self.accounts.pop(account, None)
        for key in gone:
            del self.entries[key]
        self.tombstones = {k: v for k, v in self.tombstones.items() if k.account != account}

    @rule(keys=SOME_KEYS, discovered=st.booleans())
    def add(self, keys: list[Key], discovered: bool) -> None:
        expected = []
        for key in dict.fromkeys(keys):
            entry = self.entries.get(key)
            if entry is not None:
                if entry.removed_at is not None and not discovered:
                    expected.append(self.bring_back(entry))
            elif key.account in self.accounts and not (discovered and key in self.tombstones):
                self.tombstones.pop(key, None)
                self.order += 1
                task = blank(key, self.now)
                self.entries[key] = Entry(task, self.order)
                self.entries[key].events += history(None, task, self.now)
                expected.append(task)
        diff = self.do(self.store.write(tables.add, keys, self.now, discovered=discovered))
        assert diff == Diff(added=tuple(expected))

    def bring_back(self, entry: Entry) -> Task:
        entry.removed_at = None
        entry.events.append("restored")
        return entry.task

    @rule(edits=st.dictionaries(KEYS, EDITS, max_size=3))
    def change(self, edits: dict[Key, dict[str, Any]]) -> None:
        expected = []
        for key, edit in edits.items():
            entry = self.listed(key)
            if entry is None or not edit:
                continue
            old, new = entry.task, replace(entry.task, **edit)
            entry.events += history(old, new, self.now)
            entry.raw = new.report.raw or entry.raw
            entry.task = replace(new, report=replace(new.report, raw=""))
            if new != old:
                expected.append(new)
        changes = {key: edited(edit) for key, edit in edits.items()}
        diff = self.do(self.store.write(tables.change, changes, self.now))
        assert diff == Diff(changed=tuple(expected))

    @rule(keys=SOME_KEYS)
    def remove(self, keys: list[Key]) -> None:
        gone = [key for key in dict.fromkeys(keys) if self.listed(key)]
        for key in gone:
            self.entries[key].removed_at = self.now
            self.entries[key].events.append("removed")
        assert self.do(self.store.write(tables.remove, keys, self.now)) == Diff(removed=tuple(gone))

    @rule(keys=SOME_KEYS)
    def restore(self, keys: list[Key]) -> None:
        hidden = [self.entries[k] for k in dict.fromkeys(keys) if k in self.entries]
        back = tuple(self.bring_back(e) for e in hidden if e.removed_at is not None)
        assert self.do(self.store.write(tables.restore, keys, self.now)) == Diff(added=back)

    @rule(days=st.floats(0, 5))
    def restart(self, days: float) -> None:
        """Days later; the first change brings the housekeeping, which purges."""
        self.do(self.store.aclose())
        self.now += days * 86400
        self.open()
        assert not self.store.opened
        for entry in self.entries.values():
            if ArtifactState.SAVING in {a.state for a in entry.task.artifacts}:
                entry.task = replace(entry.task, artifacts=tuple(map(remote, entry.task.artifacts)))
        self.do(self.store.write(tables.remove, [], self.now))
        self.do(self.store.read(tables.accounts))  # waits for the housekeeping
        self.purge()

    def purge(self) -> None:
        for key, entry in list(self.entries.items()):
            if entry.removed_at is not None and entry.removed_at < self.now - KEEP_REMOVED_S:
                self.tombstones[key] = entry.removed_at
                del self.entries[key]
        oldest = self.now - KEEP_TOMBSTONE_S
        self.tombstones = {k: at for k, at in self.tombstones.items() if at >= oldest}

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def what_can_be_seen_is_the_same(self) -> None:
        shown = [e for e in self.entries.values() if e.removed_at is None]
        shown.sort(key=lambda e: (newest(e.task), e.order), reverse=True)
        assert list(self.do(self.store.read(tables.tasks))) == [e.task for e in shown]
        assert {a.id: a for a in self.do(self.store.read(tables.accounts))} == self.accounts
        for account in self.accounts:
            due = [e.task for e in shown if e.task.key.account == account and wants_look(e.task)]
            assert list(self.do(self.store.read(tables.due, account))) == due
        for entry in shown:
            assert self.do(self.store.read(tables.raw, entry.task.key)) == entry.raw
            lines = self.do(self.store.read(tables.events, entry.task.key))
            assert [e.what for e in lines] == [getattr(e, "what", e) for e in entry.events]
        self.what_is_written_out_is_the_same([entry.task for entry in shown])

    def what_is_written_out_is_the_same(self, tasks: list[Task]) -> None:
        """Those that are only written out are read as types of their own."""
        keys = [task.key for task in tasks]
        read: list[Task] = self.do(self.store.read(lambda db: list(tables.each(db, keys))))
        whole = self.do(self.store.read(tables.get, keys))
        assert [as_whole(task) for task in read] == [as_whole(task) for task in whole]
        for one, other in zip(read, whole, strict=True):
            account = self.accounts[other.key.account]
            assert json_text(task_line(one, account, NOW)) == json_text(
                task_line(other, account, NOW)
            )
        ctx, columns = Context(now=NOW, accounts=self.accounts), [each.id for each in COLUMNS]
        assert [*csv_chunks(read, ctx, columns)] == [*csv_chunks(whole, ctx, columns)]


def as_whole(value: object) -> object:
    """Its name and its fields, those below included."""
    if isinstance(value, tuple) and not isinstance(value, Key):
        return tuple(map(as_whole, value))
    if not is_dataclass(value):
        return value
    return type(value).__name__, *(as_whole(getattr(value, each.name)) for each in fields(value))


def remote(artifact: Artifact) -> Artifact:
    saving = artifact.state is ArtifactState.SAVING
    return replace(artifact, state=ArtifactState.REMOTE) if saving else artifact


def newest(task: Task) -> float:
    created = task.report.created_at
    return task.added_at if created is None else created


TestAgainstADictionary = Against.TestCase
TestAgainstADictionary.settings = settings(
    max_examples=400 if os.environ.get("RUSHES_FULL") else 12,
    stateful_step_count=20,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
