"""The words of a language -> what they are called in English, by the lexicons in glosses/; pure.

Each holds "word<TAB>english" a line, keyed by the dictionary's form and by irregular ones. Stems
find the others, and long German words that are not in it are split into parts that are. Chinese,
which has no spaces, is read by the longest words that there are; "-" stands for what English has no
word for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from .stems import plain_stem

# The languages of glosses/, each with the name of its stemmer where it is one of words.
LEXICONS = {
    "de": "german", "es": "spanish", "fr": "french", "it": "italian", "pt": "portuguese",
    "ru": "russian", "zh": None,
}  # fmt: skip
_COMPOUNDING = ("de",)
# Words that a phrase of a lexicon has at most.
_PHRASE = 4
_WORDS_KEPT = 1 << 16
# The parts of a compound, and what may stand between them: "Bundes-kanzler", "Wahl-en-de".
_MIN_PART = 3
_LINKS = ("", "s", "n", "es", "en")
_NOTHING = "-"

_WORD = re.compile(r"[^\W\d_]+['’](?=[^\W\d_])|[^\W\d_]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_NO_WORD = re.compile(r"\s+|\d+|.", re.DOTALL)
# Marks that English does not have, or writes otherwise.
_MARKS = str.maketrans(
    {"¿": "", "¡": "", "、": ", ", "（": " (", "）": ") ", "“": '"', "”": '"'}
    | {wide: f"{mark} " for wide, mark in zip("，。？！：；", ",.?!:;", strict=True)}
)
_LATIN_OF = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".split(),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """`source[start:end]` and its `text` in the gloss; `english` is the lexicon's, None for what is
    not in it. `word` tells words of the language from names and from what stands between words."""

    start: int
    end: int
    text: str
    english: str | None = None
    word: bool = False


@cache
def lexicon_of(language: str) -> Lexicon | CharacterLexicon:
    """That of one of LEXICONS; read once."""
    file = resources.files(__package__).joinpath("glosses", f"{language}.tsv")
    rows = (row.split("\t") for row in file.read_text(encoding="utf-8").splitlines())
    entries = {_lowered(key): english for key, english in rows}
    stemmer = LEXICONS[language]
    if stemmer is None:
        return CharacterLexicon(entries)
    return Lexicon(entries, stemmer, compounds=language in _COMPOUNDING)


class Lexicon:
    """Of a language that has spaces between its words."""

    def __init__(self, entries: dict[str, str], stemmer: str, *, compounds: bool) -> None:
        self._entries = entries
        self._stemmer = stemmer
        self._compounds = compounds
        self._phrases = {key for key in entries if not key.isalpha()}
        self._begin_phrases = {first.group() for first in map(_WORD.match, self._phrases) if first}
        self._stems: dict[str, str] = {}
        for key, english in entries.items():  # of several words of a stem the first
            self._stems.setdefault(plain_stem(key, stemmer), english)

    def parts(self, text: str) -> Iterator[Part]:
        """The text from end to end."""
        words = [match.span() for match in _WORD.finditer(text)]
        lower = _lowered(text)
        at = place = 0
        while place < len(words):
            start, _ = words[place]
            yield from _between(text, at, start)
            name = not self._compounds and _stands_as_name(text, start)
            taken, english = self._read(lower, words[place : place + _PHRASE], name=name)
            end = words[place + taken - 1][1]
            if english is None:  # names tell nothing of a text's language
                yield Part(start, end, in_latin(text[start:end]), word=not name)
            else:
                yield _word_part(text, start, end, self._cased(text[start], english))
            at, place = end, place + taken
        yield from _between(text, at, len(text))

    def _read(
        self, lower: str, words: list[tuple[int, int]], *, name: bool
    ) -> tuple[int, str | None]:
        """How many of the words are read as one, and what they are in English. A name is none of
        the forms of a word: "Marta" is not Mars."""
        start, end = words[0]
        if lower[start:end] in self._begin_phrases:
            for many in range(len(words), 1, -1):
                phrase = re.sub(r"[^\S\n]+", " ", lower[start : words[many - 1][1]])
                if phrase in self._phrases:
                    return many, self._entries[phrase]
        word = lower[start:end]
        return 1, self._entries.get(word) if name else self._word(word)

    @lru_cache(_WORDS_KEPT)  # noqa: B019 - there is one of each language, and it is kept
    def _word(self, word: str) -> str | None:
        found = self._found(word)
        return self._of_parts(word) if found is None and self._compounds else found

    def _found(self, word: str) -> str | None:
        return self._entries.get(word) or self._stems.get(plain_stem(word, self._stemmer))

    def _of_parts(self, word: str) -> str | None:
        """A compound, whose last part is the longest that there is."""
        for cut in range(_MIN_PART, len(word) - _MIN_PART + 1):
            last = self._found(word[cut:])
            if last is None:
                continue
            for link in _LINKS:
                first = word[:cut].removesuffix(link)
                if len(first) >= _MIN_PART and word[:cut] == first + link:
                    before = self._entries.get(first) or self._of_parts(first)
                    if before is not None:
                        return f"{before} {last}"
        return None

    def _cased(self, first: str, english: str) -> str:
        """What has a capital may be a name, except where all nouns have one."""
        return (
            english[:1].upper() + english[1:]
            if first.isupper() and not self._compounds
            else english
        )


class CharacterLexicon:
    """Of a language that has no spaces."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = entries
        self._longest = max(map(len, entries), default=1)

    def parts(self, text: str) -> Iterator[Part]:
        """The text from end to end."""
        at = 0
        for run in _HAN.finditer(text):
            yield from _between(text, at, run.start())
            at = run.start()
            while at < run.end():
                end = self._end_of_word(text, at, run.end())
                english = self._entries.get(text[at:end])
                if english is None:
                    yield Part(at, end, text[at:end], word=True)
                else:
                    yield _word_part(text, at, end, english)
                at = end
        yield from _between(text, at, len(text))

    def _end_of_word(self, text: str, start: int, stop: int) -> int:
        for end in range(min(stop, start + self._longest), start, -1):
            if text[start:end] in self._entries:
                return end
        return start + 1


def in_latin(word: str) -> str:
    """A word in Latin letters, Cyrillic ones as they sound."""
    if word.isascii():
        return word
    latin = "".join(_LATIN_OF.get(char, char) for char in _lowered(word)).replace("_", "")
    if latin == _lowered(word):
        return word
    return latin.capitalize() if word[0].isupper() else latin


def _stands_as_name(text: str, start: int) -> bool:
    """Whether a word has a capital within a sentence."""
    before = text[max(0, start - 2) : start]
    return text[start].isupper() and before[1:] == " " and (before[0].isalnum() or before[0] == ",")


def _word_part(text: str, start: int, end: int, english: str) -> Part:
    if english == _NOTHING:
        return Part(start, end, "", "", word=True)
    glued = " " if end < len(text) and text[end].isalnum() else ""  # "l'" of "l'eau"
    return Part(start, end, english + glued, english, word=True)


def _between(text: str, start: int, end: int) -> Iterator[Part]:
    """What stands between words, as it is: spaces, figures and marks."""
    for match in _NO_WORD.finditer(text, start, end):
        yield Part(*match.span(), match.group().translate(_MARKS))


def _lowered(text: str) -> str:
    """In small letters, as many as before; ё is written е, and ’ as '."""
    lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lower.replace("ё", "е").replace("’", "'")
