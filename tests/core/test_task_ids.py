"""What people really paste, and the ids in it: none missed, none invented."""

# ruff: noqa: E501 - a case and its text are read together

import base64
import json
import textwrap
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rushes.core.account import Account, Service
from rushes.core.id_hints import guess_one
from rushes.core.id_shapes import looks_like
from rushes.core.long_text import decode_file
from rushes.core.task_ids import Found, read_text
from tests.core.pasted import SHAPES

A = "cgt-20260427191505-9j2q7"
B = "cgt-20250829165122-qkwch"
C = "cgt-20250730114109-xtv7k"
AF = "asyntask_h81efT0qwtLnzyt6VENmCZ6VXSfNxE2E"
NA = "task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm"
N = "021784517685785000000000000000"
LITELLM = SHAPES["litellm"][0]
PADDED = f"video_{base64.b64encode(b'litellm:custom_llm_provider:openai;video_id:x1').decode()}"
#: JSON in base64 without a signature: no token, and no id.
CURSOR = "eyJsYXN0X2lkIjoiMTc4OTQzNTQxMSIsImRpcmVjdGlvbiI6Im5leHQifQ"
KEY = "0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10"
ARK = "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks"
TOS = (
    "https://ark-acg-cn-beijing.tos-cn-beijing.volces.com/doubao-seedance-2-0/"
    "02178451768578500000000000000000000ffffac193b29de8be8.mp4?X-Tos-Date=20260720T032525Z"
    "&X-Tos-Expires=86400&X-Tos-Signature=0000"
)


def find_ids(text: str) -> tuple[Found, ...]:
    return read_text(text).found


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


