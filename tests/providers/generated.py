"""Answers of gateways as nobody has seen them: samples with levels added, swapped, emptied and cut,
status words at wrong levels, and addresses of every kind at every place. Made by a number."""

import copy
import json
import random
from typing import Any

from tests.providers.test_gateway_samples import CASES, asked_id, reply_of

#: What an address is for stands in its path. Only `film` and `fallback` may become the film.
FILM, INPUT, BESIDE, REASON = "/film/", "/input/", "/beside/", "/reason/"
#: An address as the whole reason: old gateways keep the film there, after success.
FALLBACK = "/fallback/"
NEVER_A_LINK = (INPUT, BESIDE, REASON)

_FILM_PLACES = (
    *("result_url", "video_url", "video", "url", "output", "data", "content", "results", "outputs"),
    *("videos", "creations", "result_urls", "urls", "unsigned_urls", "file_url", "metadata"),
    *("task_result", "video_result", "result_json", "response", "resultUrl", "made_at_last"),
)
_INPUTS = (
    *("image_url", "image", "images", "imageUrl", "image_tail", "img_url", "first_frame"),
    *("first_frame_url", "firstFrameImage", "last_frame_image", "start_image", "tail_image_url"),
    *("end_frame", "reference_image", "reference_video_urls", "ref_video", "subject_reference"),
    *("source_video", "input", "input_url", "video_input", "audio_url", "mask_url", "request"),
    *("req_json", "payload", "params", "parameters", "prompt", "orig_prompt", "callback_url"),
    *("webhook", "user_avatar"),
)
_BESIDE = (
    *("cover_url", "coverUrl", "cover", "watermarked_url", "watermark_video_url", "poster"),
    *("thumbnail", "thumbnail_url", "video_thumb_url", "preview_url", "logo_url", "doc_url"),
    *("docs", "avatar", "polling_url", "help", "original_image"),
)
_REASONS = ("message", "msg", "error", "error_message", "err_msg", "detail", "task_status_msg")
_WORDS = (
    *("SUCCESS", "FAILURE", "IN_PROGRESS", "NOT_START", "QUEUED", "UNKNOWN", "succeeded", "failed"),
    *("running", "expired", "cancelled", "CANCELED", "done", "generating", "completed", "unknown"),
    *("not_found", "success", "error", "", None, 0, 200, 10000, 50411, "0", "task_not_exist"),
)
_WORD_PLACES = ("status", "task_status", "state", "code", "message", "gen_status", "fail_reason")


_SAMPLES = [(reply.body.decode(), asked_id(reply)) for reply in (reply_of(p) for p, _ in CASES)]
_DONE = [_SAMPLES[n] for n, (_, task) in enumerate(CASES) if task.film]


def made(number: int, files: str, task_id: str) -> bytes:
    """The answer of this number about `task_id`, as it goes over the wire; one in forty is cut off.

    Args:
        files: The origin of all addresses in it.
    """
    by = random.Random(number)
    text, own = by.choice(_DONE if by.random() < 0.6 else _SAMPLES)
    for old, new in (
        (own, task_id),
        ("https://files.example", f"{files}/film"),
        ("http://localhost:3000", files),
        ("https://gw.example", files),
    ):
        text = text.replace(old, new)  # fmt: skip
    root = {"": json.loads(text)}
    for _ in range(by.randint(1, 6)):
        _change(by, root, files, task_id)
    body = json.dumps(root[""]).encode()
    return body[: by.randrange(len(body))] if by.random() < 0.025 else body


