"""Which lines of a text begin a turn.

A label is a name before a colon (or, as Otter prints it, before a time; or the "Q" and wide gap
of press briefings). Many lines look like that and aren't: "Note:", "https:", "On innovation:".
So a line is first a candidate by its own shape, and then the file decides as a whole: a
candidate is a speaker when it recurs, when it is a full name or written in capitals or names a
part such as "Moderator", or when candidates open most of the paragraphs. Everything else stays
text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..dates import read_date_line

_CLOCK = r"-?(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_LABELLED = re.compile(
    rf"""^(?:>>\s*)?
    (?:[\[(]?(?P<before>{_CLOCK})[\])]?\s*(?:[-–—]\s*)?)?     # [00:01:02]
    (?P<open>\*\*|__)?\s*
    (?P<label>[^\s:：*\[][^:：*\n]{{0,90}}?)(?:\*\*|__)?\s*
    (?:[\[(](?P<inside>{_CLOCK})[\])]\s*)?                    # Name (05:23):
    (?:(?:\*\*|__)\s*)?[:：](?!(?<=\d.)\d)                    # and not "John 3:16"
    \s*(?:(?(open)(?:\*\*|__))\s*)?
    (?P<rest>.*)$""",
    re.VERBOSE,
)
_TIMED = re.compile(
    r"^(?:\*\*)?(?P<label>[^\s\d:*\[][^:*\n]{0,60}?)(?:\*\*)?\s+"
    rf"[\[(]?(?P<inside>{_CLOCK})[\])]?$"
)
_Q_OR_A = re.compile(r"^(?P<label>[QA])(?:\s{2,}|\.\s+)(?P<rest>\S.*)$")

_PARTICLES = frozenset(
    "of the for and at in on to de del la las los le du des da do dos di von van der den zu zur "
    "bin al el y e und für & et".split()
)
_ELIDED = re.compile(r"^(?:d|l|dell|al|el|as|es)['’-]")  # d'Estaing, el-Sisi
_ABBREVIATION = re.compile(r"(?:[A-ZÀ-ÞА-Я]\.)+|\w{1,5}\.")
# Words that open a remark or a heading rather than name a person.
_NOT_SPEAKERS = frozenset(
    "note notes update source sources subject date time place location title topic topics agenda "
    "attendees participants present duration recorded warning example examples summary contents "
    "http https ftp from sent fig figure table chapter section part step steps item items "
    "point points action actions link links url email tel phone fax tags tag author edited updated "
    "published transcript recording meeting p.s ps nb break intro outro music".split()
)
_PARTS = frozenset(
    "q a question answer moderator interviewer interviewee host guest reporter journalist speaker "
    "operator narrator chair chairman chairwoman chairperson president clerk court witness "
    "audience member members unknown voice announcer translator interpreter participant "
    "вопрос ответ ведущий frage antwort pregunta respuesta".split()
)
_SENTENCE_END = '.!?:。！？…”")'
_MAX_LABEL_WORDS = 10
_MIN_SHARE_OF_PARAGRAPHS = 0.5


@dataclass(frozen=True, slots=True)
class Label:
    """A label read off the line at `index`: what stands before the colon, its time, the rest."""

    index: int
    name: str
    seconds: float | None
    rest: str


def find_labels(lines: Sequence[str]) -> list[Label]:
    """The labels that begin turns, in order of their lines."""
    candidates = [label for i, line in enumerate(lines) if (label := _candidate(i, line.strip()))]
    counts = Counter(_key(label.name) for label in candidates)
    if candidates and _is_headline(lines, candidates[0], counts):
        del candidates[0]
    openers = sum(1 for i, line in enumerate(lines) if line.strip() and _opens(lines, i))
    dense = len(candidates) >= max(2, openers * _MIN_SHARE_OF_PARAGRAPHS)
    return [c for c in candidates if dense or counts[_key(c.name)] > 1 or _stands_alone(c.name)]


def clock_seconds(clock: str) -> float:
    """Seconds of "1:02:03.5", "05:23" or "-00:01:57"."""
    sign = -1.0 if clock.startswith("-") else 1.0
    seconds = 0.0
    for part in clock.lstrip("-").replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return sign * seconds


def _candidate(index: int, line: str) -> Label | None:
    if read_date_line(line) is not None:
        return None  # "May 5, 2025 10:30" is no speaker's time
    match = _TIMED.match(line)
    if match is not None and _looks_like_name(match["label"]):
        return Label(index, match["label"].strip(), _seconds(match["inside"]), "")
    match = _Q_OR_A.match(line)
    if match is not None:
        return Label(index, match["label"], None, match["rest"].strip())
    match = _LABELLED.match(line)
    if match is not None and _looks_like_name(match["label"]):
        clock = match["before"] or match["inside"]
        return Label(index, match["label"].strip(), _seconds(clock), match["rest"].strip())
    return None


def _seconds(clock: str | None) -> float | None:
    return clock_seconds(clock) if clock else None


def _looks_like_name(label: str) -> bool:
    bare = re.sub(r"\([^)]*\)", " ", label)
    words = re.split(r"[\s,/]+", bare.strip(" ,/"))
    if not words or not words[0] or len(words) > _MAX_LABEL_WORDS:
        return False
    if re.search(r"[!?;…\"“”«»<>{}=|@#]", bare) or not words[0][0].isalpha():
        return False
    if words[0].casefold().strip(".") in _NOT_SPEAKERS:
        return False
    if words[-1].casefold() in _NOT_SPEAKERS and len(words) > 1:
        return False  # "Next Steps:", "Action Items:"
    return all(_is_name_word(word) for word in words) and words[0].casefold() not in (
        _PARTICLES - {"the", "la", "el", "al", "de", "van", "von"}
    )


def _is_name_word(word: str) -> bool:
    if word.casefold() in _PARTICLES:
        return True
    if "." in word and not _ABBREVIATION.fullmatch(word) and not word.replace(".", "").isupper():
        return False
    first = _ELIDED.sub("", word, count=1).lstrip("'’(-")[:1]
    return first.isupper() or first.isdigit() or (first.isalpha() and not first.islower())


def _is_headline(lines: Sequence[str], label: Label, counts: Counter[str]) -> bool:
    """Whether the first line is a title such as "Town Hall: March Session".

    It names nobody who speaks again where others do, ends in no full stop, and stands apart.
    """
    first = next(i for i, line in enumerate(lines) if line.strip())
    alone = label.index == first and not "".join(lines[first + 1 : first + 2]).strip()
    once = counts[_key(label.name)] == 1 < max(counts.values())
    return alone and once and bool(label.rest) and label.rest[-1] not in _SENTENCE_END


def _stands_alone(label: str) -> bool:
    """Whether a label seen once is still surely a speaker."""
    words = re.sub(r"\([^)]*\)", " ", label).split()
    names = [word for word in words if word.casefold() not in _PARTICLES]
    if len(label) > 1 and label.isupper():
        return True
    if names[0].casefold() in _PARTS:
        return True
    return len(names) >= 2


def _opens(lines: Sequence[str], index: int) -> bool:
    """Whether the line opens a paragraph: the first, or after a blank one or a full stop."""
    before = lines[index - 1].rstrip() if index else ""
    return not before or before[-1] in _SENTENCE_END


def _key(label: str) -> str:
    return re.sub(r"[\W_]+", " ", label.casefold()).strip()