SAMPLES: dict[str, tuple[str, list[str]]] = {
    # lines
    "one id": (A, [A]),
    "one id with white space around": (f"  {A} \n", [A]),
    "one per line": (f"{A}\n{B}\n{C}", [A, B, C]),
    "Windows line ends": (f"{A}\r\n{B}\r\n", [A, B]),
    "one twice": (f"{A}\n{B}\n{A}", [A, B]),
    "an id of no known shape": ("moyu-task-1", ["moyu-task-1"]),
    "a bare word somebody calls an id": ("shot_final", ["shot_final"]),
    "digits only": ("7283910456123", ["7283910456123"]),
    "a list of no known shape": (
        "moyu-task-1\nmoyu-task-2\nalpha",
        ["moyu-task-1", "moyu-task-2", "alpha"],
    ),
    "bullets": (f"- {A}\n* {B}\n• {C}", [A, B, C]),
    "a numbered list": (f"1. {A}\n2) {B}\n3、 {C}", [A, B, C]),
    "quotes and commas": (f'"{A}",\n"{B}"', [A, B]),
    "a shell list": (f"'{A}' '{B}'", [A, B]),
    "commas": (f"{A},{B},{C}", [A, B, C]),
    "Chinese commas": (f"{A}，{B}、{C}", [A, B, C]),
    "strange ids in one line": ("job-00000001, job-00000002", ["job-00000001", "job-00000002"]),
    "gateway ids": (f"{AF}\n{NA}", [AF, NA]),
    "cvt": ("cvt-20260101000000-abcde", ["cvt-20260101000000-abcde"]),
    "upstream digits": (N, [N]),
    "a Python comment behind": (f"{A}  # take 3", [A]),
    "a heading over a list": (f"Task IDs\n{A}\n{B}", [A, B]),
    "a title over a list": (f"task_id\n{A}\nodd-1", [A, "odd-1"]),
    "numbers before ids of no known shape": (
        "1. moyu-task-1\n(2) moyu-task-2\n#3 moyu-task-3",
        ["moyu-task-1", "moyu-task-2", "moyu-task-3"],
    ),
    "bullets before ids of no known shape": (
        "  - moyu-task-1\n  - moyu-task-2",
        ["moyu-task-1", "moyu-task-2"],
    ),
    "a heading with a colon over a list": ("IDs:\nmoyu-task-1\nalpha", ["moyu-task-1", "alpha"]),
    "a chat of single words": ("zhangwei\n收到\nlily\n好的", []),
    "a long id over the full width of a terminal": (
        "\n".join(textwrap.wrap(f"Created video {LITELLM}", 80, break_on_hyphens=False)) + "\ndone",
        [LITELLM],
    ),
    "a heading over an id and a greeting": (
        "Task ID\nmoyu-task-1\nthanks 你好\nanna",
        ["moyu-task-1"],
    ),
    # prose
    "a sentence": (f"Please look at {A}, it is stuck.", [A]),
    "a Chinese sentence": (f"任务{A}失败了，请看一下。", [A]),
    "brackets": (f"the take ({A}) and [{B}]", [A, B]),
    "at the end of a sentence": (f"The id is {A}.", [A]),
    "a long word before a label": ("Zwischenspeicherung id: moyu-7a1x", ["moyu-7a1x"]),
    "parts of words": ("see subtask_AbCdEf012345 and task_configuration", []),
    "an id longer than its kind": (
        "see cgt-20260101000000-abcdefg",
        ["cgt-20260101000000-abcdefg"],
    ),
    "an id that begins with a line": ("task_id: _Fx7-aBc9", ["_Fx7-aBc9"]),
    "names in code": ("see\nsqlite3\nor do you 你好", []),
    "short words with digits": ("Hi there,\nx-1\nbye now", []),
    "a short id behind a label": ("task_id: fox7", ["fox7"]),
    "a short word behind a short label": ("id: fox7", []),
    "a Chinese number": ("编号：moyu-task-1", ["moyu-task-1"]),
    "a labelled id of no known shape": ("Task ID: moyu-task-1", ["moyu-task-1"]),
    "a Chinese label": ("任务ID：moyu-task-1", ["moyu-task-1"]),
    "a letter with an id on its own line": (
        "Hi,\nhere it is:\nmoyu-task-1\nbye for now",
        ["moyu-task-1"],
    ),
    "prose alone": ("Could you render the second take again with more light?", []),
    "prose in lines": ("Dear all,\nthanks!\nsee you tomorrow", []),
    "Chinese prose": ("请把第二条再生成一次，光线亮一点。", []),
    "a Chinese word": ("你好", []),
    "nothing": ("", []),
    "white space": (" \n\t\n", []),
    "punctuation": ("---\n***\n...\n,;", []),
    "words about tasks": ("task_not_exist: see task_type and task_status in the docs", []),
    "a prompt": ("A red fox, 1080p, 16:9, 24fps, 5s, cinematic", []),
    "a column of states": (
        "ids\ntask_id\ntask_ids\nnull\nNone\ntrue\nfalse\nundefined\nqueued\npending\nsubmitted\nNOT_START\n"
        "creating\nrunning\nprocessing\nsucceed\nsuccess\nsucceeded\ncompleted\ndone\nfinished\n"
        "fail\nfailed\nFAILURE\nerror\ncancel\ncanceled\ncancelled\nexpired\ntimeout\nunknown",
        [],
    ),
    "a column of sizes": ("720p\n24fps\n5s\n4k\n1.5mb\n16:9\n1280x720\nv2.5\n09:23:31", []),
    "a column of models": (
        "doubao-seedance-2-0\ndreamina-seedance-2-0-260128\nseedream-4-0\nseed3d-1-0-250928\nseedance-2",
        [],
    ),
    "shapes of unknown length in prose": (
        "see cvt-20260101000000-abcde, task_AbCdEf012345 and asyntask_abCdEf012345 once more",
        ["cvt-20260101000000-abcde", "task_AbCdEf012345", "asyntask_abCdEf012345"],
    ),
    "other kinds of keys": (
        "LTAI5tAbCdEf0123\nghp_AbCdEf0123456789abcd\nBearer abc123def456ghi\n"
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.x1y2z3-a4b5\nAKLTabcdef012345\nAPI_TOKEN=abc-123-def",
        [],
    ),
    "labels in prose": (
        "Job ID moyu-71 and Video ID moyu-72\ngeneration id moyu-73\n--submit-id moyu-74\n"
        "任务 编号 moyu-75\nrequest id req-00001",
        ["moyu-71", "moyu-72", "moyu-73", "moyu-74", "moyu-75"],
    ),
    "ids of tasks it came from": (
        " ".join(
            f"{word}_task_id=moyu-{n}"
            for n, word in enumerate(
                [
                    "draft",
                    "parent",
                    "source",
                    "src",
                    "origin",
                    "original",
                    "upstream",
                    "remixed",
                    "prev",
                    "previous",
                    "ref",
                    "reference",
                    "old",
                    "client",
                    "external",
                ]
            )
        )
        + " 父任务ID：moyu-31 旧任务ID：moyu-32 上游任务ID：moyu-33 来源任务ID：moyu-34 task_id=moyu-99",
        ["moyu-99"],
    ),
    "names that hold such words": (
        "root_parent_task_id=moyu-96 folder_task_id=moyu-97 preview_job_id=moyu-98",
        ["moyu-97", "moyu-98"],
    ),
    "a request's number that stands alone as well": (f"request_id: {KEY}\n{KEY}\n{A}", [A]),
    "a request's number in a string of a log": (
        f"{_json({'msg': f'request_id: {KEY}'})}\n{KEY}\n{A}",
        [A],
    ),
    "Dify's chat": (_json({"event": "message", "task_id": KEY, "conversation_id": "c-1"}), []),
    "a draft that is a task itself": (
        _json({"items": [{"id": B, "state": "x"}, {"id": A, "state": "x", "draft_task_id": B}]}),
        [B, A],
    ),
    "answers under many keys": (
        "\n".join(
            _json({key: {"id": f"vid-7{n}"}})
            for n, key in enumerate(
                [
                    "data",
                    "items",
                    "tasks",
                    "jobs",
                    "list",
                    "records",
                    "result",
                    "results",
                    "videos",
                    "output",
                    "body",
                    "json",
                    "response",
                ]
            )
        ),
        [f"vid-7{n}" for n in range(13)],
    ),
    "others under other keys": (_json({"user": {"id": "u-77"}, "model": {"id": "m-77"}}), []),
    "links that name them": (
        "https://gw.example/get?video_id=moyu-77aa1&x=1 https://gw.example/get?job_id=moyu-77aa2",
        ["moyu-77aa1", "moyu-77aa2"],
    ),
    "Chinese labels without a colon": (
        "任务ID moyu-71，任务号 moyu-72，任务号：moyu-73，草稿任务ID：moyu-74",
        ["moyu-71", "moyu-72", "moyu-73"],
    ),
    "a list of unknown shape from Python": (
        "got ['moyu-77a', 'moyu-77b']",
        ["moyu-77a", "moyu-77b"],
    ),
    "a key that looks like a gateway's id": (
        "Authorization: Bearer bWU6c2VjcmV0OnBhc3N3b3JkOnRoYXQ6aXM6bG9uZ2VyLXRoYW4tNDA=",
        [],
    ),
    "numbers of rows": (_json([{"id": "48213", "status": "ok"}, {"id": 7, "state": "x"}]), []),
    "status words": ("succeeded\nfailed\nIN_PROGRESS", []),
    "documentation": ("task_id: string, required. The id of the task.", []),
    # keys and other secrets
    "what could be a key": (KEY, [KEY]),
    "where a page of a list begins": (f"cursor={CURSOR}\n{_json({'next': CURSOR})}", []),
    "a key in the new form": (f"ark-{KEY}-1a2b3", []),
    "a gateway's key": ("sk-AbCdEf0123456789AbCdEf0123456789", []),
    "keys among ids": (f"ark-{KEY}-1a2b3\n{A}\nsk-0123456789abcdef0123", [A]),
    "an environment line": (f"export ARK_API_KEY={KEY}", []),
    "a header": (f"Authorization: Bearer {KEY}", []),
    "a header of no known shape": ("Authorization: Bearer abc123def456ghi789", []),
    "access keys": ("AKLTNzQ1OWExMDEyMzQ1Njc4\nAKIAIOSFODNN7EXAMPLE", []),
    # not ids
    "model names": ("doubao-seedance-2-0-260128\nseedance-1-0-pro", []),
    "an endpoint": ("ep-20260101120000-abcde", []),
    "hosts": ("ark.cn-beijing.volces.com\nwww.anyfast.ai\ngw.example.com:3000", []),
    "a mail address": ("someone@example.com", []),
    "file names": ("take1.mp4\nposter_2026.png", []),
    "dates and sizes": ("2026-04-27\n11:15:05\n2026-04-27T11:15:05Z\n1920x1080", []),
    "a request id": ("Request id: 021778461706934dc81d74c65c8ea02a2c5bb3d59fe0f512640b5", []),
    "a Markdown fence": (f"```\n{A}\n```", [A]),
    # addresses
    "an address": (f"{ARK}/{A}", [A]),
    "an address with an id of no known shape": (f"{ARK}/moyu-task-1", ["moyu-task-1"]),
    "an address with several": (f"GET {ARK}/{A},{B}\nmoyu-task-1", [A, B, "moyu-task-1"]),
    "a list address": (
        f"{ARK}?page_size=100&filter.task_ids={A}&filter.task_ids={B}&filter.status=succeeded",
        [A, B],
    ),
    "a list address without ids": (f"{ARK}?page_size=100", []),
    "the address to submit to": (ARK, []),
    "the address of a route": ("POST https://gw.example/kling/v1/videos/text2video", []),
    "a gateway's address": (f"https://www.anyfast.com.cn/v1/video/generations/{AF}", [AF]),
    "Jimeng's address": (f"https://api.example.com/jimeng/fetch/{B}?x=1", [B]),
    "OpenAI's address": ("https://gw.example.com/v1/videos/vid_8812ab/content", ["vid_8812ab"]),
    "an escaped id": (f"{ARK}/a%2Db-1", ["a-b-1"]),
    "a template": (f"GET {ARK}/{{id}}\nGET {ARK}/$TASK_ID", []),
    "a result link": (TOS, []),
    "a result link with the id in it": (f"https://x.tos.volces.com/a/{A}.mp4?X-Tos-Expires=1", [A]),
    "any other link": ("https://www.youtube.com/videos/best-of-2025", []),
    # commands
    "curl": (f'curl {ARK}/{A} -H "Authorization: Bearer {KEY}"', [A]),
    "curl in lines": (
        f"curl --location \\\n  --request GET \\\n  '{ARK}/{A}' \\\n"
        f"  --header 'Content-Type: application/json' \\\n  --header 'Authorization: Bearer {KEY}'",
        [A],
    ),
    "curl that submits": (
        f"curl -X POST {ARK} -H 'Authorization: Bearer {KEY}' -d '"
        + _json({"model": "doubao-seedance-1-5-pro-251215", "draft_task_id": A, "content": []})
        + "'",
        [],
    ),
    "curl and its answer": (f"$ curl -s {ARK} -d @body.json\n" + _json({"id": A}), [A]),
    "a command with ids": (f"rushes add {A} {B}", [A, B]),
    "an option": ("python watch.py --task-id moyu-task-1", ["moyu-task-1"]),
    "an option for another's id": (
        "watch.py --draft-task-id moyu-71 --task-id moyu-72",
        ["moyu-72"],
    ),
    # answers
    "the answer to a submission": (_json({"id": A}), [A]),
    "the answer of no known shape": (_json({"id": "vid-77"}), ["vid-77"]),
    "the answer with the id as data": (_json({"code": "success", "message": "", "data": B}), [B]),
    "an answer without a task": (
        _json({"code": "task_not_exist", "message": "x", "data": None}),
        [],
    ),
    "a list of ids": (_json([A, B]), [A, B]),
    "a list of ids in lines": (_json(["moyu-77a", "moyu-77b"], indent=2), ["moyu-77a", "moyu-77b"]),
    "a route in a string": (_json({"msg": "GET /jimeng/fetch/moyu-77a"}), ["moyu-77a"]),
    "ids": (_json({"ids": ["a1", "b2"]}), ["a1", "b2"]),
    "a page": (_json({"items": [{"id": A}, {"id": "x-9"}], "total": 2}), [A, "x-9"]),
    "answers in lines": (_json({"id": A, "status": "queued"}) + "\n" + _json({"id": B}), [A, B]),
    "a gateway's row beside the task": (
        _json({"code": "success", "data": {"id": 6, "task_id": NA, "data": {"id": A}}}),
        [NA],
    ),
    "answers with each name of a state": (
        "\n".join(
            _json({"id": f"vid-7{n}x", name: "x", "n": {}})
            for n, name in enumerate(["status", "task_status", "state", "gen_status"])
        ),
        [f"vid-7{n}x" for n in range(4)],
    ),
    "a prompt that names another task": (
        _json({"task_id": NA, "prompt": f"as {A}, but darker"}),
        [NA],
    ),
    "what a task holds": (
        _json(
            {
                "task_id": NA,
                "a": _json({"id": A}),
                "b": _json([{"id": C}]),
                "url": f"https://x.example/{B}.mp4",
            }
        ),
        [NA],
    ),
    "a gateway's answer in lines": (
        _json({"code": "success", "data": {"task_id": NA, "data": {"id": A}}}, indent=2),
        [NA],
    ),
    "a task and its request": (_json({"task_id": AF, "request_id": "20260427111505260254"}), [AF]),
    "a task and its draft": (_json({"id": A, "draft_task_id": B}), [A]),
    "an error": (_json({"error": {"code": "X", "message": f"no {A}", "id": "abc123"}}), [A]),
    "a chat": (_json({"id": "chatcmpl-8812", "object": "chat.completion"}), []),
    "models": (
        _json({"object": "list", "data": [{"id": "seedance-9", "object": "model"}]}),
        [],
    ),
    "models without their kind": (_json({"data": [{"id": "doubao-seedance-2-0", "n": 1}]}), []),
    "a workflow": (_json({"id": KEY, "nodes": [{"id": 4, "type": "KSampler"}]}), []),
    "JSON in a string": (_json({"body": _json({"id": A, "status": "running"})}), [A]),
    "Python's own way": (str({"id": A, "status": "running", "error": None}), [A]),
    "Python's own way in a log": (
        f"got {{'task_id' : '{NA}', 'n' : [1, 2], 'data' : {{'id' : '{A}', 'n' : None}}}} in 3 s",
        [NA],
    ),
    "an answer that was cut": (
        _json({"data": {"task_id": AF, "data": {"id": A, "s": 1}}})[:-9],
        [AF],
    ),
    "an answer in a log": (
        f"2026-04-27 11:15:05 INFO got {_json({'id': A, 'model': 'm-1'})} ok",
        [A],
    ),
    "numbers only": ("[1, 2, 3]", []),
    "a line that was cut before a sentence": (
        '{"id": "odd-1", "status": "x", "prompt": "a fo\nthe end, thanks',
        ["odd-1"],
    ),
    "a line that was cut before a name": (
        f'{{"id": "odd-1", "status": "x",\n{_json({"id": "odd-2", "status": "x"})}',
        ["odd-1", "odd-2"],
    ),
    "a list that was cut behind an id": ("['moyu-77a', 'moyu-77b'", ["moyu-77a", "moyu-77b"]),
    "an answer that was cut behind a name": (
        f"{{'task_id': '{NA}', 'data': {{'id': '{A}'}}, 'note'",
        [NA],
    ),
    "a list that was cut": ('["moyu-77a", "moyu-77b", "moyu-77', ["moyu-77a", "moyu-77b"]),
    "a line that was cut in an id": (f'{{"status": "x", "id": "{A[:15]}', []),
    "a line that was cut in a number": ('{"status": "x", "task_id": 02178451', []),
    "a cut line among others": (
        f'{{"id": "{A}", "prompt": "a fo\n{_json({"id": "odd-1", "status": "x"})}',
        [A, "odd-1"],
    ),
    "an id with its padding": (f"video_id={PADDED} Video(id='{PADDED}', seconds='4')", [PADDED]),
    "a word as long as the id before it": ("task_id: moyu-7a, running", ["moyu-7a"]),
    "several behind one name": ("task_ids: moyu-7a, moyu-7b", ["moyu-7a", "moyu-7b"]),
    # what a place that names ids does not make one
    "keys where ids should be": (
        _json([{"task_id": "sk-AbCdEf0123456789AbCdEf01"}, {"task_id": f"ark-{KEY}-1a2b3"}]),
        [],
    ),
    "a number of a row where an id should be": (_json({"task_id": 12}), []),
    "a file named by a field": (f"task_id: {A}_last", [A]),
    "another word behind a labelled id": ("task_id: moyu-task-1, scene-2", ["moyu-task-1"]),
    "short names in a line": ("shot-12 take-3", []),
    "a sentence's end behind a label": ("The task_id: moyu-task-1.", ["moyu-task-1"]),
    # HTML
    "where a long word may be broken": (
        f"<td>{A[:4]}<wbr>{A[4:]}</td>\n<p>{B[:7]}<wbr/>{B[7:]}",
        [A, B],
    ),
    "soft hyphens and spaces of no width": (
        f"<b>{A[:4]}&shy;{A[4:]}</b> {B[:7]}&#8203;{B[7:]} {C[:9]}&ZeroWidthSpace;{C[9:]}",
        [A, B, C],
    ),
    "a search's marks": (
        f'<li>{A[:4]}<em>{A[4:12]}</em>{A[12:]}<span class="x">{B}</span><span>{C}</span>',
        [A, B, C],
    ),
    # logs
    "a log": (
        f"[2026-04-27 11:15:05] INFO created {A} (request id: 0217784617069340000000)\n"
        f"[2026-04-27 11:16:05] INFO {A} running\n[2026-04-27 11:17:00] ERROR HTTP 429",
        [A],
    ),
    "a log with fields": (
        "level=info task_id=moyu-task-1 request_id=req-00001 took=5s",
        ["moyu-task-1"],
    ),
    "a log of a draft": (f"draft_task_id={B} task_id={A}", [A]),
    # tables
    "a table": (f"name,task_id,status\ntake 1,{A},running\ntake 2,odd-1,queued", [A, "odd-1"]),
    "a table with tabs": (f"id\tmodel\n{A}\tdoubao-seedance-1-0-pro\nodd1\tx", [A, "odd1"]),
    "a Chinese table": (f"名称,任务ID\n镜头一,{A}\n镜头二,{B}", [A, B]),
    "a table with both": ("id,task_id\n1,moyu-1\n2,moyu-2", ["moyu-1", "moyu-2"]),
    "a table without a title": (f"1,{A},ok\n2,{B},ok", [A, B]),
    "a guarded cell": (f"Task ID,Name\n'{A},x", [A]),
    "a quote that is never closed": (
        f'task_id,prompt\n{A},"a fox\n{B},a cat\nodd-1,a dog',
        [A, B, "odd-1"],
    ),
    "a quote that is never closed, and commas behind it": (
        'task_id,prompt,model\nodd-1,"say ""go"", now, please,x\nodd-2,a cat,x',
        ["odd-1", "odd-2"],
    ),
    "a sentence below a table": (
        "name,task_id\nfox,odd-1\nI see scene-12, take-3, thanks",
        ["odd-1"],
    ),
    "a quote that another row closes": (
        'id,prompt\nodd-1,"a fox\nodd-2,a cat"\n',
        ["odd-1", "odd-2"],
    ),
    "a quote that is never closed, before quoted rows": (
        'id,prompt\nodd-1,"a fox\nodd-2,"a cat"\nodd-3,"a dog"',
        ["odd-1", "odd-2", "odd-3"],
    ),
    "an answer in a cell": (
        f'task_id,answer\n{A},"{{\n  ""id"": ""{A}"",\n  ""n"": 1\n}}"\n{B},x',
        [A, B],
    ),
    "a Markdown table": (f"| id | state |\n|---|---|\n| {A} | ok |", [A]),
}


