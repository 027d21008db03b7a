"""The page's HTML from data: hostile text stays text, markers lead to the exact words."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import pytest
from test_app import ANSWER, COST, HARBOUR, REFUSAL, FakeLibrary, cite

from index.types import (
    Document,
    FileResult,
    Filters,
    Progress,
    SyncReport,
    Transcript,
    Turn,
    UnreadLine,
)
from page.conversation import Doing, Evidence, Exchange
from page.evidence import SPEAKER_COLOURS, evidence_html, quote_to_copy, speaker_colours
from page.filters import filters_html, limits_html
from page.html import (
    answer_text_html,
    chat_messages,
    chips_html,
    header_html,
    reply_html,
    sources_html,
    value_listed,
    welcome_html,
)
from page.library import documents_html, not_read_html, progress_html, report_html, unread_html
from page.links import Spot
from page.plain import escape
from page.reader import reader_html
from rag.types import Answer, Citation

EVIL = (
    "<img src=http://evil.example/a.png onerror=alert(1)> <script>alert(1)</script> **bold** "
    "[link](http://evil.example) www.evil.example a@b.co [1] `code` $$x$$ ${1+1} {{value}}\n\n"
    '# head\n- list &amp; <a class="cite" href="#m1-1">[1]</a> \' " \\ |'
)


LINE = UnreadLine(7, EVIL, EVIL)
DOCUMENT = Document(EVIL, EVIL, None, EVIL, (EVIL,), 1, 1, 1, None)


class Seen(HTMLParser):
    """What a browser would make of HTML: its tags, links, text, and the text in <mark>."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = self.marked = ""
        self._in_mark = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._in_mark |= tag == "mark"
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self._in_mark &= tag != "mark"

    def handle_data(self, data):
        self.text += data
        self.marked += data if self._in_mark else ""


def test_escaped_text_is_read_back_exactly_and_holds_no_ascii_sign():
    escaped = escape(EVIL)
    assert html.unescape(escaped) == EVIL
    assert re.sub(r"&#\d+;", "", escaped).isascii()
    assert not re.search(r"[^\w\s]", re.sub(r"&#\d+;", "", escaped))


def test_escape_keeps_every_script_and_replaces_what_html_cannot_hold():
    assert escape("Қазақ 中文 – “né”") == "Қазақ 中文 – “né”"
    assert escape("a\x00b\ud800c") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "make",
    [
        lambda: reply_html(Exchange("q", answer=evil_answer()), 1),
        lambda: reply_html(Exchange("q", partial=EVIL), 1),
        lambda: reply_html(Exchange("q", status=EVIL), 1),
        lambda: reply_html(Exchange("q", error=EVIL), 1),
        lambda: reply_html(Exchange("q", note=EVIL, answer=evil_answer()), 1),
        lambda: chat_messages([Exchange(EVIL)])[0]["content"],
        lambda: found(evil_transcript(), cite(evil_transcript(), 0, EVIL), EVIL),
        lambda: evidence_html(Evidence(cite(evil_transcript(), 0, EVIL), why=EVIL)),
        lambda: evidence_html(Evidence(why=EVIL)),
        lambda: documents_html([DOCUMENT]),
        lambda: report_html(SyncReport((FileResult(EVIL, "failed", why=EVIL),), (EVIL,))),
        lambda: progress_html(
            Doing(Progress(EVIL, 1, 2), {EVIL: None, "b": FileResult(EVIL, "failed", why=EVIL)})
        ),
        lambda: chips_html([EVIL]),
        lambda: unread_html(evil_transcript()),
        lambda: reader_html(evil_transcript(), Spot(EVIL, 0, 3, 9)),
        lambda: documents_html([DOCUMENT], EVIL + " none"),
        lambda: documents_html([DOCUMENT], sizes={EVIL: 3}),
        lambda: not_read_html(SyncReport((FileResult(EVIL, "skipped", why=EVIL),))),
        lambda: limits_html(Filters((), (EVIL,)), [EVIL[:70]], 1) + escape(EVIL),
        lambda: filters_html(Filters((EVIL[:70],)), []) + escape(EVIL),
        lambda: reply_html(Exchange("q", answer=ANSWER, next=(EVIL,)), 1, last=True),
        lambda: chat_messages([Exchange(EVIL, answer=evil_answer())])[0]["content"],
        lambda: sources_html([replace(cite(evil_transcript(), 0, EVIL), asked=EVIL)], 1),
    ],
)
def test_hostile_text_reaches_the_page_as_text_and_nothing_else(make):
    seen = Seen(make())
    assert not {"img", "script"} & set(seen.tags)
    assert EVIL in seen.text
    ours = ("#m1-1", "#m1-2", "#u1-documents")
    places = ("?document=%3Cimg+src", "?speaker=%3Cimg+src")
    assert all(link in ours or link.startswith(places) for link in seen.links)
    assert "\n\n" not in make()  # a blank line would let Markdown back in


