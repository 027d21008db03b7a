"""The page in a real browser, over the real assistant and the sample library.

Screenshots go to artifacts/, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import app
from page.conversation import ECHO_CHARS

pytestmark = [pytest.mark.browser, pytest.mark.model]

ROOT = Path(__file__).parents[1]
ARTIFACTS = ROOT / "artifacts"
CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TRADE = "What trade target was mentioned?"
COUNCIL = """Uppsala city council
Mayor Anna Lindqvist: The new tram line will open on March 3 next year. It costs 240 million kronor.
Per Holm: Thank you, that is good news for the schools along the route.
May 5, 2025, Uppsala
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "library"
    folder.mkdir()
    for sample in (ROOT / "data").glob("dushanbe-*.txt"):  # not what a user has put beside it
        shutil.copy(sample, folder)
        (folder / sample.name).chmod(0o644)
    return folder


@pytest.fixture(scope="module")
def url(library) -> Iterator[str]:
    from rag import Assistant

    page = app.launch(Assistant.open(str(library)), port=0)
    yield page.local_url
    page.close()


@pytest.fixture(scope="module")
def browser():
    if not Path(CHROMIUM).exists():
        why = f"{CHROMIUM} is missing; run: apt-get install -y chromium"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


# Two models and several pages may be at work on two cores.
PATIENCE_MS = 90_000


class Visitor:
    """One person at the page: asks, waits and reads. Keeps requests and errors of the page."""

    def __init__(self, browser, url: str, *, width: int, height: int, scheme: str) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.page.locator("#header h1").wait_for()

    def ask(self, question: str):
        """Types, presses Enter and returns the finished reply."""
        replies = self.page.locator("#chat .reply")
        number = replies.count()
        box = self.page.get_by_label("Ask about your transcripts")
        box.fill(question)
        box.press("Enter")
        self.page.wait_for_function(
            "n => document.querySelectorAll('#chat .reply')[n]?.matches("
            "':has(.sources), .refused, .failed')",
            arg=number,
            timeout=PATIENCE_MS,
        )
        return replies.nth(number)

    def marked(self, words: str) -> str:
        """The marked words of the evidence, once they hold `words`."""
        mark = self.page.locator("#evidence mark", has_text=words)
        mark.wait_for()
        return mark.inner_text()

    def evidence(self) -> str:
        return self.page.locator("#evidence").inner_text()

    def overflows(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    def wait_for_examples(self) -> None:
        """They are made by asking; a page closed meanwhile leaves that work running."""
        self.page.locator("button.chip").first.wait_for(state="attached", timeout=120_000)

    def picture(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)  # a smooth scroll is not done when its click is
        narrow = self.page.viewport_size["width"] < 600
        self.page.screenshot(path=str(ARTIFACTS / f"page-{name}.png"), full_page=narrow)


@pytest.fixture
def visit(browser, url):
    """Opens the page; afterwards every request must have stayed on this machine."""
    visitors: list[Visitor] = []

    def open_page(width=1440, height=900, scheme="light") -> Visitor:
        visitors.append(Visitor(browser, url, width=width, height=height, scheme=scheme))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.wait_for_examples()
        visitor.page.close()
        hosts = {urlsplit(request).hostname for request in visitor.requests}
        assert hosts <= {"127.0.0.1", None}  # None: data: and blob:
        assert visitor.errors == []


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1440, 900, "light"), (1024, 768, "light"), (390, 844, "light"), (1440, 900, "dark")],
)
def test_the_sample_question_is_answered_with_its_words_speaker_and_date(
    visit, width, height, scheme
):
    visitor = visit(width, height, scheme)
    assert "1 transcript, 4 turns" in visitor.page.locator("#header").inner_text()
    reply = visitor.ask(TRADE)
    assert "$30 billion" in reply.inner_text()
    assert "$30 billion" in visitor.marked("$30 billion")  # shown at once
    reply.locator("a.cite", has_text="[1]").first.click()
    assert "$30 billion" in visitor.marked("$30 billion")
    evidence = visitor.evidence()
    assert "Kassym-Jomart Tokayev" in evidence
    assert "October 10, 2025" in evidence
    assert "turn 2 of 4" in evidence
    assert not visitor.overflows()
    visitor.picture(f"{width}-{scheme}")


