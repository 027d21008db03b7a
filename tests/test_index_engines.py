"""JSON of engines, meeting tools, chats and data sets -> a Transcript, by its shape."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse import parse_file
from index.parse.engines import parse_json
from index.types import Transcript

PATH = Path("talk.json")


def read(document: Any) -> Transcript:
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return parse_json(PATH, text, PATH.name)


def said(document: Any) -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in read(document).turns]


def timed(document: Any) -> list[tuple[str | None, float | None, float | None, str]]:
    return [(t.speaker, t.start_seconds, t.end_seconds, t.text) for t in read(document).turns]


def marked(document: Any) -> list[list[tuple[float, str]]]:
    """The times within each turn, and the words that stand there."""
    return [
        [(mark.seconds, turn.text[mark.offset :].split()[0]) for mark in turn.marks]
        for turn in read(document).turns
    ]


def word(text: str, start: float, **more: Any) -> dict[str, Any]:
    return {"word": text, "start": start, "end": start + 0.4, **more}


def amazon(text: str, start: float | None = None, **more: Any) -> dict[str, Any]:
    """An item of Amazon Transcribe; punctuation has no time."""
    content = {"alternatives": [{"confidence": "0.9", "content": text}, {"content": "worse"}]}
    if start is None:
        return {**content, "type": "punctuation", **more}
    times = {"start_time": f"{start:.2f}", "end_time": f"{start + 0.4:.2f}"}
    return {**times, **content, "type": "pronunciation", **more}


ANNA, BO = "Speaker 1", "Speaker 2"
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


# One shape after another, as tools write them

WHISPERX = {
    "segments": [
        {
            "start": 1.0,
            "end": 2.0,
            "text": " Hello there.",
            "speaker": "A",
            "words": [word("Hello", 1.0, speaker="A"), {"word": "there."}],
        },
        {
            "start": 2.5,
            "end": 3.5,
            "text": "Good morning.",
            "speaker": "B",
            "words": [word("Good", 2.5, speaker="B"), word("morning.", 3.0, speaker="B")],
        },
    ],
    "word_segments": [word("Hello", 1.0, speaker="A"), word("Good", 2.5, speaker="B")],
}
ASSEMBLYAI = {
    "id": "x1",
    "status": "completed",
    "text": "Hello there. Good morning.",
    "words": [
        {"text": "Hello", "start": 1000, "end": 1400, "speaker": "A", "confidence": 0.9},
        {"text": "there.", "start": 1500, "end": 2000, "speaker": "A", "confidence": 0.9},
        {"text": "Good", "start": 2500, "end": 2900, "speaker": "B", "confidence": 0.9},
        {"text": "morning.", "start": 3000, "end": 3500, "speaker": "B", "confidence": 0.9},
    ],
    "utterances": [
        {"speaker": "A", "text": "Hello there.", "start": 1000, "end": 2000, "words": []},
        {"speaker": "B", "text": "Good morning.", "start": 2500, "end": 3500, "words": []},
    ],
    "sentiment_analysis_results": [
        {"text": "Hello there.", "start": 1000, "end": 2000, "speaker": "A", "sentiment": "NEUTRAL"}
    ],
    "auto_highlights_result": {"results": [{"text": "good morning", "count": 1, "rank": 0.1}]},
}
DEEPGRAM_WORDS = [
    {"word": "hello", "punctuated_word": "Hello", "start": 1.0, "end": 1.4, "speaker": 0},
    {"word": "there", "punctuated_word": "there.", "start": 1.5, "end": 2.0, "speaker": 0},
    {"word": "good", "punctuated_word": "Good", "start": 2.5, "end": 2.9, "speaker": 1},
    {"word": "morning", "punctuated_word": "morning.", "start": 3.0, "end": 3.5, "speaker": 1},
]
DEEPGRAM_PARAGRAPHS = {
    "transcript": "\nSpeaker 0: Hello there.\n\nSpeaker 1: Good morning.",
    "paragraphs": [
        {
            "sentences": [{"text": "Hello there.", "start": 1.0, "end": 2.0}],
            "speaker": 0,
            "num_words": 2,
            "start": 1.0,
            "end": 2.0,
        },
        {
            "sentences": [{"text": "Good morning.", "start": 2.5, "end": 3.5}],
            "speaker": 1,
            "num_words": 2,
            "start": 2.5,
            "end": 3.5,
        },
    ],
}


def deepgram(alternative: dict[str, Any], **more: Any) -> dict[str, Any]:
    text = {"transcript": "Hello there. Good morning.", "confidence": 0.9}
    guesses = [{**text, **alternative}, {"transcript": "a guess that was not the first"}]
    return {
        "metadata": {"created": "2024-03-01T10:00:00Z", "channels": 1},
        "results": {"channels": [{"alternatives": guesses}], **more},
    }


AZURE = {
    "source": "https://x/y.wav",
    "timestamp": "2024-03-01T10:00:00Z",
    "combinedRecognizedPhrases": [{"channel": 0, "display": "Hello there. Good morning."}],
    "recognizedPhrases": [
        {
            "recognitionStatus": "Success",
            "channel": 0,
            "speaker": who,
            "offset": f"PT{start}S",
            "duration": "PT1S",
            "offsetInTicks": start * 1e7,
            "nBest": [
                {"lexical": text.lower(), "itn": text.lower(), "display": text},
                {"lexical": "a guess that was not the first", "display": "A guess, not the first."},
            ],
        }
        for who, start, text in ((1, 1.0, "Hello there."), (2, 2.5, "Good morning."))
    ],
}
WORDS = (("Hello", 1.0, 1.4), ("there", 1.5, 2.0), ("Good", 2.5, 2.9), ("morning", 3.0, 3.5))


@pytest.mark.parametrize(
    ("document", "speakers"),
    [
        pytest.param(WHISPERX, ("A", "B"), id="whisperx"),
        pytest.param(ASSEMBLYAI, ("A", "B"), id="assemblyai"),
        pytest.param({**ASSEMBLYAI, "utterances": None}, ("A", "B"), id="assemblyai-words"),
        pytest.param(
            deepgram({"words": DEEPGRAM_WORDS}), ("Speaker 0", "Speaker 1"), id="deepgram"
        ),
        pytest.param(
            deepgram({"words": DEEPGRAM_WORDS, "paragraphs": DEEPGRAM_PARAGRAPHS}),
            ("Speaker 0", "Speaker 1"),
            id="deepgram-paragraphs",
        ),
        pytest.param(
            deepgram(
                {"words": DEEPGRAM_WORDS},
                utterances=[
                    {
                        "transcript": "Hello there.",
                        "speaker": 0,
                        "channel": 0,
                        "start": 1.0,
                        "end": 2.0,
                    },
                    {
                        "transcript": "Good morning.",
                        "speaker": 1,
                        "channel": 0,
                        "start": 2.5,
                        "end": 3.5,
                    },
                ],
            ),
            ("Speaker 0", "Speaker 1"),
            id="deepgram-utterances",
        ),
        pytest.param(AZURE, (ANNA, BO), id="azure-batch"),
        pytest.param(
            {
                "durationMilliseconds": 4000,
                "combinedPhrases": [{"text": "Hello there. Good morning."}],
                "phrases": [
                    {
                        "speaker": 1,
                        "offsetMilliseconds": 1000,
                        "durationMilliseconds": 1000,
                        "text": "Hello there.",
                    },
                    {
                        "speaker": 2,
                        "offsetMilliseconds": 2500,
                        "durationMilliseconds": 1000,
                        "text": "Good morning.",
                    },
                ],
            },
            (ANNA, BO),
            id="azure-fast",
        ),
        pytest.param(
            {
                "name": "Council",
                "videos": [
                    {
                        "insights": {
                            "transcript": [
                                {
                                    "id": 1,
                                    "text": "Hello there.",
                                    "speakerId": 1,
                                    "instances": [{"start": "0:00:01", "end": "0:00:02"}],
                                },
                                {
                                    "id": 2,
                                    "text": "Good morning.",
                                    "speakerId": 2,
                                    "instances": [{"start": "0:00:02.5", "end": "0:00:03.5"}],
                                },
                            ],
                            "speakers": [
                                {
                                    "id": 1,
                                    "name": "Anna Lind",
                                    "instances": [{"start": "0:00:01", "end": "0:00:02"}],
                                },
                                {
                                    "id": 2,
                                    "name": "Bo Ek",
                                    "instances": [{"start": "0:00:02.5", "end": "0:00:03.5"}],
                                },
                            ],
                            "keywords": [{"id": 1, "text": "morning", "instances": []}],
                        }
                    }
                ],
            },
            ("Anna Lind", "Bo Ek"),
            id="azure-video-indexer",
        ),
        pytest.param(
            {
                "result": {
                    "metadata": {"audio_duration": 4.0},
                    "transcription": {
                        "full_transcript": "Hello there. Good morning.",
                        "utterances": [
                            {
                                "text": "Hello there.",
                                "speaker": 0,
                                "channel": 0,
                                "start": 1.0,
                                "end": 2.0,
                                "words": [word(" Hello", 1.0), word(" there.", 1.5)],
                            },
                            {
                                "text": "Good morning.",
                                "speaker": 1,
                                "channel": 0,
                                "start": 2.5,
                                "end": 3.5,
                                "words": [],
                            },
                        ],
                    },
                    "translation": {
                        "results": [
                            {
                                "utterances": [
                                    {
                                        "text": "Bonjour à tous les amis ici.",
                                        "speaker": 0,
                                        "start": 1.0,
                                        "end": 2.0,
                                    }
                                ]
                            }
                        ]
                    },
                }
            },
            ("Speaker 0", "Speaker 1"),
            id="gladia",
        ),
        pytest.param(
            {
                "prediction": [
                    {
                        "transcription": "Hello there.",
                        "speaker": "A",
                        "time_begin": 1.0,
                        "time_end": 2.0,
                    },
                    {
                        "transcription": "Good morning.",
                        "speaker": "B",
                        "time_begin": 2.5,
                        "time_end": 3.5,
                    },
                ]
            },
            ("A", "B"),
            id="gladia-v1",
        ),
        pytest.param(
            {
                "data": {
                    "transcript": {
                        "title": "Council",
                        "summary": {"overview": "They greeted one another in the morning."},
                        "sentences": [
                            {
                                "index": 0,
                                "speaker_name": "Anna",
                                "speaker_id": 0,
                                "text": "Hello there.",
                                "raw_text": "hello there",
                                "start_time": 1.0,
                                "end_time": 2.0,
                            },
                            {
                                "index": 1,
                                "speaker_name": None,
                                "speaker_id": 1,
                                "text": "Good morning.",
                                "raw_text": "good morning",
                                "start_time": 2.5,
                                "end_time": 3.5,
                            },
                        ],
                    }
                }
            },
            ("Anna", "Speaker 1"),
            id="fireflies",
        ),
        pytest.param(
            [
                {
                    "sentence": "Hello there.",
                    "startTime": "00:01",
                    "endTime": "00:02",
                    "speaker_name": "Anna",
                    "speaker_id": 0,
                },
                {
                    "sentence": "Good morning.",
                    "startTime": "00:02.5",
                    "endTime": "00:03.5",
                    "speaker_name": "Bo",
                    "speaker_id": 1,
                },
            ],
            ("Anna", "Bo"),
            id="fireflies-export",
        ),
        pytest.param(
            {
                "version": "1.0.0",
                "segments": [
                    {"speaker": "Anna", "startTime": 1.0, "endTime": 1.5, "body": "Hello"},
                    {"speaker": "Anna", "startTime": 1.5, "endTime": 2, "body": "there."},
                    {"speaker": "Bo", "startTime": 2.5, "endTime": 3.5, "body": "Good morning."},
                ],
            },
            ("Anna", "Bo"),
            id="podcast-namespace",
        ),
        pytest.param(
            {
                "$schema": "http://stream.example/transcript.json",
                "entries": [
                    {
                        "text": "Hello there.",
                        "rawText": None,
                        "speakerId": "x@y",
                        "speakerDisplayName": "Anna",
                        "startOffset": "00:00:01.0000000",
                        "endOffset": "00:00:02.0000000",
                    },
                    {
                        "text": "Good morning.",
                        "rawText": None,
                        "speakerId": "z@y",
                        "speakerDisplayName": "Bo",
                        "startOffset": "00:00:02.5000000",
                        "endOffset": "00:00:03.5000000",
                    },
                ],
                "events": [
                    {"eventType": "CallStarted", "displayName": "Cy Berg", "offset": "00:00:00"}
                ],
            },
            ("Anna", "Bo"),
            id="teams-stream",
        ),
        pytest.param(
            {
                "items": [
                    {
                        "userList": [{"username": "Anna", "userId": "u1"}],
                        "text": "Hello there.",
                        "ts": "00:00:01.000",
                        "end_ts": "00:00:02.000",
                    },
                    {
                        "userList": [{"username": "Bo", "userId": "u2"}],
                        "text": "Good morning.",
                        "ts": "00:00:02.500",
                        "endTs": "00:00:03.500",
                    },
                ]
            },
            ("Anna", "Bo"),
            id="zoom",
        ),
        pytest.param(
            {
                "speech": {
                    "title": "Council",
                    "speakers": [
                        {"id": 41, "speaker_name": "Anna"},
                        {"id": 42, "speaker_name": "Bo"},
                    ],
                    "transcripts": [
                        {
                            "transcript": "Hello there.",
                            "speaker_id": 41,
                            "start_time": 1.0,
                            "end_time": 2.0,
                            "alignment": [word("Hello", 1.0)],
                        },
                        {
                            "transcript": "Good morning.",
                            "speaker_id": 42,
                            "start_time": 2.5,
                            "end_time": 3.5,
                            "alignment": [],
                        },
                    ],
                }
            },
            ("Anna", "Bo"),
            id="otter",
        ),
        pytest.param(
            {
                "callTranscripts": [
                    {
                        "callId": "7",
                        "transcript": [
                            {
                                "speakerId": "p1",
                                "topic": None,
                                "sentences": [{"start": 1000, "end": 2000, "text": "Hello there."}],
                            },
                            {
                                "speakerId": "p2",
                                "topic": None,
                                "sentences": [
                                    {"start": 2500, "end": 3500, "text": "Good morning."}
                                ],
                            },
                        ],
                    }
                ]
            },
            ("p1", "p2"),
            id="gong",
        ),
        pytest.param(
            [
                {
                    "participant": {"id": n, "name": name},
                    "words": [
                        {
                            "text": text,
                            "start_timestamp": {"relative": a},
                            "end_timestamp": {"relative": b},
                        }
                        for text, a, b in words
                    ],
                }
                for n, name, words in (
                    (1, "Anna", [("Hello", 1.0, 1.4), ("there.", 1.5, 2.0)]),
                    (2, "Bo", [("Good", 2.5, 2.9), ("morning.", 3.0, 3.5)]),
                )
            ],
            ("Anna", "Bo"),
            id="recall",
        ),
        pytest.param(
            {
                "title": "greeting.mp3",
                "words": [
                    {
                        "duration": b - a,
                        "time": a,
                        "paragraphId": "p0",
                        "value": text,
                        "speaker": who,
                    }
                    for who, text, a, b in (
                        ("A", "Hello", 1000, 1400),
                        ("A", "there.", 1500, 2000),
                        ("B", "Good", 2500, 2900),
                        ("B", "morning.", 3000, 3500),
                    )
                ],
            },
            ("A", "B"),
            id="trint",
        ),
        pytest.param(
            {
                "title": "Greeting",
                "text": [
                    {
                        "id": n,
                        "speaker": who,
                        "paragraph": [
                            {
                                "id": 0,
                                "startTime": words[0][1],
                                "endTime": words[-1][2],
                                "line": [
                                    {"id": 0, "text": t, "startTime": a, "endTime": b}
                                    for t, a, b in words
                                ],
                            }
                        ],
                    }
                    for n, who, words in (
                        (0, "A", [("Hello", 1.0, 1.4), ("there.", 1.5, 2.0)]),
                        (1, "B", [("Good", 2.5, 2.9), ("morning.", 3.0, 3.5)]),
                    )
                ],
            },
            ("A", "B"),
            id="autoedit",
        ),
        pytest.param(
            [
                {
                    "text": text,
                    "type": "paragraph",
                    "data": {
                        "speaker": who,
                        "start": a,
                        "words": [{"start": a, "end": b, "text": text, "id": 0}],
                    },
                    "entityRanges": [
                        {"start": a, "end": b, "text": text, "offset": 0, "length": 9}
                    ],
                }
                for who, text, a, b in (
                    ("A", "Hello there.", 1.0, 2.0),
                    ("B", "Good morning.", 2.5, 3.5),
                )
            ],
            ("A", "B"),
            id="draftjs",
        ),
        pytest.param(
            {
                "title": "Oral Argument - December 13, 1971",
                "transcript": {
                    "title": "Lind v. Ek",
                    "sections": [
                        {
                            "turns": [
                                {
                                    "speaker": {"name": who, "roles": [{"role_title": "Chief"}]},
                                    "start": a,
                                    "stop": b,
                                    "text_blocks": [{"start": a, "stop": b, "text": text}],
                                }
                            ]
                        }
                        for who, text, a, b in (
                            ("Anna", "Hello there.", 1.0, 2),
                            ("Bo", "Good morning.", 2.5, 3.5),
                        )
                    ],
                },
            },
            ("Anna", "Bo"),
            id="oyez",
        ),
    ],
)
def test_formats_of_tools(document, speakers):
    """Each gives the two turns once, with their speakers, their seconds and their punctuation."""
    texts = [(1.0, "Hello there."), (2.5, "Good morning.")]
    transcript = read(document)
    assert [(t.speaker, t.start_seconds, t.text) for t in transcript.turns] == [
        (speaker, start, text) for speaker, (start, text) in zip(speakers, texts, strict=True)
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


def test_text_stands_and_words_time_it():
    """Where a text has punctuation and its words have not, the text is read, with their times."""
    gentle = {
        "transcript": "Well, we agree. Who pays? Nobody.",
        "words": [
            {
                "word": "Well",
                "alignedWord": "well",
                "case": "success",
                "start": 1.0,
                "end": 1.2,
                "startOffset": 0,
                "endOffset": 4,
            },
            {"word": "we", "case": "not-found-in-audio", "startOffset": 6, "endOffset": 8},
            {
                "word": "agree",
                "alignedWord": "agree",
                "case": "success",
                "start": 1.5,
                "end": 1.9,
                "startOffset": 9,
            },
            {
                "word": "Who",
                "alignedWord": "who",
                "case": "success",
                "start": 6.0,
                "end": 6.2,
                "startOffset": 16,
            },
            {
                "word": "pays",
                "alignedWord": "pays",
                "case": "success",
                "start": 6.3,
                "end": 6.6,
                "startOffset": 20,
            },
            {
                "word": "Nobody",
                "alignedWord": "nobody",
                "case": "success",
                "start": 7.0,
                "end": 7.5,
                "startOffset": 26,
            },
        ],
    }
    assert timed(gentle) == [
        (None, 1.0, 1.9, "Well, we agree."),
        (None, 6.0, 7.5, "Who pays? Nobody."),
    ]
    assert marked(gentle)[1] == [(6.0, "Who"), (7.0, "Nobody.")]


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


def test_amazon_labels_are_joined_with_items():
    """Each item belongs to the segment at its time; a segment without words is no turn; an
    empty label is none; the guess that was not the first is dropped."""
    document = {
        "jobName": "x",
        "results": {
            "transcripts": [{"transcript": "Hello. Why? Well"}],
            "speaker_labels": {
                "speakers": 2,
                "segments": [
                    {"start_time": "0.1", "end_time": "0.3", "speaker_label": "", "items": []},
                    {
                        "start_time": "1.0",
                        "end_time": "1.5",
                        "speaker_label": "spk_0",
                        "items": [{"start_time": "1.0", "speaker_label": "spk_0"}],
                    },
                    {"start_time": "1.5", "end_time": "2.1", "speaker_label": "spk_1", "items": []},
                    {"start_time": "9.0", "end_time": "9.9", "speaker_label": "", "items": []},
                ],
            },
            "items": [
                amazon("Hello", 1.0),
                amazon("."),
                amazon("Why", 1.5),
                amazon("?"),
                amazon("Well", 9.2),
            ],
        },
        "status": "COMPLETED",
    }
    assert timed(document) == [
        ("spk_0", 1.0, 1.4, "Hello."),
        ("spk_1", 1.5, 1.9, "Why?"),
        (None, 9.2, 9.6, "Well"),
    ]
    assert read(document).unread == ()


def test_amazon_items_with_labels_of_their_own():
    """Newer files say the speaker at each item, and print whole segments: these are read."""
    items = [
        amazon("Hello", 1.0, speaker_label="spk_0"),
        amazon(".", speaker_label="spk_0"),
        amazon("Why", 2.0, speaker_label="spk_1"),
    ]
    results = {"transcripts": [{"transcript": "Hello. Why"}], "items": items}
    segments = [
        {
            "id": 0,
            "transcript": "Hello.",
            "start_time": "1.0",
            "end_time": "1.4",
            "speaker_label": "spk_0",
            "items": [0, 1],
        },
        {
            "id": 1,
            "transcript": "Why",
            "start_time": "2.0",
            "end_time": "2.4",
            "speaker_label": "spk_1",
            "items": [2],
        },
    ]
    turns = [("spk_0", 1.0, 1.4, "Hello."), ("spk_1", 2.0, 2.4, "Why")]
    assert timed({"results": results}) == turns
    assert timed({"results": {**results, "audio_segments": segments}}) == turns


def test_amazon_without_speakers_has_its_words():
    """Words with times, no speakers: one turn without one, timed."""
    items = [amazon("Hello", 1.0), amazon(","), amazon("you", 1.5), amazon(".")]
    results = {"transcripts": [{"transcript": "Hello, you."}], "items": items}
    assert timed({"results": results}) == [(None, 1.0, 1.9, "Hello, you.")]


def test_channels_interleave_in_time():
    """Each channel lists its own words; the conversation is in the order of time."""
    channels = [
        {
            "channel_label": "ch_0",
            "items": [
                amazon("Hello", 1.0, channel_label="ch_0"),
                amazon("."),
                amazon("Fine", 5.0),
                amazon("."),
            ],
        },
        {
            "channel_label": "ch_1",
            "items": [amazon("How", 2.0, channel_label="ch_1"), amazon("now", 2.5), amazon("?")],
        },
    ]
    assert said(
        {"results": {"channel_labels": {"channels": channels, "number_of_channels": 2}}}
    ) == [
        ("ch_0", "Hello."),
        ("ch_1", "How now?"),
        ("ch_0", "Fine."),
    ]


def test_numbered_channels_are_speakers_where_nobody_is_named():
    """Deepgram's channels have no labels, and a number means another person in each."""
    channels = [
        {
            "alternatives": [
                {"transcript": "hello fine", "words": [word("hello", 1.0), word("fine", 9.0)]}
            ]
        },
        {
            "alternatives": [
                {"transcript": "how now", "words": [word("how", 2.0), word("now", 2.5)]}
            ]
        },
    ]
    assert said({"results": {"channels": channels}}) == [
        ("Channel 0", "hello"),
        ("Channel 1", "how now"),
        ("Channel 0", "fine"),
    ]
    utterances = [
        {"transcript": "Hello.", "channel": 0, "speaker": 0, "start": 1.0, "end": 2.0},
        {"transcript": "How now?", "channel": 1, "speaker": 0, "start": 2.0, "end": 3.0},
        {"transcript": "Fine.", "channel": 0, "speaker": 0, "start": 4.0, "end": 5.0},
        {"transcript": "Me too.", "channel": 0, "speaker": 1, "start": 5.0, "end": 6.0},
    ]
    assert said({"results": {"utterances": utterances}}) == [
        ("Channel 0 Speaker 0", "Hello."),
        ("Channel 1", "How now?"),
        ("Channel 0 Speaker 0", "Fine."),
        ("Channel 0 Speaker 1", "Me too."),
    ]


