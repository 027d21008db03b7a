"""LlamaIndex again, splitting into 256 tokens: that is what all-MiniLM-L6-v2 reads of a passage, so
of 1024 it embeds the first quarter."""

from __future__ import annotations

from llama_index.core import Settings

from . import llamaindex


class Peer(llamaindex.Peer):
    def __init__(self, model: str) -> None:
        super().__init__(model)
        Settings.chunk_size, Settings.chunk_overlap = 256, 50
