"""Texts with task ids in them, grown from the cases of the field: each shape of an id in each
wrapping beside each neighbour, with the ids that must be found."""

# ruff: noqa: E501 - a case and its text are read together

import base64
import html
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

ARK = "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks"
UUID = "660f1fd7-fa36-450c-bf8d-cd1424a3d869"
_LITELLM = (
    "litellm:custom_llm_provider:openai;model_id:sora-2;video_id:video_f78c86015a01921ecbfee23981"
    "31223ef0147b464d9e5121;deployment_id:9c68fcc4c0a6f8cfc88ffbf0bf5ce47e3db06665aa018c4e8e62f7"
)
#: By shape, two ids of it.
SHAPES = {
    "ark": ("cgt-20260915092331-ab1cd", "cgt-20260915092332-x9y8z"),
    "new-api": ("task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm", "task_FABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm"),
    "anyfast": ("asyntask_h81efT0qwtLnzyt6VENmCZ6VXSfNxE2E", "asyntask_AbCdEf0123456789AbCdEf0123456789"),
    "video uuid": (f"video_{UUID}", "video_14219dce-c1de-4242-b723-2c3f4b90be9e"),
    "litellm": (
        "video_" + base64.b64encode(_LITELLM.encode()).decode(),
        "video_" + base64.b64encode(_LITELLM.replace("9c68", "1d77").encode()).decode(),
    ),
    "aisix": (
        base64.b64encode(b"cb618493-87cd-5ac8-a98f-ec0014ff58c6:c2VlZGFuY2U:cgt-20261129054007-rhn6g")
        .decode().rstrip("="),
        base64.b64encode(b"cb618493-87cd-5ac8-a98f-ec0014ff58c6:c2VlZGFuY2U:cgt-20261129054007-qq77w")
        .decode().rstrip("="),
    ),
}  # fmt: skip
#: Ids that only their place tells: these wrappings name it.
UNNAMED = {
    "unknown": ("task-unified-1761313744-vux2jw0k", "moyu-task-2"),
    "digits": ("831922345719271433", "883461234567890123"),
    "uuid": (UUID, "75651588-2c49-4f80-a27c-a47161c75eb7"),
    "hex": ("6f1d4c1e2b3a4958aabbccddeeff0011", "7a1d4c1e2b3a4958aabbccddeeff0022"),
}
_RED, _OFF = "\x1b[1;36m", "\x1b[0m"


def _line(text: str) -> str:
    return json.dumps({"level": "info", "ts": 1789435411.2, "msg": text}, ensure_ascii=False)


