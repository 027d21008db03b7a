"""Values out of a database's rows, as they must be: SQLite takes any value in any column.

What is none raises ValueError or TypeError, which Database.sound() makes a damaged index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from .dates import is_day
from .embed import Vectors


def text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} in place of a text")
    return value


def text_or_none(value: object) -> str | None:
    return None if value is None else text(value)


def day_or_none(value: object) -> str | None:
    """A date like 2025-10-31."""
    if value is not None and not is_day(text(value)):
        raise ValueError(f"{value!r:.40} in place of a date")
    return text_or_none(value)


def seconds_or_none(value: object) -> float | None:
    if value is not None and not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} in place of a time")
    return value


def names_of(held: str) -> tuple[str, ...]:
    """A JSON list of names."""
    names = json.loads(held)
    if not isinstance(names, list):
        raise TypeError(f"{held!r:.40} in place of names")
    return tuple(map(text, names))


def matrix(blobs: Sequence[bytes]) -> Vectors:
    """Vectors as they are held, one below the other (n, dimensions); all are of one length."""
    if not blobs:
        return np.zeros((0, 0), np.float32)
    size = len(blobs[0])
    if not size or size % 4 or any(len(blob) != size for blob in blobs):
        raise ValueError("vectors of different lengths")
    return np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), -1)
