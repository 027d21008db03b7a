"""Examples of transcripts in German, Spanish, French and Portuguese: what one who speaks there says
of a name that comes back, asked in the transcript's own language.

Only names and, in German, things are told by their capitals; other languages have none here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from index import Turn
from index.sentences import sentences

from .topics import Topic

SAID = {
    "de": "Was sagte {who} zum Thema {what}?",
    "es": "¿Qué dijo {who} sobre {what}?",
    "fr": "Qu'a dit {who} sur {what} ?",
    "pt": "O que {who} disse sobre {what}?",
}
# The article that a name keeps behind "about"; German asks without one.
_ARTICLES = {
    "es": frozenset("el la los las".split()),
    "fr": frozenset("le la les".split()),
    "pt": frozenset("o a os as".split()),
}
# What is written with a capital in a hall and is no subject: forms of address, offices, times.
_ADDRESS = frozenset(
    "abend abgeordnete abgeordneten abstimmung amt anfang antrag beginn beifall bitte dame damen "
    "dank dezember dienstag ding dinge donnerstag ende februar fragen frage frau fraktion "
    "freitag herr herren herrn jahr jahre jahren januar juli juni kollege kollegen kollegin "
    "kolleginnen leben leute mal mann menschen mensch minister minuten mittwoch monat montag "
    "nacht november oktober prozent präsident präsidentin recht rede samstag sache september "
    "seite sitzung sonntag stelle stunde stunden tag tage tagen teil thema uhr weg weise woche "
    "wochen wort worte zeit ziel zuruf señor señora señores señoras presidenta presidente "
    "licenciada licenciado doctora doctor don doña secretaria secretario gracias enero febrero "
    "marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes "
    "miércoles jueves viernes sábado domingo monsieur madame messieurs mesdames président "
    "présidente ministre merci janvier février mars avril mai juin juillet août octobre décembre "
    "lundi mardi mercredi jeudi vendredi samedi dimanche senhor senhora senhores obrigado "
    "obrigada ministra ministro janeiro fevereiro março maio junho julho setembro outubro "
    "novembro dezembro deputado deputada".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# German words in another case than the one that the question has.
_BENT = re.compile(r"^\w+e[nrsm]? .|es$")
_MOST_WORDS = 3
_LEAST_LETTERS = 4


def names_of(turns: Iterable[Turn], language: str, but: Collection[str] = ()) -> list[Topic]:
    """The names that come back in these turns, those in most sentences first; none with a word of
    `but`, such as a name of who speaks there."""
    left_out = _ADDRESS | {word.casefold() for name in but for word in _WORD.findall(name)}
    articles = _ARTICLES.get(language, frozenset())
    places: dict[str, list[int]] = defaultdict(list)
    with_article: dict[str, Counter[str]] = defaultdict(Counter)
    for turn in turns:
        for start, end in sentences(turn.text):
            for before, name in _names_in(turn.text[start:end]):
                words = name.casefold().split()
                if language == "de" and _BENT.search(name):
                    continue
                if left_out.isdisjoint(words) and turn.position not in places[name][-1:]:
                    places[name].append(turn.position)
                    with_article[name][before if before in articles else ""] += 1
    topics = []
    for name, at in places.items():
        article, times = with_article[name].most_common(1)[0]
        spoken = f"{article} {name}" if article and times * 2 > len(at) else name
        topics.append(Topic(name, spoken, tuple(at), len(at), is_name=True))
    # A name of several words says more than one that is said as often.
    return sorted(topics, key=lambda topic: (-len(topic.turns), -len(topic.phrase)))


def _names_in(sentence: str) -> list[tuple[str, str]]:
    """Each run of words with capitals that does not open the sentence, with the word before."""
    if sentence.isupper():
        return []
    words = list(_WORD.finditer(sentence))
    found, at = [], 1
    while at < len(words):
        run = at
        while run < len(words) and words[run].group()[0].isupper():
            if run > at and sentence[words[run - 1].end() : words[run].start()] != " ":
                break
            run += 1
        name = " ".join(word.group() for word in words[at:run])
        fits = 0 < run - at <= _MOST_WORDS and len(name) >= _LEAST_LETTERS
        if fits and not name.isupper():
            gap = sentence[words[at - 1].end() : words[at].start()]
            found.append((words[at - 1].group().casefold() if gap == " " else "", name))
        at = max(run, at + 1)
    return found
