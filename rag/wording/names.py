"""A library's people by what may name them: words of names, offices, labels that are no names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from index.speakers import HONORIFICS, OFFICES, is_anonymous

TITLES = HONORIFICS | OFFICES | frozenset("chief vice prime principal right honourable".split())
CREDENTIALS = frozenset("am mp mep ms md phd qc kc esq jr sr ii iii".split())
PARTICLES = frozenset("de del der den di da do dos la le les van von of the and y e el al".split())
WORD = re.compile(r"(?<!\w['’])[^\W_]+(?:['’](?!s\b)[^\W_]+)*")
_BRACKETS = re.compile(r"\([^)]*\)?\)*")
_OF = frozenset("of for der des für fur del de".split())


@dataclass(slots=True)
class Known:
    """The library's people, by what may name them.

    A person is the names that the library has for one: "Ms. Dalton" and "Olivia Dalton". Words
    lead to persons; phrases, which are offices and labels that are no names, to names.
    """

    names: list[list[str]] = field(default_factory=list)
    words: list[frozenset[str]] = field(default_factory=list)
    by_word: dict[str, set[int]] = field(default_factory=dict)
    by_phrase: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    said_of: dict[str, str] = field(default_factory=dict)


def fold(text: str) -> str:
    """Lower case without accents, so that "Schauble" finds "Schäuble"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).replace("’", "'")


@lru_cache(maxsize=4)
def known_people(people: tuple[str, ...], roles: tuple[tuple[str, str], ...]) -> Known:
    known = Known()
    names: dict[tuple[frozenset[str], str], list[str]] = {}
    for name in dict.fromkeys(people):
        titles, words = taken_apart(name)
        known.said_of[name] = fold(name)
        if is_anonymous(name) or not words or _is_label(name, words):
            phrase = (*titles, *words)
            if len(phrase) > 1 or (titles and not words):
                _add(known.by_phrase, phrase, name)
            lettered = words and len(words[-1]) == 1 and words[-1].isalpha() and len(phrase) > 1
            if lettered and not is_anonymous(name):
                _add(known.by_phrase, (words[-1],), name)
                _add(known.by_phrase, phrase[:-1], name)
        else:
            last = words[-1]
            names.setdefault((frozenset(words), last), []).append(name)
        if words and not is_anonymous(name):
            for size in range(1, len(titles) + 1):
                if titles[-1] in OFFICES and titles[-size] not in HONORIFICS - OFFICES:
                    _add(known.by_phrase, tuple(titles[-size:]), name)
    for name, role in roles:
        known.said_of[name] = f"{known.said_of.get(name, '')} {fold(role)}"
        for office in _offices(role):
            _add(known.by_phrase, office, name)
    for (all_words, last), same in sorted(names.items(), key=lambda item: -len(item[0][0])):
        _add_person(known, all_words, last, same)
    return known


def _add_person(known: Known, words: frozenset[str], last: str, names: list[str]) -> None:
    """Add a person, to one with more words where that can be no other: "Dalton" to "Olivia
    Dalton", but "Olivia" to nobody."""
    fuller = set.intersection(*(known.by_word.get(word, set()) for word in words))
    if len(fuller) == 1:
        (person,) = fuller
        if len(words) > 1 or taken_apart(known.names[person][0])[1][-1] == last:
            known.names[person] += names
            return
    known.names.append(names)
    known.words.append(words)
    for word in words - PARTICLES:
        if len(word) > 1:
            known.by_word.setdefault(word, set()).add(len(known.names) - 1)


def taken_apart(name: str) -> tuple[list[str], list[str]]:
    """The titles before a name and its words: "Mr. Garnett Genuis (CPC)", "Lynne Neagle AM"."""
    words = [fold(word) for word in WORD.findall(_BRACKETS.sub(" ", name))]
    first = 0
    while first < len(words) and (words[first] in TITLES or words[first] == "the"):
        first += 1
    last = len(words)
    while last > first + 1 and words[last - 1] in CREDENTIALS:
        last -= 1
    return [word for word in words[:first] if word != "the"], words[first:last]


def _is_label(name: str, words: list[str]) -> bool:
    """Whether a label describes or numbers who speaks: "Zoom user", "PhD D", "Speaker 2"."""
    if len(words[-1]) == 1 or words[-1].isdigit():
        return True
    own = WORD.findall(_BRACKETS.sub(" ", name))
    small = [word for word in own if word[0].islower() and fold(word) not in PARTICLES]
    return len(own) > 1 and bool(small)


def _offices(role: str) -> Iterator[tuple[str, ...]]:
    """The offices that a role names, with and without what they are of: ("president", "of",
    "russia") and ("president",)."""
    for part in re.split(r"[,;/]", role):
        words = [fold(word) for word in WORD.findall(part)]
        head = words[: next((i for i, word in enumerate(words) if word in _OF), len(words))]
        if head and head[-1] in OFFICES:
            yield tuple(head)
            if len(head) < len(words):
                yield tuple(words)


def _add(phrases: dict[tuple[str, ...], list[str]], phrase: tuple[str, ...], name: str) -> None:
    names = phrases.setdefault(phrase, [])
    if name not in names:
        names.append(name)


def one_letter_off(word: str, name: str) -> bool:
    """Whether one letter added, left out, changed or two swapped make the word the name."""
    if abs(len(word) - len(name)) > 1 or word == name or len(name) < 4:
        return False
    start = 0
    while start < min(len(word), len(name)) and word[start] == name[start]:
        start += 1
    a, b = word[start:], name[start:]
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
