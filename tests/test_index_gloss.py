"""Words put into English one by one: what a gloss says, and which words of its source it is of."""

from __future__ import annotations

import random

import pytest

from index.gloss import glossed, has_lexicon, in_english
from index.lexical import LexicalIndex, index_terms
from index.lexicon import LEXICONS, in_latin
from index.material import PassageText

SAID = {
    "de": "Von den abgegebenen Stimmen waren 462 für den Haushalt, sagte der Präsident.",
    "es": "¿Cuándo va a presentar la presidenta el presupuesto de la ciudad?",
    "fr": "Le maire a dit que l'eau coûterait 30 millions d'euros l'année prochaine.",
    "it": "Il sindaco ha detto che l'acqua costerà 30 milioni di euro l'anno prossimo.",
    "pt": "O presidente disse que o orçamento da cidade é de 30 milhões de euros.",
    "zh": "总统说今年的预算是三十亿美元，目标是明年增加贸易。",
    "ru": "Президент сказал: наша цель — довести товарооборот до 30 миллиардов долларов.",
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "votes were 462 for the budget, said the president."),
        ("es", "When"),
        ("es", "present the president the budget of the city?"),
        ("fr", "The mayor"),
        ("fr", "30 million"),
        ("it", "The mayor said that the water"),
        ("pt", "The president said that the budget of the city"),
        ("zh", "budget"),
        ("ru", "our goal"),
        ("ru", "30 billion dollars"),
    ],
)
def test_what_is_said_in_another_language_is_put_into_english(language, words):
    gloss = glossed(SAID[language])
    assert gloss is not None
    assert words in gloss.text


@pytest.mark.parametrize("text", SAID.values())
def test_every_part_of_a_gloss_stands_for_words_of_its_source(text):
    """Any part of the gloss leads to a part of the source, in the same order, whole words only."""
    gloss = glossed(text)
    assert gloss.source(0, len(gloss.text)) == (text.startswith("¿"), len(text))
    for at, char in enumerate(gloss.text):
        start, end = gloss.source(at, at + 1)
        assert 0 <= start < end <= len(text)
        if char.isdigit():
            assert char in text[start:end]
        before, after = text[start - 1 : start], text[end : end + 1]
        if text[start].isalpha() and not "\u4e00" <= text[start] <= "\u9fff":
            assert not before.isalpha()
            assert not (after.isalpha() and text[end - 1] != "'")


def test_figures_and_what_no_lexicon_has_stay():
    gloss = glossed("Der Abgeordnete Xaver Qwortz sagte, es waren 1.234,5 Tonnen.")
    assert "Xaver Qwortz" in gloss.text
    assert "1.234,5" in gloss.text
    at = gloss.text.index("Qwortz")
    start, end = gloss.source(at, at + len("Qwortz"))
    assert "Der Abgeordnete Xaver Qwortz sagte"[start:end] == "Qwortz"


def test_cyrillic_names_are_written_as_they_sound():
    assert in_latin("Гагарин") == "Gagarin"
    assert in_latin("Хрущёв") == "Khrushchev"
    assert in_latin("Müller") == "Müller"


@pytest.mark.parametrize(
    "text",
    [
        "In the end the committee said no, and the budget was cut by 30 million.",
        "Die Another Day was on, we saw it at home.",
        "",
        "42",
        "Meta, Pinterest, Roblox.",
        "Сьогодні міська рада обговорює видатки, щоб їх зменшити ще цього тижня.",
        "市は来年の予算について話しました。",
        "De burgemeester heeft gezegd dat de begroting van de stad te klein is.",
    ],
)
def test_english_and_languages_without_a_lexicon_have_no_gloss(text):
    assert glossed(text) is None
    assert in_english(text) == text


def test_long_words_are_read_by_their_parts():
    gloss = glossed("Wir haben gestern mit dem Wasserpräsidenten und der Steuerministerin geredet.")
    assert "water president" in gloss.text
    assert "tax minister" in gloss.text


def test_what_is_kept_stands_as_it_is():
    """Names of people whom a question names are no words."""
    text = "Was hat der Herr Stein über das Geld gesagt?"
    at = text.index("Stein")
    gloss = glossed(text)
    assert "Stein" in gloss.but_for([(at, at + 5)], text)
    assert gloss.but_for([], text) == gloss.text


@pytest.mark.parametrize("language", LEXICONS)
def test_a_lexicon_has_an_english_word_for_each_entry_and_no_entry_twice(language):
    from importlib import resources

    file = resources.files("index").joinpath("glosses", f"{language}.tsv")
    rows = [row.split("\t") for row in file.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 4000
    assert [row for row in rows if len(row) != 2 or not all(row)] == []
    assert len({key for key, _ in rows}) == len(rows)
    assert [english for _, english in rows if not english.isascii()] == []
    assert [key for key, _ in rows if key != key.strip() or "\u0301" in key] == []


def test_a_question_in_another_language_finds_by_its_words():
    """English finds German, German finds English; and German German by the words themselves."""
    said = [SAID["de"], "The votes for the budget of the state were counted twice.", "Guten Tag."]
    index = LexicalIndex.build(
        [PassageText(n, n, None, (), text, None) for n, text in enumerate(said)], None
    )
    for question in ("votes for the budget", "Wie viele Stimmen gab es für den Haushalt?"):
        assert {number for number, _ in index.search(question, 10)} == {0, 1}


def test_terms_of_a_gloss_are_indexed_beside_the_words_own():
    terms = index_terms("Die Stimmen wurden gezählt, sagte der Präsident.", "german").split()
    assert {"stimm", "vote"} <= set(terms)


def test_only_languages_with_a_lexicon_have_one():
    assert [has_lexicon(name) for name in ("de", "de-AT", "Spanish", "ru", "nl", None)] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_any_mixture_of_characters_has_a_gloss_or_none(seed):
    """Spans stay within the source, whatever it is."""
    rng = random.Random(seed)
    words = [
        *" ".join(SAID.values()).split(),
        "’",
        "l'",
        "-",
        "İ",
        "ß",
        "ﬁ",
        "\n",
        "𝒜",
        "ё",
        "e\u0301",
    ]
    text = " ".join(rng.choices(words, k=rng.randint(1, 30)))
    gloss = glossed(text)
    for at in range(len(gloss.text) if gloss else 0):
        start, end = gloss.source(at, at + 1)
        assert 0 <= start < end <= len(text)
