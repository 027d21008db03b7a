"""Plain text and Markdown, and what other containers hold as lines, -> a Transcript.

Front matter, then a head (headline, place, date, page furniture), then speech up to a foot or
an annex. Lines of the head that are nothing known are reported as unread. A long text before the
first label is a talk that a question round follows, and is speech too. A text without labels
becomes turns without speakers, one a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...dates import find_date, read_date_line
from ...types import Transcript
from ..clock import only_clock
from ..lines import Line, lines_of, numbered
from ..names import ANSWERS, NOT_SPEAKERS, OFFICES_AND_PARTS, QUESTIONS, key_of
from ..speech import Head, Speech, assemble
from .front_matter import read_front_matter
from .labels import Label, find_labels
from .pages import running_lines
from .prose import FURNITURE, clean, foot_of, is_stamped, is_wrapped, not_speech, speech_of

# What web pages leave around a transcript when they are copied. English and Russian, as on the
# pages people copy most from; a line counts only in the head, never in speech.
_FURNITURE = re.compile(
    r"""select\ font\b.* | character\ spacing\b.* | (?:text|print|mobile)\ version\b.*
    | (?:share|print|search|menu|subscribe|sign\ in|log\ in|skip\ to\ .*|back\ to\ .*|home)
    | summary\ keywords | speakers | keywords | transcript | \|.*\|
    | .*\s/ | .*\bcookies?\b.* | (?:next|previous)\ (?:page|article) | [\W_]+""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = re.compile(r"#{1,6}\s+(?P<title>[^\s#](?:.*[^\s#])?)[\s#]*")
_FIELD = re.compile(r"[*_#\s]*+(?P<key>[^\W\d_][\w /-]{1,24}?)[*_\s]*+[:：][*_\s]*(?P<value>.*)")
_TITLE_KEYS = frozenset("title meeting subject titel título titre 标题 主题".split())
_DATE_KEYS = frozenset("date recorded published when datum fecha 日期 时间 時間 дата".split())
_HEAD_KEYS = _TITLE_KEYS | _DATE_KEYS | frozenset("位置 幻灯片".split())
# Dates that tell of the file and not of what was said.
_OF_THE_FILE = re.compile(
    r"\b(?:extracted|created|modified|updated|generated|exported|accessed)\b", re.I
)
_MAX_TITLE_CHARS = 250
# A head is short: labels behind a longer one that hold next to nothing are no speakers.
_MAX_HEAD_LINES = 100
_MIN_LABELLED_SHARE = 0.05
_DATED_HEAD_LINES = 60
# A talk before the first label, and not a head: so many paragraphs, and so much text.
_TALK_PARAGRAPHS = 3
_TALK_CHARS = 2000
_PARAGRAPH_CHARS = 120
_ANNEX = re.compile(
    r"(?:Anlagen?|Annex(?:es)?|Appendi(?:x|ces)|Annexes?|Anexos?|Allegat[oi]|Приложени[ея])\b.{0,80}"
)
# Labels so often repeated by one speaker that each is a caption and not a turn.
_CAPTION_SHARE = 1 / 3
_MIN_CAPTIONS = 8


def parse_text(transcript_id: str, text: str) -> Transcript:
    """Read a text with or without speaker labels. Every line lands somewhere: see Transcript."""
    lines = numbered(lines_of(text.lstrip("\ufeff")))
    head = Head()
    return parse_lines(transcript_id, read_front_matter(lines, head), head)


def parse_lines(transcript_id: str, lines: list[Line], head: Head) -> Transcript:
    """Read lines that a container held; `head` may know title and date already."""
    lines = running_lines(lines, head)
    texts = [line.text for line in lines]
    labels = find_labels(texts)
    foot = foot_of(lines)
    if labels and labels[-1].index >= foot:
        foot = len(lines)
    end = _annex(texts, labels, foot)
    labels = [label for label in labels if label.index < end]
    if labels and _is_all_head(texts, labels[0].index, end):
        labels = []
    first = labels[0].index if labels else end
    start = _head_end(lines, first, head, labelled=bool(labels))
    for index, line in enumerate(lines[end:], end):
        if index < foot or not head.read_date(line.text.strip()):
            head.report(line.number, line.text, "after the last words")
    body_end = _closing_date(texts, labels, start, end, head)
    wrapped, stamped = is_wrapped(texts[start:body_end]), is_stamped(texts[start:body_end])
    pieces = [
        *_unlabelled(lines[start:first], head, wrapped, stamped, bool(labels)),
        *_labelled(lines, labels, body_end, head, wrapped, stamped),
    ]
    merge = _are_captions(labels)
    return assemble(transcript_id, head, pieces, merge=merge)