def test_the_pictures_of_the_readme(visit):
    """To make them anew: pytest tests/test_app_browser.py -k readme, look at them, and
    cp artifacts/page-readme.png docs/screenshot.png; page-readme-dark.png is screenshot-dark."""
    for name, scheme, question in (
        ("readme", "light", TRADE),
        ("readme-dark", "dark", "What did each side say about trade?"),
    ):
        visitor = visit(1280, 800, scheme)
        visitor.wait_for_examples()
        visitor.ask(question)
        visitor.page.locator("#evidence mark").wait_for()
        visitor.page.locator("#chat .next .chip").first.wait_for(timeout=PATIENCE_MS)
        visitor.page.mouse.move(0, 0)
        visitor.picture(name)
        assert (ARTIFACTS / f"page-{name}.png").stat().st_size < 300_000


def test_an_off_topic_question_is_refused_with_nearest_passages_to_read(visit):
    visitor = visit()
    reply = visitor.ask("What is the recipe for a chocolate cake?")
    assert "refused" in reply.get_attribute("class")
    assert reply.locator("a.cite").count() == 0
    visitor.page.locator("#evidence", has_text="Choose a nearest passage").wait_for()
    reply.locator("a.source").first.click()
    visitor.page.locator("#evidence mark").wait_for()
    assert "October 10, 2025" in visitor.evidence()
    visitor.picture("refusal")


def test_old_markers_work_after_more_questions_and_by_keyboard(visit):
    visitor = visit()
    first = visitor.ask(TRADE)
    visitor.ask("When will Tokayev visit Russia?")
    visitor.marked("November 12")
    first.locator("a.cite").first.focus()
    visitor.page.keyboard.press("Enter")
    assert "$30 billion" in visitor.marked("$30 billion")


def test_the_arrow_keys_and_the_buttons_lead_from_source_to_source(visit):
    visitor = visit()
    page = visitor.page
    reply = visitor.ask("What did each side say about trade?")
    label = page.locator("#evidence .label")
    total = reply.locator("a.source").count()
    assert total > 1
    page.locator("#evidence", has_text=f"Source 1 of {total}").wait_for()
    reply.locator("a.cite").first.focus()
    page.keyboard.press("ArrowRight")
    label.filter(has_text=f"Source 2 of {total}").wait_for()
    page.get_by_role("button", name="Previous").click()
    label.filter(has_text=f"Source 1 of {total}").wait_for()
    page.keyboard.press("ArrowRight")  # the focus stays in the panel
    label.filter(has_text=f"Source 2 of {total}").wait_for()


def test_a_source_is_opened_in_its_transcript_found_filtered_and_shared(visit):
    visitor = visit()
    page = visitor.page
    visitor.ask(TRADE)
    visitor.marked("$30 billion")
    page.get_by_role("link", name="Open in transcript").click()
    marked = page.locator("#reader li.cited mark", has_text="$30 billion")
    marked.wait_for()
    assert page.locator("#reader li.turn").count() == 4
    address = page.url
    assert "document=dushanbe-2025-10-10.txt&turn=2&words=" in address
    visitor.picture("transcript")

    page.get_by_label("Find").fill("trade")
    found = page.locator("#reader .found")
    found.filter(has_text="1 of ").wait_for()
    page.keyboard.press("Enter")
    found.filter(has_text="2 of ").wait_for()
    page.get_by_label("Speaker").select_option("Vladimir Putin")
    shown = page.locator("#reader li.turn:visible")
    assert set(shown.locator(".speaker").all_inner_texts()) == {"Vladimir Putin"}
    page.get_by_label("Speaker").select_option("*")
    page.get_by_label("Go to").fill("3")
    page.get_by_label("Go to").press("Enter")
    assert page.url.endswith("?document=dushanbe-2025-10-10.txt&turn=3")

    other = visit()
    other.page.goto(address)
    other.page.locator("#reader li.cited mark", has_text="$30 billion").wait_for()
    assert other.page.get_by_role("tab", name="Transcript").get_attribute("aria-selected") == "true"
    other.page.get_by_role("tab", name="Ask").click()
    other.page.wait_for_function("!location.search")


def test_an_address_of_nothing_says_so_and_runs_nothing(visit):
    visitor = visit()
    visitor.page.goto(visitor.page.url + "?document=<img src=x onerror=alert(1)>&turn=<b>")
    visitor.page.locator("#reader", has_text="is not in this library").wait_for()
    assert visitor.page.locator("#reader img").count() == 0


def test_an_example_is_asked_by_a_click(visit):
    visitor = visit()
    chip = visitor.page.locator("button.chip").first
    question = chip.inner_text()
    chip.click()
    visitor.page.locator("#chat .reply .sources").wait_for()
    assert visitor.page.locator("#chat .asked").all_inner_texts() == [question]


