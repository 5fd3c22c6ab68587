"""A service in a process of its own whose tasks end one after the other, the more it is asked.

It has no list: every look is a question about one task.

Run as ``python -m tests.faults.long_cloud TASKS RESULTS``: prints its URL, serves until its
standard input ends. Of TASKS tasks, the first RESULTS succeed, each with a small film.
"""

import asyncio
import sys

from aiohttp import web

from tests.files.media import mp4
from tests.watching.cloud import CREATED_AT

FILM = mp4(4000)


class LongCloud:
    def __init__(self, tasks: int, results: int) -> None:
        self._tasks = tasks
        self._results = results
        self._looks = 0
        self._files = 0
        self._origin = ""

    def _task(self, number: int) -> dict[str, object]:
        base = {"id": f"cgt-{number}", "model": "m", "created_at": CREATED_AT}
        if number < self._results and self._looks > number * 2:
            url = f"{self._origin}/{number}.mp4"
            return {**base, "status": "succeeded", "content": {"video_url": url}}
        return {**base, "status": "running", "updated_at": CREATED_AT + self._looks}

    async def get(self, request: web.Request) -> web.StreamResponse:
        self._looks += 1
        self._origin = f"http://{request.host}"
        return web.json_response(self._task(int(request.match_info["id"].removeprefix("cgt-"))))

    async def file(self, request: web.Request) -> web.StreamResponse:
        self._files += 1
        return web.Response(body=FILM, headers={"ETag": '"1"'})

    async def counted(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"looks": self._looks, "files": self._files})


async def main(tasks: int, results: int) -> None:
    cloud = LongCloud(tasks, results)
    app = web.Application()
    app.add_routes(
        [
            web.get("/api/v3/contents/generations/tasks/{id}", cloud.get),
            web.get("/counted", cloud.counted),
            web.get("/{name}.mp4", cloud.file),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
