"""The language-model client against a real server that speaks OpenAI's protocol, well or ill."""

from __future__ import annotations

import json
import logging
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from llm_server import KEY, Cut, Server, event, whole

from index.errors import TurnciteError
from rag.llm import LLMError, OpenAICompatible, from_settings

MESSAGES = [{"role": "user", "content": "What was agreed? Ünïcode 你好"}]


def ask(model: OpenAICompatible) -> list[str]:
    return list(model.stream(MESSAGES))


def fault(model: OpenAICompatible) -> str:
    with pytest.raises(LLMError) as caught:
        ask(model)
    return str(caught.value)


def test_an_answer_is_streamed(server: Server) -> None:
    """Pieces come as sent, until [DONE]; the request holds model, messages, stream and key."""
    server.replies = [[event(""), event("Five "), event("hundred 你好\u2028."), event(None, "stop"),
                       "data: [DONE]\n\n", event("never")]]  # fmt: skip
    assert ask(server.model()) == ["Five ", "hundred 你好\u2028."]
    assert server.requests == [{"model": "tiny", "messages": MESSAGES, "stream": True}]
    assert server.paths == ["v1/chat/completions"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_pieces_come_before_the_end(server: Server) -> None:
    """The first piece is there while the server still waits to send the second."""
    server.replies = [[event("Five "), 1.0, event("hundred."), event(None, "stop")]]
    started = time.monotonic()
    stream = server.model().stream(MESSAGES)
    assert next(stream) == "Five "
    assert time.monotonic() - started < 0.9
    assert list(stream) == ["hundred."]


def test_a_reader_may_leave_early(server: Server) -> None:
    """A stream closed after its first piece ends without an error or an open connection."""
    server.replies = [[event("Five "), 1.0, event("hundred."), event(None, "stop")]]
    stream = server.model().stream(MESSAGES)
    assert next(stream) == "Five "
    stream.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "parts",
    [
        [": waiting\r\n\r\n", "event: message\r\n", event("Yes").replace("\n", "\r\n"),
         event(".", "stop").replace("data: ", "data:")],
        [event("Yes")[:20], event("Yes")[20:], event(".", "stop").rstrip("\n")],
        [event("Yes"), event("."), 'data: {"choices": [], "usage": {}}\n\n', "data: [DONE]"],
        [event("Yes"), event("."), event(None, "stop"), 0.2, Cut],
    ],
    ids=["comments and CRLF", "split lines", "usage at the end", "cut after the end"],
)  # fmt: skip
def test_the_protocol_is_read_as_servers_write_it(server: Server, parts: list[Any]) -> None:
    """Comments, CRLF, lines in pieces, usage and a cut after the end leave the answer whole."""
    server.replies = [parts]
    assert ask(server.model()) == ["Yes", "."]


def test_a_server_that_does_not_stream(server: Server) -> None:
    """One JSON document, spread over lines or not, is one piece."""
    text = json.dumps(whole("Five hundred."), indent=2)
    server.replies = [JSONResponse(whole("Five hundred.")), Response(text)]
    assert ask(server.model()) == ["Five hundred."]
    assert ask(server.model()) == ["Five hundred."]


def test_a_busy_server_is_asked_again(server: Server) -> None:
    """After 429 and 503 the third try is the answer, and the asked-for wait is kept."""
    server.replies = [
        JSONResponse({}, 429, {"Retry-After": "0.4"}),
        JSONResponse({}, 503),
        [event("Yes.", "stop")],
    ]
    started = time.monotonic()
    assert ask(server.model()) == ["Yes."]
    assert len(server.requests) == 3
    assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize(
    "wait", ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=1))], ids=["s", "date"]
)
def test_a_long_wait_is_reported_and_not_waited(server: Server, wait: str) -> None:
    """A server that asks for an hour, in seconds or as a date, gets one request."""
    server.replies = [JSONResponse({}, 429, {"Retry-After": wait})]
    text = fault(server.model())
    assert text.startswith(
        f"Language model at 127.0.0.1:{server.port}: it is busy or over its quota (429); "
        "it asks to wait 3"
    )
    assert text.endswith(" s: ask again after that.")
    assert len(server.requests) == 1


