"""Sentence spans: they tile the text and end where sentences do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import MAX_SENTENCE_CHARS, sentence_spans, sentences

TEXT = st.text(
    st.one_of(
        st.sampled_from("Aab .!?,\n\t\r。！？、“”()…1"), st.characters(exclude_categories=("Cs",))
    ),
    max_size=80,
)


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(st.one_of(TEXT, TEXT.map(lambda text: text * 40)))
def test_spans_tile_the_text(text):
    """Joined they give it back; none is empty, too long, or holds a line break but at its end."""
    spans = sentence_spans(text)
    pieces = [text[start:end] for start, end in spans]
    assert "".join(pieces) == text
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert [p for p in pieces if not p or len(p) > MAX_SENTENCE_CHARS] == []
    assert [p for p in pieces if "\n" in p.rstrip("\n")] == []


@given(TEXT)
def test_sentences_are_the_spans_without_white_space(text):
    """Nothing but white space is left out."""
    assert "".join("".join(parts(text)).split()) == "".join(text.split())
    assert [part for part in parts(text) if part != part.strip() or not part] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("Thank you. We agree!  Do we?", ["Thank you.", "We agree!", "Do we?"]),
        ("Mr. Tokayev met Dr. Lind. They talked.", ["Mr. Tokayev met Dr. Lind.", "They talked."]),
        ("The Japan-U.S. Climate Partnership.", ["The Japan-U.S. Climate Partnership."]),
        ("He left the U.S. We stayed.", ["He left the U.S.", "We stayed."]),
        ("The U.S. paid $4.5 billion. It did.", ["The U.S. paid $4.5 billion.", "It did."]),
        ("It took a month. Prices fell.", ["It took a month.", "Prices fell."]),
        ("It is not a tax.” Tomorrow it is.", ["It is not a tax.”", "Tomorrow it is."]),
        ("Three months or so. Rates rose.", ["Three months or so.", "Rates rose."]),
        ("My right hon. Friend is here.", ["My right hon. Friend is here."]),
        ("Florida vs. Sebelius was argued.", ["Florida vs. Sebelius was argued."]),
        ("Is it yes or no. The vote is open.", ["Is it yes or no.", "The vote is open."]),
        ("Siehe auch art. Drei davon.", ["Siehe auch art. Drei davon."]),
        ("One line\nand another. End", ["One line", "and another.", "End"]),
        ("我们同意。谢谢！真的吗？", ["我们同意。", "谢谢！", "真的吗？"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("वह गया। हम आए।", ["वह गया।", "हम आए।"]),
    ],
)
def test_where_sentences_end(text, expected):
    """Abbreviations and numbers don't end one, words that only look like some do; other scripts
    end theirs with their own stops."""
    assert parts(text) == expected


def test_speech_without_punctuation_is_cut_between_words():
    """5,000 words in one line become pieces to read, none longer than the limit, none split."""
    text = " ".join(f"word{n}" for n in range(5_000))
    pieces = parts(text)
    assert max(map(len, pieces)) <= MAX_SENTENCE_CHARS
    assert " ".join(pieces) == text


def test_one_word_longer_than_a_sentence_is_cut():
    """There is no better place, so the limit is."""
    text = "a" * (2 * MAX_SENTENCE_CHARS + 1)
    assert [len(part) for part in parts(text)] == [MAX_SENTENCE_CHARS, MAX_SENTENCE_CHARS, 1]
