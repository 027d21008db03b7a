"""Embedding that leaves the processors to whoever asks a question meanwhile.

A library is embedded for minutes by as many threads as there are cores, and an answer takes a third
of a second of them. So the embedding of a sync has a thread of its own, of lower priority: while
nothing else is to be done it is as quick as any, and beside questions it takes what they leave.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import numpy as np
from numpy.typing import NDArray

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

# A third of the weight of an ordinary thread, so that a sync goes on however much is asked.
_NICE = 5


@contextmanager
def in_background(embed: Embed) -> Iterator[Embed]:
    """The same, done in a thread of lower priority. Only one thread may use it."""
    with ThreadPoolExecutor(1, "embedding", initializer=_lower_priority) as thread:
        yield lambda texts: thread.submit(embed, texts).result()


def priority() -> int:
    """Of this thread, and of those that it starts; 0 is the usual one, more is less."""
    return os.getpriority(os.PRIO_PROCESS, 0) if sys.platform == "linux" else 0


def _lower_priority() -> None:
    """Linux has a priority for each thread; elsewhere it would be that of the whole process."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
