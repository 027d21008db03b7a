"""Attacks on the real server: of who has no login, who has one, and another site's page."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from conftest import COUNCIL, WordEmbedder, by_signs
from starlette.requests import Request

from index import Library
from page.network import names_address
from serving.around import Serving
from serving.gate import OPEN, Hosts
from serving.login import FREE_TRIES, Login, TooManyTries
from serving.users import Users, add_user

ADA = ("ada", "quay side 1843")
BO = ("bo", "harbour lights")
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("attacked") / "library"
    folder.mkdir()
    (folder / "council.txt").write_text(COUNCIL, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    path = tmp_path_factory.mktemp("auth") / "users"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.users._LOG_N", 10)  # quick to guess at
        for name, password in (ADA, BO):
            add_user(path, name, password)
        return Users(path)


@pytest.fixture(scope="module")
def assistant(folder):
    library = Library.open(folder, WordEmbedder())
    library.sync()
    return by_signs(library)


@pytest.fixture(scope="module")
def opened(assistant):
    """The page for who is alone on this machine."""
    page = app.launch(assistant, port=0, serving=Serving())
    yield page
    page.close()


@pytest.fixture(scope="module")
def guarded(assistant, users):
    """The page with users, and with its tools."""
    pytest.importorskip("mcp", reason="the tools are an extra: pip install 'turncite[mcp]'")
    page = app.launch(assistant, port=0, serving=Serving(users=users, tools=True))
    yield page
    page.close()


def client(page, **given) -> httpx.Client:
    return httpx.Client(base_url=page.local_url, trust_env=False, timeout=60, **given)


@pytest.fixture
def web(opened) -> Iterator[httpx.Client]:
    with client(opened) as web:
        yield web


def every_route(page) -> set[str]:
    """The paths of every route of the server, with what they take filled in."""

    def walk(routes) -> Iterator[str]:
        for route in routes:
            if hasattr(route, "original_router"):
                yield from walk(route.original_router.routes)
            elif path := getattr(route, "path", ""):
                yield re.sub(r"\{[^}]*\}", "x", path)

    return set(walk(page.app.routes))


def test_without_a_login_every_route_says_no_more_than_to_log_in(guarded):
    """Every route that there is, by every method: gradio's own, the tools, recordings."""
    routes = every_route(guarded)
    assert {"/", "/mcp", "/recording", "/gradio_api/upload", "/gradio_api/file=x"} <= routes
    told = set()
    with client(guarded) as web:
        for path in sorted(routes):
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
                answer = web.request(method, path)
                if answer.status_code != 401:
                    told.add(path.rstrip("/"))
                elif method != "HEAD":
                    detail = "Wrong name or password." if path == "/login" else "Log in first."
                    assert answer.json() == {"detail": detail}
    assert told == OPEN


def test_what_gradio_serves_is_known(opened):
    """A route that a new gradio brings is looked at before it is served."""
    prefix = "/gradio_api/"
    inner = {path.removeprefix(prefix).rstrip("/") for path in every_route(opened)}
    known = """
      api/x app_id call/v2/x call/v2/x/x call/x call/x/x cancel component_server
      custom_component/x/x/x/x dev/reload file/x file=x heartbeat/x info login_check openapi.json
      process_recording proxy=x queue/data queue/join queue/status reset run/x runs startup-events
      stream/x stream/x/close stream/x/x/x/playlist-file stream/x/x/x/playlist.m3u8
      stream/x/x/x/x.x theme.css token undo-vibe-edit upload upload_progress user vibe-code
      vibe-edit vibe-starter-queries
    """
    outer = """
       /assets/x /config /favicon.ico /gradio_api/deep_link /health /login /logout /manifest.json
       /monitoring /monitoring/summary /monitoring/x /openapi.json /pwa_icon /pwa_icon/x /recording
       /robots.txt /static/x /svelte/x /theme.css
    """
    assert inner - set(known.split()) - {path.removeprefix(prefix) for path in outer.split()} == {
        ""
    }


@pytest.mark.parametrize(
    "path",
    [
        "file=https://93.184.216.34/a.txt", "file=HTTP://evil.example/", "file/http://evil.example/",
        "file=file:///etc/passwd", "proxy=http://127.0.0.1:1/", "proxy=https://a.hf.space/",
        "vibe-code", "vibe-edit", "undo-vibe-edit", "dev/reload", "token", "runs", "deep_link",
        "component_server", "process_recording", "run-history/buckets",
        "custom_component/x/client/x/y", "stream/x/1/2/playlist.m3u8", "Vibe-Code",
        "../monitoring", "../monitoring/x", "../pwa_icon/99999", "../openapi.json",
    ],
)  # fmt: skip
def test_what_turncite_does_not_use_is_not_there(web, path):
    """First of all what would fetch an address for whoever asks."""
    for method in ("GET", "POST"):
        refused = web.request(method, f"/gradio_api/{path}")
        assert (refused.status_code, refused.text) == (404, "Not found.\n")


