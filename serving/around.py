"""What stands around the page: the gate before it, and the addresses beside it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from index.errors import InputError
from page.network import is_loopback
from rag import Assistant

from .audit import AuditLog
from .gate import Gate, Hosts
from .health import Health
from .login import Login
from .patience import Patience
from .sessions import Sessions
from .uploads import MOST_UPLOAD_BYTES, Uploads, bytes_of, check_size
from .users import Users

MAX_UPLOAD = "256mb"
_BASE_PATH = re.compile(r"(/[\w.~-]+)*")


@dataclass(frozen=True, slots=True)
class Serving:
    """How the page is served. Raises InputError for a size or path that is none.

    `hosts` are further names of the server, `base_path` stands before every path, `users` may log
    in where given, and `tools` adds those for programs at /mcp.
    """

    hosts: tuple[str, ...] = ()
    base_path: str = ""
    users: Users | None = None
    audit: AuditLog | None = None
    max_upload: str = MAX_UPLOAD
    tools: bool = False

    def __post_init__(self) -> None:
        base = self.base_path.rstrip("/")
        if not _BASE_PATH.fullmatch(base) or ".." in base:
            raise InputError(f"--base-path {self.base_path} is no path such as /turncite")
        object.__setattr__(self, "base_path", base)
        object.__setattr__(self, "max_upload", check_size(self.max_upload))
        object.__setattr__(self, "hosts", tuple(name.lower() for name in self.hosts))


def around(
    assistant: Assistant, serving: Serving, *, host: str, port: int, read: Collection[str]
) -> dict[str, Any]:
    """Routes, middleware and lifespan of the server's application. `read` are the endings of files
    that may be sent. Raises InputError."""
    base = serving.base_path
    hosts = Hosts(host, serving.hosts, _others(serving, host))
    login = None
    routes: list[BaseRoute] = [Route("/health", _told_by(Health(assistant.library)))]
    if serving.users is not None:
        # Cookies know no ports: two servers of one machine must not share one.
        login = Login(serving.users, cookie=f"turncite-{port}", base=base)
        routes.append(Route("/login", login.log_in, methods=["POST"]))
        routes.append(Route("/login", login.ask_again, methods=["GET"]))
        routes.append(Route("/logout", login.log_out))
    settings: dict[str, Any] = {
        "routes": routes,
        "middleware": [
            Middleware(Gate, hosts=hosts, login=login, base=base),
            Middleware(Patience),
            Middleware(Uploads, read=read, base=base, most=_most_at_once(serving)),
            *([Middleware(Sessions, base=base)] if login else []),
        ],
    }
    if serving.tools:
        from .tools import mcp_app, mcp_server

        tools = mcp_app(mcp_server(assistant), "/mcp")
        routes.extend(tools.routes)
        settings["lifespan"] = tools.router.lifespan_context
    return settings


def _others(serving: Serving, host: str) -> Literal["none", "local", "any"]:
    """By which names that nobody gave it may be asked. A site whose own name is led here (DNS
    rebinding) has nobody's login, so that with users it may have any name."""
    if serving.hosts or is_loopback(host):
        return "none"
    return "local" if serving.users is None else "any"


def _most_at_once(serving: Serving) -> int:
    return max(MOST_UPLOAD_BYTES, 2 * bytes_of(serving.max_upload))


def _told_by(health: Health) -> Any:
    async def tell(request: Request) -> JSONResponse:
        status, told = await run_in_threadpool(health.tell)
        return JSONResponse(told, status, {"Cache-Control": "no-store"})

    return tell
