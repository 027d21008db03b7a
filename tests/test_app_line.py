"""Many who ask the page at once, over its own protocol and its endpoints."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from test_app import ANSWER, HARBOUR, FakeAssistant

from benchmarks import visitor
from benchmarks.visitor import Asked, Visitor
from page.conversation import Conversation
from rag.types import Answer, Event
from serving.line import AT_ONCE, MOST_OF_ONE, Line
from tabs.sessions import forget

QUAY = "What does the quay cost?"


class Reading(FakeAssistant):
    """Answers each question as it was asked, a few seconds after the other or when it is let."""

    def __init__(self) -> None:
        super().__init__(HARBOUR)
        self.let = threading.Event()
        self.seconds = 0.0

    def ask(self, question, **more) -> Answer:
        super().ask(question, **more)
        return replace(ANSWER, question=question)

    def stream(self, question, **more) -> Iterator[Event]:
        yield Event("status", "Searching the transcripts")
        if "held" in question:
            assert self.let.wait(30)
        time.sleep(self.seconds)
        yield from super().stream(question, **more)


@pytest.fixture
def assistant() -> Reading:
    return Reading()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def page(assistant, line, monkeypatch):
    monkeypatch.setattr(app, "Line", lambda at_once: line)
    page = app.launch(assistant, port=0)
    yield page
    assistant.let.set()
    page.close()


@pytest.fixture
def web(page) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.local_url, trust_env=False, timeout=30) as web:
        yield web


@asynccontextmanager
async def opened(page, visitor: Visitor) -> AsyncIterator[httpx.AsyncClient]:
    """The page in a window of the visitor's."""
    async with (
        httpx.AsyncClient(base_url=page.local_url, trust_env=False, timeout=30) as client,
        visitor._page(client),
    ):
        yield client


def sent(web: httpx.Client, question: str, **more: str) -> str:
    """A program's question, of which the address is all that is known, or a session."""
    body = {"data": [question, [], [], None, None, True], **more}
    return web.post("/gradio_api/call/ask", json=body).json()["event_id"]


def answered(web: httpx.Client, event: str) -> str:
    return web.get(f"/gradio_api/call/ask/{event}").text


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.02)


def asked(assistant: Reading) -> list[str]:
    return [question for question, *_ in assistant.asked]


def test_eight_who_ask_at_once_get_their_own_answers_and_are_told_their_place(
    page, assistant, monkeypatch
):
    """Six browsers and two programs, two questions each; an answer takes half a second and more."""
    monkeypatch.setattr(visitor, "STOPS", 0.0)
    monkeypatch.setattr(visitor, "LEAVES", 0.0)
    monkeypatch.setattr(visitor, "FOLLOW_UPS", 0.0)
    assistant.seconds = 0.5

    async def all_at_once() -> list[Asked]:
        visitors = [
            Visitor(n, page.local_url, [f"What does quay {n} cost?"], 0.01, program=n > 5)
            for n in range(8)
        ]
        await asyncio.gather(
            *(one.ask_while(lambda one=one: len(one.asked) < 2) for one in visitors)
        )
        return [question for one in visitors for question in one.asked]

    questions = asyncio.run(all_at_once())
    assert [one.outcome for one in questions] == ["answered"] * len(questions)
    assert {one.user for one in questions} == set(range(8))
    told = [place for one in questions for place in one.told]
    assert any(place.startswith("Waiting: yours is next") for place in told)
    assert any(place.startswith(("Waiting: 1 question", "Waiting: 2 question")) for place in told)
    assert any("about" in place for place in told)


def test_one_program_has_twenty_waiting_and_others_are_not_kept_by_it(web, assistant, line):
    events = [sent(web, f"held {n} quay?") for n in range(AT_ONCE + MOST_OF_ONE)]
    until(lambda: line.waiting == MOST_OF_ONE)
    one_more = answered(web, sent(web, "one more quay?"))
    assert "20 of your questions are waiting already" in one_more
    other = sent(web, "another's quay?", session_hash="another")
    until(lambda: line.waiting == MOST_OF_ONE + 1)
    assistant.let.set()
    assert "event: complete" in answered(web, other)
    assert all("event: complete" in answered(web, event) for event in events)
    order = asked(assistant)
    assert "one more quay?" not in order
    assert order.index("another's quay?") <= AT_ONCE + 5  # whose turn it is may be late to wake