def found(transcript: Transcript, citation: Citation, question: str = "") -> str:
    return evidence_html(Evidence(citation, transcript, question))


def evil_transcript() -> Transcript:
    return Transcript(EVIL, EVIL, (Turn(0, EVIL, EVIL),), place=EVIL, unread=(LINE,))


def evil_answer() -> Answer:
    citation = cite(evil_transcript(), 0, EVIL)
    return Answer("q", True, "<script>alert(1)</script>", f"{EVIL} [1]", (citation,))


def test_markers_become_links_but_not_those_in_quotes_or_without_a_source():
    markup = answer_text_html(ANSWER, 3)
    assert Seen(markup).links == ["#m3-1", "#m3-2"]
    assert Seen(markup).text.replace("\xa0", " ") == ANSWER.text
    assert '">&#91;1&#93;</a>&#46; It is late' in markup


def test_resting_on_a_marker_reads_its_quote():
    markup = answer_text_html(ANSWER, 3)
    assert f'href="#m3-1" title="{escape("Ada: “The quay costs $4 million [1]”")}"' in markup


def test_a_short_answer_is_bold_in_the_quote_not_inside_a_name():
    text = "Jo Park: “The Park opens in May.” [1]"
    said = Transcript("t", "T", (Turn(0, "Jo Park", "The Park opens in May."),))
    markup = answer_text_html(
        Answer("q", True, "Park", text, (cite(said, 0, said.turns[0].text),)), 1
    )
    assert f"{escape('Jo Park: “The ')}<strong>Park</strong>" in markup
    nowhere = Answer("q", True, "Park", "Jo Park: “It opens.”", (replace(COST, speaker="Jo Park"),))
    assert "<strong>" not in answer_text_html(nowhere, 1)
    who = Answer("q", True, "Jo Park", "Jo Park: “It opens.”", (replace(COST, speaker="Jo Park"),))
    assert "<strong>Jo Park</strong>" in answer_text_html(who, 1)


def test_the_short_answer_is_bold_where_it_occurs():
    markup = answer_text_html(ANSWER, 1)
    assert markup.count("<strong>") == 1
    assert f"costs <strong>{escape('$4 million')}</strong>" in markup


def test_a_short_answer_that_does_not_occur_changes_nothing():
    answer = Answer("q", True, "four million", "It is 4 million [1].", (COST,))
    assert "<strong>" not in answer_text_html(answer, 1)


def test_sources_name_the_speaker_the_date_and_the_title():
    seen = Seen(sources_html(ANSWER.citations, 2))
    assert seen.text == (
        "1 Ada February 29, 2024 · Harbour meeting"
        "2 Unnamed speaker February 29, 2024 · Harbour meeting"
    )
    assert seen.links == ["#m2-1", "#m2-2"]


def test_a_source_shows_the_value_that_a_list_gives_it_and_the_question_put_before_it():
    text = "2 dates in 1 transcript.\n\nMay 5 · Ada: “On May 5.” [1] (said twice more)\nno · [2]"
    asked = replace(ANSWER.citations[1], asked="When will it be ready?")
    seen = Seen(sources_html([COST, asked], 2, text=text)).text
    assert seen.startswith("1 May 5 Ada February 29, 2024")
    assert seen.endswith("Harbour meeting asked: “When will it be ready?”")
    assert [value_listed(text, marker) for marker in (1, 3)] == ["May 5", ""]
    assert value_listed("Ada: “It is · late” [1]", 1) == ""


def test_a_refusal_is_muted_and_offers_the_nearest_passages_as_sources():
    markup = reply_html(Exchange("Who won?", answer=REFUSAL), 4)
    seen = Seen(markup)
    assert 'class="reply refused"' in markup
    assert seen.text == (
        "The transcripts do not say [1].Nearest passages"
        "1 Cy “Closed.” February 29, 2024 · Harbour meeting"
        "Copy"
    )
    assert seen.links == ["#m4-1"]


