"""JSON of engines, meeting tools, chats and data sets -> a Transcript, by its shape."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_of_engines import PATH, read, said, timed

from index.errors import UnreadableFile
from index.parse.engines.reader import parse_json


def marked(document: Any) -> list[list[tuple[float, str]]]:
    """The times within each turn, and the words that stand there."""
    return [
        [(mark.seconds, turn.text[mark.offset :].split()[0]) for mark in turn.marks]
        for turn in read(document).turns
    ]


def word(text: str, start: float, **more: Any) -> dict[str, Any]:
    return {"word": text, "start": start, "end": start + 0.4, **more}


HELLO = [("A", 1.0, 2.0, "Hello there."), ("B", 2.5, 3.5, "Good morning.")]


# Entries: a text, a speaker, times


@pytest.mark.parametrize(
    ("speaker", "text"),
    [
        ("speaker", "text"),
        ("speaker", "content"),
        ("speaker", "utterance"),
        ("speaker", "body"),
        ("speaker_name", "sentence"),
        ("speakerName", "spokenText"),
        ("Speaker", "Text"),
        ("SPEAKER_ID", "TRANSCRIPT"),
        ("name", "message"),
        ("user", "msg"),
        ("author", "content"),
        ("from", "value"),
        ("role", "content"),
        ("persona", "speech"),
        ("character", "line"),
        ("participant", "statement"),
        ("speakers", "transcript"),
    ],
)
def test_turns_of_a_data_set(speaker, text):
    """Whatever the two keys are called, each entry is a turn of its speaker."""
    turns = [{"id": 1, speaker: "Anna", text: "Hello."}, {"id": 2, speaker: "Bo", text: "Yes: hi."}]
    assert said(turns) == [("Anna", "Hello."), ("Bo", "Yes: hi.")]
    assert said({"version": 2, "dialog": turns}) == [("Anna", "Hello."), ("Bo", "Yes: hi.")]


@pytest.mark.parametrize(
    ("start", "end", "first", "second"),
    [
        ("start", "end", (1, 2), (2.5, 3.5)),
        ("start", "end", (1000, 2000), (2500, 3500)),
        ("start", "end", ("1.00", "2.00"), ("2.50", "3.50")),
        ("start", "end", ("1s", "2s"), ("2.500s", "3.500s")),
        ("startTime", "endTime", ("00:00:01.000", "00:00:02"), ("00:00:02,500", "0:03.5")),
        ("start_ms", "end_ms", (1000, 2000), (2500, 3500)),
        ("startMillis", "endMillis", ("1000", "2000"), ("2500", "3500")),
        ("startOffset", "endOffset", ("PT1S", "PT2S"), ("PT2.5S", "PT0M3.5S")),
        ("startTicks", "endTicks", (10**7, 2 * 10**7), (25 * 10**6, 35 * 10**6)),
        (
            "start_time",
            "end_time",
            ({"seconds": "1"}, {"seconds": 2}),
            ({"seconds": "2", "nanos": 500_000_000}, {"seconds": 3, "nanos": 500_000_000}),
        ),
        ("start", "duration", (1.0, 1.0), (2.5, 1.0)),
        ("offsetMilliseconds", "durationMilliseconds", (1000, 1000), (2500, 1000)),
        ("offset", "duration", ("PT1S", "PT1S"), ("PT2.5S", "PT1S")),
        ("time", "dur", (1000, 1000), (2500, 1000)),
        ("from", "to", (1.0, 2.0), (2.5, 3.5)),
        (
            "startDateTime",
            "endDateTime",
            ("2024-03-01T10:00:01Z", "2024-03-01T10:00:02Z"),
            ("2024-03-01T10:00:02.5+00:00", "2024-03-01T11:00:03.500+01:00"),
        ),
    ],
)
def test_units_of_time(start, end, first, second):
    """The key, the form of the value or the pace of speech tells the unit; all become seconds,
    moments of the calendar counted from the first."""
    origin = 1.0 if "Date" in start else 0.0
    assert timed(
        [
            {"speaker": "A", "text": "Hello there.", start: first[0], end: first[1]},
            {"speaker": "B", "text": "Good morning.", start: second[0], end: second[1]},
        ]
    ) == [(who, begin - origin, until - origin, text) for who, begin, until, text in HELLO]


def test_slow_speech_in_whole_seconds_stays_in_seconds():
    """Half a minute for one word is slow, but no proof of milliseconds."""
    assert timed([{"text": "Okay.", "start": 0, "end": 30, "speaker": "A"}]) == [
        ("A", 0.0, 30.0, "Okay.")
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {"timestamp": [1.0, 2.0]},
        {"timestamps": {"from": "00:00:01,000", "to": "00:00:02,000"}, "offsets": {"from": 1000}},
        {"instances": [{"start": "0:00:01", "end": "0:00:02.0"}, {"start": "0:00:09"}]},
        {"start_timestamp": {"relative": 1.0, "absolute": "x"}, "end_timestamp": {"relative": 2.0}},
    ],
)
def test_times_in_a_value_of_their_own(entry):
    """Hugging Face, whisper.cpp, Azure Video Indexer and Recall put both times into one value."""
    assert timed([{"text": "Hello there.", "speaker": "A", **entry}]) == HELLO[:1]


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("SPEAKER_00", "SPEAKER_00"),
        ("spk_0", "spk_0"),
        (0, "Speaker 0"),
        (1.0, "Speaker 1"),
        ("2", "Speaker 2"),
        ({"id": 7, "name": "Anna Lind"}, "Anna Lind"),
        ({"@id": "S0", "gender": "F"}, "S0"),
        ({"user": {"displayName": "Anna Lind", "id": "8:x"}}, "Anna Lind"),
        ([{"username": "Anna"}], "Anna"),
        (["Anna", "Bo"], "Anna / Bo"),
        ("  Anna \n Lind ", "Anna Lind"),
        ("", None),
        (None, None),
        (True, None),
        (-1, None),
        ({}, None),
    ],
)
def test_speaker_values(speaker, name):
    """Names and ids of engines are labels; a bare number gets a word before it; no label: none."""
    assert said([{"speaker": speaker, "text": "Hello."}]) == [(name, "Hello.")]


@pytest.mark.parametrize(
    "people",
    [
        {"speakers": [{"id": 0, "name": "Anna Lind"}, {"id": 1, "name": "Bo Ek"}]},
        {"speakers": {"0": "Anna Lind", "1": "Bo Ek"}},
        {"speakers": {"0": {"name": "Anna Lind"}, "1": {"name": "Bo Ek"}}},
        {
            "participants": [
                {"speaker_id": "0", "displayName": "Anna Lind"},
                {"id": 1, "name": "Bo Ek"},
            ]
        },
        {"metadata": {"speaker_names": {"0": "Anna Lind", "1": "Bo Ek"}}},
    ],
)
def test_ids_become_the_names_that_the_file_gives(people):
    """A list or a map of speakers names the ids, wherever at the top it stands."""
    segments = [{"speaker": 0, "text": "Hello."}, {"speakerId": "1", "text": "Hi."}]
    assert said({**people, "segments": segments}) == [("Anna Lind", "Hello."), ("Bo Ek", "Hi.")]


def test_neighbours_of_an_engine_are_one_turn_with_times():
    """Segments of one speaker are joined, and each sentence keeps its time."""
    document = {
        "text": " Hello there. How are you? Fine.",
        "segments": [
            {
                "id": 0,
                "start": 1.0,
                "end": 2.0,
                "text": " Hello there.",
                "tokens": [1, 2],
                "speaker": "S0",
            },
            {"id": 1, "start": 2.5, "end": 3.0, "text": " How are", "tokens": [3], "speaker": "S0"},
            {"id": 2, "start": 3.0, "end": 4.0, "text": " you?", "tokens": [4], "speaker": "S0"},
            {"id": 3, "start": 5.0, "end": 6.0, "text": " Fine.", "tokens": [5], "speaker": "S1"},
        ],
        "language": "en",
    }
    transcript = read(document)
    assert [(t.speaker, t.start_seconds, t.end_seconds, t.text) for t in transcript.turns] == [
        ("S0", 1.0, 4.0, "Hello there. How are you?"),
        ("S1", 5.0, 6.0, "Fine."),
    ]
    assert marked(document)[0] == [(1.0, "Hello"), (2.5, "How")]
    assert transcript.language == "en"
    assert transcript.unread == ()


def test_no_speakers_are_invented():
    """Whisper without diarization: text once, no speaker, parted at the pause."""
    assert timed(
        {
            "text": " Hello. Bye.",
            "segments": [
                {"start": 0.0, "end": 1.0, "text": " Hello.", "words": [word(" Hello.", 0.1)]},
                {"start": 9.0, "end": 9.5, "text": " Bye.", "words": [word(" Bye.", 9.1)]},
            ],
        }
    ) == [(None, 0.0, 1.0, "Hello."), (None, 9.0, 9.5, "Bye.")]


def test_captions_whose_texts_begin_with_names():
    """Names printed in the texts are speakers if they come again; else they are text."""
    captions = [
        {"start": 0, "text": "Anna: Hello."},
        {"start": 2, "text": "Bo: Hi."},
        {"start": 4, "text": "Anna: Bye."},
        {"start": 6, "text": "See you."},
        {"start": 8, "text": "Bo: Yes."},
    ]
    assert said(captions) == [
        ("Anna", "Hello."),
        ("Bo", "Hi."),
        ("Anna", "Bye. See you."),
        ("Bo", "Yes."),
    ]
    assert said([{"start": 0, "text": "Note: hello."}, {"start": 2, "text": "Well."}]) == [
        (None, "Note: hello. Well.")
    ]


# Words: how they are joined, and who speaks them


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([word("Hello", 1), word("there", 2)], "Hello there"),
        ([word(" All", 1), word("-in", 2), word(" one.", 3)], "All-in one."),
        ([word("你", 1), word("好", 2), word("。", 3)], "你好。"),
        ([word("(", 1), word("Yes", 2), word(")", 3), word("!", 4)], "(Yes)!"),
        (
            [
                {"text": "Hello,", "start": 1.0, "end": 2.0, "type": "word"},
                {"text": " ", "start": 2.0, "end": 2.1, "type": "spacing"},
                {"text": "you", "start": 2.1, "end": 2.4, "type": "word"},
                {"text": "there.", "start": None, "end": None, "type": "word"},
            ],
            "Hello, you there.",
        ),
        (
            [
                {"type": "text", "value": "Twenty", "ts": 1.0, "end_ts": 1.4},
                {"type": "punct", "value": "-"},
                {"type": "text", "value": "one", "ts": 1.5, "end_ts": 1.9},
                {"type": "punct", "value": ", "},
                {"type": "text", "value": "yes", "ts": 2.0, "end_ts": 2.2},
                {"type": "punct", "value": "."},
            ],
            "Twenty-one, yes.",
        ),
        (
            [
                {"type": "word", "start_time": 1.0, "alternatives": [{"content": "Say"}]},
                {"type": "punctuation", "attaches_to": "next", "alternatives": [{"content": "“"}]},
                {"type": "word", "start_time": 2.0, "alternatives": [{"content": "yes"}]},
                {
                    "type": "punctuation",
                    "attaches_to": "previous",
                    "alternatives": [{"content": "”"}],
                },
            ],
            "Say “yes”",
        ),
        (
            [{"term": "Hi", "start": 0.1, "dur": 0.2}, {"term": ".", "type": "mark", "start": 0.3}],
            "Hi.",
        ),
    ],
)
def test_spaces_between_words(words, text):
    """Marks stand where a person would write them, and each script has its own spaces."""
    assert said({"words": words}) == [(None, text)]


def test_words_are_cut_at_sentences_pauses_and_speakers():
    """Each sentence has its time; a mark or a word without a time goes with the word before."""
    words = [
        word("Yes.", 1.0, speaker="A"),
        word("I", 2.0, speaker="A"),
        {"word": "agree"},
        {"word": "."},
        word("Why", 3.0, speaker="B"),
    ]
    assert timed({"words": words}) == [("A", 1.0, 2.4, "Yes. I agree."), ("B", 3.0, 3.4, "Why")]
    assert marked({"words": words}) == [[(1.0, "Yes."), (2.0, "I")], []]


def test_long_utterances_keep_the_times_of_their_sentences():
    """An utterance's own words time the sentences within."""
    document = {
        "utterances": [
            {
                "speaker": "A",
                "text": "Yes. We agree.",
                "start": 1000,
                "end": 3000,
                "words": [
                    {"text": "Yes.", "start": 1000, "end": 1300},
                    {"text": "We", "start": 2000, "end": 2300},
                    {"text": "agree.", "start": 2400, "end": 3000},
                ],
            }
        ]
    }
    assert timed(document) == [("A", 1.0, 3.0, "Yes. We agree.")]
    assert marked(document) == [[(1.0, "Yes."), (2.0, "We")]]


