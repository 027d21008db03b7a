"""Nothing of a text is lost in silence: made-up texts, and real ones as they were found."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import read_date_line
from index.parse import parse_file
from index.parse.clock import CLOCK
from index.parse.decode import decode
from index.parse.text.reader import parse_text
from index.types import Transcript

# What stands around words and is none: tags, a glossary's keys, and the keys of front matter
# and of date lines, whose values are kept.
_AROUND = re.compile(
    rf"<[^<>]*>|\[(?:glossary|time):(?:[^|\]]*\|)?|{CLOCK}"
    r"|(?m:^\W*(?:title|date|recorded|published|speakers?|lang|language|location|place)\b)"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:Dienstag|den)\b|\u00ad|\\[_]",
    re.IGNORECASE,
)


def words_of(text: str) -> Counter[str]:
    """ASCII words and other scripts' signs, which no space need part, by how often they occur."""
    return Counter(re.findall(r"[A-Za-z0-9]+|[^\W_]", _AROUND.sub(" ", text)))


def lost_words(text: str, transcript: Transcript) -> list[str]:
    """The words of `text` that the transcript doesn't hold as often, labels and dates aside."""
    held = Counter[str]()
    for part in (
        transcript.title,
        transcript.place or "",
        *(turn.text for turn in transcript.turns),
        *(line.text for line in transcript.unread),
    ):
        held += words_of(part)
    dates = [line for line in text.splitlines() if _tells_date(line, transcript)]
    lost = words_of(text) - held - words_of("\n".join(dates))
    labels = [*(label for person in transcript.people for label in person.labels)]
    known = words_of(" ".join(["答", *labels, *(person.name for person in transcript.people)]))
    return [word for word in lost if word not in known]


def _tells_date(line: str, transcript: Transcript) -> bool:
    """Whether a line, or the value of a key, says the date and place that the transcript has."""
    found = read_date_line(re.sub(r"^\w+:\s*['\"]?(?=.*\d)", "", line.strip()).strip("'\""))
    return found is not None and (found.date, found.place or transcript.place) == (
        transcript.date,
        transcript.place,
    )


SENTENCE = st.sampled_from(
    [
        "Hello. Thank you.",
        "We agree: yes.",
        "and so on",
        "It costs 28 million, no less.",
        "Note: later.",
        "10:30",
        "***",
        "See you on May 5, 2025",
        "https://a.b",
        "(Laughter.)",
        "“No.”",
        "We sell cookies here.",
        "U.S. law",
    ]
)
NAME = st.sampled_from(
    [
        "Anna",
        "BO EK",
        "Mr. Lind",
        "Mrs. Lind",
        "Lind, Anna",
        "President of Russia Ivan Ek",
        "Ivan Ek",
        "Vice President",
        "President",
        "SPEAKER_00",
        "Q",
        "Per (Oslo)",
        "Per (Bern)",
        "主持人",
    ]
)
LINE = st.one_of(
    SENTENCE,
    st.just(""),
    st.builds("{}: {}".format, NAME, SENTENCE),
    st.builds("{}:".format, NAME),
    st.builds("**{}:** {}".format, NAME, SENTENCE),
    st.builds("[00:0{}] {}: {}".format, st.integers(0, 9), NAME, SENTENCE),
    st.builds("{}  0:1{}".format, NAME, st.integers(0, 9)),
    st.builds("Q    {}".format, SENTENCE),
    st.sampled_from(
        [
            "# Budget day",
            "---",
            "title: Budget",
            "date: 2024-03-01",
            "May 5, 2025, Oslo",
            "May 5, 2025, Bergen",
            "Monday, June 6, 2024",
            "2024-06-06 10:30",
            "Документ /",
            "Share",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40),
)


@given(st.lists(LINE, max_size=14), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_no_word_is_lost(lines, end):
    """Whatever the text, each word is speech, title, date or place, or is reported as unread."""
    text = end.join(lines)
    assert lost_words(text, parse_text("x.txt", text)) == []


@given(st.lists(LINE, max_size=14))
def test_turns_are_in_order_and_stripped(lines):
    """Positions count from 0; no turn begins or ends in white space or holds an empty paragraph."""
    turns = parse_text("x.txt", "\n".join(lines)).turns
    assert [turn.position for turn in turns] == list(range(len(turns)))
    assert [t.text for t in turns if t.text != t.text.strip() or "\n\n" in t.text] == []


# Real transcripts

REAL = Path("data/transcripts/files")
TEXTS = [
    "05-wh-biden-suga-presser.md",
    "08-wh-gaggle-dalton-young.md",
    "10-uk-pmq-blair-cameron.md",
    "12-bundestag-18004.txt",
    "20-mx-sheinbaum-presser.txt",
    "22-scotus-11-398-day1.txt",
    "28-changelog-103-gitlab.md",
    "34-ladybug-otter-mobile.md",
    "45-bitcoin-zh.md",
    "49-meet-polygon-12.md",
    "61-nasa-mr3-airground.txt",
    "62-vostok1-russian.txt",
]


@pytest.mark.parametrize("name", TEXTS)
def test_no_word_of_a_real_transcript_is_lost(shared, name):
    """The same of real files, as they were found."""
    path = shared / REAL / name
    text = decode(path, path.read_bytes())
    if name.startswith("22"):  # its lines are numbered
        text = re.sub(r"(?m)^\f? {0,2}\d{1,2}(?=\s|$)", "", text)
    assert lost_words(text, parse_file(path)) == []


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("05-wh-biden-suga-presser.md", {"PRESIDENT BIDEN": 6, "PRIME MINISTER SUGA": 5, "Q": 4}),
        ("10-uk-pmq-blair-cameron.md", {"David Cameron": 6, "The Prime Minister": 6}),
        (
            "28-changelog-103-gitlab.md",
            {"Sid Sijbrandij": 60, "Andrew Thorp": 57, "Adam Stacoviak": 39},
        ),
        (
            "34-ladybug-otter-mobile.md",
            {"Unknown Speaker": 48, "Timirah James": 38, "Ali": 18},
        ),
        (
            "49-meet-polygon-12.md",
            {
                "Harry Rook": 8,
                "Jackson Lewis": 4,
                "Sandeep Sreenath": 3,
                "Will White": 3,
                "Scott Lilliston": 1,
                "Parvez Shaikh": 1,
            },
        ),
    ],
)
def test_turns_of_real_transcripts(shared, name, turns):
    """Who speaks how often, as counted by hand."""
    speakers = [turn.speaker for turn in parse_file(shared / REAL / name).turns]
    assert {speaker: speakers.count(speaker) for speaker in speakers} == turns
