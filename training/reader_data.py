"""The examples that the reader is trained on, from the question sets of a folder and made-up talk.

    python -m training.reader_data FOLDER OUT [--all]

FOLDER holds the sets by their names (FOLDER/squad2.dev.jsonl.gz, ...; training/README.md lists
them with their licences). Written to OUT: train.jsonl.gz and held-out.jsonl.gz, one JSON object a
line: question, context, starts and ends of its answers (empty where it holds none), source.

`--all` takes every row of the sets, not the share that what ships was trained on.

Held out, never trained on: the SQuAD articles named in squad_dev_holdout_titles.txt, one document
in twenty of every other set, and half of the wordings of the generators.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.sentences import sentence_spans

from .generators import made
from .spoken import Span, Window, as_talk, lines_as_talk, windows

SEED = 6
TALKS = Path(__file__).parent / "talks"
# Rows taken of each set, and whether its contexts are talk already.
SETS: dict[str, tuple[int, bool]] = {
    "squad2.dev": (5_000, False),
    "squadshifts_reddit.test": (2_500, False),
    "squadshifts_amazon_reviews.test": (1_500, False),
    "squadshifts_new_wiki.test": (2_000, False),
    "qed_nq.train": (2_000, False),
    "nq_oracle.dev": (600, False),
    "squad1x.dev": (1_200, False),
    "spoken_squad.test": (1_500, False),
    "friendsqa.dev": (1_200, True),
    "molweni.test": (1_200, True),
    "fairytaleqa.train": (1_000, False),
    "policyqa.dev": (500, False),
    "covidqa.train": (600, False),
    "qamr.dev": (800, False),
}
MADE = 3_000
MADE_HELD_OUT = 700
# Held-out rows of each set: enough to measure on.
HELD_OUT = 400
# Of answerable rows, how often each kind of unanswerable example is made beside.
NEAR, ELSEWHERE, REMOVED = 0.3, 0.4, 0.15
ACCORDING = 0.08
HAND_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A question over a whole context."""

    source: str
    document: str
    question: str
    context: str
    answers: tuple[Span, ...]
    talk: bool


Example = dict[str, Any]


def example(question: str, window: Window, source: str, answers: Sequence[Span]) -> Example:
    return {
        "question": question,
        "context": window.text,
        "starts": [a for a, _ in answers],
        "ends": [b for _, b in answers],
        "source": source,
    }


def rows_of(folder: Path, name: str, talk: bool) -> list[Row]:
    rows = []
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            context = row["context"].replace("\ufeff", " ")
            spans = tuple(
                dict.fromkeys(
                    (a["start"], a["start"] + len(a["text"]))
                    for a in row["answers"]
                    if a["start"] >= 0 and a["text"].strip()
                )
            )
            if any(context[a:b].strip() == "" for a, b in spans):
                continue
            one_title = name.startswith("squadshifts_") and "wiki" not in name  # for all
            title = None if one_title else row.get("title")
            document = title or hashlib.sha256(context[:200].encode()).hexdigest()
            rows.append(Row(name, document, row["question"].strip(), context, spans, talk))
    return rows


def is_held_out(row: Row, titles: frozenset[str]) -> bool:
    if row.source.startswith(("squad2", "squad1x", "spoken_squad")):
        return row.document in titles
    return _is_one_of(row.document, 20)


def examples_of(row: Row, elsewhere: Sequence[str], rng: random.Random) -> Iterator[Example]:
    """What one row gives: the passage that answers, and passages that don't."""
    question = _asked(row.question, rng)

    def cut_up(text: str, answers: Sequence[Span] = ()) -> list[Window]:
        return windows(lines_as_talk(text, answers) if row.talk else as_talk(text, answers, rng))

    def unanswered(cut: Sequence[Window]) -> Iterator[Example]:
        if cut:
            yield example(question, _likest(question, cut), row.source, ())

    cut = cut_up(row.context, row.answers)
    if not row.answers:
        yield from unanswered(cut)
        return
    holding = [window for window in cut if window.answers]
    if not holding:
        return
    window = rng.choice(holding)
    speaker = window.speakers[0]
    if speaker and rng.random() < ACCORDING and window.answers[0][0] > 0:
        named, wrong = speaker, rng.random() < 0.4 and bool(window.others)
        if wrong:
            named = rng.choice(window.others)
        question = _according(question, named, rng)
        yield example(question, window, row.source, () if wrong else window.answers)
        return
    yield example(question, window, row.source, window.answers)
    texts = [row.context[a:b].casefold() for a, b in row.answers]

    def says_it(text: str) -> bool:
        return any(answer in text.casefold() for answer in texts)

    without = [window for window in cut if not says_it(window.text)]
    if without and rng.random() < NEAR:
        yield from unanswered(without)
    if elsewhere and rng.random() < ELSEWHERE:
        other = next((text for text in elsewhere if not says_it(text)), None)
        if other is not None:
            yield from unanswered(cut_up(other))
    if not row.talk and rng.random() < REMOVED:
        left = _without_answers(row.context, row.answers)
        if left and not says_it(left):
            yield from unanswered(cut_up(left))


