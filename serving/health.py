"""Whether the server can answer, for what watches over it: GET /health."""

from __future__ import annotations

import logging
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from index.errors import DamagedIndex, TurnciteError
from index.library import Library

log = logging.getLogger("turncite.serving")

_KEPT_SECONDS = 1.0  # anybody may ask, as often as they like


class Health:
    """What is told of a library; nothing that it holds but the number of its documents."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._told: tuple[int, dict[str, Any]] = 0, {}
        self._until = 0.0

    def tell(self) -> tuple[int, dict[str, Any]]:
        """An HTTP status and its document."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._told = self._look()
                self._until = time.monotonic() + _KEPT_SECONDS
            return self._told

    def _look(self) -> tuple[int, dict[str, Any]]:
        told = {"version": turncite_version()}
        try:
            return 200, {"status": "ok", "documents": len(self._library.documents()), **told}
        except Exception as error:
            if self._told[0] != 503:
                ours = isinstance(error, TurnciteError)
                log.error("The library cannot be read: %s", error, exc_info=not ours)
            damaged = isinstance(error, DamagedIndex)
            why = "the index is damaged" if damaged else "the library cannot be read"
            return 503, {"status": "unavailable", "reason": why, **told}


def turncite_version() -> str:
    try:
        return version("turncite")
    except PackageNotFoundError:
        return "unknown"
