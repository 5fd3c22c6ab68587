"""Volcengine's own SDK as the client. It brings some hundred packages, so it is not a dependency:

    python -m venv sdk && sdk/bin/pip install volcengine-python-sdk volcengine-ark-runtime
    RUSHES_SDK_PYTHON=sdk/bin/python pytest tests/simulator/test_ark_sdk.py

Last run by hand with 5.0.54.
"""

import json
import os
import subprocess

import pytest

from tests.patience import LIMIT_S
from tests.simulated import HandClock, Play

PYTHON = os.environ.get("RUSHES_SDK_PYTHON", "")

CLIENT = """
import json, sys
from volcenginesdkarkruntime import Ark
from volcenginesdkarkruntime._exceptions import ArkAuthenticationError, ArkNotFoundError

base_url, key, *ids = sys.argv[1:]
tasks = Ark(base_url=base_url + "/api/v3", api_key=key).content_generation.tasks
found = [tasks.get(task_id=task_id) for task_id in ids]
try:
    tasks.get(task_id="cgt-unknown")
except ArkNotFoundError as e:
    missing = e.status_code
try:
    Ark(base_url=base_url + "/api/v3", api_key="wrong").content_generation.tasks.get(task_id=ids[0])
except ArkAuthenticationError as e:
    denied = e.code
listed = tasks.list(page_num=1, page_size=100, task_ids=ids)
print(json.dumps({
    "got": {task.id: task.status for task in found},
    "listed": sorted(task.id for task in listed.items),
    "total": listed.total,
    "missing": missing,
    "denied": denied,
}))
"""


@pytest.mark.skipif(not PYTHON, reason="RUSHES_SDK_PYTHON names no interpreter with the SDK")
def test_that_volcengines_own_sdk_gets_and_lists_the_tasks(simulator: Play) -> None:
    clock = HandClock()
    sim = simulator("statuses", clock=clock)
    clock.forward(60)
    ark = sim.endpoint("ark")
    said = subprocess.run(
        [PYTHON, "-c", CLIENT, ark.base_url, ark.key, *ark.ids],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    ).stdout
    assert json.loads(said) == {
        "got": {i: truth["status"] for i, truth in sim.expected()["ark"].items()},
        "listed": sorted(ark.ids),
        "total": 4,
        "missing": 404,
        "denied": "AuthenticationError",
    }
