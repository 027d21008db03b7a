"""A text in another language -> English, word for word; pure.

Models of English find and read such glosses much better than the text itself. A gloss is no
translation and never shown: it knows for each of its characters which words of the text it stands
for, and those are what is quoted. What is in no lexicon (lexicon.py) stays, in Latin letters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .languages import guess_language, is_english, latin_language
from .lexicon import LEXICONS, Part, lexicon_of

# Raised when a text gets another gloss, so that libraries are embedded anew.
GLOSSES_VERSION = 1
# A text of which a smaller share of words is known is in no language that there is a lexicon of; of
# several languages the likeliest is taken at once where so much is known.
_MIN_KNOWN = 0.55
_WELL_KNOWN = 0.85
_KEPT = 1 << 12
# Languages that are told by their letters; others of the same script have other letters as well.
_SCRIPTS = {
    "ru": (re.compile("[\u0400-\u052f]"), re.compile("[іїєґўјљњћђџқғңұһө]", re.IGNORECASE)),
    "zh": (re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"), re.compile("[\u3041-\u30ff\uac00-\ud7a3]")),
}
_LETTER = re.compile(r"[^\W\d_]")


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


@lru_cache(_KEPT)
def glossed(text: str) -> Gloss | None:
    """The text word for word in English; None where it is English, or in a language without a
    lexicon."""
    known, parts = 0.0, list[Part]()
    for language in _languages_of(text):
        read = list(lexicon_of(language).parts(text))
        words = [part.english is not None for part in read if part.word]
        share = sum(words) / max(1, len(words))
        known, parts = (share, read) if share > known else (known, parts)
        if known >= _WELL_KNOWN:
            break
    if known < _MIN_KNOWN:
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
    letters = len(_LETTER.findall(text))
    if text.isascii() and not letters:
        return ()
    for language, (own, others) in _SCRIPTS.items():
        if 2 * len(own.findall(text)) > letters:
            return () if others.search(text) else (language,)
    if is_english(text):
        return ()
    guessed = guess_language(text)
    if guessed not in (None, *LEXICONS):
        return ()
    latin = [language for language in LEXICONS if language not in _SCRIPTS]
    return tuple(sorted(latin, key=lambda language: language != guessed))
