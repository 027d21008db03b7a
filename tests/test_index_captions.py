"""WebVTT, SRT and .sbv -> a Transcript: cues, the labels in them, and what is no speech."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse.captions.reader import parse_captions
from index.parse.decode import decode
from index.types import TimeMark, Transcript, UnreadLine

REAL = Path("data/transcripts/files")


def vtt(*cues: str) -> str:
    """A WebVTT file of these cues, one second each, a quarter of a second apart."""
    starts = [(i // 40, i % 40 * 1.25) for i in range(len(cues))]
    return "WEBVTT\n\n" + "\n".join(
        f"00:{minute:02d}:{second:06.3f} --> 00:{minute:02d}:{second + 1:06.3f}\n{cue}\n"
        for (minute, second), cue in zip(starts, cues, strict=True)
    )


def srt(*cues: str) -> str:
    return "\n".join(
        f"{i + 1}\n00:00:{i * 2:02d},000 --> 00:00:{i * 2 + 1:02d},500\n{cue}\n"
        for i, cue in enumerate(cues)
    )


def said(text: str) -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in parse_captions("x.vtt", text).turns]


def timed(text: str) -> list[tuple[float | None, float | None, str]]:
    return [(t.start_seconds, t.end_seconds, t.text) for t in parse_captions("x.vtt", text).turns]


def unread(text: str) -> list[tuple[int, str, str]]:
    return [(u.line, u.text, u.why) for u in parse_captions("x.vtt", text).unread]


# Cues


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("00:00:01.500 --> 00:00:04.250", 1.5, 4.25),
        ("01:00:01,500 --> 01:00:04,250", 3601.5, 3604.25),
        ("00:01.500 --> 00:04.250", 1.5, 4.25),
        ("0:0:1.5 --> 0:0:4.25", 1.5, 4.25),
        ("00:00:01 --> 00:00:04", 1.0, 4.0),
        ("00:00:01:12 --> 00:00:04:20", 1.0, 4.0),
        ("100:00:01.500 --> 100:00:04.250", 360001.5, 360004.25),
        ("  00:00:01.500-->00:00:04.250  ", 1.5, 4.25),
        ("00:00:01.500 --> 00:00:04.250 align:start position:0% line:84%,start", 1.5, 4.25),
        ("00:00:01,500 --> 00:00:04,250 X1:1 X2:2 Y1:3 Y2:4", 1.5, 4.25),
        ("0:00:01.500,0:00:04.250", 1.5, 4.25),
    ],
)
def test_times(times, start, end):
    """Hours or none, points or commas, settings behind: the same seconds."""
    assert timed(f"{times}\nHello there.\n") == [(start, end, "Hello there.")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark(end):
    """Read alike; cue names and markup are no speech."""
    text = "\ufeff" + vtt("<i>Hello</i>\nthere.", "Yes.").replace("\n", end)
    assert said(text) == [(None, "Hello there. Yes.")]


def test_a_cue_without_a_blank_line_above():
    """A number that counts on names the next cue; another number is said."""
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nIt was\n2\n00:00:02,000 --> 00:00:03,000\n2024\n"
        "911\n3\n00:00:03,000 --> 00:00:04,000\nand then\n"
    )
    assert said(text) == [(None, "It was 2024 911 and then")]


def test_blank_lines_within_a_cue():
    """What stands below a blank line goes on with the cue above."""
    text = srt("Hello\n\nthere.", "Yes.")
    assert timed(text) == [(0.0, 3.5, "Hello there. Yes.")]


def test_broken_times():
    """Their line is reported; what is said stays speech, without a time."""
    text = (
        "WEBVTT\n\n00:00:0x.000 --> 00:00:04.000\nHello.\n\n00:00:05.000 --> 00:00:06.000\nYes.\n"
    )
    assert said(text) == [(None, "Hello. Yes.")]
    assert unread(text) == [
        (3, "00:00:0x.000 --> 00:00:04.000", "a time that cannot be read"),
    ]


def test_missing_times():
    """A number that counts on, with no times below, begins a cue all the same; an arrow is said."""
    text = srt("One.", "Two --> three.").replace("00:00:02,000 --> 00:00:03,500\n", "")
    assert said(text) == [(None, "One. Two --> three.")]


def test_speech_on_the_time_line():
    text = "00:00:01.000 --> 00:00:02.000 Hello there.\n\n00:00:02.000 --> 00:00:03.000\nYes.\n"
    assert said(text) == [(None, "Hello there. Yes.")]


def test_no_times_at_all():
    """Paragraphs without a speaker."""
    assert said("WEBVTT\n\nHello there.\n\nYes.") == [(None, "Hello there."), (None, "Yes.")]


def test_cues_out_of_order_are_put_in_order():
    text = (
        "00:00:05.000 --> 00:00:06.000\nlater\n\n00:00:01.000 --> 00:00:02.000\nsooner\n\n"
        "00:00:07.000 --> 00:00:08.000\nlast\n"
    )
    assert timed(text) == [(1.0, 2.0, "sooner"), (5.0, 8.0, "later last")]


def test_a_clock_that_starts_again_is_a_second_part():
    """The parts stay one after the other, in the order of the file."""
    first, second = (vtt(*(f"<v {name}>{i}" for i in range(15))) for name in ("Anna Lind", "Bo Ek"))
    text = first + second.removeprefix("WEBVTT\n")
    numbers = " ".join(map(str, range(15)))
    assert said(text) == [("Anna Lind", numbers), ("Bo Ek", numbers)]


def test_people_who_talk_over_each_other_stay_in_the_order_of_the_file():
    text = (
        "WEBVTT\n\n00:00:05.000 --> 00:00:09.000\n<v Anna>So we\n\n"
        "00:00:04.000 --> 00:00:06.000\n<v Bo>Yes.\n"
    )
    assert said(text) == [("Anna", "So we"), ("Bo", "Yes.")]


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("{\\an8}<font color='#fff'>One</font><br>two\\Nthree", "One two three"),
        ("AT&amp;T &lt;3&nbsp; &#233;t&#xe9; R&D &bogus;", "AT&T <3 été R&D &bogus;"),
        ("<c.yellow>One</c><00:00:01.000><c> two</c>", "One two"),
        ("<ruby>漢<rt>kan</rt></ruby> <lang en>word</lang>", "漢kan word"),
        ("a < b > c <unk> d", "a < b > c <unk> d"),
    ],
)
def test_markup(cue, text):
    """Tags of captions go, entities are resolved; what only looks like a tag stays."""
    assert said(vtt(cue)) == [(None, text)]


# The head and what is no speech


def test_head():
    """Title and language; other lines of the head and comments are reported, technical ones not."""
    text = (
        "WEBVTT - Budget day\nKind: captions\nLanguage: sv\nAuthor: Anna\nDate: May 5, 2025\n\n"
        "NOTE\nmade by hand\n\nSTYLE\n::cue { color: red }\n\nNOTE Confidence: 0.9\n\n"
        "00:01.000 --> 00:02.000\nHej.\n\nNOTE the end\n"
    )
    transcript = parse_captions("x.vtt", text)
    assert (transcript.title, transcript.language, transcript.date) == (
        "Budget day",
        "sv",
        "2025-05-05",
    )
    assert [turn.text for turn in transcript.turns] == ["Hej."]
    head, comment = "a line of the file's head, not speech", "a comment, not speech"
    assert transcript.unread == (
        UnreadLine(4, "Author: Anna", head),
        UnreadLine(7, "NOTE", comment),
        UnreadLine(8, "made by hand", comment),
        UnreadLine(10, "STYLE", comment),
        UnreadLine(11, "::cue { color: red }", comment),
        UnreadLine(18, "NOTE the end", comment),
    )


@pytest.mark.parametrize(
    ("first", "title", "reported"),
    [
        ("WEBVTT - Budget day", "Budget day", []),
        ("WEBVTT", "x", []),
        ("WEBVTT FILE", "x", []),
        ("WEBVTT Kind: captions; Language: en", "x", []),
        ("WEBVTT - https://example.org", "x", ["- https://example.org"]),
        ("WEBVTT - Generated by Cy's tool", "x", ["- Generated by Cy's tool"]),
    ],
)
def test_what_stands_beside_webvtt(first, title, reported):
    """A title, if it is none of a program's signs."""
    transcript = parse_captions("x.vtt", f"{first}\n\n00:01.000 --> 00:02.000\nHej.\n")
    assert (transcript.title, [line.text for line in transcript.unread]) == (title, reported)


