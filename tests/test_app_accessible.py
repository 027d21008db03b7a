"""Every tab held against axe-core's rules (WCAG 2.2 A and AA, and its best practices) in a real
browser: no serious or critical fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_app import HARBOUR
from test_app_asking import QUAY, Asking
from test_app_browser import Visitor, browser

import app

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture of this module too

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    page = app.launch(Asking(HARBOUR), port=0)
    yield page.local_url
    page.close()


def faults(page) -> list[str]:
    """The grave faults of the page as it stands; none of gradio's own is left out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:300]}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_a_grave_fault(browser, url, width, scheme):
    visitor = Visitor(browser, url, width=width, height=900, scheme=scheme)
    page = visitor.page
    page.locator("button.chip").first.wait_for(state="attached")
    assert not faults(page)  # empty
    visitor.ask(QUAY)
    page.locator("#chat .next").wait_for()
    page.locator("#talks summary").click()
    assert not faults(page)  # an answer, its evidence, and the list of conversations
    page.locator("#talks summary").click()
    visitor.ask("Who won?")
    page.get_by_role("button", name="Search only in").click()
    page.locator("#chat .tool.edit").first.focus()
    page.keyboard.press("Enter")
    page.locator("#editing .editing").wait_for()
    assert not faults(page)  # a refusal, an edit, and the filters
    page.get_by_role("tab", name="Transcript").click()
    assert not faults(page)
    page.goto(url + "?document=harbour.vtt&turn=3&words=4-10")
    page.locator("#reader mark").wait_for()
    assert not faults(page)
    page.get_by_role("tab", name="Library").click()
    page.locator("#table table").wait_for()
    assert not faults(page)
    page.close()
