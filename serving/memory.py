"""How a process that serves for days stays small: on Linux the C library keeps what was freed, in a
pool for each of many threads, for the next who asks for as much."""

from __future__ import annotations

import ctypes
import sys

_C = ctypes.CDLL(None) if sys.platform == "linux" else None

# Of <malloc.h>: how many pools there may be, and from which size on a piece is the system's own,
# which gets it back at once.
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
_POOLS = 2
_OWN_BYTES = 1 << 20


def keep_little() -> None:
    """Have what is freed from now on given back sooner; elsewhere than on Linux nothing is done."""
    if mallopt := getattr(_C, "mallopt", None):
        mallopt(_ARENA_MAX, _POOLS)
        mallopt(_MMAP_THRESHOLD, _OWN_BYTES)


def give_back() -> None:
    """Give what is free to the system: after a sync that is hundreds of MB."""
    if trim := getattr(_C, "malloc_trim", None):
        trim(0)
