"""SQLite: documents, turns, passages and vectors. The source of truth, in transactions.

One transaction per document: a process killed at any instant leaves whole documents. Every
committed change raises the generation; what readers see is the generation published last. What
it replaced stays until the generation after it is published and the next writer begins. One
writer at a time is the caller's care (index/local.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .database import Connection, Database
from .embed import Vectors
from .renaming import Renaming, from_json, new_names, renamed, renamed_passage, to_json
from .schema import offsets_blob
from .types import (
    Document,
    Filters,
    Heading,
    Origin,
    Passage,
    Person,
    Slice,
    TimeMark,
    Transcript,
    Turn,
    UnreadLine,
)

Numbers = NDArray[np.int64]

# Of parameters in one statement.
_MOST_PARAMETERS = 900
# Rows read at a time where all are read.
_BLOCK = 4096

# What readers of the generation :at see. A version replaced since is still there for them.
_SEEN = "d.born <= :at AND (d.gone IS NULL OR d.gone > :at)"


class PassageText(NamedTuple):
    """What the lexical index needs of a passage. `date` and `language` are its transcript's."""

    number: int
    document: int
    date: str | None
    speakers: tuple[str, ...]
    text: str
    language: str | None = None


class Store:
    """One library's database, for any number of threads.

    Reading methods show the published generation unless `at` names another.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._db = Database(path, read_only=read_only)

    # What is written

    @property
    def generation(self) -> int:
        """Of the last committed change."""
        return int(self.meta("generation") or 0)

    @property
    def published(self) -> int:
        """The generation that readers see."""
        return int(self.meta("published") or 0)

    def mark(self, at: int) -> str:
        """A random name of the published or of the newest generation; of others, nothing.

        It tells their content from that of the same number in another database, or in another
        history of this one, as after a backup was put back.
        """
        with self.snapshot():
            if at == self.published:
                return self.meta("published_mark") or ""
            return (self.meta("mark") or "") if at == self.generation else ""

    def meta(self, key: str) -> str | None:
        rows = self._db.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def origins(self) -> dict[str, Origin]:
        """Document id -> what its newest version was made from, published or not."""
        rows = self._db.rows(
            "SELECT id, sha256, reader, embedder FROM documents WHERE gone IS NULL"
        )
        return {row[0]: Origin(*row[1:]) for row in rows}

    def put(
        self,
        transcript: Transcript,
        origin: Origin,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        """Add a document with all that belongs to it, or a new version, in one transaction.

        `vectors` is (len(passages), dimensions).
        """
        with self._db.transaction() as db:
            self._put(db, transcript, origin, passages, vectors)

    def rename(self, renaming: Renaming) -> list[str]:
        """Give a speaker another name in the newest version of each document, with the vectors
        that it has, and keep that for `renamings`; all in one transaction. The ids of the
        documents that changed."""
        changed = []
        origins = self.origins()
        with self._db.transaction() as db:
            for document, origin in origins.items():
                before = self.transcript(document, self.generation)
                if before is None or not new_names(before, [renaming]):
                    continue
                after = renamed(before, [renaming])
                (first, count) = db.execute(
                    "SELECT first, passages FROM documents WHERE id = ? AND gone IS NULL",
                    (document,),
                ).fetchone()
                held = self.passages(range(first, first + count))
                passages = [renamed_passage(held[number], before, after) for number in sorted(held)]
                self._put(db, after, origin, passages, self.passage_rows(first, count)[2])
                changed.append(document)
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('renamings', ?)",
                (to_json([*self.renamings(), renaming]),),
            )
        return changed

    def renamings(self) -> list[Renaming]:
        """What was renamed by hand, in order."""
        return from_json(self.meta("renamings"))

    def delete(self, document_id: str) -> None:
        with self._db.transaction() as db:
            _retire(db, document_id, _next_generation(db))

    def publish(self, embedder: str) -> None:
        """Let readers see all that was written, by which model it was embedded included."""
        with self._db.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('embedder', ?)", (embedder,))
            for key, source in (
                ("published_before", "published"),
                ("published", "generation"),
                ("published_mark", "mark"),
            ):
                db.execute(
                    "INSERT OR REPLACE INTO meta SELECT ?, value FROM meta WHERE key = ?",
                    (key, source),
                )

    def made_by_others(self, embedder: str) -> int:
        """How many newest versions of documents another model embedded."""
        rows = self._db.rows(
            "SELECT count(*) FROM documents WHERE gone IS NULL AND embedder != ?", (embedder,)
        )
        return int(rows[0][0])

    def purge(self) -> None:
        """Delete the versions that neither the published generation shows nor the one before.

        A reader may still be with that one, while it loads what searches use of the new.
        """
        with self._db.transaction() as db:
            db.execute(
                "DELETE FROM documents WHERE gone <= "
                "(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'published_before')"
            )

    def known_vectors(self, digests: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        """Vectors (dimensions,) that this model made of texts with these digests."""
        known: dict[bytes, Vectors] = {}
        with self._db.guarded() as db:
            for block in _blocks(digests):
                rows = db.execute(
                    "SELECT p.digest, v.vector FROM passages p "
                    "JOIN vectors v ON v.passage = p.number "
                    "JOIN documents d ON d.number = p.document "
                    f"WHERE p.digest IN ({_marks(len(block))}) AND d.embedder = ?",
                    [*block, embedder],
                )
                known.update((row[0], np.frombuffer(row[1], dtype=np.float32)) for row in rows)
        return known

    # What readers see

    def documents(self) -> list[Document]:
        """In order of id."""
        rows = self._seen(
            "SELECT d.id, d.title, d.date, d.place, d.people, d.turns, d.passages, d.unread, "
            f"d.seconds, d.language FROM documents d WHERE {_SEEN} ORDER BY d.id"
        )
        return [_document(row) for row in rows]

    def transcript(self, document_id: str, at: int | None = None) -> Transcript | None:
        with self._db.snapshot():
            found = self._seen(
                "SELECT d.number, d.title, d.date, d.place, d.language, d.people "
                f"FROM documents d WHERE d.id = :id AND {_SEEN}",
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
            f"AND t.position BETWEEN :first AND :last AND {_SEEN} ORDER BY t.position",
            id=document_id,
            first=first,
            last=last,
        )
        return [_turn(row) for row in rows]

    def turns_with(self, part: str, filters: Filters | None = None) -> Iterator[tuple[str, Turn]]:
        """The turns within the filters whose text holds `part` in whatever case, each with its
        document's id; in order within a document. The turns are read as they are asked for."""
        where, values = _within(filters)
        if filters and filters.speakers:
            where += " AND t.speaker IN (SELECT value FROM json_each(:names))"
            values["names"] = _list(filters.speakers)
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
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {_SEEN}",
            ids=_list(document_ids),
        )
        return {row[0]: Heading(*row[1:]) for row in rows}

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once, in order of first document."""
        rows = self._seen(f"SELECT d.people FROM documents d WHERE {_SEEN} ORDER BY d.id")
        return list(dict.fromkeys(person["name"] for row in rows for person in json.loads(row[0])))

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages that still exist, by number, whichever generation shows them."""
        rows = self._db.rows(
            "SELECT p.number, d.id, p.slices, p.speakers, p.text FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.number IN (SELECT value FROM json_each(?))",
            (_list([int(number) for number in numbers]),),
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
            (_list([int(number) for number in numbers]),),
        )
        return {number: (document, place) for number, document, place in rows}

    def runs(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The number of the first passage of each of these documents, and how many it has."""
        rows = self._seen(
            "SELECT d.id, d.first, d.passages FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {_SEEN}",
            ids=_list(ids),
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

    # What the caches are made of

    def ranges(self, at: int, filters: Filters | None = None) -> tuple[Numbers, Numbers]:
        """The documents with passages seen at a generation: their numbers (n,), in order of
        their passages, and the first number and the count of each one's passages (n, 2).

        Of `filters`, those of documents and dates are applied; see numbers_within for speakers.
        """
        where, values = _within(filters)
        rows = self._seen(
            f"SELECT d.number, d.first, d.passages FROM documents d WHERE {where} "
            "AND d.passages > 0 ORDER BY d.first",
            at,
            **values,
        )
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1:]

    def document_numbers(self, ids: Sequence[str], at: int) -> list[int]:
        rows = self._seen(
            "SELECT d.number FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {_SEEN}",
            at,
            ids=_list(ids),
        )
        return [row[0] for row in rows]

    def count_passages(self, documents: Numbers) -> int:
        """How many passages the documents with these numbers have, or had and are not purged."""
        rows = self._db.rows(
            "SELECT sum(passages) FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            (_list(documents.tolist()),),
        )
        return int(rows[0][0] or 0)

    def texts(self, documents: Iterable[int]) -> Iterator[PassageText]:
        """The passages of the documents with these numbers."""
        with self._db.guarded() as db:
            for document in documents:
                rows = db.execute(
                    "SELECT p.number, p.document, d.date, p.speakers, p.text, d.language "
                    "FROM passages p "
                    "JOIN documents d ON d.number = p.document WHERE p.document = ? "
                    "ORDER BY p.number",
                    (int(document),),
                )
                for number, of, date, speakers, *text in rows:
                    yield PassageText(number, of, date, tuple(json.loads(speakers)), *text)

    def vectors(self, numbers: Numbers) -> Vectors:
        """The vectors (n, dimensions) of passages, in the order of `numbers`.

        A number that is no more has zeros, which are like nothing.
        """
        found: dict[int, bytes] = dict(
            self._db.rows(
                "SELECT passage, vector FROM vectors "
                "WHERE passage IN (SELECT value FROM json_each(?))",
                (_list(numbers.tolist()),),
            )
        )
        if not found:
            return np.zeros((len(numbers), 0), np.float32)
        nothing = bytes(len(next(iter(found.values()))))
        rows = b"".join(found.get(int(number), nothing) for number in numbers)
        return np.frombuffer(rows, dtype=np.float32).reshape(len(numbers), -1)

    def vector_blocks(self, first: int = 0) -> Iterator[tuple[Numbers, Vectors]]:
        """All vectors of passages from the number `first` on: numbers (n,) and vectors
        (n, dimensions), a block at a time."""
        while True:
            rows = self._db.rows(
                "SELECT passage, vector FROM vectors WHERE passage >= ? ORDER BY passage LIMIT ?",
                (first, _BLOCK),
            )
            if not rows:
                return
            numbers = np.array([row[0] for row in rows], dtype=np.int64)
            flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
            yield numbers, flat.reshape(len(rows), -1)
            first = rows[-1][0] + 1

    def numbers_within(self, filters: Filters, at: int | None = None) -> Numbers:
        """The numbers of the passages that pass the filters, in order."""
        at = self.published if at is None else at
        if not filters.speakers:
            return expand(self.ranges(at, filters)[1])
        where, values = _within(filters)
        parts = self._seen(
            "SELECT d.first, s.passages FROM speakers s JOIN documents d ON d.number = s.document "
            f"WHERE s.name IN (SELECT value FROM json_each(:names)) AND {where}",
            at,
            names=_list(filters.speakers),
            **values,
        )
        runs = [first + np.frombuffer(blob, "<u4").astype(np.int64) for first, blob in parts]
        return np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.int64)

    def snapshot(self) -> AbstractContextManager[None]:
        """Whatever this thread reads meanwhile is of one moment, also while others write."""
        return self._db.snapshot()

    # The file

    def in_place(self) -> bool:
        """Whether the database that is open is still the one at its path."""
        return self._db.in_place()

    def check(self) -> str:
        """SQLite's own integrity check: "ok" or what is wrong."""
        return self._db.check()

    def copy_to(self, path: Path) -> None:
        """A copy of the database as it is now, in one file."""
        self._db.copy_to(path)

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    def _put(
        self,
        db: Connection,
        transcript: Transcript,
        origin: Origin,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        """A new version of a document, within the caller's transaction."""
        people = json.dumps([asdict(person) for person in transcript.people], ensure_ascii=False)
        now = _next_generation(db)
        _retire(db, transcript.id, now)
        first = _first_free_number(db)
        document = db.execute(
            "INSERT INTO documents (id, sha256, reader, embedder, title, date, place, "
            "language, people, turns, unread, seconds, first, passages, born) "
            f"VALUES ({_marks(15)})",
            (transcript.id, origin.sha256, origin.reader, origin.embedder, transcript.title,
             transcript.date, transcript.place, transcript.language, people,
             len(transcript.turns), len(transcript.unread), transcript.seconds, first,
             len(passages), now),
        ).lastrowid  # fmt: skip
        db.executemany(
            f"INSERT INTO turns VALUES ({_marks(7)})",
            [(document, t.position, t.speaker, t.text, t.start_seconds, t.end_seconds,
              json.dumps(t.marks) if t.marks else None)
             for t in transcript.turns],
        )  # fmt: skip
        db.executemany(
            "INSERT INTO unread VALUES (?, ?, ?, ?)",
            [(document, u.line, u.text, u.why) for u in transcript.unread],
        )
        db.executemany(
            f"INSERT INTO passages VALUES ({_marks(6)})",
            [(first + place, document, _slices_json(p),
              json.dumps(p.speakers, ensure_ascii=False), p.text, text_digest(p.text))
             for place, p in enumerate(passages)],
        )  # fmt: skip
        db.executemany(
            "INSERT INTO vectors VALUES (?, ?)",
            [
                (first + place, vector.tobytes())
                for place, (_, vector) in enumerate(zip(passages, vectors, strict=True))
            ],
        )
        places: dict[str, list[int]] = defaultdict(list)
        for place, passage in enumerate(passages):
            for name in passage.speakers:
                places[name].append(place)
        db.executemany(
            "INSERT INTO speakers VALUES (?, ?, ?)",
            [(document, name, offsets_blob(offsets)) for name, offsets in places.items()],
        )

    def _seen(self, query: str, at: int | None = None, **values: Any) -> list[Any]:
        """Rows of a query with `_SEEN` in it, as of one moment."""
        if at is None:
            query = query.replace(":at", "(SELECT CAST(value AS INTEGER) FROM meta "
                                         "WHERE key = 'published')")  # fmt: skip
            return self._db.rows(query, values)
        return self._db.rows(query, {**values, "at": at})


def expand(ranges: Numbers) -> Numbers:
    """Runs (n, 2) of first number and count -> all their numbers, in order."""
    firsts, counts = ranges[:, 0], ranges[:, 1]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    shifts: Numbers = np.repeat(firsts - (ends - counts), counts)
    return np.arange(total, dtype=np.int64) + shifts


def text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


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


def _next_generation(db: Connection) -> int:
    db.execute("UPDATE meta SET value = ? WHERE key = 'mark'", (secrets.token_hex(8),))
    db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
    return int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])


