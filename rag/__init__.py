"""A question -> a cited answer."""

from .answer import Assistant
from .types import Answer, Citation, Quote

__all__ = ["Answer", "Assistant", "Citation", "Quote"]
