"""The vector and lexical indexes of one generation of the store, on disk or in memory.

`caches/<generation>/` is written beside and renamed into place, with a checksum over every
file. Missing, half-written, stale or damaged, it is built again from the store; nothing is
embedded for that.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .lexical import LexicalIndex
from .store import Store
from .vectors import VectorIndex

# Raised when the files of a cache change meaning, so that older ones are rebuilt.
CACHE_VERSION = 1
_SUMS = "sums.json"
_VECTORS = "vectors.faiss"
_LEXICAL = "lexical"


@dataclass(frozen=True, slots=True)
class Caches:
    """Both indexes, whole and of the same generation."""

    generation: int
    vectors: VectorIndex
    lexical: LexicalIndex


def load_caches(folder: Path, generation: int) -> Caches | None:
    """The caches of this generation, or None where they are missing or not what was written."""
    home = folder / str(generation)
    try:
        sums = json.loads((home / _SUMS).read_text(encoding="utf-8"))
        if sums != _sums(home):
            return None
        return Caches(
            generation,
            VectorIndex.load(home / _VECTORS),
            LexicalIndex.load(home / _LEXICAL),
        )
    except (OSError, ValueError, RuntimeError):
        return None  # whatever is wrong with a cache, the cure is the same


def write_caches(store: Store, folder: Path) -> Caches:
    """Build the caches of the store's present generation and put them in place."""
    generation = store.generation
    fresh = folder / f"{generation}.{os.getpid()}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / _LEXICAL).mkdir(parents=True)
    VectorIndex.build(*store.vectors()).save(fresh / _VECTORS)
    LexicalIndex.build(store.texts(), fresh / _LEXICAL)
    (fresh / _SUMS).write_text(json.dumps(_sums(fresh)), encoding="utf-8")
    home = folder / str(generation)
    shutil.rmtree(home, ignore_errors=True)
    os.replace(fresh, home)
    caches = load_caches(folder, generation)
    return caches or build_in_memory(store)


def build_in_memory(store: Store) -> Caches:
    """The same indexes without a file, for a library that cannot be written."""
    return Caches(
        store.generation,
        VectorIndex.build(*store.vectors()),
        LexicalIndex.build(store.texts(), None),
    )


def drop_other_caches(folder: Path, generation: int) -> None:
    """Remove what is left of other generations."""
    for entry in folder.glob("*"):
        if entry.name != str(generation):
            shutil.rmtree(entry, ignore_errors=True)


def _sums(home: Path) -> dict[str, str]:
    """A digest per file of what must not change; tantivy's lock files may."""
    sums = {"version": str(CACHE_VERSION)}
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.name != _SUMS and not path.name.endswith(".lock"):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "blake2b").hexdigest()
            sums[path.relative_to(home).as_posix()] = digest
    return sums
