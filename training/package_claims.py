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

from index.encoder import sha256_of
from rag.reader import claim_model

_OWN = re.compile(r"head\.|bert\.encoder\.layer\.(\d+)\.")


def pack(checkpoint: Path) -> str:
    """Write the weights of a checkpoint; their SHA-256."""
    state = torch.load(checkpoint, weights_only=False)["model"]
    own = {
        name: tensor.to(torch.float16).contiguous()
        for name, tensor in sorted(state.items())
        if (found := _OWN.match(name)) and int(found[1] or 99) >= claim_model.FROZEN_LAYERS
    }
    save_file(own, claim_model.CLAIM_WEIGHTS, metadata={"format": "pt"})
    return sha256_of(claim_model.CLAIM_WEIGHTS)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    digest = pack(parser.parse_args().checkpoint)
    source = Path(claim_model.__file__)
    code = re.sub(
        r'^CLAIM_WEIGHTS_SHA256 = ".*"$',
        f'CLAIM_WEIGHTS_SHA256 = "{digest}"',
        source.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    source.write_text(code, encoding="utf-8")
    megabytes = claim_model.CLAIM_WEIGHTS.stat().st_size / 1e6
    print(f"{claim_model.CLAIM_WEIGHTS.name}: {megabytes:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
