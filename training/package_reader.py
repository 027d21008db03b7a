"""Pack trained weights as the product ships them.

    python -m training.package_reader CHECKPOINT...

Writes rag/reader/model.safetensors: everything but the word embeddings, in half precision; of
several trainings that began at the same weights, their mean. And its checksum goes into
rag/reader/span_model.py, which verifies it on load. Then measure again
(training/evaluate_reader.py), as half precision moves the scores a little.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from rag.reader import span_model


def pack(checkpoints: Sequence[Path]) -> str:
    """Write the mean weights of checkpoints; their SHA-256."""
    states = [torch.load(path, weights_only=False)["model"] for path in checkpoints]
    changed = {
        name: torch.stack([state[name] for state in states]).mean(0).to(torch.float16)
        for name, tensor in sorted(states[0].items())
        if name != span_model.WORDS and tensor.is_floating_point()
    }
    span_model.WEIGHTS.parent.mkdir(exist_ok=True)
    save_file(changed, span_model.WEIGHTS, metadata={"format": "pt"})
    return hashlib.sha256(span_model.WEIGHTS.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    digest = pack(parser.parse_args().checkpoints)
    source = Path(span_model.__file__)
    code = source.read_text(encoding="utf-8")
    pattern = r'^WEIGHTS_SHA256 = ".*"$'
    source.write_text(
        re.sub(pattern, f'WEIGHTS_SHA256 = "{digest}"', code, flags=re.MULTILINE),
        encoding="utf-8",
    )
    megabytes = span_model.WEIGHTS.stat().st_size / 1e6
    print(f"{span_model.WEIGHTS.name}: {megabytes:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
