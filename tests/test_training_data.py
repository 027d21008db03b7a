"""The examples that the reader is trained on: answers stay where they are marked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.dev_library import gather, in_words, read_rows
from training.generators import made
from training.reader_data import TALKS
from training.spoken import Talk, as_talk, edited, lines_as_talk, roughened, windows

TEXT = (
    "The bridge was opened in 1931, after six years. It cost 4.2 million pounds, and nobody was "
    "sure who had paid. The engineer, Ada Brook, left before the opening; she never came back. "
) * 3


@given(st.integers(0, 2**31), st.sampled_from(["1931", "4.2 million pounds", "Ada Brook"]))
def test_roughened_speech_keeps_its_answers(seed, words):
    start = TEXT.index(words)
    text, [(first, last)] = roughened(TEXT, [(start, start + len(words))], random.Random(seed))
    assert text[first:last] == words


@given(st.integers(0, 2**31), st.sampled_from(["1931", "4.2 million pounds", "Ada Brook"]))
def test_talk_of_any_layout_marks_its_answers(seed, words):
    """In one passage or another, each as it was."""
    start = TEXT.index(words)
    talk = as_talk(TEXT, [(start, start + len(words))], random.Random(seed))
    found = [w.text[a:b] for w in windows(talk) for a, b in w.answers]
    assert found == [words]


def test_edits_move_what_follows_them():
    text, spans = edited("one two three", [(4, 7), (8, 13)], [(3, 4, " uh "), (7, 8, ", ")])
    assert text == "one uh two, three"
    assert [text[a:b] for a, b in spans] == ["two", "three"]


def test_a_label_may_answer():
    text = "Anna: It is late.\nBo Ek: So it is."
    at = text.index("Bo Ek")
    [window] = windows(lines_as_talk(text, [(at, at + 5)]))
    [(start, end)] = window.answers
    assert (window.text[start:end], window.speakers, window.others) == (
        "Bo Ek", ("Bo Ek",), ("Anna",),
    )  # fmt: skip


def test_answers_in_one_turn_are_not_found_in_the_next():
    talk = Talk((("Anna", "Ten."), ("Bo", "Ten.")), ((1, 0, 3),))
    [window] = windows(talk)
    assert [window.text[:a].count("\n") for a, _ in window.answers] == [1]


@pytest.mark.parametrize("held_out", [False, True])
def test_made_up_talk_is_whole(held_out):
    """No mark is left in it, and each answer is words of its turn."""
    rng = random.Random(3)
    answered = 0
    for _ in range(300):
        asked = made(rng, held_out=held_out)
        assert not any(sign in text for _, text in asked.talk.turns for sign in "<>{}")
        assert not set("<>{}") & set(asked.question)
        for turn, start, end in asked.talk.answers:
            speaker, text = asked.talk.turns[turn]
            assert text[start:end].strip() if start >= 0 else speaker
        answered += bool(asked.talk.answers)
    assert 120 < answered < 270


def test_wordings_held_out_are_not_trained_on():
    questions = [
        {made(rng, held_out=apart).question for _ in range(400)}
        for apart, rng in ((False, random.Random(1)), (True, random.Random(1)))
    ]
    assert not questions[0] & questions[1]


@pytest.mark.parametrize("path", sorted(TALKS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_questions_written_by_hand_are_whole(path: Path):
    """Where the talk is ours, each answer stands in the turn that it names."""
    for line in path.read_text(encoding="utf-8").splitlines():
        talk = json.loads(line)
        for asked in talk["questions"]:
            assert asked["question"].strip()
            if "context" in talk and asked["answers"]:
                turns = [t for t in talk["context"].split("\n") if t.startswith(asked["turn"])]
                assert len(turns) == 1, asked
                assert all(answer in turns[0] for answer in asked["answers"]), asked


def test_the_development_questions_find_their_evidence(shared, tmp_path):
    """Of each that is answerable an answer stands there, or is the speaker."""
    rows = read_rows()
    gather(shared, {row["document"] for row in rows}, tmp_path)
    asked = list(in_words(rows, tmp_path))
    assert [len(asked), sum(row["answerable"] for row in asked)] == [156, 115]
    normal = 0
    for row in asked:
        said = " ".join(" ".join([*row["evidence"], row["speaker"] or ""]).split()).casefold()
        normal += any(answer.casefold() in said for answer in row["answers"])
        assert bool(row["evidence"]) == row["answerable"]
    assert normal == 115
