"""SQLite: documents, turns, passages and vectors. The source of truth, in transactions.

One transaction per document: a process killed at any instant leaves whole documents. What a
version replaced stays until the generation after it is published and the next writer begins. One
writer at a time is the caller's care (index/local.py).

shown.py has what readers see, material.py what the caches are made of, generations.py what both
share; here is what is written, and what a writer asks.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from .database import Connection
from .embed import Vectors
from .material import Material
from .renaming import Renaming, from_json, new_names, renamed, renamed_passage, to_json
from .schema import offsets_blob
from .shown import Shown
from .types import Origin, Passage, Transcript
from .values import text

# Of parameters in one statement.
_MOST_PARAMETERS = 900


class Store(Shown, Material):
    """One library's database, for any number of threads."""

    def origins(self) -> dict[str, Origin]:
        """Document id -> what its newest version was made from, published or not."""
        rows = self._db.rows(
            "SELECT id, sha256, reader, embedder FROM documents WHERE gone IS NULL"
        )
        with self._db.sound():
            return {text(row[0]): Origin(*map(text, row[1:])) for row in rows}

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
                first, count = self.newest_run(document)
                held = self.passages(range(first, first + count))
                with self._db.sound():
                    passages = [renamed_passage(held[at], before, after) for at in sorted(held)]
                self._put(db, after, origin, passages, self.passage_rows(first, count)[2])
                changed.append(document)
            _set_renamings(db, [*self.renamings(), renaming])
        self._db.settle()
        return changed

    def renamings(self) -> list[Renaming]:
        """What was renamed by hand, in order."""
        with self._db.sound():
            return from_json(self.meta("renamings"))

    def keep_renamings(self, renamings: Sequence[Renaming]) -> None:
        """Those of another database of the same library, for what is read from now on."""
        with self._db.transaction() as db:
            _set_renamings(db, renamings)

    def newest_run(self, document_id: str) -> tuple[int, int]:
        """Number of the first passage of a document's newest version, and how many it has."""
        rows = self._db.rows(
            "SELECT first, passages FROM documents WHERE id = ? AND gone IS NULL", (document_id,)
        )
        with self._db.sound():
            return int(rows[0][0]), int(rows[0][1])

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
        with self._db.guarded() as db, self._db.sound():
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

    def distrust(self) -> None:
        """Of a stranger's database: let the next sync hold every document against its file. Raises
        DamagedIndex for one with orders of its own, which no library has and which could undo that.
        """
        orders = self._db.rows("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")
        if orders:
            raise self.damaged("it holds orders that no library does")
        with self._db.transaction() as db:
            db.execute("UPDATE documents SET reader = ''")

    def copy_to(self, path: Path) -> None:
        """A copy of the database as it is now, in one file."""
        self._db.copy_to(path)

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


def text_digest(words: str) -> bytes:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()


def _set_renamings(db: Connection, renamings: Sequence[Renaming]) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES ('renamings', ?)", (to_json(renamings),))


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


def _blocks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _MOST_PARAMETERS):
        yield items[start : start + _MOST_PARAMETERS]
