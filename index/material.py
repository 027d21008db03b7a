"""What the caches are made of: passages by number, with their texts and vectors.

A document's passages have consecutive numbers, so that which of a million count is told by a
range for each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .embed import Vectors
from .generations import SEEN, Generations, as_list, within
from .types import Filters
from .values import day_or_none, matrix, names_of, text, text_or_none

Numbers = NDArray[np.int64]

# Rows read at a time where all are read.
_BLOCK = 4096


class PassageText(NamedTuple):
    """What the lexical index needs of a passage. `date` and `language` are its transcript's."""

    number: int
    document: int
    date: str | None
    speakers: tuple[str, ...]
    text: str
    language: str | None = None


class Material(Generations):
    """Passages are known by numbers that are never used twice."""

    def ranges(self, at: int, filters: Filters | None = None) -> tuple[Numbers, Numbers]:
        """The documents with passages seen at a generation: their numbers (n,), in order of
        their passages, and the first number and the count of each one's passages (n, 2).

        Of `filters`, those of documents and dates are applied; see numbers_within for speakers.
        """
        where, values = within(filters)
        rows = self._seen(
            f"SELECT d.number, d.first, d.passages FROM documents d WHERE {where} "
            "AND d.passages > 0 ORDER BY d.first",
            at,
            **values,
        )
        numbered = self._db.rows("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")
        with self._db.sound():
            table = np.array(rows, dtype=np.int64).reshape(-1, 3)
            documents, ranges = table[:, 0], table[:, 1:]
            ends = ranges.sum(axis=1)
            if len(ends) and (
                ranges[0, 0] < 1
                or (ranges[1:, 0] < ends[:-1]).any()
                or ends[-1] > int(numbered[0][0]) + 1
            ):
                raise ValueError("passages that do not exist")
        return documents, ranges

    def document_numbers(self, ids: Sequence[str], at: int) -> list[int]:
        rows = self._seen(
            "SELECT d.number FROM documents d "
            f"WHERE d.id IN (SELECT value FROM json_each(:ids)) AND {SEEN}",
            at,
            ids=as_list(ids),
        )
        return [row[0] for row in rows]

    def count_passages(self, documents: Numbers) -> int:
        """How many passages the documents with these numbers have, or had and are not purged."""
        rows = self._db.rows(
            "SELECT sum(passages) FROM documents WHERE number IN (SELECT value FROM json_each(?))",
            (as_list(documents.tolist()),),
        )
        with self._db.sound():
            return int(rows[0][0] or 0)

    def texts(self, documents: Iterable[int]) -> Iterator[PassageText]:
        """The passages of the documents with these numbers."""
        with self._db.guarded() as db, self._db.sound():
            for document in documents:
                rows = db.execute(
                    "SELECT p.number, p.document, d.date, p.speakers, p.text, d.language "
                    "FROM passages p "
                    "JOIN documents d ON d.number = p.document WHERE p.document = ? "
                    "ORDER BY p.number",
                    (int(document),),
                )
                for number, of, date, speakers, words, language in rows:
                    yield PassageText(
                        number,
                        of,
                        day_or_none(date),
                        names_of(speakers),
                        text(words),
                        text_or_none(language),
                    )

    def vectors(self, numbers: Numbers) -> Vectors:
        """The vectors (n, dimensions) of passages, in the order of `numbers`.

        A number that is no more has zeros, which are like nothing.
        """
        found: dict[int, bytes] = dict(
            self._db.rows(
                "SELECT passage, vector FROM vectors "
                "WHERE passage IN (SELECT value FROM json_each(?))",
                (as_list(numbers.tolist()),),
            )
        )
        if not found:
            return np.zeros((len(numbers), 0), np.float32)
        with self._db.sound():
            nothing = bytes(len(next(iter(found.values()))))
            return matrix([found.get(int(number), nothing) for number in numbers])

    def vector_blocks(self, numbers: Numbers) -> Iterator[Vectors]:
        """The vectors (n, dimensions) of passages, ascending, a block at a time; each is there."""
        left, dimensions = numbers, 0
        while len(left):
            rows = self._db.rows(
                "SELECT passage, vector FROM vectors WHERE passage >= ? ORDER BY passage LIMIT ?",
                (int(left[0]), _BLOCK),
            )
            with self._db.sound():
                found = np.array([row[0] for row in rows], np.int64)
                here = left[: np.searchsorted(left, found[-1], "right")] if rows else left
                chosen = np.isin(found, here, assume_unique=True)
                vectors = matrix([rows[row][1] for row in np.flatnonzero(chosen)])
                dimensions = dimensions or vectors.shape[1]
                if vectors.shape != (len(here), dimensions):
                    raise ValueError("passages without a vector like those of the others")
            left = left[len(here) :]
            yield vectors

    def numbers_within(self, filters: Filters, at: int | None = None) -> Numbers:
        """The numbers of the passages that pass the filters, in order."""
        at = self.published if at is None else at
        if not filters.speakers:
            return expand(self.ranges(at, filters)[1])
        where, values = within(filters)
        parts = self._seen(
            "SELECT d.first, s.passages FROM speakers s JOIN documents d ON d.number = s.document "
            f"WHERE s.name IN (SELECT value FROM json_each(:names)) AND {where}",
            at,
            names=as_list(filters.speakers),
            **values,
        )
        with self._db.sound():
            runs = [first + np.frombuffer(blob, "<u4").astype(np.int64) for first, blob in parts]
        return np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.int64)


def expand(ranges: Numbers) -> Numbers:
    """Runs (n, 2) of first number and count -> all their numbers, in order."""
    firsts, counts = ranges[:, 0], ranges[:, 1]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    shifts: Numbers = np.repeat(firsts - (ends - counts), counts)
    return np.arange(total, dtype=np.int64) + shifts
