"""The reader that ships, as encoder.py runs it: what training changed, in half precision, beside
the word embeddings of the packaged model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.embed import default_model_path
from index.encoder import Encoder, Pieces, read_tensors, read_tokenizer, verified_tensors

if TYPE_CHECKING:
    from .span_model import Scores, Window

WEIGHTS = Path(__file__).parent / "model.safetensors"
# SHA-256 of WEIGHTS, written here by training/package_reader.py.
WEIGHTS_SHA256 = "9059604de586234218c41e1178c24559165e712c6c082bc9cc1064ea6ee04f2d"
# The one tensor that is the packaged model's.
WORDS = "bert.embeddings.word_embeddings.weight"


class ShippedReader:
    """Threads may share it. Raises ModelError where it can't be loaded."""

    def __init__(self) -> None:
        folder = default_model_path()
        weights = shipped_weights(folder, WEIGHTS, WEIGHTS_SHA256)
        self.tokenizer = read_tokenizer(folder)
        self._encoder = Encoder(weights, "bert.")
        self._weight = np.asarray(weights["qa_outputs.weight"], np.float32)
        self._bias = np.asarray(weights["qa_outputs.bias"], np.float32)

    def logits(self, windows: Sequence[Window]) -> list[tuple[Scores, Scores]]:
        hidden = self._encoder.encode([Pieces(window.ids, window.kinds) for window in windows])
        found = []
        for rows in hidden:
            starts, ends = (rows @ self._weight.T + self._bias).T
            found.append((starts, ends))
        return found


def shipped_weights(folder: Path, path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """The weights of the reader: what training changed, beside the packaged word embeddings.

    Raises ModelError where the file is missing or is not the one that was shipped.
    """
    changed = verified_tensors(path, sha256)
    words = read_tensors(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    return {**changed, WORDS: words}
