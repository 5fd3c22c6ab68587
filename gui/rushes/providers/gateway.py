"""Other gateways: all routes at which they are known to answer for a task (contract 8)."""

from rushes.core.failure import Kind, Malformed
from rushes.core.wire import Reply, Request
from rushes.providers import body
from rushes.providers.paths import ARK_ROUTE, below, segment
from rushes.providers.values import node, number

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
    if reply.status != 200 or len(reply.body) > body.MAX_BYTES or body.is_web_page(reply):
        return None
    try:
        return node(body.decode(reply.body)).get("data")
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
    ends = number(said.get("expires_at"))
    if ends is not None and 0 < ends <= now:
        return Kind.KEY_ENDED
    return Kind.NO_CREDIT if said.get("unlimited_quota") is False else None


#: What a unit of a gateway's quota is; shown without a key.
STATUS = Request("/api/status", keyless=True)


def quota_per_dollar(reply: Reply) -> float | None:
    """Units of quota in one US dollar, by an answer to `STATUS`; None: it counts otherwise."""
    said = node(_data(reply))
    units = number(said.get("quota_per_unit"))
    in_dollars = said.get("quota_display_type", "USD") == "USD"
    return units if units and units > 0.0 and in_dollars else None
