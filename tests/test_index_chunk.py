"""Transcript -> passages: they tile the turns and keep to the limit, whatever the tokenizer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk import TARGET_TOKENS, chunk, lines_of
from index.parse import parse_file
from index.types import Passage, Slice, Transcript, Turn


def by_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) + 2 for text in texts]


def by_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) + 2 for text in texts]


def by_pairs(texts: Sequence[str]) -> list[int]:
    """Not additive: two halves of odd length count more than the whole."""
    return [(len(text) + 1) // 2 + 2 for text in texts]


def by_growth(texts: Sequence[str]) -> list[int]:
    """Not additive: the whole counts far more than its parts."""
    return [2 + len(text) + len(text) ** 2 // 200 for text in texts]


def by_spite(texts: Sequence[str]) -> list[int]:
    """Not even growing: the count jumps with the length, and a colon is dear."""
    return [2 + len(text) * (1 + len(text) % 3) + 5 * text.count(":") for text in texts]


COUNTERS = st.sampled_from([by_words, by_characters, by_pairs, by_growth, by_spite])
SPEAKER = st.sampled_from([None, "Anna", "Bo Ek", "Q", "X" * 300, "Anna: Lind"])
SPEECH = st.one_of(
    st.text(st.sampled_from("ab .?!,\n 。é"), max_size=120),
    st.lists(
        st.sampled_from(["Yes.", "We agree, all of us.", "28", "word " * 30]), max_size=12
    ).map(" ".join),
)


def transcript(*turns: tuple[str | None, str]) -> Transcript:
    return Transcript(
        "x.txt", "x", tuple(Turn(n, speaker, text) for n, (speaker, text) in enumerate(turns))
    )


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


@given(st.lists(st.tuples(SPEAKER, SPEECH), max_size=8), COUNTERS, st.integers(3, 200))
def test_slices_tile_the_turns_within_the_limit(turns, count, limit):
    """Every character lies in exactly one slice, in order, and no passage is over the limit."""
    source = transcript(*turns)
    passages = chunk(source, count, limit)
    slices = [part for passage in passages for part in passage.slices]
    tiled = {turn.position: "" for turn in source.turns}
    for part in slices:
        assert part.start == len(tiled[part.turn])
        tiled[part.turn] += source.turns[part.turn].text[part.start : part.end]
    assert tiled == {turn.position: turn.text for turn in source.turns}
    assert [part.turn for part in slices] == sorted(part.turn for part in slices)
    over = [p for p in passages if count([p.text])[0] > limit]
    assert [p for p in over if sum(part.end - part.start for part in p.slices) > 1] == []


@given(st.lists(st.tuples(SPEAKER, SPEECH), max_size=8), COUNTERS, st.integers(3, 200))
def test_text_is_the_slices_with_their_speakers(turns, count, limit):
    """A passage's text is what its slices say, each after its speaker, and it lists them once."""
    source = transcript(*turns)
    for passage in chunk(source, count, limit):
        lines = [source.turns[s.turn].text[s.start : s.end].strip() for s in passage.slices]
        names = [source.turns[s.turn].speaker for s in passage.slices]
        prefixed = [
            f"{name}: {line}" if name else line for name, line in zip(names, lines, strict=True)
        ]
        # A name that costs more than a quarter of the limit is left out of the text.
        bare = [
            line if name and count([f"{name}: "])[0] - count([""])[0] > limit // 4 else with_name
            for name, line, with_name in zip(names, lines, prefixed, strict=True)
        ]
        assert passage.text == "\n".join(bare)
        assert passage.speakers == tuple(dict.fromkeys(name for name in names if name))
        assert passage.transcript == "x.txt"


def test_whole_turns_are_packed_together():
    """Turns that fit stay whole and share a passage up to the limit, prefixes counted."""
    source = transcript(("Anna", "one two three"), ("Bo", "four five"), ("Anna", "six seven eight"))
    assert texts(chunk(source, by_words, 9)) == [
        "Anna: one two three\nBo: four five",
        "Anna: six seven eight",
    ]
    assert texts(chunk(source, by_words, 8)) == [
        "Anna: one two three",
        "Bo: four five",
        "Anna: six seven eight",
    ]