def test_the_last_answer_can_be_asked_again_and_leads_on():
    leading = Exchange("q", answer=ANSWER, next=("Is it late?",))
    *_, first, _, last = [m["content"] for m in chat_messages([leading, leading])]
    assert [word in Seen(last).text for word in ("Copy", "Ask again", "Is it late?")] == [True] * 3
    assert [word in Seen(first).text for word in ("Copy", "Ask again", "late?")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("answer", [ANSWER, REFUSAL])
def test_a_note_stands_with_an_answer_and_with_a_refusal(answer):
    note = "The model is away. **Quotes** instead."
    assert note in Seen(reply_html(Exchange("q", note=note, answer=answer), 1)).text


def test_evidence_marks_exactly_the_cited_words():
    seen = Seen(found(HARBOUR, COST, "What does the quay cost?"))
    assert seen.marked == HARBOUR.turns[2].text[COST.start : COST.end] == COST.quote


def test_evidence_shows_two_turns_each_side_and_where_they_are():
    seen = Seen(found(HARBOUR, COST, "What does the quay cost?"))
    assert "Source 1 for “What does the quay cost?”" in seen.text
    assert "Harbour meeting" in seen.text
    assert "Ada · February 29, 2024 · Bergen · at 1:02:05 · turn 3 of 6" in seen.text
    assert "We open the meeting." in seen.text
    assert "Agreed." in seen.text
    assert "Closed." not in seen.text
    assert "Unnamed speaker" in seen.text


def test_evidence_leads_to_the_other_sources_and_to_the_whole_transcript():
    shown = Evidence(COST, HARBOUR, key="m1-2", before="m1-1", after="", of=2)
    markup = evidence_html(shown)
    assert "Source 1 of 2" in Seen(markup).text
    assert 'class="step previous" data-key="m1&#45;1" title' in markup
    assert 'class="step next" data-key="" disabled' in markup
    link = html.unescape(re.search(r'class="open" href="([^"]*)" data-key="m1&#45;2"', markup)[1])
    assert link == "?document=harbour.vtt&turn=3&words=0-29"


def test_the_question_put_before_the_words_is_marked_in_its_turn():
    asked = replace(COST, asked="Thank you.")
    assert f'<span class="put">{escape("Thank you.")}</span>' in found(HARBOUR, asked)


def test_a_quote_is_copied_with_its_source():
    assert quote_to_copy(COST) == (
        "“The quay costs $4 million [1]” — Ada, Harbour meeting, February 29, 2024, 1:02:05, turn 3"
    )


def test_every_span_of_a_turn_is_marked_exactly():
    text = "a\n<b>&\u0301 é 中 $x$ [1]"
    transcript = Transcript("t", "T", (Turn(0, "Ada", text),))
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            citation = Citation(1, text[start:end], "Ada", "t", "T", None, 0, start, end, None, 1.0)
            assert Seen(found(transcript, citation)).marked == text[start:end]


def test_a_very_long_turn_is_cut_around_the_words_never_in_them():
    text = "before " * 100_000 + "the exact words" + " after" * 100_000
    transcript = Transcript("t", "T", (Turn(0, "Ada", text),))
    markup = found(transcript, cite(transcript, 0, "the exact words"))
    seen = Seen(markup)
    assert seen.marked == "the exact words"
    assert "… before before" in seen.text
    assert seen.text.endswith("after after …")
    assert len(markup) < 20_000


def test_words_without_their_transcript_are_shown_unmarked_with_the_reason():
    seen = Seen(evidence_html(Evidence(COST, why="It has changed. It said:")))
    assert "It has changed. It said:" in seen.text
    assert COST.quote in seen.text
    assert seen.marked == ""


def test_a_time_is_written_for_people():
    early = Transcript("t", "T", (Turn(0, "Ada", "Good.", 65.9),))
    seen = Seen(found(early, cite(early, 0, "Good."))).text
    assert "Ada · at 1:05 · turn 1 of 1" in seen


def test_every_speaker_has_a_colour_in_light_and_dark():
    style = resources.files("page").joinpath("style.css").read_text(encoding="utf-8")
    for number in range(SPEAKER_COLOURS):
        assert style.count(f"--voice{number}: #") == 2
        assert f".voice{number} {{ color: var(--voice{number}); }}" in style


def test_speakers_keep_a_colour_of_their_own():
    turns = [Turn(n, f"Speaker {n}", "x") for n in range(SPEAKER_COLOURS)]
    colours = speaker_colours(turns)
    assert sorted(colours.values()) == list(range(SPEAKER_COLOURS))
    assert speaker_colours(turns) == colours


def test_the_header_counts_the_library():
    documents = FakeLibrary(HARBOUR).documents()
    assert "1 transcript, 6 turns" in Seen(header_html(documents)).text
    assert "The library is empty" in Seen(header_html([])).text


def test_an_empty_library_says_how_to_add_the_first_transcript():
    welcome = Seen(welcome_html([])).text
    assert "Open the Library tab and drop in your first transcript" in welcome
    assert "No transcripts yet" in documents_html([])
