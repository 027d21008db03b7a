"""A server on loopback that speaks OpenAI's protocol, well or ill, as a test sets it."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from rag.llm import OpenAICompatible

KEY = "sk-very-secret-key"


def event(words: str | None = None, finish: str | None = None) -> str:
    """One event as a server sends it: some words, or the end of the answer."""
    delta = {} if words is None else {"content": words}
    document = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def whole(words: Any, finish: str = "stop") -> dict[str, Any]:
    """An answer as a server sends it that does not stream."""
    message = {"role": "assistant", "content": words}
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}


def marked(said: str, request: str) -> str:
    """An answer with the numbers that the passages of a request have."""
    passages = re.findall(r'<passage number="(\d+)".*?>\n(.*?)\n</passage>', request, re.DOTALL)

    def marker(words: re.Match[str]) -> str:
        return f"[{next((n for n, text in passages if words[1] in text), '99')}]"

    return re.sub(r"\[@([^\]]+)\]", marker, said)


class Cut(Exception):
    """Raised in a reply to break the connection."""


@dataclass
class Server:
    """A server on loopback whose replies a test sets; the last one is given again and again."""

    replies: list[Any] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    left: int = 0  # connections that the client closed before the end
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def model(self, **options: Any) -> OpenAICompatible:
        defaults: dict[str, Any] = {"api_key": KEY, "pause_seconds": 0.01, "timeout_seconds": 5.0}
        return OpenAICompatible("tiny", self.url, **defaults | options)

    def says(self, *answers: str) -> OpenAICompatible:
        """A model that gives these answers, word by word; "[@words]" is the marker of the passage
        of the request that holds these words, or one that no passage has."""
        self.clear()
        self.replies = list(answers)
        return self.model()

    def clear(self) -> None:
        for each in (self.replies, self.requests, self.headers, self.paths, self.listed):
            each.clear()
        self.left = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/v1/models")
        async def models() -> Response:
            return JSONResponse({"data": [{"id": name} for name in self.listed]})

        @app.post("/{path:path}")
        async def complete(path: str, request: Request) -> Response:
            self.paths.append(path)
            self.requests.append(await request.json())
            self.headers.append(dict(request.headers))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            if isinstance(reply, Response):
                return reply
            if isinstance(reply, str):
                said = marked(reply, self.requests[-1]["messages"][-1]["content"])
                words = re.findall(r"\s*\S+\s*", said)
                reply = [*map(event, words), event(None, "stop")]
            return StreamingResponse(self._write(reply), media_type="text/event-stream")

        return app

    async def _write(self, parts: list[Any]) -> AsyncIterator[bytes]:
        try:
            for part in parts:
                if part is Cut:
                    raise Cut
                if isinstance(part, float):
                    await asyncio.sleep(part)
                else:
                    yield part if isinstance(part, bytes) else part.encode()
        except asyncio.CancelledError:
            self.left += 1
            raise


@contextmanager
def running_server() -> Iterator[Server]:
    state = Server()
    config = uvicorn.Config(
        state.app(), host="127.0.0.1", port=0, log_config=None, ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    state.port = server.servers[0].sockets[0].getsockname()[1]
    yield state
    server.should_exit = True
    thread.join(timeout=30)
    assert not thread.is_alive()
