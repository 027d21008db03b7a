"""Whose a session of the page is. Gradio gives a session's answers, and the conversation it holds,
to whoever names it; where people log in, nobody names another's."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .gate import user_of
from .uploads import is_upload

# As many are known at once; those that have been silent longest go first.
MOST_SESSIONS = 100_000


class Sessions:
    """Lets a session be named by the user who named it first. Stands behind the gate, and behind
    what limits a body, as it holds one whole."""

    def __init__(self, app: ASGIApp, *, base: str = "") -> None:
        self.app = app
        self.base = base
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = user_of(scope) if scope["type"] == "http" else None
        if user is None:
            await self.app(scope, receive, send)
            return
        named = {*HTTPConnection(scope).query_params.getlist("session_hash"), *_in_path(scope)}
        if scope["method"] == "POST" and not is_upload(scope, self.base):
            try:
                body, receive = await _read(receive)
            except HTTPException as error:  # nothing outside of this makes a response of it
                told = JSONResponse({"detail": error.detail}, error.status_code, error.headers)
                await told(scope, receive, send)
                return
            named |= _in_body(body)
        if all(self._owner(session, user) == user for session in named):
            await self.app(scope, receive, send)
            return
        refusal = JSONResponse({"detail": "This session is somebody else's."}, 403)
        await refusal(scope, receive, send)

    def _owner(self, session: str, user: str) -> str:
        owner = self._owners.setdefault(session, user)
        self._owners.move_to_end(session)
        if len(self._owners) > MOST_SESSIONS:
            self._owners.popitem(last=False)
        return owner


def _in_path(scope: Scope) -> set[str]:
    """Gradio takes the number of an event that it doesn't know for that of a session."""
    before, _, last = scope["path"].rpartition("/")
    fetches = scope["method"] == "GET" and "/gradio_api/call/" in before
    return {last} if fetches or before.endswith("/heartbeat") else set()


def _in_body(body: bytes) -> set[str]:
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    session = sent.get("session_hash") if isinstance(sent, dict) else None
    return {session} if isinstance(session, str) and session else set()


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body, which gradio would hold whole too, and what gives it once more."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    body = b"".join(message.get("body", b"") for message in messages)

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return body, again
