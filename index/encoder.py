"""A BERT encoder in numpy: word pieces -> what the last layer says of each of them.

all-MiniLM-L6-v2, the reader and the network for claims are such encoders. Written out for one
processor it is as quick as PyTorch and there at once, where PyTorch and what loads models with it
take seconds to import (benchmarks/LOG.md). The only reader of `tokenizers` and of the safetensors
format.

Texts are not padded: those of a batch stand one behind the other, and only attention looks at each
alone. Batches are worked on in as many threads as there are cores.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .background import priority
from .errors import ModelError

Array = NDArray[np.float32]
Tensors = Mapping[str, NDArray[Any]]

_HEADS = 12
_EPSILON = np.float32(1e-12)
# Tokens that are worked on at once: what lies between two layers stays in the processor's cache.
_BATCH_TOKENS = 256
_GELU_ROWS = 32
_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
# erfc(z) = (a1 t + ... + a5 t^5) exp(-z^2) with t = 1 / (1 + p z), |error| < 1.5e-7: Abramowitz
# and Stegun, Handbook of Mathematical Functions, 7.1.26. From a5 down.
_ERFC_P = 0.3275911
_ERFC = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


class Pieces(NamedTuple):
    """The word pieces of a text as ids, special ones included, and for each which of two texts it
    belongs to."""

    ids: Sequence[int]
    kinds: Sequence[int]


class _Linear(NamedTuple):
    weight: Array  # (in, out)
    bias: Array

    def __call__(self, x: Array) -> Array:
        y: Array = x @ self.weight
        y += self.bias
        return y


class _Norm(NamedTuple):
    weight: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        """In place."""
        x -= x.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", x, x) / np.float32(x.shape[1])
        x /= np.sqrt(variance + _EPSILON)[:, None]
        x *= self.weight
        x += self.bias
        return x


class _Layer(NamedTuple):
    queries_keys_values: _Linear
    attended: _Linear
    attended_norm: _Norm
    inner: _Linear
    outer: _Linear
    outer_norm: _Norm

    def __call__(self, x: Array, texts: Sequence[slice]) -> Array:
        projected = self.queries_keys_values(x)
        seen = np.empty_like(x)
        for text in texts:
            seen[text] = _attention(projected[text])
        y = self.attended(seen)
        y += x
        y = self.attended_norm(y)
        z = self.outer(gelu(self.inner(y)))
        z += y
        return self.outer_norm(z)


class Encoder:
    """An encoder from its tensors, which are named `prefix` and as in the model's file. Threads
    may share it."""

    def __init__(self, tensors: Tensors, prefix: str = "") -> None:
        def tensor(name: str) -> Array:
            return np.asarray(tensors[f"{prefix}{name}"], np.float32)

        def linear(*names: str) -> _Linear:
            weight = [tensor(f"{name}.weight") for name in names]
            bias = [tensor(f"{name}.bias") for name in names]
            return _Linear(np.concatenate(weight).T, np.concatenate(bias))

        def norm(name: str) -> _Norm:
            return _Norm(tensor(f"{name}.weight"), tensor(f"{name}.bias"))

        def layer(at: str) -> _Layer:
            return _Layer(
                linear(*(f"{at}.attention.self.{name}" for name in ("query", "key", "value"))),
                linear(f"{at}.attention.output.dense"),
                norm(f"{at}.attention.output.LayerNorm"),
                linear(f"{at}.intermediate.dense"),
                linear(f"{at}.output.dense"),
                norm(f"{at}.output.LayerNorm"),
            )

        self._words = tensors[f"{prefix}embeddings.word_embeddings.weight"]  # read by the row
        self._places = tensor("embeddings.position_embeddings.weight")
        self._kinds = tensor("embeddings.token_type_embeddings.weight")
        self._norm = norm("embeddings.LayerNorm")
        count = sum(name.endswith("intermediate.dense.bias") for name in tensors)
        self._layers = [layer(f"encoder.layer.{number}") for number in range(count)]

    def encode(self, texts: Sequence[Pieces]) -> list[Array]:
        """Of each text (pieces, dimensions)."""
        batches = _batches(texts)
        if len(batches) == 1:  # as of a question: no other thread need wake
            return self._encode(texts)
        threads = _threads(priority())
        return [rows for batch in threads.map(self._encode, batches) for rows in batch]

    def _encode(self, texts: Sequence[Pieces]) -> list[Array]:
        ends = np.cumsum([len(text.ids) for text in texts])
        slices = [slice(end - len(text.ids), end) for text, end in zip(texts, ends, strict=True)]
        x = np.asarray(self._words[np.concatenate([text.ids for text in texts])], np.float32)
        x += self._kinds[np.concatenate([text.kinds for text in texts])]
        for at in slices:
            x[at] += self._places[: at.stop - at.start]
        x = self._norm(x)
        for layer in self._layers:
            x = layer(x, slices)
        return [x[at] for at in slices]


def _attention(projected: Array) -> Array:
    """What each piece takes from the others of its text: (pieces, 3 * dimensions), the queries,
    keys and values of all heads -> (pieces, dimensions)."""
    pieces, dimensions = len(projected), projected.shape[1] // 3
    q, k, v = projected.reshape(pieces, 3, _HEADS, -1).transpose(1, 2, 0, 3)
    weights: Array = q @ k.transpose(0, 2, 1)  # (heads, pieces, pieces)
    weights *= np.float32(q.shape[2] ** -0.5)
    weights -= weights.max(axis=2, keepdims=True)
    np.exp(weights, out=weights)
    seen: Array = weights @ v
    seen /= weights.sum(axis=2, keepdims=True)
    return seen.transpose(1, 0, 2).reshape(pieces, dimensions).astype(np.float32, copy=False)


def gelu(x: Array) -> Array:
    """x times the share of a normal distribution below x, in place; (n, m).

    That is max(x, 0) - |x| erfc(|x| / sqrt 2) / 2.
    """
    size = np.empty((3, min(_GELU_ROWS, len(x)), x.shape[1]), np.float32)
    for start in range(0, len(x), _GELU_ROWS):
        rows = x[start : start + _GELU_ROWS]
        z, t, y = size[:, : len(rows)]
        np.abs(rows, out=z)
        np.multiply(z, np.float32(_ERFC_P * 0.5**0.5), out=t)
        t += np.float32(1)
        np.reciprocal(t, out=t)
        y[:] = 0
        for factor in _ERFC:
            y += np.float32(factor / 2)
            y *= t
        np.multiply(z, z, out=t)
        t *= np.float32(-0.5)
        np.exp(t, out=t)
        y *= t
        y *= z
        np.maximum(rows, np.float32(0), out=rows)
        rows -= y
    return x


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a safetensors file, mapped into memory and not read yet.

    The format: eight bytes with the length of a JSON object, that object, and the numbers.
    """
    mapped = np.memmap(path, np.uint8, mode="r")
    begin = 8 + int(mapped[:8].view("<u8")[0])
    head = json.loads(mapped[8:begin].tobytes())
    head.pop("__metadata__", None)
    tensors = {}
    for name, about in head.items():
        start, end = (begin + at for at in about["data_offsets"])
        numbers = mapped[start:end].view(np.ndarray).view(_TYPES[about["dtype"]])
        tensors[name] = numbers.reshape(about["shape"])
    return tensors


