"""Train the network that tells whether a few sentences of a talk support a claim about it.

    python -m training.train_claims OUT.pt [--epochs 4] [--first N]

It goes on from the reader that ships: its three upper layers and a head are trained, on
training/claims.jsonl: claims about the invented talks, about half of them supported, the others
wrong in one respect, and supported ones put beside other words of the same talk. One talk in eight
is held out and measured after every epoch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.embed import default_model_path
from index.sentences import sentences
from rag.reader.claim_model import FROZEN_LAYERS, MAX_TOKENS
from rag.reader.shipped import WEIGHTS

from .reader_data import TALKS
from .train_reader import weights_of

CLAIMS = Path(__file__).parent / "claims.jsonl"
KINDS = ("interviews", "meetings", "official", "podcasts", "press")
SEED = 3
HELD_OUT_OF = 8
# How often a supported claim is put beside other words of its talk.
ELSEWHERE = 0.35
# Of a turn, least and most; and how far from its start the question before it is read too.
WINDOW_WORDS = (30, 90)
WINDOW_CHARS = 110
BATCH = 24
RATE, HEAD_RATE = 1.5e-4, 1e-3
WARM_UP = 40


class ClaimNetwork(torch.nn.Module):
    """The reader's encoder with a head of its own."""

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert
        self.drop = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(bert.config.hidden_size, 1)

    def forward(self, **inputs: Any) -> Any:
        hidden = self.bert(**inputs).last_hidden_state
        inside = inputs["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        pooled = hidden[:, 0] + (hidden * inside).sum(1) / inside.sum(1)
        return self.head(self.drop(pooled)).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Example:
    """A claim beside some sentences of a talk."""

    claim: str
    said: str
    supported: bool
    kind: str


def window(talk: str, evidence: Sequence[str], words: int) -> str:
    """The evidence as the check reads it: "Speaker: words" of one turn, up to so many words of it
    around the evidence, with the question before; or the turns of an exchange."""
    lines = talk.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])[:-1]
    spans: dict[int, tuple[int, int]] = {}  # of a line, where its evidence is
    reached = 0
    for piece in evidence:
        at = talk.find(piece, reached)
        at = talk.index(piece) if at < 0 else at
        reached = at
        here = int(np.searchsorted(starts, at, side="right")) - 1
        start = at - int(starts[here])
        end = start + len(piece)
        spans[here] = (
            min(start, spans.get(here, (start, end))[0]),
            max(end, spans.get(here, (0, end))[1]),
        )
    if len(spans) == 1:
        ((here, span),) = spans.items()
        said = _around(lines[here], span, words)
        before = _asked(lines[here - 1], lines[here]) if here and span[0] < WINDOW_CHARS else ""
        return f"Question: {before}\n{said}" if before else said
    share = max(20, words // len(spans))
    return "\n".join(_around(lines[here], spans[here], share) for here in sorted(spans))


def _around(line: str, span: tuple[int, int], words: int) -> str:
    """What is said in a line, from whole words before the evidence to whole words behind it."""
    label = _label(line)
    start, end = max(span[0], len(label)), span[1]
    more = max(0, words - len(line[start:end].split()))
    before, behind = line[len(label) : start].split(), line[end:].split(" ")
    left = min(len(before), more // 2)
    right = more - left
    kept = [*before[len(before) - left :], line[start:end] + " ".join(behind[:right])]
    return label + " ".join(kept).strip()


def _asked(before: str, line: str) -> str:
    """The last sentence of the line before, where that is another's."""
    said = before[len(_label(before)) :]
    if _label(before) == _label(line) or not said.strip():
        return ""
    return said[slice(*sentences(said)[-1])]


def _label(line: str) -> str:
    return line[: line.find(": ") + 2] if ": " in line[:60] else ""


def examples(rng: random.Random, first: int | None = None) -> tuple[list[Example], list[Example]]:
    """Those to train on and those held out."""
    talks: dict[str, str] = {}
    for kind in KINDS:
        for row in (TALKS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines():
            talk = json.loads(row)
            talks[talk["talk"]] = talk["context"]
    rows = [json.loads(row) for row in CLAIMS.read_text(encoding="utf-8").splitlines()[:first]]
    of_talk: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_talk[row["talk"]].append(row)
    train: list[Example] = []
    held_out: list[Example] = []
    for row in rows:
        said = window(talks[row["talk"]], pieces_of(row), rng.randint(*WINDOW_WORDS))
        kept = _is_held_out(row["talk"])
        made = Example(row["claim"], said, row["supported"], row["kind"])
        (held_out if kept else train).append(made)
        if row["supported"] and not kept and rng.random() < ELSEWHERE:
            other = pieces_of(rng.choice(of_talk[row["talk"]]))
            beside = window(talks[row["talk"]], other, rng.randint(*WINDOW_WORDS))
            if not any(piece[:40] in beside for piece in pieces_of(row)):
                train.append(Example(row["claim"], beside, False, "elsewhere"))
    return train, held_out


def pieces_of(row: dict[str, Any]) -> list[str]:
    """The evidence of a claim, in one piece or in several."""
    found = row["evidence"]
    return found if isinstance(found, list) else [found]


def _is_held_out(talk: str) -> bool:
    return int(hashlib.sha1(talk.encode()).hexdigest(), 16) % HELD_OUT_OF == 0


def measured(network: ClaimNetwork, tokenizer: Any, held_out: Sequence[Example]) -> str:
    """AUC, the share that is right at even odds, of what is false as much as passes 5%."""
    network.eval()
    order = sorted(range(len(held_out)), key=lambda i: len(held_out[i].said))
    scores = np.zeros(len(held_out))
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            scores[part] = network(**_inputs(tokenizer, [held_out[i] for i in part])).numpy()
    truth = np.array([each.supported for each in held_out])
    true, false = scores[truth], scores[~truth]
    auc = float((true[:, None] > false[None, :]).mean())
    right = float(((scores > 0) == truth).mean())
    passed = float((true > np.quantile(false, 0.95)).mean())
    return f"AUC {auc:.3f}, right {right:.1%}, true passed where 5% of the false are {passed:.1%}"


def _inputs(tokenizer: Any, part: Sequence[Example]) -> Any:
    return tokenizer(
        [each.claim for each in part], [each.said for each in part], padding=True,
        truncation="only_second", max_length=MAX_TOKENS, return_tensors="pt",
    )  # fmt: skip


def train(
    network: ClaimNetwork,
    tokenizer: Any,
    epochs: int,
    rows: Sequence[Example],
    held_out: Sequence[Example],
    rng: random.Random,
) -> None:
    print(f"{len(rows)} examples, {len(held_out)} held out", flush=True)
    for part in (network.bert.embeddings, *network.bert.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    groups = [
        {"params": [p for p in network.bert.parameters() if p.requires_grad], "lr": RATE},
        {"params": network.head.parameters(), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = [group["lr"] for group in optimizer.param_groups]
    total, step, begun = epochs * (len(rows) // BATCH), 0, time.monotonic()
    for epoch in range(epochs):
        network.train()
        order = sorted(range(len(rows)), key=lambda i: len(rows[i].said) + 80 * rng.random())
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        loss_sum = 0.0
        for batch in batches:
            factor = min(1.0, step / WARM_UP) * max(0.02, 1 - step / total)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            part = [rows[i] for i in batch]
            wanted = torch.tensor([float(each.supported) for each in part])
            said = network(**_inputs(tokenizer, part))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(said, wanted)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step, loss_sum = step + 1, loss_sum + loss.item()
        rate = step * BATCH / (time.monotonic() - begun)
        print(
            f"epoch {epoch + 1}: loss {loss_sum / len(batches):.3f}, {rate:.0f} a second",
            flush=True,
        )
        print(f"  {measured(network, tokenizer, held_out)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--first", type=int, metavar="N", help="so many of the claims alone")
    given = parser.parse_args()
    torch.manual_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(default_model_path(), local_files_only=True)
    reader = AutoModelForQuestionAnswering.from_pretrained(default_model_path())
    reader.load_state_dict(weights_of(WEIGHTS))
    network = ClaimNetwork(reader.bert)
    rng = random.Random(SEED)
    rows, held_out = examples(rng, given.first)
    train(network, tokenizer, given.epochs, rows, held_out, rng)
    torch.save({"model": network.state_dict()}, given.out)


if __name__ == "__main__":
    main()
