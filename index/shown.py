"""What readers see of a library's database: documents, their turns and passages, as values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .embed import Vectors
from .generations import SEEN, Generations, as_list, within
from .types import (
    Document,
    Filters,
    Heading,
    Passage,
    Person,
    Slice,
    TimeMark,
    Transcript,
    Turn,
    UnreadLine,
)
from .values import day_or_none, matrix, names_of, seconds_or_none, text, text_or_none


class Shown(Generations):
    """Methods show the published generation unless `at` names another."""

    def documents(self) -> list[Document]:
        """In order of id."""
        rows = self._seen(
            "SELECT d.id, d.title, d.date, d.place, d.people, d.turns, d.passages, d.unread, "
            f"d.seconds, d.language FROM documents d WHERE {SEEN} ORDER BY d.id"
        )
        with self._db.sound():
            return [_document(row) for row in rows]

    def transcript(self, document_id: str, at: int | None = None) -> Transcript | None:
        with self._db.snapshot():
            found = self._seen(
                "SELECT d.number, d.turns, d.title, d.date, d.place, d.language, d.people "
                f"FROM documents d WHERE d.id = :id AND {SEEN}",
                at,
                id=document_id,
            )
            if not found:
                return None
            (number, held, title, date, place, language, people) = found[0]
            turns = self._db.rows(
                "SELECT position, speaker, text, start_seconds, end_seconds, marks FROM turns "
                "WHERE document = ? ORDER BY position", (number,)
            )  # fmt: skip
            unread = self._db.rows(
                "SELECT line, text, why FROM unread WHERE document = ? ORDER BY line", (number,)
            )
        with self._db.sound():
            if len(turns) != held or any(turn[0] != at for at, turn in enumerate(turns)):
                raise ValueError(f"{document_id} without some of its turns")
            return Transcript(
                id=document_id,
                title=text(title),
                turns=tuple(map(_turn, turns)),
                date=day_or_none(date),
                place=text_or_none(place),
                language=text_or_none(language),
                people=tuple(_people(people)),
                unread=tuple(
                    UnreadLine(int(line), text(what), text(why)) for line, what, why in unread
                ),
            )

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        rows = self._seen(
            "SELECT t.position, t.speaker, t.text, t.start_seconds, t.end_seconds, t.marks "
            "FROM turns t JOIN documents d ON d.number = t.document WHERE d.id = :id "
            f"AND t.position BETWEEN :first AND :last AND {SEEN} ORDER BY t.position",
            id=document_id,
            first=first,
            last=last,
        )
        with self._db.sound():
            if len({row[0] for row in rows}) < len(rows):
                raise ValueError(f"{document_id} twice")
            return [_turn(row) for row in rows]

    def turns_with(self, part: str, filters: Filters | None = None) -> Iterator[tuple[str, Turn]]:
        """The turns within the filters whose text holds `part` in whatever case, each with its
        document's id; in order within a document. The turns are read as they are asked for."""
        where, values = within(filters)
        if filters and filters.speakers:
            where += " AND t.speaker IN (SELECT value FROM json_each(:names))"
            values["names"] = as_list(filters.speakers)
        # LIKE knows the case of ASCII alone, and ends at a NUL, which few texts hold.
        if part.isascii():
            where += " AND (t.text LIKE :part ESCAPE '!' OR instr(t.text, char(0)))"
            values["part"] = "%" + re.sub("([%_!])", r"!\1", part) + "%"
        folded = part.casefold()
        with self.snapshot(), self._db.guarded() as db:
            rows = db.execute(
                "SELECT t.position, t.speaker, t.text, t.start_seconds, t.end_seconds, t.marks, "
                "d.id FROM documents d JOIN turns t ON t.document = d.number "
                f"WHERE {where} ORDER BY d.number, t.position",
                {**values, "at": self.published},
            )
            for row in rows:
                with self._db.sound():
                    turn = _turn(row)
                if folded in turn.text.casefold():
                    yield row[6], turn

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each of these documents that exists."""
        rows = self._seen(
            "SELECT d.id, d.title, d.date, d.place, d.language FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {SEEN}",
            ids=as_list(document_ids),
        )
        with self._db.sound():
            return {
                name: Heading(
                    text(title), day_or_none(date), text_or_none(place), text_or_none(language)
                )
                for name, title, date, place, language in rows
            }

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once, in order of first document."""
        rows = self._seen(f"SELECT d.people FROM documents d WHERE {SEEN} ORDER BY d.id")
        with self._db.sound():
            return list(dict.fromkeys(person.name for row in rows for person in _people(row[0])))

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages that still exist, by number, whichever generation shows them."""
        rows = self._db.rows(
            "SELECT p.number, d.id, p.slices, p.speakers, p.text FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.number IN (SELECT value FROM json_each(?))",
            (as_list([int(number) for number in numbers]),),
        )
        with self._db.sound():
            return {
                number: Passage(document, _slices(slices), names_of(speakers), text(words))
                for number, document, slices, speakers, words in rows
            }

    def places(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        """Of the passages that still exist, by number: their document's id and their place."""
        rows = self._db.rows(
            "SELECT p.number, d.id, p.number - d.first FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.number IN (SELECT value FROM json_each(?))",
            (as_list([int(number) for number in numbers]),),
        )
        with self._db.sound():
            return {number: (document, int(place)) for number, document, place in rows}

    def runs(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The number of the first passage of each of these documents, and how many it has."""
        rows = self._seen(
            "SELECT d.id, d.first, d.passages FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {SEEN}",
            ids=as_list(ids),
        )
        with self._db.sound():
            return {row[0]: (int(row[1]), int(row[2])) for row in rows}

    def passage_rows(
        self, first: int, count: int, with_speakers: bool = False
    ) -> tuple[list[str], list[tuple[str, ...]], Vectors]:
        """Texts, speakers where asked for, and vectors (count, dimensions) of consecutive
        passages of one document."""
        rows = self._db.rows(
            "SELECT p.text, p.speakers, v.vector FROM passages p "
            "JOIN vectors v ON v.passage = p.number WHERE p.number BETWEEN ? AND ? "
            "ORDER BY p.number",
            (first, first + count - 1),
        )
        with self._db.sound():
            if len(rows) != count:
                raise ValueError(f"{len(rows)} passages in place of {count}")
            return (
                [text(row[0]) for row in rows],
                [names_of(row[1]) if with_speakers else () for row in rows],
                matrix([row[2] for row in rows]),
            )


def _document(row: Sequence[Any]) -> Document:
    name, title, date, place, people, turns, passages, unread, seconds, language = row
    known = _people(people)
    return Document(
        text(name),
        text(title),
        day_or_none(date),
        text_or_none(place),
        tuple(person.name for person in known),
        int(turns),
        int(passages),
        int(unread),
        seconds_or_none(seconds),
        text_or_none(language),
        tuple((person.name, person.role) for person in known if person.role),
    )


def _people(held: str) -> list[Person]:
    return [
        Person(text(known["name"]), text_or_none(known["role"]), tuple(map(text, known["labels"])))
        for known in json.loads(held)
    ]


def _turn(row: Sequence[Any]) -> Turn:
    position, speaker, words, start, end, marks = row[:6]
    return Turn(
        int(position),
        text_or_none(speaker),
        text(words),
        seconds_or_none(start),
        seconds_or_none(end),
        tuple(TimeMark(int(at), float(when)) for at, when in json.loads(marks)) if marks else (),
    )


def _slices(held: str) -> tuple[Slice, ...]:
    parts = json.loads(held)
    if not isinstance(parts, list) or not parts:
        raise ValueError(f"{held!r:.40} in place of the parts of a passage")
    return tuple(Slice(int(turn), int(start), int(end)) for turn, start, end in parts)
