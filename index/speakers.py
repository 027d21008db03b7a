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
HONORIFICS = _MALE | _FEMALE | frozenset("mx dr prof professor rep sen gov hon".split())
# Words that name an office. Labels that end so name it alone, and several may hold it or have
# deputies for it; before a name they are a title.
OFFICES = frozenset(
    "president minister chancellor secretary general chair chairman chairwoman chairperson "
    "director officer justice judge leader mayor governor ambassador commissioner manager counsel "
    "host moderator senator representative congressman congresswoman premier deputy speaker "
    "ceo cfo cto coo cio mp mep qc kc phd md esq pm founder professor colonel captain major "
    "präsident präsidentin vizepräsident vizepräsidentin bundeskanzler bundeskanzlerin "
    "bundesminister bundesministerin staatssekretär ministerpräsident président présidente "
    "ministre presidente presidenta ministro ministra secretario secretaria gobernador senador "
    "diputado poseł posłanka marszałek wicemarszałek prezydent prezes "
    "президент министр председатель премьер депутат".split()
)
_ARTICLES = ("le", "la", "les")
_BEHIND_DASH = re.compile(r"\s+(?:--|–|—)\s+")  # "Anna Lind -- Chief Executive Officer"
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_GENERATIONS = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}
_ANONYMOUS = re.compile(
    r"(?:q|a|p|r|f|question|answer|speaker|reporter|journalist|audience|participant|voice|caller"
    r"|вопрос|ответ|реплика|frage|antwort|pregunta|respuesta|interlocutora?|periodista|journaliste"
    r"|问|答|記者|记者)(?:[\s_]*[\d(].*)?"
    r"|(?:unknown|unidentif\w*|various|several)\b.*|voz\b.*|głosy? z sali"
    r"|.*\b(?:official|speaker|member|unknown|unidentified)s?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A label taken apart: the name's words, the title that stood before, what stood beside."""

    label: str
    words: tuple[str, ...]
    title: str
    beside: tuple[str, ...]
    generation: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        own = tuple(word.casefold().strip(".") for word in self.words)
        return (*own, self.generation) if self.generation else own

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
    full_names = {key for key in keys if not _is_lone(key) and not _untitled(key, keys)}
    shared = _shared_by_several(parts)
    initials = _initials(parts, full_names)
    bearers: dict[str, set[tuple[str, ...]]] = {}
    for full in full_names:
        bearers.setdefault(_surname(full), set()).add(full)
    canonical = {
        part.label: initials.get(part.label) or _canonical(part, keys, bearers)
        for part in parts
        if part.key not in shared
    }

    alike: dict[tuple[str, ...], list[_Parts]] = {}
    for part in parts:
        if key := canonical.get(part.label):
            alike.setdefault(key, []).append(part)
    person_of = {key: _person(key, same) for key, same in alike.items()}
    return {
        part.label: person_of[key]
        if (key := canonical.get(part.label))
        else Person(part.label, None, (part.label,))
        for part in parts
    }


def _take_apart(label: str) -> _Parts:
    beside = [group[1:-1].strip() for group in _BRACKETS.findall(label)]
    bare = _BRACKETS.sub(" ", label)
    bare, _, behind = _BEHIND_DASH.sub("\n", bare, count=1).partition("\n")
    if behind.strip():
        beside.append(behind.strip())
    name, _, office = bare.partition(",")
    generation = ""
    if (first := office.split(",")[0].strip()) and first.casefold().strip(".") in _GENERATIONS:
        generation, office = first.casefold().strip("."), office.partition(",")[2]
    if len(name.split()) == 1 and _is_given_name(office, name):
        name = f"{office} {name}"  # "Lind, Anna"
    elif office.strip():
        beside.append(office.strip())
    words = name.split()
    if len(words) > 1 and words[-1].casefold().strip(".") in _GENERATIONS:
        generation, words = words[-1].casefold().strip("."), words[:-1]
    title, words = _without_titles(words)
    office_words, words = _without_office(words)
    if office_words:
        beside.insert(0, " ".join(office_words))
        behind_office, words = _without_titles(words)
        title = title or behind_office
    return _Parts(label, tuple(words) or (label,), title, tuple(beside), generation)


def _without_titles(words: list[str]) -> tuple[str, list[str]]:
    """ "Prof. Dr. Anna Lind" -> the first of her titles and her name."""
    title = ""
    while (
        len(words) > 1
        and (first := words[0].casefold().strip(".")) in HONORIFICS
        and words[1] not in _ARTICLES  # "M. le président" is no name behind a title
    ):
        words, title = words[1:], title or first
    return title, words


def _without_office(words: list[str]) -> tuple[list[str], list[str]]:
    """ "Präsident Dr. Norbert Lammert" -> his office and his name; a lone surname keeps its own."""
    size = 0
    while size < len(words) and words[size].casefold().strip(".") in OFFICES:
        size += 1
    names = [word for word in words[size:] if word.casefold().strip(".") not in HONORIFICS]
    # More words may be the rest of the office: "Prezydent Rzeczypospolitej Polskiej Andrzej Duda".
    full = len(names) in (2, 3) and all(name[0].isupper() for name in names[:2])
    last = names[-1].casefold().strip(".") if names else ""
    if size and full and last not in OFFICES and not any(name.isdigit() for name in names):
        return words[:size], words[size:]
    return [], words


def _is_given_name(text: str, surname: str) -> bool:
    words = text.split()
    if len(words) not in (1, 2) or "," in text:
        return False
    if any(word.casefold().strip(".") in OFFICES for word in words):
        return False
    # "Lind, HR" is an abbreviation where the name itself isn't in capitals.
    return surname.isupper() or not all(word.isupper() and len(word) > 1 for word in words)


def _is_name(part: _Parts) -> bool:
    return part.key[-1] not in OFFICES and not is_anonymous(" ".join(part.words))


def _initials(parts: list[_Parts], full_names: set[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Labels that are initials -> whose, where just one full name of the file has them.

    "SL" is "Stephan Livera (SL)", or "Stephan Livera" where no other label begins so.
    """
    owners: dict[str, set[tuple[str, ...]]] = {}
    for part in parts:
        if part.key in full_names:
            owners.setdefault("".join(word[:1] for word in part.key), set()).add(part.key)
            for beside in part.beside:
                owners.setdefault(beside.casefold(), set()).add(part.key)
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        short = len(part.key) == 1 and 2 <= len(part.label) <= 4 and part.label.isupper()
        owner = owners.get(part.key[0], set()) if short and not is_anonymous(part.label) else set()
        if len(owner) == 1:
            found[part.label] = next(iter(owner))
    return found


def _shared_by_several(parts: list[_Parts]) -> set[tuple[str, ...]]:
    """The lone names that more than one bears: Mr. and Mrs. Lind, Anna (Oslo) and Anna (Bern)."""
    genders: dict[tuple[str, ...], set[str]] = {}
    besides: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for part in parts:
        if part.gender:
            genders.setdefault(part.key[-1:], set()).add(part.gender)
        if part.beside and len(part.key) == 1:
            besides.setdefault(part.key, set()).add(part.beside)
    return {
        part.key
        for part in parts
        if len(part.key) == 1
        and (len(genders.get(part.key, ())) > 1 or len(besides.get(part.key, ())) > 1)
    }


def _untitled(key: tuple[str, ...], keys: set[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The name of another label that this one ends in, if what stands before is an office.

    "President of Russia Vladimir Putin" ends in "Vladimir Putin"; but "Hans Peter Müller" and
    "Peter Müller" are two.
    """
    for size in range(2, len(key)):
        if key[-size:] in keys and _is_office(key[:-size]):
            return key[-size:]
    return None


def _is_office(words: tuple[str, ...]) -> bool:
    return any(word in OFFICES or word in ("of", "the", "für", "de", "der") for word in words)


def _canonical(
    part: _Parts, keys: set[tuple[str, ...]], bearers: dict[str, set[tuple[str, ...]]]
) -> tuple[str, ...]:
    """The key of the person that a label names; `bearers` are the full names by surname."""
    key = part.key
    if not _is_name(part):
        return key
    untitled = _untitled(key, keys)
    if untitled:
        return untitled
    if _is_lone(key):
        surname = key[-1:]
        others = bearers.get(surname[0], set()) - {key}
        if len(others) == 1:
            return next(iter(others))
        if not others and surname in keys:
            return surname
    return key


def _is_lone(key: tuple[str, ...]) -> bool:
    """Whether it is a surname or a first name alone, or behind an office: "President Biden"."""
    return all(word in OFFICES for word in key[:-1])


def _surname(key: tuple[str, ...]) -> str:
    return key[-2] if key[-1] in _GENERATIONS and len(key) > 1 else key[-1]


def _person(key: tuple[str, ...], same: list[_Parts]) -> Person:
    named = next((part for part in same if part.key == key), same[0])
    name = " ".join(named.words) if len(named.words) > 1 else _with_title(named)
    if named.generation:
        name = f"{name} {_GENERATIONS[named.generation]}"
    roles: list[str] = []
    for part in same:
        if part.key[-len(key) :] == key and len(part.key) > len(key):
            roles.append(" ".join(part.words[: len(part.key) - len(key)]))
        elif part.key != key and len(part.words) > 1 and _is_office(part.key[:-1]):
            roles.append(" ".join(part.words[:-1]))
        roles.extend(beside for beside in part.beside if beside.casefold() not in _short(same))
    role = ", ".join(dict.fromkeys(roles)) or None
    return Person(name=name, role=role, labels=tuple(part.label for part in same))


def _short(same: list[_Parts]) -> set[str]:
    """Labels of one word: initials beside a name are no office."""
    return {part.key[0] for part in same if len(part.key) == 1}


def _with_title(part: _Parts) -> str:
    """A lone surname keeps its title: "Ms. Dalton", not "Dalton"."""
    return re.split(r"[(,]", part.label)[0].strip() or part.label
