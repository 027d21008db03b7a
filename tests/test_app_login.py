"""The real server with users, over a fake assistant: who doesn't log in sees nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from starlette.requests import HTTPConnection
from test_app import HARBOUR, FakeAssistant

from serving.around import Serving
from serving.audit import AuditLog
from serving.login import FREE_TRIES, SESSION_SECONDS, Login
from serving.users import Users, add_user

QUAY = "What does the quay cost?"
ADA = ("ada", "quay side 1843")
BO = ("bo", "harbour lights")


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    path = tmp_path_factory.mktemp("auth") / "users"
    for name, password in (ADA, BO):
        add_user(path, name, password)
    return Users(path)


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> AuditLog:
    return AuditLog(tmp_path_factory.mktemp("audit") / "questions.jsonl")


@pytest.fixture(scope="module")
def page(users, audit):
    page = app.launch(FakeAssistant(HARBOUR), port=0, serving=Serving(users=users, audit=audit))
    yield page
    page.close()


@pytest.fixture
def web(page) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.local_url, trust_env=False, timeout=60) as web:
        yield web


def log_in(web: httpx.Client, name: str, password: str, onward: str = "/") -> httpx.Response:
    """As the page to log in does."""
    fields = {"username": name, "password": password, "next": onward}
    return web.post("/login", data=fields, headers={"Accept": "text/html"})


def every_path(page) -> list[str]:
    """The addresses of the server that need no further word, and some of files."""
    outer = page.app.routes
    inner = [part.original_router.routes for part in outer if hasattr(part, "original_router")]
    routes = {getattr(route, "path", "") for part in (outer, *inner) for route in part}
    plain = {path for path in routes if path and "{" not in path}
    named = ["/gradio_api/file=/etc/passwd", "/static/img/logo.svg", "/gradio_api/call/ask/x", "/x"]
    return sorted({*plain, *named} - {"/health", "/login", "/logout"})


def test_without_logging_in_nothing_is_shown(page, web):
    paths = every_path(page)
    assert {"/", "/config", "/gradio_api/info", "/theme.css", "/gradio_api/upload"} <= {*paths}
    for path in paths:
        for method in ("GET", "POST"):
            answer = web.request(method, path)
            if path == "/gradio_api/startup-events":
                assert answer.text in ("false", '{"detail":"Method Not Allowed"}')
                continue
            assert answer.status_code == 401, path
            assert answer.json() == {"detail": "Log in first."}
    assert web.get("/health").status_code == 200


def test_a_path_is_not_opened_by_how_it_is_spelt(web):
    for path in ("//health/../config", "/health/../config", "/%68ealth/x", "/login/../config"):
        assert web.get(path).status_code == 401, path


def test_a_browser_is_asked_to_log_in_and_led_on(web):
    asked = web.get("/?document=harbour.vtt&turn=2", headers={"Accept": "text/html"})
    assert asked.status_code == 401
    assert 'name="next" value="/?document=harbour.vtt&amp;turn=2"' in asked.text
    assert "gradio" not in asked.text
    entered = log_in(web, *ADA, onward="/?document=harbour.vtt&turn=2")
    assert (entered.status_code, entered.headers["location"]) == (
        303,
        "/?document=harbour.vtt&turn=2",
    )
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # as this is http
    assert "Turncite" in web.get("/").text
    assert web.get("/gradio_api/user").json() == "ada"
    assert web.get("/gradio_api/info").status_code == 200
    out = web.get("/logout")
    assert "You are logged out" in out.text
    assert web.get("/config").status_code == 401


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/\\evil", "x", "/\n"]
)
def test_logging_in_leads_nowhere_else(web, onward):
    assert log_in(web, *ADA, onward=onward).headers["location"] == "/"


def test_the_cookie_is_for_https_alone_where_a_proxy_speaks_it(web):
    fields = {"username": ADA[0], "password": ADA[1], "next": "/"}
    entered = web.post("/login", data=fields, headers={"X-Forwarded-Proto": "https"})
    assert "secure" in entered.headers["set-cookie"].lower()


def test_a_wrong_password_is_told_to_a_browser_and_a_program(web, page):
    told = log_in(web, "ada", "not this one")
    assert told.status_code == 401
    assert "Wrong name or password." in told.text
    assert "not this one" not in told.text
    assert log_in(web, "nobody", ADA[1]).status_code == 401
    with pytest.raises(AuthenticationError):
        Client(page.local_url, auth=("ada", "x"), verbose=False, analytics_enabled=False)
    assert log_in(web, *ADA).status_code == 303


def test_programs_log_in_by_a_client_or_with_every_request(page, web, audit):
    client = Client(page.local_url, auth=BO, verbose=False, analytics_enabled=False)
    assert client.predict(QUAY, api_name="/ask")["short"] == "$4 million"
    last = json.loads(audit.path.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["user"], last["question"]) == ("bo", QUAY)
    basic = web.get("/config", auth=ADA)
    assert basic.status_code == 200
    refused = web.get("/config", auth=(ADA[0], BO[1]))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert web.get("/config", headers={"Authorization": "Basic !"}).status_code == 401
    web.get("/config", auth=ADA)


def test_nobody_reads_or_joins_the_session_of_another(page, web):
    """Not even who has learnt its name."""
    session = {"session_hash": "adas-own"}
    asked = next(d for d in page.config["dependencies"] if d["api_name"] == "ask")
    question = {"fn_index": asked["id"], "data": [QUAY, [], [], None, None, True], **session}
    with httpx.Client(base_url=page.local_url, trust_env=False, timeout=60) as other:
        log_in(web, *ADA)
        log_in(other, *BO)
        assert web.post("/gradio_api/queue/join", json=question).status_code == 200
        assert other.get("/gradio_api/queue/data", params=session).status_code == 403
        assert other.post("/gradio_api/queue/join", json=question).status_code == 403
        assert other.get("/gradio_api/heartbeat/adas-own").status_code == 403
        own = {**question, "session_hash": "bos-own"}
        assert other.post("/gradio_api/queue/join", json=own).status_code == 200
    with web.stream("GET", "/gradio_api/queue/data", params=session) as stream:
        assert any("$4 million" in line for line in stream.iter_lines())


def test_a_browser_never_asks_by_itself(web):
    refused = web.get("/config", headers={"Sec-Fetch-Mode": "cors"})
    assert refused.status_code == 401
    assert "www-authenticate" not in refused.headers


def test_a_site_cannot_log_somebody_in(web):
    fields = {"username": ADA[0], "password": ADA[1], "next": "/"}
    sent = web.post("/login", data=fields, headers={"Origin": "https://evil.example"})
    assert sent.status_code == 403


def test_many_wrong_passwords_must_wait(page, web):
    """Also a right one, for the moment; and a session that has begun goes on."""
    log_in(web, *ADA)
    with httpx.Client(base_url=page.local_url, trust_env=False, timeout=60) as guesser:
        for _ in range(FREE_TRIES + 1):
            assert log_in(guesser, "ada", "guess").status_code == 401
        waits = log_in(guesser, *ADA)
        assert waits.status_code == 429
        assert int(waits.headers["retry-after"]) <= 2
        assert "Too many wrong passwords; try again in" in waits.text
        assert guesser.get("/config", auth=("ada", "guess")).status_code == 429
    assert web.get("/config").status_code == 200
    time.sleep(2.1)
    assert log_in(web, *ADA).status_code == 303


def test_behind_a_proxy_each_address_waits_for_itself(web):
    def guess(address: str) -> int:
        fields = {"username": "ada", "password": "guess"}
        return web.post("/login", data=fields, headers={"X-Forwarded-For": address}).status_code

    assert [guess("192.0.2.1") for _ in range(FREE_TRIES + 2)] == [401] * (FREE_TRIES + 1) + [429]
    assert guess("192.0.2.2") == 401


def test_who_is_taken_out_of_the_file_is_out(tmp_path):
    path = tmp_path / "users"
    add_user(path, *ADA)
    add_user(path, *BO)
    served = app.launch(FakeAssistant(HARBOUR), port=0, serving=Serving(users=Users(path)))
    try:
        with httpx.Client(base_url=served.local_url, trust_env=False, timeout=60) as web:
            log_in(web, *ADA)
            assert web.get("/config").status_code == 200
            add_user(path, "ada", "another word")
            assert web.get("/config").status_code == 401
            assert web.get("/config", auth=ADA).status_code == 401
    finally:
        served.close()


def test_a_session_ends(users):
    now = 0.0
    login = Login(users, cookie="turncite", clock=lambda: now)
    token = login._begin("ada", users.known()["ada"])
    scope = {"type": "http", "path": "/", "headers": [(b"cookie", f"turncite={token}".encode())]}

    def user() -> str | None:
        return asyncio.run(login.user_of(HTTPConnection(scope)))

    assert user() == "ada"
    now = SESSION_SECONDS + 1.0
    assert user() is None


def test_passwords_and_sessions_are_nowhere_to_be_read(page, web, users, audit, capfd, caplog):
    """Of a process of its own it is asked in test_serving_secrets.py."""
    capfd.readouterr()
    with caplog.at_level(logging.DEBUG):
        assert log_in(web, "ada", "quay side 1844").status_code == 401
        assert log_in(web, *ADA).status_code == 303
        (session,) = web.cookies.values()
        client = Client(page.local_url, auth=BO, verbose=False, analytics_enabled=False)
        assert client.predict(QUAY, api_name="/ask")["short"] == "$4 million"
        print("looked at")
        web.get("/logout")
    printed = capfd.readouterr()
    assert "looked at" in printed.out
    kept = audit.path.read_text(encoding="utf-8")
    assert '"user": "bo"' in kept
    # What this process says as a client is no log of the server's.
    logged = [row.getMessage() for row in caplog.records if not row.name.startswith("http")]
    for text in (printed.out, printed.err, users.path.read_text(), kept, *logged):
        for secret in (ADA[1], "quay side 1844", BO[1], session):
            assert secret not in text
