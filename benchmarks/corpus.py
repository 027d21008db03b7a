"""A library of any size made of real meetings, the same each time it is made.

The passages of QMSum's meetings are embedded once with the real model and laid end to end until
there are enough. A copy is not a duplicate: its vectors get noise and its texts other words, or
the nearest passages would all be ties, BM25 would rank thousands of equal scores, and a clustered
index would look better than it is. What the benchmarks ask is never stored: real questions about
those meetings, and passages held out, moved further still.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.backend import Vectors
from index.chunk import chunk
from index.types import Origin, Passage, Person, Slice, Transcript, Turn

EMBEDDER = "MiniLM and noise"  # stands for a model's fingerprint in the libraries made here
DOCUMENT_PASSAGES = 100
ASKED = 100  # questions, and passages held out
# One who speaks in five passages of the whole library; and some with about 1% of it each.
NEEDLE = "Nina Elderwick"
NEEDLE_PASSAGES = 5
NEEDLE_WORDS = "For the minutes , the quorum of the archipelago commission is met ."
_FIRSTS = "Ana Ben Cleo Dan Eva Finn Gita Hugo Iris Jon Kay Leo Mia Noah Ola".split()
_STARTS = "Bar Cor Dun Fal Gar Hol Kel Lor Mar Nor".split()
_ENDS = (
    "an berg den field ford gate ham ley low man mere more ner sen son ston ten ton vale ward"
).split()
REGULARS = tuple(f"Chair {start}{end}" for start in _STARTS for end in _ENDS[:4])
_FIRST_DAY, _DAYS = date(2015, 1, 1), 3652

# Per dimension of 384, so that a copy's cosine with its original is about 0.9 (1 / sqrt(1 + s^2)):
# as near as two wordings of one thought, and far enough that copies rank among each other.
_COPY_NOISE = 0.5
_ASKED_NOISE = 0.6  # cosine about 0.86 with the passage held out
_OTHER_WORDS = 0.15  # share of a copy's words that are replaced


@dataclass(frozen=True, slots=True)
class Made:
    """A document as `LocalBackend.put` takes it. `first_turns` (n,): where each passage begins;
    `regular` (n,): whether the document's regular speaks there."""

    transcript: Transcript
    origin: Origin
    passages: list[Passage]
    vectors: Vectors
    first_turns: NDArray[np.int32]
    regular: NDArray[np.bool_]