def google_word(text: str, start: float, **more: Any) -> dict[str, Any]:
    return {"word": text, "startTime": f"{start}s", "endTime": f"{start + 0.4}s", **more}


def test_google_says_all_again_with_speakers():
    """The last result repeats every word, now with its speaker: it stands for all before."""
    first = [google_word("Hello", 0.5), google_word("there.", 1.0), google_word("Why?", 2.0)]
    last = [google_word("Fine.", 4.0)]
    all_words = [
        {**each, "speakerTag": tag} for each, tag in zip([*first, *last], (1, 1, 2, 1), strict=True)
    ]
    results = [
        {
            "alternatives": [{"transcript": "Hello there. Why?", "words": first}],
            "languageCode": "en-us",
        },
        {"alternatives": [{"transcript": " Fine.", "words": last}], "languageCode": "en-us"},
        {"alternatives": [{"transcript": " Fine.", "words": all_words}], "languageCode": "en-us"},
    ]
    turns = [(ANNA, "Hello there."), (BO, "Why?"), (ANNA, "Fine.")]
    assert said({"results": results}) == turns
    assert (
        said({"name": "123", "done": True, "response": {"@type": "x", "results": results}}) == turns
    )
    assert said({"results": results[:2]}) == [(None, "Hello there. Why? Fine.")]


