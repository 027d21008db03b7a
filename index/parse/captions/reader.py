"""WebVTT, SRT and YouTube's .sbv -> a Transcript.

Two passes over the text: the first learns how the file prints its speakers (style.py), the
second makes a piece of speech of each voice in each cue. Neighbours of one label become one turn,
with a time for each sentence. Cues that roll (each repeats the line before, as YouTube's do) give
their new words only; the file as a whole decides that, so that words said twice stay elsewhere.

A label is for its cue, and in files that print one at each change of speaker for the cues below
it, up to the next. ">>" without a name begins a turn of nobody known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...types import Transcript
from ..lines import with_plain_ends
from ..speech import Head, Speech, assemble
from .cues import Between, Cue, is_number, read_cues
from .style import Style, read_style
from .voices import Line, clean, fresh_texts, is_aside, lines_of, texts_of

# A change to a speaker without a name, where a label would stand; no text can hold it.
_CHANGE = "\udcff"

_WEBEX_NAME = re.compile(r'\d+ "([^"]+)"(?: \(\d+\))?')
_TECHNICAL_NAME = re.compile(r"\S*\d\S*|\W+")
_HEADER_LINE = re.compile(r"(?P<key>[A-Za-z][\w -]{0,30}):\s*(?P<value>.*)")
# What stands beside WEBVTT where programs sign there.
_PROGRAM = re.compile(
    r"://|\b(?:created|generated|made|converted|exported)\b.*\b(?:by|with|from)\b", re.I
)
_TECHNICAL_HEADERS = ("kind", "x-timestamp-map")
# What engines write beside each cue; it is said nowhere and worth no report.
_TECHNICAL_NOTE = re.compile(r"NOTE\s*(?:(?:confidence|recognizability|duration)\s*:[^\n]*)?", re.I)
_NOTE_LANGUAGE = re.compile(r"NOTE\s+language\s*:\s*([\w-]+)", re.I)
_WHY = {
    "comment": "a comment, not speech",
    "times": "a time that cannot be read",
    "before": "before the first cue",
    "after": "after the last cue, without a time",
}


def parse_captions(transcript_id: str, text: str) -> Transcript:
    """Read captions. A cue whose times are broken is speech without a time."""
    text = with_plain_ends(text)
    style = read_style((block for block in read_cues(text) if isinstance(block, Cue)), text)
    blocks: Iterable[Cue | Between] = read_cues(text)
    if style.shuffled:
        blocks = _by_time(blocks)
    return assemble_cues(transcript_id, Head(), blocks, style)


def assemble_cues(
    transcript_id: str, head: Head, blocks: Iterable[Cue | Between], style: Style
) -> Transcript:
    """The transcript of cues printed in this style; they are gone through once."""
    return assemble(transcript_id, head, _speech(blocks, style, head), merge=True)


def _speech(blocks: Iterable[Cue | Between], style: Style, head: Head) -> Iterator[Speech]:
    """What is said, cue by cue; `head` takes the rest on the way."""
    held: str | None = None
    voice = changes = 0
    before: list[str] = []
    for block in blocks:
        if isinstance(block, Between):
            _read_between(block, head)
            continue
        texts = texts_of(block.text)
        if style.rolling:
            now = [text for _, text in texts]
            texts = [(None, text) for text in fresh_texts(before, now)]
            before = now
        lines = lines_of(texts)
        voices = _voices(lines, _read_name(block, style, head), style)
        if is_aside([line.said for line in lines]) and all(
            label in (None, _CHANGE) for label, _ in voices
        ):
            head.report(block.line + 1, _printed(lines), "an aside, not speech")
            voices = [(label, "") for label, _ in voices]
        for label, said in voices:
            if label == _CHANGE:
                changes += 1
                held, voice = None, 1 + changes % 2  # two in turn part neighbours
            elif label is not None or not style.holds:
                held, voice = label, 0
            if said:
                yield Speech(held, said, block.start_seconds, block.end_seconds, voice=voice)
        if lines and lines[-1].change == "-" and not style.dashes_hold:
            voice = 0


def _voices(lines: list[Line], above: str | None, style: Style) -> list[tuple[str | None, str]]:
    """(label, what is said) of each voice in a cue; `above` is the label above its times."""
    if len(lines) > 1 and lines[0].said in style.heads:
        above, lines = lines[0].said, lines[1:]
    voices: list[tuple[str | None, list[str]]] = []
    for line in lines:
        label, said = _label(line, style)
        if not voices:
            voices.append((label or above, [said]))
        elif label is None or (label != _CHANGE and label == voices[-1][0]):
            voices[-1][1].append(said)
        else:
            voices.append((label, [said]))
    return [(label, " ".join(filter(None, said))) for label, said in voices]


def _label(line: Line, style: Style) -> tuple[str | None, str]:
    """(label or _CHANGE, the rest of the line)."""
    said = f"- {line.said}" if line.change == "-" and not style.dashes else line.said
    if line.voice:
        return (_CHANGE if line.voice in "-–—" else line.voice), said
    if line.bracket and line.bracket in style.brackets:
        return line.bracket, line.bracket_rest
    if line.name and line.name in style.names:
        return line.name, line.name_rest
    is_change = line.change == ">" or (line.change == "-" and style.dashes)
    return (_CHANGE if is_change else None), said


def _read_name(cue: Cue, style: Style, head: Head) -> str | None:
    """The speaker that stands above the cue's times, as Webex and some engines print it."""
    if not cue.name or is_number(cue.name):
        return None
    webex = _WEBEX_NAME.fullmatch(cue.name)
    if webex is not None:
        return clean(webex[1])
    if cue.name in style.cue_names:
        return cue.name
    if not _TECHNICAL_NAME.fullmatch(cue.name):
        head.report(cue.line - 1, cue.name, "the name of a cue, not speech")
    return None


