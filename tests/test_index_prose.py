"""What was said, without what was printed around it."""

from __future__ import annotations

import pytest

from index.parse.text.prose import clean, is_aside, is_wrapped, not_speech
from index.parse.text.reader import parse_text
from index.types import TimeMark, UnreadLine


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We **must** act, _now_.", "We must act, now."),
        ("See [the paper](https://a.b/c) first.", "See the paper (https://a.b/c) first."),
        ("<s>Reliance</s> \\[Resilience\\]", "Reliance [Resilience]"),
        ("AT&amp;T &quot;won&quot;", 'AT&T "won"'),
        ("V over V<sub>R</sub>", "V over VR"),
        ("<unknown> said so", "<unknown> said so"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("snake_case_name", "snake_case_name"),
        ("exam\u00adple and -\u00ad", "example and --"),
        ("[glossary:RCS] and [time:00:08|8 plus 8]", "RCS and 8 plus 8"),
        ("one<br>two", "one two"),
    ],
)
def test_marks_fall_away_and_words_stay(text, words):
    assert clean(text) == words


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("---", "a separator"),
        ("* * *", "a separator"),
        ("...", None),
        ("…", None),
        ("## Opening", "a heading"),
        ("#nospace", None),
        ("<!--more-->", "markup"),
        ("<center><img src='a.jpg'></center>", "markup"),
        ("{% include setup %}", "markup"),
        ("**Break:** \\[01:33\\] to \\[03:00\\]", "a break"),
        ("**Break:** we had one", None),
        ("_note: splashdown", "an annotation"),
        ("BY MR. SMITH:", "a heading"),
        ("Transcribed by https://otter.ai", "page furniture"),
        ("discussion on that with you", None),
        ("We are done.", None),
    ],
)
def test_lines_that_are_no_speech(line, why):
    """Each kind has its reason, and speech has none."""
    assert not_speech(line) == why


@pytest.mark.parametrize(
    ("line", "aside"),
    [
        ("(Laughter.)", True),
        ("[Music]", True),
        ("(Beifall bei der SPD [SPD])", True),
        ("\\[Crosstalk\\]", True),
        ("(Yes.) And no (maybe).", False),
        ("Well (she said).", False),
    ],
)
def test_stage_directions(line, aside):
    assert is_aside(line) is aside


def test_stage_directions_leave_the_turn_but_a_lone_one_stays():
    """What is in brackets between paragraphs is reported; an inaudible answer is an answer."""
    transcript = parse_text(
        "x.txt", "ANNA: One.\n\n(Applause.)\n\nTwo.\n\nBO: (Inaudible.)\n\nANNA: Three.\n"
    )
    assert [turn.text for turn in transcript.turns] == ["One.\nTwo.", "(Inaudible.)", "Three."]
    assert transcript.unread == (UnreadLine(3, "(Applause.)", "a stage direction"),)


def test_headings_leave_the_turn():
    """Marked, underlined, in capitals or in bold, a heading is not what the speaker said."""
    text = (
        "ANNA: One.\n\n## Part two\n\nTwo.\n\nTopic three\n===========\n\nThree.\n\n"
        "DIRECT EXAMINATION\n\nFour.\n\n**Part five**\n\nFive.\n\nBO: Yes.\n\nANNA: No.\n"
    )
    transcript = parse_text("x.txt", text)
    assert transcript.turns[0].text == "One.\nTwo.\nThree.\nFour.\nFive."
    assert [line.text for line in transcript.unread if line.why == "a heading"] == [
        "## Part two",
        "Topic three",
        "DIRECT EXAMINATION",
        "**Part five**",
    ]


def test_times_between_paragraphs_are_kept():
    """A citation can jump to the paragraph: each time stands at the offset of its words."""
    text = "Anna (00:10):\nOne.\n\n(00:20):\nTwo.\n\n[00:30] Three.\n\nBo (00:40):\nFour.\n"
    turn = parse_text("x.txt", text).turns[0]
    assert (turn.text, turn.start_seconds) == ("One.\nTwo.\nThree.", 10.0)
    assert turn.marks == (TimeMark(5, 20.0), TimeMark(10, 30.0))
    assert [turn.seconds_at(offset) for offset in (0, 4, 5, 9, 10)] == [10, 10, 20, 20, 30]


def test_wrapped_lines():
    """Lines that end within sentences, and keep to a width, were cut."""
    assert is_wrapped(["The new tram opens on the third", "of March and it costs", "a lot."])
    assert not is_wrapped(["The new tram opens.", "It costs a lot.", "We ride."])
    assert not is_wrapped(["The new tram opens on the third " * 9, "of March"])