def sent(web: httpx.Client, name: str, data: list[object]) -> str:
    """What a call of an endpoint comes to."""
    event = web.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
    return web.get(f"/gradio_api/call/{name}/{event}").text


def file_at(path: str) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize("name", ["add", "ask", "search", "show"])
def test_no_address_is_fetched_for_who_asks(web, name):
    """Gradio fetches it before it knows whether anything takes a file."""
    file = file_at("http://93.184.216.34/talk.txt")
    data = [[file]] if name == "add" else [file]
    assert "addresses are not fetched" in sent(web, name, data)


def test_an_address_is_found_wherever_it_is():
    assert names_address([1, {"value": [[file_at(" HTTPS://x/")]]}])
    assert not names_address([{"path": "talk.txt", "url": None}, "http://x", None])


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "USERS", "DATABASE", "COUNCIL", "../../etc/passwd"]
)
def test_no_file_of_the_machine_is_given_away_or_taken_in(web, users, folder, path):
    """Neither by gradio's file route nor as a file that was "uploaded"."""
    given = {
        "USERS": users.path,
        "DATABASE": folder / ".turncite" / "library.sqlite3",
        "COUNCIL": folder / "council.txt",
    }
    wanted = str(given.get(path, path))
    for address in (f"file={wanted}", f"file={os.environ['GRADIO_TEMP_DIR']}/../..{wanted}"):
        assert web.get(f"/gradio_api/{address}").status_code in (403, 404)
    encoded = wanted.replace(".", "%2e").replace("/", "%2f")
    for address in (f"/static/{encoded}", f"/assets/{encoded}", f"/gradio_api/file/{encoded}"):
        assert web.get(address).status_code in (403, 404)
    assert sent(web, "add", [[file_at(wanted)]]).startswith("event: error")
    assert sorted(each.name for each in folder.iterdir()) == [".turncite", "council.txt"]


@pytest.mark.parametrize(
    "document", ["../../etc/passwd", "/etc/passwd", "council.txt\0", "..\\x", "%2e%2e/x", "x" * 300]
)
def test_no_name_leads_out_of_the_library(web, document):
    for name in ("show", "remove"):
        assert "is not in this library" in sent(web, name, [document])
    assert web.get("/recording", params={"document": document}).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../escaped.txt", "..%2f..%2fescaped.txt", "/tmp/escaped.txt", "a\\..\\escaped.txt"]
)
def test_the_name_of_an_upload_leads_nowhere(web, name):
    taken = web.post("/gradio_api/upload", files={"files": (name, b"Ada: Hello.\nBo: Hi.\n")})
    (path,) = taken.json()
    assert Path(path).resolve().is_relative_to(os.environ["GRADIO_TEMP_DIR"])


def test_what_is_sent_can_be_read_by_nobody_else_on_the_machine(web):
    (path,) = web.post("/gradio_api/upload", files={"files": ("a.txt", b"Ada: Hi.")}).json()
    assert path.startswith(os.environ["GRADIO_TEMP_DIR"])
    assert stat.S_IMODE(os.stat(os.environ["GRADIO_TEMP_DIR"]).st_mode) == 0o700


def test_an_upload_is_never_shown_as_a_page(web):
    """Markup that was sent is downloaded, not run under the page's name."""
    sends = {"files": ("a.html", b"<script>alert(1)</script>")}
    (path,) = web.post("/gradio_api/upload", files=sends).json()
    shown = web.get(f"/gradio_api/file={path}")
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["content-disposition"].startswith("attachment")