@pytest.mark.parametrize(("text", "ids"), SAMPLES.values(), ids=SAMPLES.keys())
def test_that_exactly_the_ids_are_found(text: str, ids: list[str]) -> None:
    assert [found.id for found in find_ids(text)] == ids


def test_that_every_id_knows_the_line_it_stands_on_first() -> None:
    found = find_ids(f"here they are:\n\n{A}\n{B} and {A}\n")
    assert [(f.id, f.line) for f in found] == [(A, 3), (B, 4)]


def test_that_lines_are_counted_inside_a_pasted_answer() -> None:
    found = find_ids(_json({"items": [{"id": A}, {"id": B}]}, indent=2))
    assert [(f.id, f.line) for f in found] == [(A, 4), (B, 7)]


def test_that_a_large_answer_is_read_in_one_go() -> None:
    rows = [{"id": f"cgt-20260101000000-{n:05}", "status": "running"} for n in range(3000)]
    assert len(find_ids(_json({"items": rows, "total": 3000}))) == 3000


@given(st.text(max_size=300))
@example("{" * 3000)
@example("[" * 3000)
@example('[["' * 3000)
@example('{"a":' * 900 + "1" + "}" * 900)
@example('{"id": ' * 300)
@example("{'a': \\")
@example("“")
@example("{'file': 'C:\\users\\x'}")
def test_that_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    for found in find_ids(text):
        assert found.id in text.replace("\r\n", "\n") or "%" in text or "\\" in text


