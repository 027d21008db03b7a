"""The page's server over a fake assistant: the named endpoint, and what it gives away."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import app  # first: it keeps the model hub's client, which gradio_client imports too, silent

# isort: split
import httpx
from gradio_client import Client
from gradio_client.exceptions import AppError

from index.errors import InputError, NotInLibrary
from index.parse import SUFFIXES
from index.types import Document, Filters, Hit, SyncReport, Transcript, Turn
from page.examples import Examples
from page.html import FORMATS
from page.network import free_port, is_loopback, offline_settings
from rag.types import Answer, Citation, Event

HARBOUR = Transcript(
    id="harbour.vtt",
    title="Harbour meeting",
    date="2024-02-29",
    place="Bergen",
    turns=(
        Turn(0, "Ada", "We open the meeting.", 0.0, 3.0),
        Turn(1, "Bo", "Thank you.", 3.0, 4.0),
        Turn(2, "Ada", "The quay costs $4 million [1], and it is late.", 3725.0, 3730.0),
        Turn(3, None, "Late again.", 3730.0, 3731.0),
        Turn(4, "Bo", "Agreed.", 3731.0, 3733.0),
        Turn(5, "Cy", "Closed.", 3733.0, 3735.0),
    ),
)


def cite(transcript: Transcript, turn: int, words: str, marker: int = 1) -> Citation:
    said = transcript.turns[turn]
    start = said.text.index(words)
    return Citation(
        marker=marker,
        quote=words,
        speaker=said.speaker,
        transcript=transcript.id,
        title=transcript.title,
        date=transcript.date,
        turn=turn,
        start=start,
        end=start + len(words),
        start_seconds=said.start_seconds,
        score=0.9,
    )


COST = cite(HARBOUR, 2, "The quay costs $4 million [1]")
ANSWER = Answer(
    question="What does the quay cost?",
    answered=True,
    short="$4 million",
    text="Ada: “The quay costs $4 million [1]” [1]. It is late [2], says [7].",
    citations=(COST, cite(HARBOUR, 3, "Late again", 2)),
)
REFUSAL = Answer(
    question="Who won?",
    answered=False,
    short=None,
    text="The transcripts do not say [1].",
    nearest=(cite(HARBOUR, 5, "Closed."),),
)


class FakeLibrary:
    """A library in memory."""

    path = Path("/fake/library")

    def __init__(self, *transcripts: Transcript) -> None:
        self.held = {transcript.id: transcript for transcript in transcripts}

    def documents(self) -> list[Document]:
        return [
            Document(t.id, t.title, t.date, t.place, ("Ada", "Bo"), len(t.turns), 3, 0, None)
            for t in self.held.values()
        ]

    def transcript(self, document_id: str) -> Transcript:
        if document_id not in self.held:
            raise NotInLibrary(f"{document_id} is not in the library")
        return self.held[document_id]


class FakeAssistant:
    """Answers "quay", refuses the rest, and fails on demand; keeps what it was asked."""

    model: str | None = None
    model_host: str | None = None

    def __init__(self, *transcripts: Transcript) -> None:
        self.library = FakeLibrary(*transcripts)
        self.written: list[bool] = []
        self.report = SyncReport()
        self.asked: list[tuple[str, Filters | None, tuple[tuple[str, str], ...]]] = []

    def warm(self) -> None: ...

    def examples(self) -> list[str]:
        return ["What does the quay cost?"]

    def search(self, words, k=10, filters=None) -> list[Hit]:
        return []

    def suggestions(self, answer, asked=()) -> Iterator[str | None]:
        yield None

    def ask(self, question, *, filters=None, history=(), written=True) -> Answer:
        self.asked.append((question, filters, tuple(history)))
        if len(question) > 1000:
            raise InputError("The question is too long; the limit is 1,000 characters.")
        if "crash" in question:
            raise RuntimeError("secret: /home/someone/key")
        return ANSWER if "quay" in question else REFUSAL

    def stream(self, question, *, filters=None, history=(), written=True) -> Iterator[Event]:
        self.written.append(written)
        yield Event("status", "Reading 3 passages")
        answer = self.ask(question, filters=filters, history=history)
        yield Event("text", answer.text[:10])
        yield Event("answer", answer=answer)


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(HARBOUR)


@pytest.fixture(scope="module")
def page(assistant):
    page = app.launch(assistant, port=0)
    yield page
    page.close()


@pytest.fixture(scope="module")
def client(page) -> Client:
    return Client(page.local_url, verbose=False, analytics_enabled=False)


def test_the_ask_endpoint_returns_the_document_of_ask_json(client, assistant):
    asked = len(assistant.asked)
    result = client.predict("What does the quay cost?", ["Ada"], api_name="/ask")
    assert result["short"] == "$4 million"
    assert result["citations"][0]["quote"] == "The quay costs $4 million [1]"
    assert result["citations"][0]["speaker"] == "Ada"
    assert assistant.asked[asked][1] == Filters(speakers=("Ada",))


def test_the_ask_endpoint_gives_the_reason_and_no_stack_trace(client):
    with pytest.raises(AppError, match="too long; the limit is 1,000 characters"):
        client.predict("x" * 2000, api_name="/ask")
    with pytest.raises(AppError) as crash:
        client.predict("crash", api_name="/ask")
    assert "secret" not in str(crash.value)


def test_the_public_endpoints_are_those_of_the_guide(client):
    endpoints = client.view_api(return_format="dict", print_info=False)
    guide = (Path(app.__file__).parent / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(endpoints["named_endpoints"]) == sorted(
        re.findall(r"^\| `(/\w+)` \|", guide, re.M)
    )
    assert endpoints["unnamed_endpoints"] == {}


def test_a_transcript_is_listed_and_shown_by_endpoints(client):
    (row,) = client.predict(api_name="/list")["documents"]
    assert (row["id"], row["title"], row["turns"]) == ("harbour.vtt", "Harbour meeting", 6)
    shown = client.predict("harbour.vtt", api_name="/show")
    assert shown["turns"][2]["text"] == HARBOUR.turns[2].text
    with pytest.raises(AppError, match=r"gone\.txt is not in the library"):
        client.predict("gone.txt", api_name="/show")


def test_a_path_of_the_server_is_no_upload(client):
    with pytest.raises(AppError):
        client.predict(
            [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], api_name="/add"
        )
    with pytest.raises((AppError, ValueError)):
        client.predict([{"path": "/etc/passwd"}], api_name="/add")


def test_the_page_names_no_outside_font_or_script(page):
    with httpx.Client(base_url=page.local_url, trust_env=False) as web:
        texts = [web.get("/").text, web.get("/theme.css").text]
    assert "Turncite" in texts[0]
    for text in texts:
        assert "fonts.g" not in text
        assert "cdn" not in text.lower()


def test_the_page_hands_out_no_file_of_the_machine(page):
    with httpx.Client(base_url=page.local_url, trust_env=False) as web:
        for path in (app.__file__, "/etc/passwd", str(Path(app.__file__).parent / "data")):
            assert web.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_importing_the_page_loads_no_model_library():
    heavy = "{'torch', 'sentence_transformers', 'transformers'}"
    code = f"import sys, app; sys.exit(str({heavy} & set(sys.modules)))"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=Path(app.__file__).parent, capture_output=True, text=True)
    assert done.stderr == "set()\n"


def test_a_taken_port_is_one_clear_line(page):
    port = page.server_port
    with pytest.raises(InputError, match=f"port {port}: Address already in use. Choose .*--port"):
        app.serve(FakeAssistant(HARBOUR), port=port)


def test_an_impossible_host_or_port_is_one_clear_line():
    with pytest.raises(InputError, match=r"Cannot listen on 127\.0\.0\.1, port 99999"):
        free_port("127.0.0.1", 99999)


@pytest.mark.parametrize(
    ("proxy", "without"), [("http://127.0.0.1:9", ""), ("socks://127.0.0.1:9", None)]
)
def test_a_proxy_never_carries_the_page_elsewhere(monkeypatch, proxy, without):
    """Gradio asks its own server whether it is up, through httpx, which obeys proxies, and fails at
    one that it doesn't know. What else reads the variables finds them as they were."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    if without is not None:
        monkeypatch.setenv("no_proxy", without)
    page = app.launch(FakeAssistant(HARBOUR), port=0)
    try:
        assert page.local_url.startswith("http://127.0.0.1:")
        assert os.environ.get("no_proxy") == without
    finally:
        page.close()


