"""What is done to a library while a fault strikes, and what a library holds, for comparison.

A place is a folder with `library`, beside it `drawer` with files to be added, `out` for exports
and `moved.zip`, an export to be imported into `new`.
"""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from conftest import CHOIR, COUNCIL, HARBOUR, WordEmbedder, by_signs, write

from index import Filters, Library
from index.errors import NotInLibrary, TurnciteError
from index.types import Transcript
from rag.feedback import keep_feedback, read_feedback
from rag.types import Answer

TOWN = "Ed: The tram to the mill is late.\nFay: The ferry is not.\n"
WORDS = ("tram budget", "mill")
INDEX = ".turncite"
DATABASE = f"{INDEX}/library.sqlite3"
OTHER = WordEmbedder(words=("mill", "tram"), name="other")


@dataclass(frozen=True)
class Act:
    """Something that is done to a place; `prepare` is what the place was before."""

    do: Callable[[Path], object]
    prepare: Callable[[Path], object] = lambda place: None
    library: str = "library"


@dataclass(frozen=True)
class Held:
    """What a library holds and finds, and what people made of it by hand."""

    transcripts: dict[str, Transcript]
    found: dict[str, list[tuple[str, float]]]
    renamed: list[str]
    judged: list[str]
    files: dict[str, bytes]


def make(place: Path) -> None:
    """A synced library in which a speaker was renamed and an answer judged."""
    for name, text in (("choir.md", CHOIR), ("council.txt", COUNCIL), ("harbour.txt", HARBOUR)):
        write(place / "library" / name, text)
    write(place / "drawer" / "town.txt", TOWN)
    with zipfile.ZipFile(place / "drawer" / "more.zip", "w") as archive:
        archive.writestr("sub/mill.txt", "Gus: The mill needs a budget.\nHal: It has none.\n")
    (place / "out").mkdir()
    library = opened(place / "library")
    library.sync()
    library.rename("Dina Moe", "Dina Lund")
    judge(place)
    library.export(place / "moved.zip")
    library.close()


def opened(folder: Path, **more: Any) -> Library:
    return Library.open(folder, WordEmbedder(), **more)


def held(folder: Path) -> Held:
    """All of it, as a process that comes now sees it. Raises the library's own errors."""
    library = opened(folder)
    if library.backend.embedder == OTHER.fingerprint:
        library.embedder = OTHER
    try:
        vectors = {words: library.embedder.vector(words) for words in WORDS}
        found = {
            f"{search.__name__} {words}": sorted(
                (hit.passage.text, round(hit.score, 5)) for hit in search(looked_for, 99)
            )
            for words in WORDS
            for search, looked_for in ((library.dense, vectors[words]), (library.lexical, words))
        }
        return Held(
            {each.id: library.transcript(each.id) for each in library.documents()},
            found,
            [f"{each.old} -> {each.new}" for each in library.backend.renamings()],
            [row["question"] for row in read_feedback(library)],
            files_of(folder),
        )
    finally:
        library.close()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and INDEX not in path.parts and "incoming" not in str(path)
    }


def names_in(place: Path) -> list[str]:
    """Every file that is not part of the caches or at SQLite's own will."""
    return sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file()
        and "caches" not in path.parts
        and not path.name.endswith(("-wal", "-shm", "writer.lock", "drawn.json"))
    )


def sync(place: Path) -> None:
    opened(place / "library").sync()


def change(place: Path) -> None:
    """A new file, a new version, a moved one and one that is gone."""
    folder = place / "library"
    write(folder / "town.txt", TOWN)
    write(folder / "council.txt", COUNCIL.replace("half of the budget", "all of the budget"))
    (folder / "harbour.txt").rename(folder / "docks.txt")
    (folder / "choir.md").unlink()


def rebuild(place: Path) -> None:
    opened(place / "library", set_damaged_aside=True).sync(rebuild=True)


def harm(place: Path) -> None:
    """Sound to SQLite, but with a value that nobody wrote."""
    with sqlite3.connect(place / "library" / DATABASE) as db:
        db.execute("UPDATE documents SET people = '[7]'")
    db.close()


def rename(place: Path) -> None:
    library = opened(place / "library")
    try:
        library.rename("Anna Lind", "Anna Berg")
    except NotInLibrary:  # it was renamed before the fault
        library.sync()


def remove(place: Path) -> None:
    library = opened(place / "library")
    try:
        library.remove("harbour.txt")
    except NotInLibrary:
        library.sync()


def add(place: Path) -> None:
    opened(place / "library").add([place / "drawer" / "town.txt", place / "drawer" / "more.zip"])


def export(place: Path) -> None:
    opened(place / "library").export(place / "out" / "library.zip")


