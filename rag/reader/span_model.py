"""The network of the reader: for a question and a passage, which words answer, and whether any do.

An extractive question-answering model in the transformers format: it scores each token as the
first and as the last of the answer, and the first token of all for "it is not here". The one that
ships is all-MiniLM-L6-v2, trained further (training/README.md); only what training changed lies
in this package, in half precision, and its word embeddings are those of the packaged model. Any
other such model can be named instead. The only importer of torch beside index/embed.py.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embed import default_model_path
from index.errors import ModelError

DEFAULT_READER = "turncite-reader"
WEIGHTS = Path(__file__).parent / "model.safetensors"
# SHA-256 of WEIGHTS, written here by training/package_reader.py.
WEIGHTS_SHA256 = "9059604de586234218c41e1178c24559165e712c6c082bc9cc1064ea6ee04f2d"
# The one tensor that is the packaged model's.
WORDS = "bert.embeddings.word_embeddings.weight"
# The question and the passage together; what is beyond is read in a window of its own.
_MAX_TOKENS = 384
_MAX_QUESTION_TOKENS = 64
# A batch is read at once up to this many tokens, its padding included.
_BATCH_TOKENS = 2_048

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenScores:
    """What the network says of one passage.

    Token i of the passage is `text[offsets[i][0] : offsets[i][1]]`; `starts[i]` and `ends[i]` say
    how well an answer begins or ends with it, `nowhere` how well none is there: logits, of which
    starts[i] + ends[j] - nowhere compares spans, of several passages as well.
    """

    offsets: NDArray[np.int64]  # (tokens, 2)
    starts: Scores  # (tokens,)
    ends: Scores  # (tokens,)
    nowhere: float


@dataclass(frozen=True, slots=True)
class _Window:
    """Token ids of a question and of as much of a passage as fits; `inside` are the passage's."""

    ids: list[int]
    kinds: list[int] | None
    inside: list[int]
    offsets: NDArray[np.int64]


class SpanModel:
    """A question-answering model by name or path; loaded at first use, then shared by threads."""

    def __init__(self, model: str = DEFAULT_READER) -> None:
        self.name = model
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def fingerprint(self) -> str:
        """Its name, and for the one that ships, which."""
        return f"{self.name}@{WEIGHTS_SHA256[:16]}" if self.shipped else self.name

    @property
    def shipped(self) -> bool:
        """Whether it is the model that its calibration (rag/read.py) was made for."""
        return self.name == DEFAULT_READER

    def load(self) -> None:
        """Load it now, where that must not wait for a question. Raises ModelError."""
        self._model()

    def read(self, question: str, passages: Sequence[str]) -> list[TokenScores]:
        """What the network says of each passage, in their order."""
        import torch

        tokenizer, model = self._model()
        with self._lock:  # a tokenizer keeps how it truncates as state
            question = _shortened(tokenizer, question)
            windows = [
                (place, window)
                for place, text in enumerate(passages)
                for window in _windows(tokenizer, question, text)
            ]
        order = sorted(range(len(windows)), key=lambda i: len(windows[i][1].ids))
        said: dict[int, TokenScores] = {}
        for batch in _batches(order, [len(window.ids) for _, window in windows]):
            inputs = _padded([windows[i][1] for i in batch], tokenizer)
            with torch.inference_mode():
                logits = model(**{name: torch.tensor(rows) for name, rows in inputs.items()})
            starts = logits.start_logits.float().numpy()
            ends = logits.end_logits.float().numpy()
            for row, i in enumerate(batch):
                said[i] = _scores(windows[i][1], starts[row], ends[row])
        of_passage: list[list[TokenScores]] = [[] for _ in passages]
        for i, (place, _) in enumerate(windows):
            of_passage[place].append(said[i])
        return [_joined(parts) for parts in of_passage]

    def _model(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        if self.shipped:
            folder = default_model_path()
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(folder))
            model.load_state_dict(shipped_weights(folder, WEIGHTS, WEIGHTS_SHA256))
            return tokenizer, model.eval()
        local = Path(self.name).is_dir()
        if local:  # rule: offline is offline, also for what libraries ask on their own
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.name, local_files_only=local)
            model, info = AutoModelForQuestionAnswering.from_pretrained(
                self.name, local_files_only=local, output_loading_info=True
            )
        except Exception as error:
            raise self._unfit(str(error).strip().partition("\n")[0] or type(error)) from error
        if info["missing_keys"]:
            raise self._unfit(f"it has no {', '.join(sorted(info['missing_keys'])[:3])}")
        if not tokenizer.is_fast:
            raise self._unfit("its tokenizer does not say where its tokens stand")
        return tokenizer, model.eval()

    def _unfit(self, why: object) -> ModelError:
        return ModelError(
            f"the reader {self.name} cannot be loaded ({why}); check TURNCITE_READER: it takes the "
            "folder or the name of a question-answering model, the latter with HF_HUB_OFFLINE=0"
        )


