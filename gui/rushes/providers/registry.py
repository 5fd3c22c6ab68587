"""Which provider speaks which dialect: the one thing callers need of this package."""

from collections.abc import Mapping

from rushes.core.account import Dialect
from rushes.core.wire import Provider, Request
from rushes.providers import anyfast, ark, ark_list, jimeng, rong
from rushes.providers.shapes import read_one, read_page


def _any_gateway(base_path: str, task_id: str) -> tuple[Request, ...]:
    """Every route that gateways are known to have, the likeliest first."""
    routes = (anyfast.one, anyfast.one_as_openai, ark.one, jimeng.one)
    return tuple(request for one in routes for request in one(base_path, task_id))


_PROVIDERS: Mapping[Dialect, Provider] = {
    Dialect.ARK: Provider(
        one=ark.one,
        read_one=read_one,
        tiers=ark_list.TIERS,
        many=ark_list.many,
        recent=ark_list.recent,
        read_page=read_page,
        cancel=ark.cancel,
        batch_from=ark_list.BATCH_FROM,
    ),
    Dialect.RONG: Provider(one=rong.one, read_one=read_one),
    Dialect.ANYFAST: Provider(one=anyfast.one, read_one=read_one),
    Dialect.JIMENG: Provider(one=jimeng.one, read_one=read_one),
    Dialect.GATEWAY: Provider(one=_any_gateway, read_one=read_one),
}


def provider_for(dialect: Dialect) -> Provider:
    return _PROVIDERS[dialect]
