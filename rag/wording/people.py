"""Whom of a library's people a question names.

A person is named by the full name, by a surname or first name that one person alone bears, by an
office ("the Prime Minister"), or by a label that is no name ("PhD D", "Marketing"). One letter
may be wrong where only a speaker can stand. Where it can't be told who is meant, nobody is: no
filter is better than the wrong person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.speakers import HONORIFICS

from .names import (
    CREDENTIALS,
    PARTICLES,
    TITLES,
    WORD,
    Known,
    fold,
    known_people,
    one_letter_off,
    taken_apart,
)
from .saying import stands_as_speaker

Roles = Sequence[tuple[str, str]]

# An office that more people hold than this names none of them.
_MAX_HOLDERS = 3
_SHORTEST_MISSPELT = 5
_MAX_PHRASE = 8
# Names that are ordinary words: they count with a capital within the sentence, or a title.
_ORDINARY = frozenset(
    "long young may will rice brown white black green gray king bush hope grace mark bill art rose "
    "rob rich frank grant dean page price field fields wood woods hill lake stone west east north "
    "south day moon star bell banks best good little small short strong sharp wise swift hunt "
    "fisher baker cook carter mason taylor marketing user interface chair project manager "
    "designer industrial question operator host speaker answer major law read reed pat sue drew "
    "chase miles max joy faith june april august summer autumn dawn iris lily daisy jade amber "
    "ruby victor earl duke baron bishop pope church temple street park bridge ford glass gold "
    "silver steel power powers love case cash chance court crisp cross early fast fair free "
    "guy hall hand hardy head house jack jean judge just keen lamb land lane lord love man "
    "marsh moody moss noble pace penny pitts pool porter post pound prince rush sample sands "
    "save shields singer skinner sky smart snow sparks speed spring state tech team train wall "
    "walker ward waters weeks wells wild winter wolf word world zoom labs group public".split()
)
_MONTHS = frozenset("may april june august".split())
_DATED = re.compile(r"\b(?:in|of|by|since|until|till|and|from|before|after|last|next|early|late"
                    r"|mid|\d{1,2}(?:st|nd|rd|th)?)[\s-]+$", re.IGNORECASE)  # fmt: skip
# What may stand before a name or an office without being part of it.
_FUNCTION_WORDS = frozenset(
    "a an the this that our your their his her its my mr mrs ms mx dr madam sir lord what which "
    "who whom whose when where why how did does do is are was were be been has have had can could "
    "will would shall should may might must of in on at to for from with by about as and or but "
    "if so not than then per according between against towards regarding concerning did summarize "
    "summarise tell describe explain list give say says said think thinks thought".split()
)
_ARTICLES = frozenset("the our your their his her mr madam".split())
_KIND_BEHIND = re.compile(
    r"\s+(?:expert|manager|specialist|designer|representative|person)\b", re.I
)
_JOINT = re.compile(r"\.?\s+|-")
_ANY_KIND = ("speaker", "participant", "person")


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]`, titles included, names these people: one by all names the library has
    for that one, or the few who hold an office."""

    start: int
    end: int
    people: tuple[str, ...]


def people_named(text: str, people: Iterable[str], roles: Roles = ()) -> list[str]:
    """The people that the text names, in order, each once."""
    named = (person for mention in mentions(text, people, roles) for person in mention.people)
    return list(dict.fromkeys(named))


def mentions(text: str, people: Iterable[str], roles: Roles = ()) -> list[Mention]:
    """Where the text names people, in order; no two overlap. `roles` are pairs of a name and
    what a label says beside it."""
    return list(_Reading(text, known_people(tuple(people), tuple(roles))).mentions())


