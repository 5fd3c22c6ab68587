"""Nothing is final before its time (reliability 1a): when to try again, and when it is over.

Most bad answers pass: a portal's page, a gateway that restarts, a single 401 among good answers.
So an account is asked again for ever, ever more rarely, and what a service really says about a
key, a route or a task counts only when it is in its own words.

Pure policy; `watching/` and `saving/` bring clock and chance. Waits are seconds at speed 1, moments
are Unix seconds by the service's clock, `chance` is a random number from 0 to 1.
"""

import re
from collections.abc import Sequence

from rushes.core.expiry import signed_at
from rushes.core.failure import Failure, Kind
from rushes.core.task import Artifact, Link, Task

DAY_S = 86_400.0

# --- accounts: the way to a service, and its key ---------------------------------------------

#: An account rests so long after the n-th failure in a row; the last figure stays.
WAY_RESTS_S = (5.0, 15.0, 60.0, 300.0, 600.0)

#: The same while a refused key is not believed yet, and once it is.
DOUBTED_RESTS_S = (5.0, 15.0, 60.0)
DENIED_RESTS_S = (600.0, 3600.0, 6 * 3600.0)

#: A key without credit is good again as soon as somebody pays.
NO_CREDIT_REST_S = 600.0

#: A refusal of the key counts after so many over so long, without a good answer between.
DENIALS_UNTIL_BELIEVED = 3
DENIALS_OVER_S = 120.0

#: Words of quota, balance, model or permission concern one route or model: asked again hourly.
ROUTE_REST_S = 3600.0

#: A task whose gateway has trouble with the service behind it.
UPSTREAM_RESTS_S = (30.0, 60.0, 120.0, 300.0, 600.0)

#: A list that cannot be asked is left alone so long; its tasks are asked about singly meanwhile.
LIST_RESTS_S = (60.0, 600.0, 3600.0)

#: So long the key is sent again by itself once the service's own words are heard; after that the
#: user says so.
KEY_STAYS_S = DAY_S

#: The user may have everything asked at once at most so often.
USER_RETRY_S = 5.0

#: Somebody else than the service is waited for so long at most, whatever it asks for; a file so
#: long, whoever asks.
FOREIGN_WAIT_S = 600.0
FILE_WAIT_S = 1800.0

#: So long before a link ends nothing waits for a `Retry-After` any more.
BEFORE_END_S = 60.0

#: What the service says about one route, model or task: the others go on.
OF_ONE_ROUTE = frozenset({Kind.QUOTA, Kind.OVERDUE, Kind.MODEL_NOT_OPEN, Kind.FORBIDDEN})
OF_ONE_TASK = OF_ONE_ROUTE | {Kind.REJECTED, Kind.UPSTREAM}

#: Only the service itself says these: whoever does is no portal and no proxy.
OWN_WORDS = OF_ONE_TASK | {Kind.DENIED, Kind.LIMITED, Kind.NOT_FOUND}

_FOREIGN = frozenset({Kind.NOT_API, Kind.BLOCKED_URL, Kind.PROXY, Kind.MALFORMED, Kind.TOO_LARGE})


def is_foreign(failure: Failure) -> bool:
    """Whether somebody answered, and not in the service's own words: no place for a key."""
    if failure.kind is Kind.SERVER:  # a proxy's page says nothing that could be passed on
        return not (failure.code or failure.message)
    return failure.kind in _FOREIGN


def asked_wait_s(failure: Failure) -> float | None:
    """How long the answer asked us to wait (`Retry-After`), as far as it may; None: it did not."""
    if failure.retry_after is None or not is_foreign(failure):
        return failure.retry_after
    return min(failure.retry_after, FOREIGN_WAIT_S)


def account_rest_s(kind: Kind, *, failures: int, believed: int = 0) -> float:
    """How long an account rests after the n-th failure in a row.

    Args:
        believed: How many refusals of the key there were since they count; 0: none does.
    """
    if kind is Kind.NO_CREDIT:
        return NO_CREDIT_REST_S
    if believed or kind is Kind.KEY_ENDED:
        return _step(DENIED_RESTS_S, believed)
    return _step(DOUBTED_RESTS_S if kind is Kind.DENIED else WAY_RESTS_S, failures)


def task_rest_s(kind: Kind, *, failures: int) -> float:
    """How long a single task rests after it could not be seen n times in a row."""
    if kind in OF_ONE_ROUTE:
        return ROUTE_REST_S
    if kind is Kind.UPSTREAM:
        return _step(UPSTREAM_RESTS_S, failures)
    return _step(DOUBTED_RESTS_S if kind is Kind.DENIED else WAY_RESTS_S, failures)


def list_rest_s(failures: int) -> float:
    """How long an account's list is left alone after it could not be asked n times in a row."""
    return _step(LIST_RESTS_S, failures)


def are_denials_believed(count: int, over_s: float) -> bool:
    """Whether so many refusals of a key in a row, over so long a time, are about the key."""
    return count >= DENIALS_UNTIL_BELIEVED and over_s >= DENIALS_OVER_S