def test_language_of_a_comment():
    assert parse_captions(
        "x.vtt", "WEBVTT\n\nNOTE language:en-us\n\n" + vtt("Hi.")[8:]
    ).language == ("en-us")


@pytest.mark.parametrize("aside", ["[Music]", "(laughter)", "♪", "[ Applause ] [Music]", "*sighs*"])
def test_asides_are_reported(aside):
    assert said(vtt("Hello.", aside, "Yes.")) == [(None, "Hello. Yes.")]
    assert unread(vtt("Hello.", aside, "Yes.")) == [(7, aside, "an aside, not speech")]


def test_asides_of_a_speaker_are_the_speakers():
    """And what is said between notes of music are words."""
    assert said(vtt("<v Anna>[laughs]", "<v Bo>Yes.")) == [("Anna", "[laughs]"), ("Bo", "Yes.")]
    assert said(vtt("♪ the long way home ♪")) == [(None, "♪ the long way home ♪")]


def test_what_stands_outside_the_cues_is_reported():
    text = "Subtitles by Cy\n\n" + srt("Hello.") + "\nwww.example.org\n"
    assert said(text) == [(None, "Hello.")]
    assert unread(text) == [
        (1, "Subtitles by Cy", "before the first cue"),
        (7, "www.example.org", "after the last cue, without a time"),
    ]


