"""What one line may be as a label: the shapes that labels are printed in, read off its front.

No line decides alone whether it is one: see labels.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...dates import read_date_line
from ...sentences import ends_sentence
from ..clock import clock_seconds, is_only_clocks, leading_clock, only_clock, trailing_clock
from ..names import key_of, looks_like_name, name_words
from .colon_labels import (
    BOLD,
    MAX_LABEL_CHARS,
    Read,
    bare,
    read_colon,
    with_colon,
    without_clock,
)

_MIN_SPEECH_CHARS = 50
_MAX_LINE_CHARS = 400  # a label and its time stand at the front; the rest needs no look

# A heading's or a quote's mark, ">>" of captions, a bullet, or a question's number: "Q12 Chair:"
_LEAD = re.compile(
    r"(?:(?P<mark>#{1,6}(?=\s)|>{2,}|>(?=\s)|[-*•](?=\s+\*\*))"
    r"|(?:Q|Anf\. )\d{1,4}\.?(?=\s+\*{0,2}[A-Z][^:]{1,60}:))\s*"
)
# Japanese minutes mark who speaks: "○議長（山田太郎君）　本文"
_CIRCLED = re.compile(
    r"[○◯◆◎〇](?P<label>[^\s:：]{1,40}(?: [^\s:：]{1,12}(?=\s{2}))?)[\s\u3000]+(?=\S)"
)
_CAPITAL = r"[A-ZÀ-Þ][\w'’-]+"
# "Mr. SMITH. Thank you", "The Chairman. Order", "CHAIR POWELL. Good", "M. le président. La"
_STOP = re.compile(
    r"(?P<label>(?:(?:The|Mr|Mrs|Ms|Dr|Chairman|Chairwoman|Senator|Representative|Secretary|Chair"
    r"|MR|MRS|MS|DR|THE|CHAIRMAN|SENATOR|GENERAL|JUSTICE|SECRETARY)\b\.?\s+)"
    rf"(?:{_CAPITAL}|[A-Z]\.)(?:\s+(?:of\s+)?{_CAPITAL}){{0,3}}(?:,[^.:]{{1,80}})?"
    r"|SPEAKER|M\. le président|Mme la présidente"
    r"|[A-ZÀ-ÞЀ-Я][A-ZÀ-ÞЀ-ЯҐ.'’-]+(?:\s+[A-ZÀ-ÞЀ-Я][A-ZÀ-ÞЀ-ЯҐ.'’-]*){0,3}"
    rf"|M(?:me|\.)\s+{_CAPITAL}(?:\s+{_CAPITAL}){{0,3}}(?:,[^.:]{{1,120}})?)"
    r"(?:\(\?\)|\s*\([^()]{1,60}\))?\.-?\s+(?:[–—]\s+)?(?=\S)"
    r"|(?P<parted>[A-ZÀ-Þ][^.:–—]{1,80})\.\s+[–—]\s+(?=\S)"
)
_DASH = re.compile(
    r"(?P<label>[^\s:–—-][^:–—\n(]{0,60}?(?:\([^()\n]{1,60}\))?)\s*(?:\s-\s|\s?[–—]\s+)(?=\S)"
)
_LETTER = re.compile(
    r"(?P<label>[QARP])(?:\s{2,}|\.\s+|\s+[-–—]\s*)(?=\S)|(?P<asks>Q)\s(?=[A-ZÀ-Þ\"“'‘¿—–…])"
)
_COLUMNS = re.compile(
    r"(?P<clock>\d{2,3}(?: \d\d){2,3}|\d{2,3}(?::\d\d){1,3})\s+"
    r"(?P<label>[A-Z][A-Z0-9/-]{0,7})\s+(?=\S)"
)
_IN_CAPITALS = re.compile(r"(?:Mc|Mac|La|De|Di|O['’])[A-ZÀ-Þ]{3,}")  # McCAWLEY
# "[Anna] words", or a column of names before a tab
_FRONT = re.compile(
    r"(?:\[(?P<bracketed>[^\W\d][^\]\t\n]{0,60})\]:?[ \t]+"
    r"|(?P<column>[^\W\d][^\t\n:]{0,60})\t+)(?=\S)"
)
SEPARATOR = re.compile(r"[-=_*─—~\s]{3,}")
AFTER_RULE = "after a rule"


@dataclass(frozen=True, slots=True)
class Label:
    """A label read off `lines` lines from `index` on: the name, its time, the words after it.

    `name` is None where a mark says only that the speaker changes, as a bare ">>" does.
    """

    index: int
    name: str | None
    seconds: float | None
    rest: str
    lines: int = 1
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line read as a label of one shape. `look` is its print: mark, bold, capitals and so on."""

    label: Label
    shape: str
    look: tuple[object, ...]
    opens: bool
    mark: str = ""

    @property
    def key(self) -> str:
        return key_of(self.label.name or "")


