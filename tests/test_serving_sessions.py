"""Whose a session is, behind the gate and the limits of what is sent, as the server has them."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from test_app import HARBOUR, FakeAssistant

from serving.around import Serving, around
from serving.patience import Patience
from serving.sessions import Sessions
from serving.users import Users, add_user

ADA = ("ada", "quay side 1843")
BO = ("bo", "harbour lights")
OTHER_BYTES = 33 * 1024 * 1024


async def _told(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Starlette:
    """The server's middleware over routes that tell how much was sent. It waits half a second."""
    path = tmp_path_factory.mktemp("auth") / "users"
    for user in (ADA, BO):
        add_user(path, *user)
    serving = Serving(users=Users(path), base_path="/t")
    settings = around(FakeAssistant(HARBOUR), serving, host="127.0.0.1", port=1, read=app.UPLOADED)
    for each in settings["middleware"]:
        if each.cls is Patience:
            each.kwargs["seconds"] = 0.5
    routes = [Route("/{path:path}", _told, methods=["GET", "POST"])]
    return Starlette(routes=routes, middleware=settings["middleware"])


@pytest.fixture
def web(served) -> TestClient:
    return TestClient(served, base_url="http://localhost")


def test_what_a_user_sends_has_a_limit_announced_or_not(web):
    """Whatever it says it is: the body is held whole, to see which session it names."""
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        sent: dict[str, Any] = {"auth": ADA, "headers": {"Content-Type": kind}}
        join = "/gradio_api/queue/join"
        assert web.post(join, content=b"x" * OTHER_BYTES, **sent).status_code == 413
        pieces = (b"x" * 2**20 for _ in range(OTHER_BYTES // 2**20))
        refused = web.post(join, content=pieces, **sent)
        assert (refused.status_code, "at most 32 MB" in refused.json()["detail"]) == (413, True)


def test_a_users_body_that_dribbles_is_ended(served):
    basic = b"Basic " + b64encode(":".join(ADA).encode())
    headers = [(b"host", b"localhost"), (b"authorization", basic)]
    scope = {
        "type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": headers,
        "query_string": b"", "client": ("127.0.0.1", 5),
    }  # fmt: skip
    started: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message) -> None:
        started.extend([message] if message["type"] == "http.response.start" else [])

    asyncio.run(asyncio.wait_for(served(scope, receive, send), 20))
    assert [message["status"] for message in started] == [408]
    assert (b"connection", b"close") in started[0]["headers"]


def _handed_on(method: str, path: str, pieces: list[bytes]) -> tuple[int, int]:
    """How much is read before the page gets a request of Ada's, and what is left for the page."""
    left = list(pieces)
    counts: list[int] = []

    async def receive() -> dict[str, Any]:
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def page(scope: Any, receive: Callable[[], Any], send: Any) -> None:
        counts.append(len(pieces) - len(left))
        more = True
        while more:
            message = await receive()
            counts.append(len(message["body"]))
            more = message["more_body"]

    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "turncite.user": "ada",
    }  # fmt: skip
    asyncio.run(Sessions(page, base="/t")(scope, receive, None))
    return counts[0], sum(counts[1:])


def test_an_upload_is_not_held_in_memory():
    pieces = [b"x" * 1000] * 4
    assert _handed_on("POST", "/t/gradio_api/upload", pieces) == (0, 4000)
    assert _handed_on("POST", "/gradio_api/upload/", pieces) == (0, 4000)
    assert _handed_on("POST", "/t/gradio_api/queue/join", pieces) == (4, 4000)


@pytest.mark.parametrize(
    "named",
    ["queue/data?session_hash=s", "heartbeat/s", "call/ask/s", "call/v2/ask/s"],
)
def test_wherever_a_session_is_named_it_is_its_users(web, named):
    for base in ("", "/t"):
        mine, theirs = (web.get(f"{base}/gradio_api/{named}", auth=user) for user in (ADA, BO))
        assert (mine.status_code, theirs.status_code) == (200, 403)


def test_an_endpoint_is_no_session(web):
    for user in (ADA, BO):
        for path in ("call/ask", "call/v2/ask"):
            assert web.post(f"/gradio_api/{path}", json={"data": []}, auth=user).text == "11"
        assert web.get("/t/config", auth=user).status_code == 200
