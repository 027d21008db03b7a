"""FAISS over the store's vectors: a cache, rebuilt from the store whenever in doubt.

The only importer of faiss. Vectors are normalised, so the inner product that FAISS returns is
the cosine similarity: this is the one place where a distance becomes a similarity.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class VectorIndex:
    """Exact search. Passages are known by the store's numbers."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, numbers: Numbers, vectors: NDArray[np.float32]) -> VectorIndex:
        """`vectors` is (n, dimensions), normalised; `numbers` is (n,)."""
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(max(1, vectors.shape[1])))
        if len(numbers):
            index.add_with_ids(vectors, numbers)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: Numbers | None = None
    ) -> list[tuple[int, float]]:
        """The `k` nearest as (number, cosine similarity), best first; only `allowed` if given."""
        if k < 1 or not len(self) or (allowed is not None and not len(allowed)):
            return []
        params = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(allowed)
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # stub is short
        scores, numbers = self._index.search(
            vector.reshape(1, -1), min(k, len(self)), params=params
        )
        return [
            (int(number), float(score))
            for number, score in zip(numbers[0], scores[0], strict=True)
            if number >= 0
        ]
