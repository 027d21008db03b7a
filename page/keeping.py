"""A conversation as JSON for the browser to keep, and back; pure.

What comes back may be of an earlier Turncite or made up: whatever is not wholly as it should be is
no conversation.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

from .conversation import Exchange, clip
from .plain import escape

KEPT_EXCHANGES = 30
KEPT_CHARS = 300_000  # of a record
TITLE_CHARS = 80
_FORM = 2  # raised when what is kept changes its meaning; 1 had one conversation, without a name


def to_record(exchanges: Sequence[Exchange], library: str, name: str = "") -> dict[str, Any]:
    """The latest exchanges of the conversation of this name; `library` is the one they are of."""
    done = [exchange for exchange in exchanges if exchange.answer or exchange.error]
    kept = [asdict(exchange) for exchange in done[-KEPT_EXCHANGES:]]
    room = KEPT_CHARS
    for place in range(len(kept) - 1, -1, -1):
        room -= len(json.dumps(kept[place]))
        if room < 0:
            kept = kept[place + 1 :]
            break
    title = clip(" ".join(done[0].question.split()), TITLE_CHARS) if done else ""
    return {"form": _FORM, "library": library, "id": name, "title": title, "exchanges": kept}


def name_of(record: object) -> str:
    """The name of a record's conversation; a new one where it has none."""
    name = record.get("id") if isinstance(record, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"[0-9a-f]{1,64}", name) else uuid4().hex


def from_record(record: object, library: str) -> list[Exchange]:
    """The exchanges of a record of this library; none where it is of another, or damaged."""
    if not isinstance(record, dict) or record.get("form") not in (1, _FORM):
        return []
    if record.get("library") != library:
        return []
    try:
        kept: list[Exchange] = _read(list[Exchange], record.get("exchanges"))
    except (TypeError, ValueError):
        return []
    return kept[-KEPT_EXCHANGES:]


def read_record(text: object) -> object:
    """What a browser sends as a record; None where that is none."""
    try:
        return json.loads(text) if isinstance(text, str) and len(text) <= 2 * KEPT_CHARS else None
    except ValueError:
        return None


def talks_html(library: str, record: Mapping[str, Any] | None = None) -> str:
    """What talks.js makes the list of conversations from; with the one at hand, to be kept."""
    kept = ""
    if record is not None:
        kept = f' data-id="{escape(record["id"])}" data-record="{escape(json.dumps(record))}"'
    return f'<div class="talks" data-library="{escape(library)}"{kept}></div>'


def _read(kind: Any, value: Any) -> Any:
    """`value`, which came from JSON, as the type `kind`. Raises TypeError where it is none."""
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise TypeError(f"no {kind.__name__}")
        hints = get_type_hints(kind)
        known = {field.name for field in fields(kind)}
        return kind(**{name: _read(hints[name], value[name]) for name in known & value.keys()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None and types.NoneType in inner:
            return None
        (other,) = (choice for choice in inner if choice is not types.NoneType)
        return _read(other, value)
    if origin is Literal:
        if value not in inner:
            raise TypeError(f"none of {inner}")
        return value
    if origin in (tuple, list):
        if not isinstance(value, list):
            raise TypeError("no list")
        return origin(_read(inner[0], item) for item in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise TypeError("no object")
        return {_read(inner[0], key): _read(inner[1], item) for key, item in value.items()}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise TypeError(f"no {kind}")
    return value
