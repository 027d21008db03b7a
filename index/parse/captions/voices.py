"""The lines of a cue: markup resolved, marks of a new speaker and what could be a label taken off.

What could be a label is no label yet: whether "Anna: " or "[Anna]" names a speaker is for the file
as a whole to show (style.py).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:[ \t]([^<>\n]*))?>|</v>", re.I)
_TAG = re.compile(
    r"</?(?:c|i|b|u|s|v|lang|ruby|rt|font|span|p|em|strong)(?:[.\s][^<>\n]*)?/?>"
    r"|<\d[\d:.]*>|\{\\[^{}]*\}",
    re.I,
)
_BREAK = re.compile(r"<br\s?/?>|\\N", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});")
# Marks of direction and width, which some sites put around lines.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\ufeff]")

_CHEVRONS = re.compile(r">>+\s*|»\s*")
_DASH = re.compile(r"[-‐–—]\s*(?=[^\W\d_]|[\"“'‘«¿¡\[(…])")
_MARKS_ALONE = frozenset(["-", "–", "—", ">>", ">>>"])
_INNER_CHEVRONS = re.compile(r"(?<=\S)\s(?=>>)")
_INNER_DASH = re.compile(r"(?<=[.?!…\"”])\s(?=[-–—] ?[^\W\d_])")
_BRACKETED = re.compile(r"(?:\[([^\[\]]{1,60})\]|\(([^()]{1,60})\)|<([^<>]{1,60})>)\s*([:：])?")
_MAX_LABEL_CHARS = 60

_ASIDE = re.compile(
    r"(?:\[[^\[\]]{0,100}\]|\([^()]{0,100}\)|（[^（）]{0,100}）|【[^【】]{0,100}】"
    r"|\*[^*]{1,60}\*|[♪♫♬#*\s.,;:_-])++"
)
_ASIDE_MARKS = frozenset("♪♫♬[(（【*#")
_MAX_ASIDE_CHARS = 200
_MAX_ROLLING_LINES = 8


class Line(NamedTuple):
    """One line. `voice` is the name in a voice tag before it, None where there is no tag.

    `change` is ">" or "-" where the mark of a new speaker stood first; `said` is what follows it.
    `name` (before a colon) and `bracket` are what could be a label, each with the rest of the line;
    a bracket is sure if a colon follows it or a mark stands before.
    """

    voice: str | None
    change: str
    said: str
    name: str
    name_rest: str
    bracket: str
    bracket_rest: str
    bracket_is_sure: bool


def texts_of(cue_text: str) -> list[tuple[str | None, str]]:
    """(name in the voice tag before it, text) of each line that is not blank, without markup."""
    texts: list[tuple[str | None, str]] = []
    parts = _VOICE.split(cue_text) if "<v" in cue_text or "<V" in cue_text else [cue_text]
    voice: str | None = None
    for index, part in enumerate(parts):
        if index % 2:
            voice = clean(part) if part else None
            continue
        for line in strip_tags(part).split("\n"):
            text = clean(line)
            if text:
                texts.append((voice, text))
                voice = None  # the lines below go on with it
    return texts


def strip_tags(text: str) -> str:
    """Without the markup of captions. What only looks like a tag stays: it may be a label."""
    if "<" in text or "\\" in text:
        return _TAG.sub("", _BREAK.sub("\n", text))
    return text


def clean(text: str) -> str:
    """Entities resolved, white space made single."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if not text.isascii():
        text = _INVISIBLE.sub(" ", text)
    return " ".join(text.split())


def lines_of(texts: Iterable[tuple[str | None, str]]) -> list[Line]:
    """The lines of a cue, parted also where a new speaker is marked within one."""
    lines: list[Line] = []
    mark, marked_voice = "", None
    for voice, text in texts:
        if text in _MARKS_ALONE:
            mark, marked_voice = f"{text} ", voice
            continue
        text, voice = mark + text, voice if voice is not None else marked_voice
        mark, marked_voice = "", None
        parts = [text]
        if ">>" in text:
            parts = _INNER_CHEVRONS.split(text)
        elif text[0] in "-–—":
            parts = _INNER_DASH.split(text)
        for part in parts:
            lines.append(_line(voice, part))
            voice = None
    if mark:
        lines.append(_line(marked_voice, mark.strip()))
    return lines


def is_aside(texts: Sequence[str]) -> bool:
    """Whether there is nothing but sounds and notes, as in "[Music]", "(laughter)" or "♪"."""
    if not texts or texts[0][:1] not in _ASIDE_MARKS:
        return False
    text = " ".join(texts)
    return len(text) <= _MAX_ASIDE_CHARS and _ASIDE.fullmatch(text) is not None


def fresh_texts(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """What a rolling cue adds to the one before, whose lines scrolled up or grew by words."""
    for size in range(min(len(before), len(now), _MAX_ROLLING_LINES), 0, -1):
        if now[: size - 1] == before[-size:-1]:
            rest = _grown(before[-1], now[size - 1])
            if rest is not None:
                return [*([rest] if rest else []), *now[size:]]
    return list(now)


def _grown(before: str, now: str) -> str | None:
    """The words that `now` adds to `before`; None where it doesn't begin with it."""
    if now == before:
        return ""
    return now[len(before) :].strip() if now.startswith(f"{before} ") else None


def _line(voice: str | None, text: str) -> Line:
    said, change = text, ""
    if text[0] in ">»" and (match := _CHEVRONS.match(text)):
        said, change = text[match.end() :], ">"
    elif text[0] in "-‐–—" and (match := _DASH.match(text)):
        said, change = text[match.end() :], "-"
    name, name_rest, bracket, bracket_rest, is_sure = "", "", "", "", False
    if said[:1] in ("[", "(", "<") and (match := _BRACKETED.match(said)):
        bracket = (match[1] or match[2] or match[3]).strip()
        bracket_rest = said[match.end() :].strip()
        is_sure = bool(match[4] or change)
    colon = said.find(":", 0, _MAX_LABEL_CHARS)
    if colon == -1:
        colon = said.find("：", 0, _MAX_LABEL_CHARS)
    if colon > 0 and not is_sure and _may_end_label(said, colon):
        name, name_rest = said[:colon].strip(), said[colon + 1 :].strip()
    return Line(voice, change, said, name, name_rest, bracket, bracket_rest, is_sure)


def _may_end_label(said: str, colon: int) -> bool:
    """Not the colon of "10:30" or "https://"."""
    after = said[colon + 1 : colon + 2]
    return said[colon] == "：" or not after or after.isspace() or after.isupper() or after in '¿¡“"'