def test_the_page_may_load_and_send_nothing_elsewhere(web):
    """What no page of a transcript could get round, where markup got through after all."""
    headers = web.get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
    assert (policy["object-src"], policy["frame-ancestors"]) == ("'none'", "'self'")
    assert policy["form-action"] == policy["base-uri"] == "'self'"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_host_that_a_proxy_names_must_be_known_too(web):
    """Gradio writes it into the page as the page's own address."""
    forged = {"X-Forwarded-Host": 'evil.example"><script>'}
    refused = web.get("/", headers=forged)
    assert (refused.status_code, refused.headers["content-type"][:10]) == (403, "text/plain")
    assert web.get("/config", headers={"X-Forwarded-Host": "localhost:99"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"content": b'{"data": ["x"]}', "headers": {"Content-Type": "text/plain"}},
        {"data": {"data": "x"}},
        {"files": {"files": ("a.txt", b"Ada: x")}},
    ],
)
@pytest.mark.parametrize("name", ["call/remove", "queue/join", "upload", "cancel", "run/ask"])
def test_a_form_of_another_site_does_nothing(web, name, body):
    """Such as a browser sends without asking first."""
    headers = {**body.get("headers", {}), "Origin": EVIL}
    sends = {key: value for key, value in body.items() if key != "headers"}
    assert web.post(f"/gradio_api/{name}", headers=headers, **sends).status_code == 403


@pytest.mark.parametrize(
    ("name", "passes"),
    [("192.168.1.7", True), ("[fe80::1]", True), ("box", True), ("box.local", True), ("", False),
     ("evil.example", False), ("1.2.3.4.evil.example", False)],
)  # fmt: skip
def test_on_a_network_without_users_no_name_of_the_internet_leads_here(name, passes):
    """DNS rebinding would let any site read what anybody on the network may."""
    assert (Hosts("0.0.0.0", others="local").refuse({"host": f"{name}:7860"}) == "") == passes
    assert Hosts("0.0.0.0", others="any").refuse({"host": f"{name}:7860"}) == ""


def raw(page, text: str, wait: float = 5.0) -> bytes:
    """What comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", page.server_port), timeout=wait) as connection:
        connection.sendall(text.encode())
        return connection.recv(65536)


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'a' * 200_000}\r\n\r\n",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(opened, head):
    assert raw(opened, head).startswith(b"HTTP/1.1 400")


def test_no_header_is_written_by_a_path(guarded):
    head = "GET /x%0d%0aSet-Cookie:a=b HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"
    answer = raw(guarded, head)
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"Set-Cookie:a" not in answer.split(b"\r\n\r\n")[0]


def test_the_server_watches_its_connections(opened):
    assert opened.server.config.http_protocol_class.__name__ == "Patient"


def test_an_unknown_name_costs_a_hash_too(users, monkeypatch):
    """How long an answer takes tells nobody who has a login."""
    hashed = []
    monkeypatch.setattr("serving.users.Hashed.fits", lambda of, given: hashed.append(given))
    assert users.check("ada", "guess") is users.check("nobody", "guess") is None
    assert hashed == ["guess", "guess"]


def _asking(address: str, path: str = "/", **headers: str) -> Request:
    named = [(key.encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": named, "client": (address, 1)}
    return Request({**scope, "method": "GET", "query_string": b""})


def test_who_has_a_login_guesses_no_quicker_than_others(users):
    """A right password of one's own in between does not forgive guesses at another's."""
    login = Login(users, cookie="c", clock=lambda: 0.0)

    async def guess() -> int:
        for tried in range(9):
            await login._check(_asking("192.0.2.1"), *ADA)
            try:
                await login._check(_asking("192.0.2.1"), "bo", "guess")
            except TooManyTries:
                return tried
        return 9

    assert asyncio.run(guess()) == FREE_TRIES + 1


def test_a_network_of_addresses_is_one_place(users):
    """A customer of IPv6 has 2^64 of them."""
    login = Login(users, cookie="c", clock=lambda: 0.0)

    async def guess() -> list[bool]:
        passed = []
        for last in range(FREE_TRIES + 2):
            try:
                await login._check(_asking(f"2001:db8::{last}"), f"name{last}", "guess")
                passed.append(True)
            except TooManyTries:
                passed.append(False)
        return passed

    assert asyncio.run(guess()) == [True] * (FREE_TRIES + 1) + [False]


def test_another_site_logs_nobody_out(guarded):
    with client(guarded) as web:
        web.post("/login", data={"username": BO[0], "password": BO[1], "next": "/"})
        led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert web.get("/logout", headers=led).headers["location"] == "/"
        assert web.get("/config").status_code == 200
        assert "logged out" in web.get("/logout").text


def test_a_session_is_one_that_the_server_began(guarded):
    """A cookie that somebody was given before logging in is worth nothing after."""
    name = f"turncite-{guarded.server_port}"
    with client(guarded, cookies={name: "fixed"}) as web:
        entered = web.post("/login", data={"username": BO[0], "password": BO[1], "next": "/"})
        assert "fixed" not in entered.headers["set-cookie"]
    with client(guarded, cookies={name: "fixed"}) as web:
        assert web.get("/config").status_code == 401
