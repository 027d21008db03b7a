"""Which language a text is in: as its file says, else by the commonest words in it.

Only languages in Latin letters need telling apart; other scripts say themselves how their words
are read (index/lexical.py). A text in none of these is read as English.
"""

from __future__ import annotations

import re
from collections import Counter

ENGLISH = "english"

# What files call a language, its code first.
_NAMES = {
    ENGLISH: "en eng",
    "danish": "da dan dansk",
    "dutch": "nl nld dut nederlands flemish",
    "finnish": "fi fin suomi",
    "french": "fr fra fre français",
    "german": "de deu ger deutsch",
    "hungarian": "hu hun magyar",
    "italian": "it ita italiano",
    "norwegian": "no nb nn nor nob nno norsk bokmål nynorsk",
    "portuguese": "pt por português",
    "romanian": "ro ron rum română",
    "spanish": "es spa español castellano",
    "swedish": "sv swe svenska",
    "turkish": "tr tur türkçe",
}
_BY_NAME = {name: key for key, names in _NAMES.items() for name in [key, *names.split()]}

# The commonest words of speech and of questions; those that English or several neighbours write
# alike ("in", "was", "no") tell little and are left out.
COMMON_WORDS = {
    ENGLISH: "the and of to that is it you we for this with are have be on not what they but was "
             "who when how did i in my do at he she will",
    "danish": "og det er at jeg ikke til af der som den har vi med på de kan hvad så også blev "
              "hvem hvor hvornår hvordan",
    "dutch": "de het een van en dat ik niet je te zijn er maar ook die voor wat op hebben naar wie "
             "waar wanneer hoe welke werd deze wordt",
    "finnish": "ja ei se että ole mutta niin kun minä sitä hän nyt siis joka olen mitä kuin tämä "
               "oli myös kuka missä milloin miksi ovat",
    "french": "le la les de des et est que pas je vous nous une un ce qui dans pour il mais avec "
              "sur du au quand comment quel quelle où pourquoi combien ont été",
    "german": "der die und das ist nicht ich wir sie es zu den mit ein auf für von dass auch eine "
              "haben wie dem wer wann wo warum welche wurde hat zum bei werden sich viele",
    "hungarian": "az és hogy nem egy ez van meg csak ezt azt volt mert már itt lesz mint ki mikor "
                 "hol miért hány hogyan",
    "italian": "di che il non per una sono ho con lo ma come del della ha anche questo gli è chi "
               "quando dove quale quanto perché cosa nel alla",
    "norwegian": "og det er jeg ikke til av som på vi har med den de kan hva så også ble hvem hvor "
                 "når hvordan fra",
    "portuguese": "que de não os em um uma para com é por mais você eu isso está foi quem quando "
                  "onde qual quanto como ao dos das são",
    "romanian": "și de la în nu că cu pe este un care mai să din sunt ce pentru au cine când unde "
                "cât cum fost",
    "spanish": "que de la el es en y lo los por las una para con un se pero como más está muy del "
               "quién qué cuándo cuál dónde cuánto cuánta fue al",
    "swedish": "och det är att jag inte på som för av till den har vi med de kan vad så också vem "
               "hur när var blev ett",
    "turkish": "bir ve bu da için çok ne ben var değil ama daha gibi evet kadar olarak ile kim "
               "nerede nasıl zaman mi mı",
}  # fmt: skip
# Of languages for which tantivy has none.
STOP_WORDS = {
    "arabic": "في من على إلى أن إن عن مع هذا هذه ذلك التي الذي لا ما كان كانت هو هي قد ثم أو و",
    "greek": "και το να του η ο οι τα της με την τον των στο στη στην σε για που δεν ειναι θα τι "
             "ως πως ποιος ποια ποτε",
    "romanian": COMMON_WORDS["romanian"],
    "turkish": COMMON_WORDS["turkish"],
}  # fmt: skip
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in COMMON_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

_ENGLISH_WORDS = frozenset(COMMON_WORDS[ENGLISH].split())
# A text that begins with one of these asks in another language, however short it is.
_ASKS_ELSEWHERE = frozenset(
    "wer wie wo wann warum wieso weshalb wieviel welche welcher welches qui quel quelle quels "
    "quelles quand comment pourquoi combien où que qué quien quién quiénes cuando cuándo cual "
    "cuál cuanto cuánto cuántos cuántas donde dónde cómo quando dove perché quale quanto "
    "quanti hoe wat waar wanneer welke waarom hvem hvad hvor hvornår vem vad varför onde".split()
)
# "Was" asks in German where its verb follows; "qu'" and "est-ce" are French.
_ASKS_SO = re.compile(
    r"\W*(?:was\s+(?:sag\w+|ha(?:t|ben)|ist|sind|war(?:en)?|w[iu]rde?n?|soll\w*|kann|mein\w+|denk\w+|"
    r"gib\w+|mach\w+|bedeut\w+|kost\w+|passier\w+)\b|qu['’]|est-ce\b)",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W\d_]+")
# So much of a text is read; so many and such a share of its words must be common ones, and so
# much more of them than of English. Speech has a third to a half, other languages up to a tenth.
_READ_CHARS = 20_000
_MIN_WORDS = 2
_MIN_SHARE = 0.15
_MORE_THAN_ENGLISH = 1.5


def guess_language(text: str) -> str | None:
    """The code of the language that the text is clearly in; None for English or none of these."""
    words = _WORD.findall(text[:_READ_CHARS].casefold())
    found = Counter(language for word in words for language in _LANGUAGES_OF.get(word, ()))
    if not found:
        return None
    language, count = found.most_common(1)[0]
    if count < max(_MIN_WORDS, _MIN_SHARE * len(words), _MORE_THAN_ENGLISH * found[ENGLISH]):
        return None
    return None if language == ENGLISH else _NAMES[language].split()[0]


def is_english(text: str) -> bool:
    """Whether the text is not clearly in another language, by its words or its letters."""
    words = _WORD.findall(text)
    first = words[0].casefold() if words else ""
    if "¿" in text or first in _ASKS_ELSEWHERE or _ASKS_SO.match(text):
        return False
    if sum(word.casefold() in _ENGLISH_WORDS for word in words) >= _MIN_WORDS:
        return guess_language(text) is None
    foreign = any(not word.isascii() and not word[0].isupper() for word in words)
    latin = sum(word.isascii() for word in words)
    return not foreign and 2 * latin >= len(words) and guess_language(text) is None


def latin_language(named: str | None) -> str:
    """How Latin letters are read in a text whose file names its language "de", "en-US", "Spanish";
    the English name."""
    head = re.split(r"[-_\s(]", (named or "").strip().casefold(), maxsplit=1)[0]
    return _BY_NAME.get(head, ENGLISH)
