"""Question -> passages, over the library of the conftest and its readable embedder."""

from __future__ import annotations

from index import Filters
from rag.question import understand
from rag.retrieve import retrieve


def transcripts(library, text: str, k: int = 3, filters: Filters | None = None) -> list[str]:
    question = understand(text, library.speakers())
    return [hit.passage.transcript for hit in retrieve(library, question, k, filters)]


def test_both_searches_count(library):
    """ "Ferry" stands in two, "twice" in one of them: words and vectors together decide."""
    assert transcripts(library, "Does the ferry sail twice?")[0] == "harbour.txt"


def test_scores_fall_and_hits_are_distinct(library):
    """Best first, each passage once."""
    hits = retrieve(library, understand("the budget of the tram"), 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage for hit in hits}) == len(hits)
    assert len(retrieve(library, understand("the budget of the tram"), 1)) == 1


def test_a_question_for_somebodys_words_is_looked_for_in_those(library):
    """Both speak of a budget; only hers is found."""
    question = understand("What did Dina Moe say about the budget?", library.speakers())
    assert question.said_by == ("Dina Moe",)
    hits = retrieve(library, question, 9)
    assert hits
    assert all("Dina Moe" in hit.passage.speakers for hit in hits)


def test_filters_hold(library):
    """By document, speaker and date; the user's speakers go before the question's."""
    assert set(transcripts(library, "ferry", 9, Filters(documents=("choir.md",)))) == {"choir.md"}
    assert set(transcripts(library, "budget", 9, Filters(since="2025-01-01"))) == {"council.txt"}
    asked = "What did Dina Moe say about the budget?"
    assert set(transcripts(library, asked, 9, Filters(speakers=("Anna Lind",)))) == {"council.txt"}


def test_nothing_allowed_is_nothing_found(library):
    """Filters that exclude all give no hit and no error."""
    assert transcripts(library, "ferry", 9, Filters(since="2100-01-01")) == []


def test_query_syntax_is_only_words(library):
    """Signs that a search engine reads as orders change nothing."""
    assert transcripts(library, 'ferry AND (NOT "x" OR +basin^9 [1 TO 2]')[0] == "harbour.txt"


def test_a_quoted_phrase_goes_before_all_else(library):
    """The passage that holds it word for word is first, whatever else is asked."""
    assert transcripts(library, 'tram school budget "twice a day"')[0] == "harbour.txt"