def test_a_server_that_always_fails(server: Server) -> None:
    """500 for ever is three requests and one clear line with what the server said."""
    server.replies = [JSONResponse({"error": {"message": "Out of\nmemory."}}, 500)]
    assert fault(server.model()) == (
        f"Language model at 127.0.0.1:{server.port}: it failed (500): Out of memory, 3 times: "
        "ask again later, or look at the server's log."
    )
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (JSONResponse({"error": f"bad {KEY}"}, 401), "it refuses the key (401): give the key"),
        (JSONResponse({"error": {"message": "none"}}, 404), "no model 'tiny' at this URL (404)"),
        (JSONResponse({"error": {"message": f"no {KEY}"}}, 400), "request (400): no ***: check"),
        (Response("<html>no</html>", 400), "does not accept the request (400): check"),
        (RedirectResponse("http://127.0.0.2:1/v1", 307), "redirects to 127.0.0.2 (307): give the"),
        (Response("<html>Welcome</html>"), "something that is no chat completion: check that the"),
        (Response(b"\xff\xfe\x00garbage"), "something that is no chat completion: check"),
        (Response("[" * 200_000), "something that is no chat completion: check"),
        (JSONResponse([1]), "something that is no chat completion: check"),
        (JSONResponse({"choices": [7]}), "something that is no chat completion: check"),
        (JSONResponse(whole(["a"])), "something that is no chat completion: check"),
        (JSONResponse({"error": {"message": "lost"}}), "it reports a fault: lost: ask again"),
        (JSONResponse(whole("")), "it sent an empty answer: ask again"),
        (Response(""), "something that is no chat completion: check"),
        (Response(b"x" * (9 * 2**20)), "its answer has no end: check"),
        (["data: {nonsense\n\n"], "something that is no chat completion: check"),
        ([event(None, "stop")], "it sent an empty answer: ask again"),
        (["data: [DONE]\n\n"], "it sent an empty answer: ask again"),
        ([Cut], "no connection ("),
    ],
)  # fmt: skip
def test_each_fault_is_one_clear_line(server: Server, reply: Any, says: str) -> None:
    """Each way to go wrong names the host, the fault and the next step, and never the key."""
    server.replies = [reply]
    text = fault(server.model())
    assert text.startswith(f"Language model at 127.0.0.1:{server.port}: ")
    assert says in text
    assert KEY not in text
    assert "\n" not in text
    assert len(server.requests) == (3 if reply == [Cut] else 1)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([event("Five "), Cut], "the answer broke off before its end: ask again"),
        ([event("Five ")], "the answer broke off before its end: ask again"),
        ([event("Five "), 2.0, event("x", "stop")], "no word came for 0.3 s: ask again"),
        ([event("Five "), *[": hold\n\n", 0.1] * 15], "no word came for 0.3 s: ask again"),
        ([event("Five "), 'data: {"error": {"message": "lost"}}\n\n'], "reports a fault: lost"),
        ([event("Five "), event(None, "length")], "cut the answer at its length limit: raise"),
        ([event("Five "), event(None, "content_filter")], "filter withheld the answer: ask in"),
    ],
    ids=["cut", "no end", "silence", "comments only", "error", "length", "filter"],
)
def test_an_answer_that_breaks_off(server: Server, parts: list[Any], says: str) -> None:
    """What was said comes first, then the fault; a begun answer is never asked for again."""
    server.replies = [parts]
    stream = server.model(timeout_seconds=0.3).stream(MESSAGES)
    assert next(stream) == "Five "
    with pytest.raises(LLMError) as caught:
        list(stream)
    assert says in str(caught.value)
    assert len(server.requests) == 1


def test_a_slow_server_is_given_up(server: Server) -> None:
    """Silence before the first word ends after the time allowed, with one request."""
    server.replies = [[2.0, event("late", "stop")]]
    started = time.monotonic()
    assert "no word came for 0.3 s: ask again, or allow more" in fault(
        server.model(timeout_seconds=0.3)
    )
    assert time.monotonic() - started < 1.5
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [
        (200, {}, "no word came for 0.3 s: ask again, or allow more"),
        (200, {"Content-Encoding": "gzip"}, "no word came for 0.3 s: ask again, or allow more"),
        (400, {}, "does not accept the request (400): check"),
    ],
    ids=["a word", "what unpacks to nothing", "an error"],
)
def test_bytes_that_end_no_line_are_no_words(
    server: Server, status: int, headers: dict[str, str], says: str
) -> None:
    """A byte now and then holds nothing: the connection is closed long before they end."""
    drops = [b"\x1f\x8b\x08\x08" + bytes(6), *[b"x", 0.05] * 200]
    server.replies = [StreamingResponse(server._write(drops), status, headers)]
    assert says in fault(server.model(timeout_seconds=0.3))
    deadline = time.monotonic() + 5
    while not server.left and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.left
    assert server.headers[0]["accept-encoding"] == "identity"


