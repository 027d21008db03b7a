"""A small reverse proxy on loopback, as nginx is set up before the page."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_OF_A_HOP = {"connection", "host", "keep-alive", "transfer-encoding", "upgrade"}


@contextlib.contextmanager
def proxied(to: str, prefix: str, *, strips: bool, keeps_host: bool = True) -> Iterator[str]:
    """Serves what is at `to` under `prefix`, and yields the address there.

    It `strips` the prefix or hands it on; it keeps the Host that was asked for, or asks by the
    page's own address and tells the other in X-Forwarded-Host.
    """

    @contextlib.asynccontextmanager
    async def lifespan(site: Starlette) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
        async with httpx.AsyncClient(base_url=to, trust_env=False, timeout=60) as client:
            yield {"client": client}

    async def forward(request: Request) -> StreamingResponse:
        path = request.url.path
        sent = path.removeprefix(prefix) if strips else path
        headers = {k: v for k, v in request.headers.items() if k not in _OF_A_HOP}
        headers["x-forwarded-for"] = request.client.host
        headers["x-forwarded-proto"] = "http"
        if keeps_host:
            headers["host"] = request.headers["host"]
        else:
            headers["x-forwarded-host"] = request.headers["host"]
        client = request.state.client
        asked = client.build_request(
            request.method,
            httpx.URL(path=sent or "/", query=request.url.query.encode()),
            headers=headers,
            content=request.stream(),
        )
        answer = await client.send(asked, stream=True)
        headers = {k: v for k, v in answer.headers.items() if k not in _OF_A_HOP}
        return StreamingResponse(_whole(answer), answer.status_code, headers)

    every = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]
    site = Starlette(
        routes=[Route(prefix + "/{path:path}", forward, methods=every)], lifespan=lifespan
    )
    config = uvicorn.Config(site, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}{prefix}/"
    finally:
        server.should_exit = True
        thread.join()


async def _whole(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    finally:
        await answer.aclose()