def prepare(meetings: Path, folder: Path, given: tuple[Path, Path] | None) -> None:
    """Put passages, questions and their vectors into `folder`; `given` were embedded before."""
    from index.embed import SentenceTransformerEmbedder

    if (folder / "asked.npy").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    embedder = SentenceTransformerEmbedder()
    if given:
        for source, name in zip(given, ("vectors.npy", "texts.json"), strict=True):
            shutil.copyfile(source, folder / name)
    else:
        texts = list(dict.fromkeys(passage.text for passage in _chunked(meetings, embedder)))
        # Sorted by length, so that little of a batch is padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), 384), np.float32)
        vectors[order] = embedder.embed_passages([texts[i] for i in order])
        (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        np.save(folder / "vectors.npy", vectors)
    asked = [question for row in rows(meetings) for question in row["queries"]]
    chosen = [query["question"] for query in asked[:: len(asked) // ASKED]][:ASKED]
    (folder / "asked.json").write_text(json.dumps(chosen), encoding="utf-8")
    np.save(folder / "asked.npy", embedder.embed_questions(chosen))


def rows(meetings: Path) -> Iterator[dict]:
    """QMSum's meetings, each with its name, turns and queries."""
    for path in sorted(meetings.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)


def _chunked(meetings: Path, embedder) -> Iterator[Passage]:
    for row in rows(meetings):
        spoken = [(speaker, text) for speaker, text in row["turns"] if text.strip()]
        turns = tuple(Turn(i, *turn) for i, turn in enumerate(spoken))
        transcript = Transcript(row["meeting"], row["meeting"], turns)
        yield from chunk(transcript, embedder.count_tokens, embedder.max_tokens)


class Corpus:
    """What `prepare` left in `folder`."""

    def __init__(self, folder: Path) -> None:
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        vectors = np.load(folder / "vectors.npy")
        held_out = np.arange(ASKED) * (len(texts) // ASKED)
        self.held_out = _moved(vectors[held_out], _ASKED_NOISE, np.random.default_rng(0))
        self._vectors = np.delete(vectors, held_out, axis=0)
        kept = np.delete(np.arange(len(texts)), held_out)
        self._lines = [[line.partition(": ")[::2] for line in texts[i].split("\n")] for i in kept]
        self._words = [word for lines in self._lines for _, said in lines for word in said.split()]
        self.questions: list[str] = json.loads((folder / "asked.json").read_text("utf-8"))
        self.question_vectors: Vectors = np.load(folder / "asked.npy")

    def vectors(self, number: int) -> Vectors:
        """Those of a document's passages (DOCUMENT_PASSAGES, dimensions)."""
        places, copies = self._places(number)
        vectors = self._vectors[places]
        moved = _moved(vectors, _COPY_NOISE, np.random.default_rng([1, number]))
        return np.where((copies > 0)[:, None], moved, vectors)

    def document(self, number: int, size: int) -> Made:
        """The document `number` of a library of `size` passages."""
        rng = np.random.default_rng([2, number])
        cast = [_name(i) for i in rng.choice(3000, rng.integers(2, 10), replace=False)]
        cast.insert(1, regular_of(number))
        needle = needle_place(number, size)
        labels: dict[str, int] = {}
        turns: list[Turn] = []
        passages: list[Passage] = []
        name = name_of(number)
        for place, (source, copy) in enumerate(zip(*self._places(number), strict=True)):
            said = [
                (cast[labels.setdefault(label, len(labels)) % len(cast)],
                 self._other_words(text, rng) if copy else text)
                for label, text in self._lines[source]
            ]  # fmt: skip
            if place == needle:
                said.append((NEEDLE, NEEDLE_WORDS))
            new = [Turn(len(turns) + i, speaker, text) for i, (speaker, text) in enumerate(said)]
            turns += new
            slices = tuple(Slice(turn.position, 0, len(turn.text)) for turn in new)
            speakers = tuple(dict.fromkeys(speaker for speaker, _ in said))
            text = "\n".join(f"{speaker}: {words}" for speaker, words in said)
            passages.append(Passage(name, slices, speakers, text))
        people = tuple(Person(n) for n in dict.fromkeys(turn.speaker for turn in turns))
        title = f"Meeting {number}"
        return Made(
            Transcript(name, title, tuple(turns), day_of(number), people=people),
            Origin(f"{number:064x}", "benchmark", EMBEDDER),
            passages,
            self.vectors(number),
            np.array([passage.turns[0] for passage in passages], np.int32),
            np.array([regular_of(number) in passage.speakers for passage in passages]),
        )

    def _places(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each passage the one that it is made of, and which copy of it this is."""
        rows = np.arange(number * DOCUMENT_PASSAGES, (number + 1) * DOCUMENT_PASSAGES)
        return rows % len(self._vectors), rows // len(self._vectors)

    def _other_words(self, text: str, rng: np.random.Generator) -> str:
        """Some words replaced by others of these meetings, and two neighbours exchanged."""
        words = text.split()
        for place in np.flatnonzero(rng.random(len(words)) < _OTHER_WORDS):
            words[place] = self._words[rng.integers(len(self._words))]
        if len(words) > 3:
            at = rng.integers(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
        return " ".join(words) or text


def name_of(number: int) -> str:
    return f"meeting-{number:06}.txt"


def number_of(name: str) -> int:
    return int(name[8:14])


def day_of(number: int) -> str:
    """A document's date: ten years, in no order."""
    return (_FIRST_DAY + timedelta(days=number * 997 % _DAYS)).isoformat()


def half_of_the_days(which: int) -> tuple[str, str]:
    """First and last day of the five years that begin `which` months after the first day."""
    first = _FIRST_DAY + timedelta(days=30 * which)
    return first.isoformat(), (first + timedelta(days=_DAYS // 2 - 1)).isoformat()


def regular_of(number: int) -> str:
    return REGULARS[number % len(REGULARS)]


def needle_place(number: int, size: int) -> int | None:
    """In which passage of the document the needle speaks, if in any."""
    every = size // DOCUMENT_PASSAGES // NEEDLE_PASSAGES
    here = number % every == every // 2 and number // every < NEEDLE_PASSAGES
    return number % DOCUMENT_PASSAGES if here else None


def _moved(vectors: Vectors, noise: float, rng: np.random.Generator) -> Vectors:
    """Gaussian noise of about the length `noise`, and length 1 again."""
    moved = vectors + rng.standard_normal(vectors.shape, np.float32) * np.float32(
        noise / np.sqrt(vectors.shape[1])
    )
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def _name(number: int) -> str:
    """One of 3000 people."""
    return f"{_FIRSTS[number % 15]} {_STARTS[number // 15 % 10]}{_ENDS[number // 150]}"
