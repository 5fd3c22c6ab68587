"""Which provider speaks which dialect: the one thing callers need of this package."""

from collections.abc import Mapping

from rushes.core.account import Dialect
from rushes.core.wire import Provider
from rushes.providers import ark, gateway
from rushes.providers.paths import ARK_ROUTE, task_at
from rushes.providers.shapes import read_one, read_page

_PROVIDERS: Mapping[Dialect, Provider] = {
    Dialect.ARK: Provider(
        one=task_at(*ARK_ROUTE),
        read_one=read_one,
        tiers=ark.TIERS,
        many=ark.many,
        recent=ark.recent,
        read_page=read_page,
        cancel=ark.cancel,
        batch_from=ark.BATCH_FROM,
    ),
    # RongCloud (contract 2): the fields are a subset of Ark's, its errors are undocumented.
    Dialect.RONG: Provider(
        one=task_at("/llm/v1", "/contents/generations/tasks"), read_one=read_one
    ),
    # A gateway of the new-api kind (contract 3.1, 3.2): an envelope `{code, message, data}` whose
    # innermost `data` is the task object of the service behind it.
    Dialect.ANYFAST: Provider(
        one=task_at("/v1", "/video/generations"), read_one=read_one, models=gateway.models
    ),
    # Two stacked gateways (contract 3.3), so an envelope in an envelope. Asking costs nothing.
    Dialect.JIMENG: Provider(
        one=task_at("", "/jimeng/fetch"), read_one=read_one, models=gateway.models
    ),
    Dialect.GATEWAY: Provider(one=gateway.one, read_one=read_one, models=gateway.models),
}


def provider_for(dialect: Dialect) -> Provider:
    return _PROVIDERS[dialect]
