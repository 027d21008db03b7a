"""A conversation as JSON for the browser to keep, and back; pure.

What comes back may be of an earlier Turncite or made up: whatever is not wholly as it should be is
no conversation.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .conversation import Exchange

KEPT_EXCHANGES = 30
_FORM = 1  # raised when what is kept changes its meaning


def to_record(exchanges: Sequence[Exchange], library: str) -> dict[str, Any]:
    """The latest exchanges; `library` names the one that they are of."""
    done = [exchange for exchange in exchanges if exchange.answer or exchange.error]
    kept = [asdict(exchange) for exchange in done[-KEPT_EXCHANGES:]]
    return {"form": _FORM, "library": library, "exchanges": kept}


def from_record(record: object, library: str) -> list[Exchange]:
    """The exchanges of a record of this library; none where it is of another, or damaged."""
    if not isinstance(record, dict) or record.get("form") != _FORM:
        return []
    if record.get("library") != library:
        return []
    try:
        kept: list[Exchange] = _read(list[Exchange], record.get("exchanges"))
    except (TypeError, ValueError):
        return []
    return kept[-KEPT_EXCHANGES:]


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
