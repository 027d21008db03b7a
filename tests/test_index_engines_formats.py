"""JSON as speech engines and meeting tools write it -> the same two turns, whichever wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from json_of_engines import read, said, timed

from index.parse import parse_file

ANNA, BO = "Speaker 1", "Speaker 2"
# Number of the turn, its words with their times, its text, its start and its end.
TURNS = (
    (1, [("Hello", 1.0, 1.4), ("there.", 1.5, 2.0)], "Hello there.", 1.0, 2.0),
    (2, [("Good", 2.5, 2.9), ("morning.", 3.0, 3.5)], "Good morning.", 2.5, 3.5),
)
WORDS = [(n, *word) for n, words, _, _, _ in TURNS for word in words]


def turns(make: Callable[..., Any]) -> list[Any]:
    """One entry for each of the two turns."""
    return [make(n, words, text, start, end) for n, words, text, start, end in TURNS]


def words(make: Callable[..., Any]) -> list[Any]:
    """One entry for each of the four words: the turn's number, the text, start and end."""
    return [make(*word) for word in WORDS]


def plain_words(pairs: list[tuple[str, float, float]], **more: Any) -> list[dict[str, Any]]:
    return [{"word": text, "start": start, "end": end, **more} for text, start, end in pairs]


def clock(seconds: float) -> str:
    return f"0:00:0{seconds}"


def ms(seconds: float) -> int:
    return round(seconds * 1000)


# Speech engines

PEOPLE = [{"id": 1, "name": "Anna Lind"}, {"id": 2, "name": "Bo Ek"}]
TEXT = "Hello there. Good morning."
DEEPGRAM_WORDS = words(
    lambda n, t, a, b: {
        "word": t.lower().strip("."),
        "punctuated_word": t,
        "start": a,
        "end": b,
        "speaker": n,
    }
)
DEEPGRAM_PARAGRAPHS = {
    "transcript": "\nSpeaker 1: Hello there.\n\nSpeaker 2: Good morning.",
    "paragraphs": turns(
        lambda n, _, t, a, b: {
            "sentences": [{"text": t, "start": a, "end": b}],
            "speaker": n,
            "num_words": 2,
            "start": a,
            "end": b,
        }
    ),
}
ASSEMBLYAI: dict[str, Any] = {
    "id": "x1",
    "text": TEXT,
    "words": words(lambda n, t, a, b: {"text": t, "start": ms(a), "end": ms(b), "speaker": n}),
    "sentiment_analysis_results": [
        {"text": "Hello there.", "start": 1000, "end": 2000, "speaker": 1, "sentiment": "NEUTRAL"}
    ],
    "auto_highlights_result": {"results": [{"text": "good morning", "count": 1, "rank": 0.1}]},
}


def deepgram(alternative: dict[str, Any], **more: Any) -> dict[str, Any]:
    guesses = [{"transcript": TEXT, **alternative}, {"transcript": "a guess that was not first"}]
    return {
        "metadata": {"created": "2024-03-01T10:00:00Z", "channels": 1},
        "results": {"channels": [{"alternatives": guesses}], **more},
    }