def _without_answers(context: str, answers: Sequence[Span]) -> str:
    kept = [
        context[a:b]
        for a, b in sentence_spans(context)
        if not any(a < end and start < b for start, end in answers)
    ]
    return "".join(kept) if len(kept) > 1 else ""


def _likest(question: str, cut: Sequence[Window]) -> Window:
    """The window that shares the most words with the question."""
    return max(cut, key=lambda window: _shared(question, window))


def _shared(question: str, window: Window) -> int:
    return len(set(question.casefold().split()) & set(window.text.casefold().split()))


def _is_one_of(name: str, many: int) -> bool:
    """Whether it is the one of so many that is held out, for each name for good."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % many == 0


def _asked(question: str, rng: random.Random) -> str:
    """As people type: some leave the question mark out."""
    question = " ".join(question.split()).replace(" ?", "?")
    return question.rstrip("? ") if rng.random() < 0.1 else question


def _according(question: str, speaker: str, rng: random.Random) -> str:
    bare = question.rstrip("? ")
    return rng.choice(
        [
            f"According to {speaker}, {bare}?",
            f"{bare}, according to {speaker}?",
            f"{speaker}: {bare}?",
            f"What did {speaker} say: {bare}?",
        ]
    )


class Elsewhere:
    """Contexts of other places that are most like a question, by TF-IDF: of the same document
    where it has others, else of the whole set."""

    def __init__(self, rows: Sequence[Row]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._contexts = list(dict.fromkeys(row.context for row in rows))
        self._vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
        self._matrix = self._vectorizer.fit_transform(self._contexts)
        self._of_document: dict[str, list[int]] = defaultdict(list)
        owner = {row.context: row.document for row in rows}
        for i, context in enumerate(self._contexts):
            self._of_document[owner[context]].append(i)

    def like(self, rows: Sequence[Row]) -> list[list[str]]:
        """For each row up to five contexts, the likest first, its own left out."""
        found: list[list[str]] = []
        for start in range(0, len(rows), 512):
            part = rows[start : start + 512]
            scores = (
                self._vectorizer.transform([row.question for row in part]) @ self._matrix.T
            ).toarray()
            for row, own in zip(part, scores, strict=True):
                same = self._of_document[row.document]
                pool = np.array(same) if len(same) > 4 else np.arange(len(own))
                best = pool[np.argsort(-own[pool], kind="stable")[:8]]
                texts = [self._contexts[i] for i in best if self._contexts[i] != row.context]
                found.append(texts[:5])
        return found


@dataclass(frozen=True, slots=True)
class HandTalk:
    """Talk with questions that were written for it; `held_out` is one in ten."""

    context: str
    questions: list[dict[str, Any]]
    held_out: bool


def talks_of(path: Path, folder: Path) -> Iterator[HandTalk]:
    """Those of a file of talks/: made up, or meetings of qmsum.train."""
    contexts = {}
    with gzip.open(folder / "qmsum.train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            contexts[row["id"]] = row["context"]
    for line in path.read_text(encoding="utf-8").splitlines():
        talk = json.loads(line)
        name = talk.get("talk") or talk["row"]
        context = talk.get("context") or contexts[talk["row"]]
        yield HandTalk(context, talk["questions"], _is_one_of(name, 10))


def answer_spans(asked: dict[str, Any], context: str) -> list[Span]:
    """Where its answers stand, in the turn that answers; none where none does."""
    spans: list[Span] = []
    if asked["answers"]:
        at = f"\n{context}".index(f"\n{asked['turn']}")
        end = context.find("\n", at)
        end = len(context) if end < 0 else end
        for text in asked["answers"]:
            start = context.find(text, at, end)
            if start >= 0:
                spans.append((start, start + len(text)))
    return spans


def hand_written(path: Path, folder: Path) -> tuple[list[Example], list[Example]]:
    """Questions written by hand: for training, and of one talk in ten held out."""
    train: list[Example] = []
    held: list[Example] = []
    asked_of: dict[bool, list[tuple[Row, dict[str, Any]]]] = {False: [], True: []}
    for talk in talks_of(path, folder):
        asked_of[talk.held_out] += [
            (Row(path.stem, path.stem, asked["question"], talk.context, (), True), asked)
            for asked in talk.questions
        ]
    for into, pairs in ((train, asked_of[False]), (held, asked_of[True])):
        rows = [row for row, _ in pairs]
        for (row, asked), elsewhere in zip(pairs, Elsewhere(rows).like(rows), strict=True):
            into.extend(_of_hand(asked, row.context, path.stem, elsewhere))
    return train, held


def _of_hand(
    asked: dict[str, Any], context: str, source: str, elsewhere: Sequence[str]
) -> Iterator[Example]:
    """Every passage that holds an answer, of the others those most like the question, and for
    half of the questions one of another talk."""
    spans = answer_spans(asked, context)
    cut = windows(lines_as_talk(context, spans))
    holding = [window for window in cut if window.answers]
    if spans and not holding:
        return
    for window in holding:
        yield example(asked["question"], window, source, window.answers)
    texts = [text.casefold() for text in asked["answers"]]
    rest = [w for w in cut if not any(text in w.text.casefold() for text in texts)]
    rest.sort(key=lambda window: -_shared(asked["question"], window))
    for window in rest[: 1 if spans else 2]:
        yield example(asked["question"], window, source, ())
    if elsewhere and _is_one_of(asked["question"], 2):
        others = [w for text in elsewhere[:2] for w in windows(lines_as_talk(text, ()))]
        others = [w for w in others if not any(text in w.text.casefold() for text in texts)]
        if others:
            yield example(asked["question"], _likest(asked["question"], others), source, ())


def build(folder: Path, every_row: bool = False) -> tuple[list[Example], list[Example]]:
    """Training and held-out examples, in an order drawn by chance."""
    rng = random.Random(SEED)
    titles = frozenset((folder / "squad_dev_holdout_titles.txt").read_text().split())
    train: list[Example] = []
    held: list[Example] = []
    for name, (count, talk) in SETS.items():
        rows = rows_of(folder, name, talk)
        apart = [row for row in rows if is_held_out(row, titles)]
        used = [row for row in rows if not is_held_out(row, titles)]
        if not name.startswith("squad2"):
            apart = rng.sample(apart, min(HELD_OUT, len(apart)))
        used = rng.sample(used, len(used) if every_row else min(count, len(used)))
        before = len(train)
        for into, part in ((train, used), (held, apart)):
            like = Elsewhere(rows if into is held else used).like(part)
            for row, elsewhere in zip(part, like, strict=True):
                into.extend(examples_of(row, elsewhere, rng))
        print(f"{name}: {len(used)} rows, {len(train) - before} examples", flush=True)
    for into, count, apart_ in ((train, MADE, False), (held, MADE_HELD_OUT, True)):
        for _ in range(count):
            asked = made(rng, held_out=apart_)
            for window in windows(asked.talk)[:1]:
                if bool(window.answers) == bool(asked.talk.answers):
                    into.append(example(asked.question, window, "made", window.answers))
    for path in sorted(TALKS.glob("*.jsonl")):
        ours, apart_ours = hand_written(path, folder)
        print(f"{path.stem}: {len(ours)} examples, {len(apart_ours)} held out", flush=True)
        train.extend(ours * HAND_REPEATS)
        held.extend(apart_ours)
    rng.shuffle(train)
    rng.shuffle(held)
    return train, held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true", help="every row of the sets")
    given = parser.parse_args()
    train, held = build(given.folder, given.all)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, examples in (("train", train), ("held-out", held)):
        with gzip.open(given.out / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            for each in examples:
                file.write(json.dumps(each, ensure_ascii=False) + "\n")
        answerable = sum(bool(each["starts"]) for each in examples)
        print(f"{name}: {len(examples)} examples, {answerable} answerable")


if __name__ == "__main__":
    main()
