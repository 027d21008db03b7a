"""Who spoke how much, how often words were said, where an answer lies: counted and shown."""

from __future__ import annotations

import re

import pytest
from conftest import write
from test_app import COST, HARBOUR, FakeLibrary, cite
from test_app_html import DOCUMENT, EVIL, Seen, evil_transcript

from index import Library
from index.types import Document, Hit, Passage, Said, Slice, Transcript, Turn
from page.conversation import Evidence
from page.evidence import evidence_html
from page.links import Spot, link_to, recording_link, said_link, speaker_link, spot_linked
from page.mentions import mentions_html, period_words, periods, summed
from page.people import parts_of, speaker_page_html, speakers_html
from page.reader import reader_html
from page.strips import strips_html, ticks_of
from page.talk import Share, bar_html, percent, seconds_of, shares_of, talk_html

UNTIMED = Transcript(
    "a.txt", "A", (Turn(0, "Ada", "One two three."), Turn(1, None, "Four."), Turn(2, "Ada", "Five"))
)


def said(document: str, turn: Turn, *spans: tuple[int, int]) -> Said:
    return Said(document, turn, spans)


def test_who_spoke_how_long_is_told_by_time_where_every_turn_has_one():
    assert shares_of(HARBOUR) == [
        Share("Ada", 2, 14, 8.0), Share("Bo", 2, 3, 3.0), Share("Cy", 1, 1, 2.0),
        Share(None, 1, 2, 1.0),
    ]  # fmt: skip
    assert shares_of(UNTIMED) == [Share("Ada", 2, 4, None), Share(None, 1, 1, None)]


@pytest.mark.parametrize(
    ("times", "lengths"),
    [
        ([(0, 2), (5, None), (7, 9)], [2, 2, 2]),  # to its end, else to the next
        ([(0, None), (5, None)], [5, 0]),  # a last turn without an end counts as nothing
        ([(0, 2), (None, None)], None),
        ([(0, None)], None),
        ([(4, 1), (5, 6)], [0, 1]),  # times that run back
    ],
)
def test_how_long_each_turn_lasts(times, lengths):
    turns = [Turn(place, "A", "x", start, end) for place, (start, end) in enumerate(times)]
    assert seconds_of(turns) == lengths


def test_the_bars_say_by_what_they_are_long_and_lead_to_the_speaker():
    seen = Seen(talk_html(HARBOUR, {"Ada": 2}))
    assert seen.text.startswith("By the times of the turnsAda0:0857%Bo0:0321%")
    assert seen.links == ["?speaker=Ada", "?speaker=Bo", "?speaker=Cy"]
    assert (
        "By words, as not every turn has a timeAda4 words80%" in Seen(talk_html(UNTIMED, {})).text
    )
    alone = Transcript("a", "A", (Turn(0, "Ada", "x"), Turn(1, "Ada", "y")))
    assert talk_html(alone, {}) == ""
    assert 'width="25.00"' in bar_html(0.25)
    assert (percent(0), percent(0.012), percent(0.5)) == ("0%", "1.2%", "50%")


def test_many_speakers_end_in_one_line_of_the_others():
    turns = tuple(Turn(n, f"P{n}", "word") for n in range(40))
    assert "10 others25%" in Seen(talk_html(Transcript("a", "A", turns), {})).text


def test_a_speaker_s_page_sums_up_and_leads_to_their_turns(tmp_path, embedder):
    write(tmp_path / "l" / "a.txt", "Ada: One two.\nBo: Three.\nMay 5, 2024, Oslo\n")
    write(tmp_path / "l" / "b.txt", "Ada: One.\nBo: Two.\nAda: Three four.\nMay 7, 2025, Oslo\n")
    write(tmp_path / "l" / "c.txt", "Bo: One.\nCy: Two.\n")
    library = Library.open(tmp_path / "l", embedder)
    library.sync()
    parts = parts_of(library, "Ada")
    assert [(p.document.id, p.share.turns, p.share.words, p.words) for p in parts] == [
        ("b.txt", 2, 3, 4), ("a.txt", 1, 2, 3),
    ]  # fmt: skip
    seen = Seen(speaker_page_html("Ada", parts))
    assert "2 transcripts · 3 turns · 5 words · 71% of all words in them" in seen.text
    assert "May 5, 2024 to May 7, 2025" in seen.text
    assert seen.links == ["?document=b.txt&speaker=Ada", "?document=a.txt&speaker=Ada"]
    assert "75%" in seen.text
    assert "Time" not in seen.text
    assert (
        "No transcript of this library has turns of “Zed”"
        in Seen(speaker_page_html("Zed", parts_of(library, "Zed"))).text
    )


