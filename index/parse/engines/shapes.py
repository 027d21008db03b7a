"""Where in a JSON document the transcript is, whatever made it.

A few shapes carry nearly all formats, so that is what is looked for, not products:

- entries: a list of objects with a text, and perhaps a speaker and times (captions, utterances,
  messages, turns of a data set);
- words: a list of words with times, each with its speaker, or beside ranges of one speaker each
  (Amazon, IBM, Kaldi, Speechmatics, digital paper edit);
- a text in one string, with labels at the starts of its lines or without;
- boxes of these: monologues, channels, participants, sections, many dialogues.

Files hold one speech in several forms. Of the forms side by side the fullest are compared; that
with speakers wins, then that with times, then the one already in sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from ..text.reader import parse_text
from .entries import (
    LINES,
    WORD_LISTS,
    read_columns,
    read_dialogue,
    read_entries,
    read_ranges,
    read_row,
    read_usual_words,
    read_words,
    with_printed_labels,
)
from .fields import (
    Json,
    Object,
    as_label,
    channel_of,
    fields_of,
    label_of,
    plain_key,
    text_of,
    unboxed,
)
from .words import Row, labelled_by_time

_MAX_DEPTH = 40
# What is said about the speech, or said again: never the speech itself.
_ABOUT = tuple(
    "summar sentiment entit highlight keyword quer question comment translat reaction attachment "
    "embed mention annotat feedback actionitem".split()
)
_ABOUT_EXACTLY = frozenset("tokens topics topiclist reference replyto blocks".split())
# Lists of people or tracks, each with its own part of one conversation.
_TRACKS = frozenset("channels participants speakers tracks users".split())
# Forms of one speech; several lists under other keys are its parts.
_FORMS = LINES | frozenset(
    "columns words segments results result items channels paragraphs monologues phrases chunks "
    "entries elements alignment audiosegments wordsegments speakerlabels channellabels "
    "combinedphrases recognizedphrases combinedrecognizedphrases nbest transcription retval".split()
)
# A person's own label goes for what is nested under it; a document's author is no speaker.
_HOLDS = ("speaker", "spk", "participant", "persona", "character", "channellabel")
_MIN_SHARE = 0.5
# A result that says again all before it is known by so many words, at the same times.
_MIN_SAME_WORDS, _SAME_WORDS = 3, 20


@dataclass(slots=True)
class Form:
    """One form of the speech, and the objects around it, from the inside out."""

    rows: list[Row]
    holders: list[Object] = field(default_factory=list)

    @property
    def chars(self) -> int:
        return sum(row.chars for row in self.rows)

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        labelled = any(row.is_labelled for row in self.rows)
        timed = any(row.is_timed for row in self.rows)
        return labelled, timed, any(row.text for row in self.rows)


def find_speech(
    value: Json, key: str = "", label: str | None = None, depth: int = 0
) -> Form | None:
    """The best form of the speech within `value`; `label` is the speaker it hangs under."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return _in_list(value, key, label, depth)
    return _in_object(value, label, depth) if isinstance(value, dict) else None


# Lists


def _in_list(items: list[Json], key: str, label: str | None, depth: int) -> Form | None:
    lines = [item for item in items if isinstance(item, str)]
    if lines and 2 * len(lines) > len(items):
        return _in_lines(lines, label) if not key or key in LINES else None
    if words := read_usual_words(items):
        return Form([Row(label, "", words=words[0], words_plain=words[1])])
    entries = read_entries(items)
    if not entries:
        lists = (item for item in items if isinstance(item, list))
        return _joined(find_speech(item, key, label, depth + 1) for item in lists)
    texts = [text_of(entry, fields_of(entry)) for entry in entries]
    if key == "speakers" and plain_key("".join(fields_of(entries[0]).text)) == "name":
        return None  # names, not words
    if words := read_words(entries):
        return Form([Row(label, "", words=words[0], words_plain=words[1])])
    are_boxes = sum(map(bool, texts)) < _MIN_SHARE * len(texts)
    parts: list[Form | None] = []
    for index, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        name = as_label(entry.get("name")) if are_boxes and key in _TRACKS else None
        if are_boxes and not text and not any(isinstance(v, list | dict) for v in entry.values()):
            continue
        if are_boxes:
            form = find_speech(entry, key, name or label, depth + 1)
        else:
            form = _entry(entry, text, label, depth)
        if form and key in _TRACKS and len(entries) > 1:
            channel = name or channel_of(entry, fields_of(entry)) or str(index)
            form.rows = [replace(row, channel=row.channel or channel) for row in form.rows]
        parts.append(form)
    found = _joined(parts)
    return found and Form(with_printed_labels(found.rows), found.holders)


