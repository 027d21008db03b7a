"""Train the reader: a question-answering head on the packaged MiniLM, for passages of talk.

    python -m training.train_reader DATA OUT [--hours 2] [--resume]

DATA is what training/reader_data.py wrote. OUT gets a checkpoint every few minutes (weights,
optimizer, place in the data) and, at the end, the weights alone, which training/package_reader.py
packs. The word embeddings stay as they are packaged.

One pass, or as much of one as fits in the hours: the learning rate falls with the share of the
pass or of the time that is over, whichever is more. `--frozen` keeps the lower layers as they are,
which the network for claims shares with the reader (rag/reader/claim_model.py); it is quicker too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering

from index.embed import default_model_path
from rag.reader.shipped import WEIGHTS_SHA256, shipped_weights

from .spoken import tokenizer

SEED = 6
MAX_TOKENS = 224
BATCH_TOKENS = 3_600
LEARNING_RATE = 1.5e-4
HEAD_RATE = 10  # times as much: the head starts from nothing
WARM_UP = 0.03
SAVE_SECONDS = 300
LOG_STEPS = 100
# Batches are of one length; they are drawn from so many examples at a time.
POOL = 4_096


class Encoded:
    """Token ids of an example and where its answers start and end; 0, 0 where there is none."""

    __slots__ = ("ids", "second", "spans")

    def __init__(self, row: dict[str, Any]) -> None:
        encoded = tokenizer().encode(row["question"], row["context"])
        ids = encoded.ids[:MAX_TOKENS]
        second = encoded.sequence_ids.index(1)
        spans = []
        for start, end in zip(row["starts"], row["ends"], strict=True):
            first = encoded.char_to_token(start, 1)
            last = next(
                (t for at in range(end - 1, start - 1, -1)
                 if (t := encoded.char_to_token(at, 1)) is not None), None,
            )  # fmt: skip
            if first is not None and last is not None and last < len(ids):
                spans.append((first, last))
        self.ids, self.second = ids, second
        self.spans = spans or [(0, 0)]


def batches(examples: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Batches of about equal length in an order drawn by chance."""
    for start in range(0, len(examples), POOL):
        pool = sorted(examples[start : start + POOL], key=lambda each: len(each.ids))
        made: list[list[Encoded]] = [[]]
        for each in pool:
            if made[-1] and (len(made[-1]) + 1) * len(each.ids) > BATCH_TOKENS:
                made.append([])
            made[-1].append(each)
        rng.shuffle(made)
        yield from made


def tensors(batch: Sequence[Encoded], rng: random.Random) -> dict[str, torch.Tensor]:
    longest = max(len(each.ids) for each in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    kinds = torch.zeros_like(ids)
    starts, ends = [], []
    for row, each in enumerate(batch):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        mask[row, : len(each.ids)] = 1
        kinds[row, each.second : len(each.ids)] = 1
        start, end = rng.choice(each.spans)
        starts.append(start)
        ends.append(end)
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "token_type_ids": kinds,
        "start_positions": torch.tensor(starts),
        "end_positions": torch.tensor(ends),
    }


def new_model(frozen: int = 0) -> Any:
    """Of its layers so many are not trained, nor then are the embeddings."""
    model = AutoModelForQuestionAnswering.from_pretrained(
        default_model_path(), hidden_dropout_prob=0.05, attention_probs_dropout_prob=0.0
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad = False
    if frozen:
        for part in (model.bert.embeddings, *model.bert.encoder.layer[:frozen]):
            part.requires_grad_(False)
    return model


def weights_of(start: Path) -> dict[str, Any]:
    """Those of a checkpoint, or of a reader as it is packed."""
    if start.suffix == ".safetensors":
        packed = shipped_weights(default_model_path(), start, WEIGHTS_SHA256)
        return {name: torch.from_numpy(part.astype(np.float32)) for name, part in packed.items()}
    weights: dict[str, Any] = torch.load(start, weights_only=False)["model"]
    return weights


def read_examples(path: Path) -> list[Encoded]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [Encoded(json.loads(line)) for line in lines]


def train(
    data: Path,
    out: Path,
    hours: float,
    resume: bool,
    start: Path | None,
    rate: float,
    frozen: int,
) -> None:
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    examples = read_examples(data / "train.jsonl.gz")
    plan = list(batches(examples, rng))
    model = new_model(frozen)
    if start:
        model.load_state_dict(weights_of(start))
    head = list(model.qa_outputs.parameters())
    body = [p for p in model.bert.parameters() if p.requires_grad]
    more = 1 if start else HEAD_RATE
    optimizer = torch.optim.AdamW(
        [{"params": body, "times": 1}, {"params": head, "times": more}], lr=rate,
        betas=(0.9, 0.98), weight_decay=0.01, fused=True,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    step, spent = 0, 0.0
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    model.train()
    print(f"{len(examples)} examples, {len(plan)} batches, from {step}", flush=True)
    began = saved = time.monotonic()
    total = seen = 0.0
    while step < len(plan):
        hours_spent = (spent + time.monotonic() - began) / 3600
        done = max(step / len(plan), hours_spent / hours)
        if done >= 1:
            break
        factor = min(1.0, (done + 1e-4) / WARM_UP) * (1 - done)
        for group in optimizer.param_groups:
            group["lr"] = rate * group["times"] * factor
        loss = model(**tensors(plan[step], rng)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body + head, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        total += float(loss.detach())
        seen += len(plan[step - 1])
        if step % LOG_STEPS == 0:
            print(
                f"step {step}/{len(plan)} loss {total / LOG_STEPS:.3f} "
                f"{seen / (time.monotonic() - began):.1f} examples/s done {done:.2f}",
                flush=True,
            )
            total = 0.0
        if time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            state = {
                "model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step,
                "spent": spent + saved - began,
            }  # fmt: skip
            torch.save(state, out / "checkpoint.tmp")
            (out / "checkpoint.tmp").replace(checkpoint)
    torch.save({"model": model.state_dict(), "step": step}, out / "final.pt")
    print(f"finished at step {step}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--resume", action="store_true", help="go on from OUT's checkpoint")
    parser.add_argument(
        "--start",
        type=Path,
        help="begin with these weights: a checkpoint's, or a reader's as it ships",
    )
    parser.add_argument("--frozen", type=int, default=0, help="so many of its layers stay")
    given = parser.parse_args()
    train(**vars(given))


if __name__ == "__main__":
    main()
