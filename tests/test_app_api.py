"""The endpoints over the real assistant, as docs/api.md calls them."""

from __future__ import annotations

import pytest

import app  # noqa: F401  # first: it keeps the model hub's client silent

# isort: split
import gradio as gr
from conftest import COUNCIL, by_signs, write
from gradio_client import Client
from gradio_client.exceptions import AppError
from test_app_browser import TRADE, library, url

from tabs.api import endpoints

pytestmark = pytest.mark.model
__all__ = ["library", "url"]  # fixtures of this module too


@pytest.fixture(scope="module")
def client(url) -> Client:
    return Client(url, verbose=False, analytics_enabled=False)


def test_a_transcript_is_added_asked_renamed_judged_and_removed(client, library, tmp_path):
    from gradio_client import handle_file

    (tmp_path / "board.txt").write_text(COUNCIL.replace("tram", "bus"), encoding="utf-8")
    report = client.predict([handle_file(str(tmp_path / "board.txt"))], api_name="/add")
    assert {file["id"]: file["state"] for file in report["files"]}["board.txt"] == "read"

    report = client.predict("Per Holm", "Per Ek", "board.txt", api_name="/rename")
    assert {file["id"]: file["state"] for file in report["files"]}["board.txt"] == "renamed"
    shown = client.predict("board.txt", api_name="/show")
    assert shown["turns"][1]["speaker"] == "Per Ek"
    hits = client.predict("bus", 1, [], ["board.txt"], api_name="/search")["hits"]
    assert "Per Ek: Thank you" in hits[0]["text"]

    (label,) = client.predict(TRADE, "good", api_name="/feedback")["labels"]
    assert (label["question"], label["answers"]) == (TRADE, ["$30 billion"])
    assert client.predict(api_name="/labels")["labels"] == [label]
    with pytest.raises(AppError, match="'fine' is none of: good"):
        client.predict(TRADE, "fine", api_name="/feedback")

    report = client.predict("board.txt", api_name="/remove")
    assert {file["id"]: file["state"] for file in report["files"]}["board.txt"] == "removed"
    assert not (library / "board.txt").exists()
    report = client.predict(False, api_name="/sync")
    assert all(file["state"] == "unchanged" for file in report["files"])
    with pytest.raises(AppError, match="is not a date like"):
        client.predict(TRADE, [], [], "soon", api_name="/ask")


def test_the_model_words_an_answer_unless_quotes_are_asked_for(tmp_path, embedder, server):
    """The switch `written` of /ask."""
    write(tmp_path / "library" / "council.txt", COUNCIL)
    quoting = by_signs(tmp_path / "library", embedder)
    said = "The tram costs 240 million kronor [1]."
    assistant = by_signs(quoting.library, llm=server.says(said))
    with gr.Blocks() as page:
        endpoints(assistant)
    (ask,) = [fn.fn for fn in page.fns.values() if fn.api_name == "ask"]
    question = "How much does the tram cost?"
    assert ask(question)["model"] == "tiny"
    assert "model" not in ask(question, written=False)
    assert len(server.requests) == 1
