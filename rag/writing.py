"""An answer in a language model's words: asked for, streamed, checked, or replaced by the exact
quotes with the reason. The only place that asks the model anything."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from index import Hit, Library, Passage
from index.embed import Vectors
from index.errors import TurnciteError
from index.types import Document

from .checking.evidence import Context, Supports
from .checking.said import spoken
from .checking.voices import Cast
from .followup import History, leans_still, resolve
from .prompt import build_messages, build_rewording
from .question import Question
from .scope import speakers_of
from .types import Answer, Event
from .written import Sent, draft, refuses, written_answer

if TYPE_CHECKING:
    from .llm import LLM

# What a request may count, its answer not included.
PROMPT_TOKENS = 3_000
REWORDING_TOKENS = 1_000

# A follow-up question that the model rewords is used up to this length.
MAX_REWORDED_CHARS = 300

# What a model says beyond this, its thoughts not counted, is no answer; a check would take long.
MAX_SAID_CHARS = 10_000

UNSUPPORTED_NOTE = "Nothing the model said is supported; here are exact quotes."


def standing_alone(llm: LLM | None, question: str, history: History, people: Sequence[str]) -> str:
    """The question as one that needs no history: by rules, and where these don't suffice, in the
    words of the model."""
    by_rules = resolve(question, history, people)
    if llm is None or not history or not leans_still(question, by_rules):
        return by_rules
    messages = build_rewording(question, history, model=llm.model, max_tokens=REWORDING_TOKENS)
    try:
        said = spoken("".join(llm.stream(messages)))
    except TurnciteError:  # the answer is asked of it next, and says what is wrong
        return by_rules
    usable = "\n" not in said and said.endswith("?") and len(said) <= MAX_REWORDED_CHARS
    return said if usable else by_rules


def write(
    llm: LLM,
    asked: Question,
    hits: Sequence[Hit],
    history: History,
    in_quotes: Answer,
    library: Library,
    documents: Sequence[Document],
    sent_of: Callable[[Sequence[Passage]], Sent],
    supports: Supports | None = None,
) -> Generator[Event, None, Answer]:
    """The answer as the model words it, checked; where it fails, the one in quotes with a note.

    Not answered, and without a note, where the model says that the passages do not tell; its
    citations are then what it found instead.
    """
    headings = library.headings([hit.passage.transcript for hit in hits])
    titles = {name: (heading.title, heading.date) for name, heading in headings.items()}
    said = ""
    try:
        messages, fitting = build_messages(
            asked.said, hits, titles, history, model=llm.model, max_tokens=PROMPT_TOKENS
        )
        yield Event("status", f"{llm.model} is writing; what it says will be checked")
        for piece in llm.stream(messages):
            said += piece
            if len(said) > MAX_SAID_CHARS < len(spoken(said, ended=False)):
                raise TurnciteError(f"{llm.model} says more than an answer holds.")
            yield Event("draft", draft(said))
    except TurnciteError as error:
        return (yield from _instead(in_quotes, f"{error} The answer is in exact quotes instead."))
    sent = sent_of([hit.passage for hit in fitting])
    checked = written_answer(
        asked.said, said, sent, _context(library, documents, supports), llm.model
    )
    if refuses(said):
        return replace(checked, answered=False)
    if not checked.answered:
        return (yield from _instead(in_quotes, UNSUPPORTED_NOTE))
    supported = " ".join(sentence.text for sentence in checked.sentences if sentence.supported)
    short = in_quotes.short if in_quotes.short and in_quotes.short in supported else None
    return replace(checked, short=short)


def _instead(in_quotes: Answer, note: str) -> Generator[Event, None, Answer]:
    """The answer in quotes where the model's can't be given, and why."""
    yield Event("note", note)
    return replace(in_quotes, note=note)


def _context(library: Library, documents: Sequence[Document], supports: Supports | None) -> Context:
    """What the model's sentences are checked with."""
    roles = dict.fromkeys(role for document in documents for role in document.roles)
    vectors: dict[str, Vectors] = {}

    def similar(claim: str, sentence: str) -> float:
        for text in (claim, sentence):
            if text not in vectors:
                vectors[text] = library.embedder.embed_passages([text])[0]
        return float(vectors[claim] @ vectors[sentence])

    @cache
    def terms(language: str | None, text: str) -> frozenset[str]:
        return frozenset(library.terms(text, language))

    cast = Cast(tuple(speakers_of(documents)), tuple(roles))
    return Context(cast, terms, similar, supports)
