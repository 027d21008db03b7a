"""Retrieval on real meetings: QMSum's questions, with the turns that answer them.

    python -m benchmarks.qmsum MEETINGS.jsonl.gz --scratch FOLDER [--rankings best dense lexical]

Each question is asked twice through `Assistant.search`: within its meeting, and over all meetings
of the file in one library. Beside it runs the quick-start: chunks of 1000 characters with 200 of
overlap, the same model, exact search. MEETINGS has a line for each meeting: `meeting`, `turns` as
[speaker, text] and `queries` with `question` and `relevant_turns` as [first, last].
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index import Filters, Hit, Library, Passage, Place, Transcript
from index.embed import Embedder, Vectors
from index.types import Slice
from rag import Assistant
from rag.measuring.measures import Gold, estimate, measure, words_of

from .measuring import percentiles

CHUNK_CHARS = 1000
OVERLAP_CHARS = 200
# More words than any budget asks for.
HITS = 60
SHOWN = ("hit@1", "hit@5", "hit@10", "MRR@10", "nDCG@10", "recall@500w", "recall@1000w", "hw@200")

Search = Callable[[str, str | None], list[Hit]]
PassagesOf = Callable[[str], Sequence[Passage]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its meeting's id in the library, and where the answer is."""

    question: str
    meeting: str
    gold: Gold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--scratch", type=Path, required=True, help="Where the library is kept.")
    parser.add_argument("--rankings", nargs="*", default=["best", "dense", "lexical"])
    given = parser.parse_args()
    run(read_meetings(given.meetings), given.scratch, given.rankings)


def read_meetings(path: Path) -> list[Any]:
    """QMSum's meetings, each with its name, turns and queries."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run(meetings: Sequence[Any], folder: Path, rankings: Sequence[str]) -> None:
    write_meetings(meetings, folder)
    assistant = Assistant.open(folder)
    transcript_of = cache(assistant.library.transcript)
    asked = [one for meeting in meetings for one in questions(meeting, transcript_of)]
    print(f"{len(meetings)} meetings, {len(asked)} questions\n")
    print(f"{'%':36}" + "".join(f"{name:>18}" for name in SHOWN))

    passages_of = passages_in(assistant.library)
    settings: dict[str, tuple[Search, PassagesOf]] = {
        ranking: (searching(assistant, ranking), passages_of) for ranking in rankings
    }
    transcripts = [transcript_of(name_of(meeting)) for meeting in meetings]
    settings["quick-start"] = quick_start(transcripts, assistant.library.embedder)
    for within in (True, False):
        for name, (search, passages_of) in settings.items():
            report(f"{name}, {'within its meeting' if within else 'all meetings'}",
                   search, asked, transcript_of, passages_of, within)  # fmt: skip


def write_meetings(meetings: Sequence[Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for meeting in meetings:
        turns = [{"speaker": speaker, "text": text} for speaker, text in meeting["turns"]]
        (folder / name_of(meeting)).write_text(json.dumps(turns), encoding="utf-8")


def passages_in(library: Library) -> PassagesOf:
    counts = {document.id: document.passages for document in library.documents()}

    @cache
    def passages_of(document: str) -> list[Passage]:
        places = [Place(document, place) for place in range(counts[document])]
        return list(library.passages(places).values())

    return passages_of


def searching(assistant: Assistant, ranking: str) -> Search:
    def search(question: str, meeting: str | None) -> list[Hit]:
        filters = Filters(documents=(meeting,)) if meeting else None
        return assistant.search(question, HITS, filters, ranking=ranking)

    return search


def report(
    name: str,
    search: Search,
    asked: Sequence[Asked],
    transcript_of: Callable[[str], Transcript],
    passages_of: PassagesOf,
    within: bool,
) -> None:
    rows, seconds = [], []
    for one in asked:
        begun = time.perf_counter()
        hits = search(one.question, one.meeting if within else None)
        seconds.append(time.perf_counter() - begun)
        rows.append(measure(hits, one.gold, transcript_of, passages_of(one.meeting)))
    shown = []
    for measured in SHOWN:
        mean = estimate([row[measured] for row in rows])
        shown.append(f"{mean.mean * 100:.1f} ({mean.low * 100:.0f}-{mean.high * 100:.0f})")
    print(f"{name:36}" + "".join(f"{text:>18}" for text in shown) + f"  {percentiles(seconds)}",
          flush=True)  # fmt: skip


def name_of(meeting: Any) -> str:
    return f"{meeting['meeting']}.json"


def questions(meeting: Any, transcript_of: Callable[[str], Transcript]) -> Iterator[Asked]:
    """Those of one meeting. Its turns may be joined or left out (when empty) in the transcript;
    the words are the same and in the same order."""
    transcript = transcript_of(name_of(meeting))
    words = words_of(whole(transcript), transcript_of)
    ends = np.cumsum([0, *(len(text.split()) for _, text in meeting["turns"])])
    assert ends[-1] == len(words), f"{transcript.id} lost words"
    for query in meeting["queries"]:
        places = [
            frozenset(words[ends[int(first)] : ends[min(int(last) + 1, len(ends) - 1)]])
            for first, last in query["relevant_turns"]
        ]
        gold = Gold(tuple(place for place in places if place))
        if gold.stretches:
            yield Asked(query["question"], transcript.id, gold)


def whole(transcript: Transcript) -> Passage:
    slices = (Slice(turn.position, 0, len(turn.text)) for turn in transcript.turns)
    return Passage(transcript.id, tuple(slices), (), "")


def quick_start(transcripts: Sequence[Transcript], embedder: Embedder) -> tuple[Search, PassagesOf]:
    """What a newcomer builds in an afternoon."""
    chunks = [chunk for transcript in transcripts for chunk in chunked(transcript)]
    vectors = embedder.embed_passages([chunk.text for chunk in chunks])

    def search(question: str, meeting: str | None) -> list[Hit]:
        return nearest(chunks, vectors, embedder.embed_passages([question])[0], meeting)

    return search, lambda meeting: [chunk for chunk in chunks if chunk.transcript == meeting]


def nearest(
    chunks: Sequence[Passage], vectors: Vectors, question: Vectors, meeting: str | None
) -> list[Hit]:
    scores = vectors @ question
    order = [i for i in np.argsort(-scores) if meeting in (None, chunks[i].transcript)]
    return [Hit(chunks[i], float(scores[i])) for i in order[:HITS]]


def chunked(transcript: Transcript) -> Iterator[Passage]:
    """1000 characters of "Speaker: text" lines each, whatever they cut."""
    text, spoken = "", []  # of each line: where its words begin in the text, and its turn
    for turn in transcript.turns:
        text += f"{turn.speaker}: "
        spoken.append((len(text), turn))
        text += f"{turn.text}\n"
    for start in range(0, len(text), CHUNK_CHARS - OVERLAP_CHARS):
        end = start + CHUNK_CHARS
        slices = tuple(
            Slice(turn.position, max(0, start - at), min(len(turn.text), end - at))
            for at, turn in spoken
            if start < at + len(turn.text) and end > at
        )
        if slices:
            yield Passage(transcript.id, slices, (), text[start:end])


if __name__ == "__main__":
    main()
