"""What the page does at an event, without a browser: its handlers, called as gradio does it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import gradio as gr
from gradio.state_holder import SessionState
from test_app import ANSWER, HARBOUR, FakeAssistant

from index.errors import DamagedIndex
from index.types import FileResult, SyncReport
from page.conversation import STOPPED, Conversation, Exchange
from page.library import Order
from rag.types import Event

CHOSEN = (None, [], [], None, None)  # written or quoted, and what is searched
QUAY = "What does the quay cost?"


class Asking(FakeAssistant):
    """Answers "slow" when it is let."""

    def __init__(self) -> None:
        super().__init__(HARBOUR)
        self.let = threading.Event()

    def stream(self, question, **more) -> Iterator[Event]:
        yield Event("status", "Reading 3 passages")
        if "slow" in question:
            assert self.let.wait(20)
        yield from super().stream(question, **more)


class Handlers:
    """The page's, by their names; and its components, by their ids."""

    def __init__(self, page: app.Page) -> None:
        self.page = page

    def __getattr__(self, name: str) -> Callable[..., Any]:
        (handler,) = {
            fn.fn
            for fn in self.page.fns.values()
            if fn.fn and fn.fn.__name__ == name and fn.api_visibility == "private"
        }
        return handler

    def part(self, name: str) -> Any:
        (part,) = (b for b in self.page.blocks.values() if b.elem_id == name)
        return part

    def event(self, kind: str, name: str) -> Any:
        """What happens at an event of a component."""
        target = (self.part(name)._id, kind)
        (event,) = (fn for fn in self.page.fns.values() if target in fn.targets)
        return event

    @property
    def shown(self) -> gr.State:
        """The transcript that is open."""
        return self.event("input", "reading").inputs[1]


def clicked(**data: str) -> gr.EventData:
    return gr.EventData(None, data)


@pytest.fixture
def assistant() -> Asking:
    return Asking()


@pytest.fixture
def page(assistant) -> Handlers:
    return Handlers(app.build(assistant))


def test_a_question_asked_while_another_is_answered_stops_that_one(page):
    """A click asks again, and the next question is sent; neither answer takes the other's place."""
    talk = Conversation([Exchange(QUAY, answer=ANSWER)])
    again = page.again(clicked(at="1"), talk, *CHOSEN)
    next(again)
    for _ in page.respond("Is the quay late?", talk, *CHOSEN):
        pass
    for _ in again:
        pass
    assert [(e.question, e.error, e.answer) for e in talk.exchanges] == [
        (QUAY, STOPPED, None),
        ("Is the quay late?", "", ANSWER),
    ]


def test_a_box_that_is_only_left_changes_nothing(page):
    """Gradio's dropdown tells of input whenever the focus leaves it: by Tab on the way to what is
    shown, of a count of words or of a cited turn."""
    spoke, read = (page.event("input", name).fn for name in ("who", "reading"))
    assert spoke(None) == {page.part("found"): gr.skip()}
    assert "Bo" in spoke("Bo")[page.part("found")]
    cited = page.open_cited(clicked(key="m1-1"), Conversation([Exchange(QUAY, answer=ANSWER)]))
    shown = cited[page.shown]
    assert (shown, "<mark>" in cited[page.part("reader")]) == ("harbour.vtt", True)
    for left in (None, "harbour.vtt"):
        assert read(left, shown) == {page.part("reader"): gr.skip()}
    read_anew = read("harbour.vtt", None)
    assert "The quay costs" in read_anew[page.part("reader")]
    assert read_anew[page.shown] == "harbour.vtt"


def test_what_was_chosen_and_has_left_the_library_is_chosen_no_longer(page, assistant):
    """Gradio refuses every event that sends it, and the Library tab sends it with each change."""
    read, who, found = page.part("reading"), page.part("who"), page.part("found")
    report = SyncReport((FileResult("harbour.vtt", "renamed"),))
    assistant.library.sync = lambda **more: report

    def changed(chosen: str, speaker: str) -> dict[Any, Any]:
        *_, first, after = page.sync(chosen, "", speaker, Conversation(), *CHOSEN[1:], "", Order())
        assert (read in after, who in after) == (True, True)
        return first

    kept = changed("harbour.vtt", "Bo")
    assert (who in kept, read in kept) == (False, False)
    assert "Bo" in kept[found]
    gone = changed("gone.txt", "Speaker 1")
    assert (gone[who], gone[read], gone[page.shown]) == (None, None, None)
    assert "Harbour meeting" in gone[page.part("reader")]


def test_a_click_to_ask_again_ends_the_editing_of_another_question(page):
    """Else its banner promises that the next question takes that one's place."""
    box, banner = page.part("question"), page.part("editing")
    for ask in (page.again, page.beyond):
        talk = Conversation([Exchange(QUAY, answer=ANSWER)], editing=0)
        first, *_ = ask(clicked(at="1", key="u1-speakers"), talk, *CHOSEN)
        assert (first, talk.editing) == ({box: "", banner: ""}, None)
        words_in_the_box_stay, *_ = ask(clicked(at="1", key="u1-speakers"), talk, *CHOSEN)
        assert box not in words_in_the_box_stay


def sent(page: Handlers, name: str, *values: Any) -> None:
    """The first step of what a handler does with what a browser sends."""
    (event,) = (fn for fn in page.page.fns.values() if fn.fn is getattr(page, name))
    asyncio.run(page.page.process_api(event, list(values), SessionState(page.page)))


def test_a_library_that_cannot_be_read_is_told_and_the_question_stays(page, assistant):
    def broken():
        raise DamagedIndex("<i> is no index; run: turncite sync --rebuild")

    assistant.library.documents = broken
    with pytest.raises(gr.Error) as told:
        sent(page, "respond", QUAY, None, *CHOSEN)
    assert (
        told.value.message
        == "&#60;i&#62; is no index&#59; run&#58; turncite sync &#45;&#45;rebuild"
    )
    assert not told.value.print_exception


def test_a_speaker_who_is_newer_than_the_page_can_be_asked_alone(page, assistant):
    new = replace(HARBOUR, id="new.vtt")
    assistant.library.held[new.id] = new
    shown = page.narrow(clicked(speaker="Bo"), ["Ada"], ["new.vtt", "gone.txt"], None, None)
    speakers, documents, *_ = page.event("select", "filters").inputs
    assert shown[speakers] == gr.update(choices=["Ada", "Bo"], value=["Bo"])
    assert [name for _, name in shown[documents]["choices"]] == ["harbour.vtt", "new.vtt"]
    assert shown[documents]["value"] == ["new.vtt"]
    assert "said by Bo" in shown[page.part("filters")]


def test_who_changes_the_library_does_not_wait_for_examples(page, assistant):
    """One changes it at a time; examples take answers, and are found after its turn."""
    looked_for = []
    assistant.examples = lambda: looked_for.append("examples") or iter([QUAY])
    assistant.library.sync = lambda **more: SyncReport()
    list(page.sync(None, "", None, Conversation(), *CHOSEN[1:], "", Order()))
    assert looked_for == []
    assert "What does the quay cost" in [*page.find_examples()][-1]
    events, find = page.page.fns.values(), page.find_examples
    finding = {fn.trigger_after for fn in events if fn.fn == find}
    writing = {
        fn._id for fn in events if fn.concurrency_id == "library" and fn.api_visibility == "private"
    }
    assert len(writing) == 5
    assert writing < finding
    assert "library" not in {fn.concurrency_id for fn in events if fn.fn == find}
