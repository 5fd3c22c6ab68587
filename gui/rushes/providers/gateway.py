"""Other gateways: all routes at which they are known to answer for a task (contract 8)."""

from rushes.core.account import KeyCredit
from rushes.core.failure import Kind, Malformed
from rushes.core.wire import Reply, Request
from rushes.providers import body
from rushes.providers.paths import ARK_ROUTE, below, segment
from rushes.providers.values import Node, amount, dollars, moment, node, number, text

#: The routes at whose end the id stands, the likeliest first: prefix and rest (`paths.below`).
_ROUTES = (
    ("/v1", "/video/generations"),
    ("/v1", "/videos"),  # OpenAI's video object
    ARK_ROUTE,
    ("", "/jimeng/fetch"),
    # The branches below which gateways offer Ark's route.
    ("/volc/v3", ARK_ROUTE[1]),
    ("/seedance/api/v3", ARK_ROUTE[1]),
    ("/byteplus/api/v3", ARK_ROUTE[1]),
    ("/llm/v1", ARK_ROUTE[1]),
    ("/volc/v1", ARK_ROUTE[1]),
    ("", "/api/v1/videos"),
    ("/kling/v1", "/videos/text2video"),
    ("/kling/v1", "/videos/image2video"),
    ("/v2", "/videos/generations"),
    ("/v1", "/tasks"),
    ("/v1", "/task/get"),
)


def one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """Every route, the likeliest first; which one answers is found once an account."""
    part = segment(task_id)
    routes = (
        *(Request(below(base_path, prefix, f"{rest}/{part}")) for prefix, rest in _ROUTES),
        Request(below(base_path, "/v1", "/video/query"), query=(("id", task_id),)),
        Request(f"/ent/v2/tasks/{part}/creations"),
    )
    return tuple(dict.fromkeys(routes))


def models(base_path: str) -> Request:
    """The list of models, which most gateways show to good keys alone."""
    return Request(below(base_path, "/v1", "/models"))


def _data(reply: Reply) -> object:
    """What stands under `data` in a good answer; None in any other."""
    try:
        return node(body.decode(reply.body)).get("data") if reply.status == 200 else None
    except Malformed:
        return None


def is_list_of_models(reply: Reply) -> bool:
    """Whether it is what a good key gets: a list of models, and no page."""
    return isinstance(_data(reply), list)


#: What a gateway of the new-api kind says of the key that asks, also of one that it refuses
#: everywhere else.
USAGE = Request("/api/usage/token/")


def why_refused(reply: Reply, now: float) -> Kind | None:
    """Why a key is refused, by an answer to `USAGE`; None: that is not told.

    Args:
        now: Unix seconds by the gateway's clock.
    """
    said = node(_data(reply))
    ends = moment(said.get("expires_at"))
    if ends is not None and ends <= now:
        return Kind.KEY_ENDED
    return Kind.NO_CREDIT if said.get("unlimited_quota") is False else None


def key_credit(
    usage: Reply, status: Reply | None, models: Reply | None, *, now: float, asked_at: float
) -> KeyCredit | None:
    """What a gateway says about the key, by its answers to `USAGE`, `STATUS` and `models`; None:
    the first is none of a gateway of the new-api kind.

    Args:
        status, models: None: they were not answered.
        now: Unix seconds by the gateway's clock; `asked_at` by this computer's.
    """
    said = node(_data(usage))
    is_unlimited = said.get("unlimited_quota")
    if not isinstance(is_unlimited, bool):
        return None
    ends, left = moment(said.get("expires_at")), number(said.get("total_available"))
    per_dollar = None if status is None else quota_per_dollar(status)
    is_refused = models is not None and models.status == 401
    has_ended = ends is not None and ends <= now
    return KeyCredit(
        asked_at=asked_at,
        name=text(said.get("name")) or "",
        is_unlimited=is_unlimited,
        # A used-up key is refused everywhere else, whatever is said to be left (contract 10).
        is_used_up=not is_unlimited
        and ((left is not None and left <= 0) or (is_refused and not has_ended)),
        left_usd=None
        if is_unlimited or not per_dollar or left is None
        else dollars(left / per_dollar),
        models=_models(said, models),
        ends_at=ends,
        has_ended=has_ended,
    )


def _models(said: Node, models: Reply | None) -> tuple[str, ...] | None:
    """The models that the list of models names, else those that the key is limited to."""
    listed = None if models is None else _data(models)
    if isinstance(listed, list):
        names = (text(node(each).get("id")) for each in listed)
        return tuple(dict.fromkeys(name for name in names if name))
    limits = (name for each in node(said.get("model_limits")) if (name := text(each)))
    return tuple(limits) if said.get("model_limits_enabled") is True else None


#: What a unit of a gateway's quota is; shown without a key.
STATUS = Request("/api/status", keyless=True)


def quota_per_dollar(reply: Reply) -> float | None:
    """Units of quota in one US dollar, by an answer to `STATUS`; None: it counts otherwise."""
    said = node(_data(reply))
    in_dollars = said.get("quota_display_type", "USD") == "USD"
    return amount(said.get("quota_per_unit")) if in_dollars else None