_PASTE = st.lists(st.sampled_from([text for text, _ in SAMPLES.values()]), max_size=5)


_SURE = st.one_of(
    st.text("0123456789\uff10", min_size=14, max_size=14).map(lambda at: f"cgt-{at}-x4t03"),
    st.text("abcXYZ019", min_size=32, max_size=32).map(lambda word: f"task_{word}"),
    st.sampled_from([A, B, "video_660f1fd7-fa36-450c-bf8d-cd1424a3d869"]),
)
_SURE_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", "\t", "  "]), _SURE | st.just(""), st.sampled_from(["", " "])
    ),
    max_size=8,
).map(lambda lines: ["".join(parts) for parts in lines])


@given(_SURE_LINES, st.sampled_from(["\n", "\r\n", "\n\n"]), st.booleans())
@example(["asyntask_QUEUED" + "x" * 26, f"task_{'jimeng' * 5}ab"], "\n", True)
@example(["cgt-2026000000000\uff10-x4t03"], "\n", False)
def test_that_lines_of_sure_ids_are_read_as_among_other_lines(
    lines: list[str], gap: str, ends: bool
) -> None:
    """Alone they go a short way; a comma behind them makes it the long one."""
    text = gap.join(lines) + gap * ends
    assert read_text(text) == read_text(f"{text}\n,")


