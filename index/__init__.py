"""Transcripts -> a searchable library."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
_HOMES = {"Library": "library", "Candidate": "backend", "Place": "backend", "Survey": "backend"}


def __getattr__(name: str) -> Any:
    """What is asked for is imported then: `turncite --help` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'types')}"), name)
