"""How long the server waits for who sends slowly: a connection that never ends its request costs
nothing but itself, and not for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK_SECONDS = 15.0  # headers have one to two of these
BODY_SECONDS = 30.0  # and as long as its bytes take at the rate below
LEAST_BYTES_A_SECOND = 1000
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
    whole header in one to two times `seconds`. By itself it waits as long as somebody likes.
    """

    class Patient(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self.loop.call_later(seconds, self._look, None, True)

        def _look(self, cycle_before: object, waited_before: bool) -> None:
            if self.transport.is_closing():
                return
            waits = self.cycle is None or self.cycle.response_complete
            if waits and waited_before and self.cycle is cycle_before:
                self.transport.abort()
                return
            self.loop.call_later(seconds, self._look, self.cycle, waits)

    return Patient