@given(_PASTE, st.sampled_from(["\n", "\n\n", " "]))
def test_that_keys_and_request_ids_are_never_taken_for_ids(texts: list[str], gap: str) -> None:
    found_ids = find_ids(gap.join(texts))
    ids = [found.id for found in found_ids]
    assert KEY not in ids or all(f.maybe_key for f in found_ids if f.id == KEY)
    assert not any(i.startswith(("sk-", "AKLT", "021778", "0217784", "doubao-")) for i in ids)


# --- whose id it is --------------------------------------------------------------------------


def _account(service: Service, base_url: str = "") -> Account:
    return Account(
        id=service.value,
        name=service.value,
        service=service,
        base_url=base_url or service.base_url or "https://gw.example.com",
    )


ARK_CN, BYTEPLUS = _account(Service.ARK), _account(Service.BYTEPLUS_AP)
RONG, ANYFAST = _account(Service.RONG_BJ), _account(Service.ANYFAST)
JIMENG = _account(Service.JIMENG, "https://api.canghe.ai")
GATEWAY = _account(Service.GATEWAY)
ALL = [ARK_CN, BYTEPLUS, RONG, ANYFAST, JIMENG, GATEWAY]


def guess(found: Iterable[Found], accounts: Sequence[Account]) -> set[str | None]:
    return {guess_one(each.id, each.hints, accounts) for each in found}


