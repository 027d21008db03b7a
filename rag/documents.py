"""The JSON documents of search, list and show, as the commands print them and the page returns
them. That of ask is Answer.as_json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from index import Hit, Transcript
from index.types import Document

_LISTED = ("id", "title", "date", "speakers", "turns", "passages", "seconds")
_SHOWN = ("id", "title", "date", "place", "language", "turns", "unread")


def document_of_hits(query: str, hits: Sequence[Hit]) -> dict[str, Any]:
    rows = [
        {
            "transcript": hit.passage.transcript,
            "turns": list(hit.passage.turns),
            "speakers": list(hit.passage.speakers),
            "text": hit.passage.text,
            "score": round(hit.score, 4),
        }
        for hit in hits
    ]
    return {"query": query, "hits": rows}


def document_of_library(documents: Sequence[Document]) -> dict[str, Any]:
    rows = [{key: asdict(document)[key] for key in _LISTED} for document in documents]
    return {"documents": rows}


def document_of_transcript(transcript: Transcript) -> dict[str, Any]:
    shown = asdict(transcript)
    for turn in shown["turns"]:
        del turn["marks"]
    return {key: shown[key] for key in _SHOWN}
