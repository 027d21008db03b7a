"""Which language a text is in: told by its commonest words, only where they are clear."""

from __future__ import annotations

import pytest

from index.languages import guess_language, is_english, latin_language
from index.parse import parse_bytes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Godmorgen, i dag taler vi om, hvad der sker på markedet, og hvorfor."),
        ("de", "Wir sprechen heute über den Markt und warum das für uns wichtig ist."),
        ("es", "Hoy vamos a hablar de lo que pasa en el mercado y por qué es importante."),
        ("fi", "Tänään puhumme siitä, mitä tapahtuu ja miksi se ei ole meille helppoa."),
        ("fr", "Nous parlons de ce qui se passe sur le marché et pourquoi c'est important."),
        ("hu", "Ma arról beszélünk, hogy mi van a piacon és miért nem könnyű ez."),
        ("it", "Oggi parliamo di che cosa succede sul mercato e perché non è per noi."),
        ("nl", "Vandaag praten we over wat er op de markt gebeurt en waarom het niet mag."),
        ("no", "I dag snakker vi om hva som skjer på markedet og hvordan det er for oss."),
        ("pt", "Hoje vamos falar sobre o que está acontecendo e por que isso não é bom."),
        ("ro", "Astăzi vorbim despre ce se întâmplă pe piață și de ce este important."),
        ("sv", "Idag talar vi om vad som händer på marknaden och varför det är viktigt."),
        ("tr", "Bugün piyasada ne olduğunu ve bunun neden çok önemli olduğunu konuşacağız."),
        ("de", "Wann beginnt die Sitzung?"),
        ("es", "¿Cuál es el presupuesto?"),
        ("fr", "Quel est le budget ?"),
    ],
)
def test_a_clear_language(language, text):
    """A sentence of talk, or a question, is enough."""
    assert guess_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Today we talk about what is going on in the market and why it is important.",
        "What did Die Zeit say about Los Angeles and the war in Las Vegas?",
        "Der Spiegel",
        "Dzień dobry, dzisiaj rozmawiamy o tym, co się dzieje na rynku i dlaczego to ważne.",
        "Dobrý den, dnes se budeme bavit o tom, co se stalo na trhu a jak to bude dál.",
        "Selamat pagi, kita akan membahas apa yang terjadi di pasar dan mengapa penting.",
        "Сегодня мы говорим о том, что происходит на рынке.",
        "我们今天讨论市场上发生的事情。",
        "",
        "28",
    ],
)
def test_english_and_what_is_not_clear(text):
    """English needs no guess, and a language that isn't known is not taken for a neighbour."""
    assert guess_language(text) is None


@pytest.mark.parametrize(
    ("named", "language"),
    [
        ("de", "german"),
        ("DE_at", "german"),
        ("en-US", "english"),
        ("Spanish", "spanish"),
        ("español (México)", "spanish"),
        ("nb-NO", "norwegian"),
        ("pt-BR", "portuguese"),
        ("Deutsch", "german"),
        ("zh", "english"),
        ("ru-RU", "english"),
        ("?", "english"),
        ("", "english"),
        (None, "english"),
    ],
)
def test_what_files_call_a_language(named, language):
    """Codes and names; Latin letters in a text of another script are mostly English."""
    assert latin_language(named) == language


def test_a_transcript_has_the_language_of_its_file_else_of_its_words(tmp_path):
    """What the file says is not doubted."""
    talk = b"Anna: Wir sprechen heute \xc3\xbcber den Markt.\nBo: Das ist nicht die Frage.\n"
    english = b"Anna: What is the market?\nBo: That is not the question.\n"
    path = tmp_path / "a.md"
    assert parse_bytes(path, talk, "a.md").language == "de"
    assert parse_bytes(path, b"---\nlang: nl\n---\n" + talk, "a.md").language == "nl"
    assert parse_bytes(path, english, "a.md").language is None


@pytest.mark.parametrize(
    "text",
    [
        "What did they say?",
        "GitLab hosting cost",
        "What does the café cost?",
        "Who is Wolfgang Schäuble?",
    ],
)
def test_english_and_what_may_be(text):
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    ["¿Qué comió?", "Kdo to řekl?", "Какой пульс?", "他说了什么?", "Wie hoch ist das Budget?",
     "Combien cela coûte ?", "Wer gewann?", "Cuando llega?", "¿Vino Merkel?"],
)  # fmt: skip
def test_other_languages_are_told_from_english(text):
    assert not is_english(text)