def test_where_nobody_is_chosen_those_who_speak_most_are_offered():
    held = [Document(f"{n}", "T", None, None, ("Bo", f"P{n}"), 1, 1, 0, None) for n in range(70)]
    seen = Seen(speakers_html(held))
    assert "SpeakersBo 70 transcriptsP0 1 transcriptP1" in seen.text
    assert "And 11 more" in seen.text
    assert "Drop transcripts in the Library tab" in Seen(speakers_html([])).text


OLD = Document("old.txt", "Old", "2024-03-01", None, ("Ada", "Bo"), 9, 1, 0, None)
NEW = Document("new.txt", "New", "2025-05-05", None, ("Ada",), 5, 1, 0, None)
BARE = Document("bare.txt", "Bare", None, None, (), 5, 1, 0, None)
FOUND = [
    said("new.txt", Turn(3, "Ada", "A tram and a tram.", 65.0), (2, 6), (13, 17)),
    said("old.txt", Turn(0, "Bo", "The tram."), (4, 8)),
    said("bare.txt", Turn(1, None, "tram"), (0, 4)),
    said("gone.txt", Turn(1, None, "tram"), (0, 4)),
]


def test_mentions_are_summed_by_date_speaker_and_transcript():
    held = summed(FOUND, [OLD, NEW, BARE])
    assert [(one.document.id, one.times) for one in held] == [
        ("old.txt", 1), ("new.txt", 2), ("bare.txt", 1),
    ]  # fmt: skip
    markup = mentions_html("tram", held, [OLD, NEW, BARE])
    seen = Seen(markup)
    assert "Said 4 times in 3 turns of 3 transcripts; 3 transcripts (19 turns)" in seen.text
    assert "How often, by month; 1 time in transcripts without a date" in seen.text
    assert re.findall(r'data-period="([^"]+)"', markup) == ["2024-03", "2025-05"]
    assert 'aria-label="May 2025&#58; 2 times"' in markup
    assert markup.count('<span class="column"></span>') == 13  # the months between
    assert "Ada250%Bo125%Unnamed speaker125%" in seen.text
    assert "?document=new.txt&turn=4&words=2-6" in seen.links
    assert "Ada · turn 4 · 1:05 · 2 times A tram and a tram." in seen.text


def test_words_never_said_say_what_was_searched():
    seen = Seen(mentions_html("tram", [], [OLD, NEW]))
    assert "“tram”Never said in 2 transcripts (14 turns)." in seen.text
    assert "A star at the end of a word" in seen.text


@pytest.mark.parametrize(
    ("days", "unit", "number", "last"),
    [
        (["2025-05-05", "2025-05-07"], "day", 3, "2025-05-07"),
        (["2024-12-31", "2025-02-20"], "month", 3, "2025-02"),
        (["1998-01-01", "2025-02-20"], "year", 28, "2025"),
    ],
)
def test_the_picture_is_by_day_month_or_year(days, unit, number, last):
    found, names = periods(days)
    assert (found, len(names), names[-1]) == (unit, number, last)


def test_a_time_in_words():
    assert [period_words(each) for each in ("2025", "2025-05", "2025-05-07")] == [
        "2025", "May 2025", "May 7, 2025",
    ]  # fmt: skip


def hit(document: str, first: int, last: int) -> Hit:
    slices = (Slice(first, 0, 1), Slice(last, 0, 1))
    return Hit(Passage(document, slices, ("Bo",), "x"), 1.0)


def test_sources_and_passages_are_ticks_on_their_transcripts():
    """A passage that holds a source's turn is that source; those of one turn are one."""
    hits = [hit("harbour.vtt", 1, 3), hit("old.txt", 4, 4), hit("old.txt", 4, 5)]
    ticks = ticks_of([COST], hits)
    assert [(tick.spot, tick.cited) for tick in ticks["harbour.vtt"]] == [
        (Spot("harbour.vtt", 2, COST.start, COST.end), True)
    ]
    assert [tick.spot for tick in ticks["old.txt"]] == [Spot("old.txt", 4)]
    harbour = Document("harbour.vtt", "Harbour", "2024-02-29", None, (), 6, 1, 0, None)
    markup = strips_html([COST], hits, [harbour, OLD])
    seen = Seen(markup)
    assert seen.links == ["?document=harbour.vtt&turn=3&words=0-29", "?document=old.txt&turn=5"]
    assert 'class="tick cited" x="41.17%"' in markup  # the third of six turns
    assert "Source 1, Ada: “The quay costs $4 million [1]”" in seen.text
    assert "1 source · 6 turns" in seen.text
    assert strips_html([COST], [], []) == ""