def _step(rests: Sequence[float], number: int) -> float:
    return rests[min(max(number, 1), len(rests)) - 1]


# --- accounts: success without a link --------------------------------------------------------

#: From one look to the next at a task that succeeded without its link: a day in all.
MISSING_LINK_S = (
    *(10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 600.0, 1200.0),
    *(1800.0,) * 5,
    *(3600.0,) * 21,
)

#: After so many looks (nine minutes) a command that waits for files waits for this link no more.
LINK_WAITED_FOR = 6

#: A record that contradicts itself is looked at once more.
CONFLICT_S = (30.0,)

#: An end that only the service behind a gateway has said is asked about until the gateway says it,
#: for as long as services keep a task; one after which the gateway gave up, hourly for a day.
UNSETTLED_S = 600.0
UNSETTLED_LOOKS = 7 * 24 * 6
GAVE_UP_S = 3600.0
GAVE_UP_LOOKS = 24


# --- tasks that the service does not know ------------------------------------------------------

#: So many such answers in a row, and the task is shown as not found.
MISSES_UNTIL_NOT_FOUND = 3

#: From one such answer to the next look: a record may show up late, so those that count take a
#: minute, and the task is still asked about hourly for a day.
MISS_RESTS_S = (15.0, 45.0, 3600.0)
MISSES = MISSES_UNTIL_NOT_FOUND + 24


def miss_rest_s(misses: int) -> float:
    """From the n-th answer in a row that a service does not know a task to the next look."""
    return _step(MISS_RESTS_S, misses)


def recheck_s(rechecks: int) -> float:
    """From a look at a task that ended to the next one, after so many since it ended."""
    return _step(MISSING_LINK_S, rechecks + 1)


# --- files ------------------------------------------------------------------------------------

#: Something else came than the file. It says little: storages answer 403 or 404 for seconds before
#: a file is there, and portals answer with a page.
REFUSED = frozenset({Kind.LINK_ENDED, Kind.WRONG_FILE, Kind.REJECTED, Kind.BLOCKED_URL})

#: After these another link to the same file may bring it: they say nothing about our disk, our key
#: or the file itself.
OF_ONE_LINK = REFUSED | {
    *(Kind.OFFLINE, Kind.SLOW, Kind.STALLED, Kind.TLS, Kind.PROXY, Kind.SERVER, Kind.LIMITED),
    *(Kind.QUOTA, Kind.NOT_API, Kind.MALFORMED, Kind.NO_KEY, Kind.CUT),
}

#: Trouble on the way, or of ours. NO_KEY: the account's key has not been read yet, or not again.
PASSING = frozenset(
    {
        Kind.OFFLINE,
        Kind.SLOW,
        Kind.STALLED,
        Kind.PROXY,
        Kind.TLS,
        Kind.SERVER,
        Kind.MALFORMED,
        Kind.LIMITED,
        Kind.QUOTA,
        Kind.NO_KEY,
        Kind.NOT_API,  # somebody else answers where the service should
        Kind.INTERNAL,
    }
)

#: Never sooner than this, however near the end of a link is.
SHORTEST_WAIT_S = 3.0

#: After the n-th refusal in a row; the last one from then on.
REFUSED_WAITS_S = (10.0, 30.0, 120.0, 600.0, 1800.0)

#: After the n-th file that came damaged; the last one from then on. The same bytes twice are what
#: the service made, other ones each time the fault of the network.
DAMAGED_WAITS_S = (30.0, 300.0, 1800.0)

#: After the n-th time in a row that a file is announced larger than the limit, by the same size:
#: a single false Content-Length passes. After these it is believed.
TOO_LARGE_WAITS_S = (30.0, 120.0)

#: A server that cuts every download after the same time may have a better hour.
CUT_WAITS_S = (300.0, 600.0, 1800.0)

_SLOWEST_S = 300.0
_OFFLINE_SLOWEST_S = 60.0  # the network's return should be noticed soon
_QUOTA_S = 600.0
_QUOTA_SLOWEST_S = 3600.0

#: An end that was only inferred may be off by so much.
INFERRED_GRACE_S = 3600.0
#: Clocks that differ by less agree.
CLOCKS_AGREE_S = 600.0
#: A service that cannot be asked for a newer link is waited for so long after the end.
UNASKED_GRACE_S = 24 * 3600.0
#: How long services keep a task's record, and with it the chance of a newer link.
RECORD_LIFE_S = 7 * 24 * 3600.0

_LONGEST_S = 1.2 * REFUSED_WAITS_S[-1]
_UNDONE_ESCAPE = re.compile(r"\\+u0026|&amp;", re.IGNORECASE)


