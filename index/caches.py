"""The vector and lexical indexes of one generation of the store, on disk or in memory.

`caches/<generation>/` is written beside and renamed into place, with a checksum over every
file. Missing, half-written, stale or damaged, it is made again from the store; nothing is
embedded for that. A next generation shares the files that stay the same with the one before it:
passages that came since the vectors were last written are held in memory (`recent`), those that
went are masked, and tantivy adds and deletes in segments of its own.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .embed import Vectors
from .lexical import LexicalIndex
from .material import Material, Numbers, expand
from .types import Filters
from .vectors import EXACT_UP_TO, SAMPLE, VectorIndex
from .vectors import FILES as VECTOR_FILES

# Raised when the files of a cache change meaning, as when texts get other terms, so that older
# ones are rebuilt.
CACHE_VERSION = 5
_ABOUT = "sums.json"
_LEXICAL = "lexical"

# The vectors are written anew when so many passages came or went since: the larger of the two.
RECENT_PASSAGES = 1000
RECENT_SHARE = 0.05
# tantivy's word statistics count what was deleted until its segments are merged. So with fewer
# passages than this its index is made anew after a deletion; with more, when so large a share
# was deleted.
FRESH_PASSAGES = 20_000
DELETED_SHARE = 0.2
_MASKS_KEPT = 16
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class _About:
    """What `sums.json` says of the files beside it. `mark` is the store's, of this generation.

    `documents` are the numbers of those that the lexical index holds; of their passages,
    `deleted` are only marked as such. `files` has a checksum for each.
    """

    mark: str
    generation: int
    documents: list[int]
    deleted: int
    files: dict[str, int]
    version: int = CACHE_VERSION


class Caches:
    """Both indexes, whole and of the same generation."""

    def __init__(
        self, store: Material, about: _About, written: VectorIndex, lexical: LexicalIndex
    ) -> None:
        self.generation = about.generation
        self.about = about
        self.written = written
        self.lexical = lexical
        self._store = store
        _, ranges = store.ranges(about.generation)
        self._seen = _covered(written.numbers, ranges)
        self.recent = _recent(store, ranges, int(written.numbers[-1]) + 1 if len(written) else 0)
        self._masks: dict[Filters, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}

    def propose(self, vector: Vectors, k: int, filters: Filters | None) -> Numbers:
        """The numbers of passages among which are the `k` nearest to `vector` (dimensions,)."""
        written, recent = self._allowed(filters) if filters else (self._seen, None)
        return np.concatenate(
            [
                self.written.propose(vector, k, None if written.all() else written),
                self.recent.propose(vector, k, recent),
            ]
        )

    def search_words(self, text: str, k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The `k` best as (number, BM25), best first."""
        documents = None
        if filters and filters.documents:
            documents = self._store.document_numbers(filters.documents, self.generation)
        return self.lexical.search(text, k, filters, documents)

    def search_each_word(self, text: str, documents: Sequence[str]) -> list[dict[int, float]]:
        """For each word of `text`, the passages of these documents that hold it: number -> BM25."""
        numbers = self._store.document_numbers(documents, self.generation)
        most = self._store.count_passages(np.array(numbers, np.int64))
        return [dict(found) for found in self.lexical.search_each(text, most, numbers)]

    def _allowed(self, filters: Filters) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which of `written` and of `recent` pass the filters; follow-ups ask within the same."""
        masks = self._masks.get(filters)
        if masks is None:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks = {}
            masks = self._masks[filters] = self._find_allowed(filters)
        return masks

    def _find_allowed(self, filters: Filters) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        numbers = self.written.numbers, self.recent.numbers
        if filters.speakers:
            within = self._store.numbers_within(filters, self.generation)
            return _among(numbers[0], within), _among(numbers[1], within)
        _, ranges = self._store.ranges(self.generation, filters)
        return _covered(numbers[0], ranges), _covered(numbers[1], ranges)


def load_caches(
    store: Material, folder: Path, generation: int, before: Caches | None = None
) -> Caches | None:
    """The caches of this generation, or None where they are missing or not what was written.

    The files that they share with those `before` were checked when those were loaded.
    """
    home = folder / str(generation)
    try:
        about = _About(**json.loads((home / _ABOUT).read_text(encoding="utf-8")))
        checked = before.about.files if before else {}
        shared = before and all(about.files[f] == checked.get(f) for f in VECTOR_FILES)
        known = {name for name, total in about.files.items() if checked.get(name) == total}
        files = {
            name: about.files[name] if name in known else _sum(path) for name, path in _files(home)
        }
        if about != replace(about, mark=store.mark(generation), generation=generation,
                            files=files, version=CACHE_VERSION):  # fmt: skip
            return None
        written = before.written if before and shared else VectorIndex.load(home)
        return Caches(store, about, written, LexicalIndex.load(home / _LEXICAL))
    except (OSError, ValueError, TypeError, KeyError, RuntimeError):
        return None  # whatever is wrong with a cache, the cure is the same


def write_caches(
    store: Material, folder: Path, generation: int, before: Caches | None = None
) -> Caches:
    """Make the caches of a generation and put them in place, out of those `before` where that is
    less work. Raises OSError where they can't be written."""
    fresh = folder / f"{generation}.{os.getpid()}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        old = folder / str(before.generation) if before else None
        documents, ranges = store.ranges(generation)
        if before and old and not _worn(before.written.numbers, ranges):
            for name in VECTOR_FILES:
                _share(old / name, fresh / name)
        else:
            _build_vectors(store, expand(ranges)).save(fresh)
        deleted = _write_lexical(store, fresh / _LEXICAL, documents, ranges, before, old)
        for path in (fresh / _LEXICAL).glob("*.json"):
            path.chmod((fresh / _LEXICAL).stat().st_mode & 0o666)  # tantivy's are its user's alone
        about = _About(
            store.mark(generation),
            generation,
            documents.tolist(),
            deleted,
            {name: _sum(path) for name, path in _files(fresh)},
        )
        (fresh / _ABOUT).write_text(json.dumps(asdict(about)), encoding="utf-8")
        home = folder / str(generation)
        remove(home)
        os.replace(fresh, home)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    caches = load_caches(store, folder, generation, before)
    if caches is None:
        raise OSError(errno.EIO, "what was written reads otherwise", str(home))
    return caches


