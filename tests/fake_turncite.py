"""`turncite` that loads no model: `python fake_turncite.py WORDS...`. A question with "crash" in it
is one that nobody foresaw, and a language model is tried again at once."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import WordEmbedder

import rag.answer
import rag.cli
import rag.llm
from rag.reader.signs import SignReader


class Embedder(WordEmbedder):
    def embed_questions(self, texts):
        if any("crash" in text for text in texts):
            raise RuntimeError("nobody foresaw this")
        return super().embed_questions(texts)


if __name__ == "__main__":
    rag.cli.opening.embedder = Embedder
    rag.cli.asking.embedder = Embedder
    rag.answer.SpanReader = lambda library, model: SignReader(library)
    rag.llm.OpenAICompatible.__init__.__kwdefaults__["pause_seconds"] = 0.01
    rag.cli.main(sys.argv[1:])