def test_an_empty_and_an_endless_question_get_a_gentle_word(visit):
    visitor = visit()
    visitor.page.get_by_label("Ask about your transcripts").press("Enter")
    visitor.page.get_by_text("Type a question first").first.wait_for()
    reply = visitor.ask("why " * 50_000)
    assert "failed" in reply.get_attribute("class")
    assert len(visitor.page.locator("#chat .asked").inner_text()) <= ECHO_CHARS + 2


def test_a_new_conversation_starts_empty_also_while_one_is_answered(visit):
    visitor = visit()
    visitor.ask(TRADE)
    box = visitor.page.get_by_label("Ask about your transcripts")
    box.fill("When will Tokayev visit Russia?")
    box.press("Enter")
    visitor.page.locator("#chat .asked").nth(1).wait_for()
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.locator("#evidence", has_text="The words behind an answer").wait_for()
    visitor.page.wait_for_timeout(1500)
    assert visitor.page.locator("#chat .reply").count() == 0
    assert "$30 billion" in visitor.ask(TRADE).inner_text()


def test_what_ends_late_does_not_bring_back_a_conversation_that_was_left(visit, monkeypatch):
    from rag import Assistant

    left, ended = threading.Event(), threading.Event()

    def suggestions(*_):
        yield "When will Tokayev visit Russia?"
        left.wait(30)
        ended.set()

    monkeypatch.setattr(Assistant, "suggestions", suggestions)
    visitor = visit()
    visitor.ask(TRADE)
    visitor.page.get_by_text("Ask next").wait_for()
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.locator("#evidence", has_text="The words behind an answer").wait_for()
    visitor.page.wait_for_timeout(500)
    left.set()
    assert ended.wait(30)
    visitor.page.wait_for_timeout(1500)
    assert visitor.page.locator("#chat .reply").count() == 0


def test_two_visitors_do_not_see_each_other(visit):
    visit().ask(TRADE)
    other = visit()
    assert other.page.locator("#chat .reply").count() == 0
    assert "The words behind an answer appear here" in other.evidence()


def test_unread_lines_are_listed_by_a_click(visit):
    visitor = visit()
    page = visitor.page
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Show 3 unread lines of Vladimir Putin").click()
    lines = page.get_by_role("table", name="Unread lines of Vladimir Putin")
    lines.wait_for()
    assert "Select font Arial Times New Roman" in lines.inner_text()
    assert lines.locator("tbody tr").count() == 3
    visitor.picture("unread")


def test_an_empty_library_says_what_to_do(browser, tmp_path):
    from rag import Assistant

    blocks = app.launch(Assistant.open(str(tmp_path)), port=0)
    try:
        visitor = Visitor(browser, blocks.local_url, width=1440, height=900, scheme="light")
        visitor.page.get_by_text("drop in your first transcript").wait_for()
        reply = visitor.ask(TRADE)
        assert "holds no transcripts yet" in reply.inner_text()
        visitor.page.close()
        assert visitor.errors == []
    finally:
        blocks.close()


def test_a_dropped_file_is_read_asked_about_and_removed(visit, library, tmp_path):
    visitor = visit()
    page = visitor.page
    council, empty = tmp_path / "council.txt", tmp_path / "empty.txt"
    council.write_text(COUNCIL, encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    page.get_by_role("tab", name="Library").click()
    page.locator("input[type=file]").set_input_files([str(council), str(empty)])
    page.locator("#report", has_text="1 read").wait_for(timeout=PATIENCE_MS)
    report = page.locator("#report").inner_text()
    assert "council.txt" in report
    assert "1 failed" in report
    assert "empty.txt" in report
    assert (library / "council.txt").read_text(encoding="utf-8") == COUNCIL
    page.locator("#header", has_text="2 transcripts, 6 turns").wait_for()
    visitor.picture("library")

    page.get_by_role("tab", name="Ask").click()
    reply = visitor.ask("When will the tram line open?")
    assert "March 3" in reply.inner_text()
    assert "March 3" in visitor.marked("March 3")
    assert "Anna Lindqvist" in visitor.evidence()
    assert "May 5, 2025" in visitor.evidence()

    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Remove council.txt").click()
    page.get_by_text("This cannot be undone").wait_for()
    assert (library / "council.txt").exists()  # nothing goes without the second click
    page.get_by_role("button", name="Delete the file").click()
    page.locator("#header", has_text="1 transcript, 4 turns").wait_for(timeout=PATIENCE_MS)
    assert not (library / "council.txt").exists()

    page.get_by_role("tab", name="Ask").click()
    reply.locator("a.cite").first.click()
    page.locator("#evidence", has_text="This transcript has left the library").wait_for()
    assert "March 3" in visitor.evidence()