def build_in_memory(store: Material, generation: int) -> Caches:
    """The same indexes without a file, for a library that cannot be written."""
    documents, ranges = store.ranges(generation)
    about = _About(store.mark(generation), generation, documents.tolist(), 0, {})
    vectors = _build_vectors(store, expand(ranges))
    return Caches(store, about, vectors, LexicalIndex.build(store.texts(documents), None))


def drop_caches(folder: Path, keep: set[int]) -> None:
    """Remove what is there of other generations."""
    for entry in folder.glob("*"):
        if entry.name not in map(str, keep):
            remove(entry)


def remove(path: Path) -> None:
    """Remove a file or a folder, as far as it goes."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _build_vectors(store: Material, numbers: Numbers) -> VectorIndex:
    sample = None
    if len(numbers) > EXACT_UP_TO:
        sample = store.vectors(numbers[:: max(1, len(numbers) // SAMPLE)])
    return VectorIndex.build(numbers, store.vector_blocks(numbers), sample)


def _worn(written: Numbers, ranges: Numbers) -> bool:
    """Whether so much came or went since `written` that the vectors are better written anew."""
    alive = int(ranges[:, 1].sum())
    still = int(np.count_nonzero(_covered(written, ranges)))
    changed = (alive - still) + (len(written) - still)
    return changed > max(RECENT_PASSAGES, RECENT_SHARE * alive) or still == 0


def _write_lexical(
    store: Material,
    folder: Path,
    documents: Numbers,
    ranges: Numbers,
    before: Caches | None,
    old: Path | None,
) -> int:
    """Make the lexical index; the count of passages in it that are only marked as deleted."""
    folder.mkdir()
    if before and old:
        held = np.array(before.about.documents, np.int64)
        gone, came = np.setdiff1d(held, documents), np.setdiff1d(documents, held)
        alive = int(ranges[:, 1].sum())
        deleted = before.about.deleted + store.count_passages(gone)
        if not deleted or (alive > FRESH_PASSAGES and deleted < DELETED_SHARE * alive):
            for path in (old / _LEXICAL).iterdir():
                if not path.name.endswith(".lock"):
                    _share(path, folder / path.name)
            LexicalIndex.update(folder, gone.tolist(), store.texts(came))
            return deleted
    LexicalIndex.build(store.texts(documents), folder)
    return 0


def _recent(store: Material, ranges: Numbers, first: int) -> VectorIndex:
    """Those passages in `ranges` (n, 2) that have the number `first` or a later one."""
    numbers = expand(ranges[ranges[:, 0] >= first])
    return VectorIndex.build(numbers, store.vector_blocks(numbers))


def _covered(numbers: Numbers, ranges: Numbers) -> NDArray[np.bool_]:
    """Which of `numbers` (m,) lie in the ranges (n, 2) of first and count; all ascending."""
    bounds = np.stack([ranges[:, 0], ranges[:, 0] + ranges[:, 1]], axis=1).reshape(-1)
    places = np.searchsorted(numbers, bounds)
    runs = np.diff(places, prepend=0, append=len(numbers))  # out, in, out, in ... and out
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs)


def _among(numbers: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    """Which of `numbers` are `wanted`; both ascending."""
    mask = np.zeros(len(numbers), np.bool_)
    if len(numbers):
        places = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
        mask[places[numbers[places] == wanted]] = True
    return mask


def _share(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where the disk knows no second names.

    tantivy replaces its small JSON files as a whole, but they are copied to be safe.
    """
    if source.suffix == ".json":
        shutil.copyfile(source, target)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    """What must not change, by name; tantivy's lock files may."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.name != _ABOUT and not path.name.endswith(".lock"):
            yield path.relative_to(home).as_posix(), path


def _sum(path: Path) -> int:
    """CRC-32, which no flipped bit escapes: it is for faults, not for attackers."""
    total = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total = zlib.crc32(chunk, total)
    return total