class _Reading:
    """A question's words against the people of a library."""

    def __init__(self, text: str, known: Known) -> None:
        self.text = text
        self.known = known
        self.spans = [(m.start(), m.end()) for m in WORD.finditer(text)]
        self.words = [fold(text[start:end]) for start, end in self.spans]
        # Where there are no capitals, or all words have one, they don't tell what is a name.
        capitals = [text[start].isupper() for start, _ in self.spans]
        self.no_capitals = not any(capitals[1:])
        small = [capitals[i] for i in range(1, len(capitals)) if self.words[i] in _FUNCTION_WORDS]
        self.all_capitals = bool(small) and all(small)

    def mentions(self) -> Iterator[Mention]:
        at = 0
        while at < len(self.words):
            people, size = self._phrase(at)
            if not people:
                people, size = self._name(at)
            if people:
                while self._credential(at + size, people):
                    size += 1
                end = self.spans[at + size - 1][1]
                kind = _KIND_BEHIND.match(self.text, end)
                first = at
                while self._titled(first):
                    first -= 1
                yield Mention(self.spans[first][0], kind.end() if kind else end, tuple(people))
            at += size

    def _credential(self, at: int, people: Sequence[str]) -> bool:
        """Whether what stands behind a name goes with it: "Lynne Neagle AM", "Jane Roe, MD". It
        does not before another name: "Roe, Ms Dalton"."""
        if at >= len(self.words) or self.words[at] not in CREDENTIALS:
            return False
        between = self.text[self.spans[at - 1][1] : self.spans[at][0]].strip()
        if between not in ("", ","):
            return False
        if any(fold(name).split()[-1] == self.words[at] for name in people):
            return True
        return self._capital(at) and not self._name_follows(at)

    def _phrase(self, at: int) -> tuple[list[str], int]:
        """Those whose office or label stands at a word, and how many words it has."""
        for size in range(min(_MAX_PHRASE, len(self.words) - at), 0, -1):
            people = self.known.by_phrase.get(tuple(self.words[at : at + size]), [])
            if people and self._stands_alone(at, size):
                people = self._of_that(people, at + size)
                if 0 < len(people) <= _MAX_HOLDERS:
                    return people, size
        letter = at + 1
        if letter < len(self.words) and len(self.words[letter]) == 1 and self._capital(letter):
            return self._lettered(self.words[at], self.words[letter]), 2
        return [], 1

    def _lettered(self, kind: str, letter: str) -> list[str]:
        """The one label of this letter, its kind left open or misspelt: "Speaker D", "Grade D"."""
        kinds = [
            (phrase[0], people)
            for phrase, people in self.known.by_phrase.items()
            if len(phrase) == 2 and phrase[1] == letter
        ]
        if kind not in _ANY_KIND:
            kinds = [each for each in kinds if one_letter_off(kind, each[0])]
        return kinds[0][1] if len(kinds) == 1 and len(kinds[0][1]) == 1 else []

    def _stands_alone(self, at: int, size: int) -> bool:
        """Whether an office or label here names by itself, no part of a longer name or office."""
        first, last = at, at + size - 1
        if len(self.words[last]) == 1 or self.words[last].isdigit():
            asked_for = size > 1 or self._where_one_speaks(first, last)
            return asked_for and first > 0 and (self._capital(last) or self.words[last].isdigit())
        if self._name_follows(last):
            return False
        if at and self._joined(at - 1) and self.words[at - 1] in _ARTICLES:
            return True
        apart = not (at and self._joined(at - 1)) or self.words[at - 1] in _FUNCTION_WORDS
        named = (at > 0 and self._capital(first)) or self._where_one_speaks(first, last)
        return apart and named

    def _of_that(self, people: list[str], after: int) -> list[str]:
        """Of the holders of an office those of what is said: "the President of Russia"."""
        if after + 1 >= len(self.words) or self.words[after] not in ("of", "for"):
            return people
        rest = [w for w in self.words[after + 1 : after + 4] if w not in _FUNCTION_WORDS]
        return [name for name in people if rest and rest[0] in self.known.said_of[name]]

    def _name(self, at: int) -> tuple[list[str], int]:
        """The one whose name begins at a word, under all names, and how many words it has."""
        common: set[int] = set()
        size = 0
        while at + size < len(self.words) and (not size or self._joined(at + size - 1)):
            bearers = self._bearers(at + size, beside=bool(size))
            if size:
                bearers = bearers & common
            if not bearers:
                break
            common = bearers
            size += 1
        while size and self.words[at + size - 1] in PARTICLES:
            size -= 1
        if len(common) != 1 or not size:
            return [], max(1, size)
        (person,) = common
        own = self.known.words[person]
        if self._counts(at, size, len(own) == size) and not self._of_another(at, size, own):
            return self._as_called(self.known.names[person], at, size), size
        return [], size

    def _as_called(self, names: list[str], at: int, size: int) -> list[str]:
        """Of one person's names those that a title or a first name in the question leaves:
        "Justice Kennedy" is not said of "Michael Kennedy"."""
        said = set(self.words[at : at + size])
        if self._titled(at) and (title := self.words[at - 1]) not in HONORIFICS:
            exact = [name for name in names if title in taken_apart(name)[0]]
        else:
            exact = [name for name in names if size > 1 and said <= {*taken_apart(name)[1]}]
        return exact or names

    def _bearers(self, at: int, beside: bool) -> set[int]:
        """Who bears a word, or one that it is misspelt for where it must be a name."""
        word = self.words[at]
        exact = self.known.by_word.get(word, set())
        if exact or len(word) < _SHORTEST_MISSPELT or word in _ORDINARY:
            return exact
        follows = self._joined(at) and self.words[at + 1] in self.known.by_word
        if beside or self._titled(at) or self._where_one_speaks(at, at):
            pass
        elif not (follows and self._capital(at)):
            return set()
        close = [name for name in self.known.by_word if one_letter_off(word, name)]
        return self.known.by_word[close[0]] if len(close) == 1 else set()

    def _counts(self, at: int, size: int, whole: bool) -> bool:
        """Whether words that are somebody's name, or the `whole` of it, are meant as one."""
        last = at + size - 1
        inside = at > 0 and all(self._capital(i) for i in range(at, last + 1))
        if (
            size == 1
            and self.words[at] in _MONTHS
            and _DATED.search(self.text[: self.spans[at][0]])
        ):
            return False
        if inside or self._titled(at):
            return True
        if size == 1 and self.words[at] in _ORDINARY:
            expert = at > 0 and self.words[at - 1] == "the" and self._kind_behind(at)
            return whole and (expert or self._where_one_speaks(at, at))
        if self._where_one_speaks(at, last) or not at:
            return True
        return self.no_capitals or (size > 1 and self.words[at - 1] == "the")

    def _of_another(self, at: int, size: int, own: frozenset[str]) -> bool:
        """Whether a capital beside the name makes it another's: "Per Lind" for "Anna Lind"."""
        if self.all_capitals:
            return False
        before = at - 1
        if before > 0 and self._joined(before) and self._capital(before):
            word = self.words[before]
            initials = {part[0] for part in own - set(self.words[at : at + size])}
            if word not in _FUNCTION_WORDS | TITLES and initials and word[0] not in initials:
                return True
        return self._name_follows(at + size - 1)

    def _name_follows(self, last: int) -> bool:
        if not self._joined(last) or not self._capital(last + 1):
            return False
        return self.words[last + 1] not in _FUNCTION_WORDS | CREDENTIALS

    def _titled(self, at: int) -> bool:
        return at > 0 and self._joined(at - 1) and self.words[at - 1] in TITLES

    def _where_one_speaks(self, first: int, last: int) -> bool:
        return stands_as_speaker(self.text, self.spans[first][0], self.spans[last][1])

    def _kind_behind(self, at: int) -> bool:
        return _KIND_BEHIND.match(self.text, self.spans[at][1]) is not None

    def _capital(self, at: int) -> bool:
        return self.text[self.spans[at][0]].isupper()

    def _joined(self, at: int) -> bool:
        """Whether only a space, or the point of a title, stands between a word and the next."""
        if at + 1 >= len(self.words):
            return False
        return _JOINT.fullmatch(self.text[self.spans[at][1] : self.spans[at + 1][0]]) is not None
