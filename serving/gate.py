"""The gate before the page: which hosts and sites may speak to it, and who is logged in.

A browser carries requests of any web page to a server on this machine. Whose own name leads here
(DNS rebinding) is told by the Host header; whose page sent it, by Origin.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .login import Login, TooManyTries, path_in

USER = "turncite.user"  # in the scope of a request: who is logged in
# Open to everybody: whether the server is up, logging in, and what gradio asks itself at its start.
OPEN = frozenset({"/health", "/login", "/logout", "/gradio_api/startup-events"})
# What gradio serves and Turncite doesn't use: fetching addresses for whoever asks, its editors and
# monitors. What isn't there can't be broken into.
CLOSED = re.compile(
    r"/gradio_api/(file[=/]\s*\w+:/|proxy=|vibe-|undo-vibe-edit|dev/|custom_component/"
    r"|component_server|deep_link|process_recording|profiling|run-history|runs|stream/|token)"
    r"|/(monitoring|pwa_icon|svelte/|openapi\.json)",
    re.IGNORECASE,
)
_PRIVATE = ("text/html", "application/json")  # may hold what only who is logged in may see
_PORTS = {"http": 80, "https": 443}
_HEADERS = {
    # The page needs its own scripts, which gradio writes into it, and nothing from elsewhere: so no
    # markup that got through could load or send anything. No other site may put clicks under it.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # an address of the page names transcripts
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Hosts:
    """By which names the server may be asked. `names` are further ones, as behind a proxy; of
    `others` none may be used, or those that nobody outside the network can give to it, or any."""

    bound: str
    names: Collection[str] = ()
    others: Literal["none", "local", "any"] = "none"

    def refuse(self, headers: Mapping[str, str]) -> str:
        """Why a request is refused, or nothing where it may pass."""
        host = headers.get("host", "")
        forwarded = headers.get("x-forwarded-host")  # which gradio takes for the page's own
        for name in map(_name_of, [host, *(forwarded.split(",") if forwarded else ())]):
            if self._knows(name):
                continue
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
        if self.others == "any" or name in (*self.names, self.bound, "localhost"):
            return True
        return _is_loopback(name) or (self.others == "local" and _is_local(name))

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
        path = path_in(asked, self.base)
        if self.login is not None:
            try:
                user = await self.login.user_of(asked)
            except TooManyTries as error:
                await self._refuse(self.login.refused(asked, error), scope, receive, send)
                return
            if user is None and path not in OPEN:
                await self._refuse(self.login.refused(asked), scope, receive, send)
                return
            scope[USER] = user
        if CLOSED.match(path):
            await self._refuse(PlainTextResponse("Not found.\n", 404), scope, receive, send)
            return
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
            if headers.get("content-type", "").startswith(_PRIVATE):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _name_of(host: str) -> str:
    """The name in a Host or Origin header, without port and brackets."""
    try:
        return urlsplit(host if "://" in host else f"//{host.strip()}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_local(name: str) -> bool:
    """Whether no site of the internet can have the name, to lead it here: an address, or a name of
    the own network."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and ("." not in name or name.endswith((".local", ".internal")))
    return True