def _retire(db: Connection, document_id: str, now: int) -> None:
    """End the newest version of a document; one that no reader has seen is deleted."""
    db.execute(
        "DELETE FROM documents WHERE id = ? AND gone IS NULL AND born > "
        "(SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'published')",
        (document_id,),
    )
    db.execute("UPDATE documents SET gone = ? WHERE id = ? AND gone IS NULL", (now, document_id))


def _first_free_number(db: Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    return int(row[0]) + 1 if row else 1


def _slices_json(passage: Passage) -> str:
    return json.dumps([[s.turn, s.start, s.end] for s in passage.slices])


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _within(filters: Filters | None) -> tuple[str, dict[str, Any]]:
    """The condition for documents that are seen and pass the filters, and its values."""
    filters = filters or Filters()
    clauses, values = [_SEEN], dict[str, Any]()
    if filters.documents:
        clauses.append("d.id IN (SELECT value FROM json_each(:ids))")
        values["ids"] = _list(filters.documents)
    if filters.since:
        clauses.append("d.date >= :since")
        values["since"] = filters.since
    if filters.until:
        clauses.append("d.date <= :until")
        values["until"] = filters.until
    return " AND ".join(clauses), values


def _list(items: Sequence[Any]) -> str:
    """For json_each, which takes lists of any length."""
    return json.dumps(list(items))


def _blocks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _MOST_PARAMETERS):
        yield items[start : start + _MOST_PARAMETERS]
