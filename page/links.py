"""Places in the library as addresses of the page, which can be shared; pure.

`?document=council.txt&turn=3&words=10-42` opens that transcript at its third turn and marks these
characters of it. Turns count from 1 here, as everywhere that people read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.types import Citation


@dataclass(frozen=True, slots=True)
class Spot:
    """A transcript; a turn in it, from 0; and which of its characters are meant."""

    document: str
    turn: int | None = None
    start: int = 0
    end: int = 0


def spot_of(citation: Citation) -> Spot:
    return Spot(citation.transcript, citation.turn, citation.start, citation.end)


def link_to(spot: Spot) -> str:
    """The address, relative to the page's own."""
    query = {"document": spot.document.encode("utf-8", "replace").decode()}
    if spot.turn is not None:
        query["turn"] = str(spot.turn + 1)
        if spot.end:
            query["words"] = f"{spot.start}-{spot.end}"
    return f"?{urlencode(query)}"


def spot_linked(query: Mapping[str, str]) -> Spot | None:
    """What an address names, or nothing. The words come from anywhere: what is no number in it is
    left out."""
    document = query.get("document")
    if not document:
        return None
    turn = re.fullmatch(r"[1-9]\d{0,8}", query.get("turn", ""))
    if not turn:
        return Spot(document)
    words = re.fullmatch(r"(\d{1,9})-(\d{1,9})", query.get("words", ""))
    start, end = (int(words[1]), int(words[2])) if words else (0, 0)
    return Spot(document, int(turn[0]) - 1, *((start, end) if start < end else (0, 0)))
