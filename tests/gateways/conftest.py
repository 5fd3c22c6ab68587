"""One proxy and one server behind it for all tests of this room; a killed proxy comes back."""

from collections.abc import Iterator

import pytest

from tests.gateways.proxy import PYTHON, Gateway, gateway
from tests.gateways.upstream import Upstream, serving


@pytest.fixture(scope="session")
def _all_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Upstream]]:
    if not PYTHON.exists():
        pytest.skip("needs LiteLLM in .venv-gateways: python3 packaging/dev.py gateways")
    upstream = Upstream()
    with (
        serving(upstream),
        gateway(tmp_path_factory.mktemp("gateway"), upstream.address) as proxy,
    ):
        yield proxy, upstream


@pytest.fixture
def upstream(_all_session: tuple[Gateway, Upstream]) -> Iterator[Upstream]:
    """The services behind the gateway, all well; nothing was asked of anybody else."""
    _, served = _all_session
    served.forget_scripts()
    yield served
    asked_outside = list(served.strangers)
    served.forget_scripts()
    assert asked_outside == []


@pytest.fixture
def proxy(_all_session: tuple[Gateway, Upstream], upstream: Upstream) -> Gateway:
    """The running gateway."""
    running, _ = _all_session
    running.start_if_killed()
    return running
