"""What one line may be as a label: the shapes that labels are printed in, read off its front.

No line decides alone whether it is one: see labels.py.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...dates import read_date_line
from ...sentences import ends_sentence
from ..clock import CLOCK, clock_seconds, is_only_clocks, leading_clock, only_clock, trailing_clock
from ..names import key_of, looks_like_name, name_words

_MAX_LABEL_CHARS = 160
_MAX_WRAPPED_LINE_CHARS = 90
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
_BOLD = re.compile(r"(?P<fence>\*\*|__|\*|_)(?=[^\s*_])(?P<inner>[^*_\n]{1,120}?)\s*(?P=fence)")
# "**Name (**[0:57](address)**):**", as a linked time within bold leaves it
_TORN_BOLD = re.compile(
    rf"\*\*(?P<label>[^*:(]{{1,120}})\(\*\*\[(?P<clock>{CLOCK})\]\([^)\s]*\)\*\*\)\s*:?\s*\*\*"
)
_LINKED_LABEL = re.compile(r"(?P<label>[^\[\]:：]{0,120}\[[^\]:]{1,80}\]\([^)\s]*\)\)?)\s*[:：]")
_COLON = re.compile(r"(?P<label>[^:：\n]{1,160}?)\s*(?P<colon>[:：])")
_TIMED_COLON = re.compile(
    rf"(?P<label>[^:：\n]{{1,120}}?)[\s\[(]+(?P<clock>{CLOCK})[\])]?\s*[:：](?!\d)"
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
_BESIDE_LABEL = re.compile(
    r"\s*(?:\(\[[^\]\n]{1,60}\]\([^)\s]*\)\)|\[[^\]\n]{1,60}\](?:\([^)\s]*\))?|\([^)\n]{1,200}\))\s*"
)
_LINK = re.compile(r"\(\[(?P<text>[^\]]*)\]\([^)\s]*\)\)|\[(?P<plain>[^\]]*)\]\([^)\s]*\)")
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
        named = _colon(text)
        if named is None or not looks_like_name(named.name):
            yield Candidate(Label(index, None, seconds, text), "colon", (">>",), opens, ">>")
            return
    for found, shape, look in _read(lines, index, text, seconds):
        when = found.seconds if seconds is None else seconds
        label = Label(index, found.name, when, found.rest.strip(), found.lines, end_seconds)
        print_ = (mark[:1], *look, is_upper(found.name), not label.rest)
        yield Candidate(label, shape, print_, opens, mark)


@dataclass(frozen=True, slots=True)
class _Read:
    """A name read off the front of a line, the words after it, and what tells of its print."""

    name: str
    rest: str
    seconds: float | None = None
    bold: bool = False
    lines: int = 1


def _read(
    lines: Sequence[str], index: int, text: str, timed_before: float | None
) -> Iterator[tuple[_Read, str, tuple[object, ...]]]:
    """What the text without mark and time in front may be: (reading, shape, look)."""
    colon = _with_colon(lines, index, text)
    if colon is not None:
        yield colon, "colon", (colon.bold,)
        return
    short = len(text) <= _MAX_LABEL_CHARS
    timed = trailing_clock(text) if short else None
    name = re.sub(r"^\[(.*)\]$", r"\1", _bare(timed[0])) if timed else ""
    if timed and looks_like_name(name, strict=False):
        yield _Read(name, "", timed[1]), "timed", (text.startswith("**"),)
        return
    front = _FRONT.match(text[:_MAX_LABEL_CHARS])
    if front and looks_like_name(name := front["bracketed"] or front["column"]):
        yield _Read(name, text[front.end() :]), "front", ()
    letter = _LETTER.match(text)
    if letter:
        name = letter["label"] or letter["asks"]
        yield _Read(name, text[letter.end() :]), "colon", (False,)
        return
    stop = _STOP.match(text[:_MAX_LABEL_CHARS])
    if stop:
        name = stop["parted"] or text[: stop.end()].rstrip(" .-–—")
        yield _Read(name.removesuffix("(?)"), text[stop.end() :]), "stop", ()
    dash = _with_dash(text)
    if dash:
        # Within bold, or with a time, a dash is as sure as a colon.
        sure = dash.seconds is not None or (dash.bold and text.find("**", 2) > text.find(" -"))
        yield dash, "colon" if sure else "dash", (dash.bold,)
    if short and _stands_alone(lines, index):
        name = _bare(text)
        if looks_like_name(name) and not ends_sentence(name):
            before = lines[index - 1].strip() if index else ""
            rule = AFTER_RULE if SEPARATOR.fullmatch(before) else ""
            bold = _BOLD.fullmatch(text) is not None
            seconds, size = _time_beside(lines, index, timed_before)
            shape = "alone" if seconds is None else "timed"
            yield _Read(name, "", seconds, lines=size), shape, (bold, rule)


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


def _with_dash(text: str) -> _Read | None:
    """ "**Anna (1:50) -** words", "Anna - words"; the dash may stand in or after the emphasis."""
    bold = _BOLD.match(text)
    if bold and re.search(r"\s[-–—]$", bold["inner"]):
        name, seconds = _without_clock(_bare(bold["inner"].rstrip(" -–—")))
        return (
            _Read(name, text[bold.end() :], seconds, bold=True) if looks_like_name(name) else None
        )
    dash = _DASH.match(text[:_MAX_LABEL_CHARS])
    if dash is None:
        return None
    name, seconds = _without_clock(_bare(dash["label"]))
    if not looks_like_name(name):
        return None
    return _Read(name, text[dash.end() :], seconds, bold=text.startswith("**"))


def _with_colon(lines: Sequence[str], index: int, text: str) -> _Read | None:
    """The label before a colon that begins the text, or that it and the next line or two make."""
    for size, joined in enumerate(_joined(lines, index, text), 1):
        read = _colon(joined)
        if read is None or not looks_like_name(read.name, max_words=10 + 5 * size):
            continue
        if size == 1 or read.bold or _is_wrapped_label(lines, index, read):
            return dataclasses.replace(read, lines=size)
    return None


def _joined(lines: Sequence[str], index: int, text: str) -> Iterator[str]:
    """The text, then with the next line or two, as a label may be wrapped over them."""
    yield text
    if ":" in text[:_MAX_LABEL_CHARS] or "：" in text[:_MAX_LABEL_CHARS]:
        return
    if len(text) > _MAX_WRAPPED_LINE_CHARS or text.startswith(("(", "[")) or ends_sentence(text):
        return
    joined = text
    for line in lines[index + 1 : index + 3]:
        if not line.strip():
            return
        joined = f"{joined} {line.strip()}"
        yield joined


def _is_wrapped_label(lines: Sequence[str], index: int, read: _Read) -> bool:
    """Whether an unmarked label over two or three lines is one: it opens, and it ends its line."""
    before = lines[index - 1].strip() if index else ""
    shouted = read.name.upper() == read.name and read.name.lower() != read.name
    opens = not before or ends_sentence(before)
    return opens and len(name_words(read.name)) >= 3 and (not read.rest or shouted)


def _colon(text: str) -> _Read | None:
    """The label of "**Name (1:02):** rest" in all its variants."""
    return _bold_colon(text) if text.startswith(("*", "_")) else _plain_colon(text)


def _plain_colon(text: str) -> _Read | None:
    linked = _LINKED_LABEL.match(text[: 3 * _MAX_LABEL_CHARS])
    if linked:
        name, before = _without_clock(_bare(linked["label"]))
        return _Read(name, text[linked.end() :], before)
    match = _COLON.match(text[:_MAX_LABEL_CHARS])
    if match is None:
        return None
    after = text[match.end() :]
    if after[:1].isdigit() and match["label"][-1:].isdigit():  # a clock before the colon
        timed = _TIMED_COLON.match(text[:_MAX_LABEL_CHARS])
        if timed is None:
            return None
        return _Read(_bare(timed["label"]), text[timed.end() :], clock_seconds(timed["clock"]))
    if match["colon"] == ":" and after[:1].strip() and not _may_touch(match["label"], after):
        return None
    name, seconds = _without_clock(_bare(match["label"]))
    rest, rest_seconds = _rest(after)
    return _Read(name, rest, rest_seconds if seconds is None else seconds)


def _bold_colon(text: str) -> _Read | None:
    torn = _TORN_BOLD.match(text)
    if torn:
        seconds = clock_seconds(torn["clock"])
        return _Read(_bare(torn["label"]), text[torn.end() :].strip(), seconds, bold=True)
    run = _emphasised(text)
    if run is None:
        return None
    inner, after = run
    closed = re.search(r"\s*[:：]\s*$", inner)
    if closed:
        inner = inner[: closed.start()]
    else:  # "**Name** (1:02): rest"
        beside = _BESIDE_LABEL.match(after)
        aside = beside.group() if beside else ""
        colon = re.match(r"\s*(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?", after[len(aside) :])
        if colon is None:
            return None
        inner, after = f"{inner} {aside.strip()}", after[len(aside) + colon.end() :]
    name, before = _without_clock(_bare(inner))
    rest, rest_seconds = _rest(after)
    bold = text.startswith(("**", "__"))
    return _Read(name, rest, rest_seconds if before is None else before, bold)


def _emphasised(text: str) -> tuple[str, str] | None:
    """What stands in emphasis at the front (neighbouring runs as one), and what comes after."""
    inner, position = "", 0
    while match := _BOLD.match(text, position):
        inner = f"{inner} {match['inner']}".strip()
        position = match.end()
        if re.search(r"[:：]\s*$", inner):
            break
        gap = re.match(r"\s*(?=\*\*|__)", text[position:])
        if gap is None:
            break
        position += gap.end()
    return (inner, text[position:]) if inner else None


def _may_touch(label: str, after: str) -> bool:
    """Whether a colon without a space after it may end a label: "你好:" and "Q:Why", no address."""
    if after[0] in "/\\" or after[0].isdigit():
        return False
    return (
        not label.isascii()
        or not after[0].isascii()
        or after[0] in "*\"'([“«…-"
        or (
            after[0].isupper()
            and " " in after
            and label.casefold() not in ("http", "https")
            and not re.match(r"[A-Z]{2,6}\b", after)
        )
    )


def _rest(after: str) -> tuple[str, float | None]:
    """The words after a colon; a clock there, alone or in brackets, is the label's time."""
    rest = re.sub(r"^\s*(?:\*\*|__)(?=\s|$)", "", after).strip()
    alone = only_clock(rest.rstrip(":")) if len(rest) <= _MAX_LABEL_CHARS else None
    if alone is not None and len(re.findall(CLOCK, rest)) == 1:
        return "", alone
    clock = leading_clock(rest)
    if clock and clock.bracketed:
        return rest[clock.stop :], clock.seconds
    return rest, None


def _without_clock(name: str) -> tuple[str, float | None]:
    """The name without the clock beside it, and the clock's seconds."""
    timed = trailing_clock(name)
    return (timed[0].strip(" *_"), timed[1]) if timed else (name, None)


def _unlinked(text: str) -> str:
    """The text with its links' words in place of the links, their brackets kept."""
    return _LINK.sub(lambda match: f"({match['text'] or match['plain']})", text)


def _bare(text: str) -> str:
    """The text without emphasis, escapes and the link that a name may carry."""
    plain = re.sub(r"\\([\[\]()*_.-])", r"\1", _unlinked(text))
    return re.sub(r"\s+", " ", re.sub(r"\*+|(?<!\w)_+|_+(?!\w)", "", plain)).strip()


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
