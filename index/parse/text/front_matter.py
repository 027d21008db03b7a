"""YAML on top of a Markdown file: title, date, language and speakers; the rest is reported."""

from __future__ import annotations

import re

import yaml

from ...dates import date_in_name
from ..lines import Line
from ..speech import Head

_KEY = re.compile(r"(?P<key>[A-Za-z_][\w -]*):(?:\s|$)")
_MAX_LINES = 2000
_MAX_CHARS = 200_000
_MAX_BRACKETS = 1000
_MAX_LANGUAGE_CHARS = 12
_TITLES = ("title", "titre", "titel", "name")
_DATES = ("date", "recorded", "publish_date", "published", "published_time", "meeting_date")
_LANGUAGES = ("lang", "language", "locale")
_SPEAKERS = ("speakers", "speaker")
_PLACES = ("place", "location", "venue")
NOT_USED = "front matter that is not used"


def read_front_matter(lines: list[Line], head: Head) -> list[Line]:
    """Take what front matter says into `head`; returns the lines after it."""
    first = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    if first == len(lines) or lines[first].text.strip() != "---":
        return lines
    closing = next(
        (
            index
            for index, line in enumerate(lines[first + 1 : first + _MAX_LINES], first + 1)
            if line.text.rstrip() in ("---", "...")
        ),
        None,
    )
    if closing is None:
        return lines
    block = lines[first + 1 : closing]
    values = _values(block)
    if values is None:
        return lines
    used = _take(values, head)
    current = ""
    for line in block:
        match = _KEY.match(line.text)
        current = match["key"].casefold() if match else current
        if current not in used:
            head.report(line.number, line.text, NOT_USED)
    return lines[closing + 1 :]


def _values(block: list[Line]) -> dict[str, object] | None:
    """The keys and values; None where the lines between the dashes are no front matter."""
    text = "\n".join(line.text for line in block)
    nested = text.count("[") + text.count("{") > _MAX_BRACKETS
    if len(text) > _MAX_CHARS or nested or re.search(r":\s*&\w", text):
        return _plain_values(block)  # copies by anchor fill the memory, and nests take long
    try:
        # Dates stay as they are written, so that an odd one can't fail the whole.
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes text, lists, dicts
    except (yaml.YAMLError, ValueError, RecursionError):
        return _plain_values(block)
    if loaded in (None, ""):
        return {}
    if not isinstance(loaded, dict):
        return None
    return {str(key).casefold(): value for key, value in loaded.items()}


def _plain_values(block: list[Line]) -> dict[str, object] | None:
    values: dict[str, object] = {}
    for line in block:
        match = _KEY.match(line.text)
        if match:
            values.setdefault(match["key"].casefold(), line.text[match.end() :].strip(" '\""))
    return values or None


def _take(values: dict[str, object], head: Head) -> set[str]:
    """What is known of the keys into the head; returns the keys used."""
    used: set[str] = set()

    def first(keys: tuple[str, ...], known: str | None, max_chars: int) -> str | None:
        for key in keys:
            value = _text(values.get(key))
            if known is None and value and len(value) <= max_chars:
                used.add(key)
                return value
        return known

    head.title = first(_TITLES, head.title, _MAX_CHARS)
    head.place = first(_PLACES, head.place, _MAX_CHARS)
    head.language = first(_LANGUAGES, head.language, _MAX_LANGUAGE_CHARS)
    for key in _DATES:
        value = _text(values.get(key))
        if value and head.date is None and (head.read_date(value) or head.read_date(value[:10])):
            used.add(key)
        elif value and head.date is None and (compact := date_in_name(value)):
            head.date = compact
            used.add(key)
    for key in _SPEAKERS:
        given = values.get(key)
        names = [_text(one) for one in (given if isinstance(given, list) else [given])]
        if any(names) and not head.speakers:
            head.speakers = tuple(name for name in names if name)
            used.add(key)
    return used


def _text(value: object) -> str:
    """The value as words on one line; YAML's no-break spaces become spaces."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""
