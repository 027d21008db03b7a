"""Text -> words in a common form, in any script; pure. What becomes of a word is in lexical.py.

Case, full-width and presentation forms, and accents that are no part of a letter are folded away.
Where a script has no spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese), or has them
but hangs particles on its words (Hangul), a run of its letters comes out whole: it is known by
its overlapping n-grams.
"""

from __future__ import annotations

import re
import unicodedata

# Han, Kana, Bopomofo and Hangul; a mark of repetition or length is one of them, a dot is not.
_SYLLABLES = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Thai, Lao, Burmese and Khmer letters with their vowels and tones, without digits and signs.
_LETTERS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
)
_UNSPACED = re.compile(f"[{_SYLLABLES}]+|[{_LETTERS}]+")
_SYLLABLE = re.compile(f"[{_SYLLABLES}]")
# Vowel signs and points, which Python takes for no part of a word: of Hebrew, Arabic and the
# scripts from Devanagari to Sinhala, but for their full stops.
MARKS = "\u05b0-\u05bd\u05c1\u05c2\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0df3"
_WORD = re.compile(rf"[\w{MARKS}{_LETTERS}]+")
_PRESENTATION = re.compile("[\u2e80-\u2fdf\ufb00-\ufdff\ufe70-\uffef]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")


def split_words(text: str) -> list[str]:
    """The words of a text in order, folded, and its runs of letters of unspaced scripts."""
    text = (text.lower() if text.isascii() else _folded(text)).replace("_", " ")
    return _WORD.findall(text)


def gram_size(word: str) -> int:
    """How many letters of a run of `split_words` make a term; 0 for a word, which is one.

    Two syllables make the usual word of Chinese, Japanese and Korean; letters tell less.
    """
    if word.isascii() or not _UNSPACED.match(word):
        return 0
    return 2 if _SYLLABLE.match(word) else 3


def grams(run: str, size: int) -> list[str]:
    """The overlapping `size` letters of a run; a shorter run as it is."""
    return [run[i : i + size] for i in range(len(run) - size + 1)] or [run]


def count_words(text: str) -> int:
    """About how many words a text has; two letters of an unspaced script count as one."""
    letters = sum(map(len, _UNSPACED.findall(text)))
    return len(_UNSPACED.sub(" ", text).split()) + (letters + 1) // 2


def _folded(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()  # no halves of characters
    plain = _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m.group()), whole)
    # Accents that make a letter of their own, as in й and が, are composed first and stay.
    composed = unicodedata.normalize("NFC", plain.casefold())
    bare = _ACCENTS.sub("", _GREEK.sub(_without_accents, composed)).replace("ё", "е")
    return _UNSPACED.sub(r" \g<0> ", bare)


def _without_accents(greek: re.Match[str]) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", greek.group()))
