"""Question -> hits: candidates from both searches, then all that was said around them.

The candidates tell which transcripts matter. Those are surveyed whole, as what answers often
shares no word with the question, only the minutes in which it is said; rank.py orders what they
hold. Passages of other transcripts follow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from index import Candidate, Filters, Hit, Library, Passage, Place
from index.backend import spoken_share
from index.embed import Vectors

from .question import Question
from .rank import likeliest, likeness, rank
from .scope import by_speakers
from .types import Ranking

# Of what is read, so many are the best; then come the nearest, and those with the question's words,
# whatever is around them. Chosen on questions over invented talk (benchmarks/LOG.md).
BEST_READ = 4
NEAREST_READ = 3
WORDS_READ = 2
# Candidates taken from each of the two searches.
CANDIDATES = 100
# Transcripts that are surveyed: the likeliest, and those of the candidates most like the question.
TRANSCRIPTS = 6
LIKEST = 3
# A passage is a copy when this share of its runs of words were given before. Fewer words are
# said alike by chance: "Thank you very much."
_SAME = 0.8
_RUN = 4
_FEW_WORDS = 15
# A question to be answered has so many words, its speaker's name included.
_QUESTION_WORDS = 8
# Thai, Lao, Burmese, Khmer; Han and kana: scripts without spaces.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# Quoted phrases of a question that are looked for.
_PHRASES = 5


def retrieve(
    library: Library,
    question: Question,
    k: int,
    filters: Filters | None = None,
    *,
    ranking: Ranking = "best",
) -> list[Hit]:
    """The `k` best passages, best first; scores compare within one call only.

    A question for somebody's words ("What did Putin say about...") is looked for in those alone;
    what it has in quotation marks comes first, where it is said. `ranking` reading is for what is
    read for an answer: it takes in what one of the two searches alone puts first, as what answers
    in passing, amid talk about something else, is not among the best. Dense or lexical is that
    search alone, for comparison.
    """
    if k < 1:
        return []
    filters = by_speakers(question, filters)
    if ranking == "lexical":
        return library.lexical(question.core, k, filters)
    vector = library.embedder.embed_questions([question.said, question.subject]).mean(axis=0)
    if ranking == "dense":
        return library.dense(vector, k, filters)
    looked_at = max(k, CANDIDATES)
    with library.moment():
        while True:
            candidates = library.candidates(vector, question.core, looked_at, filters)
            ranked = _ranked(library, question, vector, candidates, filters) if candidates else []
            if ranking == "reading":
                ranked = with_firsts(ranked, candidates)
            if question.phrases:
                ranked = _exact_first(library, question.phrases, vector, ranked, filters)
            hits = list(islice(_read(library, question, ranked, k, filters), k))
            if len(hits) == k or len(candidates) < looked_at:
                return hits
            looked_at *= 2  # copies took the place of others


def _exact_first(
    library: Library,
    phrases: Sequence[str],
    vector: Vectors,
    ranked: Sequence[tuple[Place, float]],
    filters: Filters,
) -> list[tuple[Place, float]]:
    """The same with those passages first that hold the phrases word for word, the most of them."""
    found = [
        candidate.at
        for phrase in phrases[:_PHRASES]
        for candidate in library.candidates(vector, phrase, CANDIDATES, filters)
    ]
    best = ranked[0][1] if ranked else 0.0
    order = dict(ranked)
    order |= {at: best for at in found if at not in order}
    texts = {at: _words(passage.text) for at, passage in library.passages(list(order)).items()}
    wanted = [_words(phrase) for phrase in phrases[:_PHRASES]]
    held = {at: sum(map(text.__contains__, wanted)) for at, text in texts.items()}
    first = sorted((at for at in order if held.get(at)), key=lambda at: -held[at])
    return [*((at, best) for at in first), *(each for each in ranked if not held.get(each[0]))]


def _words(text: str) -> str:
    """The words alone, for comparison, with a space around each; in scripts that put none between
    words, around each character."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _read(
    library: Library,
    question: Question,
    ranked: Sequence[tuple[Place, float]],
    k: int,
    filters: Filters,
) -> Iterator[Hit]:
    """The passages in order, copies left out.

    Where a value is asked for, what ends in a question is followed by the passage after it: the
    reporter has the words of what is asked, the answer the value. (Talk about a subject is found
    with what is around it as it is.)
    """
    copies, given = _Copies(), set[Place]()
    for start in range(0, len(ranked), k):
        block = ranked[start : start + k]
        after = [Place(at.transcript, at.place + 1) for at, _ in block]
        passages = library.passages([*(at for at, _ in block), *after])
        for (at, score), following in zip(block, after, strict=True):
            for place in (at, following):
                passage = passages.get(place)
                if passage is None or place in given:
                    continue
                if place == following and not (
                    question.for_value
                    and at in passages
                    and _answers(passage, passages[at])
                    and filters.allow(passage.speakers)
                ):
                    continue
                given.add(place)
                if not copies.holds(passage):
                    yield Hit(passage, score)


