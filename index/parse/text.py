"""Plain text and Markdown with speaker labels -> a Transcript.

The lines before the first label are the head: headline, place, date, and page furniture. The
last line may be a date line too. All between is speech. A line of head that is none of these
is reported as unread. A file without labels becomes turns without speakers, one a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from ..dates import read_date_line
from ..speakers import is_anonymous, people_by_label
from ..types import Person, Transcript, Turn, UnreadLine
from .labels import Label, find_labels

# What web pages leave around a transcript when they are copied. English and Russian, as on the
# pages people copy most from; a line counts only in the head, never in speech.
_FURNITURE = re.compile(
    r"""select\ font\b.* | character\ spacing\b.* | (?:text|print|mobile)\ version\b.*
    | (?:share|print|search|menu|subscribe|sign\ in|log\ in|skip\ to\ .*|back\ to\ .*|home)
    | .*\s/ | .*\bcookies?\b.* | (?:next|previous)\ (?:page|article) | [\W_]+
    | {%.*%} | <[!/a-z][^>]*>""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = re.compile(r"#{1,6}\s+(?P<title>[^\s#](?:.*[^\s#])?)[\s#]*")
_FRONT_MATTER_LINE = re.compile(r"(?P<key>[A-Za-z_-]+):\s*(?P<value>.*)")
_MAX_TITLE_CHARS = 250
# A head is short: labels that begin after a longer one, and late in the text, are no speakers.
_MAX_HEAD_LINES = 100
# Text is hard-wrapped when its lines keep to a width and most of them end mid-sentence.
_WRAP_CHARS = 100
_WRAP_SHARE = 0.4
_SENTENCE_END = re.compile(r"[.!?:…。！？]['\"”’)\]*_]*$")


@dataclass(slots=True)
class _Head:
    """What the lines around the speech say about the transcript."""

    title: str | None = None
    date: str | None = None
    place: str | None = None
    unread: list[UnreadLine] = field(default_factory=list)

    def read_date(self, line: str) -> bool:
        found = read_date_line(line)
        if found is None:
            return False
        if self.date not in (None, found.date) or (
            found.place and self.place not in (None, found.place)
        ):
            return False  # a second date is not a second truth: leave the line to be reported
        self.date, self.place = found.date, found.place or self.place
        return True


def parse_text(transcript_id: str, text: str) -> Transcript:
    """Read a text with or without speaker labels. Every line lands somewhere: see Transcript."""
    lines = re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))
    head = _Head()
    body_start = _read_front_matter(lines, head)
    labels = [label for label in find_labels(lines) if label.index >= body_start]
    body_end = _read_foot(lines, body_start, head)
    wrapped = _is_wrapped(lines[body_start:body_end])
    if labels and not _is_all_head(labels[0].index - body_start, body_end - body_start):
        _read_head(lines, body_start, labels[0].index, head)
        turns, people = _labelled_turns(lines, labels, body_end, wrapped)
    else:
        first = _read_headline(lines, body_start, body_end, head)
        turns, people = _paragraph_turns(lines[first:body_end], wrapped), ()
    return Transcript(
        id=transcript_id,
        title=head.title or _title_of(transcript_id),
        turns=tuple(turns),
        date=head.date,
        place=head.place,
        people=people,
        unread=tuple(head.unread),
    )


def _read_front_matter(lines: list[str], head: _Head) -> int:
    """Take title and date from YAML front matter; returns where the body starts."""
    if not lines or lines[0].strip() != "---":
        return 0
    closing = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if closing is None:
        return 0
    for number, line in enumerate(lines[1:closing], 2):
        match = _FRONT_MATTER_LINE.fullmatch(line.strip())
        value = match["value"].strip(" '\"") if match else ""
        if match and match["key"].lower() == "title" and value:
            head.title = value
        elif not (
            match
            and match["key"].lower() == "date"
            and (head.read_date(value) or head.read_date(value[:10]))
        ):
            _report(head, number, line, "front matter that is neither title nor date")
    return closing + 1


