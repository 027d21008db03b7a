"""JSON of chats and data sets -> each message or turn, its speaker, and nothing beside it."""

from __future__ import annotations

import json

import pytest
from json_of_engines import read, said, timed

# Chats


def test_slack_export():
    """Names are in profiles; notices and reactions are no speech; the clock is no recording's."""
    anna, bo = ({"real_name": name, "name": name[:2]} for name in ("Anna Lind", "Bo Ek"))
    messages = [
        {
            "subtype": "channel_join",
            "user": "U1",
            "text": "<@U1> has joined us",
            "ts": "1709287200.1",
        },
        {
            "user": "U1",
            "user_profile": anna,
            "text": "Who pays?",
            "ts": "1709287201.000200",
            "reactions": [{"name": "thumbsup", "users": ["U2"], "count": 1}],
        },
        {
            "user": "U2",
            "user_profile": bo,
            "text": "Nobody.",
            "ts": "1709287300.000200",
            "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "Nobody."}]}],
        },
    ]
    transcript = read([{"type": "message", **message} for message in messages])
    assert [(t.speaker, t.text, t.start_seconds) for t in transcript.turns] == [
        ("Anna Lind", "Who pays?", None),
        ("Bo Ek", "Nobody.", None),
    ]
    assert transcript.date == "2024-03-01"
    assert [line.text for line in transcript.unread] == ["text: <@U1> has joined us"]


def test_telegram_export():
    """Text may be a list of styled runs; pictures have none; services are no messages."""
    runs = ["See ", {"type": "link", "text": "a.b"}, " for it."]
    messages = [
        {"type": "service", "actor": "Anna", "action": "create_group", "text": ""},
        {"type": "message", "from": "Anna", "from_id": "user1", "text": runs},
        {"type": "message", "from": "Bo", "from_id": "user2", "photo": "p.jpg", "text": ""},
        {"type": "message", "from": "Bo", "from_id": "user2", "text": "Thanks."},
    ]
    dated = [{"id": n, "date": f"2024-03-01T10:0{n}:00", **m} for n, m in enumerate(messages)]
    transcript = read({"name": "Tram group", "type": "private_group", "messages": dated})
    assert [(t.speaker, t.text, t.start_seconds) for t in transcript.turns] == [
        ("Anna", "See a.b for it.", None),
        ("Bo", "Thanks.", None),
    ]
    assert (transcript.title, transcript.date) == ("Tram group", "2024-03-01")


def test_discord_export():
    """Authors are objects; embeds are no speech; the date is that of the first message."""
    messages = [
        {"type": "GuildMemberJoin", "content": "Joined the server.", "author": {"name": "anna"}},
        {
            "type": "Default",
            "content": "Who pays?",
            "author": {"id": "7", "name": "anna", "isBot": False},
            "embeds": [{"title": "T", "description": "A page about trams."}],
        },
        {"type": "Reply", "content": "Nobody.", "author": {"id": "8", "name": "bo"}},
    ]
    dated = [{"timestamp": f"2024-03-0{n + 1}T10:00:00+00:00", **m} for n, m in enumerate(messages)]
    transcript = read({"guild": {"name": "Trams"}, "channel": {"name": "talk"}, "messages": dated})
    assert [(t.speaker, t.text) for t in transcript.turns] == [
        ("anna", "Who pays?"),
        ("bo", "Nobody."),
    ]
    assert (transcript.title, transcript.date) == ("talk", "2024-03-02")
    assert [turn.start_seconds for turn in transcript.turns] == [None, None]
    assert [line.text for line in transcript.unread] == [
        "content: Joined the server.",
        "description: A page about trams.",
    ]


