"""Browsing in a real browser: recordings, speakers, words over time, an archive; and what the page
hands out of recordings. The reader is the one of signs, so that no model is waited for."""

from __future__ import annotations

import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import COUNCIL, WordEmbedder, by_signs, write

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from test_app_browser import PATIENCE_MS, Visitor, browser

__all__ = ["browser"]  # a fixture of this module too

EVIL = "<img src=x onerror=window.hit=1>"
TALK = """WEBVTT

00:00.000 --> 00:04.000
<v Ada Lind>The tram opens in March.

00:04.000 --> 00:06.000
<v Bo Holm>And the ferry?

00:06.000 --> 00:20.000
<v Ada Lind>The ferry sails when the tram is there.
"""


def write_silence(path: Path, seconds: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128]) * 8000 * seconds)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("browse") / "library"
    write(folder / "2025-03-01 talk.vtt", TALK)
    write_silence(folder / "2025-03-01 talk.wav", 20)
    write(folder / "council.txt", COUNCIL)
    evil = f"Evil {EVIL} board\nBo Holm: The tram {EVIL} sails.\nCy Ek: Yes.\nMay 6, 2024, Oslo\n"
    write(folder / "evil.txt", evil)
    write_silence(folder / "alone.wav", 1)
    return folder


@pytest.fixture(scope="module")
def url(library) -> Iterator[str]:
    page = app.launch(by_signs(library, WordEmbedder()), port=0)
    yield page.local_url
    page.close()


@pytest.fixture
def visit(browser, url) -> Iterator[Visitor]:
    """Opens the page at an address; afterwards nothing failed or ran that should not."""
    visitors: list[Visitor] = []

    def open_page(address="", width=1440, height=900, scheme="light") -> Visitor:
        visitor = Visitor(browser, url + address, width=width, height=height, scheme=scheme)
        visitors.append(visitor)
        return visitor

    yield open_page
    for visitor in visitors:
        assert visitor.page.evaluate("window.hit") is None
        assert not visitor.overflows()
        visitor.page.close()
        assert visitor.errors == []


def media_time(visitor) -> float:
    return visitor.page.evaluate("document.querySelector('#reader audio').currentTime")


def test_a_recording_is_handed_out_in_ranges_and_no_other_file(url, library):
    talk = library / "2025-03-01 talk.wav"
    with httpx.Client(base_url=url, trust_env=False) as web:
        part = web.get(
            "/recording",
            params={"document": "2025-03-01 talk.vtt"},
            headers={"Range": "bytes=44-63", "Accept-Encoding": "br, gzip"},
        )
        assert (part.status_code, part.content) == (206, bytes([128]) * 20)
        assert part.headers["content-range"] == f"bytes 44-63/{talk.stat().st_size}"
        assert part.headers["content-type"] == "audio/wav"
        names = ("council.txt", "alone.txt", "alone.wav", "../library/2025-03-01 talk.vtt",
                 "2025-03-01 talk.wav", str(talk), "", "..", "/etc/passwd")  # fmt: skip
        for name in names:
            assert web.get("/recording", params={"document": name}).status_code == 404
        for path in (talk, library / "council.txt"):
            assert web.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_a_page_with_a_login_keeps_its_recordings_to_itself(library):
    import gradio as gr

    from tabs.media import serve_recordings

    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("x")
    blocks.launch(prevent_thread_lock=True, quiet=True, auth=("ada", "secret"), ssr_mode=False)
    try:
        serve_recordings(blocks.app, by_signs(library, WordEmbedder()).library)
        with httpx.Client(base_url=blocks.local_url, trust_env=False) as web:
            where = {"document": "2025-03-01 talk.vtt"}
            assert web.get("/recording", params=where).status_code == 401
            web.post("/login", data={"username": "ada", "password": "secret"})
            assert web.get("/recording", params=where).status_code == 200
    finally:
        blocks.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1440, 900, "light"), (1024, 768, "light"), (390, 844, "dark"), (1440, 900, "dark")],
)
def test_a_turn_plays_from_its_time_and_is_marked(visit, width, height, scheme):
    visitor = visit("?document=2025-03-01+talk.vtt", width, height, scheme)
    page = visitor.page
    page.locator("#reader audio").wait_for()
    page.get_by_role("button", name="Play from 0:06").focus()
    page.keyboard.press("Enter")
    page.locator("li.heard[data-turn='3']").wait_for()
    assert 6 <= media_time(visitor) < 12
    page.get_by_role("button", name="Play from 0:04").click()
    heard = page.locator("li.heard[data-turn='2']")
    heard.wait_for()
    assert heard.get_attribute("aria-current") == "true"
    page.locator("li.heard[data-turn='3']").wait_for()  # as it goes
    if width < 1100:
        page.get_by_text("Who spoke how much", exact=True).click()
    bars = page.get_by_role("table", name="By the times of the turns")
    assert "Ada Lind" in bars.inner_text()
    assert "90%" in bars.inner_text()
    page.get_by_role("tab", name="Explore").click()  # which has its own first words all the same
    page.get_by_text("Type a word to see how often").wait_for()
    page.get_by_role("tab", name="Transcript").click()
    visitor.picture(f"recording-{width}-{scheme}")


