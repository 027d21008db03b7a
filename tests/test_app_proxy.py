"""The page behind a reverse proxy, at a path of its own, in a real browser; and two who use it."""

from __future__ import annotations

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from conftest import by_signs
from reverse_proxy import proxied
from test_app_browser import PATIENCE_MS, Visitor, browser

from serving.around import Serving
from serving.users import Users, add_user

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture of this module too

TRAM = "What does the tram cost?"
BUDGET = "Who pays for the basin?"
ANNA = ("anna", "tram line seven")
PER = ("per", "ferry at noon")


@pytest.fixture
def served(library):
    """Launches the page over the library of three transcripts, as told."""
    pages = []

    def launch(serving: Serving):
        pages.append(app.launch(by_signs(library), port=0, serving=serving))
        return pages[-1]

    yield launch
    for page in pages:
        page.close()


@pytest.mark.parametrize(
    ("strips", "keeps_host"), [(True, True), (False, True), (True, False), (False, False)]
)
def test_the_page_works_at_a_path_behind_a_proxy(served, browser, strips, keeps_host):
    page = served(Serving(base_path="/turncite", hosts=() if keeps_host else ("127.0.0.1",)))
    with proxied(page.local_url, "/turncite", strips=strips, keeps_host=keeps_host) as url:
        visitor = Visitor(browser, url, width=1200, height=800, scheme="light")
        assert "240 million kronor" in visitor.ask(TRAM).inner_text()
        visitor.marked("240 million kronor")
        visitor.page.close()
        assert visitor.errors == []
        assert all(asked.startswith((url, "data:", "blob:")) for asked in visitor.requests)
    with httpx.Client(base_url=page.local_url, trust_env=False) as web:
        for path in ("/health", "/turncite/health", "/turncite/config"):
            assert web.get(path).status_code == 200


def test_a_page_asks_for_the_login_and_two_people_see_their_own_conversation(
    served, browser, tmp_path
):
    """In one browser after another, and in two at once."""
    for user in (ANNA, PER):
        add_user(tmp_path / "users", *user)
    page = served(Serving(users=Users(tmp_path / "users")))

    def enter(context, name, password):
        visit = context.new_page()
        visit.set_default_timeout(PATIENCE_MS)
        visit.goto(page.local_url)
        visit.get_by_label("Name").fill(name)
        visit.get_by_label("Password").fill(password)
        visit.get_by_role("button", name="Log in").click()
        visit.locator("#header h1").wait_for()
        return visit

    def ask(visit, question):
        box = visit.get_by_label("Ask about your transcripts")
        box.fill(question)
        box.press("Enter")
        visit.locator("#chat .reply .sources").last.wait_for()

    def said(visit):
        visit.wait_for_timeout(1500)  # a kept conversation comes after the page
        return visit.locator("#chat").inner_text()

    def kept(visit):
        """Conversations that the browser has."""
        keys = visit.evaluate("Object.keys(localStorage)")
        return sum(key.startswith("turncite.talk.") for key in keys)

    first, second = browser.new_context(), browser.new_context()
    anna, per = enter(first, *ANNA), enter(second, *PER)
    ask(anna, TRAM)
    ask(per, BUDGET)
    assert "240 million kronor" in said(anna)
    assert "240 million kronor" not in said(per)
    assert "Dina Moe" in said(per)
    assert BUDGET not in said(anna)
    anna.reload()
    anna.locator("#chat .reply .sources").wait_for()
    assert "240 million kronor" in said(anna)

    anna.get_by_text("Log out").click()
    anna.get_by_text("You are logged out").wait_for()
    anna.goto(page.local_url)
    anna.get_by_label("Name").wait_for()
    assert "kronor" not in anna.content()
    again = enter(first, *PER)
    assert "240 million kronor" not in said(again)
    assert kept(again) == 0

    ask(again, BUDGET)
    assert kept(again) == 1
    first.clear_cookies()  # without a log-out, and somebody else comes
    after = enter(first, *ANNA)
    assert BUDGET not in said(after)
    assert kept(after) == 0
    for context in (first, second):
        context.close()


def test_two_browsers_without_a_login_see_their_own_conversation_too(served, browser):
    page = served(Serving())
    first, second = (
        Visitor(browser, page.local_url, width=1200, height=800, scheme="light") for _ in range(2)
    )
    first.ask(TRAM)
    second.ask(BUDGET)
    assert BUDGET not in first.page.locator("#chat").inner_text()
    assert TRAM not in second.page.locator("#chat").inner_text()
    for visitor in (first, second):
        visitor.page.close()


def test_a_file_that_is_not_read_is_refused_with_the_reason_on_the_page(served, browser):
    page = served(Serving())
    visitor = Visitor(browser, page.local_url, width=1200, height=800, scheme="light")
    visitor.page.get_by_role("tab", name="Library").click()
    photo = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    visitor.page.locator("#add input[type=file]").set_input_files(files=[photo])
    visitor.page.get_by_text("photo.png: not added, as Turncite reads files").wait_for()
    visitor.page.close()
