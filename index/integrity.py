"""Whether a library's database is sound: SQLite's own check, and then every value read once."""

from __future__ import annotations

from collections import defaultdict

from .errors import DamagedIndex
from .store import Store
from .types import Filters


def fault_of(store: Store) -> str:
    """What is wrong, or nothing."""
    found = store.check()
    if found != "ok":
        return found
    try:
        with store.snapshot():
            store.documents()
            store.renamings()
            for at in {store.published, store.generation}:
                store.ranges(at)
            for document in store.origins():
                _read(store, document)
    except DamagedIndex as error:
        return str(error.__cause__ or error)
    return ""


def _read(store: Store, document: str) -> None:
    """The newest version of a document, all of it. Raises DamagedIndex."""
    transcript = store.transcript(document, store.generation)
    first, count = store.newest_run(document)
    passages = store.passages(range(first, first + count))
    store.passage_rows(first, count, with_speakers=True)
    speaking: dict[str, list[int]] = defaultdict(list)
    for number, passage in sorted(passages.items()):
        for name in passage.speakers:
            speaking[name].append(number)
        for part in passage.slices:
            turns = transcript.turns if transcript else ()
            said = len(turns[part.turn].text) if 0 <= part.turn < len(turns) else -1
            if not 0 <= part.start <= part.end <= said:
                raise store.damaged(f"{document} has a passage of words that nobody said")
    for name, numbers in speaking.items():
        within = Filters(speakers=(name,), documents=(document,))
        if store.numbers_within(within, store.generation).tolist() != numbers:
            raise store.damaged(f"{document} has other passages of {name} than it says")