def test_comments_do_not_displace_the_transcript():
    """A few labelled comments beside a long unlabelled transcript stay comments."""
    document = {
        "notes": [{"author": "Cy", "text": "Nice talk, thank you."}],
        "segments": [
            {
                "start": 0.0,
                "end": 9.0,
                "text": "The tram opens on the third of March. It costs 240 million kronor.",
            }
        ],
    }
    transcript = read(document)
    assert [t.speaker for t in transcript.turns] == [None]
    assert [line.text for line in transcript.unread] == ["text: Nice talk, thank you."]


def test_an_author_is_no_speaker():
    """Who published a recording did not say its words; a speaker named above them did."""
    segments = [{"start": 0.0, "end": 1.0, "text": "Hello."}]
    assert said({"author": "City radio", "segments": segments}) == [(None, "Hello.")]
    assert said({"speaker": "Anna", "segments": segments}) == [("Anna", "Hello.")]


def test_plain_text_in_a_field():
    """A text alone is read as a text file is: paragraphs, or labels at the starts of lines."""
    assert said({"text": "The tram opens in March."}) == [(None, "The tram opens in March.")]
    assert said({"text": "One.\n\nTwo."}) == [(None, "One."), (None, "Two.")]


# The head


def test_title_date_and_language():
    """They are read from around the speech, the nearest title first."""
    segments = [{"speaker": "Anna", "text": "Hello.", "start": 0.0, "end": 1.0}]
    transcript = read(
        {
            "title": "Oral Argument - December 13, 1971",
            "metadata": {"language_code": "sv-SE"},
            "transcript": {"title": "Lind v. Ek", "segments": segments},
        }
    )
    assert (transcript.title, transcript.date, transcript.language) == (
        "Lind v. Ek",
        "1971-12-13",
        "sv-SE",
    )
    assert [line.text for line in transcript.unread] == ["title: Oral Argument - December 13, 1971"]


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2024-03-01", "2024-03-01"),
        ("2024-03-01T23:10:00Z", "2024-03-01"),
        (1709287201, "2024-03-01"),
        (1709287201000, "2024-03-01"),
        ("2024-13-45", None),
        (7, None),
        (1e300, None),
        ([], None),
    ],
)
def test_dates(value, date):
    """ISO dates and Unix times in seconds or milliseconds."""
    assert read({"date": value, "text": "Hello there."}).date == date


