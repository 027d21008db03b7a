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

import numpy as np
from numpy.typing import NDArray

from index.embed import default_model_path
from index.encoder import Encoder, Pieces, read_tokenizer, verified_tensors

from .shipped import WEIGHTS as READER_WEIGHTS
from .shipped import WEIGHTS_SHA256 as READER_SHA256
from .shipped import shipped_weights
from .span_model import shortened, windows_of

CLAIM_WEIGHTS = Path(__file__).parent / "claims.safetensors"
# SHA-256 of CLAIM_WEIGHTS, written here by training/package_claims.py.
CLAIM_WEIGHTS_SHA256 = "380731c660f69c78dfa4159fbdf6ce5529b3844bd0072f78b6da3ccf67163d00"
# The reader's layers that it shares.
FROZEN_LAYERS = 3
MAX_TOKENS = 160
_MAX_CLAIM_TOKENS = 120


class ClaimModel:
    """Loaded at first use, then shared by threads. Raises ModelError where it can't be loaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: _ClaimNetwork | None = None

    def scores(self, claim: str, texts: Sequence[str]) -> list[float]:
        """How surely each text supports the claim, as the logit of it. A text is a few lines
        "Speaker: words"."""
        return self._network().scores(claim, texts) if texts else []

    def _network(self) -> _ClaimNetwork:
        with self._lock:
            if self._loaded is None:
                self._loaded = _ClaimNetwork()
            return self._loaded


class _ClaimNetwork:
    def __init__(self) -> None:
        folder = default_model_path()
        own = verified_tensors(CLAIM_WEIGHTS, CLAIM_WEIGHTS_SHA256)
        weights = shipped_weights(folder, READER_WEIGHTS, READER_SHA256) | own
        self._tokenizer = read_tokenizer(folder)
        self._encoder = Encoder(weights, "bert.")
        self._weight = np.asarray(weights["head.weight"], np.float32)[0]
        self._bias = np.asarray(weights["head.bias"], np.float32)

    def scores(self, claim: str, texts: Sequence[str]) -> list[float]:
        claim = shortened(self._tokenizer, claim, _MAX_CLAIM_TOKENS)
        windows = [windows_of(self._tokenizer, claim, text, MAX_TOKENS)[0] for text in texts]
        hidden = self._encoder.encode([Pieces(window.ids, window.kinds) for window in windows])
        pooled = np.stack([_pooled(rows) for rows in hidden])
        logits: list[float] = (pooled @ self._weight + self._bias).tolist()
        return logits


def _pooled(hidden: NDArray[np.float32]) -> Any:
    """What the last layer says of a whole, its first token and the mean of all: (tokens,
    dimensions) -> (dimensions,)."""
    return hidden[0] + hidden.mean(axis=0)
