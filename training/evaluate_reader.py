"""Measure the reader on questions that it was not trained on.

    python -m training.evaluate_reader DATA [--model FOLDER_OR_CHECKPOINT] [--threshold 0]
                                       [--held-out FILE] [--limit N]

DATA is the folder of question sets that training/reader_data.py reads. Three tables:

- SQuAD 2.0's questions on the articles kept out of training, exact match and F1 as the official
  script counts them. A paragraph is cut into passages as the product cuts a transcript; the best
  span of all is the answer, unless it scores below the threshold: then there is none. The same for
  the sentence most like the question. What has a threshold chosen on these very questions says so.
- The held-out passages of training/reader_data.py (--held-out), set by set: the span where there
  is one, whatever is refused; the unanswerable that are refused where 10% of the answerable are;
  and how well the score tells the two apart (AUC).
- On the same passages, how often what is said with a probability is right.

A span's score is its logit above that of "not here"; its probability is that among all spans of
the passage and "not here". MODEL is a checkpoint of training/train_reader.py, a folder of a
question-answering model, or the one that ships.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import SentenceTransformerEmbedder, default_model_path
from index.sentences import sentences
from rag.measuring.measures import estimate
from rag.reader.named_model import NamedReader
from rag.reader.span_model import SpanModel, TokenScores
from rag.reader.spans import Region, best_spans, span_sums

from .scoring import (
    Predicted,
    auc,
    best_threshold,
    calibration_error,
    exact,
    f1,
    refused_at,
    reliability,
    scored,
)
from .spoken import Talk, windows

SQUAD = "squad2.dev"
TITLES = "squad_dev_holdout_titles.txt"
# Where "not here" and the best span weigh the same.
THRESHOLD = 0.0
WRONGLY_REFUSED = 0.1
NEVER = -math.inf
_SEED = 7


@dataclass(frozen=True, slots=True)
class Question:
    """A question over a text, with its accepted answers; none where the text holds none."""

    question: str
    context: str
    answers: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Span:
    """The best span of a passage: `text` is passage[start:end]. `probability` is that it is this
    one, `here` that there is any."""

    start: int
    end: int
    text: str
    score: float
    probability: float
    here: float


def best_span(scores: TokenScores, text: str) -> Span:
    """The likeliest span in what the network says of a passage."""
    found = best_spans(scores, [Region(0, len(text))], 1)
    if not found:
        return Span(0, 0, "", -math.inf, 0.0, 0.0)
    start, end, _, margin = found[0]
    sums = span_sums(scores.starts, scores.ends).astype(np.float64) - scores.nowhere
    most = max(0.0, margin)
    spans, nowhere = float(np.exp(sums - most).sum()), math.exp(-most)
    whole = spans + nowhere
    return Span(start, end, text[start:end], margin, math.exp(margin - most) / whole, spans / whole)


def load(model: Path | None) -> SpanModel:
    """The network that ships, or that of a folder or a checkpoint."""
    if model is None:
        return SpanModel()
    if model.is_dir():
        return SpanModel(str(model))
    import torch
    from transformers import AutoTokenizer

    from .train_reader import new_model

    network = new_model()
    network.load_state_dict(torch.load(model, map_location="cpu", weights_only=False)["model"])
    tokenizer = AutoTokenizer.from_pretrained(default_model_path(), local_files_only=True)
    loaded = SpanModel(str(model))
    loaded._loaded = NamedReader(tokenizer, network.eval())
    return loaded


def read_squad(folder: Path) -> list[Question]:
    """The questions on the held-out articles."""
    titles = set((folder / TITLES).read_text(encoding="utf-8").split())
    return [
        Question(
            row["question"], row["context"], tuple(a["text"] for a in row["answers"]), row["title"]
        )
        for row in _lines(folder / f"{SQUAD}.jsonl.gz")
        if row.get("title") in titles
    ]


def read_held_out(path: Path) -> list[Question]:
    """Examples of training/reader_data.py."""
    return [
        Question(
            row["question"],
            row["context"],
            tuple(row["context"][a:b] for a, b in zip(row["starts"], row["ends"], strict=True)),
            row["source"],
        )
        for row in _lines(path)
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def some_of_each(questions: Sequence[Question], most: int | None) -> dict[str, list[Question]]:
    """By source, in order of name; of each at most so many, drawn from a fixed seed."""
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        groups[question.source].append(question)
    rng = random.Random(_SEED)
    return {
        source: rng.sample(group, most) if most and most < len(group) else group
        for source, group in sorted(groups.items())
    }


def by_model(model: SpanModel, question: Question) -> Predicted:
    """The best span of the passages that the text is cut into."""
    texts = [window.text for window in windows(Talk(((None, question.context),)))]
    spans = [
        best_span(scores, text)
        for scores, text in zip(model.read(question.question, texts), texts, strict=True)
    ]
    best = max(spans, key=lambda span: span.score)
    return Predicted(best.text, best.score, question.answers)


def by_similarity(questions: Sequence[Question]) -> list[Predicted]:
    """The sentence of each text with the highest cosine to the question."""
    embedder = SentenceTransformerEmbedder()
    texts = {
        context: [context[a:b] for a, b in sentences(context)]
        for context in dict.fromkeys(question.context for question in questions)
    }
    vectors = {context: embedder.embed_passages(each) for context, each in texts.items()}
    predicted = []
    for question in questions:
        asked = embedder.embed_passages([question.question])[0]
        cosines = vectors[question.context] @ asked
        best = int(cosines.argmax())
        text = texts[question.context][best]
        predicted.append(Predicted(text, float(cosines[best]), question.answers))
    return predicted


def squad_table(rows: Sequence[tuple[str, Sequence[Predicted], float]]) -> list[str]:
    """Exact match / F1 of settings (name, predictions, threshold) over the same questions."""
    answerable = np.array([bool(each.answers) for each in rows[0][1]])
    head = f"{'exact / F1, %':44}{'all':>30}{'HasAns':>16}{'NoAns':>8}{'AUC':>7}{'at 10%':>26}"
    lines = [head]
    for name, predicted, threshold in rows:
        values = 100 * scored(predicted, threshold)
        means = [estimate(list(column)) for column in values.T]
        whole = " / ".join(f"{m.mean:.1f} ({m.low:.0f}-{m.high:.0f})" for m in means)
        of_answerable = " / ".join(f"{mean:.1f}" for mean in values[answerable].mean(axis=0))
        others = f"{values[~answerable, 0].mean():.1f}"
        scores = _scores(predicted)
        lines.append(
            f"{name:44}{whole:>30}{of_answerable:>16}{others:>8}{auc(*scores):>7.3f}"
            f"{refused_at(*scores, WRONGLY_REFUSED)!s:>26}"
        )
    return lines


def held_out_table(groups: dict[str, list[Predicted]]) -> list[str]:
    """The span and the refusals of each set."""
    lines = [f"{'%':34}{'exact':>9}{'F1':>7}{'of':>7}{'refused at 10%':>26}{'AUC':>8}"]
    for name, predicted in groups.items():
        spans = 100 * scored([each for each in predicted if each.answers], NEVER)
        em, words = spans.mean(axis=0) if len(spans) else (math.nan, math.nan)
        scores = _scores(predicted)
        lines.append(
            f"{name:34}{em:>9.1f}{words:>7.1f}{len(spans):>7}"
            f"{refused_at(*scores, WRONGLY_REFUSED)!s:>26}{auc(*scores):>8.3f}"
        )
    return lines


def reliability_table(name: str, probabilities: Sequence[float], right: Sequence[float]) -> str:
    """Predicted against right, bin by bin."""
    bins = reliability(probabilities, right)
    lines = [f"{name}; expected calibration error {100 * calibration_error(bins):.1f}%"]
    lines += [
        f"    {each.low:.1f}-{each.high:.1f}{each.count:>8}   predicted {100 * each.predicted:5.1f}"
        f"   right {100 * each.right:5.1f}"
        for each in bins
        if each.count
    ]
    return "\n".join(lines)


def _scores(predicted: Sequence[Predicted]) -> tuple[list[float], list[float]]:
    """Of the answerable, and of the others."""
    answerable = [each.score for each in predicted if each.answers]
    return answerable, [each.score for each in predicted if not each.answers]


def report_squad(model: SpanModel, folder: Path, threshold: float, limit: int | None) -> None:
    groups = some_of_each(read_squad(folder), limit)
    questions = [question for group in groups.values() for question in group]
    answerable = sum(bool(question.answers) for question in questions)
    print(f"SQuAD 2.0: {len(questions)} questions on {len(groups)} held-out articles, "
          f"{answerable} answerable\n")  # fmt: skip
    read = [by_model(model, question) for question in questions]
    alike = by_similarity(questions)
    chosen, chosen_alike = best_threshold(read), best_threshold(alike)
    for line in squad_table(
        [
            (f"reader, threshold {threshold:g}, fixed before", read, threshold),
            (f"reader, best threshold on these, {chosen:.2f}", read, chosen),
            ("reader, never refusing", read, NEVER),
            ("most similar sentence, never refusing", alike, NEVER),
            (f"the same, best threshold on these, {chosen_alike:.2f}", alike, chosen_alike),
            ("refusing always", read, math.inf),
        ]
    ):
        print(line)


def report_held_out(model: SpanModel, path: Path, limit: int | None) -> None:
    groups = some_of_each(read_held_out(path), limit)
    predicted: dict[str, list[Predicted]] = {}
    probable: list[tuple[float, float, float, float]] = []
    for name, questions in groups.items():
        predicted[name] = []
        for question in questions:
            scores = model.read(question.question, [question.context])[0]
            span = best_span(scores, question.context)
            predicted[name].append(Predicted(span.text, span.score, question.answers))
            answered = bool(question.answers)
            right = answered * exact(span.text, question.answers)
            near = answered * float(f1(span.text, question.answers) >= 0.5)
            probable.append((span.probability, span.here, right, near))
    predicted["all"] = [each for group in list(predicted.values()) for each in group]
    print(f"\nHeld-out passages: {len(predicted['all'])}\n")
    for line in held_out_table(predicted):
        print(line)
    spans, here, right, near = zip(*probable, strict=True)
    answerable = [float(bool(each.answers)) for each in predicted["all"]]
    print()
    print(reliability_table("The answer is here and is this span, word for word", spans, right))
    print(reliability_table("The same where half of the words (F1) are enough", spans, near))
    print(reliability_table("The answer is here", here, answerable))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, help="a folder or a checkpoint; else what ships")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--held-out", type=Path, help="held-out.jsonl.gz of reader_data")
    parser.add_argument("--limit", type=int, help="questions of each article and set, at most")
    given = parser.parse_args()
    model = load(given.model)
    report_squad(model, given.data, given.threshold, given.limit)
    if given.held_out:
        report_held_out(model, given.held_out, given.limit)


if __name__ == "__main__":
    main()
