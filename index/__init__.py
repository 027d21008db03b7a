"""Transcripts -> a searchable library."""

from .library import Library
from .types import Filters, Hit, Passage, Transcript, Turn

__all__ = ["Filters", "Hit", "Library", "Passage", "Transcript", "Turn"]
