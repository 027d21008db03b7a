"""One canonical name per person of a transcript, from its own labels and nothing else.

"President of Russia Vladimir Putin" and "Vladimir Putin" are one person because one label ends
in the other; "Mr. Cameron" is "Mr. David Cameron (Witney) (Con)" because no one else there
bears the surname. Where two do, nobody is merged: a speaker mixed up is worse than one named
twice. What a label says beside the name (office, party, constituency) is kept as the role; an
office alone is no name, so "Vice President" is not "President".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .types import Person

_MALE = frozenset("mr sir lord herr sr señor m monsieur".split())
_FEMALE = frozenset("mrs ms miss dame lady frau sra señora mme madame".split())
_HONORIFICS = _MALE | _FEMALE | frozenset("mx dr prof professor rep sen gov hon".split())
# Labels that end so name an office, which several people hold or have deputies for.
_OFFICES = frozenset(
    "president minister chancellor secretary general chair chairman chairwoman chairperson "
    "director officer justice judge leader mayor governor ambassador commissioner manager counsel "
    "host moderator".split()
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
    """A label taken apart: the name's words, the title that stood before, what stood beside."""

    label: str
    words: tuple[str, ...]
    title: str
    beside: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(word.casefold().strip(".") for word in self.words)

    @property
    def gender(self) -> str:
        return "male" if self.title in _MALE else "female" if self.title in _FEMALE else ""


def is_anonymous(label: str) -> bool:
    """Whether a label names a part that several people may play, such as "Q" or "Reporter"."""
    return _ANONYMOUS.fullmatch(label.strip()) is not None


def people_by_label(labels: Iterable[str]) -> dict[str, Person]:
    """The person behind each distinct label, in order of first appearance."""
    parts = [_take_apart(label) for label in dict.fromkeys(labels)]
    keys = {part.key for part in parts if _is_name(part)}
    full_names = [key for key in keys if len(key) > 1 and not _ends_in_other(key, keys)]
    shared = _shared_by_several(parts)
    canonical = {
        part.label: _canonical(part, keys, full_names) for part in parts if part.key not in shared
    }

    people: dict[str, Person] = {}
    for part in parts:
        key = canonical.get(part.label)
        same = [other for other in parts if key and canonical.get(other.label) == key]
        people[part.label] = _person(key, same) if key else Person(part.label, None, (part.label,))
    return people


def _take_apart(label: str) -> _Parts:
    beside = [group.strip() for group in re.findall(r"\(([^)]*)\)", label)]
    bare = re.sub(r"\([^)]*\)", " ", label)
    name, _, office = bare.partition(",")
    if len(name.split()) == 1 and _is_given_name(office):
        name = f"{office} {name}"  # "Lind, Anna"
    elif office.strip():
        beside.append(office.strip())
    words = name.split()
    title = ""
    while len(words) > 1 and (first := words[0].casefold().strip(".")) in _HONORIFICS:
        words, title = words[1:], title or first
    return _Parts(label, tuple(words) or (label,), title, tuple(beside))


def _is_given_name(text: str) -> bool:
    words = text.casefold().split()
    return len(words) in (1, 2) and "," not in text and words[-1] not in _OFFICES


def _is_name(part: _Parts) -> bool:
    return part.key[-1] not in _OFFICES and not is_anonymous(" ".join(part.words))


def _shared_by_several(parts: list[_Parts]) -> set[tuple[str, ...]]:
    """The lone names that more than one bears: Mr. and Mrs. Lind, Anna (Oslo) and Anna (Bern)."""
    lone = [part for part in parts if len(part.key) == 1]
    shared = set()
    for key in {part.key for part in lone}:
        genders = {part.gender for part in parts if part.key[-1:] == key and part.gender}
        besides = {part.beside for part in lone if part.key == key and part.beside}
        if len(genders) > 1 or len(besides) > 1:
            shared.add(key)
    return shared


def _ends_in_other(key: tuple[str, ...], keys: set[tuple[str, ...]]) -> bool:
    return any(key[-size:] in keys for size in range(2, len(key)))


def _canonical(
    part: _Parts, keys: set[tuple[str, ...]], full_names: list[tuple[str, ...]]
) -> tuple[str, ...]:
    key = part.key
    if not _is_name(part):
        return key
    for size in range(2, len(key)):
        if key[-size:] in keys:
            return key[-size:]  # the rest is the office: "President of Russia"
    if len(key) == 1:
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
