"""A language model's answers on the page, in a real browser, from a server on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import WordEmbedder, by_signs
from llm_server import event
from test_app_browser import Visitor, browser

import app
from index import Library

__all__ = ["browser"]  # a fixture of this module too
pytestmark = pytest.mark.browser

QUESTION = "How much does the tram cost?"
SAID = (
    "The tram costs 240 million kronor [1]. It carries 9000 people [1]. ![x](http://evil.example/p)"
)


@pytest.fixture
def visitor(browser, server, folder):
    library = Library.open(folder, WordEmbedder())
    library.sync()
    page = app.launch(by_signs(library, llm=server.model()), port=0)
    visitor = Visitor(browser, page.local_url, width=1440, height=900, scheme="light")
    yield visitor
    visitor.page.close()
    page.close()
    assert visitor.errors == []
    assert not any("evil" in request for request in visitor.requests)


def test_a_written_answer_is_checked_and_exact_quotes_are_one_click_away(visitor, server):
    """Which model writes is said; what it invents is marked; the switch asks no model."""
    server.replies = [SAID]
    assert "tiny at 127.0.0.1" in visitor.page.locator("#style").inner_text()
    reply = visitor.ask(QUESTION)
    text = reply.inner_text()
    assert "The tram costs 240 million kronor. [1]" in text.replace("\xa0", " ")
    assert "It carries 9000 people. (not supported by the transcripts)" in text
    assert "Written by tiny; each sentence was checked against the transcripts" in text
    assert "no quote holds “9000”" in text
    assert "evil" not in text
    assert visitor.marked("240 million") == "The tram costs 240 million kronor."
    asked = len(server.requests)
    visitor.page.get_by_label("Exact quotes").check()
    assert "Anna Lind: “The tram costs 240 million kronor.”" in visitor.ask(QUESTION).inner_text()
    assert len(server.requests) == asked
    visitor.picture("written")


def test_an_answer_that_is_being_written_can_be_stopped(visitor, server):
    """The draft shows; after the stop the question stays with a word, and the next is answered."""
    server.replies = [[event("The tram "), *[0.2, event("goes ")] * 300], SAID]
    box = visitor.page.get_by_label("Ask about your transcripts")
    box.fill(QUESTION)
    box.press("Enter")
    visitor.page.locator("#chat .draft", has_text="The tram goes").wait_for()
    visitor.page.locator("#stop").click()
    visitor.page.locator("#chat .reply.failed", has_text="Stopped before").wait_for()
    visitor.page.wait_for_timeout(1_000)
    assert "Stopped before" in visitor.page.locator("#chat .reply").first.inner_text()
    assert "240 million" in visitor.ask(QUESTION).inner_text()


def test_a_conversation_is_saved(visitor, server):
    """Markdown and JSON come as files."""
    server.replies = [SAID]
    visitor.ask(QUESTION)
    for button, name, words in (
        ("Save .md", "conversation.md", "## How much does the tram cost"),
        ("Save .json", "conversation.json", '"supported": true'),
    ):
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        assert words in Path(download.value.path()).read_text(encoding="utf-8")
