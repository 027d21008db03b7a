"""The entries of one JSON list -> rows, words or ranges of a transcript, whichever they are.

Entries are objects; arrays ([word, start, end], [speaker, text]), parallel columns and lines of
"Name: words" are turned into objects or rows here, so that all else sees one way to write them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from .fields import (
    Fields,
    Json,
    Object,
    as_label,
    channel_of,
    day_of,
    fields_of,
    label_of,
    plain_key,
    span_of,
    text_of,
    unboxed,
)
from .words import Range, Row, Word

# Keys under which a list of strings is a dialogue, line by line.
LINES = frozenset(
    "utt utterances dialog dialogue dialogs turns lines transcript transcripts texts text "
    "sentences messages conversation content body speech log".split()
)
_RANGES = frozenset(
    "segments speakers speakerlabels segmentation diarization paragraphs speakersegments turns "
    "speakerturns speakertimeline timeline".split()
)
# Keys of an entry under which its own words are.
WORD_LISTS = frozenset(
    "words elements terms alignment timestamps wordtimestamps wordinfo wordlist timings".split()
)
_WORD_KEYS = frozenset("punctuatedword punct word term".split())
_WORD_TYPES = frozenset("word pronunciation punctuation punct spacing mark audio_event".split())
_GLUES = {"punctuation": "<", "mark": "<", "previous": "<", "next": ">", "both": "="}
_QUESTION_KEYS = frozenset("question answer q a".split())
_SYSTEM_TYPES = frozenset(
    "service guildmemberjoin channelpinnedmessage recipientadd recipientremove call threadcreated "
    "channelnamechange channeliconchange".split()
)
_SYSTEM_SUBTYPES = ("channel_", "group_", "pinned_", "bot_add", "bot_remove")
_SINGLE_WORD_SHARE = 0.9
_MAX_TIME = 1e18
_MIN_LABELLED_SHARE = 0.5
_MAX_LABEL_CHARS = 50
_MAX_LABEL_WORDS = 6


def read_entries(items: list[Json]) -> list[Object]:
    """The list's objects, without a chat's own notices and without the guesses that a live
    engine made before it was sure; arrays of strings and numbers as objects."""
    found = [unboxed(item) for item in items if isinstance(item, dict)]
    found = [part for entry in found for part in _questions(entry) or [entry]]
    if found:
        if any(fields_of(entry).marks for entry in found):
            found = [entry for entry in found if not _is_notice(entry)]
            return [entry for entry in found if not _is_interim(entry)] or found
        return found
    rows = [_of_array(item) for item in items if isinstance(item, list)]
    labels = [str(row["speaker"]) for row in rows if row and "speaker" in row]
    if not all(rows) or len(set(labels)) * 2 > len(labels) > 1:
        return []  # pairs of sentences, not of a speaker and a sentence
    return [row for row in rows if row]


def _questions(entry: Object) -> list[Object]:
    """A question and its answer in one entry, as two: their keys are all that names who speaks."""
    pair = [key for key in entry if plain_key(key) in _QUESTION_KEYS]
    if len(pair) != 2 or not all(isinstance(entry[key], str) for key in pair):
        return []
    return [] if fields_of(entry).text else [{"speaker": key, "text": entry[key]} for key in pair]


def _of_array(array: list[Json]) -> Object | None:
    texts = [value for value in array if isinstance(value, str)]
    numbers = [value for value in array if isinstance(value, int | float)]
    if len(texts) + len(numbers) != len(array):
        return None
    if (len(texts), len(numbers)) not in ((1, 2), (2, 0), (2, 1), (2, 2)):
        return None
    if len(texts) == 2 and len(texts[0]) > _MAX_LABEL_CHARS:
        return None
    row: Object = {"text": texts[-1], **dict(zip(("start", "end"), numbers, strict=False))}
    return {"speaker": texts[0], **row} if len(texts) == 2 else row


def _is_notice(entry: Object) -> bool:
    """Whether a chat's own program wrote it: "Anna joined"."""
    kind, subtype = entry.get("type"), entry.get("subtype")
    return (isinstance(kind, str) and kind.casefold() in _SYSTEM_TYPES) or (
        isinstance(subtype, str) and subtype.startswith(_SYSTEM_SUBTYPES)
    )


