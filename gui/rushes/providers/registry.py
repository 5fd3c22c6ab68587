"""Which provider speaks which dialect: the one thing callers need of this package."""

from collections.abc import Mapping

from rushes.core.account import Dialect
from rushes.core.wire import Provider
from rushes.providers import ark_list, gateway, paths
from rushes.providers.shapes import read_one, read_page

_PROVIDERS: Mapping[Dialect, Provider] = {
    Dialect.ARK: Provider(
        one=paths.ark_one,
        read_one=read_one,
        tiers=ark_list.TIERS,
        many=ark_list.many,
        recent=ark_list.recent,
        read_page=read_page,
        cancel=paths.ark_cancel,
        batch_from=ark_list.BATCH_FROM,
    ),
    Dialect.RONG: Provider(one=paths.rong_one, read_one=read_one),
    Dialect.ANYFAST: Provider(one=paths.new_api_one, read_one=read_one, models=gateway.models),
    Dialect.JIMENG: Provider(one=paths.jimeng_one, read_one=read_one, models=gateway.models),
    Dialect.GATEWAY: Provider(one=gateway.one, read_one=read_one, models=gateway.models),
}


def provider_for(dialect: Dialect) -> Provider:
    return _PROVIDERS[dialect]
