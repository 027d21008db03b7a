"""How long the server waits for who sends or reads slowly: a connection that never ends its
request, or never takes its answer, costs nothing but itself, and not for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK_SECONDS = 15.0  # headers have one to two of these
BODY_SECONDS = 30.0  # and as long as its bytes take at the rate below
LEAST_BYTES_A_SECOND = 1000
UNREAD_LOOKS = 20  # without a byte taken of an answer: a film may be halted for a while
_TOO_SLOW = "The request came too slowly; send it again."


class Patience:
    """Ends a request with 408 whose body comes too slowly."""

    def __init__(self, app: ASGIApp, *, seconds: float = BODY_SECONDS) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        until = time.monotonic() + self.seconds
        whole = False

        async def receiving() -> Message:
            nonlocal until, whole
            if whole:  # what comes now is the end of the connection
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                raise HTTPException(408, _TOO_SLOW, {"Connection": "close"}) from None
            until += len(message.get("body", b"")) / LEAST_BYTES_A_SECOND
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, receiving, send)


def patient(protocol: type[Any], seconds: float = LOOK_SECONDS) -> type[Any]:
    """uvicorn's `protocol` of HTTP, which drops a connection that between requests has sent no
    whole header in one to two times `seconds`, or has long taken nothing of its answer. By itself
    it waits as long as somebody likes.
    """

    class Patient(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self.loop.call_later(seconds, self._look, (None, 0), 0)

        def _look(self, before: tuple[object, int], looks: int) -> None:
            """`looks` before this one have found it waiting as it was `before`."""
            if self.transport.is_closing():
                return
            unread = self.transport.get_write_buffer_size()
            now = self.cycle, unread
            waits = unread or self.cycle is None or self.cycle.response_complete
            looks = looks + 1 if waits and now == before else 0
            if looks >= (UNREAD_LOOKS if unread else 1):
                self.transport.abort()
                return
            self.loop.call_later(seconds, self._look, now, looks)

    return Patient