def test_the_time_of_a_request_is_no_date_of_a_talk():
    """When an engine was asked says nothing of when people spoke."""
    document = {"metadata": {"created": "2024-03-01T10:00:00Z"}, "text": "Hello there."}
    assert read(document).date is None


def test_unread_is_reported_once_and_speech_never():
    """Comments and descriptions are reported; what the turns hold, ids and links are not."""
    document = {
        "url": "https://example.org/a b c",
        "description": "About the tram in town.",
        "also": "About the tram in town.",
        "text": "Hello there, we agree on it.",
        "segments": [
            {"speaker": "A", "text": "Hello there, we agree", "start": 0.0, "end": 1.0},
            {
                "speaker": "A",
                "text": "on it.",
                "start": 1.0,
                "end": 2.0,
                "comment": "He smiled at her.",
            },
        ],
    }
    assert [line.text for line in read(document).unread] == [
        "description: About the tram in town.",
        "comment: He smiled at her.",
    ]


# Files that hold no transcript, or are not what they claim


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            '{"name": "x", "version": "1.0.0", "dependencies": {}}',
            "its keys are name, version, dependencies",
        ),
        ('{"items": [], "a\\nb": 1}', "its keys are items, a b"),
        ("{}", "it is empty"),
        ("[]", "it is a list of 0 values"),
        ("[1, 2, 3]", "it is a list of 3 values"),
        ("12", "it is one value"),
        ('{"text": "", "segments": []}', "its keys are text, segments"),
        (
            '[{"name": "language", "value": "en"}, {"name": "rate", "value": "8k"}]',
            "its keys are name, value",
        ),
        ('{"segments": [{"start": 1, "end": 2, "speaker": "A"}]}', "its keys are segments"),
    ],
)
def test_no_transcript(text, why):
    """The error names what the file has, and what would be read."""
    with pytest.raises(UnreadableFile) as caught:
        read(text)
    assert caught.value.why == (
        f"holds no transcript: {why}. Turncite reads lists of entries with a text and a speaker, "
        "lists of words with times, and texts with labels"
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"segments": [{"text": "Hel', "line 1, column 24"),
        ("var x = [];", "line 1, column 1"),
        ("Anna: Hello.\nBo: Hi.", "line 1, column 1"),
    ],
)
def test_no_json(text, where):
    """A cut or foreign file is refused, with the place and the way out."""
    with pytest.raises(UnreadableFile) as caught:
        read(text)
    assert caught.value.why == (
        f"is no valid JSON (at {where}); export it again or save the transcript as text"
    )


def test_deep_nesting_is_refused():
    """Neither the reader nor the search runs out of stack."""
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read("[" * 100_000 + "]" * 100_000)
    with pytest.raises(UnreadableFile, match="holds no transcript"):
        read('{"a":' * 300 + '{"text": "Hello."}' + "}" * 300)


def test_a_broken_line_is_reported():
    """Lines that can be read are; the others are reported with their numbers."""
    transcript = read(
        '{"speaker": "A", "text": "Hello."}\n{"speaker": "B", "te\n{"speaker": "B", "text": "Hi."}'
    )
    assert [(t.speaker, t.text) for t in transcript.turns] == [("A", "Hello."), ("B", "Hi.")]
    assert [(line.line, line.text, line.why) for line in transcript.unread] == [
        (2, '{"speaker": "B", "te', "no valid JSON")
    ]


def test_a_key_that_comes_twice():
    """The last value is read, as JSON readers do; the lost one is reported."""
    transcript = read('[{"speaker": "A", "text": "We agree on this.", "text": "Hello."}]')
    assert [t.text for t in transcript.turns] == ["Hello."]
    assert [(line.text, line.why) for line in transcript.unread] == [
        ("text: We agree on this.", "its key comes twice")
    ]


@pytest.mark.parametrize(
    "fields",
    [
        '"start": NaN, "end": Infinity',
        f'"start": {"9" * 5000}, "end": -1',
        '"start": 1e999, "end": -1e999',
        '"start": true, "end": []',
        '"start": {"seconds": "x"}, "end": {"nanos": []}',
        '"start": "99:99:99:99:99", "end": "PT"',
        '"start": [[]], "duration": {}',
        '"words": 5, "alternatives": [7]',
        '"words": [null, [], {"word": 1}], "start": null',
        '"data": {"speaker": [[[]]]}, "channel": {}',
        '"attaches_to": {}, "type": {}, "subtype": 5',
    ],
)
def test_wrong_types_and_values(fields):
    """A field that makes no sense is passed over; the words and the speaker stay."""
    assert said(f'[{{"speaker": "A", "text": "Hello.", {fields}}}]') == [("A", "Hello.")]


def test_impossible_times_are_dropped():
    """An end before its start is none; negative times of missions stay."""
    entries = [{"speaker": "A", "text": "Hello.", "start": -5.5, "end": -9.0}]
    assert timed(entries) == [("A", -5.5, None, "Hello.")]


KEYS = st.sampled_from(
    "text transcript content word words value name speaker speaker_id speakers from to user start "
    "end duration time ts startTime timestamps segments results items channels alternatives nBest "
    "utterances monologues elements paragraphs speaker_labels type data columns message title date "
    "language participants utt dialogue final channel".split()
)
LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "Hello there.",
            "A: yes\nB: no",
            "word",
            "punct",
            "1.5s",
            "00:01",
            "PT3S",
            "2024-03-01T10:00:00Z",
        ]
    ),
)
DOCUMENT = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)


