"""Where words were said, exactly: every place of every turn, counted and not ranked; pure.

Words are as they are typed, whatever their case, spaces and apostrophe, and whole: "tram" is not in
"trams". A star ends one with any letters: "tram*" is in both. In scripts without spaces between
words they are found wherever they stand.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import InputError
from .words import MARKS, gram_size

_MAX_CHARS = 200
_LETTER = rf"[\w{MARKS}]"
_APOSTROPHES = "'’ʼ"


class Wanted(NamedTuple):
    """What is looked for: a pattern, whatever the case; the same for text in small letters; and a
    `part` that stands in every match, in some case."""

    pattern: re.Pattern[str]
    in_small: re.Pattern[str]
    part: str

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Every place in a text, in order."""
        if text.isascii():  # five times as quick, and each letter keeps its place
            return tuple(found.span() for found in self.in_small.finditer(text.lower()))
        return tuple(found.span() for found in self.pattern.finditer(text))


def wanted(words: str) -> Wanted:
    """What a person typed, to be looked for. Raises InputError where there is no word in it."""
    typed = words.strip().strip('"“”„«»').split()
    if not any(re.search(r"\w", word) for word in typed):
        raise InputError("Type a word or a phrase to count, such as: tram, or: city budget")
    if sum(map(len, typed)) > _MAX_CHARS:
        raise InputError(
            f"That is more than {_MAX_CHARS} characters; type a word or a short phrase"
        )
    pattern = r"\s+".join(map(_pattern_of, typed))
    if _bounded(first := typed[0][0]):
        # Looked for behind the first letter, so that the search can go from one to the next.
        pattern = f"{first}(?<!{_LETTER}{first}){pattern[1:]}"
    if _bounded(typed[-1][-1]):
        pattern += f"(?!{_LETTER})"
    parts = [part for word in typed for part in re.split(rf"[*{_APOSTROPHES}]", word)]
    small = "".join(letter.lower() if letter.isupper() else letter for letter in pattern)
    return Wanted(re.compile(pattern, re.IGNORECASE), re.compile(small), max(parts, key=len))


def _pattern_of(word: str) -> str:
    stem = word.rstrip("*")
    ending = rf"{_LETTER}*" if len(stem) < len(word) and stem else ""
    spelt = "".join(
        f"[{_APOSTROPHES}]" if letter in _APOSTROPHES else re.escape(letter)
        for letter in stem or word
    )
    return spelt + ending


def _bounded(letter: str) -> bool:
    """Whether a word that begins or ends with it is told from others by what stands beside."""
    return re.match(_LETTER, letter) is not None and not gram_size(letter)
