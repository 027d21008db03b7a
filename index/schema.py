"""The tables of a library's database, and what brings an older one up to them.

A document's versions live side by side: `born` and `gone` are the generations in which a version
came and was replaced, so that readers keep the published one while the next is written. Its
passages have the numbers first .. first + passages - 1, in one run, so that which of a million
passages count is told by a row for each document.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .database import Connection

VERSION = 3

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,
    sha256 TEXT NOT NULL, reader TEXT NOT NULL, embedder TEXT NOT NULL,
    title TEXT NOT NULL, date TEXT, place TEXT, language TEXT, people TEXT NOT NULL,
    turns INTEGER NOT NULL, unread INTEGER NOT NULL, seconds REAL,
    first INTEGER NOT NULL, passages INTEGER NOT NULL,
    born INTEGER NOT NULL, gone INTEGER);
CREATE UNIQUE INDEX documents_latest ON documents (id) WHERE gone IS NULL;
CREATE INDEX documents_id ON documents (id);
CREATE INDEX documents_ranges ON documents (first, passages, born, gone, date, id);
CREATE TABLE turns (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    speaker TEXT, text TEXT NOT NULL, start_seconds REAL, end_seconds REAL, marks TEXT,
    PRIMARY KEY (document, position)) WITHOUT ROWID;
CREATE TABLE unread (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, line INTEGER NOT NULL,
    text TEXT NOT NULL, why TEXT NOT NULL);
CREATE INDEX unread_document ON unread (document);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice, so a stale cache can't lie
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    slices TEXT NOT NULL, speakers TEXT NOT NULL, text TEXT NOT NULL, digest BLOB NOT NULL);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_digest ON passages (digest);
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, vector BLOB NOT NULL);
CREATE TABLE speakers (   -- which passages, by their place in the document, hold whose words
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, name TEXT NOT NULL,
    passages BLOB NOT NULL, PRIMARY KEY (document, name)) WITHOUT ROWID;
CREATE INDEX speakers_name ON speakers (name);
"""


def prepare(db: Connection, mark: str) -> None:
    """Make the tables in an empty database, or bring older ones up, in the caller's transaction.

    `mark` names its present content, see Store.mark.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version == 0:
        _run(db, _TABLES)
        db.execute("INSERT INTO meta VALUES ('generation', '0'), ('published', '0')")
    else:
        for step in range(version + 1, VERSION + 1):
            _MIGRATIONS[step](db)
    for key in ("mark", "published_mark"):
        db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, mark))
    db.execute(f"PRAGMA user_version = {VERSION}")


def offsets_blob(offsets: Iterable[int]) -> bytes:
    """Places of passages within their document, as speakers.passages holds them."""
    return np.fromiter(offsets, dtype="<u4").tobytes()


def _run(db: Connection, script: str) -> None:
    for statement in script.split(";\n"):
        db.execute(statement)


def _add_marks(db: Connection) -> None:
    """Version 1 had no times within turns."""
    db.execute("ALTER TABLE turns ADD COLUMN marks TEXT")


def _part_versions(db: Connection) -> None:
    """Version 2 had one version of each document, and vectors in the rows of passages."""
    for table in ("documents", "turns", "unread", "passages"):
        db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for index in ("passages_document", "passages_digest", "unread_document"):
        db.execute(f"DROP INDEX {index}")
    old_meta = dict(db.execute("SELECT key, value FROM meta"))
    db.execute("ALTER TABLE meta RENAME TO old_meta")
    _run(db, _TABLES)
    db.execute("INSERT INTO meta SELECT key, value FROM old_meta")
    db.execute("INSERT OR IGNORE INTO meta VALUES ('published', '0')")
    db.execute("UPDATE meta SET value = '0' WHERE key = 'published' AND value = ''")
    db.execute(
        "INSERT INTO documents SELECT d.number, d.id, d.sha256, "
        # A fingerprint was "parser 3, chunker 2, <the model's>".
        "'', d.fingerprint, d.title, d.date, d.place, d.language, d.people, "
        "(SELECT count(*) FROM old_turns t WHERE t.document = d.number), "
        "(SELECT count(*) FROM old_unread u WHERE u.document = d.number), "
        "(SELECT max(coalesce(end_seconds, start_seconds)) FROM old_turns t "
        " WHERE t.document = d.number), "
        "coalesce((SELECT min(p.number) FROM old_passages p WHERE p.document = d.number), 0), "
        "(SELECT count(*) FROM old_passages p WHERE p.document = d.number), "
        "?, NULL FROM old_documents d",
        (int(old_meta.get("generation", 0)),),
    )
    for number, fingerprint in db.execute("SELECT number, embedder FROM documents").fetchall():
        *reader, embedder = fingerprint.split(", ", 2)
        db.execute(
            "UPDATE documents SET reader = ?, embedder = ? WHERE number = ?",
            (", ".join(reader), embedder, number),
        )
    db.execute("INSERT INTO turns SELECT * FROM old_turns")
    db.execute("INSERT INTO unread SELECT * FROM old_unread")
    db.execute(
        "INSERT INTO passages SELECT number, document, slices, speakers, text, digest "
        "FROM old_passages ORDER BY number"
    )
    db.execute("INSERT INTO vectors SELECT number, vector FROM old_passages ORDER BY number")
    _add_speakers(db)
    for table in ("turns", "unread", "passages", "documents", "meta"):
        db.execute(f"DROP TABLE old_{table}")


def _add_speakers(db: Connection) -> None:
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = db.execute(
        "SELECT p.document, p.number - d.first, p.speakers FROM passages p "
        "JOIN documents d ON d.number = p.document ORDER BY p.number"
    )
    for document, place, speakers in rows:
        for name in json.loads(speakers):
            places[document, name].append(place)
    db.executemany(
        "INSERT INTO speakers VALUES (?, ?, ?)",
        [(*key, offsets_blob(offsets)) for key, offsets in places.items()],
    )


# What brings a database of the version before to this one, without losing a document.
_MIGRATIONS: dict[int, Callable[[Connection], None]] = {2: _add_marks, 3: _part_versions}
