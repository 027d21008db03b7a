"""What readers see of a library's database: documents, their turns and passages, as values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

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


class Shown(Generations):
    """Methods show the published generation unless `at` names another."""

    def documents(self) -> list[Document]:
        """In order of id."""
        rows = self._seen(
            "SELECT d.id, d.title, d.date, d.place, d.people, d.turns, d.passages, d.unread, "
            f"d.seconds, d.language FROM documents d WHERE {SEEN} ORDER BY d.id"
        )
        return [_document(row) for row in rows]

    def transcript(self, document_id: str, at: int | None = None) -> Transcript | None:
        with self._db.snapshot():
            found = self._seen(
                "SELECT d.number, d.title, d.date, d.place, d.language, d.people "
                f"FROM documents d WHERE d.id = :id AND {SEEN}",
                at,
                id=document_id,
            )
            if not found:
                return None
            (number, title, date, place, language, people) = found[0]
            turns = self._db.rows(
                "SELECT position, speaker, text, start_seconds, end_seconds, marks FROM turns "
                "WHERE document = ? ORDER BY position", (number,)
            )  # fmt: skip
            unread = self._db.rows(
                "SELECT line, text, why FROM unread WHERE document = ? ORDER BY line", (number,)
            )
        return Transcript(
            id=document_id,
            title=title,
            turns=tuple(_turn(turn) for turn in turns),
            date=date,
            place=place,
            language=language,
            people=tuple(
                Person(p["name"], p["role"], tuple(p["labels"])) for p in json.loads(people)
            ),
            unread=tuple(UnreadLine(*line) for line in unread),
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
                if folded in row[2].casefold():
                    yield row[6], _turn(row)

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each of these documents that exists."""
        rows = self._seen(
            "SELECT d.id, d.title, d.date, d.place, d.language FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {SEEN}",
            ids=as_list(document_ids),
        )
        return {row[0]: Heading(*row[1:]) for row in rows}

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once, in order of first document."""
        rows = self._seen(f"SELECT d.people FROM documents d WHERE {SEEN} ORDER BY d.id")
        return list(dict.fromkeys(person["name"] for row in rows for person in json.loads(row[0])))

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages that still exist, by number, whichever generation shows them."""
        rows = self._db.rows(
            "SELECT p.number, d.id, p.slices, p.speakers, p.text FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.number IN (SELECT value FROM json_each(?))",
            (as_list([int(number) for number in numbers]),),
        )
        return {
            number: Passage(
                document,
                tuple(Slice(*part) for part in json.loads(slices)),
                tuple(json.loads(speakers)),
                text,
            )
            for number, document, slices, speakers, text in rows
        }

    def places(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        """Of the passages that still exist, by number: their document's id and their place."""
        rows = self._db.rows(
            "SELECT p.number, d.id, p.number - d.first FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.number IN (SELECT value FROM json_each(?))",
            (as_list([int(number) for number in numbers]),),
        )
        return {number: (document, place) for number, document, place in rows}

    def runs(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The number of the first passage of each of these documents, and how many it has."""
        rows = self._seen(
            "SELECT d.id, d.first, d.passages FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {SEEN}",
            ids=as_list(ids),
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def passage_rows(self, first: int, count: int) -> tuple[list[str], list[str], Vectors]:
        """Texts, speakers as JSON and vectors (count, dimensions) of consecutive passages."""
        rows = self._db.rows(
            "SELECT p.text, p.speakers, v.vector FROM passages p "
            "JOIN vectors v ON v.passage = p.number WHERE p.number BETWEEN ? AND ? "
            "ORDER BY p.number",
            (first, first + count - 1),
        )
        flat = np.frombuffer(b"".join(row[2] for row in rows), np.float32)
        vectors = flat.reshape(len(rows), -1) if rows else flat.reshape(0, 0)
        return [row[0] for row in rows], [row[1] for row in rows], vectors


def _document(row: Sequence[Any]) -> Document:
    name, title, date, place, people, turns, passages, unread, seconds, language = row
    people = json.loads(people)
    speakers = tuple(person["name"] for person in people)
    roles = tuple((person["name"], person["role"]) for person in people if person["role"])
    return Document(
        name, title, date, place, speakers, turns, passages, unread, seconds, language, roles
    )


def _turn(row: Sequence[Any]) -> Turn:
    marks = tuple(TimeMark(*mark) for mark in json.loads(row[5])) if row[5] else ()
    return Turn(row[0], row[1], row[2], row[3], row[4], marks)
