"""FAISS proposes which passages may be nearest: a cache, rebuilt from the store when in doubt.

The only importer of faiss. Vectors are normalised, so nearest means the largest inner product.
What FAISS thinks the similarity is stays here: the caller takes the exact one from the stored
vectors.

Up to EXACT_UP_TO passages every vector is compared. Beyond, each is kept as one bit a dimension
(RaBitQ, of the difference to one of 16 centres) and CANDIDATES are proposed for the caller to
compare exactly. All are still looked at, so that a filter loses nothing; at 1e6 passages on one
core that takes 10 ms and 56 MB where exact search takes 94 ms and 1.5 GB (benchmarks/LOG.md).
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from .embed import Vectors
from .material import Numbers

EXACT_UP_TO = 100_000
CANDIDATES = 800
# Of vectors that a compressed index is fitted on.
SAMPLE = 20_000
_CENTRES = 16

_ALL_CORES = faiss.omp_get_max_threads()
_INDEX = "vectors.faiss"
_NUMBERS = "numbers.npy"


class VectorIndex:
    """Passages by the store's numbers (n,), ascending; FAISS holds them in the same order."""

    def __init__(self, numbers: Numbers, index: faiss.Index) -> None:
        self.numbers = numbers
        self._index = index
        self._exact = isinstance(index, faiss.IndexFlat)

    @classmethod
    def build(
        cls, numbers: Numbers, blocks: Iterable[Vectors], sample: Vectors | None = None
    ) -> VectorIndex:
        """`blocks` hold the vectors (m, dimensions) of all `numbers`, in their order.

        With a `sample` (m, dimensions) of them the index is compressed.
        """
        faiss.omp_set_num_threads(_ALL_CORES)
        index = None
        for vectors in blocks:
            if index is None:
                index = _empty(vectors.shape[1], sample)
            index.add(np.ascontiguousarray(vectors))
        return cls(numbers, index or faiss.IndexFlatIP(1))

    @classmethod
    def load(cls, folder: Path) -> VectorIndex:
        """The files are mapped into memory where FAISS knows how, else read."""
        index = faiss.read_index(str(folder / _INDEX), faiss.IO_FLAG_MMAP_IFC)
        numbers = np.load(folder / _NUMBERS, mmap_mode="r", allow_pickle=False)
        if index.ntotal != len(numbers):
            raise ValueError(f"{folder}: {index.ntotal} vectors for {len(numbers)} numbers")
        return cls(numbers, index)

    def save(self, folder: Path) -> None:
        """Raises OSError where they can't be written."""
        try:
            faiss.write_index(self._index, str(folder / _INDEX))
        except RuntimeError as error:  # FAISS' own word for a full disk
            raise OSError(errno.EIO, "FAISS cannot write its index", str(folder)) from error
        np.save(folder / _NUMBERS, self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def propose(self, vector: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> Numbers:
        """The numbers of passages among which the `k` nearest are; only where `allowed` (n,)."""
        most = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(most, k if self._exact else max(CANDIDATES, k))
        if wanted < 1:
            return np.zeros(0, np.int64)
        # One question gains nothing from a second core, which would wait for it in a loop. The
        # number is kept for each thread that asks.
        faiss.omp_set_num_threads(1)
        selector = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")  # must live as long as the search
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]  # stubs
        if self._exact:
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # are C++'s
        else:
            params = faiss.SearchParametersIVF(sel=selector, nprobe=_CENTRES)  # type: ignore[call-arg]
        _, rows = self._index.search(vector.reshape(1, -1), wanted, params=params)
        return np.asarray(self.numbers[rows[0][rows[0] >= 0]], np.int64)


FILES = (_INDEX, _NUMBERS)


def _empty(dimensions: int, sample: Vectors | None) -> faiss.Index:
    if sample is None:
        return faiss.IndexFlatIP(dimensions)
    index = faiss.index_factory(dimensions, f"IVF{_CENTRES},RaBitQfs", faiss.METRIC_INNER_PRODUCT)
    index.train(np.ascontiguousarray(sample))
    return index
