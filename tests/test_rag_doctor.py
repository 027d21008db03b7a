"""What doctor says of a language model, through the real client."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import WordEmbedder
from fastapi.responses import JSONResponse
from llm_server import KEY, Cut, event

from rag.cli import main
from rag.doctor import Check, examine_model
from rag.llm import OpenAICompatible
from rag.reader.signs import SignReader


@pytest.mark.parametrize(
    ("said", "ok", "found"),
    [
        ("It costs 240 million crowns [1].", True, "answers and cites (first word after 0."),
        ("It costs 240 million crowns.", True, "answers without markers: Turncite looks for"),
        ("Trams are expensive [1].", False, "answers, but not from the passage it is given"),
    ],
)
def test_a_model_that_answers(server, said, ok, found):
    """How it does, how quick, and what to do."""
    (check,) = examine_model(server.says(said))
    assert (check.what, check.ok) == ("language model", ok)
    assert check.found.startswith(f"tiny at 127.0.0.1:{server.port} {found}")


def test_a_server_without_the_model_says_which_it_has(server):
    """The fault with the page of recipes, and the names to choose from."""
    server.replies = [JSONResponse({"error": {"message": "not found"}}, 404)]
    server.listed = ["large"]
    fault, models = examine_model(server.model())
    assert "it has no model 'tiny' at this URL (404): not found" in fault.found
    assert fault.found.endswith("docs/llm.md")
    assert models.found == "it lists large; name one with --llm"
    assert not (fault.ok)
    assert not (models.ok)


@pytest.fixture
def configured(monkeypatch, server, folder):
    """The command, with a language model that has a key, and no other model."""
    for module in ("asking", "opening"):
        monkeypatch.setattr(f"rag.cli.{module}.embedder", WordEmbedder)
    monkeypatch.setattr("rag.doctor._reader", lambda reader: Check("reader", "signs", True))
    monkeypatch.setattr("rag.answer.SpanReader", lambda library, model: SignReader(library))
    monkeypatch.setitem(OpenAICompatible.__init__.__kwdefaults__, "pause_seconds", 0.01)
    for name, value in (
        ("TRACE", "1"), ("LIBRARY", str(folder)), ("LLM", "tiny"), ("LLM_URL", server.url),
        ("LLM_KEY", KEY),
    ):  # fmt: skip
        monkeypatch.setenv(f"TURNCITE_{name}", value)


REPEATED = {"error": {"message": f"{KEY} is not known"}}


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (JSONResponse(REPEATED, 401), "it refuses the key (401)"),
        (JSONResponse(REPEATED, 500), "it failed (500): *** is not known"),
        ([event("The tram "), Cut], "the answer broke off before its end"),
        (None, "RuntimeError: nobody foresaw this"),
    ],
)
@pytest.mark.parametrize("words", [["doctor"], ["ask", "What does the tram cost?"]])
def test_the_key_is_in_nothing_that_the_command_says(
    configured, server, monkeypatch, capfd, words: list[str], reply: Any, fault: str
):
    """Whatever its server does, and in the trace of a crash."""
    server.replies = [reply or event("Yes.", "stop")]
    if reply is None:

        def crash(response):
            raise RuntimeError("nobody foresaw this")

        monkeypatch.setattr("rag.llm._lines", crash)
    with pytest.raises(SystemExit):
        main(words)
    said = "".join(capfd.readouterr())
    assert fault in said
    assert ("Traceback" in said) == (reply is None)
    assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert KEY not in said