def _read_foot(lines: list[str], start: int, head: _Head) -> int:
    """Take a closing date line, if the text ends in one; returns where the body ends."""
    end = len(lines)
    while end > start and not lines[end - 1].strip():
        end -= 1
    # A date at the end of a sentence that was wrapped is speech.
    before = lines[end - 2].strip() if end - 2 >= start else ""
    stands_apart = not before or _SENTENCE_END.search(before) is not None
    if end - 1 > start and stands_apart and head.read_date(lines[end - 1].strip()):
        end -= 1
    return end


def _is_all_head(head_lines: int, all_lines: int) -> bool:
    return head_lines > max(_MAX_HEAD_LINES, all_lines // 2)


def _read_head(lines: list[str], start: int, end: int, head: _Head) -> None:
    for index in range(start, end):
        line = lines[index].strip()
        if not line or head.read_date(line):
            continue
        heading = _HEADING.fullmatch(line)
        if _FURNITURE.fullmatch(line):
            _report(head, index + 1, line, "page furniture")
        elif head.title is None and len(line) <= _MAX_TITLE_CHARS:
            head.title = (heading["title"] if heading else line).strip("*_ ")
        else:
            _report(head, index + 1, line, "before the first speaker")


def _read_headline(lines: list[str], start: int, end: int, head: _Head) -> int:
    """The head of a text without speakers: Markdown heading, date lines, furniture on top."""
    for index in range(start, end):
        line = lines[index].strip()
        if not line or head.read_date(line):
            continue
        heading = _HEADING.fullmatch(line)
        if heading and head.title is None:
            head.title = heading["title"]
        elif _FURNITURE.fullmatch(line):
            _report(head, index + 1, line, "page furniture")
        else:
            return index
    return end


def _labelled_turns(
    lines: list[str], labels: list[Label], end: int, wrapped: bool
) -> tuple[list[Turn], tuple[Person, ...]]:
    person_of = people_by_label(label.name for label in labels)
    turns: list[Turn] = []
    stops = [label.index for label in labels[1:]] + [end]
    for label, stop in zip(labels, stops, strict=True):
        text = _join([label.rest, *lines[label.index + 1 : stop]], wrapped)
        speaker = person_of[label.name].name
        last = turns[-1] if turns else None
        if last and last.speaker == speaker and _one_voice(label):
            turns[-1] = Turn(last.position, speaker, _both(last.text, text), last.start_seconds)
        else:
            turns.append(Turn(len(turns), speaker, text, label.seconds))
    return turns, tuple(dict.fromkeys(person_of.values()))


def _one_voice(label: Label) -> bool:
    """Whether this label goes on with the turn before: same person, and no new time to keep."""
    return label.seconds is None and not is_anonymous(label.name)


def _both(first: str, second: str) -> str:
    return "\n".join(text for text in (first, second) if text)


def _paragraph_turns(lines: list[str], wrapped: bool) -> list[Turn]:
    paragraphs = _join(lines, wrapped).split("\n")
    return [Turn(i, None, text) for i, text in enumerate(p for p in paragraphs if p)]


def _join(lines: list[str], wrapped: bool) -> str:
    """Lines -> paragraphs parted by line breaks; wrapped lines are joined by a space."""
    paragraphs: list[list[str]] = [[]]
    for line in (line.strip() for line in lines):
        if line and wrapped:
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n".join(" ".join(paragraph) for paragraph in paragraphs if paragraph)


def _is_wrapped(lines: list[str]) -> bool:
    filled = [line.strip() for line in lines if line.strip()]
    followed = [line.strip() for line, after in pairwise(lines) if line.strip() and after.strip()]
    if not followed or max(len(line) for line in filled) > _WRAP_CHARS:
        return False
    broken = sum(not _SENTENCE_END.search(line) for line in followed)
    return broken >= len(followed) * _WRAP_SHARE


def _report(head: _Head, number: int, line: str, why: str) -> None:
    if line.strip():
        head.unread.append(UnreadLine(number, line.strip(), why))


def _title_of(transcript_id: str) -> str:
    stem = transcript_id.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[_-]+", " ", stem).strip() or transcript_id
