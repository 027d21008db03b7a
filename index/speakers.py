"""One canonical name per person of a transcript, from its own labels and nothing else.

"President of Russia Vladimir Putin" and "Vladimir Putin" are one person because one label ends
in the other; "Mr. Cameron" is "Mr. David Cameron (Witney) (Con)" because no one else there
bears the surname. Where two do, nobody is merged: a speaker mixed up is worse than one named
twice. What a label says beside the name (office, party, constituency) is kept as the role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .types import Person

_HONORIFICS = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rep sen gov hon herr frau sr sra señor "
    "señora m mme monsieur madame".split()
)
_ANONYMOUS = re.compile(
    r"(?:q|a|question|answer|speaker|reporter|journalist|audience|participant|voice|вопрос|ответ"
    r"|frage|antwort|pregunta|respuesta|问|答)(?:[\s_]*[\d(].*)?"
    r"|(?:unknown|unidentified)\b.*"
    r"|.*\b(?:official|speaker|member|unknown|unidentified)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A label taken apart: the name's words, whether a title stood before, what stood beside."""

    label: str
    words: tuple[str, ...]
    titled: bool
    beside: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(word.casefold().strip(".") for word in self.words)


def is_anonymous(label: str) -> bool:
    """Whether a label names a part that several people may play, such as "Q" or "Reporter"."""
    return _ANONYMOUS.fullmatch(label.strip()) is not None


def people_by_label(labels: Iterable[str]) -> dict[str, Person]:
    """The person behind each distinct label, in order of first appearance."""
    parts = [_take_apart(label) for label in dict.fromkeys(labels)]
    keys = {part.key for part in parts}
    full_names = [key for key in keys if len(key) > 1 and not _ends_in_other(key, keys)]
    canonical = {part.label: _canonical(part, keys, full_names) for part in parts}

    people: dict[str, Person] = {}
    for part in parts:
        same = [other for other in parts if canonical[other.label] == canonical[part.label]]
        people[part.label] = _person(canonical[part.label], same)
    return people


def _take_apart(label: str) -> _Parts:
    beside = [group.strip() for group in re.findall(r"\(([^)]*)\)", label)]
    bare = re.sub(r"\([^)]*\)", " ", label)
    name, _, office = bare.partition(",")
    if office.strip():
        beside.append(office.strip())
    words = name.split()
    titled = False
    while len(words) > 1 and words[0].casefold().strip(".") in _HONORIFICS:
        words, titled = words[1:], True
    return _Parts(label, tuple(words) or (label,), titled, tuple(beside))


def _ends_in_other(key: tuple[str, ...], keys: set[tuple[str, ...]]) -> bool:
    return any(key[-size:] in keys for size in range(2, len(key)))


def _canonical(
    part: _Parts, keys: set[tuple[str, ...]], full_names: list[tuple[str, ...]]
) -> tuple[str, ...]:
    key = part.key
    for size in range(2, len(key)):
        if key[-size:] in keys:
            return key[-size:]  # the rest is the office: "President of Russia"
    if len(key) == 1 and (part.titled or not is_anonymous(part.label)):
        bearers = {full for full in full_names if full[-1] == key[0]}
        if len(bearers) == 1:
            return bearers.pop()
    return key


def _person(key: tuple[str, ...], same: list[_Parts]) -> Person:
    named = next((part for part in same if part.key == key), same[0])
    name = " ".join(named.words) if len(named.words) > 1 else _with_title(named)
    roles: list[str] = []
    for part in same:
        if len(part.key) > len(key):
            roles.append(" ".join(part.words[: len(part.key) - len(key)]))
        roles.extend(part.beside)
    role = ", ".join(dict.fromkeys(roles)) or None
    return Person(name=name, role=role, labels=tuple(part.label for part in same))


def _with_title(part: _Parts) -> str:
    """A lone surname keeps its title: "Ms. Dalton", not "Dalton"."""
    return re.split(r"[(,]", part.label)[0].strip() or part.label
