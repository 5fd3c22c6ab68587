"""What gateways say of keys and charges, by the commands a script would use."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401 - a fixture
from tests.simulator.gateways import stage

KINDS = ("good", "limited", "ended", "used_up", "wrong")
LATE = 40.0


@dataclass(frozen=True)
class Shell:
    """Runs commands on one base folder; its accounts' keys by their names."""

    folder: Path
    keys: Mapping[str, str]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "rushes",
                "--base-dir",
                str(self.folder),
                "--speed",
                "200",
                *words,
            ],
            env={**os.environ, **{f"KEY_{name}": key for name, key in self.keys.items()}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def add(self, name: str, base_url: str) -> None:
        words = ("--service", "gateway", "--base-url", base_url, "--key-env", f"KEY_{name}")
        assert self.run("accounts", "add", "--name", name, *words).returncode == 0


def test_that_a_gateway_s_word_about_a_key_stands_behind_the_answer(
    tmp_path: Path,
    simulator: Play,  # noqa: F811
) -> None:
    sim = simulator("gateways")
    newapi, aisix = sim.endpoint("newapi"), sim.endpoint("aisix")
    keys = {kind: newapi.keys[kind] for kind in KINDS}
    shell = Shell(tmp_path, keys | {"aisix": aisix.keys["good"]})
    for kind in KINDS:
        shell.add(kind, newapi.base_url)
    shell.add("aisix", aisix.base_url)

    shown = shell.run("accounts", "test", "good", "limited", "aisix")
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
        "limited\tEnds\tnever",
        "limited\tModels\tkling-v1-6",
        "aisix: the key is accepted",
    ]

    told = shell.run("accounts", "test", "--json")
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
    accepted = {name for name, line in by_name.items() if line["accepted"]}
    assert accepted == {"good", "limited", "aisix"}
    assert {name for name, line in by_name.items() if line["key"] is None} == {"aisix", "wrong"}
    used_up = by_name["used_up"]["key"]
    assert (used_up["used_up"], used_up["left"]["currency"]) == (True, "USD")
    assert by_name["ended"]["key"]["ended"] is True
    assert by_name["limited"]["key"]["models"] == ["kling-v1-6"]
    assert all(key not in told.stdout + told.stderr for key in newapi.keys.values())


def test_that_every_take_says_what_its_gateway_charged(tmp_path: Path) -> None:
    with stage() as gateways:
        gateways.at(LATE)
        names = ("newapi", "openrouter", "aisix")
        shell = Shell(tmp_path, {name: gateways.end(name).keys["good"] for name in names})
        for name in names:
            shell.add(name, gateways.end(name).base_url)
            assert shell.run("add", "--account", name, *gateways.end(name).ids).returncode == 0
        shell.run("watch", "--once")
        listed = [json.loads(line) for line in shell.run("list", "--json").stdout.splitlines()]
        charged = {(row["account"], row["id"]): row["usage"]["charged"] for row in listed}
        truth = {
            (name, id_): task["usage"]["charged"]
            for name in names
            for id_, task in gateways.sim.expected()[name].items()
        }
        assert charged == truth
        assert {name for (name, _), charge in charged.items() if charge} == {"newapi", "openrouter"}