@pytest.mark.browser
def test_a_source_is_played_and_its_places_are_shown(visit):
    visitor = visit()
    page = visitor.page
    visitor.ask("When does the tram open?")
    page.locator("#evidence mark").wait_for()
    strips = page.get_by_role("region", name="Where this lies in the transcripts")
    strips.wait_for()
    visitor.picture("strips")
    source = strips.locator("a", has=page.locator("rect.cited")).first
    source.focus()
    page.keyboard.press("Enter")
    page.locator("#reader mark").wait_for()
    page.get_by_role("tab", name="Ask").click()
    page.locator("#chat a.source", has_text="talk").first.click()
    page.get_by_role("link", name="Play from").click()
    page.locator("#reader li.heard").wait_for()
    assert "play" not in page.url
    page.wait_for_function("!document.querySelector('#reader audio').paused")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_a_speaker_leads_to_their_turns_and_to_questions_of_them_alone(visit, width, scheme):
    visitor = visit("?document=2025-03-01+talk.vtt", width, 844, scheme)
    page = visitor.page
    page.locator("#reader a.speaker", has_text="Bo Holm").first.click()
    page.get_by_role("heading", name="Bo Holm").wait_for()
    assert page.url.endswith("?speaker=Bo+Holm")
    found = page.locator("#found")
    assert "2 transcripts · 2 turns" in found.inner_text()
    assert "May 6, 2024 to March 1, 2025" in found.inner_text()
    visitor.picture(f"speaker-{width}-{scheme}")
    found.get_by_role("link", name="talk").click()
    page.locator("#reader li:visible").first.wait_for()
    page.wait_for_function("document.querySelectorAll('#reader li:not([hidden])').length === 1")
    assert page.url.endswith("&speaker=Bo+Holm")
    page.locator("#reader select.voice").select_option("*")
    assert page.locator("#reader li:visible").count() == 3

    page.get_by_role("tab", name="Explore").click()
    page.get_by_role("button", name="Ask only of Bo Holm").click()
    page.get_by_role("button", name="Remove the filter said by Bo Holm").wait_for()
    assert page.get_by_label("Ask about your transcripts").is_visible()
    page.wait_for_function("!location.search")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1024, "light"), (390, "dark"), (1440, "dark")]
)
def test_words_are_counted_by_date_and_speaker_and_lead_to_their_turns(visit, width, scheme):
    visitor = visit("", width, 844, scheme)
    page = visitor.page
    page.get_by_role("tab", name="Explore").click()
    page.get_by_text("Type a word to see how often").wait_for()
    box = page.get_by_label("How often was it said?")
    box.fill("tram")
    box.press("Enter")
    page.get_by_text("Said 5 times in 4 turns of 3 transcripts").wait_for()
    assert page.url.endswith("?said=tram")
    columns = page.get_by_role("group", name="How often, by month")
    assert columns.get_by_role("button").count() == 3
    bars = page.get_by_role("table", name="Who said it how often")
    assert bars.get_by_role("row", name="Ada Lind").inner_text().split()[2] == "2"
    columns.get_by_role("button", name="March 2025: 2 times").press("Enter")
    place = page.get_by_role("link", name="Ada Lind · turn 3 · 0:06")
    place.wait_for()
    page.wait_for_timeout(600)  # a smooth scroll
    visitor.picture(f"words-{width}-{scheme}")
    place.click()
    mark = page.locator("#reader li.cited mark", has_text="tram")
    mark.wait_for()
    assert "turn=3&words=" in page.url

    box_again = visit("?said=unheard", width, 844, scheme).page
    box_again.get_by_text("Never said in").wait_for()


@pytest.mark.browser
def test_a_folder_as_zip_is_added_and_what_was_left_out_is_told(visit, library, tmp_path):
    visitor = visit()
    page = visitor.page
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as made:
        made.writestr("2023/old board.txt", "Cy Ek: The quay is old.\nDee Moe: It is.\n")
        made.writestr("2023/broken.pdf", "%PDF-1.4 nothing")
        made.writestr("../out.txt", "Cy Ek: Out.\nDee Moe: Yes.\n")
    page.get_by_role("tab", name="Library").click()
    page.locator("input[type=file]").set_input_files(str(tmp_path / "all.zip"))
    report = page.locator("#report", has_text="1 read")
    report.wait_for(timeout=PATIENCE_MS)
    assert "all.zip/2023/broken.pdf" in report.inner_text()
    assert "its name leads out of the archive" in report.inner_text()
    visitor.picture("zip")
    page.get_by_role("link", name="old board").wait_for()
    assert "2025-03-01 talk.wav" not in page.locator("#left-out").inner_text()
    page.locator("#table").get_by_role("link", name="Dee Moe").click()
    page.get_by_role("heading", name="Dee Moe").wait_for()
    (library / "2023" / "old board.txt").unlink()
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Read what changed in the folder").click()
    page.locator("#header", has_text="3 transcripts").wait_for(timeout=PATIENCE_MS)


@pytest.mark.browser
def test_an_address_of_nobody_and_of_markup_says_so_and_runs_nothing(visit):
    visit("?speaker=<img src=x onerror=window.hit=1>x").page.get_by_text("has turns of").wait_for()
    visit("?said=<b>").page.locator("#found", has_text="Never said").wait_for()
    page = visit("?said=tram").page
    page.get_by_role("heading", name="“tram”").wait_for()
    assert page.locator("#found img").count() == 0
