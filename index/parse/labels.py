"""Which lines of a text begin a turn, and who speaks there.

Labels are printed in many shapes: "Name:", "**Name:**", "Name  0:15", a name alone on its line,
"Q    Why", ">> NAME:", "Mr. SMITH. Thank you". Many lines look like one and aren't: "Note:",
"https:", "On innovation:", a heading in capitals. So the file decides as a whole:

1. Each line is a candidate in the shapes that fit it (`_candidates`).
2. Who recurs is a speaker. The shape that most recurring candidates have is the file's own;
   other shapes count only for people known from it (`_main_shape`).
3. What is seen once is a speaker only if it looks as those who recur do (bold or not, capitals
   or not, alone on its line or not), opens a paragraph, and isn't made of the words that the
   text uses for other things (`_accepted`).
4. Where nobody recurs, candidates must open half of the paragraphs.

All else stays text.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..dates import read_date_line
from ..sentences import ends_sentence
from .clock import CLOCK, clock_seconds, is_only_clocks, leading_clock, only_clock, trailing_clock
from .names import (
    OFFICES_AND_PARTS,
    is_named_in_a_few_signs,
    is_ordinary,
    key_of,
    looks_like_name,
    name_words,
)

_MAX_LABEL_CHARS = 160
_MIN_SPEECH_CHARS = 50
_MAX_LINE_CHARS = 400  # a label and its time stand at the front; the rest needs no look
_MIN_SHARE_OF_PARAGRAPHS = 0.5
_MIN_SHARE_OF_LOOK = 0.08
_COLUMN_SHARE = 0.3

_LEAD = re.compile(r"(?P<mark>#{1,6}(?=\s)|>{2,}|>(?=\s)|[-*•](?=\s+\*\*))\s*")
_BOLD = re.compile(r"(?P<fence>\*\*|__|\*|_)(?=[^\s*_])(?P<inner>[^*_\n]{1,120}?)\s*(?P=fence)")
_TORN_BOLD = re.compile(r"\*\*(?P<inner>[^*:]{1,120}\*\*[^*]{1,60}\*\*\)?)\s*:\s*\*\*")
_COLON = re.compile(r"(?P<label>[^:：\n]{1,160}?)\s*(?P<colon>[:：])")
_TIMED_COLON = re.compile(
    rf"(?P<label>[^:：\n]{{1,120}}?)[\s\[(]+(?P<clock>{CLOCK})[\])]?\s*[:：](?!\d)"
)
_STOP = re.compile(
    r"(?P<label>(?:(?:The|Mr|Mrs|Ms|Dr|Chairman|Chairwoman|Senator|Representative|Secretary|Chair"
    r"|MR|MRS|MS|DR|THE|CHAIRMAN|SENATOR|GENERAL|JUSTICE|SECRETARY)\b\.?\s+)"
    r"(?:[A-ZÀ-Þ][\w'’-]+|[A-Z]\.)(?:\s+(?:of\s+)?[A-ZÀ-Þ][\w'’-]+){0,3}(?:,[^.:]{1,80})?|SPEAKER|M\. le président"
    r"|[A-ZÀ-Þ][A-ZÀ-Þ.'’-]+(?:\s+[A-ZÀ-Þ][A-ZÀ-Þ.'’-]*){0,3}|Mme la présidente|M(?:me|\.)\s+[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){0,3}(?:,[^.:]{1,120})?)"
    r"(?:\(\?\))?\.-?\s+(?=\S)"
)
_DASH = re.compile(r"(?P<label>[^\s:–—-][^:–—\n]{0,60}?)\s*(?:\s-\s|\s?[–—]\s+)(?=\S)")
_LETTER = re.compile(r"(?P<label>[QARP])(?:\s{2,}|\.\s+|\s+[-–—]\s*)(?=\S)")
_COLUMNS = re.compile(
    r"(?P<clock>\d{2,3}(?: \d\d){2,3}|\d{2,3}(?::\d\d){1,3})\s+(?P<label>[A-Z][A-Z0-9/-]{0,7})\s+(?=\S)"
)
_BESIDE_LABEL = re.compile(r"\s*(?:\[[^\]\n]{1,60}\]|\((?P<aside>[^)\n]{1,200})\))\s*")
_LINK = re.compile(r"\(\[(?P<text>[^\]]*)\]\([^)\s]*\)\)|\[(?P<plain>[^\]]*)\]\([^)\s]*\)")
_PAGE_REFERENCE = re.compile(r"(?:pages?|p\.|pp\.)?\s*\d{1,4}", re.IGNORECASE)
_SEPARATOR = re.compile(r"[-=_*─—~\s]{3,}")


_AFTER_RULE = "after a rule"


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
class _Candidate:
    """A line read as a label of one shape. `look` is its print: mark, bold, capitals and so on."""

    label: Label
    shape: str
    look: tuple[object, ...]
    opens: bool
    mark: str = ""

    @property
    def key(self) -> str:
        return key_of(self.label.name or "")


def find_labels(lines: Sequence[str]) -> list[Label]:
    """The labels that begin turns, in order of their lines."""
    found: list[list[_Candidate]] = []
    for index in range(len(lines)):
        if lines[index].strip():
            found.append(list(_candidates(lines, index)))
    everyone = [candidate for candidates in found for candidate in candidates]
    shape, counts = _main_shape(everyone, len(found))
    accepted = _accepted(lines, everyone, shape, counts)
    labels: list[Label] = []
    after = 0
    for candidate in accepted:
        if candidate.label.index >= after:
            labels.append(candidate.label)
            after = candidate.label.index + candidate.label.lines
    return labels


def _candidates(lines: Sequence[str], index: int) -> Iterator[_Candidate]:
    """What the line may be, the surest shape first."""
    whole = lines[index].strip()
    front = whole[:_MAX_LINE_CHARS]
    if not front or _SEPARATOR.fullmatch(front):
        return
    opens = _opens(lines, index)
    column = _COLUMNS.match(front)
    if column:
        seconds = clock_seconds(column["clock"].replace(" ", ":"))
        label = Label(index, column["label"], seconds, whole[column.end() :].strip())
        yield _Candidate(label, "columns", (), opens)
    lead = _LEAD.match(front)
    mark, start = (lead["mark"], lead.end()) if lead else ("", 0)
    if not mark and read_date_line(front) is not None:
        return  # "May 5, 2025 10:30" is no speaker's time
    clock = leading_clock(front, start)
    text = whole[clock.stop if clock else start :]
    if not text:
        return
    read = None
    if mark.startswith(">>"):
        read = _colon(text)
        if read is None or not looks_like_name(read.name):
            label = Label(index, None, clock.seconds if clock else None, text)
            yield _Candidate(label, "colon", (">>",), opens, ">>")
            return
    for found, shape, look in _read(lines, index, text):
        seconds = clock.seconds if clock else found.seconds
        label = Label(
            index, found.name, seconds, found.rest.strip(), found.lines,
            clock.end_seconds if clock else None,
        )  # fmt: skip
        look = (mark[:1], *look, _is_upper(found.name), not label.rest)
        yield _Candidate(label, shape, look, opens, mark)


@dataclass(frozen=True, slots=True)
class _Read:
    """A name read off the front of a line, the words after it, and what tells of its print."""

    name: str
    rest: str
    seconds: float | None = None
    bold: bool = False
    lines: int = 1


def _read(
    lines: Sequence[str], index: int, text: str
) -> Iterator[tuple[_Read, str, tuple[object, ...]]]:
    """What the text without mark and time in front may be: (reading, shape, look)."""
    colon = _with_colon(lines, index, text)
    if colon is not None:
        yield colon, "colon", (colon.bold,)
        return
    short = len(text) <= _MAX_LABEL_CHARS
    timed = trailing_clock(text) if short else None
    if timed and looks_like_name(_bare(timed[0]), strict=False):
        yield _Read(_bare(timed[0]), "", timed[1]), "timed", (text.startswith("**"),)
        return
    letter = _LETTER.match(text)
    if letter:
        yield _Read(letter["label"], text[letter.end() :]), "colon", (False,)
        return
    stop = _STOP.match(text[:_MAX_LABEL_CHARS])
    if stop:
        yield _Read(stop["label"], text[stop.end() :]), "stop", ()
    dash = _with_dash(text)
    if dash:
        yield dash, "dash", (dash.bold,)
    if short and _stands_alone(lines, index):
        name = _bare(text)
        if looks_like_name(name) and not ends_sentence(name):
            before = lines[index - 1].strip() if index else ""
            after_rule = bool(before) and _SEPARATOR.fullmatch(before) is not None
            below = only_clock(lines[index + 1]) if index + 1 < len(lines) else None
            rule = _AFTER_RULE if after_rule else ""
            look = (_BOLD.fullmatch(text) is not None, rule, below is not None)
            yield _Read(name, "", below, lines=1 if below is None else 2), "alone", look


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
    if len(text) > 90 or not text or ends_sentence(text):
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
    front = _unlinked(text[: 3 * _MAX_LABEL_CHARS])
    text = front + text[3 * _MAX_LABEL_CHARS :]
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
    text = _unlinked(text[: 3 * _MAX_LABEL_CHARS]) + text[3 * _MAX_LABEL_CHARS :]
    run = _emphasised(text)
    if run is None:
        return None
    inner, after = run
    torn = _TORN_BOLD.match(text)
    if torn:  # "**Name (**(1:02)**):**", as a link within leaves it
        name = re.sub(r"\(+([^()]*)\)+", r"(\1)", _bare(torn["inner"]))
        name, seconds = _without_clock(name)
        return _Read(name, text[torn.end() :].strip(), seconds, bold=True)
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
    name, seconds = _without_clock(_bare(inner))
    rest, rest_seconds = _rest(after)
    bold = text.startswith(("**", "__"))
    return _Read(name, rest, rest_seconds if seconds is None else seconds, bold)


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


def _is_upper(name: str) -> bool:
    """Whether the name is printed in capitals, titles such as "Mr." and "von" aside."""
    words = name_words(name)
    long = [word for word in words if len(word.strip(".")) > 1] or words
    return bool(long) and sum(word.isupper() for word in long) * 2 > len(long)


def _stands_alone(lines: Sequence[str], index: int) -> bool:
    """Whether speech follows below, and not the next entry of a list of names."""
    below = [line.strip() for line in lines[index + 1 : index + 4] if line.strip()]
    if below and is_only_clocks(below[0]):
        del below[0]
    if not below or _SEPARATOR.fullmatch(below[0]):
        return False
    first = below[0]
    return ends_sentence(first) or len(first) >= _MIN_SPEECH_CHARS or not looks_like_name(first)


def _opens(lines: Sequence[str], index: int) -> bool:
    """Whether the line opens a paragraph: the first, or after a blank one or a full stop."""
    before = lines[index - 1].strip() if index else ""
    if not before or ends_sentence(before) or before[-1:] in ":-–—" or is_only_clocks(before):
        return True
    return _SEPARATOR.fullmatch(before) is not None or before.startswith(
        ("(", "[", "#", "_", "<", "**")
    )


def _main_shape(candidates: list[_Candidate], lines: int) -> tuple[str, Counter[str]]:
    """The shape that most of those who recur in it are printed in, and how often each recurs."""
    by_shape: dict[str, Counter[str]] = {}
    for candidate in candidates:
        by_shape.setdefault(candidate.shape, Counter())[candidate.key] += 1
    ruled = sum(1 for c in candidates if c.shape == "alone" and _AFTER_RULE in c.look)
    weight = {shape: _weight(shape, counts, lines, ruled) for shape, counts in by_shape.items()}
    # Where they weigh alike, the surer shape wins.
    order = ("colon", "timed", "columns", "stop", "dash", "alone")
    shape = max(order, key=lambda name: (weight.get(name, 0), -order.index(name)))
    if not weight.get(shape):
        shape = "colon"
    return shape, by_shape.get(shape, Counter())


def _weight(shape: str, counts: Counter[str], lines: int, ruled: int) -> float:
    recurring = {key: count for key, count in counts.items() if count > 1}
    total = sum(recurring.values())
    if shape == "colon":
        return total
    if shape == "timed":
        return sum(counts.values()) * 1.5 if sum(counts.values()) > 1 else 0
    if shape == "alone" and ruled >= 3:
        return ruled
    if shape == "columns":
        return 2 * total if total >= max(4, lines * _COLUMN_SHARE) else 0
    # Rarer shapes need more to be believed: two who recur, one of them often.
    if len(counts) < 3 or not recurring or max(recurring.values()) < 3:
        return 0
    return total


def _accepted(
    lines: Sequence[str], candidates: list[_Candidate], shape: str, counts: Counter[str]
) -> list[_Candidate]:
    main = [candidate for candidate in candidates if candidate.shape == shape]
    if not main:
        return []
    if shape in ("timed", "columns"):
        return sorted(
            main + _known_elsewhere(candidates, shape, {c.key for c in main}),
            key=lambda candidate: candidate.label.index,
        )
    if shape == "colon":
        main = _without_headline(lines, main, counts)
    recurring = [c for c in main if counts[c.key] > 1]
    looks = Counter(candidate.look for candidate in recurring)
    in_use = {
        look
        for look, count in looks.items()
        if count >= max(1, len(recurring) * _MIN_SHARE_OF_LOOK)
    }
    if any(_AFTER_RULE in candidate.look for candidate in main):
        kept = [c for c in main if _AFTER_RULE in c.look]
        kept += [c for c in candidates if c.shape == "colon" and _is_label_too(lines, c)]
        return sorted(kept, key=lambda candidate: candidate.label.index)
    if not recurring:
        openers = sum(1 for i, line in enumerate(lines) if line.strip() and _opens(lines, i))
        dense = len(main) >= max(2, openers * _MIN_SHARE_OF_PARAGRAPHS)
        return [c for c in main if dense or _is_sure(c)]
    words = _lower_words(lines)
    rests: dict[str, list[str]] = {}
    for candidate in main:
        rests.setdefault(candidate.key, []).append(candidate.label.rest)
    speakers = {
        c.key
        for c in recurring
        if (counts[c.key] > 2 or c.look in in_use)
        and not _is_thing(c, counts[c.key], words)
        and not _is_field(c, rests[c.key])
    }
    kept = [
        c
        for c in main
        if c.key in speakers
        or (c.label.name is None and any(o.mark == ">>" and o is not c for o in main))
        or (
            counts[c.key] == 1
            and not _is_field(c, rests[c.key])
            and (
                _is_known_by(c, speakers)
                or (c.opens and c.look in in_use and _is_someone(c, words, len(recurring), main))
            )
        )
    ]
    first = min((c.label.index for c in kept if c.look in in_use), default=0)
    kept = [
        c for c in kept if c.look in in_use or c.label.index > first or _is_known_by(c, speakers)
    ]
    kept += _known_elsewhere(candidates, shape, {c.key for c in kept})
    return sorted(kept, key=lambda candidate: candidate.label.index)


def _is_label_too(lines: Sequence[str], candidate: _Candidate) -> bool:
    """Whether a label before a colon speaks in a file that has names alone on their lines."""
    before = lines[candidate.label.index - 1].strip() if candidate.label.index else ""
    apart = _SEPARATOR.fullmatch(before) is not None
    name = candidate.label.name or ""
    return _is_upper(name) and (apart or (candidate.opens and len(name_words(name)) > 1))


def _is_known_by(candidate: _Candidate, speakers: set[str]) -> bool:
    """Whether a full name seen once is of one who recurs by surname or by initials."""
    name = candidate.label.name or ""
    words = key_of(name.partition(",")[0]).split()
    if len(words) < 2:
        return False
    if words[-1] in speakers:
        return True
    beside = re.search(r"\((\w{2,4})\)$", name)
    initials = beside[1].casefold() if beside else "".join(word[0] for word in words)
    return initials in speakers and len(initials) > 1 and candidate.opens


def _is_field(candidate: _Candidate, rests: Sequence[str]) -> bool:
    """Whether a label heads an entry of a form or of a list of contents: nothing is said after it.

    "### Moderator: Danny", "Host: Anna Lind", "OPENING ADDRESS BY: PAGE 6".
    """
    name = candidate.label.name or ""
    if all(_PAGE_REFERENCE.fullmatch(rest) for rest in rests):
        return True
    if len(rests) == 1 and rests[0].isupper() and " " in rests[0] and not ends_sentence(rests[0]):
        return True
    if not _is_part(name):
        return False
    heading = candidate.mark.startswith("#")
    return all(
        looks_like_name(rest) and not ends_sentence(rest) and (heading or " " in rest)
        for rest in rests
    )


def _known_elsewhere(candidates: list[_Candidate], shape: str, known: set[str]) -> list[_Candidate]:
    """Candidates of other shapes whose label is known: "MS. DALTON." beside "MS. DALTON:"."""
    return [
        c
        for c in candidates
        if c.shape != shape
        and c.opens
        and c.key in known
        and (
            c.shape in ("colon", "timed")
            or (c.shape == "stop" and _is_upper(c.label.name or ""))
            or (c.shape == "alone" and c.look[1] is True)  # in bold
        )
    ]


def _without_headline(
    lines: Sequence[str], candidates: list[_Candidate], counts: Counter[str]
) -> list[_Candidate]:
    """Without a first line that is a title such as "Town Hall: March Session".

    It names nobody who speaks again where others do, ends in no full stop, and stands apart.
    """
    first = next(i for i, line in enumerate(lines) if line.strip())
    label = candidates[0].label
    alone = label.index == first and not "".join(lines[first + 1 : first + 2]).strip()
    once = counts[candidates[0].key] == 1 < max(counts.values())
    if alone and once and label.rest and not ends_sentence(label.rest):
        return candidates[1:]
    return candidates


def _lower_words(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"[^\W\d_]{2,}", line) if word.islower()}


def _is_thing(candidate: _Candidate, count: int, words: set[str]) -> bool:
    """Whether a label that recurs is a word of the text and no name: "remember", "step"."""
    name = candidate.label.name or ""
    if candidate.label.name is None or key_of(name) in OFFICES_AND_PARTS or _is_upper(name):
        return False
    return count < 3 and len(name_words(name)) < 2 and is_ordinary(name, words)


def _is_someone(
    candidate: _Candidate, words: set[str], recurring: int, main: list[_Candidate]
) -> bool:
    """Whether a label seen once, in the look of those who recur, is a person too."""
    name = candidate.label.name
    if name is None:
        return True
    if not is_named_in_a_few_signs(name):
        return False
    if _is_upper(name) or _is_sure(candidate):
        return not is_ordinary(name, words) or _is_upper(name) or _is_part(name)
    return not is_ordinary(name, words) and recurring * 4 >= len(main)


def _is_part(name: str) -> bool:
    return any(word.casefold().strip(".") in OFFICES_AND_PARTS for word in name_words(name))


def _is_sure(candidate: _Candidate) -> bool:
    """Whether a label seen once is surely a speaker: a full name, in capitals, or a part."""
    name = candidate.label.name
    if name is None:
        return False
    names = name_words(name)
    return (len(name) > 1 and _is_upper(name)) or _is_part(name) or len(names) >= 2
