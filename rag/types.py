"""The values of an answer: quotes that can be checked, citations, and the answer itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from index import Filters, Turn
from index.types import Heading

# What stands for an answer where there is none; a language model is told to say it too.
REFUSAL = "This is not in these transcripts."

# What a question may say of where to look.
Limit = Literal["speakers", "documents", "dates"]

# How passages are ranked: by meaning, by words, by both, which is best; or as they are read for
# an answer, see rag/retrieve.py.
Ranking = Literal["best", "reading", "dense", "lexical"]
RANKINGS: tuple[Ranking, ...] = get_args(Ranking)


@dataclass(frozen=True, slots=True)
class Quote:
    """A place in the library; its words are `turn.text[start:end]`, always."""

    transcript: str
    turn: int
    start: int
    end: int

    def shared(self, other: Quote) -> int:
        """How many characters both quote."""
        if (self.transcript, self.turn) != (other.transcript, other.turn):
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Quotable:
    """A quote with the turn it stands in and that transcript's heading."""

    quote: Quote
    turn: Turn
    heading: Heading

    @property
    def text(self) -> str:
        return self.turn.text[self.quote.start : self.quote.end]


@dataclass(frozen=True, slots=True)
class Reading(Quotable):
    """A sentence that may answer. `short` holds the words that answer; `score` is how surely they
    do, 0 to 1."""

    short: str
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with all a reader needs to check it. `score` is the reader's, 0 to 1.

    `asked` is the question that another speaker put in the turn before.
    """

    marker: int
    quote: str
    speaker: str | None
    transcript: str
    title: str
    date: str | None
    turn: int
    start: int
    end: int
    start_seconds: float | None
    score: float
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of a language model, held against the transcripts: the markers of the quotes that
    carry it, or what is wrong with it."""

    text: str
    supported: bool
    markers: tuple[int, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one question.

    Answered: `short` is the span, `text` holds the markers [1], one per claim, and
    `citations` their quotes. Not answered: `short` is None, `citations` is empty, `text`
    says so, and `nearest` holds the closest passages. Where a language model worded it, `model`
    names that and `sentences` are its own; where one should have, `note` says why it did not.
    """

    question: str
    answered: bool
    short: str | None
    text: str
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    model: str | None = None
    sentences: tuple[Checked, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The document that `turncite ask --json` prints; what was `asked` is not in it, and what
        is a language model's only where there is one."""
        document = asdict(self)
        for citation in (*document["citations"], *document["nearest"]):
            del citation["asked"]
        if self.model is None:
            del document["model"], document["sentences"]
        if not self.note:
            del document["note"]
        return document


@dataclass(frozen=True, slots=True)
class Event:
    """A step of `Assistant.stream`.

    `kind` is "status" (what is being done), "note" (something the user should know, such as that a
    language model failed, or how a follow-up was understood: `understood` is that question),
    "limits" (where the question itself says to look: `limits`), "draft" (what a language model has
    said so far, not checked), "text" (the answer) or "answer" (the last event; `answer` is set).
    """

    kind: str
    text: str = ""
    answer: Answer | None = None
    limits: Filters | None = None
    understood: str = ""