def test_graph_messages():
    """Microsoft's chats have bodies in HTML and senders two objects deep."""
    messages = [
        {
            "from": {"user": {"displayName": name, "id": "x"}},
            "body": {"contentType": kind, "content": text},
        }
        for name, kind, text in (("Anna", "html", "<p>Who&nbsp;pays?</p>"), ("Bo", "text", "a < b"))
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
        {"columns": ["speaker", "text"], "data": [["Anna", "Hello."], ["Bo", "Hi."]]},
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
                {"text": "Hi.", "metadata": {"a": 1}, "speaker": "Bo"},
            ]
        },
        {"conversations": [{"from": "Anna", "value": "Hello."}, {"from": "Bo", "value": "Hi."}]},
        {
            "mapping": {
                n: {"id": n, "message": {"author": {"role": who}, "content": {"parts": [text]}}}
                for n, who, text in (("a", "Anna", "Hello."), ("b", "Bo", "Hi."))
            }
        },
        {
            "episodes": [
                {
                    "scenes": [
                        {"utterances": [{"speakers": [who], "transcript": t, "tokens": [[t, "."]]}]}
                        for who, t in (("Anna", "Hello."), ("Bo", "Hi."))
                    ]
                }
            ]
        },
        {
            "session_1": [{"speaker": "Anna", "text": "Hello."}],
            "session_1_date": "May 5",
            "session_2": [{"speaker": "Bo", "text": "Hi."}],
        },
        [{"speaker": "Anna", "words": ["Hello."]}, {"speaker": "Bo", "words": "Hi."}],
        '{"speaker": "Anna", "text": "Hello."}\n\n{"speaker": "Bo", "text": "Hi."}\n',
        '\ufeff{"speaker": "Anna", "text": "Hello."}\r\n{"speaker": "Bo", "text": "Hi."}',
    ],
)
def test_ways_to_write_a_data_set(document):
    """Parallel lists, columns, lines of one string, nested sections, one object a line."""
    assert said(document) == [("Anna", "Hello."), ("Bo", "Hi.")]


def test_arrays_for_entries():
    """A speaker who comes again, and a text; or a text and two times."""
    pairs = [["Anna", "Hello."], ["Bo", "Hi."], ["Anna", "Who pays?"], ["Bo", "Nobody."]]
    assert said({"dialogue": pairs}) == [tuple(pair) for pair in pairs]
    assert timed({"segments": [[1.0, 2.0, " Hello there."], [2.5, 3.5, " Good morning."]]}) == [
        (None, 1.0, 3.5, "Hello there. Good morning.")
    ]


def test_questions_and_answers():
    """Where keys are all that says who speaks, they are the labels; a quiz is no transcript."""
    interview = [{"num": n, "question": f"Why {n}?", "answer": f"Well {n}."} for n in (1, 2)]
    assert said({"header": "An interview.", "segments": interview}) == [
        ("question", "Why 1?"),
        ("answer", "Well 1."),
        ("question", "Why 2?"),
        ("answer", "Well 2."),
    ]
    talk = [{"speaker": "Anna", "text": "Hello."}]
    assert said({"questions": interview, "transcript": talk}) == [("Anna", "Hello.")]


def test_several_dialogues_are_read_in_order():
    """A list, lines or an object of dialogues; summaries are reported with the line they are on."""
    one = {"dialogue": "#P1#: Hello.\n#P2#: Hi.", "summary": "Two people greet each other."}
    two = {"dialogue": "#P1#: Who pays?\n#P2#: Nobody.", "summary": "Nobody pays for it."}
    expected = [("#P1#", "Hello."), ("#P2#", "Hi."), ("#P1#", "Who pays?"), ("#P2#", "Nobody.")]
    assert said([one, two]) == expected
    assert said({"a1": one, "b2": two}) == expected
    lines = read(json.dumps(one) + "\n" + json.dumps(two) + "\n")
    assert [(t.speaker, t.text) for t in lines.turns] == expected
    assert [(line.line, line.text) for line in lines.unread] == [
        (1, "summary: Two people greet each other."),
        (2, "summary: Nobody pays for it."),
    ]


def test_what_is_about_the_speech_is_no_turn():
    """Queries and answers stand before the transcript, and are longer."""
    answer = "They spoke at length of the tram and of the schools along its route."
    document = {
        "topic_list": [{"topic": "The tram in the city", "relevant_text_span": [["0", "1"]]}],
        "general_query_list": [{"query": "Sum up the meeting.", "answer": answer}],
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
        f"answer: {answer}",
    ]
