"""Journeys through the page in a real browser: filters, a kept conversation, feedback, the library.

Screenshots go to artifacts/, to be looked at.
"""

from __future__ import annotations

import json

import pytest
from conftest import COUNCIL, HARBOUR
from test_app_browser import PATIENCE_MS, TRADE, browser, library, url, visit

pytestmark = [pytest.mark.browser, pytest.mark.model]
__all__ = ["browser", "library", "url", "visit"]  # fixtures of this module too

TOKAYEV = "Kassym-Jomart Tokayev"
EVIL = "<img src=x onerror=window.hit=1>"


def test_what_a_question_was_understood_to_say_is_removed_by_a_click(visit):
    visitor = visit()
    page = visitor.page
    reply = visitor.ask("What did Tokayev say about trade?")
    limit = reply.locator("a.limit", has_text=f"said by {TOKAYEV}")
    limit.click()
    page.locator("#chat .asked", has_text="(any speaker)").wait_for()
    again = page.locator("#chat .reply").nth(1)
    again.locator(".sources").wait_for()
    assert again.locator("a.limit").count() == 0
    visitor.picture("limits")


def test_filters_are_shown_removed_and_cleared_with_the_conversation(visit):
    visitor = visit()
    page = visitor.page
    page.get_by_role("button", name="Search only in").click()
    page.get_by_label("Speakers").click()
    page.get_by_role("option", name="Vladimir Putin").click()
    page.keyboard.press("Escape")
    chip = page.get_by_role("button", name="Remove the filter said by Vladimir Putin")
    chip.wait_for()
    page.get_by_role("button", name="Search only in").click()
    assert chip.is_visible()  # never hidden
    reply = visitor.ask(TRADE)
    assert "$30 billion" not in reply.inner_text()
    visitor.picture("filters")
    chip.click()
    chip.wait_for(state="detached")
    assert "$30 billion" in visitor.ask(TRADE).inner_text()

    page.get_by_role("button", name="Search only in").click()
    page.locator("#talk input[type=text], #talk input.time").last.fill("2026-01-01")
    page.keyboard.press("Enter")
    dates = page.get_by_role("button", name="Remove the filter dated January 1, 2026 or earlier")
    dates.wait_for()
    page.get_by_role("button", name="New conversation").click()
    dates.wait_for(state="detached")


def test_a_reload_keeps_the_conversation_and_a_new_one_starts_empty(visit):
    visitor = visit()
    page = visitor.page
    visitor.ask(TRADE)
    visitor.marked("$30 billion")
    page.wait_for_function(
        "Object.keys(localStorage).some(key => key.startsWith('turncite.talk.'))"
    )
    page.reload()
    reply = page.locator("#chat .reply", has_text="$30 billion")
    reply.wait_for()
    assert "$30 billion" in visitor.marked("$30 billion")
    page.get_by_role("link", name="Open in transcript").wait_for()
    page.get_by_role("button", name="New conversation").click()
    page.locator("#evidence", has_text="The words behind an answer").wait_for()
    page.wait_for_timeout(500)
    page.reload()
    page.locator("#header h1").wait_for()
    page.wait_for_timeout(1000)
    assert page.locator("#chat .reply").count() == 0


def test_what_is_thought_of_an_answer_is_kept_with_the_library(visit, library):
    visitor = visit()
    page = visitor.page
    visitor.ask(TRADE)
    visitor.marked("$30 billion")
    page.get_by_role("button", name="Like", exact=True).or_(
        page.locator("#chat button[title='Like'], #chat button[aria-label='like']")
    ).first.click()
    page.get_by_text("Kept with the library").first.wait_for()
    kept = library / ".turncite" / "feedback.jsonl"
    row = json.loads(kept.read_text(encoding="utf-8").splitlines()[-1])
    assert (row["question"], row["verdict"]) == (TRADE, "good")


def test_five_files_are_dropped_one_of_them_bad_then_sorted_found_renamed(visit, library, tmp_path):
    visitor = visit()
    page = visitor.page
    page.get_by_role("tab", name="Library").click()
    texts = {
        "council.txt": COUNCIL,
        "harbour.txt": HARBOUR,
        "evil.txt": f"{EVIL}\n{EVIL}: The ferry {EVIL} sails.\nBo: Yes.\nMay 6, 2025, Oslo\n",
        "second.txt": COUNCIL.replace("tram", "bus").replace("May 5", "May 7"),
        "bad.pdf": "%PDF-1.4 nothing",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page.locator("input[type=file]").set_input_files([str(tmp_path / name) for name in texts])
    page.locator("#report", has_text="1 failed").wait_for(timeout=PATIENCE_MS)
    assert "bad.pdf" in page.locator("#report").inner_text()
    rows = page.locator("#table tbody tr")
    rows.nth(4).wait_for()

    page.get_by_role("button", name="Date").click()
    rows.first.filter(has_text="October 10, 2025").wait_for()  # the newest first
    visitor.picture("library-table")
    page.get_by_label("Find a transcript").fill("bergen")
    page.locator("#table caption", has_text="1 of 5").wait_for()
    assert "Harbour board" in rows.first.inner_text()
    page.get_by_label("Find a transcript").fill("")
    rows.nth(4).wait_for()

    page.get_by_role("button", name="Rename a speaker").click()
    page.get_by_label("Speaker", exact=True).click()
    page.get_by_role("option", name="Per Holm").click()
    page.get_by_label("New name").fill("Per Ek")
    page.locator("#rename").click()
    page.locator("#report", has_text="2 renamed").wait_for(timeout=PATIENCE_MS)
    page.locator("#table", has_text="Per Ek").wait_for()

    page.get_by_role("link", name="Harbour board").click()
    page.locator("#reader", has_text="The ferry will sail twice a day").wait_for()
    page.get_by_role("tab", name="Ask").click()
    visitor.ask("When does the ferry sail?")
    assert page.evaluate("window.hit") is None
    for name in texts:
        (library / name).unlink(missing_ok=True)
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Read what changed in the folder").click()
    page.locator("#header", has_text="1 transcript, 4 turns").wait_for(timeout=PATIENCE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_nearest_passages_of_a_refusal(visit, scheme):
    visitor = visit(390, 844, scheme)
    visitor.ask("What is the recipe for a chocolate cake?")
    visitor.page.wait_for_timeout(500)
    visitor.page.wait_for_function(
        "() => { const first = document.querySelector('#chat .reply a.source');"
        "const at = first?.getBoundingClientRect();"
        "return at?.height && at.y >= 0 && at.y < innerHeight - 60; }",
        timeout=10_000,
    )
    assert not visitor.overflows()
    visitor.picture(f"phone-refusal-{scheme}")
