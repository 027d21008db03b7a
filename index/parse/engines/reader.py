"""JSON and JSON lines, from engines, meeting tools, chats and data sets -> a Transcript.

`shapes` finds the speech, `fields` reads one entry, `words` makes text of words and seconds of
times; `leftovers` reports what else there is to read. Here the file is loaded, ids become names
where the file has them ("speakers": [{id, name}]), and what the file says about itself becomes
the head.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ...dates import find_date
from ...errors import UnreadableFile
from ...types import Transcript
from ..speech import Head, Speech, assemble
from .fields import Json, Object, as_day, as_label, plain_key
from .leftovers import report_rest, texts_within
from .shapes import Form, find_speech
from .words import Row, speech_of

SHAPES = (
    "lists of entries with a text and a speaker, lists of words with times, and texts with labels"
)
_PEOPLE = frozenset(
    "speakers participants users people attendees members parties speakernames speakermap "
    "speakerlabels hosts profiles".split()
)
_IDS = "id speakerid userid uid tag index key label speaker".split()
_PERSON_NAMES = "name displayname fullname realname speakername username title".split()
_TITLES = "title meetingtitle episodetitle topic subject meetingname name".split()
_DATES = (
    "date meetingdate recordingdate recordedat recordedon eventdate airdate datestring "
    "publishdate publisheddate published pubdate startdatetime starttime datetime".split()
)
_LANGUAGES = "language languagecode lang locale spokenlanguage languagetag".split()
_ABOUT = "metadata meta info meeting episode job header call event data channel".split()
_MAX_TITLE_CHARS = 300
_MAX_DEPTH = 60
_MAX_KEYS_NAMED, _MAX_KEY_CHARS = 8, 30
_LETTERS = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\s,]*")
_MAX_INTEGER_DIGITS = 18


def parse_json(path: Path, text: str, transcript_id: str) -> Transcript:
    """Read the transcript in a JSON document or in one JSON value a line.

    Raises UnreadableFile where there is none, or where the file is no JSON.
    """
    with _collector_at_rest():
        return _parse(path, text, transcript_id)


def _parse(path: Path, text: str, transcript_id: str) -> Transcript:
    head = Head()
    records = _load(path, text, head)
    data: Json = records[0][1] if len(records) == 1 else [value for _, value in records]
    form = find_speech(data)
    pieces = [] if form is None else _speech(form, _names(data))
    if form is None or not pieces:
        raise UnreadableFile(path, f"holds no transcript: {_keys(data)}. Turncite reads {SHAPES}")
    _read_head(head, form)
    report_rest(head, records, form.rows, pieces)
    return assemble(
        transcript_id, head, pieces, merge=any(p.start_seconds is not None for p in pieces)
    )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without garbage collection, which would walk the millions of objects of a large file
    again and again; none of them is garbage before the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# The file


def _load(path: Path, text: str, head: Head) -> list[tuple[int, Json]]:
    """Each JSON value of the file with the line it begins at (0: the file is one value)."""
    text = text.lstrip("\ufeff")
    careful = _decoder(head, _integer)
    try:
        try:
            return [(0, _decoder(head, int).decode(text))]
        except json.JSONDecodeError:
            raise
        except ValueError:  # a number of thousands of digits
            return [(0, careful.decode(text))]
    except RecursionError:
        raise UnreadableFile(path, "is nested too deeply to be a transcript") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        head.unread.clear()
    records: list[tuple[int, Json]] = []
    failed: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            if line.strip():
                records.append((number, careful.decode(line.strip().rstrip(","))))
        except (ValueError, RecursionError):
            failed.append((number, line))
    if len(failed) > sum(isinstance(value, dict | list) for _, value in records):
        head.unread.clear()
        records, failed = list(_sequence(careful, text, head)), []
    if not records:
        raise UnreadableFile(
            path, f"is no valid JSON (at {where}); export it again or save the transcript as text"
        )
    for number, line in failed:
        head.report(number, line, "no valid JSON")
    return records


def _decoder(head: Head, parse_int: Callable[[str], int | float]) -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_int=parse_int, parse_constant=lambda _: None, object_pairs_hook=_Pairs(head)
    )


class _Pairs:
    """Makes an object of its pairs; what a key that comes twice loses is reported."""

    def __init__(self, head: Head) -> None:
        self._head = head

    def __call__(self, pairs: list[tuple[str, Json]]) -> Object:
        made = dict(pairs)
        if len(made) < len(pairs):
            for key, value in pairs:
                if made[key] is not value:
                    lost = [(key, value)] if isinstance(value, str) else texts_within(value, key)
                    for name, text in lost:
                        self._head.report(0, f"{name}: {text}", "its key comes twice")
        return made


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_INTEGER_DIGITS else float(digits)


def _sequence(decoder: json.JSONDecoder, text: str, head: Head) -> Iterator[tuple[int, Json]]:
    """Values of several lines each, one after another."""
    at, line = 0, 1
    while match := _BETWEEN.match(text, at):
        line += text.count("\n", at, match.end())
        at = match.end()
        if at == len(text):
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, len(text)
        if not isinstance(value, dict | list):
            if line > 1 or at:
                head.report(line, text[at:], "no valid JSON")
            return
        yield line, value
        line += text.count("\n", at, end)
        at = end


# Names


def _names(data: Json) -> dict[str, str]:
    """The names that the file gives to ids. Of a data set with many records, none: the ids of
    one would go for all."""
    names: dict[str, str] = {}
    waiting: list[tuple[Json, int]] = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, list) and len(value) == 1:
            waiting.append((value[0], depth + 1))
        if not isinstance(value, dict) or depth > _MAX_DEPTH:
            continue
        for key, inner in value.items():
            if plain_key(key) in _PEOPLE:
                for known, name in _people(inner):
                    names.setdefault(known, name)
            waiting.append((inner, depth + 1))
    return names


def _people(value: Json) -> Iterator[tuple[str, str]]:
    """Pairs of an id and a name, of {id: name}, {id: person} or [person]."""
    if isinstance(value, dict):
        for key, person in value.items():
            if isinstance(person, str | dict) and (name := as_label(person)):
                yield key, name
    for person in value if isinstance(value, list) else ():
        if isinstance(person, dict):
            named = {plain_key(key): inner for key, inner in person.items()}
            names = [name for key in _PERSON_NAMES if (name := as_label(named.get(key)))]
            for key in _IDS if names else ():
                if isinstance(named.get(key), str | int) and (known := as_label(named[key])):
                    yield known, names[0]


def _speech(form: Form, names: dict[str, str]) -> list[Speech]:
    """The form's pieces under the names that its ids stand for. Where several channels were
    recorded and nobody is named, a channel is a speaker."""
    ids: dict[str | None, set[str]] = {}
    for row in form.rows:
        labels = {row.label, *(word.label for word in row.words)}
        ids.setdefault(row.channel, set()).update(label for label in labels if label)
    several = len(ids) > 1
    counts = [label for labels in ids.values() for label in labels]
    clash = several and len(set(counts)) < len(counts)

    def name(label: str | None, channel: str | None) -> str | None:
        label = names.get(label, label) if label else None
        is_number = label is not None and label.isdecimal()
        if several and channel and (label is None or (clash and is_number)):
            place = f"Channel {channel}" if channel.isdecimal() else channel
            return f"{place} Speaker {label}" if label and len(ids[channel]) > 1 else place
        return f"Speaker {label}" if is_number else label

    def named(row: Row) -> Row:
        words = row.words
        has_labels = any(word.label for word in words)
        if has_labels:
            words = tuple(word._replace(label=name(word.label, row.channel)) for word in words)
        own = row.label if has_labels and not row.label else name(row.label, row.channel)
        channel = row.channel if several else None
        if own == row.label and channel == row.channel and not has_labels:
            return row
        return replace(row, label=own, words=words, channel=channel)

    return list(speech_of(named(row) for row in form.rows))


# The head


def _read_head(head: Head, form: Form) -> None:
    titles: list[str] = []
    for holder in form.holders:
        boxes = [holder, *(v for k, v in holder.items() if plain_key(k) in _ABOUT)]
        for box in boxes:
            if not isinstance(box, dict):
                continue
            named = {plain_key(key): value for key, value in box.items()}
            titles += [t for key in _TITLES if (t := _title(key, named.get(key)))]
            head.date = head.date or next((d for k in _DATES if (d := as_day(named.get(k)))), None)
            head.language = head.language or next(
                (lang for key in _LANGUAGES if (lang := _language(named.get(key)))), None
            )
    head.title = titles[0] if titles else None
    head.date = head.date or next((date for title in titles if (date := find_date(title))), None)
    head.date = head.date or next((row.day for row in form.rows if row.day), None)


def _title(key: str, value: Json) -> str | None:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _MAX_TITLE_CHARS:
        return None
    is_address = key == "name" and ("/" in value or not _LETTERS.search(value))
    return None if is_address else " ".join(value.split())


def _language(value: Json) -> str | None:
    is_code = isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,12}(?:[-_]\w{2,8}){0,2}", value)
    return str(value) if is_code else None


def _keys(data: Json) -> str:
    record = data[0] if isinstance(data, list) and data else data
    if not isinstance(record, dict):
        return (
            f"it is a list of {len(data)} values" if isinstance(data, list) else "it is one value"
        )
    named = [" ".join(key.split())[:_MAX_KEY_CHARS] for key in list(record)[:_MAX_KEYS_NAMED]]
    more = ", ..." if len(record) > _MAX_KEYS_NAMED else ""
    return f"its keys are {', '.join(named)}{more}" if named else "it is empty"