@pytest.mark.skipif(os.name != "posix", reason="it plays Windows elsewhere")
def test_a_port_that_another_shares_is_free_on_posix_alone(monkeypatch):
    """On Windows the option that allows it would also allow a port that somebody listens on."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert free_port("127.0.0.1", port) == port
        monkeypatch.setattr("page.network.os", SimpleNamespace(name="nt"))
        with pytest.raises(InputError, match=f"port {port}: Address already in use"):
            free_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_what_only_this_machine_can_reach_is_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_what_others_can_reach_is_not_loopback(host, outside):
    assert not is_loopback(host)
    outside.clear()  # the guard counts the address looked up


@pytest.mark.parametrize(
    ("host", "warning"),
    [
        ("127.0.0.1", ""),
        (
            "0.0.0.0",
            "Warning: the page listens on 0.0.0.0; anyone who can reach it can read, add and "
            "remove transcripts. With --auth FILE only who logs in can\n",
        ),
    ],
)
def test_a_page_that_others_can_reach_is_served_with_a_warning(
    host, warning, monkeypatch, capsys, assistant
):
    blocks = SimpleNamespace(
        local_url="http://somewhere/",
        block_thread=lambda: None,
        examples=Examples(assistant),
    )
    monkeypatch.setattr(app, "launch", lambda assistant, **more: blocks)
    app.serve(assistant, host=host)
    printed = capsys.readouterr()
    assert printed.err == warning
    assert printed.out == "Turncite is at http://somewhere/ (Ctrl-C stops it)\n"


def test_the_hub_is_silent_unless_a_model_of_it_is_named(tmp_path):
    hub = {"TURNCITE_EMBEDDER": "BAAI/bge-small-en-v1.5"}
    gradios = offline_settings(hub)
    assert all(name.startswith("GRADIO_ANALYTICS_") for name in gradios)
    quiet = {**gradios, "HF_HUB_OFFLINE": "1"}
    for model in ("", "all-MiniLM-L6-v2", str(tmp_path)):
        assert offline_settings({"TURNCITE_EMBEDDER": model}) == quiet
    assert offline_settings({}) == quiet
    assert offline_settings({"HF_HUB_OFFLINE": "0"})["HF_HUB_OFFLINE"] == "0"
    assert gradios["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_the_formats_that_the_page_names_are_read():
    assert set(re.findall(r"\.\w+", FORMATS)) <= SUFFIXES