def test_names_of_cues():
    """Ids are dropped; words above the times are reported."""
    text = (
        "WEBVTT\n\n01ab-cd/3-0\n00:01.000 --> 00:02.000\nHello.\n\n"
        "The opening\n00:02.000 --> 00:03.000\nYes.\n"
    )
    assert said(text) == [(None, "Hello. Yes.")]
    assert unread(text) == [(7, "The opening", "the name of a cue, not speech")]


# Rolling captions


def test_rolling_lines_are_read_once():
    """As YouTube has them: the line before is shown above the new one, then alone."""
    text = vtt(
        " \nhello<00:00:00.400><c> everyone</c>",
        "hello everyone\n ",
        "hello everyone\nno<00:00:01.400><c> no</c>",
        "no no\n ",
        "no no\nno no",
        "no no\n ",
        "no no\n[Music]",
    )
    assert said(text) == [(None, "hello everyone no no no no")]
    assert [text for _, text, _ in unread(text)] == ["[Music]"]


def test_three_lines_that_roll_and_lines_that_grow():
    rolled = vtt("one two", "one two\nthree", "one two\nthree\nfour", "three\nfour\nfive")
    assert said(rolled) == [(None, "one two three four five")]
    grown = vtt(">> I play", ">> I play games", ">> I play games with", ">> I play games with you")
    assert said(grown) == [(None, "I play games with you")]


def test_what_is_said_twice_stays_twice():
    text = vtt("No.", "No.", "No. I said no.", "Yes.")
    assert said(text) == [(None, "No. No. No. I said no. Yes.")]


# Labels


