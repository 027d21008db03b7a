"""Question -> passages, over the library of the conftest and its readable embedder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from index import Candidate, Filters, Library, Place
from rag.question import understand
from rag.retrieve import retrieve, with_firsts


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


def test_a_ranking_alone(library):
    """For comparison: by vectors, whose scores are cosines, or by words, whose are BM25."""
    question = understand("Does the ferry sail twice?")
    best, dense, lexical = (
        retrieve(library, question, 3, ranking=ranking) for ranking in ("best", "dense", "lexical")
    )
    assert dense[0].score <= 1.0001
    assert all("ferry" in hit.passage.text.casefold() for hit in lexical)
    assert best[0].passage == lexical[0].passage


def test_what_is_read_takes_in_the_first_of_either_search():
    """The best four, the three nearest, the two with most of the words, then the others; what
    only its vector found has none of the words."""
    places = [Place("talk.txt", i) for i in range(12)]
    ranked = [(at, float(-at.place)) for at in places]
    cosines = {7: 0.9, 8: 0.8, 0: 0.7, 9: 0.6}
    words = {10: 5.0, 7: 4.0, 11: 3.0}
    candidates = [
        Candidate(at, cosines.get(at.place, 0.1), words.get(at.place, 0.0)) for at in places
    ]
    order = with_firsts(ranked, candidates)
    assert [at.place for at, _ in order] == [0, 1, 2, 3, 7, 8, 10, 4, 5, 6, 9, 11]
    assert [score for _, score in order] == [score for _, score in ranked]
    unsaid = [Candidate(at, 0.1, 0.0) for at in places]
    assert [at for at, _ in with_firsts(ranked, unsaid)] == places


ASKED = """Anna Lind: Good morning to all of you, and welcome here.
Reporter: When will the ferry sail again after the winter?
Anna Lind: On the third of March, if the basin is dredged by then.
Bo Ek: We have talked about schools and music for the rest of the hour.
"""


def open_library(folder: Path, embedder, **files: str) -> Library:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    library = Library.open(folder, embedder)
    assert library.sync().count("failed") == 0
    return library


def test_the_turn_after_a_question_follows_it(tmp_path, embedder):
    """The answer shares no word with what is asked; the reporter's question does."""
    library = open_library(tmp_path, replace(embedder, max_tokens=18), press=ASKED)
    texts = [
        hit.passage.text
        for hit in retrieve(library, understand("When does the ferry sail again?"), 2)
    ]
    assert "When will the ferry sail" in texts[0]
    assert "third of March" in texts[1]


def test_copies_are_left_out(tmp_path, embedder):
    """The same talk with another title line in two files is found once; what only one of them
    says is found too, and so is what two people say alike in one transcript."""
    oath = "I swear that I will serve the harbour and the ferry, so help me God, for all my days."
    talk = f"Anna Lind: {oath}\nBo Ek: {oath}\n"
    more = "Cy Dahl: The ferry has a new captain and a crew of nine who come from the islands.\n"
    library = open_library(tmp_path, replace(embedder, max_tokens=26), one=talk, two=talk + more)
    hits = retrieve(library, understand("Who serves the harbour and the ferry?"), 9)
    texts = [hit.passage.text for hit in hits]
    assert sorted(texts) == sorted([f"Anna Lind: {oath}", f"Bo Ek: {oath}", more.strip()])
    assert len({hit.passage.transcript for hit in hits if oath in hit.passage.text}) == 1


def test_copies_take_no_place_of_others(tmp_path, embedder, monkeypatch):
    """However many there are, as many passages come as are asked for and there."""
    monkeypatch.setattr("rag.retrieve.CANDIDATES", 4)
    oath = "I swear that I will serve the harbour and the ferry, so help me God, for all my days."
    copies = {f"copy{n}": f"Number {n}\nAnna Lind: {oath}\n" for n in range(24)}
    others = {f"other{n}": f"Bo Ek: The budget {n} of the school.\n" for n in range(3)}
    library = open_library(tmp_path, embedder, **copies, **others)
    question = understand("Who serves the harbour and the ferry?")
    for k, expected in ((3, 3), (4, 4), (9, 4)):
        assert len(retrieve(library, question, k)) == expected


def test_what_is_short_is_no_copy(tmp_path, embedder):
    """Thanks are said alike in many meetings."""
    talk = "Anna Lind: Thank you.\nBo Ek: The {} is closed for the whole of the coming summer.\n"
    files = {name: talk.format(name) for name in ("school", "harbour")}
    library = open_library(tmp_path, replace(embedder, max_tokens=18), **files)
    hits = retrieve(library, understand("thank you"), 9)
    assert [hit.passage.text for hit in hits].count("Anna Lind: Thank you.") == 2


def test_more_is_found_than_is_surveyed(tmp_path, embedder):
    """Of twelve transcripts a few are surveyed; all that hold the word are found."""
    files = {f"t{n:02}": f"Anna Lind: The ferry number {n} sails.\n" for n in range(12)}
    library = open_library(tmp_path, embedder, **files)
    hits = retrieve(library, understand("ferry"), 12)
    assert {hit.passage.transcript for hit in hits} == {f"{name}.txt" for name in files}


def test_a_quoted_phrase_goes_before_all_else(library):
    """The passage that holds it word for word is first, whatever else is asked."""
    assert transcripts(library, 'tram school budget "twice a day"')[0] == "harbour.txt"
