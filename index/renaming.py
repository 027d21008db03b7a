"""Speakers renamed by hand: how a name is changed in a transcript and in its passages; pure.

What was renamed is kept with the library, and holds for what is read later too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from .chunk import lines_of
from .errors import InputError
from .types import Passage, Person, Transcript

MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Renaming:
    """`old` is called `new` in one transcript, or everywhere where `document` is None."""

    old: str
    new: str
    document: str | None = None

    def __post_init__(self) -> None:
        """Raises InputError for what is no name."""
        name = " ".join(self.new.split())
        if not name or not name.isprintable() or len(name) > MAX_NAME_CHARS:
            raise InputError(
                f"{self.new[:60]!r} is no name for a speaker; give one of at most "
                f"{MAX_NAME_CHARS} letters"
            )
        object.__setattr__(self, "new", name)


def renamed(transcript: Transcript, renamings: Iterable[Renaming]) -> Transcript:
    """The transcript with the names that these renamings give, one after the other.

    Two who get one name become one person; their turns stay as they are.
    """
    names = new_names(transcript, renamings)
    if not names:
        return transcript
    people: dict[str, Person] = {}
    for person in transcript.people:
        name = names.get(person.name, person.name)
        labels = person.labels if name == person.name else (*person.labels, person.name)
        same = people.get(name, Person(name))
        people[name] = Person(
            name, same.role or person.role, tuple(dict.fromkeys((*same.labels, *labels)))
        )
    turns = tuple(
        replace(turn, speaker=names[turn.speaker]) if turn.speaker in names else turn
        for turn in transcript.turns
    )
    return replace(transcript, people=tuple(people.values()), turns=turns)


def new_names(transcript: Transcript, renamings: Iterable[Renaming]) -> dict[str, str]:
    """The speakers of a transcript who get another name, with it."""
    before = dict.fromkeys(
        [person.name for person in transcript.people]
        + [turn.speaker for turn in transcript.turns if turn.speaker]
    )
    now = {name: name for name in before}
    for renaming in renamings:
        if renaming.document in (None, transcript.id):
            now = {name: renaming.new if to == renaming.old else to for name, to in now.items()}
    return {name: to for name, to in now.items() if to != name}


def renamed_passage(passage: Passage, before: Transcript, after: Transcript) -> Passage:
    """A passage of `before`, with the names of `after`, the same transcript renamed."""
    turns = {part.turn: before.turns[part.turn] for part in passage.slices}
    text, done = "", 0
    for line in lines_of(passage, turns):
        name = after.turns[line.turn].speaker
        label = f"{name}: " if line.words > line.start and name else ""
        text += passage.text[done : line.start] + label + passage.text[line.words : line.end]
        done = line.end
    speakers = (after.turns[part.turn].speaker for part in passage.slices)
    return replace(
        passage,
        speakers=tuple(dict.fromkeys(name for name in speakers if name)),
        text=text + passage.text[done:],
    )


def to_json(renamings: Sequence[Renaming]) -> str:
    return json.dumps([asdict(renaming) for renaming in renamings], ensure_ascii=False)


def from_json(text: str | None) -> list[Renaming]:
    return [Renaming(**row) for row in json.loads(text or "[]")]
