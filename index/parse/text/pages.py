"""Pages of print -> running lines: without line numbers, page headers and footers, and indexes.

Court transcripts number each line from 1 to about 25 on every page; a count that starts anew is a
new page. Elsewhere pages part at form feeds, or at lines that count up by one ("Page 7 of 18").
A line at a page's edge is a header or footer where the same line, its numbers aside, stands at
the edges of other pages too. Whatever is taken out is reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ...sentences import ends_sentence
from ..lines import Line
from ..speech import Head

LINE_NUMBER = "a line number"
PAGE_FURNITURE = "page header or footer"
WORD_INDEX = "word index"

_NUMBERED = re.compile(r"\f?\s{0,14}(?:\d{3,6}:)?(?P<number>\d{1,2})(?:\s+(?P<text>\S.*))?\s*")
_COLUMN_SLACK = 3
_MAX_STEP = 5  # a number or two may be lost in a scan
_MIN_NUMBERED_LINES = 40
_MIN_NUMBERED_SHARE = 0.4
_MIN_PAGES = 3
_EDGE_LINES = 3
_MIN_NUMBER_BLOCK = 10
_EDGE_SHARE = 0.4
_MIN_LINES_A_PAGE = 5
_MAX_FURNITURE_CHARS = 160
_DIGIT = re.compile(r"\d")
_ENTRY = re.compile(r"\d+:\d[\d:,\s-]*")  # what an index has behind a number it lists
_REFERENCE = re.compile(r"\d+:\d+")
_MIN_INDEX_LINES = 10
_INDEX_SHARE = 0.3
_PARAGRAPH_INDENT = 2
_PAGE_LINE = re.compile(
    r"[-–—=\s\[]*(?:page|seite|página|pagina|стр\.?|p\.)\s*\d+(?:\s*(?:of|/|von|de)\s*\d+)?[\]\s=–—-]*",
    re.IGNORECASE,
)


def running_lines(lines: list[Line], head: Head) -> list[Line]:
    """The lines as one running text. Files without pages come back as they were."""
    lines = _without_number_blocks(lines, head)
    numbers = _line_numbers(lines)
    if numbers:
        return _without_numbers(lines, numbers, head)
    edges = _edges(lines)
    return _without(lines, edges, PAGE_FURNITURE, head) if edges else lines


def _without_number_blocks(lines: list[Line], head: Head) -> list[Line]:
    """Without runs of bare numbers that count up: line numbers that a PDF lost beside its text."""
    kept: list[Line] = []
    run: list[Line] = []
    for line in [*lines, Line(0, "x")]:
        text = line.text.strip()
        if (
            text.isdecimal()
            and len(text) < 3
            and int(text) == (int(run[-1].text) + 1 if run else 1)
        ):
            run.append(line)
            continue
        if len(run) >= _MIN_NUMBER_BLOCK:
            head.report(run[0].number, " ".join(one.text.strip() for one in run), LINE_NUMBER)
        else:
            kept.extend(run)
        run = [line] if text == "1" else []
        if not run:
            kept.append(line)
    return kept[:-1] if kept and kept[-1].number == 0 else kept


def _line_numbers(lines: Sequence[Line]) -> dict[int, int]:
    """Index of line -> its number, where the lines of each page are numbered; else nothing."""
    matches = {
        index: match
        for index, line in enumerate(lines)
        if (match := _NUMBERED.fullmatch(line.text)) is not None
        and not _ENTRY.fullmatch(match["text"] or "")
    }
    if len(matches) < _MIN_NUMBERED_LINES:
        return {}
    # Page numbers stand elsewhere than the column of line numbers.
    column = Counter(match.end("number") for match in matches.values()).most_common(1)[0][0]
    numbers: dict[int, int] = {}
    last = 0
    for index, match in matches.items():
        number = int(match["number"])
        if abs(match.end("number") - column) > _COLUMN_SLACK:
            continue
        if 0 < number - last <= _MAX_STEP or (number == 1 and last >= _MIN_LINES_A_PAGE):
            numbers[index] = number
            last = number
    filled = sum(1 for line in lines if line.text.strip())
    restarts = sum(number == 1 for number in numbers.values())
    enough = len(numbers) >= max(_MIN_NUMBERED_LINES, filled * _MIN_NUMBERED_SHARE)
    return numbers if enough and restarts > 1 else {}


def _without_numbers(lines: list[Line], numbers: dict[int, int], head: Head) -> list[Line]:
    """The text beside the numbers, paragraphs parted where a line is indented."""
    between = [*_between_pages(lines, numbers), *_page_edges(numbers)]
    furniture = _recurring(lines, between, sum(number == 1 for number in numbers.values()))
    last = max(numbers)
    tail = [index for index in range(last + 1, len(lines)) if lines[index].text.strip()]
    if _is_word_index(lines, tail):
        for index in tail:
            refers = _REFERENCE.search(lines[index].text) is not None
            why = PAGE_FURNITURE if index in furniture and not refers else WORD_INDEX
            head.report(lines[index].number, lines[index].text, why)
        furniture.difference_update(tail)
        lines = lines[: last + 1]
    kept: list[Line] = []
    indents: Counter[int] = Counter()
    for index, line in enumerate(lines):
        if index in furniture:
            text = line.text
            if index in numbers and (match := _NUMBERED.fullmatch(text)):
                text = match["text"] or text
            head.report(line.number, text, PAGE_FURNITURE)
        elif index in numbers:
            match = _NUMBERED.fullmatch(line.text)
            if match and match["text"]:
                kept.append(Line(line.number, " " * match.start("text") + match["text"]))
                indents[match.start("text")] += 1
        elif line.text.strip():
            kept.append(line)
    return _parted_by_indent(kept, indents)


def _between_pages(lines: Sequence[Line], numbers: dict[int, int]) -> list[int]:
    """Filled lines without a number that stand between one page's last number and the next's 1."""
    ordered = sorted(numbers)
    gaps: list[int] = list(range(ordered[0]))
    for here, after in zip(ordered, [*ordered[1:], len(lines)], strict=True):
        if after == len(lines) or numbers[after] == 1:
            gaps.extend(range(here + 1, after))
    return [index for index in gaps if lines[index].text.strip()]


def _page_edges(numbers: dict[int, int]) -> list[int]:
    """The first numbered line of each page, which may hold a running title."""
    return [index for index, number in numbers.items() if number == 1]


def _recurring(lines: Sequence[Line], places: Iterable[int], pages: int) -> set[int]:
    """Those of the places whose line, numbers aside, is found at many of them."""
    places = [index for index in places if len(lines[index].text.strip()) <= _MAX_FURNITURE_CHARS]
    prints = {index: _print_of(lines[index].text) for index in places}
    counts = Counter(prints.values())
    counts.pop("# #", None)  # numbers alone tell nothing
    enough = max(_MIN_PAGES, pages * _EDGE_SHARE)
    return {
        index
        for index in places
        if counts[prints[index]] >= enough or (prints[index] == "#" and counts["#"] >= _MIN_PAGES)
    }


def _print_of(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", text).strip(" \f"))


def _is_word_index(lines: Sequence[Line], tail: Sequence[int]) -> bool:
    references = sum(_REFERENCE.search(lines[index].text) is not None for index in tail)
    return len(tail) >= _MIN_INDEX_LINES and references >= len(tail) * _INDEX_SHARE


def _parted_by_indent(lines: list[Line], indents: Counter[int]) -> list[Line]:
    """A blank line before each line that is set further in than the left edge of the speech.

    The edge is the least of the common indents; scans shift it by a space or two.
    """
    common = [indent for indent, count in indents.items() if count * 10 >= indents.total()]
    edge = min(common or indents, default=0)
    parted: list[Line] = []
    for line in lines:
        if _indent(line.text) > edge + _PARAGRAPH_INDENT:
            parted.append(Line(line.number, ""))
        parted.append(line)
    return parted


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _edges(lines: Sequence[Line]) -> set[int]:
    """Headers and footers of a text with pages but without line numbers."""
    starts = [index for index, line in enumerate(lines) if line.text.startswith("\f")]
    if len(starts) >= _MIN_PAGES - 1:
        bounds = sorted({0, *starts, len(lines)})
        places: list[int] = []
        for first, last in pairwise(bounds):
            filled = [index for index in range(first, last) if lines[index].text.strip()]
            places.extend({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})
        return _recurring(lines, sorted(places), len(bounds) - 1)
    return _around_page_numbers(lines)


def _around_page_numbers(lines: Sequence[Line]) -> set[int]:
    """Lines that count the pages up by one, and what recurs right beside them."""
    by_print: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        text = line.text.strip()
        if len(text) <= _MAX_FURNITURE_CHARS and _DIGIT.search(text):
            by_print.setdefault(_print_of(text), []).append(index)
    counters: set[int] = set()
    for places in by_print.values():
        if len(places) >= _MIN_PAGES and _counts_up(lines, places):
            counters.update(places)
    counters.update(
        index
        for places in by_print.values()
        for index in places
        if _PAGE_LINE.fullmatch(lines[index].text.strip())
    )
    if len(counters) < _MIN_PAGES:
        return {index for index in counters if _PAGE_LINE.fullmatch(lines[index].text.strip())}
    beside: list[int] = []
    for index in counters:
        for step in (1, -1):
            beside.extend(_neighbours(lines, index, step))
    near = {index for index in beside if index not in counters}
    return counters | _recurring(lines, sorted(near), len(counters))


def _neighbours(lines: Sequence[Line], index: int, step: int) -> list[int]:
    found: list[int] = []
    for other in range(index + step, index + step * 9, step):
        if not 0 <= other < len(lines) or len(found) == _EDGE_LINES:
            break
        if lines[other].text.strip():
            found.append(other)
    return found


def _counts_up(lines: Sequence[Line], places: list[int]) -> bool:
    """Whether one of the lines' numbers goes up by one from each to the next, page after page."""
    if (places[-1] - places[0]) < _MIN_LINES_A_PAGE * (len(places) - 1):
        return False
    rows = [[int(n[:9]) for n in re.findall(r"\d+", lines[index].text)] for index in places]
    steps = len(rows) - 1
    for column in range(len(rows[0])):
        ups = sum(after[column] - here[column] == 1 for here, after in pairwise(rows))
        if ups >= max(2, steps * 0.7):
            return True
    return False


def _without(lines: list[Line], taken: set[int], why: str, head: Head) -> list[Line]:
    """The lines without those taken; a paragraph that a page broke in two is one again."""
    kept: list[Line] = []
    broken = False
    for index, line in enumerate(lines):
        if index in taken:
            head.read_date(line.text.strip())
            head.report(line.number, line.text, why)
            while kept and not kept[-1].text.strip():
                kept.pop()
            broken = True
            continue
        if broken and not line.text.strip():
            continue
        if broken and kept and ends_sentence(kept[-1].text):
            kept.append(Line(line.number, ""))
        broken = False
        kept.append(line)
    return kept
