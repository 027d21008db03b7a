"""A label with a colon behind it, in all its variants: bold, linked, timed, wrapped over lines."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...sentences import ends_sentence
from ..clock import CLOCK, clock_seconds, leading_clock, only_clock, trailing_clock
from ..names import looks_like_name, name_words

MAX_LABEL_CHARS = 160
_MAX_WRAPPED_LINE_CHARS = 90

BOLD = re.compile(r"(?P<fence>\*\*|__|\*|_)(?=[^\s*_])(?P<inner>[^*_\n]{1,120}?)\s*(?P=fence)")
# "**Name (**[0:57](address)**):**", as a linked time within bold leaves it
_TORN_BOLD = re.compile(
    rf"\*\*(?P<label>[^*:(]{{1,120}})\(\*\*\[(?P<clock>{CLOCK})\]\([^)\s]*\)\*\*\)\s*:?\s*\*\*"
)
_LINKED_LABEL = re.compile(r"(?P<label>[^\[\]:：]{0,120}\[[^\]:]{1,80}\]\([^)\s]*\)\)?)\s*[:：]")
_COLON = re.compile(r"(?P<label>[^:：\n]{1,160}?)\s*(?P<colon>[:：])")
_TIMED_COLON = re.compile(
    rf"(?P<label>[^:：\n]{{1,120}}?)[\s\[(]+(?P<clock>{CLOCK})[\])]?\s*[:：](?!\d)"
)
_BESIDE_LABEL = re.compile(
    r"\s*(?:\(\[[^\]\n]{1,60}\]\([^)\s]*\)\)|\[[^\]\n]{1,60}\](?:\([^)\s]*\))?|\([^)\n]{1,200}\))\s*"
)
_LINK = re.compile(r"\(\[(?P<text>[^\]]*)\]\([^)\s]*\)\)|\[(?P<plain>[^\]]*)\]\([^)\s]*\)")


@dataclass(frozen=True, slots=True)
class Read:
    """A name read off the front of a line, the words after it, and what tells of its print."""

    name: str
    rest: str
    seconds: float | None = None
    bold: bool = False
    lines: int = 1


def with_colon(lines: Sequence[str], index: int, text: str) -> Read | None:
    """The label before a colon that begins the text, or that it and the next line or two make."""
    for size, joined in enumerate(_joined(lines, index, text), 1):
        read = read_colon(joined)
        if read is None or not looks_like_name(read.name, max_words=10 + 5 * size):
            continue
        if size == 1 or read.bold or _is_wrapped_label(lines, index, read):
            return dataclasses.replace(read, lines=size)
    return None


def _joined(lines: Sequence[str], index: int, text: str) -> Iterator[str]:
    """The text, then with the next line or two, as a label may be wrapped over them."""
    yield text
    if ":" in text[:MAX_LABEL_CHARS] or "：" in text[:MAX_LABEL_CHARS]:
        return
    if len(text) > _MAX_WRAPPED_LINE_CHARS or text.startswith(("(", "[")) or ends_sentence(text):
        return
    joined = text
    for line in lines[index + 1 : index + 3]:
        if not line.strip():
            return
        joined = f"{joined} {line.strip()}"
        yield joined


def _is_wrapped_label(lines: Sequence[str], index: int, read: Read) -> bool:
    """Whether an unmarked label over two or three lines is one: it opens, and it ends its line."""
    before = lines[index - 1].strip() if index else ""
    shouted = read.name.upper() == read.name and read.name.lower() != read.name
    opens = not before or ends_sentence(before)
    return opens and len(name_words(read.name)) >= 3 and (not read.rest or shouted)


def read_colon(text: str) -> Read | None:
    """The label of "**Name (1:02):** rest" in all its variants."""
    return _bold_colon(text) if text.startswith(("*", "_")) else _plain_colon(text)


def _plain_colon(text: str) -> Read | None:
    linked = _LINKED_LABEL.match(text[: 3 * MAX_LABEL_CHARS])
    if linked:
        name, before = without_clock(bare(linked["label"]))
        return Read(name, text[linked.end() :], before)
    match = _COLON.match(text[:MAX_LABEL_CHARS])
    if match is None:
        return None
    after = text[match.end() :]
    if after[:1].isdigit() and match["label"][-1:].isdigit():  # a clock before the colon
        timed = _TIMED_COLON.match(text[:MAX_LABEL_CHARS])
        if timed is None:
            return None
        return Read(bare(timed["label"]), text[timed.end() :], clock_seconds(timed["clock"]))
    if match["colon"] == ":" and after[:1].strip() and not _may_touch(match["label"], after):
        return None
    name, seconds = without_clock(bare(match["label"]))
    rest, rest_seconds = _rest(after)
    return Read(name, rest, rest_seconds if seconds is None else seconds)


def _bold_colon(text: str) -> Read | None:
    torn = _TORN_BOLD.match(text)
    if torn:
        seconds = clock_seconds(torn["clock"])
        return Read(bare(torn["label"]), text[torn.end() :].strip(), seconds, bold=True)
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
    name, before = without_clock(bare(inner))
    rest, rest_seconds = _rest(after)
    bold = text.startswith(("**", "__"))
    return Read(name, rest, rest_seconds if before is None else before, bold)


def _emphasised(text: str) -> tuple[str, str] | None:
    """What stands in emphasis at the front (neighbouring runs as one), and what comes after."""
    inner, position = "", 0
    while match := BOLD.match(text, position):
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
    alone = only_clock(rest.rstrip(":")) if len(rest) <= MAX_LABEL_CHARS else None
    if alone is not None and len(re.findall(CLOCK, rest)) == 1:
        return "", alone
    clock = leading_clock(rest)
    if clock and clock.bracketed:
        return rest[clock.stop :], clock.seconds
    return rest, None


def without_clock(name: str) -> tuple[str, float | None]:
    """The name without the clock beside it, and the clock's seconds."""
    timed = trailing_clock(name)
    return (timed[0].strip(" *_"), timed[1]) if timed else (name, None)


def _unlinked(text: str) -> str:
    """The text with its links' words in place of the links, their brackets kept."""
    return _LINK.sub(lambda match: f"({match['text'] or match['plain']})", text)


def bare(text: str) -> str:
    """The text without emphasis, escapes and the link that a name may carry."""
    plain = re.sub(r"\\([\[\]()*_.-])", r"\1", _unlinked(text))
    return re.sub(r"\s+", " ", re.sub(r"\*+|(?<!\w)_+|_+(?!\w)", "", plain)).strip()