def restore(place: Path) -> None:
    if not (place / "new" / DATABASE).exists():
        Library.restore(place / "moved.zip", place / "new", WordEmbedder()).sync()
    opened(place / "new").sync()


def judge(place: Path) -> None:
    answer = Answer("What does the tram cost?", False, None, "It is not there.")
    with closing(opened(place / "library")) as library:
        keep_feedback(library, answer, "should have refused")


def look(place: Path) -> None:
    """All that one does who asks: each of it may end with an error of ours, with no other."""
    faults = []
    for part in (_read_all, _ask, _watch_over, sync):
        try:
            part(place)
        except TurnciteError as error:
            faults.append(error)
    if faults:
        raise faults[0]


def _read_all(place: Path) -> None:
    held(place / "library")


def _ask(place: Path) -> None:
    library = opened(place / "library")
    assistant = by_signs(library)
    for question in (
        "How much does the tram cost?",
        "Who pays for the basin?",
        "What about music?",
    ):
        assistant.ask(question)
    assistant.search("ferry", 9, Filters(speakers=("Cy Berg",)))
    assistant.examples()
    list(library.said("tram"))


def _watch_over(place: Path) -> None:
    opened(place / "library").health()


def change_model(place: Path) -> None:
    Library.open(place / "library", OTHER).sync()
    opened(place / "library").sync()


ACTS = {
    "first sync": Act(sync, lambda place: shutil.rmtree(place / "library" / INDEX)),
    "sync": Act(sync, change),
    "rebuild": Act(rebuild),
    "set damage aside": Act(rebuild, harm),
    "another model": Act(change_model),
    "rename": Act(rename),
    "remove": Act(remove),
    "add": Act(add),
    "export": Act(export),
    "import": Act(restore, library="new"),
    "import into a folder": Act(restore, lambda place: (place / "new").mkdir(), library="new"),
    "judge an answer": Act(judge),
    "look": Act(look),
}


class Trial:
    """An act, and what is known of it without a fault."""

    def __init__(self, name: str, scratch: Path) -> None:
        self.act = ACTS[name]
        self.folder = Path(self.act.library)
        self._pristine = scratch / f"{name} before"
        make(self._pristine)
        self.act.prepare(self._pristine)
        self.before = self._look(shutil.copytree(self._pristine, scratch / f"{name} looked at"))
        done = shutil.copytree(self._pristine, scratch / f"{name} after")
        self.act.do(done)
        self.after = held(done / self.folder)
        self._names = names_in(done)
        self._numbers = count()
        self._place = scratch / name / "now"

    def place(self) -> Path:
        """The place as it was before, anew."""
        shutil.rmtree(self._place, ignore_errors=True)
        self._place = self._place.with_name(f"now {next(self._numbers)}")
        return shutil.copytree(self._pristine, self._place)

    def check(self, place: Path) -> None:
        """What must be true after a fault. Raises AssertionError."""
        now = self._look(place)
        if isinstance(now, Held):
            self._check_amid(now)
        else:
            assert type(now) is type(self.before), f"it can't be opened: {now}"
        self.act.do(place)
        again = held(place / self.folder)
        assert again.judged[: len(self.after.judged)] == self.after.judged, "a judgement is lost"
        for part in ("transcripts", "found", "renamed", "files"):
            assert getattr(again, part) == getattr(self.after, part), f"{part} differ in the end"
        left = set(names_in(place)) - set(self._names)
        assert {name for name in left if ".damaged" not in name} == set(), f"left over: {left}"
        lost = set(self._names) - set(names_in(place))
        assert lost == set(), f"gone: {lost}"

    def _look(self, place: Path) -> Held | Exception | None:
        """What is held, or its error; nothing where there is no library yet."""
        folder = place / self.folder
        if not (folder / DATABASE).exists():
            return None
        try:
            return held(folder)
        except TurnciteError as error:
            return error

    def _check_amid(self, now: Held) -> None:
        """Each document is whole, as before or as after; what both have is there."""
        before = self.before if isinstance(self.before, Held) else Held({}, {}, [], [], {})
        after = self.after
        for name, transcript in now.transcripts.items():
            versions = [before.transcripts.get(name), after.transcripts.get(name)]
            assert transcript in versions, f"{name} is neither what it was nor what it becomes"
        for name in before.transcripts.keys() & after.transcripts.keys():
            assert name in now.transcripts, f"{name} is gone"
        for name in before.files.keys() & after.files.keys():
            kept = now.files.get(name)
            assert kept in (before.files[name], after.files[name]), f"{name} was changed"
        assert now.renamed[: len(before.renamed)] == before.renamed, "a renaming is lost"
        assert now.judged[: len(before.judged)] == before.judged, "a judgement is lost"