@pytest.mark.parametrize(
    "cues",
    [
        # each cue labelled
        ("<v Anna Lind>Hello.", "<v Anna Lind>We begin.</v>", "<v.loud Bo Ek>Yes.</v>"),
        ("Anna Lind: Hello.", "Anna Lind: We begin.", "Bo Ek: Yes."),
        ("Anna Lind：Hello.", "Anna Lind：We begin.", "Bo Ek：Yes."),
        ("[Anna Lind]: Hello.", "[Anna Lind]: We begin.", "[Bo Ek]: Yes."),
        ("(Anna Lind)\nHello.", "(Anna Lind)\nWe begin.", "(Bo Ek)\nYes.", "(Bo Ek)"),
        ("Anna Lind\nHello.", "Anna Lind\nWe begin.", "Bo Ek\nYes."),
        # at each change of speaker
        ("<v Anna Lind> Hello.", "We begin.", "<v Bo Ek> Yes."),
        (">> Anna Lind: Hello.", "We begin.", ">> Bo Ek: Yes."),
        ("&gt;&gt; Anna Lind: Hello.", "We begin.", "&gt;&gt; Bo Ek: Yes."),
        ("- [Anna Lind] Hello.", "We begin.", "- [Bo Ek] Yes."),
        # two in one cue
        ("Anna Lind: Hello.", "Anna Lind: We begin.\nBo Ek: Yes."),
        ("<v Anna Lind>Hello.</v>", "<v Anna Lind>We begin.</v> <v Bo Ek>Yes.</v>"),
        (">> Anna Lind: Hello.", "We begin. >> Bo Ek: Yes."),
    ],
)
def test_labels(cues):
    """The same two speakers, however the captions print them."""
    assert said(vtt(*cues)) == [("Anna Lind", "Hello. We begin."), ("Bo Ek", "Yes.")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('1 "Anna Lind" (123)', '2 "Bo Ek" (9)'),
        ("Speaker 1", "Speaker 2"),
    ],
)
def test_labels_above_the_times(first, second):
    """As Webex and some engines have them."""
    text = (
        f"WEBVTT\n\n{first}\n00:01.000 --> 00:02.000\nHello.\n\n"
        f"{first}\n00:02.000 --> 00:03.000\nWe begin.\n\n{second}\n00:03.000 --> 00:04.000\nYes.\n"
    )
    names = [re.sub(r'.*"(.*)".*', r"\1", name) for name in (first, second)]
    assert said(text) == [(names[0], "Hello. We begin."), (names[1], "Yes.")]


def test_nicknames_count_where_each_cue_is_labelled():
    """Nobody who spoke but once is missed; a cue without a label has no speaker."""
    text = vtt(
        "Anna: Hi.", "Anna: One.", "felipe: Two.", "J Sunnyside | Labs: Note: three.",
        "pk910: Four.", "Anna: Five.", "Anna: Six.", "pk910: Seven.", "Anna: Eight.",
        "nobody knows", "Anna: Nine.",
    )  # fmt: skip
    assert said(text) == [
        ("Anna", "Hi. One."),
        ("felipe", "Two."),
        ("J Sunnyside | Labs", "Note: three."),
        ("pk910", "Four."),
        ("Anna", "Five. Six."),
        ("pk910", "Seven."),
        ("Anna", "Eight."),
        (None, "nobody knows"),
        ("Anna", "Nine."),
    ]


def test_labels_at_changes_of_speaker_hold_on():
    """Also over a guest named once, and two forms in one file."""
    text = vtt(
        "Travis: When you begin,", "it is hard.", "And slow.", "<v Sarah>Good sound", "is key.",
        "Travis: So it is.", "And remember: be kind.", "Note: no noise.", "Gilon: I am a guest.",
        "And glad.",
    )  # fmt: skip
    assert said(text) == [
        ("Travis", "When you begin, it is hard. And slow."),
        ("Sarah", "Good sound is key."),
        ("Travis", "So it is. And remember: be kind. Note: no noise."),
        ("Gilon", "I am a guest. And glad."),
    ]


