"""Pack trained weights as the product ships them.

    python -m training.package_reader CHECKPOINT...

Writes rag/reader/model.safetensors: everything but the word embeddings, in half precision; of
several trainings that began at the same weights, their mean. And its checksum goes into
rag/reader/shipped.py, which verifies it on load. Then measure again
(training/evaluate_reader.py), as half precision moves the scores a little.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from rag.reader import shipped

from .packing import record


def pack(checkpoints: Sequence[Path]) -> None:
    """Write the mean weights of checkpoints."""
    states = [torch.load(path, weights_only=False)["model"] for path in checkpoints]
    changed = {
        name: torch.stack([state[name] for state in states]).mean(0).to(torch.float16)
        for name, tensor in sorted(states[0].items())
        if name != shipped.WORDS and tensor.is_floating_point()
    }
    shipped.WEIGHTS.parent.mkdir(exist_ok=True)
    save_file(changed, shipped.WEIGHTS, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    pack(parser.parse_args().checkpoints)
    record(shipped.WEIGHTS, shipped, "WEIGHTS_SHA256")


if __name__ == "__main__":
    main()