def shipped_weights(folder: Path, path: Path, sha256: str) -> dict[str, Any]:
    """The weights of the reader: what training changed, beside the packaged word embeddings.

    Raises ModelError where the file is missing or is not the one that was shipped.
    """
    from safetensors.torch import load_file

    changed = verified_weights(path, sha256)
    words = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    return {**changed, WORDS: words.float()}


def verified_weights(path: Path, sha256: str) -> dict[str, Any]:
    """The tensors of a file of this package. Raises ModelError where it is missing or is not the
    one that was shipped."""
    from safetensors.torch import load_file

    whole = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    if whole != sha256:
        fault = "is missing" if whole is None else "is not the one that was shipped (checksum)"
        raise ModelError(f"{path} {fault}; install Turncite again")
    return {name: tensor.float() for name, tensor in load_file(path).items()}


def _shortened(tokenizer: Any, question: str) -> str:
    """The question up to so many tokens."""
    words = tokenizer(
        question, add_special_tokens=False, truncation=True, max_length=_MAX_QUESTION_TOKENS,
        return_offsets_mapping=True,
    )["offset_mapping"]  # fmt: skip
    return question[: words[-1][1]] if words else question


def _windows(tokenizer: Any, question: str, text: str) -> list[_Window]:
    """A passage with its question as token ids; one that is too long in several, end to end."""
    encoded = tokenizer(
        question, text, truncation="only_second", max_length=_MAX_TOKENS,
        return_offsets_mapping=True, return_overflowing_tokens=True,
    )  # fmt: skip
    found = []
    for row, ids in enumerate(encoded["input_ids"]):
        parts = encoded.sequence_ids(row)
        inside = [i for i, part in enumerate(parts) if part == 1]
        offsets = np.array([encoded["offset_mapping"][row][i] for i in inside], np.int64)
        kinds = encoded["token_type_ids"][row] if "token_type_ids" in encoded else None
        found.append(_Window(ids, kinds, inside, offsets.reshape(-1, 2)))
    return found


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Runs of the order, which is by length, of so many tokens at most."""
    batches: list[list[int]] = []
    for i in order:
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


def _padded(windows: Sequence[_Window], tokenizer: Any) -> dict[str, list[list[int]]]:
    longest = max(len(window.ids) for window in windows)
    pads = [longest - len(window.ids) for window in windows]
    pad = tokenizer.pad_token_id or 0
    rows = list(zip(windows, pads, strict=True))
    inputs = {
        "input_ids": [[*window.ids, *[pad] * more] for window, more in rows],
        "attention_mask": [[1] * len(window.ids) + [0] * more for window, more in rows],
    }
    if windows[0].kinds is not None:
        inputs["token_type_ids"] = [[*(w.kinds or ()), *[0] * more] for w, more in rows]
    return inputs


def _scores(window: _Window, starts: Scores, ends: Scores) -> TokenScores:
    nowhere = float(starts[0] + ends[0])
    return TokenScores(window.offsets, starts[window.inside], ends[window.inside], nowhere)


def _joined(parts: Sequence[TokenScores]) -> TokenScores:
    """The windows of one passage as one, each measured from its own "not here"."""
    if len(parts) == 1:
        return parts[0]
    return TokenScores(
        np.concatenate([part.offsets for part in parts]),
        np.concatenate([part.starts - part.nowhere for part in parts]),
        np.concatenate([part.ends for part in parts]),
        0.0,
    )
