"""Where sentences end, as offsets. English by nupunkt, other scripts by their full stops.

The spans tile the text: joined they give it back, so nothing can fall between them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from nupunkt import sent_spans

# A sentence of a transcript longer than this is speech without punctuation; it is cut at
# the last comma or space before, so that a quote stays readable.
MAX_SENTENCE_CHARS = 600

# How far around a place its sentences are looked for.
_NEAR_CHARS = 2 * MAX_SENTENCE_CHARS

# Full stops that need no space after them (Chinese, Japanese, Hindi, Arabic, Armenian).
_OTHER_STOP = re.compile(r"[。！？｡।۔؟։]+[”’»」』）\)]*\s*")
# nupunkt takes some words for what they may be short for ("month.", "bank.", "so."). A word in
# small letters before a capital one ends a sentence all the same, save what is only ever short for
# something; what is so at times ends one where an opener follows.
_WORD_STOP = re.compile(
    r"(?<![\w.'’&/-])([a-z]{2,})\.[\"”’»)\]]*\s+(?=[\"“‘«(\[]?([A-Z]\w*))", re.ASCII
)
_SHORT = frozenset(
    "hon rt vs cf ca al approx est esp incl excl ltd corp govt assoc assn eds rev resp vol vols "
    "nos nr pp pg viz ibid prof dr mr mrs ms messrs st jr sr gen col capt lt sgt maj cpl adm cmdr "
    "gov sen pres supt jan feb mar apr jun jul aug sept oct nov dec tue tues wed thu thur thurs "
    "fri dept bzw evtl ggf inkl exkl bspw sog vgl zzgl abs geb ehem rd usw usf ev kath str "
    "sra srta lic ing arq gral dra tel num sig dott avv env mme mlle".split()
)
_SHORT_OR_WORD = frozenset(
    "no art arts ed fig figs ch sec sect para ex lit op cit trans inc co rep mon sat sun pag hl "
    "ste".split()
)
# Initials such as "U.S." end a sentence only where a word that often opens one follows.
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}\s+$")
_INITIALS_CHARS = 20
_ENDS_CHARS = 20
_OPENERS = frozenset(
    "The A An This That These Those It He She We You They I There Here And But So If In On At For "
    "As When What Why How Who Now Then Yes No Our My Your His Her Their Its Thank Well Okay Will "
    "Is Are Do Does Did Because".split()
)
_ENDS = re.compile(r"[.!?:…。！？｡।۔؟։]['\"”’»」』）)\]*_]*\s*$")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")
_SOFT_BREAK = re.compile(r"[,;:，；、]\s*|\s+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Contiguous `(start, end)` spans that tile `text`; a line break always ends one."""
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        for start, end in _spans_of_line(line.group()):
            spans.append((line.start() + start, line.start() + end))
    return spans


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of `sentence_spans` without the white space around, blank ones left out."""
    stripped = []
    for start, end in sentence_spans(text):
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        if lead < len(piece):
            stripped.append((start + lead, start + len(piece.rstrip())))
    return stripped


def sentences_around(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text` near `[start, end)`, those that it touches and some before and after.

    Of a long text only this part is split, so that the cost does not grow with it.
    """
    first = max(0, start - _NEAR_CHARS)
    last = min(len(text), end + _NEAR_CHARS)
    near = sentences(text[first:last])
    if first > 0:  # the first and the last may be halves
        near = near[1:] if near and near[0][1] + first < start else near
    if last < len(text):
        near = near[:-1] if near and near[-1][0] + first > end else near
    return [(a + first, b + first) for a, b in near]


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, quotes and brackets aside."""
    return _ENDS.search(text[-_ENDS_CHARS:]) is not None


def _spans_of_line(line: str) -> list[tuple[int, int]]:
    edges = {0, len(line)}
    edges.update(start for start, _ in sent_spans(line) if not _is_inside_name(line, start))
    edges.update(match.end() for match in _OTHER_STOP.finditer(line))
    edges.update(match.end() for match in _WORD_STOP.finditer(line) if _is_word(*match.groups()))
    ordered = sorted(edges)
    spans = []
    for start, end in pairwise(ordered):
        spans.extend(_cut_long(line, start, end))
    return spans


def _is_inside_name(line: str, edge: int) -> bool:
    """Whether a sentence end was seen in the midst of a name: "U.S. Climate Partnership"."""
    if not _INITIALS.search(line[max(0, edge - _INITIALS_CHARS) : edge]):
        return False
    word = re.match(r"\w+", line[edge:])
    return word is not None and word.group() not in _OPENERS


def _is_word(last: str, following: str) -> bool:
    """Whether the last word before a full stop is a word, and not short for one."""
    if last in _SHORT_OR_WORD:
        return following in _OPENERS
    return last not in _SHORT


def _cut_long(line: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while end - start > MAX_SENTENCE_CHARS:
        window = line[start : start + MAX_SENTENCE_CHARS]
        breaks = [match.end() for match in _SOFT_BREAK.finditer(window)]
        cut = start + (breaks[-1] if breaks else MAX_SENTENCE_CHARS)
        spans.append((start, cut))
        start = cut
    spans.append((start, end))
    return spans