@pytest.mark.parametrize(
    ("text", "accounts", "account"),
    [
        pytest.param(A, [ARK_CN], "ark", id="the only account"),
        pytest.param("odd-1", [RONG], "rong-bj", id="the only account, an odd id"),
        pytest.param(A, [ARK_CN, ANYFAST], "ark", id="by the shape"),
        pytest.param(AF, ALL, None, id="AnyFast's shape, but gateways are built the same"),
        pytest.param(AF, [ARK_CN, RONG, JIMENG, ANYFAST], "anyfast", id="AnyFast's shape"),
        pytest.param(AF, [ARK_CN], None, id="a shape the only account cannot know"),
        pytest.param(A, [ARK_CN, RONG], None, id="two services with the same shape"),
        pytest.param(A, [ARK_CN, BYTEPLUS], None, id="two regions"),
        pytest.param(f"{ARK}/{A}", ALL, "ark", id="by the host"),
        pytest.param(f"https://api.canghe.ai/jimeng/fetch/{A}", ALL, "jimeng", id="own host"),
        pytest.param(f"{ARK}/{A}", [ANYFAST], None, id="the host of a service without account"),
        pytest.param(
            f"https://ai.us-light-api.com/llm/v1/contents/generations/tasks/{A}",
            [ARK_CN, RONG],
            "rong-bj",
            id="another data centre of the same service",
        ),
        pytest.param(
            _json({"id": A, "model": "dreamina-seedance-2-0-260128", "status": "running"}),
            [ARK_CN, BYTEPLUS],
            "byteplus-ap",
            id="by the vendor's name for the model",
        ),
        pytest.param(
            _json({"code": "success", "data": {"task_id": A, "status": "SUCCESS"}}),
            [ARK_CN, JIMENG],
            "jimeng",
            id="by the words for the status",
        ),
        pytest.param(
            _json(
                {
                    "code": "success",
                    "data": {
                        "task_id": AF,
                        "status": "SUCCESS",
                        "result_url": TOS,
                        "data": {"id": A, "status": "succeeded"},
                    },
                }
            ),
            [ARK_CN, ANYFAST, JIMENG],
            "anyfast",
            id="an answer within an answer",
        ),
        pytest.param(f"即梦任务 {A}", [ARK_CN, JIMENG], "jimeng", id="a name in the text"),
        pytest.param(f"{A} jimeng", [ARK_CN, JIMENG], "jimeng", id="a name at the end"),
        pytest.param(
            _json({"id": A, "model": "dreamina-seedance-2-0-260128"}, indent=2),
            [ARK_CN, BYTEPLUS],
            "byteplus-ap",
            id="by another line of the answer",
        ),
        pytest.param(
            f"http://localhost:3000/v1/videos/{A}",
            [_account(Service.GATEWAY, "http://localhost:3000"), ARK_CN],
            "gateway",
            id="a host with its port",
        ),
        pytest.param(
            f"https://ai.us-light-api.com/x/{A}", [ARK_CN, RONG], "rong-bj", id="by its service"
        ),
        pytest.param(
            f"{ARK}/{A}",
            [_account(Service.ARK, "https://proxy.example"), BYTEPLUS],
            "ark",
            id="the host of a service whose account has another",
        ),
        pytest.param(A, [], None, id="no account"),
    ],
)
def test_that_an_account_is_guessed_only_on_evidence(
    text: str, accounts: list[Account], account: str | None
) -> None:
    assert guess(find_ids(text), accounts) == {account}