#: By wrapping, a text with two ids that anything says are ids, or that have a known shape.
ANYWHERE = {
    "lines": "{a}\n{b}\n",
    "commas": "{a}, {b}",
    "Chinese sentence": "任务{a}失败了，{b}还在排队。",
    "sentence": "Please look at {a}, and at ({b}).",
    "Markdown": "- **{a}**\n- `{b}`",
    "colours": f"{_RED}{{a}}{_OFF} running\n[{_RED}{{b}}{_OFF}]",
    "log lines": "2026-09-15 09:23:31 INFO submitted {a}\n2026-09-15 09:24:31 INFO submitted {b}",
    "file names": "{a}.mp4\n20260915_{b}_720p.mp4",
    "literal newlines": "'tasks:\\n{a}\\n{b}'",
    "zero width": "ID：\u200b{a}\u200b，\u2060{b}\ufeff",
    "unknown JSON keys": '{{"videoTask": "{a}", "other": {{"k": ["{b}"]}}}}',
    "HTML": "<td>{a}</td><td>{b}</td>",
    "chat": "小王 09-15 09:23\nid是{a}、{b}（排队）",
}
#: The same where the place names them, whatever their shape.
NAMED = {
    "answer": '{{"id": "{a}", "status": "queued"}}\n{{"id": "{b}", "status": "running"}}',
    "envelope": '{{"code":"success","data":{{"task_id":"{a}","status":"SUCCESS"}}}}\n'
    '{{"code":"success","data":{{"task_id":"{b}"}}}}',
    "list": '{{"items": [{{"id": "{a}", "status": "x"}}, {{"id": "{b}", "status": "y"}}]}}',
    "routes": f"GET {ARK}/{{a}}\nGET https://gw.example/v1/videos/{{b}}/content",
    "more routes": "GET https://gw.example/v1/task/get/{a}\nGET https://gw.example/ent/v2/tasks/{b}/creations",
    "kling": "GET https://gw.example/kling/v1/videos/text2video/{a}\nhttps://gw.example/jimeng/fetch/{b}",
    "list query": f'curl "{ARK}?page_size=10&filter.task_ids={{a}}&filter.task_ids={{b}}"',
    "video query": "GET https://gw.example/v1/video/query?id={a}\nGET https://gw.example/v1/video/query?id={b}",
    "fields": "task_id={a} status=RUNNING\ntaskId: {b}",
    "Chinese fields": "任务ID：{a}\n任务编号: {b}",
    "video_id": "video_id={a}\nsubmit_id: {b}",
    "table": "序号,生成任务ID,提示词\n1,{a},一只猫\n2,{b},一只狗",
    "video table": "name\tvideo_id\nfox\t{a}\ncat\t{b}",
    "repr": "ContentGenerationTask(task_id='{a}', status='queued'), Video(video_id='{b}', seconds='4')",
    "escaped JSON": 'recv body="{{\\"task_id\\":\\"{a}\\",\\"status\\":\\"running\\"}}"\n'
    'recv body="{{\\"task_id\\":\\"{b}\\",\\"status\\":\\"running\\"}}"',
    "camel case": '{{"fields": {{"videoTaskId": "{a}"}}}}\n{{"fields": {{"videoTaskId": "{b}"}}}}',
    "node": "{{\n  task_id: '{a}',\n  content: [Object]\n}}\n{{\n  task_id: '{b}'\n}}",
}
#: What stands before or behind, and holds no id.
NEIGHBOURS = (
    "",
    "Request id: 02177872492196700000000000000000000ffffc0a87832ba9e04\n",
    '{"request_id": "b53c8bb4-1111-4222-8333-444455556666", "error": "x"}\n',
    'curl -H "Authorization: Bearer sk-aaaaaaaaaaaaaaaaaaaaaaaa" https://api.example.com/v1/models\n',
    "export ARK_API_KEY=0b3c1a52-93f1-4b1c-9d57-2f1e6d3c7a10\n",
    "model doubao-seedance-2-0-260128 1080p 16:9 5s, 2026-09-15 09:23:31\n",
    '{"history_ids":["19962016742404"],"webId":7415681621187893000}\n',
)
_DEEPER: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "JSON line": lambda text: "\n".join(_line(part) for part in text.split("\n")),
    "docker": lambda text: json.dumps({"log": text + "\n", "stream": "stdout"}),
    "percent": lambda text: quote(text, safe="\n"),
    "HTML": lambda text: html.escape(text),
}


def texts() -> Iterator[tuple[str, str, list[str]]]:
    """(what it is, the text, the ids in it)."""
    neighbour = 0
    for wrapping, form in (ANYWHERE | NAMED).items():
        shapes = SHAPES | UNNAMED if wrapping in NAMED else SHAPES
        for shape, (a, b) in shapes.items():
            for deeper, wrapped in _DEEPER.items():
                if not _goes(wrapping, shape, deeper):
                    continue
                neighbour = (neighbour + 1) % len(NEIGHBOURS)
                is_table = "table" in wrapping or deeper == "percent"
                before = "" if is_table or deeper != "as it is" else NEIGHBOURS[neighbour]
                text = before + wrapped(form.format(a=a, b=b))
                yield f"{shape}, {wrapping}, {deeper}, {neighbour if before else 0}", text, [a, b]


def _goes(wrapping: str, shape: str, deeper: str) -> bool:
    """Not every form makes sense inside every other."""
    if shape in ("litellm", "aisix") and wrapping in ("file names", "literal newlines"):
        return False
    if shape == "litellm" and wrapping in ("routes", "more routes", "kling", "list query"):
        return False  # the padding is escaped there
    if deeper == "as it is":
        return True
    if deeper == "docker":
        return wrapping in ("log lines", "fields", "colours", "sentence", "routes", "escaped JSON")
    if deeper == "JSON line":
        return wrapping in ("log lines", "fields", "routes", "sentence", "Chinese fields")
    return wrapping in ("fields", "answer", "envelope", "lines", "log lines", "repr")
