"""Asking on the page, in a real browser over a fake assistant: what comes next, stop, again, edit,
the conversations that are kept, and what is copied."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from test_app import ANSWER, HARBOUR, FakeAssistant
from test_app_browser import PATIENCE_MS, Visitor, browser

import app
from page.conversation import Exchange
from page.keeping import to_record
from page.network import free_port
from rag.types import Event

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture of this module too

QUAY = "What does the quay cost?"
EVIL = "<img src=x onerror=window.hit=1> quay **b** [l](http://evil.example)"


class Asking(FakeAssistant):
    """Also proposes what to ask next, and answers "slow" when it is let."""

    def __init__(self, *transcripts) -> None:
        super().__init__(*transcripts)
        self.let = threading.Event()

    def examples(self) -> list[str]:
        return [QUAY, EVIL]

    def suggestions(self, answer, asked=()) -> Iterator[str | None]:
        yield None
        yield "Is the quay late?"
        yield EVIL

    def stream(self, question, *, filters=None, history=(), written=True) -> Iterator[Event]:
        if "slow" in question:
            yield Event("status", "Reading 3 passages")
            self.let.wait(20)
        yield from super().stream(question, filters=filters, history=history, written=written)


@pytest.fixture(scope="module")
def assistant() -> Asking:
    return Asking(HARBOUR)


@pytest.fixture(scope="module")
def url(assistant) -> Iterator[str]:
    page = app.launch(assistant, port=0)
    yield page.local_url
    page.close()


@pytest.fixture
def visitor(browser, url) -> Iterator[Visitor]:
    visitor = Visitor(browser, url, width=1280, height=800, scheme="light")
    yield visitor
    assert visitor.page.evaluate("window.hit") is None
    visitor.page.context.close()
    assert visitor.errors == []


def asked(visitor) -> list[str]:
    return visitor.page.locator("#chat .asked").all_inner_texts()


def kept(visitor) -> list[dict]:
    """The conversations that the browser keeps."""
    return visitor.page.evaluate(
        "Object.keys(localStorage).filter(key => key.startsWith('turncite.talk.'))"
        ".map(key => JSON.parse(localStorage[key]))"
    )


def open_list(visitor) -> None:
    visitor.page.locator("#talks summary").click()


def test_what_comes_next_is_offered_below_the_last_answer_and_asked_by_a_click(visitor):
    visitor.ask(QUAY)
    first = visitor.page.locator("#chat .next .chip").first
    first.wait_for()
    assert visitor.page.locator("#chat .next .chip").all_inner_texts() == [
        "Is the quay late?",
        EVIL,
    ]
    first.click()
    visitor.page.locator("#chat .reply .sources").nth(1).wait_for()
    assert asked(visitor) == [QUAY, "Is the quay late?"]
    visitor.page.locator("#chat .next").wait_for()
    assert visitor.page.locator("#chat .next").count() == 1  # those of before are gone


def test_a_question_that_runs_is_stopped_and_asked_again(visitor, assistant):
    assistant.let.clear()
    page = visitor.page
    box = page.get_by_label("Ask about your transcripts")
    assert not page.locator("#stop").is_visible()
    box.fill("slow quay?")
    box.press("Enter")
    page.locator("#stop").click()
    page.locator("#chat .reply.failed", has_text="Stopped before").wait_for()
    assert not page.locator("#stop").is_visible()
    assistant.let.set()
    page.get_by_role("button", name="Ask again").click()
    page.locator("#chat .reply .sources").wait_for()
    assert asked(visitor) == ["slow quay?"]


def test_a_question_sent_during_another_waits_and_is_answered(visitor, assistant):
    assistant.let.clear()
    page = visitor.page
    box = page.get_by_label("Ask about your transcripts")
    box.fill("slow quay?")
    box.press("Enter")
    page.locator("#chat .reply .status", has_text="Reading 3 passages").wait_for()
    box.fill(QUAY)
    box.press("Enter")
    assistant.let.set()
    page.locator("#chat .reply").nth(1).locator(".sources").wait_for()
    assert asked(visitor) == ["slow quay?", QUAY]


def test_an_edited_question_replaces_what_came_after_it(visitor):
    page = visitor.page
    for question in (QUAY, "Who won?", "What of the quay?"):
        visitor.ask(question)
    page.locator("#chat .tool.edit").nth(1).click()
    page.locator("#editing", has_text="Editing question 2").wait_for()
    box = page.get_by_label("Ask about your transcripts")
    assert box.input_value() == "Who won?"
    page.get_by_role("button", name="Keep it").click()
    page.locator("#editing .editing").wait_for(state="detached")
    page.locator("#chat .tool.edit").nth(1).click()
    page.locator("#editing", has_text="Editing question 2").wait_for()
    box.fill("Who paid for the quay?")
    box.press("Enter")
    page.locator("#chat .asked", has_text="Who paid").wait_for()
    page.wait_for_function("document.querySelectorAll('#chat .reply .sources').length === 2")
    assert asked(visitor) == [QUAY, "Who paid for the quay?"]
    assert page.locator("#editing .editing").count() == 0


def joined(visitor) -> int:
    return sum("/queue/join" in request for request in visitor.requests)


def test_conversations_are_kept_chosen_and_deleted(visitor):
    page = visitor.page
    visitor.ask(QUAY)
    page.locator("#chat .next").wait_for()
    queued = joined(visitor)
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_function("!document.querySelector('#chat .reply')")
    assert joined(visitor) == queued  # or a question asked at once may lose the connection
    visitor.ask(EVIL)
    page.locator("#chat .next").wait_for()
    assert sorted(talk["title"] for talk in kept(visitor)) == [EVIL, QUAY]
    open_list(visitor)
    assert page.locator("#talks img").count() == 0
    page.locator("#talks .open", has_text=QUAY).click()
    page.locator("#chat .asked", has_text=QUAY).wait_for()
    assert asked(visitor) == [QUAY]
    page.locator("#evidence mark").wait_for()

    page.reload()  # this window goes on with the one that it had
    page.locator("#chat .asked", has_text=QUAY).wait_for()
    visitor.ask("And the quay now?")
    page.locator("#chat .next").wait_for()
    assert [len(json.loads(talk["record"])["exchanges"]) for talk in kept(visitor)].count(2) == 1

    open_list(visitor)
    forget = page.get_by_role("button", name=f"Delete {QUAY}")
    forget.click()
    forget.filter(has_text="Really delete?").click()
    page.wait_for_function("!document.querySelector('#chat .reply')")
    assert [talk["title"] for talk in kept(visitor)] == [EVIL]


def test_another_window_starts_anew_with_the_same_list_and_another_browser_has_none(browser, url):
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    first, second = context.new_page(), context.new_page()
    first.goto(url)
    box = first.get_by_label("Ask about your transcripts")
    box.fill(QUAY)
    box.press("Enter")
    first.locator("#chat .next").wait_for()
    second.goto(url)
    second.locator("#talks summary", has_text="Conversations (1)").wait_for()
    assert second.locator("#chat .asked").count() == 0
    context.close()
    other = Visitor(browser, url, width=1280, height=800, scheme="light")
    other.page.locator("button.chip").first.wait_for()
    assert kept(other) == []
    other.page.close()


def test_the_conversation_that_an_earlier_turncite_kept_is_taken_over(browser):
    """It kept one, in gradio's own form, which gradio has to write."""
    old = to_record([Exchange("What of the quay?", error="Stopped.")], "/fake/library")
    old = {"form": 1, "library": old["library"], "exchanges": old["exchanges"]}
    with app.gr.Blocks() as before:
        state = app.gr.BrowserState(None, storage_key="turncite", secret="turncite")
        before.load(lambda: old, None, state)
    port = free_port("127.0.0.1", 0)
    before.launch(server_port=port, prevent_thread_lock=True, quiet=True, ssr_mode=False)
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(before.local_url)
    page.wait_for_function("localStorage.getItem('turncite')?.length > 50")
    before.close()
    now = app.launch(Asking(HARBOUR), port=port)
    page.goto(now.local_url)
    page.locator("#chat .asked", has_text="What of the quay?").wait_for()
    page.locator("#talks summary", has_text="Conversations (1)").wait_for()
    page.close()
    now.close()