def _read_between(block: Between, head: Head) -> None:
    if block.kind == "header":
        _read_header(block, head)
        return
    language = _NOTE_LANGUAGE.fullmatch(block.text)
    if block.kind == "comment" and language is not None:
        head.language = head.language or language[1]
    elif block.kind != "comment" or not _TECHNICAL_NOTE.fullmatch(block.text):
        for number, line in enumerate(block.text.split("\n"), block.line):
            head.report(number, line, _WHY[block.kind])


def _read_header(block: Between, head: Head) -> None:
    """Title, date and language, on the line of WEBVTT or in fields below; the rest is reported."""
    first, *fields = block.text.split("\n")
    beside = first.removeprefix("WEBVTT").strip()
    title = beside.lstrip("-–—").strip()
    if title != beside and not _PROGRAM.search(title):
        head.title, beside = title or None, ""
    lines = ["" if beside == "FILE" else beside, *fields]
    for number, line in enumerate(lines, block.line):
        match = _HEADER_LINE.fullmatch(line.strip())
        key, value = (match["key"].casefold(), match["value"].strip()) if match else ("", "")
        if key == "language" and value:
            head.language = value
        elif key == "title" and value and head.title is None:
            head.title = value
        elif not (key == "date" and head.read_date(value)) and not line.casefold().startswith(
            _TECHNICAL_HEADERS
        ):
            head.report(number, line, "a line of the file's head, not speech")


def _by_time(blocks: Iterable[Cue | Between]) -> list[Cue | Between]:
    """In the order of their times; what has none stays with what stands above it."""
    keyed: list[tuple[float, Cue | Between]] = []
    seconds = float("-inf")
    for block in blocks:
        if isinstance(block, Cue) and block.start_seconds is not None:
            seconds = block.start_seconds
        keyed.append((seconds, block))
    keyed.sort(key=lambda pair: pair[0])
    return [block for _, block in keyed]


def _printed(lines: list[Line]) -> str:
    return " ".join(line.said for line in lines)
