"""Our values to and from the rows that Milvus holds. Pure; knows nothing of pymilvus.

Names and texts of any length and characters become keys (digests) where Milvus compares them,
and JSON where it only keeps them: in a row's `body`, or, past what a VARCHAR holds, in pieces in
rows of their own. A row carries the version of its document; the versions that count are those
in the rows of documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from .embed import Vectors
from .languages import latin_language
from .lexical import index_terms, question_words
from .store import text_digest
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

Row = dict[str, Any]

# What a VARCHAR holds, in bytes of UTF-8.
MAX_BYTES = 65_535
# Of a text that is cut: small enough that showing one turn fetches little, large enough that a
# transcript of an hour is a few rows.
PIECE_BYTES = 32_000

# What the rows of texts hold: a transcript's own fields, its turns, and bodies that were too long.
HEAD, TURNS, DOCUMENT, PASSAGE = "head", "turns", "document", "passage"


class Stamp(NamedTuple):
    """Whose a row is, and of which writing. `started` is in milliseconds since 1970."""

    library: str
    document: str
    version: str
    started: int


class _Piece(NamedTuple):
    kind: str
    first: int
    last: int
    text: str


def key(*parts: str) -> str:
    """32 hex digits that stand for these names, which may be long and hold any character."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def version_of(transcript: Transcript, origin: Origin, passages: Sequence[Passage]) -> str:
    """The same for the same content, so that a write repeated overwrites its own rows."""
    return key(repr(transcript), repr(origin), repr(list(passages)))


# Filters


def literal(text: str) -> str:
    """`text` as a string in a filter expression, whatever it holds."""
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(char, escaped)
    return f'"{text}"'


def literals(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(literal, texts)) + "]"


def where(library: str, filters: Filters | None = None) -> str:
    """The expression for the rows of passages within a library and the filters."""
    clauses = [f"library == {literal(library)}"]
    if filters:
        if filters.speakers:
            names = literals([key(name) for name in filters.speakers])
            clauses.append(f"array_contains_any(speakers, {names})")
        if filters.documents:
            names = literals([key(library, name) for name in filters.documents])
            clauses.append(f"document in {names}")
        if filters.since:
            clauses.append(f"date >= {literal(filters.since)}")
        if filters.until:
            clauses.append(f'date <= {literal(filters.until)} and date != ""')
    return " and ".join(clauses)


# Words


def passage_terms(text: str, language: str | None) -> str:
    """The terms of a passage as Milvus' analyser splits them: words of ASCII with spaces between.

    A term in another script is spelt in hexadecimal, because analysers differ in what they take
    for a letter. `language` is as its transcript names it.
    """
    found = index_terms(text, latin_language(language)).split(" ")
    return " ".join(map(_ascii_term, found))[:MAX_BYTES]


def query_words(text: str, languages: Sequence[str]) -> list[list[str]]:
    """The different words of a question, each as the terms of its stems."""
    return [[*map(_ascii_term, stems)] for stems in question_words(text, languages)]


def query_terms(text: str, languages: Sequence[str]) -> str:
    """All of them as one query, in which each stem counts for itself."""
    return " ".join(term for stems in query_words(text, languages) for term in stems)


def _ascii_term(term: str) -> str:
    return term if term.isascii() else "u" + term.encode("utf-8", "surrogatepass").hex()


# Rows of a document


def passage_rows(
    stamp: Stamp, transcript: Transcript, passages: Sequence[Passage], vectors: Vectors
) -> Iterator[Row]:
    for place, (passage, vector) in enumerate(zip(passages, vectors, strict=True)):
        yield {
            **_common(stamp, f"{stamp.version}:{place}"),
            "place": place,
            "date": transcript.date or "",
            "speakers": [key(name) for name in passage.speakers],
            "digest": text_digest(passage.text).hex(),
            "body": _if_short(_passage_json(passage)),
            "terms": passage_terms(passage.text, transcript.language),
            "vector": vector.tolist(),
        }


def text_rows(stamp: Stamp, transcript: Transcript, passages: Sequence[Passage]) -> Iterator[Row]:
    """A transcript's own fields, its turns, and the bodies that were too long for their rows."""
    head = {
        "language": transcript.language,
        "people": [asdict(person) for person in transcript.people],
        "unread": [[line.line, line.text, line.why] for line in transcript.unread],
    }
    pieces = [_Piece(HEAD, 0, 0, text) for text in cut(_json(head))]
    pieces += _turn_pieces(transcript.turns)
    for place, passage in enumerate(passages):
        pieces += _if_long(PASSAGE, place, _passage_json(passage))
    pieces += _if_long(DOCUMENT, 0, _document_json(transcript, len(passages)))
    for place, piece in enumerate(pieces):
        yield {**_common(stamp, f"{stamp.version}:{place}"), "place": place, **piece._asdict()}


