"""Pack the trained network for claims as the product ships it.

    python -m training.package_claims CHECKPOINT

Writes rag/reader/claims.safetensors, the layers that were trained and the head in half precision,
and its checksum into rag/reader/claim_model.py.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import torch
from safetensors.torch import save_file

from rag.reader import claim_model

from .packing import record

_OWN = re.compile(r"head\.|bert\.encoder\.layer\.(\d+)\.")


def pack(checkpoint: Path) -> None:
    """Write the weights of a checkpoint."""
    state = torch.load(checkpoint, weights_only=False)["model"]
    own = {
        name: tensor.to(torch.float16).contiguous()
        for name, tensor in sorted(state.items())
        if (found := _OWN.match(name)) and int(found[1] or 99) >= claim_model.FROZEN_LAYERS
    }
    save_file(own, claim_model.CLAIM_WEIGHTS, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    pack(parser.parse_args().checkpoint)
    record(claim_model.CLAIM_WEIGHTS, claim_model, "CLAIM_WEIGHTS_SHA256")


if __name__ == "__main__":
    main()
