"""The network of the reader: for a question and a passage, which words answer, and whether any do.

An extractive question-answering model: it scores each token as the first and as the last of the
answer, and the first token of all for "it is not here". The one that ships (shipped.py) is
all-MiniLM-L6-v2, trained further (training/README.md); any other such model in the transformers
format can be named instead (named_model.py). Here is what both have in common.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .shipped import WEIGHTS_SHA256, ShippedReader

DEFAULT_READER = "turncite-reader"
# The question and the passage together; what is beyond is read in a window of its own.
_MAX_TOKENS = 384
_MAX_QUESTION_TOKENS = 64

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
class Window:
    """Token ids of a question and of as much of a passage as fits, and for each which of the two it
    belongs to; `inside` are the passage's."""

    ids: list[int]
    kinds: list[int]
    inside: list[int]
    offsets: NDArray[np.int64]


class Network(Protocol):
    @property
    def tokenizer(self) -> Any:
        """A tokenizers.Tokenizer that neither truncates nor pads."""
        ...

    def logits(self, windows: Sequence[Window]) -> list[tuple[Scores, Scores]]:
        """Of each window and each of its tokens (tokens,), as the first and as the last."""
        ...


class SpanModel:
    """A question-answering model by name or path; loaded at first use, then shared by threads."""

    def __init__(self, model: str = DEFAULT_READER) -> None:
        self.name = model
        self._lock = threading.Lock()
        self._loaded: Network | None = None

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
        self._network()

    def read(self, question: str, passages: Sequence[str]) -> list[TokenScores]:
        """What the network says of each passage, in their order."""
        network = self._network()
        question = shortened(network.tokenizer, question, _MAX_QUESTION_TOKENS)
        windows = [
            (place, window)
            for place, text in enumerate(passages)
            for window in windows_of(network.tokenizer, question, text, _MAX_TOKENS)
        ]
        of_passage: list[list[TokenScores]] = [[] for _ in passages]
        logits = network.logits([window for _, window in windows])
        for (place, window), of_tokens in zip(windows, logits, strict=True):
            of_passage[place].append(_scores(window, *of_tokens))
        return [_joined(parts) for parts in of_passage]

    def _network(self) -> Network:
        with self._lock:
            if self._loaded is None:
                self._loaded = ShippedReader() if self.shipped else self._named()
            return self._loaded

    def _named(self) -> Network:
        from .named_model import NamedReader  # torch takes seconds to import

        return NamedReader.load(self.name)


def shortened(tokenizer: Any, text: str, most: int) -> str:
    """The text up to so many tokens."""
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets[:most]
    return text[: offsets[-1][1]] if offsets else text


def windows_of(tokenizer: Any, question: str, text: str, most: int) -> list[Window]:
    """A passage with its question as token ids, `most` of them; one that is too long in several,
    end to end. The question must leave room."""
    both = tokenizer.encode(question, text)
    inside = [i for i, of in enumerate(both.sequence_ids) if of == 1]
    first, last = (inside[0], inside[-1] + 1) if inside else (len(both.ids), len(both.ids))
    room = most - (len(both.ids) - len(inside))
    windows = []
    for start in range(first, max(last, first + 1), room):
        end = min(start + room, last)
        windows.append(
            Window(
                both.ids[:first] + both.ids[start:end] + both.ids[last:],
                both.type_ids[:first] + both.type_ids[start:end] + both.type_ids[last:],
                list(range(first, first + end - start)),
                np.array(both.offsets[start:end], np.int64).reshape(-1, 2),
            )
        )
    return windows


def _scores(window: Window, starts: Scores, ends: Scores) -> TokenScores:
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
