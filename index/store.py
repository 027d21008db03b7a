"""SQLite: documents, turns, passages and vectors. The source of truth, in transactions.

One transaction per document: a process killed at any instant leaves whole documents. Every
committed change raises the generation, by which the caches (vectors, lexical) know their age.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DamagedIndex, LibraryError
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

SCHEMA_VERSION = 2
_BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    fingerprint TEXT NOT NULL, title TEXT NOT NULL, date TEXT, place TEXT, language TEXT,
    people TEXT NOT NULL);
CREATE TABLE turns (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    speaker TEXT, text TEXT NOT NULL, start_seconds REAL, end_seconds REAL, marks TEXT,
    PRIMARY KEY (document, position)) WITHOUT ROWID;
CREATE TABLE unread (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, line INTEGER NOT NULL,
    text TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice, so a stale cache can't lie
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    slices TEXT NOT NULL, speakers TEXT NOT NULL, text TEXT NOT NULL,
    digest BLOB NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_digest ON passages (digest);
CREATE INDEX unread_document ON unread (document);
INSERT INTO meta VALUES ('generation', '0');
"""


# What brings a database of the version before to this one, without losing a document.
_MIGRATIONS = {2: "ALTER TABLE turns ADD COLUMN marks TEXT"}


class _Connection(sqlite3.Connection):
    """A connection that closes when the thread that it belongs to ends."""

    def __del__(self) -> None:
        self.close()


