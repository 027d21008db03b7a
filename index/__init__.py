"""Transcripts -> a searchable library."""

from .backend import Candidate, Place, Survey
from .library import Library
from .types import Filters, Hit, Passage, Transcript, Turn

__all__ = [
    "Candidate",
    "Filters",
    "Hit",
    "Library",
    "Passage",
    "Place",
    "Survey",
    "Transcript",
    "Turn",
]
