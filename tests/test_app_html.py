"""The page's HTML from data: hostile text stays text, markers lead to the exact words."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from importlib import resources

import pytest
from test_app import ANSWER, COST, HARBOUR, REFUSAL, FakeLibrary, cite

from index.types import (
    Document,
    FileResult,
    Progress,
    SyncReport,
    Transcript,
    Turn,
    UnreadLine,
)
from page.conversation import Evidence, Exchange
from page.html import (
    SPEAKER_COLOURS,
    UNREAD_CHARS,
    UNREAD_LINES,
    answer_text_html,
    chat_messages,
    chips_html,
    documents_html,
    escape,
    evidence_html,
    header_html,
    progress_html,
    reply_html,
    report_html,
    sources_html,
    speaker_colours,
    unread_html,
    welcome_html,
)
from rag.types import Answer, Citation

EVIL = (
    "<img src=http://evil.example/a.png onerror=alert(1)> <script>alert(1)</script> **bold** "
    "[link](http://evil.example) www.evil.example a@b.co [1] `code` $$x$$ ${1+1} {{value}}\n\n"
    '# head\n- list &amp; <a class="cite" href="#m1-1">[1]</a> \' " \\ |'
)


LINE = UnreadLine(7, EVIL, EVIL)


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
        lambda: documents_html([Document(EVIL, EVIL, None, EVIL, (EVIL,), 1, 1, 1, None)]),
        lambda: report_html(SyncReport((FileResult(EVIL, "failed", why=EVIL),), (EVIL,))),
        lambda: progress_html(Progress(EVIL, 1, 2)),
        lambda: chips_html([EVIL]),
        lambda: unread_html(evil_transcript()),
    ],
)
def test_hostile_text_reaches_the_page_as_text_and_nothing_else(make):
    seen = Seen(make())
    assert not {"img", "script"} & set(seen.tags)
    assert EVIL in seen.text
    assert set(seen.links) <= {"#m1-1"}
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
    assert Seen(markup).text == ANSWER.text
    assert '<a class="cite" href="#m3-1">&#91;1&#93;</a>&#46; It is late' in markup


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


def test_a_refusal_is_muted_and_offers_the_nearest_passages_as_sources():
    markup = reply_html(Exchange("Who won?", answer=REFUSAL), 4)
    seen = Seen(markup)
    assert 'class="reply refused"' in markup
    assert seen.text == (
        "The transcripts do not say [1].Nearest passages"
        "1 Cy “Closed.” February 29, 2024 · Harbour meeting"
    )
    assert seen.links == ["#m4-1"]


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


def test_the_table_has_unread_lines_only_where_there_are_some():
    plain = Document("a", "A", "2024-02-29", None, ("Ada",), 1200, 3, 0, None)
    torn = Document("b&c", "B", None, None, ("Bo",), 1, 1, 2, None)
    assert "Unread lines" not in Seen(documents_html([plain])).text
    markup = documents_html([plain, torn])
    assert "Unread lines" in Seen(markup).text
    assert "AFebruary 29, 2024Ada1,2003BBo112" in Seen(markup).text
    assert 'data-document="b&#38;c" aria-label="Show 2 unread lines of B">2<' in markup


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
        "1 read, 1 unchanged, 1 skipped, 1 failedThe model changed.What was done"
        "FileStateHoldsNotes"
        "a.txtread1 turn, 2 passages3 unread lines"
        "b.pngskippednot a transcript"
        "c.txtfailedit is empty"
    )
    assert Seen(report_html(SyncReport())).text == "Nothing to do"
