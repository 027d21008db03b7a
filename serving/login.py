"""Who is logged in: by a cookie, or for programs by HTTP Basic; and the page to log in."""

from __future__ import annotations

import asyncio
import base64
import hmac
import ipaddress
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from .users import MOST_CHARS, Hashed, Users

SESSION_SECONDS = 14 * 24 * 3600
FREE_TRIES = 3  # wrong passwords of one address before it must wait, twice as long each time
LONGEST_WAIT_SECONDS = 60.0
FORGOTTEN_AFTER_SECONDS = 900.0
_MOST_FORM_BYTES = 64 * 1024
_MOST_PROVED = 1000
WRONG = "Wrong name or password."

Clock = Callable[[], float]


class TooManyTries(Exception):
    """Too many wrong passwords came from there; `seconds` says how long it must wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many wrong passwords; try again in {math.ceil(seconds)} seconds.")
        self.seconds = math.ceil(seconds)


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    next_at: float = 0.0


@dataclass(slots=True)
class Throttle:
    """Makes an address, or an address with a name, that sends wrong passwords wait longer and
    longer."""

    clock: Clock = time.monotonic
    _of: dict[str, _Tries] = field(default_factory=dict)

    def admit(self, address: str) -> None:
        """Raises TooManyTries."""
        left = self._of[address].next_at - self.clock() if address in self._of else 0
        if left > 0:
            raise TooManyTries(left)

    def wrong(self, address: str) -> None:
        now = self.clock()
        old = now - FORGOTTEN_AFTER_SECONDS
        self._of = {where: tries for where, tries in self._of.items() if tries.next_at > old}
        tries = self._of.setdefault(address, _Tries())
        tries.wrong += 1
        beyond = tries.wrong - FREE_TRIES
        wait = min(2.0 ** min(beyond, 10), LONGEST_WAIT_SECONDS) if beyond > 0 else 0.0
        tries.next_at = now + wait

    def right(self, address: str) -> None:
        self._of.pop(address, None)


@dataclass(frozen=True, slots=True)
class _Session:
    user: str
    hashed: Hashed  # a changed password ends it
    ends_at: float


class Login:
    """Tells the user of a request, and logs users in and out.

    `base` is the path before every path of the page, `cookie` the name of its cookie.
    """

    def __init__(
        self, users: Users, *, cookie: str, base: str = "", clock: Clock = time.monotonic
    ) -> None:
        self.users = users
        self.cookie = cookie
        self.base = base
        self.clock = clock
        self.throttle = Throttle(clock)
        self._sessions: dict[str, _Session] = {}
        self._proved: dict[bytes, Hashed] = {}  # passwords of programs, which send one each time
        self._secret = secrets.token_bytes(32)
        self._one_at_a_time = asyncio.Lock()  # a hash takes memory, and guesses must be counted

    async def user_of(self, asked: HTTPConnection) -> str | None:
        """Raises TooManyTries."""
        session = self._sessions.get(asked.cookies.get(self.cookie, ""))
        if session and session.ends_at > self.clock() and self._still(session.user, session.hashed):
            return session.user
        given = _basic(asked.headers.get("authorization", ""))
        if given is None:
            return None
        name, password = given
        proof = hmac.digest(self._secret, f"{name}\0{password}".encode(), "sha256")
        if proof in self._proved and self._still(name, self._proved[proof]):
            return name
        kept = await self._check(asked, name, password)
        if kept is None:
            return None
        if len(self._proved) >= _MOST_PROVED:
            self._proved.clear()
        self._proved[proof] = kept
        return name

    async def log_in(self, request: Request) -> Response:
        """POST /login: a form of username and password. A browser's names where to go `next`."""
        fields = await _form(request)
        name, password = fields.get("username", "").strip(), fields.get("password", "")
        onward = fields.get("next")
        try:
            kept = await self._check(request, name, password)
        except TooManyTries as error:
            return self.refused(request, error, onward)
        if kept is None:
            if onward is None:
                return JSONResponse({"detail": WRONG}, 401)
            return self.page(onward, WRONG)
        response: Response = JSONResponse({"success": True})
        if onward is not None:
            response = RedirectResponse(_inside(onward, f"{self.base}/"), 303)
        response.set_cookie(
            self.cookie,
            self._begin(name, kept),
            max_age=SESSION_SECONDS,
            path=f"{self.base}/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def ask_again(self, request: Request) -> Response:
        """GET /login."""
        return self.page(f"{self.base}/", status=200)

    async def log_out(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return RedirectResponse(f"{self.base}/", 303)  # another site may lead here, no more
        self._sessions.pop(request.cookies.get(self.cookie, ""), None)
        response = HTMLResponse(_html("logout.html", {"home": f"{self.base}/"}))
        response.delete_cookie(self.cookie, path=f"{self.base}/")
        return response

    def page(self, onward: str, message: str = "", status: int = 401) -> Response:
        values = {"action": f"{self.base}/login", "next": onward, "message": message}
        return HTMLResponse(_html("login.html", values), status, {"Cache-Control": "no-store"})

    def refused(
        self, asked: HTTPConnection, error: TooManyTries | None = None, onward: str | None = None
    ) -> Response:
        """What somebody gets who is not logged in, or must wait."""
        if onward is None and "text/html" in asked.headers.get("accept", ""):
            query = asked.url.query
            onward = f"{self.base}{path_in(asked, self.base)}{f'?{query}' if query else ''}"
        if error is not None:
            retry = {"Retry-After": str(error.seconds)}
            if onward is None:
                return JSONResponse({"detail": str(error)}, 429, retry)
            response = self.page(onward, str(error), 429)
            response.headers.update(retry)
            return response
        if onward is not None:
            return self.page(onward)
        # A browser would ask for a password by itself.
        program = "sec-fetch-mode" not in asked.headers
        ask = {"WWW-Authenticate": 'Basic realm="Turncite", charset="UTF-8"'} if program else None
        return JSONResponse({"detail": "Log in first."}, 401, ask)

    async def _check(self, asked: HTTPConnection, name: str, password: str) -> Hashed | None:
        """The user's hash if the password is right. Raises TooManyTries."""
        address = _place(asked.client.host if asked.client else "")
        # Of the name too: who logs in as themselves in between has still guessed at another.
        tries = (address, f"{address} {name[:MOST_CHARS]}")
        async with self._one_at_a_time:
            for one in tries:
                self.throttle.admit(one)
            kept = await run_in_threadpool(self.users.check, name, password)
            for one in tries:
                (self.throttle.right if kept else self.throttle.wrong)(one)
        return kept

    def _begin(self, name: str, kept: Hashed) -> str:
        now = self.clock()
        self._sessions = {key: at for key, at in self._sessions.items() if at.ends_at > now}
        token = secrets.token_urlsafe(32)
        self._sessions[token] = _Session(name, kept, now + SESSION_SECONDS)
        return token

    def _still(self, name: str, hashed: Hashed) -> bool:
        return self.users.known().get(name) == hashed


def account_html(user: str | None, logout: str) -> str:
    """Who is logged in, for the head of the page."""
    if user is None:
        return ""
    link = f'<a href="{escape(logout)}">Log out</a>'
    return f'<p class="account" style="float: right; margin: 0">{escape(user)} · {link}</p>'


def path_in(asked: HTTPConnection, base: str) -> str:
    """The path of a request without what a proxy may have left before it."""
    path = str(asked.scope["path"])
    within = base and (path == base or path.startswith(f"{base}/"))
    return (path[len(base) :] or "/") if within else path


def _place(address: str) -> str:
    """Where an address is: in IPv6 one customer has a network of them, a /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4 or parsed.ipv4_mapped:
        return address
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)).network_address)


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        given = base64.b64decode(text.strip(), validate=True).decode()
    except ValueError:
        return None
    name, colon, password = given.partition(":")
    return (name, password) if colon else None


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; none of a large one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _inside(onward: str, home: str) -> str:
    """Where to go on the page; an address elsewhere becomes its first page."""
    path = onward if onward.isprintable() and "\\" not in onward else ""
    return path if path.startswith(home) and not path.startswith("//") else home


def _html(name: str, values: dict[str, str]) -> str:
    page = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    for key, value in values.items():
        page = page.replace(f"{{{{{key}}}}}", escape(value))
    return page