@pytest.mark.parametrize(
    "cue",
    [
        "remember: this",
        "Note: this.",
        "And remember: this.",
        "Fun Fact: this.",
        "10:30 then",
        "https://a.b is",
        "U.S.: so",
    ],
)
def test_what_only_looks_like_a_label(cue):
    """In one cue, or twice late in a long file, it is speech."""
    once = vtt("We begin here.", cue, "And we end.")
    assert said(once) == [(None, f"We begin here. {cue} And we end.")]
    many = ["word after word."] * 150
    text = vtt(*many[:50], cue, *many[:50], cue, *many)
    assert {speaker for speaker, _ in said(text)} == {None}


@pytest.mark.parametrize("label", ["[{}] ", "({}) ", "<{}> "])
def test_labels_in_brackets_that_recur(label):
    """One that is seen once goes with those that do."""
    anna, bo = label.format("Anna Lind"), label.format("Bo Ek")
    text = vtt(f"{anna}Hello.", "We begin.", f"{bo}Yes.", f"{anna}Good.", "So.")
    assert said(text) == [
        ("Anna Lind", "Hello. We begin."),
        ("Bo Ek", "Yes."),
        ("Anna Lind", "Good. So."),
    ]


def test_sounds_are_no_speakers():
    text = vtt("[ANNA] Hello.", "[MUSIC] Well,", "[ANNA] Yes.", "[MUSIC] and so")
    assert said(text) == [("ANNA", "Hello. [MUSIC] Well, Yes. [MUSIC] and so")]


@pytest.mark.parametrize("mark", [">>", "&gt;&gt;", "-", "–"])
def test_a_change_to_nobody_known(mark):
    """Each mark begins a turn without a speaker, and the cues below go on with it."""
    text = vtt(f"{mark} Hello.", "We begin.", f"{mark} Yes.", f"{mark} No.", "Not so.")
    assert said(text) == [(None, "Hello. We begin."), (None, "Yes."), (None, "No. Not so.")]
    assert parse_captions("x.vtt", text).people == ()


def test_a_change_to_nobody_known_among_names():
    text = vtt(">> ANNA: Hello.", "We begin.", ">> Yes.", "It is so.", ">> ANNA: Good.")
    assert said(text) == [("ANNA", "Hello. We begin."), (None, "Yes. It is so."), ("ANNA", "Good.")]


def test_a_tag_without_a_name_is_a_change():
    text = vtt("<v ->The budget</v>", "is here.", "<v Anna>Yes.</v>", "<v ->And\nso on</v>")
    assert said(text) == [(None, "The budget is here."), ("Anna", "Yes."), (None, "And so on")]


def test_dashes_that_part_one_cue_hold_for_it_alone():
    text = vtt("- Hello.\n- Yes.", "Nobody knows who.", "- Good. - Is it?")
    assert said(text) == [
        (None, "Hello."),
        (None, "Yes."),
        (None, "Nobody knows who."),
        (None, "Good."),
        (None, "Is it?"),
    ]


def test_one_dash_is_no_change():
    assert said(vtt("We begin", "- or so.")) == [(None, "We begin - or so.")]


def test_sentences_keep_their_times():
    """A citation of a sentence jumps to its cue."""
    text = vtt("<v Anna>The tram opens.", "<v Anna>It costs", "<v Anna>much. We pay.", "<v Bo>Oh.")
    turn = parse_captions("x.vtt", text).turns[0]
    assert turn.text == "The tram opens. It costs much. We pay."
    assert turn.marks == (TimeMark(0, 0.0), TimeMark(16, 1.25))
    assert (turn.start_seconds, turn.end_seconds) == (0.0, 3.5)


# Nothing is lost, whatever the file