def test_google_v2_has_speakers_once():
    """In the newer version each result has its own words and labels, and all are read."""
    results = [
        {
            "alternatives": [
                {
                    "transcript": text,
                    "words": [
                        {
                            "word": text,
                            "startOffset": f"{start}s",
                            "endOffset": f"{start + 1}s",
                            "speakerLabel": who,
                        }
                    ],
                }
            ],
            "resultEndOffset": "9s",
        }
        for who, text, start in (("1", "hello", 0.5), ("2", "why", 2.5), ("1", "fine", 5.5))
    ]
    assert said({"results": results}) == [(ANNA, "hello"), (BO, "why"), (ANNA, "fine")]


def test_dialogues_that_begin_alike_are_all_read():
    """The same opening words do not make a repetition: the times differ."""
    documents = [
        {"words": [word(text, n + i) for i, text in enumerate(["so", "we", "met", *more])]}
        for n, more in ((0.0, ["here"]), (0.5, ["there", "then"]))
    ]
    assert [text for _, text in said(documents)] == ["so we met here so we met there then"]


def test_ibm_labels_are_joined_with_words():
    """Labels stand in another list, by the times of the words; one result may hold two speakers."""
    inner = {
        "results": [
            {
                "final": True,
                "alternatives": [
                    {
                        "transcript": "hello yeah fine ",
                        "timestamps": [["hello", 0.6, 1.1], ["yeah", 1.4, 1.9], ["fine", 2.0, 2.5]],
                        "word_confidence": [["hello", 0.9], ["yeah", 1.0], ["fine", 1.0]],
                    }
                ],
            }
        ],
        "speaker_labels": [
            {"from": 0.6, "to": 1.1, "speaker": 2, "final": False},
            {"from": 1.4, "to": 1.9, "speaker": 1, "final": False},
            {"from": 2.0, "to": 2.5, "speaker": 1, "final": True},
        ],
    }
    turns = [(BO, 0.6, 1.1, "hello"), (ANNA, 1.4, 2.5, "yeah fine")]
    assert timed({"result_index": 0, **inner}) == turns
    assert timed({"created": "2018-12-18T22:40:38Z", "id": "x", "results": [inner]}) == turns
    del inner["speaker_labels"]
    assert timed({"result_index": 0, **inner}) == [(None, 0.6, 2.5, "hello yeah fine")]


