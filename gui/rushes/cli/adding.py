"""`rushes add`: ids on the command line, any text or lines of JSON on standard input.

Where a window has the list, it adds them; else the list is held for the moment it takes.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rushes.backend.second_starts import added_sentence
from rushes.backend.workspace import STORE_FILE
from rushes.cli.session import (
    FAILED,
    NOTHING,
    OK,
    USAGE,
    Session,
    Stop,
    Words,
    by_who_has_the_list,
    complain,
    given_bytes,
    no_account,
    print_json,
    print_row,
)
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.id_hints import guess_one, hints_in
from rushes.core.id_shapes import is_key
from rushes.core.incoming import Incoming, joined
from rushes.core.long_text import decode_file, joined_readings
from rushes.core.task import Key
from rushes.core.task_ids import Found, LeftOut, Reading, read_text
from rushes.files.texts import SHORT, TextReader, UnreadableText, unreadable_words
from rushes.options import Options
from rushes.presentation.add_lines import BadLine, as_object, read_line
from rushes.presentation.sentences import list_in_use, sentence, unusable_place
from rushes.presentation.text import tr
from rushes.store import StoreError, StoreInUse, read_accounts, read_list
from rushes.system import handover, places, threads

#: Of one message to a window; it reads `handover.LIMIT`, names of fields included.
_MOST_BYTES = handover.LIMIT - 4096

#: Of files with ids in them.
_ENDINGS = frozenset({".txt", ".json", ".jsonl", ".csv", ".log", ".md", ".xlsx"})

Accounts = Sequence[Account]
NOTHING_READ = Reading()
NO_FIELDS = Incoming("")
#: What is to be added, by the account's id.
Shares = Mapping[str, Sequence[Incoming]]


@dataclass(frozen=True, slots=True)
class Planned:
    """An id that would be added.

    Attributes:
        account: None: nobody can tell whose it is; `why` says so.
        line: Of standard input, from 1; None: it was named on the command line.
        already: It is in the list.
    """

    item: Incoming
    account: Account | None
    why: str = ""
    line: int | None = None
    already: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All that would happen.

    Attributes:
        keys: Ids that could be keys as well, and are not added without a word of the user.
    """

    planned: tuple[Planned, ...] = ()
    keys: tuple[Found, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def shares(self) -> dict[str, list[Incoming]]:
        """Raises `Stop` when nobody can tell whose one of the ids is."""
        shares: dict[str, list[Incoming]] = {}
        for each in self.planned:
            if each.account is None:
                raise Stop(each.why, NOTHING if each.why == no_account() else USAGE)
            shares.setdefault(each.account.id, []).append(each.item)
        return shares


@dataclass(frozen=True, slots=True)
class Given:
    """What the user gave: ids by name, what was read on standard input, and what he says of all."""

    named: tuple[str, ...] = ()
    reading: Reading = NOTHING_READ
    said: Incoming = NO_FIELDS
    account: str | None = None
    takes_keys: bool = False


def add(words: Words, options: Options) -> int:
    if words.jsonl:
        if words.ids != ["-"]:
            raise Stop(tr("With --jsonl the lines come through standard input: say “-”."), USAGE)
        if words.dry_run:
            raise Stop(tr("Say --dry-run without --jsonl: it reads such lines, too."), USAGE)
        return _follow(words, options)
    given = given_by(words, options)
    if words.dry_run:
        accounts, here = threads.run(_list(options))
        plan = plan_of(given, accounts, here)
        _print(plan, as_json=words.json)
        if not plan.planned and not plan.keys:
            raise Stop(no_id(), NOTHING)
        return OK if plan.planned else NOTHING
    if not given.named and not given.reading.found:
        _complain_left_out(given.reading.left_out)
        raise Stop(no_id(), NOTHING)
    plan = plan_of(given)
    _complain_left_out(plan.left_out)
    if plan.keys:
        complain(key_question(plan.keys))
    if not plan.planned:
        return NOTHING
    try:
        added, filled = put(options, lambda accounts: plan_of(given, accounts).shares())
    except StoreInUse:
        raise
    except (StoreError, OSError) as e:
        raise Stop(tr("The IDs were not added. {why}", why=_why(e))) from e
    print_row(added_sentence(added, filled))
    return OK


def no_id() -> str:
    return tr("No task ID was found in the input.")


def _named(word: str) -> str:
    """An id as it was named, without the quotes and commas that are copied along with one.

    Raises:
        Stop: it is an API key, which would stand in the list and go into an address.
    """
    bare = word.strip(" \t\r\n\"'`,;，；") or word
    if is_key(bare):
        raise Stop(tr("One of these is an API key, not a task ID. Nothing was added."), USAGE)
    return bare


def given_by(words: Words, options: Options) -> Given:
    """The ids on the command line, and those in files and, for "-", on standard input."""
    texts = [word for word in words.ids if _is_text(word)]
    return Given(
        named=tuple(dict.fromkeys(_named(word) for word in words.ids if word not in texts)),
        reading=joined_readings([_read(word, options) for word in texts]),
        said=_said(words),
        account=words.account,
        takes_keys=words.yes_ids,
    )


def _is_text(word: str) -> bool:
    """Whether it names standard input or a file, by its looks: there may be a file that is called
    like an id."""
    is_path = "/" in word or "\\" in word
    return word == "-" or is_path or Path(word).suffix.casefold() in _ENDINGS


def _read(word: str, options: Options) -> Reading:
    """What a file or standard input says about tasks. Long texts and files are read by a process
    of its own, as the window does it: bounded, and no pipe holds the command up.

    Raises:
        Stop: it cannot be read.
    """
    reader = TextReader(places.find(options.base_dir).cache / "helpers")
    try:
        if word != "-":
            return reader.file(Path(word).absolute())
        data = given_bytes()
        return read_text(decode_file(data)) if len(data) <= SHORT else reader.text(memoryview(data))
    except UnreadableText as e:
        name = tr("Standard input") if word == "-" else word
        raise Stop(unreadable_words(name, e), USAGE) from None
    finally:
        reader.close()


def _said(words: Words) -> Incoming:
    return Incoming(
        "",
        prompt=words.prompt or "",
        name=words.name or "",
        tags=tuple(dict.fromkeys(words.tag or ())),
        note=words.note or "",
    )


# --- whose is what ---------------------------------------------------------------------------


def plan_of(given: Given, accounts: Accounts = (), here: frozenset[Key] = frozenset()) -> Plan:
    """What would be added, and what would not.

    Args:
        here: The tasks in the list.

    Raises:
        Stop: there is no account of the name that was given.
    """
    named = [Found(id_, 0, hints_in(id_)) for id_ in given.named]
    keys = () if given.takes_keys else tuple(f for f in given.reading.found if f.maybe_key)
    sure = [f for f in given.reading.found if f not in keys and f.id not in given.named]
    chosen = _called(given.account, accounts) if given.account and accounts else None
    planned = []
    for found in (*named, *sure):
        account = chosen or _whose(found, accounts)
        planned.append(
            Planned(
                _with(given.said, found),
                account,
                "" if account else _which(accounts),
                found.line or None,
                account is not None and Key(account.id, found.id) in here,
            )
        )
    return Plan(tuple(planned), keys, given.reading.left_out)


def _with(said: Incoming, found: Found) -> Incoming:
    """What the user says of all wins over what stands beside one."""
    return Incoming(
        found.id,
        prompt=said.prompt or found.said.prompt,
        references=found.said.references,
        name=said.name or found.said.name,
        tags=said.tags,
        note=said.note,
    )


def _called(name: str, accounts: Accounts) -> Account:
    for account in accounts:
        if name in (account.name, account.id):
            return account
    raise Stop(tr("No account is called {name}.", name=name), NOTHING)


def _whose(found: Found, accounts: Accounts) -> Account | None:
    """The only account, or the one that the id and the words around it speak for."""
    if len(accounts) == 1:
        return accounts[0]
    id_ = guess_one(found.id, found.hints, accounts) if accounts else None
    return next((account for account in accounts if account.id == id_), None)


def _which(accounts: Accounts) -> str:
    if not accounts:
        return no_account()
    names = ", ".join(account.name for account in accounts)
    return tr("Which account? Say --account, one of: {names}", names=names)


def key_question(keys: Sequence[Found]) -> str:
    return tr(
        "%n ID(s) could be keys as well and were not added ({lines}). Are they task IDs? Name them "
        "on the command line, or say --yes-ids.",
        None,
        len(keys),
        lines=_lines(each.line for each in keys),
    )


def _lines(numbers: Iterable[int]) -> str:
    found = list(dict.fromkeys(numbers))
    more = ", …" if len(found) > 5 else ""
    return tr("line {numbers}", numbers=", ".join(map(str, found[:5])) + more)


def _complain_left_out(left_out: Sequence[LeftOut]) -> None:
    rounded = [each.line for each in left_out if each.why == "rounded"]
    others = [each.line for each in left_out if each.why != "rounded"]
    if rounded:
        complain(
            tr(
                "%n number(s) were rounded by a spreadsheet and are no IDs any more ({lines}).",
                None,
                len(rounded),
                lines=_lines(rounded),
            )
        )
    if others:
        complain(
            tr(
                "%n ID(s) are incomplete and were left out ({lines}).",
                None,
                len(others),
                lines=_lines(others),
            )
        )


# --- what would be added ---------------------------------------------------------------------


def plan_json(plan: Plan) -> dict[str, Any]:
    """The object of `add --dry-run --json`."""
    questions: list[dict[str, object]] = []
    if plan.keys:
        ids = [each.id for each in plan.keys]
        questions.append({"kind": "keys", "text": key_question(plan.keys), "ids": ids})
    unclear = [each for each in plan.planned if each.account is None]
    if unclear:
        ids = [each.item.id for each in unclear]
        questions.append({"kind": "account", "text": unclear[0].why, "ids": ids})
    return {
        "ids": [_planned_json(each) for each in plan.planned],
        "questions": questions,
        "left_out": [
            {"text": each.text, "line": each.line, "why": each.why} for each in plan.left_out
        ],
    }


def _planned_json(each: Planned) -> dict[str, object]:
    return {
        "id": each.item.id,
        "account": each.account.name if each.account else None,
        "reason": each.why or None,
        "name": each.item.name,
        "prompt": each.item.prompt,
        "references": list(each.item.references),
        "tags": list(each.item.tags),
        "notes": each.item.note,
        "line": each.line,
        "already": each.already,
    }


def _print(plan: Plan, *, as_json: bool) -> None:
    said = plan_json(plan)
    if as_json:
        print_json(said)
        return
    for each in plan.planned:
        account = each.account.name if each.account else "?"
        here = tr("already in the list") if each.already else ""
        print_row(each.item.id, account, each.item.name, each.item.prompt, here)
    _complain_left_out(plan.left_out)
    for question in said["questions"]:
        complain(question["text"])


# --- adding ----------------------------------------------------------------------------------


def put(options: Options, choose: Callable[[Accounts], Shares]) -> tuple[int, int]:
    """Have the program that has the list add something, or add it here. Returns how many tasks
    were added, and of how many that were there something was filled in.

    Args:
        choose: What, when the accounts are known.

    Raises:
        StoreInUse: another program has the list and does not answer.
    """
    return by_who_has_the_list(
        options,
        lambda where: _hand_over(where, choose(threads.run(_accounts(options)))),
        lambda: threads.run(_write(options, choose)),
    )


async def _write(options: Options, choose: Callable[[Accounts], Shares]) -> tuple[int, int]:
    added = filled = 0
    async with Session(options) as session:
        shares = choose(await session.backend.accounts())
        for account, items in shares.items():
            diff = await session.backend.add(account, items)
            added, filled = added + len(diff.added), filled + len(diff.changed)
    return added, filled


def _hand_over(where: str, shares: Shares) -> tuple[int, int]:
    added = filled = 0
    for account, items in shares.items():
        for part in _parts(items):
            wanted = {"verb": "add", "account": account, "items": [as_object(i) for i in part]}
            answer = handover.ask(where, wanted)
            if answer is None:
                raise Stop(tr("The running window did not answer. Not everything was added."))
            if answer.get("problem"):
                raise Stop(str(answer["problem"]))
            added += int(answer.get("added", 0))
            filled += int(answer.get("filled", 0))
    return added, filled


def _parts(items: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    """As many as go into one message."""
    part: list[Incoming] = []
    size = 0
    for item in items:
        length = len(json.dumps(as_object(item))) + 2
        if part and size + length > _MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part


async def _accounts(options: Options) -> Accounts:
    path = places.look(options.base_dir).data / STORE_FILE
    return await read_accounts(path) if path.exists() else ()


async def _list(options: Options) -> tuple[Accounts, frozenset[Key]]:
    """The accounts and what is in the list, as it was last written. Nothing is made."""
    path = places.look(options.base_dir).data / STORE_FILE
    if not path.exists():
        return (), frozenset()
    accounts, tasks = await read_list(path)
    return accounts, frozenset(task.key for task in tasks)


# --- lines that come as long as a script runs ---------------------------------------------------


def _follow(words: Words, options: Options) -> int:
    """Add what each line says as soon as it has come. A bad line is told, the others go on."""
    added = filled = 0
    failed = False
    seen = False
    said = _said(words)
    for batch in Lines():
        read: list[tuple[int, Incoming, str]] = []
        for number, raw in batch:
            try:
                line = read_line(raw)
            except BadLine as e:
                seen = failed = True
                _complain_line(number, str(e))
                continue
            if line is not None:
                seen = True
                read.append((number, _completed(line[0], said), line[1] or words.account or ""))
        if not read:
            continue
        problems: list[tuple[int, str]] = []
        try:
            new = put(options, partial(_sorted, read, problems))
            added, filled = added + new[0], filled + new[1]
        except (StoreError, Stop) as e:
            problems = [(number, _why(e)) for number, _, _ in read]
        for number, why in problems:
            failed = True
            _complain_line(number, why)
    if not seen:
        raise Stop(no_id(), NOTHING)
    print_row(added_sentence(added, filled))
    return FAILED if failed else OK


def _why(error: StoreError | Stop | OSError) -> str:
    match error:
        case StoreInUse():
            return list_in_use()
        case StoreError(failure=Failure(kind=Kind.DISK_FULL)):
            return tr("The disk is full: make room and add them again.")
        case OSError():
            return unusable_place(error)
        case StoreError(failure=Failure(kind=Kind.FOLDER)):
            return sentence(Failure(Kind.STORE)).text
        case StoreError():
            return sentence(error.failure).text
        case _:
            return str(error)


def _complain_line(number: int, why: str) -> None:
    complain(tr("Line {number} was not added. {why}", number=number, why=why))


def _completed(item: Incoming, said: Incoming) -> Incoming:
    """A line says more of its task than what is said of all."""
    return joined([item, replace(said, id=item.id)])[item.id]


def _sorted(
    read: Sequence[tuple[int, Incoming, str]],
    problems: list[tuple[int, str]],
    accounts: Accounts,
) -> Shares:
    shares: dict[str, list[Incoming]] = {}
    problems.clear()  # it may be asked for more than once
    for number, item, name in read:
        found = Found(item.id, number, hints_in(item.id))
        try:
            account = _called(name, accounts) if name else _whose(found, accounts)
        except Stop as e:
            problems.append((number, str(e)))
            continue
        if account is None:
            problems.append((number, _which(accounts)))
        else:
            shares.setdefault(account.id, []).append(item)
    return shares


#: Longer than any line with a prompt; what follows in it is passed over.
_LONGEST_LINE = 1024 * 1024
#: Lines that are worked on at once.
_MOST_LINES = 500

Numbered = tuple[int, bytes]


class Lines:
    """Iterates over batches of (number from 1, line): what has come since the last one.

    Read in a thread of its own, and from the descriptor: whoever waits for the next line can still
    be ended, and the interpreter ends while a read waits for ever.
    """

    def __init__(self) -> None:
        self._come: queue.Queue[Numbered | None] = queue.Queue(10 * _MOST_LINES)
        threading.Thread(target=self._read, name="standard input", daemon=True).start()

    def __iter__(self) -> Iterator[list[Numbered]]:
        while (first := self._next()) is not None:
            batch = [first]
            while len(batch) < _MOST_LINES:
                try:
                    line = self._come.get_nowait()
                except queue.Empty:
                    break
                if line is None:
                    yield batch
                    return
                batch.append(line)
            yield batch

    def _next(self) -> Numbered | None:
        while True:
            try:
                return self._come.get(timeout=1)  # Windows hears Ctrl+C only between two waits
            except queue.Empty:
                continue

    def _read(self) -> None:
        number, rest = 0, b""
        try:
            while sys.stdin is not None and (some := os.read(sys.stdin.fileno(), 65_536)):
                *lines, rest = (rest + some).split(b"\n")
                for line in lines:
                    number += 1
                    self._come.put((number, line))
                rest = rest[: _LONGEST_LINE + 1]  # too long already, whatever follows
        except (OSError, ValueError):  # it was closed
            pass
        if rest:
            self._come.put((number + 1, rest))
        self._come.put(None)