@pytest.mark.parametrize(
    ("words", "accounts", "account"),
    [
        ("jimeng 即梦", ALL, JIMENG),
        ("/llm/v1/contents/ rongcloud rong-api 融云", ALL, RONG),
        ("anyfast", ALL, ANYFAST),
        ("/api/v3/contents/ volcengine 火山 方舟 modelark", [ARK_CN, RONG, ANYFAST], ARK_CN),
        ("NOT_START SUBMITTED QUEUED IN_PROGRESS SUCCESS FAILURE", [ARK_CN, ANYFAST], ANYFAST),
        ("queued running succeeded failed cancelled expired", [ARK_CN, ANYFAST], ARK_CN),
        ("byteplus dreamina-", [ARK_CN, BYTEPLUS], BYTEPLUS),
        ("doubao-", [ARK_CN, BYTEPLUS], ARK_CN),
        ("jimeng SUCCESS", [ARK_CN], ARK_CN),  # none is left out when there is no other
    ],
)
def test_that_each_word_of_a_service_is_evidence(
    words: str, accounts: list[Account], account: Account
) -> None:
    for word in words.split():
        found = find_ids(f"{word} task_id=moyu-task-1")
        assert (word, guess(found, accounts)) == (word, {account.id})


@pytest.mark.parametrize(
    ("words", "accounts"),
    [("SUCCESS succeeded", [ANYFAST, GATEWAY]), ("byteplus doubao-", [ARK_CN, BYTEPLUS])],
)
def test_that_words_of_two_services_are_no_evidence(words: str, accounts: list[Account]) -> None:
    assert guess(find_ids(f"{words} task_id=moyu-task-1"), accounts) == {None}


