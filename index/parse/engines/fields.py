"""One JSON object of a transcript -> what its fields mean: the words, who said them, and when.

Every tool has names of its own for the same few things, so keys are compared without case and
separators ("speakerName" is "speaker_name") against the lists below, the most telling name first.
A number of seconds, milliseconds or ticks is told by its key ("startMs") or its form ("1.5s",
"PT1M2S", "00:01:02,5"); where neither does, it is kept as it stands and called plain, as only
the whole list shows the unit (see words.py). Moments of the calendar are plain Unix seconds.
"""

from __future__ import annotations

import datetime
import html
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ..clock import clock_seconds

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Object: TypeAlias = "dict[str, Json]"

_TEXT = (
    "punctuatedword punct display displaytext text transcript content body utterance utt sentence "
    "message msg spokentext transcription caption speech dialogue dialog statement phrase segs "
    "word term line utf8 words value"
).split()
_SPEAKER = (
    "speakerdisplayname speakername speaker speakerlabel speakertag speakerid "
    "speakermodellabel speakers userprofile "
    "userdisplayname displayname username user users userlist from author authorname sender "
    "sendername participant participantname persona character person personname name actor who spk "
    "spkid agent interlocutor role"
).split()
_CHANNEL = "channellabel channeltag channelindex channelid channel".split()
_START = (
    "start starttime begin begintime timestart timebegin tstart datastart startts from xmin "
    "startoffset offset starttimestamp startdatetime ts time timecode timestamp timestamps "
    "offsets instances"
).split()
_END = (
    "end endtime stop stoptime finish endoffset endts to xmax timeend dataend endtimestamp "
    "enddatetime".split()
)
_DURATION = "duration dur dduration".split()
_DAY = "timestamp date time starttime startdatetime createdat ts".split()
# What a key's own ending says of the unit.
_UNITS = {
    "ms": 1e-3, "inms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3, "inmilliseconds": 1e-3,
    "seconds": 1.0, "secs": 1.0, "sec": 1.0, "inseconds": 1.0, "inticks": 1e-7, "ticks": 1e-7,
}  # fmt: skip
_OTTER_SAMPLE: float | None = 1 / 16_000  # Otter counts the samples of the recording
# "value" is a text only beside one of these, "name" a speaker only beside none: many lists of
# settings are pairs of a name and a value.
_TOKEN_MARKS = frozenset("from type ts time start".split())
# The first of several guesses; and boxes whose fields belong to the object around them.
_GUESSES = frozenset("alternatives nbest".split())
_BOXES = frozenset("data attributes fields row message node item record".split())
_MARKS = frozenset("type subtype isfinal final ispartial messagetype".split())
_NAMES = "realname displayname fullname name username nickname label text title id role".split()
_MAX_KEY_CHARS = 40
_MAX_KEYS = 64
_MAX_LABEL_CHARS = 100
_MAX_TIME_CHARS = 40

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,15})?")
_CLOCK = re.compile(r"-?\d{1,3}(?::\d{1,2}){1,3}(?:[.,]\d{1,9})?")
_ISO_DURATION = re.compile(
    r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.IGNORECASE
)
_ISO_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_TAG = re.compile(r"<[^<>]*>")
_EARLIEST_EPOCH, _LATEST_EPOCH = 631_152_000, 4_102_444_800  # 1990 and 2100 in Unix seconds


class Span(NamedTuple):
    """A start and an end. `plain` times are in a unit that neither key nor form tells."""

    start: float | None
    end: float | None
    plain: bool


NO_TIME = Span(None, None, False)


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of an object by their meaning, the most telling first; times with their units.
    `marks` tell whether the object is a thing to read at all."""

    text: tuple[str, ...]
    speaker: tuple[str, ...]
    channel: tuple[str, ...]
    start: tuple[tuple[str, float | None], ...]
    end: tuple[tuple[str, float | None], ...]
    duration: tuple[tuple[str, float | None], ...]
    day: tuple[str, ...]
    kind: str | None
    boxes: tuple[str, ...]
    marks: tuple[str, ...]


@lru_cache(maxsize=4096)
def plain_key(key: str) -> str:
    """A key without case and separators; "" for one that is too long to be a field's name."""
    return re.sub(r"[\W_]", "", key.casefold()) if len(key) <= _MAX_KEY_CHARS else ""


def fields_of(row: Object) -> Fields:
    """Objects of one list share their keys, so each set of keys is looked at once."""
    return _fields(tuple(row)) if len(row) <= _MAX_KEYS else _fields_of_keys(tuple(row))


