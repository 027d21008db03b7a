"""Another reader, in the transformers format, as TURNCITE_READER names it. The only importer of
torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError, lacks_memory, too_large

if TYPE_CHECKING:
    from .span_model import Scores, Window

# A batch is read at once up to this many tokens, its padding included.
_BATCH_TOKENS = 2_048


class NamedReader:
    """A question-answering model and its tokenizer, both of transformers."""

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self.tokenizer = tokenizer.backend_tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._pad = tokenizer.pad_token_id or 0
        self._knows_kinds = "token_type_ids" in tokenizer.model_input_names
        self._model = model

    @classmethod
    def load(cls, name: str) -> NamedReader:
        """By name or folder. Raises ModelError."""
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        local = Path(name).is_dir()
        if local:  # rule: offline is offline, also for what libraries ask on their own
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
            model, info = AutoModelForQuestionAnswering.from_pretrained(
                name, local_files_only=local, output_loading_info=True
            )
        except Exception as error:
            if lacks_memory(error):
                raise too_large(f"the reader {name}", "TURNCITE_READER") from error
            reason = str(error).strip().partition("\n")[0] or type(error)
            raise _unfit(name, reason) from error
        if info["missing_keys"]:
            raise _unfit(name, f"it has no {', '.join(sorted(info['missing_keys'])[:3])}")
        if not tokenizer.is_fast:
            raise _unfit(name, "its tokenizer does not say where its tokens stand")
        return cls(tokenizer, model.eval())

    def logits(self, windows: Sequence[Window]) -> list[tuple[Scores, Scores]]:
        import torch

        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        found: dict[int, tuple[Scores, Scores]] = {}
        for batch in _batches(order, [len(window.ids) for window in windows]):
            inputs = self._padded([windows[i] for i in batch])
            with torch.inference_mode():
                logits = self._model(**{name: torch.tensor(rows) for name, rows in inputs.items()})
            starts = logits.start_logits.float().numpy()
            ends = logits.end_logits.float().numpy()
            for row, i in enumerate(batch):
                tokens = len(windows[i].ids)
                found[i] = starts[row, :tokens], ends[row, :tokens]
        return [found[i] for i in range(len(windows))]

    def _padded(self, windows: Sequence[Window]) -> dict[str, list[list[int]]]:
        longest = max(len(window.ids) for window in windows)
        rows = [(window, longest - len(window.ids)) for window in windows]
        inputs = {
            "input_ids": [[*window.ids, *[self._pad] * more] for window, more in rows],
            "attention_mask": [[1] * len(window.ids) + [0] * more for window, more in rows],
        }
        if self._knows_kinds:
            inputs["token_type_ids"] = [[*window.kinds, *[0] * more] for window, more in rows]
        return inputs


def _unfit(name: str, why: object) -> ModelError:
    return ModelError(
        f"the reader {name} cannot be loaded ({why}); check TURNCITE_READER: it takes the "
        "folder or the name of a question-answering model, the latter with HF_HUB_OFFLINE=0"
    )


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Runs of the order, which is by length, of so many tokens at most."""
    batches: list[list[int]] = []
    for i in order:
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches
