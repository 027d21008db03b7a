"""What the page does: converse with an assistant, look up evidence, follow work on the library.

Values go in and out; how they look is page.html's, and how clicks travel is app.py's.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args
from uuid import uuid4

from index.errors import EmptyLibrary, NotInLibrary, TurnciteError
from index.types import FileResult, Filters, Progress, SyncReport, Transcript
from rag.question import MAX_QUESTION_CHARS
from rag.types import Answer, Citation, Limit

if TYPE_CHECKING:
    from index.library import Library
    from rag import Assistant

log = logging.getLogger("turncite.page")

ECHO_CHARS = MAX_QUESTION_CHARS  # of a question, when it is shown again
STOPPED = "Stopped before it was answered."
NOTHING_YET = "The library holds no transcripts yet. Drop some in the Library tab."
UNEXPECTED = "Something went wrong inside Turncite. The details are in the terminal it runs in."


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question on the page and what came of it so far. `filters` are the visitor's, and `limits`
    what the question was understood to say of where to look; it was asked `beyond` some of them.
    `next` is what to ask after it, and `understood` what a follow-up was taken to ask."""

    question: str
    status: str = "Searching the library"
    partial: str = ""
    note: str = ""
    answer: Answer | None = None
    error: str = ""
    filters: Filters | None = None
    limits: Filters | None = None
    beyond: tuple[Limit, ...] = ()
    next: tuple[str, ...] = ()
    understood: str = ""

    @property
    def sources(self) -> tuple[Citation, ...]:
        if self.answer is None:
            return ()
        return self.answer.citations if self.answer.answered else self.answer.nearest

    @property
    def within(self) -> Filters:
        """Where was looked: the visitor's filters, and the question's limits on what those leave
        open."""
        own, said = self.filters or Filters(), self.limits or Filters()
        return Filters(
            own.speakers or said.speakers,
            own.documents or said.documents,
            own.since or said.since,
            own.until or said.until,
        )


@dataclass(slots=True)
class Conversation:
    """One visitor's chat. `number` counts its questions, fresh starts and stops, so that an
    answer from before one knows that it comes too late; `now` is the one being answered.

    `id` is the browser's name for it, from its first question on. `editing` is the place of the
    question that the next one replaces, with what came after it.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    number: int = 0
    now: Exchange | None = None
    id: str = ""
    editing: int | None = None

    def begin(self, at: int | None = None) -> None:
        """A question is asked, in the place of the one at `at` where that is given. One that is
        still being answered is stopped, as its answer would take this one's place."""
        self.stop()
        self.id = self.id or uuid4().hex
        self.editing = None
        self.exchanges = self.exchanges[:at]

    def stop(self) -> None:
        """Give up the question that is being answered; it stays, with a word of that."""
        self.number += 1
        if self.now is not None:
            self.exchanges = [*self.exchanges, replace(self.now, error=STOPPED)]
            self.now = None

    def start_over(self, exchanges: Sequence[Exchange] = (), name: str = "") -> None:
        """Leave this conversation for a new one, or for one that was kept."""
        self.number += 1
        self.exchanges, self.id, self.now, self.editing = [*exchanges], name, None, None

    def suggest(self, exchange: Exchange, question: str) -> Exchange | None:
        """Put what to ask next beside the last exchange; None where that is another by now."""
        if self.now is not None or not self.exchanges or self.exchanges[-1] is not exchange:
            return None
        more = replace(exchange, next=(*exchange.next, question))
        self.exchanges = [*self.exchanges[:-1], more]
        return more


@dataclass(frozen=True, slots=True)
class Evidence:
    """Cited words in their transcript; or `why` the transcript, or both, can't be shown.

    `key` names the source, `before` and `after` the answer's others beside it, of `of`.
    """

    citation: Citation | None = None
    transcript: Transcript | None = None
    question: str = ""
    why: str = ""
    key: str = ""
    before: str = ""
    after: str = ""
    of: int = 0


def converse(
    assistant: Assistant,
    question: str,
    exchanges: Sequence[Exchange],
    filters: Filters,
    again: Exchange | None = None,
    beyond: tuple[Limit, ...] = (),
    *,
    written: bool = True,
) -> Iterator[list[Exchange]]:
    """The conversation after each step of an answer; the last one holds the answer or an error.

    `written` is whether a language model, where there is one, may word it. Closed early, it
    cancels the answer.

    An exchange keeps the clipped question: a rejected one may be as long as a book. A question
    that is asked `again`, `beyond` what it says of where to look, leans on what stood before it.
    """
    before = exchanges[: exchanges.index(again)] if again in exchanges else exchanges
    history = [(e.question, e.answer.text) for e in before if e.answer]
    now = Exchange(clip(question, ECHO_CHARS), filters=filters, beyond=beyond)
    more: dict[str, Any] = {"beyond": beyond} if beyond else {}
    yield [*exchanges, now]
    try:
        for step in assistant.stream(
            question, filters=filters, history=history, written=written, **more
        ):
            if step.kind == "status":
                now = replace(now, status=step.text)
            elif step.kind in ("draft", "text"):
                now = replace(now, partial=step.text)
            elif step.kind == "note":
                note, alone = f"{now.note} {step.text}".strip(), step.understood or now.understood
                now = replace(now, note=note, understood=alone)
            elif step.kind == "limits":
                now = replace(now, limits=step.limits)
            elif step.kind == "answer":
                now = replace(now, answer=step.answer)
            yield [*exchanges, now]
    except Exception as error:
        # Its own words name a command; on the page there is a nearer way.
        empty = isinstance(error, EmptyLibrary)
        yield [*exchanges, replace(now, error=NOTHING_YET if empty else explain(error))]


def find_source(exchanges: Sequence[Exchange], key: object) -> tuple[Exchange, int] | None:
    """The exchange and the place among its sources of "m2-1": the second message's source 1. The
    key comes from a browser."""
    found = re.fullmatch(r"m(\d{1,6})-(\d{1,6})", str(key))
    message, marker = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= message <= len(exchanges):
        return None
    exchange = exchanges[message - 1]
    markers = [citation.marker for citation in exchange.sources]
    return exchange, markers.index(marker) if marker in markers else -1


def find_evidence(library: Library, exchanges: Sequence[Exchange], key: object) -> Evidence:
    """The evidence that a key names, see find_source."""
    source = find_source(exchanges, key)
    if source is None:
        return Evidence(why="This answer is from an earlier visit. Ask again to see its words.")
    exchange, place = source
    if place < 0:
        return Evidence(why="This source is not part of the answer.")
    sources = exchange.sources
    message = str(key).partition("-")[0]
    keys = ["", *(f"{message}-{citation.marker}" for citation in sources), ""]
    shown = Evidence(
        sources[place],
        question=exchange.question,
        key=str(key),
        before=keys[place],
        after=keys[place + 2],
        of=len(sources),
    )
    try:
        transcript = library.transcript(sources[place].transcript)
    except NotInLibrary:
        return replace(shown, why="This transcript has left the library. It said:")
    except Exception as error:
        return replace(shown, why=explain(error))
    if not _still_says(transcript, sources[place]):
        return replace(shown, why="The transcript has changed since this answer. It said:")
    return replace(shown, transcript=transcript)


def find_limit(exchanges: Sequence[Exchange], key: object) -> tuple[Exchange, Limit] | None:
    """The exchange and the limit of "u2-dates": what the second question says of dates. The key
    comes from a browser."""
    found = re.fullmatch(r"u(\d{1,6})-(\w{1,20})", str(key))
    kind = next((limit for limit in get_args(Limit) if found and limit == found[2]), None)
    message = int(found[1]) if found else 0
    if kind is None or not 1 <= message <= len(exchanges):
        return None
    return exchanges[message - 1], kind


def newest_evidence(library: Library, exchanges: Sequence[Exchange]) -> Evidence:
    """The first source of an answer at once; a refusal waits for a choice."""
    last = exchanges[-1]
    if last.answer and last.answer.answered and last.sources:
        return find_evidence(library, exchanges, f"m{len(exchanges)}-{last.sources[0].marker}")
    return Evidence(why="No words answer this. Choose a nearest passage to read it here.")


@dataclass(frozen=True, slots=True)
class Doing:
    """Where work on the library is, and the files that it came to: what was done with each, or None
    for those that are not done."""

    at: Progress
    files: Mapping[str, FileResult | None]


def follow(work: Callable[..., SyncReport]) -> Iterator[Doing | SyncReport]:
    """Runs `work(on_progress=...)` in a thread; yields where it is, then its report."""
    steps: queue.SimpleQueue[Progress | SyncReport | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            steps.put(work(on_progress=steps.put))
        except Exception as error:
            steps.put(error)

    threading.Thread(target=run, daemon=True).start()
    files: dict[str, FileResult | None] = {}
    while True:
        step = steps.get()
        if isinstance(step, Exception):
            raise step
        if isinstance(step, SyncReport):
            yield step
            return
        if step.file:
            files.setdefault(step.file, None)
        if step.result:
            files[step.result.id] = step.result
        if steps.empty():  # only the latest is shown
            yield Doing(step, dict(files))


def explain(error: Exception) -> str:
    """What the page says of an error; a fault of ours goes to the log in full."""
    if isinstance(error, TurnciteError):
        return clip(str(error), 600)
    log.error("The page failed", exc_info=error)
    return UNEXPECTED


def clip(text: str, limit: int) -> str:
    """`text`, or its first `limit` characters up to a space."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head) + " …"


def _still_says(transcript: Transcript, citation: Citation) -> bool:
    if citation.turn >= len(transcript.turns):
        return False
    return transcript.turns[citation.turn].text[citation.start : citation.end] == citation.quote
