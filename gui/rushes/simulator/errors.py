"""What the services say when they cannot or do not want to answer (contract 1.3, 3.1)."""

from aiohttp import web

from rushes.simulator.scene import Ailment, Site, Trouble

DASHBOARD = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>New API</title>
<script type="module" src="/assets/index-b1c2.js"></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>
</body></html>
"""
_CLOUD = (
    "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
)
_BUSY = "当前分组上游负载已饱和，请稍后再试"
_SEEN = "(request id: 20261121044501260254000NBdvZFoP)"


def ark(status: int, code: str, message: str, kind: str = "", param: str = "") -> web.Response:
    """The one error shape of Ark, and of Rong as far as it is known."""
    text = f"{message} Request id: 021778461706934dc81d74c65c8ea02a2c5bb3d59fe0f512640b5"
    error = {"code": code, "message": text, "param": param, "type": kind}
    return web.json_response({"error": error}, status=status)


def new_api(status: int, message: str, kind: str = "new_api_error") -> web.Response:
    """Refusals of a gateway itself: key, limits."""
    error = {"message": f"{message} {_SEEN}", "type": kind, "code": ""}
    return web.json_response({"error": error}, status=status)


def denied(site: Site) -> web.Response:
    if site.is_gateway:
        return new_api(401, "无效的令牌")
    text = "The API key or AK/SK in the request is missing or invalid."
    return ark(401, "AuthenticationError", text, "Unauthorized")


def no_such_task(site: Site, task_id: str) -> web.Response:
    if site.is_gateway:  # not 404
        body = {"code": "task_not_exist", "message": "task_not_exist", "data": None}
        return web.json_response(body, status=400)
    text = f"The specified resource task {task_id} is not found."
    return ark(404, "NotFound.ResourceNotFound", text, "NotFound", "id")


def no_such_route(site: Site, method: str, path: str) -> web.Response:
    """A wrong path: an error under the API's own prefixes, a gateway's web page elsewhere."""
    if not site.is_gateway:
        return ark(404, "InvalidAction", f"The specified action {method} is invalid.", "NotFound")
    if path.split("/")[1] not in ("v1", "api", "assets"):
        return web.Response(text=DASHBOARD, content_type="text/html")
    error = {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": "",
        "code": "",
    }
    return web.json_response({"error": error}, status=404)


def too_fast(site: Site) -> web.Response:
    if site.is_gateway:
        return new_api(429, "您已达到请求数限制：1分钟内最多请求60次")
    text = "The RPM (Requests Per Minute) limit for the API on your account has been exceeded."
    return ark(429, "APIAccountRpmRateLimitExceeded", text, "TooManyRequests")


def ailing(trouble: Trouble, site: Site) -> web.Response | None:
    """The bad answer; None where the right one comes, only later."""
    made = _ailing(trouble.kind, site)
    if made is not None and trouble.retry_after_s is not None:
        made.headers["Retry-After"] = str(trouble.retry_after_s)
    return made


def _ailing(kind: Ailment, site: Site) -> web.Response | None:
    match kind:
        case Ailment.RATE:
            return too_fast(site)
        case Ailment.RATE_EMPTY:
            return web.Response(status=429)
        case Ailment.QUOTA:
            text = (
                "Your account has reached its 5-hour quota, it will reset at 2026-11-21 18:00:00."
            )
            return ark(429, "QuotaExceeded", text, "TooManyRequests")
        case Ailment.SERVER if site.is_gateway:
            body = {"code": "get_task_failed", "message": _BUSY, "data": None}
            return web.json_response(body, status=500)
        case Ailment.SERVER:
            text = "The service encountered an unexpected internal error."
            return ark(500, "InternalServiceError", text, "InternalServerError")
        case Ailment.BAD_GATEWAY:
            return web.Response(status=502, text=_CLOUD, content_type="text/html")
        case Ailment.OVERDUE:
            text = "The request failed because your account has an overdue balance."
            return ark(403, "AccountOverdueError", text, "Forbidden")
        case Ailment.REVOKED:
            return denied(site)
        case Ailment.TRUNCATED:
            return web.Response(body=b'{"id":"cgt-2026', content_type="application/json")
        case Ailment.SLOW:
            return None
