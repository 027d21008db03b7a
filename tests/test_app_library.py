"""The library on the page: its table, sorted and searched, unread lines, reports."""

from __future__ import annotations

import pytest
from test_app_html import Seen

from index.types import Document, FileResult, SyncReport, Transcript, UnreadLine
from page.library import (
    SHOWN_DOCUMENTS,
    UNREAD_CHARS,
    UNREAD_LINES,
    Order,
    arranged,
    documents_html,
    not_read_html,
    report_html,
    size_words,
    sizes_of,
    unread_html,
)

OLD = Document("a.txt", "Council", "2024-02-29", "Bergen", ("Ada",), 1200, 3, 0, 65.0)
NEW = Document("b&c.txt", "harbour", "2025-05-05", None, ("Bo", "Zoë"), 1, 1, 2, None)
BARE = Document("c.txt", "Älv", None, None, (), 7, 1, 0, None)
HELD = [OLD, NEW, BARE]


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (Order(), ["c.txt", "a.txt", "b&c.txt"]),
        (Order("Date"), ["a.txt", "b&c.txt", "c.txt"]),
        (Order("Date", falling=True), ["b&c.txt", "a.txt", "c.txt"]),
        (Order("Turns", falling=True), ["a.txt", "c.txt", "b&c.txt"]),
        (Order("Length"), ["a.txt", "b&c.txt", "c.txt"]),
        (Order("Size", falling=True), ["b&c.txt", "a.txt", "c.txt"]),
        (Order("Speakers"), ["a.txt", "b&c.txt", "c.txt"]),
        (Order("Unread lines", falling=True), ["b&c.txt", "a.txt", "c.txt"]),
    ],
)
def test_the_table_is_sorted_and_what_lacks_the_value_is_last(order, ids):
    assert [d.id for d in arranged(HELD, "", order, {"a.txt": 5, "b&c.txt": 50})] == ids


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("COUNCIL", ["a.txt"]), ("zoe", ["b&c.txt"]), ("alv", ["c.txt"]),
        ("bergen 2024", ["a.txt"]),
        ("may 2025", ["b&c.txt"]), (".txt", ["c.txt", "a.txt", "b&c.txt"]), ("nothing", []),
    ],
)  # fmt: skip
def test_the_table_is_searched_by_title_name_date_place_and_speaker(words, ids):
    assert [d.id for d in arranged(HELD, words, Order(), {})] == ids


def test_a_click_on_a_head_sorts_by_it_and_the_next_turns_it_round():
    assert Order().turned_to("Title") == Order("Title", falling=True)
    assert Order().turned_to("Date") == Order("Date", falling=True)
    assert Order("Date", falling=True).turned_to("Date") == Order("Date")
    assert Order().turned_to("<script>") == Order()


def test_the_table_says_how_it_is_sorted_and_what_its_buttons_do():
    markup = documents_html(HELD, "", Order("Date", falling=True), {"a.txt": 1200})
    assert 'aria-sort="descending"><button type="button" class="sort" data-act="sort"' in markup
    assert markup.count('aria-sort="none"') == 6
    assert 'data-act="remove" data-document="b&#38;c&#46;txt" aria-label="Remove b' in markup
    assert 'href="&#63;document&#61;b&#37;26c&#46;txt"' in markup
    seen = Seen(markup).text
    assert "3 transcripts" in seen
    assert "harbourb&c.txtMay 5, 2025Bo, Zoë12Remove" in seen
    assert "Councila.txtFebruary 29, 2024Ada1,2001:051 kBRemove" in seen


def test_columns_that_would_be_empty_are_left_out():
    seen = Seen(documents_html([BARE])).text
    assert not any(name in seen for name in ("Length", "Size", "Unread lines"))


def test_a_search_that_finds_nothing_and_one_that_finds_too_many_say_so():
    assert Seen(documents_html(HELD, "nothing")).text == "None of 3 transcripts matches “nothing”."
    assert "2 of 3 transcripts" in Seen(documents_html(HELD, "ar")).text.replace("Bo, ", "")
    many = [Document(f"{n}.txt", "T", None, None, (), 1, 1, 0, None) for n in range(300)]
    markup = documents_html(many)
    assert f"300 transcripts, the first {SHOWN_DOCUMENTS} are shown" in Seen(markup).text
    assert markup.count("<tr>") == SHOWN_DOCUMENTS + 1


def test_sizes_are_of_files_that_are_there(tmp_path):
    (tmp_path / "a.txt").write_text("12345")
    assert sizes_of(tmp_path, HELD) == {"a.txt": 5}
    assert [size_words(n) for n in (7, 1499, 999_499, 999_500, 12_345_678)] == [
        "7 B", "1 kB", "999 kB", "1.0 MB", "12.3 MB",
    ]  # fmt: skip


def test_many_unread_lines_are_summed_up_by_their_reasons():
    lines = [UnreadLine(n, str(n), "a page number") for n in range(12)]
    torn = Transcript("b.txt", "B", (), unread=(*lines, UnreadLine(99, "?", "no speaker")))
    assert Seen(unread_html(torn)).text.startswith("12: a page number; 1: no speaker")


def test_what_is_not_in_the_library_is_listed_with_its_reason():
    report = SyncReport(
        (FileResult("a.mp3", "skipped", why="a recording"), FileResult("b.txt", "unchanged"))
    )
    assert Seen(not_read_html(report)).text == (
        "1 file not in the library, and whyNot in the libraryFileStateWhya.mp3skippeda recording"
    )
    assert not_read_html(SyncReport()) == ""


def test_the_recording_of_a_transcript_is_not_listed_as_left_out():
    recording = FileResult("a.mp3", "skipped", why="the recording of a.vtt")
    assert not_read_html(SyncReport((recording,))) == ""


def test_unread_lines_are_listed_with_their_reasons():
    lines = (UnreadLine(3, "----", "no speech"), UnreadLine(1200, "x " * 200, "no speaker"))
    torn = Transcript("b.txt", "B", (), unread=lines)
    clipped = " ".join("x" * (UNREAD_CHARS // 2)) + " …"
    assert Seen(unread_html(torn)).text == (
        f"Unread lines of BLineTextWhy3----no speech1,200{clipped}no speaker"
    )


def test_a_great_many_unread_lines_end_in_the_command_that_lists_them():
    lines = tuple(UnreadLine(n, "x", "y") for n in range(1, UNREAD_LINES + 3))
    seen = Seen(unread_html(Transcript("b.txt", "B", (), unread=lines))).text
    assert f"{UNREAD_LINES}xyAnd 2 more: turncite show b.txt" in seen


def test_the_report_says_what_was_read_skipped_and_failed_and_why():
    report = SyncReport(
        (
            FileResult("a.txt", "read", turns=1, passages=2, unread=3),
            FileResult("b.png", "skipped", why="not a transcript"),
            FileResult("c.txt", "failed", why="it is empty"),
            FileResult("d.txt", "unchanged"),
        ),
        ("The model changed.",),
    )
    assert Seen(report_html(report)).text == (
        "1 read, 1 failed, 1 skipped, 1 unchangedThe model changed.What was done"
        "FileStateHoldsNotes"
        "a.txtread1 turn, 2 passages3 unread lines"
        "b.pngskippednot a transcript"
        "c.txtfailedit is empty"
    )
    assert Seen(report_html(SyncReport())).text == "Nothing to do"