def back_off_s(
    kind: Kind, *, failures: int, chance: float, retry_after: float | None, is_late: bool = False
) -> float:
    """How long a single download rests after the n-th failure in a row that passes by itself.

    Doubles up to a limit; a quota is not a matter of seconds. What the server asked for is
    obeyed above our own idea, up to half an hour.

    Args:
        is_late: Its end has passed: there is no hurry any more, and the limit is a high one.
    """
    first, slowest = 5.0, _SLOWEST_S
    if is_late:
        slowest = REFUSED_WAITS_S[-1]
    elif kind is Kind.OFFLINE:
        slowest = _OFFLINE_SLOWEST_S
    elif kind is Kind.QUOTA:
        first, slowest = _QUOTA_S, _QUOTA_SLOWEST_S
    own = min(first * 2.0 ** min(max(failures, 1) - 1, 16), slowest)
    return _or_asked(own, retry_after, chance)


def _or_asked(own: float, retry_after: float | None, chance: float) -> float:
    later = 1.0 + 0.2 * chance
    return max(own * later, min((retry_after or 0.0) * later, FILE_WAIT_S))


def file_wait_s(
    failure: Failure,
    *,
    refusals: int,
    attempts: int,
    ends: tuple[float, ...],
    chance: float,
    took_s: float = 0.0,
    same_size: int = 0,
) -> float | None:
    """Seconds until a file is tried again; None: only a person can change something.

    Args:
        refusals: Refused attempts in a row, this one included.
        attempts: Attempts in a row that failed in any way, this one included.
        ends: Seconds from now to the moments after which it may be over. The waits get shorter
            towards each, so that there is a try within its last minute.
        took_s: How long the attempt took. An end that passed meanwhile was still to come when the
            service was asked: its newer link is asked for soon.
        same_size: How often in a row the same size over the limit was announced; 0: more than the
            limit really came.
    """
    left = [max(SHORTEST_WAIT_S, end / 2) for end in ends if end > -took_s]
    if failure.kind is Kind.CUT:
        wait = _step(CUT_WAITS_S, attempts - 2)
    elif failure.kind in REFUSED:
        own = REFUSED_WAITS_S[min(max(refusals, 1), len(REFUSED_WAITS_S)) - 1]
        wait = _or_asked(own, failure.retry_after, chance)
    elif failure.kind is Kind.TOO_LARGE and 0 < same_size <= len(TOO_LARGE_WAITS_S):
        wait = TOO_LARGE_WAITS_S[same_size - 1]
    elif failure.kind is Kind.DAMAGED:
        wait = DAMAGED_WAITS_S[min(max(attempts, 1), len(DAMAGED_WAITS_S)) - 1]
    elif failure.kind in PASSING:
        wait = back_off_s(
            failure.kind,
            failures=attempts,
            chance=chance,
            retry_after=asked_wait_s(failure),
            is_late=not left,
        )
    else:
        return None
    return min([wait, *left])


def link_of(task: Task, artifact: Artifact) -> Link | None:
    """The link of the file as the service's last answer named it; None: it names another one."""
    links = (link for link in task.report.links if link.kind is artifact.kind)
    return next((link for link in links if link.url == artifact.url), None)


def ends_of(task: Task, artifact: Artifact) -> tuple[float, float]:
    """(when the file is said to be gone, when it is gone for sure), Unix seconds.

    The two differ where the end is not the record's own: one that was inferred, or that of a link
    a redirect led to. A gateway may sign a new link with each request.
    """
    said: Link | Artifact = link_of(task, artifact) or artifact
    if said.expires_at is None:
        # A service that does not say when it made a task: at the latest when it was added here.
        sure = (task.report.created_at or task.added_at) + RECORD_LIFE_S
    else:
        sure = said.expires_at + (INFERRED_GRACE_S if said.expires_inferred else 0.0)
    end = sure if artifact.expires_at is None else artifact.expires_at
    return end, max(end, sure)


def earliest_now(url: str, *, own: float, services: float) -> float:
    """The time (Unix seconds) that what is final is judged by: a `Date` may be as wrong as this
    computer's clock, so the earlier of the two counts.

    A link that was signed in our future proves our clock to be behind: then the service's counts.

    Args:
        url: The link of the file.
        own: This computer's clock.
        services: The same, put right by what the services' answers say.
    """
    signed = signed_at(url)
    if signed is not None and own < signed - CLOCKS_AGREE_S:
        return services
    return min(own, services)


def is_lost(task: Task, artifact: Artifact, kind: Kind, *, now: float, was_asked: bool) -> bool:
    """Whether a file that failed with `kind` at `now` will never come.

    Args:
        was_asked: The service answered after `now` and named no newer link.
    """
    since = now - ends_of(task, artifact)[1]
    if kind in REFUSED and was_asked:
        return since >= 0.0
    # Where the file's own server was not reached, only the service's silence counts.
    return since >= UNASKED_GRACE_S and (kind in REFUSED or was_asked)


def still_to_wait(next_try_at: float | None, now: float) -> float:
    """Seconds left of a wait that was written down, perhaps by a clock that was wrong."""
    left = 0.0 if next_try_at is None else next_try_at - now
    return left if 0.0 < left <= _LONGEST_S else 0.0


def repaired(url: str) -> str | None:
    """The link whose `&` came escaped for JSON or HTML once too often; None: it has no such."""
    whole = _UNDONE_ESCAPE.sub("&", url)
    return whole if whole != url else None
