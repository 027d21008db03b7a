"""The values that cross modules: what a transcript, a turn, a passage and a hit are.

Everything here is frozen and knows nothing of files, models or indexes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class TimeMark(NamedTuple):
    """From `offset` on in a turn's text, the words were said at `seconds` of the recording."""

    offset: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted speech. Offsets into `text` are Python string indices.

    `marks` are the times within a turn whose file gives more than the first, by offset.
    """

    position: int
    speaker: str | None
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    marks: tuple[TimeMark, ...] = ()

    def seconds_at(self, offset: int) -> float | None:
        """When the words at `offset` were said: the last time given at or before them."""
        index = bisect_right(self.marks, offset, key=lambda mark: mark.offset)
        return self.marks[index - 1].seconds if index else self.start_seconds


@dataclass(frozen=True, slots=True)
class Person:
    """One speaker of a transcript: the canonical name, and what the labels said beside it."""

    name: str
    role: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line of the file that became neither speech nor metadata, and why. Lines count from 1."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One parsed file. `id` is its path relative to the library, `date` is YYYY-MM-DD.

    `language` is as the file says, else the code of one that its words clearly are in, other
    than English.
    """

    id: str
    title: str
    turns: tuple[Turn, ...]
    date: str | None = None
    place: str | None = None
    language: str | None = None
    people: tuple[Person, ...] = ()
    unread: tuple[UnreadLine, ...] = ()

    @property
    def seconds(self) -> float | None:
        """The last time that the file gives, which is the length as far as it is known."""
        times = (time for turn in self.turns for time in (turn.start_seconds, turn.end_seconds))
        return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True)
class Slice:
    """The part `turn.text[start:end]` of the turn at position `turn`."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: consecutive text of one or more turns of one transcript.

    `text` is what is embedded and searched: each slice as "Speaker: text", one a line.
    """

    transcript: str
    slices: tuple[Slice, ...]
    speakers: tuple[str, ...]
    text: str

    @property
    def turns(self) -> tuple[int, int]:
        """The first and the last turn it touches."""
        return self.slices[0].turn, self.slices[-1].turn


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score: higher is better, comparable within one search only."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Said:
    """A turn that holds words which were looked for, and where: each is `turn.text[start:end]`."""

    document: str
    turn: Turn
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Where to look. Empty means everywhere.

    Dates are YYYY-MM-DD and inclusive; a transcript without a date lies in no range.
    """

    speakers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        """Names may come as one, or in any sequence."""
        for field_name in ("speakers", "documents"):
            given = getattr(self, field_name)
            names = (given,) if isinstance(given, str) else tuple(given)
            object.__setattr__(self, field_name, names)

    def __bool__(self) -> bool:
        return bool(self.speakers or self.documents or self.since or self.until)

    def allow(self, speakers: Iterable[str]) -> bool:
        """Whether what these people say passes, as far as speakers are asked for."""
        return not self.speakers or not set(self.speakers).isdisjoint(speakers)


@dataclass(frozen=True, slots=True)
class Document:
    """A line of the library's list. `seconds` is the length where the file has times.

    `language` is the transcript's. `roles` are the speakers of whom a label says more than the
    name, each with what it says; an index from before they were kept has none.
    """

    id: str
    title: str
    date: str | None
    place: str | None
    speakers: tuple[str, ...]
    turns: int
    passages: int
    unread: int
    seconds: float | None
    language: str | None = None
    roles: tuple[tuple[str, str], ...] = ()

    def within(self, filters: Filters) -> bool:
        """Whether it passes the filters, as far as they are of documents and dates."""
        if filters.documents and self.id not in filters.documents:
            return False
        if not (filters.since or filters.until):
            return True
        early, late = filters.since or "", filters.until or "9999-12-31"
        return self.date is not None and early <= self.date <= late


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document in the index was made from, and by what.

    `sha256` is of the file's content, `reader` the versions of parser, chunker and terms,
    `embedder` the model's fingerprint. A document of another origin than it would have now is
    made again.
    """

    sha256: str
    reader: str
    embedder: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What a citation says of its transcript; and its language, by which words are compared."""

    title: str
    date: str | None
    place: str | None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
    """What a sync did with one file.

    `state` is read, unchanged, renamed, skipped, failed or removed; `why` explains skipped and
    failed.
    """

    id: str
    state: str
    turns: int = 0
    passages: int = 0
    unread: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, file by file in order of id, and notes such as a changed model."""

    files: tuple[FileResult, ...] = ()
    notes: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        return sum(result.state == state for result in self.files)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a sync is: `done` of `total` files, and the passages embedded so far.

    `rate` is passages a second; `seconds_left` is None until there is a rate to tell it by.
    `result` is what was just done with a file that was not left as it is.
    """

    file: str
    done: int
    total: int
    passages: int = 0
    rate: float = field(default=0.0, compare=False)
    seconds_left: float | None = field(default=None, compare=False)
    result: FileResult | None = None