def test_the_oldest_conversations_go_when_there_is_no_room(visitor):
    visitor.page.evaluate(
        "for (let n = 0; n < 40; n++) localStorage.setItem('turncite.talk.' + n, JSON.stringify("
        "{id: String(n), library: '/x', title: 't', at: n, record: 'r'.repeat(90000)}))"
    )
    visitor.ask(QUAY)
    visitor.page.locator("#chat .next").wait_for()
    ages = sorted(talk["at"] for talk in kept(visitor))
    assert ages[0] > 15  # 2 million characters of 90,000 each
    assert len(ages) == 23


def test_an_answer_is_copied_with_its_citations(visitor):
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply = visitor.ask(QUAY)
    reply.get_by_role("button", name="Copy").click()
    reply.get_by_text("Copied").wait_for()
    text = visitor.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(ANSWER.text)
    assert "[1] Harbour meeting, Ada, February 29, 2024, 1:02:05, turn 3 of harbour.vtt" in text


def test_an_example_is_text_and_asked_as_it_is(visitor):
    visitor.page.locator("#chips button.chip", has_text="onerror").click()
    visitor.page.locator("#chat .reply .sources").wait_for()
    assert asked(visitor) == [EVIL]


def test_a_new_question_goes_to_the_top_and_its_answer_is_read_from_the_beginning(
    visitor, assistant
):
    long = replace(ANSWER, text="\n".join(f"Line {n}" for n in range(60)))
    assistant.ask = lambda question, **more: long
    try:
        for question in (QUAY, "And again?"):
            visitor.ask(question)
        visitor.page.wait_for_timeout(300)
    finally:
        del assistant.ask
    room = visitor.page.locator("#chat").bounding_box()
    last = visitor.page.locator("#chat .asked").last.bounding_box()
    assert room["y"] <= last["y"] < room["y"] + 120
