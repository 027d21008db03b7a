"""What every family of formats ends in: pieces of speech and a head -> a Transcript.

A reader of one family yields `Speech` in order, with the labels as they are printed, and puts
what the file says about itself into a `Head`. Here labels become people, and pieces become turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from ..dates import find_date, read_date_line
from ..sentences import ends_sentence
from ..speakers import is_anonymous, people_by_label
from ..types import Person, TimeMark, Transcript, Turn, UnreadLine

# Cues without speakers are joined up to a pause or, at a sentence's end, up to a length: turns
# that a person would take for paragraphs.
_PAUSE_SECONDS = 3.0
_PARAGRAPH_CHARS = 600
# Unpunctuated speech has no sentence's end: it is parted at the next cue after this much.
_MAX_PARAGRAPH_CHARS = 1500
# So many labels with times of their own make a file whose pieces all stay apart.
_TIMED_SHARE = 0.3
# Where no sentence ends, a time is kept for at least each so much text.
_MARK_CHARS = 200


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of one label's speech: a labelled paragraph, a cue, a row. Times are in seconds.

    `marks` are the times within `text`, where the file gives more than the first. `voice` tells
    neighbours without a label apart where the file marks a change of speaker; 0 marks nobody.
    """

    label: str | None
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    marks: tuple[TimeMark, ...] = ()
    voice: int = 0


@dataclass(slots=True)
class Head:
    """What a file says about itself, and the lines of it that are not speech."""

    title: str | None = None
    date: str | None = None
    place: str | None = None
    language: str | None = None
    speakers: tuple[str, ...] = ()
    unread: list[UnreadLine] = field(default_factory=list)

    def read_date(self, line: str) -> bool:
        """Take the line if it is a date line, and contradicts none before it."""
        found = read_date_line(line)
        if found is None:
            return False
        if self.date not in (None, found.date) or (
            found.place and self.place not in (None, found.place)
        ):
            return False  # a second date is not a second truth: leave the line to be reported
        self.date, self.place = found.date, found.place or self.place
        return True

    def report(self, line: int, text: str, why: str) -> None:
        """Keep a line in sight that is no speech. Lines count from 1; 0 is the whole file."""
        if text.strip():
            self.unread.append(UnreadLine(line, text.strip(), why))


def assemble(
    transcript_id: str, head: Head, pieces: Iterable[Speech], *, merge: bool
) -> Transcript:
    """Name the people and make the turns.

    `merge` joins neighbours under one label, as cues of one breath each must be. Without it
    only neighbours of one named person are joined, and only in a file that gives few of its labels
    a time: a paragraph that repeats its label goes on, but "Q" after "Q" may be another.
    """
    joined = _joined(pieces) if merge else list(pieces)
    person_of = people_by_label(piece.label for piece in joined if piece.label)
    timed = sum(piece.start_seconds is not None for piece in joined)
    if not merge and timed < len(joined) * _TIMED_SHARE:
        joined = list(_without_repeats(joined, person_of))
    turns = tuple(
        Turn(
            position,
            person_of[piece.label].name if piece.label else None,
            piece.text,
            piece.start_seconds,
            piece.end_seconds,
            piece.marks,
        )
        for position, piece in enumerate(joined)
    )
    return Transcript(
        id=transcript_id,
        title=head.title or title_of(transcript_id),
        turns=turns,
        date=head.date or find_date(head.title or ""),
        place=head.place,
        language=head.language,
        people=tuple(dict.fromkeys(person_of.values())),
        unread=tuple(sorted(head.unread, key=lambda line: line.line)),
    )


def _joined(pieces: Iterable[Speech]) -> list[Speech]:
    """Neighbours of one label as one piece, with a time for each sentence."""
    joined: list[Speech] = []
    run: list[Speech] = []
    chars = 0
    for piece in pieces:
        if run and not _goes_on(run[-1], piece, chars):
            joined.append(_one(run))
            run, chars = [], 0
        run.append(piece)
        chars += len(piece.text) + 1
    if run:
        joined.append(_one(run))
    return joined


def _without_repeats(pieces: Iterable[Speech], person_of: dict[str, Person]) -> Iterator[Speech]:
    """The pieces, each that only repeats its person's label joined to the one before."""

    def who(piece: Speech) -> object:
        anonymous = piece.label is None or is_anonymous(piece.label)
        return id(piece) if anonymous else person_of[piece.label or ""]

    for _, run in groupby(pieces, key=who):
        yield _one(list(run), "\n")


def _goes_on(last: Speech, piece: Speech, chars: int) -> bool:
    if (last.label, last.voice) != (piece.label, piece.voice):
        return False
    if piece.label is not None or piece.voice:
        return True
    if last.end_seconds is not None and piece.start_seconds is not None:
        if piece.start_seconds - last.end_seconds >= _PAUSE_SECONDS:
            return False
    elif piece.start_seconds is None:
        return False  # neither speaker nor time: each piece is a paragraph of its own
    ended = chars >= _PARAGRAPH_CHARS and ends_sentence(last.text)
    return not ended and chars < _MAX_PARAGRAPH_CHARS


def _one(run: list[Speech], between: str = " ") -> Speech:
    if len(run) == 1:
        return run[0]
    texts: list[str] = []
    marks: list[TimeMark] = []
    offset, last_marked, sentence_ended = 0, 0, True
    for piece in run:
        if not piece.text:
            continue
        within = [TimeMark(offset + mark.offset, mark.seconds) for mark in piece.marks]
        if piece.start_seconds is not None and (not within or within[0].offset > offset):
            within.insert(0, TimeMark(offset, piece.start_seconds))
        for mark in within:
            far = mark.offset - last_marked >= _MARK_CHARS
            if mark.offset > offset or sentence_ended or far:
                marks.append(mark)
                last_marked = mark.offset
        texts.append(piece.text)
        offset += len(piece.text) + 1
        sentence_ended = ends_sentence(piece.text)
    ends = [piece.end_seconds for piece in run if piece.end_seconds is not None]
    starts = [piece.start_seconds for piece in run if piece.start_seconds is not None]
    return Speech(
        run[0].label,
        between.join(texts),
        starts[0] if starts else None,
        max(ends) if ends else None,
        tuple(marks) if len(marks) > 1 else (),
    )


def title_of(transcript_id: str) -> str:
    """The title that a file's name gives."""
    stem = transcript_id.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[_-]+", " ", stem).strip() or transcript_id
