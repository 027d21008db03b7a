"""The gate before the page: which hosts and sites may speak to it, and who is logged in.

A browser carries requests of any web page to a server on this machine. Whose own name leads here
(DNS rebinding) is told by the Host header; whose page sent it, by Origin.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .login import Login, TooManyTries, path_in

USER = "turncite.user"  # in the scope of a request: who is logged in
# Open to everybody: whether the server is up, logging in, and what gradio asks itself at its start.
OPEN = frozenset({"/health", "/login", "/logout", "/gradio_api/startup-events"})
_PORTS = {"http": 80, "https": 443}
_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",  # no other site may put clicks under it
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # an address of the page names transcripts
}


@dataclass(frozen=True, slots=True)
class Hosts:
    """By which names the server may be asked. `names` are further ones, as behind a proxy; where
    they are `all_known`, another name is refused."""

    bound: str
    names: Collection[str] = ()
    all_known: bool = True

    def refuse(self, headers: Mapping[str, str]) -> str:
        """Why a request is refused, or nothing where it may pass."""
        host = headers.get("host", "")
        name = _name_of(host)
        if self.all_known and not self._knows(name):
            return (
                f"Turncite is not served as {name or 'nothing'}. If it should be, start it with: "
                f"turncite serve --allow-host {name or 'NAME'}"
            )
        origin = headers.get("origin")
        if origin is None:
            return _why_embedded(headers)
        if self._is_own(origin, host):
            return ""
        return (
            f"Turncite takes no requests from pages of {origin}. Where that is a proxy before it, "
            f"start it with: turncite serve --allow-host {_name_of(origin) or 'NAME'}"
        )

    def _knows(self, name: str) -> bool:
        return name in (*self.names, self.bound, "localhost") or _is_loopback(name)

    def _is_own(self, origin: str, host: str) -> bool:
        try:
            sent = urlsplit(origin)
            port = sent.port or _PORTS.get(sent.scheme)
            asked = urlsplit(f"{sent.scheme}://{host}")
            same = (sent.hostname, port) == (asked.hostname, asked.port or _PORTS.get(sent.scheme))
        except ValueError:
            return False
        return (
            sent.scheme in _PORTS and bool(sent.hostname) and (same or sent.hostname in self.names)
        )


class Gate:
    """Lets through what may pass, with the user in its scope."""

    def __init__(
        self, app: ASGIApp, *, hosts: Hosts, login: Login | None = None, base: str = ""
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.login = login
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        if why := self.hosts.refuse(asked.headers):
            await self._refuse(PlainTextResponse(f"{why}\n", 403), scope, receive, send)
            return
        if self.login is not None:
            try:
                user = await self.login.user_of(asked)
            except TooManyTries as error:
                await self._refuse(self.login.refused(asked, error), scope, receive, send)
                return
            if user is None and path_in(asked, self.base) not in OPEN:
                await self._refuse(self.login.refused(asked), scope, receive, send)
                return
            scope[USER] = user
        await self.app(scope, receive, _with_headers(send))

    async def _refuse(self, response: Response, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        await response(scope, receive, _with_headers(send))


def _why_embedded(headers: Mapping[str, str]) -> str:
    """Why a picture or a script of another site's page is refused; a link to here is followed."""
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    if site in ("cross-site", "same-site") and mode != "navigate":
        return "Turncite is no part of other sites' pages."
    return ""


def user_of(scope: Scope) -> str | None:
    user = scope.get(USER)
    return None if user is None else str(user)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _name_of(host: str) -> str:
    """The name in a Host or Origin header, without port and brackets."""
    try:
        return urlsplit(host if "://" in host else f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
