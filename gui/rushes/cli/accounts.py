"""`rushes accounts list|add|test|remove`."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rushes.cli.session import (
    FAILED,
    NOTHING,
    OK,
    USAGE,
    Session,
    Stop,
    Words,
    complain,
    given_text,
    no_account,
    of_key,
    print_json,
    print_row,
    read_anyhow,
)
from rushes.core.account import (
    Account,
    BadBaseUrl,
    KeyCredit,
    KeySource,
    Service,
    normalise_base_url,
    service_named,
)
from rushes.core.failure import Failure, Kind
from rushes.core.secret import BadKey, Secret, clean_key
from rushes.net.session import UnusableAuthority, trust
from rushes.options import Options
from rushes.presentation.account_problems import address_problem, key_problem, twin_problem
from rushes.presentation.credit import credit_json, credit_rows
from rushes.presentation.sentences import sentence, trial_sentence
from rushes.presentation.text import tr
from rushes.store import tables

#: The key is refused. A gateway may tell about it all the same.
_REFUSED = (Kind.DENIED, Kind.NO_CREDIT, Kind.KEY_ENDED)


async def accounts(words: Words, options: Options) -> int:
    if words.what == "list":
        return await _list(words, options)
    verb = {"add": _add, "test": _test, "remove": _remove}[words.what]
    async with Session(options) as session:
        return await verb(words, session)


async def _list(words: Words, options: Options) -> int:
    """Where nothing can be written, too."""
    async with read_anyhow(options) as (ask, _):
        found = await ask(tables.accounts)
    for account in found:
        if words.json:
            line = {
                "name": account.name,
                "service": account.service.value,
                "base_url": account.base_url,
                "key": account.key_source.value,
                "key_env": account.key_env or None,
                "key_hint": account.key_hint or None,
                "ca_file": account.ca_file or None,
                "keep_importing": account.keep_importing,
                "id": account.id,
            }
            print_json(line)
        else:
            key = f"${account.key_env}" if account.key_env else f"·{account.key_hint}"
            print_row(account.name, account.service.value, account.base_url, key)
    return _none_is_said(found)


def _none_is_said(found: Sequence[Account]) -> int:
    """The exit code."""
    if not found:
        complain(no_account())
    return OK if found else NOTHING


async def _add(words: Words, session: Session) -> int:
    service, base_url = _service(words)
    if words.keep_importing and not service.can_list:
        raise Stop(tr("This service cannot list its tasks, so there is nothing to import."), USAGE)
    account = Account(name=words.name, service=service, base_url=base_url)
    secret = None
    if words.key_env:
        account = replace(account, key_source=KeySource.ENVIRONMENT, key_env=words.key_env)
        if not os.environ.get(words.key_env):
            complain(tr("{name} is not set now; set it before watching.", name=words.key_env))
    else:
        secret = _given_key()
        if not await session.backend.vault.is_available():
            raise Stop(_no_vault())
        account = replace(account, key_hint=secret.hint)
    if problem := twin_problem(account, await session.backend.accounts()):
        raise Stop(problem, USAGE)
    account = replace(account, ca_file=_ca_file(words), keep_importing=words.keep_importing)
    kept = await session.backend.add_account(account, secret)
    if isinstance(kept, Failure):
        raise Stop(sentence(kept).text)
    if kept.key_source is KeySource.SESSION:  # the vault went away between the two questions
        await session.backend.remove_account(kept)
        raise Stop(_no_vault())
    print_row(tr("Added {name}. Try it: rushes accounts test", name=kept.name))
    return OK


def _given_key() -> Secret:
    given = given_text()
    if not given.strip():
        raise Stop(tr("No key came through standard input."), USAGE)
    try:
        return clean_key(given)
    except BadKey as e:
        raise Stop(key_problem(e), USAGE) from None


def _ca_file(words: Words) -> str:
    """Where the account's own authorities stand; it is read again at each start."""
    if not words.ca_file:
        return ""
    path = Path(words.ca_file).expanduser().absolute()
    try:
        trust(str(path))
    except UnusableAuthority:
        told = tr("{path} cannot be used: it must be a PEM file with certificates.", path=path)
        raise Stop(told, USAGE) from None
    return str(path)


def _no_vault() -> str:
    return tr("No password store here, so the key cannot be kept. Use --key-env VAR instead.")


def _service(words: Words) -> tuple[Service, str]:
    if words.service == "rong" and not words.base_url:
        raise Stop(tr("--service rong needs --base-url (or use rong-bj, rong-na)."), USAGE)
    service = service_named(words.service)
    given = words.base_url or service.base_url
    if not given:
        raise Stop(tr("This service needs --base-url: where does it answer?"), USAGE)
    try:
        return service, normalise_base_url(given)
    except BadBaseUrl as e:
        raise Stop(address_problem(e), USAGE) from None


async def _test(words: Words, session: Session) -> int:
    found = await session.backend.accounts()
    if words.name:
        found = tuple([await session.account(name) for name in words.name])
    code = _none_is_said(found)
    for account in found:
        failure = await session.backend.test(account)
        problem = of_key(account, failure, trial_sentence(failure)) if failure else ""
        told = failure is None or failure.kind in (Kind.UNCHECKED, *_REFUSED)
        credit = await session.backend.credit(account) if told else None
        if words.json:
            print_json(_tested(account, failure, problem, credit))
        elif failure is None:
            print_row(tr("{name}: the key is accepted", name=account.name))
        if failure is not None:
            complain(f"{account.name}: {problem}")
            code = FAILED
        if credit is not None and not words.json:
            for title, value in credit_rows(credit):
                print_row(account.name, title, value)
    return code


def _tested(
    account: Account, failure: Failure | None, problem: str, credit: KeyCredit | None
) -> dict[str, object]:
    """The object of `accounts test --json`; `accepted` is null where that cannot be told."""
    return {
        "name": account.name,
        "accepted": failure is None or (False if failure.kind in _REFUSED else None),
        "problem": {"kind": failure.kind.value, "text": problem} if failure else None,
        "key": credit_json(credit) if credit else None,
    }


async def _remove(words: Words, session: Session) -> int:
    await session.backend.remove_account(await session.account(words.name))
    return OK