def _is_interim(entry: Object) -> bool:
    kind = entry.get("message_type")
    return (
        any(entry.get(key) is False for key in ("is_final", "final", "isFinal"))
        or any(entry.get(key) is True for key in ("is_partial", "IsPartial"))
        or (isinstance(kind, str) and kind.startswith("Partial"))
    )


def read_row(
    entry: Object, fields: Fields, text: str, label: str | None, *, with_words: bool = True
) -> Row:
    """One entry with all that it says; its words are kept for their times."""
    start, end, plain = span_of(entry, fields)
    words: tuple[Word, ...] = ()
    words_plain = False
    for key, value in entry.items() if with_words else ():
        if isinstance(value, list) and value and plain_key(key) in WORD_LISTS:
            words, words_plain = (
                read_usual_words(value) or read_words(read_entries(value)) or (words, words_plain)
            )
    channel, day = channel_of(entry, fields), day_of(entry, fields)
    return Row(label, text.strip(), start, end, plain, words, words_plain, channel, day)


# Words


def read_usual_words(items: list[Json]) -> tuple[tuple[Word, ...], bool] | None:
    """What read_words gives, quickly, for words of the usual make: a text and two numbers each."""
    first = items[0] if items else None
    fields = fields_of(first) if isinstance(first, dict) else None
    if fields is None or fields.kind or not (fields.text and fields.start and fields.end):
        return None
    entries = cast("list[dict[str, str]]", items)
    (text, (start, unit), (end, end_unit)) = fields.text[0], fields.start[0], fields.end[0]
    try:
        texts = [entry[text] for entry in entries]
        starts = cast("list[float]", [entry[start] for entry in entries])
        ends = cast("list[float]", [entry[end] for entry in entries])
        labels = [entry.get(key) for key in fields.speaker[:1] for entry in entries]
    except (KeyError, TypeError, AttributeError):
        return None
    if {*map(type, texts)} != {str} or not {*map(type, starts), *map(type, ends)} <= {int, float}:
        return None
    if not -_MAX_TIME < min(*starts, *ends) <= max(*starts, *ends) < _MAX_TIME:
        return None
    if plain_key(text) not in _WORD_KEYS and (
        len(texts) < 3 or any(" " in t.strip() for t in texts)
    ):
        return None
    if not all(texts) or not {*map(type, labels)} <= {str, int, type(None)}:
        return None
    known = {label: as_label(label) for label in set(labels)}
    names = [known[label] for label in labels] or [None] * len(texts)
    scale, end_scale = unit or 1.0, end_unit or 1.0
    words = [
        Word(each, round(since * scale, 6), round(until * end_scale, 6), name)
        for each, since, until, name in zip(texts, starts, ends, names, strict=True)
    ]
    return tuple(words), unit is None


def read_words(entries: Sequence[Object]) -> tuple[tuple[Word, ...], bool] | None:
    """The entries as words, and whether their times are plain; None if they are more than words."""
    texts = [text_of(entry, fields_of(entry)) for entry in entries]
    if not _are_words(entries, texts):
        return None
    words, any_plain, clock = [], False, ""
    for entry, text in zip(entries, texts, strict=True):
        if not text:
            continue
        fields = fields_of(entry)
        start, end, plain = span_of(entry, fields)
        if start is not None:
            clock = clock or fields.start[0][0]
            any_plain = any_plain or plain
            if (
                entry.get(clock) is None
            ):  # another number: Gentle counts letters where it has no time
                start, end = None, None
        words.append(Word(text, start, end, label_of(entry, fields), _glue(entry, fields)))
    return tuple(words), any_plain


def _are_words(entries: Sequence[Object], texts: list[str]) -> bool:
    filled = [text for text in texts if text.strip()]
    if not filled:
        return False
    first = next(entry for entry, text in zip(entries, texts, strict=True) if text.strip())
    fields = fields_of(first)
    if any(plain_key(key) in _WORD_KEYS and isinstance(first[key], str) for key in fields.text):
        return True
    kind = first.get(fields.kind) if fields.kind else None
    if isinstance(kind, str) and (kind in _WORD_TYPES or (kind == "text" and "value" in first)):
        return True
    if any(isinstance(value, list) for value in first.values()) or not fields.start:
        return False
    single = sum(len(text.split()) == 1 for text in filled)
    return len(filled) > 2 and single >= _SINGLE_WORD_SHARE * len(filled)