def _is_all_head(texts: Sequence[str], head_lines: int, all_lines: int) -> bool:
    """Whether the labels are an index behind a long text, and nobody's speech."""
    labelled = sum(map(len, texts[head_lines:all_lines]))
    chars = sum(map(len, texts[:all_lines]))
    return head_lines > _MAX_HEAD_LINES and labelled < chars * _MIN_LABELLED_SHARE


def _is_talk(texts: Sequence[str]) -> bool:
    """Whether lines before the first label are a talk: paragraphs of prose, not a form."""
    paragraphs = [text.strip() for text in texts if len(text.strip()) >= _PARAGRAPH_CHARS]
    prose = sum(len(text) for text in paragraphs)
    return len(paragraphs) >= _TALK_PARAGRAPHS and prose >= _TALK_CHARS


def _annex(texts: Sequence[str], labels: Sequence[Label], end: int) -> int:
    """Where an annex begins that holds no more speech of those who spoke before it."""
    if not labels:
        return end
    speakers: dict[str, int] = {}
    for label in labels:
        speakers.setdefault(key_of(label.name or ""), label.index)
    for index in range(labels[0].index + 1, end):
        text = texts[index]
        if not _ANNEX.fullmatch(text.strip()) or texts[index - 1].strip():
            continue
        later = [label for label in labels if label.index > index]
        if not any(speakers[key_of(label.name or "")] < index for label in later):
            return index
    return end


def _closing_date(
    texts: Sequence[str], labels: Sequence[Label], start: int, end: int, head: Head
) -> int:
    """Take a closing date line, if the text ends in one; returns where speech ends."""
    last = end
    while last > start and not texts[last - 1].strip():
        last -= 1
    said_alone = labels and labels[-1].index >= last - 2 and not labels[-1].rest
    if last - 1 <= start or said_alone or (labels and labels[-1].index == last - 1):
        return end
    # A date at the end of a sentence that was wrapped is speech, and so is a lone answer.
    before = texts[last - 2].strip()
    if before and before[-1] not in '.!?…。！？"”’)':
        return end
    return last - 1 if head.read_date(texts[last - 1].strip()) else end


def _head_end(lines: list[Line], first: int, head: Head, *, labelled: bool) -> int:
    """Read the head; returns where speech begins: at the first label, or with a talk before it."""
    talk = not labelled or _is_speech_too(lines, first, head)
    index = 0
    while index < first:
        line = lines[index].text.strip()
        if talk and line and not _is_head_line(line):
            break
        if line:
            _read_head_line(lines[index], head, labelled)
        index += 1
    if head.date is None:
        near = (
            line.text
            for line in lines[: min(index, _DATED_HEAD_LINES)]
            if not _OF_THE_FILE.search(line.text)
        )
        head.date = next((date for text in near if (date := find_date(text))), None)
    return index if talk else first


def _is_speech_too(lines: Sequence[Line], first: int, head: Head) -> bool:
    """Whether what stands before the first label was said: by the one named on top, or mostly."""
    texts = [line.text for line in lines]
    if not _is_talk(texts[:first]):
        return False
    return len(head.speakers) == 1 or sum(map(len, texts[:first])) > sum(map(len, texts[first:]))


def _is_head_line(line: str) -> bool:
    """Whether a line before prose belongs to the head."""
    field = _FIELD.fullmatch(line)
    return (
        _HEADING.fullmatch(line) is not None
        or not_speech(line) is not None
        or _FURNITURE.fullmatch(line) is not None
        or read_date_line(line) is not None
        or only_clock(line) is not None
        or (field is not None and field["key"].casefold() in _HEAD_KEYS)
    )


