"""The runs of words in a block of a web page or Word file -> lines for the text reader.

Words in bold at the front of a line keep their Markdown fence, since that is how pages print
labels; all other print falls away. What the text reader would take for markup is escaped.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ...sentences import ends_sentence
from ..names import looks_like_name

BESIDE_LABEL = "a number before a label"
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
PLAIN, BOLD, BREAK, SPEAKER, APART = range(5)

_SPACES = re.compile(r"[\s\u00a0]+")
_LETTER = re.compile(r"\s*(?P<letter>[QAR])(?:\t|[ \u00a0\t]{2,})(?=\S)")
_BOLD_LETTER = re.compile(r"[QAR]\.?")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]+")
_NUMBERING = re.compile(r"(?:(?:[A-Z]{0,2}\d{1,4}[.)]|\[\w{1,10}\])\s*)+")
_FOLLOWING_COLON = re.compile(r"\s*(?:\([^()]{1,80}\)\s*)?[:：]")
_LABEL_IN_BOLD = re.compile(r"(?P<label>[^:：]{1,80}[:：])(?P<rest>\s+\S.*)", re.S)
_MIN_SPEAKERS = 2
_MAX_LABEL_CHARS = 120
_LOOK_BACK, _LOOK_AHEAD = 20, 100


class Run(NamedTuple):
    """Words in one print. A SPEAKER run ends a speaker's element, and its text is the class.

    APART are words that look like a label and have an element of their own: as good as bold,
    where others follow on the line.
    """

    text: str
    kind: int


def lines_of(
    runs: Sequence[Run],
    tag: str,
    speakers: Counter[str] | None = None,
    *,
    preformatted: bool = False,
) -> tuple[list[str], list[str]]:
    """The lines of a block and the numbers taken off before labels.

    Blank lines part paragraphs, as two breaks in a row do. `tag` is HTML's, "h1" for a heading.
    `speakers` counts a page's elements by the class that says they hold a speaker: where there
    are several, they are labels. `preformatted` lines keep their indent, and get no fence.
    """
    lines: list[str] = []
    numbering: list[str] = []
    line: list[Run] = []
    for run in [*runs, Run("\n", BREAK)]:
        if run.kind != BREAK:
            line.append(run)
            continue
        text, bold = _joined(line, speakers or Counter(), preformatted)
        line = []
        if preformatted:
            lines.append(text)
        elif tag in HEADINGS:
            lines.extend([f"{'#' * int(tag[1])} {_escaped(text)}"] if text else [])
        else:
            lines.extend(_printed(text, bold, numbering) if text else [""])
    return lines or [""], numbering


def _joined(
    runs: Sequence[Run], speakers: Counter[str], preformatted: bool
) -> tuple[str, list[tuple[int, int]]]:
    """The text of a line, and the spans of it in bold; spans parted by spaces alone are one."""
    text = ""
    bold: list[tuple[int, int]] = []
    for index, (said, kind) in enumerate(runs):
        if kind == SPEAKER:
            after = runs[index + 1 : index + 6]
            rest = "".join(run.text[:_LOOK_AHEAD] for run in after if run.kind != SPEAKER)
            if speakers[said] < _MIN_SPEAKERS or _FOLLOWING_COLON.match(rest):
                continue
            text, said, kind = text.rstrip(), ":", BOLD
        elif kind == APART and any(not run.text.isspace() for run in runs[index + 1 :][:3]):
            kind = BOLD
        piece = _INVISIBLE.sub("", said)
        if not preformatted:
            piece = _SPACES.sub(" ", piece)
            if not text or text.endswith(" "):
                piece = piece.lstrip(" ")
        if not piece:
            continue
        if kind == BOLD:
            start = len(text)
            if bold and not text[bold[-1][1] :].strip():
                start = bold.pop()[0]
            bold.append((start, len(text) + len(piece)))
        text += piece
    letter = _LETTER.match("".join(run.text for run in runs[:4])[:_LOOK_BACK])
    if letter and not preformatted:
        return f"{letter['letter']}    {text[1:].strip()}", []  # the gap is what makes it a label
    return text.rstrip(), bold


def _printed(text: str, bold: list[tuple[int, int]], taken_off: list[str]) -> list[str]:
    """The line with the fence around bold words at its front, cut before labels within it."""
    numbering = _NUMBERING.match(text)
    if numbering and bold and bold[0][0] == numbering.end() and _is_label(text, *bold[0]):
        taken_off.append(numbering.group().strip())
        start = numbering.end()
    else:
        start = 0
    cuts = [
        first
        for first, last in bold
        if first > start
        and ends_sentence(text[max(start, first - _LOOK_BACK) : first])
        and _is_label(text, first, last)
    ]
    ends = dict(bold)
    printed: list[str] = []
    for first, last in zip([start, *cuts], [*cuts, len(text)], strict=True):
        line = text[first:last].strip()
        if line:
            printed.append(_fenced(line, min(ends.get(first, first), last) - first))
    return printed


def is_label(text: str) -> bool:
    """Whether the words are a name with a colon."""
    words = text.strip()
    named = words[-1:] in (":", "：") and len(words) <= _MAX_LABEL_CHARS
    return named and looks_like_name(words.rstrip(" :："))


def _is_label(text: str, first: int, last: int) -> bool:
    """Whether the words in bold are a name with a colon within or right after them."""
    words = text[first:last].strip()
    colon = text[last : last + 2].lstrip()[:1]
    return is_label(words) or (colon in (":", "：") and is_label(f"{words}:"))


def _fenced(line: str, bold_chars: int) -> str:
    words = line[:bold_chars].strip()
    rest = line[len(words) :]
    inner = _LABEL_IN_BOLD.fullmatch(words)
    if inner and looks_like_name(inner["label"].rstrip(" :：")):
        words, rest = inner["label"], inner["rest"] + rest
    if _BOLD_LETTER.fullmatch(words):
        words = f"{words[0]}:"
    if not words or "*" in words or "_" in words or not any(char.isalnum() for char in words):
        return _escaped(line)
    return f"**{_escaped(words)}**{_escaped(rest)}"


def _escaped(text: str) -> str:
    """The text with entities for what the text reader would take for Markdown or a tag."""
    if "&" in text:
        text = re.sub(r"&(?=#?\w{1,8};)", "&amp;", text)
    if "<" in text:
        text = re.sub(r"<(?=[A-Za-z/!])", "&lt;", text)
    if "\\" in text:
        text = re.sub(r"\\(?=[\\`*_{}\[\]()#+.!|<>~-])", "&#92;", text)
    if "*" in text and any(char.isalnum() for char in text):
        text = text.replace("*", "&#42;")
    if "_" in text:
        text = re.sub(r"(?<!\w)_(?=\S)|_(?=_)|(?<=_)_", "&#95;", text)
    if "](" in text:
        text = text.replace("](", "&#93;(")
    return text


def unescaped(line: str) -> str:
    """The words of a line as the page shows them."""
    return html.unescape(line.replace("**", ""))
