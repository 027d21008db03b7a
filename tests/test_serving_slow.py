"""The real server and those who send and read slowly; its times are short here."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from test_app import HARBOUR, FakeAssistant

from serving import patience

QUAY = "What does the quay cost?"
HALF_A_HEAD = b"GET /config HTTP/1.1\r\nHost: localhost\r\nX: "
NEVER = 600.0
AT_MOST_SECONDS = 60.0  # on a machine that is busy


def dribbled(path: str, kind: str) -> bytes:
    """The head of a request whose body is still to come, and its first bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: 9000\r\n\r\n--b\r\n".encode()


UPLOAD = dribbled("/gradio_api/upload", "multipart/form-data; boundary=b")
CALL = dribbled("/gradio_api/call/ask", "application/json")


@contextmanager
def served(heads: float, bodies: float) -> Iterator:
    """The page, which waits so many seconds for a head and for a body."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patience.patient, "__defaults__", (heads,))
        patch.setitem(patience.Patience.__init__.__kwdefaults__, "seconds", bodies)
        patch.setattr(patience, "UNREAD_LOOKS", 3)
        page = app.launch(FakeAssistant(HARBOUR), port=0)
        yield page
        page.close()


@pytest.fixture(scope="module")
def page():
    with served(heads=0.5, bodies=0.5) as page:
        yield page


def connected(page, first: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", page.server_port), AT_MOST_SECONDS)
    connection.sendall(first)
    return connection


def answer_of(connection: socket.socket, each: bytes) -> bytes:
    """What comes back while a byte is sent now and then; nothing where it is dropped."""
    until = time.monotonic() + AT_MOST_SECONDS
    connection.settimeout(0.05)
    with suppress(ConnectionError):
        while time.monotonic() < until:
            connection.sendall(each)
            with suppress(TimeoutError):
                return connection.recv(65536)
        pytest.fail("the server still waits")
    return b""


def unread_by(page, connection: socket.socket) -> int | None:
    """How many bytes wait for who connected so, or None where the server has no such connection."""
    port = connection.getsockname()[1]
    for each in [*page.server.server_state.connections]:
        if each.client[1] == port:
            return each.transport.get_write_buffer_size()
    return None


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + AT_MOST_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_half_a_head_is_dropped(page):
    with connected(page, HALF_A_HEAD) as connection:
        assert answer_of(connection, b"x") == b""


@pytest.mark.parametrize("request_begun", [UPLOAD, CALL])
def test_a_body_that_dribbles_gets_408(page, request_begun):
    with connected(page, request_begun) as connection:
        head = answer_of(connection, b"x").lower()
    assert head.startswith(b"http/1.1 408 ")
    assert b"connection: close" in head


def test_who_never_takes_the_answer_is_dropped(page):
    """It asks for more than the system keeps for it."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", page.server_port))
        connection.sendall(b"GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
        wait_until(lambda: (unread_by(page, connection) or 0) > 0)
        wait_until(lambda: unread_by(page, connection) is None)


def test_a_question_is_answered_while_many_are_slow():
    """More than the server has threads; none of them is dropped meanwhile."""
    with served(heads=NEVER, bodies=NEVER) as page, ExitStack() as opened:
        slow = [
            opened.enter_context(connected(page, first))
            for first in [HALF_A_HEAD, UPLOAD, CALL] * 85
        ]
        with httpx.Client(base_url=page.local_url, trust_env=False, timeout=60) as web:
            data = {"data": [QUAY, [], [], None, None, True]}
            number = web.post("/gradio_api/call/ask", json=data).json()["event_id"]
            assert "$4 million" in web.get(f"/gradio_api/call/ask/{number}").text
        assert None not in [unread_by(page, each) for each in slow]
