"""Pack trained weights as the product ships them.

    python -m training.package_reader CHECKPOINT...

Writes rag/reader/model.safetensors: everything but the word embeddings, in half precision; of
several trainings that began at the same weights, their mean. And its checksum goes into
rag/reader/shipped.py, which verifies it on load. Then measure again
(training/evaluate_reader.py), as half precision moves the scores a little.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from index.encoder import sha256_of
from rag.reader import shipped


def pack(checkpoints: Sequence[Path]) -> str:
    """Write the mean weights of checkpoints; their SHA-256."""
    states = [torch.load(path, weights_only=False)["model"] for path in checkpoints]
    changed = {
        name: torch.stack([state[name] for state in states]).mean(0).to(torch.float16)
        for name, tensor in sorted(states[0].items())
        if name != shipped.WORDS and tensor.is_floating_point()
    }
    shipped.WEIGHTS.parent.mkdir(exist_ok=True)
    save_file(changed, shipped.WEIGHTS, metadata={"format": "pt"})
    return sha256_of(shipped.WEIGHTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    digest = pack(parser.parse_args().checkpoints)
    source = Path(shipped.__file__)
    code = source.read_text(encoding="utf-8")
    pattern = r'^WEIGHTS_SHA256 = ".*"$'
    source.write_text(
        re.sub(pattern, f'WEIGHTS_SHA256 = "{digest}"', code, flags=re.MULTILINE),
        encoding="utf-8",
    )
    megabytes = shipped.WEIGHTS.stat().st_size / 1e6
    print(f"{shipped.WEIGHTS.name}: {megabytes:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