def _glue(entry: Object, fields: Fields) -> str:
    """How a word stands beside its neighbours, where the file says so; Rev's marks are exact."""
    attaches = entry.get("attaches_to")
    if isinstance(attaches, str) and attaches in _GLUES:
        return _GLUES[attaches]
    kind = entry.get(fields.kind) if fields.kind else None
    if kind == "punct":
        return "=" if "value" in entry else "<"
    return _GLUES.get(kind, "") if isinstance(kind, str) else ""


def read_ranges(node: Object) -> list[Range]:
    """Who spoke when, by a list within `node` that has speakers and times, but no texts."""
    for key, value in node.items():
        if plain_key(key) not in _RANGES:
            continue
        if isinstance(value, dict) and (found := read_ranges(value)):
            return found
        if isinstance(value, list) and (found := _ranges(value)):
            return found
    return []


def _ranges(items: list[Json]) -> list[Range]:
    found = []
    for entry in items:
        fields = fields_of(entry) if isinstance(entry, dict) else None
        if fields is None or not isinstance(entry, dict):
            continue
        is_named = bool(fields.text) and plain_key(fields.text[0]) == "name"
        start, end, _ = span_of(entry, fields)
        if start is not None and (is_named or not text_of(entry, fields)):
            label = as_label(entry[fields.text[0]]) if is_named else label_of(entry, fields)
            found.append(Range(start, end, label))
    return found if any(each.label for each in found) else []


# Columns


def read_columns(node: Object) -> list[Json]:
    """Parallel lists, such as {"utt": [...], "speaker": [...]}, as entries."""
    names, data = node.get("columns"), node.get("data")
    if isinstance(names, list) and isinstance(data, list):
        keys = [name if isinstance(name, str) else "" for name in names]
        return [dict(zip(keys, row, strict=False)) for row in data if isinstance(row, list)]
    fields = fields_of(node)
    for text in [*fields.text, *(key for key in node if plain_key(key) in LINES)]:
        size = len(_column(node[text]))
        if size and any(len(_column(node[key])) == size for key in fields.speaker):
            times = [key for key, _ in fields.start + fields.end + fields.duration]
            columns = {
                key: column
                for key in [text, *fields.speaker, *times]
                if len(column := _column(node[key])) == size
            }
            columns["text"] = columns.pop(text)
            return [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]
    return []


def _column(value: Json) -> list[Json]:
    """A list of texts or numbers, or an object as pandas writes one: {"0": ..., "1": ...}."""
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        value = list(value.values())
    if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
        return []
    return value


# Lines


def read_dialogue(lines: list[str]) -> list[Row]:
    """Lines of "Name: words", if most of them are; a line without a name goes on with the last."""
    filled = [line.strip() for line in lines if line.strip()]
    split = [_printed_label(line) for line in filled]
    if len(filled) < 2 or sum(map(bool, split)) < _MIN_LABELLED_SHARE * len(filled):
        return []
    rows: list[Row] = []
    for line, found in zip(filled, split, strict=True):
        if found or not rows:
            rows.append(Row(*(found or (None, line))))
        else:
            rows[-1] = replace(rows[-1], text=f"{rows[-1].text}\n{line}".strip())
    return rows


def with_printed_labels(rows: list[Row]) -> list[Row]:
    """Captions that nobody is named beside, but that begin with names which come again."""
    if any(row.is_labelled or row.words for row in rows):
        return rows
    split = [_printed_label(row.text) for row in rows]
    names = [found[0] for found in split if found]
    if len(names) < _MIN_LABELLED_SHARE * len(rows) or len(set(names)) * 2 > len(names):
        return rows
    labelled: list[Row] = []
    for row, found in zip(rows, split, strict=True):
        label, text = found or (labelled[-1].label if labelled else None, row.text)
        labelled.append(replace(row, label=label, text=text))
    return labelled


def _printed_label(line: str) -> tuple[str, str] | None:
    label, colon, _ = line[: _MAX_LABEL_CHARS + 1].replace("：", ":").partition(":")
    rest = line[len(label) + 1 :]
    is_apart = line[len(label) : len(label) + 1] == "：" or rest[:1] in ("", " ", "\t")
    words = label.split()
    if not colon or not is_apart or not 0 < len(words) <= _MAX_LABEL_WORDS:
        return None
    if not any(char.isalpha() for char in label) or label.endswith((".", "!", "?", ",")):
        return None
    return " ".join(words), rest.strip()
