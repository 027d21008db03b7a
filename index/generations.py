"""Which versions of documents are seen: what both readings of a library's database share.

Every committed change raises the generation; what readers see is the generation published last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from .database import Database
from .errors import DamagedIndex
from .types import Filters

# What readers of the generation :at see. A version replaced since is still there for them.
SEEN = "d.born <= :at AND (d.gone IS NULL OR d.gone > :at)"


class Generations:
    """One library's database, for any number of threads, as of its generations."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._db = Database(path, read_only=read_only)

    @property
    def generation(self) -> int:
        """Of the last committed change."""
        return self._number("generation")

    @property
    def published(self) -> int:
        """The generation that readers see."""
        return self._number("published")

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

    def snapshot(self) -> AbstractContextManager[None]:
        """Whatever this thread reads meanwhile is of one moment, also while others write."""
        return self._db.snapshot()

    def check(self) -> str:
        """SQLite's own integrity check: "ok" or what is wrong; see integrity.py for all of it."""
        return self._db.check()

    def damaged(self, fault: object) -> DamagedIndex:
        """The error for a database that holds what it never should."""
        return self._db.damaged(fault)

    def in_place(self) -> bool:
        """Whether the database that is open is still the one at its path."""
        return self._db.in_place()

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    def _number(self, key: str) -> int:
        found = self.meta(key)
        with self._db.sound():
            if found is None:
                raise ValueError(f"no number for {key}")
            return int(found)

    def _seen(self, query: str, at: int | None = None, **values: Any) -> list[Any]:
        """Rows of a query with `SEEN` in it, as of one moment."""
        if at is None:
            query = query.replace(":at", "(SELECT CAST(value AS INTEGER) FROM meta "
                                         "WHERE key = 'published')")  # fmt: skip
            return self._db.rows(query, values)
        return self._db.rows(query, {**values, "at": at})


def within(filters: Filters | None) -> tuple[str, dict[str, Any]]:
    """The condition for documents that are seen and pass the filters, and its values."""
    filters = filters or Filters()
    clauses, values = [SEEN], dict[str, Any]()
    if filters.documents:
        clauses.append("d.id IN (SELECT value FROM json_each(:ids))")
        values["ids"] = as_list(filters.documents)
    if filters.since:
        clauses.append("d.date >= :since")
        values["since"] = filters.since
    if filters.until:
        clauses.append("d.date <= :until")
        values["until"] = filters.until
    return " AND ".join(clauses), values


def as_list(items: Sequence[Any]) -> str:
    """For json_each, which takes lists of any length."""
    return json.dumps(list(items))