def _change(by: random.Random, root: dict[str, Any], files: str, task_id: str) -> None:
    parent, key = by.choice(places(root))
    if by.random() < 0.5:  # most of an answer is leaves; what is changed most is what holds them
        inner = [place for place in places(root) if isinstance(place[0][place[1]], dict)]
        parent, key = by.choice(inner or [(parent, key)])
    value = parent[key]
    match by.choice(("cut", "empty", "wrap", "swap", "word", "film", "film", "input", "input",
                     "beside", "reason", "fallback", "parts", "copy")):  # fmt: skip
        case "cut" if parent is not root:
            del parent[key]
        case "empty":
            parent[key] = by.choice([None, "", {}, [], 0, "null", False])
        case "wrap":
            parent[key] = _wrapped(by, value, task_id)
        case "swap" if isinstance(value, dict) and isinstance(value.get("data"), dict):
            inner = value.pop("data")
            parent[key] = {**inner, "data": value}
        case "word" if isinstance(value, dict):
            value[by.choice(_WORD_PLACES)] = by.choice(_WORDS)
        case "film" if isinstance(value, dict):
            value[by.choice(_FILM_PLACES)] = _held(by, _film(by, files, task_id))
        case "input" if isinstance(value, dict):
            value[by.choice(_INPUTS)] = _held(by, _address(by, files, INPUT))
        case "beside" if isinstance(value, dict):
            value[by.choice(_BESIDE)] = _held(by, _address(by, files, BESIDE))
        case "reason" if isinstance(value, dict):
            said = _address(by, files, REASON)
            sentence = by.choice([said, f"see {said}", f"{said} says no", f"no.\n{said}"])
            value[by.choice(_REASONS)] = by.choice([sentence, {"message": sentence, "code": "X"}])
            value[by.choice(["fail_reason", "result_url"])] = f"refused, see {said}"
        case "fallback" if isinstance(value, dict):
            value["fail_reason"] = _address(by, files, FALLBACK)
        case "parts" if isinstance(value, dict):
            part = {"url": _address(by, files, INPUT)}
            value["content"] = [
                {"type": "text", "text": "a cat"},
                {"type": "image_url", "image_url": part},
                {"type": "video_url", "video_url": part, "role": "reference_video"},
            ]
            by.shuffle(value["content"])
        case "copy" if isinstance(value, dict) and parent is not root:
            value["data"] = copy.deepcopy(root[""])
        case _:
            pass


def _wrapped(by: random.Random, value: Any, task_id: str) -> Any:
    word = by.choice(_WORDS)
    return by.choice(
        [
            {"code": "success", "message": "", "data": value},
            {"code": 0, "data": value},
            {"code": word, "message": "no", "data": value},
            {"status": word, "data": value},
            {"task_id": task_id, "status": word, "data": value},
            {"task_id": "task_of-another", "state": word, "data": value},
            {"error": {"message": "over", "type": "upstream_error"}, "data": value},
            {"output": value, "request_id": "r"},
            {"items": [value], "total": 1},
            [value],
            json.dumps(value),
        ]
    )


def _address(by: random.Random, files: str, what: str) -> str:
    ending = by.choice((".mp4", ".mp4", ".mov", ".zip", ".glb", ".png", ".jpg", ""))
    query = by.choice(
        (
            "",
            "?X-Tos-Date=20261128T202200Z&X-Tos-Expires=86400&X-Tos-Signature=00",
            "?Expires=1795929798&Signature=a%2Bb",
            "?auth_key=1795929798-0-0-ab",
            "?a=1\\u0026b=2",
            "?a=1&amp;b=2",
        )
    )
    return f"{files}{what}{by.randrange(10**6)}{ending}{query}"


def _film(by: random.Random, files: str, task_id: str) -> str:
    """An address of a film, or what may be taken for one."""
    film = _address(by, files, FILM)
    return by.choice(
        [
            film,
            film,
            film,
            f" {film}\n",
            film.replace("http", "HTTP", 1),
            f"{files}/v1/videos/{task_id}/content",
            f"{files}/v1/videos/task_of-another/content",
            f"{files}/v1/tasks/{task_id}/artifacts/video/content?access=x",
            f"/v1/videos/{task_id}/content?index=1",
            "/film/below-the-root.mp4",
            f"//{files.partition('//')[2]}/film/no-scheme.mp4",
            film.replace("://", "://user:pw@"),
            "ftp://files.example/film/a.mp4",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,<b>",
            f"{film}\0.mp4",
            f"{files}/v1beta/files/abc:download?alt=media",
            "https://[",
            "../film/a.mp4",
            "/v1/videos/../../api/token",
        ]
    )


def _held(by: random.Random, address: str) -> Any:
    return by.choice(
        [
            address,
            address,
            [address],
            {"url": address},
            {"video_url": address},
            [{"url": address}],
            {"videos": [{"id": "v", "url": address}]},
            {"result_urls": [address]},
            json.dumps({"result_urls": [address]}),
            {"video_url": {"url": address}},
        ]
    )


def places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], (dict, list)):
            found += places(value[key])
    return found
