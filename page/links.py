"""Places in the library as addresses of the page, which can be shared; pure.

`?document=council.txt&turn=3&words=10-42` opens that transcript at its third turn and marks these
characters of it; `&speaker=Anna+Lind` leaves her turns alone, `&play=1` plays the recording from
there. Without a document `?speaker=Anna+Lind` shows what she said where, and `?said=tram` where a
word was said. Turns count from 1 here, as everywhere that people read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from rag.types import Citation

RECORDINGS = "recording"  # the page's address of recordings, relative to its own


@dataclass(frozen=True, slots=True)
class Spot:
    """A transcript; a turn in it, from 0; which of its characters are meant; whose turns alone are
    to be shown; and whether its recording is to play."""

    document: str
    turn: int | None = None
    start: int = 0
    end: int = 0
    speaker: str = ""
    play: bool = False


def spot_of(citation: Citation) -> Spot:
    return Spot(citation.transcript, citation.turn, citation.start, citation.end)


def link_to(spot: Spot) -> str:
    """The address, relative to the page's own."""
    query = {"document": spot.document}
    if spot.turn is not None:
        query["turn"] = str(spot.turn + 1)
        if spot.end:
            query["words"] = f"{spot.start}-{spot.end}"
    if spot.speaker:
        query["speaker"] = spot.speaker
    if spot.play:
        query["play"] = "1"
    return f"?{_encoded(query)}"


def speaker_link(name: str) -> str:
    """The address of what a speaker said where."""
    return f"?{_encoded({'speaker': name})}"


def said_link(words: str) -> str:
    """The address of where words were said."""
    return f"?{_encoded({'said': words})}"


def recording_link(document: str) -> str:
    """The address of the recording beside a transcript."""
    return f"{RECORDINGS}?{_encoded({'document': document})}"


def spot_linked(query: Mapping[str, str]) -> Spot | None:
    """What an address names, or nothing. The words come from anywhere: what is no number in it is
    left out."""
    document = query.get("document")
    if not document:
        return None
    spot = Spot(document, speaker=query.get("speaker", ""), play=query.get("play") == "1")
    turn = re.fullmatch(r"[1-9]\d{0,8}", query.get("turn", ""))
    if not turn:
        return spot
    words = re.fullmatch(r"(\d{1,9})-(\d{1,9})", query.get("words", ""))
    start, end = (int(words[1]), int(words[2])) if words else (0, 0)
    start, end = (start, end) if start < end else (0, 0)
    return replace(spot, turn=int(turn[0]) - 1, start=start, end=end)


def _encoded(query: Mapping[str, str]) -> str:
    return urlencode({name: v.encode("utf-8", "replace").decode() for name, v in query.items()})