@pytest.mark.parametrize(
    "store",
    ["x.tos-ap-southeast-1.volces.com", "x.oss-cn-beijing.aliyuncs.com", "x.s3.amazonaws.com"],
)
def test_that_the_place_of_a_result_is_no_evidence(store: str) -> None:
    assert guess(find_ids(f"GET {ARK}\n{A} https://{store}/a.mp4"), ALL) == {"ark"}


def test_that_an_id_with_padding_looks_like_one() -> None:
    assert looks_like(PADDED)


def test_that_each_line_is_judged_by_its_own_host() -> None:
    other = f"https://www.anyfast.com.cn/v1/video/generations/{AF}"
    first, second, third = find_ids(f"{ARK}/{A}\n{other}\n{B}")
    assert guess([first], ALL) == {"ark"}
    assert guess([second], ALL) == {"anyfast"}
    assert guess([third], [ARK_CN, RONG, ANYFAST]) == {None}


def test_that_words_elsewhere_say_nothing_of_an_id_with_its_own_host() -> None:
    found = find_ids(f"Error: Request failed\nGET https://gw.example/v1/video/generations/{A}")
    assert guess(found, [ARK_CN, JIMENG]) == {None}


def test_that_a_host_told_once_counts_for_the_whole_list() -> None:
    found = find_ids(f"from https://ark.cn-beijing.volces.com:\n{A}\n{B} queued")
    assert guess(found, ALL) == {"ark"}


# --- dropped files ---------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_that_the_text_of_a_file_is_read_whatever_wrote_it(encoding: str) -> None:
    assert decode_file(f"任务 {A}\n{B}\n{C}".encode(encoding)).lstrip("\ufeff").endswith(C)


@pytest.mark.parametrize("names", [[A, B, "odd-1"], ["./镜头/" + A + ".mp4", f"./{B}.mp4"]])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_that_names_between_zeros_are_read(names: list[str], encoding: str) -> None:
    text = decode_file("\0".join([*names, ""]).encode(encoding))
    assert text == "\n".join([*names, ""])
    assert len(find_ids(text)) == len(names)


def test_that_a_file_of_a_chinese_windows_is_read() -> None:
    assert decode_file(f"镜头一,{A}".encode("gb18030")) == f"镜头一,{A}"


#: Of a film, whose header has zeros in it.
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isomiso2avc1mp41" + bytes(range(256))


def test_that_a_video_dropped_by_mistake_holds_no_ids() -> None:
    assert find_ids(decode_file(FILM * 3)) == ()


@pytest.mark.parametrize(
    "data",
    [
        f"\0\x01\n{A}\n{B}\n{C}\n".encode(),
        f"\0\x01\n{'a line of a log' * 300}\n{A}\n\x1f{B}\n{C}\n".encode(),
        FILM + f"{A}\0{B}\x02{C}".encode() + FILM,
        FILM + f"{A} {B} {C}".encode("utf-16-le") + FILM,
        FILM + f"{A} {B} {C}".encode("utf-16-be") + FILM,
        f"\x01{'镜头' * 30}\n{A}\n{B}\n{C}\n".encode("utf-16-le"),
        f"{'镜头' * 30}\n{A}\n{B}\n{C}\n".encode("utf-16-be"),
    ],
)
def test_that_ids_between_bytes_of_no_text_are_found(data: bytes) -> None:
    assert {found.id for found in find_ids(decode_file(data))} == {A, B, C}


def test_that_an_id_of_any_look_is_found_in_a_text_with_a_few_odd_bytes() -> None:
    data = b"\0\x01\n" + f"take-77-b\n{A}\ntake-78-c\n".encode()
    assert [found.id for found in find_ids(decode_file(data))] == ["take-77-b", A, "take-78-c"]
