"""Text -> words in a common form, whatever the script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import count_words, gram_size, grams, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The snake_case's $7,591.", ["the", "snake", "case", "s", "7", "591"]),
        ("ＡＢＣ１２３ ﬁne", ["abc123", "fine"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Jose\u0301 İstanbul", ["josé", "istanbul"]),
        ("Ёлка ёлки Йод и\u0306од", ["елка", "елки", "йод", "йод"]),
        ("за\u0301мок", ["замок"]),
        ("ΟΔΟΣ οδός ὁδός", ["οδοσ", "οδοσ", "οδοσ"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("مُحَمَّد ﻣﺪﺭﺳﺔ", ["مُحَمَّد", "مدرسة"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("这次会议，上", ["这次会议", "上"]),
        ("COVID患者2名", ["covid", "患者", "2", "名"]),
        ("ｶﾞｽとガス", ["ガスとガス"]),
        ("ジョン・スミス", ["ジョン", "スミス"]),
        ("회의에서 말했다", ["회의에서", "말했다"]),
        ("การประชุม 2566 ๒", ["การประชุม", "2566", "๒"]),
        ("\ud83d half", ["half"]),
        ("?!…", []),
    ],
)
def test_words(text, words):
    """Case, width, accents of Greek and stress marks fold; й, が and vowel signs are kept."""
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("run", "size"),
    [("会议", 2), ("トラム", 2), ("회의", 2), ("ประชุม", 3), ("word", 0), ("слово", 0)],
)
def test_letters_in_a_term(run, size):
    """Two of a script whose letters are syllables, three of an alphabet."""
    assert gram_size(run) == size


def test_grams_overlap_and_a_short_run_is_one():
    assert grams("这次会议", 2) == ["这次", "次会", "会议"]
    assert grams("会", 2) == ["会"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Well, it is.", 3),
        ("", 0),
        ("我们今天讨论会议", 4),
        ("Bitcoin 是货币", 3),
        ("การประชุม", 5),
    ],
)
def test_words_are_counted_in_any_script(text, count):
    """By spaces; without them two letters are about one word."""
    assert count_words(text) == count


@given(st.text())
def test_any_text_has_words_without_space_or_underscore(text):
    assert all(word and not set(word) & {" ", "_", "\n"} for word in split_words(text))
