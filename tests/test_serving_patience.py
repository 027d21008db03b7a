"""Who sends slowly or without end holds nothing but their own connection, and not for ever."""

from __future__ import annotations

import asyncio
import time

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from serving.patience import LEAST_BYTES_A_SECOND, Patience, patient
from serving.uploads import Uploads, bytes_of

LARGE = 16 << 20  # more than the system keeps of an answer


class Talk(asyncio.Protocol):
    """As much of uvicorn's protocol as is watched: a line is a request and its answer."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.cycle: asyncio.Future[None] | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if b"\n" in data:
            self.cycle = self.loop.create_future()
            self.cycle.response_complete = b"slow" not in data
            self.transport.write(b"x" * LARGE if b"large" in data else b"answer\n")


async def _seconds_until_dropped(first: bytes, then: bytes, at_most: float) -> float:
    server = await asyncio.get_running_loop().create_server(patient(Talk, 0.1), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        begun = time.monotonic()
        writer.write(first)
        while time.monotonic() - begun < at_most:
            writer.write(then)
            try:
                if await asyncio.wait_for(reader.read(99), 0.05) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        writer.close()
    return time.monotonic() - begun


@pytest.mark.parametrize(
    ("first", "then", "drops"),
    [(b"", b"", True), (b"GET /", b"x", True), (b"GET /\n", b"x", True), (b"slow\n", b"", False),
     (b"GET /\n", b"more\n", False)],
)  # fmt: skip
def test_who_never_ends_a_head_is_dropped(first, then, drops):
    """Neither silence nor a byte now and then holds a connection; a long answer does."""
    lasted = asyncio.run(_seconds_until_dropped(first, then, 1.5))
    assert (lasted < 1.5) == drops


async def _taken_slowly() -> int:
    """How many bytes of a large answer come, to who takes its time."""
    server = await asyncio.get_running_loop().create_server(patient(Talk, 0.1), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"large\n")
        taken = 0
        while taken < LARGE and (piece := await reader.read(1 << 20)):
            taken += len(piece)
            await asyncio.sleep(0.02)
        writer.close()
    return taken


def test_who_takes_an_answer_slowly_gets_all_of_it():
    """Which for the server is at an end as soon as it lies in its buffer."""
    assert asyncio.run(_taken_slowly()) == LARGE


async def _in_pieces(app, pieces: list[bytes], pause: float) -> int:
    """The status for a body that comes in pieces."""
    status = 0
    left = list(pieces)

    async def receive():
        await asyncio.sleep(pause)
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def send(message):
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    return status


async def _read(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def _patient_app(seconds: float) -> Starlette:
    served = Starlette(routes=[Route("/", _read, methods=["POST"])])
    served.add_middleware(Patience, seconds=seconds)
    return served


@pytest.mark.parametrize(("piece", "status"), [(b"x", 408), (b"x" * LEAST_BYTES_A_SECOND * 2, 200)])
def test_a_body_that_dribbles_is_ended_and_a_slow_one_is_not(piece, status):
    assert asyncio.run(_in_pieces(_patient_app(0.5), [piece] * 30, 0.03)) == status


def test_what_is_sent_at_once_has_a_limit_also_unannounced():
    served = Starlette(routes=[Route("/gradio_api/upload", _read, methods=["POST"])])
    served.add_middleware(Uploads, read={".txt"}, most=10)
    web = TestClient(served)
    assert web.post("/gradio_api/upload", content=b"x" * 11).status_code == 413
    assert web.post("/gradio_api/upload", content=iter([b"x" * 6] * 2)).status_code == 413
    assert web.post("/gradio_api/upload", content=b"x" * 9).text == "9"
    assert [bytes_of(size) for size in ("3b", "10kb", "2gb")] == [3, 10240, 2 * 1024**3]
