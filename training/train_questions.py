"""Train what questions are embedded with: low-rank changes of the packaged model.

    python -m training.train_questions SETS [--epochs 2]

The passages of a library stay embedded by all-MiniLM-L6-v2 as it is packaged; a question is put
nearer to the passage that answers it, of all passages of the invented talks, of qmsum.train and of
some of the other question sets (training/README.md; those held out for the reader are held out here
too). Written: index/questions.safetensors, for each weight that changes two factors in half
precision, and its checksum in index/embed.py.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from index import embed

from .packing import record
from .reader_data import SETS, TALKS, Row, answer_spans, is_held_out, rows_of, talks_of
from .spoken import Window, as_talk, lines_as_talk, tokenizer, windows

SEED = 1
RANK = 16
RATE = 1e-3
WARM_UP = 0.05
TEMPERATURE = 0.05
BATCH = 64
# Batches of about equal length are made of so many questions at a time.
POOL = 16 * BATCH
MAX_TOKENS = 48
# Of the rows of a set that the reader is trained on, one in so many.
ONE_IN = 5
LOG_STEPS = 100


@dataclass(slots=True)
class Pairs:
    """Questions, each with the passages that answer it, and all passages by their number."""

    numbers: dict[str, int] = field(default_factory=dict)
    train: list[tuple[str, list[int]]] = field(default_factory=list)
    held_out: list[tuple[str, list[int]]] = field(default_factory=list)

    def add(self, question: str, cut: Sequence[Window], *, held_out: bool) -> None:
        found = [self.number(window) for window in cut if window.answers]
        if found:
            (self.held_out if held_out else self.train).append((question, found))

    def number(self, window: Window) -> int:
        return self.numbers.setdefault(window.text, len(self.numbers))


def gather(folder: Path) -> Pairs:
    pairs = Pairs()
    for path in sorted(TALKS.glob("*.jsonl")):
        for talk in talks_of(path, folder):
            for window in windows(lines_as_talk(talk.context, ())):
                pairs.number(window)
            for asked in talk.questions:
                spans = answer_spans(asked, talk.context)
                cut = windows(lines_as_talk(talk.context, spans))
                pairs.add(asked["question"], cut, held_out=talk.held_out)
    rng = random.Random(SEED)
    titles = frozenset((folder / "squad_dev_holdout_titles.txt").read_text().split())
    for name, (count, is_talk) in SETS.items():
        rows = [row for row in rows_of(folder, name, is_talk) if row.answers]
        for row in rng.sample(rows, min(count // ONE_IN, len(rows))):
            pairs.add(row.question, _cut(row), held_out=is_held_out(row, titles))
    return pairs


def _cut(row: Row) -> list[Window]:
    if row.talk:
        return windows(lines_as_talk(row.context, row.answers))
    return windows(as_talk(row.context, row.answers, random.Random(row.document)))


class Adapted(nn.Module):
    """A linear layer and a change of low rank, which begins at nothing."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) * 0.02)
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        changed: torch.Tensor = self.linear(x) + x @ self.down.T @ self.up.T
        return changed


class Asker(nn.Module):
    """The packaged model with a change in each linear layer of its encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.model: Any = AutoModel.from_pretrained(embed.default_model_path())
        self.model.requires_grad_(False)
        self.changes: dict[str, Adapted] = {}
        for name, layer in list(self.model.encoder.named_modules()):
            if isinstance(layer, nn.Linear):
                parent, _, last = name.rpartition(".")
                changed = self.changes[f"encoder.{name}.weight"] = Adapted(layer)
                setattr(self.model.encoder.get_submodule(parent), last, changed)

    def forward(self, texts: Sequence[list[int]]) -> torch.Tensor:
        """(texts, dimensions), of length 1."""
        longest = max(map(len, texts))
        ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
        mask = torch.tensor([[1] * len(text) + [0] * (longest - len(text)) for text in texts])
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        means = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(means, dim=1)


def train(pairs: Pairs, passages: torch.Tensor, epochs: float) -> Asker:
    """Each question is told from all passages at once, by the one that answers it."""
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    asker = Asker()
    asker.eval()  # dropout would blur what stays fixed
    asked = [(_ids(question), found) for question, found in pairs.train]
    parameters = [p for change in asker.changes.values() for p in (change.down, change.up)]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01)
    steps = int(epochs * len(asked) / BATCH)
    batches = _batches(asked, rng)
    begun, total = time.monotonic(), 0.0
    report("before", asker, pairs.held_out, passages)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / (WARM_UP * steps)) * (1 - step / steps)
        batch = next(batches)
        scores = asker([ids for ids, _ in batch]) @ passages.T / TEMPERATURE
        right = [rng.choice(found) for _, found in batch]
        for row, (_, found) in enumerate(batch):  # what answers as well is no wrong passage
            scores[row, [other for other in found if other != right[row]]] = -torch.inf
        loss = functional.cross_entropy(scores, torch.tensor(right))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        total += float(loss.detach())
        if (step + 1) % LOG_STEPS == 0:
            spent = time.monotonic() - begun
            print(f"step {step + 1}/{steps} loss {total / LOG_STEPS:.3f} {spent:.0f} s", flush=True)
            total = 0.0
    report("after", asker, pairs.held_out, passages)
    return asker


def _ids(question: str) -> list[int]:
    ids: list[int] = tokenizer().encode(question).ids[:MAX_TOKENS]
    return ids


Encoded = tuple[list[int], list[int]]


def _batches(asked: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Without end, each question once before any comes again."""
    while True:
        order = rng.sample(asked, len(asked))
        made: list[list[Encoded]] = []
        for start in range(0, len(order), POOL):
            pool = sorted(order[start : start + POOL], key=lambda each: len(each[0]))
            made += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
        rng.shuffle(made)
        yield from made


@torch.no_grad()
def report(
    when: str, asker: Asker, pairs: Sequence[tuple[str, list[int]]], passages: torch.Tensor
) -> None:
    """How often what answers a held-out question is among the nearest of all passages."""
    ranks = []
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        scores = asker([_ids(question) for question, _ in part]) @ passages.T
        for row, (_, found) in zip(scores, part, strict=True):
            ranks.append(int((row > row[found].max()).sum()))
    shares = [f"{np.mean([rank < k for rank in ranks]):.1%} of {k}" for k in (1, 4, 8)]
    print(f"{when}: {len(ranks)} held out, {', '.join(shares)}", flush=True)


def pack(asker: Asker, out: Path) -> None:
    """Write the factors of each change."""
    tensors = {}
    for name, change in sorted(asker.changes.items()):
        tensors[f"{name}.down"] = change.down.detach().half()
        tensors[f"{name}.up"] = change.up.detach().half()
    save_file(tensors, out, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", type=Path)
    parser.add_argument("--epochs", type=float, default=2.0)
    given = parser.parse_args()
    pairs = gather(given.sets)
    print(f"{len(pairs.train)} questions, {len(pairs.numbers)} passages", flush=True)
    vectors = embed.SentenceTransformerEmbedder().embed_passages(list(pairs.numbers))
    asker = train(pairs, torch.from_numpy(vectors), given.epochs)
    pack(asker, embed.QUESTIONS)
    record(embed.QUESTIONS, embed, "QUESTIONS_SHA256")


if __name__ == "__main__":
    main()
