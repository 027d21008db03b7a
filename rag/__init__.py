"""A question -> a cited answer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Assistant
    from .types import Answer, Citation, Quote

__all__ = ["Answer", "Assistant", "Citation", "Quote"]


def __getattr__(name: str) -> Any:
    """What is asked for is imported then: `turncite --help` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(
        import_module(f"{__name__}.{'answer' if name == 'Assistant' else 'types'}"), name
    )