RANGED_WORDS = [{"start": a, "end": b, "word": t.lower(), "punct": t} for t, a, b in WORDS]


@pytest.mark.parametrize(
    ("document", "speakers"),
    [
        pytest.param(
            {
                "action": "transcribe",
                "retval": {
                    "punct": "Hello there Good morning",
                    "words": RANGED_WORDS,
                    "segmentation": {
                        "speakers": [{"@id": "S0", "gender": "F"}, {"@id": "S1", "gender": "M"}],
                        "segments": [
                            {
                                "@type": "Segment",
                                "start": 0.9,
                                "duration": 1.2,
                                "speaker": {"@id": "S0"},
                            },
                            {
                                "@type": "Segment",
                                "start": 2.4,
                                "duration": 1.2,
                                "speaker": {"@id": "S1"},
                            },
                        ],
                    },
                },
            },
            ("S0", "S1"),
            id="kaldi",
        ),
        pytest.param(
            {
                "words": [
                    {"id": n, "start": a, "end": b, "text": t} for n, (t, a, b) in enumerate(WORDS)
                ],
                "paragraphs": [
                    {"id": 0, "start": 1.0, "end": 2.0, "speaker": "A"},
                    {"id": 1, "start": 2.5, "end": 3.5, "speaker": "B"},
                ],
            },
            ("A", "B"),
            id="digital-paper-edit",
        ),
        pytest.param(
            {
                "format": "1.0",
                "job": {"lang": "en", "duration": 4},
                "speakers": [
                    {"duration": "1.20", "confidence": None, "name": "M1", "time": "0.900"},
                    {"duration": "1.20", "confidence": None, "name": "F2", "time": "2.400"},
                ],
                "words": [
                    {"duration": f"{b - a:.2f}", "confidence": "1.0", "name": t, "time": f"{a:.3f}"}
                    for t, a, b in WORDS
                ],
            },
            ("M1", "F2"),
            id="speechmatics-v1",
        ),
        pytest.param(
            {
                "segments": [
                    {"start": 1.0, "end": 2.0, "text": " Hello there"},
                    {"start": 2.5, "end": 3.5, "text": " Good morning"},
                ],
                "diarization": [
                    {"speaker": "A", "start": 0.8, "end": 2.2},
                    {"speaker": "B", "start": 2.2, "end": 4.0},
                ],
            },
            ("A", "B"),
            id="segments-and-diarization",
        ),
        pytest.param(
            {
                "words": RANGED_WORDS,
                "timeline": [
                    {"ts": "00:00:00.500", "users": [{"username": "Anna"}]},
                    {"ts": "00:00:02.200", "users": [{"username": "Bo"}]},
                ],
            },
            ("Anna", "Bo"),
            id="zoom-timeline",
        ),
    ],
)
def test_words_beside_ranges_of_speakers(document, speakers):
    """Speakers in a list of their own are joined with the words by time."""
    assert timed(document) == [
        (speakers[0], 1.0, 2.0, "Hello there"),
        (speakers[1], 2.5, 3.5, "Good morning"),
    ]


