"""The prompt that stands beside an id in pasted text: taken where it is beyond doubt, only then."""

# ruff: noqa: E501 - a case and its text are read together

import json
from typing import Any

import pytest

from rushes.core.prompts import PromptInfo
from rushes.core.task_ids import read_text

A, B = "cgt-20260915092331-ab1cd", "cgt-20260915092332-x9y8z"
NA = "task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm"
FOX, CAT = "A red fox runs through snow, cinematic", "一只猫在窗台上打盹，阳光很好"
ARK = "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks"
KEY = "sk-aaaaaaaaaaaaaaaaaaaaaaaa"
IMAGE = "https://files.example/first.png"


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _ark(prompt: str = FOX, **more: Any) -> dict[str, Any]:
    """The body that Ark and Rong are sent."""
    return {
        "model": "doubao-seedance-2-0-260128",
        "content": [{"type": "text", "text": prompt}],
        **more,
    }


_ARK_IMAGE = {
    "model": "doubao-seedance-2-0-260128",
    "content": [
        {"type": "text", "text": FOX},
        {"type": "image_url", "image_url": {"url": IMAGE}, "role": "first_frame"},
    ],
}
_COMFY = {
    "prompt": {
        "3": {"class_type": "KSampler", "inputs": {"seed": 5, "positive": ["6", 0], "negative": ["7", 0]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": FOX, "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry, ugly", "clip": ["4", 1]}},
    },
    "client_id": "0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10",
}  # fmt: skip
_COMFY_VIDEO = {
    "12": {
        "class_type": "ByteDanceTextToVideoNode",
        "inputs": {"model": "seedance-1-0-pro", "prompt": FOX, "resolution": "720p", "seed": 7},
    },
    "13": {
        "class_type": "SaveVideo",
        "inputs": {"filename_prefix": "video/fox", "video": ["12", 0]},
    },
}
_CURL = f"""curl -X POST {ARK} \\
  -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer {KEY}' \\
  -d '%s'
"""
_CMD = (
    f'curl ^"{ARK}^" ^\n  -H ^"authorization: Bearer {KEY}^" ^\n'
    '  --data-raw ^"{^\\^"model^\\^":^\\^"doubao-seedance-2-0-260128^\\^",^\\^"prompt^\\^":^\\^"%s^\\^"}^"\n'
)
_POWERSHELL = f"""$body = @{{
    model  = "doubao-seedance-2-0-260128"
    prompt = "%s"
}} | ConvertTo-Json
Invoke-RestMethod -Method POST -Uri "{ARK}" -Headers @{{ "Authorization" = "Bearer $env:ARK_API_KEY" }} -Body $body

id
--
{A}
"""

#: By what it is: a text, and the prompt of each id in it.
PAIRS: dict[str, tuple[str, dict[str, str]]] = {
    # one object, one line
    "an answer that returns it": (_json({"id": A, "prompt": FOX, "status": "running"}), {A: FOX}),
    "a line with both": (_json({"task_id": NA, "prompt": CAT}), {NA: CAT}),
    "lines with both": (
        f"{_json({'id': A, 'prompt': FOX})}\n{_json({'id': B, 'prompt': CAT})}",
        {A: FOX, B: CAT},
    ),
    "request and response in an object": (
        _json({"request": _ark(), "response": {"id": A}}),
        {A: FOX},
    ),
    "lines of requests and responses": (
        f"{_json({'req': _ark(), 'resp': {'id': A}})}\n{_json({'req': _ark(CAT), 'resp': {'id': B}})}",
        {A: FOX, B: CAT},
    ),
    "input beside the id": (
        _json({"input": {"prompt": FOX, "img_url": IMAGE}, "output": {"task_id": NA}}),
        {NA: FOX},
    ),
    "new-api's properties": (
        _json({"code": "success", "data": {"task_id": NA, "properties": {"input_prompt": FOX}}}),
        {NA: FOX},
    ),
    "a list of both": (
        _json([{"id": A, "prompt": FOX}, {"id": B, "prompt": CAT}], indent=2),
        {A: FOX, B: CAT},
    ),
    "a page with prompts": (
        _json({"items": [{"id": A, "prompt": FOX}, {"id": B, "prompt": CAT}], "total": 2}),
        {A: FOX, B: CAT},
    ),
    "one request for several takes": (
        _json({"prompt": FOX, "n": 2, "tasks": [{"id": A}, {"id": B}]}),
        {A: FOX, B: FOX},
    ),
    "camel case": (_json({"taskId": NA, "textPrompt": FOX}), {NA: FOX}),
    "Chinese keys": (_json({"任务ID": A, "提示词": CAT}), {A: CAT}),
    "a JSON string inside": (_json({"body": _json({"prompt": FOX}), "answer": _json({"id": A})}), {A: FOX}),
    "Python's repr": (str({"id": A, "prompt": FOX, "error": None}), {A: FOX}),
    "Python's escapes": (f"{{'id': '{A}', 'prompt': '\\u4e00\\u53ea\\u732b'}}", {A: "一只猫"}),
    "Python's repr with an apostrophe": (str({"id": A, "prompt": "The fox's den"}), {A: "The fox's den"}),
    "Python's repr with both quotes": (str({"id": A, "prompt": 'The "fox\'s" den'}), {A: 'The "fox\'s" den'}),
    "a quote in what was whole before the cut": (_json({"id": A, "prompt": 'The "fox"', "n": "x"})[:-3], {A: 'The "fox"'}),
    "a JSON logger": (
        _json({"level": "info", "msg": "submitted", "task_id": A, "prompt": FOX}),
        {A: FOX},
    ),
    "a prompt of several lines": (_json({"id": A, "prompt": "one\ntwo"}), {A: "one\ntwo"}),
    "an id of no known shape": (_json({"task_id": "moyu-77", "prompt": FOX}), {"moyu-77": FOX}),
    # a request, then its answer
    "Ark's body and answer": (f"{_json(_ark())}\n{_json({'id': A})}", {A: FOX}),
    "a body and an answer with several": (f"{_json(_ark())}\n{_json({'data': [{'id': A}, {'id': B}]})}", {A: FOX, B: FOX}),
    "a log in an answer": (_json({"task_id": NA, "log": f"prompt: {FOX}\nsubmitted {A}"}), {NA: "", A: FOX}),
    "a note that names another": (_json({"task_id": NA, "prompt": FOX, "note": f"like {A}"}), {NA: FOX, A: ""}),
    "a log inside, and another id": (_json({"log": f"prompt: {FOX}\nsubmitted {A}", "next": {"id": B}}), {A: FOX, B: ""}),
    "a prompt around one that is its own": (f"{_json({'prompt': CAT, 'data': {'id': A, 'prompt': FOX}})}\n{B}", {A: FOX, B: ""}),
    "a body without a prompt before another": (f"{_json({'name': 'fox 2'})}\n{_json(_ark())}\n{_json({'id': A})}", {A: FOX}),
    "bodies and answers": (
        f"{_json(_ark())}\n{_json({'id': A})}\n{_json(_ark(CAT))}\n{_json({'id': B})}",
        {A: FOX, B: CAT},
    ),
    "a gateway's body and answer": (
        f"{_json({'model': 'kling-v2', 'prompt': FOX})}\n"
        f"{_json({'code': 'success', 'data': {'task_id': NA, 'status': 'SUBMITTED'}})}",
        {NA: FOX},
    ),
    "OpenAI's body and answer": (
        f"{_json({'model': 'sora-2', 'prompt': FOX, 'seconds': '4'})}\n"
        f"{_json({'id': 'video_8812ab', 'object': 'video', 'status': 'queued'})}",
        {"video_8812ab": FOX},
    ),
    "Jimeng's submission": (
        f"{_json({'prompt': CAT, 'duration': 5})}\n{_json({'code': 'success', 'message': '', 'data': A})}",
        {A: CAT},
    ),
    "Aliyun's body and answer": (
        f"{_json({'model': 'wan', 'input': {'prompt': FOX}})}\n"
        f"{_json({'output': {'task_id': 'a1b2-33', 'task_status': 'PENDING'}})}",
        {"a1b2-33": FOX},
    ),
    "curl and its answer": (_CURL % _json(_ark()) + _json({"id": A}), {A: FOX}),
    "curl with the body in lines": (_CURL % _json(_ark(), indent=2) + _json({"id": A}), {A: FOX}),
    "curl of two takes": (
        _CURL % _json(_ark()) + _json({"id": A}) + "\n" + _CURL % _json(_ark(CAT)) + _json({"id": B}),
        {A: FOX, B: CAT},
    ),
    "curl of Windows": (_CMD % FOX + _json({"id": A}), {A: FOX}),
    "PowerShell": (_POWERSHELL % FOX, {A: FOX}),
    "ComfyUI's graph and an answer": (f"{_json(_COMFY)}\n{_json({'id': A})}", {A: FOX}),
    "ComfyUI's video node": (
        f"got prompt\n{_json({'prompt': _COMFY_VIDEO})}\nnode 12: {_json({'id': A, 'status': 'queued'})}",
        {A: FOX},
    ),
    "a request with its image": (f"{_json(_ARK_IMAGE)}\n{_json({'id': A})}", {A: FOX}),
    "an answer looked at again": (
        f"{_json(_ark())}\n{_json({'id': A})}\n{_json({'id': A, 'status': 'running'})}",
        {A: FOX},
    ),
    # tables
    "a table": (f"task_id,prompt\n{A},\"{FOX}\"\n{B},{CAT}", {A: FOX, B: CAT}),
    "a table with tabs": (f"id\tprompt\tseed\n{A}\t{FOX}\t7\n{B}\t{CAT}\t8", {A: FOX, B: CAT}),
    "a Chinese table": (f"镜头,任务ID,提示词\n一,{A},{CAT}\n二,{B},狐狸", {A: CAT, B: "狐狸"}),
    "a table with lines in cells": (f'task_id,prompt\n{A},"one\ntwo"\n{B},x y', {A: "one\ntwo", B: "x y"}),
    "a line in a cell as long as the id": ('task_id,prompt\nmoyu-task-1,"one\nquiet night"', {"moyu-task-1": "one\nquiet night"}),
    "a line in a cell that looks like an id": (f'task_id,prompt\n{A},"one\nscene-2"', {A: "one\nscene-2"}),
    "a line in a cell that looks like a row": (f'task_id,shot,prompt\n{A},s1,"one\na,b2"', {A: "one\na,b2"}),
    "a quote that is never closed": (f'task_id,prompt\n{A},"{FOX}\n{B},{CAT}\n', {A: "", B: CAT}),
    "a quote that a later row closes": (f'task_id,prompt\n{A},"{FOX}\n{B},"{CAT}"\n', {A: "", B: CAT}),
    # cut off
    "a line that was cut": (f'{_json({"id": A, "prompt": FOX})}\n{_json({"id": B, "prompt": CAT})[:-6]}', {A: FOX, B: ""}),
    "a line that was cut, among others": (f'{_json({"id": A, "prompt": FOX})[:-9]}\n{_json({"id": B, "prompt": CAT})}', {A: "", B: CAT}),
    "a line that was cut before a value": (f'{_json({"id": A, "prompt": FOX})[:45]}\n{_json({"id": B, "prompt": CAT})}', {A: "", B: CAT}),
    "what was whole before the cut": (_json({"id": A, "prompt": FOX, "note": "one two"})[:-5], {A: FOX}),
    "raw line breaks": (f'{{"id": "{A}", "prompt": "one\ntwo"}}', {A: "one\ntwo"}),
    # logs
    "a line of a log": (f'INFO submit prompt="{FOX}" task_id={A} seed=7', {A: FOX}),
    "a line of a log with escapes": (f'INFO prompt="Fox &amp; snow" task_id={A}', {A: "Fox & snow"}),
    "a log, prompt first": (f"prompt: {FOX}\nsubmitted {A}", {A: FOX}),
    "a log of two, prompt first": (
        f"INFO prompt: {FOX}\nINFO task_id={A}\nINFO prompt: {CAT}\nINFO task_id={B}",
        {A: FOX, B: CAT},
    ),
    "a log, id first": (f"任务ID：{A}\n提示词：{CAT}", {A: CAT}),
    "a log of two, id first": (
        f"task_id={A}\n  prompt: {FOX}\ntask_id={B}\n  prompt: {CAT}",
        {A: FOX, B: CAT},
    ),
    "a log that asks again and again": (
        f"prompt: {FOX}\ncreated {A}\npoll {A} running\npoll {A} succeeded\nprompt: {CAT}\ncreated {B}",
        {A: FOX, B: CAT},
    ),
    "Python's call": (f"create(model='m', prompt='{FOX}')\nContentGenerationTaskID(id='{A}')", {A: FOX}),
    "Node's console": (
        f"{{\n  model: 'seedance-2',\n  prompt: '{FOX}'\n}}\n{{ id: '{A}', status: 'queued' }}",
        {A: FOX},
    ),
    "an option": (f'python make.py --prompt "{FOX}"\nTask ID: {A}', {A: FOX}),
    "a form": (f"curl -F prompt='{FOX}' -F model=sora-2 https://gw.example/v1/videos\n{_json({'id': A})}", {A: FOX}),
    "the same prompt twice": (f"prompt: {FOX}\nprompt: {FOX}\n{A}\n{B}", {A: FOX, B: FOX}),
    "colours": (f"\x1b[32mprompt:\x1b[0m {FOX}\n\x1b[1mtask_id\x1b[0m={A}", {A: FOX}),
}  # fmt: skip

#: Texts in which nothing may be taken: two prompts fit, or what stands there is no prompt.
NOTHING = {
    "two prompts, one id": f"prompt: {FOX}\nprompt: {CAT}\nsubmitted {A}",
    "two prompts, two ids": f"prompt: {FOX}\nprompt: {CAT}\nsubmitted {A}\nsubmitted {B}",
    "two bodies, two answers": f"{_json(_ark())}\n{_json(_ark(CAT))}\n{_json({'id': A})}\n{_json({'id': B})}",
    "two prompts in an object": _json({"id": A, "request": {"prompt": FOX}, "old": {"prompt": CAT}}),
    "three prompts in an object": _json({"prompt": "x y", "data": {"id": A, "a": {"prompt": FOX}, "b": {"prompt": CAT}}}),
    "two prompts in a log inside": _json({"input": {"prompt": FOX}, "log": f"prompt: {CAT}\nprompt: a dog runs\nsubmitted {A}"}),
    "a negative prompt": _json({"id": A, "negative_prompt": "blurry"}),
    "a negative prompt in a log": f"negative_prompt: blurry and ugly\nid={A}",
    "a Chinese negative prompt": f"反向提示词：模糊，变形\n任务ID：{A}",
    "the service's own words": _json({"id": A, "revised_prompt": FOX}),
    "no value": _json({"id": A, "prompt": None}),
    "Python's no value": str({"id": A, "prompt": None}),
    "no value before the cut": _json({"id": A, "prompt": None, "note": "x"})[:-3],
    "an empty one": _json({"id": A, "prompt": " "}),
    "a name in code": f"create(prompt=prompt)\n{A}",
    "documentation": f"prompt: string\n{A}",
    "a variable": f"prompt: $PROMPT\n{A}",
    "ids alone": f"{A}\n{B}",
    "a prompt between two ids": f"task {A} ended\nprompt: {FOX}\ntask {B} ended",
    "two parts of text": _json({"model": "m", "content": [{"type": "text", "text": FOX}, {"type": "text", "text": CAT}]}) + "\n" + _json({"id": A}),
    "two positive texts in a graph": _json({"prompt": {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": FOX}}, "2": {"class_type": "CLIPTextEncode", "inputs": {"text": CAT}}}}) + "\n" + _json({"id": A}),
    "ComfyUI's own number": _json({"prompt_id": "0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10", "number": 4}) + f"\n{A}",
    "a tool's words": _json({"content": [{"type": "text", "text": f"task_id: {A}"}]}),
    "a list of prompts": _json({"prompts": [FOX, CAT], "tasks": [{"id": A}, {"id": B}]}),
    "prompts of other rows": _json({"items": [{"id": A}, {"name": "x", "prompt": FOX}, {"prompt": CAT}]}),
    "headers": f"X-Prompt-Id: 77\nAuthorization: Bearer {KEY}\n{A}",
    "a label whose quote is never closed": f'INFO prompt="{FOX}\nINFO task_id="{A}" "x"',
    "an apostrophe": f"prompt='The fox's den' task_id={A}",
    "a JSON string that was cut": _json({"id": A, "prompt": FOX})[:-7],
    "a Python string that was cut": str({"id": A, "prompt": FOX})[:-7],
    "a string with curled quotes that was cut": f"{{“id”: “{A}”, “prompt”: “{CAT}",
    "three requests, two answers": "\n".join(
        (_json(_ark()), _json(_ark(CAT)), _json(_ark("x y")), _json({"id": A}), _json({"id": B}))
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), PAIRS.values(), ids=PAIRS.keys())
def test_that_the_prompt_beside_an_id_comes_along(text: str, said: dict[str, str]) -> None:
    assert {found.id: found.said.prompt for found in read_text(text).found} == said


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_that_nothing_is_taken_where_it_could_be_anothers(text: str) -> None:
    found = read_text(text).found
    assert found
    assert [each.said.prompt for each in found] == [""] * len(found)


def test_that_references_and_names_come_along_and_nothing_else_does() -> None:
    body = {
        **_ARK_IMAGE,
        "callback_url": "https://own.example/hook",
        "api_key": KEY,
        "safety_identifier": "user 7",
    }
    (found,) = read_text(
        _json({"name": "Fox, take 3", "request": body, "response": {"id": A}})
    ).found
    assert found.said == PromptInfo(FOX, (IMAGE,), "Fox, take 3")


def test_that_image_data_is_no_reference() -> None:
    body = {"prompt": FOX, "image": "data:image/png;base64," + "iVBORw0KGgo" * 40, "id": A}
    assert read_text(_json(body)).found[0].said == PromptInfo(FOX)


def test_that_a_column_of_names_and_one_of_images_are_read() -> None:
    text = f"名称,任务ID,提示词,参考图\n镜头一,{A},{CAT},cat.png\n"
    assert read_text(text).found[0].said == PromptInfo(CAT, ("cat.png",), "镜头一")
