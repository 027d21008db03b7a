"""The line of questions: a few are answered at once, and the others wait for their turn.

First come, first served among those who ask; who sends many at once takes turns with the others.
It knows nothing of questions and answers.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from index.errors import TurnciteError

AT_ONCE = 2
WRITING_AT_ONCE = 8  # where a language model words the answers, which is mostly waiting for it
MOST_WAITING = 100
MOST_OF_ONE = 20  # waiting questions
# How much the newest answer counts in the time that one takes.
_NEWEST_COUNTS = 0.1


class Busy(TurnciteError):
    """The line is as long as it gets; the question is not taken."""


class Gone(TurnciteError):
    """Who asked has gone, and nobody will read the answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """How many are called before this one, and in how many seconds its answer is there, as far as
    that is known."""

    before: int
    seconds: float | None

    def __str__(self) -> str:
        ahead = f"{self.before} questions" if self.before > 1 else "1 question"
        told = f"Waiting: {ahead} before yours" if self.before else "Waiting: yours is next"
        return told if self.seconds is None else f"{told}, {_about(self.seconds)}"


@dataclass(eq=False, slots=True)
class Ticket:
    """One question in the line. Lowest (`round`, `number`) first."""

    asker: str
    round: int
    number: int
    called_at: float | None = None


class Line:
    """For any number of threads. Who joins it waits until it is called, and leaves it."""

    def __init__(
        self, at_once: int = AT_ONCE, most: int = MOST_WAITING, of_one: int = MOST_OF_ONE
    ) -> None:
        self.at_once = at_once
        self.most = most
        self.of_one = of_one
        self._moved = threading.Condition()
        self._waiting: list[Ticket] = []
        self._called: set[Ticket] = set()
        self._round = 0  # of the one called last
        self._number = 0
        self._answer_seconds: float | None = None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def join(self, asker: str) -> Ticket:
        """A ticket at the asker's place in the line. Raises Busy."""
        with self._moved:
            if sum(ticket.asker == asker for ticket in self._waiting) >= self.of_one:
                raise Busy(
                    f"{self.of_one} of your questions are waiting already; ask the next one when "
                    "one of them is answered"
                )
            if len(self._waiting) >= self.most:
                seconds = self._seconds(len(self._waiting))
                after = "" if seconds is None else f", in {_about(seconds)}"
                raise Busy(
                    f"{self.most} questions are waiting already, and no more are taken; ask again "
                    f"later{after}"
                )
            ticket = self._ticket(asker)
            self._waiting.append(ticket)
            self._waiting.sort(key=lambda other: (other.round, other.number))
            self._call()
            return ticket

    def join_if_free(self, asker: str) -> Ticket | None:
        """A ticket that is called at once, where nobody would wait for that."""
        with self._moved:
            if self._waiting or len(self._called) >= self.at_once:
                return None
            ticket = self._ticket(asker)
            self._waiting.append(ticket)
            self._call()
            return ticket

    def wait(self, ticket: Ticket, seconds: float) -> bool:
        """Whether it is called, now or within these seconds."""
        with self._moved:
            return self._moved.wait_for(lambda: ticket.called_at is not None, seconds)

    def place(self, ticket: Ticket) -> Place:
        """Of a ticket that waits."""
        with self._moved:
            before = self._waiting.index(ticket) if ticket in self._waiting else 0
            return Place(before, self._seconds(before))

    def leave(self, ticket: Ticket, *, answered: bool) -> None:
        """At the end, or before it is called; an `answered` one tells how long an answer takes."""
        with self._moved:
            if ticket in self._called:
                self._called.remove(ticket)
                if answered and ticket.called_at is not None:
                    self._took(time.monotonic() - ticket.called_at)
            elif ticket in self._waiting:
                self._waiting.remove(ticket)
            self._call()

    def _ticket(self, asker: str) -> Ticket:
        """In the next round, or in the one after the asker's last: each has one in a round, so that
        nobody waits for all of another's, nor for ever for those who come later."""
        theirs = [ticket.round for ticket in self._waiting if ticket.asker == asker]
        self._number += 1
        return Ticket(asker, max([self._round, *theirs]) + 1, self._number)

    def _call(self) -> None:
        """The next ones, into the places that are free."""
        while self._waiting and len(self._called) < self.at_once:
            ticket = self._waiting.pop(0)
            ticket.called_at = time.monotonic()
            self._round = ticket.round
            self._called.add(ticket)
            self._moved.notify_all()

    def _took(self, seconds: float) -> None:
        usual = self._answer_seconds
        if usual is None:
            self._answer_seconds = seconds
        else:
            self._answer_seconds = usual + _NEWEST_COUNTS * (seconds - usual)

    def _seconds(self, before: int) -> float | None:
        """Until an answer with so many before it: a place is free each `at_once`th of an answer."""
        usual = self._answer_seconds
        return None if usual is None else usual * ((before + 1) / self.at_once + 1)


def _about(seconds: float) -> str:
    """A time as exact as it is known."""
    if seconds < 10:
        whole = max(1, round(seconds))
        return f"about {whole} second{'s' if whole > 1 else ''}"
    if seconds < 60:
        return f"about {5 * round(seconds / 5)} seconds"
    minutes = round(seconds / 60)
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"