def test_words_far_from_every_range_have_no_speaker():
    """A gap between two speakers is given to neither, but for its edges."""
    ranges = [
        {"start": 0.0, "end": 2.0, "speaker": "A"},
        {"start": 20.0, "end": 22.0, "speaker": "B"},
    ]
    words = [word("one", 1.0), word("two", 2.2), word("three", 10.0), word("four", 20.5)]
    assert said({"words": words, "segments": ranges}) == [
        ("A", "one two"),
        (None, "three"),
        ("B", "four"),
    ]


def test_speechmatics_speakers_are_within_the_guess():
    """Version 2 says the speaker in the first alternative."""
    results = [
        {
            "type": kind,
            "start_time": start,
            "end_time": start + 0.4,
            "alternatives": [{"content": text, "speaker": who}],
        }
        for kind, text, start, who in (
            ("word", "Hello", 1.0, "S1"),
            ("punctuation", ".", 1.4, "S1"),
            ("word", "Why", 2.0, "S2"),
            ("punctuation", "?", 2.4, "S2"),
        )
    ]
    document = {"format": "2.9", "metadata": {"type": "transcription"}, "results": results}
    assert said(document) == [("S1", "Hello."), ("S2", "Why?")]


def test_rev_monologues():
    """Monologues name their speaker by number, and the file may name the numbers."""
    document = {
        "speakers": [{"id": 0, "name": "Anna Lind"}],
        "monologues": [
            {
                "speaker": 0,
                "elements": [
                    {"type": "text", "value": "Hello", "ts": 0.5, "end_ts": 1.0},
                    {"type": "punct", "value": " "},
                    {"type": "text", "value": "you", "ts": 1.1, "end_ts": 1.3},
                    {"type": "punct", "value": "."},
                ],
            },
            {
                "speaker": 1,
                "elements": [
                    {"type": "text", "value": "Why", "ts": 2.0, "end_ts": 2.3},
                    {"type": "punct", "value": "?"},
                ],
            },
        ],
    }
    assert timed(document) == [("Anna Lind", 0.5, 1.3, "Hello you."), (ANNA, 2.0, 2.3, "Why?")]


