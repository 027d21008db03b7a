"""A text in another language -> English, word for word; pure.

Models of English find and read such glosses much better than the text itself. A gloss is no
translation and never shown: it knows for each of its characters which words of the text it stands
for, and those are what is quoted. glosses/ holds a lexicon for each language, "word<TAB>english" a
line, keyed by the dictionary's form and by irregular ones; stems find the others, and long words
that a lexicon lacks are split into parts that it has. What is in none stays, in Latin letters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from .languages import guess_language, is_english, latin_language
from .stems import plain_stem

# Raised when a text gets another gloss, so that libraries are embedded anew.
GLOSSES_VERSION = 1
# The languages of glosses/, each with the name of its stemmer.
LEXICONS = {"de": "german", "es": "spanish", "fr": "french", "ru": "russian"}
_CYRILLIC = "ru"
_COMPOUNDING = ("de",)
# A text of which fewer words are known is in no language that there is a lexicon of.
_MIN_KNOWN = 0.55
# Words that a phrase of a lexicon has at most.
_PHRASE = 4
_KEPT = 1 << 12
# The parts of a compound, and what may stand between them: "Bundes-kanzler", "Wahl-en-de".
_MIN_PART = 3
_LINKS = ("", "s", "n", "es", "en")

_WORD = re.compile(r"[^\W\d_]+['’](?=[^\W\d_])|[^\W\d_]+")
_NO_WORD = re.compile(r"\s+|\d+|.", re.DOTALL)
_NOT_ENGLISH = str.maketrans("", "", "¿¡")
_LATIN_OF = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".split(),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Gloss:
    """`text` is the gloss and `english` what of it comes from the lexicon; both are words.

    `_here` and `_there` are where the parts begin, in the gloss and in its source, and last where
    both end.
    """

    text: str
    english: str
    _here: tuple[int, ...]
    _there: tuple[int, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source that `text[start:end]`, which is not empty, stands for."""
        first = bisect_right(self._here, start) - 1
        last = bisect_right(self._here, end - 1) - 1
        return self._there[first], self._there[last + 1]

    def but_for(self, spans: Iterable[tuple[int, int]], source: str) -> str:
        """The gloss of `source` in which these spans of it stand as they are."""
        kept = {at for start, end in spans for at in range(start, end)}
        parts = zip(pairwise(self._here), pairwise(self._there), strict=True)
        return "".join(
            source[start:end] if start in kept else self.text[here:there]
            for (here, there), (start, end) in parts
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A word or phrase of the source, or what stands between two; `english` is the lexicon's."""

    start: int
    end: int
    text: str
    english: str | None = None


@lru_cache(_KEPT)
def glossed(text: str) -> Gloss | None:
    """The text word for word in English; None where it is English, or in a language without a
    lexicon."""
    best: tuple[float, list[_Part]] = (0.0, [])
    for language in _languages_of(text):
        parts = list(_Lexicon.of(language).parts(text))
        words = [part for part in parts if part.text[:1].isalpha()]
        known = sum(part.english is not None for part in words) / max(1, len(words))
        best = max(best, (known, parts), key=lambda found: found[0])
    share, parts = best
    if share < _MIN_KNOWN:
        return None
    here = [0]
    for part in parts:
        here.append(here[-1] + len(part.text))
    return Gloss(
        "".join(part.text for part in parts),
        " ".join(part.english for part in parts if part.english),
        tuple(here),
        (*(part.start for part in parts), len(text)),
    )


def _between(text: str, start: int, end: int) -> Iterator[_Part]:
    """What stands between words, as it is: spaces, figures and marks, but those that English does
    not have."""
    for match in _NO_WORD.finditer(text, start, end):
        yield _Part(*match.span(), match.group().translate(_NOT_ENGLISH))


def in_latin(word: str) -> str:
    """A word in Latin letters, Cyrillic ones as they sound."""
    if word.isascii():
        return word
    latin = "".join(_LATIN_OF.get(char, char) for char in _lowered(word)).replace("_", "")
    if latin == _lowered(word):
        return word
    return latin.capitalize() if word[0].isupper() else latin


def in_english(text: str) -> str:
    """The gloss of a text, or the text itself where it has none."""
    gloss = glossed(text)
    return gloss.text if gloss else text


def has_lexicon(language: str | None) -> bool:
    """Whether there is a lexicon of a language, as a file names it."""
    code = (language or "").casefold()[:2]
    return code in LEXICONS or latin_language(language) in LEXICONS.values()


def _languages_of(text: str) -> tuple[str, ...]:
    """Those that a text may be in, of the languages that have a lexicon."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return ()
    cyrillic = sum("\u0400" <= char <= "\u052f" for char in letters)
    if 2 * cyrillic > len(letters):
        return (_CYRILLIC,)
    if is_english(text):
        return ()
    guessed = guess_language(text)
    if guessed:
        return (guessed,) if guessed in LEXICONS else ()
    return tuple(language for language in LEXICONS if language != _CYRILLIC)


class _Lexicon:
    """What the words of one language are called in English."""

    def __init__(self, language: str) -> None:
        file = resources.files(__package__).joinpath("glosses", f"{language}.tsv")
        rows = file.read_text(encoding="utf-8").splitlines()
        self._stemmer = LEXICONS[language]
        self._compounds = language in _COMPOUNDING
        self._entries: dict[str, str] = dict(_folded(row).split("\t") for row in rows)
        self._phrases = {key for key in self._entries if not key.isalpha()}
        self._begin_phrases = {key.split()[0] for key in self._phrases}
        self._stems: dict[str, str] = {}
        for key in sorted(self._entries, key=len, reverse=True):  # the shortest has the last word
            self._stems[plain_stem(key, self._stemmer)] = self._entries[key]

    @staticmethod
    @cache
    def of(language: str) -> _Lexicon:
        return _Lexicon(language)

    def parts(self, text: str) -> Iterator[_Part]:
        """The text from end to end."""
        words = [match.span() for match in _WORD.finditer(text)]
        lower = _lowered(text)
        at = place = 0
        while place < len(words):
            start, _ = words[place]
            if at < start:
                yield from _between(text, at, start)
            taken, english = self._read(lower, words[place : place + _PHRASE])
            end = words[place + taken - 1][1]
            yield _part(text, start, end, english, capitals=not self._compounds)
            at, place = end, place + taken
        if at < len(text):
            yield from _between(text, at, len(text))

    def _read(self, lower: str, words: list[tuple[int, int]]) -> tuple[int, str | None]:
        """How many of the words are read as one, and what they are in English."""
        start, end = words[0]
        if lower[start:end] in self._begin_phrases:
            for many in range(len(words), 1, -1):
                phrase = " ".join(lower[start : words[many - 1][1]].split())
                if phrase in self._phrases:
                    return many, self._entries[phrase]
        return 1, self._word(lower[start:end])

    @lru_cache(1 << 16)  # noqa: B019 - there is one of each language, for as long as there is any
    def _word(self, word: str) -> str | None:
        found = self._entries.get(word) or self._stems.get(plain_stem(word, self._stemmer))
        if found is None and self._compounds:
            return self._of_parts(word)
        return found

    def _of_parts(self, word: str) -> str | None:
        """A compound, whose last part is the longest that there is."""
        for cut in range(_MIN_PART, len(word) - _MIN_PART + 1):
            last = self._entries.get(word[cut:]) or self._stems.get(
                plain_stem(word[cut:], self._stemmer)
            )
            if last is None:
                continue
            for link in _LINKS:
                first = word[:cut].removesuffix(link)
                if len(first) >= _MIN_PART and word[:cut] == first + link:
                    before = self._entries.get(first) or self._of_parts(first)
                    if before is not None:
                        return f"{before} {last}"
        return None


def _part(text: str, start: int, end: int, english: str | None, *, capitals: bool) -> _Part:
    """A word of the text. With a capital it may be a name, except where all nouns have one."""
    if english is None:
        return _Part(start, end, in_latin(text[start:end]))
    glued = "" if end == len(text) or not text[end].isalpha() else " "  # "l'" of "l'eau"
    if capitals and text[start].isupper():
        english = english[:1].upper() + english[1:]
    return _Part(start, end, english + glued, english)


def _lowered(text: str) -> str:
    """In small letters, as many as before; ё is written е, and ’ as '."""
    lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lower.replace("ё", "е").replace("’", "'")


def _folded(row: str) -> str:
    key, _, english = row.partition("\t")
    return f"{_lowered(key)}\t{english}"
