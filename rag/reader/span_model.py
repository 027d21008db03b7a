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
WEIGHTS_SHA256 = "-"
# The question and the passage together; what is beyond is read in a window of its own.
_MAX_TOKENS = 256
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
        encoded = [self._encoded(tokenizer, question, text) for text in passages]
        order = sorted(range(len(passages)), key=lambda i: len(encoded[i]["input_ids"]))
        readings: dict[int, TokenScores] = {}
        for batch in _batches(order, [len(each["input_ids"]) for each in encoded]):
            inputs = tokenizer.pad(
                [
                    {k: v for k, v in encoded[i].items() if k in tokenizer.model_input_names}
                    for i in batch
                ],
                return_tensors="pt",
            )
            with torch.inference_mode():
                said = model(**inputs)
            starts = said.start_logits.float().numpy()
            ends = said.end_logits.float().numpy()
            for row, i in enumerate(batch):
                readings[i] = _reading(encoded[i], starts[row], ends[row])
        return [readings[i] for i in range(len(passages))]

    @staticmethod
    def _encoded(tokenizer: Any, question: str, text: str) -> Any:
        words = tokenizer(
            question, add_special_tokens=False, truncation=True, max_length=_MAX_QUESTION_TOKENS,
            return_offsets_mapping=True,
        )["offset_mapping"]  # fmt: skip
        asked = question[: words[-1][1]] if words else question
        encoded = tokenizer(
            asked, text, truncation="only_second", max_length=_MAX_TOKENS,
            return_offsets_mapping=True,
        )  # fmt: skip
        inside = [i for i, part in enumerate(encoded.sequence_ids()) if part == 1]
        return {**encoded, "inside": inside}

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
            model = AutoModelForQuestionAnswering.from_pretrained(self.name, local_files_only=local)
        except Exception as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error)
            raise ModelError(
                f"the reader {self.name} cannot be loaded ({reason}); check TURNCITE_READER: it "
                "takes the folder or the name of a question-answering model"
            ) from error
        return tokenizer, model.eval()


def shipped_weights(folder: Path, path: Path, sha256: str) -> dict[str, Any]:
    """The weights of the reader: what training changed, beside the packaged word embeddings.

    Raises ModelError where the file is missing or is not the one that was shipped.
    """
    from safetensors.torch import load_file

    whole = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    if whole != sha256:
        fault = "is missing" if whole is None else "is not the one that was shipped (checksum)"
        raise ModelError(f"{path} {fault}; install Turncite again")
    changed = {name: tensor.float() for name, tensor in load_file(path).items()}
    words = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    return {**changed, "bert.embeddings.word_embeddings.weight": words.float()}


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Runs of the order, which is by length, of so many tokens at most."""
    batches: list[list[int]] = []
    for i in order:
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


def _reading(encoded: Any, starts: Scores, ends: Scores) -> TokenScores:
    inside = encoded["inside"]
    return TokenScores(
        np.array([encoded["offset_mapping"][i] for i in inside], np.int64).reshape(-1, 2),
        starts[inside],
        ends[inside],
        float(starts[0] + ends[0]),
    )