def _read_head_line(line: Line, head: Head, labelled: bool) -> None:
    text = line.text.strip()
    if head.read_date(text):
        return
    heading = _HEADING.fullmatch(text)
    field = _FIELD.fullmatch(text)
    key = field["key"].strip().casefold() if field else ""
    is_field = bool(key) and not {key, *key.split()}.isdisjoint(NOT_SPEAKERS | OFFICES_AND_PARTS)
    if field and key in _DATE_KEYS and head.read_date(field["value"]):
        return
    if field and key in _TITLE_KEYS and field["value"] and head.title is None:
        head.title = field["value"].strip("*_ ")
        return
    if heading and head.title is None:
        head.title = clean(heading["title"]).strip("*_ ")
    elif _FURNITURE.fullmatch(text):
        head.report(line.number, text, FURNITURE)
    elif (why := not_speech(text)) is not None:
        head.report(line.number, text, why)
    elif only_clock(text) is not None:
        head.report(line.number, text, "a time")
    elif labelled and head.title is None and not is_field and len(text) <= _MAX_TITLE_CHARS:
        head.title = clean(text).strip("*_ ")
    else:
        head.report(line.number, text, "before the first speaker")


def _unlabelled(
    lines: Sequence[Line], head: Head, wrapped: bool, stamped: bool, labelled: bool
) -> Iterator[Speech]:
    """Speech before the first label, or of a text without any."""
    text, marks = speech_of(lines, head, wrapped=wrapped, stamped=stamped)
    if not text:
        return
    if labelled and len(head.speakers) == 1:  # the one who gives the talk is named on top
        yield Speech(head.speakers[0], text, marks[0].seconds if marks else None, None, marks[1:])
        return
    seconds = {mark.offset: mark.seconds for mark in marks}
    offset = 0
    for paragraph in text.split("\n"):
        yield Speech(None, paragraph, seconds.get(offset))
        offset += len(paragraph) + 1


def _labelled(
    lines: list[Line],
    labels: Sequence[Label],
    end: int,
    head: Head,
    wrapped: bool,
    stamped: bool,
) -> Iterator[Speech]:
    answerer = _answerer(labels, head)
    before: float | None = None
    stops = [*(label.index for label in labels[1:]), end][: len(labels)]
    if labels:
        before = _stamp_before(lines, labels[0].index)
    for label, stop in zip(labels, stops, strict=True):
        body = list(lines[label.index + label.lines : stop])
        after = _stamp_before(lines, stop) if body else None
        if after is not None:
            while body and only_clock((last := body.pop()).text) is None:
                head.report(last.number, last.text, not_speech(last.text) or FURNITURE)
        number = lines[label.index].number
        text, marks = speech_of(
            [Line(number, label.rest), *body], head, wrapped=wrapped, stamped=stamped
        )
        start = before if label.seconds is None else label.seconds
        if start is None and marks and marks[0].offset == 0:
            start = marks[0].seconds
        name = answerer if label.name and answerer and key_of(label.name) in ANSWERS else label.name
        yield Speech(name, text, start, label.end_seconds, marks)
        before = after


def _answerer(labels: Sequence[Label], head: Head) -> str | None:
    """Who "A" is where "Q" asks: the only person the head names."""
    keys = {key_of(label.name) for label in labels if label.name}
    if len(head.speakers) == 1 and keys & QUESTIONS and keys & ANSWERS:
        return head.speakers[0]
    return None


def _stamp_before(lines: Sequence[Line], index: int) -> float | None:
    """The time on a line of its own right above a label, blank and annotation lines aside."""
    for line in reversed(lines[max(0, index - 4) : index]):
        seconds = only_clock(line.text.strip()) if line.text.strip() else None
        if seconds is not None:
            return seconds
        if line.text.strip() and not_speech(line.text) is None:
            return None
    return None


def _are_captions(labels: Sequence[Label]) -> bool:
    """Whether each label opens one breath, as in exports that repeat it for every caption."""
    if len(labels) < _MIN_CAPTIONS or any(label.seconds is None for label in labels):
        return False
    repeats = sum(here.name == after.name for here, after in pairwise(labels))
    return repeats >= len(labels) * _CAPTION_SHARE