def document_row(
    stamp: Stamp, transcript: Transcript, origin: Origin, passages: Sequence[Passage]
) -> Row:
    return {
        "id": stamp.document,
        "library": stamp.library,
        "version": stamp.version,
        "started": stamp.started,
        "name": transcript.id,
        "origin": _json(list(asdict(origin).values())),
        "body": _if_short(_document_json(transcript, len(passages))),
    }


def _common(stamp: Stamp, row_id: str) -> Row:
    return {"id": row_id, **stamp._asdict()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _passage_json(passage: Passage) -> str:
    slices = [[part.turn, part.start, part.end] for part in passage.slices]
    return _json([passage.transcript, slices, passage.speakers, passage.text])


def _document_json(transcript: Transcript, passages: int) -> str:
    document = Document(
        id=transcript.id,
        title=transcript.title,
        date=transcript.date,
        place=transcript.place,
        speakers=tuple(person.name for person in transcript.people),
        turns=len(transcript.turns),
        passages=passages,
        unread=len(transcript.unread),
        seconds=transcript.seconds,
        language=transcript.language,
        roles=tuple((person.name, person.role) for person in transcript.people if person.role),
    )
    return _json(asdict(document))


def _turn_json(turn: Turn) -> str:
    """One line, as JSON spells line ends out."""
    times = [turn.start_seconds, turn.end_seconds, turn.marks]
    return _json([turn.position, turn.speaker, turn.text, *times]) + "\n"


def _turn_pieces(turns: Sequence[Turn]) -> Iterator[_Piece]:
    """Whole turns together, as many as fit; one that is longer in pieces of its own."""
    lines: list[str] = []
    size = first = last = 0
    for turn in turns:
        line = _turn_json(turn)
        length = len(line.encode())
        if lines and size + length > PIECE_BYTES:
            yield _Piece(TURNS, first, last, "".join(lines))
            lines, size = [], 0
        if length > PIECE_BYTES:
            for text in cut(line):
                yield _Piece(TURNS, turn.position, turn.position, text)
            continue
        if not lines:
            first = turn.position
        lines.append(line)
        size += length
        last = turn.position
    if lines:
        yield _Piece(TURNS, first, last, "".join(lines))


def cut(text: str) -> Iterator[str]:
    """`text` in pieces of at most PIECE_BYTES bytes, no character divided."""
    data = text.encode()
    start = 0
    while start < len(data):
        end = min(start + PIECE_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # within a character of UTF-8
            end -= 1
        yield data[start:end].decode()
        start = end


def _if_short(body: str) -> str:
    return body if len(body.encode()) <= MAX_BYTES else ""


def _if_long(kind: str, place: int, body: str) -> Iterator[_Piece]:
    if not _if_short(body):
        yield from (_Piece(kind, place, place, text) for text in cut(body))


# Rows read back


def joined(rows: Sequence[Row]) -> str:
    """The text that was cut into these rows."""
    return "".join(row["text"] for row in sorted(rows, key=lambda row: int(row["place"])))


def read_passage(body: str) -> Passage:
    document, slices, speakers, text = json.loads(body)
    return Passage(document, tuple(Slice(*part) for part in slices), tuple(speakers), text)


def read_document(body: str) -> Document:
    fields = json.loads(body)
    roles = tuple((name, role) for name, role in fields.get("roles", ()))
    return Document(**{**fields, "speakers": tuple(fields["speakers"]), "roles": roles})


def read_origin(text: str) -> Origin:
    return Origin(*json.loads(text))


def read_turns(text: str) -> list[Turn]:
    turns = []
    for line in text.split("\n")[:-1]:
        position, speaker, words, start, end, marks = json.loads(line)
        marks = tuple(TimeMark(*mark) for mark in marks)
        turns.append(Turn(position, speaker, words, start, end, marks))
    return turns


def read_transcript(document: Document, head: str, turns: str) -> Transcript:
    fields = json.loads(head)
    return Transcript(
        id=document.id,
        title=document.title,
        turns=tuple(read_turns(turns)),
        date=document.date,
        place=document.place,
        language=fields["language"],
        people=tuple(
            Person(person["name"], person["role"], tuple(person["labels"]))
            for person in fields["people"]
        ),
        unread=tuple(UnreadLine(*line) for line in fields["unread"]),
    )


def heading(document: Document) -> Heading:
    return Heading(document.title, document.date, document.place, document.language)
