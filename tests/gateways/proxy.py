"""LiteLLM's proxy as a process of its own, and the `openai` SDK as a script of a user.

Both live in `.venv-gateways` (`packaging/dev.py gateways` makes it): hundreds of megabytes that
Rushes itself never needs.
"""

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.patience import LIMIT_S

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-gateways" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
KEY = "sk-rushes-gateway-0123456789abcdef"

#: Model groups as the user names them: (group, LiteLLM's name, kind of the upstream, its base).
GROUPS = (
    ("sora-2", "openai/sora-2", "openai", "/openai"),
    ("studio/sora", "openai/sora-2", "openai", "/openai"),
    ("hailuo", "minimax/MiniMax-H3", "minimax", "/minimax"),
    ("wan", "dashscope/wan2.7-t2v", "dashscope", "/dashscope"),
    ("seedance", "fal_ai/bytedance/seedance-2.0/text-to-video", "fal", "/fal"),
    ("gen4", "runwayml/gen4_turbo", "runway", "/runway/v1"),
)


def inner_id(gateway_id: str) -> str:
    """The service's own id: `video_` + base64 of `litellm:…;video_id:THIS;…`."""
    return _parts(gateway_id)["video_id"]


def with_inner_id(gateway_id: str, other: str) -> str:
    """A well-formed id of the same deployment, for a job that nobody ordered."""
    plain = _decoded(gateway_id).replace(inner_id(gateway_id), other)
    return "video_" + base64.b64encode(plain.encode()).decode()


def _decoded(gateway_id: str) -> str:
    return base64.b64decode(gateway_id.removeprefix("video_")).decode()


def _parts(gateway_id: str) -> dict[str, str]:
    pairs = _decoded(gateway_id).removeprefix("litellm:").split(";")
    return dict(pair.split(":", 1) for pair in pairs)


def configuration(upstream: str) -> dict[str, Any]:
    """The proxy's config file (JSON is YAML): no database, no telemetry, no second tries."""
    models = [
        {
            "model_name": group,
            "litellm_params": {
                "model": model,
                "api_base": upstream + base,
                "api_key": f"up-{kind}-0123456789",
                "max_retries": 0,
            },
        }
        for group, model, kind, base in GROUPS
    ]
    return {
        "model_list": models,
        "litellm_settings": {
            "telemetry": False,
            "num_retries": 0,
            "request_timeout": 20,
            # The upstream's films are on loopback, too.
            "user_url_validation": False,
        },
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        "general_settings": {"master_key": KEY},
    }


def environment(upstream: str) -> dict[str, str]:
    """Of this machine only what a program needs to start; what it asks of others is caught."""
    kept = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP", "LANG")
    caught = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), upstream)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **caught,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AIOHTTP_TRUST_ENV": "True",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "LITELLM_LOG": "ERROR",
        "DISABLE_ADMIN_UI": "True",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass
class Gateway:
    """A proxy that can be killed and started again at the same address."""

    folder: Path
    upstream: str
    port: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 180) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it ended or did not answer in time; with the end of its log.
        """
        self.port = self.port or _free_port()
        settings = self.folder / "gateway.yaml"
        settings.write_text(json.dumps(configuration(self.upstream)), encoding="utf-8")
        words = ("-m", "litellm.proxy.proxy_cli", "--config", settings, "--host", "127.0.0.1")
        with (self.folder / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                [PYTHON, *words, "--port", str(self.port), "--telemetry", "False"],
                env=environment(self.upstream),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + seconds
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the gateway does not answer: {self.log()[-2000:]}")

    def start_if_killed(self) -> None:
        if self._process is None:
            self.start()

    def _answers(self) -> bool:
        request = Request(f"{self.address}/health/liveliness")
        try:
            with urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, HTTPError, OSError):
            process = self._process
            assert process is not None
            try:  # the wait between two questions
                process.wait(0.25)
            except subprocess.TimeoutExpired:
                return False
            return False

    def kill(self) -> None:
        """As a machine does that loses its power: no word to anybody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(LIMIT_S)
            self._process = None

    def log(self) -> str:
        return (self.folder / "gateway.log").read_text(encoding="utf-8", errors="replace")

    def submit(self, group: str, *prompts: str, how: str = "repr") -> str:
        """Order films by the `openai` SDK; what it prints (see `sdk_prints.py`).

        Args:
            group: A model group or several, with commas between them.
        """
        script = Path(__file__).with_name("sdk_prints.py")
        done = subprocess.run(
            [PYTHON, script, how, group, *prompts],
            env={
                **environment(self.upstream),
                "OPENAI_BASE_URL": f"{self.address}/v1",
                "OPENAI_API_KEY": KEY,
                "PYTHONIOENCODING": "utf-8",
            },
            capture_output=True,
            encoding="utf-8",
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr + self.log()[-3000:]
        return done.stdout


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def gateway(folder: Path, upstream: str) -> Iterator[Gateway]:
    """A running proxy; at the end of the block it is killed."""
    made = Gateway(folder, upstream)
    try:
        made.start()
        yield made
    finally:
        made.kill()
