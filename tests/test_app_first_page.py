"""What meets somebody who comes for the first time, in a real browser: what can be asked and read,
an empty library, a phone, and files that can't be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import COUNCIL, WordEmbedder, by_signs
from test_app import HARBOUR, FakeAssistant
from test_app_browser import Visitor, browser

import app

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture of this module too

QUAY = "What does the quay cost?"
LONG = "Whichfiguresaboutthequay" * 6


class Many(FakeAssistant):
    """Of ten transcripts, with long questions to go on with."""

    def __init__(self) -> None:
        others = [replace(HARBOUR, id=f"t{n}.vtt", title=f"{LONG} {n}") for n in range(9)]
        super().__init__(HARBOUR, *others)

    def suggestions(self, answer, asked=()) -> Iterator[str | None]:
        for n in range(3):
            yield f"What did the harbour master say about the quay and its cost in year {n}?"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    page = app.launch(Many(), port=0)
    yield page.local_url
    page.close()


@pytest.fixture
def visit(browser, url) -> Iterator:
    visitors: list[Visitor] = []

    def open_page(address=url, width=1280, height=800) -> Visitor:
        visitors.append(Visitor(browser, address, width=width, height=height, scheme="light"))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.page.context.close()
        assert visitor.errors == []


def test_only_what_does_something_stands_around_an_empty_chat(visit):
    visitor = visit()
    page = visitor.page
    page.locator("#chips button.chip", has_text=QUAY).wait_for()
    for name in ("Save .md", "Save .json", "New conversation"):
        assert not page.get_by_role("button", name=name).is_visible()
    visitor.ask(QUAY)
    for name in ("Save .md", "Save .json", "New conversation"):
        page.get_by_role("button", name=name).wait_for()


def test_all_transcripts_are_a_click_away(visit):
    page = visit().page
    page.get_by_role("button", name="And 2 others").click()
    shelf = page.locator("#reader .shelf li")
    shelf.nth(9).wait_for()
    assert page.get_by_role("tab", name="Transcript").get_attribute("aria-selected") == "true"
    shelf.get_by_role("link", name="Harbour meeting · February 29, 2024").click()
    page.locator("#reader li.turn").first.wait_for()
    page.wait_for_url("**/?document=harbour.vtt")
    assert page.locator("#reader .shelf").count() == 0


def test_a_phone_shows_an_answer_and_what_to_ask_next_uncut(visit):
    visitor = visit(width=390, height=844)
    page = visitor.page
    visitor.ask(QUAY)
    page.locator("#chat .next .chip").nth(2).wait_for()
    chat = page.locator("#chat").bounding_box()
    for chip in page.locator("#chat .next .chip").all():
        box = chip.bounding_box()
        assert chat["x"] <= box["x"]
        assert box["x"] + box["width"] <= chat["x"] + chat["width"]
        assert box["y"] + box["height"] <= chat["y"] + chat["height"]
    visitor.ask("And the quay now?")  # its question is at the top of the window
    page.wait_for_function(
        "() => { const top = [...document.querySelectorAll('#chat .asked')].at(-1)"
        ".getBoundingClientRect().top; return 0 <= top && top < 200; }"
    )
    assert not visitor.overflows()
    page.get_by_role("tab", name="Transcript").click()
    page.locator("#reader .shelf li").first.wait_for()
    assert not visitor.overflows()


def test_an_empty_library_leads_to_where_transcripts_are_added(visit, tmp_path):
    served = app.launch(by_signs(tmp_path, WordEmbedder()), port=0)
    try:
        visitor = visit(served.local_url)
        page = visitor.page
        reply = visitor.ask("What does the tram cost?")
        assert "Drop some in the Library tab" in reply.inner_text()
        assert page.locator(".toast-body").count() == 0  # it is said where it was asked
        page.get_by_role("button", name="Add your transcripts").click()
        page.locator("#add").wait_for()

        files = page.locator("input[type=file]")
        picture = tmp_path.parent / "picture.xyz"
        picture.write_text("x")
        files.set_input_files([str(picture)])
        told = page.locator(".toast-message-text", has_text="picture.xyz: not added")
        told.wait_for()
        page.wait_for_function(
            "!document.querySelector('.toast-message-text').textContent.includes('HTTP')"
        )
        assert not page.locator("#add span.error").is_visible()

        council = tmp_path.parent / "council.txt"
        council.write_text(COUNCIL, encoding="utf-8")
        files.set_input_files([str(council)])
        page.locator("#report", has_text="1 read").wait_for()
        page.locator("#table", has_text="Uppsala city council").wait_for()
        page.get_by_role("tab", name="Transcript").click()
        page.locator("#reader .shelf a", has_text="Uppsala city council").wait_for()
    finally:
        served.close()