def _entry(entry: Object, text: str, label: str | None, depth: int) -> Form | None:
    """One of many entries: a row of its own, or more than that."""
    fields = fields_of(entry)
    if read_columns(entry):
        return find_speech(entry, "", label, depth + 1)
    own = label_of(entry, fields) or label
    nested = any(
        isinstance(value, list | dict) and value and not _is_beside(plain_key(key))
        for key, value in entry.items()
    )
    if (nested and not text) or (own is None and (nested or "\n" in text)):
        return find_speech(entry, "", own, depth + 1)
    return Form([read_row(entry, fields, text, own)]) if text else None


def _joined(forms: Iterable[Form | None]) -> Form | None:
    """Forms that follow one another as one. A form that begins at the same words and times as
    the whole, and is no shorter, replaces it: live engines, and Google's last result, say again
    all that was said."""
    kept: list[Form] = []
    opening: list[tuple[str, float | None]] = []
    count = 0
    for form in forms:
        if form is None or not form.rows:
            continue
        size = sum(len(row.words) for row in form.rows)
        words = islice((word for row in form.rows for word in row.words), _SAME_WORDS)
        first = [(word.text.strip().casefold(), word.start) for word in words]
        is_repeat = len(opening) >= _MIN_SAME_WORDS and first[: len(opening)] == opening
        if is_repeat and size >= count:
            kept, count = [form], size
            continue
        if len(opening) < _SAME_WORDS and count == len(opening):
            opening = (opening + first)[:_SAME_WORDS]
        kept.append(form)
        count += size
    if not kept:
        return None
    holders = kept[0].holders if len(kept) == 1 else []
    return Form([row for form in kept for row in form.rows], holders)


def _in_lines(lines: list[str], label: str | None) -> Form | None:
    rows = [] if label else read_dialogue(lines)
    rows = rows or [Row(label, line.strip()) for line in lines if line.strip()]
    return Form(rows) if rows else None


# Objects


def _in_object(node: Object, label: str | None, depth: int) -> Form | None:
    node = unboxed(node)
    fields = fields_of(node)
    held = (
        as_label(node[key])
        for key in fields.speaker
        if plain_key(key).startswith(_HOLDS) and not isinstance(node[key], list)
    )
    label = next((each for each in held if each), label)
    forms: dict[str, Form] = {}
    if form := find_speech(read_columns(node), "", label, depth + 1):
        forms["columns"] = form
    for key, value in node.items():
        is_person = key in fields.speaker and isinstance(value, dict)
        if is_person or not isinstance(value, list | dict) or _is_about(plain_key(key)):
            continue
        if form := find_speech(value, plain_key(key), label, depth + 1):
            forms[key] = form
    choice = [*_sections(forms), *forms.values()]
    if text := text_of(node, fields):
        own = (label_of(node, fields) if depth > 1 else None) or label
        choice.append(_in_text(read_row(node, fields, text, own, with_words=False), choice))
    if ranges := read_ranges(node):
        choice = [
            Form(labelled_by_time(form.rows, ranges), form.holders)
            if form.rank[:2] == (False, True)
            else form
            for form in choice
        ]
    found = _best(choice)
    if found:
        found.holders.append(node)
    return found


def _is_beside(key: str) -> bool:
    """Whether an entry that has a text of its own needs no look at what this key holds."""
    return key in WORD_LISTS or _is_about(key)


@lru_cache(maxsize=4096)
def _is_about(key: str) -> bool:
    return key in _ABOUT_EXACTLY or any(part in key for part in _ABOUT)


def _best(forms: list[Form]) -> Form | None:
    most = max((form.chars for form in forms), default=0)
    full = [form for form in forms if form.chars >= _MIN_SHARE * most]
    return max(full, key=lambda form: form.rank, default=None)


def _sections(forms: dict[str, Form]) -> list[Form]:
    """The parts of one document, or the dialogues of a data set, that stand under keys of their
    own: alike, but none the other's copy."""
    parts = [form for key, form in forms.items() if plain_key(key) not in _FORMS]
    openings = {" ".join(form.rows[0].text.casefold().split()) for form in parts}
    if len({form.rank for form in parts}) != 1 or len(openings) < 2:
        return []
    return [Form([row for form in parts for row in form.rows])]


def _in_text(row: Row, beside: list[Form]) -> Form:
    """An object's own text, timed by the words beside it."""
    if row.label is None and (rows := read_dialogue(row.text.splitlines())):
        return Form(rows)
    rows = [form.rows[0] for form in beside if len(form.rows) == 1 and not form.rows[0].text]
    if rows and not row.words and not rows[0].is_labelled:
        row = replace(row, words=rows[0].words, words_plain=rows[0].words_plain)
    if row.label is None and not row.is_timed and "\n" in row.text:
        turns = parse_text("", row.text).turns
        return Form([Row(turn.speaker, turn.text, turn.start_seconds) for turn in turns])
    return Form([row])
