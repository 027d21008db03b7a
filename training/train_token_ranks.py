"""Trains the byte-pair ranks that Turncite ships, rag/turncite.tiktoken.

    python training/train_token_ranks.py --out rag/turncite.tiktoken TEXT [TEXT ...]

A TEXT is a plain or HTML file, or gzipped JSON lines whose `context` is read (each once).
The same texts in the same order give the same file, byte for byte. training/LOG.md says
which texts the shipped file came from, with their licences. Needs Turncite installed, and
the `tokenizers` library. `--most` keeps one large English file from taking the whole
vocabulary; `--seen` keeps out pieces too rare to be more than the memory of one text, which
would count that text, and no other, too low.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import html
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from rag.tokens import PATTERN

VOCABULARY = 16_384


def read_documents(path: Path, most: int) -> list[str]:
    """What `path` says, at most `most` characters of it: one document, or one per context."""
    if path.suffix == ".gz":
        contexts: dict[str, None] = {}
        length = 0
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            for row in rows:
                context = json.loads(row)["context"]
                if context in contexts:
                    continue
                if length + len(context) > most:
                    break
                contexts[context] = None
                length += len(context)
        return list(contexts)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="ignore")  # the Bundestag's files
    if path.suffix == ".html":
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", " ", text)
        text = html.unescape(text)
    return [text[:most]]


def train(documents: Iterable[str], vocabulary: int, seen: int) -> dict[bytes, int]:
    """Byte-pair ranks: the 256 bytes first, then the merges in the order they were learnt."""
    split = pre_tokenizers.Split(Regex(PATTERN), behavior="isolated")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=seen,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    # A word counts once in a document, however often it is said there.
    words = (
        dict.fromkeys(word for word, _ in split.pre_tokenize_str(document))
        for document in documents
    )
    tokenizer.train_from_iterator((list(each) for each in words), trainer)
    byte_of = byte_alphabet()
    ranks = {bytes([value]): value for value in range(256)}
    for left, right in json.loads(tokenizer.to_str())["model"]["merges"]:
        ranks.setdefault(bytes(byte_of[letter] for letter in left + right), len(ranks))
    return ranks


def byte_alphabet() -> dict[str, int]:
    """GPT-2's letter for each byte, which `tokenizers` writes its vocabulary in, reversed."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [value for value in range(256) if value not in printable]
    letters = {chr(value): value for value in printable}
    return letters | {chr(256 + place): value for place, value in enumerate(others)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", nargs="+", type=Path, metavar="TEXT")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY)
    parser.add_argument("--most", type=int, default=400_000, help="characters taken of one text")
    parser.add_argument("--seen", type=int, default=4, help="how often a merge must occur")
    options = parser.parse_args(arguments)

    documents: list[str] = []
    for path in options.texts:
        read = read_documents(path, options.most)
        characters = sum(map(len, read))
        print(f"{characters:>9,} characters of {len(read):,}  {path.name}", file=sys.stderr)
        documents += read
    ranks = train(documents, options.vocabulary, options.seen)
    options.out.write_bytes(
        b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items())
    )
    size = options.out.stat().st_size
    print(f"{len(ranks):,} ranks, {size:,} bytes: {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
