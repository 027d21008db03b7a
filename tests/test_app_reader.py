"""A whole transcript on the page, and addresses that name a place in it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from test_app import COST, HARBOUR, FakeLibrary
from test_app_html import EVIL, Seen

from index.errors import DamagedIndex
from index.types import Transcript, Turn
from page.links import Spot, link_to, spot_linked, spot_of
from page.reader import opened_html, reader_html, shelf_html


@pytest.mark.parametrize(
    ("spot", "link"),
    [
        (Spot("a.txt"), "?document=a.txt"),
        (Spot("a/b & ü?.txt", 0), "?document=a%2Fb+%26+%C3%BC%3F.txt&turn=1"),
        (Spot("a.txt", 16, 3, 20), "?document=a.txt&turn=17&words=3-20"),
    ],
)
def test_an_address_names_a_place_and_leads_back_to_it(spot, link):
    from urllib.parse import parse_qsl

    assert link_to(spot) == link
    assert spot_linked(dict(parse_qsl(link[1:]))) == spot


@pytest.mark.parametrize(
    ("query", "spot"),
    [
        ({}, None),
        ({"document": ""}, None),
        ({"document": "a", "turn": "0"}, Spot("a")),
        ({"document": "a", "turn": "-3", "words": "1-2"}, Spot("a")),
        ({"document": "a", "turn": "9" * 40}, Spot("a")),
        ({"document": "a", "turn": "2", "words": "9-3"}, Spot("a", 1)),
        ({"document": "a", "turn": "2", "words": "<script>"}, Spot("a", 1)),
    ],
)
def test_what_is_no_place_in_an_address_is_left_out(query, spot):
    assert spot_linked(query) == spot


def test_where_none_is_open_all_can_be_chosen_and_those_of_one_title_are_told_apart():
    one = FakeLibrary(HARBOUR).documents()[0]
    two = [one, replace(one, id="harbour.txt"), replace(one, id="e.txt", title=EVIL, date=None)]
    seen = Seen(shelf_html(two))
    assert seen.links == ["?document=harbour.vtt", "?document=harbour.txt", "?document=e.txt"]
    assert "Harbour meeting · February 29, 2024 · harbour.vttAda, Bo" in seen.text
    assert "Harbour meeting · February 29, 2024 · harbour.txtAda, Bo" in seen.text
    assert EVIL in seen.text
    assert "Drop transcripts in the Library tab" in Seen(shelf_html([])).text


def test_a_transcript_is_shown_whole_with_the_spot_marked():
    markup = reader_html(HARBOUR, spot_of(COST))
    seen = Seen(markup)
    assert seen.marked == COST.quote
    for turn in HARBOUR.turns:
        assert turn.text in seen.text
    assert "February 29, 2024 · Bergen · 6 turns · 1:02:15" in seen.text
    assert markup.count('class="turn cited"') == 1
    assert (
        '<li class="turn cited" data-turn="3" data-seconds="3725.00" data-speaker="Ada">' in markup
    )
    assert "?document=harbour.vtt&turn=6" in seen.links


def test_speakers_are_offered_by_how_often_they_speak_those_without_a_name_too():
    markup = reader_html(HARBOUR, Spot(HARBOUR.id))
    options = re.findall(r'<option value="([^"]*)">([^<]*)<', markup)
    assert [(value, html.unescape(text)) for value, text in options] == [
        ("*", "Everyone"), ("Ada", "Ada (2)"), ("Bo", "Bo (2)"),
        ("", "Unnamed speaker (1)"), ("Cy", "Cy (1)"),
    ]  # fmt: skip


@pytest.mark.parametrize("spot", [Spot("t"), Spot("t", 7, 0, 2), Spot("t", 0, 2, 99)])
def test_a_spot_that_is_not_there_marks_nothing(spot):
    transcript = Transcript("t", "T", (Turn(0, "Ada", "Good."),))
    assert Seen(reader_html(transcript, spot)).marked == ""


def test_a_transcript_without_times_is_asked_for_turns_alone():
    transcript = Transcript("t", "T", (Turn(0, "Ada", "Good."),))
    markup = reader_html(transcript, Spot("t"))
    assert 'aria-label="Go to turn"' in markup
    assert "data-seconds" not in markup


def test_what_cannot_be_opened_says_why():
    assert (
        "gone.txt is not in this library"
        in Seen(opened_html(FakeLibrary(HARBOUR), Spot("gone.txt"))).text
    )

    class Broken(FakeLibrary):
        def transcript(self, document_id):
            raise DamagedIndex("the index is broken; run: turncite sync --rebuild")

    assert "turncite sync --rebuild" in Seen(opened_html(Broken(HARBOUR), Spot("a"))).text
