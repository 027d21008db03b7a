"""Assistant: the public door. A question goes in, a cited answer comes out.

Data flows understand -> retrieve -> read -> compose; a language model, where the user set one,
words the answer between read and compose, and what it says is checked against the passages.

Most questions need neither a model nor a history, nor whole transcripts: what these take is
imported with the first that does, so that a single question on the command line is quick.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index import Filters, Hit, Library, Passage, Turn
from index.embed import Embedder
from index.sync import OnProgress
from index.types import Document, SyncReport

from .cite import cite, first_of, passage_quote, question_put
from .collect.disagree import differing
from .compose import differing_answer, found_elsewhere, quoted_answer, refusal
from .question import Question, understand
from .read import REFUSE_BELOW, Reader, SpanReader
from .reader.claim_model import ClaimModel
from .reader.span_model import DEFAULT_READER, SpanModel
from .retrieve import retrieve
from .scope import (
    beyond_limits,
    limits_of,
    scope_of,
    searchable,
    searched_in,
    speakers_of,
    within,
)
from .transcript_facts import answer_from_heading
from .types import Answer, Citation, Event, Limit, Ranking, Reading
from .upkeep import brought_up

if TYPE_CHECKING:
    from .followup import History
    from .llm import LLM
    from .written import Sent

# Passages read for an answer, sent to a language model at most, and shown with a refusal.
READ_PASSAGES = 8
NEAREST = 3


class Assistant:
    """Answers questions over one library. Safe to share between threads.

    `claims` is the network that helps to check what `llm` writes; `report` says what the last sync
    of the library did.
    """

    def __init__(
        self,
        library: Library,
        *,
        reader: Reader | None = None,
        llm: LLM | None = None,
        claims: ClaimModel | None = None,
        report: SyncReport | None = None,
    ) -> None:
        self.library = library
        self.report = report or SyncReport()
        self._reader = reader or SpanReader(library)
        self._llm = llm
        self._claims = claims

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        embedder: Embedder | None = None,
        reader: str = DEFAULT_READER,
        llm: LLM | None = None,
        store: str | None = None,
        store_token: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Assistant:
        """Open the library in a folder, bring its index in step with it, and be ready.

        A folder that can't be written, that another process is syncing, or whose index is on a
        server (`store`, see Library.open) is asked as it was last indexed. `reader` is the name or
        folder of another question-answering model (span_model.py). Raises LibraryError,
        DamagedIndex and ModelError.
        """
        library = Library.open(path, embedder, store=store, store_token=store_token)
        report = brought_up(library, on_progress)
        return cls(
            library,
            reader=SpanReader(library, SpanModel(reader)),
            llm=llm,
            claims=ClaimModel(),
            report=report,
        )

    @property
    def reader(self) -> str:
        """The reader that finds the words which answer."""
        return self._reader.name

    @property
    def model(self) -> str | None:
        """The language model that words the answers, where there is one."""
        return self._llm.model if self._llm else None

    @property
    def model_host(self) -> str | None:
        """Where that model is, and so where the question and the passages go."""
        return self._llm.host if self._llm else None

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: History = (),
        written: bool = True,
    ) -> Answer:
        """The cited answer, in exact quotes unless it may be `written` by the language model.

        Raises InputError for a question or filter that can't be used, EmptyLibrary where there is
        nothing to ask."""
        *_, last = self.stream(question, filters=filters, history=history, written=written)
        assert last.answer is not None, "a stream ends in an answer"
        return last.answer

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: History = (),
        beyond: Collection[Limit] = (),
        written: bool = True,
    ) -> Generator[Event, None, None]:
        """The same step by step; the last event holds the answer. See Event. It is looked for
        `beyond` what the question says of speakers, documents or dates.

        Closing the iterator cancels the answer, and the request to a language model with it.
        """
        begun = time.perf_counter()
        documents = searchable(self.library, filters)
        llm = self._llm if written else None
        alone = question
        if history:
            from .writing import standing_alone

            alone = standing_alone(llm, question, history, speakers_of(documents))
        if alone != question:
            yield Event("note", f"Understood as: {alone}", understood=alone)
        asked = beyond_limits(_understood(alone, filters, documents), beyond)
        answer, timings = yield from self._answered(llm, asked, filters, documents, history)
        # "The budget speech" may be a subject, no place; but of a list there the scan told all.
        if asked.scoped and not (answer.answered or asked.listed):
            asked = _understood(alone, filters, documents, scoped=False)
            asked = beyond_limits(asked, beyond)
            there, timings_there = yield from self._answered(
                llm, asked, filters, documents, history
            )
            timings = {step: timings[step] + timings_there[step] for step in timings}
            answer = found_elsewhere(there, answer) if there.answered else there
        answer = replace(answer, citations=tuple(map(self._with_question, answer.citations)))
        timings["total"] = time.perf_counter() - begun
        in_ms = {step: round(seconds * 1000, 1) for step, seconds in timings.items()}
        answer = replace(answer, question=" ".join(question.split()), timings_ms=in_ms)
        yield Event("text", answer.text)
        yield Event("answer", answer.text, answer)

    def _answered(
        self,
        llm: LLM | None,
        asked: Question,
        filters: Filters | None,
        documents: Sequence[Document],
        history: History,
    ) -> Generator[Event, None, tuple[Answer, dict[str, float]]]:
        """The answer within the filters and what the question says of where to look; and the
        seconds that each step took."""
        begun = time.perf_counter()
        if filters and filters.speakers:  # only their words may be quoted
            asked = replace(asked, said_by=filters.speakers)
        scope = scope_of(asked, filters, documents)
        searched = searched_in(asked, scope, documents)
        if limits := limits_of(scope, filters):
            yield Event("limits", limits=limits)
        yield Event("status", "Searching the transcripts")
        scanned = self._scanned(asked, scope, documents)
        if scanned is not None:
            return scanned, {"search": time.perf_counter() - begun, "read": 0.0}
        hits = self._hits(asked, scope)
        found = time.perf_counter()
        yield Event("status", f"Reading {len(hits)} passages")
        with self.library.moment():
            if not all(self._still_said(hit.passage) for hit in hits):
                hits = self._hits(asked, scope)
            readings = self._reader.read(asked, hits)
            read = time.perf_counter()
            answer = self._from_quotes(asked, hits, readings, filters, searched)
        if llm is not None and hits:
            from .writing import write

            sent_of = partial(self._sent, asked, documents)
            written = yield from write(
                llm, asked, hits, history, answer, self.library, documents, sent_of,
                self._claims.scores if self._claims else None,
            )  # fmt: skip
            if not (written.answered or written.note):
                near = first_of(NEAREST, written.citations, self._nearest(asked, hits, readings))
                refused = refusal(asked, searched, near)
                written = replace(written, text=refused.text, citations=(), nearest=refused.nearest)
            answer = written
        return answer, {"search": found - begun, "read": read - found}

    def _scanned(
        self, asked: Question, scope: Filters, documents: Sequence[Document]
    ) -> Answer | None:
        """The answer that whole transcripts give, where the question asks for that."""
        with self.library.moment():
            if asked.listed:
                from .collect.listing import list_matches

                return list_matches(asked, self.library, scope, documents)
            if asked.broad and not asked.topic:
                from .collect.gist import gist

                return gist(asked, self.library, scope, documents)
        return None

    def _hits(self, asked: Question, scope: Filters) -> list[Hit]:
        """The passages to read."""
        if asked.broad:
            from .collect.overview import hits_for_overview

            return hits_for_overview(self.library, asked, scope)
        return retrieve(self.library, asked, READ_PASSAGES, scope, ranking="reading")

    def search(
        self,
        words: str,
        k: int = 10,
        filters: Filters | None = None,
        *,
        ranking: Ranking = "best",
    ) -> list[Hit]:
        """The `k` best passages for words or a question, best first.

        Whose words are asked for is a preference here, not a filter.
        """
        documents = searchable(self.library, filters)
        asked = _understood(words, filters, documents)
        asked = replace(asked, said_by=(), about=asked.said_by + asked.about)
        scope = scope_of(asked, filters, documents)
        return retrieve(self.library, asked, k, scope, ranking=ranking)

    def examples(self, most: int = 4) -> Iterator[str]:
        """Questions made from this library that it answers, to show what can be asked; each as it
        is found, which takes some answers."""
        from .examples import chosen, example_questions

        proposals = example_questions(self.library)
        return chosen(proposals, partial(self.ask, written=False), most)

    def suggestions(
        self, answer: Answer, asked: Collection[str] = ()
    ) -> Generator[str | None, None, None]:
        """What to ask after an answer: questions that have a cited answer with words which it does
        not show, and that were not `asked` yet.

        Each is asked before it is given, which takes as long as an answer; None is given between
        its steps, so that who waits may stop.
        """
        from .suggest import answered_ones, next_questions

        proposals = next_questions(self.library, answer)
        return answered_ones(
            proposals, partial(self.stream, written=False), (*asked, answer.question)
        )

    def warm(self) -> None:
        """Load what the first question would wait for: the models and the indexes."""
        if self.library.documents():
            self.ask("What did they agree to pay for it?", written=False)

    def _still_said(self, passage: Passage) -> bool:
        """Whether a passage is what its turns say; its transcript may be a new one by now."""
        turns = {t.position: t for t in self.library.turns(passage.transcript, *passage.turns)}
        return all(
            part.turn in turns
            and turns[part.turn].text[part.start : part.end].strip() in passage.text
            for part in passage.slices
        )

    def _from_quotes(
        self,
        asked: Question,
        hits: Sequence[Hit],
        readings: Sequence[Reading],
        filters: Filters | None,
        searched: str,
    ) -> Answer:
        """The answer without a language model."""
        transcripts = list(dict.fromkeys(hit.passage.transcript for hit in hits))
        of_anyone = not (filters and filters.speakers)
        fact = answer_from_heading(asked, transcripts, self.library) if of_anyone else None
        if fact is not None:
            return fact
        if asked.broad:
            from .collect.overview import overview

            if said := overview(asked, self.library, hits, readings):
                return said
        if asked.broad and asked.topic:  # whatever a reader is sure of is not on the subject
            return refusal(asked, searched, self._nearest(asked, hits))
        sure = [reading for reading in readings if reading.score >= REFUSE_BELOW]
        if asked.listed:
            from .collect.matching import holds

            sure = [reading for reading in sure if holds(asked.listed, reading.text)]
        if differ := differing(asked, sure, self._terms):
            return differing_answer(asked, differ)
        if sure:
            return quoted_answer(asked, sure if asked.listed else readings)
        return refusal(asked, searched, self._nearest(asked, hits, readings))

    def _nearest(
        self, asked: Question, hits: Sequence[Hit], readings: Sequence[Reading] = ()
    ) -> list[Citation]:
        """Where to look: the sentences of the best readings, though these are not sure enough to
        answer, then of other passages, as they were found, the most that one turn has."""
        citations = [
            cite(marker, reading.quote, reading.turn, reading.heading, reading.score)
            for marker, reading in enumerate(readings[:NEAREST], 1)
        ]
        near = hits[:NEAREST] if len(citations) < NEAREST else ()
        turns = self._turns(asked, [hit.passage for hit in near])
        headings = self.library.headings([hit.passage.transcript for hit in near])
        for hit in near:
            passage = hit.passage
            of_passage = turns.get(passage.transcript, {})
            quote = passage_quote(passage, of_passage)
            if quote is None or passage.transcript not in headings or len(citations) == NEAREST:
                continue
            if not any(quote.shared(reading.quote) for reading in readings[:NEAREST]):
                turn, heading = of_passage[quote.turn], headings[passage.transcript]
                citations.append(cite(len(citations) + 1, quote, turn, heading, hit.score))
        return citations

    def _with_question(self, citation: Citation) -> Citation:
        """The same with what it answers, where that was asked just before."""
        turns = self.library.turns(citation.transcript, citation.turn - 1, citation.turn)
        if len(turns) < 2 or turns[1].text[citation.start : citation.end] != citation.quote:
            return citation
        return replace(citation, asked=question_put(*turns))

    def _terms(self, language: str | None, text: str) -> frozenset[str]:
        return frozenset(self.library.terms(text, language))

    def _sent(
        self, asked: Question, documents: Sequence[Document], passages: Sequence[Passage]
    ) -> Sent:
        """What a language model was sent, of which it may speak."""
        from .written import Sent

        speakers = {document.id: document.speakers for document in documents}
        headings = self.library.headings([passage.transcript for passage in passages])
        return Sent(passages, self._turns(asked, passages), headings, speakers)

    def _turns(self, asked: Question, passages: Sequence[Passage]) -> dict[str, dict[int, Turn]]:
        """The turns that passages touch: transcript -> position -> turn.

        Where somebody's words are asked for, theirs alone.
        """
        turns: dict[str, dict[int, Turn]] = {}
        for passage in passages:
            found = self.library.turns(passage.transcript, *passage.turns)
            turns.setdefault(passage.transcript, {}).update(
                {t.position: t for t in found if not asked.said_by or t.speaker in asked.said_by}
            )
        return turns


def _understood(
    question: str,
    filters: Filters | None,
    documents: Sequence[Document],
    *,
    scoped: bool = True,
) -> Question:
    """The question, given the people and transcripts that the filters leave."""
    left = within(documents, replace(filters, speakers=())) if filters else documents
    return understand(question, speakers_of(left), left, scoped=scoped)
