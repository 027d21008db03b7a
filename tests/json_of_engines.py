"""What the tests of JSON share: a document read, and its turns as tuples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from index.parse.engines.reader import parse_json
from index.types import Transcript

PATH = Path("talk.json")


def read(document: Any) -> Transcript:
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return parse_json(PATH, text, PATH.name)


def said(document: Any) -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in read(document).turns]


def timed(document: Any) -> list[tuple[str | None, float | None, float | None, str]]:
    return [(t.speaker, t.start_seconds, t.end_seconds, t.text) for t in read(document).turns]
