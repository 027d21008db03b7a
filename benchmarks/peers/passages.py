"""The passages that all are given."""

from __future__ import annotations

import json
from pathlib import Path


def cut(folder: Path, to: Path) -> None:
    """Note the passages of the text files in `folder`, as Turncite cuts them."""
    from index.chunk import chunk  # here, as the peers' own processes need none of it
    from index.embed import SentenceTransformerEmbedder
    from index.parse import parse_file

    embedder = SentenceTransformerEmbedder()
    passages = [
        {"id": f"{path.name} {place}", "document": path.name, "text": passage.text}
        for path in sorted(folder.glob("*.txt"))
        for place, passage in enumerate(
            chunk(parse_file(path), embedder.count_tokens, embedder.max_tokens)
        )
    ]
    to.write_text(json.dumps(passages), encoding="utf-8")