def _answers(passage: Passage, before: Passage) -> bool:
    """Whether a passage begins with the turn after a question of some length; "Right?" is none."""
    asked = before.text[before.text.rfind("\n") + 1 :].rstrip(" \t\"'”’)]")
    long_enough = len(asked.split()) >= _QUESTION_WORDS or not asked.isascii()
    asks = asked.endswith(("?", "？", "؟")) and long_enough
    return asks and passage.turns[0] > before.turns[1]


class _Copies:
    """Tells a passage whose words another transcript has given already: a copied file, or the
    same one in another format."""

    def __init__(self) -> None:
        self._given: dict[int, str] = {}

    def holds(self, passage: Passage) -> bool:
        """Whether it is such a copy; what is none is given from now on."""
        words = _WORD.findall(passage.text.casefold())
        runs = {hash(tuple(words[i : i + _RUN])) for i in range(len(words) - _RUN + 1)}
        elsewhere = sum(
            self._given.get(run, passage.transcript) != passage.transcript for run in runs
        )
        if len(words) >= _FEW_WORDS and elsewhere >= _SAME * len(runs):
            return True
        for run in runs:
            self._given.setdefault(run, passage.transcript)
        return False


def with_firsts(
    ranked: Sequence[tuple[Place, float]], candidates: Sequence[Candidate]
) -> list[tuple[Place, float]]:
    """The best of the ranked, then the first candidates of either search, then the others; their
    scores never rise."""
    nearest = sorted(candidates, key=lambda candidate: -candidate.cosine)[:NEAREST_READ]
    said = [candidate for candidate in candidates if candidate.bm25 > 0]
    by_words = sorted(said, key=lambda candidate: -candidate.bm25)[:WORDS_READ]
    firsts = [candidate.at for candidate in (*nearest, *by_words)]
    places = [at for at, _ in ranked]
    order = dict.fromkeys([*places[:BEST_READ], *firsts, *places])
    return list(zip(order, (score for _, score in ranked), strict=True))


def _ranked(
    library: Library,
    question: Question,
    vector: Vectors,
    candidates: Sequence[Candidate],
    filters: Filters,
) -> list[tuple[Place, float]]:
    """Passages with scores that never rise: of the transcripts surveyed, then the others."""
    people = question.said_by + question.about
    h = likeness(
        np.array([candidate.cosine for candidate in candidates]),
        np.array([candidate.bm25 for candidate in candidates]),
        np.array(_spoken(library, candidates, people)),
    ).tolist()
    of_transcript: dict[str, list[float]] = defaultdict(list)
    for candidate, own in zip(candidates, h, strict=True):
        of_transcript[candidate.at.transcript].append(own)
    likest = [candidates[i].at for i in np.argsort(h)[::-1]]
    chosen = dict.fromkeys(
        [*likeliest(of_transcript, TRANSCRIPTS), *(at.transcript for at in likest[:LIKEST])]
    )
    near = [next(at for at in likest if at.transcript == transcript) for transcript in chosen]
    surveys = library.survey(near, vector, question.core, filters, people)
    best = rank(surveys, for_value=question.for_value) if surveys else []
    ranked = [
        (Place(surveys[survey].transcript, surveys[survey].first + row), score)
        for survey, row, score in best
    ]
    seen = {at for at, _ in ranked}
    last = ranked[-1][1] if ranked else 0.0
    return ranked + [(at, last) for at in likest if at not in seen]


def _spoken(
    library: Library, candidates: Sequence[Candidate], people: Sequence[str]
) -> list[float]:
    """The share of each candidate that people whom the question names speak."""
    if not people:
        return [0.0] * len(candidates)
    passages = library.passages([candidate.at for candidate in candidates])
    return [
        spoken_share(passages[candidate.at].text, people) if candidate.at in passages else 0.0
        for candidate in candidates
    ]