class Store:
    """One library's database. Each thread gets a connection of its own."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._local = threading.local()
        try:
            with self._guard():
                self._prepare()
        except LibraryError:
            self.close()
            raise

    def meta(self, key: str) -> str | None:
        with self._guard() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        return int(self.meta("generation") or 0)

    def digests(self) -> dict[str, tuple[str, str]]:
        """Document id -> (sha256 of the file, fingerprint of how it was read and embedded)."""
        with self._guard() as db:
            rows = db.execute("SELECT id, sha256, fingerprint FROM documents").fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def put(
        self,
        transcript: Transcript,
        sha256: str,
        fingerprint: str,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
    ) -> None:
        """Add a document with all that belongs to it, or replace it, in one transaction."""
        people = json.dumps([asdict(person) for person in transcript.people], ensure_ascii=False)
        with self._transaction() as db:
            db.execute("DELETE FROM documents WHERE id = ?", (transcript.id,))
            number = db.execute(
                "INSERT INTO documents (id, sha256, fingerprint, title, date, place, language, "
                "people) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (transcript.id, sha256, fingerprint, transcript.title, transcript.date,
                 transcript.place, transcript.language, people),
            ).lastrowid  # fmt: skip
            db.executemany(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(number, t.position, t.speaker, t.text, t.start_seconds, t.end_seconds,
                  json.dumps(t.marks) if t.marks else None)
                 for t in transcript.turns],
            )  # fmt: skip
            db.executemany(
                "INSERT INTO unread VALUES (?, ?, ?, ?)",
                [(number, u.line, u.text, u.why) for u in transcript.unread],
            )
            db.executemany(
                "INSERT INTO passages (document, slices, speakers, text, digest, vector) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, _slices_json(p), json.dumps(p.speakers, ensure_ascii=False), p.text,
                     text_digest(p.text), vector.tobytes())
                    for p, vector in zip(passages, vectors, strict=True)
                ],
            )  # fmt: skip
            _next_generation(db)

    def delete(self, document_id: str) -> None:
        with self._transaction() as db:
            db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            _next_generation(db)

    def clear(self) -> None:
        """Forget every document, for a rebuild."""
        with self._transaction() as db:
            db.execute("DELETE FROM documents")
            _next_generation(db)

    def documents(self) -> list[Document]:
        with self._guard() as db:
            rows = db.execute(
                "SELECT d.id, d.title, d.date, d.place, d.people, "
                "(SELECT count(*) FROM turns t WHERE t.document = d.number), "
                "(SELECT count(*) FROM passages p WHERE p.document = d.number), "
                "(SELECT count(*) FROM unread u WHERE u.document = d.number), "
                "(SELECT max(coalesce(t.end_seconds, t.start_seconds)) FROM turns t "
                " WHERE t.document = d.number) "
                "FROM documents d ORDER BY d.id"
            ).fetchall()
        return [
            Document(r[0], r[1], r[2], r[3], tuple(p["name"] for p in json.loads(r[4])), *r[5:])
            for r in rows
        ]

    def transcript(self, document_id: str) -> Transcript | None:
        with self._guard() as db:
            row = db.execute(
                "SELECT number, title, date, place, language, people FROM documents WHERE id = ?",
                (document_id,),
            ).fetchone()
            if row is None:
                return None
            turns = db.execute(
                "SELECT position, speaker, text, start_seconds, end_seconds, marks FROM turns "
                "WHERE document = ? ORDER BY position",
                (row[0],),
            ).fetchall()
            unread = db.execute(
                "SELECT line, text, why FROM unread WHERE document = ? ORDER BY line", (row[0],)
            ).fetchall()
        return Transcript(
            id=document_id,
            title=row[1],
            turns=tuple(_turn(turn) for turn in turns),
            date=row[2],
            place=row[3],
            language=row[4],
            people=tuple(
                Person(p["name"], p["role"], tuple(p["labels"])) for p in json.loads(row[5])
            ),
            unread=tuple(UnreadLine(*line) for line in unread),
        )

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        with self._guard() as db:
            rows = db.execute(
                "SELECT t.position, t.speaker, t.text, t.start_seconds, t.end_seconds, t.marks "
                "FROM turns t JOIN documents d ON d.number = t.document "
                "WHERE d.id = ? AND t.position BETWEEN ? AND ? ORDER BY t.position",
                (document_id, first, last),
            ).fetchall()
        return [_turn(row) for row in rows]

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each document that exists."""
        with self._guard() as db:
            rows = db.execute(
                "SELECT id, title, date, place FROM documents "
                f"WHERE id IN ({_marks(document_ids)})",
                list(document_ids),
            ).fetchall()
        return {row[0]: Heading(row[1], row[2], row[3]) for row in rows}

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once, in order of first document."""
        with self._guard() as db:
            rows = db.execute("SELECT people FROM documents ORDER BY id").fetchall()
        return list(dict.fromkeys(person["name"] for row in rows for person in json.loads(row[0])))

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages that still exist, by number."""
        found = {}
        with self._guard() as db:
            for number in numbers:
                row = db.execute(
                    "SELECT d.id, p.slices, p.speakers, p.text FROM passages p "
                    "JOIN documents d ON d.number = p.document WHERE p.number = ?",
                    (int(number),),
                ).fetchone()
                if row is not None:
                    slices = tuple(Slice(*part) for part in json.loads(row[1]))
                    found[int(number)] = Passage(row[0], slices, tuple(json.loads(row[2])), row[3])
        return found

    def texts(self) -> Iterator[tuple[int, str]]:
        """(number, text) of every passage, for the lexical index."""
        with self._guard() as db:
            yield from db.execute("SELECT number, text FROM passages ORDER BY number")

    def vectors(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Every passage's number (n,) and vector (n, dimensions)."""
        with self._guard() as db:
            rows = db.execute("SELECT number, vector FROM passages ORDER BY number").fetchall()
        numbers = np.array([row[0] for row in rows], dtype=np.int64)
        flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return numbers, flat.reshape(len(rows), -1) if len(rows) else flat.reshape(0, 0)

    def known_vectors(self, digests: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Vectors already computed for texts of these digests."""
        known = {}
        with self._guard() as db:
            for digest in digests:
                row = db.execute(
                    "SELECT vector FROM passages WHERE digest = ? LIMIT 1", (digest,)
                ).fetchone()
                if row is not None:
                    known[digest] = np.frombuffer(row[0], dtype=np.float32)
        return known

    def vectors_of(self, document_id: str) -> dict[bytes, NDArray[np.float32]]:
        """Digest of the text -> vector, of one document's passages."""
        with self._guard() as db:
            rows = db.execute(
                "SELECT p.digest, p.vector FROM passages p "
                "JOIN documents d ON d.number = p.document WHERE d.id = ?",
                (document_id,),
            ).fetchall()
        return {row[0]: np.frombuffer(row[1], dtype=np.float32) for row in rows}

    def numbers_within(self, filters: Filters) -> NDArray[np.int64]:
        """The numbers of the passages that pass the filters, in order."""
        clauses, values = ["1"], list[str]()
        if filters.documents:
            clauses.append(f"d.id IN ({_marks(filters.documents)})")
            values.extend(filters.documents)
        if filters.speakers:
            clauses.append(
                "EXISTS (SELECT 1 FROM json_each(p.speakers) s "
                f"WHERE s.value IN ({_marks(filters.speakers)}))"
            )
            values.extend(filters.speakers)
        if filters.since:
            clauses.append("d.date >= ?")
            values.append(filters.since)
        if filters.until:
            clauses.append("d.date <= ?")
            values.append(filters.until)
        with self._guard() as db:
            rows = db.execute(
                "SELECT p.number FROM passages p JOIN documents d ON d.number = p.document "
                f"WHERE {' AND '.join(clauses)} ORDER BY p.number",
                values,
            ).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def check(self) -> str:
        """SQLite's own integrity check: "ok" or what is wrong."""
        with self._guard() as db:
            return str(db.execute("PRAGMA quick_check").fetchone()[0])

    def close(self) -> None:
        """Close this thread's connection."""
        db = getattr(self._local, "db", None)
        if db is not None:
            db.close()
            self._local.db = None

    def _prepare(self) -> None:
        db = self._connection()
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise DamagedIndex(
                f"{self.path}: the index was made by a newer Turncite; update Turncite, "
                "or rebuild it with: turncite sync --rebuild"
            )
        if 0 < version < SCHEMA_VERSION and self.read_only:
            raise LibraryError(
                f"{self.path}: the index was made by an older Turncite and can't be changed here; "
                "run where the library can be written: turncite sync"
            )
        if version < SCHEMA_VERSION and not self.read_only:
            db.execute("PRAGMA journal_mode = WAL")
            with self._transaction():
                version = int(db.execute("PRAGMA user_version").fetchone()[0])
                if version == 0:
                    for statement in _SCHEMA.split(";\n"):
                        db.execute(statement)
                else:
                    for step in range(version + 1, SCHEMA_VERSION + 1):
                        db.execute(_MIGRATIONS[step])
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("SELECT count(*) FROM documents").fetchone()

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            # A folder that can't be written has no place for WAL's side files: then the file
            # is read as it stands, unless they are there and hold what was committed last.
            wal = self.path.with_name(self.path.name + "-wal")
            read = "mode=ro" if wal.exists() else "mode=ro&immutable=1"
            mode = read if self.read_only else "mode=rwc"
            uri = f"{self.path.absolute().as_uri()}?{mode}"
            db = sqlite3.connect(
                uri,
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                factory=_Connection,
                check_same_thread=False,  # whichever thread lets go of it last may close it
            )
            db.execute("PRAGMA foreign_keys = ON")
            self._local.db = db
        return db

    @contextmanager
    def _guard(self) -> Iterator[sqlite3.Connection]:
        """SQLite's faults as ours, each with the next step."""
        try:
            yield self._connection()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LibraryError(
                    f"{self.path}: another Turncite is writing to this library; try again later"
                ) from error
            if "no such table" in str(error):
                raise self._damaged(error) from error
            raise LibraryError(
                f"{self.path}: the index cannot be used ({error}); check that the folder can be "
                "written and the disk is not full"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._guard() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _damaged(self, error: Exception) -> DamagedIndex:
        return DamagedIndex(
            f"{self.path}: the index is damaged ({error}); your transcripts are untouched, "
            "rebuild it with: turncite sync --rebuild"
        )


def _turn(row: Sequence[Any]) -> Turn:
    marks = tuple(TimeMark(*mark) for mark in json.loads(row[5])) if row[5] else ()
    return Turn(row[0], row[1], row[2], row[3], row[4], marks)


def text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def remove_database(path: Path) -> None:
    """Set a database that can't be read aside as NAME.damaged, with its side files."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if path.exists():
        os.replace(path, path.with_name(path.name + ".damaged"))


def _next_generation(db: sqlite3.Connection) -> None:
    db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")


def _slices_json(passage: Passage) -> str:
    return json.dumps([(part.turn, part.start, part.end) for part in passage.slices])


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