def test_passages_keep_to_the_target_where_the_model_could_take_more():
    """Long limits don't make long passages."""
    source = transcript(*[("Anna", " ".join(["word"] * 50))] * 6)
    counts = by_words(texts(chunk(source, by_words, 8_000)))
    assert counts == [104, 104, 104]
    assert max(counts) <= TARGET_TOKENS


def test_a_long_turn_is_cut_at_sentences_into_even_parts():
    """No part is a stub, and each names the speaker."""
    source = transcript(("Anna", "One two. Three four. Five six. Seven eight."))
    assert chunk(source, by_words, 8) == [
        Passage("x.txt", (Slice(0, 0, 21),), ("Anna",), "Anna: One two. Three four."),
        Passage("x.txt", (Slice(0, 21, 43),), ("Anna",), "Anna: Five six. Seven eight."),
    ]


def test_speakers_of_a_passage_are_listed_once_in_order():
    """Nobody is listed for speech that nobody is said to have spoken."""
    source = transcript(("Bo", "a"), (None, "b"), ("Anna", "c"), ("Bo", "d"))
    (passage,) = chunk(source, by_words, 60)
    assert passage.speakers == ("Bo", "Anna")
    assert passage.text == "Bo: a\nb\nAnna: c\nBo: d"
    assert passage.turns == (0, 3)


def test_an_absurd_name_takes_no_room_from_the_speech():
    """It is left out of the text, and still listed as the speaker."""
    name = "very " * 500
    (passage,) = chunk(transcript((name, "Hello.")), by_words, 20)
    assert (passage.text, passage.speakers) == ("Hello.", (name,))


def test_a_word_of_100000_characters():
    """It is cut into passages of the limit, quickly, and joined it is whole again."""
    passages = chunk(transcript(("Anna", "a" * 100_000)), by_characters, 106)
    assert max(by_characters(texts(passages))) <= 106
    assert "".join(text.removeprefix("Anna: ") for text in texts(passages)) == "a" * 100_000


@pytest.mark.parametrize("turns", [[], [("Anna", "")], [(None, ""), ("Bo", "")]])
def test_nothing_said_is_no_passage(turns):
    """Empty turns make no empty passages."""
    assert chunk(transcript(*turns), by_words, 20) == []


def test_the_sample(sample):
    """Nothing that is said in the sample is missing from its passages."""
    source = parse_file(sample)
    passages = chunk(source, by_words, 256)
    assert {part.turn for passage in passages for part in passage.slices} == {0, 1, 2, 3}
    said = " ".join(turn.text for turn in source.turns).split()
    heard = " ".join(
        source.turns[s.turn].text[s.start : s.end] for p in passages for s in p.slices
    ).split()
    assert heard == said


@given(st.lists(st.tuples(SPEAKER, SPEECH), max_size=8), COUNTERS, st.integers(3, 200))
def test_lines_say_where_the_words_of_a_passage_stand(turns, count, limit):
    """Each character of its words is that of the turn."""
    source = transcript(*turns)
    by_position = dict(enumerate(source.turns))
    for passage in chunk(source, count, limit):
        lines = lines_of(passage, by_position)
        said = [s for s in passage.slices if source.turns[s.turn].text[s.start : s.end].strip()]
        assert [line.turn for line in lines] == [part.turn for part in said]
        for line in lines:
            words = passage.text[line.words : line.end]
            turn = source.turns[line.turn]
            assert turn.text[line.offset : line.offset + len(words)] == words
            label = passage.text[line.start : line.words]
            assert label in ("", f"{turn.speaker}: ")


def test_lines_of_a_turn_that_has_changed_are_left_out():
    source = transcript(("Anna", "The tram is late."), ("Bo Ek", "It is."))
    (passage,) = chunk(source, by_words, 100)
    changed = {0: Turn(0, "Anna", "Something else is said."), 1: source.turns[1]}
    assert lines_of(passage, changed) == []


def test_words_that_the_label_holds_too_are_found_behind_it():
    source = transcript(("OKAFOR", "OK"), ("Bob", "  "), ("Bob", "It costs ten."))
    (passage,) = chunk(source, by_words, 100)
    lines = lines_of(passage, dict(enumerate(source.turns)))
    said = [(line.turn, passage.text[line.words : line.end]) for line in lines]
    assert said == [(0, "OK"), (2, "It costs ten.")]
