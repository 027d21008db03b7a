"""Filters as chips, and what a question was understood to say of where to look."""

from __future__ import annotations

import pytest
from test_app import HARBOUR, FakeAssistant, FakeLibrary
from test_app_html import Seen

from index.types import Filters
from page.conversation import Exchange, converse, find_limit, newest_evidence
from page.filters import (
    filters_chosen,
    filters_given,
    filters_held,
    filters_html,
    filters_without,
    limits_html,
)
from page.html import chat_messages
from page.panel import panel_html
from rag.types import Event

HELD = FakeLibrary(HARBOUR).documents()
ALL = Filters(("Ada", "Bo"), ("harbour.vtt",), "2024-01-01", "2024-12-31")


def test_what_is_chosen_is_a_filter_and_a_date_that_is_none_is_left_out():
    assert filters_chosen(["Ada"], None, "2024-02-29", " ") == Filters(("Ada",), (), "2024-02-29")
    assert filters_chosen(None, [], "soon", "2024-13-01") == Filters()
    assert filters_chosen([], [], "2024-02-29 00:00:00", None).since == "2024-02-29"


def test_a_program_may_give_one_name_by_itself():
    one = filters_given("Anna Lind", "harbour.vtt", None, "2024-12-31")
    assert one == Filters(("Anna Lind",), ("harbour.vtt",), None, "2024-12-31")
    assert filters_given(["Ada", "Bo"], None, None, None) == Filters(("Ada", "Bo"))


def test_a_filter_on_what_has_left_the_library_is_dropped():
    gone = Filters(("Ada", "Gone"), ("harbour.vtt", "gone.txt"), "2024-01-01")
    assert filters_held(gone, HELD) == Filters(("Ada",), ("harbour.vtt",), "2024-01-01")


def test_every_filter_has_a_chip_that_removes_it():
    markup = filters_html(ALL, HELD)
    assert Seen(markup).text == (
        "Searching onlysaid by Ada ×said by Bo ×in Harbour meeting ×"
        "dated January 1, 2024 to December 31, 2024 ×"
    )
    assert 'data-kind="speaker" data-value="Bo" aria-label="Remove the filter said by Bo"' in markup
    assert filters_html(Filters(), HELD) == ""


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("speaker", "Ada", Filters(("Bo",), ALL.documents, ALL.since, ALL.until)),
        ("document", "harbour.vtt", Filters(ALL.speakers, (), ALL.since, ALL.until)),
        ("dates", "", Filters(ALL.speakers, ALL.documents)),
        ("other", "Ada", ALL),
        (None, None, ALL),
    ],
)
def test_a_click_on_a_chip_leaves_the_others(kind, value, left):
    assert filters_without(ALL, kind, value) == left


def test_what_a_question_says_of_where_to_look_is_shown_with_the_way_to_ask_without():
    limits = Filters(("Ada",), ("harbour.vtt",), None, "2024-12-31")
    seen = Seen(limits_html(limits, ["Harbour meeting"], 3))
    assert seen.text.split(": ")[1].split(" × ") == [
        "said by Ada", "in Harbour meeting", "dated December 31, 2024 or earlier", "",
    ]  # fmt: skip
    assert seen.links == ["#u3-speakers", "#u3-documents", "#u3-dates"]
    assert limits_html(Filters(), [], 3) == ""


class Limited(FakeAssistant):
    """Understands every question to ask for Ada's words, unless it is told not to."""

    def stream(self, question, *, filters=None, history=(), beyond=(), written=True):
        self.beyond = beyond
        yield Event("limits", limits=Filters(() if "speakers" in beyond else ("Ada",)))
        yield from super().stream(question, filters=filters, history=history)


def test_a_question_is_asked_again_beyond_a_limit_with_what_stood_before_it():
    assistant = Limited(HARBOUR)
    *_, one = converse(assistant, "the quay?", [], Filters())
    *_, two = converse(assistant, "who won?", one, Filters())
    assert two[1].limits == Filters(("Ada",))
    assert "said by Ada ×" in Seen(chat_messages(two, HELD)[3]["content"]).text
    again, limit = find_limit(two, "u1-speakers")
    *_, three = converse(assistant, again.question, two, Filters(), again, (limit,))
    assert assistant.beyond == ("speakers",)
    assert assistant.asked[-1][2] == ()  # the first question had nothing before it
    assert three[2].limits == Filters()
    assert Seen(chat_messages(three, HELD)[4]["content"]).text == "the quay? (any speaker)Edit"


def test_the_passages_beside_an_answer_lie_within_the_filters_too():
    """What the question says of where to look is no more than they leave open."""

    class Searched(Limited):
        def search(self, words, k=10, filters=None):
            self.within = filters
            return []

    assistant = Searched(HARBOUR)
    *_, (one,) = converse(assistant, "the quay?", [], ALL)
    assert (one.filters, one.limits) == (ALL, Filters(("Ada",)))
    panel_html(assistant, [one], newest_evidence(assistant.library, [one]))
    assert assistant.within == ALL
    *_, (two,) = converse(assistant, "the quay?", [], Filters(documents=("harbour.vtt",)))
    panel_html(assistant, [two], newest_evidence(assistant.library, [two]))
    assert assistant.within == Filters(("Ada",), ("harbour.vtt",))


@pytest.mark.parametrize("key", [None, "", "u0-dates", "u9-dates", "u1-", "u1-names", "m1-1", 7])
def test_a_limit_that_is_not_there_is_none(key):
    assert find_limit([Exchange("q")], key) is None