WORD = map("".join, itertools.product("abcdefghij", repeat=9))
PREFIX = st.sampled_from(
    [
        "", "", "", "Anna: ", "Bo Ek: ", "Note: ", "<v Anna>", "<v Bo Ek>", ">> ", ">> ANNA: ",
        "- ", "[Anna] ", "(Bo)\n", "♪ ", "<v ->", "&gt;&gt; ", "<c>", "{\\an8}", "[Music] ",
    ]
)  # fmt: skip
JUNK = st.sampled_from(
    [
        "", "-->", "00:01.000 -->", "00:0x:00.000 --> 00:00:02.000", "1", "2", "3", "Anna", "STYLE",
        "00:00:01.000 --> 00:00:02.000", "00:09.000 --> 00:08.000", "WEBVTT", "NOTE", "Kind: x",
        "0:00:01.000,0:00:02.000", ">>", "-", "[Music]", "<v", "</v>", "<v >", "&#0;", " ", "a: b",
        "-1:00:01.000 --> 99999:00:02.000", "[]", "()", ": x", "[x]:", "\\N",
    ]
)  # fmt: skip


def words_of(transcript: Transcript) -> list[str]:
    held = [turn.text for turn in transcript.turns] + [line.text for line in transcript.unread]
    return re.findall(r"w[a-j]{9}w", " ".join([*held, transcript.title]))


@given(st.lists(st.tuples(PREFIX, PREFIX), max_size=12), st.sampled_from([vtt, srt]))
def test_every_word_of_a_cue_is_read_once(prefixes, kind):
    """Whatever the labels and marks around it."""
    words = [(f"w{next(WORD)}w", f"w{next(WORD)}w") for _ in prefixes]
    cues = [
        f"{one}{first}\n{two}{second}."
        for (one, two), (first, second) in zip(prefixes, words, strict=True)
    ]
    expected = sorted(word for pair in words for word in pair)
    assert sorted(words_of(parse_captions("x.vtt", kind(*cues)))) == expected


@given(st.lists(st.one_of(JUNK, st.just("word")), max_size=25), st.sampled_from(["", "WEBVTT\n\n"]))
def test_every_word_of_a_broken_file_is_read_once(lines, head):
    """Lines in any order, broken times among them: speech, or reported."""
    lines = [f"w{next(WORD)}w" if line == "word" else line for line in lines]
    text = head + "\n".join(lines)
    assert sorted(words_of(parse_captions("x.vtt", text))) == sorted(
        re.findall(r"w[a-j]{9}w", text)
    )


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    """Turns are stripped and in order."""
    for head in ("", "WEBVTT\n\n00:01.000 --> 00:02.000\n"):
        turns = parse_captions("x.vtt", head + text).turns
        assert [turn.position for turn in turns] == list(range(len(turns)))
        assert [t.text for t in turns if t.text != t.text.strip() or not t.text] == []


# Real captions


@pytest.mark.parametrize(
    ("name", "turns", "speakers"),
    [
        ("42-pythonbytes-467-voice.vtt", 83, {"Michael Kennedy", "Brian Okken"}),
        ("43-pythonbytes-383.vtt", 46, {None}),
        (
            "46-zoom-ethereum.vtt",
            48,
            {
                "Mario Vega", "pk910", "Kamil Chodoła", "pawan", "Marius van der Wijden",
                "Ameziane Hamlat", "Manu", "Pooja Ranjan", "felipe", "Matthew Keil", "Zoom user",
                "J Sunnyside Labs", "Toni Wahrstätter", "Tim Beiko",
            },
        ),
    ],
)  # fmt: skip
def test_real_captions(shared, name, turns, speakers):
    """Turns and speakers as counted by hand; every cue's words are there, and nothing else."""
    path = shared / REAL / name
    text = decode(path, path.read_bytes())
    transcript = parse_captions(name, text)
    assert (len(transcript.turns), {turn.speaker for turn in transcript.turns}) == (turns, speakers)
    assert transcript.unread == ()
    lines = re.sub(r"^(?:WEBVTT|\d+|.* --> .*)\r?$", "", text, flags=re.M)
    cues = re.sub(r"<v [^>]*>|^[^\s:][^:\n]{0,30}: (?=.)", "", lines, flags=re.M)
    assert " ".join(turn.text for turn in transcript.turns).split() == cues.split()