@lru_cache(maxsize=1024)
def _fields(keys: tuple[str, ...]) -> Fields:
    return _fields_of_keys(keys)


def _fields_of_keys(keys: tuple[str, ...]) -> Fields:
    named = {plain_key(key): key for key in reversed(keys)}
    text = [named[name] for name in _TEXT if name in named]
    speaker = [named[name] for name in _SPEAKER if name in named]
    if "value" in named and not _TOKEN_MARKS & named.keys():
        text.remove(named["value"])
    if "name" in named and not text:
        speaker.remove(named["name"])
    duration = _timed(named, _DURATION)
    if not text and "name" in named and "time" in named and duration:
        text = [named["name"]]  # Speechmatics' first format calls a word its "name"
    start, end = _timed(named, _START), _timed(named, _END)
    if "speakermodellabel" in named:
        start, end = ([(key, _OTTER_SAMPLE) for key, _ in each] for each in (start, end))
    return Fields(
        tuple(text),
        tuple(speaker),
        tuple(named[name] for name in _CHANNEL if name in named),
        tuple(start),
        tuple(end),
        tuple(duration),
        tuple(named[name] for name in _DAY if name in named),
        named.get("type"),
        tuple(key for key in keys if plain_key(key) in _GUESSES | _BOXES),
        tuple(key for key in keys if plain_key(key) in _MARKS),
    )


def _timed(named: dict[str, str], names: list[str]) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for name in names:
        found += [
            (named[name + suffix], unit)
            for suffix, unit in _UNITS.items()
            if name + suffix in named
        ]
        if name in named:
            found.append((named[name], None))
    return found


def unboxed(row: Object) -> Object:
    """The object with the fields of its first guess, or of a box within it, as its own."""
    boxes = fields_of(row).boxes
    if not boxes:
        return row
    boxed: Object = {}
    rest = dict(row)
    for key in boxes:
        value = row[key]
        if plain_key(key) in _GUESSES:
            if isinstance(value, list) and value and isinstance(value[0], dict):
                boxed |= value[0]
                del rest[key]
        elif isinstance(value, dict) and fields_of(value).speaker:
            boxed |= value
    return {**boxed, **rest}


# Words


def text_of(row: Object, fields: Fields) -> str:
    """The text as it stands, white space around included; "" where there is none."""
    for key in fields.text:
        text = _text(row[key])
        if text.strip():
            return text
    if fields.kind and row[fields.kind] in ("spacing", "punct"):
        return next((text for key in fields.text if (text := _text(row[key]))), "")
    return ""


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        inner = next((value[k] for k in ("content", "text", "plain", "parts") if k in value), None)
        text = _text(inner) if not isinstance(inner, dict) else ""
        is_html = "html" in str(value.get("contentType", ""))[:20]
        return html.unescape(_TAG.sub(" ", text)) if is_html else text
    if isinstance(value, list) and value:
        parts = [part for each in value if (part := _rich_part(each)) is not None]
        if len(parts) == len(value):
            return _joint(value, parts).join(parts)
    return ""


def _joint(value: list[Json], parts: list[str]) -> str:
    """What stands between the parts of a text: single words, lines, or runs in several styles."""
    if not all(isinstance(each, str) for each in value):
        return ""
    return "\n" if any(" " in part for part in parts) else " "


def _rich_part(part: Json) -> str | None:
    """A run of a text in several styles; None for an object that is more than that."""
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        run = part.get("utf8")
        if run is None and isinstance(part.get("type"), str) and not fields_of(part).speaker:
            run = part.get("text") if not fields_of(part).start else None
        return run if isinstance(run, str) else None
    return None


# Speakers


def label_of(row: Object, fields: Fields) -> str | None:
    """The speaker as the file has it: a name, else an id, which may be a bare number."""
    for key in fields.speaker:
        name, value = plain_key(key), row[key]
        if name == "from" and not isinstance(value, str | dict):
            continue  # a time
        if name == "name" and not fields.text:
            continue
        if name == "speakertag" and value == 0:
            continue  # Google's way to say that it did not listen for speakers
        label = as_label(value)
        if label and not (name == "from" and _CLOCK.fullmatch(label)):
            return label
    return None


def channel_of(row: Object, fields: Fields) -> str | None:
    for key in fields.channel:
        value = row[key]
        first = value[0] if isinstance(value, list) and value else value
        label = as_label(first) if not isinstance(first, list | dict) else None
        if label:
            return label
    return None


