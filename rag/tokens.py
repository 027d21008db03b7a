"""How many tokens a model will read: counted with tiktoken, and never by asking the network.

tiktoken fetches a model's ranks at first use, with no time-out. So the model's own encoding
is used only when its ranks already lie in tiktoken's cache, whole; the cache is read, never
written. Otherwise the count is made with the ranks shipped in rag/turncite.tiktoken, times
SAFETY: a count that errs high, so that what is sent fits. On texts the ranks were not
trained on, that is this many times what the model's encoding counts (training/LOG.md):

                 English  meetings  Russian  German  Spanish  Chinese  Arabic
    cl100k_base    1.29      1.12     1.37     1.78     1.82     1.78    2.62
    o200k_base     1.32      1.13     2.32     2.10     1.99     2.13    5.32

A count that is too high sends fewer passages, never a broken request. Models whose encoding
nobody published here (Llama, Qwen, Mistral) are counted the same way.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import tiktoken
from tiktoken.model import encoding_name_for_model

from index.encoder import sha256_of

RANKS = Path(__file__).with_name("turncite.tiktoken")

# How text falls into words before pairs are merged: cl100k_base's way, but Chinese in twos,
# as it has no spaces and a whole clause would be learnt as one word.
PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|\p{Han}{1,2}|[^\r\n\p{L}\p{N}]?(?:(?!\p{Han})\p{L})+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# 1.07 lifts the lowest count of any 800 characters measured, 0.94 of cl100k_base, to 1.00.
SAFETY = 1.07

# What a chat adds: the role and the ends of each message, and the start of the reply.
MESSAGE_TOKENS = 4
REPLY_TOKENS = 3

# Where tiktoken fetches the ranks of its chat encodings, and their SHA-256.
_BLOBS = "https://openaipublic.blob.core.windows.net/encodings/"
_CL100K = ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7")
_O200K = ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d")
_RANKS_OF = {"cl100k_base": _CL100K, "o200k_base": _O200K, "o200k_harmony": _O200K}


@dataclass(frozen=True, slots=True)
class Counter:
    """An encoding and the factor that its count is raised by: 1 when it is the model's own."""

    encoding: tiktoken.Encoding
    factor: float

    def count(self, text: str) -> int:
        return math.ceil(len(self.encoding.encode_ordinary(text)) * self.factor)


def count_tokens(text: str, model: str | None = None) -> int:
    """The tokens of `text`: exact where the model's ranks are cached here, else not too few."""
    return counter_for(model).count(text)


def count_messages(messages: Iterable[Mapping[str, str]], model: str | None = None) -> int:
    """The tokens of a chat request with these messages, the overhead of the chat included."""
    counter = counter_for(model)
    return REPLY_TOKENS + sum(
        MESSAGE_TOKENS + counter.count(message["content"]) for message in messages
    )


def counter_for(model: str | None = None) -> Counter:
    """What counts for `model`, which may carry its maker: "openai/gpt-4o"."""
    if model:
        try:
            name = encoding_name_for_model(model.rpartition("/")[2])
        except KeyError:
            return own_counter()
        if _is_cached(name):
            return Counter(tiktoken.get_encoding(name), 1.0)
    return own_counter()


@functools.cache
def own_counter() -> Counter:
    """The counter made of the ranks that Turncite ships."""
    ranks: dict[bytes, int] = {}
    for line in RANKS.read_bytes().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    encoding = tiktoken.Encoding(
        "turncite", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={}
    )
    return Counter(encoding, SAFETY)


def cached_ranks(name: str) -> Path | None:
    """The file where tiktoken would keep the ranks of the encoding `name`, there or not.

    None where it would keep none: an encoding of no chat model, or a cache turned off. The
    order of the folders and the file's name are those of tiktoken.load.read_file_cached.
    """
    if name not in _RANKS_OF:
        return None
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    if not folder:
        return None
    url = f"{_BLOBS}{_RANKS_OF[name][0]}.tiktoken"
    return Path(folder) / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()


def _is_cached(name: str) -> bool:
    """Whether tiktoken can load `name` from disk alone; a file that is not whole it would delete
    and fetch again."""
    path = cached_ranks(name)
    try:
        return path is not None and sha256_of(path) == _RANKS_OF[name][1]
    except OSError:
        return False