def test_vosk_results_one_a_line():
    """Vosk prints a result a line, with what it heard so far between; a vector is no speaker."""
    lines = [
        {"partial": "hello the"},
        {
            "result": [word("hello", 1.0), word("there", 1.5)],
            "spk": [0.1, 0.2],
            "text": "hello there",
        },
        {"result": [word("why", 9.0)], "text": "why"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    assert timed(text) == [(None, 1.0, 1.9, "hello there"), (None, 9.0, 9.4, "why")]
    pretty = "\n".join(json.dumps(line, indent=2) for line in lines)
    assert timed(pretty) == timed(text)


def test_interim_results_are_not_read():
    """What a live engine heard before it was sure is no speech, and is reported if it is lost."""
    lines = [
        {
            "type": "Results",
            "is_final": final,
            "start": start,
            "duration": 1.0,
            "channel": {"alternatives": [{"transcript": text, "words": []}]},
        }
        for final, start, text in (
            (False, 0.0, "we a grief"),
            (True, 0.0, "We agree."),
            (False, 2.0, "who pays for it"),
        )
    ]
    transcript = read("\n".join(map(json.dumps, lines)))
    assert [turn.text for turn in transcript.turns] == ["We agree."]
    assert [line.text for line in transcript.unread] == [
        "transcript: we a grief",
        "transcript: who pays for it",
    ]


# Chats


def test_slack_export():
    """Names come from profiles; notices and reactions are no speech; the clock is no recording's."""
    messages = [
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U1",
            "text": "<@U1> has joined the channel",
            "ts": "1709287200.000100",
        },
        {
            "type": "message",
            "user": "U1",
            "user_profile": {"real_name": "Anna Lind", "name": "anna"},
            "text": "Who pays?",
            "ts": "1709287201.000200",
            "reactions": [{"name": "thumbsup", "users": ["U2"], "count": 1}],
        },
        {
            "type": "message",
            "user": "U2",
            "user_profile": {"real_name": "Bo Ek", "name": "bo"},
            "text": "Nobody.",
            "ts": "1709287300.000200",
            "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "Nobody."}]}],
        },
    ]
    transcript = read(messages)
    assert [(t.speaker, t.text, t.start_seconds) for t in transcript.turns] == [
        ("Anna Lind", "Who pays?", None),
        ("Bo Ek", "Nobody.", None),
    ]
    assert transcript.date == "2024-03-01"
    assert [line.text for line in transcript.unread] == ["text: <@U1> has joined the channel"]


def test_telegram_export():
    """Text may be a list of styled runs; pictures have none; services are no messages."""
    messages = [
        {
            "id": 1,
            "type": "service",
            "date": "2024-03-01T10:00:00",
            "actor": "Anna",
            "action": "create_group",
            "text": "",
        },
        {
            "id": 2,
            "type": "message",
            "date": "2024-03-01T10:00:01",
            "date_unixtime": "1709287201",
            "from": "Anna",
            "from_id": "user1",
            "text": ["See ", {"type": "link", "text": "a.b"}, " for it."],
            "text_entities": [{"type": "plain", "text": "See "}],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2024-03-01T10:00:02",
            "from": "Bo",
            "from_id": "user2",
            "photo": "p.jpg",
            "text": "",
        },
        {
            "id": 4,
            "type": "message",
            "date": "2024-03-01T10:00:03",
            "from": "Bo",
            "from_id": "user2",
            "text": "Thanks.",
        },
    ]
    transcript = read(
        {"name": "Tram group", "type": "private_group", "id": 1, "messages": messages}
    )
    assert said({"messages": messages}) == [("Anna", "See a.b for it."), ("Bo", "Thanks.")]
    assert (transcript.title, transcript.date) == ("Tram group", "2024-03-01")


def test_discord_export():
    """Authors are objects; embeds are no speech."""
    messages = [
        {
            "id": "1",
            "type": "GuildMemberJoin",
            "timestamp": "2024-03-01T10:00:00+00:00",
            "content": "Joined the server.",
            "author": {"id": "7", "name": "anna"},
        },
        {
            "id": "2",
            "type": "Default",
            "timestamp": "2024-03-01T10:00:01+00:00",
            "content": "Who pays?",
            "author": {"id": "7", "name": "anna", "isBot": False},
            "embeds": [{"title": "T", "description": "A page about trams."}],
            "reactions": [],
        },
        {
            "id": "3",
            "type": "Reply",
            "timestamp": "2024-03-02T10:00:01+00:00",
            "content": "Nobody.",
            "author": {"id": "8", "name": "bo"},
            "reference": {"messageId": "2"},
        },
    ]
    transcript = read(
        {"guild": {"name": "Trams"}, "channel": {"name": "talk"}, "messages": messages}
    )
    assert [(t.speaker, t.text) for t in transcript.turns] == [
        ("anna", "Who pays?"),
        ("bo", "Nobody."),
    ]
    assert transcript.date is None
    assert [line.text for line in transcript.unread] == [
        "content: Joined the server.",
        "description: A page about trams.",
    ]


def test_graph_messages():
    """Microsoft's chats have bodies in HTML and senders two objects deep."""
    messages = [
        {
            "from": {"user": {"displayName": "Anna", "id": "x"}},
            "body": {"contentType": "html", "content": "<p>Who&nbsp;pays?</p>"},
        },
        {
            "from": {"user": {"displayName": "Bo", "id": "y"}},
            "body": {"contentType": "text", "content": "a < b"},
        },
    ]
    assert said({"value": messages}) == [("Anna", "Who\xa0pays?"), ("Bo", "a < b")]


# Data sets


@pytest.mark.parametrize(
    "document",
    [
        {"utt": ["Hello.", "Hi."], "speaker": ["Anna", "Bo"]},
        {"utterances": ["Hello.", "Hi."], "speakers": ["Anna", "Bo"]},
        [{"id": "N1", "utt": ["Hello.", "Hi."], "speaker": ["Anna", "Bo"]}],
        {"turns": {"speaker": ["Anna", "Bo"], "utterance": ["Hello.", "Hi."]}},
        {"speaker": {"0": "Anna", "1": "Bo"}, "text": {"0": "Hello.", "1": "Hi."}},
        {
            "columns": ["speaker", "text"],
            "index": [0, 1],
            "data": [["Anna", "Hello."], ["Bo", "Hi."]],
        },
        {
            "rows": [
                {"row_idx": 0, "row": {"user": "Anna", "text": "Hello."}},
                {"row_idx": 1, "row": {"user": "Bo", "text": "Hi."}},
            ]
        },
        {"fname": "t1", "dialogue": "Anna: Hello.\r\nBo: Hi.", "summary": "Two people greet."},
        {"dialogue": "Anna: Hello.\nBo:\nHi."},
        {"dialog": ["Anna: Hello.", "Bo: Hi."]},
        {
            "log": [
                {"text": "Hello.", "metadata": {}, "speaker": "Anna"},
                {"text": "Hi.", "speaker": "Bo"},
            ]
        },
        {"conversations": [{"from": "Anna", "value": "Hello."}, {"from": "Bo", "value": "Hi."}]},
        {
            "mapping": {
                "a": {
                    "id": "a",
                    "message": {
                        "author": {"role": "Anna"},
                        "content": {"content_type": "text", "parts": ["Hello."]},
                    },
                },
                "b": {
                    "id": "b",
                    "message": {
                        "author": {"role": "Bo"},
                        "content": {"content_type": "text", "parts": ["Hi."]},
                    },
                },
            }
        },
        {
            "episodes": [
                {
                    "scenes": [
                        {
                            "utterances": [
                                {
                                    "speakers": ["Anna"],
                                    "transcript": "Hello.",
                                    "tokens": [["Hello", "."]],
                                },
                                {"speakers": ["Bo"], "transcript": "Hi.", "tokens": [["Hi", "."]]},
                            ]
                        }
                    ]
                }
            ]
        },
        {
            "session_1": [{"speaker": "Anna", "text": "Hello."}],
            "session_1_date": "May 5",
            "session_2": [{"speaker": "Bo", "text": "Hi."}],
        },
        '{"speaker": "Anna", "text": "Hello."}\n\n{"speaker": "Bo", "text": "Hi."}\n',
        '\ufeff{"speaker": "Anna", "text": "Hello."}\r\n{"speaker": "Bo", "text": "Hi."}',
    ],
)
def test_ways_to_write_a_data_set(document):
    """Parallel lists, columns, lines of one string, nested sections, one object a line."""
    assert said(document) == [("Anna", "Hello."), ("Bo", "Hi.")]


def test_several_dialogues_are_read_in_order():
    """A list, lines or an object of dialogues; summaries are reported with the line they are on."""
    one = {
        "id": "1",
        "dialogue": "#P1#: Hello.\n#P2#: Hi.",
        "summary": "Two people greet each other.",
    }
    two = {
        "id": "2",
        "dialogue": "#P1#: Who pays?\n#P2#: Nobody.",
        "summary": "Nobody pays for it.",
    }
    turns = [("#P1#", "Hello."), ("#P2#", "Hi."), ("#P1#", "Who pays?"), ("#P2#", "Nobody.")]
    assert said([one, two]) == turns
    assert said({"a1": one, "b2": two}) == turns
    lines = read(json.dumps(one) + "\n" + json.dumps(two) + "\n")
    assert [(t.speaker, t.text) for t in lines.turns] == turns
    assert [(line.line, line.text) for line in lines.unread] == [
        (1, "summary: Two people greet each other."),
        (2, "summary: Nobody pays for it."),
    ]


def test_what_is_about_the_speech_is_no_turn():
    """Queries and answers stand before the transcript, and are longer."""
    document = {
        "topic_list": [{"topic": "The tram in the city", "relevant_text_span": [["0", "1"]]}],
        "general_query_list": [
            {"query": "Sum up the meeting.", "answer": "They spoke at length of the tram."}
        ],
        "meeting_transcripts": [
            {"speaker": "Anna", "content": "Hello."},
            {"speaker": "Bo", "content": "Hi."},
        ],
    }
    transcript = read(document)
    assert [(t.speaker, t.text) for t in transcript.turns] == [("Anna", "Hello."), ("Bo", "Hi.")]
    assert [line.text for line in transcript.unread] == [
        "topic: The tram in the city",
        "query: Sum up the meeting.",
        "answer: They spoke at length of the tram.",
    ]


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


def test_parallel_tracks_of_people():
    """Participants with segments of their own are interleaved by time."""
    document = {
        "participants": [
            {
                "name": name,
                "transcript": {
                    "segments": [
                        {
                            "start": start,
                            "terms": [
                                {"term": text, "start": start, "dur": 0.3},
                                {"term": ".", "type": "mark", "start": start + 0.3, "dur": 0},
                            ],
                        }
                        for start, text in said_at
                    ]
                },
            }
            for name, said_at in (
                ("agent", [(0.1, "Hello"), (4.0, "Fine")]),
                ("client", [(2.0, "Why")]),
            )
        ]
    }
    assert said(document) == [("agent", "Hello."), ("client", "Why."), ("agent", "Fine.")]


def test_youtube():
    """Captions by start and duration, and YouTube's own events with runs of text."""
    captions = [
        {"text": "the tram\nopens", "start": 0.9, "duration": 3.1},
        {"text": "in March", "start": 4.0, "duration": 2},
    ]
    assert timed({"transcript": captions}) == [(None, 0.9, 6.0, "the tram\nopens in March")]
    events = {
        "wireMagic": "pb3",
        "events": [
            {
                "tStartMs": 900,
                "dDurationMs": 3100,
                "segs": [{"utf8": "the"}, {"utf8": " tram", "tOffsetMs": 200}],
            },
            {"tStartMs": 3000, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 4000, "dDurationMs": 2000, "segs": [{"utf8": "opens"}]},
        ],
    }
    assert timed(events) == [(None, 0.9, 6.0, "the tram opens")]


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
    assert read(deepgram({"words": DEEPGRAM_WORDS})).date is None


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
    try:
        read(text)
    except UnreadableFile as error:
        assert "\n" not in error.why


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


# Real transcripts

REAL = Path("data/transcripts/files")


@pytest.mark.parametrize(
    ("name", "turns", "first", "last"),
    [
        (
            "57-stt-google-diarized.json",
            ["Speaker 2", "Speaker 1", "Speaker 2"],
            "There was a day",
            "Thank you.",
        ),
        (
            "60-stt-assemblyai-call.json",
            ["A", "B", "A"],
            "Thank you for calling.",
            "on the account?",
        ),
        (
            "56-stt-aws-todayinfocus.json",
            ["spk_0", "spk_1"] * 4,
            "Today the devastation of Cyclone",
            "",
        ),
    ],
)
def test_real_files(shared, name, turns, first, last):
    """Who speaks in turn, and that the first and the last words are there."""
    transcript = parse_file(shared / REAL / name)
    assert [turn.speaker for turn in transcript.turns] == turns
    assert transcript.turns[0].text.startswith(first)
    assert transcript.turns[-1].text.endswith(last)
    assert transcript.unread == ()
    assert all(turn.start_seconds is not None for turn in transcript.turns)
