"""The network that tells whether a few sentences of a talk support a claim about it.

It goes on from the reader that ships: the embeddings and the lower layers are the reader's, the
upper ones and the head lie in this package, in half precision (training/train_claims.py). It is
used only where a language model words answers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.embed import default_model_path

from .span_model import WEIGHTS as READER_WEIGHTS
from .span_model import WEIGHTS_SHA256 as READER_SHA256
from .span_model import shipped_weights, verified_weights

CLAIM_WEIGHTS = Path(__file__).parent / "claims.safetensors"
# SHA-256 of CLAIM_WEIGHTS, written here by training/package_claims.py.
CLAIM_WEIGHTS_SHA256 = "380731c660f69c78dfa4159fbdf6ce5529b3844bd0072f78b6da3ccf67163d00"
# The reader's layers that it shares.
FROZEN_LAYERS = 3
MAX_TOKENS = 160
_BATCH = 16


class ClaimModel:
    """Loaded at first use, then shared by threads. Raises ModelError where it can't be loaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, Any, Any] | None = None

    def scores(self, claim: str, texts: Sequence[str]) -> list[float]:
        """How surely each text supports the claim, as the logit of it. A text is a few lines
        "Speaker: words"."""
        import torch

        tokenizer, bert, weight, bias = self._model()
        found: list[float] = []
        for start in range(0, len(texts), _BATCH):
            part = list(texts[start : start + _BATCH])
            with self._lock:  # a tokenizer keeps how it truncates as state
                inputs = tokenizer(
                    [claim] * len(part), part, padding=True, truncation="only_second",
                    max_length=MAX_TOKENS, return_tensors="pt",
                )  # fmt: skip
            with torch.inference_mode():
                hidden = bert(**inputs).last_hidden_state
                logits = pooled(hidden, inputs["attention_mask"]) @ weight + bias
            found += logits.tolist()
        return found

    def _model(self) -> tuple[Any, Any, Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Any, Any, Any, Any]:
        from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

        folder = default_model_path()
        own = verified_weights(CLAIM_WEIGHTS, CLAIM_WEIGHTS_SHA256)
        weight, bias = own.pop("head.weight"), own.pop("head.bias")
        model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(folder))
        model.load_state_dict(shipped_weights(folder, READER_WEIGHTS, READER_SHA256) | own)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return tokenizer, model.eval().bert, weight.squeeze(0), bias


def pooled(hidden: Any, mask: Any) -> Any:
    """What the last layer says of a whole: its first token and the mean of all.

    (texts, tokens, dimensions) and (texts, tokens) -> (texts, dimensions)
    """
    inside = mask.unsqueeze(-1).to(hidden.dtype)
    return hidden[:, 0] + (hidden * inside).sum(1) / inside.sum(1)