def test_what_a_client_asked_that_has_gone_is_not_read(web, page, assistant):
    held = [sent(web, f"held {n} quay?", session_hash=f"held {n}") for n in range(AT_ONCE)]
    until(lambda: len(page._queue.event_ids_to_events) == AT_ONCE)
    gone = sent(web, "gone quay?")
    with web.stream("GET", f"/gradio_api/call/ask/{gone}"):
        event = page._queue.event_ids_to_events[gone]
    until(lambda: not event.alive)
    until(lambda: gone not in page._queue.event_ids_to_events)
    assistant.let.set()
    assert all("event: complete" in answered(web, event) for event in held)
    assert sorted(asked(assistant)) == ["held 0 quay?", "held 1 quay?"]


def test_a_question_that_is_stopped_in_the_line_is_not_read(page, web, assistant, monkeypatch):
    """As the page does it: the click is sent, and what waits is cancelled."""
    stopping = Visitor(1, page.local_url, ["stopped quay?"], 0.0, program=False)
    now, held = Asked(1, "stopped quay?", time.monotonic()), []

    async def stop() -> None:
        async with opened(page, stopping) as client:
            for n in range(AT_ONCE):
                held.append(sent(web, f"held {n} quay?", session_hash=f"held {n}"))
            await stopping._as_browser(client, now)

    monkeypatch.setattr(visitor, "STOPS", 1.1)
    asyncio.run(stop())
    assert now.outcome == "stopped"
    assert now.told[0].startswith("Waiting: ")
    assistant.let.set()
    assert all("event: complete" in answered(web, event) for event in held)
    assert "stopped quay?" not in asked(assistant)


def test_what_gradio_keeps_of_a_program_is_forgotten(web, page):
    """And what a page holds that is open is not."""
    holder, queue = page.state_holder, page._queue
    open_page = Visitor(1, page.local_url, [QUAY], 0.0, program=False)

    async def visit() -> None:
        async with opened(page, open_page) as client:
            await open_page._as_browser(client, Asked(1, QUAY, time.monotonic()))

    asyncio.run(visit())
    events = [sent(web, QUAY) for _ in range(3)]
    assert all("event: complete" in answered(web, event) for event in events)
    assert {*events, open_page._session} <= set(holder.session_data)
    until(lambda: not queue.event_ids_to_events)
    forget(page, datetime.now() - timedelta(hours=1))
    assert set(events) <= set(holder.session_data)
    forget(page, datetime.now() + timedelta(seconds=1))
    assert list(holder.session_data) == [open_page._session]
    assert not any(queue.pending_event_ids_session.values())
    assert "event: complete" in answered(web, sent(web, QUAY))


def test_a_page_that_was_silent_goes_on_where_it_was(page):
    """What gradio keeps of it beside the conversation is forgotten."""
    silent = Visitor(2, page.local_url, [QUAY], 0.0, program=False)
    asked = [Asked(2, QUAY, time.monotonic()) for _ in range(2)]

    async def visit() -> None:
        async with opened(page, silent) as client:
            await silent._as_browser(client, asked[0])
            until(lambda: not page._queue.event_ids_to_events)
            forget(page, datetime.now() + timedelta(seconds=1))
            assert page.state_holder.session_data[silent._session].config_values == {}
            await silent._as_browser(client, asked[1])

    asyncio.run(visit())
    assert [one.outcome for one in asked] == ["answered", "answered"]
    held = page.state_holder.session_data[silent._session].state_data.values()
    (talk,) = (value for value in held if isinstance(value, Conversation))
    assert [exchange.question for exchange in talk.exchanges] == [QUAY, QUAY]
