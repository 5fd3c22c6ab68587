"""`rushes accounts test` at gateways that tell about their keys, and at one that does not."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.simulated import Play, simulator  # noqa: F401 - a fixture

Done = subprocess.CompletedProcess[str]

KINDS = ("good", "limited", "ended", "used_up", "wrong")


def test_that_a_gateway_s_word_about_a_key_stands_behind_the_answer(
    tmp_path: Path,
    simulator: Play,  # noqa: F811
) -> None:
    sim = simulator("gateways")
    newapi, aisix = sim.endpoint("newapi"), sim.endpoint("aisix")
    env = {**os.environ, **{f"KEY_{kind}": newapi.keys[kind] for kind in KINDS}}
    env["KEY_aisix"] = aisix.keys["good"]

    def run(*words: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "rushes", "--base-dir", str(tmp_path), *words],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def add(name: str, base_url: str) -> None:
        words = ("--service", "gateway", "--base-url", base_url, "--key-env", f"KEY_{name}")
        assert run("accounts", "add", "--name", name, *words).returncode == 0

    for kind in KINDS:
        add(kind, newapi.base_url)
    add("aisix", aisix.base_url)

    shown = run("accounts", "test", "good", "limited", "aisix")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert [line for line in lines if not line.startswith("good\tModels")] == [
        "good: the key is accepted",
        "good\tKey name\tfull",
        "good\tLeft\tno limit of its own",
        "good\tEnds\tnever",
        "limited: the key is accepted",
        "limited\tKey name\tlimited",
        "limited\tLeft\tno limit of its own",
        "limited\tModels\tkling-v1-6",
        "limited\tEnds\tnever",
        "aisix: the key is accepted",
    ]

    told = run("accounts", "test", "--json")
    assert told.returncode == 1
    by_name = {line["name"]: line for line in map(json.loads, told.stdout.splitlines())}
    problems = {name: (line["problem"] or {}).get("kind") for name, line in by_name.items()}
    assert problems == {
        "good": None,
        "limited": None,
        "aisix": None,
        "ended": "key_ended",
        "used_up": "no_credit",
        "wrong": "denied",
    }
    assert {name for name, line in by_name.items() if line["key"] is None} == {"aisix", "wrong"}
    used_up = by_name["used_up"]["key"]
    assert (used_up["used_up"], used_up["left"]["currency"]) == (True, "USD")
    assert by_name["ended"]["key"]["ended"] is True
    assert by_name["limited"]["key"]["models"] == ["kling-v1-6"]
    assert all(key not in told.stdout + told.stderr for key in newapi.keys.values())
