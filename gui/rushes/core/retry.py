"""What is tried again after which failure, and when. Pure policy: tables, and nothing is final.

Most bad answers pass: a portal's page, a gateway that restarts, a single 401 among good answers.
So an account is asked again for ever, ever more rarely, and what a service really says about a
key, a route or a task counts only when it is in its own words. All figures are seconds.
"""

from collections.abc import Sequence

from rushes.core.failure import Failure, Kind

DAY_S = 86_400.0

# --- accounts: the way to a service, and its key ---------------------------------------------

#: An account rests so long after the n-th failure in a row; the last figure stays.
WAY_RESTS_S = (5.0, 15.0, 60.0, 300.0, 600.0)

#: The same while a refused key is not believed yet, and once it is.
DOUBTED_RESTS_S = (5.0, 15.0, 60.0)
DENIED_RESTS_S = (600.0, 3600.0, 6 * 3600.0)

#: A refusal of the key counts after so many over so long, without a good answer between.
DENIALS_UNTIL_BELIEVED = 3
DENIALS_OVER_S = 120.0

#: Words of quota, balance, model or permission concern one route or model: asked again hourly.
ROUTE_REST_S = 3600.0

#: A list that cannot be asked is left alone so long; its tasks are asked about singly meanwhile.
LIST_RESTS_S = (60.0, 600.0, 3600.0)

#: So long the key is sent again by itself once the service's own words are heard; after that the
#: user says so.
KEY_STAYS_S = DAY_S

#: The user's wish to ask now is followed at most so often.
WISHES_S = 5.0

#: So long before a link ends nothing waits for a `Retry-After` any more.
BEFORE_END_S = 60.0

#: What the service says about one route, model or task: the others go on.
OF_ONE_ROUTE = frozenset({Kind.QUOTA, Kind.OVERDUE, Kind.MODEL_NOT_OPEN, Kind.FORBIDDEN})
OF_ONE_TASK = OF_ONE_ROUTE | {Kind.REJECTED}

#: Only the service itself says these: whoever does is no portal and no proxy.
OWN_WORDS = OF_ONE_TASK | {Kind.DENIED, Kind.LIMITED, Kind.NOT_FOUND}

_FOREIGN = frozenset({Kind.NOT_API, Kind.BLOCKED_URL, Kind.PROXY, Kind.MALFORMED, Kind.TOO_LARGE})


def is_foreign(failure: Failure) -> bool:
    """Whether somebody answered, and not in the service's own words: no place for a key."""
    if failure.kind is Kind.SERVER:  # a proxy's page says nothing that could be passed on
        return not (failure.code or failure.message)
    return failure.kind in _FOREIGN


def account_rest_s(kind: Kind, *, failures: int, believed: int = 0) -> float:
    """How long an account rests after the n-th failure in a row.

    Args:
        believed: How many refusals of the key there were since they count; 0: none does.
    """
    if believed:
        return _step(DENIED_RESTS_S, believed)
    return _step(DOUBTED_RESTS_S if kind is Kind.DENIED else WAY_RESTS_S, failures)


def task_rest_s(kind: Kind, *, failures: int) -> float:
    """How long a single task rests after it could not be seen n times in a row."""
    if kind in OF_ONE_ROUTE:
        return ROUTE_REST_S
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


def recheck_s(rechecks: int) -> float:
    """From a look at a task that ended to the next one, after so many since it ended."""
    return _step(MISSING_LINK_S, rechecks + 1)
