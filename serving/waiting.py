"""An assistant whose questions stand in the line, whichever door they come by."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.types import Answer, Event

from .line import Busy, Gone, Line

if TYPE_CHECKING:
    from rag import Assistant

# How often who waits is told of their place, and may go: the next ones each second, those far
# behind them less often, as every telling takes time from who is answered.
LOOK_SECONDS = 1.0
_NEXT_ONES = 4
_SELDOM = 4


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the same `name` for all questions of one user, and whether they are `gone`."""

    name: str = ""
    gone: Callable[[], bool] = lambda: False


def asker_named(user: str | None, client: Any, session: str | None = None) -> str:
    """One name for all that somebody asks: who is logged in, else a window of the page or a program
    that keeps a `session`, else all who send from an address."""
    if user is not None:
        return f"user {user}"
    return f"session {session}" if session else f"address {client.host if client else None}"


_ASKS: ContextVar[Asker | None] = ContextVar("asker", default=None)


@contextmanager
def asked_by(asker: Asker) -> Iterator[None]:
    """What is asked within is this asker's."""
    before = _ASKS.set(asker)
    try:
        yield
    finally:
        _ASKS.reset(before)


class Waiting:
    """Answers when it is a question's turn; in all else the assistant that it stands for.
    `page_asker` tells who asks on the page; other doors say so by `asked_by`."""

    def __init__(self, assistant: Assistant, line: Line, page_asker: Callable[[], Asker]) -> None:
        self._assistant = assistant
        self._line = line
        self._page_asker = page_asker

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def ask(self, question: str, **more: Any) -> Answer:
        """Raises Busy, and Gone where nobody waits for the answer any more."""
        *_, last = self.stream(question, **more)
        assert last.answer is not None, "a stream ends in an answer"
        return last.answer

    def stream(self, question: str, **more: Any) -> Generator[Event, None, None]:
        """The place in the line as long as it waits, then the steps of the answer. Raises Busy and
        Gone."""
        asker = self._asker()
        ticket = self._line.join(asker.name)
        answered, patience = False, 0.0
        try:
            while not self._line.wait(ticket, patience):
                if asker.gone():
                    raise Gone("Who asked has gone")
                place = self._line.place(ticket)
                yield Event("status", str(place))
                patience = LOOK_SECONDS * min(_SELDOM, 1 + place.before // _NEXT_ONES)
            if asker.gone():
                raise Gone("Who asked has gone")
            with closing(self._assistant.stream(question, **more)) as steps:
                for step in steps:
                    answered = step.answer is not None
                    if answered:  # whoever is next need not wait until it is shown
                        self._line.leave(ticket, answered=True)
                    elif asker.gone():
                        raise Gone("Who asked has gone")
                    yield step
        finally:
            self._line.leave(ticket, answered=False)

    def suggestions(self, *given: Any, **named: Any) -> Generator[str | None, None, None]:
        """Those for which nobody has to wait."""
        ticket = self._line.join_if_free("")
        if ticket is None:
            return
        try:
            with closing(self._assistant.suggestions(*given, **named)) as steps:
                for step in steps:
                    yield step
                    if self._line.waiting:
                        return
        finally:
            self._line.leave(ticket, answered=False)

    def examples(self, *given: Any, **named: Any) -> Iterator[str]:
        """They take answers to make, and each waits for its turn like a question; and until the
        line is short enough to join, as nobody asked for it."""
        found = iter(self._assistant.examples(*given, **named))
        while True:
            try:
                ticket = self._line.join("")
            except Busy:
                time.sleep(LOOK_SECONDS)
                continue
            try:
                while not self._line.wait(ticket, LOOK_SECONDS):
                    pass
                question = next(found, None)
            finally:
                self._line.leave(ticket, answered=False)
            if question is None:
                return
            yield question

    def _asker(self) -> Asker:
        return _ASKS.get() or self._page_asker()