@given(DOCUMENT)
def test_any_document_is_read_or_refused(document):
    """Whatever the values under known keys are: a transcript in order, or UnreadableFile."""
    try:
        transcript = read(json.dumps(document))
    except UnreadableFile:
        return
    assert [turn.position for turn in transcript.turns] == list(range(len(transcript.turns)))
    for turn in transcript.turns:
        assert turn.text == turn.text.strip()
        assert turn.text
        assert [m.offset for m in turn.marks] == sorted({m.offset for m in turn.marks})
        assert all(0 <= mark.offset < len(turn.text) for mark in turn.marks)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    """Whatever the file holds."""
    with contextlib.suppress(UnreadableFile):
        assert read(text).turns


SENTENCES = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Bo", "0"]),
        st.lists(
            st.sampled_from("we who pay tram don't 28 yes. no, why?".split()),
            min_size=1,
            max_size=6,
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(SENTENCES, st.sampled_from(["rows", "words", "both"]))
def test_every_word_is_said_once_by_its_speaker(sentences, form):
    """Entries, words with speakers, or both in one file: the same speech, word for word."""
    entries, words, seconds = [], [], 0.0
    for speaker, said_words in sentences:
        start = seconds
        for each in said_words:
            words.append({"word": each, "start": seconds, "end": seconds + 0.3, "speaker": speaker})
            seconds += 0.5
        entries.append(
            {"speaker": speaker, "text": " ".join(said_words), "start": start, "end": seconds}
        )
    document = {"segments": entries} if form != "words" else {}
    if form != "rows":
        document["words"] = words
    heard = [(turn.speaker, each) for turn in read(document).turns for each in turn.text.split()]
    assert heard == [
        ("Speaker 0" if speaker == "0" else speaker, each)
        for speaker, said_words in sentences
        for each in said_words
    ]


def test_memory_and_time_of_a_large_file():
    """A long file takes memory within a few times its size."""
    entry = {"start": 0.0, "end": 2.0, "speaker": "A", "text": "We agree on the tram."}
    entries = [
        {**entry, "start": 2.0 * n, "end": 2.0 * n + 2, "speaker": f"S{n % 7}"}
        for n in range(20_000)
    ]
    text = json.dumps({"segments": entries})
    tracemalloc.start()
    try:
        transcript = parse_json(PATH, text, PATH.name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(transcript.turns) == 20_000
    assert peak < 30 * len(text)