def verified_tensors(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """The tensors of a file of this package. Raises ModelError where it is missing or is not the
    one that was shipped."""
    whole = sha256_of(path) if path.is_file() else None
    if whole != sha256:
        fault = "is missing" if whole is None else "is not the one that was shipped (checksum)"
        raise ModelError(f"{path} {fault}; install Turncite again")
    return read_tensors(path)


def adapted(tensors: Tensors, changes: Tensors) -> dict[str, NDArray[Any]]:
    """Tensors with changes of low rank added: of NAME, (out, in), those are NAME.up, (out, rank),
    times NAME.down, (rank, in)."""
    changed = dict(tensors)
    for name in changes:
        if name.endswith(".up"):
            of = name.removesuffix(".up")
            up, down = (np.asarray(changes[f"{of}.{each}"], np.float32) for each in ("up", "down"))
            changed[of] = tensors[of] + up @ down
    return changed


@cache
def read_tokenizer(folder: Path) -> Tokenizer:
    """A model's own tokenizer, which neither truncates nor pads: it is shared, so leave it so."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def sha256_of(path: Path) -> str:
    """Worked out anew only where the file has changed since."""
    known = path.stat()
    return _sha256(path, known.st_size, known.st_mtime_ns)


@cache
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(texts: Sequence[Pieces]) -> list[list[Pieces]]:
    """The texts in order, in runs of so many tokens at most, where they are not longer."""
    batches: list[list[Pieces]] = []
    tokens = 0
    for text in texts:
        tokens += len(text.ids)
        if not batches or tokens > _BATCH_TOKENS:
            batches.append([])
            tokens = len(text.ids)
        batches[-1].append(text)
    return batches


@cache
def _threads(of_priority: int) -> ThreadPoolExecutor:
    """Threads have the priority of the one that starts them, so each has its own."""
    return ThreadPoolExecutor(os.cpu_count() or 1, f"encoder {of_priority}")


if hasattr(os, "register_at_fork"):  # threads stay with the process that began them
    os.register_at_fork(after_in_child=_threads.cache_clear)