def as_label(value: Json, depth: int = 2) -> str | None:
    """One line of a name, a number or an object that has either."""
    if isinstance(value, str):
        return " ".join(value[: 4 * _MAX_LABEL_CHARS].split())[:_MAX_LABEL_CHARS] or None
    if isinstance(value, bool) or not depth:
        return None
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return str(int(value)) if whole and 0 <= value < 10**9 else None
    if isinstance(value, dict):
        named = {plain_key(key): inner for key, inner in value.items()}
        inner = (named.get(name) for name in [*_NAMES, "user", "application"])
        return next((label for each in inner if (label := as_label(each, depth - 1))), None)
    if isinstance(value, list):
        labels = [label for each in value[:8] if (label := as_label(each, depth - 1))]
        return " / ".join(labels) or None
    return None


# Times


def span_of(row: Object, fields: Fields) -> Span:
    """When it was said; an end is read as such or from a duration."""
    for key, unit in fields.start:
        if plain_key(key) == "from" and isinstance(row[key], dict):
            continue  # a sender
        start, end, plain = _span(row[key], unit)
        if start is None:
            continue
        for end_key, end_unit in fields.end if end is None else ():
            value = _seconds(row[end_key], end_unit)
            if value is not None:
                return Span(start, value[0], plain)
        for length_key, length_unit in fields.duration if end is None else ():
            value = _seconds(row[length_key], length_unit)
            if value is not None:
                return Span(start, round(start + value[0], 6), plain)
        return Span(start, end, plain)
    return NO_TIME


def _span(value: Json, unit: float | None) -> Span:
    """Of one value, which may hold the end too."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return span_of(value[0], fields_of(value[0]))
    if isinstance(value, list) and len(value) == 2:
        first, last = _seconds(value[0], unit), _seconds(value[1], unit)
        return Span(first[0], last[0] if last else None, first[1]) if first else NO_TIME
    if isinstance(value, dict) and {"from", "start"} & value.keys():
        return span_of(value, fields_of(value))
    first = _seconds(value, unit)
    return Span(first[0], None, first[1]) if first else NO_TIME


def _seconds(value: Json, unit: float | None) -> tuple[float, bool] | None:
    """The time, and whether it is plain."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if not (-1e18 < value < 1e18):
            return None
        return (float(value), True) if unit is None else (round(value * unit, 6), False)
    if isinstance(value, str):
        return _seconds_of_text(value.strip(), unit)
    if isinstance(value, dict):
        if "relative" in value:
            return _seconds(value["relative"], unit)
        whole, nanos = _seconds(value.get("seconds"), 1.0), _seconds(value.get("nanos"), 1e-9)
        if whole or nanos or not value:  # a field that is zero is left out
            return (whole[0] if whole else 0.0) + (nanos[0] if nanos else 0.0), False
    return None


def _seconds_of_text(text: str, unit: float | None) -> tuple[float, bool] | None:
    if not text or len(text) > _MAX_TIME_CHARS:
        return None
    if _NUMBER.fullmatch(text):
        return _seconds(float(text), unit)
    if text[-1] == "s" and _NUMBER.fullmatch(text[:-1]):
        return float(text[:-1]), False
    if _CLOCK.fullmatch(text):
        return clock_seconds(text), False
    match = _ISO_DURATION.fullmatch(text)
    if match and match.group().upper() != "PT":
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return 3600 * hours + 60 * minutes + seconds, False
    if _ISO_DAY.match(text):
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            return None
        return (moment.replace(tzinfo=moment.tzinfo or datetime.UTC)).timestamp(), True
    return None


def day_of(row: Object, fields: Fields) -> str | None:
    """The day that a message was sent, as YYYY-MM-DD."""
    return next((day for key in fields.day if (day := as_day(row[key]))), None)


def as_day(value: Json) -> str | None:
    """YYYY-MM-DD of an ISO date, or of Unix seconds or milliseconds."""
    if isinstance(value, str) and (match := _ISO_DAY.match(value.strip()[:_MAX_TIME_CHARS])):
        try:
            return datetime.date(*map(int, match.groups())).isoformat()
        except ValueError:
            return None
    found = _seconds(value, None) if isinstance(value, int | float | str) else None
    if found is None or not found[1] or not math.isfinite(found[0]):
        return None
    seconds = found[0] / 1000 if found[0] >= _LATEST_EPOCH else found[0]
    if not _EARLIEST_EPOCH <= seconds < _LATEST_EPOCH:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
