"""BM25 in any script and language: what finds what, and what must not."""

from __future__ import annotations

import pytest

from index.lexical import LexicalIndex, terms
from index.material import PassageText


def index_of(*said: tuple[str, str | None]) -> LexicalIndex:
    """Passages of these texts and languages, numbered from 0, each a document of its own."""
    return LexicalIndex.build(
        [PassageText(n, n, None, (), text, language) for n, (text, language) in enumerate(said)],
        None,
    )


def found(index: LexicalIndex, text: str) -> list[int]:
    return [number for number, _ in index.search(text, 10)]


@pytest.mark.parametrize(
    ("language", "text", "finds", "misses"),
    [
        ("zh", "李：你好吗？这次会议上讨论了税收。", "会议 你好吗 税 税收 这次会议",
         "议会 狗 好你"),
        ("ja", "トラムは来年の三月に開通します。", "トラム 開通 来年 ﾄﾗﾑ 年", "ラト 四"),
        ("ko", "회의에서 예산을 논의했다. 돈을 쓴다.", "회의 예산 예산이 돈", "의회 산예"),
        ("th", "การประชุมวันนี้พูดถึงงบประมาณปีหน้า", "ประชุม งบประมาณ ปี การประชุม", "รถไฟ"),
        ("km", "កិច្ចប្រជុំថ្ងៃនេះ", "ប្រជុំ ថ្ងៃ", "រទេះភ្លើង"),
        (None, "Трамваи и ёлки: йод, Ёж, замо\u0301к открыты.",
         "трамвай ТРАМВАЕВ елка ёлка йод еж замок открытый", "иод трава"),
        ("uk", "Сьогодні міська рада обговорює бюджет.", "рада бюджет РАДА міська", "сади"),
        ("el", "Οι άνθρωποι της ΟΔΟΥ μίλησαν.", "ανθρωπος ΑΝΘΡΩΠΩΝ άνθρωπος οδός ὁδοῦ",
         "τρένο"),
        ("ar", "المُدرّسة في المدينة", "مدينة المدينة", "قطار"),
        ("ta", "தமிழ் மொழிகள் பேசினோம்", "மொழி மொழிகள்", "ரயில்"),
        ("hi", "दिल्ली में बैठक हुई।", "बैठक दिल्ली", "दिल रेल"),
        ("he", "הישיבה נפתחה בירושלים.", "הישיבה נפתחה", "רכבת"),
        ("de", "Die Häuser an der Straße wurden für 462 Möglichkeiten eröffnet.",
         "Haus hauser STRASSE Möglichkeit eröffneten", "die der für bahn"),
        ("Spanish", "Las votaciones y la reunión de México fueron rápidas.",
         "votación reuniones reunion mexico RÁPIDA", "las y la tren"),
        ("fr-FR", "Les économies adoptées à l'été, naïveté comprise.",
         "économie economie adopté adoptee ete naivete", "les à train"),
        ("da", "Sporvognene i København åbner øst for ærøen.",
         "sporvogn sporvognen københavn kobenhavn ost", "i for tog"),
        ("sv", "Mötena på Åland är öppna.", "möten moten åland aland öppna", "på är tåg"),
        ("no", "Møtene på Ås er åpne.", "møte mote åpne apne", "på er tog"),
        ("nl", "De vergaderingen over het geld.", "vergadering vergaderingen geld", "de het trein"),
        ("it", "Le riunioni della città.", "riunione citta città", "le della treno"),
        ("pt", "As reuniões sobre a votação.", "reuniões votação votacao", "as a trem"),
        ("ro", "Ședințele și voturile din țară.", "ședință voturi tara", "și din tren"),
        ("hu", "Az üléseket és a házakat nézzük.", "ülés ules ház", "az és vonat"),
        ("fi", "Kokouksissa puhuttiin taloista.", "kokouksessa talo", "juna"),
        ("tr", "İstanbul'da evlerin ışıkları yandı.", "istanbul ev ışık isik", "ve tren"),
        ("pl", "Łódź ma nowe tramwaje.", "łódź lodz tramwaje", "pociąg"),
        ("vi", "Tiếng Việt rất hay.", "tieng việt viet", "tàu"),
        ("ja", "ＡＢＣ社は１２３円", "abc 123 ABC １２３", "12 ab"),
    ],
)  # fmt: skip
def test_words_of_a_language(language, text, finds, misses):
    """Other forms of a word find it, with or without its accents; its stop words do not."""
    index = index_of((text, language), ("An English passage of 7 trams.", "en"))
    assert [word for word in finds.split() if found(index, word)[:1] != [0]] == []
    assert [word for word in misses.split() if 0 in found(index, word)] == []


def test_chinese_ranks_the_whole_word_first():
    """Characters of a word apart, or in another order, are less than the word."""
    index = index_of(("议会和会费", "zh"), ("他们开会，议题", "zh"), ("这次会议上。", "zh"))
    assert found(index, "会议")[0] == 2  # others by what they are in English
    assert found(index, "会议上")[0] == 2
    assert set(found(index, "会")) == {0, 1, 2}


def test_a_question_is_asked_in_every_language_of_the_library():
    """German inflections are found in German, English ones in English, of one question each."""
    index = index_of(
        ("Die Sitzungen wurden eröffnet.", "de"),
        ("The meetings were opened.", "en-GB"),
        ("Las reuniones fueron abiertas.", None),
    )
    assert index.languages == ("english", "german")
    assert found(index, "Wann wurde die Sitzung eröffnet?")[0] == 0
    assert found(index, "When was the meeting opening?")[0] == 1
    assert found(index, "Sitzung meeting") == [0, 1] or found(index, "meeting Sitzung") == [1, 0]


def test_a_word_counts_once_however_many_stems_it_has():
    """As much as it would in the language that found it."""
    said = ("Die Möglichkeit fehlt.", "de")
    alone = index_of(said, ("Tram.", "de")).search("Möglichkeiten", 1)
    mixed = index_of(said, ("Tram.", "es")).search("Möglichkeiten", 1)
    assert terms("Möglichkeiten", ("german", "spanish"))[0] == "moglich"
    assert terms("Bus", ("german", "spanish")) == ["bus"]
    assert mixed == [(0, pytest.approx(alone[0][1]))]


def test_stop_words_are_those_of_the_question():
    """ "War" and "die" mean something in English, also where the library holds German."""
    both = ("english", "german")
    assert terms("Did the men die in the war?", both) == ["did", "men", "die", "war"]
    assert terms("Wie war das bei der Sitzung?", both) == ["sitzung"]
    assert terms("Wie war die Sitzung?") == ["wie", "war", "die", "sitzung"]


def test_scripts_need_no_language():
    """Callers that know none get the same terms of Russian, Greek and Chinese."""
    assert terms("Когда открыли трамваи?") == ["откр", "трамва"]
    assert terms("Когда открыли трамваи?", ("german",)) == ["откр", "трамва"]
    assert terms("ΟΙ ΑΝΘΡΩΠΟΙ των ανθρώπων") == ["ανθρωπ", "ανθρωπ"]
    assert terms("会议上") == ["会议", "议上"]


def test_languages_are_known_from_the_files(tmp_path):
    """After loading, and after documents of another came."""
    LexicalIndex.build([PassageText(1, 1, None, (), "Die Sitzungen.", "de")], tmp_path)
    assert LexicalIndex.load(tmp_path).languages == ("german",)
    LexicalIndex.update(tmp_path, [], [PassageText(2, 2, None, (), "Las reuniones.", "es")])
    assert LexicalIndex.load(tmp_path).languages == ("german", "spanish")
    assert LexicalIndex.build([], None).languages == ("english",)