def test_a_refusal_has_nearest_passages_and_no_sources():
    harbour = Document("harbour.vtt", "Harbour", "2024-02-29", None, (), 6, 1, 0, None)
    markup = strips_html([COST], [hit("harbour.vtt", 4, 4)], [harbour], refused=True)
    seen = Seen(markup)
    assert "tick cited" not in markup
    assert "Where the nearest passages lie" in seen.text
    assert "Nearest passage 1, Ada: “The quay costs" in seen.text
    assert "2 passages · 6 turns" in seen.text
    assert "source" not in seen.text.lower()


def test_a_recording_is_played_by_times_and_from_a_spot():
    spot = Spot(HARBOUR.id, 2, 0, 29, play=True)
    markup = reader_html(HARBOUR, spot, "audio/mpeg")
    assert '<audio controls preload="metadata" aria-label="The recording" src="recording' in markup
    assert 'data-play="3725.00"' in markup
    assert markup.count('class="at" aria-label="Play from ') == 6
    assert "<video" in reader_html(HARBOUR, spot, "video/mp4")
    silent = reader_html(HARBOUR, spot)
    assert 'class="player"' not in silent
    assert "data-play" not in silent


def test_only_a_speaker_s_turns_are_shown_with_the_spot():
    markup = reader_html(HARBOUR, Spot(HARBOUR.id, 2, speaker="Bo"))
    assert re.findall(r'data-turn="(\d)"[^>]*?( hidden)?>', markup) == [
        ("1", " hidden"), ("2", ""), ("3", ""), ("4", " hidden"), ("5", ""), ("6", " hidden"),
    ]  # fmt: skip
    assert '<option value="Bo" selected>' in markup
    assert (
        " hidden>" not in reader_html(HARBOUR, Spot(HARBOUR.id, speaker="Nobody")).split("<ol>")[1]
    )


def test_a_source_with_a_recording_has_the_way_to_play_it():
    evidence = Evidence(COST, HARBOUR, key="m1-1", of=1)
    seen = Seen(evidence_html(evidence, plays=True))
    assert "?document=harbour.vtt&turn=3&words=0-29&play=1" in seen.links
    assert "▶ Play 1:02:05" in seen.text
    assert "Play" not in Seen(evidence_html(evidence)).text


def test_addresses_lead_back_to_what_they_name():
    spot = Spot("a.txt", 3, 1, 2, "Ada & Bo", play=True)
    assert link_to(spot) == "?document=a.txt&turn=4&words=1-2&speaker=Ada+%26+Bo&play=1"
    query = {"document": "a.txt", "turn": "4", "words": "1-2", "speaker": "Ada & Bo", "play": "1"}
    assert spot_linked(query) == spot
    assert (speaker_link("Å"), said_link("a b")) == ("?speaker=%C3%85", "?said=a+b")
    assert recording_link("a/b.txt") == "recording?document=a%2Fb.txt"


EVIL_TURN = Turn(0, EVIL, f"{EVIL} tram {EVIL}", 1.0, 2.0)
TWO = Transcript("a", "A", (EVIL_TURN, Turn(1, "B", "x", 2.0, 3.0)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: talk_html(TWO, {}),
        lambda: speaker_page_html(EVIL, parts_of(FakeEvil(), EVIL)),
        lambda: speaker_page_html(EVIL, []),
        lambda: speakers_html([DOCUMENT]),
        lambda: mentions_html(EVIL, [], [DOCUMENT]),
        lambda: mentions_html(
            EVIL, summed([said(EVIL, EVIL_TURN, (0, len(EVIL)))], [DOCUMENT]), [DOCUMENT]
        ),
        lambda: strips_html([cite(evil_transcript(), 0, EVIL)], [], [DOCUMENT]),
        lambda: reader_html(evil_transcript(), Spot(EVIL, 0, speaker=EVIL), "audio/mpeg"),
    ],
)  # fmt: skip
def test_hostile_names_and_words_stay_text(make):
    seen = Seen(make())
    assert not {"img", "script"} & set(seen.tags)
    assert "<script>alert(1)</script>" in seen.text
    assert all(
        str(link).startswith(("?document=%3Cimg", "?speaker=%3Cimg", "?speaker=B"))
        for link in seen.links
    )


class FakeEvil(FakeLibrary):
    def __init__(self) -> None:
        super().__init__(evil_transcript())

    def documents(self):
        return [DOCUMENT]