ENGINES = {
    "whisperx": {
        "segments": turns(
            lambda n, w, t, a, b: {
                "start": a,
                "end": b,
                "text": f" {t}",
                "speaker": n,
                "words": plain_words(w, speaker=n),
            }
        ),
        "word_segments": words(lambda n, t, a, b: {"word": t, "start": a, "speaker": n}),
    },
    "assemblyai": {
        **ASSEMBLYAI,
        "utterances": turns(
            lambda n, w, t, a, b: {
                "speaker": n,
                "text": t,
                "start": ms(a),
                "end": ms(b),
                "words": [],
            }
        ),
    },
    "assemblyai-words": {**ASSEMBLYAI, "utterances": None},
    "deepgram": deepgram({"words": DEEPGRAM_WORDS}),
    "deepgram-paragraphs": deepgram({"words": DEEPGRAM_WORDS, "paragraphs": DEEPGRAM_PARAGRAPHS}),
    "deepgram-utterances": deepgram(
        {"words": DEEPGRAM_WORDS},
        utterances=turns(
            lambda n, w, t, a, b: {
                "transcript": t,
                "speaker": n,
                "channel": 0,
                "start": a,
                "end": b,
                "words": [],
            }
        ),
    ),
    "azure-batch": {
        "timestamp": "2024-03-01T10:00:00Z",
        "combinedRecognizedPhrases": [{"channel": 0, "display": TEXT}],
        "recognizedPhrases": turns(
            lambda n, w, t, a, b: {
                "recognitionStatus": "Success",
                "channel": 0,
                "speaker": n,
                "offset": f"PT{a}S",
                "duration": "PT1S",
                "offsetInTicks": a * 1e7,
                "nBest": [
                    {"lexical": t.lower(), "itn": t.lower(), "display": t},
                    {"lexical": "a guess that was not first", "display": "A guess, not first."},
                ],
            }
        ),
    },
    "azure-fast": {
        "durationMilliseconds": 4000,
        "combinedPhrases": [{"text": TEXT}],
        "phrases": turns(
            lambda n, w, t, a, b: {
                "speaker": n,
                "offsetMilliseconds": ms(a),
                "durationMilliseconds": ms(b - a),
                "text": t,
            }
        ),
    },
    "azure-video-indexer": {
        "name": "Council",
        "videos": [
            {
                "insights": {
                    "transcript": turns(
                        lambda n, w, t, a, b: {
                            "id": 7 + n,
                            "text": t,
                            "speakerId": n,
                            "instances": [{"start": clock(a), "end": clock(b)}],
                        }
                    ),
                    "speakers": [{**each, "instances": [{"start": "0:00:01"}]} for each in PEOPLE],
                    "keywords": [{"id": 1, "text": "morning", "instances": []}],
                }
            }
        ],
    },
    "gladia": {
        "result": {
            "transcription": {
                "full_transcript": TEXT,
                "utterances": turns(
                    lambda n, w, t, a, b: {
                        "text": t,
                        "speaker": n,
                        "channel": 0,
                        "start": a,
                        "end": b,
                        "words": plain_words(w),
                    }
                ),
            },
            "translation": {
                "results": [{"utterances": [{"text": "Bonjour à tous les amis.", "speaker": 1}]}]
            },
        }
    },
    "gladia-v1": {
        "prediction": turns(
            lambda n, w, t, a, b: {"transcription": t, "speaker": n, "time_begin": a, "time_end": b}
        )
    },
    "google-v2": {
        "results": turns(
            lambda n, w, t, a, b: {
                "alternatives": [
                    {
                        "transcript": t,
                        "words": [
                            {
                                "word": x,
                                "startOffset": f"{y}s",
                                "endOffset": f"{z}s",
                                "speakerLabel": f"{n}",
                            }
                            for x, y, z in w
                        ],
                    }
                ],
                "resultEndOffset": "9s",
            }
        )
    },
    "speechmatics": {
        "format": "2.9",
        "metadata": {"type": "transcription"},
        "results": [
            {
                "type": kind,
                "start_time": a,
                "end_time": b,
                "alternatives": [{"content": c, "speaker": n}],
            }
            for n, t, a, b in WORDS
            for kind, c in (("word", t.strip(".")), ("punctuation", "."))
            if kind == "word" or t.endswith(".")
        ],
    },
    "rev": {
        "speakers": [{"id": 1, "name": "Anna Lind"}],
        "monologues": turns(
            lambda n, w, t, a, b: {
                "speaker": n,
                "elements": [
                    {"type": "text", "value": w[0][0], "ts": a, "end_ts": w[0][2]},
                    {"type": "punct", "value": " "},
                    {"type": "text", "value": w[1][0].strip("."), "ts": w[1][1], "end_ts": b},
                    {"type": "punct", "value": "."},
                ],
            }
        ),
    },
    "elevenlabs": {
        "language_code": "en",
        "text": TEXT,
        "words": [
            {"text": c, "start": a, "end": b, "type": kind, "speaker_id": f"speaker_{n}"}
            for n, t, a, b in WORDS
            for c, kind in ((t, "word"), (" ", "spacing"))
        ],
    },
    "trint": {
        "title": "greeting.mp3",
        "words": words(
            lambda n, t, a, b: {
                "duration": ms(b - a),
                "time": ms(a),
                "paragraphId": "p0",
                "value": t,
                "speaker": n,
            }
        ),
    },
    "autoedit": {
        "title": "Greeting",
        "text": turns(
            lambda n, w, t, a, b: {
                "id": n,
                "speaker": n,
                "paragraph": [
                    {
                        "id": 0,
                        "startTime": a,
                        "endTime": b,
                        "line": [{"text": x, "startTime": y, "endTime": z} for x, y, z in w],
                    }
                ],
            }
        ),
    },
    "draftjs": turns(
        lambda n, w, t, a, b: {
            "text": t,
            "type": "paragraph",
            "data": {"speaker": n, "start": a, "words": plain_words(w)},
            "entityRanges": [{"start": a, "end": b, "text": t, "offset": 0, "length": 9}],
        }
    ),
}
NAMES_OF_ENGINES = {
    "azure-video-indexer": ("Anna Lind", "Bo Ek"),
    "rev": ("Anna Lind", BO),
    "elevenlabs": ("speaker_1", "speaker_2"),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_speech_engines(engine):
    """Each file gives the two turns once, punctuated, with speakers and seconds."""
    names = NAMES_OF_ENGINES.get(engine, (ANNA, BO))
    assert timed(ENGINES[engine]) == [
        (names[0], 1.0, 2.0, "Hello there."),
        (names[1], 2.5, 3.5, "Good morning."),
    ]


# Meeting tools and publishers


def said_by(n: int) -> str:
    return ("Anna Lind", "Bo Ek")[n - 1]


TOOLS = {
    "fireflies": {
        "data": {
            "transcript": {
                "title": "Council",
                "summary": {"overview": "They greeted one another in the morning."},
                "sentences": turns(
                    lambda n, w, t, a, b: {
                        "speaker_name": said_by(n),
                        "speaker_id": n,
                        "text": t,
                        "raw_text": t.lower(),
                        "start_time": a,
                        "end_time": b,
                    }
                ),
            }
        }
    },
    "fireflies-export": turns(
        lambda n, w, t, a, b: {
            "sentence": t,
            "startTime": clock(a),
            "endTime": clock(b),
            "speaker_name": said_by(n),
        }
    ),
    "podcast-namespace": {
        "version": "1.0.0",
        "segments": [
            {"speaker": said_by(n), "startTime": a, "endTime": b, "body": t} for n, t, a, b in WORDS
        ],
    },
    "teams-stream": {
        "$schema": "http://stream.example/transcript.json",
        "entries": turns(
            lambda n, w, t, a, b: {
                "text": t,
                "rawText": None,
                "speakerId": f"x{n}@y",
                "speakerDisplayName": said_by(n),
                "startOffset": f"00:00:0{a}000000",
                "endOffset": f"00:00:0{b}000000",
            }
        ),
        "events": [{"eventType": "CallStarted", "displayName": "Cy Berg", "offset": "00:00:00"}],
    },
    "zoom": {
        "items": turns(
            lambda n, w, t, a, b: {
                "userList": [{"username": said_by(n), "userId": f"u{n}"}],
                "text": t,
                "ts": f"00:00:0{a}00",
                "end_ts": f"00:00:0{b}00",
            }
        )
    },
    "otter": {
        "speech": {
            "title": "Council",
            "created_at": 0,
            "speakers": [{"id": each["id"], "speaker_name": each["name"]} for each in PEOPLE],
            "transcripts": turns(
                lambda n, w, t, a, b: {
                    "transcript": t,
                    "speaker_id": n,
                    "speaker_model_label": "9",
                    "start_offset": round(a * 16_000),
                    "end_offset": round(b * 16_000),
                    "alignment": [{"word": x, "start": y - a, "end": z - a} for x, y, z in w],
                }
            ),
        }
    },
    "gong": {
        "parties": [{"id": "9", "speakerId": str(p["id"]), "name": p["name"]} for p in PEOPLE],
        "callTranscripts": [
            {
                "callId": "7",
                "transcript": turns(
                    lambda n, w, t, a, b: {
                        "speakerId": str(n),
                        "topic": None,
                        "sentences": [{"start": ms(a), "end": ms(b), "text": t}],
                    }
                ),
            }
        ],
    },
    "recall": turns(
        lambda n, w, t, a, b: {
            "participant": {"id": 40 + n, "name": said_by(n)},
            "words": [
                {"text": x, "start_timestamp": {"relative": y}, "end_timestamp": {"relative": z}}
                for x, y, z in w
            ],
        }
    ),
    "oyez": {
        "title": "Oral Argument - December 13, 1971",
        "transcript": {
            "title": "Lind v. Ek",
            "sections": turns(
                lambda n, w, t, a, b: {
                    "turns": [
                        {
                            "speaker": {"name": said_by(n), "roles": [{"role_title": "Chief"}]},
                            "start": a,
                            "stop": b,
                            "text_blocks": [{"start": a, "stop": b, "text": t}],
                        }
                    ]
                }
            ),
        },
    },
    "tracks-of-people": {
        "participants": turns(
            lambda n, w, t, a, b: {
                "name": said_by(n),
                "transcript": {
                    "segments": [
                        {
                            "start": a,
                            "terms": [
                                {"term": w[0][0], "start": a, "dur": 0.4},
                                {"term": w[1][0].strip("."), "start": w[1][1], "dur": 0.5},
                                {"term": ".", "type": "mark", "start": b, "dur": 0},
                            ],
                        }
                    ]
                },
            }
        )
    },
}


@pytest.mark.parametrize("tool", TOOLS)
def test_meeting_tools_and_publishers(tool):
    """Each file gives the two turns once, with names and seconds."""
    assert timed(TOOLS[tool]) == [
        ("Anna Lind", 1.0, 2.0, "Hello there."),
        ("Bo Ek", 2.5, 3.5, "Good morning."),
    ]


# Words beside ranges of speakers

RANGES = {
    "kaldi": {
        "action": "transcribe",
        "retval": {
            "punct": TEXT,
            "words": words(
                lambda n, t, a, b: {"start": a, "end": b, "word": t.lower(), "punct": t, "index": 0}
            ),
            "segmentation": {
                "speakers": [{"@id": "1", "gender": "F"}, {"@id": "2", "gender": "M"}],
                "segments": turns(
                    lambda n, w, t, a, b: {
                        "@type": "Segment",
                        "start": a - 0.1,
                        "duration": 1.2,
                        "speaker": {"@id": str(n), "gender": "F"},
                    }
                ),
            },
        },
    },
    "digital-paper-edit": {
        "words": words(lambda n, t, a, b: {"id": 0, "start": a, "end": b, "text": t}),
        "paragraphs": turns(lambda n, w, t, a, b: {"id": 0, "start": a, "end": b, "speaker": n}),
    },
    "speechmatics-v1": {
        "format": "1.0",
        "job": {"lang": "en", "duration": 4},
        "speakers": turns(
            lambda n, w, t, a, b: {"duration": "1.20", "name": str(n), "time": f"{a - 0.1:.3f}"}
        ),
        "words": [
            {"duration": f"{b - a:.2f}", "confidence": "1.0", "name": c, "time": f"{a:.3f}"}
            for n, t, a, b in WORDS
            for c in ([t[:-1], "."] if t.endswith(".") else [t])
        ],
    },
    "segments-and-diarization": {
        "segments": turns(lambda n, w, t, a, b: {"start": a, "end": b, "text": f" {t}"}),
        "diarization": [
            {"speaker": 1, "start": 0, "end": 2.2},
            {"speaker": 2, "start": 2.2, "end": 4},
        ],
    },
    "zoom-timeline": {
        "words": words(lambda n, t, a, b: {"start": a, "end": b, "word": t}),
        "timeline": turns(lambda n, w, t, a, b: {"ts": clock(a), "users": [{"username": str(n)}]}),
    },
    "amazon": {
        "results": {
            "transcripts": [{"transcript": TEXT}],
            "speaker_labels": {
                "speakers": 2,
                "segments": [
                    {"start_time": "0.1", "end_time": "0.3", "speaker_label": "", "items": []},
                    *turns(
                        lambda n, w, t, a, b: {
                            "start_time": f"{a}",
                            "end_time": f"{b}",
                            "speaker_label": f"{n}",
                            "items": [{"start_time": f"{x[1]}"} for x in w],
                        }
                    ),
                ],
            },
            "items": [
                {
                    **({"start_time": f"{a}", "end_time": f"{b}"} if c != "." else {}),
                    "alternatives": [{"confidence": "0.9", "content": c}, {"content": "worse"}],
                    "type": kind,
                }
                for n, t, a, b in WORDS
                for c, kind in ((t.strip("."), "pronunciation"), (".", "punctuation"))
                if kind == "pronunciation" or t.endswith(".")
            ],
        },
        "status": "COMPLETED",
    },
}


@pytest.mark.parametrize("engine", RANGES)
def test_words_beside_ranges_of_speakers(engine):
    """Speakers in a list of their own are joined with the words by time; a range without words
    is no turn, and nothing of the file is left over."""
    assert timed(RANGES[engine]) == [
        (ANNA, 1.0, 2.0, "Hello there."),
        (BO, 2.5, 3.5, "Good morning."),
    ]
    assert read(RANGES[engine]).unread == ()


def test_words_far_from_every_range_have_no_speaker():
    """A gap between two speakers is given to neither, but for its edges."""
    ranges = [
        {"start": 0.0, "end": 2.0, "speaker": "A"},
        {"start": 20.0, "end": 22.0, "speaker": "B"},
    ]
    spoken = plain_words(
        [("one", 1.0, 1.4), ("two", 2.2, 2.5), ("three", 9.0, 9.5), ("four", 20.5, 21)]
    )
    assert said({"words": spoken, "segments": ranges}) == [
        ("A", "one two"),
        (None, "three"),
        ("B", "four"),
    ]


def test_speakers_who_overlap():
    """A word belongs to the one who began last, and after that to the one who goes on."""
    ranges = [
        {"start": a, "end": b, "speaker": who}
        for who, a, b in (("A", 0.0, 60.0), ("B", 10.0, 11.0), ("C", 12.0, 13.0))
    ]
    spoken = plain_words([("one", 1.0, 1.4), ("two", 10.2, 10.5), ("three", 30.0, 30.5)])
    document = {"words": spoken, "diarization": ranges}
    assert said(document) == [("A", "one"), ("B", "two"), ("A", "three")]


# Joins of their own


def amazon(text: str, start: float | None = None, **more: Any) -> dict[str, Any]:
    """An item of Amazon Transcribe; punctuation has no time."""
    times = {} if start is None else {"start_time": f"{start}", "end_time": f"{start + 0.5}"}
    kind = "punctuation" if start is None else "pronunciation"
    return {**times, "alternatives": [{"content": text}], "type": kind, **more}


def test_amazon_items_with_labels_of_their_own():
    """Newer files say the speaker at each item, and print whole segments: these are read."""
    items = [
        amazon("Hello", 1.0, speaker_label="spk_0"),
        amazon(".", speaker_label="spk_0"),
        amazon("Why", 2.0, speaker_label="spk_1"),
    ]
    segments = [
        {"transcript": t, "start_time": a, "end_time": b, "speaker_label": who, "items": [0]}
        for who, a, b, t in (("spk_0", "1.0", "1.5", "Hello."), ("spk_1", "2.0", "2.5", "Why"))
    ]
    results = {"transcripts": [{"transcript": "Hello. Why"}], "items": items}
    expected = [("spk_0", 1.0, 1.5, "Hello."), ("spk_1", 2.0, 2.5, "Why")]
    assert timed({"results": results}) == expected
    assert timed({"results": {**results, "audio_segments": segments}}) == expected


def test_amazon_without_speakers():
    """Words with times, no speakers: one turn without one, timed; no word is said twice."""
    items = [amazon("Hello", 1.0), amazon(","), amazon("you", 1.5), amazon(".")]
    results = {"transcripts": [{"transcript": "Hello, you."}], "items": items}
    assert timed({"results": results}) == [(None, 1.0, 2.0, "Hello, you.")]


def test_channels_interleave_in_time():
    """Each channel lists its own words; the conversation is in the order of time."""
    channels = [
        {
            "channel_label": "ch_0",
            "items": [amazon("Hello", 1.0), amazon("."), amazon("Fine", 5.0)],
        },
        {"channel_label": "ch_1", "items": [amazon("How", 2.0), amazon("now", 2.5), amazon("?")]},
    ]
    assert said({"results": {"channel_labels": {"channels": channels}}}) == [
        ("ch_0", "Hello."),
        ("ch_1", "How now?"),
        ("ch_0", "Fine"),
    ]


def test_numbered_channels_are_speakers_where_nobody_is_named():
    """Deepgram's channels have no labels, and a number means another person in each."""
    channels = [
        {"alternatives": [{"transcript": text, "words": plain_words(heard)}]}
        for text, heard in (
            ("hello fine", [("hello", 1.0, 1.5), ("fine", 9.0, 9.5)]),
            ("how now", [("how", 2.0, 2.4), ("now", 2.5, 2.9)]),
        )
    ]
    assert said({"results": {"channels": channels}}) == [
        ("Channel 0", "hello"),
        ("Channel 1", "how now"),
        ("Channel 0", "fine"),
    ]
    utterances = [
        {"transcript": text, "channel": channel, "speaker": who, "start": n, "end": n + 0.5}
        for n, (text, channel, who) in enumerate(
            [("Hello.", 0, 0), ("How now?", 1, 0), ("Fine.", 0, 0), ("Me too.", 0, 1)]
        )
    ]
    assert said({"results": {"utterances": utterances}}) == [
        ("Channel 0 Speaker 0", "Hello."),
        ("Channel 1", "How now?"),
        ("Channel 0 Speaker 0", "Fine."),
        ("Channel 0 Speaker 1", "Me too."),
    ]


def test_google_says_all_again_with_speakers():
    """The last result repeats every word, now with its speaker: it stands for all before."""
    first, last = [
        [{"word": w, "startTime": f"{a}s", "endTime": f"{a + 0.4}s"} for w, a in pairs]
        for pairs in ([("Hello", 0.5), ("there.", 1.0), ("Why?", 2.0)], [("Fine.", 4.0)])
    ]
    tagged = [
        {**each, "speakerTag": n} for each, n in zip([*first, *last], (1, 1, 2, 1), strict=True)
    ]
    results = [
        {"alternatives": [{"transcript": text, "words": heard}], "languageCode": "en-us"}
        for text, heard in (("Hello there. Why?", first), (" Fine.", last), (" Fine.", tagged))
    ]
    expected = [(ANNA, "Hello there."), (BO, "Why?"), (ANNA, "Fine.")]
    assert said({"results": results}) == expected
    assert said({"name": "123", "response": {"@type": "x", "results": results}}) == expected
    assert said({"results": results[:2]}) == [(None, "Hello there. Why? Fine.")]


def test_dialogues_that_begin_alike_are_all_read():
    """The same opening words at other times are no repetition."""
    documents = [
        {
            "words": plain_words(
                [(w, n + i, n + i + 0.5) for i, w in enumerate(["so", "we", "met", *rest])]
            )
        }
        for n, rest in ((0.0, ["here"]), (0.5, ["there", "then"]))
    ]
    assert [text for _, text in said(documents)] == ["so we met here so we met there then"]


def test_ibm_labels_are_joined_with_words():
    """Labels stand in another list, by the times of the words; one result may hold two speakers."""
    heard = [["hello", 0.6, 1.1], ["yeah", 1.4, 1.9], ["fine", 2.0, 2.5]]
    guess = {
        "transcript": "hello yeah fine ",
        "timestamps": heard,
        "word_confidence": [[word, 0.9] for word, _, _ in heard],
    }
    inner = {
        "results": [{"final": True, "alternatives": [guess]}],
        "speaker_labels": [
            {"from": a, "to": b, "speaker": n, "final": False}
            for n, (_, a, b) in zip((2, 1, 1), heard, strict=True)
        ],
    }
    expected = [(BO, 0.6, 1.1, "hello"), (ANNA, 1.4, 2.5, "yeah fine")]
    assert timed({"result_index": 0, **inner}) == expected
    assert timed({"created": "2018-12-18T22:40:38Z", "results": [inner]}) == expected
    del inner["speaker_labels"]
    assert timed(inner) == [(None, 0.6, 2.5, "hello yeah fine")]


def test_vosk_results_one_a_line():
    """Vosk prints a result a line, with what it heard so far between; a vector is no speaker."""
    lines = [
        {"partial": "hello the"},
        {
            "result": plain_words([("hello", 1.0, 1.4), ("there", 1.5, 1.9)]),
            "spk": [0.1, 0.2],
            "text": "hello there",
        },
        {"result": plain_words([("why", 9.0, 9.4)]), "text": "why"},
    ]
    expected = [(None, 1.0, 1.9, "hello there"), (None, 9.0, 9.4, "why")]
    assert timed("\n".join(json.dumps(line) for line in lines)) == expected
    assert timed("\n".join(json.dumps(line, indent=2) for line in lines)) == expected


def test_interim_results_are_not_read():
    """What a live engine heard before it was sure is no speech, and is reported if it is lost."""
    lines = [
        {
            "is_final": final,
            "start": a,
            "duration": 1.0,
            "channel": {"alternatives": [{"transcript": t}]},
        }
        for final, a, t in (
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


def test_gentle_counts_letters_where_it_has_no_time():
    """The text stands, punctuated; the words that were found in the recording time it."""
    heard = {"Well": 1.0, "agree": 1.5, "Who": 6.0, "pays": 6.3, "Nobody": 7.0}
    text = "Well, we agree. Who pays? Nobody."
    spoken = [
        {
            "word": w,
            "startOffset": text.index(w),
            "endOffset": text.index(w) + len(w),
            **({"start": heard[w], "end": heard[w] + 0.25} if w in heard else {}),
        }
        for w in ("Well", "we", "agree", "Who", "pays", "Nobody")
    ]
    transcript = read({"transcript": text, "words": spoken})
    assert [(t.start_seconds, t.end_seconds, t.text) for t in transcript.turns] == [
        (1.0, 1.75, "Well, we agree."),
        (6.0, 7.25, "Who pays? Nobody."),
    ]
    assert [mark.seconds for mark in transcript.turns[1].marks] == [6.0, 7.0]


def test_youtube():
    """Captions by start and duration, and YouTube's own events with runs of text."""
    captions = [
        {"text": "the tram\nopens", "start": 0.9, "duration": 3.1},
        {"text": "in March", "start": 4.0, "duration": 2},
    ]
    assert timed({"transcript": captions}) == [(None, 0.9, 6.0, "the tram\nopens in March")]
    events = [
        {"tStartMs": 900, "dDurationMs": 3100, "segs": [{"utf8": "the"}, {"utf8": " tram"}]},
        {"tStartMs": 3000, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 4000, "dDurationMs": 2000, "segs": [{"utf8": "opens"}]},
    ]
    assert timed({"wireMagic": "pb3", "events": events}) == [(None, 0.9, 6.0, "the tram opens")]


# Real transcripts

REAL = Path("data/transcripts/files")


@pytest.mark.parametrize(
    ("name", "speakers", "first", "last"),
    [
        # Of its 39 labelled segments 9 hold no words: 16 runs of labels, but 8 of speech.
        (
            "56-stt-aws-todayinfocus.json",
            ["spk_0", "spk_1"] * 4,
            "Today the devastation of Cyclone",
            "this low flat area",
        ),
        (
            "57-stt-google-diarized.json",
            [BO, ANNA, BO],
            "There was a day about 10 years ago",
            "Thank you.",
        ),
        (
            "60-stt-assemblyai-call.json",
            ["A", "B", "A"],
            "Thank you for calling.",
            "on the account?",
        ),
    ],
)
def test_real_files(shared, name, speakers, first, last):
    """Who speaks in turn, that the first and the last words are there, and nothing is left."""
    transcript = parse_file(shared / REAL / name)
    assert [turn.speaker for turn in transcript.turns] == speakers
    assert transcript.turns[0].text.startswith(first)
    assert transcript.turns[-1].text.endswith(last)
    assert transcript.unread == ()
    assert all(turn.start_seconds is not None for turn in transcript.turns)