def test_no_server_at_all() -> None:
    """A port where nothing listens is said to have no connection, after three tries."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    text = fault(OpenAICompatible("tiny", f"http://127.0.0.1:{port}/v1", pause_seconds=0.01))
    assert text.startswith(f"Language model at 127.0.0.1:{port}: no connection (")
    assert text.endswith("3 times: check that the server runs and that its URL is right.")


def test_loopback_never_goes_through_a_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy set for the outside is not asked for a model on this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.replies = [[event("Yes.", "stop")]]
    assert ask(server.model()) == ["Yes."]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:1080", "Unknown scheme for proxy URL"),
        ("ALL_PROXY", "http://[::1", "Invalid port"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem", "No such file or directory"),
    ],
)
def test_a_proxy_or_certificate_that_cannot_be_used_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)
    model = OpenAICompatible("tiny", "https://models.example/v1", KEY)
    text = fault(model)
    assert text.startswith(
        "Language model at models.example: the proxy or certificates that the environment names "
        f"cannot be used ({'' if 'Errno' in text else why}"
    )
    assert why in text
    assert text.endswith("): set HTTPS_PROXY to an http:// proxy, and unset ALL_PROXY.")
    assert model.models() == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ([event("Yes.", "stop")], "Yes."),
        (JSONResponse({"error": {"message": f"{KEY} is not known"}}, 401), "refuses the key (401)"),
        (JSONResponse({"error": {"message": f"{KEY} failed"}}, 500), "failed (500): *** failed"),
        ([event("Yes"), Cut], "broke off"),
        ([f'data: {{"error": "{KEY} failed"}}\n\n'], "reports a fault: *** failed"),
    ],
)
def test_the_key_stays_out_of_repr_and_logs(
    server: Server, caplog: pytest.LogCaptureFixture, reply: Any, said: str
) -> None:
    """Neither printing the model nor the most talkative logging of anything shows the key, also
    where the server repeats it."""
    server.replies = [reply]
    model = server.model()
    with caplog.at_level(logging.DEBUG):
        told = "".join(ask(model)) if said == "Yes." else fault(model)
    assert said in told
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "chat/completions" in logged
    assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in logged + told
    assert repr(model) == f"OpenAICompatible(model='tiny', host='127.0.0.1:{server.port}')"


def test_settings_make_a_model_or_none() -> None:
    """Nothing configured is no model; half a configuration says what is missing."""
    assert from_settings(None, None, None) is None
    assert from_settings(" ", "", KEY) is None
    model = from_settings("tiny", "https://models.example/v1/", None)
    assert repr(model) == "OpenAICompatible(model='tiny', host='models.example')"
    with pytest.raises(LLMError, match="'tiny' has no server: give the URL"):
        from_settings("tiny", None, None)
    with pytest.raises(LLMError, match=r"models\.example: name the model"):
        from_settings(None, "https://models.example/v1", None)
    assert issubclass(LLMError, TurnciteError)


@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/chat/completions/"])
def test_the_url_may_be_written_in_full(server: Server, tail: str) -> None:
    """A slash or the whole path at the end of the URL leads to one place; no key, no header."""
    server.replies = [[event("Yes.", "stop")]]
    assert ask(OpenAICompatible("tiny", server.url + tail)) == ["Yes."]
    assert server.paths == ["v1/chat/completions"]
    assert "authorization" not in server.headers[0]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("models.example/v1", "URL is none: it should read like https://HOST/v1"),
        ("ftp://models.example", "URL is none: it should read like"),
        ("http://[::1", "URL is none: it should read like"),
        (f"https://user:{KEY}@models.example/v1", "models.example holds a user, a query or"),
        (f"https://models.example/v1?key={KEY}", "models.example holds a user, a query or"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, says: str) -> None:
    """A URL that is none, or that holds secrets, is refused without showing them."""
    with pytest.raises(LLMError) as caught:
        from_settings("tiny", url, None)
    assert says in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_key_with_strange_characters_is_refused() -> None:
    """A key copied with a line end or a curly quote is refused before anything is sent."""
    for key in ("sk-\nsecret", "“sk-secret”"):
        with pytest.raises(LLMError, match=r"models\.example: the key holds characters") as caught:
            OpenAICompatible("tiny", "https://models.example/v1", key)
        assert "secret" not in str(caught.value)


def test_a_model_that_thinks_is_not_silent(server: Server) -> None:
    """What it thinks in a field of its own is no answer, but a sign of life; "" comes for it."""
    thought = 'data: {"choices": [{"delta": {"reasoning_content": "Hm."}}]}\n\n'
    server.replies = [[thought, 0.2, thought, 0.2, thought, 0.2, event("Yes.", "stop")]]
    assert ask(server.model(timeout_seconds=0.3)) == ["", "", "", "Yes."]


def test_an_empty_reason_to_finish_is_none(server: Server) -> None:
    """Some servers send "" with every piece."""
    server.replies = [[event("Yes", ""), event(".", ""), event(None, "stop")]]
    assert ask(server.model()) == ["Yes", "."]


def test_leaving_early_ends_the_request(server: Server) -> None:
    """The server sees the connection go, and writes no further."""
    server.replies = [[event("Five "), *[event("more "), 0.05] * 200, event(None, "stop")]]
    stream = server.model().stream(MESSAGES)
    assert next(stream) == "Five "
    stream.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while not server.left and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.left == 1


def test_the_models_of_a_server_are_listed_where_it_says(server: Server) -> None:
    """Their names; nothing where there is no such list."""
    server.listed = ["tiny", "large"]
    assert server.model().models() == ["tiny", "large"]
    assert OpenAICompatible("tiny", "http://127.0.0.1:9/v1").models() == []
    server.listed = ["x" * 1_000_000] * 9
    assert server.model().models() == []  # longer than any list