def candidates(lines: Sequence[str], index: int) -> Iterator[Candidate]:
    """What the line may be, the surest shape first."""
    whole = lines[index].strip()
    front = whole[:_MAX_LINE_CHARS]
    if not front or SEPARATOR.fullmatch(front):
        return
    opens = opens_paragraph(lines, index)
    column = _COLUMNS.match(front)
    if column:
        since = clock_seconds(column["clock"].replace(" ", ":"))
        label = Label(index, column["label"], since, whole[column.end() :].strip())
        yield Candidate(label, "columns", (), opens)
    circled = _CIRCLED.match(front)
    if circled:
        label = Label(index, circled["label"], None, whole[circled.end() :].strip())
        yield Candidate(label, "colon", ("circled",), opens)
        return
    lead = _LEAD.match(front)
    mark, start = (lead["mark"] or "", lead.end()) if lead else ("", 0)
    if not mark and read_date_line(front) is not None:
        return  # "May 5, 2025 10:30" is no speaker's time
    clock = leading_clock(front, start)
    text = whole[clock.stop if clock else start :]
    if not text:
        return
    seconds = clock.seconds if clock else None
    end_seconds = clock.end_seconds if clock else None
    if mark.startswith(">>"):
        named = read_colon(text)
        if named is None or not looks_like_name(named.name):
            yield Candidate(Label(index, None, seconds, text), "colon", (">>",), opens, ">>")
            return
    for found, shape, look in _read(lines, index, text, seconds):
        when = found.seconds if seconds is None else seconds
        label = Label(index, found.name, when, found.rest.strip(), found.lines, end_seconds)
        print_ = (mark[:1], *look, is_upper(found.name), not label.rest)
        yield Candidate(label, shape, print_, opens, mark)


def _read(
    lines: Sequence[str], index: int, text: str, timed_before: float | None
) -> Iterator[tuple[Read, str, tuple[object, ...]]]:
    """What the text without mark and time in front may be: (reading, shape, look)."""
    colon = with_colon(lines, index, text)
    if colon is not None:
        yield colon, "colon", (colon.bold,)
        return
    short = len(text) <= MAX_LABEL_CHARS
    timed = trailing_clock(text) if short else None
    name = re.sub(r"^\[(.*)\]$", r"\1", bare(timed[0])) if timed else ""
    if timed and looks_like_name(name, strict=False):
        yield Read(name, "", timed[1]), "timed", (text.startswith("**"),)
        return
    front = _FRONT.match(text[:MAX_LABEL_CHARS])
    if front and looks_like_name(name := front["bracketed"] or front["column"]):
        yield Read(name, text[front.end() :]), "front", ()
    letter = _LETTER.match(text)
    if letter:
        name = letter["label"] or letter["asks"]
        yield Read(name, text[letter.end() :]), "colon", (False,)
        return
    stop = _STOP.match(text[:MAX_LABEL_CHARS])
    if stop:
        name = stop["parted"] or text[: stop.end()].rstrip(" .-–—")
        yield Read(name.removesuffix("(?)"), text[stop.end() :]), "stop", ()
    dash = _with_dash(text)
    if dash:
        # Within bold, or with a time, a dash is as sure as a colon.
        sure = dash.seconds is not None or (dash.bold and text.find("**", 2) > text.find(" -"))
        yield dash, "colon" if sure else "dash", (dash.bold,)
    if short and _stands_alone(lines, index):
        name = bare(text)
        if looks_like_name(name) and not ends_sentence(name):
            before = lines[index - 1].strip() if index else ""
            rule = AFTER_RULE if SEPARATOR.fullmatch(before) else ""
            bold = BOLD.fullmatch(text) is not None
            seconds, size = _time_beside(lines, index, timed_before)
            shape = "alone" if seconds is None else "timed"
            yield Read(name, "", seconds, lines=size), shape, (bold, rule)


def _time_beside(
    lines: Sequence[str], index: int, before: float | None
) -> tuple[float | None, int]:
    """The time of a name alone on its line, and the lines that both take up.

    It stands in front, or on the line below, or above: but where each line of text has its
    time above it and the next one's below, as captions copied from a page do, it is no name's.
    """
    above = only_clock(lines[index - 1]) if index else None
    following = lines[index + 1].strip() if index + 1 < len(lines) else ""
    below = only_clock(following) if following else None
    stamped = leading_clock(following) is not None
    if before is not None:
        return (None if stamped else before), 1
    if below is not None:
        return (below, 2) if above is None else (None, 1)
    return (above if following and not stamped else None), 1


def _with_dash(text: str) -> Read | None:
    """ "**Anna (1:50) -** words", "Anna - words"; the dash may stand in or after the emphasis."""
    bold = BOLD.match(text)
    if bold and re.search(r"\s[-–—]$", bold["inner"]):
        name, seconds = without_clock(bare(bold["inner"].rstrip(" -–—")))
        return Read(name, text[bold.end() :], seconds, bold=True) if looks_like_name(name) else None
    dash = _DASH.match(text[:MAX_LABEL_CHARS])
    if dash is None:
        return None
    name, seconds = without_clock(bare(dash["label"]))
    if not looks_like_name(name):
        return None
    return Read(name, text[dash.end() :], seconds, bold=text.startswith("**"))


def is_upper(name: str) -> bool:
    """Whether the name is printed in capitals, titles such as "Mr." and "von" aside."""
    words = name_words(name)
    long = [word for word in words if len(word.strip(".")) > 1] or words
    shouted = sum(word.isupper() or _IN_CAPITALS.fullmatch(word) is not None for word in long)
    return bool(long) and shouted * 2 > len(long)


def _stands_alone(lines: Sequence[str], index: int) -> bool:
    """Whether speech follows below, and not the next entry of a list of names."""
    below = [line.strip() for line in lines[index + 1 : index + 4] if line.strip()]
    if below and is_only_clocks(below[0]):
        del below[0]
    if not below or SEPARATOR.fullmatch(below[0]):
        return False
    first = below[0]
    return ends_sentence(first) or len(first) >= _MIN_SPEECH_CHARS or not looks_like_name(first)


def opens_paragraph(lines: Sequence[str], index: int) -> bool:
    """Whether the line opens a paragraph: the first, or after a blank one or a full stop."""
    before = lines[index - 1].strip() if index else ""
    if not before or ends_sentence(before) or before[-1:] in ":-–—" or is_only_clocks(before):
        return True
    return SEPARATOR.fullmatch(before) is not None or before.startswith(
        ("(", "[", "#", "_", "<", "**")
    )
