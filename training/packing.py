"""What packs of trained weights have in common: their checksum stands in what verifies it."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from index.encoder import sha256_of


def record(weights: Path, module: ModuleType, constant: str) -> None:
    """Set the constant of a module's source to the SHA-256 of a file."""
    digest = sha256_of(weights)
    source = Path(str(module.__file__))
    code = source.read_text(encoding="utf-8")
    code = re.sub(rf'^{constant} = ".*"$', f'{constant} = "{digest}"', code, flags=re.MULTILINE)
    source.write_text(code, encoding="utf-8")
    print(f"{weights.name}: {weights.stat().st_size / 1e6:.1f} MB, sha256 {digest}")
