"""A line of JSON for each question: who asked what, when, and which documents the answer cites."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from index.types import Filters
from rag.types import Answer, Event

from .line import Gone

if TYPE_CHECKING:
    from rag import Assistant

MOST_CHARS = 2000  # of a question
_ASKS: ContextVar[str | None] = ContextVar("asks", default=None)


@contextmanager
def as_user(name: str | None) -> Iterator[None]:
    """What is asked within is this user's."""
    before = _ASKS.set(name)
    try:
        yield
    finally:
        _ASKS.reset(before)


class AuditLog:
    """Lines at the end of a file, which is opened for each, so that it may be rotated. What can't
    be written is told on stderr, once until it can be again."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where nothing can be written there."""
        self.path = path
        self._failed = False
        try:
            self._append(b"")
        except OSError as error:
            raise InputError(f"--audit {path} cannot be written ({error.strerror})") from error

    def write(self, row: dict[str, Any]) -> None:
        line = json.dumps(row, ensure_ascii=False) + "\n"
        try:
            self._append(line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            if not self._failed:
                print(
                    f"turncite: questions are not kept in {self.path} ({error.strerror}); they "
                    "are answered all the same",
                    file=sys.stderr,
                )
            self._failed = True
        else:
            self._failed = False

    def _append(self, line: bytes) -> None:
        """In one write, so that the lines of several processes don't mix."""
        number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(number, line) < len(line):
                raise OSError(None, "the disk is full")
        finally:
            os.close(number)


class Audited:
    """An assistant that keeps what it is asked; in all else the one it stands for. `page_user`
    tells who asks on the page; other doors say so by `as_user`."""

    def __init__(
        self, assistant: Assistant, log: AuditLog, page_user: Callable[[], str | None]
    ) -> None:
        self._assistant = assistant
        self._log = log
        self._page_user = page_user

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def ask(self, question: str, *, filters: Filters | None = None, **more: Any) -> Answer:
        *_, last = self.stream(question, filters=filters, **more)
        assert last.answer is not None, "a stream ends in an answer"
        return last.answer

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        **more: Any,
    ) -> Iterator[Event]:
        begun = time.perf_counter()
        row: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **({"user": user} if (user := _ASKS.get() or self._page_user()) else {}),
            "question": question[:MOST_CHARS],
            "filters": _kept(filters),
            "outcome": "stopped",
            "documents": [],
        }
        try:
            steps = self._assistant.stream(question, filters=filters, **more)
            with closing(steps):
                for step in steps:
                    if step.answer is not None:
                        row["outcome"] = "answered" if step.answer.answered else "refused"
                        row["documents"] = _cited(step.answer)
                    yield step
        except Gone:
            raise
        except Exception:
            row["outcome"] = "failed"
            raise
        finally:
            row["ms"] = round((time.perf_counter() - begun) * 1000)
            self._log.write(row)


def _kept(filters: Filters | None) -> dict[str, Any]:
    """The filters that are set."""
    given = filters or Filters()
    every: dict[str, Any] = {
        "speakers": list(given.speakers),
        "documents": list(given.documents),
        "since": given.since,
        "until": given.until,
    }
    return {name: value for name, value in every.items() if value}


def _cited(answer: Answer) -> Sequence[str]:
    return list(dict.fromkeys(citation.transcript for citation in answer.citations))
